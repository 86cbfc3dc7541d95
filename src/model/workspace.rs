//! What one thread simulates trials with, one after the other: the setting that was drawn for the trial under way, and its
//! state. Its tables are sized in the first trial and used again.

use super::inputs::Inputs;
use super::probe::Probe;
use super::record::{Layout, Record};
use super::rules::Rules;
use super::setting::TrialInputs;
use super::state::State;
use super::tick;
use super::world::World;
use super::world::params::Uncertain;

/// The setting and the state of the trial under way. All its trials are of one world.
#[derive(Debug, Clone, Default)]
pub struct Workspace {
    inputs: TrialInputs,
    state: State,
}

impl Workspace {
    /// Draws the setting of a trial. `unit` places each uncertain parameter in (0, 1): the design of the experiment.
    pub fn draw(&mut self, world: &World, seed: u64, trial: u64, unit: impl FnMut(&Uncertain) -> f64) {
        self.inputs.draw(world, seed, trial, unit);
    }

    /// Has the numbers of the regimes drawn as in the trial of this number, until the next trial is drawn.
    pub fn draw_regimes(&mut self, seed: u64, number: u64) {
        self.inputs.draw_regimes(seed, number);
    }

    /// What was drawn.
    pub fn inputs<'a>(&'a self, world: &'a World) -> Inputs<'a> {
        Inputs::new(world, &self.inputs)
    }

    /// Simulates the trial that was drawn under some rules. `record` takes what it records; `after_tick` gets the number of
    /// each tick when it is over, and a look at the trial.
    pub fn simulate(
        &mut self,
        world: &World,
        rules: &mut Rules,
        record: &mut Record,
        after_tick: impl FnMut(usize, Probe),
    ) {
        tick::simulate(world, &self.inputs, rules, &mut self.state, record, after_tick);
    }

    /// Puts the state to the start of the trial that was drawn, under some rules.
    pub fn start(&mut self, world: &World, rules: &mut Rules) {
        self.state.start(world, &self.inputs, rules);
    }

    /// The columns of the record of the trial that was started or simulated last.
    pub fn layout(&self, world: &World) -> Layout {
        Layout::of(world, &self.state)
    }
}
