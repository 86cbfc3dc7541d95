//! When it stops, and that a resumed watch comes to the same.

use super::*;

/// Watches a shortfall that is `spread` wide in the first trials so many, and 100 wide in the rest.
fn watch(goals: &[&str], floor: u32, cap: u32, value: impl Fn(usize) -> f64) -> (Vec<Memory>, StoppingResult) {
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
    assert_eq!((ending.how, ending.trials), (StopReason::Held { since: 1536 }, 2560));
    assert_eq!(memories.last(), Some(&Memory { due: 2560, since: Some(1536) }));
    assert!(ending.standings.iter().all(|s| s.met() && s.estimate.count == 2560));
}

#[test]
fn luck_that_does_not_last_is_not_believed() {
    let value = |trial: usize| if trial < 1100 { 50.0 } else { 100.0 * unit(trial) };
    let (memories, ending) = watch(&["shortfall:paired:±1.5"], 1000, 100_000, value);
    assert_eq!(memories[1], Memory { due: 1536, since: Some(1024) }, "exactly the same in the first 1,024 trials");
    assert_eq!(memories[2].since, None, "and no more in the next");
    assert!(matches!(ending.how, StopReason::Held { since } if since > 1536), "{ending:?}");
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
    assert_eq!(ending("shortfall:paired:±0.001", 3000).how, StopReason::Capped);
    assert_eq!(ending("shortfall:paired:±3", 2048).how, StopReason::Unconfirmed { since: 1536 });
    assert_eq!(ending("shortfall:paired:±3", 500).how, StopReason::Capped);
    assert_eq!(ending("shortfall:paired:±30", 500).how, StopReason::Unconfirmed { since: 500 });
    let needed = ending("shortfall:paired:±0.5", 3000).standings[1].times_needed().unwrap() * 3000.0;
    let enough = watch(&["shortfall:paired:±0.5"], 1000, 100_000, value).1.how;
    assert!(
        matches!(enough, StopReason::Held { since } if (f64::from(since) / needed - 1.0).abs() < 0.2),
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
        let value = |trial: usize| 100.0 * crate::math::powi(unit(start + trial), heavy);
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
