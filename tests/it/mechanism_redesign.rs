//! Redesign (E15) in a world small enough to solve by hand: board by board a listed firm comes to need less of a class
//! that it can no longer buy, and more of another one.

use crate::worlds::rulebook::listing;
use crate::worlds::{Bench, CHIPS, Class, Offer, Supplier, World, close};
use chokepoint::model::record::{COST, DEPLOYED, ENGINEERING, PERFORMANCE, REDESIGNED};
use chokepoint::model::world::calendar::MONTH;
use chokepoint::scenario::{self, Scenario};

/// Stations a day, and chips a station.
const RATE: f64 = 100.0;
const UNITS: f64 = 2.0;
/// The listing is of 1 July 2019: tick 6.
const LISTED: usize = 6;
/// First days of the months of 2019 and of January 2020.
const FIRST: [f64; 13] = [0.0, 31.0, 59.0, 90.0, 120.0, 151.0, 181.0, 212.0, 243.0, 273.0, 304.0, 334.0, 365.0];

/// The plain world with a second class, of which each station takes one and a foreign source has plenty.
fn world() -> World {
    let mut world = World::plain();
    world.classes.push(Class { units: 1.0.into(), ..Class::essential("asic") });
    world.suppliers.push(Supplier::new("other", "JP"));
    world.offers.push(Offer { capacity: 10.0.into(), ..Offer::new("asic-first", "other", "asic", "JP") });
    world
}

/// A redesign of ten months and 100 boards that replaces chips by half as many of the other class.
fn redesign(replaces: f64, start: &str) -> String {
    format!(
        "[redesigns.harden]\nname = \"harden\"\nvendor = \"huawei\"\nline = \"stations\"\nfrom = \"fpga\"\nto = \"asic\"\n\
         replaces = {{ value = {replaces:?}, unit = \"share\", bounds = [0, 1] }}\n\
         units = {{ value = 0.5, unit = \"ratio\", bounds = [0, 10] }}\n\
         cost = {{ value = 1000, unit = \"USD/unit\", bounds = [0, 5000] }}\n\
         performance = {{ value = 0.8, unit = \"ratio\", bounds = [0, 2] }}\n\
         boards = {{ value = 100, unit = \"boards\", bounds = [0, 1000] }}\n\
         time = {{ value = 10, unit = \"months\", bounds = [0, 60] }}\nstart = {start}\n"
    )
}

const FIVE_A_MONTH: &str = "[vendors.huawei.engineering]\nvalue = 5\nunit = \"boards/month\"\nbounds = [0, 1000]\n";

/// No controls, and the listing, in a world with something more.
fn bench(world: &World, extra: &str) -> Bench {
    let listed = format!("{extra}{}", listing("2019-07-01", "2019-07-01"));
    Bench::of(&[world.scenario("no-controls", extra), world.scenario("listed", &listed)])
}

fn middle(tick: usize) -> f64 {
    0.5 * (FIRST[tick] + FIRST[tick + 1])
}

#[test]
fn units_cost_and_performance_follow_the_work() {
    let mut bench = bench(&world(), &redesign(0.6, "2019-01-01"));
    let mut units = Vec::new();
    let record = bench.watch(0, |_, probe| units.push((probe.units(CHIPS), probe.units("huawei:stations:asic"))));
    let done = bench.series(&record, REDESIGNED, "harden");
    let cost = bench.series(&record, COST, "huawei:stations");
    let performance = bench.series(&record, PERFORMANCE, "huawei:stations");
    let boards = bench.series(&record, ENGINEERING, "huawei");
    for tick in 0..12 {
        let d = (middle(tick) / (10.0 * MONTH)).min(1.0);
        close(done[tick], d, "done");
        close(units[tick].0, UNITS * (1.0 - 0.6 * d), "chips left");
        close(units[tick].1, 1.0 + UNITS * 0.6 * d * 0.5, "chips of the other class");
        close(performance[tick], 1.0 - 0.2 * d, "performance");
        // All parts cost 100.
        close(cost[tick], 100.0 * (units[tick].0 + units[tick].1) + 1000.0 * d, "cost");
    }
    boards.iter().take(9).for_each(|boards| close(*boards, 10.0, "100 boards in ten months"));
}

#[test]
fn engineers_for_half_the_boards_take_twice_the_time() {
    let mut bench = bench(&world(), &format!("{}{FIVE_A_MONTH}", redesign(1.0, "2019-01-01")));
    let record = bench.run(0);
    let done = bench.series(&record, REDESIGNED, "harden");
    // In the first tick it is still taken to go at full speed: what holds it up is known at the tick's end.
    for (tick, done) in done.iter().enumerate().take(12).skip(1) {
        close(*done, middle(tick) / (20.0 * MONTH), &format!("tick {tick}"));
    }
}

