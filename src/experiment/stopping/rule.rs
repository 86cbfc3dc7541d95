//! What goals mean in a plan: which column of the table of trials is meant, what a paired difference is taken from, and what
//! a percentage is of; and by these, how the trials so far stand to the goals.

use super::goal::{Goal, GoalError, Measure, Precision};
use super::precision::{self, Estimate, Evidence};
use super::schedule::Stopping;
use crate::experiment::plan::Plan;
use crate::math;
use crate::model::record::outcome::{
    DENIED, DEPLOYMENT, GAINED, LOST_MADE_IN, LOST_SALES, NET_LOST_SALES, SHORTFALL, UNCONTROLLED_SALES,
};
use crate::model::record::{Layout, Outcome};

/// Outcomes that are themselves differences from the same trial without controls, with the outcome without controls that
/// a percentage is of, where there is one.
const DIFFERENCES: [(Outcome, Option<Outcome>); 6] = [
    (SHORTFALL, Some(DEPLOYMENT)),
    (GAINED, Some(DEPLOYMENT)),
    (LOST_SALES, Some(UNCONTROLLED_SALES)),
    (DENIED, None),
    (NET_LOST_SALES, None),
    (LOST_MADE_IN, None),
];

/// A rule for stopping the ensemble of one plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    stopping: Stopping,
    aims: Vec<Aim>,
    scenarios: usize,
}

/// A goal in a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Aim {
    goal: Goal,
    entity: String,
    column: usize,
    from: MeasuredFrom,
    base: Base,
    relative_to: Option<String>,
}

/// What the values of a scenario are measured from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MeasuredFrom {
    /// Nothing: they are taken as they are.
    Nothing,
    /// The outcome is itself a difference, which is nothing in this scenario.
    Itself(usize),
    /// The same outcome of the same trial in this scenario.
    Scenario(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Base {
    Estimate,
    Mean { scenario: usize, column: usize },
}

/// StopReason a scenario stands to a goal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// Position of the goal.
    pub goal: usize,
    /// Index of the scenario in the plan.
    pub scenario: usize,
    /// The estimate and its precision, in the outcome's unit.
    pub estimate: Estimate,
    /// StopReason large the half-width may be, in the same unit; NaN where there is no value that it could be a share of.
    pub allowed: f64,
}

impl Rule {
    /// Settles goals in a plan. `totals` are the columns of its table of trials, and `reference` is the scenario (of the
    /// plan) from which paired differences are taken.
    ///
    /// # Errors
    /// A goal that makes no sense in this plan.
    pub fn new(stopping: Stopping, plan: &Plan, totals: &Layout, reference: usize) -> Result<Rule, GoalError> {
        let aims = stopping.goals().iter().map(|goal| Aim::new(goal, plan, totals, reference));
        let aims = aims.collect::<Result<_, _>>()?;
        Ok(Rule { stopping, aims, scenarios: plan.scenarios.len() })
    }

    /// What was asked.
    pub fn stopping(&self) -> &Stopping {
        &self.stopping
    }

    /// What it means in the plan, in the order of the goals.
    pub fn aims(&self) -> &[Aim] {
        &self.aims
    }

    /// StopReason every scenario stands to every goal, but where its difference is nothing by definition.
    pub fn standings(&self, evidence: &impl Evidence) -> Vec<Standing> {
        let each = |(goal, aim): (usize, &Aim)| {
            let scenarios = (0..self.scenarios).filter(|scenario| !aim.from.is(*scenario)).collect::<Vec<_>>();
            let aim = aim.clone();
            scenarios.into_iter().map(move |scenario| {
                let estimate = aim.estimate(scenario, evidence);
                Standing { goal, scenario, estimate, allowed: aim.allowed(estimate.value, evidence) }
            })
        };
        self.aims.iter().enumerate().flat_map(each).collect()
    }

    /// Whether all goals are met. A scenario in which an outcome has no value in any trial is passed over; but a goal for
    /// which no scenario has a value is not met.
    pub fn met(&self, standings: &[Standing]) -> bool {
        let told = |goal| standings.iter().any(|s| s.goal == goal && s.estimate.count > 0);
        standings.iter().all(Standing::met) && (0..self.aims.len()).all(told)
    }
}

impl Standing {
    /// Whether the scenario is precise enough, or has no value that could be.
    pub fn met(&self) -> bool {
        self.estimate.count == 0 || self.estimate.half_width <= self.allowed
    }

    /// About how many times the trials would do, since half-widths fall with the square root of their number; at most 1 where
    /// it is met, and `None` where nothing can be said.
    pub fn times_needed(&self) -> Option<f64> {
        let times = math::powi(self.estimate.half_width / self.allowed, 2);
        times.is_finite().then_some(times)
    }
}

impl MeasuredFrom {
    fn is(self, scenario: usize) -> bool {
        matches!(self, MeasuredFrom::Itself(from) | MeasuredFrom::Scenario(from) if from == scenario)
    }
}

