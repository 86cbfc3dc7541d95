//! What was typed, and what it means: values that make sense alone are parsed here, and defaults, the horizon and the
//! folder are settled against the scenarios that they are meant for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::args::{MergeArgs, OutputArgs, UntilArgs, WriteArgs};
use super::error::CliError;
use super::format::Format;
use super::stderr;
use crate::experiment::design::{MOST_TRIALS, USUAL_TRIALS};
use crate::experiment::header::Header;
use crate::experiment::stopping::{Goal, Stopping};
use crate::report::figures::{FigureError, FontFile, Fonts};
use crate::report::folder::Replace;
use crate::report::manifest;
use crate::scenario::problem::suggest;
use crate::units::{Date, Named, day};

/// Where each trial's outcomes are kept in memory, more than a million trials do not fit a usual one, and would sharpen no
/// answer: the error falls with the square root of their number.
const MOST_KEPT_TRIALS: u32 = 1_000_000;

/// More threads than any machine that this is meant for has.
const MOST_THREADS: usize = 1024;

/// When a simulation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Horizon {
    /// On this day.
    Day(Date),
    /// This many months after the start.
    Months(u32),
}

impl Horizon {
    /// The last day, for a scenario that starts on `start`.
    ///
    /// # Errors
    /// A day that is not after the start.
    pub fn end(self, start: Date) -> Result<Date, CliError> {
        let end = match self {
            Horizon::Day(day) => day,
            Horizon::Months(months) => {
                let span = Span::new().try_months(months);
                let end = span.and_then(|span| start.checked_add(span)).and_then(Date::yesterday);
                end.map_err(|_| CliError::usage(format!("{months} months from {start} is beyond the calendar"), FORMS))?
            }
        };
        if end > start {
            return Ok(end);
        }
        let message = format!("the horizon {end} is not after the start of the scenario, {start}");
        Err(CliError::usage(message, FORMS))
    }
}

const FORMS: &str = "write --horizon as a last day (2022-12-31), a last month (2022-12) or a number of months (48)";

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

/// Binary digits of a seed that is picked: as many as every reader of JSON reads exactly.
const PICKED_BITS: u32 = 53;

