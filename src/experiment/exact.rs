//! A table of exact sums of `f64`. However the values come, in whatever order and grouping, on however many threads and
//! machines, the same values give the same bits: nothing is rounded before a result is asked for, and then once.
//!
//! Every `f64` is an integer times a power of two, and so is a product of two. A cell adds them as an integer of 128 bits
//! (`plane`); values that come in rows are first added as pairs of `f64` without rounding (`rows`). Means, variances and covariances are computed exactly from the sums (`number`).

mod number;
mod plane;
mod rows;
#[cfg(test)]
mod tests;

use num_bigint::{BigInt, BigUint, Sign};

pub use number::{Number, covariance, mean, third, variance};
use plane::{ORIGIN, Plane};
use rows::Rows;

use super::bytes::{Corrupt, read_number, take, take_slice, write_number};

/// A table of exact sums. A cell that met an infinity or NaN is undefined: its sum is NaN.
#[derive(Debug, Clone, Default)]
pub struct Sums {
    /// Sums of values and of the upper halves of products.
    upper: Plane,
    /// Sums of the lower halves of products; no cells before the first product.
    lower: Plane,
    /// Sums of values that came in rows, until they are handed to `upper`; no cells before the first row.
    rows: Rows,
}

/// Two tables differ in their number of cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a table of {other} sums can't be added to one of {own}: they are of different experiments")]
pub struct OtherLength {
    /// Cells of the table that is added to.
    pub own: usize,
    /// Cells of the table that was to be added.
    pub other: usize,
}

/// Bits of the lower half of a product.
const HALF: u32 = 53;

impl Sums {
    /// Sums of nothing.
    pub fn new(cells: usize) -> Sums {
        Sums { upper: Plane::new(cells), ..Sums::default() }
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.upper.len()
    }

    /// Whether there are no cells.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes all cells sums of nothing.
    pub fn clear(&mut self) {
        self.upper.clear();
        self.lower.clear();
        self.rows.clear();
    }

    /// Adds a value to a cell. Many values for many cells are added faster by [`Sums::add_row`].
    #[inline]
    pub fn add(&mut self, cell: usize, value: f64) {
        add_value(&mut self.upper, cell, value);
    }

    /// Adds values to cells side by side, from `first`.
    #[inline]
    pub fn add_row(&mut self, first: usize, values: &[f64]) {
        self.rows.add(&mut self.upper, first, values);
    }

    /// Adds `a · b` to a cell, exactly: without rounding, overflow or underflow.
    #[inline]
    pub fn add_product(&mut self, cell: usize, a: f64, b: f64) {
        let (Some((a, of_a)), Some((b, of_b))) = (parts(a), parts(b)) else {
            return self.upper.mark_undefined(cell);
        };
        if a == 0 || b == 0 {
            return;
        }
        if self.lower.len() == 0 {
            self.lower = Plane::new(self.len());
        }
        let product = i128::from(a) * i128::from(b);
        let upper = (product >> HALF) as i64;
        let lower = (product & ((1 << HALF) - 1)) as i64;
        // Exponents of values count from 2^−1074, of products from its square.
        let exponent = of_a + of_b;
        self.upper.add(cell, upper, exponent + HALF);
        if lower != 0 {
            self.lower.add(cell, lower, exponent);
        }
    }

    /// Adds the squares of values to cells side by side, from `first`; exactly, as [`Sums::add_product`].
    #[inline]
    pub fn add_squares(&mut self, first: usize, values: &[f64]) {
        for (i, value) in values.iter().enumerate() {
            self.add_product(first + i, *value, *value);
        }
    }

    /// Adds the sums of another table.
    ///
    /// # Errors
    /// If it has another number of cells.
    pub fn merge(&mut self, other: &Sums) -> Result<(), OtherLength> {
        if self.len() != other.len() {
            return Err(OtherLength { own: self.len(), other: other.len() });
        }
        self.upper.merge(&other.upper);
        if other.lower.len() > 0 {
            if self.lower.len() == 0 {
                self.lower = Plane::new(self.len());
            }
            self.lower.merge(&other.lower);
        }
        other.rows.hand_over(&mut self.upper);
        Ok(())
    }

