//! The error of the model beyond the spread of its trials: what is observed is what the true trial says times an error that all
//! observations of a quantity share and one of its own, y = m exp(delta + e), delta ~ N(0, s²), e ~ N(0, s²/4), on the log (on
//! the logit for shares). The size s is one number for all quantities of a scale, half-normal with scale 0.15 before anything
//! is seen. A quantity is judged by the size that the *other* quantities show, so that none excuses itself.

use std::ops::Range;

use super::scale::{Scale, density};
use crate::math::{self, normal_cdf, normal_quantile};

/// Scale of the half-normal distribution of s before anything is seen.
const PRIOR: f64 = 0.15;

/// The own error of an observation, as a part of the shared one.
const OWN: f64 = 0.5;

/// Sizes that are tried, evenly spaced on the log.
const SIZES: usize = 60;

/// The smallest and the largest of them.
const SMALLEST: f64 = 0.005;
const LARGEST: f64 = 2.0;

/// Places at which the shared error is tried: quantiles of its distribution.
const PLACES: usize = 31;

/// No observation is impossible, so that its logarithm is a number: far below what a normal error makes of anything that happens.
const FLOOR: f64 = 1e-300;

/// An observation as it is judged: a number from `low` to `high`, either of which may be infinite, and what each trial predicts of
/// it (NaN where it says nothing).
#[derive(Debug, Clone)]
pub struct Judged {
    /// Which quantity it is of; observations of one stand together.
    pub quantity: usize,
    /// Its scale.
    pub scale: Scale,
    /// The lowest value that agrees with it.
    pub low: f64,
    /// The highest.
    pub high: f64,
    /// By trial.
    pub predictions: Vec<f64>,
}

impl Judged {
    /// Density of the observation (its probability, where it is a range or bound) if the model says `m`, the shared error is
    /// `shared` and the own one has this deviation.
    fn likelihood(&self, m: f64, shared: f64, own: f64) -> f64 {
        let place = self.scale.of(m) + shared;
        if !place.is_finite() {
            return FLOOR;
        }
        let z = |end: f64| if end.is_infinite() { end } else { (self.scale.of(end) - place) / own };
        let likelihood = match self.low == self.high {
            true => density(z(self.low)) / own,
            false => normal_cdf(z(self.high)) - normal_cdf(z(self.low)),
        };
        likelihood.max(FLOOR)
    }
}

/// The likelihoods of every quantity, at each size of the error.
pub struct Likelihoods {
    quantities: Vec<(Scale, Range<usize>)>,
    /// By quantity, size and trial: the log.
    logs: Vec<Vec<Vec<f64>>>,
    sizes: Vec<f64>,
}

impl Likelihoods {
    /// Of observations that stand by quantity.
    pub fn of(observations: &[Judged]) -> Likelihoods {
        let step = math::ln(LARGEST / SMALLEST) / (SIZES - 1) as f64;
        let sizes: Vec<f64> = (0..SIZES).map(|k| SMALLEST * math::exp(step * k as f64)).collect();
        let mut quantities: Vec<(Scale, Range<usize>)> = Vec::new();
        for (i, observation) in observations.iter().enumerate() {
            match quantities.last_mut() {
                Some((_, range)) if observations[range.start].quantity == observation.quantity => range.end = i + 1,
                _ => quantities.push((observation.scale, i..i + 1)),
            }
        }
        let of_quantity = |(_, range): &(Scale, Range<usize>)| {
            let group = &observations[range.clone()];
            sizes.iter().map(|&size| of_group(group, size)).collect()
        };
        let logs = quantities.iter().map(of_quantity).collect();
        Likelihoods { quantities, logs, sizes }
    }

    /// The observations of each quantity, as positions in the list.
    pub fn quantities(&self) -> impl Iterator<Item = Range<usize>> {
        self.quantities.iter().map(|(_, range)| range.clone())
    }

