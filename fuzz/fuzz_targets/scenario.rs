//! Any text as a scenario file: reading it, and what `check` does with it after, either works or says what is wrong. A line
//! `#set path=value` (a comment, for TOML) stands for `--set path=value` on the command line.
#![no_main]

use std::fmt::Write;

use chokepoint::experiment::Plan;
use chokepoint::law::Code;
use chokepoint::scenario::{Problems, Scenario, load_text};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let overrides: Vec<(String, String)> = text
        .lines()
        .filter_map(|line| line.strip_prefix("#set ")?.split_once('='))
        .map(|(path, value)| (path.to_owned(), value.to_owned()))
        .collect();
    match load_text("fuzzed.toml", text, &overrides) {
        Err(problems) => told(problems),
        Ok(scenario) => sound(&scenario),
    }
});

/// What is wrong can be shown: there is something, and each problem points into a file that is there.
fn told(problems: Problems) {
    assert!(problems.count() > 0, "refused without a reason");
    for problem in problems.iter() {
        assert!(!problem.message().is_empty());
        let _ = problem.location();
    }
    let mut shown = String::new();
    let _ = write!(shown, "{:?}", miette_report(problems));
    assert!(!shown.is_empty());
}

fn miette_report(problems: Problems) -> miette::Report {
    miette::Report::new(problems)
}

/// What was read keeps what the format promises, and is planned or refused.
fn sound(scenario: &Scenario) {
    for param in &scenario.params {
        let (low, high) = param.ends();
        assert!(low <= high, "{}: {low} to {high}", param.path);
        assert!(param.bounds.0 <= low && high <= param.bounds.1, "{} may leave its bounds", param.path);
        let (lowest, highest) = param.quantity.hard_range();
        assert!(lowest <= low && high <= highest, "{} may leave what its quantity can be", param.path);
        assert!(param.central().is_finite());
    }
    assert_eq!(scenario.hash.len(), 64);
    if Code::new(&scenario.regime).is_ok() && scenario.runnable {
        let _ = Plan::new(std::slice::from_ref(scenario), 0, 1);
    }
}