impl Aim {
    fn new(goal: &Goal, plan: &Plan, totals: &Layout, reference: usize) -> Result<Aim, GoalError> {
        let (column, entity) = column(goal, plan, totals)?;
        let difference = DIFFERENCES.iter().find(|(outcome, _)| *outcome == goal.outcome);
        let from = match (goal.measure, difference) {
            (Measure::Paired, Some(_)) => MeasuredFrom::Itself(plan.without),
            (Measure::Paired, None) => MeasuredFrom::Scenario(reference),
            (Measure::Mean | Measure::Quantile(_), _) => MeasuredFrom::Nothing,
        };
        if from != MeasuredFrom::Nothing && plan.scenarios.len() < 2 {
            return Err(GoalError::Alone { outcome: goal.outcome.id });
        }
        let mean_of = |scenario, outcome| totals.find(outcome, &entity).map(|column| (scenario, outcome, column));
        let base = match (goal.measure, difference) {
            (Measure::Paired, Some((_, base))) => base.and_then(|outcome| mean_of(plan.without, outcome)),
            (Measure::Paired, None) => mean_of(reference, goal.outcome),
            (Measure::Mean | Measure::Quantile(_), _) => None,
        };
        let relative_to = match (goal.precision, goal.measure, base) {
            (Precision::Absolute(_), ..) => None,
            (Precision::Percent(percent), Measure::Paired, None) => {
                let (outcome, unit) = (goal.outcome.id, goal.outcome.unit);
                return Err(GoalError::NoBase { outcome, percent: percent.to_string(), unit });
            }
            (_, _, Some((scenario, outcome, _))) => {
                Some(format!("the mean of {} in {}", outcome.id, plan.scenarios[scenario].id))
            }
            (_, _, None) => Some("the estimate itself".to_owned()),
        };
        let base = base.map_or(Base::Estimate, |(scenario, _, column)| Base::Mean { scenario, column });
        Ok(Aim { goal: goal.clone(), entity, column, from, base, relative_to })
    }

    /// As asked.
    pub fn goal(&self) -> &Goal {
        &self.goal
    }

    /// Of whom the outcome is told.
    pub fn entity(&self) -> &str {
        &self.entity
    }

    /// Its column in the table of trials.
    pub fn column(&self) -> usize {
        self.column
    }

    /// What the values of a scenario are measured from.
    pub fn from(&self) -> MeasuredFrom {
        self.from
    }

    /// What a percentage is of, in words; `None` of an absolute precision.
    pub fn relative_to(&self) -> Option<&str> {
        self.relative_to.as_deref()
    }

    fn estimate(&self, scenario: usize, evidence: &impl Evidence) -> Estimate {
        match (self.goal.measure, self.from) {
            (Measure::Quantile(percent), _) => {
                let count = evidence.moments(scenario, self.column).count;
                precision::quantile(count, percent, |rank| evidence.ranked(scenario, self.column, rank))
            }
            (_, MeasuredFrom::Scenario(from)) => precision::mean(evidence.differences(scenario, from, self.column)),
            (_, MeasuredFrom::Nothing | MeasuredFrom::Itself(_)) => {
                precision::mean(evidence.moments(scenario, self.column))
            }
        }
    }

    fn allowed(&self, estimate: f64, evidence: &impl Evidence) -> f64 {
        match (self.goal.precision, self.base) {
            (Precision::Absolute(size), _) => size,
            (Precision::Percent(percent), Base::Estimate) => percent / 100.0 * estimate.abs(),
            (Precision::Percent(percent), Base::Mean { scenario, column }) => {
                percent / 100.0 * precision::mean(evidence.moments(scenario, column)).value.abs()
            }
        }
    }
}

/// Column and entity of a goal: the entity that was named, else the subject's line, its vendor, or the only one there is.
fn column(goal: &Goal, plan: &Plan, totals: &Layout) -> Result<(usize, String), GoalError> {
    let outcome = goal.outcome;
    let known = || totals.columns_of(outcome).map(|(_, entity)| entity.to_owned()).collect::<Vec<_>>();
    let find = |entity: &str| totals.find(outcome, entity).map(|column| (column, entity.to_owned()));
    if let Some(entity) = &goal.entity {
        return find(entity).ok_or_else(|| match known() {
            known if known.is_empty() => GoalError::Untold { outcome: outcome.id },
            known => GoalError::Entity { outcome: outcome.id, entity: entity.clone(), known },
        });
    }
    let world = &plan.world;
    let usual = find(&world.vendor_lines[world.subject.ix()].id).or_else(|| find(&world.vendor_of(world.subject).id));
    usual.map_or_else(
        || match known().as_slice() {
            [] => Err(GoalError::Untold { outcome: outcome.id }),
            [only] => find(only).ok_or(GoalError::Untold { outcome: outcome.id }),
            _ => Err(GoalError::WhichEntity { outcome: outcome.id, known: known() }),
        },
        Ok,
    )
}
