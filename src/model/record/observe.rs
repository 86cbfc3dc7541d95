//! What there is to record of each tick. One function, [`observe`], names every recorded outcome, its entity and its value;
//! the layout of the tables, the files and their documentation follow from it, so that adding an outcome touches this file.

use crate::model::setting::job::Stage;
use crate::model::state::State;
use crate::model::world::ids::OfferId;
use crate::model::world::{Task, VendorLine, World};

/// An outcome: what it is called, in which unit, and which way is worse for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Name in tables and files.
    pub id: &'static str,
    /// Unit.
    pub unit: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

macro_rules! outcomes {
    ($($name:ident = $id:literal, $unit:literal, $meaning:literal;)+) => {
        $(#[doc = $meaning]
        pub const $name: Outcome = Outcome { id: $id, unit: $unit, meaning: $meaning };)+

        /// Every outcome that is recorded each tick.
        pub const SERIES: &[Outcome] = &[$($name),+];
    };
}

outcomes! {
    SUSTAINED = "sustained-capacity", "products/month", "largest monthly output that stock, orders under way and flows that can be counted on support for each of the next 1 to 12 months (E10); lower is worse for the vendor";
    NOW = "capacity-now", "products/month", "output that plant and stock allow this tick, before use (E10); lower is worse for the vendor";
    DEPLOYED = "deployed", "products/month", "products put into service; lower is worse for the vendor";
    CUMULATIVE = "cumulative-deployed", "products", "products put into service since the start; lower is worse for the vendor";
    AWARDED = "awarded", "products/month", "products that markets awarded";
    BACKLOG = "backlog", "products", "awarded and not yet deployed, at the tick's end; higher is worse for the vendor";
    DEPARTED = "orders-lost", "products/month", "undelivered orders that left for rivals; higher is worse for the vendor";
    COVER = "stock-cover", "months", "stock of a class in months of forecast use, at the tick's end; lower is worse for the vendor";
    COST = "unit-cost", "USD/unit", "cost of parts in one product, of the last ones built; higher is worse for the vendor";
    PERFORMANCE = "performance", "ratio", "performance of the last products built, relative to 1; lower is worse for the vendor";
    US_CONTENT = "us-content", "share", "part of the cost of a product bought from sellers at home in the United States";
    UNSERVED = "spares-unserved", "products/month", "products in service whose spares nobody served; higher is worse for the network in use";
    FREE = "purchases-free", "USD million/month", "purchases that shipped with no need of a license";
    WAIVED = "purchases-waived", "USD million/month", "purchases that shipped under a general license";
    SAVED = "purchases-saved", "USD million/month", "purchases that shipped under a savings clause";
    LICENSED = "purchases-licensed", "USD million/month", "purchases that shipped under a specific license";
    UNLAWFUL = "purchases-unlawful", "USD million/month", "purchases that shipped against the law";
    BLOCKED = "purchases-blocked", "USD million/month", "purchases that fell due and were forbidden; higher is worse for the vendor";
    WITHHELD = "purchases-withheld", "USD million/month", "purchases that were lawful and that the supplier held back; higher is worse for the vendor";
    PURCHASES = "purchases", "USD million/month", "purchases of the watched vendor by the seller's home jurisdiction; lower is worse for the seller";
    PURCHASES_MADE_IN = "purchases-made-in", "USD million/month", "purchases of the watched vendor by the country in which the part was made";
    SALES = "sales", "USD million/month", "sales to all vendors by the seller's home jurisdiction; lower is worse for the seller";
    RUNGS = "rungs-in-force", "count", "rungs of the escalation ladder in force (recorded where a compared regime has a ladder)";
    SALES_MADE_IN = "sales-made-in", "USD million/month", "sales to all vendors by the country in which the part was made";
    PENDING = "applications-pending", "applications", "applications for specific licenses under way at the tick's end; higher is worse for the vendor";
    LICENSES = "licenses-in-force", "licenses", "specific licenses in force at the tick's end; lower is worse for the vendor";
    APPROVED = "applications-approved", "applications/month", "applications approved; lower is worse for the vendor";
    DENIED = "applications-denied", "applications/month", "applications denied; higher is worse for the vendor";
    REVOKED = "licenses-revoked", "licenses/month", "licenses revoked; higher is worse for the vendor";
    ENGINEERING = "engineering-used", "boards/month", "boards that the watched vendor redesigned, to change sources and classes";
    SOURCES = "sources-qualified", "sources", "sources that the watched vendor has qualified since the work on them began, one a line; fewer is worse for the vendor";
    REDESIGNED = "redesign-done", "share", "share of a redesign that is done by the middle of the tick; lower is worse for the vendor";
    PROGRAMME = "programme-output", "share", "share of its capacity that a programme's offer will give in the next tick; none until it is mature";
    REMOVED = "removed", "products/month", "products taken out of service because a market restriction says so; higher is worse for the vendor";
    PLANT_ADDED = "plant-added", "products/month", "plant capacity beyond that planned, added because more was won than planned";
}

