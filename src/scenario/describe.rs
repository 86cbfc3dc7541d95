//! What a scenario is made of, for `check`: what each of its layers changes in what it extends, and how much of it rests
//! on assumptions.

use std::fmt;

use indexmap::IndexMap;

use super::layer::{self, in_words};
use super::load::{Changes, Parts, load_layered};
use super::problem::Problems;
use super::resolved::compact;
use super::source::{Library, Source};
use super::support;
use super::tree::{Node, Table, Value};

/// What a scenario changes and what it rests on.
#[derive(Debug, Clone)]
pub struct Description {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Whether it can be run alone.
    pub runnable: bool,
    /// Its layers: the outermost first, the file itself last.
    pub layers: Vec<LayerChanges>,
    /// How many parameters it has.
    pub parameters: usize,
    /// How many of them are assumptions.
    pub assumptions: usize,
    /// The same by kind of entity (the top-level table), in reading order.
    pub by_kind: Vec<KindCount>,
}

/// What one file changes in what it extends.
#[derive(Debug, Clone)]
pub struct LayerChanges {
    /// The file.
    pub file: String,
    /// What it extends; `None` for the outermost, which changes nothing.
    pub extends: Option<String>,
    /// The changes, in the order of the merged tree: removals first.
    pub changes: Vec<Change>,
}

/// One difference between a layer and what it extends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A table or value that was not there.
    Added {
        /// Dotted path.
        path: String,
        /// What it is, in words.
        what: String,
    },
    /// A table or value that is gone.
    Removed {
        /// Dotted path.
        path: String,
    },
    /// A value that is another.
    Changed {
        /// Dotted path.
        path: String,
        /// What it was.
        from: String,
        /// What it is.
        to: String,
    },
}

/// Parameters of one kind of entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindCount {
    /// The top-level table, such as `offers`.
    pub kind: String,
    /// How many parameters.
    pub parameters: usize,
    /// How many of them are assumptions.
    pub assumptions: usize,
}

impl Change {
    /// Dotted path of what differs.
    pub fn path(&self) -> &str {
        match self {
            Change::Added { path, .. } | Change::Removed { path } | Change::Changed { path, .. } => path,
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::Added { path, what } => write!(f, "adds {path}: {what}"),
            Change::Removed { path } => write!(f, "removes {path}"),
            Change::Changed { path, from, to } => write!(f, "changes {path} from {from} to {to}"),
        }
    }
}

/// Describes a scenario from what a user typed.
///
/// # Errors
/// As [`super::load()`]: only a sound scenario can be described.
pub fn describe(path_or_id: &str) -> Result<Description, Problems> {
    describe_source(&Library::default(), &Source::named(path_or_id)?)
}

/// Describes a scenario from a source, of a library.
///
/// # Errors
/// As [`describe`].
pub fn describe_source(library: &Library, source: &Source) -> Result<Description, Problems> {
    let scenario = load_layered(library, source, Changes::default())?;
    let parts = Parts::read(library, source)?;
    let mut by_kind: IndexMap<&str, KindCount> = IndexMap::new();
    for param in &scenario.params {
        let kind = param.path.split('.').next().unwrap_or_default();
        let count =
            by_kind.entry(kind).or_insert_with(|| KindCount { kind: kind.to_owned(), parameters: 0, assumptions: 0 });
        count.parameters += 1;
        count.assumptions += usize::from(param.provenance.assumption.is_some());
    }
    let by_kind: Vec<KindCount> = by_kind.into_values().collect();
    Ok(Description {
        layers: layers(&parts),
        parameters: by_kind.iter().map(|k| k.parameters).sum(),
        assumptions: by_kind.iter().map(|k| k.assumptions).sum(),
        by_kind,
        id: scenario.id,
        title: scenario.title,
        runnable: scenario.runnable,
    })
}

fn layers(parts: &Parts) -> Vec<LayerChanges> {
    let mut problems = Problems::default();
    let (mut merged, mut settled) = (Table::default(), Table::default());
    let mut below: Option<String> = None;
    let mut all = Vec::with_capacity(parts.chain.len());
    for layer in parts.chain.iter().rev() {
        layer::lay_over(&mut merged, layer, &parts.files, &mut problems);
        let before = std::mem::replace(&mut settled, merged.clone());
        support::settle(&mut settled, &parts.files);
        let mut changes = Vec::new();
        if below.is_some() {
            compare("", &before, &settled, &mut changes);
        }
        let file = layer.source.name();
        all.push(LayerChanges { file: file.clone(), extends: below.replace(file), changes });
    }
    all
}

/// The differences between two tables: what is gone, then what is new or other.
pub(super) fn compare(path: &str, before: &Table, after: &Table, changes: &mut Vec<Change>) {
    let path_of = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    for key in before.keys().filter(|k| after.get(k).is_none()) {
        changes.push(Change::Removed { path: path_of(key) });
    }
    for (key, entry) in &after.entries {
        match before.get(key) {
            None => added(&path_of(key), &entry.node, changes),
            Some(old) => compare_nodes(path_of(key), old, &entry.node, changes),
        }
    }
}

/// A new table of tables (`provisions`) is its entries; anything else is one change.
fn added(path: &str, node: &Node, changes: &mut Vec<Change>) {
    match &node.value {
        Value::Table(table) if !path.contains('.') && table.entries.values().all(|e| e.node.as_table().is_some()) => {
            for (key, entry) in &table.entries {
                added(&format!("{path}.{key}"), &entry.node, changes);
            }
        }
        Value::Table(table) if !table.is_record() => {
            let word = |key| table.get(key).map(|n| compact(&n.value));
            let what = [word("kind"), word("title").or(word("name")), word("from").map(|d| format!("from {d}"))];
            let what: Vec<String> = what.into_iter().flatten().collect();
            let what = if what.is_empty() { in_words(&node.value) } else { what.join(", ") };
            changes.push(Change::Added { path: path.to_owned(), what });
        }
        value => changes.push(Change::Added { path: path.to_owned(), what: in_words(value) }),
    }
}

fn compare_nodes(path: String, old: &Node, new: &Node, changes: &mut Vec<Change>) {
    match (&old.value, &new.value) {
        (Value::Table(a), Value::Table(b)) if !a.is_record() && !b.is_record() => compare(&path, a, b, changes),
        (a, b) => {
            let (from, to) = (compact(a), compact(b));
            if from != to {
                changes.push(Change::Changed { path, from, to });
            }
        }
    }
}
