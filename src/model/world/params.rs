//! The numbers of a world, compiled: fixed ones, and uncertain ones with the inverse of their distribution function, so
//! that an experiment's design can place a trial anywhere in the unit cube. One uniform number makes one parameter.

use super::ids::ParamId;
use super::random::{EntityKey, RandomStreams, StreamId};
use crate::math::{Beta, exp, ln, normal_cdf, normal_quantile};
use crate::scenario::param::{Dist, Param, between};

/// All parameters of a world.
#[derive(Debug, Clone, Default)]
pub struct Params {
    paths: Vec<String>,
    fixed: Vec<f64>,
    uncertain: Vec<Uncertain>,
}

/// A parameter that is drawn once a trial.
#[derive(Debug, Clone)]
pub struct Uncertain {
    /// Which one.
    pub id: ParamId,
    /// Key of its draws: a hash of its path.
    pub key: EntityKey,
    quantile: Quantile,
}

impl Uncertain {
    /// The value at a place in (0, 1).
    pub fn at(&self, unit: f64) -> f64 {
        self.quantile.at(unit)
    }
}

impl Params {
    /// Adds a parameter.
    pub fn add(&mut self, param: &Param) -> ParamId {
        let id = ParamId::at(self.fixed.len());
        self.paths.push(param.path.clone());
        let quantile = Quantile::new(&param.dist, param.bounds);
        if let Quantile::Fixed(value) = quantile {
            self.fixed.push(value);
        } else {
            self.fixed.push(quantile.at(0.5));
            self.uncertain.push(Uncertain { id, key: EntityKey::of(&param.path), quantile });
        }
        id
    }

    /// The uncertain ones, in reading order.
    pub fn uncertain(&self) -> &[Uncertain] {
        &self.uncertain
    }

    /// The path of a parameter.
    pub fn path(&self, id: ParamId) -> &str {
        &self.paths[id.ix()]
    }

    /// Holds a parameter at a value in every trial, whatever its distribution: for studies that move one number and leave
    /// all draws as they were. A path may stand for several entries (each vendor's item has its own of the bill's units);
    /// returns how many there are, none if there is no such path.
    pub fn fix(&mut self, path: &str, value: f64) -> usize {
        let ids: Vec<usize> = (0..self.paths.len()).filter(|i| self.paths[*i] == path).collect();
        self.uncertain.retain(|uncertain| !ids.contains(&uncertain.id.ix()));
        ids.iter().for_each(|i| self.fixed[*i] = value);
        ids.len()
    }

    /// The paths of all parameters, in order of addition.
    pub fn paths(&self) -> &[String] {
        &self.paths
    }

    /// Writes the values of all parameters into `values` (one a parameter, in order of addition); `unit` gives the place
    /// of each uncertain one in (0, 1).
    pub fn place(&self, values: &mut Vec<f64>, mut unit: impl FnMut(&Uncertain) -> f64) {
        values.clear();
        values.extend_from_slice(&self.fixed);
        for uncertain in &self.uncertain {
            values[uncertain.id.ix()] = uncertain.quantile.at(unit(uncertain));
        }
    }
}

/// A parameter of a regime. It belongs to no world, so that no design places it: it is drawn by its own key,
/// once a point (once a trial where a design shares chance between points).
#[derive(Debug, Clone)]
pub struct Keyed {
    key: EntityKey,
    quantile: Quantile,
}

impl Keyed {
    /// Compiles a parameter.
    pub fn of(param: &Param) -> Keyed {
        Keyed { key: EntityKey::of(&param.path), quantile: Quantile::new(&param.dist, param.bounds) }
    }

    /// Its value in a trial.
    pub fn value(&self, streams: RandomStreams) -> f64 {
        self.quantile.at(streams.uniform(StreamId::Parameter, self.key, 0))
    }
}

