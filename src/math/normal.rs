//! The standard normal distribution. Its inverse is algorithm AS 241 (PPND16; Wichura 1988, Applied Statistics 37, 477-484), good
//! to some 16 digits. Drawn by it, one uniform number makes one normal number, and the greater the one, the greater the other.

use rand::Rng;
use rand_distr::Distribution;

use super::functions::{ln, open_unit};

/// Numerators and denominators of AS 241, from the constant up: about the middle, in the tails, and far out.
const MIDDLE: [[f64; 8]; 2] = [
    [
        3.3871328727963665,
        133.14166789178438,
        1971.5909503065513,
        13731.69376550946,
        45921.95393154987,
        67265.7709270087,
        33430.57558358813,
        2509.0809287301227,
    ],
    [
        1.0,
        42.31333070160091,
        687.1870074920579,
        5394.196021424751,
        21213.794301586597,
        39307.89580009271,
        28729.085735721943,
        5226.495278852854,
    ],
];
const TAIL: [[f64; 8]; 2] = [
    [
        1.4234371107496835,
        4.630337846156546,
        5.769497221460691,
        3.6478483247632045,
        1.2704582524523684,
        0.2417807251774506,
        0.022723844989269184,
        0.0007745450142783414,
    ],
    [
        1.0,
        2.053191626637759,
        1.6763848301838038,
        0.6897673349851,
        0.14810397642748008,
        0.015198666563616457,
        0.0005475938084995345,
        1.0507500716444169e-09,
    ],
];
const FAR: [[f64; 8]; 2] = [
    [
        6.657904643501103,
        5.463784911164114,
        1.7848265399172913,
        0.29656057182850487,
        0.026532189526576124,
        0.0012426609473880784,
        2.7115555687434876e-05,
        2.0103343992922881e-07,
    ],
    [
        1.0,
        0.599832206555888,
        0.1369298809227358,
        0.014875361290850615,
        0.0007868691311456133,
        1.8463183175100548e-05,
        1.421511758316446e-07,
        2.0442631033899397e-15,
    ],
];

/// One polynomial over another.
#[inline]
fn ratio(of: &[[f64; 8]; 2], x: f64) -> f64 {
    let [above, below] = of.map(|polynomial| polynomial.iter().rev().fold(0.0, |sum, factor| sum * x + factor));
    above / below
}

/// The number that a standard normal one is below with a probability in (0, 1).
#[inline]
pub fn normal_quantile(probability: f64) -> f64 {
    let q = probability - 0.5;
    if q.abs() <= 0.425 { q * ratio(&MIDDLE, 0.180625 - q * q) } else { outer_quantile(probability) }
}

/// The same where either tail is less than 0.075.
fn outer_quantile(probability: f64) -> f64 {
    let r = (-ln(probability.min(1.0 - probability))).sqrt();
    let size = if r <= 5.0 { ratio(&TAIL, r - 1.6) } else { ratio(&FAR, r - 5.0) };
    if probability < 0.5 { -size } else { size }
}

/// The probability that a standard normal number is below `x`.
pub fn normal_cdf(x: f64) -> f64 {
    0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2)
}

/// Standard normal numbers.
#[derive(Debug, Clone, Copy)]
pub struct StandardNormal;

impl Distribution<f64> for StandardNormal {
    #[inline]
    fn sample<R: Rng + ?Sized>(&self, stream: &mut R) -> f64 {
        normal_quantile(open_unit(stream.next_u64()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{distance, moments, sorted_sample};
    use super::*;

    #[test]
    fn quantiles_are_those_that_were_published() {
        // The three that Wichura gives to test by, one for each polynomial, and some of tables.
        for (probability, known) in [
            (0.25, -0.6744897501960817),
            (0.001, -3.090232306167814),
            (1e-20, -9.262340089798408),
            (0.5, 0.0),
            (0.9, 1.2815515655446004),
            (0.975, 1.959963984540054),
            (0.075, -1.4395314709384563),
            (1e-300, -37.0470962993612),
        ] {
            let found = normal_quantile(probability);
            assert!(
                (found - known).abs() <= 1e-15 * known.abs().max(1.0)
                    || (probability < 1e-99 && (found - known).abs() < 1e-4),
                "{probability}: {found} and {known}"
            );
        }
    }

    #[test]
    fn it_is_the_inverse_of_the_distribution_function_and_rises() {
        let mut last = f64::NEG_INFINITY;
        for i in 1..20_000 {
            let probability = f64::from(i) / 20_000.0;
            let found = normal_quantile(probability);
            assert!((normal_cdf(found) - probability).abs() < 4e-16, "{probability}");
            assert!(found > last, "{probability}");
            last = found;
        }
    }

    #[test]
    fn draws_are_normal() {
        let sample = sorted_sample(StandardNormal, 100_000);
        let (mean, variance) = moments(&sample);
        // Three standard errors: 1 and the root of 2, over that of the number.
        assert!(
            mean.abs() < 3.0 / 1e5f64.sqrt() && (variance - 1.0).abs() < 3.0 * (2.0 / 1e5f64).sqrt(),
            "{mean}, {variance}"
        );
        assert!(distance(&sample, normal_cdf) < 1.95);
    }
}
