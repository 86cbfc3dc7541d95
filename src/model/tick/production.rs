//! Step 6, what vendors build (E7), after spares from stock (E8); and the capacity that a watched vendor has just before
//! it builds, now and sustained (E10).

use std::ops::Range;

use super::expansion::plant;
use super::foresight;
use super::redesign;
use crate::model::state::{Limits, State};
use crate::model::trial::TickContext;
use crate::model::world::ids::VendorLineId;

/// Step 6.
pub fn build(trial: &TickContext, state: &mut State, tick: usize) {
    state.used.fill(0.0);
    state.moved.fill(0.0);
    for p in 0..trial.world.pairs.len() {
        if trial.assesses_capacity && trial.world.pairs[p].watch.is_some() {
            assess_capacity(trial, state, p, tick);
        }
    }
    for p in 0..trial.world.pairs.len() {
        serve_spares(trial, state, p);
    }
    // Pairs stand by vendor, then by priority.
    for p in 0..trial.world.pairs.len() {
        build_line(trial, state, p, tick);
    }
    for (v, vendor) in trial.world.vendors.iter().enumerate() {
        let (months, keep) = (trial.pace.months, trial.pace.keep_year);
        let built: f64 = vendor.pairs.clone().map(|p| state.built[p] * state.unit_cost[p]).sum();
        let goods = &mut state.cost_of_goods[v];
        *goods = keep * *goods + (1.0 - keep) * built / months;
    }
}

/// The stock of a pair's cells in hand: slices of the state's tables.
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
    fn of(state: &'a mut State, cells: Range<usize>) -> StockView<'a> {
        StockView {
            each: &state.units[cells.clone()],
            stock: &mut state.stock[cells.clone()],
            cost: &mut state.stock_cost[cells.clone()],
            us: &mut state.stock_us[cells.clone()],
            performance: &mut state.stock_performance[cells.clone()],
            used: &mut state.used[cells],
        }
    }

    /// Takes units out of stock at its mean cost.
    #[inline]
    fn draw(&mut self, cell: usize, units: f64) {
        let stock = &mut self.stock[cell];
        let rest = 1.0 - if *stock > 0.0 { (units / *stock).min(1.0) } else { 0.0 };
        *stock = (*stock - units).max(0.0);
        self.used[cell] += units;
        self.cost[cell] *= rest;
        self.us[cell] *= rest;
        self.performance[cell] *= rest;
    }
}

/// Spares that no shipment of spares served come from stock; what stock lacks is recorded as unserved.
fn serve_spares(trial: &TickContext, state: &mut State, p: usize) {
    let cells = trial.world.pairs[p].cells.clone();
    let mut unserved = 0.0f64;
    for (i, c) in cells.clone().enumerate() {
        let due = state.spares_due[c];
        if due <= 0.0 {
            continue;
        }
        let taken = due.min(state.stock[c]);
        if taken > 0.0 {
            StockView::of(state, cells.clone()).draw(i, taken);
        }
        if state.units[c] > 0.0 {
            unserved = unserved.max((due - taken) / state.units[c]);
        }
    }
    state.unserved[p] = unserved;
}

fn build_line(trial: &TickContext, state: &mut State, p: usize, tick: usize) {
    let world = trial.world;
    let pair = &world.pairs[p];
    let plant = plant(trial, state, p, tick) * world.calendar.months(tick);
    let orders = (state.backlog_of(pair) - state.finished[p]).max(0.0);
    let most = plant.min(orders);
    let (mut x, mut binding) = (most, None);
    for (i, c) in pair.cells.clone().enumerate() {
        if world.cells[c].essential && state.units[c] > 0.0 {
            // Parts that the vendor's other lines would give count; they are taken once it is known what binds.
            let lent = world.cells[c].pool.iter().fold(0.0, |sum, other| sum + state.stock[other.ix()]);
            let possible = (state.stock[c] + lent) / state.units[c];
            if possible < x {
                (x, binding) = (possible, Some(i));
            }
        }
    }
    for c in pair.cells.clone() {
        if !world.cells[c].pool.is_empty() {
            pool(trial, state, c, x * state.units[c]);
        }
    }
    let count = pair.cells.len();
    let none = if plant < orders { count } else { count + 1 };
    state.limits[p].binding = binding.unwrap_or(none);
    if pair.watch.is_some() {
        state.limits[p].scarcest = scarcest(trial, state, p);
    }
    consume(trial, state, p, x);
    state.built[p] = x;
    state.finished[p] += x;
}

