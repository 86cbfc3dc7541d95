//! What is asked of a study, as plain structs. Nothing here is read from files but the kind of those that are named; defaults are
//! those of the commands.

use jiff::Span;

use super::error::StudyError;
use crate::experiment::design::Kind as DesignKind;
use crate::experiment::stopping::Stopping;
use crate::scenario::{ComparisonFile, Kind, Source, kind_of, load_comparison};
use crate::text::shell_word;
use crate::units::Date;

/// The seed where none is given.
pub const USUAL_SEED: u64 = 20_191_129;

/// The comparison that the program carries.
const SHIPPED: &str = "shipped:shipped";

/// When a simulation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Horizon {
    /// On this day.
    Day(Date),
    /// This many months after the start.
    Months(u32),
}

/// How a horizon is written on the command line.
pub const HORIZON_FORMS: &str =
    "write --horizon as a last day (2022-12-31), a last month (2022-12) or a number of months (48)";

impl Horizon {
    /// The last day, for a scenario that starts on `start`.
    ///
    /// # Errors
    /// A day that is not after the start.
    pub fn end(self, start: Date) -> Result<Date, StudyError> {
        let end = match self {
            Horizon::Day(day) => day,
            Horizon::Months(months) => {
                let span = Span::new().try_months(months);
                let end = span.and_then(|span| start.checked_add(span)).and_then(Date::yesterday);
                end.map_err(|_| {
                    StudyError::invalid(format!("{months} months from {start} is beyond the calendar"), HORIZON_FORMS)
                })?
            }
        };
        if end > start {
            return Ok(end);
        }
        let message = format!("the horizon {end} is not after the start of the scenario, {start}");
        Err(StudyError::invalid(message, HORIZON_FORMS))
    }
}

/// What is laid over scenarios and set in them.
#[derive(Debug, Clone, Default)]
pub struct Layers {
    /// Scenario files that are laid over every scenario, in their order: paths, or ids of shipped ones.
    pub overlays: Vec<String>,
    /// Dotted path and value. One within `provisions` or `licensing` is meant for the scenarios that have that provision or
    /// period, one within `escalation` for those that are adaptive, any other for all.
    pub set: Vec<(String, String)>,
    /// When the simulation ends, if not as the scenarios say.
    pub horizon: Option<Horizon>,
}

/// How trials are laid over what is uncertain.
#[derive(Debug, Clone)]
pub struct DesignSpec {
    /// How points are laid.
    pub kind: DesignKind,
    /// Points; what is not given follows from the rest.
    pub points: Option<u32>,
    /// Replications of each point.
    pub replications: Option<u32>,
    /// Trials: points times replications.
    pub trials: Option<u32>,
    /// Parameters that take several values, the base first: dotted path, and the values as a scenario file has them.
    pub levers: Vec<(String, Vec<String>)>,
}

impl Default for DesignSpec {
    fn default() -> DesignSpec {
        DesignSpec { kind: DesignKind::MonteCarlo, points: None, replications: None, trials: None, levers: Vec::new() }
    }
}

/// What is run.
#[derive(Debug, Clone)]
pub enum Compared {
    /// One scenario, told against the same world without controls.
    One(Source),
    /// Scenarios, of which the first is the reference.
    Scenarios(Vec<Source>),
    /// What a comparison file says.
    File(Box<ComparisonFile>),
    /// The comparison that the program carries, whose own earlier result may be replaced.
    Shipped(Box<ComparisonFile>),
}

/// What is asked of a [`Study`](super::Study).
#[derive(Debug, Clone)]
pub struct Spec {
    /// What is run.
    pub compared: Compared,
    /// Id of the scenario from which differences are told, if another than usual.
    pub reference: Option<String>,
    /// What is laid over the scenarios and set in them.
    pub layers: Layers,
    /// How trials are laid over what is uncertain, and how many there are.
    pub design: DesignSpec,
    /// A precision until which trials are added, instead of a number.
    pub until: Option<Stopping>,
    /// The seed of all random draws.
    pub seed: u64,
    /// Threads; the result does not depend on them.
    pub threads: usize,
}

impl Spec {
    /// One scenario: a path, or the id of a shipped one.
    ///
    /// # Errors
    /// It can't be read, or is no scenario.
    pub fn run(file: &str) -> Result<Spec, StudyError> {
        if kind_of(file)? == Kind::Comparison {
            let help = format!("run it with `chokepoint compare {file}`");
            return Err(StudyError::invalid(format!("`{file}` is a comparison, not a scenario"), help));
        }
        Ok(Spec::of(Compared::One(Source::named(file)?)))
    }

    /// Several scenarios, or one comparison file: paths, or ids of shipped ones; the shipped comparison where none is named.
    ///
    /// # Errors
    /// A file that can't be read, or can't be compared.
    pub fn compare<S: AsRef<str>>(files: &[S]) -> Result<Spec, StudyError> {
        let not_comparable = |file: &str, kind: Kind| {
            let help = "name one comparison, or two or more scenarios";
            StudyError::invalid(
                format!("`{file}` is {}, and can't be compared with anything", kind.with_article()),
                help,
            )
        };
        let compared = match files {
            [] => Compared::Shipped(Box::new(load_comparison(SHIPPED)?)),
            [file] => match (file.as_ref(), kind_of(file.as_ref())?) {
                (file, Kind::Comparison) => Compared::File(Box::new(load_comparison(file)?)),
                (file, Kind::Scenario) => {
                    let help = format!("name a second one, or run it alone with `chokepoint run {}`", shell_word(file));
                    return Err(StudyError::invalid(
                        format!("`{file}` is one scenario, but a comparison needs at least two"),
                        help,
                    ));
                }
                (file, kind) => return Err(not_comparable(file, kind)),
            },
            files => {
                let source = |file: &S| match (file.as_ref(), kind_of(file.as_ref())?) {
                    (file, Kind::Scenario) => Ok(Source::named(file)?),
                    (file, kind) => Err(not_comparable(file, kind)),
                };
                Compared::Scenarios(files.iter().map(source).collect::<Result<_, StudyError>>()?)
            }
        };
        Ok(Spec::of(compared))
    }

    fn of(compared: Compared) -> Spec {
        Spec {
            compared,
            reference: None,
            layers: Layers::default(),
            design: DesignSpec::default(),
            until: None,
            seed: USUAL_SEED,
            threads: cores(),
        }
    }
}

/// One thread a core.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_horizon_in_months_ends_the_day_before_the_month_after_them() {
        let start: Date = "2019-01-01".parse().unwrap();
        let end = |horizon: Horizon| horizon.end(start).map(|day| day.to_string()).ok();
        assert_eq!(end(Horizon::Months(48)).as_deref(), Some("2022-12-31"));
        assert_eq!(end(Horizon::Months(1)).as_deref(), Some("2019-01-31"));
        assert_eq!(end(Horizon::Months(4_000_000_000)), None);
        assert_eq!(end(Horizon::Day(start)), None, "not after the start");
    }
}
