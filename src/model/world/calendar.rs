//! Ticks and days. Durations, lead times and events are kept in days and take effect pro rata within a tick.

use std::ops::Range;

use crate::math;
use crate::scenario::world::{Tick, Time};
use crate::units::Date;

/// Days in a mean month: 365.2425 / 12.
pub const MONTH: f64 = 30.436875;

/// How far firms look ahead and how far the calendar goes on beyond the last tick, in months.
pub const OUTLOOK_MONTHS: usize = 12;

/// The ticks of a simulation, and as many more as plans reach beyond it. Day 0 is the first day.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    /// First day of the simulation.
    pub start: Date,
    /// Number of simulated ticks.
    pub ticks: usize,
    /// First day of each tick, simulated and beyond, and one more for the end of the last.
    pub first_day: Vec<i32>,
    /// Mean tick in months.
    pub mean_months: f64,
    /// Tick length as written.
    pub tick: Tick,
    /// Length of each tick.
    paces: Vec<Pace>,
    /// For each simulated tick the first that is as long.
    first_as_long: Vec<usize>,
    /// Middle of each tick, days.
    middles: Vec<f64>,
    ahead: AheadTable,
    /// Calendar month (counted from the start's) of each simulated tick's first day, and the share of the tick in it.
    months_of: Vec<(u64, f64)>,
}

/// Length of a tick, and the parts of moving averages that are kept over it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// Months.
    pub months: f64,
    /// Of averages with a mean age of three months: what a buyer knows of the others' claims on a supplier.
    pub keep_quarter: f64,
    /// Of averages with a mean age of six months: that of a window of twelve months.
    pub keep_year: f64,
}

impl Pace {
    fn of(months: f64) -> Pace {
        Pace { months, keep_quarter: math::exp(-months / 3.0), keep_year: math::exp(-months / 6.0) }
    }
}

/// The ticks that firms look ahead to from the end of a tick: element 0 is the tick after it. Columns, not records, so
/// that loops over them run on vector registers.
#[derive(Debug, Clone, Copy)]
pub struct Ahead<'a> {
    /// Months from the end of the tick to the end of each tick ahead.
    pub end: &'a [f64],
    /// Length of each, months.
    pub length: &'a [f64],
    /// The month ahead (0 to 11) that the middle of each lies in.
    pub month: &'a [u8],
    /// Share of each that lies within the twelve months (1 but for the last).
    pub within: &'a [f64],
    /// How many of them, from the first, are the month ahead of their own number: with monthly ticks, all twelve.
    pub months: usize,
}

#[derive(Debug, Clone, PartialEq, Default)]
struct AheadTable {
    end: Vec<f64>,
    length: Vec<f64>,
    month: Vec<u8>,
    within: Vec<f64>,
    /// For each simulated tick its part of the columns, and how many of that are months of their own number.
    parts: Vec<(Range<usize>, usize)>,
}

impl AheadTable {
    fn of(first_day: &[i32], ticks: usize) -> AheadTable {
        let mut table = AheadTable::default();
        for tick in 0..ticks {
            let from = table.end.len();
            for days in first_day[tick + 1..].windows(2) {
                let start = f64::from(days[0] - first_day[tick + 1]) / MONTH;
                if start >= OUTLOOK_MONTHS as f64 {
                    break;
                }
                let length = f64::from(days[1] - days[0]) / MONTH;
                table.end.push(start + length);
                table.length.push(length);
                table.within.push(((OUTLOOK_MONTHS as f64 - start) / length).min(1.0));
                table.month.push(((start + 0.5 * length) as usize).min(OUTLOOK_MONTHS - 1) as u8);
            }
            let months = (0..).zip(&table.month[from..]).take_while(|(number, month)| number == *month).count();
            table.parts.push((from..table.end.len(), months));
        }
        table
    }
}

