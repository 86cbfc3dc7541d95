//! A regime as the model uses it: for each target buyer and each way in which an item can stand before the law, what
//! share of each tick is open to it. Few such standings exist, whatever the uncertain facts of the offers, so they are
//! worked out once, kept, and a trial only looks up which one an offer has. The law's stages, the ladder that leads from
//! one to the next, and restrictions of markets are compiled beside it.

pub mod ladder;
pub mod restriction;
mod stage;

use super::world::World;
use super::world::calendar::Calendar;
use super::world::ids::TargetId;
use super::world::params::Keyed;
use super::world::random::RandomStreams;
use crate::law::{Code, Criteria, Facts, LawError, Occasion};
use crate::scenario::regime::{ALWAYS, ProvisionKind, Regime, Review};
use crate::units::{Date, Use};
use ladder::Ladder;
use restriction::Restriction;
use stage::{Event, Stage};

/// The rules of one scenario, compiled for a world.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The dated law; then, where there is a ladder, the law with each further rung in force throughout.
    stages: Vec<Stage>,
    /// Announcements and entries into force, by day.
    pub events: Vec<Event>,
    /// Days on which something becomes known, rising: the law of each lies in `PermissionSchedule::known`.
    announcements: Vec<Date>,
    /// Number of announcements made by the first day of each tick.
    pub known: Vec<usize>,
    /// Number of announcements made by the last day of each tick.
    pub known_by_end: Vec<usize>,
    /// Practice of licensing, by first day.
    pub licensing: Vec<Practice>,
    schedules: Vec<(usize, TargetId, Criteria, PermissionSchedule)>,
    /// The adaptive policy, if there is one.
    pub ladder: Option<Ladder>,
    /// Restrictions of markets, in file order.
    pub restrictions: Vec<Restriction>,
}

/// Approval practice from a day on.
#[derive(Debug, Clone)]
pub struct Practice {
    /// First day.
    pub from: f64,
    /// For network parts, consumer goods, and items for use below 5G.
    rates: [Keyed; 3],
    /// The rates that take their place where the law reviews case by case, and where it presumes approval.
    reviewed: [Option<Keyed>; 2],
    /// Hazard of revocation, per month.
    revocation: Option<Keyed>,
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
    pub fn approval(&self, category: Category, review: Option<Review>, streams: RandomStreams) -> f64 {
        let reviewed = match review {
            Some(Review::CaseByCase) => self.reviewed[0].as_ref(),
            Some(Review::PresumptionOfApproval) => self.reviewed[1].as_ref(),
            Some(Review::PresumptionOfDenial) | None => None,
        };
        reviewed.unwrap_or(&self.rates[category as usize]).value(streams)
    }

    /// Hazard with which a license is revoked in this trial, per month.
    pub fn revocation(&self, streams: RandomStreams) -> f64 {
        self.revocation.as_ref().map_or(0.0, |rate| rate.value(streams))
    }
}

