//! Step 6, what vendors build (E7), after spares from stock (E8); and the capacity that a target vendor has just before
//! it builds, now and sustained (E10).

use std::ops::Range;

use super::expansion::plant;
use super::foresight;
use super::redesign;
use crate::model::state::{Limits, State};
use crate::model::trial::TickContext;
use crate::model::world::ids::VendorLineId;

/// Step 6.
pub fn build(context: &TickContext, state: &mut State, tick: usize) {
    state.used.fill(0.0);
    state.moved.fill(0.0);
    for p in 0..context.world.vendor_lines.len() {
        if context.assesses_capacity && context.world.vendor_lines[p].target.is_some() {
            assess_capacity(context, state, p, tick);
        }
    }
    for p in 0..context.world.vendor_lines.len() {
        serve_spares(context, state, p);
    }
    // Vendor lines stand by vendor, then by priority.
    for p in 0..context.world.vendor_lines.len() {
        build_line(context, state, p, tick);
    }
    for (v, vendor) in context.world.vendors.iter().enumerate() {
        let (months, keep) = (context.pace.months, context.pace.keep_year);
        let built: f64 = vendor.vendor_lines.clone().map(|p| state.built[p] * state.unit_cost[p]).sum();
        let goods = &mut state.cost_of_goods[v];
        *goods = keep * *goods + (1.0 - keep) * built / months;
    }
}

/// The stock of a vendor line's items in hand: slices of the state's tables.
struct StockView<'a> {
    /// Units in one product.
    each: &'a [f64],
    stock: &'a mut [f64],
    cost: &'a mut [f64],
    us: &'a mut [f64],
    performance: &'a mut [f64],
    used: &'a mut [f64],
}

