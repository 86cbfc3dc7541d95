//! Files that are written whole or with an error: a disk may fill up at any byte. Whatever a writer of a format makes of that, the
//! system's own words reach the user, nothing in a buffer is lost, and an older file stands until the new one is complete.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Why a file was not made.
#[derive(Debug)]
pub enum Failure<E> {
    /// The system would not take it.
    Io(io::Error),
    /// Its content could not be made.
    Content(E),
}

impl<E> From<io::Error> for Failure<E> {
    fn from(why: io::Error) -> Failure<E> {
        Failure::Io(why)
    }
}

impl Failure<io::Error> {
    /// What the system says, where the content is bytes.
    pub fn into_io(self) -> io::Error {
        match self {
            Failure::Io(why) | Failure::Content(why) => why,
        }
    }
}

/// A buffered writer that remembers why it failed first: formats wrap errors in their own, or say only that there was one.
struct Remembering<W: Write> {
    out: BufWriter<W>,
    failed: Option<io::Error>,
}

/// The system's error alone, without the path of a temporary file, which means nothing to whoever reads it.
pub(crate) fn bare(why: &io::Error) -> io::Error {
    why.raw_os_error().map_or_else(|| why.kind().into(), io::Error::from_raw_os_error)
}

impl<W: Write> Remembering<W> {
    fn noted<T>(&mut self, done: io::Result<T>) -> io::Result<T> {
        if let Err(why) = &done
            && why.kind() != io::ErrorKind::Interrupted
            && self.failed.is_none()
        {
            self.failed = Some(bare(why));
        }
        done
    }
}

impl<W: Write> Write for Remembering<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let done = self.out.write(bytes);
        self.noted(done)
    }

    fn flush(&mut self) -> io::Result<()> {
        let done = self.out.flush();
        self.noted(done)
    }
}

/// Lets a job write to `out`, and gives `out` back once all of it is there.
///
/// # Errors
/// What the system says of the first write that failed, whatever the job made of it; else what the job says.
pub fn through<W: Write + Send, E>(
    out: W,
    job: impl FnOnce(&mut (dyn Write + Send)) -> Result<(), E>,
) -> Result<W, Failure<E>> {
    let mut remembering = Remembering { out: BufWriter::new(out), failed: None };
    let done = job(&mut remembering);
    let flushed = remembering.flush();
    if let Some(why) = remembering.failed.take() {
        return Err(Failure::Io(why));
    }
    done.map_err(Failure::Content)?;
    flushed?;
    remembering.out.into_inner().map_err(|error| Failure::Io(error.into_error()))
}

/// Makes a file by a job that writes to it, in the place of what stands there.
///
/// # Errors
/// See [`through`].
pub fn make<E>(path: &Path, job: impl FnOnce(&mut (dyn Write + Send)) -> Result<(), E>) -> Result<(), Failure<E>> {
    // Some file systems find out that they are full, or that a quota is used up, only when they must keep their word.
    Ok(through(File::create(path)?, job)?.sync_all()?)
}

/// A small file and its place.
#[derive(Debug, Clone)]
pub struct Small {
    /// The place.
    pub path: PathBuf,
    /// The content.
    pub bytes: Vec<u8>,
    /// Whether another file that stands there may be replaced.
    pub replace: bool,
}

/// Puts files in their places, all of them or none: each is written under another name beside its place first.
///
/// # Errors
/// The first that can't be written, or in whose place another stands that may not be replaced; what stood there then stands
/// there still.
pub fn place(files: &[Small]) -> Result<(), (PathBuf, io::Error)> {
    let mut ready = Vec::with_capacity(files.len());
    for file in files {
        ready.push((file, beside(&file.path, &file.bytes).map_err(|why| (file.path.clone(), why))?));
    }
    let mut placed: Vec<&Small> = Vec::new();
    for (file, made) in ready {
        let done = if file.replace { made.persist(&file.path) } else { made.persist_noclobber(&file.path) };
        if let Err(error) = done {
            // Where nothing stood, nothing is left.
            placed.iter().filter(|placed| !placed.replace).for_each(|placed| drop(std::fs::remove_file(&placed.path)));
            return Err((file.path.clone(), error.error));
        }
        placed.push(file);
    }
    Ok(())
}

/// A complete file on the disk of its place, deleted unless it takes it.
fn beside(path: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut named = tempfile::Builder::new();
    named.prefix(".chokepoint-");
    #[cfg(unix)]
    {
        // As any new file, less what the user's mask takes away; a temporary file is else for its owner alone.
        use std::os::unix::fs::PermissionsExt;
        named.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = named.tempfile_in(folder).map_err(|why| bare(&why))?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A disk that is full after some bytes.
    pub(crate) struct Filling {
        pub(crate) room: usize,
        pub(crate) taken: Vec<u8>,
    }

    impl Filling {
        pub(crate) fn after(room: usize) -> Filling {
            Filling { room, taken: Vec::new() }
        }
    }

    impl Write for Filling {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let fits = bytes.len().min(self.room - self.taken.len());
            if fits == 0 && !bytes.is_empty() {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.taken.extend_from_slice(&bytes[..fits]);
            Ok(fits)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Lets a job write to disks that fill up after any number of bytes (all of the first and last, some between): each must be
    /// an error of the system's, and one with room for all must do.
    pub(crate) fn fails_wherever_it_fills<E: std::fmt::Debug>(
        job: impl Fn(&mut (dyn Write + Send)) -> Result<(), E>,
    ) -> Vec<u8> {
        let whole = through(Vec::new(), &job).unwrap();
        let edge = 40.min(whole.len());
        let between = (edge..whole.len() - edge.min(whole.len())).step_by(1 + whole.len() / 60);
        for room in (0..edge).chain(between).chain(whole.len() - edge..whole.len()) {
            match through(Filling::after(room), &job).map(|disk| disk.taken.len()) {
                Err(Failure::Io(why)) => assert_eq!(why.kind(), io::ErrorKind::StorageFull, "room {room}"),
                other => panic!("room {room} of {}: {other:?}", whole.len()),
            }
        }
        assert_eq!(through(Filling::after(whole.len()), &job).unwrap().taken, whole);
        whole
    }

    #[test]
    fn what_a_job_makes_of_an_error_does_not_hide_it() {
        let silent = |out: &mut (dyn Write + Send)| {
            let _ = out.write_all(&[7; 20_000]);
            Ok::<(), ()>(())
        };
        assert_eq!(fails_wherever_it_fills(silent).len(), 20_000);
        let wrapped = |out: &mut (dyn Write + Send)| out.write_all(b"abc").map_err(|why| why.to_string());
        fails_wherever_it_fills(wrapped);
        assert!(matches!(through(Vec::new(), |_| Err("no such row")), Err(Failure::Content("no such row"))));
    }

    #[test]
    fn files_take_their_places_together_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("b"), "old").unwrap();
        let new = |name: &str, replace| Small { path: at(name), bytes: b"new".to_vec(), replace };
        assert_eq!(place(&[new("a", false), new("b", false)]).unwrap_err().0, at("b"));
        assert_eq!((at("a").exists(), std::fs::read_to_string(at("b")).unwrap()), (false, "old".to_owned()));
        assert_eq!(place(&[new("b", true), new("none/c", true)]).unwrap_err().0, at("none/c"));
        assert_eq!(std::fs::read_to_string(at("b")).unwrap(), "old");
        place(&[new("a", true), new("b", true)]).unwrap();
        assert_eq!(std::fs::read_to_string(at("b")).unwrap(), "new");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
