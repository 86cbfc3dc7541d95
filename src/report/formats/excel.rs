//! `tables.xlsx`: an Excel workbook with a sheet a table, and a sheet of notes before them that says how to read them. Numbers
//! are numbers and dates are dates, a cell without a value is empty, and text that looks like a formula stays text. It tells no
//! time: the same result gives the same bytes. It is made in memory: the library's way to save memory writes to a file on the
//! side, and panics where that disk is full.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use crate::model::record::Outcome;
use crate::report::ReportError;
use crate::report::figures::legible;
use crate::report::number::{plain, thousands};
use crate::report::provenance::Provenance;
use crate::report::table::{Cell, Column, Kind, Table};

/// Cells up to which a table is a sheet: more take seconds to write, and minutes to open. What is larger is in files of its own.
const MAX_CELLS: u64 = 600_000;
/// Rows and columns that a sheet can have.
const MAX_ROWS: u64 = 1_048_576;
const MAX_COLUMNS: usize = 16_384;
/// Characters that are sure to fit into a cell.
const MAX_TEXT: usize = 16_000;
/// The date of every workbook: that of the question.
const CREATED: (u16, u8, u8) = (2019, 11, 29);

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
/// What can't be written, or a row that can't be made.
pub fn workbook(tables: &[&Table<'_>], notes: &Notes<'_>) -> Result<Vec<u8>, ReportError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(notes.provenance)?);
    let styles = Styles::new();
    write_notes(workbook.add_worksheet(), tables, notes, &styles)?;
    for table in tables.iter().filter(|table| fits(table)) {
        write_table(workbook.add_worksheet(), table, &styles)?;
    }
    Ok(workbook.save_to_buffer()?)
}

fn properties(provenance: &Provenance) -> Result<DocProperties, XlsxError> {
    let (year, month, day) = CREATED;
    Ok(DocProperties::new()
        .set_title(text(&provenance.title))
        .set_subject(text(&provenance.citation()))
        .set_keywords(text(&provenance.line()))
        .set_author("chokepoint")
        .set_creation_datetime(&ExcelDateTime::from_ymd(year, month, day)?))
}

/// Whether a table can be a sheet that opens in a moment.
fn fits(table: &Table<'_>) -> bool {
    let rows = table.rows.count();
    rows < MAX_ROWS && table.columns.len() <= MAX_COLUMNS && table.cells() <= MAX_CELLS
}

struct Styles {
    title: Format,
    header: Format,
    wrapped: Format,
    date: Format,
}

impl Styles {
    fn new() -> Styles {
        Styles {
            title: Format::new().set_bold().set_font_size(14),
            header: Format::new().set_bold(),
            wrapped: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            date: Format::new().set_num_format("yyyy-mm-dd"),
        }
    }
}

/// A text that a cell can hold.
fn text(text: &str) -> String {
    legible(&text.chars().take(MAX_TEXT).collect::<String>())
}

/// The name of a table's sheet: `by-point` is `By point`.
fn sheet_name(table: &Table<'_>) -> String {
    let name = table.sort.name.replace('-', " ");
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn write_table(sheet: &mut Worksheet, table: &Table<'_>, styles: &Styles) -> Result<(), ReportError> {
    sheet.set_name(sheet_name(table))?;
    sheet.set_freeze_panes(1, 0)?;
    for (place, column) in (0..).zip(&table.columns) {
        sheet.write_string_with_format(0, place, text(&column.name), &styles.header)?;
        sheet.set_column_width(place, width(column))?;
    }
    let mut row = 0;
    table.each(&mut |cells| {
        row += 1;
        for (place, cell) in (0..).zip(cells) {
            match cell {
                Cell::Text(words) => sheet.write_string(row, place, text(words))?,
                Cell::Whole(number) => sheet.write_number(row, place, *number as f64)?,
                // As all other files but Parquet have it.
                Cell::Number(number) if number.is_finite() => {
                    sheet.write_number(row, place, plain(*number).parse().unwrap_or(*number))?
                }
                Cell::Date(day) => match ExcelDateTime::from_ymd(day.year() as u16, day.month() as u8, day.day() as u8)
                {
                    Ok(date) => sheet.write_datetime_with_format(row, place, &date, &styles.date)?,
                    // Excel has no days before 1900.
                    Err(_) => sheet.write_string(row, place, day.to_string())?,
                },
                Cell::Number(_) | Cell::Blank => continue,
            };
        }
        Ok(())
    })?;
    let last = table.columns.len().saturating_sub(1) as u16;
    sheet.autofilter(0, 0, row, last)?;
    Ok(())
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
    sheet: &'s mut Worksheet,
    styles: &'s Styles,
    row: u32,
}

impl Lines<'_> {
    fn line(&mut self, cells: &[&str], style: &Format) -> Result<(), XlsxError> {
        for (place, cell) in (0..).zip(cells) {
            self.sheet.write_string_with_format(self.row, place, text(cell), style)?;
        }
        self.row += 1;
        Ok(())
    }

    /// A blank line and a heading.
    fn heading(&mut self, cells: &[&str]) -> Result<(), XlsxError> {
        self.row += 1;
        let style = &self.styles.header;
        self.line(cells, style)
    }

    fn row(&mut self, cells: &[&str]) -> Result<(), XlsxError> {
        let style = &self.styles.wrapped;
        self.line(cells, style)
    }
}

fn write_notes(
    sheet: &mut Worksheet,
    tables: &[&Table<'_>],
    notes: &Notes<'_>,
    styles: &Styles,
) -> Result<(), XlsxError> {
    let provenance = notes.provenance;
    sheet.set_name("Notes")?;
    for (place, width) in (0..).zip([18.0, 30.0, 24.0, 90.0]) {
        sheet.set_column_width(place, width)?;
    }
    let mut lines = Lines { sheet, styles, row: 0 };
    lines.line(&[&provenance.title], &styles.title)?;
    lines.heading(&["How to read", "", "", ""])?;
    for sentence in READING.iter().copied().chain(notes.remarks.iter().map(String::as_str)) {
        lines.line(&[sentence], &Format::new())?;
    }
    lines.heading(&["Where it comes from", "", "", ""])?;
    lines.row(&["version", &format!("chokepoint {}", provenance.version())])?;
    lines.row(&[provenance.kind, &provenance.name])?;
    lines.row(&["trials", &thousands(f64::from(provenance.trials))])?;
    lines.row(&["seed", &provenance.seed.to_string()])?;
    for (name, value) in &provenance.further {
        lines.row(&[name, value])?;
    }
    lines.line(&["cite as", &format!("{}.", provenance.citation())], &Format::new())?;
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
    Ok(())
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
