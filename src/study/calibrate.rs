//! Which values of a scenario's uncertain parameters agree with what was observed.

use super::backtest;
use super::error::StudyError;
use super::events::{Event, Observer, Phase, heed};
use super::inputs::{self, Loaded};
use super::output::{Destination, Output, pool, write};
use super::results::Judged;
use super::spec::Layers;
use crate::analysis::calibration::data::Datum;
use crate::analysis::calibration::result::{self, CalibrationResult, Met, Seen};
use crate::analysis::calibration::{self, TRIALS_PER_KEPT};
use crate::analysis::predict::Predictor;
use crate::experiment::{Plan, single};
use crate::model::record::selection::Selection;
use crate::model::world::random::EntityKey;
use crate::report::Page;
use crate::report::calibration as report;
use crate::report::figures::Fonts;
use crate::report::manifest::{self, About, Input};
use crate::report::number::{thousands, trials};
use crate::scenario::fragment::{self, Change};
use crate::scenario::observed::{Observation, ObservationFile, load_observations};
use crate::scenario::{Changes, Kind, Library, Scenario, Source, kind_of, load_layered};
use crate::units::Date;

/// Trials of the layer that is written, by which it is tested; more would not show in three digits.
const LAYER_TRIALS: u32 = 4000;

/// With fewer, the 5% and 95% quantiles of a posterior rest on two trials each at most.
const FEW_KEPT: usize = 50;

/// One trial has no spread, so that it would seem to settle every parameter.
pub const FEWEST_KEPT: usize = 2;

/// How many trials a calibration keeps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Keep {
    /// This share of them.
    Share(f64),
    /// This many.
    Trials(usize),
}

impl Keep {
    /// Of so many trials.
    pub fn of(self, trials: u32) -> usize {
        match self {
            Keep::Share(share) => ((share * f64::from(trials)).round() as usize).max(FEWEST_KEPT),
            Keep::Trials(kept) => kept,
        }
    }
}

/// What is asked of a calibration.
#[derive(Debug, Clone)]
pub struct CalibrationSpec {
    /// The scenario: a path, or the id of a shipped one.
    pub scenario: String,
    /// The observations: a path, or the id of a shipped file.
    pub observations: String,
    /// Dotted path and value of what is set in the scenario.
    pub set: Vec<(String, String)>,
    /// Last day of observations that are used.
    pub until: Date,
    /// Trials that are kept for each parameter.
    pub keep: Keep,
    /// Standard deviation of the relative error between the model and the world.
    pub tolerance: f64,
    /// Trials.
    pub trials: u32,
    /// The seed of all random draws.
    pub seed: u64,
    /// Threads; the result does not depend on them.
    pub threads: usize,
}

/// Calibrates a scenario and writes what was found.
///
/// # Errors
/// All that is wrong with the files; observations that say nothing that a calibration could use; a result that can't be written;
/// the observer stopped it.
pub fn calibrate(spec: &CalibrationSpec, output: &Output, observer: &dyn Observer) -> Result<Judged, StudyError> {
    if kind_of(&spec.scenario)? != Kind::Scenario {
        let help = "name the scenario that is to be calibrated";
        return Err(StudyError::invalid(format!("`{}` is not a scenario", spec.scenario), help));
    }
    let (library, source) = (Library::default(), Source::named(&spec.scenario)?);
    let layers = Layers { set: spec.set.clone(), ..Layers::default() };
    inputs::settle_twice(&library, &layers, observer)?;
    let loaded = inputs::load(&library, std::slice::from_ref(&source), &layers, observer)?;
    let observed = load_observations(&spec.observations)?;
    let name = loaded.scenarios.first().map(name_of).unwrap_or_default();
    let destination = Destination::new(output, &name, &name, false);
    let extends = match &source {
        Source::Disk(path) => fragment::way(&destination.folder, path),
        Source::Shipped(_) | Source::Text { .. } => source.name(),
    };
    can_keep(spec.keep, spec.trials)?;
    let CalibrationSpec { until, keep, tolerance, trials, seed, threads, .. } = *spec;
    let set = spec.set.clone();
    let task = Task { library, source, set, loaded, observed, until, keep, tolerance, extends, trials, seed, threads };
    task.run(&destination, observer)
}

/// Whether so many trials can be kept of those that are run.
fn can_keep(keep: Keep, trials: u32) -> Result<(), StudyError> {
    let (kept, all) = (keep.of(trials), trials as usize);
    let most = all / TRIALS_PER_KEPT;
    let help = match most {
        ..FEWEST_KEPT => format!("raise --trials to {} or more", kept * TRIALS_PER_KEPT),
        most => format!("lower --keep to {most} or less, or raise --trials to {} or more", kept * TRIALS_PER_KEPT),
    };
    if kept > all {
        return Err(StudyError::invalid(format!("keep {kept} of {trials} trials is not possible"), help));
    }
    if kept > most {
        let message =
            format!("keep {kept} of {trials} trials is too many: only one trial in {TRIALS_PER_KEPT} can be kept");
        return Err(StudyError::invalid(message, help));
    }
    Ok(())
}

