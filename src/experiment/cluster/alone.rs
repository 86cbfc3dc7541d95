//! What stands in for MPI where the program is built without: a process never finds others, so there is no rank to be.

use std::sync::atomic::AtomicBool;

use super::{JoinError, LeadTransport, Member, Message, Order, Rejected, WorkerTransport};

/// Rank 0 of several, which there can't be.
pub enum Lead {}

/// Any other rank, which there can't be.
pub enum Worker {}

/// Finds nobody.
///
/// # Errors
/// None.
pub fn join() -> Result<Option<Member>, JoinError> {
    Ok(None)
}

impl Lead {
    /// Number of ranks.
    pub fn ranks(&self) -> usize {
        match *self {}
    }

    /// Waits for all ranks.
    ///
    /// # Errors
    /// None.
    pub fn agree(&mut self, _fingerprint: &[u8], _stop: &AtomicBool) -> Result<(), Rejected> {
        match *self {}
    }

    /// Threads that compute at this rank.
    pub fn own_threads(&self, _threads: usize) -> usize {
        match *self {}
    }
}

impl LeadTransport for Lead {
    fn threads(&self) -> Vec<usize> {
        match *self {}
    }

    fn heard(&mut self) -> Option<(usize, Message)> {
        match *self {}
    }

    fn tell(&mut self, _rank: usize, _order: Order) {
        match *self {}
    }
}

impl Worker {
    /// Number of ranks.
    pub fn ranks(&self) -> usize {
        match *self {}
    }

    /// Says what this rank is ready to run.
    pub fn agree(&mut self, _fingerprint: &[u8], _threads: usize) {
        match *self {}
    }

    /// This rank can't take part.
    pub fn fail(&mut self, _why: &str) {
        match *self {}
    }
}

impl WorkerTransport for Worker {
    fn order(&mut self) -> Option<Order> {
        match *self {}
    }

    fn say(&mut self, _word: Message) {
        match *self {}
    }
}
