//! Small multiples over time: a grid of panels, one a scenario, with the same axes. Lays out headings, rule labels,
//! frames and the calendar; what stands in a panel is drawn by the figure.

use super::axis::{TimeScale, ValueScale};
use super::canvas::{Align, Area, Stroke};
use super::font::Type;
use super::palette::{AXIS, GRID, INK, MUTED, PAPER, RULE};
use super::rules::{self, LABEL, LANE, Placement};
use super::sheet::{MARGIN, Sheet, WIDTH};
use crate::analysis::results::RuleDate;
use crate::units::Date;

const HEADING: Type = Type::bold(10.5);
const NOTE: Type = Type::regular(9.5);
const VALUE_TITLE: Type = Type::regular(10.5);
/// Tick label type.
pub const TICK: Type = Type::regular(9.5);
/// Space between columns.
const GUTTER: f64 = 16.0;

/// How rule dates are drawn.
pub const RULE_STROKE: Stroke = Stroke { color: RULE, width: 0.7, dash: Some((1.5, 1.5)) };

/// What stands above a panel.
#[derive(Debug, Clone)]
pub struct Heading<'a> {
    /// Its title.
    pub title: &'a str,
    /// A line below the title.
    pub note: Option<String>,
    /// Rules to mark.
    pub rules: &'a [RuleDate],
}

/// A panel that has its place.
#[derive(Debug, Clone)]
pub struct Panel {
    /// Where the data stand.
    pub plot: Area,
    /// Its calendar.
    pub time: TimeScale,
    /// Whether it is the first of its row, next to the labels of the values.
    pub first_in_row: bool,
    marks: Placement,
}

/// The grid's shape.
#[derive(Debug, Clone)]
pub struct Grid {
    /// Panels in a row.
    pub columns: usize,
    /// Space left of each row for labels.
    pub labels: f64,
    /// Height of a panel's data.
    pub height: f64,
    /// First and last day.
    pub period: (Date, Date),
}

/// Panels in a row for so many of them.
pub fn columns_for(panels: usize) -> usize {
    match panels {
        0 | 1 => 1,
        2 | 4 => 2,
        _ => 3,
    }
}

impl Grid {
    fn time(&self, column: usize) -> TimeScale {
        let left = MARGIN + self.labels;
        let columns = self.columns.max(1) as f64;
        // Half of a tick label may stand out at the right edge.
        let width = (WIDTH - MARGIN - 4.0 - left - GUTTER * (columns - 1.0)) / columns;
        let left = left + column as f64 * (width + GUTTER);
        TimeScale::new(self.period.0, self.period.1, left, left + width)
    }

    /// Lays the panels out below what is on the sheet. Returns them in order, and the key of numbered rules.
    pub fn lay_out(&self, sheet: &mut Sheet<'_>, headings: &[Heading<'_>]) -> (Vec<Panel>, Option<String>) {
        let columns = self.columns.max(1);
        let fonts = sheet.page.fonts;
        let marked: Vec<(&[RuleDate], TimeScale)> =
            headings.iter().enumerate().map(|(i, h)| (h.rules, self.time(i % columns))).collect();
        let labelling = rules::choose(fonts, &marked);
        let mut panels = Vec::with_capacity(headings.len());
        for (row, chunk) in headings.chunks(columns).enumerate() {
            let times: Vec<TimeScale> = (0..chunk.len()).map(|c| self.time(c)).collect();
            let titles: Vec<Vec<String>> = chunk
                .iter()
                .zip(&times)
                .map(|(h, t)| fonts.wrap_at_most(&super::canvas::legible(h.title), HEADING, t.right - t.left, 3))
                .collect();
            let places: Vec<Placement> =
                chunk.iter().zip(&times).map(|(h, t)| rules::place(fonts, h.rules, t, &labelling)).collect();
            let title_lines = titles.iter().map(Vec::len).max().unwrap_or(0) as f64;
            let note_lines = if chunk.iter().any(|h| h.note.is_some()) { 1.0 } else { 0.0 };
            let lanes = places.iter().map(Placement::lanes).max().unwrap_or(0) as f64;
            let top = sheet.y + if row == 0 { 2.0 } else { 8.0 };
            let notes_at = top + title_lines * HEADING.leading();
            let plot_top = notes_at + note_lines * NOTE.leading() + lanes * LANE + 3.0;
            for (i, (heading, time)) in chunk.iter().zip(&times).enumerate() {
                for (n, line) in titles[i].iter().enumerate() {
                    // Short titles stand next to the panel, not at the top of the row.
                    let at = top + (title_lines - titles[i].len() as f64 + n as f64) * HEADING.leading();
                    sheet.page.text((time.left, at + HEADING.ascent()), Align::Start, HEADING, INK, line);
                }
                if let Some(note) = &heading.note {
                    let note = fonts.elide(note, NOTE, time.right - time.left);
                    sheet.page.text((time.left, notes_at + NOTE.ascent()), Align::Start, NOTE, MUTED, &note);
                }
                let plot = Area { left: time.left, top: plot_top, right: time.right, bottom: plot_top + self.height };
                panels.push(Panel { plot, time: *time, first_in_row: i == 0, marks: places[i].clone() });
            }
            sheet.y = plot_top + self.height + 4.0 + TICK.leading();
        }
        (panels, rules::key(&labelling))
    }
}

