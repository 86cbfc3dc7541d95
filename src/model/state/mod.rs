//! The state of a trial under one regime: flat arrays, sized once a worker and cleared for each trial. It is data: agents
//! read and write it, and it calls none of them. What belongs to one mechanism stands in the files beside it.

pub(super) mod escalation;
pub(super) mod expansion;
pub(super) mod programme;
pub(super) mod shipping_permission;
pub(super) mod zones;

use super::setting::job::Job;
use super::world::ids::*;
use super::world::{VendorLine, World};
use escalation::Escalation;
use expansion::Expansion;
use programme::Maturing;
use shipping_permission::ShippingPermission;
use zones::Zones;

/// Everything that changes from tick to tick.
#[derive(Debug, Clone, Default)]
pub struct State {
    // By item.
    /// Stock, units.
    pub(super) stock: Vec<f64>,
    /// Cost of the stock, USD.
    pub(super) stock_cost: Vec<f64>,
    /// Cost of the part of the stock that came from sellers at home in the United States, USD.
    pub(super) stock_us: Vec<f64>,
    /// Stock weighted by performance, units.
    pub(super) stock_performance: Vec<f64>,
    /// Units ordered and not yet shipped or cancelled.
    pub(super) on_order: Vec<f64>,
    /// What this tick orders to run the lines, units.
    pub(super) wanted: Vec<f64>,
    /// What it would order on top against perceived risk, before finance, units.
    pub(super) hoarded: Vec<f64>,
    /// Number of sources that can be ordered from.
    pub(super) source_count: Vec<usize>,
    /// Day until which the list of sources holds (untargeted items).
    pub(super) open_sources_until: Vec<f64>,
    /// Spares needed in this tick that no shipment of spares served, units.
    pub(super) spares_due: Vec<f64>,
    /// Units in one product now.
    pub(super) units: Vec<f64>,
    /// Arrivals of this tick, units.
    pub(super) arrived: Vec<f64>,
    /// Use of this tick (production and spares), units.
    pub(super) used: Vec<f64>,
    /// Stock moved from other lines of the vendor in this tick (negative: to them), units.
    pub(super) moved: Vec<f64>,
    /// Purchases promised for the next twelve months, by month: on order and permitted, plus permitted flow (targeted).
    pub(super) inflow: Vec<[f64; super::world::calendar::OUTLOOK_MONTHS]>,

    // By source.
    /// Sources of each item that can be ordered from, best first (a range of sources an item), with the price at risk.
    pub(super) open_sources: Vec<(SourceId, f64)>,
    /// What may leave in this tick, units.
    pub(super) eligible: Vec<f64>,
    /// What does leave in this tick, units.
    pub(super) given: Vec<f64>,
    /// Orders by the tick in which they fall due: a ring buffer of ticks, each a row of sources ([`slot`](super::world::World::slot)),
    /// for a tick looks at all sources.
    pub(super) pipeline: Vec<f64>,
    /// The last tick in which something that was ordered falls due.
    pub(super) last_due: Vec<usize>,
    /// Sources by which something is due or carried in this tick, in order, at the head of the table.
    pub(super) moving: Vec<SourceId>,
    /// How many there are.
    pub(super) moving_count: usize,
    /// What is cancelled in this tick, units.
    pub(super) cancelled: Vec<f64>,
    /// Orders carried past their due tick, units.
    pub(super) carried: Vec<f64>,
    /// The first tick of those in which what is carried fell due.
    pub(super) carried_since: Vec<usize>,
    /// Day on which the source is qualified.
    pub(super) qualified: Vec<f64>,
    /// Trailing purchases (target's sources), USD a month.
    pub(super) purchases: Vec<f64>,
    /// Trailing shipments (target's sources), units a month.
    pub(super) shipped: Vec<f64>,

    /// Work space of the look ahead: what will come by one source in each tick ahead, units.
    pub(super) coming: Vec<f64>,

