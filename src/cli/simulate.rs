//! What `run` and `compare` share: scenarios are loaded and planned, the folder is looked at, trials are run, and what
//! they say is written and told.

use std::io::{self, Write};

use jiff::Timestamp;

use super::args::WriteArgs;
use super::crew::Crew;
use super::error::CliError;
use super::interrupt::Interrupt;
use super::progress::Progress;
use super::settings::{Horizon, Settings};
use crate::analysis::{self, results::Comparison};
use crate::experiment::{self, Plan};
use crate::report::folder::{FolderError, Target};
use crate::report::number::thousands;
use crate::report::{self, Page, manifest};
use crate::scenario::{Problems, Scenario, Source, load_layered};

/// What is to be simulated.
pub(super) struct Job {
    /// The scenarios.
    pub(super) loaded: Loaded,
    /// The name of the comparison.
    pub(super) name: String,
    /// One line.
    pub(super) title: String,
    /// Id of the reference; the scenario without controls if not given.
    pub(super) reference: Option<String>,
    /// Whether the usual folder may be replaced where it holds an earlier result of this.
    pub(super) own: bool,
}

impl Job {
    /// Simulates and writes.
    pub(super) fn run(self, typed: &WriteArgs, out: &mut dyn Write, crew: &mut Crew) -> Result<(), CliError> {
        // Trials are not shared yet.
        if crew.helps() {
            return Ok(());
        }
        let started = Timestamp::now();
        let settings = Settings::of(typed, &self.name, self.own)?;
        let plan = Plan::new(&self.loaded.scenarios, settings.seed, settings.trials)?;
        let reference = self.reference_in(&plan)?;
        let target = Target::new(&settings.folder, settings.replace.clone())?;
        let threads = settings.threads;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|why| CliError::Threads { threads, why })?;
        let interrupt = Interrupt::listen();
        let (comparison, mut pages) = pool.install(|| self.simulate(&plan, reference, &settings, &interrupt))?;
        let run = settings.told(self.loaded.overrides.clone(), started);
        pages.push(manifest::page(&run, &self.loaded.scenarios, &plan, &comparison, &pages)?);
        write(&target, &pages, &interrupt)?;
        if settings.quiet {
            return Ok(());
        }
        let headline = report::headline(&comparison);
        write!(out, "The result is in {} (read summary.md first).\n{headline}", target.path().display())
            .map_err(CliError::Output)
    }

    fn reference_in(&self, plan: &Plan) -> Result<usize, CliError> {
        let Some(id) = &self.reference else { return Ok(plan.without) };
        let ids = || plan.scenarios.iter().map(|s| s.id.as_str());
        ids().position(|known| known == id).ok_or_else(|| CliError::unknown("the reference", id, ids()))
    }

    fn simulate(
        &self,
        plan: &Plan,
        reference: usize,
        settings: &Settings,
        interrupt: &Interrupt,
    ) -> Result<(Comparison, Vec<Page>), CliError> {
        let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        let what = format!(
            "simulating {}, {} trials each, seed {}, on {}",
            count(plan.scenarios.len(), "scenario"),
            thousands(f64::from(plan.trials)),
            plan.seed,
            count(settings.threads, "thread"),
        );
        let progress = Progress::begin(&what, plan.trials, settings.quiet);
        let ensemble =
            experiment::run(plan, interrupt.flag(), |trials| progress.advance(trials)).map_err(|stopped| {
                let (done, trials) = (thousands(f64::from(stopped.done)), thousands(f64::from(stopped.trials)));
                CliError::Interrupted { when: format!("after {done} of {trials} trials"), written: None }
            })?;
        progress.end(if settings.figures { "drawing figures and tables" } else { "" });
        let comparison = analysis::compare(plan, &ensemble, &self.name, &self.title, reference);
        interrupt.heed("after the last trial", None)?;
        let hashes: Vec<_> = self.loaded.scenarios.iter().map(|s| (s.id.clone(), s.hash.clone())).collect();
        let pages = report::pages(plan, &ensemble, &comparison, &hashes, settings.figures)?;
        interrupt.heed("before the result was written", None)?;
        Ok((comparison, pages))
    }
}

pub(super) fn write(target: &Target, pages: &[Page], interrupt: &Interrupt) -> Result<(), CliError> {
    interrupt.writing();
    let left = target.write(pages, &|| interrupt.wanted()).map_err(|error| match error {
        FolderError::Stopped => {
            CliError::Interrupted { when: "while the result was being written".into(), written: None }
        }
        other => other.into(),
    })?;
    if let Some(left) = left {
        let _ = writeln!(
            io::stderr(),
            "warning: the earlier result is replaced, but not all of it could be deleted: delete {} yourself",
            left.display()
        );
    }
    interrupt.heed("at the end", Some(target.path().to_owned()))
}

/// Scenarios as they are to be simulated.
pub(super) struct Loaded {
    /// The scenarios, with all overrides applied.
    pub(super) scenarios: Vec<Scenario>,
    /// The overrides, as they are recorded.
    pub(super) overrides: Vec<(String, String)>,
}

/// Loads scenarios, each with the overlay laid over it, with overrides. One within `provisions` or `licensing` is meant
/// for the scenarios that have that provision or period, one within `escalation` for those that are adaptive; any other,
/// and one that none has, for all. The horizon becomes an override of `time.end`, counted from the start of the first.
/// Gives all overrides, as they are recorded.
pub(super) fn load(sources: &[Source], typed: &WriteArgs) -> Result<Loaded, CliError> {
    let mut overrides = typed.set.clone();
    let overlay = typed.overlay.as_deref().map(Source::named).transpose()?;
    let overlay = overlay.as_ref();
    let mut scenarios = load_each(sources, overlay, &overrides)?;
    if let (Some(horizon), Some(first)) = (typed.horizon, scenarios.first()) {
        let end = Horizon::end(horizon, first.world.time.start)?;
        overrides.push(("time.end".to_owned(), end.to_string()));
        scenarios = load_each(sources, overlay, &overrides)?;
    }
    Ok(Loaded { scenarios, overrides })
}

fn load_each(
    sources: &[Source],
    overlay: Option<&Source>,
    overrides: &[(String, String)],
) -> Result<Vec<Scenario>, Problems> {
    let bare = sources.iter().map(|source| load_layered(source, overlay, &[])).collect::<Result<Vec<_>, _>>()?;
    if overrides.is_empty() {
        return Ok(bare);
    }
    let orphan = overrides.iter().find(|(path, _)| !bare.iter().any(|scenario| meant_for(scenario, path)));
    if let Some(orphan) = orphan {
        // The scenario with the most law has the names that are nearest to what was meant.
        let fullest = (0..bare.len()).max_by_key(|i| (bare[*i].regime.provisions.len(), usize::MAX - i));
        if let Some(i) = fullest {
            load_layered(&sources[i], overlay, std::slice::from_ref(orphan))?;
        }
    }
    let with_overrides = |(source, scenario): (&Source, &Scenario)| {
        let meant: Vec<_> = overrides.iter().filter(|(path, _)| meant_for(scenario, path)).cloned().collect();
        load_layered(source, overlay, &meant)
    };
    sources.iter().zip(&bare).map(with_overrides).collect()
}

fn meant_for(scenario: &Scenario, path: &str) -> bool {
    match path.split('.').collect::<Vec<_>>().as_slice() {
        [table @ ("provisions" | "licensing"), id, ..] => {
            scenario.resolved.get(table).is_some_and(|table| table.get(id).is_some())
        }
        ["escalation", ..] => scenario.regime.escalation.is_some(),
        _ => true,
    }
}
