//! The ranks of an MPI job, and how messages and orders travel between them. Only the thread that joined calls MPI (the types are
//! not `Send`), and it never waits busily: MPI moves a long message only while both ends are in a call, so a long part is
//! offered first, and sent when rank 0 says that it receives it next. A rank that panics aborts the job at once, and says which rank it is; a job that ends
//! otherwise, well or not, ends on all ranks together.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use mpi::environment::{self, Threading, Universe};
use mpi::point_to_point::MatchedReceiveVec;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator, Destination, Source};

use super::{Backoff, JoinError, LeadTransport, Member, Message, Order, Rejected, Task, WorkerTransport};

/// What launchers set in the environment of each rank: Open MPI, MPICH and its kin (Slurm with `--mpi=pmi2` too), PMIx (Slurm
/// with `--mpi=pmix`), MVAPICH.
const LAUNCHED: [&str; 4] = ["OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", "MV2_COMM_WORLD_RANK"];

/// From so many ranks on, rank 0 only leads: its part of the computing no longer matters, and that it answers at once does.
const LEADS_ONLY: usize = 32;

/// A part up to this length is sent without asking: such a message leaves at once, into a buffer.
const SHORT: usize = 1 << 11;

/// Parts that rank 0 asks for at a time: one to receive, and one that is ready by then.
const COMING: usize = 2;

/// Longest message; longer parts travel in pieces, since a message counts its bytes in 31 bits.
const PIECE: usize = 1 << 28;

/// Exit code of a job that a rank aborts.
const ABORTED: i32 = 1;

const HELLO: i32 = 1;
const SHORT_PART: i32 = 2;
const OFFER: i32 = 3;
const GIVE: i32 = 4;
const PIECE_OF_PART: i32 = 5;
const LAST_OF_PART: i32 = 6;
const STOP: i32 = 7;
const RUN: i32 = 8;
const END: i32 = 9;
const BYE: i32 = 10;

/// Rank 0. When it is dropped, all others are told to leave, and it waits until they have.
pub struct Lead {
    job: Job,
    /// The others; rank 1 first.
    others: Vec<Other>,
    /// Ranks that have a part, and are to be asked for it.
    offers: VecDeque<usize>,
    /// Parts that were asked for and are not here yet.
    coming: usize,
}

/// Any other rank. When it is dropped, it waits until rank 0 tells it to leave.
pub struct Worker {
    job: Job,
    met: bool,
    ended: bool,
    /// Parts that are offered.
    parts: VecDeque<Vec<u8>>,
}

/// Joins the job, if this process was started by an MPI launcher and there are several ranks. Otherwise MPI is not even
/// started, which without a launcher takes a second and may fail.
///
/// # Errors
/// See [`JoinError`].
pub fn join() -> Result<Option<Member>, JoinError> {
    if !LAUNCHED.iter().any(|name| std::env::var_os(name).is_some()) {
        return Ok(None);
    }
    let (universe, threading) = environment::initialize_with_threading(Threading::Funneled).ok_or(JoinError::Twice)?;
    if threading < Threading::Funneled {
        return Err(JoinError::Threads);
    }
    let world = universe.world();
    let number = |rank: i32| usize::try_from(rank).unwrap_or_default();
    let (rank, ranks) = (number(world.rank()), number(world.size()));
    let host = environment::processor_name().unwrap_or_else(|_| "an unnamed machine".to_owned());
    let job = Job { world, rank, ranks, host, _universe: universe };
    Ok(match rank {
        _ if ranks < 2 => None,
        0 => {
            let others = (1..ranks).map(|_| Other::default()).collect();
            Some(Member::Lead(Lead { job, others, offers: VecDeque::new(), coming: 0 }))
        }
        _ => Some(Member::Worker(Worker { job, met: false, ended: false, parts: VecDeque::new() })),
    })
}

struct Job {
    world: SimpleCommunicator,
    rank: usize,
    ranks: usize,
    host: String,
    /// Ends MPI when dropped.
    _universe: Universe,
}

impl Job {
    /// Who sent what, if there is anything to receive.
    fn receive(&self) -> Option<(usize, i32, Vec<u8>)> {
        let (message, status) = self.world.any_process().immediate_matched_probe()?;
        let (bytes, status) = (message, status).matched_receive_vec::<u8>();
        Some((usize::try_from(status.source_rank()).ok()?, status.tag(), bytes))
    }

    /// Sends. Returns when it is sent: a long message only once the receiver takes it.
    fn send(&self, rank: usize, tag: i32, bytes: &[u8]) {
        if let Ok(rank) = i32::try_from(rank) {
            self.world.process_at_rank(rank).send_with_tag(bytes, tag);
        }
    }

