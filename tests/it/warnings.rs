//! What has no effect, what gives way and where the data end: a stranger is told before and after a run, in every form of the
//! result.

use std::fs;

use crate::common::{Folder, run};
use serde_json::Value as Json;

/// A scenario over a shipped one, in a file of its own.
fn write(folder: &Folder, id: &str, base: &str, text: &str) {
    let head = format!("kind = \"scenario\"\nid = \"{id}\"\ntitle = \"t\"\ndescription = \"d\"\n");
    fs::write(folder.path(&format!("{id}.toml")), format!("{head}extends = \"{base}\"\n{text}")).unwrap();
}

/// A result's JSON, its standard error and its summary.
fn told(folder: &Folder, command: &str) -> (Json, String, String) {
    let said = run(&mut folder.chokepoint(&format!("{command} --no-figures --out told --force --format json")));
    assert_eq!(said.code, 0, "{}", said.err);
    let summary = fs::read_to_string(folder.path("told/summary.md")).unwrap();
    (serde_json::from_str(&said.out).unwrap(), said.err, summary)
}

/// Whether a warning stands in the JSON, on standard error and in the summary.
#[track_caller]
fn everywhere((json, err, summary): &(Json, String, String), words: &str) {
    let sentence = json["warnings"].as_array().unwrap().iter().filter_map(Json::as_str).find(|w| w.contains(words));
    let sentence = sentence.unwrap_or_else(|| panic!("no `{words}` in {json}"));
    assert!(err.contains(words), "{err}");
    assert!(summary.contains(&format!("**Mind:** {sentence}.")), "{summary}");
}

#[test]
fn trials_that_are_too_few_are_named_by_every_command_with_bands() {
    let folder = Folder::new();
    let five = told(&folder, "backtest --trials 5");
    everywhere(&five, "the outer quantiles (q05, q95) of 5 trials");
    let one = told(&folder, "backtest --trials 1");
    everywhere(&one, "one trial has no interval and no bands: give --trials 100");
    assert!(!one.0["headline"].as_str().unwrap().contains("band"), "{}", one.0);
    let said = run(&mut folder.chokepoint("backtest --trials 1 --no-figures --out words"));
    assert!(said.err.contains(", 1 trial, seed"), "{}", said.err);
    let enough = told(&folder, "backtest --trials 100");
    assert!(!enough.2.contains("too few") && !enough.1.contains("outer quantiles"), "{}", enough.1);
    let pair = "compare tiny.toml tiny-listing.toml";
    let points = told(&folder, &format!("{pair} --design lhs --points 2"));
    everywhere(&points, "of 2 trials rest on fewer than five trials each: give --points 128 or more");
    everywhere(&points, "2 trials have no 95% intervals");
    let alone = told(&folder, &format!("{pair} --design sobol --points 1"));
    everywhere(&alone, "one trial has no interval and no bands: give --points 128 or more");
    let lever = "--design factorial --lever behaviour.over_compliance=0.5,0,1,0.25";
    let shared = told(&folder, &format!("{pair} {lever} --replications 2"));
    everywhere(&shared, "give --replications 25 or more");
    // More of them would have none either.
    assert!(
        !shared.2.contains("8 trials have no 95% intervals") && !shared.2.contains("fewer than 20 trials)"),
        "{}",
        shared.2
    );
    assert!(shared.2.contains("no 95% interval: trials share draws"), "{}", shared.2);
}

#[test]
fn a_calibration_and_a_backtest_name_what_has_no_effect_and_what_they_lack() {
    let folder = Folder::new();
    write(&folder, "idle", "shipped:adopted-rules", "remove = [\"provisions.huawei-listing\"]\n");
    let found = told(&folder, "calibrate idle.toml --trials 20 --keep 2");
    everywhere(&found, "2 kept trials are too few");
    everywhere(&found, "`direct-product-2020-05`");
    let headline = found.0["headline"].as_str().unwrap();
    assert!(!headline.contains("warning") && !headline.contains("reach"), "{headline}");
    everywhere(&found, "is out of the model's reach and was not used");
    let tested = told(&folder, "backtest idle.toml --trials 2 --set time.start=2018-07-01");
    everywhere(&tested, "2018-07-01");
    everywhere(&tested, "`direct-product-2020-05`");
    // The program ends the run with the last observation: what comes later is no mistake.
    assert!(!tested.2.contains("licensing.stop-2023"), "{}", tested.2);
}

const SAME: &str = "deploys the same in every trial as without controls";

