//! The commands, one file each. What was typed ([`args`]) becomes what is asked of a study (`specs`), progress is shown by the
//! `console`, and what the study found is told in words; errors become exit codes in [`error`].

pub mod args;
mod backtest;
mod calibrate;
mod check;
mod cite;
mod compare;
mod console;
pub mod design;
mod determine;
mod diff;
pub mod error;
mod explain;
mod format;
mod holdings;
mod init;
mod interrupt;
mod list;
mod manual;
mod merge;
pub mod options;
mod pace;
mod progress;
mod repeated;
mod reproduce;
mod run;
mod schema;
mod sources;
mod specs;
mod stderr;
mod study_error;
mod terminal;
mod trace;
pub mod values;

use std::io::{self, Write};
use std::process::ExitCode;

use args::Command;
pub use args::Typed;
pub use error::CliError;
use interrupt::Interrupt;
use options::{CompareArgs, RunArgs, WriteArgs};
pub use terminal::stdout;
use values::Seed;

use crate::study::Launcher;

/// Joins the ranks of an MPI job, if this process is one of them.
///
/// # Errors
/// The MPI library can't be used.
pub fn join() -> Result<Launcher, CliError> {
    Ok(Launcher::join(|| Interrupt::listen().shared_flag())?)
}

/// Tells how the command went, on standard error; where another process leads, to that one. Then waits until all have left, and
/// gives the exit code.
pub fn end(mut launcher: Launcher, outcome: Result<(), CliError>) -> ExitCode {
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    if launcher.helps() {
        // What it has to tell is a failure there and not here.
        launcher.fail(&error.told());
        return ExitCode::SUCCESS;
    }
    let code = error.show();
    // The error is told before the job ends: that must not wait for anybody.
    drop(launcher);
    code
}

/// The same for what was typed and is no command, or asks for help.
pub fn end_by_usage(mut launcher: Launcher, usage: clap::Error) -> ExitCode {
    match launcher.fail(&usage.to_string()) {
        true => ExitCode::SUCCESS,
        false => error::show_usage(usage),
    }
}

/// Options mean something else where processes share the work.
///
/// # Errors
/// What each process would take for something else.
fn settle_for_ranks(typed: &mut WriteArgs, helps: bool) -> Result<(), CliError> {
    if typed.seed == Seed::Random {
        return Err(CliError::usage(
            "each rank of an MPI job would pick a different seed",
            "give a number with --seed",
        ));
    }
    // As many ranks as cores are usual, and what a launcher lets a rank use says little: Open MPI binds a rank to one core
    // if there are two, and to a whole socket if there are more.
    typed.threads.get_or_insert(1);
    typed.output.quiet |= helps;
    Ok(())
}

/// Does what was typed, and prints to `out` what is to be read on standard output. Who helps another prints nothing, and does
/// nothing but trials that can be shared.
///
/// # Errors
/// See [`CliError`].
pub fn run(mut typed: Typed, out: &mut dyn Write, launcher: &mut Launcher) -> Result<(), CliError> {
    interrupt::outlive_limits();
    let helps = launcher.helps();
    if launcher.ranks() > 1 {
        match &mut typed.command {
            Command::Run(RunArgs { write, .. }) | Command::Compare(CompareArgs { write, .. }) => {
                settle_for_ranks(write, helps)?;
            }
            _ if helps => return Ok(()),
            _ => {}
        }
    }
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    if !helps && !words.iter().any(|word| word == "--quiet" || word == "-q") {
        for sentence in repeated::sentences(&words) {
            stderr::warning(&sentence);
        }
    }
    let out = if helps { &mut io::sink() } else { out };
    match &typed.command {
        Command::Run(args) => run::run(args, out, launcher),
        Command::Compare(args) => compare::run(args, out, launcher),
        Command::Backtest(args) => backtest::run(args, out),
        Command::Calibrate(args) => calibrate::run(args, out),
        Command::Trace(args) => trace::run(args, out),
        Command::Merge(args) => merge::run(args, out),
        Command::Determine(args) => determine::run(args, out),
        Command::Explain(args) => explain::run(args, out),
        Command::Check(args) => check::run(args, out),
        Command::List(args) => list::run(args, out),
        Command::Init(args) => init::run(args, out),
        Command::Diff(args) => diff::run(args, out),
        Command::Sources(args) => sources::run(args, out),
        Command::Completions(args) => manual::completions(args, out),
        Command::Man(args) => manual::man(args, out),
        Command::Schema(args) => schema::run(args, out),
        Command::Cite(args) => cite::run(args, out),
        Command::Reproduce(args) => reproduce::run(args, out),
    }?;
    out.flush().map_err(CliError::Output)
}
