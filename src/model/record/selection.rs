//! What of a trial a record keeps. A study that asks for few numbers need not pay for the others: what is not kept is not
//! worked out, as far as the trial itself does not need it. What there is to keep stays named in one place, [`super::observe()`].

use super::observe::{Layout, NOW, Outcome, SUSTAINED, Sink, observe};
use crate::model::state::State;
use crate::model::world::World;

/// What a [`super::Record`] keeps: by default everything.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// `None`: every column.
    chosen: Option<Choice>,
    no_history: bool,
}

/// Some columns of a world's record.
#[derive(Debug, Clone, Default)]
pub(super) struct Choice {
    /// By column of the world's layout.
    columns: Vec<bool>,
    /// By part: its first column, and whether any of its columns is chosen.
    parts: Vec<(usize, bool)>,
    capacity: bool,
}

impl Selection {
    /// Every column, without the table for a comparison with history.
    pub fn series() -> Selection {
        Selection { chosen: None, no_history: true }
    }

    /// Only the table for a comparison with history ([`super::history`]).
    pub fn history() -> Selection {
        Selection { chosen: Some(Choice::default()), no_history: false }
    }

    /// Nothing: the trial is looked at by other means.
    pub fn nothing() -> Selection {
        Selection { chosen: Some(Choice::default()), no_history: true }
    }

    /// Only the columns for which `wanted` holds, in their order in the world's layout: the first of them is column 0 of the
    /// record.
    pub fn columns(layout: &Layout, wanted: impl Fn(Outcome, &str) -> bool) -> Selection {
        let columns: Vec<bool> = layout.columns.iter().map(|(outcome, entity)| wanted(*outcome, entity)).collect();
        let ends = layout.parts.iter().skip(1).copied().chain([columns.len()]);
        let parts = layout.parts.iter().zip(ends).map(|(first, end)| (*first, columns[*first..end].contains(&true)));
        let is_capacity = |outcome: Outcome| outcome == SUSTAINED || outcome == NOW;
        let capacity =
            layout.columns.iter().zip(&columns).any(|((outcome, _), wanted)| *wanted && is_capacity(*outcome));
        let parts = parts.collect();
        Selection { chosen: Some(Choice { columns, parts, capacity }), no_history: true }
    }

    pub(super) fn chosen(&self) -> Option<&Choice> {
        self.chosen.as_ref()
    }

    pub(super) fn keeps_history(&self) -> bool {
        !self.no_history
    }

    /// Whether the capacity of a target vendor is kept.
    pub(super) fn capacity(&self) -> bool {
        self.chosen.as_ref().is_none_or(|choice| choice.capacity)
    }
}

impl Choice {
    /// Adds the chosen columns of a tick to `values`.
    pub(super) fn observe(&self, world: &World, state: &State, months: f64, values: &mut Vec<f64>) {
        if !self.parts.is_empty() {
            observe(world, state, months, &mut Chosen { choice: self, values, part: 0, column: 0 });
        }
    }
}

/// Takes the chosen columns and leaves out the parts that hold none.
struct Chosen<'a> {
    choice: &'a Choice,
    values: &'a mut Vec<f64>,
    part: usize,
    column: usize,
}

impl Sink for Chosen<'_> {
    #[inline]
    fn next_part(&mut self) -> bool {
        let (first, any) = self.choice.parts[self.part];
        self.part += 1;
        self.column = first;
        any
    }

    #[inline]
    fn put(&mut self, _outcome: Outcome, _entity: impl FnOnce() -> String, value: f64) {
        if self.choice.columns[self.column] {
            self.values.push(value);
        }
        self.column += 1;
    }
}
