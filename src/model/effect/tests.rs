//! Which warnings come, and that the shipped scenarios give none that is false.

use super::reach::{Reach, Reviewed};
use super::{Warning, Why, sentences, warnings};
use crate::scenario::regime::Review;
use crate::scenario::{Kind, Scenario, load, load_text, shipped};

/// A scenario over a shipped one.
fn over(base: &str, text: &str) -> Scenario {
    let head = "kind = \"scenario\"\nid = \"x\"\ntitle = \"t\"\ndescription = \"d\"\n";
    let text = format!("{head}extends = \"shipped:{base}\"\n{text}");
    load_text("x.toml", &text, &[]).unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// A provision's head.
fn provision(id: &str, kind: &str, from: &str) -> String {
    format!(
        "[provisions.{id}]\nkind = \"{kind}\"\ntitle = \"t\"\ncitation = \"c\"\nannounced = {from}\nfrom = {from}\n\
         assumption = \"x\"\nconfidence = \"low\"\n"
    )
}

/// What has no effect, with the reason.
fn idle(scenario: &Scenario) -> Vec<(Vec<String>, Why)> {
    let all = warnings(scenario).unwrap().into_iter();
    all.filter_map(|warning| match warning {
        Warning::NoEffect { of, why } => Some((of, why)),
        _ => None,
    })
    .collect()
}

#[track_caller]
fn is_idle(base: &str, text: &str, ids: &[&str], why: &Why) {
    let found = idle(&over(base, text));
    let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
    assert!(found.contains(&(ids.clone(), why.clone())), "{ids:?} {why:?}: {found:?}");
}

#[test]
fn shipped_scenarios_give_no_false_warning() {
    for file in shipped().into_iter().filter(|file| file.kind == Kind::Scenario && file.runnable) {
        let scenario = load(&file.id, &[]).unwrap();
        let found = warnings(&scenario).unwrap();
        // The two permissions are for uses for which nothing ships in a run: they change answers, not runs.
        let permissions = vec!["standards-release".to_owned(), "security-research".to_owned()];
        match found.as_slice() {
            [] => assert!(!scenario.regime.provisions.contains_key("standards-release"), "{}", file.id),
            [Warning::NoEffect { of, why: Why::UnusedUses(_) }] => assert_eq!(*of, permissions, "{}", file.id),
            other => panic!("{}: {other:?}", file.id),
        }
    }
}

#[test]
fn a_test_for_listed_buyers_needs_a_listing() {
    let tests = ["huawei-de-minimis", "huawei-direct-product"];
    let text = "remove = [\"provisions.huawei-listing\"]\n";
    is_idle("amended-rules", text, &tests, &Why::NobodyListed);
    is_idle("amended-rules", text, &["de-minimis-standard", "direct-product-standard"], &Why::NothingRequired);
    // One that is over when the tests start is as good as none.
    let over_before = "[provisions.huawei-listing]\nto = 2020-01-31\n";
    is_idle("amended-rules", over_before, &tests, &Why::NobodyListed);
    let sentence = &sentences(&[over("amended-rules", text)]).unwrap()[0];
    assert!(sentence.starts_with("x: `") && sentence.contains("no effect in a run"), "{sentence}");
}

#[test]
fn days_outside_the_simulated_period_are_named() {
    let late =
        provision("late", "general-license", "2025-01-01") + "uses = [\"existing-network\"]\nitems_up_to = \"ns\"\n";
    is_idle("current-rules", &late, &["late"], &Why::Later("2024-12-31".parse().unwrap()));
    let early = provision("early", "general-license", "2018-01-01")
        + "to = 2018-12-31\nuses = [\"existing-network\"]\nitems_up_to = \"ns\"\n";
    is_idle("current-rules", &early, &["early"], &Why::Over("2019-01-01".parse().unwrap()));
    // What is announced in the period frightens firms, though it starts after it.
    let announced = provision("late", "listing", "2025-01-01")
        .replace("announced = 2025-01-01", "announced = 2024-01-01")
        + "buyers = [\"huawei\"]\nreview = \"presumption-of-denial\"\n";
    assert_eq!(idle(&over("current-rules", &announced)), []);
}

#[test]
fn what_nobody_uses_buys_or_sells_is_named() {
    let license = provision("p", "general-license", "2020-01-01") + "uses = [\"standards\"]\nitems_up_to = \"ns\"\n";
    let found = idle(&over("current-rules", &license));
    assert!(matches!(found.as_slice(), [(_, Why::UnusedUses(used))] if !used.is_empty()), "{found:?}");
    let ban = |vendor: &str, market: &str, share: &str| {
        provision("p", "market-restriction", "2020-01-01")
            + &format!(
                "label = \"l\"\nvendors = [\"{vendor}\"]\nmarket = \"{market}\"\nshare = {{ value = {share}, unit = \"share\", \
                 bounds = [0, 1] }}\n"
            )
    };
    // That its vendors sell nothing there is an error already.
    is_idle("no-controls", &ban("huawei", "europe", "0"), &["p"], &Why::NoDemand);
    assert_eq!(idle(&over("no-controls", &ban("huawei", "europe", "0.5"))), []);
    let saves = provision("p", "savings-clause", "2019-01-01") + "to = 2019-03-01\nsaves = [\"huawei-de-minimis\"]\n";
    is_idle("amended-rules", &saves, &["p"], &Why::NothingRequired);
    let saves = provision("p", "savings-clause", "2019-06-01") + "to = 2019-09-01\nsaves = [\"huawei-de-minimis\"]\n";
    is_idle("amended-rules", &saves, &["p"], &Why::NothingToSave);
    // It catches less than the rule beside it.
    let weaker = provision("p", "de-minimis", "2020-03-01")
        + "threshold = 0.2\ncounts = \"controlled\"\ndestination = \"country-of-concern\"\n";
    let frightens = over("amended-rules", &weaker);
    assert_eq!(idle(&frightens), [], "its announcement frightens firms all the same");
    is_idle("escalation", "[escalation]\nfrom = 2024-12-01\n", &["escalation"], &Why::NoTime);
}

#[test]
fn a_review_needs_a_rate() {
    let policy = provision("p", "review-policy", "2020-03-01")
        + "review = \"case-by-case\"\ndirect_product_only = false\nbelow_5g_only = true\n";
    let found = warnings(&over("waivers", &policy)).unwrap();
    assert!(
        matches!(found.as_slice(), [Warning::NoRate { provision, licensed: true, .. }] if provision == "p"),
        "{found:?}"
    );
    // Nothing below 5G is prohibited under these rules either, and that is what matters.
    let said = found[0].to_string();
    assert!(said.contains("run: nothing that it covers is prohibited") && said.contains("`case_by_case`"), "{said}");
    assert!(!said.contains("give a period the key"), "{said}");
    let policy = policy.replace("below_5g_only = true", "below_5g_only = false");
    let found = warnings(&over("waivers", &policy)).unwrap();
    assert!(matches!(found.as_slice(), [Warning::NoRate { reviewed: Reviewed::Counts, .. }]), "{found:?}");
    let rate = "[licensing.practice-2019.case_by_case]\nvalue = 0.5\nunit = \"share\"\nbounds = [0, 1]\nassumption = \"x\"\n\
                confidence = \"low\"\n";
    let period = load("waivers", &[]).unwrap().regime.licensing[0].id.clone();
    let rated = over("waivers", &(policy + &rate.replace("practice-2019", &period)));
    assert_eq!(warnings(&rated).unwrap(), []);
    let approval =
        "[provisions.huawei-listing]\nreview = \"presumption-of-approval\"\nassumption = \"x\"\nconfidence = \"low\"\n";
    let found = warnings(&over("current-rules", approval)).unwrap();
    assert!(matches!(found.as_slice(), [Warning::NoRate { licensed: false, .. }]), "{found:?}");
}

#[test]
fn a_period_that_leaves_the_data_is_named() {
    let set = |path: &str, value: &str| load("current-rules", &[(path.to_owned(), value.to_owned())]).unwrap();
    let found = warnings(&set("time.start", "2017-01-15")).unwrap();
    assert!(matches!(found.as_slice(), [Warning::StartsOffData { .. }]), "{found:?}");
    assert!(found[0].is_of_world() && found[0].to_string().contains("those of 2019-01-01"), "{}", found[0]);
    let found = warnings(&set("time.end", "2026-12-31")).unwrap();
    assert!(matches!(found.as_slice(), [Warning::EndsAfterData { markets, .. }] if markets.len() > 1), "{found:?}");
    // Once for all scenarios that share the world.
    let two = [set("time.start", "2017-01-15"), set("time.start", "2017-01-15")];
    assert_eq!(sentences(&two).unwrap().len(), 1);
}

/// A listing of Huawei from 2019-05-16, as in the base world but at home in Hong Kong, and a test for countries of concern.
fn in_hong_kong(vendor: &str, from: &str, to: &str) -> String {
    let test = provision("content", "de-minimis", from)
        + to
        + "threshold = 0\ncounts = \"all\"\ndestination = \"country-of-concern\"\n";
    let listing =
        provision("listing", "listing", "2019-05-16") + "buyers = [\"huawei\"]\nreview = \"presumption-of-denial\"\n";
    format!("[vendors.huawei]\nhome = \"HK\"\n{vendor}{listing}{test}")
}

#[test]
fn hong_kong_is_of_concern_from_a_day_on() {
    // Neither from its first day nor on any other on which a provision starts, but from 2020-12-23 on.
    let found = idle(&over("no-controls", &in_hong_kong("", "2019-05-16", "")));
    assert_eq!(found, []);
    let found = idle(&over("no-controls", &in_hong_kong("", "2019-05-16", "to = 2020-12-23\n")));
    assert_eq!(found, []);
    let over_before = in_hong_kong("", "2019-05-16", "to = 2020-12-22\n");
    is_idle("no-controls", &over_before, &["content"], &Why::NobodyOfConcern);
    // Its own key may be false: where a mainland vendor's is true, it is China then all the same.
    let china = "country_of_concern = false\n[vendors.zte]\ncountry_of_concern = true\n";
    let text = in_hong_kong(china, "2019-05-16", "");
    assert_eq!(idle(&over("no-controls", &text)), []);
    let met_by_nothing = text.replace("threshold = 0\n", "threshold = 1\n");
    is_idle("no-controls", &met_by_nothing, &["content"], &Why::NothingMeets);
    let nowhere = in_hong_kong("country_of_concern = false\n", "2019-05-16", "");
    is_idle("no-controls", &nowhere, &["content"], &Why::NobodyOfConcern);
}

/// A second listing of Huawei, under a laxer review than the first.
fn laxer_listing() -> String {
    provision("second", "listing", "2020-03-01") + "buyers = [\"huawei\"]\nreview = \"case-by-case\"\n"
}

fn rate(period: &str, key: &str) -> String {
    format!(
        "[licensing.{period}.{key}]\nvalue = 0.9\nunit = \"share\"\nbounds = [0, 1]\nassumption = \"x\"\nconfidence = \"low\"\n"
    )
}

#[test]
fn a_rate_that_would_change_nothing_is_not_advised() {
    let found = warnings(&over("waivers", &laxer_listing())).unwrap();
    assert!(matches!(found.as_slice(), [Warning::NoRate { reviewed: Reviewed::Other, .. }]), "{found:?}");
    assert!(!found[0].to_string().contains("give a period the key"), "{}", found[0]);
}

#[test]
fn rates_and_periods_that_nothing_uses_are_named() {
    let periods = load("waivers", &[]).unwrap().regime.licensing;
    let period = &periods[0].id;
    let paths = [format!("licensing.{period}.case_by_case")];
    let unused = Why::NoSuchReview(Review::CaseByCase);
    let rated = rate(period, "case_by_case");
    is_idle("waivers", &rated, &[&paths[0]], &unused);
    is_idle("waivers", &(laxer_listing() + &rated), &[&paths[0]], &unused);
    let path = format!("licensing.{period}.presumption_of_approval");
    is_idle(
        "waivers",
        &rate(period, "presumption_of_approval"),
        &[&path],
        &Why::NoSuchReview(Review::PresumptionOfApproval),
    );
    // Where nobody is listed, the period is idle as a whole.
    let unlisted = format!("remove = [\"provisions.huawei-listing\"]\n{rated}");
    let path = format!("licensing.{period}");
    is_idle("waivers", &unlisted, &[&path], &Why::NothingToLicense);
}

#[test]
fn several_are_spoken_of_in_the_plural() {
    let text = "remove = [\"provisions.huawei-listing\"]\n";
    let said = sentences(&[over("amended-rules", text)]).unwrap();
    assert!(
        said.iter().any(|s| s.contains("on which they are in force") && s.contains("remove the provisions")),
        "{said:?}"
    );
    let late = load("current-rules", &[("time.end".to_owned(), "2026-12-31".to_owned())]).unwrap();
    assert!(warnings(&late).unwrap()[0].to_string().contains("(markets `"));
}

#[test]
fn a_hundred_provisions_are_few_cases() {
    let few = Reach::new(&load("adopted-rules", &[]).unwrap(), 0).unwrap().count();
    let more: String = (0..100)
        .map(|i| {
            provision(&format!("p{i}"), "de-minimis", &format!("20{}-0{}-01", 19 + i % 6, 1 + i % 9))
                + &format!(
                    "threshold = 0.{:03}\ncounts = \"{}\"\ndestination = \"any\"\n",
                    i + 1,
                    ["controlled", "all"][i % 2]
                )
        })
        .collect();
    let many = over("adopted-rules", &more);
    let count = Reach::new(&many, 0).unwrap().count();
    assert!(count < 1000 * few.max(100), "{few} cases have become {count}");
    assert!(warnings(&many).is_ok());
}
