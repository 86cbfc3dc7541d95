//! Statistics of independent trials: means and their error, quantiles, paired differences, and ratios of sums with
//! intervals by the bootstrap. Blank where one trial can say nothing.

use rayon::prelude::*;

use super::results::Estimate;
use crate::experiment::exact::{Sums, covariance};
use crate::experiment::stopping::precision::student95;
use crate::model::chance::{Chance, EntityKey, Purpose};
use rand_xoshiro::rand_core::Rng;

/// Mean and spread of an outcome over the trials in which it has a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Trials with a value.
    pub count: usize,
    /// Mean; `None` without a value.
    pub mean: Option<f64>,
    /// Standard error of the mean; `None` with fewer than two values.
    pub standard_error: Option<f64>,
    /// Quantiles in the order of [`QUANTILES`].
    pub quantiles: Option<[f64; 5]>,
}

impl Summary {
    /// From the exact sums of some values and of their squares; without quantiles.
    pub fn of_sums(sums: &Sums, count: u64, sum: usize, square: usize) -> Summary {
        let mean = (count > 0).then(|| sums.mean(count, sum));
        let error = |_| (sums.variance(count, sum, square) / count as f64).sqrt();
        let standard_error = mean.filter(|_| count > 1).map(error);
        Summary { count: count as usize, mean, standard_error, quantiles: None }
    }
}

/// The quantiles that tables show, with their names.
pub const QUANTILES: [(&str, f64); 5] = [("q05", 0.05), ("q25", 0.25), ("median", 0.5), ("q75", 0.75), ("q95", 0.95)];

/// Summarises values; those that are not numbers stand for "no value" and are left out.
pub fn summarise(values: impl Iterator<Item = f64>) -> Summary {
    let mut values: Vec<f64> = values.filter(|v| v.is_finite()).collect();
    let count = values.len();
    let mean = (count > 0).then(|| values.iter().sum::<f64>() / count as f64);
    let standard_error = mean.filter(|_| count > 1).map(|mean| {
        let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
        (squares / (count - 1) as f64 / count as f64).sqrt()
    });
    values.sort_by(f64::total_cmp);
    let quantiles = (count > 0).then(|| QUANTILES.map(|(_, p)| quantile(&values, p)));
    Summary { count, mean, standard_error, quantiles }
}

/// A quantile of sorted values, linear between order statistics (type 7 of Hyndman and Fan). Zero of none.
pub fn quantile(sorted: &[f64], p: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return 0.0 };
    let place = p * last as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64)
}

/// A mean with its 95% interval by Student's t.
pub fn mean_estimate(summary: &Summary) -> Option<Estimate> {
    let mean = summary.mean?;
    let interval = summary.standard_error.map(|error| {
        let half = student95(summary.count as u64) * error;
        (mean - half, mean + half)
    });
    Some(Estimate { value: mean, interval })
}

/// Resamples of the bootstrap.
pub const RESAMPLES: u64 = 1000;

/// Ratios of sums over trials, each with a 95% percentile interval over [`RESAMPLES`] bootstrap resamples of whole trials.
/// `rows` holds `2 * ratios` numbers a trial: numerators, then denominators. A ratio whose denominator sums to zero is
/// zero where the numerator does too, else blank.
pub fn ratios_of_sums(rows: &[f64], ratios: usize, seed: u64) -> Vec<Option<Estimate>> {
    let width = 2 * ratios;
    let trials = rows.len().checked_div(width).unwrap_or(0);
    let total = sum_rows(rows, width, 0..trials);
    let resampled: Vec<Vec<f64>> = if trials < 2 {
        Vec::new()
    } else {
        (0..RESAMPLES)
            .into_par_iter()
            .map(|resample| {
                let mut stream = Chance::new(seed, resample).stream(Purpose::Bootstrap, EntityKey::of("trials"), 0);
                // Unbiased enough: 2^64 over the number of trials.
                let pick = |_| ((u128::from(stream.next_u64()) * trials as u128) >> 64) as usize;
                let sums = sum_rows(rows, width, (0..trials).map(pick));
                (0..ratios).map(|k| ratio(sums[k], sums[ratios + k]).unwrap_or(f64::NAN)).collect()
            })
            .collect()
    };
    (0..ratios)
        .map(|k| {
            let value = ratio(total[k], total[ratios + k])?;
            let mut values: Vec<f64> = resampled.iter().map(|r| r[k]).filter(|v| v.is_finite()).collect();
            values.sort_by(f64::total_cmp);
            let interval = (!values.is_empty()).then(|| (quantile(&values, 0.025), quantile(&values, 0.975)));
            Some(Estimate { value, interval })
        })
        .collect()
}

