//! A parameter: a number or a distribution, with its unit, its bounds on both sides, and where it comes from.

use super::Place;
use crate::units::named;

/// A numeric parameter of a scenario.
#[derive(Debug, Clone)]
pub struct Param {
    /// Dotted path of the record, such as `offers.xilinx-large-fpga.price`: its name in `--set`, in the tables and in
    /// the random streams (so that adding another parameter leaves this one's draws alone).
    pub path: String,
    /// What kind of number it is.
    pub quantity: Quantity,
    /// The value or distribution.
    pub dist: Dist,
    /// The lowest and highest admissible value; samples are truncated to them (normal, lognormal) or lie within.
    pub bounds: (f64, f64),
    /// Where it comes from.
    pub provenance: Provenance,
    /// What the number means (from the reading code, not the file).
    pub meaning: &'static str,
    /// Where the record stands.
    pub place: Place,
}

/// A fixed value or a distribution.
#[derive(Debug, Clone, PartialEq)]
pub enum Dist {
    /// One value.
    Fixed(f64),
    /// Triangular over `low..=high` with its mode between.
    Triangular {
        /// Lowest value.
        low: f64,
        /// Most likely value.
        mode: f64,
        /// Highest value.
        high: f64,
    },
    /// Uniform over `low..=high`.
    Uniform {
        /// Lowest value.
        low: f64,
        /// Highest value.
        high: f64,
    },
    /// Lognormal by its median and 90th percentile, truncated to the bounds.
    LogNormal {
        /// Median.
        median: f64,
        /// 90th percentile.
        p90: f64,
    },
    /// Normal, truncated to the bounds.
    Normal {
        /// Mean before truncation.
        mean: f64,
        /// Standard deviation before truncation.
        sd: f64,
    },
    /// Beta on the bounds.
    Beta {
        /// First shape.
        alpha: f64,
        /// Second shape.
        beta: f64,
    },
    /// 1 with probability `p`, else 0.
    Bernoulli {
        /// Probability of 1.
        p: f64,
    },
    /// One of several alternatives, by weight.
    Choice(Vec<(f64, Dist)>),
}

/// How sure the source of a number is.
#[derive(Debug, Clone, PartialEq)]
pub struct Provenance {
    /// Keys of bibliography entries; empty for an assumption.
    pub sources: Vec<String>,
    /// For an assumption: the reason for its centre and its width.
    pub assumption: Option<String>,
    /// Confidence in the number.
    pub confidence: Confidence,
    /// A remark for the reader.
    pub note: Option<String>,
}

named! {
    /// Confidence in a number.
    Confidence, "confidence" {
        /// Read in a source.
        High = "high",
        /// Read in one source, or derived.
        Medium = "medium",
        /// An estimate.
        Low = "low",
    }
}

named! {
    /// What kind of number a parameter is; its name is the unit written in the file.
    Quantity, "unit" {
        /// A share or probability, 0 to 1.
        Share = "share",
        /// A duration in months of 30.436875 days.
        Months = "months",
        /// A duration in days.
        Days = "days",
        /// US dollars of 2019 for one unit (of a component or product).
        UsdPerUnit = "USD/unit",
        /// Units (of a component or product).
        Units = "units",
        /// Units a month.
        UnitsPerMonth = "units/month",
        /// Units of a component in one product.
        UnitsPerProduct = "units/product",
        /// A pure number, 0 or more.
        Ratio = "ratio",
        /// A rate or chance a month.
        PerMonth = "per month",
        /// A coefficient in a utility; may be negative.
        Utility = "utility",
    }
}

impl Quantity {
    /// What no value of this kind may leave, whatever its own bounds say. 1e12 stands for "absurdly large".
    pub fn hard_range(self) -> (f64, f64) {
        match self {
            Quantity::Share | Quantity::PerMonth => (0.0, 1.0),
            Quantity::Months => (0.0, 600.0),
            Quantity::Days => (0.0, 20_000.0),
            Quantity::UsdPerUnit | Quantity::Units | Quantity::UnitsPerMonth => (0.0, 1e12),
            Quantity::UnitsPerProduct => (0.0, 1e6),
            Quantity::Ratio => (0.0, 1e6),
            Quantity::Utility => (-100.0, 100.0),
        }
    }

    /// What the quantity is called in a message.
    pub fn noun(self) -> &'static str {
        match self {
            Quantity::Share => "share",
            Quantity::Months | Quantity::Days => "duration",
            Quantity::UsdPerUnit => "price",
            Quantity::Units => "quantity",
            Quantity::UnitsPerMonth => "flow",
            Quantity::UnitsPerProduct => "bill of materials entry",
            Quantity::Ratio => "ratio",
            Quantity::PerMonth => "monthly chance",
            Quantity::Utility => "utility weight",
        }
    }
}
