//! The facts of what a scenario holds, as flat records: the same columns for every thing of a kind, so that they make a table.

use serde_json::{Map, Value as Json, json};

use crate::report::number::plain;
use crate::scenario::param::{Param, Provenance};
use crate::scenario::world::{Capacity, Class, Line, Market, Offer, Reach, World};
use crate::scenario::{Scenario, words};

/// One thing and its facts, in the order of the columns.
pub(super) type Record = Map<String, Json>;

fn record<const N: usize>(facts: [(&str, Json); N]) -> Record {
    facts.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// A parameter as three columns: its central value and its ends; blank where there is none.
fn param(record: &mut Record, key: &str, param: Option<&Param>) {
    let number = |value: f64| plain(value).parse().map_or(Json::Null, Json::Number);
    let [central, low, high] = match param {
        Some(param) => [param.central(), param.ends().0, param.ends().1].map(number),
        None => [Json::Null, Json::Null, Json::Null],
    };
    record.insert(key.to_owned(), central);
    record.insert(format!("{key}_low"), low);
    record.insert(format!("{key}_high"), high);
}

/// What facts rest on: the reason of an assumption, or the keys of sources.
fn basis(provenance: &Provenance) -> Json {
    provenance
        .assumption
        .as_ref()
        .map_or_else(|| json!(provenance.sources), |reason| json!(format!("assumption: {reason}")))
}

fn offer_record(id: &str, offer: &Offer) -> Record {
    let legal = &offer.legal;
    let mut facts = record([
        ("id", json!(id)),
        ("name", json!(offer.name)),
        ("class", json!(offer.class)),
        ("supplier", json!(offer.supplier)),
        ("lines", json!(offer.lines)),
        ("made_in", json!(legal.made_in.code())),
        ("shipped_from", json!(legal.shipped_from.code())),
        ("item", json!(legal.item.name())),
    ]);
    param(&mut facts, "us_controlled", Some(&legal.us_controlled));
    param(&mut facts, "us_other", Some(&legal.us_other));
    for (key, Reach { level, probability, .. }) in
        [("us_technology", &legal.us_technology), ("us_plant", &legal.us_plant)]
    {
        facts.insert(key.to_owned(), json!(level.name()));
        param(&mut facts, &format!("{key}_probability"), Some(probability));
    }
    facts.insert("own_design".to_owned(), json!(legal.own_design));
    facts.insert("below_5g".to_owned(), json!(legal.below_5g));
    param(&mut facts, "price", Some(&offer.price));
    let (fixed, ratio) = match &offer.capacity {
        Capacity::Fixed(units) => (Some(units), None),
        Capacity::OfPlannedUse(ratio) => (None, Some(ratio)),
    };
    param(&mut facts, "capacity", fixed);
    param(&mut facts, "capacity_ratio", ratio);
    param(&mut facts, "lead_time", Some(&offer.lead_time));
    param(&mut facts, "performance", Some(&offer.performance));
    facts.insert("buyers".to_owned(), json!(offer.buyers));
    facts.insert("candidates".to_owned(), json!(offer.candidates.keys().collect::<Vec<_>>()));
    facts.insert("rests_on".to_owned(), basis(&offer.provenance));
    facts
}

/// Vendors first: they are who buys.
pub(super) fn firms(world: &World) -> Vec<Record> {
    let vendors = world.vendors.iter().map(|(id, vendor)| {
        let mut facts = record([
            ("id", json!(id)),
            ("name", json!(vendor.name)),
            ("role", json!("vendor")),
            ("home", json!(vendor.home.code())),
            ("country_of_concern", json!(vendor.country_of_concern)),
            ("offers", Json::Null),
            ("sells", json!(vendor.lines.keys().collect::<Vec<_>>())),
        ]);
        param(&mut facts, "license_readiness", None);
        param(&mut facts, "compliance", None);
        facts
    });
    let suppliers = world.suppliers.iter().map(|(id, supplier)| {
        let offers: Vec<&String> =
            world.offers.iter().filter(|(_, offer)| offer.supplier == *id).map(|(id, _)| id).collect();
        let mut facts = record([
            ("id", json!(id)),
            ("name", json!(supplier.name)),
            ("role", json!("supplier")),
            ("home", json!(supplier.home.code())),
            ("country_of_concern", Json::Null),
            ("offers", json!(offers.len())),
            ("sells", json!(offers)),
        ]);
        param(&mut facts, "license_readiness", Some(&supplier.license_readiness));
        let home = world.jurisdictions.get(&supplier.home).map(|place| &place.compliance);
        param(&mut facts, "compliance", supplier.compliance.as_ref().or(home));
        facts
    });
    vendors.chain(suppliers).collect()
}

pub(super) fn markets(world: &World) -> Vec<Record> {
    let record = |(id, market): (&String, &Market)| {
        let shares = market.shares.iter().map(|(vendor, share)| format!("{vendor} {}", plain(share.central())));
        let mut facts = record([
            ("id", json!(id)),
            ("name", json!(market.name)),
            ("region", json!(market.region)),
            ("line", json!(market.line)),
            ("shares", json!(shares.collect::<Vec<_>>().join(", "))),
            ("demand_until", json!(market.demand.last().map(|point| point.date.to_string()))),
        ]);
        param(&mut facts, "demand", market.demand.last().map(|point| &point.param));
        param(&mut facts, "demand_factor", Some(&market.demand_factor));
        facts
    };
    world.markets.iter().map(record).collect()
}

pub(super) fn classes(world: &World) -> Vec<Record> {
    let record = |(id, class): (&String, &Class)| {
        let offers = world.offers.values().filter(|offer| offer.class == *id).count();
        let mut facts = record([
            ("id", json!(id)),
            ("name", json!(class.name)),
            ("role", json!(class.role.name())),
            ("fungible", json!(class.fungible)),
            ("shortage", json!(class.shortage)),
            ("offers", json!(offers)),
        ]);
        param(&mut facts, "qualification_time", Some(&class.qualification_time));
        param(&mut facts, "boards", class.boards.as_ref());
        facts.insert("rests_on".to_owned(), basis(&class.provenance));
        facts
    };
    world.classes.iter().map(record).collect()
}

/// The dated provisions, then those of a ladder, whose first day each trial finds for itself.
pub(super) fn provisions(scenario: &Scenario) -> Vec<Record> {
    let dated = scenario.regime.provisions.iter().map(|found| (found, true));
    let ladder = scenario.regime.rungs().flat_map(|rung| rung.provisions.iter().map(|found| (found, false)));
    let record = |((id, provision), dated): ((&String, &crate::scenario::regime::Provision), bool)| {
        record([
            ("id", json!(id)),
            ("title", json!(provision.title)),
            ("from", json!(if dated { provision.from.to_string() } else { "escalation".to_owned() })),
            ("to", json!(provision.to.map(|day| day.to_string()))),
            ("announced", json!(dated.then(|| provision.announced.to_string()))),
            ("terms", json!(words::terms(provision))),
            ("citation", json!(provision.citation)),
        ])
    };
    dated.chain(ladder).map(record).collect()
}

pub(super) fn lines(world: &World) -> Vec<Record> {
    let record = |(id, line): (&String, &Line)| {
        let mut facts = record([
            ("id", json!(id)),
            ("name", json!(line.name)),
            ("product", json!(line.product)),
            ("category", json!(line.category.name())),
            ("spares_use", json!(line.spares_use.name())),
        ]);
        param(&mut facts, "spares_rate", Some(&line.spares_rate));
        facts
    };
    world.lines.iter().map(record).collect()
}

pub(super) fn jurisdictions(world: &World) -> Vec<Record> {
    let places = world.jurisdictions.iter().map(|(code, place)| {
        let mut facts = record([("id", json!(code.code())), ("name", json!(place.name))]);
        param(&mut facts, "compliance", Some(&place.compliance));
        facts
    });
    places.collect()
}

pub(super) fn offers(world: &World) -> Vec<Record> {
    world.offers.iter().map(|(id, offer)| offer_record(id, offer)).collect()
}
