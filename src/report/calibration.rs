//! The result of a calibration: the layer that a scenario can extend, tables, a summary in words, and a figure.

use std::fmt::Write;

use super::figures::{self, Description, Fonts};
use super::formats;
use super::formats::markdown::{self, escaped};
use super::number::{percent, prose, thousands};
use super::precision::{before_the_run, minds};
use super::provenance::Provenance;
use super::tables::calibration::{tables, verdict};
use super::{Page, ReportError};
use crate::analysis::calibration::marginal::FALSE_DISCOVERIES;
use crate::analysis::calibration::result::{CalibrationResult, Met, Parameter};
use crate::scenario::fragment::{self, Change};
use crate::units::counted;

/// What is known before a calibration runs, and a reader of its result must know.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Warnings {
    /// What the kept trials are too few for.
    pub few: Option<String>,
    /// What of the scenario has no effect, and where its period leaves its data.
    pub before: Vec<String>,
}

impl Warnings {
    /// All of them, as sentences without their full stops.
    pub fn all(&self) -> Vec<String> {
        self.before.iter().chain(&self.few).cloned().collect()
    }
}

/// Every file of the result but its manifest.
///
/// # Errors
/// A figure or table that could not be made.
pub fn pages(
    found: &CalibrationResult<'_>,
    layer: String,
    warnings: &Warnings,
    fonts: Option<&Fonts>,
) -> Result<Vec<Page>, ReportError> {
    let provenance = Provenance::of_calibration(found);
    let mut pages = Vec::new();
    let mut described = None;
    if let Some(fonts) = fonts {
        let (description, files) = figures::render_posterior(found, &provenance, fonts)?;
        pages.extend(files.into_iter().map(|(name, bytes)| Page::new(format!("figures/{name}"), bytes)));
        described = Some(description);
    }
    pages.push(Page::new("summary.md", summary(found, warnings, described.as_ref()).into_bytes()));
    pages.push(Page::new("posterior.toml", layer.into_bytes()));
    pages.extend(formats::plain(&tables(found), &provenance)?);
    Ok(pages)
}

/// The layer: a scenario that extends the one that was calibrated, with the posteriors of the parameters that moved.
pub fn layer(found: &CalibrationResult<'_>, changes: &[Change<'_>], extends: &str) -> String {
    let id = format!("{}-calibrated", found.scenario.id);
    let title = format!("{}, calibrated to {}", found.scenario.title, found.until);
    let description = format!(
        "The parameters of `{}` that observations to {} moved, each by its own posterior (chokepoint calibrate, {} trials, seed \
         {}). What the posteriors have in common is lost here: parameters that only their product or sum was seen of are drawn \
         apart. observations.csv tells what that costs; posterior.csv has joint draws.",
        found.scenario.id,
        found.until,
        thousands(f64::from(found.trials)),
        found.seed
    );
    let use_ = "# Extend it (`extends = \"posterior.toml\"`), run it, or lay it over any scenario of the same world:\n\
                #     chokepoint compare --overlay posterior.toml\n";
    format!("{use_}{}{}", fragment::head(&id, &title, &description, extends), fragment::body(found.scenario, changes))
}

/// One line for the screen.
pub fn headline(found: &CalibrationResult<'_>) -> String {
    let (used, moved) = (used(found), moved(found).len());
    format!(
        "{} to {} moved {moved} of {}.\n",
        counted(used as u64, "observation"),
        found.until,
        counted(found.parameters.len() as u64, "uncertain parameter")
    )
}

/// Warnings of the observations that the model can't meet.
pub fn out_of_reach(found: &CalibrationResult<'_>) -> Vec<String> {
    let met = found.observations.iter().filter_map(|seen| Some((&seen.observation.id, seen.fit.as_ref()?)));
    met.filter(|(_, met)| met.out_of_reach())
        .map(|(id, met)| {
            format!(
                "`{id}` is out of the model's reach and was not used: only {} of trials come to {} it or beyond, and parameters \
                 would be bent to repair what the model lacks; look for that first",
                percent(met.below.min(1.0 - met.below)),
                if met.below > 0.5 { "as much as" } else { "as little as" },
            )
        })
        .collect()
}

fn used(found: &CalibrationResult<'_>) -> usize {
    found.observations.iter().filter(|o| o.fit.as_ref().is_some_and(Met::used)).count()
}

/// The parameters that moved, those furthest from their prior first.
fn moved<'f, 'a>(found: &'f CalibrationResult<'a>) -> Vec<&'f Parameter<'a>> {
    let mut moved: Vec<&Parameter<'a>> = found.parameters.iter().filter(|p| p.moved).collect();
    moved.sort_by(|a, b| b.ks.total_cmp(&a.ks));
    moved
}

/// More rows are in `calibration.csv`.
const ROWS: usize = 40;

