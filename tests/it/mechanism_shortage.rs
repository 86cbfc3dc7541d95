//! The shortage, in a world small enough to solve by hand: one class, one offer with a lead time of three months, four
//! months of stock, steady use.

use crate::worlds::rulebook::{direct_product, listing, savings};
use crate::worlds::{Bench, CHIPS, World, close, same};

const MONTH: f64 = 365.2425 / 12.0;
/// Chips a day.
const USE: f64 = 200.0;

fn point(date: &str, ratio: f64) -> String {
    format!("{{ date = {date}, value = {ratio:?}, unit = \"ratio\", bounds = [0, 5] }}")
}

/// A world whose supplier makes all that is asked for, with a shortage.
fn world(on: bool, points: &[(&str, f64)]) -> World {
    let mut world = World::plain();
    world.offers[0].capacity = 10.0.into();
    let points: Vec<String> = points.iter().map(|(date, ratio)| point(date, *ratio)).collect();
    world.add("classes.fpga", "shortage = true");
    world.add("shortage", &format!("on = {on}\nlead_times = [{}]", points.join(", ")));
    world
}

fn arrivals(world: &World) -> Vec<f64> {
    let mut arrived = Vec::new();
    Bench::new(world, &[]).watch(0, |_, probe| arrived.push(probe.arrived(CHIPS)));
    arrived
}

/// Lead times double on 1 July 2019. What was ordered by June comes through September. Then nothing is due until January
/// 2020: July's order takes six months. In July the firm orders what it uses and the three months that the way is longer,
/// but no more than two and a half times what it uses; August makes up the rest.
#[test]
fn when_lead_times_double_orders_rise_at_once_and_arrivals_pause_for_what_was_added() {
    let found = arrivals(&world(true, &[("2019-07-01", 2.0), ("2019-12-31", 2.0)]));
    let lacking = 3.0 * MONTH - 90.0; // what January, February and March are short of three mean months
    let (july, longer) = (2.5 * 31.0, 3.0 * MONTH);
    let august = longer + 31.0 - (july - 31.0);
    assert!(august < 2.5 * 31.0);
    #[rustfmt::skip]
    let days = [
        31.0, 28.0, 31.0,                   // ordered before the start
        31.0 + lacking, 28.0, 31.0,         // January to March
        30.0, 31.0, 30.0,                   // April to June
        0.0, 0.0, 0.0,
        july, august, 30.0, 31.0, 30.0, 31.0, // July to December
    ];
    for (tick, days) in days.iter().enumerate() {
        close(found[tick], USE * days, &format!("arrivals in tick {tick}"));
    }
}

#[test]
fn lead_times_are_linear_between_the_points_and_normal_before_the_first() {
    let mut bench = Bench::new(&world(true, &[("2019-03-01", 1.5), ("2019-09-01", 2.5)]), &[]);
    bench.draw(0);
    let lead = |tick: usize| bench.inputs().lead("first", tick).months;
    close(lead(1), 3.0, "in February");
    // The middle of June is day 166; March starts on day 59, September on day 243.
    close(lead(5), 3.0 * (1.5 + (166.0 - 59.0) / (243.0 - 59.0)), "in June");
    close(lead(20), 3.0 * 2.5, "after the last point");
    assert_eq!(bench.inputs().lead("first", 20).ticks, (7, 0.5));
    // What falls due in November was ordered in May: 4.5 + 3 x 77.5 / 184 = 5.76 months before the middle of November.
    close(bench.inputs().lead_of_due("first", 10), lead(4), "due in November");
}

/// The law counts the day of production back from the due day with the lead time that the order had; sources are ordered
/// from, counted on and looked ahead to with it too. So a shortage that doubles every lead time from the start on is, to
/// the bit, a world of doubled lead times.
#[test]
fn a_shortage_from_the_start_is_a_world_of_longer_lead_times() {
    let regime = listing("2019-05-01", "2019-05-01")
        + &direct_product("test", "2019-08-10", "2019-08-10", "at", false)
        + &savings(&["test"], "2019-08-10", "2019-08-10", "2019-12-20");
    let prepare = |mut world: World| {
        world.set("production_point", 0.25).set("announcement_weight", 0.5).set("review_lag", 0.5);
        world.offers[0] = crate::worlds::Offer {
            technology: "at".into(),
            ..crate::worlds::Offer::new("first", "maker", "fpga", "TW")
        };
        world.suppliers[0].home = "TW".into();
        world.vendors[0].lines[0].risk_stock = 6.0;
        world
    };
    let short = prepare(world(true, &[("2018-01-01", 2.0)]));
    let mut long = prepare(World::plain());
    long.offers[0].lead = 6.0.into();
    let (mut a, mut b) = (Bench::new(&short, &[&regime]), Bench::new(&long, &[&regime]));
    for scenario in [0, 1] {
        assert!(same(&a.run(scenario), &b.run(scenario)), "scenario {scenario}");
    }
    assert!(!same(&a.run(0), &a.run(1)), "the regime must matter");
}

#[test]
fn switched_off_or_flat_it_changes_nothing() {
    let mut plain = World::plain();
    plain.offers[0].capacity = 10.0.into();
    plain.set("capacity_noise", 0.1);
    let run = |mut world: World| {
        world.set("capacity_noise", 0.1);
        Bench::new(&world, &[&listing("2019-07-01", "2019-07-01")]).run(1)
    };
    let without = run(plain);
    assert!(same(&without, &run(world(false, &[("2019-03-01", 2.0)]))), "off");
    assert!(same(&without, &run(world(true, &[("2019-03-01", 1.0), ("2020-03-01", 1.0)]))), "flat");
    assert!(!same(&without, &run(world(true, &[("2019-03-01", 2.0)]))), "on");
}

/// `strength` scales what is above 1, and a class without `shortage` is left alone.
#[test]
fn strength_scales_the_lengthening_and_other_classes_keep_their_lead_times() {
    let mut half = world(true, &[("2018-01-01", 2.0)]);
    half.extra[1].1 += "\nstrength = { value = 0.5, unit = \"ratio\", bounds = [0, 2] }";
    half.classes.push(crate::worlds::Class::essential("board"));
    half.offers.push(crate::worlds::Offer::new("boards", "maker", "board", "US"));
    let mut bench = Bench::new(&half, &[]);
    bench.draw(0);
    close(bench.inputs().lead("first", 3).months, 4.5, "half of three months more");
    close(bench.inputs().lead("boards", 3).months, 3.0, "the other class");
}

#[test]
fn bad_values_are_reported_where_they_stand() {
    for (points, needle) in [
        (&[("2019-03-01", 2.0), ("2019-02-01", 2.0)][..], "must rise"),
        (&[("2019-03-01", 40.0)][..], "shortage.lead_times"),
    ] {
        let text = world(true, points).scenario_text("bad", "");
        let problems = chokepoint::scenario::load_text("bad", &text, &[]).unwrap_err().lines();
        assert!(problems.contains(needle), "{problems}");
    }
    let mut idle = world(true, &[("2019-03-01", 2.0)]);
    idle.extra.remove(0);
    let problems = chokepoint::scenario::load_text("bad", &idle.scenario_text("bad", ""), &[]).unwrap_err().lines();
    assert!(problems.contains("reaches no class"), "{problems}");
}
