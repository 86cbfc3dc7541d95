//! Many trials: which worlds and regimes are compared, how trials are placed and run on threads, and what is kept of
//! them. The same plan gives the same results to the bit, on any number of threads.

pub mod accumulator;
pub mod bytes;
pub mod checkpoint;
pub mod chunks;
pub mod cluster;
pub mod collector;
pub mod design;
pub mod ensemble;
pub mod evidence;
pub mod exact;
pub mod header;
pub mod interval;
pub mod part;
pub mod partial;
pub mod plan;
pub mod rows;
pub mod schema;
pub mod single;
pub mod sketch;
pub mod stopping;
pub mod trial_table;
pub mod trials_parquet;

pub use design::Design;
pub use ensemble::{Ensemble, Interrupted, RunError, run};
pub use plan::{Plan, PlanError, Planned};
