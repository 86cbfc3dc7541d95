//! The question that a result answers, and the answer in words: what each scenario takes from the target, whom it costs, how
//! sure that is.

use std::fmt::Write;

use maud::{Markup, html};

use super::Material;
use crate::analysis::compare::summary_of;
use crate::analysis::results::{Estimate, ScenarioResults};
use crate::analysis::statistics::Summary;
use crate::experiment::rows::RowsError;
use crate::model::record::outcome;
use crate::report::number::{percent, prose, thousands};
use crate::report::precision;
use crate::report::shown;
use crate::units::Country;

/// Fewer trials do not tell where nine of ten of them lie.
const TRIALS_FOR_A_RANGE: u32 = 40;

/// What is asked.
pub(super) fn question(of: Material<'_>) -> Markup {
    let comparison = of.comparison;
    let from = comparison.dates.first().map(|day| day.strftime("%B %Y").to_string()).unwrap_or_default();
    html! {
        p class="question" {
            "How many " (of.products()) " can " (of.firm()) " deploy from " (from) " to "
            (comparison.end.strftime("%B %Y").to_string())
            @if comparison.scenarios.len() > 2 { " under each of these sets of rules" } @else { " under these rules" }
            ", and what does that cost those who sell to it?"
        }
    }
}

/// The answer.
pub(super) fn section(of: Material<'_>) -> Result<Markup, RowsError> {
    let comparison = of.comparison;
    let mut points = Vec::new();
    for (s, results) in comparison.scenarios.iter().enumerate().filter(|(s, _)| *s != of.plan.without) {
        points.push((s, results, taken(of, s, results)?, recovery(of, s)?));
    }
    Ok(html! {
        @for warning in of.warnings { p class="doubt" { strong { "Mind: " } (warning) "." } }
        @for doubt in of.precision_warnings.iter().map(precision::words) { p class="doubt" { strong { "Mind: " } (doubt) "." } }
        @if points.is_empty() { p { "There is nothing to compare with the world without controls." } }
        ul class="answers" {
            @for (s, results, taken, below) in &points {
                li class={ "answer c" (s) } {
                    h3 { (results.title) }
                    p { (taken) }
                    @if let Some(below) = below { p { (below) } }
                    @if let Some(cost) = cost(of, results) { p { (cost) } }
                }
            }
        }
        p class="note" {
            "Over " (thousands(f64::from(comparison.trials))) " trials a scenario, each with the same draws in every scenario. The intervals in \
             parentheses tell how well the mean "
            em { "of this model" }
            " is known, not how true the model is; the ranges over trials hold chance and the uncertain parameters, as far as they were \
             thought of. Most parameters are "
            a href="#assumptions" { "assumptions" }
            ": read the "
            a href="#limits" { "limits" }
            " before you quote a number."
        }
        @if let Some(stopped) = of.stopped { div class="note" { (super::making::markdown(&stopped.section())) } }
    })
}

/// What the scenario takes from the target: the range of trials, and the mean with its interval.
fn taken(of: Material<'_>, s: usize, results: &ScenarioResults) -> Result<String, RowsError> {
    let comparison = of.comparison;
    if results.share_tied >= 1.0 {
        return Ok(format!("{} {}.", of.firm(), shown::SAME_AS_WITHOUT));
    }
    let by = comparison.end.strftime("%B %Y");
    let summary = of.ensemble.schema.shortfall.map(|column| summary_of(of.ensemble, s, column)).transpose()?;
    let quantiles = summary.as_ref().and_then(|summary: &Summary| summary.quantiles);
    let range = match quantiles.filter(|_| comparison.trials >= TRIALS_FOR_A_RANGE) {
        Some([low, _, median, _, high]) => format!(
            "In 9 of 10 trials this {} by {by}; half of the trials lie {}.",
            between(of, low, high),
            beyond(median)
        ),
        None => format!(
            "By {by} this {}, on average.",
            between(of, results.shortfall_units.value, results.shortfall_units.value)
        ),
    };
    let same = shown::same_as_reference(comparison, s).map(|same| format!(" {} {same}.", of.firm()));
    Ok(format!("{range} On average that is {}{}", mean(of, results), same.unwrap_or_default()))
}

/// What lies between two shortfalls, in words that say which way is worse.
fn between(of: Material<'_>, low: f64, high: f64) -> String {
    let (vendor, products) = (of.firm(), of.products());
    match (low, high) {
        _ if low == high && low >= 0.0 => format!("costs {vendor} {} {products}", prose(low)),
        _ if low == high => format!("gains {vendor} {} {products}", prose(-low)),
        _ if low >= 0.0 => format!("costs {vendor} between {} and {} {products}", prose(low), prose(high)),
        _ if high <= 0.0 => format!("gains {vendor} between {} and {} {products}", prose(-high), prose(-low)),
        _ => format!(
            "leaves {vendor} between {} {products} more and {} fewer than without controls",
            prose(-low),
            prose(high)
        ),
    }
}

