//! Ours against a near-limit: the reference loop of `benches/net60` (flat arrays, no choice of anything) and its world as a
//! scenario run by the same `tick` as all scenarios, side by side in one run on one thread. `benches/support/world.rs` says
//! how the two worlds differ; that they agree in substance can be seen in the last columns. `shipped mechanisms` is a
//! world of the same size with those of the shipped world at work: lead times, spares, stockpiling, noise in demand, awards
//! and forecasts, licenses, reviews, redesign, a programme, a shortage.
//!
//! With the name of a contender (`cargo bench --bench net60 -- "ours, builds kept"`) only that one runs, a few trials, for a
//! profiler to watch.
#![expect(clippy::disallowed_methods, reason = "no result comes from a bench")]

#[path = "support/measure.rs"]
mod measure;
#[path = "support/reference.rs"]
mod reference;
#[path = "support/world.rs"]
mod world;

use std::sync::atomic::AtomicBool;

use chokepoint::experiment::{Plan, single};
use chokepoint::model::record::selection::Selection;
use chokepoint::model::record::{DEPLOYED, Record, SUSTAINED};
use chokepoint::scenario;
use measure::{median, moments, on_threads, seconds};
use world::{Mechanisms, TARGET};

const TURNS: usize = 7;

/// Trials a turn: enough to be timed, few enough for the turns to be close together.
const TRIALS: usize = 800;

/// Monthly builds of the target, trial after trial: 60 each, whoever makes them.
type Builds = Vec<f64>;

struct Contender {
    name: &'static str,
    run: Box<dyn Fn() -> Builds + Sync>,
}

fn contender(name: &'static str, run: impl Fn() -> Builds + Sync + 'static) -> Contender {
    Contender { name, run: Box::new(run) }
}

fn wide(builds: Vec<f32>) -> Builds {
    builds.into_iter().map(f64::from).collect()
}

/// What is kept of ours.
#[derive(Clone, Copy)]
enum Kept {
    /// The target's builds: what the loop keeps.
    Builds,
    /// Its sustained capacity too, the headline (E10).
    Capacity,
    /// All outcomes.
    Everything,
}

fn ours(name: &'static str, mechanisms: Mechanisms, kept: Kept, trials: usize) -> Contender {
    let text = world::scenario(mechanisms, 1);
    let loaded = scenario::load_text("net60", &text, &[]).unwrap_or_else(|p| panic!("{}", p.lines()));
    let plan = Plan::new(&[loaded], 1, trials as u32).expect("a plan");
    let layout = plan.layout();
    let is_builds = |outcome, entity: &str| outcome == DEPLOYED && entity == TARGET;
    let keep = match kept {
        Kept::Builds => Selection::columns(&layout, is_builds),
        Kept::Capacity => {
            Selection::columns(&layout, |outcome, entity| is_builds(outcome, entity) || outcome == SUSTAINED)
        }
        Kept::Everything => Selection::default(),
    };
    let column = if let Kept::Everything = kept { layout.find(DEPLOYED, TARGET).expect("the target") } else { 0 };
    let months: Vec<f64> = (0..reference::T).map(|tick| plan.world.calendar.months(tick)).collect();
    contender(name, move || {
        let ask = |record: &Record, builds: &mut Builds| {
            builds.extend(months.iter().enumerate().map(|(tick, months)| record.at(tick, column) * months));
        };
        single::each(&plan, 0, &keep, &AtomicBool::new(false), |_| {}, ask).expect("no interruption")
    })
}

fn main() {
    if !measure::is_bench() {
        return;
    }
    let alone = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    let (turns, trials) = if alone.is_some() { (1, TRIALS / 10) } else { (TURNS, TRIALS) };
    let mut contenders = contenders(trials);
    contenders.retain(|contender| alone.as_ref().is_none_or(|name| contender.name == *name));
    let mut times = vec![Vec::new(); contenders.len()];
    on_threads(1, || {
        for _ in 0..turns {
            for (times, contender) in times.iter_mut().zip(&contenders) {
                times.push(seconds(&contender.run));
            }
        }
    });
    if alone.is_none() {
        print(&contenders, &times);
    }
}

fn contenders(trials: usize) -> Vec<Contender> {
    let ours = |name, mechanisms, kept| ours(name, mechanisms, kept, trials);
    vec![
        contender("loop, scalar", move || wide(reference::scalar(trials))),
        contender("loop, eight trials side by side", move || wide(reference::lanes(trials))),
        ours("ours, builds kept", Mechanisms::Loop, Kept::Builds),
        ours("ours, sustained capacity kept too", Mechanisms::Loop, Kept::Capacity),
        ours("ours, everything kept", Mechanisms::Loop, Kept::Everything),
        ours("shipped mechanisms, builds kept", Mechanisms::Shipped, Kept::Builds),
        ours("shipped mechanisms, everything kept", Mechanisms::Shipped, Kept::Everything),
    ]
}

fn print(contenders: &[Contender], times: &[Vec<f64>]) {
    println!("net60: {TRIALS} trials of 60 months, one thread, median of {TURNS} turns");
    println!("  {:<38}{:>10}{:>16}   builds of the target", "", "trials/s", "time / scalar");
    for (contender, mine) in contenders.iter().zip(times) {
        let ratios = mine.iter().zip(&times[0]).map(|(mine, first)| mine / first).collect();
        let totals: Vec<f64> = (contender.run)().chunks(reference::T).map(|row| row.iter().sum()).collect();
        let (mean, sd) = moments(&totals);
        let rate = TRIALS as f64 / median(mine.clone());
        println!("  {:<38}{rate:>10.0}{:>16.2}   {mean:.0} ± {sd:.0}", contender.name, median(ratios));
    }
}
