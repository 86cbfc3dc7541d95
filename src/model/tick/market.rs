//! Markets: what operators order, from whom, and what is put into service. E9.

use rand_distr::Distribution;

use super::{expansion, restriction};
use crate::math::{self, Gamma};
use crate::model::state::State;
use crate::model::trial::TickContext;
use crate::model::world::Market;
use crate::model::world::calendar::month_of;
use crate::model::world::ids::MarketId;
use crate::model::world::random::StreamId;

/// Step 3: impatient orders leave for rivals, demand is drawn and awarded.
pub fn demand_and_award(context: &TickContext, state: &mut State, tick: usize) {
    state.awarded.fill(0.0);
    state.departed.fill(0.0);
    state.zones.removed.fill(0.0);
    expansion::before_orders(context, state);
    for (m, market) in context.world.markets.iter().enumerate() {
        let at = m * context.world.calendar.ticks + tick;
        let (leaving, demand) = (context.inputs.leaving[at], context.inputs.demand[at]);
        let zoned = restriction::open_zones(context, state, MarketId::at(m), tick);
        expect_shares(context, state, market);
        if zoned {
            restriction::depart(context, state, market, MarketId::at(m), tick, leaving);
            draw_shares(context, state, market, tick);
            restriction::award(context, state, market, MarketId::at(m), tick, demand);
        } else {
            depart(state, market, leaving);
            draw_shares(context, state, market, tick);
            award(state, market, demand);
        }
        restriction::foresee(context, state, market, MarketId::at(m), tick);
    }
    expansion::expand(context, state, tick);
}

/// Expected shares: a logit in which all terms are taken relative to the start, so that with prices, delivery and shares
/// as they were the shares stay those of the start.
fn expect_shares(context: &TickContext, state: &mut State, market: &Market) {
    let (world, inputs) = (context.world, context.inputs);
    let weight = |id| inputs.value(id);
    let delivery = weight(world.behaviour.delivery_weight);
    let loyalty = weight(world.behaviour.loyalty_weight);
    let price = weight(world.behaviour.price_weight);
    let mut total = 0.0;
    for (s, position) in market.vendors.iter().enumerate() {
        let i = market.positions.start + s;
        let start = inputs.shares[i];
        if start <= 0.0 {
            state.expected_share[i] = 0.0;
            continue;
        }
        let vendor_line = position.vendor_line.ix();
        let mut utility = delivery * (state.fill[vendor_line] - 1.0) + loyalty * (state.share[i] - start);
        if let Some(policy) = position.policy {
            utility -= weight(policy);
        }
        // A change of cost is passed on in full; relative to the market's mean it is the same for all and drops out.
        let listed = weight(world.vendor_lines[vendor_line].price);
        let now = state.price_now(listed, vendor_line);
        if listed > 0.0 && now != listed {
            utility -= price * math::ln(now / listed);
        }
        let odds = start * math::exp(utility);
        state.expected_share[i] = odds;
        total += odds;
    }
    if total > 0.0 {
        for i in market.positions.clone() {
            state.expected_share[i] /= total;
        }
    }
}

/// Undelivered orders leave at the departure rate, to rivals by expected share.
fn depart(state: &mut State, market: &Market, leaving: f64) {
    for i in market.positions.clone() {
        state.departed[i] = state.backlog[i] * leaving;
    }
    for i in market.positions.clone() {
        let elsewhere = 1.0 - state.expected_share[i];
        if state.departed[i] <= 0.0 || elsewhere <= 1e-9 {
            state.departed[i] = 0.0;
            continue;
        }
        state.backlog[i] -= state.departed[i];
        for j in market.positions.clone() {
            if j != i {
                state.backlog[j] += state.departed[i] * state.expected_share[j] / elsewhere;
            }
        }
    }
}

/// Shares of the awards are Dirichlet about the expected shares: gamma numbers, those of a market drawn in one block, over
/// their sum.
fn draw_shares(context: &TickContext, state: &mut State, market: &Market, tick: usize) {
    let (world, inputs, streams) = (context.world, context.inputs, context.streams);
    let concentration = inputs.value(world.behaviour.award_concentration);
    let month = month_of(&world.calendar, tick);
    let (block, expected) =
        (&mut state.share[market.positions.clone()], &state.expected_share[market.positions.clone()]);
    for ((share, expected), position) in block.iter_mut().zip(expected).zip(&market.vendors) {
        let shape = concentration * expected;
        *share = match Gamma::new(shape, 1.0) {
            Some(gamma) if shape > 1e-6 => gamma.sample(&mut streams.stream(StreamId::Award, position.key, month)),
            _ => 0.0,
        };
    }
    let total: f64 = block.iter().sum();
    if total > 0.0 {
        block.iter_mut().for_each(|share| *share /= total);
    } else {
        block.copy_from_slice(expected);
    }
}

/// Awards demand by the shares drawn.
fn award(state: &mut State, market: &Market, demand: f64) {
    for (s, position) in market.vendors.iter().enumerate() {
        let i = market.positions.start + s;
        let units = demand * state.share[i];
        state.backlog[i] += units;
        state.won[i] = units;
        state.awarded[position.vendor_line.ix()] += units;
    }
}

/// Step 7: finished products go to the backlogs, within what a market can install.
pub fn deploy(context: &TickContext, state: &mut State, tick: usize) {
    offer_deliveries(context, state);
    limit_installation(context, state, tick);
    restriction::deliver(context, state);
    let (world, inputs) = (context.world, context.inputs);
    let (months, keep) = (context.pace.months, inputs.fill_kept[tick]);
    for (p, vendor_line) in world.vendor_lines.iter().enumerate() {
        let (mut due, mut delivered) = (0.0, 0.0);
        for position in &vendor_line.positions {
            let i = position.position as usize;
            due += state.backlog[i];
            delivered += state.delivered[i];
            state.backlog[i] -= state.delivered[i];
        }
        state.finished[p] = (state.finished[p] - delivered).max(0.0);
        state.deployed[p] = delivered;
        state.installed[p] += delivered;
        // Added up as a trial's total is, from what is recorded a month: the two are the same number to the last bit.
        state.cumulative[p] += delivered / months * months;
        if due > 0.0 {
            state.fill[p] = keep * state.fill[p] + (1.0 - keep) * (delivered / due).min(1.0);
        }
    }
}

/// Each vendor line's finished products, divided over its markets by backlog.
fn offer_deliveries(context: &TickContext, state: &mut State) {
    for (p, vendor_line) in context.world.vendor_lines.iter().enumerate() {
        let due = state.backlog_of(vendor_line);
        let part = if due > 0.0 { (state.finished[p] / due).min(1.0) } else { 0.0 };
        for position in &vendor_line.positions {
            state.delivered[position.position as usize] = state.backlog[position.position as usize] * part;
        }
    }
}

/// A market installs no more than a multiple of its planned demand; its vendors share a shortfall alike.
fn limit_installation(context: &TickContext, state: &mut State, tick: usize) {
    let (world, inputs) = (context.world, context.inputs);
    for (m, market) in world.markets.iter().enumerate() {
        let most = inputs.value(market.installation) * inputs.planned[m * world.calendar.ticks + tick];
        let deliveries = &mut state.delivered[market.positions.clone()];
        let total: f64 = deliveries.iter().sum();
        if total > most {
            deliveries.iter_mut().for_each(|units| *units *= most / total);
        }
    }
}
