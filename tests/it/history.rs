//! What a trial predicts of observations, against numbers worked out by hand; what can't be predicted, and why; and that a
//! run need go no further than the last observation.

use crate::worlds::rulebook::listing;
use crate::worlds::{Bench, Class, Line, Market, Offer, Supplier, Vendor, VendorLine, World, close};
use chokepoint::analysis::predict::Predictor;
use chokepoint::scenario::observed::Observation;
use chokepoint::scenario::{self, Scenario, Source, load_observations_source};

/// Days in a mean month.
const MONTH: f64 = 365.2425 / 12.0;
/// Price of every product, USD.
const PRICE: f64 = 20_000.0;
/// Cost of the US and of the Japanese parts of a product, USD: two units each.
const US: f64 = 200.0;
const JP: f64 = 300.0;

/// Huawei sells all of China's stations, 100 a day, and phones, 1000 a day; a rival all stations abroad, 50 a day. Every
/// product takes two chips from a US maker and two boards from a Japanese one. A dollar is 7 yuan in 2019 and 6 after, and
/// the rest of Huawei's carrier business brings 10 million dollars a month.
fn text(tick: &str, regime: &str) -> String {
    let mut world = World::plain();
    world.tick = tick.into();
    world.lines.push(Line {
        id: "phones".into(),
        category: "consumer".into(),
        spares_use: "handset-support".into(),
        spares_rate: 0.0,
    });
    let both: Vec<String> = vec!["stations".into(), "phones".into()];
    world.classes = ["fpga", "board"].map(|id| Class { lines: both.clone(), ..Class::essential(id) }).to_vec();
    world.suppliers.push(Supplier::new("maker-abroad", "JP"));
    world.offers = [("first", "maker", "fpga", "US", 100.0), ("second", "maker-abroad", "board", "JP", 150.0)]
        .map(|(id, supplier, class, home, price): (_, _, _, _, f64)| Offer {
            price: price.into(),
            buyers: vec!["huawei".into(), "rival".into()],
            ..Offer::new(id, supplier, class, home)
        })
        .to_vec();
    let phones = VendorLine { line: "phones".into(), ..Vendor::new("huawei", 4.0).lines.remove(0) };
    world.vendors[0].lines.push(phones);
    world.vendors.push(Vendor::new("rival", 4.0));
    world.markets.push(Market::new("abroad", "stations", 50.0, &[("rival", 1.0)]));
    world.markets.push(Market::new("phones", "phones", 1000.0, &[("huawei", 1.0)]));
    let rates = "[exchange_rates]\nCNY = [{ date = 2019-01-01, value = 7, unit = \"per USD\", bounds = [1, 10] }, \
                 { date = 2020-01-01, value = 6, unit = \"per USD\", bounds = [1, 10] }]\n";
    let other = "country_of_concern = true\nother_revenue = [{ date = 2019-01-01, value = 10_000_000, \
                 unit = \"USD/month\", bounds = [0, 20_000_000] }]\n";
    world.scenario_text("seen", &format!("{rates}{regime}")).replacen("country_of_concern = true\n", other, 1).replacen(
        "name = \"abroad\"\nregion = \"cn\"",
        "name = \"abroad\"\nregion = \"row\"",
        1,
    )
}

fn scenario(tick: &str, regime: &str) -> Scenario {
    scenario::load_text("seen", &text(tick, regime), &[]).unwrap_or_else(|p| panic!("{}", p.lines()))
}

/// An observation: quantity, entity, region, period, unit, and any further line.
fn seen((quantity, entity, region, period, unit, more): (&str, &str, &str, &str, &str, &str)) -> Observation {
    let text = format!(
        "[[observation]]\nid = \"seen\"\nquantity = \"{quantity}\"\nentity = \"{entity}\"\nregion = \"{region}\"\n\
         period = \"{period}\"\nvalue = 0.5\nunit = \"{unit}\"\nsource = \"nobody\"\n{more}\n"
    );
    let file = load_observations_source(&Source::Text { name: "seen.toml".into(), text });
    file.unwrap_or_else(|p| panic!("{}", p.lines())).observations.remove(0)
}

