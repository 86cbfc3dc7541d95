//! The one 95% interval of this program: of a mean by Student's t, of a ratio of two means by Fieller's theorem, which is
//! Student's t on the difference that the ratio is the zero of. Where no method was found to hold there is none, and a reason
//! instead. `docs/stopping.md` says how often it covers the truth, by a study (`studies/coverage_of_intervals.rs`).

use std::fmt;

use crate::math::student_quantile;

/// Fewer values than these have no interval: below, that of the shortfall covers the truth in less than 92% of cases in some
/// scenario.
pub const FEWEST: u64 = 20;

/// An interval takes so many values times the square of their skewness: fewer, and a handful of trials decide where it lies. Of
/// an outcome that is nothing in nearly all trials, about so many must be something.
pub const PER_SQUARED_SKEWNESS: f64 = 3.0;

/// A difference that is less than this share of what it is the difference of is rounding.
const ALIKE: f64 = 1e-12;

/// What a number of a trial is more here than there: nothing where the two are alike but for rounding.
pub fn difference(here: f64, there: f64) -> f64 {
    let difference = here - there;
    if difference.abs() <= ALIKE * here.abs().max(there.abs()) { 0.0 } else { difference }
}

/// A variance that is less than this share of what it is the difference of is rounding.
const ROUNDING: f64 = 1e-14;

/// Why an estimate has no interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// Fewer values than [`FEWEST`].
    Few,
    /// All values are the same, which says nothing of those that were not drawn.
    Same,
    /// The values are too skewed for their number.
    Skewed,
    /// Trials that share draws with one another.
    Dependent,
    /// What a ratio is divided by is not surely other than zero.
    Unbounded,
}

impl fmt::Display for Absent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Absent::Few => write!(f, "fewer than {FEWEST} trials"),
            Absent::Same => f.write_str("the same in every trial"),
            Absent::Skewed => f.write_str("a few trials decide it"),
            Absent::Dependent => f.write_str("trials share draws"),
            Absent::Unbounded => f.write_str("what it is divided by could be nothing"),
        }
    }
}

/// Number, mean, variance and skewness of values.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Moments {
    /// How many values; trials in which an outcome is blank are not counted.
    pub count: u64,
    /// Their mean; of no meaning without a value.
    pub mean: f64,
    /// Their variance: the sum of squared deviations over `count - 1`; of no meaning with fewer than two values.
    pub variance: f64,
    /// Their skewness: the mean cubed deviation over the mean squared one to the power of 3/2; of no meaning without variance.
    pub skewness: f64,
}

impl Moments {
    /// Those of values; what is no number is left out.
    pub fn of(values: impl Iterator<Item = f64> + Clone) -> Moments {
        let values = values.filter(|value| value.is_finite());
        let count = values.clone().count() as u64;
        let n = count.max(1) as f64;
        let mean = values.clone().sum::<f64>() / n;
        let (mut squares, mut cubes) = (0.0, 0.0);
        for deviation in values.map(|value| value - mean) {
            squares += deviation * deviation;
            cubes += deviation * deviation * deviation;
        }
        let variance = squares / count.saturating_sub(1).max(1) as f64;
        Moments { count, mean, variance, skewness: skewness(count, variance, cubes / n) }
    }

    /// Half of the interval of their mean.
    ///
    /// # Errors
    /// It has none.
    pub fn half_width(&self) -> Result<f64, Absent> {
        supported(self.count, self.variance, self.skewness)?;
        Ok(student95(self.count) * (self.variance / self.count as f64).sqrt())
    }
}

/// Skewness from the sample variance and the mean cubed deviation; zero without variance.
pub fn skewness(count: u64, variance: f64, third: f64) -> f64 {
    let second = variance * count.saturating_sub(1) as f64 / count.max(1) as f64;
    if second > 0.0 { third / (second * second.sqrt()) } else { 0.0 }
}

