//! The binary: hands its arguments to the library, prints what went wrong once, and maps the outcome to an exit code.

use std::process::ExitCode;

use chokepoint::cli::{self, Typed};

fn main() -> ExitCode {
    let mut launcher = match cli::join() {
        Ok(launcher) => launcher,
        Err(error) => return error.show(),
    };
    match Typed::of_command_line() {
        Ok(typed) => {
            let outcome = cli::run(typed, &mut cli::stdout(), &mut launcher);
            cli::end(launcher, outcome)
        }
        Err(usage) => cli::end_by_usage(launcher, usage),
    }
}
