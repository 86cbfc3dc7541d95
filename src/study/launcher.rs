//! Who does the work of a study: this process alone, or the ranks of an MPI job together, of which the first leads. Only the
//! one that leads shows and writes; what goes wrong elsewhere is told by it. Without the feature `mpi`, or without an MPI
//! launcher, a process is alone.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use rayon::ThreadPool;

use super::error::StudyError;
use super::events::Observer;
use crate::experiment::chunks::Chunks;
use crate::experiment::cluster::{self, DistributedRun, Lead, Member, Worker, WorkerLost};
use crate::experiment::ensemble::{WorkQueue, work};
use crate::experiment::header::Header;
use crate::experiment::schema::ResultSchema;
use crate::experiment::{Plan, RunError};

/// Who does the work.
pub struct Launcher {
    role: Role,
}

/// What this process is to the others.
enum Role {
    /// There are none.
    Alone,
    /// It leads them.
    Leads(Lead),
    /// Another leads. When to stop this one hears too, and passes it on.
    Helps(Worker, Arc<AtomicBool>),
}

impl Launcher {
    /// Joins the other ranks, if there are any. One that helps asks `listen` for the flag that is set when the user wants to
    /// stop.
    ///
    /// # Errors
    /// The MPI library can't be used.
    pub fn join(listen: impl FnOnce() -> Arc<AtomicBool>) -> Result<Launcher, StudyError> {
        let role = match cluster::join()? {
            None => Role::Alone,
            Some(Member::Lead(lead)) => Role::Leads(lead),
            Some(Member::Worker(worker)) => Role::Helps(worker, listen()),
        };
        Ok(Launcher { role })
    }

    /// This process alone, whatever others there are.
    pub fn alone() -> Launcher {
        Launcher { role: Role::Alone }
    }

    /// Whether another process leads, which prints and writes.
    pub fn helps(&self) -> bool {
        matches!(self.role, Role::Helps(..))
    }

    /// Number of processes.
    pub fn ranks(&self) -> usize {
        match &self.role {
            Role::Alone => 1,
            Role::Leads(lead) => lead.ranks(),
            Role::Helps(worker, _) => worker.ranks(),
        }
    }

    /// Where this process leads: waits for the others, and makes sure that they are about to run the same.
    ///
    /// # Errors
    /// They are not.
    pub(super) fn agree(&mut self, header: &Header, observer: &dyn Observer) -> Result<(), StudyError> {
        if let Role::Leads(lead) = &mut self.role {
            lead.agree(header.fingerprint().as_bytes(), observer.stop())?;
        }
        Ok(())
    }

    /// Where another process leads: does what it says, until it says that this is the end.
    ///
    /// # Errors
    /// The threads can't be started.
    pub(super) fn help(
        &mut self,
        header: &Header,
        plan: &Plan,
        chunks: Chunks,
        threads: usize,
    ) -> Result<(), StudyError> {
        let Role::Helps(worker, stop) = &mut self.role else { return Ok(()) };
        let run = DistributedRun { plan, schema: &ResultSchema::of(plan), chunks };
        worker.agree(header.fingerprint().as_bytes(), threads);
        let served = run.serve(worker, stop, threads);
        served.map_err(|why| WorkerLost::Threads { threads, why }.into())
    }

    /// Runs the chunks that a queue hands out, until it has no more: on the threads of a pool, or those of all ranks.
    ///
    /// # Errors
    /// See [`RunError`].
    pub(super) fn work<Q: WorkQueue>(
        &mut self,
        run: DistributedRun,
        queue: &Q,
        stop: &AtomicBool,
        pool: &ThreadPool,
        progress: &(impl Fn(u32) + Sync),
    ) -> Result<(), RunError> {
        match &mut self.role {
            Role::Leads(lead) => {
                let threads = lead.own_threads(pool.current_num_threads());
                run.lead(lead, queue, stop, threads, progress)
            }
            _ => pool.install(|| work(run.plan, run.schema, run.chunks, queue, stop, progress)),
        }
    }

    /// Where another process leads: has that one tell what went wrong here, and gives true.
    pub fn fail(&mut self, message: &str) -> bool {
        if let Role::Helps(worker, _) = &mut self.role {
            worker.fail(message);
        }
        self.helps()
    }
}