    /// The exact sum of a cell; none if it met what is no finite number.
    pub fn number(&self, cell: usize) -> Option<Number> {
        self.defined_terms(cell).map(|terms| Number::sum(&terms))
    }

    /// The sum of a cell, rounded once to the nearest `f64`; NaN if it met what is no finite number.
    pub fn value(&self, cell: usize) -> f64 {
        match self.defined_terms(cell).as_deref() {
            None => f64::NAN,
            Some([]) => 0.0,
            Some([(integer, exponent)]) => number::nearest_of(*integer, *exponent),
            Some(terms) => Number::sum(terms).to_f64(),
        }
    }

    /// Whether the sum of a cell is exactly zero.
    pub fn is_zero(&self, cell: usize) -> bool {
        self.number(cell).is_some_and(|number| number.parts().0.sign() == Sign::NoSign)
    }

    /// The mean of the `n` values added to a cell, rounded once.
    pub fn mean(&self, n: u64, cell: usize) -> f64 {
        self.number(cell).map_or(f64::NAN, |sum| mean(n, &sum))
    }

    /// The sample variance of `n` values from the cells of their sum and of their squares ([`number::variance`]).
    pub fn variance(&self, n: u64, cell: usize, square: usize) -> f64 {
        let numbers = self.number(cell).zip(self.number(square));
        numbers.map_or(f64::NAN, |(sum, square)| variance(n, &sum, &square))
    }

    /// The sample covariance of `n` pairs from the cells of their sums and of their products ([`number::covariance`]).
    pub fn covariance(&self, n: u64, x: usize, y: usize, product: usize) -> f64 {
        let numbers = self.number(x).zip(self.number(y)).zip(self.number(product));
        numbers.map_or(f64::NAN, |((x, y), product)| covariance(n, &x, &y, &product))
    }

    /// The mean cubed deviation of `n` values from the cells of their sum, of their squares and of their cubes ([`number::third`]).
    pub fn third(&self, n: u64, cell: usize, square: usize, cube: usize) -> f64 {
        let numbers = self.number(cell).zip(self.number(square)).zip(self.number(cube));
        numbers.map_or(f64::NAN, |((x, xx), xxx)| third(n, [&x; 3], [&xx; 3], &xxx))
    }

    fn defined_terms(&self, cell: usize) -> Option<Vec<(i128, i32)>> {
        if self.upper.is_undefined(cell) {
            return None;
        }
        let mut terms = Vec::new();
        for plane in [&self.upper, &self.lower] {
            if plane.len() > 0 {
                plane.terms(cell, |integer, exponent| terms.push((integer, exponent)));
            }
        }
        terms.extend(self.rows.term(cell).map(|(integer, exponent)| (integer, exponent as i32 - ORIGIN)));
        Some(terms)
    }
}

/// Equal sums are equal, whatever they are made of.
impl PartialEq for Sums {
    fn eq(&self, other: &Sums) -> bool {
        self.len() == other.len() && (0..self.len()).all(|cell| self.number(cell) == other.number(cell))
    }
}

/// The signed integer of a finite value and its exponent, counted from 2^−1074.
#[inline]
fn parts(value: f64) -> Option<(i64, u32)> {
    let bits = value.to_bits();
    let exponent = (bits >> 52) as u32 & 0x7ff;
    let fraction = (bits & ((1 << 52) - 1)) as i64;
    let integer = if exponent == 0 { fraction } else { fraction | 1 << 52 };
    let sign = bits as i64 >> 63;
    (exponent < 0x7ff).then_some(((integer ^ sign) - sign, exponent.saturating_sub(1)))
}

/// From exponents counted from 2^−1074 to those counted from its square, [`ORIGIN`].
const OF_VALUES: u32 = 1074;

