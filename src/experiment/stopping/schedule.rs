//! At which numbers of trials an ensemble is looked at: fixed beforehand, so that a look can't be timed by what it would see.

use super::goal::Goal;

/// Trials between looks are whole chunks of this many, whatever is asked.
pub const CHUNK: u32 = 256;

/// Further looks at which the precision must still hold. Each adds an eighth to the trials or 512 of them.
pub const LOOK_AHEAD: u32 = 2;

/// The least that a step adds.
const LEAST_STEP: u32 = 512;

/// What is asked: goals that must all be met, and between which numbers of trials.
#[derive(Debug, Clone, PartialEq)]
pub struct Stopping {
    goals: Vec<Goal>,
    floor: u32,
    cap: u32,
    look_ahead: u32,
}

/// Why it can't be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoppingError {
    /// A floor above the cap, or no trial at all.
    #[error("at least {floor} and at most {cap} trials contradict each other")]
    NoRoom {
        /// The least number of trials.
        floor: u32,
        /// The most.
        cap: u32,
    },
}

impl Stopping {
    /// Trials until all goals are met, at least `floor` (rounded up to whole chunks) and at most `cap`.
    ///
    /// # Errors
    /// A floor above the cap, or a cap of none.
    pub fn new(goals: Vec<Goal>, floor: u32, cap: u32) -> Result<Stopping, StoppingError> {
        if floor > cap || cap == 0 {
            return Err(StoppingError::NoRoom { floor, cap });
        }
        let floor = whole(floor.max(1)).min(cap);
        Ok(Stopping { goals, floor, cap, look_ahead: LOOK_AHEAD })
    }

    /// With another number of further looks, for a study of what they buy.
    pub fn with_look_ahead(self, look_ahead: u32) -> Stopping {
        Stopping { look_ahead, ..self }
    }

    /// What is asked.
    pub fn goals(&self) -> &[Goal] {
        &self.goals
    }

    /// Trials at the first look.
    pub fn floor(&self) -> u32 {
        self.floor
    }

    /// The most trials, at which the last look is.
    pub fn cap(&self) -> u32 {
        self.cap
    }

    /// Further looks at which the precision must still hold.
    pub fn look_ahead(&self) -> u32 {
        self.look_ahead
    }

    /// Numbers of trials at which is looked: the floor, then an eighth more each time (at least 512), in whole chunks, and at
    /// last the cap.
    pub fn checkpoints(&self) -> impl Iterator<Item = u32> + use<> {
        let cap = self.cap;
        let next = move |at: &u32| {
            let step = LEAST_STEP.max(at / 8);
            (*at < cap).then(|| whole(at.saturating_add(step)).min(cap))
        };
        std::iter::successors(Some(self.floor), next)
    }
}

/// Rounded up to whole chunks.
fn whole(trials: u32) -> u32 {
    trials.checked_next_multiple_of(CHUNK).unwrap_or(u32::MAX)
}
