//! Values that make sense alone, as they are typed: numbers, days, seeds, precisions, paths. What depends on a scenario is settled
//! by the study.

use std::fmt;
use std::path::PathBuf;

use crate::experiment::design::MOST_TRIALS;
use crate::experiment::stopping::Goal;
use crate::report::manifest;
use crate::scenario::problem::suggest;
use crate::study::{FEWEST_KEPT, Horizon, Keep, StudyError};
use crate::units::{Named, day};

/// Where each trial's outcomes are kept in memory, more than a million trials do not fit a usual one, and would sharpen no
/// answer: the error falls with the square root of their number.
const MOST_KEPT_TRIALS: u32 = 1_000_000;

/// More threads than any machine that this is meant for has.
const MOST_THREADS: usize = 1024;

/// A horizon: a day, a month (its last day is meant) or a number of months.
///
/// # Errors
/// None of these.
pub fn horizon(text: &str) -> Result<Horizon, String> {
    let refused =
        || format!("write a last day (2022-12-31), a last month (2022-12) or a number of months, not `{text}`");
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return match text.parse() {
            // No world lasts so many months.
            Ok(1900..=2100) => {
                Err(format!("`{text}` is read as a number of months: if it is the year, write {text}-12"))
            }
            Ok(months) if months >= 1 => Ok(Horizon::Months(months)),
            _ => Err(refused()),
        };
    }
    if text.len() == "2022-12".len() {
        let first = day::day(&format!("{text}-01")).map_err(|_| refused())?;
        return Ok(Horizon::Day(first.last_of_month()));
    }
    day::day(text).map(Horizon::Day).map_err(|why| match text.strip_prefix('-') {
        Some(_) => refused(),
        None => format!("{}: {why}", refused()),
    })
}

/// The number of trials.
///
/// # Errors
/// None, or too many.
pub fn trials(text: &str) -> Result<u32, String> {
    u32::try_from(within(text, 1, u64::from(MOST_TRIALS))?).map_err(|why| why.to_string())
}

/// The number of a trial.
///
/// # Errors
/// None, or beyond all that there can be.
pub fn trial(text: &str) -> Result<u32, String> {
    u32::try_from(within(text, 0, u64::from(MOST_TRIALS) - 1)?).map_err(|why| why.to_string())
}

/// The number of trials of a command that keeps them all in memory.
///
/// # Errors
/// None, or too many.
pub fn kept_trials(text: &str) -> Result<u32, String> {
    let trials = within(text, 1, u64::from(MOST_KEPT_TRIALS))
        .map_err(|why| format!("{why}: every trial's outcomes are kept, and beyond that they sharpen no answer"))?;
    u32::try_from(trials).map_err(|why| why.to_string())
}

/// The seed of all random draws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seed {
    /// This one.
    Given(u64),
    /// One that the system's entropy picks.
    Random,
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Seed::Given(seed) => write!(f, "{seed}"),
            Seed::Random => write!(f, "random"),
        }
    }
}

/// Binary digits of a seed that is picked: as many as every reader of JSON reads exactly.
const PICKED_BITS: u32 = 53;

impl Seed {
    /// The number.
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub(super) fn pick(self) -> Result<u64, StudyError> {
        match self {
            Seed::Given(seed) => Ok(seed),
            Seed::Random => getrandom::u64().map(|bits| bits >> (u64::BITS - PICKED_BITS)).map_err(|why| {
                StudyError::invalid(format!("the system gives no random seed: {why}"), "give one with --seed N")
            }),
        }
    }
}

/// A seed: a number, or `random`.
///
/// # Errors
/// Neither.
pub fn seed(text: &str) -> Result<Seed, String> {
    if text == "random" {
        return Ok(Seed::Random);
    }
    let number = text.parse().map(Seed::Given);
    number.map_err(|_| format!("write a whole number from 0 to {}, or `random`", u64::MAX))
}

/// The number of threads.
///
/// # Errors
/// None, or too many.
pub fn threads(text: &str) -> Result<usize, String> {
    usize::try_from(within(text, 1, MOST_THREADS as u64)?).map_err(|why| why.to_string())
}

/// A whole number within limits.
pub(super) fn within(text: &str, least: u64, most: u64) -> Result<u64, String> {
    let number = text.parse().ok().filter(|n| (least..=most).contains(n));
    number.ok_or_else(|| format!("write a whole number from {least} to {most}"))
}

