//! What goals mean in a plan, and when they are met.

use super::*;

fn settle(ids: &[&str], text: &str, reference: usize) -> Result<Rule, GoalError> {
    let (plan, totals) = plan(ids);
    Rule::new(Stopping::new(vec![goal(text)], 1, 256).unwrap(), &plan, &totals, reference)
}

#[track_caller]
fn told(ids: &[&str], text: &str) -> String {
    let error = settle(ids, text, 0).expect_err(text);
    error.help().map_or_else(|| error.to_string(), |help| format!("{error} ({help})"))
}

#[test]
fn without_a_name_the_subject_is_meant() {
    let entity = |text: &str| settle(&IDS, text, 0).unwrap().aims()[0].entity().to_owned();
    assert_eq!(entity("shortfall:paired:±1%"), "huawei:base-stations");
    assert_eq!(entity("shortfall@huawei:handsets:paired:±1%"), "huawei:handsets");
    assert_eq!(entity("purchases-blocked-total:mean:±1%"), "huawei");
}

#[test]
fn a_percentage_is_of_what_is_said() {
    let of = |text: &str, reference| {
        let rule = settle(&IDS, text, reference).unwrap();
        (rule.aims()[0].relative_to().unwrap_or_default().to_owned(), rule.aims()[0].from())
    };
    let deployment = "the mean of cumulative-deployment in no-controls".to_owned();
    assert_eq!(of("shortfall:paired:±1%", 0), (deployment.clone(), MeasuredFrom::Itself(0)));
    assert_eq!(of("shortfall:paired:±1%", 2), (deployment, MeasuredFrom::Itself(0)));
    let reference = "the mean of cumulative-deployment in amended-rules".to_owned();
    assert_eq!(of("cumulative-deployment:paired:±1%", 2), (reference, MeasuredFrom::Scenario(2)));
    let sales = "the mean of sales-without-controls in no-controls".to_owned();
    assert_eq!(of("sales-lost@US:paired:±1%", 0), (sales, MeasuredFrom::Itself(0)));
    assert_eq!(of("shortfall:mean:±1%", 0), ("the estimate itself".to_owned(), MeasuredFrom::Nothing));
    assert_eq!(of("shortfall:q90:±1%", 0), ("the estimate itself".to_owned(), MeasuredFrom::Nothing));
    assert_eq!(of("capacity-denied:paired:±500", 0), (String::new(), MeasuredFrom::Itself(0)));
}

#[test]
fn what_makes_no_sense_in_a_plan_is_refused_with_what_to_write() {
    assert_eq!(
        told(&IDS, "shortfall@huawei:handset:mean:±1%"),
        "there is no shortfall of `huawei:handset` in these scenarios (did you mean `huawei:handsets`?)"
    );
    let told_us = told(&IDS, "sales-lost:mean:±1%");
    assert!(
        told_us.starts_with("sales-lost is recorded for several: say for which, such as `sales-lost@"),
        "{told_us}"
    );
    assert!(told_us.contains("(it is recorded for ") && told_us.contains("US"), "{told_us}");
    assert_eq!(
        told(&IDS, "capacity-denied:paired:±1%"),
        "capacity-denied is a difference, and there is nothing that ±1% could be of (give the precision in products, \
         without %)"
    );
    assert_eq!(
        told(&IDS[..1], "shortfall:paired:±1%"),
        "shortfall:paired is a difference between scenarios, and there is only one: ask for shortfall:mean"
    );
    assert_eq!(
        told(&IDS, "months-until-rung@rung-1:mean:±1"),
        "months-until-rung is not recorded in these scenarios: none of them has what it counts"
    );
}

#[test]
fn every_scenario_must_be_precise_enough_but_the_one_that_is_measured_from() {
    let (rule, width) = rule(&["shortfall:paired:±0.1"], 1, 256);
    let noise = |sizes: [f64; 3]| tables(width, 256, move |s, _, trial| sizes[s] * (unit(trial) - 0.5));
    let met = |sizes| {
        let tables = noise(sizes);
        let standings = rule.standings(&Rows::new(&tables, width, 256));
        assert_eq!(standings.iter().map(|s| s.scenario).collect::<Vec<_>>(), [1, 2]);
        rule.met(&standings)
    };
    assert!(met([100.0, 1.0, 1.0]), "the scenario without controls has no shortfall");
    assert!(!met([0.0, 1.0, 100.0]));
    assert!(met([1.0, 0.0, 1.0]), "no difference at all is known exactly");
}

#[test]
fn a_paired_difference_is_known_better_than_its_parts() {
    let (rule, width) = rule(&["cumulative-deployment:paired:±1%", "cumulative-deployment:mean:±1%"], 1, 256);
    let tables = tables(width, 256, |s, _, trial| 100.0 * unit(trial) + s as f64 * (9.0 + unit(trial * 7)));
    let standings = rule.standings(&Rows::new(&tables, width, 256));
    let paired: Vec<bool> = standings.iter().filter(|s| s.goal == 0).map(Standing::met).collect();
    let alone: Vec<bool> = standings.iter().filter(|s| s.goal == 1).map(Standing::met).collect();
    assert_eq!((paired, alone), (vec![true; 2], vec![false; 3]));
    assert!((standings[0].estimate.value - 9.5).abs() < 0.1 && (standings[0].allowed - 0.5).abs() < 0.01);
}

#[test]
fn blanks_are_left_out_and_an_outcome_without_any_value_is_never_known() {
    let (rule, width) = rule(&["months-until-below-75:mean:±1"], 1, 256);
    let met = |blank: fn(usize, usize) -> bool| {
        let tables = tables(width, 256, |s, _, trial| if blank(s, trial) { f64::NAN } else { unit(trial) });
        rule.met(&rule.standings(&Rows::new(&tables, width, 256)))
    };
    assert!(met(|s, _| s == 0), "one scenario in which it never happens does not matter");
    assert!(!met(|_, _| true));
    assert!(!met(|s, trial| s == 1 && trial > 0), "one value tells nothing of a mean");
    assert!(met(|_, trial| trial % 3 == 0));
}

#[test]
fn a_percentage_of_nothing_is_met_by_certainty_only() {
    let (rule, width) = rule(&["shortfall:mean:±1%"], 1, 256);
    let met = |value: fn(usize) -> f64| {
        let tables = tables(width, 256, |_, _, trial| value(trial));
        rule.met(&rule.standings(&Rows::new(&tables, width, 256)))
    };
    assert!(met(|_| 0.0));
    assert!(!met(|trial| if trial % 2 == 0 { 1.0 } else { -1.0 }));
}
