//! How results are shown: figures, tables, a summary in words. Decides nothing: every number comes from
//! [`crate::analysis`] or the ensemble itself.

pub mod backtest;
pub mod calibration;
pub mod design;
pub mod figures;
pub mod folder;
pub mod manifest;
pub mod number;
pub mod summary;
pub mod tables;

pub use summary::headline;

use crate::analysis::compare as analysis;
use crate::analysis::results::Comparison;
use crate::experiment::{Ensemble, Plan};
use figures::FigureError;

/// A file of a result, in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Path within the result's folder, with `/`.
    pub path: String,
    /// The whole content.
    pub bytes: Vec<u8>,
}

impl Page {
    /// A file of a result.
    pub(crate) fn new(path: impl Into<String>, bytes: Vec<u8>) -> Page {
        Page { path: path.into(), bytes }
    }
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
}

/// Every file of a result but its manifest. `hashes` are ids and hashes of the resolved scenarios.
///
/// # Errors
/// A figure or table that could not be made.
pub fn pages(
    plan: &Plan,
    ensemble: &Ensemble,
    comparison: &Comparison,
    hashes: &[(String, String)],
    with_figures: bool,
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
    let summary = summary::summary(plan, ensemble, comparison, &described, hashes);
    pages.push(Page::new("summary.md", summary.into_bytes()));
    pages.push(Page::new("summary.csv", tables::summary(plan, ensemble, comparison)?));
    pages.push(Page::new("series.csv", tables::series(plan, ensemble, comparison)?));
    pages.push(Page::new("trials.csv", tables::trials(plan, ensemble)?));
    if !plan.design.is_plain() {
        pages.push(Page::new("points.csv", design::points_table(plan)?));
    }
    if plan.design.kind().shares_chance() {
        let values = |s: usize, column| analysis::values(ensemble, &ensemble.scenarios[s], Some(column));
        pages.push(Page::new("by-point.csv", design::by_point(plan, &ensemble.totals, values)?));
    }
    Ok(pages)
}
