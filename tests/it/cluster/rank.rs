//! One rank of a job with an assignment: its parts say which chunk they are of and are filled up to a length; the queue at rank 0
//! checks them and keeps a checkpoint. On the way it fails as the task says.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use chokepoint::experiment::cluster::{self, Lead, LeadError, Member, Rejected, Task, TaskQueue, Worker};

/// The environment variable that holds the assignment.
pub const TASK: &str = "CHOKEPOINT_TEST_TASK";

/// What a rank has to do.
#[derive(Debug, Clone, Default)]
pub struct Assignment {
    /// Chunks.
    pub chunks: u32,
    /// Length of a part beyond its number.
    pub bytes: usize,
    /// Threads of each rank; 1 if 0.
    pub threads: usize,
    /// The file that holds what is done.
    pub checkpoint: PathBuf,
    /// The rank that panics in its third chunk.
    pub panics: Option<usize>,
    /// The rank that is killed in its third chunk.
    pub dies: Option<usize>,
    /// The rank that is asked to stop in its third chunk.
    pub stops: Option<usize>,
    /// The rank that has another plan.
    pub differs: Option<usize>,
    /// The rank that can't begin.
    pub fails: Option<usize>,
    /// Parts for which there is room.
    pub full_after: Option<usize>,
}

impl fmt::Display for Assignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |rank: Option<usize>| rank.map_or("-".to_owned(), |rank| rank.to_string());
        let Assignment { chunks, bytes, threads, panics, dies, stops, differs, fails, full_after, checkpoint } = self;
        write!(f, "{chunks} {bytes} {threads}")?;
        for rank in [panics, dies, stops, differs, fails, full_after] {
            write!(f, " {}", of(*rank))?;
        }
        write!(f, " {}", checkpoint.display())
    }
}

impl Assignment {
    fn read(text: &str) -> Assignment {
        let mut words = text.splitn(10, ' ');
        let mut word = || words.next().unwrap();
        Assignment {
            chunks: word().parse().unwrap(),
            bytes: word().parse().unwrap(),
            threads: word().parse().unwrap(),
            panics: word().parse().ok(),
            dies: word().parse().ok(),
            stops: word().parse().ok(),
            differs: word().parse().ok(),
            fails: word().parse().ok(),
            full_after: word().parse().ok(),
            checkpoint: word().into(),
        }
    }

    /// A chunk of this rank; `nth` counts them.
    fn work(
        &self,
        rank: usize,
        nth: &AtomicU32,
        stop: &AtomicBool,
        chunk: u32,
        enough: &AtomicBool,
    ) -> Option<Vec<u8>> {
        let third = nth.fetch_add(1, Ordering::Relaxed) == 2;
        if third && self.panics == Some(rank) {
            panic!("as the task says");
        }
        if third && self.dies == Some(rank) {
            let _ = process::Command::new("kill").args(["-KILL", &process::id().to_string()]).status();
        }
        if third && self.stops == Some(rank) {
            stop.store(true, Ordering::Relaxed);
            // A chunk that never ends.
            while !enough.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(1));
            }
            return None;
        }
        thread::sleep(Duration::from_millis(5));
        let mut part = chunk.to_le_bytes().to_vec();
        part.resize(4 + self.bytes, chunk as u8);
        Some(part)
    }
}

/// What a checkpoint holds.
pub fn done(checkpoint: &Path) -> BTreeSet<u32> {
    let text = fs::read_to_string(checkpoint).unwrap_or_default();
    text.split_whitespace().map(|chunk| chunk.parse().unwrap()).collect()
}

struct Kept<'a> {
    assignment: &'a Assignment,
    handed_out: u32,
    done: BTreeSet<u32>,
}

impl TaskQueue for Kept<'_> {
    type Error = String;

    fn next(&mut self) -> Option<Task> {
        self.handed_out += 1;
        (self.handed_out <= self.assignment.chunks).then(|| Task { chunk: self.handed_out - 1, trials: 0 })
    }

    fn left(&self) -> u64 {
        u64::from(self.assignment.chunks.saturating_sub(self.handed_out))
    }

    fn take(&mut self, part: Vec<u8>) -> Result<(), String> {
        let (chunk, filling) = part.split_first_chunk().ok_or("too short")?;
        let chunk = u32::from_le_bytes(*chunk);
        if filling.len() != self.assignment.bytes || filling.iter().any(|byte| *byte != chunk as u8) {
            return Err(format!("chunk {chunk} is not whole"));
        }
        if self.assignment.full_after == Some(self.done.len()) {
            return Err("no room".to_owned());
        }
        if !self.done.insert(chunk) {
            return Err(format!("chunk {chunk} twice"));
        }
        let text: Vec<String> = self.done.iter().map(u32::to_string).collect();
        let beside = self.assignment.checkpoint.with_extension("new");
        fs::write(&beside, text.join(" "))
            .and_then(|()| fs::rename(&beside, &self.assignment.checkpoint))
            .map_err(|why| why.to_string())
    }
}

/// Does the assignment of the environment as one rank. Does not return if it fails.
pub fn run() {
    let assignment = Assignment::read(&std::env::var(TASK).unwrap());
    let code = match cluster::join().unwrap() {
        None => {
            println!("alone");
            0
        }
        Some(Member::Lead(lead)) => run_lead(&assignment, lead),
        Some(Member::Worker(worker)) => {
            run_worker(&assignment, worker);
            0
        }
    };
    if code != 0 {
        process::exit(code);
    }
}

fn run_lead(assignment: &Assignment, mut lead: Lead) -> i32 {
    let (stop, nth) = (AtomicBool::new(false), AtomicU32::new(0));
    match lead.agree(b"the plan", &stop) {
        Ok(()) => {}
        Err(why @ (Rejected::Differs { .. } | Rejected::Failed { .. })) => {
            eprintln!("{why}");
            return 2;
        }
        Err(Rejected::Stopped) => return 130,
    }
    let mut queue = Kept { assignment, handed_out: 0, done: BTreeSet::new() };
    let work = || |task: Task, enough: &AtomicBool| assignment.work(0, &nth, &stop, task.chunk, enough);
    match cluster::lead(&mut lead, &mut queue, &stop, assignment.threads.max(1), work) {
        Ok(()) => println!("all parts are here"),
        Err(LeadError::Stopped) => return 130,
        Err(LeadError::Queue(why)) => {
            eprintln!("{why}");
            return 1;
        }
        Err(LeadError::WorkerLost(why)) => {
            eprintln!("{why}");
            return 1;
        }
    }
    0
}

fn run_worker(assignment: &Assignment, mut worker: Worker) {
    let rank = std::env::var("OMPI_COMM_WORLD_RANK").unwrap().parse().unwrap();
    let (stop, nth) = (AtomicBool::new(false), AtomicU32::new(0));
    if assignment.fails == Some(rank) {
        return worker.fail("no such file");
    }
    let plan = if assignment.differs == Some(rank) { b"the Plan" } else { b"the plan" };
    let work = || |task: Task, enough: &AtomicBool| assignment.work(rank, &nth, &stop, task.chunk, enough);
    worker.agree(plan, assignment.threads.max(1));
    cluster::serve(&mut worker, &stop, assignment.threads.max(1), work).unwrap();
}
