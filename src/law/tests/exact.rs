//! Answers that must be exact and that the properties of random regimes leave open: the days of change, which provisions
//! forbid a shipment, on what ground it is prohibited, and the words of a determination.

use crate::law::answers::{Format, write_answers};
use crate::law::cases::{Case, read_cases};
use crate::law::explain::explain;
use crate::law::{Buyer, Code, LawError, Occasion};
use crate::scenario::param::{Confidence, Provenance};
use crate::scenario::regime::{Content, Destination, Provision, ProvisionKind, Regime, Review};
use crate::scenario::{FileId, Place};
use crate::units::{Country, Date, Level, Share};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn provision(from: &str, to: Option<&str>, kind: ProvisionKind) -> Provision {
    Provision {
        title: "a rule".to_owned(),
        citation: "somewhere".to_owned(),
        provenance: Provenance { sources: Vec::new(), assumption: None, confidence: Confidence::High, note: None },
        announced: day(from),
        from: day(from),
        to: to.map(day),
        kind,
        place: Place { file: FileId(0), span: 0..0 },
    }
}

fn listing(buyer: &str) -> ProvisionKind {
    ProvisionKind::Listing { buyers: vec![buyer.to_owned()], review: Review::CaseByCase }
}

fn de_minimis(destination: Destination) -> ProvisionKind {
    ProvisionKind::DeMinimis { threshold: Share::ZERO, counts: Content::All, destination }
}

fn direct_product(destination: Destination) -> ProvisionKind {
    ProvisionKind::DirectProduct {
        item_from: Level::Ear99,
        technology_from: Some(Level::At),
        plant_from: Some(Level::At),
        own_design_only: false,
        destination,
    }
}

fn saving(id: &str) -> ProvisionKind {
    ProvisionKind::SavingsClause { saves: vec![id.to_owned()] }
}

fn regime(provisions: Vec<(&str, Provision)>) -> Regime {
    let provisions = provisions.into_iter().map(|(id, p)| (id.to_owned(), p)).collect();
    Regime { provisions, ..Regime::default() }
}

fn code(provisions: Vec<(&str, Provision)>) -> Code {
    Code::new(&regime(provisions)).unwrap()
}

fn vendors() -> Vec<Buyer> {
    let vendor =
        |(id, country_of_concern): (&str, bool)| Buyer { id: id.to_owned(), home: Country::CN, country_of_concern };
    [("huawei", true), ("zte", true), ("ericsson", false)].map(vendor).to_vec()
}

/// Cases under a header and the columns that must be there.
fn cases(columns: &str, rows: &[&str]) -> Vec<Case> {
    let rows: Vec<String> = rows.iter().enumerate().map(|(n, row)| format!("c{n},{row}\n")).collect();
    let text = format!("id,date,buyer,made_in{columns}\n{}", rows.concat());
    read_cases(text.as_bytes(), "cases.csv", &vendors()).unwrap_or_else(|e| panic!("{:?}", miette::Report::new(e)))
}

#[test]
fn the_days_of_change_are_those_of_what_concerns_the_buyer() {
    let code = code(vec![
        ("listing", provision("2020-01-01", None, listing("huawei"))),
        ("other-listing", provision("2020-01-02", None, listing("zte"))),
        ("any", provision("2020-01-03", Some("2020-02-03"), de_minimis(Destination::Any))),
        ("concern", provision("2020-01-04", None, direct_product(Destination::CountryOfConcern))),
        ("listed", provision("2020-01-05", None, direct_product(Destination::ListedBuyer))),
        ("clause", provision("2020-01-06", Some("2020-02-06"), saving("listed"))),
    ]);
    let days = |n: usize| -> Vec<String> {
        code.change_days(&code.standing(&vendors()[n])).iter().map(ToString::to_string).collect()
    };
    let after_the_listing = ["2020-01-03", "2020-01-04", "2020-01-05", "2020-01-06", "2020-02-04", "2020-02-07"];
    assert_eq!(days(0), [&["2020-01-01"], after_the_listing.as_slice()].concat());
    assert_eq!(days(1), [&["2020-01-02"], after_the_listing.as_slice()].concat());
    assert_eq!(days(2), ["2020-01-03", "2020-02-04"], "neither listed nor of concern");
}

