//! `docs/outputs.md` names every file, column and outcome as the code does, and every quantity that can be observed. After a
//! change write its tables anew with `CHOKEPOINT_BLESS=1 cargo test --test it outputs::`.

use std::collections::BTreeSet;
use std::path::Path;

use crate::common::{Folder, files as written, run};
use crate::documents::marks::renewed;
use chokepoint::experiment::trials_parquet::read_back;
use chokepoint::model::record::history::HISTORY;
use chokepoint::model::record::outcome::TOTALS;
use chokepoint::model::record::{Outcome, SERIES};
use chokepoint::report::FILES;
use chokepoint::report::table::{Column, Sort};
use chokepoint::report::tables::{OF_BACKTEST, OF_CALIBRATION, OF_TRACE, SORTS, series, summary};
use chokepoint::scenario::observed::ObservedQuantity;

fn document() -> (std::path::PathBuf, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/outputs.md");
    let text = std::fs::read_to_string(&path).unwrap();
    (path, text)
}

fn table(outcomes: &[Outcome]) -> String {
    let row = |o: &Outcome| format!("| `{}` | {} | {} |\n", o.id, o.unit, o.meaning);
    format!("| outcome | unit | meaning |\n|---|---|---|\n{}", outcomes.iter().map(row).collect::<String>())
}

fn files() -> String {
    let row = |(name, holds): &(&str, &str)| format!("| `{name}` | {holds} |\n");
    format!("| file | what it holds |\n|---|---|\n{}", FILES.iter().map(row).collect::<String>())
}

/// The columns of some tables.
fn columns(sorts: &[&Sort]) -> String {
    sorts.iter().map(|sort| columns_of(sort)).collect()
}

fn columns_of(sort: &Sort) -> String {
    let row = |column: &Column| {
        let meaning = column.meaning.replace('|', "\\|");
        format!("| `{}` | {} | {} | {meaning} |\n", column.name, column.kind.name(), column.unit)
    };
    let rows = |columns: &[Column]| columns.iter().map(row).collect::<String>();
    let varying = sort.varying.map(|words| format!("| … | | | {words} |\n")).unwrap_or_default();
    format!(
        "\n**`{}`.** {}.\n\n| column | type | unit | meaning |\n|---|---|---|---|\n{}{varying}{}",
        sort.name,
        sort.title,
        rows(sort.first),
        rows(sort.last)
    )
}

#[test]
fn the_tables_are_those_of_the_code() {
    let (path, text) = document();
    let mut wanted = text.clone();
    let series = [SERIES, &[series::BINDING]].concat();
    let totals = [&summary::RATIOS, TOTALS].concat();
    for (mark, outcomes) in [("series", &series[..]), ("trials", &totals), ("history", HISTORY)] {
        wanted = renewed(&wanted, mark, &table(outcomes));
    }
    wanted = renewed(&wanted, "files", &files());
    for (mark, sorts) in [
        ("columns", &SORTS[..]),
        ("backtest columns", &OF_BACKTEST),
        ("calibration columns", &OF_CALIBRATION),
        ("trace columns", &OF_TRACE),
    ] {
        wanted = renewed(&wanted, mark, &columns(sorts));
    }
    if std::env::var_os("CHOKEPOINT_BLESS").is_some() {
        std::fs::write(path, wanted).unwrap();
    } else {
        assert!(text == wanted, "run CHOKEPOINT_BLESS=1 cargo test --test it outputs::, and look at what changes");
    }
}

#[test]
fn every_quantity_is_defined_and_no_other() {
    let (_, text) = document();
    let part = text.split("| quantity | units | definition |").nth(1).unwrap();
    let rows = part.lines().skip(2).take_while(|line| line.starts_with('|'));
    let defined: Vec<&str> = rows.filter_map(|row| row.split('`').nth(1)).collect();
    assert_eq!(defined, ObservedQuantity::names().collect::<Vec<_>>());
}

#[test]
fn the_readme_names_every_file() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    for (name, _) in FILES {
        let name = name.split('/').next().unwrap();
        assert!(readme.contains(&format!("`{name}")), "{name}");
    }
}

