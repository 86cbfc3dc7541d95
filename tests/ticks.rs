//! A month and a week give the same answer: paired on the same draws, the mean cumulative deployment of the shipped world
//! differs by no more than 2% and three standard errors of the paired difference.

mod worlds;

use std::sync::atomic::AtomicBool;

use chokepoint::experiment::{Ensemble, Plan, run};
use chokepoint::model::outcome::{DEPLOYMENT, subject_column};
use worlds::shipped;

const SCENARIOS: [&str; 4] = ["no-controls", "amended-rules", "adopted-rules", "escalation"];

/// Trials: enough for a standard error of some 0.6% of the mean, few enough for a test. With 1200 weeks came
/// out at -0.9% without controls, +1.3% under the amended and -1.6% under the adopted rules, standard errors 0.1 to 0.3%:
/// within what is promised, and what is left of a tick's events all happening at its start.
const TRIALS: u32 = 300;

/// What each trial deploys by the end, by scenario.
fn deployment(tick: &str) -> Vec<Vec<f64>> {
    let plan = Plan::new(&shipped(&SCENARIOS, &[("time.tick", tick)]), 1, TRIALS).unwrap();
    let ensemble: Ensemble = run(&plan, &AtomicBool::new(false), |_| {}).unwrap();
    let column = subject_column(&plan.world, &ensemble.totals, DEPLOYMENT).unwrap();
    let width = ensemble.totals.columns.len();
    ensemble.scenarios.iter().map(|s| s.totals.chunks(width).map(|row| row[column]).collect()).collect()
}

#[test]
fn month_and_week_agree() {
    let (months, weeks) = (deployment("month"), deployment("week"));
    let n = f64::from(TRIALS);
    let mut failed = Vec::new();
    for ((id, monthly), weekly) in SCENARIOS.iter().zip(&months).zip(&weeks) {
        let mean = monthly.iter().sum::<f64>() / n;
        let differences: Vec<f64> = monthly.iter().zip(weekly).map(|(month, week)| week - month).collect();
        let difference = differences.iter().sum::<f64>() / n;
        let variance = differences.iter().map(|d| (d - difference).powi(2)).sum::<f64>() / (n - 1.0);
        let error = (variance / n).sqrt();
        let line = format!(
            "{id}: {mean:.0} stations by months; by weeks {:+.2}%, standard error {:.2}%",
            100.0 * difference / mean,
            100.0 * error / mean
        );
        println!("{line}");
        if difference.abs() > 0.02 * mean + 3.0 * error {
            failed.push(line);
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}
