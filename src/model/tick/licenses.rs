//! Step 2, specific licenses (E16): suppliers apply for what is prohibited, the regulator decides after a time that it takes,
//! by the practice and the policy of review of that day, and revokes what it granted by hazard.

use rand_distr::{Distribution, Gamma};

use super::risk::purchases_share;
use crate::model::rules::Category;
use crate::model::state::{Rulings, State, watched};
use crate::model::trial::TickContext;
use crate::model::world::World;
use crate::model::world::calendar::MONTH;
use crate::model::world::ids::*;
use crate::model::world::random::{EntityKey, StreamId};
use crate::scenario::world::LineCategory;

/// Step 2: revocations, decisions on applications whose time is over, and new applications where a license would help.
pub fn decide_applications(trial: &TickContext, state: &mut State, tick: usize) {
    if trial.rules.licensing.is_empty() {
        return;
    }
    let world = trial.world;
    for w in 0..world.watched.len() {
        let watch = TargetId::at(w);
        state.rulings[w] = Rulings::default();
        for o in 0..world.offers.len() {
            if trial.outlook(state, watch, OfferId::at(o)).always_open || !world.offers[o].watches.contains(&watch) {
                continue;
            }
            decide(trial, state, watch, OfferId::at(o), tick);
            revoke(trial, state, watch, OfferId::at(o), tick);
            apply(trial, state, watch, OfferId::at(o), tick);
            count(trial, state, watch, OfferId::at(o), tick);
        }
    }
}

/// Practice on a day: the last period that had started.
fn practice(trial: &TickContext, day: f64) -> Option<usize> {
    trial.rules.licensing.iter().rposition(|p| p.from <= day)
}

fn decide(trial: &TickContext, state: &mut State, watch: TargetId, offer: OfferId, tick: usize) {
    let (world, setting) = (trial.world, trial.setting);
    let i = watched(watch, offer.ix(), world.offers.len());
    let end = f64::from(world.calendar.first_day[tick + 1]);
    let Some(day) = state.license[i].decision.filter(|day| *day < end) else { return };
    let Some(period) = practice(trial, day) else { return };
    let review = trial.outlook(state, watch, offer).review[tick];
    let rate = trial.rules.licensing[period].approval(category(trial, offer), review, setting.regimes());
    let key = license_key(world, watch, offer);
    let attempt = u64::from(state.license[i].attempts);
    let approved = trial.chance.uniform(StreamId::LicenseDecision, key, attempt) < rate;
    let life = setting.value(world.behaviour.license_life) * MONTH;
    let license = &mut state.license[i];
    license.decision = None;
    license.attempts += 1;
    if approved {
        license.held = (day, day + life);
        license.denied_under = None;
        let unit = trial.chance.uniform(StreamId::LicenseRevocation, key, attempt);
        license.exposure = (0.0, -libm::log(unit));
        state.rulings[watch.ix()].approved += 1.0;
    } else {
        license.denied_under = Some(period);
        state.rulings[watch.ix()].denied += 1.0;
        alarm(trial, state, watch, offer);
    }
}

/// A denial or revocation raises the perceived risk of the offer's class (E4).
fn alarm(trial: &TickContext, state: &mut State, watch: TargetId, offer: OfferId) {
    let world = trial.world;
    let class = world.offers[offer.ix()].class;
    let weight = trial.setting.value(world.behaviour.denial_weight);
    let share = purchases_share(trial, state, watch, class, |_, other| other == offer);
    if share > 0.0 {
        let risk = &mut state.risk[watched(watch, class.ix(), world.classes.len())];
        let raised = 1.0 - (1.0 - risk.0) * (1.0 - weight * share);
        *risk = (raised, risk.1 + raised - risk.0);
    }
}

