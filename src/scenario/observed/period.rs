//! The period of an observation: a day, a month, a quarter, a half-year, a year, or from one of these to another.

use std::fmt;

use super::super::notes::What;
use super::super::reader::Reader;
use super::super::tree::{Node, Value};
use crate::units::{Date, day};

/// A day, a month, a quarter, a half-year, a year, or from one of these to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    text: String,
    /// First day; of a day, the day itself.
    pub first: Date,
    /// Last day.
    pub last: Date,
    /// Whether it is a day: then what is counted is counted from the start of the simulation.
    pub is_day: bool,
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Period {
    /// Reads `2020-12-31`, `2020-12`, `2020-Q4`, `2020-H2`, `2020`, or two of them as `2019-10/2020-09-14`.
    pub fn parse(text: &str) -> Option<Period> {
        let Some((from, to)) = text.split_once('/') else { return Period::parse_one(text) };
        let (from, to) = (Period::parse_one(from)?, Period::parse_one(to)?);
        let (first, last) = (from.first, to.last);
        (first <= last).then(|| Period { text: text.to_owned(), first, last, is_day: false })
    }

    fn parse_one(text: &str) -> Option<Period> {
        let whole = |text: &str, digits: usize| -> Option<i16> {
            (text.len() == digits && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
        };
        let parts: Vec<&str> = text.split('-').collect();
        let year = whole(parts.first()?, 4)?;
        let months = |first: i16, last: i16| {
            let first = Date::new(year, i8::try_from(first).ok()?, 1).ok()?;
            let last = Date::new(year, i8::try_from(last).ok()?, 1).ok()?.last_of_month();
            Some((first, last, false))
        };
        let (first, last, is_day) = match parts.as_slice() {
            [_] => months(1, 12)?,
            [_, quarter] if quarter.starts_with(['Q', 'q']) => {
                let quarter = whole(quarter.get(1..)?, 1).filter(|q| (1..=4).contains(q))?;
                months(3 * quarter - 2, 3 * quarter)?
            }
            [_, half] if half.starts_with(['H', 'h']) => {
                let half = whole(half.get(1..)?, 1).filter(|h| (1..=2).contains(h))?;
                months(6 * half - 5, 6 * half)?
            }
            [_, month] => {
                let month = whole(month, 2)?;
                months(month, month)?
            }
            [_, month, day] => {
                let (month, day) = (i8::try_from(whole(month, 2)?).ok()?, i8::try_from(whole(day, 2)?).ok()?);
                let date = Date::new(year, month, day).ok()?;
                (date, date, true)
            }
            _ => return None,
        };
        day::within_reason(first).then(|| Period { text: text.to_owned(), first, last, is_day })
    }
}

/// The forms of a period, for a message.
const FORMS: &str = "a period in quotes: \"2020-12-31\", \"2020-06\", \"2020-Q4\", \"2020-H2\", \"2020\", or from one to \
                     another as \"2019-10/2020-09-14\"";

/// Reads `period`, with or without quotes where TOML admits that.
pub(super) fn read(r: &Reader<'_>) -> Option<Period> {
    let meaning = "when: a day, a month (2020-06), a quarter (2020-Q4), a half-year (2020-H2), a year, or from one of these to \
                   another (2019-10/2020-09-14)";
    r.takes("period", What::Period, meaning);
    at(r, "period", r.need("period", FORMS)?)
}

/// The same of a key that need not be there. Outer `None`: there, but wrong.
pub(super) fn read_opt(r: &Reader<'_>, key: &'static str, meaning: &str) -> Option<Option<Period>> {
    r.takes(key, What::Period, meaning);
    match r.entry(key) {
        Some(entry) => at(r, key, &entry.node).map(Some),
        None => Some(None),
    }
}

fn at(r: &Reader<'_>, key: &str, node: &Node) -> Option<Period> {
    let text = match &node.value {
        Value::Text(text) => text.trim().to_owned(),
        Value::Date(date) => date.to_string(),
        Value::Number(digits) => digits.clone(),
        _ => String::new(),
    };
    let read = Period::parse(&text);
    if read.is_none() {
        r.mismatch(key, node, FORMS, None);
    }
    read
}
