//! How results are shown: figures, tables, a summary in words. Decides nothing: every number comes from
//! [`crate::analysis`] or the ensemble itself.

pub mod backtest;
pub mod calibration;
pub mod cite;
pub mod design;
pub mod doubt;
pub mod figures;
pub mod folder;
pub mod manifest;
pub mod number;
pub mod same;
pub mod shard;
pub mod stopping;
pub mod summary;
pub mod tables;

pub use summary::headline;

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use crate::analysis::results::Comparison;
use crate::experiment::rows::RowsError;
use crate::experiment::shape::EXACT;
use crate::experiment::trial_table::TableError;
use crate::experiment::{Ensemble, Plan};
use figures::FigureError;
use stopping::Told;

/// A file of a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Path within the result's folder, with `/`.
    pub path: String,
    content: Content,
    /// Size in bytes.
    pub size: u64,
    /// BLAKE3 of the content, in hexadecimal.
    pub hash: String,
}

/// Where the content of a page is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Content {
    Bytes(Vec<u8>),
    /// In a file that is moved to its place: it is too large for memory.
    Moved(PathBuf),
    /// In a file that stays where it is too.
    Linked(PathBuf),
}

impl Page {
    /// A file of a result, with its whole content.
    pub(crate) fn new(path: impl Into<String>, bytes: Vec<u8>) -> Page {
        let (size, hash) = (bytes.len() as u64, blake3::hash(&bytes).to_hex().to_string());
        Page { path: path.into(), content: Content::Bytes(bytes), size, hash }
    }

    /// A file of a result that was already written elsewhere on the same disk, to be moved to its place.
    ///
    /// # Errors
    /// It can't be read.
    pub(crate) fn moved(path: impl Into<String>, from: PathBuf) -> io::Result<Page> {
        let (size, hash) = hash_of(&from)?;
        Ok(Page { path: path.into(), content: Content::Moved(from), size, hash })
    }

    /// The same of a file that stays where it is too.
    ///
    /// # Errors
    /// It can't be read.
    pub(crate) fn linked(path: impl Into<String>, from: PathBuf) -> io::Result<Page> {
        let (size, hash) = hash_of(&from)?;
        Ok(Page { path: path.into(), content: Content::Linked(from), size, hash })
    }

    /// The content, where it is in memory.
    #[cfg(test)]
    fn bytes(&self) -> &[u8] {
        match &self.content {
            Content::Bytes(bytes) => bytes,
            Content::Moved(_) | Content::Linked(_) => &[],
        }
    }
}

/// Size and hash of a file.
fn hash_of(path: &Path) -> io::Result<(u64, String)> {
    let mut hasher = blake3::Hasher::new();
    let size = io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok((size, hasher.finalize().to_hex().to_string()))
}

/// Why a result can't be shown.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A figure can't be drawn.
    #[error("a figure could not be drawn: {0}")]
    Figure(#[from] FigureError),
    /// A table can't be written.
    #[error("a table could not be written: {0}")]
    Table(#[from] csv::Error),
    /// The trials can't be read back.
    #[error(transparent)]
    Rows(#[from] RowsError),
    /// The table of trials can't be put together.
    #[error(transparent)]
    Trials(#[from] TableError),
    /// A file can't be made.
    #[error("`{}` can't be written: {why}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        why: io::Error,
    },
}

/// Every file of a result but its manifest and the table of trials in Parquet. `hashes` are ids and hashes of the resolved
/// scenarios; `making` is a folder on the disk of the result in which large files are made.
///
/// # Errors
/// A figure or table that could not be made.
pub fn pages(
    plan: &Plan,
    ensemble: &Ensemble,
    comparison: &Comparison,
    hashes: &[(String, String)],
    stopped: Option<Told<'_>>,
    with_figures: bool,
    making: &Path,
) -> Result<Vec<Page>, ReportError> {
    let mut described = Vec::new();
    let mut pages = Vec::new();
    if with_figures {
        for figure in figures::describe_all(comparison)? {
            described.push((figure.name.to_string(), figure.title.clone(), figure.caption.clone()));
        }
        for (name, bytes) in figures::render_all(comparison)? {
            pages.push(Page::new(format!("figures/{name}"), bytes));
        }
    }
    let summary = summary::summary(plan, ensemble, comparison, &described, hashes, stopped)?;
    pages.push(Page::new("summary.md", summary.into_bytes()));
    pages.push(Page::new("summary.csv", tables::summary(plan, ensemble, comparison)?));
    pages.push(Page::new("series.csv", tables::series(plan, ensemble, comparison)?));
    pages.push(Page::new("pairing.csv", tables::pairing(plan, ensemble)?));
    if !plan.design.is_plain() && ensemble.trials() <= EXACT {
        pages.push(Page::new("points.csv", design::points_table(plan, ensemble.trials())?));
    }
    if !ensemble.shape.sketched {
        if plan.design.kind().shares_chance() {
            pages.push(Page::new(
                "by-point.csv",
                design::by_point(plan, &ensemble.shape.totals, |s, column| ensemble.values(s, column))?,
            ));
        }
        pages.push(trials(plan, ensemble, making)?);
    }
    Ok(pages)
}

/// `trials.csv`.
fn trials(plan: &Plan, ensemble: &Ensemble, making: &Path) -> Result<Page, ReportError> {
    let path = making.join("trials.csv");
    let failed = |why| ReportError::File { path: path.clone(), why };
    let file = File::create(&path).map_err(failed)?;
    tables::trials(plan, ensemble, BufWriter::new(file))?;
    Page::moved("trials.csv", path.clone()).map_err(failed)
}
