//! `chokepoint backtest` through the program itself: what it writes, how far it simulates, and what it refuses.

use std::fs;
use std::path::Path;

use crate::common::{Folder, hold, run};
use chokepoint::scenario::observed::Need;
use serde_json::Value;

const HEADER: &str =
    "id,quantity,entity,region,period,unit,observed_low,observed_high,q05,q25,median,q75,q95,in50,in90,crps,needs";

/// Observations in the plain form, of a firm of the small world and of the shipped one alike.
const SEEN: &str = r#"
[[observation]]
id = "stations-2020"
quantity = "stations-supplied"
entity = "huawei"
region = "cn"
period = "2020"
low = 300_000
high = 400_000
unit = "stations"
source = "a ministry"

[[observation]]
id = "at-least-one"
quantity = "stations-supplied"
entity = "huawei"
region = "cn"
period = "2020-12-31"
value = 1
unit = "stations"
bound = "at-least"
source = "a firm"

[[observation]]
id = "share-of-awards"
quantity = "award-share"
entity = "ericsson"
period = "2020-Q4"
value = 0.4
unit = "share"
source = "a tender"
"#;

fn rows(folder: &Path) -> Vec<Vec<String>> {
    let mut table = csv::Reader::from_path(folder.join("backtest.csv")).unwrap();
    assert_eq!(table.headers().unwrap().iter().collect::<Vec<_>>().join(","), HEADER);
    table.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn manifest(folder: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("manifest.json")).unwrap()).unwrap()
}

fn with(text: &str) -> Folder {
    let folder = Folder::new();
    fs::write(folder.path("seen.toml"), text).unwrap();
    folder
}

#[test]
fn the_shipped_observations_are_scored_without_a_word_more() {
    let folder = Folder::new();
    let said = run(&mut folder.chokepoint("backtest --trials 4 --no-figures"));
    assert_eq!(said.code, 0, "{}", said.err);
    let result = folder.path("output/backtest");
    let rows = rows(&result);
    for quantity in [
        "stations-supplied",
        "ran-revenue-share",
        "equipment-revenue",
        "handset-revenue",
        "inventory-cover",
        "us-content-share",
    ] {
        assert!(rows.iter().any(|row| row[1] == quantity), "{quantity}");
    }
    let manifest = manifest(&result);
    assert_eq!(manifest["horizon"]["end"], "2020-12-31");
    assert_eq!(manifest["scenarios"][0]["id"], "adopted-rules");
    assert!(manifest["observations"]["text"].as_str().unwrap().contains("[[observation]]"));
    assert!(said.out.contains("output/backtest") && said.out.contains("the 90% band"), "{}", said.out);
    // Its own earlier result is replaced.
    assert_eq!(run(&mut folder.chokepoint("backtest --trials 2 --no-figures --quiet")).code, 0);
}

#[test]
fn a_row_is_what_the_file_says_and_what_the_trials_do() {
    let folder = with(SEEN);
    let said =
        run(&mut folder.chokepoint("backtest tiny-listing.toml --observations seen.toml --trials 20 --out there"));
    assert_eq!(said.code, 0, "{}", said.err);
    let result = folder.path("there");
    let rows = rows(&result);
    let head = |i: usize| rows[i][..8].join(",");
    assert_eq!(head(0), "stations-2020,stations-supplied,huawei,cn,2020,stations,300000,400000");
    assert_eq!(head(1), "at-least-one,stations-supplied,huawei,cn,2020-12-31,stations,1,");
    assert_eq!(head(2), "share-of-awards,award-share,ericsson,world,2020-Q4,share,0.4,0.4");
    for row in &rows {
        let q: Vec<f64> = row[8..13].iter().map(|cell| cell.parse().unwrap()).collect();
        assert!(q.is_sorted() && q[0] < q[4], "{row:?}");
        let (low, high) = (row[6].parse().unwrap_or(f64::MIN), row[7].parse().unwrap_or(f64::MAX));
        assert_eq!(row[13], (q[1] <= high && q[3] >= low).to_string(), "{row:?}");
        assert_eq!(row[14], (q[0] <= high && q[4] >= low).to_string(), "{row:?}");
        assert!(row[15].parse::<f64>().unwrap() >= 0.0, "{row:?}");
    }
    // Every trial supplied more than one station: the bound is met, and nothing is lost.
    assert_eq!(rows[1][13..].join(","), "true,true,0,");
    for name in ["summary.md", "figures/backtest.svg", "figures/backtest.png", "figures/backtest.pdf"] {
        assert!(result.join(name).is_file(), "{name}");
    }
    let package = fs::read_to_string(result.join("datapackage.json")).unwrap();
    let package: serde_json::Value = serde_json::from_str(&package).unwrap();
    assert_eq!(package["resources"][0]["schema"]["fields"].as_array().unwrap().len(), rows[0].len());
    assert_eq!(package["chokepoint"]["backtest"], "tiny-listing");
    let summary = fs::read_to_string(result.join("summary.md")).unwrap();
    assert!(summary.contains("| at-least-one | cn | 2020-12-31 | stations | at least 1.00 |"), "{summary}");
}

