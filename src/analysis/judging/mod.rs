//! How a model is judged: what it predicts is scored beside what anybody could have predicted without it ([`baseline`],
//! [`skill`]), and its bands are tested with the error that every model has beyond the spread of its trials ([`discrepancy`]),
//! each quantity by what the others say of that error.

pub mod baseline;
pub mod discrepancy;
pub mod scale;
pub mod skill;
