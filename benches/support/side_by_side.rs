//! What the reference's `lanes.rs` looks for in the file above it.

pub use super::scalar::*;
pub use rand::Rng;
pub use rand_distr::{Distribution, LogNormal, StandardNormal};

/// As in `main.rs`, where it is private.
#[inline(always)]
pub fn needs_licence(s: usize, t: usize) -> bool {
    (t >= RULE1 && US[s] > THR) || (t >= RULE2 && TECH[s])
}

#[rustfmt::skip]
#[allow(warnings, clippy::all)]
#[path = "../net60/src/lanes.rs"]
pub mod lanes;
