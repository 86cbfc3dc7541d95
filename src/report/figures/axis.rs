//! Scales: calendar time across, values upwards or across, with round ticks that fit, and numbers as a reader writes
//! them.

use crate::math;
use crate::units::Date;

/// Values beyond this are drawn at it: the geometry must stay finite.
const LARGEST: f64 = 1e300;
/// Ranges below this are drawn as no range.
const SMALLEST: f64 = 1e-12;

/// Calendar time along a horizontal stretch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimeScale {
    start: Date,
    days: f64,
    /// Where the first day starts.
    pub left: f64,
    /// Where the last day ends.
    pub right: f64,
}

fn days_between(from: Date, to: Date) -> f64 {
    from.duration_until(to).as_hours() as f64 / 24.0
}

impl TimeScale {
    /// From the start of `start` to the end of `end`; at least a day.
    pub fn new(start: Date, end: Date, left: f64, right: f64) -> TimeScale {
        TimeScale { start, days: (days_between(start, end) + 1.0).max(1.0), left, right }
    }

    /// Where a day starts; `None` outside the period.
    pub fn day(&self, date: Date) -> Option<f64> {
        let day = days_between(self.start, date);
        (0.0..=self.days).contains(&day).then(|| self.left + (self.right - self.left) * day / self.days)
    }

    /// Edges of the ticks that start on `dates`: one more than dates.
    pub fn edges(&self, dates: &[Date]) -> Vec<f64> {
        let starts = dates.iter().map(|d| self.day(*d).unwrap_or(self.right));
        starts.chain([self.right]).collect()
    }

    /// The calendar years of the period, each with its stretch.
    pub fn years(&self) -> Vec<(i16, f64, f64)> {
        let mut years = Vec::new();
        let (mut year, mut from) = (self.start.year(), self.left);
        loop {
            let next = year.checked_add(1).and_then(|y| Date::new(y, 1, 1).ok()).and_then(|d| self.day(d));
            let to = next.unwrap_or(self.right);
            if to > from {
                years.push((year, from, to));
            }
            if next.is_none() || to >= self.right {
                return years;
            }
            (year, from) = (year + 1, to);
        }
    }
}

/// Values along a stretch, from `from` (lowest tick) to `to` (highest tick).
#[derive(Debug, Clone, PartialEq)]
pub struct ValueScale {
    /// Tick values, rising.
    pub ticks: Vec<f64>,
    step: f64,
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl ValueScale {
    /// A scale over zero and all values, with about `wanted` steps between round ticks.
    pub fn covering(values: impl IntoIterator<Item = f64>, wanted: usize, from: f64, to: f64) -> ValueScale {
        let (mut low, mut high) = (0.0_f64, 0.0_f64);
        for value in values.into_iter().filter(|v| v.is_finite()) {
            let value = value.clamp(-LARGEST, LARGEST);
            (low, high) = (low.min(value), high.max(value));
        }
        if high - low < SMALLEST {
            high = 1.0;
        }
        let step = round_up((high - low) / wanted.max(1) as f64);
        let (first, last) = ((low / step).floor() as i64, (high / step).ceil() as i64);
        let ticks = (first..=last).map(|i| i as f64 * step).collect();
        ValueScale { ticks, step, low: first as f64 * step, high: last as f64 * step, from, to }
    }

    /// The same values along another stretch.
    pub fn along(&self, from: f64, to: f64) -> ValueScale {
        ValueScale { from, to, ..self.clone() }
    }

    /// Where a value stands.
    pub fn at(&self, value: f64) -> f64 {
        let share = (value.clamp(self.low, self.high) - self.low) / (self.high - self.low);
        self.from + (self.to - self.from) * if share.is_finite() { share } else { 0.0 }
    }

    /// The ticks as text, all in the same unit.
    pub fn labels(&self) -> Vec<String> {
        let largest = self.low.abs().max(self.high.abs());
        self.ticks.iter().map(|t| in_unit(*t, unit_for(largest), self.step)).collect()
    }
}

/// The least of 1, 2, 2.5, 5 × a power of ten that is no less.
fn round_up(value: f64) -> f64 {
    let power = math::powi(10.0, math::log10(value).floor() as i32);
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0];
    steps.into_iter().map(|s| s * power).find(|s| *s >= value * (1.0 - 1e-9)).unwrap_or(10.0 * power)
}

/// What numbers are counted in: a divisor, its sign and its name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unit {
    /// How much one is.
    pub size: f64,
    /// Sign after a number.
    pub sign: &'static str,
    /// Name before a noun.
    pub name: &'static str,
}

/// The unit in which a value of this size is written.
pub fn unit_for(largest: f64) -> Unit {
    let units = [(1e12, "tn", "trillion"), (1e9, "bn", "billion"), (1e6, "M", "million"), (1e3, "k", "thousand")];
    let one = Unit { size: 1.0, sign: "", name: "" };
    if !(1e4..1e15).contains(&largest) {
        return one;
    }
    let fitting = units.into_iter().find(|u| largest >= u.0);
    fitting.map_or(one, |(size, sign, name)| Unit { size, sign, name })
}

/// A value in a unit, with the decimals that a step needs.
fn in_unit(value: f64, unit: Unit, step: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let scaled = step / unit.size;
    // 0.25 needs two decimals and 0.5 one: the least number of decimals that is exact.
    let decimals = (0..=12).find(|d| {
        let shifted = scaled * math::powi(10.0, *d);
        (shifted - shifted.round()).abs() < 1e-6 * shifted.max(1.0) && shifted.round() >= 1.0
    });
    format!("{}{}", plain(value / unit.size, decimals.unwrap_or(0) as usize), unit.sign)
}

/// Values side by side in the unit and with the decimals that the largest needs: `1,234`, `412k`, `0.83M`, `−0.052`.
pub fn alike(values: &[f64]) -> Vec<String> {
    let largest = values.iter().filter(|v| v.is_finite()).fold(0.0_f64, |m, v| m.max(v.abs()));
    let unit = unit_for(largest);
    let decimals = decimals_for(largest / unit.size);
    let one = |v: &f64| match *v {
        0.0 => "0".to_owned(),
        v => format!("{}{}", plain(v / unit.size, decimals), unit.sign),
    };
    values.iter().map(one).collect()
}

/// Decimals that leave three figures that count; none for 100 and more.
pub fn decimals_for(value: f64) -> usize {
    match value.abs() {
        v if v >= 99.95 || v == 0.0 => 0,
        v if v >= 9.995 => 1,
        v if v >= 0.9995 => 2,
        _ => 3,
    }
}

/// A number with so many decimals, thousands apart, and a true minus sign; in powers of ten where it would be endless.
pub fn plain(value: f64, decimals: usize) -> String {
    if value.abs() >= 1e15 {
        return format!("{value:.1e}").replace('-', "−");
    }
    let digits = format!("{:.decimals$}", value.abs());
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut out = String::new();
    if value < 0.0 && digits.chars().any(|c| ('1'..='9').contains(&c)) {
        out.push('−');
    }
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out + rest
}
