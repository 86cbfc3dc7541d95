//! How far a study is, and what is to be known meanwhile, as values: who asked for it says how they are shown. An observer also
//! says when to stop.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use super::error::StudyError;
use crate::scenario::Problem;
use crate::units::Date;

/// What happens in a study.
#[derive(Debug, Clone, Copy)]
pub enum Event<'e> {
    /// What a reader of the files should know, each with its place.
    Problems(&'e [Problem]),
    /// A sentence that a reader of the result should know; who wants quiet can do without.
    Advice(&'e str),
    /// A sentence that must not be missed.
    Warning(&'e str),
    /// Trials of an earlier run are there: it is gone on with after so many.
    Resumed(u32),
    /// There is no earlier run that could be gone on with.
    NoCheckpoint,
    /// The unfinished work of an earlier run, in this folder, is discarded.
    Discarding(&'e Path),
    /// Trials begin.
    Began {
        /// What they are for.
        phase: Phase<'e>,
        /// How many at most.
        trials: u32,
        /// How many an earlier run did.
        done: u32,
        /// The seed.
        seed: u64,
        /// Whether figures are drawn when they are done.
        figures: bool,
    },
    /// So many further trials are done. Comes from every thread.
    Advanced(u32),
    /// All trials of a phase are done.
    Simulated,
    /// Files of the result take their place from here on: to be killed now may leave an earlier result set aside.
    Writing,
}

/// What trials are for.
#[derive(Debug, Clone, Copy)]
pub enum Phase<'e> {
    /// A comparison.
    Experiment {
        /// Scenarios.
        scenarios: usize,
        /// Whether trials are added until a precision is reached.
        growing: bool,
        /// Threads.
        threads: usize,
        /// Processes that share the work.
        ranks: usize,
    },
    /// Predictions that are held against observations.
    Backtest {
        /// Id of the scenario.
        scenario: &'e str,
        /// First day.
        start: Date,
        /// Last day.
        end: Date,
        /// Observations.
        observations: usize,
    },
    /// A look at what holds output down.
    Trace {
        /// Id of the scenario.
        scenario: &'e str,
    },
    /// Parameters drawn from the scenario.
    Prior,
    /// Parameters drawn from what a calibration found.
    Posterior,
}

/// Watches a study.
pub trait Observer: Sync {
    /// Something happened.
    fn see(&self, event: Event<'_>);

    /// The flag that ends the study soon, if it is set: after the trials under way, and before files take their place.
    fn stop(&self) -> &AtomicBool;
}

/// Shows nothing, and never stops.
#[derive(Debug, Default)]
pub struct Silent(AtomicBool);

impl Observer for Silent {
    fn see(&self, _event: Event<'_>) {}

    fn stop(&self) -> &AtomicBool {
        &self.0
    }
}

/// Whether the user wants to stop.
pub(super) fn wants_to_stop(observer: &dyn Observer) -> bool {
    observer.stop().load(Ordering::SeqCst)
}

/// Ends the study if the user wants to stop. `when` completes "interrupted ...".
///
/// # Errors
/// [`StudyError::Interrupted`].
pub(super) fn heed(observer: &dyn Observer, when: &str) -> Result<(), StudyError> {
    match wants_to_stop(observer) {
        true => Err(StudyError::Interrupted { when: when.to_owned(), written: None }),
        false => Ok(()),
    }
}
