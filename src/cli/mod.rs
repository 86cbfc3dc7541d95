//! The commands, one file each. What was typed ([`args`]) is turned into what it means ([`settings`]), handed to the
//! rooms that do the work, and what they say is printed; errors become exit codes in [`error`].

pub mod args;
mod backtest;
mod calibrate;
mod check;
mod compare;
pub mod design;
mod determine;
pub mod error;
mod explain;
mod interrupt;
mod levers;
mod list;
mod progress;
mod run;
pub mod settings;
mod simulate;

use std::io::Write;

use args::Command;
pub use args::Typed;
pub use error::CliError;

/// Does what was typed, and prints to `out` what is to be read on standard output.
///
/// # Errors
/// See [`CliError`].
pub fn run(typed: Typed, out: &mut dyn Write) -> Result<(), CliError> {
    match &typed.command {
        Command::Run(args) => run::run(args, out),
        Command::Compare(args) => compare::run(args, out),
        Command::Backtest(args) => backtest::run(args, out),
        Command::Calibrate(args) => calibrate::run(args, out),
        Command::Determine(args) => determine::run(args, out),
        Command::Explain(args) => explain::run(args, out),
        Command::Check(args) => check::run(args, out),
        Command::List => list::run(out),
    }?;
    out.flush().map_err(CliError::Output)
}
