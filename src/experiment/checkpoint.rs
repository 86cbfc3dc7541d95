//! A checkpoint: which chunks of an experiment are done, with the hashes of the files that hold their trials, and one merged
//! accumulator of them a scenario. The same file is what a shard is. It is written whole under another name and then renamed,
//! and ends in a hash of itself: a kill at any moment leaves the last one or the next one, and damage is found.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::accumulator::Accumulator;
use super::bytes::{self, Corrupt};
use super::header::Header;
use super::schema::ResultSchema;
use crate::disk::{self, Failure};

/// What a checkpoint file begins with.
const MAGIC: &[u8] = b"chokepoint checkpoint, format 1\n";

/// Bytes of the hash at its end.
const HASH: usize = 32;

/// The files of a chunk's trials.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChunkFiles {
    /// Name kind and hash of each.
    pub files: Vec<(FileKind, [u8; HASH])>,
}

/// What the name of a file of trials ends in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum FileKind {
    /// Numbers as they are, to be read back.
    Rows = 0,
    /// A row group of the table of trials.
    Parquet = 1,
}

impl FileKind {
    /// The file of a chunk.
    pub fn file(self, folder: &Path, chunk: u32) -> PathBuf {
        folder.join(format!(
            "{chunk:07}.{}",
            match self {
                FileKind::Rows => "rows",
                FileKind::Parquet => "parquet",
            }
        ))
    }
}

/// How far an experiment is.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    /// Of which experiment.
    pub header: Header,
    /// Chunks that are done.
    pub done: BTreeMap<u32, ChunkFiles>,
    /// What they found, by scenario.
    pub accumulators: Vec<Accumulator>,
    /// What a stopping rule knows.
    pub stopping: String,
}

/// Why a checkpoint can't be used.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// It is not as it was written.
    #[error("`{}` is damaged: {why}", .path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// How.
        why: String,
    },
    /// It is of another experiment.
    #[error("`{}` belongs to another run: {difference}", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// In what it differs.
        difference: String,
    },
    /// The system reports an error.
    #[error("`{}` can't be {what}: {why}", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Read or written.
        what: &'static str,
        /// What the system says.
        why: io::Error,
    },
}

impl CheckpointError {
    /// From what the system says of a file that was to be read.
    pub fn reading(path: &Path) -> impl FnOnce(io::Error) -> CheckpointError {
        let path = path.to_owned();
        move |why| CheckpointError::Io { path, what: "read", why }
    }

    /// From what the system says of a file that was to be written.
    pub fn writing(path: &Path) -> impl FnOnce(io::Error) -> CheckpointError {
        let path = path.to_owned();
        move |why| CheckpointError::Io { path, what: "written", why }
    }

    fn corrupt(path: &Path, why: impl Into<String>) -> CheckpointError {
        CheckpointError::Corrupt { path: path.to_owned(), why: why.into() }
    }
}

impl Checkpoint {
    /// Writes it in the place of an earlier one.
    ///
    /// # Errors
    /// A file that can't be written; the earlier one then stands.
    pub fn write(&self, path: &Path) -> Result<(), CheckpointError> {
        let fresh = path.with_extension("new");
        let write = || -> io::Result<()> {
            disk::make(&fresh, |file| file.write_all(&self.to_bytes())).map_err(Failure::into_io)?;
            fs::rename(&fresh, path)
        };
        write().map_err(CheckpointError::writing(path))
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        for text in [&self.header.to_json(), &self.stopping] {
            bytes::write_number(&mut out, text.len() as u64);
            out.extend_from_slice(text.as_bytes());
        }
        bytes::write_number(&mut out, self.done.len() as u64);
        for (chunk, kept) in &self.done {
            bytes::write_number(&mut out, u64::from(*chunk));
            bytes::write_number(&mut out, kept.files.len() as u64);
            for (kind, hash) in &kept.files {
                out.push(*kind as u8);
                out.extend_from_slice(hash);
            }
        }
        self.accumulators.iter().for_each(|accumulator| accumulator.write(&mut out));
        let hash = blake3::hash(&out);
        out.extend_from_slice(hash.as_bytes());
        out
    }

    /// Reads the header alone, of a file that is whole.
    ///
    /// # Errors
    /// A file that can't be read, or is damaged.
    pub fn header(path: &Path) -> Result<Header, CheckpointError> {
        let whole = read_whole(path)?;
        Ok(read_texts(path, &mut body(path, &whole)?)?.0)
    }

