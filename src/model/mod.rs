//! The model: the compiled world, the agents, one tick, and what a trial records. It knows no files, no threads and no
//! statistics. `tick/mod.rs` reads like the model description's order of events.

pub mod effect;
pub mod inputs;
pub mod named;
pub mod probe;
pub mod record;
pub mod rules;
pub mod setting;
pub mod state;
pub mod tick;
pub mod trial;
pub mod workspace;
pub mod world;