    // By offer.
    /// What its plant can make in this tick, units a month: as planned and with what was added for buyers who grew, as far
    /// as its programme has come.
    pub(super) capacity: Vec<f64>,
    /// Units that may leave in this tick for all buyers.
    pub(super) due: Vec<f64>,
    /// Trailing shipments to all, units a month.
    pub(super) shipped_all: Vec<f64>,
    /// Spares shipped in this tick, units.
    pub(super) spares: Vec<f64>,
    /// Value shipped in this tick to all, USD.
    pub(super) sold: Vec<f64>,
    /// Value shipped in this tick to target buyers (by target and offer), USD.
    pub(super) sold_to_targets: Vec<f64>,

    // By vendor line.
    /// Delivery record: moving average of delivered over due.
    pub(super) fill: Vec<f64>,
    /// Finished products not yet deployed.
    pub(super) finished: Vec<f64>,
    /// Products in service.
    pub(super) installed: Vec<f64>,
    /// Products put into service since the start.
    pub(super) cumulative: Vec<f64>,
    /// Forecast of awards, units a month.
    pub(super) forecast: Vec<f64>,
    /// Cost of one product, USD: that of the last ones built.
    pub(super) unit_cost: Vec<f64>,
    /// The same at the start, as planned.
    pub(super) planned_cost: Vec<f64>,
    /// Performance of the last products built, relative to 1.
    pub(super) performance: Vec<f64>,
    /// US part of the cost of the last products built.
    pub(super) us_content: Vec<f64>,
    /// Products built in this tick.
    pub(super) built: Vec<f64>,
    /// Products deployed in this tick.
    pub(super) deployed: Vec<f64>,
    /// Awards of this tick, products.
    pub(super) awarded: Vec<f64>,
    /// Products' worth of spares that nobody served in this tick, averaged over classes.
    pub(super) unserved: Vec<f64>,

    /// Value of what is ordered to run the line, USD.
    pub(super) wanted_value: Vec<f64>,
    /// Value of what would be hoarded, USD.
    pub(super) hoard_value: Vec<f64>,

    // By vendor.
    /// Trailing cost of goods built, USD a month.
    pub(super) cost_of_goods: Vec<f64>,

    // By market position.
    /// Share awarded last.
    pub(super) share: Vec<f64>,
    /// Expected share.
    pub(super) expected_share: Vec<f64>,
    /// Awarded and not yet deployed, products.
    pub(super) backlog: Vec<f64>,
    /// Orders that left this market position for rivals in this tick, products.
    pub(super) departed: Vec<f64>,
    /// Deployed in this tick, products.
    pub(super) delivered: Vec<f64>,
    /// Awarded in this tick, products.
    pub(super) won: Vec<f64>,

    // By target and class.
    /// Perceived risk at the end of this tick, and as it weighs on this tick's orders.
    pub(super) risk: Vec<(f64, f64)>,
    // By target and supplier.
    /// Days from and until which the supplier stays out of trade with the buyer.
    pub(super) out: Vec<(f64, f64)>,
    // By target and offer.
    /// Licenses and applications.
    pub(super) license: Vec<License>,
    /// Number of the offer's permission schedule under the law of this tick.
    pub(super) schedule: Vec<u32>,
    /// On what grounds the offer may leave in this tick.
    pub(super) permission: Vec<ShippingPermission>,
    /// Number of the permission schedule of the offer's new design (that of today's where there is none).
    pub(super) new_schedule: Vec<u32>,
    // By offer.
    /// Day on which the new design of an offer is complete (infinity: none under way).
    pub(super) new_design_on: Vec<f64>,
    // By target.
    /// Value that fell due in this tick, by what became of it, USD.
    pub(super) dealings: Vec<Dealings>,
    /// What limited the vendor lines of the target vendors in this tick.
    pub(super) limits: Vec<Limits>,
    /// Decisions on licenses.
    pub(super) rulings: Vec<Rulings>,

    // By project, vendor, programme and offer.
    /// How far engineers' work is.
    pub(super) jobs: Vec<Job>,
    /// Boards redesigned in this tick, by vendor.
    pub(super) boards: Vec<f64>,
    /// How far programmes are.
    pub(super) programmes: Vec<Maturing>,
    /// Share of its capacity that each offer gives in this tick: all, but for programmes.
    pub(super) output: Vec<f64>,
    /// Share of each redesign that is done by the middle of this tick.
    pub(super) redesigned: Vec<f64>,

