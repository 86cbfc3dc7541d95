//! What a scenario is read from: the kinds of files, one file with its text, where a value stands in it, and an entry of a bibliography.

use super::known_from::KnownFrom;
use std::ops::Range;

use crate::units::named;

named! {
    /// What a file is.
    Kind, "kind of file" {
        /// A world and a regime, or a layer of one.
        Scenario = "scenario",
        /// Scenarios to set side by side.
        Comparison = "comparison",
        /// Sources of facts.
        Bibliography = "bibliography",
        /// What was observed, to compare a run with.
        Observations = "observations",
    }
}

impl Kind {
    /// What a file of this kind is called in a sentence.
    pub fn with_article(self) -> &'static str {
        match self {
            Kind::Scenario => "a scenario",
            Kind::Comparison => "a comparison",
            Kind::Bibliography => "a bibliography",
            Kind::Observations => "a list of observations",
        }
    }
}

/// Which file of a scenario's chain a value was read from: a number that a library of files gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub usize);

/// Where a value stands: a file and a range of bytes in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// The bytes of the value.
    pub span: Range<usize>,
}

/// One file that a scenario was read from, with its text (for diagnostics and the manifest).
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// The path as the user would write it, or `shipped:<name>` for an embedded file.
    pub name: String,
    /// The whole text.
    pub text: String,
}

/// A source of facts, as listed in a bibliography file.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// Author, title, publisher, date: enough to find it.
    pub citation: String,
    /// Address, where there is one.
    pub url: Option<String>,
    /// From when on it could be known, where that is said.
    pub known_from: Option<KnownFrom>,
}
