//! Step 5, what suppliers ship: spares first (E8), then orders that fall due, rationed where capacity is short (E3). A
//! shipment leaves at the end of its lead time and the law is asked on that day (E1, E2): what is forbidden then waits, or
//! is cancelled.

use super::calendar::MONTH;
use super::ids::*;
use super::rules::spares_index;
use super::state::{Dealings, State, watched};
use super::tick::Trial;
use super::world::World;

/// Step 5.
pub fn ship(trial: &Trial, state: &mut State, tick: usize) {
    for table in [&mut state.arrived, &mut state.spares, &mut state.sold, &mut state.sold_watched] {
        table.fill(0.0);
    }
    state.dealings.fill(Dealings::default());
    ship_spares(trial, state, tick);
    for offer in 0..trial.world.offers.len() {
        ship_offer(trial, state, OfferId::at(offer), tick);
    }
}

/// Spares for the products in service go straight into them where their use permits; what is left over is due from stock.
fn ship_spares(trial: &Trial, state: &mut State, tick: usize) {
    let (world, setting) = (trial.world, trial.setting);
    let months = trial.pace.months;
    for (p, pair) in world.pairs.iter().enumerate() {
        let line = &world.lines[pair.line.ix()];
        let products = setting.value(line.spares_rate) * state.installed[p] * months;
        let use_ = spares_index(line.spares_use);
        for c in pair.cells.clone() {
            let mut rest = state.units[c] * products;
            for link in &setting.ranked[world.cells[c].links.clone()] {
                if rest <= 0.0 {
                    break;
                }
                rest -= ship_spare(trial, state, *link, use_, rest, tick);
            }
            state.spares_due[c] = rest.max(0.0);
        }
    }
}

/// Ships spares from one source and returns how many.
fn ship_spare(trial: &Trial, state: &mut State, link: LinkId, use_: usize, wanted: f64, tick: usize) -> f64 {
    let (world, setting) = (trial.world, trial.setting);
    if state.qualified[link.ix()] > f64::from(world.calendar.first_day[tick]) {
        return 0.0;
    }
    let record = &world.links[link.ix()];
    let offer = record.offer.ix();
    let (mut open, mut waived) = (1.0, 0.0);
    if let Some(watch) = record.watch {
        let outlook = trial.outlook(state, watch, record.offer);
        open = outlook.spares[use_][tick].min(1.0 - absence(trial, state, watch, record.offer, tick));
        waived = outlook.spares_waived[use_][tick].min(open);
    }
    let capacity = setting.capacity(tick)[offer] * trial.pace.months;
    let shipped = (wanted * open).min((capacity - state.spares[offer]).max(0.0));
    if shipped <= 0.0 {
        return 0.0;
    }
    let value = shipped * setting.terms[offer].price;
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
pub fn absence(trial: &Trial, state: &State, watch: WatchId, offer: OfferId, tick: usize) -> f64 {
    let supplier = trial.world.offers[offer.ix()].supplier.ix();
    let (from, until) = state.out[watched(watch, supplier, trial.world.suppliers.len())];
    if until <= from { 0.0 } else { trial.world.calendar.share_within(tick, from, until) }
}

/// On what grounds orders may leave in a tick: shares of its days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Leave {
    /// With no need of a license, or under a general one.
    open: f64,
    /// Of these, under a general one.
    waived: f64,
    /// Further days, for orders whose production started before `cut_off`.
    saved: f64,
    /// Under a specific license.
    licensed: f64,
    /// Against the law.
    unlawful: f64,
    /// Days on which the law forbids it, and nobody breaks it.
    blocked: f64,
    /// Day before which production must have started to be saved.
    cut_off: f64,
}

impl Leave {
    /// Nothing stands in the way.
    pub const FREE: Leave = Leave {
        open: 1.0,
        waived: 0.0,
        saved: 0.0,
        licensed: 0.0,
        unlawful: 0.0,
        blocked: 0.0,
        cut_off: f64::NEG_INFINITY,
    };

    /// Whether nothing stands in the way.
    fn is_free(&self) -> bool {
        self.open == 1.0 && self.waived == 0.0
    }

    /// Share of the days for what falls due in this tick or fell due in an earlier one.
    fn share(&self, trial: &Trial, offer: OfferId, due: usize) -> f64 {
        let saved = if self.saved > 0.0 { self.saved * saved_part(trial, offer, due, self.cut_off) } else { 0.0 };
        (self.open + saved + self.licensed + self.unlawful).min(1.0)
    }

    /// The same, but what was carried waits for the first day on which it may leave.
    fn eligible(&self, trial: &Trial, offer: OfferId, due: usize, tick: usize) -> f64 {
        let share = self.share(trial, offer, due);
        if due == tick || share <= 0.0 { share } else { 1.0 }
    }
}

