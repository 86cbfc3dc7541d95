//! Domestic programmes (section 6) in a world small enough to solve by hand: an offer that is not there until its hazard
//! has built up, whose capacity then ramps up, and whose maker may obey less than its country does.

use crate::worlds::rulebook::listing;
use crate::worlds::{Bench, Offer, Supplier, World, close};
use chokepoint::model::record::{DEPLOYED, PROGRAMME};
use chokepoint::model::world::calendar::MONTH;
use chokepoint::model::world::random::StreamId;
use chokepoint::scenario;

/// The plain world with a second source, Chinese and to be qualified in four months when the first falls short.
fn world() -> World {
    let mut world = World::plain();
    world.suppliers.push(Supplier::new("home", "CN"));
    world.offers.push(Offer::new("second", "home", "fpga", "CN").when_short());
    world
}

fn programme(hazard: f64, effort: f64, more: &str) -> String {
    format!(
        "[offers.second.programme]\nstart = 2019-03-01\n\
         hazard = {{ value = {hazard:?}, unit = \"per month\", bounds = [0, 1] }}\n\
         effort = {{ value = {effort:?}, unit = \"ratio\", bounds = [0, 10] }}\n\
         yield_start = {{ value = 0.2, unit = \"share\", bounds = [0, 1] }}\n\
         yield_time = {{ value = 6, unit = \"months\", bounds = [0, 60] }}\n{more}\n"
    )
}

/// The second source.
const SECOND: &str = "huawei:stations:fpga<-second";
/// 1 March 2019.
const START: f64 = 59.0;

fn bench(world: &World, extra: &str) -> Bench {
    let listed = format!("{extra}{}", listing("2019-07-01", "2019-07-01"));
    Bench::of(&[world.scenario("no-controls", extra), world.scenario("listed", &listed)])
}

/// Day on which the programme matures in a trial, if it does by the end.
fn mature(bench: &mut Bench, trial: u64, scenario: usize) -> f64 {
    bench.draw(trial);
    let mut day = f64::NAN;
    bench.watch(scenario, |_, probe| day = probe.mature_on("second"));
    day
}

#[test]
fn hazard_builds_up_to_a_level_drawn_once_a_trial() {
    let mut at_ease = bench(&world(), &programme(0.1, 3.0, ""));
    let mut anxious = world();
    anxious.vendors[0].risk_at_rest = 0.5;
    let mut anxious = bench(&anxious, &programme(0.1, 3.0, ""));
    let key = at_ease.plan.world.offers[1].key;
    let end = f64::from(at_ease.plan.world.calendar.first_day[24]);
    let mut matured = 0;
    for trial in 0..40 {
        let day = mature(&mut at_ease, trial, 0);
        let level = -at_ease.inputs().streams().uniform(StreamId::Maturation, key, 0).ln();
        let expected = START + level / 0.1 * MONTH;
        if expected < end {
            close(day, expected, "a tenth a month");
            matured += 1;
        } else {
            assert_eq!(day, f64::INFINITY, "not within the horizon");
        }
        // 0.1 (1 + 3 x 0.5) = 0.25 a month.
        let sooner = START + level / 0.25 * MONTH;
        let day = mature(&mut anxious, trial, 0);
        assert!((day - sooner).abs() < 1e-6 || sooner >= end && day == f64::INFINITY, "{day} for {sooner}");
    }
    assert!((20..40).contains(&matured), "{matured} of 40");
}

#[test]
fn a_rule_brings_the_same_trial_forward() {
    let mut world = world();
    world.set("force_weight", 1.0);
    let mut bench = bench(&world, &programme(0.02, 4.0, ""));
    let (mut sooner, mut trials) = (0, 0);
    for trial in 0..40 {
        let (without, listed) = (mature(&mut bench, trial, 0), mature(&mut bench, trial, 1));
        assert!(listed <= without, "trial {trial}: {listed} with the rule, {without} without");
        sooner += usize::from(listed < without);
        trials += usize::from(listed < f64::INFINITY);
    }
    assert!(sooner > trials / 2, "{sooner} of {trials}");
}

#[test]
fn it_is_not_mature_before_its_earliest_day() {
    // A hazard of 1 a month would have it mature within a month or three of March 2019.
    let mut bench = bench(&world(), &programme(1.0, 0.0, "earliest = 2020-01-01"));
    assert_eq!(mature(&mut bench, 0, 0), 365.0);
    let key = bench.plan.world.offers[1].key;
    assert!(-bench.inputs().streams().uniform(StreamId::Maturation, key, 0).ln() < 10.0, "it was over before");
}

