//! Mechanisms of supply and orders, by the week, so that every tick is as long as another: lead times (E2), rationing and
//! cancellation (E3), denials (E4), target stock (E5), the division of orders among sources (E6), spares (E8). Each in a
//! world small enough to solve by hand: the series that follows is written out, and so is the one without the mechanism.
//! Quantities are in weeks of use where nothing else is said.

use crate::worlds::rulebook::{day, licensing, listing};
use crate::worlds::{Bench, CHIPS, Offer, SOURCE, Supplier, World};

/// Days in a mean month.
const MONTH: f64 = 365.2425 / 12.0;
/// A week in months.
const WEEK: f64 = 7.0 / MONTH;
/// Chips that a week of stations takes: 100 stations a day, two chips each.
const USE: f64 = 1400.0;

/// The plain world by the week: lead time of three weeks, four weeks of stock, held at that.
fn weekly() -> World {
    let mut world = World::plain();
    world.tick = "week".into();
    world.offers[0].lead = (3.0 * WEEK).into();
    hold(&mut world, 4.0, 4.0);
    world
}

/// Weeks of stock at the start, and those that the firm means to hold.
fn hold(world: &mut World, initial: f64, base: f64) {
    let line = &mut world.vendors[0].lines[0];
    (line.initial_stock, line.base_stock) = ((initial * WEEK).into(), base * WEEK);
}

/// Another source of the same class, foreign.
fn source(id: &str, price: f64) -> Offer {
    let (price, lead) = (price.into(), (3.0 * WEEK).into());
    Offer { price, lead, ..Offer::new(id, "other", "fpga", "JP") }
}

fn with_others(mut world: World, offers: Vec<Offer>) -> World {
    world.suppliers.push(Supplier::new("other", "JP"));
    world.offers.extend(offers);
    world
}

/// What each link gave in the first ticks, weeks of use: a row a link.
fn given(world: &World, regime: Option<&str>, ticks: usize) -> Vec<Vec<f64>> {
    let regimes: Vec<&str> = regime.into_iter().collect();
    let mut bench = Bench::new(world, &regimes);
    let mut rows = Vec::new();
    bench.watch(regimes.len(), |tick, probe| {
        if tick < ticks {
            rows.resize(probe.sources().count(), Vec::new());
            let given = probe.sources().map(|source| probe.shipped(source));
            rows.iter_mut().zip(given).for_each(|(row, given): (&mut Vec<f64>, _)| row.push(given / USE));
        }
    });
    rows
}

/// Fails unless two series agree to a millionth: the literals are rounded.
#[track_caller]
fn agree(found: &[f64], expected: &[f64], what: &str) {
    let near = found.len() == expected.len() && found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 2e-6);
    assert!(near, "{what}:\n   found {found:?}\nexpected {expected:?}");
}

#[test]
fn e2_an_order_arrives_after_its_lead_time_pro_rata_in_two_ticks() {
    // A programme of the second source ends on 29 January (day 28, the first of tick 4). From then on it gets the 30% of
    // each week's order that the first may not have; its lead time is two weeks and a half, so half of an order comes in
    // the second tick after it and half in the third. Both have the same lead time, so the total stays a week a week.
    let second = Offer {
        buyers: Vec::new(),
        candidates: vec![("huawei".into(), Some(day(28)))],
        lead: (2.5 * WEEK).into(),
        ..source("second", 120.0)
    };
    let mut world = with_others(weekly(), vec![second]);
    world.offers[0].lead = (2.5 * WEEK).into();
    world.classes[0].qualification = 0.0;
    world.set("qualification_ramp", 0.0);
    let rows = given(&world, None, 9);
    agree(&rows[0], &[1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.85, 0.7, 0.7], "first");
    agree(&rows[1], &[0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.15, 0.3, 0.3], "second");
    // Without the programme: nothing of the second.
    world.offers.pop();
    agree(&given(&world, None, 9)[0], &[1.0; 9], "alone");
}

#[test]
fn e3_what_capacity_can_not_ship_is_carried_slot_by_slot_and_cancelled_when_old() {
    let mut world = weekly();
    world.offers[0].capacity = 0.8.into();
    world.set("cancel_after", 3.0 * WEEK);
    let mut bench = Bench::new(&world, &[]);
    let (mut arrived, mut carried, mut cancelled) = (Vec::new(), Vec::new(), Vec::new());
    bench.watch(0, |tick, probe| {
        if tick < 6 {
            arrived.push(probe.arrived(CHIPS) / USE);
            carried.push(probe.carried(SOURCE) / USE);
            cancelled.push(probe.cancelled(SOURCE) / USE);
        }
    });
    // Due: a week's use in ticks 0 to 2 (ordered before the start), then the 0.8 that the source takes orders for. Each
    // tick ships 0.8, the same part of every slot: 4/5 of 1, 2/3 of 1.2, 4/7 of 1.4, 4/7 of 1.4. Slot 0 is then cancelled:
    // 1 x 1/5 x 1/3 x 3/7 x 3/7 = 3/245. Carried into tick 4: 3/5 - 3/245 = 144/245; of 340/245 due 196/340 ships, and of
    // slot 1 is left 1 x 1/3 x 3/7 x 3/7 x 144/340 = 0.0259304. Carried: 144/245 - 0.0259304 = 0.5618247. Of 1.3618247 due
    // 0.8 ships; of slot 2, 3/7 x 3/7 x 144/340 x 0.5618247/1.3618247 = 0.0320932 is left.
    agree(&arrived, &[0.8; 6], "arrived");
    agree(&cancelled, &[0.0, 0.0, 0.0, 0.0122449, 0.0259304, 0.0320932], "cancelled");
    agree(&carried, &[0.2, 0.4, 0.6, 0.5877551, 0.5618247, 0.5297315], "carried");
    // With room to spare nothing is carried.
    agree(&given(&weekly(), None, 6)[0], &[1.0; 6], "no shortage");
}

