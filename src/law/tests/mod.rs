//! The law asked from outside: worked cases, files of cases, regimes that make no sense, and what must hold of every regime.
//! They stand in the crate and not in `tests/`, so that mutation testing of this room needs one test binary only.

mod case_file;
mod code;
mod exact;
mod parts;
mod properties;
mod random;
mod shipped;
mod spreadsheet;
mod territories;
mod worked;