/// What one trial of the last scenario of a bench predicts.
fn predict(bench: &mut Bench, observation: &Observation) -> f64 {
    let predictor = Predictor::new(&bench.plan.world, &bench.layout, std::slice::from_ref(observation));
    let predictor = predictor.unwrap_or_else(|p| panic!("{}", p.lines()));
    let scenario = (0..bench.plan.scenarios.len()).find(|s| *s != bench.plan.without).unwrap_or(bench.plan.without);
    predictor.predict(&bench.run(scenario))[0]
}

#[test]
fn every_quantity_is_as_worked_out_by_hand() {
    let mut bench = Bench::of(&[scenario("month", "")]);
    let year = 365.0;
    let months = |days: f64| days / MONTH;
    let product = US + JP;
    // Of all stations two thirds are Huawei's.
    let cases = [
        (("stations-supplied", "huawei", "cn", "2019", "stations", ""), 100.0 * year),
        (("stations-supplied", "huawei", "world", "2020-02", "stations", ""), 100.0 * 29.0),
        (("stations-supplied", "huawei", "world", "2019-Q4", "thousand stations", ""), 0.1 * 92.0),
        (("stations-supplied", "huawei", "world", "2019-01-31", "stations", ""), 100.0 * 31.0),
        (("stations-supplied", "huawei", "world", "2019-02-14", "stations", ""), 100.0 * 45.0),
        (("stations-supplied", "huawei", "ex-cn", "2019", "stations", ""), 0.0),
        (("stations-supplied", "rival", "ex-cn", "2019-02", "units", ""), 50.0 * 28.0),
        (("ran-revenue-share", "huawei", "world", "2019", "share", ""), 2.0 / 3.0),
        (("ran-revenue-share", "huawei", "cn", "2019", "percent", ""), 100.0),
        (("ran-revenue-share", "huawei", "ex-cn", "2019", "share", ""), 0.0),
        (("award-share", "rival", "world", "2019-03", "share", ""), 1.0 / 3.0),
        (("equipment-revenue", "rival", "world", "2019", "USD m", ""), 50.0 * year * PRICE / 1e6),
        (("equipment-revenue", "huawei", "world", "2019", "USD", ""), 100.0 * year * PRICE + 1e7 * months(year)),
        (
            ("equipment-revenue", "huawei", "world", "2020-02", "CNY m", ""),
            6.0 * (100.0 * 29.0 * PRICE / 1e6 + 10.0 * months(29.0)),
        ),
        (("handset-revenue", "huawei", "cn", "2019-02", "CNY bn", ""), 7.0 * 28_000.0 * PRICE / 1e9),
        (("handsets-shipped", "huawei", "world", "2019-02", "handsets", ""), 28_000.0),
        (("purchases", "huawei", "world", "2019-Q1", "USD", ""), 1100.0 * 90.0 * product),
        (("purchases", "huawei", "world", "2019-Q1", "USD", "seller = \"US\""), 1100.0 * 90.0 * US),
        (("purchases", "huawei", "ex-cn", "2019-Q1", "USD", "seller = \"TW\""), 0.0),
        (("purchases", "huawei", "cn", "2019-Q1", "USD", ""), 0.0),
        (("us-content-share", "huawei", "world", "2019-03", "share", ""), US / product),
        (("inventory-cover", "huawei", "world", "2019-03-31", "months", ""), 4.0),
        (("inventory-cover", "huawei", "world", "2019-Q1", "months", ""), 4.0),
        (("purchases", "huawei", "world", "2019-Q1", "USD", "supplier = \"maker\""), 1100.0 * 90.0 * US),
        (("purchases", "huawei", "world", "2019-Q1", "USD", "class = \"board\""), 1100.0 * 90.0 * JP),
        (("purchases", "huawei", "cn", "2019-Q1", "USD", "class = \"board\""), 0.0),
        (("purchases", "huawei", "world", "2019-02/2019-03-10", "USD", "supplier = \"maker\""), 1100.0 * 38.0 * US),
        (("purchases", "huawei", "world", "2019-02", "ratio", "relative_to = \"2019-01\""), 28.0 / 31.0),
        (("parts-received", "huawei", "world", "2019-01", "thousand parts", "class = \"fpga\""), 2.2 * 31.0),
        (("parts-received", "huawei", "world", "2019-01", "parts", "seller = \"JP\""), 2200.0 * 31.0),
        (("award-share", "huawei", "world", "2019-03", "share", "together_with = [\"rival\"]"), 1.0),
        (("stock-cover", "huawei", "world", "2019-03-31", "months", ""), 4.0),
        (("stock-cover", "huawei", "world", "2019-Q1", "months", "class = \"fpga\""), 4.0),
        (("stock-cover", "huawei", "world", "2019-03-15", "months", "class = \"board\"\nline = \"phones\""), 4.0),
        (("inventory", "huawei", "world", "2019-03-31", "USD m", ""), 4.0 * MONTH * 1100.0 * product / 1e6),
        (("raw-materials", "huawei", "world", "2019-03-31", "CNY", ""), 7.0 * 4.0 * MONTH * 1100.0 * product),
    ];
    for (case, expected) in cases {
        close(predict(&mut bench, &seen(case)), expected, &format!("{case:?}"));
    }
}

