//! How trials are laid over what is not known: which trial belongs to which point of a design, and where a point places the
//! uncertain parameters. A design point and a replication are different ids: points vary what is not known, replications
//! vary chance. Every place is keyed by the parameter's own key, never by its position, so that a parameter more or less
//! leaves those of the others as they were.

mod factorial;
mod latin_hypercube;
mod lever;
mod one_at_a_time;
mod recipe;
mod request;
mod sobol;
#[cfg(test)]
mod tests;

pub use lever::{Lever, Variation};
pub use recipe::Recipe;
pub use request::{DesignError, MOST_TRIALS, Request, USUAL_TRIALS};
pub use sobol::MOST_POINTS as MOST_SOBOL_POINTS;

use std::fmt;

use crate::model::world::params::{Params, Uncertain};
use crate::model::world::random::{EntityKey, RandomStreams, StreamId};
use crate::units::named;

named! {
    /// How the points of an experiment are laid over what is not known.
    Kind, "design" {
        /// Every point is drawn independently.
        MonteCarlo = "monte-carlo",
        /// Each parameter's range is covered evenly.
        LatinHypercube = "latin-hypercube",
        /// The ranges of parameters that belong together are covered evenly together.
        Sobol = "sobol",
        /// Every combination of the levers' values.
        Factorial = "factorial",
        /// A base, and one point for each other value of each lever or parameter.
        OneAtATime = "one-at-a-time",
    }
}

impl Kind {
    /// Whether all points share chance and what they do not vary, so that differences between them are sharp.
    pub fn shares_chance(self) -> bool {
        matches!(self, Kind::Factorial | Kind::OneAtATime)
    }

    /// Whether points cover the ranges evenly, and best where their number is a power of two.
    pub fn is_stratified(self) -> bool {
        matches!(self, Kind::LatinHypercube | Kind::Sobol)
    }
}

/// A design of an experiment: so many points, each with so many replications. Trial `t` is replication
/// `t % replications` of point `t / replications`, so that an ensemble that grows by points keeps its first trials.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    points: Points,
    /// Replications of each point; at least 1.
    replications: u32,
    /// Parameters of the world that take given values.
    levers: Vec<Lever>,
    /// Values of the regimes that stand as scenarios of their own; told, not placed.
    variations: Vec<Variation>,
}

/// What lays the points.
#[derive(Debug, Clone, PartialEq)]
enum Points {
    MonteCarlo,
    LatinHypercube,
    Sobol(sobol::Sobol),
    Factorial,
    /// Over the levers, if there are any.
    OneAtATime(one_at_a_time::OneAtATime),
}

/// Where a design places one trial.
#[derive(Debug, Clone, Copy)]
pub struct Placement<'a> {
    /// The point.
    pub point: u32,
    /// The replication of that point.
    pub replication: u32,
    /// By this number chance in the trial is keyed (the trial number of [`RandomStreams::new`]).
    pub chance: u64,
    /// By this number what the point does not place is drawn: parameters of the regimes, and under a design over levers all
    /// other parameters.
    pub unplaced: u64,
    seed: u64,
    design: &'a Design,
}

impl Design {
    /// Plain Monte Carlo: every point is drawn independently.
    pub fn monte_carlo(replications: u32) -> Design {
        let replications = replications.max(1);
        Design { points: Points::MonteCarlo, replications, levers: Vec::new(), variations: Vec::new() }
    }

    /// What kind it is.
    pub fn kind(&self) -> Kind {
        match self.points {
            Points::MonteCarlo => Kind::MonteCarlo,
            Points::LatinHypercube => Kind::LatinHypercube,
            Points::Sobol(_) => Kind::Sobol,
            Points::Factorial => Kind::Factorial,
            Points::OneAtATime(_) => Kind::OneAtATime,
        }
    }

    /// Whether it is what is run where no design is asked for: Monte Carlo, one trial a point, no levers.
    pub fn is_plain(&self) -> bool {
        self.kind() == Kind::MonteCarlo
            && self.replications == 1
            && self.levers.is_empty()
            && self.variations.is_empty()
    }

    /// Replications of each point.
    pub fn replications(&self) -> u32 {
        self.replications
    }

    /// Points of so many trials; the last may have fewer replications.
    pub fn points(&self, trials: u32) -> u32 {
        trials.div_ceil(self.replications)
    }

    /// The parameters of the world that take given values.
    pub fn levers(&self) -> &[Lever] {
        &self.levers
    }

    /// The values of the regimes that stand as scenarios of their own.
    pub fn variations(&self) -> &[Variation] {
        &self.variations
    }

