//! What a target vendor can count on (E10): for each item of its lines, what will come in over the next twelve months as
//! known at the end of the tick. It is asked for every source in every tick and looks at every tick ahead, which makes it
//! the hottest loop of the model: source by source it goes over a column of ticks ahead, with no branch inside.

use crate::model::state::{State, target_index};
use crate::model::trial::TickContext;
use crate::model::world::VendorLine;
use crate::model::world::calendar::{Ahead, MONTH, OUTLOOK_MONTHS};
use crate::model::world::ids::*;

/// What will come into each item of a vendor line in each of the next twelve months: orders under way that may ship, and from the
/// lead time on the flow that its sources can be counted on for. A source that is known not to obey counts like a
/// permitted one: its parts will come.
pub fn foresee(context: &TickContext, state: &mut State, vendor_line: &VendorLine, tick: usize) {
    let Some(target) = vendor_line.target else { return };
    let mut space = std::mem::take(&mut state.coming);
    let ahead = context.world.calendar.ahead(tick);
    let coming = &mut space[..ahead.end.len()];
    let horizon = f64::from(context.world.calendar.first_day[tick]) + OUTLOOK_MONTHS as f64 * MONTH;
    for c in vendor_line.bom_items.clone() {
        let mut inflow = [0.0; OUTLOOK_MONTHS];
        for l in context.world.bom_items[c].sources.clone() {
            let in_time = state.qualified[l] <= horizon;
            let flow = if in_time { state.dependable(context.world, SourceId::at(l)) } else { 0.0 };
            if flow <= 0.0 && state.last_due[l] <= tick && state.carried[l] <= 0.0 {
                continue;
            }
            expect_flow(context, state, coming, SourceId::at(l), flow, tick);
            expect_orders(context, state, coming, l, tick);
            let admitted = admit(context, state, coming, target, context.world.source_offers[l], tick);
            add_up(&mut inflow, coming, &ahead);
            if state.carried[l] > 0.0 {
                inflow[0] += state.carried[l] * admitted;
            }
        }
        state.inflow[c] = inflow;
    }
    state.coming = space;
}

/// The flow of a source from the lead time on, and where it is newly qualified as it ramps up.
fn expect_flow(context: &TickContext, state: &State, coming: &mut [f64], source: SourceId, flow: f64, tick: usize) {
    let (calendar, offer) = (&context.world.calendar, context.world.source_offers[source.ix()]);
    let (ahead, lead) = (calendar.ahead(tick), context.inputs.lead(offer, tick).months);
    for ((units, end), length) in coming.iter_mut().zip(ahead.end).zip(ahead.length) {
        *units = flow * within(end - lead, *length);
    }
    let age = f64::from(calendar.first_day[tick + 1]) - state.qualified[source.ix()];
    if flow > 0.0 && age < context.inputs.ramp_days(context.world) {
        let ramp = context.inputs.ramp_days(context.world);
        for (units, first) in coming.iter_mut().zip(&calendar.first_day[tick + 1..]) {
            *units *= state.ramped(source, f64::from(*first), ramp);
        }
    }
}

/// `x` held between 0 and `most`. Unlike `f64::clamp` it can't panic, so loops over it run on vector registers.
#[inline]
fn within(x: f64, most: f64) -> f64 {
    let x = if x > 0.0 { x } else { 0.0 };
    if x < most { x } else { most }
}

/// Orders by the tick in which they fall due. The pipeline's row for this tick is not ahead; past the pipeline nothing is on order.
fn expect_orders(context: &TickContext, state: &State, coming: &mut [f64], l: usize, tick: usize) {
    let ordered = state.last_due[l].min(tick + context.world.pipeline_slots - 1);
    for (units, due) in coming.iter_mut().zip(tick + 1..=ordered) {
        *units += state.pipeline[context.world.slot(l, due)];
    }
}

/// Keeps of what comes from a source the part that may leave, and returns that part for the first tick ahead.
fn admit(
    context: &TickContext,
    state: &State,
    coming: &mut [f64],
    target: TargetId,
    offer: OfferId,
    tick: usize,
) -> f64 {
    let (world, ahead) = (context.world, coming.len());
    let schedule = context.schedule(state, target, offer);
    // After the turn, if a rung of a ladder is announced. It only adds to what is forbidden.
    let after = context.schedule_then(state, target, offer, tick + ahead);
    if after.always_open {
        return 1.0;
    }
    let disobeys = usize::from(!context.inputs.obeys[world.offers[offer.ix()].supplier.ix()]);
    let known = context.rules.known_by_end[tick];
    let shares = &schedule.counted[disobeys][known][tick + 1..];
    let shares_after = &after.counted[disobeys][known][tick + 1..];
    let turn = state.escalation.turn.saturating_sub(tick + 1).min(ahead);
    let (from, until) = state.license[target_index(target, offer.ix(), world.offers.len())].held;
    if until <= from {
        coming[..turn].iter_mut().zip(shares).for_each(|(units, share)| *units *= share);
        coming[turn..].iter_mut().zip(&shares_after[turn..]).for_each(|(units, share)| *units *= share);
        return if turn > 0 { shares[0] } else { shares_after[0] };
    }
    let used = context.inputs.value(world.behaviour.license_use);
    let part = |k: usize| {
        let share = if k < turn { shares[k] } else { shares_after[k] };
        if share >= 1.0 {
            return share;
        }
        let held = world.calendar.share_within(tick + 1 + k, from, until);
        (share + held * (1.0 - share).max(0.0) * used).min(1.0)
    };
    coming.iter_mut().enumerate().for_each(|(k, units)| *units *= part(k));
    part(0)
}

/// Adds what comes from a source to the months.
#[inline]
fn add_up(inflow: &mut [f64; OUTLOOK_MONTHS], coming: &[f64], ahead: &Ahead) {
    let (months, rest) = coming.split_at(ahead.months);
    for ((inflow, units), within) in inflow.iter_mut().zip(months).zip(ahead.within) {
        *inflow += units * within;
    }
    let places = ahead.month[ahead.months..].iter().zip(&ahead.within[ahead.months..]);
    for (units, (month, within)) in rest.iter().zip(places) {
        inflow[usize::from(*month)] += units * within;
    }
}
