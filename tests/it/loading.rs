//! What a sound scenario becomes: layers, provenance, exact numbers, overrides, hashes, comparisons.

use std::path::Path;

use chokepoint::scenario::param::{Confidence, Dist};
use chokepoint::scenario::regime::ProvisionKind;
use chokepoint::scenario::world::{Capacity, PlantCapacity, Tick};
use chokepoint::scenario::{self, Kind, Problems, Scenario};

fn path(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name).display().to_string()
}

fn load(name: &str) -> Scenario {
    load_with(name, &[]).unwrap_or_else(|problems| panic!("{}", problems.lines()))
}

fn load_with(name: &str, set: &[(&str, &str)]) -> Result<Scenario, Problems> {
    let set: Vec<(String, String)> = set.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
    scenario::load(&path(name), &set)
}

#[test]
fn a_world_is_read_in_file_order() {
    let s = load("tiny.toml");
    assert_eq!(s.id, "tiny");
    assert!(s.runnable);
    assert_eq!(s.world.time.tick, Tick::Month);
    assert_eq!(s.world.offers.keys().collect::<Vec<_>>(), ["xilinx-large-fpga", "foundry-asic"]);
    assert_eq!(s.world.classes.keys().collect::<Vec<_>>(), ["fpga", "memory"]);
    let offer = &s.world.offers["foundry-asic"];
    assert_eq!(offer.candidates["huawei"].map(|d| d.to_string()).as_deref(), Some("2018-12-01"));
    assert_eq!(offer.candidates["ericsson"], None);
    let Capacity::OfPlannedUse(ratio) = &offer.capacity else { panic!("a ratio") };
    assert_eq!(ratio.dist, Dist::Choice(vec![(3.0, Dist::Fixed(1.0)), (1.0, Dist::Uniform { low: 1.0, high: 2.0 })]));
    assert_eq!((ratio.central(), ratio.ends()), (1.125, (1.0, 2.0)));
    let PlantCapacity::Path(plant) = &s.world.vendors["huawei"].lines["base-stations"].plant else { panic!("a path") };
    assert_eq!(plant[1].param.path, "vendors.huawei.lines.base-stations.plant_capacity.2020-01-01");
}

#[test]
fn every_parameter_has_a_path_of_its_own() {
    let s = load("tiny-listing.toml");
    let paths: std::collections::BTreeSet<&str> = s.params.iter().map(|p| p.path.as_str()).collect();
    assert_eq!(paths.len(), s.params.len());
    assert!(paths.contains("licensing.early.network") && paths.contains("behaviour.license_life"));
}

#[test]
fn every_kind_of_provision_is_read() {
    let s = load("tiny-listing.toml");
    assert_eq!(s.regime.provisions.len(), 6);
    let ProvisionKind::DeMinimis { threshold, .. } = s.regime.provisions["de-minimis"].kind else {
        panic!("a threshold")
    };
    assert_eq!(threshold, "0.25".parse().unwrap());
    assert_eq!(s.regime.licensing.iter().map(|p| p.id.as_str()).collect::<Vec<_>>(), ["early", "later"]);
    assert_eq!(s.files.len(), 3, "the file, what it extends, the bibliography");
}

#[test]
fn a_layer_replaces_records_whole_and_keeps_what_it_does_not_name() {
    let (below, s) = (load("tiny-listing.toml"), load("tiny-strict.toml"));
    assert!(!s.regime.provisions.contains_key("general-license"));
    let ProvisionKind::DeMinimis { threshold, .. } = s.regime.provisions["de-minimis"].kind else {
        panic!("a threshold")
    };
    assert_eq!(threshold, "0.1".parse().unwrap());
    assert_eq!(s.world.offers["xilinx-large-fpga"].price.dist, Dist::Fixed(500.0));
    assert_eq!(
        s.world.offers["xilinx-large-fpga"].lead_time.dist,
        below.world.offers["xilinx-large-fpga"].lead_time.dist
    );
}

#[test]
fn provenance_is_inherited_within_a_file_and_never_across() {
    let s = load("tiny-listing.toml");
    // The upper file's `source` at its top reaches its own provisions, not the lower file's parameters.
    assert_eq!(s.regime.provisions["listing"].provenance.sources, ["rule"]);
    let lead_time = &s.world.offers["xilinx-large-fpga"].lead_time.provenance;
    assert_eq!(lead_time.assumption.as_deref(), Some("made up for tests"));
    assert_eq!(lead_time.confidence, Confidence::Low);
    let price = &s.world.offers["xilinx-large-fpga"].price.provenance;
    assert_eq!(
        (price.sources.len(), price.confidence, price.note.as_deref()),
        (2, Confidence::Medium, Some("list prices"))
    );
    assert_eq!(s.world.offers["xilinx-large-fpga"].provenance.assumption.as_deref(), Some("made up for tests"));
}

#[test]
fn the_same_world_has_the_same_hash_under_any_law() {
    let (none, listing, strict) = (load("tiny.toml"), load("tiny-listing.toml"), load("tiny-strict.toml"));
    assert_eq!(none.world_hash, listing.world_hash);
    assert_ne!(none.hash, listing.hash);
    assert_ne!(listing.world_hash, strict.world_hash, "a price differs");
    assert_eq!(load("tiny.toml").hash, none.hash);
    let shorter = load_with("tiny.toml", &[("time.end", "2020-06-30")]).unwrap();
    assert_ne!(shorter.world_hash, none.world_hash);
}

