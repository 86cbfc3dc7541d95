//! Spreads the chunks of an experiment over the ranks of a job. Rank 0 leads: it has the one [`TaskQueue`] where chunks are handed
//! out and parts handed in, prints and writes; the other ranks compute what they are told to and nothing else. A rank gets its
//! next chunk when it sends in a part, so fast ranks do more, and one ahead while many are left, so none waits for an answer.
//! The protocol ([`lead()`], [`serve()`], [`Ranks`]) knows no MPI and is tested between threads; `mpi` carries it between
//! processes, and is built with that feature only.

#[cfg(not(feature = "mpi"))]
mod alone;
mod lead;
#[cfg(feature = "mpi")]
mod mpi;
mod pool;
mod ranks;
mod run;
mod serve;
#[cfg(test)]
mod tests;

use std::sync::atomic::AtomicBool;
use std::time::Duration;

#[cfg(not(feature = "mpi"))]
pub use alone::{Lead, Worker, join};
pub use lead::{LeadError, WorkerLost, lead};
#[cfg(feature = "mpi")]
pub use mpi::{Lead, Worker, join};
pub use ranks::Ranks;
pub use run::DistributedRun;
pub use serve::serve;

/// A rank of the job that this process is of.
pub enum Member {
    /// Rank 0.
    Lead(Lead),
    /// Any other.
    Worker(Worker),
}

/// Why the job can't be joined.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// MPI was started before in this process.
    #[error("MPI was started twice")]
    Twice,
    /// The library can't be used by a program with threads.
    #[error("the MPI library was built without support for threads (MPI_THREAD_FUNNELED): use one that has it")]
    Threads,
}

/// A chunk to compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Task {
    /// Its number.
    pub chunk: u32,
    /// To so many trials the chunks reach: the last one may be cut.
    pub trials: u32,
}

/// Where chunks are handed out and parts are handed in: one, at rank 0.
pub trait TaskQueue {
    /// Why a part can't be taken.
    type Error;

    /// The next chunk that nobody has.
    fn next(&mut self) -> Option<Task>;

    /// Chunks that [`next`](TaskQueue::next) would hand out.
    fn left(&self) -> u64;

    /// Takes a part, as bytes.
    ///
    /// # Errors
    /// It can't be read, merged or kept. The experiment ends.
    fn take(&mut self, part: Vec<u8>) -> Result<(), Self::Error>;
}

/// Computes a chunk and gives its part as bytes. May look at the flag between trials, and give up with `None` once it is
/// set: then nobody wants the part any more. Each thread has one of its own.
pub trait Work: FnMut(Task, &AtomicBool) -> Option<Vec<u8>> {}

impl<F: FnMut(Task, &AtomicBool) -> Option<Vec<u8>>> Work for F {}

/// What rank 0 hears from another rank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// A part, as bytes.
    Part(Vec<u8>),
    /// That rank was asked to stop, by the user or the batch system.
    Stop,
}

/// What rank 0 tells another rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Compute this, after what was ordered before.
    Run(Task),
    /// Give up what is under way and leave.
    End,
}

/// Rank 0's side of the connection.
pub trait LeadTransport {
    /// How many threads each other rank computes with; that of rank 1 first.
    fn threads(&self) -> Vec<usize>;

    /// Who said what, if there is anything to hear. Does not wait.
    fn heard(&mut self) -> Option<(usize, Message)>;

    /// Tells one rank.
    fn tell(&mut self, rank: usize, order: Order);
}

/// Another rank's side of the connection.
pub trait WorkerTransport {
    /// What rank 0 said, if there is anything to hear. Does not wait.
    fn order(&mut self) -> Option<Order>;

    /// Tells rank 0.
    fn say(&mut self, message: Message);
}

/// Why the ranks of a job can't work together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejected {
    /// One of them has something else to do.
    #[error(
        "rank {rank} (on {host}) has another version, file or option than rank 0: give all ranks the same program, files and options"
    )]
    Differs {
        /// Which.
        rank: usize,
        /// The machine that it runs on.
        host: String,
    },
    /// One of them failed before it began.
    #[error("rank {rank} (on {host}) could not begin: {why}")]
    Failed {
        /// Which.
        rank: usize,
        /// The machine that it runs on.
        host: String,
        /// What it says.
        why: String,
    },
    /// The user stopped the job before all ranks were there.
    #[error("interrupted before all ranks were there")]
    Stopped,
}

/// How long a thread sleeps that waits for a message: short at first, a moment after long idleness. MPI itself knows no other
/// wait than a busy one, which would take the core from a computing thread.
struct Backoff(Duration);

impl Backoff {
    const SHORTEST: Duration = Duration::from_micros(20);
    const LONGEST: Duration = Duration::from_millis(1);

    fn new() -> Backoff {
        Backoff(Backoff::SHORTEST)
    }

    /// The next wait; longer each time.
    fn next(&mut self) -> Duration {
        let now = self.0;
        self.0 = (now * 2).min(Backoff::LONGEST);
        now
    }
}
