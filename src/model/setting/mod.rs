//! The setting of a trial: all that is drawn or derived once a trial and shared by the scenarios of a comparison. It
//! depends on the world, the seed and the trial number only, never on a regime. Here stands what it holds; how it is drawn
//! stands in the files beside it.

mod designs;
mod draw;
pub(super) mod job;
pub(super) mod projects;
mod shortage;

use super::world::calendar::MONTH;
use super::world::ids::*;
use super::world::random::RandomStreams;
use super::world::{Vendor, World};
use crate::law::Facts;
use crate::units::Share;
use job::Job;

/// Draws and derived tables of one trial. Tables are flat: `[entity][tick]` over the simulated ticks, but
/// for the capacities.
#[derive(Debug, Clone, Default)]
pub struct TrialInputs {
    /// Trial number.
    pub(super) trial: u64,
    /// Chance of the trial, for draws that only some scenarios make.
    pub(super) streams: Option<RandomStreams>,
    /// By what the numbers of the regimes are drawn, if not by the chance of the trial.
    regimes: Option<RandomStreams>,
    /// Value of each parameter.
    pub(super) values: Vec<f64>,
    /// Planned demand of each market in each tick, units.
    pub(super) planned: Vec<f64>,
    /// Planned demand of each market over the next twelve months, units a month.
    pub(super) demand_outlook: Vec<f64>,
    /// Demand of each market in each tick, units.
    pub(super) demand: Vec<f64>,
    /// Share of each market position at the start; the shares of a market add up to 1.
    pub(super) shares: Vec<f64>,
    /// Planned awards of each vendor line over the next twelve months, units a month.
    pub(super) plan: Vec<f64>,
    /// What suppliers plan for: planned awards of each vendor line, and products' worth of spares for those then in service, units
    /// a month.
    pub(super) supply_plan: Vec<f64>,
    /// Forecast error of each vendor line in each tick (xi of E5).
    pub(super) forecast_error: Vec<f64>,
    /// Plant capacity of each vendor line in each tick, products a month.
    pub(super) plant: Vec<f64>,
    /// Units of each item's class in one product at the start.
    pub(super) units: Vec<f64>,
    /// By market and tick: share of undelivered orders that leaves within the tick.
    pub(super) leaving: Vec<f64>,
    /// By tick: part of a risk above rest that is kept over the tick (E4).
    pub(super) risk_kept: Vec<f64>,
    /// By tick: part of the trailing fill rate that is kept over the tick (E9).
    pub(super) fill_kept: Vec<f64>,
    /// By vendor line and tick: part of the way to its target that added plant does not go within the tick. Of a line that adds
    /// none, all.
    pub(super) expansion_rest: Vec<f64>,
    /// Capacity of each offer in each tick, units a month: `[tick][offer]`, for a tick reads that of all offers.
    pub(super) capacity: Vec<f64>,
    /// Terms of each offer.
    pub(super) terms: Vec<Terms>,
    pub(super) leads: Vec<Lead>,
    /// Length of its rows, 0 if one row serves all ticks.
    pub(super) leads_width: usize,
    /// By source: its offer's capacity as a multiple of its possible buyers' planned use; 0 where it does not follow that.
    pub(super) ratios: Vec<f64>,
    /// What one unit that comes by each source is.
    pub(super) goods: Vec<Goods>,
    /// Facts of each offer for the law.
    pub(super) facts: Vec<Facts>,
    /// Ticks that an order is carried past the one in which it falls due.
    pub(super) carry: usize,
    /// Sources of each item in order of price (same ranges as the world's sources).
    pub(super) ranked: Vec<SourceId>,
    /// Day on which each source is qualified, if the attempt under way at the start succeeds (minus infinity:
    /// always; infinity: no attempt yet).
    pub(super) qualified: Vec<f64>,
    /// Stock of each item at the start, units.
    pub(super) stock: Vec<f64>,
    /// Whether each supplier obeys rules that rest on foreign production alone.
    pub(super) obeys: Vec<bool>,
    /// Caution of each supplier: stays out while this is below the chance of E14.
    pub(super) caution: Vec<f64>,
    /// Whether each supplier applies for licenses.
    pub(super) ready: Vec<bool>,
    /// What a shortage multiplies the lead times of what is ordered in each tick by (empty: there is none).
    pub(super) longer: Vec<f64>,
    /// For each offer out of which US content would be designed: what becomes of it.
    pub(super) new_designs: Vec<Option<NewDesign>>,
    /// How far each project is at the start.
    pub(super) jobs: Vec<Job>,
    /// Accumulated hazard at which each programme is mature.
    pub(super) thresholds: Vec<f64>,
    cumulative: Vec<f64>,
    levels: Vec<f64>,
    /// Work space: a number drawn for each month.
    months: Vec<f64>,
    contents: Vec<Content>,
}

