//! Step 4, what vendors order: forecast and target stock (E5), orders (E6) within finance, and their division among
//! offers by price and risk.

use super::redesign;
use crate::model::state::{State, watched};
use crate::model::trial::TickContext;
use crate::model::world::Vendor;
use crate::model::world::calendar::MONTH;
use crate::model::world::ids::*;

/// Step 4.
pub fn order(trial: &TickContext, state: &mut State, tick: usize) {
    forecast(trial, state, tick);
    for (v, vendor) in trial.world.vendors.iter().enumerate() {
        want(trial, state, vendor, tick);
        let budget = budget(trial, state, v, vendor, tick);
        place(trial, state, vendor, tick, budget);
    }
}

/// F of E5: the mean of the no-control award path over the next twelve months, at the shares now expected, with error.
fn forecast(trial: &TickContext, state: &mut State, tick: usize) {
    let (world, setting) = (trial.world, trial.setting);
    let ticks = world.calendar.ticks;
    for (p, pair) in world.pairs.iter().enumerate() {
        let expected = |s: &crate::model::world::MarketPositionId| {
            let seat = s.seat as usize;
            setting.outlook[s.market.ix() * ticks + tick] * state.expected_share[seat] + state.zones.outlook[seat]
        };
        let path: f64 = pair.seats.iter().map(expected).sum();
        state.forecast[p] = path * setting.forecast_error[p * ticks + tick];
    }
    for (c, cell) in world.cells.iter().enumerate() {
        if cell.redesign.is_some() {
            state.units[c] = setting.units_at(world, BomItemId::at(c), world.calendar.middle(tick));
        }
    }
    redesign::set_units(world, setting, state, tick);
}

/// Q of E6 for each cell, in two parts: what running the line takes (the base stock), and what is hoarded on top against
/// perceived risk. An order brings stock and orders up to the target plus what is used until an order of today arrives
/// (its lead time and this tick): without that a class whose lead time exceeds its months of stock would starve at rest.
fn want(trial: &TickContext, state: &mut State, vendor: &Vendor, tick: usize) {
    let (world, setting) = (trial.world, trial.setting);
    let months = trial.pace.months;
    let cap = setting.value(world.behaviour.order_cap);
    let rest = setting.risk_at_rest(vendor);
    for p in vendor.pairs.clone() {
        let pair = &world.pairs[p];
        let base = setting.value(pair.base_stock);
        let extra = pair.risk_stock.map_or(0.0, |id| setting.value(id));
        state.hoard_value[p] = 0.0;
        state.wanted_value[p] = 0.0;
        for c in pair.cells.clone() {
            let Some((lead, price)) = find_sources(trial, state, c, tick) else {
                (state.wanted[c], state.hoarded[c]) = (0.0, 0.0);
                continue;
            };
            let risk = match vendor.watch {
                Some(watch) => state.risk[watched(watch, world.cells[c].class.ix(), world.classes.len())].1,
                None => rest,
            };
            let flow = state.units[c] * state.forecast[p];
            let (most, held) = (cap * flow * months, state.stock[c] + state.on_order[c]);
            let needed = (flow * (base + lead + months) - held).max(0.0).min(most);
            let order = (flow * (base + extra * risk + lead + months) - held).max(0.0).min(most);
            state.wanted[c] = needed;
            state.hoarded[c] = order - needed;
            state.wanted_value[p] += needed * price;
            state.hoard_value[p] += (order - needed) * price;
        }
    }
}

/// Lists the sources that a cell can order from, best first, and returns the lead time (months) and price of the first.
fn find_sources(trial: &TickContext, state: &mut State, cell: usize, tick: usize) -> Option<(f64, f64)> {
    let world = trial.world;
    let links = &world.cells[cell].links;
    match world.pairs[world.cells[cell].pair.ix()].watch {
        Some(watch) => rank_sources(trial, state, watch, cell, tick),
        None => list_qualified(trial, state, cell, tick),
    }
    if state.source_count[cell] == 0 {
        return None;
    }
    let first = world.links[state.sources[links.start].0.ix()].offer;
    Some((trial.setting.lead(first, tick).months, trial.setting.terms[first.ix()].price))
}

/// Sources of the unwatched: they see no risk, so their qualified sources stand in order of price already, and the list
/// holds until the next one is qualified.
fn list_qualified(trial: &TickContext, state: &mut State, cell: usize, tick: usize) {
    let day = f64::from(trial.world.calendar.first_day[tick]);
    if day < state.sources_until[cell] {
        return;
    }
    let links = trial.world.cells[cell].links.clone();
    let (first, mut count, mut until) = (links.start, 0, f64::INFINITY);
    for link in &trial.setting.ranked[links] {
        let qualified = state.qualified[link.ix()];
        if qualified > day {
            until = until.min(qualified);
        } else {
            state.sources[first + count] = (*link, 0.0);
            count += 1;
        }
    }
    state.sources_until[cell] = until;
    state.source_count[cell] = count;
}

