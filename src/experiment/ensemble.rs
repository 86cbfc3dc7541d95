//! An ensemble: what the trials of a plan found, merged, and the trials themselves where they are kept; and its running on
//! threads. Chunks are run in any order and merged exactly: however many threads there are, the results are the same to
//! the bit.

use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::accumulator::Accumulator;
use super::bytes::Corrupt;
use super::checkpoint::CheckpointError;
use super::chunks::Chunks;
use super::cluster::WorkerLost;
use super::part::{ChunkRunner, Part};
use super::plan::Plan;
use super::rows::{Rows, RowsError, Store};
use super::schema::ResultSchema;
use super::trials_parquet::TrialsError;

/// What an ensemble found.
#[derive(Debug, Clone)]
pub struct Ensemble {
    /// What is kept, and where.
    pub schema: ResultSchema,
    /// The trials.
    pub chunks: Chunks,
    /// By scenario of the plan.
    pub scenarios: Vec<Accumulator>,
    /// The trials themselves.
    pub store: Store,
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

/// Why a run ended before its end.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The user stopped it.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
    /// What it found can't be kept.
    #[error(transparent)]
    CheckpointFailed(#[from] CheckpointError),
    /// The table of trials can't be written.
    #[error(transparent)]
    Table(#[from] TrialsError),
    /// The ranks of a job can't go on.
    #[error(transparent)]
    WorkerLost(#[from] WorkerLost),
    /// What another process sent, or a file holds, is not what it should be.
    #[error(transparent)]
    Corrupt(#[from] Corrupt),
}

/// Hands out the chunks of an ensemble, and takes what they found.
pub trait WorkQueue: Sync {
    /// The next chunk that nobody runs; `None` when all are handed out.
    fn next(&self) -> Option<u32>;

    /// Takes what a chunk found.
    ///
    /// # Errors
    /// It can't be kept.
    fn take(&self, part: Part) -> Result<(), RunError>;

    /// Trials of the chunks that were taken.
    fn done(&self) -> u32;
}

impl Ensemble {
    /// Of no trial yet.
    pub fn empty(plan: &Plan, store: Store) -> Ensemble {
        let schema = ResultSchema::of(plan);
        let scenarios = plan.scenarios.iter().map(|_| Accumulator::empty(&schema)).collect();
        Ensemble { schema, chunks: Chunks::of(plan.trials), scenarios, store }
    }

    /// Trials.
    pub fn trials(&self) -> u32 {
        self.chunks.trials()
    }

    /// Adds what a chunk found.
    ///
    /// # Errors
    /// It is of another schema.
    fn add(&mut self, part: Part) -> Result<(), RunError> {
        self.merge(&part.accumulators)?;
        self.store.keep(part.chunk, part.rows);
        Ok(())
    }

    /// Adds what trials elsewhere found, by scenario.
    ///
    /// # Errors
    /// Accumulators of another schema.
    pub fn merge(&mut self, accumulators: &[Accumulator]) -> Result<(), Corrupt> {
        self.scenarios.iter_mut().zip(accumulators).try_for_each(|(whole, part)| whole.merge(part))
    }

    /// What the trials of a scenario came to in a column of totals, in order of trials; NaN where there is no value. Empty
    /// where trials are not kept.
    ///
    /// # Errors
    /// A file of trials that can't be read.
    pub fn values(&self, scenario: usize, column: usize) -> Result<Vec<f64>, RowsError> {
        self.store.totals(&self.schema, &self.chunks, (scenario, column))
    }

    /// What some trials came to in all scenarios, without their paths; trials must be kept.
    ///
    /// # Errors
    /// A file of trials that can't be read.
    pub fn totals_of(&self, range: Range<u32>) -> Result<Rows, RowsError> {
        self.store.totals_of(&self.schema, &self.chunks, range)
    }

    /// A kept path of all trials of a scenario: by tick, in order of trials. Empty where trials are not kept.
    ///
    /// # Errors
    /// A file of trials that can't be read.
    pub fn path(&self, scenario: usize, path: usize) -> Result<Vec<Vec<f64>>, RowsError> {
        self.store.path(&self.schema, &self.chunks, (scenario, path))
    }
}

/// An ensemble in memory, on its way.
struct InMemory(Mutex<OnItsWay>);

struct OnItsWay {
    ensemble: Ensemble,
    next: u32,
    done: u32,
}

impl WorkQueue for InMemory {
    fn next(&self) -> Option<u32> {
        let mut way = locked(&self.0);
        let chunk = (way.next < way.ensemble.chunks.count()).then_some(way.next);
        way.next += u32::from(chunk.is_some());
        chunk
    }

    fn take(&self, part: Part) -> Result<(), RunError> {
        let mut way = locked(&self.0);
        way.done += way.ensemble.chunks.range(part.chunk).len() as u32;
        way.ensemble.add(part)
    }

    fn done(&self) -> u32 {
        locked(&self.0).done
    }
}

/// Runs a plan on the current thread pool and keeps everything in memory. `progress` hears of trials done (each runs every
/// scenario); `stop` ends the run after the trials under way.
///
/// # Errors
/// [`Interrupted`] if `stop` was set before the end.
pub fn run(plan: &Plan, stop: &AtomicBool, progress: impl Fn(u32) + Sync) -> Result<Ensemble, RunError> {
    let ensemble = Ensemble::empty(plan, Store::Memory(Vec::new()));
    let (schema, chunks) = (ensemble.schema.clone(), ensemble.chunks);
    let queue = InMemory(Mutex::new(OnItsWay { ensemble, next: 0, done: 0 }));
    work(plan, &schema, chunks, &queue, stop, &progress)?;
    Ok(queue.0.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner).ensemble)
}

/// Runs the chunks that a queue hands out on the current thread pool, until it has no more.
///
/// # Errors
/// [`Interrupted`] if `stop` was set before the end, and whatever the queue can't take.
pub fn work<D: WorkQueue>(
    plan: &Plan,
    schema: &ResultSchema,
    chunks: Chunks,
    queue: &D,
    stop: &AtomicBool,
    progress: &(impl Fn(u32) + Sync),
) -> Result<(), RunError> {
    let failed: Mutex<Option<RunError>> = Mutex::new(None);
    let halt = AtomicBool::new(false);
    rayon::broadcast(|_| {
        let mut runner = ChunkRunner::new(plan);
        while !halt.load(Ordering::Relaxed) && !stop.load(Ordering::Relaxed) {
            let Some(chunk) = queue.next() else { return };
            let Some(part) = runner.run(plan, schema, chunks, chunk, stop, progress) else { return };
            if let Err(error) = queue.take(part) {
                halt.store(true, Ordering::Relaxed);
                locked(&failed).get_or_insert(error);
            }
        }
    });
    if let Some(error) = failed.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
        return Err(error);
    }
    match stop.load(Ordering::Relaxed) {
        true => Err(Interrupted { done: queue.done(), trials: chunks.trials() }.into()),
        false => Ok(()),
    }
}

/// A lock that a panic elsewhere does not hold for ever: the panic itself is passed on by the pool.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
