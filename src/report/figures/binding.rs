//! What binds when: component classes by time, one panel a scenario, the share of trials in which a class was the first
//! to run out as a shade. Plant capacity and orders, which are no classes, stand apart below.

use super::axis::plain;
use super::canvas::{Align, Area, Mark, Page, Point, Stroke, legible};
use super::capacity::{heading, rule_key};
use super::font::{Fonts, Type};
use super::palette::{AXIS, INK, MUTED, ramp};
use super::panels::{Grid, Heading, Panel, RULE_STROKE, TICK, columns_for};
use super::sheet::{MARGIN, Sheet, WIDTH, capitalized};
use super::svg::Label;
use crate::analysis::results::{Comparison, ScenarioResults};

const NAME: Type = Type::regular(9.5);
/// Height of a row.
const ROW: f64 = 13.0;
/// Distance between the classes and what is none.
const APART: f64 = 5.0;
/// Steps of the ramp: shades that differ less can't be told apart in print.
const SHADES: f64 = 20.0;
/// Least width of a cell.
const CELL: f64 = 1.5;

/// Composes the figure.
pub fn compose<'f>(c: &Comparison, fonts: &'f Fonts) -> (Page<'f>, Label) {
    let vendor = &c.subject.vendor_name;
    let title = format!("What limits {vendor}’s production of {}, and when", super::sheet::products(c));
    let mut sheet = Sheet::new(fonts, title);
    legend(&mut sheet, rule_key(c).map(|k| k.1));
    let (rows, silent) = rows(c);
    let height = rows.last().map_or(ROW, |r| r.offset + ROW);
    let widest = rows.iter().map(|r| fonts.width(&r.name, NAME)).fold(0.0, f64::max);
    let names = widest.min(150.0);
    let headings: Vec<Heading<'_>> = c.scenarios.iter().map(|s| heading(s, None)).collect();
    let start = c.dates.first().copied().unwrap_or(c.end);
    let grid = Grid { columns: columns_for(headings.len()), labels: names + 6.0, height, period: (start, c.end) };
    let (panels, key) = grid.lay_out(&mut sheet, &headings);
    let mut group = 1;
    for (panel, scenario) in panels.iter().zip(&c.scenarios) {
        group = group.max(cells(&mut sheet, c, panel, scenario, &rows));
        if panel.first_in_row {
            for row in &rows {
                let name = fonts.elide(&row.name, NAME, names);
                let at = (panel.plot.left - 5.0, panel.plot.top + row.offset + ROW / 2.0 + 3.4);
                sheet.page.text(at, Align::End, NAME, INK, &name);
            }
        }
        panel.rules(&mut sheet, true);
        panel.calendar(&mut sheet);
    }
    if let Some(key) = key {
        sheet.y += 3.0;
        sheet.paragraph(&key, NAME, MUTED);
    }
    sheet.finish(&caption(c, &silent, group), c)
}

fn caption(c: &Comparison, silent: &[String], group: usize) -> String {
    let silent = match silent {
        [] => String::new(),
        names => format!(" Never the limit in any scenario, hence not drawn: {}.", names.join(", ")),
    };
    let group = if group > 1 { format!(" Each cell is the mean of up to {group} {}s.", c.tick) } else { String::new() };
    format!(
        "Share of trials in which a component class was the one with stock for the fewest {} when production was \
         decided, and held it below both the plant’s capacity and the orders at hand. Plant: the plant’s own capacity \
         was the limit; orders: all orders were met. The shares of a column add up to 100%. Darker = in more trials; \
         white = in none.{group}{silent}",
        super::sheet::products(c),
    )
}

/// A row of the figure.
struct RowOf {
    id: String,
    name: String,
    /// Upper edge below that of the panel.
    offset: f64,
}

