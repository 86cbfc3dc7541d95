//! Every shipped regime against a table of worked cases, each with the reason for its answer: the cases of the design
//! page in `worked.csv`, our own in `own.csv`. A row holds in every scenario that it names.

use std::collections::BTreeMap;
use std::path::Path;

use super::shipped;
use crate::law::cases::{Case, read_cases};
use crate::law::explain::explain;
use crate::law::{Code, Determination};
use crate::scenario::regime::{Content, Provision, ProvisionKind};
use crate::units::Date;
use rust_decimal::Decimal;

/// The columns that are no part of a case: where it holds, the answer, and why.
const ANSWER: [&str; 6] = ["subject", "license_required", "authorization", "outcome", "provision", "review"];

/// A row of a table.
struct Row {
    scenarios: Vec<String>,
    /// The columns of the case, as text; blank ones left out.
    case: BTreeMap<String, String>,
    answer: Vec<String>,
    why: String,
}

fn table(file: &str) -> Vec<Row> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/law/tests").join(file);
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let row = |record: csv::StringRecord| {
        let mut cells: BTreeMap<String, String> =
            header.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
        let mut take = |column: &str| cells.remove(column).unwrap();
        let scenarios = take("scenarios").split_whitespace().map(str::to_owned).collect();
        let (answer, why) = (ANSWER.iter().map(|column| take(column)).collect(), take("why"));
        cells.retain(|_, cell| !cell.is_empty());
        Row { scenarios, case: cells, answer, why }
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

/// The rows of both tables.
fn all_rows() -> Vec<Row> {
    table("worked.csv").into_iter().chain(table("own.csv")).collect()
}

impl Row {
    /// The case as the reader of case files reads it.
    fn case(&self, buyers: &[crate::law::Buyer]) -> Case {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(self.case.keys()).unwrap();
        writer.write_record(self.case.values()).unwrap();
        let bytes = writer.into_inner().unwrap();
        let cases = read_cases(&bytes, "a row", buyers);
        cases.unwrap_or_else(|errors| panic!("{:?}: {:?}", self.case, miette::Report::new(errors))).remove(0)
    }

    fn holds_in(&self, scenario: &str) -> bool {
        self.scenarios.iter().any(|id| id == scenario)
    }

    fn date(&self) -> Date {
        self.case["date"].parse().unwrap()
    }

    fn share(&self, column: &str) -> Decimal {
        self.case.get(column).map_or(Decimal::ZERO, |cell| cell.parse().unwrap())
    }
}

fn answer_of(d: &Determination) -> Vec<String> {
    let required = d.license_required.to_string();
    let (provision, review) = (d.provision.clone().unwrap_or_default(), d.review.map_or("", |r| r.name()));
    vec![d.subject.to_string(), required, d.authorization.to_string(), d.outcome().into(), provision, review.into()]
}

/// What goes against a row in a scenario.
fn difference(row: &Row, code: &Code, case: &Case, scenario: &str) -> Option<String> {
    let answer = code.determine(&case.facts, &case.shipment);
    let text = explain(&case.facts, &case.shipment, &answer);
    (answer_of(&answer) != row.answer)
        .then(|| format!("{scenario}, {}: expected {:?}, because {}\nbut got\n{text}", case.id, row.answer, row.why))
}

#[track_caller]
fn check_table(file: &str, at_least: usize) {
    let rows = table(file);
    assert!(rows.len() >= at_least, "{file} has {} rows", rows.len());
    for row in &rows {
        assert!(!row.why.is_empty() && !row.scenarios.is_empty(), "{:?}", row.case);
        assert!(row.scenarios.iter().all(|id| shipped::IDS.contains(&id.as_str())), "{:?}", row.scenarios);
    }
    let mut differences = Vec::new();
    for id in shipped::IDS {
        let scenario = shipped::scenario(id);
        let (code, buyers) = (shipped::code(&scenario), shipped::buyers(&scenario));
        let of_this = rows.iter().filter(|row| row.holds_in(id));
        differences.extend(of_this.filter_map(|row| difference(row, &code, &row.case(&buyers), id)));
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn the_worked_cases_of_the_design_page() {
    check_table("worked.csv", 17);
}

#[test]
fn our_own_cases() {
    check_table("own.csv", 40);
}

/// The tables would be worth little if a provision were never tried at its ends.
#[test]
fn every_provision_is_tried_the_day_before_on_its_first_and_last_day_and_the_day_after() {
    let rows = all_rows();
    for id in shipped::IDS {
        for (provision_id, provision) in &shipped::scenario(id).regime.provisions {
            let Provision { from, to, .. } = *provision;
            let ends = [Some(from.yesterday().unwrap()), Some(from), to, to.map(|to| to.tomorrow().unwrap())];
            for day in ends.into_iter().flatten() {
                let tried = rows.iter().any(|row| row.holds_in(id) && row.date() == day);
                assert!(tried, "{id}: no case on {day} for {provision_id}");
            }
        }
    }
}

#[test]
fn every_threshold_is_tried_just_below_at_and_just_above() {
    let rows = all_rows();
    for id in shipped::IDS {
        for (provision_id, provision) in &shipped::scenario(id).regime.provisions {
            let ProvisionKind::DeMinimis { threshold, counts, .. } = provision.kind else { continue };
            for step in [Decimal::new(-1, 4), Decimal::ZERO, Decimal::new(1, 4)] {
                let tried = rows.iter().filter(|row| row.holds_in(id) && row.date() >= provision.from).any(|row| {
                    let other = if counts == Content::All { row.share("us_other") } else { Decimal::ZERO };
                    row.share("us_controlled") + other == threshold.decimal() + step
                });
                assert!(tried, "{id}: no case {step} from the threshold of {provision_id}");
            }
        }
    }
}

/// Every provision decides some case, in every regime that holds it, save those that name no outcome of their own.
#[test]
fn every_provision_decides_some_case() {
    let rows = all_rows();
    for id in shipped::IDS {
        for (provision_id, provision) in &shipped::scenario(id).regime.provisions {
            if matches!(provision.kind, ProvisionKind::ReviewPolicy { .. }) {
                continue;
            }
            let decides = rows.iter().any(|row| row.holds_in(id) && row.answer[4] == *provision_id);
            assert!(decides, "{id}: {provision_id} decides no case");
        }
    }
}

/// The amendments are written in two files; they must not drift apart.
#[test]
fn the_amendments_are_the_same_with_and_without_waivers() {
    let (plain, waivers) = (shipped::scenario("amended-rules"), shipped::scenario("amended-with-waivers"));
    for id in ["huawei-de-minimis", "huawei-direct-product"] {
        let facts = |p: &Provision| {
            format!("{} {} {} {} {:?} {:?} {:?}", p.title, p.citation, p.announced, p.from, p.to, p.kind, p.provenance)
        };
        assert_eq!(facts(&plain.regime.provisions[id]), facts(&waivers.regime.provisions[id]));
    }
}

/// Only these regimes have a practice of licensing; the others grant nothing.
#[test]
fn licensing_is_practised_where_the_design_says() {
    let periods = |id: &str| {
        let scenario = shipped::scenario(id);
        scenario.regime.licensing.iter().map(|period| period.from.to_string()).collect::<Vec<_>>()
    };
    for id in shipped::IDS {
        let expected: &[&str] = match id {
            "waivers" | "amended-with-waivers" => &["2019-11-20"],
            "adopted-rules" => &["2019-11-20", "2020-11-09", "2021-01-15", "2023-01-30"],
            _ => &[],
        };
        assert_eq!(periods(id), expected, "{id}");
    }
}

/// Firms that plan in June 2020 know the rule of May but not that of August, nor that May's will be replaced.
#[test]
fn a_rule_that_replaces_another_is_not_foreseen() {
    use crate::law::Occasion;
    let scenario = shipped::scenario("adopted-rules");
    let (code, buyers) = (shipped::code(&scenario), shipped::buyers(&scenario));
    let text = "id,date,buyer,made_in,us_plant,own_design\n\
                own,2020-12-01,huawei,TW,at,true\n\
                other,2020-12-01,huawei,TW,at,false\n";
    let cases = read_cases(text.as_bytes(), "text", &buyers).unwrap();
    let permitted = |case: &Case, known_on: &str| {
        let criteria = code.criteria(&case.facts, &code.standing(&case.shipment.buyer));
        let known_on = Some(known_on.parse().unwrap());
        code.outcome(&criteria, &Occasion { known_on, ..case.shipment.occasion() }).is_permitted()
    };
    let seen = |known_on| (permitted(&cases[0], known_on), permitted(&cases[1], known_on));
    assert_eq!(seen("2020-05-14"), (true, true));
    assert_eq!(seen("2020-05-15"), (false, true));
    assert_eq!(seen("2020-08-16"), (false, true));
    assert_eq!(seen("2020-08-17"), (false, false));
}

/// The text for a person, as a golden copy: the answer in words, then each step with its facts and citation.
#[test]
fn the_text_for_a_person() {
    use crate::law::answers::{Format, write_answers};
    let scenario = shipped::scenario("adopted-rules");
    let (code, buyers) = (shipped::code(&scenario), shipped::buyers(&scenario));
    let text = "id,date,buyer,use,made_in,us_controlled,us_plant,own_design,production_start,below_5g\n\
                support,2019-12-02,huawei,existing-network,US,,,,,\n\
                saved,2020-09-01,huawei,,TW,,at,true,2020-05-14,\n\
                below-5g,2020-10-01,huawei,,TW,0.125,at,,,true\n\
                rival,2020-10-01,nokia,,JP,0.3,,,,\n";
    let cases = read_cases(text.as_bytes(), "text", &buyers).unwrap();
    let mut out = Vec::new();
    write_answers(Format::Text, &code, &cases, &mut out).unwrap();
    insta::assert_snapshot!(String::from_utf8(out).unwrap());
}
