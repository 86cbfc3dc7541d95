//! What a scenario rests on: each source of its bibliography with what rests on it, and what rests on assumption with the
//! reasons given. For `chokepoint sources`.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value as Json;

use super::Scenario;

/// What a scenario rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Basis {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How many parameters it has.
    pub parameters: usize,
    /// How many of them rest on assumption.
    pub assumed: usize,
    /// The sources that something rests on, or that a text names; most used first.
    pub sources: Vec<Cited>,
    /// Sources of the bibliography that nothing rests on and no text names.
    pub unused: Vec<String>,
    /// Assumptions, by kind of entity (the top-level table), in reading order.
    pub assumptions: Vec<Assumed>,
    /// Provisions and other tables that rest on assumption, in reading order.
    pub other_assumptions: Vec<AssumedTable>,
}

/// A provision or other table that rests on assumption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AssumedTable {
    /// Its path.
    pub path: String,
    /// The reason, as it is stated.
    pub reason: String,
}

/// A source and what rests on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cited {
    /// Its key in the bibliography.
    pub key: String,
    /// Author, title, publisher, date.
    pub citation: String,
    /// Address.
    pub url: Option<String>,
    /// From when on it could be known, where that is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_from: Option<String>,
    /// Paths of parameters.
    pub parameters: Vec<String>,
    /// Paths of provisions and other tables.
    pub others: Vec<String>,
    /// Paths of tables of which a reason or remark names it in parentheses.
    pub named_in: Vec<String>,
}

/// Parameters of one kind of entity that rest on assumption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Assumed {
    /// The top-level table.
    pub kind: String,
    /// How many parameters of the kind there are.
    pub parameters: usize,
    /// How many of them rest on assumption.
    pub assumed: usize,
    /// The reasons, in reading order.
    pub reasons: Vec<Reason>,
}

/// A reason, and what rests on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// As it is stated.
    pub reason: String,
    /// Paths of the parameters.
    pub parameters: Vec<String>,
}

impl Basis {
    /// That of a scenario.
    pub fn of(scenario: &Scenario) -> Basis {
        let mut sources: IndexMap<&str, Cited> = scenario
            .bibliography
            .iter()
            .map(|(key, reference)| {
                let (citation, url) = (reference.citation.clone(), reference.url.clone());
                let known_from = reference.known_from.as_ref().map(ToString::to_string);
                let (parameters, others, named_in) = (Vec::new(), Vec::new(), Vec::new());
                let cited = Cited { key: key.clone(), citation, url, known_from, parameters, others, named_in };
                (key.as_str(), cited)
            })
            .collect();
        for param in &scenario.params {
            for key in &param.provenance.sources {
                sources.get_mut(key.as_str()).into_iter().for_each(|cited| cited.parameters.push(param.path.clone()));
            }
        }
        let known: BTreeSet<&str> = scenario.params.iter().map(|param| param.path.as_str()).collect();
        let mut other_assumptions = Vec::new();
        look("", &scenario.resolved, &mut |path, key, text| {
            if key == "assumption" && !known.contains(path) {
                other_assumptions.push(AssumedTable { path: path.to_owned(), reason: text.to_owned() });
            }
            if key == "source" {
                let cited = sources.get_mut(text).filter(|_| !known.contains(path));
                cited.into_iter().for_each(|cited| push(&mut cited.others, path));
            } else {
                for named in in_parentheses(text) {
                    sources.get_mut(named).into_iter().for_each(|cited| push(&mut cited.named_in, path));
                }
            }
        });
        let uses = |cited: &Cited| cited.parameters.len() + cited.others.len();
        let (mut used, unused): (Vec<Cited>, Vec<Cited>) =
            sources.into_values().partition(|cited| uses(cited) + cited.named_in.len() > 0);
        used.sort_by_key(|cited| std::cmp::Reverse(uses(cited)));
        let assumptions = assumptions(scenario);
        Basis {
            id: scenario.id.clone(),
            title: scenario.title.clone(),
            parameters: scenario.params.len(),
            assumed: assumptions.iter().map(|kind| kind.assumed).sum(),
            sources: used,
            unused: unused.into_iter().map(|cited| cited.key).collect(),
            assumptions,
            other_assumptions,
        }
    }
}

