//! The tree that scenario files become before they are typed: tables, lists and scalars, each knowing its place, each
//! table knowing the sources that back it. Numbers stay as they were written.

use std::sync::Arc;

use indexmap::IndexMap;

use super::Place;
use super::param::Confidence;
use super::support::{self, Said, Trail};
use crate::units::Date;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) value: Value,
}

/// A value.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Text(String),
    /// Decimal digits as written, without underscores or a plus sign; or `nan`, `inf`.
    Number(String),
    Flag(bool),
    Date(Date),
    List(Vec<Node>),
    Table(Table),
    /// What was written wrongly, and has been reported: whoever asks for it stays silent.
    Invalid,
}

/// A key and its value.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Where the key stands.
    pub(crate) key: Place,
    pub(crate) node: Node,
}

/// A table in file order. The keys `source`, `assumption`, `confidence` and `note` are not among its entries but in its
/// backing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    pub(crate) entries: IndexMap<String, Entry>,
    pub(crate) backing: Backing,
    /// What became of its facts where it was laid over another, or another over it.
    pub(crate) trail: Box<Trail>,
}

/// What is in effect for a table: its own, or what the nearest table above it *in the same file* says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Backing {
    pub(crate) origin: Option<Arc<Origin>>,
    pub(crate) confidence: Option<Confidence>,
    pub(crate) note: Option<String>,
    /// Whether the table itself says `source` or `assumption`.
    pub(crate) own_origin: bool,
    /// Whether the table itself says `confidence`.
    pub(crate) own_confidence: bool,
}

/// Where numbers and facts come from.
#[derive(Debug)]
pub(crate) enum Origin {
    /// Keys of bibliography entries, each with its place.
    Sources(Vec<(String, Place)>),
    /// The reason for an assumption.
    Assumption(String),
    /// It was written, but wrongly, and that has been reported.
    Invalid,
}

impl Value {
    /// The value in words, for "found ...".
    pub(crate) fn found(&self) -> String {
        match self {
            Value::Text(text) => format!("the text \"{}\"", shortened(text)),
            Value::Number(text) => format!("the number {}", shortened(text)),
            Value::Flag(flag) => format!("{flag}"),
            Value::Date(date) => format!("the date {date}"),
            Value::List(_) => "a list".to_owned(),
            Value::Table(table) if table.is_record() => "a parameter record".to_owned(),
            Value::Table(_) => "a table".to_owned(),
            Value::Invalid => "broken".to_owned(),
        }
    }
}

/// A text short enough for a message.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}

impl Node {
    /// The table that this is, if it is one.
    pub(crate) fn as_table(&self) -> Option<&Table> {
        match &self.value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }
}

impl Table {
    /// Whether it is a parameter record: one that replaces another whole.
    pub(crate) fn is_record(&self) -> bool {
        self.entries.contains_key("unit")
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries.get(key).map(|e| &e.node)
    }

    /// The table under a key.
    pub(crate) fn table(&self, key: &str) -> Option<&Table> {
        self.get(key).and_then(Node::as_table)
    }

    /// The keys, in order.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// Lays `upper` over this table: tables merge key by key; a parameter record, a list or a scalar replaces the one
    /// below it whole. What backs an entity stays that of the layer which described it, unless the upper table says
    /// otherwise or changes a fact of it; see [`support`].
    pub(crate) fn lay_over(&mut self, upper: Table) {
        let said = Said::of(self, &upper);
        for (key, entry) in upper.entries {
            match self.entries.get_mut(&key) {
                Some(old) => old.node.lay_over(entry),
                None => {
                    self.entries.insert(key, entry);
                }
            }
        }
        support::lay_over(self, said);
    }

    /// The table at a dotted path, for a fact that is to be noted there; what is missing on the way is made, backed by what is
    /// in effect above it. `None` where something else stands on the way.
    pub(crate) fn table_at(&mut self, path: &str, place: &Place) -> Option<&mut Table> {
        path.split('.').try_fold(self, |table, key| {
            let backing = Backing { note: None, own_origin: false, own_confidence: false, ..table.backing.clone() };
            let made = || Entry {
                key: place.clone(),
                node: Node { place: place.clone(), value: Value::Table(Table { backing, ..Table::default() }) },
            };
            match &mut table.entries.entry(key.to_owned()).or_insert_with(made).node.value {
                Value::Table(inner) if !inner.is_record() => Some(inner),
                _ => None,
            }
        })
    }

    /// Where the search for a dotted path ends in vain: the table that it ends in and the key that this lacks.
    pub(crate) fn lacks<'t, 'p>(&'t self, path: &'p str) -> Option<(&'t Table, &'p str)> {
        let (head, rest) = path.split_once('.').map_or((path, None), |(h, r)| (h, Some(r)));
        match (rest, self.table(head)) {
            (None, _) if self.entries.contains_key(head) => None,
            (Some(rest), Some(table)) => table.lacks(rest),
            _ => Some((self, head)),
        }
    }

    /// Takes the value at a dotted path out of the tree, if it is there.
    pub(crate) fn remove(&mut self, path: &str) {
        match path.split_once('.') {
            None => {
                self.entries.shift_remove(path);
            }
            Some((head, rest)) => {
                if let Some(Value::Table(table)) = self.entries.get_mut(head).map(|e| &mut e.node.value) {
                    table.remove(rest);
                }
            }
        }
    }
}

impl Node {
    fn lay_over(&mut self, upper: Entry) {
        match (&mut self.value, upper.node.value) {
            (Value::Table(old), Value::Table(new)) if !old.is_record() && !new.is_record() => old.lay_over(new),
            (value, new) => {
                *value = new;
                self.place = upper.node.place;
            }
        }
    }
}
