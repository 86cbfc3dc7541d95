//! The setting of a trial: all that is drawn or derived once a trial and shared by the scenarios of a comparison. It
//! depends on the world, the seed and the trial number only, never on a regime.

use super::calendar::{Calendar, MONTH, OUTLOOK_MONTHS};
use super::chance::{Chance, EntityKey, Purpose};
use super::ids::*;
use super::world::*;
use crate::scenario::world::Tick;
use rand_xoshiro::rand_core::Rng;

/// Draws and derived tables of one trial. Tables are flat: `[entity][tick]` over the simulated ticks.
#[derive(Debug, Clone, Default)]
pub struct Setting {
    /// Trial number.
    pub trial: u64,
    /// Chance of the trial, for draws that only some scenarios make.
    pub chance: Option<Chance>,
    /// Value of each parameter.
    pub values: Vec<f64>,
    /// Planned demand of each market in each tick, units.
    pub planned: Vec<f64>,
    /// Planned demand of each market over the next twelve months, units a month.
    pub outlook: Vec<f64>,
    /// Demand of each market in each tick, units.
    pub demand: Vec<f64>,
    /// Share of each seat at the start; the shares of a market add up to 1.
    pub shares: Vec<f64>,
    /// Planned awards of each pair over the next twelve months, units a month.
    pub plan: Vec<f64>,
    /// What suppliers plan for: planned awards of each pair, and products' worth of spares for those then in service, units
    /// a month.
    pub supply_plan: Vec<f64>,
    /// Forecast error of each pair in each tick (xi of E5).
    pub forecast_error: Vec<f64>,
    /// Plant capacity of each pair in each tick, products a month.
    pub plant: Vec<f64>,
    /// Units of each cell's class in one product at the start.
    pub units: Vec<f64>,
    /// Capacity of each offer in each tick, units a month.
    pub capacity: Vec<f64>,
    /// Lead time of each offer: whole ticks, and the rest as a share of a tick.
    pub lead: Vec<(usize, f64)>,
    /// Links of each cell in order of price (same ranges as the world's links).
    pub ranked: Vec<LinkId>,
    /// Day on which each link's source is qualified (minus infinity: always; infinity: no programme yet).
    pub qualified: Vec<f64>,
    /// Stock of each cell at the start, units.
    pub stock: Vec<f64>,
    /// Whether each jurisdiction's sellers obey rules that rest on foreign production alone.
    pub complies: Vec<bool>,
    /// Caution of each supplier: stays out while this is below the chance of E14.
    pub caution: Vec<f64>,
    /// Whether each supplier applies for licenses.
    pub ready: Vec<bool>,
    /// Whether the US technology and the plant of each offer are at their level.
    pub reach: Vec<(bool, bool)>,
    cumulative: Vec<f64>,
    levels: Vec<f64>,
}

impl Setting {
    /// The value of a parameter.
    #[inline]
    pub fn value(&self, id: ParamId) -> f64 {
        self.values[id.ix()]
    }

    /// Lead time of an offer in months.
    #[inline]
    pub fn lead_months(&self, offer: usize, world: &World) -> f64 {
        let (whole, part) = self.lead[offer];
        (whole as f64 + part) * world.calendar.mean_months
    }

