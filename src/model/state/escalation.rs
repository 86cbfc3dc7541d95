//! How far a trial is on the ladder of an adaptive policy.

use crate::model::rules::Rules;
use crate::model::setting::TrialInputs;
use crate::model::world::World;
use crate::model::world::ids::TargetId;

/// How far a trial is on its ladder.
#[derive(Debug, Clone, Default)]
pub struct Escalation {
    /// Rungs in force: the stage of the law.
    pub stage: usize,
    /// Tick on whose first day the announced rung starts; none that ever comes if none is announced.
    pub turn: usize,
    /// Months in a row, up to the last look, at whose end the capacity was above the tolerance.
    pub above: f64,
    /// Months since the last look.
    pub(in crate::model) unseen: f64,
    /// Months until the next look is due.
    pub(in crate::model) due: f64,
    /// Whether a rung that was announced or is in force forbids an offer (by target and offer).
    pub reached: Vec<bool>,
    pub(in crate::model) tolerance: f64,
    pub(in crate::model) patience: f64,
    pub(in crate::model) notice: f64,
    /// Numbers of the permission schedules of all offers by stage: rows of target and offer. Empty without a ladder.
    schedules: Vec<u32>,
    /// The same for the offers' new designs (that of today's where there is none).
    pub(in crate::model) new_schedules: Vec<u32>,
}

/// The turn while no rung is announced.
pub(in crate::model) const NEVER: usize = usize::MAX;

/// Between two looks of the regulator, months. It looks as often whatever the tick is, or a noisy capacity would fall
/// below the tolerance, and start its patience anew, more often with shorter ticks.
pub(in crate::model) const LOOK: f64 = 1.0;

impl Escalation {
    /// Puts it to the start of a trial.
    pub(in crate::model) fn start(&mut self, world: &World, inputs: &TrialInputs, rules: &mut Rules) {
        let (targets, offers) = (world.targets.len(), world.offers.len());
        (self.stage, self.turn) = (0, NEVER);
        self.begin();
        self.reached.clear();
        self.reached.resize(targets * offers, false);
        self.schedules.clear();
        self.new_schedules.clear();
        if let Some(ladder) = &rules.ladder {
            let streams = inputs.regimes();
            self.tolerance = ladder.tolerance.value(streams);
            self.patience = ladder.patience.value(streams);
            self.notice = ladder.notice.value(streams);
            for stage in 0..rules.stages() {
                for place in 0..targets * offers {
                    let (target, offer) = (TargetId::at(place / offers), place % offers);
                    let mut number = |facts| rules.schedule_of(world, facts, stage, target) as u32;
                    let now = number(&inputs.facts[offer]);
                    self.schedules.push(now);
                    let design = &inputs.new_designs[offer];
                    self.new_schedules.push(design.as_ref().map_or(now, |design| number(&design.facts)));
                }
            }
        }
    }

    /// Starts to count.
    pub(in crate::model) fn begin(&mut self) {
        (self.above, self.unseen, self.due) = (0.0, 0.0, LOOK);
    }

    /// Numbers of the permission schedules at a stage, by target and offer.
    pub(in crate::model) fn row(&self, stage: usize) -> &[u32] {
        let width = self.reached.len();
        &self.schedules[stage * width..(stage + 1) * width]
    }

    /// From now on the law sees an offer's new design, at every stage.
    pub(in crate::model) fn adopt_new_design(&mut self, place: usize) {
        let width = self.reached.len();
        for i in (place..self.schedules.len()).step_by(width) {
            self.schedules[i] = self.new_schedules[i];
        }
    }

    /// Number of an offer's permission schedule once the announced rung is in force.
    #[inline]
    pub(in crate::model) fn next(&self, place: usize) -> usize {
        self.row(self.stage + 1)[place] as usize
    }
}
