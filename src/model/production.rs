//! Step 6, what vendors build (E7), after spares from stock (E8); and the capacity that a watched vendor has just before
//! it builds, now and sustained (E10).

use super::calendar::{MONTH, OUTLOOK_MONTHS};
use super::ids::*;
use super::procurement::ramp;
use super::state::{Limits, watched};
use super::supplier::dependable;
use super::tick::Trial;

/// Step 6.
pub fn build(trial: &mut Trial, tick: usize) {
    trial.state.used.fill(0.0);
    trial.state.moved.fill(0.0);
    for p in 0..trial.world.pairs.len() {
        if trial.world.pairs[p].watch.is_some() {
            assess_capacity(trial, p, tick);
        }
    }
    for p in 0..trial.world.pairs.len() {
        serve_spares(trial, p);
    }
    // Pairs stand by vendor, then by priority.
    for p in 0..trial.world.pairs.len() {
        build_line(trial, p, tick);
    }
    for (v, vendor) in trial.world.vendors.iter().enumerate() {
        let (months, keep) = (trial.pace.months, trial.pace.keep_year);
        let state = &mut *trial.state;
        let built: f64 = vendor.pairs.clone().map(|p| state.built[p] * state.unit_cost[p]).sum();
        let goods = &mut state.cost_of_goods[v];
        *goods = keep * *goods + (1.0 - keep) * built / months;
    }
}

/// Spares that no shipment of spares served come from stock; what stock lacks is recorded as unserved.
fn serve_spares(trial: &mut Trial, p: usize) {
    let pair = &trial.world.pairs[p];
    let state = &mut *trial.state;
    let mut unserved = 0.0f64;
    for c in pair.cells.clone() {
        let due = state.spares_due[c];
        let taken = due.min(state.stock[c]);
        if taken > 0.0 {
            draw(state, c, taken);
        }
        if state.units[c] > 0.0 {
            unserved = unserved.max((due - taken) / state.units[c]);
        }
    }
    state.unserved[p] = unserved;
}

/// Takes units out of stock at its mean cost.
fn draw(state: &mut super::state::State, cell: usize, units: f64) {
    let part = if state.stock[cell] > 0.0 { (units / state.stock[cell]).min(1.0) } else { 0.0 };
    state.used[cell] += units;
    state.stock[cell] = (state.stock[cell] - units).max(0.0);
    state.stock_cost[cell] *= 1.0 - part;
    state.stock_us[cell] *= 1.0 - part;
    state.stock_performance[cell] *= 1.0 - part;
}

fn build_line(trial: &mut Trial, p: usize, tick: usize) {
    let world = trial.world;
    let pair = &world.pairs[p];
    let plant = trial.setting.plant[p * world.calendar.ticks + tick] * world.calendar.months(tick);
    let orders = (waiting(trial, p) - trial.state.finished[p]).max(0.0);
    let most = plant.min(orders);
    for c in pair.cells.clone() {
        if !world.cells[c].pool.is_empty() {
            pool(trial, c, most * trial.state.units[c]);
        }
    }
    let (mut x, mut binding) = (most, None);
    for (i, c) in pair.cells.clone().enumerate() {
        if world.cells[c].essential && trial.state.units[c] > 0.0 {
            let possible = trial.state.stock[c] / trial.state.units[c];
            if possible < x {
                (x, binding) = (possible, Some(i));
            }
        }
    }
    let count = pair.cells.len();
    let none = if plant < orders { count } else { count + 1 };
    trial.state.limits[p].binding = binding.unwrap_or(none);
    trial.state.limits[p].scarcest = scarcest(trial, p);
    consume(trial, p, x);
    trial.state.built[p] = x;
    trial.state.finished[p] += x;
}

fn waiting(trial: &Trial, p: usize) -> f64 {
    trial.world.pairs[p].seats.iter().map(|s| trial.state.backlog[s.seat as usize]).sum()
}

/// A fungible class: what a line lacks comes from the vendor's lines of lower priority.
fn pool(trial: &mut Trial, cell: usize, wanted: f64) {
    for other in &trial.world.cells[cell].pool {
        let state = &mut *trial.state;
        let (c, o) = (cell, other.ix());
        let moved = (wanted - state.stock[c]).clamp(0.0, state.stock[o]);
        if moved <= 0.0 {
            continue;
        }
        let part = moved / state.stock[o];
        for table in [&mut state.stock_cost, &mut state.stock_us, &mut state.stock_performance, &mut state.stock] {
            let amount = table[o] * part;
            table[o] -= amount;
            table[c] += amount;
        }
        state.moved[c] += moved;
        state.moved[o] -= moved;
    }
}

/// The cell with the fewest months of cover among the essential ones, first in file order on ties.
fn scarcest(trial: &Trial, p: usize) -> usize {
    let (mut fewest, mut position) = (f64::INFINITY, 0);
    for (i, c) in trial.world.pairs[p].cells.clone().enumerate() {
        let flow = trial.state.units[c] * trial.state.forecast[p];
        if trial.world.cells[c].essential && flow > 0.0 && trial.state.stock[c] / flow < fewest {
            (fewest, position) = (trial.state.stock[c] / flow, i);
        }
    }
    position
}

