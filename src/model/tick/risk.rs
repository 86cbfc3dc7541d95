//! What the law does to the firms: perceived risk, which events raise and time lowers (E4), and suppliers that review a rule
//! and hold back (E14).

use super::design_out;
use crate::model::rules::PermissionSchedule;
use crate::model::state::{State, watched};
use crate::model::trial::TickContext;
use crate::model::world::BomItem;
use crate::model::world::calendar::MONTH;
use crate::model::world::ids::*;
use crate::model::world::random::EntityKey;

/// Risk decays toward rest (E4).
pub(super) fn forget(trial: &TickContext, state: &mut State, tick: usize) {
    let (world, setting) = (trial.world, trial.setting);
    let memory = setting.value(world.behaviour.risk_memory).max(1e-3);
    let keep = libm::exp(-world.calendar.months(tick) / memory);
    for (w, vendor) in world.watched.iter().enumerate() {
        let rest = setting.risk_at_rest(&world.vendors[vendor.ix()]);
        for class in 0..world.classes.len() {
            let risk = &mut state.risk[watched(TargetId::at(w), class, world.classes.len())];
            let now = rest.max(risk.0 * keep);
            *risk = (now, now);
        }
    }
}

/// r = 1 - (1 - r)(1 - w g) for each class; it weighs on this tick's orders for the part of the tick that remains.
pub(super) fn raise_risk(
    trial: &TickContext,
    state: &mut State,
    watch: TargetId,
    in_force: bool,
    remaining: f64,
    forbidden: impl Fn(&State, OfferId) -> bool,
) {
    let (world, setting) = (trial.world, trial.setting);
    let behaviour = &world.behaviour;
    let weight = setting.value(if in_force { behaviour.force_weight } else { behaviour.announcement_weight });
    for class in 0..world.classes.len() {
        let share = purchases_share(trial, state, watch, ClassId::at(class), &forbidden);
        if share > 0.0 {
            let risk = &mut state.risk[watched(watch, class, world.classes.len())];
            let raised = 1.0 - (1.0 - risk.0) * (1.0 - weight * share);
            risk.1 += (raised - risk.0) * remaining;
            risk.0 = raised;
        }
    }
}

/// g of E4: share of the class's trailing purchases that fulfil a condition.
pub(super) fn purchases_share(
    trial: &TickContext,
    state: &State,
    watch: TargetId,
    class: ClassId,
    condition: impl Fn(&State, OfferId) -> bool,
) -> f64 {
    let (mut some, mut all) = (0.0, 0.0);
    let world = trial.world;
    let bought = |cell: &&BomItem| cell.class == class && world.pairs[cell.pair.ix()].watch == Some(watch);
    for cell in world.cells.iter().filter(bought) {
        for l in cell.links.clone() {
            all += state.purchases[l];
            if condition(state, world.link_offers[l]) {
                some += state.purchases[l];
            }
        }
    }
    if all > 0.0 { some / all } else { 0.0 }
}

/// Suppliers whose offers a rule of some day reaches stop to review it; some then stay out of lawful trade for a while
/// (E14). `review` is the draw for a supplier's review.
pub(super) fn hold_back(
    trial: &TickContext,
    state: &mut State,
    watch: TargetId,
    day: f64,
    review: impl Fn(EntityKey) -> f64,
    forbids: impl Fn(&PermissionSchedule) -> bool,
) {
    let (world, setting) = (trial.world, trial.setting);
    let most_cautious = setting.value(world.behaviour.over_compliance);
    let half_life = setting.value(world.behaviour.caution_half_life) * MONTH;
    for (s, supplier) in world.suppliers.iter().enumerate() {
        let reached = world.offers.iter().enumerate().any(|(o, offer)| {
            offer.supplier.ix() == s
                && forbids(trial.outlook(state, watch, OfferId::at(o)))
                && offer.watches.contains(&watch)
        });
        if !reached {
            continue;
        }
        let review = world.behaviour.review_lag.at(review(supplier.key)) * MONTH;
        let caution = if setting.caution[s] < most_cautious {
            half_life * libm::log2(most_cautious / setting.caution[s])
        } else {
            0.0
        };
        let until = day + review.max(caution);
        let out = &mut state.out[watched(watch, s, world.suppliers.len())];
        if out.1 < day {
            *out = (day, until);
        } else {
            out.1 = out.1.max(until);
        }
        design_out::start(trial, state, watch, s, &forbids, day + review);
    }
}
