//! What holds the output of the targeted vendors down under a scenario: one trial, or medians over some, looked at tick by tick.

use std::ops::Range;
use std::path::PathBuf;

use super::columns::Columns;
use super::error::StudyError;
use super::events::{Event, Observer, Phase, heed};
use super::inputs::{self, Loaded};
use super::output::{Destination, Output, pool, write};
use super::spec::{Layers, USUAL_SEED, cores};
use crate::analysis::trace::{self, Trace, Traced, Watcher};
use crate::experiment::design::MOST_TRIALS;
use crate::experiment::{Plan, single};
use crate::model::effect;
use crate::model::world::World;
use crate::model::world::ids::ClassId;
use crate::report::manifest::{self, About};
use crate::report::{tables, trace as report};
use crate::scenario::{Kind, Library, Source, kind_of};
use crate::text::shell_word;
use crate::units::Date;

/// Trials that a median is over, where their number is not given.
pub const USUAL_TRACED: u32 = 200;

/// Most trials that a median can be over: what is seen of each is kept until the last.
pub const MOST_TRACED: u32 = 2000;

/// What is asked of a trace.
#[derive(Debug, Clone)]
pub struct TraceSpec {
    /// The scenario: a path, or the id of a shipped one.
    pub scenario: String,
    /// The number of the one trial that is traced; medians over several if not given.
    pub trial: Option<u32>,
    /// How many trials there are; for a median [`USUAL_TRACED`] if not given.
    pub trials: Option<u32>,
    /// Id of the class that is told of; all if not given.
    pub class: Option<String>,
    /// First and last day that are told of; those of the simulation if not given. A tick that holds one of them is told of.
    pub days: (Option<Date>, Option<Date>),
    /// What is laid over the scenario and set in it.
    pub layers: Layers,
    /// The seed of all random draws.
    pub seed: u64,
    /// Threads; the result does not depend on them.
    pub threads: usize,
}

impl TraceSpec {
    /// Medians of a scenario, of everything.
    pub fn of(scenario: &str) -> TraceSpec {
        TraceSpec {
            scenario: scenario.to_owned(),
            trial: None,
            trials: None,
            class: None,
            days: (None, None),
            layers: Layers::default(),
            seed: USUAL_SEED,
            threads: cores(),
        }
    }

    /// Which trials are meant.
    fn traced(&self) -> Result<Traced, StudyError> {
        let there = self.trials.unwrap_or(MOST_TRIALS);
        match self.trial {
            Some(number) if number >= there => {
                let message = format!("there is no trial {number} among {there}: they are numbered from 0");
                Err(StudyError::invalid(message, format!("name one from 0 to {}", there.saturating_sub(1))))
            }
            Some(number) => Ok(Traced::Trial(number)),
            None => match self.trials.unwrap_or(USUAL_TRACED) {
                trials @ 1..=MOST_TRACED => Ok(Traced::Median(trials)),
                trials => Err(StudyError::invalid(
                    format!("medians over {trials} trials are asked for"),
                    format!("give from 1 to {MOST_TRACED}: what is seen of each is kept in memory"),
                )),
            },
        }
    }
}

/// A trace that stands in a folder now.
#[derive(Debug)]
pub struct WrittenTrace {
    /// Where.
    pub folder: PathBuf,
    /// What was found.
    pub trace: Trace,
    /// What a reader must know: sentences.
    pub warnings: Vec<String>,
}

impl Columns {
    /// The columns of `trace.csv`.
    ///
    /// # Errors
    /// None in practice.
    pub fn of_trace(trace: &Trace) -> Result<Columns, StudyError> {
        Ok(Columns::of(&tables::trace::table(trace))?)
    }
}

/// Traces a scenario, in memory.
///
/// # Errors
/// All that is wrong with the files; a class, trial or day that is not there; the observer stopped it.
pub fn trace(spec: &TraceSpec, observer: &dyn Observer) -> Result<Trace, StudyError> {
    let task = Task::of(spec, observer)?;
    let plan = task.plan(observer)?.0;
    let pool = pool(task.threads)?;
    pool.install(|| task.simulate(&plan, false, observer))
}

