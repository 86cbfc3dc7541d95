//! Step 5, what suppliers ship: spares first (E8), then orders that fall due, rationed where capacity is short (E3). A
//! shipment leaves at the end of its lead time and the law is asked on that day (E1, E2): what is forbidden then waits, or
//! is cancelled.

use super::grounds::{absence, leave, saved_part};
use crate::model::rules::spares_index;
use crate::model::state::shipping_permission::ShippingPermission;
use crate::model::state::{Dealings, State, watched};
use crate::model::trial::TickContext;
use crate::model::world::SupplyRelation;
use crate::model::world::ids::*;

/// Step 5. It goes in a few passes over the links by which something is due: most sources that a vendor could use it does
/// not.
pub fn ship(trial: &TickContext, state: &mut State, tick: usize) {
    for table in [&mut state.spares, &mut state.sold, &mut state.sold_watched] {
        table.fill(0.0);
    }
    state.dealings.fill(Dealings::default());
    ship_spares(trial, state, tick);
    find_eligible(trial, state, tick);
    ration(trial, state);
    account(trial, state, tick);
    carry_over(trial, state, tick);
    deliver(trial, state);
}

/// Spares for the products in service go straight into them where their use permits; what is left over is due from stock.
fn ship_spares(trial: &TickContext, state: &mut State, tick: usize) {
    let (world, setting) = (trial.world, trial.setting);
    let first = f64::from(world.calendar.first_day[tick]);
    for (p, pair) in world.pairs.iter().enumerate() {
        let line = &world.lines[pair.line.ix()];
        let products = setting.value(line.spares_rate) * state.installed[p] * trial.pace.months;
        let use_ = spares_index(line.spares_use);
        for c in pair.cells.clone() {
            let mut rest = state.units[c] * products;
            for link in &setting.ranked[world.cells[c].links.clone()] {
                if rest <= 0.0 {
                    break;
                }
                if state.qualified[link.ix()] <= first {
                    let offer = world.link_offers[link.ix()];
                    rest -= match pair.watch {
                        None => ship_spare(trial, state, offer, rest).0,
                        Some(watch) => ship_watched_spare(trial, state, (watch, offer), use_, rest, tick),
                    };
                }
            }
            state.spares_due[c] = rest.max(0.0);
        }
    }
}

/// Ships spares of one offer, as many as its plant can make; returns how many, and their value.
#[inline]
fn ship_spare(trial: &TickContext, state: &mut State, offer: OfferId, wanted: f64) -> (f64, f64) {
    let (o, spares) = (offer.ix(), &mut state.spares[offer.ix()]);
    let shipped = wanted.min((state.capacity[o] * trial.pace.months - *spares).max(0.0));
    let value = shipped * trial.setting.terms[o].price;
    *spares += shipped;
    state.sold[o] += value;
    (shipped, value)
}

/// The same to a watched buyer, as far as it may.
fn ship_watched_spare(
    trial: &TickContext,
    state: &mut State,
    (watch, offer): (TargetId, OfferId),
    use_: usize,
    wanted: f64,
    tick: usize,
) -> f64 {
    let outlook = trial.outlook(state, watch, offer);
    let open = outlook.spares[use_][tick].min(1.0 - absence(trial, state, watch, offer, tick));
    let waived = outlook.spares_waived[use_][tick].min(open);
    if open <= 0.0 {
        return 0.0;
    }
    let (shipped, value) = ship_spare(trial, state, offer, wanted * open);
    state.sold_watched[watched(watch, offer.ix(), trial.world.offers.len())] += value;
    let (dealings, part) = (&mut state.dealings[watch.ix()], waived / open);
    dealings.waived += value * part;
    dealings.free += value * (1.0 - part);
    shipped
}

/// What of the orders, due now and carried, may leave in a tick: by link, and in sum by offer; units.
fn find_eligible(trial: &TickContext, state: &mut State, tick: usize) {
    let world = trial.world;
    let fresh = &state.ring[world.row(tick)];
    for ((eligible, fresh), carried) in state.eligible.iter_mut().zip(fresh).zip(&state.carried) {
        *eligible = fresh + carried;
    }
    state.moving_count = list_positive(&state.eligible, &mut state.moving);
    for deal in &world.deals {
        let place = watched(deal.watch, deal.offer.ix(), world.offers.len());
        let free = trial.rules.outlook(state.outlook[place] as usize).always_open
            && state.out[watched(deal.watch, deal.supplier.ix(), world.suppliers.len())].1 == f64::NEG_INFINITY;
        if !free {
            state.leave[place] = leave(trial, state, deal.watch, deal.offer, tick);
        }
        for l in deal.links.iter().map(|l| l.ix()) {
            if !free || state.carried[l] > 0.0 {
                state.eligible[l] = eligible(trial, state, &state.leave[place], l, tick);
            }
        }
    }
    state.due.fill(0.0);
    let (due, eligible, offers) = (&mut state.due[..], &state.eligible[..], &world.link_offers[..]);
    for l in state.moving[..state.moving_count].iter().map(|link| link.ix()) {
        due[offers[l].ix()] += eligible[l];
    }
}

