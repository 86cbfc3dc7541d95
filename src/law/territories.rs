//! What the regulations count as a country, which is not always what a map does: territories of the United States are the
//! United States, and Hong Kong has been China since a day in 2020. This is background to every regime, no provision of one.

use crate::units::{Country, Date};

/// What the United States are.
pub const UNITED_STATES: &str = "15 CFR 772.1 (\"United States\")";

/// First day on which Hong Kong is no destination of its own but China, in whose country groups it then is.
pub const HONG_KONG_IS_CHINA_FROM: Date = Date::constant(2020, 12, 23);

/// Where that is laid down.
pub const HONG_KONG: &str = "85 FR 83765, December 23, 2020";

/// The first day on which a home country that is one of concern counts as one; `None`: it always did.
pub fn of_concern_from(home: Country) -> Option<Date> {
    (home == Country::HK).then_some(HONG_KONG_IS_CHINA_FROM)
}

/// Whether a buyer at home there, whose country is one of concern by what a scenario says, is so on a day.
pub fn of_concern_on(home: Country, of_concern: bool, day: Date) -> bool {
    of_concern && of_concern_from(home).is_none_or(|from| from <= day)
}
