//! What the law of a scenario decides in its world, with and without one of its provisions: every way in which an offer can
//! stand before the law is asked on every day on which an answer may change, and in the year after the end, on which firms plan. What makes no difference here makes none in a
//! run, since agents learn of the law through these answers and through what its provisions would forbid.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use jiff::Span;
use rust_decimal::Decimal;

use super::cases::{Case, Cases, Maker};
use crate::law::outcome::{Outcome, Subject};
use crate::law::set::Set;
use crate::law::{Buyer, Code, Criteria, Facts, LawError, ProvisionIndex};
use crate::model::rules::Category;
use crate::model::world::calendar::OUTLOOK_MONTHS;
use crate::scenario::Scenario;
use crate::scenario::param::Param;
use crate::scenario::regime::{Content, LicensingPeriod, Provision, ProvisionKind, Regime, Review};
use crate::scenario::world::{LegalFacts, LineCategory, Offer, Reach as Uncertain, Vendor, World};
use crate::units::{Date, Level, Share, Use};

/// The law at one stage of a ladder, and all that is asked of it in a world.
pub(super) struct Reach<'a> {
    pub(super) code: Code,
    /// What was found to have no effect. Of two provisions that do the same only one has none: the other is asked without it.
    idle: Set,
    cases: Cases,
    world: &'a World,
    licensing: &'a [LicensingPeriod],
    buyers: Vec<Listed>,
}

/// A vendor that some listing names.
pub(super) struct Listed {
    /// What its parts are for.
    pub(super) uses: BTreeSet<Use>,
    /// How the offers that it can buy may stand before the law, with what rate of approval applies to them.
    pub(super) items: Vec<(Criteria, Category)>,
}

/// What becomes of the review that a provision asks for, while it is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reviewed {
    /// Nothing that it covers is prohibited.
    Nothing,
    /// The review of another provision counts for all that it covers.
    Other,
    /// It is the review that counts for something.
    Counts,
}

/// What a provision does to the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Difference {
    /// Nothing.
    None,
    /// Only how applications are reviewed, by a policy for which the practice has no rate.
    Review,
    /// What ships, what needs a license, or what firms have to fear.
    Some,
}

impl<'a> Reach<'a> {
    /// The law with the first so many rungs of the ladder.
    ///
    /// # Errors
    /// A regime that makes no sense as law.
    pub(super) fn new(scenario: &'a Scenario, rungs: usize) -> Result<Reach<'a>, LawError> {
        let (world, regime) = (&scenario.world, scenario.regime.stage(rungs));
        let code = Code::new(&regime)?;
        let buyers: Vec<Listed> =
            world.vendors.iter().filter_map(|(id, vendor)| listed(&code, &regime, world, id, vendor)).collect();
        // Firms look a year beyond the end, as far as the law is known by then.
        let start = world.time.start;
        let seen = Span::new().months(OUTLOOK_MONTHS as i64 + 1);
        let end = world.time.end.checked_add(seen).unwrap_or(Date::MAX);
        let mut days = BTreeSet::from([start]);
        days.extend(scenario.regime.licensing.iter().map(|period| period.from));
        for provision in regime.provisions.values() {
            days.insert(provision.from);
            days.extend(provision.to.and_then(|last| last.tomorrow().ok()));
        }
        // Nothing in the regime says when a home comes to count as a country of concern, but answers change then.
        let items = buyers.iter().flat_map(|buyer| &buyer.items);
        days.extend(items.filter_map(|(item, _)| item.of_concern_from));
        let days: Vec<Date> = days.into_iter().filter(|day| (start..=end).contains(day)).collect();
        let licensing = &scenario.regime.licensing;
        let maker = Maker { code: &code, buyers: &buyers, days: &days, licensing, time: world.time };
        let cases = maker.cases();
        Ok(Reach { code, idle: Set::EMPTY, cases, world, licensing, buyers })
    }

    /// How many cases are put to the law, each once or twice for each provision that it may turn on.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.cases.shipments.len() + self.cases.schedules.len() + self.cases.starts.len()
    }

    /// Takes a provision out of all further questions.
    pub(super) fn leave_out(&mut self, index: ProvisionIndex) {
        self.idle = self.idle.with(index);
    }

    /// What a provision does to the answers.
    pub(super) fn difference(&self, index: ProvisionIndex) -> Difference {
        if self.frightens(index) || self.replaces(index) || self.foreseen(index) {
            return Difference::Some;
        }
        let mut most = Difference::None;
        for (case, [with, without]) in self.apart(&self.cases.shipments, index) {
            let [with, without] = [with, without].map(|criteria| self.code.outcome(&criteria, &case.occasion));
            if with == without {
                continue;
            }
            let granted = |outcome: &Outcome| (outcome.is_permitted(), outcome.authorization());
            let [here, there] = [with, without].map(|outcome| outcome.review());
            most = most.max(match granted(&with) == granted(&without) {
                false => return Difference::Some,
                true if here == there => Difference::None,
                true if self.rate(here, case) == self.rate(there, case) => Difference::Review,
                true => return Difference::Some,
            });
        }
        most
    }

