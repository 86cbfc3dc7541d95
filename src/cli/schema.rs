//! `chokepoint schema`: JSON Schemas of the files that an analyst writes, for editors.

use std::io::Write;

use super::error::CliError;
use super::format;
use super::options::SchemaArgs;
use crate::scenario::schema::schema;

pub(super) fn run(args: &SchemaArgs, out: &mut dyn Write) -> Result<(), CliError> {
    format::json(&schema(args.kind), out)
}
