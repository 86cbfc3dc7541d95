//! Rivals, by hand: plant that follows what is won beyond plan, and a supplier that a hoarding firm shares with its rival.

use crate::worlds::{Bench, Market, SOURCE, Vendor, World, close, same};
use chokepoint::model::record::{AWARDED, DEPLOYED, PLANT_ADDED, Record};
use chokepoint::scenario::{self, Scenario};

/// Days in a mean month.
const MONTH: f64 = 365.2425 / 12.0;
/// Stations a day that a market asks for.
const RATE: f64 = 100.0;
const YEAR: [f64; 12] = [31.0, 28.0, 31.0, 30.0, 31.0, 30.0, 31.0, 31.0, 30.0, 31.0, 30.0, 31.0];

fn days(t: usize) -> f64 {
    if t == 13 { 29.0 } else { YEAR[t % 12] }
}

/// A firm with 0.4 of a market and a rival with the rest, whose plant makes just what it planned; parts to spare.
fn world() -> World {
    let mut world = World::plain();
    world.vendors = vec![Vendor::new("huawei", 30.0), Vendor::new("nokia", 30.0)];
    world.offers[0].buyers = vec!["huawei".into(), "nokia".into()];
    world.offers[0].capacity = 9.0.into();
    world.markets = vec![Market::new("europe", "stations", RATE, &[("huawei", 0.4), ("nokia", 0.6)])];
    world
}

/// The firm is shut out of the market for a time.
const BAN: &str = "[provisions.ban]\nkind = \"market-restriction\"\ntitle = \"Ban\"\ncitation = \"C\"\n\
    announced = 2019-04-01\nfrom = 2019-04-01\nto = 2019-12-31\nvendors = [\"huawei\"]\nmarket = \"europe\"\n\
    share = { value = 1, unit = \"share\", bounds = [0, 1] }\n";

/// The scenario with a time constant for the rival, or none.
fn scenario(id: &str, world: &World, regime: &str, time: Option<f64>) -> Scenario {
    let line = "[vendors.nokia.lines.stations]\n";
    let record = time.map(|t| format!("expansion_time = {{ value = {t:?}, unit = \"months\", bounds = [0, 60] }}\n"));
    let text = world.scenario_text(id, regime).replace(line, &(line.to_owned() + &record.unwrap_or_default()));
    scenario::load_text(id, &text, &[]).unwrap_or_else(|p| panic!("{}", p.lines()))
}

fn products(bench: &Bench, record: &Record, outcome: chokepoint::model::record::Outcome) -> Vec<f64> {
    let rates = bench.series(record, outcome, "nokia:stations");
    rates.iter().enumerate().map(|(t, rate)| rate * days(t) / MONTH).collect()
}

#[test]
fn plant_follows_what_is_won_beyond_plan() {
    let time = 9.0;
    let mut bench = Bench::of(&[scenario("ban", &world(), BAN, Some(time))]);
    let record = bench.run(0);
    let (won, deployed) = (products(&bench, &record, AWARDED), products(&bench, &record, DEPLOYED));
    let added = bench.series(&record, PLANT_ADDED, "nokia:stations");
    // By hand. Planned: 60 a day. Trailing means start there and have a mean age of six months.
    let plan = 0.6 * RATE * MONTH;
    let (mut trailing, mut extra, mut backlog) = (plan, 0.0, 0.0);
    let mut late = 0;
    for t in 0..24 {
        let months = days(t) / MONTH;
        if (3..12).contains(&t) {
            close(won[t], RATE * days(t), "the rival wins all while the ban lasts");
        }
        let keep = (-months / 6.0).exp();
        trailing = keep * trailing + (1.0 - keep) * won[t] / months;
        let target = (trailing - plan).max(0.0);
        extra = target + (extra - target) * (-months / time).exp();
        close(added[t], extra, &format!("plant added by the end of tick {t}"));
        backlog += won[t];
        let built = backlog.min((plan + extra) * months);
        backlog -= built;
        close(deployed[t], built, &format!("deployed in tick {t}"));
        late += usize::from(backlog > 0.0);
    }
    assert!(late > 9, "the plant is short for most of the time: {late}");
    // It grows while the ban lasts and shrinks after.
    let highest = (0..24).max_by(|a, b| added[*a].total_cmp(&added[*b])).unwrap();
    assert!((11..16).contains(&highest) && added[23] < 0.7 * added[highest], "{highest}: {added:?}");
}

#[test]
fn without_a_time_constant_plant_is_as_planned_and_a_very_long_one_adds_nearly_nothing() {
    let world = world();
    let mut bench = Bench::of(&[scenario("off", &world, BAN, None)]);
    let off = bench.run(0);
    let deployed = products(&bench, &off, DEPLOYED);
    let plan = |t: usize| 0.6 * RATE * days(t);
    (3..24).for_each(|t| close(deployed[t], plan(t), "the rival builds what it planned, and no more"));
    assert!(bench.series(&off, PLANT_ADDED, "nokia:stations").iter().all(|added| *added == 0.0));

    // Nothing won beyond plan, nothing added: alone in its market it wins what it planned.
    let mut alone = world.clone();
    alone.markets = vec![
        Market::new("europe", "stations", RATE, &[("huawei", 1.0)]),
        Market::new("america", "stations", RATE, &[("nokia", 1.0)]),
    ];
    let mut on = Bench::of(&[scenario("on", &alone, "", Some(9.0))]);
    let mut off = Bench::of(&[scenario("off", &alone, "", None)]);
    let (on_record, off_record) = (on.run(0), off.run(0));
    on.series(&on_record, PLANT_ADDED, "nokia:stations").iter().for_each(|added| close(*added, 0.0, "added"));
    let series = |bench: &Bench, record: &Record| products(bench, record, DEPLOYED);
    let (a, b) = (series(&on, &on_record), series(&off, &off_record));
    a.iter().zip(&b).for_each(|(a, b)| close(*a, *b, "deployed"));
    assert!(same(&off_record, &off.run(0)));
}

