//! Runs the trials of one scenario of a plan, and keeps what is asked of the record of each ([`each`]) or what is seen of it tick by
//! tick ([`watch`]). The trials are those of [`super::ensemble::run`]: the same draws, in the same order, on any number of threads.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::ensemble::Interrupted;
use super::plan::Plan;
use crate::model::probe::Probe;
use crate::model::record::Record;
use crate::model::record::selection::Selection;
use crate::model::rules::Rules;
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
    let worker = || Trials::new(plan, scenario, keep.clone());
    let blocks: Vec<Option<Vec<f64>>> = firsts
        .par_iter()
        .map_init(worker, |worker, &first| {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            let last = (first + BLOCK).min(plan.trials);
            let mut kept = Vec::new();
            for trial in first..last {
                ask(worker.simulate(trial, |_, _| {}), &mut kept);
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

/// Runs some trials of one scenario and has each looked at after every tick. `start` makes what a trial's looks are gathered
/// in; they come back by trial. Nothing is recorded beside.
///
/// # Errors
/// [`Interrupted`] if `stop` was set before the end.
pub fn watch<T: Send>(
    plan: &Plan,
    scenario: usize,
    trials: Range<u32>,
    stop: &AtomicBool,
    progress: impl Fn(u32) + Sync,
    start: impl Fn() -> T + Sync,
    look: impl Fn(&mut T, usize, Probe<'_>) + Sync,
) -> Result<Vec<T>, Interrupted> {
    let worker = || Trials::new(plan, scenario, Selection::nothing());
    let seen: Vec<Option<T>> = trials
        .into_par_iter()
        .map_init(worker, |worker, trial| {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            let mut seen = start();
            worker.simulate(trial, |tick, probe| look(&mut seen, tick, probe));
            progress(1);
            Some(seen)
        })
        .collect();
    let (done, trials) = (seen.iter().flatten().count() as u32, seen.len() as u32);
    seen.into_iter().collect::<Option<_>>().ok_or(Interrupted { done, trials })
}

/// Simulates trials of one scenario, one after the other, on one thread.
struct Trials<'p> {
    plan: &'p Plan,
    workspace: Workspace,
    record: Record,
    rules: Rules,
}

impl<'p> Trials<'p> {
    fn new(plan: &'p Plan, scenario: usize, keep: Selection) -> Trials<'p> {
        let rules = plan.scenarios[scenario].rules.clone();
        Trials { plan, workspace: Workspace::default(), record: Record::keeping(keep), rules }
    }

    /// Simulates a trial and gives its record.
    fn simulate(&mut self, trial: u32, after_tick: impl FnMut(usize, Probe<'_>)) -> &Record {
        let Trials { plan, workspace, record, rules } = self;
        let place = plan.design.place(plan.seed, trial);
        workspace.draw(&plan.world, plan.seed, place.chance, |uncertain| place.unit(uncertain));
        workspace.draw_regimes(plan.seed, place.unplaced);
        workspace.simulate(&plan.world, rules, record, after_tick);
        record
    }
}
