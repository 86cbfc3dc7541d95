//! CSV: a header and a row a line, numbers with ten significant digits at most, blank where there is none.

use std::io::Write;

use csv::Writer;
use rayon::prelude::*;

use crate::report::ReportError;
use crate::report::number::plain;
use crate::report::table::{Cell, Table};

/// Parts that a thread has under way at once: enough that none waits, few enough that memory stays flat.
const AHEAD: usize = 4;

/// Writes a table. Its parts are made on all threads of the pool, and written in order.
///
/// # Errors
/// What can't be written, or a row that can't be made.
pub fn write(table: &Table<'_>, mut out: impl Write) -> Result<(), ReportError> {
    let mut header = Writer::from_writer(Vec::new());
    header.write_record(table.columns.iter().map(|column| &*column.name))?;
    out.write_all(&finish(header)?).map_err(csv::Error::from)?;
    let (parts, ahead) = (table.rows.parts(), AHEAD * rayon::current_num_threads());
    for first in (0..parts).step_by(ahead) {
        let range = first..(first + ahead).min(parts);
        let texts: Vec<Vec<u8>> = range.into_par_iter().map(|part| text(table, part)).collect::<Result<_, _>>()?;
        for text in texts {
            out.write_all(&text).map_err(csv::Error::from)?;
        }
    }
    out.flush().map_err(|error| csv::Error::from(error).into())
}

/// The rows of a part.
fn text(table: &Table<'_>, part: usize) -> Result<Vec<u8>, ReportError> {
    let mut text = Writer::from_writer(Vec::new());
    table.rows.part(part, &mut |row| {
        for cell in row {
            match cell {
                Cell::Blank => text.write_field("")?,
                Cell::Text(words) => text.write_field(words)?,
                Cell::Whole(number) => text.write_field(number.to_string())?,
                Cell::Number(number) => text.write_field(plain(*number))?,
                Cell::Date(day) => text.write_field(day.to_string())?,
            }
        }
        // Ends the record.
        Ok(text.write_record(None::<&[u8]>)?)
    })?;
    finish(text)
}

/// What was written to memory.
pub(in crate::report) fn finish(table: Writer<Vec<u8>>) -> Result<Vec<u8>, ReportError> {
    table.into_inner().map_err(|error| ReportError::Table(error.into_error().into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::table::tests::hard;

    #[test]
    fn a_cell_is_blank_or_quoted_where_it_must() {
        let mut out = Vec::new();
        write(&hard(), &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "name,day,count,kind,value\n\"=1+1, \"\"x\"\"\",2019-11-29,7,a,0.3333333333\n,2019-11-29,0,,\n\
             漢字 <&>,,4294967295,b,-2500000\n"
        );
    }
}
