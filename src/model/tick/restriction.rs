//! Restrictions of markets (E9): from a day on a part of a market's demand, its *zone*, buys nothing more from some vendors,
//! or no more than a cap, and may have to take out what they delivered by a deadline. A zone has a share of the market's
//! demand, and from its first day accounts of its own: who is still to deliver there, and whose products serve there. Before
//! its first day a zone is like the rest of its market.

use crate::model::rules::Rules;
use crate::model::rules::restriction::Restriction;
use crate::model::state::State;
use crate::model::trial::TickContext;
use crate::model::world::Market;
use crate::model::world::calendar::{MONTH, OUTLOOK_MONTHS};
use crate::model::world::ids::MarketId;

/// The restrictions of a market with open zones, by number.
fn open_in<'a>(rules: &'a Rules, open: &'a [bool], market: MarketId) -> impl Iterator<Item = (usize, &'a Restriction)> {
    let all = rules.restrictions.iter().enumerate();
    all.filter(move |(k, restriction)| open[*k] && restriction.market == market)
}

/// Opens the zones of restrictions that start in the tick and closes those that ended. Whether the market has any.
pub fn open_zones(context: &TickContext, state: &mut State, market: MarketId, tick: usize) -> bool {
    let (rules, calendar) = (context.rules, &context.world.calendar);
    let zones = &mut state.zones;
    let mut any = false;
    for (k, restriction) in rules.restrictions.iter().enumerate().filter(|(_, r)| r.market == market) {
        if restriction.in_force(calendar, tick) <= 0.0 {
            zones.open[k] = false;
            continue;
        }
        any = true;
        if zones.open[k] {
            continue;
        }
        // The zone takes its part of what lies outside the zones that are open already.
        let other: f64 = open_in(rules, &zones.open, market).map(|(o, _)| zones.share[o]).sum();
        let part = if other < 1.0 { (zones.share[k] / (1.0 - other)).min(1.0) } else { 0.0 };
        for (s, position) in context.world.markets[market.ix()].positions.clone().enumerate() {
            let (mut backlog, mut in_service) = (state.backlog[position], zones.position_in_service[position]);
            for (_, open) in open_in(rules, &zones.open, market) {
                backlog -= zones.backlog[open.row + s];
                in_service -= zones.in_service[open.row + s];
            }
            zones.backlog[restriction.row + s] = backlog.max(0.0) * part;
            zones.in_service[restriction.row + s] = in_service.max(0.0) * part;
        }
        zones.open[k] = true;
    }
    any
}

/// Undelivered orders leave a market with zones, at a rate: those of a zone for vendors that may supply it. A purchase ban
/// leaves orders in hand where they are, but on the day after the last one of a removal they all leave.
pub fn depart(context: &TickContext, state: &mut State, market: &Market, m: MarketId, tick: usize, leaving: f64) {
    let (rules, calendar) = (context.rules, &context.world.calendar);
    let (zones, width) = (&mut state.zones, market.vendors.len());
    zones.all_coming.fill(0.0);
    let expected = &state.expected_share[market.positions.clone()];
    for (s, position) in market.positions.clone().enumerate() {
        let inside: f64 = open_in(rules, &zones.open, m).map(|(_, zone)| zones.backlog[zone.row + s]).sum();
        zones.leaving[s] = (state.backlog[position] - inside).max(0.0) * leaving;
    }
    move_orders(expected, &mut zones.leaving[..width], &mut zones.all_coming[..width]);
    state.departed[market.positions.clone()].copy_from_slice(&zones.leaving[..width]);
    for (_, zone) in open_in(rules, &zones.open, m) {
        let overdue = zone.overdue(f64::from(calendar.first_day[tick]));
        zone.share_out(expected, &mut zones.shares[..width]);
        zones.coming.fill(0.0);
        for s in 0..width {
            let part = if overdue && zone.restricted[s] { 1.0 } else { leaving };
            zones.leaving[s] = zones.backlog[zone.row + s] * part;
        }
        move_orders(&zones.shares[..width], &mut zones.leaving[..width], &mut zones.coming[..width]);
        for s in 0..width {
            zones.backlog[zone.row + s] = (zones.backlog[zone.row + s] - zones.leaving[s]).max(0.0) + zones.coming[s];
            zones.all_coming[s] += zones.coming[s];
            state.departed[market.positions.start + s] += zones.leaving[s];
        }
    }
    for (s, position) in market.positions.clone().enumerate() {
        state.backlog[position] = (state.backlog[position] - state.departed[position]).max(0.0) + zones.all_coming[s];
    }
}

/// Orders that leave each vendor go to the others by share. Where there is no other, they stay.
fn move_orders(shares: &[f64], leaving: &mut [f64], coming: &mut [f64]) {
    let all: f64 = shares.iter().sum();
    for s in 0..shares.len() {
        let elsewhere = all - shares[s];
        if elsewhere <= 1e-9 {
            leaving[s] = 0.0;
        }
        if leaving[s] > 0.0 {
            for (j, coming) in coming.iter_mut().enumerate().filter(|(j, _)| *j != s) {
                *coming += leaving[s] * shares[j] / elsewhere;
            }
        }
    }
}

