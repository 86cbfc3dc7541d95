//! `--until` through the program: what is wrong with it is told before anything is run; where an ensemble stops, and that it stops there
//! again after a kill.

use crate::common::{Folder, run};
use assert_cmd::Command;

/// Standard error of a command that is wrongly used.
#[track_caller]
fn refused(args: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::cargo_bin("chokepoint").unwrap();
    let output = command.current_dir(folder.path()).args(args).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{args:?}");
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "{args:?} wrote something");
    // Wrapped at the width of a terminal, where there is one.
    String::from_utf8(output.stderr).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_bad_goal_is_told_with_what_to_write() {
    for (goal, told) in [
        ("shortfal:paired:±1%", "`shortfal` is not an outcome of a whole trial (did you mean `shortfall`?)"),
        ("shortfall:1%", "write OUTCOME:MEASURE:±X, such as shortfall:paired:±1%"),
        ("shortfall:pared:±1%", "`pared` is not a measure"),
        ("shortfall:paired:1%", "`1%` is not a precision: write ± (or +-) and a number above zero, then % if relative"),
        ("2020-12-31", "the last day to simulate is set by --horizon"),
    ] {
        for command in ["compare", "run"] {
            let scenario: &[&str] = if command == "run" { &["adopted-rules"] } else { &[] };
            let stderr = refused(&[&[command], scenario, &["--until", goal]].concat());
            assert!(stderr.contains(told) && stderr.contains("--until"), "{command} {goal}: {stderr}");
        }
    }
}

#[test]
fn it_takes_the_place_of_a_number_of_trials() {
    let stderr = refused(&["compare", "--until", "shortfall:paired:+-1%", "--trials", "500"]);
    assert!(stderr.contains("'--until <GOAL>' cannot be used with '--trials <N>'"), "{stderr}");
}

#[test]
fn its_limits_go_with_it() {
    for option in ["--at-least", "--at-most"] {
        let stderr = refused(&["compare", option, "500"]);
        assert!(stderr.contains("--until <GOAL>"), "{stderr}");
        let stderr = refused(&["compare", "--until", "shortfall:paired:+-1%", option, "0"]);
        assert!(stderr.contains("write a whole number from 1 to"), "{stderr}");
    }
}

/// The number of trials and the ending that a manifest tells.
fn ended(folder: &std::path::Path) -> (u64, String) {
    let text = std::fs::read_to_string(folder.join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    let until = &manifest["until"];
    assert_eq!(until["trials"], manifest["trials"]);
    (manifest["trials"].as_u64().unwrap(), until["ended"].as_str().unwrap().to_owned())
}

const TINY: &str = "compare tiny.toml tiny-listing.toml --seed 7 --no-figures";

#[test]
fn trials_are_added_until_it_is_precise_and_the_tables_are_those_of_so_many() {
    let folder = Folder::new();
    for (goal, name) in [("shortfall:paired:±2%", "paired"), ("cumulative-deployment:q90:+-4%", "quantile")] {
        let mut command = folder.chokepoint(&format!("{TINY} --at-least 256 --at-most 20000 --out {name}"));
        let said = run(command.args(["--until", goal]));
        assert_eq!(said.code, 0, "{}", said.err);
        assert!(said.out.contains("The result is in"), "{}", said.out);
        let (trials, how) = ended(&folder.path(name));
        assert!(how == "held" && trials > 256 && trials < 20_000, "{how} after {trials}");
        let said = run(&mut folder.chokepoint(&format!("{TINY} --trials {trials} --out {name}-plain")));
        assert_eq!(said.code, 0, "{}", said.err);
        // All files have the bytes of a run of so many trials, but for those that say when it stopped.
        let result = |name: &str| -> std::collections::BTreeMap<_, _> {
            crate::common::files(&folder.path(name)).into_iter().collect()
        };
        let (grown, plain) = (result(name), result(&format!("{name}-plain")));
        assert!(grown.keys().eq(plain.keys()));
        let differ = grown.keys().filter(|file| grown[*file] != plain[*file]);
        assert!(differ.map(|file| file.to_str().unwrap()).eq(["manifest.json", "report.html", "summary.md"]));
        let summary = std::fs::read_to_string(folder.path(name).join("summary.md")).unwrap();
        assert!(summary.contains("## When it stopped"), "{summary}");
    }
}

#[test]
fn one_that_is_killed_stops_where_it_would_have() {
    let folder = Folder::new();
    let words = |out: &str| format!("{TINY} --until shortfall:paired:+-0.7% --at-least 256 --out {out}");
    let began = std::time::Instant::now();
    assert_eq!(run(&mut folder.chokepoint(&words("whole"))).code, 0);
    let whole = began.elapsed();
    for part in 1..=4u32 {
        let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("chokepoint"))
            .args(format!("{} --resume --quiet", words("killed")).split_whitespace())
            .current_dir(folder.path(""))
            .spawn()
            .unwrap();
        std::thread::sleep(whole * part / 5);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let said = run(&mut folder.chokepoint(&format!("{} --resume", words("killed"))));
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(ended(&folder.path("killed")), ended(&folder.path("whole")));
    let result = |name: &str| {
        let mut all = crate::common::files(&folder.path(name));
        all.retain(|(name, _)| name != std::path::Path::new("manifest.json"));
        all
    };
    assert_eq!(result("killed"), result("whole"));
}

#[test]
fn one_that_can_not_be_precise_enough_ends_at_the_cap_with_a_warning() {
    let folder = Folder::new();
    let command = format!("{TINY} --until shortfall:paired:+-0.01% --at-least 256 --at-most 600 --out out");
    let said = run(&mut folder.chokepoint(&command));
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("warning") && said.err.contains("600"), "{}", said.err);
    assert_eq!(ended(&folder.path("out")), (600, "capped".to_owned()));
}

#[test]
fn shards_and_designs_with_points_of_their_own_can_not_be_grown() {
    let folder = Folder::new();
    for options in ["--shard 1/2", "--points 8", "--design factorial --lever behaviour.license_use=0,1", "--trials 100"]
    {
        let command = format!("{TINY} --until shortfall:paired:+-2% --out out {options}");
        let said = run(&mut folder.chokepoint(&command));
        assert_eq!(said.code, 2, "{options}: {}", said.err);
        assert!(!folder.path("out").exists() && !folder.path("out.partial").exists());
    }
}
