//! What a study found, as it is given back: a comparison with its trials in memory, or what stands in a folder now.

use std::path::PathBuf;

use super::columns::Columns;
use super::error::StudyError;
use crate::analysis::results::Comparison;
use crate::experiment::schema::EXACT;
use crate::experiment::{Ensemble, Plan};
use crate::report::ReportError;
use crate::report::tables::series::Paths;
use crate::report::tables::summary::SummaryRows;
use crate::report::tables::trials;

/// A comparison in memory.
pub struct Results {
    /// What it comes to.
    pub comparison: Comparison,
    /// What can have no effect, and where the period leaves the data: sentences.
    pub warnings: Vec<String>,
    pub(super) plan: Plan,
    pub(super) ensemble: Ensemble,
}

impl Results {
    /// A row for each scenario and trial: the columns of `trials.csv`.
    ///
    /// # Errors
    /// More trials than are kept one by one.
    pub fn trials(&self) -> Result<Columns, StudyError> {
        if self.ensemble.schema.sketched {
            let message = format!("the trials were too many to be kept: {} were run", self.ensemble.trials());
            return Err(StudyError::invalid(message, format!("run {EXACT} or fewer")));
        }
        Ok(Columns::of(&trials::table(&self.plan, &self.ensemble))?)
    }

    /// A row for each scenario, outcome and tick: the columns of `series.csv`.
    ///
    /// # Errors
    /// None in practice.
    pub fn series(&self) -> Result<Columns, StudyError> {
        let paths = Paths::of(&self.plan, &self.ensemble, &self.comparison).map_err(ReportError::from)?;
        Ok(Columns::of(&paths.table())?)
    }

    /// A row for each scenario and outcome: the columns of `summary.csv`.
    ///
    /// # Errors
    /// None in practice.
    pub fn summary(&self) -> Result<Columns, StudyError> {
        let rows = SummaryRows::of(&self.plan, &self.ensemble, &self.comparison).map_err(ReportError::from)?;
        Ok(Columns::of(&rows.table())?)
    }
}

/// What stands in a folder now.
#[derive(Debug)]
pub enum Written {
    /// What was asked for stood there already.
    Finished(PathBuf),
    /// A part of an experiment.
    Shard {
        /// Where.
        folder: PathBuf,
        /// Its number, from 1.
        number: u32,
        /// Of how many.
        of: u32,
    },
    /// A result.
    Result {
        /// Where.
        folder: PathBuf,
        /// What it comes to.
        comparison: Box<Comparison>,
        /// What a reader must know: sentences.
        warnings: Vec<String>,
    },
}

/// What a backtest or a calibration wrote.
#[derive(Debug)]
pub struct Judged {
    /// Where.
    pub folder: PathBuf,
    /// Name of the result.
    pub name: String,
    /// Id of the scenario.
    pub scenario: String,
    /// Trials.
    pub trials: u32,
    /// The seed.
    pub seed: u64,
    /// Name of the file of observations.
    pub observations: String,
    /// What it comes to, in a line or a few.
    pub headline: String,
    /// What a reader must know: sentences.
    pub warnings: Vec<String>,
}
