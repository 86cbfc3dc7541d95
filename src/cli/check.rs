//! `chokepoint check`: whether files are sound, what a scenario changes in what it extends, and what it rests on.

use std::io::Write;

use serde_json::{Value as Json, json};

use super::error::CliError;
use super::format::{self, Format};
use super::options::CheckArgs;
use super::{specs, stderr};
use crate::experiment::{Plan, PlanError};
use crate::law::Code;
use crate::model::effect;
use crate::report::ReportError;
use crate::report::figures::{Fonts, Seen};
use crate::scenario::describe::LayerChanges;
use crate::scenario::observed::{Need, ObservedQuantity};
use crate::scenario::regime::{ProvisionKind, Regime};
use crate::scenario::{
    Changes, Description, Kind, Library, Problem, Scenario, Source, describe_source, kind_of, load_bibliography,
    load_comparison, load_layered, load_observations,
};
use crate::study::StudyError;
use crate::units::counted;

pub(super) fn run(args: &CheckArgs, out: &mut dyn Write) -> Result<(), CliError> {
    match args.format {
        Format::Json => run_json(args, out),
        Format::Text => run_text(args, out),
    }
}

/// Every file as an object: what it is, or what is wrong with it.
fn run_json(args: &CheckArgs, out: &mut dyn Write) -> Result<(), CliError> {
    let (fonts, library) = (fonts(args)?, Library::default());
    let checked: Vec<Result<Checked, CliError>> =
        args.files.iter().map(|file| report(file, &library, &fonts)).collect();
    let told: Vec<Json> =
        args.files.iter().zip(&checked).map(|(file, checked)| told(file, checked, &library)).collect();
    format::json(&told, out)?;
    let mut errors: Vec<CliError> = checked.into_iter().filter_map(Result::err).collect();
    match errors.len() {
        0 => Ok(()),
        // One file's error says more than that it is not sound.
        1 if args.files.len() == 1 => Err(errors.remove(0)),
        failed => Err(CliError::Unsound { failed, files: args.files.len() }),
    }
}

fn told(file: &str, checked: &Result<Checked, CliError>, library: &Library) -> Json {
    match checked {
        Ok(checked) => {
            let kind = kind_of(file).map(Kind::name).unwrap_or_default();
            let mut told = json!({ "file": file, "sound": true, "kind": kind });
            if let Some(Description { id, title, runnable, layers, parameters, assumptions, by_kind }) =
                Source::named(file)
                    .ok()
                    .filter(|_| kind == Kind::Scenario.name())
                    .and_then(|s| describe_source(library, &s).ok())
            {
                let layers = layers.iter().rev().filter(|layer| layer.extends.is_some()).map(|layer| {
                    let changes: Vec<String> = layer.changes.iter().map(ToString::to_string).collect();
                    json!({ "file": layer.file, "extends": layer.extends, "changes": changes })
                });
                let by_kind = by_kind.iter().map(
                    |kind| json!({ "kind": kind.kind, "parameters": kind.parameters, "assumptions": kind.assumptions }),
                );
                told["id"] = id.into();
                told["title"] = title.into();
                told["runnable"] = runnable.into();
                told["parameters"] = parameters.into();
                told["assumptions"] = assumptions.into();
                told["layers"] = layers.collect();
                told["by_kind"] = by_kind.collect();
            }
            told["warnings"] = checked.warnings.iter().map(Problem::json).collect();
            told["report"] = checked.report.as_str().into();
            told
        }
        Err(CliError::Study(StudyError::Problems(problems))) => {
            json!({ "file": file, "sound": false, "problems": problems.iter().map(Problem::json).collect::<Vec<_>>() })
        }
        Err(error) => json!({ "file": file, "sound": false, "problems": [{ "message": error.to_string() }] }),
    }
}

