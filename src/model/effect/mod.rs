//! What of a scenario can have no effect in a run, and where its period leaves its data: each a warning that says why and what
//! to do. An analyst takes a result that does not move for a finding about the rule; so what can't move it is named before.

mod cases;
mod reach;
#[cfg(test)]
mod tests;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Span, ToSpan};

use crate::law::territories::of_concern_on;
use crate::law::{LawError, ProvisionIndex};
use crate::scenario::Scenario;
use crate::scenario::regime::{Destination, Escalation, Provision, ProvisionKind, Review};
use crate::scenario::world::{Market, Vendor, World};
use crate::units::{Date, Use};
pub use reach::Reviewed;
use reach::{Difference, Reach, can_buy};

/// Something that an analyst would want to know before a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// Parts of a regime that can have no effect in a run.
    NoEffect {
        /// Ids of provisions, or paths of other parts.
        of: Vec<String>,
        /// Why.
        why: Why,
    },
    /// A review for which the practice of licensing has no rate.
    NoRate {
        /// Id of the listing or policy.
        provision: String,
        /// The review that it asks for.
        review: Review,
        /// Whether there is any practice of licensing while it is in force.
        licensed: bool,
        /// What becomes of it while it is in force.
        reviewed: Reviewed,
    },
    /// The run starts on another day than the one that the world's data describe.
    StartsOffData {
        /// First simulated day.
        start: Date,
        /// The day that they describe.
        data: Date,
    },
    /// The run goes on after the last day of some market's demand.
    EndsAfterData {
        /// Last simulated day.
        end: Date,
        /// Last day for which there is demand.
        last: Date,
        /// Ids of the markets.
        markets: Vec<String>,
    },
}

/// Why a part of a regime has no effect.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It ends before the first simulated day.
    Over(Date),
    /// It starts after the last simulated day.
    Later(Date),
    /// A test for listed buyers, and nobody is listed while it is in force.
    NobodyListed,
    /// Nobody is listed while it is in force, so that nothing needs a license.
    NothingRequired,
    /// A test for countries of concern, and no listed buyer is in one.
    NobodyOfConcern,
    /// Its buyers have no sources of parts.
    BuysNothing,
    /// Nothing that its buyers can buy is subject to the regulations.
    NothingSubject,
    /// Nothing that a listed buyer can buy meets it.
    NothingMeets,
    /// A general license for uses for which nothing ships in a run.
    UnusedUses(Vec<Use>),
    /// A savings clause, and none of what it saves reaches anything while it is in force.
    NothingToSave,
    /// A policy of review that changes the review of nothing.
    NothingReviewed,
    /// A rate of approval for a review that nothing is under while its period lasts.
    NoSuchReview(Review),
    /// A period of licensing in which nothing needs a specific license.
    NothingToLicense,
    /// A restriction of vendors that sell nothing in the market.
    NoSales(String),
    /// A restriction that covers no demand, or allows all of it.
    NoDemand,
    /// A ladder whose regulator has no time to announce a rung.
    NoTime,
    /// Other provisions decide all that it could.
    Redundant,
}

impl Warning {
    /// Whether it is about the world that all scenarios of a comparison share.
    pub fn is_of_world(&self) -> bool {
        matches!(self, Warning::StartsOffData { .. } | Warning::EndsAfterData { .. })
    }
}

/// All that is to be known of a scenario before a run.
///
/// # Errors
/// A regime that makes no sense as law.
pub fn warnings(scenario: &Scenario) -> Result<Vec<Warning>, LawError> {
    let mut idle = Idle { scenario, by_reason: BTreeMap::new(), no_rate: Vec::new() };
    let stages = (0..=scenario.regime.rungs().count()).map(|rungs| Reach::new(scenario, rungs));
    let mut stages = stages.collect::<Result<Vec<_>, _>>()?;
    // As the law stands, with what has no effect too: that may be under a review, though it changes none.
    let reviews = stages.iter().flat_map(Reach::reviews).collect();
    idle.provisions(&mut stages);
    idle.restrictions();
    idle.licensing(&reviews);
    if let Some(escalation) = &scenario.regime.escalation {
        idle.ladder(escalation);
    }
    let mut warnings: Vec<Warning> = of_period(&scenario.world);
    warnings.extend(idle.by_reason.into_iter().map(|(why, of)| Warning::NoEffect { of, why }));
    warnings.extend(idle.no_rate);
    Ok(warnings)
}

