//! Mechanisms of production, markets and what changes them, by the week: production and its binding part, the pool of
//! fungible parts, degradable parts (E7), orders that leave and the delivery record (E9), sustained capacity (E10), reviews
//! and compliance (E13, E14), qualification (E15), the time and life of a license (E16). Each in a world small enough to
//! solve by hand: the series that follows is written out, and so is the one without the mechanism.

use crate::worlds::rulebook::{day, direct_product, licensing, listing};
use crate::worlds::{
    Bench, CHIPS, Class, Line, Market, Offer, PLACE, SOURCE, STATIONS, Supplier, Vendor, VendorLine, World,
};
use chokepoint::model::probe::Probe;
use chokepoint::model::record::{COST, PERFORMANCE, SUSTAINED};

/// Days in a mean month.
const MONTH: f64 = 365.2425 / 12.0;
/// A week in months.
const WEEK: f64 = 7.0 / MONTH;
/// Stations that a week asks for: 100 a day.
const BUILD: f64 = 700.0;
/// Chips that they take, two each.
const USE: f64 = 1400.0;
/// The firm's other line, where it has one.
const HANDSETS: &str = "huawei:handsets";
/// A second source of chips, where there is one.
const SECOND: &str = "huawei:stations:fpga<-second";

/// The plain world by the week: lead time of three weeks, four weeks of stock, held at that.
fn weekly() -> World {
    let mut world = World::plain();
    world.tick = "week".into();
    world.offers[0].lead = (3.0 * WEEK).into();
    let line = &mut world.vendors[0].lines[0];
    (line.initial_stock, line.base_stock) = ((4.0 * WEEK).into(), 4.0 * WEEK);
    world
}

/// Nothing of what is made in the US arrives from the first day.
fn nothing_comes() -> String {
    listing(&day(0), &day(0))
}

/// A number of a trial in each of the first ticks.
fn series(world: &World, regime: &str, ticks: usize, look: impl Fn(Probe) -> f64) -> Vec<f64> {
    let mut bench = Bench::new(world, &[regime]);
    let mut series = Vec::new();
    bench.watch(1, |tick, probe| {
        if tick < ticks {
            series.push(look(probe));
        }
    });
    series
}

/// Fails unless two series agree to a millionth: the literals are rounded.
#[track_caller]
fn agree(found: &[f64], expected: &[f64], what: &str) {
    let near = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-6 * b.abs().max(1.0);
    let same = found.len() == expected.len() && found.iter().zip(expected).all(near);
    assert!(same, "{what}:\n   found {found:?}\nexpected {expected:?}");
}

/// Stations with no chip in stock, and handsets with three weeks of the same chips; none arrive.
fn two_lines(fungible: bool) -> World {
    let mut world = weekly();
    world.classes[0].fungible = fungible;
    world.classes[0].lines.push("handsets".into());
    world.lines.push(Line {
        id: "handsets".into(),
        category: "consumer".into(),
        spares_use: "handset-support".into(),
        spares_rate: 0.0,
    });
    let line = |months: f64, id: &str| VendorLine {
        line: id.into(),
        initial_stock: months.into(),
        ..world.vendors[0].lines[0].clone()
    };
    world.vendors[0].lines = vec![line(0.0, "stations"), line(3.0 * WEEK, "handsets")];
    world.markets.push(Market::new("phones", "handsets", 100.0, &[("huawei", 1.0)]));
    world
}

#[test]
fn e7_a_line_of_higher_priority_takes_fungible_parts_from_the_others() {
    // Three weeks of chips: each week the stations take one first, and the handsets use another while there is one.
    let built = |fungible, line: &str| series(&two_lines(fungible), &nothing_comes(), 5, |probe| probe.built(line));
    agree(&built(true, STATIONS), &[BUILD, BUILD, 0.0, 0.0, 0.0], "stations");
    agree(&built(true, HANDSETS), &[BUILD, 0.0, 0.0, 0.0, 0.0], "handsets");
    // Not fungible: a diced chip serves one product.
    agree(&built(false, STATIONS), &[0.0; 5], "stations have none");
    agree(&built(false, HANDSETS), &[BUILD, BUILD, BUILD, 0.0, 0.0], "handsets keep theirs");
}