impl Calendar {
    /// The calendar of a period; its last tick may be cut short by the end.
    pub fn new(time: &Time) -> Calendar {
        let end = day_number(time.start, time.end) + 1;
        let mean_months = match time.tick {
            Tick::Month => 1.0,
            Tick::Week => 7.0 / MONTH,
        };
        let beyond = ((OUTLOOK_MONTHS + 2) as f64 / mean_months).ceil() as usize;
        let mut first_day = vec![0];
        let mut ticks = 0;
        let mut extra = 0;
        for n in 1.. {
            let next = match time.tick {
                Tick::Month => month_start(time.start, n),
                Tick::Week => 7 * n,
            };
            let last = *first_day.last().unwrap_or(&0);
            if last < end {
                first_day.push(next.min(end));
                ticks += 1;
                if next > end {
                    first_day.push(next);
                    extra += 1;
                }
            } else if next > last {
                first_day.push(next);
                extra += 1;
            }
            if extra >= beyond {
                break;
            }
        }
        let paces = first_day.windows(2).map(|days| Pace::of(f64::from(days[1] - days[0]) / MONTH)).collect();
        let middles = first_day.windows(2).map(|days| 0.5 * (f64::from(days[0]) + f64::from(days[1]))).collect();
        let first_as_long = (0..ticks).map(|tick| first_as_long(&first_day, tick)).collect();
        let ahead = AheadTable::of(&first_day, ticks);
        let months_of = months_of(time.start, &first_day[..=ticks]);
        let (start, tick) = (time.start, time.tick);
        Calendar { start, ticks, first_day, mean_months, tick, paces, first_as_long, middles, ahead, months_of }
    }

    /// Days in a tick.
    #[inline]
    pub fn days(&self, tick: usize) -> i32 {
        self.first_day[tick + 1] - self.first_day[tick]
    }

    /// Length of a tick in months (D of the equations).
    #[inline]
    pub fn months(&self, tick: usize) -> f64 {
        self.paces[tick].months
    }

    /// Length of a tick, and what it does to moving averages.
    #[inline]
    pub fn pace(&self, tick: usize) -> Pace {
        self.paces[tick]
    }

    /// Appends a number for each simulated tick that depends on the tick's length in months alone. Ticks have few lengths, and
    /// each is asked once.
    pub fn by_length(&self, table: &mut Vec<f64>, number: impl Fn(f64) -> f64) {
        let start = table.len();
        for (tick, first) in self.first_as_long.iter().enumerate() {
            table.push(if *first < tick { table[start + first] } else { number(self.months(tick)) });
        }
    }

    /// Middle of a tick, days.
    #[inline]
    pub fn middle(&self, tick: usize) -> f64 {
        self.middles[tick]
    }

    /// The calendar month of a simulated tick's first day, counted from the start's, and the share of the tick in it; the
    /// rest lies in the next.
    #[inline]
    pub fn month_of(&self, tick: usize) -> (u64, f64) {
        self.months_of[tick]
    }

    /// How many calendar months the simulated ticks lie in.
    pub fn months_touched(&self) -> u64 {
        self.months_of.last().map_or(0, |(month, share)| month + if *share < 1.0 { 2 } else { 1 })
    }

    /// The ticks that firms look ahead to from the end of a simulated tick.
    #[inline]
    pub fn ahead(&self, tick: usize) -> Ahead<'_> {
        let (part, months) = self.ahead.parts[tick].clone();
        Ahead {
            end: &self.ahead.end[part.clone()],
            length: &self.ahead.length[part.clone()],
            month: &self.ahead.month[part.clone()],
            within: &self.ahead.within[part],
            months,
        }
    }

    /// Most ticks that firms look ahead to.
    pub fn most_ahead(&self) -> usize {
        self.ahead.parts.iter().map(|(part, _)| part.len()).max().unwrap_or(0)
    }

    /// Ticks on the calendar, simulated and beyond.
    pub fn len(&self) -> usize {
        self.first_day.len() - 1
    }

    /// Whether the calendar has no tick (it never has: a period holds at least a day).
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of a day, counted from the first day of the simulation (0).
    pub fn day(&self, date: Date) -> i32 {
        day_number(self.start, date)
    }

    /// The date of a tick's first day.
    pub fn date(&self, tick: usize) -> Date {
        self.start.checked_add(jiff::Span::new().days(i64::from(self.first_day[tick]))).unwrap_or(Date::MAX)
    }

    /// The last simulated day.
    pub fn end(&self) -> Date {
        self.date(self.ticks).yesterday().unwrap_or(Date::MAX)
    }

    /// Simulated tick that holds a day; `None` before the start or after the end.
    pub fn tick_of(&self, day: i32) -> Option<usize> {
        if day < 0 || day >= self.first_day[self.ticks] {
            return None;
        }
        Some(self.first_day.partition_point(|&first| first <= day) - 1)
    }

    /// Share of a tick's days that lie in `from..until` (days, fractional ends).
    #[inline]
    pub fn share_within(&self, tick: usize, from: f64, until: f64) -> f64 {
        let (first, last) = (f64::from(self.first_day[tick]), f64::from(self.first_day[tick + 1]));
        ((until.min(last) - from.max(first)) / (last - first)).clamp(0.0, 1.0)
    }
}

fn day_number(start: Date, date: Date) -> i32 {
    // Both dates lie within jiff's range of some 20,000 years, whose days fit.
    start.until(date).map_or(0, |span| span.get_days())
}