/// Where so few trials are kept that their spread is mostly chance.
fn few_kept(kept: usize) -> Option<String> {
    (kept < FEW_KEPT).then(|| {
        format!(
            "{kept} kept trials are too few to describe a posterior: its quantiles and contractions are mostly chance; raise \
             --trials or --keep until {FEW_KEPT} or more are kept"
        )
    })
}

fn name_of(scenario: &Scenario) -> String {
    format!("calibration-{}", scenario.id)
}

/// A calibration with all that it needs.
pub(super) struct Task {
    /// Where the files of the scenario were read.
    pub(super) library: Library,
    /// Where the scenario is.
    pub(super) source: Source,
    /// What is set in it, beside what it says.
    pub(super) set: Vec<(String, String)>,
    /// The scenario with all that is set in it.
    pub(super) loaded: Loaded,
    /// The observations.
    pub(super) observed: ObservationFile,
    /// Last day of observations that are used.
    pub(super) until: Date,
    /// Trials that are kept for each parameter.
    pub(super) keep: Keep,
    /// Standard deviation of the relative error between the model and the world.
    pub(super) tolerance: f64,
    /// How the layer that is written names the scenario.
    pub(super) extends: String,
    pub(super) trials: u32,
    pub(super) seed: u64,
    pub(super) threads: usize,
}

impl Task {
    /// Simulates and writes.
    pub(super) fn run(&self, destination: &Destination<'_>, observer: &dyn Observer) -> Result<Judged, StudyError> {
        let Task { loaded, observed, .. } = self;
        let Some(scenario) = loaded.scenarios.first() else {
            return Err(StudyError::invalid("there is no scenario to calibrate", "name one"));
        };
        let name = name_of(scenario);
        let used = used(observed, self.until)?;
        let job = Job { task: self, scenario, used: &used, observer };
        let plan = job.plan(&[], self.trials)?;
        let predictor = Predictor::new(&plan.world, &plan.layout(), &used)?;
        let target = destination.target()?;
        let before = report::Warnings { few: few_kept(job.keep()), before: backtest::of_scenario(scenario)? };
        let advise = |warnings: &[String]| warnings.iter().for_each(|warning| observer.see(Event::Advice(warning)));
        advise(&before.all());
        let pool = pool(self.threads)?;
        let fonts = destination.fonts()?;
        let fonts = fonts.as_ref();
        let Outcome { mut pages, headline, unreached } =
            pool.install(|| job.calibrate(&plan, &predictor, &before, fonts))?;
        let title = format!("{}: calibrated on observations to {}", scenario.title, self.until);
        let about = About {
            kind: manifest::Kind::Calibration,
            name: &name,
            title: &title,
            reference: &scenario.id,
            seed: self.seed,
            trials: self.trials,
            design: &plan.design,
            tick: scenario.world.time.tick.name(),
            start: scenario.world.time.start,
            end: job.end(),
            observations: Some(Input::of(&observed.name, &observed.text)),
            calibration: Some(manifest::Calibration {
                until: self.until.to_string(),
                keep: job.keep(),
                tolerance: self.tolerance,
                extends: self.extends.clone(),
            }),
            trace: None,
            fingerprint: None,
            shard: None,
            stopped: None,
        };
        let run = destination.run(loaded.overrides.clone(), self.threads, fonts);
        let shown = [(scenario.id.as_str(), scenario.title.as_str())];
        pages.push(manifest::page_about(&run, &loaded.scenarios, &shown, &about, &pages)?);
        write(&target, &pages, None, observer)?;
        advise(&unreached);
        let mut warnings = destination.warn_of_fonts(fonts, observer);
        warnings.extend(before.all().into_iter().chain(unreached));
        Ok(Judged {
            folder: target.path().to_owned(),
            name,
            scenario: scenario.id.clone(),
            trials: self.trials,
            seed: self.seed,
            observations: observed.name.clone(),
            headline,
            warnings,
        })
    }
}

/// Whether an observation is used: it is scored, and ends by the cut-off.
fn is_used(observation: &Observation, until: Date) -> bool {
    observation.is_scored() && observation.period.last <= until
}

/// The observations up to the cut-off.
fn used(observed: &ObservationFile, until: Date) -> Result<Vec<Observation>, StudyError> {
    let used: Vec<Observation> = observed.observations.iter().filter(|o| is_used(o, until)).cloned().collect();
    if used.is_empty() {
        let first = observed.observations.iter().filter(|o| o.is_scored()).map(|o| o.period.last).min();
        let help = first.map(|day| format!("the first of them ends on {day}: set --until to it or later"));
        let message = format!("no observation in `{}` ends by {}", observed.name, until);
        return Err(StudyError::Invalid { message, help });
    }
    Ok(used)
}

