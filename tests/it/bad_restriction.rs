//! What is wrong with a restriction of a market is said in words, with the fix.

use crate::worlds::World;
use chokepoint::experiment::{Plan, PlanError};
use chokepoint::law::LawError;
use chokepoint::scenario::{self, regime::ProvisionKind};

const SOUND: &str = "[provisions.ban]\nkind = \"market-restriction\"\ntitle = \"Ban\"\ncitation = \"C\"\n\
    announced = 2019-06-01\nfrom = 2019-07-01\nto = 2020-06-30\nvendors = [\"huawei\"]\nmarket = \"china\"\n\
    removal_from = 2019-08-01\nremoval_by = 2020-01-31\n\
    share = { value = 0.5, unit = \"share\", bounds = [0, 1] }\n";

/// The only problem after one replacement.
#[track_caller]
fn broken(from: &str, to: &str, message: &str, help: &str) {
    assert!(SOUND.contains(from), "{from}");
    refused(&SOUND.replacen(from, to, 1), message, help);
}

#[track_caller]
fn refused(regime: &str, message: &str, help: &str) {
    let mut world = World::plain();
    world.vendors.push(crate::worlds::Vendor::new("nokia", 1.0));
    world.offers[0].buyers.push("nokia".into());
    let text = world.scenario_text("broken", regime);
    let problems = scenario::load_text("broken", &text, &[]).expect_err("it is broken");
    assert_eq!(problems.count(), 1, "{}", problems.lines());
    let problem = problems.iter().next().unwrap();
    assert!(problem.message().contains(message), "`{message}` is not in: {}", problem.message());
    let advice = problem.advice().unwrap_or_default();
    assert!(advice.contains(help), "`{help}` is not in: {advice}");
    let (_, line, _) = problem.location().expect("a place");
    let first = 1 + text.lines().position(|l| l == "[provisions.ban]").unwrap();
    assert!(line >= first, "line {line}, but the provisions start on {first}");
}

#[test]
fn a_sound_one_is_read() {
    let scenario = World::plain().scenario("sound", SOUND);
    let ProvisionKind::MarketRestriction { cap, removal, label, share, .. } = &scenario.regime.provisions["ban"].kind
    else {
        panic!("a restriction")
    };
    assert_eq!((cap.to_string().as_str(), label.as_str(), share.central()), ("0", "Market restriction", 0.5));
    assert_eq!(removal.map(|(a, b)| format!("{a} {b}")).unwrap(), "2019-08-01 2020-01-31");
    assert_eq!(share.path, "provisions.ban.share");
}

#[test]
fn what_it_names_must_be_there() {
    broken("market = \"china\"", "market = \"chna\"", "`chna`, which is not one of the markets", "china");
    broken("[\"huawei\"]", "[\"huwei\"]", "`huwei`, which is not one of the vendors", "huawei");
    broken("[\"huawei\"]", "[]", "is empty", "");
    broken("[\"huawei\"]", "[\"nokia\"]", "sell nothing in `china`, so it would do nothing", "huawei");
    broken("market = \"china\"\n", "", "lacks `market`", "");
    broken(
        "market = \"china\"",
        "market = \"china\"\nbuyers = [\"huawei\"]",
        "`provisions.ban.buyers` is not a key",
        "",
    );
    broken("from = 2019-07-01\n", "", "lacks `from`", "");
}

#[test]
fn its_share_and_cap_are_shares() {
    broken("value = 0.5", "value = 50", "would be 50 share", "for 50 percent write 0.5");
    broken(
        "removal_from",
        "cap = 1.5\nremoval_from",
        "`provisions.ban.cap` should be a share",
        "for 1.5 percent write 0.015",
    );
    broken(
        "removal_from",
        "cap = 0.35\nremoval_from",
        "both allows new purchases (`cap`) and takes out",
        "delete `cap`",
    );
}

#[test]
fn its_days_are_in_order() {
    broken("announced = 2019-06-01", "announced = 2019-07-02", "announced on 2019-07-02, after its first day", "");
    broken("to = 2020-06-30", "to = 2019-06-30", "last day 2019-06-30 lies before", "");
    broken("removal_from = 2019-08-01", "removal_from = 2019-06-30", "before the first day 2019-07-01", "removal lies");
    broken("removal_by = 2020-01-31", "removal_by = 2019-07-31", "before it starts on 2019-08-01", "removal lies");
    broken("to = 2020-06-30", "to = 2020-01-30", "removal ends on 2020-01-31, after the last day 2020-01-30", "");
    broken("removal_by = 2020-01-31\n", "", "starts a removal that has no end", "`removal_by`");
}

#[test]
fn restrictions_of_one_market_fit_into_it() {
    let other = SOUND.replace("provisions.ban]", "provisions.other]").replace("value = 0.5", "value = 0.6");
    refused(
        &format!("{SOUND}{other}"),
        "on 2019-07-01 the restrictions of `china` cover 1.1 of its demand",
        "ban 0.5, other 0.6",
    );
    // One after the other they may.
    let later = other.replace("2019-06-01", "2020-07-01").replace("2019-07-01", "2020-07-01");
    let later =
        later.replace("to = 2020-06-30\n", "").replace("2019-08-01", "2020-08-01").replace("2020-01-31", "2020-09-30");
    World::plain().scenario("sound", &format!("{SOUND}{later}"));
}

#[test]
fn a_regime_that_names_what_its_world_lacks_is_refused_when_it_is_planned() {
    let mut scenario = World::plain().scenario("odd", SOUND);
    let Some(provision) = scenario.regime.provisions.get_mut("ban") else { panic!("a provision") };
    let ProvisionKind::MarketRestriction { market, .. } = &mut provision.kind else { panic!("a restriction") };
    "mars".clone_into(market);
    let error = Plan::new(&[scenario], 1, 1).expect_err("no such market");
    let PlanError::Law { source, .. } = &error else { panic!("{error}") };
    assert_eq!(*source, LawError::Unknown { provision: "ban".into(), what: "market", named: "mars".into() });
    assert!(error.to_string().contains("`ban` names the market `mars`"));
}
