//! Whether an ensemble is large enough for what its summary says: where it is not, what can't be said, and about how many
//! trials would do. Half-widths fall with the square root of the number of trials.

use std::fmt;

use super::results::{Comparison, ScenarioResults};
use super::statistics::{mean_estimate, summarise};
use crate::experiment::design::Design;
use crate::experiment::interval::{Absent, FEWEST, difference};
use crate::experiment::rows::RowsError;
use crate::experiment::{Ensemble, Plan};
use crate::math;

/// A shortfall whose 95% interval is wider than this to either side is hardly a finding.
pub const WIDEST: f64 = 0.02;

/// Fewer trials than these have fewer than five beyond the 5% or the 95% quantile.
pub const FEWEST_FOR_TAILS: u32 = 100;

/// How many trials would do, as an option of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enough {
    /// The option that raises their number.
    pub option: &'static str,
    /// What to give it at least.
    pub number: u32,
}

impl Enough {
    /// Of trials that are all drawn apart.
    pub const PLAIN: Enough = Enough { option: "--trials", number: FEWEST_FOR_TAILS };

    /// Of a design: more points, or more replications where it has a number of points of its own.
    fn of(design: &Design, trials: u32) -> Enough {
        let share = |by: u32| FEWEST_FOR_TAILS.div_ceil(by.max(1));
        match design.kind() {
            _ if design.is_plain() => Enough::PLAIN,
            kind if kind.shares_chance() => Enough { option: "--replications", number: share(design.points(trials)) },
            // These cover their ranges best with a power of two.
            kind if kind.is_stratified() => {
                Enough { option: "--points", number: share(design.replications()).next_power_of_two() }
            }
            _ => Enough { option: "--points", number: share(design.replications()) },
        }
    }
}

impl fmt::Display for Enough {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.option, self.number)
    }
}

/// Something that the trials are too few for.
#[derive(Debug, Clone, PartialEq)]
pub enum PrecisionWarning {
    /// One trial has no interval.
    Alone {
        /// How many would do.
        enough: Enough,
    },
    /// Fewer trials than any interval needs.
    Few {
        /// Trials.
        trials: u32,
        /// How many would do.
        enough: Enough,
    },
    /// The shortfall of a scenario rests on a few trials.
    Rare {
        /// Id of the scenario.
        scenario: String,
    },
    /// The order of two scenarios rests on a few trials.
    RareOrder {
        /// Id of the one with the larger shortfall.
        more: String,
        /// Id of the other.
        less: String,
    },
    /// The shortfall of a scenario is not known well.
    Wide {
        /// Id of the scenario in which it is known worst.
        scenario: String,
        /// Half of its 95% interval, as a share.
        half_width: f64,
        /// Trials that would do.
        needed: f64,
        /// How many others are not known well either.
        others: usize,
    },
    /// The summary puts two scenarios in an order that could be chance.
    Order {
        /// Id of the one with the larger shortfall.
        more: String,
        /// Id of the other.
        less: String,
        /// Trials that would tell, if the difference is what it seems.
        needed: f64,
    },
    /// Quantiles near the ends rest on next to nothing.
    Tails {
        /// Trials.
        trials: u32,
        /// How many would do.
        enough: Enough,
    },
}

/// What so many trials are too few for where no interval is shown, but bands are.
pub fn of_bands(trials: u32, enough: Enough) -> Option<PrecisionWarning> {
    match trials {
        0..=1 => Some(PrecisionWarning::Alone { enough }),
        2..FEWEST_FOR_TAILS => Some(PrecisionWarning::Tails { trials, enough }),
        _ => None,
    }
}

/// What the trials of a comparison are too few for. Of a design other than plain Monte Carlo it is said only where any number
/// of that size is too small: its points are laid so that intervals do not fall by the square law.
///
/// # Errors
/// Trials that can't be read back.
pub fn precision_warnings(
    plan: &Plan,
    ensemble: &Ensemble,
    comparison: &Comparison,
) -> Result<Vec<PrecisionWarning>, RowsError> {
    let trials = comparison.trials;
    let enough = Enough::of(&plan.design, trials);
    let mut warnings = Vec::new();
    if trials >= 2 {
        // Trials that share draws have no interval, however many they are.
        if u64::from(trials) < FEWEST && ensemble.schema.independent {
            warnings.push(PrecisionWarning::Few { trials, enough });
        } else if plan.design.is_plain() {
            warnings.extend(wide(comparison));
            warnings.extend(rare(comparison));
            warnings.extend(orders(ensemble, comparison)?);
        }
    }
    warnings.extend(of_bands(trials, enough));
    Ok(warnings)
}

fn wide(comparison: &Comparison) -> Option<PrecisionWarning> {
    let half = |scenario: &ScenarioResults| scenario.shortfall.ends().map(|(low, high)| 0.5 * (high - low));
    let wide: Vec<(&str, f64)> = comparison
        .scenarios
        .iter()
        .filter_map(|scenario| Some((scenario.id.as_str(), half(scenario).filter(|half| *half > WIDEST)?)))
        .collect();
    let (scenario, half_width) = wide.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let needed = f64::from(comparison.trials) * math::powi(half_width / WIDEST, 2);
    Some(PrecisionWarning::Wide { scenario: scenario.to_owned(), half_width, needed, others: wide.len() - 1 })
}

/// Scenarios whose shortfall has no interval, though there is one.
fn rare(comparison: &Comparison) -> impl Iterator<Item = PrecisionWarning> {
    let rare = comparison.scenarios.iter().filter(|s| s.shortfall.interval.is_err_and(|why| why != Absent::Same));
    rare.map(|scenario| PrecisionWarning::Rare { scenario: scenario.id.clone() })
}

/// Neighbors in the order of shortfalls whose difference, trial by trial, could be nothing.
fn orders(ensemble: &Ensemble, comparison: &Comparison) -> Result<Vec<PrecisionWarning>, RowsError> {
    // Where trials are too many to be kept in memory, hardly a difference is in doubt that matters.
    let Some(column) = ensemble.schema.deployment.filter(|_| !ensemble.schema.sketched) else { return Ok(Vec::new()) };
    let mut order: Vec<usize> = (0..comparison.scenarios.len()).collect();
    order.sort_by(|a, b| comparison.scenarios[*b].shortfall.value.total_cmp(&comparison.scenarios[*a].shortfall.value));
    let mut warnings = Vec::new();
    for pair in order.windows(2) {
        let (more, less) = (ensemble.values(pair[0], column)?, ensemble.values(pair[1], column)?);
        let differences = less.iter().zip(&more).map(|(less, more)| difference(*less, *more)).filter(|d| d.is_finite());
        let Some(estimate) = mean_estimate(&summarise(differences)) else { continue };
        let id = |i: usize| comparison.scenarios[i].id.clone();
        let (more, less) = (id(pair[0]), id(pair[1]));
        match estimate.interval {
            Ok((low, high)) if low < 0.0 && high > 0.0 => {
                let half_width = 0.5 * (high - low);
                let needed = f64::from(comparison.trials) * math::powi(half_width / estimate.value, 2);
                warnings.push(PrecisionWarning::Order { more, less, needed });
            }
            // The same in every trial is no order at all.
            Ok(_) | Err(Absent::Same) => {}
            Err(_) => warnings.push(PrecisionWarning::RareOrder { more, less }),
        }
    }
    Ok(warnings)
}
