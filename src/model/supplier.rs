//! Step 5, what suppliers ship: spares first (E8), then orders that fall due, rationed where capacity is short (E3). A
//! shipment leaves at the end of its lead time and the law is asked on that day (E1, E2): what is forbidden then waits, or
//! is cancelled.

use super::calendar::MONTH;
use super::ids::*;
use super::rules::spares_index;
use super::state::{Dealings, watched};
use super::tick::Trial;

/// Step 5.
pub fn ship(trial: &mut Trial, tick: usize) {
    let state = &mut *trial.state;
    for table in [&mut state.arrived, &mut state.spares, &mut state.sold, &mut state.sold_watched] {
        table.fill(0.0);
    }
    state.dealings.fill(Dealings::default());
    ship_spares(trial, tick);
    for offer in 0..trial.world.offers.len() {
        ship_offer(trial, OfferId::at(offer), tick);
    }
}

/// Spares for the products in service go straight into them where their use permits; what is left over is due from stock.
fn ship_spares(trial: &mut Trial, tick: usize) {
    let (world, setting) = (trial.world, trial.setting);
    let months = world.calendar.months(tick);
    for (p, pair) in world.pairs.iter().enumerate() {
        let line = &world.lines[pair.line.ix()];
        let products = setting.value(line.spares_rate) * trial.state.installed[p] * months;
        let use_ = spares_index(line.spares_use);
        for c in pair.cells.clone() {
            let mut rest = trial.state.units[c] * products;
            for link in &setting.ranked[world.cells[c].links.clone()] {
                if rest <= 0.0 {
                    break;
                }
                rest -= ship_spare(trial, *link, use_, rest, tick);
            }
            trial.state.spares_due[c] = rest.max(0.0);
        }
    }
}

/// Ships spares from one source and returns how many.
fn ship_spare(trial: &mut Trial, link: LinkId, use_: usize, wanted: f64, tick: usize) -> f64 {
    let (world, setting) = (trial.world, trial.setting);
    if trial.state.qualified[link.ix()] > f64::from(world.calendar.first_day[tick]) {
        return 0.0;
    }
    let record = &world.links[link.ix()];
    let offer = record.offer.ix();
    let (mut open, mut waived) = (1.0, 0.0);
    if let Some(watch) = record.watch {
        let outlook = trial.outlook(watch, record.offer);
        open = outlook.spares[use_][tick].min(1.0 - absence(trial, watch, record.offer, tick));
        waived = outlook.spares_waived[use_][tick].min(open);
    }
    let capacity = setting.capacity[offer * world.calendar.ticks + tick] * world.calendar.months(tick);
    let shipped = (wanted * open).min((capacity - trial.state.spares[offer]).max(0.0));
    if shipped <= 0.0 {
        return 0.0;
    }
    let value = shipped * setting.value(world.offers[offer].price);
    let state = &mut *trial.state;
    state.spares[offer] += shipped;
    state.sold[offer] += value;
    if let Some(watch) = record.watch {
        state.sold_watched[watched(watch, offer, world.offers.len())] += value;
        let part = waived / open;
        state.dealings[watch.ix()].waived += value * part;
        state.dealings[watch.ix()].free += value * (1.0 - part);
    }
    shipped
}

/// Share of a tick's days on which a supplier stays out of trade with a watched buyer.
pub fn absence(trial: &Trial, watch: WatchId, offer: OfferId, tick: usize) -> f64 {
    let supplier = trial.world.offers[offer.ix()].supplier.ix();
    let (from, until) = trial.state.out[watched(watch, supplier, trial.world.suppliers.len())];
    if until <= from { 0.0 } else { trial.world.calendar.share_within(tick, from, until) }
}

/// What of a link's orders may leave in a tick, by ground, as shares of those that fall due in it; and of those carried.
#[derive(Debug, Clone, Copy)]
struct Leave {
    /// With no need of a license, or under a general one.
    open: f64,
    /// Of these, under a general one.
    waived: f64,
    saved: f64,
    licensed: f64,
    unlawful: f64,
    blocked: f64,
    /// Days before which an order's production must have started for `saved` to hold.
    cut_off: f64,
}

