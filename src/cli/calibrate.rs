//! `chokepoint calibrate`: which values of a scenario's uncertain parameters agree with what was observed.

use std::io::Write;

use super::backtest;
use super::console::Console;
use super::error::CliError;
use super::options::CalibrateArgs;
use super::specs;
use crate::study::{CalibrationSpec, calibrate};

pub(super) fn run(args: &CalibrateArgs, out: &mut dyn Write) -> Result<(), CliError> {
    refuse_layers(args)?;
    let console = Console::new(args.write.output.quiet);
    let spec = CalibrationSpec {
        scenario: args.file.clone(),
        observations: args.observations.clone(),
        set: args.write.set.clone(),
        until: args.until,
        keep: args.keep,
        tolerance: args.tolerance,
        trials: specs::trials(&args.write),
        seed: specs::seed(&args.write, &console)?,
        threads: specs::threads(args.write.threads),
    };
    let output = specs::output(args.write.out.as_deref(), &args.write.output)?;
    let judged = calibrate(&spec, &output, &console)?;
    backtest::closing(&judged).print(args.write.output.format, args.write.output.quiet, out)
}

/// What the other commands that simulate take, and this one can't.
fn refuse_layers(args: &CalibrateArgs) -> Result<(), CliError> {
    if args.write.horizon.is_some() {
        let help = "leave --horizon out, or choose the observations with --until";
        return Err(CliError::usage("a calibration simulates to the end of its last observation", help));
    }
    if let Some(overlay) = args.write.overlays.first() {
        let help =
            format!("write a scenario that extends both, and calibrate that: `{overlay}` would not be in the result");
        return Err(CliError::usage("`calibrate` does not take --overlay", help));
    }
    Ok(())
}
