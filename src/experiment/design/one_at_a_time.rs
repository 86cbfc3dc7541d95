//! A design one at a time: point 0 is the base, and each other point moves one thing from it. Over levers the base is the
//! first value of each, and each other value has a point. Without levers every uncertain parameter is moved to its 5% and
//! its 95% quantile, with all others at their medians.

use std::collections::BTreeSet;

use super::lever::Lever;
use crate::model::world::params::Params;
use crate::model::world::random::EntityKey;

/// Where parameters are moved to, as places in (0, 1).
pub const MOVED_TO: [f64; 2] = [0.05, 0.95];

/// Where the others stand.
const MEDIAN: f64 = 0.5;

/// What is moved.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum OneAtATime {
    /// The design's levers.
    Levers,
    /// All uncertain parameters of the world, in reading order; several with one path are moved together.
    Parameters(Vec<EntityKey>),
}

impl OneAtATime {
    /// Over all parameters of a world.
    pub(super) fn over(params: &Params) -> OneAtATime {
        let mut seen = BTreeSet::new();
        let keys = params.uncertain().iter().map(|uncertain| uncertain.key);
        OneAtATime::Parameters(keys.filter(|key| seen.insert(*key)).collect())
    }

    pub(super) fn is_over_levers(&self) -> bool {
        matches!(self, OneAtATime::Levers)
    }

    /// Points, the base among them.
    pub(super) fn points(&self, levers: &[Lever]) -> u64 {
        match self {
            OneAtATime::Levers => 1 + levers.iter().map(|lever| lever.values().len() as u64 - 1).sum::<u64>(),
            OneAtATime::Parameters(keys) => 1 + (MOVED_TO.len() * keys.len()) as u64,
        }
    }

    /// Where the parameter with this key stands in a point; `None` if it is no lever.
    #[inline]
    pub(super) fn unit(&self, levers: &[Lever], point: u32, key: EntityKey) -> Option<f64> {
        let moved = self.moved(levers, point).filter(|(moved, _)| *moved == key).map(|(_, unit)| unit);
        match self {
            OneAtATime::Levers => {
                let base = levers.iter().find(|lever| lever.key() == key)?.unit(0);
                Some(moved.unwrap_or(base))
            }
            OneAtATime::Parameters(_) => Some(moved.unwrap_or(MEDIAN)),
        }
    }

    /// What a point moves, and where to; `None` for the base.
    pub(super) fn moved(&self, levers: &[Lever], point: u32) -> Option<(EntityKey, f64)> {
        let mut rest = point.checked_sub(1)? as usize;
        match self {
            OneAtATime::Levers => {
                for lever in levers {
                    let others = lever.values().len() - 1;
                    if rest < others {
                        return Some((lever.key(), lever.unit(rest + 1)));
                    }
                    rest -= others;
                }
                None
            }
            OneAtATime::Parameters(keys) => {
                let ends = MOVED_TO.len();
                keys.get(rest / ends).map(|key| (*key, MOVED_TO[rest % ends]))
            }
        }
    }
}
