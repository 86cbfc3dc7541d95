//! The doors of this room: from a path, an id or a text to a [`Scenario`], with all that is wrong reported at once.

use indexmap::IndexMap;

use super::known_from::KnownFrom;
use super::layer::{self, Layer, Wanted};
use super::notes::What;
use super::problem::Problems;
use super::reader::{Context, Reader};
use super::source::{Files, Library, Source, shipped_files};
use super::tree::{Table, Value};
use super::{Kind, Reference, Scenario, overrides, read, resolved, support};
use crate::units::Date;

/// Where the last day that is simulated stands.
pub const END: &str = "time.end";

/// A file that the binary carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipped {
    /// What `shipped:<id>` names.
    pub id: String,
    /// Its title; empty for a bibliography.
    pub title: String,
    /// What kind of file it is.
    pub kind: Kind,
    /// Whether it is a scenario that can be run alone.
    pub runnable: bool,
}

/// Loads a scenario from what a user typed: a path, `shipped:<id>` or the bare id of a shipped scenario, with
/// `--set path=value` overrides on top.
///
/// # Errors
/// All that is wrong with the file, what it extends, and the overrides.
pub fn load(path_or_id: &str, overrides: &[(String, String)]) -> Result<Scenario, Problems> {
    load_source(&Source::named(path_or_id)?, overrides)
}

/// Loads a scenario from a text, which can refer to shipped files only.
///
/// # Errors
/// As [`load`].
pub fn load_text(name: &str, text: &str, overrides: &[(String, String)]) -> Result<Scenario, Problems> {
    load_source(&Source::Text { name: name.to_owned(), text: text.to_owned() }, overrides)
}

/// Loads a scenario from a source.
///
/// # Errors
/// As [`load`].
pub fn load_source(source: &Source, overrides: &[(String, String)]) -> Result<Scenario, Problems> {
    load_layered(&Library::default(), source, Changes { set: overrides, ..Changes::default() })
}

/// What is changed in a scenario besides what its file says.
#[derive(Debug, Clone, Copy, Default)]
pub struct Changes<'a> {
    /// Files that are laid over it, in their order: of each only what it says itself counts, not what it extends, nor its head.
    pub overlays: &'a [Source],
    /// `--set path=value`, as typed.
    pub set: &'a [(String, String)],
    /// The last day that is simulated, in place of the one in the file.
    pub end: Option<Date>,
}

/// Loads a scenario from a source, with changes.
///
/// # Errors
/// As [`load`]; and all that is wrong with the files that are laid over it.
pub fn load_layered(library: &Library, source: &Source, changes: Changes<'_>) -> Result<Scenario, Problems> {
    let Changes { overlays, set, end } = changes;
    let mut parts = Parts::read_layered(library, source, overlays)?;
    let mut merged = layer::merge(&parts.chain, &parts.files, &mut parts.problems);
    for overlay in &parts.overlays {
        layer::lay_over(&mut merged, overlay, &parts.files, &mut parts.problems);
    }
    overrides::apply(&mut merged, set, &mut parts.files, &mut parts.problems);
    if let Some(end) = end {
        overrides::set_date(&mut merged, END, end, &mut parts.files, &mut parts.problems);
    }
    let warnings = support::settle(&mut merged, &parts.files);
    let Parts { chain, files, bibliography, mut problems, .. } = parts;
    let cx = Context::new(&files, &merged, &bibliography);
    let read = read::scenario(&Reader::root_of(Kind::Scenario, &cx, &merged, files.first()));
    let params = cx.params.into_inner();
    problems.append(cx.problems.into_inner());
    let own = chain.into_iter().next().map(|l| l.header);
    let (Some((world, regime)), Some(header)) = (read, own) else { return Err(problems.or_unexplained()) };
    problems.into_result()?;
    let document = resolved::document(&header, &merged, &bibliography);
    Ok(Scenario {
        id: header.id,
        title: header.title,
        description: header.description,
        runnable: header.runnable,
        files: files.list(),
        world,
        regime,
        bibliography,
        params,
        warnings,
        overrides: set.iter().cloned().chain(end.map(|end| (END.to_owned(), end.to_string()))).collect(),
        hash: resolved::hash(&document),
        world_hash: resolved::world_hash(&document),
        resolved: document,
    })
}

/// What a scenario file says itself, not what it extends.
pub struct Own(Table);

