//! A scenario run to the last observation of a file, and what it predicted scored against them.

use super::error::StudyError;
use super::events::{Event, Observer, Phase, heed};
use super::inputs::{self, Loaded};
use super::output::{Destination, Output, pool, write};
use super::results::Judged;
use super::spec::{Horizon, Layers};
use crate::analysis::predict::Predictor;
use crate::analysis::score::Backtest;
use crate::experiment::{Plan, single};
use crate::law::LawError;
use crate::model::effect::{self, Warning, Why};
use crate::model::record::selection::Selection;
use crate::report::figures::Fonts;
use crate::report::manifest::{self, About, Input};
use crate::report::number::{thousands, trials};
use crate::report::{Page, backtest as report};
use crate::scenario::observed::ObservationFile;
use crate::scenario::{Kind, Library, Scenario, Source, kind_of, load_observations};
use crate::units::Date;

/// What is run where nothing is named.
const SCENARIO: &str = "shipped:adopted-rules";

/// What it is scored against where nothing is named.
const OBSERVATIONS: &str = "shipped:observed";

/// What is asked of a backtest.
#[derive(Debug, Clone)]
pub struct BacktestSpec {
    /// The scenario: a path, or the id of a shipped one; the rules as adopted if not given.
    pub scenario: Option<String>,
    /// The observations: a path, or the id of a shipped file; the shipped ones if not given.
    pub observations: Option<String>,
    /// What is laid over the scenario and set in it. It is run to the last observation, and further where the horizon is later.
    pub layers: Layers,
    /// Trials.
    pub trials: u32,
    /// The seed of all random draws.
    pub seed: u64,
    /// Threads; the result does not depend on them.
    pub threads: usize,
}

/// Scores a scenario against observations and writes the result.
///
/// # Errors
/// All that is wrong with the files; an observation that can't be predicted; a result that can't be written; the observer stopped
/// it.
pub fn backtest(spec: &BacktestSpec, output: &Output, observer: &dyn Observer) -> Result<Judged, StudyError> {
    let file = load_observations(spec.observations.as_deref().unwrap_or(OBSERVATIONS))?;
    let loaded = load(spec, &file, observer)?;
    let usual = spec.scenario.is_none();
    let id = loaded.scenarios.first().map(|scenario| scenario.id.as_str()).unwrap_or_default();
    let name = if usual { "backtest".to_owned() } else { format!("backtest-{id}") };
    let destination = Destination::new(output, &name, &name, usual && spec.observations.is_none());
    let (trials, seed, threads) = (spec.trials, spec.seed, spec.threads);
    Task { loaded, file, name, trials, seed, threads }.run(&destination, observer)
}

/// What is to be scored against what.
pub(super) struct Task {
    /// The scenario, with what was set in it.
    pub(super) loaded: Loaded,
    /// The observations.
    pub(super) file: ObservationFile,
    /// Name of the result.
    pub(super) name: String,
    pub(super) trials: u32,
    pub(super) seed: u64,
    pub(super) threads: usize,
}

impl Task {
    /// Simulates and writes.
    pub(super) fn run(&self, destination: &Destination<'_>, observer: &dyn Observer) -> Result<Judged, StudyError> {
        let Task { loaded: Loaded { scenarios, overrides }, file, name, .. } = self;
        let Some(scenario) = scenarios.first() else {
            return Err(StudyError::invalid("there is no scenario to score", "name one"));
        };
        let plan = Plan::new(scenarios, self.seed, self.trials)?;
        let predictor = Predictor::new(&plan.world, &plan.layout(), &file.observations)?;
        let target = destination.target()?;
        let warnings = report::warnings(plan.trials, of_scenario(scenario)?);
        warnings.all().iter().for_each(|warning| observer.see(Event::Advice(warning)));
        let pool = pool(self.threads)?;
        let figures = destination.output.figures;
        let job = Job { plan: &plan, scenario, file, name, figures, warnings: &warnings, observer };
        let fonts = destination.fonts()?;
        let fonts = fonts.as_ref();
        let (backtest, mut pages) = pool.install(|| job.simulate(&predictor, fonts))?;
        let about = About {
            kind: manifest::Kind::Backtest,
            name: &backtest.name,
            title: &backtest.title,
            reference: &scenario.id,
            seed: backtest.seed,
            trials: backtest.trials,
            design: &plan.design,
            tick: scenario.world.time.tick.name(),
            start: backtest.start,
            end: backtest.end,
            observations: Some(Input::of(&file.name, &file.text)),
            calibration: None,
            trace: None,
            fingerprint: None,
            shard: None,
            stopped: None,
        };
        let run = destination.run(overrides.clone(), self.threads, fonts);
        pages.push(manifest::page_about(&run, scenarios, &[(&scenario.id, &scenario.title)], &about, &pages)?);
        write(&target, &pages, None, observer)?;
        let mut all = destination.warn_of_fonts(fonts, observer);
        all.extend(warnings.all());
        Ok(Judged {
            folder: target.path().to_owned(),
            name: name.clone(),
            scenario: scenario.id.clone(),
            trials: self.trials,
            seed: self.seed,
            observations: file.name.clone(),
            headline: report::headline(&backtest),
            warnings: all,
        })
    }
}

