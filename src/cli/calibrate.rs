//! `chokepoint calibrate`: which values of a scenario's uncertain parameters agree with what was observed.

use std::io::Write;

use jiff::Timestamp;
use serde_json::json;

use super::args::CalibrateArgs;
use super::backtest;
use super::error::CliError;
use super::format::Ending;
use super::interrupt::Interrupt;
use super::load::{self, Loaded};
use super::progress::Progress;
use super::settings::{FEWEST_KEPT, Keep, Settings};
use super::simulate;
use super::stderr;
use crate::analysis::calibration::data::Datum;
use crate::analysis::calibration::result::{self, CalibrationResult, Met, Seen};
use crate::analysis::calibration::{TRIALS_PER_KEPT, Task, calibrate};
use crate::analysis::predict::Predictor;
use crate::experiment::{Plan, single};
use crate::model::record::selection::Selection;
use crate::model::world::random::EntityKey;
use crate::report::Page;
use crate::report::calibration as report;
use crate::report::figures::Fonts;
use crate::report::folder::Target;
use crate::report::manifest::{self, About, Input};
use crate::report::number::{thousands, trials};
use crate::scenario::fragment::{self, Change};
use crate::scenario::observed::{Observation, ObservationFile, load_observations};
use crate::scenario::{Kind, Scenario, Source, kind_of, load_source};
use crate::units::Date;

/// Trials of the layer that is written, by which it is tested; more would not show in three digits.
const LAYER_TRIALS: u32 = 4000;

/// With fewer, the 5% and 95% quantiles of a posterior rest on two trials each at most.
const FEW_KEPT: usize = 50;

pub(super) fn run(args: &CalibrateArgs, out: &mut dyn Write) -> Result<(), CliError> {
    if kind_of(&args.file)? != Kind::Scenario {
        let help = "name the scenario that is to be calibrated";
        return Err(CliError::usage(format!("`{}` is not a scenario", args.file), help));
    }
    if args.write.horizon.is_some() {
        let help = "leave --horizon out, or choose the observations with --until";
        return Err(CliError::usage("a calibration simulates to the end of its last observation", help));
    }
    if let Some(overlay) = args.write.overlays.first() {
        let help =
            format!("write a scenario that extends both, and calibrate that: `{overlay}` would not be in the result");
        return Err(CliError::usage("`calibrate` does not take --overlay", help));
    }
    let started = Timestamp::now();
    let source = Source::named(&args.file)?;
    load::settle_twice(&args.write)?;
    let loaded = load::load(std::slice::from_ref(&source), &args.write)?;
    let Some(scenario) = loaded.scenarios.first() else { return Ok(()) };
    let observed = load_observations(&args.observations)?;
    let name = name_of(scenario);
    let settings = Settings::of(&args.write, &name, &name, false)?;
    let extends = match &source {
        Source::Disk(path) => fragment::way(&settings.folder, path),
        Source::Shipped(_) | Source::Text { .. } => source.name(),
    };
    let (until, keep, tolerance) = (args.until, args.keep, args.tolerance);
    let asked = Asked { source, set: args.write.set.clone(), until, keep, tolerance, extends };
    can_keep(asked.keep, settings.trials)?;
    simulate(&asked, &loaded, &observed, &settings, started, out)
}

