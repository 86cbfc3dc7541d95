//! `pairing`: what common random numbers gain, by scenario and outcome.

use super::columns::{ENTITY, OUTCOME, SCENARIO};
use crate::analysis::pairing;
use crate::experiment::{Ensemble, Plan};
use crate::report::ReportError;
use crate::report::table::{Cell, Column, Kind, Rows, Sort, Table, Take};

/// The table.
pub static SORT: Sort = Sort {
    name: "pairing",
    title: "What sharing the draws of each trial gains: a row a scenario, outcome and entity",
    first: &[
        SCENARIO,
        Column::new("reference", Kind::Text, "", "Id of the scenario that differences are told against"),
        OUTCOME,
        ENTITY,
        Column::new("pairs", Kind::Whole, "trials", "Trials in which the outcome has a value in both scenarios"),
        Column::new(
            "correlation",
            Kind::Number,
            "",
            "Correlation of the outcome with that of the same trial in the reference; blank where either does not vary",
        ),
        Column::new(
            "variance-if-independent",
            Kind::Number,
            "the outcome's, squared",
            "Variance that the difference of two independent trials would have",
        ),
        Column::new(
            "variance-paired",
            Kind::Number,
            "the outcome's, squared",
            "Variance of the difference of paired trials",
        ),
        Column::new(
            "variance-reduction",
            Kind::Number,
            "ratio",
            "The former over the latter; blank where the paired difference is the same in all trials",
        ),
        Column::new(
            "trials-if-independent",
            Kind::Number,
            "trials",
            "Trials a scenario that would tell the mean difference as well without pairing",
        ),
        Column::new(
            "trials-saved",
            Kind::Number,
            "trials",
            "How many more those are than `pairs`; negative where pairing costs",
        ),
    ],
    varying: None,
    last: &[],
};

/// The table of an ensemble.
pub fn table<'a>(plan: &'a Plan, ensemble: &'a Ensemble) -> Table<'a> {
    SORT.table(Vec::new(), PairingRows { plan, ensemble })
}

/// A part a scenario but the reference.
struct PairingRows<'a> {
    plan: &'a Plan,
    ensemble: &'a Ensemble,
}

impl PairingRows<'_> {
    fn scenarios(&self) -> impl Iterator<Item = usize> {
        let reference = self.plan.reference;
        (0..self.plan.scenarios.len()).filter(move |s| *s != reference)
    }

    fn gains(&self, s: usize) -> impl Iterator<Item = (usize, pairing::Gain)> {
        let columns = 0..self.ensemble.schema.totals.columns.len();
        columns.filter_map(move |column| Some((column, pairing::gain(self.plan, self.ensemble, s, column)?)))
    }
}

impl Rows for PairingRows<'_> {
    fn count(&self) -> u64 {
        self.scenarios().map(|s| self.gains(s).count() as u64).sum()
    }

    fn parts(&self) -> usize {
        self.scenarios().count()
    }

    fn part(&self, part: usize, take: &mut Take<'_>) -> Result<(), ReportError> {
        let Some(s) = self.scenarios().nth(part) else { return Ok(()) };
        for (column, gain) in self.gains(s) {
            let (outcome, entity) = &self.ensemble.schema.totals.columns[column];
            take(&[
                Cell::Text(&self.plan.scenarios[s].id),
                Cell::Text(&self.plan.scenarios[self.plan.reference].id),
                Cell::Text(outcome.id),
                Cell::Text(entity),
                Cell::Whole(gain.pairs),
                Cell::Number(gain.correlation),
                Cell::Number(gain.independent),
                Cell::Number(gain.paired),
                Cell::Number(gain.reduction()),
                Cell::Number(gain.trials_if_independent()),
                Cell::Number(gain.trials_saved()),
            ])?;
        }
        Ok(())
    }
}
