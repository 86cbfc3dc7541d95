//! How good predictions were: the predictive distribution of each observation, whether the observation lies in its
//! central bands, and the continuous ranked probability score (CRPS; Gneiting and Raftery 2007, section 4.2). An
//! observation that is not one number is scored on what it says: see [`crps`].

use super::statistics::{QUANTILES, quantile};
use crate::model::world::World;
use crate::scenario::observed::{Bound, Need, Observation};
use crate::units::Date;

/// What a comparison with observations found.
#[derive(Debug, Clone)]
pub struct Backtest {
    /// Name of the result, which is the name of its folder.
    pub name: String,
    /// Id of the scenario that was run.
    pub scenario: String,
    /// Its title.
    pub title: String,
    /// File of observations, as the user would write it.
    pub file: String,
    /// Trials.
    pub trials: u32,
    /// Master seed.
    pub seed: u64,
    /// First simulated day.
    pub start: Date,
    /// Last simulated day.
    pub end: Date,
    /// The observations with their scores, in file order.
    pub rows: Vec<Scored>,
}

/// An observation and its score.
#[derive(Debug, Clone)]
pub struct Scored {
    /// What was observed.
    pub observation: Observation,
    /// Name of the firm.
    pub firm: String,
    /// How it was predicted; `None` if no trial gave a number.
    pub score: Option<Score>,
    /// Trials that gave a number: a share of nothing has none.
    pub count: usize,
}

/// A predictive distribution held against an observation, in the observation's unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// Quantiles in the order of [`QUANTILES`].
    pub quantiles: [f64; 5],
    /// Whether what was observed and the central 50% band have a number in common.
    pub in50: bool,
    /// The same for the central 90% band.
    pub in90: bool,
    /// The score: 0 is perfect.
    pub crps: f64,
}

impl Score {
    /// Holds numbers, sorted and finite, against what was observed: a number from `low` to `high`, either of which may be
    /// infinite. `None` without a number.
    pub fn new(sorted: &[f64], low: f64, high: f64) -> Option<Score> {
        if sorted.is_empty() {
            return None;
        }
        let quantiles = QUANTILES.map(|(_, p)| quantile(sorted, p));
        let meets = |from: f64, to: f64| from <= high && to >= low;
        Some(Score {
            quantiles,
            in50: meets(quantiles[1], quantiles[3]),
            in90: meets(quantiles[0], quantiles[4]),
            crps: crps(sorted, low, high),
        })
    }

    /// The predictive median.
    pub fn median(&self) -> f64 {
        self.quantiles[2]
    }
}

/// The CRPS of the empirical distribution F of a sorted sample for an observation of which only `low <= y <= high` is
/// known: the integral of F² below `low` and of (1 - F)² above `high`. Between the two, where nobody knows on which side
/// of a value the truth lies, nothing is scored. With `low = high` it is the CRPS, equal to
/// mean |x - y| - mean |x - x'| / 2; with ends apart the threshold-weighted CRPS (Gneiting and Ranjan 2011), the most that
/// is certain to be lost whatever the truth in between; for a bound, the loss of predictions beyond it.
pub fn crps(sorted: &[f64], low: f64, high: f64) -> f64 {
    let count = sorted.len() as f64;
    let mut loss = 0.0;
    for (i, x) in sorted.iter().enumerate() {
        if low.is_finite() {
            let next = sorted.get(i + 1).map_or(low, |next| next.min(low));
            let share = (i + 1) as f64 / count;
            loss += share * share * (next - x).max(0.0);
        }
        if high.is_finite() {
            let before = i.checked_sub(1).map_or(high, |before| sorted[before].max(high));
            let share = (count - i as f64) / count;
            loss += share * share * (x - before).max(0.0);
        }
    }
    loss
}

impl Backtest {
    /// Scores observations; `numbers` holds one number an observation for each trial.
    pub fn rows(world: &World, observations: &[Observation], numbers: &[f64]) -> Vec<Scored> {
        let width = observations.len().max(1);
        let scored = observations.iter().enumerate().map(|(i, observation)| {
            let mut of_it: Vec<f64> =
                numbers.iter().skip(i).step_by(width).copied().filter(|n| n.is_finite()).collect();
            of_it.sort_by(f64::total_cmp);
            let score = Score::new(&of_it, observation.low, observation.high);
            let firm = world.vendors.iter().find(|v| v.id == observation.entity).map_or("", |v| &v.name).to_owned();
            Scored { observation: observation.clone(), firm, score, count: of_it.len() }
        });
        scored.collect()
    }

    /// The rows of observations that are scored.
    pub fn scored(&self) -> impl Iterator<Item = &Scored> {
        self.rows.iter().filter(|row| row.observation.is_scored())
    }

    /// What the others need, each with how many there are, in the order of needs.
    pub fn unscored(&self) -> Vec<(Need, usize)> {
        let count = |need: Need| self.rows.iter().filter(|row| row.observation.needs == Some(need)).count();
        Need::ALL.iter().map(|need| (*need, count(*need))).filter(|(_, count)| *count > 0).collect()
    }

    /// How many of the observations that `which` picks have a score, and how many of these lie in each band.
    pub fn coverage(&self, which: impl Fn(&Observation) -> bool) -> Coverage {
        let mut coverage = Coverage::default();
        for score in self.rows.iter().filter(|row| which(&row.observation)).filter_map(|row| row.score) {
            coverage.of += 1;
            coverage.in50 += usize::from(score.in50);
            coverage.in90 += usize::from(score.in90);
        }
        coverage
    }

