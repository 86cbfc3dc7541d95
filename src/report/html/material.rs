//! What the page is made of: everything that one of its sections shows.

use crate::analysis::precision::PrecisionWarning;
use crate::analysis::results::Comparison;
use crate::experiment::{Ensemble, Plan};
use crate::report::figures::sheet;
use crate::report::provenance::Provenance;
use crate::report::stopping::StoppingReport;
use crate::scenario::Scenario;

/// What the page is made of.
#[derive(Clone, Copy)]
pub struct Material<'a> {
    /// The experiment.
    pub plan: &'a Plan,
    /// What it left.
    pub ensemble: &'a Ensemble,
    /// What was found.
    pub comparison: &'a Comparison,
    /// Where it comes from.
    pub provenance: &'a Provenance,
    /// The scenarios as they were read, but for one that was added.
    pub scenarios: &'a [Scenario],
    /// What the trials are too few for.
    pub precision_warnings: &'a [PrecisionWarning],
    /// What was to be known before the run.
    pub warnings: &'a [String],
    /// How an ensemble that grew was stopped.
    pub stopped: Option<StoppingReport<'a>>,
}

impl<'a> Material<'a> {
    /// The scenario of that id as it was read; `None` of one that was added.
    pub(super) fn read(&self, id: &str) -> Option<&'a Scenario> {
        self.scenarios.iter().find(|scenario| scenario.id == id)
    }

    /// The targeted firm's name.
    pub(super) fn firm(&self) -> &'a str {
        &self.comparison.subject.vendor_name
    }

    /// What it makes, in the plural.
    pub(super) fn products(&self) -> String {
        sheet::products(self.comparison)
    }
}
