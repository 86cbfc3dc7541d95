//! `chokepoint run`: one scenario, told against the same world without controls.

use std::io::Write;

use super::args::RunArgs;
use super::crew::Crew;
use super::error::CliError;
use super::levers;
use super::simulate::Job;
use crate::scenario::{Kind, Source, kind_of};

pub(super) fn run(args: &RunArgs, out: &mut dyn Write, crew: &mut Crew) -> Result<(), CliError> {
    if kind_of(&args.file)? == Kind::Comparison {
        let help = format!("run it with `chokepoint compare {}`", args.file);
        return Err(CliError::usage(format!("`{}` is a comparison, not a scenario", args.file), help));
    }
    let designed = levers::load(&[Source::named(&args.file)?], &args.write, &args.design)?;
    let (name, title) = designed.first();
    let (loaded, request) = (designed.loaded, designed.request);
    Job { loaded, name, title, reference: None, own: false, request }.run(&args.write, &args.simulate, out, crew)
}
