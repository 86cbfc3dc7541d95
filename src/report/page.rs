//! A file of a result: its content in memory, or where that stands on the disk, with its size and hash for the manifest.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// A file of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Path within the result's folder, with `/`.
    pub path: String,
    pub(super) content: Content,
    /// Size in bytes.
    pub size: u64,
    /// BLAKE3 of the content, in hexadecimal.
    pub hash: String,
}

/// Where the content of a page is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Content {
    Bytes(Vec<u8>),
    /// In a file that is moved to its place: it is too large for memory.
    Moved(PathBuf),
    /// In a file that stays where it is too.
    Linked(PathBuf),
}

impl Page {
    /// A file of a result, with its whole content.
    pub(crate) fn new(path: impl Into<String>, bytes: Vec<u8>) -> Page {
        let (size, hash) = (bytes.len() as u64, blake3::hash(&bytes).to_hex().to_string());
        Page { path: path.into(), content: Content::Bytes(bytes), size, hash }
    }

    /// A file of a result that was already written elsewhere on the same disk, to be moved to its place.
    ///
    /// # Errors
    /// It can't be read.
    pub(crate) fn moved(path: impl Into<String>, from: PathBuf) -> io::Result<Page> {
        let (size, hash) = hash_of(&from)?;
        Ok(Page { path: path.into(), content: Content::Moved(from), size, hash })
    }

    /// The same of a file that stays where it is too.
    ///
    /// # Errors
    /// It can't be read.
    pub(crate) fn linked(path: impl Into<String>, from: PathBuf) -> io::Result<Page> {
        let (size, hash) = hash_of(&from)?;
        Ok(Page { path: path.into(), content: Content::Linked(from), size, hash })
    }

    /// The content, where it is in memory.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> &[u8] {
        match &self.content {
            Content::Bytes(bytes) => bytes,
            Content::Moved(_) | Content::Linked(_) => &[],
        }
    }
}

/// Size and hash of a file.
pub(super) fn hash_of(path: &Path) -> io::Result<(u64, String)> {
    let mut hasher = blake3::Hasher::new();
    let size = io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok((size, hasher.finalize().to_hex().to_string()))
}
