//! JSON Schemas of the TOML files, for editors: completion, hover texts and marks of what is wrong while an analyst writes.
//! They are made of what the readers ask for when they read the shipped files (see `notes`), so that they know the same keys,
//! values and meanings as the readers do. In the form of draft 7, which the TOML extensions of editors read.
//!
//! A scenario is often a layer, which holds only what it changes: what must be there is asked of files that extend nothing.

use serde_json::{Map, Value as Json, json};

use super::Kind;
use super::load::{load_bibliography, load_source, shipped};
use super::notes::{self, EACH, KeyNote, Notes, What};
use super::observed::load_observations;
use super::param::{Confidence, Quantity};
use super::parse::{ASSUMPTION, CONFIDENCE, NOTE, SOURCE};
use super::read::param::{BOUNDS, DATE, DISTRIBUTION_KINDS, DistributionKind, Form, UNIT, WEIGHT};
use super::source::Source;
use super::{layer::HEADER, load_comparison};

/// The schema of a kind of file.
pub fn schema(kind: Kind) -> Json {
    Writer::of(kind).document()
}

struct Writer {
    kind: Kind,
    notes: Notes,
    /// Quantities whose records are described.
    quantities: Vec<Quantity>,
}

impl Writer {
    fn of(kind: Kind) -> Writer {
        let files = shipped().into_iter().filter(|file| file.kind == kind);
        let notes = notes::take(|| {
            for file in files {
                let source = Source::Shipped(file.id);
                // The shipped files are sound, or a test fails.
                match kind {
                    Kind::Scenario => drop(load_source(&source, &[])),
                    Kind::Comparison => drop(load_comparison(&source.name())),
                    Kind::Bibliography => drop(load_bibliography(&source.name())),
                    Kind::Observations => drop(load_observations(&source.name())),
                }
            }
        });
        Writer { kind, notes, quantities: Vec::new() }
    }

    fn document(mut self) -> Json {
        let root = self.kind.name();
        let mut document = Map::new();
        document.insert("$schema".into(), "http://json-schema.org/draft-07/schema#".into());
        document.insert("$id".into(), format!("chokepoint-{root}-{}", env!("CARGO_PKG_VERSION")).into());
        document.insert("title".into(), format!("chokepoint: {}", self.kind.with_article()).into());
        let Json::Object(mut table) = self.table(root) else { return Json::Null };
        if let Some(Json::Object(properties)) = table.get_mut("properties") {
            let mut first = Map::new();
            first.insert("kind".into(), json!({ "const": root, "description": "what kind of file it is" }));
            properties.shift_remove("kind");
            first.append(properties);
            *properties = first;
        }
        let mut required: Vec<&str> = if self.kind == Kind::Observations { Vec::new() } else { vec!["kind"] };
        let head = |key: &str| self.kind != Kind::Scenario || HEADER.contains(&key);
        let own = self.notes.tables.get(root);
        required.extend(
            own.into_iter()
                .flat_map(|own| own.keys.keys().filter(|key| head(key) && own.needs(key)))
                .map(String::as_str),
        );
        table.insert("required".into(), required.into());
        if self.kind == Kind::Scenario {
            table.insert("if".into(), json!({ "not": { "required": ["extends"] } }));
            table.insert("then".into(), self.whole(root));
        }
        document.append(&mut table);
        document.insert("definitions".into(), self.definitions());
        Json::Object(document)
    }

    /// A kind of table, with all keys that are known there.
    fn table(&mut self, path: &str) -> Json {
        let Some(note) = self.notes.tables.get(path) else { return object(backing()) };
        let keys: Vec<(String, KeyNote)> = note.keys.iter().map(|(key, note)| (key.clone(), note.clone())).collect();
        let kinds: Vec<Json> = note.kinds().map(|(kind, _, foreign)| of_kind(kind, &foreign, &[])).collect();
        let mut properties = Map::new();
        let mut each = Json::Bool(false);
        for (key, note) in keys {
            let value = self.value(&format!("{path}.{key}"), &note);
            if key == EACH {
                each = value;
            } else {
                properties.insert(key, value);
            }
        }
        properties.append(&mut backing());
        let mut table = json!({ "type": "object", "properties": properties, "additionalProperties": each });
        if !kinds.is_empty() {
            table["allOf"] = kinds.into();
        }
        table
    }

