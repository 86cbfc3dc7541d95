//! What is asked of a design, and whether it can be had: how many points and replications, of which kind, over which levers,
//! in how many trials.

use super::lever::{Lever, Variation};
use super::one_at_a_time::OneAtATime;
use super::sobol::{MOST_POINTS, Sobol};
use super::{Design, Kind, Points, factorial};
use crate::model::world::params::Params;
use crate::units::counted;

/// More trials than these are a matter of years, and would sharpen no answer: the error falls with the square root of their
/// number. Trials are numbered by 32 bits.
pub const MOST_TRIALS: u32 = 1_000_000_000;

/// Trials where none are asked for.
pub const USUAL_TRIALS: u32 = 4000;

/// Replications below which the interval of a difference between points says little; where none are asked for, a design
/// that shares chance has at least these.
const USUAL_REPLICATIONS: u32 = 20;

/// What is asked of a design. What is not given follows from the rest.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// How points are laid.
    pub kind: Kind,
    /// Points.
    pub points: Option<u32>,
    /// Replications of each.
    pub replications: Option<u32>,
    /// Trials: points times replications.
    pub trials: Option<u32>,
    /// Parameters of the world that take given values.
    pub levers: Vec<Lever>,
    /// Values of the regimes that stand as scenarios of their own.
    pub variations: Vec<Variation>,
}

/// Why a design can't be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DesignError {
    /// No trial.
    #[error("the numbers of points, replications and trials must be at least 1")]
    Nothing,
    /// A factorial of nothing.
    #[error("a factorial design is over levers, and there is none: give at least one --lever PATH=V1,V2")]
    NoLever,
    /// Nothing to move.
    #[error("the world has no uncertain parameter to move one at a time: give --lever PATH=V1,V2")]
    NothingUncertain,
    /// A lever that the world does not place.
    #[error(
        "`{path}` can't be a lever: no design places it, since it is not drawn once a trial (but at each event, or never); \
         compare its values in separate runs, with --set {path}=VALUE"
    )]
    NotPlaced {
        /// Its path.
        path: String,
    },
    /// Points that follow from the levers.
    #[error("this {kind} design has {}, not {asked}: leave --points out, or change the levers", counted(*points, "point"))]
    OtherPoints {
        /// The design.
        kind: Kind,
        /// What it has.
        points: u64,
        /// What was asked for.
        asked: u32,
    },
    /// Numbers that do not agree.
    #[error(
        "{} with {} each make {}, not {trials}: leave one of --points, --replications and --trials out",
        counted(*points, "point"),
        counted(*replications, "replication"),
        counted(*product, "trial")
    )]
    Conflict {
        /// Points.
        points: u64,
        /// Replications.
        replications: u32,
        /// Their product.
        product: u64,
        /// Trials asked for.
        trials: u32,
    },
    /// Trials that are no whole number of points or replications.
    #[error(
        "{} can't be shared out evenly among {parts} {what}: set --trials to a multiple, such as {near}",
        counted(*trials, "trial")
    )]
    NotWhole {
        /// Trials.
        trials: u32,
        /// Points or replications.
        parts: u64,
        /// Which of them.
        what: &'static str,
        /// A number that would do.
        near: u64,
    },
    /// Too many trials.
    #[error(
        "{} with {} each make {trials} trials, and at most {MOST_TRIALS} can be run: take fewer points or levers' values, or \
         fewer --replications",
        counted(*points, "point"),
        counted(*replications, "replication")
    )]
    TooMany {
        /// Points.
        points: u64,
        /// Replications.
        replications: u32,
        /// Their product.
        trials: u64,
    },
    /// Too many points for the sequence.
    #[error(
        "a sobol design has at most {MOST_POINTS} points, and {points} were asked for: take a latin-hypercube design, which has \
         no such limit, or more --replications of fewer points"
    )]
    BeyondSequence {
        /// What was asked for.
        points: u32,
    },
}

impl Request {
    /// Plain Monte Carlo.
    pub fn monte_carlo(trials: u32) -> Request {
        Request {
            kind: Kind::MonteCarlo,
            points: None,
            replications: None,
            trials: Some(trials),
            levers: Vec::new(),
            variations: Vec::new(),
        }
    }