#[test]
fn the_run_reaches_the_last_observation() {
    let later = SEEN.replace("\"2020-Q4\"", "\"2026-05\"");
    let folder = with(&later);
    let words = "backtest --observations seen.toml --trials 2 --no-figures";
    let said = run(&mut folder.chokepoint(&format!("{words} --out later")));
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(manifest(&folder.path("later"))["horizon"]["end"], "2026-05-31");
    assert!(!rows(&folder.path("later"))[2][10].is_empty());
    // A horizon that is shorter cuts none off; one that is longer holds.
    for (horizon, end) in [("2021-12", "2026-05-31"), ("2027-03", "2027-03-31")] {
        let said = run(&mut folder.chokepoint(&format!("{words} --out at-{horizon} --horizon {horizon}")));
        assert_eq!(said.code, 0, "{}", said.err);
        assert_eq!(manifest(&folder.path(&format!("at-{horizon}")))["horizon"]["end"], end);
    }
}

#[test]
fn threads_and_seed_do_what_they_say() {
    let folder = with(SEEN);
    let table = |out: &str, more: &str| {
        let words =
            format!("backtest tiny-listing.toml --observations seen.toml --trials 70 --no-figures --out {out} {more}");
        let said = run(&mut folder.chokepoint(&words));
        assert_eq!(said.code, 0, "{}", said.err);
        fs::read(folder.path(out).join("backtest.csv")).unwrap()
    };
    assert_eq!(table("one", "--threads 1"), table("two", "--threads 2"));
    assert_ne!(table("three", "--seed 1"), table("four", "--seed 2"));
    assert_ne!(
        table("five", "--seed 1"),
        table(
            "six",
            "--seed 1 --set markets.china.installation={value=1,unit=\"ratio\",bounds=[1,3],assumption=\"x\",confidence=\"low\"}"
        )
    );
}

#[test]
fn a_file_that_is_not_sound_is_refused_at_its_place() {
    let says = |text: &str, words: &[&str]| {
        let folder = with(text);
        let said = run(&mut folder.chokepoint("backtest --observations seen.toml --trials 1"));
        assert_eq!(said.code, 2, "{}", said.err);
        for word in words {
            assert!(said.err.contains(word), "{word} is not in {}", said.err);
        }
        assert!(!folder.path("output").exists(), "nothing is written");
    };
    let known = [
        "stations-supplied",
        "ran-revenue-share",
        "equipment-revenue",
        "handset-revenue",
        "handsets-shipped",
        "purchases",
        "inventory-cover",
        "us-content-share",
        "award-share",
    ];
    says(&SEEN.replacen("stations-supplied", "profit", 1), &known);
    says(&SEEN.replacen("\"huawei\"", "\"huwei\"", 1), &["seen.toml:", "no firm `huwei`", "did you mean `huawei`?"]);
    says(&SEEN.replacen("\"cn\"", "\"moon\"", 1), &["seen.toml:", "world, cn, ex-cn"]);
    says(&SEEN.replacen("\"2020\"", "\"2017\"", 1), &["seen.toml:", "starts before the simulation"]);
    let unrecorded = SEEN.replacen("award-share", "cash-flow", 1).replacen("\"share\"", "\"USD bn\"", 1);
    says(&unrecorded, &["seen.toml:26", "the model does not record", "say what it needs"]);
    says(&SEEN.replacen("low = ", "needs = \"M99\"\nlow = ", 1), &["seen.toml:8", "not a need"]);
    says(&SEEN.replacen("300_000", "500_000", 1), &["seen.toml:8", "above its high end", "the lower one as `low`"]);
    says(&SEEN.replacen("at-least-one", "stations-2020", 1), &["another one has this id", "first here"]);
    says("kind = \"scenario\"\n", &["is a scenario, but a list of observations is needed here"]);
    says("", &["is empty"]);
}