#[test]
fn a_provision_forbids_only_while_it_is_in_force_whatever_the_day_of_production() {
    let code = code(vec![
        ("first", provision("2020-01-01", Some("2020-01-31"), listing("huawei"))),
        ("second", provision("2020-01-15", None, listing("huawei"))),
        ("test", provision("2020-01-10", None, direct_product(Destination::Any))),
        ("clause", provision("2020-01-10", None, saving("test"))),
    ]);
    let case = &cases(",us_plant,production_start", &["2020-03-01,huawei,TW,at,2020-01-09"])[0];
    let criteria = code.criteria(&case.facts, &code.standing(&case.shipment.buyer));
    let forbidding = |date: &str| -> Vec<&str> {
        let occasion = Occasion { date: day(date), ..case.shipment.occasion() };
        code.indices().filter(|&p| code.forbids(p, &criteria, &occasion)).map(|p| code.id(p)).collect()
    };
    assert!(code.determine(&case.facts, &case.shipment).permitted, "saved");
    assert_eq!(forbidding("2020-01-05"), [""; 0], "listed, but not yet subject");
    assert_eq!(forbidding("2020-01-20"), ["first", "test", "second"]);
    assert_eq!(forbidding("2020-02-01"), ["test", "second"]);
}

#[test]
fn a_prohibition_rests_on_foreign_production_unless_the_item_is_of_us_origin() {
    let code = code(vec![
        ("listing", provision("2020-01-01", None, listing("huawei"))),
        ("test", provision("2020-01-01", None, direct_product(Destination::Any))),
    ]);
    let rows = ["2020-03-01,huawei,TW,at", "2020-03-01,huawei,US,at", "2020-03-01,zte,TW,at", "2020-03-01,zte,US,at"];
    let rests = cases(",us_plant", &rows).into_iter().map(|case| {
        let criteria = code.criteria(&case.facts, &code.standing(&case.shipment.buyer));
        code.outcome(&criteria, &case.shipment.occasion()).rests_on_foreign_production()
    });
    assert_eq!(rests.collect::<Vec<_>>(), [true, false, false, false]);
}

#[test]
fn a_clause_that_names_what_does_not_fit_is_refused_with_the_rest() {
    let mut provisions = vec![("clause".to_owned(), provision("2020-01-01", None, saving("rule-128")))];
    provisions
        .extend((1..=128).map(|n| (format!("rule-{n}"), provision("2020-01-01", None, de_minimis(Destination::Any)))));
    let regime = Regime { provisions: provisions.into_iter().collect(), ..Regime::default() };
    assert_eq!(Code::new(&regime).unwrap_err(), LawError::TooMany { provision: "rule-128".to_owned() });
}

#[test]
fn what_an_item_is_of_us_origin_stands_without_a_test() {
    let code = code(vec![
        ("listing", provision("2020-01-01", None, listing("huawei"))),
        ("test", provision("2020-01-01", None, direct_product(Destination::Any))),
        ("clause", provision("2020-01-01", None, saving("test"))),
    ]);
    let facts_of_step = |case: &Case, question: &str| -> Option<String> {
        let answer = code.determine(&case.facts, &case.shipment);
        answer.trace.iter().find(|s| s.question.starts_with(question)).map(|s| s.facts_line())
    };
    let us = &cases("", &["2020-03-01,huawei,US"])[0];
    assert_eq!(facts_of_step(us, "May it").unwrap(), "subject us-origin, authorization none");
    assert_eq!(
        facts_of_step(us, "Was it in production").unwrap(),
        "production_start not known, before it saves nothing that reaches the item, date 2020-03-01, from 2020-01-01"
    );
    let late = &cases(",us_plant,production_start", &["2020-03-01,huawei,TW,at,2020-02-01"])[0];
    assert_eq!(
        facts_of_step(late, "May it").unwrap(),
        "subject direct-product, authorization none, still reached by test"
    );
}

#[test]
fn the_item_is_told_in_words() {
    let told = |columns: &str, row: &str| {
        let case = &cases(columns, &[row])[0];
        let code = code(Vec::new());
        let text = explain(&case.facts, &case.shipment, &code.determine(&case.facts, &case.shipment));
        text.lines().nth(1).unwrap().to_owned()
    };
    assert_eq!(
        told(",us_other,shipped_from,item", "2020-03-01,huawei,TW,0.1,MY,at"),
        "The item: made in TW; shipped from MY; controlled for anti-terrorism reasons only; US content 0 controlled and 0.1 other."
    );
    assert_eq!(
        told(",us_controlled,us_technology,item", "2020-03-01,huawei,TW,0.1,ns,ns"),
        "The item: made in TW; controlled for national security; US content 0.1 controlled and 0 other; made with US technology (control level ns)."
    );
}

