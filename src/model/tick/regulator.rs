//! Step 1, the law as it happens to the firms: what is announced, starts or ends in a tick. What they make of it (E4, E14)
//! stands in `risk.rs`.

use super::design_out;
use super::escalation;
use super::risk::{decay_belief, raise_risk, start_compliance_review};
use crate::model::state::State;
use crate::model::trial::TickContext;
use crate::model::world::ids::*;
use crate::model::world::random::{EntityKey, StreamId};

/// Step 1: what starts, ends or is announced in the tick. Determinations change only here: they were worked out when the
/// rules were compiled, and a tick reads its share.
pub fn change_rules(context: &TickContext, state: &mut State, tick: usize) {
    decay_belief(context, state, tick);
    design_out::complete(context, state, tick);
    let calendar = &context.world.calendar;
    let (first, end) = (calendar.first_day[tick], calendar.first_day[tick + 1]);
    for e in 0..context.rules.events.len() {
        let event = &context.rules.events[e];
        if event.day < first || event.day >= end {
            continue;
        }
        let (in_force, day) = (event.in_force, event.day);
        let remaining = f64::from(end - day) / f64::from(end - first);
        for w in (0..context.world.targets.len()).map(TargetId::at) {
            let forbids = |state: &State, offer: OfferId| context.schedule(state, w, offer).forbidden_by[e];
            raise_risk(context, state, w, in_force, remaining, forbids);
            if in_force {
                let review = |supplier: EntityKey| context.streams.uniform(StreamId::Review, supplier, day as u64);
                start_compliance_review(context, state, w, f64::from(day), review, |schedule| schedule.forbidden_by[e]);
            }
        }
    }
    escalation::escalate(context, state, tick);
}
