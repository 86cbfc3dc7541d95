//! Steps 1 and 2, the law as it happens to the firms: events that raise perceived risk (E4) and make suppliers review and
//! hold back (E14), and applications for specific licenses (E16).

use rand_distr::{Distribution, Gamma};

use super::calendar::MONTH;
use super::chance::{EntityKey, Purpose};
use super::escalation;
use super::ids::*;
use super::rules::Category;
use super::state::State;
use super::state::watched;
use super::tick::Trial;
use super::world::Cell;
use crate::scenario::world::LineCategory;

/// Step 1: what starts, ends or is announced in the tick. Determinations change only here: they were worked out when the
/// rules were compiled, and a tick reads its share.
pub fn change_rules(trial: &Trial, state: &mut State, tick: usize) {
    forget(trial, state, tick);
    let calendar = &trial.world.calendar;
    let (first, end) = (calendar.first_day[tick], calendar.first_day[tick + 1]);
    for e in 0..trial.rules.events.len() {
        let event = &trial.rules.events[e];
        if event.day < first || event.day >= end {
            continue;
        }
        let (in_force, day) = (event.in_force, event.day);
        let remaining = f64::from(end - day) / f64::from(end - first);
        for w in (0..trial.world.watched.len()).map(WatchId::at) {
            let forbids = |state: &State, offer: OfferId| trial.outlook(state, w, offer).forbidden_by[e];
            raise_risk(trial, state, w, in_force, remaining, forbids);
            if in_force {
                let review = |supplier: EntityKey| trial.chance.uniform(Purpose::Review, supplier, day as u64);
                hold_back(trial, state, w, f64::from(day), review, forbids);
            }
        }
    }
    escalation::escalate(trial, state, tick);
}

/// Risk decays toward rest (E4).
fn forget(trial: &Trial, state: &mut State, tick: usize) {
    let (world, setting) = (trial.world, trial.setting);
    let memory = setting.value(world.behaviour.risk_memory).max(1e-3);
    let keep = libm::exp(-world.calendar.months(tick) / memory);
    for (w, vendor) in world.watched.iter().enumerate() {
        let rest = setting.value(world.vendors[vendor.ix()].risk_at_rest);
        for class in 0..world.classes.len() {
            let risk = &mut state.risk[watched(WatchId::at(w), class, world.classes.len())];
            let now = rest.max(risk.0 * keep);
            *risk = (now, now);
        }
    }
}

