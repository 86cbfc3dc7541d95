//! An experiment over the ranks of an MPI job: rank 0 keeps the one collector of its parts, every rank runs chunks. What is
//! found, and when an ensemble that grows has enough, is as in one process.

use std::sync::atomic::AtomicBool;

use super::crew::{Crew, Role};
use super::error::CliError;
use super::interrupt::Interrupt;
use super::progress::Progress;
use super::settings::Settings;
use super::work::{Aim, Growth, Work};
use crate::experiment::Plan;
use crate::experiment::chunks::Chunks;
use crate::experiment::cluster::{Desk, Ended};
use crate::experiment::collector::Collector;
use crate::experiment::ensemble::{Desk as _, Interrupted, RunError};
use crate::experiment::part::{Part, Worker};
use crate::experiment::shape::Shape;
use crate::experiment::stopping::{Ending, Rule};

/// Where parts come together, at rank 0.
struct Table<'a> {
    collector: &'a Collector<'a>,
    shape: &'a Shape,
    chunks: Chunks,
    growth: Growth,
    ending: Option<Ending>,
    progress: &'a Progress,
}

impl Desk for Table<'_> {
    type Error = CliError;

    fn next(&mut self) -> Option<u32> {
        self.collector.next()
    }

    fn left(&self) -> u64 {
        self.collector.left()
    }

    fn take(&mut self, part: Vec<u8>) -> Result<(), CliError> {
        let part = Part::from_bytes(self.shape, self.chunks, &part)?;
        self.progress.advance(self.chunks.range(part.chunk).len() as u32);
        self.collector.take(part)?;
        if self.collector.is_complete()
            && let Aim::Reached(ending) = self.growth.settle(self.collector)?
        {
            self.ending = ending;
        }
        Ok(())
    }
}

/// What a thread of any rank does with a chunk.
fn hand<'a>(plan: &'a Plan, shape: &'a Shape, chunks: Chunks) -> impl FnMut(u32, &AtomicBool) -> Option<Vec<u8>> + 'a {
    let mut worker = Worker::new(plan);
    move |chunk, stop| worker.run(plan, shape, chunks, chunk, stop, |_| ()).map(|part| part.to_bytes())
}

/// Serves the rank that leads, if this one does not; whether it did.
///
/// # Errors
/// The threads can't be started.
pub(super) fn serve(
    plan: &Plan,
    chunks: Chunks,
    fingerprint: &str,
    settings: &Settings,
    crew: &mut Crew,
) -> Result<bool, CliError> {
    let Role::Helps(helper, interrupt) = &mut crew.role else { return Ok(false) };
    let shape = Shape::of(plan);
    let make = || hand(plan, &shape, chunks);
    helper.serve(fingerprint.as_bytes(), interrupt.flag(), settings.threads, make).map_err(CliError::Output)?;
    Ok(true)
}

/// Makes sure that all ranks are about to do the same; before anything is written or discarded.
///
/// # Errors
/// They are not.
pub(super) fn agree(crew: &mut Crew, fingerprint: &str, interrupt: &Interrupt) -> Result<(), CliError> {
    if let Role::Leads(lead) = &mut crew.role {
        lead.agree(fingerprint.as_bytes(), interrupt.flag())?;
    }
    Ok(())
}

/// Leads the ranks through what is left to do; `None` where this process is alone.
///
/// # Errors
/// As when it is run on threads.
pub(super) fn lead(
    work: &Work<'_>,
    plan: &Plan,
    rule: Option<&Rule>,
    settings: &Settings,
    interrupt: &Interrupt,
    crew: &mut Crew,
) -> Result<Option<Option<Ending>>, CliError> {
    let ranks = crew.ranks();
    let Role::Leads(lead) = &mut crew.role else { return Ok(None) };
    let progress = work.announce(plan, rule, ranks, settings);
    let collector = work.collector();
    let mut growth = Growth::of(work, rule)?;
    let ending = match growth.settle(collector)? {
        Aim::Reached(ending) => ending,
        Aim::Trials(_) => {
            let shape = Shape::of(plan);
            let chunks = work.chunks();
            let mut table = Table { collector, shape: &shape, chunks, growth, ending: None, progress: &progress };
            let outcome = lead.run(&mut table, interrupt.flag(), settings.threads, || hand(plan, &shape, chunks));
            let ending = table.ending.take();
            work.heed(match outcome {
                Ok(()) => Ok(()),
                Err(Ended::Stopped) => {
                    Err(RunError::from(Interrupted { done: collector.done(), trials: chunks.trials() }))
                }
                Err(Ended::Desk(error)) => {
                    work.heed(Ok(()))?;
                    return Err(error);
                }
                Err(Ended::Unasked { rank }) => return Err(unasked(rank)),
                Err(Ended::Threads { why, .. }) => return Err(CliError::Output(why)),
            })?;
            ending
        }
    };
    progress.end(if settings.figures { "drawing figures and tables" } else { "" });
    Ok(Some(ending))
}

fn unasked(rank: usize) -> CliError {
    CliError::Usage { message: Ended::<CliError>::Unasked { rank }.to_string(), help: None }
}
