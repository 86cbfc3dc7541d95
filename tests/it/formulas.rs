//! Equations E3 to E9, E14 and E16 in small worlds, each against a number worked out by hand.

use crate::worlds::rulebook::{day, direct_product, general_license, licensing, listing, savings};
use crate::worlds::{
    Bench, CHIPS, Class, Line, Market, Offer, PLACE, SOURCE, STATIONS, Supplier, Vendor, VendorLine, World, close,
};

const MONTH: f64 = 365.2425 / 12.0;
/// Stations a day and chips a station in the plain world, so chips a day.
const FLOW: f64 = 200.0;
/// Days of the months of 2019.
const DAYS: [f64; 12] = [31.0, 28.0, 31.0, 30.0, 31.0, 30.0, 31.0, 31.0, 30.0, 31.0, 30.0, 31.0];

/// The plain world with a second source, foreign and free.
fn two_sources(price: f64) -> World {
    let mut world = World::plain();
    world.suppliers.push(Supplier::new("other", "JP"));
    world.offers.push(Offer { price: price.into(), ..Offer::new("second", "other", "fpga", "JP") });
    world
}

/// The plain world with its one source foreign, from a plant that US technology made.
fn foreign() -> World {
    let mut world = World::plain();
    world.suppliers = vec![Supplier::new("maker", "TW")];
    world.offers = vec![Offer { plant: ("at".into(), 1.0), ..Offer::new("first", "maker", "fpga", "TW") }];
    world
}

/// What the first tick orders, in days of use: on order after it, less what was on order before and is yet to come.
fn first_order(world: &World) -> f64 {
    let mut bench = Bench::new(world, &[]);
    let mut order = f64::NAN;
    bench.watch(0, |tick, probe| {
        if tick == 0 {
            // Three months were on order; the first has arrived.
            order = probe.on_order(CHIPS) / FLOW - (DAYS[1] + DAYS[2]);
        }
    });
    order
}

/// The worlds of these tests say what is bought to 2019-12-31: that day is the last of it, not the first without it.
#[test]
fn demand_is_cumulative_to_the_end_of_its_day() {
    let world = World::plain();
    let mut bench = Bench::new(&world, &[]);
    let mut awarded = Vec::new();
    bench.watch(0, |_, probe| awarded.push(probe.awarded("huawei:stations")));
    let rate = world.markets[0].rate;
    close(awarded[..12].iter().sum(), 365.0 * rate, "what is awarded in 2019");
    close(awarded[12], 31.0 * rate, "in January 2020, at the last rate");
}

#[test]
fn e4_risk_rises_by_weight_and_share_forbidden_and_decays_toward_rest() {
    let mut world = two_sources(100.0);
    world.vendors[0].risk_at_rest = 0.3;
    world.set("announcement_weight", 0.5).set("force_weight", 0.9);
    // The first source has 70% of purchases; the listing, announced on 1 March, in force on 16 May, forbids it.
    let mut bench = Bench::new(&world, &[&listing("2019-03-01", "2019-05-16")]);
    let mut risk = Vec::new();
    bench.watch(1, |_, probe| risk.push(probe.risk("huawei", "fpga")));
    let announced = 1.0 - (1.0 - 0.3) * (1.0 - 0.5 * 0.7);
    close(risk[1].0, 0.3, "at rest");
    close(risk[2].0, announced, "announced");
    close(risk[2].1, announced, "announced on the first day, it weighs in full");
    let april = announced * (-DAYS[3] / MONTH / 24.0f64).exp();
    close(risk[3].0, april, "decayed");
    let may = april * (-DAYS[4] / MONTH / 24.0f64).exp();
    let in_force = 1.0 - (1.0 - may) * (1.0 - 0.9 * 0.7);
    close(risk[4].0, in_force, "in force");
    close(risk[4].1, may + (in_force - may) * 16.0 / 31.0, "16 of 31 days remain");
}

#[test]
fn e4_what_is_not_bought_raises_no_risk() {
    let mut world = two_sources(100.0);
    world.set("announcement_weight", 0.5).set("force_weight", 0.9);
    world.offers[0].buyers = vec!["huawei".into()];
    world.offers[0] = world.offers[0].clone().when_short();
    let mut bench = Bench::new(&world, &[&listing("2019-03-01", "2019-05-16")]);
    bench.watch(1, |tick, probe| assert_eq!(probe.risk("huawei", "fpga"), (0.0, 0.0), "tick {tick}"));
}

