//! Scenarios are planned, the folder is looked at, trials are run (or gone on with, where an earlier run was stopped), and what
//! they say is written.

use super::error::StudyError;
use super::events::{Event, Observer, heed};
use super::inputs::{self, Loaded};
use super::launcher::Launcher;
use super::levers::{self, Designed};
use super::output::{Destination, Output, pool, write};
use super::results::{Results, Written};
use super::spec::{Compared, Spec};
use super::work::Work;
use crate::analysis;
use crate::experiment::chunks::Chunks;
use crate::experiment::design::{Recipe, Request};
use crate::experiment::header::{Header, Shard};
use crate::experiment::partial::Partial;
use crate::experiment::schema::ResultSchema;
use crate::experiment::stopping::{CHUNK, Rule, Stopping};
use crate::experiment::{Ensemble, Plan, ensemble, trial_table};
use crate::model::effect;
use crate::report::folder::Target;
use crate::report::provenance::Provenance;
use crate::report::stopping::StoppingReport;
use crate::report::{self, Page, manifest, shard};
use crate::scenario::{ComparisonFile, Library, Source};

/// A longer name of a folder is cut.
const LONGEST_NAME: usize = 80;

/// Scenarios that are to be simulated together.
pub struct Study {
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
    /// When there are enough trials, if their number was not given.
    pub(super) until: Option<Stopping>,
    pub(super) seed: u64,
    pub(super) threads: usize,
}

/// How a study is written.
#[derive(Debug, Clone, Copy, Default)]
pub struct WriteMode {
    /// Whether an earlier run of the same that was stopped is gone on with.
    pub resume: bool,
    /// The part that is run, if not the whole.
    pub shard: Option<Shard>,
}

/// A study that is about to be run.
struct Planned {
    plan: Plan,
    /// What can have no effect, and where the period leaves the data.
    warnings: Vec<String>,
    chunks: Chunks,
    rule: Option<Rule>,
}

impl Study {
    /// Loads what is asked for. Each file is read once.
    ///
    /// # Errors
    /// All that is wrong with the files, and with what is set in them.
    pub fn new(spec: &Spec, observer: &dyn Observer) -> Result<Study, StudyError> {
        let library = Library::default();
        let load = |sources: &[Source]| levers::load(&library, sources, &spec.layers, &spec.design, observer);
        match &spec.compared {
            Compared::One(source) => {
                let designed = load(std::slice::from_ref(source))?;
                let (name, title) = designed.first();
                Ok(Study::of(spec, designed, (name, title), None))
            }
            Compared::Scenarios(sources) => {
                let designed = load(sources)?;
                let asked: Vec<&str> = designed.ids().collect();
                let reference = spec.reference.as_deref().or(asked.first().copied()).unwrap_or_default();
                let names = (name(&asked), title(&asked, reference));
                let reference = designed.standing_for(reference);
                Ok(Study::of(spec, designed, names, Some(reference)))
            }
            Compared::File(file) | Compared::Shipped(file) => {
                let ComparisonFile { id, title, scenarios, reference, .. } = &**file;
                let designed = load(scenarios)?;
                let reference = designed.standing_for(spec.reference.as_ref().unwrap_or(reference));
                Ok(Study::of(spec, designed, (id.clone(), title.clone()), Some(reference)))
            }
        }
    }

    fn of(spec: &Spec, designed: Designed, (name, title): (String, String), reference: Option<String>) -> Study {
        let own = matches!(spec.compared, Compared::Shipped(_));
        let (loaded, request) = (designed.loaded, designed.request);
        let (until, seed, threads) = (spec.until.clone(), spec.seed, spec.threads);
        Study { loaded, name, title, reference, own, request, until, seed, threads }
    }

    /// Runs it in memory.
    ///
    /// # Errors
    /// The scenarios can't be run together; the observer stopped it; a precision is asked for, which needs a folder.
    pub fn run(&self, observer: &dyn Observer) -> Result<Results, StudyError> {
        if self.until.is_some() {
            let message = "trials are added until a precision is reached only where they are written to a folder";
            return Err(StudyError::invalid(message, "write it, or give a number of trials"));
        }
        let Planned { plan, warnings, .. } = self.plan(None, true, observer)?;
        let pool = pool(self.threads)?;
        let advance = |trials| observer.see(Event::Advanced(trials));
        let ensemble = pool.install(|| ensemble::run(&plan, observer.stop(), advance))?;
        let comparison = pool.install(|| analysis::compare(&plan, &ensemble, &self.name, &self.title))?;
        Ok(Results { comparison, warnings, plan, ensemble })
    }