#[test]
fn what_needs_more_is_kept_and_not_scored() {
    let later = "\n[[observation]]\nid = \"later\"\nquantity = \"group-revenue\"\nentity = \"huawei\"\nperiod = \"2031\"\n\
                 value = 900\nunit = \"CNY bn\"\nneeds = \"M11\"\nsource = \"a firm\"\n";
    let folder = with(&format!("{SEEN}{later}"));
    let words = "backtest tiny-listing.toml --observations seen.toml --trials 4 --out there";
    let said = run(&mut folder.chokepoint(words));
    assert_eq!(said.code, 0, "{}", said.err);
    let told = "1 observation not scored, for want of what they need: M11 (1).";
    assert!(said.out.contains(told), "{}", said.out);
    let rows = rows(&folder.path("there"));
    assert_eq!(rows[3].join(","), "later,group-revenue,huawei,world,2031,CNY bn,900,900,,,,,,,,,M11");
    assert_eq!(manifest(&folder.path("there"))["horizon"]["end"], "2020-12-31", "the run is not made longer for it");
    let summary = fs::read_to_string(folder.path("there/summary.md")).unwrap();
    assert!(summary.contains("| later | world | 2031 | CNY bn | 900 | not scored: needs M11 |"), "{summary}");
    assert!(!summary.contains("later has no value"), "{summary}");
    let said = run(&mut folder.chokepoint("check seen.toml"));
    assert!(said.out.contains("not scored, for want of what they need: M11 (1)"), "{}", said.out);
    // Of nothing but these there is nothing to compare.
    let folder = with(later);
    let said = run(&mut folder.chokepoint(words));
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(said.err.contains("can be scored"), "{}", said.err);
}

#[test]
fn what_is_no_scenario_or_no_file_is_refused() {
    let folder = with(SEEN);
    for (words, says) in [
        ("backtest seen.toml", "--observations seen.toml"),
        ("backtest tiny-comparison.toml", "not a scenario"),
        ("backtest --observations nowhere.toml", "there is no file"),
        ("backtest --observations tiny.toml", "needed here"),
        ("run seen.toml", "needed here"),
        ("compare seen.toml", "can't be compared"),
    ] {
        let said = run(&mut folder.chokepoint(words));
        assert_eq!(said.code, 2, "{words}: {}", said.err);
        assert!(said.err.contains(says), "{words}: {}", said.err);
    }
}

#[test]
fn check_and_list_know_observations() {
    let folder = with(SEEN);
    let said = run(&mut folder.chokepoint("check seen.toml observed"));
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("seen.toml: sound, 3 observations"), "{}", said.out);
    assert!(said.out.contains("stations-supplied: 2, from 2020-01-01 to 2020-12-31"), "{}", said.out);
    assert!(run(&mut folder.chokepoint("list")).out.contains("observed"), "{}", said.out);
    fs::write(folder.path("seen.toml"), SEEN.replacen("low = ", "lo = ", 1)).unwrap();
    let said = run(&mut folder.chokepoint("check seen.toml"));
    assert_eq!(said.code, 2);
    assert!(said.err.contains("did you mean `low`?"), "{}", said.err);
}

/// The part of `docs/backtest.md` that a run writes.
const MARKS: [&str; 2] = ["<!-- from a run: see below -->\n", "<!-- end -->"];