/// Lists the links by which something comes, in order, at the head of a table; returns how many there are. Each is written
/// and kept only if it is one: there is no branch that a processor could guess wrong.
fn list_positive(units: &[f64], links: &mut [SourceId]) -> usize {
    let mut count = 0;
    for (l, units) in (0..).zip(units) {
        if let Some(place) = links.get_mut(count) {
            *place = SourceId(l);
        }
        count += usize::from(*units > 0.0);
    }
    count
}

/// What of a link's orders may leave in a tick on some grounds, units.
fn eligible(trial: &TickContext, state: &State, leave: &ShippingPermission, l: usize, tick: usize) -> f64 {
    let offer = trial.world.link_offers[l];
    let mut units = state.ring[trial.world.slot(l, tick)] * leave.share(trial, offer, tick);
    if state.carried[l] > 0.0 {
        for due in state.carried_since[l]..tick {
            units += state.ring[trial.world.slot(l, due)] * leave.eligible(trial, offer, due, tick);
        }
    }
    units
}

/// What each link is given: all that may leave, or its part where an offer's capacity is short.
fn ration(trial: &TickContext, state: &mut State) {
    let pace = trial.pace;
    state.given.copy_from_slice(&state.eligible);
    for (o, offer) in trial.world.offers.iter().enumerate() {
        let (due, spares) = (state.due[o], state.spares[o]);
        let capacity = state.capacity[o] * pace.months - spares;
        let short = due > capacity;
        let shipped = if short { share_out(trial, state, &offer.links, capacity.max(0.0) / due) } else { due };
        let total = (shipped + spares) / pace.months;
        state.shipped_all[o] = pace.keep_quarter * state.shipped_all[o] + (1.0 - pace.keep_quarter) * total;
    }
}

/// E3: each buyer gets the same part of what may leave for it; a vendor's part fills its lines by priority (its links
/// stand in that order). Returns what is shipped, units.
fn share_out(trial: &TickContext, state: &mut State, links: &[SourceId], part: f64) -> f64 {
    let mut shipped = 0.0;
    let mut rest = links;
    while let Some(first) = rest.first() {
        let group = &trial.world.links[first.ix()].own;
        rest = &rest[group.len()..];
        let mut arrivals = part * group.iter().map(|l| state.eligible[l.ix()]).sum::<f64>();
        for link in group {
            let given = state.eligible[link.ix()].min(arrivals);
            state.given[link.ix()] = given;
            arrivals -= given;
            shipped += given;
        }
    }
    shipped
}

/// Takes what ships out of the orders. Most links ship all that is due; the others carry the rest.
fn carry_over(trial: &TickContext, state: &mut State, tick: usize) {
    let row = trial.world.row(tick);
    state.cancelled.fill(0.0);
    for i in 0..state.moving_count {
        let l = state.moving[i].ix();
        let (fresh, carried) = (state.ring[row.start + l], state.carried[l]);
        if carried == 0.0 && fresh == state.given[l] {
            state.ring[row.start + l] = 0.0;
        } else {
            state.cancelled[l] = age_orders(trial, state, l, tick);
        }
    }
}

