//! The setting of a trial: all that is drawn or derived once a trial and shared by the scenarios of a comparison. It
//! depends on the world, the seed and the trial number only, never on a regime.

use super::calendar::{Calendar, MONTH, OUTLOOK_MONTHS};
use super::chance::{Chance, EntityKey, Purpose};
use super::design_out::NewDesign;
use super::engineering::{self, Job};
use super::ids::*;
use super::shortage::Lead;
use super::world::{Capacity, Link, LinkStatus, Market, Plant, Task, Vendor, World};
use crate::law::Facts;
use crate::units::{Level, Share};
use rand_xoshiro::rand_core::Rng;

/// Draws and derived tables of one trial. Tables are flat: `[entity][tick]` over the simulated ticks, but
/// for the capacities.
#[derive(Debug, Clone, Default)]
pub struct Setting {
    /// Trial number.
    pub(super) trial: u64,
    /// Chance of the trial, for draws that only some scenarios make.
    pub(super) chance: Option<Chance>,
    /// By what the numbers of the regimes are drawn, if not by the chance of the trial.
    regimes: Option<Chance>,
    /// Value of each parameter.
    pub(super) values: Vec<f64>,
    /// Planned demand of each market in each tick, units.
    pub(super) planned: Vec<f64>,
    /// Planned demand of each market over the next twelve months, units a month.
    pub(super) outlook: Vec<f64>,
    /// Demand of each market in each tick, units.
    pub(super) demand: Vec<f64>,
    /// Share of each seat at the start; the shares of a market add up to 1.
    pub(super) shares: Vec<f64>,
    /// Planned awards of each pair over the next twelve months, units a month.
    pub(super) plan: Vec<f64>,
    /// What suppliers plan for: planned awards of each pair, and products' worth of spares for those then in service, units
    /// a month.
    pub(super) supply_plan: Vec<f64>,
    /// Forecast error of each pair in each tick (xi of E5).
    pub(super) forecast_error: Vec<f64>,
    /// Plant capacity of each pair in each tick, products a month.
    pub(super) plant: Vec<f64>,
    /// Units of each cell's class in one product at the start.
    pub(super) units: Vec<f64>,
    /// By market and tick: share of undelivered orders that leaves within the tick.
    pub(super) leaving: Vec<f64>,
    /// Capacity of each offer in each tick, units a month: `[tick][offer]`, for a tick reads that of all offers.
    pub(super) capacity: Vec<f64>,
    /// Terms of each offer.
    pub(super) terms: Vec<Terms>,
    pub(super) leads: Vec<Lead>,
    /// Length of its rows, 0 if one row serves all ticks.
    pub(super) leads_width: usize,
    /// By link: its offer's capacity as a multiple of its possible buyers' planned use; 0 where it does not follow that.
    pub(super) ratios: Vec<f64>,
    /// What one unit that comes by each link is.
    pub(super) goods: Vec<Goods>,
    /// Facts of each offer for the law.
    pub(super) facts: Vec<Facts>,
    /// Ticks that an order is carried past the one in which it falls due.
    pub(super) carry: usize,
    /// Links of each cell in order of price (same ranges as the world's links).
    pub(super) ranked: Vec<LinkId>,
    /// Day on which each link's source is qualified, if the attempt under way at the start succeeds (minus infinity:
    /// always; infinity: no attempt yet).
    pub(super) qualified: Vec<f64>,
    /// Stock of each cell at the start, units.
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

/// What a unit that comes by a link is, for a loop over all links.
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
    /// Lead time in a normal market, months; for what is ordered in a tick ask [`Setting::lead`].
    pub lead: f64,
    /// The same in ticks: the whole ones, and the rest as a share of a tick.
    pub lead_ticks: (usize, f64),
    /// Whether a shortage lengthens it.
    pub scarce: bool,
}

