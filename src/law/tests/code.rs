//! Regimes that make no sense as law are refused, and the message names the provision and the fix.

use crate::law::{Code, LawError};
use crate::scenario::param::{Confidence, Provenance};
use crate::scenario::regime::{Content, Destination, Provision, ProvisionKind, Regime, Review};
use crate::scenario::{FileId, Place};
use crate::units::{Level, Share, Use};

fn provision(kind: ProvisionKind) -> Provision {
    Provision {
        title: "a rule".to_owned(),
        citation: "somewhere".to_owned(),
        provenance: Provenance { sources: Vec::new(), assumption: None, confidence: Confidence::High, note: None },
        announced: "2020-01-01".parse().unwrap(),
        from: "2020-02-01".parse().unwrap(),
        to: Some("2020-03-01".parse().unwrap()),
        kind,
        place: Place { file: FileId(0), span: 0..0 },
    }
}

fn listing() -> ProvisionKind {
    ProvisionKind::Listing { buyers: vec!["huawei".to_owned()], review: Review::PresumptionOfDenial }
}

fn direct_product(technology_from: Option<Level>, plant_from: Option<Level>) -> ProvisionKind {
    let (item_from, destination) = (Level::Ear99, Destination::Any);
    ProvisionKind::DirectProduct { item_from, technology_from, plant_from, own_design_only: false, destination }
}

fn saving(id: &str) -> ProvisionKind {
    ProvisionKind::SavingsClause { saves: vec![id.to_owned()] }
}

/// A regime with a listing, a test, and the provision in question.
fn with(provision_in_question: Provision) -> Regime {
    let test = ProvisionKind::DeMinimis { threshold: Share::ZERO, counts: Content::All, destination: Destination::Any };
    let mut regime = Regime::default();
    regime.provisions.insert("the-listing".to_owned(), provision(listing()));
    regime.provisions.insert("the-test".to_owned(), provision(test));
    regime.provisions.insert("in-question".to_owned(), provision_in_question);
    regime
}

#[track_caller]
fn refused(provision_in_question: Provision) -> String {
    let error: LawError = Code::new(&with(provision_in_question)).expect_err("it makes no sense");
    assert_eq!(error.provision(), "in-question");
    error.to_string()
}

#[test]
fn what_makes_sense_is_taken() {
    let code = Code::new(&with(provision(saving("the-test")))).unwrap();
    let index = code.find("in-question").unwrap();
    // All start on one day, so ids decide.
    assert_eq!((index.get(), code.id(index), code.indices().count()), (0, "in-question", 3));
    assert_eq!(code.find("nothing"), None);
}

#[test]
fn a_savings_clause_names_tests_that_are_there() {
    assert!(
        refused(provision(saving("the-tset"))).ends_with("not a provision of this regime (did you mean `the-test`?)")
    );
    assert!(refused(provision(saving("x"))).ends_with("which is not a provision of this regime"));
    assert!(refused(provision(saving("the-listing"))).contains("only de-minimis and direct-product provisions"));
}

#[test]
fn a_list_is_not_empty() {
    let kinds = [
        ("buyers", ProvisionKind::Listing { buyers: Vec::new(), review: Review::CaseByCase }),
        ("uses", ProvisionKind::GeneralLicense { uses: Vec::new(), items_up_to: Level::Ns }),
        ("saves", ProvisionKind::SavingsClause { saves: Vec::new() }),
    ];
    for (key, kind) in kinds {
        assert!(refused(provision(kind)).contains(&format!("an empty `{key}`")));
    }
    let licensed = ProvisionKind::GeneralLicense { uses: vec![Use::Standards], items_up_to: Level::At };
    assert!(Code::new(&with(provision(licensed))).is_ok());
}

#[test]
fn days_are_in_order() {
    let day = |text: &str| text.parse().unwrap();
    let late = Provision { announced: day("2020-02-02"), ..provision(listing()) };
    assert!(refused(late).contains("announced only on 2020-02-02"));
    let over = Provision { to: Some(day("2020-01-31")), ..provision(listing()) };
    assert!(refused(over).contains("ends on 2020-01-31, before it starts on 2020-02-01"));
    let one_day = Provision { announced: day("2020-02-01"), to: Some(day("2020-02-01")), ..provision(listing()) };
    assert!(Code::new(&with(one_day)).is_ok());
}

#[test]
fn a_direct_product_test_counts_some_us_technology() {
    assert!(refused(provision(direct_product(None, None))).contains("reaches nothing"));
    assert!(refused(provision(direct_product(Some(Level::None), None))).contains("technology_from = \"none\""));
    assert!(refused(provision(direct_product(None, Some(Level::None)))).contains("plant_from = \"none\""));
    assert!(Code::new(&with(provision(direct_product(None, Some(Level::Ear99))))).is_ok());
}

#[test]
fn a_code_holds_128_provisions() {
    let regime = |n: usize| {
        let provisions = (0..n).map(|i| (format!("rule-{i}"), provision(listing()))).collect();
        Regime { provisions, ..Regime::default() }
    };
    assert_eq!(Code::new(&regime(128)).unwrap().indices().count(), 128);
    assert_eq!(Code::new(&regime(129)).unwrap_err(), LawError::TooMany { provision: "rule-128".to_owned() });
}