/// Whether so many trials can be kept of those that are run.
fn can_keep(keep: Keep, trials: u32) -> Result<(), CliError> {
    let (kept, all) = (keep.of(trials), trials as usize);
    let most = all / TRIALS_PER_KEPT;
    let help = match most {
        ..FEWEST_KEPT => format!("raise --trials to {} or more", kept * TRIALS_PER_KEPT),
        most => format!("lower --keep to {most} or less, or raise --trials to {} or more", kept * TRIALS_PER_KEPT),
    };
    if kept > all {
        return Err(CliError::usage(format!("keep {kept} of {trials} trials is not possible"), help));
    }
    if kept > most {
        let message =
            format!("keep {kept} of {trials} trials is too many: only one trial in {TRIALS_PER_KEPT} can be kept");
        return Err(CliError::usage(message, help));
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

/// What is asked of a calibration.
pub(super) struct Asked {
    /// Where the scenario is.
    pub(super) source: Source,
    /// What is set in it, beside what it says.
    pub(super) set: Vec<(String, String)>,
    /// Last day of observations that are used.
    pub(super) until: Date,
    /// Trials that are kept for each parameter.
    pub(super) keep: Keep,
    /// Standard deviation of the relative error between the model and the world.
    pub(super) tolerance: f64,
    /// How the layer that is written names the scenario.
    pub(super) extends: String,
}

/// Simulates and writes. `loaded` is the scenario with all that is set in it.
pub(super) fn simulate(
    asked: &Asked,
    loaded: &Loaded,
    observed: &ObservationFile,
    settings: &Settings,
    started: Timestamp,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let Some(scenario) = loaded.scenarios.first() else { return Ok(()) };
    let name = name_of(scenario);
    let used = used(observed, asked.until)?;
    let job = Job { asked, scenario, used: &used, settings };
    let plan = job.plan(&[], settings.trials)?;
    let predictor = Predictor::new(&plan.world, &plan.layout(), &used)?;
    let target = Target::new(&settings.folder, settings.replace.clone())?;
    let before = report::Warnings { few: few_kept(job.keep()), before: backtest::of_scenario(scenario)? };
    let warn = |warnings: &[String]| {
        if !settings.quiet {
            warnings.iter().for_each(|warning| stderr::warning(warning));
        }
    };
    warn(&before.all());
    let pool = settings.pool()?;
    let interrupt = Interrupt::listen();
    let fonts = settings.fonts().map_err(crate::report::ReportError::from)?;
    let fonts = fonts.as_ref();
    let Outcome { mut pages, headline, unreached } =
        pool.install(|| job.calibrate(&plan, &predictor, observed, &before, fonts, &interrupt))?;
    let title = format!("{}: calibrated on observations to {}", scenario.title, asked.until);
    let about = About {
        kind: manifest::Kind::Calibration,
        name: &name,
        title: &title,
        reference: &scenario.id,
        seed: settings.seed,
        trials: settings.trials,
        design: &plan.design,
        tick: scenario.world.time.tick.name(),
        start: scenario.world.time.start,
        end: job.end(),
        observations: Some(Input::of(&observed.name, &observed.text)),
        calibration: Some(manifest::Calibration {
            until: asked.until.to_string(),
            keep: job.keep(),
            tolerance: asked.tolerance,
            extends: asked.extends.clone(),
        }),
        fingerprint: None,
        shard: None,
        stopped: None,
    };
    let told = settings.told(loaded.overrides.clone(), started, fonts);
    let shown = [(scenario.id.as_str(), scenario.title.as_str())];
    pages.push(manifest::page_about(&told, &loaded.scenarios, &shown, &about, &pages)?);
    simulate::write(&target, &pages, None, &interrupt)?;
    warn(&unreached);
    let mut warnings = settings.warn_of_fonts(fonts);
    warnings.extend(before.all().into_iter().chain(unreached));
    let folder = target.path().display().to_string();
    let json = json!({
        "folder": folder, "name": &name, "scenario": scenario.id, "trials": settings.trials, "seed": settings.seed,
        "observations": observed.name, "headline": headline.trim_end(), "warnings": warnings,
    });
    Ending { text: format!("The result is in {folder} (read summary.md first).\n{headline}"), json }.tell(settings, out)
}

/// The observations up to the cut-off.
fn used(observed: &ObservationFile, until: Date) -> Result<Vec<Observation>, CliError> {
    let used: Vec<Observation> = observed.observations.iter().filter(|o| o.period.last <= until).cloned().collect();
    if used.is_empty() {
        let first = observed.observations.iter().map(|o| o.period.last).min();
        let help = first.map(|day| format!("the first of them ends on {day}: set --until to it or later"));
        let message = format!("no observation in `{}` ends by {}", observed.name, until);
        return Err(CliError::Usage { message, help });
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
    asked: &'a Asked,
    scenario: &'a Scenario,
    used: &'a [Observation],
    settings: &'a Settings,
}

impl Job<'_> {
    fn keep(&self) -> usize {
        self.asked.keep.of(self.settings.trials)
    }

    /// Last day that is simulated: what comes after the last observation has no bearing on what comes before.
    fn end(&self) -> Date {
        let end = self.scenario.world.time.end;
        self.used.iter().map(|o| o.period.last).max().map_or(end, |last| last.min(end))
    }

    /// The scenario with changed parameters, simulated to the end of the last observation.
    fn plan(&self, changes: &[Change<'_>], trials: u32) -> Result<Plan, CliError> {
        let mut overrides = self.asked.set.clone();
        overrides.extend(changes.iter().map(|change| (change.param.path.clone(), change.inline())));
        if self.end() < self.scenario.world.time.end {
            overrides.push(("time.end".to_owned(), self.end().to_string()));
        }
        let scenario = load_source(&self.asked.source, &overrides)?;
        Ok(Plan::new(&[scenario], self.settings.seed, trials)?)
    }

    fn predict(
        &self,
        plan: &Plan,
        predictor: &Predictor,
        what: &str,
        interrupt: &Interrupt,
    ) -> Result<Vec<f64>, CliError> {
        let trials = trials(plan.trials);
        let progress =
            Progress::begin(&format!("{what}: {trials}, seed {}", plan.seed), plan.trials, self.settings.quiet);
        let predictions = single::each(
            plan,
            0,
            &Selection::history(),
            interrupt.flag(),
            |done| progress.advance(done),
            |record, numbers| {
                predictor.predict_into(record, numbers);
            },
        );
        progress.end("");
        predictions.map_err(|stopped| CliError::Interrupted {
            when: format!("after {} of {trials}", thousands(f64::from(stopped.done))),
            written: None,
        })
    }

    /// The result.
    fn calibrate(
        &self,
        plan: &Plan,
        predictor: &Predictor,
        observed: &ObservationFile,
        warnings: &report::Warnings,
        fonts: Option<&Fonts>,
        interrupt: &Interrupt,
    ) -> Result<Outcome, CliError> {
        let predictions = self.predict(plan, predictor, "simulating", interrupt)?;
        let data: Vec<Datum> = self.used.iter().map(|o| Datum { id: o.id.clone(), low: o.low, high: o.high }).collect();
        let parameters: Vec<EntityKey> = result::distinct(&plan.world.params).iter().map(|u| u.key).collect();
        if parameters.is_empty() {
            let help = "give at least one parameter a distribution";
            return Err(CliError::usage(
                format!("`{}` has no uncertain parameter to calibrate", self.scenario.id),
                help,
            ));
        }
        let task = Task {
            data: &data,
            predictions: &predictions,
            parameters: &parameters,
            seed: plan.seed,
            tolerance: self.asked.tolerance,
            keep: self.keep(),
        };
        let calibration = calibrate(&task)?;
        interrupt.heed("after the last trial", None)?;
        let params = &plan.world.params;
        let basis = format!(
            "posterior of a calibration on {} observations to {} ({} trials, seed {})",
            data.len(),
            self.asked.until,
            plan.trials,
            plan.seed
        );
        let changes = result::changes(self.scenario, params, &calibration, &basis);
        let layer_plan = self.plan(&changes, plan.trials.min(LAYER_TRIALS))?;
        let layer = self.predict(&layer_plan, predictor, "testing the posterior", interrupt)?;
        let mut met = result::met(&task, &calibration, &layer).into_iter();
        let fit =
            |o: &Observation| -> Option<Met> { if o.period.last <= self.asked.until { met.next() } else { None } };
        let found = CalibrationResult {
            scenario: self.scenario,
            until: self.asked.until,
            seed: plan.seed,
            trials: plan.trials,
            usable: calibration.trials.len(),
            keep: task.keep,
            tolerance: task.tolerance,
            parameters: result::parameters(self.scenario, params, &task, &calibration),
            joint: result::joint(params, &task, &calibration),
            observations: observed
                .observations
                .iter()
                .map({
                    let mut fit = fit;
                    move |observation| Seen { observation, fit: fit(observation) }
                })
                .collect(),
        };
        let layer = report::layer(&found, &changes, &self.asked.extends);
        let pages = report::pages(&found, layer, warnings, fonts)?;
        interrupt.heed("before the result was written", None)?;
        Ok(Outcome { pages, headline: report::headline(&found), unreached: report::out_of_reach(&found) })
    }
}
