//! Step 1, the law as it happens to the firms: what is announced, starts or ends in a tick. What they make of it (E4, E14)
//! stands in `risk.rs`.

use super::design_out;
use super::escalation;
use super::risk::{forget, hold_back, raise_risk};
use crate::model::state::State;
use crate::model::trial::TickContext;
use crate::model::world::ids::*;
use crate::model::world::random::{EntityKey, StreamId};

/// Step 1: what starts, ends or is announced in the tick. Determinations change only here: they were worked out when the
/// rules were compiled, and a tick reads its share.
pub fn change_rules(trial: &TickContext, state: &mut State, tick: usize) {
    forget(trial, state, tick);
    design_out::complete(trial, state, tick);
    let calendar = &trial.world.calendar;
    let (first, end) = (calendar.first_day[tick], calendar.first_day[tick + 1]);
    for e in 0..trial.rules.events.len() {
        let event = &trial.rules.events[e];
        if event.day < first || event.day >= end {
            continue;
        }
        let (in_force, day) = (event.in_force, event.day);
        let remaining = f64::from(end - day) / f64::from(end - first);
        for w in (0..trial.world.watched.len()).map(TargetId::at) {
            let forbids = |state: &State, offer: OfferId| trial.outlook(state, w, offer).forbidden_by[e];
            raise_risk(trial, state, w, in_force, remaining, forbids);
            if in_force {
                let review = |supplier: EntityKey| trial.chance.uniform(StreamId::Review, supplier, day as u64);
                hold_back(trial, state, w, f64::from(day), review, |outlook| outlook.forbidden_by[e]);
            }
        }
    }
    escalation::escalate(trial, state, tick);
}
