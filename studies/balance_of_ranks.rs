//! How well the ranks of a large job are kept busy: a simulation, event by event, of the protocol of
//! `chokepoint::experiment::cluster`, with its own rule of who gets which chunk, on up to 4,096 ranks. What trials, parts and
//! messages cost is measured by the argument `measure` (see docs/scale.md), and is set here. Prints a table as CSV.
#![expect(clippy::disallowed_methods, reason = "a study of times is good to two digits")]

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use chokepoint::experiment::Plan;
use chokepoint::experiment::chunks::Chunks;
use chokepoint::experiment::cluster::Ranks;
use chokepoint::experiment::collector::Collector;
use chokepoint::experiment::ensemble::WorkQueue;
use chokepoint::experiment::header::Header;
use chokepoint::experiment::part::{ChunkRunner, Part};
use chokepoint::experiment::partial::Partial;
use chokepoint::experiment::schema::ResultSchema;
use chokepoint::scenario::{load_comparison, load_source};
use rand::SeedableRng;
use rand_distr::{Distribution, LogNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Core time of a trial of the shipped comparison, its four scenarios together, in seconds.
const TRIAL: f64 = 3.0e-3;
/// Standard deviation of the logarithm of a trial's time, and of what disturbs a chunk as a whole.
const SPREAD: (f64, f64) = (0.2, 0.15);
/// One node in so many is slow, and takes so many times as long.
const SLOW: (usize, f64) = (20, 1.5);
/// Ranks of a node.
const NODE: usize = 48;
/// Bytes of a part: so many, and so many a trial.
const BYTES: (f64, f64) = (0.54e6, 12.3e3);
/// Bytes that rank 0 receives a second.
const BANDWIDTH: f64 = 1.0e9;
/// Seconds in which rank 0 reads, merges and keeps a part: so many, and so many a trial.
const TAKE: (f64, f64) = (5.0e-3, 8.5e-6);
/// Seconds until a message is noticed: naps are up to 1 ms long.
const LATENCY: f64 = 1.0e-3;
/// From so many ranks on rank 0 does not compute, as in `experiment::cluster`.
const LEADS_ONLY: usize = 32;
/// Parts that a collector of a tree merges before it hands them on.
const HANDED_ON: usize = 16;
/// Ranks of a shard.
const SHARD: usize = 64;

/// Who takes the parts.
#[derive(Clone, Copy, PartialEq)]
enum Scheme {
    /// Rank 0, as it is.
    Star,
    /// The first rank of each shard of 64 ranks, as it is: one MPI job a shard, joined by `chokepoint merge`.
    Shards,
    /// Rank 0, where each rank writes its own trials to a common file system: what the program does not do.
    OwnRows,
    /// One rank in each node, which writes the trials and hands merged states on to rank 0: what the program does not do.
    Tree,
}

#[derive(Clone, Copy)]
struct Case {
    trials: u64,
    chunk: u64,
    ranks: usize,
    /// The number of the first of them.
    first: usize,
    scheme: Scheme,
}

struct Found {
    seconds: f64,
    efficiency: f64,
    /// Share of the time in which the busiest collector is busy.
    busy: f64,
}

/// What happens, and to which rank.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Ordered(usize),
    Computed(usize),
    Offered(usize),
    Received(usize),
}

/// A moment, in the order of floats that are never negative.
fn at(seconds: f64, event: Event) -> Reverse<(u64, Event)> {
    Reverse((seconds.to_bits(), event))
}

/// One that takes parts, one after the other.
#[derive(Clone, Default)]
struct Collects {
    free: f64,
    busy: f64,
    taken: usize,
}

impl Collects {
    /// When a part that is offered at a time is received; it is then taken.
    fn serve(&mut self, now: f64, bytes: f64, take: f64) -> f64 {
        let received = now.max(self.free) + bytes / BANDWIDTH;
        self.free = received + take;
        self.busy += bytes / BANDWIDTH + take;
        self.taken += 1;
        received
    }
}

/// Jobs of their own, of which the slowest counts.
fn shards(case: Case) -> Found {
    let of = case.ranks.div_ceil(SHARD);
    let share = |i: usize| {
        let ranks = case.ranks / of + usize::from(i < case.ranks % of);
        let trials = case.trials / of as u64;
        simulate(Case { trials, ranks, first: i * SHARD, scheme: Scheme::Star, ..case })
    };
    let each: Vec<Found> = (0..of).map(share).collect();
    let seconds = each.iter().map(|shard| shard.seconds).fold(0.0, f64::max);
    let efficiency = each.iter().map(|shard| shard.efficiency * shard.seconds / seconds).sum::<f64>() / of as f64;
    Found { seconds, efficiency, busy: each.iter().map(|shard| shard.busy).fold(0.0, f64::max) }
}

