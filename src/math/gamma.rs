//! Gamma numbers, by Marsaglia and Tsang (2000, ACM Transactions on Mathematical Software 26, 363-372): a cubed normal number, kept
//! or drawn anew by a uniform one. A shape below 1 takes a gamma number of the shape above it times a power of one more uniform
//! number, the last that is drawn: so the first two mean the same on both sides of 1, where scenarios of a trial may lie.

use rand::Rng;
use rand_distr::Distribution;

use super::functions::{ln, open_unit, powf};
use super::normal::StandardNormal;

/// A gamma distribution.
#[derive(Debug, Clone, Copy)]
pub struct Gamma {
    scale: f64,
    /// The shape, or 1 more where it is below 1, less a third.
    d: f64,
    /// 1 over the root of 9 d.
    c: f64,
    /// For a shape below 1, 1 over it.
    power: Option<f64>,
}

impl Gamma {
    /// That of a shape and a scale: the mean is their product. `None` unless both are positive and finite.
    #[inline]
    pub fn new(shape: f64, scale: f64) -> Option<Gamma> {
        let proper = shape > 0.0 && shape < f64::INFINITY && scale > 0.0 && scale < f64::INFINITY;
        let d = if shape < 1.0 { shape + 1.0 } else { shape } - 1.0 / 3.0;
        proper.then(|| Gamma { scale, d, c: 1.0 / (9.0 * d).sqrt(), power: (shape < 1.0).then(|| 1.0 / shape) })
    }
}

impl Distribution<f64> for Gamma {
    #[inline]
    fn sample<R: Rng + ?Sized>(&self, stream: &mut R) -> f64 {
        let cube = loop {
            let x = StandardNormal.sample(stream);
            let unit = open_unit(stream.next_u64());
            let root = 1.0 + self.c * x;
            if root <= 0.0 {
                continue;
            }
            let (cube, square) = (root * root * root, x * x);
            // The first is a part of the second, and quicker.
            if unit < 1.0 - 0.0331 * square * square || ln(unit) < 0.5 * square + self.d * (1.0 - cube + ln(cube)) {
                break cube;
            }
        };
        let sampled = self.d * cube * self.scale;
        match self.power {
            None => sampled,
            Some(power) => sampled * powf(open_unit(stream.next_u64()), power),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{distance, moments, sorted_sample};
    use super::*;
    use statrs::distribution::ContinuousCDF;

    #[test]
    fn draws_are_gamma() {
        for (shape, scale) in [(0.05, 1.0), (0.4, 2.0), (0.999, 1.0), (1.0, 3.0), (2.5, 0.5), (40.0, 1.0), (1e4, 1.0)] {
            let sample = sorted_sample(Gamma::new(shape, scale).unwrap(), 100_000);
            let (mean, variance) = moments(&sample);
            // Three standard errors; the fourth central moment is (3 shape² + 6 shape) scale⁴.
            let n = sample.len() as f64;
            let (sd, fourth) =
                (shape.sqrt() * scale, (3.0 * shape * shape + 6.0 * shape) * scale * scale * scale * scale);
            assert!((mean - shape * scale).abs() < 3.0 * sd / n.sqrt(), "{shape}: mean {mean}");
            let error = ((fourth - sd * sd * sd * sd) / n).sqrt();
            assert!((variance - sd * sd).abs() < 3.0 * error, "{shape}: variance {variance}");
            let known = statrs::distribution::Gamma::new(shape, 1.0 / scale).unwrap();
            let distance = distance(&sample, |x| known.cdf(x));
            assert!(distance < 1.95, "{shape}: {distance}");
        }
    }

    #[test]
    fn what_has_no_distribution_is_refused() {
        for (shape, scale) in
            [(0.0, 1.0), (-1.0, 1.0), (f64::NAN, 1.0), (f64::INFINITY, 1.0), (1.0, 0.0), (1.0, f64::NAN)]
        {
            assert!(Gamma::new(shape, scale).is_none(), "{shape}, {scale}");
        }
    }
}
