//! The model: the compiled world, the agents, one tick, and what a trial records. It knows no files, no threads and no
//! statistics. `tick.rs` reads like the model description's order of events.

pub mod adaptation;
pub mod calendar;
pub mod chance;
pub mod compile;
pub mod design_out;
pub mod effect;
pub mod engineering;
pub mod escalation;
pub mod expansion;
pub mod foresight;
pub mod ids;
pub mod inputs;
pub mod licenses;
pub mod market;
pub mod named;
pub mod params;
pub mod probe;
pub mod procurement;
pub mod production;
pub mod programme;
pub mod record;
pub mod redesign;
pub mod regulator;
pub mod restriction;
pub mod rules;
pub mod setting;
pub mod state;
pub mod supplier;
pub mod tick;
pub mod trial;
pub mod workspace;
pub mod world;
