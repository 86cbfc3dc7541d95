//! When an ensemble has enough trials: what precision is asked for ([`goal`]), what that means in a plan ([`rule`]), how
//! precise the trials so far are ([`precision`]), and whether to go on ([`watch`]). Knows nothing of how trials are run: at
//! given numbers of trials, the runner shows its evidence and hears a verdict. `docs/stopping.md` describes the method.

pub mod goal;
pub mod precision;
pub mod rows;
pub mod rule;
mod schedule;
#[cfg(test)]
mod tests;
pub mod watch;

pub use goal::{Goal, GoalError};
pub use precision::{Evidence, Moments};
pub use rows::Rows;
pub use rule::{Rule, Standing};
pub use schedule::{CHUNK, LOOK_AHEAD, Stopping, StoppingError};
pub use watch::{Memory, StopReason, StoppingResult, Verdict, Watch};
