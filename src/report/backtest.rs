//! What a comparison with observations leaves: `backtest.csv` and what it can't say itself, a figure, and a summary in words.

use std::fmt::Write;

use super::figures::{self, Description, Fonts};
use super::formats;
use super::formats::markdown::{self, escaped};
use super::number::{percent, prose, trials};
use super::precision::{before_the_run, section, words};
use super::provenance::Provenance;
use super::tables::backtest::table;
use super::{Page, ReportError};
use crate::analysis::precision::{self, Enough, PrecisionWarning};
use crate::analysis::score::{Backtest, Scored, is_two_sided};
use crate::scenario::observed::{Bound, Observation, ObservedQuantity};

/// What a reader must know of a comparison with observations.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Warnings {
    /// What the trials are too few for.
    few: Option<PrecisionWarning>,
    /// What of the scenario has no effect, and where its period leaves its data.
    before: Vec<String>,
}

/// The warnings of so many trials, and those of their scenario.
pub fn warnings(trials: u32, before: Vec<String>) -> Warnings {
    Warnings { few: precision::of_bands(trials, Enough::PLAIN), before }
}

impl Warnings {
    /// All of them, as sentences without their full stops.
    pub fn all(&self) -> Vec<String> {
        self.before.iter().cloned().chain(self.few.iter().map(words)).collect()
    }
}

/// How many misses are told on the terminal.
const TOLD: usize = 5;

/// Every file of the result but its manifest. `hash` is that of the resolved scenario.
///
/// # Errors
/// A figure or table that could not be made.
pub fn pages(
    backtest: &Backtest,
    hash: &str,
    warnings: &Warnings,
    fonts: Option<&Fonts>,
) -> Result<Vec<Page>, ReportError> {
    let provenance = Provenance::of_backtest(backtest, hash);
    let mut pages = Vec::new();
    let mut described = None;
    if let Some(fonts) = fonts {
        let (description, files) = figures::history(backtest, &provenance, fonts)?;
        pages.extend(files.into_iter().map(|(name, bytes)| Page::new(format!("figures/{name}"), bytes)));
        described = Some(description);
    }
    pages.push(Page::new("summary.md", summary(backtest, warnings, described.as_ref(), &provenance).into_bytes()));
    pages.extend(formats::plain(&[table(backtest)], &provenance)?);
    Ok(pages)
}

/// A few lines: coverage, mean score, and the worst misses.
pub fn headline(backtest: &Backtest) -> String {
    let mut text = scores(backtest);
    let misses = backtest.misses();
    if !misses.is_empty() {
        let _ = writeln!(text, "{}, the furthest first:", missed(backtest));
        for miss in misses.iter().take(TOLD) {
            let _ = writeln!(text, "  {}", sentence(miss));
        }
        if misses.len() > TOLD {
            let _ = writeln!(text, "  and {} more; summary.md lists them", misses.len() - TOLD);
        }
    }
    text
}

/// What a miss is.
fn missed(backtest: &Backtest) -> &'static str {
    if backtest.trials > 1 { "Outside the 90% band" } else { "Not what was observed" }
}

fn scores(backtest: &Backtest) -> String {
    let (two_sided, bounds) = (backtest.coverage(is_two_sided), backtest.coverage(|o| !is_two_sided(o)));
    let share = |part: usize, whole: usize| percent(part as f64 / whole as f64);
    let mut text = String::new();
    // One trial has no bands.
    let bands = backtest.trials > 1;
    if two_sided.of > 0 && bands {
        let _ = writeln!(
            text,
            "{} observed numbers and ranges: the 50% band holds {} ({}), the 90% band {} ({}).",
            two_sided.of,
            two_sided.in50,
            share(two_sided.in50, two_sided.of),
            two_sided.in90,
            share(two_sided.in90, two_sided.of)
        );
    }
    if bounds.of > 0 && bands {
        let _ =
            writeln!(text, "{} bounds: the 50% band meets {}, the 90% band {}.", bounds.of, bounds.in50, bounds.in90);
    }
    if let Some(mean) = backtest.relative_crps(|_| true) {
        let _ = writeln!(text, "Mean CRPS, each as a share of what was observed: {}.", percent(mean));
    }
    for row in &backtest.rows {
        if row.count < backtest.trials as usize {
            let (id, all) = (&row.observation.id, trials(backtest.trials));
            let _ = writeln!(text, "{id} has no value in {} of {all}.", backtest.trials as usize - row.count);
        }
    }
    text
}

