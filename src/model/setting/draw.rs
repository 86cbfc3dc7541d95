//! How the setting of a trial is drawn, table after table: each draw has a name of its own, and what is derived comes after
//! what it is derived from.

use super::{Content, Goods, Terms, TrialInputs};
use crate::law::Facts;
use crate::math;
use crate::model::world::calendar::{Calendar, MONTH, OUTLOOK_MONTHS};
use crate::model::world::ids::*;
use crate::model::world::params::Uncertain;
use crate::model::world::random::{EntityKey, RandomStreams, StreamId};
use crate::model::world::{Capacity, Market, MarketPositionId, Plant, SourceStatus, World};
use crate::units::Level;

impl TrialInputs {
    /// Draws the setting of a trial. `unit` places each uncertain parameter in (0, 1): the design of the experiment.
    pub fn draw(&mut self, world: &World, seed: u64, trial: u64, unit: impl FnMut(&Uncertain) -> f64) {
        let streams = RandomStreams::new(seed, trial);
        self.trial = trial;
        self.streams = Some(streams);
        self.regimes = None;
        let mut values = std::mem::take(&mut self.values);
        world.params.place(&mut values, unit);
        self.values = values;
        self.draw_markets(world, streams);
        self.derive_leaving(world);
        self.derive_decays(world);
        self.draw_vendor_lines(world, streams);
        self.draw_shortage(world);
        self.draw_offers(world, streams);
        self.draw_facts(world, streams);
        self.draw_designs(world, streams);
        self.draw_sources(world, streams);
        self.draw_stock(world, streams);
        self.draw_supplier_attitudes(world, streams);
    }