/// Takes what [`observe`] names.
pub trait Sink {
    /// Whether the next part of what is named is wanted; asked at the start of each part, which is left out where it is not.
    fn next_part(&mut self) -> bool {
        true
    }

    /// One value of one outcome of one entity.
    fn put(&mut self, outcome: Outcome, entity: impl FnOnce() -> String, value: f64);
}

/// Names and values of everything recorded in a tick, in parts. The parts and what each holds are the same in every tick.
pub fn observe(world: &World, state: &State, months: f64, sink: &mut impl Sink) {
    for (p, vendor_line) in world.vendor_lines.iter().enumerate() {
        if sink.next_part() {
            observe_vendor_line(vendor_line, state, p, months, sink);
        }
        if vendor_line.target.is_some() && sink.next_part() {
            observe_target_line(world, state, p, months, sink);
        }
    }
    for observe_part in [observe_dealings, observe_sales, observe_licenses, observe_adaptation, observe_ladder] {
        if sink.next_part() {
            observe_part(world, state, months, sink);
        }
    }
}

fn observe_vendor_line(vendor_line: &VendorLine, state: &State, p: usize, months: f64, sink: &mut impl Sink) {
    let name = || vendor_line.id.clone();
    sink.put(DEPLOYED, name, state.deployed[p] / months);
    sink.put(CUMULATIVE, name, state.cumulative[p]);
    sink.put(AWARDED, name, state.awarded[p] / months);
    sink.put(COST, name, state.unit_cost[p]);
    sink.put(PLANT_ADDED, name, state.expansion.extra[p]);
    sink.put(REMOVED, name, state.zones.removed[p] / months);
}

fn observe_target_line(world: &World, state: &State, p: usize, months: f64, sink: &mut impl Sink) {
    let vendor_line = &world.vendor_lines[p];
    let name = || vendor_line.id.clone();
    let positions = || vendor_line.positions.iter().map(|s| s.position as usize);
    sink.put(SUSTAINED, name, state.limits[p].sustained);
    sink.put(NOW, name, state.limits[p].now);
    sink.put(BACKLOG, name, state.backlog_of(vendor_line));
    sink.put(DEPARTED, name, positions().map(|s| state.departed[s]).sum::<f64>() / months);
    sink.put(PERFORMANCE, name, state.performance[p]);
    sink.put(US_CONTENT, name, state.us_content[p]);
    sink.put(UNSERVED, name, state.unserved[p] / months);
    for c in vendor_line.bom_items.clone() {
        let cover = state.cover(p, c).unwrap_or(0.0);
        sink.put(COVER, || format!("{}:{}", vendor_line.id, world.classes[world.bom_items[c].class.ix()].id), cover);
    }
}

const MILLION: f64 = 1e6;

fn observe_dealings(world: &World, state: &State, months: f64, sink: &mut impl Sink) {
    for (w, vendor) in world.targets.iter().enumerate() {
        let name = || world.vendors[vendor.ix()].id.clone();
        let d = &state.dealings[w];
        for (outcome, value) in [
            (FREE, d.free),
            (WAIVED, d.waived),
            (SAVED, d.saved),
            (LICENSED, d.licensed),
            (UNLAWFUL, d.unlawful),
            (BLOCKED, d.blocked),
            (WITHHELD, d.withheld),
        ] {
            sink.put(outcome, name, value / months / MILLION);
        }
    }
}

