//! Designs through the program itself: what each leaves behind, that an ensemble grows, that points of a factorial share their
//! draws, that a seed is kept, and how a design that can't be had is refused.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::common::{Folder, Said, run};
use serde_json::{Value, json};

const PAIR: &str = "compare tiny.toml tiny-listing.toml --no-figures --seed 7 --horizon 18 --date 2020-02-03";

#[track_caller]
fn compare(folder: &Folder, options: &str) -> Said {
    let said = run(&mut folder.chokepoint(&format!("{PAIR} {options}")));
    assert_eq!(said.code, 0, "{}", said.err);
    said
}

fn manifest(folder: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("manifest.json")).unwrap()).unwrap()
}

fn text(folder: &Path, name: &str) -> String {
    fs::read_to_string(folder.join(name)).unwrap()
}

/// The rows of a table, by the names of their columns.
fn table(folder: &Path, name: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(folder.join(name)).unwrap();
    reader.deserialize().map(|row| row.unwrap()).collect()
}

/// Lines of `trials.csv` of one scenario.
fn trials(folder: &Path, scenario: &str) -> Vec<String> {
    let text = text(folder, "trials.csv");
    text.lines().filter(|line| line.starts_with(&format!("{scenario},"))).map(str::to_owned).collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap()
}

#[test]
fn each_design_runs_and_is_recorded() {
    let folder = Folder::new();
    let lever = "--lever behaviour.over_compliance=0.5,0,1 --lever offers.xilinx-large-fpga.price=400,800";
    for (options, kind, points, replications) in [
        ("--trials 6", "monte-carlo", 6, 1),
        ("--design mc --points 3 --replications 2", "monte-carlo", 3, 2),
        ("--design lhs --points 8", "latin-hypercube", 8, 1),
        ("--design sobol --points 8 --replications 2 --trials 16", "sobol", 8, 2),
        (&format!("--design factorial --replications 2 {lever}"), "factorial", 6, 2),
        (&format!("--design oat --trials 8 {lever}"), "one-at-a-time", 4, 2),
    ] {
        compare(&folder, &format!("{options} --out {kind}-{replications}"));
        let result = folder.path(&format!("{kind}-{replications}"));
        let told = manifest(&result);
        assert_eq!(told["design"]["kind"], kind);
        assert_eq!(told["design"]["points"], points, "{kind}");
        assert_eq!(told["design"]["replications"], replications, "{kind}");
        assert_eq!(told["trials"], points * replications);
        assert_eq!(told["seed"], 7);
        assert_eq!(trials(&result, "tiny").len(), points * replications);
        let plain = kind == "monte-carlo" && replications == 1;
        assert_eq!(result.join("points.csv").exists(), !plain);
        if !plain {
            assert_eq!(table(&result, "points.csv").len(), points, "{kind}");
        }
        let shares = ["factorial", "one-at-a-time"].contains(&kind);
        assert_eq!(result.join("by-point.csv").exists(), shares);
        let levers = told["design"]["levers"].as_array().unwrap();
        assert_eq!(levers.len(), if shares { 2 } else { 0 });
        if shares {
            let first = json!({ "path": "behaviour.over_compliance", "values": ["0.5", "0", "1"], "of": "points" });
            assert_eq!(levers[0], first);
            assert!(text(&result, "summary.md").contains("`behaviour.over_compliance` takes the values 0.5, 0, 1."));
        }
    }
}

#[test]
fn no_design_is_plain_monte_carlo() {
    let folder = Folder::new();
    compare(&folder, "--trials 5 --out a");
    compare(&folder, "--trials 5 --out b --design monte-carlo --replications 1");
    let (a, b) = (manifest(&folder.path("a")), manifest(&folder.path("b")));
    assert_eq!(a["files"], b["files"]);
    assert_eq!(a["design"], b["design"]);
    assert_eq!(a["design"], json!({ "kind": "monte-carlo", "points": 5, "replications": 1, "levers": [] }));
}

#[test]
fn more_points_keep_the_first_trials() {
    let folder = Folder::new();
    for design in ["mc", "lhs", "sobol"] {
        compare(&folder, &format!("--design {design} --points 8 --replications 2 --out few-{design}"));
        compare(&folder, &format!("--design {design} --points 16 --replications 2 --out many-{design}"));
        let (few, many) = (folder.path(&format!("few-{design}")), folder.path(&format!("many-{design}")));
        for scenario in ["tiny", "tiny-listing"] {
            let (few, many) = (trials(&few, scenario), trials(&many, scenario));
            assert_eq!((few.len(), many.len()), (16, 32));
            assert_eq!(few, many[..16], "{design}");
        }
        let (few, many) = (text(&few, "points.csv"), text(&many, "points.csv"));
        assert!(many.starts_with(&few) && many.len() > few.len(), "{design}");
    }
}

