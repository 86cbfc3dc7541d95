//! What common random numbers gain. The scenarios of a comparison share each trial's draws, so that the difference between
//! two of them varies less than if each had trials of its own; how much less says how many trials that saves.

use crate::experiment::{Ensemble, Plan};

/// What pairing gains for the difference of one outcome between a scenario and the reference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gain {
    /// Trials in which the outcome has a value in both.
    pub pairs: u64,
    /// Correlation of the outcome here with that of the same trial in the reference.
    pub correlation: f64,
    /// Variance that the difference of two independent trials would have: the sum of both variances.
    pub independent: f64,
    /// Variance of the paired difference.
    pub paired: f64,
}

impl Gain {
    /// How many times less the variance is; infinite where the difference is the same in all trials.
    pub fn reduction(&self) -> f64 {
        self.independent / self.paired
    }

    /// Trials a scenario that would be needed without pairing, for the same error of the mean difference.
    pub fn trials_if_independent(&self) -> f64 {
        self.pairs as f64 * self.reduction()
    }

    /// How many more those are; negative where pairing costs.
    pub fn trials_saved(&self) -> f64 {
        self.trials_if_independent() - self.pairs as f64
    }
}

/// What pairing gains for a column of totals; `None` where fewer than two trials have a value in both, or the outcome is the
/// same in all trials of both, so that there is nothing to gain.
pub fn gain(plan: &Plan, ensemble: &Ensemble, s: usize, column: usize) -> Option<Gain> {
    let schema = &ensemble.schema;
    let pairs = ensemble.scenarios[s].counts[schema.paired(column)];
    let variance = |s: usize| {
        let accumulator = &ensemble.scenarios[s];
        let count = accumulator.counts[schema.with_value(column)];
        accumulator.moments(count, schema.total(column)).variance
    };
    let (here, there) = (variance(s), variance(plan.reference));
    let paired = ensemble.scenarios[s].moments(pairs, schema.difference(column)).variance;
    let independent = here + there;
    (pairs > 1 && independent > 0.0).then(|| {
        let correlation = (independent - paired) / 2.0 / (here * there).sqrt();
        Gain { pairs, correlation, independent, paired }
    })
}
