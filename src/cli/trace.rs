//! `chokepoint trace`: what holds the output of the targeted vendors down, tick by tick: printed, or written into a folder.

use std::io::Write;

use serde_json::json;

use super::console::Console;
use super::error::CliError;
use super::format::{Closing, Format, ListFormat};
use super::options::TraceArgs;
use super::specs;
use crate::report::trace as report;
use crate::study::{TraceSpec, WrittenTrace, trace, write_trace};

pub(super) fn run(args: &TraceArgs, out: &mut dyn Write) -> Result<(), CliError> {
    let console = Console::new(args.write.output.quiet);
    let spec = TraceSpec {
        scenario: args.file.clone(),
        trial: args.trial,
        trials: args.write.trials,
        class: args.class.clone(),
        days: (args.from, args.to),
        layers: specs::layers(&args.write),
        seed: specs::seed(&args.write, &console)?,
        threads: specs::threads(args.write.threads),
    };
    if args.write.out.is_some() {
        return write(args, &spec, &console, out);
    }
    let trace = trace(&spec, &console)?;
    let printed = match args.write.output.format {
        ListFormat::Text => report::text(&trace).into_bytes(),
        ListFormat::Csv => report::csv(&trace)?,
        ListFormat::Json => report::json(&trace)?,
    };
    out.write_all(&printed).map_err(CliError::Output)
}

/// Writes the result into the folder that was named, and says so.
fn write(args: &TraceArgs, spec: &TraceSpec, console: &Console, out: &mut dyn Write) -> Result<(), CliError> {
    let format = match args.write.output.format {
        ListFormat::Text => Format::Text,
        ListFormat::Json => Format::Json,
        ListFormat::Csv => {
            let help = "leave --format out: DIR/trace.csv is the table; or leave --out out, to have it printed";
            return Err(CliError::usage("--format csv prints the table, which --out writes into a folder", help));
        }
    };
    let output = specs::output(args.write.out.as_deref(), &args.write.output)?;
    let WrittenTrace { folder, trace, warnings } = write_trace(spec, &output, console)?;
    let (folder, headline) = (folder.display().to_string(), report::headline(&trace));
    let json = json!({
        "folder": folder, "scenario": trace.scenario, "trial": trace.trial(), "trials": trace.of.count(), "seed": trace.seed,
        "headline": headline.trim_end(), "warnings": warnings,
    });
    let text = format!("The result is in {folder} (read summary.md first).\n{headline}");
    Closing { text, json }.print(format, args.write.output.quiet, out)
}
