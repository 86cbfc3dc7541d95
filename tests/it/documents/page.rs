//! `docs/parameters.md`: every parameter and every provision of the shipped scenarios, as the loader reads them. A
//! parameter of the base world stands in the table of its entity; what a regime adds or changes, under that regime. Reasons
//! are inherited by whole tables, so each stands once below the rows that rest on it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use chokepoint::scenario::param::{Param, Provenance};
use chokepoint::scenario::words::{dist, number};
use chokepoint::scenario::{self, Kind, Scenario};
use serde_json::Value;

/// Where an entity has at least so many parameters on average, each entity has a table of its own.
const OWN_TABLE: usize = 4;

/// Keys of a provision that have a column of their own, or none.
const COLUMNS: [&str; 10] =
    ["kind", "title", "citation", "announced", "from", "to", "source", "assumption", "confidence", "note"];

/// What a row calls a parameter: its path without the first name, which is that of the section.
pub fn row_name(path: &str) -> &str {
    path.split_once('.').map_or(path, |(_, rest)| rest)
}

/// The whole page.
pub fn parameters() -> String {
    let scenarios: Vec<Scenario> = scenario::shipped()
        .into_iter()
        .filter(|shipped| shipped.kind == Kind::Scenario)
        .map(|shipped| scenario::load(&format!("shipped:{}", shipped.id), &[]).unwrap())
        .collect();
    let base = scenarios.iter().find(|s| s.id == "base").unwrap();
    let mut page = Page::default();
    page.head(base);
    for (section, params) in sections(base.params.iter()) {
        page.section(section, &params, &base.resolved);
    }
    page.law(&scenarios);
    page.regimes(base, &scenarios);
    page.sources(&scenarios);
    page.text
}

/// Parameters by the first name of their path, in reading order.
fn sections<'a>(params: impl Iterator<Item = &'a Param>) -> Vec<(&'a str, Vec<&'a Param>)> {
    let mut sections: Vec<(&str, Vec<&Param>)> = Vec::new();
    for param in params {
        let name = param.path.split('.').next().unwrap();
        match sections.iter_mut().find(|(section, _)| *section == name) {
            Some((_, members)) => members.push(param),
            None => sections.push((name, vec![param])),
        }
    }
    sections
}

/// The second name of a path, which is the entity's; none where the parameter stands in the section itself.
fn entity(param: &Param) -> Option<&str> {
    let (entity, rest) = row_name(&param.path).split_once('.')?;
    (!rest.is_empty()).then_some(entity)
}

#[derive(Default)]
struct Page {
    text: String,
    /// Sources that were named.
    cited: BTreeSet<String>,
}

/// Reasons and remarks under one table, each once.
#[derive(Default)]
struct Notes(Vec<String>);

impl Notes {
    fn number(&mut self, text: &str) -> usize {
        let text = one_line(text);
        let position = self.0.iter().position(|note| *note == text).unwrap_or_else(|| {
            self.0.push(text);
            self.0.len() - 1
        });
        position + 1
    }

    fn write(&self, page: &mut String) {
        for (position, note) in self.0.iter().enumerate() {
            writeln!(page, "{}. {note}", position + 1).unwrap();
        }
        if !self.0.is_empty() {
            page.push('\n');
        }
    }
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn head(&mut self, base: &Scenario) {
        let assumed = base.params.iter().filter(|p| p.provenance.assumption.is_some()).count();
        self.line("# Parameters");
        self.line("");
        self.line("Written by `tests/it/documents.rs` from the files in `scenarios/`; do not edit it by hand. What each number means is");
        self.line("said once at the head of its section; how it enters the model, in [odd.md](odd.md). A number in parentheses is a");
        self.line("reason or remark below the table; a name in backticks is a source, listed at the end. *Bounds* are what the file");
        self.line("admits: a draw never leaves them. A triangular distribution is given as lowest / most likely / highest. Where");
        self.line(
            "nothing but a value stands, the number is the same in every trial, which does not mean that it is known.",
        );
        self.line("");
        let total = base.params.len();
        self.line(&format!(
            "The base world has {total} parameters, of which {assumed} ({}) are assumptions.",
            percent(assumed, total)
        ));
        self.line("");
        self.line("| section | parameters | assumptions |");
        self.line("|---|---|---|");
        for (section, params) in sections(base.params.iter()) {
            let assumed = params.iter().filter(|p| p.provenance.assumption.is_some()).count();
            self.line(&format!("| {section} | {} | {} |", params.len(), percent(assumed, params.len())));
        }
        self.line("");
    }

