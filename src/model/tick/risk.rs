//! What the law does to the firms: perceived risk, which events raise and time lowers (E4), and suppliers that review a rule
//! and hold back (E14).

use super::design_out;
use crate::math;
use crate::model::rules::PermissionSchedule;
use crate::model::state::{State, target_index};
use crate::model::trial::TickContext;
use crate::model::world::BomItem;
use crate::model::world::calendar::MONTH;
use crate::model::world::ids::*;
use crate::model::world::random::EntityKey;

/// Risk decays toward rest (E4).
pub(super) fn decay_belief(context: &TickContext, state: &mut State, tick: usize) {
    let (world, inputs) = (context.world, context.inputs);
    let keep = inputs.risk_kept[tick];
    for (w, vendor) in world.targets.iter().enumerate() {
        let rest = inputs.risk_at_rest(&world.vendors[vendor.ix()]);
        for class in 0..world.classes.len() {
            let risk = &mut state.risk[target_index(TargetId::at(w), class, world.classes.len())];
            let now = rest.max(risk.0 * keep);
            *risk = (now, now);
        }
    }
}

/// r = 1 - (1 - r)(1 - w g) for each class; it weighs on this tick's orders for the part of the tick that remains.
pub(super) fn raise_risk(
    context: &TickContext,
    state: &mut State,
    target: TargetId,
    in_force: bool,
    remaining: f64,
    forbidden: impl Fn(&State, OfferId) -> bool,
) {
    let (world, inputs) = (context.world, context.inputs);
    let behaviour = &world.behaviour;
    let weight = inputs.value(if in_force { behaviour.force_weight } else { behaviour.announcement_weight });
    for class in 0..world.classes.len() {
        let share = purchases_share(context, state, target, ClassId::at(class), &forbidden);
        if share > 0.0 {
            let risk = &mut state.risk[target_index(target, class, world.classes.len())];
            let raised = 1.0 - (1.0 - risk.0) * (1.0 - weight * share);
            risk.1 += (raised - risk.0) * remaining;
            risk.0 = raised;
        }
    }
}

/// g of E4: share of the class's trailing purchases that fulfil a condition.
pub(super) fn purchases_share(
    context: &TickContext,
    state: &State,
    target: TargetId,
    class: ClassId,
    condition: impl Fn(&State, OfferId) -> bool,
) -> f64 {
    let (mut some, mut all) = (0.0, 0.0);
    let world = context.world;
    let bought = |bom_item: &&BomItem| {
        bom_item.class == class && world.vendor_lines[bom_item.vendor_line.ix()].target == Some(target)
    };
    for bom_item in world.bom_items.iter().filter(bought) {
        for l in bom_item.sources.clone() {
            all += state.purchases[l];
            if condition(state, world.source_offers[l]) {
                some += state.purchases[l];
            }
        }
    }
    if all > 0.0 { some / all } else { 0.0 }
}

/// Suppliers whose offers a rule of some day reaches stop to review it; some then stay out of lawful trade for a while
/// (E14). `review` is the draw for a supplier's review.
pub(super) fn start_compliance_review(
    context: &TickContext,
    state: &mut State,
    target: TargetId,
    day: f64,
    review: impl Fn(EntityKey) -> f64,
    forbids: impl Fn(&PermissionSchedule) -> bool,
) {
    let (world, inputs) = (context.world, context.inputs);
    let most_cautious = inputs.value(world.behaviour.over_compliance);
    let half_life = inputs.value(world.behaviour.caution_half_life) * MONTH;
    for (s, supplier) in world.suppliers.iter().enumerate() {
        let reached = world.offers.iter().enumerate().any(|(o, offer)| {
            offer.supplier.ix() == s
                && forbids(context.schedule(state, target, OfferId::at(o)))
                && offer.targets.contains(&target)
        });
        if !reached {
            continue;
        }
        let review = world.behaviour.review_lag.at(review(supplier.key)) * MONTH;
        let caution = if inputs.caution[s] < most_cautious {
            half_life * math::log2(most_cautious / inputs.caution[s])
        } else {
            0.0
        };
        let until = day + review.max(caution);
        let out = &mut state.out[target_index(target, s, world.suppliers.len())];
        if out.1 < day {
            *out = (day, until);
        } else {
            out.1 = out.1.max(until);
        }
        design_out::start(context, state, target, s, &forbids, day + review);
    }
}
