//! Doubling the trials moves the headline as its stated interval says. Over n trials the headline has a standard error of
//! s / sqrt(n), a quarter of the width of its 95% interval (by 1.96). The next n trials give an independent one, and that
//! of all 2n is (nearly) the mean of both: it differs from the first by half the difference of two, of standard error
//! s sqrt(2 / n) / 2 = s / sqrt(2n). So the difference over that error is a standard normal number: it leaves the interval
//! with a chance of 0.0056 (1.96 sqrt(2) = 2.77 errors), and the mean of its squares over K seeds is 1, with a standard
//! error of sqrt(2 / K). Too narrow an interval raises both, too wide a one lowers the second.

use std::fmt::Write;
use std::sync::atomic::AtomicBool;

use crate::common::hold;
use crate::worlds::shipped;
use chokepoint::analysis::compare::compare;
use chokepoint::analysis::results::Estimate;
use chokepoint::experiment::{Ensemble, Plan, run};

/// Chance that a standard normal number is beyond 1.96 sqrt(2).
const LEAVES: f64 = 0.00557;

/// The headline over n trials and over 2n.
struct Pair {
    first: Estimate,
    all: f64,
}

impl Pair {
    fn interval(&self) -> (f64, f64) {
        self.first.interval.expect("twenty trials or more")
    }

    fn leaves(&self) -> bool {
        let (low, high) = self.interval();
        self.all < low || self.all > high
    }

    /// The difference in its standard errors.
    fn z(&self) -> f64 {
        let (low, high) = self.interval();
        let error = (high - low) / (2.0 * 1.96);
        (self.all - self.first.value) / (error / std::f64::consts::SQRT_2)
    }
}

/// Headlines of the regimes (the first scenario is without controls) by seed: `[regime][seed]`.
fn headlines(ids: &[&str], end: &str, trials: u32, seeds: std::ops::Range<u64>) -> Vec<Vec<Pair>> {
    let scenarios = shipped(ids, &[("time.end", end)]);
    let mut all: Vec<Vec<Pair>> = ids[1..].iter().map(|_| Vec::new()).collect();
    for seed in seeds {
        let shortfalls = |trials: u32| -> Vec<Estimate> {
            let plan = Plan::new(&scenarios, seed, trials).unwrap();
            let ensemble: Ensemble = run(&plan, &AtomicBool::new(false), |_| {}).unwrap();
            compare(&plan, &ensemble, "", "").unwrap().scenarios[1..].iter().map(|s| s.shortfall).collect()
        };
        // A trial is known by its number: the first n of 2n are those of a run of n.
        let (first, twice) = (shortfalls(trials), shortfalls(2 * trials));
        for ((pairs, first), all) in all.iter_mut().zip(first).zip(twice) {
            pairs.push(Pair { first, all: all.value });
        }
    }
    all
}

/// Number that leave the interval, and the mean square of the differences in their standard errors.
fn count(pairs: &[Pair]) -> (usize, f64) {
    let squares = pairs.iter().map(|pair| pair.z() * pair.z()).sum::<f64>();
    (pairs.iter().filter(|pair| pair.leaves()).count(), squares / pairs.len() as f64)
}

/// Fails where the number that leave, or the mean square, is more than three standard errors from what is expected.
fn check(id: &str, pairs: &[Pair]) {
    let n = pairs.len() as f64;
    let (left, square) = count(pairs);
    println!("{id}: of {n} headlines {left} leave the interval when trials double; mean square {square:.2}");
    assert!((left as f64) <= n * LEAVES + 3.0 * (n * LEAVES * (1.0 - LEAVES)).sqrt(), "{id}: {left} of {n} leave");
    assert!((square - 1.0).abs() <= 3.0 * (2.0 / n).sqrt(), "{id}: mean square {square}, expected 1");
}

#[test]
#[ignore = "a study: forty ensembles"]
fn doubling_the_trials_moves_the_headline_within_its_interval() {
    let ids = ["no-controls", "current-rules", "amended-rules"];
    let pairs = headlines(&ids, "2020-12-31", 48, 0..40);
    ids[1..].iter().zip(&pairs).for_each(|(id, pairs)| check(id, pairs));
}

/// The study: the whole period, the regimes of the shipped comparison and the rules as adopted. Its table is committed, and
/// written anew by `CHOKEPOINT_BLESS=1 cargo test --release --test it doubling:: -- --ignored`.
#[test]
#[ignore = "a study of a minute or two, whose table is committed"]
fn study_of_doubling() {
    let ids = ["no-controls", "current-rules", "waivers", "amended-rules", "adopted-rules"];
    let (trials, seeds) = (100, 40);
    let all = headlines(&ids, "2024-12-31", trials, 0..seeds);
    let mut table = "scenario,seed,trials,shortfall,low,high,shortfall_of_twice,errors,leaves\n".to_owned();
    for (id, pairs) in ids[1..].iter().zip(&all) {
        for (seed, pair) in pairs.iter().enumerate() {
            let (low, high) = pair.interval();
            let (first, twice, z) = (pair.first.value, pair.all, pair.z());
            let leaves = pair.leaves();
            writeln!(table, "{id},{seed},{trials},{first:.5},{low:.5},{high:.5},{twice:.5},{z:.3},{leaves}").unwrap();
        }
    }
    hold("docs/studies/doubling.csv", table.as_bytes());
    ids[1..].iter().zip(&all).for_each(|(id, pairs)| check(id, pairs));
}
