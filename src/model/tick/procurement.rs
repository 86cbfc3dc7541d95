//! Step 4, what vendors order: forecast and target stock (E5), orders (E6) within finance, and their division among
//! offers by price and risk.

use super::redesign;
use crate::model::state::{State, target_index};
use crate::model::trial::TickContext;
use crate::model::world::Vendor;
use crate::model::world::calendar::MONTH;
use crate::model::world::ids::*;

/// Step 4.
pub fn order(context: &TickContext, state: &mut State, tick: usize) {
    forecast(context, state, tick);
    for (v, vendor) in context.world.vendors.iter().enumerate() {
        want(context, state, vendor, tick);
        let budget = budget(context, state, v, vendor, tick);
        place(context, state, vendor, tick, budget);
    }
}

/// F of E5: the mean of the no-control award path over the next twelve months, at the shares now expected, with error.
fn forecast(context: &TickContext, state: &mut State, tick: usize) {
    let (world, inputs) = (context.world, context.inputs);
    let ticks = world.calendar.ticks;
    for (p, vendor_line) in world.vendor_lines.iter().enumerate() {
        let expected = |s: &crate::model::world::MarketPositionId| {
            let position = s.position as usize;
            inputs.demand_outlook[s.market.ix() * ticks + tick] * state.expected_share[position]
                + state.zones.demand_outlook[position]
        };
        let path: f64 = vendor_line.positions.iter().map(expected).sum();
        state.forecast[p] = path * inputs.forecast_error[p * ticks + tick];
    }
    for (c, bom_item) in world.bom_items.iter().enumerate() {
        if bom_item.redesign.is_some() {
            state.units[c] = inputs.units_at(world, BomItemId::at(c), world.calendar.middle(tick));
        }
    }
    redesign::set_units(world, inputs, state, tick);
}

