//! What the law of a scenario decides in its world, with and without one of its provisions: every way in which an offer can
//! stand before the law is asked on every day on which an answer may change, and in the year after the end, on which firms plan. What makes no difference here makes none in a
//! run, since agents learn of the law through these answers and through what its provisions would forbid.

use std::collections::BTreeSet;

use jiff::Span;
use rust_decimal::Decimal;

use crate::law::set::Set;
use crate::law::{Buyer, Code, Criteria, Facts, LawError, Occasion, ProvisionIndex};
use crate::model::rules::Category;
use crate::model::world::calendar::OUTLOOK_MONTHS;
use crate::scenario::Scenario;
use crate::scenario::param::Param;
use crate::scenario::regime::{ALWAYS, LicensingPeriod, ProvisionKind, Regime, Review};
use crate::scenario::world::{LegalFacts, LineCategory, Offer, Reach as Uncertain, Vendor, World};
use crate::units::{Date, Level, Share, Use};

/// The law at one stage of a ladder, and all that is asked of it in a world.
pub(super) struct Reach<'a> {
    pub(super) code: Code,
    /// What was found to have no effect. Of two provisions that do the same only one has none: the other is asked without it.
    idle: Set,
    world: &'a World,
    licensing: &'a [LicensingPeriod],
    buyers: Vec<Listed>,
    days: Vec<Date>,
    /// Days of production that a savings clause may turn on.
    production: Vec<Option<Date>>,
}

