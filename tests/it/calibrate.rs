//! `chokepoint calibrate` through the real binary, on a small world.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use crate::common::{Folder, run};
use chokepoint::experiment::{Plan, single};
use chokepoint::model::record::selection::Selection;
use chokepoint::scenario;

/// Observations of the tiny world: one after the usual cut-off. The demand factor decides what is supplied in 2019.
const SEEN: &str = r#"
[[observation]]
id = "stations-2019"
quantity = "stations-supplied"
entity = "huawei"
period = "2019"
value = 108000
unit = "stations"
source = "made up"

[[observation]]
id = "no-less-than-nothing"
quantity = "stations-supplied"
entity = "ericsson"
period = "2019"
value = 0
bound = "at-least"
unit = "stations"
source = "made up"

[[observation]]
id = "stations-2020"
quantity = "stations-supplied"
entity = "huawei"
period = "2020"
value = 500000
unit = "stations"
source = "made up"
"#;

fn folder() -> Folder {
    let folder = Folder::new();
    fs::write(folder.path("seen.toml"), SEEN).unwrap();
    folder
}

/// The rows of a table by their first column.
fn table(path: &Path) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let heads = reader.headers().unwrap().clone();
    let row = |row: csv::StringRecord| {
        let cells = heads.iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect();
        (row[0].to_owned(), cells)
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

const CALIBRATE: &str = "calibrate tiny-listing.toml --observations seen.toml --trials 4000 --date 2020-02-03 --quiet";

#[test]
fn a_calibration_moves_what_the_data_speak_of_and_its_layer_can_be_run() {
    let folder = folder();
    let said = run(&mut folder.chokepoint(&format!("{CALIBRATE} --set behaviour.license_use=0.25 --out new/found")));
    assert_eq!((said.code, said.out.as_str()), (0, ""), "{}", said.err);
    let parameters = table(&folder.path("new/found/calibration.csv"));
    let factor = &parameters["markets.china.demand_factor"];
    assert_eq!((factor["moved"].as_str(), factor["unit"].as_str()), ("yes", "ratio"));
    let number = |column: &str| factor[column].parse::<f64>().unwrap();
    // More was supplied than in nine of ten trials: demand was higher.
    assert!(number("posterior_q05") > number("prior_q05") + 0.05 && number("contraction") > 0.1, "{factor:?}");
    assert!(number("posterior_median") > number("prior_median") + 0.05, "{factor:?}");
    // What nothing is seen of is not said to move; no more than the rate of false discoveries, of a dozen.
    assert!(parameters.values().filter(|p| p["moved"] == "yes").count() <= 3, "{parameters:?}");

    let observations = table(&folder.path("new/found/observations.csv"));
    let uses = ["stations-2019", "no-less-than-nothing", "stations-2020"].map(|id| observations[id]["use"].as_str());
    assert_eq!(uses, ["used", "met by all trials alike", "after the cut-off"]);
    assert_eq!(observations["stations-2020"]["layer_median"], "");
    let seen = &observations["stations-2019"];
    let told = |column: &str| seen[column].parse::<f64>().unwrap();
    assert!(told("joint_q95") - told("joint_q05") < 0.5 * (told("prior_q95") - told("prior_q05")), "{seen:?}");
    assert!(told("layer_median") > told("prior_median") + 5000.0, "{seen:?}");

    // The layer is sound, holds what was set and the posterior, and can be run, extended and laid over another scenario.
    let said = run(&mut folder.chokepoint("check new/found/posterior.toml"));
    assert_eq!(said.code, 0, "{}", said.err);
    for change in [
        "changes behaviour.license_use from 0.5 share to 0.25 share",
        "changes markets.china.demand_factor from lognormal",
    ] {
        assert!(said.out.contains(change), "{}", said.out);
    }
    fs::write(
        folder.path("mine.toml"),
        "kind = \"scenario\"\nid = \"mine\"\ntitle = \"Mine\"\ndescription = \"mine\"\nextends = \"new/found/posterior.toml\"\n",
    )
    .unwrap();
    let said = run(&mut folder.chokepoint("run mine.toml --trials 8 --no-figures --quiet"));
    assert_eq!(said.code, 0, "{}", said.err);
    let said = run(&mut folder.chokepoint(
        "compare tiny.toml tiny-listing.toml --overlay new/found/posterior.toml --trials 8 --no-figures --quiet --out both",
    ));
    assert_eq!(said.code, 0, "{}", said.err);
    let manifest: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(folder.path("both/manifest.json")).unwrap()).unwrap();
    for scenario in manifest["scenarios"].as_array().unwrap().iter().filter(|s| !s["resolved"].is_null()) {
        let factor = &scenario["resolved"]["markets"]["china"]["demand_factor"];
        assert_eq!(factor["quantiles"].as_array().map(Vec::len), Some(21), "{factor}");
        // Its head is not laid over anything.
        assert!(scenario["id"].as_str().unwrap().starts_with("tiny"), "{}", scenario["id"]);
    }
}