#[test]
fn the_resolved_scenario_has_numbers_as_written() {
    let text = load("tiny-listing.toml").resolved_json().to_string();
    assert!(text.contains(r#""threshold":0.250,"#), "{text}");
    assert!(text.contains(r#""start":"2019-01-01""#));
    assert!(text.contains(r#""source":["rule","prices"]"#));
}

#[test]
fn a_number_typed_for_a_parameter_replaces_its_distribution() {
    let s = load_with("tiny.toml", &[("offers.xilinx-large-fpga.price", "450.5"), ("time.tick", "week")]).unwrap();
    let price = &s.world.offers["xilinx-large-fpga"].price;
    assert_eq!((&price.dist, price.bounds), (&Dist::Fixed(450.5), (0.0, 5000.0)));
    assert_eq!(price.provenance.assumption.as_deref(), Some("set on the command line"));
    assert_eq!((price.provenance.confidence, price.provenance.sources.len()), (Confidence::Low, 0));
    assert_eq!(s.world.time.tick, Tick::Week);
    assert_eq!(s.overrides[1], ("time.tick".to_owned(), "week".to_owned()));
    assert_eq!(s.files[price.place.file.0].text, "offers.xilinx-large-fpga.price=450.5");
}

#[test]
fn records_days_lists_and_thresholds_can_be_typed_too() {
    let record = r#"{ uniform = [1, 2], unit = "months", bounds = [0, 3], assumption = "a try", confidence = "low" }"#;
    let s = load_with(
        "tiny-listing.toml",
        &[
            ("offers.foundry-asic.lead_time", record),
            ("markets.china.demand.2020-12-31", "800000"),
            ("offers.foundry-asic.buyers", r#"["ericsson"]"#),
            ("offers.foundry-asic.candidates.ericsson", "2019-06-01"),
            ("provisions.de-minimis.threshold", "0"),
            ("offers.foundry-asic.item", "at"),
        ],
    );
    // Ericsson can't be both: the typed list is read, and its contradiction found.
    let problems = s.unwrap_err().lines();
    assert!(problems.contains("both as a buyer and as a candidate"), "{problems}");
    let s = load_with(
        "tiny-listing.toml",
        &[
            ("offers.foundry-asic.lead_time", record),
            ("markets.china.demand.2020-12-31", "800000"),
            ("provisions.de-minimis.threshold", "0"),
        ],
    )
    .unwrap();
    assert_eq!(s.world.offers["foundry-asic"].lead_time.dist, Dist::Uniform { low: 1.0, high: 2.0 });
    assert_eq!(s.world.markets["china"].demand[1].param.central(), 800_000.0);
}

#[test]
fn a_comparison_resolves_its_paths_against_itself() {
    let comparison =
        scenario::load_comparison(&path("tiny-comparison.toml")).unwrap_or_else(|p| panic!("{}", p.lines()));
    assert_eq!((comparison.scenarios.len(), comparison.reference.as_str()), (3, "tiny"));
    for source in &comparison.scenarios {
        scenario::load_source(source, &[]).unwrap_or_else(|p| panic!("{}", p.lines()));
    }
}

#[test]
fn files_say_what_they_are() {
    assert_eq!(scenario::kind_of(&path("tiny-strict.toml")).unwrap(), Kind::Scenario);
    assert_eq!(scenario::kind_of(&path("tiny-comparison.toml")).unwrap(), Kind::Comparison);
    assert_eq!(scenario::kind_of(&path("tiny-sources.toml")).unwrap(), Kind::Bibliography);
    assert_eq!(scenario::load_bibliography(&path("tiny-sources.toml")).unwrap().len(), 2);
}

#[test]
fn a_description_says_what_each_layer_changes() {
    let d = scenario::describe(&path("tiny-strict.toml")).unwrap_or_else(|p| panic!("{}", p.lines()));
    assert_eq!(d.layers.len(), 3);
    assert!(d.layers[0].changes.is_empty() && d.layers[0].extends.is_none());
    let added: Vec<String> = d.layers[1].changes.iter().map(ToString::to_string).collect();
    assert_eq!(added[0], "adds provisions.listing: listing, Listing, from 2019-05-16");
    let changed: Vec<String> = d.layers[2].changes.iter().map(ToString::to_string).collect();
    assert_eq!(
        changed,
        [
            "changes offers.xilinx-large-fpga.price from triangular [300, 400, 600] USD/unit to 500 USD/unit",
            "removes provisions.general-license",
            "changes provisions.de-minimis.title from De minimis, 25% to De minimis, 10% of all",
            "changes provisions.de-minimis.citation from 15 CFR 734.4 to Counterfactual",
            "changes provisions.de-minimis.threshold from 0.250 to 0.1",
            "changes provisions.de-minimis.counts from controlled to all",
        ]
    );
    let offers = d.by_kind.iter().find(|k| k.kind == "offers").unwrap();
    assert_eq!((offers.parameters, offers.assumptions), (16, 16));
    assert_eq!(d.parameters - d.assumptions, 7, "one compliance and the six approval rates have sources");
}

#[test]
fn every_shipped_file_is_embedded_and_loads() {
    let folder = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios"));
    let on_disk = folder.into_iter().flatten().flatten().filter(|e| e.path().extension().is_some_and(|e| e == "toml"));
    assert_eq!(scenario::shipped().len(), on_disk.count());
    for file in scenario::shipped() {
        let id = format!("shipped:{}", file.id);
        let loaded = match file.kind {
            Kind::Scenario => scenario::load(&id, &[]).map(|s| assert_eq!(s.id, file.id)),
            Kind::Comparison => scenario::load_comparison(&id).map(|_| ()),
            Kind::Bibliography => scenario::load_bibliography(&id).map(|_| ()),
            Kind::Observations => scenario::load_observations(&id).map(|_| ()),
        };
        loaded.unwrap_or_else(|problems| panic!("{id}: {}", problems.lines()));
    }
}
