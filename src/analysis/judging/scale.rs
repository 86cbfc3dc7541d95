//! The scale on which errors are of one size: relative errors on the log, errors of shares on the logit.

use crate::math::{self, normal_quantile};

/// A scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// For what is positive.
    Log,
    /// For shares.
    Logit,
}

impl Scale {
    /// Where a value stands; infinite at the ends of what it can be.
    pub fn of(self, value: f64) -> f64 {
        match self {
            Scale::Log => math::ln(value.max(0.0)),
            Scale::Logit => {
                let share = value.clamp(0.0, 1.0);
                math::ln(share) - math::ln(1.0 - share)
            }
        }
    }

    /// The value that stands there.
    pub fn back(self, place: f64) -> f64 {
        match self {
            Scale::Log => math::exp(place),
            Scale::Logit => 1.0 / (1.0 + math::exp(-place)),
        }
    }
}

/// Density of the standard normal.
pub(super) fn density(z: f64) -> f64 {
    math::exp(-0.5 * z * z) / (2.0 * std::f64::consts::PI).sqrt()
}

/// Quantiles of a normal distribution on a scale, as a sorted sample that stands for it.
pub(super) fn sample(scale: Scale, median: f64, deviation: f64, count: usize) -> Vec<f64> {
    let place = scale.of(median);
    let at = |i: usize| scale.back(place + deviation * normal_quantile((i as f64 + 0.5) / count as f64));
    (0..count).map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_and_its_inverse_undo_each_other() {
        for (scale, value) in [(Scale::Log, 25.0), (Scale::Log, 1e-9), (Scale::Logit, 0.3), (Scale::Logit, 0.999)] {
            assert!((scale.back(scale.of(value)) / value - 1.0).abs() < 1e-12);
        }
        assert_eq!(Scale::Log.of(0.0), f64::NEG_INFINITY);
        assert_eq!((Scale::Logit.of(0.0), Scale::Logit.of(1.0)), (f64::NEG_INFINITY, f64::INFINITY));
    }
}
