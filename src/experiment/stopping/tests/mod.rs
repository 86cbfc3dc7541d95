//! The grammar, the intervals, the schedule and the rule; here, what these tests share.

mod grammar;
mod intervals;
mod meaning;
mod schedule;
mod watching;

use std::sync::LazyLock;

use proptest::prelude::*;
use statrs::distribution::{Binomial, DiscreteCDF};

use super::goal::{Measure, Precision};
use super::precision::{Estimate, mean, quantile, ranks};
use super::rule::MeasuredFrom;
use super::*;
use crate::experiment::Plan;
use crate::experiment::interval::student95;
use crate::model::record::Layout;
use crate::model::record::outcome::{Columns, TOTALS};

fn goal(text: &str) -> Goal {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// What a reader is told of a bad goal.
fn refused(text: &str) -> String {
    let error = text.parse::<Goal>().expect_err(text);
    error.help().map_or_else(|| error.to_string(), |help| format!("{error} ({help})"))
}

/// The shipped comparison's plan in short, and the columns of its table of trials.
fn plan(ids: &[&str]) -> (Plan, Layout) {
    let horizon = ("time.end".to_owned(), "2019-06-30".to_owned());
    let load = |id: &&str| crate::scenario::load(&format!("shipped:{id}"), std::slice::from_ref(&horizon));
    let scenarios: Vec<_> = ids.iter().map(|id| load(id).unwrap_or_else(|p| panic!("{}", p.lines()))).collect();
    let plan = Plan::new(&scenarios, 1, 1).unwrap();
    let series = plan.layout();
    let totals = Columns::of(&plan.world, &series).layout(plan.world.calendar.ticks, series.columns.len());
    (plan, totals)
}

const IDS: [&str; 3] = ["no-controls", "current-rules", "amended-rules"];

/// A rule for the shipped scenarios, with the first as reference, and the width of their tables.
fn rule(goals: &[&str], floor: u32, cap: u32) -> (Rule, usize) {
    static SHIPPED: LazyLock<(Plan, Layout)> = LazyLock::new(|| plan(&IDS));
    let (plan, totals) = &*SHIPPED;
    let stopping = Stopping::new(goals.iter().map(|text| goal(text)).collect(), floor, cap).unwrap();
    (Rule::new(stopping, plan, totals, 0).unwrap(), totals.columns.len())
}

/// Tables with a value for each scenario, column and trial.
fn tables(width: usize, trials: usize, value: impl Fn(usize, usize, usize) -> f64) -> [Vec<f64>; 3] {
    let table = |s| (0..trials * width).map(|i| value(s, i % width, i / width)).collect();
    [0, 1, 2].map(table)
}

/// Even numbers in (0, 1), the same for a trial whatever else.
fn unit(trial: usize) -> f64 {
    ((trial as f64 + 0.5) * 0.618_033_988_749_894_9).fract()
}