    /// What vendors add to their plant.
    pub(super) expansion: Expansion,
    /// Parts of markets that are restricted.
    pub(super) zones: Zones,

    /// How far the trial is on the regime's ladder.
    pub(super) escalation: Escalation,
}

/// A buyer's license for an offer, and the application for it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct License {
    /// Days from and until which a license holds.
    pub held: (f64, f64),
    /// Day on which the application under way is decided.
    pub decision: Option<f64>,
    /// Applications decided so far.
    pub attempts: u32,
    /// Practice under which the last one was denied, or the license revoked.
    pub denied_under: Option<usize>,
    /// Hazard of revocation that the license has been exposed to, and that at which it is revoked.
    pub exposure: (f64, f64),
}

/// What the regulator decided on a target buyer's licenses in a tick, and where it stands at its end.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rulings {
    /// Applications under way.
    pub pending: f64,
    /// Licenses in force.
    pub in_force: f64,
    /// Applications approved in the tick.
    pub approved: f64,
    /// Applications denied in the tick.
    pub denied: f64,
    /// Licenses revoked in the tick.
    pub revoked: f64,
}

/// What became of the value that fell due, USD.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Dealings {
    /// Shipped with no need of a license.
    pub free: f64,
    /// Shipped under a general license.
    pub waived: f64,
    /// Shipped under a savings clause.
    pub saved: f64,
    /// Shipped under a specific license.
    pub licensed: f64,
    /// Shipped against the law.
    pub unlawful: f64,
    /// Not shipped because the law forbids it.
    pub blocked: f64,
    /// Lawful, but not shipped because the supplier stayed out.
    pub withheld: f64,
}

/// What limited a vendor line in a tick.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Limits {
    /// Capacity now, products a month (E10).
    pub now: f64,
    /// Sustained capacity, products a month (E10).
    pub sustained: f64,
    /// What bound production: position of an item in the vendor line's bill, or one past it for the plant, two past it for orders.
    pub binding: usize,
    /// Position of the item with the fewest months of cover.
    pub scarcest: usize,
}

/// A general index of target × entity.
#[inline]
pub fn target_index(target: TargetId, entity: usize, count: usize) -> usize {
    target.ix() * count + entity
}

impl State {
    /// Awarded to a vendor line in all its markets and not yet deployed, products.
    #[inline]
    pub fn backlog_of(&self, vendor_line: &VendorLine) -> f64 {
        vendor_line.positions.iter().map(|s| self.backlog[s.position as usize]).sum()
    }

    /// Stock of an item in months of forecast use by its line; `None` where the line needs none of it.
    #[inline]
    pub fn cover(&self, vendor_line: usize, bom_item: usize) -> Option<f64> {
        let flow = self.units[bom_item] * self.forecast[vendor_line];
        (flow > 0.0).then(|| self.stock[bom_item] / flow)
    }

    /// Capacity of a source that its buyer can count on, units a month: what others (and the buyer's lines of higher
    /// priority) do not take. A ramp after qualification comes on top.
    #[inline]
    pub fn dependable(&self, world: &World, source: SourceId) -> f64 {
        let record = &world.sources[source.ix()];
        // The vendor's sources of this priority or lower.
        let own = record.own.iter().fold(0.0, |sum, l| sum + self.shipped[l.ix()]);
        (self.capacity[record.offer.ix()] - (self.shipped_all[record.offer.ix()] - own).max(0.0)).max(0.0)
    }

    /// Share of capacity that a newly qualified source gives on a day (E15): linear over a ramp of so many days.
    #[inline]
    pub fn ramped(&self, source: SourceId, day: f64, ramp: f64) -> f64 {
        let qualified = self.qualified[source.ix()];
        if qualified == f64::NEG_INFINITY {
            return 1.0;
        }
        let age = day - qualified;
        if ramp > 0.0 { (age / ramp).clamp(0.0, 1.0) } else { f64::from(u8::from(age >= 0.0)) }
    }

    /// Price of a vendor line's product now, USD: a change of its cost is passed on in full.
    #[inline]
    pub fn price_now(&self, listed: f64, vendor_line: usize) -> f64 {
        (listed + self.unit_cost[vendor_line] - self.planned_cost[vendor_line]).max(0.1 * listed)
    }
}