    /// The size of the error on a scale as all quantities but one show it: the mean of its posterior. Trials count by their
    /// weights.
    pub fn size_without(&self, scale: Scale, left_out: Option<usize>, weights: &[f64]) -> f64 {
        let posterior: Vec<f64> = (0..SIZES)
            .map(|k| {
                let size = self.sizes[k];
                // A density on the log of the size has the size as its factor.
                let prior = -0.5 * (size / PRIOR) * (size / PRIOR) + math::ln(size);
                let others =
                    (0..self.quantities.len()).filter(|g| Some(*g) != left_out && self.quantities[*g].0 == scale);
                prior + others.map(|g| log_mean(&self.logs[g][k], weights)).sum::<f64>()
            })
            .collect();
        let best = posterior.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let (mut sum, mut total) = (0.0, 0.0);
        for (size, log) in self.sizes.iter().zip(&posterior) {
            let weight = math::exp(log - best);
            sum += weight * size;
            total += weight;
        }
        sum / total
    }

    /// The log likelihood of a quantity in each trial, at the size nearest to the one given.
    pub fn logs(&self, quantity: usize, size: f64) -> &[f64] {
        let distance = |k: &usize| (math::ln(self.sizes[*k]) - math::ln(size)).abs();
        let nearest = (0..SIZES).min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(0);
        &self.logs[quantity][nearest]
    }
}

/// The log likelihood of the observations of one quantity in each trial.
fn of_group(group: &[Judged], size: f64) -> Vec<f64> {
    let trials = group.first().map_or(0, |o| o.predictions.len());
    let own = OWN * size;
    let places: Vec<f64> = (0..PLACES).map(|k| size * normal_quantile((k as f64 + 0.5) / PLACES as f64)).collect();
    let of_trial = |i: usize| {
        // A product of many densities may leave the range of numbers: it is summed up from its largest term.
        let log_at = |shared: &f64| -> f64 {
            group.iter().map(|o| math::ln(o.likelihood(o.predictions[i], *shared, own))).sum()
        };
        let logs: Vec<f64> = places.iter().map(log_at).collect();
        log_sum(&logs) - math::ln(PLACES as f64)
    };
    (0..trials).map(of_trial).collect()
}

fn log_sum(logs: &[f64]) -> f64 {
    let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if most == f64::NEG_INFINITY {
        return most;
    }
    most + math::ln(logs.iter().map(|log| math::exp(log - most)).sum())
}

/// The log of the weighted mean of what stands as logs; weights add up to 1.
fn log_mean(logs: &[f64], weights: &[f64]) -> f64 {
    let weighted: Vec<f64> = logs.iter().zip(weights).map(|(log, weight)| log + math::ln(*weight)).collect();
    log_sum(&weighted)
}

/// Equal weights.
pub fn equal(trials: usize) -> Vec<f64> {
    vec![1.0 / trials as f64; trials]
}

/// Weights of trials in proportion to the exponential of these logs.
pub fn weights(logs: &[f64]) -> Vec<f64> {
    let sum = log_sum(logs);
    if !sum.is_finite() {
        return equal(logs.len());
    }
    logs.iter().map(|log| math::exp(log - sum)).collect()
}

/// Trials that would say as much if all had one weight: 1 over the sum of the squared weights.
pub fn effective(weights: &[f64]) -> f64 {
    1.0 / weights.iter().map(|weight| weight * weight).sum::<f64>()
}

/// Weights of draws that were made with a quantity in view, as if it had not been: each is divided by the likelihood that the
/// quantity gave it.
pub fn without(logs: &[f64]) -> Vec<f64> {
    weights(&logs.iter().map(|log| -log).collect::<Vec<f64>>())
}

/// Weights by logs that are flattened until trials that would say as much as so many are left; and by how much: 1 is not at all, 0
/// is equal weights.
pub fn tempered(logs: &[f64], least: f64) -> (Vec<f64>, f64) {
    let at = |power: f64| weights(&logs.iter().map(|log| power * log).collect::<Vec<f64>>());
    let full = at(1.0);
    if effective(&full) >= least.min(logs.len() as f64) {
        return (full, 1.0);
    }
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        match effective(&at(middle)) >= least {
            true => low = middle,
            false => high = middle,
        }
    }
    (at(low), low)
}

