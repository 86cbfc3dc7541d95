//! Why a study can't be done, or was not. Messages say what is wrong; what helps is a sentence of its own where one is known. How
//! they are shown, and which exit code they have, is for who asked.

use std::io;
use std::path::PathBuf;

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
use crate::report::ReportError;
use crate::report::figures::FigureError;
use crate::report::folder::FolderError;
use crate::report::number::thousands;
use crate::scenario::problem::suggest;
use crate::scenario::{Problem, Problems};
use crate::units::counted;

/// Why a study was not done.
#[derive(Debug, thiserror::Error)]
pub enum StudyError {
    /// A scenario, comparison or other input file is wrong.
    #[error(transparent)]
    Problems(#[from] Problems),
    /// What was asked for makes no sense with what was read.
    #[error("{message}")]
    Invalid {
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
    Rejected(#[from] Rejected),
    /// The ranks of a job can't go on.
    #[error(transparent)]
    WorkerLost(#[from] WorkerLost),
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
    Corrupt(#[from] crate::experiment::bytes::Corrupt),
    /// A temporary folder can't be had, or written to.
    #[error("no temporary folder could be created: {0}")]
    Temporary(#[source] io::Error),
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
}

impl StudyError {
    /// What was asked for makes no sense.
    pub(crate) fn invalid(message: impl Into<String>, help: impl Into<String>) -> StudyError {
        StudyError::Invalid { message: message.into(), help: Some(help.into()) }
    }

    /// A name that is not among those known.
    pub(crate) fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> StudyError {
        StudyError::Invalid { message: format!("{what} `{name}` is not known"), help: suggest(name, known) }
    }
}

impl From<Problem> for StudyError {
    fn from(problem: Problem) -> StudyError {
        StudyError::Problems(problem.into())
    }
}

impl From<FigureError> for StudyError {
    fn from(error: FigureError) -> StudyError {
        StudyError::Report(error.into())
    }
}

impl From<RunError> for StudyError {
    fn from(error: RunError) -> StudyError {
        match error {
            RunError::Interrupted(stopped) => stopped.into(),
            RunError::CheckpointFailed(error) => error.into(),
            RunError::Table(error) => error.into(),
            RunError::WorkerLost(error) => error.into(),
            RunError::Corrupt(error) => error.into(),
        }
    }
}

impl From<Interrupted> for StudyError {
    fn from(Interrupted { done, trials }: Interrupted) -> StudyError {
        let (done, trials) = (thousands(f64::from(done)), thousands(f64::from(trials)));
        StudyError::Interrupted { when: format!("after {done} of {trials} trials"), written: None }
    }
}
