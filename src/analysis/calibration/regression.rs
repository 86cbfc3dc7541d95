//! The summary of all observations for one parameter: its expected position given what was observed, by ridge regression
//! on the data and their squares. Fitted on one half of the trials and used on the other, and the other way round
//! (cross-fitting), so that a parameter that the data say nothing of is not found to move by fitting noise.

use super::cholesky::{Factor, Symmetric};
use super::data::Standard;

/// Ridge penalty as a share of each feature's sum of squares: enough for observations that nearly repeat one another.
const RIDGE: f64 = 1e-3;

/// What the regression sees of a trial: each datum and its square.
#[derive(Debug, Clone)]
pub struct Features {
    /// Features of a trial, one trial after the other.
    trials: Vec<f64>,
    /// What was observed, in the same form.
    observed: Vec<f64>,
}

impl Features {
    /// The features of standardized data.
    pub(super) fn of(data: &[&Standard]) -> Features {
        let with_square = |x: f64| [x, x * x];
        let trials = data.first().map_or(0, |d| d.values.len());
        Features {
            trials: (0..trials).flat_map(|i| data.iter().flat_map(move |d| with_square(d.values[i]))).collect(),
            observed: data.iter().flat_map(|d| with_square(d.observed)).collect(),
        }
    }

    /// How many features a trial has.
    fn width(&self) -> usize {
        self.observed.len()
    }

    /// The features of a trial.
    fn trial(&self, i: usize) -> &[f64] {
        &self.trials[i * self.width()..(i + 1) * self.width()]
    }

    /// Trials of a half: the even or the odd.
    fn half(&self, half: usize) -> impl Iterator<Item = usize> + use<> {
        let trials = self.trials.len().checked_div(self.width()).unwrap_or(0);
        (half..trials).step_by(2)
    }
}

/// Two fits, each from one half of the trials.
#[derive(Debug, Clone)]
pub struct CrossFit {
    halves: Vec<Half>,
}

#[derive(Debug, Clone)]
struct Half {
    means: Vec<f64>,
    /// `None` where no feature differs between trials.
    normal: Option<Factor>,
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
                distances[i] = dot(&slopes, features.trial(i)) - dot(&slopes, &features.observed);
            }
        }
        distances
    }
}

impl Half {
    fn new(features: &Features, half: usize) -> Half {
        let width = features.width();
        let trials = features.half(half).count().max(1) as f64;
        let mut means = vec![0.0; width];
        for i in features.half(half) {
            add_scaled(&mut means, 1.0, features.trial(i));
        }
        means.iter_mut().for_each(|mean| *mean /= trials);
        let mut normal = Symmetric::zeros(width);
        let mut centered = vec![0.0; width];
        for i in features.half(half) {
            centered.copy_from_slice(features.trial(i));
            add_scaled(&mut centered, -1.0, &means);
            normal.add_outer(&centered);
        }
        for f in 0..width {
            let diagonal = normal.diagonal_mut(f);
            // A feature that does not differ gets no slope, instead of an equation without an answer.
            *diagonal = if *diagonal > 0.0 { *diagonal * (1.0 + RIDGE) } else { 1.0 };
        }
        Half { means, normal: normal.factor() }
    }

    fn slopes(&self, features: &Features, half: usize, units: &[f64]) -> Vec<f64> {
        let (mut moments, mut total) = (vec![0.0; self.means.len()], 0.0);
        for i in features.half(half) {
            add_scaled(&mut moments, units[i] - 0.5, features.trial(i));
            total += units[i] - 0.5;
        }
        add_scaled(&mut moments, -total, &self.means);
        match &self.normal {
            Some(normal) => normal.solve(&moments),
            None => vec![0.0; self.means.len()],
        }
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// `sum += factor * vector`, entry by entry.
fn add_scaled(sum: &mut [f64], factor: f64, vector: &[f64]) {
    for (entry, x) in sum.iter_mut().zip(vector) {
        *entry += factor * x;
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
