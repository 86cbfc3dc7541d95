//! What the analyst wrote: scenario files, layered by `extends`, read into typed records that know where each value
//! stands and where it comes from. Nothing here decides what is lawful or what an agent does.

pub mod comparison;
pub mod describe;
pub mod diff;
mod file;
pub mod fragment;
mod known_from;
mod layer;
mod load;
mod notes;
pub mod observed;
mod overrides;
pub mod param;
mod parse;
pub mod problem;
mod read;
mod reader;
pub mod regime;
mod resolved;
pub mod schema;
pub mod source;
pub mod sources;
pub mod starter;
mod support;
mod tree;
pub mod whole;
pub mod words;
pub mod world;

use indexmap::IndexMap;

pub use comparison::{ComparisonFile, load_comparison, load_comparison_source};
pub use describe::{Description, describe, describe_source};
pub use file::{FileId, Kind, Place, Reference, SourceFile};
pub use known_from::KnownFrom;
pub use load::{
    Changes, END, Own, Shipped, kind_of, load, load_bibliography, load_layered, load_source, load_text, shipped,
};
pub use observed::{Observation, load_observations, load_observations_source};
pub use problem::{Problem, Problems};
pub(crate) use reader::is_id;
pub use source::{Library, Source};

use param::Param;
use regime::Regime;
use world::World;

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
    /// The file itself first, then what it extends, outwards; then bibliographies, and each `--set` as a file of its own.
    pub files: Vec<SourceFile>,
    /// Everything but the law.
    pub world: World,
    /// The law, and the practice of licensing under it.
    pub regime: Regime,
    /// The sources, by key.
    pub bibliography: IndexMap<String, Reference>,
    /// Every uncertain or fixed number that was read, in reading order (a copy of what stands in the world and regime).
    pub params: Vec<Param>,
    /// What an analyst should know of the files although they can be read, such as a change that rests on nothing.
    pub warnings: Vec<Problem>,
    /// `--set` overrides applied on top, as typed (path, value), and after them the last day where one was given.
    pub overrides: Vec<(String, String)>,
    /// The whole merged scenario as JSON, in file order, numbers as written: what [`Scenario::hash`] is taken of.
    pub resolved: serde_json::Value,
    /// BLAKE3 of the resolved scenario, in hexadecimal.
    pub hash: String,
    /// BLAKE3 of the world alone (without id, title, description, provisions, licensing, escalation and bibliography): scenarios
    /// of one comparison share it.
    pub world_hash: String,
}

impl Scenario {
    /// The same scenario under another id and title, such as one that stands for a value of a lever.
    pub(crate) fn renamed(mut self, id: String, title: String) -> Scenario {
        if let Some(document) = self.resolved.as_object_mut() {
            document.insert("id".into(), id.clone().into());
            document.insert("title".into(), title.clone().into());
        }
        self.hash = resolved::hash(&self.resolved);
        Scenario { id, title, ..self }
    }

    /// The numbers that were set on the command line, by what they rest on: that stays with the resolved scenario, from which a
    /// result is made again; [`Scenario::overrides`] does not.
    pub fn set_by_hand(&self) -> impl Iterator<Item = &Param> {
        self.params.iter().filter(|param| param.provenance.assumption.as_deref() == Some(overrides::TYPED))
    }

    /// The whole merged scenario as JSON; see [`Scenario::resolved`].
    pub fn resolved_json(&self) -> serde_json::Value {
        self.resolved.clone()
    }
}