#[test]
fn cover_falls_with_what_is_no_longer_shipped() {
    // From April the US maker ships nothing: chips for a month are gone, boards come as ordered in January, and what the
    // three months before lacked of a lead time of three mean months.
    let mut bench = Bench::of(&[scenario("month", &listing("2019-04-01", "2019-04-01"))]);
    let boards = 31.0 + (3.0 * MONTH - 90.0) - 30.0;
    let april = (US * (4.0 * MONTH - 30.0) + JP * (4.0 * MONTH + boards)) / (US + JP) / MONTH;
    let at = |bench: &mut Bench, day| predict(bench, &seen(("inventory-cover", "huawei", "world", day, "months", "")));
    close(at(&mut bench, "2019-04-30"), april, "at the end of April");
    close(at(&mut bench, "2019-04-15"), 0.5 * (4.0 + april), "in the middle of April");
}

#[test]
fn a_share_of_nothing_has_no_value() {
    // Stock of four months ends in July; nothing is built in October.
    let mut bench = Bench::of(&[scenario("month", &listing("2019-04-01", "2019-04-01"))]);
    let content = seen(("us-content-share", "huawei", "world", "2019-10", "share", ""));
    assert!(predict(&mut bench, &content).is_nan());
}

#[test]
fn weeks_are_parted_by_days() {
    let mut bench = Bench::of(&[scenario("week", "")]);
    let supplied = |bench: &mut Bench, period| {
        predict(bench, &seen(("stations-supplied", "huawei", "world", period, "stations", "")))
    };
    close(supplied(&mut bench, "2019-02"), 2800.0, "a month in weeks");
    close(supplied(&mut bench, "2019-02-14"), 4500.0, "to a day");
}

