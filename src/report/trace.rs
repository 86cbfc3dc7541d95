//! What a trace leaves: `trace.csv` and what it can't say itself, a figure, and the same in words: of the headline's line, tick by
//! tick what held it down and what was scarce; then of each class its sources, and the days on which the law changed for them.

use std::fmt::Write;

use super::figures::{self, Description, Fonts};
use super::formats;
use super::formats::markdown::{self, escaped};
use super::number::thousands;
use super::precision::before_the_run;
use super::provenance::Provenance;
use super::tables::trace::table;
use super::traced::traced;
use super::{Page, ReportError};
use crate::analysis::trace::{Item, Line, Supply, Trace};
use crate::units::counted;

/// The scarcest classes that are told of a tick.
const SCARCEST: usize = 3;

/// Stretches and changes that are told of one thing: who wants more of them reads the table.
const TOLD: usize = 6;

/// Every file of the result but its manifest. `warnings` are what was to be known before the run.
///
/// # Errors
/// A figure or table that could not be made.
pub fn pages(trace: &Trace, warnings: &[String], fonts: Option<&Fonts>) -> Result<Vec<Page>, ReportError> {
    let provenance = Provenance::of_trace(trace);
    let mut pages = Vec::new();
    let mut described = None;
    if let Some(fonts) = fonts {
        let (description, files) = figures::render_trace(trace, &provenance, fonts)?;
        pages.extend(files.into_iter().map(|(name, bytes)| Page::new(format!("figures/{name}"), bytes)));
        described = Some(description);
    }
    pages.push(Page::new("summary.md", summary(trace, warnings, described.as_ref(), &provenance).into_bytes()));
    pages.extend(formats::plain(&[table(trace)], &provenance)?);
    Ok(pages)
}

/// The table as it is printed: CSV.
///
/// # Errors
/// None in practice: it is written to memory.
pub fn csv(trace: &Trace) -> Result<Vec<u8>, ReportError> {
    let mut bytes = Vec::new();
    formats::csv::write(&table(trace), &mut bytes)?;
    Ok(bytes)
}

/// The same as JSON, with where it comes from.
///
/// # Errors
/// As [`csv()`].
pub fn json(trace: &Trace) -> Result<Vec<u8>, ReportError> {
    let mut bytes = Vec::new();
    formats::json::write(&[&table(trace)], &Provenance::of_trace(trace), &[], &mut bytes)?;
    Ok(bytes)
}

/// What held the headline's line down, in a sentence on a line.
pub fn headline(trace: &Trace) -> String {
    let Some(line) = trace.headline() else { return String::new() };
    let ticks = line.binding.len();
    let held = |id: &str| (0..ticks).filter(|tick| line.bound_by(*tick) == id).collect::<Vec<usize>>();
    let met = held("orders").len();
    let mut by: Vec<(&str, Vec<usize>)> = line
        .limits
        .iter()
        .map(|(id, _)| (id.as_str(), held(id)))
        .filter(|(id, at)| *id != "orders" && !at.is_empty())
        .collect();
    by.sort_by_key(|(_, at)| ticks - at.len());
    let by: Vec<String> =
        by.iter().map(|(id, at)| format!("by {id} in {} ({})", at.len(), stretches(trace, at))).collect();
    let all = counted(ticks as u64, trace.tick);
    match by.as_slice() {
        [] => format!("{}: all orders were met in all of {all}.\n", line.id),
        by => format!("{}: of {all} all orders were met in {met}; it was held down {}.\n", line.id, by.join(", ")),
    }
}

/// What is read on a terminal.
pub fn text(trace: &Trace) -> String {
    let mut text = format!("{} ({}): {}.\n", trace.title, trace.scenario, traced(trace));
    text.push_str(&headline(trace));
    if let Some(line) = trace.headline() {
        let _ = write!(text, "\n{}", by_tick(trace, line));
        let _ = write!(text, "\n{}\n{}", sources(trace), by_class(trace, line));
        let others: Vec<&str> =
            trace.lines.iter().filter(|other| other.id != line.id).map(|other| other.id.as_str()).collect();
        if !others.is_empty() {
            let _ = writeln!(text, "\nThe table (--format csv) has these lines too: {}.", others.join(", "));
        }
    }
    text
}

