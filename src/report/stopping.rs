//! When an ensemble that grew until it was precise enough stopped, and how precise it is: a section of `summary.md`, an entry
//! of the manifest, and a warning where it is not as precise as asked.

use std::fmt::Write;

use serde::Serialize;

use super::number::{prose, thousands};
use crate::experiment::stopping::goal::Precision;
use crate::experiment::stopping::rule::Aim;
use crate::experiment::stopping::{Rule, Standing, StopReason, StoppingResult};
use crate::math;

/// By what the precision is judged.
const METHOD: &str = "half-widths of 95% intervals: of means and paired differences by Student's t, of quantiles the longer \
                      side between order statistics (binomial)";

/// StopReason an ensemble was stopped, ready to be told.
#[derive(Debug, Clone, Copy)]
pub struct StoppingReport<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// What came of it.
    pub ending: &'a StoppingResult,
    /// Ids of the scenarios of the plan.
    pub scenarios: &'a [&'a str],
}

/// The entry of the manifest. Numbers are in the unit of the outcome; `null` where there is none.
#[derive(Debug, Clone, Serialize)]
pub struct Entry {
    goals: Vec<GoalEntry>,
    at_least: u32,
    at_most: u32,
    look_ahead: u32,
    trials: u32,
    ended: &'static str,
    met_from: Option<u32>,
    method: &'static str,
}

#[derive(Debug, Clone, Serialize)]
struct GoalEntry {
    goal: String,
    entity: String,
    unit: &'static str,
    relative_to: Option<String>,
    reached: Vec<Reached>,
}

#[derive(Debug, Clone, Serialize)]
struct Reached {
    scenario: String,
    trials_with_value: u64,
    estimate: Option<f64>,
    half_width: Option<f64>,
    allowed: Option<f64>,
    met: bool,
}

impl StoppingReport<'_> {
    /// The entry of the manifest.
    pub fn entry(&self) -> Entry {
        let stopping = self.rule.stopping();
        let (ended, met_from) = match self.ending.how {
            StopReason::Held { since } => ("held", Some(since)),
            StopReason::Unconfirmed { since } => ("unconfirmed", Some(since)),
            StopReason::Capped => ("capped", None),
        };
        Entry {
            goals: self.rule.aims().iter().enumerate().map(|(i, aim)| self.goal_entry(i, aim)).collect(),
            at_least: stopping.floor(),
            at_most: stopping.cap(),
            look_ahead: stopping.look_ahead(),
            trials: self.ending.trials,
            ended,
            met_from,
            method: METHOD,
        }
    }

    fn goal_entry(&self, goal: usize, aim: &Aim) -> GoalEntry {
        let finite = |number: f64| number.is_finite().then_some(number);
        let reached = self.standings(goal).map(|s| Reached {
            scenario: self.scenario(s).to_owned(),
            trials_with_value: s.estimate.count,
            estimate: finite(s.estimate.value),
            half_width: finite(s.estimate.half_width),
            allowed: finite(s.allowed),
            met: s.met(),
        });
        GoalEntry {
            goal: aim.goal().to_string(),
            entity: aim.entity().to_owned(),
            unit: aim.goal().outcome().unit,
            relative_to: aim.relative_to().map(str::to_owned),
            reached: reached.collect(),
        }
    }

    /// A section of `summary.md`.
    pub fn section(&self) -> String {
        let (stopping, ending) = (self.rule.stopping(), self.ending);
        let mut text = format!(
            "\n## When it stopped\n\n\
             Trials were added until the goals below were met, at least {} and at most {}. {}\n\n\
             | goal | of | scenario | estimate | half-width | asked |\n|---|---|---|---|---|---|\n",
            count(stopping.floor()),
            count(stopping.cap()),
            self.story(),
        );
        for standing in &ending.standings {
            let aim = &self.rule.aims()[standing.goal];
            let _ = writeln!(
                text,
                "| `{}` | {} | {} | {} | {} | {} |",
                aim.goal(),
                aim.entity(),
                self.scenario(standing),
                if standing.estimate.count == 0 { "no value".to_owned() } else { prose(standing.estimate.value) },
                reached(aim, standing),
                asked(aim),
            );
        }
        let _ =
            write!(text, "\nPrecision is told in {METHOD}. `docs/stopping.md` describes the rule and its limits.\n");
        text
    }

    fn story(&self) -> String {
        let trials = count(self.ending.trials);
        let look_ahead = self.rule.stopping().look_ahead();
        match self.ending.how {
            StopReason::Held { since } if look_ahead == 0 => {
                format!("They were first met with {} trials.", count(since))
            }
            StopReason::Held { since } => format!(
                "They were met with {} trials and still at {look_ahead} further look{}, the last with {trials}; all {trials} \
                 are used.",
                count(since),
                if look_ahead == 1 { "" } else { "s" },
            ),
            StopReason::Unconfirmed { since } => format!(
                "**They were met with {} trials, but {trials} is the most that was allowed, and too few to look {look_ahead} \
                 times more** whether they stay so, which guards against stopping by luck.",
                count(since),
            ),
            StopReason::Capped => format!("**They were not all met with {trials} trials, the most that was allowed.**"),
        }
    }

    /// What must be said loudly, and what to do; `None` where all is as asked.
    pub fn warning(&self) -> Option<String> {
        let trials = count(self.ending.trials);
        match self.ending.how {
            StopReason::Held { .. } => None,
            StopReason::Unconfirmed { .. } => Some(format!(
                "the precision asked for by --until was reached, but with {trials} trials (--at-most) too late to look again \
                 whether it holds: raise --at-most, or take the intervals with care"
            )),
            StopReason::Capped => Some(format!(
                "the precision asked for by --until was not reached with {trials} trials (--at-most): {}",
                self.worst().map_or_else(|| self.untold(), |worst| self.missed(worst))
            )),
        }
    }

    /// The standing that is farthest from its goal; one of which nothing can be said comes first.
    fn worst(&self) -> Option<&Standing> {
        let far = |s: &&Standing| s.times_needed().unwrap_or(f64::INFINITY);
        self.ending.standings.iter().filter(|s| !s.met()).max_by(|a, b| far(a).total_cmp(&far(b)))
    }

    /// StopReason far off a scenario is, and what to do.
    fn missed(&self, standing: &Standing) -> String {
        let aim = &self.rule.aims()[standing.goal];
        let place = format!("`{}` is {} in {}", aim.goal(), reached(aim, standing), self.scenario(standing));
        let unmet = || self.ending.standings.iter().filter(|s| !s.met());
        let others = match (unmet().count().saturating_sub(1), unmet().all(|s| s.goal == standing.goal)) {
            (0, _) => String::new(),
            (1, true) => " (one other scenario misses it, too; see summary.md)".to_owned(),
            (others, true) => format!(" ({others} other scenarios miss it, too; see summary.md)"),
            (1, false) => " (one other estimate misses its goal, too; see summary.md)".to_owned(),
            (others, false) => format!(" ({others} other estimates miss their goals, too; see summary.md)"),
        };
        let Some(times) = standing.times_needed() else {
            let why = match standing.estimate.count {
                count if standing.estimate.half_width.is_finite() && count > 1 => {
                    "a percentage of zero can't be reached; ask for an absolute precision"
                }
                _ => {
                    "too few trials have a value, or one that differs; ask of another outcome or measure, or raise --at-most"
                }
            };
            return format!("{place}{others}: {why}");
        };
        let needed = times * f64::from(self.ending.trials);
        format!(
            "{place}{others}. About {} trials would be needed: raise --at-most, or ask for {}",
            thousands(two_digits(needed)),
            coarser(aim, standing)
        )
    }

    fn untold(&self) -> String {
        let told = |goal| self.standings(goal).any(|s| s.estimate.count > 0);
        let untold: Vec<String> =
            (0..self.rule.aims().len()).filter(|goal| !told(*goal)).map(|goal| self.goal_name(goal)).collect();
        format!("{} has no value in any trial of any scenario; ask of another outcome", untold.join(" and "))
    }

    fn goal_name(&self, goal: usize) -> String {
        format!("`{}`", self.rule.aims()[goal].goal())
    }

    fn standings(&self, goal: usize) -> impl Iterator<Item = &Standing> {
        self.ending.standings.iter().filter(move |s| s.goal == goal)
    }

    fn scenario(&self, standing: &Standing) -> &str {
        self.scenarios.get(standing.scenario).copied().unwrap_or_default()
    }
}

