//! What holds a line down, at a glance: a strip a class, with the months of stock as height, a dark ground where the class held
//! output down, and below it what the law keeps its sources from shipping. Plant and orders stand apart below.

use plotters::style::RGBColor;

use super::axis::plain;
use super::canvas::{Align, Mark, Page, Stroke, legible};
use super::font::{Fonts, Type};
use super::palette::{AXIS, CENTER, INK, INNER, MUTED};
use super::panels::{Grid, Heading, Panel, RULE_STROKE, TICK};
use super::sheet::{Key, Sheet, capitalized, plural};
use super::svg::Label;
use crate::analysis::trace::{Item, Line, Trace};
use crate::report::traced::traced;

const NAME: Type = Type::regular(9.5);
/// Height of a class's strip.
const STRIP: f64 = 26.0;
/// Height of the ribbon of the law below it.
const RIBBON: f64 = 4.0;
/// Height of a row that is no class.
const ROW: f64 = 12.0;
/// Distance between rows.
const APART: f64 = 5.0;
/// Most room for names.
const NAMES: f64 = 150.0;
/// Stock above this, in months, is as good as any: strips are cut off there, so that the low end can be told.
const MOST: f64 = 12.0;

/// Stands for the classes that were not asked for. No class has this id.
const ANOTHER: &str = "";

/// Composes the figure of the headline's line.
pub fn compose<'f>(trace: &Trace, fonts: &'f Fonts) -> (Page<'f>, Label) {
    let Some(line) = trace.headline() else {
        return Sheet::new(fonts, "Nothing is traced".to_owned()).close("There is no line.");
    };
    let title = format!("What holds down {}’s output of {}", line.vendor, plural(&line.product));
    let mut sheet = Sheet::new(fonts, title);
    sheet.legend(&legend(trace));
    let rows = rows(line);
    let height = rows.last().map_or(ROW, |row| row.top + row.height);
    let widest = rows.iter().map(|row| fonts.width(&row.name, NAME)).fold(0.0, f64::max).min(NAMES);
    let heading = Heading { title: &trace.title, note: Some(traced(trace)), rules: &trace.rule_dates };
    let start = trace.dates.first().copied().unwrap_or(trace.end);
    let grid = Grid { columns: 1, labels: widest + 28.0, height, period: (start, trace.end) };
    let (panels, key) = grid.lay_out(&mut sheet, &[heading]);
    for panel in &panels {
        for row in &rows {
            draw(&mut sheet, trace, line, panel, row);
        }
        panel.rules(&mut sheet, true);
        panel.calendar(&mut sheet);
    }
    if let Some(key) = key {
        sheet.y += 3.0;
        sheet.paragraph(&key, NAME, MUTED);
    }
    sheet.close(&caption(trace, line))
}

/// A row of the figure.
struct Row<'t> {
    id: &'t str,
    name: String,
    item: Option<&'t Item>,
    /// Upper edge below that of the panel.
    top: f64,
    height: f64,
}

impl Row<'_> {
    /// Whether it held the line down in a tick.
    fn holds(&self, line: &Line, tick: usize) -> bool {
        match self.id {
            ANOTHER => is_bound_by_another(line, tick),
            id => line.is_bound_by(tick, id),
        }
    }
}

/// Whether a class held the line down in a tick that was not asked for.
fn is_bound_by_another(line: &Line, tick: usize) -> bool {
    let bound_by = line.bound_by(tick);
    !is_no_class(bound_by) && line.items.iter().all(|item| item.class != bound_by)
}

fn is_no_class(id: &str) -> bool {
    matches!(id, "capacity" | "orders")
}

/// The classes, those that held it down longest first, then the plant and orders.
fn rows(line: &Line) -> Vec<Row<'_>> {
    let mut top = 0.0;
    let mut rows = Vec::new();
    let classes = line.by_scarcity().into_iter().map(|item| (item.class.as_str(), item.name.as_str(), Some(item)));
    let another = (0..line.binding.len()).any(|tick| is_bound_by_another(line, tick));
    let another = another.then_some((ANOTHER, "Another class", None));
    let others = line.limits.iter().filter(|(id, _)| is_no_class(id));
    let others = others.map(|(id, name)| (id.as_str(), name.as_str(), None));
    for (id, name, item) in classes.chain(another).chain(others) {
        let height = if item.is_some() { STRIP + RIBBON } else { ROW };
        rows.push(Row { id, name: capitalized(&legible(name)), item, top, height });
        top += height + APART;
    }
    rows
}

/// The stock that fills a strip, months: the same for all classes.
fn full(line: &Line) -> f64 {
    let stocks = line.items.iter().flat_map(|item| &item.stock_months).copied().filter(|stock| stock.is_finite());
    stocks.fold(1.0, f64::max).min(MOST).ceil()
}

