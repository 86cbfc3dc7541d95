//! Cases: shipments to be determined, read from a CSV file. Every fault of the file is reported with its line and column,
//! and a file with a fault gives no case at all.

use indexmap::IndexMap;
use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};

use super::facts::{Buyer, Facts, Shipment};
use super::table::{Column, Lines, Row, Table};
use crate::text;
use crate::units::{Country, Date, Level, Share, Use};

/// One case: an item and its shipment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Id, echoed in the answer.
    pub id: String,
    /// The item.
    pub facts: Facts,
    /// The shipment.
    pub shipment: Shipment,
}

/// The columns of a file of cases. Those not required may be absent or blank, and then take their default.
const COLUMNS: &[Column] = &[
    Column { name: "id", required: true },
    Column { name: "date", required: true },
    Column { name: "buyer", required: true },
    Column { name: "use", required: false },
    Column { name: "shipped_from", required: false },
    Column { name: "made_in", required: true },
    Column { name: "item", required: false },
    Column { name: "us_controlled", required: false },
    Column { name: "us_other", required: false },
    Column { name: "us_technology", required: false },
    Column { name: "us_plant", required: false },
    Column { name: "own_design", required: false },
    Column { name: "production_start", required: false },
    Column { name: "below_5g", required: false },
];

/// The most faults that are told one by one.
const MOST_TOLD: usize = 100;

/// One fault of a file of cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseError {
    /// Line of the file, from 1.
    pub line: usize,
    /// The column's name, where one is at fault.
    pub column: Option<String>,
    /// What is wrong and how to mend it.
    pub message: String,
    /// The bytes of the line in the text that is shown.
    span: std::ops::Range<usize>,
}

impl CaseError {
    pub(super) fn new(line: usize, column: Option<String>, message: String) -> CaseError {
        CaseError { line, column, message: text::printable(&message).into_owned(), span: 0..0 }
    }
}

impl std::fmt::Display for CaseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.column {
            Some(column) => write!(f, "line {}, column `{column}`: {}", self.line, self.message),
            None => write!(f, "line {}: {}", self.line, self.message),
        }
    }
}

impl std::error::Error for CaseError {}

impl Diagnostic for CaseError {
    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let here = self.column.clone().map_or("here".to_owned(), |column| format!("`{column}` in this line"));
        Some(Box::new(std::iter::once(LabeledSpan::new_with_span(Some(here), self.span.clone()))))
    }
}

/// All faults of a file of cases, in the order of its lines.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {} in the cases{}", count(*.found), if *.found > .errors.len() { format!(", of which the first {} follow", .errors.len()) } else { String::new() })]
pub struct CaseErrors {
    /// The file's name.
    pub file: String,
    /// The faults, at most the first 100.
    pub errors: Vec<CaseError>,
    /// How many there are.
    pub found: usize,
    source_code: Box<NamedSource<String>>,
}

fn count(errors: usize) -> String {
    if errors == 1 { "1 error".to_owned() } else { format!("{errors} errors") }
}

impl Diagnostic for CaseErrors {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.source_code.as_ref())
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.errors.iter().map(|error| error as &dyn Diagnostic)))
    }
}

impl CaseErrors {
    fn new(file: &str, bytes: &[u8], mut errors: Vec<CaseError>) -> CaseErrors {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = String::from_utf8_lossy(bytes).into_owned();
        let lines = Lines::of(text.as_bytes());
        let found = errors.len();
        errors.sort_by_key(|error| error.line);
        errors.truncate(MOST_TOLD);
        for error in &mut errors {
            let start = lines.start(error.line);
            let length = text[start..].find(['\n', '\r']).unwrap_or(text.len() - start);
            error.span = start..start + length;
        }
        // Of the same length, so that places are right.
        let (file, text) = (text::printable(file), text::masked(&text).into_owned());
        let source_code = Box::new(NamedSource::new(&*file, text));
        CaseErrors { file: file.into_owned(), errors, found, source_code }
    }
}

/// Reads the cases of a file. `vendors` are the buyers that the scenario knows.
///
/// # Errors
/// Every fault of the file, each with its line and column.
pub fn read_cases(bytes: &[u8], file_name: &str, vendors: &[Buyer]) -> Result<Vec<Case>, CaseErrors> {
    let mut errors = Vec::new();
    let table = Table::read(bytes, COLUMNS, &mut errors);
    let mut cases = Vec::with_capacity(table.rows.len());
    let mut first_lines: IndexMap<String, usize> = IndexMap::new();
    for row in &table.rows {
        let mut reader = RowReader { table: &table, row, errors: &mut errors };
        if let Some(id) = table.cell(row, "id").filter(|id| !id.is_empty()) {
            match first_lines.get(id) {
                Some(line) => {
                    let message =
                        format!("the id `{}` stands already on line {line}: each case needs its own", shown(id));
                    reader.error("id", message);
                }
                None => {
                    first_lines.insert(id.to_owned(), row.line);
                }
            }
        }
        cases.extend(reader.case(vendors));
    }
    if errors.is_empty() { Ok(cases) } else { Err(CaseErrors::new(file_name, bytes, errors)) }
}

/// Reads the cells of one row.
struct RowReader<'a> {
    table: &'a Table,
    row: &'a Row,
    errors: &'a mut Vec<CaseError>,
}