    fn section(&mut self, section: &str, params: &[&Param], resolved: &Value) {
        self.line(&format!("## {section}"));
        self.line("");
        self.meanings(params);
        let entities: BTreeSet<&str> = params.iter().filter_map(|p| entity(p)).collect();
        if entities.is_empty() || params.len() < OWN_TABLE * entities.len() {
            self.table(params);
            self.facts_by_entity(&resolved[section]);
            return;
        }
        let mut rest = params;
        while let Some(first) = rest.first() {
            let length = rest.iter().take_while(|p| entity(p) == entity(first)).count();
            let name = entity(first).unwrap_or_default();
            self.line(&format!("### {section}.{name}"));
            self.line("");
            let facts = facts(&resolved[section][name]);
            if !facts.is_empty() {
                self.line(&format!("{facts}."));
                self.line("");
            }
            self.table(&rest[..length]);
            rest = &rest[length..];
        }
    }

    /// What the numbers of a section are; those of one meaning together.
    fn meanings(&mut self, params: &[&Param]) {
        let mut meanings: Vec<(String, Vec<String>)> = Vec::new();
        for param in params {
            let meaning = format!("{} ({})", param.meaning, param.quantity);
            let key = last_word(param).to_owned();
            match meanings.iter_mut().find(|(known, _)| *known == meaning) {
                Some((_, keys)) if keys.contains(&key) => {}
                Some((_, keys)) => keys.push(key),
                None => meanings.push((meaning, vec![key])),
            }
        }
        if params.iter().all(|p| entity(p).is_none()) {
            return;
        }
        for (meaning, keys) in meanings {
            let keys = if keys.len() > 3 { "each".to_owned() } else { keys.join(", ") };
            self.line(&format!("- *{keys}*: {meaning}"));
        }
        self.line("");
    }

    fn table(&mut self, params: &[&Param]) {
        // A section without entities has one row a meaning, so the meaning stands in the row.
        let told = params.iter().all(|p| entity(p).is_none());
        let mut notes = Notes::default();
        self.line(if told {
            "| parameter | meaning | value | bounds | rests on | confidence |\n|---|---|---|---|---|---|"
        } else {
            "| parameter | value | bounds | rests on | confidence |\n|---|---|---|---|---|"
        });
        for param in params {
            let meaning = if told { format!(" {} |", param.meaning) } else { String::new() };
            let (low, high) = param.bounds;
            let backing = self.backing(&param.provenance, &mut notes);
            self.line(&format!(
                "| `{}` |{meaning} {} {} | {} to {} | {backing} | {} |",
                row_name(&param.path),
                dist(&param.dist),
                param.quantity,
                number(low),
                number(high),
                param.provenance.confidence,
            ));
        }
        self.line("");
        notes.write(&mut self.text);
    }

    /// Sources, or that it is an assumption, with the numbers of its reason and remark.
    fn backing(&mut self, provenance: &Provenance, notes: &mut Notes) -> String {
        let mut words: Vec<String> = provenance.sources.iter().map(|key| format!("`{key}`")).collect();
        self.cited.extend(provenance.sources.iter().cloned());
        if let Some(reason) = &provenance.assumption {
            self.cited.extend(in_parentheses(reason));
            words.push(format!("assumption ({})", notes.number(reason)));
        }
        if let Some(note) = &provenance.note {
            self.cited.extend(in_parentheses(note));
            words.push(format!("({})", notes.number(note)));
        }
        words.join(" ")
    }

    /// What a section says of its entities that is no number.
    fn facts_by_entity(&mut self, section: &Value) {
        let entities = section.as_object().into_iter().flatten().filter(|(_, entity)| entity.is_object());
        let told: Vec<(&String, String)> =
            entities.map(|(id, entity)| (id, facts(entity))).filter(|(_, facts)| !facts.is_empty()).collect();
        if told.is_empty() {
            return;
        }
        self.line("| entity | facts |\n|---|---|");
        for (id, facts) in told {
            self.line(&format!("| {id} | {facts} |"));
        }
        self.line("");
    }

    /// Every provision once, with the scenarios that hold it as it stands.
    fn law(&mut self, scenarios: &[Scenario]) {
        self.line("## The law");
        self.line("");
        self.line("Days are inclusive. A provision with no last day stays in force to the end. A provision that scenarios hold in unlike");
        self.line("forms has a row for each form.");
        self.line("");
        let mut notes = Notes::default();
        let mut rows: Vec<(String, Vec<&str>)> = Vec::new();
        for scenario in scenarios {
            for (id, provision) in &scenario.regime.provisions {
                let written = &scenario.resolved["provisions"][id];
                let text = |key: &str| written[key].as_str().unwrap_or_default();
                let backing = self.backing(&provision.provenance, &mut notes);
                let row = format!(
                    "| `{id}` | {}: {}. {} | {} | {} | {} | {} | {backing} | {} |",
                    text("kind"),
                    provision.title,
                    content(written),
                    provision.citation,
                    provision.announced,
                    provision.from,
                    provision.to.map(|day| day.to_string()).unwrap_or_default(),
                    provision.provenance.confidence,
                );
                match rows.iter_mut().find(|(known, _)| *known == row) {
                    Some((_, holders)) => holders.push(&scenario.id),
                    None => rows.push((row, vec![&scenario.id])),
                }
            }
        }
        self.line("| id | what it does | citation | announced | from | to | rests on | confidence | in |");
        self.line("|---|---|---|---|---|---|---|---|---|");
        for (row, holders) in rows {
            self.line(&format!("{row} {} |", holders.join(", ")));
        }
        self.line("");
        notes.write(&mut self.text);
    }

