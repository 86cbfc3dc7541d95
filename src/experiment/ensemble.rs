//! Runs the trials of a plan on threads. Trials are done in blocks of fixed size, which are merged in order: however many
//! threads there are, the sums are added in the same order and come out the same to the bit.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::plan::Plan;
use crate::model::outcome::Columns;
use crate::model::record::{self, Layout, Outcome, Record, Sink};
use crate::model::rules::Rules;
use crate::model::setting::Setting;
use crate::model::state::State;
use crate::model::tick::simulate;

/// What an ensemble found, trial by trial where that is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Ensemble {
    /// Trials.
    pub trials: u32,
    /// Length of each tick in months.
    pub months: Vec<f64>,
    /// Columns of what is recorded each tick.
    pub series: Layout,
    /// Columns of what a trial comes to.
    pub totals: Layout,
    /// Columns of `series` that are kept for each trial.
    pub kept: Vec<usize>,
    /// By scenario of the plan.
    pub scenarios: Vec<Kept>,
}

/// What is kept of one scenario.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Kept {
    /// Sum over trials of each recorded value: `[tick][column]`.
    pub sums: Vec<f64>,
    /// Sum of squares, in the same places.
    pub squares: Vec<f64>,
    /// Trials in which each class of the subject's bill, then the plant, then orders bound it: `[tick][position]`.
    pub binding: Vec<u32>,
    /// Trials in which each class was the scarcest: `[tick][position]`.
    pub scarcest: Vec<u32>,
    /// Kept columns: `[trial][kept column][tick]`.
    pub paths: Vec<f32>,
    /// What each trial came to: `[trial][column of totals]`; NaN where an outcome has no value.
    pub totals: Vec<f64>,
}

/// The user stopped the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("interrupted after {done} of {trials} trials")]
pub struct Interrupted {
    /// Trials done.
    pub done: u32,
    /// Trials planned.
    pub trials: u32,
}

/// Outcomes of the watched lines that are kept for each trial, so that their quantiles are exact.
const KEPT: &[Outcome] = &[record::SUSTAINED, record::NOW, record::DEPLOYED, record::CUMULATIVE];

/// Trials in a block. Fixed: sums are added block by block.
const BLOCK: u32 = 32;

/// Blocks that are in memory at a time, so that memory does not grow with their number.
const WAVE: u32 = 32;

/// Runs a plan on the current thread pool. `progress` hears of trials done (each runs every scenario); `stop` ends the run
/// after the blocks under way.
///
/// # Errors
/// [`Interrupted`] if `stop` was set before the end.
pub fn run(plan: &Plan, stop: &AtomicBool, progress: impl Fn(u32) + Sync) -> Result<Ensemble, Interrupted> {
    let mut ensemble = empty(plan);
    let shape = Shape::of(&ensemble, plan);
    let mut start = 0;
    while start < plan.trials {
        let end = (start + BLOCK * WAVE).min(plan.trials);
        let firsts: Vec<u32> = (start..end).step_by(BLOCK as usize).collect();
        let blocks: Vec<Option<Vec<Kept>>> = firsts
            .par_iter()
            .map_init(
                || Worker::new(plan),
                |worker, &first| {
                    if stop.load(Ordering::Relaxed) {
                        return None;
                    }
                    let last = (first + BLOCK).min(plan.trials);
                    let block = worker.run_block(plan, &shape, &ensemble, first..last);
                    progress(last - first);
                    Some(block)
                },
            )
            .collect();
        for (first, block) in firsts.iter().zip(blocks) {
            let Some(block) = block else { return Err(Interrupted { done: *first, trials: plan.trials }) };
            for (whole, part) in ensemble.scenarios.iter_mut().zip(&block) {
                whole.merge(part);
            }
        }
        start = end;
    }
    Ok(ensemble)
}

struct Shape {
    cells: usize,
    ticks: usize,
    columns: Columns,
}

impl Shape {
    fn of(ensemble: &Ensemble, plan: &Plan) -> Shape {
        Shape {
            cells: plan.world.pairs[plan.world.subject.ix()].cells.len() + 2,
            ticks: ensemble.months.len(),
            columns: Columns::of(&plan.world, &ensemble.series),
        }
    }
}