    /// Runs it and writes the result, or the part of it that is asked for, into a folder. A launcher that helps another process
    /// writes nothing.
    ///
    /// # Errors
    /// The scenarios can't be run together; the result can't be written; the observer stopped it.
    pub fn write(
        &self,
        output: &Output,
        mode: WriteMode,
        observer: &dyn Observer,
        launcher: &mut Launcher,
    ) -> Result<Option<Written>, StudyError> {
        let WriteMode { resume, shard } = mode;
        let usual =
            shard.map_or(self.name.clone(), |shard| format!("{}-shard-{}-of-{}", self.name, shard.number, shard.of));
        let destination = Destination::new(output, &usual, &self.name, self.own);
        let Planned { plan, warnings, chunks, rule } = self.plan(shard, !launcher.helps(), observer)?;
        let header = self.header(&plan, chunks, shard);
        if launcher.helps() {
            launcher.help(&header, &plan, chunks, self.threads)?;
            return Ok(None);
        }
        if resume && is_finished(&destination, &header) {
            return Ok(Some(Written::Finished(destination.folder)));
        }
        let target = destination.target()?;
        // From here on it can be stopped without a loss.
        let _listens = observer.stop();
        launcher.agree(&header, observer)?;
        let pool = pool(self.threads)?;
        let work = Work::begin(&plan, header, chunks, &destination.folder, resume, observer)?;
        let ending = work.run(&plan, rule.as_ref(), &pool, launcher, observer, output.figures)?;
        let ids: Vec<&str> = plan.scenarios.iter().map(|s| s.id.as_str()).collect();
        let stopped =
            rule.as_ref().zip(ending.as_ref()).map(|(rule, ending)| StoppingReport { rule, ending, scenarios: &ids });
        let end = End { study: self, plan: &plan, destination: &destination, observer, warnings, stopped };
        let written = match shard {
            Some(_) => end.write_shard(&work, &target)?,
            None => pool.install(|| end.write_result(&work, &target))?,
        };
        work.close(true, observer);
        Ok(Some(written))
    }

    /// Plans it, and reports what is to be known before it is run, where somebody listens.
    fn plan(&self, shard: Option<Shard>, told: bool, observer: &dyn Observer) -> Result<Planned, StudyError> {
        self.can_grow(shard)?;
        let request = match &self.until {
            Some(until) => Request { trials: Some(until.cap()), ..self.request.clone() },
            None => self.request.clone(),
        };
        let mut plan = Plan::designed(&self.loaded.scenarios, self.seed, &request)?;
        // How many points an ensemble that grows will have, nobody knows.
        if self.until.is_none() {
            for warning in plan.design.warnings(plan.trials) {
                observer.see(Event::Advice(&warning.to_string()));
            }
        }
        plan.reference = self.reference_in(&plan)?;
        let warnings = if told { effect::sentences(&self.loaded.scenarios)? } else { Vec::new() };
        warnings.iter().for_each(|warning| observer.see(Event::Advice(warning)));
        let chunks = match &self.until {
            Some(until) => Chunks::of_size(CHUNK, until.cap()),
            None => Chunks::of(plan.trials),
        };
        let rule = self.until.clone().map(|until| rule(until, &plan)).transpose()?;
        Ok(Planned { plan, warnings, chunks, rule })
    }

    /// What the experiment is.
    fn header(&self, plan: &Plan, chunks: Chunks, shard: Option<Shard>) -> Header {
        let hash = |id: &str| self.loaded.scenarios.iter().find(|s| s.id == id).map(|s| s.hash.clone());
        let goals = |until: &Stopping| until.goals().iter().map(ToString::to_string).collect();
        Header {
            version: report::build::VERSION.to_owned(),
            name: self.name.clone(),
            title: self.title.clone(),
            seed: plan.seed,
            trials: plan.trials,
            chunk: chunks.size(),
            design: Recipe::of(&plan.design, plan.trials),
            until: self.until.as_ref().map(goals).unwrap_or_default(),
            at_least: self.until.as_ref().map_or(0, Stopping::floor),
            reference: plan.scenarios[plan.reference].id.clone(),
            scenarios: plan.scenarios.iter().map(|s| (s.id.clone(), hash(&s.id))).collect(),
            shard,
        }
    }

    /// Whether trials can be added until a precision is reached, if that is asked for.
    fn can_grow(&self, shard: Option<Shard>) -> Result<(), StudyError> {
        let refuse = |message: &str, help: &str| Err(StudyError::invalid(message, help));
        if self.until.is_none() {
            return Ok(());
        }
        if shard.is_some() {
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
        Ok(())
    }

    pub(super) fn reference_in(&self, plan: &Plan) -> Result<usize, StudyError> {
        let Some(id) = &self.reference else { return Ok(plan.without) };
        let ids = || plan.scenarios.iter().map(|s| s.id.as_str());
        ids().position(|known| known == id).ok_or_else(|| StudyError::unknown("the reference", id, ids()))
    }
}

/// The ids of the scenarios; of many, the first and how many more. Ids are lower-case letters, digits and hyphens.
fn name(ids: &[&str]) -> String {
    let whole = ids.join("-vs-");
    match ids {
        [first, others @ ..] if whole.len() > LONGEST_NAME => {
            let first: String = first.chars().take(LONGEST_NAME).collect();
            format!("{first}-vs-{}-others", others.len())
        }
        _ => whole,
    }
}

fn title(ids: &[&str], reference: &str) -> String {
    let others: Vec<&str> = ids.iter().copied().filter(|id| *id != reference).collect();
    format!("{} against {reference}", others.join(", "))
}

/// Whether what is asked for stands in the folder.
fn is_finished(destination: &Destination<'_>, header: &Header) -> bool {
    let font = destination.output.font.as_deref();
    manifest::is_finished(&destination.folder, &header.fingerprint(), destination.output.figures, font)
}

/// What a rule for stopping means in a plan.
fn rule(stopping: Stopping, plan: &Plan) -> Result<Rule, StudyError> {
    Rule::new(stopping, plan, &ResultSchema::of(plan).totals, plan.reference)
        .map_err(|error| StudyError::Invalid { message: error.to_string(), help: error.help() })
}

/// The end of an experiment: what it found is written, whole or not at all.
pub(super) struct End<'a> {
    pub(super) study: &'a Study,
    pub(super) plan: &'a Plan,
    pub(super) destination: &'a Destination<'a>,
    pub(super) observer: &'a dyn Observer,
    /// What can have no effect, and where the period leaves the data.
    pub(super) warnings: Vec<String>,
    /// How an ensemble that grew was stopped.
    pub(super) stopped: Option<StoppingReport<'a>>,
}