/// Traces a scenario and writes the result: a table, a figure and words.
///
/// # Errors
/// As [`trace()`]; a result that can't be written.
pub fn write_trace(spec: &TraceSpec, output: &Output, observer: &dyn Observer) -> Result<WrittenTrace, StudyError> {
    let task = Task::of(spec, observer)?;
    let name = task.name();
    task.write(&Destination::new(output, &name, &name, false), observer)
}

/// What is to be traced.
pub(super) struct Task {
    /// The scenario, with what was set in it.
    pub(super) loaded: Loaded,
    pub(super) of: Traced,
    pub(super) class: Option<String>,
    pub(super) days: (Option<Date>, Option<Date>),
    pub(super) seed: u64,
    pub(super) threads: usize,
}

impl Task {
    fn of(spec: &TraceSpec, observer: &dyn Observer) -> Result<Task, StudyError> {
        let (named, of) = (&spec.scenario, spec.traced()?);
        match kind_of(named)? {
            Kind::Scenario => {}
            kind => {
                let help = "name a scenario; `chokepoint list` shows those that are shipped";
                return Err(StudyError::invalid(format!("`{named}` is {}, not a scenario", kind.with_article()), help));
            }
        }
        if let (Some(from), Some(to)) = spec.days
            && from > to
        {
            let message = format!("the first day, {from}, is after the last, {to}");
            return Err(StudyError::invalid(message, "swap --from and --to"));
        }
        let library = Library::default();
        inputs::settle_twice(&library, &spec.layers, observer)?;
        let loaded = inputs::load(&library, &[Source::named(named)?], &spec.layers, observer)?;
        if let (Some(id), Some(scenario)) = (&spec.class, loaded.scenarios.first())
            && !scenario.world.classes.contains_key(id)
        {
            return Err(unknown_class(named, id, scenario.world.classes.keys().map(String::as_str)));
        }
        let (class, days, seed, threads) = (spec.class.clone(), spec.days, spec.seed, spec.threads);
        Ok(Task { loaded, of, class, days, seed, threads })
    }

    /// The name of the result.
    pub(super) fn name(&self) -> String {
        format!("trace-{}", self.id())
    }

    fn id(&self) -> &str {
        self.loaded.scenarios.first().map(|scenario| scenario.id.as_str()).unwrap_or_default()
    }

    /// The plan, and what is to be known before it is run, which is reported.
    fn plan(&self, observer: &dyn Observer) -> Result<(Plan, Vec<String>), StudyError> {
        let plan = Plan::new(&self.loaded.scenarios, self.seed, self.of.numbers().end)?;
        let warnings = effect::sentences(&self.loaded.scenarios)?;
        warnings.iter().for_each(|warning| observer.see(Event::Advice(warning)));
        Ok((plan, warnings))
    }

    fn simulate(&self, plan: &Plan, figures: bool, observer: &dyn Observer) -> Result<Trace, StudyError> {
        let watcher = Watcher::new(&plan.world, self.ticks(plan)?, self.class(&plan.world));
        if watcher.is_empty() {
            return Err(self.not_in_a_bill(plan));
        }
        let phase = Phase::Trace { scenario: self.id() };
        observer.see(Event::Began { phase, trials: self.of.count(), done: 0, seed: plan.seed, figures });
        let advance = |trials| observer.see(Event::Advanced(trials));
        let look = |seen: &mut _, tick, probe: crate::model::probe::Probe<'_>| watcher.look(seen, tick, probe);
        let seen = single::watch(plan, 0, self.of.numbers(), observer.stop(), advance, || watcher.start(), look)?;
        observer.see(Event::Simulated);
        let hash = self.loaded.scenarios.first().map(|scenario| scenario.hash.clone()).unwrap_or_default();
        Ok(trace::trace(plan, 0, hash, self.of, &watcher, &seen))
    }

