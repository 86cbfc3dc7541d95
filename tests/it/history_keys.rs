//! The keys of a world that serve the comparison with history: what is wrong with them is said at its place, they change
//! no result, and a world without them is as it was.

use crate::worlds::{Bench, World, same};
use chokepoint::scenario::{self, Problems, Scenario};

const RATE: &str = "{ date = 2019-01-01, value = 7, unit = \"per USD\", bounds = [1, 10] }";
const OTHER: &str = "{ date = 2019-01-01, value = 1000, unit = \"USD/month\", bounds = [0, 2000] }";

/// The plain world with rates and other revenue, as written.
fn load(rates: &str, other: &str) -> Result<Scenario, Problems> {
    let head = "country_of_concern = true\n";
    let text = World::plain().scenario_text("keys", rates).replacen(head, &format!("{head}{other}"), 1);
    scenario::load_text("keys", &text, &[])
}

#[track_caller]
fn wrong(rates: &str, other: &str, says: &[&str]) {
    let problems = load(rates, other).expect_err("wrong").lines();
    for words in says {
        assert!(problems.contains(words), "{words} is not in {problems}");
    }
    assert!(problems.contains("keys:"), "no place: {problems}");
}

#[test]
fn they_are_read_with_their_days() {
    let world =
        load(&format!("[exchange_rates]\nCNY = [{RATE}]\n"), &format!("other_revenue = [{OTHER}]\n")).unwrap().world;
    assert_eq!(world.exchange_rates["CNY"][0].param.path, "exchange_rates.CNY.2019-01-01");
    let other = world.vendors["huawei"].other_revenue.as_ref().unwrap();
    assert_eq!(
        (other[0].param.path.as_str(), other[0].param.central()),
        ("vendors.huawei.other_revenue.2019-01-01", 1000.0)
    );
    let bare = load("", "").unwrap().world;
    assert!(bare.exchange_rates.is_empty() && bare.vendors["huawei"].other_revenue.is_none());
}

#[test]
fn what_is_wrong_with_them_is_said() {
    wrong(
        &format!("[exchange_rates]\nyuan = [{RATE}]\n"),
        "",
        &["`exchange_rates.yuan` is not a currency", "such as CNY"],
    );
    wrong(&format!("[exchange_rates]\nUSD = [{RATE}]\n"), "", &["`exchange_rates.USD`"]);
    wrong("[exchange_rates]\nCNY = 7\n", "", &["`exchange_rates.CNY` should be a list"]);
    wrong("[exchange_rates]\nCNY = []\n", "", &["`exchange_rates.CNY` is empty"]);
    wrong(
        &format!("[exchange_rates]\nCNY = [{}]\n", RATE.replace("[1, 10]", "[0, 10]")),
        "",
        &["exchange rate lies between"],
    );
    wrong(&format!("[exchange_rates]\nCNY = [{RATE}, {RATE}]\n"), "", &["must rise"]);
    wrong("", &format!("other_revenue = {OTHER}\n"), &["`vendors.huawei.other_revenue` should be a list"]);
    wrong("", &format!("other_revenue = [{}]\n", OTHER.replace("USD/month", "units")), &["`USD/month`"]);
    wrong("", &format!("other_revenu = [{OTHER}]\n"), &["did you mean `other_revenue`?"]);
}

#[test]
fn they_change_no_result() {
    let with = load(&format!("[exchange_rates]\nCNY = [{RATE}]\n"), &format!("other_revenue = [{OTHER}]\n")).unwrap();
    let record = |scenario: Scenario| {
        let mut record = Bench::of(&[scenario]).run(0);
        record.history.clear();
        record
    };
    assert!(same(&record(with), &record(load("", "").unwrap())));
}
