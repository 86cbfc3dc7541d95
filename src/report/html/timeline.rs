//! The timeline of rules: when each provision of any scenario is announced and in force, and which scenarios have it.

use maud::{Markup, html};

use super::Material;
use super::charts::legend;
use super::plot::{self, BOTTOM, CHART_SIZES, ChartSize, color, fit, one};
use super::rules::{cited, written_assumption};
use crate::scenario::Scenario;
use crate::scenario::regime::Provision;
use crate::scenario::words::{in_force, terms};

/// Height of a rule: its name, and its bar below.
const ROW: f64 = 32.0;

/// A rule, and the scenarios that have it just so.
struct Row<'a> {
    id: &'a str,
    provision: &'a Provision,
    scenario: &'a Scenario,
    held: Vec<usize>,
}

/// The rules of all scenarios, each form once, by first day.
fn rows(of: Material<'_>) -> Vec<Row<'_>> {
    let mut rows: Vec<Row<'_>> = Vec::new();
    for (s, results) in of.comparison.scenarios.iter().enumerate() {
        let Some(scenario) = of.read(&results.id) else { continue };
        for (id, provision) in &scenario.regime.provisions {
            let same = |row: &&mut Row<'_>| {
                row.id == id
                    && in_force(row.provision) == in_force(provision)
                    && terms(row.provision) == terms(provision)
            };
            match rows.iter_mut().find(same) {
                Some(row) => row.held.push(s),
                None => rows.push(Row { id, provision, scenario, held: vec![s] }),
            }
        }
    }
    rows.sort_by(|a, b| (a.provision.from, a.id).cmp(&(b.provision.from, b.id)));
    rows
}

/// The section.
pub(super) fn section(of: Material<'_>) -> Markup {
    let rows = rows(of);
    if rows.is_empty() {
        return html! { p { "No scenario has a provision." } };
    }
    let mut scenarios: Vec<usize> = rows.iter().flat_map(|row| row.held.iter().copied()).collect();
    scenarios.sort_unstable();
    scenarios.dedup();
    html! {
        figure class="chart" id="figure-timeline" {
            figcaption { "Rules of all scenarios" }
            (legend(of.comparison, scenarios.into_iter()))
            div class="plot" { @for size in &CHART_SIZES { (draw(of, &rows, size)) } }
            p class="caption" {
                "A bar is the time in force within the simulated period; the thin line before it runs from the announcement. Squares: the scenarios "
                "that have the rule. Rules of an escalation ladder start on other days in each trial, and are not shown."
            }
        }
        div class="scroll" tabindex="0" role="region" aria-label="Rules with their citations" {
            table {
                caption { "Rules with their citations" }
                thead { tr { th scope="col" { "rule" } th scope="col" { "announced" } th scope="col" { "in force" } th scope="col" { "citation" } th scope="col" { "sources" } th scope="col" { "in" } } }
                tbody {
                    @for row in &rows {
                        tr {
                            th scope="row" { (row.provision.title) }
                            td class="day" { (row.provision.announced) }
                            td class="day" { (in_force(row.provision)) }
                            td { (row.provision.citation) }
                            td {
                                (cited(of, row.scenario, row.id))
                                @if written_assumption(row.scenario, row.id).is_some() { "assumption" }
                            }
                            td { @for (i, s) in row.held.iter().enumerate() { @if i > 0 { ", " } (of.comparison.scenarios[*s].id) } }
                        }
                    }
                }
            }
        }
    }
}

fn draw(of: Material<'_>, rows: &[Row<'_>], size: &ChartSize) -> Markup {
    let c = of.comparison;
    let left = 4.0;
    let bottom = 2.0 + ROW * rows.len() as f64;
    let time = size.time(left, &c.dates, c.end);
    // The day after the last one in force; the period's ends for days beyond them.
    let start = c.dates.first().copied().unwrap_or(c.end);
    let at = |day: crate::units::Date| time.day(day).unwrap_or(if day < start { time.left } else { time.right });
    html! {
        svg class=(size.class) viewBox={ "0 0 " (size.width) " " (bottom + BOTTOM) } role="img" aria-label="Rules of all scenarios over time" {
            @for (i, row) in rows.iter().enumerate() {
                @let top = 2.0 + ROW * i as f64;
                @let (announced, from) = (at(row.provision.announced), at(row.provision.from));
                @let to = row.provision.to.and_then(|day| day.tomorrow().ok()).map_or(time.right, at);
                @for (n, s) in row.held.iter().enumerate() {
                    rect x=(one(left + 11.0 * n as f64)) y=(one(top + 3.0)) width="9" height="9" fill=(color(*s)) {}
                }
                @let after = left + 11.0 * row.held.len() as f64 + 4.0;
                text class="name" x=(one(after)) y=(one(top + 12.0)) { (fit(&row.provision.title, size.characters - 2 * row.held.len())) }
                @if from > announced { line class="announced" x1=(one(announced)) x2=(one(from)) y1=(one(top + 21.0)) y2=(one(top + 21.0)) {} }
                @if to > from { rect class="force" x=(one(from)) y=(one(top + 17.0)) width=(one((to - from).max(1.0))) height="8" {} }
            }
            (plot::calendar(&time, bottom))
        }
    }
}