    /// Where trial `trial` of an experiment with master seed `seed` is placed.
    pub fn place(&self, seed: u64, trial: u32) -> Placement<'_> {
        let (point, replication) = (trial / self.replications, trial % self.replications);
        let (chance, unplaced) = match self.kind().shares_chance() {
            true => (replication, replication),
            false => (trial, point),
        };
        let (chance, unplaced) = (u64::from(chance), u64::from(unplaced));
        Placement { point, replication, chance, unplaced, seed, design: self }
    }

    /// The parameters that its points place, one of each path, in reading order.
    pub fn placed<'p>(&self, params: &'p Params) -> Vec<&'p Uncertain> {
        let mut placed: Vec<&Uncertain> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        let only_levers = match &self.points {
            Points::Factorial => true,
            Points::OneAtATime(points) => points.is_over_levers(),
            _ => false,
        };
        for uncertain in params.uncertain() {
            let is_placed = !only_levers || self.levers.iter().any(|lever| lever.key() == uncertain.key);
            if is_placed && seen.insert(uncertain.key) {
                placed.push(uncertain);
            }
        }
        placed
    }

    /// What a point of a design one at a time moves from the base: its key, and where to.
    pub fn moved(&self, point: u32) -> Option<(EntityKey, f64)> {
        match &self.points {
            Points::OneAtATime(points) => points.moved(&self.levers, point),
            _ => None,
        }
    }

    /// Whether trials share no draws with one another, so that they tell how well a mean over all of them is known. (The points of a
    /// stratified design do not either; they tell it with too much caution.)
    pub fn has_independent_trials(&self, trials: u32) -> bool {
        if self.kind().shares_chance() { self.points(trials) <= 1 } else { self.replications <= 1 }
    }

    /// What a reader of the results must know of so many trials of it.
    pub fn warnings(&self, trials: u32) -> Vec<Warning> {
        let (kind, points) = (self.kind(), self.points(trials));
        let mut warnings = Vec::new();
        if kind.is_stratified() && !points.is_power_of_two() {
            warnings.push(Warning::NoPowerOfTwo { kind, points });
        }
        if !self.has_independent_trials(trials) {
            warnings.push(match kind.shares_chance() {
                true => Warning::SharedChance { kind },
                false => Warning::SharedParameters { replications: self.replications },
            });
        }
        warnings
    }
}

impl Placement<'_> {
    /// The place in (0, 1) of an uncertain parameter.
    #[inline]
    pub fn unit(&self, uncertain: &Uncertain) -> f64 {
        let (seed, levers) = (self.seed, &self.design.levers);
        let given = match &self.design.points {
            Points::MonteCarlo => return monte_carlo(seed, u64::from(self.point))(uncertain),
            Points::LatinHypercube => return latin_hypercube::unit(seed, self.point, uncertain.key),
            Points::Sobol(sobol) => return sobol.unit(seed, self.point, uncertain),
            Points::Factorial => factorial::unit(levers, self.point, uncertain.key),
            Points::OneAtATime(points) => points.unit(levers, self.point, uncertain.key),
        };
        given.unwrap_or_else(|| monte_carlo(seed, self.unplaced)(uncertain))
    }
}

/// Places of uncertain parameters in a point of plain Monte Carlo: independent for each parameter and point.
pub fn monte_carlo(seed: u64, point: u64) -> impl Fn(&Uncertain) -> f64 {
    let streams = RandomStreams::new(seed, point);
    move |uncertain| streams.uniform(StreamId::Parameter, uncertain.key, 0)
}

/// The middle of one of 2^32 equal cells of the unit interval: never 0 or 1.
#[inline]
fn open_unit(cell: u32) -> f64 {
    (f64::from(cell) + 0.5) * (1.0 / (1u64 << 32) as f64)
}

/// What a reader of the results must know of a design.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Warning {
    /// Strata are whole at powers of two only.
    NoPowerOfTwo {
        /// The design.
        kind: Kind,
        /// Its points.
        points: u32,
    },
    /// The trials of a point are not independent.
    SharedParameters {
        /// Trials of a point.
        replications: u32,
    },
    /// The trials of different points are not independent.
    SharedChance {
        /// The design.
        kind: Kind,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::NoPowerOfTwo { kind, points } => {
                let above = points.next_power_of_two();
                write!(
                    f,
                    "{points} is not a power of two, and a {kind} design covers each parameter's range exactly evenly only at \
                     one: set --points {} or {above}",
                    above / 2
                )
            }
            Warning::SharedParameters { replications } => write!(
                f,
                "the {replications} replications of a point share its parameters, so that no 95% interval is given, which takes \
                 trials to be independent: for the interval of a mean, more points and one replication are better"
            ),
            Warning::SharedChance { kind } => write!(
                f,
                "the points of a {kind} design share chance, and tables over all trials mix them, so that these describe no \
                 point, and have no 95% intervals: read by-point.csv"
            ),
        }
    }
}