#[test]
fn e5_target_stock_adds_months_in_proportion_to_risk() {
    let mut world = World::plain();
    world.set("order_cap", 20.0);
    world.offers[0].capacity = 10.0.into();
    // At rest: the use of the tick, and what the first three months lack of three mean ones.
    close(first_order(&world), DAYS[0] + 3.0 * MONTH - 90.0, "no risk");
    world.vendors[0].risk_at_rest = 0.5;
    world.vendors[0].lines[0].risk_stock = 4.0;
    close(first_order(&world), DAYS[0] + 3.0 * MONTH - 90.0 + 4.0 * 0.5 * MONTH, "half of four months more");
}

#[test]
fn e6_orders_are_capped_at_a_multiple_of_use() {
    let mut world = World::plain();
    world.offers[0].capacity = 10.0.into();
    world.vendors[0].lines[0].base_stock = 24.0;
    close(first_order(&world), 2.5 * DAYS[0], "R times the tick's use");
}

#[test]
fn e6_finance_cuts_hoarding_to_what_stock_and_orders_may_be_worth() {
    let mut world = World::plain();
    world.set("order_cap", 20.0).set("inventory_limit", 6.0);
    world.offers[0].capacity = 10.0.into();
    world.vendors[0].risk_at_rest = 0.5;
    world.vendors[0].lines[0].risk_stock = 40.0;
    // Six months of cost of goods, and three in the pipeline; of these four are in stock and 90 days on order.
    close(first_order(&world), (6.0 + 3.0 - 4.0) * MONTH - 90.0, "within the limit");
    world.set("inventory_limit", 1.0);
    close(first_order(&world), DAYS[0] + 3.0 * MONTH - 90.0, "what running the line takes is always financed");
}

#[test]
fn e6_the_first_source_gets_at_most_its_share() {
    let mut bench = Bench::new(&two_sources(120.0), &[]);
    bench.watch(0, |tick, probe| {
        let (first, second) = (probe.shipped(SOURCE), probe.shipped("huawei:stations:fpga<-second"));
        close(first / (first + second), 0.7, &format!("tick {tick}"));
    });
}

#[test]
fn e3_buyers_get_the_same_part_and_a_firms_lines_go_by_priority() {
    let mut world = World::plain();
    world.offers[0].capacity = 0.5.into();
    world.offers[0].buyers.push("rival".into());
    world.vendors.push(Vendor::new("rival", 4.0));
    world.markets[0].shares = vec![("huawei".into(), 0.75), ("rival".into(), 0.25)];
    let mut bench = Bench::new(&world, &[]);
    let mut given = [0.0; 2];
    bench.watch(0, |tick, probe| {
        if tick == 0 {
            given = [SOURCE, "rival:stations:fpga<-first"].map(|source| probe.shipped(source));
        }
    });
    close(given[0], 0.5 * 0.75 * FLOW * DAYS[0], "half of what the one asked for");
    close(given[1], 0.5 * 0.25 * FLOW * DAYS[0], "and of the other");

    let mut world = World::plain();
    world.offers[0].capacity = 0.5.into();
    world.classes[0].lines.push("handsets".into());
    world.lines.push(Line {
        id: "handsets".into(),
        category: "consumer".into(),
        spares_use: "handset-support".into(),
        spares_rate: 0.0,
    });
    let second = VendorLine { line: "handsets".into(), ..world.vendors[0].lines[0].clone() };
    world.vendors[0].lines.push(second);
    world.markets.push(Market::new("phones", "handsets", 300.0, &[("huawei", 1.0)]));
    let mut bench = Bench::new(&world, &[]);
    bench.watch(0, |tick, probe| {
        if tick == 0 {
            given = [SOURCE, "huawei:handsets:fpga<-first"].map(|source| probe.shipped(source));
        }
    });
    close(given[0], FLOW * DAYS[0], "all for the first line");
    close(given[1], (0.5 * 4.0 - 1.0) * FLOW * DAYS[0], "the rest for the second");
}

#[test]
fn e3_what_can_not_ship_is_carried_for_three_months_and_cancelled() {
    let mut bench = Bench::new(&World::plain(), &[&listing("2019-07-01", "2019-07-01")]);
    let mut on_order = Vec::new();
    bench.watch(1, |_, probe| on_order.push(probe.on_order(CHIPS) / FLOW));
    // Due in July, August and September: the orders of April, May and June, of those months' use.
    let due = [DAYS[3], DAYS[4], DAYS[5]];
    on_order[6..9].iter().for_each(|carried| close(*carried, due.iter().sum(), "carried"));
    close(on_order[9], due[1] + due[2], "July's is cancelled in October");
    close(on_order[10], due[2], "August's in November");
    close(on_order[11], 0.0, "September's in December");
}

