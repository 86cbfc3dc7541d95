//! What a file in `tests/it/numbers/` says of a page, and how the page compares with it.
//!
//! - `[[quote]]`: `text` as it stands on the page, with `{QUERY : FORMAT}` in place of each number; it must stand there exactly once.
//! - `[[claim]]`: words for a number. `text` stands on the page; `number` is a query, and must lie within `from` and `to`.
//! - `[[stated]]`: numbers that nothing in the repository gives: `texts` that hold them, or `sections` (headings) that are full of them, and `why` they
//!   stand there (an input from a source, a definition, a measurement of a machine on a date).

use std::fs;
use std::ops::Range;
use std::path::Path;

use toml::{Table, Value};

use super::kept::Kept;
use super::query;
use super::text::{Piece, numbers, places, template};

/// A page with what is said of its numbers.
#[derive(Clone)]
pub struct Page {
    /// Its path in the repository.
    pub name: String,
    /// Its text.
    pub text: String,
    quotes: Vec<String>,
    claims: Vec<Claim>,
    stated: Vec<String>,
    sections: Vec<String>,
}

#[derive(Clone)]
struct Claim {
    text: String,
    number: String,
    from: f64,
    to: f64,
}

impl Page {
    pub fn read(file: &Path) -> Page {
        let said = fs::read_to_string(file).unwrap();
        let table: Table = said.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let name = table["page"].as_str().unwrap();
        Page::parse(&said, &fs::read_to_string(super::root().join(name)).unwrap())
    }

    pub fn parse(said: &str, text: &str) -> Page {
        let table: Table = said.parse().unwrap();
        let list = |key: &str| table.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
        let words = |value: &Value, key: &str| {
            value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value:?}")).to_owned()
        };
        let all = |value: &Value, key: &str| -> Vec<String> {
            let texts = value.get(key).and_then(Value::as_array).into_iter().flatten();
            texts.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let end =
            |value: &Value, key: &str| value[key].as_float().or(value[key].as_integer().map(|n| n as f64)).unwrap();
        let claim = |value: &Value| Claim {
            text: words(value, "text"),
            number: words(value, "number"),
            from: end(value, "from"),
            to: end(value, "to"),
        };
        let stated = list("stated");
        assert!(stated.iter().all(|s| s.get("why").is_some()), "{table:?}: something is stated without saying why");
        Page {
            name: table["page"].as_str().unwrap().to_owned(),
            text: text.to_owned(),
            quotes: list("quote").iter().map(|quote| words(quote, "text")).collect(),
            claims: list("claim").iter().map(claim).collect(),
            stated: stated.iter().flat_map(|value| all(value, "texts")).collect(),
            sections: stated.iter().flat_map(|value| all(value, "sections")).collect(),
        }
    }

    /// The same page with another text.
    pub fn with_text(&self, text: String) -> Page {
        Page { text, ..self.clone() }
    }

    /// A page of which nothing is said.
    pub fn empty(name: &str) -> Page {
        let text = fs::read_to_string(super::root().join(name)).unwrap();
        Page::parse(&format!("page = '{name}'"), &text)
    }

    /// Every query of the page.
    pub fn queries(&self) -> impl Iterator<Item = String> {
        let holes = self.quotes.iter().flat_map(|quote| template(quote)).filter_map(|piece| match piece {
            Piece::Hole(hole) => Some(query::split(&hole).0),
            Piece::Words(_) => None,
        });
        holes.chain(self.claims.iter().map(|claim| claim.number.clone()))
    }

    /// The page with its numbers as they should be, and in words what is not.
    pub fn compared(&self, kept: &Kept) -> (String, Vec<String>) {
        let mut wrong = Vec::new();
        let mut renewals: Vec<(Range<usize>, String)> = Vec::new();
        for quote in &self.quotes {
            let pieces = template(quote);
            let found = places(&pieces, &self.text);
            let [(_, holes)] = &found[..] else {
                wrong.push(format!("{}: stands {} times on the page, not once: {quote}", self.name, found.len()));
                continue;
            };
            let asked = pieces.iter().filter_map(|piece| if let Piece::Hole(hole) = piece { Some(hole) } else { None });
            for (hole, place) in asked.zip(holes) {
                let (query, format) = query::split(hole);
                match query::value(&query, kept).and_then(|value| query::shown(&value, &format)) {
                    Ok(right) if right == self.text[place.clone()] => {}
                    Ok(right) => {
                        wrong.push(format!("{}: {} should be {right} ({query})", self.name, &self.text[place.clone()]));
                        renewals.push((place.clone(), right));
                    }
                    Err(why) => wrong.push(format!("{}: {query}: {why}", self.name)),
                }
            }
        }
        for Claim { text, number, from, to } in &self.claims {
            if places(&template(text), &self.text).is_empty() {
                wrong.push(format!("{}: does not stand on the page: {text}", self.name));
            }
            match query::value(number, kept).and_then(|value| query::number(&value)) {
                Ok(value) if (*from..=*to).contains(&value) => {}
                Ok(value) => wrong.push(format!("{}: \"{text}\" is no word for {value} ({number})", self.name)),
                Err(why) => wrong.push(format!("{}: {number}: {why}", self.name)),
            }
        }
        for words in self.stated.iter().filter(|words| places(&template(words), &self.text).is_empty()) {
            wrong.push(format!("{}: does not stand on the page: {words}", self.name));
        }
        let mut text = self.text.clone();
        renewals.sort_by_key(|(place, _)| place.start);
        for (place, right) in renewals.into_iter().rev() {
            text.replace_range(place, &right);
        }
        (text, wrong)
    }

    /// Numbers with a unit of which the file says nothing.
    pub fn unaccounted(&self) -> Vec<String> {
        let claims = self.claims.iter().map(|claim| &claim.text);
        let texts = self.quotes.iter().chain(&self.stated).chain(claims);
        let mut known: Vec<Range<usize>> =
            texts.flat_map(|words| places(&template(words), &self.text)).map(|(place, _)| place).collect();
        known.extend(self.sections.iter().map(|heading| self.section(heading)));
        let open =
            numbers(&self.text).into_iter().filter(|n| !known.iter().any(|k| k.start <= n.start && n.end <= k.end));
        let line = |place: usize| self.text[..place].matches('\n').count() + 1;
        open.map(|place| format!("{}:{}: {}", self.name, line(place.start), self.text[place].replace('\n', " ")))
            .collect()
    }

    /// From a heading to the next of its level or above.
    fn section(&self, heading: &str) -> Range<usize> {
        let start = self.text.find(&format!("{heading}\n")).unwrap_or_else(|| panic!("{}: no {heading}", self.name));
        let level = heading.find(' ').unwrap_or(1);
        let lines = self.text[start..].split_inclusive('\n');
        let within = |line: &&str| !line.starts_with('#') || line.find(' ').is_none_or(|hashes| hashes > level);
        let length: usize = heading.len() + 1 + lines.skip(1).take_while(within).map(str::len).sum::<usize>();
        start..start + length
    }
}
