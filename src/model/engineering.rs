//! What a vendor's engineers do (E15): attempts to qualify sources, and redesigns, each a job with a workload in circuit
//! boards and a time at full speed. Where the jobs of a vendor would redesign more boards a month than it can, they slow
//! down, those of lines of lower priority first. Work goes on by the day, so that ticks of any length agree.

use super::calendar::MONTH;
use super::chance::Chance;
use super::setting::Setting;
use super::state::State;
use super::trial::Trial;
use super::world::{LinkStatus, Project, Task, Vendor, World};

/// Attempts after which a vendor gives a source up.
const MOST_ATTEMPTS: u32 = 64;

/// Days that are nothing: what rounding may leave of a job.
const NOTHING: f64 = 1e-9;

/// How far a project is.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Job {
    /// What is done with it.
    pub stage: Stage,
    /// Attempts that failed.
    pub failed: u32,
    /// First day of the attempt under way.
    pub start: f64,
    /// Day on which it ends if it goes at full speed from now on.
    pub end: f64,
    /// The same at the speed of now: what is known of its end.
    pub projected: f64,
    /// Boards a month at full speed.
    pub load: f64,
}

/// Whether a project waits, is worked on, or has ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Stage {
    /// Not started.
    #[default]
    Waiting,
    /// Under way, or to start on a set day.
    Working,
    /// Complete.
    Done,
    /// Given up.
    GivenUp,
}

impl Job {
    /// Whether it has not started.
    pub fn waits(&self) -> bool {
        self.stage == Stage::Waiting
    }

    /// Starts a project on a day.
    pub fn begin(&mut self, world: &World, setting: &Setting, project: &Project, chance: Chance, day: f64) {
        *self = Job { stage: Stage::Working, failed: self.failed, start: day, end: day, projected: day, load: 0.0 };
        let (days, boards) = match project.task {
            Task::Qualify(link) => {
                let link = &world.links[link.ix()];
                let boards = world.classes[world.cells[link.cell.ix()].class.ix()].boards;
                (setting.attempt(world, chance, link, self.failed).0, boards.map_or(0.0, |b| setting.value(b)))
            }
            Task::Redesign(r) => {
                let redesign = &world.redesigns[r.ix()];
                (setting.value(redesign.time) * MONTH, setting.value(redesign.boards))
            }
        };
        self.end = day + days;
        self.projected = self.end;
        self.load = if days > 0.0 { boards / (days / MONTH) } else { 0.0 };
    }

    /// Ends what is over by a day: a redesign and an attempt that succeeds are complete, one that fails starts again.
    pub fn settle(&mut self, world: &World, setting: &Setting, project: &Project, chance: Chance, day: f64) {
        while self.stage == Stage::Working && self.end - day <= NOTHING {
            let succeeds = match project.task {
                Task::Qualify(link) => setting.attempt(world, chance, &world.links[link.ix()], self.failed).1,
                Task::Redesign(_) => true,
            };
            if succeeds {
                self.stage = Stage::Done;
                self.projected = self.end;
                return;
            }
            self.failed += 1;
            if self.failed < MOST_ATTEMPTS {
                self.begin(world, setting, project, chance, self.end);
            } else {
                (self.stage, self.projected) = (Stage::GivenUp, f64::INFINITY);
            }
        }
    }

    /// Whether it is worked on from a day on.
    fn active(&self, day: f64) -> bool {
        self.stage == Stage::Working && self.start <= day
    }
}

/// The day on which a project starts by itself; none where it waits for a shortage or, so far, for a programme.
pub fn dated(world: &World, project: &Project) -> Option<f64> {
    match project.task {
        Task::Qualify(link) if world.offers[world.links[link.ix()].offer.ix()].programme.is_some() => None,
        _ => start_date(world, project),
    }
}

/// The day that is set for a project's start; none where it waits for a shortage.
pub fn start_date(world: &World, project: &Project) -> Option<f64> {
    match project.task {
        Task::Qualify(link) => match world.links[link.ix()].status {
            LinkStatus::Programme(day) => Some(f64::from(day)),
            LinkStatus::Qualified | LinkStatus::WhenShort => None,
        },
        Task::Redesign(r) => world.redesigns[r.ix()].start,
    }
}

/// Starts a project on a day in this tick.
pub fn begin(trial: &Trial, state: &mut State, job: usize, day: f64) {
    let project = &trial.world.projects[job];
    state.jobs[job].begin(trial.world, trial.setting, project, trial.chance, day);
    publish(trial.world, state, job);
}

/// A tick's work.
pub fn work(trial: &Trial, state: &mut State, tick: usize) {
    let calendar = &trial.world.calendar;
    let (from, until) = (f64::from(calendar.first_day[tick]), f64::from(calendar.first_day[tick + 1]));
    for (v, vendor) in trial.world.vendors.iter().enumerate() {
        state.boards[v] = 0.0;
        // What waits, is complete or was given up stays so.
        if state.jobs[vendor.projects.clone()].iter().any(|job| job.stage == Stage::Working) {
            work_of(trial, state, (v, vendor), from, until);
        }
    }
}

/// A vendor's work from a day to another, from event to event: between the days on which jobs start and end their speed
/// is the same.
fn work_of(trial: &Trial, state: &mut State, (v, vendor): (usize, &Vendor), from: f64, until: f64) {
    let world = trial.world;
    let mut now = from;
    loop {
        for j in vendor.projects.clone() {
            state.jobs[j].settle(world, trial.setting, &world.projects[j], trial.chance, now);
        }
        let next = project_ends(trial, state, vendor, now).min(until);
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
fn project_ends(trial: &Trial, state: &mut State, vendor: &Vendor, now: f64) -> f64 {
    let world = trial.world;
    let mut left = vendor.engineering.map_or(f64::INFINITY, |e| trial.setting.value(e));
    let mut next = f64::INFINITY;
    let mut rest = vendor.projects.clone();
    while let Some(first) = rest.next() {
        let pair = world.projects[first].pair;
        let last = (first..vendor.projects.end).rfind(|j| world.projects[*j].pair == pair).unwrap_or(first);
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
    let Project { task: Task::Qualify(link), cell, .. } = world.projects[job] else { return };
    let end = if state.jobs[job].waits() { f64::INFINITY } else { state.jobs[job].projected };
    if state.qualified[link.ix()] != end {
        state.qualified[link.ix()] = end;
        // A list of sources that holds until the end as it was known is no longer valid.
        state.sources_until[cell.ix()] = f64::NEG_INFINITY;
    }
}
