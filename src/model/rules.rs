//! A regime as the model uses it: for each watched buyer and each way in which an item can stand before the law, what
//! share of each tick is open to it. Few such standings exist, whatever the uncertain facts of the offers, so they are
//! worked out once, kept, and a trial only looks up which one an offer has.

use jiff::ToSpan;

use super::calendar::Calendar;
use super::chance::{Chance, EntityKey, Purpose};
use super::ids::WatchId;
use super::params::Quantile;
use super::restriction::{self, Restriction};
use super::world::World;
use crate::law::{Authorization, Buyer, Code, Criteria, Facts, LawError, Occasion, ProvisionIndex, Standing};
use crate::scenario::param::Param;
use crate::scenario::regime::{ProvisionKind, Regime, Review};
use crate::units::{Date, Use};

/// The rules of one scenario, compiled for a world.
#[derive(Debug, Clone)]
pub struct Rules {
    code: Code,
    buyers: Vec<(Buyer, Standing)>,
    /// Announcements and entries into force, by day.
    pub events: Vec<Event>,
    /// Days on which something becomes known, rising: the law of each lies in `Outlook::known`.
    announcements: Vec<Date>,
    /// Number of announcements made by the first day of each tick.
    pub known: Vec<usize>,
    /// Number of announcements made by the last day of each tick.
    pub known_by_end: Vec<usize>,
    /// Practice of licensing, by first day.
    pub licensing: Vec<Practice>,
    outlooks: Vec<(WatchId, Criteria, Outlook)>,
    /// Restrictions of markets, in file order.
    pub restrictions: Vec<Restriction>,
}

/// Something that happens to the law and that firms notice.
#[derive(Debug, Clone)]
pub struct Event {
    /// Day on which it happens (may lie before the start).
    pub day: i32,
    /// Whether it is an entry into force (else an announcement).
    pub in_force: bool,
    /// Provisions that it is about: listings and tests.
    provisions: Vec<ProvisionIndex>,
}

/// Approval practice from a day on.
#[derive(Debug, Clone)]
pub struct Practice {
    /// First day.
    pub from: f64,
    /// For network parts, consumer goods, and items for use below 5G: key of the rate's draw and its distribution.
    rates: [(EntityKey, Quantile); 3],
    /// The rates that take their place where the law reviews case by case, and where it presumes approval.
    reviewed: [Option<(EntityKey, Quantile)>; 2],
    /// Hazard of revocation, per month.
    revocation: Option<(EntityKey, Quantile)>,
}

/// Which approval rate applies to an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    /// Parts for network equipment.
    Network,
    /// Parts for consumer goods.
    Consumer,
    /// Items for use below 5G.
    Below5g,
}

impl Practice {
    /// Chance that an application is approved, in this trial. A policy of review other than the presumption of denial has
    /// a rate of its own where the practice gives one; else the rate is that of the item.
    pub fn approval(&self, category: Category, review: Option<Review>, chance: Chance) -> f64 {
        let reviewed = match review {
            Some(Review::CaseByCase) => self.reviewed[0].as_ref(),
            Some(Review::PresumptionOfApproval) => self.reviewed[1].as_ref(),
            Some(Review::PresumptionOfDenial) | None => None,
        };
        drawn(reviewed.unwrap_or(&self.rates[category as usize]), chance)
    }

    /// Hazard with which a license is revoked in this trial, per month.
    pub fn revocation(&self, chance: Chance) -> f64 {
        self.revocation.as_ref().map_or(0.0, |rate| drawn(rate, chance))
    }
}

fn drawn((key, rate): &(EntityKey, Quantile), chance: Chance) -> f64 {
    rate.at(chance.uniform(Purpose::Parameter, *key, 0))
}

