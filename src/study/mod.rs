//! What the program does, for whoever asks: the commands, a test, or a program of your own. What is wanted is a plain struct, how
//! far things are comes as values, what goes wrong is a [`StudyError`], and what is found is given back. Nothing here knows of
//! arguments, terminals or exit codes.
//!
//! - [`Study`] runs or compares scenarios: in memory ([`Study::run`]) or into a folder ([`Study::write`]).
//! - [`merge()`] joins shards of an experiment; [`reproduce()`] runs a result again from its manifest and compares the files.
//! - [`backtest()`] scores predictions against observations; [`calibrate()`] finds the parameters that agree with them.
//! - [`trace()`] says tick by tick what holds the output of the targeted vendors down.
//!
//! `docs/library.md`, which follows, shows how they are used.
#![doc = include_str!("../../docs/library.md")]

mod backtest;
mod calibrate;
mod columns;
mod error;
mod events;
mod inputs;
mod launcher;
mod levers;
mod merge;
mod output;
mod reproduce;
mod results;
mod simulate;
mod spec;
mod trace;
mod work;

pub use backtest::{BacktestSpec, backtest};
pub use calibrate::{CalibrationSpec, FEWEST_KEPT, Keep, calibrate};
pub use columns::{Column, Columns};
pub use error::StudyError;
pub use events::{Event, Observer, Phase, Silent};
pub use launcher::Launcher;
pub use merge::{MergeSpec, merge};
pub use output::Output;
pub use reproduce::{Build, ReproduceSpec, Reproduced, reproduce};
pub use results::{Judged, Results, Written};
pub use simulate::{Study, WriteMode};
pub use spec::{Compared, DesignSpec, HORIZON_FORMS, Horizon, Layers, Spec, USUAL_SEED, cores};
pub use trace::{MOST_TRACED, TraceSpec, USUAL_TRACED, WrittenTrace, trace, write_trace};
