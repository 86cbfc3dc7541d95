//! The tables of a result: what each is called, its columns, and where its rows come from. Outcomes, entities and units come
//! from the record, so that a new outcome appears with no change here.

pub mod backtest;
pub mod calibration;
mod columns;
pub mod iamc;
pub mod pairing;
pub mod points;
pub mod series;
pub mod summary;
pub mod trace;
pub mod trials;

use super::table::Sort;

/// Every sort of table that `run`, `compare` and `merge` write, in the order in which a reader wants them.
pub const SORTS: [&Sort; 7] =
    [&summary::SORT, &series::SORT, &trials::SORT, &pairing::SORT, &points::POINTS, &points::BY_POINT, &iamc::SORT];

/// The same of `backtest`.
pub const OF_BACKTEST: [&Sort; 1] = [&backtest::SORT];

/// The same of `calibrate`.
pub const OF_CALIBRATION: [&Sort; 3] = [&calibration::PARAMETERS, &calibration::OBSERVATIONS, &calibration::POSTERIOR];

/// The same of `trace`.
pub const OF_TRACE: [&Sort; 1] = [&trace::SORT];
