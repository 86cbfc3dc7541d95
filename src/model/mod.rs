//! The model: the compiled world, the agents, one tick, and what a trial records. It knows no files, no threads and no
//! statistics. A trial takes the [`world`] and the compiled [`rules`], its own [`setting`] and the [`state`] that changes; agents
//! act in the [`tick`], which reads like the model description's order of events, and [`record`] keeps what it is asked to.
//! Data imports no agent.

pub mod effect;
pub mod inputs;
pub mod named;
pub mod probe;
pub mod record;
pub mod rules;
pub mod setting;
pub mod state;
pub mod tick;
mod trial;
pub mod workspace;
pub mod world;
