//! What holds a line down, at a glance: a strip a class, with the months of stock as height, a dark ground where the class held
//! output down, and below it what the law keeps its sources from shipping. Plant and orders stand apart below.

use super::axis::{ValueScale, plain};
use super::canvas::{Align, Area, Mark, Page, Stroke, legible};
use super::font::{Fonts, Type};
use super::palette::{AXIS, CENTER, INK, INNER, MUTED};
use super::panels::{Grid, Heading, Panel, RULE_STROKE, TICK};
use super::sheet::{Key, Sheet, capitalized, plural};
use super::svg::Label;
use crate::analysis::trace::{Item, Line, Trace};

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
    let heading = Heading { title: &trace.title, note: Some(super::super::trace::of(trace)), rules: &trace.rule_dates };
    let start = trace.dates.first().copied().unwrap_or(trace.end);
    let grid = Grid { columns: 1, labels: widest + 28.0, height, period: (start, trace.end) };
    let (panels, key) = grid.lay_out(&mut sheet, &[heading]);
    for panel in &panels {
        let scale = scale(line);
        for row in &rows {
            draw(&mut sheet, trace, line, panel, row, &scale);
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

/// The classes, those that held it down longest first, then the plant and orders.
fn rows(line: &Line) -> Vec<Row<'_>> {
    let mut top = 0.0;
    let mut rows = Vec::new();
    let classes = line.by_scarcity().into_iter().map(|item| (item.class.as_str(), item.name.as_str(), Some(item)));
    let others = line.limits.iter().filter(|(id, _)| matches!(id.as_str(), "capacity" | "orders"));
    for (id, name, item) in classes.chain(others.map(|(id, name)| (id.as_str(), name.as_str(), None))) {
        let height = if item.is_some() { STRIP + RIBBON } else { ROW };
        rows.push(Row { id, name: capitalized(&legible(name)), item, top, height });
        top += height + APART;
    }
    rows
}

/// The scale of stock, the same for all classes.
fn scale(line: &Line) -> ValueScale {
    let stocks = line.items.iter().flat_map(|item| &item.stock_months).filter(|stock| stock.is_finite());
    ValueScale::covering(stocks.map(|stock| stock.clamp(0.0, MOST)), 2, 0.0, 1.0)
}

fn draw(sheet: &mut Sheet<'_>, trace: &Trace, line: &Line, panel: &Panel, row: &Row<'_>, scale: &ValueScale) {
    let edges = panel.time.edges(&trace.dates);
    let (left, right) = (panel.plot.left, panel.plot.right);
    let top = panel.plot.top + row.top;
    let bottom = top + if row.item.is_some() { STRIP } else { row.height };
    // One box a stretch: boxes that only touch show a seam.
    let bound: Vec<bool> = (0..trace.dates.len()).map(|tick| line.is_bound_by(tick, row.id)).collect();
    for (from, to) in stretches(&bound) {
        sheet.page.marks.push(Mark::Box(Area { left: edges[from], top, right: edges[to], bottom }, CENTER));
    }
    let middle = (top + bottom) / 2.0 + 3.4;
    let name = sheet.page.fonts.elide(&row.name, NAME, NAMES);
    sheet.page.text((left - if row.item.is_some() { 24.0 } else { 5.0 }, middle), Align::End, NAME, INK, &name);
    if let Some(item) = row.item {
        let scale = scale.along(bottom, top);
        stock(sheet, item, &edges, &scale, bottom);
        for (tick, label) in [scale.ticks.first(), scale.ticks.last()].into_iter().flatten().zip(ends(&scale)) {
            let y = scale.at(*tick);
            let baseline = if y > middle { bottom } else { top + 6.5 };
            sheet.page.text((left - 4.0, baseline), Align::End, TICK, MUTED, &label);
        }
        ribbon(sheet, item, &edges, bottom);
    }
    for y in [top, bottom] {
        sheet.page.line([(left, y), (right, y)], Stroke::solid(AXIS, 0.4));
    }
    for x in [left, right] {
        sheet.page.line([(x, top), (x, bottom)], Stroke::solid(AXIS, 0.4));
    }
}

/// The labels of the lowest and the highest stock.
fn ends(scale: &ValueScale) -> Vec<String> {
    let labels = scale.labels();
    [labels.first(), labels.last()].into_iter().flatten().cloned().collect()
}

/// The stock as steps, each as high as the months that it would last.
fn stock(sheet: &mut Sheet<'_>, item: &Item, edges: &[f64], scale: &ValueScale, bottom: f64) {
    for (tick, stock) in item.stock_months.iter().enumerate().filter(|(_, stock)| stock.is_finite()) {
        let y = scale.at(stock.clamp(0.0, MOST));
        if y < bottom {
            let area = Area { left: edges[tick], top: y, right: edges[tick + 1], bottom };
            sheet.page.marks.push(Mark::Box(area, INNER));
        }
    }
}

/// What the law keeps from shipping: the part of what the class's sources could give, as the height of a black ribbon.
fn ribbon(sheet: &mut Sheet<'_>, item: &Item, edges: &[f64], top: f64) {
    for tick in 0..edges.len() - 1 {
        let forbidden = forbidden(item, tick);
        if forbidden > 0.0 {
            let area = Area {
                left: edges[tick],
                top: top + 0.6,
                right: edges[tick + 1],
                bottom: top + 0.6 + RIBBON * forbidden,
            };
            sheet.page.marks.push(Mark::Box(area, INK));
        }
    }
}

/// Share of what the sources of a class could give in a tick that the law forbids.
fn forbidden(item: &Item, tick: usize) -> f64 {
    let all: f64 = item.sources.iter().map(|source| source.capacity[tick]).sum();
    let open: f64 = item.sources.iter().map(|source| source.capacity[tick] * source.permitted[tick]).sum();
    if all > 0.0 { (1.0 - open / all).clamp(0.0, 1.0) } else { 0.0 }
}

/// Stretches in which something holds, as first and one past the last.
fn stretches(holds: &[bool]) -> Vec<(usize, usize)> {
    let mut stretches: Vec<(usize, usize)> = Vec::new();
    for tick in (0..holds.len()).filter(|tick| holds[*tick]) {
        match stretches.last_mut() {
            Some((_, end)) if *end == tick => *end = tick + 1,
            _ => stretches.push((tick, tick + 1)),
        }
    }
    stretches
}

fn legend(trace: &Trace) -> Vec<(Key, String)> {
    let mut keys = vec![
        (Key::Box(CENTER), "it held output down".to_owned()),
        (Key::Box(INNER), "months of stock".to_owned()),
        (Key::Line(Stroke::solid(INK, RIBBON)), "supply that the law forbids".to_owned()),
    ];
    if !trace.rule_dates.is_empty() {
        keys.push((Key::Line(RULE_STROKE), "a rule takes effect".to_owned()));
    }
    keys
}

fn caption(trace: &Trace, line: &Line) -> String {
    let most = scale(line).ticks.last().copied().unwrap_or(MOST);
    let often = match trace.of.count() {
        1 => "",
        _ => " (in more trials than anything else did)",
    };
    format!(
        "Dark ground: in this {0} the class, the plant or nothing but orders held the output of {1} down{often}. Light steps: stock \
         of the class in months of forecast use, at the {0}’s end, cut off at {2}. Black ribbon below a strip: part of what the class’s \
         qualified sources could give that the law forbids them to ship; as high as it goes, all of it. Classes that held output down \
         longest stand first. Scenario “{3}”, {4}; from {5} to {6}; chokepoint {7}.",
        trace.tick,
        line.id,
        plain(most, 0),
        trace.scenario,
        super::super::trace::of(trace),
        trace.dates.first().copied().unwrap_or(trace.end),
        trace.end,
        env!("CARGO_PKG_VERSION"),
    )
}