    /// Numbers that a scenario adds to the base world or changes in it; scenarios that share them all stand together.
    fn regimes(&mut self, base: &Scenario, scenarios: &[Scenario]) {
        self.line("## What scenarios add or change");
        self.line("");
        self.line("Numbers that the base world does not have or has otherwise: chances of a license by period, above all. A period");
        self.line("lasts until the next one starts.");
        self.line("");
        let known: BTreeMap<&str, String> = base.params.iter().map(|p| (p.path.as_str(), whole(p))).collect();
        let mut groups: Vec<(Vec<&str>, Vec<&Param>)> = Vec::new();
        for scenario in scenarios {
            let own = |p: &&Param| known.get(p.path.as_str()) != Some(&whole(p));
            let params: Vec<&Param> = scenario.params.iter().filter(own).collect();
            if params.is_empty() {
                continue;
            }
            let same = |other: &[&Param]| other.iter().map(|p| whole(p)).eq(params.iter().map(|p| whole(p)));
            match groups.iter_mut().find(|(_, other)| same(other)) {
                Some((ids, _)) => ids.push(&scenario.id),
                None => groups.push((vec![&scenario.id], params)),
            }
        }
        for (ids, params) in groups {
            self.line(&format!("### {}", ids.join(", ")));
            self.line("");
            let of = scenarios.iter().find(|s| s.id == ids[0]).unwrap();
            for (section, params) in sections(params.into_iter()) {
                self.meanings(&params);
                self.table(&params);
                let periods = &of.resolved[section];
                let entities: BTreeSet<&str> = params.iter().filter_map(|p| entity(p)).collect();
                for (id, facts) in entities.iter().map(|id| (id, facts(&periods[*id]))).filter(|(_, f)| !f.is_empty()) {
                    self.line(&format!("- {section}.{id}: {facts}"));
                }
                self.line("");
            }
        }
    }

    fn sources(&mut self, scenarios: &[Scenario]) {
        self.line("## Sources");
        self.line("");
        let mut known = BTreeMap::new();
        for (key, reference) in scenarios.iter().flat_map(|s| &s.bibliography) {
            known.entry(key.clone()).or_insert(reference);
        }
        for (key, reference) in known.iter().filter(|(key, _)| self.cited.contains(*key)) {
            let url = reference.url.as_ref().map(|url| format!(" <{url}>")).unwrap_or_default();
            let line = format!("- `{key}`: {}{url}", one_line(&reference.citation));
            self.text.push_str(&line);
            self.text.push('\n');
        }
    }
}

/// All of a parameter that a table shows.
fn whole(p: &Param) -> String {
    format!("{} {} {:?} {:?} {:?}", p.path, p.quantity, p.dist, p.bounds, p.provenance)
}

/// The last word of a path that names a kind of number: a day or the id of a class or vendor does not.
fn last_word(param: &Param) -> &str {
    let rest = row_name(&param.path).split_once('.').map_or("", |(_, rest)| rest);
    let word = |name: &&str| !name.starts_with(|c: char| c.is_ascii_digit());
    rest.rsplit('.').find(word).unwrap_or(rest)
}

/// Keys in parentheses in a text, as it names sources.
fn in_parentheses(text: &str) -> impl Iterator<Item = String> {
    let inside = text.split('(').skip(1).filter_map(|rest| rest.split(')').next());
    inside.flat_map(|words| words.split([',', ';', ' '])).map(|word| word.trim().to_owned())
}

/// What an entity says that is no number: names of keys and their values, those of tables within it too.
fn facts(entity: &Value) -> String {
    let mut told = Vec::new();
    collect("", entity, &mut told);
    told.join("; ")
}

fn collect(path: &str, value: &Value, told: &mut Vec<String>) {
    match value {
        Value::Object(table) if table.contains_key("unit") => {}
        Value::Object(table) => {
            for (key, value) in table {
                if ["source", "assumption", "confidence", "note"].contains(&key.as_str()) {
                    continue;
                }
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                collect(&path, value, told);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {}
        Value::Null => {}
        value => told.push(format!("{path} {}", plain(value))),
    }
}

/// What a provision holds beside what has a column.
fn content(provision: &Value) -> String {
    let keys = provision.as_object().into_iter().flatten().filter(|(key, _)| !COLUMNS.contains(&key.as_str()));
    keys.map(|(key, value)| format!("{key} {}", plain(value))).collect::<Vec<_>>().join("; ")
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => one_line(text),
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn percent(part: usize, whole: usize) -> String {
    format!("{:.0}%", 100.0 * part as f64 / whole as f64)
}

/// A text as a cell or an item of a list can hold it.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}
