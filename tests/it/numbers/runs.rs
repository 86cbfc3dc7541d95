//! The runs whose numbers pages quote: `tests/it/numbers/runs.toml` has the commands of each, and the files that they read. A query of a run is one of
//!
//! - `RUN SCENARIO OUTCOME[@ENTITY] STATISTIC`: a number of its `summary.csv`; without an entity that of Huawei's base stations, or the only one;
//! - the same with `on YYYY-MM` or `in YYYY`: of its `series.csv`, on the first day of a month, or summed over the months of a year;
//! - `RUN SCENARIO LINE below-half`: the first month in which the median deployment of Huawei's line is below half of that without controls;
//! - `RUN file NAME COLUMN KEY=VALUE ...`: a cell of any of its tables, as of a study.
//!
//! `CHOKEPOINT_RUNS=FOLDER` keeps the results, and takes those that are there: for who adds a number to a page, not for a release.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use toml::Table;

use super::kept::Kept;
use super::page::Page;
use super::query;

/// The queries of runs that pages make.
pub fn queries(pages: &[Page]) -> BTreeSet<String> {
    let asked: Vec<String> = pages.iter().flat_map(Page::queries).collect();
    let parts = asked.iter().flat_map(|asked| query::parts(asked)).filter(|part| query::is_of_a_run(part));
    parts.map(str::to_owned).collect()
}

/// Runs all that pages quote, and looks their numbers up.
pub fn run(pages: &[Page]) -> Kept {
    let text = fs::read_to_string(super::root().join("tests/it/numbers/runs.toml")).unwrap();
    let runs: Table = text.parse().unwrap();
    let mut by_run: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for query in queries(pages) {
        by_run.entry(query.split(' ').next().unwrap_or_default().to_owned()).or_default().push(query);
    }
    let mut kept = Kept::default();
    let mut wrong = Vec::new();
    for (name, queries) in by_run {
        let run =
            runs.get(&name).and_then(|run| run.as_table()).unwrap_or_else(|| panic!("no run {name} in runs.toml"));
        let temporary = tempfile::tempdir().unwrap();
        let result = match std::env::var_os("CHOKEPOINT_RUNS") {
            Some(folder) => Result::of(run, &Path::new(&folder).join(&name)),
            None => Result::of(run, temporary.path()),
        };
        for query in queries {
            match result.value(&query) {
                Ok(value) => kept.put(query, value),
                Err(why) => wrong.push(format!("{query}: {why}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    kept
}

/// What the last of some commands wrote.
struct Result {
    folder: PathBuf,
    summary: Vec<csv::StringRecord>,
    series: Vec<csv::StringRecord>,
}

type Answer = std::result::Result<String, String>;

const LINE: &str = "huawei:base-stations";

impl Result {
    fn of(run: &Table, folder: &Path) -> Result {
        fs::create_dir_all(folder).unwrap();
        for (name, text) in run.get("files").and_then(|files| files.as_table()).into_iter().flatten() {
            fs::write(folder.join(name), text.as_str().unwrap()).unwrap();
        }
        let commands = run["commands"].as_array().unwrap().iter().filter_map(|command| command.as_str());
        let there = folder.join("result/manifest.json").exists();
        let commands: Vec<&str> = if there { Vec::new() } else { commands.collect() };
        for (number, words) in commands.iter().enumerate() {
            let mut command = program();
            command.current_dir(folder).args(words.split_whitespace()).args(["--quiet", "--no-figures"]);
            if number + 1 == commands.len() {
                command.args(["--out", "result"]);
            }
            let output = command.output().unwrap();
            assert!(output.status.success(), "{words}: {}", String::from_utf8_lossy(&output.stderr));
        }
        let rows = |name: &str| -> Vec<csv::StringRecord> {
            let reader = csv::Reader::from_path(folder.join("result").join(name));
            reader.map(|mut reader| reader.records().map(|row| row.unwrap()).collect()).unwrap_or_default()
        };
        Result { folder: folder.join("result"), summary: rows("summary.csv"), series: rows("series.csv") }
    }

    fn value(&self, query: &str) -> Answer {
        let words: Vec<&str> = query.split_whitespace().collect();
        match &words[1..] {
            ["file", name, rest @ ..] => query::cell(&self.folder.join(name), rest),
            [scenario, line, "below-half"] => self.below_half(scenario, line),
            [scenario, outcome, statistic] => self.in_summary(scenario, outcome, statistic),
            [scenario, outcome, statistic, "on", month] => self.over_time(scenario, outcome, statistic, month),
            [scenario, outcome, statistic, "in", year] => self.over_time(scenario, outcome, statistic, year),
            _ => Err("is no query of a run".to_owned()),
        }
    }

    fn in_summary(&self, scenario: &str, outcome: &str, statistic: &str) -> Answer {
        let (outcome, entity) = outcome.split_once('@').unwrap_or((outcome, ""));
        let rows = self.summary.iter().filter(|row| row[0] == *scenario && row[2] == *outcome && row[4] == *statistic);
        let mut rows: Vec<_> = rows.filter(|row| entity.is_empty() || row[3] == *entity).collect();
        if rows.len() > 1 && entity.is_empty() {
            rows.retain(|row| row[3] == *LINE);
        }
        match rows[..] {
            [row] => Ok(row[5].to_owned()),
            _ => Err(format!("{} rows of summary.csv are meant, not one", rows.len())),
        }
    }

    /// The value of a month, or the sum over the months of a year.
    fn over_time(&self, scenario: &str, outcome: &str, statistic: &str, period: &str) -> Answer {
        let (outcome, entity) = outcome.split_once('@').unwrap_or((outcome, LINE));
        let of_it = |row: &&csv::StringRecord| {
            row[0] == *scenario
                && row[1].starts_with(period)
                && row[2] == *outcome
                && row[3] == *entity
                && row[4] == *statistic
        };
        let rows: Vec<&csv::StringRecord> = self.series.iter().filter(of_it).collect();
        match rows.len() {
            0 => Err("no row of series.csv".to_owned()),
            _ => Ok(rows.iter().map(|row| row[5].parse::<f64>().unwrap_or(f64::NAN)).sum::<f64>().to_string()),
        }
    }

    fn below_half(&self, scenario: &str, line: &str) -> Answer {
        let entity = format!("huawei:{line}");
        let medians = |scenario: &str| -> Vec<(String, f64)> {
            let of_it = self
                .series
                .iter()
                .filter(|row| row[0] == *scenario && row[2] == *"deployed" && row[3] == *entity && row[4] == *"median");
            of_it.map(|row| (row[1].to_owned(), row[5].parse().unwrap_or(f64::NAN))).collect()
        };
        let both = medians(scenario);
        let found = both.iter().zip(medians("no-controls")).find(|((_, here), (_, without))| *here < 0.5 * without);
        found.map(|((date, _), _)| date.clone()).ok_or("never, or not kept".to_owned())
    }
}

/// The program, or the one that `CHOKEPOINT_PROGRAM` names: a release build, where the tests are none.
fn program() -> Command {
    Command::new(std::env::var_os("CHOKEPOINT_PROGRAM").unwrap_or_else(|| env!("CARGO_BIN_EXE_chokepoint").into()))
}