/// The warnings of scenarios that are run together, as sentences: each once, with the ids of the scenarios that it is about.
///
/// # Errors
/// A regime that makes no sense as law.
pub fn sentences(scenarios: &[Scenario]) -> Result<Vec<String>, LawError> {
    let mut found: Vec<(Warning, Vec<&str>)> = Vec::new();
    for scenario in scenarios {
        for warning in warnings(scenario)? {
            match found.iter_mut().find(|(known, _)| *known == warning) {
                Some((_, ids)) => ids.push(&scenario.id),
                None => found.push((warning, vec![&scenario.id])),
            }
        }
    }
    let sentence = |(warning, ids): (Warning, Vec<&str>)| match warning.is_of_world() {
        true => warning.to_string(),
        false => format!("{}: {warning}", ids.join(", ")),
    };
    Ok(found.into_iter().map(sentence).collect())
}

/// Where the simulated period leaves the data of its world.
fn of_period(world: &World) -> Vec<Warning> {
    let time = world.time;
    let mut warnings = Vec::new();
    if let Some(data) = time.data_from.filter(|data| *data != time.start) {
        warnings.push(Warning::StartsOffData { start: time.start, data });
    }
    let last = |market: &Market| market.demand.iter().map(|point| point.date).max();
    let short = |(id, market)| Some((id, last(market)?)).filter(|(_, last)| *last < time.end);
    let short: Vec<(&String, Date)> = world.markets.iter().filter_map(short).collect();
    if let Some(last) = short.iter().map(|(_, last)| *last).min() {
        let markets = short.into_iter().map(|(id, _)| id.clone()).collect();
        warnings.push(Warning::EndsAfterData { end: time.end, last, markets });
    }
    warnings
}

/// What has no effect, as it is found.
struct Idle<'a> {
    scenario: &'a Scenario,
    by_reason: BTreeMap<Why, Vec<String>>,
    no_rate: Vec<Warning>,
}

