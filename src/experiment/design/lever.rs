//! Levers: what an analyst sets to given values, to see what it does. A parameter of the world becomes a choice between
//! the values, so that all that holds for an uncertain parameter (bounds, what the world reserves for it, where a design
//! places it) holds for it too; a design then places it in the middle of a value's part of (0, 1). A value of a regime can't
//! be placed, since scenarios share their world: each stands as a scenario of its own.

use crate::model::world::params::{Params, Uncertain};
use crate::model::world::random::EntityKey;
use crate::scenario::fragment::Change;
use crate::scenario::param::{Dist, Param};

/// A parameter of the world with the values that it takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Lever {
    path: String,
    key: EntityKey,
    values: Vec<f64>,
}

impl Lever {
    /// The parameter at a path with its values, the base first; `None` without a value.
    pub fn new(path: &str, values: Vec<f64>) -> Option<Lever> {
        (!values.is_empty()).then(|| Lever { path: path.to_owned(), key: EntityKey::of(path), values })
    }

    /// Its path.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Its values, at least one.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Key of the parameter.
    pub(super) fn key(&self) -> EntityKey {
        self.key
    }

    /// The record that makes the parameter a choice between the values, as `--set` takes it.
    pub fn record(&self, param: &Param) -> String {
        let dist = Dist::Choice(self.values.iter().map(|value| (1.0, Dist::Fixed(*value))).collect());
        Change { param, dist, assumption: "a lever of the experiment's design".to_owned() }.inline()
    }

    /// The place in (0, 1) of a value.
    #[inline]
    pub(super) fn unit(&self, value: usize) -> f64 {
        (value as f64 + 0.5) / self.values.len() as f64
    }

    /// Whether the world has the parameter as a choice between the values.
    pub(super) fn is_in(&self, params: &Params) -> bool {
        let takes = |uncertain: &Uncertain| {
            self.values.iter().enumerate().all(|(i, value)| uncertain.at(self.unit(i)) == *value)
        };
        let mut entries = params.uncertain().iter().filter(|uncertain| uncertain.key == self.key).peekable();
        entries.peek().is_some() && entries.all(takes)
    }
}

/// A key of the regimes with the values that stand as scenarios of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variation {
    /// Its path.
    pub path: String,
    /// Its values as typed, the base first.
    pub values: Vec<String>,
}
