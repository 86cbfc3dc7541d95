//! What the result does not say, how it was made, how to make it again, and how to cite it.

use maud::{Markup, PreEscaped, html};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::Material;
use crate::report::design;
use crate::report::number::thousands;

/// The limits of the model, as its documents tell them: one text for both.
const LIMITS: &str = include_str!("../../../docs/limits.md");

/// The section of limits.
pub(super) fn limits() -> Markup {
    markdown(LIMITS)
}

/// Markdown as HTML. Headings stand two levels lower, below those of the page; links to files, which are not on the page, and the
/// title of a document are left out; HTML in it is shown, not used.
pub(super) fn markdown(text: &str) -> Markup {
    let mut in_title = false;
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).filter_map(|event| match event {
        Event::Start(Tag::Heading { level: pulldown_cmark::HeadingLevel::H1, .. }) => {
            in_title = true;
            None
        }
        Event::End(TagEnd::Heading(pulldown_cmark::HeadingLevel::H1)) => {
            in_title = false;
            None
        }
        _ if in_title => None,
        Event::Start(Tag::Heading { .. }) => Some(Event::Html("<h3>".into())),
        Event::End(TagEnd::Heading(_)) => Some(Event::Html("</h3>".into())),
        Event::Start(Tag::Link { .. }) | Event::End(TagEnd::Link) => None,
        Event::Html(html) | Event::InlineHtml(html) => Some(Event::Text(html)),
        other => Some(other),
    });
    let mut out = String::new();
    pulldown_cmark::html::push_html(&mut out, events);
    PreEscaped(out)
}

/// The section.
pub(super) fn reproduce(of: Material<'_>) -> Markup {
    let c = of.comparison;
    html! {
        p {
            "An agent-based model of vendors, suppliers, markets and a regulator, run for " (thousands(f64::from(c.trials)))
            " trials a scenario with master seed " (c.seed) ", in steps of a " (c.tick) ". " (design::words(of.plan, c.trials))
        }
        p { "The scenarios, seed and number of trials give every file of the result again, byte for byte, on any number of threads. From the folder of this result:" }
        pre { code { "chokepoint reproduce .\n" } }
        p { "The file " code { "manifest.json" } " beside this page holds all that this needs: the resolved scenarios whole, and the hash of every file." }
        dl {
            dt { "Program" } dd { "chokepoint " (of.provenance.version()) }
            dt { "Comparison" } dd { (c.name) }
            dt { "Trials a scenario" } dd { (thousands(f64::from(c.trials))) }
            dt { "Master seed" } dd { (c.seed) }
            dt { "Scenarios (BLAKE3 of the resolved file)" }
            dd {
                ul class="hashes" {
                    @for scenario in of.scenarios { li { (scenario.id) " " code { (scenario.hash) } } }
                }
            }
            dt { "Cite as" } dd { (of.provenance.citation()) "." }
        }
    }
}