#[test]
fn e7_a_line_takes_no_fungible_parts_that_it_can_not_build_with() {
    // The stations also need an amplifier, and have those for a week and a half.
    let mut world = two_lines(true);
    world.classes.push(Class::essential("pa"));
    world.offers.push(Offer { lead: (3.0 * WEEK).into(), ..Offer::new("pa-source", "maker", "pa", "US") });
    let mut bench = Bench::new(&world, &[&nothing_comes()]);
    bench.draw(0);
    let pa = bench.plan.world.bom_items.iter().position(|c| c.class.ix() == 1).unwrap();
    let stock = bench.plan.world.bom_items[pa].initial_stock;
    let path = bench.plan.world.params.path(stock).to_owned();
    // One stock record stands for all classes of the line, so the chips of the stations start at a week and a half too.
    assert_eq!(bench.plan.world.params.fix(&path, 1.5 * WEEK), 2);
    bench.draw(0);
    let (mut stations, mut handsets, mut moved) = (Vec::new(), Vec::new(), Vec::new());
    let record = bench.watch(1, |tick, probe| {
        if tick < 5 {
            stations.push(probe.built(STATIONS));
            handsets.push(probe.built(HANDSETS));
            moved.push(probe.moved(CHIPS));
        }
    });
    agree(&stations, &[BUILD, 0.5 * BUILD, 0.0, 0.0, 0.0], "stations");
    agree(&handsets, &[BUILD, BUILD, BUILD, 0.0, 0.0], "handsets build with all of theirs");
    agree(&moved, &[0.0; 5], "nothing is taken for stations that lack an amplifier");
    assert!(record.binding[1..5].iter().all(|b| *b <= 1), "{:?}", &record.binding[..5]);
}

#[test]
fn e7_without_a_degradable_part_products_are_worse_and_dearer() {
    let mut world = weekly();
    world.suppliers.push(Supplier::new("other", "JP"));
    world.classes.push(Class { essential: false, ..Class::essential("cpu") });
    world.offers.push(Offer::new("cpu-source", "other", "cpu", "US"));
    world.offers[0].made_in = "JP".into();
    world.offers[0].item = "ear99".into();
    let seen = |regime: &str| {
        let mut bench = Bench::new(&world, &[regime]);
        let record = bench.run(1);
        [COST, PERFORMANCE].map(|outcome| bench.series(&record, outcome, "huawei:stations")[..7].to_vec())
    };
    // Chips go on; processors last for four weeks. With both a station costs 2 x 100 + 2 x 100; without, 2 x 100 + 100 for
    // doing without, and performs at 0.8.
    let [cost, performance] = seen(&nothing_comes());
    agree(&cost, &[400.0, 400.0, 400.0, 400.0, 300.0, 300.0, 300.0], "cost");
    agree(&performance, &[1.0, 1.0, 1.0, 1.0, 0.8, 0.8, 0.8], "performance");
    let [cost, performance] = seen("");
    agree(&cost, &[400.0; 7], "cost with processors");
    agree(&performance, &[1.0; 7], "performance with processors");
}

#[test]
fn e9_orders_leave_to_rivals_by_share_and_the_delivery_record_halves_in_its_half_life() {
    // The firm can deliver nothing; two rivals stand three to two.
    let mut world = weekly();
    world.vendors[0].lines[0].initial_stock = 0.0.into();
    for (id, share) in [("second", 0.3), ("third", 0.2)] {
        let mut rival = Vendor::new(id, 36.0);
        rival.lines[0].plant_ratio = 10.0;
        world.vendors.push(rival);
        world.markets[0].shares.push((id.into(), share));
    }
    world.markets[0].shares[0].1 = 0.5;
    world
        .offers
        .push(Offer { buyers: vec!["second".into(), "third".into()], ..Offer::new("theirs", "maker", "fpga", "JP") });
    world.set("fill_half_life", 4.0 * WEEK).set("award_concentration", 10_000.0);
    // A fifth a week.
    world.set("departure_rate", 1.0 - 0.8f64.powf(1.0 / WEEK));
    let mut bench = Bench::new(&world, &[&nothing_comes()]);
    let (mut kept, mut fill, mut won) = (Vec::new(), Vec::new(), Vec::new());
    let mut backlog = 0.0;
    bench.watch(1, |tick, probe| {
        if tick < 5 {
            fill.push(probe.delivery_record(STATIONS));
            kept.push(if tick > 0 { (probe.backlog(PLACE) - probe.awarded(STATIONS)) / backlog } else { 0.8 });
            // What rivals deliver is their awards and what came over.
            let over = |line: &str| probe.deployed(line) - probe.awarded(line);
            let (second, third) = (over("second:stations"), over("third:stations"));
            won.push(if tick > 0 { second / (second + third) } else { 0.6 });
            backlog = probe.backlog(PLACE);
        }
    });
    agree(&kept, &[0.8; 5], "four fifths of the backlog stay");
    agree(&won, &[0.6; 5], "three to two");
    agree(&fill, &[0.840896, 0.5f64.sqrt(), 0.594604, 0.5, 0.420448], "half in four weeks");
    // With no departure all stays.
    world.set("departure_rate", 0.0);
    agree(&series(&world, &nothing_comes(), 5, |probe| probe.orders_lost(PLACE)), &[0.0; 5], "patient");
}

