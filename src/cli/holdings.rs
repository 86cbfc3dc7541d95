//! `chokepoint list --offers` and its like: what a scenario holds, one table a kind of thing, with the ids that other commands
//! ask for. Each table is made once, as flat records, and printed for a person, as CSV or as JSON.

mod records;

use std::io::Write;

use serde_json::{Value as Json, json};

use super::error::CliError;
use super::format::{self, ListFormat};
use crate::report::number::prose;
use crate::scenario::Scenario;
use crate::units::named;
use records::Record;

named! {
    /// What of a scenario is listed.
    Holding, "kind of thing" {
        /// What suppliers sell.
        Offers = "offers",
        /// Suppliers and vendors.
        Firms = "firms",
        /// Who buys products.
        Markets = "markets",
        /// Component classes.
        Classes = "classes",
        /// Product lines.
        Lines = "lines",
        /// Home countries.
        Jurisdictions = "jurisdictions",
        /// Provisions of law.
        Provisions = "provisions",
    }
}

/// Longer lines would wrap on a usual terminal.
const WIDEST: usize = 100;

/// A table of things of one kind.
struct Table {
    holding: Holding,
    records: Vec<Record>,
    /// The columns that a terminal has room for, with their headings.
    shown: &'static [(&'static str, &'static str)],
    /// The column by which rows stand together under a heading.
    grouped_by: Option<&'static str>,
    /// What the ids are good for.
    hint: &'static str,
}

/// Prints the things of one kind.
pub(super) fn print(
    scenario: &Scenario,
    holding: Holding,
    form: ListFormat,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let table = Table::of(scenario, holding);
    match form {
        ListFormat::Json => {
            let records: Vec<&Record> = table.records.iter().collect();
            format::json(&json!({ "scenario": scenario.id, holding.name(): records }), out)
        }
        ListFormat::Csv => out.write_all(&table.csv()?).map_err(CliError::Output),
        ListFormat::Text => out.write_all(table.text(scenario).as_bytes()).map_err(CliError::Output),
    }
}

/// Prints how many things of each kind there are.
pub(super) fn summary(scenario: &Scenario, form: ListFormat, out: &mut dyn Write) -> Result<(), CliError> {
    let counts = Holding::ALL.iter().map(|&holding| (holding, Table::of(scenario, holding).records.len()));
    let text = match form {
        ListFormat::Json => {
            let counts: Record = counts.map(|(holding, count)| (holding.name().to_owned(), count.into())).collect();
            return format::json(&json!({ "scenario": scenario.id, "title": scenario.title, "counts": counts }), out);
        }
        ListFormat::Csv => {
            counts.fold("kind,count\n".to_owned(), |text, (holding, count)| format!("{text}{holding},{count}\n"))
        }
        ListFormat::Text => {
            let head = format!("{}: {}\n", scenario.id, scenario.title);
            counts.fold(head, |text, (holding, count)| format!("{text}{count:>5} {:14} --{holding}\n", holding.name()))
        }
    };
    out.write_all(text.as_bytes()).map_err(CliError::Output)
}

impl Table {
    fn of(scenario: &Scenario, holding: Holding) -> Table {
        let world = &scenario.world;
        let (records, shown, hint): (Vec<Record>, &[_], _) = match holding {
            Holding::Offers => (
                records::offers(world),
                &[
                    ("id", "offer"),
                    ("supplier", "supplier"),
                    ("made_in", "made"),
                    ("item", "item"),
                    ("us_controlled", "US ctrl"),
                    ("us_other", "US oth"),
                    ("us_technology", "tech"),
                    ("us_plant", "plant"),
                    ("price", "USD"),
                ],
                "US content: shares of value, controlled and other. tech, plant: control level of the US\n\
                 technology of which it, or its plant, is a direct product; with a question mark, not certain.\n\
                 Central values; all facts, with ranges, capacity and lead time: --format csv.\n\
                 An id goes to `explain --offer ID` and to `--set offers.ID.price=VALUE`.",
            ),
            Holding::Firms => (
                records::firms(world),
                &[("id", "firm"), ("role", "role"), ("home", "home"), ("offers", "offers"), ("name", "name")],
                "A vendor's id goes to `explain --buyer` and to the column `buyer` of cases, a supplier's to\n\
                 `--set suppliers.ID.license_readiness=VALUE`. What each sells: --format csv.",
            ),
            Holding::Markets => (
                records::markets(world),
                &[("id", "market"), ("region", "region"), ("line", "line"), ("shares", "shares at the start")],
                "An id goes to `--set markets.ID.demand_factor=VALUE`.",
            ),
            Holding::Classes => (
                records::classes(world),
                &[
                    ("id", "class"),
                    ("role", "role"),
                    ("qualification_time", "months"),
                    ("offers", "offers"),
                    ("name", "name"),
                ],
                "Months: to qualify a new source. An id goes to `--set classes.ID.qualification_time=VALUE`.",
            ),
            Holding::Lines => (
                records::lines(world),
                &[
                    ("id", "line"),
                    ("product", "product"),
                    ("category", "category"),
                    ("spares_use", "spares"),
                    ("name", "name"),
                ],
                "An id goes to `--set lines.ID.spares_rate=VALUE`.",
            ),
            Holding::Jurisdictions => (
                records::jurisdictions(world),
                &[("id", "code"), ("name", "name"), ("compliance", "compliance")],
                "A code goes to `--set jurisdictions.CODE.compliance=VALUE`.",
            ),
            Holding::Provisions => (
                records::provisions(scenario),
                &[("id", "provision"), ("from", "first day"), ("to", "last day"), ("title", "title")],
                "What each says, with its citation: --format csv, or `chokepoint diff no-controls SCENARIO`.\n\
                 An id goes to `--set provisions.ID.KEY=VALUE`.",
            ),
        };
        let grouped_by = (holding == Holding::Offers).then_some("class");
        Table { holding, records, shown, grouped_by, hint }
    }

