//! Anticipation, in a world small enough to solve by hand: a listing that takes effect on 1 October 2019 is announced on 1
//! May. Orders take three months, so those of May and June still come, those of July would not.

use crate::worlds::rulebook::{direct_product, listing, savings};
use crate::worlds::{Bench, CHIPS, Offer, World, close, same};

const MONTH: f64 = 365.2425 / 12.0;
/// Chips a day.
const USE: f64 = 200.0;
const MAY: usize = 4;

/// A firm that would hold a year of stock more at full risk.
fn world(weight: f64, capacity: f64) -> World {
    let mut world = World::plain();
    world.offers[0].capacity = capacity.into();
    world.vendors[0].lines[0].risk_stock = 12.0;
    world.set("announcement_weight", weight);
    world
}

fn arrivals(world: &World, regime: &str) -> Vec<f64> {
    let mut arrived = Vec::new();
    Bench::new(world, &[regime]).watch(1, |_, probe| arrived.push(probe.arrived(CHIPS)));
    arrived
}

/// Arrivals in July to October: of the orders of April to July.
fn check(found: &[f64], days: [f64; 4], what: &str) {
    for (i, days) in days.iter().enumerate() {
        close(found[MAY + 2 + i], USE * days, &format!("{what}: tick {}", MAY + 2 + i));
    }
}

/// The announcement raises risk to one half, which asks for six months more of stock: May and June order as much as a firm
/// can, two and a half times what it uses. Where risk is not felt they order what is used.
#[test]
fn purchases_are_pulled_forward_between_announcement_and_effect() {
    let announced = listing("2019-05-01", "2019-10-01");
    check(&arrivals(&world(0.5, 10.0), &announced), [30.0, 2.5 * 31.0, 2.5 * 30.0, 0.0], "risk is felt");
    check(&arrivals(&world(0.0, 10.0), &announced), [30.0, 31.0, 30.0, 0.0], "no risk is felt");
    // Not announced ahead: June's order falls due in September and still ships, July's is caught in October.
    let sudden = listing("2019-10-01", "2019-10-01");
    check(&arrivals(&world(0.5, 10.0), &sudden), [30.0, 31.0, 30.0, 0.0], "not announced ahead");
}

#[test]
fn the_supplier_s_capacity_bounds_what_is_pulled_forward() {
    let announced = listing("2019-05-01", "2019-10-01");
    // A source takes orders for what it can make: half as much again as is used.
    check(&arrivals(&world(0.5, 1.5), &announced), [30.0, 1.5 * 31.0, 1.5 * 30.0, 0.0], "capacity");
}

/// Six months of cost of goods may lie in inventory, beyond what is always on order. In May four months lie in stock, so
/// that the order is worth the other two: what is used in May, and 29.9 days for the risk.
#[test]
fn finance_bounds_what_is_pulled_forward() {
    let mut poor = world(0.5, 10.0);
    poor.set("inventory_limit", 6.0);
    let found = arrivals(&poor, &listing("2019-05-01", "2019-10-01"));
    close(found[MAY + 3], USE * 2.0 * MONTH, "the order of May");
}

/// An announcement with no weight leaves the series as it would be with no announcement, but that nobody orders what would
/// come too late.
#[test]
fn without_weight_the_announcement_only_ends_orders_that_would_come_too_late() {
    let run = |announced: &str| Bench::new(&world(0.0, 10.0), &[&listing(announced, "2019-10-01")]).run(1);
    let (early, late) = (run("2019-05-01"), run("2019-09-30"));
    let june = early.width * (MAY + 2);
    // But for sustained capacity, which is what is known of the future.
    let mut bench = Bench::new(&world(0.0, 10.0), &[&listing("2019-05-01", "2019-10-01")]);
    let sustained = bench.layout.find(chokepoint::model::record::SUSTAINED, "huawei:stations").unwrap();
    let record = bench.run(1);
    assert!(same(&record, &early));
    for i in (0..june).filter(|i| i % early.width != sustained) {
        assert_eq!(early.values[i].to_bits(), late.values[i].to_bits());
    }
}

/// The grace of a rule that takes effect on the day of its announcement, 1 July: what was in production goes on shipping to
/// 15 September. Production starts with the order and takes three months: what falls due on day 272.3 or earlier was in
/// production. So July and August ship all, and September half of its days, of the saved 29.3 of 30 days' orders.
#[test]
fn what_is_in_production_ships_through_the_grace_period() {
    let mut world = world(0.5, 10.0);
    world.suppliers[0].home = "TW".into();
    world.offers[0] =
        Offer { technology: "at".into(), capacity: 10.0.into(), ..Offer::new("first", "maker", "fpga", "TW") };
    let rule = listing("2019-05-01", "2019-05-01") + &direct_product("test", "2019-07-01", "2019-07-01", "at", false);
    let saved = rule.clone() + &savings(&["test"], "2019-07-01", "2019-07-01", "2019-09-15");
    let saved_of_september = 0.5 * (181.0 + 3.0 * MONTH - 243.0);
    check(&arrivals(&world, &saved), [30.0, 31.0, saved_of_september, 0.0], "with a savings clause");
    check(&arrivals(&world, &rule), [0.0; 4], "without");
}
