//! How an error of a study is told: its exit code (2 for bad input and a folder in the way; 1 for an output that can't be written or
//! another failure; 130 for Ctrl-C), the word by which a program knows it, and what helps, in terms of the commands.

use std::io;

use crate::analysis::calibration::CalibrationError;
use crate::experiment::PlanError;
use crate::experiment::checkpoint::CheckpointError;
use crate::experiment::cluster::Rejected;
use crate::experiment::partial::PartialError;
use crate::report::ReportError;
use crate::report::folder::FolderError;
use crate::study::StudyError;

/// The exit code.
pub(super) fn code(error: &StudyError) -> u8 {
    match error {
        StudyError::Problems(_)
        | StudyError::Invalid { .. }
        | StudyError::Plan(_)
        | StudyError::Law(_)
        | StudyError::Calibration(_)
        | StudyError::Rejected(Rejected::Differs { .. } | Rejected::Failed { .. })
        | StudyError::Partial(PartialError::InTheWay(_) | PartialError::Busy(_))
        | StudyError::Checkpoint(CheckpointError::Corrupt { .. } | CheckpointError::Foreign { .. })
        | StudyError::Folder(FolderError::InTheWay { .. }) => 2,
        StudyError::Folder(_)
        | StudyError::Report(_)
        | StudyError::Manifest(_)
        | StudyError::Threads { .. }
        | StudyError::Partial(PartialError::Unwritable { .. })
        | StudyError::Checkpoint(CheckpointError::Io { .. })
        | StudyError::Rows(_)
        | StudyError::Table(_)
        | StudyError::Trials(_)
        | StudyError::Join(_)
        | StudyError::WorkerLost(_)
        | StudyError::Corrupt(_)
        | StudyError::Temporary(_)
        | StudyError::Unreadable { .. } => 1,
        StudyError::Interrupted { .. } | StudyError::Paused { .. } | StudyError::Rejected(Rejected::Stopped) => 130,
    }
}

/// What sort of error it is, in a word that a program can go by.
pub(super) fn kind(error: &StudyError) -> &'static str {
    match error {
        StudyError::Invalid { .. } => "usage",
        StudyError::Problems(_)
        | StudyError::Plan(_)
        | StudyError::Law(_)
        | StudyError::Calibration(_)
        | StudyError::Checkpoint(CheckpointError::Corrupt { .. } | CheckpointError::Foreign { .. }) => "input",
        StudyError::Folder(FolderError::InTheWay { .. })
        | StudyError::Partial(PartialError::InTheWay(_) | PartialError::Busy(_)) => "folder",
        StudyError::Interrupted { .. } | StudyError::Paused { .. } | StudyError::Rejected(Rejected::Stopped) => {
            "interrupted"
        }
        StudyError::Folder(_)
        | StudyError::Manifest(_)
        | StudyError::Partial(PartialError::Unwritable { .. })
        | StudyError::Table(_)
        | StudyError::Trials(_)
        | StudyError::Temporary(_) => "output",
        _ => "failure",
    }
}

/// What helps.
pub(super) fn help(error: &StudyError) -> Option<String> {
    match error {
        StudyError::Invalid { help, .. } => help.clone(),
        StudyError::Folder(FolderError::InTheWay { help, .. }) => Some(help.clone()),
        StudyError::Folder(FolderError::Unwritable { why, .. }) => Some(match is_full(why) {
            true => format!("an earlier result there is unchanged; {MAKE_ROOM}"),
            false => "an earlier result there is unchanged; name a folder elsewhere with --out".to_owned(),
        }),
        StudyError::Report(ReportError::File { .. } | ReportError::Trials(_))
        | StudyError::Partial(PartialError::Unwritable { .. })
        | StudyError::Checkpoint(CheckpointError::Io { what: "written", .. })
        | StudyError::Table(_) => Some(format!("an earlier result there is unchanged; {MAKE_ROOM}")),
        StudyError::Partial(PartialError::InTheWay(_)) => {
            Some("move it away, or name another folder with --out".to_owned())
        }
        StudyError::Partial(PartialError::Busy(_)) => Some("wait for it, or name another folder with --out".to_owned()),
        StudyError::Checkpoint(CheckpointError::Corrupt { .. }) => {
            Some("run the command without --resume to start again; if it is a shard, run that shard again".to_owned())
        }
        StudyError::Checkpoint(CheckpointError::Foreign { .. }) => {
            Some("continue with the command that wrote it, or run this one without --resume to discard it".to_owned())
        }
        StudyError::Temporary(_) => {
            Some("make room there, or set TMPDIR to a folder that can be written to".to_owned())
        }
        StudyError::Paused { .. } => Some("run the same command with --resume to continue".to_owned()),
        StudyError::Plan(PlanError::NotRunnable { .. }) => {
            Some("name a scenario that extends it; `chokepoint list` shows those that are shipped".to_owned())
        }
        StudyError::Calibration(CalibrationError::NoValue { .. }) => {
            Some("raise --trials, lower --keep, or leave that observation out".to_owned())
        }
        _ => None,
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