    /// Ends the job on all ranks: the others would wait for this one for ever.
    fn abort(&self) {
        let (rank, ranks, host) = (self.rank, self.ranks, &self.host);
        let _ = writeln!(
            io::stderr(),
            "error: rank {rank} of {ranks} (on {host}) failed, which ends the job; what the last checkpoint holds stands"
        );
        self.world.abort(ABORTED);
    }

    fn abort_if_panicking(&self) {
        if thread::panicking() {
            self.abort();
        }
    }
}

/// What rank 0 knows of another rank.
#[derive(Default)]
struct Other {
    hello: Option<Hello>,
    /// Pieces of a part that is not whole yet.
    pieces: Vec<u8>,
    told_to_leave: bool,
    gone: bool,
}

impl Lead {
    /// Number of ranks, this one included.
    pub fn ranks(&self) -> usize {
        self.job.ranks
    }

    /// Waits until all ranks are there, and makes sure that they are about to do the same: that each has the same
    /// `fingerprint` of its version and plan.
    ///
    /// # Errors
    /// See [`Rejected`]; the first rank that is not is told.
    pub fn agree(&mut self, fingerprint: &[u8], stop: &AtomicBool) -> Result<(), Rejected> {
        let mut backoff = Backoff::new();
        while self.others.iter().any(|other| other.hello.is_none()) {
            if stop.load(Ordering::Relaxed) {
                return Err(Rejected::Stopped);
            }
            if self.hear().is_none() {
                thread::sleep(backoff.next());
            }
        }
        for (i, other) in self.others.iter().enumerate() {
            let rank = i + 1;
            let Some(hello) = &other.hello else { continue };
            let host = hello.host.clone();
            match &hello.state {
                State::Ready(its) if its == fingerprint => {}
                State::Failed(why) => return Err(Rejected::Failed { rank, host, why: why.clone() }),
                State::Ready(_) | State::Idle => return Err(Rejected::Differs { rank, host }),
            }
        }
        Ok(())
    }

    /// How many of the `threads` that each rank has are to compute at this one.
    pub fn own_threads(&self, threads: usize) -> usize {
        if self.job.ranks < LEADS_ONLY { threads } else { 0 }
    }

    /// Receives one message, if there is one; gives what is a message of the protocol.
    fn hear(&mut self) -> Option<Option<(usize, Message)>> {
        let (rank, tag, bytes) = self.job.receive()?;
        let other = rank.checked_sub(1).and_then(|i| self.others.get_mut(i))?;
        let message = match tag {
            HELLO => {
                other.hello = Some(Hello::read(&bytes));
                None
            }
            OFFER => {
                self.offers.push_back(rank);
                None
            }
            PIECE_OF_PART => {
                other.pieces.extend(bytes);
                None
            }
            LAST_OF_PART => {
                self.coming = self.coming.saturating_sub(1);
                let mut whole = std::mem::take(&mut other.pieces);
                if whole.is_empty() {
                    whole = bytes
                } else {
                    whole.extend(bytes)
                }
                Some(Message::Part(whole))
            }
            SHORT_PART => Some(Message::Part(bytes)),
            STOP => Some(Message::Stop),
            _ => {
                other.gone = true;
                None
            }
        };
        self.ask();
        Some(message.map(|message| (rank, message)))
    }

    /// Asks for parts that are offered, as far as they can soon be received.
    fn ask(&mut self) {
        while self.coming < COMING
            && let Some(rank) = self.offers.pop_front()
        {
            self.coming += 1;
            self.job.send(rank, GIVE, &[]);
        }
    }
}

impl LeadTransport for Lead {
    fn threads(&self) -> Vec<usize> {
        self.others.iter().map(|other| other.hello.as_ref().map_or(0, |hello| hello.threads)).collect()
    }

    fn heard(&mut self) -> Option<(usize, Message)> {
        self.hear().flatten()
    }

    fn tell(&mut self, rank: usize, order: Order) {
        match order {
            Order::Run(Task { chunk, trials }) => {
                self.job.send(rank, RUN, &[chunk.to_le_bytes(), trials.to_le_bytes()].concat());
            }
            Order::End => {
                let Some(other) = rank.checked_sub(1).and_then(|i| self.others.get_mut(i)) else { return };
                if !std::mem::replace(&mut other.told_to_leave, true) {
                    self.job.send(rank, END, &[]);
                }
            }
        }
    }
}

impl Drop for Lead {
    fn drop(&mut self) {
        self.job.abort_if_panicking();
        for rank in 1..self.job.ranks {
            self.tell(rank, Order::End);
        }
        // A rank may be about to hand in a part that nobody wants any more; it leaves when that is received.
        let mut backoff = Backoff::new();
        while !self.others.iter().all(|other| other.gone) {
            if self.hear().is_none() {
                thread::sleep(backoff.next());
            }
        }
    }
}

