//! `series`: every recorded outcome by tick. The paths are computed once, for this table and for that of the scenario
//! community.

use rayon::prelude::*;

use super::columns::{ENTITY, OUTCOME, SCENARIO, UNIT, VALUE};
use crate::analysis::compare::bands;
use crate::analysis::results::Comparison;
use crate::experiment::rows::RowsError;
use crate::experiment::{Ensemble, Plan};
use crate::model::record::Outcome;
use crate::report::ReportError;
use crate::report::table::{Cell, Column, Kind, Rows, Sort, Table, Take};
use crate::units::Date;

/// The table.
pub static SORT: Sort = Sort {
    name: "series",
    title: "Outcomes over time: a row a scenario, outcome, entity, statistic and tick",
    first: &[
        SCENARIO,
        Column::new("date", Kind::Date, "", "First day of the tick"),
        OUTCOME,
        ENTITY,
        Column::new(
            "statistic",
            Kind::Text,
            "",
            "`mean`; of what is kept for each trial also `standard-error` (of the mean), `q05`, `q25`, `median`, `q75`, `q95`; of \
             `binding` only `share-of-trials`",
        ),
        VALUE,
        UNIT,
    ],
    varying: None,
    last: &[],
};

/// What binds production: an outcome of this table alone.
pub const BINDING: Outcome = Outcome {
    id: "binding",
    unit: "share",
    meaning: "share of trials in which a class, the plant (`capacity`) or nothing (`orders`) bound the headline's line",
};

/// A statistic of an outcome over time.
pub struct Path {
    /// Position of the scenario in the plan.
    pub scenario: usize,
    /// Id of the outcome.
    pub outcome: &'static str,
    /// Entity.
    pub entity: String,
    /// Name of the statistic.
    pub statistic: &'static str,
    /// Unit.
    pub unit: &'static str,
    /// By tick.
    pub values: Vec<f64>,
}

/// All paths of a comparison: by scenario, outcome and entity.
pub struct Paths<'a> {
    /// Ids of the scenarios.
    pub scenarios: Vec<&'a str>,
    /// First day of each tick.
    pub dates: &'a [Date],
    /// The paths.
    pub paths: Vec<Path>,
}

/// Paths in a part of the table.
const PART: usize = 64;

impl<'a> Paths<'a> {
    /// Those of an ensemble.
    ///
    /// # Errors
    /// Trials that can't be read back.
    pub fn of(plan: &'a Plan, ensemble: &Ensemble, comparison: &'a Comparison) -> Result<Paths<'a>, RowsError> {
        let mut paths = Vec::new();
        for s in 0..plan.scenarios.len() {
            let columns = &ensemble.schema.series.columns;
            let of_column = |column: usize| -> Result<Vec<Path>, RowsError> {
                let (outcome, entity) = &columns[column];
                let path = |(statistic, values)| Path {
                    scenario: s,
                    outcome: outcome.id,
                    entity: entity.clone(),
                    statistic,
                    unit: outcome.unit,
                    values,
                };
                Ok(statistics(ensemble, s, column)?.into_iter().map(path).collect())
            };
            let found: Vec<Vec<Path>> =
                (0..columns.len()).into_par_iter().map(of_column).collect::<Result<_, RowsError>>()?;
            paths.extend(found.into_iter().flatten());
            let subject = &plan.world.vendor_lines[plan.world.subject.ix()].id;
            paths.extend(comparison.scenarios[s].binding.iter().map(|binding| Path {
                scenario: s,
                outcome: BINDING.id,
                entity: format!("{subject}:{}", binding.id),
                statistic: "share-of-trials",
                unit: BINDING.unit,
                values: binding.share.clone(),
            }));
        }
        let scenarios = plan.scenarios.iter().map(|planned| planned.id.as_str()).collect();
        Ok(Paths { scenarios, dates: &comparison.dates, paths })
    }

    /// The table.
    pub fn table(&self) -> Table<'_> {
        SORT.table(Vec::new(), self)
    }
}

impl Rows for &Paths<'_> {
    fn count(&self) -> u64 {
        self.paths.iter().map(|path| path.values.len().min(self.dates.len()) as u64).sum()
    }

    fn parts(&self) -> usize {
        self.paths.len().div_ceil(PART)
    }

    fn part(&self, part: usize, take: &mut Take<'_>) -> Result<(), ReportError> {
        for path in self.paths.iter().skip(part * PART).take(PART) {
            for (date, value) in self.dates.iter().zip(&path.values) {
                take(&[
                    Cell::Text(self.scenarios[path.scenario]),
                    Cell::Date(*date),
                    Cell::Text(path.outcome),
                    Cell::Text(&path.entity),
                    Cell::Text(path.statistic),
                    Cell::Number(*value),
                    Cell::Text(path.unit),
                ])?;
            }
        }
        Ok(())
    }
}

/// Statistics of a recorded outcome over time: the mean; and for what is kept trial by trial its error and quantiles.
fn statistics(ensemble: &Ensemble, s: usize, column: usize) -> Result<Vec<(&'static str, Vec<f64>)>, RowsError> {
    let (accumulator, schema) = (&ensemble.scenarios[s], &ensemble.schema);
    let trials = u64::from(ensemble.trials());
    let ticks = 0..schema.ticks;
    let means: Vec<f64> =
        ticks.clone().map(|tick| accumulator.sums.mean(trials, schema.series(tick, column))).collect();
    let Some(path) = schema.kept.iter().position(|kept| *kept == column) else {
        return Ok(vec![("mean", means)]);
    };
    let error = |tick: usize| {
        let variance = accumulator.sums.variance(trials, schema.series(tick, column), schema.path_square(path, tick));
        if trials > 1 { (variance / trials as f64).sqrt() } else { f64::NAN }
    };
    let bands = bands(ensemble, s, Some(path))?;
    Ok(vec![
        ("standard-error", ticks.map(error).collect()),
        ("q05", bands.q05),
        ("q25", bands.q25),
        ("median", bands.median),
        ("q75", bands.q75),
        ("q95", bands.q95),
        ("mean", means),
    ])
}
