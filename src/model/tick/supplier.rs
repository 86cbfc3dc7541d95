//! Step 5, what suppliers ship: spares first (E8), then orders that fall due, rationed where capacity is short (E3). A
//! shipment leaves at the end of its lead time and the law is asked on that day (E1, E2): what is forbidden then waits, or
//! is cancelled.

use super::grounds::{absence, permission, saved_part};
use crate::model::rules::spares_index;
use crate::model::state::shipping_permission::ShippingPermission;
use crate::model::state::{Dealings, State, target_index};
use crate::model::trial::TickContext;
use crate::model::world::SupplyRelation;
use crate::model::world::ids::*;

/// Step 5. It goes in a few passes over the sources by which something is due: most sources that a vendor could use it does
/// not.
pub fn ship(context: &TickContext, state: &mut State, tick: usize) {
    for table in [&mut state.spares, &mut state.sold, &mut state.sold_to_targets] {
        table.fill(0.0);
    }
    state.dealings.fill(Dealings::default());
    ship_spares(context, state, tick);
    find_eligible(context, state, tick);
    ration(context, state);
    account(context, state, tick);
    carry_over(context, state, tick);
    deliver(context, state);
}

/// Spares for the products in service go straight into them where their use permits; what is left over is due from stock.
fn ship_spares(context: &TickContext, state: &mut State, tick: usize) {
    let (world, inputs) = (context.world, context.inputs);
    let first = f64::from(world.calendar.first_day[tick]);
    for (p, vendor_line) in world.vendor_lines.iter().enumerate() {
        let line = &world.lines[vendor_line.line.ix()];
        let products = inputs.value(line.spares_rate) * state.installed[p] * context.pace.months;
        let use_ = spares_index(line.spares_use);
        for c in vendor_line.bom_items.clone() {
            let mut rest = state.units[c] * products;
            for source in &inputs.ranked[world.bom_items[c].sources.clone()] {
                if rest <= 0.0 {
                    break;
                }
                if state.qualified[source.ix()] <= first {
                    let offer = world.source_offers[source.ix()];
                    rest -= match vendor_line.target {
                        None => ship_spare(context, state, offer, rest).0,
                        Some(target) => ship_target_spare(context, state, (target, offer), use_, rest, tick),
                    };
                }
            }
            state.spares_due[c] = rest.max(0.0);
        }
    }
}

/// Ships spares of one offer, as many as its plant can make; returns how many, and their value.
#[inline]
fn ship_spare(context: &TickContext, state: &mut State, offer: OfferId, wanted: f64) -> (f64, f64) {
    let (o, spares) = (offer.ix(), &mut state.spares[offer.ix()]);
    let shipped = wanted.min((state.capacity[o] * context.pace.months - *spares).max(0.0));
    let value = shipped * context.inputs.terms[o].price;
    *spares += shipped;
    state.sold[o] += value;
    (shipped, value)
}

/// The same to a target buyer, as far as it may.
fn ship_target_spare(
    context: &TickContext,
    state: &mut State,
    (target, offer): (TargetId, OfferId),
    use_: usize,
    wanted: f64,
    tick: usize,
) -> f64 {
    let schedule = context.schedule(state, target, offer);
    let open = schedule.spares[use_][tick].min(1.0 - absence(context, state, target, offer, tick));
    let waived = schedule.spares_waived[use_][tick].min(open);
    if open <= 0.0 {
        return 0.0;
    }
    let (shipped, value) = ship_spare(context, state, offer, wanted * open);
    state.sold_to_targets[target_index(target, offer.ix(), context.world.offers.len())] += value;
    let (dealings, part) = (&mut state.dealings[target.ix()], waived / open);
    dealings.waived += value * part;
    dealings.free += value * (1.0 - part);
    shipped
}

/// What of the orders, due now and carried, may leave in a tick: by source, and in sum by offer; units.
fn find_eligible(context: &TickContext, state: &mut State, tick: usize) {
    let world = context.world;
    let fresh = &state.pipeline[world.row(tick)];
    for ((eligible, fresh), carried) in state.eligible.iter_mut().zip(fresh).zip(&state.carried) {
        *eligible = fresh + carried;
    }
    state.moving_count = list_positive(&state.eligible, &mut state.moving);
    for relation in &world.supply_relations {
        let place = target_index(relation.target, relation.offer.ix(), world.offers.len());
        let free = context.rules.schedule(state.schedule[place] as usize).always_open
            && state.out[target_index(relation.target, relation.supplier.ix(), world.suppliers.len())].1
                == f64::NEG_INFINITY;
        if !free {
            state.permission[place] = permission(context, state, relation.target, relation.offer, tick);
        }
        for l in relation.sources.iter().map(|l| l.ix()) {
            if !free || state.carried[l] > 0.0 {
                state.eligible[l] = eligible(context, state, &state.permission[place], l, tick);
            }
        }
    }
    state.due.fill(0.0);
    let (due, eligible, offers) = (&mut state.due[..], &state.eligible[..], &world.source_offers[..]);
    for l in state.moving[..state.moving_count].iter().map(|source| source.ix()) {
        due[offers[l].ix()] += eligible[l];
    }
}