/// Puts what ships into the cells' stocks.
fn deliver(trial: &TickContext, state: &mut State) {
    let (goods, offers) = (&trial.setting.goods[..], &trial.world.link_offers[..]);
    let State { given, cancelled, sold, on_order, arrived, .. } = state;
    let State { stock, stock_cost, stock_us, stock_performance, .. } = state;
    let mut moving = &state.moving[..state.moving_count];
    for (c, cell) in trial.world.cells.iter().enumerate() {
        let (mut ordered, mut units, mut came) = (on_order[c], stock[c], 0.0);
        let (mut cost, mut us, mut performance) = (stock_cost[c], stock_us[c], stock_performance[c]);
        while let [link, rest @ ..] = moving {
            let l = link.ix();
            if l >= cell.links.end {
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
fn age_orders(trial: &TickContext, state: &mut State, l: usize, tick: usize) -> f64 {
    let (world, offer) = (trial.world, trial.world.link_offers[l]);
    let leave = match world.links[l].watch {
        Some(watch) => state.leave[watched(watch, offer.ix(), world.offers.len())],
        None => ShippingPermission::FREE,
    };
    let part = if state.eligible[l] > 0.0 { state.given[l] / state.eligible[l] } else { 0.0 };
    let carry = trial.setting.carry;
    let oldest = if state.carried[l] > 0.0 { state.carried_since[l] } else { tick };
    let kept = |due| 1.0 - part * leave.eligible(trial, offer, due, tick);
    // But for a savings clause, the same part of all that is carried may leave.
    let kept_of_carried = kept(oldest);
    let (mut carried, mut cancelled, mut since) = (0.0, 0.0, tick);
    let ring = &mut state.ring[..];
    for due in oldest..=tick {
        let kept = if due < tick && leave.saved <= 0.0 { kept_of_carried } else { kept(due) };
        let units = &mut ring[world.slot(l, due)];
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

/// Keeps the accounts of the watched buyers: what became of what fell due, and trailing purchases and shipments.
fn account(trial: &TickContext, state: &mut State, tick: usize) {
    let (world, pace) = (trial.world, trial.pace);
    for deal in &world.deals {
        let i = watched(deal.watch, deal.offer.ix(), world.offers.len());
        for l in deal.links.iter().map(|l| l.ix()) {
            let (fresh, given) = (state.ring[world.slot(l, tick)], state.given[l]);
            let value = given * trial.setting.goods[l].price;
            if fresh + given <= 0.0 {
                continue;
            }
            state.sold_watched[i] += value;
            if state.leave[i].is_free() {
                state.dealings[deal.watch.ix()].free += value;
            } else {
                let fresh = fresh * trial.setting.goods[l].price;
                book_dealings(trial, state, deal, fresh, value, tick);
            }
        }
    }
    for vendor in &world.watched {
        for pair in &world.pairs[world.vendors[vendor.ix()].pairs.clone()] {
            let given = &state.given[pair.links.clone()];
            let goods = &trial.setting.goods[pair.links.clone()];
            for ((purchases, given), goods) in state.purchases[pair.links.clone()].iter_mut().zip(given).zip(goods) {
                let value = given * goods.price;
                *purchases = pace.keep_year * *purchases + (1.0 - pace.keep_year) * value / pace.months;
            }
            for (shipped, given) in state.shipped[pair.links.clone()].iter_mut().zip(given) {
                *shipped = pace.keep_quarter * *shipped + (1.0 - pace.keep_quarter) * given / pace.months;
            }
        }
    }
}

/// Books what became of the value that fell due (`fresh`) and of that which ships, where something stands in the way.
fn book_dealings(trial: &TickContext, state: &mut State, deal: &SupplyRelation, fresh: f64, value: f64, tick: usize) {
    let leave = &state.leave[watched(deal.watch, deal.offer.ix(), trial.world.offers.len())];
    let saved = if leave.saved > 0.0 { leave.saved * saved_part(trial, deal.offer, tick, leave.cut_off) } else { 0.0 };
    let dealings = &mut state.dealings[deal.watch.ix()];
    let total = leave.open + saved + leave.licensed + leave.unlawful;
    if total > 0.0 {
        let scaled = value / total;
        dealings.free += scaled * (leave.open - leave.waived);
        dealings.waived += scaled * leave.waived;
        dealings.saved += scaled * saved;
        dealings.licensed += scaled * leave.licensed;
        dealings.unlawful += scaled * leave.unlawful;
    } else {
        // Nothing of what falls due now may leave, so this was carried, and a savings clause let it out.
        dealings.saved += value;
    }
    let blocked = (leave.blocked - saved).max(0.0);
    dealings.blocked += fresh * blocked;
    dealings.withheld += fresh * (1.0 - total - blocked).max(0.0);
}

/// Capacity of a source that its buyer can count on, units a month: what others (and the buyer's lines of higher
/// priority) do not take. A ramp after qualification comes on top.
#[inline]
pub fn dependable(trial: &TickContext, state: &State, link: SourceId) -> f64 {
    let record = &trial.world.links[link.ix()];
    // The vendor's links of this priority or lower.
    let own = record.own.iter().fold(0.0, |sum, l| sum + state.shipped[l.ix()]);
    (state.capacity[record.offer.ix()] - (state.shipped_all[record.offer.ix()] - own).max(0.0)).max(0.0)
}
