//! chokepoint simulates how much 5G equipment a targeted firm can deploy under alternative export-control regimes,
//! what each regime costs everyone else, and how sure a reader can be of either.
//!
//! A scenario file becomes a figure by passing through the modules in this order; none imports a later one:
//! [`math`], [`disk`], [`text`], [`units`] and [`scenario`] (what the analyst wrote), [`law`] (what is lawful), [`model`] (what the agents do),
//! [`experiment`] (many trials), [`analysis`] (what they say), [`report`] (how it is shown), [`study`] (what the program does),
//! [`cli`] (the commands). A program of your own starts at [`study`].
#![forbid(unsafe_code)]

pub mod analysis;
pub mod cli;
pub mod disk;
pub mod experiment;
pub mod law;
pub mod math;
pub mod model;
pub mod report;
pub mod scenario;
pub mod study;
pub mod text;
pub mod units;