/// How an item stands before the law over time, for one buyer. Shares of a tick's days; index: tick of the calendar.
#[derive(Debug, Clone, Default)]
pub struct Outlook {
    /// Days on which parts for new products may be shipped, under a general license or with no need of one.
    pub open: Vec<f64>,
    /// Of these, under a general license.
    pub waived: Vec<f64>,
    /// Further days, for what was in production before `cut_off`.
    pub saved: Vec<f64>,
    /// Days on which it is prohibited on the ground of foreign production alone.
    pub foreign_only: Vec<f64>,
    /// Whether it is prohibited on the last day of the tick.
    pub prohibited_at_end: Vec<bool>,
    /// Production must have started before this day to be saved.
    pub cut_off: Option<f64>,
    /// Days on which spares may be shipped, for each use of spares (existing network, handset support).
    pub spares: [Vec<f64>; 2],
    /// Of these, under a general license.
    pub spares_waived: [Vec<f64>; 2],
    /// What `open` will be, as known after each number of announcements.
    pub expected: Vec<Vec<f64>>,
    /// What `foreign_only` will be, as known after each number of announcements.
    pub expected_foreign: Vec<Vec<f64>>,
    /// Share of each tick on which it will ship with no specific license, as known after each number of announcements:
    /// from a seller who obeys, and from one who ignores rules that rest on foreign production alone.
    pub counted: [Vec<Vec<f64>>; 2],
    /// Whether each event's provisions would forbid it.
    pub forbidden_by: Vec<bool>,
    /// Day on which a provision that would forbid it was first announced.
    pub reached_from: f64,
    /// Never anything but open: the fast path.
    pub always_open: bool,
    /// How the law would have an application reviewed on the last day of the tick; `None`: none is needed.
    pub review: Vec<Option<Review>>,
}

/// Number of a use among the uses of spares.
pub fn spares_index(use_: Use) -> usize {
    usize::from(use_ == Use::HandsetSupport)
}

impl Rules {
    /// Compiles a regime for a world.
    ///
    /// # Errors
    /// A regime that makes no sense as law.
    pub fn new(regime: &Regime, world: &World) -> Result<Rules, LawError> {
        let code = Code::new(regime)?;
        let calendar = &world.calendar;
        let buyers = world.watched.iter().map(|v| {
            let vendor = &world.vendors[v.ix()];
            let buyer = Buyer { id: vendor.id.clone(), country_of_concern: vendor.country_of_concern };
            let standing = code.standing(&buyer);
            (buyer, standing)
        });
        let buyers = buyers.collect();
        // Restrictions of markets bear on no shipment.
        let of_trade = regime.provisions.values().filter(|p| !p.kind.restricts_market());
        let mut announcements: Vec<Date> = of_trade.map(|p| p.announced).collect();
        announcements.sort();
        announcements.dedup();
        let made_by = |day: i32| announcements.iter().filter(|d| calendar.day(**d) <= day).count();
        let known = calendar.first_day.iter().map(|first| made_by(*first)).collect();
        let known_by_end = calendar.first_day[1..].iter().map(|next| made_by(*next - 1)).collect();
        let mut rules = Rules {
            events: Vec::new(),
            known,
            known_by_end,
            announcements,
            licensing: practices(regime, calendar),
            outlooks: Vec::new(),
            restrictions: restriction::compile(regime, world)?,
            buyers,
            code,
        };
        rules.events = rules.find_events(calendar);
        Ok(rules)
    }

    /// Whether the regime has no provision at all.
    pub fn is_empty(&self) -> bool {
        self.code.indices().next().is_none()
    }

    /// Days on which the law changes for a reader of figures, with short labels: listings and tests as they start, the
    /// first general license, and the day after the last one.
    pub fn marks(&self) -> Vec<(Date, String)> {
        let mut marks: Vec<(Date, String)> = Vec::new();
        let (mut waived_from, mut waived_until) = (None::<Date>, None::<Date>);
        for index in self.code.indices() {
            let provision = self.code.provision(index);
            let label = match &provision.kind {
                ProvisionKind::Listing { .. } => "Listing".to_owned(),
                ProvisionKind::DeMinimis { threshold, .. } => {
                    format!("De minimis {}%", (threshold.decimal() * rust_decimal::Decimal::ONE_HUNDRED).normalize())
                }
                ProvisionKind::DirectProduct { own_design_only: true, .. } => "Direct product, own".to_owned(),
                ProvisionKind::DirectProduct { .. } => "Direct product".to_owned(),
                ProvisionKind::GeneralLicense { uses, .. } if uses.contains(&Use::ExistingNetwork) => {
                    waived_from = waived_from.map_or(Some(provision.from), |day| Some(day.min(provision.from)));
                    waived_until = waived_until.max(provision.to.and_then(|day| day.tomorrow().ok()));
                    continue;
                }
                ProvisionKind::MarketRestriction { label, .. } => label.clone(),
                _ => continue,
            };
            match marks.iter_mut().find(|(date, _)| *date == provision.from) {
                Some((_, labels)) => labels.push_str(&format!(" + {}", lower_first(&label))),
                None => marks.push((provision.from, label)),
            }
        }
        marks.extend(waived_from.map(|day| (day, "Waivers start".to_owned())));
        marks.extend(waived_until.map(|day| (day, "Waivers end".to_owned())));
        marks.sort();
        marks
    }

