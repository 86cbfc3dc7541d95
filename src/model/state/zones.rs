//! The zones of restricted markets: who is still to deliver in each, and whose products serve there.

use crate::model::rules::Rules;
use crate::model::setting::TrialInputs;
use crate::model::world::{MarketPositionId, World};

/// The zones of a trial.
#[derive(Debug, Clone, Default)]
pub struct Zones {
    /// By restriction: share of the market's demand.
    pub(in crate::model) share: Vec<f64>,
    /// By restriction: whether the zone has accounts of its own now.
    pub(in crate::model) open: Vec<bool>,
    /// By restriction and market position: orders of the zone, not yet delivered, products.
    pub backlog: Vec<f64>,
    /// By restriction and market position: products in service in the zone.
    pub in_service: Vec<f64>,
    /// By market position: products in service in the whole market.
    pub(in crate::model) position_in_service: Vec<f64>,
    /// By market position: what known restrictions add to the mean monthly awards of the next twelve months, products a month.
    pub demand_outlook: Vec<f64>,
    /// By vendor line: products taken out of service in this tick.
    pub removed: Vec<f64>,
    /// Work space by position among a market's vendors: shares in a zone, orders that leave, orders that come.
    pub(in crate::model) shares: Vec<f64>,
    pub(in crate::model) leaving: Vec<f64>,
    pub(in crate::model) coming: Vec<f64>,
    pub(in crate::model) all_coming: Vec<f64>,
}

impl Zones {
    /// Sizes the zones for a trial and draws their shares; shares of one market that add up to more than 1 on a day are
    /// scaled to 1.
    pub fn start(&mut self, world: &World, inputs: &TrialInputs, rules: &Rules) {
        let (restrictions, positions) = (&rules.restrictions, world.position_count());
        let rows = restrictions.iter().map(|r| r.restricted.len()).sum();
        let widest = world.markets.iter().map(|m| m.vendors.len()).max().unwrap_or(0);
        for (table, length) in [
            (&mut self.backlog, rows),
            (&mut self.in_service, rows),
            (&mut self.position_in_service, positions),
            (&mut self.demand_outlook, positions),
            (&mut self.removed, world.vendor_lines.len()),
            (&mut self.shares, widest),
            (&mut self.leaving, widest),
            (&mut self.coming, widest),
            (&mut self.all_coming, widest),
        ] {
            table.clear();
            table.resize(length, 0.0);
        }
        self.open.clear();
        self.open.resize(restrictions.len(), false);
        self.share.clear();
        if restrictions.is_empty() {
            return;
        }
        let streams = inputs.regimes();
        self.share.extend(restrictions.iter().map(|restriction| restriction.share.value(streams)));
        for (k, restriction) in restrictions.iter().enumerate() {
            // The most on any first day.
            let together = restrictions.iter().zip(&self.share);
            let together = together.filter(|(r, _)| {
                r.market == restriction.market && r.from <= restriction.from && r.until > restriction.from
            });
            let sum: f64 = together.map(|(_, share)| share).sum();
            if sum > 1.0 {
                for (r, share) in restrictions.iter().zip(&mut self.share) {
                    if r.market == restrictions[k].market {
                        *share /= sum;
                    }
                }
            }
        }
        self.spread_installed_base(world, inputs);
    }

    /// Products in service at the start lie in a vendor's markets in proportion to its planned awards there.
    fn spread_installed_base(&mut self, world: &World, inputs: &TrialInputs) {
        for vendor_line in &world.vendor_lines {
            let plan = |s: &MarketPositionId| {
                inputs.demand_outlook[s.market.ix() * world.calendar.ticks] * inputs.shares[s.position as usize]
            };
            let all: f64 = vendor_line.positions.iter().map(plan).sum();
            for position in &vendor_line.positions {
                let part = if all > 0.0 { plan(position) / all } else { 0.0 };
                self.position_in_service[position.position as usize] = inputs.value(vendor_line.installed_base) * part;
            }
        }
    }
}
