//! Columns that several tables have.

use crate::report::table::{Column, Kind};

pub(super) const SCENARIO: Column = Column::new("scenario", Kind::Text, "", "Id of the scenario");
pub(super) const OUTCOME: Column =
    Column::new("outcome", Kind::Text, "", "Id of the outcome; see the lists of outcomes");
pub(super) const ENTITY: Column = Column::new(
    "entity",
    Kind::Text,
    "",
    "Whom or what it is of: a firm's line (`huawei:base-stations`), a class in it (`huawei:base-stations:fpga`), a firm, or a \
     country (`US`)",
);
pub(super) const VALUE: Column =
    Column::new("value", Kind::Number, "that in `unit`", "The number; blank where there is none");
pub(super) const UNIT: Column = Column::new("unit", Kind::Text, "", "Unit of `value`");
