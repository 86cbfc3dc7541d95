//! The protocol between threads in place of processes: whoever does what, every part is taken once; and an end, whatever its
//! cause, is an end for all.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use proptest::prelude::*;

use super::{
    LeadError, LeadTransport, Message, Order, Ranks, Task, TaskQueue, WorkerLost, WorkerTransport, lead, serve,
};

struct Hub {
    threads: Vec<usize>,
    heard: Receiver<(usize, Message)>,
    orders: Vec<Sender<Order>>,
}

impl LeadTransport for Hub {
    fn threads(&self) -> Vec<usize> {
        self.threads.clone()
    }
    fn heard(&mut self) -> Option<(usize, Message)> {
        self.heard.try_recv().ok()
    }
    fn tell(&mut self, rank: usize, order: Order) {
        let _ = self.orders[rank - 1].send(order);
    }
}

struct Spoke {
    rank: usize,
    orders: Receiver<Order>,
    messages: Sender<(usize, Message)>,
}

impl WorkerTransport for Spoke {
    fn order(&mut self) -> Option<Order> {
        self.orders.try_recv().ok()
    }
    fn say(&mut self, message: Message) {
        let _ = self.messages.send((self.rank, message));
    }
}

/// Offers so many chunks.
#[derive(Default)]
struct Parts {
    chunks: u32,
    handed_out: u32,
    taken: BTreeSet<u32>,
    full_after: Option<usize>,
}

impl TaskQueue for Parts {
    type Error = String;

    fn next(&mut self) -> Option<Task> {
        (self.handed_out < self.chunks).then(|| {
            self.handed_out += 1;
            Task { chunk: self.handed_out - 1, trials: 7 }
        })
    }
    fn left(&self) -> u64 {
        u64::from(self.chunks - self.handed_out)
    }
    fn take(&mut self, part: Vec<u8>) -> Result<(), String> {
        if self.full_after == Some(self.taken.len()) {
            return Err("no room".to_owned());
        }
        let chunk = u32::from_le_bytes(part.try_into().map_err(|_| "no chunk")?);
        if self.taken.insert(chunk) { Ok(()) } else { Err(format!("chunk {chunk} twice")) }
    }
}

/// Runs a job of threads; the other ranks compute with `threads`. Gives how it ended, once all have left.
fn job<F: Fn(Task, &AtomicBool) -> Option<Vec<u8>> + Sync>(
    threads: &[usize],
    work: F,
    leading: impl FnOnce(&mut Hub, &F) -> Result<(), LeadError<String>>,
) -> Result<(), LeadError<String>> {
    let (messages, heard) = mpsc::channel();
    let (orders, lines): (Vec<_>, Vec<_>) = threads.iter().map(|_| mpsc::channel()).unzip();
    let mut hub = Hub { threads: threads.to_vec(), heard, orders };
    let work = &work;
    thread::scope(|scope| {
        for (i, orders) in lines.into_iter().enumerate() {
            let mut spoke = Spoke { rank: i + 1, orders, messages: messages.clone() };
            let threads = threads[i];
            scope.spawn(move || serve(&mut spoke, &AtomicBool::new(false), threads, || work).unwrap());
        }
        let outcome = leading(&mut hub, work);
        (1..=threads.len()).for_each(|rank| hub.tell(rank, Order::End));
        outcome
    })
}

/// The same where rank 0 leads once, and computes with one thread.
fn once(
    threads: &[usize],
    queue: &mut Parts,
    stop: &AtomicBool,
    work: impl Fn(Task, &AtomicBool) -> Option<Vec<u8>> + Sync,
) -> Result<(), LeadError<String>> {
    job(threads, work, |hub, work| lead(hub, queue, stop, 1, || work))
}

