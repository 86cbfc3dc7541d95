//! How far domestic programmes are.

/// How far a programme is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Maturing {
    /// Hazard that has built up.
    pub built_up: f64,
    /// Day on which it is mature; infinity: not yet known.
    pub day: f64,
}
