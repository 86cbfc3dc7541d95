//! In which form a command tells what it has to tell: as a person reads it, or as a program does.

use std::io::Write;

use serde::Serialize;

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

/// Prints a value as a JSON document.
pub(super) fn json(value: &impl Serialize, out: &mut dyn Write) -> Result<(), CliError> {
    let text = serde_json::to_string_pretty(value)?;
    writeln!(out, "{text}").map_err(CliError::Output)
}