fn simulate(case: Case) -> Found {
    let Case { trials, chunk, ranks, first, scheme } = case;
    if scheme == Scheme::Shards {
        return shards(case);
    }
    let mut chance = Xoshiro256PlusPlus::seed_from_u64((ranks + first) as u64 ^ trials ^ chunk);
    let sd = (SPREAD.0.powi(2) / chunk as f64 + SPREAD.1.powi(2)).sqrt();
    let disturbed = LogNormal::new(-sd * sd / 2.0, sd).unwrap_or_else(|why| panic!("{sd}: {why}"));
    let node = |rank: usize| rank / NODE;
    let pace = |rank: usize| if node(first + rank) % SLOW.0 == SLOW.0 / 2 { SLOW.1 } else { 1.0 };
    let computes = |rank: usize| match scheme {
        Scheme::Tree => !rank.is_multiple_of(NODE),
        _ => rank > 0 || ranks < LEADS_ONLY,
    };
    let threads: Vec<usize> = (0..ranks).map(|rank| usize::from(computes(rank))).collect();
    let mut balance = Ranks::new(&threads);
    let mut left = trials.div_ceil(chunk);
    let rows = if scheme == Scheme::OwnRows { 0.0 } else { chunk as f64 };
    let (bytes, take) = (BYTES.0 + BYTES.1 * rows, TAKE.0 + TAKE.1 * rows);
    let mut collectors = vec![Collects::default(); if scheme == Scheme::Tree { 1 + ranks.div_ceil(NODE) } else { 1 }];
    let (mut busy, mut waiting) = (vec![false; ranks], vec![0_u32; ranks]);
    let (mut events, mut useful) = (BinaryHeap::new(), 0.0);
    let mut hand_out = |now: f64, balance: &mut Ranks, events: &mut BinaryHeap<_>| {
        while let Some(rank) = balance.next(left) {
            left -= 1;
            events.push(at(now + LATENCY, Event::Ordered(rank)));
        }
    };
    hand_out(0.0, &mut balance, &mut events);
    while let Some(Reverse((now, event))) = events.pop() {
        let now = f64::from_bits(now);
        let mut compute = |rank: usize, events: &mut BinaryHeap<_>| {
            let took = chunk as f64 * TRIAL * pace(rank) * disturbed.sample(&mut chance);
            useful += took;
            events.push(at(now + took, Event::Computed(rank)));
        };
        match event {
            Event::Ordered(rank) if busy[rank] => waiting[rank] += 1,
            Event::Ordered(rank) => {
                busy[rank] = true;
                compute(rank, &mut events);
            }
            Event::Computed(rank) => {
                events.push(at(now + LATENCY, Event::Offered(rank)));
                busy[rank] = waiting[rank] > 0;
                if busy[rank] {
                    waiting[rank] -= 1;
                    compute(rank, &mut events);
                }
            }
            Event::Offered(rank) => {
                let own = scheme != Scheme::Tree && rank == 0;
                let collector = if scheme == Scheme::Tree { 1 + node(rank) } else { 0 };
                let received = collectors[collector].serve(now, if own { 0.0 } else { bytes }, take);
                events.push(at(received, Event::Received(rank)));
                if scheme == Scheme::Tree && collectors[collector].taken.is_multiple_of(HANDED_ON) {
                    let then = collectors[collector].free;
                    collectors[0].serve(then, BYTES.0, TAKE.0);
                }
            }
            Event::Received(rank) => {
                balance.handed_in(rank);
                hand_out(now, &mut balance, &mut events);
            }
        }
    }
    let mut seconds = collectors.iter().map(|collector| collector.free).fold(0.0, f64::max);
    if scheme == Scheme::Tree {
        // What each holds at the end.
        for _ in 1..collectors.len() {
            collectors[0].serve(seconds, BYTES.0, TAKE.0);
        }
        seconds = collectors[0].free.max(seconds);
    }
    let busiest = collectors.iter().map(|collector| collector.busy).fold(0.0, f64::max);
    Found { seconds, efficiency: useful / (ranks as f64 * seconds), busy: busiest / seconds }
}