/// What of a scenario that is held against observations has no effect, and where it leaves its data. A rule of a day after the
/// last observation is left out: nobody expects it to matter here, and the period is not the user's.
pub(super) fn of_scenario(scenario: &Scenario) -> Result<Vec<String>, LawError> {
    let later = |warning: &Warning| matches!(warning, Warning::NoEffect { why: Why::Later(_), .. });
    let sentence = |warning: Warning| match warning.is_of_world() {
        true => warning.to_string(),
        false => format!("{}: {warning}", scenario.id),
    };
    Ok(effect::warnings(scenario)?.into_iter().filter(|warning| !later(warning)).map(sentence).collect())
}

/// Loads the scenario, simulated to the end of the month of the last observation, or to the horizon if that is later.
fn load(spec: &BacktestSpec, file: &ObservationFile, observer: &dyn Observer) -> Result<Loaded, StudyError> {
    let named = spec.scenario.as_deref().unwrap_or(SCENARIO);
    if file.observations.iter().all(|o| !o.is_scored()) {
        let message = format!("no observation in `{}` can be scored: each needs what the model lacks", file.name);
        let help = "add one without `needs`, or delete `needs` where the outcome is recorded";
        return Err(StudyError::invalid(message, help));
    }
    let kind = kind_of(named)?;
    if kind != Kind::Scenario {
        let help = match kind {
            Kind::Observations => format!("name it by `--observations {named}`"),
            _ => "name a scenario; `chokepoint list` shows those that are shipped".to_owned(),
        };
        return Err(StudyError::invalid(format!("`{named}` is {}, not a scenario", kind.with_article()), help));
    }
    let (library, sources) = (Library::default(), [Source::named(named)?]);
    inputs::settle_twice(&library, &spec.layers, observer)?;
    let until = |horizon| Layers { horizon, ..spec.layers.clone() };
    let bare = inputs::load(&library, &sources, &until(None), observer)?;
    let start = bare.scenarios.first().map_or(Date::MIN, |s| s.world.time.start);
    let scored = || file.observations.iter().filter(|o| o.is_scored());
    let last = scored().map(|o| o.period.last.last_of_month()).max().unwrap_or(start);
    let wanted = spec.layers.horizon.map(|horizon| horizon.end(start)).transpose()?;
    let end = wanted.map_or(last, |wanted| wanted.max(last));
    if end <= start {
        // What is wrong with the periods is told of each observation.
        return Ok(bare);
    }
    inputs::load(&library, &sources, &until(Some(Horizon::Day(end))), observer)
}

struct Job<'a> {
    plan: &'a Plan,
    scenario: &'a Scenario,
    file: &'a ObservationFile,
    name: &'a str,
    figures: bool,
    warnings: &'a report::Warnings,
    observer: &'a dyn Observer,
}

impl Job<'_> {
    fn simulate(&self, predictor: &Predictor, fonts: Option<&Fonts>) -> Result<(Backtest, Vec<Page>), StudyError> {
        let Job { plan, scenario, file, observer, .. } = self;
        let time = &scenario.world.time;
        let observations = file.observations.len();
        let phase = Phase::Backtest { scenario: &scenario.id, start: time.start, end: time.end, observations };
        let (seed, figures) = (plan.seed, self.figures);
        observer.see(Event::Began { phase, trials: plan.trials, done: 0, seed, figures });
        let position = plan.scenarios.iter().position(|planned| planned.id == scenario.id).unwrap_or(plan.without);
        let advance = |trials| observer.see(Event::Advanced(trials));
        let ask = |record: &_, numbers: &mut _| predictor.predict_into(record, numbers);
        let numbers =
            single::each(plan, position, &Selection::history(), observer.stop(), advance, ask).map_err(|stopped| {
                let when = format!("after {} of {}", thousands(f64::from(stopped.done)), trials(stopped.trials));
                StudyError::Interrupted { when, written: None }
            })?;
        observer.see(Event::Simulated);
        let backtest = Backtest {
            name: self.name.to_owned(),
            scenario: scenario.id.clone(),
            title: scenario.title.clone(),
            file: file.name.clone(),
            trials: plan.trials,
            seed: plan.seed,
            start: scenario.world.time.start,
            end: scenario.world.time.end,
            rows: Backtest::rows(&plan.world, &file.observations, &numbers),
        };
        let pages = report::pages(&backtest, &scenario.hash, self.warnings, fonts)?;
        heed(*observer, "before the result was written")?;
        Ok((backtest, pages))
    }
}
