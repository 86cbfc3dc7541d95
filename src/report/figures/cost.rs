//! What a regime costs, and whom: sustained capacity denied to the target, and the sales lost by sellers of each
//! jurisdiction (E12), signed, with their intervals, side by side for all scenarios.

use plotters::style::RGBColor;

use super::axis::{ValueScale, decimals_for, plain, unit_for};
use super::canvas::{Align, Page, legible};
use super::dots::{self, Row};
use super::font::{Fonts, Type};
use super::palette::{CENTER, INK, MUTED, PAPER};
use super::sheet::{Key, MARGIN, Sheet, WIDTH, products, title_of};
use super::shortfall::{NO_INTERVALS, ends, left_out, shown};
use super::svg::Label;
use crate::analysis::results::{Comparison, Estimate, ScenarioResults};

/// Width of the scenarios' names.
const NAMES: f64 = 156.0;
/// Panels in a row of jurisdictions.
const JURISDICTIONS: usize = 4;
const GROUP: Type = Type::bold(11.0);
const HEADING: Type = Type::bold(10.0);

/// One panel: a name and an estimate a scenario.
struct Column {
    name: String,
    estimates: Vec<Option<Estimate>>,
}

/// Composes the figure.
pub fn compose<'f>(c: &Comparison, fonts: &'f Fonts) -> (Page<'f>, Label) {
    let vendor = &c.subject.vendor_name;
    let title = format!("What each regime denies {vendor}, and what it costs the sellers of components");
    let mut sheet = Sheet::new(fonts, title);
    let (shown, without) = shown(c);
    let intervals = shown.iter().any(|s| s.capacity_denied.interval.is_ok());
    if intervals {
        sheet.legend(&[
            (Key::Dot(CENTER, CENTER), "estimate with its 95% interval".to_owned()),
            (Key::Dot(PAPER, CENTER), "the interval includes zero".to_owned()),
        ]);
    }
    denied(c, &mut sheet, &shown);
    let jurisdictions = jurisdictions(&shown);
    let unit = unit_for(largest(&jurisdictions));
    let unit_name = if unit.name.is_empty() { "USD".to_owned() } else { format!("USD {}", unit.name) };
    let scaled: Vec<Column> = jurisdictions.into_iter().map(|j| j.map(|e| e.times(1.0 / unit.size))).collect();
    if !scaled.is_empty() {
        group(
            &mut sheet,
            &format!("Sales to {vendor} lost, by sellers’ home, {unit_name} (further right = worse for those sellers)"),
        );
        for chunk in scaled.chunks(JURISDICTIONS) {
            panels(&mut sheet, &shown, chunk, JURISDICTIONS, Some(&scaled));
        }
    }
    sheet.finish(&caption(c, intervals, &without), c)
}

fn caption(c: &Comparison, intervals: bool, without: &[&ScenarioResults]) -> String {
    let vendor = &c.subject.vendor_name;
    format!(
        "Capacity denied: sustained capacity without controls less sustained capacity here, {} a month summed over the \
         months of the period. Sales lost: value sold to {vendor} in the world without controls less value sold to it \
         here, over the whole period; what other vendors buy more instead is not set against it (the tables hold the net \
         figure); all jurisdictions share one scale. Means per trial, paired with the same draws without controls.{}{}",
        products(c),
        if intervals {
            " 95% intervals over trials; one that is narrower than its dot lies under it. A gray dot has none (the tables say why)."
        } else {
            NO_INTERVALS
        },
        left_out(without),
    )
}

/// The target's loss: capacity denied, and per US sales lost where that can be said.
fn denied(c: &Comparison, sheet: &mut Sheet<'_>, shown: &[&ScenarioResults]) {
    let mut columns = vec![Column {
        name: format!("{} a month, summed over months", super::sheet::capitalized(&products(c))),
        estimates: shown.iter().map(|s| Some(s.capacity_denied)).collect(),
    }];
    if shown.iter().any(|s| s.bite.is_some()) {
        let estimates = shown.iter().map(|s| s.bite).collect();
        columns.push(Column { name: "Per USD million of US sales lost".to_owned(), estimates });
    }
    group(sheet, &format!("Sustained capacity denied (further right = worse for {})", c.subject.vendor_name));
    panels(sheet, shown, &columns, 2, None);
}

fn group(sheet: &mut Sheet<'_>, title: &str) {
    sheet.y += 8.0;
    sheet.paragraph(title, GROUP, INK);
}