#[test]
fn e4_a_denial_raises_risk_by_its_weight_and_the_offers_share_of_purchases() {
    let mut world = with_others(weekly(), vec![source("second", 120.0)]);
    world.suppliers[0].readiness = 1.0;
    world.set("denial_weight", 0.2).set("license_time", 0.0);
    let listed = listing(&day(14), &day(14));
    let denied = listed.clone() + &licensing(&day(0), 0.0);
    let mut bench = Bench::new(&world, &[&listed, &denied]);
    let mut risk = |scenario| {
        let mut risk = Vec::new();
        bench.watch(scenario, |tick, probe| {
            if tick < 6 {
                risk.push(probe.risk("huawei", "fpga").0);
            }
        });
        risk
    };
    // Listed on the first day of tick 2, when the supplier applies; denied with no delay, which tick 3 learns. Trailing
    // purchases of the first were 0.7 and have decayed by exp(-WEEK / 6) = 0.962396; of the second 0.3 goes on at 0.3. But
    // the second costs 120: share = 0.7 x 0.962396 x 100 / (the same + 0.3 x 120) = 67.36772 / 103.36772 = 0.651729. After
    // that risk decays by exp(-WEEK / 24) = 0.990463 a week.
    let raised = 0.2 * 0.651729;
    agree(&risk(2), &[0.0, 0.0, 0.0, raised, raised * 0.990463, raised * 0.990463 * 0.990463], "denied");
    agree(&risk(1), &[0.0; 6], "nobody decides");
}

#[test]
fn e5_orders_fill_the_stock_to_its_target_within_the_cap() {
    let mut world = weekly();
    world.offers[0].capacity = 10.0.into();
    // Two weeks in stock and three on order; four are wanted, the lead time and the tick on top: 8 - 5 = 3, capped at 2.5;
    // the next tick orders the week used and the half that lacks, then what is used. Three ticks on they arrive.
    hold(&mut world, 2.0, 4.0);
    agree(&given(&world, None, 7)[0], &[1.0, 1.0, 1.0, 2.5, 1.5, 1.0, 1.0], "two weeks short");
    // Two weeks too much: nothing is ordered for two weeks.
    hold(&mut world, 6.0, 4.0);
    agree(&given(&world, None, 7)[0], &[1.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0], "two weeks too many");
    hold(&mut world, 4.0, 4.0);
    agree(&given(&world, None, 7)[0], &[1.0; 7], "at its target");
}

#[test]
fn e6_orders_go_by_price_and_risk_within_the_first_sources_share_and_capacity() {
    let second = Offer { capacity: 0.1.into(), ..source("second", 110.0) };
    let mut world = with_others(weekly(), vec![second, source("third", 120.0)]);
    world.set("announcement_weight", 0.5).set("risk_premium", 1.0);
    let later = listing(&day(14), "2020-12-30");
    // The first has 70% by rule, the second what it can make, the third the rest. The announcement in tick 2 raises risk by
    // 0.5 x the first's part of spending: 70 / (70 + 11 + 24) = 2/3, so by a third, and the first's price at risk to 133.
    // Now the second stands first, the third next, and takes all the rest.
    let rows = given(&world, Some(&later), 9);
    agree(&rows[0], &[0.7, 0.7, 0.7, 0.7, 0.7, 0.0, 0.0, 0.0, 0.0], "first");
    agree(&rows[1], &[0.1; 9], "second");
    agree(&rows[2], &[0.2, 0.2, 0.2, 0.2, 0.2, 0.9, 0.9, 0.9, 0.9], "third");
    // With no premium on risk the announcement changes nothing.
    world.set("risk_premium", 0.0);
    let rows = given(&world, Some(&later), 9);
    for (row, part) in rows.iter().zip([0.7, 0.1, 0.2]) {
        agree(row, &[part; 9], "no premium");
    }
}

#[test]
fn e8_spares_are_served_before_orders_out_of_the_same_capacity() {
    let mut world = weekly();
    (world.offers[0].fixed_capacity, world.offers[0].capacity) = (true, (200.0 * MONTH).into());
    // A hundredth a week of 10,000 stations in service, and of the 700 that each week adds: 2 x 0.01 x 10,000 = 200 chips,
    // then 14 more each week. What is left of 1,400 goes to orders.
    world.lines[0].spares_rate = 0.01 / WEEK;
    world.vendors[0].lines[0].installed_base = 10_000.0;
    let chips = |weeks: &[f64]| weeks.iter().map(|w| w * USE).collect::<Vec<_>>();
    agree(&chips(&given(&world, None, 4)[0]), &[1200.0, 1186.0, 1172.0, 1158.0], "orders");
    world.lines[0].spares_rate = 0.0;
    agree(&chips(&given(&world, None, 4)[0]), &[1400.0; 4], "no spares");
}
