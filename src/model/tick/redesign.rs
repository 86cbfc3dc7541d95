//! What redesigns change (E15): the units of classes in a product, its cost and its performance. Boards carry parts, so that
//! the change comes board by board: in proportion to the work that is done.

use crate::model::setting::TrialInputs;
use crate::model::setting::job::{Job, Stage};
use crate::model::state::State;
use crate::model::world::calendar::MONTH;
use crate::model::world::ids::*;
use crate::model::world::{Redesign, Task, World};

/// Sets how far each redesign is in the middle of a tick, and the units of the classes that they change: in file order,
/// each on what the ones before it and the bill of materials' own redesign left.
pub fn set_units(world: &World, inputs: &TrialInputs, state: &mut State, tick: usize) {
    if world.redesigns.is_empty() {
        return;
    }
    let (start, middle) = (f64::from(world.calendar.first_day[tick]), world.calendar.middle(tick));
    for (project, job) in world.projects.iter().zip(&state.jobs) {
        if let Task::Redesign(r) = project.task {
            state.redesigned[r.ix()] = progress(inputs, &world.redesigns[r.ix()], job, start, middle);
        }
    }
    for redesign in &world.redesigns {
        for bom_item in [Some(redesign.from), redesign.to.map(|(bom_item, _)| bom_item)].into_iter().flatten() {
            state.units[bom_item.ix()] = inputs.units_at(world, bom_item, middle);
        }
    }
    for (redesign, done) in world.redesigns.iter().zip(&state.redesigned) {
        let removed = state.units[redesign.from.ix()] * inputs.value(redesign.replaces) * done;
        state.units[redesign.from.ix()] -= removed;
        if let Some((to, each)) = redesign.to {
            state.units[to.ix()] += removed * inputs.value(each);
        }
    }
}

/// What redesigns add to the cost of a line's product, USD, and their factor on its performance.
pub fn cost_and_performance(
    world: &World,
    inputs: &TrialInputs,
    state: &State,
    vendor_line: VendorLineId,
) -> (f64, f64) {
    let (mut cost, mut performance) = (0.0, 1.0);
    for (redesign, done) in world.redesigns.iter().zip(&state.redesigned).filter(|(r, _)| r.vendor_line == vendor_line)
    {
        cost += inputs.value(redesign.cost) * done;
        performance *= 1.0 - (1.0 - inputs.value(redesign.performance)) * done;
    }
    (cost, performance)
}

/// Share of a redesign's work that is done on a day, as it stood at the tick's start and at the speed of then.
fn progress(inputs: &TrialInputs, redesign: &Redesign, job: &Job, start: f64, day: f64) -> f64 {
    match job.stage {
        Stage::Done => return 1.0,
        Stage::Working => {}
        Stage::Waiting | Stage::GivenUp => return 0.0,
    }
    let (from, whole) = (start.max(job.start), inputs.value(redesign.time) * MONTH);
    if day <= from || whole <= 0.0 {
        return 0.0;
    }
    let (left, at_speed) = (job.end - from, job.projected - from);
    let goes_on = if at_speed > 0.0 { ((day - from) / at_speed).min(1.0) } else { 1.0 };
    (1.0 - left * (1.0 - goes_on) / whole).clamp(0.0, 1.0)
}