#[test]
fn rules_that_can_never_apply_are_named_everywhere() {
    let folder = Folder::new();
    write(&folder, "k4", "shipped:amended-rules", "remove = [\"provisions.huawei-listing\"]\n");
    let said = run(&mut folder.chokepoint("check k4.toml"));
    assert_eq!(said.code, 0, "{}", said.err);
    let warned = said.err.lines().find(|line| line.starts_with("warning: ") && line.contains("listed-buyer"));
    let warned = warned.unwrap_or_else(|| panic!("{}", said.err));
    assert!(warned.contains("`huawei-de-minimis` and `huawei-direct-product`"), "{warned}");
    let checked: Json = serde_json::from_str(&run(&mut folder.chokepoint("check k4.toml --format json")).out).unwrap();
    assert!(
        checked[0]["warnings"]
            .as_array()
            .is_some_and(|all| all.iter().any(|w| warned.ends_with(w["message"].as_str().unwrap())))
    );

    let words = "--trials 2 --horizon 2020-06 --no-figures";
    let said = run(&mut folder.chokepoint(&format!("compare current-rules k4.toml {words} --out o")));
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("warning: k4: `huawei-de-minimis` and"), "{}", said.err);
    assert!(said.out.contains(&format!("k4: Huawei {SAME}.")), "{}", said.out);
    for file in ["o/summary.md", "o/report.html"] {
        let text = fs::read_to_string(folder.path(file)).unwrap();
        assert!(text.contains(SAME) && text.contains("listed-buyer"), "{file}");
    }
    let said = run(&mut folder.chokepoint(&format!("run k4.toml {words} --out p --format json")));
    let told: Json = serde_json::from_str(&said.out).unwrap();
    assert_eq!(told["scenarios"][0]["headline"], format!("k4: Huawei {SAME}."));
    assert!(
        told["warnings"].as_array().is_some_and(|all| all.iter().any(|w| w.as_str().unwrap().contains("listed-buyer")))
    );
    // The same again from the manifest, warnings and all.
    let said = run(&mut folder.chokepoint("reproduce p --quiet"));
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
}

#[test]
fn a_scenario_that_is_the_same_as_the_reference_is_named() {
    let folder = Folder::new();
    let review =
        "[provisions.huawei-listing]\nreview = \"presumption-of-approval\"\nassumption = \"x\"\nconfidence = \"low\"\n";
    write(&folder, "approval", "shipped:current-rules", review);
    let words = "compare current-rules approval.toml --trials 2 --horizon 2020-12 --no-figures --out o";
    let said = run(&mut folder.chokepoint(words));
    assert_eq!(said.code, 0, "{}", said.err);
    let sentence = "Huawei deploys the same in every trial as under current-rules, the reference.";
    let line = said.out.lines().find(|line| line.starts_with("approval: ")).unwrap_or_else(|| panic!("{}", said.err));
    assert!(line.ends_with(sentence), "{line}");
    assert!(
        said.err.contains("warning: approval: the review `presumption-of-approval` of `huawei-listing`"),
        "{}",
        said.err
    );
    assert!(fs::read_to_string(folder.path("o/summary.md")).unwrap().contains(sentence));
}

#[test]
fn what_has_no_effect_by_the_warning_has_none() {
    let folder = Folder::new();
    let text = "remove = [\"provisions.standards-release\", \"provisions.security-research\"]\n";
    write(&folder, "without", "shipped:adopted-rules", text);
    write(&folder, "with", "shipped:adopted-rules", "");
    let said = run(&mut folder.chokepoint("compare with.toml without.toml --trials 2 --no-figures --quiet --out o"));
    assert_eq!(said.code, 0, "{}", said.err);
    let trials = fs::read_to_string(folder.path("o/trials.csv")).unwrap();
    let of = |id: &str| -> Vec<&str> {
        let rows = trials.lines().filter_map(|line| line.strip_prefix(&format!("{id},")));
        rows.collect()
    };
    assert!(of("with").len() == 2 && of("with") == of("without"));
}