impl Seed {
    /// The number.
    ///
    /// # Errors
    /// The system gives no random numbers.
    fn pick(self) -> Result<u64, CliError> {
        match self {
            Seed::Given(seed) => Ok(seed),
            Seed::Random => getrandom::u64().map(|bits| bits >> (u64::BITS - PICKED_BITS)).map_err(|why| {
                CliError::usage(format!("the system gives no random seed: {why}"), "give one with --seed N")
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

/// When an ensemble has enough trials; `None` where their number was given.
///
/// # Errors
/// A floor above the cap.
pub fn stopping(typed: &UntilArgs) -> Result<Option<Stopping>, CliError> {
    if typed.until.is_empty() {
        return Ok(None);
    }
    let stopping = Stopping::new(typed.until.clone(), typed.at_least, typed.at_most);
    let help = "lower --at-least (1,000 if not given), or raise --at-most";
    stopping.map(Some).map_err(|error| CliError::usage(error.to_string(), help))
}

/// One trial has no spread, so that it would seem to settle every parameter.
pub const FEWEST_KEPT: usize = 2;

/// How many trials a calibration keeps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Keep {
    /// This share of them.
    Share(f64),
    /// This many.
    Trials(usize),
}

impl Keep {
    /// Of so many trials.
    pub fn of(self, trials: u32) -> usize {
        match self {
            Keep::Share(share) => ((share * f64::from(trials)).round() as usize).max(FEWEST_KEPT),
            Keep::Trials(kept) => kept,
        }
    }
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

/// What the options of a command that writes mean.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the result goes.
    pub folder: PathBuf,
    /// What it may replace there.
    pub replace: Replace,
    /// Whether figures are drawn.
    pub figures: bool,
    /// The font of characters that theirs lacks.
    pub font: Option<Arc<FontFile>>,
    /// Whether nothing is said.
    pub quiet: bool,
    /// In which form the end is told.
    pub format: Format,
    /// Master seed.
    pub seed: u64,
    /// Trials a scenario.
    pub trials: u32,
    /// Threads.
    pub threads: usize,
    /// The date of the result.
    pub date: Date,
    /// Whether the date was given, so that the manifest shows no other time.
    pub dated: bool,
}

impl Settings {
    /// Settles the options. `folder` is the name of the usual folder, `name` that of the comparison, and `own` whether its usual
    /// folder may be replaced where it holds an earlier result of it.
    ///
    /// # Errors
    /// A `SOURCE_DATE_EPOCH` that is no time.
    pub fn of(typed: &WriteArgs, folder: &str, name: &str, own: bool) -> Result<Settings, CliError> {
        let replace = match (typed.output.force, own && typed.out.is_none()) {
            (true, _) => Replace::Result,
            (false, true) => Replace::Earlier(name.to_owned()),
            (false, false) => Replace::Nothing,
        };
        let place = typed.out.clone().unwrap_or_else(|| Path::new("output").join(folder));
        let seed = typed.seed.pick()?;
        let trials = typed.trials.unwrap_or(USUAL_TRIALS);
        let settings = Settings::written(&typed.output, (place, replace), (seed, trials), typed.threads)?;
        if typed.seed == Seed::Random && !settings.quiet {
            // Where standard error is closed, the manifest still tells it.
            stderr::progress(&format!("the seed {seed} was picked: --seed {seed} gives this result again"));
        }
        Ok(settings)
    }

    /// Those of a merger of shards of an experiment.
    ///
    /// # Errors
    /// A `SOURCE_DATE_EPOCH` that is no time.
    pub fn of_merge(typed: &MergeArgs, header: &Header) -> Result<Settings, CliError> {
        let replace = if typed.output.force { Replace::Result } else { Replace::Nothing };
        let place = (typed.out.clone(), replace);
        Settings::written(&typed.output, place, (header.seed, header.trials), typed.threads)
    }

    /// Those of a result that goes to a folder, which may replace something there, of so many trials of a seed.
    fn written(
        typed: &OutputArgs,
        (folder, replace): (PathBuf, Replace),
        (seed, trials): (u64, u32),
        threads: Option<usize>,
    ) -> Result<Settings, CliError> {
        let (date, dated) = date(typed.date)?;
        Ok(Settings {
            folder,
            replace,
            figures: !typed.no_figures,
            font: typed.font.as_deref().map(font).transpose()?,
            quiet: typed.quiet,
            format: typed.format,
            seed,
            trials,
            threads: threads.unwrap_or_else(cores),
            date,
            dated,
        })
    }

    /// The threads.
    ///
    /// # Errors
    /// They can't be had.
    pub fn pool(&self) -> Result<rayon::ThreadPool, CliError> {
        let threads = self.threads;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.map_err(|why| CliError::Threads { threads, why })
    }

    /// The fonts of the figures, where any are drawn.
    ///
    /// # Errors
    /// None in practice.
    pub fn fonts(&self) -> Result<Option<Fonts>, FigureError> {
        self.figures.then(|| Fonts::load(self.font.clone())).transpose()
    }

    /// What a user must know of the fonts, after all texts were drawn in them; nothing was drawn where there are none.
    pub(super) fn font_warnings(&self, fonts: Option<&Fonts>) -> Vec<String> {
        match (fonts, &self.font) {
            (Some(fonts), given) => fonts.seen().warnings(given.as_ref().map(|font| font.name.as_str())),
            (None, Some(_)) => vec!["--font has no effect: no figures are drawn".to_owned()],
            (None, None) => Vec::new(),
        }
    }

    /// The same, and says it.
    pub(super) fn warn_of_fonts(&self, fonts: Option<&Fonts>) -> Vec<String> {
        let warnings = self.font_warnings(fonts);
        for warning in &warnings {
            stderr::warning(warning);
        }
        warnings
    }

    /// What the manifest tells of the run that now ends.
    pub(crate) fn told(
        &self,
        overrides: Vec<(String, String)>,
        started: Timestamp,
        fonts: Option<&Fonts>,
    ) -> manifest::Run {
        let second = |time: Timestamp| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        manifest::Run {
            command: std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect(),
            overrides,
            threads: self.threads,
            date: self.date,
            font: manifest::Font::of(fonts),
            times: (!self.dated).then(|| (second(started), second(Timestamp::now()))),
        }
    }
}

/// A font that was named.
///
/// # Errors
/// It can't be read, or is none.
pub(super) fn font(typed: &str) -> Result<Arc<FontFile>, CliError> {
    let read = FontFile::read(typed);
    read.map(Arc::new).map_err(|error| CliError::usage(error.to_string(), error.help()))
}

/// One thread a core.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The date of a result, and whether it was given: by `--date`, else by `SOURCE_DATE_EPOCH`.
fn date(typed: Option<Date>) -> Result<(Date, bool), CliError> {
    let given = match typed {
        Some(date) => Some(date),
        None => source_date(std::env::var_os("SOURCE_DATE_EPOCH"))?,
    };
    Ok((given.unwrap_or_else(|| utc(Timestamp::now())), given.is_some()))
}

/// The day of `SOURCE_DATE_EPOCH`, if it is set.
fn source_date(epoch: Option<std::ffi::OsString>) -> Result<Option<Date>, CliError> {
    let Some(epoch) = epoch.filter(|e| !e.is_empty()) else { return Ok(None) };
    let time = epoch.to_str().and_then(|e| e.parse().ok()).and_then(|seconds| Timestamp::from_second(seconds).ok());
    time.map(|time| Some(utc(time))).ok_or_else(|| {
        let message = format!("SOURCE_DATE_EPOCH is `{}`, which is not a time", epoch.to_string_lossy());
        CliError::usage(message, "set it to seconds since 1970, unset it, or give --date")
    })
}

fn utc(time: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(time).date()
}

#[cfg(test)]
mod tests {
    use super::*;

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

    #[test]
    fn the_source_date_is_a_day_in_utc() {
        assert_eq!(source_date(Some("86399".into())).unwrap().map(|d| d.to_string()).as_deref(), Some("1970-01-01"));
        assert_eq!(source_date(Some("".into())).unwrap(), None);
        assert!(source_date(Some("yesterday".into())).is_err());
        assert!(source_date(Some("99999999999999999".into())).is_err());
    }
}