/// A fungible class: what a line lacks comes from the vendor's lines of lower priority.
fn pool(trial: &TickContext, state: &mut State, cell: usize, wanted: f64) {
    for other in &trial.world.cells[cell].pool {
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
fn scarcest(trial: &TickContext, state: &State, p: usize) -> usize {
    let (mut fewest, mut position) = (f64::INFINITY, 0);
    for (i, c) in trial.world.pairs[p].cells.clone().enumerate() {
        let flow = state.units[c] * state.forecast[p];
        if trial.world.cells[c].essential && flow > 0.0 && state.stock[c] / flow < fewest {
            (fewest, position) = (state.stock[c] / flow, i);
        }
    }
    position
}

/// Uses parts for `x` products. A degradable class that runs short leaves products worse and dearer.
fn consume(trial: &TickContext, state: &mut State, p: usize, x: f64) {
    let world = trial.world;
    if x <= 0.0 {
        return;
    }
    let (setting, cells) = (trial.setting, world.pairs[p].cells.clone());
    let (mut cost, mut us, mut performance) = (0.0, 0.0, 1.0);
    let mut shelves = StockView::of(state, cells.clone());
    for (i, c) in cells.enumerate() {
        let (wanted, stock) = (shelves.each[i] * x, shelves.stock[i]);
        let used = wanted.min(stock);
        let missing = if wanted > 0.0 { 1.0 - used / wanted } else { 0.0 };
        if stock > 0.0 && used > 0.0 {
            cost += shelves.cost[i] * used / stock;
            us += shelves.us[i] * used / stock;
            performance *= (shelves.performance[i] / stock) * (1.0 - missing) + missing;
        }
        if let Some((worse, dearer)) = world.classes[world.cells[c].class.ix()].without.filter(|_| missing > 0.0) {
            performance *= 1.0 - missing * (1.0 - setting.value(worse));
            cost += missing * x * setting.value(dearer);
        }
        if used > 0.0 {
            shelves.draw(i, used);
        }
    }
    let (dearer, changed) = redesign::cost_and_performance(world, trial.setting, state, VendorLineId::at(p));
    cost += dearer * x;
    performance *= changed;
    state.unit_cost[p] = cost / x;
    state.us_content[p] = if cost > 0.0 { us / cost } else { 0.0 };
    state.performance[p] = performance;
}

/// E10: capacity now is what plant and stock allow before use; sustained capacity is the largest monthly output that
/// stock, orders under way and flows that can be counted on support for each of the next 1 to 12 months.
fn assess_capacity(trial: &TickContext, state: &mut State, p: usize, tick: usize) {
    let world = trial.world;
    let months = world.calendar.months(tick);
    let plant = plant(trial, state, p, tick);
    let mut now = plant;
    foresight::foresee(trial, state, &world.pairs[p], tick);
    for c in world.pairs[p].cells.clone() {
        let units = state.units[c];
        if world.cells[c].essential && units > 0.0 {
            now = now.min(state.stock[c] / units / months);
        }
    }
    let sustained = sustain::<1>(trial, state, p, plant);
    state.limits[p] = Limits { now, sustained, ..state.limits[p] };
}

/// The sustained capacity of E10, products a month, at most what the plant can do: from the stock as it is, and what was
/// last foreseen; held up at the end of every so many months (`STEP`, a divisor of twelve).
pub(super) fn sustain<const STEP: usize>(trial: &TickContext, state: &State, p: usize, plant: f64) -> f64 {
    let world = trial.world;
    let mut sustained = plant;
    for c in world.pairs[p].cells.clone() {
        let units = state.units[c];
        if !world.cells[c].essential || units <= 0.0 {
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
