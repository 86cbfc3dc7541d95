//! What the regulations count as the United States and as China, by day, and that a determination cites it.

use super::shipped;
use crate::law::cases::read_cases;
use crate::law::{Buyer, Determination};
use crate::units::Country;

/// The answers of the current rules to cases for a buyer at home there.
fn answers(home: &str, header: &str, rows: &[String]) -> Vec<Determination> {
    let code = shipped::code(&shipped::scenario("current-rules"));
    let buyer = Buyer { id: "huawei".to_owned(), home: home.parse().unwrap(), country_of_concern: true };
    let rows = rows.iter().enumerate().map(|(id, row)| format!("{id},huawei,{row}\n"));
    let text = format!("id,buyer,{header}\n{}", rows.collect::<String>());
    let cases = read_cases(text.as_bytes(), "text", &[buyer]).unwrap();
    cases.iter().map(|case| code.determine(&case.facts, &case.shipment)).collect()
}

fn cites(answer: &Determination, what: &str) -> bool {
    answer.trace.iter().any(|step| step.citation.contains(what))
}

#[test]
fn the_territories_of_the_united_states_are_the_united_states() {
    let codes = || Country::all().map(|(code, _)| code);
    let made = answers("CN", "date,made_in", &codes().map(|code| format!("2019-12-02,{code}")).collect::<Vec<_>>());
    let shipped = codes().map(|code| format!("2019-12-02,JP,{code}")).collect::<Vec<_>>();
    let shipped = answers("CN", "date,made_in,shipped_from", &shipped);
    for (found, code) in made.iter().chain(&shipped).zip(codes().chain(codes())) {
        let expected = ["US", "PR", "GU", "VI", "AS", "MP", "UM"].contains(&code);
        assert_eq!((found.subject.name() == "us-origin", found.permitted), (expected, !expected), "{code}");
        assert_eq!(cites(found, "15 CFR 772.1"), expected && code != "US", "{code}");
    }
}

/// The old direct-product rule reaches countries of concern alone; Hong Kong became one as a part of China.
#[test]
fn hong_kong_is_china_from_2020_12_23() {
    let header = "date,made_in,item,us_technology";
    let on = |home, day: &str| answers(home, header, &[format!("{day},TW,ns,ns")]).remove(0);
    let (before, after) = (on("HK", "2020-12-22"), on("HK", "2020-12-23"));
    assert_eq!((before.subject.name(), before.permitted), ("none", true));
    assert_eq!((after.subject.name(), after.permitted), ("direct-product", false));
    for (found, answered) in [(&before, "no"), (&after, "yes")] {
        let step = found.trace.iter().find(|step| step.citation.contains("85 FR 83765")).expect("it is cited");
        assert_eq!(step.answer, answered);
        assert!(step.facts.contains(&("home", "HK".to_owned())), "{:?}", step.facts);
    }
    for home in ["CN", "MO"] {
        for day in ["2020-12-22", "2020-12-23"] {
            let found = on(home, day);
            assert!(!found.permitted && !cites(&found, "85 FR 83765"), "{home} on {day}");
        }
    }
}

/// A vendor in Hong Kong is in a country of concern where China is one, whatever its own flag says.
#[test]
fn the_world_says_of_whom_china_is_a_country_of_concern() {
    let set = |path: &str, value: &str| (path.to_owned(), value.to_owned());
    let of_concern = |overrides: &[(String, String)], id: &str| {
        let world = crate::scenario::load("shipped:current-rules", overrides).unwrap().world;
        world.of_concern(&world.vendors[id])
    };
    let moved = [set("vendors.ericsson.home", "\"HK\""), set("vendors.huawei.country_of_concern", "false")];
    assert!(!of_concern(&[], "ericsson") && !of_concern(&[], "zte") && of_concern(&[], "huawei"));
    assert!(of_concern(&moved[..1], "ericsson"));
    assert!(!of_concern(&moved, "ericsson"), "here China is none");
}
