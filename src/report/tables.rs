//! The tables of a result as CSV: `summary.csv`, `series.csv` and `trials.csv`. Their columns are documented in the
//! README; outcomes, entities and units come from the record, so that a new outcome appears with no change here.

use std::io::Write;

use super::ReportError;
use super::number::plain;
use crate::analysis::compare::{bands, difference, summary_of};
use crate::analysis::pairing;
use crate::analysis::results::{Comparison, Estimate};
use crate::analysis::statistics::{QUANTILES, Summary, mean_estimate};
use crate::experiment::rows::RowsError;
use crate::experiment::trial_table::column_name;
use crate::experiment::{Ensemble, Plan};

/// `summary.csv`: what the trials of each scenario come to, and paired differences from the reference.
///
/// # Errors
/// None in practice: the table is written to memory.
pub fn summary(plan: &Plan, ensemble: &Ensemble, comparison: &Comparison) -> Result<Vec<u8>, ReportError> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["scenario", "reference", "outcome", "entity", "statistic", "value", "unit"])?;
    let reference = &plan.scenarios[comparison.reference].id;
    for (s, planned) in plan.scenarios.iter().enumerate() {
        let id = &planned.id;
        let mut write = |reference: &str, outcome: &str, entity: &str, statistic: &str, value: f64, unit: &str| {
            table.write_record([id, reference, outcome, entity, statistic, &plain(value), unit])
        };
        for (outcome, entity, statistic, value, unit) in headline_rows(plan, comparison, s) {
            write(&plan.scenarios[plan.without].id, outcome, &entity, statistic, value, unit)?;
        }
        for (column, (outcome, entity)) in ensemble.shape.totals.columns.iter().enumerate() {
            for (statistic, value) in statistics(&summary_of(ensemble, s, column)?, ensemble.trials()) {
                write("", outcome.id, entity, statistic, value, outcome.unit)?;
            }
            if s != comparison.reference {
                for (statistic, value) in differences(&difference(ensemble, s, column)) {
                    write(reference, outcome.id, entity, statistic, value, outcome.unit)?;
                }
            }
        }
    }
    finish(table)
}

type Row = (&'static str, String, &'static str, f64, &'static str);

/// E11 and E12, which are ratios over all trials.
fn headline_rows(plan: &Plan, comparison: &Comparison, s: usize) -> Vec<Row> {
    let results = &comparison.scenarios[s];
    let entity = plan.world.pairs[plan.world.subject.ix()].id.clone();
    let mut rows = Vec::new();
    let mut put = |outcome, estimate: Option<Estimate>, unit| {
        let (low, high) = estimate.and_then(|e| e.interval).unwrap_or((f64::NAN, f64::NAN));
        rows.push((outcome, entity.clone(), "estimate", estimate.map_or(f64::NAN, |e| e.value), unit));
        rows.push((outcome, entity.clone(), "low95", low, unit));
        rows.push((outcome, entity.clone(), "high95", high, unit));
    };
    put("shortfall-ratio", Some(results.shortfall), "share");
    put("bite", results.bite, "products/USD million");
    rows.push(("shortfall", entity.clone(), "share-of-trials-worse", results.share_worse, "share"));
    rows.push(("shortfall", entity, "share-of-trials-tied", results.share_tied, "share"));
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
    let (low, high) = mean_estimate(summary).and_then(|e| e.interval).unwrap_or((f64::NAN, f64::NAN));
    [
        ("difference-mean", summary.mean.unwrap_or(f64::NAN)),
        ("difference-standard-error", summary.standard_error.unwrap_or(f64::NAN)),
        ("difference-low95", low),
        ("difference-high95", high),
    ]
}

/// `series.csv`: every recorded outcome by tick.
///
/// # Errors
/// None in practice: the table is written to memory.
pub fn series(plan: &Plan, ensemble: &Ensemble, comparison: &Comparison) -> Result<Vec<u8>, ReportError> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["scenario", "date", "outcome", "entity", "statistic", "value", "unit"])?;
    let dates: Vec<String> = comparison.dates.iter().map(ToString::to_string).collect();
    for (s, planned) in plan.scenarios.iter().enumerate() {
        let id = &planned.id;
        for (column, (outcome, entity)) in ensemble.shape.series.columns.iter().enumerate() {
            for (statistic, path) in paths(ensemble, s, column)? {
                for (date, value) in dates.iter().zip(&path) {
                    table.write_record([id, date, outcome.id, entity, statistic, &plain(*value), outcome.unit])?;
                }
            }
        }
        let subject = &plan.world.pairs[plan.world.subject.ix()].id;
        for binding in &comparison.scenarios[s].binding {
            let entity = format!("{subject}:{}", binding.id);
            for (date, share) in dates.iter().zip(&binding.share) {
                table.write_record([id, date, "binding", &entity, "share-of-trials", &plain(*share), "share"])?;
            }
        }
    }
    finish(table)
}