#[test]
fn overlays_are_laid_in_order_and_the_manifest_has_all() {
    let folder = Folder::new();
    let value = |path: &str, value: f64| {
        format!(
            "runnable = false\n[{path}]\nvalue = {value}\nunit = \"share\"\nbounds = [0, 1]\nassumption = \"x\"\nconfidence = \"low\"\n"
        )
    };
    write(
        &folder,
        "a",
        "shipped:base",
        &(value("behaviour.over_compliance", 0.3) + &value("behaviour.denial_weight", 0.2)[17..]),
    );
    write(
        &folder,
        "b",
        "shipped:base",
        &(value("behaviour.announcement_weight", 0.7) + &value("behaviour.denial_weight", 0.4)[17..]),
    );
    let words = "compare no-controls current-rules --overlay a.toml --overlay b.toml --trials 2 --horizon 2019-06 --no-figures --out o";
    let said = run(&mut folder.chokepoint(words));
    assert_eq!(said.code, 0, "{}", said.err);
    let manifest: Json = serde_json::from_slice(&fs::read(folder.path("o/manifest.json")).unwrap()).unwrap();
    let behaviour = &manifest["scenarios"][1]["resolved"]["behaviour"];
    let of = |key: &str| behaviour[key]["value"].as_f64();
    assert_eq!(
        (of("over_compliance"), of("announcement_weight"), of("denial_weight")),
        (Some(0.3), Some(0.7), Some(0.4))
    );
    let files = manifest["scenarios"][1]["files"].to_string();
    assert!(files.contains("a.toml") && files.contains("b.toml"), "{files}");
    assert_eq!(run(&mut folder.chokepoint("reproduce o --quiet")).code, 0);
    let both = "`behaviour.denial_weight` is set by the overlays `a.toml` and `b.toml`: the latter counts";
    assert!(said.err.contains(both), "{}", said.err);
    // The other order: the last counts where both speak.
    let words = words.replace("a.toml --overlay b.toml", "b.toml --overlay a.toml").replace("--out o", "--out p");
    assert_eq!(run(&mut folder.chokepoint(&words)).code, 0);
    let manifest: Json = serde_json::from_slice(&fs::read(folder.path("p/manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["scenarios"][1]["resolved"]["behaviour"]["denial_weight"]["value"].as_f64(), Some(0.2));
}

#[test]
fn what_is_typed_twice_is_refused_or_named() {
    let folder = Folder::new();
    let refused = |words: &str, part: &str| {
        let said = run(&mut folder.chokepoint(&format!("run tiny-listing.toml --trials 2 --out never {words}")));
        assert!(said.code == 2 && said.err.contains(part), "{words}: {}", said.err);
        assert!(!folder.path("never").exists());
    };
    refused("--horizon 2019-12 --set time.end=2020-06-30", "by --horizon and by");
    refused("--overlay tiny-strict.toml --overlay tiny-strict.toml", "is given twice");
    refused("--overlay tiny-strict.toml --overlay ./tiny-strict.toml", "is given twice");
    refused("--at-least 256", "--trials");
    refused("--overlay nowhere.toml", "nowhere.toml");
    let words = "run tiny-listing.toml --trials 2 --trials 3 --no-figures --overlay tiny-strict.toml --out o";
    let said = run(&mut folder.chokepoint(&format!("{words} --set provisions.de-minimis.threshold=0.2")));
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("warning: --trials is given 2 times (2, 3): the last counts, 3"), "{}", said.err);
    assert!(
        said.err.contains("`provisions.de-minimis.threshold` is set by the overlay `tiny-strict.toml` and by --set"),
        "{}",
        said.err
    );
    assert!(!said.err.contains("more than once"), "{}", said.err);
    let twice = "--force --set provisions.de-minimis.threshold=0.2 --set provisions.de-minimis.threshold=0.3";
    let said = run(&mut folder.chokepoint(&format!("{words} {twice}")));
    assert!(said.code == 0 && said.err.contains("more than once by --set: the last counts"), "{}", said.err);
    let quiet = run(&mut folder.chokepoint(&format!("{words} --force --quiet")));
    assert_eq!((quiet.code, quiet.err.as_str()), (0, ""));
}

#[test]
fn a_run_outside_the_data_of_its_world_warns() {
    let folder = Folder::new();
    let words = "compare no-controls current-rules --set time.start=2017-01-15 --horizon 2017-06 --trials 2 --no-figures --out o";
    let said = run(&mut folder.chokepoint(words));
    assert_eq!(said.code, 0, "{}", said.err);
    let warned = "stock, plants, shares and demand at the start are those of 2019-01-01";
    assert_eq!(said.err.matches(warned).count(), 1, "{}", said.err);
    assert!(fs::read_to_string(folder.path("o/summary.md")).unwrap().contains(warned));
    write(&folder, "late", "shipped:current-rules", "[time]\nend = 2026-12-31\n");
    let said = run(&mut folder.chokepoint("check late.toml"));
    assert!(
        said.err.contains("warning: the simulated period ends on 2026-12-31, but demand is known to 2024-12-31"),
        "{}",
        said.err
    );
}

#[test]
fn the_strictest_of_two_listings_counts_in_either_order() {
    let folder = Folder::new();
    let strict = "[provisions.strict]\nkind = \"listing\"\ntitle = \"strict\"\nannounced = 2020-06-01\nfrom = 2020-06-01\n\
                  buyers = [\"huawei\"]\nreview = \"presumption-of-denial\"\nassumption = \"x\"\nconfidence = \"low\"\ncitation = \"c\"\n";
    let first = "[provisions.huawei-listing]\nkind = \"listing\"\ntitle = \"first\"\nannounced = 2019-05-15\nfrom = 2019-05-16\n\
                 buyers = [\"huawei\"]\nreview = \"case-by-case\"\nassumption = \"x\"\nconfidence = \"low\"\ncitation = \"c\"\n";
    write(&folder, "two", "shipped:no-controls", &format!("{first}{strict}"));
    write(&folder, "turned", "shipped:no-controls", &format!("{strict}{first}"));
    fs::write(folder.path("two.csv"), "id,date,buyer,made_in\na,2020-05-31,huawei,US\nb,2020-06-01,huawei,US\n")
        .unwrap();
    for file in ["two", "turned"] {
        let said = run(&mut folder.chokepoint(&format!("determine --scenario {file}.toml --cases two.csv")));
        let rows: Vec<&str> = said.out.lines().skip(1).collect();
        assert_eq!(
            rows,
            [
                "a,us-origin,true,none,prohibited,huawei-listing,case-by-case",
                "b,us-origin,true,none,prohibited,huawei-listing,presumption-of-denial"
            ],
            "{file}"
        );
    }
}