#[test]
fn texts_stand_apart_and_start_at_once() {
    let mut out = Vec::new();
    let cases = cases("", &["2020-03-01,huawei,JP", "2020-03-01,zte,JP"]);
    write_answers(Format::Text, &code(Vec::new()), &cases, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.starts_with("Case c0\nShipment"), "{text}");
    assert_eq!(text.matches("\n\nCase c1\n").count(), 1, "{text}");
    assert!(!text.contains("\n\n\n"), "{text}");
}

/// The review of an item of US origin, or of a direct product below 5G, on a day; and the provision that sets it.
fn review(provisions: &[(&str, Provision)], day: &str, us_origin: bool) -> (Review, String) {
    let reviewed = |provisions: Vec<(&str, Provision)>| {
        let row = format!("{day},huawei,{},at,true", if us_origin { "US" } else { "TW" });
        let case = &cases(",us_plant,below_5g", &[row.as_str()])[0];
        let answer = code(provisions).determine(&case.facts, &case.shipment);
        let step = answer.trace.last().expect("a prohibition is reviewed");
        (answer.review.unwrap(), step.provision.clone().unwrap_or_default())
    };
    let there = reviewed(provisions.to_vec());
    assert_eq!(there, reviewed(provisions.iter().rev().cloned().collect()), "the order in the file decides");
    there
}

#[test]
fn of_several_requirements_the_strictest_review_counts() {
    use Review::{CaseByCase, PresumptionOfApproval, PresumptionOfDenial};
    let listed =
        |from, review| provision(from, None, ProvisionKind::Listing { buyers: vec!["huawei".to_owned()], review });
    let policy = |from, review, direct_product_only| {
        let kind = ProvisionKind::ReviewPolicy { review, direct_product_only, below_5g_only: true };
        provision(from, None, kind)
    };
    let two = [("mild", listed("2019-05-16", CaseByCase)), ("strict", listed("2020-06-01", PresumptionOfDenial))];
    assert_eq!(review(&two, "2020-05-31", true), (CaseByCase, "mild".to_owned()));
    assert_eq!(review(&two, "2020-06-01", true), (PresumptionOfDenial, "strict".to_owned()));
    // A policy amends the listings of its day, so that a later listing is not loosened by it.
    let amended = [
        ("listing", listed("2019-05-16", PresumptionOfDenial)),
        ("test", provision("2019-05-16", None, direct_product(Destination::Any))),
        ("policy", policy("2020-08-17", CaseByCase, true)),
        ("later", listed("2021-01-01", PresumptionOfDenial)),
    ];
    assert_eq!(review(&amended, "2020-08-16", false), (PresumptionOfDenial, "listing".to_owned()));
    assert_eq!(review(&amended, "2020-12-31", false), (CaseByCase, "policy".to_owned()));
    assert_eq!(review(&amended, "2020-12-31", true), (PresumptionOfDenial, "listing".to_owned()));
    assert_eq!(review(&amended, "2021-01-01", false), (PresumptionOfDenial, "later".to_owned()));
    // Both listings were there when it started: it amends both.
    let both = [two[0].clone(), two[1].clone(), ("policy", policy("2020-08-17", PresumptionOfApproval, false))];
    assert_eq!(review(&both, "2020-08-17", true), (PresumptionOfApproval, "policy".to_owned()));
    // One that was there before any listing was made for the first.
    let before = [two[0].clone(), ("policy", policy("2019-01-01", PresumptionOfApproval, false))];
    assert_eq!(review(&before, "2020-01-01", true), (PresumptionOfApproval, "policy".to_owned()));
    // Of two policies the later one counts, and of two of one day the stricter one.
    let later = [two[0].clone(), ("a", policy("2019-06-01", PresumptionOfDenial, false)), before[1].clone()];
    assert_eq!(review(&later, "2020-01-01", true), (PresumptionOfDenial, "a".to_owned()));
    let same_day = [
        two[0].clone(),
        ("a", policy("2019-06-01", PresumptionOfApproval, false)),
        ("b", policy("2019-06-01", CaseByCase, false)),
    ];
    assert_eq!(review(&same_day, "2020-01-01", true), (CaseByCase, "b".to_owned()));
}