/// What is predicted with the error: trials by weight, each spread by an error of a size on its scale.
pub struct Predictive {
    scale: Scale,
    /// Places of the trials that say something, with their weights.
    trials: Vec<(f64, f64)>,
    deviation: f64,
}

impl Predictive {
    /// Of an observation. A size of 0 is no error; `None` if no trial says anything.
    pub fn of(judged: &Judged, weights: &[f64], size: f64) -> Option<Predictive> {
        let said = judged.predictions.iter().zip(weights).filter(|(m, weight)| m.is_finite() && **weight > 0.0);
        let mut trials: Vec<(f64, f64)> = said.map(|(m, weight)| (judged.scale.of(*m), *weight)).collect();
        let total: f64 = trials.iter().map(|(_, weight)| weight).sum();
        trials.iter_mut().for_each(|(_, weight)| *weight /= total);
        trials.sort_by(|a, b| a.0.total_cmp(&b.0));
        let deviation = size * (1.0 + OWN * OWN).sqrt();
        (!trials.is_empty()).then_some(Predictive { scale: judged.scale, trials, deviation })
    }

    /// The probability of less than a place on the scale.
    fn below(&self, place: f64) -> f64 {
        let part = |(at, weight): &(f64, f64)| match self.deviation > 0.0 && at.is_finite() {
            true => weight * normal_cdf((place - at) / self.deviation),
            false => weight * f64::from(u8::from(*at <= place)),
        };
        self.trials.iter().map(part).sum()
    }

    /// A quantile, as a value.
    pub fn quantile(&self, p: f64) -> f64 {
        if self.deviation == 0.0 {
            let mut sum = 0.0;
            let reached = self.trials.iter().find(|(_, weight)| {
                sum += weight;
                sum >= p
            });
            return self.scale.back(reached.or(self.trials.last()).map_or(f64::NAN, |(at, _)| *at));
        }
        let finite = || self.trials.iter().map(|(at, _)| *at).filter(|at| at.is_finite());
        let room = 12.0 * self.deviation;
        let mut low = finite().fold(f64::INFINITY, f64::min).min(1e300) - room;
        let mut high = finite().fold(f64::NEG_INFINITY, f64::max).max(-1e300) + room;
        // So many trials may say nothing but 0 (or, of a share, 1) that the quantile is that.
        if self.below(low) >= p {
            return self.scale.back(f64::NEG_INFINITY);
        }
        if self.below(high) < p {
            return self.scale.back(f64::INFINITY);
        }
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            match self.below(middle) < p {
                true => low = middle,
                false => high = middle,
            }
        }
        self.scale.back(0.5 * (low + high))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Observations of so many quantities, two each, of a model that says 100 in every trial: each quantity is off by `shared`
    /// standard normal quantiles times the size.
    fn history(quantities: usize, size: f64) -> Vec<Judged> {
        let mut list = Vec::new();
        for quantity in 0..quantities {
            let off = size * normal_quantile((quantity as f64 + 0.5) / quantities as f64);
            for own in [-0.4, 0.4] {
                let y = 100.0 * math::exp(off + own * size * OWN);
                list.push(Judged { quantity, scale: Scale::Log, low: y, high: y, predictions: vec![100.0; 50] });
            }
        }
        list
    }

    #[test]
    fn the_size_of_the_error_is_found_from_what_it_did() {
        for size in [0.05, 0.2] {
            let found = Likelihoods::of(&history(24, size)).size_without(Scale::Log, None, &equal(50));
            assert!((found / size - 1.0).abs() < 0.25, "{size}: {found}");
        }
    }

    #[test]
    fn without_any_observation_it_is_what_was_thought_before() {
        let found = Likelihoods::of(&[]).size_without(Scale::Log, None, &equal(50));
        // The mean of a half-normal distribution, of which sizes below the smallest one that is tried are left out.
        assert!((found - PRIOR * (2.0 / std::f64::consts::PI).sqrt()).abs() < 0.004, "{found}");
    }