/// A precision that is asked for.
///
/// # Errors
/// None; what to write instead.
pub fn goal(text: &str) -> Result<Goal, String> {
    text.trim().parse::<Goal>().map_err(|error| match error.help() {
        Some(help) => format!("{error} ({help})"),
        None if horizon(text.trim()).is_ok() => format!("{error}; the last day to simulate is set by --horizon"),
        None => error.to_string(),
    })
}

/// A share below 1 or a number of trials.
///
/// # Errors
/// Neither.
pub fn keep(text: &str) -> Result<Keep, String> {
    if let Some(trials) = text.parse::<u32>().ok().filter(|trials| *trials as usize >= FEWEST_KEPT) {
        return Ok(Keep::Trials(trials as usize));
    }
    let share = text.parse().ok().filter(|share| *share > 0.0 && *share < 1.0);
    share.map(Keep::Share).ok_or_else(|| {
        format!("write a share of the trials above 0 and below 1, such as 0.05, or a whole number of trials from {FEWEST_KEPT}")
    })
}

/// A relative error.
///
/// # Errors
/// No number from 0 to 1.
pub fn tolerance(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "write a share from 0 to 1, such as 0.05 for 5%".to_owned())
}

/// A `PATH=VALUE`.
///
/// # Errors
/// No `=`, or no path before it or value after it.
pub fn setting(text: &str) -> Result<(String, String), String> {
    match text.split_once('=').map(|(path, value)| (path.trim(), value.trim())) {
        Some((path, value)) if !path.is_empty() && !value.is_empty() => Ok((path.to_owned(), value.to_owned())),
        _ => Err("write PATH=VALUE, such as behaviour.over_compliance=0.1".to_owned()),
    }
}

/// A value of a fixed list.
///
/// # Errors
/// None of the list.
pub fn named<T: Named>(text: &str) -> Result<T, String> {
    T::parse(text).ok_or_else(|| {
        let help = suggest(text, T::names()).map(|help| format!(" ({help})")).unwrap_or_default();
        format!("it is not a {}{help}", T::WHAT)
    })
}

/// The folder of a result.
///
/// # Errors
/// None.
pub(super) fn folder(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    // Who names the manifest means the folder that it is of.
    match path.file_name() {
        Some(name) if name == manifest::NAME => Ok(match path.parent() {
            Some(above) if !above.as_os_str().is_empty() => above.to_owned(),
            _ => PathBuf::from("."),
        }),
        _ => Ok(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Date;

    #[test]
    fn a_horizon_is_a_day_a_month_or_a_number_of_months() {
        let start: Date = "2019-01-01".parse().unwrap();
        let end = |text: &str| horizon(text).unwrap().end(start).unwrap().to_string();
        assert_eq!(end("2022-12-30"), "2022-12-30");
        assert_eq!(end("2020-02"), "2020-02-29");
        assert_eq!(end("48"), "2022-12-31");
        assert_eq!(end("1"), "2019-01-31");
        for wrong in ["", "0", "-1", "2022-13", "2022-02-30", "1.5", "soon", "99999999999", "2022-1"] {
            assert!(horizon(wrong).is_err(), "{wrong}");
        }
        for before in ["2019-01-01", "2018-12", "4000000000"] {
            assert!(horizon(before).unwrap().end(start).is_err(), "{before}");
        }
    }

    #[test]
    fn a_setting_splits_at_the_first_equals_sign() {
        let pair = |a: &str, b: &str| Ok((a.to_owned(), b.to_owned()));
        assert_eq!(setting("a.b = { value = 1 }"), pair("a.b", "{ value = 1 }"));
        for wrong in ["a.b", "=1", "a=", ""] {
            assert!(setting(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_seed_is_a_number_or_picked() {
        assert_eq!(seed("18446744073709551615").map(Seed::pick).unwrap().unwrap(), u64::MAX);
        let picked = seed("random").unwrap().pick().unwrap();
        assert!(picked < 1 << PICKED_BITS);
        // Two picks agree once in 2^53.
        assert_ne!(picked, Seed::Random.pick().unwrap());
        for wrong in ["", "-1", "1.5", "Random", "18446744073709551616"] {
            assert!(seed(wrong).is_err(), "{wrong}");
        }
    }
}
