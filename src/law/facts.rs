//! What the law is told: the facts of an item, the buyer, and one shipment. Facts only; no provision appears here.

use crate::units::{Country, Date, Level, Share, Use};

/// The facts of an item that a provision may ask about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Where it is made.
    pub made_in: Country,
    /// Where it ships from.
    pub shipped_from: Country,
    /// Classification of the item itself.
    pub item: Level,
    /// Share of its value that is US content which by itself needs a license for the destination (not through a listing).
    pub us_controlled: Share,
    /// Share of its value that is any other US content.
    pub us_other: Share,
    /// Highest control level of the US technology or software that it is a direct product of.
    pub us_technology: Level,
    /// Highest control level of the US technology of which its plant, or a major component of the plant, is a direct
    /// product.
    pub us_plant: Level,
    /// Whether it is made with the listed firm's own technology or design.
    pub own_design: bool,
    /// Whether it is for use below 5G.
    pub below_5g: bool,
}

impl Facts {
    /// Whether the item is of US origin or ships from the United States, with their territories.
    pub fn us_origin(&self) -> bool {
        self.made_in.is_united_states() || self.shipped_from.is_united_states()
    }
}

/// A buyer, as the law sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buyer {
    /// Id, as listings name it.
    pub id: String,
    /// Its home country.
    pub home: Country,
    /// Whether that is one of concern, on the days on which it counts as one ([`super::territories`]).
    pub country_of_concern: bool,
}

/// One shipment of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipment {
    /// Day on which it leaves.
    pub date: Date,
    /// To whom it goes.
    pub buyer: Buyer,
    /// What it is for.
    pub use_: Use,
    /// Day on which production of it started; `None`: not known, so that no savings clause covers it.
    pub production_start: Option<Date>,
}

/// Whether the days of a shipment can be: nothing is shipped before its production starts.
///
/// # Errors
/// What is wrong with them.
pub fn check_days(shipped: Date, production_start: Option<Date>) -> Result<(), String> {
    match production_start {
        Some(start) if start > shipped => Err(format!(
            "production started on {start}, after the shipment on {shipped}: nothing is shipped before it is made \
             (are the two days swapped, or a year mistyped?)"
        )),
        _ => Ok(()),
    }
}
