//! One trial under one regime: for each tick, nine calls in the order of the model description (its section 4), and
//! nothing else. What agents do stands in the files beside it, one a behavior.

mod adaptation;
mod design_out;
mod engineering;
mod escalation;
mod expansion;
mod foresight;
mod grounds;
mod licenses;
mod market;
mod procurement;
mod production;
mod programme;
mod redesign;
mod regulator;
mod restriction;
mod risk;
mod start;
mod supplier;

use super::probe::Probe;
use super::record::Record;
use super::rules::Rules;
use super::setting::TrialInputs;
use super::state::State;
use super::trial::TickContext;
use super::world::World;
use super::world::random::RandomStreams;

/// Simulates a trial. `setting` was drawn for it; `record` takes what it records; `after_tick` gets the number of each tick
/// when it is over, and a look at the trial.
pub fn simulate(
    world: &World,
    setting: &TrialInputs,
    rules: &mut Rules,
    state: &mut State,
    record: &mut Record,
    mut after_tick: impl FnMut(usize, Probe),
) {
    state.start(world, setting, rules);
    record.start(world);
    let chance = setting.chance.unwrap_or(RandomStreams::new(0, setting.trial));
    let assesses_capacity = record.keeps_capacity() || rules.ladder.is_some() || adaptation::waits_for_shortage(world);
    let mut trial = TickContext { world, setting, rules, chance, pace: world.calendar.pace(0), assesses_capacity };
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
