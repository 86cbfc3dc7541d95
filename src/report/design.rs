//! What a result tells of its design: an object of the manifest, and a paragraph of the summary. Its tables are in
//! [`super::tables::points`].

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::number::thousands;
use crate::experiment::Plan;
use crate::experiment::design::{Design, Kind, Lever, Request, Variation};

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
