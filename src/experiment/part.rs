//! A part of an ensemble: one chunk of trials, run by one thread. What it gives depends on the plan and the chunk alone,
//! so that any thread, process or machine may run any chunk.

use std::sync::atomic::{AtomicBool, Ordering};

use super::accumulator::{Accumulator, TrialOutcomes};
use super::bytes::Corrupt;
use super::chunks::Chunks;
use super::plan::Plan;
use super::rows::Rows;
use super::schema::ResultSchema;
use crate::model::record::selection::Selection;
use crate::model::record::{Record, Row};
use crate::model::rules::Rules;
use crate::model::workspace::Workspace;

/// What a chunk of trials found.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The chunk.
    pub chunk: u32,
    /// By scenario.
    pub accumulators: Vec<Accumulator>,
    /// The trials themselves.
    pub rows: Rows,
}

impl Part {
    /// As bytes, for another process of the same plan.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend_from_slice(&self.chunk.to_le_bytes());
        self.accumulators.iter().for_each(|accumulator| accumulator.write(&mut bytes));
        self.rows.write(&mut bytes);
        bytes
    }

    /// From the bytes of [`Part::to_bytes`].
    ///
    /// # Errors
    /// Bytes that are no part of this schema.
    pub fn from_bytes(schema: &ResultSchema, chunks: Chunks, mut bytes: &[u8]) -> Result<Part, Corrupt> {
        let chunk = u32::from_le_bytes(super::bytes::take(&mut bytes, "part")?);
        let accumulators =
            (0..schema.scenarios).map(|_| Accumulator::read(schema, &mut bytes)).collect::<Result<_, _>>()?;
        let rows = Rows::read(schema, chunks.range(chunk).len(), bytes)?;
        Ok(Part { chunk, accumulators, rows })
    }
}

/// What one thread works with; sized in its first trial and used again.
pub struct ChunkRunner {
    workspace: Workspace,
    rules: Vec<Rules>,
    /// By scenario, of the trial under way.
    records: Vec<Record>,
    totals: Vec<Vec<f64>>,
}

impl ChunkRunner {
    /// For a plan.
    pub fn new(plan: &Plan) -> ChunkRunner {
        ChunkRunner {
            workspace: Workspace::default(),
            rules: plan.scenarios.iter().map(|s| s.rules.clone()).collect(),
            records: vec![Record::keeping(Selection::series()); plan.scenarios.len()],
            totals: vec![Vec::new(); plan.scenarios.len()],
        }
    }

    /// Runs the trials of a chunk under every scenario. `progress` hears of each; `stop` ends it with nothing.
    pub fn run(
        &mut self,
        plan: &Plan,
        schema: &ResultSchema,
        chunks: Chunks,
        chunk: u32,
        stop: &AtomicBool,
        progress: impl Fn(u32),
    ) -> Option<Part> {
        let trials = chunks.range(chunk);
        let mut accumulators: Vec<Accumulator> = plan.scenarios.iter().map(|_| Accumulator::empty(schema)).collect();
        let mut rows = Rows::new(schema, trials.len());
        for (row, trial) in trials.enumerate() {
            if stop.load(Ordering::Relaxed) {
                return None;
            }
            self.simulate(plan, trial);
            self.sum_up(plan, schema);
            let found = |s: usize| TrialOutcomes { record: &self.records[s], totals: &self.totals[s] };
            for (s, accumulator) in accumulators.iter_mut().enumerate() {
                accumulator.add(schema, found(s), found(plan.reference), found(plan.without));
                rows.put(schema, s, row, found(s));
            }
            progress(1);
        }
        Some(Part { chunk, accumulators, rows })
    }

    fn simulate(&mut self, plan: &Plan, trial: u32) {
        let place = plan.design.place(plan.seed, trial);
        self.workspace.draw(&plan.world, plan.seed, place.chance, |uncertain| place.unit(uncertain));
        self.workspace.draw_regimes(plan.seed, place.unplaced);
        for (rules, record) in self.rules.iter_mut().zip(&mut self.records) {
            self.workspace.simulate(&plan.world, rules, record, |_, _| {});
        }
    }

    fn sum_up(&mut self, plan: &Plan, schema: &ResultSchema) {
        let without = &self.records[plan.without];
        for (here, totals) in self.records.iter().zip(&mut self.totals) {
            totals.clear();
            schema.columns().sum_up(&schema.months, here, without, &mut Row(totals));
        }
    }
}
