//! The chain of files that a scenario is made of: each read once, found by `extends`, and laid over the one below it.

use super::problem::{Problem, Problems, suggest};
use super::reader::{Context, Reader};
use super::source::{Files, Source};
use super::tree::{Table, Value};
use super::{FileId, Kind, Place, parse, support};
use crate::units::counted;

/// A longer chain is a mistake.
const LONGEST_CHAIN: usize = 16;

/// Keys of a scenario file that describe the file itself and are not inherited.
pub(crate) const HEADER: [&str; 8] =
    ["kind", "id", "title", "description", "runnable", "extends", "bibliography", "remove"];

/// One file of a chain.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    pub(crate) source: Source,
    pub(crate) header: Header,
    /// All but the header.
    pub(crate) body: Table,
}

/// What a scenario file says of itself.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) runnable: bool,
    pub(crate) extends: Option<(String, Place)>,
    pub(crate) bibliography: Option<(String, Place)>,
    /// Dotted paths to take out of what is extended.
    pub(crate) remove: Vec<(String, Place)>,
}

/// What is loaded, and the place that names it; `None` for what the user named.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) source: &'a Source,
    pub(crate) named_at: Option<&'a Place>,
}

impl<'a> Wanted<'a> {
    /// What the user named.
    pub(crate) fn typed(source: &'a Source) -> Wanted<'a> {
        Wanted { source, named_at: None }
    }
}

/// Reads a file and parses it, unless the library of these files has it.
pub(crate) fn open(wanted: Wanted<'_>, files: &mut Files, problems: &mut Problems) -> Option<(FileId, Table)> {
    if let Some(opened) = files.add_opened::<Table>(wanted.source) {
        return Some(opened);
    }
    match wanted.source.read() {
        Ok(text) => {
            let file = files.add(wanted.source.name(), text);
            let mut found = Problems::default();
            let table = parse::document(files, file, &mut found);
            // One with problems is parsed anew, so that whoever asks again is told of them again.
            if let (Some(table), true) = (&table, found.is_empty()) {
                files.keep_opened(wanted.source, file, table);
            }
            problems.append(found);
            table.map(|table| (file, table))
        }
        Err(problem) => {
            problems.push(match wanted.named_at {
                Some(place) => problem.at(files, place, "named here"),
                None => problem,
            });
            None
        }
    }
}

/// The kind of a parsed file; reported where it is not known.
pub(crate) fn kind_of(files: &Files, file: FileId, table: &Table, problems: &mut Problems) -> Option<Kind> {
    let bibliography = Default::default();
    let cx = Context::new(files, table, &bibliography);
    let reader = Reader::root(&cx, table, file);
    // Observations in the plain form have no head.
    if table.get("kind").is_none() && table.get("observation").is_some() {
        return Some(Kind::Observations);
    }
    let kind = reader.choice_of("kind", "what kind of file it is");
    if table.get("kind").is_none() {
        let help = format!("start the file with `kind = \"{}\"`", Kind::Scenario);
        reader.problem(&reader.place, "the file does not say what it is: it lacks `kind`".into(), "here", Some(help));
    }
    problems.append(cx.problems.into_inner());
    kind
}

/// Reads a file that must be of a kind.
pub(crate) fn open_as(
    wanted: Wanted<'_>,
    kind: Kind,
    files: &mut Files,
    problems: &mut Problems,
) -> Option<(FileId, Table)> {
    let (file, table) = open(wanted, files, problems)?;
    let found = kind_of(files, file, &table, problems)?;
    if found == kind {
        return Some((file, table));
    }
    let message =
        format!("`{}` is {}, but {} is needed here", wanted.source.name(), found.with_article(), kind.with_article());
    let mut problem = Problem::new(message);
    if let Some(node) = table.get("kind") {
        problem = problem.at(files, &node.place, "this kind");
    }
    if let Some(place) = wanted.named_at {
        problem = problem.because(files, place, "named here");
    }
    problems.push(problem);
    None
}

/// The chain of a scenario: the file itself first, then what it extends, outwards.
pub(crate) fn read_chain(source: &Source, files: &mut Files, problems: &mut Problems) -> Option<Vec<Layer>> {
    let mut chain: Vec<Layer> = Vec::new();
    let mut seen = Vec::new();
    let mut next = source.clone();
    let mut named_at = None;
    loop {
        let layer = read_layer(Wanted { source: &next, named_at: named_at.as_ref() }, files, problems)?;
        seen.push(next.identity());
        let extends = layer.header.extends.clone();
        chain.push(layer);
        let Some((named, place)) = extends else { return Some(chain) };
        match next.resolve(&named) {
            Ok(found) => next = found,
            Err(problem) => {
                problems.push(problem.at(files, &place, "extended here"));
                return None;
            }
        }
        let identity = next.identity();
        if let Some(start) = seen.iter().position(|s| *s == identity) {
            let mut names: Vec<String> = chain[start..].iter().map(|l| l.source.name()).collect();
            names.push(next.name());
            problems.push(
                Problem::new(format!("the files extend one another in a circle: {}", names.join(" → ")))
                    .at(files, &place, "this closes the circle")
                    .help("one of them must extend nothing: delete its `extends`"),
            );
            return None;
        }
        if chain.len() >= LONGEST_CHAIN {
            let problem = Problem::new(format!("more than {LONGEST_CHAIN} files extend one another"));
            problems.push(problem.at(files, &place, "one too many").help("merge some of the layers"));
            return None;
        }
        named_at = Some(place);
    }
}

/// What the scenario file at a source says of itself.
pub(crate) fn header_of(wanted: Wanted<'_>, files: &mut Files, problems: &mut Problems) -> Option<Header> {
    read_layer(wanted, files, problems).map(|layer| layer.header)
}

pub(crate) fn read_layer(wanted: Wanted<'_>, files: &mut Files, problems: &mut Problems) -> Option<Layer> {
    let (file, mut body) = open_as(wanted, Kind::Scenario, files, problems)?;
    let mut head = Table::default();
    for key in HEADER {
        if let Some(entry) = body.entries.shift_remove(key) {
            head.entries.insert(key.to_owned(), entry);
        }
    }
    let bibliography = Default::default();
    let cx = Context::new(files, &head, &bibliography);
    let header = read_header(&Reader::root_of(Kind::Scenario, &cx, &head, file));
    problems.append(cx.problems.into_inner());
    Some(Layer { source: wanted.source.clone(), header: header?, body })
}

fn read_header(r: &Reader<'_>) -> Option<Header> {
    let (id, title, description) = (
        r.text("id", "id of the scenario, which names it in results: lower-case letters, digits and hyphens"),
        r.text("title", "one line that says what it is"),
        r.text("description", "what it assumes, what is counterfactual and why, in a paragraph"),
    );
    if let (Some(id), Some(node)) = (&id, r.table.get("id")) {
        r.check_id(id, &node.place);
    }
    let runnable = r.flag_or("runnable", true, "whether it can be run alone; false for a base that others extend");
    let named = |key, meaning| {
        let place = r.table.get(key).map(|n| n.place.clone());
        r.text_opt(key, meaning).map(|text| text.zip(place))
    };
    let (extends, bibliography) = (
        named("extends", "scenario that this one is laid over: a path from this file, or the id of a shipped one"),
        named("bibliography", "file of the sources: a path from this file, or the id of a shipped one"),
    );
    let remove = if r.has("remove") {
        r.texts("remove", "dotted paths of what is taken out of the extended scenario")
    } else {
        Some(Vec::new())
    };
    r.also_known(&HEADER);
    r.finish();
    let remove: Vec<_> = remove?.into_iter().map(|(path, place)| (path.to_owned(), place.clone())).collect();
    let extends = extends?;
    if let (None, Some((_, place))) = (&extends, remove.first()) {
        r.problem(
            place,
            "`remove` takes tables out of an extended file, but this file extends none".into(),
            "here",
            None,
        );
    }
    let (id, title, description) = (id?, title?, description?);
    Some(Header { id, title, description, runnable: runnable?, extends, bibliography: bibliography?, remove })
}

/// Merges a chain: the outermost layer first, each next one laid over it.
pub(crate) fn merge(chain: &[Layer], files: &Files, problems: &mut Problems) -> Table {
    let mut layers = chain.iter().rev();
    let mut merged = layers.next().map(|l| l.body.clone()).unwrap_or_default();
    for layer in layers {
        lay_over(&mut merged, layer, files, problems);
    }
    merged
}

/// Lays one layer over what it extends, after taking out what it removes.
pub(crate) fn lay_over(merged: &mut Table, layer: &Layer, files: &Files, problems: &mut Problems) {
    let mut body = layer.body.clone();
    for (path, place) in &layer.header.remove {
        if let Some((table, key)) = merged.lacks(path) {
            let message = format!("`{path}` can't be removed: there is none in what this file extends");
            let help = suggest(key, table.keys()).map(|s| format!("for `{key}`: {s}"));
            problems.push(Problem::new(message).at(files, place, "not there").help_if(help));
        }
        note_removed(&mut body, merged, path, place);
        merged.remove(path);
    }
    merged.lay_over(body);
}

/// Notes in a layer's body that it takes a fact out of a table, which then rests on what the layer says.
fn note_removed(body: &mut Table, merged: &Table, path: &str, place: &Place) {
    let Some((parent, key)) = path.rsplit_once('.') else { return };
    let table = parent.split('.').try_fold(merged, |table, key| table.table(key));
    if table.is_some_and(|table| !table.is_record() && support::removes_fact(table, key))
        && let Some(table) = body.table_at(parent, place)
    {
        table.trail.removed.push((key.to_owned(), place.clone()));
    }
}

/// The value under a key of a table, in words; for a table, the number of its keys.
pub(crate) fn in_words(value: &Value) -> String {
    match value {
        Value::Table(table) if !table.is_record() => {
            format!("a table of {}", counted(table.entries.len() as u64, "key"))
        }
        other => super::resolved::compact(other),
    }
}
