//! `chokepoint compare`: the shipped comparison, one from a file, or several scenarios side by side; and what `run` shares with it.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use serde_json::{Value as Json, json};

use super::console::Console;
use super::design::DesignArgs;
use super::error::CliError;
use super::format::Closing;
use super::options::{CompareArgs, SimulateArgs, WriteArgs};
use super::specs;
use crate::analysis::results::Comparison;
use crate::report;
use crate::study::{Launcher, Spec, Study, Written};

pub(super) fn run(args: &CompareArgs, out: &mut dyn Write, launcher: &mut Launcher) -> Result<(), CliError> {
    let named = Spec { reference: args.reference.clone(), ..Spec::compare(&args.files)? };
    simulate(named, (&args.write, &args.simulate, &args.design), out, launcher)
}

/// Simulates the scenarios that were named, writes what is found, and tells it.
pub(super) fn simulate(
    named: Spec,
    (write, simulate, design): (&WriteArgs, &SimulateArgs, &DesignArgs),
    out: &mut dyn Write,
    launcher: &mut Launcher,
) -> Result<(), CliError> {
    let console = Console::new(write.output.quiet);
    let (spec, mode) = specs::experiment(named, write, simulate, design, &console)?;
    let output = specs::output(write.out.as_deref(), &write.output)?;
    let written = Study::new(&spec, &console)?.write(&output, mode, &console, launcher)?;
    let Some(written) = written else { return Ok(()) };
    closing(&written).print(write.output.format, write.output.quiet, out)
}

/// What is told of what was written.
pub(super) fn closing(written: &Written) -> Closing {
    match written {
        Written::Finished(folder) => {
            let folder = folder.display().to_string();
            let text = format!("The result in {folder} is finished.\n");
            Closing { text, json: json!({ "folder": folder, "finished": true }) }
        }
        Written::Shard { folder, number, of } => {
            let folder = folder.display().to_string();
            let text = format!(
                "Shard {number} of {of} is in {folder}. When all are done, join them: chokepoint merge DIR... --out DIR\n"
            );
            Closing { text, json: json!({ "folder": folder, "shard": number, "of": of }) }
        }
        Written::Result { folder, comparison, warnings } => {
            let headline = report::headline(comparison);
            let text = format!("The result is in {} (open report.html first).\n{headline}", folder.display());
            Closing { text, json: result(folder, comparison, warnings) }
        }
    }
}

/// The headline for a program.
fn result(folder: &Path, comparison: &Comparison, warnings: &[String]) -> Json {
    let sentences: BTreeMap<&str, String> =
        report::sentences(comparison).map(|(scenario, sentence)| (scenario.id.as_str(), sentence)).collect();
    let scenarios = comparison.scenarios.iter().map(|scenario| {
        let (low, high) = scenario.shortfall.ends().unzip();
        json!({
            "id": scenario.id,
            "title": scenario.title,
            "implied": scenario.implied,
            "shortfall": { "value": scenario.shortfall.value, "low95": low, "high95": high },
            "worse_in": scenario.share_worse,
            "same_in": scenario.share_tied,
            "same_as_reference": scenario.same_as_reference,
            "headline": sentences.get(scenario.id.as_str()),
        })
    });
    json!({
        "folder": folder.display().to_string(),
        "comparison": comparison.name,
        "title": comparison.title,
        "trials": comparison.trials,
        "seed": comparison.seed,
        "reference": comparison.scenarios.get(comparison.reference).map(|scenario| &scenario.id),
        "scenarios": scenarios.collect::<Vec<_>>(),
        "warnings": warnings,
    })
}
