//! What the page's charts share: two shapes of each (one for a screen or paper, one for a telephone, of which the style sheet
//! shows one), colors that stay apart in grey print, axes, and lines as SVG.

use std::fmt::Write;

use maud::{Markup, html};

use crate::report::figures::axis::{TimeScale, ValueScale};
use crate::units::Date;

/// A size of a chart.
#[derive(Debug, Clone, Copy)]
pub(super) struct ChartSize {
    /// The class by which the style sheet shows or hides it.
    pub(super) class: &'static str,
    /// Width in pixels.
    pub(super) width: f64,
    /// Height of a chart's data.
    pub(super) height: f64,
    /// Space left of the data for labels of values.
    pub(super) left: f64,
    /// About how many characters of text fit across it.
    pub(super) characters: usize,
}

/// The two sizes.
pub(super) const CHART_SIZES: [ChartSize; 2] = [
    ChartSize { class: "wide", width: 900.0, height: 340.0, left: 62.0, characters: 120 },
    ChartSize { class: "narrow", width: 350.0, height: 240.0, left: 46.0, characters: 44 },
];

/// Space right of the data, for half a label.
const RIGHT: f64 = 14.0;
/// Space above the data.
pub(super) const TOP: f64 = 10.0;
/// Space below the data, for the calendar.
pub(super) const BOTTOM: f64 = 26.0;

impl ChartSize {
    /// Where the data end on the right.
    pub(super) fn right(&self) -> f64 {
        self.width - RIGHT
    }

    /// The calendar along the data that start at `left`.
    pub(super) fn time(&self, left: f64, dates: &[Date], end: Date) -> TimeScale {
        TimeScale::new(dates.first().copied().unwrap_or(end), end, left, self.right())
    }
}

/// Colors of scenarios: each 4.5 to 1 on white at least, and of unlike hue; from the ninth on they come again with other dashes.
const COLORS: [&str; 8] = ["#1a1a1a", "#0b62a4", "#0f7b5f", "#c2410c", "#8a3fa0", "#a16207", "#be185d", "#0e7490"];
/// Dashes, so that lines stay apart without color.
const DASHES: [&str; 5] = ["2 3", "none", "7 3", "none", "10 3 2 3"];

/// The color of a scenario.
pub(super) fn color(scenario: usize) -> &'static str {
    COLORS[scenario % COLORS.len()]
}

/// The dashes of its lines.
pub(super) fn dash(scenario: usize) -> &'static str {
    DASHES[(scenario + scenario / COLORS.len()) % DASHES.len()]
}

/// A line through points; blank where a value is no number.
pub(super) fn line(points: impl IntoIterator<Item = (f64, f64)>) -> String {
    let mut path = String::new();
    let mut pen = 'M';
    for (x, y) in points {
        if y.is_finite() {
            let _ = write!(path, "{pen}{x:.1} {y:.1}");
            pen = 'L';
        } else {
            pen = 'M';
        }
    }
    path
}

/// The area between two lines; where either has no value, it has a gap.
pub(super) fn area(xs: &[f64], low: &[f64], high: &[f64], scale: &ValueScale) -> String {
    let known: Vec<(f64, f64, f64)> = xs.iter().zip(low).zip(high).map(|((x, low), high)| (*x, *low, *high)).collect();
    let runs = known.split(|(_, low, high)| !(low.is_finite() && high.is_finite())).filter(|run| !run.is_empty());
    let path = |run: &[(f64, f64, f64)]| {
        let there = run.iter().map(|(x, _, high)| (*x, scale.at(*high)));
        let back = run.iter().rev().map(|(x, low, _)| (*x, scale.at(*low)));
        line(there.chain(back)) + "Z"
    };
    runs.map(path).collect()
}

/// The years along the bottom, and a line at each.
pub(super) fn calendar(time: &TimeScale, bottom: f64) -> Markup {
    let years = time.years();
    // A year that has no room is written in two digits, or not at all.
    let name = |year: i16, room: f64| match room {
        room if room >= 36.0 => Some(year.to_string()),
        room if room >= 22.0 => Some(format!("’{:02}", year.rem_euclid(100))),
        _ => None,
    };
    html! {
        line class="axis" x1=(one(time.left)) x2=(one(time.right)) y1=(one(bottom)) y2=(one(bottom)) {}
        @for (year, from, to) in &years {
            line class="axis" x1=(one(*from)) x2=(one(*from)) y1=(one(bottom)) y2=(one(bottom + 4.0)) {}
            @if let Some(name) = name(*year, to - from) {
                text class="tick" x=(one((from + to) / 2.0)) y=(one(bottom + 18.0)) text-anchor="middle" { (name) }
            }
        }
    }
}

/// Grid lines of values with their labels.
pub(super) fn values(scale: &ValueScale, left: f64, right: f64, percent: bool) -> Markup {
    html! {
        @for (tick, label) in scale.ticks.iter().zip(scale.labels()) {
            @let y = scale.at(*tick);
            line class=(if *tick == 0.0 { "axis" } else { "grid" }) x1=(one(left)) x2=(one(right)) y1=(one(y)) y2=(one(y)) {}
            text class="tick" x=(one(left - 6.0)) y=(one(y + 4.0)) text-anchor="end" { (label) @if percent { "%" } }
        }
    }
}

/// A coordinate, to a tenth of a pixel.
pub(super) fn one(value: f64) -> String {
    format!("{value:.1}")
}

/// A text that fits in so many characters; the end is left out of one that does not.
pub(super) fn fit(text: &str, characters: usize) -> String {
    if text.chars().count() <= characters {
        return text.to_owned();
    }
    let kept: String = text.chars().take(characters.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}