    /// Mean over observations of the CRPS as a share of what was observed; `None` where none is other than zero.
    pub fn relative_crps(&self, which: impl Fn(&Observation) -> bool) -> Option<f64> {
        let of = |row: &Scored| Some(row.score?.crps / row.observation.central().abs());
        let picked = self.rows.iter().filter(|row| which(&row.observation));
        let shares: Vec<f64> = picked.filter_map(of).filter(|share| share.is_finite()).collect();
        (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64)
    }

    /// Observations outside the 90% band, the one furthest from its median (as a share of what was observed) first.
    pub fn misses(&self) -> Vec<&Scored> {
        let mut misses: Vec<&Scored> = self.rows.iter().filter(|row| row.score.is_some_and(|s| !s.in90)).collect();
        misses.sort_by(|a, b| b.miss().abs().total_cmp(&a.miss().abs()));
        misses
    }
}

/// Observations in the bands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Scored observations.
    pub of: usize,
    /// Of them in the central 50% band.
    pub in50: usize,
    /// Of them in the central 90% band.
    pub in90: usize,
}

/// Whether an observation is told by a number or a range, for which a band of 90% should hold nine in ten; a bound may be
/// met by far wider bands.
pub fn is_two_sided(observation: &Observation) -> bool {
    observation.bound == Bound::Exact
}

impl Scored {
    /// How far the predictive median lies from the nearest value that agrees with the observation, as a share of that
    /// value: 0.1 is a prediction a tenth too high. NaN without a prediction.
    pub fn miss(&self) -> f64 {
        let Some(score) = self.score else { return f64::NAN };
        let nearest = score.median().max(self.observation.low).min(self.observation.high);
        match score.median() - nearest {
            0.0 => 0.0,
            gap => gap / nearest.abs(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{Continuous, ContinuousCDF, Normal};

    /// The definition by means of absolute differences.
    fn by_differences(sample: &[f64], y: f64) -> f64 {
        let mean = |of: &dyn Fn(f64) -> f64| sample.iter().map(|x| of(*x)).sum::<f64>() / sample.len() as f64;
        mean(&|x| (x - y).abs()) - 0.5 * mean(&|a| mean(&|b| (a - b).abs()))
    }

    #[test]
    fn the_score_of_two_numbers_is_as_worked_by_hand() {
        // F is 1/2 from 1 to 3. For 2: 1/4 on either side. For 4: 1/4 x 2, then 1 x 1. For 0: 1 x 1, then 1/4 x 2.
        assert_eq!(crps(&[1.0, 3.0], 2.0, 2.0), 0.5);
        assert_eq!(crps(&[1.0, 3.0], 4.0, 4.0), 1.5);
        assert_eq!(crps(&[1.0, 3.0], 0.0, 0.0), 1.5);
        assert_eq!(crps(&[2.0], 5.0, 5.0), 3.0, "of one number it is the distance");
    }

    #[test]
    fn a_range_and_a_bound_are_scored_outside_themselves_only() {
        assert_eq!(crps(&[1.0, 3.0], 1.5, 2.5), 0.25);
        assert_eq!(crps(&[1.0, 3.0], 0.0, 4.0), 0.0);
        assert_eq!(crps(&[1.0, 3.0], 2.0, f64::INFINITY), 0.25, "what is predicted below a lower bound");
        assert_eq!(crps(&[1.0, 3.0], f64::NEG_INFINITY, 2.0), 0.25, "what is predicted above an upper bound");
        assert_eq!(crps(&[1.0, 3.0], 0.5, f64::INFINITY), 0.0);
    }

    #[test]
    fn the_two_forms_of_the_score_agree() {
        let sample = [0.3, 0.3, 1.7, 2.0, 2.2, 5.0, 9.0];
        for y in [-1.0, 0.3, 1.0, 2.1, 9.0, 20.0] {
            assert!((crps(&sample, y, y) - by_differences(&sample, y)).abs() < 1e-12, "{y}");
        }
    }

    #[test]
    fn the_score_of_a_normal_is_its_closed_form() {
        let (mean, sd, count) = (3.0, 2.0, 20_000);
        let normal = Normal::new(0.0, 1.0).unwrap();
        let sample: Vec<f64> =
            (0..count).map(|i| mean + sd * normal.inverse_cdf((f64::from(i) + 0.5) / f64::from(count))).collect();
        for y in [-1.0, 3.0, 4.5] {
            let z = (y - mean) / sd;
            let exact =
                sd * (z * (2.0 * normal.cdf(z) - 1.0) + 2.0 * normal.pdf(z) - 1.0 / std::f64::consts::PI.sqrt());
            let found = crps(&sample, y, y);
            assert!((found - exact).abs() < 1e-4, "{y}: {found} and {exact}");
        }
    }

    #[test]
    fn bands_hold_what_they_have_a_number_in_common_with() {
        let sample: Vec<f64> = (0..=100).map(f64::from).collect();
        let bands = |low, high| Score::new(&sample, low, high).map(|s| (s.in50, s.in90));
        assert_eq!(Score::new(&sample, 0.0, 0.0).unwrap().quantiles, [5.0, 25.0, 50.0, 75.0, 95.0]);
        assert_eq!(bands(25.0, 25.0), Some((true, true)));
        assert_eq!(bands(24.0, 24.0), Some((false, true)));
        assert_eq!(bands(4.0, 4.0), Some((false, false)));
        assert_eq!(bands(0.0, 30.0), Some((true, true)));
        assert_eq!(bands(80.0, f64::INFINITY), Some((false, true)));
        assert_eq!(bands(96.0, f64::INFINITY), Some((false, false)));
        assert_eq!(bands(f64::NEG_INFINITY, 24.0), Some((false, true)));
        assert_eq!(Score::new(&[], 0.0, 0.0), None);
    }
}
