//! Why a result can't be shown. It stands apart from the page of what is shown, so that who fails need not know who asks.

use std::io;
use std::path::PathBuf;

use super::figures::FigureError;
use crate::experiment::rows::RowsError;
use crate::experiment::trial_table::TableError;

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