    /// Provisions of one day and kind make one event, so that two that catch the same offer are not counted twice.
    fn find_events(&self, calendar: &Calendar) -> Vec<Event> {
        let mut events: Vec<Event> = Vec::new();
        for index in self.code.indices() {
            let provision = self.code.provision(index);
            let prohibits = matches!(
                provision.kind,
                ProvisionKind::Listing { .. } | ProvisionKind::DeMinimis { .. } | ProvisionKind::DirectProduct { .. }
            );
            if !prohibits {
                continue;
            }
            let (announced, from) = (calendar.day(provision.announced), calendar.day(provision.from));
            for (day, in_force) in [(announced, false), (from, true)] {
                match events.iter_mut().find(|e| e.day == day && e.in_force == in_force) {
                    Some(event) => event.provisions.push(index),
                    None => events.push(Event { day, in_force, provisions: vec![index] }),
                }
            }
        }
        events.sort_by_key(|e| (e.day, e.in_force));
        events
    }

    /// The number of the outlook of an item with some facts, worked out if it is new.
    pub fn outlook_of(&mut self, world: &World, facts: &Facts, watch: WatchId) -> usize {
        let criteria = self.code.criteria(facts, &self.buyers[watch.ix()].1);
        if let Some(known) = self.outlooks.iter().position(|(w, c, _)| *w == watch && *c == criteria) {
            return known;
        }
        let outlook = self.work_out(&world.calendar, watch, &criteria);
        self.outlooks.push((watch, criteria, outlook));
        self.outlooks.len() - 1
    }

    /// An outlook.
    #[inline]
    pub fn outlook(&self, number: usize) -> &Outlook {
        &self.outlooks[number].2
    }

    fn work_out(&self, calendar: &Calendar, watch: WatchId, criteria: &Criteria) -> Outlook {
        let occasion = Occasion { date: Date::ZERO, use_: Use::NewEquipment, production_start: None, known_on: None };
        let new = self.shares(calendar, watch, criteria, occasion);
        let cut_off = self.code.saved_before(criteria);
        // Production on the eve of the cut-off, so that a clause counts wherever one could.
        let eve = cut_off.and_then(|day| day.yesterday().ok());
        let saved = match eve {
            Some(_) => {
                let with_clause =
                    self.shares(calendar, watch, criteria, Occasion { production_start: eve, ..occasion });
                with_clause.open.iter().zip(&new.open).map(|(a, b)| (a - b).max(0.0)).collect()
            }
            None => vec![0.0; calendar.len()],
        };
        let spares = |use_| self.shares(calendar, watch, criteria, Occasion { use_, ..occasion });
        let (network, handsets) = (spares(Use::ExistingNetwork), spares(Use::HandsetSupport));
        let mut expected = vec![vec![1.0; calendar.len()]];
        let mut expected_foreign = vec![vec![0.0; calendar.len()]];
        for day in &self.announcements {
            let known = self.shares(calendar, watch, criteria, Occasion { known_on: Some(*day), ..occasion });
            expected.push(known.open);
            expected_foreign.push(known.foreign_only);
        }
        let forbidden_by: Vec<bool> = self.events.iter().map(|event| self.would_forbid(event, criteria)).collect();
        let reached = self.events.iter().zip(&forbidden_by).filter(|(_, forbids)| **forbids).map(|(e, _)| e.day);
        Outlook {
            always_open: new.open.iter().all(|&share| share == 1.0)
                && network.open.iter().chain(&handsets.open).all(|&share| share == 1.0),
            reached_from: reached.min().map_or(f64::INFINITY, f64::from),
            open: new.open,
            waived: new.waived,
            saved,
            foreign_only: new.foreign_only,
            prohibited_at_end: new.prohibited_at_end,
            cut_off: cut_off.map(|day| f64::from(calendar.day(day))),
            spares: [network.open, handsets.open],
            spares_waived: [network.waived, handsets.waived],
            counted: [count(&expected, None), count(&expected, Some(&expected_foreign))],
            expected,
            expected_foreign,
            forbidden_by,
            review: new.review,
        }
    }

