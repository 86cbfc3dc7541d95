//! What can go wrong with a command, how it is told on standard error, and which exit code it has: 2 for usage, bad input
//! and a folder in the way; 1 for an output that can't be written or another failure; 130 for Ctrl-C.

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;

use miette::{Diagnostic, MietteHandlerOpts};

use super::stderr;
use crate::analysis::calibration::CalibrationError;
use crate::experiment::checkpoint::CheckpointError;
use crate::experiment::cluster::{JoinError, Rejected, WorkerLost};
use crate::experiment::ensemble::RunError;
use crate::experiment::partial::PartialError;
use crate::experiment::rows::RowsError;
use crate::experiment::trial_table::TableError;
use crate::experiment::trials_parquet::TrialsError;
use crate::experiment::{Interrupted, PlanError};
use crate::law::LawError;
use crate::law::cases::CaseErrors;
use crate::report::ReportError;
use crate::report::folder::FolderError;
use crate::report::number::thousands;
use crate::scenario::problem::suggest;
use crate::scenario::{Problem, Problems};
use crate::text;
use crate::units::counted;

/// Why a command did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// A scenario, comparison or bibliography file is wrong.
    #[error(transparent)]
    Problems(#[from] Problems),
    /// A file of cases is wrong.
    #[error(transparent)]
    Cases(#[from] Box<CaseErrors>),
    /// What was typed makes no sense with what was read.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// How to mend it.
        help: Option<String>,
    },
    /// The scenarios can't be run together.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// A regime makes no sense as law.
    #[error(transparent)]
    Law(#[from] LawError),
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
    /// The result can't be written.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The result can't be shown.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The manifest can't be made.
    #[error("the manifest could not be written: {0}")]
    Manifest(#[from] serde_json::Error),
    /// The threads can't be had.
    #[error("{} could not be started: {why}", counted(*threads as u64, "thread"))]
    Threads {
        /// How many were wanted.
        threads: usize,
        /// Why.
        why: rayon::ThreadPoolBuildError,
    },
    /// The MPI library can't be used.
    #[error(transparent)]
    Join(#[from] JoinError),
    /// The ranks of a job have not the same to do.
    #[error(transparent)]
    Refused(#[from] Rejected),
    /// The ranks of a job can't go on.
    #[error(transparent)]
    Broken(#[from] WorkerLost),
    /// The observations say nothing that a calibration could use.
    #[error(transparent)]
    Calibration(#[from] CalibrationError),
    /// Work in progress can't be kept.
    #[error(transparent)]
    Partial(#[from] PartialError),
    /// A checkpoint or shard can't be used or written.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Trials can't be read back.
    #[error(transparent)]
    Rows(#[from] RowsError),
    /// The table of trials can't be written.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The trials of a chunk can't be written.
    #[error(transparent)]
    Trials(#[from] TrialsError),
    /// What another process found is not what it should be.
    #[error(transparent)]
    Damaged(#[from] crate::experiment::bytes::Corrupt),
    /// A result did not come out as it stands.
    #[error("{differ} of {files} files {} not as the manifest says", if *.differ == 1 { "is" } else { "are" })]
    NotReproduced {
        /// Files that are otherwise.
        differ: usize,
        /// Files.
        files: usize,
    },
    /// A temporary folder can't be had, or written to.
    #[error("no temporary folder could be created: {0}")]
    Temporary(#[source] io::Error),
    /// A file can't be written.
    #[error("`{path}` can't be written: {why}")]
    Unwritable {
        /// The file.
        path: String,
        /// What the system says.
        why: io::Error,
    },
    /// A file that was to be compared can't be read.
    #[error("`{path}` can't be read: {why}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system says.
        why: io::Error,
    },
    /// The user stopped it, and it can be gone on with.
    #[error("interrupted after {done} of {trials} trials; no result was written; the unfinished work is in {}", .folder.display())]
    Paused {
        /// Trials done.
        done: String,
        /// Trials planned.
        trials: String,
        /// Where.
        folder: PathBuf,
    },
    /// The user stopped it.
    #[error("interrupted {when}; {}", match .written {
        Some(folder) => format!("the result was already whole, in {}", folder.display()),
        None => "nothing was written".to_owned(),
    })]
    Interrupted {
        /// When, in words.
        when: String,
        /// What was written.
        written: Option<PathBuf>,
    },
    /// Standard output can't be written.
    #[error("standard output could not be written: {0}")]
    Output(#[source] io::Error),
}

impl From<Problem> for CliError {
    fn from(problem: Problem) -> CliError {
        CliError::Problems(problem.into())
    }
}

impl From<RunError> for CliError {
    fn from(error: RunError) -> CliError {
        match error {
            RunError::Interrupted(stopped) => stopped.into(),
            RunError::CheckpointFailed(error) => error.into(),
            RunError::Table(error) => error.into(),
            RunError::WorkerLost(error) => error.into(),
            RunError::Corrupt(error) => error.into(),
        }
    }
}

impl From<Interrupted> for CliError {
    fn from(Interrupted { done, trials }: Interrupted) -> CliError {
        let (done, trials) = (thousands(f64::from(done)), thousands(f64::from(trials)));
        CliError::Interrupted { when: format!("after {done} of {trials} trials"), written: None }
    }
}

impl From<CaseErrors> for CliError {
    fn from(errors: CaseErrors) -> CliError {
        CliError::Cases(Box::new(errors))
    }
}

impl CliError {
    /// A misuse, with what to do instead.
    pub(crate) fn usage(message: impl Into<String>, help: impl Into<String>) -> CliError {
        CliError::Usage { message: message.into(), help: Some(help.into()) }
    }

    /// A name that is not among those known.
    pub(crate) fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> CliError {
        CliError::Usage { message: format!("{what} `{name}` is not known"), help: suggest(name, known) }
    }

    /// The exit code.
    pub fn code(&self) -> u8 {
        match self {
            CliError::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => 0,
            CliError::Problems(_)
            | CliError::Cases(_)
            | CliError::Usage { .. }
            | CliError::Plan(_)
            | CliError::Law(_)
            | CliError::Calibration(_)
            | CliError::Unsound { .. }
            | CliError::Refused(Rejected::Differs { .. } | Rejected::Failed { .. })
            | CliError::Partial(PartialError::InTheWay(_) | PartialError::Busy(_))
            | CliError::Checkpoint(CheckpointError::Corrupt { .. } | CheckpointError::Foreign { .. })
            | CliError::Folder(FolderError::InTheWay { .. }) => 2,
            CliError::Folder(_)
            | CliError::Report(_)
            | CliError::Manifest(_)
            | CliError::Threads { .. }
            | CliError::Partial(PartialError::Unwritable { .. })
            | CliError::Checkpoint(CheckpointError::Io { .. })
            | CliError::Rows(_)
            | CliError::Table(_)
            | CliError::Trials(_)
            | CliError::Join(_)
            | CliError::Broken(_)
            | CliError::Damaged(_)
            | CliError::NotReproduced { .. }
            | CliError::Temporary(_)
            | CliError::Unreadable { .. }
            | CliError::Unwritable { .. }
            | CliError::Output(_) => 1,
            CliError::Interrupted { .. } | CliError::Paused { .. } | CliError::Refused(Rejected::Stopped) => 130,
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
            CliError::Problems(problems) => drawn(problems),
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
            CliError::Usage { .. } => "usage",
            CliError::Problems(_)
            | CliError::Cases(_)
            | CliError::Plan(_)
            | CliError::Law(_)
            | CliError::Calibration(_)
            | CliError::Unsound { .. }
            | CliError::Checkpoint(CheckpointError::Corrupt { .. } | CheckpointError::Foreign { .. }) => "input",
            CliError::Folder(FolderError::InTheWay { .. })
            | CliError::Partial(PartialError::InTheWay(_) | PartialError::Busy(_)) => "folder",
            CliError::Interrupted { .. } | CliError::Paused { .. } | CliError::Refused(Rejected::Stopped) => {
                "interrupted"
            }
            CliError::NotReproduced { .. } => "not-reproduced",
            CliError::Folder(_)
            | CliError::Manifest(_)
            | CliError::Partial(PartialError::Unwritable { .. })
            | CliError::Table(_)
            | CliError::Trials(_)
            | CliError::Temporary(_)
            | CliError::Unwritable { .. }
            | CliError::Output(_) => "output",
            _ => "failure",
        }
    }

    pub(crate) fn help(&self) -> Option<String> {
        match self {
            CliError::Usage { help, .. } => help.clone(),
            CliError::Folder(FolderError::InTheWay { help, .. }) => Some(help.clone()),
            CliError::Folder(FolderError::Unwritable { why, .. }) => Some(match is_full(why) {
                true => format!("an earlier result there is unchanged; {MAKE_ROOM}"),
                false => "an earlier result there is unchanged; name a folder elsewhere with --out".to_owned(),
            }),
            CliError::Report(ReportError::File { .. } | ReportError::Trials(_))
            | CliError::Partial(PartialError::Unwritable { .. })
            | CliError::Checkpoint(CheckpointError::Io { what: "written", .. })
            | CliError::Table(_) => Some(format!("an earlier result there is unchanged; {MAKE_ROOM}")),
            CliError::Unwritable { .. } => {
                Some("what stood there stands as it was; make room, or name a place elsewhere".to_owned())
            }
            CliError::Partial(PartialError::InTheWay(_)) => {
                Some("move it away, or name another folder with --out".to_owned())
            }
            CliError::Partial(PartialError::Busy(_)) => {
                Some("wait for it, or name another folder with --out".to_owned())
            }
            CliError::Checkpoint(CheckpointError::Corrupt { .. }) => Some(
                "run the command without --resume to start again; if it is a shard, run that shard again".to_owned(),
            ),
            CliError::Checkpoint(CheckpointError::Foreign { .. }) => Some(
                "continue with the command that wrote it, or run this one without --resume to discard it".to_owned(),
            ),
            CliError::Temporary(_) => {
                Some("make room there, or set TMPDIR to a folder that can be written to".to_owned())
            }
            CliError::Paused { .. } => Some("run the same command with --resume to continue".to_owned()),
            CliError::Plan(PlanError::NotRunnable { .. }) => {
                Some("name a scenario that extends it; `chokepoint list` shows those that are shipped".to_owned())
            }
            CliError::Calibration(CalibrationError::NoValue { .. }) => {
                Some("raise --trials, lower --keep, or leave that observation out".to_owned())
            }
            _ => None,
        }
    }
}

/// What helps where a disk is full.
const MAKE_ROOM: &str = "make room, or name a folder elsewhere with --out; `run` and `compare` can then continue with --resume from \
the trials that are done";

/// Whether there is no room, or a limit of the system is reached.
fn is_full(why: &io::Error) -> bool {
    use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
    matches!(why.kind(), StorageFull | QuotaExceeded | FileTooLarge)
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
