//! The font that the figures of a result were drawn with beside their own, as its manifest names it.

use serde::{Deserialize, Serialize};

use crate::report::figures::{FontFile, Fonts};

/// A font that a result was drawn with, which it does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Font {
    /// Name of the file, without its folder.
    pub file: String,
    /// Which face of a collection.
    pub face: u32,
    /// Name of the font.
    pub name: String,
    /// Hash of the file.
    pub blake3: String,
}

impl Font {
    /// The one that was given, if any text that was drawn so far was in need of it.
    pub fn of(fonts: Option<&Fonts>) -> Option<Font> {
        let file = fonts.filter(|fonts| fonts.seen().borrowed())?.given()?;
        let (file, face, name, blake3) = (file.file.clone(), file.index, file.name.clone(), file.hash.clone());
        Some(Font { file, face, name, blake3 })
    }

    /// Whether a file is this font.
    pub fn is(&self, file: &FontFile) -> bool {
        (self.face, &self.blake3) == (file.index, &file.hash)
    }
}
