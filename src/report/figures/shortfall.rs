//! The paired shortfall of cumulative deployment against the world without controls (E11): by time, one panel a
//! scenario, and at the end for all scenarios side by side.

use super::axis::{ValueScale, decimals_for, plain};
use super::canvas::{Align, Mark, Page, Stroke};
use super::capacity::{heading, over_time, rule_key};
use super::dots::{self, Row};
use super::fan::{self, MEDIAN};
use super::font::{Fonts, Type};
use super::palette::{AXIS, CENTER, INK, INNER};
use super::panels::Heading;
use super::sheet::{Key, MARGIN, Sheet, products, title_of};
use super::svg::Label;
use crate::analysis::results::{Comparison, Estimate, ScenarioResults};

/// Composes the figure.
pub fn compose<'f>(c: &Comparison, fonts: &'f Fonts) -> (Page<'f>, Label) {
    let vendor = &c.subject.vendor_name;
    let title = format!("Shortfall of {vendor} {} against a world without controls", products(c));
    let mut sheet = Sheet::new(fonts, title);
    let (shown, without) = shown(c);
    let intervals = shown.iter().any(|s| s.shortfall_path.iter().any(|e| e.interval.is_ok()));
    let mut keys = vec![(Key::Line(MEDIAN), "shortfall to date".to_owned())];
    if intervals {
        keys.push((Key::Box(INNER), "95% interval".to_owned()));
    }
    keys.extend(rule_key(c));
    sheet.legend(&keys);
    let values = shown.iter().flat_map(|s| s.shortfall_path.iter().flat_map(|e| ends(&percent(*e))));
    let scale = ValueScale::covering(values, 4, 1.0, 0.0);
    let headings: Vec<Heading<'_>> = shown.iter().map(|s| heading(s, None)).collect();
    let what = ["Shortfall to date, %".to_owned(), format!("(higher = worse for {vendor})")];
    over_time(c, &mut sheet, &headings, &scale, &what, |sheet, i, panel, scale| {
        let edges = panel.time.edges(&c.dates);
        let xs = edges.get(1..).unwrap_or_default();
        let path: Vec<Estimate> = shown[i].shortfall_path.iter().map(|e| percent(*e)).collect();
        let values = |f: fn(&Estimate) -> f64| path.iter().map(f).collect::<Vec<f64>>();
        let (low, high) = (
            values(|e| e.interval.map_or(f64::NAN, |(low, _)| low)),
            values(|e| e.interval.map_or(f64::NAN, |(_, high)| high)),
        );
        if intervals {
            fan::band(&mut sheet.page, xs, &low, &high, scale, INNER);
        }
        let zero = scale.at(0.0);
        sheet.page.line([(panel.plot.left, zero), (panel.plot.right, zero)], Stroke::solid(AXIS, 0.8));
        fan::line(&mut sheet.page, xs, &values(|e| e.value), scale, MEDIAN);
        if let (Some(x), Some(end)) = (xs.last(), path.last().filter(|e| e.value.is_finite())) {
            sheet.page.marks.push(Mark::Dot((*x, scale.at(end.value)), 2.4, CENTER, Stroke::solid(CENTER, 1.0)));
        }
    });
    at_the_end(c, &mut sheet, &shown);
    let caption = format!(
        "Shortfall = (deployed without controls − deployed here) ÷ deployed without controls, both summed over trials \
         from the start to the date (a ratio of sums). The difference is paired: each trial is compared with the same \
         draws without controls. Positive = {vendor} deploys less = worse for {vendor}; negative = better.{}{}",
        if intervals {
            " 95% intervals by Student’s t (Fieller’s, of a ratio of means); none where they are not known to hold."
        } else {
            NO_INTERVALS
        },
        left_out(&without),
    );
    sheet.finish(&caption, c)
}

/// What a caption says where nothing has an interval.
pub const NO_INTERVALS: &str = " No intervals: too few trials, or too few that differ.";

/// The end values of all scenarios with their intervals.
fn at_the_end(c: &Comparison, sheet: &mut Sheet<'_>, shown: &[&ScenarioResults]) {
    let style = Type::bold(10.5);
    sheet.y += 8.0;
    let title = format!("At the end of the period ({}), %; further right = worse for {}", c.end, c.subject.vendor_name);
    sheet.paragraph(&title, style, INK);
    let names: Vec<&str> = shown.iter().map(|s| title_of(s)).collect();
    let rows = dots::rows(sheet, &names, 230.0);
    let estimates: Vec<Option<Estimate>> = shown.iter().map(|s| Some(percent(s.shortfall))).collect();
    let texts: Vec<String> = worded(&estimates);
    let widest = texts.iter().map(|t| sheet.page.fonts.width(t, dots::NUMBER)).fold(0.0, f64::max);
    let left = MARGIN + 230.0 + 10.0;
    let right = (super::sheet::WIDTH - MARGIN - widest - 12.0).max(left + 40.0);
    let scale = ValueScale::covering(estimates.iter().flatten().flat_map(ends), 5, left, right);
    dots::draw(sheet, &rows, &estimates, &scale, (left, right));
    for (Row { middle, .. }, text) in rows.iter().zip(&texts) {
        sheet.page.text((right + 12.0, middle + 3.4), Align::Start, dots::NUMBER, INK, text);
    }
    sheet.y = dots::axis(sheet, &rows, &scale);
}

/// The scenarios that differ from the world without controls in any trial, and those that do not. All, if none does.
pub fn shown(c: &Comparison) -> (Vec<&ScenarioResults>, Vec<&ScenarioResults>) {
    let differs = |s: &&ScenarioResults| {
        let moved = |e: &Estimate| e.value != 0.0 || e.ends().is_some_and(|ends| ends != (0.0, 0.0));
        s.share_tied < 1.0
            || s.shortfall_path.iter().any(moved)
            || moved(&s.shortfall)
            || moved(&s.capacity_denied)
            || s.lost_sales.iter().any(|(_, e)| moved(e))
    };
    let (shown, without): (Vec<_>, Vec<_>) = c.scenarios.iter().partition(differs);
    if shown.is_empty() { (without, Vec::new()) } else { (shown, without) }
}

/// Says which scenarios are not drawn, and why.
pub fn left_out(without: &[&ScenarioResults]) -> String {
    let names: Vec<String> = without.iter().map(|s| format!("“{}”", title_of(s))).collect();
    if names.is_empty() {
        String::new()
    } else {
        format!(" Not drawn, being zero in every trial: {}.", names.join(", "))
    }
}

fn percent(e: Estimate) -> Estimate {
    e.times(100.0)
}

/// The value and the ends of its interval.
pub fn ends(e: &Estimate) -> [f64; 3] {
    let (low, high) = e.interval.unwrap_or((e.value, e.value));
    [e.value, low, high]
}

/// Percentages and their intervals in words, all with the decimals that the largest needs.
fn worded(estimates: &[Option<Estimate>]) -> Vec<String> {
    let values = estimates.iter().flatten().flat_map(ends).filter(|v| v.is_finite());
    let decimals = decimals_for(values.fold(0.0_f64, |m, v| m.max(v.abs()))).clamp(1, 2);
    let one = |v: f64| plain(v, decimals);
    let text = |e: &Estimate| match e.interval {
        Ok((low, high)) => format!("{}% [{} to {}]", one(e.value), one(low), one(high)),
        Err(_) => format!("{}%", one(e.value)),
    };
    estimates.iter().flatten().map(text).collect()
}
