//! Random draws by name. Every draw is keyed by (master seed, trial, purpose, entity, occasion), never "the next of a
//! shared sequence": a trial's draws are the same in every scenario, in any order, on any number of threads, and adding
//! an agent disturbs no other. A key is mixed by a hash, not added to the seed, and opens a short SplitMix64 stream.

use rand_distr::Distribution;
use rand_xoshiro::SplitMix64;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

use crate::math::{StandardNormal, open_unit};

/// What a draw is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum StreamId {
    /// The value of an uncertain parameter (entity: its path).
    Parameter = 1,
    /// Monthly capacity of an offer (occasion: month).
    Capacity,
    /// Monthly forecast error of a vendor's line (occasion: month).
    Forecast,
    /// Monthly demand of a market (occasion: month).
    Demand,
    /// Monthly award of a market to a vendor (entity: both; occasion: month).
    Award,
    /// Common factor of a vendor's initial stocks.
    StockCommon,
    /// Factor of the initial stock of a vendor, class and line.
    StockClass,
    /// Whether US technology of an offer is at its level.
    Technology,
    /// Whether an offer's plant is caught.
    Plant,
    /// Whether a jurisdiction's sellers obey rules that rest on foreign production alone.
    Compliance,
    /// Length of a supplier's legal review (occasion: day of the rule).
    Review,
    /// Over-compliance of a supplier.
    Caution,
    /// Whether a supplier applies for licenses.
    Readiness,
    /// Qualification of an offer by a vendor (entity: both; occasion: attempt).
    Qualification,
    /// Time to decide an application (entity: offer and buyer; occasion: attempt).
    LicenseTime,
    /// Decision on an application (entity: offer and buyer; occasion: attempt).
    LicenseDecision,
    /// Resampling of trials, in a study of intervals (not part of a trial).
    Bootstrap,
    /// Accumulated hazard at which a license is revoked (entity: offer and buyer; occasion: attempt).
    LicenseRevocation,
    /// Whether a supplier designs US content out.
    DesignOut,
    /// Time to design US content out of an offer.
    DesignOutTime,
    /// Accumulated hazard at which an offer's programme is mature.
    Maturation,
    /// Error of an observation, in a calibration (entity: the observation; not part of a trial).
    ObservationError,
    /// Order and digits of a stratified design (entity: the parameter or its record; not part of a trial).
    Design,
}

/// The key of an entity: a hash of its id, so that it does not depend on what else there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EntityKey(u64);

impl EntityKey {
    /// The key of an id such as `offers.xilinx-large-fpga`.
    pub fn of(id: &str) -> EntityKey {
        let hash = blake3::hash(id.as_bytes());
        let mut first = [0u8; 8];
        first.copy_from_slice(&hash.as_bytes()[..8]);
        EntityKey(u64::from_le_bytes(first))
    }

    /// The key of something between two entities.
    pub fn with(self, other: EntityKey) -> EntityKey {
        EntityKey(mix(self.0, other.0))
    }
}

/// The chance of one trial.
#[derive(Debug, Clone, Copy)]
pub struct RandomStreams(u64);

impl RandomStreams {
    /// The streams of trial number `trial` under master seed `seed`.
    pub fn new(seed: u64, trial: u64) -> RandomStreams {
        RandomStreams(mix(mix(0x6368_6f6b_6570_7431, seed), trial))
    }

    /// The stream of one draw (or of the few numbers that one draw needs).
    #[inline]
    pub fn stream(self, purpose: StreamId, entity: EntityKey, occasion: u64) -> SplitMix64 {
        SplitMix64::seed_from_u64(mix(mix(self.0, entity.0 ^ ((purpose as u64) << 56)), occasion))
    }

    /// A uniform number in the open interval (0, 1).
    #[inline]
    pub fn uniform(self, purpose: StreamId, entity: EntityKey, occasion: u64) -> f64 {
        open_unit(self.stream(purpose, entity, occasion).next_u64())
    }

    /// A standard normal number.
    #[inline]
    pub fn normal(self, purpose: StreamId, entity: EntityKey, occasion: u64) -> f64 {
        StandardNormal.sample(&mut self.stream(purpose, entity, occasion))
    }
}

/// Folds one word into a key (the finalizer of MurmurHash3 in Stafford's variant 13).
#[inline]
fn mix(key: u64, word: u64) -> u64 {
    let mut x = key ^ word.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(25);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draw_depends_on_every_part_of_its_key_and_on_nothing_else() {
        let (a, b) = (EntityKey::of("offers.a"), EntityKey::of("offers.b"));
        let base = RandomStreams::new(1, 2).uniform(StreamId::Plant, a, 3);
        assert_eq!(base, RandomStreams::new(1, 2).uniform(StreamId::Plant, a, 3));
        for other in [
            RandomStreams::new(9, 2).uniform(StreamId::Plant, a, 3),
            RandomStreams::new(1, 9).uniform(StreamId::Plant, a, 3),
            RandomStreams::new(1, 2).uniform(StreamId::Caution, a, 3),
            RandomStreams::new(1, 2).uniform(StreamId::Plant, b, 3),
            RandomStreams::new(1, 2).uniform(StreamId::Plant, a, 9),
        ] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn neighbouring_keys_are_uncorrelated() {
        // Mean of the product of draws of neighbouring trials: within three standard errors (1/12 a draw) of zero.
        let (n, key) = (20_000u64, EntityKey::of("offers.a"));
        let draw = |t| RandomStreams::new(5, t).uniform(StreamId::Capacity, key, 0) - 0.5;
        let mean = (0..n).map(|t| draw(t) * draw(t + 1)).sum::<f64>() / n as f64;
        assert!(mean.abs() < 3.0 / 12.0 / (n as f64).sqrt(), "{mean}");
    }
}