/// Rows in order, classes first, and the names of classes that never bind.
fn rows(c: &Comparison) -> (Vec<RowOf>, Vec<String>) {
    let mut seen: Vec<(&str, &str, bool)> = Vec::new();
    for b in c.scenarios.iter().flat_map(|s| &s.binding) {
        let binds = b.share.iter().any(|s| *s > 0.0);
        match seen.iter_mut().find(|s| s.0 == b.id) {
            Some(known) => known.2 |= binds,
            None => seen.push((&b.id, &b.name, binds)),
        }
    }
    let no_class = |id: &str| matches!(id, "capacity" | "orders");
    let silent = seen.iter().filter(|s| !s.2 && !no_class(s.0)).map(|s| legible(s.1)).collect();
    let classes = seen.iter().filter(|s| s.2 && !no_class(s.0));
    let others = seen.iter().filter(|s| no_class(s.0));
    let (mut rows, mut offset): (Vec<RowOf>, f64) = (Vec::new(), 0.0);
    for (id, name, _) in classes.chain(others) {
        if no_class(id) && rows.last().is_some_and(|r| !no_class(&r.id)) {
            offset += APART;
        }
        rows.push(RowOf { id: (*id).to_owned(), name: capitalized(&legible(name)), offset });
        offset += ROW;
    }
    (rows, silent)
}

/// Draws a panel's cells, equal neighbours as one. Returns how many ticks a cell is the mean of.
fn cells(sheet: &mut Sheet<'_>, c: &Comparison, panel: &Panel, scenario: &ScenarioResults, rows: &[RowOf]) -> usize {
    let edges = panel.time.edges(&c.dates);
    let ticks = c.dates.len().max(1) as f64;
    let group = (CELL * ticks / panel.plot.width().max(1.0)).ceil().max(1.0) as usize;
    for row in rows {
        let (top, bottom) = (panel.plot.top + row.offset, panel.plot.top + row.offset + ROW - 1.0);
        let shares = scenario.binding.iter().find(|b| b.id == row.id).map_or(&[][..], |b| &b.share[..]);
        let mut last = 0.0;
        for (chunk, left) in shares.chunks(group).zip(edges.iter().take(c.dates.len()).step_by(group)) {
            let mean = chunk.iter().sum::<f64>() / chunk.len() as f64;
            // Rounded up: what binds in any trial is not white.
            let shade = (mean.clamp(0.0, 1.0) * SHADES).ceil() / SHADES;
            if shade != last {
                // To the end of the row, where the next shade goes over it: shapes that only touch show a seam.
                let area = Area { left: *left, top, right: panel.plot.right, bottom };
                sheet.page.marks.push(Mark::Box(area, ramp(shade)));
                last = shade;
            }
        }
        outline(&mut sheet.page, Area { left: panel.plot.left, top, right: panel.plot.right, bottom });
    }
    group
}

fn outline(page: &mut Page<'_>, a: Area) {
    let corners: Vec<Point> =
        vec![(a.left, a.top), (a.right, a.top), (a.right, a.bottom), (a.left, a.bottom), (a.left, a.top)];
    page.line(corners, Stroke::solid(AXIS, 0.4));
}

/// The ramp with its shares, and what the lines of rules are, if there are any.
fn legend(sheet: &mut Sheet<'_>, rule: Option<String>) {
    let style = Type::regular(10.5);
    sheet.y += 4.0;
    let (top, bottom) = (sheet.y, sheet.y + 10.0);
    let words = "Share of trials in which it is the limit:";
    let left = MARGIN + sheet.page.text((MARGIN, bottom - 1.0), Align::Start, style, INK, words) + 10.0;
    let width = (WIDTH - MARGIN - left - 12.0).min(200.0);
    let steps = SHADES as usize;
    for i in 0..steps {
        let edge = |i: usize| left + width * i as f64 / SHADES;
        let area = Area { left: edge(i), top, right: edge(i + 1), bottom };
        sheet.page.marks.push(Mark::Box(area, ramp((i + 1) as f64 / SHADES)));
    }
    outline(&mut sheet.page, Area { left, top, right: left + width, bottom });
    for quarter in 0..=4 {
        let x = left + width * f64::from(quarter) / 4.0;
        sheet.page.line([(x, bottom), (x, bottom + 3.0)], Stroke::solid(AXIS, 0.8));
        let label = format!("{}%", plain(f64::from(quarter) * 25.0, 0));
        sheet.page.text((x, bottom + 4.0 + TICK.ascent()), Align::Middle, TICK, MUTED, &label);
    }
    if let Some(words) = rule {
        let x = left + width + 30.0;
        sheet.page.line([(x, bottom - 5.0), (x + 22.0, bottom - 5.0)], RULE_STROKE);
        let words = sheet.page.fonts.elide(&words, style, WIDTH - MARGIN - x - 27.0);
        sheet.page.text((x + 27.0, bottom - 1.0), Align::Start, style, INK, &words);
    }
    sheet.y = bottom + 6.0 + TICK.leading();
}
