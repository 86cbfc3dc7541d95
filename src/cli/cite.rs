//! `chokepoint cite`: how the program, and a result of it, are cited.

use std::io::Write;

use serde::Serialize;

use super::error::CliError;
use super::format::{self, CiteFormat};
use super::options::CiteArgs;
use super::stderr;
use crate::report::cite::{Cited, Software};
use crate::report::manifest::Recorded;
use crate::report::same;

#[derive(Serialize)]
struct Told {
    software: Software,
    result: Option<Cited>,
    bibtex: String,
    credit: String,
}

pub(super) fn run(args: &CiteArgs, out: &mut dyn Write) -> Result<(), CliError> {
    let software = Software::this();
    let recorded = match &args.folder {
        None => None,
        Some(folder) => Some(Recorded::read(folder).map_err(|error| {
            CliError::usage(format!("`{}` can't be cited: {error}", folder.display()), error.help())
        })?),
    };
    if let (Some(folder), Some(recorded)) = (&args.folder, &recorded) {
        for path in same::touched(folder, &recorded.files) {
            let told = "is not as it was written, so that the citation is not of it as it is now";
            stderr::warning(&format!("`{path}` {told}"));
        }
    }
    let result = recorded.as_ref().map(Cited::of);
    let mut bibtex = software.bibtex();
    bibtex.extend(result.iter().map(|result| format!("\n{}", result.bibtex())));
    let credit = result.as_ref().map_or_else(|| software.credit(), Cited::credit);
    let told = Told { software, result, bibtex, credit };
    match args.format {
        CiteFormat::Json => format::json(&told, out),
        CiteFormat::Bibtex => out.write_all(told.bibtex.as_bytes()).map_err(CliError::Output),
        CiteFormat::Text => {
            let Told { bibtex, credit, .. } = &told;
            write!(out, "{bibtex}\nBelow a figure:\n{credit}\n").map_err(CliError::Output)
        }
    }
}
