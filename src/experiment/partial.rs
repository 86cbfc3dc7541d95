//! Work in progress: the folder `<out>.partial/` beside a result that is on its way. It holds a mark by which it is known as
//! ours, the checkpoint, the trials of finished chunks, and at the end the result before it takes its place. A lock keeps a
//! second run out of it; the system lets go of the lock of a run that was killed.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// By a file of this name the folder is known as ours.
const MARK: &str = "chokepoint-work-in-progress";

/// What stands in it, for who looks.
const MARK_TEXT: &str = "Work in progress of chokepoint. Run the same command with --resume to go on with it, or without to \
discard it; when no run is under way, this folder may also be deleted.\n";

/// The folder of work in progress, locked.
#[derive(Debug)]
pub struct Partial {
    path: PathBuf,
    /// Held while this lives.
    _lock: File,
}

/// Why there can be no such folder.
#[derive(Debug, thiserror::Error)]
pub enum PartialError {
    /// Something that is not ours stands there.
    #[error("`{}` exists, and holds something other than unfinished work of chokepoint", .0.display())]
    InTheWay(PathBuf),
    /// Another run works there.
    #[error("another run is writing to `{}`", .0.display())]
    Busy(PathBuf),
    /// The system reports an error.
    #[error("`{}` can't be written: {why}", .path.display())]
    Unwritable {
        /// The folder or file.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
}

impl PartialError {
    fn unwritable(path: &Path) -> impl FnOnce(io::Error) -> PartialError {
        let path = path.to_owned();
        move |why| PartialError::Unwritable { path, why }
    }
}

/// What was found where work in progress should stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EarlierWork {
    /// Nothing.
    None,
    /// Work of an earlier run.
    Unfinished,
}

impl Partial {
    /// The folder that belongs to a result.
    pub fn place(result: &Path) -> PathBuf {
        // A link to a folder stays a link: what it points to is replaced, from beside it.
        let place = fs::canonicalize(result).unwrap_or_else(|_| result.to_owned());
        let mut name = place.file_name().map_or_else(|| OsString::from("result"), OsString::from);
        name.push(".partial");
        place.parent().map_or_else(|| PathBuf::from(&name), |above| above.join(&name))
    }

    /// Opens the folder that belongs to a result, or makes it, and locks it. Work of an earlier run is left as it is.
    ///
    /// # Errors
    /// See [`PartialError`].
    pub fn open(result: &Path) -> Result<(Partial, EarlierWork), PartialError> {
        let path = Partial::place(result);
        let found = match fs::symlink_metadata(&path) {
            Err(why) if why.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(&path).map_err(PartialError::unwritable(&path))?;
                EarlierWork::None
            }
            Err(why) => return Err(PartialError::unwritable(&path)(why)),
            Ok(about) if about.is_dir() && ours(&path).map_err(PartialError::unwritable(&path))? => {
                EarlierWork::Unfinished
            }
            Ok(_) => return Err(PartialError::InTheWay(path)),
        };
        let mark = path.join(MARK);
        let open = File::options().create(true).truncate(false).write(true).open(&mark);
        let lock = open.map_err(PartialError::unwritable(&mark))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(PartialError::Busy(path)),
            // Where the file system knows no locks, runs must be kept apart by who starts them.
            Err(TryLockError::Error(_)) => {}
        }
        fs::write(&mark, MARK_TEXT).map_err(PartialError::unwritable(&mark))?;
        let partial = Partial { path, _lock: lock };
        fs::create_dir_all(partial.chunks()).map_err(PartialError::unwritable(&partial.chunks()))?;
        Ok((partial, found))
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder of the trials of finished chunks.
    pub fn chunks(&self) -> PathBuf {
        self.path.join("chunks")
    }

    /// The checkpoint.
    pub fn checkpoint(&self) -> PathBuf {
        self.path.join("checkpoint")
    }

    /// Where the result is put together before it takes its place.
    pub fn staging(&self) -> PathBuf {
        self.path.join("result")
    }

    /// Where a file of the result is made that is too large for memory.
    pub fn making(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Forgets what an earlier run did. The checkpoint goes first: what it tells of is then there as long as it is.
    ///
    /// # Errors
    /// What can't be deleted.
    pub fn clear(&self) -> Result<(), PartialError> {
        let checkpoint = self.checkpoint();
        if checkpoint.exists() {
            fs::remove_file(&checkpoint).map_err(PartialError::unwritable(&checkpoint))?;
        }
        for entry in fs::read_dir(&self.path).map_err(PartialError::unwritable(&self.path))? {
            let path = entry.map_err(PartialError::unwritable(&self.path))?.path();
            let removed = match path.file_name().is_some_and(|name| name == MARK) {
                true => Ok(()),
                false if path.is_dir() => fs::remove_dir_all(&path),
                false => fs::remove_file(&path),
            };
            removed.map_err(PartialError::unwritable(&path))?;
        }
        fs::create_dir_all(self.chunks()).map_err(PartialError::unwritable(&self.chunks()))
    }

    /// Deletes the folder; whether that could be done.
    pub fn discard(&self) -> bool {
        self.clear().is_ok() && fs::remove_dir_all(&self.path).is_ok()
    }
}

/// Whether a folder is ours: it has our mark, or a kill left it before that was written.
fn ours(folder: &Path) -> io::Result<bool> {
    Ok(folder.join(MARK).is_file() || fs::read_dir(folder)?.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_others_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let result = folder.path().join("result");
        fs::create_dir_all(folder.path().join("result.partial")).unwrap();
        fs::write(folder.path().join("result.partial/thesis.doc"), "years of work").unwrap();
        assert!(matches!(Partial::open(&result), Err(PartialError::InTheWay(_))));
        assert!(folder.path().join("result.partial/thesis.doc").exists());
    }

    #[test]
    fn two_runs_do_not_work_in_one_folder() {
        let folder = tempfile::tempdir().unwrap();
        let result = folder.path().join("result");
        let (first, found) = Partial::open(&result).unwrap();
        assert_eq!(found, EarlierWork::None);
        assert!(matches!(Partial::open(&result), Err(PartialError::Busy(_))));
        drop(first);
        let (again, found) = Partial::open(&result).unwrap();
        assert_eq!(found, EarlierWork::Unfinished);
        assert!(again.discard());
        assert!(!folder.path().join("result.partial").exists());
    }

    #[test]
    fn clearing_leaves_nothing_but_the_mark() {
        let folder = tempfile::tempdir().unwrap();
        let (partial, _) = Partial::open(&folder.path().join("result")).unwrap();
        fs::write(partial.checkpoint(), "x").unwrap();
        fs::write(partial.chunks().join("0.rows"), "x").unwrap();
        partial.clear().unwrap();
        assert!(!partial.checkpoint().exists());
        assert_eq!(fs::read_dir(partial.chunks()).unwrap().count(), 0);
    }
}
