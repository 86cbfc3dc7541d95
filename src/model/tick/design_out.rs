//! Suppliers that design US content out of their foreign-made offers (section 6 of the model description): a rule that the
//! new design would escape starts a program, once the supplier has reviewed it (E14); from the first tick after the
//! program's end the law sees the content at its floor, for every buyer.

use crate::model::rules::PermissionSchedule;
use crate::model::state::shipping_permission::ShippingPermission;
use crate::model::state::{State, target_index};
use crate::model::trial::TickContext;
use crate::model::world::ids::*;

/// Starts programs for what a rule in force forbids and the new design would escape. `reviewed` is the day on which the
/// supplier has read the rule.
pub fn start(
    context: &TickContext,
    state: &mut State,
    target: TargetId,
    supplier: usize,
    forbids: impl Fn(&PermissionSchedule) -> bool,
    reviewed: f64,
) {
    let world = context.world;
    for (o, design) in context.inputs.new_designs.iter().enumerate() {
        let Some(design) = design else { continue };
        let place = target_index(target, o, world.offers.len());
        let escapes = |state: &State| {
            let forbidden = |number: u32| forbids(context.rules.schedule(number as usize));
            forbidden(state.schedule[place]) && !forbidden(state.new_schedule[place])
        };
        if world.offers[o].supplier.ix() == supplier && state.new_design_on[o] == f64::INFINITY && escapes(state) {
            state.new_design_on[o] = reviewed + design.days;
        }
    }
}

/// Lets the law see the new designs that are complete at the start of a tick. An application under way for what is now
/// free to ship is returned.
pub fn complete(context: &TickContext, state: &mut State, tick: usize) {
    let world = context.world;
    let first = f64::from(world.calendar.first_day[tick]);
    if state.new_design_on.iter().all(|day| *day > first) {
        return;
    }
    for o in 0..context.inputs.new_designs.len() {
        if state.new_design_on[o] > first {
            continue;
        }
        state.new_design_on[o] = f64::INFINITY;
        for w in 0..world.targets.len() {
            let place = target_index(TargetId::at(w), o, world.offers.len());
            state.schedule[place] = state.new_schedule[place];
            state.escalation.adopt_new_design(place);
            if context.rules.schedule(state.schedule[place] as usize).always_open {
                state.license[place].decision = None;
                state.permission[place] = ShippingPermission::FREE;
            }
        }
    }
}