impl Idle<'_> {
    fn add(&mut self, why: Why, of: impl Into<String>) {
        self.by_reason.entry(why).or_default().push(of.into());
    }

    /// Provisions on what may be shipped. One has an effect if it has one at some stage of the ladder.
    fn provisions(&mut self, stages: &mut [Reach]) {
        let Some(all) = stages.last().map(|last| last.code.indices().collect::<Vec<_>>()) else { return };
        // The last first: of two that do the same it is the later one that adds nothing.
        for index in all.into_iter().rev() {
            let Some(last) = stages.last() else { continue };
            let (id, provision) = (last.code.id(index), last.code.provision(index));
            if provision.kind.restricts_market() {
                continue;
            }
            let at = |stage: &Reach| stage.code.find(id).map(|index| stage.difference(index));
            let reviewed = |review: Review| {
                let at = |stage: &Reach| stage.code.find(id).map(|index| stage.reviewed(index, review));
                stages.iter().filter_map(at).max().unwrap_or(Reviewed::Nothing)
            };
            let most = stages.iter().filter_map(at).max().unwrap_or(Difference::None);
            if most != Difference::Some {
                match (self.out_of_time(provision), &provision.kind) {
                    (Some(why), _) => self.add(why, id),
                    (None, ProvisionKind::ReviewPolicy { review, .. }) => {
                        self.idle_policy(id, provision, *review, most, reviewed(*review));
                    }
                    _ => self.add(self.why(last, index), id),
                }
                let id = id.to_owned();
                for stage in &mut *stages {
                    if let Some(index) = stage.code.find(&id) {
                        stage.leave_out(index);
                    }
                }
            } else if let ProvisionKind::Listing { review, .. } = provision.kind {
                self.no_rate.extend(self.no_rate(id, provision, review, reviewed(review)));
            }
        }
        self.by_reason.values_mut().for_each(|ids| ids.reverse());
    }

    /// Why a provision never applies, if it is for its days.
    fn out_of_time(&self, provision: &Provision) -> Option<Why> {
        let time = self.scenario.world.time;
        if provision.to.is_some_and(|last| last < time.start) {
            return Some(Why::Over(time.start));
        }
        (provision.from > time.end).then_some(Why::Later(time.end))
    }

    /// A policy of review that changes nothing.
    fn idle_policy(
        &mut self,
        id: &str,
        provision: &Provision,
        review: Review,
        difference: Difference,
        reviewed: Reviewed,
    ) {
        // Where the same review counts without it, a rate would not give it an effect.
        let alike = difference == Difference::None && reviewed == Reviewed::Counts;
        match self.no_rate(id, provision, review, reviewed).filter(|_| !alike) {
            Some(warning) => self.no_rate.push(warning),
            None => self.add(Why::NothingReviewed, id),
        }
    }

    /// A review for which no practice in force with it has a rate.
    fn no_rate(&self, id: &str, provision: &Provision, review: Review, reviewed: Reviewed) -> Option<Warning> {
        let time = self.scenario.world.time;
        let (from, to) = (provision.from.max(time.start), provision.to.map_or(time.end, |last| last.min(time.end)));
        let periods = &self.scenario.regime.licensing;
        let next = |i: usize| periods.get(i + 1).map_or(Date::MAX, |next| next.from);
        let here = periods.iter().enumerate().filter(|(i, period)| period.from <= to && next(*i) > from);
        let here: Vec<_> = here.map(|(_, period)| period).collect();
        let has_rate = here.iter().any(|period| match review {
            Review::PresumptionOfDenial => true,
            Review::CaseByCase => period.case_by_case.is_some(),
            Review::PresumptionOfApproval => period.presumption_of_approval.is_some(),
        });
        let licensed = !here.is_empty();
        (!has_rate && review != Review::PresumptionOfDenial).then(|| Warning::NoRate {
            provision: id.to_owned(),
            review,
            licensed,
            reviewed,
        })
    }

    /// Why a provision that is in force has no effect.
    fn why(&self, reach: &Reach, index: ProvisionIndex) -> Why {
        let listed = reach.anyone_listed_with(index);
        match &reach.code.provision(index).kind {
            ProvisionKind::Listing { buyers, .. } => {
                let buys = |id: &String| self.scenario.world.offers.values().any(|offer| can_buy(offer, id));
                if buyers.iter().any(buys) { Why::NothingSubject } else { Why::BuysNothing }
            }
            ProvisionKind::DeMinimis { destination: Destination::ListedBuyer, .. }
            | ProvisionKind::DirectProduct { destination: Destination::ListedBuyer, .. }
                if !listed =>
            {
                Why::NobodyListed
            }
            _ if !listed => Why::NothingRequired,
            ProvisionKind::DeMinimis { destination, .. } | ProvisionKind::DirectProduct { destination, .. } => {
                let world = &self.scenario.world;
                let last = reach.code.provision(index).to.map_or(world.time.end, |last| last.min(world.time.end));
                let of_concern = |vendor: &Vendor| of_concern_on(vendor.home, world.of_concern(vendor), last);
                let concerns = |id: &String| world.vendors.get(id).is_some_and(of_concern);
                let listings = self.scenario.regime.all_provisions().filter_map(|provision| match &provision.kind {
                    ProvisionKind::Listing { buyers, .. } => Some(buyers),
                    _ => None,
                });
                let nobody = !listings.flatten().any(concerns);
                match (destination, reach.met(index)) {
                    (Destination::CountryOfConcern, _) if nobody => Why::NobodyOfConcern,
                    (_, false) => Why::NothingMeets,
                    (_, true) => Why::Redundant,
                }
            }
            ProvisionKind::GeneralLicense { uses, .. } => {
                let used = reach.uses();
                match uses.iter().any(|use_| used.contains(use_)) {
                    false => Why::UnusedUses(used.into_iter().collect()),
                    true if !reach.met(index) => Why::NothingMeets,
                    true => Why::Redundant,
                }
            }
            ProvisionKind::SavingsClause { .. } => Why::NothingToSave,
            ProvisionKind::ReviewPolicy { .. } => Why::NothingReviewed,
            ProvisionKind::MarketRestriction { .. } => Why::Redundant,
        }
    }

    /// Restrictions of markets. A firm plans with one from its announcement on.
    fn restrictions(&mut self) {
        let scenario = self.scenario;
        for (id, provision) in &scenario.regime.provisions {
            let ProvisionKind::MarketRestriction { vendors, market, share, cap, .. } = &provision.kind else {
                continue;
            };
            let time = scenario.world.time;
            let shares = scenario.world.markets.get(market).map(|market| &market.shares);
            let sells = |vendor| shares.is_some_and(|all| all.get(vendor).is_some_and(|share| share.ends().1 > 0.0));
            let why = match self.out_of_time(provision) {
                Some(Why::Later(_)) if provision.announced <= time.end => None,
                Some(why) => Some(why),
                None => None,
            };
            let covers_none = share.ends().1 <= 0.0 || *cap == crate::units::Share::ONE;
            match why {
                Some(why) => self.add(why, id),
                None if !vendors.iter().any(sells) => self.add(Why::NoSales(market.clone()), id),
                None if covers_none => self.add(Why::NoDemand, id),
                None => {}
            }
        }
    }

    /// Periods of licensing outside the simulated one, and what of the others nothing comes under.
    fn licensing(&mut self, reviews: &BTreeSet<(usize, Review)>) {
        let (periods, time) = (&self.scenario.regime.licensing, self.scenario.world.time);
        for (i, period) in periods.iter().enumerate() {
            let path = format!("licensing.{}", period.id);
            if period.from > time.end {
                self.add(Why::Later(time.end), path);
            } else if periods.get(i + 1).is_some_and(|next| next.from <= time.start) {
                self.add(Why::Over(time.start), path);
            } else if reviews.iter().all(|(place, _)| *place > i + 1) {
                // An application of an earlier period may be decided in this one, and a license revoked; and a period may
                // begin or end within a tick.
                self.add(Why::NothingToLicense, path);
            } else {
                let rates = [
                    (Review::CaseByCase, &period.case_by_case),
                    (Review::PresumptionOfApproval, &period.presumption_of_approval),
                ];
                for (review, rate) in rates {
                    let asked = reviews.iter().any(|(place, asked)| place.abs_diff(i) <= 1 && *asked == review);
                    if rate.is_some() && !asked {
                        self.add(Why::NoSuchReview(review), format!("{path}.{}", words::key(review)));
                    }
                }
            }
        }
    }

    /// A regulator that has no time to announce its first rung.
    fn ladder(&mut self, escalation: &Escalation) {
        let time = self.scenario.world.time;
        // Whole months, rounded down: a ladder that might just be climbed is not called idle.
        let patience = Span::new().try_months(escalation.patience.ends().0.floor() as i64);
        let looks_until = time.end.checked_add(1.day()).unwrap_or(Date::MAX);
        let first = patience.and_then(|patience| escalation.from.max(time.start).checked_add(patience));
        if first.map_or(true, |first| first >= looks_until) {
            self.add(Why::NoTime, "escalation");
        }
    }
}