#[test]
fn e10_sustained_capacity_falls_when_a_rule_is_announced_not_when_it_starts() {
    // Announced on the first day of tick 2, in force from that of tick 28. At the end of tick 2 the firm can count on its
    // stock of four weeks and the week that came, three weeks on order, and the source's capacity from the lead time on: of
    // ticks 6 to 27, 22 weeks. In all 30 weeks, over twelve months: 100 x 210 / 12 a month. Each week later one is used and
    // nothing comes on top.
    let mut world = weekly();
    world.offers[0].capacity = 1.0.into();
    let mut bench = Bench::new(&world, &[&listing(&day(14), &day(196))]);
    let record = bench.run(1);
    let sustained = bench.series(&record, SUSTAINED, "huawei:stations");
    let plant = 100.0 * MONTH;
    let weeks = |n: f64| 100.0 * 7.0 * n / 12.0;
    agree(&sustained[..5], &[plant, plant, weeks(30.0), weeks(29.0), weeks(28.0)], "announced");
    let record = bench.run(0);
    agree(&bench.series(&record, SUSTAINED, "huawei:stations")[..5], &[plant; 5], "never announced");
}

/// The weekly world with its one source foreign, from a plant that US technology made.
fn foreign() -> World {
    let mut world = weekly();
    world.suppliers = vec![Supplier::new("maker", "TW")];
    let plant = ("at".into(), 1.0);
    world.offers = vec![Offer { plant, lead: (3.0 * WEEK).into(), ..Offer::new("first", "maker", "fpga", "TW") }];
    world
}

#[test]
fn e13_and_e14_who_does_not_obey_ships_but_for_the_days_of_its_own_review() {
    let rule = listing(&day(14), &day(14)) + &direct_product("rule", &day(14), &day(14), "at", false);
    let arrived = |world: &World| series(world, &rule, 8, |probe| probe.arrived(CHIPS) / USE);
    // Who obeys ships nothing from tick 2 on.
    let mut world = foreign();
    agree(&arrived(&world), &[1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0], "obeys");
    // Who does not goes on.
    world.compliance.iter_mut().for_each(|(_, compliance)| *compliance = 0.0);
    agree(&arrived(&world), &[1.0; 8], "does not obey");
    // With a review of a week and a half nothing leaves in tick 2. In the second half of tick 3 the week that waited leaves
    // and half of what falls due in it; the other half waits, and leaves in tick 4.
    world.set("review_lag", 1.5 * WEEK);
    agree(&arrived(&world), &[1.0, 1.0, 0.0, 1.5, 1.5, 1.0, 1.0, 1.0], "reviews");
}

