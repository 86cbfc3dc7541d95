//! A source belongs to the value that it supports. Where a layer or `--set` changes a fact of a record, what the record rested
//! on below no longer supports it: the record then rests on what the layer says, and if it says nothing, that is a warning and
//! stands in the record. Its title and citation, which were written of the old value, are marked unless they are said anew.

use std::sync::Arc;

use indexmap::IndexMap;
use rust_decimal::Decimal;

use super::Place;
use super::param::Confidence;
use super::problem::Problem;
use super::source::Files;
use super::tree::{Backing, Entry, Node, Origin, Table, Value};

/// Keys that name or describe a record. Changing one of them changes no fact.
const WORDS: [&str; 5] = ["title", "citation", "name", "label", "product"];

/// Those of them that say what the facts of the record are, and where they stand.
const SPEAKS_OF_FACTS: [&str; 2] = ["title", "citation"];

/// The table that frames a run and claims nothing about the world: it rests on nothing.
const FRAME: &str = "time";

/// What layers did to a table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trail {
    /// Facts that the layer takes out of the table below, and where it says so.
    pub(crate) removed: Vec<(String, Place)>,
    /// Facts that were changed without a word on what they rest.
    unstated: Vec<(String, Place)>,
    /// Where facts were changed with a word on what they rest, and none on how sure they are.
    unsure: Option<Place>,
    /// Facts that were changed since a title or citation was written.
    outdated: IndexMap<&'static str, Vec<String>>,
}

/// What a layer says beside its values.
pub(crate) struct Said {
    pub(crate) backing: Backing,
    /// Titles and citations that it says anew.
    pub(crate) anew: Vec<&'static str>,
    /// Facts that it changes, and where.
    pub(crate) changed: Vec<(String, Place)>,
}

impl Said {
    /// What a layer says of a table, which takes `lower`'s place.
    pub(crate) fn of(lower: &Table, upper: &Table) -> Said {
        let entity = has_facts(lower);
        let changes = |(key, entry): &(&String, &Entry)| {
            let old = lower.entries.get(*key).map(|entry| &entry.node.value);
            changes_fact(key, old, &entry.node.value, entity)
        };
        let mut changed = upper.trail.removed.clone();
        changed.extend(upper.entries.iter().filter(changes).map(|(key, entry)| (key.clone(), entry.key.clone())));
        let anew = SPEAKS_OF_FACTS.into_iter().filter(|word| upper.entries.contains_key(*word)).collect();
        Said { backing: upper.backing.clone(), anew, changed }
    }
}

/// Whether a layer that has `new` under a key where `old` stood changes a fact of the table. A parameter is none: it is
/// replaced whole, with what it rests on. Neither is a table that merges, whose facts are its own.
fn changes_fact(key: &str, old: Option<&Value>, new: &Value, entity: bool) -> bool {
    if WORDS.contains(&key) {
        return false;
    }
    match (old, new) {
        (Some(old), new) if is_fact(old) || is_fact(new) => !same(old, new),
        (None, Value::Table(table)) => entity && table.backing.origin.is_none() && has_facts(table),
        (None, new) => is_fact(new),
        _ => false,
    }
}

/// Whether a value is a fact by itself, other than a table or parameters, which have their own support.
fn is_fact(value: &Value) -> bool {
    match value {
        Value::Table(_) | Value::Invalid => false,
        Value::List(items) => items.iter().all(|item| item.as_table().is_none()),
        _ => true,
    }
}

fn has_facts(table: &Table) -> bool {
    !table.is_record() && table.entries.values().any(|entry| is_fact(&entry.node.value))
}

/// Whether taking a key out of a table takes out a fact of it.
pub(crate) fn removes_fact(table: &Table, key: &str) -> bool {
    let value = table.get(key).map(|node| &node.value);
    let within = |value: &Value| matches!(value, Value::Table(inner) if has_facts(table) && has_facts(inner));
    !WORDS.contains(&key) && value.is_some_and(|value| is_fact(value) || within(value))
}

/// Whether two values say the same, however their digits are written.
fn same(a: &Value, b: &Value) -> bool {
    let number = |text: &str| text.replace('_', "").parse::<Decimal>().ok();
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || number(a).is_some_and(|a| number(b) == Some(a)),
        (Value::Text(a), Value::Text(b)) => a.trim() == b.trim(),
        (Value::Flag(a), Value::Flag(b)) => a == b,
        (Value::Date(a), Value::Date(b)) => a == b,
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(&a.value, &b.value))
        }
        _ => false,
    }
}

/// What a table rests on once a layer said this of it.
pub(crate) fn lay_over(table: &mut Table, said: Said) {
    let Said { backing: upper, anew, changed } = said;
    anew.iter().for_each(|word| drop(table.trail.outdated.shift_remove(word)));
    if changed.is_empty() {
        if upper.own_origin {
            table.backing.origin = upper.origin;
            table.backing.own_origin = true;
            table.trail.unstated.clear();
        }
        if upper.own_confidence {
            table.backing.confidence = upper.confidence;
            table.backing.own_confidence = true;
            table.trail.unsure = None;
        }
        if upper.note.is_some() {
            table.backing.note = upper.note;
        }
        return;
    }
    outdate(table, changed.iter().map(|(key, _)| key.as_str()), &anew);
    if upper.origin.is_some() {
        table.trail.unstated.clear();
        table.trail.unsure =
            upper.confidence.is_none().then(|| changed.first().map(|(_, place)| place.clone())).flatten();
        let confidence = upper.confidence.or(Some(Confidence::Low));
        table.backing = Backing { confidence, own_origin: true, own_confidence: true, ..upper };
    } else {
        let known = |key: &str, trail: &Trail| trail.unstated.iter().any(|(k, _)| k == key);
        for (key, place) in changed {
            if !known(&key, &table.trail) {
                table.trail.unstated.push((key, place));
            }
        }
        // A remark on the old value is no remark on the new one.
        table.backing.note = upper.note;
    }
}

