//! The resolved scenario: all layers merged, as one JSON document in file order with numbers as written, and the hashes
//! that say whether two scenarios, or two worlds, are the same. It names no file and no machine.

use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

use super::layer::Header;
use super::tree::{Origin, Table, Value};
use super::{Reference, param::Confidence};

/// What a scenario may change without changing its world.
const NOT_WORLD: [&str; 9] =
    ["kind", "id", "title", "description", "runnable", "provisions", "licensing", "escalation", "bibliography"];

/// The whole document.
pub(crate) fn document(header: &Header, merged: &Table, bibliography: &IndexMap<String, Reference>) -> Json {
    let mut all = Map::new();
    all.insert("kind".into(), "scenario".into());
    all.insert("id".into(), header.id.clone().into());
    all.insert("title".into(), header.title.clone().into());
    all.insert("description".into(), header.description.clone().into());
    all.insert("runnable".into(), header.runnable.into());
    for (key, entry) in &merged.entries {
        all.insert(key.clone(), value(&entry.node.value));
    }
    let entries = bibliography.iter().map(|(key, r)| (key.clone(), json!({ "citation": r.citation, "url": r.url })));
    all.insert("bibliography".into(), Json::Object(entries.collect()));
    Json::Object(all)
}

/// BLAKE3 of the document, in hexadecimal.
pub(crate) fn hash(document: &Json) -> String {
    blake3::hash(document.to_string().as_bytes()).to_hex().to_string()
}

/// BLAKE3 of the world alone: all but what it is called and what its law is.
pub(crate) fn world_hash(document: &Json) -> String {
    let world: Map<String, Json> = document
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(key, _)| !NOT_WORLD.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    hash(&Json::Object(world))
}

fn value(value: &Value) -> Json {
    match value {
        Value::Text(text) => text.clone().into(),
        Value::Number(digits) => number(digits),
        Value::Flag(flag) => (*flag).into(),
        Value::Date(date) => date.to_string().into(),
        Value::List(items) => items.iter().map(|item| self::value(&item.value)).collect(),
        Value::Table(table) => Json::Object(object(table)),
        Value::Invalid => Json::Null,
    }
}

/// A number with its digits as written; what JSON has no number for (`nan`) stays a text.
fn number(digits: &str) -> Json {
    serde_json::from_str::<serde_json::Number>(digits).map_or_else(|_| digits.into(), Json::Number)
}

/// A table and what backs it: a record says all that is in effect for it, another table only what it says itself.
fn object(table: &Table) -> Map<String, Json> {
    let mut all: Map<String, Json> = table.entries.iter().map(|(k, e)| (k.clone(), value(&e.node.value))).collect();
    let (backing, record) = (&table.backing, table.is_record());
    match backing.origin.as_deref().filter(|_| record || backing.own_origin) {
        Some(Origin::Sources(keys)) => {
            all.insert("source".into(), keys.iter().map(|(key, _)| Json::from(key.clone())).collect());
        }
        Some(Origin::Assumption(reason)) => {
            all.insert("assumption".into(), reason.clone().into());
        }
        Some(Origin::Invalid) | None => {}
    }
    if let Some(confidence) = backing.confidence.filter(|_| record || backing.own_confidence) {
        all.insert("confidence".into(), Confidence::name(confidence).into());
    }
    if let Some(note) = &backing.note {
        all.insert("note".into(), note.clone().into());
    }
    all
}

/// A value on one line, for a list of changes: a record as its distribution and unit, without bounds and sources.
pub(crate) fn compact(value: &Value) -> String {
    match value {
        Value::Table(table) if table.is_record() => {
            let unit = table.get("unit").map(|n| compact(&n.value)).unwrap_or_default();
            let shapes = table.entries.iter().filter(|(k, _)| !["unit", "bounds", "date"].contains(&k.as_str()));
            let shapes: Vec<String> = shapes
                .map(|(key, entry)| match key.as_str() {
                    "value" => compact(&entry.node.value),
                    _ => format!("{key} {}", compact(&entry.node.value)),
                })
                .collect();
            let date = table.get("date").map(|n| format!("{}: ", compact(&n.value))).unwrap_or_default();
            format!("{date}{} {unit}", shapes.join(", "))
        }
        Value::Table(table) => {
            let parts: Vec<String> =
                table.entries.iter().map(|(key, entry)| format!("{key} {}", compact(&entry.node.value))).collect();
            format!("({})", parts.join(", "))
        }
        Value::List(items) => {
            let parts: Vec<String> = items.iter().map(|item| compact(&item.value)).collect();
            format!("[{}]", parts.join(", "))
        }
        Value::Text(text) => text.clone(),
        Value::Number(digits) => digits.clone(),
        Value::Flag(flag) => flag.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Invalid => "?".to_owned(),
    }
}