/// One observation in words.
fn sentence(row: &Scored) -> String {
    let o = &row.observation;
    let Some(score) = row.score else { return format!("{}: no trial gave a number", o.id) };
    let side = if row.miss() > 0.0 { "too high" } else { "too low" };
    let band = match row.count {
        ..2 => String::new(),
        _ => format!(" ({} to {})", prose(score.quantiles[0]), prose(score.quantiles[4])),
    };
    format!(
        "{}: observed {} {}, predicted {}{band}, {} {side}",
        o.id,
        seen(o),
        o.unit,
        prose(score.median()),
        percent(row.miss().abs())
    )
}

/// What was observed, in words.
fn seen(o: &Observation) -> String {
    match o.bound {
        Bound::Exact if o.low == o.high => prose(o.low),
        Bound::Exact => format!("{} to {}", prose(o.low), prose(o.high)),
        Bound::AtLeast => format!("at least {}", prose(o.low)),
        Bound::AtMost => format!("at most {}", prose(o.high)),
    }
}

/// The page in words.
fn summary(backtest: &Backtest, warnings: &Warnings, figure: Option<&Description>, provenance: &Provenance) -> String {
    let mut page = format!("# {} against what was observed\n\n{}", escaped(&backtest.title), scores(backtest));
    page.push_str(&before_the_run(&warnings.before));
    page.push_str(&section(warnings.few.as_slice()));
    let misses = backtest.misses();
    let _ = write!(page, "\n## {}\n\n", missed(backtest));
    if misses.is_empty() {
        let _ = writeln!(page, "None.");
    }
    for miss in misses {
        let _ = writeln!(page, "- {}", escaped(&sentence(miss)));
    }
    page.push_str(&by_quantity(backtest));
    page.push_str(&all(backtest));
    if let Some(Description { name, title, caption }) = figure {
        page.push_str(&markdown::figure(name, title, caption));
    }
    page.push_str(&methods(backtest, provenance));
    page
}

fn by_quantity(backtest: &Backtest) -> String {
    let mut text = "\n## By quantity\n\n\
                    | quantity | observations | in the 50% band | in the 90% band | mean CRPS as a share of what was observed |\n\
                    |---|---|---|---|---|\n"
        .to_owned();
    for quantity in ObservedQuantity::ALL {
        let of_it = |o: &Observation| o.quantity == *quantity;
        let coverage = backtest.coverage(of_it);
        if coverage.of > 0 {
            let crps = backtest.relative_crps(of_it).map_or_else(|| "–".to_owned(), percent);
            let _ = writeln!(text, "| {quantity} | {} | {} | {} | {crps} |", coverage.of, coverage.in50, coverage.in90);
        }
    }
    text
}

/// The table of all observations: that of the documents too.
pub fn all(backtest: &Backtest) -> String {
    let mut text = "\n## All observations\n\n\
                    | observation | region | period | unit | observed | median | 50% band | 90% band | in 50% | in 90% | CRPS |\n\
                    |---|---|---|---|---|---|---|---|---|---|---|\n"
        .to_owned();
    for Scored { observation: o, score, .. } in &backtest.rows {
        let _ = write!(text, "| {} | {} | {} | {} | {} | ", escaped(&o.id), o.region, o.period, o.unit, seen(o));
        let _ = match score {
            None => writeln!(text, "– | – | – | – | – | – |"),
            Some(s) => {
                let [q05, q25, median, q75, q95] = s.quantiles.map(prose);
                let yes = |held| if held { "yes" } else { "no" };
                let (in50, in90) = (yes(s.in50), yes(s.in90));
                writeln!(text, "{median} | {q25} to {q75} | {q05} to {q95} | {in50} | {in90} | {} |", prose(s.crps))
            }
        };
    }
    text
}

fn methods(backtest: &Backtest, provenance: &Provenance) -> String {
    format!(
        "\n## Method\n\n\
         `{}` was run for {} with master seed {} from {} to {}; each trial gives one number for each observation of \
         `{}`, by the definitions in `docs/outputs.md`. Quantiles are over trials. An observed range or bound lies in a band \
         if the two have a number in common. CRPS: continuous ranked probability score in the observation's unit, 0 is \
         perfect; of a range or a bound only what is predicted outside it counts. The observations are not independent of one \
         another (the shares of a market add up to one), so that coverage over them is no test with a known error.\n\n\
         Scenario hash (BLAKE3 of the resolved scenario): {}. Cite as: {}.\n",
        backtest.scenario,
        trials(backtest.trials),
        backtest.seed,
        backtest.start,
        backtest.end,
        backtest.file,
        provenance.hashes(|_, hash| format!("`{hash}`")),
        provenance.citation(),
    )
}
