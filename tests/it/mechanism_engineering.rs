//! Limited engineering (E15) in worlds small enough to solve by hand: jobs slow down together, lines come by priority,
//! and nobody knows that an attempt will fail before it does.

use crate::worlds::{Bench, Class, Line, Market, Offer, Supplier, Vendor, VendorLine, World, close, same};
use chokepoint::model::record::{ENGINEERING, SOURCES};
use chokepoint::model::world::calendar::MONTH;

/// The plain world with a second class, whose sources take two months, not four; each class has a foreign source in
/// qualification from the first day on.
fn world() -> World {
    let mut world = World::plain();
    world.classes.push(Class { qualification: 2.0, ..Class::essential("rf") });
    world.suppliers.push(Supplier::new("other", "JP"));
    world.offers.push(Offer::new("rf-first", "maker", "rf", "US"));
    for (id, class) in [("fpga-second", "fpga"), ("rf-second", "rf")] {
        let mut offer = Offer::new(id, "other", class, "JP").when_short();
        offer.candidates[0].1 = Some("2019-01-01".into());
        world.offers.push(offer);
    }
    world
}

/// The world, with boards a change of source in each class and engineers for some boards a month.
fn bench(world: &World, boards: f64, engineering: Option<f64>) -> Bench {
    let mut extra = String::new();
    for class in &world.classes {
        let record = format!("value = {boards:?}\nunit = \"boards\"\nbounds = [0, 1000]");
        extra += &format!("[classes.{}.boards]\n{record}\n", class.id);
    }
    if let Some(capacity) = engineering {
        let record = format!("value = {capacity:?}\nunit = \"boards/month\"\nbounds = [0, 1000]");
        extra += &format!("[vendors.huawei.engineering]\n{record}\n");
    }
    Bench::of(&[world.scenario("no-controls", &extra)])
}

/// Day on which each source that is not qualified at the start is, as known at the end of each tick.
fn known(bench: &mut Bench) -> Vec<Vec<f64>> {
    let inputs = bench.inputs();
    let open: Vec<_> = inputs.sources().filter(|source| inputs.qualified_on(*source) > 0.0).collect();
    let mut days = Vec::new();
    bench.watch(0, |_, probe| days.push(open.iter().map(|source| probe.qualified_on(*source)).collect()));
    days
}

#[test]
fn jobs_slow_down_together_where_engineers_are_few() {
    // 40 boards each: 10 a month over four months, 20 a month over two. Engineers for 10 a month: a third of the speed. After
    // six months the second job is done; the first, of which two months are done, goes on at full speed for two more.
    let mut bench = bench(&world(), 40.0, Some(10.0));
    let known = known(&mut bench);
    close(known[0][0], 31.0 + (4.0 * MONTH - 31.0 / 3.0) * 3.0, "as fast as in the first month, twelve months");
    close(known[0][1], 6.0 * MONTH, "the second source, as known in the first month");
    let last = known.last().unwrap();
    close(last[0], 8.0 * MONTH, "80 boards at 10 a month");
    close(last[1], 6.0 * MONTH, "the second source");

    let record = bench.run(0);
    let used = bench.series(&record, ENGINEERING, "huawei");
    used.iter().take(7).for_each(|boards| close(*boards, 10.0, "at the limit"));
    let total: f64 = used.iter().zip(bench.months()).map(|(boards, months)| boards * months).sum();
    close(total, 80.0, "all boards");
    let sources = bench.series(&record, SOURCES, "huawei");
    // 1 July is day 181, 1 August 212; 1 September 243, 1 October 273.
    assert_eq!(sources[..9], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 2.0]);
}

#[test]
fn a_week_and_a_month_end_on_the_same_day() {
    let mut weekly = world();
    weekly.tick = "week".into();
    let last = known(&mut bench(&weekly, 40.0, Some(10.0))).pop().unwrap();
    assert!((last[0] - 8.0 * MONTH).abs() < 1e-6 && (last[1] - 6.0 * MONTH).abs() < 1e-6, "{last:?}");
}

#[test]
fn without_a_limit_or_without_boards_nothing_slows_down() {
    let run = |boards, engineering| bench(&world(), boards, engineering).run(0);
    let free = known(&mut bench(&world(), 40.0, None)).pop().unwrap();
    assert_eq!(free, [4.0 * MONTH, 2.0 * MONTH]);
    let none = run(0.0, None);
    assert!(same(&none, &run(0.0, Some(0.0))), "no boards, no need of engineers");
    // 10 and 20 boards a month: engineers for 30 are enough. Only the boards themselves are recorded.
    let (plenty, unlimited) = (run(40.0, Some(30.0)), run(40.0, None));
    assert!(same(&plenty, &unlimited), "enough engineers");
}

