//! The posterior of one parameter: the trials whose summary is nearest to that of the observations, weighted, adjusted for
//! how far they still are, and compared with the prior. All in the parameter's position in (0, 1), where its prior is
//! uniform whatever its distribution.

use crate::math;
use crate::model::world::random::{EntityKey, RandomStreams, StreamId};

/// The posterior of a parameter's position in (0, 1).
#[derive(Debug, Clone, PartialEq)]
pub struct Marginal {
    /// Positions, rising, with weights that add up to 1.
    pub sample: Vec<(f64, f64)>,
    /// Kish's effective sample size.
    pub effective: f64,
    /// Largest distance between the distribution functions of the kept positions, before they are adjusted, and of the
    /// prior (Kolmogorov and Smirnov).
    pub ks: f64,
    /// Probability of such a distance if the data said nothing.
    pub p_value: f64,
    /// Whether the data moved it, at a rate of false discoveries of [`FALSE_DISCOVERIES`] among all parameters.
    pub moved: bool,
}

/// Share of the parameters that are said to have moved which may have moved by chance.
pub const FALSE_DISCOVERIES: f64 = 0.05;

/// Where trials place a parameter: as [`crate::experiment::design::monte_carlo`].
pub fn units(seed: u64, key: EntityKey, trials: &[u64]) -> Vec<f64> {
    trials.iter().map(|trial| RandomStreams::new(seed, *trial).uniform(StreamId::Parameter, key, 0)).collect()
}

/// The trials that are kept for a parameter.
#[derive(Debug, Clone)]
pub struct NearestTrials {
    /// Positions.
    units: Vec<f64>,
    /// Distances of the summary, with sign.
    distances: Vec<f64>,
    /// Weights; not all zero.
    weights: Vec<f64>,
}

/// The nearest `keep` items by size of distance (of equals, the first), and their weights by Epanechnikov's kernel, whose
/// width is the distance of the furthest. Weights are 1 where all are equally far.
pub(super) fn kernel(distances: &[f64], keep: usize) -> (Vec<usize>, Vec<f64>) {
    let mut order: Vec<usize> = (0..distances.len()).collect();
    order.sort_by(|a, b| distances[*a].abs().total_cmp(&distances[*b].abs()).then(a.cmp(b)));
    order.truncate(keep);
    let width = order.last().map_or(0.0, |last| distances[*last].abs());
    let weight = |i: &usize| if width > 0.0 { 1.0 - math::powi(distances[*i] / width, 2) } else { 1.0 };
    let weights: Vec<f64> = order.iter().map(weight).collect();
    if weights.iter().any(|w| *w > 0.0) { (order, weights) } else { (order.clone(), vec![1.0; order.len()]) }
}

impl NearestTrials {
    /// The trials whose summary is nearest.
    pub(super) fn nearest(distances: &[f64], units: &[f64], keep: usize) -> NearestTrials {
        let (order, weights) = kernel(distances, keep);
        NearestTrials {
            units: order.iter().map(|i| units[*i]).collect(),
            distances: order.iter().map(|i| distances[*i]).collect(),
            weights,
        }
    }

    fn mean(&self, of: impl Fn(usize) -> f64) -> f64 {
        let total: f64 = self.weights.iter().sum();
        self.weights.iter().enumerate().map(|(i, w)| w * of(i)).sum::<f64>() / total
    }

    /// Positions as they would be at the observations: what a weighted straight line in the distance explains is taken away,
    /// on the logit, so that a position stays within (0, 1).
    fn adjusted(&self) -> Vec<f64> {
        let logits: Vec<f64> = self.units.iter().map(|u| math::ln(u / (1.0 - u))).collect();
        let (far, level) = (self.mean(|i| self.distances[i]), self.mean(|i| logits[i]));
        let spread = self.mean(|i| math::powi(self.distances[i] - far, 2));
        let together = self.mean(|i| (self.distances[i] - far) * (logits[i] - level));
        let slope = if spread > 0.0 { together / spread } else { 0.0 };
        let at = |(logit, distance): (&f64, &f64)| 1.0 / (1.0 + math::exp(slope * distance - logit));
        logits.iter().zip(&self.distances).map(at).collect()
    }
}

impl Marginal {
    /// The posterior from the trials that are kept.
    pub(super) fn of(kept: NearestTrials) -> Marginal {
        let (total, squares) = kept.weights.iter().fold((0.0, 0.0), |(t, s), w| (t + w, s + w * w));
        let weighted = |units: Vec<f64>| {
            let mut sample: Vec<(f64, f64)> = units.into_iter().zip(kept.weights.iter().map(|w| w / total)).collect();
            sample.retain(|(_, weight)| *weight > 0.0);
            sample.sort_by(|a, b| a.0.total_cmp(&b.0));
            sample
        };
        let sample = weighted(kept.adjusted());
        let effective = total * total / squares;
        // Of positions as drawn: if the data say nothing, these are independent of what was kept; adjusted ones are not.
        let ks = distance_from_uniform(&weighted(kept.units.clone()));
        Marginal { sample, effective, ks, p_value: kolmogorov(ks, effective), moved: false }
    }

    /// The position below which a share `p` of the posterior lies.
    pub fn quantile(&self, p: f64) -> f64 {
        weighted_quantile(&self.sample, p)
    }
}

/// A quantile of rising values with weights that add up to 1: straight between the middles of the weights.
pub(super) fn weighted_quantile(sample: &[(f64, f64)], p: f64) -> f64 {
    let mut before: Option<(f64, f64)> = None;
    let mut reached = 0.0;
    for &(value, weight) in sample {
        let middle = reached + weight / 2.0;
        if p <= middle {
            return match before {
                Some((place, below)) if middle > place => below + (value - below) * (p - place) / (middle - place),
                _ => value,
            };
        }
        before = Some((middle, value));
        reached += weight;
    }
    before.map_or(f64::NAN, |(_, value)| value)
}