/// US content of an offer: as drawn, and as the exact share that the law compares.
#[derive(Debug, Clone, Copy)]
struct Content {
    controlled: (f64, Share),
    other: (f64, Share),
}

impl Content {
    const NONE: Content = Content { controlled: (0.0, Share::ZERO), other: (0.0, Share::ZERO) };

    fn set(&mut self, controlled: f64, other: f64) {
        for (kept, now) in [(&mut self.controlled, controlled), (&mut self.other, other)] {
            if kept.0 != now {
                *kept = (now, Share::from_sample(now));
            }
        }
    }
}

/// What a unit that comes by a source is, for a loop over all sources.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Goods {
    /// Price, USD a unit.
    pub price: f64,
    /// The part of it that goes to a seller at home in the United States, USD a unit: all or nothing.
    pub us_price: f64,
    /// Performance relative to 1.
    pub performance: f64,
}

/// What one offer costs and how it comes: read in every tick, so it stands together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    /// Price, USD a unit.
    pub price: f64,
    /// Performance relative to 1.
    pub performance: f64,
    /// Lead time in a normal market, months; for what is ordered in a tick ask [`TrialInputs::lead`].
    pub lead: f64,
    /// The same in ticks: the whole ones, and the rest as a share of a tick.
    pub lead_ticks: (usize, f64),
    /// Whether a shortage lengthens it.
    pub scarce: bool,
}

/// Order to shipment, of what is ordered in a tick.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lead {
    /// Months.
    pub months: f64,
    /// The same in ticks: the whole ones, and the rest as a share of a tick.
    pub ticks: (usize, f64),
}

/// What becomes of an offer whose supplier would design US content out of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NewDesign {
    /// Its facts for the law after that.
    pub facts: Facts,
    /// Length of the program, days.
    pub days: f64,
}

impl TrialInputs {
    /// The value of a parameter.
    #[inline]
    pub fn value(&self, id: ParamId) -> f64 {
        self.values[id.ix()]
    }

    /// Time in which a newly qualified source comes to its full capacity, days (E15).
    #[inline]
    pub fn ramp_days(&self, world: &World) -> f64 {
        self.value(world.behaviour.qualification_ramp) * MONTH
    }

    /// Risk that a vendor perceives when nothing happens (r0 of E4).
    #[inline]
    pub fn risk_at_rest(&self, vendor: &Vendor) -> f64 {
        vendor.risk_at_rest.map_or(0.0, |id| self.value(id))
    }

    /// Capacity of each offer in a tick, units a month.
    #[inline]
    pub fn capacity(&self, tick: usize) -> &[f64] {
        let offers = self.terms.len();
        &self.capacity[tick * offers..(tick + 1) * offers]
    }

    /// By what the numbers of the regimes are drawn.
    #[inline]
    pub fn regimes(&self) -> RandomStreams {
        self.regimes.or(self.streams).unwrap_or(RandomStreams::new(0, self.trial))
    }

    /// Has the numbers of the regimes drawn as in the trial of this number: those of one point of a design are the same in
    /// all its replications. Holds until the next trial is drawn.
    pub fn draw_regimes(&mut self, seed: u64, number: u64) {
        self.regimes = Some(RandomStreams::new(seed, number));
    }

    /// The level of a dated path on a day: linear between its days, constant outside them.
    pub fn along(&self, path: &[(i32, ParamId)], day: f64) -> f64 {
        self.level_at(path, day)
    }

    /// The level of a dated path that holds on a day: that of the last day before, or of the first.
    pub fn latest(&self, path: &[(i32, ParamId)], day: f64) -> f64 {
        let past = path.partition_point(|(first, _)| f64::from(*first) <= day);
        path.get(past.max(1) - 1).map_or(f64::NAN, |(_, level)| self.value(*level))
    }

    /// Linear between dated levels, constant outside them.
    pub(super) fn level_at(&self, levels: &[(i32, ParamId)], day: f64) -> f64 {
        let after = levels.partition_point(|(d, _)| f64::from(*d) <= day);
        match (after.checked_sub(1).map(|i| levels[i]), levels.get(after)) {
            (Some((d0, a)), Some((d1, b))) => {
                let share = (day - f64::from(d0)) / f64::from(d1 - d0);
                self.value(a) + (self.value(*b) - self.value(a)) * share
            }
            (Some((_, a)), None) => self.value(a),
            (None, Some((_, b))) => self.value(*b),
            (None, None) => 0.0,
        }
    }

    /// Units of an item's class in one product on a day, a redesign under way included.
    #[inline]
    pub fn units_at(&self, world: &World, bom_item: BomItemId, day: f64) -> f64 {
        let units = self.units[bom_item.ix()];
        match world.bom_items[bom_item.ix()].redesign {
            None => units,
            Some((by, remains)) => {
                let done = if by > 0 { (day / f64::from(by)).clamp(0.0, 1.0) } else { 1.0 };
                units * (1.0 - done * (1.0 - self.value(remains)))
            }
        }
    }
}
