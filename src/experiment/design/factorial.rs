//! A full factorial design: every combination of the levers' values, the last lever's changing fastest.

use super::lever::Lever;
use crate::model::world::random::EntityKey;

/// Points of a full factorial; one without levers. More than 2^64 counts as that.
pub(super) fn points(levers: &[Lever]) -> u64 {
    levers.iter().fold(1, |points: u64, lever| points.saturating_mul(lever.values().len() as u64))
}

/// Where the parameter with this key stands in a point, if it is a lever.
#[inline]
pub(super) fn unit(levers: &[Lever], point: u32, key: EntityKey) -> Option<f64> {
    let mut rest = point as usize;
    for lever in levers.iter().rev() {
        let count = lever.values().len();
        if lever.key() == key {
            return Some(lever.unit(rest % count));
        }
        rest /= count;
    }
    None
}
