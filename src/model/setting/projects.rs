//! Projects of a vendor's engineers (E15): how long each takes and whether it succeeds, as drawn for a trial, and how far
//! those with a date of their own are at its start.

use super::TrialInputs;
use super::job::{Job, NOTHING, Stage};
use crate::math::{ln, open_unit};
use crate::model::world::calendar::MONTH;
use crate::model::world::random::{RandomStreams, StreamId};
use crate::model::world::{Project, Source, SourceStatus, Task, World};
use rand_xoshiro::rand_core::Rng;

/// Attempts after which a vendor gives a source up.
const MOST_ATTEMPTS: u32 = 64;

impl TrialInputs {
    /// Projects with a date of their own, as they stand at the start; until then all went at full speed.
    pub(super) fn draw_projects(&mut self, world: &World, streams: RandomStreams) {
        let mut jobs = std::mem::take(&mut self.jobs);
        jobs.clear();
        for project in &world.projects {
            let mut job = Job::default();
            if let Some(start) = dated(world, project) {
                job.begin(world, self, project, streams, start);
                job.settle(world, self, project, streams, 0.0);
                if let Task::Qualify(source) = project.task {
                    self.qualified[source.ix()] = job.projected;
                }
            }
            jobs.push(job);
        }
        self.jobs = jobs;
        self.thresholds.clear();
        for offer in &world.programmes {
            let unit = streams.uniform(StreamId::Maturation, world.offers[offer.ix()].key, 0);
            self.thresholds.push(-ln(unit));
        }
    }

    /// Days that an attempt (from 0) to qualify a source takes, and whether it succeeds (E15).
    pub fn attempt(&self, world: &World, streams: RandomStreams, source: &Source, attempt: u32) -> (f64, bool) {
        let time = &world.classes[world.bom_items[source.bom_item.ix()].class.ix()].qualification_time;
        let success = self.value(world.behaviour.qualification_success);
        let mut stream = streams.stream(StreamId::Qualification, source.key, u64::from(attempt));
        let days = time.at(open_unit(stream.next_u64())) * MONTH;
        (days, open_unit(stream.next_u64()) < success)
    }
}

impl Job {
    /// Starts a project on a day.
    pub fn begin(&mut self, world: &World, inputs: &TrialInputs, project: &Project, streams: RandomStreams, day: f64) {
        *self = Job { stage: Stage::Working, failed: self.failed, start: day, end: day, projected: day, load: 0.0 };
        let (days, boards) = match project.task {
            Task::Qualify(source) => {
                let source = &world.sources[source.ix()];
                let boards = world.classes[world.bom_items[source.bom_item.ix()].class.ix()].boards;
                (inputs.attempt(world, streams, source, self.failed).0, boards.map_or(0.0, |b| inputs.value(b)))
            }
            Task::Redesign(r) => {
                let redesign = &world.redesigns[r.ix()];
                (inputs.value(redesign.time) * MONTH, inputs.value(redesign.boards))
            }
        };
        self.end = day + days;
        self.projected = self.end;
        self.load = if days > 0.0 { boards / (days / MONTH) } else { 0.0 };
    }

    /// Ends what is over by a day: a redesign and an attempt that succeeds are complete, one that fails starts again.
    pub fn settle(&mut self, world: &World, inputs: &TrialInputs, project: &Project, streams: RandomStreams, day: f64) {
        while self.stage == Stage::Working && self.end - day <= NOTHING {
            let succeeds = match project.task {
                Task::Qualify(source) => inputs.attempt(world, streams, &world.sources[source.ix()], self.failed).1,
                Task::Redesign(_) => true,
            };
            if succeeds {
                self.stage = Stage::Done;
                self.projected = self.end;
                return;
            }
            self.failed += 1;
            if self.failed < MOST_ATTEMPTS {
                self.begin(world, inputs, project, streams, self.end);
            } else {
                (self.stage, self.projected) = (Stage::GivenUp, f64::INFINITY);
            }
        }
    }
}

/// The day on which a project starts by itself; none where it waits for a shortage or, so far, for a programme.
fn dated(world: &World, project: &Project) -> Option<f64> {
    match project.task {
        Task::Qualify(source) if world.offers[world.sources[source.ix()].offer.ix()].programme.is_some() => None,
        _ => start_date(world, project),
    }
}

/// The day that is set for a project's start; none where it waits for a shortage.
pub fn start_date(world: &World, project: &Project) -> Option<f64> {
    match project.task {
        Task::Qualify(source) => match world.sources[source.ix()].status {
            SourceStatus::Programme(day) => Some(f64::from(day)),
            SourceStatus::Qualified | SourceStatus::WhenShort => None,
        },
        Task::Redesign(r) => world.redesigns[r.ix()].start,
    }
}
