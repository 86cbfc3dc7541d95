//! The binary: hands its arguments to the library, prints what went wrong once, and maps the outcome to an exit code.

use std::process::ExitCode;

use chokepoint::cli::{self, Typed};
use clap::Parser;

fn main() -> ExitCode {
    let outcome = match Typed::try_parse() {
        Ok(typed) => cli::run(typed, &mut std::io::stdout()),
        Err(usage) => return cli::error::show_usage(&usage),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => error.show(),
    }
}
