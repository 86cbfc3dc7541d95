//! Everything but the law: time, jurisdictions, component classes, bills of materials, product lines, suppliers, offers,
//! vendors, markets, behaviour. Ids are the keys of ordered maps; file order breaks ties in the model.

use indexmap::IndexMap;

use super::Place;
use super::param::{Param, Provenance};
use crate::units::{Country, Date, Level, Use, named};

/// A world: all that scenarios of one comparison must share.
#[derive(Debug, Clone)]
pub struct World {
    /// Calendar and tick.
    pub time: Time,
    /// Jurisdictions of sellers, by country code.
    pub jurisdictions: IndexMap<Country, Jurisdiction>,
    /// Component classes.
    pub classes: IndexMap<String, Class>,
    /// Bills of materials.
    pub boms: IndexMap<String, Bom>,
    /// Product lines.
    pub lines: IndexMap<String, Line>,
    /// Suppliers.
    pub suppliers: IndexMap<String, Supplier>,
    /// Offers.
    pub offers: IndexMap<String, Offer>,
    /// Vendors.
    pub vendors: IndexMap<String, Vendor>,
    /// Markets.
    pub markets: IndexMap<String, Market>,
    /// Parameters of behaviour and process that hold for all agents.
    pub behaviour: Behaviour,
    /// Units of a currency that one US dollar buys (per USD), by currency code; each rate holds from its day until the
    /// next. Observed revenues in that currency are compared by it; agents reckon in US dollars of 2019.
    pub exchange_rates: IndexMap<String, Vec<DatedParam>>,
    /// Redesigns that replace one class by another, or do without it (E15).
    pub redesigns: IndexMap<String, Redesign>,
    /// A shortage that lengthens lead times for all buyers; `None`: there is none, or it is switched off.
    pub shortage: Option<Shortage>,
}

impl World {
    /// Whether a vendor's home country is one of concern for the law, on the days on which it counts as one. What the
    /// regulations count as China is of concern where China is: for Hong Kong the day says it, not the vendor's own flag.
    pub fn of_concern(&self, vendor: &Vendor) -> bool {
        let china = || self.vendors.values().any(|v| v.home == Country::CN && v.country_of_concern);
        vendor.country_of_concern || (vendor.home == Country::HK && china())
    }
}

/// A shortage from outside the model, such as that of chips in 2021: it lengthens the lead times of the classes that have
/// `shortage`, for every buyer and under every regime.
#[derive(Debug, Clone)]
pub struct Shortage {
    /// Multiples of an offer's lead time for orders placed on a day (ratio): 1 before the first point, linear between the
    /// points, the last one's value after it.
    pub lead_times: Vec<DatedParam>,
    /// Part of the lengthening that these buyers meet (ratio); `None`: all of it.
    pub strength: Option<Param>,
}

/// The simulated period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time {
    /// First day.
    pub start: Date,
    /// Last day (inclusive).
    pub end: Date,
    /// Length of a tick.
    pub tick: Tick,
    /// Day that the world's stock, plants, shares and demand at the start describe; `None`: it does not say.
    pub data_from: Option<Date>,
}

named! {
    /// Length of a tick.
    Tick, "tick" {
        /// A calendar month.
        Month = "month",
        /// Seven days.
        Week = "week",
    }
}

/// Where sellers are at home.
#[derive(Debug, Clone)]
pub struct Jurisdiction {
    /// Name.
    pub name: String,
    /// Chance that its sellers obey a rule that rests on foreign production alone (share, E13); one draw a trial.
    pub compliance: Param,
}

/// A component class.
#[derive(Debug, Clone)]
pub struct Class {
    /// Name.
    pub name: String,
    /// What its absence does.
    pub role: Role,
    /// Whether a vendor's lines may share its stock.
    pub fungible: bool,
    /// For a degradable class: performance of a product built without it, relative to 1 (share).
    pub performance_without: Option<Param>,
    /// For a degradable class: extra cost of a product built without it (USD/unit).
    pub cost_without: Option<Param>,
    /// Time to qualify a new source (months, chance, E15).
    pub qualification_time: Param,
    /// Where the class's facts come from.
    pub provenance: Provenance,
    /// Whether a shortage lengthens its lead times.
    pub shortage: bool,
    /// Boards to redesign for one change of source on one line (boards, E15); none: it takes no engineering.
    pub boards: Option<Param>,
}

