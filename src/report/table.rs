//! A table of a result as data: its columns with what they mean, and its rows. Written down once for each table; every file
//! format, and the documentation, is written from it. Rows are not held but made part by part, so that a table may be larger
//! than memory and its parts may be made on several threads.

use std::borrow::Cow;

use super::ReportError;
use crate::units::Date;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number, not negative.
    Whole,
    /// A number; blank where there is none.
    Number,
    /// A day.
    Date,
}

impl Kind {
    /// Its name in documents.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Whole => "whole number",
            Kind::Number => "number",
            Kind::Date => "date",
        }
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Name in the header.
    pub name: Cow<'static, str>,
    /// What it holds.
    pub kind: Kind,
    /// Unit; blank where it has none.
    pub unit: Cow<'static, str>,
    /// What it means.
    pub meaning: Cow<'static, str>,
}

impl Column {
    /// A column that every table of its sort has.
    pub const fn new(name: &'static str, kind: Kind, unit: &'static str, meaning: &'static str) -> Column {
        Column { name: Cow::Borrowed(name), kind, unit: Cow::Borrowed(unit), meaning: Cow::Borrowed(meaning) }
    }
}

/// What is known of a sort of table before there is one.
#[derive(Debug)]
pub struct Sort {
    /// Name of its files, without extension.
    pub name: &'static str,
    /// What a row is.
    pub title: &'static str,
    /// Its first columns.
    pub first: &'static [Column],
    /// Which columns stand between those and the last, where that depends on the experiment.
    pub varying: Option<&'static str>,
    /// Its last columns.
    pub last: &'static [Column],
}

impl Sort {
    /// A table of this sort, with the columns that depend on the experiment.
    pub fn table<'a>(&'static self, varying: Vec<Column>, rows: impl Rows + 'a) -> Table<'a> {
        let columns = self.first.iter().cloned().chain(varying).chain(self.last.iter().cloned()).collect();
        Table { sort: self, columns, rows: Box::new(rows) }
    }
}

/// A table.
pub struct Table<'a> {
    /// What it is.
    pub sort: &'static Sort,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows.
    pub rows: Box<dyn Rows + 'a>,
}

/// What stands in a row under a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'c> {
    /// Nothing.
    Blank,
    /// Text.
    Text(&'c str),
    /// A whole number.
    Whole(u64),
    /// A number; one that is not finite stands for none.
    Number(f64),
    /// A day.
    Date(Date),
}

/// Takes a row.
pub type Take<'t> = dyn FnMut(&[Cell<'_>]) -> Result<(), ReportError> + 't;

/// The rows of a table, in parts that can be made in any order.
pub trait Rows: Sync {
    /// Number of rows.
    fn count(&self) -> u64;

    /// Number of parts.
    fn parts(&self) -> usize;

    /// Makes the rows of a part, in order.
    ///
    /// # Errors
    /// What the taker reports, or a row that can't be made.
    fn part(&self, part: usize, take: &mut Take<'_>) -> Result<(), ReportError>;
}

/// Rows that are made of a list in memory, one of each item: `row` gives it to the taker.
pub fn each<'a, T: Sync, F>(items: &'a [T], row: F) -> impl Rows + 'a
where
    F: Fn(&T, &mut Take<'_>) -> Result<(), ReportError> + Sync + 'a,
{
    Each(items, row)
}

struct Each<'a, T, F>(&'a [T], F);

impl<T: Sync, F: Fn(&T, &mut Take<'_>) -> Result<(), ReportError> + Sync> Rows for Each<'_, T, F> {
    fn count(&self) -> u64 {
        self.0.len() as u64
    }

    fn parts(&self) -> usize {
        1
    }

    fn part(&self, _part: usize, take: &mut Take<'_>) -> Result<(), ReportError> {
        self.0.iter().try_for_each(|item| (self.1)(item, take))
    }
}

impl Table<'_> {
    /// Makes all rows, in order.
    ///
    /// # Errors
    /// What the taker reports, or a row that can't be made.
    pub fn each(&self, take: &mut Take<'_>) -> Result<(), ReportError> {
        (0..self.rows.parts()).try_for_each(|part| self.rows.part(part, take))
    }

    /// Number of cells.
    pub fn cells(&self) -> u64 {
        self.rows.count().saturating_mul(self.columns.len() as u64)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A table of three rows with what is hard to write.
    pub static HARD: Sort = Sort {
        name: "hard",
        title: "a row a difficulty",
        first: &[
            Column::new("name", Kind::Text, "", "A text"),
            Column::new("day", Kind::Date, "", "A day"),
            Column::new("count", Kind::Whole, "trials", "A whole number"),
        ],
        varying: Some("one that depends"),
        last: &[Column::new("value", Kind::Number, "share", "A number")],
    };

    struct HardRows;

    impl Rows for HardRows {
        fn count(&self) -> u64 {
            3
        }

        fn parts(&self) -> usize {
            2
        }

        fn part(&self, part: usize, take: &mut Take<'_>) -> Result<(), ReportError> {
            let day = Cell::Date(Date::constant(2019, 11, 29));
            if part == 0 {
                return take(&[
                    Cell::Text("=1+1, \"x\""),
                    day,
                    Cell::Whole(7),
                    Cell::Text("a"),
                    Cell::Number(1.0 / 3.0),
                ]);
            }
            take(&[Cell::Blank, day, Cell::Whole(0), Cell::Blank, Cell::Number(f64::NAN)])?;
            take(&[
                Cell::Text("漢字 <&>"),
                Cell::Blank,
                Cell::Whole(u64::from(u32::MAX)),
                Cell::Text("b"),
                Cell::Number(-2.5e6),
            ])
        }
    }

    /// Such a table.
    pub fn hard() -> Table<'static> {
        HARD.table(vec![Column::new("kind", Kind::Text, "", "A text that depends")], HardRows)
    }

    #[test]
    fn columns_that_depend_stand_in_the_middle() {
        let table = hard();
        let names: Vec<&str> = table.columns.iter().map(|column| &*column.name).collect();
        assert_eq!(names, ["name", "day", "count", "kind", "value"]);
        let mut rows = 0;
        table
            .each(&mut |row| {
                rows += 1;
                assert_eq!(row.len(), 5);
                Ok(())
            })
            .unwrap();
        assert_eq!((rows, table.cells()), (table.rows.count(), 15));
    }
}
