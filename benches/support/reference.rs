//! The reference loop of `benches/net60`, whose files are kept as they came, within this process. Its scalar trial is public
//! where it stands; what its lanes take from the file above them is given to them here, for that file does not.

#![allow(dead_code)] // each bench uses a part

#[rustfmt::skip]
#[allow(warnings, clippy::all)]
#[path = "../net60/src/main.rs"]
mod scalar;

pub use scalar::{BOM, C, COVER, DEMAND, GROWTH, LN_MU, LN_SD, MU, ORDERS0, Q0, RULE1, RULE2, S, SHARE, START, STOCK0};
pub use scalar::{T, TECH, THR, US, V};

#[path = "side_by_side.rs"]
mod side_by_side;

pub use side_by_side::needs_licence;

use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

/// The seed of a trial, as `main.rs` has it.
fn stream(trial: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(trial.wrapping_add(0x9E37_79B9))
}

/// Builds of the target in each month of so many trials, one after another: `[trial][month]`.
pub fn scalar(trials: usize) -> Vec<f32> {
    let mut builds = vec![0.0; trials * T];
    for (trial, row) in builds.chunks_mut(T).enumerate() {
        scalar::trial::<_, true>(&mut stream(trial as u64), row);
    }
    builds
}

/// The same, eight trials side by side; the number of trials is rounded down to a multiple of eight.
pub fn lanes(trials: usize) -> Vec<f32> {
    const L: usize = side_by_side::lanes::L;
    let mut builds = vec![0.0; trials / L * L * T];
    for (group, rows) in builds.chunks_mut(T * L).enumerate() {
        let mut streams = std::array::from_fn(|l| stream((group * L + l) as u64));
        side_by_side::lanes::group(&mut streams, rows);
    }
    builds
}
