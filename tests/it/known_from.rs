//! What was known when: every shipped source says it, `docs/known-from.md` lists every number of the base world whose source was known only
//! after 2020, with why it may stand, and what is no month or day is refused.

use std::fs;
use std::path::Path;

use crate::common::{Folder, run};
use chokepoint::scenario::sources::Basis;
use chokepoint::scenario::{self, Kind, Scenario};
use chokepoint::units::Date;

/// Last day of what the base world may know.
fn last_day() -> Date {
    Date::constant(2020, 12, 31)
}

/// Why a number whose source came later may stand.
const REASONS: [&str; 5] = ["demand", "shortage", "mix", "exchange rate", "a rule's practice"];

/// A row of a table of the page.
struct Row {
    numbers: String,
    sources: Vec<String>,
    verdict: String,
}

impl Row {
    /// Whether it speaks of a number: `*` stands for any one name or day.
    fn speaks_of(&self, path: &str) -> bool {
        let (own, asked): (Vec<&str>, Vec<&str>) = (self.numbers.split('.').collect(), path.split('.').collect());
        own.len() == asked.len() && own.iter().zip(asked).all(|(own, asked)| *own == "*" || *own == asked)
    }
}

/// The rows of the table under a heading.
fn rows(heading: &str) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/known-from.md");
    let text = fs::read_to_string(path).unwrap();
    let part = text.split(heading).nth(1).unwrap_or_else(|| panic!("no {heading}"));
    let lines =
        part.lines().skip_while(|line| !line.starts_with("|--")).skip(1).take_while(|line| line.starts_with('|'));
    let row = |line: &str| {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let names = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
        let sources = if cells.len() == 4 { names(cells[1]) } else { Vec::new() };
        Row { numbers: names(cells[0]).remove(0), sources, verdict: cells[cells.len() - 1].to_owned() }
    };
    lines.map(row).collect()
}

/// Where a scenario rests on, or names, a source that was known only after 2020: path and source.
fn known_later(scenario: &Scenario) -> Vec<(String, String)> {
    let later = |key: &str| scenario.bibliography[key].known_from.as_ref().is_some_and(|known| known.day > last_day());
    let basis = Basis::of(scenario);
    let cited = basis.sources.iter().filter(|cited| later(&cited.key));
    let paths = cited.flat_map(|cited| {
        let paths = cited.parameters.iter().chain(&cited.others).chain(&cited.named_in);
        paths.map(|path| (path.clone(), cited.key.clone()))
    });
    paths.collect()
}

/// What rests on later knowledge and is in no row.
fn unlisted(found: &[(String, String)], rows: &[Row]) -> Vec<String> {
    let listed =
        |(path, source): &&(String, String)| rows.iter().any(|row| row.speaks_of(path) && row.sources.contains(source));
    found.iter().filter(|found| !listed(found)).map(|(path, source)| format!("{path} ({source})")).collect()
}

fn base() -> Scenario {
    scenario::load("shipped:base", &[]).unwrap()
}

#[test]
fn every_shipped_source_says_from_when_on_it_could_be_known() {
    for file in scenario::shipped().iter().filter(|file| file.kind == Kind::Bibliography) {
        for (key, reference) in scenario::load_bibliography(&format!("shipped:{}", file.id)).unwrap() {
            let known = reference.known_from.unwrap_or_else(|| panic!("{key} of {} has no known_from", file.id));
            // A key that ends with a month or day tells when the page was made.
            let dated = key.find("-20").and_then(|at| key.get(at + 1..at + 8));
            // `fr-2020-05190` is the number of a document.
            let digits = |date: &str| date.split('-').all(|part| part.bytes().all(|b| b.is_ascii_digit()));
            let is_month = |date: &&str| date.as_bytes()[4] == b'-' && digits(date) && !key.starts_with("fr-");
            if let Some(month) = dated.filter(is_month) {
                assert!(known.to_string().as_str() >= month, "{key} is known from {known}, before it was made");
            }
        }
    }
}

#[test]
fn every_number_whose_source_came_later_is_listed_with_why_it_stands() {
    let rows = rows("## Numbers whose source was known only after 2020");
    let found = known_later(&base());
    assert!(!found.is_empty());
    let missing = unlisted(&found, &rows);
    assert!(missing.is_empty(), "not in docs/known-from.md: {missing:#?}");
    for row in &rows {
        let used = |source: &String| found.iter().any(|(path, of)| row.speaks_of(path) && of == source);
        let idle: Vec<&String> = row.sources.iter().filter(|source| !used(source)).collect();
        assert!(idle.is_empty(), "{} rests on no {idle:?}", row.numbers);
    }
    // What is not listed is found.
    let (first, rest) = rows.split_first().unwrap();
    assert!(unlisted(&found, rest).iter().all(|path| first.speaks_of(path.split(' ').next().unwrap())));
    assert!(!unlisted(&found, rest).is_empty());
}

#[test]
fn every_row_says_why_it_stands() {
    let base = base();
    let by_hand = rows("## Numbers that rest on something known later without naming it");
    let unknown: Vec<&String> = by_hand
        .iter()
        .map(|row| &row.numbers)
        .filter(|path| !base.params.iter().any(|param| param.path == **path))
        .collect();
    assert!(unknown.is_empty(), "no such numbers: {unknown:?}");
    for row in rows("## Numbers whose source was known only after 2020").iter().chain(&by_hand) {
        let stands = row.verdict.strip_prefix("stands: ");
        let for_a_reason = stands.is_some_and(|why| REASONS.iter().any(|reason| why.starts_with(reason)));
        assert!(for_a_reason || row.verdict.starts_with("remark: "), "{}: {}", row.numbers, row.verdict);
    }
}

#[test]
fn what_is_no_month_or_day_is_refused_at_its_place() {
    let head = "kind = \"bibliography\"\n[sources.a]\ncitation = \"A\"\n";
    for wrong in ["\"spring 2021\"", "2021", "\"2021-13\"", "true"] {
        let folder = Folder::new();
        fs::write(folder.path("sources.toml"), format!("{head}known_from = {wrong}\n")).unwrap();
        let said = run(&mut folder.chokepoint("check sources.toml"));
        assert_eq!(said.code, 2, "{wrong}: {}", said.err);
        for words in ["sources.toml:4", "sources.a.known_from", "known_from = \"2021-03\" for a month"] {
            assert!(said.err.contains(words), "{wrong}: {words} is not in {}", said.err);
        }
    }
    let folder = Folder::new();
    fs::write(folder.path("sources.toml"), format!("{head}known_from = \"2021-03\"\n[sources.b]\ncitation = \"B\"\n"))
        .unwrap();
    assert_eq!(run(&mut folder.chokepoint("check sources.toml")).code, 0, "a source need not say it");
}

#[test]
fn sources_are_shown_with_it() {
    let folder = Folder::new();
    let said = run(&mut folder.chokepoint("sources base"));
    assert!(said.out.contains("26.8 weeks in August 2022. (known from 2022-09-16)"), "{}", said.out);
    let said = run(&mut folder.chokepoint("sources base --format json"));
    let told: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let sources = told["sources"].as_array().unwrap();
    assert!(sources.iter().all(|source| source["known_from"].is_string()));
}
