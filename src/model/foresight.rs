//! What a watched vendor can count on (E10): for each cell of its lines, what will come in over the next twelve months as
//! known at the end of the tick. It is asked for every source in every tick and looks at every tick ahead, which makes it
//! the hottest loop of the model: it goes over a table of ticks ahead × links, row by row, with no branch inside.

use super::calendar::{Ahead, MONTH, OUTLOOK_MONTHS};
use super::ids::*;
use super::procurement::{ramp, ramp_days};
use super::state::{State, watched};
use super::supplier::dependable;
use super::tick::Trial;
use super::world::{Pair, World};

/// Work space of the look ahead: columns of a pair's links, and the table.
#[derive(Debug, Clone, Default)]
pub struct Lookahead {
    /// Flow that each source can be counted on for, units a month.
    flow: Vec<f64>,
    /// Lead time of each, months.
    lead: Vec<f64>,
    /// What may leave of what is due in the next tick, share.
    admitted: Vec<f64>,
    /// What will come: a row of links for each tick ahead, units.
    arrivals: Vec<f64>,
}

impl Lookahead {
    /// Sizes the work space for a world.
    pub fn size(&mut self, world: &World) {
        let most = world.pairs.iter().map(|pair| pair.links.len()).max().unwrap_or(0);
        for column in [&mut self.flow, &mut self.lead, &mut self.admitted] {
            column.resize(most, 0.0);
        }
        self.arrivals.resize(most * world.calendar.most_ahead(), 0.0);
    }
}

/// What will come into each cell of a pair in each of the next twelve months: orders under way that may ship, and from the
/// lead time on the flow that its sources can be counted on for. A source that is known not to obey counts like a
/// permitted one: its parts will come.
pub fn foresee(trial: &Trial, state: &mut State, pair: &Pair, tick: usize) {
    if pair.links.is_empty() {
        return;
    }
    let mut space = std::mem::take(&mut state.lookahead);
    let ahead = trial.world.calendar.ahead(tick);
    let (first, ramp) = (f64::from(trial.world.calendar.first_day[tick + 1]), ramp_days(trial));
    fill_columns(trial, state, &mut space, pair, tick);
    fill_arrivals(trial, state, &mut space, pair, tick);
    for (i, l) in pair.links.clone().enumerate() {
        if space.flow[i] > 0.0 && first - state.qualified[l] < ramp {
            ramp_up(trial, state, &mut space, pair, i, tick);
        }
        space.admitted[i] = admit(trial, state, &mut space.arrivals, pair, i, tick);
    }
    for c in pair.cells.clone() {
        let links = &trial.world.cells[c].links;
        state.inflow[c] = [0.0; OUTLOOK_MONTHS];
        for l in links.clone() {
            add_up(&mut state.inflow[c], &space.arrivals, pair.links.len(), l - pair.links.start, &ahead);
            if state.carried[l] > 0.0 {
                state.inflow[c][0] += state.carried[l] * space.admitted[l - pair.links.start];
            }
        }
    }
    state.lookahead = space;
}

fn fill_columns(trial: &Trial, state: &State, space: &mut Lookahead, pair: &Pair, tick: usize) {
    let horizon = f64::from(trial.world.calendar.first_day[tick]) + OUTLOOK_MONTHS as f64 * MONTH;
    for (i, l) in pair.links.clone().enumerate() {
        let in_time = state.qualified[l] <= horizon;
        space.flow[i] = if in_time { dependable(trial, state, LinkId::at(l), tick) } else { 0.0 };
        space.lead[i] = trial.setting.lead(trial.world.link_offers[l], tick).months;
    }
}

