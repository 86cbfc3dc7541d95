//! The JSON Schemas against the files that the readers take, and against some that they don't.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{Folder, run};
use boon::{Compiler, SchemaIndex, Schemas};
use chokepoint::scenario::{Kind, schema::schema};

use serde_json::Value as Json;

/// A compiled schema.
struct Validator(Schemas, SchemaIndex);

impl Validator {
    /// That of a kind of file; it is valid itself, or this fails.
    fn of(kind: Kind) -> Validator {
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.enable_format_assertions();
        compiler.add_resource("test.json", schema(kind)).unwrap();
        let index = compiler.compile("test.json", &mut schemas).unwrap_or_else(|why| panic!("{kind}: {why:#}"));
        Validator(schemas, index)
    }

    fn validate(&self, file: &Json) -> Result<(), String> {
        self.0.validate(file, self.1).map_err(|why| format!("{why:#}"))
    }

    fn is_valid(&self, file: &Json) -> bool {
        self.validate(file).is_ok()
    }
}

/// A file as the extensions of editors see it: days are texts.
fn json(value: toml::Value) -> Json {
    match value {
        toml::Value::String(text) => text.into(),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(flag) => flag.into(),
        toml::Value::Datetime(day) => day.to_string().into(),
        toml::Value::Array(items) => items.into_iter().map(json).collect(),
        toml::Value::Table(table) => Json::Object(table.into_iter().map(|(key, value)| (key, json(value))).collect()),
    }
}

fn parsed(text: &str) -> Json {
    json(toml::Value::Table(text.parse().unwrap()))
}

fn kind_of(file: &Json) -> Kind {
    match file.get("kind").and_then(Json::as_str) {
        None => Kind::Observations,
        Some(kind) => Kind::parse(kind).unwrap(),
    }
}

fn files() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = vec![root.join("README-example.toml")];
    for folder in ["scenarios", "tests/fixtures"] {
        let found = fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path());
        files.extend(found.filter(|path| path.extension().is_some_and(|ending| ending == "toml")));
    }
    files
}

#[test]
fn every_file_of_ours_is_valid() {
    let validators: Vec<(Kind, Validator)> = Kind::ALL.iter().map(|kind| (*kind, Validator::of(*kind))).collect();
    let mut seen = Vec::new();
    for path in files() {
        let file = parsed(&fs::read_to_string(&path).unwrap());
        let kind = kind_of(&file);
        let (_, valid) = validators.iter().find(|(of, _)| *of == kind).unwrap();
        valid.validate(&file).unwrap_or_else(|why| panic!("{}:\n{why}", path.display()));
        seen.push(kind);
    }
    assert!(Kind::ALL.iter().all(|kind| seen.contains(kind)));
}

const LAYER: &str = r#"
kind = "scenario"
id = "mine"
title = "Mine"
description = "A layer."
extends = "shipped:amended-rules"

[provisions.huawei-de-minimis]
kind = "de-minimis"
announced = 2019-11-29
threshold = 0.05
counts = "all"
assumption = "what if"

[behaviour.over_compliance]
uniform = [0.1, 0.2]
unit = "share"
bounds = [0, 1]
assumption = "what if"
confidence = "low"
"#;

#[test]
fn what_the_readers_refuse_is_marked() {
    let valid = Validator::of(Kind::Scenario);
    assert!(valid.is_valid(&parsed(LAYER)));
    for (from, to) in [
        ("threshold", "treshold"),
        ("threshold = 0.05", "threshold = 5"),
        ("threshold = 0.05", "threshold = \"5%\""),
        ("counts = \"all\"", "counts = \"everything\""),
        ("counts = \"all\"", "uses = [\"standards\"]"),
        ("kind = \"de-minimis\"", "kind = \"de-minimus\""),
        ("announced = 2019-11-29", "announced = \"in November\""),
        ("provisions.huawei", "provision.huawei"),
        ("over_compliance", "over_complience"),
        ("\"share\"", "\"percent\""),
        ("uniform = [0.1, 0.2]", "uniform = [0.1]"),
        ("uniform = [0.1, 0.2]", "uniform = [0.1, 0.2]\nvalue = 0.1"),
        ("bounds = [0, 1]", "bounds = [0, 2]"),
        ("bounds = [0, 1]\n", ""),
        ("confidence = \"low\"", "confidence = \"lowish\""),
        ("title = \"Mine\"\n", ""),
        // A file that extends nothing must say everything.
        ("extends = \"shipped:amended-rules\"\n", ""),
    ] {
        assert!(LAYER.contains(from), "{from}");
        let file = parsed(&LAYER.replacen(from, to, 1));
        assert!(!valid.is_valid(&file), "{from} -> {to}");
    }
}

#[test]
fn a_file_that_extends_nothing_needs_what_the_reader_needs() {
    // Each key of the small world that the reader misses is missed by the schema too.
    let valid = Validator::of(Kind::Scenario);
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tiny.toml")).unwrap();
    let whole = parsed(&text);
    assert!(valid.is_valid(&whole));
    for path in
        ["time", "time.tick", "classes.fpga.role", "offers.xilinx-large-fpga.price", "behaviour.license_use", "markets"]
    {
        let mut file = whole.clone();
        let (table, key) = path.rsplit_once('.').unwrap_or(("", path));
        let table =
            table.split('.').filter(|part| !part.is_empty()).try_fold(&mut file, |json, part| json.get_mut(part));
        assert!(table.unwrap().as_object_mut().unwrap().remove(key).is_some(), "{path}");
        assert!(!valid.is_valid(&file), "{path}");
    }
}

#[test]
fn the_command_prints_what_an_editor_reads() {
    let folder = Folder::new();
    let said = run(&mut folder.chokepoint("schema"));
    assert_eq!(said.code, 0, "{}", said.err);
    let printed: Json = serde_json::from_str(&said.out).unwrap();
    assert_eq!(printed, schema(Kind::Scenario));
    let threshold = &printed["properties"]["provisions"]["additionalProperties"]["properties"]["threshold"];
    assert!(threshold["description"].as_str().unwrap().contains("US content must exceed"), "{threshold}");
    let counts = &printed["properties"]["provisions"]["additionalProperties"]["properties"]["counts"];
    assert_eq!(counts["enum"], serde_json::json!(["controlled", "all"]));
    assert!(counts["description"].as_str().unwrap().contains("- `all`: All US content"), "{counts}");
    let said = run(&mut folder.chokepoint("schema comparision"));
    assert!(said.code == 2 && said.err.contains("comparison"), "{}", said.err);
    for kind in Kind::ALL {
        assert_eq!(run(&mut folder.chokepoint(&format!("schema {kind}"))).code, 0);
    }
}
