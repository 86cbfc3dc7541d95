//! Capacity fans of all scenarios on one page: sustained capacity (E10) by time, one panel a scenario, all on the same
//! axes.

use super::axis::ValueScale;
use super::canvas::Page;
use super::fan::{self, COMPARED, MEDIAN};
use super::font::Fonts;
use super::palette::{INNER, MUTED, OUTER};
use super::panels::{self, Grid, Heading, Panel, RULE_STROKE, columns_for};
use super::sheet::{Key, Sheet, products, title_of};
use super::svg::Label;
use crate::analysis::results::{Comparison, ScenarioResults};

/// Composes the figure.
pub fn compose<'f>(c: &Comparison, fonts: &'f Fonts) -> (Page<'f>, Label) {
    let title =
        format!("Sustained deployment capacity for {} {} under each regime", c.subject.vendor_name, products(c));
    let mut sheet = Sheet::new(fonts, title);
    let several = c.trials > 1;
    let mut keys = vec![(Key::Line(MEDIAN), if several { "median of trials" } else { "the one trial" }.to_owned())];
    if several {
        keys.push((Key::Box(INNER), "middle 50% of trials".to_owned()));
        keys.push((Key::Box(OUTER), "middle 90%".to_owned()));
    }
    sheet.legend(&with_common_keys(keys, c));
    let values = c.scenarios.iter().flat_map(|s| {
        let b = &s.sustained;
        let series = if several { [&b.q05, &b.median, &b.q95] } else { [&b.median; 3] };
        series.into_iter().flatten().copied()
    });
    let scale = ValueScale::covering(values, 4, 1.0, 0.0);
    let headings: Vec<Heading<'_>> = c.scenarios.iter().map(|s| heading(s, None)).collect();
    let what = ["Sustained capacity,".to_owned(), format!("{} a month", products(c))];
    over_time(c, &mut sheet, &headings, &scale, &what, |sheet, i, panel, scale| {
        let (xs, bands) = (middles(&panel.time.edges(&c.dates)), &c.scenarios[i].sustained);
        if several {
            fan::band(&mut sheet.page, &xs, &bands.q05, &bands.q95, scale, OUTER);
            fan::band(&mut sheet.page, &xs, &bands.q25, &bands.q75, scale, INNER);
        }
        if let Some(reference) = c.scenarios.get(c.reference).filter(|_| i != c.reference) {
            fan::line(&mut sheet.page, &xs, &reference.sustained.median, scale, COMPARED);
        }
        fan::line(&mut sheet.page, &xs, &bands.median, scale, MEDIAN);
    });
    let quantiles = match several {
        true => format!(
            " Bands hold the middle 50% and 90% of trials, {0} by {0}; no single trial need follow the median.",
            c.tick
        ),
        false => String::new(),
    };
    let caption = format!(
        "{}’s {}. Sustained capacity is the monthly rate of production that stock, orders on the way and permitted \
         supply could keep up for the next twelve months, as known at the time, at most the plant’s; it is not what \
         could be built at once from the stock now at hand. Lower = worse for {}.{}",
        c.subject.vendor_name,
        products(c),
        c.subject.vendor_name,
        quantiles,
    );
    sheet.finish(&caption, c)
}

/// Adds the keys that figures over time share: the reference and the rule dates.
pub fn with_common_keys(mut keys: Vec<(Key, String)>, c: &Comparison) -> Vec<(Key, String)> {
    if let (Some(reference), true) = (c.scenarios.get(c.reference), c.scenarios.len() > 1) {
        keys.push((Key::Line(COMPARED), format!("median of “{}”", title_of(reference))));
    }
    keys.extend(rule_key(c));
    keys
}

/// The key of the rule dates, if any rule is marked.
pub fn rule_key(c: &Comparison) -> Option<(Key, String)> {
    let any = c.scenarios.iter().any(|s| !s.rule_dates.is_empty());
    any.then(|| (Key::Line(RULE_STROKE), "a rule takes effect".to_owned()))
}

/// A panel's heading for a scenario.
pub fn heading(scenario: &ScenarioResults, note: Option<String>) -> Heading<'_> {
    Heading { title: title_of(scenario), note, rules: &scenario.rule_dates }
}

/// The middle of each tick.
pub fn middles(edges: &[f64]) -> Vec<f64> {
    edges.windows(2).map(|e| (e[0] + e[1]) / 2.0).collect()
}

/// Lays out one panel a heading over the comparison's period, draws axes and rule dates, and has `draw` draw what is in
/// each (given the panel's place in the list, the panel, and the scale of its values). `what` says what the values are,
/// in parts that stay whole.
pub fn over_time(
    c: &Comparison,
    sheet: &mut Sheet<'_>,
    headings: &[Heading<'_>],
    scale: &ValueScale,
    what: &[String],
    mut draw: impl FnMut(&mut Sheet<'_>, usize, &Panel, &ValueScale),
) {
    let start = c.dates.first().copied().unwrap_or(c.end);
    let columns = columns_for(headings.len());
    let height = [190.0, 128.0, 112.0][columns.min(3) - 1];
    let span = headings.len().div_ceil(columns) as f64 * height + 30.0;
    let title = panels::value_title_lines(sheet, what, span);
    let labels = panels::label_space(sheet, scale, title.len());
    let grid = Grid { columns, labels, height, period: (start, c.end) };
    let (laid_out, key) = grid.lay_out(sheet, headings);
    for (i, panel) in laid_out.iter().enumerate() {
        let scale = scale.along(panel.plot.bottom, panel.plot.top);
        panel.values(sheet, &scale);
        draw(sheet, i, panel, &scale);
        panel.rules(sheet, false);
        panel.calendar(sheet);
    }
    if let (Some(first), Some(last)) = (laid_out.first(), laid_out.last()) {
        panels::value_title(sheet, &title, (first.plot.top + last.plot.bottom) / 2.0);
    }
    if let Some(key) = key {
        sheet.y += 3.0;
        sheet.paragraph(&key, rules_key_type(), MUTED);
    }
}

/// Type of the key of numbered rules.
fn rules_key_type() -> super::font::Type {
    super::font::Type::regular(9.5)
}
