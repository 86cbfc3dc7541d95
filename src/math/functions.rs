//! The functions, which are those of `libm`, by the names that they have as methods; whole powers; and how random bits become
//! a number.

pub use libm::{exp, exp2, expm1 as exp_m1, log as ln, log1p as ln_1p, log2, log10, pow as powf, sin, tanh};

/// The middle of one of 2^52 equal parts of the unit interval: never 0 or 1. (Of 2^53 parts the last one's middle is rounded to 1.)
#[inline]
pub fn open_unit(bits: u64) -> f64 {
    ((bits >> 12) as f64 + 0.5) * (1.0 / (1u64 << 52) as f64)
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

    #[test]
    fn the_units_are_open() {
        assert!(open_unit(0) > 0.0 && open_unit(u64::MAX) < 1.0);
        assert_eq!(open_unit(0), 1.0 - open_unit(u64::MAX));
    }

    #[test]
    fn whole_powers_are_products() {
        assert_eq!([powi(10.0, 3), powi(10.0, -2), powi(2.0, 10), powi(3.0, 0)], [1000.0, 0.01, 1024.0, 1.0]);
        assert_eq!(powi(1.5, 3), 1.5 * 1.5 * 1.5);
    }
}
