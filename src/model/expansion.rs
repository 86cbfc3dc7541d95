//! Plant that vendors add when they win more than they planned, with a delay, and what their suppliers add for it. A vendor
//! plans its plant for the awards of a world without controls; one that wins a rival's orders outgrows it, and builds.

use super::setting::Setting;
use super::state::State;
use super::tick::Trial;
use super::world::{Capacity, Offer, World};

/// What vendors win and what they added, by pair.
#[derive(Debug, Clone, Default)]
pub struct Expansion {
    /// Capacity beyond the plant as planned, products a month.
    pub extra: Vec<f64>,
    /// By offer: capacity that suppliers added for buyers who grew, units a month.
    pub supply: Vec<f64>,
    /// Trailing orders won, net of those that left, products a month.
    won: Vec<f64>,
    /// Trailing orders planned, products a month.
    planned: Vec<f64>,
    /// Backlog before this tick's orders, products.
    before: Vec<f64>,
}

impl Expansion {
    /// At the start each vendor has the plant that it planned and wins what it planned.
    pub fn start(&mut self, world: &World, setting: &Setting) {
        for table in [&mut self.extra, &mut self.won, &mut self.planned, &mut self.before] {
            table.clear();
            table.resize(world.pairs.len(), 0.0);
        }
        self.supply.clear();
        self.supply.resize(world.offers.len(), 0.0);
        for p in 0..world.pairs.len() {
            self.planned[p] = setting.plan[p * world.calendar.ticks];
            self.won[p] = self.planned[p];
        }
    }
}

/// Capacity of a pair's plant in a tick, what was added included, products a month.
#[inline]
pub fn plant(trial: &Trial, state: &State, p: usize, tick: usize) -> f64 {
    trial.setting.plant[p * trial.world.calendar.ticks + tick] + state.expansion.extra[p]
}

/// Notes the backlogs before a tick's orders move.
pub fn before_orders(trial: &Trial, state: &mut State) {
    for (p, pair) in trial.world.pairs.iter().enumerate() {
        state.expansion.before[p] = state.backlog_of(pair);
    }
}

/// Moves what was added toward its target: the plant as planned times the part by which trailing orders exceed the planned
/// ones. With plant `r` times planned awards that is `r` times what is won beyond plan. Both ways it goes with the time
/// constant of the vendor's line, pro rata: after D months, 1 - exp(-D / time) of the way.
pub fn expand(trial: &Trial, state: &mut State, tick: usize) {
    let (world, setting) = (trial.world, trial.setting);
    let (months, keep) = (trial.pace.months, trial.pace.keep_year);
    for (p, pair) in world.pairs.iter().enumerate() {
        let Some(time) = pair.expansion_time else { continue };
        let planned: f64 = pair
            .seats
            .iter()
            .map(|s| setting.planned[s.market.ix() * world.calendar.ticks + tick] * setting.shares[s.seat as usize])
            .sum();
        let won = state.backlog_of(pair) - state.expansion.before[p];
        let trailing = &mut state.expansion;
        trailing.won[p] = keep * trailing.won[p] + (1.0 - keep) * won / months;
        trailing.planned[p] = keep * trailing.planned[p] + (1.0 - keep) * planned / months;
        let beyond = if trailing.planned[p] > 0.0 { trailing.won[p] / trailing.planned[p] - 1.0 } else { 0.0 };
        let target = setting.plant[p * world.calendar.ticks + tick] * beyond.max(0.0);
        let rest = libm::exp(-months / setting.value(time).max(1e-9));
        trailing.extra[p] = target + (trailing.extra[p] - target) * rest;
    }
    supply(trial, state, tick);
    set_capacity(trial, state, tick);
}

/// Suppliers whose capacity follows the plan follow the plant that their buyers added to it too, as far as what watched
/// buyers leave idle of their own part does not do.
fn supply(trial: &Trial, state: &mut State, tick: usize) {
    let (world, setting) = (trial.world, trial.setting);
    let grown = state.expansion.extra.iter().any(|extra| *extra > 0.0);
    for (o, offer) in world.offers.iter().enumerate() {
        let Capacity::OfPlannedUse(ratio) = offer.capacity else { continue };
        let added = if grown { added(trial, state, offer, setting.value(ratio), tick) } else { 0.0 };
        // What others leave idle only makes up for what was added.
        let more = if added > 0.0 { added - idle(trial, state, offer, setting.value(ratio), tick) } else { 0.0 };
        state.expansion.supply[o] = more.max(0.0);
    }
}

/// What an offer's buyers who grew plan to use on top, units a month.
fn added(trial: &Trial, state: &State, offer: &Offer, ratio: f64, tick: usize) -> f64 {
    let (world, setting) = (trial.world, trial.setting);
    let mut added = 0.0;
    for link in offer.links.iter().map(|link| &world.links[link.ix()]) {
        let extra = state.expansion.extra[link.pair.ix()];
        if extra <= 0.0 || link.watch.is_some() {
            continue;
        }
        let at = link.pair.ix() * world.calendar.ticks + tick;
        if setting.plant[at] > 0.0 {
            added += ratio * state.units[link.cell.ix()] * setting.supply_plan[at] * extra / setting.plant[at];
        }
    }
    added
}

/// What watched buyers leave idle of their part of an offer's capacity, units a month.
fn idle(trial: &Trial, state: &State, offer: &Offer, ratio: f64, tick: usize) -> f64 {
    let (world, setting) = (trial.world, trial.setting);
    let mut idle = 0.0;
    for link in &offer.links {
        let record = &world.links[link.ix()];
        if record.watch.is_some() {
            let at = record.pair.ix() * world.calendar.ticks + tick;
            let part = ratio * state.units[record.cell.ix()] * setting.supply_plan[at];
            idle += (part - state.shipped[link.ix()]).max(0.0);
        }
    }
    idle
}

/// What each offer's plant can make in a tick.
fn set_capacity(trial: &Trial, state: &mut State, tick: usize) {
    let planned = trial.setting.capacity(tick).iter();
    for (((capacity, planned), added), output) in
        state.capacity.iter_mut().zip(planned).zip(&state.expansion.supply).zip(&state.output)
    {
        *capacity = (planned + added) * output;
    }
}
