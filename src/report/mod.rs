//! How results are shown: figures, tables, a summary in words. Decides nothing: every number comes from
//! [`crate::analysis`] or the ensemble itself.

pub mod backtest;
pub mod build;
pub mod calibration;
pub mod cite;
pub mod design;
mod error;
pub mod figures;
pub mod folder;
pub mod formats;
mod html;
pub mod manifest;
pub mod number;
mod page;
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
mod traced;

pub use error::ReportError;
pub use page::Page;
pub use summary::{headline, sentences};

use std::path::Path;

use crate::scenario::Scenario;
use figures::Fonts;
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