/// A firm that can deliver nothing, and a rival that can.
fn idle_firm() -> World {
    let mut world = World::plain();
    world.vendors[0].lines[0].initial_stock = 0.0.into();
    world.vendors.push(Vendor::new("rival", 36.0));
    world.vendors[1].lines[0].plant_ratio = 10.0;
    world.offers.push(Offer { buyers: vec!["rival".into()], ..Offer::new("rivals", "maker", "fpga", "US") });
    world.markets[0].shares = vec![("huawei".into(), 0.6), ("rival".into(), 0.4)];
    world
}

#[test]
fn e9_undelivered_orders_leave_at_a_sixth_a_month() {
    let mut world = idle_firm();
    world.set("departure_rate", 1.0 / 6.0);
    let mut bench = Bench::new(&world, &[&listing("2019-01-01", "2019-01-01")]);
    let mut backlog = 0.0;
    bench.watch(1, |tick, probe| {
        if tick < 12 {
            let left = backlog * (1.0 - (5.0f64 / 6.0).powf(DAYS[tick] / MONTH));
            close(probe.orders_lost(PLACE), left, &format!("tick {tick}"));
            close(probe.backlog(PLACE), backlog - left + probe.awarded(STATIONS), "what stays");
        }
        backlog = probe.backlog(PLACE);
    });
    assert!(backlog > 0.0);
}

#[test]
fn e9_a_record_of_not_delivering_lowers_the_expected_share() {
    let mut world = idle_firm();
    world.set("delivery_weight", 2.0);
    let mut bench = Bench::new(&world, &[&listing("2019-01-01", "2019-01-01")]);
    let mut days = 0.0;
    bench.watch(1, |tick, probe| {
        if tick < 12 {
            // Months in which all was due and nothing came: half of the record is left every six.
            let fill = 0.5f64.powf(days / MONTH / 6.0);
            let odds = 0.6 * (2.0 * (fill - 1.0)).exp();
            close(probe.expected_share(PLACE), odds / (odds + 0.4), &format!("tick {tick}"));
            days += DAYS[tick];
        }
    });
}

#[test]
fn e2_a_savings_clause_lets_out_what_was_in_production() {
    let rule = direct_product("rule", "2019-07-01", "2019-07-01", "at", false);
    let regime = listing("2019-01-01", "2019-01-01") + &rule;
    let clause = savings(&["rule"], "2019-07-01", "2019-07-01", "2019-10-31");
    let mut world = foreign();
    let arrivals = |world: &World, regime: &str| {
        let mut bench = Bench::new(world, &[regime]);
        let (mut arrived, mut saved) = (Vec::new(), Vec::new());
        bench.watch(1, |_, probe| {
            arrived.push(probe.arrived(CHIPS) / FLOW);
            saved.push(probe.dealings("huawei").saved / 100.0 / FLOW);
        });
        (arrived, saved)
    };
    let (without, _) = arrivals(&world, &regime);
    assert_eq!(without[6..], [0.0; 18], "no clause: nothing");
    // Production starts with the order: what was ordered up to June ships in July, August and September, for three mean months.
    let (with, saved) = arrivals(&world, &(regime.clone() + &clause));
    let september = DAYS[5] * (3.0 * MONTH - DAYS[6] - DAYS[7]) / DAYS[8];
    for (tick, due) in [(6, DAYS[3]), (7, DAYS[4]), (8, september), (9, 0.0)] {
        close(with[tick], due, &format!("saved in tick {tick}"));
        close(saved[tick], due, "booked as saved");
    }
    // Production starts half way through the lead time: what ships up to a month and a half after the rule.
    world.set("production_point", 0.5);
    let (half, _) = arrivals(&world, &(regime + &clause));
    let august = (1.5 * MONTH - DAYS[6]) / DAYS[7];
    close(half[6], DAYS[3], "July");
    close(half[7], DAYS[4] * august, "the first half of August");
    close(half[8], 0.0, "September");
}