fn run_text(args: &CheckArgs, out: &mut dyn Write) -> Result<(), CliError> {
    let (mut failed, fonts, library) = (0, fonts(args)?, Library::default());
    for (position, file) in args.files.iter().enumerate() {
        if position > 0 && !args.quiet {
            writeln!(out).map_err(CliError::Output)?;
        }
        match report(file, &library, &fonts) {
            Ok(checked) => {
                if !args.quiet {
                    out.write_all(checked.report.as_bytes()).map_err(CliError::Output)?;
                }
                // Kept in step with standard output, where both go to one place.
                out.flush().map_err(CliError::Output)?;
                stderr::warnings(&checked.warnings);
            }
            Err(error) if args.files.len() == 1 => return Err(error),
            Err(error) => {
                failed += 1;
                // Where nothing else is said, the error names the file.
                if !args.quiet {
                    writeln!(out, "{file}: not sound; see the error").map_err(CliError::Output)?;
                }
                // Kept in step with standard output, where both go to one place.
                out.flush().map_err(CliError::Output)?;
                stderr::error(error);
            }
        }
    }
    match failed {
        0 => Ok(()),
        failed => Err(CliError::Unsound { failed, files: args.files.len() }),
    }
}

/// The fonts of figures, with the one that is to be given for them.
fn fonts(args: &CheckArgs) -> Result<Fonts, CliError> {
    let given = args.font.as_deref().map(specs::font).transpose()?;
    Ok(Fonts::load(given).map_err(ReportError::from)?)
}

/// What is to be said of a sound file.
struct Checked {
    report: String,
    /// What can have no effect, where the period leaves the data, what rests on nothing, and what figures can't show.
    warnings: Vec<Problem>,
}

impl From<String> for Checked {
    fn from(report: String) -> Checked {
        Checked { report, warnings: Vec::new() }
    }
}

fn report(file: &str, library: &Library, fonts: &Fonts) -> Result<Checked, CliError> {
    match kind_of(file)? {
        Kind::Scenario => scenario(file, library, fonts),
        Kind::Comparison => comparison(file, library, fonts),
        Kind::Bibliography => {
            let entries = load_bibliography(file)?;
            Ok(format!("{file}: sound, a bibliography of {}\n", counted(entries.len() as u64, "source")).into())
        }
        Kind::Observations => observations(file).map(Checked::from),
    }
}

fn observations(file: &str) -> Result<String, CliError> {
    let found = load_observations(file)?.observations;
    let mut lines = vec![format!("{file}: sound, {}", counted(found.len() as u64, "observation"))];
    for quantity in ObservedQuantity::ALL {
        let of_it = || found.iter().filter(|o| o.quantity == *quantity);
        let (first, last) = (of_it().map(|o| o.period.first).min(), of_it().map(|o| o.period.last).max());
        if let (Some(first), Some(last)) = (first, last) {
            lines.push(format!("  {quantity}: {}, from {first} to {last}", of_it().count()));
        }
    }
    let count = |need: Need| found.iter().filter(|o| o.needs == Some(need)).count();
    let needs = Need::ALL.iter().map(|need| (need, count(*need))).filter(|(_, count)| *count > 0);
    let needs: Vec<String> = needs.map(|(need, count)| format!("{need} ({count})")).collect();
    if !needs.is_empty() {
        lines.push(format!("  not scored, for want of what they need: {}", needs.join(", ")));
    }
    Ok(lines.join("\n") + "\n")
}

fn scenario(file: &str, library: &Library, fonts: &Fonts) -> Result<Checked, CliError> {
    let source = Source::named(file)?;
    let description = describe_source(library, &source)?;
    let scenario = load_layered(library, &source, Changes::default())?;
    sound_to_run(&scenario)?;
    let Description { id, title, runnable, layers, parameters, assumptions, by_kind } = description;
    let alone = if runnable { "can be run alone" } else { "a base for others: can't be run alone" };
    let mut lines = vec![format!("{file}: sound, the scenario `{id}` ({alone})"), format!("  {title}")];
    for layer in layers.iter().rev() {
        lines.extend(changes(layer));
    }
    lines.extend(ladder(&scenario.regime));
    lines.push(format!(
        "  {parameters} parameters, of which {} ({assumptions}) are assumptions and the others have a source:",
        percent(assumptions, parameters)
    ));
    for kind in by_kind {
        let share = percent(kind.assumptions, kind.parameters);
        let parameters = counted(kind.parameters as u64, "parameter");
        lines.push(format!("    {}: {parameters}, {share} assumptions", kind.kind));
    }
    let mut warnings = scenario.warnings.clone();
    if runnable {
        warnings.extend(effect::warnings(&scenario)?.iter().map(|warning| Problem::warning(warning.to_string())));
    }
    warnings.extend(undrawn(fonts, drawn(&scenario)));
    Ok(Checked { report: lines.join("\n") + "\n", warnings })
}