const FREE: Leave =
    Leave { open: 1.0, waived: 0.0, saved: 0.0, licensed: 0.0, unlawful: 0.0, blocked: 0.0, cut_off: f64::NEG_INFINITY };

impl Leave {
    /// Share of what fell due in `due` that may leave now. What was carried waits for the first permitted day.
    fn eligible(&self, trial: &Trial, offer: OfferId, due: usize, fresh: bool) -> f64 {
        let mut saved = 0.0;
        if self.saved > 0.0 {
            saved = self.saved * saved_part(trial, offer, due, self.cut_off);
        }
        let now = (self.open + saved + self.licensed + self.unlawful).min(1.0);
        if fresh || now <= 0.0 { now } else { 1.0 }
    }
}

/// Share of the orders due in a tick whose production started before the cut-off: shipping day minus the rest of the lead
/// time (E2).
fn saved_part(trial: &Trial, offer: OfferId, due: usize, cut_off: f64) -> f64 {
    let (whole, part) = trial.setting.lead[offer.ix()];
    let lead = (whole as f64 + part) * trial.world.calendar.mean_months * MONTH;
    let point = trial.setting.value(trial.world.behaviour.production_point);
    trial.world.calendar.share_within(due, f64::NEG_INFINITY, cut_off + (1.0 - point) * lead)
}

fn leave(trial: &Trial, watch: WatchId, offer: OfferId, tick: usize) -> Leave {
    let outlook = trial.outlook(watch, offer);
    let out = absence(trial, watch, offer, tick);
    if outlook.always_open && out == 0.0 {
        return FREE;
    }
    let world = trial.world;
    let present = 1.0 - out;
    let open = outlook.open[tick].min(present);
    let waived = outlook.waived[tick].min(open);
    let home = world.offers[offer.ix()].home.ix();
    let unlawful = if trial.setting.complies[home] { 0.0 } else { outlook.foreign_only[tick] };
    let prohibited = 1.0 - outlook.open[tick];
    let license = &trial.state.license[watched(watch, offer.ix(), world.offers.len())];
    let held = if license.held.1 > license.held.0 {
        world.calendar.share_within(tick, license.held.0, license.held.1)
    } else {
        0.0
    };
    let licensed = held.min(prohibited - unlawful).min(present).max(0.0);
    Leave {
        open,
        waived,
        saved: outlook.saved[tick].min(present).min(prohibited),
        licensed,
        unlawful,
        blocked: (prohibited - unlawful - licensed).max(0.0),
        cut_off: outlook.cut_off.unwrap_or(f64::NEG_INFINITY),
    }
}

/// Ships what is due of one offer to all its buyers.
fn ship_offer(trial: &mut Trial, offer: OfferId, tick: usize) {
    let world = trial.world;
    let ticks = world.calendar.ticks;
    let months = world.calendar.months(tick);
    let capacity = trial.setting.capacity[offer.ix() * ticks + tick] * months - trial.state.spares[offer.ix()];
    let links = &world.offer_links[offer.ix()];
    let mut due = 0.0;
    for link in links {
        due += eligible(trial, *link, tick);
    }
    let mut shipped_all = trial.state.spares[offer.ix()];
    if due > 0.0 || links.iter().any(|l| trial.state.carried[l.ix()] > 0.0) || any_due(trial, links, tick) {
        let part = if due > capacity { capacity.max(0.0) / due } else { 1.0 };
        let mut i = 0;
        while i < links.len() {
            let vendor = world.pairs[world.links[links[i].ix()].pair.ix()].vendor;
            let same = links[i..].iter().take_while(|l| world.pairs[world.links[l.ix()].pair.ix()].vendor == vendor);
            let group = i..i + same.count();
            // A vendor's arrivals fill its lines by priority (links are in that order).
            let mut arrivals = part * links[group.clone()].iter().map(|l| eligible(trial, *l, tick)).sum::<f64>();
            for link in &links[group.clone()] {
                let wanted = eligible(trial, *link, tick);
                let given = if part == 1.0 { wanted } else { wanted.min(arrivals) };
                arrivals -= given;
                shipped_all += given;
                deliver(trial, *link, wanted, given, tick);
            }
            i = group.end;
        }
    }
    let keep = libm::exp(-months / TRAILING_SHIPMENTS);
    let trailing = &mut trial.state.shipped_all[offer.ix()];
    *trailing = keep * *trailing + (1.0 - keep) * shipped_all / months;
}

