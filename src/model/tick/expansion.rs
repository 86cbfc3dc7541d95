//! Plant that vendors add when they win more than they planned, with a delay, and what their suppliers add for it. A vendor
//! plans its plant for the awards of a world without controls; one that wins a rival's orders outgrows it, and builds.

use crate::model::state::State;
use crate::model::state::expansion::Expansion;
use crate::model::trial::TickContext;

/// Capacity of a pair's plant in a tick, what was added included, products a month.
#[inline]
pub fn plant(trial: &TickContext, state: &State, p: usize, tick: usize) -> f64 {
    trial.setting.plant[p * trial.world.calendar.ticks + tick] + state.expansion.extra[p]
}

/// Notes the backlogs before a tick's orders move.
pub fn before_orders(trial: &TickContext, state: &mut State) {
    for (p, pair) in trial.world.pairs.iter().enumerate() {
        state.expansion.before[p] = state.backlog_of(pair);
    }
}

/// Moves what was added toward its target: the plant as planned times the part by which trailing orders exceed the planned
/// ones. With plant `r` times planned awards that is `r` times what is won beyond plan. Both ways it goes with the time
/// constant of the vendor's line, pro rata: after D months, 1 - exp(-D / time) of the way.
pub fn expand(trial: &TickContext, state: &mut State, tick: usize) {
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
fn supply(trial: &TickContext, state: &mut State, tick: usize) {
    let (world, setting) = (trial.world, trial.setting);
    let Expansion { extra, supply, idle, .. } = &mut state.expansion;
    supply.fill(0.0);
    if extra.iter().all(|extra| *extra <= 0.0) {
        return;
    }
    idle.fill(0.0);
    for (p, (pair, extra)) in world.pairs.iter().zip(extra.iter()).enumerate() {
        let at = p * world.calendar.ticks + tick;
        let (plan, plant) = (setting.supply_plan[at], setting.plant[at]);
        if pair.watch.is_none() && (*extra <= 0.0 || plant <= 0.0) {
            continue;
        }
        for c in pair.cells.clone() {
            let (links, units) = (world.cells[c].links.clone(), state.units[c]);
            let sources = world.link_offers[links.clone()].iter().zip(&setting.ratios[links.clone()]);
            for ((offer, ratio), shipped) in sources.zip(&state.shipped[links]) {
                let part = ratio * units * plan;
                if pair.watch.is_some() {
                    idle[offer.ix()] += (part - shipped).max(0.0);
                } else {
                    supply[offer.ix()] += part * extra / plant;
                }
            }
        }
    }
    for (supply, idle) in supply.iter_mut().zip(idle.iter()) {
        *supply = (*supply - idle).max(0.0);
    }
}

/// What each offer's plant can make in a tick.
fn set_capacity(trial: &TickContext, state: &mut State, tick: usize) {
    let planned = trial.setting.capacity(tick).iter();
    for (((capacity, planned), added), output) in
        state.capacity.iter_mut().zip(planned).zip(&state.expansion.supply).zip(&state.output)
    {
        *capacity = (planned + added) * output;
    }
}
