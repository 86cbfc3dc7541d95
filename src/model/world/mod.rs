//! The compiled world: what a scenario's world becomes before a trial. Names are indices, tables are flat, nothing is
//! looked up by string in a tick. Beside it stand what all of the model counts in (ids, calendar, parameters, random draws)
//! and how a world is compiled.

pub mod calendar;
pub mod compile;
pub mod ids;
pub mod params;
pub mod random;

use std::ops::Range;

use crate::scenario::world::LineCategory;
use crate::units::{Country, Level, Use};
use calendar::Calendar;
use ids::*;
use params::{Params, Quantile};
use random::EntityKey;

/// A world, ready for trials.
#[derive(Debug, Clone)]
pub struct World {
    /// Ticks and days.
    pub calendar: Calendar,
    /// Numbers, fixed and uncertain.
    pub params: Params,
    /// Home jurisdictions of sellers.
    pub jurisdictions: Vec<Jurisdiction>,
    /// Countries in which offers are made.
    pub origins: Vec<Origin>,
    /// Component classes, in file order.
    pub classes: Vec<Class>,
    /// Product lines.
    pub lines: Vec<Line>,
    /// Suppliers.
    pub suppliers: Vec<Supplier>,
    /// Offers.
    pub offers: Vec<Offer>,
    /// Vendors.
    pub vendors: Vec<Vendor>,
    /// Vendors' parts in lines: by vendor, then by priority.
    pub vendor_lines: Vec<VendorLine>,
    /// Classes in the vendor lines' bills of materials: by vendor line, in the order of the bill.
    pub bom_items: Vec<BomItem>,
    /// Sources of the items: by item (so by vendor line), in file order of the offers.
    pub sources: Vec<Source>,
    /// The offer of each source, a column of its own for loops over all sources.
    pub source_offers: Vec<OfferId>,
    /// Sources of target vendors: by offer, then by vendor.
    pub supply_relations: Vec<SupplyRelation>,
    /// Markets.
    pub markets: Vec<Market>,
    /// Vendors that some scenario lists, and the subject: those whose dealings are subject to the law's events.
    pub targets: Vec<VendorId>,
    /// The vendor line that the headline is about.
    pub subject: VendorLineId,
    /// Numbers of behaviour.
    pub behaviour: Behaviour,
    /// Number of slots in a source's pipeline of orders (past that are carried, and future that are due).
    pub pipeline_slots: usize,
    /// Most ticks that an order is carried.
    pub max_carry: usize,
    /// Units of a currency that one US dollar buys, by the first day from which each rate holds.
    pub exchange_rates: Vec<(String, Vec<(i32, ParamId)>)>,
    /// Most rungs that the ladder of a compared regime has; 0 if none is adaptive.
    pub rungs: usize,
    /// Redesigns.
    pub redesigns: Vec<Redesign>,
    /// What engineers may work on: by vendor, then by line's priority.
    pub projects: Vec<Project>,
    /// Offers that a programme must mature before there is any.
    pub programmes: Vec<OfferId>,
    /// A shortage that lengthens lead times.
    pub shortage: Option<Shortage>,
}

/// A shortage from outside: multiples of the lead times of the classes that it reaches, by day of order.
#[derive(Debug, Clone)]
pub struct Shortage {
    /// Dated multiples.
    pub levels: Vec<(i32, ParamId)>,
    /// Part of the lengthening that the buyers meet; `None`: all of it.
    pub strength: Option<ParamId>,
}

/// Where sellers are at home.
#[derive(Debug, Clone)]
pub struct Jurisdiction {
    /// Country.
    pub country: Country,
    /// Its name.
    pub name: String,
    /// Key of its draws.
    pub key: EntityKey,
    /// Chance that its sellers obey rules that rest on foreign production alone.
    pub compliance: ParamId,
    /// Offers of its sellers.
    pub offers: Vec<OfferId>,
}

/// Where offers are made.
#[derive(Debug, Clone)]
pub struct Origin {
    /// Country.
    pub country: Country,
    /// Offers made there.
    pub offers: Vec<OfferId>,
}

/// A component class.
#[derive(Debug, Clone)]
pub struct Class {
    /// Id in the scenario.
    pub id: String,
    /// Name.
    pub name: String,
    /// Whether no product can be built without it.
    pub essential: bool,
    /// Whether a vendor's lines share its stock.
    pub fungible: bool,
    /// Performance and extra cost of a product built without it (degradable classes).
    pub without: Option<(ParamId, ParamId)>,
    /// Time to qualify a source, months.
    pub qualification_time: Quantile,
    /// Whether a shortage lengthens its lead times.
    pub scarce: bool,
    /// Boards to redesign for one change of source on one line.
    pub boards: Option<ParamId>,
}

