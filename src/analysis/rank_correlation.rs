//! Which uncertain parameters the results turn on: the rank correlation (Spearman) of each with the part of its deployment that each
//! scenario takes from the target, over the trials of one ensemble. A part, for the number of products lost goes with the size of
//! the market first of all, which says nothing of the rules. A first answer, free of further runs: it sees what a parameter does alone and in
//! one direction. A design one at a time, or of Sobol points, says more (`docs/designs.md`).

use rayon::prelude::*;

use crate::experiment::rows::RowsError;
use crate::experiment::{Ensemble, Plan};
use crate::math::{normal_quantile, tanh};
use crate::model::world::params::Uncertain;

/// Trials that are looked at: the first ones, and no more than these. A correlation is then known to about 0.01.
pub const MOST_TRIALS: usize = 10_000;

/// Fewer trials say nothing of a single one of some hundreds of parameters.
pub const LEAST_TRIALS: usize = 100;

/// Chance that any parameter at all is taken to bear on a scenario where none does.
const FALSE_ALARM: f64 = 0.05;

/// The rank correlations of an ensemble.
#[derive(Debug, Clone, PartialEq)]
pub struct RankCorrelations {
    /// Trials that were looked at.
    pub trials: usize,
    /// Uncertain parameters that were looked at.
    pub parameters: usize,
    /// Correlations below this in size are what chance alone gives (two-sided, for all parameters and scenarios together).
    pub noise: f64,
    /// Indices of the scenarios that were looked at: those that differ from the world without controls.
    pub scenarios: Vec<usize>,
    /// Parameters that bear on at least one scenario, the largest correlation first.
    pub ranked: Vec<ParameterCorrelations>,
}

/// Those of one parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterCorrelations {
    /// Its path.
    pub path: String,
    /// Rank correlation with the relative shortfall in each scenario looked at. Positive: a higher value goes with a larger one.
    pub correlations: Vec<f64>,
}

impl ParameterCorrelations {
    /// The largest correlation in size.
    pub fn size(&self) -> f64 {
        self.correlations.iter().fold(0.0, |most, c| most.max(c.abs()))
    }
}

/// Why there are no rank correlations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotComputable {
    /// The trials are too few.
    FewTrials,
    /// They are too many to be kept one by one.
    NotKept,
    /// The design does not vary all parameters at once.
    Design,
    /// No scenario differs from the world without controls, or nothing is uncertain.
    NoDifference,
}

/// Correlates every uncertain parameter of the world.
///
/// # Errors
/// Trials that can't be read back.
pub fn rank_correlations(
    plan: &Plan,
    ensemble: &Ensemble,
) -> Result<Result<RankCorrelations, NotComputable>, RowsError> {
    let Some(deployment) = ensemble.schema.deployment else { return Ok(Err(NotComputable::NoDifference)) };
    if plan.design.kind().shares_chance() {
        return Ok(Err(NotComputable::Design));
    }
    if ensemble.schema.sketched {
        return Ok(Err(NotComputable::NotKept));
    }
    let trials = (ensemble.trials() as usize).min(MOST_TRIALS);
    if trials < LEAST_TRIALS {
        return Ok(Err(NotComputable::FewTrials));
    }
    let without = ensemble.values(plan.without, deployment)?;
    let mut scenarios = Vec::new();
    let mut outcomes = Vec::new();
    for s in (0..plan.scenarios.len()).filter(|s| *s != plan.without) {
        let here = ensemble.values(s, deployment)?;
        // Nothing is lost where nothing would have been deployed.
        let taken = |(here, without): (&f64, &f64)| if *without > 0.0 { 1.0 - here / without } else { 0.0 };
        let taken: Vec<f64> = here.iter().zip(&without).take(trials).map(taken).collect();
        if let Some(ranks) = standard_ranks(&taken) {
            scenarios.push(s);
            outcomes.push(ranks);
        }
    }
    let placed = plan.design.placed(&plan.world.params);
    if scenarios.is_empty() || placed.is_empty() {
        return Ok(Err(NotComputable::NoDifference));
    }
    let tests = (placed.len() * scenarios.len()) as f64;
    let noise = critical(FALSE_ALARM / tests, trials);
    let mut ranked: Vec<ParameterCorrelations> = placed
        .par_iter()
        .filter_map(|uncertain| {
            let ranks = standard_ranks(&values(plan, uncertain, trials))?;
            let correlations = outcomes.iter().map(|outcome| product(outcome, &ranks)).collect();
            Some(ParameterCorrelations { path: plan.world.params.path(uncertain.id).to_owned(), correlations })
        })
        .filter(|weight| weight.size() >= noise)
        .collect();
    ranked.sort_by(|a, b| b.size().total_cmp(&a.size()).then_with(|| a.path.cmp(&b.path)));
    Ok(Ok(RankCorrelations { trials, parameters: placed.len(), noise, scenarios, ranked }))
}

