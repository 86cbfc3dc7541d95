//! The folder that a run leaves: whether it may be written, asked before anything is simulated, and its writing, whole or
//! not at all. Everything goes into a fresh folder beside it, which then takes its name; what stood there before is moved
//! aside first and deleted last, so that whatever fails, either the old result or the new one stands.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::manifest::{self, Earlier};
use super::page::{Content, Page};
use crate::disk;

/// What may be replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replace {
    /// Nothing but an empty folder.
    Nothing,
    /// An untouched result of the comparison of this name.
    Earlier(String),
    /// Any result of this program.
    Result,
}

/// Why a result can't be written where it should be.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Something that is not a result stands there.
    #[error("the result can't be written to `{}`: {found}", .path.display())]
    InTheWay {
        /// The folder that was to be written.
        path: PathBuf,
        /// What stands there.
        found: String,
        /// What to do.
        help: String,
    },
    /// It can't be written.
    #[error("`{}` can't be written: {why}", .path.display())]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
    /// The new result could not take its place, nor the old one its own again.
    #[error("`{}` could not be replaced ({why}); the earlier result is safe in `{}`", .path.display(), .kept.display())]
    Stranded {
        /// The folder.
        path: PathBuf,
        /// Where the earlier result is now.
        kept: PathBuf,
        /// What the system says.
        why: io::Error,
    },
    /// The user stopped the run while it was writing.
    #[error("interrupted while writing")]
    Stopped,
}

impl FolderError {
    fn unwritable(path: &Path) -> impl FnOnce(io::Error) -> FolderError {
        let path = path.to_owned();
        |why| FolderError::Unwritable { path, why }
    }
}

/// A place for a result that may be written, as far as could be told without writing it.
#[derive(Debug, Clone)]
pub struct Target {
    /// As the user would write it.
    path: PathBuf,
    replace: Replace,
}

impl Target {
    /// Finds out whether a result may be written there: nothing or an empty folder is there, or something that may be
    /// replaced, and the folder above it can be written to. Leaves nothing behind.
    ///
    /// # Errors
    /// [`FolderError::InTheWay`] and [`FolderError::Unwritable`].
    pub fn new(path: &Path, replace: Replace) -> Result<Target, FolderError> {
        let target = Target { path: path.to_owned(), replace };
        target.standing()?;
        let above = nearest_folder(path).ok_or_else(|| {
            let found = "no folder above it exists".to_owned();
            target.in_the_way(found, "name a folder elsewhere with --out".to_owned())
        })?;
        if !above.is_dir() {
            let found = format!("`{}` above it is a file", above.display());
            return Err(target.in_the_way(found, "name a folder elsewhere with --out".to_owned()));
        }
        TempDir::with_prefix_in(".chokepoint-", &above).and_then(TempDir::close).map_err(|why| {
            FolderError::Unwritable { path: path.to_owned(), why: io::Error::new(why.kind(), refusal(&above, &why)) }
        })?;
        Ok(target)
    }

