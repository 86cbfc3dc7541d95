//! The summary of all observations for one parameter: its expected position given what was observed, by ridge regression
//! on the data and their squares. Fitted on one half of the trials and used on the other, and the other way round
//! (cross-fitting), so that a parameter that the data say nothing of is not found to move by fitting noise.

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

use super::data::Standard;

/// Ridge penalty as a share of each feature's sum of squares: enough for observations that nearly repeat one another.
const RIDGE: f64 = 1e-3;

/// What the regression sees of a trial: each datum and its square.
#[derive(Debug, Clone)]
pub struct Features {
    /// A column a trial.
    trials: DMatrix<f64>,
    /// What was observed, in the same form.
    observed: DVector<f64>,
}

impl Features {
    /// The features of standardized data.
    pub(super) fn of(data: &[&Standard]) -> Features {
        let trials = data.first().map_or(0, |d| d.values.len());
        let feature = |x: f64, f: usize| if f.is_multiple_of(2) { x } else { x * x };
        Features {
            trials: DMatrix::from_fn(2 * data.len(), trials, |f, i| feature(data[f / 2].values[i], f)),
            observed: DVector::from_fn(2 * data.len(), |f, _| feature(data[f / 2].observed, f)),
        }
    }

    /// Trials of a half: the even or the odd.
    fn half(&self, half: usize) -> impl Iterator<Item = usize> + use<> {
        (half..self.trials.ncols()).step_by(2)
    }
}

/// Two fits, each from one half of the trials.
#[derive(Debug, Clone)]
pub struct CrossFit {
    halves: Vec<Half>,
}

#[derive(Debug, Clone)]
struct Half {
    means: DVector<f64>,
    /// `None` where no feature differs between trials.
    normal: Option<Cholesky<f64, Dyn>>,
}

impl CrossFit {
    /// Factors the normal equations of both halves; every parameter has the same.
    pub(super) fn new(features: &Features) -> CrossFit {
        CrossFit { halves: (0..2).map(|half| Half::new(features, half)).collect() }
    }

    /// How far the summary of each trial is from that of the observations, for a parameter with these positions in (0, 1).
    pub(super) fn distances(&self, features: &Features, units: &[f64]) -> Vec<f64> {
        let mut distances = vec![0.0; units.len()];
        for (fitted, half) in self.halves.iter().enumerate() {
            let slopes = half.slopes(features, fitted, units);
            for i in features.half(1 - fitted) {
                distances[i] = slopes.dot(&features.trials.column(i)) - slopes.dot(&features.observed);
            }
        }
        distances
    }
}

impl Half {
    fn new(features: &Features, half: usize) -> Half {
        let width = features.trials.nrows();
        let trials = features.half(half).count().max(1) as f64;
        let mut means = DVector::zeros(width);
        for i in features.half(half) {
            means += features.trials.column(i);
        }
        means /= trials;
        let mut normal = DMatrix::zeros(width, width);
        for i in features.half(half) {
            let centered = features.trials.column(i) - &means;
            normal.ger(1.0, &centered, &centered, 1.0);
        }
        for f in 0..width {
            // A feature that does not differ gets no slope, instead of an equation without an answer.
            normal[(f, f)] = if normal[(f, f)] > 0.0 { normal[(f, f)] * (1.0 + RIDGE) } else { 1.0 };
        }
        Half { means, normal: normal.cholesky() }
    }

    fn slopes(&self, features: &Features, half: usize, units: &[f64]) -> DVector<f64> {
        let (mut moments, mut total) = (DVector::zeros(self.means.len()), 0.0);
        for i in features.half(half) {
            moments.axpy(units[i] - 0.5, &features.trials.column(i), 1.0);
            total += units[i] - 0.5;
        }
        moments.axpy(-total, &self.means, 1.0);
        match &self.normal {
            Some(normal) => normal.solve(&moments),
            None => DVector::zeros(self.means.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standard(values: &[f64], observed: f64) -> Standard {
        Standard::given(values.to_vec(), observed)
    }

    #[test]
    fn slopes_are_those_of_least_squares_on_the_other_half() {
        // Even trials: x = -1, 0, 1 and u = 0.2, 0.5, 0.8, a slope of 0.3 on x and none on its square. The sums about the
        // means are 2 for x and 2/3 for the square, and x does not go with its square: the ridge makes the slope
        // 0.6 / (2 x 1.001). Odd trials: u is flat, so that no slope is fitted on them.
        let x = standard(&[-1.0, 7.0, 0.0, 3.0, 1.0, 5.0], 2.0);
        let units = [0.2, 0.5, 0.5, 0.5, 0.8, 0.5];
        let features = Features::of(&[&x]);
        let distances = CrossFit::new(&features).distances(&features, &units);
        let slope = 0.6 / 2.002;
        for (i, expected) in [(1, slope * 5.0), (3, slope * 1.0), (5, slope * 3.0)] {
            assert!((distances[i] - expected).abs() < 1e-12, "{i}: {} is not {expected}", distances[i]);
        }
        for i in [0, 2, 4] {
            assert!(distances[i].abs() < 1e-12, "{i}: {}", distances[i]);
        }
    }

    #[test]
    fn data_that_repeat_one_another_are_solved() {
        let x = standard(&[-1.0, -0.5, 0.0, 0.3, 1.0, 0.8], 0.0);
        let features = Features::of(&[&x, &x]);
        let distances = CrossFit::new(&features).distances(&features, &[0.1, 0.2, 0.5, 0.6, 0.9, 0.8]);
        assert!(distances.iter().all(|d| d.is_finite()));
        assert!(distances[4] > distances[0], "{distances:?}");
    }
}
