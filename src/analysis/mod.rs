//! What the trials say: summaries, paired comparisons and their uncertainty. Works on the records of an ensemble and
//! never runs the model itself.

pub mod calibration;
pub mod compare;
pub mod doubt;
pub mod pairing;
pub mod predict;
pub mod results;
pub mod rule_dates;
pub mod score;
pub mod statistics;
pub mod weights;

pub use compare::compare;
pub use doubt::{Doubt, doubts};