    /// Reads one of an experiment.
    ///
    /// # Errors
    /// A file that can't be read, is damaged, or is of another experiment.
    pub fn read(path: &Path, header: &Header, schema: &ResultSchema) -> Result<Checkpoint, CheckpointError> {
        let whole = read_whole(path)?;
        let mut rest = body(path, &whole)?;
        let (its, stopping) = read_texts(path, &mut rest)?;
        if let Some(difference) = header.difference(&its) {
            return Err(CheckpointError::Foreign { path: path.to_owned(), difference });
        }
        let corrupt = |why: Corrupt| CheckpointError::corrupt(path, why.to_string());
        let done = read_done(&mut rest).map_err(corrupt)?;
        let accumulators =
            (0..schema.scenarios).map(|_| Accumulator::read(schema, &mut rest)).collect::<Result<_, _>>();
        Ok(Checkpoint { header: its, done, accumulators: accumulators.map_err(corrupt)?, stopping })
    }

    /// Looks whether the files of its trials, in a folder, are as they were written.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check_files(&self, folder: &Path) -> Result<(), CheckpointError> {
        for (chunk, kept) in &self.done {
            for (kind, hash) in &kept.files {
                let path = kind.file(folder, *chunk);
                let bytes = match fs::read(&path) {
                    Ok(bytes) => bytes,
                    Err(why) if why.kind() == io::ErrorKind::NotFound => {
                        return Err(CheckpointError::corrupt(&path, "it is gone"));
                    }
                    Err(why) => return Err(CheckpointError::reading(&path)(why)),
                };
                if blake3::hash(&bytes).as_bytes() != hash {
                    return Err(CheckpointError::corrupt(&path, "it is not as it was written"));
                }
            }
        }
        Ok(())
    }
}

fn read_whole(path: &Path) -> Result<Vec<u8>, CheckpointError> {
    fs::read(path).map_err(CheckpointError::reading(path))
}

/// What is between the magic word and the hash.
fn body<'a>(path: &Path, whole: &'a [u8]) -> Result<&'a [u8], CheckpointError> {
    let Some(rest) = whole.strip_prefix(MAGIC) else {
        return Err(CheckpointError::corrupt(path, "it does not begin as a checkpoint of this version does"));
    };
    let sound = rest.len().checked_sub(HASH).map(|length| (&whole[..MAGIC.len() + length], &rest[length..]));
    match sound.filter(|(signed, hash)| blake3::hash(signed).as_bytes() == hash) {
        Some((signed, _)) => Ok(&signed[MAGIC.len()..]),
        None => Err(CheckpointError::corrupt(path, "its hash is not that of its content")),
    }
}

/// The header and what the stopping rule knows.
fn read_texts(path: &Path, rest: &mut &[u8]) -> Result<(Header, String), CheckpointError> {
    let mut text = || -> Result<String, Corrupt> {
        let length = bytes::read_number(rest, "checkpoint")?;
        let text = bytes::take_slice(rest, length as usize, "checkpoint")?;
        String::from_utf8(text.to_vec()).map_err(|_| Corrupt::new("checkpoint", "a text is not UTF-8"))
    };
    let corrupt = |why: Corrupt| CheckpointError::corrupt(path, why.to_string());
    let (header, stopping) = (text().map_err(corrupt)?, text().map_err(corrupt)?);
    match serde_json::from_str(&header) {
        Ok(header) => Ok((header, stopping)),
        Err(why) => Err(CheckpointError::corrupt(path, format!("its header can't be read: {why}"))),
    }
}

fn read_done(rest: &mut &[u8]) -> Result<BTreeMap<u32, ChunkFiles>, Corrupt> {
    let count = bytes::read_number(rest, "checkpoint")?;
    let mut done = BTreeMap::new();
    for _ in 0..count {
        let chunk = bytes::read_number(rest, "checkpoint")?;
        let chunk = u32::try_from(chunk).map_err(|_| Corrupt::new("checkpoint", "a chunk has no such number"))?;
        let files = bytes::read_number(rest, "checkpoint")?;
        let mut kept = ChunkFiles::default();
        for _ in 0..files {
            let kind = match bytes::take::<1>(rest, "checkpoint")? {
                [0] => FileKind::Rows,
                [1] => FileKind::Parquet,
                _ => return Err(Corrupt::new("checkpoint", "a file of trials is of no known kind")),
            };
            kept.files.push((kind, bytes::take(rest, "checkpoint")?));
        }
        done.insert(chunk, kept);
    }
    Ok(done)
}
