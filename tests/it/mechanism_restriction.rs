//! Restrictions of markets, by hand: what a zone buys from whom, what is removed and bought anew, what happens to orders in
//! hand; and that a restriction does nothing before it is known, nothing where it covers nothing, and nothing to the law.

use crate::worlds::rulebook::listing;
use crate::worlds::{Bench, Market, Vendor, World, close, same, shipped};
use chokepoint::analysis::rule_dates::marks;
use chokepoint::law::Code;
use chokepoint::model::record::{AWARDED, BACKLOG, CUMULATIVE, DEPARTED, DEPLOYED, REMOVED};
use chokepoint::scenario;

/// Days in a mean month.
const MONTH: f64 = 365.2425 / 12.0;
/// Stations a day that the market asks for.
const RATE: f64 = 100.0;
const DAYS: [f64; 12] = [31.0, 28.0, 31.0, 30.0, 31.0, 30.0, 31.0, 31.0, 30.0, 31.0, 30.0, 31.0];
const VENDORS: [&str; 3] = ["huawei", "ericsson", "nokia"];

/// Three vendors with parts and plant to spare: what is awarded is deployed in the same month.
fn world() -> World {
    let mut world = World::plain();
    world.end = "2019-12-31".into();
    world.vendors = VENDORS.iter().map(|id| Vendor::new(id, 12.0)).collect();
    for vendor in &mut world.vendors {
        vendor.lines[0].plant_ratio = 9.0;
    }
    world.vendors[0].lines[0].installed_base = 12_000.0;
    world.offers[0].buyers = VENDORS.iter().map(|id| (*id).to_owned()).collect();
    world.offers[0].capacity = 5.0.into();
    world.markets =
        vec![Market::new("europe", "stations", RATE, &[("huawei", 0.4), ("ericsson", 0.35), ("nokia", 0.25)])];
    world
}

/// A restriction of Huawei in the market, with further keys.
fn restriction(share: f64, announced: &str, from: &str, more: &str) -> String {
    restriction_of(&["huawei"], share, announced, from, more)
}

fn restriction_of(vendors: &[&str], share: f64, announced: &str, from: &str, more: &str) -> String {
    format!(
        "[provisions.ban]\nkind = \"market-restriction\"\ntitle = \"Ban\"\nlabel = \"UK ban\"\ncitation = \"C\"\n\
         announced = {announced}\nfrom = {from}\nvendors = {vendors:?}\nmarket = \"europe\"\n\
         share = {{ value = {share:?}, unit = \"share\", bounds = [0, 1] }}\n{more}\n"
    )
}

fn awards(bench: &Bench, record: &chokepoint::model::record::Record, vendor: &str) -> Vec<f64> {
    let rates = bench.series(record, AWARDED, &format!("{vendor}:stations"));
    rates.iter().zip(DAYS).map(|(rate, days)| rate * days / MONTH).collect()
}

/// A quarter of the market is closed to Huawei from 16 September, and its stations there are taken out by mid-December.
#[test]
fn a_zone_buys_from_others_and_replaces_what_is_removed() {
    let ban = restriction(0.25, "2019-09-16", "2019-09-16", "removal_by = 2019-12-15");
    let mut bench = Bench::new(&world(), &[&ban]);
    let (free, here) = (bench.run(0), bench.run(1));
    // The draws of the year: the share of each vendor without the ban.
    let drawn = VENDORS.map(|vendor| awards(&bench, &free, vendor));
    let share = |v: usize, t: usize| drawn[v][t] / (RATE * DAYS[t]);
    // In force: 15 of September's 30 days, then all. Removal takes 91 days: 15, 31, 30 and 15.
    let in_force = |t: usize| [0.0, 0.5, 1.0][if t < 8 { 0 } else { (t - 7).min(2) }];
    let removal = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 15.0, 31.0, 30.0, 15.0];
    let mut left = 91.0;
    // In service in the zone when it opens: a quarter of all.
    let mut in_zone = 0.25 * (12_000.0 + drawn[0][..8].iter().sum::<f64>());
    let (awarded, removed) =
        (VENDORS.map(|v| awards(&bench, &here, v)), bench.series(&here, REMOVED, "huawei:stations"));
    let deployed = VENDORS.map(|v| bench.series(&here, DEPLOYED, &format!("{v}:stations")));
    for t in 0..12 {
        let (demand, closed) = (RATE * DAYS[t], 0.25 * in_force(t));
        let gone = if t < 8 { 0.0 } else { in_zone * removal[t] / left };
        left -= removal[t];
        close(removed[t] * DAYS[t] / MONTH, gone, &format!("removed in tick {t}"));
        let huawei = demand * share(0, t) * (1.0 - closed);
        close(awarded[0][t], huawei, &format!("awarded to Huawei in tick {t}"));
        for v in [1, 2] {
            // Open demand by the draws; closed demand and what is removed by the same draws without Huawei's.
            let others = share(v, t) / (1.0 - share(0, t));
            let expected = demand * (1.0 - closed) * share(v, t) + (demand * closed + gone) * others;
            close(awarded[v][t], expected, &format!("awarded to {} in tick {t}", VENDORS[v]));
            close(deployed[v][t] * DAYS[t] / MONTH, expected, "deployed as awarded");
        }
        // The zone's days before the ban still bring stations of Huawei into it.
        in_zone += if t < 8 { 0.0 } else { demand * 0.25 * (1.0 - in_force(t)) * share(0, t) - gone };
    }
    close(in_zone, 0.0, "all is out by the deadline");
}

