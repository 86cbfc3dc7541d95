//! `chokepoint list`: the files that the program carries, or what a scenario holds.

use std::io::Write;

use serde::Serialize;

use super::error::CliError;
use super::format::{self, ListFormat};
use super::holdings;
use super::options::ListArgs;
use crate::scenario::{Kind, Shipped, load, shipped};

/// Whose offers and firms are listed where no scenario is named.
const SCENARIO: &str = "shipped:adopted-rules";

#[derive(Serialize)]
struct Listed<'a> {
    id: &'a str,
    kind: &'static str,
    title: &'a str,
    /// Whether it is a scenario that can be run alone.
    runnable: bool,
}

pub(super) fn run(args: &ListArgs, out: &mut dyn Write) -> Result<(), CliError> {
    if let Some(holding) = args.holding() {
        let scenario = load(args.scenario.as_deref().unwrap_or(SCENARIO), &[])?;
        return holdings::print(&scenario, holding, args.format, out);
    }
    if let Some(named) = &args.scenario {
        return holdings::summary(&load(named, &[])?, args.format, out);
    }
    let files = shipped();
    match args.format {
        ListFormat::Json => {
            let listed =
                files.iter().map(|f| Listed { id: &f.id, kind: kind(f), title: &f.title, runnable: f.runnable });
            format::json(&listed.collect::<Vec<_>>(), out)
        }
        ListFormat::Csv => {
            let header = ["id", "kind", "title", "runnable"].map(str::to_owned).to_vec();
            let row = |f: &Shipped| vec![f.id.clone(), kind(f).to_owned(), f.title.clone(), f.runnable.to_string()];
            let table = format::csv(std::iter::once(header).chain(files.iter().map(row)))?;
            out.write_all(&table).map_err(CliError::Output)
        }
        ListFormat::Text => print(&files, out).map_err(CliError::Output),
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
