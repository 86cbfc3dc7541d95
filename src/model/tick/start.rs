//! The start of a trial: how its state stands on the first day, before anything happens. It asks the agents, as the ticks do.

use super::{programme, redesign};
use crate::model::rules::Rules;
use crate::model::setting::{Terms, TrialInputs};
use crate::model::state::shipping_permission::ShippingPermission;
use crate::model::state::{Dealings, License, Limits, Rulings, State};
use crate::model::world::World;
use crate::model::world::ids::*;

impl State {
    /// Puts the state to the start of a trial under some rules.
    pub fn start(&mut self, world: &World, setting: &TrialInputs, rules: &mut Rules) {
        let (cells, links, offers) = (world.cells.len(), world.links.len(), world.offers.len());
        let (pairs, seats, watches) = (world.pairs.len(), world.seat_count(), world.watched.len());
        fill(&mut self.stock, cells, 0.0).copy_from_slice(&setting.stock);
        fill(&mut self.units, cells, 0.0).copy_from_slice(&setting.units);
        for table in [&mut self.stock_cost, &mut self.stock_us, &mut self.stock_performance, &mut self.on_order] {
            fill(table, cells, 0.0);
        }
        for table in [&mut self.wanted, &mut self.arrived, &mut self.used, &mut self.moved, &mut self.spares_due] {
            fill(table, cells, 0.0);
        }
        self.inflow.clear();
        self.inflow.resize(cells, Default::default());
        fill(&mut self.coming, world.calendar.most_ahead(), 0.0);
        fill(&mut self.ring, links * world.ring, 0.0);
        for table in [&mut self.last_due, &mut self.carried_since] {
            table.clear();
            table.resize(links, 0);
        }
        self.moving.clear();
        self.moving.resize(links, SourceId(0));
        self.moving_count = 0;
        fill(&mut self.carried, links, 0.0);
        fill(&mut self.cancelled, links, 0.0);
        fill(&mut self.qualified, links, 0.0).copy_from_slice(&setting.qualified);
        self.jobs.clear();
        self.jobs.extend_from_slice(&setting.jobs);
        fill(&mut self.boards, world.vendors.len(), 0.0);
        fill(&mut self.output, offers, 1.0);
        programme::start(world, setting, self);
        fill(&mut self.redesigned, world.redesigns.len(), 0.0);
        redesign::set_units(world, setting, self, 0);
        fill(&mut self.purchases, links, 0.0);
        fill(&mut self.shipped, links, 0.0);
        fill(&mut self.capacity, offers, 0.0);
        for table in [&mut self.due, &mut self.shipped_all, &mut self.spares, &mut self.sold] {
            fill(table, offers, 0.0);
        }
        fill(&mut self.wanted_value, pairs, 0.0);
        fill(&mut self.hoard_value, pairs, 0.0);
        fill(&mut self.hoarded, cells, 0.0);
        self.source_count.clear();
        self.source_count.resize(cells, 0);
        fill(&mut self.sources_until, cells, f64::NEG_INFINITY);
        self.sources.clear();
        self.sources.resize(links, (SourceId(0), 0.0));
        fill(&mut self.eligible, links, 0.0);
        fill(&mut self.given, links, 0.0);
        self.leave.clear();
        self.leave.resize(watches * offers, ShippingPermission::FREE);
        for table in [&mut self.finished, &mut self.built, &mut self.deployed, &mut self.awarded, &mut self.unserved] {
            fill(table, pairs, 0.0);
        }
        for table in [&mut self.forecast, &mut self.unit_cost, &mut self.planned_cost, &mut self.us_content] {
            fill(table, pairs, 0.0);
        }
        fill(&mut self.fill, pairs, 1.0);
        fill(&mut self.performance, pairs, 1.0);
        fill(&mut self.cumulative, pairs, 0.0);
        fill(&mut self.installed, pairs, 0.0);
        for (p, pair) in world.pairs.iter().enumerate() {
            self.installed[p] = setting.value(pair.installed_base);
        }
        fill(&mut self.cost_of_goods, world.vendors.len(), 0.0);
        fill(&mut self.share, seats, 0.0).copy_from_slice(&setting.shares);
        fill(&mut self.expected_share, seats, 0.0).copy_from_slice(&setting.shares);
        fill(&mut self.backlog, seats, 0.0);
        fill(&mut self.departed, seats, 0.0);
        fill(&mut self.delivered, seats, 0.0);
        self.expansion.start(world, setting);
        self.zones.start(world, setting, rules);
        fill(&mut self.won, seats, 0.0);
        self.start_watches(world, setting, rules, watches);
        self.start_supply(world, setting);
    }

