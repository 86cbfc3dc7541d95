//! From what was typed to what is asked of a study: defaults of the command line, the environment and the machine are settled here.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::console::Console;
use super::design::DesignArgs;
use super::error::CliError;
use super::options::{OutputArgs, SimulateArgs, WriteArgs};
use super::values::Seed;
use crate::experiment::design::USUAL_TRIALS;
use crate::experiment::stopping::Stopping;
use crate::report::figures::FontFile;
use crate::study::{DesignSpec, Layers, Output, Spec, WriteMode, cores};
use crate::units::{Date, Named};

/// What a form of what is printed must be.
pub(super) trait Form: Named + Clone + Send + Sync + 'static {}

impl<F: Named + Clone + Send + Sync + 'static> Form for F {}

/// What `run` and `compare` ask of a study, of the scenarios that were named.
pub(super) fn experiment(
    named: Spec,
    write: &WriteArgs,
    simulate: &SimulateArgs,
    design: &DesignArgs,
    console: &Console,
) -> Result<(Spec, WriteMode), CliError> {
    if simulate.shard.is_some() && write.seed == Seed::Random {
        let message = "the shards of one experiment need the same seed, and `random` would give each a different one";
        return Err(CliError::usage(message, "give all of them the same number with --seed"));
    }
    let spec = Spec {
        layers: layers(write),
        design: DesignSpec {
            kind: design.design,
            points: design.points,
            replications: design.replications,
            trials: write.trials,
            levers: design.levers.clone(),
        },
        until: until(simulate)?,
        seed: seed(write, console)?,
        threads: threads(write.threads),
        ..named
    };
    Ok((spec, WriteMode { resume: simulate.resume, shard: simulate.shard }))
}

/// When an ensemble has enough trials; `None` where their number was given.
fn until(typed: &SimulateArgs) -> Result<Option<Stopping>, CliError> {
    let typed = &typed.until;
    if typed.until.is_empty() {
        return Ok(None);
    }
    let stopping = Stopping::new(typed.until.clone(), typed.at_least, typed.at_most);
    let help = "lower --at-least (1,000 if not given), or raise --at-most";
    stopping.map(Some).map_err(|error| CliError::usage(error.to_string(), help))
}

/// What is laid over scenarios and set in them.
pub(super) fn layers<F: Form>(typed: &WriteArgs<F>) -> Layers {
    Layers { overlays: typed.overlays.clone(), set: typed.set.clone(), horizon: typed.horizon }
}

/// The seed; one that is picked is told.
pub(super) fn seed<F: Form>(typed: &WriteArgs<F>, console: &Console) -> Result<u64, CliError> {
    let seed = typed.seed.pick()?;
    if typed.seed == Seed::Random {
        // Where standard error is closed, the manifest still tells it.
        console.say(&format!("the seed {seed} was picked: --seed {seed} gives this result again"));
    }
    Ok(seed)
}

/// The trials of a command that takes no design.
pub(super) fn trials<F: Form>(typed: &WriteArgs<F>) -> u32 {
    typed.trials.unwrap_or(USUAL_TRIALS)
}

/// The threads.
pub(super) fn threads(typed: Option<usize>) -> usize {
    typed.unwrap_or_else(cores)
}

/// How a result is written, into a folder if one was named.
pub(super) fn output<F: Form>(folder: Option<&Path>, typed: &OutputArgs<F>) -> Result<Output, CliError> {
    let given = match typed.date {
        Some(date) => Some(date),
        None => source_date(std::env::var_os("SOURCE_DATE_EPOCH"))?,
    };
    Ok(Output {
        folder: folder.map(Path::to_owned),
        force: typed.force,
        figures: !typed.no_figures,
        font: typed.font.as_deref().map(font).transpose()?,
        date: given,
        command: command(),
    })
}

/// The command as it was typed.
pub(super) fn command() -> Vec<String> {
    std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect()
}

/// A font that was named.
///
/// # Errors
/// It can't be read, or is none.
pub(super) fn font(typed: &str) -> Result<Arc<FontFile>, CliError> {
    let read = FontFile::read(typed);
    read.map(Arc::new).map_err(|error| CliError::usage(error.to_string(), error.help()))
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
    fn the_source_date_is_a_day_in_utc() {
        assert_eq!(source_date(Some("86399".into())).unwrap().map(|d| d.to_string()).as_deref(), Some("1970-01-01"));
        assert_eq!(source_date(Some("".into())).unwrap(), None);
        assert!(source_date(Some("yesterday".into())).is_err());
        assert!(source_date(Some("99999999999999999".into())).is_err());
    }
}
