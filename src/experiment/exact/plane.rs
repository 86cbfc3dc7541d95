//! Exact sums of integers times powers of two, one a cell. Each cell has a window of the exponents that it adds as a single
//! integer of 128 bits, set by the first number it meets; the rare number outside goes to an ordered table beside.
//! Where the window lies depends on the order of arrival, the sum does not.

use std::collections::BTreeMap;

/// Exponents are counted from here: the lowest bit of the product of the two smallest `f64` is 2^−2148.
pub const ORIGIN: i32 = 2148;

/// Exponents that a window covers.
const WINDOW: u32 = 64;

/// So far below its first number's exponent a window begins. It leaves 2^34 such numbers before the integer is full; and
/// numbers of less than 2^−40 of the first's size, or more than 2^23 times it, are rare within one quantity.
const BELOW: u32 = 40;

/// Exponents of a band of the table beside.
const BAND: u32 = 40;

/// The window of a cell that has met no number.
const EMPTY: u16 = u16::MAX;

/// The window of a cell that met what is no finite number.
const UNDEFINED: u16 = u16::MAX - 1;

/// A table of sums.
#[derive(Debug, Clone, Default)]
pub struct Plane {
    /// The least exponent of each cell's window.
    base: Vec<u16>,
    /// Multiples of `2^base` within each cell's window.
    sum: Vec<i128>,
    beyond: Beyond,
}

/// Sums outside windows: multiples of `2^(band · BAND)` by cell and band.
#[derive(Debug, Clone, Default)]
struct Beyond(BTreeMap<(u32, u16), i128>);

impl Plane {
    pub fn new(cells: usize) -> Plane {
        Plane { base: vec![EMPTY; cells], sum: vec![0; cells], beyond: Beyond::default() }
    }

    pub fn len(&self) -> usize {
        self.base.len()
    }

    pub fn clear(&mut self) {
        self.base.fill(EMPTY);
        self.sum.fill(0);
        self.beyond.0.clear();
    }

    /// Adds `integer · 2^(exponent − ORIGIN)` to a cell; the integer has at most 53 bits and a sign.
    #[inline]
    pub fn add(&mut self, cell: usize, integer: i64, exponent: u32) {
        let raised = exponent.wrapping_sub(u32::from(self.base[cell]));
        let sum = &mut self.sum[cell];
        if raised < WINDOW
            && let Some(total) = sum.checked_add(i128::from(integer) << raised)
        {
            *sum = total;
        } else {
            self.miss(cell, integer, exponent);
        }
    }

    /// Adds a number that the window does not cover. The window moves up to a larger number and never down: a quantity
    /// has its size from its large values.
    #[cold]
    #[inline(never)]
    fn miss(&mut self, cell: usize, integer: i64, exponent: u32) {
        let (base, sum) = (&mut self.base[cell], &mut self.sum[cell]);
        match *base {
            UNDEFINED => return,
            EMPTY => {}
            base if exponent < u32::from(base) => {
                return self.beyond.add(cell as u32, i128::from(integer), exponent);
            }
            base => self.beyond.add(cell as u32, *sum, u32::from(base)),
        }
        let lowest = exponent.saturating_sub(BELOW);
        *base = lowest as u16;
        *sum = i128::from(integer) << (exponent - lowest);
    }

    pub fn mark_undefined(&mut self, cell: usize) {
        self.base[cell] = UNDEFINED;
        self.sum[cell] = 0;
    }

    pub fn is_undefined(&self, cell: usize) -> bool {
        self.base[cell] == UNDEFINED
    }

    /// Adds every sum of a plane of the same length.
    pub fn merge(&mut self, other: &Plane) {
        for (cell, (&base, &sum)) in other.base.iter().zip(&other.sum).enumerate() {
            match base {
                EMPTY => {}
                UNDEFINED => self.mark_undefined(cell),
                base => self.absorb(cell, sum, u32::from(base)),
            }
        }
        for (&(cell, band), &sum) in &other.beyond.0 {
            self.beyond.add_to_band(cell, band, sum);
        }
    }

    /// Adds `integer · 2^(exponent − ORIGIN)`, an integer of any size, and takes it as a sign of where the window is.
    pub fn absorb(&mut self, cell: usize, integer: i128, exponent: u32) {
        let (base, sum) = (&mut self.base[cell], &mut self.sum[cell]);
        if integer == 0 || *base == UNDEFINED {
            return;
        }
        if *base == EMPTY || *sum == 0 {
            (*base, *sum) = (exponent as u16, integer);
            return;
        }
        let own = (*sum, u32::from(*base));
        let (low, high) = if own.1 <= exponent { (own, (integer, exponent)) } else { ((integer, exponent), own) };
        let together = aligned(high.0, high.1 - low.1).and_then(|high| high.checked_add(low.0));
        (*sum, *base) = match together {
            Some(sum) => (sum, low.1 as u16),
            None => {
                self.beyond.add(cell as u32, low.0, low.1);
                (high.0, high.1 as u16)
            }
        };
    }

    /// Adds `integer · 2^(exponent − ORIGIN)` beside the window.
    pub fn add_beyond(&mut self, cell: usize, integer: i128, exponent: u32) {
        self.beyond.add(cell as u32, integer, exponent);
    }

    /// Calls back with the terms `integer · 2^exponent` whose sum is a cell's.
    pub fn terms(&self, cell: usize, mut term: impl FnMut(i128, i32)) {
        if self.sum[cell] != 0 {
            term(self.sum[cell], i32::from(self.base[cell]) - ORIGIN);
        }
        if !self.beyond.0.is_empty() {
            for (&(_, band), &sum) in self.beyond.0.range((cell as u32, 0)..=(cell as u32, u16::MAX)) {
                term(sum, i32::from(band) * BAND as i32 - ORIGIN);
            }
        }
    }
}

/// `integer · 2^by`, if 128 bits hold it.
fn aligned(integer: i128, by: u32) -> Option<i128> {
    let shifted = integer.checked_shl(by)?;
    (shifted >> by == integer).then_some(shifted)
}

impl Beyond {
    fn add(&mut self, cell: u32, integer: i128, exponent: u32) {
        let low = i128::from(integer as u64);
        let high = integer >> 64;
        for (digit, exponent) in [(low, exponent), (high, exponent + 64)] {
            self.add_to_band(cell, (exponent / BAND) as u16, digit << (exponent % BAND));
        }
    }

    fn add_to_band(&mut self, cell: u32, band: u16, integer: i128) {
        if integer == 0 {
            return;
        }
        let sum = self.0.entry((cell, band)).or_insert(0);
        match sum.checked_add(integer) {
            Some(total) => *sum = total,
            None => {
                // A full band keeps the lowest digits and hands the rest up.
                let rest = (*sum >> BAND) + (integer >> BAND);
                let digit = (1 << BAND) - 1;
                *sum = (*sum & digit) + (integer & digit);
                self.add_to_band(cell, band + 1, rest);
            }
        }
    }
}