/// Q of E6 for each item, in two parts: what running the line takes (the base stock), and what is hoarded on top against
/// perceived risk. An order brings stock and orders up to the target plus what is used until an order of today arrives
/// (its lead time and this tick): without that a class whose lead time exceeds its months of stock would starve at rest.
fn want(context: &TickContext, state: &mut State, vendor: &Vendor, tick: usize) {
    let (world, inputs) = (context.world, context.inputs);
    let months = context.pace.months;
    let cap = inputs.value(world.behaviour.order_cap);
    let rest = inputs.risk_at_rest(vendor);
    for p in vendor.vendor_lines.clone() {
        let vendor_line = &world.vendor_lines[p];
        let base = inputs.value(vendor_line.base_stock);
        let extra = vendor_line.risk_stock.map_or(0.0, |id| inputs.value(id));
        state.hoard_value[p] = 0.0;
        state.wanted_value[p] = 0.0;
        for c in vendor_line.bom_items.clone() {
            let Some((lead, price)) = find_sources(context, state, c, tick) else {
                (state.wanted[c], state.hoarded[c]) = (0.0, 0.0);
                continue;
            };
            let risk = match vendor.target {
                Some(target) => state.risk[target_index(target, world.bom_items[c].class.ix(), world.classes.len())].1,
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

/// Lists the sources that an item can order from, best first, and returns the lead time (months) and price of the first.
fn find_sources(context: &TickContext, state: &mut State, bom_item: usize, tick: usize) -> Option<(f64, f64)> {
    let world = context.world;
    let sources = &world.bom_items[bom_item].sources;
    match world.vendor_lines[world.bom_items[bom_item].vendor_line.ix()].target {
        Some(target) => rank_sources(context, state, target, bom_item, tick),
        None => list_qualified(context, state, bom_item, tick),
    }
    if state.source_count[bom_item] == 0 {
        return None;
    }
    let first = world.sources[state.open_sources[sources.start].0.ix()].offer;
    Some((context.inputs.lead(first, tick).months, context.inputs.terms[first.ix()].price))
}

/// Sources of the untargeted: they see no risk, so their qualified sources stand in order of price already, and the list
/// holds until the next one is qualified.
fn list_qualified(context: &TickContext, state: &mut State, bom_item: usize, tick: usize) {
    let day = f64::from(context.world.calendar.first_day[tick]);
    if day < state.open_sources_until[bom_item] {
        return;
    }
    let sources = context.world.bom_items[bom_item].sources.clone();
    let (first, mut count, mut until) = (sources.start, 0, f64::INFINITY);
    for source in &context.inputs.ranked[sources] {
        let qualified = state.qualified[source.ix()];
        if qualified > day {
            until = until.min(qualified);
        } else {
            state.open_sources[first + count] = (*source, 0.0);
            count += 1;
        }
    }
    state.open_sources_until[bom_item] = until;
    state.source_count[bom_item] = count;
}

/// Sources of a target buyer, by insertion in order of price and risk.
fn rank_sources(context: &TickContext, state: &mut State, target: TargetId, bom_item: usize, tick: usize) {
    let sources = context.world.bom_items[bom_item].sources.clone();
    let (first, mut count) = (sources.start, 0);
    let day = f64::from(context.world.calendar.first_day[tick]);
    for source in &context.inputs.ranked[sources] {
        let offer = context.world.source_offers[source.ix()];
        if state.qualified[source.ix()] > day || !orderable(context, state, target, offer, tick) {
            continue;
        }
        let price = risk_price(context, state, target, offer, tick);
        let mut place = first + count;
        while place > first && state.open_sources[place - 1].1 > price {
            state.open_sources[place] = state.open_sources[place - 1];
            place -= 1;
        }
        state.open_sources[place] = (*source, price);
        count += 1;
    }
    state.source_count[bom_item] = count;
}

/// Price times (1 + premium × risk of the offer): an offer is at risk if a provision in force or announced reaches it.
fn risk_price(context: &TickContext, state: &State, target: TargetId, offer: OfferId, tick: usize) -> f64 {
    let world = context.world;
    let price = context.inputs.terms[offer.ix()].price;
    let reached = context.schedule(state, target, offer).reached_from < f64::from(world.calendar.first_day[tick + 1])
        || state.escalation.reached[target_index(target, offer.ix(), world.offers.len())];
    if !reached {
        return price;
    }
    let class = world.offers[offer.ix()].class.ix();
    let risk = state.risk[target_index(target, class, world.classes.len())].1;
    price * (1.0 + context.inputs.value(world.behaviour.risk_premium) * risk)
}

/// What may be spent on hoarding: inventory on hand and on order may be worth V months of cost of goods, and what a steady
/// state has on order on top.
fn budget(context: &TickContext, state: &State, v: usize, vendor: &Vendor, tick: usize) -> f64 {
    let (world, inputs) = (context.world, context.inputs);
    let limit = inputs.value(world.behaviour.inventory_limit);
    let (mut on_hand, mut ordered, mut pipeline, mut needed) = (0.0, 0.0, 0.0, 0.0);
    if vendor.vendor_lines.clone().all(|p| state.hoard_value[p] <= 0.0) {
        return 0.0;
    }
    for p in vendor.vendor_lines.clone() {
        needed += state.wanted_value[p];
        for c in world.vendor_lines[p].bom_items.clone() {
            let Some(first) = inputs.ranked[world.bom_items[c].sources.clone()].first() else { continue };
            let offer = world.sources[first.ix()].offer;
            let price = inputs.terms[offer.ix()].price;
            on_hand += state.stock_cost[c];
            ordered += state.on_order[c] * price;
            pipeline += state.units[c] * state.forecast[p] * price * inputs.lead(offer, tick).months;
        }
    }
    limit * state.cost_of_goods[v] - on_hand - (ordered - pipeline) - needed
}

/// Divides the orders among sources, after finance has cut what would be hoarded (lines of higher priority first). What
/// running the lines takes is always financed: a firm short of one part does not stop buying it because it holds too
/// much of others.
fn place(context: &TickContext, state: &mut State, vendor: &Vendor, tick: usize, mut budget: f64) {
    for p in vendor.vendor_lines.clone() {
        let worth = state.hoard_value[p];
        let factor = if worth > 0.0 { (budget / worth).clamp(0.0, 1.0) } else { 1.0 };
        budget -= worth * factor;
        for c in context.world.vendor_lines[p].bom_items.clone() {
            let quantity = state.wanted[c] + state.hoarded[c] * factor;
            if quantity > 0.0 {
                divide(context, state, c, quantity, tick);
            }
        }
    }
}

/// One item's order: the first source at most its share where the others can make the rest, none beyond what it can make.
/// What the others have no room for goes back to the first: a rule of dual sourcing does not stop a line.
fn divide(context: &TickContext, state: &mut State, bom_item: usize, quantity: f64, tick: usize) {
    let first_share = context.inputs.value(context.world.behaviour.first_source_share);
    let first = context.world.bom_items[bom_item].sources.start;
    let count = state.source_count[bom_item];
    let (mut rest, mut from_first) = (quantity, 0.0);
    for i in 0..count {
        if rest <= 0.0 {
            break;
        }
        let source = state.open_sources[first + i].0;
        let most = if i == 0 && count > 1 { first_share * quantity } else { rest };
        let taken = most.min(rest).min(room(context, state, source, count == 1, tick));
        if taken > 0.0 {
            commit(context, state, source, taken, tick);
            rest -= taken;
            from_first += if i == 0 { taken } else { 0.0 };
        }
    }
    if rest > 0.0 && count > 1 {
        let source = state.open_sources[first].0;
        let taken = rest.min(room(context, state, source, false, tick) - from_first);
        if taken > 0.0 {
            commit(context, state, source, taken, tick);
        }
    }
}

/// Whether a target buyer can order an offer: it is permitted on the day of shipment as far as is known, or licensed, or
/// sold by who does not obey; and the supplier is not known to stay out until then.
fn orderable(context: &TickContext, state: &State, target: TargetId, offer: OfferId, tick: usize) -> bool {
    let (world, inputs) = (context.world, context.inputs);
    let arrival = arrival(context, offer, tick);
    let schedule = context.schedule_then(state, target, offer, arrival);
    if schedule.always_open {
        return !stays_out(context, state, target, offer, tick);
    }
    let known = context.rules.known[tick];
    if schedule.expected[known][arrival] > 0.5 {
        return !stays_out(context, state, target, offer, tick);
    }
    let supplier = world.offers[offer.ix()].supplier;
    if !inputs.obeys[supplier.ix()] && schedule.expected_foreign[known][arrival] > 0.5 {
        return true;
    }
    state.license[target_index(target, offer.ix(), world.offers.len())].held.1
        > f64::from(world.calendar.first_day[arrival])
}

/// The tick in which what is ordered now falls due.
#[inline]
fn arrival(context: &TickContext, offer: OfferId, tick: usize) -> usize {
    (tick + context.inputs.lead(offer, tick).ticks.0).min(context.world.calendar.len() - 1)
}

fn stays_out(context: &TickContext, state: &State, target: TargetId, offer: OfferId, tick: usize) -> bool {
    let supplier = context.world.offers[offer.ix()].supplier.ix();
    let (_, until) = state.out[target_index(target, supplier, context.world.suppliers.len())];
    let next = f64::from(context.world.calendar.first_day[tick + 1]);
    until > next && until > next + context.inputs.lead(offer, tick).months * MONTH
}

/// What a source can take this tick: its capacity, ramped where newly qualified and cut to the used part of a license
/// where it rests on one. Where there is another, less what it owes the buyer already, worked off at the rate of a month: a
/// source in arrears is overbooked by all its buyers, and what it can't take goes to the next one.
#[inline]
fn room(context: &TickContext, state: &State, source: SourceId, alone: bool, tick: usize) -> f64 {
    let world = context.world;
    let ramped = state.ramped(source, world.calendar.middle(tick), context.inputs.ramp_days(world));
    let part = ramped * license_part(context, state, source, tick);
    let arrears = if alone { 0.0 } else { state.carried[source.ix()] };
    let capacity = state.capacity[world.source_offers[source.ix()].ix()];
    ((capacity * part - arrears) * context.pace.months).max(0.0)
}

/// 1, or the used part of a license where the source can sell under one only (E16).
#[inline]
fn license_part(context: &TickContext, state: &State, source: SourceId, tick: usize) -> f64 {
    let source = &context.world.sources[source.ix()];
    let Some(target) = source.target else { return 1.0 };
    let arrival = arrival(context, source.offer, tick);
    let schedule = context.schedule_then(state, target, source.offer, arrival);
    if schedule.always_open {
        return 1.0;
    }
    let open = schedule.expected[context.rules.known[tick]][arrival];
    let foreign = schedule.expected_foreign[context.rules.known[tick]][arrival];
    let disobeys = !context.inputs.obeys[context.world.offers[source.offer.ix()].supplier.ix()];
    if open > 0.5 || (disobeys && foreign > 0.5) {
        1.0
    } else {
        context.inputs.value(context.world.behaviour.license_use)
    }
}

/// Writes an order into the source's pipeline: it falls due after the lead time, pro rata in two ticks.
#[inline]
fn commit(context: &TickContext, state: &mut State, source: SourceId, quantity: f64, tick: usize) {
    let world = context.world;
    let record = &world.sources[source.ix()];
    let (whole, part) = context.inputs.lead(record.offer, tick).ticks;
    state.pipeline[world.slot(source.ix(), tick + whole)] += quantity * (1.0 - part);
    state.pipeline[world.slot(source.ix(), tick + whole + 1)] += quantity * part;
    state.last_due[source.ix()] = state.last_due[source.ix()].max(tick + whole + 1);
    state.on_order[record.bom_item.ix()] += quantity;
}
