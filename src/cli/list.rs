//! `chokepoint list`: the files that the program carries.

use std::io::Write;

use super::error::CliError;
use crate::scenario::{Kind, Shipped, shipped};

pub(super) fn run(out: &mut dyn Write) -> Result<(), CliError> {
    print(&shipped(), out).map_err(CliError::Output)
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
