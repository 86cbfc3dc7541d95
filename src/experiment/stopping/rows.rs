//! Evidence from tables of trials whose rows are all kept.

use super::precision::{Evidence, Moments};
use crate::experiment::interval::difference;

/// The first trials of tables of trials, one a scenario: rows of so many columns, NaN where an outcome has no value.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a, T> {
    tables: &'a [T],
    columns: usize,
    trials: usize,
}

impl<'a, T: AsRef<[f64]>> Rows<'a, T> {
    /// The first `trials` rows (fewer where there are fewer) of `columns` numbers each.
    pub fn new(tables: &'a [T], columns: usize, trials: u32) -> Rows<'a, T> {
        Rows { tables, columns: columns.max(1), trials: trials as usize }
    }

    /// The column, row by row, blanks among them.
    fn column(&self, scenario: usize, column: usize) -> impl Iterator<Item = f64> + Clone {
        let table = self.tables.get(scenario).map_or(&[][..], AsRef::as_ref);
        table.chunks_exact(self.columns).take(self.trials).filter_map(move |row| row.get(column).copied())
    }
}

impl<T: AsRef<[f64]>> Evidence for Rows<'_, T> {
    fn moments(&self, scenario: usize, column: usize) -> Moments {
        Moments::of(self.column(scenario, column))
    }

    fn differences(&self, scenario: usize, from: usize, column: usize) -> Moments {
        Moments::of(
            self.column(scenario, column).zip(self.column(from, column)).map(|(here, there)| difference(here, there)),
        )
    }

    fn ranked(&self, scenario: usize, column: usize, rank: u64) -> (f64, f64) {
        let mut values: Vec<f64> = self.column(scenario, column).filter(|v| v.is_finite()).collect();
        let Some(last) = values.len().checked_sub(1) else { return (f64::NEG_INFINITY, f64::INFINITY) };
        let place = (rank.saturating_sub(1) as usize).min(last);
        let (_, value, _) = values.select_nth_unstable_by(place, f64::total_cmp);
        (*value, *value)
    }
}