    /// Whether an event's provisions forbid parts for new products, once in force.
    fn would_forbid(&self, event: &Event, criteria: &Criteria) -> bool {
        event.provisions.iter().any(|&index| {
            let date = self.code.provision(index).from;
            let occasion = Occasion { date, use_: Use::NewEquipment, production_start: None, known_on: None };
            self.code.forbids(index, criteria, &occasion)
        })
    }

    /// The law's answers, day by day, as shares of ticks. They change on few days, so stretches between these are asked.
    fn shares(&self, calendar: &Calendar, watch: WatchId, criteria: &Criteria, occasion: Occasion) -> Stretches {
        let standing = &self.buyers[watch.ix()].1;
        let mut stretches = Stretches::new(calendar.len());
        let end = calendar.first_day[calendar.len()];
        let mut days: Vec<i32> = self.code.change_days(standing).iter().map(|d| calendar.day(*d)).collect();
        days.retain(|&day| day > 0 && day < end);
        days.insert(0, 0);
        days.push(end);
        for stretch in days.windows(2) {
            let date = calendar.start.checked_add(i64::from(stretch[0]).days()).unwrap_or(Date::MAX);
            let outcome = self.code.outcome(criteria, &Occasion { date, ..occasion });
            stretches.add(calendar, stretch[0], stretch[1], |s, tick, share| {
                if outcome.is_permitted() {
                    s.open[tick] += share;
                    if outcome.authorization() == Authorization::GeneralLicense {
                        s.waived[tick] += share;
                    }
                } else if outcome.rests_on_foreign_production() {
                    s.foreign_only[tick] += share;
                }
                s.prohibited_at_end[tick] = !outcome.is_permitted();
                s.review[tick] = outcome.review();
            });
        }
        stretches.settle();
        stretches
    }
}

/// Shares of ticks on which an item will ship, where who sells it does not mind what is `ignored`.
fn count(open: &[Vec<f64>], ignored: Option<&[Vec<f64>]>) -> Vec<Vec<f64>> {
    let share = |known: usize, tick: usize, open: f64| {
        if open >= 1.0 { 1.0 } else { (open + ignored.map_or(0.0, |shares| shares[known][tick])).min(1.0) }
    };
    let rows = open.iter().enumerate();
    rows.map(|(known, row)| row.iter().enumerate().map(|(tick, open)| share(known, tick, *open)).collect()).collect()
}

/// Shares of ticks.
struct Stretches {
    open: Vec<f64>,
    waived: Vec<f64>,
    foreign_only: Vec<f64>,
    prohibited_at_end: Vec<bool>,
    review: Vec<Option<Review>>,
}

impl Stretches {
    fn new(ticks: usize) -> Stretches {
        Stretches {
            open: vec![0.0; ticks],
            waived: vec![0.0; ticks],
            foreign_only: vec![0.0; ticks],
            prohibited_at_end: vec![false; ticks],
            review: vec![None; ticks],
        }
    }

    fn add(&mut self, calendar: &Calendar, from: i32, until: i32, mut tell: impl FnMut(&mut Self, usize, f64)) {
        for tick in 0..calendar.len() {
            let share = calendar.share_within(tick, f64::from(from), f64::from(until));
            if share > 0.0 {
                tell(self, tick, share);
            }
        }
    }

    /// Stretches of one tick add up to exactly 1, so that an item that is never prohibited is bit for bit free.
    fn settle(&mut self) {
        for share in self.open.iter_mut().chain(&mut self.foreign_only) {
            if (*share - 1.0).abs() < 1e-12 {
                *share = 1.0;
            }
        }
    }
}

/// A label that follows another one: its first letter small, unless it starts with an abbreviation.
fn lower_first(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain(label.chars().skip(1)).collect()
        }
        _ => label.to_owned(),
    }
}

fn practices(regime: &Regime, calendar: &Calendar) -> Vec<Practice> {
    let rate = |param: &Param| (EntityKey::of(&param.path), Quantile::new(&param.dist, param.bounds));
    let mut practices: Vec<Practice> = regime
        .licensing
        .iter()
        .map(|period| Practice {
            from: f64::from(calendar.day(period.from)),
            rates: [rate(&period.network), rate(&period.consumer), rate(&period.below_5g)],
            reviewed: [&period.case_by_case, &period.presumption_of_approval].map(|p| p.as_ref().map(rate)),
            revocation: period.revocation.as_ref().map(rate),
        })
        .collect();
    practices.sort_by(|a, b| a.from.total_cmp(&b.from));
    practices
}
