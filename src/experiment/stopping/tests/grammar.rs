//! What can be typed, and what a reader is told of the rest.

use super::*;

#[test]
fn a_goal_is_an_outcome_a_measure_and_a_precision() {
    let one = goal("shortfall:paired:±1%");
    assert_eq!((one.outcome().id, one.measure()), ("shortfall", Measure::Paired));
    assert_eq!(one.precision(), Precision::Percent(1.0));
    assert_eq!(goal("cumulative-deployment:mean:±0.5%").measure(), Measure::Mean);
    assert_eq!(goal("shortfall:q90:±50").precision(), Precision::Absolute(50.0));
    assert_eq!(goal("shortfall:median:±50"), goal("shortfall:q50:±50"));
}

#[test]
fn an_entity_may_hold_a_colon() {
    let one = goal("shortfall@huawei:handsets:q05:±1e3");
    assert_eq!(one.entity.as_deref(), Some("huawei:handsets"));
    assert_eq!(one.to_string(), "shortfall@huawei:handsets:q05:±1000");
}

#[test]
fn other_signs_and_blanks_make_no_difference() {
    for text in ["shortfall:paired:+-1%", "shortfall:paired:+/-1%", " shortfall : paired : ± 1 % "] {
        assert_eq!(goal(text), goal("shortfall:paired:±1%"), "{text}");
    }
    assert_eq!(goal("sales-lost @ US:mean:±.5"), goal("sales-lost@US:mean:±0.5"));
}

#[test]
fn what_is_wrong_is_said_with_what_to_write() {
    let form = "write OUTCOME:MEASURE:±X, such as shortfall:paired:±1%, cumulative-deployment:mean:±0.5% or \
                shortfall:q90:±5000";
    for text in ["", "shortfall", "shortfall:±1%", ":paired:±1%", "shortfall@:paired:±1%", "@US:mean:±1", "2019-12-31"]
    {
        assert_eq!(refused(text), form, "{text}");
    }
    assert_eq!(
        refused("shortfal:paired:±1%"),
        "`shortfal` is not an outcome of a whole trial (did you mean `shortfall`?)"
    );
    assert_eq!(
        refused("profit:mean:±1%"),
        "`profit` is not an outcome of a whole trial (known here are 27 names, such as cumulative-deployment, shortfall, \
         capacity-denied, months-until-below-90, months-until-below-75, months-until-below-50)"
    );
    for measure in ["q100", "q00", "q5", "Q90", "variance", "", "q+5", "q٠٥"] {
        let told = refused(&format!("shortfall:{measure}:±1%"));
        assert!(told.starts_with(&format!("`{measure}` is not a measure: write `paired`")), "{told}");
    }
    assert!(refused("shortfall:pared:±1%").ends_with("(did you mean `paired`?)"));
    for precision in ["1%", "±", "±0", "±-1", "±1%%", "±inf", "±nan", "±1,000", "±50 products", "±1e999", "±+1", "-1"]
    {
        let told = refused(&format!("shortfall:mean:{precision}"));
        assert!(told.starts_with(&format!("`{precision}` is not a precision: write ± (or +-)")), "{told}");
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back(
        outcome in 0..TOTALS.len(),
        entity in proptest::option::of("[a-z][a-z:@-]{0,12}[a-z]"),
        measure in prop_oneof![
            Just(Measure::Paired), Just(Measure::Mean), (1u8..=99).prop_map(Measure::Quantile)
        ],
        size in 1e-9..1e12f64,
        percent in any::<bool>(),
    ) {
        let precision = if percent { Precision::Percent(size) } else { Precision::Absolute(size) };
        let made = Goal { outcome: TOTALS[outcome], entity, measure, precision };
        prop_assert_eq!(made.to_string().parse::<Goal>(), Ok(made));
    }

    #[test]
    fn no_text_does_harm(text in "\\PC{0,40}", measure in "[a-z0-9]{0,4}", size in "[±+/0-9.%e-]{0,8}") {
        let _ = text.parse::<Goal>();
        for text in [format!("shortfall:{measure}:{size}"), format!("{text}:paired:{size}")] {
            if let Ok(goal) = text.parse::<Goal>() {
                prop_assert_eq!(goal.to_string().parse::<Goal>(), Ok(goal));
            }
        }
    }
}
