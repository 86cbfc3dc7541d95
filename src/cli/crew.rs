//! Who does the work of a command: this process alone, or the ranks of an MPI job together, of which the first leads. Only the
//! one that leads prints and writes; what goes wrong elsewhere is told by it. Without the feature `mpi`, or without an MPI
//! launcher, a process is alone.

use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use rayon::ThreadPool;

use super::args::WriteArgs;
use super::error::{self, CliError};
use super::interrupt::Interrupt;
use super::settings::Seed;
use crate::experiment::chunks::Chunks;
use crate::experiment::cluster::{self, DistributedRun, Lead, Member, Worker, WorkerLost};
use crate::experiment::ensemble::{WorkQueue, work};
use crate::experiment::header::Header;
use crate::experiment::schema::ResultSchema;
use crate::experiment::{Plan, RunError};

/// Who does the work.
pub struct Crew {
    pub(super) role: Role,
}

/// What this process is to the others.
pub(super) enum Role {
    /// There are none.
    Alone,
    /// It leads them.
    Leads(Lead),
    /// Another leads. When to stop this one hears too, and passes it on.
    Helps(Worker, Interrupt),
}

impl Crew {
    /// Joins the others, if there are any.
    ///
    /// # Errors
    /// The MPI library can't be used.
    pub fn join() -> Result<Crew, CliError> {
        let role = match cluster::join()? {
            None => Role::Alone,
            Some(Member::Lead(lead)) => Role::Leads(lead),
            Some(Member::Worker(worker)) => Role::Helps(worker, Interrupt::listen()),
        };
        Ok(Crew { role })
    }

    /// This process alone, whatever others there are.
    pub(super) fn alone() -> Crew {
        Crew { role: Role::Alone }
    }

    /// Whether another process leads, which prints and writes.
    pub(super) fn helps(&self) -> bool {
        matches!(self.role, Role::Helps(..))
    }

    /// Number of processes.
    pub(super) fn ranks(&self) -> usize {
        match &self.role {
            Role::Alone => 1,
            Role::Leads(lead) => lead.ranks(),
            Role::Helps(worker, _) => worker.ranks(),
        }
    }

    /// What is typed means something else where processes share the work.
    ///
    /// # Errors
    /// What each process would take for something else.
    pub(super) fn settle(&self, typed: &mut WriteArgs) -> Result<(), CliError> {
        if typed.seed == Seed::Random {
            return Err(CliError::usage(
                "each rank of an MPI job would pick a different seed",
                "give a number with --seed",
            ));
        }
        // As many ranks as cores are usual, and what a launcher lets a rank use says little: Open MPI binds a rank to one core
        // if there are two, and to a whole socket if there are more.
        typed.threads.get_or_insert(1);
        typed.output.quiet |= self.helps();
        Ok(())
    }

    /// Where this process leads: waits for the others, and makes sure that they are about to run the same.
    ///
    /// # Errors
    /// They are not.
    pub(super) fn agree(&mut self, header: &Header, interrupt: &Interrupt) -> Result<(), CliError> {
        if let Role::Leads(lead) = &mut self.role {
            lead.agree(header.fingerprint().as_bytes(), interrupt.flag())?;
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
    ) -> Result<(), CliError> {
        let Role::Helps(worker, interrupt) = &mut self.role else { return Ok(()) };
        let run = DistributedRun { plan, schema: &ResultSchema::of(plan), chunks };
        worker.agree(header.fingerprint().as_bytes(), threads);
        let served = run.serve(worker, interrupt.flag(), threads);
        served.map_err(|why| WorkerLost::Threads { threads, why }.into())
    }

    /// Runs the chunks that a queue hands out, until it has no more: on the threads of a pool, or those of all ranks.
    ///
    /// # Errors
    /// See [`RunError`].
    pub(super) fn work<D: WorkQueue>(
        &mut self,
        run: DistributedRun,
        queue: &D,
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

    /// Tells how the command went, on standard error; where another process leads, to that one. Then waits until all have
    /// left, and gives the exit code.
    pub fn end(self, outcome: Result<(), CliError>) -> ExitCode {
        match (self.role, outcome) {
            (_role, Ok(())) => ExitCode::SUCCESS,
            (Role::Helps(mut worker, _), Err(error)) => {
                worker.fail(&error.told());
                ExitCode::SUCCESS
            }
            // The role is dropped, which ends the job, after the error was told: that must not wait for anybody.
            (_role, Err(error)) => error.show(),
        }
    }

    /// The same for what was typed and is no command, or asks for help.
    pub fn end_by_usage(self, usage: clap::Error) -> ExitCode {
        match self.role {
            Role::Helps(mut worker, _) => {
                worker.fail(&usage.to_string());
                ExitCode::SUCCESS
            }
            _role => error::show_usage(usage),
        }
    }
}
