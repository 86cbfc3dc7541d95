//! In which form a command tells what it has to tell: as a person reads it, or as a program does.

use std::io::Write;

use serde::Serialize;
use serde_json::Value as Json;

use super::error::CliError;
use crate::units::named;

named! {
    /// The form of what is printed.
    Format, "format" {
        /// For a person.
        Text = "text",
        /// One JSON document.
        Json = "json",
    }
}

named! {
    /// The form of a list.
    ListFormat, "format" {
        /// For a person.
        Text = "text",
        /// One JSON document.
        Json = "json",
        /// A table for a spreadsheet.
        Csv = "csv",
    }
}

named! {
    /// The form of a citation.
    CiteFormat, "format" {
        /// BibTeX and the credit, for a person.
        Text = "text",
        /// All of it for a program.
        Json = "json",
        /// BibTeX alone.
        Bibtex = "bibtex",
    }
}

/// What a command that writes tells at its end.
pub(super) struct Closing {
    /// For a person.
    pub(super) text: String,
    /// For a program.
    pub(super) json: Json,
}

impl Closing {
    /// Prints it. A person who wants quiet is told nothing; a program is told what it asked for.
    pub(super) fn print(&self, format: Format, quiet: bool, out: &mut dyn Write) -> Result<(), CliError> {
        match format {
            Format::Json => json(&self.json, out),
            Format::Text if quiet => Ok(()),
            Format::Text => out.write_all(self.text.as_bytes()).map_err(CliError::Output),
        }
    }
}

/// A table as CSV, of which the first row is the header. It is made whole before any of it is printed.
pub(super) fn csv(rows: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>, CliError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).map_err(|why| CliError::Output(why.into()))?;
    }
    writer.into_inner().map_err(|why| CliError::Output(why.into_error()))
}

/// Prints a value as a JSON document.
pub(super) fn json(value: &impl Serialize, out: &mut dyn Write) -> Result<(), CliError> {
    let text = serde_json::to_string_pretty(value)?;
    writeln!(out, "{text}").map_err(CliError::Output)
}