/// Nanoseconds for which this thread was on a core.
fn core_time() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or_default())
}

/// Core time of doing something, in seconds.
fn timed<T>(act: impl FnOnce() -> T) -> (f64, T) {
    let before = core_time();
    let made = act();
    ((core_time() - before).as_secs_f64(), made)
}

/// What chunks and parts of the shipped comparison cost here, as a table.
fn measure() -> Result<(), Box<dyn std::error::Error>> {
    let comparison = load_comparison("shipped:shipped")?;
    let scenarios: Result<Vec<_>, _> = comparison.scenarios.iter().map(|s| load_source(s, &[])).collect();
    println!("planned,chunk,trials,compute_s_trial,sd_of_log_chunk,bytes_part,to_bytes_s,from_bytes_s,take_s,save_s");
    for planned in [100_000, 1_000_000] {
        for (size, count) in [(32, 24), (128, 12), (1024, 3)] {
            let plan = Plan::new(&scenarios.clone()?, 1, planned)?;
            let (schema, chunks) = (ResultSchema::of(&plan), Chunks::of_size(size, planned));
            let folder = tempfile::tempdir()?;
            let (partial, _) = Partial::open(&folder.path().join("out"))?;
            partial.clear()?;
            let collector = Collector::new(&plan, header(&plan, chunks), chunks, &partial)?;
            let (mut runner, never) = (ChunkRunner::new(&plan), AtomicBool::new(false));
            let (mut logs, mut sums, mut bytes) = (Vec::new(), [0.0; 4], 0);
            for chunk in 0..count {
                let (took, part) = timed(|| runner.run(&plan, &schema, chunks, chunk, &never, |_| {}));
                let part = part.ok_or("stopped")?;
                logs.push(took.ln());
                let (writing, text) = timed(|| part.to_bytes());
                let (reading, part) = timed(|| Part::from_bytes(&schema, chunks, &text));
                let (taking, taken) = timed(|| part.map_err(Into::into).and_then(|part| collector.take(part)));
                taken?;
                bytes = text.len();
                for (sum, seconds) in sums.iter_mut().zip([took, writing, reading, taking]) {
                    *sum += seconds / f64::from(count);
                }
            }
            let (saving, saved) = timed(|| collector.save());
            saved?;
            let mean = logs.iter().sum::<f64>() / f64::from(count);
            let sd = (logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / f64::from(count - 1)).sqrt();
            let [took, writing, reading, taking] = sums;
            let trial = took / f64::from(size);
            println!(
                "{planned},{size},{},{trial:.2e},{sd:.3},{bytes},{writing:.2e},{reading:.2e},{taking:.2e},{saving:.2e}",
                size * count
            );
        }
    }
    Ok(())
}

fn header(plan: &Plan, chunks: Chunks) -> Header {
    Header {
        version: String::new(),
        name: String::new(),
        title: String::new(),
        seed: plan.seed,
        trials: plan.trials,
        chunk: chunks.size(),
        design: chokepoint::experiment::design::Recipe::of(&plan.design, plan.trials),
        until: Vec::new(),
        at_least: 0,
        reference: String::new(),
        scenarios: Vec::new(),
        shard: None,
    }
}

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("measure") {
        return match measure() {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => {
                eprintln!("{why}");
                ExitCode::FAILURE
            }
        };
    }
    println!("trials,scheme,chunk,ranks,chunks_per_rank,seconds,efficiency,busiest_collector");
    let schemes =
        [(Scheme::Star, "star"), (Scheme::Shards, "shards"), (Scheme::OwnRows, "own-rows"), (Scheme::Tree, "tree")];
    for (trials, chunks) in [(1_000_000, [128, 1024]), (100_000_000, [1024, 4096])] {
        for (scheme, name) in schemes {
            for chunk in chunks {
                for ranks in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000, 2048, 4096] {
                    if ranks < 2 * NODE && matches!(scheme, Scheme::Shards | Scheme::Tree) {
                        continue;
                    }
                    let Found { seconds, efficiency, busy } = simulate(Case { trials, chunk, ranks, first: 0, scheme });
                    let each = trials as f64 / (chunk * ranks as u64) as f64;
                    println!("{trials},{name},{chunk},{ranks},{each:.1},{seconds:.1},{efficiency:.3},{busy:.3}");
                }
            }
        }
    }
    ExitCode::SUCCESS
}
