//! `docs/outputs.md` names every file, column and outcome as the code does, and every quantity that can be observed. After a
//! change write its tables anew with `CHOKEPOINT_BLESS=1 cargo test --test outputs`.

use std::path::Path;

use crate::documents::marks::renewed;
use chokepoint::model::history::HISTORY;
use chokepoint::model::outcome::TOTALS;
use chokepoint::model::record::{Outcome, SERIES};
use chokepoint::report::FILES;
use chokepoint::report::table::{Column, Sort};
use chokepoint::report::tables::{OF_BACKTEST, OF_CALIBRATION, SORTS, series, summary};
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
    for (mark, sorts) in
        [("columns", &SORTS[..]), ("backtest columns", &OF_BACKTEST), ("calibration columns", &OF_CALIBRATION)]
    {
        wanted = renewed(&wanted, mark, &columns(sorts));
    }
    if std::env::var_os("CHOKEPOINT_BLESS").is_some() {
        std::fs::write(path, wanted).unwrap();
    } else {
        assert!(text == wanted, "run CHOKEPOINT_BLESS=1 cargo test --test outputs, and look at what changes");
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