    /// What a key takes.
    fn value(&mut self, path: &str, note: &KeyNote) -> Json {
        let mut description = note.meaning.clone();
        let mut add = |words: String| {
            description = if description.is_empty() { words } else { format!("{description} ({words})") };
        };
        let value = match &note.what {
            What::Free => json!({}),
            What::Text => json!({ "type": "string", "minLength": 1 }),
            What::Number => json!({ "type": "number" }),
            What::Flag => json!({ "type": "boolean" }),
            What::Date => date(),
            What::Share => {
                add("a share from 0 to 1".into());
                json!({ "type": "number", "minimum": 0, "maximum": 1 })
            }
            What::Whole(lowest, highest) => json!({ "type": "integer", "minimum": lowest, "maximum": highest }),
            What::Country => {
                add("a country code, such as US or TW".into());
                json!({ "type": "string", "pattern": "^[A-Z]{2}$" })
            }
            What::OneOf(values) => {
                description.push_str(&listed(values));
                one_of(values)
            }
            What::Several(values) => {
                description.push_str(&listed(values));
                json!({ "type": "array", "minItems": 1, "items": one_of(values) })
            }
            What::Id(whose) => {
                add(format!("the id of one of the {whose}"));
                json!({ "type": "string", "minLength": 1 })
            }
            What::Ids(whose) => {
                add(format!("ids of {whose}"));
                json!({ "type": "array", "uniqueItems": true, "items": { "type": "string", "minLength": 1 } })
            }
            What::Texts => {
                json!({ "type": "array", "minItems": 1, "uniqueItems": true, "items": { "type": "string", "minLength": 1 } })
            }
            What::Table => self.table(path),
            What::Tables => {
                let mut items = self.table(path);
                self.require(path, &mut items);
                json!({ "type": "array", "minItems": 1, "items": items })
            }
            What::Param(quantity) => {
                add(format!("a parameter in {quantity}"));
                self.record(*quantity, "parameter")
            }
            What::Dated(quantity) => {
                add(format!("dated parameters in {quantity}"));
                json!({ "type": "array", "minItems": 1, "items": self.record(*quantity, "dated") })
            }
            What::DayOr(word) => json!({ "anyOf": [date(), { "const": word }] }),
            What::Period => json!({ "type": ["string", "integer"] }),
        };
        described(value, &description)
    }

    /// Adds what must be in a table that nothing is laid under.
    fn require(&self, path: &str, table: &mut Json) {
        if let (Some(table), Json::Object(mut whole)) = (table.as_object_mut(), self.whole(path)) {
            table.append(&mut whole);
        }
    }

    /// What must be in a kind of table, and in the tables within it, where nothing is extended.
    fn whole(&self, path: &str) -> Json {
        let Some(note) = self.notes.tables.get(path) else { return json!({}) };
        let mut whole = Map::new();
        let is_root = path == self.kind.name();
        let required = note.keys.keys().filter(|key| *key != EACH);
        let required: Vec<&String> =
            required.filter(|key| if is_root { note.needs(key) } else { note.requires(key) }).collect();
        if !required.is_empty() {
            whole.insert("required".into(), json!(required));
        }
        let mut all: Vec<Json> = note
            .either
            .iter()
            .filter(|_| note.kinds().next().is_none())
            .map(|keys| json!({ "anyOf": keys.iter().map(|key| json!({ "required": [key] })).collect::<Vec<_>>() }))
            .collect();
        all.extend(note.kinds().map(|(kind, needed, _)| of_kind(kind, &[], &needed)));
        if !all.is_empty() {
            whole.insert("allOf".into(), all.into());
        }
        let mut within = Map::new();
        for (key, _) in note.keys.iter().filter(|(_, note)| note.what == What::Table) {
            let inner = self.whole(&format!("{path}.{key}"));
            if inner.as_object().is_some_and(Map::is_empty) {
                continue;
            }
            if key == EACH {
                // What backs the tables of a table is none of them.
                let backing: Map<String, Json> =
                    backing().into_iter().map(|(key, _)| (key, Json::Bool(true))).collect();
                whole.insert("properties".into(), Json::Object(backing));
                whole.insert("additionalProperties".into(), inner);
            } else {
                within.insert(key.clone(), inner);
            }
        }
        if !within.is_empty() {
            whole.insert("properties".into(), Json::Object(within));
        }
        Json::Object(whole)
    }