/// Share of the orders due in a tick whose production started before the cut-off: shipping day minus the rest of the lead
/// time (E2).
fn saved_part(trial: &Trial, offer: OfferId, due: usize, cut_off: f64) -> f64 {
    let lead = trial.setting.terms[offer.ix()].lead * MONTH;
    let point = trial.setting.value(trial.world.behaviour.production_point);
    trial.world.calendar.share_within(due, f64::NEG_INFINITY, cut_off + (1.0 - point) * lead)
}

/// On what grounds an offer may leave for a watched buyer.
fn leave(trial: &Trial, state: &State, watch: WatchId, offer: OfferId, tick: usize) -> Leave {
    let outlook = trial.outlook(state, watch, offer);
    let out = absence(trial, state, watch, offer, tick);
    if outlook.always_open && out == 0.0 {
        return Leave::FREE;
    }
    let world = trial.world;
    let present = 1.0 - out;
    let open = outlook.open[tick].min(present);
    let prohibited = 1.0 - outlook.open[tick];
    let disobeys = !trial.setting.complies[world.offers[offer.ix()].home.ix()];
    let unlawful = if disobeys { outlook.foreign_only[tick] } else { 0.0 };
    let (from, until) = state.license[watched(watch, offer.ix(), world.offers.len())].held;
    let held = if until > from { world.calendar.share_within(tick, from, until) } else { 0.0 };
    let licensed = held.min(prohibited - unlawful).min(present).max(0.0);
    Leave {
        open,
        waived: outlook.waived[tick].min(open),
        saved: outlook.saved[tick].min(present).min(prohibited),
        licensed,
        unlawful,
        blocked: (prohibited - unlawful - licensed).max(0.0),
        cut_off: outlook.cut_off.unwrap_or(f64::NEG_INFINITY),
    }
}

/// Ships what is due of one offer to all its buyers.
fn ship_offer(trial: &Trial, state: &mut State, offer: OfferId, tick: usize) {
    let world = trial.world;
    let (o, links) = (offer.ix(), &world.offer_links[offer.ix()][..]);
    for w in world.watch_deals[o].iter() {
        state.leave[watched(*w, o, world.offers.len())] = leave(trial, state, *w, offer, tick);
    }
    let mut due = 0.0;
    for link in links {
        let eligible = find_eligible(trial, state, *link, tick);
        state.eligible[link.ix()] = eligible;
        state.given[link.ix()] = eligible;
        due += eligible;
    }
    let capacity = trial.setting.capacity(tick)[o] * trial.pace.months - state.spares[o];
    let shipped = if due > capacity { ration(trial, state, links, capacity.max(0.0) / due) } else { due };
    for link in links {
        deliver(trial, state, *link, tick);
    }
    let keep = trial.pace.keep_quarter;
    let total = (shipped + state.spares[o]) / trial.pace.months;
    state.shipped_all[o] = keep * state.shipped_all[o] + (1.0 - keep) * total;
}

/// What of a link's orders, due now and carried, may leave in a tick, units.
fn find_eligible(trial: &Trial, state: &State, link: LinkId, tick: usize) -> f64 {
    let world = trial.world;
    let record = &world.links[link.ix()];
    let fresh = state.ring[slot(world, link, tick)];
    let carried = state.carried[link.ix()];
    let Some(watch) = record.watch else { return fresh + carried };
    let leave = &state.leave[watched(watch, record.offer.ix(), world.offers.len())];
    let mut units = fresh * leave.share(trial, record.offer, tick);
    if carried > 0.0 {
        for due in tick.saturating_sub(trial.setting.carry)..tick {
            units += state.ring[slot(world, link, due)] * leave.eligible(trial, record.offer, due, tick);
        }
    }
    units
}

