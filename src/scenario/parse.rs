//! From TOML text to the tree: spans become places, numbers keep their digits, and the keys that say where facts come
//! from are taken out and handed down to the tables below.

use std::sync::Arc;
use std::thread;

use indexmap::IndexMap;
use toml::Spanned;
use toml::de::{DeInteger, DeString, DeTable, DeValue};
use toml::value::Datetime;

use super::param::Confidence;
use super::problem::{Problem, Problems, suggest};
use super::source::Files;
use super::tree::{Backing, Entry, Node, Origin, Table, Value};
use super::{FileId, Place};
use crate::text::{forbidden, named};
use crate::units::{Date, day};

/// The keys that any table may have, and that are handed down to the tables below it.
pub(crate) const SOURCE: &str = "source";
pub(crate) const ASSUMPTION: &str = "assumption";
pub(crate) const CONFIDENCE: &str = "confidence";
pub(crate) const NOTE: &str = "note";

/// The keys whose texts may have several lines.
const PARAGRAPHS: [&str; 3] = ["description", ASSUMPTION, NOTE];

/// Deeper than any key of the format.
const DEEPEST: usize = 24;

/// The parser takes tables nested thousands deep (80 keys in each of 80 nested tables), and recurses to free them: it runs
/// on a thread of its own with a stack to match, whatever the caller's.
const STACK: usize = 64 << 20;

/// Parses a whole file. Syntax errors give no tree; all else that is wrong is added to `problems`.
pub(crate) fn document(files: &Files, file: FileId, problems: &mut Problems) -> Option<Table> {
    let text = &files.get(file)?.text;
    let work = || {
        let mut reading = Reading { files, file, offset: 0, problems: Problems::default() };
        let table = match DeTable::parse(text) {
            Ok(table) => Some(reading.table(table.into_inner(), &Backing::default(), 0)),
            Err(error) => {
                reading.syntax(&error, text);
                None
            }
        };
        (table, reading.problems)
    };
    on_large_stack(work, problems).flatten()
}

/// Parses one value that starts `offset` bytes into a file; `None` if it is not TOML (a bare word, say).
pub(crate) fn value(files: &Files, file: FileId, offset: usize, problems: &mut Problems) -> Option<Node> {
    let text = files.get(file)?.text.get(offset..)?;
    let work = || {
        let mut reading = Reading { files, file, offset, problems: Problems::default() };
        let node = DeValue::parse(text).ok().map(|v| reading.node("", v, &Backing::default(), 0));
        (node, reading.problems)
    };
    on_large_stack(work, problems).flatten()
}

fn on_large_stack<T: Send>(work: impl FnOnce() -> (T, Problems) + Send, problems: &mut Problems) -> Option<T> {
    let done = thread::scope(|scope| {
        let worker = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work);
        worker.ok().and_then(|w| w.join().ok())
    });
    match done {
        Some((result, found)) => {
            found.iter().for_each(|p| problems.push(p.clone()));
            Some(result)
        }
        None => {
            problems.push(Problem::new("the parser could not be run: the system refused to start a thread"));
            None
        }
    }
}

struct Reading<'a> {
    files: &'a Files,
    file: FileId,
    /// Where the parsed text starts in its file.
    offset: usize,
    problems: Problems,
}