    /// The cases that a provision may bear on: each without what has no effect, and without the provision too.
    fn apart<'b>(
        &self,
        cases: &'b [Case],
        index: ProvisionIndex,
    ) -> impl Iterator<Item = (&'b Case, [Criteria; 2])> + use<'_, 'b, 'a> {
        cases.iter().filter(move |case| case.criteria.meets.holds(index)).map(move |case| {
            let with = Criteria { meets: case.criteria.meets.without(self.idle), ..case.criteria };
            (case, [with, Criteria { meets: with.meets.without(Set::EMPTY.with(index)), ..with }])
        })
    }

    /// Whether firms take fright as it is announced or enters into force, since it would forbid something whatever others do;
    /// or whether without it another provision would frighten them more or less.
    fn frightens(&self, index: ProvisionIndex) -> bool {
        self.apart(&self.cases.starts, index).any(|(case, [with, without])| {
            let forbids = |other, criteria| self.code.forbids(other, criteria, &case.occasion);
            let others = case.starting.without(self.idle).without(Set::EMPTY.with(index));
            (case.starting.holds(index) && forbids(index, &with))
                || others.into_iter().any(|other| forbids(other, &with) != forbids(other, &without))
        })
    }

    /// Whether firms, on some day of the period, foresee another answer for a later one: an early announcement counts, though by the
    /// day itself others have come to the same.
    fn foreseen(&self, index: ProvisionIndex) -> bool {
        self.apart(&self.cases.schedules, index).any(|(case, [with, without])| {
            let permits = |criteria| self.code.outcome(criteria, &case.occasion).is_permitted();
            permits(&with) != permits(&without)
        })
    }

    /// What becomes of the review that a listing or a policy asks for.
    pub(super) fn reviewed(&self, index: ProvisionIndex, review: Review) -> Reviewed {
        let only_products =
            matches!(self.code.provision(index).kind, ProvisionKind::ReviewPolicy { direct_product_only: true, .. });
        let in_force = |case: &Case| {
            let provision = self.code.provision(index);
            provision.from <= case.occasion.date && provision.to.is_none_or(|last| case.occasion.date <= last)
        };
        let cases = self.cases.shipments.iter().filter(|case| case.criteria.meets.holds(index) && in_force(case));
        let outcomes = cases.map(|case| self.code.outcome(&case.criteria, &case.occasion));
        let covered = outcomes.filter(|outcome| !only_products || outcome.subject == Subject::DirectProduct);
        let counts = |counts: Review| if counts == review { Reviewed::Counts } else { Reviewed::Other };
        covered.filter_map(|outcome| outcome.review()).map(counts).max().unwrap_or(Reviewed::Nothing)
    }

    /// The reviews that apply in each period of licensing, by its place.
    pub(super) fn reviews(&self) -> impl Iterator<Item = (usize, Review)> {
        let of = |case: &Case| Some((case.period?, self.code.outcome(&case.criteria, &case.occasion).review()?));
        self.cases.shipments.iter().filter_map(of)
    }

    /// Whether it replaces another test that catches something: firms do not foresee the end of that one before this one is
    /// announced.
    fn replaces(&self, index: ProvisionIndex) -> bool {
        let provision = self.code.provision(index);
        let ends_on_its_eve = |&other: &ProvisionIndex| {
            let other = self.code.provision(other);
            is_test(&other.kind) && other.to.and_then(|last| last.tomorrow().ok()) == Some(provision.from)
        };
        is_test(&provision.kind) && self.code.indices().filter(ends_on_its_eve).any(|other| self.met(other))
    }

    /// The rate of approval that applies, by its place in the practice of a day; `None` where there is no practice.
    fn rate(&self, review: Option<Review>, case: &Case) -> Option<u8> {
        let period = self.licensing.get(case.period?)?;
        Some(match review {
            Some(Review::CaseByCase) if period.case_by_case.is_some() => 3,
            Some(Review::PresumptionOfApproval) if period.presumption_of_approval.is_some() => 4,
            _ => case.category as u8,
        })
    }

    /// Whether a buyer is listed on some simulated day of a provision.
    pub(super) fn anyone_listed_with(&self, index: ProvisionIndex) -> bool {
        let listings = self.code.indices().filter(|&other| {
            matches!(self.code.provision(other).kind, ProvisionKind::Listing { .. }) && self.overlap(index, other)
        });
        let mut listings = listings;
        listings.next().is_some()
    }

    /// Whether two provisions are in force on one simulated day.
    fn overlap(&self, one: ProvisionIndex, other: ProvisionIndex) -> bool {
        let time = self.world.time;
        let [a, b] = [one, other].map(|index| self.code.provision(index));
        let from = a.from.max(b.from).max(time.start);
        let to = [a.to, b.to].into_iter().flatten().fold(time.end, Date::min);
        from <= to
    }

    /// Whether a listed vendor can buy something that meets a provision.
    pub(super) fn met(&self, index: ProvisionIndex) -> bool {
        self.buyers.iter().flat_map(|buyer| &buyer.items).any(|(criteria, _)| criteria.meets.holds(index))
    }

    /// What parts for listed vendors are for.
    pub(super) fn uses(&self) -> BTreeSet<Use> {
        self.buyers.iter().flat_map(|buyer| buyer.uses.iter().copied()).collect()
    }
}

