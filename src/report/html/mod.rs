//! `report.html`: the whole result on one page that needs nothing beside it, neither network nor script: figures are SVG that
//! stands in the page, and the script only adds what a pointer or a key can ask of them. Decides nothing: every number comes from
//! [`crate::analysis`]. Depends on scenarios, seed and trials alone, so that it can be made again byte for byte.

mod basis;
mod charts;
mod dots;
mod headline;
mod heat;
mod making;
mod plot;
mod rules;
mod tables;
mod timeline;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::figures::sheet;
use super::provenance::Provenance;
use super::stopping::StoppingReport;
use crate::analysis::precision::PrecisionWarning;
use crate::analysis::results::Comparison;
use crate::experiment::rows::RowsError;
use crate::experiment::{Ensemble, Plan};
use crate::scenario::Scenario;

/// What the page is made of.
#[derive(Clone, Copy)]
pub struct Material<'a> {
    /// The experiment.
    pub plan: &'a Plan,
    /// What it left.
    pub ensemble: &'a Ensemble,
    /// What was found.
    pub comparison: &'a Comparison,
    /// Where it comes from.
    pub provenance: &'a Provenance,
    /// The scenarios as they were read, but for one that was added.
    pub scenarios: &'a [Scenario],
    /// What the trials are too few for.
    pub precision_warnings: &'a [PrecisionWarning],
    /// What was to be known before the run.
    pub warnings: &'a [String],
    /// How an ensemble that grew was stopped.
    pub stopped: Option<StoppingReport<'a>>,
}

impl<'a> Material<'a> {
    /// The scenario of that id as it was read; `None` of one that was added.
    fn read(&self, id: &str) -> Option<&'a Scenario> {
        self.scenarios.iter().find(|scenario| scenario.id == id)
    }

    /// The targeted firm's name.
    fn firm(&self) -> &'a str {
        &self.comparison.subject.vendor_name
    }

    /// What it makes, in the plural.
    fn products(&self) -> String {
        sheet::products(self.comparison)
    }
}

/// A section of the page.
struct Section {
    id: &'static str,
    title: &'static str,
    body: Markup,
}

/// The page.
///
/// # Errors
/// Trials that can't be read back.
pub fn report(of: Material<'_>) -> Result<String, RowsError> {
    let used = basis::parameters(of);
    let sections = [
        Section { id: "figures", title: "Figures", body: charts::section(of) },
        Section { id: "tables", title: "Tables", body: tables::section(of)? },
        Section { id: "changes", title: "What each scenario changes", body: rules::changes(of) },
        Section { id: "timeline", title: "Timeline of rules", body: timeline::section(of) },
        Section { id: "assumptions", title: "Assumptions, by their weight", body: basis::correlations(of, &used)? },
        Section { id: "limits", title: "Limits", body: making::limits() },
        Section { id: "sources", title: "Sources of every parameter", body: basis::sources(of, &used) },
        Section { id: "reproduce", title: "How to reproduce and cite it", body: making::reproduce(of) },
    ];
    let head = headline::section(of)?;
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="generator" content={ "chokepoint " (env!("CARGO_PKG_VERSION")) };
                meta name="description" content=(of.provenance.line());
                // Nothing may be fetched, so that the page says the same offline as anywhere.
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";
                link rel="icon" href="data:,";
                title { (of.comparison.title) " – chokepoint" }
                style { (PreEscaped(include_str!("style.css"))) (PreEscaped(charts::toggles(of))) }
            }
            body {
                a class="skip" href="#headline" { "Skip to the headline" }
                header {
                    p class="kicker" { "chokepoint – policy scenario simulation" }
                    h1 { (of.comparison.title) }
                    (headline::question(of))
                    nav aria-label="Contents" {
                        ul { @for section in &sections { li { a href={ "#" (section.id) } { (section.title) } } } }
                    }
                }
                main {
                    section id="headline" aria-labelledby="headline-title" {
                        h2 id="headline-title" { "Headline" }
                        (head)
                    }
                    @for section in &sections {
                        section id=(section.id) aria-labelledby={ (section.id) "-title" } {
                            h2 id={ (section.id) "-title" } { (section.title) }
                            (section.body)
                        }
                    }
                }
                footer { p { (of.provenance.citation()) "." } }
                script type="application/json" id="data" { (PreEscaped(charts::data(of))) }
                script { (PreEscaped(include_str!("script.js"))) }
            }
        }
    };
    Ok(page.into_string())
}
