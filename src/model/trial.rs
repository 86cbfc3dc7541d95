//! The context of a tick: what the behaviors of a tick read. It stands apart from the tick, so that they need not know who
//! calls them.

use super::rules::{PermissionSchedule, Rules};
use super::setting::TrialInputs;
use super::state::{State, watched};
use super::world::World;
use super::world::calendar::Pace;
use super::world::ids::{OfferId, TargetId};
use super::world::random::RandomStreams;

/// What a tick reads. The state, which it changes, is handed on apart: the compiler can then tell that writing to one of its
/// tables moves no other, and keeps their places in registers.
pub struct TickContext<'a> {
    /// The world.
    pub world: &'a World,
    /// Draws of the trial that do not depend on the regime.
    pub setting: &'a TrialInputs,
    /// The regime.
    pub rules: &'a Rules,
    /// Chance, for draws that only some regimes make.
    pub chance: RandomStreams,
    /// Length of the tick and what it does to memories.
    pub pace: Pace,
    /// Whether anybody asks what capacity the watched vendors have (E10): the record, the regulator or the engineers.
    pub assesses_capacity: bool,
}

impl TickContext<'_> {
    /// How an offer stands before the law for a watched buyer.
    #[inline]
    pub fn outlook(&self, state: &State, watch: TargetId, offer: OfferId) -> &PermissionSchedule {
        self.rules.outlook(state.outlook[watched(watch, offer.ix(), self.world.offers.len())] as usize)
    }

    /// The same for a later tick, as is known now: a rung of a ladder may have been announced.
    #[inline]
    pub fn outlook_then(&self, state: &State, watch: TargetId, offer: OfferId, tick: usize) -> &PermissionSchedule {
        if tick < state.escalation.turn {
            return self.outlook(state, watch, offer);
        }
        self.rules.outlook(state.escalation.next(watched(watch, offer.ix(), self.world.offers.len())))
    }
}
