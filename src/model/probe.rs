//! A look at a trial after a tick, by name: what `huawei:base-stations:fpga` has in stock, what came by which source. Tests
//! ask here and read no table of the state, so that how its tables lie can change without them.

use super::named::{Entity, Named};
use super::rules::Rules;
use super::rules::restriction::Restriction;
use super::setting::TrialInputs;
use super::state::{Dealings, License, Limits, State, target_index};
use super::trial::TickContext;
use super::world::ids::*;
use super::world::{MarketPositionId, World};

/// The world, the rules and the state of a trial after a tick. An item is `vendor:line:class`, a source
/// `vendor:line:class<-offer`, a vendor's line `vendor:line`, its place in a market `market:vendor:line`; the rest have ids of
/// one part. Whoever asks for an id that the world does not have panics, and reads which there are.
#[derive(Clone, Copy)]
pub struct Probe<'a> {
    world: &'a World,
    inputs: &'a TrialInputs,
    rules: &'a Rules,
    state: &'a State,
    tick: usize,
}

/// Walks over the entities of a world, each by a handle that names it as its id does.
impl<'a> Probe<'a> {
    /// Looks at a trial after a tick.
    #[inline]
    pub fn new(context: &TickContext<'a>, state: &'a State, tick: usize) -> Probe<'a> {
        let TickContext { world, inputs, rules, .. } = *context;
        Probe { world, inputs, rules, state, tick }
    }

    /// Id of an entity.
    pub fn id(self, entity: impl Entity) -> String {
        entity.id(self.world)
    }

    /// Component classes.
    pub fn classes(self) -> impl Iterator<Item = ClassId> {
        ClassId::all(self.world)
    }

    /// Offers.
    pub fn offers(self) -> impl Iterator<Item = OfferId> {
        OfferId::all(self.world)
    }

    /// Items: classes in the bills of vendors' lines.
    pub fn items(self) -> impl Iterator<Item = BomItemId> {
        BomItemId::all(self.world)
    }

    /// The items of a vendor's line.
    #[track_caller]
    pub fn items_of(self, line: impl Named<VendorLineId>) -> impl Iterator<Item = BomItemId> {
        self.world.vendor_lines[line.entity(self.world).ix()].bom_items.clone().map(BomItemId::at)
    }

    /// The class of an item.
    #[track_caller]
    pub fn class_of(self, item: impl Named<BomItemId>) -> ClassId {
        self.world.bom_items[item.entity(self.world).ix()].class
    }

    /// Sources: offers that an item may be bought by.
    pub fn sources(self) -> impl Iterator<Item = SourceId> {
        SourceId::all(self.world)
    }

    /// The sources of an item.
    #[track_caller]
    pub fn sources_of(self, item: impl Named<BomItemId>) -> impl Iterator<Item = SourceId> {
        self.world.bom_items[item.entity(self.world).ix()].sources.clone().map(SourceId::at)
    }

    /// The sources that an offer is for its buyers.
    #[track_caller]
    pub fn sources_from(self, offer: impl Named<OfferId>) -> impl Iterator<Item = SourceId> {
        self.world.offers[offer.entity(self.world).ix()].sources.iter().copied()
    }

    /// Vendors' lines.
    pub fn vendor_lines(self) -> impl Iterator<Item = VendorLineId> {
        VendorLineId::all(self.world)
    }

    /// Vendors' places in markets.
    pub fn places(self) -> impl Iterator<Item = MarketPositionId> {
        MarketPositionId::all(self.world)
    }

    /// Target vendors.
    pub fn targets(self) -> impl Iterator<Item = TargetId> {
        TargetId::all(self.world)
    }

    /// Zones of the restrictions of markets that the regime has.
    pub fn zones(self) -> impl Iterator<Item = Zone<'a>> {
        self.rules.restrictions.iter().map(move |restriction| Zone { probe: self, restriction })
    }
}

