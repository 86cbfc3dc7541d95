//! `datapackage.json`: what the CSV tables of a folder can't hold themselves, as a Frictionless Data Package: where they come
//! from, and of each column its type, unit and meaning.

use serde_json::{Value, json};

use crate::report::provenance::Provenance;
use crate::report::table::{Column, Kind, Table};

/// The package of some tables, each in `NAME.csv`.
pub fn package(tables: &[&Table<'_>], provenance: &Provenance, remarks: &[String]) -> Vec<u8> {
    let resources: Vec<Value> = tables.iter().map(|table| resource(table)).collect();
    let package = json!({
        "profile": "tabular-data-package",
        "name": provenance.name,
        "title": provenance.title,
        "description": format!(
            "Tables of a result of chokepoint. Cite as: {}. {}", provenance.citation(), remarks.join(" ")
        ).trim_end(),
        "version": provenance.version(),
        "chokepoint": provenance.json(),
        "resources": resources,
    });
    let mut text = format!("{package:#}");
    text.push('\n');
    text.into_bytes()
}

fn resource(table: &Table<'_>) -> Value {
    let fields: Vec<Value> = table.columns.iter().map(field).collect();
    json!({
        "profile": "tabular-data-resource",
        "name": table.sort.name,
        "path": format!("{}.csv", table.sort.name),
        "title": table.sort.title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": { "fields": fields, "missingValues": [""] },
    })
}

fn field(column: &Column) -> Value {
    let kind = match column.kind {
        Kind::Text => "string",
        Kind::Whole => "integer",
        Kind::Number => "number",
        Kind::Date => "date",
    };
    let mut field = json!({ "name": column.name, "type": kind, "description": column.meaning });
    if !column.unit.is_empty() {
        field["unit"] = (&*column.unit).into();
    }
    field
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::provenance::tests::provenance;
    use crate::report::table::tests::hard;

    #[test]
    fn a_package_says_what_csv_can_not() {
        let bytes = package(&[&hard()], &provenance(), &["Mind the gap.".to_owned()]);
        let package: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!((&package["name"], package["chokepoint"]["seed"].as_u64()), (&json!("shipped"), Some(20_191_129)));
        assert!(package["description"].as_str().unwrap().ends_with("seed 20191129. Mind the gap."));
        let resource = &package["resources"][0];
        assert_eq!(
            (&resource["path"], resource["schema"]["fields"].as_array().unwrap().len()),
            (&json!("hard.csv"), 5)
        );
        assert_eq!(
            resource["schema"]["fields"][2],
            json!({ "name": "count", "type": "integer", "description": "A whole number", "unit": "trials" })
        );
    }
}