/// How an item stands before the law over time, for one buyer. Shares of a tick's days; index: tick of the calendar.
#[derive(Debug, Clone, Default)]
pub struct PermissionSchedule {
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
    /// Whether the rung that led to this stage of a ladder forbids it, by the tick on whose first day it starts.
    pub forbidden_by_step: Vec<bool>,
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
        let calendar = &world.calendar;
        let stages = (0..=regime.rungs().count()).map(|rungs| Stage::new(regime, rungs, world));
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
            schedules: Vec::new(),
            restrictions: restriction::compile(regime, world)?,
            stages: stages.collect::<Result<_, _>>()?,
            ladder: regime.escalation.as_ref().map(|escalation| Ladder::new(escalation, calendar)),
        };
        rules.events = rules.find_events(calendar);
        Ok(rules)
    }

    /// Whether the regime has no provision at all, dated or on a ladder.
    pub fn is_empty(&self) -> bool {
        self.stages.iter().all(|stage| stage.code.indices().next().is_none())
    }

    /// The dated law.
    pub(crate) fn code(&self) -> &Code {
        &self.stages[0].code
    }

    /// Provisions of one day and kind make one event, so that two that catch the same offer are not counted twice.
    fn find_events(&self, calendar: &Calendar) -> Vec<Event> {
        let mut events: Vec<Event> = Vec::new();
        for index in self.code().indices() {
            let provision = self.code().provision(index);
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

    /// The number of the permission schedule of an item with some facts at a stage of the ladder, worked out if it is new.
    pub fn schedule_of(&mut self, world: &World, facts: &Facts, stage: usize, target: TargetId) -> usize {
        let law = &self.stages[stage];
        let criteria = law.code.criteria(facts, &law.standings[target.ix()]);
        let same = |(s, w, c, _): &(usize, TargetId, Criteria, PermissionSchedule)| {
            *s == stage && *w == target && *c == criteria
        };
        if let Some(known) = self.schedules.iter().position(same) {
            return known;
        }
        let schedule = self.work_out(&world.calendar, law, target, &criteria);
        self.schedules.push((stage, target, criteria, schedule));
        self.schedules.len() - 1
    }

    /// Number of stages: one more than rungs of the ladder.
    pub fn stages(&self) -> usize {
        self.stages.len()
    }

    /// A permission schedule.
    #[inline]
    pub fn schedule(&self, number: usize) -> &PermissionSchedule {
        &self.schedules[number].3
    }

    fn work_out(&self, calendar: &Calendar, law: &Stage, target: TargetId, criteria: &Criteria) -> PermissionSchedule {
        let occasion = Occasion { date: Date::ZERO, use_: Use::NewEquipment, production_start: None, known_on: None };
        let shares = |occasion| law.shares(calendar, target, criteria, occasion);
        let new = shares(occasion);
        let cut_off = law.code.saved_before(criteria);
        // Production on the eve of the cut-off, so that a clause counts wherever one could.
        let eve = cut_off.and_then(|day| day.yesterday().ok());
        let saved = match eve {
            Some(_) => {
                let with_clause = shares(Occasion { production_start: eve, ..occasion });
                with_clause.open.iter().zip(&new.open).map(|(a, b)| (a - b).max(0.0)).collect()
            }
            None => vec![0.0; calendar.len()],
        };
        let spares = |use_| shares(Occasion { use_, ..occasion });
        let (network, handsets) = (spares(Use::ExistingNetwork), spares(Use::HandsetSupport));
        // Before any announcement only the rungs that led to this stage are known.
        let known_on = std::iter::once(ALWAYS).chain(self.announcements.iter().copied());
        let (expected, expected_foreign): (Vec<_>, Vec<_>) = known_on
            .map(|day| shares(Occasion { known_on: Some(day), ..occasion }))
            .map(|known| (known.open, known.foreign_only))
            .unzip();
        let forbidden_by: Vec<bool> = self.events.iter().map(|event| law.would_forbid(event, criteria)).collect();
        let reached = self.events.iter().zip(&forbidden_by).filter(|(_, forbids)| **forbids).map(|(e, _)| e.day);
        PermissionSchedule {
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
            forbidden_by_step: law.step_forbids(calendar, criteria),
        }
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

fn practices(regime: &Regime, calendar: &Calendar) -> Vec<Practice> {
    let mut practices: Vec<Practice> = regime
        .licensing
        .iter()
        .map(|period| Practice {
            from: f64::from(calendar.day(period.from)),
            rates: [Keyed::of(&period.network), Keyed::of(&period.consumer), Keyed::of(&period.below_5g)],
            reviewed: [&period.case_by_case, &period.presumption_of_approval].map(|p| p.as_ref().map(Keyed::of)),
            revocation: period.revocation.as_ref().map(Keyed::of),
        })
        .collect();
    practices.sort_by(|a, b| a.from.total_cmp(&b.from));
    practices
}
