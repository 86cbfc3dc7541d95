//! Random small worlds and regimes for property tests.

use proptest::prelude::*;
use proptest::sample::select;

use super::rulebook::{self, day};
use super::{Class, Line, Market, Offer, Supplier, Vendor, VendorLine, World};

/// So many cases a property. Failures are shown with their world, and no file of them is kept.
pub fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

const HOMES: [&str; 4] = ["US", "TW", "JP", "CN"];

/// A class and its offers, as far as random.
#[derive(Clone, Debug)]
struct Part {
    essential: bool,
    fungible: bool,
    units: (f64, f64),
    on_handsets: bool,
    offers: Vec<Source>,
}

#[derive(Clone, Debug)]
struct Source {
    home: usize,
    made_in: usize,
    controlled: (f64, f64),
    other: f64,
    plant: f64,
    own_design: bool,
    price: f64,
    capacity: f64,
    lead: f64,
    /// 0 both firms, 1 the listed one, 2 candidate when short, 3 candidate with a date.
    status: u8,
}

fn source() -> impl Strategy<Value = Source> {
    let law = (0..4usize, 0..4usize, 0.0..0.3f64, 0.0..0.2f64, 0.0..0.5f64, 0.0..=1.0f64, any::<bool>());
    let trade = (10.0..200.0f64, 0.1..2.5f64, 0.0..6.0f64, 0..4u8);
    (law, trade).prop_map(|((home, made_in, low, wide, other, plant, own_design), (price, capacity, lead, status))| {
        let controlled = (low, low + wide);
        Source { home, made_in, controlled, other, plant, own_design, price, capacity, lead, status }
    })
}

fn part() -> impl Strategy<Value = Part> {
    (any::<bool>(), any::<bool>(), 0.0..20.0f64, 0.0..5.0f64, any::<bool>(), prop::collection::vec(source(), 1..4))
        .prop_map(|(essential, fungible, low, wide, on_handsets, offers)| Part {
            essential,
            fungible,
            units: (low, low + wide),
            on_handsets,
            offers,
        })
}

/// Worlds of one to four classes, two or three firms, one or two lines, with every mechanism on in some.
pub fn worlds() -> impl Strategy<Value = World> {
    let shape = (prop::collection::vec(part(), 1..5), any::<bool>(), select(vec!["month", "week"]), 200..900i64);
    let stock = (0.0..8.0f64, 0.0..6.0f64, 0.0..20.0f64, 0.3..2.0f64);
    let market = (1.0..200.0f64, 0.0..0.5f64, 0.5..3.0f64, 0.05..0.95f64, 0.0..0.05f64);
    (shape, stock, market, behaviours()).prop_map(|((parts, two_lines, tick, days), stock, market, behaviours)| {
        let mut world = World::plain();
        world.end = day(days);
        world.tick = tick.into();
        for (key, value) in behaviours {
            world.set(key, value);
        }
        for ((_, compliance), value) in world.compliance.iter_mut().zip([0.9, 0.5, 0.5, 0.2]) {
            *compliance = value;
        }
        fill_lines(&mut world, two_lines, stock, market);
        fill_parts(&mut world, &parts, two_lines);
        world
    })
}

