//! Suppliers that design US content out, in a world small enough to solve by hand: one foreign-made offer with 30 percent of
//! US content, which a de minimis test of 10 percent catches.

use crate::worlds::rulebook::{de_minimis, listing};
use crate::worlds::{Bench, CHIPS, Offer, World, close, same};

/// Chips a day.
const USE: f64 = 200.0;

/// Whether the supplier is ready to, and the share at which a new design ends.
fn world(readiness: f64, floor: f64) -> World {
    let mut world = without();
    world.add("suppliers.maker", &format!("design_out_readiness = {}", share(readiness)));
    world.add("offers.first", &format!("us_other_floor = {}", share(floor)));
    world.add("behaviour", "design_out_time = { value = 4, unit = \"months\", bounds = [0, 60] }");
    world
}

fn share(value: f64) -> String {
    format!("{{ value = {value:?}, unit = \"share\", bounds = [0, 1] }}")
}

/// The same world with none of the keys.
fn without() -> World {
    let mut world = World::plain();
    world.suppliers[0].home = "TW".into();
    let offer = Offer { us_other: 0.3.into(), capacity: 10.0.into(), ..Offer::new("first", "maker", "fpga", "TW") };
    world.offers[0] = offer;
    world
}

fn regime() -> String {
    listing("2019-07-01", "2019-07-01") + &de_minimis("test", "2019-07-01", "2019-07-01", 0.1, "all")
}

fn arrivals(world: &World) -> Vec<f64> {
    let mut arrived = Vec::new();
    Bench::new(world, &[&regime()]).watch(1, |_, probe| arrived.push(probe.arrived(CHIPS)));
    arrived
}

/// The rule is in force on 1 July 2019 (day 181) and read at once; the program takes four months, to day 302.7. The law sees
/// the new design from 1 November (tick 10) on. What was ordered in April fell due in July, waited three months and was
/// cancelled; May's and June's orders leave in November; the firm orders again in November, two and a half times what it
/// uses, for February.
#[test]
fn shipments_resume_with_the_first_tick_after_the_program() {
    let found = arrivals(&world(1.0, 0.05));
    let never = arrivals(&world(0.0, 0.05));
    for tick in 0..6 {
        close(found[tick], never[tick], "before the rule");
        assert!(found[tick] > 0.0);
    }
    for (tick, days) in [0.0, 0.0, 0.0, 0.0, 31.0 + 30.0, 0.0, 0.0, 2.5 * 30.0, 2.5 * 31.0].iter().enumerate() {
        close(found[tick + 6], USE * days, &format!("arrivals in tick {}", tick + 6));
    }
    assert!(never[6..].iter().all(|arrived| *arrived == 0.0), "{never:?}");
}

#[test]
fn the_review_comes_first() {
    let mut world = world(1.0, 0.05);
    // Two months of review: the program ends on day 363.6, and the law sees the new design from January 2020 (tick 12).
    world.set("review_lag", 2.0);
    let mut free = Vec::new();
    let mut bench = Bench::new(&world, &[&regime()]);
    bench.watch(1, |_, probe| free.push(probe.stands_as_redesigned("huawei", "first")));
    assert_eq!(free.iter().position(|free| *free), Some(12));
}

#[test]
fn nothing_starts_where_nobody_is_ready_or_the_new_design_would_be_caught_too() {
    let run = |world: &World| Bench::new(world, &[&regime()]).run(1);
    let plain = run(&without());
    assert!(same(&plain, &run(&world(0.0, 0.05))), "nobody is ready");
    assert!(same(&plain, &run(&world(1.0, 0.2))), "the floor is above the threshold");
    assert!(!same(&plain, &run(&world(1.0, 0.05))), "ready");
    // An announcement alone starts no program, and without controls there is nothing to escape.
    let (mut with, mut not) = (Bench::new(&world(1.0, 0.05), &[]), Bench::new(&without(), &[]));
    assert!(same(&with.run(0), &not.run(0)), "no controls");
}

/// A floor never adds content.
#[test]
fn the_content_never_rises() {
    let mut high = world(1.0, 0.2);
    high.offers[0].us_other = (0.1, 0.3).into();
    let mut bench = Bench::new(&high, &[&regime()]);
    let mut designs = 0;
    for trial in 0..40 {
        bench.draw(trial);
        let (now, new) = (bench.inputs().facts("first").us_other, bench.inputs().new_design("first"));
        assert_eq!(new.is_some(), now.to_string().parse::<f64>().unwrap() > 0.2);
        assert!(new.is_none_or(|new| new.facts.us_other < now));
        designs += usize::from(new.is_some());
    }
    assert!((10..30).contains(&designs), "about half of the trials: {designs}");
}

#[test]
fn floors_that_make_no_sense_are_reported() {
    let problems = |world: &World| {
        chokepoint::scenario::load_text("bad", &world.scenario_text("bad", ""), &[]).unwrap_err().lines()
    };
    let mut american = world(1.0, 0.05);
    american.offers[0].made_in = "US".into();
    assert!(problems(&american).contains("us_other_floor` makes no sense"), "{}", problems(&american));
    let high = world(1.0, 0.4);
    assert!(problems(&high).contains("nothing could be designed out"), "{}", problems(&high));
}