/// A product line.
#[derive(Debug, Clone)]
pub struct Line {
    /// Id in the scenario.
    pub id: String,
    /// Name.
    pub name: String,
    /// One product, singular.
    pub product: String,
    /// Rate of approval that applies to its parts.
    pub category: LineCategory,
    /// Use under which its spares ship.
    pub spares_use: Use,
    /// Spares a month, share of the installed base.
    pub spares_rate: ParamId,
}

/// A supplier.
#[derive(Debug, Clone)]
pub struct Supplier {
    /// Id in the scenario.
    pub id: String,
    /// Key of its draws.
    pub key: EntityKey,
    /// Where it is at home.
    pub home: JurisdictionId,
    /// Chance that it applies for licenses.
    pub license_readiness: ParamId,
    /// Chance that it designs US content out; `None`: it never does.
    pub design_out_readiness: Option<ParamId>,
    /// Chance that it obeys rules that rest on foreign production alone: its own, or its jurisdiction's.
    pub compliance: ParamId,
}

/// One supplier's product in one class.
#[derive(Debug, Clone)]
pub struct Offer {
    /// Id in the scenario.
    pub id: String,
    /// Key of its draws.
    pub key: EntityKey,
    /// Who sells it.
    pub supplier: SupplierId,
    /// Where the seller is at home.
    pub home: JurisdictionId,
    /// Where it is made, as an index of origins.
    pub origin: OriginId,
    /// Whether its seller is at home in the United States.
    pub us_seller: bool,
    /// Class.
    pub class: ClassId,
    /// Facts for the law.
    pub facts: Facts,
    /// Price, USD a unit.
    pub price: ParamId,
    /// Lead time, months.
    pub lead: ParamId,
    /// Performance relative to 1.
    pub performance: ParamId,
    /// Capacity.
    pub capacity: Capacity,
    /// Its sources, by vendor line (so by vendor, then priority).
    pub sources: Vec<SourceId>,
    /// Targets among its buyers.
    pub targets: Vec<TargetId>,
    /// The programme that must mature before there is any.
    pub programme: Option<Programme>,
}

/// A programme that develops an offer.
#[derive(Debug, Clone, Copy)]
pub struct Programme {
    /// First day of the work (may lie before the start).
    pub start: f64,
    /// Rate a month at which it matures, at no perceived risk.
    pub hazard: ParamId,
    /// By how many times more that rate grows at full perceived risk.
    pub effort: ParamId,
    /// Day before which it can't be mature.
    pub earliest: f64,
    /// Share of its capacity that it gives when mature.
    pub yield_start: ParamId,
    /// Time in which what it lacks of its capacity falls to 1/e, months.
    pub yield_time: ParamId,
}

/// A vendor's redesign of a line's boards, so that they need less of a class.
#[derive(Debug, Clone)]
pub struct Redesign {
    /// Id in the scenario.
    pub id: String,
    /// Line whose boards it is about.
    pub vendor_line: VendorLineId,
    /// Of which class less is needed.
    pub from: BomItemId,
    /// Which takes its place, and the parameter of its units for each unit removed.
    pub to: Option<(BomItemId, ParamId)>,
    /// Share of the units that it removes when complete.
    pub replaces: ParamId,
    /// Further cost of a product when complete, USD.
    pub cost: ParamId,
    /// Performance of a product when complete, relative to before.
    pub performance: ParamId,
    /// Work, boards.
    pub boards: ParamId,
    /// Time at full speed, months.
    pub time: ParamId,
    /// First day of the work (may lie before the start); none: when the class falls short.
    pub start: Option<f64>,
}

/// What a vendor's engineers may work on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Project {
    /// Line that it is for.
    pub vendor_line: VendorLineId,
    /// Item whose shortage starts it where it has no date.
    pub bom_item: BomItemId,
    /// What it is.
    pub task: Task,
}

/// Kinds of engineers' work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// To qualify a source.
    Qualify(SourceId),
    /// To redesign boards.
    Redesign(RedesignId),
}

/// An offer as a target vendor buys it.
#[derive(Debug, Clone)]
pub struct SupplyRelation {
    /// Vendor.
    pub target: TargetId,
    /// Offer.
    pub offer: OfferId,
    /// Who sells it.
    pub supplier: SupplierId,
    /// Its sources, by priority.
    pub sources: Vec<SourceId>,
}

