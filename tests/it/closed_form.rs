//! A case that can be worked out by hand: one class, one supplier, no noise, a plant that makes what is asked for. From the
//! day of the listing nothing arrives. Parts last for what is in stock and was lawfully shipped, over use; then nothing is
//! built until a second source is qualified, has had its first lead time, and ramps up.

use crate::worlds::rulebook::listing;
use crate::worlds::{Bench, CHIPS, Offer, Supplier, World, close};
use chokepoint::model::record::{CUMULATIVE, DEPLOYED, NOW, SUSTAINED};

/// Days in a mean month.
const MONTH: f64 = 365.2425 / 12.0;
/// Stations a day that the market asks for and the plant makes.
const RATE: f64 = 100.0;
/// Chips a station.
const UNITS: f64 = 2.0;
/// Tick of the listing.
const LISTED: usize = 6;

/// Days of the months of 2019 to 2021.
fn days() -> Vec<f64> {
    let year = [31.0, 28.0, 31.0, 30.0, 31.0, 30.0, 31.0, 31.0, 30.0, 31.0, 30.0, 31.0];
    let mut days = [year, year, year].concat();
    days[13] = 29.0;
    days
}

/// Four months of stock, a first source with a lead time of three months; a second one, foreign, is qualified when short,
/// in four months, has a lead time of two, and ramps up over six to a fifth more than is needed.
fn world() -> World {
    let mut world = World::plain();
    world.end = "2021-12-31".into();
    world.suppliers.push(Supplier::new("other", "JP"));
    let second = Offer { capacity: 1.2.into(), lead: 2.0.into(), ..Offer::new("second", "other", "fpga", "JP") };
    world.offers.push(second.when_short());
    world
}

#[test]
fn parts_last_as_long_as_stock_and_what_was_shipped_and_then_nothing_is_built_until_the_second_source_ramps_up() {
    let mut bench = Bench::new(&world(), &[&listing("2019-07-01", "2019-07-01")]);
    let record = bench.run(1);
    let deployed = bench.series(&record, CUMULATIVE, "huawei:stations");

    let days = days();
    let first_day: Vec<f64> = (0..=36).map(|t| days[..t].iter().sum()).collect();
    // In stock at the start: four months. Ordered before the start: three months of use, due in the first three ticks.
    // Each tick then orders the use of its own length, due three ticks later, and the first one what those three ticks lack of
    // a lead time of three mean months.
    let mut stock = UNITS * RATE * 4.0 * MONTH;
    let lacking = |t: usize| if t == 3 { 3.0 * MONTH - first_day[3] } else { 0.0 };
    let arrivals = |t: usize| UNITS * RATE * if t < 3 { days[t] } else { days[t - 3] + lacking(t) };
    let mut expected = Vec::new();
    let mut total = 0.0;
    // The shortage is seen in July 2019, the programme starts on 1 August and takes four months: 30 November. The first
    // order follows on 1 December, and arrives two ticks later.
    let qualified = first_day[7] + 4.0 * MONTH;
    let first_order = (0..36).find(|t| first_day[*t] >= qualified).unwrap();
    assert_eq!(first_order, 11);
    for t in 0..36 {
        if t < LISTED {
            stock += arrivals(t);
        }
        if t >= first_order + 2 {
            let ordered = t - 2;
            let age = 0.5 * (first_day[ordered] + first_day[ordered + 1]) - qualified;
            stock += 1.2 * UNITS * RATE * days[ordered] * (age / (6.0 * MONTH)).min(1.0);
        }
        // The plant makes what is asked for in a tick; what was not made waits.
        let built = (RATE * days[t]).min(stock / UNITS);
        stock -= UNITS * built;
        total += built;
        expected.push(total);
    }
    for t in 0..36 {
        close(deployed[t], expected[t], &format!("cumulative deployment at the end of tick {t}"));
    }
    // In words: about four months after the listing, then nothing in December and January, then a ramp.
    let rates = bench.series(&record, DEPLOYED, "huawei:stations");
    assert!(rates[9] > 0.9 * RATE * MONTH && rates[11] == 0.0 && rates[12] == 0.0 && rates[13] > 0.0, "{rates:?}");
}

/// E10, by hand: with nothing on its way, what is in stock over twelve months; with a flow of half the need from then on,
/// that flow on top.
#[test]
fn sustained_capacity_is_stock_over_twelve_months_and_the_flow_that_can_be_counted_on() {
    let mut bench = Bench::new(&world(), &[&listing("2019-07-01", "2019-07-01")]);
    let mut stock = Vec::new();
    let record = bench.watch(1, |_, probe| stock.push(probe.stock(CHIPS) + probe.used(CHIPS)));
    let (now, sustained) =
        (bench.series(&record, NOW, "huawei:stations"), bench.series(&record, SUSTAINED, "huawei:stations"));
    // June: unlimited but for the plant, as nobody knows of the listing of 1 July.
    close(sustained[LISTED - 1], RATE * MONTH, "the month before");
    // July: nothing is on its way, and no second source is qualified.
    let t = LISTED;
    close(now[t], RATE * MONTH, "capacity now");
    close(sustained[t], stock[t] / UNITS / 12.0, "stock over twelve months");

    let mut world = World::plain();
    world.offers[0].capacity = 0.5.into();
    world.offers[0].lead = 1.0.into();
    let mut bench = Bench::new(&world, &[]);
    let mut seen = Vec::new();
    let record = bench.watch(0, |_, probe| seen.push((probe.stock(CHIPS) + probe.used(CHIPS), probe.on_order(CHIPS))));
    let sustained = bench.series(&record, SUSTAINED, "huawei:stations");
    // The source gives half the need. The longest window binds: what is in stock and on order, and the source's flow from
    // one lead time on, eleven months of it.
    for (t, (stock, on_order)) in seen.iter().enumerate().take(8) {
        let parts = stock + on_order + 0.5 * UNITS * RATE * 11.0 * MONTH;
        close(sustained[t], parts / UNITS / 12.0, &format!("stock and flow in tick {t}"));
    }
}

/// Without the listing the firm goes on for ever: orders replace use.
#[test]
fn without_controls_deployment_is_demand() {
    let mut bench = Bench::new(&world(), &[]);
    let record = bench.run(0);
    let deployed = bench.series(&record, DEPLOYED, "huawei:stations");
    deployed.iter().for_each(|rate| close(*rate, RATE * MONTH, "deployed"));
}

/// A source that is short gives all that it can make, in months and in weeks: what it owes for now does not keep it idle
/// later.
#[test]
fn a_short_source_gives_all_that_it_can_make() {
    for tick in ["month", "week"] {
        let mut world = World::plain();
        world.tick = tick.into();
        world.set("capacity_noise", 0.1);
        world.offers[0].capacity = 0.8.into();
        let mut bench = Bench::new(&world, &[]);
        let mut arrived = 0.0;
        bench.watch(0, |_, probe| arrived += probe.arrived(CHIPS));
        let months = bench.months();
        let made: f64 = bench.inputs().capacity("first").zip(months).map(|(capacity, months)| capacity * months).sum();
        assert!(arrived > 0.98 * made, "by the {tick}: {arrived} of {made}");
    }
}
