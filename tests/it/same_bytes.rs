//! The same seed gives the same bytes: on one thread or two, in one run or after another; and an ensemble that grows keeps
//! the trials that it had.

use std::sync::atomic::AtomicBool;

use crate::worlds::{Bench, SHIPPED, same, shipped};
use chokepoint::experiment::{Ensemble, Plan, run};

fn plan(seed: u64, trials: u32) -> Plan {
    let set = [("time.end", "2021-12-31")];
    Plan::new(&shipped(&["no-controls", "amended-rules", "adopted-rules", "escalation"], &set), seed, trials).unwrap()
}

fn ensemble(plan: &Plan, threads: usize) -> Ensemble {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    pool.install(|| run(plan, &AtomicBool::new(false), |_| {})).unwrap()
}

/// Equality to the bit: an outcome without a value (NaN) equals itself.
#[track_caller]
fn assert_same(a: &Ensemble, b: &Ensemble) {
    let columns = |e: &Ensemble| (e.schema.series.clone(), e.schema.totals.clone(), e.schema.kept.clone());
    assert!(columns(a) == columns(b), "columns");
    assert!(a.scenarios == b.scenarios, "tallies");
    let bytes = |e: &Ensemble| {
        let mut bytes = Vec::new();
        e.scenarios.iter().for_each(|accumulator| accumulator.write(&mut bytes));
        bytes
    };
    assert!(bytes(a) == bytes(b), "tallies as they are written");
    assert_eq!(trials(a), trials(b));
}

/// What each trial came to and its kept paths, to the bit, by scenario and column.
fn trials(ensemble: &Ensemble) -> Vec<Vec<u64>> {
    let schema = &ensemble.schema;
    let mut all = Vec::new();
    for s in 0..ensemble.scenarios.len() {
        all.extend((0..schema.totals.columns.len()).map(|column| bits(&ensemble.values(s, column).unwrap())));
        for path in 0..schema.kept.len() {
            let ticks = ensemble.path(s, path).unwrap();
            all.extend(ticks.iter().map(|values| values.iter().map(|v| v.to_bits()).collect()));
        }
    }
    all
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|v| v.to_bits()).collect()
}

#[test]
fn on_one_thread_and_on_two() {
    // Not a whole number of blocks, and more blocks than threads.
    let plan = plan(7, 75);
    let one = ensemble(&plan, 1);
    assert_same(&one, &ensemble(&plan, 2));
    assert_same(&one, &ensemble(&plan, 1));
}

#[test]
fn another_seed_gives_other_trials() {
    let (a, b) = (ensemble(&plan(1, 2), 1), ensemble(&plan(2, 2), 1));
    assert_ne!(trials(&a), trials(&b));
}

#[test]
fn an_ensemble_that_grows_keeps_its_first_trials() {
    let (few, many) = (ensemble(&plan(3, 33), 1), ensemble(&plan(3, 70), 2));
    for (few, many) in trials(&few).iter().zip(&trials(&many)) {
        assert_eq!((few.len(), few[..].to_vec()), (33, many[..33].to_vec()));
    }
}

/// A worker's state and rules are used again: no trial sees what an earlier one left, nor in which order they ran.
#[test]
fn no_trial_sees_what_another_left() {
    let set = [("time.end", "2021-06-30")];
    let mut used = Bench::shipped(&SHIPPED, &set);
    for trial in [5, 2, 9] {
        used.draw(trial);
        (0..SHIPPED.len()).for_each(|s| drop(used.run(s)));
    }
    for trial in [2, 0] {
        let mut fresh = Bench::shipped(&SHIPPED, &set);
        fresh.draw(trial);
        used.draw(trial);
        for s in (0..SHIPPED.len()).rev() {
            assert!(same(&used.run(s), &fresh.run(s)), "trial {trial} of {}", SHIPPED[s]);
        }
    }
}

/// The law has no order of paragraphs, so that of a file must not become one. Rungs of a ladder do have one; their own
/// provisions have none.
#[test]
fn the_order_of_provisions_in_a_file_changes_no_trial() {
    let set = [("time.end", "2021-06-30")];
    let ids = ["adopted-rules", "allied-restrictions", "escalation", "amended-with-grace"];
    let scenarios = shipped(&ids, &set);
    let mut turned = scenarios.clone();
    for scenario in &mut turned {
        scenario.regime.provisions.reverse();
        let ladder = scenario.regime.escalation.iter_mut().flat_map(|escalation| escalation.ladder.values_mut());
        ladder.for_each(|rung| rung.provisions.reverse());
        let more_than_one = scenario.regime.provisions.len() > 1;
        assert!(more_than_one, "{}", scenario.id);
    }
    let [here, there] = [&scenarios, &turned].map(|scenarios| ensemble(&Plan::new(scenarios, 5, 6).unwrap(), 2));
    assert_same(&here, &there);
}