/// A number of a kind of entity each, out of the table that holds it.
macro_rules! numbers {
    ($entity:ident: $($(#[$doc:meta])+ $name:ident = $($table:ident).+;)+) => {
        impl Probe<'_> {$(
            $(#[$doc])+
            #[track_caller]
            pub fn $name(self, of: impl Named<$entity>) -> f64 {
                self.state.$($table).+[of.entity(self.world).index()]
            }
        )+}
    };
}

numbers! { BomItemId:
    /// Stock of an item, units.
    stock = stock;
    /// What the stock cost, USD.
    cost_of_stock = stock_cost;
    /// The part of that which went to sellers at home in the United States, USD.
    us_cost_of_stock = stock_us;
    /// Stock weighted by performance, units.
    performance_of_stock = stock_performance;
    /// Ordered and neither shipped nor cancelled, units.
    on_order = on_order;
    /// Arrivals in the tick, units.
    arrived = arrived;
    /// Use in the tick, in products and as spares, units.
    used = used;
    /// Stock taken from other lines of the vendor in the tick (negative: given to them), units.
    moved = moved;
    /// Units in one product.
    units = units;
}

numbers! { SourceId:
    /// What came by a source in the tick, spares aside, units.
    shipped = given;
    /// Trailing shipments by a source, units a month.
    trailing_shipments = shipped;
    /// Orders carried past the tick in which they fell due, units.
    carried = carried;
    /// Orders cancelled in the tick, units.
    cancelled = cancelled;
    /// Day on which a source is qualified, as far as is known (infinity: no attempt yet).
    qualified_on = qualified;
}

numbers! { OfferId:
    /// Spares of an offer shipped in the tick, units.
    spares_shipped = spares;
    /// Value of an offer shipped in the tick to all buyers, USD.
    sold = sold;
    /// Capacity that a supplier added for buyers who grew, units a month.
    capacity_added = expansion.supply;
}

numbers! { VendorLineId:
    /// Awards to a vendor's line in the tick, products.
    awarded = awarded;
    /// Built in the tick, products.
    built = built;
    /// Built and not yet deployed, products.
    finished = finished;
    /// Put into service in the tick, products.
    deployed = deployed;
    /// Put into service since the start, products.
    cumulative = cumulative;
    /// In service, products.
    in_service = installed;
    /// Taken out of service in the tick because a restriction says so, products.
    removed = zones.removed;
    /// Products' worth of spares that nobody served in the tick.
    spares_unserved = unserved;
    /// Delivery record: moving average of delivered over due.
    delivery_record = fill;
    /// Plant capacity beyond that planned, products a month.
    plant_added = expansion.extra;
}

numbers! { MarketPositionId:
    /// Awarded and not yet deployed at a place in a market, products.
    backlog = backlog;
    /// Deployed in the tick, products.
    delivered = delivered;
    /// Orders that left for rivals in the tick, products.
    orders_lost = departed;
    /// Expected share of awards.
    expected_share = expected_share;
}

impl Probe<'_> {
    /// Orders by a source, units, by the tick in which they fall due or fell due (in no order of ticks).
    #[track_caller]
    pub fn orders_due(self, source: impl Named<SourceId>) -> impl Iterator<Item = f64> {
        let source = source.entity(self.world).ix();
        (0..self.world.pipeline_slots).map(move |tick| self.state.pipeline[self.world.slot(source, tick)])
    }

    /// Day on which the programme that develops an offer matures, as far as is known (infinity: not yet).
    #[track_caller]
    pub fn mature_on(self, offer: impl Named<OfferId>) -> f64 {
        let offer = offer.entity(self.world);
        let programme = self.world.programmes.iter().position(|o| *o == offer);
        let programme = programme.unwrap_or_else(|| panic!("no programme develops `{}`", self.id(offer)));
        self.state.programmes[programme].day
    }

    /// Stock of an item in months of forecast use by its line; `None` where the line needs none of it.
    #[track_caller]
    pub fn cover(self, item: impl Named<BomItemId>) -> Option<f64> {
        let item = item.entity(self.world);
        self.state.cover(self.world.bom_items[item.ix()].vendor_line.ix(), item.ix())
    }

    /// What a source delivered into stock in the tick, units a month.
    #[track_caller]
    pub fn inflow(self, source: impl Named<SourceId>) -> f64 {
        self.shipped(source) / self.world.calendar.months(self.tick)
    }

    /// What a source can give its buyer, units a month: what others do not take of its capacity, ramped up where it is newly
    /// qualified; none before.
    #[track_caller]
    pub fn capacity(self, source: impl Named<SourceId>) -> f64 {
        let source = source.entity(self.world);
        let (middle, ramp) = (self.world.calendar.middle(self.tick), self.inputs.ramp_days(self.world));
        self.state.dependable(self.world, source) * self.state.ramped(source, middle, ramp)
    }

    /// Share of the tick's days on which the law lets a source ship parts for new products: it forbids nothing, waives it, or
    /// a specific license is held. Always 1 of a buyer that is no target.
    #[track_caller]
    pub fn permitted(self, source: impl Named<SourceId>) -> f64 {
        let source = &self.world.sources[source.entity(self.world).ix()];
        let Some(target) = source.target else { return 1.0 };
        let at = self.of_offer(target, source.offer);
        let open = self.rules.schedule(self.state.schedule[at] as usize).open[self.tick];
        let (from, until) = self.state.license[at].held;
        let held = if until > from { self.world.calendar.share_within(self.tick, from, until) } else { 0.0 };
        open + held.min(1.0 - open)
    }

    /// What limits a vendor's line: capacity now and sustained, what binds, what is scarcest.
    #[track_caller]
    pub fn limits(self, line: impl Named<VendorLineId>) -> Limits {
        self.state.limits[line.entity(self.world).ix()]
    }

    /// Value that fell due to a target vendor in the tick, by what became of it.
    #[track_caller]
    pub fn dealings(self, buyer: impl Named<TargetId>) -> Dealings {
        self.state.dealings[buyer.entity(self.world).ix()]
    }

    /// Risk that a target vendor perceives in a class: at the tick's end, and as it weighs on the tick's orders.
    #[track_caller]
    pub fn risk(self, buyer: impl Named<TargetId>, class: impl Named<ClassId>) -> (f64, f64) {
        self.state.risk[self.of_buyer(buyer, class.entity(self.world), self.world.classes.len())]
    }

    /// Days from and until which a supplier stays out of trade with a target vendor.
    #[track_caller]
    pub fn stays_out(self, buyer: impl Named<TargetId>, supplier: impl Named<SupplierId>) -> (f64, f64) {
        self.state.out[self.of_buyer(buyer, supplier.entity(self.world), self.world.suppliers.len())]
    }

    /// A target vendor's license for an offer, and the application for it.
    #[track_caller]
    pub fn license(self, buyer: impl Named<TargetId>, offer: impl Named<OfferId>) -> License {
        self.state.license[self.of_offer(buyer, offer)]
    }

    /// Value of an offer shipped to a target vendor in the tick, USD.
    #[track_caller]
    pub fn sold_to(self, buyer: impl Named<TargetId>, offer: impl Named<OfferId>) -> f64 {
        self.state.sold_to_targets[self.of_offer(buyer, offer)]
    }

    /// Whether an offer stands before the law, for a target vendor, as its new design would.
    #[track_caller]
    pub fn stands_as_redesigned(self, buyer: impl Named<TargetId>, offer: impl Named<OfferId>) -> bool {
        let at = self.of_offer(buyer, offer);
        self.state.schedule[at] == self.state.new_schedule[at]
    }

    /// Rungs of the regime's ladder that are in force.
    pub fn rungs_in_force(self) -> usize {
        self.state.escalation.stage
    }

    /// Tick on whose first day the rung that is announced starts.
    pub fn next_rung(self) -> Option<usize> {
        Some(self.state.escalation.turn).filter(|tick| *tick < usize::MAX)
    }

    /// Months in a row in which the regulator found capacity above what it tolerates.
    pub fn months_above_tolerance(self) -> f64 {
        self.state.escalation.above
    }

    #[track_caller]
    fn of_offer(self, buyer: impl Named<TargetId>, offer: impl Named<OfferId>) -> usize {
        self.of_buyer(buyer, offer.entity(self.world), self.world.offers.len())
    }

    #[track_caller]
    fn of_buyer(self, buyer: impl Named<TargetId>, other: impl Entity, count: usize) -> usize {
        target_index(buyer.entity(self.world), other.index(), count)
    }
}