named! {
    /// What the absence of a class does to a product.
    Role, "role" {
        /// No product without it.
        Essential = "essential",
        /// A product without it performs worse and costs more.
        Degradable = "degradable",
    }
}

/// A bill of materials: units of each class in one product.
#[derive(Debug, Clone)]
pub struct Bom {
    /// By class id, in file order.
    pub items: IndexMap<String, BomItem>,
}

/// Units of one class in one product.
#[derive(Debug, Clone)]
pub struct BomItem {
    /// Class id.
    pub class: String,
    /// Units at the start (units/product).
    pub units: Param,
    /// A redesign under way since before the listing, the same in all scenarios (E5).
    pub redesign: Option<BomRedesign>,
    /// Where it stands.
    pub place: Place,
}

/// Units fall linearly from the start of the simulation to `factor` × units on `by`, and stay there.
#[derive(Debug, Clone)]
pub struct BomRedesign {
    /// Day on which the fall is complete.
    pub by: Date,
    /// Share of the units that remains (share).
    pub factor: Param,
    /// For which vendors (ids).
    pub vendors: Vec<String>,
}

/// A product line.
#[derive(Debug, Clone)]
pub struct Line {
    /// Name.
    pub name: String,
    /// What one product is called, singular.
    pub product: String,
    /// Which license rate applies to its parts.
    pub category: LineCategory,
    /// The use under which spare parts ship.
    pub spares_use: Use,
    /// Spares a month as a share of the installed base (E8).
    pub spares_rate: Param,
}

named! {
    /// Which approval rate applies to parts for a line (E16).
    LineCategory, "line category" {
        /// Network equipment.
        Network = "network",
        /// Consumer goods.
        Consumer = "consumer",
    }
}

/// A supplier.
#[derive(Debug, Clone)]
pub struct Supplier {
    /// Name.
    pub name: String,
    /// Home jurisdiction: who earns.
    pub home: Country,
    /// Chance that it applies for a license when an offer of its is prohibited (share); one draw a trial.
    pub license_readiness: Param,
    /// Where it stands.
    pub place: Place,
    /// Chance that it designs US content out of an offer that a rule catches for it (share); one draw a trial. `None`: it
    /// never does.
    pub design_out_readiness: Option<Param>,
    /// Chance that it obeys a rule that rests on foreign production alone, in place of its jurisdiction's (share, E13):
    /// held against the same draw.
    pub compliance: Option<Param>,
}

/// One supplier's product in one class.
#[derive(Debug, Clone)]
pub struct Offer {
    /// Name of the product.
    pub name: String,
    /// Supplier id.
    pub supplier: String,
    /// Class id.
    pub class: String,
    /// Lines whose products can use it (ids).
    pub lines: Vec<String>,
    /// Facts for the law.
    pub legal: LegalFacts,
    /// Price (USD/unit).
    pub price: Param,
    /// Capacity.
    pub capacity: Capacity,
    /// Order to shipment (months, E2).
    pub lead_time: Param,
    /// Performance of a product built with it, relative to 1 (ratio).
    pub performance: Param,
    /// Vendors that are qualified to use it at the start (ids).
    pub buyers: Vec<String>,
    /// Vendors that could qualify it (E15), with the day on which their programme starts; without a day the programme
    /// starts when the permitted flow falls short.
    pub candidates: IndexMap<String, Option<Date>>,
    /// Where the offer's facts come from.
    pub provenance: Provenance,
    /// Where it stands.
    pub place: Place,
    /// The programme that must mature before there is anything to buy (section 6).
    pub programme: Option<Programme>,
}

/// A programme that develops an offer: it matures by chance, faster where its buyer feels at risk, and then ramps up.
#[derive(Debug, Clone)]
pub struct Programme {
    /// First day of the work.
    pub start: Date,
    /// Rate at which it matures, at no perceived risk (per month).
    pub hazard: Param,
    /// By how many times more that rate grows at full perceived risk of the watched buyer (ratio).
    pub effort: Param,
    /// Day before which it can't be mature.
    pub earliest: Option<Date>,
    /// Share of the capacity that it gives when it is mature (share).
    pub yield_start: Param,
    /// Time in which what it lacks of full capacity falls to 1/e (months).
    pub yield_time: Param,
}

