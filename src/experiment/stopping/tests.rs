//! The grammar, the intervals, the schedule and the rule.

use proptest::prelude::*;
use statrs::distribution::{Binomial, DiscreteCDF};

use super::goal::{Measure, Precision};
use super::precision::{Estimate, mean, quantile, ranks, student95};
use super::rule::From;
use super::*;
use crate::experiment::{Plan, single};
use crate::model::outcome::{Columns, TOTALS};
use crate::model::record::Layout;

fn goal(text: &str) -> Goal {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// What a reader is told of a bad goal.
fn refused(text: &str) -> String {
    let error = text.parse::<Goal>().expect_err(text);
    error.help().map_or_else(|| error.to_string(), |help| format!("{error} ({help})"))
}

mod grammar {
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
        for text in
            ["", "shortfall", "shortfall:±1%", ":paired:±1%", "shortfall@:paired:±1%", "@US:mean:±1", "2019-12-31"]
        {
            assert_eq!(refused(text), form, "{text}");
        }
        assert_eq!(
            refused("shortfal:paired:±1%"),
            "`shortfal` is no outcome of a whole trial (did you mean `shortfall`?)"
        );
        assert_eq!(
            refused("profit:mean:±1%"),
            "`profit` is no outcome of a whole trial (known here are 27 names, such as cumulative-deployment, shortfall, \
             capacity-denied, months-until-below-90, months-until-below-75, months-until-below-50)"
        );
        for measure in ["q100", "q00", "q5", "Q90", "variance", "", "q+5", "q٠٥"] {
            let told = refused(&format!("shortfall:{measure}:±1%"));
            assert!(told.starts_with(&format!("`{measure}` is no measure: write `paired`")), "{told}");
        }
        assert!(refused("shortfall:pared:±1%").ends_with("(did you mean `paired`?)"));
        for precision in
            ["1%", "±", "±0", "±-1", "±1%%", "±inf", "±nan", "±1,000", "±50 products", "±1e999", "±+1", "-1"]
        {
            let told = refused(&format!("shortfall:mean:{precision}"));
            assert!(told.starts_with(&format!("`{precision}` is no precision: write ± (or +-)")), "{told}");
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
}

mod intervals {
    use super::*;

    #[test]
    fn a_mean_has_the_interval_of_student() {
        // Four values: 1, 2, 3, 4. t(0.975; 3) = 3.182446.
        let found = mean(Moments { count: 4, mean: 2.5, variance: 5.0 / 3.0 });
        assert!((found.half_width - 3.182446 * (5.0f64 / 12.0).sqrt()).abs() < 1e-5, "{found:?}");
        for (count, expected) in [(2, 12.706205), (31, 2.042272), (1001, 1.962339), (1_000_001, 1.959966)] {
            assert!((student95(count) - expected).abs() < 2e-4, "{count}: {}", student95(count));
        }
    }

    #[test]
    fn too_few_values_tell_nothing() {
        assert!(mean(Moments { count: 0, ..Moments::default() }).value.is_nan());
        assert_eq!(mean(Moments { count: 1, mean: 2.0, variance: 0.0 }).half_width, f64::INFINITY);
        let few = |count| quantile(count, 90, |rank| (rank as f64, rank as f64));
        assert!(few(0).value.is_nan());
        // Not even the greatest of 35 values lies above the 90% quantile surely enough: 0.9^35 is 2.503%; of 36 it does.
        assert_eq!(few(35).half_width, f64::INFINITY);
        assert!(few(36).half_width.is_finite());
    }

    #[test]
    fn the_ranks_are_those_of_the_tables() {
        // Conover (1999), Practical Nonparametric Statistics: of 100 values the 40th and the 61st hold the median.
        assert_eq!(ranks(100, 0.5), (Some(40), Some(61)));
        assert_eq!(ranks(5, 0.5), (None, None));
        assert_eq!(ranks(6, 0.5), (Some(1), Some(6)));
        assert_eq!(ranks(1, 0.01), (None, Some(1)));
    }

    #[test]
    fn of_many_values_the_ranks_are_those_of_the_normal_curve() {
        let (low, high) = ranks(1_000_000, 0.9);
        let (low, high) = (low.unwrap() as f64, high.unwrap() as f64);
        // 900,000 plus or minus 1.96 times 300.
        assert!((low - 899_412.0).abs() <= 2.0 && (high - 900_589.0).abs() <= 2.0, "{low} {high}");
    }

    #[test]
    fn a_quantile_is_that_of_the_tables_with_its_longer_side() {
        let values: Vec<f64> = (1..=100).map(|i| f64::from(i * i)).collect();
        let found = quantile(100, 50, |rank| (values[rank as usize - 1], values[rank as usize - 1]));
        assert_eq!(found.value, 0.5 * (2500.0 + 2601.0));
        assert_eq!(found.half_width, 61.0 * 61.0 - found.value);
        // In bins, the interval is that of the bins' outer ends.
        let bins = quantile(100, 50, |rank| (values[rank as usize - 1] - 7.0, values[rank as usize - 1] + 7.0));
        assert_eq!(bins, Estimate { half_width: found.half_width + 7.0, ..found });
    }

    proptest! {
        /// Against the regularized beta function.
        #[test]
        fn the_ranks_leave_out_no_more_than_a_fortieth_on_either_side(count in 1u64..3000, percent in 1u8..=99) {
            let p = f64::from(percent) / 100.0;
            let below = Binomial::new(p, count).unwrap();
            let (low, high) = ranks(count, p);
            let (r, s) = (low.unwrap_or(0), high.unwrap_or(count + 1));
            // P(B < r) and P(B >= s), and of the next ranks inward.
            let left = |r: u64| r.checked_sub(1).map_or(0.0, |last| below.cdf(last));
            let right = |s: u64| s.checked_sub(1).map_or(1.0, |last| 1.0 - below.cdf(last));
            prop_assert!(left(r) <= 0.025 + 1e-9 && left(r + 1) >= 0.025 - 1e-9, "{} {}", left(r), left(r + 1));
            prop_assert!(right(s) <= 0.025 + 1e-9 && right(s - 1) >= 0.025 - 1e-9, "{} {}", right(s), right(s - 1));
        }
    }
}

mod schedule {
    use super::*;

    fn checkpoints(floor: u32, cap: u32) -> Vec<u32> {
        Stopping::new(Vec::new(), floor, cap).unwrap().checkpoints().collect()
    }

    #[test]
    fn looks_are_an_eighth_apart_in_whole_chunks() {
        assert_eq!(checkpoints(1000, 7000), [1024, 1536, 2048, 2560, 3072, 3584, 4096, 4608, 5376, 6144, 6912, 7000]);
        assert_eq!(checkpoints(1, 1000), [256, 768, 1000]);
        assert_eq!(checkpoints(1000, 1000), [1000]);
        let all = checkpoints(1000, 1_000_000);
        assert_eq!((all.len(), all.last()), (53, Some(&1_000_000)));
    }

    #[test]
    fn there_must_be_room() {
        let refused = |floor, cap| Stopping::new(Vec::new(), floor, cap).unwrap_err().to_string();
        assert_eq!(refused(1000, 500), "at least 1000 and at most 500 trials can't both be");
        assert!(Stopping::new(Vec::new(), 0, 0).is_err());
        assert_eq!(checkpoints(0, u32::MAX).last(), Some(&u32::MAX));
    }

    proptest! {
        #[test]
        fn all_but_the_cap_are_whole_chunks_and_rise(floor in 0u32..5000, more in 0u32..2_000_000) {
            let cap = (floor + more).max(1);
            let all = checkpoints(floor, cap);
            prop_assert!(all.windows(2).all(|pair| pair[0] < pair[1]));
            let whole = all[..all.len() - 1].iter().all(|n| n % CHUNK == 0 && *n >= floor);
            prop_assert!(whole && *all.last().unwrap() == cap, "{:?}", all);
        }
    }
}

/// The shipped comparison's plan in short, and the columns of its table of trials.
fn plan(ids: &[&str]) -> (Plan, Layout) {
    let horizon = ("time.end".to_owned(), "2019-06-30".to_owned());
    let load = |id: &&str| crate::scenario::load(&format!("shipped:{id}"), std::slice::from_ref(&horizon));
    let scenarios: Vec<_> = ids.iter().map(|id| load(id).unwrap_or_else(|p| panic!("{}", p.lines()))).collect();
    let plan = Plan::new(&scenarios, 1, 1).unwrap();
    let series = single::layout(&plan);
    let totals = Columns::of(&plan.world, &series).layout(plan.world.calendar.ticks, series.columns.len());
    (plan, totals)
}

const IDS: [&str; 3] = ["no-controls", "current-rules", "amended-rules"];

/// A rule for the shipped scenarios, with the first as reference, and the width of their tables.
fn rule(goals: &[&str], floor: u32, cap: u32) -> (Rule, usize) {
    let (plan, totals) = plan(&IDS);
    let stopping = Stopping::new(goals.iter().map(|text| goal(text)).collect(), floor, cap).unwrap();
    (Rule::new(stopping, &plan, &totals, 0).unwrap(), totals.columns.len())
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

mod meaning {
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
        assert_eq!(of("shortfall:paired:±1%", 0), (deployment.clone(), From::Itself(0)));
        assert_eq!(of("shortfall:paired:±1%", 2), (deployment, From::Itself(0)));
        let reference = "the mean of cumulative-deployment in amended-rules".to_owned();
        assert_eq!(of("cumulative-deployment:paired:±1%", 2), (reference, From::Scenario(2)));
        let sales = "the mean of sales-without-controls in no-controls".to_owned();
        assert_eq!(of("sales-lost@US:paired:±1%", 0), (sales, From::Itself(0)));
        assert_eq!(of("shortfall:mean:±1%", 0), ("the estimate itself".to_owned(), From::Nothing));
        assert_eq!(of("shortfall:q90:±1%", 0), ("the estimate itself".to_owned(), From::Nothing));
        assert_eq!(of("capacity-denied:paired:±500", 0), (String::new(), From::Itself(0)));
    }

    #[test]
    fn what_makes_no_sense_in_a_plan_is_refused_with_what_to_write() {
        assert_eq!(
            told(&IDS, "shortfall@huawei:handset:mean:±1%"),
            "there is no shortfall of `huawei:handset` in these scenarios (did you mean `huawei:handsets`?)"
        );
        let told_us = told(&IDS, "sales-lost:mean:±1%");
        assert!(told_us.starts_with("say of whom sales-lost is meant, such as `sales-lost@"), "{told_us}");
        assert!(told_us.contains("(it is told of ") && told_us.contains("US"), "{told_us}");
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
            "months-until-rung is not told in these scenarios: none of them has what it counts"
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
}

mod watching {
    use super::*;

    /// Watches a shortfall that is `spread` wide in the first trials so many, and 100 wide in the rest.
    fn watch(goals: &[&str], floor: u32, cap: u32, value: impl Fn(usize) -> f64) -> (Vec<Memory>, Ending) {
        let (rule, width) = rule(goals, floor, cap);
        let tables = tables(width, cap as usize, |s, _, trial| s as f64 * value(trial));
        let mut watch = Watch::new(rule);
        let mut memories = Vec::new();
        loop {
            memories.push(watch.memory());
            if let Verdict::Stop(ending) = watch.see(&Rows::new(&tables, width, watch.due())) {
                return (memories, ending);
            }
        }
    }

    #[test]
    fn it_stops_when_the_precision_has_held_at_two_further_looks_and_tells_all_trials() {
        let (memories, ending) = watch(&["shortfall:paired:±3"], 1000, 100_000, |trial| 100.0 * unit(trial));
        // 1.96 times 2 times 28.9 over 3, squared: 1,424 trials.
        assert_eq!((ending.how, ending.trials), (How::Held { since: 1536 }, 2560));
        assert_eq!(memories.last(), Some(&Memory { due: 2560, since: Some(1536) }));
        assert!(ending.standings.iter().all(|s| s.met() && s.estimate.count == 2560));
    }

    #[test]
    fn luck_that_does_not_last_is_not_believed() {
        let value = |trial: usize| if trial < 1100 { 50.0 } else { 100.0 * unit(trial) };
        let (memories, ending) = watch(&["shortfall:paired:±1.5"], 1000, 100_000, value);
        assert_eq!(memories[1], Memory { due: 1536, since: Some(1024) }, "exactly the same in the first 1,024 trials");
        assert_eq!(memories[2].since, None, "and no more in the next");
        assert!(matches!(ending.how, How::Held { since } if since > 1536), "{ending:?}");
    }

    #[test]
    fn all_goals_must_hold() {
        let value = |trial| 100.0 * unit(trial);
        let alone = |goal: &str| watch(&[goal], 1000, 100_000, value).1.trials;
        let (easy, hard) = ("shortfall:paired:±3", "shortfall:q90:±2");
        let (_, both) = watch(&[easy, hard], 1000, 100_000, value);
        assert!(alone(easy) < alone(hard));
        assert_eq!(both.trials, alone(hard));
    }

    #[test]
    fn the_cap_ends_it() {
        let value = |trial| 100.0 * unit(trial);
        let ending = |goal: &str, cap: u32| watch(&[goal], cap.min(1000), cap, value).1;
        assert_eq!(ending("shortfall:paired:±0.001", 3000).how, How::Capped);
        assert_eq!(ending("shortfall:paired:±3", 2048).how, How::Unconfirmed { since: 1536 });
        assert_eq!(ending("shortfall:paired:±3", 500).how, How::Capped);
        assert_eq!(ending("shortfall:paired:±30", 500).how, How::Unconfirmed { since: 500 });
        let needed = ending("shortfall:paired:±0.5", 3000).standings[1].times_needed().unwrap() * 3000.0;
        let enough = watch(&["shortfall:paired:±0.5"], 1000, 100_000, value).1.how;
        assert!(
            matches!(enough, How::Held { since } if (f64::from(since) / needed - 1.0).abs() < 0.2),
            "{enough:?} {needed}"
        );
    }

    #[test]
    fn no_memory_of_another_rule_is_taken() {
        let (rule, _) = rule(&["shortfall:paired:±1"], 1000, 9000);
        let taken = |due, since| Watch::resume(rule.clone(), Memory { due, since }).is_ok();
        assert!(taken(1024, None) && taken(2048, Some(1024)) && taken(9000, Some(4608)));
        assert!(!taken(1000, None) && !taken(1024, Some(1024)) && !taken(2048, Some(1500)) && !taken(9001, None));
    }

    #[test]
    fn a_memory_survives_a_file() {
        let memory = Memory { due: 2048, since: Some(1024) };
        let text = serde_json::to_string(&memory).unwrap();
        assert_eq!(text, r#"{"due":2048,"since":1024}"#);
        assert_eq!(serde_json::from_str::<Memory>(&text).unwrap(), memory);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        /// Taken up again from its memory before any look, it ends in the same way; and what comes after its end does not matter.
        #[test]
        fn a_watch_that_is_resumed_comes_to_the_same(
            precision in 1u32..30, start in 0usize..100_000, heavy in 1i32..6, at in 0usize..12
        ) {
            let goals = [format!("shortfall:paired:±{precision}"), format!("shortfall:q75:±{precision}")];
            let (rule, width) = rule(&[&goals[0], &goals[1]], 300, 4000);
            let value = |trial: usize| 100.0 * unit(start + trial).powi(heavy);
            let all = tables(width, 4000, |s, _, trial| s as f64 * value(trial));
            let see = |watch: &mut Watch| watch.see(&Rows::new(&all, width, watch.due()));
            let mut watch = Watch::new(rule.clone());
            let mut memories = vec![watch.memory()];
            let ending = loop {
                match see(&mut watch) {
                    Verdict::GoOn => memories.push(watch.memory()),
                    Verdict::Stop(ending) => break ending,
                }
            };
            let mut resumed = Watch::resume(rule.clone(), memories[at % memories.len()]).unwrap();
            let again = loop {
                if let Verdict::Stop(ending) = see(&mut resumed) {
                    break ending;
                }
            };
            prop_assert_eq!(&again, &ending);
            let other = tables(width, 4000, |s, _, trial| {
                if trial < ending.trials as usize { s as f64 * value(trial) } else { 1e9 }
            });
            let mut blind = Watch::new(rule);
            let unseen = loop {
                if let Verdict::Stop(ending) = blind.see(&Rows::new(&other, width, blind.due())) {
                    break ending;
                }
            };
            prop_assert_eq!(unseen, ending);
        }
    }
}
