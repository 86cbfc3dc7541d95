use super::*;
use crate::experiment::Plan;
use crate::experiment::stopping::{Rows, Stopping, Verdict, Watch};
use crate::model::record::outcome::Columns;

const IDS: [&str; 3] = ["no-controls", "current-rules", "amended-rules"];

/// What is told when goals are asked of values that are `s` times as large in scenario `s`.
fn told(goals: &[&str], cap: u32, value: impl Fn(usize, usize) -> f64) -> (String, Option<String>, serde_json::Value) {
    let horizon = ("time.end".to_owned(), "2019-06-30".to_owned());
    let load = |id: &&str| crate::scenario::load(&format!("shipped:{id}"), std::slice::from_ref(&horizon));
    let scenarios: Vec<_> = IDS.iter().map(|id| load(id).unwrap_or_else(|p| panic!("{}", p.lines()))).collect();
    let plan = Plan::new(&scenarios, 1, 1).unwrap();
    let series = plan.layout();
    let totals = Columns::of(&plan.world, &series).layout(plan.world.calendar.ticks, series.columns.len());
    let goals = goals.iter().map(|goal| goal.parse().unwrap()).collect();
    let rule = Rule::new(Stopping::new(goals, cap.min(1000), cap).unwrap(), &plan, &totals, 0).unwrap();
    let width = totals.columns.len();
    let table = |s: usize| -> Vec<f64> { (0..cap as usize * width).map(|i| value(s, i / width)).collect() };
    let tables = [0, 1, 2].map(table);
    let mut watch = Watch::new(rule.clone());
    let ending = loop {
        if let Verdict::Stop(ending) = watch.see(&Rows::new(&tables, width, watch.due())) {
            break ending;
        }
    };
    let told = StoppingReport { rule: &rule, ending: &ending, scenarios: &IDS };
    (told.section(), told.warning(), serde_json::to_value(told.entry()).unwrap())
}

/// Even numbers in (0, 100), larger in later scenarios.
fn even(scenario: usize, trial: usize) -> f64 {
    100.0 + scenario as f64 * 100.0 * ((trial as f64 + 0.5) * 0.618_033_988_749_894_9).fract()
}

#[test]
fn a_reader_is_told_what_was_asked_what_was_reached_and_with_how_many_trials() {
    let (section, warning, entry) = told(&["shortfall:paired:±3%", "cumulative-deployment:q75:±5"], 100_000, even);
    assert_eq!(warning, None);
    assert_eq!(
        section,
        "\n## When it stopped\n\n\
         Trials were added until the goals below were met, at least 1,024 and at most 100,000. They were met with 1,536 \
         trials and still at 2 further looks, the last with 2,560; all 2,560 are used.\n\n\
         | goal | of | scenario | estimate | half-width | asked |\n|---|---|---|---|---|---|\n\
         | `shortfall:paired:±3%` | huawei:base-stations | current-rules | 150 | ±1.12% (±1.12 products) | ±3% of the mean of \
         cumulative-deployment in no-controls |\n\
         | `shortfall:paired:±3%` | huawei:base-stations | amended-rules | 200 | ±2.24% (±2.24 products) | ±3% of the mean of \
         cumulative-deployment in no-controls |\n\
         | `cumulative-deployment:q75:±5` | huawei:base-stations | no-controls | 100 | ±0 products (the same in every trial) | ±5 products |\n\
         | `cumulative-deployment:q75:±5` | huawei:base-stations | current-rules | 175 | ±1.71 products | ±5 products |\n\
         | `cumulative-deployment:q75:±5` | huawei:base-stations | amended-rules | 250 | ±3.42 products | ±5 products |\n\n\
         Precision is told in half-widths of 95% intervals: of means and paired differences by Student's t, of quantiles \
         the longer side between order statistics (binomial). `docs/stopping.md` describes the rule and its limits.\n"
    );
    assert_eq!((&entry["ended"], &entry["trials"], &entry["met_from"]), (&"held".into(), &2560.into(), &1536.into()));
    let first = &entry["goals"][0];
    assert_eq!((&first["unit"], &first["reached"][1]["met"]), (&"products".into(), &true.into()));
}

#[test]
fn a_goal_out_of_reach_is_a_warning_that_says_what_to_do() {
    let (section, warning, entry) = told(&["shortfall:paired:±0.1%"], 3000, even);
    assert_eq!(
        warning.as_deref(),
        Some(
            "the precision asked for by --until was not reached with 3,000 trials (--at-most): `shortfall:paired:±0.1%` is \
             ±2.07% (±2.07 products) in amended-rules (one other scenario misses it, too; see summary.md). About 1,300,000 trials would be needed: raise \
             --at-most, or ask for ±2.1%"
        )
    );
    assert!(section.contains("**They were not all met with 3,000 trials, the most that was allowed.**"), "{section}");
    assert_eq!((&entry["ended"], &entry["met_from"]), (&"capped".into(), &serde_json::Value::Null));
}

#[test]
fn a_goal_met_too_late_to_look_again_is_a_warning() {
    let (section, warning, entry) = told(&["shortfall:paired:±3%"], 2048, even);
    assert_eq!(
        warning.as_deref(),
        Some(
            "the precision asked for by --until was reached, but with 2,048 trials (--at-most) too late to look again \
             whether it holds: raise --at-most, or take the intervals with care"
        )
    );
    assert!(section.contains("**They were met with 1,536 trials, but 2,048 is the most that was allowed"), "{section}");
    assert_eq!(entry["ended"], "unconfirmed");
}

#[test]
fn what_no_number_of_trials_would_reach_is_said() {
    let warning = |goal: &str, value: fn(usize, usize) -> f64| told(&[goal], 1000, value).1.unwrap_or_default();
    let symmetric = |_, trial| if trial % 2 == 0 { 1.0 } else { -1.0 };
    let told_zero = warning("shortfall:mean:±1%", symmetric);
    assert!(
        told_zero.ends_with(
            "`shortfall:mean:±1%` is ±0.0621 products in amended-rules (2 other scenarios miss it, too; see summary.md): a percentage of zero \
             can't be reached; ask for an absolute precision"
        ),
        "{told_zero}"
    );
    let told_never = warning("months-until-below-50:mean:±1", |_, _| f64::NAN);
    assert!(
        told_never.ends_with(
            "`months-until-below-50:mean:±1` has no value in any trial of any scenario; ask of another outcome"
        ),
        "{told_never}"
    );
    let told_once = warning("months-until-below-50:mean:±1", |_, trial| if trial == 0 { 1.0 } else { f64::NAN });
    assert!(told_once.contains("too few trials have a value"), "{told_once}");
}

#[test]
fn numbers_are_rounded_up_to_two_digits() {
    for (value, rounded) in [(0.1234, 0.13), (2.07, 2.1), (1_287_500.0, 1_300_000.0), (0.12, 0.12), (99.5, 100.0)] {
        assert_eq!(two_digits(value), rounded, "{value}");
    }
    assert!(two_digits(f64::NAN).is_nan() && two_digits(0.0) == 0.0);
}
