//! Whether to go on. At each checkpoint the goals are held against all trials so far; once all are met, they must still be
//! met at the following checkpoints, with intervals computed anew, before the ensemble stops: else it would stop by luck,
//! where the first trials happen to be more alike than trials are (Hoad, Robinson and Davies 2010). A verdict depends on
//! the trials up to its checkpoint and nothing else, so a run that is resumed comes to the same.

use serde::{Deserialize, Serialize};

use super::precision::Evidence;
use super::rule::{Rule, Standing};

/// Watches an ensemble grow.
#[derive(Debug, Clone, PartialEq)]
pub struct Watch {
    rule: Rule,
    memory: Memory,
}

/// All that a watch must remember: plain numbers, for a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// Trials at the next checkpoint.
    pub due: u32,
    /// Trials at the first of the latest checkpoints in a row at which all goals were met.
    pub since: Option<u32>,
}

/// A watch that can't have remembered this, under its rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a rule with these limits is not looked at after {} trials", .0.due)]
pub struct MemoryError(pub Memory);

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Run on, to [`Watch::due`] trials.
    GoOn,
    /// Stop: these trials are the ensemble.
    Stop(StoppingResult),
}

/// StopReason the growing ended.
#[derive(Debug, Clone, PartialEq)]
pub struct StoppingResult {
    /// All trials, those of the look-ahead among them.
    pub trials: u32,
    /// Why it ended.
    pub how: StopReason,
    /// StopReason each scenario stands to each goal with all trials.
    pub standings: Vec<Standing>,
}

/// Why the growing ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// The goals were met, and held at the further looks.
    Held {
        /// Trials when they were first met, to be met from then on.
        since: u32,
    },
    /// The goals were met, but the cap came before the last further look.
    Unconfirmed {
        /// Trials when they were first met, to be met from then on.
        since: u32,
    },
    /// The cap came before the goals were met.
    Capped,
}

impl Watch {
    /// Watches from the start.
    pub fn new(rule: Rule) -> Watch {
        let due = rule.stopping().floor();
        Watch { rule, memory: Memory { due, since: None } }
    }

    /// Watches on from what was remembered.
    ///
    /// # Errors
    /// What no watch under this rule could have remembered.
    pub fn resume(rule: Rule, memory: Memory) -> Result<Watch, MemoryError> {
        let known = |trials: u32| rule.stopping().checkpoints().any(|n| n == trials);
        let sound = known(memory.due) && memory.since.is_none_or(|since| known(since) && since < memory.due);
        if sound { Ok(Watch { rule, memory }) } else { Err(MemoryError(memory)) }
    }

    /// The rule.
    pub fn rule(&self) -> &Rule {
        &self.rule
    }

    /// What must be remembered.
    pub fn memory(&self) -> Memory {
        self.memory
    }

    /// With how many trials it wants to see evidence next.
    pub fn due(&self) -> u32 {
        self.memory.due
    }

    /// Looks at the evidence of the first [`Watch::due`] trials, neither more nor fewer.
    pub fn see(&mut self, evidence: &impl Evidence) -> Verdict {
        let (due, stopping) = (self.memory.due, self.rule.stopping());
        let standings = self.rule.standings(evidence);
        let since = self.rule.met(&standings).then(|| self.memory.since.unwrap_or(due));
        let further = |since| stopping.checkpoints().filter(|n| (since + 1..=due).contains(n)).count();
        let how = match since {
            Some(since) if further(since) >= stopping.look_ahead() as usize => StopReason::Held { since },
            Some(since) if due == stopping.cap() => StopReason::Unconfirmed { since },
            None if due == stopping.cap() => StopReason::Capped,
            _ => {
                let next = stopping.checkpoints().find(|n| *n > due).unwrap_or(stopping.cap());
                self.memory = Memory { due: next, since };
                return Verdict::GoOn;
            }
        };
        Verdict::Stop(StoppingResult { trials: due, how, standings })
    }
}
