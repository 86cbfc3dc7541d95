//! Whom each scenario costs: sales lost by sellers at home in each jurisdiction, as points with their intervals.

use maud::{Markup, html};

use super::charts::legend;
use super::plot::{CHART_SIZES, ChartSize, color, fit, one};
use crate::analysis::results::{Comparison, Estimate};
use crate::report::figures::axis::ValueScale;

/// Height of a row.
const ROW: f64 = 20.0;

/// Two points in a row: lost to the target, and net over all vendors.
struct Row<'a> {
    home: &'a str,
    first: bool,
    scenario: usize,
    lost: Estimate,
    net: Estimate,
}

/// Rows by home, then by scenario; homes in the order of the largest loss.
fn rows(c: &Comparison) -> Vec<Row<'_>> {
    let mut homes: Vec<(&str, f64)> = Vec::new();
    for (home, lost) in c.scenarios.iter().flat_map(|s| &s.lost_sales) {
        match homes.iter_mut().find(|(known, _)| known == home) {
            Some((_, most)) => *most = most.max(lost.value.abs()),
            None => homes.push((home, lost.value.abs())),
        }
    }
    homes.sort_by(|a, b| b.1.total_cmp(&a.1));
    let mut rows = Vec::new();
    for (home, _) in homes {
        let mut first = true;
        for (scenario, results) in c.scenarios.iter().enumerate() {
            let of = |values: &[(String, Estimate)]| values.iter().find(|(id, _)| id == home).map(|(_, e)| *e);
            let (Some(lost), Some(net)) = (of(&results.lost_sales), of(&results.net_lost_sales)) else { continue };
            if lost.value != 0.0 || net.value != 0.0 {
                rows.push(Row { home, first, scenario, lost, net });
                first = false;
            }
        }
    }
    rows
}

/// The figure; nothing where nobody loses or wins.
pub(super) fn figure(c: &Comparison) -> Markup {
    let rows = rows(c);
    let vendor = &c.subject.vendor_name;
    if rows.is_empty() {
        return html! {};
    }
    let mut scenarios: Vec<usize> = rows.iter().map(|row| row.scenario).collect();
    scenarios.sort_unstable();
    scenarios.dedup();
    html! {
        figure class="chart" id="figure-cost" {
            figcaption { "Whom it costs: sales lost by home of the seller" }
            (legend(c, scenarios.into_iter()))
            p class="unit" {
                "USD million over the period, mean of trials; ● lost to " (vendor) "; ○ lost net, sales to its rivals counted"
            }
            div class="plot" { @for size in &CHART_SIZES { (draw(&rows, size)) } }
            p class="caption" {
                "Further right is worse for the sellers; left of zero they win. Lines through the points are 95% intervals of the mean, where there is one that is "
                "wider than the point. The numbers stand in the table below."
            }
        }
    }
}

fn draw(rows: &[Row<'_>], size: &ChartSize) -> Markup {
    // Names of countries, of which a long one has some 16 characters.
    let left = 118.0;
    let bottom = 4.0 + ROW * rows.len() as f64;
    let values = rows.iter().flat_map(|row| [row.lost, row.net]).flat_map(|e| {
        let (low, high) = e.interval.unwrap_or((e.value, e.value));
        [e.value / 1e6, low / 1e6, high / 1e6]
    });
    let steps = if size.characters > 60 { 8 } else { 4 };
    let scale = ValueScale::covering(values, steps, left, size.right());
    html! {
        svg class=(size.class) viewBox={ "0 0 " (size.width) " " (bottom + 26.0) } role="img" aria-label="Sales lost by home of the seller" {
            @for (tick, label) in scale.ticks.iter().zip(scale.labels()) {
                @let x = scale.at(*tick);
                line class=(if *tick == 0.0 { "axis" } else { "grid" }) x1=(one(x)) x2=(one(x)) y1="4.0" y2=(one(bottom)) {}
                text class="tick" x=(one(x)) y=(one(bottom + 18.0)) text-anchor="middle" { (label) }
            }
            @for (i, row) in rows.iter().enumerate() {
                @let y = 4.0 + ROW * (i as f64 + 0.5);
                @if row.first && i > 0 { line class="grid" x1="0" x2=(one(size.right())) y1=(one(y - ROW / 2.0)) y2=(one(y - ROW / 2.0)) {} }
                @if row.first { text class="tick" x=(one(left - 10.0)) y=(one(y + 4.0)) text-anchor="end" { (fit(row.home, 15)) } }
                g class={ "s" (row.scenario) } {
                    (point(&row.net, &scale, y, row.scenario, false))
                    (point(&row.lost, &scale, y, row.scenario, true))
                }
            }
        }
    }
}

fn point(estimate: &Estimate, scale: &ValueScale, y: f64, scenario: usize, filled: bool) -> Markup {
    let at = |value: f64| one(scale.at(value / 1e6));
    let fill = if filled { color(scenario) } else { "#ffffff" };
    html! {
        @if let Some((low, high)) = estimate.ends() {
            line x1=(at(low)) x2=(at(high)) y1=(one(y)) y2=(one(y)) stroke=(color(scenario)) stroke-width="1.5" {}
        }
        circle cx=(at(estimate.value)) cy=(one(y)) r="4.2" fill=(fill) stroke=(color(scenario)) stroke-width="1.6" {}
    }
}