impl Worker {
    /// Says what this rank is ready to run, by the `fingerprint` of its version and plan, and with how many threads.
    pub fn agree(&mut self, fingerprint: &[u8], threads: usize) {
        self.meet(State::Ready(fingerprint.to_vec()), threads);
    }

    /// Number of ranks, this one included.
    pub fn ranks(&self) -> usize {
        self.job.ranks
    }

    /// This rank can't take part. Where it had said that it can, that ends the job.
    pub fn fail(&mut self, why: &str) {
        if self.met && !self.ended {
            let _ = writeln!(io::stderr(), "{}", why.trim_end());
            self.job.abort();
        }
        self.meet(State::Failed(why.to_owned()), 0);
    }

    /// Sends the part that was offered first.
    fn give(&mut self) {
        let Some(part) = self.parts.pop_front() else { return };
        let mut rest = part.as_slice();
        while rest.len() > PIECE {
            let (piece, after) = rest.split_at(PIECE);
            self.job.send(0, PIECE_OF_PART, piece);
            rest = after;
        }
        self.job.send(0, LAST_OF_PART, rest);
    }

    fn meet(&mut self, state: State, threads: usize) {
        if !std::mem::replace(&mut self.met, true) {
            self.job.send(0, HELLO, &Hello { threads, host: self.job.host.clone(), state }.write());
        }
    }
}

impl WorkerTransport for Worker {
    fn order(&mut self) -> Option<Order> {
        loop {
            let (_, tag, bytes) = self.job.receive()?;
            match (tag, bytes.as_chunks().0) {
                (GIVE, _) => self.give(),
                (RUN, [chunk, trials]) => {
                    let (chunk, trials) = (u32::from_le_bytes(*chunk), u32::from_le_bytes(*trials));
                    return Some(Order::Run(Task { chunk, trials }));
                }
                _ => {
                    self.ended = true;
                    return Some(Order::End);
                }
            }
        }
    }

    fn say(&mut self, message: Message) {
        match message {
            Message::Stop => self.job.send(0, STOP, &[]),
            Message::Part(part) if part.len() <= SHORT => self.job.send(0, SHORT_PART, &part),
            Message::Part(part) => {
                self.parts.push_back(part);
                self.job.send(0, OFFER, &[]);
            }
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.job.abort_if_panicking();
        self.meet(State::Idle, 0);
        let mut backoff = Backoff::new();
        while !self.ended {
            if self.order().is_none() {
                thread::sleep(backoff.next());
            }
        }
        self.job.send(0, BYE, &[]);
    }
}

/// How a rank presents itself.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Hello {
    threads: usize,
    host: String,
    state: State,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    /// Ready to compute what has this fingerprint.
    Ready(Vec<u8>),
    /// Could not begin, for this reason.
    Failed(String),
    /// Has nothing to compute.
    Idle,
}

impl Hello {
    /// Kind, threads, length of the name, name, and the rest.
    fn write(&self) -> Vec<u8> {
        let (kind, rest) = match &self.state {
            State::Idle => (0, [].as_slice()),
            State::Ready(fingerprint) => (1, fingerprint.as_slice()),
            State::Failed(why) => (2, why.as_bytes()),
        };
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes();
        [&[kind], number(self.threads).as_slice(), &number(self.host.len()), self.host.as_bytes(), rest].concat()
    }

    /// What is not understood is of another version, which is as good as idle.
    fn read(bytes: &[u8]) -> Hello {
        let understood = || {
            let (kind, bytes) = bytes.split_first()?;
            let (threads, bytes) = bytes.split_first_chunk()?;
            let (length, bytes) = bytes.split_first_chunk()?;
            let number = |bytes: &[u8; 4]| usize::try_from(u32::from_le_bytes(*bytes)).ok();
            let (host, rest) = bytes.split_at_checked(number(length)?)?;
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let state = match kind {
                1 => State::Ready(rest.to_vec()),
                2 => State::Failed(text(rest)),
                _ => State::Idle,
            };
            Some(Hello { threads: number(threads)?, host: text(host), state })
        };
        understood().unwrap_or(Hello { threads: 0, host: "an unknown machine".to_owned(), state: State::Idle })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hello_arrives_as_it_was_sent_and_a_garbled_one_is_idle() {
        for state in [State::Idle, State::Ready(vec![1, 2, 3]), State::Ready(vec![]), State::Failed("ü".into())] {
            let hello = Hello { threads: 3, host: "node-7".into(), state };
            let bytes = hello.write();
            assert_eq!(Hello::read(&bytes), hello);
            assert_eq!(Hello::read(&bytes[..8]).state, State::Idle);
        }
    }
}
