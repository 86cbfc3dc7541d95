//! The tables of the page: what each scenario does to the target, how scenarios differ, and whom each costs.

use maud::{Markup, html};

use super::Material;
use crate::analysis::compare::{difference, summary_of};
use crate::analysis::results::Estimate;
use crate::analysis::statistics::{Summary, mean_estimate};
use crate::experiment::rows::RowsError;
use crate::model::outcome;
use crate::report::number::{percent, prose};

/// The section.
pub(super) fn section(of: Material<'_>) -> Result<Markup, RowsError> {
    Ok(html! {
        (deployment(of)?)
        (differences(of))
        (sales(of))
        p class="note" {
            "All outcomes of all scenarios, with their quantiles, stand in " code { "summary.csv" } " and, over time, in " code { "series.csv" } "."
        }
    })
}

/// A table that can be scrolled where it is too wide.
fn table(caption: &str, heads: &[String], rows: Markup) -> Markup {
    html! {
        div class="scroll" tabindex="0" role="region" aria-label=(caption) {
            table {
                caption { (caption) }
                thead { tr { @for head in heads { th scope="col" { (head) } } } }
                tbody { (rows) }
            }
        }
    }
}

fn heads<const N: usize>(heads: [&str; N]) -> Vec<String> {
    heads.map(str::to_owned).to_vec()
}

fn deployment(of: Material<'_>) -> Result<Markup, RowsError> {
    let c = of.comparison;
    let share = |summary: &Summary| percent(summary.count as f64 / f64::from(c.trials.max(1)));
    let mut rows = Vec::new();
    for (s, results) in c.scenarios.iter().enumerate() {
        let total = |outcome| -> Result<Option<Summary>, RowsError> {
            let column = outcome::subject_column(&of.plan.world, &of.ensemble.shape.totals, outcome);
            column.map(|column| summary_of(of.ensemble, s, column)).transpose()
        };
        let (deployed, below) = (total(outcome::DEPLOYMENT)?, total(outcome::BELOW_75)?);
        let range = deployed.as_ref().and_then(|d| d.quantiles).map_or_else(dash, |[low, _, _, _, high]| to(low, high));
        let interval = results.shortfall.interval.filter(|_| results.share_tied < 1.0);
        rows.push([
            percent(results.shortfall.value),
            interval.map_or_else(dash, |(low, high)| format!("{} to {}", percent(low), percent(high))),
            deployed.as_ref().and_then(|d| d.mean).map_or_else(dash, prose),
            range,
            percent(results.share_worse),
            below.as_ref().map_or_else(dash, share),
            below.as_ref().and_then(|b| b.quantiles).map_or_else(dash, |[_, _, median, _, _]| format!("{median:.0}")),
        ]);
    }
    let caption =
        format!("What each scenario does to {}’s {}; positive shortfall is worse for it", of.vendor(), of.products());
    let names = heads([
        "scenario",
        "shortfall",
        "95% interval of the mean",
        "deployed, mean",
        "90% of trials",
        "worse in",
        "below 75% of uncontrolled capacity in",
        "after months (median)",
    ]);
    Ok(table(
        &caption,
        &names,
        html! {
            @for (results, row) in c.scenarios.iter().zip(&rows) {
                tr { th scope="row" { (results.title) @if results.implied { " (added)" } } @for cell in row { td { (cell) } } }
            }
        },
    ))
}

/// Paired differences of deployment from the reference.
fn differences(of: Material<'_>) -> Markup {
    let c = of.comparison;
    let Some(column) = of.ensemble.shape.deployment.filter(|_| c.scenarios.len() > 1) else { return html! {} };
    let reference = &c.scenarios[c.reference].title;
    let caption =
        format!("Difference in deployment from “{reference}”, trial by trial; negative is worse for {}", of.vendor());
    let names = heads(["scenario", "mean difference", "95% interval", "in"]);
    table(
        &caption,
        &names,
        html! {
            @for (s, results) in c.scenarios.iter().enumerate().filter(|(s, _)| *s != c.reference) {
                @let summary = difference(of.ensemble, s, column);
                @let estimate = mean_estimate(&summary);
                tr {
                    th scope="row" { (results.title) }
                    td { (estimate.map_or_else(dash, |e| figure(e.value))) }
                    td { (estimate.map_or_else(dash, |e| interval(&e, 1.0))) }
                    td { (of.products()) }
                }
            }
        },
    )
}

fn sales(of: Material<'_>) -> Markup {
    let c = of.comparison;
    let lost = format!("lost to {}", of.vendor());
    let names = ["scenario", "sellers’ home", &lost, "95% interval", "lost, net", "95% interval"].map(str::to_owned);
    let caption = "Sales lost by home of the seller, USD million a trial over the period; positive is worse for the sellers, net counts sales to rivals";
    table(
        caption,
        &names,
        html! {
            @for results in c.scenarios.iter().filter(|results| results.share_tied < 1.0) {
                @let pairs = results.lost_sales.iter().zip(&results.net_lost_sales);
                @let moved = pairs.filter(|((_, lost), (_, net))| lost.value != 0.0 || net.value != 0.0).collect::<Vec<_>>();
                @for (i, ((home, lost), (_, net))) in moved.iter().enumerate() {
                    tr {
                        @if i == 0 { th scope="rowgroup" rowspan=(moved.len()) { (results.title) } }
                        td { (home) }
                        td { (figure(lost.value / 1e6)) } td { (interval(lost, 1e6)) }
                        td { (figure(net.value / 1e6)) } td { (interval(net, 1e6)) }
                    }
                }
            }
        },
    )
}

/// An interval in units of `size`.
fn interval(estimate: &Estimate, size: f64) -> String {
    estimate.interval.map_or_else(dash, |(low, high)| to(low / size, high / size))
}

fn to(low: f64, high: f64) -> String {
    format!("{} to {}", figure(low), figure(high))
}

/// A number with a true minus sign.
fn figure(value: f64) -> String {
    prose(value).replace('-', "−")
}

fn dash() -> String {
    "–".to_owned()
}
