//! How cost grows, over a range of 16 in each of trials, months and offers: the time at each size, and the exponent of the
//! power law through the points (1 is linear; less where a fixed part is spread over more).
#![expect(clippy::disallowed_methods, reason = "no result comes from a bench")]

#[path = "support/measure.rs"]
mod measure;
#[path = "support/reference.rs"]
mod reference;
#[path = "support/world.rs"]
mod world;

use std::sync::atomic::AtomicBool;

use chokepoint::experiment::{Plan, run, single};
use chokepoint::model::record::selection::Selection;
use chokepoint::scenario;
use measure::{exponent, median, on_threads, seconds};
use world::Mechanisms;

const TURNS: usize = 3;

/// The world without controls and one that bites.
const SHIPPED: [&str; 2] = ["no-controls", "amended-rules"];

fn shipped(trials: u32, end: &str) -> Plan {
    let overrides = [("time.end".to_owned(), end.to_owned())];
    let scenarios = SHIPPED.map(|id| scenario::load(id, &overrides).expect("a shipped scenario"));
    Plan::new(&scenarios, 1, trials).expect("the shipped world")
}

/// Times sizes in turns, so that all see the same machine, and prints them.
fn compare(what: &str, unit: &str, sizes: &[(f64, Plan)], run: impl Fn(&Plan) + Sync) {
    let mut times = vec![Vec::new(); sizes.len()];
    for _ in 0..TURNS {
        for (times, (_, plan)) in times.iter_mut().zip(sizes) {
            times.push(on_threads(1, || seconds(|| run(plan))));
        }
    }
    let points: Vec<(f64, f64)> = sizes.iter().zip(times).map(|((size, _), times)| (*size, median(times))).collect();
    println!("{what}, one thread, median of {TURNS} turns: exponent {:.2}", exponent(&points));
    for (size, seconds) in &points {
        println!("  {size:>6} {unit}: {seconds:>7.3} s, {:>9.1} microseconds each", 1e6 * seconds / size);
    }
}

fn main() {
    if !measure::is_bench() {
        return;
    }
    let all = |plan: &Plan| drop(run(plan, &AtomicBool::new(false), |_| {}).expect("no interruption"));
    let trials = [64, 128, 256, 512, 1024].map(|n| (f64::from(n), shipped(n, "2020-12-31")));
    compare("trials (no controls and amended rules, 24 months)", "trials", &trials, all);

    let ends = [(9, "2019-09-30"), (18, "2020-06-30"), (36, "2021-12-31"), (72, "2024-12-31"), (144, "2030-12-31")];
    let months = ends.map(|(months, end)| (f64::from(months), shipped(64, end)));
    compare("months (the same, 64 trials)", "months", &months, all);

    for (what, mechanisms, trials) in
        [("the loop's mechanisms", Mechanisms::Loop, 256), ("shipped mechanisms", Mechanisms::Shipped, 64)]
    {
        let offers = [1, 2, 4, 8, 16].map(|each| {
            let text = world::scenario(mechanisms, each);
            let loaded = scenario::load_text("net60", &text, &[]).unwrap_or_else(|p| panic!("{}", p.lines()));
            let plan = Plan::new(&[loaded], 1, trials).expect("a plan");
            (plan.world.offers.len() as f64, plan)
        });
        let everything = |plan: &Plan| {
            single::each(plan, 0, &Selection::default(), &AtomicBool::new(false), |_| {}, |_, _| {})
                .expect("no interruption");
        };
        compare(&format!("offers (net60, {what}, {trials} trials, everything kept)"), "offers", &offers, everything);
    }
}