#[test]
fn e8_a_general_license_lets_spares_ship() {
    let mut world = World::plain();
    world.lines[0].spares_rate = 0.01;
    let line = &mut world.vendors[0].lines[0];
    (line.initial_stock, line.base_stock, line.installed_base) = (0.0.into(), 0.0, 10_000.0);
    let listed = listing("2019-01-01", "2019-01-01");
    let waiver = general_license(&["existing-network"], "2019-01-01", "2019-06-30");
    let mut bench = Bench::new(&world, &[&listed, &(listed.clone() + &waiver)]);
    let mut unserved = [Vec::new(), Vec::new()];
    for (i, unserved) in unserved.iter_mut().enumerate() {
        bench.watch(i + 1, |tick, probe| {
            unserved.push(probe.spares_unserved(STATIONS));
            assert_eq!(probe.built(STATIONS), 0.0, "the license is not for new products");
            let spares = if i == 1 && tick < 6 { 0.01 * 10_000.0 * DAYS[tick] / MONTH * 2.0 * 100.0 } else { 0.0 };
            close(probe.dealings("huawei").waived, spares, &format!("spares shipped under the license in tick {tick}"));
        });
    }
    for tick in 0..12 {
        let need = 0.01 * 10_000.0 * DAYS[tick] / MONTH;
        close(unserved[0][tick], need, "nobody serves them");
        close(unserved[1][tick], if tick < 6 { 0.0 } else { need }, "served up to the end of June");
    }
}

#[test]
fn e8_without_a_license_spares_come_out_of_stock() {
    let mut world = World::plain();
    world.lines[0].spares_rate = 0.01;
    world.vendors[0].lines[0].installed_base = 10_000.0;
    let mut bench = Bench::new(&world, &[&listing("2019-01-01", "2019-01-01")]);
    bench.watch(1, |tick, probe| {
        if tick == 0 {
            let spares = 0.01 * 10_000.0 * DAYS[0] / MONTH;
            close(probe.used(CHIPS), 2.0 * spares + 2.0 * probe.built(STATIONS), "spares and products");
            assert_eq!(probe.spares_unserved(STATIONS), 0.0);
        }
    });
}

#[test]
fn e13_a_jurisdiction_that_does_not_comply_ships_against_the_law_what_rests_on_foreign_production_alone() {
    let rule = listing("2019-01-01", "2019-01-01") + &direct_product("rule", "2019-07-01", "2019-07-01", "at", false);
    let mut world = foreign();
    world.compliance = [("US", 0.0), ("TW", 0.0), ("JP", 0.0), ("CN", 0.0)].map(|(j, c)| (j.to_owned(), c)).to_vec();
    let mut bench = Bench::new(&world, &[&rule]);
    let without = bench.run(0);
    let free = bench.deployment(&without);
    let record = bench.watch(1, |tick, probe| {
        let value = probe.arrived(CHIPS) * 100.0;
        let dealings = probe.dealings("huawei");
        close(dealings.unlawful, if tick < 6 { 0.0 } else { value }, &format!("unlawful in tick {tick}"));
        close(dealings.free, if tick < 6 { value } else { 0.0 }, "free");
        assert_eq!(dealings.blocked, 0.0);
    });
    assert_eq!(bench.deployment(&record), free, "the law changes nothing but its name");
    // What is of US origin is withheld whoever sells it.
    let mut world = World::plain();
    world.compliance.iter_mut().for_each(|(_, compliance)| *compliance = 0.0);
    let mut bench = Bench::new(&world, &[&listing("2019-07-01", "2019-07-01")]);
    bench.watch(1, |tick, probe| {
        assert_eq!(probe.dealings("huawei").unlawful, 0.0);
        assert_eq!(probe.arrived(CHIPS) > 0.0, tick < 6, "tick {tick}");
    });
}

/// A supplier with an offer that the listing reaches, and one that it does not and that the firm lives on.
fn cautious() -> World {
    let mut world = World::plain();
    let free = Offer { price: 50.0.into(), capacity: 3.0.into(), ..Offer::new("free", "maker", "fpga", "JP") };
    world.offers.insert(0, free);
    world.offers[1] = world.offers[1].clone().when_short();
    world
}

