//! What rank 0 does: it hands out chunks, to its own threads too, and takes parts, until there are no more.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use super::hands::{Hands, with_hands};
use super::{Desk, Order, Post, Roster, Word, Work};

/// Why an experiment ended before it was done. What the desk has taken, it has taken.
#[derive(Debug, thiserror::Error)]
pub enum Ended<E> {
    /// The user stopped it.
    #[error("interrupted")]
    Stopped,
    /// The desk could not take a part.
    #[error(transparent)]
    Desk(E),
    /// A rank handed in what it was not asked for.
    #[error("rank {rank} handed in a part that it was not asked for: run the same program on all ranks")]
    Unasked {
        /// Which.
        rank: usize,
    },
    /// This rank's threads can't be had.
    #[error("{threads} threads could not be started: {why}")]
    Threads {
        /// How many were wanted.
        threads: usize,
        /// Why.
        why: io::Error,
    },
}

/// Leads the ranks at the other end of `post` until the desk has all parts, and computes with `threads` threads of its own.
/// `stop` is looked at between messages, and set if another rank was asked to stop. At the end, whatever it is, all ranks are
/// told to leave.
///
/// # Errors
/// See [`Ended`].
pub fn lead<D: Desk, W: Work>(
    post: &mut impl Post,
    desk: &mut D,
    stop: &AtomicBool,
    threads: usize,
    make: impl Fn() -> W + Sync,
) -> Result<(), Ended<D::Error>> {
    let mut all = vec![threads];
    all.extend(post.threads());
    let ranks = all.len();
    let roster = Roster::new(&all);
    let outcome = with_hands(threads, make, |hands| {
        let outcome = Lead { post, desk, roster, hands, stop }.run();
        // Before this rank's own threads are waited for, who may take a while to give up.
        for rank in 1..ranks {
            post.tell(rank, Order::End);
        }
        outcome
    });
    outcome.map_err(|why| Ended::Threads { threads, why })?
}

struct Lead<'a, 'b, P, D> {
    post: &'a mut P,
    desk: &'a mut D,
    roster: Roster,
    hands: &'a mut Hands<'b>,
    stop: &'a AtomicBool,
}

impl<P: Post, D: Desk> Lead<'_, '_, P, D> {
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
        while let Some(rank) = self.roster.next(self.desk.left()) {
            let Some(chunk) = self.desk.next() else {
                // It holds nothing, against what the desk let hope.
                self.roster.handed_in(rank);
                return;
            };
            match rank {
                0 => self.hands.give(chunk),
                _ => self.post.tell(rank, Order::Chunk(chunk)),
            }
        }
    }

    fn take(&mut self, rank: usize, part: Vec<u8>) -> Result<(), Ended<D::Error>> {
        if !self.roster.handed_in(rank) {
            return Err(Ended::Unasked { rank });
        }
        // Who handed it in goes on before it is merged and kept, which takes longer than a message.
        self.hand_out();
        self.desk.take(part).map_err(Ended::Desk)
    }
}
