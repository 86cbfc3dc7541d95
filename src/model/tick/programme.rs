//! Domestic programmes (section 6): an offer that is being developed. It matures when the hazard that has built up reaches a
//! level drawn once a trial; what its target buyer sees of risk makes the hazard build up faster, so that in the same
//! trial more effort only brings the day forward. Then its capacity ramps up.

use crate::math;
use crate::model::setting::TrialInputs;
use crate::model::state::programme::Maturing;
use crate::model::state::{State, target_index};
use crate::model::trial::TickContext;
use crate::model::world::calendar::MONTH;
use crate::model::world::ids::*;
use crate::model::world::{Programme, World};

/// Puts the programmes to the start: until then risk was at rest.
pub fn start(world: &World, inputs: &TrialInputs, state: &mut State) {
    state.programmes.clear();
    for (offer, threshold) in world.programmes.iter().zip(&inputs.thresholds) {
        let mut maturing = Maturing { built_up: 0.0, day: f64::INFINITY };
        if let Some(programme) = &world.offers[offer.ix()].programme {
            let at_rest = |target: &TargetId| inputs.risk_at_rest(&world.vendors[world.targets[target.ix()].ix()]);
            let risk = world.offers[offer.ix()].targets.iter().map(at_rest).fold(0.0, f64::max);
            maturing.build_up(inputs, programme, risk, programme.start, 0.0, *threshold);
            state.output[offer.ix()] = output(inputs, programme, &maturing, world.calendar.middle(0));
        }
        state.programmes.push(maturing);
    }
}

/// A tick's progress, and what each programme gives of its capacity in the next tick.
pub fn mature(context: &TickContext, state: &mut State, tick: usize) {
    let (world, inputs) = (context.world, context.inputs);
    let calendar = &world.calendar;
    let (from, until) = (f64::from(calendar.first_day[tick]), f64::from(calendar.first_day[tick + 1]));
    for (i, offer) in world.programmes.iter().enumerate() {
        let record = &world.offers[offer.ix()];
        let Some(programme) = &record.programme else { continue };
        let risk_of = |target: &TargetId| state.risk[target_index(*target, record.class.ix(), world.classes.len())].1;
        let risk = record.targets.iter().map(risk_of).fold(0.0, f64::max);
        let threshold = inputs.thresholds[i];
        state.programmes[i].build_up(inputs, programme, risk, from.max(programme.start), until, threshold);
        let middle = calendar.middle(tick + 1);
        state.output[offer.ix()] = output(inputs, programme, &state.programmes[i], middle);
    }
}

impl Maturing {
    /// Lets hazard build up from a day to another; notes the day on which it reaches the threshold.
    fn build_up(&mut self, inputs: &TrialInputs, p: &Programme, risk: f64, from: f64, until: f64, threshold: f64) {
        if self.day < f64::INFINITY || until <= from {
            return;
        }
        let rate = inputs.value(p.hazard) * (1.0 + inputs.value(p.effort) * risk) / MONTH;
        let more = rate * (until - from);
        if rate > 0.0 && self.built_up + more >= threshold {
            self.day = (from + (threshold - self.built_up) / rate).max(p.earliest);
        }
        self.built_up += more;
    }
}

/// Share of its capacity that a programme gives on a day: none before it is mature; then what it lacks decays.
fn output(inputs: &TrialInputs, programme: &Programme, maturing: &Maturing, day: f64) -> f64 {
    let age = (day - maturing.day) / MONTH;
    if age < 0.0 {
        return 0.0;
    }
    let (first, time) = (inputs.value(programme.yield_start), inputs.value(programme.yield_time));
    if time > 0.0 { 1.0 - (1.0 - first) * math::exp(-age / time) } else { 1.0 }
}

/// Day from which there is something to qualify: always, but for programmes.
pub fn mature_from(world: &World, state: &State, offer: OfferId) -> f64 {
    match world.programmes.iter().position(|o| *o == offer) {
        Some(programme) => state.programmes[programme].day,
        None => f64::NEG_INFINITY,
    }
}
