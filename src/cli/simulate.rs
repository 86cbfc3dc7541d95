//! What `run` and `compare` share: scenarios are planned, the folder is looked at, trials are run (or gone on with, where an
//! earlier run was stopped), and what they say is written and told.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::args::{SimulateArgs, WriteArgs};
use super::crew::Crew;
use super::error::CliError;
use super::format::Ending;
use super::interrupt::Interrupt;
use super::load::{self, Loaded};
use super::settings::{self, Seed, Settings};
use super::stderr;
use super::work::Work;
use crate::analysis::{self, results::Comparison};
use crate::experiment::chunks::Chunks;
use crate::experiment::design::{Recipe, Request};
use crate::experiment::header::{Header, Shard};
use crate::experiment::partial::Partial;
use crate::experiment::schema::ResultSchema;
use crate::experiment::stopping::{CHUNK, Rule, Stopping};
use crate::experiment::{Ensemble, Plan, trial_table};
use crate::model::effect;
use crate::report::folder::{FolderError, Target};
use crate::report::provenance::Provenance;
use crate::report::stopping::StoppingReport;
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
    pub(super) fn run(
        self,
        write: &WriteArgs,
        typed: &SimulateArgs,
        out: &mut dyn Write,
        crew: &mut Crew,
    ) -> Result<(), CliError> {
        let started = Timestamp::now();
        let folder = typed
            .shard
            .map_or(self.name.clone(), |shard| format!("{}-shard-{}-of-{}", self.name, shard.number, shard.of));
        if typed.shard.is_some() && write.seed == Seed::Random {
            let message =
                "the shards of one experiment need the same seed, and `random` would give each a different one";
            return Err(CliError::usage(message, "give all of them the same number with --seed"));
        }
        let settings = Settings::of(write, &folder, &self.name, self.own)?;
        let stopping = self.stopping(typed)?;
        let request = match &stopping {
            Some(stopping) => Request { trials: Some(stopping.cap()), ..self.request.clone() },
            None => self.request.clone(),
        };
        let mut plan = Plan::designed(&self.loaded.scenarios, settings.seed, &request)?;
        if !settings.quiet {
            // How many points an ensemble that grows will have, nobody knows.
            let warnings = if stopping.is_none() { plan.design.warnings(plan.trials) } else { Vec::new() };
            for warning in warnings {
                stderr::warning(&warning.to_string());
            }
        }
        plan.reference = self.reference_in(&plan)?;
        let warnings = if crew.helps() { Vec::new() } else { effect::sentences(&self.loaded.scenarios)? };
        if !settings.quiet {
            warnings.iter().for_each(|warning| stderr::warning(warning));
        }
        let chunks = match &stopping {
            Some(stopping) => Chunks::of_size(CHUNK, stopping.cap()),
            None => Chunks::of(plan.trials),
        };
        let header = self.header(&plan, chunks, stopping.as_ref(), typed.shard);
        let rule = stopping.map(|stopping| rule(stopping, &plan)).transpose()?;
        if crew.helps() {
            return crew.help(&header, &plan, chunks, settings.threads);
        }
        if typed.resume && is_finished(&settings, &header) {
            let folder = settings.folder.display().to_string();
            let text = format!("The result in {folder} is finished.\n");
            return Ending { text, json: json!({ "folder": folder, "finished": true }) }.tell(&settings, out);
        }
        let target = Target::new(&settings.folder, settings.replace.clone())?;
        let interrupt = Interrupt::listen();
        crew.agree(&header, &interrupt)?;
        let pool = settings.pool()?;
        let work = Work::begin(&plan, header, chunks, &settings, typed.resume)?;
        let ending = work.run(&plan, rule.as_ref(), &settings, &interrupt, &pool, crew)?;
        let ids: Vec<&str> = plan.scenarios.iter().map(|s| s.id.as_str()).collect();
        let stopped =
            rule.as_ref().zip(ending.as_ref()).map(|(rule, ending)| StoppingReport { rule, ending, scenarios: &ids });
        let end =
            End { job: &self, plan: &plan, settings: &settings, interrupt: &interrupt, started, warnings, stopped };
        let said = match typed.shard {
            Some(_) => end.write_shard(&work, &target)?,
            None => pool.install(|| end.write_result(&work, &target))?,
        };
        work.close(true);
        said.tell(&settings, out)
    }

    /// What the experiment is.
    fn header(&self, plan: &Plan, chunks: Chunks, stopping: Option<&Stopping>, shard: Option<Shard>) -> Header {
        let hash = |id: &str| self.loaded.scenarios.iter().find(|s| s.id == id).map(|s| s.hash.clone());
        Header {
            version: manifest::build::VERSION.to_owned(),
            name: self.name.clone(),
            title: self.title.clone(),
            seed: plan.seed,
            trials: plan.trials,
            chunk: chunks.size(),
            design: Recipe::of(&plan.design, plan.trials),
            until: stopping.map(|s| s.goals().iter().map(ToString::to_string).collect()).unwrap_or_default(),
            at_least: stopping.map_or(0, Stopping::floor),
            reference: plan.scenarios[plan.reference].id.clone(),
            scenarios: plan.scenarios.iter().map(|s| (s.id.clone(), hash(&s.id))).collect(),
            shard,
        }
    }

    /// When there are enough trials, if their number was not given.
    fn stopping(&self, typed: &SimulateArgs) -> Result<Option<Stopping>, CliError> {
        let Some(stopping) = settings::stopping(&typed.until)? else { return Ok(None) };
        let refuse = |message: &str, help: &str| Err(CliError::usage(message, help));
        if typed.shard.is_some() {
            return refuse(
                "--until can't be reached in shards: no shard knows how precise all of them together are",
                "leave --shard out, or give the number of trials with --trials",
            );
        }
        if self.request.points.is_some() || self.request.replications.is_some_and(|r| r > 1) {
            return refuse(
                "--until finds the number of trials, which --points and --replications give",
                "leave --until out, or the others",
            );
        }
        if self.request.kind.shares_chance() {
            let message =
                format!("a {} design has a number of points of its own, and does not grow", self.request.kind);
            return refuse(&message, "leave --until out, and give --replications");
        }
        Ok(Some(stopping))
    }

    pub(super) fn reference_in(&self, plan: &Plan) -> Result<usize, CliError> {
        let Some(id) = &self.reference else { return Ok(plan.without) };
        let ids = || plan.scenarios.iter().map(|s| s.id.as_str());
        ids().position(|known| known == id).ok_or_else(|| CliError::unknown("the reference", id, ids()))
    }
}

