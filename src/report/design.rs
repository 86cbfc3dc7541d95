//! What a result tells of its design: an object of the manifest, a paragraph of the summary, `points.csv` (where the points
//! place what they place) and `by-point.csv` (what each point of a design over levers comes to).

use std::fmt::Write;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::ReportError;
use super::number::{plain, thousands};
use super::tables::finish;
use crate::analysis::results::Estimate;
use crate::analysis::statistics::{mean_estimate, summarise};
use crate::experiment::Plan;
use crate::experiment::design::{Design, Kind, Lever, Request, Variation};
use crate::experiment::rows::RowsError;
use crate::model::params::Uncertain;
use crate::model::record::Layout;

/// The design, for the manifest.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Entry {
    kind: String,
    points: u32,
    replications: u32,
    levers: Vec<LeverEntry>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct LeverEntry {
    path: String,
    values: Vec<String>,
    of: Of,
}

/// Whether a lever's value is that of points, or of scenarios of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Of {
    Points,
    Scenarios,
}

impl Entry {
    /// A design of so many trials.
    pub(super) fn of(design: &Design, trials: u32) -> Entry {
        let placed = design.levers().iter().map(|lever| LeverEntry {
            path: lever.path().to_owned(),
            values: lever.values().iter().map(f64::to_string).collect(),
            of: Of::Points,
        });
        let varied = design.variations().iter().map(|variation| LeverEntry {
            path: variation.path.clone(),
            values: variation.values.clone(),
            of: Of::Scenarios,
        });
        Entry {
            kind: design.kind().name().to_owned(),
            points: design.points(trials),
            replications: design.replications(),
            levers: placed.chain(varied).collect(),
        }
    }

    /// What gives the design again; `None` if it is none that could have been written. Of an ensemble that `grows` the number
    /// of points follows from when it stops.
    pub(super) fn request(&self, grows: bool) -> Option<Request> {
        let lever = |entry: &LeverEntry| {
            let values = entry.values.iter().map(|value| value.parse().ok()).collect::<Option<Vec<f64>>>()?;
            Lever::new(&entry.path, values)
        };
        let variation = |entry: &LeverEntry| Variation { path: entry.path.clone(), values: entry.values.clone() };
        let of = |of| self.levers.iter().filter(move |entry| entry.of == of);
        Some(Request {
            kind: Kind::parse(&self.kind)?,
            points: (!grows).then_some(self.points),
            replications: (!grows).then_some(self.replications),
            trials: None,
            levers: of(Of::Points).map(lever).collect::<Option<_>>()?,
            variations: of(Of::Scenarios).map(variation).collect(),
        })
    }
}

/// How the uncertain parameters of the trials were had, for the summary's paragraph on method.
pub(super) fn words(plan: &Plan, trials: u32) -> String {
    let (design, uncertain) = (&plan.design, plan.world.params.uncertain().len());
    let (points, replications) =
        (thousands(f64::from(design.points(trials))), thousands(f64::from(design.replications())));
    const CHANCE: &str = "chance (demand, awards, capacity, reviews, qualifications, decisions)";
    const FILES: &str = "from the distributions in the scenario files";
    let each = match design.replications() {
        1 => format!("with {CHANCE} of its own"),
        _ => format!("with {replications} replications, each with {CHANCE} of its own"),
    };
    let mut text = match design.kind() {
        Kind::MonteCarlo if design.replications() == 1 => {
            format!("In each trial {uncertain} uncertain parameters were drawn {FILES}, and {CHANCE} within it.")
        }
        Kind::MonteCarlo => {
            format!("At each of {points} points {uncertain} uncertain parameters were drawn {FILES}, {each}.")
        }
        Kind::LatinHypercube => format!(
            "{uncertain} uncertain parameters were placed in their distributions by a Latin hypercube of {points} points (nested: \
             shuffled Owen-scrambled van der Corput sequences), {each}."
        ),
        Kind::Sobol => format!(
            "{uncertain} uncertain parameters were placed in their distributions by {points} Owen-scrambled Sobol points (padded: \
             the parameters of one record share a sequence), {each}."
        ),
        Kind::Factorial => format!(
            "{points} points, every combination of the levers' values, have {replications} replications each; all other \
             uncertain parameters, drawn {FILES}, and {CHANCE} are the same in a replication of every point."
        ),
        Kind::OneAtATime => format!(
            "{points} points have {replications} replications each: the first is the base, and each other moves one thing from \
             it ({}); {CHANCE} is the same in a replication of every point.",
            if design.levers().is_empty() && design.variations().is_empty() {
                "an uncertain parameter to its 5% or 95% quantile, with all others at their medians"
            } else {
                "a lever to another of its values; all other uncertain parameters are drawn as chance is"
            }
        ),
    };
    for lever in design.levers() {
        let values: Vec<String> = lever.values().iter().map(f64::to_string).collect();
        let _ = write!(text, " `{}` takes the values {}.", lever.path(), values.join(", "));
    }
    for variation in design.variations() {
        let values = variation.values.join(", ");
        let _ = write!(text, " `{}` takes the values {values} in scenarios of their own.", variation.path);
    }
    for warning in design.warnings(trials) {
        let _ = write!(text, " Mind: {warning}.");
    }
    text
}

