//! What `run` and `compare` share: scenarios are planned, the folder is looked at, trials are run (or gone on with, where an
//! earlier run was stopped), and what they say is written and told.

use std::io::{self, Write};
use std::path::Path;

use jiff::Timestamp;

use super::args::{SimulateArgs, WriteArgs};
use super::error::CliError;
use super::interrupt::Interrupt;
use super::load::Loaded;
use super::settings::Settings;
use super::work::Work;
use crate::analysis;
use crate::experiment::chunks::Chunks;
use crate::experiment::design::{Recipe, Request};
use crate::experiment::header::{Header, Shard};
use crate::experiment::partial::Partial;
use crate::experiment::{Ensemble, Plan, trial_table};
use crate::report::folder::{FolderError, Target};
use crate::report::{self, Page, manifest, shard};

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
    /// What is asked of the design.
    pub(super) request: Request,
}

impl Job {
    /// Simulates and writes.
    pub(super) fn run(self, write: &WriteArgs, typed: &SimulateArgs, out: &mut dyn Write) -> Result<(), CliError> {
        let started = Timestamp::now();
        let folder = typed
            .shard
            .map_or(self.name.clone(), |shard| format!("{}-shard-{}-of-{}", self.name, shard.number, shard.of));
        let settings = Settings::of(write, &folder, &self.name, self.own)?;
        let mut plan = Plan::designed(&self.loaded.scenarios, settings.seed, &self.request)?;
        if !settings.quiet {
            for warning in plan.design.warnings(plan.trials) {
                let _ = writeln!(io::stderr(), "warning: {warning}");
            }
        }
        plan.reference = self.reference_in(&plan)?;
        let header = self.header(&plan, typed.shard);
        if typed.resume && manifest::is_finished(&settings.folder, &header.fingerprint(), settings.figures) {
            return told(out, settings.quiet, &format!("The result in {} is finished.\n", settings.folder.display()));
        }
        let target = Target::new(&settings.folder, settings.replace.clone())?;
        let interrupt = Interrupt::listen();
        let pool = settings.pool()?;
        let work = Work::begin(&plan, header, Chunks::of(plan.trials), &settings, typed.resume)?;
        pool.install(|| work.run(&plan, &settings, &interrupt))?;
        let end = End { job: &self, plan: &plan, settings: &settings, interrupt: &interrupt, started };
        let said = match typed.shard {
            Some(_) => end.write_shard(&work, &target)?,
            None => pool.install(|| end.write_result(&work, &target))?,
        };
        work.close();
        told(out, settings.quiet, &said)
    }

    /// What the experiment is.
    fn header(&self, plan: &Plan, shard: Option<Shard>) -> Header {
        let hash = |id: &str| self.loaded.scenarios.iter().find(|s| s.id == id).map(|s| s.hash.clone());
        Header {
            version: manifest::build::VERSION.to_owned(),
            name: self.name.clone(),
            title: self.title.clone(),
            seed: plan.seed,
            trials: plan.trials,
            chunk: Chunks::of(plan.trials).size(),
            design: Recipe::of(&plan.design, plan.trials),
            until: Vec::new(),
            at_least: 0,
            reference: plan.scenarios[plan.reference].id.clone(),
            scenarios: plan.scenarios.iter().map(|s| (s.id.clone(), hash(&s.id))).collect(),
            shard,
        }
    }

    pub(super) fn reference_in(&self, plan: &Plan) -> Result<usize, CliError> {
        let Some(id) = &self.reference else { return Ok(plan.without) };
        let ids = || plan.scenarios.iter().map(|s| s.id.as_str());
        ids().position(|known| known == id).ok_or_else(|| CliError::unknown("the reference", id, ids()))
    }
}

pub(super) fn told(out: &mut dyn Write, quiet: bool, said: &str) -> Result<(), CliError> {
    if quiet {
        return Ok(());
    }
    out.write_all(said.as_bytes()).map_err(CliError::Output)
}

/// The end of an experiment: what it found is written, whole or not at all.
pub(super) struct End<'a> {
    pub(super) job: &'a Job,
    pub(super) plan: &'a Plan,
    pub(super) settings: &'a Settings,
    pub(super) interrupt: &'a Interrupt,
    pub(super) started: Timestamp,
}

impl End<'_> {
    /// Figures, tables, words and the manifest. Gives what is to be said.
    pub(super) fn write_result(&self, work: &Work<'_>, target: &Target) -> Result<String, CliError> {
        work.look(|ensemble| self.write_ensemble(work.partial(), &work.header, ensemble, target))
    }

    fn write_ensemble(
        &self,
        partial: &Partial,
        header: &Header,
        ensemble: &Ensemble,
        target: &Target,
    ) -> Result<String, CliError> {
        let (plan, settings, loaded) = (self.plan, self.settings, &self.job.loaded);
        let comparison = analysis::compare(plan, ensemble, &self.job.name, &self.job.title)?;
        self.interrupt.heed("after the last trial", None)?;
        let hashes: Vec<_> = loaded.scenarios.iter().map(|s| (s.id.clone(), s.hash.clone())).collect();
        let mut pages = report::pages(plan, ensemble, &comparison, &hashes, settings.figures, partial.path())?;
        let table = partial.making("trials.parquet");
        trial_table::join(plan, ensemble, &self.job.name, &partial.chunks(), &table)?;
        pages.push(
            Page::moved("trials.parquet", table.clone())
                .map_err(|why| report::ReportError::File { path: table, why })?,
        );
        self.interrupt.heed("before the result was written", None)?;
        let run = settings.told(loaded.overrides.clone(), self.started);
        let fingerprint = header.fingerprint();
        pages.push(manifest::page(&run, &loaded.scenarios, plan, &comparison, &fingerprint, &pages)?);
        write(target, &pages, Some(&partial.staging()), self.interrupt)?;
        let headline = report::headline(&comparison);
        Ok(format!("The result is in {} (read summary.md first).\n{headline}", target.path().display()))
    }

    /// A part, which `chokepoint merge` joins with the others. Gives what is to be said.
    fn write_shard(&self, work: &Work<'_>, target: &Target) -> Result<String, CliError> {
        let (partial, header) = (work.partial(), &work.header);
        let mut pages = shard::pages(&self.job.loaded.scenarios, partial, &work.checkpoint())?;
        let run = self.settings.told(self.job.loaded.overrides.clone(), self.started);
        pages.push(manifest::shard_page(&run, &self.job.loaded.scenarios, self.plan, header, &pages)?);
        write(target, &pages, Some(&partial.staging()), self.interrupt)?;
        let (part, of) = header.shard.map_or((1, 1), |shard| (shard.number, shard.of));
        Ok(format!(
            "Shard {part} of {of} is in {}. When all are done, join them: chokepoint merge DIR... --out DIR\n",
            target.path().display()
        ))
    }
}

pub(super) fn write(
    target: &Target,
    pages: &[Page],
    staging: Option<&Path>,
    interrupt: &Interrupt,
) -> Result<(), CliError> {
    interrupt.writing();
    let left = target.write(pages, staging, &|| interrupt.wanted()).map_err(|error| match error {
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
