//! How the setting of a trial is drawn, table after table: each draw has a name of its own, and what is derived comes after
//! what it is derived from.

use super::{Content, Goods, Terms, TrialInputs};
use crate::law::Facts;
use crate::model::world::calendar::{Calendar, MONTH, OUTLOOK_MONTHS};
use crate::model::world::ids::*;
use crate::model::world::params::Uncertain;
use crate::model::world::random::{EntityKey, RandomStreams, StreamId};
use crate::model::world::{Capacity, Market, MarketPositionId, Plant, SourceStatus, World};
use crate::units::Level;

impl TrialInputs {
    /// Draws the setting of a trial. `unit` places each uncertain parameter in (0, 1): the design of the experiment.
    pub fn draw(&mut self, world: &World, seed: u64, trial: u64, unit: impl FnMut(&Uncertain) -> f64) {
        let chance = RandomStreams::new(seed, trial);
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

    fn draw_markets(&mut self, world: &World, chance: RandomStreams) {
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
                let factor = |month| libm::exp(sd * chance.normal(StreamId::Demand, market.key, month) - 0.5 * sd * sd);
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

    fn draw_pairs(&mut self, world: &World, chance: RandomStreams) {
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
                    |s: &MarketPositionId| self.planned[s.market.ix() * ticks + t] * self.shares[s.seat as usize];
                in_service += pair.seats.iter().map(share).sum::<f64>();
                self.plant[i] = match &pair.plant {
                    Plant::OfPlannedAwards(ratio) => self.value(*ratio) * self.plan[i],
                    Plant::Path(levels) => self.level_at(levels, world.calendar.middle(t)),
                };
                let factor = |month| libm::exp(sd * chance.normal(StreamId::Forecast, pair.key, month));
                self.forecast_error[i] = monthly(&world.calendar, t, factor);
            }
        }
    }

    fn draw_offers(&mut self, world: &World, chance: RandomStreams) {
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
                    let factor = |month| (1.0 + noise * chance.normal(StreamId::Capacity, offer.key, month)).max(0.0);
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
    fn draw_facts(&mut self, world: &World, chance: RandomStreams) {
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
                us_technology: level(StreamId::Technology, facts.us_technology),
                us_plant: level(StreamId::Plant, facts.us_plant),
                own_design: facts.own_design,
                below_5g: facts.below_5g,
            });
        }
    }

    fn draw_links(&mut self, world: &World, chance: RandomStreams) {
        self.qualified.clear();
        self.ranked.clear();
        for link in &world.links {
            let open = link.status != SourceStatus::Qualified;
            self.qualified.push(if open { f64::INFINITY } else { f64::NEG_INFINITY });
        }
        self.draw_projects(world, chance);
        for cell in &world.cells {
            let first = self.ranked.len();
            self.ranked.extend(cell.links.clone().map(SourceId::at));
            let price = |l: &SourceId| self.values[world.offers[world.links[l.ix()].offer.ix()].price.ix()];
            self.ranked[first..].sort_by(|a, b| price(a).total_cmp(&price(b)));
        }
    }

    fn draw_stock(&mut self, world: &World, chance: RandomStreams) {
        let ticks = world.calendar.ticks;
        let common_sd = self.value(world.behaviour.stock_common_sd);
        let class_sd = self.value(world.behaviour.stock_class_sd);
        self.stock.clear();
        for cell in &world.cells {
            let vendor = world.vendor_of(cell.pair);
            let z = common_sd * chance.normal(StreamId::StockCommon, vendor.key, 0)
                + class_sd * chance.normal(StreamId::StockClass, cell.key, 0);
            let use_a_month = self.value(cell.units) * self.plan[cell.pair.ix() * ticks];
            self.stock.push(use_a_month * self.value(cell.initial_stock) * libm::exp(z));
        }
    }

    fn draw_people(&mut self, world: &World, chance: RandomStreams) {
        let uniform = |purpose, key: EntityKey| chance.uniform(purpose, key, 0);
        // One draw a jurisdiction, which each of its suppliers holds against its own chance (E13).
        self.obeys.clear();
        for s in &world.suppliers {
            let unit = uniform(StreamId::Compliance, world.jurisdictions[s.home.ix()].key);
            self.obeys.push(unit < self.values[s.compliance.ix()]);
        }
        self.caution.clear();
        self.ready.clear();
        for s in &world.suppliers {
            self.caution.push(uniform(StreamId::Caution, s.key));
            self.ready.push(uniform(StreamId::Readiness, s.key) < self.values[s.license_readiness.ix()]);
        }
    }

    /// Derives the share of undelivered orders that leaves within each tick: by the market's patience (mean wait, months)
    /// where it has one of its own, else by the rate of all.
    fn derive_leaving(&mut self, world: &World) {
        self.leaving.clear();
        let rate = self.value(world.behaviour.departure_rate);
        for market in &world.markets {
            let patience = market.patience.map(|patience| self.value(patience).max(1e-9));
            let (first, ticks) = (self.leaving.len(), world.calendar.ticks);
            for tick in 0..ticks {
                let months = world.calendar.months(tick);
                // Ticks have few lengths.
                let known = (0..tick).find(|earlier| world.calendar.months(*earlier) == months);
                let share = match (known, patience) {
                    (Some(earlier), _) => self.leaving[first + earlier],
                    (None, Some(patience)) => -libm::expm1(-months / patience),
                    (None, None) => 1.0 - libm::pow(1.0 - rate, months),
                };
                self.leaving.push(share);
            }
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

fn resize(table: &mut Vec<f64>, len: usize) {
    table.clear();
    table.resize(len, 0.0);
}
