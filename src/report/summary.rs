//! `summary.md`: the result in words and small tables, with what a paper that cites it must say of its method.

use std::fmt::Write;

use super::formats::ResultView;
use super::formats::markdown::{self, escaped};
use super::number::{percent, prose, thousands};
use super::provenance::Provenance;
use super::shown::{self, Shown, range, told};
use super::stopping::StoppingReport;
use super::{design, precision};
use crate::analysis::compare::summary_of;
use crate::analysis::pairing;
use crate::analysis::results::{Comparison, ScenarioResults};
use crate::experiment::interval::FEWEST;
use crate::experiment::rows::RowsError;
use crate::experiment::sketch::SHOWN_ERROR;
use crate::experiment::{Ensemble, Plan};
use crate::model::record::outcome;
use crate::model::world::calendar::MONTH;

/// The headline: one sentence a scenario, on what it does to the target's deployment.
pub fn headline(comparison: &Comparison) -> String {
    let mut text = String::new();
    for (_, sentence) in sentences(comparison) {
        let _ = writeln!(text, "{sentence}");
    }
    if text.is_empty() {
        text.push_str("There is nothing to compare with the world without controls.\n");
    }
    text
}

/// The scenarios but that without controls, each with its sentence. One that changes nothing is named too: an analyst who
/// does not find it would look for it elsewhere.
pub fn sentences(comparison: &Comparison) -> impl Iterator<Item = (&ScenarioResults, String)> {
    let scenarios = comparison.scenarios.iter().enumerate().filter(|(s, _)| *s != comparison.without);
    scenarios.map(|(s, results)| {
        let firm = &comparison.subject.vendor_name;
        let sentence = match (results.share_tied >= 1.0, shown::same_as_reference(comparison, s)) {
            (true, _) => format!("{}: {firm} {}.", results.id, shown::SAME_AS_WITHOUT),
            (false, Some(same)) => format!("{} {firm} {same}.", sentence(comparison, results)),
            (false, None) => sentence(comparison, results),
        };
        (results, sentence)
    })
}

fn sentence(comparison: &Comparison, scenario: &ScenarioResults) -> String {
    let subject = &comparison.subject;
    let (start, end) = (comparison.dates.first(), comparison.end);
    let start = start.map(|d| d.strftime("%Y-%m").to_string()).unwrap_or_default();
    let sure = shown::sure(&scenario.shortfall);
    let deploys = match shown::size(&scenario.shortfall) {
        Some(size) => {
            let direction = shown::direction(&scenario.shortfall);
            format!("{size} ({sure}) {direction} {}s from {start} to {} than", subject.product, end.strftime("%Y-%m"))
        }
        None => format!("as many {}s ({sure}) from {start} to {} as", subject.product, end.strftime("%Y-%m")),
    };
    format!(
        "{}: {} deploys {deploys} without controls, and fewer in {} of trials.",
        scenario.id,
        subject.vendor_name,
        percent(scenario.share_worse),
    )
}

/// The whole page. `figures` are names, titles and captions of the figures beside it.
///
/// # Errors
/// Trials that can't be read back.
pub fn summary(
    found: &ResultView<'_>,
    figures: &[(String, String, String)],
    stopped: Option<StoppingReport<'_>>,
) -> Result<String, RowsError> {
    let ResultView { plan, ensemble, comparison, provenance, precision_warnings, warnings } = *found;
    let mut page = format!("# {}\n\n", escaped(&comparison.title));
    for (_, sentence) in sentences(comparison) {
        let _ = writeln!(page, "- {sentence}");
    }
    page.push_str(&precision::before_the_run(warnings));
    page.push_str(&precision::section(precision_warnings));
    section(&mut page, &shown::deployment(plan, ensemble, comparison)?);
    ladder_lines(&mut page, plan, ensemble, comparison)?;
    binding_lines(&mut page, comparison);
    section(&mut page, &shown::sales(comparison));
    bite_lines(&mut page, comparison);
    pairing_lines(&mut page, plan, ensemble);
    page.push_str(&stopped.map_or_else(String::new, |stopped| stopped.section()));
    for (name, title, caption) in figures {
        page.push_str(&markdown::figure(name, title, caption));
    }
    methods(&mut page, plan, ensemble, comparison, provenance);
    Ok(page)
}

/// A table under its title.
fn section(page: &mut String, shown: &Shown) {
    let _ = write!(page, "\n## {}\n\n{}\n\n{}", escaped(&shown.title), shown.note, markdown::table(shown));
}

/// When the rungs of each adaptive scenario start.
fn ladder_lines(page: &mut String, plan: &Plan, ensemble: &Ensemble, comparison: &Comparison) -> Result<(), RowsError> {
    if plan.world.rungs == 0 {
        return Ok(());
    }
    let _ = write!(
        page,
        "\n## When the rules are toughened\n\n\
         The rungs of an escalation ladder start on other days in each trial, so figures do not mark them. The median and the \
         range are of the trials that reach the rung before the end.\n\n\
         | scenario | rung | reached in | first day, median | 90% of these trials |\n|---|---|---|---|---|\n"
    );
    for (s, planned) in plan.scenarios.iter().enumerate() {
        for (title, rung) in planned.rules.ladder.iter().flat_map(|ladder| ladder.titles()).zip(1..) {
            let column = ensemble.schema.totals.find(outcome::UNTIL_RUNG, &outcome::rung_name(rung));
            let Some(column) = column else { continue };
            let until = summary_of(ensemble, s, column)?;
            let days = until.quantiles.map(|q| [q[2], q[0], q[4]].map(|months| month_of(comparison, months)));
            let (median, range) = match days {
                Some([median, low, high]) => (median, format!("{low} to {high}")),
                None => ("–".to_owned(), "–".to_owned()),
            };
            let title = escaped(title);
            let share = until.count as f64 / f64::from(ensemble.trials().max(1));
            let _ = writeln!(page, "| {} | {rung}. {title} | {} | {median} | {range} |", planned.id, percent(share));
        }
    }
    Ok(())
}

