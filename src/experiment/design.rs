//! How trials are laid over what is not known: which trial belongs to which point of a design, and where a point places the
//! uncertain parameters. A design point and a replication are different ids: points vary what is not known, replications
//! vary chance.

use crate::model::chance::{Chance, Purpose};
use crate::model::params::Uncertain;

/// A design of an experiment: so many points, each with so many replications. Trial `t` is replication
/// `t % replications` of point `t / replications`, so that an ensemble that grows by points keeps its first trials.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    /// Replications of each point; at least 1.
    replications: u32,
}

/// Where a design places one trial.
#[derive(Debug, Clone, Copy)]
pub struct Placement {
    /// The point.
    pub point: u32,
    /// The replication of that point.
    pub replication: u32,
    /// By this number chance in the trial is keyed (the trial number of [`Chance::new`]).
    pub chance: u64,
    seed: u64,
}

impl std::fmt::Display for Design {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "monte-carlo, {} replications", self.replications)
    }
}

impl Design {
    /// Plain Monte Carlo: every point is drawn independently.
    pub fn monte_carlo(replications: u32) -> Design {
        Design { replications: replications.max(1) }
    }

    /// Where trial `trial` of an experiment with master seed `seed` is placed.
    pub fn place(&self, seed: u64, trial: u32) -> Placement {
        let (point, replication) = (trial / self.replications, trial % self.replications);
        Placement { point, replication, chance: u64::from(trial), seed }
    }
}

impl Placement {
    /// The place in (0, 1) of an uncertain parameter.
    #[inline]
    pub fn unit(&self, uncertain: &Uncertain) -> f64 {
        monte_carlo(self.seed, u64::from(self.point))(uncertain)
    }
}

/// Places of uncertain parameters in a point of plain Monte Carlo: independent for each parameter and point.
pub fn monte_carlo(seed: u64, point: u64) -> impl Fn(&Uncertain) -> f64 {
    let chance = Chance::new(seed, point);
    move |uncertain| chance.uniform(Purpose::Parameter, uncertain.key, 0)
}
