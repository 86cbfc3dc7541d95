//! The questions that the analysis puts to the law, each once. What the law says on a day hangs only on what is in force on it,
//! so an item that stands alike on many days is one case; an analysis of a hundred provisions would be too slow without that.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::reach::{Listed, is_test};
use crate::law::set::Set;
use crate::law::{Code, Criteria, Occasion, ProvisionIndex};
use crate::model::rules::Category;
use crate::scenario::regime::{ALWAYS, LicensingPeriod, ProvisionKind};
use crate::scenario::world::Time;
use crate::units::{Date, Use};

/// An item before the law on an occasion, without what says nothing on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case {
    pub(super) criteria: Criteria,
    pub(super) occasion: Occasion,
    /// Which rate of approval applies to it.
    pub(super) category: Category,
    /// The place of the period of licensing in the practice.
    pub(super) period: Option<usize>,
    /// Provisions that firms learn of, or meet, with this case.
    pub(super) starting: Set,
}

/// What tells cases apart.
type Key = (bool, bool, Set, Set, (Option<Date>, Option<Date>), Use, (u8, Option<usize>));

/// All cases of a stage.
#[derive(Debug, Default)]
pub(super) struct Cases {
    /// What ships, and how applications are reviewed.
    pub(super) shipments: Vec<Case>,
    /// What firms foresee.
    pub(super) schedules: Vec<Case>,
    /// What firms meet on the days from which provisions may frighten them.
    pub(super) starts: Vec<Case>,
}

/// What cases are made of.
pub(super) struct Maker<'a> {
    pub(super) code: &'a Code,
    pub(super) buyers: &'a [Listed],
    pub(super) days: &'a [Date],
    pub(super) licensing: &'a [LicensingPeriod],
    pub(super) time: Time,
}

