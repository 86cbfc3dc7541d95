//! Who does the work of a command: this process alone, or the ranks of an MPI job together, of which the first leads. Only the
//! one that leads prints and writes; what goes wrong elsewhere is told by it. Without the feature `mpi`, or without an MPI
//! launcher, a process is alone.

use std::process::ExitCode;

use super::error::{self, CliError};
#[cfg(feature = "mpi")]
use super::interrupt::Interrupt;
#[cfg(feature = "mpi")]
use crate::experiment::cluster::mpi::{self, Helper, Lead, Member};

/// Who does the work.
pub struct Crew {
    pub(super) role: Role,
}

/// What this process is to the others.
pub(super) enum Role {
    /// There are none.
    Alone,
    /// It leads them.
    #[cfg(feature = "mpi")]
    Leads(Lead),
    /// Another leads. When to stop this one hears too, and passes it on.
    #[cfg(feature = "mpi")]
    Helps(Helper, Interrupt),
}

impl Crew {
    /// Joins the others, if there are any.
    ///
    /// # Errors
    /// The MPI library can't be used.
    pub fn join() -> Result<Crew, CliError> {
        #[cfg(feature = "mpi")]
        let role = match mpi::join()? {
            None => Role::Alone,
            Some(Member::Lead(lead)) => Role::Leads(lead),
            Some(Member::Helper(helper)) => Role::Helps(helper, Interrupt::listen()),
        };
        #[cfg(not(feature = "mpi"))]
        let role = Role::Alone;
        Ok(Crew { role })
    }

    /// Whether another process leads, which prints and writes.
    pub(super) fn helps(&self) -> bool {
        match self.role {
            Role::Alone => false,
            #[cfg(feature = "mpi")]
            Role::Leads(_) => false,
            #[cfg(feature = "mpi")]
            Role::Helps(..) => true,
        }
    }

    /// Number of processes.
    pub(super) fn ranks(&self) -> usize {
        match &self.role {
            Role::Alone => 1,
            #[cfg(feature = "mpi")]
            Role::Leads(lead) => lead.ranks(),
            #[cfg(feature = "mpi")]
            Role::Helps(helper, _) => helper.ranks(),
        }
    }

    /// Tells how the command went, on standard error; where another process leads, to that one. Then waits until all have
    /// left, and gives the exit code.
    pub fn end(self, outcome: Result<(), CliError>) -> ExitCode {
        match (self.role, outcome) {
            (_role, Ok(())) => ExitCode::SUCCESS,
            #[cfg(feature = "mpi")]
            (Role::Helps(mut helper, _), Err(error)) => {
                helper.fail(&error.told());
                ExitCode::SUCCESS
            }
            // The role is dropped, which ends the job, after the error was told: that must not wait for anybody.
            (_role, Err(error)) => error.show(),
        }
    }

    /// The same for what was typed and is no command, or asks for help.
    pub fn end_by_usage(self, usage: &clap::Error) -> ExitCode {
        match self.role {
            #[cfg(feature = "mpi")]
            Role::Helps(mut helper, _) => {
                helper.fail(&usage.to_string());
                ExitCode::SUCCESS
            }
            _role => error::show_usage(usage),
        }
    }
}