/// Lists the sources by which something comes, in order, at the head of a table; returns how many there are. Each is written
/// and kept only if it is one: there is no branch that a processor could guess wrong.
fn list_positive(units: &[f64], sources: &mut [SourceId]) -> usize {
    let mut count = 0;
    for (l, units) in (0..).zip(units) {
        if let Some(place) = sources.get_mut(count) {
            *place = SourceId(l);
        }
        count += usize::from(*units > 0.0);
    }
    count
}

/// What of a source's orders may leave in a tick on some grounds, units.
fn eligible(context: &TickContext, state: &State, permission: &ShippingPermission, l: usize, tick: usize) -> f64 {
    let offer = context.world.source_offers[l];
    let mut units = state.pipeline[context.world.slot(l, tick)] * permission.share(context, offer, tick);
    if state.carried[l] > 0.0 {
        for due in state.carried_since[l]..tick {
            units += state.pipeline[context.world.slot(l, due)] * permission.eligible(context, offer, due, tick);
        }
    }
    units
}

/// What each source is given: all that may leave, or its part where an offer's capacity is short.
fn ration(context: &TickContext, state: &mut State) {
    let pace = context.pace;
    state.given.copy_from_slice(&state.eligible);
    for (o, offer) in context.world.offers.iter().enumerate() {
        let (due, spares) = (state.due[o], state.spares[o]);
        let capacity = state.capacity[o] * pace.months - spares;
        let short = due > capacity;
        let shipped = if short { share_out(context, state, &offer.sources, capacity.max(0.0) / due) } else { due };
        let total = (shipped + spares) / pace.months;
        state.shipped_all[o] = pace.keep_quarter * state.shipped_all[o] + (1.0 - pace.keep_quarter) * total;
    }
}

/// E3: each buyer gets the same part of what may leave for it; a vendor's part fills its lines by priority (its sources
/// stand in that order). Returns what is shipped, units.
fn share_out(context: &TickContext, state: &mut State, sources: &[SourceId], part: f64) -> f64 {
    let mut shipped = 0.0;
    let mut rest = sources;
    while let Some(first) = rest.first() {
        let group = &context.world.sources[first.ix()].own;
        rest = &rest[group.len()..];
        let mut arrivals = part * group.iter().map(|l| state.eligible[l.ix()]).sum::<f64>();
        for source in group {
            let given = state.eligible[source.ix()].min(arrivals);
            state.given[source.ix()] = given;
            arrivals -= given;
            shipped += given;
        }
    }
    shipped
}

/// Takes what ships out of the orders. Most sources ship all that is due; the others carry the rest.
fn carry_over(context: &TickContext, state: &mut State, tick: usize) {
    let row = context.world.row(tick);
    state.cancelled.fill(0.0);
    for i in 0..state.moving_count {
        let l = state.moving[i].ix();
        let (fresh, carried) = (state.pipeline[row.start + l], state.carried[l]);
        if carried == 0.0 && fresh == state.given[l] {
            state.pipeline[row.start + l] = 0.0;
        } else {
            state.cancelled[l] = age_orders(context, state, l, tick);
        }
    }
}

/// Puts what ships into the items' stocks.
fn deliver(context: &TickContext, state: &mut State) {
    let (goods, offers) = (&context.inputs.goods[..], &context.world.source_offers[..]);
    let State { given, cancelled, sold, on_order, arrived, .. } = state;
    let State { stock, stock_cost, stock_us, stock_performance, .. } = state;
    let mut moving = &state.moving[..state.moving_count];
    for (c, bom_item) in context.world.bom_items.iter().enumerate() {
        let (mut ordered, mut units, mut came) = (on_order[c], stock[c], 0.0);
        let (mut cost, mut us, mut performance) = (stock_cost[c], stock_us[c], stock_performance[c]);
        while let [source, rest @ ..] = moving {
            let l = source.ix();
            if l >= bom_item.sources.end {
                break;
            }
            moving = rest;
            let (given, goods) = (given[l], &goods[l]);
            let value = given * goods.price;
            ordered = (ordered - given - cancelled[l]).max(0.0);
            units += given;
            came += given;
            cost += value;
            us += given * goods.us_price;
            performance += given * goods.performance;
            sold[offers[l].ix()] += value;
        }
        (on_order[c], stock[c], arrived[c]) = (ordered, units, came);
        (stock_cost[c], stock_us[c], stock_performance[c]) = (cost, us, performance);
    }
}

