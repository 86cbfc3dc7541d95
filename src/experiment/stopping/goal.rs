//! The grammar of a precision that is asked for: `OUTCOME[@ENTITY]:MEASURE:±X[%]`, such as `shortfall:paired:±1%`. What a
//! goal means in a plan is settled in [`super::rule`].

use std::fmt;
use std::str::FromStr;

use crate::model::record::Outcome;
use crate::model::record::outcome::TOTALS;
use crate::scenario::problem::suggest;

/// What shall be known how well.
#[derive(Debug, Clone, PartialEq)]
pub struct Goal {
    pub(super) outcome: Outcome,
    pub(super) entity: Option<String>,
    pub(super) measure: Measure,
    pub(super) precision: Precision,
}

/// Which number of an outcome is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// The mean over trials of the difference between two scenarios in the same trial.
    Paired,
    /// The mean over trials.
    Mean,
    /// The quantile of this percentage, 1 to 99.
    Quantile(u8),
}

/// StopReason large half of its 95% interval may be; positive and finite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Precision {
    /// In the outcome's unit.
    Absolute(f64),
    /// In percent of what the measure is relative to.
    Percent(f64),
}

/// Why a goal makes no sense, alone or in a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GoalError {
    /// Not of the form.
    #[error("write OUTCOME:MEASURE:±X, such as {EXAMPLES}")]
    Form,
    /// No outcome of a whole trial.
    #[error("`{name}` is not an outcome of a whole trial")]
    Outcome {
        /// As typed.
        name: String,
    },
    /// No measure.
    #[error(
        "`{name}` is not a measure: write `paired` (mean difference to the same trials of the reference), `mean`, or a \
         quantile from `q01` to `q99`"
    )]
    Measure {
        /// As typed.
        name: String,
    },
    /// No precision.
    #[error(
        "`{text}` is not a precision: write ± (or +-) and a number above zero, then % if relative, such as ±1% or ±50"
    )]
    Precision {
        /// As typed.
        text: String,
    },
    /// An outcome that is not told of this entity.
    #[error("there is no {outcome} of `{entity}` in these scenarios")]
    Entity {
        /// Id of the outcome.
        outcome: &'static str,
        /// As typed.
        entity: String,
        /// Those of which it is told.
        known: Vec<String>,
    },
    /// No entity was named, and none is the obvious one.
    #[error("{outcome} is recorded for several: say for which, such as `{outcome}@{}`", .known.first().map_or("ENTITY", String::as_str))]
    WhichEntity {
        /// Id of the outcome.
        outcome: &'static str,
        /// Those of which it is told.
        known: Vec<String>,
    },
    /// An outcome that no scenario of the plan has.
    #[error("{outcome} is not recorded in these scenarios: none of them has what it counts")]
    Untold {
        /// Id of the outcome.
        outcome: &'static str,
    },
    /// A difference, and nothing to differ from.
    #[error("{outcome}:paired is a difference between scenarios, and there is only one: ask for {outcome}:mean")]
    Alone {
        /// Id of the outcome.
        outcome: &'static str,
    },
    /// A difference for which there is nothing that a percentage could be of.
    #[error("{outcome} is a difference, and there is nothing that ±{percent}% could be of")]
    NoBase {
        /// Id of the outcome.
        outcome: &'static str,
        /// As typed.
        percent: String,
        /// Its unit.
        unit: &'static str,
    },
}

const EXAMPLES: &str = "shortfall:paired:±1%, cumulative-deployment:mean:±0.5% or shortfall:q90:±5000";

impl GoalError {
    /// What to do instead, where the message does not say it.
    pub fn help(&self) -> Option<String> {
        match self {
            GoalError::Outcome { name } => suggest(name, TOTALS.iter().map(|outcome| outcome.id)),
            GoalError::Measure { name } => {
                let near = crate::scenario::problem::nearest(name, ["paired", "mean", "median"]);
                near.map(|near| format!("did you mean `{near}`?"))
            }
            GoalError::Entity { entity, known, .. } => suggest(entity, known.iter().map(String::as_str)),
            GoalError::WhichEntity { known, .. } => Some(format!("it is recorded for {}", known.join(", "))),
            GoalError::NoBase { unit, .. } => Some(format!("give the precision in {unit}, without %")),
            GoalError::Form | GoalError::Precision { .. } | GoalError::Untold { .. } | GoalError::Alone { .. } => None,
        }
    }
}

impl Goal {
    /// The outcome of a whole trial.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Which number of it.
    pub fn measure(&self) -> Measure {
        self.measure
    }

    /// StopReason large half of its 95% interval may be.
    pub fn precision(&self) -> Precision {
        self.precision
    }
}

impl FromStr for Goal {
    type Err = GoalError;

    fn from_str(text: &str) -> Result<Goal, GoalError> {
        // From the right: the id of an entity may hold a colon.
        let mut parts = text.rsplitn(3, ':').map(str::trim);
        let (Some(precision), Some(measure), Some(what)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(GoalError::Form);
        };
        let (name, entity) = match what.split_once('@') {
            Some((name, entity)) => (name.trim_end(), Some(entity.trim_start())),
            None => (what, None),
        };
        if name.is_empty() || entity.is_some_and(str::is_empty) {
            return Err(GoalError::Form);
        }
        let outcome = TOTALS.iter().find(|outcome| outcome.id == name).copied();
        Ok(Goal {
            outcome: outcome.ok_or_else(|| GoalError::Outcome { name: name.to_owned() })?,
            entity: entity.map(str::to_owned),
            measure: measure.parse()?,
            precision: precision.parse()?,
        })
    }
}

impl FromStr for Measure {
    type Err = GoalError;

    fn from_str(text: &str) -> Result<Measure, GoalError> {
        let two_digits = |digits: &str| digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit());
        let percent = |digits: &str| digits.parse().ok().filter(|p| two_digits(digits) && (1..=99).contains(p));
        match text {
            "paired" => Some(Measure::Paired),
            "mean" => Some(Measure::Mean),
            "median" => Some(Measure::Quantile(50)),
            _ => text.strip_prefix('q').and_then(percent).map(Measure::Quantile),
        }
        .ok_or_else(|| GoalError::Measure { name: text.to_owned() })
    }
}

impl FromStr for Precision {
    type Err = GoalError;

    fn from_str(text: &str) -> Result<Precision, GoalError> {
        let refused = || GoalError::Precision { text: text.to_owned() };
        let size = ["±", "+/-", "+-"].iter().find_map(|sign| text.strip_prefix(sign)).ok_or_else(refused)?.trim_start();
        let number = |digits: &str| {
            let plain = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.');
            digits.parse().ok().filter(|x: &f64| plain && *x > 0.0 && x.is_finite()).ok_or_else(refused)
        };
        match size.strip_suffix('%') {
            Some(percent) => number(percent.trim_end()).map(Precision::Percent),
            None => number(size).map(Precision::Absolute),
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.outcome.id)?;
        if let Some(entity) = &self.entity {
            write!(f, "@{entity}")?;
        }
        write!(f, ":{}:{}", self.measure, self.precision)
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Measure::Paired => f.write_str("paired"),
            Measure::Mean => f.write_str("mean"),
            Measure::Quantile(percent) => write!(f, "q{percent:02}"),
        }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Precision::Absolute(size) => write!(f, "±{size}"),
            Precision::Percent(percent) => write!(f, "±{percent}%"),
        }
    }
}
