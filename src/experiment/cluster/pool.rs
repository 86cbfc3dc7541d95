//! The threads of one rank that compute chunks, while its main thread talks to the other ranks: only that thread calls MPI, and
//! a message is answered while trials run.

use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::{Backoff, Task, Work};

/// The main thread's side.
pub(super) struct Pool<'a> {
    todo: Sender<Task>,
    done: Receiver<Done>,
    enough: &'a AtomicBool,
    backoff: Backoff,
}

/// What comes of a chunk.
enum Done {
    Part(Vec<u8>),
    GaveUp,
    Panicked(Box<dyn Any + Send>),
}

/// Starts threads, calls `talk`, and ends them.
///
/// # Errors
/// The threads can't be started.
pub(super) fn with_pool<W: Work, R>(
    threads: usize,
    make: impl Fn() -> W + Sync,
    talk: impl FnOnce(&mut Pool) -> R,
) -> io::Result<R> {
    let enough = AtomicBool::new(false);
    let (todo, queue) = mpsc::channel();
    let (finished, done) = mpsc::channel();
    let queue = Mutex::new(queue);
    thread::scope(|scope| {
        let mut pool = Pool { todo, done, enough: &enough, backoff: Backoff::new() };
        for _ in 0..threads {
            let (make, queue, enough, finished) = (&make, &queue, &enough, finished.clone());
            thread::Builder::new().spawn_scoped(scope, move || {
                let outcome = catch_unwind(AssertUnwindSafe(|| compute(make(), queue, enough, &finished)));
                if let Err(panic) = outcome {
                    let _ = finished.send(Done::Panicked(panic));
                }
            })?;
        }
        Ok(talk(&mut pool))
    })
}

fn compute(mut work: impl Work, queue: &Mutex<Receiver<Task>>, enough: &AtomicBool, finished: &Sender<Done>) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(task) = next else { return };
        if enough.load(Ordering::Relaxed) {
            return;
        }
        let done = work(task, enough).map_or(Done::GaveUp, Done::Part);
        if finished.send(done).is_err() {
            return;
        }
    }
}

impl Pool<'_> {
    /// A further chunk for whichever thread is free first.
    pub(super) fn give(&self, task: Task) {
        // The queue lives as long as the scope, which waits for this.
        let _ = self.todo.send(task);
    }

    /// A part, if one is done. A panic of a thread goes on here.
    pub(super) fn done(&mut self) -> Option<Vec<u8>> {
        let done = self.done.try_recv().ok()?;
        self.part(done)
    }

    /// The same, after a wait of at most a moment; longer each time, until [`awake`](Pool::awake).
    pub(super) fn wait(&mut self) -> Option<Vec<u8>> {
        match self.done.recv_timeout(self.backoff.next()) {
            Ok(done) => self.part(done),
            // Disconnected it never is: `with_pool` holds an end of its own.
            Err(_) => None,
        }
    }

    /// Something happened, and more may soon.
    pub(super) fn awake(&mut self) {
        self.backoff = Backoff::new();
    }

    fn part(&mut self, done: Done) -> Option<Vec<u8>> {
        self.awake();
        match done {
            Done::Part(part) => Some(part),
            Done::GaveUp => None,
            Done::Panicked(panic) => resume_unwind(panic),
        }
    }
}

impl Drop for Pool<'_> {
    fn drop(&mut self) {
        self.enough.store(true, Ordering::Relaxed);
    }
}