/// Restricted vendors together win at most the cap of the zone, in proportion to their draws.
#[test]
fn a_cap_holds_for_the_restricted_together() {
    let cap = restriction_of(&["huawei", "nokia"], 0.5, "2019-01-01", "2019-03-01", "cap = 0.35\nto = 2019-10-31");
    let mut bench = Bench::new(&world(), &[&cap]);
    let (free, here) = (bench.run(0), bench.run(1));
    let (drawn, found) = (VENDORS.map(|v| awards(&bench, &free, v)), VENDORS.map(|v| awards(&bench, &here, v)));
    for t in 0..12 {
        let demand = RATE * DAYS[t];
        let share = |v: usize| drawn[v][t] / demand;
        let zone = if (2..10).contains(&t) { 0.5 } else { 0.0 };
        let both = share(0) + share(2);
        assert!(both > 0.35);
        for (v, capped) in [(0, 0.35 / both), (1, 0.65 / share(1)), (2, 0.35 / both)] {
            let expected = demand * share(v) * (1.0 - zone + zone * capped);
            close(found[v][t], expected, &format!("awarded to {} in tick {t}", VENDORS[v]));
        }
    }
}

/// Huawei has no parts from the start, so that its orders pile up. A ban leaves the orders in hand; on the day after the
/// last one of removal those of the zone go to others.
#[test]
fn orders_in_hand_stay_until_the_deadline() {
    let mut world = world();
    world.vendors[0].lines[0].initial_stock = 0.0.into();
    let rules = listing("2018-12-01", "2018-12-01");
    let ban = rules.clone() + &restriction(0.25, "2019-03-01", "2019-03-01", "removal_by = 2019-07-31");
    let mut bench = Bench::new(&world, &[&rules, &ban]);
    // The rival's parts come from another supplier's offer, which nothing reaches: only the firm is listed.
    let (free, here) = (bench.run(1), bench.run(2));
    let drawn = awards(&bench, &free, "huawei");
    let backlog = bench.series(&here, BACKLOG, "huawei:stations");
    let lost = bench.series(&here, DEPARTED, "huawei:stations");
    let total = |until: usize, zone: f64| drawn[..2].iter().sum::<f64>() + drawn[2..until].iter().sum::<f64>() * zone;
    for t in 2..7 {
        close(backlog[t], total(t + 1, 0.75), &format!("backlog at the end of tick {t}"));
        close(lost[t], 0.0, "none leaves");
    }
    // A quarter of the orders of January and February is the zone's.
    let of_zone = 0.25 * drawn[..2].iter().sum::<f64>();
    close(lost[7] * DAYS[7] / MONTH, of_zone, "the zone's orders leave in August");
    close(backlog[7], total(8, 0.75) - of_zone, "the others stay");
    let won: f64 = ["ericsson", "nokia"].iter().map(|v| awards(&bench, &here, v)[7]).sum();
    let deployed: f64 = ["ericsson", "nokia"]
        .iter()
        .map(|v| bench.series(&here, DEPLOYED, &format!("{v}:stations"))[7] * DAYS[7] / MONTH)
        .sum();
    close(deployed, won + of_zone, "the others deliver them");
}