/// What a calibration comes to.
struct Outcome {
    /// The files of the result.
    pages: Vec<Page>,
    /// The same in a line.
    headline: String,
    /// Warnings of observations that the model can't meet.
    unreached: Vec<String>,
}

struct Job<'a> {
    task: &'a Task,
    scenario: &'a Scenario,
    used: &'a [Observation],
    observer: &'a dyn Observer,
}

impl Job<'_> {
    fn keep(&self) -> usize {
        self.task.keep.of(self.task.trials)
    }

    /// Last day that is simulated: what comes after the last observation has no bearing on what comes before.
    fn end(&self) -> Date {
        let end = self.scenario.world.time.end;
        self.used.iter().map(|o| o.period.last).max().map_or(end, |last| last.min(end))
    }

    /// The scenario with changed parameters, simulated to the end of the last observation.
    fn plan(&self, changes: &[Change<'_>], trials: u32) -> Result<Plan, StudyError> {
        let mut set = self.task.set.clone();
        set.extend(changes.iter().map(|change| (change.param.path.clone(), change.inline())));
        let end = (self.end() < self.scenario.world.time.end).then(|| self.end());
        let changes = Changes { overlays: &[], set: &set, end };
        let scenario = load_layered(&self.task.library, &self.task.source, changes)?;
        Ok(Plan::new(&[scenario], self.task.seed, trials)?)
    }

    fn predict(&self, plan: &Plan, predictor: &Predictor, phase: Phase<'_>) -> Result<Vec<f64>, StudyError> {
        let observer = self.observer;
        observer.see(Event::Began { phase, trials: plan.trials, done: 0, seed: plan.seed, figures: false });
        let predictions = single::each(
            plan,
            0,
            &Selection::history(),
            observer.stop(),
            |done| observer.see(Event::Advanced(done)),
            |record, numbers| {
                predictor.predict_into(record, numbers);
            },
        );
        observer.see(Event::Simulated);
        predictions.map_err(|stopped| StudyError::Interrupted {
            when: format!("after {} of {}", thousands(f64::from(stopped.done)), trials(plan.trials)),
            written: None,
        })
    }

    /// The result.
    fn calibrate(
        &self,
        plan: &Plan,
        predictor: &Predictor,
        warnings: &report::Warnings,
        fonts: Option<&Fonts>,
    ) -> Result<Outcome, StudyError> {
        let predictions = self.predict(plan, predictor, Phase::Prior)?;
        let data: Vec<Datum> = self.used.iter().map(|o| Datum { id: o.id.clone(), low: o.low, high: o.high }).collect();
        let parameters: Vec<EntityKey> = result::distinct(&plan.world.params).iter().map(|u| u.key).collect();
        if parameters.is_empty() {
            let help = "give at least one parameter a distribution";
            return Err(StudyError::invalid(
                format!("`{}` has no uncertain parameter to calibrate", self.scenario.id),
                help,
            ));
        }
        let task = calibration::Task {
            data: &data,
            predictions: &predictions,
            parameters: &parameters,
            seed: plan.seed,
            tolerance: self.task.tolerance,
            keep: self.keep(),
        };
        let calibration = calibration::calibrate(&task)?;
        heed(self.observer, "after the last trial")?;
        let params = &plan.world.params;
        let basis = format!(
            "posterior of a calibration on {} observations to {} ({} trials, seed {})",
            data.len(),
            self.task.until,
            plan.trials,
            plan.seed
        );
        let changes = result::changes(self.scenario, params, &calibration, &basis);
        let layer_plan = self.plan(&changes, plan.trials.min(LAYER_TRIALS))?;
        let layer = self.predict(&layer_plan, predictor, Phase::Posterior)?;
        let mut met = result::met(&task, &calibration, &layer).into_iter();
        let fit = |o: &Observation| -> Option<Met> { if is_used(o, self.task.until) { met.next() } else { None } };
        let found = CalibrationResult {
            scenario: self.scenario,
            until: self.task.until,
            seed: plan.seed,
            trials: plan.trials,
            usable: calibration.trials.len(),
            keep: task.keep,
            tolerance: task.tolerance,
            parameters: result::parameters(self.scenario, params, &task, &calibration),
            joint: result::joint(params, &task, &calibration),
            observations: self
                .task
                .observed
                .observations
                .iter()
                .map({
                    let mut fit = fit;
                    move |observation| Seen { observation, fit: fit(observation) }
                })
                .collect(),
        };
        let layer = report::layer(&found, &changes, &self.task.extends);
        let pages = report::pages(&found, layer, warnings, fonts)?;
        heed(self.observer, "before the result was written")?;
        Ok(Outcome { pages, headline: report::headline(&found), unreached: report::out_of_reach(&found) })
    }
}