fn assumptions(scenario: &Scenario) -> Vec<Assumed> {
    let mut kinds: IndexMap<&str, (usize, IndexMap<&str, Vec<String>>)> = IndexMap::new();
    for param in &scenario.params {
        let (parameters, reasons) = kinds.entry(param.path.split('.').next().unwrap_or_default()).or_default();
        *parameters += 1;
        if let Some(reason) = &param.provenance.assumption {
            reasons.entry(reason).or_default().push(param.path.clone());
        }
    }
    let kind = |(kind, (parameters, reasons)): (&str, (usize, IndexMap<&str, Vec<String>>))| Assumed {
        kind: kind.to_owned(),
        parameters,
        assumed: reasons.values().map(Vec::len).sum(),
        reasons: reasons
            .into_iter()
            .map(|(reason, parameters)| Reason { reason: reason.to_owned(), parameters })
            .collect(),
    };
    kinds.into_iter().map(kind).collect()
}

fn push(paths: &mut Vec<String>, path: &str) {
    if paths.last().is_none_or(|last| last != path) {
        paths.push(path.to_owned());
    }
}

/// Calls back with each source, and each text that may name one, of every table below a path. An element of a dated list is
/// named by its day, as a parameter's path is.
fn look<'j>(path: &str, json: &'j Json, at: &mut impl FnMut(&str, &str, &'j str)) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match json {
        Json::Object(table) => {
            for (key, value) in table {
                match (key.as_str(), value) {
                    ("bibliography", _) if path.is_empty() => {}
                    ("source", Json::Array(keys)) => {
                        keys.iter().filter_map(Json::as_str).for_each(|k| at(path, "source", k))
                    }
                    ("source" | "assumption" | "note" | "description", Json::String(text)) => at(path, key, text),
                    _ => look(&below(key), value, at),
                }
            }
        }
        Json::Array(items) => {
            for item in items {
                match item.get("date").and_then(Json::as_str) {
                    Some(day) => look(&below(day), item, at),
                    None => look(path, item, at),
                }
            }
        }
        _ => {}
    }
}

/// What a text says in parentheses, split at commas and semicolons.
fn in_parentheses(text: &str) -> impl Iterator<Item = &str> {
    let inner = text.split('(').skip(1).filter_map(|after| after.split(')').next());
    inner.flat_map(|inner| inner.split([',', ';', ' '])).map(str::trim).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::load;

    #[test]
    fn every_parameter_rests_on_one_or_the_other() {
        let scenario = load("adopted-rules", &[]).unwrap();
        let basis = Basis::of(&scenario);
        let sourced: BTreeSet<&String> = basis.sources.iter().flat_map(|cited| &cited.parameters).collect();
        let assumed = basis.assumptions.iter().flat_map(|kind| &kind.reasons).flat_map(|reason| &reason.parameters);
        let assumed: BTreeSet<&String> = assumed.collect();
        assert_eq!(assumed.len(), basis.assumed);
        assert_eq!(sourced.len() + assumed.len(), basis.parameters);
        assert!(sourced.is_disjoint(&assumed));
        assert_eq!(basis.sources.len() + basis.unused.len(), scenario.bibliography.len());
        let rule = basis.sources.iter().find(|cited| cited.key == "fr-85-51596").unwrap();
        assert!(rule.others.iter().any(|path| path == "provisions.direct-product-2020-08"), "{rule:?}");
        assert!(rule.parameters.is_empty());
    }

    #[test]
    fn a_source_that_only_a_text_names_is_named() {
        let words: Vec<&str> = in_parentheses("so it was (a-2019, b-2020) and (see c)").collect();
        assert_eq!(words, ["a-2019", "b-2020", "see", "c"]);
    }
}