/// A tick, as short as its length allows.
fn day(trace: &Trace, tick: usize) -> String {
    let date = trace.dates[tick];
    if trace.tick == "month" { date.strftime("%Y-%m").to_string() } else { date.to_string() }
}

/// Ticks as stretches: `2020-09 to 2021-10, 2022-01`.
fn stretches(trace: &Trace, ticks: &[usize]) -> String {
    let runs: Vec<&[usize]> = ticks.chunk_by(|a, b| a + 1 == *b).collect();
    let told = runs.iter().take(TOLD).map(|run| match run {
        [first, .., last] => format!("{} to {}", day(trace, *first), day(trace, *last)),
        run => run.iter().map(|tick| day(trace, *tick)).collect(),
    });
    let more = if runs.len() > TOLD { format!(", and {} more times", runs.len() - TOLD) } else { String::new() };
    told.collect::<Vec<_>>().join(", ") + &more
}

/// A line a tick: what held the line down, and the scarcest of the classes that can.
fn by_tick(trace: &Trace, line: &Line) -> String {
    let width = line.limits.iter().map(|(id, _)| id.len()).chain(["limited by".len()]).max().unwrap_or(0);
    let date = day(trace, 0).len();
    let mut text = format!("{:date$}  {:width$}  scarcest, months of stock\n", trace.tick, "limited by");
    for tick in 0..trace.dates.len() {
        let mut scarce: Vec<(f64, &str)> = line
            .items
            .iter()
            .filter(|item| item.essential)
            .map(|item| (item.stock_months[tick], item.class.as_str()))
            .filter(|(stock, _)| stock.is_finite())
            .collect();
        scarce.sort_by(|a, b| a.0.total_cmp(&b.0));
        let scarce = scarce.iter().take(SCARCEST).map(|(stock, class)| format!("{class} {stock:.1}"));
        let scarce = scarce.collect::<Vec<_>>().join(", ");
        let row = format!("{:date$}  {:width$}  {scarce}", day(trace, tick), line.bound_by(tick));
        let _ = writeln!(text, "{}", row.trim_end());
    }
    text
}

/// What is told of sources.
fn sources(trace: &Trace) -> String {
    format!(
        "Of each source: the most that it could give in a {}, whatever the law says, and the mean of what it gave, units a month; on \
         which days the law let it ship parts for new products.\n",
        trace.tick
    )
}

/// Of each class how long it held the line down and how little there was; of each of its sources what it could give, what it
/// gave, and what the law said.
fn by_class(trace: &Trace, line: &Line) -> String {
    let parts: Vec<String> = line.by_scarcity().into_iter().map(|item| of_class(trace, line, item)).collect();
    parts.join("\n")
}

fn of_class(trace: &Trace, line: &Line, item: &Item) -> String {
    let at: Vec<usize> = (0..trace.dates.len()).filter(|tick| line.is_bound_by(*tick, &item.class)).collect();
    let mut text = format!("{} ({})", item.class, item.name);
    text.push_str(&match (at.len(), item.essential) {
        (0, true) => ": never what held it down".to_owned(),
        (0, false) => ": it can be built without, worse and dearer".to_owned(),
        (n, _) => format!(": held it down in {} ({})", counted(n as u64, trace.tick), stretches(trace, &at)),
    });
    if let Some((tick, stock)) = item.lowest() {
        let _ = write!(text, "; least stock {stock:.1} months, in {}", day(trace, tick));
    }
    text.push('\n');
    if item.sources.is_empty() {
        text.push_str("  no source\n");
        return text;
    }
    let rows: Vec<[String; 4]> = item.sources.iter().map(|source| of_source(trace, source)).collect();
    let header = ["source", "could give", "gave", "may ship"].map(str::to_owned);
    let width = |column: usize| rows.iter().chain([&header]).map(|row| row[column].len()).max().unwrap_or(0);
    let (name, most, mean) = (width(0), width(1), width(2));
    for [offer, could, gave, law] in [&header].into_iter().chain(&rows) {
        let _ = writeln!(text, "  {offer:name$}  {could:>most$}  {gave:>mean$}  {law}");
    }
    text
}