/// Facts of an offer for the law; the uncertain ones are drawn once a trial.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Where it is made.
    pub made_in: Country,
    /// Where it ships from.
    pub shipped_from: Country,
    /// Classification of the item.
    pub item: Level,
    /// Share of controlled US content.
    pub us_controlled: ParamId,
    /// Share of other US content.
    pub us_other: ParamId,
    /// US technology, and the chance that it is at that level.
    pub us_technology: (Level, ParamId),
    /// The plant's US technology, and the chance that it is at that level.
    pub us_plant: (Level, ParamId),
    /// Made with the buyer's technology or design.
    pub own_design: bool,
    /// For use below 5G.
    pub below_5g: bool,
    /// Lowest shares of controlled and other US content that a new design can reach; `None`: those of today.
    pub floors: [Option<ParamId>; 2],
}

/// Capacity of an offer.
#[derive(Debug, Clone, Copy)]
pub enum Capacity {
    /// Units a month.
    Fixed(ParamId),
    /// Multiple of its possible buyers' planned use.
    OfPlannedUse(ParamId),
}

/// A vendor.
#[derive(Debug, Clone)]
pub struct Vendor {
    /// Id in the scenario.
    pub id: String,
    /// Name.
    pub name: String,
    /// Key of its draws.
    pub key: EntityKey,
    /// Perceived risk at rest; none: nil.
    pub risk_at_rest: Option<ParamId>,
    /// Home country.
    pub home: Country,
    /// Whether the law treats its home as a country of concern, on the days on which it counts as one.
    pub country_of_concern: bool,
    /// Its vendor lines, by priority.
    pub vendor_lines: Range<usize>,
    /// Which target it is, if any.
    pub target: Option<TargetId>,
    /// Boards that its engineers can redesign a month; none: no limit.
    pub engineering: Option<ParamId>,
    /// What they may work on.
    pub projects: Range<usize>,
    /// Revenue from network business that the model leaves out, by day, USD a month.
    pub other_revenue: Option<Vec<(i32, ParamId)>>,
}

/// A vendor's part in a line.
#[derive(Debug, Clone)]
pub struct VendorLine {
    /// Vendor.
    pub vendor: VendorId,
    /// Line.
    pub line: LineId,
    /// `vendor:line` ids, for tables.
    pub id: String,
    /// Key of its draws.
    pub key: EntityKey,
    /// Its items.
    pub bom_items: Range<usize>,
    /// The sources of its items.
    pub sources: Range<usize>,
    /// Plant capacity.
    pub plant: Plant,
    /// Price of the product, USD.
    pub price: ParamId,
    /// Months of stock at no risk.
    pub base_stock: ParamId,
    /// Further months at full risk; none: nil.
    pub risk_stock: Option<ParamId>,
    /// Products in service at the start.
    pub installed_base: ParamId,
    /// Which target its vendor is, if any.
    pub target: Option<TargetId>,
    /// Markets that it sells to, with its part in each.
    pub positions: Vec<MarketPositionId>,
    /// Time constant of added plant, months; none: it adds nothing.
    pub expansion_time: Option<ParamId>,
}

/// A vendor's place in a market: market, and position among the market's vendors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MarketPositionId {
    /// Market.
    pub market: MarketId,
    /// Index into the flat table of positions in markets.
    pub position: u32,
}

/// Plant capacity of a vendor line.
#[derive(Debug, Clone)]
pub enum Plant {
    /// Levels by day, interpolated.
    Path(Vec<(i32, ParamId)>),
    /// Multiple of planned awards.
    OfPlannedAwards(ParamId),
}

/// A class in a vendor line's bill of materials.
#[derive(Debug, Clone)]
pub struct BomItem {
    /// Vendor line.
    pub vendor_line: VendorLineId,
    /// Class.
    pub class: ClassId,
    /// Key of its draws.
    pub key: EntityKey,
    /// Units a product at the start.
    pub units: ParamId,
    /// Redesign under way: day on which it is complete, and the share of units that remains.
    pub redesign: Option<(i32, ParamId)>,
    /// Stock at the start, months of planned use.
    pub initial_stock: ParamId,
    /// Its sources.
    pub sources: Range<usize>,
    /// Whether no product can be built without it.
    pub essential: bool,
    /// For a fungible class: items of the vendor's other lines, lowest priority first, from which it may draw.
    pub pool: Vec<BomItemId>,
}

