//! Observations as data of the calibration: what was seen, how far the world may lie from the model, and what a trial
//! would have shown an observer.

use super::{Fit, Task};
use crate::analysis::statistics::quantile;
use crate::model::world::random::{EntityKey, RandomStreams, StreamId};

/// An observation, as the calibration uses it.
#[derive(Debug, Clone, PartialEq)]
pub struct Datum {
    /// Its id, which keys its error.
    pub id: String,
    /// The lowest value that agrees with what was observed; minus infinity for one that is bounded above only.
    pub low: f64,
    /// The highest; infinity for one that is bounded below only.
    pub high: f64,
}

impl Datum {
    /// What was observed: the value, the middle of the interval, or the bound.
    pub fn observed(&self) -> f64 {
        match (self.low.is_finite(), self.high.is_finite()) {
            (true, true) => 0.5 * (self.low + self.high),
            (true, false) => self.low,
            _ => self.high,
        }
    }

    /// What an observer would have noted of a trial that predicts `prediction`: with a relative error of the model, normal
    /// with standard deviation `tolerance`, and a uniform error within the interval. Of a bound, only how far it is missed.
    pub fn noted(&self, prediction: f64, tolerance: f64, seed: u64, trial: u64) -> f64 {
        let (streams, key) = (RandomStreams::new(seed, trial), EntityKey::of(&self.id));
        let model = tolerance * streams.normal(StreamId::ObservationError, key, 0);
        let true_value = prediction * (1.0 + model);
        match (self.low.is_finite(), self.high.is_finite()) {
            (true, true) => {
                let within = streams.uniform(StreamId::ObservationError, key, 1) - 0.5;
                true_value + (self.high - self.low) * within
            }
            // As far as a bound is met, an observer notes the bound.
            (true, false) => true_value.min(self.low),
            _ => true_value.max(self.high),
        }
    }
}

/// What trials show of one datum, in units of its spread.
#[derive(Debug, Clone)]
pub struct Standard {
    /// By usable trial.
    pub values: Vec<f64>,
    /// What was observed.
    pub observed: f64,
    spread: f64,
}

/// Values further than this from the median, in standard deviations, are taken to it: the tails of a simulator must not
/// bend the regression for all others.
const FURTHEST: f64 = 5.0;

/// Standard deviations in a median absolute deviation, of a normal distribution.
const NORMAL_MAD: f64 = 1.4826;

impl Standard {
    /// Standardizes a datum over the usable trials: by median and median absolute deviation; by the standard deviation
    /// where more than half of the values are the same (a bound that most trials meet).
    pub(super) fn of(task: &Task<'_>, trials: &[u32], d: usize) -> Standard {
        let datum = &task.data[d];
        let mut values: Vec<f64> = noted(task, trials, d).collect();
        let sorted = sorted(&values);
        let center = quantile(&sorted, 0.5);
        let gaps: Vec<f64> = values.iter().map(|v| (v - center).abs()).collect();
        let mut spread = NORMAL_MAD * quantile(&self::sorted(&gaps), 0.5);
        if spread <= 0.0 {
            let squares: f64 = gaps.iter().map(|gap| gap * gap).sum();
            spread = (squares / values.len().max(1) as f64).sqrt();
        }
        let scale = |v: f64| if spread > 0.0 { ((v - center) / spread).clamp(-FURTHEST, FURTHEST) } else { 0.0 };
        values.iter_mut().for_each(|v| *v = scale(*v));
        Standard { values, observed: scale(datum.observed()), spread }
    }

    /// Whether it tells trials apart.
    pub(super) fn informative(&self) -> bool {
        self.spread > 0.0
    }

    #[cfg(test)]
    pub(super) fn given(values: Vec<f64>, observed: f64) -> Standard {
        Standard { values, observed, spread: 1.0 }
    }

    pub(super) fn fit(&self, task: &Task<'_>, trials: &[u32], d: usize) -> Fit {
        let predicted = sorted(&trials.iter().map(|t| prediction(task, *t, d)).collect::<Vec<f64>>());
        let observed = task.data[d].observed();
        let rank = |v: f64| if v < observed { 1.0 } else { f64::from(u8::from(v == observed)) / 2.0 };
        let below = noted(task, trials, d).map(rank).sum::<f64>() / trials.len().max(1) as f64;
        let prior = [0.05, 0.5, 0.95].map(|p| quantile(&predicted, p));
        Fit { informative: self.informative(), prior, below }
    }
}

fn prediction(task: &Task<'_>, trial: u32, d: usize) -> f64 {
    task.predictions[trial as usize * task.data.len() + d]
}

fn noted<'a>(task: &'a Task<'_>, trials: &'a [u32], d: usize) -> impl Iterator<Item = f64> + 'a {
    let one = move |t: &u32| task.data[d].noted(prediction(task, *t, d), task.tolerance, task.seed, u64::from(*t));
    trials.iter().map(one)
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}
