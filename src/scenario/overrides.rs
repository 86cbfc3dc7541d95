//! `--set path=value`: changes to the merged tree that were typed, each kept as a small file of its own, so that a
//! problem with it is shown like any other.

use super::problem::{Problem, Problems, suggest};
use super::source::Files;
use super::tree::{Entry, Node, Table, Value};
use super::{FileId, Place, parse, support};
use crate::text::{forbidden, named};
use crate::units::Date;

/// What a number that was typed rests on.
pub(super) const TYPED: &str = "set on the command line";

/// Applies the overrides in order; a later one wins.
pub(crate) fn apply(merged: &mut Table, overrides: &[(String, String)], files: &mut Files, problems: &mut Problems) {
    for (path, value) in overrides {
        let text = format!("{path}={value}");
        let file = files.add("--set".to_owned(), text.as_str().into());
        let typed = Typed { file, path, value, offset: path.len() + 1 };
        if let Err(problem) = typed.apply(merged, files, problems) {
            problems.push(problem);
        }
    }
}

/// Sets the date at a path, as [`apply`] would.
pub(crate) fn set_date(merged: &mut Table, path: &str, date: Date, files: &mut Files, problems: &mut Problems) {
    let value = date.to_string();
    let file = files.add("--set".to_owned(), format!("{path}={value}").into());
    let typed = Typed { file, path, value: &value, offset: path.len() + 1 };
    let place = typed.place(typed.offset..typed.offset + value.len());
    if let Err(problem) = typed.put(Node { value: Value::Date(date), place }, merged, files) {
        problems.push(problem);
    }
}

struct Typed<'a> {
    file: FileId,
    path: &'a str,
    value: &'a str,
    /// Where the value starts in the text of the override.
    offset: usize,
}

impl Typed<'_> {
    fn apply(&self, merged: &mut Table, files: &Files, problems: &mut Problems) -> Result<(), Problem> {
        let new = self.read(files, problems);
        self.put(new, merged, files)
    }

    /// Puts a value in its place.
    fn put(&self, new: Node, merged: &mut Table, files: &Files) -> Result<(), Problem> {
        let old = find(merged, self.path).map_err(|(done, key, known)| {
            let within = if done.is_empty() { "the scenario".to_owned() } else { format!("`{done}`") };
            let help = suggest(key, known.iter().map(String::as_str));
            Problem::new(format!("there is no `{}` to set: {within} has no `{key}`", self.path))
                .at(files, &self.place(0..self.path.len()), "not in the scenario")
                .help_if(help)
        })?;
        let before = old.clone();
        match (&mut old.value, new.value) {
            (Value::Table(record), Value::Number(digits)) if record.is_record() => {
                fix(record, digits, &new.place);
                old.place = new.place;
            }
            (Value::Table(record), Value::Table(mut table)) if record.is_record() => {
                // The day of a dated record is its name.
                if let (Some(date), None) = (record.entries.get("date"), table.get("date")) {
                    table.entries.insert("date".into(), date.clone());
                }
                *old = Node { value: Value::Table(table), place: new.place };
            }
            (Value::Table(record), other) if record.is_record() => {
                return Err(self
                    .refused(files, &new.place, format!("is a parameter, but is set to {}", other.found()))
                    .help("write a number, or a whole record: { triangular = [1, 2, 3], unit = ..., bounds = ... }"));
            }
            (Value::Table(table), _) => {
                let keys: Vec<String> = table.keys().take(8).map(|k| format!("{}.{k}", self.path)).collect();
                return Err(self
                    .refused(files, &new.place, "is a table, not a value".into())
                    .help(format!("set one of its keys, such as {}", keys.join(", "))));
            }
            (Value::Text(_), Value::Text(text)) => *old = Node { value: Value::Text(text), place: new.place },
            // A bare word that happens to look like a number is still a text where a text stands.
            (Value::Text(_), Value::Number(_) | Value::Flag(_)) => {
                *old = Node { value: Value::Text(self.value.trim().to_owned()), place: new.place };
            }
            (_, value) => *old = Node { value, place: new.place },
        }
        // A record or table is its own; anything else is a fact of the table around it.
        if old.as_table().is_none() && support::differs(&before, old) {
            self.back(merged);
        }
        Ok(())
    }

    /// Says of the table around the value that it rests on what was typed.
    fn back(&self, merged: &mut Table) {
        let Some((parent, key)) = self.path.rsplit_once('.') else { return };
        if let Ok(Node { value: Value::Table(table), .. }) = find(merged, parent) {
            support::set_by_hand(table, parent, key, TYPED);
        }
    }

    /// The typed value: TOML, or a bare word.
    fn read(&self, files: &Files, problems: &mut Problems) -> Node {
        if let Some(node) = parse::value(files, self.file, self.offset, problems) {
            return node;
        }
        let place = self.place(self.offset..self.offset + self.value.len());
        let text = self.value.trim();
        if let Some(c) = forbidden(text, false) {
            let message = format!("the value holds the character {}", named(c));
            problems.push(Problem::new(message).at(files, &place, "in this text").help("write it without"));
        }
        Node { value: Value::Text(text.to_owned()), place }
    }

    fn place(&self, span: std::ops::Range<usize>) -> Place {
        Place { file: self.file, span }
    }

    fn refused(&self, files: &Files, place: &Place, why: String) -> Problem {
        Problem::new(format!("`{}` {why}", self.path)).at(files, place, "can't be set to this")
    }
}

/// Replaces the distribution of a record by one value; unit and bounds stay.
fn fix(record: &mut Table, digits: String, place: &Place) {
    record.entries.retain(|key, _| ["unit", "bounds", "date"].contains(&key.as_str()));
    let node = Node { value: Value::Number(digits), place: place.clone() };
    record.entries.insert("value".into(), Entry { key: place.clone(), node });
    record.backing = support::assumed(TYPED.to_owned());
}

/// Where a search failed: the path so far, the key that is not there, the keys that are.
type Lost<'p> = (&'p str, &'p str, Vec<String>);

/// The node at a dotted path. An element of a dated list is named by its day.
fn find<'t, 'p>(table: &'t mut Table, path: &'p str) -> Result<&'t mut Node, Lost<'p>> {
    let mut done = 0;
    let known: Vec<String> = table.keys().map(str::to_owned).collect();
    let first = path.split('.').next().unwrap_or_default();
    let Some(mut node) = table.entries.get_mut(first).map(|e| &mut e.node) else { return Err(("", first, known)) };
    done += first.len();
    while done < path.len() {
        let so_far = &path[..done];
        let key = path[done + 1..].split('.').next().unwrap_or_default();
        node = match &mut node.value {
            Value::Table(table) => {
                let known: Vec<String> = table.keys().map(str::to_owned).collect();
                table.entries.get_mut(key).map(|e| &mut e.node).ok_or((so_far, key, known))?
            }
            Value::List(items) => {
                let known: Vec<String> = items.iter().filter_map(day).collect();
                items.iter_mut().find(|item| day(item).is_some_and(|d| d == key)).ok_or((so_far, key, known))?
            }
            _ => return Err((so_far, key, Vec::new())),
        };
        done += 1 + key.len();
    }
    Ok(node)
}

/// The day of a dated record.
fn day(node: &Node) -> Option<String> {
    match &node.as_table()?.get("date")?.value {
        Value::Date(date) => Some(date.to_string()),
        _ => None,
    }
}