/// Whether what is asked for stands in the folder.
fn is_finished(settings: &Settings, header: &Header) -> bool {
    let font = settings.font.as_deref();
    manifest::is_finished(&settings.folder, &header.fingerprint(), settings.figures, font)
}

/// What a rule for stopping means in a plan.
fn rule(stopping: Stopping, plan: &Plan) -> Result<Rule, CliError> {
    Rule::new(stopping, plan, &ResultSchema::of(plan).totals, plan.reference)
        .map_err(|error| CliError::Usage { message: error.to_string(), help: error.help() })
}

/// The end of an experiment: what it found is written, whole or not at all.
pub(super) struct End<'a> {
    pub(super) job: &'a Job,
    pub(super) plan: &'a Plan,
    pub(super) settings: &'a Settings,
    pub(super) interrupt: &'a Interrupt,
    pub(super) started: Timestamp,
    /// What can have no effect, and where the period leaves the data.
    pub(super) warnings: Vec<String>,
    /// How an ensemble that grew was stopped.
    pub(super) stopped: Option<StoppingReport<'a>>,
}

impl End<'_> {
    /// Figures, tables, words and the manifest. Gives what is to be said.
    pub(super) fn write_result(&self, work: &Work<'_>, target: &Target) -> Result<Ending, CliError> {
        work.look(|ensemble| self.write_ensemble(work.partial(), &work.header, ensemble, target))
    }

    fn write_ensemble(
        &self,
        partial: &Partial,
        header: &Header,
        ensemble: &Ensemble,
        target: &Target,
    ) -> Result<Ending, CliError> {
        let (plan, settings, loaded) = (self.plan, self.settings, &self.job.loaded);
        let comparison = analysis::compare(plan, ensemble, &self.job.name, &self.job.title)?;
        self.interrupt.heed("after the last trial", None)?;
        let hashes: Vec<_> = loaded.scenarios.iter().map(|s| (s.id.clone(), s.hash.clone())).collect();
        let provenance = Provenance::of_comparison(plan, &comparison, &hashes);
        let precision_warnings = analysis::precision_warnings(plan, ensemble, &comparison)?;
        let warnings = &self.warnings;
        // They are of the files, which who runs a result again from its manifest does not have: what is written is silent on them,
        // and shows a change that rests on nothing as an assumption.
        let changed = load::sentences(&loaded.scenarios);
        let result = report::formats::ResultView {
            plan,
            ensemble,
            comparison: &comparison,
            provenance: &provenance,
            precision_warnings: &precision_warnings,
            warnings,
        };
        let fonts = settings.fonts().map_err(report::ReportError::from)?;
        let fonts = fonts.as_ref();
        let mut pages = report::pages(&result, &loaded.scenarios, self.stopped, fonts, partial.path())?;
        let table = partial.making("trials.parquet");
        trial_table::join(plan, ensemble, &provenance.pairs(), &partial.chunks(), &table)?;
        pages.push(
            Page::moved("trials.parquet", table.clone())
                .map_err(|why| report::ReportError::File { path: table, why })?,
        );
        self.interrupt.heed("before the result was written", None)?;
        let run = settings.told(loaded.overrides.clone(), self.started, fonts);
        let fingerprint = header.fingerprint();
        pages.push(manifest::page(&run, &loaded.scenarios, plan, &comparison, &fingerprint, self.stopped, &pages)?);
        write(target, &pages, Some(&partial.staging()), self.interrupt)?;
        let warning = self.stopped.and_then(|stopped| stopped.warning());
        let precision_warnings: Vec<String> = precision_warnings.iter().map(report::precision::words).collect();
        // That a precision was asked for and not reached is an error in all but the exit code; a precision warning is advice.
        let advice = (!precision_warnings.is_empty() && !settings.quiet)
            .then(|| format!("too few trials: {}", precision_warnings.join("; ")));
        let undrawn = settings.font_warnings(fonts);
        for warning in warning.iter().chain(&undrawn).chain(&advice) {
            stderr::warning(warning);
        }
        let folder = target.path().display().to_string();
        let headline = report::headline(&comparison);
        let warnings: Vec<&String> =
            warning.iter().chain(&undrawn).chain(&precision_warnings).chain(warnings).chain(&changed).collect();
        let json = told(&folder, &comparison, &warnings);
        Ok(Ending { text: format!("The result is in {folder} (open report.html first).\n{headline}"), json })
    }

    /// A part, which `chokepoint merge` joins with the others. Gives what is to be said.
    fn write_shard(&self, work: &Work<'_>, target: &Target) -> Result<Ending, CliError> {
        let (partial, header) = (work.partial(), &work.header);
        let mut pages = shard::pages(&self.job.loaded.scenarios, partial, &work.checkpoint())?;
        let run = self.settings.told(self.job.loaded.overrides.clone(), self.started, None);
        pages.push(manifest::shard_page(&run, &self.job.loaded.scenarios, self.plan, header, &pages)?);
        write(target, &pages, Some(&partial.staging()), self.interrupt)?;
        self.settings.warn_of_fonts(None);
        let (part, of) = header.shard.map_or((1, 1), |shard| (shard.number, shard.of));
        let folder = target.path().display().to_string();
        let text = format!(
            "Shard {part} of {of} is in {folder}. When all are done, join them: chokepoint merge DIR... --out DIR\n"
        );
        Ok(Ending { text, json: json!({ "folder": folder, "shard": part, "of": of }) })
    }
}