    /// Where the result goes.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a result, which is put together in `staging` (on the same disk; a fresh folder beside it if none is given) before
    /// it takes its place. `stop` is asked before each file. Gives the folder in which remains of an earlier result are left,
    /// if they could not be deleted.
    ///
    /// # Errors
    /// See [`FolderError`]; what stood there before then stands there still, except after [`FolderError::Stranded`].
    pub fn write(
        &self,
        pages: &[Page],
        staging: Option<&Path>,
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<PathBuf>, FolderError> {
        self.write_through(pages, staging, stop, &|path| Ok(Box::new(File::create_new(path)?)))
    }

    /// As [`Target::write`], each file through a writer that `open` makes.
    fn write_through(
        &self,
        pages: &[Page],
        staging: Option<&Path>,
        stop: &dyn Fn() -> bool,
        open: &dyn Fn(&Path) -> io::Result<Box<dyn Write>>,
    ) -> Result<Option<PathBuf>, FolderError> {
        // A link to a folder stays a link: what it points to is replaced.
        let place = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let above = parent(&place);
        fs::create_dir_all(above).map_err(FolderError::unwritable(above))?;
        let partial = Staging::new(&place, staging).map_err(FolderError::unwritable(&self.path))?;
        for page in pages {
            if stop() {
                return Err(FolderError::Stopped);
            }
            let shown = self.path.join(&page.path);
            write_page(partial.path(), page, open).map_err(FolderError::unwritable(&shown))?;
        }
        // Another run may have written there meanwhile.
        let standing = self.standing()?;
        if stop() {
            return Err(FolderError::Stopped);
        }
        if standing { self.swap(partial, &place) } else { self.take_place(partial, &place).map(|()| None) }
    }

    /// Gives the new folder its name.
    fn take_place(&self, partial: Staging, place: &Path) -> Result<(), FolderError> {
        fs::rename(partial.path(), place).map_err(FolderError::unwritable(&self.path))?;
        partial.keep();
        Ok(())
    }

    /// Puts the new folder in the place of what stands there.
    fn swap(&self, partial: Staging, place: &Path) -> Result<Option<PathBuf>, FolderError> {
        let aside = beside(place, "old").map_err(FolderError::unwritable(&self.path))?;
        let old = aside.path().join("result");
        fs::rename(place, &old).map_err(FolderError::unwritable(&self.path))?;
        if let Err(error) = self.take_place(partial, place) {
            return Err(match fs::rename(&old, place) {
                Ok(()) => error,
                Err(why) => {
                    let kept = aside.keep().join("result");
                    FolderError::Stranded { path: self.path.clone(), kept, why }
                }
            });
        }
        let left = aside.path().to_owned();
        Ok(aside.close().is_err().then_some(left))
    }

    /// Whether a folder stands there that may be replaced; `false` if nothing does.
    fn standing(&self) -> Result<bool, FolderError> {
        let elsewhere = || "name another folder with --out".to_owned();
        let about = match fs::metadata(&self.path) {
            Ok(about) => about,
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.path.symlink_metadata().is_err() => {
                return Ok(false);
            }
            // A file stands where a folder of the path should be: the search for the nearest folder says which.
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(self.in_the_way("it is a link to something that does not exist".into(), elsewhere()));
            }
            Err(why) => return Err(FolderError::Unwritable { path: self.path.clone(), why }),
        };
        if !about.is_dir() {
            return Err(self.in_the_way("it is a file".into(), elsewhere()));
        }
        let here = std::env::current_dir().and_then(fs::canonicalize).ok();
        if here.is_some_and(|here| fs::canonicalize(&self.path).is_ok_and(|place| here.starts_with(place))) {
            let help = "name a folder within it with --out".to_owned();
            return Err(self.in_the_way("it is the folder you are in, or holds it".into(), help));
        }
        let unreadable = FolderError::unwritable(&self.path);
        if fs::read_dir(&self.path).map_err(unreadable)?.next().is_none() {
            return Ok(true);
        }
        self.may_replace().map(|()| true)
    }

    /// Whether the folder that is there, which is not empty, may be replaced.
    fn may_replace(&self) -> Result<(), FolderError> {
        let Some(earlier) = Earlier::read(&self.path) else {
            return Err(self.in_the_way(
                "it is a folder that holds something other than a result of chokepoint".into(),
                "name another folder with --out; --force replaces results only".into(),
            ));
        };
        let force = "add --force to replace it, or name another folder with --out".to_owned();
        match &self.replace {
            Replace::Result => Ok(()),
            Replace::Nothing => Err(self.in_the_way("it holds an earlier result".into(), force)),
            Replace::Earlier(name) if *name != earlier.comparison => {
                Err(self.in_the_way(format!("it holds a result of `{}`, not of `{name}`", earlier.comparison), force))
            }
            Replace::Earlier(_) => match earlier.touched(&self.path) {
                None => Ok(()),
                Some(touched) => Err(self.in_the_way(
                    format!("`{}` in it was added or changed since it was written", touched.display()),
                    "move that file away to keep it, add --force to lose it, or name another folder with --out".into(),
                )),
            },
        }
    }