#[test]
fn e14_a_supplier_that_a_rule_reaches_ships_nothing_while_it_reviews() {
    let mut world = cautious();
    world.set("review_lag", 1.0);
    let mut bench = Bench::new(&world, &[&listing("2019-07-01", "2019-07-01")]);
    let mut arrived = Vec::new();
    let mut withheld = Vec::new();
    bench.watch(1, |_, probe| {
        arrived.push(probe.arrived(CHIPS) / FLOW);
        withheld.push(probe.dealings("huawei").withheld / 50.0 / FLOW);
    });
    // A mean month from 1 July: all but half a day of its 31. What was due waits, and leaves in August.
    let present = 1.0 - MONTH / DAYS[6];
    close(arrived[6], DAYS[3] * present, "July");
    close(withheld[6], DAYS[3] * (1.0 - present), "withheld");
    close(arrived[7], DAYS[3] * (1.0 - present) + DAYS[4], "August, with what waited");
    close(withheld[7], 0.0, "nothing more");
}

#[test]
fn e14_over_compliance_lasts_until_its_chance_has_fallen_below_the_suppliers_draw() {
    let mut world = cautious();
    world.set("over_compliance", 0.5).set("caution_half_life", 6.0);
    let mut bench = Bench::new(&world, &[&listing("2019-07-01", "2019-07-01")]);
    let mut out_of = [0, 0];
    for trial in 0..20 {
        bench.draw(trial);
        let draw = bench.inputs().caution("maker");
        let mut out = (0.0, 0.0);
        bench.watch(1, |_, probe| out = probe.stays_out("huawei", "maker"));
        let months = if draw < 0.5 { 6.0 * (0.5 / draw).log2() } else { 0.0 };
        close(out.1 - out.0, months * MONTH, &format!("a draw of {draw}"));
        out_of[usize::from(draw < 0.5)] += 1;
    }
    assert!(out_of[0] > 3 && out_of[1] > 3);
}

#[test]
fn e16_a_license_opens_what_it_is_for_and_only_part_of_it_is_used() {
    let mut world = World::plain();
    world.suppliers[0].readiness = 1.0;
    world.vendors[0].lines[0].base_stock = 12.0;
    world.offers[0].capacity = 1.0.into();
    let listed = listing("2019-03-01", "2019-03-01");
    let regime = listed.clone() + &licensing(&day(90), 1.0);
    let mut bench = Bench::new(&world, &[&listed, &regime]);
    let mut held = (0.0, 0.0);
    let mut licensed = Vec::new();
    let mut given = Vec::new();
    bench.watch(2, |_, probe| {
        let license = probe.license("huawei", "first");
        held = if license.held.1 > 0.0 { license.held } else { held };
        licensed.push(probe.dealings("huawei").licensed);
        given.push(probe.arrived(CHIPS));
    });
    assert!(held.0 >= 90.0, "no decision before the practice starts");
    close(held.1 - held.0, 48.0 * MONTH, "it lasts for its life");
    let first_day = |tick: usize| DAYS[..tick].iter().sum::<f64>();
    let granted = (0..12).find(|t| first_day(*t) >= held.0).expect("a license within the year");
    assert!(licensed[2..granted - 1].iter().all(|value| *value == 0.0), "before the license");
    // Once what had piled up is through: orders of half the capacity a tick, three ticks on.
    for tick in granted + 6..16 {
        let ordered = FLOW * [DAYS, DAYS].concat()[tick - 3];
        close(given[tick], 0.5 * ordered, &format!("half of the capacity in tick {tick}"));
        close(licensed[tick], given[tick] * 100.0, "all under the license");
    }
    bench.watch(1, |_, probe| assert_eq!(probe.dealings("huawei").licensed, 0.0, "no practice, no license"));
}

#[test]
fn e7_the_scarcest_part_binds() {
    let mut world = World::plain();
    world.classes.push(Class { units: 3.0.into(), ..Class::essential("pa") });
    world.suppliers.push(Supplier::new("other", "JP"));
    world.offers.push(Offer::new("pa-source", "other", "pa", "JP"));
    world.vendors[0].lines[0].plant_ratio = 10.0;
    let mut bench = Bench::new(&world, &[&listing("2019-01-01", "2019-01-01")]);
    // Four months of the first part are in stock, and no more come; of the second there is no lack.
    let record = bench.run(1);
    assert_eq!(record.binding[0], 3, "orders");
    assert!(record.binding[5..24].iter().all(|b| *b == 0), "{:?}", record.binding);
    // With a plant of half the need the plant binds, and parts last twice as long.
    world.vendors[0].lines[0].plant_ratio = 0.5;
    let mut bench = Bench::new(&world, &[&listing("2019-01-01", "2019-01-01")]);
    let record = bench.run(1);
    assert!(record.binding[..7].iter().all(|b| *b == 2), "plant: {:?}", record.binding);
    assert_eq!(record.binding[9], 0);
}
