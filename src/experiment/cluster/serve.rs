//! What every rank but rank 0 does: it computes the chunks that it is told to, and hands in their parts.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use super::hands::with_hands;
use super::{Line, Order, Word, Work};

/// Serves the rank at the other end of `line` with `threads` threads, until it says that this is the end. If `stop` is set, by
/// Ctrl-C or the batch system, that rank is told, which ends the job for all.
///
/// # Errors
/// The threads can't be started.
pub fn serve<W: Work>(
    line: &mut impl Line,
    stop: &AtomicBool,
    threads: usize,
    make: impl Fn() -> W + Sync,
) -> io::Result<()> {
    with_hands(threads, make, |hands| {
        let mut told = false;
        loop {
            let order = line.order();
            match order {
                Some(Order::Run(errand)) => hands.give(errand),
                Some(Order::End) => return,
                None => {}
            }
            if !told && stop.load(Ordering::Relaxed) {
                told = true;
                line.say(Word::Stop);
            }
            let done = if order.is_some() {
                hands.awake();
                hands.done()
            } else {
                hands.nap()
            };
            if let Some(part) = done {
                line.say(Word::Part(part));
            }
        }
    })
}
