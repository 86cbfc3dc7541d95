//! What rank 0 does: it deals out chunks, to its own threads too, and takes parts, until there are no more.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use super::pool::{Pool, with_pool};
use super::{LeadTransport, Message, Order, Ranks, TaskQueue, Work};
use crate::units::counted;

/// Why the work ended before it was done. What the queue has taken, it has taken.
#[derive(Debug)]
pub enum LeadError<E> {
    /// The user stopped it.
    Stopped,
    /// The queue could not take a part.
    Queue(E),
    /// The ranks can't go on.
    WorkerLost(WorkerLost),
}

/// Why the ranks of a job can't go on.
#[derive(Debug, thiserror::Error)]
pub enum WorkerLost {
    /// A rank handed in what it was not asked for.
    #[error("rank {rank} handed in a part that it was not asked for: run the same program on all ranks")]
    Unasked {
        /// Which.
        rank: usize,
    },
    /// A rank's threads can't be had.
    #[error("{} could not be started: {why}", counted(*threads as u64, "thread"))]
    Threads {
        /// How many were wanted.
        threads: usize,
        /// Why.
        why: io::Error,
    },
}

/// Leads the ranks at the other end of `transport` until the queue has all parts, and computes with `threads` threads of its own.
/// `stop` is looked at between messages, and set if another rank was asked to stop. After an error the ranks are told to leave;
/// otherwise they wait for more.
///
/// # Errors
/// See [`LeadError`].
pub fn lead<D: TaskQueue, W: Work>(
    transport: &mut impl LeadTransport,
    queue: &mut D,
    stop: &AtomicBool,
    threads: usize,
    make: impl Fn() -> W + Sync,
) -> Result<(), LeadError<D::Error>> {
    let mut all = vec![threads];
    all.extend(transport.threads());
    let count = all.len();
    let ranks = Ranks::new(&all);
    let outcome = with_pool(threads, make, |pool| {
        let outcome = Lead { transport, queue, ranks, pool, stop }.run();
        if outcome.is_err() {
            // Before this rank's own threads are waited for, who may take a while to give up.
            (1..count).for_each(|rank| transport.tell(rank, Order::End));
        }
        outcome
    });
    outcome.map_err(|why| LeadError::WorkerLost(WorkerLost::Threads { threads, why }))?
}

struct Lead<'a, 'b, P, D> {
    transport: &'a mut P,
    queue: &'a mut D,
    ranks: Ranks,
    pool: &'a mut Pool<'b>,
    stop: &'a AtomicBool,
}

impl<P: LeadTransport, D: TaskQueue> Lead<'_, '_, P, D> {
    fn run(mut self) -> Result<(), LeadError<D::Error>> {
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return Err(LeadError::Stopped);
            }
            self.hand_out();
            if self.ranks.held() == 0 {
                return Ok(());
            }
            // One message from elsewhere, then what is done here: neither waits behind many of the other.
            let heard = self.transport.heard();
            let silent = heard.is_none();
            match heard {
                Some((rank, Message::Part(part))) => self.take(rank, part)?,
                Some((_, Message::Stop)) => self.stop.store(true, Ordering::Relaxed),
                None => {}
            }
            if !silent {
                self.pool.awake();
            }
            let done = if silent { self.pool.wait() } else { self.pool.done() };
            if let Some(part) = done {
                self.take(0, part)?;
            }
        }
    }

    fn hand_out(&mut self) {
        while let Some(rank) = self.ranks.next(self.queue.left()) {
            let Some(task) = self.queue.next() else {
                // It holds nothing, against what the queue let hope.
                self.ranks.handed_in(rank);
                return;
            };
            match rank {
                0 => self.pool.give(task),
                _ => self.transport.tell(rank, Order::Run(task)),
            }
        }
    }

    fn take(&mut self, rank: usize, part: Vec<u8>) -> Result<(), LeadError<D::Error>> {
        if !self.ranks.handed_in(rank) {
            return Err(LeadError::WorkerLost(WorkerLost::Unasked { rank }));
        }
        // Who handed it in goes on before it is merged and kept, which takes longer than a message.
        self.hand_out();
        self.queue.take(part).map_err(LeadError::Queue)
    }
}
