//! What a watched vendor can count on (E10): for each cell of its lines, what will come in over the next twelve months as
//! known at the end of the tick. It is asked for every source in every tick and looks at every tick ahead, which makes it
//! the hottest loop of the model: source by source it goes over a column of ticks ahead, with no branch inside.

use super::procurement::{ramp, ramp_days};
use super::supplier::dependable;
use crate::model::state::{State, watched};
use crate::model::trial::TickContext;
use crate::model::world::VendorLine;
use crate::model::world::calendar::{Ahead, MONTH, OUTLOOK_MONTHS};
use crate::model::world::ids::*;

/// What will come into each cell of a pair in each of the next twelve months: orders under way that may ship, and from the
/// lead time on the flow that its sources can be counted on for. A source that is known not to obey counts like a
/// permitted one: its parts will come.
pub fn foresee(trial: &TickContext, state: &mut State, pair: &VendorLine, tick: usize) {
    let Some(watch) = pair.watch else { return };
    let mut space = std::mem::take(&mut state.coming);
    let ahead = trial.world.calendar.ahead(tick);
    let coming = &mut space[..ahead.end.len()];
    let horizon = f64::from(trial.world.calendar.first_day[tick]) + OUTLOOK_MONTHS as f64 * MONTH;
    for c in pair.cells.clone() {
        let mut inflow = [0.0; OUTLOOK_MONTHS];
        for l in trial.world.cells[c].links.clone() {
            let in_time = state.qualified[l] <= horizon;
            let flow = if in_time { dependable(trial, state, SourceId::at(l)) } else { 0.0 };
            if flow <= 0.0 && state.last_due[l] <= tick && state.carried[l] <= 0.0 {
                continue;
            }
            expect_flow(trial, state, coming, SourceId::at(l), flow, tick);
            expect_orders(trial, state, coming, l, tick);
            let admitted = admit(trial, state, coming, watch, trial.world.link_offers[l], tick);
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
fn expect_flow(trial: &TickContext, state: &State, coming: &mut [f64], link: SourceId, flow: f64, tick: usize) {
    let (calendar, offer) = (&trial.world.calendar, trial.world.link_offers[link.ix()]);
    let (ahead, lead) = (calendar.ahead(tick), trial.setting.lead(offer, tick).months);
    for ((units, end), length) in coming.iter_mut().zip(ahead.end).zip(ahead.length) {
        *units = flow * within(end - lead, *length);
    }
    let age = f64::from(calendar.first_day[tick + 1]) - state.qualified[link.ix()];
    if flow > 0.0 && age < ramp_days(trial) {
        for (units, first) in coming.iter_mut().zip(&calendar.first_day[tick + 1..]) {
            *units *= ramp(trial, state, link, f64::from(*first));
        }
    }
}

/// `x` held between 0 and `most`. Unlike `f64::clamp` it can't panic, so loops over it run on vector registers.
#[inline]
fn within(x: f64, most: f64) -> f64 {
    let x = if x > 0.0 { x } else { 0.0 };
    if x < most { x } else { most }
}

/// Orders by the tick in which they fall due. The ring's row for this tick is not ahead; past the ring nothing is on order.
fn expect_orders(trial: &TickContext, state: &State, coming: &mut [f64], l: usize, tick: usize) {
    let ordered = state.last_due[l].min(tick + trial.world.ring - 1);
    for (units, due) in coming.iter_mut().zip(tick + 1..=ordered) {
        *units += state.ring[trial.world.slot(l, due)];
    }
}

/// Keeps of what comes from a source the part that may leave, and returns that part for the first tick ahead.
fn admit(trial: &TickContext, state: &State, coming: &mut [f64], watch: TargetId, offer: OfferId, tick: usize) -> f64 {
    let (world, ahead) = (trial.world, coming.len());
    let outlook = trial.outlook(state, watch, offer);
    // After the turn, if a rung of a ladder is announced. It only adds to what is forbidden.
    let after = trial.outlook_then(state, watch, offer, tick + ahead);
    if after.always_open {
        return 1.0;
    }
    let disobeys = usize::from(!trial.setting.obeys[world.offers[offer.ix()].supplier.ix()]);
    let known = trial.rules.known_by_end[tick];
    let shares = &outlook.counted[disobeys][known][tick + 1..];
    let shares_after = &after.counted[disobeys][known][tick + 1..];
    let turn = state.escalation.turn.saturating_sub(tick + 1).min(ahead);
    let (from, until) = state.license[watched(watch, offer.ix(), world.offers.len())].held;
    if until <= from {
        coming[..turn].iter_mut().zip(shares).for_each(|(units, share)| *units *= share);
        coming[turn..].iter_mut().zip(&shares_after[turn..]).for_each(|(units, share)| *units *= share);
        return if turn > 0 { shares[0] } else { shares_after[0] };
    }
    let used = trial.setting.value(world.behaviour.license_use);
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