/// Mean wait of ten months: what leaves in a tick is 1 - exp(-D/10) of the backlog.
#[test]
fn a_market_may_have_its_own_patience() {
    let mut world = world();
    world.vendors[0].lines[0].initial_stock = 0.0.into();
    world.set("departure_rate", 0.5);
    let rules = listing("2018-12-01", "2018-12-01");
    let patient = world.scenario_text("patient", &rules).replace(
        "[markets.europe]\n",
        "[markets.europe]\npatience = { value = 10, unit = \"months\", bounds = [0, 60] }\n",
    );
    let mut bench = Bench::of(&[scenario::load_text("patient", &patient, &[]).unwrap()]);
    let record = bench.run(0);
    let (won, lost) = (awards(&bench, &record, "huawei"), bench.series(&record, DEPARTED, "huawei:stations"));
    let mut backlog = 0.0;
    for t in 0..12 {
        let leaving = backlog * (1.0 - (-DAYS[t] / MONTH / 10.0).exp());
        close(lost[t] * DAYS[t] / MONTH, leaving, &format!("orders that leave in tick {t}"));
        backlog += won[t] - leaving;
    }
}

#[test]
fn nothing_changes_before_the_announcement_nor_by_a_zone_of_nothing() {
    let later = restriction(0.25, "2019-06-01", "2019-09-16", "removal_by = 2019-12-15");
    let never = restriction(0.25, "2020-01-01", "2020-01-01", "");
    let nothing = restriction(0.0, "2019-01-01", "2019-01-01", "removal_by = 2019-12-15");
    let mut world = world();
    world.set("loyalty_weight", 1.5).set("delivery_weight", 2.0).set("departure_rate", 0.2);
    let mut bench = Bench::new(&world, &[&later, &never, &nothing]);
    let (free, later, never, nothing) = (bench.run(0), bench.run(1), bench.run(2), bench.run(3));
    assert!(same(&free, &never), "a restriction after the end");
    let bits = |record: &chokepoint::model::record::Record, ticks: usize| {
        record.values[..ticks * record.width].iter().map(|x| x.to_bits()).collect::<Vec<_>>()
    };
    assert_eq!(bits(&free, 5), bits(&later, 5), "before the announcement");
    assert_ne!(bits(&free, 6), bits(&later, 6), "a firm plans with a ban from its announcement on");
    free.values.iter().zip(&nothing.values).for_each(|(a, b)| close(*b, *a, "a zone of nothing"));
}

/// All that is awarded is demand and what was removed; none of it is lost. By months and by weeks, to a half percent.
#[test]
fn months_and_weeks_agree_and_nothing_is_lost() {
    let ban = restriction(0.25, "2019-03-10", "2019-09-16", "removal_by = 2019-12-15");
    let run = |tick: &str| {
        let mut world = world();
        world.tick = tick.into();
        let mut bench = Bench::new(&world, &[&ban]);
        let record = bench.run(1);
        let months = bench.months();
        let sum = |outcome, vendor: &str| {
            let series = bench.series(&record, outcome, &format!("{vendor}:stations"));
            series.iter().zip(&months).map(|(rate, months)| rate * months).sum::<f64>()
        };
        let all: f64 = VENDORS.iter().map(|v| sum(AWARDED, v)).sum();
        close(all, RATE * 365.0 + sum(REMOVED, "huawei"), "awards");
        let end = |v: &str| *bench.series(&record, CUMULATIVE, &format!("{v}:stations")).last().unwrap();
        (VENDORS.map(end), sum(REMOVED, "huawei"))
    };
    let ((months, removed), (weeks, removed_by_weeks)) = (run("month"), run("week"));
    for v in 0..3 {
        assert!((months[v] / weeks[v] - 1.0).abs() < 0.01, "{}: {} and {}", VENDORS[v], months[v], weeks[v]);
    }
    assert!((removed / removed_by_weeks - 1.0).abs() < 0.005, "{removed} and {removed_by_weeks}");
}