/// Mean age of trailing shipments, months: what a buyer knows of the others' claims on a supplier.
const TRAILING_SHIPMENTS: f64 = 3.0;
/// Mean age of trailing purchases, months: that of a window of twelve months.
const TRAILING_PURCHASES: f64 = 6.0;

fn any_due(trial: &Trial, links: &[LinkId], tick: usize) -> bool {
    links.iter().any(|l| trial.state.ring[slot(trial, *l, tick)] > 0.0)
}

#[inline]
fn slot(trial: &Trial, link: LinkId, tick: usize) -> usize {
    link.ix() * trial.world.ring + (tick & (trial.world.ring - 1))
}

/// Ticks that an order is carried past its due tick.
fn carry_ticks(trial: &Trial) -> usize {
    let months = trial.setting.value(trial.world.behaviour.cancel_after);
    ((months / trial.world.calendar.mean_months).round() as usize).min(trial.world.max_carry)
}

/// What of a link's orders, due now and carried, may leave in a tick, units.
fn eligible(trial: &Trial, link: LinkId, tick: usize) -> f64 {
    let record = &trial.world.links[link.ix()];
    let fresh = trial.state.ring[slot(trial, link, tick)];
    let carried = trial.state.carried[link.ix()];
    let Some(watch) = record.watch else { return fresh + carried };
    if fresh + carried <= 0.0 {
        return 0.0;
    }
    let leave = leave(trial, watch, record.offer, tick);
    let mut units = fresh * leave.eligible(trial, record.offer, tick, true);
    if carried > 0.0 {
        for due in tick.saturating_sub(carry_ticks(trial))..tick {
            units += trial.state.ring[slot(trial, link, due)] * leave.eligible(trial, record.offer, due, false);
        }
    }
    units
}

/// Ships `given` of the `wanted` eligible units of a link; carries the rest and cancels what was carried long enough.
fn deliver(trial: &mut Trial, link: LinkId, wanted: f64, given: f64, tick: usize) {
    let world = trial.world;
    let record = &world.links[link.ix()];
    let (cell, offer) = (record.cell.ix(), record.offer);
    let now = slot(trial, link, tick);
    let fresh = trial.state.ring[now];
    let leave = match record.watch {
        Some(watch) => leave(trial, watch, offer, tick),
        None => FREE,
    };
    let all_leave = given == wanted && leave.eligible(trial, offer, tick, true) == 1.0;
    let gone;
    if all_leave && trial.state.carried[link.ix()] == 0.0 {
        trial.state.ring[now] = 0.0;
        gone = given;
    } else {
        let part = if wanted > 0.0 { given / wanted } else { 0.0 };
        gone = given + age_orders(trial, link, &leave, part, tick);
    }
    let state = &mut *trial.state;
    state.on_order[cell] = (state.on_order[cell] - gone).max(0.0);
    if given > 0.0 {
        book(trial, link, given);
    }
    if let Some(watch) = record.watch {
        account(trial, link, watch, &leave, fresh, given, tick);
    }
}

