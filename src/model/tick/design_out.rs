//! Suppliers that design US content out of their foreign-made offers (section 6 of the model description): a rule that the
//! new design would escape starts a program, once the supplier has reviewed it (E14); from the first tick after the
//! program's end the law sees the content at its floor, for every buyer.

use crate::model::rules::PermissionSchedule;
use crate::model::state::shipping_permission::ShippingPermission;
use crate::model::state::{State, watched};
use crate::model::trial::TickContext;
use crate::model::world::ids::*;

/// Starts programs for what a rule in force forbids and the new design would escape. `reviewed` is the day on which the
/// supplier has read the rule.
pub fn start(
    trial: &TickContext,
    state: &mut State,
    watch: TargetId,
    supplier: usize,
    forbids: impl Fn(&PermissionSchedule) -> bool,
    reviewed: f64,
) {
    let world = trial.world;
    for (o, design) in trial.setting.new_designs.iter().enumerate() {
        let Some(design) = design else { continue };
        let place = watched(watch, o, world.offers.len());
        let escapes = |state: &State| {
            let forbidden = |number: u32| forbids(trial.rules.outlook(number as usize));
            forbidden(state.outlook[place]) && !forbidden(state.new_outlook[place])
        };
        if world.offers[o].supplier.ix() == supplier && state.new_design_on[o] == f64::INFINITY && escapes(state) {
            state.new_design_on[o] = reviewed + design.days;
        }
    }
}

/// Lets the law see the new designs that are complete at the start of a tick. An application under way for what is now
/// free to ship is returned.
pub fn complete(trial: &TickContext, state: &mut State, tick: usize) {
    let world = trial.world;
    let first = f64::from(world.calendar.first_day[tick]);
    if state.new_design_on.iter().all(|day| *day > first) {
        return;
    }
    for o in 0..trial.setting.new_designs.len() {
        if state.new_design_on[o] > first {
            continue;
        }
        state.new_design_on[o] = f64::INFINITY;
        for w in 0..world.watched.len() {
            let place = watched(TargetId::at(w), o, world.offers.len());
            state.outlook[place] = state.new_outlook[place];
            state.escalation.adopt_new_design(place);
            if trial.rules.outlook(state.outlook[place] as usize).always_open {
                state.license[place].decision = None;
                state.leave[place] = ShippingPermission::FREE;
            }
        }
    }
}
