//! The mathematics of the program: every function that IEEE 754 does not fix to the last bit, and what is made of them. The
//! platform's own differ in their last digits from one C library to the next, and a last digit grows into another trial; the
//! crate `libm` is the same Rust code everywhere. So the same seed gives the same numbers on every machine, and `clippy.toml`
//! refuses the methods of floats that ask the platform. (Sums, products, quotients, roots and roundings are exact by the standard.)

mod beta;
mod gamma;
mod normal;
mod student;

pub use beta::Beta;
pub use gamma::Gamma;
pub use libm::{exp, exp2, expm1 as exp_m1, log as ln, log1p as ln_1p, log2, log10, pow as powf, sin, tanh};
pub use normal::{StandardNormal, normal_cdf, normal_quantile};
pub use student::student_quantile;

/// The middle of one of 2^53 equal parts of the unit interval: never 0 or 1.
#[inline]
pub fn open_unit(bits: u64) -> f64 {
    ((bits >> 11) as f64 + 0.5) * (1.0 / (1u64 << 53) as f64)
}

/// A whole power, by squaring.
pub fn powi(base: f64, exponent: i32) -> f64 {
    let (mut power, mut square, mut rest) = (1.0, base, exponent.unsigned_abs());
    while rest > 0 {
        if rest % 2 == 1 {
            power *= square;
        }
        square *= square;
        rest /= 2;
    }
    if exponent < 0 { 1.0 / power } else { power }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_distr::Distribution;
    use rand_xoshiro::SplitMix64;
    use rand_xoshiro::rand_core::SeedableRng;

    /// Numbers drawn from a distribution, sorted.
    pub(super) fn sorted_sample(distribution: impl Distribution<f64>, count: usize) -> Vec<f64> {
        let mut stream = SplitMix64::seed_from_u64(7);
        let mut sample: Vec<f64> = (0..count).map(|_| distribution.sample(&mut stream)).collect();
        sample.sort_by(f64::total_cmp);
        sample
    }

    /// Mean and variance.
    pub(super) fn moments(sample: &[f64]) -> (f64, f64) {
        let n = sample.len() as f64;
        let mean = sample.iter().sum::<f64>() / n;
        (mean, sample.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n)
    }

    /// The distance of Kolmogorov and Smirnov from a distribution function, times the root of the number: beyond 1.95 once in a
    /// thousand samples.
    pub(super) fn distance(sorted: &[f64], cdf: impl Fn(f64) -> f64) -> f64 {
        let n = sorted.len() as f64;
        let gap = |(i, x): (usize, &f64)| (cdf(*x) - i as f64 / n).abs().max((cdf(*x) - (i + 1) as f64 / n).abs());
        n.sqrt() * sorted.iter().enumerate().map(gap).fold(0.0, f64::max)
    }

    #[test]
    fn the_units_are_open() {
        assert!(open_unit(0) > 0.0 && open_unit(u64::MAX) < 1.0);
    }

    #[test]
    fn whole_powers_are_products() {
        assert_eq!([powi(10.0, 3), powi(10.0, -2), powi(2.0, 10), powi(3.0, 0)], [1000.0, 0.01, 1024.0, 1.0]);
        assert_eq!(powi(1.5, 3), 1.5 * 1.5 * 1.5);
    }
}