/// `points.csv`: a row a point, a column a parameter that it places, with its value.
///
/// # Errors
/// None in practice: the table is written to memory.
pub fn points_table(plan: &Plan, trials: u32) -> Result<Vec<u8>, ReportError> {
    let (design, params) = (&plan.design, &plan.world.params);
    let placed = design.placed(params);
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["point"].into_iter().chain(placed.iter().map(|uncertain| params.path(uncertain.id))))?;
    let mut table = finish(table)?;
    // Hundreds of numbers a point, and some 3,000 instructions to write each: on all threads.
    let row = |point: u32| {
        let values = placed.iter().map(|uncertain| plain(value(plan, point, uncertain)));
        let mut row = csv::Writer::from_writer(Vec::new());
        row.write_record(std::iter::once(point.to_string()).chain(values))?;
        finish(row)
    };
    let rows: Vec<Vec<u8>> = (0..design.points(trials)).into_par_iter().map(row).collect::<Result<_, ReportError>>()?;
    rows.iter().for_each(|row| table.extend_from_slice(row));
    Ok(table)
}

/// The value of a parameter in a point.
fn value(plan: &Plan, point: u32, uncertain: &Uncertain) -> f64 {
    let first = point.saturating_mul(plan.design.replications());
    uncertain.at(plan.design.place(plan.seed, first).unit(uncertain))
}

/// `by-point.csv`: what each point of a factorial design or one at a time comes to, over its replications, and how it differs
/// from point 0 of the same scenario, replication by replication. `values` gives the values of a column of `totals` in a
/// scenario, by trial; one that is no number stands for "no value".
///
/// # Errors
/// None in practice: the table is written to memory.
pub fn by_point(
    plan: &Plan,
    totals: &Layout,
    values: impl Fn(usize, usize) -> Result<Vec<f64>, RowsError>,
) -> Result<Vec<u8>, ReportError> {
    let design = &plan.design;
    let mut table = csv::Writer::from_writer(Vec::new());
    let levers = given_names(plan);
    let head = ["scenario", "point"].into_iter().chain(levers.iter().map(String::as_str));
    table.write_record(head.chain(STATISTICS))?;
    let replications = design.replications() as usize;
    let given: Vec<Vec<String>> = (0..design.points(plan.trials)).map(|point| given(plan, point)).collect();
    for (s, scenario) in plan.scenarios.iter().enumerate() {
        for (column, (outcome, entity)) in totals.columns.iter().enumerate() {
            let all = values(s, column)?;
            let Some(base) = all.chunks(replications).next() else { continue };
            for (point, (here, given)) in all.chunks(replications).zip(&given).enumerate() {
                let mut row = vec![scenario.id.clone(), point.to_string()];
                row.extend(given.iter().cloned());
                row.extend([outcome.id.to_owned(), entity.clone()]);
                row.extend(told(here.iter().copied()));
                row.extend(told(here.iter().zip(base).map(|(here, base)| here - base)));
                row.push(outcome.unit.to_owned());
                table.write_record(row)?;
            }
        }
    }
    finish(table)
}

/// The columns of `by-point.csv` after those that say which point it is.
const STATISTICS: [&str; 11] = [
    "outcome",
    "entity",
    "mean",
    "standard-error",
    "low95",
    "high95",
    "difference-mean",
    "difference-standard-error",
    "difference-low95",
    "difference-high95",
    "unit",
];

/// Mean, standard error and ends of the 95% interval.
fn told(values: impl Iterator<Item = f64>) -> [String; 4] {
    let summary = summarise(values);
    let interval = mean_estimate(&summary).and_then(|Estimate { interval, .. }| interval);
    let (low, high) = interval.unwrap_or((f64::NAN, f64::NAN));
    let blank = f64::NAN;
    [summary.mean.unwrap_or(blank), summary.standard_error.unwrap_or(blank), low, high].map(plain)
}

/// Columns that say what a point is: the levers, or what it moves and where to.
fn given_names(plan: &Plan) -> Vec<String> {
    match plan.design.kind() {
        Kind::OneAtATime => vec!["moved".to_owned(), "value".to_owned()],
        _ => plan.design.levers().iter().map(|lever| lever.path().to_owned()).collect(),
    }
}

/// What stands in these columns; of the base of a design one at a time nothing.
fn given(plan: &Plan, point: u32) -> Vec<String> {
    let (design, params) = (&plan.design, &plan.world.params);
    let of_key = |key| params.uncertain().iter().find(|uncertain| uncertain.key == key);
    if design.kind() == Kind::OneAtATime {
        let moved = design.moved(point).and_then(|(key, unit)| of_key(key).map(|u| (u, unit)));
        return match moved {
            Some((uncertain, unit)) => vec![params.path(uncertain.id).to_owned(), plain(uncertain.at(unit))],
            None => vec![String::new(); 2],
        };
    }
    let of_path = |path: &str| params.uncertain().iter().find(|uncertain| params.path(uncertain.id) == path);
    let cell = |path: &str| of_path(path).map_or_else(String::new, |uncertain| plain(value(plan, point, uncertain)));
    design.levers().iter().map(|lever| cell(lever.path())).collect()
}