#[test]
fn a_calibration_is_the_same_on_any_number_of_threads() {
    let folder = folder();
    for threads in [1, 3] {
        let said =
            run(&mut folder.chokepoint(&format!("{CALIBRATE} --trials 500 --threads {threads} --out found-{threads}")));
        assert_eq!(said.code, 0, "{}", said.err);
    }
    for name in [
        "posterior.toml",
        "calibration.csv",
        "observations.csv",
        "posterior.csv",
        "datapackage.json",
        "summary.md",
        "figures/posterior.svg",
        "figures/posterior.pdf",
    ] {
        let read = |threads: u32| fs::read(folder.path(&format!("found-{threads}/{name}"))).unwrap();
        assert!(read(1) == read(3), "{name}");
    }
}

#[test]
fn what_makes_no_calibration_is_refused_with_what_to_do() {
    let folder = folder();
    let cases = [
        ("--until 2019-06-30", "set --until to it or later"),
        ("--trials 200 --keep 300", "keep 300 of 200 trials is not possible"),
        ("--trials 200 --keep 300", "lower --keep to 50 or less, or raise --trials to 1200 or more"),
        ("--trials 200 --keep 51", "only one trial in 4 can be kept"),
        ("--trials 200 --keep 0.5", "keep 100 of 200 trials is too many"),
        ("--trials 7", "raise --trials to 8 or more"),
        ("--keep 1", "a whole number of trials from 2"),
        ("--keep -3", "write a share of the trials above 0"),
        ("--tolerance -1", "write a share from 0 to 1"),
        ("--keep 0", "write a share of the trials"),
        ("--tolerance 2", "write a share from 0 to 1"),
        ("--horizon 12", "leave --horizon out"),
        ("--overlay tiny-strict.toml", "write a scenario that extends both"),
    ];
    for (option, help) in cases {
        let said = run(&mut folder.chokepoint(&format!("{CALIBRATE} {option} --out refused")));
        assert_eq!(said.code, 2, "{option}: {}", said.err);
        assert!(said.err.contains(help), "{option}: {}", said.err);
        assert!(!folder.path("refused").exists(), "{option}");
    }
    let said = run(&mut folder.chokepoint("compare tiny.toml tiny-listing.toml --overlay nowhere.toml --trials 8"));
    assert_eq!(said.code, 2);
    assert!(said.err.contains("there is no file `nowhere.toml`"), "{}", said.err);
}

/// A calibration simulates to its last observation and no further: nothing before it may depend on that.
#[test]
fn what_is_simulated_later_has_no_bearing_on_what_came_before() {
    let past = |end: &str| {
        let scenario = scenario::load("adopted-rules", &[("time.end".into(), end.into())]).unwrap();
        let plan = Plan::new(&[scenario], 5, 6).unwrap();
        let year = |record: &chokepoint::model::record::Record, numbers: &mut Vec<f64>| {
            numbers.extend(&record.history[..12 * record.history_width]);
        };
        single::each(&plan, 0, &Selection::history(), &AtomicBool::new(false), |_| {}, year).unwrap()
    };
    let (short, long) = (past("2019-12-31"), past("2021-12-31"));
    assert!(short.len() > 1000 && short.iter().zip(&long).all(|(a, b)| a.to_bits() == b.to_bits()));
    assert_eq!(short.len(), long.len());
}
