//! The mathematics of the program: every function that IEEE 754 does not fix to the last bit, and what is made of them. The
//! platform's own differ in their last digits from one C library to the next, and a last digit grows into another trial; the
//! crate `libm` is the same Rust code everywhere. So the same seed gives the same numbers on every machine, and `clippy.toml`
//! refuses the methods of floats that ask the platform. (Sums, products, quotients, roots and roundings are exact by the standard.)

mod beta;
mod functions;
mod gamma;
mod normal;
mod student;

pub use beta::Beta;
pub use functions::*;
pub use gamma::Gamma;
pub use normal::{StandardNormal, normal_cdf, normal_quantile};
pub use student::student_quantile;

/// What the tests of the distributions share.
#[cfg(test)]
mod tests {
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
}