/// A vendor's redesign of a line's boards, so that they need less of a class (E15).
#[derive(Debug, Clone)]
pub struct Redesign {
    /// Name.
    pub name: String,
    /// Vendor id.
    pub vendor: String,
    /// Line id.
    pub line: String,
    /// Class of which less is needed.
    pub from: String,
    /// Class that takes its place; none where the function is dropped or moves into other parts.
    pub to: Option<String>,
    /// Share of the `from` units that it removes when it is complete (share).
    pub replaces: Param,
    /// Units of `to` for each unit removed (ratio).
    pub units: Option<Param>,
    /// Further cost of a product when it is complete (USD/unit).
    pub cost: Param,
    /// Performance of a product when it is complete, relative to before (ratio).
    pub performance: Param,
    /// Work (boards).
    pub boards: Param,
    /// Time at full speed (months).
    pub time: Param,
    /// First day of the work; none: when the flow of `from` falls short.
    pub start: Option<Date>,
    /// Where it stands.
    pub place: Place,
}

/// What the law asks about an offer.
#[derive(Debug, Clone)]
pub struct LegalFacts {
    /// Where it is made.
    pub made_in: Country,
    /// Where it ships from.
    pub shipped_from: Country,
    /// Classification of the item.
    pub item: Level,
    /// Value share of US content that by itself needs a license for the destination (share).
    pub us_controlled: Param,
    /// Value share of all other US content (share).
    pub us_other: Param,
    /// US technology or software that it is a direct product of.
    pub us_technology: Reach,
    /// US technology that its plant, or a major component of it, is a direct product of.
    pub us_plant: Reach,
    /// Made with the buyer's own technology or design.
    pub own_design: bool,
    /// For use below 5G.
    pub below_5g: bool,
    /// Lowest share of controlled US content that a new design can reach (share); `None`: that of today.
    pub us_controlled_floor: Option<Param>,
    /// Lowest share of all other US content that a new design can reach (share); `None`: that of today.
    pub us_other_floor: Option<Param>,
}

/// A control level that holds with a probability, drawn once a trial (E13); else the level is `none`.
#[derive(Debug, Clone)]
pub struct Reach {
    /// The level.
    pub level: Level,
    /// Chance that it holds (share).
    pub probability: Param,
    /// What the level rests on, where that is said apart from the offer; `None`: on what the offer rests.
    pub support: Option<Provenance>,
}

/// How much of an offer there is.
#[derive(Debug, Clone)]
pub enum Capacity {
    /// Units a month, whatever the plan (units/month).
    Fixed(Param),
    /// A multiple of what its possible buyers (qualified and candidates) plan to use of the class, as in a world
    /// without controls; suppliers expand with the plan (ratio).
    OfPlannedUse(Param),
}

/// A vendor.
#[derive(Debug, Clone)]
pub struct Vendor {
    /// Name.
    pub name: String,
    /// Home country.
    pub home: Country,
    /// Whether its home country is one of concern for the law (country-based licenses are out of scope: only the listed
    /// firm's is); [`World::of_concern`] is what the law asks.
    pub country_of_concern: bool,
    /// Perceived risk at rest, r0 (share, E4); none: nil.
    pub risk_at_rest: Option<Param>,
    /// Lines, by id, in order of priority.
    pub lines: IndexMap<String, VendorLine>,
    /// Where it stands.
    pub place: Place,
    /// Boards that its engineers can redesign a month (boards/month, E15); none: no limit.
    pub engineering: Option<Param>,
    /// Revenue from network business that the model leaves out (USD/month): interpolated linearly, constant before the
    /// first and after the last day. It is told with the vendor's equipment revenue; no agent looks at it.
    pub other_revenue: Option<Vec<DatedParam>>,
}

/// A vendor's part in a line.
#[derive(Debug, Clone)]
pub struct VendorLine {
    /// Bill of materials id.
    pub bom: String,
    /// Priority in production and for arrivals; 1 first.
    pub priority: u8,
    /// Plant capacity.
    pub plant: PlantCapacity,
    /// Price of the product (USD/unit), which weighs in awards and values revenue.
    pub price: Param,
    /// Months of stock held at no risk, B (months, E5).
    pub base_stock: Param,
    /// Further months of stock at full risk, X (months, E5); none: nil.
    pub risk_stock: Option<Param>,
    /// Stock at the start, by class id (months of planned use); `all` for classes not named.
    pub initial_stock: IndexMap<String, Param>,
    /// Products in service at the start (units), which need spares.
    pub installed_base: Param,
    /// Time constant with which plant follows what is won beyond plan (months); none: it does not.
    pub expansion_time: Option<Param>,
}

