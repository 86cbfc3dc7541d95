//! The tables of a result: what each is called, its columns, and where its rows come from. Outcomes, entities and units come
//! from the record, so that a new outcome appears with no change here.

pub mod backtest;
pub mod calibration;
pub mod iamc;
pub mod pairing;
pub mod points;
pub mod series;
pub mod summary;
pub mod trace;
pub mod trials;

use super::table::{Column, Kind, Sort};

/// Every sort of table that `run`, `compare` and `merge` write, in the order in which a reader wants them.
pub const SORTS: [&Sort; 7] =
    [&summary::SORT, &series::SORT, &trials::SORT, &pairing::SORT, &points::POINTS, &points::BY_POINT, &iamc::SORT];

/// The same of `backtest`.
pub const OF_BACKTEST: [&Sort; 1] = [&backtest::SORT];

/// The same of `calibrate`.
pub const OF_CALIBRATION: [&Sort; 3] = [&calibration::PARAMETERS, &calibration::OBSERVATIONS, &calibration::POSTERIOR];

/// The same of `trace`.
pub const OF_TRACE: [&Sort; 1] = [&trace::SORT];

const SCENARIO: Column = Column::new("scenario", Kind::Text, "", "Id of the scenario");
const OUTCOME: Column = Column::new("outcome", Kind::Text, "", "Id of the outcome; see the lists of outcomes");
const ENTITY: Column = Column::new(
    "entity",
    Kind::Text,
    "",
    "Whom or what it is of: a firm's line (`huawei:base-stations`), a class in it (`huawei:base-stations:fpga`), a firm, or a \
     country (`US`)",
);
const VALUE: Column = Column::new("value", Kind::Number, "that in `unit`", "The number; blank where there is none");
const UNIT: Column = Column::new("unit", Kind::Text, "", "Unit of `value`");
