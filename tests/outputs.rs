//! `docs/outputs.md` names every outcome as the code does, and every quantity that can be observed. After a change write its
//! tables anew with `CHOKEPOINT_BLESS=1 cargo test --test outputs`.

use std::path::Path;

use chokepoint::model::history::HISTORY;
use chokepoint::model::outcome::TOTALS;
use chokepoint::model::record::{Outcome, SERIES};
use chokepoint::report::backtest::COLUMNS;
use chokepoint::scenario::observed::ObservedQuantity;

const END: &str = "<!-- end -->";

fn document() -> (std::path::PathBuf, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/outputs.md");
    let text = std::fs::read_to_string(&path).unwrap();
    (path, text)
}

fn table(outcomes: &[Outcome]) -> String {
    let row = |o: &Outcome| format!("| `{}` | {} | {} |\n", o.id, o.unit, o.meaning);
    format!("| outcome | unit | meaning |\n|---|---|---|\n{}", outcomes.iter().map(row).collect::<String>())
}

/// The text with the table between a mark and the next end as it should be.
fn renewed(text: &str, mark: &str, table: &str) -> String {
    let start = text.find(&format!("<!-- from the code: {mark}")).unwrap_or_else(|| panic!("no mark for {mark}"));
    let start = start + text[start..].find('\n').unwrap() + 1;
    let end = start + text[start..].find(END).unwrap();
    format!("{}{table}{}", &text[..start], &text[end..])
}

#[test]
fn the_tables_of_outcomes_are_those_of_the_code() {
    let (path, text) = document();
    let mut wanted = text.clone();
    for (mark, outcomes) in [("series", SERIES), ("trials", TOTALS), ("history", HISTORY)] {
        wanted = renewed(&wanted, mark, &table(outcomes));
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
    assert!(text.contains(&COLUMNS.join(",")), "the columns of backtest.csv");
}
