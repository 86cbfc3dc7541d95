//! `chokepoint backtest`: a scenario run to the last observation of a file, and what it predicted scored against them; and what
//! `calibrate` shares with it.

use std::io::Write;

use serde_json::json;

use super::console::Console;
use super::error::CliError;
use super::format::Closing;
use super::options::BacktestArgs;
use super::specs;
use crate::study::{BacktestSpec, Judged, backtest};

pub(super) fn run(args: &BacktestArgs, out: &mut dyn Write) -> Result<(), CliError> {
    let console = Console::new(args.write.output.quiet);
    let spec = BacktestSpec {
        scenario: args.file.clone(),
        observations: args.observations.clone(),
        layers: specs::layers(&args.write),
        trials: specs::trials(&args.write),
        seed: specs::seed(&args.write, &console)?,
        threads: specs::threads(args.write.threads),
    };
    let output = specs::output(args.write.out.as_deref(), &args.write.output)?;
    let judged = backtest(&spec, &output, &console)?;
    closing(&judged).print(args.write.output.format, args.write.output.quiet, out)
}

/// What is told of what was written.
pub(super) fn closing(judged: &Judged) -> Closing {
    let Judged { folder, name, scenario, trials, seed, observations, headline, warnings } = judged;
    let folder = folder.display().to_string();
    let json = json!({
        "folder": folder, "name": name, "scenario": scenario, "trials": trials, "seed": seed,
        "observations": observations, "headline": headline.trim_end(), "warnings": warnings,
    });
    Closing { text: format!("The result is in {folder} (read summary.md first).\n{headline}"), json }
}
