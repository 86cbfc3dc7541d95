//! Observations in the plain form, and what is wrong with others.

use super::*;

fn load(text: &str) -> Result<Vec<Observation>, Problems> {
    let source = Source::Text { name: "seen.toml".to_owned(), text: text.to_owned() };
    load_observations_source(&source).map(|file| file.observations)
}

/// One observation, with these lines in the place of those of the same key.
fn one(lines: &str) -> Result<Observation, Problems> {
    let key = |line: &str| line.split('=').next().unwrap_or_default().trim().to_owned();
    let usual = [
        "id = \"seen\"",
        "quantity = \"stations-supplied\"",
        "entity = \"huawei\"",
        "period = \"2020\"",
        "value = 10",
        "unit = \"stations\"",
        "source = \"A ministry, 2021\"",
    ];
    let given: Vec<String> = lines.lines().map(key).collect();
    let kept = usual.iter().filter(|line| !given.contains(&key(line)));
    let text: Vec<&str> = kept.copied().chain(lines.lines().filter(|line| !line.ends_with("= -"))).collect();
    load(&format!("[[observation]]\n{}\n", text.join("\n"))).map(|mut all| all.remove(0))
}

#[track_caller]
fn wrong(lines: &str, says: &[&str]) {
    let problems = one(lines).expect_err(lines);
    let told = problems.lines();
    for words in says {
        assert!(told.contains(words), "{words} is not in: {told}");
    }
    assert!(told.contains("seen.toml:"), "no place: {told}");
}

#[test]
fn the_plain_form_needs_no_head_and_little_else() {
    let seen = one("").unwrap();
    assert_eq!((seen.region, seen.bound, seen.low, seen.high), (Region::World, Bound::Exact, 10.0, 10.0));
    assert_eq!((seen.source.as_str(), seen.unit.to_string().as_str()), ("A ministry, 2021", "stations"));
}

#[test]
fn periods_have_four_forms() {
    let days = |text: &str| Period::parse(text).map(|p| (p.first.to_string(), p.last.to_string(), p.is_day));
    let expected = |a: &str, b: &str, day| Some((a.to_owned(), b.to_owned(), day));
    assert_eq!(days("2020-12-31"), expected("2020-12-31", "2020-12-31", true));
    assert_eq!(days("2020-02"), expected("2020-02-01", "2020-02-29", false));
    assert_eq!(days("2020-Q4"), expected("2020-10-01", "2020-12-31", false));
    assert_eq!(days("2020"), expected("2020-01-01", "2020-12-31", false));
    assert_eq!(days("2020-H2"), expected("2020-07-01", "2020-12-31", false));
    assert_eq!(days("2019-04/2019-09"), expected("2019-04-01", "2019-09-30", false));
    assert_eq!(days("2019-Q4/2020-09-14"), expected("2019-10-01", "2020-09-14", false));
    for none in [
        "2020-H3",
        "2020/2019",
        "2020/",
        "2019/2020/2021",
        "",
        "20",
        "2020-13",
        "2020-Q5",
        "2020-Q",
        "2020-1",
        "2020-02-30",
        "2020-01-01-01",
        "-2020",
        "2020-é",
    ] {
        assert_eq!(days(none), None, "{none}");
    }
    assert!(one("period = 2020-12-31").unwrap().period.is_day);
    assert_eq!(one("period = 2020").unwrap().period.to_string(), "2020");
}

#[test]
fn units_say_how_much_one_is() {
    let factor = |text, dimension| Unit::parse(text, dimension).map(|u| u.factor());
    assert_eq!(factor("thousand stations", Dimension::Stations), Some(1e3));
    assert_eq!(factor("million units", Dimension::Handsets), Some(1e6));
    assert_eq!(factor("million", Dimension::Handsets), Some(1e6));
    assert_eq!(factor("percent", Dimension::Share), Some(0.01));
    assert_eq!(factor("CNY bn", Dimension::Money), Some(1e9));
    assert_eq!(factor("months of cost of goods", Dimension::Months), Some(1.0));
    assert_eq!(factor("handsets", Dimension::Stations), None);
    assert_eq!(factor("bn", Dimension::Money), None);
    assert_eq!(Unit::parse("CNY", Dimension::Money).unwrap().foreign(), Some("CNY"));
    assert_eq!(Unit::parse("USD m", Dimension::Money).unwrap().foreign(), None);
}

#[test]
fn a_bound_is_open_on_one_side() {
    let seen = one("bound = \"at-least\"").unwrap();
    assert_eq!((seen.low, seen.high, seen.central()), (10.0, f64::INFINITY, 10.0));
    let seen = one("bound = \"at-most\"").unwrap();
    assert_eq!((seen.low, seen.high, seen.central()), (f64::NEG_INFINITY, 10.0, 10.0));
    let seen = one("value = -\nlow = 5\nhigh = 9").unwrap();
    assert_eq!((seen.low, seen.high, seen.central()), (5.0, 9.0, 7.0));
}