/// Exposes a license to the hazards of the days on which it is in force, and revokes it on the day on which their sum
/// passes its threshold, an exponential number drawn with the license: so both tick lengths share the draws.
fn revoke(trial: &TickContext, state: &mut State, watch: TargetId, offer: OfferId, tick: usize) {
    let (world, periods) = (trial.world, &trial.rules.licensing);
    let i = watched(watch, offer.ix(), world.offers.len());
    let (calendar, (from, until)) = (&world.calendar, state.license[i].held);
    let first = from.max(f64::from(calendar.first_day[tick]));
    let end = until.min(f64::from(calendar.first_day[tick + 1]));
    if end <= first {
        return;
    }
    for (p, period) in periods.iter().enumerate() {
        let next = periods.get(p + 1).map_or(f64::INFINITY, |next| next.from);
        let (start, stop) = (first.max(period.from), end.min(next));
        let hazard = if stop > start { period.revocation(trial.setting.regimes()) / MONTH } else { 0.0 };
        if hazard <= 0.0 {
            continue;
        }
        let license = &mut state.license[i];
        let (exposed, threshold) = license.exposure;
        license.exposure.0 += hazard * (stop - start);
        if license.exposure.0 >= threshold {
            license.held.1 = start + (threshold - exposed) / hazard;
            license.denied_under = Some(p);
            state.rulings[watch.ix()].revoked += 1.0;
            alarm(trial, state, watch, offer);
            return;
        }
    }
}

/// Counts what is under way and in force at the end of a tick.
fn count(trial: &TickContext, state: &mut State, watch: TargetId, offer: OfferId, tick: usize) {
    let license = &state.license[watched(watch, offer.ix(), trial.world.offers.len())];
    let end = f64::from(trial.world.calendar.first_day[tick + 1]);
    let rulings = &mut state.rulings[watch.ix()];
    rulings.pending += f64::from(u8::from(license.decision.is_some()));
    rulings.in_force += f64::from(u8::from(license.held.0 < end && license.held.1 >= end));
}

fn license_key(world: &World, watch: TargetId, offer: OfferId) -> EntityKey {
    world.offers[offer.ix()].key.with(world.vendors[world.watched[watch.ix()].ix()].key)
}

/// A supplier that is ready to applies once its offer is prohibited and its review is over; after a denial, again when
/// the practice changes.
fn apply(trial: &TickContext, state: &mut State, watch: TargetId, offer: OfferId, tick: usize) {
    let (world, setting) = (trial.world, trial.setting);
    let supplier = world.offers[offer.ix()].supplier.ix();
    let first = f64::from(world.calendar.first_day[tick]);
    let i = watched(watch, offer.ix(), world.offers.len());
    let license = state.license[i];
    let prohibited = trial.outlook(state, watch, offer).prohibited_at_end[tick];
    if !setting.ready[supplier]
        || !setting.obeys[supplier]
        || !prohibited
        || license.decision.is_some()
        || license.held.1 > first
    {
        return;
    }
    let denied_now = license.denied_under.is_some() && license.denied_under == practice(trial, first);
    if denied_now {
        return;
    }
    let (out_from, out_until) = state.out[watched(watch, supplier, world.suppliers.len())];
    let day = if out_until > out_from { first.max(out_until) } else { first };
    let mean = setting.value(world.behaviour.license_time) * MONTH;
    let shape = setting.value(world.behaviour.license_time_shape);
    let key = license_key(world, watch, offer);
    let mut stream = trial.chance.stream(StreamId::LicenseTime, key, u64::from(license.attempts));
    let time = match Gamma::new(shape, mean / shape) {
        Ok(gamma) => gamma.sample(&mut stream),
        Err(_) => mean,
    };
    let no_decision_before = trial.rules.licensing[0].from;
    state.license[i].decision = Some((day + time).max(no_decision_before));
}

/// Which approval rate applies to an offer.
fn category(trial: &TickContext, offer: OfferId) -> Category {
    let world = trial.world;
    if world.offers[offer.ix()].facts.below_5g {
        return Category::Below5g;
    }
    let consumer = |l: &SourceId| world.line_of(world.links[l.ix()].pair).category == LineCategory::Consumer;
    if world.offers[offer.ix()].links.iter().all(consumer) { Category::Consumer } else { Category::Network }
}
