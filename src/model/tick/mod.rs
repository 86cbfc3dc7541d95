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

/// Simulates a trial. `inputs` was drawn for it; `record` takes what it records; `after_tick` gets the number of each tick
/// when it is over, and a look at the trial.
pub fn simulate(
    world: &World,
    inputs: &TrialInputs,
    rules: &mut Rules,
    state: &mut State,
    record: &mut Record,
    mut after_tick: impl FnMut(usize, Probe),
) {
    state.start(world, inputs, rules);
    record.start(world);
    let streams = inputs.streams.unwrap_or(RandomStreams::new(0, inputs.trial));
    let assesses_capacity = record.keeps_capacity() || rules.ladder.is_some() || adaptation::waits_for_shortage(world);
    let mut context = TickContext { world, inputs, rules, streams, pace: world.calendar.pace(0), assesses_capacity };
    for tick in 0..world.calendar.ticks {
        context.pace = world.calendar.pace(tick);
        regulator::change_rules(&context, state, tick);
        licenses::decide_applications(&context, state, tick);
        market::demand_and_award(&context, state, tick);
        procurement::order(&context, state, tick);
        supplier::ship(&context, state, tick);
        production::build(&context, state, tick);
        market::deploy(&context, state, tick);
        adaptation::adapt(&context, state, tick);
        record.write(&context, state, tick);
        after_tick(tick, Probe::new(&context, state, tick));
    }
}