/// Whether values support an interval.
fn supported(count: u64, variance: f64, skewness: f64) -> Result<(), Absent> {
    match () {
        () if count < FEWEST => Err(Absent::Few),
        () if variance == 0.0 => Err(Absent::Same),
        // Of what is no number nothing is known.
        () if (count as f64) >= PER_SQUARED_SKEWNESS * skewness * skewness => Ok(()),
        () => Err(Absent::Skewed),
    }
}

/// Pairs of a numerator and a denominator.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Pairs {
    /// How many.
    pub count: u64,
    /// Mean and variance of the numerators.
    pub x: (f64, f64),
    /// Mean and variance of the denominators.
    pub y: (f64, f64),
    /// Covariance of the two.
    pub covariance: f64,
    /// Mean products of three deviations: xxx, xxy, xyy, yyy.
    pub thirds: [f64; 4],
}

impl Pairs {
    /// The interval of the mean numerator over the mean denominator, which is `value`: all ratios r for which the mean of x - ry
    /// differs from zero by no more than Student's t allows. Zero lies in it exactly if it lies in the interval of the mean of x.
    ///
    /// # Errors
    /// It has none.
    pub fn ratio(&self, value: f64) -> Result<(f64, f64), Absent> {
        let ((x, xx), (y, yy), xy) = (self.x, self.y, self.covariance);
        let variance = xx - 2.0 * value * xy + value * value * yy;
        let variance = if variance > ROUNDING * (xx + value * value * yy) { variance } else { 0.0 };
        let [xxx, xxy, xyy, yyy] = self.thirds;
        let third = xxx - value * (3.0 * xxy - value * (3.0 * xyy - value * yyy));
        supported(self.count, variance, skewness(self.count, variance, third))?;
        let n = self.count as f64;
        let student = student95(self.count);
        let scale = student * student / n;
        // The roots of a r² - 2 b r + c.
        let (a, b, c) = (y * y - scale * yy, x * y - scale * xy, x * x - scale * xx);
        let root = b * b - a * c;
        if !(a > 0.0 && root >= 0.0) {
            return Err(Absent::Unbounded);
        }
        Ok(((b - root.sqrt()) / a, (b + root.sqrt()) / a))
    }
}

/// One side of what a 95% interval leaves out.
pub const TAIL: f64 = 0.025;

