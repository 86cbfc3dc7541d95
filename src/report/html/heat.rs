//! What binds production when: one panel a scenario, a row a component class, darker where the class is the limit in more trials.

use maud::{Markup, html};
use serde_json::{Map, Value, json};

use super::charts::{legend, short};
use super::plot::{self, BOTTOM, CHART_SIZES, ChartSize, fit, one};
use crate::analysis::results::{Binding, Comparison, ScenarioResults};
use crate::report::figures::palette::ramp;
use crate::report::figures::sheet::title_of;

/// Height of a row.
const ROW: f64 = 17.0;
/// Shades that differ less can't be told apart.
const SHADES: f64 = 10.0;
/// A class that is the limit in fewer trials, at any time, has no row.
const LEAST: f64 = 0.005;

/// The figure.
pub(super) fn figure(c: &Comparison) -> Markup {
    html! {
        figure class="chart" id="figure-binding" {
            figcaption { "What limits production, and when" }
            (legend(c, 0..c.scenarios.len()))
            p class="unit" {
                "share of trials: "
                @for step in 0..=4 {
                    span class="shade" style={ "background:" (shade(f64::from(step) / 4.0)) } {}
                    " " (25 * step) "% "
                }
            }
            @for (s, results) in c.scenarios.iter().enumerate() {
                div class={ "panel s" (s) } {
                    p class="panel-title" { (title_of(results)) }
                    div class="plot" data-chart={ "binding-" (s) } tabindex="0" role="group"
                        aria-label={ "What limits production under " (title_of(results)) ". Left and right arrow keys read the values." } {
                        @for size in &CHART_SIZES { (draw(c, results, size)) }
                    }
                }
            }
            p class="caption" {
                "Share of trials in which a component class was the one that held production below both the plant’s capacity and the orders at "
                "hand; else the plant’s capacity was the limit, or nothing was and all orders were met. The shares of a "
                (c.tick) " add up to 100%. Classes that are never the limit in more than " (one(100.0 * LEAST)) "% of trials are not drawn."
            }
        }
    }
}

fn shown(results: &ScenarioResults) -> impl Iterator<Item = &Binding> {
    results.binding.iter().filter(|binding| binding.share.iter().any(|share| *share >= LEAST))
}

fn draw(c: &Comparison, results: &ScenarioResults, size: &ChartSize) -> Markup {
    let rows: Vec<&Binding> = shown(results).collect();
    // As wide as the names of classes may be: some 7.4 pixels a character.
    let characters = if size.characters > 60 { 32 } else { 17 };
    let left = 7.4 * characters as f64;
    let bottom = 2.0 + ROW * rows.len() as f64;
    let time = size.time(left, &c.dates, c.end);
    let edges = time.edges(&c.dates);
    html! {
        svg class=(size.class) viewBox={ "0 0 " (size.width) " " (bottom + BOTTOM) } role="img"
            aria-label={ "What limits production under " (title_of(results)) }
            data-left=(one(left)) data-right=(one(size.right())) data-top="2.0" data-bottom=(one(bottom)) {
            @for (i, binding) in rows.iter().enumerate() {
                @let top = 2.0 + ROW * i as f64;
                text class="tick" x=(one(left - 6.0)) y=(one(top + 12.5)) text-anchor="end" { (fit(&binding.name, characters - 2)) }
                @for (from, to, color) in cells(&binding.share, &edges) {
                    rect x=(one(from)) y=(one(top)) width=(one(to - from)) height=(one(ROW - 1.5)) fill=(color) {}
                }
                rect class="frame" x=(one(left)) y=(one(top)) width=(one(size.right() - left)) height=(one(ROW - 1.5)) {}
            }
            (plot::calendar(&time, bottom))
            line class="cross" y1="2.0" y2=(one(bottom)) {}
        }
    }
}

/// Stretches of one shade, white ones left out.
fn cells(shares: &[f64], edges: &[f64]) -> Vec<(f64, f64, String)> {
    let shades: Vec<f64> = shares.iter().map(|share| (share.clamp(0.0, 1.0) * SHADES).ceil() / SHADES).collect();
    let mut cells = Vec::new();
    let mut at = 0;
    for equal in shades.chunk_by(|a, b| a == b) {
        let (from, to) = (edges.get(at), edges.get(at + equal.len()));
        if let (Some(from), Some(to), true) = (from, to, equal[0] > 0.0) {
            cells.push((*from, *to, shade(equal[0])));
        }
        at += equal.len();
    }
    cells
}

fn shade(share: f64) -> String {
    let color = ramp(share);
    format!("#{:02x}{:02x}{:02x}", color.0, color.1, color.2)
}

/// What the script reads: a chart a scenario.
pub(super) fn data(c: &Comparison, x: &[Value], charts: &mut Map<String, Value>) {
    for (s, results) in c.scenarios.iter().enumerate() {
        let line = |binding: &Binding| {
            let percent: Vec<f64> = binding.share.iter().map(|share| 100.0 * share).collect();
            json!({"s": s, "name": binding.name, "parts": [["", short(&percent)]]})
        };
        let lines: Vec<Value> = shown(results).map(line).collect();
        charts.insert(
            format!("binding-{s}"),
            json!({"unit": "of trials", "percent": true, "least": 100.0 * LEAST, "x": x, "lines": lines}),
        );
    }
}
