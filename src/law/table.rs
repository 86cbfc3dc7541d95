//! A CSV file read into trimmed cells that know their line and column, with every fault of its shape reported.

use super::cases::CaseError;
use super::cells::nearest;
use super::encoding::NOT_UTF_8;
use crate::text::{forbidden, named};
use crate::units::shown;

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
    /// Positions of columns without a name, which a spreadsheet leaves behind: their cells must be blank.
    nameless: Vec<usize>,
    /// Whether a comma within a cell is a decimal one, since the cells are parted by something else.
    pub(super) decimal_comma: bool,
    pub(super) rows: Vec<Row>,
}

/// One row.
#[derive(Debug)]
pub(super) struct Row {
    /// Line of the file on which it starts, from 1.
    pub(super) line: usize,
    cells: Vec<String>,
}

/// By what spreadsheets part cells, depending on the country.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

impl Table {
    /// Reads a file in UTF-8. Rows that don't fit the header are reported and left out; blank rows are left out.
    pub(super) fn read(bytes: &[u8], columns: &[Column], errors: &mut Vec<CaseError>) -> Table {
        let lines = Lines::of(bytes);
        let (declared, skipped) = declared_separator(bytes);
        let body = &bytes[skipped..];
        let separator = declared.unwrap_or_else(|| separator(body, columns));
        let mut table = Table { decimal_comma: separator != b',', ..Table::default() };
        for record in records(body, separator).byte_records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    errors.push(CaseError::new(lines.count(), None, format!("the file can't be read: {error}")));
                    break;
                }
            };
            let start = skipped + record.position().map_or(0, |position| position.byte() as usize);
            let line = lines.at(skip_line_ends(bytes, start));
            if record.iter().all(is_blank) {
                continue;
            }
            if table.header.is_empty() {
                table.read_header(&record, line, columns, errors);
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

    fn read_row(&mut self, record: &csv::ByteRecord, line: usize, errors: &mut Vec<CaseError>) -> Option<Vec<String>> {
        let surplus = record.iter().skip(self.header.len()).any(|cell| !is_blank(cell));
        if record.len() < self.header.len() || surplus {
            let help = match (surplus, self.decimal_comma) {
                (true, false) => {
                    "a text that holds a comma stands in quotes, and a share is written with a point: 0.25"
                }
                (true, true) => "a text that holds what parts the cells stands in quotes",
                (false, _) => "write what parts the cells for the blank ones too",
            };
            let message =
                format!("the row has {} cells, but the header has {}: {help}", record.len(), self.header.len());
            let first_missing = self.header.get(record.len()).copied().flatten();
            errors.push(CaseError::new(line, first_missing.map(str::to_owned), message));
            return None;
        }
        let mut cells = Vec::with_capacity(self.header.len());
        for (cell, name) in record.iter().zip(&self.header) {
            let Ok(text) = std::str::from_utf8(cell) else {
                errors.push(CaseError::new(line, name.map(str::to_owned), NOT_UTF_8.to_owned()));
                return None;
            };
            let text = trimmed(text);
            if let Some(c) = forbidden(text, false) {
                let message =
                    format!("the cell holds the character {}: delete it, a cell is one line of text", named(c));
                errors.push(CaseError::new(line, name.map(str::to_owned), message));
                return None;
            }
            cells.push(text.to_owned());
        }
        // Told once a column: the name is what is missing.
        self.nameless.retain(|&position| {
            let cell = &cells[position];
            if !cell.is_empty() {
                let message = format!(
                    "column {} has no name in the header, but `{}` stands in it: name it or delete it",
                    position + 1,
                    shown(cell)
                );
                errors.push(CaseError::new(line, None, message));
            }
            cell.is_empty()
        });
        Some(cells)
    }

    /// A row's cell; `None` if the file has no such column.
    pub(super) fn cell<'r>(&self, row: &'r Row, column: &str) -> Option<&'r str> {
        let position = self.header.iter().position(|name| *name == Some(column))?;
        row.cells.get(position).map(String::as_str)
    }

    /// Finds the known column that each cell of the header names.
    fn read_header(&mut self, record: &csv::ByteRecord, line: usize, columns: &[Column], errors: &mut Vec<CaseError>) {
        for (position, cell) in record.iter().enumerate() {
            let Ok(name) = std::str::from_utf8(cell).map(trimmed) else {
                errors.push(CaseError::new(line, None, format!("column {}: {NOT_UTF_8}", position + 1)));
                self.header.push(None);
                continue;
            };
            let known = columns.iter().find(|column| column.name == name).map(|column| column.name);
            let mut error = |message| errors.push(CaseError::new(line, Some(shown(name)), message));
            if known.is_some() && self.header.contains(&known) {
                error("the column appears twice in the header".to_owned());
                self.header.push(None);
                continue;
            }
            if name.is_empty() {
                self.nameless.push(position);
            } else if known.is_none() {
                let names = || columns.iter().map(|column| column.name);
                error(match nearest(name, names()) {
                    Some(near) => format!("there is no such column (did you mean `{near}`?)"),
                    None => {
                        format!("there is no such column; the columns are {}", names().collect::<Vec<_>>().join(", "))
                    }
                });
            }
            self.header.push(known);
        }
        for column in columns.iter().filter(|column| column.required && !self.header.contains(&Some(column.name))) {
            let message = "the column is missing; it must be there".to_owned();
            errors.push(CaseError::new(line, Some(column.name.to_owned()), message));
        }
    }
}

fn records(bytes: &[u8], separator: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(bytes)
}

/// What parts the cells by the file's first line, `sep=;`, which Excel writes and reads; and how many bytes that line takes.
fn declared_separator(bytes: &[u8]) -> (Option<u8>, usize) {
    let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(bytes.len());
    let line = bytes[..end].trim_ascii().to_ascii_lowercase();
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(&line);
    match line {
        [b's', b'e', b'p', b'=', separator] if separator.is_ascii_punctuation() => (Some(*separator), end),
        // A tab at the end was trimmed.
        b"sep=" => (Some(b'\t'), end),
        _ => (None, 0),
    }
}

/// What parts the cells: that by which most columns of the header are known; a comma where none is.
fn separator(bytes: &[u8], columns: &[Column]) -> u8 {
    let known = |separator: u8| {
        let header = records(bytes, separator).into_byte_records().flatten().find(|r| !r.iter().all(is_blank));
        let is_known =
            |cell: &&[u8]| columns.iter().any(|c| std::str::from_utf8(cell).is_ok_and(|t| trimmed(t) == c.name));
        header.map_or(0, |header| header.iter().filter(is_known).count())
    };
    // The last of equals is kept, so the usual one comes last.
    SEPARATORS.into_iter().rev().max_by_key(|separator| known(*separator)).unwrap_or(b',')
}

/// A cell without the space around it, of which spreadsheets and web pages know several kinds.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}'))
}

fn is_blank(cell: &[u8]) -> bool {
    std::str::from_utf8(cell).is_ok_and(|text| trimmed(text).is_empty())
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
