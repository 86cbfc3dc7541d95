//! An adaptive policy (section 7 of the model description): when the target's sustained capacity (E10) stays above what
//! the regulator tolerates, the next rung of a ladder is announced, and starts after a notice. Both days fall on the
//! boundary of ticks that is nearest, so that months and weeks agree; what firms make of them (E4, E14) and what they
//! foresee (E10) is as for provisions with days of their own.

use super::production::sustain;
use super::risk::{raise_risk, start_compliance_review};
use crate::model::rules::PermissionSchedule;
use crate::model::rules::ladder::Ladder;
use crate::model::state::escalation::{LOOK, NEVER};
use crate::model::state::{State, target_index};
use crate::model::trial::TickContext;
use crate::model::world::calendar::{Calendar, MONTH};
use crate::model::world::ids::*;
use crate::model::world::random::{EntityKey, StreamId};

/// Step 1 of a tick, after the dated provisions: the regulator may look and announce the next rung, and an announced one
/// may start.
pub(super) fn escalate(context: &TickContext, state: &mut State, tick: usize) {
    let Some(ladder) = &context.rules.ladder else { return };
    let waits = state.escalation.turn == NEVER && state.escalation.stage < ladder.rungs.len();
    if waits && tick > 0 && looks(context, state, ladder, tick) {
        announce(context, state, tick);
    }
    if state.escalation.turn == tick {
        enter(context, state, ladder, tick);
    }
}

/// What the target must hold up its capacity to the end of, months: quarters. A month ahead holds four weekly ticks or five,
/// so that by single months a firm that lives from hand to mouth would seem weaker by weeks than by months.
const QUARTER: usize = 3;

/// Whether the regulator looks on the first day of a tick and finds that its patience is at an end. What it sees is the
/// sustained capacity (E10) of that day, by quarters; what it takes the target to need is what would be awarded to it
/// without controls. It looks, and acts, on the first day of the tick that is nearest to the one due.
fn looks(context: &TickContext, state: &mut State, ladder: &Ladder, tick: usize) -> bool {
    let (calendar, subject) = (&context.world.calendar, context.world.subject.ix());
    let passed = calendar.months(tick - 1) * calendar.share_within(tick - 1, ladder.from, f64::INFINITY);
    state.escalation.unseen += passed;
    state.escalation.due -= passed;
    if passed <= 0.0 || state.escalation.due > 0.5 * context.pace.months {
        return false;
    }
    let now = subject * calendar.ticks + tick;
    let need = context.inputs.plan[now];
    let capacity = sustain::<QUARTER>(context, state, subject, context.inputs.plant[now]);
    let escalation = &mut state.escalation;
    let above = need > 0.0 && capacity > escalation.tolerance * need;
    escalation.above = if above { escalation.above + escalation.unseen } else { 0.0 };
    escalation.unseen = 0.0;
    escalation.due += LOOK;
    above && escalation.above + 0.5 * LOOK >= escalation.patience
}

/// The next rung is announced on the first day of the tick.
fn announce(context: &TickContext, state: &mut State, tick: usize) {
    let calendar = &context.world.calendar;
    let day = f64::from(calendar.first_day[tick]) + state.escalation.notice * MONTH;
    let turn = nearest_tick(calendar, day);
    state.escalation.turn = turn;
    let step = Step { stage: state.escalation.stage + 1, turn };
    for place in 0..state.escalation.reached.len() {
        state.escalation.reached[place] |= step.forbids_place(context, state, place);
    }
    for w in (0..context.world.targets.len()).map(TargetId::at) {
        raise_risk(context, state, w, false, 1.0, |state, offer| step.forbids_offer(context, state, w, offer));
    }
}

/// The announced rung starts on the first day of the tick.
fn enter(context: &TickContext, state: &mut State, ladder: &Ladder, tick: usize) {
    let escalation = &mut state.escalation;
    escalation.stage += 1;
    escalation.turn = NEVER;
    escalation.begin();
    let step = Step { stage: escalation.stage, turn: tick };
    state.schedule.copy_from_slice(state.escalation.row(step.stage));
    let width = state.new_schedule.len();
    state.new_schedule.copy_from_slice(&state.escalation.new_schedules[step.stage * width..][..width]);
    let day = f64::from(context.world.calendar.first_day[tick]);
    let rung = ladder.rungs[step.stage - 1].key;
    let review = |supplier: EntityKey| context.streams.uniform(StreamId::Review, supplier.with(rung), 0);
    for w in (0..context.world.targets.len()).map(TargetId::at) {
        raise_risk(context, state, w, true, 1.0, |state, offer| step.forbids_offer(context, state, w, offer));
        start_compliance_review(context, state, w, day, review, |schedule| step.forbids(context, schedule));
    }
}

/// The tick that starts nearest to a day.
fn nearest_tick(calendar: &Calendar, day: f64) -> usize {
    let after = calendar.first_day.partition_point(|&first| f64::from(first) <= day).min(calendar.len());
    let before = after.saturating_sub(1);
    let gap = |tick: usize| (f64::from(calendar.first_day[tick]) - day).abs();
    if gap(before) <= gap(after) { before } else { after }
}

/// A rung that leads to a stage and starts with a tick.
#[derive(Clone, Copy)]
struct Step {
    stage: usize,
    turn: usize,
}

impl Step {
    fn forbids(self, context: &TickContext, schedule: &PermissionSchedule) -> bool {
        // A turn past the calendar is as good as its end.
        schedule.forbidden_by_step[self.turn.min(context.world.calendar.len() - 1)]
    }

    fn forbids_place(self, context: &TickContext, state: &State, place: usize) -> bool {
        self.forbids(context, context.rules.schedule(state.escalation.row(self.stage)[place] as usize))
    }

    fn forbids_offer(self, context: &TickContext, state: &State, target: TargetId, offer: OfferId) -> bool {
        self.forbids_place(context, state, target_index(target, offer.ix(), context.world.offers.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::world::{Tick, Time};
    use jiff::civil::date;

    #[test]
    fn a_day_belongs_to_the_nearest_start_of_a_tick() {
        let time = Time { start: date(2019, 1, 1), end: date(2019, 12, 31), tick: Tick::Month, data_from: None };
        let calendar = Calendar::new(&time);
        // Day 31 is 2019-02-01, day 59 is 2019-03-01.
        let found = [0.0, 15.5, 15.6, 31.0, 44.9, 45.1, 60.0].map(|day| nearest_tick(&calendar, day));
        assert_eq!(found, [0, 0, 1, 1, 1, 2, 2]);
        assert_eq!(nearest_tick(&calendar, 1e6), calendar.len());
    }
}
