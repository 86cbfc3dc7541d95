//! `chokepoint list`: the files that the program carries.

use std::io::Write;

use serde::Serialize;

use super::args::ListArgs;
use super::error::CliError;
use super::format::{self, Format};
use crate::scenario::{Kind, Shipped, shipped};

#[derive(Serialize)]
struct Listed<'a> {
    id: &'a str,
    kind: &'static str,
    title: &'a str,
    /// Whether it is a scenario that can be run alone.
    runnable: bool,
}

pub(super) fn run(args: &ListArgs, out: &mut dyn Write) -> Result<(), CliError> {
    let files = shipped();
    match args.format {
        Format::Json => {
            let listed =
                files.iter().map(|f| Listed { id: &f.id, kind: kind(f), title: &f.title, runnable: f.runnable });
            format::json(&listed.collect::<Vec<_>>(), out)
        }
        Format::Text => print(&files, out).map_err(CliError::Output),
    }
}

fn print(files: &[Shipped], out: &mut dyn Write) -> std::io::Result<()> {
    let id_width = files.iter().map(|f| f.id.len()).max().unwrap_or(0);
    let kind_width = files.iter().map(|f| kind(f).len()).max().unwrap_or(0);
    for file in files {
        let line = format!("{:id_width$}  {:kind_width$}  {}", file.id, kind(file), file.title);
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn kind(file: &Shipped) -> &'static str {
    match file.kind {
        Kind::Scenario if !file.runnable => "base",
        kind => kind.name(),
    }
}
