//! `tables.xlsx`: an Excel workbook with a sheet a table, and a sheet of notes before them that says how to read them. Numbers
//! are numbers and dates are dates, a cell without a value is empty, and text that looks like a formula stays text. It tells no
//! time: the same result gives the same bytes.

use zip::result::ZipError;

use super::xlsx::{self, About, Form, Sheet, Style, Value, Workbook};
use crate::model::record::Outcome;
use crate::report::ReportError;
use crate::report::number::{plain, thousands};
use crate::report::provenance::Provenance;
use crate::report::table::{Cell, Column, Kind, Table};
use crate::units::Date;

/// Cells up to which a table is a sheet: more take seconds to write, and minutes to open. What is larger is in files of its own.
const MAX_CELLS: u64 = 600_000;
/// Rows and columns that a sheet can have.
const MAX_ROWS: u64 = 1_048_576;
const MAX_COLUMNS: usize = 16_384;
/// Characters that are sure to fit into a cell.
const MAX_TEXT: usize = 16_000;
/// The date of every workbook: that of the question.
const CREATED: Date = Date::constant(2019, 11, 29);

/// What a workbook says beside its tables.
pub struct Notes<'n> {
    /// Where the tables come from.
    pub provenance: &'n Provenance,
    /// What a reader must mind.
    pub remarks: &'n [String],
    /// The outcomes, with the table that tells of them.
    pub outcomes: &'n [(&'static str, Outcome)],
}

/// The workbook.
///
/// # Errors
/// A row that can't be made.
pub fn workbook(tables: &[&Table<'_>], notes: &Notes<'_>) -> Result<Vec<u8>, ReportError> {
    let mut workbook = Workbook::new();
    write_notes(&mut workbook, tables, notes)?;
    for table in tables.iter().filter(|table| fits(table)) {
        write_table(&mut workbook, table)?;
    }
    let provenance = notes.provenance;
    let about = About {
        title: &provenance.title,
        subject: &provenance.citation(),
        keywords: &provenance.line(),
        author: "chokepoint",
        created: CREATED,
    };
    Ok(workbook.finish(about)?)
}

/// Whether a table can be a sheet that opens in a moment.
fn fits(table: &Table<'_>) -> bool {
    let rows = table.rows.count();
    rows < MAX_ROWS && table.columns.len() <= MAX_COLUMNS && table.cells() <= MAX_CELLS
}

/// As much of a text as a cell can hold.
fn text(text: &str) -> &str {
    text.char_indices().nth(MAX_TEXT).map_or(text, |(end, _)| &text[..end])
}

/// The name of a table's sheet: `by-point` is `By point`.
fn sheet_name(table: &Table<'_>) -> String {
    let name = table.sort.name.replace('-', " ");
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn write_table(workbook: &mut Workbook, table: &Table<'_>) -> Result<(), ReportError> {
    let widths = table.columns.iter().map(width).collect();
    let mut sheet = workbook.sheet(Form { name: sheet_name(table), widths, table: Some(table.rows.count()) })?;
    sheet.row(table.columns.iter().map(|column| (Value::Text(text(&column.name)), Style::Header)))?;
    table.each(&mut |cells| {
        // Excel has no days before 1900: they are texts.
        let days: Vec<String> = cells.iter().map(early).collect();
        Ok(sheet.row(cells.iter().zip(&days).map(|(cell, early)| value(*cell, early)))?)
    })?;
    Ok(sheet.end()?)
}

/// A day that Excel does not know, as a text.
fn early(cell: &Cell<'_>) -> String {
    match cell {
        Cell::Date(day) if xlsx::day(*day).is_none() => day.to_string(),
        _ => String::new(),
    }
}

fn value<'v>(cell: Cell<'v>, early: &'v str) -> (Value<'v>, Style) {
    match cell {
        Cell::Text(words) => (Value::Text(text(words)), Style::Plain),
        Cell::Whole(number) => (Value::Number(number.to_string()), Style::Plain),
        // As all other files but Parquet have it.
        Cell::Number(number) if number.is_finite() => (Value::Number(plain(number)), Style::Plain),
        Cell::Number(_) | Cell::Blank => (Value::Blank, Style::Plain),
        Cell::Date(day) => match xlsx::day(day) {
            Some(number) => (Value::Number(number), Style::Day),
            None => (Value::Text(early), Style::Plain),
        },
    }
}

/// Width of a column, in characters.
fn width(column: &Column) -> f64 {
    let least = match column.kind {
        Kind::Text => 18.0,
        Kind::Whole => 9.0,
        Kind::Number => 14.0,
        Kind::Date => 11.0,
    };
    // The button of the filter takes the room of three.
    (column.name.chars().count() as f64 + 3.0).clamp(least, 40.0)
}

/// The sheet of notes, line by line.
struct Lines<'s> {
    sheet: Sheet<'s>,
}

