//! Runs the trials of one scenario of a plan, records what is asked for, and keeps what is asked of each record. The trials are those of
//! [`super::ensemble::run`]: the same draws, in the same order, on any number of threads.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::ensemble::Interrupted;
use super::plan::Plan;
use crate::model::record::Record;
use crate::model::record::selection::Selection;
use crate::model::workspace::Workspace;

/// Trials that a thread does before it asks whether to stop.
const BLOCK: u32 = 32;

/// Runs one scenario; its records hold what `keep` says, and `ask` adds to the list what is wanted of each. `progress` hears of trials done; `stop` ends
/// the run after the blocks under way.
///
/// # Errors
/// [`Interrupted`] if `stop` was set before the end.
pub fn each(
    plan: &Plan,
    scenario: usize,
    keep: &Selection,
    stop: &AtomicBool,
    progress: impl Fn(u32) + Sync,
    ask: impl Fn(&Record, &mut Vec<f64>) + Sync,
) -> Result<Vec<f64>, Interrupted> {
    let firsts: Vec<u32> = (0..plan.trials).step_by(BLOCK as usize).collect();
    let worker = || {
        let rules = plan.scenarios[scenario].rules.clone();
        (Workspace::default(), Record::keeping(keep.clone()), rules)
    };
    let blocks: Vec<Option<Vec<f64>>> = firsts
        .par_iter()
        .map_init(worker, |(workspace, record, rules), &first| {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            let last = (first + BLOCK).min(plan.trials);
            let mut kept = Vec::new();
            for trial in first..last {
                let place = plan.design.place(plan.seed, trial);
                workspace.draw(&plan.world, plan.seed, place.chance, |uncertain| place.unit(uncertain));
                workspace.draw_regimes(plan.seed, place.unplaced);
                workspace.simulate(&plan.world, rules, record, |_, _| {});
                ask(record, &mut kept);
            }
            progress(last - first);
            Some(kept)
        })
        .collect();
    let mut all = Vec::new();
    for (first, block) in firsts.iter().zip(blocks) {
        let Some(block) = block else { return Err(Interrupted { done: *first, trials: plan.trials }) };
        all.extend(block);
    }
    Ok(all)
}
