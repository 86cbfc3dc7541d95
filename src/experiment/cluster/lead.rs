//! What rank 0 does: it hands out chunks, to its own threads too, and takes parts, until there are no more.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use super::hands::{Hands, with_hands};
use super::{Depot, Order, Post, Roster, Word, Work};
use crate::units::counted;

/// Why the work ended before it was done. What the depot has taken, it has taken.
#[derive(Debug)]
pub enum Ended<E> {
    /// The user stopped it.
    Stopped,
    /// The depot could not take a part.
    Depot(E),
    /// The ranks can't go on.
    Broken(Broken),
}

/// Why the ranks of a job can't go on.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
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

/// Leads the ranks at the other end of `post` until the depot has all parts, and computes with `threads` threads of its own.
/// `stop` is looked at between messages, and set if another rank was asked to stop. After an error the ranks are told to leave;
/// otherwise they wait for more.
///
/// # Errors
/// See [`Ended`].
pub fn lead<D: Depot, W: Work>(
    post: &mut impl Post,
    depot: &mut D,
    stop: &AtomicBool,
    threads: usize,
    make: impl Fn() -> W + Sync,
) -> Result<(), Ended<D::Error>> {
    let mut all = vec![threads];
    all.extend(post.threads());
    let ranks = all.len();
    let roster = Roster::new(&all);
    let outcome = with_hands(threads, make, |hands| {
        let outcome = Lead { post, depot, roster, hands, stop }.run();
        if outcome.is_err() {
            // Before this rank's own threads are waited for, who may take a while to give up.
            (1..ranks).for_each(|rank| post.tell(rank, Order::End));
        }
        outcome
    });
    outcome.map_err(|why| Ended::Broken(Broken::Threads { threads, why }))?
}

struct Lead<'a, 'b, P, D> {
    post: &'a mut P,
    depot: &'a mut D,
    roster: Roster,
    hands: &'a mut Hands<'b>,
    stop: &'a AtomicBool,
}

impl<P: Post, D: Depot> Lead<'_, '_, P, D> {
    fn run(mut self) -> Result<(), Ended<D::Error>> {
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return Err(Ended::Stopped);
            }
            self.hand_out();
            if self.roster.held() == 0 {
                return Ok(());
            }
            // One message from elsewhere, then what is done here: neither waits behind many of the other.
            let heard = self.post.heard();
            let silent = heard.is_none();
            match heard {
                Some((rank, Word::Part(part))) => self.take(rank, part)?,
                Some((_, Word::Stop)) => self.stop.store(true, Ordering::Relaxed),
                None => {}
            }
            if !silent {
                self.hands.awake();
            }
            let done = if silent { self.hands.nap() } else { self.hands.done() };
            if let Some(part) = done {
                self.take(0, part)?;
            }
        }
    }

    fn hand_out(&mut self) {
        while let Some(rank) = self.roster.next(self.depot.left()) {
            let Some(errand) = self.depot.next() else {
                // It holds nothing, against what the depot let hope.
                self.roster.handed_in(rank);
                return;
            };
            match rank {
                0 => self.hands.give(errand),
                _ => self.post.tell(rank, Order::Run(errand)),
            }
        }
    }

    fn take(&mut self, rank: usize, part: Vec<u8>) -> Result<(), Ended<D::Error>> {
        if !self.roster.handed_in(rank) {
            return Err(Ended::Broken(Broken::Unasked { rank }));
        }
        // Who handed it in goes on before it is merged and kept, which takes longer than a message.
        self.hand_out();
        self.depot.take(part).map_err(Ended::Depot)
    }
}
