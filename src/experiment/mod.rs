//! Many trials: which worlds and regimes are compared, how trials are placed and run on threads, and what is kept of
//! them. The same plan gives the same results to the bit, on any number of threads.

pub mod bytes;
pub mod design;
pub mod ensemble;
pub mod exact;
pub mod plan;
pub mod single;
pub mod sketch;
pub mod trials_parquet;

pub use design::Design;
pub use ensemble::{Ensemble, Interrupted, Kept, run};
pub use plan::{Plan, PlanError, Planned};