fn observe_sales(world: &World, state: &State, months: f64, sink: &mut impl Sink) {
    let scale = 1.0 / months / MILLION;
    for place in &world.jurisdictions {
        let (to_targets, all) = sales(world, state, &place.offers);
        sink.put(PURCHASES, || place.country.to_string(), to_targets * scale);
        sink.put(SALES, || place.country.to_string(), all * scale);
    }
    for place in &world.origins {
        let (to_targets, all) = sales(world, state, &place.offers);
        sink.put(PURCHASES_MADE_IN, || place.country.to_string(), to_targets * scale);
        sink.put(SALES_MADE_IN, || place.country.to_string(), all * scale);
    }
}

fn observe_licenses(world: &World, state: &State, months: f64, sink: &mut impl Sink) {
    for (rulings, vendor) in state.rulings.iter().zip(&world.targets) {
        let name = || world.vendors[vendor.ix()].id.clone();
        sink.put(PENDING, name, rulings.pending);
        sink.put(LICENSES, name, rulings.in_force);
        sink.put(APPROVED, name, rulings.approved / months);
        sink.put(DENIED, name, rulings.denied / months);
        sink.put(REVOKED, name, rulings.revoked / months);
    }
}

fn observe_adaptation(world: &World, state: &State, months: f64, sink: &mut impl Sink) {
    for v in world.targets.iter().map(|v| v.ix()) {
        let vendor = &world.vendors[v];
        let jobs = world.projects[vendor.projects.clone()].iter().zip(&state.jobs[vendor.projects.clone()]);
        let qualified = jobs.filter(|(p, job)| matches!(p.task, Task::Qualify(_)) && job.stage == Stage::Done).count();
        sink.put(ENGINEERING, || vendor.id.clone(), state.boards[v] / months);
        sink.put(SOURCES, || vendor.id.clone(), qualified as f64);
    }
    for (redesign, done) in world.redesigns.iter().zip(&state.redesigned) {
        sink.put(REDESIGNED, || redesign.id.clone(), *done);
    }
    for offer in &world.programmes {
        sink.put(PROGRAMME, || world.offers[offer.ix()].id.clone(), state.output[offer.ix()]);
    }
}

fn observe_ladder(world: &World, state: &State, _months: f64, sink: &mut impl Sink) {
    if world.rungs > 0 {
        sink.put(RUNGS, || world.vendor_lines[world.subject.ix()].id.clone(), state.escalation.stage as f64);
    }
}

/// Value of some offers shipped in the tick, to the target vendors and to all.
fn sales(world: &World, state: &State, offers: &[OfferId]) -> (f64, f64) {
    let (mut to_targets, mut all) = (0.0, 0.0);
    for o in offers.iter().map(|o| o.ix()) {
        to_targets += state.sold_to_targets[o..].iter().step_by(world.offers.len()).sum::<f64>();
        all += state.sold[o];
    }
    (to_targets, all)
}

/// Columns of a record: outcomes by entity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// Outcome and entity of each column.
    pub columns: Vec<(Outcome, String)>,
    /// The same of the table that is kept for a comparison with history.
    pub history: Vec<(Outcome, String)>,
    /// The first column of each part of what [`observe`] names.
    pub(super) parts: Vec<usize>,
}

impl Sink for Layout {
    fn next_part(&mut self) -> bool {
        self.parts.push(self.columns.len());
        true
    }

    fn put(&mut self, outcome: Outcome, entity: impl FnOnce() -> String, _value: f64) {
        self.columns.push((outcome, entity()));
    }
}

impl Layout {
    /// The column of an outcome and entity.
    pub fn find(&self, outcome: Outcome, entity: &str) -> Option<usize> {
        self.columns.iter().position(|(o, e)| *o == outcome && e == entity)
    }

    /// The columns of an outcome, with their entities.
    pub fn columns_of(&self, outcome: Outcome) -> impl Iterator<Item = (usize, &str)> {
        let found = self.columns.iter().enumerate().filter(move |(_, (o, _))| *o == outcome);
        found.map(|(i, (_, entity))| (i, entity.as_str()))
    }
}

/// Takes values alone, one after the other.
pub(crate) struct Row<'a>(pub(crate) &'a mut Vec<f64>);

impl Sink for Row<'_> {
    #[inline]
    fn put(&mut self, _outcome: Outcome, _entity: impl FnOnce() -> String, value: f64) {
        self.0.push(value);
    }
}
