//! Days as they are written in files and on the command line, and which day a spreadsheet may have meant where it wrote
//! another form: that is never guessed, only offered.

use jiff::civil::Date;

/// Days outside of these years are slips of the keyboard: 0219 or 20019 for 2019.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;

/// A day written as YYYY-MM-DD. Other forms that a date library would take are refused, since they may be a slip.
///
/// # Errors
/// What is wrong with it, and which day may have been meant.
pub fn day(text: &str) -> Result<Date, String> {
    let form = |(at, byte): (usize, u8)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() };
    if text.len() != 10 || !text.bytes().enumerate().all(form) {
        let meant = question(&meant(text)).map(|question| format!(" ({question})")).unwrap_or_default();
        return Err(format!(
            "`{}` is not a date: write it as YYYY-MM-DD, such as 2019-05-16{meant}",
            super::shown(text)
        ));
    }
    let day = text.parse().map_err(|_| format!("`{text}` is not a day of the calendar"))?;
    within_reason(day).then_some(day).ok_or_else(|| out_of_reason(text))
}

/// Whether the year can be meant.
pub fn within_reason(day: Date) -> bool {
    YEARS.contains(&day.year())
}

/// What to say of a day whose year can't be meant.
pub fn out_of_reason(day: impl std::fmt::Display) -> String {
    format!("`{day}` has a year that can't be meant: write one from {} to {}", YEARS.start(), YEARS.end())
}

/// A question that offers the days which may have been meant.
pub fn question(days: &[Date]) -> Option<String> {
    match days {
        [] => None,
        [one] => Some(format!("is it {one}?")),
        [one, other, ..] => Some(format!("is it {one} or {other}?")),
    }
}

/// The days that a text may stand for: as a spreadsheet writes one in some country, with a time behind it, or as the number
/// by which it counts days. None, one, or two where day and month may be swapped.
pub fn meant(text: &str) -> Vec<Date> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || "'\"=".contains(c));
    let parts: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    // What stands behind a date is a time: `2019-12-02T10:00`, `2019-12-02 00:00:00`.
    let mut days = match parts.as_slice() {
        [digits] => together(digits),
        [year, month, day, ..] if year.len() == 4 => {
            let day = day.split(['T', 't']).next().unwrap_or_default();
            date(number(year), number(month), number(day)).into_iter().collect()
        }
        [a, b, year, ..] if month_named(a).is_some() || month_named(b).is_some() => {
            let (month, day) = if month_named(a).is_some() { (month_named(a), b) } else { (month_named(b), a) };
            date(full_year(year), month, number(day)).into_iter().collect()
        }
        [a, b, year, ..] => {
            let day_first = date(full_year(year), number(b), number(a));
            // Dots stand between day, month and year alone; strokes in either order.
            let month_first = date(full_year(year), number(a), number(b)).filter(|_| !text.contains('.'));
            month_first.into_iter().chain(day_first).collect::<Vec<_>>()
        }
        _ => Vec::new(),
    };
    days.sort();
    days.dedup();
    days
}

/// A date without anything between its parts: `20191202`, or the days since 1899-12-30 by which spreadsheets count.
fn together(digits: &str) -> Vec<Date> {
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    match digits.len() {
        8 if all_digits => {
            date(number(&digits[..4]), number(&digits[4..6]), number(&digits[6..])).into_iter().collect()
        }
        5 if all_digits => {
            let counted = digits.parse::<i64>().ok().map(|days| jiff::Span::new().days(days));
            let day = counted.and_then(|days| Date::constant(1899, 12, 30).checked_add(days).ok());
            day.filter(|day| within_reason(*day)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn number(text: &str) -> Option<i16> {
    text.parse().ok()
}

/// A year, of which the century may be missing.
fn full_year(text: &str) -> Option<i16> {
    match text.len() {
        4 => number(text),
        2 => number(text).map(|year| 2000 + year),
        _ => None,
    }
}

fn month_named(text: &str) -> Option<i16> {
    let names = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let start: String = text.to_lowercase().chars().take(3).collect();
    names.iter().position(|name| *name == start).and_then(|at| i16::try_from(at + 1).ok())
}

fn date(year: Option<i16>, month: Option<i16>, day: Option<i16>) -> Option<Date> {
    let day = Date::new(year?, i8::try_from(month?).ok()?, i8::try_from(day?).ok()?).ok()?;
    within_reason(day).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form_is_read() {
        assert_eq!(day("2019-12-02").unwrap().to_string(), "2019-12-02");
        for bad in ["2019-02-30", "2019-13-01", "2019-00-10"] {
            assert!(day(bad).unwrap_err().ends_with("is not a day of the calendar"), "{bad}");
        }
        for bad in ["0219-12-02", "1899-12-31", "2101-01-01", "9999-12-31"] {
            assert!(day(bad).unwrap_err().contains("a year that can't be meant"), "{bad}");
        }
        for bad in ["", "20019-12-02", "+019-12-02", "2019-12-2", "２０１９-12-02"] {
            assert!(day(bad).unwrap_err().contains("write it as YYYY-MM-DD"), "{bad}");
        }
    }

    #[test]
    fn other_forms_are_offered() {
        let offered = |text: &str| meant(text).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        for one in [
            "02.12.2019",
            "2.12.19",
            "2019/12/02",
            "20191202",
            "2019-12-2",
            "2019-12-02T10:00",
            "2019-12-02 00:00:00",
            "43801",
            "2-Dec-19",
            "02-Dec-2019",
            "Dec 2, 2019",
            "2 December 2019",
            "'2019-12-02",
            "02.12.2019 10:30",
        ] {
            assert_eq!(offered(one), "2019-12-02", "{one}");
        }
        assert_eq!(offered("12/2/2019"), "2019-02-12 2019-12-02");
        assert_eq!(offered("12/13/2019"), "2019-12-13", "there is no month 13");
        assert_eq!(offered("5/5/2019"), "2019-05-05");
        for none in ["", "soon", "0.25", "25", "huawei", "2019", "1.5", "99/99/2019", "12345678", "日本"] {
            assert_eq!(offered(none), "", "{none}");
        }
    }
}
