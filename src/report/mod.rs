//! How results are shown: figures, tables, a summary in words. Decides nothing: every number comes from
//! [`crate::analysis`] or the ensemble itself.

pub mod backtest;
pub mod calibration;
pub mod cite;
pub mod design;
pub mod figures;
pub mod folder;
pub mod formats;
mod html;
pub mod manifest;
pub mod number;
pub mod precision;
pub mod provenance;
pub mod same;
pub mod shard;
pub mod shown;
pub mod stopping;
pub mod summary;
pub mod table;
pub mod tables;
pub mod trace;

pub use summary::{headline, sentences};

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::experiment::rows::RowsError;
use crate::experiment::trial_table::TableError;
use crate::scenario::Scenario;
use figures::{FigureError, Fonts};
use stopping::StoppingReport;

/// Every file that `run`, `compare` and `merge` write, and what it holds, in the order in which a reader wants them.
pub const FILES: [(&str, &str); 19] = [
    (
        "report.html",
        "the whole result on one page that works offline and prints well, with figures that answer a pointer or keys: open it first",
    ),
    ("summary.md", "the result in words and small tables, a methods paragraph, a line to cite"),
    ("summary.csv", "what the trials of each scenario come to, and paired differences"),
    ("summary.parquet", "the same, with types and metadata"),
    ("summary.json", "the same and what pairing gains, with types and metadata"),
    ("series.csv", "every recorded outcome over time"),
    ("series.parquet", "the same, with types and metadata"),
    ("iamc.csv", "outcomes over time in the long format of the scenario community, which `pyam` reads"),
    ("trials.csv", "a row a scenario and trial, a column an outcome and entity; up to 100,000 trials"),
    ("trials.parquet", "the same with any number of trials, with types and metadata"),
    ("pairing.csv", "what sharing the draws of each trial gains for each outcome, in variance and in trials"),
    ("points.csv", "where the points of a design lie (designs other than plain Monte Carlo, up to 100,000 trials)"),
    ("by-point.csv", "what each point comes to (factorial designs and one at a time, up to 100,000 trials)"),
    ("tables.xlsx", "an Excel workbook: a sheet of notes, and a sheet a table"),
    ("tables.md", "the tables that one pastes into a paper: shortfalls, lost sales, paired differences"),
    ("tables.tex", "the same for LaTeX, for `\\input` (with the package `booktabs`)"),
    (
        "datapackage.json",
        "what the CSV tables can't hold: version, hashes, seed, and type, unit and meaning of each column",
    ),
    ("figures/NAME.svg, .png, .pdf", "each figure: to look at, at print resolution, and for a paper"),
    ("manifest.json", "version, seed, trials, the whole resolved scenarios with their hashes, hashes of all files"),
];

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
    /// A table can't be written as Parquet.
    #[error("a table could not be written as Parquet: {0}")]
    Parquet(#[from] parquet::errors::ParquetError),
    /// The workbook can't be written.
    #[error("the Excel workbook could not be written: {0}")]
    Workbook(#[from] zip::result::ZipError),
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

/// Every file of a result but its manifest and the table of trials in Parquet. `scenarios` are those that were read;
/// `making` is a folder on the disk of the result in which files are made. Figures are drawn where there are fonts.
///
/// # Errors
/// A figure or table that could not be made.
pub fn pages(
    result: &formats::ResultView<'_>,
    scenarios: &[Scenario],
    stopped: Option<StoppingReport<'_>>,
    fonts: Option<&Fonts>,
    making: &Path,
) -> Result<Vec<Page>, ReportError> {
    let formats::ResultView { plan, ensemble, comparison, provenance, precision_warnings, warnings } = *result;
    let figures = || fonts.map_or(Ok(Vec::new()), |fonts| figures::render_all(comparison, provenance, fonts));
    let (figures, tables) = rayon::join(figures, || formats::files(result, making));
    let mut described = Vec::new();
    for figure in fonts.map(|fonts| figures::describe_all(comparison, fonts)).unwrap_or_default() {
        described.push((figure.name.to_string(), figure.title, figure.caption));
    }
    let drawn = figures?.into_iter().map(|(name, bytes)| Page::new(format!("figures/{name}"), bytes));
    let mut pages: Vec<Page> = drawn.collect();
    let summary = summary::summary(result, &described, stopped)?;
    pages.push(Page::new("summary.md", summary.into_bytes()));
    let report = html::report(html::Material {
        plan,
        ensemble,
        comparison,
        provenance,
        scenarios,
        precision_warnings,
        warnings,
        stopped,
    })?;
    pages.push(Page::new("report.html", report.into_bytes()));
    pages.extend(tables?);
    Ok(pages)
}