/// The calendar month so many months after the first day.
fn month_of(comparison: &Comparison, months: f64) -> String {
    let days = jiff::Span::new().try_days((months * MONTH).round() as i64);
    let day = comparison.dates.first().zip(days.ok()).and_then(|(first, days)| first.checked_add(days).ok());
    day.map_or_else(|| "–".to_owned(), |day| day.strftime("%Y-%m").to_string())
}

/// What bound production most often, by scenario.
fn binding_lines(page: &mut String, comparison: &Comparison) {
    let _ = write!(page, "\n## What binds\n\n");
    for scenario in &comparison.scenarios {
        let mut shares: Vec<(&str, f64)> = scenario
            .binding
            .iter()
            .map(|b| (b.name.as_str(), b.share.iter().sum::<f64>() / b.share.len().max(1) as f64))
            .collect();
        shares.sort_by(|a, b| b.1.total_cmp(&a.1));
        let most = shares.iter().take(4).filter(|(_, share)| *share >= 0.005);
        let list: Vec<String> = most.map(|(name, share)| format!("{name} {}", percent(*share))).collect();
        let _ = writeln!(page, "- {}: {} (share of trials and {}s).", scenario.id, list.join(", "), comparison.tick);
    }
}

/// Capacity denied for each million of US sales lost.
fn bite_lines(page: &mut String, comparison: &Comparison) {
    let bites: Vec<_> = told(comparison).filter_map(|scenario| Some((&scenario.id, scenario.bite?))).collect();
    if bites.is_empty() {
        return;
    }
    let _ = write!(page, "\nBite: product-months of capacity denied per USD million of US sales lost.\n\n");
    for (id, bite) in bites {
        let interval = match bite.interval {
            Ok(_) => format!("95% interval {}", range(&bite, prose)),
            Err(why) => format!("no 95% interval: {why}"),
        };
        let _ = writeln!(page, "- {id}: {} ({interval}).", prose(bite.value));
    }
}

/// What sharing each trial's draws gains for the difference in deployment of each scenario from the reference.
fn pairing_lines(page: &mut String, plan: &Plan, ensemble: &Ensemble) {
    let reference = &plan.scenarios[plan.reference].id;
    let Some(column) = ensemble.schema.deployment else { return };
    let mut lines = String::new();
    for (s, planned) in plan.scenarios.iter().enumerate().filter(|(s, _)| *s != plan.reference) {
        let Some(gain) = pairing::gain(plan, ensemble, s, column) else { continue };
        if gain.paired == 0.0 {
            let _ = writeln!(lines, "- {}: deployment is the same in every trial.", planned.id);
            continue;
        }
        let _ = writeln!(
            lines,
            "- {}: {} times less variance (correlation {:.2}): {} paired trials tell the difference as well as {} independent ones.",
            planned.id,
            prose(gain.reduction()),
            gain.correlation,
            thousands(gain.pairs as f64),
            thousands(gain.trials_if_independent().round()),
        );
    }
    if !lines.is_empty() {
        let _ = write!(
            page,
            "\n## What sharing the draws gains\n\n\
             The scenarios share each trial's draws (common random numbers), so that the difference of two varies less than if \
             each had trials of its own. For the difference in deployment from {reference}; `pairing.csv` has all outcomes.\n\n{lines}"
        );
    }
}

fn methods(page: &mut String, plan: &Plan, ensemble: &Ensemble, comparison: &Comparison, provenance: &Provenance) {
    let (quantiles, trials) = if ensemble.schema.sketched {
        let error = super::number::plain(100.0 * SHOWN_ERROR);
        (
            format!("; quantiles are read from counts in fixed bins, and are right to {error}% of their value"),
            " and `trials.parquet`",
        )
    } else {
        (String::new(), ", `trials.csv` and `trials.parquet`")
    };
    let _ = write!(
        page,
        "\n## Method\n\n\
         An agent-based model of vendors, suppliers, markets and a regulator was run for {} trials a scenario with master \
         seed {} in {} ticks from {} to {}. {} The \
         scenarios share each trial's draws, so that differences are paired. Shortfalls are measured against the same trials \
         in the same world with no provisions; headline ratios are ratios of sums over trials. Intervals are 95% by \
         Student's t, of ratios by Fieller's theorem; there is none with fewer than {FEWEST} trials, nor where a few trials decide where it \
         would lie (`docs/stopping.md`){quantiles}. The intervals tell how well \
         the mean of this model is known, not how true the model is: most numbers of the world are assumptions, marked as \
         such in the scenario files.\n\n\
         `summary.csv`, `series.csv`{trials} hold all outcomes; `manifest.json` holds what is needed to run this again.\n\n\
         Scenario hashes (BLAKE3 of the resolved scenario): {}.\n\n\
         Cite as: {}.\n",
        thousands(f64::from(comparison.trials)),
        comparison.seed,
        if comparison.tick == "month" { "monthly" } else { "weekly" },
        comparison.dates.first().map(ToString::to_string).unwrap_or_default(),
        comparison.end,
        design::words(plan, comparison.trials),
        provenance.hashes(|id, hash| format!("{id} `{hash}`")),
        provenance.citation(),
    );
}