fn bytes(task: Task, _enough: &AtomicBool) -> Option<Vec<u8>> {
    Some(task.chunk.to_le_bytes().to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_part_is_taken_once(
        threads in prop::collection::vec(1_usize..4, 0..4), own in 0_usize..3, first in 0_u32..60, second in 0_u32..60,
    ) {
        prop_assume!(own > 0 || !threads.is_empty());
        // In two helpings, as an experiment does that goes on until it is sure.
        let mut queue = Parts { chunks: first, ..Parts::default() };
        job(&threads, bytes, |hub, work| {
            lead(hub, &mut queue, &AtomicBool::new(false), own, || work)?;
            queue.chunks += second;
            lead(hub, &mut queue, &AtomicBool::new(false), own, || work)
        })
        .unwrap();
        prop_assert!(queue.taken.into_iter().eq(0..first + second));
    }

    #[test]
    fn no_thread_is_idle_while_a_chunk_waits_for_another(
        threads in prop::collection::vec(0_usize..4, 1..6), chunks in 0_u64..80, order in prop::collection::vec(any::<prop::sample::Index>(), 80),
    ) {
        let mut ranks = Ranks::new(&threads);
        let (mut left, mut holds, mut done) = (chunks, vec![0_usize; threads.len()], 0);
        for pick in order {
            while let Some(rank) = ranks.next(left) {
                holds[rank] += 1;
                left -= 1;
                let ahead = holds[rank] > threads[rank];
                let idle = holds.iter().zip(&threads).any(|(holds, threads)| holds < threads);
                prop_assert!(!(ahead && idle), "{holds:?} of {threads:?}");
                prop_assert!(holds[rank] <= threads[rank] + 1);
            }
            let idle = holds.iter().zip(&threads).any(|(holds, threads)| holds < threads);
            prop_assert!(left == 0 || !idle, "{left} left: {holds:?} of {threads:?}");
            let busy: Vec<usize> = (0..holds.len()).filter(|rank| holds[*rank] > 0).collect();
            prop_assert_eq!(ranks.held(), holds.iter().sum::<usize>());
            if busy.is_empty() { break }
            let rank = busy[pick.index(busy.len())];
            prop_assert!(ranks.handed_in(rank));
            holds[rank] -= 1;
            done += 1;
        }
        prop_assert!(threads.iter().all(|n| *n == 0) || done == chunks.min(80));
    }
}

#[test]
fn a_rank_that_is_stuck_holds_back_only_what_it_holds() {
    let done = AtomicU32::new(0);
    let mut queue = Parts { chunks: 60, ..Parts::default() };
    // Whoever gets chunk 0 is stuck until the others have done all chunks but the one that waits behind it.
    let work = |task: Task, enough: &AtomicBool| {
        while task.chunk == 0 && done.load(Ordering::SeqCst) < 58 {
            thread::sleep(Duration::from_micros(50));
        }
        done.fetch_add(1, Ordering::SeqCst);
        bytes(task, enough)
    };
    once(&[1, 1], &mut queue, &AtomicBool::new(false), work).unwrap();
    assert_eq!(queue.taken.len(), 60);
}

#[test]
fn a_stop_ends_all_ranks_in_the_midst_of_their_chunks() {
    let stop = AtomicBool::new(false);
    let mut queue = Parts { chunks: 1000, ..Parts::default() };
    // Chunks from the 20th on would never end.
    let work = |task: Task, enough: &AtomicBool| {
        if task.chunk < 20 {
            return bytes(task, enough);
        }
        stop.store(true, Ordering::Relaxed);
        while !enough.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_micros(50));
        }
        None
    };
    assert!(matches!(once(&[1, 2], &mut queue, &stop, work), Err(LeadError::Stopped)));
}

#[test]
fn a_rank_that_is_asked_to_stop_stops_the_job() {
    let (messages, heard) = mpsc::channel();
    let (orders, line) = mpsc::channel();
    let mut hub = Hub { threads: vec![1], heard, orders: vec![orders] };
    let mut spoke = Spoke { rank: 1, orders: line, messages };
    let stop = AtomicBool::new(false);
    let endless = |_: Task, enough: &AtomicBool| {
        while !enough.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_micros(50));
        }
        None
    };
    let ended = thread::scope(|scope| {
        scope.spawn(|| serve(&mut spoke, &AtomicBool::new(true), 1, || endless).unwrap());
        lead(&mut hub, &mut Parts { chunks: 3, ..Parts::default() }, &stop, 1, || endless)
    });
    assert!(matches!(ended, Err(LeadError::Stopped)));
    assert!(stop.load(Ordering::Relaxed), "who called is told");
}

#[test]
fn a_depot_that_can_take_no_more_ends_the_job() {
    let mut queue = Parts { chunks: 1000, full_after: Some(7), ..Parts::default() };
    let ended = once(&[1, 1], &mut queue, &AtomicBool::new(false), bytes);
    assert!(matches!(ended, Err(LeadError::Queue(why)) if why == "no room"));
    assert_eq!(queue.taken.len(), 7);
}

#[test]
fn a_part_that_was_not_asked_for_is_refused() {
    let (messages, heard) = mpsc::channel();
    let (orders, line) = mpsc::channel();
    messages.send((2, Message::Part(vec![0; 4]))).unwrap();
    let mut hub = Hub { threads: vec![1], heard, orders: vec![orders] };
    let mut queue = Parts { chunks: 1, ..Parts::default() };
    let ended = lead(&mut hub, &mut queue, &AtomicBool::new(false), 0, || bytes);
    assert!(matches!(ended, Err(LeadError::WorkerLost(WorkerLost::Unasked { rank: 2 }))));
    assert_eq!(line.try_iter().collect::<Vec<_>>(), [Order::Run(Task { chunk: 0, trials: 7 }), Order::End]);
}

#[test]
fn a_panic_in_a_chunk_is_a_panic_of_the_rank() {
    let mut queue = Parts { chunks: 9, ..Parts::default() };
    let never = AtomicBool::new(false);
    let work = |task: Task, enough: &AtomicBool| if task.chunk == 5 { panic!("chunk 5") } else { bytes(task, enough) };
    let outcome = catch_unwind(AssertUnwindSafe(|| once(&[], &mut queue, &never, work)));
    let panic = outcome.unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"chunk 5"));
}