fn first_as_long(first_day: &[i32], tick: usize) -> usize {
    let days = |tick: usize| first_day[tick + 1] - first_day[tick];
    (0..tick).find(|earlier| days(*earlier) == days(tick)).unwrap_or(tick)
}

/// For each tick the calendar month of its first day, and the share of its days in that month. No tick is longer than a
/// month.
fn months_of(start: Date, first_day: &[i32]) -> Vec<(u64, f64)> {
    let (mut month, mut next) = (0, month_start(start, 1));
    let mut months = Vec::with_capacity(first_day.len());
    for days in first_day.windows(2) {
        while days[0] >= next {
            month += 1;
            next = month_start(start, month + 1);
        }
        let within = f64::from(days[1].min(next) - days[0]) / f64::from(days[1] - days[0]);
        months.push((month as u64, within));
    }
    months
}

/// Day number of the first day of the n-th calendar month after the start's.
fn month_start(start: Date, n: i32) -> i32 {
    let months = i32::from(start.year()) * 12 + i32::from(start.month()) - 1 + n;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
    match Date::new(year as i16, month as i8, 1) {
        Ok(first) => day_number(start, first),
        Err(_) => n.saturating_mul(31),
    }
}

/// Number of the month that holds a tick, or most of it, for draws that hold for a month.
pub fn month_of(calendar: &Calendar, tick: usize) -> u64 {
    let (month, share) = calendar.month_of(tick);
    if share >= 0.5 { month } else { month + 1 }
}

/// Whether a tick is the last of the month that holds it.
pub fn ends_month(calendar: &Calendar, tick: usize) -> bool {
    tick + 1 == calendar.ticks || month_of(calendar, tick) != month_of(calendar, tick + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn calendar(start: Date, end: Date, tick: Tick) -> Calendar {
        Calendar::new(&Time { start, end, tick, data_from: None })
    }

    #[test]
    fn months_start_on_the_first() {
        let c = calendar(date(2019, 1, 1), date(2024, 12, 31), Tick::Month);
        assert_eq!(c.ticks, 72);
        assert_eq!(c.date(16), date(2020, 5, 1));
        assert_eq!(c.tick_of(c.day(date(2020, 5, 15))), Some(16));
        assert_eq!(c.tick_of(c.day(date(2025, 1, 1))), None);
        assert!(c.len() >= 72 + 13);
    }

    #[test]
    fn a_period_may_start_and_end_within_a_month() {
        let c = calendar(date(2019, 1, 15), date(2019, 3, 10), Tick::Month);
        assert_eq!((c.ticks, c.days(0), c.days(2)), (3, 17, 10));
        assert_eq!(c.date(3), date(2019, 3, 11));
        assert_eq!(c.date(4), date(2019, 4, 1));
    }

    #[test]
    fn weeks_cover_the_period() {
        let c = calendar(date(2019, 1, 1), date(2019, 12, 31), Tick::Week);
        assert_eq!((c.ticks, c.days(52)), (53, 1));
    }

    #[test]
    fn a_week_lies_in_one_month_or_in_two() {
        let c = calendar(date(2019, 1, 15), date(2020, 12, 31), Tick::Week);
        // Weeks start on Tuesdays: that of 29 January has three days in January and four in February.
        assert_eq!((c.month_of(0), c.month_of(2), c.month_of(3)), ((0, 1.0), (0, 3.0 / 7.0), (1, 1.0)));
        let c = calendar(date(2019, 1, 15), date(2020, 12, 31), Tick::Month);
        assert!((0..c.ticks).all(|tick| c.month_of(tick) == (tick as u64, 1.0)));
    }

    #[test]
    fn a_number_by_length_is_asked_once_a_length() {
        let c = calendar(date(2019, 1, 1), date(2020, 12, 31), Tick::Month);
        let (mut table, asked) = (vec![-1.0], std::cell::Cell::new(0));
        c.by_length(&mut table, |months| {
            asked.set(asked.get() + 1);
            2.0 * months
        });
        assert_eq!(asked.get(), 4, "months of 31, 28, 30 and 29 days");
        assert!(table[0] == -1.0 && (0..c.ticks).all(|tick| table[1 + tick] == 2.0 * c.months(tick)));
    }

    #[test]
    fn a_share_of_days_is_pro_rata() {
        let c = calendar(date(2019, 1, 1), date(2019, 12, 31), Tick::Month);
        assert_eq!(c.share_within(0, 0.0, 15.5), 0.5);
        assert_eq!(c.share_within(0, 40.0, 50.0), 0.0);
    }
}
