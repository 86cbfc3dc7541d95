//! What the trials say: summaries, paired comparisons and their uncertainty. Works on the records of an ensemble and
//! never runs the model itself.

pub mod calibration;
pub mod compare;
pub mod judging;
pub mod pairing;
pub mod precision;
pub mod predict;
pub mod rank_correlation;
pub mod results;
pub mod rule_dates;
pub mod score;
pub mod statistics;
pub mod trace;

pub use compare::compare;
pub use precision::{PrecisionWarning, precision_warnings};
