//! What can go wrong with a command, and how it is told on standard error. Exit codes are 2 for usage and bad input, 1 for an output
//! that can't be written, and those of a study.

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use miette::{Diagnostic, MietteHandlerOpts};

use super::{stderr, study_error};
use crate::experiment::PlanError;
use crate::law::LawError;
use crate::law::cases::CaseErrors;
use crate::report::ReportError;
use crate::report::figures::FigureError;
use crate::scenario::{Problem, Problems};
use crate::study::StudyError;
use crate::text;

/// Why a command did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// What was asked for can't be done, or was not.
    #[error(transparent)]
    Study(#[from] StudyError),
    /// A file of cases is wrong.
    #[error(transparent)]
    Cases(#[from] Box<CaseErrors>),
    /// Files that `check` found wrong, each told before.
    #[error("{}", match (*.failed, *.files) {
        (_, 1) => "the file is not sound".to_owned(),
        (1, files) => format!("1 of {files} files is not sound"),
        (failed, files) => format!("{failed} of {files} files are not sound"),
    })]
    Unsound {
        /// How many.
        failed: usize,
        /// Of how many.
        files: usize,
    },
    /// A result did not come out as it stands.
    #[error("{differ} of {files} files {} not as the manifest says", if *.differ == 1 { "is" } else { "are" })]
    NotReproduced {
        /// Files that are otherwise.
        differ: usize,
        /// Files.
        files: usize,
    },
    /// A file can't be written.
    #[error("`{path}` can't be written: {why}")]
    Unwritable {
        /// The file.
        path: String,
        /// What the system says.
        why: io::Error,
    },
    /// Standard output can't be written.
    #[error("standard output could not be written: {0}")]
    Output(#[source] io::Error),
}

/// Whatever the other rooms report is an error of what was asked for.
macro_rules! of_study {
    ($($error:ty),*) => {
        $(impl From<$error> for CliError {
            fn from(error: $error) -> CliError {
                CliError::Study(error.into())
            }
        })*
    };
}

of_study!(Problem, Problems, PlanError, LawError, ReportError, FigureError, serde_json::Error);

impl From<CaseErrors> for CliError {
    fn from(errors: CaseErrors) -> CliError {
        CliError::Cases(Box::new(errors))
    }
}

impl CliError {
    /// A misuse, with what to do instead.
    pub(crate) fn usage(message: impl Into<String>, help: impl Into<String>) -> CliError {
        StudyError::invalid(message, help).into()
    }

    /// A name that is not among those known.
    pub(crate) fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> CliError {
        StudyError::unknown(what, name, known).into()
    }

    /// The exit code.
    pub fn code(&self) -> u8 {
        match self {
            CliError::Study(error) => study_error::code(error),
            CliError::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => 0,
            CliError::Cases(_) | CliError::Unsound { .. } => 2,
            CliError::NotReproduced { .. } | CliError::Unwritable { .. } | CliError::Output(_) => 1,
        }
    }

    /// Tells it on standard error, and gives the exit code.
    pub fn show(self) -> ExitCode {
        let code = self.code();
        // A reader of standard output that has enough (`| head -1`) is no error, and needs no word.
        if code != 0 {
            stderr::error(self);
        }
        ExitCode::from(code)
    }

    /// The message: with the place in the file, where there is one.
    pub(crate) fn told(self) -> String {
        match self {
            CliError::Study(StudyError::Problems(problems)) => drawn(problems),
            CliError::Cases(errors) => drawn(*errors),
            error => {
                let help = error.help().map(|help| format!("  help: {help}\n")).unwrap_or_default();
                text::printable(&format!("error: {error}\n{help}")).into_owned()
            }
        }
    }

    /// What sort of error it is, in a word that a program can go by.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            CliError::Study(error) => study_error::kind(error),
            CliError::Cases(_) | CliError::Unsound { .. } => "input",
            CliError::NotReproduced { .. } => "not-reproduced",
            CliError::Unwritable { .. } | CliError::Output(_) => "output",
        }
    }

    /// What helps, if it is known.
    pub(crate) fn help(&self) -> Option<String> {
        match self {
            CliError::Study(error) => study_error::help(error),
            CliError::Unwritable { .. } => {
                Some("what stood there stands as it was; make room, or name a place elsewhere".to_owned())
            }
            _ => None,
        }
    }
}

/// Whether the environment asks for no colors, as `clap` understands it too.
fn is_plain(variable: impl Fn(&str) -> Option<std::ffi::OsString>) -> bool {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    let forced = set("CLICOLOR_FORCE").is_some_and(|value| value != "0");
    set("NO_COLOR").is_some() || (!forced && set("CLICOLOR").is_some_and(|value| value == "0"))
}

/// A diagnostic with the lines of the file. In a log or a pipe, lines are not wrapped, so that they can be searched.
pub(crate) fn drawn(diagnostic: impl Diagnostic + Send + Sync + 'static) -> String {
    // The second and later diagnostics of a command find it set.
    let _ = miette::set_hook(Box::new(|_| {
        let plain = is_plain(|name| std::env::var_os(name));
        let options = MietteHandlerOpts::new().wrap_lines(io::stderr().is_terminal());
        Box::new(if plain { options.color(false) } else { options }.build())
    }));
    format!("{:?}", miette::Report::new(diagnostic))
}

/// Tells what `clap` has to say (help and version too), and gives the exit code.
pub fn show_usage(error: clap::Error) -> ExitCode {
    let code = u8::try_from(error.exit_code()).unwrap_or(2);
    match stderr::usage(error) {
        Err(why) if why.kind() != io::ErrorKind::BrokenPipe => CliError::Output(why).show(),
        _ => ExitCode::from(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_colors_are_shown_where_the_environment_wants_none() {
        let plain = |set: &[(&str, &str)]| {
            is_plain(|name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into()))
        };
        assert!(!plain(&[]) && !plain(&[("NO_COLOR", "")]) && !plain(&[("CLICOLOR", "1")]));
        assert!(plain(&[("NO_COLOR", "1")]) && plain(&[("CLICOLOR", "0")]));
        assert!(!plain(&[("CLICOLOR", "0"), ("CLICOLOR_FORCE", "1")]));
        assert!(plain(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
    }
}