impl Setting {
    /// The value of a parameter.
    #[inline]
    pub fn value(&self, id: ParamId) -> f64 {
        self.values[id.ix()]
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
    pub fn regimes(&self) -> Chance {
        self.regimes.or(self.chance).unwrap_or(Chance::new(0, self.trial))
    }

    /// Has the numbers of the regimes drawn as in the trial of this number: those of one point of a design are the same in
    /// all its replications. Holds until the next trial is drawn.
    pub fn draw_regimes(&mut self, seed: u64, number: u64) {
        self.regimes = Some(Chance::new(seed, number));
    }

    /// Draws the setting of a trial. `unit` places each uncertain parameter in (0, 1): the design of the experiment.
    pub fn draw(&mut self, world: &World, seed: u64, trial: u64, unit: impl FnMut(&super::params::Uncertain) -> f64) {
        let chance = Chance::new(seed, trial);
        self.trial = trial;
        self.chance = Some(chance);
        self.regimes = None;
        let mut values = std::mem::take(&mut self.values);
        world.params.place(&mut values, unit);
        self.values = values;
        self.draw_markets(world, chance);
        self.derive_leaving(world);
        self.draw_pairs(world, chance);
        self.draw_shortage(world);
        self.draw_offers(world, chance);
        self.draw_facts(world, chance);
        self.draw_designs(world, chance);
        self.draw_links(world, chance);
        self.draw_stock(world, chance);
        self.draw_people(world, chance);
    }

    fn draw_markets(&mut self, world: &World, chance: Chance) {
        let calendar = &world.calendar;
        let ticks = calendar.ticks;
        resize(&mut self.planned, world.markets.len() * ticks);
        resize(&mut self.outlook, world.markets.len() * ticks);
        resize(&mut self.demand, world.markets.len() * ticks);
        resize(&mut self.shares, world.seat_count());
        for (m, market) in world.markets.iter().enumerate() {
            self.cumulate(market, calendar);
            let sd = self.value(market.noise);
            for t in 0..ticks {
                let i = m * ticks + t;
                self.planned[i] = self.cumulative[t + 1] - self.cumulative[t];
                let year = f64::from(calendar.first_day[t]) + OUTLOOK_MONTHS as f64 * MONTH;
                self.outlook[i] = (self.cumulative_at(calendar, year) - self.cumulative[t]) / OUTLOOK_MONTHS as f64;
                let factor = |month| libm::exp(sd * chance.normal(Purpose::Demand, market.key, month) - 0.5 * sd * sd);
                self.demand[i] = self.planned[i] * monthly(calendar, t, factor);
            }
            let total: f64 = market.vendors.iter().map(|seat| self.value(seat.share)).sum();
            for (s, seat) in market.vendors.iter().enumerate() {
                self.shares[market.seats.start + s] = if total > 0.0 { self.value(seat.share) / total } else { 0.0 };
            }
        }
    }

    /// Cumulative demand of a market at each tick's start: linear between its points, the last rate going on.
    fn cumulate(&mut self, market: &Market, calendar: &Calendar) {
        let factor = self.value(market.factor);
        self.levels.clear();
        let mut top = 0.0f64;
        for (_, level) in &market.demand {
            // Uncertain levels may overlap; a cumulative path never falls.
            top = top.max(self.values[level.ix()] * factor);
            self.levels.push(top);
        }
        self.cumulative.clear();
        let mut segment = 0;
        for &day in &calendar.first_day {
            while segment + 1 < market.demand.len() && day > market.demand[segment].0 {
                segment += 1;
            }
            let (d0, c0) =
                if segment == 0 { (0, 0.0) } else { (market.demand[segment - 1].0, self.levels[segment - 1]) };
            let (d1, c1) = match market.demand.get(segment) {
                Some((d1, _)) => (*d1, self.levels[segment]),
                None => (d0 + 1, c0),
            };
            let rate = if d1 > d0 { (c1 - c0) / f64::from(d1 - d0) } else { 0.0 };
            self.cumulative.push((c0 + rate * f64::from(day - d0)).max(0.0));
        }
    }

    fn cumulative_at(&self, calendar: &Calendar, day: f64) -> f64 {
        let after = calendar.first_day.partition_point(|&first| f64::from(first) <= day);
        let before = after.clamp(1, calendar.len()) - 1;
        let (d0, d1) = (f64::from(calendar.first_day[before]), f64::from(calendar.first_day[before + 1]));
        let (c0, c1) = (self.cumulative[before], self.cumulative[before + 1]);
        c0 + (c1 - c0) * (day - d0) / (d1 - d0)
    }

    fn draw_pairs(&mut self, world: &World, chance: Chance) {
        let ticks = world.calendar.ticks;
        resize(&mut self.plan, world.pairs.len() * ticks);
        resize(&mut self.plant, world.pairs.len() * ticks);
        resize(&mut self.supply_plan, world.pairs.len() * ticks);
        resize(&mut self.forecast_error, world.pairs.len() * ticks);
        let sd = self.value(world.behaviour.forecast_noise);
        for (p, pair) in world.pairs.iter().enumerate() {
            let spares = self.value(world.lines[pair.line.ix()].spares_rate);
            let mut in_service = self.value(pair.installed_base);
            for t in 0..ticks {
                let i = p * ticks + t;
                self.plan[i] = pair
                    .seats
                    .iter()
                    .map(|s| self.outlook[s.market.ix() * ticks + t] * self.shares[s.seat as usize])
                    .sum();
                self.supply_plan[i] = self.plan[i] + spares * in_service;
                let share =
                    |s: &super::world::SeatId| self.planned[s.market.ix() * ticks + t] * self.shares[s.seat as usize];
                in_service += pair.seats.iter().map(share).sum::<f64>();
                self.plant[i] = match &pair.plant {
                    Plant::OfPlannedAwards(ratio) => self.value(*ratio) * self.plan[i],
                    Plant::Path(levels) => self.level_at(levels, world.calendar.middle(t)),
                };
                let factor = |month| libm::exp(sd * chance.normal(Purpose::Forecast, pair.key, month));
                self.forecast_error[i] = monthly(&world.calendar, t, factor);
            }
        }
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

    fn draw_offers(&mut self, world: &World, chance: Chance) {
        let ticks = world.calendar.ticks;
        resize(&mut self.capacity, world.offers.len() * ticks);
        resize(&mut self.units, world.cells.len());
        for (c, cell) in world.cells.iter().enumerate() {
            self.units[c] = self.value(cell.units);
        }
        self.terms.clear();
        let offers = world.offers.len();
        let noise = self.value(world.behaviour.capacity_noise);
        for (o, offer) in world.offers.iter().enumerate() {
            let mut levels = std::mem::take(&mut self.levels);
            resize(&mut levels, ticks);
            match offer.capacity {
                Capacity::Fixed(level) => levels.fill(self.value(level)),
                Capacity::OfPlannedUse(ratio) => self.planned_use(world, o, self.value(ratio), &mut levels),
            }
            if noise > 0.0 {
                for (t, level) in levels.iter_mut().enumerate() {
                    let factor = |month| (1.0 + noise * chance.normal(Purpose::Capacity, offer.key, month)).max(0.0);
                    *level *= monthly(&world.calendar, t, factor);
                }
            }
            for (t, level) in levels.iter().enumerate() {
                self.capacity[t * offers + o] = *level;
            }
            self.levels = levels;
            let lead = self.value(offer.lead) / world.calendar.mean_months;
            let lead_ticks = (lead as usize, lead.fract());
            self.terms.push(Terms {
                price: self.value(offer.price),
                performance: self.value(offer.performance),
                lead: (lead_ticks.0 as f64 + lead_ticks.1) * world.calendar.mean_months,
                lead_ticks,
                scarce: !self.longer.is_empty() && world.classes[offer.class.ix()].scarce,
            });
        }
        self.derive_leads();
        self.goods.clear();
        self.ratios.clear();
        for offer in &world.link_offers {
            let Terms { price, performance, .. } = self.terms[offer.ix()];
            let us_price = if world.offers[offer.ix()].us_seller { price } else { 0.0 };
            self.goods.push(Goods { price, us_price, performance });
            self.ratios.push(match world.offers[offer.ix()].capacity {
                Capacity::OfPlannedUse(ratio) => self.value(ratio),
                Capacity::Fixed(_) => 0.0,
            });
        }
        let carry = self.value(world.behaviour.cancel_after) / world.calendar.mean_months;
        self.carry = (carry.round() as usize).min(world.max_carry);
    }

    /// Adds a multiple of what an offer's possible buyers plan to use in each tick.
    fn planned_use(&self, world: &World, offer: usize, ratio: f64, levels: &mut [f64]) {
        let ticks = world.calendar.ticks;
        for link in world.offers[offer].links.iter().map(|l| &world.links[l.ix()]) {
            let plan = &self.supply_plan[link.pair.ix() * ticks..][..ticks];
            if world.cells[link.cell.ix()].redesign.is_none() {
                let each = ratio * self.units[link.cell.ix()];
                levels.iter_mut().zip(plan).for_each(|(level, plan)| *level += each * plan);
                continue;
            }
            for (t, (level, plan)) in levels.iter_mut().zip(plan).enumerate() {
                *level += ratio * self.units_at(world, link.cell, world.calendar.middle(t)) * plan;
            }
        }
    }

    /// The facts of the offers for the law. Decimals are slow to make, so a share that is as in the last trial is kept.
    fn draw_facts(&mut self, world: &World, chance: Chance) {
        self.contents.resize(world.offers.len(), Content::NONE);
        self.facts.clear();
        for (content, offer) in self.contents.iter_mut().zip(&world.offers) {
            let facts = &offer.facts;
            let controlled = self.values[facts.us_controlled.ix()];
            content.set(controlled, self.values[facts.us_other.ix()].min(1.0 - controlled));
            let level = |purpose, (level, probability): (Level, ParamId)| {
                let holds = chance.uniform(purpose, offer.key, 0) < self.values[probability.ix()];
                if holds { level } else { Level::None }
            };
            self.facts.push(Facts {
                made_in: facts.made_in,
                shipped_from: facts.shipped_from,
                item: facts.item,
                us_controlled: content.controlled.1,
                us_other: content.other.1,
                us_technology: level(Purpose::Technology, facts.us_technology),
                us_plant: level(Purpose::Plant, facts.us_plant),
                own_design: facts.own_design,
                below_5g: facts.below_5g,
            });
        }
    }

    /// Units of a cell's class in one product on a day, a redesign under way included.
    #[inline]
    pub fn units_at(&self, world: &World, cell: CellId, day: f64) -> f64 {
        let units = self.units[cell.ix()];
        match world.cells[cell.ix()].redesign {
            None => units,
            Some((by, remains)) => {
                let done = if by > 0 { (day / f64::from(by)).clamp(0.0, 1.0) } else { 1.0 };
                units * (1.0 - done * (1.0 - self.value(remains)))
            }
        }
    }

    fn draw_links(&mut self, world: &World, chance: Chance) {
        self.qualified.clear();
        self.ranked.clear();
        for link in &world.links {
            let open = link.status != LinkStatus::Qualified;
            self.qualified.push(if open { f64::INFINITY } else { f64::NEG_INFINITY });
        }
        self.draw_projects(world, chance);
        for cell in &world.cells {
            let first = self.ranked.len();
            self.ranked.extend(cell.links.clone().map(LinkId::at));
            let price = |l: &LinkId| self.values[world.offers[world.links[l.ix()].offer.ix()].price.ix()];
            self.ranked[first..].sort_by(|a, b| price(a).total_cmp(&price(b)));
        }
    }

    /// Projects with a date of their own, as they stand at the start; until then all went at full speed.
    fn draw_projects(&mut self, world: &World, chance: Chance) {
        let mut jobs = std::mem::take(&mut self.jobs);
        jobs.clear();
        for project in &world.projects {
            let mut job = Job::default();
            if let Some(start) = engineering::dated(world, project) {
                job.begin(world, self, project, chance, start);
                job.settle(world, self, project, chance, 0.0);
                if let Task::Qualify(link) = project.task {
                    self.qualified[link.ix()] = job.projected;
                }
            }
            jobs.push(job);
        }
        self.jobs = jobs;
        self.thresholds.clear();
        for offer in &world.programmes {
            let unit = chance.uniform(Purpose::Maturation, world.offers[offer.ix()].key, 0);
            self.thresholds.push(-libm::log(unit));
        }
    }

    /// Days that an attempt (from 0) to qualify a source takes, and whether it succeeds (E15).
    pub fn attempt(&self, world: &World, chance: Chance, link: &Link, attempt: u32) -> (f64, bool) {
        let time = &world.classes[world.cells[link.cell.ix()].class.ix()].qualification_time;
        let success = self.value(world.behaviour.qualification_success);
        let mut stream = chance.stream(Purpose::Qualification, link.key, u64::from(attempt));
        let days = time.at(super::chance::open_unit(stream.next_u64())) * MONTH;
        (days, super::chance::open_unit(stream.next_u64()) < success)
    }

    fn draw_stock(&mut self, world: &World, chance: Chance) {
        let ticks = world.calendar.ticks;
        let common_sd = self.value(world.behaviour.stock_common_sd);
        let class_sd = self.value(world.behaviour.stock_class_sd);
        self.stock.clear();
        for cell in &world.cells {
            let vendor = world.vendor_of(cell.pair);
            let z = common_sd * chance.normal(Purpose::StockCommon, vendor.key, 0)
                + class_sd * chance.normal(Purpose::StockClass, cell.key, 0);
            let use_a_month = self.value(cell.units) * self.plan[cell.pair.ix() * ticks];
            self.stock.push(use_a_month * self.value(cell.initial_stock) * libm::exp(z));
        }
    }

    fn draw_people(&mut self, world: &World, chance: Chance) {
        let uniform = |purpose, key: EntityKey| chance.uniform(purpose, key, 0);
        // One draw a jurisdiction, which each of its suppliers holds against its own chance (E13).
        self.obeys.clear();
        for s in &world.suppliers {
            let unit = uniform(Purpose::Compliance, world.jurisdictions[s.home.ix()].key);
            self.obeys.push(unit < self.values[s.compliance.ix()]);
        }
        self.caution.clear();
        self.ready.clear();
        for s in &world.suppliers {
            self.caution.push(uniform(Purpose::Caution, s.key));
            self.ready.push(uniform(Purpose::Readiness, s.key) < self.values[s.license_readiness.ix()]);
        }
    }
}

/// A number drawn for each month in a tick: the month's own; a week that lies in two months has of each its share of days. So
/// the days of a month average to the month's number, by the week as by the month, and sums over long times agree.
fn monthly(calendar: &Calendar, tick: usize, mut draw: impl FnMut(u64) -> f64) -> f64 {
    let (month, share) = calendar.month_of(tick);
    if share >= 1.0 {
        return draw(month);
    }
    share * draw(month) + (1.0 - share) * draw(month + 1)
}

/// Number of the month that holds a tick, or most of it, for draws that hold for a month.
pub fn month_of(calendar: &Calendar, tick: usize) -> u64 {
    let (month, share) = calendar.month_of(tick);
    if share >= 0.5 { month } else { month + 1 }
}

/// Whether a tick is the last of the month that holds it.
pub fn ends_month(calendar: &Calendar, tick: usize) -> bool {
    tick + 1 == calendar.ticks || month_of(calendar, tick) != month_of(calendar, tick + 1)
}

fn resize(table: &mut Vec<f64>, len: usize) {
    table.clear();
    table.resize(len, 0.0);
}