#[test]
fn e15_a_newly_qualified_source_ramps_up_and_a_failed_attempt_is_followed_by_another() {
    // Qualified on day 28, ramp of four weeks: half a week later it may give an eighth of its capacity of 1.5, so 0.1875 of
    // the 0.3 that are for it; the 0.1125 that it has no room for go back to the first, beyond its 70%; from the next week on
    // the ramp is no limit. Orders arrive three weeks later.
    let mut world = weekly();
    world.suppliers.push(Supplier::new("other", "JP"));
    let second = Offer::new("second", "other", "fpga", "JP");
    world.offers.push(Offer {
        buyers: Vec::new(),
        candidates: vec![("huawei".into(), Some(day(28)))],
        lead: (3.0 * WEEK).into(),
        price: 120.0.into(),
        ..second
    });
    world.classes[0].qualification = 0.0;
    world.set("qualification_ramp", 4.0 * WEEK);
    let given = |world: &World, source: &str| series(world, "", 11, |probe| probe.shipped(source) / USE);
    agree(&given(&world, SECOND)[6..], &[0.0, 0.1875, 0.3, 0.3, 0.3], "with a ramp");
    agree(&given(&world, SOURCE)[6..], &[1.0, 0.8125, 0.7, 0.7, 0.7], "the first");
    world.set("qualification_ramp", 0.0);
    agree(&given(&world, SECOND)[6..], &[0.0, 0.3, 0.3, 0.3, 0.3], "at once");
    // Half of the attempts fail, each takes two months: the number of attempts is geometric, mean 2, deviation sqrt(2).
    world.classes[0].qualification = 2.0;
    let attempts = |world: &World| {
        let mut bench = Bench::new(world, &[]);
        let attempts = (0..400).map(|trial| {
            bench.draw(trial);
            let attempt = |n| bench.inputs().attempt(SECOND, n);
            assert!((attempt(0).0 - 2.0 * MONTH).abs() < 1e-9, "each takes two months");
            f64::from((0..64).find(|n| attempt(*n).1).unwrap() + 1)
        });
        attempts.collect::<Vec<f64>>()
    };
    assert!(attempts(&world).iter().all(|n| *n == 1.0), "all succeed at once");
    world.set("qualification_success", 0.5);
    let attempts = attempts(&world);
    let mean = attempts.iter().sum::<f64>() / 400.0;
    assert!((mean - 2.0).abs() < 3.0 * 2.0f64.sqrt() / 20.0, "{mean}");
}

#[test]
fn e16_a_license_comes_when_it_is_decided_and_ends_with_its_life() {
    // Listed in tick 2, applied for and granted with no delay, for eight weeks from that day: ticks 2 to 9. The answer is
    // known in tick 3, which ships what was due in tick 2 and its own; tick 4 ships the order of tick 1. Nothing was ordered in
    // tick 2, when there was no license; from tick 3 on orders are placed that arrive within its life, in ticks 6 to 9. A
    // new application follows the lapse, in tick 10; orders under the second license, from tick 11, arrive from tick 14.
    let mut world = weekly();
    world.suppliers[0].readiness = 1.0;
    world.set("license_time", 0.0).set("license_life", 8.0 * WEEK).set("license_use", 1.0);
    let listed = listing(&day(14), &day(14));
    let held = |regime: &str| {
        let days = series(&world, regime, 16, |probe| f64::from(u8::from(probe.dealings("huawei").licensed > 0.0)));
        days.iter().map(|day| *day as u8).collect::<Vec<u8>>()
    };
    assert_eq!(held(&(listed.clone() + &licensing(&day(0), 1.0))), [0, 0, 0, 1, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1]);
    assert_eq!(held(&listed), [0; 16]);
    // Decisions take two months in the mean, gamma of shape two: deviation 2 / sqrt(2) = sqrt(2) months.
    world.set("license_time", 2.0).set("license_life", 60.0);
    let mut bench = Bench::new(&world, &[&(listed + &licensing(&day(0), 1.0))]);
    let times: Vec<f64> = (0..100)
        .map(|trial| {
            bench.draw(trial);
            let mut from = 0.0;
            bench.watch(1, |_, probe| from = probe.license("huawei", "first").held.0);
            (from - 14.0) / MONTH
        })
        .collect();
    let mean = times.iter().sum::<f64>() / 100.0;
    assert!((mean - 2.0).abs() < 3.0 * 2.0f64.sqrt() / 10.0, "{mean}");
}

#[test]
fn e9_demand_up_to_a_day_is_what_is_dated_with_it() {
    let scenario = crate::worlds::shipped(&["no-controls"], &[]).remove(0);
    let mut bench = Bench::of(std::slice::from_ref(&scenario));
    bench.draw(3);
    let (world, inputs) = (&bench.plan.world, bench.inputs());
    let ticks = world.calendar.ticks;
    let mut checked = 0;
    for ((id, market), compiled) in scenario.world.markets.iter().zip(&world.markets) {
        let mut most = 0.0f64;
        for (point, (_, level)) in market.demand.iter().zip(&compiled.demand) {
            most = most.max(inputs.value(*level) * inputs.value(compiled.factor));
            // The tick that ends with the day, if one does.
            let Some(end) = (0..ticks).find(|t| world.calendar.date(t + 1) == point.date.tomorrow().unwrap()) else {
                continue;
            };
            let planned: f64 = inputs.planned_demand(id.as_str())[..end + 1].iter().sum();
            agree(&[planned / most], &[1.0], &format!("planned to {} as a part of the level", point.date));
            checked += 1;
        }
    }
    assert!(checked > 5, "{checked}");
}
