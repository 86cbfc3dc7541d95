//! How fast trials run and what they cost in memory, on the full shipped world: trials a second on one thread and on two,
//! peak memory against the number of trials, and growth with trials and ticks. `cargo bench` prints the table. Machines
//! are noisy: what is compared is measured in one run, and ratios are what to quote.

use std::sync::atomic::AtomicBool;
use std::time::Instant;

use chokepoint::experiment::{Plan, run};
use chokepoint::scenario;

const SHIPPED: [&str; 4] = ["no-controls", "current-rules", "waivers", "amended-rules"];
const REPETITIONS: usize = 5;

fn plan(ids: &[&str], trials: u32, horizon: &str) -> Plan {
    let overrides = [("time.end".to_owned(), horizon.to_owned())];
    let scenarios: Vec<_> = ids.iter().map(|id| scenario::load(id, &overrides).expect("a shipped scenario")).collect();
    Plan::new(&scenarios, 1, trials).expect("the shipped world")
}

/// Simulated histories (scenario × trial) a second: the median of some repetitions.
fn rate(plan: &Plan, threads: usize) -> f64 {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a thread pool");
    let mut rates: Vec<f64> = (0..REPETITIONS)
        .map(|_| {
            let start = Instant::now();
            pool.install(|| run(plan, &AtomicBool::new(false), |_| {})).expect("no interruption");
            f64::from(plan.trials) * plan.scenarios.len() as f64 / start.elapsed().as_secs_f64()
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    rates[REPETITIONS / 2]
}

/// Peak resident memory so far, MB, where the system tells it.
fn peak_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse::<f64>().ok().map(|kb| kb / 1024.0)
}

fn main() {
    println!("peak memory by trials (four shipped scenarios, 72 months, one thread)");
    for trials in [64, 256, 1024, 4096] {
        let plan = plan(&SHIPPED, trials, "2024-12-31");
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread pool");
        let ensemble = pool.install(|| run(&plan, &AtomicBool::new(false), |_| {})).expect("no interruption");
        let kept = ensemble.scenarios.iter().map(|s| 4 * s.paths.len() + 8 * s.totals.len()).sum::<usize>();
        let peak = peak_memory().map_or_else(|| "?".to_owned(), |mb| format!("{mb:.0}"));
        println!("  {trials:>6} trials: peak {peak} MB, of which kept outcomes {:.0} MB", kept as f64 / 1e6);
    }

    println!("simulated histories a second (median of {REPETITIONS})");
    let full = plan(&SHIPPED, 256, "2024-12-31");
    let one = rate(&full, 1);
    let two = rate(&full, 2);
    println!("  four shipped scenarios, 72 months, 1 thread:  {one:>8.0}");
    println!("  the same on 2 threads:                        {two:>8.0}  ({:.2} x)", two / one);
    println!(
        "  no-controls alone, 1 thread:                  {:>8.0}",
        rate(&plan(&["no-controls"], 256, "2024-12-31"), 1)
    );

    println!("growth, one thread: seconds for each 1,000 histories");
    for trials in [64, 256, 1024] {
        println!("  {trials:>6} trials: {:.3}", 1000.0 / rate(&plan(&SHIPPED, trials, "2024-12-31"), 1));
    }
    for (months, end) in
        [(9, "2019-09-30"), (18, "2020-06-30"), (36, "2021-12-31"), (72, "2024-12-31"), (144, "2030-12-31")]
    {
        let rate = rate(&plan(&SHIPPED, 128, end), 1);
        println!(
            "  {months:>6} months: {:.3} ({:.1} microseconds a month)",
            1000.0 / rate,
            1e6 / rate / f64::from(months)
        );
    }
}
