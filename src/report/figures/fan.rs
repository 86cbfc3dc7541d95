//! Fans over time: bands of trials about their median, and the median of the reference to compare with.

use plotters::style::RGBColor;

use super::axis::ValueScale;
use super::canvas::{Mark, Page, Point, Stroke};
use super::palette::{CENTER, REFERENCE};

/// How medians and estimates are drawn.
pub const MEDIAN: Stroke = Stroke::solid(CENTER, 1.8);
/// How the reference is drawn.
pub const COMPARED: Stroke = Stroke { color: REFERENCE, width: 1.0, dash: Some((4.0, 2.5)) };

/// The points of a series: positions across, values upwards; what is not finite is left out.
fn points(xs: &[f64], values: &[f64], scale: &ValueScale) -> Vec<Point> {
    xs.iter().zip(values).filter(|(_, v)| v.is_finite()).map(|(x, v)| (*x, scale.at(*v))).collect()
}

/// Draws the band between two series; where either has no value, it has a gap.
pub fn band(page: &mut Page<'_>, xs: &[f64], low: &[f64], high: &[f64], scale: &ValueScale, color: RGBColor) {
    let known: Vec<(f64, f64, f64)> = xs.iter().zip(low).zip(high).map(|((x, low), high)| (*x, *low, *high)).collect();
    for run in known.split(|(_, low, high)| !(low.is_finite() && high.is_finite())) {
        let upper = run.iter().map(|(x, _, high)| (*x, scale.at(*high)));
        let lower = run.iter().rev().map(|(x, low, _)| (*x, scale.at(*low)));
        let outline: Vec<Point> = upper.chain(lower).collect();
        if outline.len() > 2 {
            page.marks.push(Mark::Fill(outline, color));
        }
    }
}

/// Draws a series; a series of one point as a short stroke, so that it can be seen.
pub fn line(page: &mut Page<'_>, xs: &[f64], values: &[f64], scale: &ValueScale, stroke: Stroke) {
    let mut points = points(xs, values, scale);
    if let [(x, y)] = points[..] {
        points = vec![(x - 3.0, y), (x + 3.0, y)];
    }
    if points.len() > 1 {
        page.line(points, stroke);
    }
}