/// Exact sums over trials of two numbers, of their squares and of their product: each with the cells where they stand.
#[derive(Debug, Clone, Copy)]
pub struct Linear<'a> {
    /// Trials.
    pub trials: u64,
    /// Numerator: its sum and the sum of its squares.
    pub x: (&'a Sums, usize, usize),
    /// Denominator.
    pub y: (&'a Sums, usize, usize),
    /// The sum of products.
    pub product: (&'a Sums, usize),
}

/// A ratio of sums with a 95% interval by Student's t on the linearised ratio (the delta method: the variance of x - ry
/// over the mean of y): what is used where there are too many trials to resample, or too many ratios. Blank as in
/// [`ratios_of_sums`].
pub fn ratio_of_sums(sums: &Linear<'_>) -> Option<Estimate> {
    let Linear { trials: n, x: (xs, x, xx), y: (ys, y, yy), product: (ps, p) } = *sums;
    let value = ratio(xs.value(x), ys.value(y))?;
    let mean = ys.mean(n, y);
    let (vx, vy) = (xs.variance(n, x, xx), ys.variance(n, y, yy));
    let covariance = covariance(n, &xs.number(x)?, &ys.number(y)?, &ps.number(p)?);
    let interval = (n > 1 && mean != 0.0).then(|| {
        let variance = (vx - 2.0 * value * covariance + value * value * vy).max(0.0);
        let half = student95(n) * (variance / n as f64).sqrt() / mean.abs();
        (value - half, value + half)
    });
    Some(Estimate { value, interval })
}

fn ratio(numerator: f64, denominator: f64) -> Option<f64> {
    if denominator != 0.0 { Some(numerator / denominator) } else { (numerator == 0.0).then_some(0.0) }
}

fn sum_rows(rows: &[f64], width: usize, picks: impl Iterator<Item = usize>) -> Vec<f64> {
    let mut sums = vec![0.0; width];
    for pick in picks {
        for (sum, value) in sums.iter_mut().zip(&rows[pick * width..(pick + 1) * width]) {
            *sum += value;
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_has_no_error_and_none_has_no_mean() {
        let one = summarise([3.0, f64::NAN].into_iter());
        assert_eq!((one.count, one.mean, one.standard_error), (1, Some(3.0), None));
        assert_eq!(mean_estimate(&one), Some(Estimate { value: 3.0, interval: None }));
        assert_eq!(summarise(std::iter::empty()).mean, None);
    }

    #[test]
    fn quantiles_are_linear_between_values() {
        assert_eq!(quantile(&[0.0, 10.0], 0.25), 2.5);
        assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.5), 3.0);
    }

    #[test]
    fn a_standard_error_is_that_of_the_mean() {
        let s = summarise([1.0, 2.0, 3.0, 4.0].into_iter());
        assert!((s.standard_error.unwrap_or(0.0) - (5.0f64 / 3.0 / 4.0).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn a_ratio_of_sums_is_not_a_mean_of_ratios() {
        // (1 + 9) / (10 + 10), not the mean of 0.1 and 0.9 weighted otherwise; the interval spans the trials.
        let estimate =
            ratios_of_sums(&[1.0, 10.0, 9.0, 30.0], 1, 7)[0].unwrap_or(Estimate { value: 0.0, interval: None });
        assert_eq!(estimate.value, 0.25);
        let (low, high) = estimate.interval.unwrap_or((0.0, 0.0));
        assert!((low - 0.1).abs() < 1e-12 && (high - 0.3).abs() < 1e-12, "{low} {high}");
    }

    #[test]
    fn nothing_over_nothing_is_nothing_and_something_over_nothing_is_blank() {
        assert_eq!(ratios_of_sums(&[0.0, 0.0], 1, 7), [Some(Estimate { value: 0.0, interval: None })]);
        assert_eq!(ratios_of_sums(&[1.0, 0.0], 1, 7), [None]);
    }
}
