//! How fast trials run and what they cost in memory, on the full shipped world: trials a second on one thread and on two, and
//! peak memory against the number of trials. `cargo bench` prints the table. Machines are noisy: what is compared is
//! measured in one run, and ratios are what to quote.
#![expect(clippy::disallowed_methods, reason = "no result comes from a bench")]

#[path = "support/measure.rs"]
mod measure;

use std::sync::atomic::AtomicBool;

use chokepoint::experiment::{Plan, run};
use chokepoint::scenario;
use measure::{median, on_threads, seconds};

const SHIPPED: [&str; 4] = ["no-controls", "current-rules", "waivers", "amended-rules"];
const REPETITIONS: usize = 5;

fn plan(ids: &[&str], trials: u32) -> Plan {
    let scenarios: Vec<_> = ids.iter().map(|id| scenario::load(id, &[]).expect("a shipped scenario")).collect();
    Plan::new(&scenarios, 1, trials).expect("the shipped world")
}

/// Simulated histories (scenario × trial) a second of each plan on so many threads: medians over turns.
fn rates<const N: usize>(plans: [(&Plan, usize); N]) -> [f64; N] {
    let mut rates: [Vec<f64>; N] = std::array::from_fn(|_| Vec::new());
    for _ in 0..REPETITIONS {
        for (rates, (plan, threads)) in rates.iter_mut().zip(plans) {
            let run = || run(plan, &AtomicBool::new(false), |_| {}).expect("no interruption");
            let seconds = on_threads(threads, || seconds(run));
            rates.push(f64::from(plan.trials) * plan.scenarios.len() as f64 / seconds);
        }
    }
    rates.map(median)
}

/// Peak resident memory so far, MB, where the system tells it.
fn peak_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kb| kb / 1024.0)
}

fn main() {
    if !measure::is_bench() {
        return;
    }
    println!("peak memory by trials (four shipped scenarios, 72 months, one thread)");
    for trials in [64, 256, 1024] {
        let plan = plan(&SHIPPED, trials);
        let ensemble = on_threads(1, || run(&plan, &AtomicBool::new(false), |_| {})).expect("no interruption");
        let schema = &ensemble.schema;
        let a_trial = 8 * schema.totals.columns.len() + 4 * schema.kept.len() * schema.ticks;
        let kept = trials as usize * schema.scenarios * a_trial;
        let peak = peak_memory().map_or_else(|| "?".to_owned(), |mb| format!("{mb:.0}"));
        println!("  {trials:>6} trials: peak {peak} MB, of which kept outcomes {:.0} MB", kept as f64 / 1e6);
    }

    let (four, alone) = (plan(&SHIPPED, 256), plan(&SHIPPED[..1], 256));
    let [one, two, alone] = rates([(&four, 1), (&four, 2), (&alone, 1)]);
    println!("simulated histories a second (72 months, median of {REPETITIONS} turns)");
    println!("  four shipped scenarios, 1 thread:   {one:>8.0}");
    println!("  the same on 2 threads:              {two:>8.0}  ({:.2} x)", two / one);
    println!("  no-controls alone, 1 thread:        {alone:>8.0}");
}