    #[test]
    fn a_quantity_does_not_excuse_itself() {
        let mut list = history(12, 0.02);
        let far = Judged { quantity: 99, scale: Scale::Log, low: 300.0, high: 300.0, predictions: vec![100.0; 50] };
        list.push(far.clone());
        let likelihoods = Likelihoods::of(&list);
        let (with, without) = (
            likelihoods.size_without(Scale::Log, None, &equal(50)),
            likelihoods.size_without(Scale::Log, Some(12), &equal(50)),
        );
        assert!(without < 0.04 && with > 2.0 * without, "{with} {without}");
        let predictive = Predictive::of(&far, &equal(50), without).unwrap();
        assert!(predictive.quantile(0.95) < 300.0, "it lies outside the band that the others give");
        assert_eq!(
            likelihoods.size_without(Scale::Logit, None, &equal(50)),
            likelihoods.size_without(Scale::Logit, Some(0), &equal(50))
        );
    }

    #[test]
    fn bands_with_an_error_are_those_of_a_normal() {
        let judged = Judged { quantity: 0, scale: Scale::Log, low: 1.0, high: 1.0, predictions: vec![100.0; 3] };
        let predictive = Predictive::of(&judged, &equal(3), 0.2).unwrap();
        let expected = 100.0 * math::exp(normal_quantile(0.95) * 0.2 * 1.25f64.sqrt());
        assert!((predictive.quantile(0.95) / expected - 1.0).abs() < 1e-9);
        assert!((predictive.quantile(0.5) - 100.0).abs() < 1e-6);
        let exact = Predictive::of(&judged, &equal(3), 0.0).unwrap();
        assert_eq!(exact.quantile(0.05), exact.quantile(0.95));
        let nothing = Judged { predictions: vec![f64::NAN; 3], ..judged };
        assert!(Predictive::of(&nothing, &equal(3), 0.2).is_none());
    }

    #[test]
    fn trials_that_say_zero_are_a_part_of_the_band() {
        let judged =
            Judged { quantity: 0, scale: Scale::Log, low: 1.0, high: 1.0, predictions: vec![0.0, 0.0, 0.0, 100.0] };
        let predictive = Predictive::of(&judged, &equal(4), 0.1).unwrap();
        assert_eq!(predictive.quantile(0.5), 0.0);
        assert!(predictive.quantile(0.9) > 80.0);
    }

    #[test]
    fn draws_are_reweighted_without_a_quantity() {
        // Draws m of a uniform prior on {1..100}, kept in proportion to a likelihood that favors 20: divided by it, they are the
        // prior again.
        let likelihood = |m: f64| -0.5 * ((m - 20.0) / 8.0) * ((m - 20.0) / 8.0);
        let values: Vec<f64> = (1..=100).map(f64::from).collect();
        let posterior = weights(&values.iter().map(|m| likelihood(*m)).collect::<Vec<f64>>());
        let drawn: Vec<f64> = values
            .iter()
            .zip(&posterior)
            .flat_map(|(m, weight)| std::iter::repeat_n(*m, (weight * 1e6).round() as usize))
            .collect();
        let back = without(&drawn.iter().map(|m| likelihood(*m)).collect::<Vec<f64>>());
        let mean: f64 = drawn.iter().zip(&back).filter(|(m, _)| **m <= 50.0).map(|(m, weight)| m * weight).sum();
        let share: f64 = drawn.iter().zip(&back).filter(|(m, _)| **m <= 50.0).map(|(_, weight)| weight).sum();
        assert!((mean / share - 25.5).abs() < 0.3, "{}", mean / share);
        assert!(effective(&back) < drawn.len() as f64 / 2.0, "far draws are few and weigh much");
    }

    #[test]
    fn weights_are_flattened_until_enough_trials_are_left() {
        let logs: Vec<f64> = (0..1000).map(|i| -f64::from(i)).collect();
        assert!(effective(&weights(&logs)) < 3.0);
        let (flat, power) = tempered(&logs, 200.0);
        assert!((effective(&flat) - 200.0).abs() < 1.0 && power < 0.1);
        let (all, power) = tempered(&[0.0; 10], 200.0);
        assert!(all.iter().all(|weight| (weight - 0.1).abs() < 1e-12) && power == 1.0, "there are no more");
    }
}
