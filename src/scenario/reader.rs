//! A cursor over the tree that asks for values by key, and says of each that is missing, of the wrong kind or unknown what
//! was expected and what is near. It collects problems and goes on, so that one reading shows all of them.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::LazyLock;

use indexmap::IndexMap;

use super::notes::{EACH, Noted, What};
use super::param::Param;
use super::problem::{Problem, Problems, nearest, suggest};
use super::source::Files;
use super::tree::{Entry, Node, Table, Value};
use super::{FileId, Kind, Place, Reference};
use crate::units::{Country, Date, Named, NotACountry, Share, day};

/// What all readers of one scenario share.
pub(crate) struct Context<'a> {
    pub(crate) files: &'a Files,
    /// The whole merged tree, in which references are looked up.
    pub(crate) root: &'a Table,
    pub(crate) bibliography: &'a IndexMap<String, Reference>,
    pub(crate) problems: RefCell<Problems>,
    /// Every parameter read so far.
    pub(crate) params: RefCell<Vec<Param>>,
    /// Places of citations already reported: a table's source is inherited by many.
    pub(crate) reported: RefCell<BTreeSet<(FileId, usize)>>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(files: &'a Files, root: &'a Table, bibliography: &'a IndexMap<String, Reference>) -> Context<'a> {
        let (problems, params) = (RefCell::default(), RefCell::default());
        Context { files, root, bibliography, problems, params, reported: RefCell::default() }
    }

    /// Adds a problem.
    pub(crate) fn push(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }
}

/// A cursor on one table.
pub(crate) struct Reader<'a> {
    pub(crate) cx: &'a Context<'a>,
    pub(crate) table: &'a Table,
    /// Dotted path of the table; empty for the root.
    pub(crate) path: String,
    pub(crate) place: Place,
    /// The names among which a slip of the pen in the table's own name is looked for.
    siblings: Option<&'a Table>,
    /// Where what is asked of it is noted, if it is.
    noted: Option<Noted>,
    asked: RefCell<Vec<&'static str>>,
    /// What must be there and is not: a key, or one of several, and what was expected.
    missing: RefCell<Vec<(Vec<&'static str>, String)>>,
}

