//! What vendors have added to their plant, and suppliers for them.

use crate::model::setting::TrialInputs;
use crate::model::world::World;

/// What vendors win and what they added, by vendor line.
#[derive(Debug, Clone, Default)]
pub struct Expansion {
    /// Capacity beyond the plant as planned, products a month.
    pub extra: Vec<f64>,
    /// By offer: capacity that suppliers added for buyers who grew, units a month.
    pub supply: Vec<f64>,
    /// By offer: what target buyers leave idle of their part, units a month.
    pub(in crate::model) idle: Vec<f64>,
    /// Trailing orders won, net of those that left, products a month.
    pub(in crate::model) won: Vec<f64>,
    /// Trailing orders planned, products a month.
    pub(in crate::model) planned: Vec<f64>,
    /// Backlog before this tick's orders, products.
    pub(in crate::model) before: Vec<f64>,
}

impl Expansion {
    /// At the start each vendor has the plant that it planned and wins what it planned.
    pub fn start(&mut self, world: &World, inputs: &TrialInputs) {
        for table in [&mut self.extra, &mut self.won, &mut self.planned, &mut self.before] {
            table.clear();
            table.resize(world.vendor_lines.len(), 0.0);
        }
        for table in [&mut self.supply, &mut self.idle] {
            table.clear();
            table.resize(world.offers.len(), 0.0);
        }
        for p in 0..world.vendor_lines.len() {
            self.planned[p] = inputs.plan[p * world.calendar.ticks];
            self.won[p] = self.planned[p];
        }
    }
}
