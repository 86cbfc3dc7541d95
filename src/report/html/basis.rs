//! What the result rests on: the parameters that weigh most, every parameter with its source or the reason of its assumption, and the
//! bibliography of those that are used.

use indexmap::{IndexMap, IndexSet};
use maud::{Markup, html};

use super::Material;
use super::rules::{reference, written_sources};
use crate::analysis::rank_correlation::{self, NotComputable, RankCorrelations};
use crate::experiment::rows::RowsError;
use crate::report::number::thousands;
use crate::scenario::Reference;
use crate::scenario::param::Param;
use crate::scenario::words::{dist, number};

/// Most rows of the table of correlations.
const MOST_ROWS: usize = 20;

/// The section of assumptions.
pub(super) fn correlations(of: Material<'_>, used: &Parameters<'_>) -> Result<Markup, RowsError> {
    let told = match rank_correlation::rank_correlations(of.plan, of.ensemble)? {
        Ok(correlations) => ranking(of, used, &correlations),
        Err(why) => html! { p { "The parameters are not ranked: " (reason(why)) } },
    };
    let (all, assumed) = (used.len(), used.values().filter(|p| p.param.provenance.assumption.is_some()).count());
    Ok(html! {
        p {
            "The scenarios have " (thousands(all as f64)) " parameters, of which " (thousands(assumed as f64)) " ("
            (format!("{:.0}%", 100.0 * assumed as f64 / all.max(1) as f64))
            ") are assumptions: no public source gives them. Each has a range and a reason, which stand " a href="#sources" { "below" } "."
        }
        (told)
    })
}

fn reason(why: NotComputable) -> String {
    match why {
        NotComputable::FewTrials => format!("that needs {} trials at least.", rank_correlation::LEAST_TRIALS),
        NotComputable::NotKept => {
            "an ensemble of this size is not kept trial by trial; run one of at most 100,000 trials.".to_owned()
        }
        NotComputable::Design => {
            "the design of this experiment moves some things alone; by-point.csv tells what each does.".to_owned()
        }
        NotComputable::NoDifference => "no scenario differs from the world without controls.".to_owned(),
    }
}