impl RowReader<'_> {
    fn error(&mut self, column: &str, message: String) {
        self.errors.push(CaseError::new(self.row.line, Some(column.to_owned()), message));
    }

    /// The case of the row; `None` if anything in it is wrong, which is then reported.
    fn case(&mut self, vendors: &[Buyer]) -> Option<Case> {
        // Every cell is read before any is found wanting, so that all faults of a row are told at once.
        let id = self.value("id", None, |text| Ok(text.to_owned()));
        let date = self.value("date", None, day);
        let buyer = self.value("buyer", None, |text| buyer(text, vendors));
        let use_ = self.value("use", Some(Use::NewEquipment), |text| named(text, Use::WHAT, Use::ALL, Use::name));
        let made_in = self.value("made_in", None, country);
        let shipped_from = self.value("shipped_from", Some(None), |text| country(text).map(Some));
        let item = self.value("item", Some(Level::Ear99), |text| {
            named(text, "classification of an item", ITEM_LEVELS, Level::name)
        });
        let us_controlled = self.value("us_controlled", Some(Share::ZERO), share);
        let us_other = self.value("us_other", Some(Share::ZERO), share);
        let us_technology = self.value("us_technology", Some(Level::None), level);
        let us_plant = self.value("us_plant", Some(Level::None), level);
        let own_design = self.value("own_design", Some(false), boolean);
        let production_start = self.value("production_start", Some(None), |text| day(text).map(Some));
        let below_5g = self.value("below_5g", Some(false), boolean);
        let (us_controlled, us_other) = (us_controlled?, us_other?);
        if us_controlled.checked_add(us_other).is_none() {
            let message = format!(
                "with us_controlled {us_controlled}, {us_other} adds up to more than 1: both are shares of the item's whole value"
            );
            self.error("us_other", message);
            return None;
        }
        let made_in = made_in?;
        let facts = Facts {
            made_in,
            shipped_from: shipped_from?.unwrap_or(made_in),
            item: item?,
            us_controlled,
            us_other,
            us_technology: us_technology?,
            us_plant: us_plant?,
            own_design: own_design?,
            below_5g: below_5g?,
        };
        let shipment = Shipment { date: date?, buyer: buyer?, use_: use_?, production_start: production_start? };
        Some(Case { id: id?, facts, shipment })
    }

    /// A cell's value. A blank cell, or a column that is not there, takes the default; without a default a blank cell is
    /// a fault (and the missing column was reported with the header).
    fn value<T>(&mut self, column: &str, default: Option<T>, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        match self.table.cell(self.row, column) {
            None => default,
            Some("") => {
                if default.is_none() {
                    self.error(column, "the cell is blank; it must be filled".to_owned());
                }
                default
            }
            Some(text) => parse(text).map_err(|message| self.error(column, message)).ok(),
        }
    }
}

/// An item is at least EAR99: what is subject to nothing is not classified.
const ITEM_LEVELS: &[Level] = &[Level::Ear99, Level::At, Level::Ns];

fn level(text: &str) -> Result<Level, String> {
    named(text, Level::WHAT, Level::ALL, Level::name)
}

fn named<T: Copy>(text: &str, what: &str, all: &[T], name: impl Fn(T) -> &'static str) -> Result<T, String> {
    all.iter().copied().find(|&value| name(value) == text).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|&value| name(value)).collect();
        let near = nearest(text, names.iter().copied()).map(|near| format!(" (did you mean `{near}`?)"));
        format!("`{}` is not a {what}: write {}{}", shown(text), names.join(", "), near.unwrap_or_default())
    })
}

fn boolean(text: &str) -> Result<bool, String> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(format!("`{}` is neither `true` nor `false`", shown(text))),
    }
}

fn share(text: &str) -> Result<Share, String> {
    text.parse().map_err(|_| format!("`{}` is not a share: write a decimal between 0 and 1, such as 0.25", shown(text)))
}

fn country(text: &str) -> Result<Country, String> {
    text.parse().map_err(|_| {
        format!("`{}` is not a country: write its two-letter ISO 3166 code in capitals, such as US or TW", shown(text))
    })
}

/// A day as YYYY-MM-DD; other forms that a date library would take are refused, since they may be a slip.
fn day(text: &str) -> Result<Date, String> {
    let written = |(position, byte): (usize, u8)| match position {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    let well_formed = text.len() == 10 && text.bytes().enumerate().all(written);
    if !well_formed {
        return Err(format!("`{}` is not a date: write it as YYYY-MM-DD, such as 2019-05-16", shown(text)));
    }
    text.parse().map_err(|_| format!("`{text}` is not a day of the calendar"))
}

fn buyer(text: &str, vendors: &[Buyer]) -> Result<Buyer, String> {
    vendors.iter().find(|vendor| vendor.id == text).cloned().ok_or_else(|| {
        let ids = || vendors.iter().map(|vendor| vendor.id.as_str());
        let near = nearest(text, ids()).map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default();
        let known = ids().collect::<Vec<_>>().join(", ");
        format!("the scenario has no vendor `{}`{near}; its vendors are {known}", shown(text))
    })
}

/// A text from a file as a message may show it: short, and with its control characters made visible.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 40;
    let short: String = text.chars().take(MOST).collect();
    let rest = if text.chars().nth(MOST).is_some() { "..." } else { "" };
    format!("{}{rest}", short.escape_debug().to_string().replace("\\'", "'"))
}

/// The name that a text most likely stands for, if one is near.
pub(super) fn nearest<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    const NEAR: f64 = 0.6;
    let text = text.to_lowercase();
    let scored = names.map(|name| (strsim::normalized_damerau_levenshtein(&text, name), name));
    let best = scored.filter(|(score, _)| *score >= NEAR).max_by(|a, b| a.0.total_cmp(&b.0));
    best.map(|(_, name)| name.to_owned())
}
