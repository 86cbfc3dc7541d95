//! A shard on disk: one part of an experiment, with all that is needed to join it with the others: its checkpoint, the files of
//! its trials, and the scenarios, resolved, as files that stand alone.

use std::path::Path;

use super::{Page, ReportError};
use crate::experiment::checkpoint::Checkpoint;
use crate::experiment::checkpoint::CheckpointError;
use crate::experiment::partial::Partial;
use crate::scenario::{Scenario, whole};

/// The name of its checkpoint.
pub const CHECKPOINT: &str = "shard.checkpoint";

/// The folder of the files of its trials.
pub const TRIALS: &str = "trials";

/// The folder of its scenarios.
pub const SCENARIOS: &str = "scenarios";

/// Every file of a shard but its manifest.
///
/// # Errors
/// A file that can't be read.
pub fn pages(scenarios: &[Scenario], partial: &Partial, done: &Checkpoint) -> Result<Vec<Page>, ReportError> {
    let mut pages = Vec::new();
    for scenario in scenarios {
        let files = whole::files(scenario).into_iter();
        pages.extend(files.map(|(name, text)| Page::new(format!("{SCENARIOS}/{name}"), text.into_bytes())));
    }
    for (chunk, kept) in &done.done {
        for (ending, _) in &kept.files {
            let path = ending.file(Path::new(TRIALS), *chunk);
            let name = path.to_string_lossy().replace('\\', "/");
            let from = ending.file(&partial.chunks(), *chunk);
            pages.push(Page::linked(name, from.clone()).map_err(|why| ReportError::File { path: from, why })?);
        }
    }
    // Last, so that a shard without it is known to be none.
    let from = partial.checkpoint();
    pages.push(Page::linked(CHECKPOINT, from.clone()).map_err(|why| ReportError::File { path: from, why })?);
    Ok(pages)
}

/// The header of a shard in a folder.
///
/// # Errors
/// It holds none, or a damaged one.
pub fn header(folder: &Path) -> Result<crate::experiment::header::Header, CheckpointError> {
    Checkpoint::header(&folder.join(CHECKPOINT))
}