    fn in_the_way(&self, found: String, help: String) -> FolderError {
        FolderError::InTheWay { path: self.path.clone(), found, help }
    }
}

/// Why nothing can be made in a folder, in words that name it.
fn refusal(folder: &Path, why: &io::Error) -> String {
    match why.kind() {
        io::ErrorKind::PermissionDenied => format!("no permission to write in `{}`", folder.display()),
        io::ErrorKind::ReadOnlyFilesystem => format!("`{}` is on a read-only file system", folder.display()),
        _ => format!("nothing can be made in `{}`: {}", folder.display(), disk::bare(why)),
    }
}

/// Where a result is put together.
enum Staging {
    /// A folder of our own, deleted if it does not take its place.
    Fresh(TempDir),
    /// One that was given, which whoever gave it deletes.
    Given(PathBuf),
}

impl Staging {
    fn new(place: &Path, given: Option<&Path>) -> io::Result<Staging> {
        let Some(given) = given else { return beside(place, "partial").map(Staging::Fresh) };
        // A run that was killed while it wrote has left it.
        if given.exists() {
            fs::remove_dir_all(given)?;
        }
        fs::create_dir_all(given)?;
        Ok(Staging::Given(given.to_owned()))
    }

    fn path(&self) -> &Path {
        match self {
            Staging::Fresh(folder) => folder.path(),
            Staging::Given(folder) => folder,
        }
    }

    /// It took its place: nothing is left under its old name to clean up.
    fn keep(self) {
        if let Staging::Fresh(folder) = self {
            let _ = folder.keep();
        }
    }
}

/// The folder above; `.` for a bare name.
fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(above) if !above.as_os_str().is_empty() => above,
        _ => Path::new("."),
    }
}

/// The nearest thing above that exists.
fn nearest_folder(path: &Path) -> Option<PathBuf> {
    // The folder in which a link's target stands, not the link's own, is written to.
    let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut above = parent(&place);
    while above.symlink_metadata().is_err() {
        let next = parent(above);
        if next == above {
            return None;
        }
        above = next;
    }
    Some(above.to_owned())
}

/// A fresh folder on the same file system, deleted when dropped.
fn beside(place: &Path, what: &str) -> io::Result<TempDir> {
    let mut prefix = place.file_name().map_or_else(|| OsString::from("result"), OsString::from);
    prefix.push(format!(".{what}-"));
    TempDir::with_prefix_in(&prefix, parent(place))
}

fn write_page(folder: &Path, page: &Page, open: &dyn Fn(&Path) -> io::Result<Box<dyn Write>>) -> io::Result<()> {
    let path = folder.join(&page.path);
    fs::create_dir_all(parent(&path))?;
    match &page.content {
        Content::Bytes(bytes) => {
            let mut writer = open(&path)?;
            writer.write_all(bytes)?;
            writer.flush()?;
        }
        Content::Moved(from) => fs::rename(from, &path)?,
        Content::Linked(from) => fs::hard_link(from, &path).or_else(|_| fs::copy(from, &path).map(|_| ()))?,
    }
    // Some file systems find out that they are full, or that a quota is used up, only when they must keep their word.
    File::options().write(true).open(&path)?.sync_all()
}

/// The files below a folder that a user would see, with paths relative to it, sorted.
pub(super) fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(within) = folders.pop() {
        for entry in fs::read_dir(folder.join(&within))? {
            let entry = entry?;
            // What file managers leave (`.DS_Store`) is nobody's work.
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let path = within.join(entry.file_name());
            if entry.file_type()?.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.retain(|path| path != Path::new(manifest::NAME));
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests;