/// r = 1 - (1 - r)(1 - w g) for each class; it weighs on this tick's orders for the part of the tick that remains.
pub(super) fn raise_risk(
    trial: &Trial,
    state: &mut State,
    watch: WatchId,
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
fn purchases_share(
    trial: &Trial,
    state: &State,
    watch: WatchId,
    class: ClassId,
    condition: impl Fn(&State, OfferId) -> bool,
) -> f64 {
    let (mut some, mut all) = (0.0, 0.0);
    let world = trial.world;
    let bought = |cell: &&Cell| cell.class == class && world.pairs[cell.pair.ix()].watch == Some(watch);
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
    trial: &Trial,
    state: &mut State,
    watch: WatchId,
    day: f64,
    review: impl Fn(EntityKey) -> f64,
    forbidden: impl Fn(&State, OfferId) -> bool,
) {
    let (world, setting) = (trial.world, trial.setting);
    let most_cautious = setting.value(world.behaviour.over_compliance);
    let half_life = setting.value(world.behaviour.caution_half_life) * MONTH;
    for (s, supplier) in world.suppliers.iter().enumerate() {
        let reached = world.offers.iter().enumerate().any(|(o, offer)| {
            offer.supplier.ix() == s && forbidden(state, OfferId::at(o)) && world.offers[o].watches.contains(&watch)
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
    }
}

/// Step 2: decisions on applications whose time is over, and new applications where a license would help.
pub fn decide_applications(trial: &Trial, state: &mut State, tick: usize) {
    if trial.rules.licensing.is_empty() {
        return;
    }
    let world = trial.world;
    for w in 0..world.watched.len() {
        for o in 0..world.offers.len() {
            let watch = WatchId::at(w);
            if trial.outlook(state, watch, OfferId::at(o)).always_open || !world.offers[o].watches.contains(&watch) {
                continue;
            }
            decide(trial, state, watch, OfferId::at(o), tick);
            apply(trial, state, watch, OfferId::at(o), tick);
        }
    }
}

/// Practice on a day: the last period that had started.
fn practice(trial: &Trial, day: f64) -> Option<usize> {
    trial.rules.licensing.iter().rposition(|p| p.from <= day)
}

fn decide(trial: &Trial, state: &mut State, watch: WatchId, offer: OfferId, tick: usize) {
    let (world, setting) = (trial.world, trial.setting);
    let i = watched(watch, offer.ix(), world.offers.len());
    let end = f64::from(world.calendar.first_day[tick + 1]);
    let Some(day) = state.license[i].decision.filter(|day| *day < end) else { return };
    let Some(period) = practice(trial, day) else { return };
    let rate = trial.rules.licensing[period].approval(category(trial, offer), trial.chance);
    let key = world.offers[offer.ix()].key.with(world.vendors[world.watched[watch.ix()].ix()].key);
    let attempt = u64::from(state.license[i].attempts);
    let approved = trial.chance.uniform(Purpose::LicenseDecision, key, attempt) < rate;
    let life = setting.value(world.behaviour.license_life) * MONTH;
    let license = &mut state.license[i];
    license.decision = None;
    license.attempts += 1;
    if approved {
        license.held = (day, day + life);
        license.denied_under = None;
    } else {
        license.denied_under = Some(period);
        let class = world.offers[offer.ix()].class;
        let weight = setting.value(world.behaviour.denial_weight);
        let share = purchases_share(trial, state, watch, class, |_, other| other == offer);
        if share > 0.0 {
            let risk = &mut state.risk[watched(watch, class.ix(), world.classes.len())];
            let raised = 1.0 - (1.0 - risk.0) * (1.0 - weight * share);
            *risk = (raised, risk.1 + raised - risk.0);
        }
    }
}

/// A supplier that is ready to applies once its offer is prohibited and its review is over; after a denial, again when
/// the practice changes.
fn apply(trial: &Trial, state: &mut State, watch: WatchId, offer: OfferId, tick: usize) {
    let (world, setting) = (trial.world, trial.setting);
    let supplier = world.offers[offer.ix()].supplier.ix();
    let first = f64::from(world.calendar.first_day[tick]);
    let i = watched(watch, offer.ix(), world.offers.len());
    let license = state.license[i];
    let prohibited = trial.outlook(state, watch, offer).prohibited_at_end[tick];
    let home = world.offers[offer.ix()].home.ix();
    if !setting.ready[supplier]
        || !setting.complies[home]
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
    let key = world.offers[offer.ix()].key.with(world.vendors[world.watched[watch.ix()].ix()].key);
    let mut stream = trial.chance.stream(Purpose::LicenseTime, key, u64::from(license.attempts));
    let time = match Gamma::new(shape, mean / shape) {
        Ok(gamma) => gamma.sample(&mut stream),
        Err(_) => mean,
    };
    let no_decision_before = trial.rules.licensing[0].from;
    state.license[i].decision = Some((day + time).max(no_decision_before));
}

/// Which approval rate applies to an offer.
fn category(trial: &Trial, offer: OfferId) -> Category {
    let world = trial.world;
    if world.offers[offer.ix()].facts.below_5g {
        return Category::Below5g;
    }
    let consumer = |l: &LinkId| world.line_of(world.links[l.ix()].pair).category == LineCategory::Consumer;
    if world.offers[offer.ix()].links.iter().all(consumer) { Category::Consumer } else { Category::Network }
}
