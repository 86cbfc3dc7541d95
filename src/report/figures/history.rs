//! Predictions against what was observed: a panel a quantity and unit, a row an observation, with the bands of the
//! predictive distribution, its median, and what was seen.

use super::axis::{ValueScale, alike};
use super::canvas::{Align, Area, Mark, Stroke};
use super::dots::{self, Row};
use super::font::Type;
use super::palette::{CENTER, INK, INNER, MUTED, OUTER, PAPER};
use super::sheet::{Key, MARGIN, Sheet, WIDTH};
use super::svg::Label;
use super::{Fonts, Page};
use crate::analysis::score::{Backtest, Scored};
use crate::scenario::observed::{Bound, Observation, ObservedQuantity, Region};

/// Width of the names of rows.
const NAMES: f64 = 168.0;
/// Type of panel titles.
const PANEL: Type = Type::bold(10.5);
/// How what was observed is drawn.
const SEEN: Stroke = Stroke::solid(INK, 1.6);
/// Length of the arrow of a bound.
const ARROW: f64 = 16.0;

/// Composes the figure.
pub fn compose<'f>(b: &Backtest, fonts: &'f Fonts) -> (Page<'f>, Label) {
    let mut sheet = Sheet::new(fonts, format!("What “{}” predicts, and what was observed", b.scenario));
    sheet.legend(&legend(b));
    for group in groups(b) {
        panel(&mut sheet, &group, b.trials);
    }
    let coverage = b.coverage(|_| true);
    let caption = format!(
        "Bands: central 90% and 50% of trials; line: median. On the right: observed | median (90% band). Of {} observations {} lie in the 90% band and {} in the 50% \
         band (a range or a bound counts if it and the band have a number in common). Each panel has a scale of its own, \
         from zero. {} trials of {}; seed {}; from {} to {}; observations of {}; chokepoint {}.",
        coverage.of,
        coverage.in90,
        coverage.in50,
        super::axis::plain(f64::from(b.trials), 0),
        b.scenario,
        b.seed,
        b.start,
        b.end,
        b.file,
        env!("CARGO_PKG_VERSION"),
    );
    sheet.close(&caption)
}

fn legend(b: &Backtest) -> Vec<(Key, String)> {
    let any = |which: &dyn Fn(&Observation) -> bool| b.scored().any(|row| which(&row.observation));
    let mut keys = vec![
        (Key::Box(OUTER), "90% of trials".to_owned()),
        (Key::Box(INNER), "50%".to_owned()),
        (Key::Line(super::fan::MEDIAN), "median".to_owned()),
    ];
    if b.scored().any(|row| exact(&row.observation) && row.score.is_some_and(|s| s.in90)) {
        keys.push((Key::Dot(INK, INK), "observed".to_owned()));
    }
    if b.scored().any(|row| exact(&row.observation) && row.score.is_none_or(|s| !s.in90)) {
        keys.push((Key::Dot(PAPER, INK), "observed, outside the 90% band".to_owned()));
    }
    if any(&|o| o.low < o.high) {
        keys.push((Key::Line(SEEN), "observed as a range (ends ticked) or a bound (arrow)".to_owned()));
    }
    keys
}

fn exact(observation: &Observation) -> bool {
    observation.low == observation.high
}

/// Observations of one quantity and unit, by quantity.
fn groups(b: &Backtest) -> Vec<Vec<&Scored>> {
    let mut groups: Vec<Vec<&Scored>> = Vec::new();
    for quantity in ObservedQuantity::ALL {
        for row in b.scored().filter(|row| row.observation.quantity == *quantity) {
            let same = |group: &&mut Vec<&Scored>| {
                let first = &group[0].observation;
                first.quantity == *quantity && first.unit == row.observation.unit
            };
            match groups.iter_mut().find(same) {
                Some(group) => group.push(row),
                None => groups.push(vec![row]),
            }
        }
    }
    groups
}

/// What a row is about.
fn name(row: &Scored, trials: u32) -> String {
    let o = &row.observation;
    let seller = o.parts.seller.map(|home| format!(" from {home} sellers")).unwrap_or_default();
    let of = [&o.parts.supplier, &o.parts.class, &o.parts.line].into_iter().flatten();
    let of: String = of.map(|id| format!(", {id}")).collect();
    let together: String = o.together_with.iter().map(|firm| format!(" and {firm}")).collect();
    let relative = o.relative_to.as_ref().map(|before| format!(" of {before}")).unwrap_or_default();
    let region = match o.region {
        Region::World => "",
        Region::Cn => ", China",
        Region::ExCn => ", outside China",
    };
    let to_date = if o.period.is_day && !o.quantity.is_level() { "to " } else { "" };
    let without = match trials as usize - row.count.min(trials as usize) {
        0 => String::new(),
        without => format!(" (no value in {without} trials)"),
    };
    format!("{}{together}{seller}{of}{region}, {to_date}{}{relative}{without}", row.firm, o.period)
}

