//! What the readers ask for, noted while they read: which keys each table has, what kind of value each takes, what it means
//! and whether it must be there. The JSON Schema is made of these notes, so that no key is written down a second time.

use std::cell::RefCell;
use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::param::Quantity;
use crate::units::Named;

thread_local! {
    /// The notes that are being taken. Reading is done on one thread, and in depth: handing the notes down through every
    /// function of it would be seen in all of them, for the sake of one command.
    static NOTES: RefCell<Option<Notes>> = const { RefCell::new(None) };
}

/// The key that stands for every key of a table whose keys are ids.
pub(crate) const EACH: &str = "*";

/// What kind of value a key takes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What {
    /// Anything.
    Free,
    Text,
    Number,
    Flag,
    Date,
    Share,
    /// A whole number in a range.
    Whole(u8, u8),
    Country,
    /// One of these, each with its meaning.
    OneOf(Vec<(String, String)>),
    /// Several of these.
    Several(Vec<(String, String)>),
    /// The id of an entity of a table.
    Id(&'static str),
    /// Several of these.
    Ids(&'static str),
    Texts,
    /// A table; its own keys are noted under it.
    Table,
    /// A list of tables; their keys are noted under it.
    Tables,
    /// A parameter record.
    Param(Quantity),
    /// Dated parameter records.
    Dated(Quantity),
    /// A date, or this word.
    DayOr(&'static str),
    /// A text, a date or a whole number.
    Period,
}

impl What {
    /// One of the values of a type.
    pub(crate) fn one_of<T: Named>() -> What {
        What::OneOf(values::<T>())
    }

    /// Several of them.
    pub(crate) fn several<T: Named>() -> What {
        What::Several(values::<T>())
    }
}

fn values<T: Named>() -> Vec<(String, String)> {
    T::names().map(str::to_owned).zip(T::meanings()).collect()
}

/// What was asked for, by table.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// By dotted path, with [`EACH`] for every key of a table whose keys are ids.
    pub(crate) tables: IndexMap<String, TableNote>,
}

/// What a kind of table was asked for.
#[derive(Debug, Default)]
pub(crate) struct TableNote {
    /// How many such tables were read.
    tables: usize,
    /// Its keys, in the order in which they were first asked for.
    pub(crate) keys: IndexMap<String, KeyNote>,
    /// Keys of which one must be there.
    pub(crate) either: Vec<Vec<&'static str>>,
    /// Of a table that says of what kind it is: which tables are of which.
    kinds: IndexMap<String, BTreeSet<usize>>,
}

/// A key of a table.
#[derive(Debug, Clone)]
pub(crate) struct KeyNote {
    pub(crate) what: What,
    pub(crate) meaning: String,
    /// In which tables it was asked for, and in which it had to be there.
    asked: BTreeSet<usize>,
    needed: BTreeSet<usize>,
    /// Whether some table went on without it.
    optional: bool,
}

impl TableNote {
    /// Whether a key must be there in every such table.
    pub(crate) fn requires(&self, key: &str) -> bool {
        self.keys.get(key).is_some_and(|key| !key.optional && key.needed.len() == self.tables)
    }

    /// Whether a key must be there wherever it was asked for, though not everywhere it was: where several readers share a table.
    pub(crate) fn needs(&self, key: &str) -> bool {
        self.keys.get(key).is_some_and(|key| !key.optional && !key.needed.is_empty())
    }

    /// The kinds of such a table, each with the keys that it must have, and those that only others have.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = (&str, Vec<&str>, Vec<&str>)> {
        self.kinds.iter().map(|(kind, of)| {
            let keys = || self.keys.iter();
            let needed = keys().filter(|(_, key)| !key.optional && of.is_subset(&key.needed));
            let foreign = keys().filter(|(_, key)| of.is_disjoint(&key.asked));
            (kind.as_str(), needed.map(|(k, _)| k.as_str()).collect(), foreign.map(|(k, _)| k.as_str()).collect())
        })
    }
}

/// Takes notes of what `work` reads.
pub(crate) fn take(work: impl FnOnce()) -> Notes {
    NOTES.set(Some(Notes::default()));
    work();
    NOTES.take().unwrap_or_default()
}

/// A table of which notes are taken.
#[derive(Debug, Clone)]
pub(crate) struct Noted {
    path: String,
    number: usize,
}

impl Noted {
    /// A table at a path, if notes are taken.
    pub(crate) fn begin(path: impl FnOnce() -> String) -> Option<Noted> {
        NOTES.with_borrow_mut(|notes| {
            let notes = notes.as_mut()?;
            let path = path();
            let table = notes.tables.entry(path.clone()).or_default();
            table.tables += 1;
            Some(Noted { path, number: table.tables })
        })
    }

    /// The table under one of its keys.
    pub(crate) fn below(&self, key: &str) -> Option<Noted> {
        Noted::begin(|| format!("{}.{key}", self.path))
    }

    fn note(&self, key: &str, with: impl FnOnce(&mut KeyNote, usize)) {
        NOTES.with_borrow_mut(|notes| {
            let Some(table) = notes.as_mut().and_then(|notes| notes.tables.get_mut(&self.path)) else { return };
            let key = table.keys.entry(key.to_owned()).or_insert_with(|| KeyNote {
                what: What::Free,
                meaning: String::new(),
                asked: BTreeSet::new(),
                needed: BTreeSet::new(),
                optional: false,
            });
            key.asked.insert(self.number);
            with(key, self.number);
        });
    }

    /// A key that need not be there.
    pub(crate) fn optional(&self, key: &str) {
        self.note(key, |key, _| key.optional = true);
    }

    /// A key that must be there.
    pub(crate) fn needed(&self, key: &str) {
        self.note(key, |key, table| {
            key.needed.insert(table);
        });
    }

    /// A key that is known, and no more.
    pub(crate) fn known(&self, key: &str) {
        self.note(key, |_, _| ());
    }

    /// What a key takes, and what it means; what was said first of it stands.
    pub(crate) fn takes(&self, key: &str, what: What, meaning: &str) {
        self.note(key, |key, _| {
            if key.what == What::Free {
                key.what = what;
            }
            if key.meaning.is_empty() {
                meaning.clone_into(&mut key.meaning);
            }
        });
    }

    /// One of these keys must be there.
    pub(crate) fn either(&self, keys: &[&'static str]) {
        NOTES.with_borrow_mut(|notes| {
            let Some(table) = notes.as_mut().and_then(|notes| notes.tables.get_mut(&self.path)) else { return };
            if !table.either.iter().any(|known| known == keys) {
                table.either.push(keys.to_vec());
            }
        });
    }

    /// The table is of this kind.
    pub(crate) fn is(&self, kind: &str) {
        NOTES.with_borrow_mut(|notes| {
            let Some(table) = notes.as_mut().and_then(|notes| notes.tables.get_mut(&self.path)) else { return };
            table.kinds.entry(kind.to_owned()).or_default().insert(self.number);
        });
    }
}
