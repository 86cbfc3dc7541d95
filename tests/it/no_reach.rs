//! A regime that reaches no offer at any time equals no controls, bit for bit: nothing in the model acts on the mere
//! presence of law.

use crate::worlds::random::worlds;
use crate::worlds::rulebook::{
    day, de_minimis, direct_product, general_license, licensing, listing, listing_of, savings,
};
use crate::worlds::{Bench, Offer, World, same, same_but_for_licenses};
use chokepoint::model::effect::{self, Warning};
use chokepoint::scenario;
use chokepoint::scenario::Scenario;
use chokepoint::scenario::regime::ProvisionKind;
use proptest::prelude::*;

/// Fails unless every regime of the bench leaves what there is without controls.
#[track_caller]
fn nothing_changes(bench: &mut Bench, trials: u64) {
    for trial in 0..trials {
        bench.draw(trial);
        let without = bench.run(bench.plan.without);
        for scenario in 0..bench.plan.scenarios.len() {
            let here = bench.run(scenario);
            assert!(same(&here, &without), "trial {trial}: {} differs", bench.plan.scenarios[scenario].id);
        }
    }
}

/// A full set of rules with licensing, for a firm, on dates.
fn full_rules(buyer: &str, announced: &str, from: &str) -> String {
    listing_of(buyer, announced, from)
        + &de_minimis("content", announced, from, 0.0, "all")
        + &direct_product("product", announced, from, "ear99", false)
        + &savings(&["content", "product"], announced, from, from)
        + &licensing(from, 0.5)
}

/// Makes all offers of a world foreign, with no US content, technology or plant.
fn freed(mut world: World) -> World {
    for offer in &mut world.offers {
        if offer.made_in == "US" {
            offer.made_in = "TW".into();
        }
        offer.item = "ear99".into();
        (offer.us_controlled, offer.us_other) = (0.0.into(), 0.0.into());
        offer.technology = "none".into();
        offer.plant.1 = 0.0;
    }
    world
}

proptest! {
    #![proptest_config(crate::worlds::random::cases(40))]

    #[test]
    fn where_all_offers_are_foreign_and_free(world in worlds(), days in 0..600i64) {
        let free = full_rules("huawei", &day(days), &day(days + 20));
        nothing_changes(&mut Bench::new(&freed(world), &[&free]), 2);
    }

    /// From the day after the last one on; nothing can be known of it within the period.
    #[test]
    fn where_all_comes_after_the_end(world in worlds(), days in 1..900i64, wait in 0..100i64) {
        let end: jiff::civil::Date = world.end.parse().unwrap();
        let first = (end - jiff::civil::date(2019, 1, 1)).get_days();
        let rules = full_rules("huawei", &day(i64::from(first) + days), &day(i64::from(first) + days + wait));
        nothing_changes(&mut Bench::new(&world, &[&rules]), 2);
    }

    #[test]
    fn where_nobody_is_listed(world in worlds(), days in 0..600i64) {
        let (from, to) = (day(days), day(days + 50));
        let tests = de_minimis("content", &from, &from, 0.0, "all")
            + &direct_product("product", &from, &from, "ear99", false)
            + &savings(&["product"], &from, &from, &to)
            + &general_license(&["existing-network"], &from, &to)
            + &licensing(&from, 0.5);
        nothing_changes(&mut Bench::new(&world, &[&tests]), 2);
    }

    #[test]
    fn where_the_listed_firm_buys_nothing(mut world in worlds(), days in 0..600i64) {
        let mut idle = world.vendors[1].clone();
        idle.id = "idle".into();
        idle.lines.iter_mut().for_each(|line| line.installed_base = 0.0);
        world.vendors.push(idle);
        for offer in &mut world.offers {
            offer.buyers.push("idle".into());
        }
        let rules = full_rules("idle", &day(days), &day(days + 20));
        let mut bench = Bench::new(&world, &[&rules]);
        for trial in 0..2 {
            bench.draw(trial);
            let (without, here) = (bench.run(0), bench.run(1));
            // Suppliers may apply for a firm that buys nothing: what is counted of that is all that differs.
            prop_assert!(same_but_for_licenses(&bench.layout, &here, &without));
        }
    }
}

#[test]
fn on_the_first_day_after_the_end() {
    let rules = full_rules("huawei", "2021-01-01", "2021-01-01");
    nothing_changes(&mut Bench::new(&World::plain(), &[&rules]), 1);
}

/// A test that reaches an offer which the listed firm can't use reaches nobody.
#[test]
fn where_only_others_buy_what_is_reached() {
    let mut world = World::plain();
    world.offers[0].made_in = "TW".into();
    world.offers[0].item = "ear99".into();
    world.offers[0].technology = "none".into();
    world.vendors.push(crate::worlds::Vendor::new("rival", 4.0));
    world.offers.push(Offer { buyers: vec!["rival".into()], ..Offer::new("other", "maker", "fpga", "US") });
    world.markets[0].shares = vec![("huawei".into(), 0.5), ("rival".into(), 0.5)];
    nothing_changes(&mut Bench::new(&world, &[&listing("2019-03-01", "2019-03-01")]), 1);
}

