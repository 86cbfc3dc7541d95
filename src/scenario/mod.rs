//! What the analyst wrote: scenario files, layered by `extends`, read into typed records that know where each value
//! stands and where it comes from. Nothing here decides what is lawful or what an agent does.

pub mod param;
pub mod regime;
pub mod world;

use std::ops::Range;

use indexmap::IndexMap;

use param::Param;
use regime::Regime;
use world::World;

/// Which file of a scenario's chain a value was read from (an index into [`Scenario::files`]).
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
}

/// A scenario with all its layers merged: a world and a regime.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The id: the file's `id`, which names results.
    pub id: String,
    /// One line that says what it is.
    pub title: String,
    /// What it assumes and why, in a paragraph.
    pub description: String,
    /// Whether it can be run alone (a base that others extend can't).
    pub runnable: bool,
    /// The file itself first, then what it extends, outwards.
    pub files: Vec<SourceFile>,
    /// Everything but the law.
    pub world: World,
    /// The law, and the practice of licensing under it.
    pub regime: Regime,
    /// The sources, by key.
    pub bibliography: IndexMap<String, Reference>,
    /// Every uncertain or fixed number that was read, in reading order (a copy of what stands in the world and regime).
    pub params: Vec<Param>,
    /// `--set` overrides applied on top, as typed (path, value).
    pub overrides: Vec<(String, String)>,
}