/// The hand-solved series: after the listing the firm lives on its stock, of which each station takes less and less.
#[test]
fn under_the_listing_less_is_needed_until_none_is() {
    let mut bench = bench(&world(), &redesign(1.0, "2019-01-01"));
    let mut before = Vec::new();
    let record = bench.watch(1, |_, probe| before.push(probe.stock(CHIPS) + probe.used(CHIPS)));
    let deployed = bench.series(&record, DEPLOYED, "huawei:stations");
    let months = bench.months();
    let mut stock = before[LISTED];
    for tick in LISTED..12 {
        let each = UNITS * (1.0 - (middle(tick) / (10.0 * MONTH)).min(1.0));
        let wanted = RATE * (FIRST[tick + 1] - FIRST[tick]);
        let built = if each > 0.0 { wanted.min(stock / each) } else { wanted };
        stock -= built * each;
        close(deployed[tick] * months[tick], built, &format!("tick {tick}"));
    }
    // Redesigned in ten months: by November none is needed, and stations are built as if there were no rule.
    close(deployed[20], RATE * MONTH, "September 2020");

    // Switched off, the stock of the listing lasts so many days, and no longer.
    let mut off = self::bench(&world(), "");
    let mut before = Vec::new();
    let record = off.watch(1, |_, probe| before.push(probe.stock(CHIPS) + probe.used(CHIPS)));
    let deployed = off.series(&record, DEPLOYED, "huawei:stations");
    let total: f64 = (LISTED..deployed.len()).map(|tick| deployed[tick] * months[tick]).sum();
    close(total, before[LISTED] / UNITS, "stations from the stock");
}

#[test]
fn one_that_waits_for_a_shortage_starts_when_the_flow_falls_short() {
    let mut bench = bench(&world(), &redesign(1.0, "\"when-short\""));
    let record = bench.run(1);
    let done = bench.series(&record, REDESIGNED, "harden");
    // The listing of July leaves no flow; work starts at the month's end.
    done[..=LISTED].iter().for_each(|done| assert_eq!(*done, 0.0));
    for (tick, done) in done.iter().enumerate().take(12).skip(LISTED + 1) {
        close(*done, (middle(tick) - FIRST[LISTED + 1]) / (10.0 * MONTH), &format!("tick {tick}"));
    }
    let without = bench.run(0);
    assert!(bench.series(&without, REDESIGNED, "harden").iter().all(|done| *done == 0.0), "no shortage, no redesign");
}

#[test]
fn one_that_removes_nothing_and_costs_nothing_changes_nothing() {
    let idle = redesign(0.0, "2019-01-01").replace("value = 1000", "value = 0").replace("value = 0.8", "value = 1");
    let (mut with, mut without) = (bench(&world(), &idle), bench(&world(), ""));
    for scenario in 0..2 {
        let (a, b) = (with.run(scenario), without.run(scenario));
        for outcome in [DEPLOYED, COST, PERFORMANCE] {
            let (a, b) = (with.series(&a, outcome, "huawei:stations"), without.series(&b, outcome, "huawei:stations"));
            assert!(a.iter().zip(&b).all(|(a, b)| a.to_bits() == b.to_bits()), "{} differs", outcome.id);
        }
    }
}

/// Loads the world with a redesign that is broken in one way; the problem's message and help.
fn broken(from: &str, to: &str) -> (String, String) {
    let text = redesign(1.0, "2019-01-01");
    assert!(text.contains(from), "{from}");
    let text = world().scenario_text("broken", &text.replacen(from, to, 1));
    let load: Result<Scenario, _> = scenario::load_text("broken", &text, &[]);
    let problems = load.expect_err("it is broken");
    assert_eq!(problems.count(), 1, "{}", problems.lines());
    let problem = problems.iter().next().unwrap();
    assert!(problem.location().is_some(), "no place: {}", problem.message());
    (problem.message().to_owned(), problem.advice().unwrap_or_default().to_owned())
}

#[test]
fn what_makes_no_sense_is_said_in_words() {
    for (from, to, message, help) in [
        ("from = \"fpga\"", "from = \"fpgas\"", "`fpgas`, which is not one of the classes", "fpga"),
        ("vendor = \"huawei\"", "vendor = \"nobody\"", "`nobody`, which is not one of the vendors", ""),
        ("to = \"asic\"", "to = \"fpga\"", "replaces `fpga` by itself", "candidates"),
        ("to = \"asic\"\n", "", "has `units` but no `to`", "which class takes the place"),
        ("start = 2019-01-01", "start = \"soon\"", "should be a date or \"when-short\"", "when-short"),
        (
            "value = 1.0, unit = \"share\", bounds = [0, 1]",
            "value = 1.5, unit = \"share\", bounds = [0, 2]",
            "redesigns.harden.replaces",
            "",
        ),
        ("performance = ", "perfomance = ", "perfomance", "performance"),
    ] {
        let (said, advice) = broken(from, to);
        assert!(said.contains(message), "{to}: {said}");
        assert!(advice.contains(help), "{to}: {advice}");
    }
}