    /// A parameter record, defined once for each quantity.
    fn record(&mut self, quantity: Quantity, form: &str) -> Json {
        if !self.quantities.contains(&quantity) {
            self.quantities.push(quantity);
        }
        json!({ "$ref": format!("#/definitions/{}", definition(quantity, form)) })
    }

    fn definitions(&self) -> Json {
        let mut definitions = Map::new();
        for (key, value) in [
            (SOURCE, json!({ "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" } }] })),
            (ASSUMPTION, json!({ "type": "string" })),
            (CONFIDENCE, json!({ "enum": Confidence::names().collect::<Vec<_>>() })),
            (NOTE, json!({ "type": "string" })),
        ] {
            definitions.insert(key.into(), value);
        }
        let has = |form: What| self.notes.tables.values().any(|table| table.keys.values().any(|key| key.what == form));
        for quantity in &self.quantities {
            if has(What::Param(*quantity)) {
                definitions.insert(definition(*quantity, "parameter"), record(*quantity, false));
            }
            if has(What::Dated(*quantity)) {
                definitions.insert(definition(*quantity, "dated"), record(*quantity, true));
            }
        }
        if !self.quantities.is_empty() {
            definitions.insert("alternative".into(), alternative());
        }
        Json::Object(definitions)
    }
}

/// The name of a definition.
fn definition(quantity: Quantity, form: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    format!("{form}-in-{}", quantity.name().chars().map(plain).collect::<String>())
}

/// A value with its hover text. Beside a reference no other key counts.
fn described(value: Json, description: &str) -> Json {
    let mut described = Map::new();
    if !description.is_empty() {
        described.insert("description".into(), description.into());
    }
    match value {
        Json::Object(value) if value.contains_key("$ref") => {
            described.insert("allOf".into(), json!([value]));
        }
        Json::Object(mut value) => described.append(&mut value),
        other => return other,
    }
    Json::Object(described)
}

/// What any table may say of where its facts come from.
fn backing() -> Map<String, Json> {
    let meanings = [
        (SOURCE, "where the facts of this table and those below it come from: keys of the bibliography"),
        (ASSUMPTION, "in place of a source: the reason for the value, and for how wide it is"),
        (CONFIDENCE, "how sure the facts are"),
        (NOTE, "a remark"),
    ];
    meanings
        .into_iter()
        .map(|(key, meaning)| (key.to_owned(), described(json!({ "$ref": format!("#/definitions/{key}") }), meaning)))
        .collect()
}

/// A table of these keys, and what backs it.
fn object(mut properties: Map<String, Json>) -> Json {
    properties.append(&mut backing());
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// A table of a kind: without keys that only others have, and with those that it needs.
fn of_kind(kind: &str, foreign: &[&str], needed: &[&str]) -> Json {
    let mut then = Map::new();
    if !foreign.is_empty() {
        let foreign: Map<String, Json> = foreign.iter().map(|key| ((*key).to_owned(), Json::Bool(false))).collect();
        then.insert("properties".into(), Json::Object(foreign));
    }
    if !needed.is_empty() {
        then.insert("required".into(), json!(needed));
    }
    json!({ "if": { "properties": { "kind": { "const": kind } }, "required": ["kind"] }, "then": then })
}

fn date() -> Json {
    // Not every editor heeds the format.
    json!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })
}

fn one_of(values: &[(String, String)]) -> Json {
    json!({ "enum": values.iter().map(|(name, _)| name).collect::<Vec<_>>() })
}