/// Sources of a watched buyer, by insertion in order of price and risk.
fn rank_sources(trial: &TickContext, state: &mut State, watch: TargetId, cell: usize, tick: usize) {
    let links = trial.world.cells[cell].links.clone();
    let (first, mut count) = (links.start, 0);
    let day = f64::from(trial.world.calendar.first_day[tick]);
    for link in &trial.setting.ranked[links] {
        let offer = trial.world.link_offers[link.ix()];
        if state.qualified[link.ix()] > day || !orderable(trial, state, watch, offer, tick) {
            continue;
        }
        let price = risk_price(trial, state, watch, offer, tick);
        let mut place = first + count;
        while place > first && state.sources[place - 1].1 > price {
            state.sources[place] = state.sources[place - 1];
            place -= 1;
        }
        state.sources[place] = (*link, price);
        count += 1;
    }
    state.source_count[cell] = count;
}

/// Price times (1 + premium × risk of the offer): an offer is at risk if a provision in force or announced reaches it.
fn risk_price(trial: &TickContext, state: &State, watch: TargetId, offer: OfferId, tick: usize) -> f64 {
    let world = trial.world;
    let price = trial.setting.terms[offer.ix()].price;
    let reached = trial.outlook(state, watch, offer).reached_from < f64::from(world.calendar.first_day[tick + 1])
        || state.escalation.reached[watched(watch, offer.ix(), world.offers.len())];
    if !reached {
        return price;
    }
    let class = world.offers[offer.ix()].class.ix();
    let risk = state.risk[watched(watch, class, world.classes.len())].1;
    price * (1.0 + trial.setting.value(world.behaviour.risk_premium) * risk)
}

/// What may be spent on hoarding: inventory on hand and on order may be worth V months of cost of goods, and what a steady
/// state has on order on top.
fn budget(trial: &TickContext, state: &State, v: usize, vendor: &Vendor, tick: usize) -> f64 {
    let (world, setting) = (trial.world, trial.setting);
    let limit = setting.value(world.behaviour.inventory_limit);
    let (mut on_hand, mut ordered, mut pipeline, mut needed) = (0.0, 0.0, 0.0, 0.0);
    if vendor.pairs.clone().all(|p| state.hoard_value[p] <= 0.0) {
        return 0.0;
    }
    for p in vendor.pairs.clone() {
        needed += state.wanted_value[p];
        for c in world.pairs[p].cells.clone() {
            let Some(first) = setting.ranked[world.cells[c].links.clone()].first() else { continue };
            let offer = world.links[first.ix()].offer;
            let price = setting.terms[offer.ix()].price;
            on_hand += state.stock_cost[c];
            ordered += state.on_order[c] * price;
            pipeline += state.units[c] * state.forecast[p] * price * setting.lead(offer, tick).months;
        }
    }
    limit * state.cost_of_goods[v] - on_hand - (ordered - pipeline) - needed
}

/// Divides the orders among sources, after finance has cut what would be hoarded (lines of higher priority first). What
/// running the lines takes is always financed: a firm short of one part does not stop buying it because it holds too
/// much of others.
fn place(trial: &TickContext, state: &mut State, vendor: &Vendor, tick: usize, mut budget: f64) {
    for p in vendor.pairs.clone() {
        let worth = state.hoard_value[p];
        let factor = if worth > 0.0 { (budget / worth).clamp(0.0, 1.0) } else { 1.0 };
        budget -= worth * factor;
        for c in trial.world.pairs[p].cells.clone() {
            let quantity = state.wanted[c] + state.hoarded[c] * factor;
            if quantity > 0.0 {
                divide(trial, state, c, quantity, tick);
            }
        }
    }
}

/// One cell's order: the first source at most its share where the others can make the rest, none beyond what it can make.
/// What the others have no room for goes back to the first: a rule of dual sourcing does not stop a line.
fn divide(trial: &TickContext, state: &mut State, cell: usize, quantity: f64, tick: usize) {
    let first_share = trial.setting.value(trial.world.behaviour.first_source_share);
    let first = trial.world.cells[cell].links.start;
    let count = state.source_count[cell];
    let (mut rest, mut from_first) = (quantity, 0.0);
    for i in 0..count {
        if rest <= 0.0 {
            break;
        }
        let link = state.sources[first + i].0;
        let most = if i == 0 && count > 1 { first_share * quantity } else { rest };
        let taken = most.min(rest).min(room(trial, state, link, count == 1, tick));
        if taken > 0.0 {
            commit(trial, state, link, taken, tick);
            rest -= taken;
            from_first += if i == 0 { taken } else { 0.0 };
        }
    }
    if rest > 0.0 && count > 1 {
        let link = state.sources[first].0;
        let taken = rest.min(room(trial, state, link, false, tick) - from_first);
        if taken > 0.0 {
            commit(trial, state, link, taken, tick);
        }
    }
}