/// Restrictions say nothing on shipments: every offer stands before the law as it did.
#[test]
fn the_law_of_shipments_is_that_of_the_adopted_rules() {
    let scenarios = shipped(&["adopted-rules", "allied-restrictions"], &[]);
    let codes: Vec<Code> = scenarios.iter().map(|s| Code::new(&s.regime).unwrap()).collect();
    let plan = chokepoint::experiment::Plan::new(&scenarios, 1, 1).unwrap();
    let mut bench = Bench::of(&scenarios);
    let days = |code: &Code| {
        let buyer = chokepoint::law::Buyer {
            id: "huawei".into(),
            home: chokepoint::units::Country::CN,
            country_of_concern: true,
        };
        let standing = code.standing(&buyer);
        let inputs = bench.inputs();
        // By id: restrictions stand among the provisions, so that numbers differ.
        let met = |facts| code.criteria(facts, &standing).meets.into_iter().map(|index| code.id(index).to_owned());
        let criteria: Vec<Vec<String>> = inputs.offers().map(|offer| met(inputs.facts(offer)).collect()).collect();
        (code.change_days(&standing), criteria)
    };
    assert_eq!(days(&codes[0]), days(&codes[1]));
    // On top of what was adopted; the reference is no controls, which a restriction alone is not.
    assert_eq!(plan.scenarios.len(), 3);
    let labels: Vec<String> = marks(&plan.scenarios[1].rules).into_iter().map(|(_, label)| label).collect();
    assert!(labels.iter().any(|l| l == "UK ban") && labels.iter().any(|l| l == "Swedish ban"), "{labels:?}");
    bench.draw(0);
    let (adopted, allied) = (bench.run(0), bench.run(1));
    let won = |record| bench.series(record, AWARDED, "huawei:base-stations").iter().sum::<f64>();
    assert!(won(&allied) < won(&adopted), "{} and {}", won(&allied), won(&adopted));
}

/// The way that the shipped file tells to lay the bans on other rules, and the bans alone.
#[test]
fn the_bans_can_be_laid_on_other_rules_or_stand_alone() {
    let waivers = [
        "provisions.direct-product-2020-05",
        "provisions.direct-product-2020-08",
        "provisions.savings-2020",
        "provisions.standards-release",
        "provisions.security-research",
        "provisions.review-below-5g",
        "licensing.below-5g-decisions",
        "licensing.tightening-2021",
        "licensing.stop-2023",
    ];
    let base = scenario::load("shipped:waivers", &[]).unwrap();
    let lists = base.regime.provisions.keys().map(|id| format!("provisions.{id}"));
    let law: Vec<String> = lists.chain(base.regime.licensing.iter().map(|p| format!("licensing.{}", p.id))).collect();
    let load = |id: &str, remove: &[String]| {
        let text = format!(
            "kind = \"scenario\"\nid = \"{id}\"\ntitle = \"T\"\ndescription = \"D\"\n\
             extends = \"shipped:allied-restrictions\"\nremove = {remove:?}\n"
        );
        scenario::load_text(id, &text, &[]).unwrap_or_else(|p| panic!("{}", p.lines()))
    };
    let mut remove: Vec<String> = waivers.iter().map(|path| (*path).to_owned()).collect();
    let laid = load("allied-on-waivers", &remove);
    remove.extend(law);
    let alone = load("allied-alone", &remove);
    let restricts = |s: &scenario::Scenario| s.regime.provisions.values().filter(|p| p.kind.restricts_market()).count();
    assert_eq!((restricts(&laid), laid.regime.provisions.len()), (5, 5 + base.regime.provisions.len()));
    assert_eq!((restricts(&alone), alone.regime.provisions.len(), alone.regime.licensing.len()), (5, 5, 0));
    // With no listing the headline is about the restricted firm.
    let mut bench = Bench::of(&[alone]);
    let subject = &bench.plan.world.vendor_lines[bench.plan.world.subject.ix()].id;
    assert_eq!((subject.as_str(), bench.plan.scenarios.len()), ("huawei:base-stations", 2));
    let (here, without) = (bench.run(0), bench.run(1));
    let won = |record| bench.series(record, AWARDED, "huawei:base-stations").iter().sum::<f64>();
    assert!(won(&here) < won(&without));
}
