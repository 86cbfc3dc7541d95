//! `chokepoint merge`: joins the shards of an experiment into the result that one run would have given.

use std::io::Write;

use super::compare;
use super::console::Console;
use super::error::CliError;
use super::options::MergeArgs;
use super::specs;
use crate::study::{MergeSpec, merge};

pub(super) fn run(args: &MergeArgs, out: &mut dyn Write) -> Result<(), CliError> {
    let spec = MergeSpec { shards: args.shards.clone(), threads: specs::threads(args.threads) };
    let output = specs::output(Some(&args.out), &args.output)?;
    let written = merge(&spec, &output, &Console::new(args.output.quiet))?;
    compare::closing(&written).print(args.output.format, args.output.quiet, out)
}