    /// Simulates and writes.
    pub(super) fn write(
        &self,
        destination: &Destination<'_>,
        observer: &dyn Observer,
    ) -> Result<WrittenTrace, StudyError> {
        let target = destination.target()?;
        let (plan, before) = self.plan(observer)?;
        let fonts = destination.fonts()?;
        let fonts = fonts.as_ref();
        let pool = pool(self.threads)?;
        let (trace, mut pages) = pool.install(|| -> Result<_, StudyError> {
            let trace = self.simulate(&plan, destination.output.figures, observer)?;
            let pages = report::pages(&trace, &before, fonts)?;
            Ok((trace, pages))
        })?;
        heed(observer, "before the result was written")?;
        let name = self.name();
        let about = About {
            kind: manifest::Kind::Trace,
            name: &name,
            title: &trace.title,
            reference: &trace.scenario,
            seed: plan.seed,
            trials: self.of.count(),
            design: &plan.design,
            tick: trace.tick,
            start: plan.world.calendar.date(0),
            end: plan.world.calendar.end(),
            observations: None,
            calibration: None,
            trace: Some(self.asked()),
            fingerprint: None,
            shard: None,
            stopped: None,
        };
        let run = destination.run(self.loaded.overrides.clone(), self.threads, fonts);
        let planned = [(trace.scenario.as_str(), trace.title.as_str())];
        pages.push(manifest::page_about(&run, &self.loaded.scenarios, &planned, &about, &pages)?);
        write(&target, &pages, None, observer)?;
        let mut warnings = destination.warn_of_fonts(fonts, observer);
        warnings.extend(before);
        Ok(WrittenTrace { folder: target.path().to_owned(), trace, warnings })
    }

    /// What was asked, for the manifest.
    fn asked(&self) -> manifest::TraceRequest {
        let trial = self.of.trial();
        let day = |day: Option<Date>| day.map(|day| day.to_string());
        manifest::TraceRequest { trial, class: self.class.clone(), from: day(self.days.0), to: day(self.days.1) }
    }

    /// The ticks that are told of.
    fn ticks(&self, plan: &Plan) -> Result<Range<usize>, StudyError> {
        let calendar = &plan.world.calendar;
        let last = calendar.end();
        let tick = |option: &str, day: Date| {
            // Days far off have no number that is worth asking for.
            let within = (calendar.start..=last).contains(&day);
            within.then(|| calendar.tick_of(calendar.day(day))).flatten().ok_or_else(|| {
                let message = format!("{day} ({option}) is not a day of the simulation, {} to {last}", calendar.start);
                StudyError::invalid(message, "give a day within it; --horizon moves its end")
            })
        };
        let from = self.days.0.map(|day| tick("--from", day)).transpose()?.unwrap_or(0);
        let to = self.days.1.map(|day| tick("--to", day)).transpose()?.unwrap_or(calendar.ticks - 1);
        Ok(from..to + 1)
    }

    fn class(&self, world: &World) -> Option<ClassId> {
        let id = self.class.as_ref()?;
        world.classes.iter().position(|class| class.id == *id).map(ClassId::at)
    }

    /// The class is known, and no targeted vendor's line needs it.
    fn not_in_a_bill(&self, plan: &Plan) -> StudyError {
        let world = &plan.world;
        let targets = world.targets.iter().map(|vendor| format!("`{}`", world.vendors[vendor.ix()].id));
        let targets = targets.collect::<Vec<_>>().join(", ");
        let in_bills =
            world.vendor_lines.iter().filter(|line| line.target.is_some()).flat_map(|line| line.bom_items.clone());
        let mut classes: Vec<&str> =
            in_bills.map(|c| world.classes[world.bom_items[c].class.ix()].id.as_str()).collect();
        classes.sort_unstable();
        classes.dedup();
        let class = self.class.as_deref().unwrap_or_default();
        StudyError::invalid(
            format!("no line of {targets} needs the class `{class}`"),
            format!("name one that they need: {}", classes.join(", ")),
        )
    }
}

fn unknown_class<'a>(scenario: &str, id: &str, known: impl IntoIterator<Item = &'a str>) -> StudyError {
    let list = format!("`chokepoint list {} --classes` lists them", shell_word(scenario));
    match StudyError::unknown("the class", id, known) {
        StudyError::Invalid { message, help } => {
            let help = help.map(|help| if help.ends_with('?') { format!("{help} ") } else { format!("{help}; ") });
            StudyError::invalid(message, help.unwrap_or_default() + &list)
        }
        other => other,
    }
}