/// Statistics of a recorded outcome over time: the mean; and for what is kept trial by trial its error and quantiles.
fn paths(ensemble: &Ensemble, s: usize, column: usize) -> Result<Vec<(&'static str, Vec<f64>)>, RowsError> {
    let (tally, shape) = (&ensemble.scenarios[s], &ensemble.shape);
    let trials = u64::from(ensemble.trials());
    let ticks = 0..shape.ticks;
    let means: Vec<f64> = ticks.clone().map(|tick| tally.sums.mean(trials, shape.series(tick, column))).collect();
    let Some(path) = shape.kept.iter().position(|kept| *kept == column) else {
        return Ok(vec![("mean", means)]);
    };
    let error = |tick: usize| {
        let of = Summary::of_sums(&tally.sums, trials, shape.series(tick, column), shape.path_square(path, tick));
        of.standard_error.unwrap_or(f64::NAN)
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

/// `pairing.csv`: what common random numbers gain, by scenario and outcome.
///
/// # Errors
/// None in practice: the table is written to memory.
pub fn pairing(plan: &Plan, ensemble: &Ensemble) -> Result<Vec<u8>, ReportError> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record([
        "scenario",
        "reference",
        "outcome",
        "entity",
        "pairs",
        "correlation",
        "variance-if-independent",
        "variance-paired",
        "variance-reduction",
        "trials-if-independent",
        "trials-saved",
    ])?;
    let reference = &plan.scenarios[plan.reference].id;
    for (s, planned) in plan.scenarios.iter().enumerate().filter(|(s, _)| *s != plan.reference) {
        for (column, (outcome, entity)) in ensemble.shape.totals.columns.iter().enumerate() {
            let Some(gain) = pairing::gain(plan, ensemble, s, column) else { continue };
            let numbers = [
                gain.correlation,
                gain.independent,
                gain.paired,
                gain.reduction(),
                gain.trials_if_independent(),
                gain.trials_saved(),
            ]
            .map(plain);
            let head = [&planned.id, reference, outcome.id, entity, &gain.pairs.to_string()].map(str::to_owned);
            table.write_record(head.iter().chain(&numbers))?;
        }
    }
    finish(table)
}

/// `trials.csv`: a row a scenario and trial, a column an outcome and entity; written as it is made, chunk by chunk.
///
/// # Errors
/// A file that can't be written, or trials that can't be read back.
pub fn trials(plan: &Plan, ensemble: &Ensemble, out: impl Write) -> Result<(), ReportError> {
    let (shape, chunks) = (&ensemble.shape, ensemble.chunks);
    let mut table = csv::Writer::from_writer(out);
    let header = ["scenario", "trial", "point", "replication"].map(str::to_owned);
    table.write_record(header.into_iter().chain(shape.totals.columns.iter().map(column_name)))?;
    for (s, planned) in plan.scenarios.iter().enumerate() {
        for chunk in chunks.all() {
            let block = ensemble.store.block(shape, &chunks, (s, chunk))?;
            let columns: Vec<&[f64]> = block.chunks(chunks.range(chunk).len()).collect();
            for (row, trial) in chunks.range(chunk).enumerate() {
                let place = plan.design.place(plan.seed, trial);
                let ids = [trial, place.point, place.replication].map(|id| id.to_string());
                let values = columns.iter().map(|column| plain(column[row]));
                table.write_record(std::iter::once(planned.id.clone()).chain(ids).chain(values))?;
            }
        }
    }
    table.flush().map_err(|error| ReportError::Table(error.into()))
}

pub(super) fn finish(table: csv::Writer<Vec<u8>>) -> Result<Vec<u8>, ReportError> {
    table.into_inner().map_err(|error| ReportError::Table(error.into_error().into()))
}