/// An ensemble with its columns and no trials.
fn empty(plan: &Plan) -> Ensemble {
    let world = &plan.world;
    let months: Vec<f64> = (0..world.calendar.ticks).map(|t| world.calendar.months(t)).collect();
    let mut worker = Worker::new(plan);
    worker.setting.draw(world, plan.seed, 0, |_| 0.5);
    worker.state.start(world, &worker.setting, &mut worker.rules[plan.without]);
    let series = Layout::of(world, &worker.state);
    let totals = Columns::of(world, &series).layout(months.len(), series.columns.len());
    let kept = KEPT
        .iter()
        .flat_map(|outcome| world.pairs.iter().filter(|p| p.watch.is_some()).map(move |p| (outcome, &p.id)))
        .filter_map(|(outcome, pair)| series.find(*outcome, pair))
        .collect();
    let mut ensemble = Ensemble { trials: plan.trials, months, series, totals, kept, scenarios: Vec::new() };
    let shape = Shape::of(&ensemble, plan);
    ensemble.scenarios = plan.scenarios.iter().map(|_| Kept::empty(&shape, ensemble.series.columns.len())).collect();
    ensemble
}

impl Kept {
    fn empty(shape: &Shape, columns: usize) -> Kept {
        Kept {
            sums: vec![0.0; shape.ticks * columns],
            squares: vec![0.0; shape.ticks * columns],
            binding: vec![0; shape.ticks * shape.cells],
            scarcest: vec![0; shape.ticks * shape.cells],
            paths: Vec::new(),
            totals: Vec::new(),
        }
    }

    fn merge(&mut self, part: &Kept) {
        add(&mut self.sums, &part.sums);
        add(&mut self.squares, &part.squares);
        for (whole, part) in self.binding.iter_mut().zip(&part.binding) {
            *whole += part;
        }
        for (whole, part) in self.scarcest.iter_mut().zip(&part.scarcest) {
            *whole += part;
        }
        self.paths.extend_from_slice(&part.paths);
        self.totals.extend_from_slice(&part.totals);
    }
}

fn add(whole: &mut [f64], part: &[f64]) {
    for (whole, part) in whole.iter_mut().zip(part) {
        *whole += part;
    }
}

/// What one thread works with; sized in its first trial and used again.
struct Worker {
    setting: Setting,
    state: State,
    rules: Vec<Rules>,
    without: Record,
    here: Record,
}

struct Row<'a>(&'a mut Vec<f64>);

impl Sink for Row<'_> {
    #[inline]
    fn put(&mut self, _outcome: Outcome, _entity: impl FnOnce() -> String, value: f64) {
        self.0.push(value);
    }
}

impl Worker {
    fn new(plan: &Plan) -> Worker {
        Worker {
            setting: Setting::default(),
            state: State::default(),
            rules: plan.scenarios.iter().map(|s| s.rules.clone()).collect(),
            without: Record::default(),
            here: Record::default(),
        }
    }

    fn run_block(
        &mut self,
        plan: &Plan,
        shape: &Shape,
        ensemble: &Ensemble,
        trials: std::ops::Range<u32>,
    ) -> Vec<Kept> {
        let columns = ensemble.series.columns.len();
        let mut kept: Vec<Kept> = plan.scenarios.iter().map(|_| Kept::empty(shape, columns)).collect();
        for trial in trials {
            let place = plan.design.place(plan.seed, trial);
            self.setting.draw(&plan.world, plan.seed, place.chance, |uncertain| place.unit(uncertain));
            self.setting.draw_regimes(plan.seed, place.unplaced);
            self.simulate(plan, plan.without, true);
            for s in (0..plan.scenarios.len()).filter(|s| *s != plan.without) {
                self.simulate(plan, s, false);
                keep(shape, ensemble, &self.here, &self.without, &mut kept[s]);
            }
            keep(shape, ensemble, &self.without, &self.without, &mut kept[plan.without]);
        }
        kept
    }

    fn simulate(&mut self, plan: &Plan, scenario: usize, without: bool) {
        let record = if without { &mut self.without } else { &mut self.here };
        simulate(&plan.world, &self.setting, &mut self.rules[scenario], &mut self.state, record, |_, _| {});
    }
}

/// Adds one trial of one scenario to what is kept.
fn keep(shape: &Shape, ensemble: &Ensemble, here: &Record, without: &Record, kept: &mut Kept) {
    for (i, value) in here.values.iter().enumerate() {
        kept.sums[i] += value;
        kept.squares[i] += value * value;
    }
    for tick in 0..shape.ticks {
        kept.binding[tick * shape.cells + usize::from(here.binding[tick])] += 1;
        kept.scarcest[tick * shape.cells + usize::from(here.scarcest[tick])] += 1;
    }
    for column in &ensemble.kept {
        kept.paths.extend((0..shape.ticks).map(|tick| here.at(tick, *column) as f32));
    }
    shape.columns.sum_up(&ensemble.months, here, without, &mut Row(&mut kept.totals));
}
