//! The two streams that a person or a shell reads. All that the program prints goes through them, so that no file name, argument
//! or text of a file can command the terminal.

use std::io::{self, StderrLock, Stdout};

use crate::text::Printed;

/// Standard output.
pub fn stdout() -> Printed<Stdout> {
    Printed::to(io::stdout())
}

/// Standard error. Where nobody listens there is nobody to warn: what can't be written is lost.
pub(crate) fn stderr() -> Printed<StderrLock<'static>> {
    Printed::to(io::stderr().lock())
}
