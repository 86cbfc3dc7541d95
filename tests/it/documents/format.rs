//! The tables of keys in `docs/reference/scenario-format.md`, from the JSON Schemas that the program prints, which are themselves made
//! of what the readers ask for.

use chokepoint::scenario::Kind;
use chokepoint::scenario::schema::schema;
use serde_json::{Map, Value as Json};

use super::markdown::escaped;
use super::marks::renewed;

/// What any table may say of where its facts come from; told once on the page.
const BACKING: [&str; 4] = ["source", "assumption", "confidence", "note"];

/// The page with its tables as they should be.
pub fn page(kept: &str) -> String {
    let scenario = schema(Kind::Scenario);
    let mut page = kept.to_owned();
    for kind in [Kind::Scenario, Kind::Comparison, Kind::Bibliography, Kind::Observations] {
        let schema = schema(kind);
        let name = kind.name();
        let tables = Tables { root: &schema, name }.all();
        page = renewed(&page, &format!("{name} files"), &tables);
    }
    page = renewed(&page, "distributions", &distributions(&scenario));
    renewed(&page, "units", &units(&scenario))
}

/// The tables of a kind of file.
struct Tables<'a> {
    root: &'a Json,
    name: &'a str,
}

/// A table of a file: how it is written, its schema, and the one that says what must be there.
struct Place<'a> {
    path: Vec<String>,
    schema: &'a Json,
    whole: &'a Json,
    /// Whether it is one of a list of tables.
    listed: bool,
}

impl Tables<'_> {
    fn all(&self) -> String {
        let root = Place { path: Vec::new(), schema: self.root, whole: &self.root["then"], listed: false };
        let mut text = String::new();
        self.table(&root, &mut text);
        text
    }

    fn table(&self, place: &Place<'_>, text: &mut String) {
        let none = Map::new();
        let properties = place.schema["properties"].as_object().unwrap_or(&none);
        let mut rows: Vec<(&str, &Json)> = properties.iter().map(|(key, value)| (key.as_str(), value)).collect();
        rows.retain(|(key, _)| !BACKING.contains(key));
        let each = &place.schema["additionalProperties"];
        // Names of your own with a value each, no table.
        let named = each.is_object() && each["properties"].is_null();
        rows.extend(named.then_some(("ID", each)));
        if !rows.is_empty() {
            text.push_str(&format!("\n### {}\n\n", self.heading(place)));
            text.push_str("| key | takes | needed | meaning |\n|---|---|---|---|\n");
            for (key, value) in &rows {
                let needed = needed(key, place);
                text.push_str(&format!("| `{key}` | {} | {needed} | {} |\n", takes(value), meaning(key, value)));
            }
        }
        rows.retain(|(key, _)| !named || *key != "ID");
        let deeper = |key: &str| {
            let mut path = place.path.clone();
            path.push(key.to_owned());
            path
        };
        for (key, value) in rows {
            let whole = &place.whole["properties"][key];
            if value["items"]["properties"].is_object() {
                let items = &value["items"];
                self.table(&Place { path: deeper(key), schema: items, whole: items, listed: true }, text);
            } else {
                self.table(&Place { path: deeper(key), schema: value, whole, listed: false }, text);
            }
        }
        if each.is_object() && !named {
            let whole = &place.whole["additionalProperties"];
            self.table(&Place { path: deeper("ID"), schema: each, whole, listed: false }, text);
        }
    }

    fn heading(&self, place: &Place<'_>) -> String {
        match (place.path.is_empty(), place.listed) {
            (true, _) => format!("The head of a {} file", self.name).replace("a observations", "an observations"),
            (_, true) => format!("`[[{}]]`", place.path.join(".")),
            (_, false) => format!("`[{}]`", place.path.join(".")),
        }
    }
}

/// Whether a key must be there: always, or in tables of some kinds.
fn needed(key: &str, place: &Place<'_>) -> String {
    let asks = |schema: &Json| {
        schema["required"].as_array().is_some_and(|required| required.iter().any(|needed| needed == key))
    };
    if asks(place.schema) || asks(place.whole) {
        return "yes".into();
    }
    let kinds = |schema: &Json| -> Vec<String> {
        let alternatives = schema["allOf"].as_array().cloned().unwrap_or_default();
        let of_kind = alternatives.iter().filter(|alternative| asks(&alternative["then"]));
        of_kind.filter_map(|a| a["if"]["properties"]["kind"]["const"].as_str().map(|k| format!("`{k}`"))).collect()
    };
    let kinds: Vec<String> = kinds(place.schema).into_iter().chain(kinds(place.whole)).collect();
    kinds.join(", ")
}

