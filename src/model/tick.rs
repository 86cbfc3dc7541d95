//! One trial under one regime: for each tick, nine calls in the order of the model description (its section 4), and
//! nothing else.

use super::calendar::Pace;
use super::chance::Chance;
use super::ids::{OfferId, WatchId};
use super::probe::Probe;
use super::record::Record;
use super::rules::{Outlook, Rules};
use super::setting::Setting;
use super::state::{State, watched};
use super::world::World;
use super::{adaptation, licenses, market, procurement, production, regulator, supplier};

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

/// Simulates a trial. `setting` was drawn for it; `record` takes what it records; `after_tick` gets the number of each tick
/// when it is over, and a look at the trial.
pub fn simulate(
    world: &World,
    setting: &Setting,
    rules: &mut Rules,
    state: &mut State,
    record: &mut Record,
    mut after_tick: impl FnMut(usize, Probe),
) {
    state.start(world, setting, rules);
    record.start(world);
    let chance = setting.chance.unwrap_or(Chance::new(0, setting.trial));
    let assesses_capacity = record.keeps_capacity() || rules.ladder.is_some() || adaptation::waits_for_shortage(world);
    let mut trial = Trial { world, setting, rules, chance, pace: world.calendar.pace(0), assesses_capacity };
    for tick in 0..world.calendar.ticks {
        trial.pace = world.calendar.pace(tick);
        regulator::change_rules(&trial, state, tick);
        licenses::decide_applications(&trial, state, tick);
        market::demand_and_award(&trial, state, tick);
        procurement::order(&trial, state, tick);
        supplier::ship(&trial, state, tick);
        production::build(&trial, state, tick);
        market::deploy(&trial, state, tick);
        adaptation::adapt(&trial, state, tick);
        record.write(&trial, state, tick);
        after_tick(tick, Probe::new(world, trial.rules, state));
    }
}
