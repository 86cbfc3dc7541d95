//! The tables of a result as CSV: `summary.csv`, `series.csv` and `trials.csv`. Their columns are documented in the
//! README; outcomes, entities and units come from the record, so that a new outcome appears with no change here.

use super::ReportError;
use super::number::plain;
use crate::analysis::compare::{bands, summary_of, values};
use crate::analysis::results::{Comparison, Estimate};
use crate::analysis::statistics::{QUANTILES, Summary, mean_estimate, summarise};
use crate::experiment::{Ensemble, Kept, Plan};
use crate::model::record::Outcome;

/// `summary.csv`: what the trials of each scenario come to, and paired differences from the reference.
///
/// # Errors
/// None in practice: the table is written to memory.
pub fn summary(plan: &Plan, ensemble: &Ensemble, comparison: &Comparison) -> Result<Vec<u8>, ReportError> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["scenario", "reference", "outcome", "entity", "statistic", "value", "unit"])?;
    let reference = &plan.scenarios[comparison.reference].id;
    for (s, kept) in ensemble.scenarios.iter().enumerate() {
        let id = &plan.scenarios[s].id;
        let mut write = |reference: &str, outcome: &str, entity: &str, statistic: &str, value: f64, unit: &str| {
            table.write_record([id, reference, outcome, entity, statistic, &plain(value), unit])
        };
        for (outcome, entity, statistic, value, unit) in headline_rows(plan, comparison, s) {
            write(&plan.scenarios[plan.without].id, outcome, &entity, statistic, value, unit)?;
        }
        for (column, (outcome, entity)) in ensemble.totals.columns.iter().enumerate() {
            for (statistic, value) in statistics(&summary_of(ensemble, kept, column), ensemble.trials) {
                write("", outcome.id, entity, statistic, value, outcome.unit)?;
            }
            if s != comparison.reference {
                let other = &ensemble.scenarios[comparison.reference];
                for (statistic, value) in difference(ensemble, kept, other, column) {
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
fn difference(ensemble: &Ensemble, here: &Kept, reference: &Kept, column: usize) -> [(&'static str, f64); 4] {
    let here = values(ensemble, here, Some(column));
    let reference = values(ensemble, reference, Some(column));
    let summary = summarise(here.iter().zip(&reference).map(|(a, b)| a - b));
    let (low, high) = mean_estimate(&summary).and_then(|e| e.interval).unwrap_or((f64::NAN, f64::NAN));
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
    for (s, kept) in ensemble.scenarios.iter().enumerate() {
        let id = &plan.scenarios[s].id;
        for (column, (outcome, entity)) in ensemble.series.columns.iter().enumerate() {
            for (statistic, path) in paths(ensemble, kept, column) {
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
fn paths(ensemble: &Ensemble, kept: &Kept, column: usize) -> Vec<(&'static str, Vec<f64>)> {
    let width = ensemble.series.columns.len();
    let trials = f64::from(ensemble.trials.max(1));
    let at = |table: &[f64], tick: usize| table[tick * width + column];
    let ticks = 0..ensemble.months.len();
    let means: Vec<f64> = ticks.clone().map(|tick| at(&kept.sums, tick) / trials).collect();
    let Some(path) = ensemble.kept.iter().position(|kept| *kept == column) else {
        return vec![("mean", means)];
    };
    let error = |tick: usize| {
        let variance =
            (at(&kept.squares, tick) / trials - means[tick] * means[tick]).max(0.0) * trials / (trials - 1.0);
        if trials > 1.0 { (variance / trials).sqrt() } else { f64::NAN }
    };
    let bands = bands(ensemble, kept, Some(path));
    vec![
        ("standard-error", ticks.map(error).collect()),
        ("q05", bands.q05),
        ("q25", bands.q25),
        ("median", bands.median),
        ("q75", bands.q75),
        ("q95", bands.q95),
        ("mean", means),
    ]
}

/// `trials.csv`: a row a scenario and trial, a column an outcome and entity.
///
/// # Errors
/// None in practice: the table is written to memory.
pub fn trials(plan: &Plan, ensemble: &Ensemble) -> Result<Vec<u8>, ReportError> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let name = |(outcome, entity): &(Outcome, String)| format!("{}[{entity}]", outcome.id);
    let header = ["scenario".to_owned(), "trial".to_owned()];
    table.write_record(header.into_iter().chain(ensemble.totals.columns.iter().map(name)))?;
    let width = ensemble.totals.columns.len().max(1);
    for (planned, kept) in plan.scenarios.iter().zip(&ensemble.scenarios) {
        for (trial, row) in kept.totals.chunks(width).enumerate() {
            let cells = [planned.id.clone(), trial.to_string()];
            table.write_record(cells.into_iter().chain(row.iter().map(|value| plain(*value))))?;
        }
    }
    finish(table)
}

pub(super) fn finish(table: csv::Writer<Vec<u8>>) -> Result<Vec<u8>, ReportError> {
    table.into_inner().map_err(|error| ReportError::Table(error.into_error().into()))
}
