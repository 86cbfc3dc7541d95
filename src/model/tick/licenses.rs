//! Step 2, specific licenses (E16): suppliers apply for what is prohibited, the regulator decides after a time that it takes,
//! by the practice and the policy of review of that day, and revokes what it granted by hazard.

use rand_distr::Distribution;

use super::risk::purchases_share;
use crate::math::{self, Gamma};
use crate::model::rules::Category;
use crate::model::state::{Rulings, State, target_index};
use crate::model::trial::TickContext;
use crate::model::world::World;
use crate::model::world::calendar::MONTH;
use crate::model::world::ids::*;
use crate::model::world::random::{EntityKey, StreamId};
use crate::scenario::world::LineCategory;

/// Step 2: revocations, decisions on applications whose time is over, and new applications where a license would help.
pub fn decide_applications(context: &TickContext, state: &mut State, tick: usize) {
    if context.rules.licensing.is_empty() {
        return;
    }
    let world = context.world;
    for w in 0..world.targets.len() {
        let target = TargetId::at(w);
        state.rulings[w] = Rulings::default();
        for o in 0..world.offers.len() {
            if context.schedule(state, target, OfferId::at(o)).always_open || !world.offers[o].targets.contains(&target)
            {
                continue;
            }
            decide(context, state, target, OfferId::at(o), tick);
            revoke(context, state, target, OfferId::at(o), tick);
            apply(context, state, target, OfferId::at(o), tick);
            count(context, state, target, OfferId::at(o), tick);
        }
    }
}

/// Practice on a day: the last period that had started.
fn practice(context: &TickContext, day: f64) -> Option<usize> {
    context.rules.licensing.iter().rposition(|p| p.from <= day)
}

fn decide(context: &TickContext, state: &mut State, target: TargetId, offer: OfferId, tick: usize) {
    let (world, inputs) = (context.world, context.inputs);
    let i = target_index(target, offer.ix(), world.offers.len());
    let end = f64::from(world.calendar.first_day[tick + 1]);
    let Some(day) = state.license[i].decision.filter(|day| *day < end) else { return };
    let Some(period) = practice(context, day) else { return };
    let review = context.schedule(state, target, offer).review[tick];
    let rate = context.rules.licensing[period].approval(category(context, offer), review, inputs.regimes());
    let key = license_key(world, target, offer);
    let attempt = u64::from(state.license[i].attempts);
    let approved = context.streams.uniform(StreamId::LicenseDecision, key, attempt) < rate;
    let life = inputs.value(world.behaviour.license_life) * MONTH;
    let license = &mut state.license[i];
    license.decision = None;
    license.attempts += 1;
    if approved {
        license.held = (day, day + life);
        license.denied_under = None;
        let unit = context.streams.uniform(StreamId::LicenseRevocation, key, attempt);
        license.exposure = (0.0, -math::ln(unit));
        state.rulings[target.ix()].approved += 1.0;
    } else {
        license.denied_under = Some(period);
        state.rulings[target.ix()].denied += 1.0;
        raise_belief_on_denial(context, state, target, offer);
    }
}

/// A denial or revocation raises the perceived risk of the offer's class (E4).
fn raise_belief_on_denial(context: &TickContext, state: &mut State, target: TargetId, offer: OfferId) {
    let world = context.world;
    let class = world.offers[offer.ix()].class;
    let weight = context.inputs.value(world.behaviour.denial_weight);
    let share = purchases_share(context, state, target, class, |_, other| other == offer);
    if share > 0.0 {
        let risk = &mut state.risk[target_index(target, class.ix(), world.classes.len())];
        let raised = 1.0 - (1.0 - risk.0) * (1.0 - weight * share);
        *risk = (raised, risk.1 + raised - risk.0);
    }
}

