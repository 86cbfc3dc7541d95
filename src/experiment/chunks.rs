//! The pieces in which an ensemble is run: runs of consecutive trials, the unit that is handed to a thread, a shard or a
//! rank, written as one row group, and noted as done. Their size follows from the planned number of trials alone, never
//! from the machine.

use std::ops::Range;

/// Trials in the smallest and the largest chunk.
const SIZES: (u32, u32) = (8, 1024);

/// Chunks that an ensemble is cut into at least, if they are not the smallest already: enough to keep some tens of threads
/// busy to the end.
const AT_LEAST: u32 = 64;

/// The chunks of an ensemble.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunks {
    trials: u32,
    size: u32,
}

impl Chunks {
    /// Those of a planned number of trials.
    pub fn of(trials: u32) -> Chunks {
        let size = trials.div_ceil(AT_LEAST).next_power_of_two().clamp(SIZES.0, SIZES.1);
        Chunks { trials, size }
    }

    /// Pieces of a given size, for an ensemble that grows.
    pub fn of_size(size: u32, trials: u32) -> Chunks {
        Chunks { trials, size: size.max(1) }
    }

    /// The same pieces, up to fewer or more trials.
    pub fn up_to(self, trials: u32) -> Chunks {
        Chunks { trials, ..self }
    }

    /// Trials in all.
    pub fn trials(self) -> u32 {
        self.trials
    }

    /// Trials in a chunk, except perhaps the last.
    pub fn size(self) -> u32 {
        self.size
    }

    /// How many chunks there are.
    pub fn count(self) -> u32 {
        self.trials.div_ceil(self.size)
    }

    /// All of them, in order.
    pub fn all(self) -> Range<u32> {
        0..self.count()
    }

    /// The trials of one.
    pub fn range(self, chunk: u32) -> Range<u32> {
        let first = chunk.saturating_mul(self.size).min(self.trials);
        first..first.saturating_add(self.size).min(self.trials)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_hold_every_trial_once() {
        for trials in [1, 31, 32, 33, 4000, 65_535, 65_537, 1_000_000, u32::MAX] {
            let chunks = Chunks::of(trials);
            assert_eq!(chunks.range(0).start, 0);
            assert_eq!(chunks.range(chunks.count() - 1).end, trials);
            assert!(!chunks.range(chunks.count() - 1).is_empty() && chunks.range(chunks.count()).is_empty());
            let inner = chunks.count() / 2;
            assert_eq!(chunks.range(inner).start, inner * chunks.size());
        }
    }

    #[test]
    fn a_large_ensemble_has_large_chunks_and_a_small_one_many() {
        assert_eq!((Chunks::of(64).size(), Chunks::of(64).count()), (8, 8));
        assert_eq!((Chunks::of(4000).size(), Chunks::of(4000).count()), (64, 63));
        assert_eq!(Chunks::of(1_000_000).size(), 1024);
    }
}
