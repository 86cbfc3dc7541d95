//! What a trial leaves for a comparison with history: amounts of each tick by vendor and market, kept in a table of their
//! own beside the record, so that the tables of a result do not grow by them. Predictions are made of it in
//! [`crate::analysis::predict`].

use super::observe::{Layout, Outcome, Sink};
use crate::model::setting::TrialInputs;
use crate::model::state::State;
use crate::model::trial::TickContext;
use crate::model::world::World;

macro_rules! outcomes {
    ($($name:ident = $id:literal, $unit:literal, $meaning:literal;)+) => {
        $(#[doc = $meaning]
        pub const $name: Outcome = Outcome { id: $id, unit: $unit, meaning: $meaning };)+

        /// Every outcome that is kept each tick for a comparison with history.
        pub const HISTORY: &[Outcome] = &[$($name),+];
    };
}

outcomes! {
    SUPPLIED = "supplied", "products", "products of a vendor that a market put into service in the tick";
    WON = "won", "products", "products that a market awarded to a vendor in the tick";
    PRICE = "product-price", "USD/product", "price of a vendor's product: as listed, plus the change of its cost of parts since the start";
    GOODS = "goods-built", "USD", "cost of the parts in what a vendor's line built in the tick";
    GOODS_US = "goods-built-us", "USD", "of it, parts bought from sellers at home in the United States";
    INVENTORY = "inventory", "USD", "cost of a vendor's stock of parts and of finished products, at the tick's end";
    BOUGHT = "bought", "USD", "parts shipped to a watched vendor in the tick, by the seller's home jurisdiction";
    STOCK = "stock", "USD", "cost of a watched vendor's stock of a class for a line, at the tick's end";
    PLANNED_USE = "planned-use", "USD/month", "cost of what a watched vendor plans to use of a class for a line over the next twelve months, a month, at what its stock cost";
    BOUGHT_OFFER = "bought-offer", "USD", "parts of an offer shipped to a watched vendor in the tick";
    RECEIVED = "received", "parts", "number of these parts, each a unit of its class";
    OTHER_REVENUE = "other-revenue", "USD", "a vendor's revenue in the tick from business that the model leaves out";
    EXCHANGE_RATE = "exchange-rate", "per USD", "units of a currency that one US dollar buys";
}

/// A moment of a trial; without one, only names are asked for.
type Now<'a> = Option<(&'a TrialInputs, &'a State, usize)>;

/// The columns of a world's table.
pub fn columns(world: &World) -> Vec<(Outcome, String)> {
    let mut layout = Layout::default();
    observe(world, None, &mut layout);
    layout.columns
}

/// Writes a tick.
pub fn write(context: &TickContext, state: &State, tick: usize, row: &mut impl Sink) {
    observe(context.world, Some((context.inputs, state, tick)), row);
}

/// Name of a vendor's line in a market.
pub fn position_name(vendor_line: &str, market: &str) -> String {
    format!("{vendor_line}@{market}")
}

/// Name of a vendor's purchases from sellers at home in a country.
pub fn seller_name(vendor: &str, country: &str) -> String {
    format!("{vendor}<{country}")
}

/// Name of a class in a vendor's line.
pub fn cell_name(vendor_line: &str, class: &str) -> String {
    format!("{vendor_line}:{class}")
}

/// Name of a vendor's purchases of an offer.
pub fn offer_name(vendor: &str, offer: &str) -> String {
    format!("{vendor}<{offer}")
}

