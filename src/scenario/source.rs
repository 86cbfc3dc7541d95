//! Where files come from: the disk, the shipped files that the binary carries, or a text in memory; and every reason why
//! one is not read. Paths inside a file resolve against that file, never against the working directory.

use std::any::Any;
use std::borrow::Cow;
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::problem::{Problem, nearest, suggest};
use super::{FileId, SourceFile};
use crate::text::masked;

/// The text of a file, shared by all problems that point into it.
pub(crate) type SourceText = Arc<str>;

/// No scenario file comes near this size; a larger one is a mistake, and is not read.
pub const MAX_BYTES: u64 = 5_000_000;

/// The shipped files: id (the file's stem) and text, in the order of their names.
static SHIPPED: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

const SHIPPED_PREFIX: &str = "shipped:";

/// Where a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// On the disk.
    Disk(PathBuf),
    /// Embedded in the binary, by id.
    Shipped(String),
    /// In memory: a name for messages, and the text. It can refer to shipped files only.
    Text {
        /// Name for messages.
        name: String,
        /// The text.
        text: String,
    },
}

/// Ids and texts of all shipped files.
pub(crate) fn shipped_files() -> impl Iterator<Item = (&'static str, &'static str)> {
    SHIPPED.iter().copied()
}

impl Source {
    /// What a user typed on the command line. `shipped:<id>` is the shipped file; what holds a slash or ends in `.toml` is a
    /// path; any other word is the id of a shipped file where it is one, else a path. A folder never hides a shipped file: a
    /// result is often written into one of a scenario's name.
    ///
    /// # Errors
    /// A bare word that is neither a file nor the id of a shipped one, or both.
    pub fn named(typed: &str) -> Result<Source, Problem> {
        if let Some(id) = typed.strip_prefix(SHIPPED_PREFIX) {
            return Source::shipped(id);
        }
        if let Some(found) = bare_id(typed, Path::new("")) {
            return found;
        }
        if !is_bare(typed) || Path::new(typed).symlink_metadata().is_ok() {
            return Ok(Source::Disk(PathBuf::from(typed)));
        }
        Err(Problem::new(format!("`{typed}` is neither a file here nor the id of a shipped scenario"))
            .help_if(suggest(typed, SHIPPED.iter().map(|(id, _)| *id))))
    }

    fn shipped(id: &str) -> Result<Source, Problem> {
        let id = id.strip_suffix(".toml").unwrap_or(id);
        match is_shipped(id) {
            true => Ok(Source::Shipped(id.to_owned())),
            false => Err(Problem::new(format!("no shipped file is called `{id}`"))
                .help_if(suggest(id, SHIPPED.iter().map(|(id, _)| *id)))),
        }
    }

    /// What a file means by a name in it: the same as on the command line ([`Source::named`]), with paths meant from the
    /// file's own folder.
    ///
    /// # Errors
    /// An unknown shipped file; a bare word that is a shipped file's id and a file's name; a path in a file that has no
    /// folder.
    pub fn resolve(&self, named: &str) -> Result<Source, Problem> {
        if let Some(id) = named.strip_prefix(SHIPPED_PREFIX) {
            return Source::shipped(id);
        }
        match self {
            Source::Disk(path) => {
                let folder = path.parent().unwrap_or(Path::new(""));
                bare_id(named, folder).unwrap_or_else(|| Ok(Source::Disk(folder.join(named))))
            }
            Source::Text { .. } if is_bare(named) && is_shipped(named) => Ok(Source::Shipped(named.to_owned())),
            Source::Shipped(_) => Source::shipped(named.strip_prefix("./").unwrap_or(named)),
            Source::Text { .. } => {
                Err(Problem::new(format!("a text in memory has no folder to look for `{named}` in"))
                    .help("name a shipped file, such as `shipped:base`"))
            }
        }
    }

    /// The name as the user would write it.
    pub fn name(&self) -> String {
        match self {
            Source::Disk(path) => path.display().to_string(),
            Source::Shipped(id) => format!("{SHIPPED_PREFIX}{id}"),
            Source::Text { name, .. } => name.clone(),
        }
    }

