//! Sums of values that come in rows, the hot path: a history adds some ten thousand values to as many cells. A cell splits
//! each value at a fixed place into a high and a low part and adds these as `f64`. No addition rounds: the parts are
//! multiples of units of which 2^53 fit into an `f64`, and after [`MOST`] rows the sums are handed to the exact table. So a row takes a
//! few additions a value, two or more at a time, where integers of 128 bits take ten times that.

use super::OF_VALUES;
use super::add_value;
use super::plane::Plane;

/// Rows that are added before sums are handed over: 2^8 values of at most 2^45 units stay within 2^53.
const MOST: u32 = 1 << 8;

/// The low unit is the high one times 2^−46.
const APART: u32 = 46;

/// Values that are tried at once.
const BLOCK: usize = 8;

/// Cells that are added to in rows.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// `1.5 · 2^52` high units: what is added to it and subtracted again is rounded to the unit. Zero before the first value.
    anchor: Vec<f64>,
    /// Sum of high parts, multiples of the high unit.
    high: Vec<f64>,
    /// Sum of low parts, multiples of the low unit.
    low: Vec<f64>,
    rows: u32,
}

/// Sizes of values that may set units: around them, all parts are normal numbers.
const ORDINARY: std::ops::RangeInclusive<f64> = 1e-200..=1e200;

impl Rows {
    /// Adds values to cells side by side; those that don't fit go to the table.
    pub fn add(&mut self, table: &mut Plane, first: usize, values: &[f64]) {
        if self.anchor.is_empty() {
            let nothing = vec![0.0; table.len()];
            *self = Rows { anchor: nothing.clone(), high: nothing.clone(), low: nothing, rows: 0 };
        }
        if self.rows == MOST {
            self.hand_over(table);
            self.clear();
        }
        self.rows += 1;
        let cells = first..first + values.len();
        let anchors = self.anchor[cells.clone()].chunks_mut(BLOCK);
        let highs = self.high[cells.clone()].chunks_mut(BLOCK);
        let lows = self.low[cells.clone()].chunks_mut(BLOCK);
        let blocks = values.chunks(BLOCK).zip(anchors).zip(highs).zip(lows);
        for (first, (((values, anchors), highs), lows)) in cells.step_by(BLOCK).zip(blocks) {
            if !add_block(values, anchors, highs, lows) {
                add_singly(table, first, values, anchors, highs, lows);
            }
        }
    }

    /// Forgets the sums, not the units.
    pub fn clear(&mut self) {
        self.high.fill(0.0);
        self.low.fill(0.0);
        self.rows = 0;
    }

    /// Adds the sums to a table.
    pub fn hand_over(&self, table: &mut Plane) {
        for cell in 0..self.anchor.len() {
            if let Some((integer, exponent)) = self.term(cell) {
                table.absorb(cell, integer, exponent);
            }
        }
    }

    /// The sum of a cell as an integer and its exponent, as the table takes them; none if it is zero.
    pub fn term(&self, cell: usize) -> Option<(i128, u32)> {
        let anchor = self.anchor.get(cell)?;
        term(*anchor, self.high[cell], self.low[cell])
    }
}

fn term(anchor: f64, high: f64, low: f64) -> Option<(i128, u32)> {
    if high == 0.0 && low == 0.0 {
        return None;
    }
    let unit = (anchor.to_bits() >> 52) as u32 - 52;
    let power = |biased: u32| f64::from_bits(u64::from(biased) << 52);
    let high = (high / power(unit)) as i64;
    let low = (low / power(unit - APART)) as i64;
    // The exponent of 1 as an f64 writes it is 1023, and 2^−1074 is its least.
    Some(((i128::from(high) << APART) + i128::from(low), unit - APART + (1074 - 1023) + OF_VALUES))
}

/// A value's high and low part, and whether they are exact and small enough. Zeros always are.
#[inline(always)]
fn split(anchor: f64, value: f64) -> (f64, f64, bool) {
    const LOW: f64 = 1.0 / (1_u64 << APART) as f64;
    let high = (value + anchor) - anchor;
    let low = value - high;
    let low_anchor = anchor * LOW;
    (high, low, (value.abs() <= largest(anchor)) & ((low + low_anchor) - low_anchor == low))
}

/// The largest value that fits: 1.5 · 2^44 units.
#[inline(always)]
fn largest(anchor: f64) -> f64 {
    anchor * (1.0 / 256.0)
}

/// Adds a block of values if all fit.
#[inline(always)]
fn add_block(values: &[f64], anchors: &[f64], highs: &mut [f64], lows: &mut [f64]) -> bool {
    fn block(slice: &[f64]) -> &[[f64; BLOCK]] {
        slice.as_chunks().0
    }
    fn block_mut(slice: &mut [f64]) -> &mut [[f64; BLOCK]] {
        slice.as_chunks_mut().0
    }
    let ([values], [anchors], [highs], [lows]) = (block(values), block(anchors), block_mut(highs), block_mut(lows))
    else {
        return false;
    };
    let (mut new_highs, mut new_lows, mut all_fit) = (*highs, *lows, true);
    for i in 0..BLOCK {
        let (high, low, fits) = split(anchors[i], values[i]);
        new_highs[i] += high;
        new_lows[i] += low;
        all_fit &= fits;
    }
    if all_fit {
        (*highs, *lows) = (new_highs, new_lows);
    }
    all_fit
}

/// Adds values of which some don't fit, or that make no block.
#[cold]
#[inline(never)]
fn add_singly(
    table: &mut Plane,
    first: usize,
    values: &[f64],
    anchors: &mut [f64],
    highs: &mut [f64],
    lows: &mut [f64],
) {
    for (i, value) in values.iter().enumerate() {
        let size = value.abs();
        if size > largest(anchors[i]) && ORDINARY.contains(&size) {
            // The units move up to a larger value, and never down.
            if let Some((integer, exponent)) = term(anchors[i], highs[i], lows[i]) {
                table.absorb(first + i, integer, exponent);
            }
            (anchors[i], highs[i], lows[i]) = (anchor_for(size), 0.0, 0.0);
        }
        let (high, low, fits) = split(anchors[i], *value);
        if fits {
            highs[i] += high;
            lows[i] += low;
        } else {
            add_value(table, first + i, *value);
        }
    }
}

/// Room for values of 2^12 times the size, and down to 2^−26 of it where their last bits are low units.
fn anchor_for(size: f64) -> f64 {
    let exponent = (size.to_bits() >> 52) + 20;
    f64::from_bits(exponent << 52 | 1 << 51)
}