/// Uses parts for `x` products. A degradable class that runs short leaves products worse and dearer.
fn consume(trial: &mut Trial, p: usize, x: f64) {
    let world = trial.world;
    if x <= 0.0 {
        return;
    }
    let (mut cost, mut us, mut performance) = (0.0, 0.0, 1.0);
    for c in world.pairs[p].cells.clone() {
        let setting = trial.setting;
        let state = &mut *trial.state;
        let wanted = state.units[c] * x;
        let used = wanted.min(state.stock[c]);
        let stock = state.stock[c];
        let missing = if wanted > 0.0 { 1.0 - used / wanted } else { 0.0 };
        if stock > 0.0 && used > 0.0 {
            cost += state.stock_cost[c] * used / stock;
            us += state.stock_us[c] * used / stock;
            performance *= (state.stock_performance[c] / stock) * (1.0 - missing) + missing;
        }
        if let Some((worse, dearer)) = world.classes[world.cells[c].class.ix()].without.filter(|_| missing > 0.0) {
            performance *= 1.0 - missing * (1.0 - setting.value(worse));
            cost += missing * x * setting.value(dearer);
        }
        if used > 0.0 {
            draw(state, c, used);
        }
    }
    let state = &mut *trial.state;
    state.unit_cost[p] = cost / x;
    state.us_content[p] = if cost > 0.0 { us / cost } else { 0.0 };
    state.performance[p] = performance;
}

/// E10: capacity now is what plant and stock allow before use; sustained capacity is the largest monthly output that
/// stock, orders under way and flows that can be counted on support for each of the next 1 to 12 months.
fn assess_capacity(trial: &mut Trial, p: usize, tick: usize) {
    let world = trial.world;
    let months = world.calendar.months(tick);
    let plant = trial.setting.plant[p * world.calendar.ticks + tick];
    let (mut now, mut sustained) = (plant, plant);
    for c in world.pairs[p].cells.clone() {
        let units = trial.state.units[c];
        foresee(trial, c, tick);
        if !world.cells[c].essential || units <= 0.0 {
            continue;
        }
        now = now.min(trial.state.stock[c] / units / months);
        let mut supply = trial.state.stock[c];
        for h in 0..OUTLOOK_MONTHS {
            supply += trial.state.inflow[c][h];
            sustained = sustained.min(supply / (units * (h + 1) as f64));
        }
    }
    trial.state.limits[p] = Limits { now, sustained, ..trial.state.limits[p] };
}

/// What will come into a cell in each of the next twelve months, as known at the end of the tick: orders under way that
/// may ship, and from the lead time on the flow that its sources can be counted on for. A source that is known not to obey
/// counts like a permitted one: its parts will come.
fn foresee(trial: &mut Trial, cell: usize, tick: usize) {
    let world = trial.world;
    let mut inflow = [0.0; OUTLOOK_MONTHS];
    for link in world.cells[cell].links.clone() {
        foresee_link(trial, LinkId::at(link), tick, &mut inflow);
    }
    trial.state.inflow[cell] = inflow;
}

fn foresee_link(trial: &Trial, link: LinkId, tick: usize, inflow: &mut [f64; OUTLOOK_MONTHS]) {
    let (world, setting, state) = (trial.world, trial.setting, &*trial.state);
    let calendar = &world.calendar;
    let now = f64::from(calendar.first_day[tick]);
    let qualified = state.qualified[link.ix()];
    let outlook_end = now + OUTLOOK_MONTHS as f64 * MONTH;
    if qualified > outlook_end {
        return;
    }
    let record = &world.links[link.ix()];
    let known = trial.rules.known_by_end[tick];
    let flow = dependable(trial, link, tick);
    let (whole, part) = setting.lead[record.offer.ix()];
    let lead = (whole as f64 + part) * calendar.mean_months;
    let base = link.ix() * world.ring;
    for ahead in 1.. {
        let then = tick + ahead;
        // Months from the end of this tick to the start and end of the tick ahead.
        let start = f64::from(calendar.first_day[then.min(calendar.len())] - calendar.first_day[tick + 1]) / MONTH;
        if then >= calendar.len() || start >= OUTLOOK_MONTHS as f64 {
            break;
        }
        let open = counted(trial, record.watch, record.offer, known, then);
        if open <= 0.0 {
            continue;
        }
        let length = calendar.months(then);
        // A tick that reaches beyond the twelve months counts for the part within.
        let within = ((OUTLOOK_MONTHS as f64 - start) / length).min(1.0);
        let mut units = if ahead < world.ring { state.ring[base + (then & (world.ring - 1))] } else { 0.0 };
        let beyond = (start + length - lead).clamp(0.0, length);
        if beyond > 0.0 && flow > 0.0 {
            units += flow * beyond * ramp(trial, link, f64::from(calendar.first_day[then]));
        }
        let month = ((start + 0.5 * length) as usize).min(OUTLOOK_MONTHS - 1);
        inflow[month] += units * open * within;
    }
    if state.carried[link.ix()] > 0.0 {
        inflow[0] += state.carried[link.ix()] * counted(trial, record.watch, record.offer, known, tick + 1);
    }
}

/// Share of a tick ahead on which an offer will ship, as known after `known` announcements.
fn counted(trial: &Trial, watch: Option<WatchId>, offer: OfferId, known: usize, then: usize) -> f64 {
    let Some(watch) = watch else { return 1.0 };
    let outlook = trial.outlook(watch, offer);
    if outlook.always_open {
        return 1.0;
    }
    let then = then.min(trial.world.calendar.len() - 1);
    let open = outlook.expected[known][then];
    if open >= 1.0 {
        return 1.0;
    }
    let mut share = open;
    if !trial.setting.complies[trial.world.offers[offer.ix()].home.ix()] {
        share += outlook.expected_foreign[known][then];
    }
    let license = &trial.state.license[watched(watch, offer.ix(), trial.world.offers.len())];
    if license.held.1 > license.held.0 {
        let held = trial.world.calendar.share_within(then, license.held.0, license.held.1);
        share += held * (1.0 - share).max(0.0) * trial.setting.value(trial.world.behaviour.license_use);
    }
    share.min(1.0)
}