    /// The same for every way to write the same file: by it, a cycle of `extends` is found.
    pub(crate) fn identity(&self) -> Source {
        match self {
            Source::Disk(path) => Source::Disk(path.canonicalize().unwrap_or_else(|_| path.clone())),
            other => other.clone(),
        }
    }

    /// Whether both name the same file, however each is written.
    pub fn is_same_as(&self, other: &Source) -> bool {
        self.identity() == other.identity()
    }

    /// The whole text.
    ///
    /// # Errors
    /// Missing, not a regular file, unreadable, over 5 MB, not UTF-8, empty.
    pub(crate) fn read(&self) -> Result<SourceText, Problem> {
        let text = match self {
            Source::Disk(path) => read_disk(path)?,
            Source::Shipped(id) => {
                let found = SHIPPED.iter().find(|(known, _)| known == id);
                found.map(|(_, text)| (*text).to_owned()).ok_or_else(|| missing_shipped(id))?
            }
            Source::Text { text, .. } => text.clone(),
        };
        if text.len() as u64 > MAX_BYTES {
            return Err(too_large(&self.name(), text.len() as u64));
        }
        if text.trim().is_empty() {
            return Err(Problem::new(format!("`{}` is empty", self.name()))
                .help("a file starts with `kind = \"scenario\"`, \"comparison\" or \"bibliography\""));
        }
        Ok(text.into())
    }
}

/// Whether a word can be no path but in the working directory: then it may be an id.
fn is_bare(named: &str) -> bool {
    !named.contains(['/', '\\']) && !named.ends_with(".toml") && !named.is_empty()
}

fn is_shipped(id: &str) -> bool {
    SHIPPED.iter().any(|(known, _)| *known == id)
}

/// The shipped file that a bare word names; `None` if it is not the id of one. Where a file of that name lies in the folder,
/// either could be meant, and silence could give the answer of the wrong one.
fn bare_id(named: &str, folder: &Path) -> Option<Result<Source, Problem>> {
    if !is_bare(named) || !is_shipped(named) {
        return None;
    }
    let path = folder.join(named);
    if path.symlink_metadata().is_err() || path.is_dir() {
        return Some(Ok(Source::Shipped(named.to_owned())));
    }
    let message = format!("`{named}` is the id of a shipped scenario, and `{}` is a file", path.display());
    let help = format!("write `{SHIPPED_PREFIX}{named}` for the shipped one, `./{named}` for the file");
    Some(Err(Problem::new(message).help(help)))
}

fn missing_shipped(id: &str) -> Problem {
    Problem::new(format!("no shipped file is called `{id}`"))
}

fn too_large(name: &str, bytes: u64) -> Problem {
    Problem::new(format!("`{name}` is too large to be a scenario file: {bytes} bytes; it was not read"))
        .help(format!("a scenario file has at most {MAX_BYTES} bytes; is this the right file?"))
}

fn read_disk(path: &Path) -> Result<String, Problem> {
    let shown = path.display().to_string();
    let about = fs::metadata(path).map_err(|e| not_opened(path, &e))?;
    if about.is_dir() {
        let inside = first_scenario_in(path).map(|f| format!("name a file in it, such as `{f}`"));
        let id = path.file_name().and_then(|name| name.to_str()).filter(|name| is_shipped(name));
        let shipped = || id.map(|id| format!("a shipped scenario has that name: `{SHIPPED_PREFIX}{id}`"));
        return Err(Problem::new(format!("`{shown}` is a folder, not a file")).help_if(inside.or_else(shipped)));
    }
    if !about.is_file() {
        return Err(Problem::new(format!("`{shown}` is a device, pipe or socket, not a regular file"))
            .help("save the scenario to a file first"));
    }
    if about.len() > MAX_BYTES {
        return Err(too_large(&shown, about.len()));
    }
    let file = fs::File::open(path).map_err(|e| not_opened(path, &e))?;
    let mut bytes = Vec::new();
    // A file can grow while it is read, and some systems report a length of 0.
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|e| not_opened(path, &e))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(too_large(&shown, bytes.len() as u64));
    }
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let line = 1 + e.as_bytes()[..at].iter().filter(|b| **b == b'\n').count();
        Problem::new(format!("`{shown}` is not text in UTF-8: byte {at} (line {line}) is not valid"))
            .help("save the file as UTF-8 text; a spreadsheet or word processor file is not a scenario")
    })
}