/// Largest distance between the distribution function of a weighted sample and that of the uniform on (0, 1).
fn distance_from_uniform(sample: &[(f64, f64)]) -> f64 {
    let (mut reached, mut largest) = (0.0_f64, 0.0_f64);
    for (value, weight) in sample {
        let below = (value - reached).abs();
        reached += weight;
        largest = largest.max(below).max((value - reached).abs());
    }
    largest
}

/// Probability that a sample of `n` from the prior is at least so far from it (the asymptotic distribution with the
/// correction of Stephens 1970).
fn kolmogorov(distance: f64, n: f64) -> f64 {
    let root = n.sqrt();
    let x = (root + 0.12 + 0.11 / root) * distance;
    if x < 0.2 {
        // The series converges slowly here, and its value is 1 to more digits than a float holds.
        return 1.0;
    }
    let term = |k: i32| f64::from(if k % 2 == 1 { 2 } else { -2 }) * math::exp(-2.0 * f64::from(k * k) * x * x);
    (1..=100).map(term).sum::<f64>().clamp(0.0, 1.0)
}

/// Marks what moved by the procedure of Benjamini and Hochberg (1995).
pub(super) fn mark_moved(marginals: &mut [Marginal]) {
    let mut rising: Vec<f64> = marginals.iter().map(|m| m.p_value).collect();
    rising.sort_by(f64::total_cmp);
    let all = marginals.len() as f64;
    let admitted = rising.iter().enumerate().filter(|(i, p)| **p <= FALSE_DISCOVERIES * (*i + 1) as f64 / all);
    let Some(threshold) = admitted.map(|(_, p)| *p).next_back() else { return };
    marginals.iter_mut().for_each(|m| m.moved = m.p_value <= threshold);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_are_kept_and_weighted_by_the_kernel() {
        // The furthest of the three kept is at 2, so that the weights are 1, 1 - 1/4 and 0.
        let (order, weights) = kernel(&[5.0, -1.0, 0.0, 2.0, -2.0], 3);
        assert_eq!((order, weights), (vec![2, 1, 3], vec![1.0, 0.75, 0.0]));
        assert_eq!(kernel(&[0.0, 0.0, 0.0], 2), (vec![0, 1], vec![1.0, 1.0]));
        assert_eq!(kernel(&[3.0, -3.0, 3.0], 2), (vec![0, 1], vec![1.0, 1.0]));
    }

    #[test]
    fn the_adjustment_takes_away_what_the_distance_explains() {
        // Logits are 1 + 2 x distance exactly: at the observations all are 1.
        let logit = |d: f64| 1.0 / (1.0 + math::exp(-(1.0 + 2.0 * d)));
        let distances = vec![-0.5, 0.25, 0.5];
        let units = distances.iter().map(|d| logit(*d)).collect();
        let kept = NearestTrials { units, distances, weights: vec![0.5, 1.0, 0.25] };
        for unit in kept.adjusted() {
            assert!((unit - logit(0.0)).abs() < 1e-12, "{unit}");
        }
        // Where all are at one distance, nothing is explained by it.
        let level = NearestTrials { units: vec![0.2, 0.7], distances: vec![1.0, 1.0], weights: vec![1.0, 1.0] };
        assert!((level.adjusted()[0] - 0.2).abs() < 1e-12);
    }

    #[test]
    fn quantiles_count_weights() {
        // Middles of the weights at 0.25, 0.625 and 0.875.
        let sample = [(0.1, 0.5), (0.4, 0.25), (0.9, 0.25)];
        for (p, value) in [(0.0, 0.1), (0.25, 0.1), (0.4375, 0.25), (0.625, 0.4), (0.75, 0.65), (1.0, 0.9)] {
            assert!((weighted_quantile(&sample, p) - value).abs() < 1e-12, "{p}");
        }
    }

    #[test]
    fn the_distance_from_the_prior_has_its_tabled_probability() {
        // One value at 0.2 with half the weight, one at 0.3: the function reaches 1 at 0.3, which is 0.7 above.
        assert!((distance_from_uniform(&[(0.2, 0.5), (0.3, 0.5)]) - 0.7).abs() < 1e-12);
        assert!((distance_from_uniform(&[(0.25, 0.5), (0.75, 0.5)]) - 0.25).abs() < 1e-12);
        // The critical values of Kolmogorov's distribution: 1.358 at 5%, 1.628 at 1%.
        let p = |x: f64| kolmogorov(x / (1e4 + 0.12), 1e8);
        assert!((p(1.358) - 0.05).abs() < 2e-4 && (p(1.628) - 0.01).abs() < 1e-4, "{} {}", p(1.358), p(1.628));
        assert_eq!(p(0.01), 1.0);
    }

    #[test]
    fn false_discoveries_are_bounded_as_benjamini_and_hochberg_do() {
        // Of four, the thresholds are 0.0125, 0.025, 0.0375, 0.05: the third passes, and carries the second.
        let p_values = [0.2, 0.036, 0.03, 0.001];
        let mut all: Vec<Marginal> = p_values
            .iter()
            .map(|p| Marginal { sample: vec![], effective: 1.0, ks: 0.0, p_value: *p, moved: false })
            .collect();
        mark_moved(&mut all);
        assert_eq!(all.iter().map(|m| m.moved).collect::<Vec<_>>(), [false, true, true, true]);
    }
}
