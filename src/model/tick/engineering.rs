//! What a vendor's engineers do (E15): attempts to qualify sources, and redesigns, each a job with a workload in circuit
//! boards and a time at full speed. Where the jobs of a vendor would redesign more boards a month than it can, they slow
//! down, those of lines of lower priority first. Work goes on by the day, so that ticks of any length agree.

use crate::model::setting::job::{NOTHING, Stage};
use crate::model::state::State;
use crate::model::trial::TickContext;
use crate::model::world::calendar::MONTH;
use crate::model::world::{Project, Task, Vendor, World};

/// Starts a project on a day in this tick.
pub fn begin(context: &TickContext, state: &mut State, job: usize, day: f64) {
    let project = &context.world.projects[job];
    state.jobs[job].begin(context.world, context.inputs, project, context.streams, day);
    publish(context.world, state, job);
}

/// A tick's work.
pub fn work(context: &TickContext, state: &mut State, tick: usize) {
    let calendar = &context.world.calendar;
    let (from, until) = (f64::from(calendar.first_day[tick]), f64::from(calendar.first_day[tick + 1]));
    for (v, vendor) in context.world.vendors.iter().enumerate() {
        state.boards[v] = 0.0;
        // What waits, is complete or was given up stays so.
        if state.jobs[vendor.projects.clone()].iter().any(|job| job.stage == Stage::Working) {
            work_of(context, state, (v, vendor), from, until);
        }
    }
}

/// A vendor's work from a day to another, from event to event: between the days on which jobs start and end their speed
/// is the same.
fn work_of(context: &TickContext, state: &mut State, (v, vendor): (usize, &Vendor), from: f64, until: f64) {
    let world = context.world;
    let mut now = from;
    loop {
        for j in vendor.projects.clone() {
            state.jobs[j].settle(world, context.inputs, &world.projects[j], context.streams, now);
        }
        let next = project_ends(context, state, vendor, now).min(until);
        if now >= until {
            break;
        }
        for job in &mut state.jobs[vendor.projects.clone()] {
            if !job.active(now) {
                continue;
            }
            let left = (job.end - now).max(NOTHING);
            let speed = if job.projected == job.end { 1.0 } else { left / (job.projected - now) };
            state.boards[v] += job.load * speed * (next - now) / MONTH;
            job.end += (next - now) * (1.0 - speed);
        }
        now = next;
    }
    for j in vendor.projects.clone() {
        publish(world, state, j);
    }
}

/// Sets by when each active job will end at the speed that it has from a day on, and returns the day of the next event: a
/// start or an end. Lines come by priority; what a line leaves of the capacity the next one has, and the jobs of a line
/// slow down alike.
fn project_ends(context: &TickContext, state: &mut State, vendor: &Vendor, now: f64) -> f64 {
    let world = context.world;
    let mut left = vendor.engineering.map_or(f64::INFINITY, |e| context.inputs.value(e));
    let mut next = f64::INFINITY;
    let mut rest = vendor.projects.clone();
    while let Some(first) = rest.next() {
        let vendor_line = world.projects[first].vendor_line;
        let last =
            (first..vendor.projects.end).rfind(|j| world.projects[*j].vendor_line == vendor_line).unwrap_or(first);
        rest = last + 1..vendor.projects.end;
        let jobs = &mut state.jobs[first..=last];
        let load: f64 = jobs.iter().filter(|job| job.active(now)).map(|job| job.load).sum();
        let speed = if load > left { left / load } else { 1.0 };
        // Never below nothing by rounding: a negative speed would turn time back.
        left = (left - load * speed).max(0.0);
        for job in jobs.iter_mut().filter(|job| job.stage == Stage::Working) {
            if !job.active(now) {
                next = next.min(job.start);
                continue;
            }
            let slowed = job.load > 0.0 && speed < 1.0;
            job.projected = if slowed { now + (job.end - now) / speed } else { job.end };
            next = next.min(job.projected);
        }
    }
    next
}

/// Makes a job's end known to those who ask when a source is qualified.
fn publish(world: &World, state: &mut State, job: usize) {
    let Project { task: Task::Qualify(source), bom_item, .. } = world.projects[job] else { return };
    let end = if state.jobs[job].waits() { f64::INFINITY } else { state.jobs[job].projected };
    if state.qualified[source.ix()] != end {
        state.qualified[source.ix()] = end;
        // A list of sources that holds until the end as it was known is no longer valid.
        state.open_sources_until[bom_item.ix()] = f64::NEG_INFINITY;
    }
}
