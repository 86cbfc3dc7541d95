//! The table of trials of an experiment in Parquet: a part for each chunk, made where the chunk was run, and the whole, joined
//! from the parts without looking into them.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::checkpoint::FileKind;
use super::chunks::Chunks;
use super::ensemble::Ensemble;
use super::plan::Plan;
use super::rows::Rows;
use super::schema::ResultSchema;
use super::trials_parquet::{ScenarioTrials, TrialColumns, TrialKey, TrialsError};
use crate::disk::{self, Failure};
use crate::model::record::Outcome;

/// The name of a column of the tables of trials.
pub fn column_name((outcome, entity): &(Outcome, String)) -> String {
    format!("{}[{entity}]", outcome.id)
}

/// The columns of a plan's table of trials.
///
/// # Errors
/// None in practice.
pub fn columns(schema: &ResultSchema) -> Result<TrialColumns, TrialsError> {
    let named = |column: &(Outcome, String)| (column_name(column), column.0.unit);
    TrialColumns::new(schema.totals.columns.iter().map(named))
}

/// The part of a chunk, whose trials are `range`.
///
/// # Errors
/// None in practice.
pub fn part(
    columns: &TrialColumns,
    plan: &Plan,
    schema: &ResultSchema,
    rows: &Rows,
    range: Range<u32>,
) -> Result<Vec<u8>, TrialsError> {
    let keys: Vec<TrialKey> = range
        .map(|trial| {
            let place = plan.design.place(plan.seed, trial);
            TrialKey { trial, point: place.point, replication: place.replication }
        })
        .collect();
    let width = schema.totals.columns.len();
    let by_trial: Vec<Vec<f64>> = (0..schema.scenarios)
        .map(|s| {
            let columns: Vec<&[f64]> = (0..width).map(|column| rows.totals(schema, s, column)).collect();
            (0..keys.len()).flat_map(|row| columns.iter().map(move |column| column[row])).collect()
        })
        .collect();
    let trials: Vec<ScenarioTrials<'_>> = plan
        .scenarios
        .iter()
        .zip(&by_trial)
        .map(|(planned, values)| ScenarioTrials { scenario: &planned.id, keys: &keys, values })
        .collect();
    columns.encode(&trials)
}

/// Why the whole can't be made.
#[derive(Debug, thiserror::Error)]
#[error("`{}` can't be made: {why}", .path.display())]
pub struct TableError {
    path: PathBuf,
    why: TrialsError,
}

/// Joins the parts that stand in a folder into one file, with names and values that say what the table is of in its metadata.
///
/// The rows of an ensemble that grew (`--until`) are put into the order, and the row groups, that a run of so many trials has: the
/// same trials then give the same bytes. Where trials are not kept, they can't be, and stay in the order in which they were run.
///
/// # Errors
/// A part that can't be read, or a file that can't be written.
pub fn join(
    plan: &Plan,
    ensemble: &Ensemble,
    notes: &[(String, String)],
    parts: &Path,
    out: &Path,
) -> Result<(), TableError> {
    let failed = |why| TableError { path: out.to_owned(), why };
    let columns = columns(&ensemble.schema).map_err(failed)?;
    let usual = Chunks::of(ensemble.trials());
    let made = if ensemble.chunks.size() == usual.size() || ensemble.schema.sketched {
        let parts = ensemble.chunks.all().map(|chunk| fs::read(FileKind::Parquet.file(parts, chunk)));
        disk::make(out, |file| columns.join(file, notes, parts))
    } else {
        let parts = usual.all().map(|chunk| {
            let range = usual.range(chunk);
            let rows = ensemble.totals_of(range.clone()).map_err(io::Error::other)?;
            part(&columns, plan, &ensemble.schema, &rows, range).map_err(io::Error::other)
        });
        disk::make(out, |file| columns.join(file, notes, parts))
    };
    made.map_err(|failure| match failure {
        Failure::Io(why) => failed(why.into()),
        Failure::Content(why) => failed(why),
    })
}