fn observe(world: &World, now: Now<'_>, sink: &mut impl Sink) {
    for market in &world.markets {
        for (s, position) in market.vendors.iter().enumerate() {
            let i = market.positions.start + s;
            let name = || position_name(&world.vendor_lines[position.vendor_line.ix()].id, &market.id);
            sink.put(SUPPLIED, name, now.map_or(0.0, |(_, state, _)| state.delivered[i]));
            sink.put(WON, name, now.map_or(0.0, |(_, state, _)| state.won[i]));
        }
    }
    for (p, vendor_line) in world.vendor_lines.iter().enumerate() {
        let name = || vendor_line.id.clone();
        let goods = now.map_or(0.0, |(_, state, _)| state.built[p] * state.unit_cost[p]);
        sink.put(
            PRICE,
            name,
            now.map_or(0.0, |(inputs, state, _)| state.price_now(inputs.value(vendor_line.price), p)),
        );
        sink.put(GOODS, name, goods);
        sink.put(GOODS_US, name, now.map_or(0.0, |(_, state, _)| goods * state.us_content[p]));
    }
    for vendor in &world.vendors {
        sink.put(INVENTORY, || vendor.id.clone(), now.map_or(0.0, |(_, state, _)| inventory(world, state, vendor)));
    }
    for (w, vendor) in world.targets.iter().enumerate() {
        let offers = world.offers.len();
        for place in &world.jurisdictions {
            let bought = |state: &State| place.offers.iter().map(|o| state.sold_to_targets[w * offers + o.ix()]).sum();
            let name = || seller_name(&world.vendors[vendor.ix()].id, place.country.code());
            sink.put(BOUGHT, name, now.map_or(0.0, |(_, state, _)| bought(state)));
        }
    }
    observe_supply(world, now, sink);
    observe_inputs(world, now, sink);
}

/// What target vendors hold and plan to use of each class, and what they get of each offer.
fn observe_supply(world: &World, now: Now<'_>, sink: &mut impl Sink) {
    for (p, vendor_line) in
        world.vendor_lines.iter().enumerate().filter(|(_, vendor_line)| vendor_line.target.is_some())
    {
        for c in vendor_line.bom_items.clone() {
            let name = || cell_name(&vendor_line.id, &world.classes[world.bom_items[c].class.ix()].id);
            sink.put(STOCK, name, now.map_or(0.0, |(_, state, _)| state.stock_cost[c]));
            let planned = |(inputs, state, _): (&TrialInputs, &State, usize)| {
                state.units[c] * state.forecast[p] * price_of(world, inputs, state, c)
            };
            sink.put(PLANNED_USE, name, now.map_or(0.0, planned));
        }
    }
    for (w, vendor) in world.targets.iter().enumerate() {
        for (o, offer) in world.offers.iter().enumerate() {
            let name = || offer_name(&world.vendors[vendor.ix()].id, &offer.id);
            let value = |state: &State| state.sold_to_targets[w * world.offers.len() + o];
            sink.put(BOUGHT_OFFER, name, now.map_or(0.0, |(_, state, _)| value(state)));
            let parts = |(inputs, state, _): (&TrialInputs, &State, usize)| match inputs.terms[o].price {
                price if price > 0.0 => value(state) / price,
                _ => 0.0,
            };
            sink.put(RECEIVED, name, now.map_or(0.0, parts));
        }
    }
}

/// What a part in stock cost, USD; with none in stock, what one of the first source costs.
fn price_of(world: &World, inputs: &TrialInputs, state: &State, bom_item: usize) -> f64 {
    if state.stock[bom_item] > 0.0 {
        return state.stock_cost[bom_item] / state.stock[bom_item];
    }
    let first = inputs.ranked[world.bom_items[bom_item].sources.clone()].first();
    first.map_or(0.0, |source| inputs.terms[world.source_offers[source.ix()].ix()].price)
}

/// What is data of the world, or drawn once a trial, and does not depend on what agents do.
fn observe_inputs(world: &World, now: Now<'_>, sink: &mut impl Sink) {
    for vendor in &world.vendors {
        if let Some(path) = &vendor.other_revenue {
            let a_month = now.map_or(0.0, |(inputs, _, tick)| inputs.along(path, world.calendar.middle(tick)));
            let months = now.map_or(0.0, |(.., tick)| world.calendar.months(tick));
            sink.put(OTHER_REVENUE, || vendor.id.clone(), a_month * months);
        }
    }
    for (currency, path) in &world.exchange_rates {
        let rate = now.map_or(0.0, |(inputs, _, tick)| inputs.latest(path, world.calendar.middle(tick)));
        sink.put(EXCHANGE_RATE, || currency.clone(), rate);
    }
}

/// Cost of a vendor's parts in stock and of its products that wait to be put into service.
fn inventory(world: &World, state: &State, vendor: &crate::model::world::Vendor) -> f64 {
    let of_vendor_line = |p: usize| {
        let parts: f64 = state.stock_cost[world.vendor_lines[p].bom_items.clone()].iter().sum();
        parts + state.finished[p] * state.unit_cost[p]
    };
    vendor.vendor_lines.clone().map(of_vendor_line).sum()
}