#[inline]
fn add_value(plane: &mut Plane, cell: usize, value: f64) {
    if value == 0.0 {
        return;
    }
    match parts(value) {
        Some((integer, exponent)) => plane.add(cell, integer, exponent + OF_VALUES),
        None => plane.mark_undefined(cell),
    }
}

const WHAT: &str = "table of sums";

/// First byte of a cell that met what is no finite number. Others give twice the number of bytes of the integer, and one
/// more if it is negative.
const UNDEFINED: u64 = 1;

impl Sums {
    /// Writes the table; equal tables give equal bytes.
    pub fn write(&self, out: &mut Vec<u8>) {
        write_number(out, self.len() as u64);
        for cell in 0..self.len() {
            let Some(number) = self.number(cell) else {
                write_number(out, UNDEFINED);
                continue;
            };
            let (integer, exponent) = number.parts();
            if integer.sign() == Sign::NoSign {
                write_number(out, 0);
                continue;
            }
            let digits = integer.magnitude().to_bytes_le();
            write_number(out, digits.len() as u64 * 2 + u64::from(integer.sign() == Sign::Minus));
            out.extend_from_slice(&((exponent + ORIGIN) as u16).to_le_bytes());
            out.extend_from_slice(&digits);
        }
    }

    /// Reads what [`Sums::write`] wrote, and takes it from the front of `input`.
    ///
    /// # Errors
    /// If the bytes are not what is written.
    pub fn read(input: &mut &[u8]) -> Result<Sums, Corrupt> {
        // Each cell takes a byte at least, so that a wrong length can't ask for memory without end.
        let cells = usize::try_from(read_number(input, WHAT)?).ok().filter(|cells| *cells <= input.len());
        let cells = cells.ok_or(Corrupt::new(WHAT, "it ends early"))?;
        let mut sums = Sums::new(cells);
        for cell in 0..cells {
            match read_number(input, WHAT)? {
                0 => {}
                UNDEFINED => sums.upper.mark_undefined(cell),
                head => {
                    let exponent = u32::from(u16::from_le_bytes(take(input, WHAT)?));
                    let digits = take_slice(input, (head / 2) as usize, WHAT)?;
                    check(exponent, digits)?;
                    sums.put(cell, head & 1 == 1, BigUint::from_bytes_le(digits), exponent);
                }
            }
        }
        Ok(sums)
    }

    /// Puts a number into an empty cell, its highest bits where values of its size would have their window.
    fn put(&mut self, cell: usize, negative: bool, magnitude: BigUint, exponent: u32) {
        const HELD: u64 = 93;
        let bits = magnitude.bits();
        let lower = bits.saturating_sub(HELD);
        let raised = HELD.saturating_sub(bits).min(u64::from(exponent));
        let mut add = |magnitude: BigUint, exponent: u32| {
            for (i, digit) in magnitude.iter_u64_digits().enumerate() {
                let digit = if negative { -i128::from(digit) } else { i128::from(digit) };
                self.upper.add_beyond(cell, digit, exponent + 64 * i as u32);
            }
        };
        let top = &magnitude >> lower;
        add(&magnitude - (&top << lower), exponent);
        let top = i128::try_from(BigInt::from(top << raised)).unwrap_or(0);
        let top = if negative { -top } else { top };
        self.upper.absorb(cell, top, exponent + lower as u32 - raised as u32);
    }
}

/// Refuses a spelling that [`Sums::write`] would not choose, and numbers that no sum of `f64` comes to.
fn check(exponent: u32, digits: &[u8]) -> Result<(), Corrupt> {
    let odd = digits.first().is_some_and(|lowest| lowest & 1 == 1);
    let short = digits.last().is_some_and(|highest| *highest != 0);
    if !odd || !short {
        return Err(Corrupt::new(WHAT, "a sum is not spelled as it is written"));
    }
    if exponent as usize + 8 * digits.len() > 2 * ORIGIN as usize + 64 {
        return Err(Corrupt::new(WHAT, "a sum is larger than any"));
    }
    Ok(())
}