impl End<'_> {
    /// Figures, tables, words and the manifest.
    pub(super) fn write_result(&self, work: &Work<'_>, target: &Target) -> Result<Written, StudyError> {
        work.look(|ensemble| self.write_ensemble(work.partial(), &work.header, ensemble, target))
    }

    fn write_ensemble(
        &self,
        partial: &Partial,
        header: &Header,
        ensemble: &Ensemble,
        target: &Target,
    ) -> Result<Written, StudyError> {
        let (plan, loaded, observer) = (self.plan, &self.study.loaded, self.observer);
        let comparison = analysis::compare(plan, ensemble, &self.study.name, &self.study.title)?;
        heed(observer, "after the last trial")?;
        let hashes: Vec<_> = loaded.scenarios.iter().map(|s| (s.id.clone(), s.hash.clone())).collect();
        let provenance = Provenance::of_comparison(plan, &comparison, &hashes);
        let precision_warnings = analysis::precision_warnings(plan, ensemble, &comparison)?;
        let warnings = &self.warnings;
        // They are of the files, which who runs a result again from its manifest does not have: what is written is silent on them,
        // and shows a change that rests on nothing as an assumption.
        let changed = inputs::sentences(&loaded.scenarios);
        let result = report::formats::ResultView {
            plan,
            ensemble,
            comparison: &comparison,
            provenance: &provenance,
            precision_warnings: &precision_warnings,
            warnings,
        };
        let fonts = self.destination.fonts()?;
        let fonts = fonts.as_ref();
        let mut pages = report::pages(&result, &loaded.scenarios, self.stopped, fonts, partial.path())?;
        let table = partial.making("trials.parquet");
        trial_table::join(plan, ensemble, &provenance.pairs(), &partial.chunks(), &table)?;
        pages.push(
            Page::moved("trials.parquet", table.clone())
                .map_err(|why| report::ReportError::File { path: table, why })?,
        );
        heed(observer, "before the result was written")?;
        let run = self.destination.run(loaded.overrides.clone(), self.study.threads, fonts);
        let fingerprint = header.fingerprint();
        pages.push(manifest::page(&run, &loaded.scenarios, plan, &comparison, &fingerprint, self.stopped, &pages)?);
        write(target, &pages, Some(&partial.staging()), observer)?;
        let warning = self.stopped.and_then(|stopped| stopped.warning());
        let precision_warnings: Vec<String> = precision_warnings.iter().map(report::precision::words).collect();
        // That a precision was asked for and not reached is an error in all but the exit code; a precision warning is advice.
        let undrawn = self.destination.font_warnings(fonts);
        warning.iter().chain(&undrawn).for_each(|warning| observer.see(Event::Warning(warning)));
        if !precision_warnings.is_empty() {
            observer.see(Event::Advice(&format!("too few trials: {}", precision_warnings.join("; "))));
        }
        let warnings = warning
            .iter()
            .chain(&undrawn)
            .chain(&precision_warnings)
            .chain(warnings)
            .chain(&changed)
            .cloned()
            .collect();
        Ok(Written::Result { folder: target.path().to_owned(), comparison: Box::new(comparison), warnings })
    }

    /// A part, which [`merge`](super::merge()) joins with the others.
    fn write_shard(&self, work: &Work<'_>, target: &Target) -> Result<Written, StudyError> {
        let (partial, header, loaded) = (work.partial(), &work.header, &self.study.loaded);
        let mut pages = shard::pages(&loaded.scenarios, partial, &work.checkpoint())?;
        let run = self.destination.run(loaded.overrides.clone(), self.study.threads, None);
        pages.push(manifest::shard_page(&run, &loaded.scenarios, self.plan, header, &pages)?);
        write(target, &pages, Some(&partial.staging()), self.observer)?;
        self.destination.warn_of_fonts(None, self.observer);
        let (number, of) = header.shard.map_or((1, 1), |shard| (shard.number, shard.of));
        Ok(Written::Shard { folder: target.path().to_owned(), number, of })
    }
}
