//! Cases: shipments to be determined, read from a CSV file. Every fault of the file is reported with its line and column,
//! and a file with a fault gives no case at all.

use indexmap::IndexMap;
use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};

use super::cells::{self, CellError, Mistake};
use super::encoding;
use super::facts::{Buyer, Facts, Shipment, check_days};
use super::table::{Column, Lines, Row, Table};
use crate::text;
use crate::units::{Level, Share, Use, counted, shown};

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

impl CaseError {
    /// The fault for a program; the message says how to mend it.
    pub fn json(&self, file: &str) -> serde_json::Value {
        serde_json::json!({
            "message": self.message, "help": null, "file": file, "line": self.line, "column": null,
            "cell": self.column,
        })
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
    counted(errors as u64, "error")
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
    fn new(file: &str, text: &[u8], mut errors: Vec<CaseError>) -> CaseErrors {
        let text = String::from_utf8_lossy(text).into_owned();
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
    let text = encoding::text(bytes).map_err(|what| {
        // What is no text is not shown.
        CaseErrors::new(file_name, b"", vec![CaseError::new(1, None, what.to_owned())])
    })?;
    let table = Table::read(&text, COLUMNS, &mut errors);
    let mut cases = Vec::with_capacity(table.rows.len());
    let mut first_lines: IndexMap<String, usize> = IndexMap::new();
    for row in &table.rows {
        let mut reader = RowReader { table: &table, row, faults: Vec::new() };
        if let Some(id) = table.cell(row, "id").filter(|id| !id.is_empty()) {
            match first_lines.get(id) {
                Some(line) => {
                    let message =
                        format!("the id `{}` is already used on line {line}: each case needs its own", shown(id));
                    reader.fault("id", message.into());
                }
                None => {
                    first_lines.insert(id.to_owned(), row.line);
                }
            }
        }
        cases.extend(reader.case(vendors));
        errors.extend(reader.errors());
    }
    if errors.is_empty() { Ok(cases) } else { Err(CaseErrors::new(file_name, &text, errors)) }
}

/// Reads the cells of one row.
struct RowReader<'a> {
    table: &'a Table,
    row: &'a Row,
    faults: Vec<(&'static str, CellError)>,
}

impl RowReader<'_> {
    fn fault(&mut self, column: &'static str, error: CellError) {
        self.faults.push((column, error));
    }

    /// The case of the row; `None` if anything in it is wrong, which is then reported.
    fn case(&mut self, vendors: &[Buyer]) -> Option<Case> {
        // Every cell is read before any is found wanting, so that all faults of a row are told at once.
        let id = self.value("id", None, |text| Ok(text.to_owned()));
        let date = self.value("date", None, cells::date);
        let buyer = self.value("buyer", None, |text| cells::buyer(text, vendors));
        let use_ =
            self.value("use", Some(Use::NewEquipment), |text| cells::named(text, Use::WHAT, Use::ALL, Use::name));
        let made_in = self.value("made_in", None, cells::country);
        let shipped_from = self.value("shipped_from", Some(None), |text| cells::country(text).map(Some));
        let item = self.value("item", Some(Level::Ear99), |text| {
            cells::named(text, "classification of an item", ITEM_LEVELS, Level::name)
        });
        let share = |text: &str| cells::share(text, self.table.decimal_comma);
        let us_controlled = self.value("us_controlled", Some(Share::ZERO), share);
        let us_other = self.value("us_other", Some(Share::ZERO), share);
        let us_technology = self.value("us_technology", Some(Level::None), cells::level);
        let us_plant = self.value("us_plant", Some(Level::None), cells::level);
        let own_design = self.value("own_design", Some(false), cells::boolean);
        let production_start = self.value("production_start", Some(None), |text| cells::date(text).map(Some));
        let below_5g = self.value("below_5g", Some(false), cells::boolean);
        if let (Some(date), Some(start)) = (date, production_start)
            && let Err(message) = check_days(date, start)
        {
            self.fault("production_start", message.into());
        }
        let (us_controlled, us_other) = (us_controlled?, us_other?);
        if us_controlled.checked_add(us_other).is_none() {
            let message = format!(
                "with us_controlled {us_controlled}, {us_other} adds up to more than 1: both are shares of the item's whole value"
            );
            self.fault("us_other", message.into());
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
    fn value<T>(
        &mut self,
        column: &'static str,
        default: Option<T>,
        parse: impl Fn(&str) -> Result<T, CellError>,
    ) -> Option<T> {
        match self.table.cell(self.row, column) {
            None => default,
            Some("") => {
                if default.is_none() {
                    let message = "the cell is blank; it must be filled".to_owned();
                    self.fault(column, CellError { kind: Mistake::Blank, message });
                }
                default
            }
            Some(text) => parse(text).map_err(|error| self.fault(column, error)).ok(),
        }
    }

    /// The faults of the row, those of one cause as one.
    fn errors(self) -> Vec<CaseError> {
        let RowReader { row, mut faults, .. } = self;
        let of = |faults: &[(&'static str, CellError)], kind| -> Vec<&'static str> {
            faults.iter().filter(|(_, fault)| fault.kind == kind).map(|(column, _)| *column).collect()
        };
        let blank = of(&faults, Mistake::Blank);
        if let [first, _, ..] = blank.as_slice() {
            let message = format!("the cells {} are blank; they must be filled", blank.join(", "));
            faults.retain(|(_, fault)| fault.kind != Mistake::Blank);
            faults.insert(0, (first, message.into()));
        }
        let (dates, shares) = (of(&faults, Mistake::NumberForDate), of(&faults, Mistake::DateForShare));
        if let ([date, ..], [share, ..]) = (dates.as_slice(), shares.as_slice()) {
            let message = format!("a number stands in `{date}` and a date in `{share}`: are the two columns swapped?");
            faults.retain(|(_, fault)| !matches!(fault.kind, Mistake::NumberForDate | Mistake::DateForShare));
            faults.push((date, message.into()));
        }
        faults
            .into_iter()
            .map(|(column, fault)| CaseError::new(row.line, Some(column.to_owned()), fault.message))
            .collect()
    }
}

/// An item is at least EAR99: what is subject to nothing is not classified.
const ITEM_LEVELS: &[Level] = &[Level::Ear99, Level::At, Level::Ns];
