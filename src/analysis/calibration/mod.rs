//! Calibration: which values of the uncertain parameters agree with what was observed. Approximate Bayesian computation
//! with semi-automatic summaries (Fearnhead and Prangle 2012), one parameter at a time (Nott et al. 2014), adjusted by
//! local linear regression (Beaumont et al. 2002). The method is described in `docs/calibration.md`.

mod cholesky;
pub mod data;
pub mod marginal;
pub mod posterior;
pub mod regression;
pub mod result;

use rayon::prelude::*;

use crate::model::world::random::EntityKey;
use data::{Datum, Standard};
use marginal::{Marginal, NearestTrials};
use regression::{CrossFit, Features};

/// What is calibrated, and how.
#[derive(Debug, Clone)]
pub struct Task<'a> {
    /// The observations that are used.
    pub data: &'a [Datum],
    /// What each trial predicts of each: `[trial][datum]`; NaN where the model has no value.
    pub predictions: &'a [f64],
    /// Key of each uncertain parameter's draws.
    pub parameters: &'a [EntityKey],
    /// Master seed of the trials, which places every parameter of every trial again.
    pub seed: u64,
    /// Standard deviation of the relative error between model and world.
    pub tolerance: f64,
    /// Trials that are kept for each parameter.
    pub keep: usize,
}

/// What a calibration found.
#[derive(Debug, Clone)]
pub struct Calibration {
    /// Trials that have a value for every observation, of which all others are counted out.
    pub trials: Vec<u32>,
    /// By datum: how the trials stand to it.
    pub data: Vec<Fit>,
    /// By parameter.
    pub marginals: Vec<Marginal>,
    /// The trials nearest to all observations at once, with weights: a joint sample, not adjusted.
    pub joint: Vec<Joint>,
}

/// An observation against the trials.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit {
    /// Whether the observation can tell trials apart; one that all trials meet alike (a bound that none falls short of, a
    /// number that never differs) says nothing.
    pub informative: bool,
    /// Quantiles 5%, 50%, 95% of what the trials predict.
    pub prior: [f64; 3],
    /// Share of trials, with the error of the observation, below what was observed (ties count half).
    pub below: f64,
}

/// Share of trials that must lie on either side of an observation.
pub const REACH: f64 = 0.01;

impl Fit {
    /// Whether trials come near it from both sides. Calibrated on one that they do not, a regression is read where it has
    /// seen nothing, and parameters are bent to repair what the model lacks.
    pub fn in_reach(&self) -> bool {
        (REACH..=1.0 - REACH).contains(&self.below)
    }
}

/// A trial of the joint sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Joint {
    /// Trial number, as in every ensemble of that seed.
    pub trial: u32,
    /// Weight; all add up to 1.
    pub weight: f64,
    /// Distance from what was observed, in standard deviations of the prior over all observations.
    pub distance: f64,
}

/// Why data say nothing.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CalibrationError {
    /// Too few trials have a value for every observation.
    #[error(
        "{usable} of {trials} trials have a value for every observation, and {needed} are needed{}",
        .datum.as_ref().map(|id| format!("; the observation that most trials lack is `{id}`")).unwrap_or_default()
    )]
    NoValue {
        /// Trials with a value for all.
        usable: usize,
        /// All trials.
        trials: usize,
        /// Needed.
        needed: usize,
        /// Id of the observation that most of them lack; `None` where none lacks any.
        datum: Option<String>,
    },
    /// Every observation is met by all trials alike or by none.
    #[error("each observation is met by all trials alike or by hardly any, so none can say anything of a parameter")]
    Uninformative,
}

/// Trials needed for each kept one: fewer would keep trials that are not near.
pub const TRIALS_PER_KEPT: usize = 4;

/// Calibrates. Gives the same on any number of threads.
///
/// # Errors
/// See [`CalibrationError`].
pub fn calibrate(task: &Task<'_>) -> Result<Calibration, CalibrationError> {
    let trials = usable(task)?;
    let standards: Vec<Standard> = (0..task.data.len()).map(|d| Standard::of(task, &trials, d)).collect();
    let data: Vec<Fit> = (0..task.data.len()).map(|d| standards[d].fit(task, &trials, d)).collect();
    let usable = standards.iter().zip(&data).filter(|(_, fit)| fit.informative && fit.in_reach());
    let informative: Vec<&Standard> = usable.map(|(standard, _)| standard).collect();
    if informative.is_empty() {
        return Err(CalibrationError::Uninformative);
    }
    let features = Features::of(&informative);
    let fitted = CrossFit::new(&features);
    let numbers: Vec<u64> = trials.iter().map(|t| u64::from(*t)).collect();
    let mut marginals: Vec<Marginal> = task
        .parameters
        .par_iter()
        .map(|key| {
            let units = marginal::units(task.seed, *key, &numbers);
            let summary = fitted.distances(&features, &units);
            Marginal::of(NearestTrials::nearest(&summary, &units, task.keep))
        })
        .collect();
    marginal::mark_moved(&mut marginals);
    let joint = joint(&informative, &trials, task.keep);
    Ok(Calibration { trials, data, marginals, joint })
}

/// Trials with a value for every observation.
fn usable(task: &Task<'_>) -> Result<Vec<u32>, CalibrationError> {
    let width = task.data.len();
    let rows = || task.predictions.chunks_exact(width.max(1));
    let whole = |row: &[f64]| row.iter().all(|v| v.is_finite());
    let usable: Vec<u32> = (0u32..).zip(rows()).filter(|(_, row)| whole(row)).map(|(trial, _)| trial).collect();
    let needed = task.keep * TRIALS_PER_KEPT;
    if usable.len() >= needed && !task.data.is_empty() {
        return Ok(usable);
    }
    let lacking = |d: &usize| rows().filter(|row| !row[*d].is_finite()).count();
    let worst = (0..width).max_by_key(lacking).filter(|d| lacking(d) > 0).map(|d| task.data[d].id.clone());
    Err(CalibrationError::NoValue { usable: usable.len(), trials: rows().len(), needed, datum: worst })
}

/// The nearest trials by Euclidean distance over all informative observations, weighted by Epanechnikov's kernel.
fn joint(standards: &[&Standard], trials: &[u32], keep: usize) -> Vec<Joint> {
    let distance = |i: usize| -> f64 {
        standards.iter().map(|s| s.values[i] - s.observed).map(|gap| gap * gap).sum::<f64>().sqrt()
    };
    let distances: Vec<f64> = (0..trials.len()).map(distance).collect();
    let (nearest, weights) = marginal::kernel(&distances, keep);
    let total: f64 = weights.iter().sum();
    let row = |(i, weight): (usize, f64)| Joint { trial: trials[i], weight: weight / total, distance: distances[i] };
    nearest.into_iter().zip(weights).filter(|(_, weight)| *weight > 0.0).map(row).collect()
}

#[cfg(test)]
mod tests;
