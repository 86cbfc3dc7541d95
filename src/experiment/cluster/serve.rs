//! What every rank but rank 0 does: it computes the chunks that it is told to, and sends in their parts.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use super::pool::with_pool;
use super::{Message, Order, Work, WorkerTransport};

/// Serves the rank at the other end of `transport` with `threads` threads, until it says that this is the end. If `stop` is set, by
/// Ctrl-C or the batch system, that rank is told, which ends the job for all.
///
/// # Errors
/// The threads can't be started.
pub fn serve<W: Work>(
    transport: &mut impl WorkerTransport,
    stop: &AtomicBool,
    threads: usize,
    make: impl Fn() -> W + Sync,
) -> io::Result<()> {
    with_pool(threads, make, |pool| {
        let mut told = false;
        loop {
            let order = transport.order();
            match order {
                Some(Order::Run(task)) => pool.give(task),
                Some(Order::End) => return,
                None => {}
            }
            if !told && stop.load(Ordering::Relaxed) {
                told = true;
                transport.say(Message::Stop);
            }
            let done = if order.is_some() {
                pool.awake();
                pool.done()
            } else {
                pool.wait()
            };
            if let Some(part) = done {
                transport.say(Message::Part(part));
            }
        }
    })
}
