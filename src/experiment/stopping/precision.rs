//! StopReason precise an estimate is: half-widths of 95% intervals, of a mean by Student's t, of a quantile between order statistics.

use crate::experiment::interval::{Absent, TAIL};

pub use crate::experiment::interval::Moments;

/// What the trials so far say, by the columns of the table of trials ([`crate::model::record::outcome::Columns::layout`]). All
/// methods speak of the same trials, the first so many of the plan.
pub trait Evidence {
    /// Moments of a column in a scenario.
    fn moments(&self, scenario: usize, column: usize) -> Moments;

    /// Moments of the differences of a column, `scenario` less `from` in the same trial, over trials in which both have a
    /// value. Where they are equal in every trial, mean and variance must be exactly zero.
    fn differences(&self, scenario: usize, from: usize, column: usize) -> Moments;

    /// Between which two numbers the value of a rank lies (1: the least; `count` of [`Evidence::moments`]: the greatest). The
    /// two are the same where all values are kept, and the ends of a bin where they are counted.
    fn ranked(&self, scenario: usize, column: usize, rank: u64) -> (f64, f64);
}

/// An estimate and half of its 95% interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Values that it rests on.
    pub count: u64,
    /// The estimate; NaN without a value.
    pub value: f64,
    /// Half of its interval, or its longer side; infinite where the values can't tell.
    pub half_width: f64,
}

/// A mean with half of its 95% interval ([`Moments::half_width`]). Where it was the same in all trials the half is zero: a
/// scenario that changes nothing would otherwise keep an ensemble growing for ever.
pub fn mean(moments: Moments) -> Estimate {
    let Moments { count, mean, .. } = moments;
    let half_width = match moments.half_width() {
        Ok(half_width) => half_width,
        Err(Absent::Same) => 0.0,
        Err(_) => f64::INFINITY,
    };
    Estimate { count, value: if count == 0 { f64::NAN } else { mean }, half_width }
}

/// A quantile (`percent` from 1 to 99) of `count` values with the longer side of its 95% interval, from the order statistics
/// of [`ranks`]. The estimate is that of the tables: linear between order statistics (type 7 of Hyndman and Fan).
pub fn quantile(count: u64, percent: u8, ranked: impl Fn(u64) -> (f64, f64)) -> Estimate {
    if count == 0 {
        return Estimate { count, value: f64::NAN, half_width: f64::INFINITY };
    }
    let p = f64::from(percent) / 100.0;
    let middle = |rank: u64| {
        let (low, high) = ranked(rank.clamp(1, count));
        0.5 * (low + high)
    };
    let place = p * (count - 1) as f64;
    let (below, share) = (place as u64 + 1, place.fract());
    let value = middle(below) + share * (middle(below + 1) - middle(below));
    let half_width = match ranks(count, p) {
        (Some(low), Some(high)) => (value - ranked(low).0).max(ranked(high).1 - value),
        _ => f64::INFINITY,
    };
    Estimate { count, value, half_width }
}

/// Ranks of the order statistics between which the `p`-quantile of any distribution lies with 95% probability or more: the
/// number B of `count` values that are below it is binomial, so the interval from rank r to rank s misses it only if B < r or
/// B >= s. The largest r and the smallest s are taken for which either has at most 2.5%; `None` where no rank will do.
pub fn ranks(count: u64, p: f64) -> (Option<u64>, Option<u64>) {
    let mode = (((count + 1) as f64 * p) as u64).min(count);
    let odds = p / (1.0 - p);
    // Probabilities relative to that of the mode, outward from it until they no longer count. Only multiplications: the same
    // ranks come out on every machine.
    let negligible = |weight: &f64| *weight > 1e-20;
    let step_down = |k: u64| k as f64 / ((count - k + 1) as f64 * odds);
    let step_up = |k: u64| (count - k) as f64 * odds / (k + 1) as f64;
    let scan = |weight: &mut f64, step: f64| {
        *weight *= step;
        Some(*weight)
    };
    let below: Vec<f64> = (1..=mode).rev().map(step_down).scan(1.0, scan).take_while(negligible).collect();
    let above: Vec<f64> = (mode..count).map(step_up).scan(1.0, scan).take_while(negligible).collect();
    let tail = TAIL * (1.0 + below.iter().sum::<f64>() + above.iter().sum::<f64>());
    // B <= mode - below.len() is next to impossible; each further value that the tail has room for raises r by one.
    let (first, last) = (mode - below.len() as u64, mode + above.len() as u64);
    let low = first + within(below.iter().rev().chain([&1.0]).chain(&above), tail);
    let high = last + 1 - within(above.iter().rev().chain([&1.0]).chain(&below), tail);
    (Some(low).filter(|r| *r >= 1), Some(high).filter(|s| *s <= count))
}

/// StopReason many of the weights, from the first, add up to at most so much.
fn within<'a>(weights: impl Iterator<Item = &'a f64>, tail: f64) -> u64 {
    let sums = weights.scan(0.0, |sum, weight| {
        *sum += weight;
        Some(*sum)
    });
    sums.take_while(|sum| *sum <= tail).count() as u64
}