/// The 97.5% quantile of Student's t with `count - 1` degrees of freedom.
pub fn student95(count: u64) -> f64 {
    let freedom = count.saturating_sub(1).max(1) as f64;
    student_quantile(1.0 - TAIL, freedom)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Twenty pairs: x runs from 1 to 20, y is 100 less or more by turns.
    fn pairs() -> Pairs {
        let xs: Vec<f64> = (1..=20).map(f64::from).collect();
        let ys: Vec<f64> = (1..=20).map(|i| if i % 2 == 0 { 99.0 } else { 101.0 }).collect();
        let mean = |values: &[f64]| values.iter().sum::<f64>() / 20.0;
        let (x, y) = (mean(&xs), mean(&ys));
        let product = |of: &dyn Fn(f64, f64) -> f64| xs.iter().zip(&ys).map(|(a, b)| of(a - x, b - y)).sum::<f64>();
        Pairs {
            count: 20,
            x: (x, product(&|a, _| a * a) / 19.0),
            y: (y, product(&|_, b| b * b) / 19.0),
            covariance: product(&|a, b| a * b) / 19.0,
            thirds: [
                product(&|a, _| a * a * a) / 20.0,
                product(&|a, b| a * a * b) / 20.0,
                product(&|a, b| a * b * b) / 20.0,
                product(&|_, b| b * b * b) / 20.0,
            ],
        }
    }

    #[test]
    fn the_moments_are_those_of_the_values_that_are_numbers() {
        let found = Moments::of([1.0, 2.0, f64::NAN, 3.0, 10.0].into_iter());
        // Deviations -3, -2, -1, 6: squares 50, cubes 180.
        assert_eq!((found.count, found.mean, found.variance), (4, 4.0, 50.0 / 3.0));
        assert!((found.skewness - 45.0 / (12.5 * 12.5f64.sqrt())).abs() < 1e-12, "{found:?}");
        assert_eq!(Moments::of([5.0; 30].into_iter()).skewness, 0.0);
    }

    #[test]
    fn numbers_that_are_alike_do_not_differ() {
        assert_eq!(difference(0.1 + 0.2, 0.3), 0.0);
        assert_eq!((difference(3.0, 1.0), difference(1.0 + 1e-9, 1.0)), (2.0, 1.0 + 1e-9 - 1.0));
        assert!(difference(f64::NAN, 1.0).is_nan());
    }

    #[test]
    fn there_is_no_interval_where_none_holds() {
        let some = Moments { count: 20, mean: 1.0, variance: 4.0, skewness: 2.0 };
        // t(0.975; 19) is 2.093024.
        assert!((some.half_width().unwrap() - 2.093024 * 2.0 / 20f64.sqrt()).abs() < 1e-5);
        assert_eq!(Moments { count: 19, ..some }.half_width(), Err(Absent::Few));
        assert_eq!(Moments { variance: 0.0, ..some }.half_width(), Err(Absent::Same));
        assert_eq!(Moments { skewness: -2.6, ..some }.half_width(), Err(Absent::Skewed));
        assert_eq!(Moments { skewness: f64::NAN, ..some }.half_width(), Err(Absent::Skewed));
        // A loss in 2 of 1,000 trials has none, in 3 it has.
        let losses = |k: usize| Moments::of((0..1000).map(move |i| if i < k { 1.0 } else { 0.0 })).half_width();
        assert_eq!(losses(2), Err(Absent::Skewed));
        assert!(losses(3).is_ok() && losses(4).is_ok());
    }

    #[test]
    fn a_ratio_has_the_interval_of_fieller() {
        let pairs = pairs();
        let ratio = pairs.x.0 / pairs.y.0;
        let (low, high) = pairs.ratio(ratio).unwrap();
        // At either end, x - ry is as far from zero as t(0.975; 19) allows.
        for end in [low, high] {
            let variance = pairs.x.1 - 2.0 * end * pairs.covariance + end * end * pairs.y.1;
            let t = (pairs.x.0 - end * pairs.y.0) / (variance / 20.0).sqrt();
            assert!((t.abs() - 2.093024).abs() < 1e-5, "{end}: {t}");
        }
        assert!(low < ratio && ratio < high);
        assert_eq!(Pairs { count: 19, ..pairs }.ratio(ratio), Err(Absent::Few));
        assert_eq!(Pairs { y: (100.0, 1e6), ..pairs }.ratio(ratio), Err(Absent::Unbounded));
    }

    #[test]
    fn a_ratio_and_its_numerator_agree_about_zero() {
        // From surely below zero to surely above it: the sign of a ratio is as sure as that of its numerator.
        for step in -40..=40 {
            let x = f64::from(step) / 10.0;
            let pairs = Pairs { x: (x, 30.0), covariance: 4.0, ..pairs() };
            let half = Moments { count: 20, mean: x, variance: 30.0, skewness: 0.0 }.half_width().unwrap();
            let (low, high) = pairs.ratio(x / pairs.y.0).unwrap();
            assert_eq!((low < 0.0, high > 0.0), (x - half < 0.0, x + half > 0.0), "{x}");
        }
    }

    #[test]
    fn a_numerator_in_proportion_is_the_same_in_every_trial() {
        let pairs = pairs();
        let proportional = Pairs { x: (200.0, 4.0 * pairs.y.1), covariance: 2.0 * pairs.y.1, ..pairs };
        assert_eq!(proportional.ratio(2.0), Err(Absent::Same));
        assert_eq!(Pairs { x: (0.0, 0.0), covariance: 0.0, ..pairs }.ratio(0.0), Err(Absent::Same));
    }
}
