//! A parameter: a number or a distribution, with its unit, its bounds on both sides, and where it comes from.

use std::fmt;

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
    /// Quantiles at equal steps of probability from 0 to 1, straight between them: the form of a posterior's marginal.
    Quantiles(Vec<f64>),
}

impl fmt::Display for Dist {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Dist::Fixed(value) => write!(f, "{value}"),
            Dist::Triangular { low, mode, high } => write!(f, "triangular from {low} by {mode} to {high}"),
            Dist::Uniform { low, high } => write!(f, "uniform from {low} to {high}"),
            Dist::LogNormal { median, p90 } => write!(f, "lognormal with median {median} and 90th percentile {p90}"),
            Dist::Normal { mean, sd } => write!(f, "normal with mean {mean} and standard deviation {sd}"),
            Dist::Beta { alpha, beta } => write!(f, "beta with {alpha} and {beta}"),
            Dist::Bernoulli { p } => write!(f, "1 with probability {p}, else 0"),
            Dist::Choice(alternatives) => {
                let told = alternatives.iter().map(|(weight, dist)| format!("{dist} with weight {weight}"));
                f.write_str(&told.collect::<Vec<_>>().join(", or "))
            }
            Dist::Quantiles(values) => {
                let (low, high) = (between(values, 0.0), between(values, 1.0));
                write!(f, "{} quantiles from {low} by {} to {high}", values.len(), between(values, 0.5))
            }
        }
    }
}

impl Param {
    /// See [`Dist::central`].
    pub fn central(&self) -> f64 {
        self.dist.central(self.bounds)
    }

    /// See [`Dist::ends`].
    pub fn ends(&self) -> (f64, f64) {
        self.dist.ends(self.bounds)
    }
}

impl Dist {
    /// One number for a distribution with these bounds: the value; the mode of a triangular; the middle of a uniform; the
    /// median of a lognormal and of quantiles; the mean of a normal (both before truncation), of a beta and of a Bernoulli (its
    /// probability); for alternatives the mean of their central values by weight.
    pub fn central(&self, bounds: (f64, f64)) -> f64 {
        match self {
            Dist::Fixed(value) => *value,
            Dist::Triangular { mode, .. } => *mode,
            Dist::Uniform { low, high } => low + (high - low) / 2.0,
            Dist::LogNormal { median, .. } => *median,
            Dist::Normal { mean, .. } => *mean,
            Dist::Beta { alpha, beta } => bounds.0 + (bounds.1 - bounds.0) * (alpha / (alpha + beta)),
            Dist::Bernoulli { p } => *p,
            Dist::Choice(alternatives) => {
                let total: f64 = alternatives.iter().map(|(weight, _)| weight).sum();
                alternatives.iter().map(|(weight, dist)| weight / total * dist.central(bounds)).sum()
            }
            Dist::Quantiles(values) => between(values, 0.5),
        }
    }