/// Takes the shipped part out of each slot and cancels the oldest. Returns what was cancelled, units.
fn age_orders(context: &TickContext, state: &mut State, l: usize, tick: usize) -> f64 {
    let (world, offer) = (context.world, context.world.source_offers[l]);
    let permission = match world.sources[l].target {
        Some(target) => state.permission[target_index(target, offer.ix(), world.offers.len())],
        None => ShippingPermission::FREE,
    };
    let part = if state.eligible[l] > 0.0 { state.given[l] / state.eligible[l] } else { 0.0 };
    let carry = context.inputs.carry;
    let oldest = if state.carried[l] > 0.0 { state.carried_since[l] } else { tick };
    let kept = |due| 1.0 - part * permission.eligible(context, offer, due, tick);
    // But for a savings clause, the same part of all that is carried may leave.
    let kept_of_carried = kept(oldest);
    let (mut carried, mut cancelled, mut since) = (0.0, 0.0, tick);
    let pipeline = &mut state.pipeline[..];
    for due in oldest..=tick {
        let kept = if due < tick && permission.saved <= 0.0 { kept_of_carried } else { kept(due) };
        let units = &mut pipeline[world.slot(l, due)];
        *units *= kept;
        if due + carry <= tick {
            cancelled += *units;
            *units = 0.0;
        } else if *units > 0.0 {
            carried += *units;
            since = since.min(due);
        }
    }
    (state.carried[l], state.carried_since[l]) = (carried, since);
    cancelled
}

/// Keeps the accounts of the target buyers: what became of what fell due, and trailing purchases and shipments.
fn account(context: &TickContext, state: &mut State, tick: usize) {
    let (world, pace) = (context.world, context.pace);
    for relation in &world.supply_relations {
        let i = target_index(relation.target, relation.offer.ix(), world.offers.len());
        for l in relation.sources.iter().map(|l| l.ix()) {
            let (fresh, given) = (state.pipeline[world.slot(l, tick)], state.given[l]);
            let value = given * context.inputs.goods[l].price;
            if fresh + given <= 0.0 {
                continue;
            }
            state.sold_to_targets[i] += value;
            if state.permission[i].is_free() {
                state.dealings[relation.target.ix()].free += value;
            } else {
                let fresh = fresh * context.inputs.goods[l].price;
                book_dealings(context, state, relation, fresh, value, tick);
            }
        }
    }
    for vendor in &world.targets {
        for vendor_line in &world.vendor_lines[world.vendors[vendor.ix()].vendor_lines.clone()] {
            let given = &state.given[vendor_line.sources.clone()];
            let goods = &context.inputs.goods[vendor_line.sources.clone()];
            for ((purchases, given), goods) in
                state.purchases[vendor_line.sources.clone()].iter_mut().zip(given).zip(goods)
            {
                let value = given * goods.price;
                *purchases = pace.keep_year * *purchases + (1.0 - pace.keep_year) * value / pace.months;
            }
            for (shipped, given) in state.shipped[vendor_line.sources.clone()].iter_mut().zip(given) {
                *shipped = pace.keep_quarter * *shipped + (1.0 - pace.keep_quarter) * given / pace.months;
            }
        }
    }
}

/// Books what became of the value that fell due (`fresh`) and of that which ships, where something stands in the way.
fn book_dealings(
    context: &TickContext,
    state: &mut State,
    relation: &SupplyRelation,
    fresh: f64,
    value: f64,
    tick: usize,
) {
    let permission = &state.permission[target_index(relation.target, relation.offer.ix(), context.world.offers.len())];
    let saved = if permission.saved > 0.0 {
        permission.saved * saved_part(context, relation.offer, tick, permission.cut_off)
    } else {
        0.0
    };
    let dealings = &mut state.dealings[relation.target.ix()];
    let total = permission.open + saved + permission.licensed + permission.unlawful;
    if total > 0.0 {
        let scaled = value / total;
        dealings.free += scaled * (permission.open - permission.waived);
        dealings.waived += scaled * permission.waived;
        dealings.saved += scaled * saved;
        dealings.licensed += scaled * permission.licensed;
        dealings.unlawful += scaled * permission.unlawful;
    } else {
        // Nothing of what falls due now may leave, so this was carried, and a savings clause let it out.
        dealings.saved += value;
    }
    let blocked = (permission.blocked - saved).max(0.0);
    dealings.blocked += fresh * blocked;
    dealings.withheld += fresh * (1.0 - total - blocked).max(0.0);
}
