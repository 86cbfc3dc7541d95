//! The integration tests: one binary, a module a topic, so that the program is linked once. Shared: `common` (a folder of small
//! files, and the program run in it), `worlds` (small worlds, and single trials of them), `browser` (a page in Chromium).
//! One topic alone: `cargo test --test it TOPIC::`. Studies that take long are ignored by default and say why; `.ci/run`
//! runs them with the rest.
#![expect(
    clippy::disallowed_methods,
    reason = "what is worked out by hand takes the platform's functions: a second opinion, held to a tolerance"
)]

mod browser;
mod common;
mod worlds;

mod alive;
mod backtest;
mod bad_input;
mod bad_input_cli;
mod bad_restriction;
mod calibrate;
mod cli;
mod closed_form;
mod cluster;
mod common_draws;
mod conservation;
mod designs;
mod documents;
mod doubling;
mod escalation_input;
mod face;
mod formats;
mod formulas;
mod full_disk;
mod golden;
mod guide;
mod history;
mod history_keys;
mod hostile;
mod house;
mod keep;
mod known_from;
mod loading;
mod mechanism_anticipation;
mod mechanism_design_out;
mod mechanism_engineering;
mod mechanism_escalation;
mod mechanism_licenses;
mod mechanism_production;
mod mechanism_programme;
mod mechanism_redesign;
mod mechanism_restriction;
mod mechanism_rivals;
mod mechanism_shortage;
mod mechanism_supply;
mod minimal_difference;
mod monotone;
mod names;
mod net60;
mod no_allocation;
mod no_reach;
mod no_subject;
mod numbers;
mod outputs;
mod removal;
mod report;
mod reproduce;
mod resume;
mod same_bytes;
mod same_number;
mod schema;
mod shards;
mod ticks;
mod trace;
mod until;
mod warnings;