fn count(trials: u32) -> String {
    thousands(f64::from(trials))
}

/// A half-width as it was asked for: in percent or in the unit.
fn reached(aim: &Aim, standing: &Standing) -> String {
    let (half_width, unit) = (standing.estimate.half_width, aim.goal().outcome().unit);
    if standing.estimate.count == 0 {
        return "–".to_owned();
    }
    if !half_width.is_finite() {
        return "not known".to_owned();
    }
    if half_width == 0.0 {
        return format!("±0 {unit} (the same in every trial)");
    }
    match aim.goal().precision() {
        Precision::Percent(percent) if standing.allowed > 0.0 => {
            format!("±{}% (±{} {unit})", prose(percent * half_width / standing.allowed), prose(half_width))
        }
        _ => format!("±{} {unit}", prose(half_width)),
    }
}

fn asked(aim: &Aim) -> String {
    match (aim.goal().precision(), aim.relative_to()) {
        (precision @ Precision::Percent(_), Some(base)) => format!("{precision} of {base}"),
        (precision, _) => format!("{precision} {}", aim.goal().outcome().unit),
    }
}

/// A precision that was reached, somewhat rounded up.
fn coarser(aim: &Aim, standing: &Standing) -> String {
    let share = standing.estimate.half_width / standing.allowed;
    match aim.goal().precision() {
        Precision::Percent(percent) => Precision::Percent(two_digits(percent * share)),
        Precision::Absolute(size) => Precision::Absolute(two_digits(size * share)),
    }
    .to_string()
}

/// Rounded up to two significant digits.
pub(super) fn two_digits(value: f64) -> f64 {
    if !(value > 0.0 && value.is_finite()) {
        return value;
    }
    // Through text, so that 0.12 is not 0.12000000000000001.
    let exponent = math::log10(value).floor() as i32 - 1;
    let digits = (value / math::powi(10.0, exponent)).ceil();
    format!("{digits}e{exponent}").parse().unwrap_or(value)
}

#[cfg(test)]
#[path = "stopping/tests.rs"]
mod tests;