    fn csv(&self) -> Result<Vec<u8>, CliError> {
        // Without a record the columns of the text stand for all: a table without rows is still a table.
        let shown = || self.shown.iter().map(|(key, _)| (*key).to_owned()).collect();
        let header = self.records.first().map_or_else(shown, |first| first.keys().cloned().collect());
        let rows = self.records.iter().map(|record| record.values().map(cell).collect());
        format::csv(std::iter::once(header).chain(rows))
    }

    fn text(&self, scenario: &Scenario) -> String {
        if self.records.is_empty() {
            return format!("`{}` has no {}.\n", scenario.id, self.holding);
        }
        let rows: Vec<Vec<String>> = (self.records.iter())
            .map(|record| self.shown.iter().map(|(key, _)| shown(record, key)).collect())
            .collect();
        let widths: Vec<usize> = (0..self.shown.len())
            .map(|column| {
                let cells = rows.iter().map(|row| row[column].chars().count());
                cells.chain([self.shown[column].1.len()]).max().unwrap_or(0)
            })
            .collect();
        let numeric = |column: usize| {
            let values = || self.records.iter().map(|record| &record[self.shown[column].0]);
            values().any(Json::is_number) && values().all(|value| value.is_number() || value.is_null())
        };
        let line = |cells: Vec<&str>| {
            let padded = cells.iter().enumerate().map(|(column, cell)| match numeric(column) {
                true => format!("{cell:>width$}", width = widths[column]),
                false => format!("{cell:width$}", width = widths[column]),
            });
            let line = padded.collect::<Vec<_>>().join("  ");
            // Names and titles come last, and it is they that are cut; ids come first.
            match line.trim_end().char_indices().nth(WIDEST) {
                Some((at, _)) => {
                    let kept = line[..at].char_indices().next_back().map_or(0, |(last, _)| last);
                    format!("{}\u{2026}\n", &line[..kept])
                }
                None => line.trim_end().to_owned() + "\n",
            }
        };
        let mut text = line(self.shown.iter().map(|(_, heading)| *heading).collect());
        let group = |record: &Record| self.grouped_by.map(|key| cell(&record[key]));
        let mut groups: Vec<Option<String>> = Vec::new();
        for found in self.records.iter().map(group) {
            if !groups.contains(&found) {
                groups.push(found);
            }
        }
        for found in groups {
            if let Some(id) = &found {
                let name = scenario.world.classes.get(id).map(|class| class.name.as_str()).unwrap_or_default();
                text.push_str(&format!("-- {id}: {name}\n"));
            }
            for (_, row) in self.records.iter().zip(&rows).filter(|(record, _)| group(record) == found) {
                text.push_str(&line(row.iter().map(String::as_str).collect()));
            }
        }
        text + "\n" + self.hint + "\n"
    }
}

/// A value in a cell: a list with blanks between its items.
fn cell(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}

/// A fact in a narrow column; a question mark where it is so with a chance only.
fn shown(record: &Record, key: &str) -> String {
    let chance = record.get(&format!("{key}_probability")).and_then(Json::as_f64);
    let uncertain = chance.is_some_and(|chance| chance > 0.0 && chance < 1.0);
    short(&record[key]) + if uncertain { "?" } else { "" }
}

/// A value in a narrow column.
fn short(value: &Json) -> String {
    match value.as_f64() {
        // Small shares and large prices alike: what a reader would say.
        Some(0.0) => "0".to_owned(),
        Some(number) if number.fract() != 0.0 => {
            let said = prose(number);
            if said.contains('.') { said.trim_end_matches('0').trim_end_matches('.').to_owned() } else { said }
        }
        _ => cell(value),
    }
}
