//! The context of a tick: what the behaviors of a tick read. It stands apart from the tick, so that they need not know who
//! calls them.

use super::rules::{PermissionSchedule, Rules};
use super::setting::TrialInputs;
use super::state::{State, target_index};
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
    pub inputs: &'a TrialInputs,
    /// The regime.
    pub rules: &'a Rules,
    /// Chance, for draws that only some regimes make.
    pub streams: RandomStreams,
    /// Length of the tick and what it does to memories.
    pub pace: Pace,
    /// Whether anybody asks what capacity the target vendors have (E10): the record, the regulator or the engineers.
    pub assesses_capacity: bool,
}

impl TickContext<'_> {
    /// How an offer stands before the law for a target buyer.
    #[inline]
    pub fn schedule(&self, state: &State, target: TargetId, offer: OfferId) -> &PermissionSchedule {
        self.rules.schedule(state.schedule[target_index(target, offer.ix(), self.world.offers.len())] as usize)
    }

    /// The same for a later tick, as is known now: a rung of a ladder may have been announced.
    #[inline]
    pub fn schedule_then(&self, state: &State, target: TargetId, offer: OfferId, tick: usize) -> &PermissionSchedule {
        if tick < state.escalation.turn {
            return self.schedule(state, target, offer);
        }
        self.rules.schedule(state.escalation.next(target_index(target, offer.ix(), self.world.offers.len())))
    }
}
