//! The number of an observation: a value, a range, a bound, or words where no number was told.

use super::super::notes::What;
use super::super::reader::Reader;
use super::unit::Dimension;
use super::{Bound, Need, Observation};

/// The lowest and highest value that agrees with what was observed; where only words were reported (`said`), any.
pub(super) fn range(
    r: &Reader<'_>,
    bound: Option<Bound>,
    said: bool,
    needs: Option<Option<Need>>,
) -> Option<(f64, f64)> {
    r.takes_either(&["value", "low", "said"]);
    let meanings = [
        ("value", "the observed number, in its unit"),
        ("low", "lower end of a range that is known, in the unit"),
        ("high", "upper end of that range"),
    ];
    meanings.iter().for_each(|(key, meaning)| r.takes(key, What::Number, meaning));
    let number = |key| match r.entry(key) {
        Some(entry) => r.number_at(key, &entry.node).map(Some),
        None => Some(None),
    };
    let (value, low, high) = (number("value"), number("low"), number("high"));
    let (value, low, high) = (value?, low?, high?);
    let bound = bound?;
    let wrong = |key: &'static str, message: String, help: &str| {
        let place = r.entry(key).map_or(r.place.clone(), |entry| entry.node.place.clone());
        r.problem(&place, message, "here", Some(help.to_owned()));
        None
    };
    if said {
        return match (needs?, value.or(low).or(high)) {
            (Some(_), None) => Some((f64::NEG_INFINITY, f64::INFINITY)),
            (_, Some(_)) => wrong(
                "said",
                format!("`{}` has both a number and words in the place of one", r.path),
                "keep the number, and put the words into `note`",
            ),
            (None, None) => wrong(
                "said",
                format!("`{}` tells in words what was reported, and words can't be scored", r.path),
                "add needs = \"number\", which keeps it without a score",
            ),
        };
    }
    match (value, low, high, bound) {
        (Some(value), None, None, Bound::Exact) => Some((value, value)),
        (Some(value), None, None, Bound::AtLeast) => Some((value, f64::INFINITY)),
        (Some(value), None, None, Bound::AtMost) => Some((f64::NEG_INFINITY, value)),
        (None, Some(low), Some(high), Bound::Exact) if low <= high => Some((low, high)),
        (None, Some(low), Some(high), Bound::Exact) => wrong(
            "low",
            format!("`{}` has a low end of {low} above its high end of {high}", r.path),
            "write the lower one as `low`",
        ),
        (None, Some(_), Some(_), bound) => wrong(
            "low",
            format!("`{}` has two ends, and `bound = \"{bound}\"` is about one value", r.path),
            "write `value`, or leave `bound` out",
        ),
        (Some(_), ..) => wrong(
            "value",
            format!("`{}` has a `value` and `low` or `high`: only one of the two forms can be meant", r.path),
            "keep `value`, or both `low` and `high`",
        ),
        (None, None, None, _) => {
            r.lacks(vec!["value", "low", "said"], "the observed number, or `low` and `high` where a range is known");
            None
        }
        (None, ..) => wrong(
            if low.is_some() { "low" } else { "high" },
            format!("`{}` has one end of a range only", r.path),
            "add the other end; for a bound write `value` with bound = \"at-least\" or \"at-most\"",
        ),
    }
}

/// Whether the numbers are possible for what they are numbers of.
pub(super) fn possible(r: &Reader<'_>, observation: &Observation) -> bool {
    let (lowest, highest) = match observation.quantity.dimension() {
        Dimension::Share if observation.relative_to.is_none() => (0.0, 1.0),
        _ => (0.0, f64::INFINITY),
    };
    let factor = observation.unit.factor();
    let beyond = [observation.low, observation.high]
        .into_iter()
        .filter(|end| end.is_finite())
        .find(|end| !(lowest..=highest * (1.0 + 1e-12)).contains(&(end * factor)));
    if let Some(end) = beyond {
        let key = if r.has("value") { "value" } else { "low" };
        let expected = if highest.is_finite() {
            format!("it lies from 0 to {}", highest / factor)
        } else {
            "it is not negative".to_owned()
        };
        let message = format!("{end} {} is not a possible {}", observation.unit, observation.quantity);
        let percent = highest.is_finite() && factor == 1.0 && end > 1.0 && end <= 100.0;
        let help = if percent { format!("for {end} percent write {}", end / 100.0) } else { expected };
        r.cx.push(observation.problem(key, message, "out of range", Some(help)));
    }
    beyond.is_none()
}
