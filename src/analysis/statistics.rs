//! Statistics of independent trials: means and their error, quantiles, paired differences, and ratios of sums, with the
//! intervals of [`crate::experiment::interval`]. Blank where the trials can say nothing.

use super::results::Estimate;
use crate::experiment::exact::{Number, Sums, covariance, third};
use crate::experiment::interval::{Absent, Moments, Pairs};

/// Mean and spread of an outcome over the trials in which it has a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Trials with a value.
    pub count: usize,
    /// Mean; `None` without a value.
    pub mean: Option<f64>,
    /// Standard error of the mean; `None` with fewer than two values.
    pub standard_error: Option<f64>,
    /// Half of the mean's 95% interval, or why there is none.
    pub half_width: Result<f64, Absent>,
    /// Quantiles in the order of [`QUANTILES`].
    pub quantiles: Option<[f64; 5]>,
}

impl Summary {
    /// From the moments of some values; without quantiles.
    pub fn of_moments(moments: &Moments) -> Summary {
        let count = moments.count;
        Summary {
            count: count as usize,
            mean: (count > 0).then_some(moments.mean),
            standard_error: (count > 1).then(|| (moments.variance / count as f64).sqrt()),
            half_width: moments.half_width(),
            quantiles: None,
        }
    }
}

/// The quantiles that tables show, with their names.
pub const QUANTILES: [(&str, f64); 5] = [("q05", 0.05), ("q25", 0.25), ("median", 0.5), ("q75", 0.75), ("q95", 0.95)];

/// Summarises values; those that are not numbers stand for "no value" and are left out.
pub fn summarise(values: impl Iterator<Item = f64>) -> Summary {
    let mut values: Vec<f64> = values.filter(|v| v.is_finite()).collect();
    let summary = Summary::of_moments(&Moments::of(values.iter().copied()));
    values.sort_by(f64::total_cmp);
    let quantiles = (!values.is_empty()).then(|| QUANTILES.map(|(_, p)| quantile(&values, p)));
    Summary { quantiles, ..summary }
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
    Some(Estimate { value: mean, interval: summary.half_width.map(|half| (mean - half, mean + half)) })
}