/// An offer as a source for an item.
#[derive(Debug, Clone)]
pub struct Source {
    /// Item.
    pub bom_item: BomItemId,
    /// Offer.
    pub offer: OfferId,
    /// Vendor line of the item.
    pub vendor_line: VendorLineId,
    /// Whether the vendor may use it, at first.
    pub status: SourceStatus,
    /// Key of the draws of the vendor's qualification of the offer.
    pub key: EntityKey,
    /// Which target the vendor is, if any.
    pub target: Option<TargetId>,
    /// This source and those by which the vendor's lines of lower priority buy the same offer.
    pub own: Vec<SourceId>,
}

/// Whether a vendor may use an offer at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceStatus {
    /// Yes.
    Qualified,
    /// A programme to qualify it starts on this day (may lie before the start).
    Programme(i32),
    /// A programme starts when the permitted flow falls short.
    WhenShort,
}

/// The operators or consumers of a region.
#[derive(Debug, Clone)]
pub struct Market {
    /// Id in the scenario.
    pub id: String,
    /// Key of its draws.
    pub key: EntityKey,
    /// Cumulative demand at the start of a day: that of the point dated the day before.
    pub demand: Vec<(i32, ParamId)>,
    /// Factor on the path.
    pub factor: ParamId,
    /// Deviation of the log of monthly demand.
    pub noise: ParamId,
    /// Installation capacity, multiple of planned demand.
    pub installation: ParamId,
    /// Its vendors: a range of the flat table of positions in markets.
    pub positions: Range<usize>,
    /// The vendors' places.
    pub vendors: Vec<MarketPosition>,
    /// Mean wait before undelivered orders leave, months; none: as the rate of all.
    pub patience: Option<ParamId>,
    /// Region, as written.
    pub region: String,
}

/// A vendor in a market.
#[derive(Debug, Clone)]
pub struct MarketPosition {
    /// Vendor line.
    pub vendor_line: VendorLineId,
    /// Share at the start.
    pub share: ParamId,
    /// Penalty in the award utility.
    pub policy: Option<ParamId>,
    /// Key of the draws of awards.
    pub key: EntityKey,
}

/// Numbers of behaviour, and the chance distributions among them. Fields as in the scenario's `behaviour`.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Behaviour {
    pub capacity_noise: ParamId,
    pub production_point: ParamId,
    pub cancel_after: ParamId,
    pub announcement_weight: ParamId,
    pub force_weight: ParamId,
    pub denial_weight: ParamId,
    pub risk_memory: ParamId,
    pub forecast_noise: ParamId,
    pub stock_common_sd: ParamId,
    pub stock_class_sd: ParamId,
    pub order_cap: ParamId,
    pub risk_premium: ParamId,
    pub first_source_share: ParamId,
    pub inventory_limit: ParamId,
    pub price_weight: ParamId,
    pub delivery_weight: ParamId,
    pub loyalty_weight: ParamId,
    pub fill_half_life: ParamId,
    pub award_concentration: ParamId,
    pub departure_rate: ParamId,
    pub review_lag: Quantile,
    pub over_compliance: ParamId,
    pub caution_half_life: ParamId,
    pub qualification_success: ParamId,
    pub qualification_ramp: ParamId,
    pub license_time: ParamId,
    pub license_time_shape: ParamId,
    pub license_use: ParamId,
    pub license_life: ParamId,
    pub design_out_time: Option<Quantile>,
}

impl World {
    /// Number of positions in all markets.
    pub fn position_count(&self) -> usize {
        self.markets.last().map_or(0, |m| m.positions.end)
    }

    /// Place of a source's orders for a tick in the pipeline of orders.
    #[inline]
    pub fn slot(&self, source: usize, tick: usize) -> usize {
        (tick & (self.pipeline_slots - 1)) * self.sources.len() + source
    }

    /// The row of all sources' orders for a tick in the pipeline of orders.
    #[inline]
    pub fn row(&self, tick: usize) -> Range<usize> {
        self.slot(0, tick)..self.slot(self.sources.len(), tick)
    }

    /// Vendor of a vendor line.
    pub fn vendor_of(&self, vendor_line: VendorLineId) -> &Vendor {
        &self.vendors[self.vendor_lines[vendor_line.ix()].vendor.ix()]
    }

    /// Line of a vendor's line.
    pub fn line_of(&self, vendor_line: VendorLineId) -> &Line {
        &self.lines[self.vendor_lines[vendor_line.ix()].line.ix()]
    }
}
