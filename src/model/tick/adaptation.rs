//! Step 8, what firms change: programmes mature (section 6); a vendor starts to qualify further sources, and to redesign
//! boards, when what it can count on falls short of what it needs; its engineers work on what has started (E15).

use super::engineering;
use super::programme;
use crate::model::setting::projects::start_date;
use crate::model::state::State;
use crate::model::trial::TickContext;
use crate::model::world::calendar::{OUTLOOK_MONTHS, ends_month};
use crate::model::world::{Project, Task, World};

/// Step 8.
pub fn adapt(context: &TickContext, state: &mut State, tick: usize) {
    programme::mature(context, state, tick);
    start_projects(context, state, tick);
    engineering::work(context, state, tick);
}

/// Sources with a date start once there is something to qualify; all that waits for a shortage starts when the flow of
/// the next twelve months falls short of the forecast use, which vendors look at once a month whatever the tick: flows
/// are noisy, and who looks more often finds them short more often.
fn start_projects(context: &TickContext, state: &mut State, tick: usize) {
    let world = context.world;
    let end = f64::from(world.calendar.first_day[tick + 1]);
    let looks = ends_month(&world.calendar, tick);
    for (j, project) in world.projects.iter().enumerate() {
        if !state.jobs[j].waits() {
            continue;
        }
        let mature = match project.task {
            Task::Qualify(source) => programme::mature_from(world, state, world.sources[source.ix()].offer),
            Task::Redesign(_) => f64::NEG_INFINITY,
        };
        if mature > end {
            continue;
        }
        match start_date(world, project) {
            Some(day) => engineering::begin(context, state, j, day.max(mature)),
            None if looks && falls_short(world, state, project) => engineering::begin(context, state, j, end),
            None => {}
        }
    }
}

/// Whether a vendor may start work because what it can count on falls short.
pub fn waits_for_shortage(world: &World) -> bool {
    world.projects.iter().any(|project| start_date(world, project).is_none())
}

/// Only of target vendors is it asked what they can count on.
fn falls_short(world: &World, state: &State, project: &Project) -> bool {
    let (bom_item, vendor_line) = (project.bom_item.ix(), project.vendor_line.ix());
    let flow: f64 = state.inflow[bom_item].iter().sum();
    let need = state.units[bom_item] * state.forecast[vendor_line] * OUTLOOK_MONTHS as f64;
    world.vendor_lines[vendor_line].target.is_some() && flow < need
}
