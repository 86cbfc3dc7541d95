//! Who computes how many chunks and who is next: the rule of balance, apart from threads and messages, so that the study of
//! the balance on thousands of ranks (`docs/scale.md`) simulates the very rule that runs.

use std::collections::VecDeque;

/// Chunks that a rank holds beyond one a thread, while many are left: the next is there when one is done.
const AHEAD: usize = 1;

/// Many are left while there are more than this many for each thread of the job. Towards the end nothing is handed out ahead:
/// a chunk that waits behind another, while a thread elsewhere is idle, makes all wait for it.
const MANY: u64 = 2;

/// The ranks of a job, and what each holds.
#[derive(Debug, Clone)]
pub struct Ranks {
    ranks: Vec<Rank>,
    threads: u64,
    held: usize,
    /// Ranks with an idle thread, once for each, in the order in which they fell idle.
    idle: VecDeque<usize>,
    /// Ranks whose threads are busy and that could hold one more.
    ahead: VecDeque<usize>,
}

#[derive(Debug, Clone, Copy)]
struct Rank {
    threads: usize,
    holds: usize,
}

impl Ranks {
    /// Ranks by their numbers of threads; a rank without threads gets nothing.
    pub fn new(threads: &[usize]) -> Ranks {
        let most = threads.iter().copied().max().unwrap_or(0);
        // Each rank gets a first chunk before any gets a second.
        let idle = (0..most).flat_map(|turn| (0..threads.len()).filter(move |rank| threads[*rank] > turn)).collect();
        let ahead = (0..AHEAD).flat_map(|_| (0..threads.len()).filter(|rank| threads[*rank] > 0)).collect();
        Ranks {
            ranks: threads.iter().map(|threads| Rank { threads: *threads, holds: 0 }).collect(),
            threads: threads.iter().map(|threads| *threads as u64).sum(),
            held: 0,
            idle,
            ahead,
        }
    }

    /// The rank that is to have the next chunk, where so many are left; it holds it from now on.
    pub fn next(&mut self, left: u64) -> Option<usize> {
        if left == 0 {
            return None;
        }
        let many = left > MANY * self.threads;
        let rank = self.idle.pop_front().or_else(|| if many { self.ahead.pop_front() } else { None })?;
        self.ranks[rank].holds += 1;
        self.held += 1;
        Some(rank)
    }

    /// A rank has handed in a part. Gives whether it held any chunk.
    pub fn handed_in(&mut self, rank: usize) -> bool {
        let Some(who) = self.ranks.get_mut(rank).filter(|who| who.holds > 0) else { return false };
        who.holds -= 1;
        self.held -= 1;
        if who.holds < who.threads {
            self.idle.push_back(rank)
        } else {
            self.ahead.push_back(rank)
        }
        true
    }

    /// Chunks that are out with some rank.
    pub fn held(&self) -> usize {
        self.held
    }
}
