//! Exact numbers: integers times powers of two, into which sums of `f64` fit without error, and the statistics that are
//! computed from them exactly and rounded once.

use num_bigint::{BigInt, BigUint, Sign};

/// An exact number, `integer · 2^exponent`. The integer is odd, or the number is zero with exponent 0, so that equal
/// numbers are equal in their parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    integer: BigInt,
    exponent: i32,
}

impl Number {
    /// `integer · 2^exponent`.
    pub fn new(integer: BigInt, exponent: i32) -> Number {
        match integer.trailing_zeros() {
            None => Number { integer, exponent: 0 },
            Some(zeros) => Number { integer: integer >> zeros, exponent: exponent + zeros as i32 },
        }
    }

    /// The sum of terms `integer · 2^exponent`.
    pub fn sum(terms: &[(i128, i32)]) -> Number {
        let lowest = terms.iter().map(|(_, exponent)| *exponent).min().unwrap_or(0);
        let integer = terms.iter().map(|(integer, exponent)| BigInt::from(*integer) << (exponent - lowest)).sum();
        Number::new(integer, lowest)
    }

    /// The odd integer and the exponent.
    pub fn parts(&self) -> (&BigInt, i32) {
        (&self.integer, self.exponent)
    }

    /// The nearest `f64`; ties go to even, beyond the largest is infinite.
    pub fn to_f64(&self) -> f64 {
        self.over(1_u32.into())
    }

    fn times(&self, other: &Number) -> Number {
        Number::new(&self.integer * &other.integer, self.exponent + other.exponent)
    }

    fn minus(&self, other: &Number) -> Number {
        let lowest = self.exponent.min(other.exponent);
        let at = |number: &Number| &number.integer << (number.exponent - lowest);
        Number::new(at(self) - at(other), lowest)
    }

    /// The `f64` nearest to this number over a denominator, which is not zero.
    fn over(&self, denominator: BigUint) -> f64 {
        let numerator = self.integer.magnitude();
        if self.integer.sign() == Sign::NoSign {
            return 0.0;
        }
        // So that the quotient has 64 bits or more; what division leaves over only says that there is more.
        let raised = (65 + denominator.bits()).saturating_sub(numerator.bits());
        let numerator = numerator << raised;
        let quotient = &numerator / &denominator;
        let mut more = &quotient * &denominator != numerator;
        let dropped = quotient.bits() - 64;
        more |= quotient.trailing_zeros().is_some_and(|zeros| zeros < dropped);
        let head = (quotient >> dropped).iter_u64_digits().next().unwrap_or(0);
        let exponent = self.exponent - raised as i32 + dropped as i32;
        nearest(self.integer.sign() == Sign::Minus, head | u64::from(more), exponent)
    }
}

/// The `f64` nearest to `integer · 2^exponent`.
pub fn nearest_of(integer: i128, exponent: i32) -> f64 {
    let magnitude = integer.unsigned_abs();
    if magnitude == 0 {
        return 0.0;
    }
    let high = magnitude << magnitude.leading_zeros();
    let head = (high >> 64) as u64 | u64::from(high as u64 != 0);
    nearest(integer < 0, head, exponent + 64 - magnitude.leading_zeros() as i32)
}

/// The `f64` nearest to `head · 2^exponent`, where the highest bit of `head` is set and its lowest also stands for
/// all that is lower.
fn nearest(negative: bool, head: u64, exponent: i32) -> f64 {
    let leading = exponent + 63;
    if leading > 1023 {
        return if negative { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    // Numbers below the normal ones keep fewer bits.
    let kept_bits = (leading + 1075).clamp(-1, 53);
    if kept_bits < 0 {
        return if negative { -0.0 } else { 0.0 };
    }
    let dropped = 64 - kept_bits as u32;
    let kept = (u128::from(head) >> dropped) as u64;
    let (rest, half) = (u128::from(head) - (u128::from(kept) << dropped), 1_u128 << (dropped - 1));
    let up = rest > half || (rest == half && kept & 1 == 1);
    // Rounding up may carry into the exponent, and does so rightly.
    let exponent_bits = if kept_bits == 53 { (leading + 1022) as u64 } else { 0 };
    f64::from_bits(u64::from(negative) << 63 | ((exponent_bits << 52) + kept + u64::from(up)))
}

/// `Σx / n`, rounded once; NaN without values.
pub fn mean(n: u64, sum: &Number) -> f64 {
    if n == 0 { f64::NAN } else { sum.over(n.into()) }
}

/// The sample variance `(n·Σx² − (Σx)²) / (n·(n−1))`, rounded once; NaN for fewer than two values. Never negative.
pub fn variance(n: u64, sum: &Number, square: &Number) -> f64 {
    let variance = covariance(n, sum, sum, square);
    // Negative only if the squares are not those of the sum's values.
    if variance < 0.0 { 0.0 } else { variance }
}

/// The sample covariance `(n·Σxy − Σx·Σy) / (n·(n−1))`, rounded once; NaN for fewer than two values.
pub fn covariance(n: u64, x: &Number, y: &Number, product: &Number) -> f64 {
    if n < 2 {
        return f64::NAN;
    }
    let scaled = Number::new(&product.integer * n, product.exponent);
    scaled.minus(&x.times(y)).over(BigUint::from(n) * (n - 1))
}

/// The mean product of three deviations, `Σ(x - x̄)(y - ȳ)(z - z̄) / n`, from the sums of `[x, y, z]`, of the products
/// `[yz, xz, xy]` and of `xyz`, rounded once; NaN without values.
pub fn third(n: u64, sums: [&Number; 3], products: [&Number; 3], triple: &Number) -> f64 {
    if n == 0 {
        return f64::NAN;
    }
    let of = |integer: i64| Number::new(integer.into(), 0);
    let count = Number::new(n.into(), 0);
    // (n² Σxyz - n (Σx Σyz + Σy Σxz + Σz Σxy) + 2 Σx Σy Σz) / n³.
    let [x, y, z] = sums;
    let mut scaled = triple.times(&count).times(&count).minus(&x.times(y).times(z).times(&of(-2)));
    for (sum, product) in sums.into_iter().zip(products) {
        scaled = scaled.minus(&sum.times(product).times(&count));
    }
    scaled.over(BigUint::from(n) * n * n)
}