/// The offer, the most that it could give and the mean of what it gave, units a month, and what the law said.
fn of_source(trace: &Trace, source: &Supply) -> [String; 4] {
    let most = source.capacity.iter().copied().fold(0.0, f64::max);
    let mean = source.inflow.iter().sum::<f64>() / source.inflow.len().max(1) as f64;
    [source.offer.clone(), thousands(most), thousands(mean), law(trace, source)]
}

/// What the law says of a source at first, and each time when it changes, to the percent.
fn law(trace: &Trace, source: &Supply) -> String {
    let says = |share: f64| match (100.0 * share).round() {
        100.0 => "always".to_owned(),
        0.0 => "never".to_owned(),
        percent => format!("on {percent}% of days"),
    };
    let mut changes: Vec<(usize, String)> = Vec::new();
    for (tick, share) in source.permitted.iter().enumerate() {
        let now = says(*share);
        if changes.last().is_none_or(|(_, before)| *before != now) {
            changes.push((tick, now));
        }
    }
    let told = changes.iter().take(TOLD + 1).map(|(tick, says)| match tick {
        0 => says.clone(),
        tick => format!("from {} {says}", day(trace, *tick)),
    });
    let more = changes.len().saturating_sub(TOLD + 1);
    let more = if more > 0 { format!("; {}", counted(more as u64, "further change")) } else { String::new() };
    told.collect::<Vec<_>>().join("; ") + &more
}

/// The page in words.
fn summary(trace: &Trace, warnings: &[String], figure: Option<&Description>, provenance: &Provenance) -> String {
    let mut page =
        format!("# What holds output down: {}\n\n{}", escaped(&trace.title), escaped(headline(trace).trim()));
    page.push('\n');
    page.push_str(&before_the_run(warnings));
    if let Some(Description { name, title, caption }) = figure {
        page.push_str(&markdown::figure(name, title, caption));
    }
    if let Some(line) = trace.headline() {
        let _ = write!(page, "\n## By {}\n\n```text\n{}```\n", trace.tick, by_tick(trace, line));
        let _ = write!(
            page,
            "\n## By class\n\n{}\n```text\n{}```\n",
            sources(trace),
            by_class(trace, line).replace("```", "'''"),
        );
    }
    let _ = write!(
        page,
        "\n## Method\n\n`{}`, {}, from {} to {}. A median is that of each number by itself. `trace.csv` has every line of the targeted \
         vendors; its columns are described in `datapackage.json`.\n\nScenario hash (BLAKE3 of the resolved scenario): {}. Cite as: \
         {}.\n",
        trace.scenario,
        traced(trace),
        trace.dates.first().copied().unwrap_or(trace.end),
        trace.end,
        provenance.hashes(|_, hash| format!("`{hash}`")),
        provenance.citation(),
    );
    page
}

#[cfg(test)]
pub(super) mod fixture {
    use super::*;
    use crate::analysis::results::{RuleDate, Subject};
    use crate::analysis::trace::Traced;
    use crate::units::Date;

