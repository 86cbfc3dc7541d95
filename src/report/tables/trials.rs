//! `trials`: a row a scenario and trial, a column an outcome and entity; read back chunk by chunk, so that memory stays flat.

use super::columns::SCENARIO;
use crate::experiment::trial_table::column_name;
use crate::experiment::{Ensemble, Plan};
use crate::model::record::Outcome;
use crate::report::ReportError;
use crate::report::table::{Cell, Column, Kind, Rows, Sort, Table, Take};

/// The table.
pub static SORT: Sort = Sort {
    name: "trials",
    title: "Every trial: a row a scenario and trial",
    first: &[
        SCENARIO,
        Column::new(
            "trial",
            Kind::Whole,
            "",
            "Number of the trial, from 0; trials of one number share their draws in all scenarios",
        ),
        Column::new("point", Kind::Whole, "", "Point of the design, from 0; without a design that of the trial"),
        Column::new("replication", Kind::Whole, "", "Replication of the point, from 0"),
    ],
    varying: Some(
        "a column an outcome of a trial and entity, named `outcome[entity]`: a number, blank where there is none",
    ),
    last: &[],
};

/// The table of an ensemble whose trials are kept.
pub fn table<'a>(plan: &'a Plan, ensemble: &'a Ensemble) -> Table<'a> {
    let column = |named: &(Outcome, String)| Column {
        name: column_name(named).into(),
        kind: Kind::Number,
        unit: named.0.unit.into(),
        meaning: named.0.meaning.into(),
    };
    let columns = ensemble.schema.totals.columns.iter().map(column).collect();
    SORT.table(columns, TrialRows { plan, ensemble })
}

/// A part a scenario and chunk.
struct TrialRows<'a> {
    plan: &'a Plan,
    ensemble: &'a Ensemble,
}

impl Rows for TrialRows<'_> {
    fn count(&self) -> u64 {
        self.plan.scenarios.len() as u64 * u64::from(self.ensemble.trials())
    }

    fn parts(&self) -> usize {
        self.plan.scenarios.len() * self.ensemble.chunks.count() as usize
    }

    fn part(&self, part: usize, take: &mut Take<'_>) -> Result<(), ReportError> {
        let (plan, schema, chunks) = (self.plan, &self.ensemble.schema, self.ensemble.chunks);
        let (s, chunk) = (part / chunks.count() as usize, (part % chunks.count() as usize) as u32);
        let block = self.ensemble.store.block(schema, &chunks, (s, chunk))?;
        let columns: Vec<&[f64]> = block.chunks(chunks.range(chunk).len()).collect();
        let mut cells = Vec::with_capacity(4 + columns.len());
        for (row, trial) in chunks.range(chunk).enumerate() {
            let place = plan.design.place(plan.seed, trial);
            cells.clear();
            cells.push(Cell::Text(&plan.scenarios[s].id));
            cells.extend([trial, place.point, place.replication].map(|id| Cell::Whole(u64::from(id))));
            cells.extend(columns.iter().map(|column| Cell::Number(column[row])));
            take(&cells)?;
        }
        Ok(())
    }
}