/// Awards a market with zones: outside them by the shares drawn for the market; in each by the same draws among those who
/// may supply it, pro rata to the days in force. What is removed is bought anew, in the zone.
pub fn award(context: &TickContext, state: &mut State, market: &Market, m: MarketId, tick: usize, demand: f64) {
    let (rules, calendar) = (context.rules, &context.world.calendar);
    let (zones, width) = (&mut state.zones, market.vendors.len());
    let inside: f64 = open_in(rules, &zones.open, m).map(|(k, _)| zones.share[k]).sum();
    for (s, position) in market.vendors.iter().enumerate() {
        let units = demand * (1.0 - inside).max(0.0) * state.share[market.positions.start + s];
        state.backlog[market.positions.start + s] += units;
        state.awarded[position.vendor_line.ix()] += units;
    }
    let (first, next) = (f64::from(calendar.first_day[tick]), f64::from(calendar.first_day[tick + 1]));
    for (k, zone) in open_in(rules, &zones.open, m) {
        let mut removed = 0.0;
        let part = zone.removed_part(first, next);
        for (s, position) in market.vendors.iter().enumerate().filter(|(s, _)| zone.restricted[*s]) {
            let gone = zones.in_service[zone.row + s] * part;
            let (vendor_line, place) = (position.vendor_line.ix(), market.positions.start + s);
            zones.in_service[zone.row + s] -= gone;
            zones.position_in_service[place] = (zones.position_in_service[place] - gone).max(0.0);
            state.installed[vendor_line] = (state.installed[vendor_line] - gone).max(0.0);
            zones.removed[vendor_line] += gone;
            removed += gone;
        }
        let in_force = zone.in_force(calendar, tick);
        let shares = &state.share[market.positions.clone()];
        zone.share_out(shares, &mut zones.shares[..width]);
        for (s, position) in market.vendors.iter().enumerate() {
            let (free, restricted) = (shares[s], zones.shares[s]);
            let new = demand * zones.share[k] * (in_force * restricted + (1.0 - in_force) * free);
            let units = new + removed * restricted;
            zones.backlog[zone.row + s] += units;
            state.backlog[market.positions.start + s] += units;
            state.awarded[position.vendor_line.ix()] += units;
        }
    }
}

/// What the restrictions known by now change in the awards that the vendors of a market can expect over the next twelve
/// months (E5): a firm plans with a ban from its announcement on.
pub fn foresee(context: &TickContext, state: &mut State, market: &Market, m: MarketId, tick: usize) {
    let (rules, calendar) = (context.rules, &context.world.calendar);
    if rules.restrictions.is_empty() {
        return;
    }
    let (zones, width) = (&mut state.zones, market.vendors.len());
    zones.demand_outlook[market.positions.clone()].fill(0.0);
    let first = f64::from(calendar.first_day[tick]);
    let year = OUTLOOK_MONTHS as f64 * MONTH;
    let demand = context.inputs.demand_outlook[m.ix() * calendar.ticks + tick];
    let expected = &state.expected_share[market.positions.clone()];
    for (k, zone) in rules.restrictions.iter().enumerate() {
        if zone.market != m || zone.announced > first || zone.until <= first {
            continue;
        }
        let in_force = ((zone.until.min(first + year) - zone.from.max(first)) / year).clamp(0.0, 1.0);
        zone.share_out(expected, &mut zones.shares[..width]);
        let there = |s: usize| match zones.open[k] {
            true => zones.in_service[zone.row + s],
            false => zones.position_in_service[market.positions.start + s] * zones.share[k],
        };
        let in_service: f64 = (0..width).filter(|s| zone.restricted[*s]).map(there).sum();
        let replaced = in_service * zone.removed_part(first, first + year) / OUTLOOK_MONTHS as f64;
        for (s, expected) in expected.iter().enumerate() {
            let moved = demand * zones.share[k] * in_force * (zones.shares[s] - expected);
            zones.demand_outlook[market.positions.start + s] += moved + replaced * zones.shares[s];
        }
    }
    for (s, expected) in expected.iter().enumerate() {
        let demand_outlook = &mut zones.demand_outlook[market.positions.start + s];
        *demand_outlook = demand_outlook.max(-demand * expected);
    }
}

/// Products that go into service this tick, before they leave the backlogs: the zones' part of each delivery is that of
/// the backlog.
pub fn deliver(context: &TickContext, state: &mut State) {
    if context.rules.restrictions.is_empty() {
        return;
    }
    let zones = &mut state.zones;
    for (in_service, delivered) in zones.position_in_service.iter_mut().zip(&state.delivered) {
        *in_service += delivered;
    }
    for (_, zone) in context.rules.restrictions.iter().enumerate().filter(|(k, _)| zones.open[*k]) {
        for (s, position) in context.world.markets[zone.market.ix()].positions.clone().enumerate() {
            let backlog = state.backlog[position];
            let part = if backlog > 0.0 { (state.delivered[position] / backlog).min(1.0) } else { 0.0 };
            let units = zones.backlog[zone.row + s] * part;
            zones.backlog[zone.row + s] -= units;
            zones.in_service[zone.row + s] += units;
        }
    }
}