impl Reading<'_> {
    fn place(&self, span: std::ops::Range<usize>) -> Place {
        Place { file: self.file, span: span.start + self.offset..span.end + self.offset }
    }

    fn problem(&mut self, message: String, place: &Place, label: &str, help: Option<String>) {
        self.problems.push(Problem::new(message).at(self.files, place, label).help_if(help));
    }

    fn syntax(&mut self, error: &toml::de::Error, text: &str) {
        let message = error.message();
        let place = self.place(error.span().unwrap_or(0..0));
        let line = text[..place.span.start.min(text.len())].rfind('\n').map_or(0, |p| p + 1);
        let line = text[line..].lines().next().unwrap_or_default();
        let is_table = self.files.get(self.file).is_some_and(|file| file.name.to_lowercase().ends_with(".csv"));
        let help = if is_table {
            "this is a table, and TOML is needed here; a table of cases is answered by `chokepoint determine --cases`"
        } else if message.contains("duplicate key") {
            "a key or table may stand only once in a file: merge the two, or delete one"
        } else if ["year", "month", "day", "date", "time", "hour", "minute"].iter().any(|w| message.contains(w)) {
            "a date is written year-month-day, such as 2019-05-16, without quotes"
        } else if message.contains("recur") {
            "tables and lists are nested too deeply"
        } else if line.contains('=') && !line.contains('"') {
            "texts stand in quotes, dates are written 2019-05-16, numbers 0.25 or 1_000_000, lists [1, 2]"
        } else {
            "a line is `key = value`, or `[table]`; texts stand in quotes"
        };
        let what = if message.is_empty() { "not understood" } else { message };
        self.problem(format!("the file is not valid TOML: {what}"), &place, "here", Some(help.to_owned()));
    }

    fn table(&mut self, raw: DeTable<'_>, inherited: &Backing, depth: usize) -> Table {
        let mut entries: IndexMap<String, Entry> = IndexMap::with_capacity(raw.len());
        let mut said = Said::default();
        let mut rest = Vec::with_capacity(raw.len());
        for (key, value) in raw {
            match key.get_ref().as_ref() {
                SOURCE => said.source = Some((key, value)),
                ASSUMPTION => said.assumption = Some((key, value)),
                CONFIDENCE => said.confidence = Some((key, value)),
                NOTE => said.note = Some((key, value)),
                _ => rest.push((key, value)),
            }
        }
        let backing = self.backing(said, inherited);
        for (key, value) in rest {
            let place = self.place(key.span());
            let key = key.into_inner().into_owned();
            self.plain("a key", &key, &place);
            let node = self.node(&key, value, &backing, depth + 1);
            entries.insert(key, Entry { key: place, node });
        }
        Table { entries, backing, ..Table::default() }
    }

    /// Reports a text that holds what can't be seen; whether it holds none.
    fn plain(&mut self, key: &str, text: &str, place: &Place) -> bool {
        let lines = PARAGRAPHS.contains(&key);
        let Some(c) = forbidden(text, lines) else { return true };
        let what = match key {
            "" => "the value".to_owned(),
            "a key" => key.to_owned(),
            key => format!("`{key}`"),
        };
        let help = match matches!(c, '\n' | '\t' | '\r') && !lines {
            true => format!(
                "write it in one line; {} may have several",
                PARAGRAPHS.map(|key| format!("`{key}`")).join(", ")
            ),
            false => {
                "delete it: a text is what a reader sees; it may have come along when the text was pasted".to_owned()
            }
        };
        self.problem(format!("{what} holds the character {}", named(c)), place, "in this text", Some(help));
        false
    }

    /// The value of a key.
    fn node(&mut self, key: &str, raw: Spanned<DeValue<'_>>, inherited: &Backing, depth: usize) -> Node {
        let place = self.place(raw.span());
        if depth > DEEPEST {
            self.problem(format!("more than {DEEPEST} tables or lists inside one another"), &place, "too deep", None);
            return Node { place, value: Value::Invalid };
        }
        let value = match raw.into_inner() {
            DeValue::String(text) => match self.plain(key, &text, &place) {
                true => Value::Text(text.into_owned()),
                false => Value::Invalid,
            },
            DeValue::Integer(digits) => self.integer(&digits, &place).map_or(Value::Invalid, Value::Number),
            DeValue::Float(digits) => Value::Number(digits.as_str().trim_start_matches('+').to_owned()),
            DeValue::Boolean(flag) => Value::Flag(flag),
            DeValue::Datetime(date) => self.date(&date, &place).map_or(Value::Invalid, Value::Date),
            DeValue::Array(items) => {
                Value::List(items.into_iter().map(|item| self.node(key, item, inherited, depth + 1)).collect())
            }
            DeValue::Table(table) => Value::Table(self.table(table, inherited, depth)),
        };
        Node { place, value }
    }

    fn integer(&mut self, digits: &DeInteger<'_>, place: &Place) -> Option<String> {
        if digits.radix() == 10 {
            return Some(digits.as_str().trim_start_matches('+').to_owned());
        }
        let number = u64::from_str_radix(digits.as_str(), digits.radix()).ok();
        if number.is_none() {
            self.problem(format!("the number {digits} is too large"), place, "here", None);
        }
        number.map(|n| n.to_string())
    }

    fn date(&mut self, date: &Datetime, place: &Place) -> Option<Date> {
        let day = date.date.filter(|_| date.time.is_none());
        let read = day.and_then(|d| Date::new(i16::try_from(d.year).ok()?, d.month as i8, d.day as i8).ok());
        if read.is_none() {
            let help = "a date is a day, written year-month-day, such as 2019-05-16, without a time".to_owned();
            self.problem(format!("`{date}` is not a date"), place, "not a day of the calendar", Some(help));
        }
        if let Some(beyond) = read.filter(|day| !day::within_reason(*day)) {
            let help = "write the year in four digits, such as 2019".to_owned();
            self.problem(day::out_of_reason(beyond), place, "this year", Some(help));
            return None;
        }
        read
    }

    /// What backs a table that says `said` below one backed by `inherited`.
    fn backing(&mut self, said: Said<'_>, inherited: &Backing) -> Backing {
        let mut backing = Backing { note: None, own_origin: false, own_confidence: false, ..inherited.clone() };
        if said.source.is_some() || said.assumption.is_some() {
            let origin = self.origin(said.source, said.assumption).unwrap_or(Origin::Invalid);
            backing.origin = Some(Arc::new(origin));
            backing.own_origin = true;
        }
        if let Some((_, value)) = said.confidence {
            backing.confidence = self.confidence(value).or(backing.confidence);
            backing.own_confidence = true;
        }
        if let Some((_, value)) = said.note {
            backing.note = self.words("note", "a remark", value);
        }
        backing
    }

    fn origin(&mut self, source: Option<Said1<'_>>, assumption: Option<Said1<'_>>) -> Option<Origin> {
        match (source, assumption) {
            (Some((source, _)), Some((assumption, _))) => {
                let problem = Problem::new("both `source` and `assumption` are given: exactly one must be")
                    .at(self.files, &self.place(assumption.span()), "an assumption needs no source")
                    .because(self.files, &self.place(source.span()), "the source is named here")
                    .help("keep `source` if the number was read there; else keep `assumption`, with its reason");
                self.problems.push(problem);
                None
            }
            (Some((_, value)), None) => self.sources(value).map(Origin::Sources),
            (None, Some((_, value))) => {
                self.words("assumption", "the reason for the number's centre and width", value).map(Origin::Assumption)
            }
            (None, None) => None,
        }
    }

    fn sources(&mut self, value: Spanned<DeValue<'_>>) -> Option<Vec<(String, Place)>> {
        let place = self.place(value.span());
        let items = match value.into_inner() {
            DeValue::Array(items) => items.into_iter().collect(),
            one => vec![Spanned::new(place.span.start - self.offset..place.span.end - self.offset, one)],
        };
        let count = items.len();
        let keys: Vec<(String, Place)> = items
            .into_iter()
            .filter_map(|item| {
                let place = self.place(item.span());
                let text = item.get_ref().as_str().filter(|t| !t.is_empty())?;
                self.plain(SOURCE, text, &place);
                Some((text.to_owned(), place))
            })
            .collect();
        if keys.is_empty() || keys.len() < count {
            let help = "write `source = \"key\"` or `source = [\"key\", \"key\"]`".to_owned();
            self.problem("`source` must name entries of the bibliography".into(), &place, "not a key", Some(help));
            return None;
        }
        Some(keys)
    }

    fn confidence(&mut self, value: Spanned<DeValue<'_>>) -> Option<Confidence> {
        let place = self.place(value.span());
        let text = value.get_ref().as_str().unwrap_or_default();
        let read = Confidence::parse(text);
        if read.is_none() {
            let help = suggest(text, Confidence::names());
            self.problem("`confidence` must be high, medium or low".into(), &place, "not one of these", help);
        }
        read
    }

    fn words(&mut self, key: &str, what: &str, value: Spanned<DeValue<'_>>) -> Option<String> {
        let place = self.place(value.span());
        let text = value.get_ref().as_str().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned);
        match &text {
            Some(text) => drop(self.plain(key, text, &place)),
            None => self.problem(format!("`{key}` must be a text: {what}"), &place, "not a text, or empty", None),
        }
        text
    }
}

type Said1<'i> = (Spanned<DeString<'i>>, Spanned<DeValue<'i>>);

/// The keys of a table that say where its facts come from.
#[derive(Default)]
struct Said<'i> {
    source: Option<Said1<'i>>,
    assumption: Option<Said1<'i>>,
    confidence: Option<Said1<'i>>,
    note: Option<Said1<'i>>,
}