/// The inverse of a distribution function on (0, 1).
#[derive(Debug, Clone)]
pub enum Quantile {
    /// Always the same.
    Fixed(f64),
    /// Triangular: low, mode, high.
    Triangular(f64, f64, f64),
    /// Uniform: low, high.
    Uniform(f64, f64),
    /// Exponential of a truncated normal: mean and deviation of the log, and the part of (0, 1) within the bounds.
    LogNormal(f64, f64, (f64, f64)),
    /// Truncated normal: mean, deviation, part of (0, 1) within the bounds.
    Normal(f64, f64, (f64, f64)),
    /// Beta on an interval.
    Beta(Beta, (f64, f64)),
    /// 1 above the mark, else 0.
    Bernoulli(f64),
    /// Alternatives with the upper end of each one's part of (0, 1).
    Choice(Vec<(f64, Quantile)>),
    /// Values at equal steps of probability, straight between them.
    Table(Vec<f64>),
}

impl Quantile {
    /// Compiles a distribution, truncated to `bounds` where it is unbounded by itself.
    pub fn new(dist: &Dist, bounds: (f64, f64)) -> Quantile {
        match *dist {
            Dist::Fixed(value) => Quantile::Fixed(value),
            Dist::Triangular { low, mode, high } if low < high => Quantile::Triangular(low, mode, high),
            Dist::Triangular { mode, .. } => Quantile::Fixed(mode),
            Dist::Uniform { low, high } if low < high => Quantile::Uniform(low, high),
            Dist::Uniform { low, .. } => Quantile::Fixed(low),
            Dist::LogNormal { median, p90 } => {
                let mu = ln(median);
                let sigma = (ln(p90) - mu) / normal_quantile(0.9);
                let within = |x: f64| if x > 0.0 { below(ln(x), mu, sigma) } else { 0.0 };
                Quantile::LogNormal(mu, sigma, (within(bounds.0), within(bounds.1)))
            }
            Dist::Normal { mean, sd } => {
                Quantile::Normal(mean, sd, (below(bounds.0, mean, sd), below(bounds.1, mean, sd)))
            }
            Dist::Beta { alpha, beta } => match Beta::new(alpha, beta) {
                Some(beta) => Quantile::Beta(beta, bounds),
                None => Quantile::Fixed(0.5 * (bounds.0 + bounds.1)),
            },
            Dist::Bernoulli { p } => Quantile::Bernoulli(1.0 - p),
            Dist::Choice(ref alternatives) => {
                let total: f64 = alternatives.iter().map(|(weight, _)| weight).sum();
                let mut reached = 0.0;
                let parts = alternatives.iter().map(|(weight, dist)| {
                    reached += weight / total;
                    (reached, Quantile::new(dist, bounds))
                });
                Quantile::Choice(parts.collect())
            }
            Dist::Quantiles(ref values) => match dist.ends(bounds) {
                (low, high) if low < high => Quantile::Table(values.clone()),
                (low, _) => Quantile::Fixed(low),
            },
        }
    }

    /// The value at `unit` in (0, 1).
    pub fn at(&self, unit: f64) -> f64 {
        match self {
            Quantile::Fixed(value) => *value,
            &Quantile::Triangular(low, mode, high) => {
                let rising = (mode - low) / (high - low);
                if unit < rising {
                    low + ((high - low) * (mode - low) * unit).sqrt()
                } else {
                    high - ((high - low) * (high - mode) * (1.0 - unit)).sqrt()
                }
            }
            &Quantile::Uniform(low, high) => low + (high - low) * unit,
            &Quantile::LogNormal(mu, sigma, part) => exp(mu + sigma * deviate(unit, part)),
            &Quantile::Normal(mean, sd, part) => mean + sd * deviate(unit, part),
            Quantile::Beta(beta, (low, high)) => low + (high - low) * beta.quantile(unit),
            &Quantile::Bernoulli(mark) => f64::from(u8::from(unit > mark)),
            Quantile::Choice(parts) => {
                let mut from = 0.0;
                for (until, quantile) in parts {
                    if unit < *until {
                        return quantile.at((unit - from) / (until - from));
                    }
                    from = *until;
                }
                parts.last().map_or(f64::NAN, |(_, quantile)| quantile.at(unit))
            }
            Quantile::Table(values) => between(values, unit),
        }
    }
}