/// The files that a command writes, those of a figure as one: `figures/NAME.svg, .png, .pdf`. And how many figures there are.
fn of_command(words: &str) -> (BTreeSet<String>, usize) {
    let folder = Folder::new();
    let said = run(&mut folder.chokepoint(&format!("{words} --quiet --out out")));
    assert_eq!(said.code, 0, "{}", said.err);
    let paths = written(&folder.path("out")).into_iter().map(|(path, _)| path);
    let (figures, tables): (Vec<_>, Vec<_>) = paths.partition(|path| path.starts_with("figures"));
    let named = |end: &str| figures.iter().filter(|path| path.extension().is_some_and(|e| e == end)).count();
    assert_eq!((named("svg"), named("png"), named("pdf")), (figures.len() / 3, figures.len() / 3, figures.len() / 3));
    let mut names: BTreeSet<String> = tables.iter().map(|path| path.to_str().unwrap().to_owned()).collect();
    names.insert("figures/NAME.svg, .png, .pdf".to_owned());
    (names, figures.len() / 3)
}

#[test]
fn what_is_said_to_be_written_is_written_and_nothing_else() {
    const OF_A_DESIGN: [&str; 2] = ["points.csv", "by-point.csv"];
    let all: BTreeSet<String> = FILES.iter().map(|(name, _)| (*name).to_owned()).collect();
    let (plain, figures) = of_command("compare tiny.toml tiny-listing.toml --trials 4");
    assert_eq!(plain, all.iter().filter(|name| !OF_A_DESIGN.contains(&name.as_str())).cloned().collect());
    // The README counts them.
    assert_eq!(figures, 5);
    let factorial = "--design factorial --lever behaviour.over_compliance=0,0.2 --replications 2";
    assert_eq!(of_command(&format!("compare tiny.toml tiny-listing.toml {factorial}")).0, all);
    let (backtest, figures) = of_command("backtest --trials 2");
    let told = ["summary.md", "backtest.csv", "datapackage.json", "figures/NAME.svg, .png, .pdf", "manifest.json"];
    assert_eq!((backtest, figures), (told.map(str::to_owned).into(), 1));
    assert!(document().1.contains(
        "`chokepoint backtest` writes `summary.md`, `backtest.csv`, `datapackage.json`, a figure, and a manifest"
    ));
    let (trace, figures) = of_command("trace tiny-listing.toml --trials 2");
    let told = ["summary.md", "trace.csv", "datapackage.json", "figures/NAME.svg, .png, .pdf", "manifest.json"];
    assert_eq!((trace, figures), (told.map(str::to_owned).into(), 1));
    assert!(document().1.contains("`trace --out` writes the same with `trace.csv`"));
}

#[test]
fn the_keys_that_are_said_of_a_result_are_in_it() {
    let folder = Folder::new();
    let said = run(&mut folder.chokepoint("run tiny-listing.toml --trials 2 --quiet --no-figures --out out"));
    assert_eq!(said.code, 0, "{}", said.err);
    let (_, text) = document();
    let of = |start: &str| text.split(start).nth(1).unwrap().split("\n\n").next().unwrap().to_owned();
    let holds = |part: &str, key: &str| assert!(part.contains(&format!("`{key}`")), "docs/outputs.md: {key}");
    let summary = std::fs::read(folder.path("out/summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_slice(&summary).unwrap();
    let part = of("**`summary.json`**");
    let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let about = &summary["about"];
    let told = [
        keys(&summary),
        keys(about),
        keys(&about["scenarios"][0]),
        keys(&summary["tables"]),
        keys(&summary["tables"]["summary"]),
    ];
    told.concat().iter().for_each(|key| holds(&part, key));
    let part = of("**Where a number comes from**");
    for table in ["trials", "summary"] {
        let file = std::fs::read(folder.path(&format!("out/{table}.parquet"))).unwrap();
        let notes = read_back(file).unwrap().notes;
        notes.iter().for_each(|(key, _)| holds(&part, key));
    }
}
