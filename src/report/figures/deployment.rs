//! Cumulative deployment by time. One panel a scenario: lines with bands that lie over one another can't be told apart
//! in grey print.

use super::axis::{ValueScale, alike};
use super::canvas::Page;
use super::capacity::{heading, over_time, with_common_keys};
use super::fan::{self, COMPARED, MEDIAN};
use super::font::Fonts;
use super::palette::OUTER;
use super::panels::Heading;
use super::sheet::{Key, Sheet, products};
use super::svg::Label;
use crate::analysis::results::{Comparison, ScenarioResults};

/// Composes the figure.
pub fn compose<'f>(c: &Comparison, fonts: &'f Fonts) -> (Page<'f>, Label) {
    let title = format!("Cumulative deployment of {} {} under each regime", c.subject.vendor_name, products(c));
    let mut sheet = Sheet::new(fonts, title);
    let several = c.trials > 1;
    let mut keys = vec![(Key::Line(MEDIAN), if several { "median of trials" } else { "the one trial" }.to_owned())];
    if several {
        keys.push((Key::Box(OUTER), "middle 90% of trials".to_owned()));
    }
    sheet.legend(&with_common_keys(keys, c));
    let values = c.scenarios.iter().flat_map(|s| {
        let high = if several { &s.cumulative.q95 } else { &s.cumulative.median };
        high.iter().chain(&s.cumulative.median).copied()
    });
    let scale = ValueScale::covering(values, 4, 1.0, 0.0);
    let headings: Vec<Heading<'_>> = c.scenarios.iter().map(|s| heading(s, at_the_end(s, several))).collect();
    let what = ["Cumulative deployment,".to_owned(), products(c)];
    over_time(c, &mut sheet, &headings, &scale, &what, |sheet, i, panel, scale| {
        // Cumulative numbers hold at the end of a tick, and nothing is deployed before the first.
        let xs = panel.time.edges(&c.dates);
        let from_zero = |values: &[f64]| [&[0.0], values].concat();
        let bands = &c.scenarios[i].cumulative;
        if several {
            let (low, high) = (from_zero(&bands.q05), from_zero(&bands.q95));
            fan::band(&mut sheet.page, &xs, &low, &high, scale, OUTER);
        }
        if let Some(reference) = c.scenarios.get(c.reference).filter(|_| i != c.reference) {
            fan::line(&mut sheet.page, &xs, &from_zero(&reference.cumulative.median), scale, COMPARED);
        }
        fan::line(&mut sheet.page, &xs, &from_zero(&bands.median), scale, MEDIAN);
    });
    let caption = format!(
        "{} {} put into service in all markets since {}, summed. Lower = worse for {}.{} Bands show how trials differ \
         from one another; how scenarios differ is estimated trial by trial, in the figure of the shortfall.",
        c.subject.vendor_name,
        products(c),
        c.dates.first().copied().unwrap_or(c.end),
        c.subject.vendor_name,
        if several { " The band, and the brackets, hold the middle 90% of trials." } else { "" },
    );
    sheet.finish(&caption, c)
}

/// What was deployed at the end, with its band.
fn at_the_end(scenario: &ScenarioResults, several: bool) -> Option<String> {
    let b = &scenario.cumulative;
    let median = *b.median.last()?;
    match (b.q05.last(), b.q95.last()) {
        (Some(low), Some(high)) if several => {
            let texts = alike(&[median, *low, *high]);
            Some(format!("at the end {} [{} to {}]", texts[0], texts[1], texts[2]))
        }
        _ => Some(format!("at the end {}", alike(&[median]).concat())),
    }
}
