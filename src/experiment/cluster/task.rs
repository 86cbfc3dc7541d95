//! The trials of an ensemble as the work of a job: what [`ensemble::work`](crate::experiment::ensemble::work) does on the
//! threads of one process, with the same outcome.

use std::collections::VecDeque;
use std::io;
use std::sync::atomic::AtomicBool;

use super::{Depot, Ended, Errand, Line, Post, Work, lead, serve};
use crate::experiment::chunks::Chunks;
use crate::experiment::ensemble::{Desk, Interrupted, RunError};
use crate::experiment::part::{Part, Worker};
use crate::experiment::plan::Plan;
use crate::experiment::schema::ResultSchema;

/// What is to be run.
#[derive(Clone, Copy)]
pub struct Task<'a> {
    /// The plan; all ranks have the same.
    pub plan: &'a Plan,
    /// Its schema.
    pub schema: &'a ResultSchema,
    /// Its chunks.
    pub chunks: Chunks,
}

impl Task<'_> {
    /// Has the chunks that a desk hands out run by the ranks at the other end of `post`, and by `threads` threads here, until it
    /// has no more. `progress` hears of trials that the desk has taken.
    ///
    /// # Errors
    /// [`Interrupted`] if `stop` was set before the end, whatever the desk can't take, and ranks that can't go on.
    pub fn lead<D: Desk>(
        self,
        post: &mut impl Post,
        desk: &D,
        stop: &AtomicBool,
        threads: usize,
        progress: &impl Fn(u32),
    ) -> Result<(), RunError> {
        let queue = std::iter::from_fn(|| desk.next()).collect();
        let outcome = lead(post, &mut Parts { task: self, desk, queue, progress }, stop, threads, || self.worker());
        outcome.map_err(|ended| match ended {
            Ended::Stopped => Interrupted { done: desk.done(), trials: self.chunks.trials() }.into(),
            Ended::Depot(error) => error,
            Ended::Broken(why) => why.into(),
        })
    }

    /// Runs what the rank at the other end of `line` orders, until it says that this is the end. Chunks may then reach further
    /// than here.
    ///
    /// # Errors
    /// The threads can't be started.
    pub fn serve(self, line: &mut impl Line, stop: &AtomicBool, threads: usize) -> io::Result<()> {
        serve(line, stop, threads, || self.worker())
    }

    fn worker(self) -> impl Work {
        let mut worker = Worker::new(self.plan);
        move |errand: Errand, enough: &AtomicBool| {
            let chunks = self.chunks.up_to(errand.trials);
            let part = worker.run(self.plan, self.schema, chunks, errand.chunk, enough, |_| {})?;
            Some(part.to_bytes())
        }
    }
}

/// The chunks of a desk, and its place for what they found.
struct Parts<'a, D, F> {
    task: Task<'a>,
    desk: &'a D,
    queue: VecDeque<u32>,
    progress: &'a F,
}

impl<D: Desk, F: Fn(u32)> Depot for Parts<'_, D, F> {
    type Error = RunError;

    fn next(&mut self) -> Option<Errand> {
        Some(Errand { chunk: self.queue.pop_front()?, trials: self.task.chunks.trials() })
    }

    fn left(&self) -> u64 {
        self.queue.len() as u64
    }

    fn take(&mut self, bytes: Vec<u8>) -> Result<(), RunError> {
        let Task { schema, chunks, .. } = self.task;
        let part = Part::from_bytes(schema, chunks, &bytes)?;
        let trials = chunks.range(part.chunk).len() as u32;
        self.desk.take(part)?;
        (self.progress)(trials);
        Ok(())
    }
}
