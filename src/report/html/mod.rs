//! `report.html`: the whole result on one page that needs nothing beside it, neither network nor script: figures are SVG that
//! stands in the page, and the script only adds what a pointer or a key can ask of them. Decides nothing: every number comes from
//! [`crate::analysis`]. Depends on scenarios, seed and trials alone, so that it can be made again byte for byte.

mod basis;
mod charts;
mod dots;
mod headline;
mod heat;
mod making;
mod material;
mod plot;
mod rules;
mod tables;
mod timeline;

use maud::{DOCTYPE, Markup, PreEscaped, html};

pub use material::Material;

use crate::experiment::rows::RowsError;

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
