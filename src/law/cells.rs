//! What the cells of a file of cases may hold, and what to say of one that holds something else: a spreadsheet's habits are
//! read where they can mean one thing only, and refused with the sentence that helps where not.

use super::facts::Buyer;
use crate::units::{Country, Date, Level, Share, day, shown};

/// What is wrong with a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CellError {
    /// What kind of mistake it is, by which those of one cause are told once.
    pub(super) kind: Mistake,
    pub(super) message: String,
}

/// A kind of mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mistake {
    /// Nothing where something must be.
    Blank,
    /// A date where a share belongs.
    DateForShare,
    /// A number where a date belongs.
    NumberForDate,
    /// Any other.
    Other,
}

impl From<String> for CellError {
    fn from(message: String) -> CellError {
        CellError { kind: Mistake::Other, message }
    }
}

/// What spreadsheets save for true and false, whatever their language; in capitals.
const BOOLEANS: [(&str, &str); 6] = [
    ("TRUE", "FALSE"),
    ("WAHR", "FALSCH"),
    ("VRAI", "FAUX"),
    ("VERO", "FALSO"),
    ("VERDADERO", "FALSO"),
    ("WAAR", "ONWAAR"),
];

/// `true` or `false`. 1 and 0 are refused: they are shares too, and a column may have slipped.
pub(super) fn boolean(text: &str) -> Result<bool, CellError> {
    let upper = text.to_uppercase();
    if BOOLEANS.iter().any(|(yes, _)| *yes == upper) {
        return Ok(true);
    }
    if BOOLEANS.iter().any(|(_, no)| *no == upper) {
        return Ok(false);
    }
    let meant = match upper.as_str() {
        "1" | "YES" | "Y" | "X" | "T" => " (did you mean `true`?)",
        "0" | "NO" | "N" | "F" => " (did you mean `false`?)",
        _ => "",
    };
    Err(format!("`{}` is neither `true` nor `false`{meant}", shown(text)).into())
}

/// A share. `decimal_comma`: the cells of the file are not parted by commas, so that one in a number is decimal.
pub(super) fn share(text: &str, decimal_comma: bool) -> Result<Share, CellError> {
    let with_point = text.replacen(',', ".", 1);
    if let Ok(share) = if decimal_comma { &with_point } else { text }.parse() {
        return Ok(share);
    }
    if day::day(text).is_ok() || (text.parse::<f64>().is_err() && !day::meant(text).is_empty()) {
        let message = format!(
            "`{}` looks like a date, not a share: are the columns swapped? A share is a decimal between 0 and 1, such as 0.25",
            shown(text)
        );
        return Err(CellError { kind: Mistake::DateForShare, message });
    }
    let help = match (with_point.parse::<Share>(), Share::from_percent(text)) {
        (Ok(share), _) => format!(" (with a decimal point: {share})"),
        (_, Some(share)) => format!(" (for {} percent write {share})", text.trim_end_matches(['%', ' '])),
        _ => String::new(),
    };
    Err(format!("`{}` is not a share: write a decimal between 0 and 1, such as 0.25{help}", shown(text)).into())
}

/// A country.
pub(super) fn country(text: &str) -> Result<Country, CellError> {
    text.parse().map_err(|_| crate::units::NotACountry { text: shown(text) }.to_string().into())
}

/// A day.
pub(super) fn date(text: &str) -> Result<Date, CellError> {
    day::day(text).map_err(|message| {
        let number = text.replacen(',', ".", 1).parse::<f64>().is_ok();
        if !number || !day::meant(text).is_empty() {
            return message.into();
        }
        let message = format!(
            "`{}` is a number, not a date: are the columns swapped? A date is written YYYY-MM-DD, such as 2019-05-16",
            shown(text)
        );
        CellError { kind: Mistake::NumberForDate, message }
    })
}

/// A control level.
pub(super) fn level(text: &str) -> Result<Level, CellError> {
    named(text, Level::WHAT, Level::ALL, Level::name)
}

/// One of the named values of a type.
pub(super) fn named<T: Copy>(
    text: &str,
    what: &str,
    all: &[T],
    name: impl Fn(T) -> &'static str,
) -> Result<T, CellError> {
    all.iter().copied().find(|&value| name(value) == text).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|&value| name(value)).collect();
        let near = nearest(text, names.iter().copied()).map(|near| format!(" (did you mean `{near}`?)"));
        format!("`{}` is not a {what}: write {}{}", shown(text), names.join(", "), near.unwrap_or_default()).into()
    })
}

/// A vendor of the scenario.
pub(super) fn buyer(text: &str, vendors: &[Buyer]) -> Result<Buyer, CellError> {
    vendors.iter().find(|vendor| vendor.id == text).cloned().ok_or_else(|| {
        let ids = || vendors.iter().map(|vendor| vendor.id.as_str());
        let near = nearest(text, ids()).map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default();
        let known = ids().collect::<Vec<_>>().join(", ");
        format!("the scenario has no vendor `{}`{near}; its vendors are {known}", shown(text)).into()
    })
}

/// The name that a text most likely stands for, if one is near.
pub(super) fn nearest<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    const NEAR: f64 = 0.6;
    let text = text.to_lowercase();
    let scored = names.map(|name| (strsim::normalized_damerau_levenshtein(&text, name), name));
    let best = scored.filter(|(score, _)| *score >= NEAR).max_by(|a, b| a.0.total_cmp(&b.0));
    best.map(|(_, name)| name.to_owned())
}
