//! From when on a source could be known: what a reader of that day could not have read may not set a number that is said to be of the
//! day. A month stands for its last day, by which all of it was out.

use std::fmt;

use crate::units::{Date, day};

/// From when on a source could be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownFrom {
    text: String,
    /// The day; of a month, its last.
    pub day: Date,
}

impl KnownFrom {
    /// Reads `2021-03` or `2021-03-08`.
    pub fn parse(text: &str) -> Option<KnownFrom> {
        let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
        let parts: Vec<&str> = text.split('-').collect();
        let (year, rest) = parts.split_first()?;
        if !digits(year, 4) || !rest.iter().all(|part| digits(part, 2)) {
            return None;
        }
        let number = |text: &str| text.parse::<i8>().ok();
        let year = year.parse::<i16>().ok()?;
        let day = match rest {
            [month] => Date::new(year, number(month)?, 1).ok()?.last_of_month(),
            [month, day] => Date::new(year, number(month)?, number(day)?).ok()?,
            _ => return None,
        };
        day::within_reason(day).then(|| KnownFrom { text: text.to_owned(), day })
    }
}

impl fmt::Display for KnownFrom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_known_by_its_last_day() {
        let day = |text: &str| KnownFrom::parse(text).map(|known| known.day.to_string());
        assert_eq!(day("2021-02").as_deref(), Some("2021-02-28"));
        assert_eq!(day("2021-03-08").as_deref(), Some("2021-03-08"));
        for none in ["", "2021", "2021-13", "2021-3", "2021-02-30", "2021-Q1", "spring 2021", "20211-01", "2021-+1"] {
            assert_eq!(day(none), None, "{none}");
        }
    }
}