/// One supplier makes what two firms plan to use. The firm that hoards orders twice its use, the most that the supplier
/// would make; what falls due is rationed in proportion (E3), so that the rival, which holds half a month of parts, stops
/// before the hoarder does, though it changed nothing.
#[test]
fn a_rival_that_shares_a_scarce_supplier_with_a_hoarder_feels_it() {
    let mut world = World::plain();
    world.vendors = vec![Vendor::new("huawei", 0.5), Vendor::new("nokia", 0.5)];
    world.offers[0].buyers = vec!["huawei".into(), "nokia".into()];
    world.offers[0].capacity = 1.0.into();
    world.set("cancel_after", 12.0);
    // Each has a market of its own, so that no award moves.
    world.markets = vec![
        Market::new("europe", "stations", RATE, &[("huawei", 1.0)]),
        Market::new("america", "stations", RATE, &[("nokia", 1.0)]),
    ];
    let calm = Bench::new(&world, &[]);
    world.vendors[0].risk_at_rest = 1.0;
    world.vendors[0].lines[0].risk_stock = 24.0;
    let hoarding = Bench::new(&world, &[]);
    let deployed = |mut bench: Bench| {
        let record = bench.run(0);
        products(&bench, &record, DEPLOYED)
    };
    let (calm, found) = (deployed(calm), deployed(hoarding));

    // In months of one firm's use of parts. The supplier makes two a month.
    let d: Vec<f64> = (0..8).map(|t| days(t) / MONTH).collect();
    // Orders of a tick fall due three ticks later; those of before the start are the use of the first three ticks.
    // The rival orders what it lacks: at first what those three ticks lack of three mean months, then its use.
    let rival_orders = |t: usize| if t == 0 { 3.0 - d[1] - d[2] } else { d[t] };
    // The hoarder wants two and a half times its use, and the supplier takes no more than it can make.
    let hoarder_orders = |t: usize| 2.0 * d[t];
    let (mut stock, mut carried, mut hoarder_carried, mut backlog) = (0.5, 0.0, 0.0, 0.0);
    for t in 0..8 {
        close(calm[t], RATE * days(t), "without hoarding all is built");
        let (due, hoarder_due) = match t.checked_sub(3) {
            Some(ordered) => (rival_orders(ordered) + carried, hoarder_orders(ordered) + hoarder_carried),
            None => (d[t], d[t]),
        };
        let part = (2.0 * d[t] / (due + hoarder_due)).min(1.0);
        stock += due * part;
        (carried, hoarder_carried) = (due * (1.0 - part), hoarder_due * (1.0 - part));
        backlog += d[t];
        let built = stock.min(backlog).min(d[t]);
        stock -= built;
        backlog -= built;
        close(found[t], built * RATE * MONTH, &format!("the rival's deployment in tick {t}"));
    }
    assert!(found[4] < 0.9 * RATE * days(4) && found[7] < 0.7 * RATE * days(7), "{found:?}");
}

/// Suppliers whose capacity follows the plan add what their buyers' added plant would use, beyond what a firm that is cut off
/// leaves idle; those of a fixed capacity add nothing.
#[test]
fn suppliers_follow_the_plant_that_their_buyers_add() {
    let mut world = world();
    // One offer for both firms, and one for the rival alone.
    let mut own = crate::worlds::Offer::new("own", "maker", "fpga", "US");
    own.buyers = vec!["nokia".into()];
    (own.capacity, own.price) = (1.5.into(), 90.0.into());
    let mut fixed = own.clone();
    (fixed.id, fixed.fixed_capacity, fixed.capacity) = ("fixed".into(), true, 10.0.into());
    world.offers[0].capacity = 1.5.into();
    world.offers.push(own);
    world.offers.push(fixed);
    let mut bench = Bench::of(&[scenario("ban", &world, BAN, Some(9.0))]);
    let mut seen = Vec::new();
    let mut shipped = Vec::new();
    bench.watch(0, |_, probe| {
        let supply = ["first", "own", "fixed"].map(|offer| probe.capacity_added(offer));
        seen.push((probe.plant_added("nokia:stations"), supply));
        shipped.push(probe.trailing_shipments(SOURCE));
    });
    for t in 1..24 {
        let (extra, supply) = &seen[t];
        // Two chips a station. Plant is planned awards, so that suppliers' part grows by ratio × 2 × what was added.
        let added = 1.5 * 2.0 * extra;
        let idle = (1.5 * 2.0 * 0.4 * RATE * MONTH - shipped[t - 1]).max(0.0);
        close(supply[1], added, &format!("added for the rival alone in tick {t}"));
        close(supply[0], (added - idle).max(0.0), &format!("added to the shared offer in tick {t}"));
        close(supply[2], 0.0, "a fixed capacity");
    }
    assert!(seen[12].0 > 400.0);
}