/// What kind of value a key takes.
fn takes(value: &Json) -> String {
    let text = |key: &str| value[key].as_str();
    let reference = value["$ref"].as_str().or(value["allOf"][0]["$ref"].as_str());
    if let Some(definition) = reference {
        let definition = definition.rsplit('/').next().unwrap_or_default();
        return if definition.starts_with("parameter-in-") { "parameter".into() } else { definition.into() };
    }
    if value["enum"].is_array() {
        return "one of these words".into();
    }
    if let Some(constant) = text("const") {
        return format!("`\"{constant}\"`");
    }
    if let Some(either) = value["anyOf"].as_array() {
        return either.iter().map(takes).collect::<Vec<_>>().join(" or ");
    }
    match (text("type"), text("format")) {
        (Some("string"), Some("date")) => "day".into(),
        (Some("string"), _) => "text".into(),
        (Some("boolean"), _) => "`true` or `false`".into(),
        (Some("integer"), _) => match (value["minimum"].as_i64(), value["maximum"].as_i64()) {
            (Some(least), Some(most)) => format!("whole number, {least} to {most}"),
            _ => "whole number".into(),
        },
        (Some("number"), _) => "number".into(),
        (Some("array"), _) if value["items"]["enum"].is_array() => "list of these words".into(),
        (Some("array"), _) if value["items"]["properties"].is_object() => "list of tables".into(),
        (Some("array"), _) => match takes(&value["items"]).as_str() {
            of if of.starts_with("dated-in-") => "list of dated parameters".into(),
            of => format!("list of {of}s"),
        },
        (Some("object"), _) => "table".into(),
        _ if value["type"].is_array() => {
            let types = value["type"].as_array().unwrap().iter().filter_map(Json::as_str);
            types.map(|name| if name == "string" { "text" } else { "number" }).collect::<Vec<_>>().join(" or ")
        }
        _ => "anything".into(),
    }
}

/// Keys of any value, or none, that are for people.
const FOR_THE_READER: [&str; 5] = ["id", "title", "description", "url", "verified"];

/// The hover text in one line.
fn meaning(key: &str, value: &Json) -> String {
    if value["description"].is_null() && FOR_THE_READER.contains(&key) {
        return "for the reader alone".into();
    }
    let text = value["description"].as_str().unwrap_or_default();
    let mut lines = text.trim().lines().map(str::trim).filter(|line| !line.is_empty());
    let mut told = String::new();
    let mut words: Vec<String> = Vec::new();
    for line in lines.by_ref() {
        match line.strip_prefix("- ") {
            Some(word) => words.push(word.to_owned()),
            None if told.is_empty() => told = line.to_owned(),
            None => told.push_str(&format!(" {line}")),
        }
    }
    if !words.is_empty() {
        told = format!("{told}{}{}", if told.is_empty() { "" } else { ": " }, words.join("; "));
    }
    escaped(&told).replace('|', "\\|")
}

/// The keys that give a distribution.
fn distributions(scenario: &Json) -> String {
    let mut table = "| key | meaning |\n|---|---|\n".to_owned();
    let alternative = scenario["definitions"]["alternative"]["properties"].as_object().unwrap();
    for (key, value) in alternative.iter().filter(|(key, _)| !BACKING.contains(&key.as_str()) && *key != "weight") {
        table.push_str(&format!("| `{key}` | {} |\n", meaning(key, value)));
    }
    table
}

/// The units, each with the numbers that no value may leave.
fn units(scenario: &Json) -> String {
    let mut table = "| unit | it is a | no number may leave |\n|---|---|---|\n".to_owned();
    let mut seen: Vec<&str> = Vec::new();
    for record in scenario["definitions"].as_object().unwrap().values() {
        let Some(unit) = record["properties"]["unit"]["const"].as_str() else { continue };
        if seen.contains(&unit) {
            continue;
        }
        seen.push(unit);
        let number = &record["properties"]["bounds"]["items"];
        let what = record["description"].as_str().unwrap_or_default();
        let noun = what.trim_start_matches("a ").trim_start_matches("an ").split(" in ").next().unwrap_or_default();
        let end = |key: &str| number[key].as_f64().map(|end| end.to_string()).unwrap_or_default();
        table.push_str(&format!("| `{unit}` | {noun} | {} to {} |\n", end("minimum"), end("maximum")));
    }
    table
}