/// Exposes a license to the hazards of the days on which it is in force, and revokes it on the day on which their sum
/// passes its threshold, an exponential number drawn with the license: so both tick lengths share the draws.
fn revoke(context: &TickContext, state: &mut State, target: TargetId, offer: OfferId, tick: usize) {
    let (world, periods) = (context.world, &context.rules.licensing);
    let i = target_index(target, offer.ix(), world.offers.len());
    let (calendar, (from, until)) = (&world.calendar, state.license[i].held);
    let first = from.max(f64::from(calendar.first_day[tick]));
    let end = until.min(f64::from(calendar.first_day[tick + 1]));
    if end <= first {
        return;
    }
    for (p, period) in periods.iter().enumerate() {
        let next = periods.get(p + 1).map_or(f64::INFINITY, |next| next.from);
        let (start, stop) = (first.max(period.from), end.min(next));
        let hazard = if stop > start { period.revocation(context.inputs.regimes()) / MONTH } else { 0.0 };
        if hazard <= 0.0 {
            continue;
        }
        let license = &mut state.license[i];
        let (exposed, threshold) = license.exposure;
        license.exposure.0 += hazard * (stop - start);
        if license.exposure.0 >= threshold {
            license.held.1 = start + (threshold - exposed) / hazard;
            license.denied_under = Some(p);
            state.rulings[target.ix()].revoked += 1.0;
            raise_belief_on_denial(context, state, target, offer);
            return;
        }
    }
}

/// Counts what is under way and in force at the end of a tick.
fn count(context: &TickContext, state: &mut State, target: TargetId, offer: OfferId, tick: usize) {
    let license = &state.license[target_index(target, offer.ix(), context.world.offers.len())];
    let end = f64::from(context.world.calendar.first_day[tick + 1]);
    let rulings = &mut state.rulings[target.ix()];
    rulings.pending += f64::from(u8::from(license.decision.is_some()));
    rulings.in_force += f64::from(u8::from(license.held.0 < end && license.held.1 >= end));
}

fn license_key(world: &World, target: TargetId, offer: OfferId) -> EntityKey {
    world.offers[offer.ix()].key.with(world.vendors[world.targets[target.ix()].ix()].key)
}

/// A supplier that is ready to applies once its offer is prohibited and its review is over; after a denial, again when
/// the practice changes.
fn apply(context: &TickContext, state: &mut State, target: TargetId, offer: OfferId, tick: usize) {
    let (world, inputs) = (context.world, context.inputs);
    let supplier = world.offers[offer.ix()].supplier.ix();
    let first = f64::from(world.calendar.first_day[tick]);
    let i = target_index(target, offer.ix(), world.offers.len());
    let license = state.license[i];
    let prohibited = context.schedule(state, target, offer).prohibited_at_end[tick];
    if !inputs.ready[supplier]
        || !inputs.obeys[supplier]
        || !prohibited
        || license.decision.is_some()
        || license.held.1 > first
    {
        return;
    }
    let denied_now = license.denied_under.is_some() && license.denied_under == practice(context, first);
    if denied_now {
        return;
    }
    let (out_from, out_until) = state.out[target_index(target, supplier, world.suppliers.len())];
    let day = if out_until > out_from { first.max(out_until) } else { first };
    let mean = inputs.value(world.behaviour.license_time) * MONTH;
    let shape = inputs.value(world.behaviour.license_time_shape);
    let key = license_key(world, target, offer);
    let mut stream = context.streams.stream(StreamId::LicenseTime, key, u64::from(license.attempts));
    let time = match Gamma::new(shape, mean / shape) {
        Some(gamma) => gamma.sample(&mut stream),
        None => mean,
    };
    let no_decision_before = context.rules.licensing[0].from;
    state.license[i].decision = Some((day + time).max(no_decision_before));
}

/// Which approval rate applies to an offer.
fn category(context: &TickContext, offer: OfferId) -> Category {
    let world = context.world;
    if world.offers[offer.ix()].facts.below_5g {
        return Category::Below5g;
    }
    let consumer = |l: &SourceId| world.line_of(world.sources[l.ix()].vendor_line).category == LineCategory::Consumer;
    if world.offers[offer.ix()].sources.iter().all(consumer) { Category::Consumer } else { Category::Network }
}
