//! What each scenario changes: its law against that of the scenario above it that is most like it, rule by rule, in words with the citation of each.

use maud::{Markup, html};

use super::Material;
use super::basis::keys;
use crate::scenario::regime::Provision;
use crate::scenario::words::{in_force, terms};
use crate::scenario::{Reference, Scenario};
use crate::units::counted;

/// The section of changes.
pub(super) fn changes(of: Material<'_>) -> Markup {
    let c = of.comparison;
    html! {
        p {
            "All scenarios share one world, and differ in their rules alone. The rules of each are told against the scenario above it that is most like it. "
            "Days are whole days, the first and last in force included."
        }
        @for (s, results) in c.scenarios.iter().enumerate() {
            section class={ "change c" (s) } aria-label=(results.title) {
                h3 { (results.title) " " code { (results.id) } }
                @match of.read(&results.id) {
                    None => p { "The world of the others with no provision: added, because shortfalls are told against it." },
                    Some(scenario) => {
                        (super::making::markdown(&scenario.description))
                        @if s == c.reference { p class="note" { "This is the reference of the comparison." } }
                        (difference(of, scenario, most_like(of, s, scenario)))
                        @let set: Vec<_> = scenario.set_by_hand().collect();
                        @if !set.is_empty() {
                            p { "Set for this run: " @for param in set { code { (param.path) "=" (param.central()) } " " } }
                        }
                    }
                }
            }
        }
    }
}

/// How a rule of a scenario stands to those of the other.
enum Change<'a> {
    Adds(&'a Provision),
    Changes(&'a Provision, &'a Provision),
    Drops(&'a Provision),
}

/// The scenario above it whose rules differ least from its own.
fn most_like<'a>(of: Material<'a>, s: usize, scenario: &Scenario) -> Option<&'a Scenario> {
    let above = of.comparison.scenarios[..s].iter().filter_map(|results| of.read(&results.id));
    above.min_by_key(|other| changed(scenario, Some(other)).len())
}

/// The rules in which a scenario differs from another, or from none.
fn changed<'a>(scenario: &'a Scenario, other: Option<&'a Scenario>) -> Vec<(&'a str, Change<'a>)> {
    let before = other.map(|other| &other.regime.provisions);
    let here = &scenario.regime.provisions;
    let mut changes: Vec<(&str, Change<'_>)> = Vec::new();
    for (id, provision) in here {
        match before.and_then(|before| before.get(id)) {
            None => changes.push((id, Change::Adds(provision))),
            Some(old) if same(old, provision) => {}
            Some(old) => changes.push((id, Change::Changes(old, provision))),
        }
    }
    let gone = before.into_iter().flatten().filter(|(id, _)| !here.contains_key(*id));
    changes.extend(gone.map(|(id, provision)| (id.as_str(), Change::Drops(provision))));
    changes
}

fn difference(of: Material<'_>, scenario: &Scenario, other: Option<&Scenario>) -> Markup {
    let changes = changed(scenario, other);
    let licensing = |scenario: &Scenario| scenario.resolved.get("licensing").cloned();
    let practice = !scenario.regime.licensing.is_empty() && Some(licensing(scenario)) != other.map(licensing);
    html! {
        @let nothing = changes.is_empty() && scenario.regime.escalation.is_none() && !practice;
        @match other {
            Some(other) if nothing => p { "Its law is that of “" (other.title) "”." },
            None if nothing => p { "It has no provision." },
            Some(other) => p class="note" { "Against “" (other.title) "”:" },
            None => {}
        }
        ul class="rules" {
            @for (id, change) in &changes {
                li {
                    @match change {
                        Change::Adds(provision) => { strong { "Adds" } " " (told(of, scenario, id, provision)) }
                        Change::Changes(old, new) => {
                            strong { "Changes" } " " (told(of, scenario, id, new))
                            div class="was" { "There: " (terms(old)) ", " (in_force(old)) ". " span class="citation" { (old.citation) } }
                        }
                        Change::Drops(provision) => { strong { "Has not" } " " (provision.title) ", in force " (in_force(provision)) }
                    }
                }
            }
            @if practice {
                li {
                    strong { "Licensing:" } " applications for specific licenses are decided by practice in "
                    (counted(scenario.regime.licensing.len() as u64, "period")) ", the first from " (scenario.regime.licensing[0].from) "."
                }
            }
            @if let Some(escalation) = &scenario.regime.escalation {
                li {
                    strong { "Escalation:" } " from " (escalation.from) " the regulator adds the next of these when the target’s sustained capacity stays too high:"
                    ol {
                        @for rung in scenario.regime.rungs() {
                            li {
                                (rung.title) ": "
                                @for (i, provision) in rung.provisions.values().enumerate() {
                                    @if i > 0 { "; " }
                                    (terms(provision)) " (" span class="citation" { (provision.citation) } ")"
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Whether two provisions say the same.
fn same(a: &Provision, b: &Provision) -> bool {
    a.title == b.title && a.citation == b.citation && in_force(a) == in_force(b) && terms(a) == terms(b)
}

fn told(of: Material<'_>, scenario: &Scenario, id: &str, provision: &Provision) -> Markup {
    html! {
        em { (provision.title) } ", in force " (in_force(provision)) ", announced " (provision.announced) ". "
        (terms(provision)) ". "
        span class="citation" { (provision.citation) "." }
        " " (cited(of, scenario, id))
        @if let Some(reason) = written_assumption(scenario, id) {
            " " strong { "Assumption: " } (reason) @if !reason.trim_end().ends_with('.') { "." }
        }
    }
}

/// The sources of a provision, each a link to the bibliography.
pub(super) fn cited(of: Material<'_>, scenario: &Scenario, id: &str) -> Markup {
    keys(of, &written_sources(scenario, id))
}

/// The keys of the sources that stand with a provision. Of the resolved scenario: what a table inherits from those above it is lost
/// where a scenario is read again from a result.
pub(super) fn written_sources(scenario: &Scenario, id: &str) -> Vec<String> {
    use serde_json::Value;
    match written(scenario, id, "source") {
        Some(Value::String(key)) => vec![key.clone()],
        Some(Value::Array(keys)) => keys.iter().filter_map(|key| key.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

/// The reason that stands with a provision which rests on an assumption.
pub(super) fn written_assumption<'a>(scenario: &'a Scenario, id: &str) -> Option<&'a str> {
    written(scenario, id, "assumption").and_then(|reason| reason.as_str())
}

fn written<'a>(scenario: &'a Scenario, id: &str, key: &str) -> Option<&'a serde_json::Value> {
    scenario.resolved.get("provisions")?.get(id)?.get(key)
}

/// An entry of a bibliography.
pub(super) fn reference(entry: &Reference) -> Markup {
    html! {
        (entry.citation)
        @if let Some(url) = entry.url.as_deref().filter(|url| url.starts_with("https://") || url.starts_with("http://")) {
            " " a href=(url) rel="noreferrer" { (url) }
        }
    }
}