fn draw(sheet: &mut Sheet<'_>, trace: &Trace, line: &Line, panel: &Panel, row: &Row<'_>) {
    let edges = panel.time.edges(&trace.dates);
    let (left, right) = (panel.plot.left, panel.plot.right);
    let top = panel.plot.top + row.top;
    let bottom = top + if row.item.is_some() { STRIP } else { row.height };
    // Where all orders were met, nothing held it down: that is no dark matter.
    let ground = if row.id == "orders" { AXIS } else { CENTER };
    let bound = |tick: usize| if row.holds(line, tick) { top } else { bottom };
    steps(sheet, &edges, bottom, bound, ground);
    name(sheet, row, (left, top, bottom));
    if let Some(item) = row.item {
        let full = full(line);
        let stock = |tick: usize| {
            let stock = item.stock_months[tick];
            if stock.is_finite() { bottom - STRIP * (stock / full).clamp(0.0, 1.0) } else { bottom }
        };
        steps(sheet, &edges, bottom, stock, INNER);
        for (baseline, label) in [(bottom, "0".to_owned()), (top + 6.5, plain(full, 0))] {
            sheet.page.text((left - 4.0, baseline), Align::End, TICK, MUTED, &label);
        }
        let below = bottom + 0.6;
        steps(sheet, &edges, below, |tick| below + RIBBON * forbidden(item, tick), INK);
    }
    let corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)];
    sheet.page.line(corners, Stroke::solid(AXIS, 0.4));
}

/// The name of a row, in two lines where a strip has the room.
fn name(sheet: &mut Sheet<'_>, row: &Row<'_>, (left, top, bottom): (f64, f64, f64)) {
    let (lines, apart) = if row.item.is_some() { (2, 24.0) } else { (1, 5.0) };
    let lines = sheet.page.fonts.wrap_at_most(&row.name, NAME, NAMES, lines);
    let first = (top + bottom) / 2.0 + 3.4 - NAME.leading() * (lines.len() as f64 - 1.0) / 2.0;
    for (i, line) in lines.iter().enumerate() {
        sheet.page.text((left - apart, first + i as f64 * NAME.leading()), Align::End, NAME, INK, line);
    }
}

/// Fills from a base to where each tick says, in one shape a stretch: shapes that only touch show a seam.
fn steps(sheet: &mut Sheet<'_>, edges: &[f64], base: f64, at: impl Fn(usize) -> f64, color: RGBColor) {
    let ticks: Vec<(usize, f64)> = (0..edges.len() - 1).map(|tick| (tick, at(tick))).collect();
    for stretch in ticks.split(|(_, y)| *y == base).filter(|stretch| !stretch.is_empty()) {
        let (first, last) = (stretch[0].0, stretch[stretch.len() - 1].0);
        let tops = stretch.iter().flat_map(|(tick, y)| [(edges[*tick], *y), (edges[tick + 1], *y)]);
        let points = std::iter::once((edges[first], base)).chain(tops).chain([(edges[last + 1], base)]);
        sheet.page.marks.push(Mark::Fill(points.collect(), color));
    }
}

/// Share of what the sources of a class could give in a tick that the law forbids.
fn forbidden(item: &Item, tick: usize) -> f64 {
    let all: f64 = item.sources.iter().map(|source| source.capacity[tick]).sum();
    let open: f64 = item.sources.iter().map(|source| source.capacity[tick] * source.permitted[tick]).sum();
    if all > 0.0 { (1.0 - open / all).clamp(0.0, 1.0) } else { 0.0 }
}

fn legend(trace: &Trace) -> Vec<(Key, String)> {
    let mut keys = vec![
        (Key::Box(CENTER), "held output down".to_owned()),
        (Key::Box(INNER), "months of stock".to_owned()),
        (Key::Line(Stroke::solid(INK, RIBBON)), "supply that the law forbids".to_owned()),
    ];
    if !trace.rule_dates.is_empty() {
        keys.push((Key::Line(RULE_STROKE), "a rule takes effect".to_owned()));
    }
    keys
}

fn caption(trace: &Trace, line: &Line) -> String {
    let often = match trace.of.count() {
        1 => "",
        _ => " (in more trials than anything else did)",
    };
    let stocks = line.items.iter().flat_map(|item| &item.stock_months);
    let cut = match stocks.copied().fold(0.0, f64::max) > MOST {
        true => format!(", cut off at {}", plain(MOST, 0)),
        false => String::new(),
    };
    let last = match line.items.iter().any(|item| !item.essential) {
        true => ", those without which products can be built, if worse and dearer, last",
        false => "",
    };
    format!(
        "Dark: in this {0} the class, or the plant’s own capacity, held the output of {1} down{often}; grey: nothing did, all orders \
         were met. Light: stock of the class in months of forecast use, at the {0}’s end{2}. Black ribbon below a strip: \
         the part of what the class’s qualified sources could give that the law forbids them to ship; as high as it goes, all of it. \
         Classes that held output down longest stand first{last}. Scenario “{3}”, {4}; from {5} to {6}; chokepoint {7}.",
        trace.tick,
        line.id,
        cut,
        trace.scenario,
        traced(trace),
        trace.dates.first().copied().unwrap_or(trace.end),
        trace.end,
        env!("CARGO_PKG_VERSION"),
    )
}