fn not_opened(path: &Path, error: &std::io::Error) -> Problem {
    let shown = path.display();
    match error.kind() {
        ErrorKind::NotFound => Problem::new(format!("there is no file `{shown}`")).help_if(near_file(path)),
        ErrorKind::PermissionDenied => Problem::new(format!("no permission to read `{shown}`"))
            .help("ask its owner for the right to read it, or copy it to a folder of your own"),
        _ => Problem::new(format!("`{shown}` can't be read: {error}")),
    }
}

/// Names of the TOML files of a folder; none if it can't be listed.
fn names_in(folder: &Path) -> Vec<String> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|e| e.file_name().into_string().ok()).collect();
    names.retain(|n| n.ends_with(".toml"));
    names.sort();
    names
}

fn first_scenario_in(folder: &Path) -> Option<String> {
    names_in(folder).first().map(|name| folder.join(name).display().to_string())
}

fn near_file(path: &Path) -> Option<String> {
    let folder = path.parent().unwrap_or(Path::new(""));
    if !folder.as_os_str().is_empty() && !folder.is_dir() {
        return Some(format!("the folder `{}` does not exist either", folder.display()));
    }
    let wanted = path.file_name()?.to_str()?;
    let names = names_in(folder);
    if let Some(near) = nearest(wanted, names.iter().map(String::as_str)) {
        return Some(format!("did you mean `{}`?", folder.join(near).display()));
    }
    let stem = wanted.strip_suffix(".toml").unwrap_or(wanted);
    if is_shipped(stem) {
        return Some(format!("a shipped scenario has that name: `{SHIPPED_PREFIX}{stem}`"));
    }
    nearest(stem, SHIPPED.iter().map(|(id, _)| *id)).map(|near| format!("did you mean `{SHIPPED_PREFIX}{near}`?"))
}

/// A file that was read.
#[derive(Debug)]
pub(crate) struct FileText {
    pub(crate) name: String,
    pub(crate) text: SourceText,
    /// The same, byte for byte, with nothing that commands a terminal.
    pub(crate) shown: SourceText,
}

/// Files that were read and parsed, each once, however many scenarios are made of them: a command that loads several scenarios of
/// one world, or one scenario with several changes, reads the world's file once, and cannot see it in two states.
#[derive(Debug, Clone, Default)]
pub struct Library(Arc<Mutex<Shelf>>);

#[derive(Debug, Default)]
struct Shelf {
    /// Files that were given an id.
    count: usize,
    /// Those that parsed without a problem.
    opened: Vec<Opened>,
}

#[derive(Debug, Clone)]
struct Opened {
    source: Source,
    file: FileId,
    text: Arc<FileText>,
    /// What the parser made of it; what that is, this file need not know.
    tree: Arc<dyn Any + Send + Sync>,
}

impl Library {
    /// A panic elsewhere leaves nothing half done here.
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The files that one scenario is made of, by the [`FileId`]s of places.
#[derive(Debug, Default)]
pub(crate) struct Files {
    library: Library,
    texts: Vec<(FileId, Arc<FileText>)>,
}

impl Files {
    /// None yet, of a library.
    pub(crate) fn of(library: &Library) -> Files {
        Files { library: library.clone(), texts: Vec::new() }
    }

    /// Adds a file and gives its id.
    pub(crate) fn add(&mut self, name: String, text: SourceText) -> FileId {
        let shown = match masked(&text) {
            Cow::Borrowed(_) => text.clone(),
            Cow::Owned(masked) => masked.into(),
        };
        let mut shelf = self.library.shelf();
        let id = FileId(shelf.count);
        shelf.count += 1;
        drop(shelf);
        self.texts.push((id, Arc::new(FileText { name, text, shown })));
        id
    }