/// Notes that facts were changed, for a title and citation that are not said anew.
fn outdate<'k>(table: &mut Table, changed: impl Iterator<Item = &'k str> + Clone, anew: &[&'static str]) {
    for word in SPEAKS_OF_FACTS.into_iter().filter(|word| !anew.contains(word) && table.entries.contains_key(*word)) {
        let keys = table.trail.outdated.entry(word).or_default();
        changed.clone().for_each(|key| {
            if !keys.iter().any(|known| known == key) {
                keys.push(key.to_owned());
            }
        });
    }
}

/// A fact of the table that stands at a path was set by hand to something else.
pub(crate) fn set_by_hand(table: &mut Table, path: &str, key: &str, typed: &str) {
    if path == FRAME || WORDS.contains(&key) {
        return;
    }
    outdate(table, std::iter::once(key), &[]);
    let keys = match table.backing.origin.as_deref() {
        Some(Origin::Assumption(reason)) if reason.starts_with(typed) => format!("{reason}, {key}"),
        _ => format!("{typed}: {key}"),
    };
    table.trail.unstated.clear();
    table.trail.unsure = None;
    table.backing = assumed(if table.is_record() { typed.to_owned() } else { keys });
}

/// What backs something that rests on an assumption of which no more is known.
pub(crate) fn assumed(reason: String) -> Backing {
    Backing {
        origin: Some(Arc::new(Origin::Assumption(reason))),
        confidence: Some(Confidence::Low),
        note: None,
        own_origin: true,
        own_confidence: true,
    }
}

/// Whether what was set differs from what stood there.
pub(crate) fn differs(old: &Node, new: &Node) -> bool {
    !same(&old.value, &new.value)
}

/// Once all layers are laid: writes into each table what became of its support, and warns of what rests on nothing.
pub(crate) fn settle(merged: &mut Table, files: &Files) -> Vec<Problem> {
    let mut warnings = Vec::new();
    for (key, entry) in &mut merged.entries {
        if let (Value::Table(table), false) = (&mut entry.node.value, key == FRAME) {
            settle_table(table, key, files, &mut warnings);
        }
    }
    warnings
}

fn settle_table(table: &mut Table, path: &str, files: &Files, warnings: &mut Vec<Problem>) {
    let Trail { unstated, unsure, outdated, .. } = *std::mem::take(&mut table.trail);
    for (word, keys) in outdated {
        if let Some(Value::Text(text)) = table.entries.get_mut(word).map(|entry| &mut entry.node.value) {
            *text = match word {
                "title" => format!("{} (changed: {})", text.trim(), keys.join(", ")),
                _ => format!("changed from: {}", text.trim()),
            };
        }
    }
    if let Some((_, place)) = unstated.first() {
        let keys: Vec<&str> = unstated.iter().map(|(key, _)| key.as_str()).collect();
        warnings.push(rests_on_nothing(path, &keys, place, &table.backing, files));
        let note = table.backing.note.take();
        let reason = format!("not stated: {} changed without a source or an assumption", was(&keys));
        table.backing = Backing { note, ..assumed(reason) };
    } else if let Some(place) = unsure {
        let message = format!("`{path}` is changed, but does not say how sure the change is: `low` is assumed");
        let help = format!("add `confidence = \"high\"`, \"medium\" or \"low\" to `[{path}]` in this file");
        warnings.push(Problem::warning(message).at(files, &place, "changed here").help(help));
    }
    for (key, entry) in &mut table.entries {
        if let Value::Table(inner) = &mut entry.node.value {
            settle_table(inner, &format!("{path}.{key}"), files, warnings);
        }
    }
}

/// "threshold was", "threshold and from were".
fn was(keys: &[&str]) -> String {
    match keys {
        [one] => format!("{one} was"),
        [all @ .., last] => format!("{} and {last} were", all.join(", ")),
        [] => String::new(),
    }
}

fn rests_on_nothing(path: &str, keys: &[&str], place: &Place, below: &Backing, files: &Files) -> Problem {
    let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    let message = format!("`{path}` is changed ({}), but nothing says on what the change rests", keys.join(", "));
    let before = match below.origin.as_deref() {
        Some(Origin::Sources(cited)) => {
            let cited: Vec<&str> = cited.iter().map(|(key, _)| key.as_str()).collect();
            format!("; what the old value rests on ({}) is not cited for the new one", cited.join(", "))
        }
        Some(Origin::Assumption(_)) => {
            "; the assumption behind the old value does not count for the new one".to_owned()
        }
        Some(Origin::Invalid) | None => String::new(),
    };
    let help = format!(
        "add `source = \"KEY\"` or `assumption = \"REASON\"`, and `confidence`, to `[{path}]` in this file{before}. \
         Until then it counts as an assumption that is not stated"
    );
    Problem::warning(message).at(files, place, "changed here").help(help)
}

#[cfg(test)]
mod tests;