/// The headline for a program.
fn told(folder: &str, comparison: &Comparison, warnings: &[&String]) -> Json {
    let sentences: BTreeMap<&str, String> =
        report::sentences(comparison).map(|(scenario, sentence)| (scenario.id.as_str(), sentence)).collect();
    let scenarios = comparison.scenarios.iter().map(|scenario| {
        let (low, high) = scenario.shortfall.ends().unzip();
        json!({
            "id": scenario.id,
            "title": scenario.title,
            "implied": scenario.implied,
            "shortfall": { "value": scenario.shortfall.value, "low95": low, "high95": high },
            "worse_in": scenario.share_worse,
            "same_in": scenario.share_tied,
            "same_as_reference": scenario.same_as_reference,
            "headline": sentences.get(scenario.id.as_str()),
        })
    });
    json!({
        "folder": folder,
        "comparison": comparison.name,
        "title": comparison.title,
        "trials": comparison.trials,
        "seed": comparison.seed,
        "reference": comparison.scenarios.get(comparison.reference).map(|scenario| &scenario.id),
        "scenarios": scenarios.collect::<Vec<_>>(),
        "warnings": warnings,
    })
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
        stderr::warning(&format!(
            "the earlier result is replaced, but not all of it could be deleted: delete {} yourself",
            left.display()
        ));
    }
    interrupt.heed("at the end", Some(target.path().to_owned()))
}