impl<'a> Reader<'a> {
    /// A reader of the whole tree.
    pub(crate) fn root(cx: &'a Context<'a>, table: &'a Table, file: FileId) -> Reader<'a> {
        Reader::new(cx, table, String::new(), Place { file, span: 0..0 })
    }

    /// The same, of a file of a kind: what is asked of it is noted as that of the kind.
    pub(crate) fn root_of(kind: Kind, cx: &'a Context<'a>, table: &'a Table, file: FileId) -> Reader<'a> {
        Reader { noted: Noted::begin(|| kind.name().to_owned()), ..Reader::root(cx, table, file) }
    }

    /// A reader of a table that stands at `place` under `path`.
    pub(crate) fn new(cx: &'a Context<'a>, table: &'a Table, path: String, place: Place) -> Reader<'a> {
        let (asked, missing) = (RefCell::default(), RefCell::default());
        Reader { cx, table, path, place, siblings: None, noted: None, asked, missing }
    }

    /// The dotted path of a key of this table.
    pub(crate) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Reports a problem at a place.
    pub(crate) fn problem(&self, place: &Place, message: String, label: &str, help: Option<String>) {
        self.cx.push(Problem::new(message).at(self.cx.files, place, label).help_if(help));
    }

    /// Notes what a key takes and means, for whoever writes such a file.
    pub(crate) fn takes(&self, key: &str, what: What, meaning: &str) {
        if let Some(noted) = &self.noted {
            noted.takes(key, what, meaning);
        }
    }

    /// The same of every key of a table whose keys are ids.
    pub(crate) fn each_takes(&self, what: What, meaning: &str) {
        self.takes(EACH, what, meaning);
    }

    /// Notes that one of several keys must be there.
    pub(crate) fn takes_either(&self, keys: &[&'static str]) {
        if let Some(noted) = &self.noted {
            noted.either(keys);
        }
    }

    /// Notes that the table is of a kind that has keys of its own.
    pub(crate) fn is_of_kind(&self, kind: &str) {
        if let Some(noted) = &self.noted {
            noted.is(kind);
        }
    }

    /// The entry of a key that need not be there.
    pub(crate) fn entry(&self, key: &'static str) -> Option<&'a Entry> {
        if let Some(noted) = &self.noted {
            noted.optional(key);
        }
        self.get(key)
    }

    fn get(&self, key: &'static str) -> Option<&'a Entry> {
        self.asked.borrow_mut().push(key);
        self.table.entries.get(key)
    }

    /// The node of a key that must be there.
    pub(crate) fn need(&self, key: &'static str, expected: impl Into<String>) -> Option<&'a Node> {
        if let Some(noted) = &self.noted {
            noted.needed(key);
        }
        let entry = self.get(key);
        if entry.is_none() {
            self.lacks(vec![key], expected);
        }
        entry.map(|e| &e.node)
    }

    /// Notes that one of several keys is missing.
    pub(crate) fn lacks(&self, keys: Vec<&'static str>, expected: impl Into<String>) {
        self.missing.borrow_mut().push((keys, expected.into()));
    }

    /// Whether the key is there.
    pub(crate) fn has(&self, key: &'static str) -> bool {
        self.entry(key).is_some()
    }

    /// A finite number.
    pub(crate) fn number_at(&self, key: &str, node: &Node) -> Option<f64> {
        let read = match &node.value {
            Value::Number(text) => text.parse::<f64>().ok().filter(|n| n.is_finite()),
            _ => None,
        };
        if read.is_none() {
            let help = "write digits without quotes, such as 0.25 or 1_000_000";
            self.mismatch(key, node, "a finite number", Some(help.into()));
        }
        read
    }

    /// Reports that a value is not of the kind expected.
    pub(crate) fn mismatch(&self, key: &str, node: &Node, expected: &str, help: Option<String>) {
        if matches!(node.value, Value::Invalid) {
            return;
        }
        let path = self.path_of(key);
        let message = format!("`{path}` should be {expected}, but is {}", node.value.found());
        self.problem(&node.place, message, &format!("expected {expected}"), help);
    }

    fn as_text(&self, key: &str, node: &'a Node, expected: &str) -> Option<&'a str> {
        match &node.value {
            Value::Text(text) if !text.trim().is_empty() => Some(text.trim()),
            _ => {
                self.mismatch(key, node, expected, None);
                None
            }
        }
    }

    /// A text that is not empty; `meaning` says what it is.
    pub(crate) fn text(&self, key: &'static str, meaning: &str) -> Option<String> {
        self.takes(key, What::Text, meaning);
        let node = self.need(key, "a text in quotes")?;
        self.as_text(key, node, "a text that is not empty").map(str::to_owned)
    }

    /// A text that need not be there. Outer `None`: there, but wrong.
    pub(crate) fn text_opt(&self, key: &'static str, meaning: &str) -> Option<Option<String>> {
        self.takes(key, What::Text, meaning);
        if self.has(key) { self.text(key, meaning).map(Some) } else { Some(None) }
    }

    /// `true` or `false`, where it need not be there: then it is `usual`.
    pub(crate) fn flag_or(&self, key: &'static str, usual: bool, meaning: &str) -> Option<bool> {
        self.takes(key, What::Flag, meaning);
        if self.has(key) { self.flag(key, meaning) } else { Some(usual) }
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self, key: &'static str, meaning: &str) -> Option<bool> {
        self.takes(key, What::Flag, meaning);
        let node = self.need(key, "true or false")?;
        match node.value {
            Value::Flag(flag) => Some(flag),
            _ => {
                self.mismatch(key, node, "true or false", Some("write it without quotes".into()));
                None
            }
        }
    }

    fn as_date(&self, key: &str, node: &Node) -> Option<Date> {
        match &node.value {
            Value::Date(date) => Some(*date),
            Value::Text(text) => {
                let help = match (day::day(text), day::question(&day::meant(text))) {
                    (Err(_), Some(question)) => format!("write it year-month-day, without quotes: {question}"),
                    (day, _) => format!("write it without quotes: {}", day.map_or("2019-05-16", |_| text)),
                };
                self.mismatch(key, node, "a date", Some(help));
                None
            }
            Value::Number(digits) => {
                let meant = day::question(&day::meant(digits)).map(|question| format!(": {question}"));
                let help = format!("a date is written 2019-05-16 (year-month-day){}", meant.unwrap_or_default());
                self.mismatch(key, node, "a date", Some(help));
                None
            }
            _ => {
                self.mismatch(key, node, "a date", Some("a date is written 2019-05-16 (year-month-day)".into()));
                None
            }
        }
    }

    /// A day.
    pub(crate) fn date(&self, key: &'static str, meaning: &str) -> Option<Date> {
        self.takes(key, What::Date, meaning);
        self.as_date(key, self.need(key, "a date, such as 2019-05-16")?)
    }

    /// A day that need not be there. Outer `None`: there, but wrong.
    pub(crate) fn date_opt(&self, key: &'static str, meaning: &str) -> Option<Option<Date>> {
        self.takes(key, What::Date, meaning);
        match self.entry(key) {
            Some(entry) => self.as_date(key, &entry.node).map(Some),
            None => Some(None),
        }
    }

    /// An exact decimal share that need not be there: then it is `usual`.
    pub(crate) fn share_or(&self, key: &'static str, usual: Share, meaning: &str) -> Option<Share> {
        self.takes(key, What::Share, meaning);
        if self.has(key) { self.share(key, meaning) } else { Some(usual) }
    }

    /// An exact decimal share.
    pub(crate) fn share(&self, key: &'static str, meaning: &str) -> Option<Share> {
        self.takes(key, What::Share, meaning);
        let node = self.need(key, "a share from 0 to 1, such as 0.25")?;
        let help = |text: &str| Share::from_percent(text).map(|share| format!("for {text} percent write {share}"));
        match &node.value {
            Value::Number(text) => match text.parse::<Share>() {
                Ok(share) => Some(share),
                Err(_) => {
                    self.mismatch(key, node, "a share from 0 to 1", help(text));
                    None
                }
            },
            _ => {
                self.mismatch(key, node, "a share from 0 to 1", Some("write a number without quotes: 0.25".into()));
                None
            }
        }
    }

    /// A whole number in a range.
    pub(crate) fn whole(&self, key: &'static str, lowest: u8, highest: u8, meaning: &str) -> Option<u8> {
        self.takes(key, What::Whole(lowest, highest), meaning);
        let expected = format!("a whole number from {lowest} to {highest}");
        let node = self.need(key, expected.clone())?;
        let number = match &node.value {
            Value::Number(text) => text.parse::<u8>().ok().filter(|n| (lowest..=highest).contains(n)),
            _ => None,
        };
        if number.is_none() {
            self.mismatch(key, node, &expected, None);
        }
        number
    }

    /// A country code.
    pub(crate) fn country(&self, key: &'static str, meaning: &str) -> Option<Country> {
        self.takes(key, What::Country, meaning);
        let expected = "a two-letter country code of ISO 3166 in capitals, such as US or TW";
        let node = self.need(key, expected)?;
        let text = self.as_text(key, node, expected)?;
        text.parse().map_err(|unknown: NotACountry| self.mismatch(key, node, expected, unknown.hint())).ok()
    }

    /// A country code that need not be there. Outer `None`: there, but wrong.
    pub(crate) fn country_opt(&self, key: &'static str, meaning: &str) -> Option<Option<Country>> {
        self.takes(key, What::Country, meaning);
        if self.has(key) { self.country(key, meaning).map(Some) } else { Some(None) }
    }

    /// One of the named values of a type, where it need not be there: then it is `usual`.
    pub(crate) fn choice_or<T: Named>(&self, key: &'static str, usual: T, meaning: &str) -> Option<T> {
        self.takes(key, What::one_of::<T>(), meaning);
        if self.has(key) { self.choice_of(key, meaning) } else { Some(usual) }
    }

    /// One of the named values of a type.
    pub(crate) fn choice_of<T: Named>(&self, key: &'static str, meaning: &str) -> Option<T> {
        self.takes(key, What::one_of::<T>(), meaning);
        let node = self.need(key, format!("one of {}", T::names().collect::<Vec<_>>().join(", ")))?;
        self.as_choice(key, node)
    }

    fn as_choice<T: Named>(&self, key: &str, node: &'a Node) -> Option<T> {
        let names: Vec<&str> = T::names().collect();
        let text = self.as_text(key, node, &format!("a {} in quotes: {}", T::WHAT, names.join(", ")))?;
        let read = T::parse(text);
        if read.is_none() {
            let message = format!("`{}` is \"{text}\", which is not a {}", self.path_of(key), T::WHAT);
            let help = match nearest(text, names.iter().copied()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("write one of: {}", names.join(", ")),
            };
            self.problem(&node.place, message, &format!("not a {}", T::WHAT), Some(help));
        }
        read
    }

    /// Several of the named values of a type; at least one.
    pub(crate) fn choices_of<T: Named>(&self, key: &'static str, meaning: &str) -> Option<Vec<T>> {
        self.takes(key, What::several::<T>(), meaning);
        let items = self.list(key, &format!("{}s", T::WHAT))?;
        let read: Vec<T> = items.iter().filter_map(|item| self.as_choice(key, item)).collect();
        (read.len() == items.len()).then_some(read)
    }

    /// A list that is not empty.
    pub(crate) fn list(&self, key: &'static str, of: &str) -> Option<&'a [Node]> {
        self.takes(key, What::Tables, of);
        let node = self.need(key, format!("a list of {of}, in brackets"))?;
        self.list_at(key, node, of)
    }

    /// The list in a node of this table; not empty.
    pub(crate) fn list_at(&self, key: &str, node: &'a Node, of: &str) -> Option<&'a [Node]> {
        let expected = format!("a list of {of}, in brackets");
        match &node.value {
            Value::List(items) if !items.is_empty() => Some(items),
            Value::List(_) => {
                let message = format!("`{}` is empty, but must name at least one", self.path_of(key));
                self.problem(&node.place, message, &format!("expected {expected}"), None);
                None
            }
            _ => {
                self.mismatch(key, node, &expected, Some("write [\"a\", \"b\"]".into()));
                None
            }
        }
    }

    /// Texts with their places; at least one, none twice.
    pub(crate) fn texts(&self, key: &'static str, of: &str) -> Option<Vec<(&'a str, &'a Place)>> {
        self.takes(key, What::Texts, of);
        let items = self.list(key, of)?;
        let mut read: Vec<(&str, &Place)> = Vec::with_capacity(items.len());
        for item in items {
            let text = self.as_text(key, item, "a text in quotes")?;
            if let Some((_, first)) = read.iter().find(|(t, _)| *t == text) {
                let message = format!("`{}` names `{text}` twice", self.path_of(key));
                let problem = Problem::new(message).at(self.cx.files, &item.place, "again").help("delete one");
                self.cx.push(problem.because(self.cx.files, first, "first here"));
                return None;
            }
            read.push((text, &item.place));
        }
        Some(read)
    }

    /// Whether `name` is a key of the table at the dotted path `whose` (`suppliers`); reported, with the nearest, if not.
    pub(crate) fn refers(&self, key: &str, name: &str, place: &Place, whose: &'static str) -> bool {
        let known = whose.split('.').try_fold(self.cx.root, |table, part| table.table(part));
        let known: Vec<&str> = known.map(|t| t.keys().collect()).unwrap_or_default();
        if known.contains(&name) {
            return true;
        }
        let message = format!("`{}` names `{name}`, which is not one of the {whose}", self.path_of(key));
        let help = suggest(name, known).unwrap_or_else(|| format!("no {whose} are described"));
        self.problem(place, message, &format!("not one of the {whose}"), Some(help));
        false
    }

    /// The id of an entity described in the top-level table `whose`.
    pub(crate) fn id(&self, key: &'static str, whose: &'static str, meaning: &str) -> Option<String> {
        self.takes(key, What::Id(whose), meaning);
        let expected = format!("the id of one of the {whose}");
        let node = self.need(key, expected.clone())?;
        let id = self.as_text(key, node, &expected)?;
        self.refers(key, id, &node.place, whose).then(|| id.to_owned())
    }

    /// The id of an entity that need not be there. Outer `None`: there, but wrong.
    pub(crate) fn id_opt(&self, key: &'static str, whose: &'static str, meaning: &str) -> Option<Option<String>> {
        self.takes(key, What::Id(whose), meaning);
        if self.has(key) { self.id(key, whose, meaning).map(Some) } else { Some(None) }
    }

    /// Ids of entities described in the top-level table `whose`; at least one, none twice.
    pub(crate) fn id_list(&self, key: &'static str, whose: &'static str, meaning: &str) -> Option<Vec<String>> {
        self.takes(key, What::Ids(whose), meaning);
        let items = self.texts(key, &format!("ids of {whose}"))?;
        let known: Vec<bool> = items.iter().map(|(id, place)| self.refers(key, id, place, whose)).collect();
        known.iter().all(|k| *k).then(|| items.into_iter().map(|(id, _)| id.to_owned()).collect())
    }

    /// The table under a key that must be there; `expected` says what it holds.
    pub(crate) fn child(&self, key: &'static str, expected: &str) -> Option<Reader<'a>> {
        self.takes(key, What::Table, expected);
        let node = self.need(key, expected)?;
        self.open(key, node)
    }

    /// What is read from the table under a key that need not be there: then it is `absent`.
    pub(crate) fn child_or<T>(
        &self,
        key: &'static str,
        meaning: &str,
        absent: T,
        read: impl FnOnce(Reader<'a>) -> Option<T>,
    ) -> Option<T> {
        self.takes(key, What::Table, meaning);
        if self.has(key) {
            return self.child(key, meaning).and_then(read);
        }
        self.note_absent(key, read);
        Some(absent)
    }

    /// Notes what would be asked of a table that is not there. Reading an empty one in its place has no other effect.
    fn note_absent<T>(&self, key: &'static str, read: impl FnOnce(Reader<'a>) -> Option<T>) {
        static EMPTY: LazyLock<Table> = LazyLock::new(Table::default);
        let Some(noted) = self.noted.as_ref().and_then(|own| own.below(key)) else { return };
        let found = self.cx.problems.take();
        let empty = Reader::new(self.cx, &EMPTY, self.path_of(key), self.place.clone());
        drop(read(Reader { noted: Some(noted), ..empty }));
        self.cx.problems.replace(found);
    }

    /// A reader of a node that must be a table.
    pub(crate) fn open(&self, key: &str, node: &'a Node) -> Option<Reader<'a>> {
        self.open_noted(key, node, key)
    }

    fn open_noted(&self, key: &str, node: &'a Node, noted: &str) -> Option<Reader<'a>> {
        let table = node.as_table();
        if table.is_none() {
            self.mismatch(key, node, "a table", Some(format!("write `[{}]` and its keys below it", self.path_of(key))));
        }
        table.map(|t| Reader {
            siblings: Some(self.table),
            noted: self.noted.as_ref().and_then(|own| own.below(noted)),
            ..Reader::new(self.cx, t, self.path_of(key), node.place.clone())
        })
    }

    /// Readers of all tables in this one, by key; none is unknown here.
    pub(crate) fn children(&self) -> Vec<(&'a str, Reader<'a>)> {
        let all = self.table.entries.iter();
        self.each_takes(What::Table, "");
        all.filter_map(|(key, entry)| self.open_noted(key, &entry.node, EACH).map(|r| (key.as_str(), r))).collect()
    }

    /// As [`Reader::children`], where keys are ids (lower case, digits, hyphens).
    pub(crate) fn entities(&self) -> Vec<(&'a str, Reader<'a>)> {
        for (key, entry) in &self.table.entries {
            self.check_id(key, &entry.key);
        }
        self.children()
    }

    /// Reports a name that is not an id.
    pub(crate) fn check_id(&self, id: &str, place: &Place) {
        if !is_id(id) {
            let help = "an id has at most 64 lower-case letters, digits and hyphens, the first no hyphen";
            self.problem(place, format!("`{}` is not an id", id.escape_debug()), "used as an id", Some(help.into()));
        }
    }

    /// Keys that are known here although nothing asks this reader for them.
    pub(crate) fn also_known(&self, keys: &[&'static str]) {
        if let Some(noted) = &self.noted {
            keys.iter().for_each(|key| noted.known(key));
        }
        self.asked.borrow_mut().extend(keys);
    }

    /// Reports what is missing and what is unknown. Call it last, on every reader but those of ids.
    pub(crate) fn finish(&self) {
        let asked = self.asked.borrow();
        let mut unknown = self.table.entries.iter().filter(|(key, _)| !asked.contains(&key.as_str()));
        while let Some((key, entry)) = unknown.next() {
            if let Some(near) = nearest(key, asked.iter().copied()) {
                // One slip of the pen is one problem.
                self.missing.borrow_mut().retain(|(keys, _)| !keys.contains(&near));
            }
            let message = format!("`{}` is not a key that is known here", self.path_of(key));
            self.problem(&entry.key, message, "unknown key", suggest(key, asked.iter().copied()));
            let mut problems = self.cx.problems.borrow_mut();
            if problems.is_full() {
                problems.count_more(unknown.by_ref().count());
            }
        }
        self.report_missing();
    }

    fn report_missing(&self) {
        let near = self.misspelt();
        let missing = self.missing.take();
        if missing.is_empty() {
            return;
        }
        let whose = if self.path.is_empty() { "the file".to_owned() } else { format!("`{}`", self.path) };
        let name = |keys: &[&str]| keys.iter().map(|k| format!("`{k}`")).collect::<Vec<_>>().join(" or ");
        let names: Vec<String> = missing.iter().map(|(keys, _)| name(keys)).collect();
        let expected: Vec<String> = missing.iter().map(|(keys, what)| format!("{}: {what}", name(keys))).collect();
        let help = match near {
            Some(near) => format!("did you mean to change `{near}`? A new table needs all of these keys"),
            None => format!("add {}", expected.join("; ")),
        };
        self.problem(&self.place, format!("{whose} lacks {}", names.join(", ")), "this table", Some(help));
    }

    /// A new table that lacks most of what it needs is often a patch of another whose name was misspelt.
    pub(crate) fn misspelt(&self) -> Option<&'a str> {
        let own = self.path.rsplit('.').next()?;
        let others = self.siblings?.keys().filter(|k| *k != own);
        if self.missing.borrow().len() >= 3 { nearest(own, others) } else { None }
    }
}

/// Whether a name is an id: lower-case letters, digits, hyphens.
pub(crate) fn is_id(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.starts_with(letter) && name.len() <= 64 && name.chars().all(|c| letter(c) || c == '-')
}
