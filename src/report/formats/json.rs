//! JSON: some tables in one file, with where they come from and what their columns mean. Numbers are numbers, with the digits of
//! CSV; null where there is none.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use crate::report::ReportError;
use crate::report::number::plain;
use crate::report::provenance::Provenance;
use crate::report::table::{Cell, Table};

/// Writes tables: an object with `about` and, by name of the table, `tables`, each with `title`, `columns` and `rows`, which are
/// objects by column. A row a line.
///
/// # Errors
/// What can't be written, or a row that can't be made.
pub fn write(
    tables: &[&Table<'_>],
    provenance: &Provenance,
    remarks: &[String],
    mut out: impl Write,
) -> Result<(), ReportError> {
    let mut about = provenance.json();
    about.insert("remarks".to_owned(), remarks.into());
    let about = Value::from(about);
    let mut write = || -> Result<(), ReportError> {
        write!(out, "{{\n\"about\": {about},\n\"tables\": {{").map_err(unwritten)?;
        for (place, table) in tables.iter().enumerate() {
            let (comma, title) = (if place > 0 { "," } else { "" }, Value::from(table.sort.title));
            let columns = columns_json(table);
            write!(
                out,
                "{comma}\n\"{}\": {{\n\"title\": {title},\n\"columns\": {columns},\n\"rows\": [",
                table.sort.name
            )
            .map_err(unwritten)?;
            rows(table, &mut out)?;
            write!(out, "\n]}}").map_err(unwritten)?;
        }
        write!(out, "\n}}\n}}\n").and_then(|()| out.flush()).map_err(unwritten)
    };
    write()
}

/// Kind, unit and meaning of each column, by name.
pub(super) fn columns_json(table: &Table<'_>) -> Value {
    let described = table.columns.iter().map(|column| {
        let about = json!({ "type": column.kind.name(), "unit": column.unit, "meaning": column.meaning });
        (column.name.to_string(), about)
    });
    described.collect::<Map<String, Value>>().into()
}

fn unwritten(error: io::Error) -> ReportError {
    ReportError::Table(error.into())
}

fn rows(table: &Table<'_>, out: &mut impl Write) -> Result<(), ReportError> {
    let names: Vec<String> = table.columns.iter().map(|column| Value::from(&*column.name).to_string()).collect();
    let (mut first, mut line) = (true, String::new());
    table.each(&mut |row| {
        line.clear();
        line.push_str(if std::mem::take(&mut first) { "\n{" } else { ",\n{" });
        for (place, (name, cell)) in names.iter().zip(row).enumerate() {
            line.push_str(if place > 0 { ", " } else { "" });
            line.push_str(name);
            line.push_str(": ");
            line.push_str(&value(*cell));
        }
        line.push('}');
        out.write_all(line.as_bytes()).map_err(unwritten)
    })
}

fn value(cell: Cell<'_>) -> String {
    match cell {
        Cell::Text(text) => Value::from(text).to_string(),
        Cell::Whole(number) => number.to_string(),
        Cell::Date(day) => format!("\"{day}\""),
        Cell::Number(number) if number.is_finite() => plain(number),
        Cell::Number(_) | Cell::Blank => "null".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::report::provenance::tests::provenance;
    use crate::report::table::tests::hard;

    #[test]
    fn what_is_written_is_json_with_its_types() {
        let mut bytes = Vec::new();
        write(&[&hard(), &hard()], &provenance(), &["mind".to_owned()], &mut bytes).unwrap();
        let read: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!((read["about"]["seed"].as_u64(), &read["about"]["remarks"]), (Some(20_191_129), &json!(["mind"])));
        let rows = read["tables"]["hard"]["rows"].as_array().unwrap();
        assert_eq!((&rows[0]["name"], rows[0]["value"].as_f64()), (&json!("=1+1, \"x\""), Some(0.333_333_333_3)));
        assert_eq!(rows[1], json!({ "name": null, "day": "2019-11-29", "count": 0, "kind": null, "value": null }));
        assert_eq!(rows[2]["count"].as_u64(), Some(u64::from(u32::MAX)));
    }
}
