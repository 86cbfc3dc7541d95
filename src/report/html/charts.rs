//! The charts over time: sustained capacity, deployment, shortfall, all scenarios in one, each scenario's lines to be shown or
//! hidden. What a reader may ask of a point in time stands beside them as data.

use maud::{Markup, html};
use serde_json::{Value, json};

use super::plot::{self, BOTTOM, CHART_SIZES, ChartSize, TOP, area, color, dash, line, one};
use super::{Material, dots, heat};
use crate::analysis::results::{Bands, Comparison, Estimate};
use crate::report::figures::axis::ValueScale;
use crate::report::figures::sheet::{self, title_of};

/// Part of the highest value that is no value below zero yet.
const HAIR: f64 = 0.02;

/// A chart of lines over time with bands around them.
struct Chart {
    /// Its name in the page.
    key: &'static str,
    title: String,
    /// What the values are, for their axis and for the reader of a point.
    unit: String,
    /// Whether values are percentages.
    percent: bool,
    /// Whether a value is that of a tick's end, or of the whole tick.
    at_end: bool,
    series: Vec<Series>,
    caption: String,
}

/// The lines of one scenario.
struct Series {
    scenario: usize,
    /// What the middle line is.
    center: (&'static str, Vec<f64>),
    bands: Vec<Band>,
}

struct Band {
    name: &'static str,
    class: &'static str,
    low: Vec<f64>,
    high: Vec<f64>,
}

/// All of them.
fn charts(c: &Comparison) -> [Chart; 4] {
    let (vendor, products) = (&c.subject.vendor_name, sheet::products(c));
    let bands = match c.trials {
        1 => String::new(),
        _ => " Lines are medians; bands hold the middle 50% and 90% of trials, period by period: no single trial need follow a line."
            .to_owned(),
    };
    [
        Chart {
            key: "capacity",
            title: format!("Sustained deployment capacity of {vendor}"),
            unit: format!("{products} a month"),
            percent: false,
            at_end: false,
            series: fans(c, |s| &s.sustained),
            caption: format!(
                "The monthly rate of production that stock, orders on the way and permitted supply could keep up for the next twelve \
                 months, as known at the time, at most the plant’s. Lower is worse for {vendor}.{bands}"
            ),
        },
        Chart {
            key: "deployment",
            title: format!("Deployment of {vendor}’s {products}"),
            unit: format!("{products} a month"),
            percent: false,
            at_end: false,
            series: fans(c, |s| &s.deployed),
            caption: format!("{} put into service. Lower is worse for {vendor}.{bands}", capital(&products)),
        },
        Chart {
            key: "cumulative",
            title: format!("{} put into service since the start", capital(&products)),
            unit: products.clone(),
            percent: false,
            at_end: true,
            series: fans(c, |s| &s.cumulative),
            caption: format!("Sums to the end of each {}. Lower is worse for {vendor}.{bands}", c.tick),
        },
        Chart {
            key: "shortfall",
            title: format!("What each scenario takes from {vendor}’s deployment"),
            unit: "% of deployment without controls".to_owned(),
            percent: true,
            at_end: true,
            series: shortfalls(c),
            caption: format!(
                "Deployment without controls less deployment here, summed from the start to the end of each {} and over all trials, as a \
                 share of the former. Higher is worse for {vendor}. Bands are 95% intervals of this ratio of means (Student’s t, by \
                 Fieller’s theorem), with a gap where none is known to hold: they say how well the model’s mean is known, not how far trials differ.",
                c.tick
            ),
        },
    ]
}

fn fans(c: &Comparison, of: impl Fn(&crate::analysis::results::ScenarioResults) -> &Bands) -> Vec<Series> {
    let several = c.trials > 1;
    let series = c.scenarios.iter().enumerate().map(|(scenario, results)| {
        let b = of(results);
        let band =
            |name, class, low: &[f64], high: &[f64]| Band { name, class, low: low.to_vec(), high: high.to_vec() };
        let bands = match several {
            true => {
                vec![band("90% of trials", "outer", &b.q05, &b.q95), band("50% of trials", "inner", &b.q25, &b.q75)]
            }
            false => Vec::new(),
        };
        Series { scenario, center: (if several { "median" } else { "the one trial" }, b.median.clone()), bands }
    });
    series.collect()
}

fn shortfalls(c: &Comparison) -> Vec<Series> {
    let percent = |values: &[Estimate], of: fn(&Estimate) -> f64| values.iter().map(|e| 100.0 * of(e)).collect();
    let differing = c.scenarios.iter().enumerate().filter(|(_, results)| results.share_tied < 1.0);
    let series = differing.map(|(scenario, results)| {
        let path = &results.shortfall_path;
        let known = path.iter().any(|e| e.interval.is_ok());
        let band = Band {
            name: "95% interval of the mean",
            class: "inner",
            low: percent(path, |e| e.interval.map_or(f64::NAN, |i| i.0)),
            high: percent(path, |e| e.interval.map_or(f64::NAN, |i| i.1)),
        };
        let bands = if known { vec![band] } else { Vec::new() };
        Series { scenario, center: ("mean", percent(path, |e| e.value)), bands }
    });
    series.collect()
}

fn capital(text: &str) -> String {
    sheet::capitalized(text)
}

/// The section of figures.
pub(super) fn section(of: Material<'_>) -> Markup {
    let c = of.comparison;
    html! {
        p class="controls" hidden {
            "Point at a figure, or move to it by the Tab key and use the arrow keys, to read its values. The keys above each figure show and hide "
            "scenarios in all of them. "
            button type="button" data-toggle="outer" aria-pressed="true" { "90% bands" }
            " "
            button type="button" data-toggle="inner" aria-pressed="true" { "50% bands and intervals" }
        }
        @for chart in charts(c) { (figure(c, &chart)) }
        (heat::figure(c))
        (dots::figure(c))
    }
}

/// One of them.
fn figure(c: &Comparison, chart: &Chart) -> Markup {
    html! {
        figure class="chart" id={ "figure-" (chart.key) } {
            figcaption { (chart.title) }
            (legend(c, chart.series.iter().map(|series| series.scenario)))
            p class="unit" { (chart.unit) }
            div class="plot" data-chart=(chart.key) tabindex="0" role="group"
                aria-label={ (chart.title) ", " (chart.unit) ". Left and right arrow keys read the values." } {
                @for size in &CHART_SIZES { (draw(c, chart, size)) }
            }
            p class="caption" { (chart.caption) }
        }
    }
}

/// Keys of scenarios, by which they are shown and hidden.
pub(super) fn legend(c: &Comparison, scenarios: impl Iterator<Item = usize>) -> Markup {
    html! {
        p class="legend" {
            @for s in scenarios {
                button type="button" class={ "key c" (s) } data-scenario=(s) aria-pressed="true" disabled {
                    svg width="26" height="10" aria-hidden="true" {
                        line x1="1" x2="25" y1="5" y2="5" stroke=(color(s)) stroke-width="2.5" stroke-dasharray=(dash(s)) {}
                    }
                    (title_of(&c.scenarios[s]))
                    @if s == c.reference { " (reference)" }
                }
                " "
            }
        }
    }
}

fn draw(c: &Comparison, chart: &Chart, size: &ChartSize) -> Markup {
    let bottom = TOP + size.height;
    let everything = chart.series.iter().flat_map(|series| {
        let ends = series.bands.iter().flat_map(|band| band.low.iter().chain(&band.high));
        series.center.1.iter().chain(ends).copied()
    });
    // What is a hair below zero needs no room of its own.
    let most = everything.clone().filter(|v| v.is_finite()).fold(0.0, f64::max);
    let scale = ValueScale::covering(everything.filter(|v| *v >= 0.0 || *v < -HAIR * most), 5, bottom, TOP);
    let time = size.time(size.left, &c.dates, c.end);
    let xs = places(&time.edges(&c.dates), chart.at_end);
    html! {
        svg class=(size.class) viewBox={ "0 0 " (size.width) " " (bottom + BOTTOM) } role="img" aria-label=(chart.title)
            data-left=(one(size.left)) data-right=(one(size.right())) data-top=(one(TOP)) data-bottom=(one(bottom)) {
            (plot::values(&scale, size.left, size.right(), chart.percent))
            (plot::calendar(&time, bottom))
            @for class in ["outer", "inner"] {
                @for series in &chart.series {
                    @for band in series.bands.iter().filter(|band| band.class == class) {
                        path class={ "band " (class) " s" (series.scenario) } fill=(color(series.scenario))
                            d=(area(&xs, &band.low, &band.high, &scale)) {}
                    }
                }
            }
            @for series in &chart.series {
                path class={ "line s" (series.scenario) } stroke=(color(series.scenario)) stroke-dasharray=(dash(series.scenario))
                    d=(line(xs.iter().zip(&series.center.1).map(|(x, v)| (*x, scale.at(*v))))) {}
            }
            line class="cross" y1=(one(TOP)) y2=(one(bottom)) {}
        }
    }
}

/// Where the value of each tick stands: at its middle, or at its end.
fn places(edges: &[f64], at_end: bool) -> Vec<f64> {
    edges.windows(2).map(|edge| if at_end { edge[1] } else { (edge[0] + edge[1]) / 2.0 }).collect()
}

/// The rules of the style sheet by which scenarios are hidden, and the colors of their keys.
pub(super) fn toggles(of: Material<'_>) -> String {
    let one = |s: usize| format!(".off-{s} .s{s}{{display:none}}.c{s}{{border-left-color:{}}}", color(s));
    (0..of.comparison.scenarios.len()).map(one).collect()
}

/// What the script reads.
pub(super) fn data(of: Material<'_>) -> String {
    let c = of.comparison;
    let edges =
        crate::report::figures::axis::TimeScale::new(c.dates.first().copied().unwrap_or(c.end), c.end, 0.0, 1.0)
            .edges(&c.dates);
    let form = if c.tick == "month" { "%B %Y" } else { "week of %Y-%m-%d" };
    let periods: Vec<String> = c.dates.iter().map(|day| day.strftime(form).to_string()).collect();
    let scenarios: Vec<Value> = c
        .scenarios
        .iter()
        .enumerate()
        .map(|(s, results)| json!({"title": title_of(results), "color": color(s)}))
        .collect();
    let mut shown = serde_json::Map::new();
    for chart in charts(c) {
        let lines: Vec<Value> = chart.series.iter().map(lines).collect();
        shown.insert(
            chart.key.to_owned(),
            json!({"unit": chart.unit, "percent": chart.percent, "x": short(&places(&edges, chart.at_end)), "lines": lines}),
        );
    }
    heat::data(c, &short(&places(&edges, false)), &mut shown);
    let data = json!({"scenarios": scenarios, "periods": periods, "rules": rules(c), "charts": shown});
    // No text of a scenario may end the element that the data stand in.
    data.to_string().replace('<', "\\u003c")
}

fn lines(series: &Series) -> Value {
    let mut parts = vec![json!([series.center.0, short(&series.center.1)])];
    parts.extend(series.bands.iter().rev().map(|band| json!([band.name, short(&band.low), short(&band.high)])));
    json!({"s": series.scenario, "parts": parts})
}

/// The rules that start in each tick, and in which scenarios.
fn rules(c: &Comparison) -> Vec<Value> {
    let mut found: Vec<(usize, &str, Vec<usize>)> = Vec::new();
    for (s, results) in c.scenarios.iter().enumerate() {
        for rule in &results.rule_dates {
            let Some(tick) = c.dates.iter().rposition(|day| *day <= rule.date) else { continue };
            match found.iter_mut().find(|(at, label, _)| *at == tick && *label == rule.label) {
                Some((_, _, scenarios)) => scenarios.push(s),
                None => found.push((tick, &rule.label, vec![s])),
            }
        }
    }
    found.into_iter().map(|(tick, label, scenarios)| json!({"t": tick, "label": label, "s": scenarios})).collect()
}

/// Numbers to four digits, which is more than a reader of a figure asks for; none where there is none.
pub(super) fn short(values: &[f64]) -> Vec<Value> {
    let one = |value: &f64| match format!("{value:.3e}").parse::<f64>() {
        Ok(short) if value.is_finite() => json!(short),
        _ => Value::Null,
    };
    values.iter().map(one).collect()
}