/// The values in a hover text, each with its meaning.
fn listed(values: &[(String, String)]) -> String {
    let lines = values.iter().map(|(name, meaning)| format!("\n- `{name}`: {}", meaning.trim_end_matches('.')));
    format!("\n{}", lines.collect::<String>())
}

/// A parameter record in a quantity.
fn record(quantity: Quantity, dated: bool) -> Json {
    let (low, high) = quantity.hard_range();
    let mut number = json!({ "type": "number" });
    if low.is_finite() {
        number["minimum"] = low.into();
    }
    if high.is_finite() {
        number["maximum"] = high.into();
    }
    let mut properties = Map::new();
    if dated {
        properties.insert(DATE.into(), described(date(), "the day from which, or on which, it holds"));
    }
    properties.append(&mut shapes());
    properties.insert(UNIT.into(), json!({ "const": quantity.name(), "description": "unit of the numbers" }));
    properties.insert(
        BOUNDS.into(),
        json!({
            "description": "[lowest, highest] admissible value",
            "type": "array", "items": number, "minItems": 2, "maxItems": 2,
        }),
    );
    let mut record = object(properties);
    // A record without a unit is a patch of another.
    let one = DISTRIBUTION_KINDS.iter().map(|shape| json!({ "required": [shape.key] })).collect::<Vec<_>>();
    let mut needed = vec![UNIT, BOUNDS];
    needed.extend(dated.then_some(DATE));
    record["if"] = json!({ "required": [UNIT] });
    record["then"] = json!({ "required": needed, "oneOf": one });
    record["description"] = format!("a {} in {quantity}", quantity.noun()).into();
    record
}

/// The keys that give a distribution.
fn shapes() -> Map<String, Json> {
    let shape = |shape: &DistributionKind| {
        let form = match shape.form {
            Form::One => json!({ "type": "number" }),
            Form::List(count, _) => {
                json!({ "type": "array", "items": { "type": "number" }, "minItems": count, "maxItems": count })
            }
            Form::Named(names) => {
                let numbers = names.iter().map(|name| ((*name).to_owned(), json!({ "type": "number" }))).collect();
                let mut table = object(numbers);
                table["required"] = json!(names);
                table
            }
            Form::Rising => json!({ "type": "array", "items": { "type": "number" }, "minItems": 2 }),
            Form::Alternatives => {
                json!({ "type": "array", "items": { "$ref": "#/definitions/alternative" }, "minItems": 1 })
            }
        };
        (shape.key.to_owned(), described(form, shape.meaning))
    };
    DISTRIBUTION_KINDS.iter().map(shape).collect()
}

/// One alternative of a choice.
fn alternative() -> Json {
    let mut properties = shapes();
    properties.insert(WEIGHT.into(), json!({ "type": "number", "exclusiveMinimum": 0, "description": "its weight" }));
    let mut alternative = object(properties);
    alternative["required"] = json!([WEIGHT]);
    alternative["oneOf"] = DISTRIBUTION_KINDS.iter().map(|shape| json!({ "required": [shape.key] })).collect();
    alternative
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_every_key_that_is_asked_for_it_is_known_what_it_takes_and_means() {
        for kind in Kind::ALL {
            let notes = Writer::of(*kind).notes;
            // What only people read, and the kind itself.
            let free = |key: &str| ["kind", "id", "title", "description", "url", "verified"].contains(&key);
            let mut wrong = Vec::new();
            for (path, table) in notes.tables.iter().filter(|(path, _)| path.split('.').next() == Some(kind.name())) {
                for (key, note) in &table.keys {
                    let told = note.what != What::Free && (key == EACH || !note.meaning.is_empty());
                    if !told && !free(key) {
                        wrong.push(format!("{path}.{key}: {:?} {:?}", note.what, note.meaning));
                    }
                    let below = format!("{path}.{key}");
                    let is_table = matches!(note.what, What::Table | What::Tables);
                    if is_table && !notes.tables.contains_key(&below) {
                        wrong.push(format!("no shipped file has a {below}"));
                    }
                }
            }
            assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        }
    }
}
