//! The law at one stage of a ladder (a regime without a ladder has one stage): what it says of an item over time, as shares
//! of ticks, and which of its provisions would forbid it.

use jiff::ToSpan;

use crate::law::{Authorization, Buyer, Code, Criteria, LawError, Occasion, ProvisionIndex, Standing};
use crate::model::world::calendar::Calendar;
use crate::model::world::ids::{TargetId, VendorId};
use crate::model::world::{Vendor, World};
use crate::scenario::regime::{Regime, Review};
use crate::units::{Date, Use};

/// Something that happens to the law and that firms notice.
#[derive(Debug, Clone)]
pub struct Event {
    /// Day on which it happens (may lie before the start).
    pub day: i32,
    /// Whether it is an entry into force (else an announcement).
    pub in_force: bool,
    /// Provisions that it is about: listings and tests.
    pub(super) provisions: Vec<ProvisionIndex>,
}

/// The law at one stage of a ladder. Dated provisions have the same index at every stage.
#[derive(Debug, Clone)]
pub(super) struct Stage {
    pub(super) code: Code,
    /// By target.
    pub(super) standings: Vec<Standing>,
    /// Provisions of the rung that leads to this stage.
    step: Vec<ProvisionIndex>,
}

impl Stage {
    /// The law with the first so many rungs in force throughout.
    pub(super) fn new(regime: &Regime, rungs: usize, world: &World) -> Result<Stage, LawError> {
        let law = regime.stage(rungs);
        let code = Code::new(&law)?;
        let standing = |v: &VendorId| {
            let vendor = &world.vendors[v.ix()];
            let Vendor { id, home, country_of_concern, .. } = vendor;
            code.standing(&Buyer { id: id.clone(), home: *home, country_of_concern: *country_of_concern })
        };
        let standings = world.targets.iter().map(standing).collect();
        let rung = rungs.checked_sub(1).and_then(|last| regime.rungs().nth(last));
        let step = rung.into_iter().flat_map(|rung| rung.provisions.keys()).filter_map(|id| code.find(id)).collect();
        Ok(Stage { code, standings, step })
    }

    /// Whether an event's provisions forbid parts for new products, once in force.
    pub(super) fn would_forbid(&self, event: &Event, criteria: &Criteria) -> bool {
        event.provisions.iter().any(|&index| self.forbids(index, criteria, self.code.provision(index).from))
    }

    /// Whether the rung that leads to this stage forbids parts for new products, by the tick on whose first day it starts.
    pub(super) fn step_forbids(&self, calendar: &Calendar, criteria: &Criteria) -> Vec<bool> {
        if self.step.is_empty() {
            return Vec::new();
        }
        let forbids = |tick| self.step.iter().any(|&index| self.forbids(index, criteria, calendar.date(tick)));
        (0..calendar.len()).map(forbids).collect()
    }

    fn forbids(&self, index: ProvisionIndex, criteria: &Criteria, date: Date) -> bool {
        let occasion = Occasion { date, use_: Use::NewEquipment, production_start: None, known_on: None };
        self.code.forbids(index, criteria, &occasion)
    }

    /// The law's answers, day by day, as shares of ticks. They change on few days, so stretches between these are asked.
    pub(super) fn shares(
        &self,
        calendar: &Calendar,
        target: TargetId,
        criteria: &Criteria,
        occasion: Occasion,
    ) -> Stretches {
        let standing = &self.standings[target.ix()];
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

/// Shares of ticks.
pub(super) struct Stretches {
    pub(super) open: Vec<f64>,
    pub(super) waived: Vec<f64>,
    pub(super) foreign_only: Vec<f64>,
    pub(super) prohibited_at_end: Vec<bool>,
    pub(super) review: Vec<Option<Review>>,
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