/// The zone of a restriction of a market: the part of its demand that the restriction is about.
#[derive(Clone, Copy)]
pub struct Zone<'a> {
    probe: Probe<'a>,
    restriction: &'a Restriction,
}

impl<'a> Zone<'a> {
    /// Id of the provision.
    pub fn id(self) -> &'a str {
        &self.restriction.id
    }

    /// Vendors' places in its market.
    pub fn places(self) -> impl Iterator<Item = MarketPositionId> {
        self.probe.places().filter(move |place| place.market == self.restriction.market)
    }

    /// Orders of the zone, not yet delivered, at a place in its market, products.
    #[track_caller]
    pub fn backlog(self, place: impl Named<MarketPositionId>) -> f64 {
        self.probe.state.zones.backlog[self.row(place.entity(self.probe.world))]
    }

    /// Products in service in the zone, of a place in its market.
    #[track_caller]
    pub fn in_service(self, place: impl Named<MarketPositionId>) -> f64 {
        self.probe.state.zones.in_service[self.row(place.entity(self.probe.world))]
    }

    #[track_caller]
    fn row(self, place: MarketPositionId) -> usize {
        assert_eq!(place.market, self.restriction.market, "`{}` restricts another market", self.id());
        self.restriction.row + place.index() - self.probe.world.markets[place.market.ix()].positions.start
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::{BACKLOG, CUMULATIVE, FREE, Record, SUSTAINED};
    use crate::model::workspace::Workspace;
    use crate::model::world::compile::compile;
    use crate::model::world::random::{RandomStreams, StreamId};
    use crate::scenario;

    const LINE: &str = "huawei:base-stations";

    /// Has the shipped world under the allied restrictions looked at after each tick of its first two years.
    fn look(mut look: impl FnMut(usize, Probe)) -> (Workspace, World, Record) {
        let set = [("time.end".to_owned(), "2020-12-31".to_owned())];
        let scenario = scenario::load("shipped:allied-restrictions", &set).unwrap();
        let world = compile(&scenario.world, &["huawei".to_owned()]).unwrap();
        let (mut rules, mut record) = (Rules::new(&scenario.regime, &world).unwrap(), Record::default());
        let mut workspace = Workspace::default();
        let streams = RandomStreams::new(1, 0);
        workspace.draw(&world, 1, 0, |uncertain| streams.uniform(StreamId::Parameter, uncertain.key, 0));
        workspace.simulate(&world, &mut rules, &mut record, &mut look);
        (workspace, world, record)
    }

    #[test]
    #[should_panic(
        expected = "no item (vendor:line:class) `huawei:base-stations:fpgas`; there are: huawei:base-stations:"
    )]
    fn an_id_that_is_not_there_is_answered_with_those_that_are() {
        look(|_, probe| {
            probe.stock("huawei:base-stations:fpgas");
        });
    }

    /// What the record keeps of a tick is what the probe sees after it.
    #[test]
    fn a_probe_sees_what_the_record_keeps() {
        let mut seen = Vec::new();
        let (workspace, world, record) = look(|tick, probe| {
            let places = probe.places().filter(|place| probe.id(*place).ends_with(LINE));
            let months = probe.world.calendar.months(tick);
            seen.push([
                (CUMULATIVE, LINE, probe.cumulative(LINE)),
                (SUSTAINED, LINE, probe.limits(LINE).sustained),
                (BACKLOG, LINE, places.map(|place| probe.backlog(place)).sum()),
                (FREE, "huawei", probe.dealings("huawei").free / months / 1e6),
            ]);
        });
        let layout = workspace.layout(&world);
        assert_eq!(seen.len(), 24);
        for (tick, seen) in seen.iter().enumerate() {
            for (outcome, entity, value) in seen {
                let column = layout.find(*outcome, entity).unwrap();
                assert_eq!(record.at(tick, column), *value, "{} in tick {tick}", outcome.id);
            }
        }
        assert!((0..4).all(|i| seen.iter().any(|tick| tick[i].2 > 0.0)), "none of them is idle");
    }

    /// What its sources deliver arrives; what is not qualified can give nothing; and the law forbids nothing at first.
    #[test]
    fn sources_say_what_they_give_and_may() {
        let (mut forbidden, mut waiting) = (0, 0);
        look(|tick, probe| {
            let months = probe.world.calendar.months(tick);
            for item in probe.items_of(LINE) {
                let inflow: f64 = probe.sources_of(item).map(|source| probe.inflow(source)).sum();
                let arrived = probe.arrived(item);
                assert!(
                    (inflow * months - arrived).abs() <= 1e-9 * arrived.max(1.0),
                    "{} in tick {tick}",
                    probe.id(item)
                );
                for source in probe.sources_of(item) {
                    let (capacity, permitted) = (probe.capacity(source), probe.permitted(source));
                    assert!(capacity >= 0.0 && (0.0..=1.0).contains(&permitted), "{}", probe.id(source));
                    assert!(tick > 0 || permitted == 1.0, "{}", probe.id(source));
                    forbidden += usize::from(permitted == 0.0);
                    if probe.qualified_on(source) == f64::INFINITY {
                        assert_eq!(capacity, 0.0, "{}", probe.id(source));
                        waiting += 1;
                    }
                }
            }
        });
        assert!(forbidden > 0 && waiting > 0);
    }

    /// What an item has on order is what its sources have, and a zone is a part of its market.
    #[test]
    fn walks_reach_what_belongs_together() {
        let mut inside = 0.0;
        look(|tick, probe| {
            for item in probe.items_of(LINE) {
                let ordered: f64 = probe.sources_of(item).flat_map(|source| probe.orders_due(source)).sum();
                let on_order = probe.on_order(item);
                assert!((ordered - on_order).abs() <= 1e-6 * on_order.max(1.0), "{} in tick {tick}", probe.id(item));
                assert!(probe.id(item).ends_with(&probe.id(probe.class_of(item))));
            }
            let zones: Vec<&str> = probe.zones().map(|zone| zone.id()).collect();
            assert_eq!(zones, ["uk-cap", "france-permits", "sweden-ban", "uk-ban", "germany-agreement"]);
            let sweden = probe.zones().find(|zone| zone.id() == "sweden-ban").unwrap();
            let rival = "europe:ericsson:base-stations";
            assert!(sweden.places().any(|place| probe.id(place) == rival));
            assert!(sweden.backlog(rival) <= probe.backlog(rival));
            inside = sweden.in_service(rival);
        });
        assert!(inside > 0.0, "the Swedish ban has opened its zone by the end of 2020");
    }
}