#[test]
fn a_latin_hypercube_covers_each_range() {
    let folder = Folder::new();
    compare(&folder, "--design lhs --points 16 --out out");
    let price = "offers.xilinx-large-fpga.us_other";
    // Uniform from 0.1 to 0.2.
    let points = table(&folder.path("out"), "points.csv");
    let mut strata: Vec<u32> = points.iter().map(|row| ((number(row, price) - 0.1) * 160.0) as u32).collect();
    strata.sort_unstable();
    assert_eq!(strata, (0..16).collect::<Vec<_>>());
}

#[test]
fn points_of_a_factorial_share_their_draws() {
    let folder = Folder::new();
    // The first lever does nothing where nothing is listed, so that points that differ in it alone are the same there.
    let levers = "--lever behaviour.over_compliance=0,1 --lever offers.xilinx-large-fpga.capacity=5000,50";
    compare(&folder, &format!("--design factorial {levers} --replications 24 --out out"));
    let result = folder.path("out");
    let all = trials(&result, "tiny");
    // After the scenario, the trial, the point and the replication.
    let outcomes = |row: &str| row.splitn(5, ',').nth(4).unwrap().to_owned();
    let values = |trial: usize| outcomes(&all[trial]);
    assert_eq!(all.len(), 96);
    (0..48).for_each(|trial| assert_eq!(values(trial), values(trial + 48), "{trial}"));
    assert!((0..24).any(|trial| values(trial) != values(trial + 24)), "capacity does something");
    // And they are those of a plain ensemble, since the first values are the world's.
    compare(&folder, "--trials 24 --out plain --set behaviour.over_compliance=0");
    let plain = trials(&folder.path("plain"), "tiny");
    (0..24).for_each(|trial| assert_eq!(values(trial), outcomes(&plain[trial])));

    let by_point = table(&result, "by-point.csv");
    let of = |point: &str| {
        let is = |row: &&BTreeMap<String, String>| {
            row["scenario"] == "tiny" && row["point"] == point && row["outcome"] == "cumulative-deployment"
        };
        by_point.iter().find(is).unwrap()
    };
    let column = format!("cumulative-deployment[{}]", of("0")["entity"]);
    let deployed: Vec<f64> = table(&result, "trials.csv")
        .iter()
        .filter(|row| row["scenario"] == "tiny")
        .map(|row| number(row, &column))
        .collect();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (base, scarce) = (mean(&deployed[..24]), mean(&deployed[24..48]));
    assert!((number(of("0"), "mean") / base - 1.0).abs() < 1e-8);
    assert!((number(of("1"), "difference-mean") / (scarce - base) - 1.0).abs() < 1e-6);
    assert!(
        number(of("1"), "difference-low95") < scarce - base && scarce - base < number(of("1"), "difference-high95")
    );
    assert_eq!((number(of("0"), "difference-mean"), number(of("2"), "difference-mean")), (0.0, 0.0));
    // Point 2 is the same as the base in all replications, which tells nothing of others.
    assert_eq!((of("2")["difference-low95"].as_str(), of("2")["difference-high95"].as_str()), ("", ""));
    // The tables over all trials mix the points, whose trials share draws.
    let summary = table(&result, "summary.csv");
    let mut ends = summary.iter().filter(|row| row["statistic"].ends_with("low95"));
    assert!(ends.all(|row| row["value"].is_empty()) && summary.iter().any(|row| row["statistic"] == "low95"));
    assert_eq!(of("1")["offers.xilinx-large-fpga.capacity"], "50");
    assert_eq!(of("2")["behaviour.over_compliance"], "1");
}

#[test]
fn one_at_a_time_moves_each_parameter_by_itself() {
    let folder = Folder::new();
    compare(&folder, "--design one-at-a-time --replications 2 --out out");
    let result = folder.path("out");
    let points = table(&result, "points.csv");
    let moved = |row: &BTreeMap<String, String>| {
        row.iter().filter(|(path, value)| *path != "point" && *value != &points[0][*path]).count()
    };
    assert_eq!(moved(&points[0]), 0);
    assert!(points.len() > 9 && points[1..].iter().all(|row| moved(row) <= 1));
    assert_eq!(manifest(&result)["trials"], 2 * points.len());
    let by_point = table(&result, "by-point.csv");
    let price = by_point.iter().find(|row| row["moved"] == "offers.xilinx-large-fpga.us_other").unwrap();
    assert!((number(price, "value") - 0.105).abs() < 1e-9, "the 5% quantile: {}", price["value"]);
}