/// On which side of a median half of the trials lie.
fn beyond(median: f64) -> String {
    if median >= 0.0 { format!("above {}", prose(median)) } else { format!("below {} more", prose(-median)) }
}

/// The mean shortfall as a share, with its interval.
fn mean(of: Material<'_>, results: &ScenarioResults) -> String {
    let (direction, sure) = (shown::direction(&results.shortfall), shown::sure(&results.shortfall));
    let size = match shown::size(&results.shortfall) {
        Some(size) => format!("{size} {direction} than"),
        None => "as many as".to_owned(),
    };
    format!(
        "{size} without controls ({sure}), and {} deploys fewer in {} of trials.",
        of.firm(),
        percent(results.share_worse)
    )
}

/// When sustained capacity falls, and whether it comes back.
fn recovery(of: Material<'_>, s: usize) -> Result<Option<String>, RowsError> {
    let total = |outcome| -> Result<Option<Summary>, RowsError> {
        let column = outcome::subject_column(&of.plan.world, &of.ensemble.schema.totals, outcome);
        column.map(|column| summary_of(of.ensemble, s, column)).transpose()
    };
    let Some(below) = total(outcome::BELOW_75)?.filter(|below| below.count > 0) else { return Ok(None) };
    let share = |summary: &Summary| summary.count as f64 / f64::from(of.comparison.trials.max(1));
    let after = below.quantiles.map_or(String::new(), |[low, _, median, _, high]| match low == high {
        true => format!(", after {median:.0} months"),
        false => format!(", after {median:.0} months in the median ({low:.0} to {high:.0} in 9 of 10 of these)"),
    });
    let back = total(outcome::RECOVERY)?.map_or(0.0, |recovery| share(&recovery));
    Ok(Some(format!(
        "Sustained capacity falls below 75% of that without controls in {} of trials{after}; in {} of all trials it has fallen below \
         90% and is back above it by the end.",
        percent(share(&below)),
        percent(back)
    )))
}

/// Who loses most sales to the target, and what those in the United States lose, whose rules these are; and what is left of it when
/// sales to its rivals count.
fn cost(of: Material<'_>, results: &ScenarioResults) -> Option<String> {
    let pairs = || results.lost_sales.iter().zip(&results.net_lost_sales);
    let losers = pairs().filter(|((_, lost), _)| lost.value > 0.0);
    let most = losers.max_by(|a, b| a.0.1.value.total_cmp(&b.0.1.value));
    let home = of.plan.world.jurisdictions.iter().find(|j| j.country == Country::US).map(|j| j.name.as_str());
    let own = pairs().find(|((name, lost), _)| Some(name.as_str()) == home && lost.value != 0.0);
    let ((first, lost), (_, net)) = most?;
    let mut text =
        format!("Most sales to {} are lost by sellers at home in {}: {}.", of.firm(), the(first), balance(lost, net));
    if let Some(((name, lost), (_, net))) = own.filter(|((name, _), _)| name != first) {
        let _ = write!(text, " Those in {}: {}.", the(name), balance(lost, net));
    }
    Some(text)
}

/// The name of a country in a sentence.
fn the(country: &str) -> String {
    let the = if country.starts_with("United ") || country == "Netherlands" { "the " } else { "" };
    format!("{the}{country}")
}

/// What sellers lose to the target, and on balance.
fn balance(lost: &Estimate, net: &Estimate) -> String {
    let words = |e: &Estimate, loss: &str, gain: &str| match e.value >= 0.0 {
        true => format!("{loss} {}", money(e)),
        false => format!("{gain} {}", money(&e.times(-1.0))),
    };
    format!(
        "{} over the period, {} where sales to its rivals count too",
        words(lost, "a loss of", "a gain of"),
        words(net, "a loss of", "a gain of")
    )
}

/// An estimate in USD with its interval, in millions or billions.
fn money(estimate: &Estimate) -> String {
    let (size, name) = if estimate.value.abs() >= 1e9 { (1e9, "billion") } else { (1e6, "million") };
    let sure = estimate.ends().map_or_else(String::new, |(low, high)| {
        format!(" (95% interval of the mean {} to {})", prose(low / size), prose(high / size))
    });
    format!("USD {} {name}{sure}", prose(estimate.value / size))
}
