//! A table of a result as columns, for programs: what its file holds, without the file.

use crate::report::ReportError;
use crate::report::table::{Cell, Kind, Table};
use crate::units::Date;

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Texts; empty where there is none.
    Texts(Vec<String>),
    /// Numbers; NaN where there is none.
    Numbers(Vec<f64>),
    /// Days; `None` where there is none.
    Dates(Vec<Option<Date>>),
}

/// A table as columns of one length, in the order of its file.
#[derive(Debug, Clone, PartialEq)]
pub struct Columns(Vec<(String, Column)>);

impl Columns {
    /// Of a table.
    ///
    /// # Errors
    /// A row that can't be made.
    pub(super) fn of(table: &Table<'_>) -> Result<Columns, ReportError> {
        let empty = |kind| match kind {
            Kind::Text => Column::Texts(Vec::new()),
            Kind::Whole | Kind::Number => Column::Numbers(Vec::new()),
            Kind::Date => Column::Dates(Vec::new()),
        };
        let mut columns: Vec<Column> = table.columns.iter().map(|column| empty(column.kind)).collect();
        for part in 0..table.rows.parts() {
            table.rows.part(part, &mut |row| {
                columns.iter_mut().zip(row).for_each(|(column, cell)| column.push(*cell));
                Ok(())
            })?;
        }
        Ok(Columns(table.columns.iter().map(|column| column.name.to_string()).zip(columns).collect()))
    }

    /// Names and columns, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Column)> {
        self.0.iter().map(|(name, column)| (name.as_str(), column))
    }

    /// The column of a name.
    pub fn get(&self, name: &str) -> Option<&Column> {
        self.iter().find(|(known, _)| *known == name).map(|(_, column)| column)
    }

    /// The numbers of a column; `None` where there is no such column of numbers.
    pub fn numbers(&self, name: &str) -> Option<&[f64]> {
        match self.get(name) {
            Some(Column::Numbers(numbers)) => Some(numbers),
            _ => None,
        }
    }

    /// The texts of a column; `None` where there is no such column of texts.
    pub fn texts(&self, name: &str) -> Option<&[String]> {
        match self.get(name) {
            Some(Column::Texts(texts)) => Some(texts),
            _ => None,
        }
    }
}

impl Column {
    /// Adds a cell of the column's kind.
    fn push(&mut self, cell: Cell<'_>) {
        match self {
            Column::Texts(texts) => {
                texts.push(if let Cell::Text(text) = cell { text.to_owned() } else { String::new() })
            }
            Column::Numbers(numbers) => numbers.push(match cell {
                Cell::Number(number) => number,
                // Counts of trials and the like, far below where a float is not exact.
                Cell::Whole(number) => number as f64,
                _ => f64::NAN,
            }),
            Column::Dates(dates) => dates.push(if let Cell::Date(date) = cell { Some(date) } else { None }),
        }
    }
}