fn summary(found: &CalibrationResult<'_>, warnings: &Warnings, figure: Option<&Description>) -> String {
    let moved = moved(found);
    let count = |of: &dyn Fn(Option<&Met>) -> bool| found.observations.iter().filter(|o| of(o.fit.as_ref())).count();
    let mut page =
        format!("# {}: what observations to {} say of its parameters\n\n", escaped(&found.scenario.title), found.until);
    let _ = writeln!(
        page,
        "- {} of {} observations were used; {} end after {} and were left out, to test against; {} are met by all trials alike and \
         say nothing; {} are out of the model's reach.\n- They moved {} of {} uncertain \
         parameters; the other {} keep their priors, since the observations say nothing of them that could be told from chance \
         (false discoveries held at {}).\n- Of {} trials, {} have a value for every observation; the nearest {} were kept for each \
         parameter.",
        used(found),
        found.observations.len(),
        count(&|fit| fit.is_none()),
        found.until,
        count(&|fit| fit.is_some_and(|met| !met.informative)),
        count(&|fit| fit.is_some_and(Met::out_of_reach)),
        moved.len(),
        found.parameters.len(),
        found.parameters.len() - moved.len(),
        percent(FALSE_DISCOVERIES),
        thousands(f64::from(found.trials)),
        thousands(found.usable as f64),
        thousands(found.keep as f64),
    );
    page.push_str(&minds(out_of_reach(found)));
    page.push_str(&minds(&warnings.few));
    page.push_str(&before_the_run(&warnings.before));
    parameter_table(&mut page, &moved);
    observation_table(&mut page, found);
    if let Some(Description { name, title, caption }) = figure {
        page.push_str(&markdown::figure(name, title, caption));
    }
    method(&mut page, found);
    page
}

fn parameter_table(page: &mut String, moved: &[&Parameter<'_>]) {
    if moved.is_empty() {
        return;
    }
    page.push_str(
        "\n## Parameters that moved\n\nMedian and central 90% before and after; contraction is the part of the prior's variance \
         that is gone (negative: wider than before).\n\n| parameter | unit | prior | posterior | contraction |\n|---|---|--:|--:|--:|\n",
    );
    for p in moved.iter().take(ROWS) {
        let _ = writeln!(
            page,
            "| `{}` ({}) | {} | {} | {} | {} |",
            p.param.path,
            p.param.meaning,
            p.param.quantity,
            interval(p.prior),
            interval(p.posterior),
            percent(p.contraction)
        );
    }
    if moved.len() > ROWS {
        let _ = writeln!(page, "\n{} more are in calibration.csv.", moved.len() - ROWS);
    }
}

fn interval([low, middle, high]: [f64; 3]) -> String {
    format!("{} [{} to {}]", prose(middle), prose(low), prose(high))
}

fn observation_table(page: &mut String, found: &CalibrationResult<'_>) {
    page.push_str(
        "\n## Observations before and after\n\nMedian and central 90% of what trials predict: before; in the trials that come \
         nearest to all observations together (posterior.csv); and in trials of posterior.toml, which draws each parameter by \
         itself. Where the last is wider than the one before it, that is the price of dropping what parameters have in common; where \
         it is wider than before the calibration, use posterior.csv instead.\n\n\
         | observation | unit | observed | before | nearest trials | posterior.toml | |\n|---|---|--:|--:|--:|--:|---|\n",
    );
    for seen in &found.observations {
        let Some(met) = &seen.fit else { continue };
        let o = seen.observation;
        let observed = match (o.low.is_finite(), o.high.is_finite()) {
            (true, true) if o.low == o.high => prose(o.low),
            (true, true) => format!("{} to {}", prose(o.low), prose(o.high)),
            (true, false) => format!("at least {}", prose(o.low)),
            _ => format!("at most {}", prose(o.high)),
        };
        let _ = writeln!(
            page,
            "| {} | {} | {observed} | {} | {} | {} | {} |",
            escaped(&o.id),
            o.unit,
            interval(met.prior),
            interval(met.joint),
            interval(met.layer),
            verdict(Some(met))
        );
    }
}

fn method(page: &mut String, found: &CalibrationResult<'_>) {
    let _ = write!(
        page,
        "\n## Method\n\nApproximate Bayesian computation, one parameter at a time: each trial's predictions are given the error \
         that an observation has (uniform within an observed interval; normal with a standard deviation of {} of the prediction \
         for what model and world differ in otherwise); a parameter's summary is its expected place in the prior given all \
         observations (ridge regression on the observations and their squares, cross-fitted on two halves of the trials); the \
         trials whose summary is nearest to that of what was observed are kept, weighted by Epanechnikov's kernel and adjusted by a \
         weighted straight line on the logit of the place. A parameter has moved if the kept places differ from an even spread \
         (Kolmogorov and Smirnov on the effective number of draws, Benjamini and Hochberg over all parameters). See \
         `docs/calibration.md` for what it can't do. Scenario `{}`, hash {}; seed {}; chokepoint {}.\n",
        percent(found.tolerance),
        found.scenario.id,
        found.scenario.hash,
        found.seed,
        env!("CARGO_PKG_VERSION"),
    );
}
