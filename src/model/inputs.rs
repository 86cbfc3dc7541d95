//! The realized inputs of a trial, by name: what was drawn or derived for it before its first tick, whatever the regime. As
//! with the [probe](super::probe), whoever asks reads no table.

use super::named::{Entity, Named};
use super::setting::{Lead, NewDesign, Terms, TrialInputs};
use super::world::ids::*;
use super::world::random::RandomStreams;
use super::world::{MarketPositionId, World};
use crate::law::Facts;

/// The world, and the setting that was drawn for a trial. Entities are named as for a [probe](super::probe::Probe).
#[derive(Clone, Copy)]
pub struct Inputs<'a> {
    world: &'a World,
    inputs: &'a TrialInputs,
}

impl<'a> Inputs<'a> {
    /// Of a trial.
    pub fn new(world: &'a World, inputs: &'a TrialInputs) -> Inputs<'a> {
        Inputs { world, inputs }
    }

    /// Handles of all items.
    pub fn items(self) -> impl Iterator<Item = BomItemId> {
        BomItemId::all(self.world)
    }

    /// Handles of all markets.
    pub fn markets(self) -> impl Iterator<Item = MarketId> {
        MarketId::all(self.world)
    }

    /// Handles of vendors' places in all markets.
    pub fn places(self) -> impl Iterator<Item = MarketPositionId> {
        MarketPositionId::all(self.world)
    }

    /// Handles of all suppliers.
    pub fn suppliers(self) -> impl Iterator<Item = SupplierId> {
        SupplierId::all(self.world)
    }

    /// Handles of all vendors' lines.
    pub fn vendor_lines(self) -> impl Iterator<Item = VendorLineId> {
        VendorLineId::all(self.world)
    }

    /// Handles of all offers.
    pub fn offers(self) -> impl Iterator<Item = OfferId> {
        OfferId::all(self.world)
    }

    /// Handles of all sources.
    pub fn sources(self) -> impl Iterator<Item = SourceId> {
        SourceId::all(self.world)
    }

    /// Id of an entity.
    pub fn id(self, entity: impl Entity) -> String {
        entity.id(self.world)
    }

    /// Chance of the trial.
    ///
    /// # Panics
    /// Before a trial is drawn.
    pub fn streams(self) -> RandomStreams {
        self.inputs.streams.unwrap_or_else(|| panic!("no trial is drawn"))
    }

    /// Value of the number at a path of the scenario, if the world has one there.
    pub fn number(self, path: &str) -> Option<f64> {
        let id = self.world.params.paths().iter().position(|p| p == path)?;
        Some(self.inputs.values[id])
    }

    /// Value of a parameter.
    pub fn value(self, id: ParamId) -> f64 {
        self.inputs.value(id)
    }

    /// Demand of a market in each tick, products.
    #[track_caller]
    pub fn demand(self, market: impl Named<MarketId>) -> &'a [f64] {
        self.by_tick(&self.inputs.demand, market.entity(self.world))
    }

    /// Planned demand of a market in each tick, products.
    #[track_caller]
    pub fn planned_demand(self, market: impl Named<MarketId>) -> &'a [f64] {
        self.by_tick(&self.inputs.planned, market.entity(self.world))
    }

    /// Share of a market at a vendor's place in it, at the start.
    #[track_caller]
    pub fn share(self, place: impl Named<MarketPositionId>) -> f64 {
        self.inputs.shares[place.entity(self.world).index()]
    }

    /// Planned awards of a vendor's line over the next twelve months, in each tick, products a month.
    #[track_caller]
    pub fn planned_awards(self, line: impl Named<VendorLineId>) -> &'a [f64] {
        self.by_tick(&self.inputs.plan, line.entity(self.world))
    }

    /// Factor on the forecast of a vendor's line in each tick.
    #[track_caller]
    pub fn forecast_error(self, line: impl Named<VendorLineId>) -> &'a [f64] {
        self.by_tick(&self.inputs.forecast_error, line.entity(self.world))
    }

    /// Plant capacity of a vendor's line in each tick, products a month.
    #[track_caller]
    pub fn plant(self, line: impl Named<VendorLineId>) -> &'a [f64] {
        self.by_tick(&self.inputs.plant, line.entity(self.world))
    }

    /// Stock of an item at the start, units.
    #[track_caller]
    pub fn stock(self, item: impl Named<BomItemId>) -> f64 {
        self.inputs.stock[item.entity(self.world).ix()]
    }

    /// Day on which a source is qualified, as far as is known at the start (minus infinity: always; infinity: no attempt yet).
    #[track_caller]
    pub fn qualified_on(self, source: impl Named<SourceId>) -> f64 {
        self.inputs.qualified[source.entity(self.world).ix()]
    }

    /// Days that an attempt (from 0) to qualify a source takes, and whether it succeeds.
    #[track_caller]
    pub fn attempt(self, source: impl Named<SourceId>, attempt: u32) -> (f64, bool) {
        let source = &self.world.sources[source.entity(self.world).ix()];
        self.inputs.attempt(self.world, self.streams(), source, attempt)
    }

    /// Facts of an offer for the law.
    #[track_caller]
    pub fn facts(self, offer: impl Named<OfferId>) -> &'a Facts {
        &self.inputs.facts[offer.entity(self.world).ix()]
    }

    /// What becomes of an offer out of which US content would be designed; `None`: it would not.
    #[track_caller]
    pub fn new_design(self, offer: impl Named<OfferId>) -> Option<&'a NewDesign> {
        self.inputs.new_designs[offer.entity(self.world).ix()].as_ref()
    }

    /// What an offer costs and how it comes.
    #[track_caller]
    pub fn terms(self, offer: impl Named<OfferId>) -> Terms {
        self.inputs.terms[offer.entity(self.world).ix()]
    }

    /// Capacity of an offer in each tick, units a month.
    #[track_caller]
    pub fn capacity(self, offer: impl Named<OfferId>) -> impl Iterator<Item = f64> {
        let offer = offer.entity(self.world).ix();
        (0..self.world.calendar.ticks).map(move |tick| self.inputs.capacity(tick)[offer])
    }

    /// Lead time of what is ordered from an offer in a tick.
    #[track_caller]
    pub fn lead(self, offer: impl Named<OfferId>, tick: usize) -> Lead {
        self.inputs.lead(offer.entity(self.world), tick)
    }

    /// Lead time of what falls due of an offer in a tick, months.
    #[track_caller]
    pub fn lead_of_due(self, offer: impl Named<OfferId>, tick: usize) -> f64 {
        self.inputs.lead_of_due(self.world, offer.entity(self.world), tick)
    }

    /// Accumulated hazard at which the programme that develops an offer is mature.
    #[track_caller]
    pub fn maturity(self, offer: impl Named<OfferId>) -> f64 {
        let offer = offer.entity(self.world);
        let programme = self.world.programmes.iter().position(|o| *o == offer);
        self.inputs.thresholds[programme.unwrap_or_else(|| panic!("no programme develops `{}`", self.id(offer)))]
    }

    /// Whether a supplier obeys rules that rest on foreign production alone.
    #[track_caller]
    pub fn obeys(self, supplier: impl Named<SupplierId>) -> bool {
        self.inputs.obeys[supplier.entity(self.world).ix()]
    }

    /// Whether a supplier applies for licenses.
    #[track_caller]
    pub fn ready(self, supplier: impl Named<SupplierId>) -> bool {
        self.inputs.ready[supplier.entity(self.world).ix()]
    }

    /// Caution of a supplier: it stays out of trade while this is below the chance of over-compliance.
    #[track_caller]
    pub fn caution(self, supplier: impl Named<SupplierId>) -> f64 {
        self.inputs.caution[supplier.entity(self.world).ix()]
    }

    /// An entity's row of a table of numbers a tick.
    fn by_tick(self, table: &'a [f64], entity: impl Entity) -> &'a [f64] {
        let ticks = self.world.calendar.ticks;
        &table[entity.index() * ticks..][..ticks]
    }
}