/// Where the powers of a number stand: the sums over trials of it, of its square and of its cube.
#[derive(Debug, Clone, Copy)]
pub struct Powers<'a> {
    /// The number: a table of sums and the cell in it.
    pub sum: (&'a Sums, usize),
    /// Its square.
    pub square: (&'a Sums, usize),
    /// Its cube.
    pub cube: (&'a Sums, usize),
}

impl<'a> Powers<'a> {
    /// Of three cells of one table.
    pub fn of(sums: &'a Sums, [sum, square, cube]: [usize; 3]) -> Powers<'a> {
        Powers { sum: (sums, sum), square: (sums, square), cube: (sums, cube) }
    }

    fn numbers(&self) -> Option<[Number; 3]> {
        let Powers { sum, square, cube } = self;
        Some([sum.0.number(sum.1)?, square.0.number(square.1)?, cube.0.number(cube.1)?])
    }
}

/// Exact sums over trials of a numerator, a denominator and their products.
#[derive(Debug, Clone, Copy)]
pub struct Linear<'a> {
    /// Trials.
    pub trials: u64,
    /// Numerator.
    pub x: Powers<'a>,
    /// Denominator.
    pub y: Powers<'a>,
    /// The sums of the products xy, xxy and xyy.
    pub products: (&'a Sums, [usize; 3]),
}

impl Linear<'_> {
    fn pairs(&self) -> Option<Pairs> {
        let (n, (products, cells)) = (self.trials, self.products);
        let ([x, xx, xxx], [y, yy, yyy]) = (self.x.numbers()?, self.y.numbers()?);
        let [xy, xxy, xyy] = [products.number(cells[0])?, products.number(cells[1])?, products.number(cells[2])?];
        let mean = |sum: &Number| crate::experiment::exact::mean(n, sum);
        Some(Pairs {
            count: n,
            x: (mean(&x), covariance(n, &x, &x, &xx)),
            y: (mean(&y), covariance(n, &y, &y, &yy)),
            covariance: covariance(n, &x, &y, &xy),
            thirds: [
                third(n, [&x, &x, &x], [&xx, &xx, &xx], &xxx),
                third(n, [&x, &x, &y], [&xy, &xy, &xx], &xxy),
                third(n, [&x, &y, &y], [&yy, &xy, &xy], &xyy),
                third(n, [&y, &y, &y], [&yy, &yy, &yy], &yyy),
            ],
        })
    }
}

/// A ratio of sums with its 95% interval ([`Pairs::ratio`]). A ratio whose denominator sums to zero is zero where the numerator
/// does too, else blank.
pub fn ratio_of_sums(sums: &Linear<'_>) -> Option<Estimate> {
    let value = ratio(sums.x.sum.0.value(sums.x.sum.1), sums.y.sum.0.value(sums.y.sum.1))?;
    // What is no number has no interval.
    let interval = sums.pairs().map_or(Err(Absent::Skewed), |pairs| pairs.ratio(value));
    Some(Estimate { value, interval })
}

fn ratio(numerator: f64, denominator: f64) -> Option<f64> {
    if denominator != 0.0 { Some(numerator / denominator) } else { (numerator == 0.0).then_some(0.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_has_no_error_and_none_has_no_mean() {
        let one = summarise([3.0, f64::NAN].into_iter());
        assert_eq!((one.count, one.mean, one.standard_error), (1, Some(3.0), None));
        assert_eq!(mean_estimate(&one), Some(Estimate { value: 3.0, interval: Err(Absent::Few) }));
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

    /// A ratio of sums over trials of numerators and denominators.
    fn of(trials: &[(f64, f64)]) -> Option<Estimate> {
        let mut sums = Sums::new(9);
        for (x, y) in trials {
            let values = [*x, x * x, x * x * x, *y, y * y, y * y * y, x * y, x * x * y, x * y * y];
            values.iter().enumerate().for_each(|(cell, value)| sums.add(cell, *value));
        }
        let (x, y) = (Powers::of(&sums, [0, 1, 2]), Powers::of(&sums, [3, 4, 5]));
        ratio_of_sums(&Linear { trials: trials.len() as u64, x, y, products: (&sums, [6, 7, 8]) })
    }

    #[test]
    fn a_ratio_of_sums_is_not_a_mean_of_ratios() {
        // (1 + 9) / (10 + 30), not the mean of 0.1 and 0.3 weighted otherwise. Two trials have no interval.
        assert_eq!(of(&[(1.0, 10.0), (9.0, 30.0)]), Some(Estimate { value: 0.25, interval: Err(Absent::Few) }));
    }

    #[test]
    fn a_ratio_has_an_interval_from_its_sums() {
        // x - y / 2 is 1 and -1 by turns, apart from y, which takes four values.
        let trials: Vec<(f64, f64)> = (0..40)
            .map(|i| {
                let y = f64::from(10 + i % 4);
                (0.5 * y + if (i / 4) % 2 == 0 { 1.0 } else { -1.0 }, y)
            })
            .collect();
        let Estimate { value, interval } = of(&trials).unwrap();
        assert!((value - 0.5).abs() < 1e-12, "{value}");
        let (low, high) = interval.unwrap();
        // Student's t(0.975; 39) is 2.022691; the variance of the rest is 40 / 39, and the mean of y is 11.5.
        let half = 2.022691 * (1.0f64 / 39.0).sqrt() / 11.5;
        assert!((0.5 * (high - low) / half - 1.0).abs() < 1e-3, "{low} {high} {half}");
    }

    #[test]
    fn the_skewness_of_a_ratio_is_that_of_what_it_leaves() {
        // Numerator and denominator are skewed, x - y / 2 is so in one trial of thirty.
        let skewed = |odd: f64| {
            let one = move |i: i32| {
                let y = crate::math::powi(f64::from(1 + i % 3), 3);
                (0.5 * y + if i == 0 { odd } else { f64::from(i % 2) - 0.5 }, y)
            };
            (0..30).map(one).collect::<Vec<_>>()
        };
        assert!(of(&skewed(0.5)).unwrap().interval.is_ok());
        assert_eq!(of(&skewed(50.0)).unwrap().interval, Err(Absent::Skewed));
    }

    #[test]
    fn nothing_over_nothing_is_nothing_and_something_over_nothing_is_blank() {
        assert_eq!(of(&[(0.0, 0.0); 30]), Some(Estimate { value: 0.0, interval: Err(Absent::Same) }));
        assert_eq!(of(&[(1.0, 0.0); 30]), None);
    }
}