#[test]
fn what_is_wrong_is_said_with_what_to_do() {
    let all: Vec<&str> = ObservedQuantity::names().collect();
    wrong("quantity = \"profit\"", &all);
    wrong("quantity = \"station-supplied\"", &["did you mean `stations-supplied`"]);
    wrong("unit = \"share\"", &["stations-supplied is counted in"]);
    wrong("region = \"eu\"", &["world, cn, ex-cn"]);
    wrong("bound = \"about\"", &["exact, at-least, at-most"]);
    wrong("period = \"summer\"", &["2020-Q4"]);
    wrong("low = 5\nhigh = 9", &["only one of the two forms"]);
    wrong("value = -", &["`value` or `low`"]);
    wrong("value = -\nlow = 5", &["one end of a range only"]);
    wrong("value = -\nlow = 9\nhigh = 5", &["above its high end"]);
    wrong("value = -\nlow = 5\nhigh = 9\nbound = \"at-least\"", &["two ends"]);
    wrong("value = -1", &["not negative"]);
    wrong("value = \"ten\"", &["a finite number"]);
    wrong("quantity = \"ran-revenue-share\"\nunit = \"share\"\nvalue = 32", &["for 32 percent write 0.32"]);
    wrong("source = -", &["lacks `source`"]);
    wrong("source = -\nassumption = \"so it seems\"", &["was not observed"]);
    wrong("seller = \"US\"", &["for `purchases`, `parts-received` alone"]);
    wrong("supplier = \"tsmc\"", &["observation seen.supplier", "delete it"]);
    wrong("quantity = \"inventory-cover\"\nunit = \"months\"\nclass = \"fpga\"", &["`stock-cover` alone"]);
    wrong("together_with = [\"zte\"]", &["shares of awards and of radio revenue alone"]);
    wrong("relative_to = \"before\"", &["2019-10/2020-09-14"]);
    wrong("relative_to = \"2019\"", &["stations-supplied is counted in ratio"]);
    wrong("regoin = \"cn\"", &["did you mean `region`"]);
}

#[test]
fn what_is_not_recorded_needs_a_word_on_what_it_needs() {
    let flow = "quantity = \"cash-flow\"\nunit = \"CNY bn\"";
    wrong(flow, &["the model does not record", "needs = \"M11\"", "recorded are: stations-supplied"]);
    let kept = one(&format!("{flow}\nneeds = \"scope\"")).unwrap();
    assert_eq!((kept.needs, kept.is_scored()), (Some(Need::Scope), false));
    wrong("needs = \"M13\"", &["which is not a need", "did you mean \"M1\"?"]);
    wrong("needs = \"more thought\"", &["M12, earlier-start, scope, number"]);
    assert!(one("").unwrap().is_scored());
}

#[test]
fn words_in_the_place_of_a_number_are_kept_and_not_scored() {
    let kept = one("value = -\nsaid = \"enough\"\nneeds = \"number\"").unwrap();
    assert_eq!((kept.said.as_deref(), kept.low, kept.high), (Some("enough"), f64::NEG_INFINITY, f64::INFINITY));
    wrong("value = -\nsaid = \"enough\"", &["words can't be scored", "needs = \"number\""]);
    wrong("said = \"enough\"\nneeds = \"number\"", &["both a number and words"]);
}

#[test]
fn a_value_may_be_a_multiple_of_what_it_was_before() {
    let seen = one("period = \"2020-H2\"\nrelative_to = \"2020-H1\"\nunit = \"ratio\"\nvalue = 1.5").unwrap();
    assert_eq!(seen.relative_to.map(|before| before.to_string()).as_deref(), Some("2020-H1"));
    let share = "quantity = \"award-share\"\nrelative_to = \"2019\"\nunit = \"ratio\"\nvalue = 1.5";
    assert_eq!(one(share).unwrap().high, 1.5, "a multiple of a share may pass one");
}

#[test]
fn a_file_holds_observations_each_with_an_id_of_its_own() {
    assert!(load("kind = \"observations\"\n").unwrap_err().lines().contains("observation"));
    assert!(load("observation = []\n").unwrap_err().lines().contains("at least one"));
    assert!(load("observation = 1\n").is_err());
    let seen = "[[observation]]\nid = \"a\"\nquantity = \"purchases\"\nentity = \"huawei\"\nperiod = \"2020\"\n\
                value = 1\nunit = \"USD bn\"\nsource = \"x\"\n";
    assert_eq!(load(seen).unwrap().len(), 1);
    let twice = load(&format!("{seen}{seen}")).unwrap_err().lines();
    assert!(twice.contains("another one has this id"), "{twice}");
}