impl<'a> StockView<'a> {
    fn of(state: &'a mut State, bom_items: Range<usize>) -> StockView<'a> {
        StockView {
            each: &state.units[bom_items.clone()],
            stock: &mut state.stock[bom_items.clone()],
            cost: &mut state.stock_cost[bom_items.clone()],
            us: &mut state.stock_us[bom_items.clone()],
            performance: &mut state.stock_performance[bom_items.clone()],
            used: &mut state.used[bom_items],
        }
    }

    /// Takes units out of stock at its mean cost.
    #[inline]
    fn draw(&mut self, bom_item: usize, units: f64) {
        let stock = &mut self.stock[bom_item];
        let rest = 1.0 - if *stock > 0.0 { (units / *stock).min(1.0) } else { 0.0 };
        *stock = (*stock - units).max(0.0);
        self.used[bom_item] += units;
        self.cost[bom_item] *= rest;
        self.us[bom_item] *= rest;
        self.performance[bom_item] *= rest;
    }
}

/// Spares that no shipment of spares served come from stock; what stock lacks is recorded as unserved.
fn serve_spares(context: &TickContext, state: &mut State, p: usize) {
    let bom_items = context.world.vendor_lines[p].bom_items.clone();
    let mut unserved = 0.0f64;
    for (i, c) in bom_items.clone().enumerate() {
        let due = state.spares_due[c];
        if due <= 0.0 {
            continue;
        }
        let taken = due.min(state.stock[c]);
        if taken > 0.0 {
            StockView::of(state, bom_items.clone()).draw(i, taken);
        }
        if state.units[c] > 0.0 {
            unserved = unserved.max((due - taken) / state.units[c]);
        }
    }
    state.unserved[p] = unserved;
}

fn build_line(context: &TickContext, state: &mut State, p: usize, tick: usize) {
    let world = context.world;
    let vendor_line = &world.vendor_lines[p];
    let plant = plant(context, state, p, tick) * world.calendar.months(tick);
    let orders = (state.backlog_of(vendor_line) - state.finished[p]).max(0.0);
    let most = plant.min(orders);
    let (mut x, mut binding) = (most, None);
    for (i, c) in vendor_line.bom_items.clone().enumerate() {
        if world.bom_items[c].essential && state.units[c] > 0.0 {
            // Parts that the vendor's other lines would give count; they are taken once it is known what binds.
            let lent = world.bom_items[c].pool.iter().fold(0.0, |sum, other| sum + state.stock[other.ix()]);
            let possible = (state.stock[c] + lent) / state.units[c];
            if possible < x {
                (x, binding) = (possible, Some(i));
            }
        }
    }
    for c in vendor_line.bom_items.clone() {
        if !world.bom_items[c].pool.is_empty() {
            pool(context, state, c, x * state.units[c]);
        }
    }
    let count = vendor_line.bom_items.len();
    let none = if plant < orders { count } else { count + 1 };
    state.limits[p].binding = binding.unwrap_or(none);
    if vendor_line.target.is_some() {
        state.limits[p].scarcest = scarcest(context, state, p);
    }
    consume(context, state, p, x);
    state.built[p] = x;
    state.finished[p] += x;
}

/// A fungible class: what a line lacks comes from the vendor's lines of lower priority.
fn pool(context: &TickContext, state: &mut State, bom_item: usize, wanted: f64) {
    for other in &context.world.bom_items[bom_item].pool {
        let (c, o) = (bom_item, other.ix());
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

/// The item with the fewest months of cover among the essential ones, first in file order on ties.
fn scarcest(context: &TickContext, state: &State, p: usize) -> usize {
    let (mut fewest, mut position) = (f64::INFINITY, 0);
    for (i, c) in context.world.vendor_lines[p].bom_items.clone().enumerate() {
        let flow = state.units[c] * state.forecast[p];
        if context.world.bom_items[c].essential && flow > 0.0 && state.stock[c] / flow < fewest {
            (fewest, position) = (state.stock[c] / flow, i);
        }
    }
    position
}

/// Uses parts for `x` products. A degradable class that runs short leaves products worse and dearer.
fn consume(context: &TickContext, state: &mut State, p: usize, x: f64) {
    let world = context.world;
    if x <= 0.0 {
        return;
    }
    let (inputs, bom_items) = (context.inputs, world.vendor_lines[p].bom_items.clone());
    let (mut cost, mut us, mut performance) = (0.0, 0.0, 1.0);
    let mut shelves = StockView::of(state, bom_items.clone());
    for (i, c) in bom_items.enumerate() {
        let (wanted, stock) = (shelves.each[i] * x, shelves.stock[i]);
        let used = wanted.min(stock);
        let missing = if wanted > 0.0 { 1.0 - used / wanted } else { 0.0 };
        if stock > 0.0 && used > 0.0 {
            cost += shelves.cost[i] * used / stock;
            us += shelves.us[i] * used / stock;
            performance *= (shelves.performance[i] / stock) * (1.0 - missing) + missing;
        }
        if let Some((worse, dearer)) = world.classes[world.bom_items[c].class.ix()].without.filter(|_| missing > 0.0) {
            performance *= 1.0 - missing * (1.0 - inputs.value(worse));
            cost += missing * x * inputs.value(dearer);
        }
        if used > 0.0 {
            shelves.draw(i, used);
        }
    }
    let (dearer, changed) = redesign::cost_and_performance(world, context.inputs, state, VendorLineId::at(p));
    cost += dearer * x;
    performance *= changed;
    state.unit_cost[p] = cost / x;
    state.us_content[p] = if cost > 0.0 { us / cost } else { 0.0 };
    state.performance[p] = performance;
}

/// E10: capacity now is what plant and stock allow before use; sustained capacity is the largest monthly output that
/// stock, orders under way and flows that can be counted on support for each of the next 1 to 12 months.
fn assess_capacity(context: &TickContext, state: &mut State, p: usize, tick: usize) {
    let world = context.world;
    let months = world.calendar.months(tick);
    let plant = plant(context, state, p, tick);
    let mut now = plant;
    foresight::foresee(context, state, &world.vendor_lines[p], tick);
    for c in world.vendor_lines[p].bom_items.clone() {
        let units = state.units[c];
        if world.bom_items[c].essential && units > 0.0 {
            now = now.min(state.stock[c] / units / months);
        }
    }
    let sustained = sustain::<1>(context, state, p, plant);
    state.limits[p] = Limits { now, sustained, ..state.limits[p] };
}

/// The sustained capacity of E10, products a month, at most what the plant can do: from the stock as it is, and what was
/// last foreseen; held up at the end of every so many months (`STEP`, a divisor of twelve).
pub(super) fn sustain<const STEP: usize>(context: &TickContext, state: &State, p: usize, plant: f64) -> f64 {
    let world = context.world;
    let mut sustained = plant;
    for c in world.vendor_lines[p].bom_items.clone() {
        let units = state.units[c];
        if !world.bom_items[c].essential || units <= 0.0 {
            continue;
        }
        let mut supply = state.stock[c];
        for (months, inflow) in (1..).zip(&state.inflow[c]) {
            supply += inflow;
            let need = units * months as f64;
            // Division is slow, and few months bind: a limit that is clearly higher needs no exact value.
            if months % STEP == 0 && supply < sustained * need * (1.0 + 1e-9) {
                sustained = sustained.min(supply / need);
            }
        }
    }
    sustained
}