impl Panel {
    /// Draws the grid lines of the values, and their labels next to the first panel of a row.
    pub fn values(&self, sheet: &mut Sheet<'_>, scale: &ValueScale) {
        for (tick, label) in scale.ticks.iter().zip(scale.labels()) {
            let y = scale.at(*tick);
            sheet.page.line([(self.plot.left, y), (self.plot.right, y)], Stroke::solid(GRID, 0.7));
            if self.first_in_row {
                sheet.page.text((self.plot.left - 5.0, y + 3.4), Align::End, TICK, MUTED, &label);
            }
        }
    }

    /// Draws the calendar, and the base line.
    pub fn calendar(&self, sheet: &mut Sheet<'_>) {
        let Area { left, right, bottom, .. } = self.plot;
        sheet.page.line([(left, bottom), (right, bottom)], Stroke::solid(AXIS, 0.8));
        let years = self.time.years();
        let widest = years.iter().map(|y| sheet.page.fonts.width(&y.0.to_string(), TICK)).fold(0.0, f64::max);
        let shortest_whole = self.plot.width() / (years.len().max(1) as f64);
        let every = ((widest + 5.0) / shortest_whole.max(0.1)).ceil().max(1.0) as usize;
        let mut free_from = left - 4.0;
        for (i, (year, from, to)) in years.iter().enumerate() {
            let edge = bottom + 4.0;
            sheet.page.line([(*from, bottom), (*from, edge)], Stroke::solid(AXIS, 0.8));
            let label = year.to_string();
            let width = sheet.page.fonts.width(&label, TICK);
            let middle = if every == 1 { (from + to) / 2.0 } else { from + width / 2.0 };
            let start = middle - width / 2.0;
            if i % every == 0 && start >= free_from && start + width <= right + 4.0 {
                let baseline = bottom + 3.0 + TICK.leading() - TICK.descent();
                sheet.page.text((middle, baseline), Align::Middle, TICK, MUTED, &label);
                free_from = start + width + 3.0;
            }
        }
        sheet.page.line([(right, bottom), (right, bottom + 4.0)], Stroke::solid(AXIS, 0.8));
    }

    /// Draws the rule dates with their labels; each line on a strip of paper where the ground is `dark`.
    pub fn rules(&self, sheet: &mut Sheet<'_>, dark: bool) {
        let top = self.plot.top - 3.0;
        for line in &self.marks.lines {
            let lane = top - line.lane as f64 * LANE;
            let from = if line.beside { lane - LABEL.ascent() - 1.0 } else { lane + 1.0 };
            if dark {
                sheet.page.line([(line.x, self.plot.bottom), (line.x, self.plot.top)], Stroke::solid(PAPER, 1.8));
            }
            sheet.page.line([(line.x, self.plot.bottom), (line.x, from)], RULE_STROKE);
        }
        for label in &self.marks.labels {
            let baseline = top - label.lane as f64 * LANE - 2.0;
            sheet.page.text((label.left, baseline), Align::Start, LABEL, RULE, &label.text);
        }
    }
}

/// What the values are, in lines that fit along a `span` of panels: one line if it does, else a line or two for each
/// part.
pub fn value_title_lines(sheet: &Sheet<'_>, parts: &[String], span: f64) -> Vec<String> {
    let parts: Vec<String> = parts.iter().map(|p| super::canvas::legible(p)).collect();
    let whole = parts.join(" ");
    if sheet.page.fonts.width(&whole, VALUE_TITLE) <= span {
        return vec![whole];
    }
    parts.iter().flat_map(|p| sheet.page.fonts.wrap_at_most(p, VALUE_TITLE, span, 2)).collect()
}

/// Writes the lines of [`value_title_lines`] upwards along the left edge, centered on `middle`.
pub fn value_title(sheet: &mut Sheet<'_>, lines: &[String], middle: f64) {
    for (i, line) in lines.iter().enumerate() {
        let x = MARGIN + VALUE_TITLE.ascent() + i as f64 * VALUE_TITLE.leading();
        sheet.page.text_upward((x, middle), VALUE_TITLE, INK, line);
    }
}

/// Space that the values' labels and so many lines of title need left of a row.
pub fn label_space(sheet: &Sheet<'_>, scale: &ValueScale, title_lines: usize) -> f64 {
    let widest = scale.labels().iter().map(|l| sheet.page.fonts.width(l, TICK)).fold(0.0, f64::max);
    widest + 13.0 + title_lines as f64 * VALUE_TITLE.leading()
}