impl Own {
    /// Reads it, once for all that is asked of it.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn of(library: &Library, source: &Source) -> Result<Own, Problems> {
        let (mut files, mut problems) = (Files::of(library), Problems::default());
        let layer = layer::read_layer(Wanted::typed(source), &mut files, &mut problems);
        layer.map(|layer| Own(layer.body)).ok_or_else(|| problems.or_unexplained())
    }

    /// Whether it gives something at a dotted path.
    pub fn sets(&self, path: &str) -> bool {
        self.0.lacks(path).is_none()
    }

    /// The dotted paths at which it gives a value or a record.
    pub fn paths(&self) -> Vec<String> {
        fn walk(table: &Table, above: &str, paths: &mut Vec<String>) {
            for (key, entry) in &table.entries {
                let path = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
                match entry.node.as_table() {
                    Some(inner) if !inner.is_record() => walk(inner, &path, paths),
                    _ => paths.push(path),
                }
            }
        }
        let mut paths = Vec::new();
        walk(&self.0, "", &mut paths);
        paths
    }
}

/// What kind of file a path or id names.
///
/// # Errors
/// The file can't be read or parsed, or does not say.
pub fn kind_of(path_or_id: &str) -> Result<Kind, Problems> {
    let (mut files, mut problems) = (Files::default(), Problems::default());
    let opened = layer::open(Wanted::typed(&Source::named(path_or_id)?), &mut files, &mut problems);
    let kind = opened.and_then(|(file, table)| layer::kind_of(&files, file, &table, &mut problems));
    kind.ok_or_else(|| problems.or_unexplained())
}

/// Loads a bibliography from what a user typed.
///
/// # Errors
/// All that is wrong with the file.
pub fn load_bibliography(path_or_id: &str) -> Result<IndexMap<String, Reference>, Problems> {
    let (mut files, mut problems) = (Files::default(), Problems::default());
    let mut entries = IndexMap::new();
    read_bibliography(Wanted::typed(&Source::named(path_or_id)?), &mut entries, &mut files, &mut problems);
    problems.into_result().map(|()| entries)
}

/// The files that the binary carries, in the order of their names.
pub fn shipped() -> Vec<Shipped> {
    shipped_files().filter_map(|(id, _)| describe_shipped(id)).collect()
}

/// `None` for a file that does not parse; a test sees to it that there is none.
fn describe_shipped(id: &str) -> Option<Shipped> {
    let (mut files, mut problems) = (Files::default(), Problems::default());
    let (file, table) = layer::open(Wanted::typed(&Source::Shipped(id.to_owned())), &mut files, &mut problems)?;
    let kind = layer::kind_of(&files, file, &table, &mut problems)?;
    let bibliography = IndexMap::new();
    let cx = Context::new(&files, &table, &bibliography);
    let reader = Reader::root(&cx, &table, file);
    let title = reader.text("title", "").unwrap_or_default();
    let runnable = kind == Kind::Scenario && (!reader.has("runnable") || reader.flag("runnable", "").unwrap_or(false));
    Some(Shipped { id: id.to_owned(), title, kind, runnable })
}

/// The files of a scenario, read but not merged.
pub(crate) struct Parts {
    /// The file itself first, then what it extends, outwards.
    pub(crate) chain: Vec<Layer>,
    /// Files that are laid over all of them, in their order.
    pub(crate) overlays: Vec<Layer>,
    pub(crate) files: Files,
    pub(crate) bibliography: IndexMap<String, Reference>,
    pub(crate) problems: Problems,
}

impl Parts {
    /// # Errors
    /// A chain that can't be read to its end.
    pub(crate) fn read(library: &Library, source: &Source) -> Result<Parts, Problems> {
        Parts::read_layered(library, source, &[])
    }

    /// # Errors
    /// A chain that can't be read to its end, or a file to be laid over it that can't be read.
    fn read_layered(library: &Library, source: &Source, overlays: &[Source]) -> Result<Parts, Problems> {
        let (mut files, mut problems) = (Files::of(library), Problems::default());
        let Some(chain) = layer::read_chain(source, &mut files, &mut problems) else {
            return Err(problems.or_unexplained());
        };
        let read = overlays.iter().map(|over| layer::read_layer(Wanted::typed(over), &mut files, &mut problems));
        let Some(overlays) = read.collect::<Option<Vec<Layer>>>() else { return Err(problems.or_unexplained()) };
        let bibliography = bibliographies(overlays.iter().rev().chain(&chain), &mut files, &mut problems);
        Ok(Parts { chain, overlays, files, bibliography, problems })
    }
}

/// The entries of all layers' bibliographies; the nearest layer's wins.
fn bibliographies<'a>(
    layers: impl Iterator<Item = &'a Layer>,
    files: &mut Files,
    problems: &mut Problems,
) -> IndexMap<String, Reference> {
    let mut entries = IndexMap::new();
    let mut seen = Vec::new();
    for layer in layers {
        let Some((named, place)) = &layer.header.bibliography else { continue };
        match layer.source.resolve(named) {
            Ok(source) if seen.contains(&source.identity()) => {}
            Ok(source) => {
                seen.push(source.identity());
                read_bibliography(Wanted { source: &source, named_at: Some(place) }, &mut entries, files, problems);
            }
            Err(problem) => problems.push(problem.at(files, place, "named here")),
        }
    }
    entries
}

