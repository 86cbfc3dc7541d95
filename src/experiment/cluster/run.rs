//! The trials of an ensemble as the work of a job: what [`ensemble::work`](crate::experiment::ensemble::work) does on the
//! threads of one process, with the same outcome.

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::AtomicBool;

use super::{LeadError, LeadTransport, Task, TaskQueue, Work, WorkerTransport, lead, serve};
use crate::experiment::chunks::Chunks;
use crate::experiment::ensemble::{Interrupted, RunError, WorkQueue};
use crate::experiment::part::{ChunkRunner, Part};
use crate::experiment::plan::Plan;
use crate::experiment::schema::ResultSchema;

/// What is to be run.
#[derive(Clone, Copy)]
pub struct DistributedRun<'a> {
    /// The plan; all ranks have the same.
    pub plan: &'a Plan,
    /// Its schema.
    pub schema: &'a ResultSchema,
    /// Its chunks.
    pub chunks: Chunks,
}

impl DistributedRun<'_> {
    /// Has the chunks that a queue offers run by the ranks at the other end of `transport`, and by `threads` threads here, until it
    /// has no more. `progress` hears of trials that the queue has taken.
    ///
    /// # Errors
    /// [`Interrupted`] if `stop` was set before the end, whatever the queue can't take, and ranks that can't go on.
    pub fn lead<D: WorkQueue>(
        self,
        transport: &mut impl LeadTransport,
        queue: &D,
        stop: &AtomicBool,
        threads: usize,
        progress: &impl Fn(u32),
    ) -> Result<(), RunError> {
        let todo = std::iter::from_fn(|| queue.next()).collect();
        let outcome = lead(transport, &mut Parts { run: self, queue, todo, progress }, stop, threads, || self.runner());
        outcome.map_err(|ended| match ended {
            LeadError::Stopped => Interrupted { done: queue.done(), trials: self.chunks.trials() }.into(),
            LeadError::Queue(error) => error,
            LeadError::WorkerLost(why) => why.into(),
        })
    }

    /// Runs what the rank at the other end of `transport` orders, until it says that this is the end. Chunks may then reach further
    /// than here.
    ///
    /// # Errors
    /// The threads can't be started.
    pub fn serve(self, transport: &mut impl WorkerTransport, stop: &AtomicBool, threads: usize) -> io::Result<()> {
        serve(transport, stop, threads, || self.runner())
    }

    fn runner(self) -> impl Work {
        let mut runner = ChunkRunner::new(self.plan);
        move |task: Task, enough: &AtomicBool| {
            let chunks = self.chunks.up_to(task.trials);
            let part = runner.run(self.plan, self.schema, chunks, task.chunk, enough, |_| {})?;
            Some(part.to_bytes())
        }
    }
}

/// The chunks of a queue, and its place for what they found.
struct Parts<'a, D, F> {
    run: DistributedRun<'a>,
    queue: &'a D,
    todo: VecDeque<u32>,
    progress: &'a F,
}

impl<D: WorkQueue, F: Fn(u32)> TaskQueue for Parts<'_, D, F> {
    type Error = RunError;

    fn next(&mut self) -> Option<Task> {
        Some(Task { chunk: self.todo.pop_front()?, trials: self.run.chunks.trials() })
    }

    fn left(&self) -> u64 {
        self.todo.len() as u64
    }

    fn take(&mut self, bytes: Vec<u8>) -> Result<(), RunError> {
        let DistributedRun { schema, chunks, .. } = self.run;
        let part = Part::from_bytes(schema, chunks, &bytes)?;
        let trials = chunks.range(part.chunk).len() as u32;
        self.queue.take(part)?;
        (self.progress)(trials);
        Ok(())
    }
}
