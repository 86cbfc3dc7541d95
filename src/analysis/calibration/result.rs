//! What a calibration found, in the terms of the scenario: prior and posterior of each parameter in its own unit, and
//! each observation before and after.

use indexmap::IndexSet;

use super::{Calibration, Task, marginal, posterior};
use crate::analysis::statistics::{quantile, summarise};
use crate::model::world::params::{Params, Uncertain};
use crate::scenario::Scenario;
use crate::scenario::fragment::Change;
use crate::scenario::observed::Observation;
use crate::scenario::param::Param;
use crate::units::Date;

/// A calibration, ready to be shown.
#[derive(Debug, Clone)]
pub struct CalibrationResult<'a> {
    /// The scenario that was calibrated.
    pub scenario: &'a Scenario,
    /// Last day of the observations that were used.
    pub until: Date,
    /// Master seed.
    pub seed: u64,
    /// Trials run.
    pub trials: u32,
    /// Trials with a value for every observation.
    pub usable: usize,
    /// Trials kept for each parameter.
    pub keep: usize,
    /// Standard deviation of the relative error between model and world.
    pub tolerance: f64,
    /// The uncertain parameters in the order of the scenario.
    pub parameters: Vec<Parameter<'a>>,
    /// All observations, in the order of their file.
    pub observations: Vec<Seen<'a>>,
    /// The joint sample: trial, weight, distance, and the values of the parameters that moved.
    pub joint: Vec<(super::Joint, Vec<f64>)>,
}

/// A parameter before and after.
#[derive(Debug, Clone)]
pub struct Parameter<'a> {
    /// As the scenario has it.
    pub param: &'a Param,
    /// Quantiles 5%, 50% and 95% before.
    pub prior: [f64; 3],
    /// The same after.
    pub posterior: [f64; 3],
    /// The same after, as positions in the prior: the share of it below.
    pub place: [f64; 3],
    /// Part of the prior's variance that is gone; negative if the posterior is wider.
    pub contraction: f64,
    /// Distance between the distribution functions (Kolmogorov and Smirnov).
    pub ks: f64,
    /// Probability of that if the data said nothing.
    pub p_value: f64,
    /// Whether the data moved it.
    pub moved: bool,
    /// Effective number of draws.
    pub effective: f64,
}

/// An observation before and after.
#[derive(Debug, Clone)]
pub struct Seen<'a> {
    /// What was observed.
    pub observation: &'a Observation,
    /// `None`: after the cut-off, not used.
    pub fit: Option<Met>,
}

/// How an observation is met.
#[derive(Debug, Clone, PartialEq)]
pub struct Met {
    /// Whether it told trials apart.
    pub informative: bool,
    /// Whether trials come near it from both sides.
    pub in_reach: bool,
    /// Share of the trials, each with the error of an observation, below it.
    pub below: f64,
    /// Quantiles 5%, 50%, 95% of the predictions before.
    pub prior: [f64; 3],
    /// The same of the joint sample.
    pub joint: [f64; 3],
    /// The same of trials of the layer that is written, which takes each parameter by itself.
    pub layer: [f64; 3],
}

impl Met {
    /// Whether the observation lies beyond nearly all trials: the model with these priors can't produce it.
    pub fn out_of_reach(&self) -> bool {
        self.informative && !self.in_reach
    }

    /// Whether parameters were calibrated on it.
    pub fn used(&self) -> bool {
        self.informative && self.in_reach
    }
}

/// The uncertain parameters, each once, in the order in which they are calibrated: a compiled world has one that several of
/// its entities share once for each, with the same draws.
pub fn distinct(params: &Params) -> Vec<&Uncertain> {
    let mut seen: IndexSet<&str> = IndexSet::new();
    params.uncertain().iter().filter(|uncertain| seen.insert(params.path(uncertain.id))).collect()
}