/// A vendor that some listing names.
struct Listed {
    /// What its parts are for.
    uses: BTreeSet<Use>,
    /// How the offers that it can buy may stand before the law, with what rate of approval applies to them.
    items: Vec<(Criteria, Category)>,
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
        let tests = regime.provisions.values().filter(|p| is_test(&p.kind) && p.from != ALWAYS);
        let eves: BTreeSet<Date> = tests.filter_map(|test| test.from.yesterday().ok()).collect();
        Ok(Reach {
            code,
            idle: Set::EMPTY,
            world,
            licensing: &scenario.regime.licensing,
            buyers,
            days: days.into_iter().filter(|day| (start..=end).contains(day)).collect(),
            production: std::iter::once(None).chain(eves.into_iter().map(Some)).collect(),
        })
    }

    /// Takes a provision out of all further questions.
    pub(super) fn leave_out(&mut self, index: ProvisionIndex) {
        self.idle = self.idle.with(index);
    }

    /// An item's standing without what has no effect, and without one more provision.
    fn apart(&self, item: &Criteria, index: ProvisionIndex) -> [Criteria; 2] {
        let with = Criteria { meets: item.meets.without(self.idle), ..*item };
        [with, Criteria { meets: with.meets.without(Set::EMPTY.with(index)), ..with }]
    }

    /// What a provision does to the answers.
    pub(super) fn difference(&self, index: ProvisionIndex) -> Difference {
        if self.frightens(index) || self.replaces(index) || self.foreseen(index) {
            return Difference::Some;
        }
        let mut most = Difference::None;
        for buyer in &self.buyers {
            for (criteria, category) in &buyer.items {
                let [criteria, without] = self.apart(criteria, index);
                if without == criteria {
                    continue;
                }
                for occasion in self.occasions(&buyer.uses) {
                    let [with, without] = [&criteria, &without].map(|criteria| self.code.outcome(criteria, &occasion));
                    if with == without {
                        continue;
                    }
                    let granted = |outcome: &crate::law::Outcome| (outcome.is_permitted(), outcome.authorization());
                    let [here, there] = [with, without].map(|outcome| outcome.review());
                    most = most.max(match granted(&with) == granted(&without) {
                        false => Difference::Some,
                        true if here == there => Difference::None,
                        true if self.rate(here, *category, occasion.date)
                            == self.rate(there, *category, occasion.date) =>
                        {
                            Difference::Review
                        }
                        true => Difference::Some,
                    });
                }
                if most == Difference::Some {
                    return most;
                }
            }
        }
        most
    }

    fn occasions<'b>(&'b self, uses: &'b BTreeSet<Use>) -> impl Iterator<Item = Occasion> + 'b {
        let of_day = move |&date: &Date| {
            let of_use = move |&use_: &Use| {
                let produced = self.production.iter();
                produced.map(move |&production_start| Occasion { date, use_, production_start, known_on: None })
            };
            uses.iter().flat_map(of_use)
        };
        self.days.iter().filter(|day| **day <= self.world.time.end).flat_map(of_day)
    }

    /// Whether firms take fright as it is announced or enters into force, since it would forbid something whatever others do;
    /// or whether without it another provision would frighten them more or less.
    fn frightens(&self, index: ProvisionIndex) -> bool {
        let itself = self.days_of_fright(index);
        let items = || self.buyers.iter().flat_map(|buyer| &buyer.items);
        if items().any(|(item, _)| {
            let [with, _] = self.apart(item, index);
            itself.iter().any(|day| self.forbids(index, &with, *day))
        }) {
            return true;
        }
        let others = self.code.indices().filter(|other| *other != index && !self.idle.holds(*other));
        let others: Vec<_> = others.map(|other| (other, self.days_of_fright(other))).collect();
        items().any(|(item, _)| {
            let [with, without] = self.apart(item, index);
            let differs = |other, day| self.forbids(other, &with, day) != self.forbids(other, &without, day);
            without != with && others.iter().any(|(other, days)| days.iter().any(|day| differs(*other, *day)))
        })
    }

    /// The days as of which firms ask what a provision would forbid, if they learn of it or meet it in the simulated period.
    fn days_of_fright(&self, index: ProvisionIndex) -> Vec<Date> {
        let provision = self.code.provision(index);
        let time = self.world.time;
        let simulated = |day: &Date| (time.start..=time.end).contains(day);
        match provision.from {
            // When a rung starts, a run decides.
            ALWAYS => self.days.clone(),
            from if simulated(&from) || simulated(&provision.announced) => vec![from],
            _ => Vec::new(),
        }
    }

    fn forbids(&self, index: ProvisionIndex, criteria: &Criteria, date: Date) -> bool {
        let use_ = Use::NewEquipment;
        self.code.forbids(index, criteria, &Occasion { date, use_, production_start: None, known_on: None })
    }

    /// Whether firms, on some day of the period, foresee another answer for a later one: an early announcement counts, though by the
    /// day itself others have come to the same.
    fn foreseen(&self, index: ProvisionIndex) -> bool {
        let time = self.world.time;
        let announced = self.code.indices().map(|other| self.code.provision(other).announced.max(time.start));
        let known: BTreeSet<Date> = announced.filter(|day| *day <= time.end).collect();
        let (use_, production_start) = (Use::NewEquipment, None);
        self.buyers.iter().flat_map(|buyer| &buyer.items).any(|(item, _)| {
            let [with, without] = self.apart(item, index);
            let permits = |criteria, occasion: &Occasion| self.code.outcome(criteria, occasion).is_permitted();
            let differs = |date: Date, known: Date| {
                let occasion = Occasion { date, use_, production_start, known_on: Some(known) };
                permits(&with, &occasion) != permits(&without, &occasion)
            };
            with != without
                && known.iter().any(|known| self.days.iter().any(|day| day >= known && differs(*day, *known)))
        })
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
    fn rate(&self, review: Option<Review>, category: Category, day: Date) -> Option<u8> {
        let period = self.licensing.iter().rfind(|period| period.from <= day)?;
        Some(match review {
            Some(Review::CaseByCase) if period.case_by_case.is_some() => 3,
            Some(Review::PresumptionOfApproval) if period.presumption_of_approval.is_some() => 4,
            _ => category as u8,
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

fn is_test(kind: &ProvisionKind) -> bool {
    matches!(kind, ProvisionKind::DeMinimis { .. } | ProvisionKind::DirectProduct { .. })
}

/// A vendor, if some listing names it and there is something that it can buy.
fn listed(code: &Code, regime: &Regime, world: &World, id: &str, vendor: &Vendor) -> Option<Listed> {
    let buyer = Buyer { id: id.to_owned(), home: vendor.home, country_of_concern: world.of_concern(vendor) };
    let standing = code.standing(&buyer);
    if standing.listings.is_empty() {
        return None;
    }
    let mut items: Vec<(Criteria, Category)> = Vec::new();
    for offer in world.offers.values().filter(|offer| can_buy(offer, id)) {
        let category = category(world, offer);
        for facts in standings(&offer.legal, regime) {
            let item = (code.criteria(&facts, &standing), category);
            if !items.contains(&item) {
                items.push(item);
            }
        }
    }
    let spares = vendor.lines.keys().filter_map(|line| world.lines.get(line)).map(|line| line.spares_use);
    let uses = std::iter::once(Use::NewEquipment).chain(spares).collect();
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

/// The facts that an offer may have, as far as a provision tells them apart: the ends of its shares, and the thresholds that
/// lie between them with a little more.
fn standings(legal: &LegalFacts, regime: &Regime) -> Vec<Facts> {
    let thresholds: Vec<Decimal> = regime
        .provisions
        .values()
        .filter_map(|provision| match provision.kind {
            ProvisionKind::DeMinimis { threshold, .. } => Some(threshold.decimal()),
            _ => None,
        })
        .collect();
    let controlled = shares(&legal.us_controlled, legal.us_controlled_floor.as_ref(), &thresholds);
    let mut all = Vec::new();
    for us_controlled in controlled {
        let rest: Vec<Decimal> = thresholds.iter().map(|threshold| threshold - us_controlled.decimal()).collect();
        for us_other in shares(&legal.us_other, legal.us_other_floor.as_ref(), &rest) {
            if us_controlled.checked_add(us_other).is_none() {
                continue;
            }
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

/// The shares that tell thresholds apart, from the least that a new design can reach to the most of today.
fn shares(today: &Param, floor: Option<&Param>, thresholds: &[Decimal]) -> Vec<Share> {
    let (low, high) = today.ends();
    let low = floor.map_or(low, |floor| floor.ends().0.min(low));
    let (low, high) = (Share::from_sample(low), Share::from_sample(high));
    let little = Decimal::new(1, 9);
    let between = thresholds.iter().flat_map(|threshold| [*threshold, threshold + little]).filter_map(Share::new);
    let mut all: Vec<Share> = between.filter(|share| *share > low && *share < high).collect();
    all.extend([low, high, Share::from_sample(today.central())]);
    all.sort_by_key(|share| share.decimal());
    all.dedup();
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
