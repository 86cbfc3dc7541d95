//! The binary: hands its arguments to the library, prints what went wrong once, and maps the outcome to an exit code.

use std::process::ExitCode;

use chokepoint::cli::{self, Crew, Typed};

fn main() -> ExitCode {
    let mut crew = match Crew::join() {
        Ok(crew) => crew,
        Err(error) => return error.show(),
    };
    match Typed::of_command_line() {
        Ok(typed) => {
            let outcome = cli::run(typed, &mut cli::stdout(), &mut crew);
            crew.end(outcome)
        }
        Err(usage) => crew.end_by_usage(usage),
    }
}
