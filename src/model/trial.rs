//! The context of a tick: what the behaviors of a tick read. It stands apart from the tick, so that they need not know who
//! calls them.

use super::rules::{Outlook, Rules};
use super::setting::Setting;
use super::state::{State, watched};
use super::world::World;
use super::world::calendar::Pace;
use super::world::chance::Chance;
use super::world::ids::{OfferId, WatchId};

/// What a tick reads. The state, which it changes, is handed on apart: the compiler can then tell that writing to one of its
/// tables moves no other, and keeps their places in registers.
pub struct Trial<'a> {
    /// The world.
    pub world: &'a World,
    /// Draws of the trial that do not depend on the regime.
    pub setting: &'a Setting,
    /// The regime.
    pub rules: &'a Rules,
    /// Chance, for draws that only some regimes make.
    pub chance: Chance,
    /// Length of the tick and what it does to memories.
    pub pace: Pace,
    /// Whether anybody asks what capacity the watched vendors have (E10): the record, the regulator or the engineers.
    pub assesses_capacity: bool,
}

impl Trial<'_> {
    /// How an offer stands before the law for a watched buyer.
    #[inline]
    pub fn outlook(&self, state: &State, watch: WatchId, offer: OfferId) -> &Outlook {
        self.rules.outlook(state.outlook[watched(watch, offer.ix(), self.world.offers.len())] as usize)
    }

    /// The same for a later tick, as is known now: a rung of a ladder may have been announced.
    #[inline]
    pub fn outlook_then(&self, state: &State, watch: WatchId, offer: OfferId, tick: usize) -> &Outlook {
        if tick < state.escalation.turn {
            return self.outlook(state, watch, offer);
        }
        self.rules.outlook(state.escalation.next(watched(watch, offer.ix(), self.world.offers.len())))
    }
}
