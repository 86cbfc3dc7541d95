//! Dots with intervals: one row a scenario, values across.

use super::axis::ValueScale;
use super::canvas::{Align, Mark, Stroke, legible};
use super::font::Type;
use super::palette::{AXIS, CENTER, GRID, INK, MUTED, PAPER};
use super::panels::TICK;
use super::sheet::{MARGIN, Sheet};
use crate::analysis::results::Estimate;

/// Type of row names.
pub const NAME: Type = Type::regular(9.5);
/// Type of numbers beside the dots.
pub const NUMBER: Type = Type::regular(9.5);

/// A row that has its place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// Its upper edge.
    pub top: f64,
    /// Its middle.
    pub middle: f64,
    /// Its lower edge.
    pub bottom: f64,
}

/// Lays rows out from where the sheet stands, and writes their names in `width` at the left edge, in at most three
/// lines (two if there are many).
pub fn rows(sheet: &mut Sheet<'_>, names: &[&str], width: f64) -> Vec<Row> {
    let mut top = sheet.y + 3.0;
    let most = if names.len() > 5 { 2 } else { 3 };
    names
        .iter()
        .map(|name| {
            let lines = sheet.page.fonts.wrap_at_most(&legible(name), NAME, width, most);
            let height = (lines.len().max(1) as f64 * NAME.leading() + 3.0).max(15.0);
            let row = Row { top, middle: top + height / 2.0, bottom: top + height };
            let first = row.middle - (lines.len() as f64 - 1.0) / 2.0 * NAME.leading() + 3.4;
            for (i, line) in lines.iter().enumerate() {
                let at = (MARGIN, first + i as f64 * NAME.leading());
                sheet.page.text(at, Align::Start, NAME, INK, line);
            }
            top = row.bottom;
            row
        })
        .collect()
}

/// Draws grid lines, the line of zero, and an estimate a row: filled if its interval leaves zero out, hollow if not, gray if it has none.
pub fn draw(
    sheet: &mut Sheet<'_>,
    rows: &[Row],
    estimates: &[Option<Estimate>],
    scale: &ValueScale,
    (left, right): (f64, f64),
) {
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return };
    for tick in &scale.ticks {
        let x = scale.at(*tick);
        sheet.page.line([(x, first.top), (x, last.bottom)], Stroke::solid(GRID, 0.7));
    }
    sheet.page.line([(left, last.bottom), (right, last.bottom)], Stroke::solid(AXIS, 0.8));
    let zero = scale.at(0.0);
    sheet.page.line([(zero, first.top), (zero, last.bottom)], Stroke::solid(AXIS, 1.2));
    for (row, estimate) in rows.iter().zip(estimates) {
        let Some(e) = estimate.filter(|e| e.value.is_finite()) else { continue };
        let fill = match e.interval {
            Ok((low, high)) if low > 0.0 || high < 0.0 => CENTER,
            Ok(_) => PAPER,
            Err(_) => GRID,
        };
        if let Some((low, high)) = e.ends().filter(|(a, b)| a.is_finite() && b.is_finite()) {
            let (a, b) = (scale.at(low), scale.at(high));
            sheet.page.line([(a, row.middle), (b, row.middle)], Stroke::solid(CENTER, 1.4));
            for x in [a, b] {
                sheet.page.line([(x, row.middle - 2.5), (x, row.middle + 2.5)], Stroke::solid(CENTER, 1.0));
            }
        }
        let at = (scale.at(e.value), row.middle);
        sheet.page.marks.push(Mark::Dot(at, 3.0, fill, Stroke::solid(CENTER, 1.2)));
    }
}

/// Writes the values below the rows, leaving out those that would touch. Returns where the sheet goes on.
pub fn axis(sheet: &mut Sheet<'_>, rows: &[Row], scale: &ValueScale) -> f64 {
    let Some(last) = rows.last() else { return sheet.y };
    let baseline = last.bottom + 3.0 + TICK.ascent();
    let labels: Vec<(f64, f64, String)> = scale
        .ticks
        .iter()
        .zip(scale.labels())
        .map(|(tick, label)| (scale.at(*tick), sheet.page.fonts.width(&label, TICK), label))
        .collect();
    let touch = |step: usize| {
        let kept: Vec<_> = labels.iter().step_by(step).collect();
        kept.windows(2).any(|p| p[0].0 + p[0].1 / 2.0 + 4.0 > p[1].0 - p[1].1 / 2.0)
    };
    let step = (1..=labels.len().max(1)).find(|s| !touch(*s)).unwrap_or(1);
    for (x, _, label) in labels.iter().step_by(step) {
        sheet.page.text((*x, baseline), Align::Middle, TICK, MUTED, label);
    }
    baseline + TICK.descent() + 2.0
}