/// The document in three parts: before, within and after the marks.
fn document() -> [String; 3] {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/backtest.md");
    let text = fs::read_to_string(path).unwrap();
    let (before, rest) = text.split_once(MARKS[0]).unwrap();
    let (within, after) = rest.split_once(MARKS[1]).unwrap();
    [before.to_owned(), within.to_owned(), after.to_owned()]
}

#[test]
fn the_document_has_a_row_for_every_shipped_observation() {
    let [_, within, _] = document();
    let observations = chokepoint::scenario::load_observations("shipped:observed").unwrap().observations;
    let all = within.split("## All observations").nth(1).unwrap();
    let rows: Vec<&str> =
        all.lines().filter(|l| l.starts_with("| ")).skip(1).map(|l| l.split('|').nth(1).unwrap().trim()).collect();
    assert_eq!(rows, observations.iter().map(|o| o.id.as_str()).collect::<Vec<_>>());
}

/// Rows of the evidence in `docs/observations.md`, each with what became of it.
fn evidence() -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/observations.md");
    let text = fs::read_to_string(path).unwrap();
    let table = text.split("| row of the evidence |").nth(1).unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let cells = |row: &str| row.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    rows.map(|row| (cells(row)[0].trim_matches('`').to_owned(), cells(row)[3].clone())).collect()
}

#[test]
fn every_row_of_the_evidence_is_told_and_so_is_what_became_of_it() {
    let observations = chokepoint::scenario::load_observations("shipped:observed").unwrap().observations;
    let mut untold: Vec<&str> = observations.iter().filter(|o| o.evidence.is_some()).map(|o| o.id.as_str()).collect();
    let rows = evidence();
    assert_eq!(rows.len(), 106, "a row is dropped");
    for (row, became) in &rows {
        let taken: Vec<_> = observations.iter().filter(|o| o.evidence.as_ref() == Some(row)).collect();
        let ids: Vec<String> = taken.iter().map(|o| format!("`{}`", o.id)).collect();
        match taken.first().map(|o| o.needs) {
            None => assert!(became.starts_with("input: ") || became.starts_with("not by 2020: "), "{row}: {became}"),
            Some(None) => assert_eq!(*became, format!("scored: {}", ids.join(", ")), "{row}"),
            Some(Some(need)) => assert_eq!(*became, format!("needs {need}: {}", ids.join(", ")), "{row}"),
        }
        untold.retain(|id| !taken.iter().any(|o| o.id == *id));
    }
    assert!(untold.is_empty(), "{untold:?}");
}

#[test]
fn what_is_needed_is_told_as_the_program_tells_it() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/observations.md")).unwrap();
    let table = text.split("| `needs` | what is missing |").nth(1).unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let told: Vec<&str> = rows.filter_map(|row| row.split('`').nth(1)).collect();
    assert_eq!(told, Need::ALL.iter().map(|need| need.name()).collect::<Vec<_>>());
}

/// Written anew by `CHOKEPOINT_BLESS=1 cargo test --release --test it backtest:: -- --ignored`.
#[test]
#[ignore = "a study: a run of 4,000 trials"]
fn the_document_says_what_the_shipped_backtest_gives() {
    let folder = Folder::new();
    let said = run(&mut folder.chokepoint("backtest --quiet --date 2020-12-31"));
    assert_eq!(said.code, 0, "{}", said.err);
    let result = folder.path("output/backtest");
    let summary = fs::read_to_string(result.join("summary.md")).unwrap();
    let start = summary.find("\n\n").unwrap() + 2;
    // What the run warns of is of the run, and stands before the tables.
    let head = start + summary[start..].find("\n## ").unwrap();
    let tables = summary.find("\n## Outside the 90% band").unwrap();
    let end = tables + summary[tables..].find("\n## What ").unwrap();
    let within = format!("{}{}", &summary[start..head], &summary[tables..end]).replace("\n## ", "\n### ");
    let [before, _, after] = document();
    hold("docs/backtest.md", format!("{before}{}{within}{}{after}", MARKS[0], MARKS[1]).as_bytes());
    hold("docs/figures/backtest.svg", &fs::read(result.join("figures/backtest.svg")).unwrap());
}