/// The parameters before and after. `params` are those of the trials' world.
pub fn parameters<'a>(
    scenario: &'a Scenario,
    params: &Params,
    task: &Task<'_>,
    found: &Calibration,
) -> Vec<Parameter<'a>> {
    let trials: Vec<u64> = found.trials.iter().map(|t| u64::from(*t)).collect();
    let told = |(uncertain, marginal): (&Uncertain, &marginal::Marginal)| {
        let path = params.path(uncertain.id);
        let param = scenario.params.iter().find(|p| p.path == path)?;
        let mut before: Vec<f64> =
            marginal::units(task.seed, uncertain.key, &trials).into_iter().map(|u| uncertain.at(u)).collect();
        before.sort_by(f64::total_cmp);
        let after: Vec<(f64, f64)> = marginal.sample.iter().map(|(u, weight)| (uncertain.at(*u), *weight)).collect();
        let even = 1.0 / before.len().max(1) as f64;
        let prior = variance(before.iter().map(|v| (*v, even)));
        let contraction = if prior > 0.0 { 1.0 - variance(after.iter().copied()) / prior } else { 0.0 };
        Some(Parameter {
            param,
            prior: [0.05, 0.5, 0.95].map(|p| quantile(&before, p)),
            posterior: [0.05, 0.5, 0.95].map(|p| marginal::weighted_quantile(&after, p)),
            place: [0.05, 0.5, 0.95].map(|p| marginal.quantile(p)),
            contraction,
            ks: marginal.ks,
            p_value: marginal.p_value,
            moved: marginal.moved,
            effective: marginal.effective,
        })
    };
    distinct(params).into_iter().zip(&found.marginals).filter_map(told).collect()
}

/// Of weighted values whose weights add up to 1.
fn variance(values: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let mean: f64 = values.clone().map(|(v, w)| v * w).sum();
    values.map(|(v, w)| w * (v - mean) * (v - mean)).sum()
}

/// The parameters that moved, each with its posterior as a distribution that a scenario can hold.
pub fn changes<'a>(scenario: &'a Scenario, params: &Params, found: &Calibration, basis: &str) -> Vec<Change<'a>> {
    let moved = distinct(params).into_iter().zip(&found.marginals).filter(|(_, marginal)| marginal.moved);
    let change = |(uncertain, marginal): (&Uncertain, &marginal::Marginal)| {
        let path = params.path(uncertain.id);
        let param = scenario.params.iter().find(|p| p.path == path)?;
        let dist = posterior::distribution(&param.dist, param.bounds, &marginal.sample, marginal.effective);
        let before = match &param.provenance {
            p if p.sources.is_empty() => "an assumption".to_owned(),
            p => format!("from {}", p.sources.join(", ")),
        };
        Some(Change { param, dist, assumption: format!("{basis}; before, {before}") })
    };
    moved.filter_map(change).collect()
}

/// The joint sample with the values of the parameters that moved.
pub fn joint(params: &Params, task: &Task<'_>, found: &Calibration) -> Vec<(super::Joint, Vec<f64>)> {
    let trials: Vec<u64> = found.joint.iter().map(|j| u64::from(j.trial)).collect();
    let moved = distinct(params).into_iter().zip(&found.marginals).filter(|(_, marginal)| marginal.moved);
    let columns: Vec<Vec<f64>> = moved
        .map(|(uncertain, _)| {
            marginal::units(task.seed, uncertain.key, &trials).into_iter().map(|u| uncertain.at(u)).collect()
        })
        .collect();
    found.joint.iter().enumerate().map(|(i, j)| (*j, columns.iter().map(|column| column[i]).collect())).collect()
}

/// How each used observation is met. `layer` are predictions of trials of the layer, `[trial][datum]`.
pub fn met(task: &Task<'_>, found: &Calibration, layer: &[f64]) -> Vec<Met> {
    let width = task.data.len();
    let one = |(d, fit): (usize, &super::Fit)| {
        let mut joint: Vec<(f64, f64)> =
            found.joint.iter().map(|j| (task.predictions[j.trial as usize * width + d], j.weight)).collect();
        joint.sort_by(|a, b| a.0.total_cmp(&b.0));
        let after = summarise(layer.iter().skip(d).step_by(width).copied());
        let layer = after.quantiles.map_or([f64::NAN; 3], |q| [q[0], q[2], q[4]]);
        Met {
            informative: fit.informative,
            in_reach: fit.in_reach(),
            below: fit.below,
            prior: fit.prior,
            joint: [0.05, 0.5, 0.95].map(|p| marginal::weighted_quantile(&joint, p)),
            layer,
        }
    };
    found.data.iter().enumerate().map(one).collect()
}