impl Lines<'_> {
    fn line(&mut self, cells: &[&str], style: Style) -> Result<(), ZipError> {
        let value = |cell| if text(cell).is_empty() { Value::Blank } else { Value::Text(text(cell)) };
        self.sheet.row(cells.iter().map(|cell| (value(cell), style)))
    }

    /// A blank line and a heading.
    fn heading(&mut self, cells: &[&str]) -> Result<(), ZipError> {
        self.sheet.row([])?;
        self.line(cells, Style::Header)
    }

    fn row(&mut self, cells: &[&str]) -> Result<(), ZipError> {
        self.line(cells, Style::Wrapped)
    }
}

fn write_notes(workbook: &mut Workbook, tables: &[&Table<'_>], notes: &Notes<'_>) -> Result<(), ZipError> {
    let provenance = notes.provenance;
    let form = Form { name: "Notes".to_owned(), widths: vec![18.0, 30.0, 24.0, 90.0], table: None };
    let mut lines = Lines { sheet: workbook.sheet(form)? };
    lines.line(&[&provenance.title], Style::Title)?;
    lines.heading(&["How to read", "", "", ""])?;
    for sentence in READING.iter().copied().chain(notes.remarks.iter().map(String::as_str)) {
        lines.line(&[sentence], Style::Plain)?;
    }
    lines.heading(&["Where it comes from", "", "", ""])?;
    lines.row(&["version", &format!("chokepoint {}", provenance.version())])?;
    lines.row(&[provenance.kind, &provenance.name])?;
    lines.row(&["trials", &thousands(f64::from(provenance.trials))])?;
    lines.row(&["seed", &provenance.seed.to_string()])?;
    for (name, value) in &provenance.further {
        lines.row(&[name, value])?;
    }
    lines.line(&["cite as", &format!("{}.", provenance.citation())], Style::Plain)?;
    lines.heading(&["Scenario", "Title", "", "Hash (BLAKE3 of the resolved scenario)"])?;
    for scenario in &provenance.scenarios {
        let hash = scenario.hash.as_deref().unwrap_or("none: the world of the others with no provisions");
        lines.row(&[&scenario.id, &scenario.title, "", hash])?;
    }
    lines.heading(&["Sheet", "", "", "What a row is"])?;
    for table in tables {
        lines.row(&[&sheet_name(table), &place(table), "", table.sort.title])?;
    }
    lines.heading(&["Sheet", "Column", "Unit", "Meaning"])?;
    for table in tables {
        let sort = table.sort;
        for column in sort.first {
            lines.row(&[&sheet_name(table), &column.name, &column.unit, &column.meaning])?;
        }
        if let Some(varying) = sort.varying {
            lines.row(&[&sheet_name(table), "…", "", varying])?;
        }
        for column in sort.last {
            lines.row(&[&sheet_name(table), &column.name, &column.unit, &column.meaning])?;
        }
    }
    lines.heading(&["Table", "Outcome", "Unit", "Meaning"])?;
    for (table, outcome) in notes.outcomes {
        lines.row(&[table, outcome.id, outcome.unit, outcome.meaning])?;
    }
    lines.sheet.end()
}

const READING: [&str; 4] = [
    "Each sheet is a table, with a filter on every column; the same tables are in the folder as CSV, for other programs.",
    "Take one outcome, entity and statistic at a time: the rows of a table are of different units, so that sums over them mean nothing.",
    "An empty cell is a number that does not exist, such as the month of an event that never happened. It is not zero.",
    "Intervals (low95, high95) tell how well the mean of this model is known, not how true the model is; quantiles tell how trials differ. An empty one is none that is known to hold: too few trials, or the same number in all.",
];

/// Where a table is.
fn place(table: &Table<'_>) -> String {
    if fits(table) {
        return "in this workbook".to_owned();
    }
    let (rows, columns) = (thousands(table.rows.count() as f64), table.columns.len());
    format!("too large for a sheet ({rows} rows of {columns} columns): see {}.csv", table.sort.name)
}