/// A column a jurisdiction, in the order in which results name them.
fn jurisdictions(shown: &[&ScenarioResults]) -> Vec<Column> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in shown.iter().flat_map(|s| &s.lost_sales) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let of = |s: &ScenarioResults, name: &str| s.lost_sales.iter().find(|l| l.0 == name).map(|l| l.1);
    names
        .into_iter()
        .map(|name| Column { name: name.to_owned(), estimates: shown.iter().map(|s| of(s, name)).collect() })
        .collect()
}

impl Column {
    fn values(&self) -> Vec<f64> {
        self.estimates.iter().flatten().flat_map(ends).collect()
    }

    fn map(self, f: impl Fn(Estimate) -> Estimate) -> Column {
        Column { estimates: self.estimates.into_iter().map(|e| e.map(&f)).collect(), ..self }
    }
}

fn largest(columns: &[Column]) -> f64 {
    columns.iter().flat_map(Column::values).filter(|v| v.is_finite()).fold(0.0, |m, v| m.max(v.abs()))
}

/// Draws a row of panels, of which `most` fit, beside the scenarios' names. Panels of a family have one scale and one
/// way of writing numbers.
fn panels(
    sheet: &mut Sheet<'_>,
    shown: &[&ScenarioResults],
    columns: &[Column],
    most: usize,
    family: Option<&[Column]>,
) {
    let gap = 14.0;
    let width = (WIDTH - 2.0 * MARGIN - NAMES - gap * most as f64) / most as f64;
    let place = |i: usize| MARGIN + NAMES + gap + i as f64 * (width + gap);
    let fonts = sheet.page.fonts;
    let names: Vec<Vec<String>> =
        columns.iter().map(|c| fonts.wrap_at_most(&legible(&c.name), HEADING, width, 2)).collect();
    let lines = names.iter().map(Vec::len).max().unwrap_or(0) as f64;
    sheet.y += 3.0;
    for (i, name) in names.iter().enumerate() {
        for (n, line) in name.iter().enumerate() {
            let at = sheet.y + (lines - name.len() as f64 + n as f64) * HEADING.leading() + HEADING.ascent();
            sheet.page.text((place(i), at), Align::Start, HEADING, INK, line);
        }
    }
    sheet.y += lines * HEADING.leading();
    let titles: Vec<&str> = shown.iter().map(|s| title_of(s)).collect();
    let rows = dots::rows(sheet, &titles, NAMES);
    let mut below = sheet.y;
    for (i, column) in columns.iter().enumerate() {
        let family = family.unwrap_or(std::slice::from_ref(column));
        let numbers = numbers(column, family);
        let all = family.iter().flat_map(|c| self::numbers(c, family));
        let widest = all.map(|n| fonts.width(&n, dots::NUMBER)).fold(0.0, f64::max);
        let left = place(i) + 4.0;
        let right = (place(i) + width - widest - 8.0).max(left + 20.0);
        let scale = ValueScale::covering(family.iter().flat_map(Column::values), 3, left, right);
        dots::draw(sheet, &rows, &column.estimates, &scale, (left, right));
        for (Row { middle, .. }, number) in rows.iter().zip(&numbers) {
            let color: RGBColor = if number == NOTHING { MUTED } else { INK };
            sheet.page.text((place(i) + width, middle + 3.4), Align::End, dots::NUMBER, color, number);
        }
        below = below.max(dots::axis(sheet, &rows, &scale));
    }
    sheet.y = below;
}

/// What stands where there is no estimate.
const NOTHING: &str = "–";

/// The estimates of a panel as text, in the unit and with the decimals that the largest of its family needs.
fn numbers(column: &Column, family: &[Column]) -> Vec<String> {
    let values = family.iter().flat_map(|c| c.estimates.iter().flatten()).map(|e| e.value).filter(|v| v.is_finite());
    let largest = values.fold(0.0_f64, |m, v| m.max(v.abs()));
    let unit = unit_for(largest);
    let decimals = decimals_for(largest / unit.size).min(2);
    let one = |e: &Estimate| match e.value {
        0.0 => "0".to_owned(),
        v => format!("{}{}", plain(v / unit.size, decimals), unit.sign),
    };
    column.estimates.iter().map(|e| e.as_ref().map_or(NOTHING.to_owned(), one)).collect()
}