/// Part of a normal distribution below `x`.
fn below(x: f64, mean: f64, sd: f64) -> f64 {
    normal_cdf((x - mean) / sd)
}

/// Standard normal deviate at `unit` of the part of the distribution within `part`.
fn deviate(unit: f64, part: (f64, f64)) -> f64 {
    normal_quantile((part.0 + (part.1 - part.0) * unit).clamp(1e-300, 1.0 - 1e-16))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(dist: Dist, bounds: (f64, f64)) -> f64 {
        let (quantile, n) = (Quantile::new(&dist, bounds), 100_000);
        (0..n).map(|i| quantile.at((i as f64 + 0.5) / n as f64)).sum::<f64>() / n as f64
    }

    #[test]
    fn quantiles_have_the_moments_of_their_distribution() {
        assert!((mean(Dist::Triangular { low: 1.0, mode: 2.0, high: 6.0 }, (0.0, 9.0)) - 3.0).abs() < 1e-4);
        assert!((mean(Dist::Uniform { low: 1.0, high: 2.0 }, (0.0, 9.0)) - 1.5).abs() < 1e-9);
        assert!((mean(Dist::Normal { mean: 3.0, sd: 1.0 }, (-9.0, 15.0)) - 3.0).abs() < 1e-3);
        assert!((mean(Dist::Beta { alpha: 2.0, beta: 6.0 }, (0.0, 4.0)) - 1.0).abs() < 1e-3);
        assert!((mean(Dist::Bernoulli { p: 0.3 }, (0.0, 1.0)) - 0.3).abs() < 1e-4);
        let choice = Dist::Choice(vec![(1.0, Dist::Fixed(2.0)), (3.0, Dist::Uniform { low: 4.0, high: 8.0 })]);
        assert!((mean(choice, (0.0, 9.0)) - (0.25 * 2.0 + 0.75 * 6.0)).abs() < 1e-3);
    }

    #[test]
    fn quantiles_are_read_straight_between() {
        let table = Quantile::new(&Dist::Quantiles(vec![1.0, 2.0, 2.0, 8.0]), (0.0, 9.0));
        for (unit, value) in [(1.0 / 6.0, 1.5), (0.5, 2.0), (5.0 / 6.0, 5.0), (1.0 - 1e-12, 8.0)] {
            assert!((table.at(unit) - value).abs() < 1e-9, "{unit}: {}", table.at(unit));
        }
        // Two numbers are a uniform, bit for bit; equal ones are one value, and no uncertain parameter.
        let (two, uniform) = (Dist::Quantiles(vec![1.0, 3.0]), Dist::Uniform { low: 1.0, high: 3.0 });
        assert_eq!(Quantile::new(&two, (0.0, 9.0)).at(0.3), Quantile::new(&uniform, (0.0, 9.0)).at(0.3));
        assert!(matches!(Quantile::new(&Dist::Quantiles(vec![2.0; 3]), (0.0, 9.0)), Quantile::Fixed(2.0)));
    }

    #[test]
    fn a_lognormal_is_given_by_its_median_and_ninetieth_percentile_within_its_bounds() {
        let wide = Quantile::new(&Dist::LogNormal { median: 2.0, p90: 5.0 }, (1e-9, 1e9));
        assert!((wide.at(0.5) - 2.0).abs() < 1e-6 && (wide.at(0.9) - 5.0).abs() < 1e-5);
        let cut = Quantile::new(&Dist::LogNormal { median: 2.0, p90: 5.0 }, (1.0, 4.0));
        assert!(cut.at(1e-9) >= 1.0 - 1e-6 && cut.at(1.0 - 1e-9) <= 4.0 + 1e-6);
    }
}
