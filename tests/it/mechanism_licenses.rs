//! Specific licenses, in a world small enough to solve by hand: one US-made offer whose supplier applies as soon as the firm
//! is listed, on 1 March 2019; no decision is made before 1 July (day 181), and then at once.

use crate::worlds::rulebook::{licensing, listing};
use crate::worlds::{Bench, World, close, same};
use chokepoint::model::record::{APPROVED, DENIED, LICENSED, LICENSES, PENDING, REVOKED};
use chokepoint::model::world::random::{EntityKey, RandomStreams, StreamId};

const MONTH: f64 = 365.2425 / 12.0;

fn world(tick: &str) -> World {
    let mut world = World::plain();
    world.tick = tick.into();
    world.suppliers[0].readiness = 1.0;
    // As good as at once: all wait for the day of the first decisions.
    world.set("license_time", 0.001);
    world
}

fn regime(rate: f64, more: &str) -> String {
    listing("2019-03-01", "2019-03-01") + &licensing("2019-07-01", rate) + more
}

fn hazard(rate: f64) -> String {
    format!("revocation = {{ value = {rate:?}, unit = \"per month\", bounds = [0, 1] }}\n")
}

#[test]
fn applications_wait_for_the_day_of_decision_and_a_license_lasts_its_life() {
    let mut world = world("month");
    world.set("license_life", 12.0);
    let mut bench = Bench::new(&world, &[&regime(1.0, "")]);
    let record = bench.run(1);
    let (pending, licenses) = (bench.series(&record, PENDING, "huawei"), bench.series(&record, LICENSES, "huawei"));
    let (approved, months) = (bench.series(&record, APPROVED, "huawei"), bench.months());
    for tick in 0..24 {
        // Pending from March to June. Granted on day 181 for a year of 365.2 days, to day 546.2, the last of June 2020. The
        // supplier applies again in July, and the regulator looks at that in August.
        let applied = (2..6).contains(&tick) || tick == 18;
        close(pending[tick], f64::from(u8::from(applied)), &format!("pending in tick {tick}"));
        let granted = tick == 6 || tick == 19;
        close(approved[tick] * months[tick], f64::from(u8::from(granted)), &format!("approved in tick {tick}"));
        let held = (6..17).contains(&tick) || tick >= 19;
        close(licenses[tick], f64::from(u8::from(held)), &format!("in force in tick {tick}"));
    }
}

#[test]
fn a_denied_applicant_waits_for_another_practice() {
    let more = "[licensing.later]\nfrom = 2019-10-01\nnetwork = { value = 1.0, unit = \"share\", bounds = [0, 1] }\n\
                consumer = { value = 1.0, unit = \"share\", bounds = [0, 1] }\n\
                below_5g = { value = 1.0, unit = \"share\", bounds = [0, 1] }\n";
    let mut bench = Bench::new(&world("month"), &[&regime(0.0, more)]);
    let record = bench.run(1);
    let count = |outcome| {
        let series = bench.series(&record, outcome, "huawei");
        let ticks: Vec<usize> = (0..24).filter(|tick| series[*tick] > 0.0).collect();
        ticks
    };
    assert_eq!(count(DENIED), [6]);
    // Applied in October, decided a day later: in the next tick that looks.
    assert_eq!(count(PENDING), [2, 3, 4, 5, 9]);
    assert_eq!(count(APPROVED), [10]);
    assert!(count(REVOKED).is_empty());
}

/// Under a hazard of 0.1 a month, which ends after a year, a license is revoked when its exposure passes the threshold drawn
/// for it: the same day, whatever the tick. Nothing more ships under it.
#[test]
fn a_license_is_revoked_on_the_day_on_which_its_exposure_passes_its_threshold() {
    let more = hazard(0.1)
        + "[licensing.later]\nfrom = 2020-07-01\nnetwork = { value = 0.0, unit = \"share\", bounds = [0, 1] }\n\
           consumer = { value = 0.0, unit = \"share\", bounds = [0, 1] }\n\
           below_5g = { value = 0.0, unit = \"share\", bounds = [0, 1] }\n";
    let key = EntityKey::of("offers.first").with(EntityKey::of("vendors.huawei"));
    let mut revoked_at_all = 0;
    for tick in ["month", "week"] {
        let mut bench = Bench::new(&world(tick), &[&regime(1.0, &more)]);
        let calendar = bench.plan.world.calendar.clone();
        for trial in 0..60 {
            bench.draw(trial);
            let threshold = -RandomStreams::new(1, trial).uniform(StreamId::LicenseRevocation, key, 0).ln();
            // From day 181 to 1 July 2020, day 547.
            let day = Some(181.0 + threshold / 0.1 * MONTH).filter(|day| *day < 547.0);
            let record = bench.run(1);
            let (revoked, licenses) =
                (bench.series(&record, REVOKED, "huawei"), bench.series(&record, LICENSES, "huawei"));
            let found: Vec<usize> = (0..calendar.ticks).filter(|t| revoked[*t] > 0.0).collect();
            let expected: Vec<usize> = day.and_then(|day| calendar.tick_of(day as i32)).into_iter().collect();
            assert_eq!(found, expected, "trial {trial} by the {tick}");
            revoked_at_all += found.len();
            let licensed = bench.series(&record, LICENSED, "huawei");
            for t in expected.first().map_or(calendar.ticks, |t| t + 1)..calendar.ticks {
                assert_eq!((licenses[t], licensed[t]), (0.0, 0.0), "after the revocation");
            }
        }
    }
    // A share of 1 - exp(-0.1 x 12.02 months) = 0.70 of 120 looks; the trials of the two calendars are the same 60.
    let (share, error) = (f64::from(revoked_at_all as u32) / 120.0, (0.7f64 * 0.3 / 60.0).sqrt());
    assert!((share - 0.70).abs() < 3.0 * error, "{share}");
}

#[test]
fn no_hazard_is_as_no_key() {
    let run = |more: &str| Bench::new(&world("month"), &[&regime(1.0, more)]).run(1);
    let without = run("");
    assert!(same(&without, &run(&hazard(0.0))));
    assert!(!same(&without, &run(&hazard(1.0))));
}

/// The policy of review in force on the day of decision counts where the practice gives it a rate of its own; else the rate
/// is the item's, whatever the policy.
#[test]
fn the_policy_of_review_counts_where_the_practice_gives_it_a_rate() {
    let approvals = |review: &str, more: &str| {
        let text = regime(0.0, more).replace("presumption-of-denial", review);
        let mut bench = Bench::new(&world("month"), &[&text]);
        let record = bench.run(1);
        bench.series(&record, APPROVED, "huawei").iter().filter(|rate| **rate > 0.0).count()
    };
    for (review, key) in [("case-by-case", "case_by_case"), ("presumption-of-approval", "presumption_of_approval")] {
        let always = format!("{key} = {{ value = 1.0, unit = \"share\", bounds = [0, 1] }}\n");
        assert_eq!(approvals("presumption-of-denial", &always), 0, "{key} is for another policy");
        assert_eq!(approvals(review, &always), 1, "{key}");
        assert_eq!(approvals(review, ""), 0, "without {key} the item's rate holds");
    }
}