/// Takes the shipped part out of each slot and cancels the oldest. Returns what was cancelled, units.
fn age_orders(trial: &mut Trial, link: LinkId, leave: &Leave, part: f64, tick: usize) -> f64 {
    let offer = trial.world.links[link.ix()].offer;
    let carry = carry_ticks(trial);
    let mut carried = 0.0;
    let mut cancelled = 0.0;
    for due in tick.saturating_sub(carry)..=tick {
        let place = slot(trial, link, due);
        let left = trial.state.ring[place] * (1.0 - part * leave.eligible(trial, offer, due, due == tick));
        let left = if left < 1e-9 { 0.0 } else { left };
        if due + carry <= tick {
            cancelled += left;
            trial.state.ring[place] = 0.0;
        } else {
            carried += left;
            trial.state.ring[place] = left;
        }
    }
    trial.state.carried[link.ix()] = carried;
    cancelled
}

/// Puts arrivals into stock, with what they cost and are.
fn book(trial: &mut Trial, link: LinkId, units: f64) {
    let record = &trial.world.links[link.ix()];
    let offer = &trial.world.offers[record.offer.ix()];
    let value = units * trial.setting.value(offer.price);
    let (cell, state) = (record.cell.ix(), &mut *trial.state);
    state.stock[cell] += units;
    state.arrived[cell] += units;
    state.stock_cost[cell] += value;
    state.stock_performance[cell] += units * trial.setting.value(offer.performance);
    if offer.us_seller {
        state.stock_us[cell] += value;
    }
    state.sold[record.offer.ix()] += value;
}

/// Keeps the accounts of a watched buyer: what became of what fell due, and trailing purchases.
fn account(trial: &mut Trial, link: LinkId, watch: WatchId, leave: &Leave, fresh: f64, given: f64, tick: usize) {
    let world = trial.world;
    let offer = world.links[link.ix()].offer;
    let price = trial.setting.value(world.offers[offer.ix()].price);
    let months = world.calendar.months(tick);
    let saved = if leave.saved > 0.0 { leave.saved * saved_part(trial, offer, tick, leave.cut_off) } else { 0.0 };
    let total = leave.open + saved + leave.licensed + leave.unlawful;
    let state = &mut *trial.state;
    state.sold_watched[watched(watch, offer.ix(), world.offers.len())] += given * price;
    let dealings = &mut state.dealings[watch.ix()];
    if total > 0.0 {
        let value = given * price / total;
        dealings.free += value * (leave.open - leave.waived);
        dealings.waived += value * leave.waived;
        dealings.saved += value * saved;
        dealings.licensed += value * leave.licensed;
        dealings.unlawful += value * leave.unlawful;
    }
    let blocked = (leave.blocked - saved).max(0.0);
    dealings.blocked += fresh * price * blocked;
    dealings.withheld += fresh * price * (1.0 - total - blocked).max(0.0);
    let keep = libm::exp(-months / TRAILING_PURCHASES);
    let purchases = &mut state.purchases[link.ix()];
    *purchases = keep * *purchases + (1.0 - keep) * given * price / months;
    let keep = libm::exp(-months / TRAILING_SHIPMENTS);
    let shipped = &mut state.shipped[link.ix()];
    *shipped = keep * *shipped + (1.0 - keep) * given / months;
}

/// Capacity of a source that its buyer can count on, units a month: what others (and the buyer's lines of higher
/// priority) do not take. A ramp after qualification comes on top.
pub fn dependable(trial: &Trial, link: LinkId, tick: usize) -> f64 {
    let (world, state) = (trial.world, &*trial.state);
    let record = &world.links[link.ix()];
    let capacity = trial.setting.capacity[record.offer.ix() * world.calendar.ticks + tick];
    let vendor = world.pairs[record.pair.ix()].vendor;
    let mut own = 0.0;
    for other in &world.offer_links[record.offer.ix()] {
        let pair = world.links[other.ix()].pair;
        if pair >= record.pair && world.pairs[pair.ix()].vendor == vendor {
            own += state.shipped[other.ix()];
        }
    }
    (capacity - (state.shipped_all[record.offer.ix()] - own).max(0.0)).max(0.0)
}
