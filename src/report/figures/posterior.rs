//! The parameters that a calibration moved: where in its prior each one's posterior lies, so that all share one scale,
//! with the numbers in their own units beside it.

use super::axis::alike;
use super::canvas::{Align, Area, Mark, Page, Stroke, legible};
use super::dots;
use super::font::{Fonts, Type};
use super::palette::{AXIS, CENTER, GRID, INK, MUTED, OUTER};
use super::panels::TICK;
use super::sheet::{Key, MARGIN, Sheet, WIDTH};
use super::svg::Label;
use crate::analysis::calibration::result::{CalibrationResult, Met, Parameter};

/// More rows would not fit a page; the table has them all.
pub const MOST: usize = 24;

/// Width of the names, and of a column of numbers.
const NAMES: f64 = 205.0;
const NUMBERS: f64 = 122.0;

/// Type of the heads of columns.
const HEAD: Type = Type::bold(9.5);

/// The parameters that are shown: those that moved, the most contracted first.
pub fn shown<'f, 'a>(found: &'f CalibrationResult<'a>) -> Vec<&'f Parameter<'a>> {
    let mut moved: Vec<&Parameter<'a>> = found.parameters.iter().filter(|p| p.moved).collect();
    moved.sort_by(|a, b| b.ks.total_cmp(&a.ks));
    moved.truncate(MOST);
    moved
}

/// Composes the figure.
pub fn compose<'f>(found: &CalibrationResult<'_>, fonts: &'f Fonts) -> (Page<'f>, Label) {
    let used = found.observations.iter().filter(|o| o.fit.as_ref().is_some_and(Met::used)).count();
    let mut sheet = Sheet::new(fonts, format!("What observations to {} say of the parameters", found.until));
    let shown = shown(found);
    let moved = found.parameters.iter().filter(|p| p.moved).count();
    if shown.is_empty() {
        sheet.paragraph("The observations moved none of the parameters.", Type::regular(10.5), INK);
    } else {
        rows(&mut sheet, &shown);
    }
    let left_out = match moved - shown.len() {
        0 => String::new(),
        n => format!(" {n} further parameters moved less; calibration.csv has them."),
    };
    let caption = format!(
        "Each row is a parameter of “{}”. The scale is the prior's own: 0% is its lowest value, 50% its median, 100% its \
         highest, so that a posterior like its prior fills the pale box. Of {} uncertain parameters, {used} observations moved \
         {moved} (at a rate of false discoveries of 5%); the others are not drawn, and keep their priors.{left_out} Each \
         posterior is of its parameter alone: what two parameters have in common is not shown. {} trials, seed {}; chokepoint \
         {}.",
        found.scenario.id,
        found.parameters.len(),
        super::axis::plain(f64::from(found.trials), 0),
        found.seed,
        env!("CARGO_PKG_VERSION"),
    );
    sheet.close(&caption)
}

fn rows(sheet: &mut Sheet<'_>, shown: &[&Parameter<'_>]) {
    let interval = Stroke::solid(CENTER, 2.2);
    sheet.legend(&[
        (Key::Box(OUTER), "90% of the prior".to_owned()),
        (Key::Line(interval), "90% of the posterior".to_owned()),
        (Key::Dot(CENTER, CENTER), "its median".to_owned()),
    ]);
    let (left, right) = (MARGIN + NAMES + 12.0, WIDTH - MARGIN - 2.0 * NUMBERS - 10.0);
    let columns = [right + 14.0, right + 14.0 + NUMBERS];
    let baseline = sheet.y + HEAD.ascent();
    sheet.page.text((left, baseline), Align::Start, HEAD, INK, "Place in the prior");
    for (x, head) in columns.iter().zip(["Prior: median [90%]", "Posterior: median [90%]"]) {
        sheet.page.text((*x, baseline), Align::Start, HEAD, INK, head);
    }
    sheet.y += HEAD.leading();
    let names: Vec<String> = shown.iter().map(|p| name(&p.param.path)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let rows = dots::rows(sheet, &names, NAMES);
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return };
    let at = |share: f64| left + (right - left) * share;
    for share in [0.0, 0.25, 0.5, 0.75, 1.0] {
        let stroke = Stroke::solid(if share == 0.5 { AXIS } else { GRID }, if share == 0.5 { 1.0 } else { 0.7 });
        sheet.page.line([(at(share), first.top), (at(share), last.bottom)], stroke);
    }
    for (row, parameter) in rows.iter().zip(shown) {
        let area = Area { left: at(0.05), right: at(0.95), top: row.middle - 4.0, bottom: row.middle + 4.0 };
        sheet.page.marks.push(Mark::Box(area, OUTER));
        let [low, middle, high] = parameter.place.map(at);
        sheet.page.line([(low, row.middle), (high, row.middle)], interval);
        sheet.page.marks.push(Mark::Dot((middle, row.middle), 3.0, CENTER, Stroke::solid(CENTER, 1.0)));
        for (x, quantiles) in columns.iter().zip([parameter.prior, parameter.posterior]) {
            let text = sheet.page.fonts.elide(&numbers(quantiles), dots::NUMBER, NUMBERS - 6.0);
            sheet.page.text((*x, row.middle + 3.4), Align::Start, dots::NUMBER, INK, &text);
        }
    }
    sheet.page.line([(left, last.bottom), (right, last.bottom)], Stroke::solid(AXIS, 0.8));
    let baseline = last.bottom + 3.0 + TICK.ascent();
    for (share, label) in [(0.0, "0%"), (0.5, "50%"), (1.0, "100%")] {
        sheet.page.text((at(share), baseline), Align::Middle, TICK, MUTED, label);
    }
    sheet.y = baseline + TICK.descent() + 2.0;
}

/// A path that can be broken into lines where it has dots.
fn name(path: &str) -> String {
    legible(&path.replace('.', " · "))
}

fn numbers(quantiles: [f64; 3]) -> String {
    match &alike(&quantiles)[..] {
        [low, middle, high] => format!("{middle} [{low} to {high}]"),
        _ => String::new(),
    }
}