fn ranking(of: Material<'_>, used: &Parameters<'_>, correlations: &RankCorrelations) -> Markup {
    let c = of.comparison;
    let shown = correlations.ranked.len().min(MOST_ROWS);
    html! {
        p {
            "The table ranks them by how much goes with them: the rank correlation (Spearman) of each uncertain parameter with the share of its "
            "deployment that a scenario takes from the target, over " (thousands(correlations.trials as f64)) " trials. Positive: a higher value goes with a larger share, which is worse for "
            (of.firm()) ". Its square is about the part of the variation between trials that goes with that parameter. Of "
            (thousands(correlations.parameters as f64)) " uncertain parameters " (correlations.ranked.len())
            " exceed what chance alone gives (" (format!("{:.2}", correlations.noise)) "); what is left is chance, other parameters, and what works in both directions."
        }
        @if shown > 0 {
            div class="scroll" tabindex="0" role="region" aria-label="Parameters by their weight" {
                table class="weights" {
                    caption { "The " (shown) " weightiest parameters" }
                    thead {
                        tr {
                            th scope="col" { "parameter" }
                            @for s in &correlations.scenarios { th scope="col" { (c.scenarios[*s].id) } }
                            th scope="col" { "range" }
                            th scope="col" { "rests on" }
                        }
                    }
                    tbody {
                        @for weight in correlations.ranked.iter().take(MOST_ROWS) {
                            @let param = used.get(weight.path.as_str()).map(|used| used.param);
                            tr {
                                th scope="row" { @if let Some(param) = param { (param.meaning) } div { code { (weight.path) } } }
                                @for correlation in &weight.correlations {
                                    td class=(if correlation.abs() >= correlations.noise { "weighs" } else { "faint" }) { (signed(*correlation)) }
                                }
                                td { @if let Some(param) = param { (dist(&param.dist)) " " (param.quantity) } }
                                td class="reason" {
                                    @if let Some(param) = param {
                                        @if let Some(reason) = &param.provenance.assumption { strong { "Assumption: " } (reason) " " }
                                        (keys(of, &param.provenance.sources))
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A correlation with its sign and a true minus.
fn signed(value: f64) -> String {
    format!("{value:+.2}").replace('-', "−")
}

/// A parameter that is used, and by which scenarios, if not by all.
pub(super) struct Used<'a> {
    param: &'a Param,
    by: IndexSet<&'a str>,
}

/// Parameters by their path.
pub(super) type Parameters<'a> = IndexMap<&'a str, Used<'a>>;

/// Every parameter of the scenarios.
pub(super) fn parameters(of: Material<'_>) -> Parameters<'_> {
    let mut all = Parameters::new();
    for scenario in of.scenarios {
        for param in &scenario.params {
            let used = all.entry(&param.path).or_insert_with(|| Used { param, by: IndexSet::new() });
            used.by.insert(&scenario.id);
        }
    }
    all
}

/// Sources, each a link to its entry of the bibliography.
pub(super) fn keys(of: Material<'_>, keys: &[String]) -> Markup {
    html! {
        @for (i, key) in keys.iter().enumerate() {
            @if i > 0 { " " }
            @if knows(of, key) { a class="source" href={ "#source-" (key) } { (key) } } @else { span class="source" { (key) } }
        }
    }
}

/// Whether a key stands in the bibliography of any scenario.
fn knows(of: Material<'_>, key: &str) -> bool {
    of.scenarios.iter().any(|scenario| scenario.bibliography.contains_key(key))
}

/// How often each source is used: by parameters, and by rules.
fn uses(of: Material<'_>, used: &Parameters<'_>) -> IndexMap<String, (usize, usize)> {
    let mut uses: IndexMap<String, (usize, usize)> = IndexMap::new();
    for used in used.values() {
        for key in &used.param.provenance.sources {
            uses.entry(key.clone()).or_default().0 += 1;
        }
    }
    let mut rules: IndexSet<(String, String)> = IndexSet::new();
    for scenario in of.scenarios {
        for id in scenario.regime.provisions.keys() {
            rules.extend(written_sources(scenario, id).into_iter().map(|key| (key, id.clone())));
        }
    }
    for (key, _) in rules {
        uses.entry(key).or_default().1 += 1;
    }
    uses.sort_keys();
    uses
}

/// The section of sources.
pub(super) fn sources(of: Material<'_>, used: &Parameters<'_>) -> Markup {
    let uses = uses(of, used);
    let entry =
        |key: &str| -> Option<&Reference> { of.scenarios.iter().find_map(|scenario| scenario.bibliography.get(key)) };
    html! {
        p { "The sources that a parameter or a rule of these scenarios rests on, and how many of each. What rests on none is an assumption." }
        ol class="bibliography" {
            @for (key, (parameters, rules)) in &uses {
                li id={ "source-" (key) } {
                    code { (key) } " "
                    @if let Some(entry) = entry(key) { (reference(entry)) }
                    span class="uses" {
                        " – " @if *parameters > 0 { (parameters) " parameter" @if *parameters > 1 { "s" } }
                        @if *parameters > 0 && *rules > 0 { ", " }
                        @if *rules > 0 { (rules) " rule" @if *rules > 1 { "s" } }
                    }
                }
            }
        }
        (every_parameter(of, used))
    }
}

/// The table of all parameters, folded, with the reasons of assumptions below it, each once.
fn every_parameter(of: Material<'_>, all: &Parameters<'_>) -> Markup {
    let mut reasons: IndexSet<&str> = IndexSet::new();
    let numbers: Vec<Option<usize>> = all
        .values()
        .map(|used| used.param.provenance.assumption.as_deref().map(|reason| reasons.insert_full(reason).0 + 1))
        .collect();
    html! {
        details class="parameters" {
            summary { "All " (thousands(all.len() as f64)) " parameters, with their sources and the reasons of assumptions" }
            p class="controls" hidden {
                label for="filter" { "Show those that contain " }
                input id="filter" type="search" autocomplete="off" spellcheck="false" placeholder="such as fpga, price or compliance";
                " " span id="filtered" role="status" {}
            }
            div class="scroll" tabindex="0" role="region" aria-label="All parameters" {
                table id="parameters" {
                    caption { "Every parameter; a number behind “assumption” is that of its reason below" }
                    thead { tr { th scope="col" { "parameter" } th scope="col" { "value" } th scope="col" { "bounds" } th scope="col" { "rests on" } th scope="col" { "confidence" } } }
                    tbody {
                        @for (used, number_of) in all.values().zip(&numbers) {
                            @let param = used.param;
                            tr {
                                th scope="row" {
                                    code { (param.path) }
                                    @if used.by.len() < of.scenarios.len() { " (" @for (i, id) in used.by.iter().enumerate() { @if i > 0 { ", " } (id) } ")" }
                                }
                                td { (dist(&param.dist)) " " (param.quantity) }
                                td { (number(param.bounds.0)) " to " (number(param.bounds.1)) }
                                td { @if let Some(n) = number_of { "assumption " a href={ "#reason-" (n) } { (n) } " " } (keys(of, &param.provenance.sources)) }
                                td { (param.provenance.confidence) }
                            }
                        }
                    }
                }
            }
            h3 { "Reasons of assumptions" }
            ol class="reasons" { @for (i, reason) in reasons.iter().enumerate() { li id={ "reason-" (i + 1) } { (reason) } } }
        }
    }
}