/// What a quantity is called over its panel.
fn heading(quantity: ObservedQuantity) -> &'static str {
    match quantity {
        ObservedQuantity::StationsSupplied => "Base stations supplied",
        ObservedQuantity::RanRevenueShare => "Share of revenue from base stations (RAN)",
        ObservedQuantity::EquipmentRevenue => "Revenue of the carrier business",
        ObservedQuantity::HandsetRevenue => "Revenue from handsets",
        ObservedQuantity::HandsetsShipped => "Handsets shipped",
        ObservedQuantity::Purchases => "Purchases of parts",
        ObservedQuantity::InventoryCover => "Inventory cover",
        ObservedQuantity::UsContentShare => "US content of base stations built",
        ObservedQuantity::AwardShare => "Share of awards",
        ObservedQuantity::StockCover => "Stock of parts, in months of planned use",
        ObservedQuantity::Inventory => "Inventory",
        ObservedQuantity::RawMaterials => "Stock of parts",
        ObservedQuantity::PartsReceived => "Parts received",
        // What is not recorded is not drawn.
        unrecorded => unrecorded.name(),
    }
}

fn panel(sheet: &mut Sheet<'_>, group: &[&Scored], trials: u32) {
    let Some(first) = group.first().map(|row| &row.observation) else { return };
    sheet.y += 7.0;
    let title = format!("{} ({})", heading(first.quantity), first.unit);
    sheet.paragraph(&title, PANEL, INK);
    let names: Vec<String> = group.iter().map(|row| name(row, trials)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let rows = dots::rows(sheet, &names, NAMES);
    let texts = told(group);
    let widest = texts.iter().map(|text| sheet.page.fonts.width(text, dots::NUMBER)).fold(0.0, f64::max);
    let left = MARGIN + NAMES + 10.0;
    let right = (WIDTH - MARGIN - widest - 14.0).max(left + 60.0);
    let values = group.iter().flat_map(|row| {
        let quantiles = row.score.map_or([f64::NAN; 5], |score| score.quantiles);
        quantiles.into_iter().chain([row.observation.low, row.observation.high])
    });
    let scale = ValueScale::covering(values, 5, left, right);
    dots::draw(sheet, &rows, &[], &scale, (left, right));
    for ((row, place), text) in group.iter().zip(&rows).zip(&texts) {
        draw_row(sheet, row, place, &scale);
        let at = (right + 14.0, place.middle + 3.4);
        sheet.page.text(at, Align::Start, dots::NUMBER, if row.score.is_some() { INK } else { MUTED }, text);
    }
    sheet.y = dots::axis(sheet, &rows, &scale);
}

/// Observed and predicted in numbers, alike over a panel.
fn told(group: &[&Scored]) -> Vec<String> {
    let numbers: Vec<f64> = group
        .iter()
        .flat_map(|row| {
            let q = row.score.map_or([f64::NAN; 5], |score| score.quantiles);
            [row.observation.low, row.observation.high, q[2], q[0], q[4]]
        })
        .collect();
    let words = alike(&numbers);
    let row = |(row, words): (&&Scored, &[String])| {
        let o = &row.observation;
        let seen = match o.bound {
            Bound::Exact if exact(o) => words[0].clone(),
            Bound::Exact => format!("{}–{}", words[0], words[1]),
            Bound::AtLeast => format!("≥ {}", words[0]),
            Bound::AtMost => format!("≤ {}", words[1]),
        };
        match row.score {
            Some(_) => format!("{seen} | {} ({}–{})", words[2], words[3], words[4]),
            None => format!("{seen} | no value"),
        }
    };
    group.iter().zip(words.chunks(5)).map(row).collect()
}

fn draw_row(sheet: &mut Sheet<'_>, row: &Scored, place: &Row, scale: &ValueScale) {
    let middle = place.middle;
    if let Some(score) = row.score {
        let [q05, q25, median, q75, q95] = score.quantiles.map(|q| scale.at(q));
        for (left, right, color) in [(q05, q95, OUTER), (q25, q75, INNER)] {
            // A band of no width is still to be seen.
            let (left, right) = if right - left < 1.0 { (left - 0.5, right + 0.5) } else { (left, right) };
            let area = Area { left, top: middle - 4.5, right, bottom: middle + 4.5 };
            sheet.page.marks.push(Mark::Box(area, color));
        }
        sheet.page.line([(median, middle - 4.5), (median, middle + 4.5)], Stroke::solid(CENTER, 1.8));
    }
    let o = &row.observation;
    let tick = |sheet: &mut Sheet<'_>, x: f64| sheet.page.line([(x, middle - 4.0), (x, middle + 4.0)], SEEN);
    match o.bound {
        Bound::Exact if exact(o) => {
            let fill = if row.score.is_some_and(|score| score.in90) { INK } else { PAPER };
            let outline = Stroke::solid(INK, 1.3);
            sheet.page.marks.push(Mark::Dot((scale.at(o.low), middle), 3.0, fill, outline));
        }
        Bound::Exact => {
            let (low, high) = (scale.at(o.low), scale.at(o.high));
            sheet.page.line([(low, middle), (high, middle)], SEEN);
            tick(sheet, low);
            tick(sheet, high);
        }
        Bound::AtLeast => arrow(sheet, scale.at(o.low), ARROW, middle),
        Bound::AtMost => arrow(sheet, scale.at(o.high), -ARROW, middle),
    }
}

/// A tick at a bound, and an arrow to the side on which the truth lies.
fn arrow(sheet: &mut Sheet<'_>, x: f64, length: f64, middle: f64) {
    sheet.page.line([(x, middle - 4.0), (x, middle + 4.0)], SEEN);
    let tip = x + length;
    let back = tip - 5.0 * length.signum();
    sheet.page.line([(x, middle), (back, middle)], SEEN);
    sheet.page.marks.push(Mark::Fill(vec![(tip, middle), (back, middle - 3.0), (back, middle + 3.0)], INK));
}