#[test]
fn what_the_world_knows_nothing_of_is_refused_with_what_to_do() {
    let bench = Bench::of(&[scenario("month", "")]);
    let refused = |case, says: &[&str]| {
        let problems = Predictor::new(&bench.plan.world, &bench.layout, &[seen(case)]).expect_err("refused").lines();
        for words in says {
            assert!(problems.contains(words), "{words} is not in {problems}");
        }
        assert!(problems.contains("seen.toml:") && problems.contains("observation `seen`"), "{problems}");
    };
    refused(("stations-supplied", "huwei", "cn", "2019", "stations", ""), &["no firm `huwei`", "`huawei`"]);
    refused(("stations-supplied", "huawei", "cn", "2018", "stations", ""), &["starts before the simulation"]);
    refused(("stations-supplied", "huawei", "cn", "2021-Q1", "stations", ""), &["ends on 2020-12-31", "--horizon"]);
    refused(("handsets-shipped", "rival", "cn", "2019", "units", ""), &["makes nothing", "huawei"]);
    refused(("handset-revenue", "huawei", "cn", "2019", "EUR bn", ""), &["no exchange rate of EUR", "USD, CNY"]);
    refused(("inventory-cover", "huawei", "cn", "2019-12-31", "months", ""), &["can't be predicted for `cn`"]);
    refused(("us-content-share", "huawei", "ex-cn", "2019", "share", ""), &["can't be predicted for `ex-cn`"]);
    refused(("equipment-revenue", "huawei", "cn", "2019", "USD bn", ""), &["can't be predicted for `cn`"]);
    refused(("purchases", "rival", "world", "2019", "USD bn", ""), &["not recorded", "huawei"]);
    refused(("purchases", "huawei", "world", "2019", "USD bn", "seller = \"KR\""), &["no seller is at home in KR"]);
    let bought = |more| ("purchases", "huawei", "world", "2019", "USD bn", more);
    refused(bought("supplier = \"makers\""), &["no supplier `makers`", "did you mean `maker`?"]);
    refused(bought("class = \"boards\""), &["no class `boards`", "`board`"]);
    refused(bought("class = \"board\"\nline = \"phones\""), &["`second` is for several lines", "leave `line` out"]);
    let held = |entity, region, more| ("stock-cover", entity, region, "2019", "months", more);
    refused(held("rival", "world", ""), &["stocks of `rival` are not recorded", "huawei"]);
    refused(held("huawei", "cn", ""), &["not told apart by region"]);
    refused(held("huawei", "world", "line = \"phone\""), &["no line `phone`", "`phones`"]);
    let ratio = |before| ("purchases", "huawei", "world", "2019", "ratio", before);
    refused(ratio("relative_to = \"2018\""), &["2018 starts before the simulation"]);
    let share = ("award-share", "huawei", "world", "2019-03", "share", "together_with = [\"rivals\"]");
    refused(share, &["no firm `rivals`", "`rival`"]);
    let cover = ("inventory-cover", "huawei", "world", "2020", "ratio", "relative_to = \"2019\"");
    refused(cover, &["a ratio already"]);
}

#[test]
fn cover_by_class_is_what_is_left_of_it_and_what_is_planned() {
    // As above: the last chips were shipped in March, a part of those of April was not.
    let mut bench = Bench::of(&[scenario("month", &listing("2019-04-01", "2019-04-01"))]);
    let class = |class: &str| format!("class = \"{class}\"");
    let at = |bench: &mut Bench, of: &str| {
        predict(bench, &seen(("stock-cover", "huawei", "world", "2019-04-30", "months", of)))
    };
    close(at(&mut bench, &class("fpga")), (4.0 * MONTH - 30.0) / MONTH, "a month of chips is gone");
    let both = at(&mut bench, "");
    let each = [("fpga", US), ("board", JP)].map(|(id, cost)| at(&mut bench, &class(id)) * cost / (US + JP));
    close(both, each.iter().sum(), "classes count by their cost");
}

#[test]
fn what_needs_more_is_asked_of_no_world() {
    let bench = Bench::of(&[scenario("month", "")]);
    let kept = seen(("cash-flow", "nobody", "world", "2017", "EUR bn", "needs = \"scope\""));
    let predictor = Predictor::new(&bench.plan.world, &bench.layout, &[kept]).unwrap();
    assert!(predictor.predict(&chokepoint::model::record::Record::default())[0].is_nan());
}

#[test]
fn a_later_end_changes_nothing_that_came_before() {
    let observations = scenario::load_observations("shipped:observed").unwrap().observations;
    let predictions = |end: &str| {
        let mut bench = Bench::shipped(&["adopted-rules"], &[("time.end", end)]);
        let predictor = Predictor::new(&bench.plan.world, &bench.layout, &observations).unwrap();
        let adopted = bench.plan.scenarios.iter().position(|s| s.id == "adopted-rules").unwrap();
        let mut numbers = Vec::new();
        for trial in 0..3 {
            bench.draw(trial);
            predictor.predict_into(&bench.run(adopted), &mut numbers);
        }
        numbers.into_iter().map(f64::to_bits).collect::<Vec<_>>()
    };
    assert_eq!(predictions("2020-12-31"), predictions("2024-12-31"));
}