/// In the shipped world, the listing of a firm that sells nothing, and all of the adopted rules dated after the end.
#[test]
fn in_the_shipped_world() {
    let text = "kind = \"scenario\"\nid = \"later\"\ntitle = \"later\"\ndescription = \"later\"\n\
                extends = \"shipped:adopted-rules\"\nremove = [\"provisions.huawei-listing\"]\n";
    let unlisted = scenario::load_text("later", text, &[]).unwrap_or_else(|p| panic!("{}", p.lines()));
    let short: Vec<_> = ["2019-05-14"].map(|end| ("time.end", end)).to_vec();
    let mut scenarios = crate::worlds::shipped(&["no-controls", "adopted-rules"], &[]);
    scenarios.push(unlisted);
    let mut bench = Bench::of(&scenarios);
    bench.draw(3);
    let records: Vec<_> = (0..3).map(|s| bench.run(s)).collect();
    assert!(same(&records[0], &records[2]), "rules without a listing");
    assert!(!same(&records[0], &records[1]), "the rules do bite, so that the comparison means something");
    // The listing was announced on 2019-05-15: up to the day before, nobody knows.
    nothing_changes(&mut Bench::of(&crate::worlds::shipped(&["no-controls", "adopted-rules"], &short)), 3);
}

/// A scenario without the provisions that are said to have no effect, and how many they are.
fn without_idle(scenario: &Scenario) -> (Scenario, usize) {
    let of = |warning: Warning| match warning {
        Warning::NoEffect { of, .. } => of,
        Warning::NoRate { provision, .. } => vec![provision],
        _ => Vec::new(),
    };
    let idle: Vec<String> = effect::warnings(scenario).unwrap().into_iter().flat_map(of).collect();
    let mut reduced = Scenario { id: "reduced".to_owned(), ..scenario.clone() };
    let provisions = &mut reduced.regime.provisions;
    // The review alone of a listing has no effect; the listing has.
    let goes = |id: &String, kind: &ProvisionKind| {
        let reviewed_only = matches!(kind, ProvisionKind::Listing { review, .. } if *review != scenario::regime::Review::PresumptionOfDenial);
        idle.contains(id) && !reviewed_only
    };
    let gone: Vec<String> = provisions.iter().filter(|(id, p)| goes(id, &p.kind)).map(|(id, _)| id.clone()).collect();
    for provision in provisions.values_mut() {
        if let ProvisionKind::SavingsClause { saves } = &mut provision.kind {
            saves.retain(|id| !gone.contains(id));
        }
    }
    provisions.retain(|id, p| {
        let saves_none = matches!(&p.kind, ProvisionKind::SavingsClause { saves } if saves.is_empty());
        !gone.contains(id) && !saves_none
    });
    (reduced, gone.len())
}

/// What is said to have no effect has none: random worlds and rules, some of which come too late, reach nobody or nothing.
#[test]
fn what_is_said_to_have_no_effect_changes_no_trial() {
    let idle = std::cell::Cell::new(0);
    let days = (0..900i64, 0..900i64, 0..900i64);
    let loose =
        (days, proptest::sample::select(&["ear99", "ns"]), any::<bool>()).prop_map(|((a, b, c), level, listed)| {
            let (from, then, to) = (day(a), day(b), day(b + c));
            let listing = if listed { listing(&from, &from) } else { String::new() };
            listing
                + &de_minimis("content", &then, &then, 0.25, "controlled")
                + &de_minimis("second", &day(c), &day(c), 0.5, "controlled")
                + &direct_product("product", &day(c), &day(c), level, a % 2 == 0)
                + &savings(&["product", "second"], &then, &then, &to)
                + &general_license(&["existing-network", "standards"], &then, &to)
                + &licensing(&from, 0.5)
        });
    let mut runner = proptest::test_runner::TestRunner::new(crate::worlds::random::cases(100));
    let outcome = runner.run(&(worlds(), prop_oneof![loose, crate::worlds::random::regimes()]), |(world, rules)| {
        let scenario = world.scenario("whole", &rules);
        let (reduced, gone) = without_idle(&scenario);
        idle.set(idle.get() + gone);
        if gone > 0 {
            let mut bench = Bench::of(&[scenario, reduced]);
            for trial in 0..2 {
                bench.draw(trial);
                let (whole, reduced) = (bench.run(0), bench.run(1));
                // To rounding: a day on which nothing changes still parts the days of a tick, whose shares are added up.
                let close = |(a, b): (&f64, &f64)| {
                    a.to_bits() == b.to_bits() || (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
                };
                let same = whole.values.iter().zip(&reduced.values).all(close);
                prop_assert!(same, "trial {}\n{}", trial, rules);
            }
        }
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
    assert!(idle.get() > 20, "{} provisions were idle: too few to say anything", idle.get());
}