fn behaviours() -> impl Strategy<Value = Vec<(&'static str, f64)>> {
    let ranges: [(&'static str, f64, f64); 24] = [
        ("capacity_noise", 0.0, 0.5),
        ("production_point", 0.0, 1.0),
        ("cancel_after", 0.0, 8.0),
        ("announcement_weight", 0.0, 1.0),
        ("force_weight", 0.0, 1.0),
        ("denial_weight", 0.0, 1.0),
        ("risk_memory", 0.0, 60.0),
        ("forecast_noise", 0.0, 0.5),
        ("stock_common_sd", 0.0, 0.5),
        ("stock_class_sd", 0.0, 0.5),
        ("order_cap", 0.0, 4.0),
        ("risk_premium", 0.0, 2.0),
        ("first_source_share", 0.5, 1.0),
        ("inventory_limit", 0.0, 12.0),
        ("price_weight", 0.0, 4.0),
        ("delivery_weight", 0.0, 4.0),
        ("loyalty_weight", 0.0, 4.0),
        ("award_concentration", 1.0, 100.0),
        ("departure_rate", 0.0, 1.0),
        ("review_lag", 0.0, 4.0),
        ("over_compliance", 0.0, 1.0),
        ("qualification_success", 0.1, 1.0),
        ("qualification_ramp", 0.0, 12.0),
        ("license_use", 0.0, 1.0),
    ];
    ranges.map(|(key, low, high)| (Just(key), low..=high)).to_vec()
}

type Stock = (f64, f64, f64, f64);
type Trade = (f64, f64, f64, f64, f64);

fn fill_lines(world: &mut World, two_lines: bool, stock: Stock, market: Trade) {
    let (initial, base, risk, plant) = stock;
    let (rate, noise, installation, share, spares) = market;
    world.lines[0].spares_rate = spares;
    let ids = if two_lines { vec!["stations", "handsets"] } else { vec!["stations"] };
    if two_lines {
        world.lines.push(Line {
            id: "handsets".into(),
            category: "consumer".into(),
            spares_use: "handset-support".into(),
            spares_rate: 0.5 * spares,
        });
    }
    let line = |id: &str| VendorLine {
        line: id.into(),
        plant_ratio: plant,
        base_stock: base,
        risk_stock: risk,
        initial_stock: initial.into(),
        installed_base: 30.0 * rate,
    };
    let firm = |id: &str| Vendor {
        risk_at_rest: if id == "huawei" { 0.3 } else { 0.0 },
        lines: ids.iter().map(|id| line(id)).collect(),
        ..Vendor::new(id, base)
    };
    world.vendors = vec![firm("huawei"), firm("rival")];
    world.markets = ids
        .iter()
        .map(|id| {
            let shares = [("huawei", share), ("rival", 1.0 - share)];
            Market { noise, installation, ..Market::new(&format!("market-{id}"), id, rate, &shares) }
        })
        .collect();
}

fn fill_parts(world: &mut World, parts: &[Part], two_lines: bool) {
    world.suppliers = HOMES.iter().map(|home| Supplier::new(&format!("maker-{}", home.to_lowercase()), home)).collect();
    for (supplier, readiness) in world.suppliers.iter_mut().zip([1.0, 0.5, 0.5, 0.0]) {
        supplier.readiness = readiness;
    }
    world.classes.clear();
    world.offers.clear();
    for (p, part) in parts.iter().enumerate() {
        let class = Class {
            // The first is in every bill, so that no line is without one.
            lines: if two_lines && (part.on_handsets || p == 0) {
                vec!["stations".into(), "handsets".into()]
            } else {
                vec!["stations".into()]
            },
            essential: part.essential,
            fungible: part.fungible,
            units: part.units.into(),
            ..Class::essential(&format!("class-{p}"))
        };
        for (s, source) in part.offers.iter().enumerate() {
            let maker = world.suppliers[source.home].id.clone();
            let id = format!("offer-{p}-{s}");
            let mut offer = Offer {
                us_controlled: source.controlled.into(),
                us_other: source.other.into(),
                plant: ("at".into(), source.plant),
                own_design: source.own_design,
                price: source.price.into(),
                capacity: source.capacity.into(),
                lead: source.lead.into(),
                ..Offer::new(&id, &maker, &class.id, HOMES[source.made_in])
            };
            // The first source of a class serves all, so that every line can be built.
            match if s == 0 { 0 } else { source.status } {
                0 => offer.buyers.push("rival".into()),
                1 => {}
                2 => offer = offer.when_short(),
                _ => {
                    offer = offer.when_short();
                    offer.candidates[0].1 = Some("2018-12-01".into());
                }
            }
            world.offers.push(offer);
        }
        world.classes.push(class);
    }
}

/// Regimes of a listing and up to four other provisions, with dates in and about the period.
pub fn regimes() -> impl Strategy<Value = String> {
    let days = || (0..700i64, 0..300i64);
    let tests = prop::collection::vec((days(), 0..40u32, any::<bool>(), any::<bool>(), any::<bool>()), 0..3);
    (days(), tests, prop::option::of(days()), prop::option::of(days()), prop::option::of((0..500i64, 0.0..=1.0f64)))
        .prop_map(|(listed, tests, general, savings, practice)| {
            let span = |(from, more): (i64, i64)| (day(from), day(from + more));
            let (announced, from) = span(listed);
            let mut text = rulebook::listing(&announced, &from);
            let mut ids = Vec::new();
            for (i, (days, percent, content, all, own)) in tests.into_iter().enumerate() {
                let (announced, from) = span(days);
                let id = format!("test-{i}");
                text += &if content {
                    let counts = if all { "all" } else { "controlled" };
                    rulebook::de_minimis(&id, &announced, &from, f64::from(percent) / 100.0, counts)
                } else {
                    rulebook::direct_product(&id, &announced, &from, if all { "ear99" } else { "at" }, own)
                };
                ids.push(id);
            }
            if let Some(days) = general {
                let (from, to) = span(days);
                text += &rulebook::general_license(&["existing-network", "handset-support"], &from, &to);
            }
            if let (Some(days), false) = (savings, ids.is_empty()) {
                let (from, to) = span(days);
                let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                text += &rulebook::savings(&ids, &from, &from, &to);
            }
            if let Some((from, rate)) = practice {
                text += &rulebook::licensing(&day(from), rate);
            }
            text
        })
}