    /// The lowest and highest value that a draw can take: those of the distribution, or the bounds where it is truncated
    /// to them (lognormal, normal) or stretched over them (beta).
    pub fn ends(&self, bounds: (f64, f64)) -> (f64, f64) {
        match self {
            Dist::Fixed(value) => (*value, *value),
            Dist::Triangular { low, high, .. } | Dist::Uniform { low, high } => (*low, *high),
            Dist::LogNormal { .. } | Dist::Normal { .. } | Dist::Beta { .. } => bounds,
            Dist::Bernoulli { p } => (if *p < 1.0 { 0.0 } else { 1.0 }, if *p > 0.0 { 1.0 } else { 0.0 }),
            Dist::Choice(alternatives) => {
                let ends = alternatives.iter().map(|(_, dist)| dist.ends(bounds));
                ends.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))).unwrap_or(bounds)
            }
            Dist::Quantiles(values) => (between(values, 0.0), between(values, 1.0)),
        }
    }

    /// The numbers that must lie within the bounds: the ends, or what a truncated distribution is given by.
    pub(crate) fn marks(&self) -> Vec<f64> {
        match self {
            Dist::Beta { .. } => Vec::new(),
            Dist::LogNormal { median, p90 } => vec![*median, *p90],
            Dist::Normal { mean, .. } => vec![*mean],
            Dist::Choice(alternatives) => alternatives.iter().flat_map(|(_, dist)| dist.marks()).collect(),
            other => {
                // None of these depends on the bounds.
                let (low, high) = other.ends((0.0, 0.0));
                vec![low, high]
            }
        }
    }

    /// Whether the numbers of the distribution fit together.
    ///
    /// # Errors
    /// What is wrong, and what to write.
    pub(crate) fn sound(&self, bounds: (f64, f64)) -> Result<(), (String, &'static str)> {
        match self {
            Dist::Triangular { low, mode, high } if !(low <= mode && mode <= high) => {
                Err((format!("{low}, {mode}, {high} do not rise"), "write triangular = [lowest, most likely, highest]"))
            }
            Dist::Uniform { low, high } if low > high => {
                Err((format!("{low} is above {high}"), "write uniform = [lowest, highest]"))
            }
            Dist::LogNormal { median, p90 } if !(*median > 0.0 && p90 > median) => Err((
                format!("a lognormal with median {median} and 90th percentile {p90} does not exist"),
                "the median must be above 0, and the 90th percentile above the median",
            )),
            Dist::Normal { sd, .. } if *sd <= 0.0 => Err((
                format!("the standard deviation is {sd}"),
                "it must be above 0; for a sure number write value = ...",
            )),
            Dist::Beta { alpha, beta } if ![alpha, beta].iter().all(|s| **s > 0.0 && **s <= 1e6) => Err((
                format!("a beta with shapes {alpha} and {beta} can't be drawn from"),
                "both shapes must be above 0 (at most 1e6)",
            )),
            Dist::Beta { .. } if bounds.0 >= bounds.1 => Err((
                "a beta lies between its bounds, and these are equal".into(),
                "widen the bounds, or write value = ...",
            )),
            Dist::Bernoulli { p } if !(0.0..=1.0).contains(p) => {
                Err((format!("{p} is not a probability"), "write bernoulli = a number from 0 to 1"))
            }
            Dist::Choice(alternatives) => {
                alternatives.iter().try_for_each(|(weight, dist)| match *weight > 0.0 && *weight <= 1e6 {
                    true => dist.sound(bounds),
                    false => Err((
                        format!("an alternative has weight {weight}"),
                        "each weight must be above 0 (at most 1e6)",
                    )),
                })
            }
            Dist::Quantiles(values) if !(2..=MOST_QUANTILES).contains(&values.len()) => Err((
                format!("there are {} quantiles", values.len()),
                "write quantiles = [lowest, ..., highest], at equal steps of probability: 2 to 1001 numbers",
            )),
            Dist::Quantiles(values) => match values.windows(2).find(|pair| pair[0] > pair[1]) {
                Some(pair) => Err((
                    format!("the quantiles do not rise: {} comes before {}", pair[0], pair[1]),
                    "write quantiles = [lowest, ..., highest], at equal steps of probability",
                )),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

/// More would say nothing that fewer do not.
const MOST_QUANTILES: usize = 1001;

/// Reads values that stand at equal steps from 0 to 1 at a place between, straight between neighbors. Zero of none.
pub(crate) fn between(values: &[f64], place: f64) -> f64 {
    let Some(last) = values.len().checked_sub(1) else { return 0.0 };
    let place = place.clamp(0.0, 1.0) * last as f64;
    let below = (place.floor() as usize).min(last.saturating_sub(1));
    let above = (below + 1).min(last);
    values[below] + (values[above] - values[below]) * (place - below as f64)
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
        /// Circuit boards to be redesigned.
        Boards = "boards",
        /// Circuit boards redesigned a month.
        BoardsPerMonth = "boards/month",
        /// US dollars of 2019 a month.
        UsdPerMonth = "USD/month",
        /// Units of a currency that one US dollar buys.
        PerUsd = "per USD",
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
            Quantity::Boards | Quantity::BoardsPerMonth => (0.0, 1e6),
            Quantity::UsdPerMonth => (0.0, 1e12),
            Quantity::PerUsd => (1e-6, 1e6),
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
            Quantity::Boards => "workload",
            Quantity::BoardsPerMonth => "engineering capacity",
            Quantity::UsdPerMonth => "flow of money",
            Quantity::PerUsd => "exchange rate",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_distribution_has_a_centre_and_ends() {
        let bounds = (0.0, 10.0);
        let cases = [
            (Dist::Fixed(3.0), 3.0, (3.0, 3.0)),
            (Dist::Triangular { low: 1.0, mode: 2.0, high: 6.0 }, 2.0, (1.0, 6.0)),
            (Dist::Uniform { low: 1.0, high: 2.0 }, 1.5, (1.0, 2.0)),
            (Dist::LogNormal { median: 2.0, p90: 4.0 }, 2.0, bounds),
            (Dist::Normal { mean: 4.0, sd: 1.0 }, 4.0, bounds),
            (Dist::Beta { alpha: 1.0, beta: 3.0 }, 2.5, bounds),
            (Dist::Bernoulli { p: 0.7 }, 0.7, (0.0, 1.0)),
            (Dist::Bernoulli { p: 0.0 }, 0.0, (0.0, 0.0)),
            (Dist::Bernoulli { p: 1.0 }, 1.0, (1.0, 1.0)),
            (
                Dist::Choice(vec![(3.0, Dist::Fixed(1.0)), (1.0, Dist::Uniform { low: 4.0, high: 6.0 })]),
                2.0,
                (1.0, 6.0),
            ),
            (Dist::Quantiles(vec![1.0, 2.0, 4.0, 9.0]), 3.0, (1.0, 9.0)),
            (Dist::Quantiles(vec![1.0, 2.0, 4.0]), 2.0, (1.0, 4.0)),
        ];
        for (dist, centre, ends) in cases {
            assert_eq!((dist.central(bounds), dist.ends(bounds)), (centre, ends), "{dist:?}");
            assert!(dist.sound(bounds).is_ok(), "{dist:?}");
        }
    }
}
