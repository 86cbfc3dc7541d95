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
    pub fn start(&mut self, world: &World, inputs: &TrialInputs, rules: &mut Rules) {
        let (bom_items, sources, offers) = (world.bom_items.len(), world.sources.len(), world.offers.len());
        let (vendor_lines, positions, targets) =
            (world.vendor_lines.len(), world.position_count(), world.targets.len());
        fill(&mut self.stock, bom_items, 0.0).copy_from_slice(&inputs.stock);
        fill(&mut self.units, bom_items, 0.0).copy_from_slice(&inputs.units);
        for table in [&mut self.stock_cost, &mut self.stock_us, &mut self.stock_performance, &mut self.on_order] {
            fill(table, bom_items, 0.0);
        }
        for table in [&mut self.wanted, &mut self.arrived, &mut self.used, &mut self.moved, &mut self.spares_due] {
            fill(table, bom_items, 0.0);
        }
        self.inflow.clear();
        self.inflow.resize(bom_items, Default::default());
        fill(&mut self.coming, world.calendar.most_ahead(), 0.0);
        fill(&mut self.pipeline, sources * world.pipeline_slots, 0.0);
        for table in [&mut self.last_due, &mut self.carried_since] {
            table.clear();
            table.resize(sources, 0);
        }
        self.moving.clear();
        self.moving.resize(sources, SourceId(0));
        self.moving_count = 0;
        fill(&mut self.carried, sources, 0.0);
        fill(&mut self.cancelled, sources, 0.0);
        fill(&mut self.qualified, sources, 0.0).copy_from_slice(&inputs.qualified);
        self.jobs.clear();
        self.jobs.extend_from_slice(&inputs.jobs);
        fill(&mut self.boards, world.vendors.len(), 0.0);
        fill(&mut self.output, offers, 1.0);
        programme::start(world, inputs, self);
        fill(&mut self.redesigned, world.redesigns.len(), 0.0);
        redesign::set_units(world, inputs, self, 0);
        fill(&mut self.purchases, sources, 0.0);
        fill(&mut self.shipped, sources, 0.0);
        fill(&mut self.capacity, offers, 0.0);
        for table in [&mut self.due, &mut self.shipped_all, &mut self.spares, &mut self.sold] {
            fill(table, offers, 0.0);
        }
        fill(&mut self.wanted_value, vendor_lines, 0.0);
        fill(&mut self.hoard_value, vendor_lines, 0.0);
        fill(&mut self.hoarded, bom_items, 0.0);
        self.source_count.clear();
        self.source_count.resize(bom_items, 0);
        fill(&mut self.open_sources_until, bom_items, f64::NEG_INFINITY);
        self.open_sources.clear();
        self.open_sources.resize(sources, (SourceId(0), 0.0));
        fill(&mut self.eligible, sources, 0.0);
        fill(&mut self.given, sources, 0.0);
        self.permission.clear();
        self.permission.resize(targets * offers, ShippingPermission::FREE);
        for table in [&mut self.finished, &mut self.built, &mut self.deployed, &mut self.awarded, &mut self.unserved] {
            fill(table, vendor_lines, 0.0);
        }
        for table in [&mut self.forecast, &mut self.unit_cost, &mut self.planned_cost, &mut self.us_content] {
            fill(table, vendor_lines, 0.0);
        }
        fill(&mut self.fill, vendor_lines, 1.0);
        fill(&mut self.performance, vendor_lines, 1.0);
        fill(&mut self.cumulative, vendor_lines, 0.0);
        fill(&mut self.installed, vendor_lines, 0.0);
        for (p, vendor_line) in world.vendor_lines.iter().enumerate() {
            self.installed[p] = inputs.value(vendor_line.installed_base);
        }
        fill(&mut self.cost_of_goods, world.vendors.len(), 0.0);
        fill(&mut self.share, positions, 0.0).copy_from_slice(&inputs.shares);
        fill(&mut self.expected_share, positions, 0.0).copy_from_slice(&inputs.shares);
        fill(&mut self.backlog, positions, 0.0);
        fill(&mut self.departed, positions, 0.0);
        fill(&mut self.delivered, positions, 0.0);
        self.expansion.start(world, inputs);
        self.zones.start(world, inputs, rules);
        fill(&mut self.won, positions, 0.0);
        self.start_targets(world, inputs, rules, targets);
        self.start_supply(world, inputs);
    }

    fn start_targets(&mut self, world: &World, inputs: &TrialInputs, rules: &mut Rules, targets: usize) {
        self.risk.clear();
        for vendor in &world.targets {
            let rest = inputs.risk_at_rest(&world.vendors[vendor.ix()]);
            self.risk.resize(self.risk.len() + world.classes.len(), (rest, rest));
        }
        self.out.clear();
        self.out.resize(targets * world.suppliers.len(), (f64::NEG_INFINITY, f64::NEG_INFINITY));
        self.license.clear();
        self.license.resize(targets * world.offers.len(), License::default());
        self.schedule.clear();
        self.new_schedule.clear();
        for w in 0..targets {
            for (facts, design) in inputs.facts.iter().zip(&inputs.new_designs) {
                let now = rules.schedule_of(world, facts, 0, TargetId::at(w)) as u32;
                let new = design.map_or(now, |new| rules.schedule_of(world, &new.facts, 0, TargetId::at(w)) as u32);
                self.schedule.push(now);
                self.new_schedule.push(new);
            }
        }
        fill(&mut self.new_design_on, world.offers.len(), f64::INFINITY);
        self.escalation.start(world, inputs, rules);
        fill(&mut self.sold_to_targets, targets * world.offers.len(), 0.0);
        self.dealings.clear();
        self.dealings.resize(targets, Dealings::default());
        self.rulings.clear();
        self.rulings.resize(targets, Rulings::default());
        self.limits.clear();
        self.limits.resize(world.vendor_lines.len(), Limits::default());
    }

    /// Steady flows at the start: each item has ordered its planned use, by price as a firm without perceived risk does
    /// (E6), through the lead times; the initial stock cost what those orders cost.
    fn start_supply(&mut self, world: &World, inputs: &TrialInputs) {
        let first_share = inputs.value(world.behaviour.first_source_share);
        for (c, bom_item) in world.bom_items.iter().enumerate() {
            let plan = inputs.plan[bom_item.vendor_line.ix() * world.calendar.ticks];
            let flow = self.units[c] * plan;
            let usable = |l: &&SourceId| self.qualified[l.ix()] <= 0.0;
            let ranked = &inputs.ranked[bom_item.sources.clone()];
            let count = ranked.iter().filter(usable).count();
            let (mut rest, mut cost, mut us, mut performance) = (1.0, 0.0, 0.0, 0.0);
            for (i, source) in ranked.iter().filter(|l| inputs.qualified[l.ix()] <= 0.0).enumerate() {
                let offer = world.sources[source.ix()].offer;
                let capacity = inputs.capacity(0)[offer.ix()];
                let most = if i == 0 && count > 1 { first_share } else { rest };
                let possible = if flow > 0.0 { capacity / flow } else { 1.0 };
                let part = if i + 1 == count { rest } else { most.min(possible).min(rest) };
                rest -= part;
                let Terms { price, performance: each, .. } = inputs.terms[offer.ix()];
                cost += part * price;
                us += if world.offers[offer.ix()].us_seller { part * price } else { 0.0 };
                performance += part * each;
                self.start_source(world, inputs, *source, offer, part * flow, price);
            }
            self.stock_cost[c] = self.stock[c] * cost;
            self.stock_us[c] = self.stock[c] * us;
            self.stock_performance[c] = self.stock[c] * if count > 0 { performance } else { 1.0 };
            self.planned_cost[bom_item.vendor_line.ix()] += self.units[c] * cost;
            let vendor = world.vendor_lines[bom_item.vendor_line.ix()].vendor.ix();
            self.cost_of_goods[vendor] += flow * cost;
        }
        for p in 0..world.vendor_lines.len() {
            let (dearer, changed) = redesign::cost_and_performance(world, inputs, self, VendorLineId::at(p));
            self.planned_cost[p] += dearer;
            self.performance[p] *= changed;
        }
        self.unit_cost.copy_from_slice(&self.planned_cost);
    }

    fn start_source(
        &mut self,
        world: &World,
        inputs: &TrialInputs,
        source: SourceId,
        offer: OfferId,
        flow: f64,
        price: f64,
    ) {
        let (whole, part) = inputs.lead(offer, 0).ticks;
        let bom_item = world.sources[source.ix()].bom_item.ix();
        for tick in 0..=whole {
            // Lead times may reach beyond the calendar.
            let months =
                if tick < world.calendar.len() { world.calendar.months(tick) } else { world.calendar.mean_months };
            let due = flow * months * if tick == whole { part } else { 1.0 };
            self.pipeline[world.slot(source.ix(), tick)] += due;
            self.on_order[bom_item] += due;
        }
        self.last_due[source.ix()] = whole;
        self.purchases[source.ix()] = flow * price;
        self.shipped[source.ix()] = flow;
        self.shipped_all[offer.ix()] += flow;
    }
}

/// Sizes and fills a table without allocating where it is large enough already.
fn fill(table: &mut Vec<f64>, len: usize, value: f64) -> &mut [f64] {
    table.clear();
    table.resize(len, value);
    table
}