/// Whether a watched buyer can order an offer: it is permitted on the day of shipment as far as is known, or licensed, or
/// sold by who does not obey; and the supplier is not known to stay out until then.
fn orderable(trial: &TickContext, state: &State, watch: TargetId, offer: OfferId, tick: usize) -> bool {
    let (world, setting) = (trial.world, trial.setting);
    let arrival = arrival(trial, offer, tick);
    let outlook = trial.outlook_then(state, watch, offer, arrival);
    if outlook.always_open {
        return !stays_out(trial, state, watch, offer, tick);
    }
    let known = trial.rules.known[tick];
    if outlook.expected[known][arrival] > 0.5 {
        return !stays_out(trial, state, watch, offer, tick);
    }
    let supplier = world.offers[offer.ix()].supplier;
    if !setting.obeys[supplier.ix()] && outlook.expected_foreign[known][arrival] > 0.5 {
        return true;
    }
    state.license[watched(watch, offer.ix(), world.offers.len())].held.1 > f64::from(world.calendar.first_day[arrival])
}

/// The tick in which what is ordered now falls due.
#[inline]
fn arrival(trial: &TickContext, offer: OfferId, tick: usize) -> usize {
    (tick + trial.setting.lead(offer, tick).ticks.0).min(trial.world.calendar.len() - 1)
}

fn stays_out(trial: &TickContext, state: &State, watch: TargetId, offer: OfferId, tick: usize) -> bool {
    let supplier = trial.world.offers[offer.ix()].supplier.ix();
    let (_, until) = state.out[watched(watch, supplier, trial.world.suppliers.len())];
    let next = f64::from(trial.world.calendar.first_day[tick + 1]);
    until > next && until > next + trial.setting.lead(offer, tick).months * MONTH
}

/// What a source can take this tick: its capacity, ramped where newly qualified and cut to the used part of a license
/// where it rests on one. Where there is another, less what it owes the buyer already, worked off at the rate of a month: a
/// source in arrears is overbooked by all its buyers, and what it can't take goes to the next one.
#[inline]
fn room(trial: &TickContext, state: &State, link: SourceId, alone: bool, tick: usize) -> f64 {
    let world = trial.world;
    let part = ramp(trial, state, link, world.calendar.middle(tick)) * license_part(trial, state, link, tick);
    let arrears = if alone { 0.0 } else { state.carried[link.ix()] };
    let capacity = state.capacity[world.link_offers[link.ix()].ix()];
    ((capacity * part - arrears) * trial.pace.months).max(0.0)
}

/// Share of capacity that a newly qualified source gives on a day (E15): linear over the ramp.
#[inline]
pub fn ramp(trial: &TickContext, state: &State, link: SourceId, day: f64) -> f64 {
    let qualified = state.qualified[link.ix()];
    if qualified == f64::NEG_INFINITY {
        return 1.0;
    }
    let ramp = ramp_days(trial);
    let age = day - qualified;
    if ramp > 0.0 { (age / ramp).clamp(0.0, 1.0) } else { f64::from(u8::from(age >= 0.0)) }
}

/// Length of that ramp, days.
#[inline]
pub fn ramp_days(trial: &TickContext) -> f64 {
    trial.setting.value(trial.world.behaviour.qualification_ramp) * MONTH
}

/// 1, or the used part of a license where the source can sell under one only (E16).
#[inline]
fn license_part(trial: &TickContext, state: &State, link: SourceId, tick: usize) -> f64 {
    let link = &trial.world.links[link.ix()];
    let Some(watch) = link.watch else { return 1.0 };
    let arrival = arrival(trial, link.offer, tick);
    let outlook = trial.outlook_then(state, watch, link.offer, arrival);
    if outlook.always_open {
        return 1.0;
    }
    let open = outlook.expected[trial.rules.known[tick]][arrival];
    let foreign = outlook.expected_foreign[trial.rules.known[tick]][arrival];
    let disobeys = !trial.setting.obeys[trial.world.offers[link.offer.ix()].supplier.ix()];
    if open > 0.5 || (disobeys && foreign > 0.5) { 1.0 } else { trial.setting.value(trial.world.behaviour.license_use) }
}

/// Writes an order into the link's ring: it falls due after the lead time, pro rata in two ticks.
#[inline]
fn commit(trial: &TickContext, state: &mut State, link: SourceId, quantity: f64, tick: usize) {
    let world = trial.world;
    let record = &world.links[link.ix()];
    let (whole, part) = trial.setting.lead(record.offer, tick).ticks;
    state.ring[world.slot(link.ix(), tick + whole)] += quantity * (1.0 - part);
    state.ring[world.slot(link.ix(), tick + whole + 1)] += quantity * part;
    state.last_due[link.ix()] = state.last_due[link.ix()].max(tick + whole + 1);
    state.on_order[record.cell.ix()] += quantity;
}
