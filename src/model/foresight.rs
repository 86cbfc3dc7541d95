//! What a watched vendor can count on (E10): for each cell of its lines, what will come in over the next twelve months as
//! known at the end of the tick. It is asked for every source in every tick and looks at every tick ahead, so it is the
//! hottest loop of the model: it goes over columns, from buffers of the state, with no branch inside.

use super::calendar::{MONTH, OUTLOOK_MONTHS};
use super::ids::*;
use super::procurement::ramp;
use super::state::State;
use super::state::watched;
use super::supplier::dependable;
use super::tick::Trial;

/// What will come into a cell in each of the next twelve months: orders under way that may ship, and from the lead time
/// on the flow that its sources can be counted on for. A source that is known not to obey counts like a permitted one: its
/// parts will come.
pub fn foresee(trial: &Trial, state: &mut State, cell: usize, tick: usize) {
    let mut inflow = [0.0; OUTLOOK_MONTHS];
    for link in trial.world.cells[cell].links.clone() {
        foresee_link(trial, state, LinkId::at(link), tick, &mut inflow);
    }
    state.inflow[cell] = inflow;
}

fn foresee_link(trial: &Trial, state: &mut State, link: LinkId, tick: usize, inflow: &mut [f64; OUTLOOK_MONTHS]) {
    let (world, calendar) = (trial.world, &trial.world.calendar);
    let qualified = state.qualified[link.ix()];
    if qualified > f64::from(calendar.first_day[tick]) + OUTLOOK_MONTHS as f64 * MONTH {
        return;
    }
    let record = &world.links[link.ix()];
    let ahead = calendar.ahead(tick);
    let flow = dependable(trial, state, link, tick);
    let lead = trial.setting.terms[record.offer.ix()].lead;
    let mut buffer = std::mem::take(&mut state.ahead);
    let arrivals = &mut buffer[..ahead.end.len()];
    orders_ahead(trial, state, link, tick, arrivals);
    // From the lead time on, the flow.
    let columns = arrivals.iter_mut().zip(ahead.end.iter().zip(ahead.length));
    if qualified == f64::NEG_INFINITY {
        columns.for_each(|(units, (end, length))| *units += flow * (end - lead).clamp(0.0, *length));
    } else {
        for (i, (units, (end, length))) in columns.enumerate() {
            let day = f64::from(calendar.first_day[tick + 1 + i]);
            *units += flow * (end - lead).clamp(0.0, *length) * ramp(trial, state, link, day);
        }
    }
    let may_leave = admit(trial, state, record.watch, record.offer, tick, arrivals);
    let (own, rest) = arrivals.split_at(ahead.month_by_month);
    inflow.iter_mut().zip(own).for_each(|(month, units)| *month += units);
    for (month, units) in ahead.month[ahead.month_by_month..].iter().zip(rest) {
        inflow[usize::from(*month)] += units;
    }
    if state.carried[link.ix()] > 0.0 {
        inflow[0] += state.carried[link.ix()] * may_leave;
    }
    state.ahead = buffer;
}

/// Writes what falls due in each tick ahead. The ring's slot for this tick is not ahead; past the ring nothing is ordered.
fn orders_ahead(trial: &Trial, state: &State, link: LinkId, tick: usize, arrivals: &mut [f64]) {
    let size = trial.world.ring;
    let ring = &state.ring[link.ix() * size..(link.ix() + 1) * size];
    let from = (tick + 1) & (size - 1);
    let count = arrivals.len().min(size - 1);
    let before_end = count.min(size - from);
    arrivals[..before_end].copy_from_slice(&ring[from..from + before_end]);
    if before_end < arrivals.len() {
        arrivals[before_end..count].copy_from_slice(&ring[..count - before_end]);
        arrivals[count..].fill(0.0);
    }
}

/// Keeps of each tick's arrivals the part that may leave, and returns that part of the first tick.
fn admit(
    trial: &Trial,
    state: &State,
    watch: Option<WatchId>,
    offer: OfferId,
    tick: usize,
    arrivals: &mut [f64],
) -> f64 {
    let Some(watch) = watch else { return 1.0 };
    let (world, rules) = (trial.world, trial.rules);
    let outlook = rules.outlook(state.outlook[watched(watch, offer.ix(), world.offers.len())] as usize);
    if outlook.always_open {
        return 1.0;
    }
    let disobeys = !trial.setting.complies[world.offers[offer.ix()].home.ix()];
    let known = rules.known[tick + 1];
    let shares = &outlook.counted[usize::from(disobeys)][known][tick + 1..];
    let (from, until) = state.license[watched(watch, offer.ix(), world.offers.len())].held;
    if until <= from {
        arrivals.iter_mut().zip(shares).for_each(|(units, share)| *units *= share);
        return shares[0];
    }
    let used = trial.setting.value(world.behaviour.license_use);
    let part = |i: usize| {
        let share = shares[i];
        if share >= 1.0 {
            return 1.0;
        }
        let held = world.calendar.share_within(tick + 1 + i, from, until);
        (share + held * (1.0 - share).max(0.0) * used).min(1.0)
    };
    arrivals.iter_mut().enumerate().for_each(|(i, units)| *units *= part(i));
    part(0)
}
