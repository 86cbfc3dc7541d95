//! Latin hypercube sampling that can grow. Each parameter has an Owen-scrambled van der Corput sequence of its own, whose
//! order is shuffled within each block of a power of two points (a nested uniform shuffle; Burley 2020, "Practical
//! Hash-based Owen Scrambling", JCGT 9(4)). So every aligned block of 2^k points has one point in each of 2^k equal parts of
//! the parameter's range, more points keep the first ones, and the orders of two parameters are unrelated, as those of a
//! Latin hypercube should be.

use rand_xoshiro::rand_core::Rng;
use sobol_burley::parts::owen_scramble_rev;

use super::open_unit;
use crate::model::world::random::{EntityKey, RandomStreams, StreamId};

/// The place in (0, 1) of the parameter with this key in a point.
#[inline]
pub(super) fn unit(seed: u64, point: u32, key: EntityKey) -> f64 {
    let mut stream = RandomStreams::new(seed, 0).stream(StreamId::Design, key, 0);
    let (order, digits) = (stream.next_u64(), stream.next_u64());
    // The van der Corput number of an index is its digits in reverse, so that the index is that number in reverse.
    open_unit(scrambled_rev(shuffled_rev(point, order).reverse_bits(), digits).reverse_bits())
}

/// A point's index in an order of its own, digits in reverse.
#[inline]
pub(super) fn shuffled_rev(point: u32, order: u64) -> u32 {
    scrambled_rev(point.reverse_bits(), order)
}

/// An Owen scramble of a number's digits, which stand in reverse. Twice, since 32 bits of seed alone would give two of a
/// thousand parameters the same one too often: once in some ten thousand experiments.
#[inline]
pub(super) fn scrambled_rev(digits_rev: u32, seed: u64) -> u32 {
    owen_scramble_rev(owen_scramble_rev(digits_rev, seed as u32), (seed >> 32) as u32)
}