    /// Half a year in which a rule cuts off the larger of two sources of a class, stock lasts for a while, and the second comes in
    /// too late.
    pub fn trace() -> Trace {
        let supply = |offer: &str, inflow: [f64; 6], permitted: [f64; 6], capacity: [f64; 6]| Supply {
            offer: offer.to_owned(),
            inflow: inflow.to_vec(),
            permitted: permitted.to_vec(),
            capacity: capacity.to_vec(),
        };
        let limit = |id: &str, name: &str| (id.to_owned(), name.to_owned());
        Trace {
            scenario: "listing".to_owned(),
            title: "A listing".to_owned(),
            hash: "8fecbcb86728aa00112233445566".to_owned(),
            of: Traced::Median(200),
            seed: 7,
            dates: (1..=6).map(|month| Date::constant(2020, month, 1)).collect(),
            end: Date::constant(2020, 6, 30),
            tick: "month",
            subject: Subject {
                vendor: "huawei".to_owned(),
                vendor_name: "Huawei".to_owned(),
                line: "base-stations".to_owned(),
                product: "base station".to_owned(),
            },
            rule_dates: vec![RuleDate { date: Date::constant(2020, 2, 15), label: "Listing".to_owned() }],
            lines: vec![Line {
                id: "huawei:base-stations".to_owned(),
                vendor: "Huawei".to_owned(),
                product: "base station".to_owned(),
                binding: vec![3, 2, 3, 0, 0, 0],
                limits: vec![
                    limit("fpga", "FPGA"),
                    limit("eda", "Design software"),
                    limit("capacity", "Plant capacity"),
                    limit("orders", "Nothing: all orders met"),
                ],
                items: vec![
                    Item {
                        class: "fpga".to_owned(),
                        name: "FPGA".to_owned(),
                        essential: true,
                        stock_months: vec![6.0, 5.5, 3.0, 1.0, 0.0, 0.1],
                        sources: vec![
                            supply(
                                "large",
                                [900.0, 450.0, 0.0, 0.0, 0.0, 0.0],
                                [1.0, 0.48, 0.0, 0.0, 0.0, 0.0],
                                [1000.0; 6],
                            ),
                            supply(
                                "second",
                                [0.0, 0.0, 0.0, 0.0, 125.0, 250.0],
                                [1.0; 6],
                                [0.0, 0.0, 0.0, 0.0, 250.0, 500.0],
                            ),
                        ],
                    },
                    Item {
                        class: "eda".to_owned(),
                        name: "Design software".to_owned(),
                        essential: false,
                        stock_months: vec![f64::NAN; 6],
                        sources: Vec::new(),
                    },
                ],
            }],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fixture::trace;
    use super::*;
    use crate::analysis::trace::Traced;

    #[test]
    fn a_trace_reads_in_words() {
        assert_eq!(
            text(&trace()),
            "A listing (listing): medians over 200 trials, seed 7.\n\
             huawei:base-stations: of 6 months all orders were met in 2; it was held down by fpga in 3 (2020-04 to 2020-06), by \
             capacity in 1 (2020-02).\n\
             \n\
             month    limited by  scarcest, months of stock\n\
             2020-01  orders      fpga 6.0\n\
             2020-02  capacity    fpga 5.5\n\
             2020-03  orders      fpga 3.0\n\
             2020-04  fpga        fpga 1.0\n\
             2020-05  fpga        fpga 0.0\n\
             2020-06  fpga        fpga 0.1\n\
             \n\
             Of each source: the most that it could give in a month, whatever the law says, and the mean of what it gave, units a \
             month; on which days the law let it ship parts for new products.\n\
             \n\
             fpga (FPGA): held it down in 3 months (2020-04 to 2020-06); least stock 0.0 months, in 2020-05\n  \
               source  could give  gave  may ship\n  \
               large        1,000   225  always; from 2020-02 on 48% of days; from 2020-03 never\n  \
               second         500    62  always\n\
             \n\
             eda (Design software): it can be built without, worse and dearer\n  \
               no source\n"
        );
    }

    #[test]
    fn what_never_holds_it_down_is_said_so() {
        let mut trace = trace();
        trace.lines[0].binding = vec![3; 6];
        trace.of = Traced::Trial(12);
        assert_eq!(headline(&trace), "huawei:base-stations: all orders were met in all of 6 months.\n");
        assert!(
            text(&trace).contains("(listing): trial 12, seed 7.")
                && text(&trace).contains("fpga (FPGA): never what held it down")
        );
    }
}
