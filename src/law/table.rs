//! A CSV file read into trimmed cells that know their line and column, with every fault of its shape reported.

use super::cases::{CaseError, nearest, shown};
use crate::text::{forbidden, named};

/// A column that a file may have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    /// Its name in the header.
    pub(super) name: &'static str,
    /// Whether it must be there and filled.
    pub(super) required: bool,
}

/// The rows of a file, without its header.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// For each column of the file, its name if it is a known one.
    header: Vec<Option<&'static str>>,
    pub(super) rows: Vec<Row>,
}

/// One row.
#[derive(Debug)]
pub(super) struct Row {
    /// Line of the file on which it starts, from 1.
    pub(super) line: usize,
    cells: Vec<String>,
}

impl Table {
    /// Reads a file. Rows that don't fit the header are reported and left out.
    pub(super) fn read(bytes: &[u8], columns: &[Column], errors: &mut Vec<CaseError>) -> Table {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let lines = Lines::of(bytes);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let mut table = Table::default();
        for record in reader.byte_records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    errors.push(CaseError::new(lines.count(), None, format!("the file can't be read: {error}")));
                    break;
                }
            };
            let start = record.position().map_or(0, |position| position.byte() as usize);
            let line = lines.at(skip_line_ends(bytes, start));
            if record.iter().all(|cell| cell.trim_ascii().is_empty()) && record.len() == 1 {
                continue;
            }
            if table.header.is_empty() {
                table.header = read_header(&record, line, columns, errors);
            } else if let Some(cells) = table.read_row(&record, line, errors) {
                table.rows.push(Row { line, cells });
            }
        }
        if table.header.is_empty() {
            let names: Vec<&str> = columns.iter().map(|c| c.name).collect();
            let message = format!("the file is empty: its first line names the columns, of {}", names.join(", "));
            errors.push(CaseError::new(1, None, message));
        }
        table
    }

    fn read_row(&self, record: &csv::ByteRecord, line: usize, errors: &mut Vec<CaseError>) -> Option<Vec<String>> {
        if record.len() != self.header.len() {
            let message = format!("the row has {} cells, but the header has {}", record.len(), self.header.len());
            let first_missing = self.header.get(record.len()).copied().flatten();
            errors.push(CaseError::new(line, first_missing.map(str::to_owned), message));
            return None;
        }
        let mut cells = Vec::with_capacity(record.len());
        for (cell, name) in record.iter().zip(&self.header) {
            let Ok(text) = std::str::from_utf8(cell) else {
                errors.push(CaseError::new(line, name.map(str::to_owned), NOT_UTF_8.to_owned()));
                return None;
            };
            let text = text.trim();
            if let Some(c) = forbidden(text, false) {
                let message =
                    format!("the cell holds the character {}: delete it, a cell is one line of text", named(c));
                errors.push(CaseError::new(line, name.map(str::to_owned), message));
                return None;
            }
            cells.push(text.to_owned());
        }
        Some(cells)
    }

    /// A row's cell; `None` if the file has no such column.
    pub(super) fn cell<'r>(&self, row: &'r Row, column: &str) -> Option<&'r str> {
        let position = self.header.iter().position(|name| *name == Some(column))?;
        row.cells.get(position).map(String::as_str)
    }
}

const NOT_UTF_8: &str = "the text is not UTF-8: save the file as CSV in UTF-8";

/// The known column that each cell of the header names.
fn read_header(
    record: &csv::ByteRecord,
    line: usize,
    columns: &[Column],
    errors: &mut Vec<CaseError>,
) -> Vec<Option<&'static str>> {
    let mut header: Vec<Option<&'static str>> = Vec::with_capacity(record.len());
    for (position, cell) in record.iter().enumerate() {
        let Ok(name) = std::str::from_utf8(cell) else {
            errors.push(CaseError::new(line, None, format!("column {}: {NOT_UTF_8}", position + 1)));
            header.push(None);
            continue;
        };
        let name = name.trim();
        let known = columns.iter().find(|column| column.name == name).map(|column| column.name);
        let mut error = |message| errors.push(CaseError::new(line, Some(shown(name)), message));
        if known.is_some() && header.contains(&known) {
            error("the column stands twice in the header".to_owned());
            header.push(None);
            continue;
        }
        if known.is_none() {
            let names = || columns.iter().map(|column| column.name);
            error(match nearest(name, names()) {
                Some(near) => format!("there is no such column (did you mean `{near}`?)"),
                None => format!("there is no such column; the columns are {}", names().collect::<Vec<_>>().join(", ")),
            });
        }
        header.push(known);
    }
    for column in columns.iter().filter(|column| column.required && !header.contains(&Some(column.name))) {
        errors.push(CaseError::new(
            line,
            Some(column.name.to_owned()),
            "the column is missing; it must be there".to_owned(),
        ));
    }
    header
}

/// The first byte at or after `start` that ends no line: blank lines before a record belong to none.
fn skip_line_ends(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    start + rest.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count()
}

/// Where each line of a text starts.
pub(super) struct Lines(Vec<usize>);

impl Lines {
    pub(super) fn of(bytes: &[u8]) -> Lines {
        let ends_line = |i: &usize| bytes[*i] == b'\n' || (bytes[*i] == b'\r' && bytes.get(i + 1) != Some(&b'\n'));
        Lines(std::iter::once(0).chain((0..bytes.len()).filter(ends_line).map(|i| i + 1)).collect())
    }

    /// The line, from 1, that holds a byte.
    pub(super) fn at(&self, byte: usize) -> usize {
        self.0.partition_point(|&start| start <= byte)
    }

    /// The first byte of a line, from 1.
    pub(super) fn start(&self, line: usize) -> usize {
        self.0.get(line.saturating_sub(1)).or(self.0.last()).copied().unwrap_or(0)
    }

    pub(super) fn count(&self) -> usize {
        self.0.len()
    }
}
