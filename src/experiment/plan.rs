//! What is to be run: the scenarios of a comparison on their common world, the seed and the number of trials.

use super::design::{Design, DesignError, Request};
use crate::law::LawError;
use crate::model::record::Layout;
use crate::model::rules::Rules;
use crate::model::workspace::Workspace;
use crate::model::world::World;
use crate::model::world::compile::{CompileError, compile};
use crate::scenario::Scenario;
use crate::scenario::regime::{ProvisionKind, Regime};

/// A plan, checked and compiled.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The common world.
    pub world: World,
    /// The scenarios; one of them is without controls.
    pub scenarios: Vec<Planned>,
    /// Index of the scenario without controls, against which shortfalls are measured.
    pub without: usize,
    /// Index of the scenario from which paired differences are told; that without controls if none other is wanted.
    pub reference: usize,
    /// Master seed.
    pub seed: u64,
    /// Trials a scenario.
    pub trials: u32,
    /// How the trials are laid over what is not known.
    pub design: Design,
}

/// A scenario of a plan.
#[derive(Debug, Clone)]
pub struct Planned {
    /// Id.
    pub id: String,
    /// One line.
    pub title: String,
    /// Added because shortfalls need a world without controls, and no file gave one.
    pub implied: bool,
    /// The rules.
    pub rules: Rules,
}

/// Why a plan can't be made.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// Nothing to run.
    #[error("no scenario to run")]
    Empty,
    /// A base was given where something runnable is needed.
    #[error("scenario `{id}` can't be run by itself: it is a base for others to extend")]
    NotRunnable {
        /// Its id.
        id: String,
    },
    /// Two scenarios with one id.
    #[error("two scenarios have the id `{id}`: results are filed by id, so give one of them another id")]
    SameId {
        /// The id.
        id: String,
    },
    /// Scenarios that can't be compared.
    #[error(
        "`{a}` and `{b}` differ in their worlds, not only in their rules, so a difference between them could not be attributed to the rules: put what differs into a common base, or run them separately"
    )]
    DifferentWorlds {
        /// One.
        a: String,
        /// The other.
        b: String,
    },
    /// The design can't be had.
    #[error(transparent)]
    Design(#[from] DesignError),
    /// The world can't be compiled.
    #[error(transparent)]
    World(#[from] CompileError),
    /// A regime makes no sense as law.
    #[error("scenario `{id}`: {source}")]
    Law {
        /// Scenario id.
        id: String,
        /// What is wrong.
        source: LawError,
    },
}

impl Plan {
    /// Plans a comparison of scenarios on their common world, by plain Monte Carlo.
    ///
    /// # Errors
    /// Scenarios that can't be run or compared; see [`PlanError`].
    pub fn new(scenarios: &[Scenario], seed: u64, trials: u32) -> Result<Plan, PlanError> {
        Plan::designed(scenarios, seed, &Request::monte_carlo(trials))
    }

    /// Plans a comparison of scenarios on their common world, by the design that is asked for.
    ///
    /// # Errors
    /// Scenarios that can't be run or compared, a design that can't be had; see [`PlanError`].
    pub fn designed(scenarios: &[Scenario], seed: u64, request: &Request) -> Result<Plan, PlanError> {
        let first = scenarios.first().ok_or(PlanError::Empty)?;
        for (i, scenario) in scenarios.iter().enumerate() {
            if !scenario.runnable {
                return Err(PlanError::NotRunnable { id: scenario.id.clone() });
            }
            if scenario.world_hash != first.world_hash {
                return Err(PlanError::DifferentWorlds { a: first.id.clone(), b: scenario.id.clone() });
            }
            if scenarios[..i].iter().any(|s| s.id == scenario.id) {
                return Err(PlanError::SameId { id: scenario.id.clone() });
            }
        }
        let mut world = compile(&first.world, &target_vendors(scenarios))?;
        world.rungs = scenarios.iter().map(|s| s.regime.rungs().count()).max().unwrap_or(0);
        let mut planned = Vec::new();
        for scenario in scenarios {
            let rules = Rules::new(&scenario.regime, &world)
                .map_err(|source| PlanError::Law { id: scenario.id.clone(), source })?;
            let (id, title) = (scenario.id.clone(), scenario.title.clone());
            planned.push(Planned { id, title, implied: false, rules });
        }
        let without = match planned.iter().position(|p| p.rules.is_empty()) {
            Some(without) => without,
            None => {
                planned.push(implied(&world, scenarios)?);
                planned.len() - 1
            }
        };
        let (design, trials) = request.settle(&world.params)?;
        Ok(Plan { world, scenarios: planned, without, reference: without, seed, trials, design })
    }

    /// Columns of the records of its world.
    pub fn layout(&self) -> Layout {
        let mut workspace = Workspace::default();
        workspace.draw(&self.world, self.seed, 0, |_| 0.5);
        workspace.start(&self.world, &mut self.scenarios[self.without].rules.clone());
        workspace.layout(&self.world)
    }
}

/// Vendors whose dealings are watched: those that are listed, else the first one that is restricted in a market, so that the
/// headline is about whom the rules are about.
fn target_vendors(scenarios: &[Scenario]) -> Vec<String> {
    let listed = listed(scenarios);
    if !listed.is_empty() {
        return listed;
    }
    let provisions = scenarios.iter().flat_map(|s| s.regime.all_provisions());
    let mut restricted = provisions.filter_map(|provision| match &provision.kind {
        ProvisionKind::MarketRestriction { vendors, .. } => vendors.first(),
        _ => None,
    });
    restricted.next().cloned().into_iter().collect()
}

/// Vendors that some scenario lists, in the order of the scenarios, and within one by the first days of its listings.
fn listed(scenarios: &[Scenario]) -> Vec<String> {
    let mut listed = Vec::new();
    for provision in scenarios.iter().flat_map(|s| s.regime.all_provisions()) {
        if let ProvisionKind::Listing { buyers, .. } = &provision.kind {
            for buyer in buyers {
                if !listed.contains(buyer) {
                    listed.push(buyer.clone());
                }
            }
        }
    }
    listed
}

fn implied(world: &World, scenarios: &[Scenario]) -> Result<Planned, PlanError> {
    let mut id = "no-controls".to_owned();
    while scenarios.iter().any(|s| s.id == id) {
        id.push_str("-implied");
    }
    let rules = Rules::new(&Regime::default(), world).map_err(|source| PlanError::Law { id: id.clone(), source })?;
    Ok(Planned { id, title: "No controls (the same world with no provisions)".to_owned(), implied: true, rules })
}