/// E3: each buyer gets the same part of what may leave for it; a vendor's part fills its lines by priority (its links
/// stand in that order). Returns what is shipped, units.
fn ration(trial: &Trial, state: &mut State, links: &[LinkId], part: f64) -> f64 {
    let world = trial.world;
    let vendor = |link: &LinkId| world.pairs[world.links[link.ix()].pair.ix()].vendor;
    let mut shipped = 0.0;
    for group in links.chunk_by(|a, b| vendor(a) == vendor(b)) {
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

#[inline]
fn slot(world: &World, link: LinkId, tick: usize) -> usize {
    link.ix() * world.ring + (tick & (world.ring - 1))
}

/// Ships what a link is given; carries the rest and cancels what was carried long enough.
fn deliver(trial: &Trial, state: &mut State, link: LinkId, tick: usize) {
    let world = trial.world;
    let record = &world.links[link.ix()];
    let now = slot(world, link, tick);
    let (fresh, given) = (state.ring[now], state.given[link.ix()]);
    let carried = state.carried[link.ix()];
    if fresh + carried > 0.0 {
        let whole = fresh == given && carried == 0.0;
        let cancelled = if whole { 0.0 } else { age_orders(trial, state, link, tick) };
        if whole {
            state.ring[now] = 0.0;
        }
        let on_order = &mut state.on_order[record.cell.ix()];
        *on_order = (*on_order - given - cancelled).max(0.0);
        if given > 0.0 {
            book(trial, state, link, given);
        }
    }
    if let Some(watch) = record.watch {
        account(trial, state, link, watch, fresh, tick);
    }
}

/// Takes the shipped part out of each slot and cancels the oldest. Returns what was cancelled, units.
fn age_orders(trial: &Trial, state: &mut State, link: LinkId, tick: usize) -> f64 {
    let world = trial.world;
    let record = &world.links[link.ix()];
    let leave = match record.watch {
        Some(watch) => state.leave[watched(watch, record.offer.ix(), world.offers.len())],
        None => Leave::FREE,
    };
    let eligible = state.eligible[link.ix()];
    let part = if eligible > 0.0 { state.given[link.ix()] / eligible } else { 0.0 };
    let carry = trial.setting.carry;
    let (mut carried, mut cancelled) = (0.0, 0.0);
    for due in tick.saturating_sub(carry)..=tick {
        let place = slot(world, link, due);
        let left = state.ring[place] * (1.0 - part * leave.eligible(trial, record.offer, due, tick));
        if due + carry <= tick {
            cancelled += left;
            state.ring[place] = 0.0;
        } else {
            carried += left;
            state.ring[place] = left;
        }
    }
    state.carried[link.ix()] = carried;
    cancelled
}

/// Puts arrivals into stock, with what they cost and are.
fn book(trial: &Trial, state: &mut State, link: LinkId, units: f64) {
    let record = &trial.world.links[link.ix()];
    let terms = &trial.setting.terms[record.offer.ix()];
    let value = units * terms.price;
    let (cell, state) = (record.cell.ix(), &mut *state);
    state.stock[cell] += units;
    state.arrived[cell] += units;
    state.stock_cost[cell] += value;
    state.stock_performance[cell] += units * terms.performance;
    if trial.world.offers[record.offer.ix()].us_seller {
        state.stock_us[cell] += value;
    }
    state.sold[record.offer.ix()] += value;
}

/// Keeps the accounts of a watched buyer: what became of what fell due, and trailing purchases.
fn account(trial: &Trial, state: &mut State, link: LinkId, watch: WatchId, fresh: f64, tick: usize) {
    let world = trial.world;
    let offer = world.links[link.ix()].offer;
    let i = watched(watch, offer.ix(), world.offers.len());
    let price = trial.setting.terms[offer.ix()].price;
    let (leave, given) = (&state.leave[i], state.given[link.ix()]);
    let pace = trial.pace;
    let value = given * price;
    if fresh + given > 0.0 && leave.is_free() {
        state.dealings[watch.ix()].free += value;
        state.sold_watched[i] += value;
    } else if fresh + given > 0.0 {
        let saved = if leave.saved > 0.0 { leave.saved * saved_part(trial, offer, tick, leave.cut_off) } else { 0.0 };
        let dealings = &mut state.dealings[watch.ix()];
        let total = leave.open + saved + leave.licensed + leave.unlawful;
        if total > 0.0 {
            let scaled = value / total;
            dealings.free += scaled * (leave.open - leave.waived);
            dealings.waived += scaled * leave.waived;
            dealings.saved += scaled * saved;
            dealings.licensed += scaled * leave.licensed;
            dealings.unlawful += scaled * leave.unlawful;
        }
        let blocked = (leave.blocked - saved).max(0.0);
        dealings.blocked += fresh * price * blocked;
        dealings.withheld += fresh * price * (1.0 - total - blocked).max(0.0);
        state.sold_watched[i] += value;
    }
    let purchases = &mut state.purchases[link.ix()];
    *purchases = pace.keep_year * *purchases + (1.0 - pace.keep_year) * value / pace.months;
    let shipped = &mut state.shipped[link.ix()];
    *shipped = pace.keep_quarter * *shipped + (1.0 - pace.keep_quarter) * given / pace.months;
}

/// Capacity of a source that its buyer can count on, units a month: what others (and the buyer's lines of higher
/// priority) do not take. A ramp after qualification comes on top.
pub fn dependable(trial: &Trial, state: &State, link: LinkId, tick: usize) -> f64 {
    let world = trial.world;
    let record = &world.links[link.ix()];
    let capacity = trial.setting.capacity(tick)[record.offer.ix()];
    // The vendor's links of this priority or lower.
    let own = record.own.0 as usize..record.own.1 as usize;
    let own = world.offer_links[record.offer.ix()][own].iter().map(|l| state.shipped[l.ix()]);
    let own = own.fold(0.0, |sum, units| sum + units);
    (capacity - (state.shipped_all[record.offer.ix()] - own).max(0.0)).max(0.0)
}