    fn draw_markets(&mut self, world: &World, streams: RandomStreams) {
        let calendar = &world.calendar;
        let ticks = calendar.ticks;
        resize(&mut self.planned, world.markets.len() * ticks);
        resize(&mut self.demand_outlook, world.markets.len() * ticks);
        resize(&mut self.demand, world.markets.len() * ticks);
        resize(&mut self.shares, world.position_count());
        for (m, market) in world.markets.iter().enumerate() {
            self.cumulate(market, calendar);
            let sd = self.value(market.noise);
            self.draw_months(calendar, |month| {
                math::exp(sd * streams.normal(StreamId::Demand, market.key, month) - 0.5 * sd * sd)
            });
            for t in 0..ticks {
                let i = m * ticks + t;
                self.planned[i] = self.cumulative[t + 1] - self.cumulative[t];
                let year = f64::from(calendar.first_day[t]) + OUTLOOK_MONTHS as f64 * MONTH;
                self.demand_outlook[i] =
                    (self.cumulative_at(calendar, year) - self.cumulative[t]) / OUTLOOK_MONTHS as f64;
                self.demand[i] = self.planned[i] * monthly(calendar, t, &self.months);
            }
            let total: f64 = market.vendors.iter().map(|position| self.value(position.share)).sum();
            for (s, position) in market.vendors.iter().enumerate() {
                self.shares[market.positions.start + s] =
                    if total > 0.0 { self.value(position.share) / total } else { 0.0 };
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

    fn draw_vendor_lines(&mut self, world: &World, streams: RandomStreams) {
        let ticks = world.calendar.ticks;
        resize(&mut self.plan, world.vendor_lines.len() * ticks);
        resize(&mut self.plant, world.vendor_lines.len() * ticks);
        resize(&mut self.supply_plan, world.vendor_lines.len() * ticks);
        resize(&mut self.forecast_error, world.vendor_lines.len() * ticks);
        let sd = self.value(world.behaviour.forecast_noise);
        for (p, vendor_line) in world.vendor_lines.iter().enumerate() {
            let spares = self.value(world.lines[vendor_line.line.ix()].spares_rate);
            let mut in_service = self.value(vendor_line.installed_base);
            self.draw_months(&world.calendar, |month| {
                math::exp(sd * streams.normal(StreamId::Forecast, vendor_line.key, month))
            });
            for t in 0..ticks {
                let i = p * ticks + t;
                self.plan[i] = vendor_line
                    .positions
                    .iter()
                    .map(|s| self.demand_outlook[s.market.ix() * ticks + t] * self.shares[s.position as usize])
                    .sum();
                self.supply_plan[i] = self.plan[i] + spares * in_service;
                let share =
                    |s: &MarketPositionId| self.planned[s.market.ix() * ticks + t] * self.shares[s.position as usize];
                in_service += vendor_line.positions.iter().map(share).sum::<f64>();
                self.plant[i] = match &vendor_line.plant {
                    Plant::OfPlannedAwards(ratio) => self.value(*ratio) * self.plan[i],
                    Plant::Path(levels) => self.level_at(levels, world.calendar.middle(t)),
                };
                self.forecast_error[i] = monthly(&world.calendar, t, &self.months);
            }
        }
    }

    fn draw_offers(&mut self, world: &World, streams: RandomStreams) {
        let ticks = world.calendar.ticks;
        resize(&mut self.capacity, world.offers.len() * ticks);
        resize(&mut self.units, world.bom_items.len());
        for (c, bom_item) in world.bom_items.iter().enumerate() {
            self.units[c] = self.value(bom_item.units);
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
                self.draw_months(&world.calendar, |month| {
                    (1.0 + noise * streams.normal(StreamId::Capacity, offer.key, month)).max(0.0)
                });
                for (t, level) in levels.iter_mut().enumerate() {
                    *level *= monthly(&world.calendar, t, &self.months);
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
        for offer in &world.source_offers {
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
        for source in world.offers[offer].sources.iter().map(|l| &world.sources[l.ix()]) {
            let plan = &self.supply_plan[source.vendor_line.ix() * ticks..][..ticks];
            if world.bom_items[source.bom_item.ix()].redesign.is_none() {
                let each = ratio * self.units[source.bom_item.ix()];
                levels.iter_mut().zip(plan).for_each(|(level, plan)| *level += each * plan);
                continue;
            }
            for (t, (level, plan)) in levels.iter_mut().zip(plan).enumerate() {
                *level += ratio * self.units_at(world, source.bom_item, world.calendar.middle(t)) * plan;
            }
        }
    }

    /// The facts of the offers for the law. Decimals are slow to make, so a share that is as in the last trial is kept.
    fn draw_facts(&mut self, world: &World, streams: RandomStreams) {
        self.contents.resize(world.offers.len(), Content::NONE);
        self.facts.clear();
        for (content, offer) in self.contents.iter_mut().zip(&world.offers) {
            let facts = &offer.facts;
            let controlled = self.values[facts.us_controlled.ix()];
            content.set(controlled, self.values[facts.us_other.ix()].min(1.0 - controlled));
            let level = |purpose, (level, probability): (Level, ParamId)| {
                let holds = streams.uniform(purpose, offer.key, 0) < self.values[probability.ix()];
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

    fn draw_sources(&mut self, world: &World, streams: RandomStreams) {
        self.qualified.clear();
        self.ranked.clear();
        for source in &world.sources {
            let open = source.status != SourceStatus::Qualified;
            self.qualified.push(if open { f64::INFINITY } else { f64::NEG_INFINITY });
        }
        self.draw_projects(world, streams);
        for bom_item in &world.bom_items {
            let first = self.ranked.len();
            self.ranked.extend(bom_item.sources.clone().map(SourceId::at));
            let price = |l: &SourceId| self.values[world.offers[world.sources[l.ix()].offer.ix()].price.ix()];
            self.ranked[first..].sort_by(|a, b| price(a).total_cmp(&price(b)));
        }
    }

    fn draw_stock(&mut self, world: &World, streams: RandomStreams) {
        let ticks = world.calendar.ticks;
        let common_sd = self.value(world.behaviour.stock_common_sd);
        let class_sd = self.value(world.behaviour.stock_class_sd);
        self.stock.clear();
        for bom_item in &world.bom_items {
            let vendor = world.vendor_of(bom_item.vendor_line);
            let z = common_sd * streams.normal(StreamId::StockCommon, vendor.key, 0)
                + class_sd * streams.normal(StreamId::StockClass, bom_item.key, 0);
            let use_a_month = self.value(bom_item.units) * self.plan[bom_item.vendor_line.ix() * ticks];
            self.stock.push(use_a_month * self.value(bom_item.initial_stock) * math::exp(z));
        }
    }

    fn draw_supplier_attitudes(&mut self, world: &World, streams: RandomStreams) {
        let uniform = |purpose, key: EntityKey| streams.uniform(purpose, key, 0);
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
            world.calendar.by_length(&mut self.leaving, |months| match patience {
                Some(patience) => -math::exp_m1(-months / patience),
                None => 1.0 - math::powf(1.0 - rate, months),
            });
        }
    }

    /// Derives what is kept over each tick of what decays.
    fn derive_decays(&mut self, world: &World) {
        let memory = self.value(world.behaviour.risk_memory).max(1e-3);
        let half_life = self.value(world.behaviour.fill_half_life).max(1e-3);
        for table in [&mut self.risk_kept, &mut self.fill_kept, &mut self.expansion_rest] {
            table.clear();
        }
        world.calendar.by_length(&mut self.risk_kept, |months| math::exp(-months / memory));
        world.calendar.by_length(&mut self.fill_kept, |months| math::exp2(-months / half_life));
        for vendor_line in &world.vendor_lines {
            let time = vendor_line.expansion_time.map(|time| self.value(time).max(1e-9));
            world
                .calendar
                .by_length(&mut self.expansion_rest, |months| time.map_or(1.0, |time| math::exp(-months / time)));
        }
    }

    /// Draws a number for each month of the simulation.
    fn draw_months(&mut self, calendar: &Calendar, draw: impl FnMut(u64) -> f64) {
        self.months.clear();
        self.months.extend((0..calendar.months_touched()).map(draw));
    }
}

/// What the numbers drawn for the months come to in a tick: the month's own; a week that lies in two months has of each its share of days. So
/// the days of a month average to the month's number, by the week as by the month, and sums over long times agree.
fn monthly(calendar: &Calendar, tick: usize, months: &[f64]) -> f64 {
    let (month, share) = calendar.month_of(tick);
    let month = month as usize;
    if share >= 1.0 {
        return months[month];
    }
    share * months[month] + (1.0 - share) * months[month + 1]
}

fn resize(table: &mut Vec<f64>, len: usize) {
    table.clear();
    table.resize(len, 0.0);
}