fn read_bibliography(
    wanted: Wanted<'_>,
    entries: &mut IndexMap<String, Reference>,
    files: &mut Files,
    problems: &mut Problems,
) {
    let Some((file, table)) = layer::open_as(wanted, Kind::Bibliography, files, problems) else { return };
    let none = IndexMap::new();
    let cx = Context::new(files, &table, &none);
    let root = Reader::root_of(Kind::Bibliography, &cx, &table, file);
    root.also_known(&["kind"]);
    // Not inherited and not cited: only there for the reader of the file.
    root.also_known(&["id", "title", "description"]);
    if let Some(sources) = root.child("sources", "a table of sources by key") {
        for (key, r) in sources.children() {
            if let Some(reference) = reference(&r) {
                entries.entry(key.to_owned()).or_insert(reference);
            }
        }
    }
    root.finish();
    let found = cx.problems.into_inner();
    problems.append(found);
}

fn reference(r: &Reader<'_>) -> Option<Reference> {
    let (citation, url) = (
        r.text("citation", "author, title, publisher and date: enough to find it"),
        r.text_opt("url", "address, where there is one"),
    );
    let known_from = known_from(r);
    r.finish();
    Some(Reference { citation: citation?, url: url?, known_from: known_from? })
}

/// Reads `known_from`, with or without quotes where TOML admits that. Outer `None`: there, but wrong.
fn known_from(r: &Reader<'_>) -> Option<Option<KnownFrom>> {
    r.takes(
        "known_from",
        What::Period,
        "month or day from which on the page, or the figure that it is cited for, could be known: \"2021-03\" or 2021-03-08",
    );
    let Some(entry) = r.entry("known_from") else { return Some(None) };
    let text = match &entry.node.value {
        Value::Text(text) => text.trim().to_owned(),
        Value::Date(date) => date.to_string(),
        Value::Number(digits) => digits.clone(),
        _ => String::new(),
    };
    let read = KnownFrom::parse(&text);
    if read.is_none() {
        let help = "write known_from = \"2021-03\" for a month, or known_from = 2021-03-08 for a day".to_owned();
        r.mismatch("known_from", &entry.node, "a month in quotes or a day", Some(help));
    }
    read.map(Some)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_is_read_once_by_a_library_and_its_problems_are_told_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let (own, world) = (folder.path().join("own.toml"), folder.path().join("world.toml"));
        let head = |id: &str| {
            format!("kind = \"scenario\"\nid = \"{id}\"\ntitle = \"t\"\ndescription = \"d\"\nrunnable = true\n")
        };
        fs::write(&world, format!("{}extends = \"shipped:base\"\n", head("world"))).unwrap();
        fs::write(&own, format!("{}extends = \"world.toml\"\n", head("own"))).unwrap();
        let (library, source) = (Library::default(), Source::Disk(own.clone()));
        let set = [("behaviour.over_compliance".to_owned(), "0.1".to_owned())];
        let end: Date = "2020-06-30".parse().unwrap();
        let first = load_layered(&library, &source, Changes::default()).unwrap();
        fs::remove_file(&world).unwrap();
        let changed =
            load_layered(&library, &source, Changes { set: &set, end: Some(end), ..Changes::default() }).unwrap();
        assert_eq!(changed.world.time.end, end);
        assert_eq!(changed.overrides, [set[0].clone(), (END.to_owned(), "2020-06-30".to_owned())]);
        assert_eq!(changed.hash, with_the_day_as_text(&changed, &set, end));
        assert_ne!(first.hash, changed.hash);
        assert!(load_layered(&Library::default(), &source, Changes::default()).is_err(), "the world is gone");

        fs::write(&own, "kind = 1").unwrap();
        let told =
            |library: &Library| load_layered(library, &source, Changes::default()).map(|s| s.id).unwrap_or_default();
        assert_eq!(told(&library), "own", "as it was read");
        let fresh = Library::default();
        assert_eq!((told(&fresh), told(&fresh)), (String::new(), String::new()));
    }

    /// The hash of the same scenario with its last day set as a text.
    fn with_the_day_as_text(changed: &Scenario, set: &[(String, String)], end: Date) -> String {
        let text = |id: &str| {
            format!(
                "kind = \"scenario\"\nid = \"{id}\"\ntitle = \"t\"\ndescription = \"d\"\nrunnable = true\nextends = \"shipped:base\"\n"
            )
        };
        let mut set = set.to_vec();
        set.push((END.to_owned(), end.to_string()));
        load_text("own", &text(&changed.id), &set).unwrap().hash
    }
}