/// The hand-solved series: after the listing the firm builds from stock; then nothing; then what the programme gives.
#[test]
fn a_line_lives_on_what_the_programme_gives() {
    let mut world = world();
    world.set("qualification_ramp", 0.0);
    world.offers[1].capacity = 0.5.into();
    let extra = programme(1.0, 0.0, "earliest = 2019-10-01");
    let mut bench = bench(&world, &extra);
    assert_eq!(mature(&mut bench, 0, 1), 273.0);
    let (mut given, mut first) = (Vec::new(), Vec::new());
    let record = bench.watch(1, |_, probe| {
        given.push(probe.shipped(SECOND));
        first.push(probe.qualified_on(SECOND));
    });
    let output = bench.series(&record, PROGRAMME, "second");
    let calendar = &bench.plan.world.calendar;
    // What is recorded in a tick is for the next one.
    for (tick, output) in output.iter().enumerate().take(23) {
        let middle = 0.5 * f64::from(calendar.first_day[tick + 1] + calendar.first_day[tick + 2]);
        let age = (middle - 273.0) / MONTH;
        let expected = if age < 0.0 { 0.0 } else { 1.0 - 0.8 * (-age / 6.0f64).exp() };
        close(*output, expected, &format!("output in tick {}", tick + 1));
    }
    // Mature on 1 October, which is known at the end of September; the attempt starts then, and takes four months: to day
    // 394.7, 29 January 2020. So February orders, and three months later, in May, the first parts arrive.
    close(*first.last().unwrap(), 273.0 + 4.0 * MONTH, "qualified");
    assert!(given[..16].iter().all(|units| *units == 0.0), "nothing before May 2020: {given:?}");
    // From then on the source gives all that it can, and stations are as many as its chips allow.
    let deployed = bench.series(&record, DEPLOYED, "huawei:stations");
    let capacity: Vec<f64> = bench.inputs().capacity("second").collect();
    for tick in 16..24 {
        let can = capacity[tick] * output[tick - 1] * calendar.months(tick);
        assert!(given[tick] <= can * (1.0 + 1e-9), "tick {tick}: {} of {can}", given[tick]);
        assert!(given[tick] > 0.0, "tick {tick}");
        close(deployed[tick] * calendar.months(tick), given[tick] / 2.0, &format!("stations in tick {tick}"));
    }

    // Switched off, the source is there from the start, and is qualified four months after the listing is felt.
    let mut off = self::bench(&world, "");
    let mut day = f64::NAN;
    off.watch(1, |_, probe| day = probe.qualified_on(SECOND));
    close(day, 212.0 + 4.0 * MONTH, "qualified without a programme");
}

#[test]
fn levels_are_exponential_with_mean_one() {
    let mut bench = bench(&world(), &programme(0.1, 3.0, ""));
    let n = 4000;
    let levels: Vec<f64> = (0..n)
        .map(|trial| {
            bench.draw(trial);
            bench.inputs().maturity("second")
        })
        .collect();
    let mean = levels.iter().sum::<f64>() / n as f64;
    assert!((mean - 1.0).abs() < 3.0 / (n as f64).sqrt(), "{mean}");
    let above = levels.iter().filter(|level| **level > 2.0).count() as f64 / n as f64;
    let expected = (-2.0f64).exp();
    assert!((above - expected).abs() < 3.0 * (expected * (1.0 - expected) / n as f64).sqrt(), "{above}");
}

/// One draw a jurisdiction and trial, which each supplier holds against its own chance.
#[test]
fn a_supplier_may_obey_less_than_its_country() {
    let mut world = world();
    world.compliance = vec![("US".into(), 1.0), ("CN".into(), 0.7)];
    world.suppliers.push(Supplier::new("other", "CN"));
    world.offers.push(Offer::new("third", "other", "fpga", "CN").when_short());
    let own = "[suppliers.home.compliance]\nvalue = 0.3\nunit = \"share\"\nbounds = [0, 1]\n";
    let mut bench = Bench::of(&[world.scenario("no-controls", own)]);
    let (mut less, mut more) = (0, 0);
    for trial in 0..1000 {
        bench.draw(trial);
        let (a, b) = (bench.inputs().obeys("home"), bench.inputs().obeys("other"));
        assert!(!a || b, "trial {trial}: who obeys less never obeys alone");
        less += usize::from(a);
        more += usize::from(b);
    }
    // Three standard errors of 1000 draws are 0.043.
    assert!((257..=343).contains(&less) && (657..=743).contains(&more), "{less} and {more} of 1000");
}

#[test]
fn what_makes_no_sense_is_said_in_words() {
    for (world, extra, message, help) in [
        (
            world(),
            programme(0.1, 3.0, "earliest = 2019-02-01"),
            "can be mature on 2019-02-01, before it starts",
            "later day",
        ),
        (
            world(),
            programme(0.1, 3.0, "erliest = 2020-02-01"),
            "`offers.second.programme.erliest` is not a key",
            "earliest",
        ),
        (world(), programme(1.5, 3.0, ""), "offers.second.programme.hazard", ""),
        (
            {
                let mut world = world();
                world.offers[1] = Offer::new("second", "home", "fpga", "CN");
                world
            },
            programme(0.1, 3.0, ""),
            "has a programme and the buyer `huawei`",
            "candidates",
        ),
    ] {
        let text = world.scenario_text("broken", &extra);
        let problems = scenario::load_text("broken", &text, &[]).expect_err(message);
        assert_eq!(problems.count(), 1, "{}", problems.lines());
        let problem = problems.iter().next().unwrap();
        assert!(problem.message().contains(message), "{}", problem.message());
        assert!(problem.advice().unwrap_or_default().contains(help), "{:?}", problem.advice());
        assert!(problem.location().is_some(), "{}", problem.message());
    }
}