    /// The design for a world's parameters, and its trials. A lever must be a choice there: see [`Lever::record`].
    ///
    /// # Errors
    /// See [`DesignError`].
    pub fn settle(&self, params: &Params) -> Result<(Design, u32), DesignError> {
        if let Some(lever) = self.levers.iter().find(|lever| !lever.is_in(params)) {
            return Err(DesignError::NotPlaced { path: lever.path().to_owned() });
        }
        let (points, fixed) = self.lay(params)?;
        let (count, replications) = self.size(fixed)?;
        let product = count.saturating_mul(u64::from(replications));
        let trials = u32::try_from(product).ok().filter(|trials| *trials <= MOST_TRIALS);
        let Some(trials) = trials else {
            return Err(DesignError::TooMany { points: count, replications, trials: product });
        };
        match u32::try_from(count) {
            Ok(points) if self.kind == Kind::Sobol && points > MOST_POINTS => {
                return Err(DesignError::BeyondSequence { points });
            }
            _ => {}
        }
        let (levers, variations) = (self.levers.clone(), self.variations.clone());
        Ok((Design { points, replications, levers, variations }, trials))
    }

    /// What lays the points, and how many there are where that follows.
    fn lay(&self, params: &Params) -> Result<(Points, Option<u64>), DesignError> {
        let has_lever = !self.levers.is_empty() || !self.variations.is_empty();
        Ok(match self.kind {
            Kind::MonteCarlo => (Points::MonteCarlo, None),
            Kind::LatinHypercube => (Points::LatinHypercube, None),
            Kind::Sobol => (Points::Sobol(Sobol::of(params)), None),
            Kind::Factorial if !has_lever => return Err(DesignError::NoLever),
            Kind::Factorial => (Points::Factorial, Some(factorial::points(&self.levers))),
            Kind::OneAtATime => {
                let moves = if has_lever { OneAtATime::Levers } else { OneAtATime::over(params) };
                let points = moves.points(&self.levers);
                if points == 1 && !has_lever {
                    return Err(DesignError::NothingUncertain);
                }
                (Points::OneAtATime(moves), Some(points))
            }
        })
    }

    /// Points and replications. `fixed` are points that follow from the design.
    fn size(&self, fixed: Option<u64>) -> Result<(u64, u32), DesignError> {
        if [self.points, self.replications, self.trials].contains(&Some(0)) {
            return Err(DesignError::Nothing);
        }
        if let (Some(points), Some(asked)) = (fixed, self.points)
            && points != u64::from(asked)
        {
            return Err(DesignError::OtherPoints { kind: self.kind, points, asked });
        }
        match (fixed.or(self.points.map(u64::from)), self.replications, self.trials) {
            (Some(points), Some(replications), trials) => {
                let product = points.saturating_mul(u64::from(replications));
                match trials {
                    Some(trials) if u64::from(trials) != product => {
                        Err(DesignError::Conflict { points, replications, product, trials })
                    }
                    _ => Ok((points, replications)),
                }
            }
            (Some(points), None, Some(trials)) => {
                let replications = shared(trials, points, "points")?;
                Ok((points, replications as u32))
            }
            (Some(points), None, None) if fixed.is_some() => {
                let enough = u64::from(USUAL_TRIALS).div_ceil(points) as u32;
                Ok((points, enough.max(USUAL_REPLICATIONS)))
            }
            (Some(points), None, None) => Ok((points, 1)),
            (None, Some(replications), Some(trials)) => {
                Ok((shared(trials, u64::from(replications), "replications")?, replications))
            }
            (None, None, Some(trials)) => Ok((u64::from(trials), 1)),
            (None, replications, None) => {
                let replications = replications.unwrap_or(1);
                let points = USUAL_TRIALS.div_ceil(replications);
                let points = if self.kind.is_stratified() { points.next_power_of_two() } else { points };
                Ok((u64::from(points), replications))
            }
        }
    }
}

/// Trials shared out evenly; at least one each.
fn shared(trials: u32, parts: u64, what: &'static str) -> Result<u64, DesignError> {
    let whole = u64::from(trials);
    if whole >= parts && whole.is_multiple_of(parts) {
        return Ok(whole / parts);
    }
    Err(DesignError::NotWhole { trials, parts, what, near: whole.div_ceil(parts) * parts })
}