    /// Adds a file that the library has parsed already, and gives its tree.
    pub(crate) fn add_opened<T: Clone + 'static>(&mut self, source: &Source) -> Option<(FileId, T)> {
        let opened = self.library.shelf().opened.iter().find(|opened| opened.source == *source).cloned()?;
        if self.get(opened.file).is_none() {
            self.texts.push((opened.file, opened.text));
        }
        Some((opened.file, opened.tree.downcast_ref::<T>()?.clone()))
    }

    /// Leaves the tree of a file in the library, for the next scenario that is made of it.
    pub(crate) fn keep_opened<T: Clone + Send + Sync + 'static>(&self, source: &Source, file: FileId, tree: &T) {
        let Some((_, text)) = self.texts.iter().find(|(id, _)| *id == file) else { return };
        let opened = Opened { source: source.clone(), file, text: text.clone(), tree: Arc::new(tree.clone()) };
        self.library.shelf().opened.push(opened);
    }

    /// The file with this id.
    pub(crate) fn get(&self, id: FileId) -> Option<&FileText> {
        self.texts.iter().find(|(known, _)| *known == id).map(|(_, text)| &**text)
    }

    /// The id of the file that was read first.
    pub(crate) fn first(&self) -> FileId {
        self.texts.first().map_or(FileId(0), |(id, _)| *id)
    }

    /// All files, in the order in which they were read.
    pub(crate) fn list(&self) -> Vec<SourceFile> {
        self.texts.iter().map(|(_, f)| SourceFile { name: f.name.clone(), text: f.text.to_string() }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_in_a_file_is_meant_from_its_folder() {
        let file = Source::Disk("a/b/c.toml".into());
        assert_eq!(file.resolve("d.toml").unwrap(), Source::Disk("a/b/d.toml".into()));
        assert_eq!(file.resolve("../d.toml").unwrap(), Source::Disk("a/b/../d.toml".into()));
        assert_eq!(file.resolve("/d.toml").unwrap(), Source::Disk("/d.toml".into()));
        assert_eq!(Source::Disk("c.toml".into()).resolve("d.toml").unwrap(), Source::Disk("d.toml".into()));
        let text = Source::Text { name: "t".into(), text: String::new() };
        assert!(text.resolve("d.toml").is_err());
    }

    #[test]
    fn a_bare_id_is_the_shipped_file_wherever_it_stands() {
        let folder = tempfile::tempdir().unwrap();
        let file = Source::Disk(folder.path().join("mine.toml"));
        let text = Source::Text { name: "t".into(), text: String::new() };
        let shipped = Source::Shipped("current-rules".into());
        for source in [&file, &text, &shipped] {
            assert_eq!(source.resolve("current-rules").unwrap(), shipped);
            assert_eq!(source.resolve("shipped:current-rules").unwrap(), shipped);
        }
        assert_eq!(Source::named("current-rules").unwrap(), shipped);
        assert_eq!(file.resolve("my-rules").unwrap(), Source::Disk(folder.path().join("my-rules")));

        let there = folder.path().join("current-rules");
        fs::create_dir(&there).unwrap();
        assert_eq!(file.resolve("current-rules").unwrap(), shipped, "a folder hides nothing");
        fs::remove_dir(&there).unwrap();
        fs::write(&there, "kind = \"scenario\"").unwrap();
        assert!(file.resolve("current-rules").is_err(), "either could be meant");
        assert_eq!(file.resolve("./current-rules").unwrap(), Source::Disk(folder.path().join("./current-rules")));
        assert_eq!(file.resolve("shipped:current-rules").unwrap(), shipped);
    }

    #[test]
    fn a_shipped_file_refers_to_shipped_files() {
        for (id, _) in shipped_files() {
            let file = Source::named(&format!("shipped:{id}")).unwrap();
            assert_eq!(file, Source::Shipped(id.to_owned()));
            assert_eq!(file.resolve(&format!("./{id}.toml")).unwrap(), file);
        }
        assert!(Source::Shipped("base".into()).resolve("no-such-file.toml").is_err());
    }
}