pub(super) fn is_test(kind: &ProvisionKind) -> bool {
    matches!(kind, ProvisionKind::DeMinimis { .. } | ProvisionKind::DirectProduct { .. })
}

/// A vendor, if some listing names it and there is something that it can buy.
fn listed(code: &Code, regime: &Regime, world: &World, id: &str, vendor: &Vendor) -> Option<Listed> {
    let buyer = Buyer { id: id.to_owned(), home: vendor.home, country_of_concern: world.of_concern(vendor) };
    let standing = code.standing(&buyer);
    if standing.listings.is_empty() {
        return None;
    }
    let mut items = IndexMap::new();
    for offer in world.offers.values().filter(|offer| can_buy(offer, id)) {
        let category = category(world, offer);
        for facts in standings(&offer.legal, regime) {
            let criteria = code.criteria(&facts, &standing);
            items.entry((criteria.us_origin, criteria.meets, category as u8)).or_insert((criteria, category));
        }
    }
    let spares = vendor.lines.keys().filter_map(|line| world.lines.get(line)).map(|line| line.spares_use);
    let uses = std::iter::once(Use::NewEquipment).chain(spares).collect();
    let items: Vec<_> = items.into_values().collect();
    (!items.is_empty()).then_some(Listed { uses, items })
}

/// Whether a vendor has an offer among its sources, or may come to have it.
pub(super) fn can_buy(offer: &Offer, vendor: &str) -> bool {
    offer.buyers.iter().any(|buyer| buyer == vendor) || offer.candidates.contains_key(vendor)
}

fn category(world: &World, offer: &Offer) -> Category {
    let consumer = |line: &String| world.lines.get(line).is_some_and(|l| l.category == LineCategory::Consumer);
    match offer.legal.below_5g {
        true => Category::Below5g,
        false if offer.lines.iter().all(consumer) => Category::Consumer,
        false => Category::Network,
    }
}

/// The facts that an offer may have, as far as a provision tells them apart: for each set of thresholds that its shares can
/// exceed, shares that do.
fn standings(legal: &LegalFacts, regime: &Regime) -> Vec<Facts> {
    let thresholds = |kind: Content| -> BTreeSet<Decimal> {
        let of = |provision: &Provision| match provision.kind {
            ProvisionKind::DeMinimis { threshold, counts, .. } if counts == kind => Some(threshold.decimal()),
            _ => None,
        };
        regime.provisions.values().filter_map(of).collect()
    };
    let (of_controlled, of_all) = (thresholds(Content::Controlled), thresholds(Content::All));
    let controlled = ends(&legal.us_controlled, legal.us_controlled_floor.as_ref());
    let (least, most) = ends(&legal.us_other, legal.us_other_floor.as_ref());
    let mut all = Vec::new();
    for (low, high) in bom_items(controlled, &of_controlled) {
        for (_, sum) in bom_items((low + least, (high + most).min(Decimal::ONE)), &of_all) {
            // As little controlled content as makes up the sum.
            let part = low.max(sum - most);
            let (Some(us_controlled), Some(us_other)) = (Share::new(part), Share::new(sum - part)) else { continue };
            for us_technology in levels(&legal.us_technology) {
                for us_plant in levels(&legal.us_plant) {
                    all.push(Facts {
                        made_in: legal.made_in,
                        shipped_from: legal.shipped_from,
                        item: legal.item,
                        us_controlled,
                        us_other,
                        us_technology,
                        us_plant,
                        own_design: legal.own_design,
                        below_5g: legal.below_5g,
                    });
                }
            }
        }
    }
    all
}

/// The least share that a new design can reach, and the most of today.
fn ends(today: &Param, floor: Option<&Param>) -> (Decimal, Decimal) {
    let (low, high) = today.ends();
    let low = floor.map_or(low, |floor| floor.ends().0.min(low));
    (Share::from_sample(low).decimal(), Share::from_sample(high).decimal())
}

/// A range of shares, cut at the thresholds in it: all shares of one part exceed the same ones. Empty for an empty range.
fn bom_items((low, high): (Decimal, Decimal), thresholds: &BTreeSet<Decimal>) -> Vec<(Decimal, Decimal)> {
    let little = Decimal::new(1, 9);
    let mut from = low;
    let mut all = Vec::new();
    for threshold in thresholds.iter().filter(|threshold| low <= **threshold && **threshold < high) {
        all.push((from, *threshold));
        from = (threshold + little).min(high);
    }
    all.extend((low <= high).then_some((from, high)));
    all
}

/// The levels that an uncertain fact may have.
fn levels(uncertain: &Uncertain) -> Vec<Level> {
    let (low, high) = uncertain.probability.ends();
    let holds = (high > 0.0).then_some(uncertain.level);
    let fails = (low < 1.0).then_some(Level::None);
    let mut all: Vec<Level> = holds.into_iter().chain(fails).collect();
    all.dedup();
    all
}
