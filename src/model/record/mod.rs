//! What a trial records: of each tick all that [`observe()`] names or the part that is kept ([`selection`]), and beside it what a
//! comparison with history takes ([`history`]). The outcomes of a whole trial are computed from its record ([`outcome`]).

pub mod history;
mod observe;
pub mod outcome;
pub mod selection;

use super::state::State;
use super::trial::TickContext;
use super::world::World;
use selection::Selection;

pub use observe::*;

impl Layout {
    /// The columns of a world's record, from a state of it.
    pub fn of(world: &World, state: &State) -> Layout {
        let mut layout = Layout::default();
        observe(world, state, 1.0, &mut layout);
        layout.history = history::columns(world);
        layout
    }
}

/// The record of a trial under one regime: all that is recorded, or what its [`Selection`] says.
#[derive(Debug, Clone, Default)]
pub struct Record {
    pub(super) keep: Selection,
    /// Values, tick by tick, column by column.
    pub values: Vec<f64>,
    /// Number of columns.
    pub width: usize,
    /// What bound the subject's line in each tick (where all columns are kept): position in its bill, one past it for the plant, two for orders.
    pub binding: Vec<u16>,
    /// The class of the subject's line with the fewest months of cover in each tick (where all columns are kept).
    pub scarcest: Vec<u16>,
    /// What is kept for a comparison with history, tick by tick ([`history`]).
    pub history: Vec<f64>,
    /// Number of its columns.
    pub history_width: usize,
}

impl Record {
    /// A record that keeps a part of what could be recorded.
    pub fn keeping(keep: Selection) -> Record {
        Record { keep, ..Record::default() }
    }

    /// Whether it keeps what the look ahead of a target vendor is for (E10).
    pub fn keeps_capacity(&self) -> bool {
        self.keep.capacity()
    }

    /// Clears the record for a trial.
    pub fn start(&mut self, _world: &World) {
        self.values.clear();
        self.width = 0;
        self.binding.clear();
        self.scarcest.clear();
        self.history.clear();
        self.history_width = 0;
    }

    /// Step 9.
    pub fn write(&mut self, context: &TickContext, state: &State, tick: usize) {
        let months = context.pace.months;
        match self.keep.chosen() {
            None => {
                observe(context.world, state, months, &mut Row(&mut self.values));
                let limits = &state.limits[context.world.subject.ix()];
                self.binding.push(limits.binding as u16);
                self.scarcest.push(limits.scarcest as u16);
            }
            Some(choice) => choice.observe(context.world, state, months, &mut self.values),
        }
        if self.keep.keeps_history() {
            history::write(context, state, tick, &mut Row(&mut self.history));
        }
        if tick == 0 {
            (self.width, self.history_width) = (self.values.len(), self.history.len());
        }
    }

    /// A value.
    #[inline]
    pub fn at(&self, tick: usize, column: usize) -> f64 {
        self.values[tick * self.width + column]
    }

    /// A value of the table that is kept for a comparison with history.
    #[inline]
    pub fn past(&self, tick: usize, column: usize) -> f64 {
        self.history[tick * self.history_width + column]
    }

    /// Whether two records are the same to the bit.
    pub fn same_bits(&self, other: &Record) -> bool {
        let same =
            |a: &[f64], b: &[f64]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits());
        same(&self.values, &other.values) && same(&self.history, &other.history) && self.binding == other.binding
    }
}
