//! A font file that the user gives for characters that the embedded font lacks: TrueType or OpenType, alone or one of a collection.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use rustybuzz::ttf_parser::{self, Permissions, name_id};

/// A larger file is no font.
const MAX_BYTES: u64 = 200_000_000;

/// A font that was given.
#[derive(Clone, PartialEq, Eq)]
pub struct FontFile {
    /// Name of the file, without its folder.
    pub file: String,
    /// Which face of a collection.
    pub index: u32,
    /// Its own name, such as `Noto Sans CJK SC`.
    pub name: String,
    /// The name by which a PDF calls it.
    pub postscript: String,
    /// BLAKE3 of the file.
    pub hash: String,
    /// Whether its makers allow that a part of it is put into a document.
    pub embeddable: bool,
    /// The whole file.
    pub(super) bytes: Vec<u8>,
}

impl std::fmt::Debug for FontFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}#{})", self.name, self.file, self.index)
    }
}

/// Why a file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum FontError {
    /// The system won't.
    #[error("the font `{path}` can't be read: {why}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        why: io::Error,
    },
    /// It holds no font.
    #[error("`{path}` is no font: {found}")]
    NoFont {
        /// The file.
        path: String,
        /// What it is.
        found: &'static str,
    },
    /// The collection has fewer.
    #[error("`{path}` has no face {index}: its faces are {faces}")]
    NoFace {
        /// The file.
        path: String,
        /// Which was wanted.
        index: u32,
        /// Those that it has.
        faces: String,
    },
}

impl FontError {
    /// What to do.
    pub fn help(&self) -> &'static str {
        match self {
            FontError::Unreadable { .. } => "check the path; name a font file (.ttf, .otf, .ttc)",
            FontError::NoFont { .. } => {
                "name a TrueType or OpenType font with outlines (.ttf, .otf, .ttc), such as NotoSansCJK-Regular.ttc"
            }
            FontError::NoFace { .. } => "write its number after the file: --font FILE.ttc#2",
        }
    }
}

impl FontFile {
    /// Reads what was typed: a path, and for a collection `#N` after it (0 if not said).
    ///
    /// # Errors
    /// See [`FontError`].
    pub fn read(typed: &str) -> Result<FontFile, FontError> {
        let (path, index) = match typed.rsplit_once('#').map(|(path, index)| (path, index.parse())) {
            Some((path, Ok(index))) if !Path::new(typed).exists() => (path, index),
            _ => (typed, 0),
        };
        let bytes = bytes(Path::new(path)).map_err(|why| FontError::Unreadable { path: path.to_owned(), why })?;
        let file =
            Path::new(path).file_name().map_or_else(|| path.to_owned(), |name| name.to_string_lossy().into_owned());
        FontFile::of(path, file, index, bytes)
    }

    fn of(path: &str, file: String, index: u32, bytes: Vec<u8>) -> Result<FontFile, FontError> {
        let path = path.to_owned();
        let count = ttf_parser::fonts_in_collection(&bytes).unwrap_or(1);
        if index >= count {
            let faces = (0..count).map(|index| match ttf_parser::Face::parse(&bytes, index) {
                Ok(face) => format!("{index} ({})", name(&face, name_id::FULL_NAME)),
                Err(_) => index.to_string(),
            });
            return Err(FontError::NoFace { path, index, faces: faces.collect::<Vec<_>>().join(", ") });
        }
        let Ok(face) = ttf_parser::Face::parse(&bytes, index) else {
            let found = match bytes.get(..4) {
                Some(b"wOFF" | b"wOF2") => "it is packed for web pages, and must be unpacked to .ttf or .otf",
                Some(_) => "it does not begin as one",
                None => "it is empty, or nearly so",
            };
            return Err(FontError::NoFont { path, found });
        };
        let tables = face.tables();
        if tables.glyf.is_none() && tables.cff.is_none() && tables.cff2.is_none() {
            return Err(FontError::NoFont { path, found: "it has pictures of characters, and no outlines" });
        }
        let plain = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
        let postscript: String = name(&face, name_id::POST_SCRIPT_NAME).chars().filter(plain).collect();
        let full = name(&face, name_id::FULL_NAME);
        let own = if full.is_empty() { file.clone() } else { full };
        let forbidden = face.permissions() == Some(Permissions::Restricted);
        let embeddable = !forbidden && face.is_subsetting_allowed() && face.is_outline_embedding_allowed();
        let hash = blake3::hash(&bytes).to_hex().to_string();
        Ok(FontFile { file, index, name: own, postscript, hash, embeddable, bytes })
    }
}

fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let about = fs::metadata(path)?;
    if !about.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    if about.len() > MAX_BYTES {
        return Err(io::Error::other("it is too large for a font"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A name of a face, in English if it has it; only what can be printed.
fn name(face: &ttf_parser::Face<'_>, id: u16) -> String {
    let found = || face.names().into_iter().filter(|name| name.name_id == id && name.is_unicode());
    let english = found().find(|name| name.language().primary_language() == "English");
    let name = english.or_else(|| found().next()).and_then(|name| name.to_string()).unwrap_or_default();
    name.chars().filter(|c| !crate::text::is_hidden(*c)).collect::<String>().trim().to_owned()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    fn read(bytes: &[u8], index: u32) -> Result<FontFile, FontError> {
        FontFile::of("f.ttf", "f.ttf".to_owned(), index, bytes.to_vec())
    }

    #[test]
    fn a_font_tells_its_name_and_what_is_none_is_refused() {
        let sound = read(dejavu::sans_mono::regular(), 0).unwrap();
        assert_eq!((sound.name.as_str(), sound.postscript.as_str()), ("DejaVu Sans Mono", "DejaVuSansMono"));
        assert!(sound.embeddable && sound.hash.len() == 64);
        let refused = |bytes: &[u8], index| read(bytes, index).unwrap_err().to_string();
        assert!(refused(b"", 0).contains("empty"));
        assert!(refused(b"id,date\n", 0).contains("does not begin as one"));
        assert!(refused(b"wOF2....", 0).contains("web pages"));
        assert!(refused(dejavu::sans_mono::regular(), 3).contains("its faces are 0 (DejaVu Sans Mono)"));
        let cut = &dejavu::sans_mono::regular()[..5000];
        assert!(read(cut, 0).is_err());
    }
}