#[test]
fn a_line_of_lower_priority_waits() {
    let mut world = World::plain();
    world.suppliers.push(Supplier::new("other", "JP"));
    world.classes[0].lines.push("phones".into());
    world.lines.push(Line { id: "phones".into(), ..world.lines[0].clone() });
    let phones = VendorLine { line: "phones".into(), ..world.vendors[0].lines[0].clone() };
    world.vendors[0].lines.push(phones);
    world.markets.push(Market::new("phones", "phones", 100.0, &[("huawei", 1.0)]));
    let mut offer = Offer::new("second", "other", "fpga", "JP").when_short();
    offer.candidates[0].1 = Some("2019-01-01".into());
    world.offers.push(offer);
    // 10 boards a month a line; 15 a month in all: the second line has half speed for four months, then two at full.
    let last = known(&mut bench(&world, 40.0, Some(15.0))).pop().unwrap();
    close(last[0], 4.0 * MONTH, "stations");
    close(last[1], 6.0 * MONTH, "phones");
    // None is left for the second line while the first one works: 10 of 10, and four months each.
    let mut bench = bench(&world, 40.0, Some(10.0));
    let days = known(&mut bench);
    assert_eq!(days[0][1], f64::INFINITY, "no end in sight");
    close(days.last().unwrap()[1], 8.0 * MONTH, "phones after stations");
}

/// Whatever the numbers round to, engineers never do more than they can, nor less than nothing.
#[test]
fn no_more_boards_than_engineers_can_redesign() {
    let mut world = world();
    world.set("qualification_success", 0.5);
    world.classes.iter_mut().for_each(|class| class.lines.push("phones".into()));
    world.lines.push(Line { id: "phones".into(), ..world.lines[0].clone() });
    let phones = VendorLine { line: "phones".into(), ..world.vendors[0].lines[0].clone() };
    world.vendors[0].lines.push(phones);
    world.markets.push(Market::new("phones", "phones", 100.0, &[("huawei", 1.0)]));
    for engineering in 1..40 {
        let capacity = f64::from(engineering) * 0.7;
        let mut bench = bench(&world, 33.3, Some(capacity));
        for trial in 0..20 {
            bench.draw(trial);
            let record = bench.run(0);
            let used = bench.series(&record, ENGINEERING, "huawei");
            let within = |boards: &f64| (0.0..=capacity * (1.0 + 1e-9)).contains(boards);
            assert!(used.iter().all(within), "{capacity} boards a month, trial {trial}: {used:?}");
        }
    }
}

#[test]
fn a_failure_is_learned_at_its_end() {
    let mut world = world();
    world.set("qualification_success", 0.5);
    let mut bench = bench(&world, 0.0, None);
    let second = "huawei:stations:fpga<-fpga-second";
    let failures = |bench: &Bench| (0..).find(|n| bench.inputs().attempt(second, *n).1).unwrap();
    // A trial in which two attempts fail and the third succeeds: they end after 4, 8 and 12 months.
    let trial = (0..200).find(|trial| {
        bench.draw(*trial);
        failures(&bench) == 2
    });
    bench.draw(trial.expect("one in eight"));
    let mut arrived = Vec::new();
    let mut known = Vec::new();
    bench.watch(0, |_, probe| {
        known.push((probe.qualified_on(second) / MONTH).round());
        arrived.push(probe.shipped(second));
    });
    // The attempts end on days 122, 243.5 and 365: in May, September and on the day after the first year.
    let expected = [4.0, 4.0, 4.0, 4.0, 8.0, 8.0, 8.0, 8.0, 12.0, 12.0, 12.0, 12.0, 12.0];
    assert_eq!(known[..13], expected);
    assert!(
        arrived[..15].iter().all(|units| *units == 0.0),
        "nothing before it is qualified and a lead time has passed"
    );
    assert!(arrived[17] > 0.0, "then it comes");
}

#[test]
fn a_vendor_that_is_not_watched_has_engineers_too() {
    let mut world = world();
    world.vendors.push(Vendor::new("rival", 4.0));
    world.markets.push(Market::new("elsewhere", "stations", 50.0, &[("rival", 1.0)]));
    for offer in &mut world.offers {
        if offer.candidates.is_empty() {
            offer.buyers.push("rival".into());
        } else {
            offer.candidates.push(("rival".into(), Some("2019-01-01".into())));
        }
    }
    let last = known(&mut bench(&world, 40.0, Some(10.0))).pop().unwrap();
    // Links stand by vendor: the listed firm's, then the rival's, whose engineers are not limited.
    close(last[0], 8.0 * MONTH, "the firm's");
    assert_eq!(last[2..], [4.0 * MONTH, 2.0 * MONTH]);
}