/// Orders by the tick in which they fall due, and from the lead time on the flow.
fn fill_arrivals(trial: &Trial, state: &State, space: &mut Lookahead, pair: &Pair, tick: usize) {
    let (world, ahead) = (trial.world, trial.world.calendar.ahead(tick));
    let width = pair.links.len();
    let (flow, lead) = (&space.flow[..width], &space.lead[..width]);
    for (i, row) in space.arrivals.chunks_exact_mut(width).take(ahead.end.len()).enumerate() {
        // The ring's row for this tick is not ahead; past the ring nothing is on order.
        if i + 1 < world.ring {
            row.copy_from_slice(&state.ring[world.row(tick + 1 + i)][pair.links.clone()]);
        } else {
            row.fill(0.0);
        }
        let (end, length) = (ahead.end[i], ahead.length[i]);
        for ((units, flow), lead) in row.iter_mut().zip(flow).zip(lead) {
            *units += flow * within(end - lead, length);
        }
    }
}

/// `x` held between 0 and `most`. Unlike `f64::clamp` it can't panic, so loops over it run on vector registers.
#[inline]
fn within(x: f64, most: f64) -> f64 {
    let x = if x > 0.0 { x } else { 0.0 };
    if x < most { x } else { most }
}

/// Does a newly qualified source again, whose flow ramps up.
fn ramp_up(trial: &Trial, state: &State, space: &mut Lookahead, pair: &Pair, i: usize, tick: usize) {
    let (world, l) = (trial.world, pair.links.start + i);
    let ahead = world.calendar.ahead(tick);
    for (k, (end, length)) in ahead.end.iter().zip(ahead.length).enumerate() {
        let then = tick + 1 + k;
        let ordered = if k + 1 < world.ring { state.ring[world.slot(l, then)] } else { 0.0 };
        let part = ramp(trial, state, LinkId::at(l), f64::from(world.calendar.first_day[then]));
        space.arrivals[k * pair.links.len() + i] =
            ordered + space.flow[i] * within(end - space.lead[i], *length) * part;
    }
}

/// Keeps of what comes from a source the part that may leave, and returns that part for the first tick ahead.
fn admit(trial: &Trial, state: &State, arrivals: &mut [f64], pair: &Pair, i: usize, tick: usize) -> f64 {
    let (world, rules) = (trial.world, trial.rules);
    let (Some(watch), offer) = (pair.watch, world.link_offers[pair.links.start + i].ix()) else { return 1.0 };
    let ahead = world.calendar.ahead(tick).end.len();
    let outlook = trial.outlook(state, watch, OfferId::at(offer));
    // After the turn, if a rung of a ladder is announced. It only adds to what is forbidden.
    let after = trial.outlook_then(state, watch, OfferId::at(offer), tick + ahead);
    if after.always_open {
        return 1.0;
    }
    let disobeys = !trial.setting.obeys[world.offers[offer].supplier.ix()];
    let known = rules.known_by_end[tick];
    let shares = &outlook.counted[usize::from(disobeys)][known][tick + 1..];
    let shares_after = &after.counted[usize::from(disobeys)][known][tick + 1..];
    let turn = state.escalation.turn.saturating_sub(tick + 1).min(ahead);
    let (from, until) = state.license[watched(watch, offer, world.offers.len())].held;
    let used = trial.setting.value(world.behaviour.license_use);
    let part = |k: usize| {
        let share = if k < turn { shares[k] } else { shares_after[k] };
        if share >= 1.0 || until <= from {
            return share;
        }
        let held = world.calendar.share_within(tick + 1 + k, from, until);
        (share + held * (1.0 - share).max(0.0) * used).min(1.0)
    };
    for k in 0..ahead {
        arrivals[k * pair.links.len() + i] *= part(k);
    }
    part(0)
}

/// Adds a source's column of the table to the months.
#[inline]
fn add_up(inflow: &mut [f64; OUTLOOK_MONTHS], arrivals: &[f64], width: usize, column: usize, ahead: &Ahead) {
    for ((month, within), row) in ahead.month.iter().zip(ahead.within).zip(arrivals.chunks_exact(width)) {
        inflow[usize::from(*month)] += row[column] * within;
    }
}