/// The values of a parameter in the first trials.
fn values(plan: &Plan, uncertain: &Uncertain, trials: usize) -> Vec<f64> {
    let value = |trial: u32| uncertain.at(plan.design.place(plan.seed, trial).unit(uncertain));
    (0..trials as u32).map(value).collect()
}

/// Ranks, equal values sharing their mean one, less their mean and over their length, so that the product of two such is their
/// correlation. `None` where all values are equal or one is no number.
fn standard_ranks(values: &[f64]) -> Option<Vec<f64>> {
    if values.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let middle = (values.len() as f64 - 1.0) / 2.0;
    let mut ranks = vec![0.0; values.len()];
    let mut from = 0;
    for equal in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let rank = from as f64 + (equal.len() as f64 - 1.0) / 2.0 - middle;
        equal.iter().for_each(|i| ranks[*i] = rank);
        from += equal.len();
    }
    let length = product(&ranks, &ranks).sqrt();
    if length == 0.0 {
        return None;
    }
    ranks.iter_mut().for_each(|rank| *rank /= length);
    Some(ranks)
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The size that a rank correlation of unrelated things exceeds with a chance: normal by Fisher's transformation, with the variance
/// 1.06 / (n - 3) of Fieller, Hartley and Pearson (1957) for ranks.
fn critical(chance: f64, trials: usize) -> f64 {
    let deviations = normal_quantile(1.0 - chance / 2.0);
    tanh(deviations * (1.06 / (trials as f64 - 3.0)).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::world::random::{EntityKey, RandomStreams, StreamId};

    #[test]
    fn ranks_see_order_alone() {
        let ranks = |values: &[f64]| standard_ranks(values).unwrap();
        assert_eq!(ranks(&[1.0, 2.0, 3.0]), ranks(&[-5.0, 0.1, 1e9]));
        assert!((product(&ranks(&[1.0, 2.0, 2.0, 9.0]), &ranks(&[4.0, 7.0, 7.0, 8.0])) - 1.0).abs() < 1e-12);
        assert!((product(&ranks(&[1.0, 2.0, 3.0, 4.0]), &ranks(&[4.0, 3.0, 2.0, 1.0])) + 1.0).abs() < 1e-12);
        // Spearman's own formula, 1 - 6 Σd² / (n (n² - 1)), for an order with no ties: d² = 1, 1, 1, 1, 0.
        let rho = product(&ranks(&[1.0, 2.0, 3.0, 4.0, 5.0]), &ranks(&[2.0, 1.0, 4.0, 3.0, 5.0]));
        assert!((rho - (1.0 - 6.0 * 4.0 / (5.0 * 24.0))).abs() < 1e-12, "{rho}");
        assert_eq!(standard_ranks(&[1.0, 1.0]), None);
        assert_eq!(standard_ranks(&[1.0, f64::NAN]), None);
    }

    #[test]
    fn chance_alone_seldom_passes_for_a_weight() {
        // 1,000 pairs of unrelated rows: as many beyond the 5% mark as a binomial allows within three standard errors.
        let row = |key: &str, n: u64| -> Vec<f64> {
            (0..200).map(|t| RandomStreams::new(n, t).uniform(StreamId::Parameter, EntityKey::of(key), 0)).collect()
        };
        let beyond = critical(0.05, 200);
        let size = |n| product(&standard_ranks(&row("a", n)).unwrap(), &standard_ranks(&row("b", n)).unwrap()).abs();
        let found = (0..1000).filter(|n| size(*n) > beyond).count() as f64;
        assert!((found - 50.0).abs() < 3.0 * (1000.0_f64 * 0.05 * 0.95).sqrt(), "{found}");
    }
}