#[test]
fn a_lever_of_the_rules_stands_as_scenarios() {
    let folder = Folder::new();
    let lever = "--lever provisions.de-minimis.threshold=0.25,0.10,0";
    compare(&folder, &format!("{lever} --trials 4 --reference tiny-listing --out out"));
    let result = folder.path("out");
    let told = manifest(&result);
    let scenarios = told["scenarios"].as_array().unwrap();
    let ids: Vec<&str> = scenarios.iter().map(|s| s["id"].as_str().unwrap()).collect();
    let base = "tiny-listing--threshold-0-25";
    assert_eq!(ids, ["tiny", base, "tiny-listing--threshold-0-10", "tiny-listing--threshold-0"]);
    assert_eq!(told["reference"], base);
    assert_eq!(scenarios[2]["title"], "The tiny world with a listing (threshold 0.10)");
    for scenario in scenarios {
        assert_eq!(scenario["implied"], false);
        let resolved = serde_json::to_string(&scenario["resolved"]).unwrap();
        assert_eq!(scenario["hash"].as_str().unwrap(), blake3::hash(resolved.as_bytes()).to_hex().as_str());
        assert_eq!(scenario["resolved"]["id"], scenario["id"]);
    }
    let path = "provisions.de-minimis.threshold";
    assert_eq!(told["design"]["levers"], json!([{ "path": path, "values": ["0.25", "0.10", "0"], "of": "scenarios" }]));
    // The first value is that of the file: the same trials.
    compare(&folder, "--trials 4 --out plain");
    let bare = |folder: &Path, id| -> Vec<String> {
        trials(folder, id).iter().map(|line| line.split_once(',').unwrap().1.to_owned()).collect()
    };
    assert_eq!(bare(&result, base), bare(&folder.path("plain"), "tiny-listing"));

    let said = run(&mut folder.chokepoint(&format!("run tiny-listing.toml --no-figures --trials 2 {lever}")));
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(manifest(&folder.path("output/tiny-listing"))["scenarios"].as_array().unwrap().len(), 4);
}

#[test]
fn a_seed_that_was_picked_is_kept_and_gives_the_result_again() {
    let folder = Folder::new();
    let said = run(&mut folder.chokepoint("run tiny.toml --trials 3 --no-figures --seed random --out a"));
    assert_eq!(said.code, 0, "{}", said.err);
    let seed = manifest(&folder.path("a"))["seed"].as_u64().unwrap();
    assert!(said.err.contains(&format!("--seed {seed}")), "{}", said.err);
    let again = format!("run tiny.toml --trials 3 --no-figures --out b --seed {seed}");
    assert_eq!(run(&mut folder.chokepoint(&again)).code, 0);
    assert_eq!(manifest(&folder.path("a"))["files"], manifest(&folder.path("b"))["files"]);
    let said = run(&mut folder.chokepoint("run tiny.toml --trials 3 --no-figures --out c"));
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(manifest(&folder.path("c"))["seed"], 20_191_129, "one that was not given is kept too");
}

#[test]
fn warnings_are_told_and_kept() {
    let folder = Folder::new();
    let said = compare(&folder, "--design sobol --points 6 --out out");
    assert!(said.err.contains("warning: 6 is not a power of two"), "{}", said.err);
    assert!(text(&folder.path("out"), "summary.md").contains("set --points 4 or 8"));
    let said = compare(&folder, "--design sobol --points 8 --out sound");
    assert!(!said.err.contains("power of two"), "{}", said.err);
}

#[test]
fn a_design_that_cannot_be_had_is_refused_with_what_to_do() {
    let folder = Folder::new();
    for (options, wanted) in [
        ("--points 3 --replications 2 --trials 7", "make 6 trials, not 7"),
        ("--points 3 --trials 7", "such as 9"),
        ("--design factorial", "--lever"),
        ("--design factorial --lever behaviour.over_compliance=0,1 --points 3", "has 2 points, not 3"),
        ("--design sobol --points 100000", "latin-hypercube"),
        ("--points 100000 --replications 10001", "at most 1000000000"),
        ("--points 0", "write a whole number from 1"),
        ("--design latin", "latin-hypercube"),
        ("--seed soon", "`random`"),
        ("--lever behaviour.over_complience=0,1", "behaviour.over_compliance"),
        ("--lever behaviour.over_compliance=0,2", "numbers from 0 to 1"),
        ("--lever behaviour.over_compliance=0,0", "is given twice"),
        ("--lever behaviour.over_compliance", "write PATH=V1,V2"),
        ("--lever behaviour.over_compliance=0 --lever behaviour.over_compliance=1", "given twice"),
        ("--lever behaviour.over_compliance=0,1 --set behaviour.over_compliance=1", "by --set and by --lever"),
        ("--lever behaviour.review_lag=1,2", "with --set behaviour.review_lag=VALUE"),
        ("--lever time.end=2020-12-31,2021-12-31", "with --set time.end=VALUE"),
        ("--lever provisions.de-minimus.threshold=0,0.1", "de-minimis"),
        ("--lever provisions.de-minimis.threshold=0,2", "threshold"),
    ] {
        let said = run(&mut folder.chokepoint(&format!("{PAIR} {options}")));
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{options}: {}", said.err);
        assert!(said.err.contains(wanted), "{options}: {}", said.err);
        assert!(!folder.path("output").exists(), "{options}");
    }
}