    fn start_watches(&mut self, world: &World, setting: &TrialInputs, rules: &mut Rules, watches: usize) {
        self.risk.clear();
        for vendor in &world.watched {
            let rest = setting.risk_at_rest(&world.vendors[vendor.ix()]);
            self.risk.resize(self.risk.len() + world.classes.len(), (rest, rest));
        }
        self.out.clear();
        self.out.resize(watches * world.suppliers.len(), (f64::NEG_INFINITY, f64::NEG_INFINITY));
        self.license.clear();
        self.license.resize(watches * world.offers.len(), License::default());
        self.outlook.clear();
        self.new_outlook.clear();
        for w in 0..watches {
            for (facts, design) in setting.facts.iter().zip(&setting.new_designs) {
                let now = rules.outlook_of(world, facts, 0, TargetId::at(w)) as u32;
                let new = design.map_or(now, |new| rules.outlook_of(world, &new.facts, 0, TargetId::at(w)) as u32);
                self.outlook.push(now);
                self.new_outlook.push(new);
            }
        }
        fill(&mut self.new_design_on, world.offers.len(), f64::INFINITY);
        self.escalation.start(world, setting, rules);
        fill(&mut self.sold_watched, watches * world.offers.len(), 0.0);
        self.dealings.clear();
        self.dealings.resize(watches, Dealings::default());
        self.rulings.clear();
        self.rulings.resize(watches, Rulings::default());
        self.limits.clear();
        self.limits.resize(world.pairs.len(), Limits::default());
    }

    /// Steady flows at the start: each cell has ordered its planned use, by price as a firm without perceived risk does
    /// (E6), through the lead times; the initial stock cost what those orders cost.
    fn start_supply(&mut self, world: &World, setting: &TrialInputs) {
        let first_share = setting.value(world.behaviour.first_source_share);
        for (c, cell) in world.cells.iter().enumerate() {
            let plan = setting.plan[cell.pair.ix() * world.calendar.ticks];
            let flow = self.units[c] * plan;
            let usable = |l: &&SourceId| self.qualified[l.ix()] <= 0.0;
            let ranked = &setting.ranked[cell.links.clone()];
            let count = ranked.iter().filter(usable).count();
            let (mut rest, mut cost, mut us, mut performance) = (1.0, 0.0, 0.0, 0.0);
            for (i, link) in ranked.iter().filter(|l| setting.qualified[l.ix()] <= 0.0).enumerate() {
                let offer = world.links[link.ix()].offer;
                let capacity = setting.capacity(0)[offer.ix()];
                let most = if i == 0 && count > 1 { first_share } else { rest };
                let possible = if flow > 0.0 { capacity / flow } else { 1.0 };
                let part = if i + 1 == count { rest } else { most.min(possible).min(rest) };
                rest -= part;
                let Terms { price, performance: each, .. } = setting.terms[offer.ix()];
                cost += part * price;
                us += if world.offers[offer.ix()].us_seller { part * price } else { 0.0 };
                performance += part * each;
                self.start_link(world, setting, *link, offer, part * flow, price);
            }
            self.stock_cost[c] = self.stock[c] * cost;
            self.stock_us[c] = self.stock[c] * us;
            self.stock_performance[c] = self.stock[c] * if count > 0 { performance } else { 1.0 };
            self.planned_cost[cell.pair.ix()] += self.units[c] * cost;
            let vendor = world.pairs[cell.pair.ix()].vendor.ix();
            self.cost_of_goods[vendor] += flow * cost;
        }
        for p in 0..world.pairs.len() {
            let (dearer, changed) = redesign::cost_and_performance(world, setting, self, VendorLineId::at(p));
            self.planned_cost[p] += dearer;
            self.performance[p] *= changed;
        }
        self.unit_cost.copy_from_slice(&self.planned_cost);
    }

    fn start_link(
        &mut self,
        world: &World,
        setting: &TrialInputs,
        link: SourceId,
        offer: OfferId,
        flow: f64,
        price: f64,
    ) {
        let (whole, part) = setting.lead(offer, 0).ticks;
        let cell = world.links[link.ix()].cell.ix();
        for tick in 0..=whole {
            // Lead times may reach beyond the calendar.
            let months =
                if tick < world.calendar.len() { world.calendar.months(tick) } else { world.calendar.mean_months };
            let due = flow * months * if tick == whole { part } else { 1.0 };
            self.ring[world.slot(link.ix(), tick)] += due;
            self.on_order[cell] += due;
        }
        self.last_due[link.ix()] = whole;
        self.purchases[link.ix()] = flow * price;
        self.shipped[link.ix()] = flow;
        self.shipped_all[offer.ix()] += flow;
    }
}

/// Sizes and fills a table without allocating where it is large enough already.
fn fill(table: &mut Vec<f64>, len: usize, value: f64) -> &mut [f64] {
    table.clear();
    table.resize(len, value);
    table
}
