//! A part of an ensemble: one chunk of trials, run by one thread. What it gives depends on the plan and the chunk alone,
//! so that any thread, process or machine may run any chunk.

use std::sync::atomic::{AtomicBool, Ordering};

use super::bytes::Damaged;
use super::chunks::Chunks;
use super::plan::Plan;
use super::rows::Rows;
use super::shape::Shape;
use super::tally::{Found, Tally};
use crate::model::record::keep::Keep;
use crate::model::record::{Record, Row};
use crate::model::rules::Rules;
use crate::model::workspace::Workspace;

/// What a chunk of trials found.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The chunk.
    pub chunk: u32,
    /// By scenario.
    pub tallies: Vec<Tally>,
    /// The trials themselves.
    pub rows: Rows,
}

impl Part {
    /// As bytes, for another process of the same plan.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend_from_slice(&self.chunk.to_le_bytes());
        self.tallies.iter().for_each(|tally| tally.write(&mut bytes));
        self.rows.write(&mut bytes);
        bytes
    }

    /// From the bytes of [`Part::to_bytes`].
    ///
    /// # Errors
    /// Bytes that are no part of this shape.
    pub fn from_bytes(shape: &Shape, chunks: Chunks, mut bytes: &[u8]) -> Result<Part, Damaged> {
        let chunk = u32::from_le_bytes(super::bytes::take(&mut bytes, "part")?);
        let tallies = (0..shape.scenarios).map(|_| Tally::read(shape, &mut bytes)).collect::<Result<_, _>>()?;
        let rows = Rows::read(shape, chunks.range(chunk).len(), bytes)?;
        Ok(Part { chunk, tallies, rows })
    }
}

/// What one thread works with; sized in its first trial and used again.
pub struct Worker {
    workspace: Workspace,
    rules: Vec<Rules>,
    /// By scenario, of the trial under way.
    records: Vec<Record>,
    totals: Vec<Vec<f64>>,
}

impl Worker {
    /// For a plan.
    pub fn new(plan: &Plan) -> Worker {
        Worker {
            workspace: Workspace::default(),
            rules: plan.scenarios.iter().map(|s| s.rules.clone()).collect(),
            records: vec![Record::keeping(Keep::series()); plan.scenarios.len()],
            totals: vec![Vec::new(); plan.scenarios.len()],
        }
    }

    /// Runs the trials of a chunk under every scenario. `progress` hears of each; `stop` ends it with nothing.
    pub fn run(
        &mut self,
        plan: &Plan,
        shape: &Shape,
        chunks: Chunks,
        chunk: u32,
        stop: &AtomicBool,
        progress: impl Fn(u32),
    ) -> Option<Part> {
        let trials = chunks.range(chunk);
        let mut tallies: Vec<Tally> = plan.scenarios.iter().map(|_| Tally::empty(shape)).collect();
        let mut rows = Rows::new(shape, trials.len());
        for (row, trial) in trials.enumerate() {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            self.simulate(plan, trial);
            self.sum_up(plan, shape);
            let found = |s: usize| Found { record: &self.records[s], totals: &self.totals[s] };
            for (s, tally) in tallies.iter_mut().enumerate() {
                tally.add(shape, found(s), found(plan.reference), found(plan.without));
                rows.put(shape, s, row, found(s));
            }
            progress(1);
        }
        Some(Part { chunk, tallies, rows })
    }

    fn simulate(&mut self, plan: &Plan, trial: u32) {
        let place = plan.design.place(plan.seed, trial);
        self.workspace.draw(&plan.world, plan.seed, place.chance, |uncertain| place.unit(uncertain));
        self.workspace.draw_regimes(plan.seed, place.unplaced);
        for (rules, record) in self.rules.iter_mut().zip(&mut self.records) {
            self.workspace.simulate(&plan.world, rules, record, |_, _| {});
        }
    }

    fn sum_up(&mut self, plan: &Plan, shape: &Shape) {
        let without = &self.records[plan.without];
        for (here, totals) in self.records.iter().zip(&mut self.totals) {
            totals.clear();
            shape.columns().sum_up(&shape.months, here, without, &mut Row(totals));
        }
    }
}
