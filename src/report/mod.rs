//! How results are shown. Decides nothing: every number comes from [`crate::analysis::results`].

pub mod figures;
