//! `--until`, as it is typed: what is wrong with it is told before anything is run.

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
        ("shortfal:paired:±1%", "`shortfal` is no outcome of a whole trial (did you mean `shortfall`?)"),
        ("shortfall:1%", "write OUTCOME:MEASURE:±X, such as shortfall:paired:±1%"),
        ("shortfall:pared:±1%", "`pared` is no measure"),
        ("shortfall:paired:1%", "`1%` is no precision: write ± (or +-) and a number above zero, then % if relative"),
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
