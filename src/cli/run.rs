//! `chokepoint run`: one scenario, told against the same world without controls.

use std::io::Write;

use super::compare;
use super::error::CliError;
use super::options::RunArgs;
use crate::study::{Launcher, Spec};

pub(super) fn run(args: &RunArgs, out: &mut dyn Write, launcher: &mut Launcher) -> Result<(), CliError> {
    let named = Spec::run(&args.file)?;
    compare::simulate(named, (&args.write, &args.simulate, &args.design), out, launcher)
}
