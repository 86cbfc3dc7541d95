//! `summary`: what the trials of each scenario come to, and paired differences from the reference.

use rayon::prelude::*;

use super::columns::{ENTITY, OUTCOME, SCENARIO, UNIT, VALUE};
use crate::analysis::compare::{difference, summary_of};
use crate::analysis::results::Comparison;
use crate::analysis::statistics::{QUANTILES, Summary, mean_estimate};
use crate::experiment::rows::RowsError;
use crate::experiment::{Ensemble, Plan};
use crate::model::record::Outcome;
use crate::model::record::outcome::SHORTFALL;
use crate::report::ReportError;
use crate::report::table::{Cell, Column, Kind, Rows, Sort, Table, Take};

/// The table.
pub static SORT: Sort = Sort {
    name: "summary",
    title: "What trials come to, and paired differences: a row a scenario, outcome, entity and statistic",
    first: &[
        SCENARIO,
        Column::new(
            "reference",
            Kind::Text,
            "",
            "Id of the scenario that it is measured against, where the statistic is a difference or a ratio; else blank",
        ),
        OUTCOME,
        ENTITY,
        Column::new(
            "statistic",
            Kind::Text,
            "",
            "`mean`, `standard-error` (of the mean), `q05`, `q25`, `median`, `q75`, `q95`, `share-of-trials-with-value`; of paired \
             differences `difference-mean`, `difference-standard-error`, `difference-low95`, `difference-high95`; of ratios of sums \
             over trials `estimate`, `low95`, `high95`; and `share-of-trials-worse`, `share-of-trials-tied`",
        ),
        VALUE,
        UNIT,
    ],
    varying: None,
    last: &[],
};

/// Ratios over all trials: outcomes of this table alone.
pub const RATIOS: [Outcome; 2] = [
    Outcome {
        id: "shortfall-ratio",
        unit: "share",
        meaning: "shortfall over deployment without controls, both summed over trials (E11); higher is worse for the vendor",
    },
    Outcome {
        id: "bite",
        unit: "products/USD million",
        meaning: "capacity denied over US sales lost, both summed over trials (E12); blank where US sales lost are under 1% of those \
                  without controls",
    },
];

/// Its rows, by scenario.
pub struct SummaryRows {
    scenarios: Vec<Vec<Row>>,
}

/// A row, with the scenario's id and the reference's.
struct Row {
    scenario: String,
    reference: Option<String>,
    outcome: &'static str,
    entity: String,
    statistic: &'static str,
    value: f64,
    unit: &'static str,
}

impl SummaryRows {
    /// Those of an ensemble.
    ///
    /// # Errors
    /// Trials that can't be read back.
    pub fn of(plan: &Plan, ensemble: &Ensemble, comparison: &Comparison) -> Result<SummaryRows, RowsError> {
        let of_scenario = |s| scenario_rows(plan, ensemble, comparison, s);
        let scenarios = (0..plan.scenarios.len()).map(of_scenario).collect::<Result<_, _>>()?;
        Ok(SummaryRows { scenarios })
    }

    /// The table.
    pub fn table(&self) -> Table<'_> {
        SORT.table(Vec::new(), self)
    }
}

impl Rows for &SummaryRows {
    fn count(&self) -> u64 {
        self.scenarios.iter().map(|rows| rows.len() as u64).sum()
    }

    fn parts(&self) -> usize {
        self.scenarios.len()
    }

    fn part(&self, part: usize, take: &mut Take<'_>) -> Result<(), ReportError> {
        self.scenarios[part].iter().try_for_each(|row| {
            take(&[
                Cell::Text(&row.scenario),
                row.reference.as_deref().map_or(Cell::Blank, Cell::Text),
                Cell::Text(row.outcome),
                Cell::Text(&row.entity),
                Cell::Text(row.statistic),
                Cell::Number(row.value),
                Cell::Text(row.unit),
            ])
        })
    }
}

fn scenario_rows(plan: &Plan, ensemble: &Ensemble, comparison: &Comparison, s: usize) -> Result<Vec<Row>, RowsError> {
    let (scenario, reference) = (&plan.scenarios[s].id, &plan.scenarios[comparison.reference].id);
    let mut rows = headline_rows(plan, comparison, s);
    let columns = &ensemble.schema.totals.columns;
    // Each column's trials are read and sorted.
    let of_column = |column: usize| -> Result<Vec<Row>, RowsError> {
        let (outcome, entity) = &columns[column];
        let row = |reference: Option<&String>, statistic, value| Row {
            scenario: scenario.clone(),
            reference: reference.cloned(),
            outcome: outcome.id,
            entity: entity.clone(),
            statistic,
            value,
            unit: outcome.unit,
        };
        let summary = summary_of(ensemble, s, column)?;
        let mut rows: Vec<Row> =
            statistics(&summary, ensemble.trials()).into_iter().map(|(name, value)| row(None, name, value)).collect();
        if s != comparison.reference {
            let differences = differences(&difference(ensemble, s, column));
            rows.extend(differences.map(|(name, value)| row(Some(reference), name, value)));
        }
        Ok(rows)
    };
    let of_columns: Vec<Vec<Row>> =
        (0..columns.len()).into_par_iter().map(of_column).collect::<Result<_, RowsError>>()?;
    rows.extend(of_columns.into_iter().flatten());
    Ok(rows)
}

/// E11 and E12, which are ratios over all trials.
fn headline_rows(plan: &Plan, comparison: &Comparison, s: usize) -> Vec<Row> {
    let results = &comparison.scenarios[s];
    let row = |outcome: &'static str, statistic, value, unit| Row {
        scenario: plan.scenarios[s].id.clone(),
        reference: Some(plan.scenarios[plan.without].id.clone()),
        outcome,
        entity: plan.world.vendor_lines[plan.world.subject.ix()].id.clone(),
        statistic,
        value,
        unit,
    };
    let mut rows = Vec::new();
    for (Outcome { id, unit, .. }, estimate) in RATIOS.into_iter().zip([Some(results.shortfall), results.bite]) {
        let (low, high) = estimate.and_then(|e| e.ends()).unwrap_or((f64::NAN, f64::NAN));
        rows.push(row(id, "estimate", estimate.map_or(f64::NAN, |e| e.value), unit));
        rows.push(row(id, "low95", low, unit));
        rows.push(row(id, "high95", high, unit));
    }
    rows.push(row(SHORTFALL.id, "share-of-trials-worse", results.share_worse, "share"));
    rows.push(row(SHORTFALL.id, "share-of-trials-tied", results.share_tied, "share"));
    rows
}

fn statistics(summary: &Summary, trials: u32) -> Vec<(&'static str, f64)> {
    let mut rows = vec![
        ("mean", summary.mean.unwrap_or(f64::NAN)),
        ("standard-error", summary.standard_error.unwrap_or(f64::NAN)),
    ];
    for (i, (name, _)) in QUANTILES.iter().enumerate() {
        rows.push((name, summary.quantiles.map_or(f64::NAN, |q| q[i])));
    }
    rows.push(("share-of-trials-with-value", summary.count as f64 / f64::from(trials.max(1))));
    rows
}

/// Paired difference of an outcome: this scenario less the reference, trial by trial.
fn differences(summary: &Summary) -> [(&'static str, f64); 4] {
    let (low, high) = mean_estimate(summary).and_then(|e| e.ends()).unwrap_or((f64::NAN, f64::NAN));
    [
        ("difference-mean", summary.mean.unwrap_or(f64::NAN)),
        ("difference-standard-error", summary.standard_error.unwrap_or(f64::NAN)),
        ("difference-low95", low),
        ("difference-high95", high),
    ]
}
