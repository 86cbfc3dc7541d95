//! The commands, one file each. What was typed ([`args`]) is turned into what it means ([`settings`]), handed to the
//! rooms that do the work, and what they say is printed; errors become exit codes in [`error`].

pub mod args;
mod backtest;
mod calibrate;
mod check;
mod cite;
mod compare;
mod crew;
pub mod design;
mod determine;
mod diff;
pub mod error;
mod explain;
mod format;
mod holdings;
mod init;
mod interrupt;
mod levers;
mod list;
mod load;
mod manual;
mod merge;
mod pace;
mod progress;
mod repeated;
mod reproduce;
mod run;
mod schema;
pub mod settings;
mod shell;
mod simulate;
mod sources;
mod stderr;
mod terminal;
mod work;

use std::io::{self, Write};

pub use args::Typed;
use args::{Command, CompareArgs, RunArgs};
pub use crew::Crew;
pub use error::CliError;
pub use terminal::stdout;

/// Does what was typed, and prints to `out` what is to be read on standard output. Who helps another prints nothing, and does
/// nothing but trials that can be shared.
///
/// # Errors
/// See [`CliError`].
pub fn run(mut typed: Typed, out: &mut dyn Write, crew: &mut Crew) -> Result<(), CliError> {
    interrupt::outlive_limits();
    let helps = crew.helps();
    if crew.ranks() > 1 {
        match &mut typed.command {
            Command::Run(RunArgs { write, .. }) | Command::Compare(CompareArgs { write, .. }) => crew.settle(write)?,
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
        Command::Run(args) => run::run(args, out, crew),
        Command::Compare(args) => compare::run(args, out, crew),
        Command::Backtest(args) => backtest::run(args, out),
        Command::Calibrate(args) => calibrate::run(args, out),
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
