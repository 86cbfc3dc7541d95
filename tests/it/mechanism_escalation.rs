//! The escalation ladder: a small world solved by hand; a ladder that never acts is the dated law alone; one whose days are
//! fixed is the dated law with these days; until a rung is announced nothing differs; and what a trial does depends on it
//! alone.

use crate::worlds::rulebook::listing;
use crate::worlds::{Bench, CHIPS, Offer, Supplier, World, close, same, shipped};
use chokepoint::model::record::outcome::UNTIL_RUNG;
use chokepoint::model::record::{self, RUNGS, Record};
use chokepoint::scenario::{self, Scenario};

/// A ladder with fixed numbers; each rung is a direct-product test for any item, or for own designs only.
fn ladder(from: &str, tolerance: f64, patience: f64, notice: f64, rungs: &[bool]) -> String {
    let number = |key: &str, value: f64, unit: &str| {
        format!("{key} = {{ value = {value:?}, unit = \"{unit}\", bounds = [0, 60] }}\n")
    };
    let mut text = format!("[escalation]\nfrom = {from}\n")
        + &number("tolerance", tolerance, "ratio")
        + &number("patience", patience, "months")
        + &number("notice", notice, "months");
    for (i, own) in rungs.iter().enumerate() {
        text += &format!("[escalation.ladder.r{i}]\ntitle = \"Rung {i}\"\nprovisions = [\"step-{i}\"]\n");
        text += &format!(
            "[provisions.step-{i}]\nkind = \"direct-product\"\ntitle = \"T\"\ncitation = \"C\"\nitem_from = \"ear99\"\n\
             technology_from = \"ear99\"\nplant_from = \"ear99\"\nown_design_only = {own}\ndestination = \"listed-buyer\"\n"
        );
    }
    text
}

/// The plain world with its one source in Taiwan: not subject to the law until a direct-product test is in force.
fn foreign() -> World {
    let mut world = World::plain();
    world.suppliers = vec![Supplier::new("maker", "TW")];
    world.offers = vec![Offer::new("first", "maker", "fpga", "TW")];
    world
}

fn subject(bench: &Bench) -> String {
    bench.plan.world.vendor_lines[bench.plan.world.subject.ix()].id.clone()
}