impl Maker<'_> {
    pub(super) fn cases(&self) -> Cases {
        Cases { shipments: self.shipments(), schedules: self.schedules(), starts: self.starts() }
    }

    /// The provisions in force on a day as the law is.
    fn in_force(&self, day: Date) -> Set {
        let holds = |index: &ProvisionIndex| {
            let provision = self.code.provision(*index);
            provision.from <= day && provision.to.is_none_or(|last| day <= last)
        };
        self.code.indices().filter(holds).collect()
    }

    fn of_kind(&self, is: impl Fn(&ProvisionKind) -> bool) -> Set {
        self.code.indices().filter(|index| is(&self.code.provision(*index).kind)).collect()
    }

    /// Each day of the simulated period, for each use, with each day of production that a savings clause tells apart.
    fn shipments(&self) -> Vec<Case> {
        let mut found = IndexMap::new();
        let listings = self.of_kind(|kind| matches!(kind, ProvisionKind::Listing { .. }));
        let clauses = self.of_kind(|kind| matches!(kind, ProvisionKind::SavingsClause { .. }));
        for &date in self.days.iter().filter(|day| **day <= self.time.end) {
            let in_force = self.in_force(date);
            let period = self.licensing.iter().rposition(|period| period.from <= date);
            for buyer in self.buyers {
                for (item, category) in &buyer.items {
                    let saved = self.saved(item.meets.and(in_force).and(clauses)).and(item.meets);
                    // Which listing was the first, and from when a test that a clause saves counts, matters though they are
                    // not in force.
                    let meets = item.meets.and(in_force.or(listings).or(saved));
                    let of_day = (!meets.without(in_force).is_empty()).then_some(date);
                    let criteria = on_the_day(&Criteria { meets, ..*item }, date);
                    for production_start in self.production(saved) {
                        for &use_ in &buyer.uses {
                            let occasion = Occasion { date, use_, production_start, known_on: None };
                            let case = Case { criteria, occasion, category: *category, period, starting: Set::EMPTY };
                            insert(&mut found, (of_day, production_start), (*category as u8, period), case);
                        }
                    }
                }
            }
        }
        found.into_values().collect()
    }

    /// The tests that clauses save.
    fn saved(&self, clauses: Set) -> Set {
        let of = |clause| match &self.code.provision(clause).kind {
            ProvisionKind::SavingsClause { saves } => saves.as_slice(),
            _ => &[],
        };
        clauses.into_iter().flat_map(of).filter_map(|id| self.code.find(id)).collect()
    }

    /// Days of production on either side of the first day of each test; without one nothing is saved.
    fn production(&self, saved: Set) -> BTreeSet<Option<Date>> {
        let from = saved.into_iter().map(|test| self.code.provision(test).from).filter(|from| *from != ALWAYS);
        std::iter::once(None).chain(from.filter_map(|from| from.yesterday().ok()).map(Some)).collect()
    }

    /// Each later day as seen from each day on which something is announced.
    fn schedules(&self) -> Vec<Case> {
        let announced = self.code.indices().map(|other| self.code.provision(other).announced.max(self.time.start));
        let known: BTreeSet<Date> = announced.filter(|day| *day <= self.time.end).collect();
        let ends_known: Vec<Option<Date>> = self.code.indices().map(|index| self.end_known(index)).collect();
        let turns: BTreeSet<Date> = self.items().filter_map(|(item, _)| item.of_concern_from).collect();
        let mut views = IndexMap::new();
        for &known in &known {
            for &date in self.days.iter().filter(|day| **day >= known) {
                let holds = |index: &ProvisionIndex| {
                    let provision = self.code.provision(*index);
                    let over = provision.to.is_some_and(|last| last < date);
                    let end_is_known = ends_known[index.get()].is_none_or(|learnt| learnt <= known);
                    provision.announced <= known && provision.from <= date && !(over && end_is_known)
                };
                let in_force: Set = self.code.indices().filter(holds).collect();
                views.entry((in_force, turns.range(..=date).count())).or_insert((date, known));
            }
        }
        let mut found = IndexMap::new();
        for (item, category) in self.items() {
            for ((in_force, _), (date, known)) in &views {
                let criteria = on_the_day(&Criteria { meets: item.meets.and(*in_force), ..*item }, *date);
                let occasion = Occasion { known_on: Some(*known), ..new_equipment(*date) };
                let case = Case { criteria, occasion, category: *category, period: None, starting: Set::EMPTY };
                insert(&mut found, (None, None), (0, None), case);
            }
        }
        found.into_values().collect()
    }

    /// The day from which the end of a test is known: that on which the first that replaces it is announced.
    fn end_known(&self, index: ProvisionIndex) -> Option<Date> {
        self.replacements(index).map(|other| self.code.provision(other).announced).min()
    }

    /// Tests that start as one ends.
    fn replacements(&self, index: ProvisionIndex) -> impl Iterator<Item = ProvisionIndex> {
        let provision = self.code.provision(index);
        let next = provision.to.filter(|_| is_test(&provision.kind)).and_then(|last| last.tomorrow().ok());
        let starts = move |other: &ProvisionIndex| {
            let other = self.code.provision(*other);
            is_test(&other.kind) && next == Some(other.from)
        };
        self.code.indices().filter(starts)
    }

    /// Each item on each day from which some provision may frighten firms.
    fn starts(&self) -> Vec<Case> {
        let of_each: Vec<_> = self.code.indices().map(|index| (index, self.days_of_fright(index))).collect();
        let days: BTreeSet<Date> = of_each.iter().flat_map(|(_, days)| days).copied().collect();
        let mut found = IndexMap::new();
        for date in days {
            let in_force = self.in_force(date);
            let of_day = of_each.iter().filter(|(_, days)| days.contains(&date)).map(|(index, _)| *index);
            let starting: Set = of_day.collect();
            for (item, category) in self.items() {
                let meets = item.meets.and(in_force);
                let starting = starting.and(meets);
                if starting.is_empty() {
                    continue;
                }
                let criteria = on_the_day(&Criteria { meets, ..*item }, date);
                let case =
                    Case { criteria, occasion: new_equipment(date), category: *category, period: None, starting };
                insert(&mut found, (None, None), (0, None), case);
            }
        }
        found.into_values().collect()
    }

    /// The days as of which firms ask what a provision would forbid, if they learn of it or meet it in the simulated period.
    fn days_of_fright(&self, index: ProvisionIndex) -> Vec<Date> {
        let provision = self.code.provision(index);
        let simulated = |day: &Date| (self.time.start..=self.time.end).contains(day);
        match provision.from {
            // When a rung starts, a run decides.
            ALWAYS => self.days.to_vec(),
            from if simulated(&from) || simulated(&provision.announced) => vec![from],
            _ => Vec::new(),
        }
    }

    fn items(&self) -> impl Iterator<Item = &(Criteria, Category)> {
        self.buyers.iter().flat_map(|buyer| &buyer.items)
    }
}

/// Criteria as of a day: whether the buyer's home counts as a country of concern by then, without from when.
fn on_the_day(criteria: &Criteria, day: Date) -> Criteria {
    Criteria { of_concern_from: criteria.of_concern_from.filter(|from| day < *from).map(|_| Date::MAX), ..*criteria }
}

fn new_equipment(date: Date) -> Occasion {
    Occasion { date, use_: Use::NewEquipment, production_start: None, known_on: None }
}

fn insert(found: &mut IndexMap<Key, Case>, days: (Option<Date>, Option<Date>), rate: (u8, Option<usize>), case: Case) {
    let Case { criteria: Criteria { us_origin, meets, of_concern_from }, occasion, starting, .. } = case;
    let key = (us_origin, of_concern_from.is_some(), meets, starting, days, occasion.use_, rate);
    found.entry(key).or_insert(case);
}
