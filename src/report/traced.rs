//! Which trials a trace is of, in words: page, figure and terminal say it alike.

use super::number::trials;
use crate::analysis::trace::{Trace, Traced};

/// They, and the seed that they were drawn by.
pub(super) fn traced(trace: &Trace) -> String {
    match trace.of {
        Traced::Trial(number) => format!("trial {number}, seed {}", trace.seed),
        Traced::Median(1) => format!("trial 0, seed {}", trace.seed),
        Traced::Median(count) => format!("medians over {}, seed {}", trials(count), trace.seed),
    }
}