    /// Draws the setting of a trial. `unit` places each uncertain parameter in (0, 1): the design of the experiment.
    pub fn draw(&mut self, world: &World, seed: u64, trial: u64, unit: impl FnMut(&super::params::Uncertain) -> f64) {
        let chance = Chance::new(seed, trial);
        self.trial = trial;
        self.chance = Some(chance);
        let mut values = std::mem::take(&mut self.values);
        world.params.place(&mut values, unit);
        self.values = values;
        self.draw_markets(world, chance);
        self.draw_pairs(world, chance);
        self.draw_offers(world, chance);
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
                let z = monthly(calendar, t, |month| chance.normal(Purpose::Demand, market.key, month));
                self.demand[i] = self.planned[i] * libm::exp(sd * z - 0.5 * sd * sd);
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
                let share = |s: &SeatId| self.planned[s.market.ix() * ticks + t] * self.shares[s.seat as usize];
                in_service += pair.seats.iter().map(share).sum::<f64>();
                self.plant[i] = match &pair.plant {
                    Plant::OfPlannedAwards(ratio) => self.value(*ratio) * self.plan[i],
                    Plant::Path(levels) => self.level_at(levels, mid_day(&world.calendar, t)),
                };
                let z = monthly(&world.calendar, t, |month| chance.normal(Purpose::Forecast, pair.key, month));
                self.forecast_error[i] = libm::exp(sd * z);
            }
        }
    }

    /// Linear between dated levels, constant outside them.
    fn level_at(&self, levels: &[(i32, ParamId)], day: f64) -> f64 {
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
        self.lead.clear();
        self.reach.clear();
        let noise = self.value(world.behaviour.capacity_noise);
        for (o, offer) in world.offers.iter().enumerate() {
            let row = o * ticks..(o + 1) * ticks;
            match offer.capacity {
                Capacity::Fixed(level) => self.capacity[row].fill(self.values[level.ix()]),
                Capacity::OfPlannedUse(ratio) => {
                    let ratio = self.value(ratio);
                    self.capacity[row].fill(0.0);
                    for link in &world.offer_links[o] {
                        let link = &world.links[link.ix()];
                        for t in 0..ticks {
                            let units = self.units_at(world, link.cell, mid_day(&world.calendar, t));
                            self.capacity[o * ticks + t] +=
                                ratio * units * self.supply_plan[link.pair.ix() * ticks + t];
                        }
                    }
                }
            }
            if noise > 0.0 {
                for t in 0..ticks {
                    let z = monthly(&world.calendar, t, |month| chance.normal(Purpose::Capacity, offer.key, month));
                    self.capacity[o * ticks + t] *= (1.0 + noise * z).max(0.0);
                }
            }
            let lead = self.value(offer.lead) / world.calendar.mean_months;
            self.lead.push((lead as usize, lead.fract()));
            let at_level =
                |purpose, chance_of| chance.uniform(purpose, offer.key, 0) < self.values[ParamId::ix(chance_of)];
            self.reach.push((
                at_level(Purpose::Technology, offer.facts.us_technology.1),
                at_level(Purpose::Plant, offer.facts.us_plant.1),
            ));
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
            self.qualified.push(match link.status {
                LinkStatus::Qualified => f64::NEG_INFINITY,
                LinkStatus::Programme(start) => self.qualification_end(world, chance, link, f64::from(start)),
                LinkStatus::WhenShort => f64::INFINITY,
            });
        }
        for cell in &world.cells {
            let first = self.ranked.len();
            self.ranked.extend(cell.links.clone().map(LinkId::at));
            let price = |l: &LinkId| self.values[world.offers[world.links[l.ix()].offer.ix()].price.ix()];
            self.ranked[first..].sort_by(|a, b| price(a).total_cmp(&price(b)));
        }
    }

    /// Day on which a qualification that starts on a day succeeds (E15): attempts follow each other until one does.
    pub fn qualification_end(&self, world: &World, chance: Chance, link: &Link, start: f64) -> f64 {
        let time = &world.classes[world.cells[link.cell.ix()].class.ix()].qualification_time;
        let success = self.value(world.behaviour.qualification_success);
        let mut day = start;
        for attempt in 0..64 {
            let mut stream = chance.stream(Purpose::Qualification, link.key, attempt);
            day += time.at(super::chance::open_unit(stream.next_u64())) * MONTH;
            if super::chance::open_unit(stream.next_u64()) < success {
                return day;
            }
        }
        f64::INFINITY
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
        self.complies.clear();
        for j in &world.jurisdictions {
            self.complies.push(uniform(Purpose::Compliance, j.key) < self.values[j.compliance.ix()]);
        }
        self.caution.clear();
        self.ready.clear();
        for s in &world.suppliers {
            self.caution.push(uniform(Purpose::Caution, s.key));
            self.ready.push(uniform(Purpose::Readiness, s.key) < self.values[s.license_readiness.ix()]);
        }
    }
}

/// Middle of a tick, days.
#[inline]
pub fn mid_day(calendar: &Calendar, tick: usize) -> f64 {
    0.5 * (f64::from(calendar.first_day[tick]) + f64::from(calendar.first_day[tick + 1]))
}

/// A monthly standard normal draw in a tick: the month's own on a monthly tick; on a shorter one interpolated between the
/// middles of the months and brought back to unit variance, so that both tick lengths share the draws.
fn monthly(calendar: &Calendar, tick: usize, mut draw: impl FnMut(u64) -> f64) -> f64 {
    if calendar.tick == Tick::Month {
        return draw(tick as u64);
    }
    let x = (mid_day(calendar, tick) / MONTH - 0.5).max(0.0);
    let (month, w) = (x as u64, x.fract());
    ((1.0 - w) * draw(month) + w * draw(month + 1)) / ((1.0 - w) * (1.0 - w) + w * w).sqrt()
}

/// Number of the month that holds a tick, for draws that hold for a month.
pub fn month_of(calendar: &Calendar, tick: usize) -> u64 {
    match calendar.tick {
        Tick::Month => tick as u64,
        Tick::Week => (mid_day(calendar, tick) / MONTH) as u64,
    }
}

fn resize(table: &mut Vec<f64>, len: usize) {
    table.clear();
    table.resize(len, 0.0);
}
