//! `chokepoint check`: whether files are sound, what a scenario changes in what it extends, and what it rests on.

use std::io::{self, Write};

use super::args::CheckArgs;
use super::error::CliError;
use crate::experiment::{Plan, PlanError};
use crate::law::Code;
use crate::scenario::describe::LayerChanges;
use crate::scenario::observed::ObservedQuantity;
use crate::scenario::{
    Description, Kind, Scenario, Source, describe_source, kind_of, load_bibliography, load_comparison,
    load_observations, load_source,
};

pub(super) fn run(args: &CheckArgs, out: &mut dyn Write) -> Result<(), CliError> {
    let mut failed = 0;
    for (position, file) in args.files.iter().enumerate() {
        if position > 0 {
            writeln!(out).map_err(CliError::Output)?;
        }
        match report(file) {
            Ok(report) => out.write_all(report.as_bytes()).map_err(CliError::Output)?,
            Err(error) if args.files.len() == 1 => return Err(error),
            Err(error) => {
                failed += 1;
                writeln!(out, "{file}: not sound; see the error").map_err(CliError::Output)?;
                // Kept in step with standard output, where both go to one place.
                out.flush().map_err(CliError::Output)?;
                let _ = write!(io::stderr(), "{}", error.told());
            }
        }
    }
    match failed {
        0 => Ok(()),
        failed => Err(CliError::Unsound { failed, files: args.files.len() }),
    }
}

/// What is to be said of a sound file.
fn report(file: &str) -> Result<String, CliError> {
    match kind_of(file)? {
        Kind::Scenario => scenario(file),
        Kind::Comparison => comparison(file),
        Kind::Bibliography => {
            let entries = load_bibliography(file)?;
            Ok(format!("{file}: sound, a bibliography of {} sources\n", entries.len()))
        }
        Kind::Observations => observations(file),
    }
}

fn observations(file: &str) -> Result<String, CliError> {
    let found = load_observations(file)?.observations;
    let mut lines = vec![format!("{file}: sound, {} observations", found.len())];
    for quantity in ObservedQuantity::ALL {
        let of_it = || found.iter().filter(|o| o.quantity == *quantity);
        let (first, last) = (of_it().map(|o| o.period.first).min(), of_it().map(|o| o.period.last).max());
        if let (Some(first), Some(last)) = (first, last) {
            lines.push(format!("  {quantity}: {}, from {first} to {last}", of_it().count()));
        }
    }
    Ok(lines.join("\n") + "\n")
}

fn scenario(file: &str) -> Result<String, CliError> {
    let source = Source::named(file)?;
    let description = describe_source(&source)?;
    sound_to_run(&load_source(&source, &[])?)?;
    let Description { id, title, runnable, layers, parameters, assumptions, by_kind } = description;
    let alone = if runnable { "can be run alone" } else { "a base for others: can't be run alone" };
    let mut lines = vec![format!("{file}: sound, the scenario `{id}` ({alone})"), format!("  {title}")];
    for layer in layers.iter().rev() {
        lines.extend(changes(layer));
    }
    lines.push(format!(
        "  {parameters} parameters, of which {} ({assumptions}) are assumptions and the others have a source:",
        percent(assumptions, parameters)
    ));
    for kind in by_kind {
        let share = percent(kind.assumptions, kind.parameters);
        lines.push(format!("    {}: {} parameters, {share} assumptions", kind.kind, kind.parameters));
    }
    Ok(lines.join("\n") + "\n")
}

/// A scenario that reads well may still make no sense as law, or hold nothing to simulate.
fn sound_to_run(scenario: &Scenario) -> Result<(), CliError> {
    Code::new(&scenario.regime).map_err(|source| PlanError::Law { id: scenario.id.clone(), source })?;
    if scenario.runnable {
        Plan::new(std::slice::from_ref(scenario), 0, 1)?;
    }
    Ok(())
}

fn changes(layer: &LayerChanges) -> Vec<String> {
    let Some(extends) = &layer.extends else { return Vec::new() };
    if layer.changes.is_empty() {
        return vec![format!("  {} extends {extends} and changes nothing", layer.file)];
    }
    let mut lines = vec![format!("  {} extends {extends} and", layer.file)];
    lines.extend(layer.changes.iter().map(|change| format!("    {change}")));
    lines
}

fn percent(part: usize, whole: usize) -> String {
    if whole == 0 { "none".to_owned() } else { format!("{:.0}%", 100.0 * part as f64 / whole as f64) }
}

fn comparison(file: &str) -> Result<String, CliError> {
    let comparison = load_comparison(file)?;
    let scenarios =
        comparison.scenarios.iter().map(|source| load_source(source, &[])).collect::<Result<Vec<_>, _>>()?;
    Plan::new(&scenarios, 0, 1)?;
    let mut lines = vec![
        format!("{file}: sound, the comparison `{}` of {} scenarios of one world", comparison.id, scenarios.len()),
        format!("  {}", comparison.title),
    ];
    lines.extend(scenarios.iter().map(|scenario| {
        let reference = if scenario.id == comparison.reference { " (the reference)" } else { "" };
        format!("    {}{reference}: {}", scenario.id, scenario.title)
    }));
    Ok(lines.join("\n") + "\n")
}
