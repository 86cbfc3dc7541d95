//! `chokepoint backtest`: a scenario run to the last observation of a file, and what it predicted held against them.

use std::io::Write;

use jiff::Timestamp;
use serde_json::json;

use super::args::{BacktestArgs, WriteArgs};
use super::error::CliError;
use super::format::Ending;
use super::interrupt::Interrupt;
use super::load::{self, Loaded};
use super::progress::Progress;
use super::settings::{Horizon, Settings};
use super::simulate;
use super::stderr;
use crate::analysis::predict::Predictor;
use crate::analysis::score::Backtest;
use crate::experiment::{Plan, single};
use crate::law::LawError;
use crate::model::effect::{self, Warning, Why};
use crate::model::record::selection::Selection;
use crate::report::figures::Fonts;
use crate::report::folder::Target;
use crate::report::manifest::{self, About, Input};
use crate::report::number::{thousands, trials};
use crate::report::{Page, backtest as report};
use crate::scenario::observed::ObservationFile;
use crate::scenario::{Kind, Scenario, Source, kind_of, load_observations};
use crate::units::{Date, counted};

/// What is run where nothing is named.
const SCENARIO: &str = "shipped:adopted-rules";

/// What it is held against where nothing is named.
const OBSERVATIONS: &str = "shipped:observed";

/// What is to be held against what.
pub(super) struct Task {
    /// The scenario, with what was set in it.
    pub(super) loaded: Loaded,
    /// The observations.
    pub(super) file: ObservationFile,
    /// Name of the result.
    pub(super) name: String,
    /// How it is run and where the result goes.
    pub(super) settings: Settings,
}

pub(super) fn run(args: &BacktestArgs, out: &mut dyn Write) -> Result<(), CliError> {
    let started = Timestamp::now();
    let file = load_observations(args.observations.as_deref().unwrap_or(OBSERVATIONS))?;
    let loaded = load(args, &file)?;
    let usual = args.file.is_none();
    let id = loaded.scenarios.first().map(|scenario| scenario.id.as_str()).unwrap_or_default();
    let name = if usual { "backtest".to_owned() } else { format!("backtest-{id}") };
    let settings = Settings::of(&args.write, &name, &name, usual && args.observations.is_none())?;
    simulate(&Task { loaded, file, name, settings }, started, out)
}

/// Simulates and writes.
pub(super) fn simulate(task: &Task, started: Timestamp, out: &mut dyn Write) -> Result<(), CliError> {
    let Task { loaded: Loaded { scenarios, overrides }, file, name, settings } = task;
    let Some(scenario) = scenarios.first() else { return Ok(()) };
    let plan = Plan::new(scenarios, settings.seed, settings.trials)?;
    let predictor = Predictor::new(&plan.world, &plan.layout(), &file.observations)?;
    let target = Target::new(&settings.folder, settings.replace.clone())?;
    let warnings = report::warnings(plan.trials, of_scenario(scenario)?);
    if !settings.quiet {
        warnings.all().iter().for_each(|warning| stderr::warning(warning));
    }
    let pool = settings.pool()?;
    let interrupt = Interrupt::listen();
    let job = Job { plan: &plan, scenario, file, name, settings, warnings: &warnings };
    let fonts = settings.fonts().map_err(crate::report::ReportError::from)?;
    let fonts = fonts.as_ref();
    let (backtest, mut pages) = pool.install(|| job.simulate(&predictor, fonts, &interrupt))?;
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
        fingerprint: None,
        shard: None,
        stopped: None,
    };
    let told = settings.told(overrides.clone(), started, fonts);
    pages.push(manifest::page_about(&told, scenarios, &[(&scenario.id, &scenario.title)], &about, &pages)?);
    simulate::write(&target, &pages, None, &interrupt)?;
    let mut all = settings.warn_of_fonts(fonts);
    all.extend(warnings.all());
    let headline = report::headline(&backtest);
    let folder = target.path().display().to_string();
    let json = json!({
        "folder": folder, "name": name, "scenario": scenario.id, "trials": settings.trials, "seed": settings.seed,
        "observations": file.name, "headline": headline.trim_end(), "warnings": all,
    });
    Ending { text: format!("The result is in {folder} (read summary.md first).\n{headline}"), json }.tell(settings, out)
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

/// Loads the scenario, simulated to the end of the month of the last observation, or to `--horizon` if that is later.
fn load(args: &BacktestArgs, file: &ObservationFile) -> Result<Loaded, CliError> {
    let typed = args.file.as_deref().unwrap_or(SCENARIO);
    let kind = kind_of(typed)?;
    if kind != Kind::Scenario {
        let help = match kind {
            Kind::Observations => format!("name it by `--observations {typed}`"),
            _ => "name a scenario; `chokepoint list` shows those that are shipped".to_owned(),
        };
        return Err(CliError::usage(format!("`{typed}` is {}, not a scenario", kind.with_article()), help));
    }
    let sources = [Source::named(typed)?];
    load::settle_twice(&args.write)?;
    let bare = load::load(&sources, &WriteArgs { horizon: None, ..args.write.clone() })?;
    let start = bare.scenarios.first().map_or(Date::MIN, |s| s.world.time.start);
    let last = file.observations.iter().map(|o| o.period.last.last_of_month()).max().unwrap_or(start);
    let wanted = args.write.horizon.map(|horizon| horizon.end(start)).transpose()?;
    let end = wanted.map_or(last, |wanted| wanted.max(last));
    if end <= start {
        // What is wrong with the periods is told of each observation.
        return Ok(bare);
    }
    load::load(&sources, &WriteArgs { horizon: Some(Horizon::Day(end)), ..args.write.clone() })
}

struct Job<'a> {
    plan: &'a Plan,
    scenario: &'a Scenario,
    file: &'a ObservationFile,
    name: &'a str,
    settings: &'a Settings,
    warnings: &'a report::Warnings,
}

impl Job<'_> {
    fn simulate(
        &self,
        predictor: &Predictor,
        fonts: Option<&Fonts>,
        interrupt: &Interrupt,
    ) -> Result<(Backtest, Vec<Page>), CliError> {
        let Job { plan, scenario, file, settings, .. } = self;
        let what = format!(
            "simulating {} from {} to {}, {}, seed {}, for {}",
            scenario.id,
            scenario.world.time.start,
            scenario.world.time.end,
            trials(plan.trials),
            plan.seed,
            counted(file.observations.len() as u64, "observation"),
        );
        let progress = Progress::begin(&what, plan.trials, settings.quiet);
        let position = plan.scenarios.iter().position(|planned| planned.id == scenario.id).unwrap_or(plan.without);
        let advance = |trials| progress.advance(trials);
        let ask = |record: &_, numbers: &mut _| predictor.predict_into(record, numbers);
        let numbers =
            single::each(plan, position, &Selection::history(), interrupt.flag(), advance, ask).map_err(|stopped| {
                let when = format!("after {} of {}", thousands(f64::from(stopped.done)), trials(stopped.trials));
                CliError::Interrupted { when, written: None }
            })?;
        progress.end(if settings.figures { "drawing the figure and the table" } else { "" });
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
        interrupt.heed("before the result was written", None)?;
        Ok((backtest, pages))
    }
}