/// The texts of a scenario that figures show.
fn drawn(scenario: &Scenario) -> Vec<&str> {
    let world = &scenario.world;
    let labels = scenario.regime.provisions.values().filter_map(|provision| match &provision.kind {
        ProvisionKind::MarketRestriction { label, .. } => Some(label),
        _ => None,
    });
    let names = world.classes.values().map(|class| &class.name);
    let names = names.chain(world.lines.values().flat_map(|line| [&line.name, &line.product]));
    let names = names.chain(world.vendors.values().map(|vendor| &vendor.name)).chain(labels);
    std::iter::once(&scenario.title).chain(names).map(String::as_str).collect()
}

/// Warnings of characters that the fonts lack.
fn undrawn<'t>(fonts: &Fonts, texts: impl IntoIterator<Item = &'t str>) -> Vec<Problem> {
    let given = fonts.given().map(|font| font.name.as_str());
    Seen::of(fonts, texts).warnings(given).into_iter().map(Problem::warning).collect()
}

/// A scenario that reads well may still make no sense as law, or hold nothing to simulate.
fn sound_to_run(scenario: &Scenario) -> Result<(), CliError> {
    for rungs in [0, scenario.regime.rungs().count()] {
        let law = scenario.regime.stage(rungs);
        Code::new(&law).map_err(|source| PlanError::Law { id: scenario.id.clone(), source })?;
    }
    if scenario.runnable {
        Plan::new(std::slice::from_ref(scenario), 0, 1)?;
    }
    Ok(())
}

/// The rungs of an adaptive policy, in their order.
fn ladder(regime: &Regime) -> Vec<String> {
    let Some(escalation) = &regime.escalation else { return Vec::new() };
    let from = escalation.from;
    let mut lines =
        vec![format!("  an escalation ladder; the regulator looks from {from}, and a run decides the days:")];
    lines.extend(regime.rungs().zip(1..).map(|(rung, number)| {
        let ids: Vec<&str> = rung.provisions.keys().map(String::as_str).collect();
        format!("    {number}. {}: {}", rung.title, ids.join(", "))
    }));
    lines
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

fn comparison(file: &str, library: &Library, fonts: &Fonts) -> Result<Checked, CliError> {
    let comparison = load_comparison(file)?;
    let load = |source| load_layered(library, source, Changes::default());
    let scenarios = comparison.scenarios.iter().map(load).collect::<Result<Vec<_>, _>>()?;
    Plan::new(&scenarios, 0, 1)?;
    let mut lines = vec![
        format!("{file}: sound, the comparison `{}` of {} scenarios of one world", comparison.id, scenarios.len()),
        format!("  {}", comparison.title),
    ];
    lines.extend(scenarios.iter().map(|scenario| {
        let reference = if scenario.id == comparison.reference { " (the reference)" } else { "" };
        format!("    {}{reference}: {}", scenario.id, scenario.title)
    }));
    let mut warnings: Vec<Problem> = effect::sentences(&scenarios)?.into_iter().map(Problem::warning).collect();
    warnings.extend(undrawn(fonts, scenarios.iter().flat_map(drawn).chain([comparison.title.as_str()])));
    warnings.extend(scenarios.into_iter().flat_map(|scenario| scenario.warnings));
    Ok(Checked { report: lines.join("\n") + "\n", warnings })
}