/// How many products a plant can build.
#[derive(Debug, Clone)]
pub enum PlantCapacity {
    /// Dated levels (units/month), interpolated linearly between their days, constant before the first and after the last.
    Path(Vec<DatedParam>),
    /// A multiple of the vendor's planned awards (ratio).
    OfPlannedAwards(Param),
}

/// A parameter that holds on a day.
#[derive(Debug, Clone)]
pub struct DatedParam {
    /// The day.
    pub date: Date,
    /// The value.
    pub param: Param,
}

/// The operators (or consumers) of a region, buying one line.
#[derive(Debug, Clone)]
pub struct Market {
    /// Name.
    pub name: String,
    /// Region: `cn`, or another short name.
    pub region: String,
    /// Line id.
    pub line: String,
    /// Cumulative demand since the start, to the end of the day (units): the rate between two days is constant; after the last day the
    /// last rate goes on.
    pub demand: Vec<DatedParam>,
    /// Factor on the whole path, drawn once a trial (ratio, E9).
    pub demand_factor: Param,
    /// Standard deviation of the log of monthly demand about its path (ratio, chance).
    pub demand_noise: Param,
    /// Installation capacity as a multiple of planned demand (ratio).
    pub installation: Param,
    /// Share of awards by vendor id at the start, which a world without controls keeps (share); they add up to 1.
    pub shares: IndexMap<String, Param>,
    /// Penalty in the award utility by vendor id (utility, E9); none for vendors not named.
    pub policy: IndexMap<String, Param>,
    /// Mean wait before undelivered orders leave for rivals (months, E9); none: as `departure_rate` has it.
    pub patience: Option<Param>,
    /// Where it stands.
    pub place: Place,
}

/// Parameters that hold for all agents. Symbols as in the model description.
#[derive(Debug, Clone)]
pub struct Behaviour {
    /// Standard deviation of monthly supplier capacity about its level (ratio, chance, E1).
    pub capacity_noise: Param,
    /// Share of the lead time after which production starts (share, E2).
    pub production_point: Param,
    /// Carried orders are cancelled after this (months, E3).
    pub cancel_after: Param,
    /// w for an announcement (share, E4).
    pub announcement_weight: Param,
    /// w for entry into force (share, E4).
    pub force_weight: Param,
    /// w for a denied license (share, E4).
    pub denial_weight: Param,
    /// tau: memory of risk (months, E4).
    pub risk_memory: Param,
    /// Standard deviation of the log of the forecast error (ratio, chance, E5).
    pub forecast_noise: Param,
    /// Common factor of initial stocks (ratio, chance, E5).
    pub stock_common_sd: Param,
    /// Class factor of initial stocks (ratio, chance, E5).
    pub stock_class_sd: Param,
    /// R: most that is ordered, as a multiple of the planned flow (ratio, E6).
    pub order_cap: Param,
    /// Premium on the price of an offer at full risk when sources are ranked (ratio, E6).
    pub risk_premium: Param,
    /// Most that the first source gets where a second is qualified (share, E6).
    pub first_source_share: Param,
    /// V: most inventory, in months of cost of goods (months, E6).
    pub inventory_limit: Param,
    /// Weight of price in awards (utility, E9).
    pub price_weight: Param,
    /// Weight of the delivery record (utility, E9).
    pub delivery_weight: Param,
    /// Weight of the last share (utility, E9).
    pub loyalty_weight: Param,
    /// Half-life of the delivery record (months, E9).
    pub fill_half_life: Param,
    /// Concentration of awards about their expectation (ratio, chance, E9).
    pub award_concentration: Param,
    /// Undelivered orders that leave a month (per month, E9).
    pub departure_rate: Param,
    /// Time of a supplier's legal review after a rule (months, chance, E14).
    pub review_lag: Param,
    /// c0: chance that a supplier stays out of lawful trade at first (share, E14).
    pub over_compliance: Param,
    /// Half-life of that caution (months, E14).
    pub caution_half_life: Param,
    /// Chance that a qualification succeeds (share, E15).
    pub qualification_success: Param,
    /// Ramp of a newly qualified source (months, E15).
    pub qualification_ramp: Param,
    /// Mean time of a license decision (months, E16).
    pub license_time: Param,
    /// Shape of the gamma distribution of that time (ratio, E16).
    pub license_time_shape: Param,
    /// Share of a license's value that is used (share, E16).
    pub license_use: Param,
    /// Life of a license (months, E16).
    pub license_life: Param,
    /// Time to design US content out of an offer (months, chance); `None`: nobody does.
    pub design_out_time: Option<Param>,
}
