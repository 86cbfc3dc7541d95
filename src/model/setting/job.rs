//! How far a project of a vendor's engineers is: drawn for the start of a trial, and carried on by its ticks.

/// Days that are nothing: what rounding may leave of a job.
pub(in crate::model) const NOTHING: f64 = 1e-9;

/// How far a project is.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Job {
    /// What is done with it.
    pub stage: Stage,
    /// Attempts that failed.
    pub failed: u32,
    /// First day of the attempt under way.
    pub start: f64,
    /// Day on which it ends if it goes at full speed from now on.
    pub end: f64,
    /// The same at the speed of now: what is known of its end.
    pub projected: f64,
    /// Boards a month at full speed.
    pub load: f64,
}

/// Whether a project waits, is worked on, or has ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Stage {
    /// Not started.
    #[default]
    Waiting,
    /// Under way, or to start on a set day.
    Working,
    /// Complete.
    Done,
    /// Given up.
    GivenUp,
}

impl Job {
    /// Whether it has not started.
    pub fn waits(&self) -> bool {
        self.stage == Stage::Waiting
    }

    /// Whether it is worked on from a day on.
    pub(in crate::model) fn active(&self, day: f64) -> bool {
        self.stage == Stage::Working && self.start <= day
    }
}
