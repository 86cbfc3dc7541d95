//! Plant that vendors add when they win more than they planned, with a delay, and what their suppliers add for it. A vendor
//! plans its plant for the awards of a world without controls; one that wins a rival's orders outgrows it, and builds.

use crate::model::state::State;
use crate::model::state::expansion::Expansion;
use crate::model::trial::TickContext;

/// Capacity of a vendor line's plant in a tick, what was added included, products a month.
#[inline]
pub fn plant(context: &TickContext, state: &State, p: usize, tick: usize) -> f64 {
    context.inputs.plant[p * context.world.calendar.ticks + tick] + state.expansion.extra[p]
}

/// Notes the backlogs before a tick's orders move.
pub fn before_orders(context: &TickContext, state: &mut State) {
    for (p, vendor_line) in context.world.vendor_lines.iter().enumerate() {
        state.expansion.before[p] = state.backlog_of(vendor_line);
    }
}

/// Moves what was added toward its target: the plant as planned times the part by which trailing orders exceed the planned
/// ones. With plant `r` times planned awards that is `r` times what is won beyond plan. Both ways it goes with the time
/// constant of the vendor's line, pro rata: after D months, 1 - exp(-D / time) of the way.
pub fn expand(context: &TickContext, state: &mut State, tick: usize) {
    let (world, inputs) = (context.world, context.inputs);
    let (months, keep) = (context.pace.months, context.pace.keep_year);
    for (p, vendor_line) in world.vendor_lines.iter().enumerate() {
        if vendor_line.expansion_time.is_none() {
            continue;
        }
        let planned: f64 = vendor_line
            .positions
            .iter()
            .map(|s| inputs.planned[s.market.ix() * world.calendar.ticks + tick] * inputs.shares[s.position as usize])
            .sum();
        let won = state.backlog_of(vendor_line) - state.expansion.before[p];
        let trailing = &mut state.expansion;
        trailing.won[p] = keep * trailing.won[p] + (1.0 - keep) * won / months;
        trailing.planned[p] = keep * trailing.planned[p] + (1.0 - keep) * planned / months;
        let beyond = if trailing.planned[p] > 0.0 { trailing.won[p] / trailing.planned[p] - 1.0 } else { 0.0 };
        let target = inputs.plant[p * world.calendar.ticks + tick] * beyond.max(0.0);
        let rest = inputs.expansion_rest[p * world.calendar.ticks + tick];
        trailing.extra[p] = target + (trailing.extra[p] - target) * rest;
    }
    supply(context, state, tick);
    set_capacity(context, state, tick);
}

/// Suppliers whose capacity follows the plan follow the plant that their buyers added to it too, as far as what targeted
/// buyers leave idle of their own part does not do.
fn supply(context: &TickContext, state: &mut State, tick: usize) {
    let (world, inputs) = (context.world, context.inputs);
    let Expansion { extra, supply, idle, .. } = &mut state.expansion;
    supply.fill(0.0);
    if extra.iter().all(|extra| *extra <= 0.0) {
        return;
    }
    idle.fill(0.0);
    for (p, (vendor_line, extra)) in world.vendor_lines.iter().zip(extra.iter()).enumerate() {
        let at = p * world.calendar.ticks + tick;
        let (plan, plant) = (inputs.supply_plan[at], inputs.plant[at]);
        if vendor_line.target.is_none() && (*extra <= 0.0 || plant <= 0.0) {
            continue;
        }
        for c in vendor_line.bom_items.clone() {
            let (sources, units) = (world.bom_items[c].sources.clone(), state.units[c]);
            let ratios = world.source_offers[sources.clone()].iter().zip(&inputs.ratios[sources.clone()]);
            for ((offer, ratio), shipped) in ratios.zip(&state.shipped[sources]) {
                let part = ratio * units * plan;
                if vendor_line.target.is_some() {
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
fn set_capacity(context: &TickContext, state: &mut State, tick: usize) {
    let planned = context.inputs.capacity(tick).iter();
    for (((capacity, planned), added), output) in
        state.capacity.iter_mut().zip(planned).zip(&state.expansion.supply).zip(&state.output)
    {
        *capacity = (planned + added) * output;
    }
}