/// 100 stations a day, two units each; 4 months of stock, lead time 3 months. The regulator looks once a month from the
/// first day on, and six times it finds all that is planned: the first rung is announced on 2019-07-01 (181 days are 5.95 months,
/// and no start of a month is nearer to six). Two months' notice end nearest to 2019-09-01 (tick 8): in force.
#[test]
fn a_small_world_by_hand() {
    let law = listing("2018-01-01", "2018-01-01") + &ladder("2019-01-01", 0.75, 6.0, 2.0, &[false]);
    let mut bench = Bench::new(&foreign(), &[&law]);
    bench.draw(0);
    let (mut turns, mut arrived, mut above) = (Vec::new(), Vec::new(), Vec::new());
    let record = bench.watch(1, |_, probe| {
        turns.push(probe.next_rung());
        arrived.push(probe.arrived(CHIPS));
        above.push(probe.months_above_tolerance());
    });
    let id = subject(&bench);
    let days = [31.0, 28.0, 31.0, 30.0, 31.0, 30.0, 31.0, 31.0, 30.0, 31.0, 30.0, 31.0];
    let month = 365.2425 / 12.0;
    let plan = 100.0 * month;

    // Announced with the seventh month, not before; in force with the ninth; nothing is announced after the last rung.
    assert_eq!(turns[..9], [None, None, None, None, None, None, Some(8), Some(8), None]);
    assert!(turns[8..].iter().all(|turn| turn.is_none()));
    let stages = bench.series(&record, RUNGS, &id);
    assert_eq!(stages[..9], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
    assert!(stages[8..].iter().all(|stage| *stage == 1.0));
    close(above[6], 181.0 / month, "months above the tolerance when it is announced");

    // Orders of a month are what it uses, and come three months later; the first also fills the lines to three mean months.
    let use_of = |tick: usize| 200.0 * days[tick];
    let fill = 6.0 * plan - (use_of(0) + use_of(1) + use_of(2));
    let mut expected = vec![use_of(0), use_of(1), use_of(2), use_of(0) + fill];
    expected.extend((1..5).map(use_of));
    for (tick, (found, expected)) in arrived.iter().zip(&expected).enumerate() {
        close(*found, *expected, &format!("arrivals in tick {tick}"));
    }
    assert!(arrived[8..].iter().all(|units| *units == 0.0), "nothing ships from the first day in force");

    // What is in stock on 2019-09-01 makes 121 days' stations.
    let stock = 8.0 * plan + expected.iter().sum::<f64>() - (0..8).map(use_of).sum::<f64>();
    close(stock, 24_211.625, "stock at the end of August");
    let deployed = bench.series(&record, record::DEPLOYED, &id);
    let months = bench.months();
    let mut left = stock / 2.0;
    for tick in 0..24 {
        let due = if tick < 8 { 100.0 * days[tick] } else { (100.0 * months[tick] * month).min(left) };
        if tick >= 8 {
            left -= due;
        }
        close(deployed[tick] * months[tick], due, &format!("deployed in tick {tick}"));
    }
    close(deployed[12], 0.0, "nothing is left in 2020");

    // E10: all that is planned until the announcement; then what is in stock before use and the last arrivals, over a year.
    let sustained = bench.series(&record, record::SUSTAINED, &id);
    for (tick, found) in sustained.iter().enumerate().take(6) {
        close(*found, plan, &format!("sustained capacity in tick {tick}"));
    }
    let before_use = stock + use_of(7);
    close(sustained[7], before_use / 24.0, "in August");
    close(sustained[6], (before_use + use_of(6) - use_of(3) + expected[6]) / 24.0, "in July");
    close(sustained[8], stock / 24.0, "in September");
}

/// What a law does is known when the patience is at its end: not one tick earlier or later as patience and notice change.
#[test]
fn patience_and_notice_move_the_days() {
    let law = |from: &str, patience, notice| {
        listing("2018-01-01", "2018-01-01") + &ladder(from, 0.75, patience, notice, &[false])
    };
    // Patience, notice; first tick announced, first in force.
    for (from, patience, notice, announced, in_force) in [
        ("2019-01-01", 0.0, 0.0, 1, 1),
        ("2019-01-01", 1.0, 0.0, 1, 1),
        ("2019-01-01", 1.0, 0.4, 1, 1),
        ("2019-01-01", 1.0, 0.6, 1, 2),
        ("2019-01-01", 12.0, 0.0, 12, 12),
        ("2019-01-01", 3.0, 5.0, 3, 8),
        // Half of March counts.
        ("2019-03-16", 3.0, 1.0, 5, 6),
    ] {
        let mut bench = Bench::new(&foreign(), &[&law(from, patience, notice)]);
        bench.draw(0);
        let mut first = None;
        let record = bench.watch(1, |tick, probe| {
            let acts = probe.next_rung().is_some() || probe.rungs_in_force() > 0;
            first = first.or(acts.then_some(tick));
        });
        let stages = bench.series(&record, RUNGS, &subject(&bench));
        let start = stages.iter().position(|stage| *stage == 1.0);
        assert_eq!((first, start), (Some(announced), Some(in_force)), "{from}, {patience}, {notice}");
    }
}

/// A rung that reaches nothing that is bought changes nothing, and the next one follows.
#[test]
fn a_rung_in_vain_is_followed_by_the_next() {
    let law = listing("2018-01-01", "2018-01-01") + &ladder("2019-01-01", 0.75, 2.0, 1.0, &[true, false]);
    let mut bench = Bench::new(&foreign(), &[&law, &listing("2018-01-01", "2018-01-01")]);
    bench.draw(0);
    let (with, without) = (bench.run(1), bench.run(2));
    let id = subject(&bench);
    let stages = bench.series(&with, RUNGS, &id);
    assert_eq!(stages[..9], [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0]);
    let sustained = |record: &Record| bench.series(record, record::SUSTAINED, &id);
    // The second is announced on 2019-06-01 (tick 5).
    assert_eq!(sustained(&with)[..5], sustained(&without)[..5]);
    assert!(sustained(&with)[5] < sustained(&without)[5]);
}

/// Columns of two records but for the number of rungs, up to a tick: to the bit, or to a part of their size.
#[track_caller]
fn agree(bench: &Bench, a: &Record, b: &Record, ticks: usize, part: f64, what: &str) {
    for (column, (outcome, entity)) in bench.layout.columns.iter().enumerate().filter(|(_, c)| c.0 != RUNGS) {
        for tick in 0..ticks {
            let (x, y) = (a.at(tick, column), b.at(tick, column));
            assert!(
                x.to_bits() == y.to_bits() || (x - y).abs() <= part * x.abs(),
                "{what}: {} of {entity} in tick {tick}: {x} and {y}",
                outcome.id
            );
        }
    }
    assert_eq!(a.binding[..ticks], b.binding[..ticks], "{what}");
}

fn ticks(bench: &Bench) -> usize {
    bench.plan.world.calendar.ticks
}

#[test]
fn a_regulator_that_tolerates_all_leaves_the_current_rules() {
    let mut scenarios = shipped(&["no-controls", "current-rules"], &[]);
    // The plant may exceed by far what is planned for the last years.
    let all = [("escalation.tolerance.bounds", "[0, 1000]"), ("escalation.tolerance.triangular", "[1000, 1000, 1000]")];
    scenarios.extend(shipped(&["escalation"], &all));
    let mut bench = Bench::of(&scenarios);
    for trial in 0..4 {
        bench.draw(trial);
        let (current, adaptive) = (bench.run(1), bench.run(2));
        agree(&bench, &current, &adaptive, ticks(&bench), 0.0, &format!("trial {trial}"));
        assert!(bench.series(&adaptive, RUNGS, &subject(&bench)).iter().all(|stage| *stage == 0.0));
    }
}

/// Until a rung is announced a trial is that of the current rules, to the bit; then it is not.
#[test]
fn until_the_announcement_nothing_differs() {
    let mut bench = Bench::shipped(&["no-controls", "current-rules", "escalation"], &[]);
    let mut announced = 0;
    for trial in 0..8 {
        bench.draw(trial);
        let current = bench.run(1);
        let mut first = None;
        let adaptive = bench.watch(2, |tick, probe| {
            let acts = probe.next_rung().is_some() || probe.rungs_in_force() > 0;
            first = first.or(acts.then_some(tick));
        });
        let end = ticks(&bench);
        agree(&bench, &current, &adaptive, first.unwrap_or(end), 0.0, &format!("trial {trial}"));
        if let Some(first) = first {
            announced += 1;
            let row = |record: &Record| record.values[first * record.width..(first + 1) * record.width].to_vec();
            assert_ne!(row(&current), row(&adaptive), "trial {trial}: the announcement matters at once");
        }
    }
    assert!(announced > 0);
}

/// One length of review for all: a review set off by a rung is drawn by the rung, one set off by a dated rule by its day.
const REVIEW: &str = "[behaviour.review_lag]\nvalue = 1.0\nunit = \"months\"\nbounds = [0.0, 6.0]\n";

/// Two rules of the shipped ladder, the milder one first so that it leaves some capacity, either on fixed days or on those of
/// a regulator who tolerates nothing, looks from 2019-06-01, waits for six months and gives two months' notice.
fn with_days(adaptive: bool) -> Scenario {
    let rung = |id: &str, announced: &str, from: &str, kind: &str| {
        let days = if adaptive { String::new() } else { format!("announced = {announced}\nfrom = {from}\n") };
        format!("[provisions.{id}]\ntitle = \"T\"\ncitation = \"C\"\n{kind}destination = \"listed-buyer\"\n{days}")
    };
    let head = format!(
        "kind = \"scenario\"\nid = \"{}\"\ntitle = \"T\"\ndescription = \"D\"\nextends = \"shipped:current-rules\"\n\
         assumption = \"for a test\"\nconfidence = \"low\"\n",
        if adaptive { "adaptive" } else { "dated" }
    );
    let fixed = |value: f64, unit: &str| format!("{{ value = {value:?}, unit = \"{unit}\", bounds = [0, 60] }}");
    let policy = format!(
        "[escalation]\nfrom = 2019-06-01\ntolerance = {}\npatience = {}\nnotice = {}\n\
         ladder.one = {{ title = \"One\", provisions = [\"product\"] }}\n\
         ladder.two = {{ title = \"Two\", provisions = [\"content\"] }}\n",
        fixed(0.0, "ratio"),
        fixed(6.0, "months"),
        fixed(2.0, "months"),
    );
    let text = head
        + REVIEW
        + if adaptive { &policy } else { "" }
        + &rung("content", "2020-08-01", "2020-10-01", "kind = \"de-minimis\"\nthreshold = 0.10\ncounts = \"all\"\n")
        + &rung(
            "product",
            "2019-12-01",
            "2020-02-01",
            "kind = \"direct-product\"\nitem_from = \"ear99\"\ntechnology_from = \"at\"\nplant_from = \"at\"\n\
             own_design_only = true\n",
        );
    scenario::load_text("with-days", &text, &[]).unwrap_or_else(|p| panic!("{}\n{text}", p.lines()))
}

#[test]
fn rungs_whose_days_are_fixed_are_dated_provisions() {
    let mut bench = Bench::of(&[with_days(false), with_days(true)]);
    let start = |bench: &Bench, record: &Record, rung: f64| {
        bench.series(record, RUNGS, &subject(bench)).iter().position(|stage| *stage >= rung)
    };
    let mut both = 0;
    for trial in 0..12 {
        bench.draw(trial);
        let (dated, adaptive) = (bench.run(0), bench.run(1));
        assert_eq!(start(&bench, &adaptive, 1.0), Some(13), "2020-02");
        // Where the first rung leaves no capacity at all, even this regulator does not act before there is some again.
        let second = start(&bench, &adaptive, 2.0) == Some(21);
        both += usize::from(second);
        // Days of a tick are added up over other stretches where a provision starts within them, so to rounding; which feedback
        // magnifies after some years.
        let until = if second { 48 } else { 19 };
        agree(&bench, &dated, &adaptive, until, 1e-9, &format!("trial {trial}"));
    }
    // How often is the doing of the world; that it happens at all makes this a test of the second rung too.
    assert!(both >= 3, "the second rung starts on 2020-10-01 in {both} of 12 trials");
}

/// A worker's state and rules are used again for other trials and scenarios.
#[test]
fn a_trial_depends_on_nothing_but_itself() {
    let ids = ["no-controls", "escalation", "current-rules"];
    let mut used = Bench::shipped(&ids, &[]);
    for trial in [5, 2, 9] {
        used.draw(trial);
        (0..ids.len()).for_each(|s| drop(used.run(s)));
    }
    for trial in [2, 0] {
        let mut fresh = Bench::shipped(&ids, &[]);
        fresh.draw(trial);
        used.draw(trial);
        for s in [1, 2, 0, 1] {
            assert!(same(&used.run(s), &fresh.run(s)), "trial {trial} of {}", ids[s]);
        }
    }
}

/// The numbers of a ladder are drawn by their own keys: another rung, and other regimes beside it, leave them as they were.
#[test]
fn what_else_there_is_moves_no_first_rung() {
    let mut alone = Bench::shipped(&["no-controls", "escalation"], &[]);
    let less = "kind = \"scenario\"\nid = \"less\"\ntitle = \"T\"\ndescription = \"D\"\nextends = \"shipped:escalation\"\n\
                remove = [\"escalation.ladder.any-item\", \"provisions.huawei-direct-product-any-item\"]\n";
    let less = scenario::load_text("less", less, &[]).unwrap_or_else(|p| panic!("{}", p.lines()));
    let mut scenarios = shipped(&["no-controls", "adopted-rules", "escalation"], &[]);
    scenarios.push(less);
    let mut beside = Bench::of(&scenarios);
    for trial in 0..4 {
        alone.draw(trial);
        beside.draw(trial);
        let id = subject(&alone);
        let (a, b, c) = (alone.run(1), beside.run(2), beside.run(3));
        let stages = |bench: &Bench, record: &Record| bench.series(record, RUNGS, &id);
        let (a, b, c) = (stages(&alone, &a), stages(&beside, &b), stages(&beside, &c));
        assert_eq!(a, b);
        // Up to the announcement of the third rung, which is after the start of the second.
        let second = a.iter().position(|stage| *stage >= 2.0).unwrap_or(a.len() - 1);
        assert_eq!(a[..=second], c[..=second]);
    }
}

/// The row of a trial says when each rung started, and the record only holds rungs where some regime has a ladder.
#[test]
fn the_record_says_when_rungs_start() {
    let law = listing("2018-01-01", "2018-01-01") + &ladder("2019-01-01", 0.75, 6.0, 2.0, &[false, false]);
    let bench = Bench::new(&foreign(), &[&law]);
    let ensemble =
        chokepoint::experiment::run(&bench.plan, &std::sync::atomic::AtomicBool::new(false), |_| {}).unwrap();
    let until = |scenario: usize, rung: &str| {
        let column = ensemble.schema.totals.find(UNTIL_RUNG, rung).unwrap();
        ensemble.values(scenario, column).unwrap()[0]
    };
    close(until(1, "rung-1"), 243.0 / (365.2425 / 12.0), "to 2019-09-01");
    assert!(until(1, "rung-2").is_nan() && until(0, "rung-1").is_nan());
    let dated = Bench::new(&foreign(), &[&listing("2018-01-01", "2018-01-01")]);
    assert!(dated.layout.columns.iter().all(|(outcome, _)| *outcome != RUNGS));
}
