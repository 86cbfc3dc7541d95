//! What differs between two scenarios, in words: in the law (with the citation of each provision), in the world, and in the
//! parameters, whose value may be the same and rest on something else. For `chokepoint diff`.

use indexmap::IndexMap;
use serde::Serialize;

use super::describe::{self, Change};
use super::load::{Changes, Parts, load_layered};
use super::param::Param;
use super::problem::Problems;
use super::regime::{LicensingPeriod, Provision, ProvisionKind, Regime};
use super::source::{Library, Source};
use super::tree::Table;
use super::words::percent;
use super::{Scenario, layer, support};
use crate::units::Level;

/// Top-level tables of the law.
const LAW: [&str; 3] = ["provisions", "licensing", "escalation"];

/// All that differs between two scenarios.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// The one.
    pub from: Side,
    /// The other.
    pub to: Side,
    /// Whether there is none, in what a run depends on.
    pub same: bool,
    /// In the law and the practice of licensing.
    pub law: Vec<Item>,
    /// In the world, apart from parameters.
    pub world: Vec<Item>,
    /// In parameters.
    pub parameters: Vec<Item>,
}

/// One of the two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Side {
    /// Its id.
    pub id: String,
    /// One line.
    pub title: String,
    /// Hash of it, resolved.
    pub hash: String,
}

/// What happened to something on the way from the one to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// Only the other has it.
    Added,
    /// Only the one has it.
    Removed,
    /// Both have it, and say other things of it.
    Changed,
}

impl Fate {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Fate::Added => "added",
            Fate::Removed => "removed",
            Fate::Changed => "changed",
        }
    }
}

/// Something that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// What happened to it.
    pub change: Fate,
    /// Dotted path.
    pub path: String,
    /// What it is, in words.
    pub what: String,
    /// Paragraph of the regulation, of a provision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citation: Option<String>,
    /// What is said of it that differs; all that is said, where it is added or removed.
    pub facts: Vec<Fact>,
}

/// What is said of something by the one, and by the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fact {
    /// Of what.
    pub about: String,
    /// By the one; `None`: nothing.
    pub from: Option<String>,
    /// By the other; `None`: nothing.
    pub to: Option<String>,
}

/// Compares two scenarios.
///
/// # Errors
/// All that is wrong with either.
pub fn diff(from: &Source, to: &Source) -> Result<Difference, Problems> {
    let library = Library::default();
    let load = |source| load_layered(&library, source, Changes::default());
    let (a, b) = (load(from)?, load(to)?);
    let mut changes = Vec::new();
    describe::compare("", &merged(&library, from)?, &merged(&library, to)?, &mut changes);
    let mut law = provisions(&a.regime, &b.regime);
    law.extend(licensing(&a.regime, &b.regime));
    let (parameters, world): (Vec<Item>, Vec<Item>) = (parameters(&a, &b, &changes), world(&a, &b, &changes));
    law.extend(escalation(&changes));
    let same = law.is_empty() && world.is_empty() && parameters.is_empty();
    let side = |s: &Scenario| Side { id: s.id.clone(), title: s.title.clone(), hash: s.hash.clone() };
    Ok(Difference { from: side(&a), to: side(&b), same, law, world, parameters })
}

fn merged(library: &Library, source: &Source) -> Result<Table, Problems> {
    let mut parts = Parts::read(library, source)?;
    let mut merged = layer::merge(&parts.chain, &parts.files, &mut parts.problems);
    support::settle(&mut merged, &parts.files);
    Ok(merged)
}

/// Compares what two maps say of each key; in the order of the first, what only the second has at the end.
fn each<'a, T>(
    from: &IndexMap<&'a str, T>,
    to: &IndexMap<&'a str, T>,
    item: impl Fn(&'a str, Option<&T>, Option<&T>) -> Option<Item>,
) -> Vec<Item> {
    let gone_or_both = from.iter().map(|(id, old)| item(id, Some(old), to.get(id)));
    let new = to.iter().filter(|(id, _)| !from.contains_key(*id)).map(|(id, new)| item(id, None, Some(new)));
    gone_or_both.chain(new).flatten().collect()
}

type Facts = Vec<(&'static str, String)>;

/// What differs between two lists of facts; `None` if nothing does.
fn facts(from: Option<Facts>, to: Option<Facts>) -> Option<(Fate, Vec<Fact>)> {
    let fate = match (&from, &to) {
        (None, _) => Fate::Added,
        (_, None) => Fate::Removed,
        _ => Fate::Changed,
    };
    let (from, to): (IndexMap<_, _>, IndexMap<_, _>) =
        (from.unwrap_or_default().into_iter().collect(), to.unwrap_or_default().into_iter().collect());
    let about = from.keys().chain(to.keys().filter(|about| !from.contains_key(*about)));
    let differing = about.filter(|about| from.get(*about) != to.get(*about));
    let told: Vec<Fact> = differing
        .map(|about| Fact { about: (*about).into(), from: from.get(about).cloned(), to: to.get(about).cloned() })
        .collect();
    (!told.is_empty()).then_some((fate, told))
}

/// Every provision, with the title of the rung that it is on.
fn all_provisions(regime: &Regime) -> IndexMap<&str, (&Provision, Option<&str>)> {
    let dated = regime.provisions.iter().map(|(id, p)| (id.as_str(), (p, None)));
    let rungs = regime
        .rungs()
        .flat_map(|rung| rung.provisions.iter().map(|(id, p)| (id.as_str(), (p, Some(rung.title.as_str())))));
    dated.chain(rungs).collect()
}

fn provisions(from: &Regime, to: &Regime) -> Vec<Item> {
    each(&all_provisions(from), &all_provisions(to), |id, old, new| {
        let told =
            |provision: Option<&(&Provision, Option<&str>)>| provision.map(|(p, rung)| provision_facts(p, *rung));
        let (change, facts) = facts(told(old), told(new))?;
        let (provision, _) = new.or(old)?;
        let (path, citation) = (format!("provisions.{id}"), Some(provision.citation.clone()));
        Some(Item { change, path, what: provision.title.clone(), citation, facts })
    })
}

fn provision_facts(provision: &Provision, rung: Option<&str>) -> Facts {
    let mut facts = vec![("title", provision.title.clone()), ("kind", kind(&provision.kind).to_owned())];
    facts.push(match (rung, provision.to) {
        (Some(rung), _) => ("in force", format!("from the day on which a run takes the rung “{rung}”")),
        (None, Some(to)) => ("in force", format!("from {} to {to}", provision.from)),
        (None, None) => ("in force", format!("from {}, with no last day", provision.from)),
    });
    if rung.is_none() {
        facts.push(("announced", provision.announced.to_string()));
    }
    facts.extend(kind_facts(&provision.kind));
    facts.push(("citation", provision.citation.clone()));
    facts.push(("rests on", rests_on(&provision.provenance)));
    facts
}

fn kind(kind: &ProvisionKind) -> &'static str {
    match kind {
        ProvisionKind::Listing { .. } => "a listing",
        ProvisionKind::DeMinimis { .. } => "a de minimis rule",
        ProvisionKind::DirectProduct { .. } => "a direct product rule",
        ProvisionKind::GeneralLicense { .. } => "a general license",
        ProvisionKind::SavingsClause { .. } => "a savings clause",
        ProvisionKind::ReviewPolicy { .. } => "a review policy",
        ProvisionKind::MarketRestriction { .. } => "a market restriction",
    }
}

fn kind_facts(kind: &ProvisionKind) -> Facts {
    let yes = |flag: &bool| if *flag { "yes" } else { "no" }.to_owned();
    let level = |level: &Option<Level>| level.map_or("do not count".into(), |level| format!("count from {level} up"));
    match kind {
        ProvisionKind::Listing { buyers, review } => {
            vec![("listed buyers", buyers.join(", ")), ("review of applications", review.to_string())]
        }
        ProvisionKind::DeMinimis { threshold, counts, destination } => vec![
            ("threshold", format!("more than {} of the value", percent(*threshold))),
            ("US content that counts", counts.to_string()),
            ("destination", destination.to_string()),
        ],
        ProvisionKind::DirectProduct { item_from, technology_from, plant_from, own_design_only, destination } => vec![
            ("items reached", format!("from {item_from} up")),
            ("US technology", level(technology_from)),
            ("US plant tools", level(plant_from)),
            ("own designs only", yes(own_design_only)),
            ("destination", destination.to_string()),
        ],
        ProvisionKind::GeneralLicense { uses, items_up_to } => {
            let uses: Vec<String> = uses.iter().map(ToString::to_string).collect();
            vec![("uses covered", uses.join(", ")), ("items covered", format!("up to {items_up_to}"))]
        }
        ProvisionKind::SavingsClause { saves } => vec![("saves from", saves.join(", "))],
        ProvisionKind::ReviewPolicy { review, direct_product_only, below_5g_only } => vec![
            ("review of applications", review.to_string()),
            ("direct products only", yes(direct_product_only)),
            ("below 5G only", yes(below_5g_only)),
        ],
        ProvisionKind::MarketRestriction { vendors, market, share, cap, removal, label } => {
            let removed = removal.map(|(first, last)| format!("from {first} to {last}"));
            vec![
                ("vendors restricted", vendors.join(", ")),
                ("market", market.clone()),
                ("part of the demand", format!("{} {}", share.dist, share.quantity)),
                ("most they may win of it", percent(*cap)),
                ("removal of what is in service", removed.unwrap_or_else(|| "none".into())),
                ("label", label.clone()),
            ]
        }
    }
}

fn rests_on(provenance: &super::param::Provenance) -> String {
    match &provenance.assumption {
        Some(reason) => format!("the assumption: {reason} (confidence {})", provenance.confidence),
        None => format!("{} (confidence {})", provenance.sources.join(", "), provenance.confidence),
    }
}

fn licensing(from: &Regime, to: &Regime) -> Vec<Item> {
    let by_id = |regime: &'_ Regime| -> IndexMap<String, LicensingPeriod> {
        regime.licensing.iter().map(|period| (period.id.clone(), period.clone())).collect()
    };
    let (from, to) = (by_id(from), by_id(to));
    let keys = |periods: &'_ IndexMap<String, LicensingPeriod>| -> Vec<String> { periods.keys().cloned().collect() };
    let told = |period: &LicensingPeriod| -> Facts {
        let chance = |param: &Param| format!("{} {}", param.dist, param.quantity);
        let mut facts = vec![
            ("from", period.from.to_string()),
            ("chance for network parts", chance(&period.network)),
            ("chance for consumer goods", chance(&period.consumer)),
            ("chance below 5G", chance(&period.below_5g)),
        ];
        facts.extend(period.case_by_case.iter().map(|p| ("chance case by case", chance(p))));
        facts.extend(
            period.presumption_of_approval.iter().map(|p| ("chance under a presumption of approval", chance(p))),
        );
        facts.extend(period.revocation.iter().map(|p| ("revocation", chance(p))));
        facts
    };
    let mut ids = keys(&from);
    ids.extend(keys(&to).into_iter().filter(|id| !from.contains_key(id)));
    ids.into_iter()
        .filter_map(|id| {
            let (change, facts) = facts(from.get(&id).map(told), to.get(&id).map(told))?;
            let what = "practice of licensing from a day on".to_owned();
            Some(Item { change, path: format!("licensing.{id}"), what, citation: None, facts })
        })
        .collect()
}

/// What differs in the policy of escalation, apart from its provisions.
fn escalation(changes: &[Change]) -> Vec<Item> {
    changes.iter().filter(|change| change.path().split('.').next() == Some("escalation")).map(Item::plain).collect()
}

/// What differs in the world, apart from parameters.
fn world(a: &Scenario, b: &Scenario, changes: &[Change]) -> Vec<Item> {
    let is_parameter = |path: &str| {
        let below = |param: &Param| param.path.strip_prefix(path).is_some_and(|rest| rest.is_empty() || is_day(rest));
        a.params.iter().chain(&b.params).any(below)
    };
    let of_world = |change: &&Change| {
        let path = change.path();
        !LAW.contains(&path.split('.').next().unwrap_or_default()) && !is_parameter(path)
    };
    changes.iter().filter(of_world).map(Item::plain).collect()
}

/// What a path of a dated parameter has after that of its list.
fn is_day(rest: &str) -> bool {
    rest.strip_prefix('.').is_some_and(|day| day.parse::<crate::units::Date>().is_ok())
}

/// What differs in parameters of the world that both have, or that one has in a table that both have.
fn parameters(a: &Scenario, b: &Scenario, changes: &[Change]) -> Vec<Item> {
    let within_whole = |path: &str| {
        let whole = |change: &Change| match change {
            Change::Added { path: whole, .. } | Change::Removed { path: whole } => {
                path.strip_prefix(whole.as_str()).is_some_and(|rest| rest.starts_with('.') && !is_day(rest))
            }
            Change::Changed { .. } => false,
        };
        changes.iter().any(whole)
    };
    let of_world = |param: &&Param| !LAW.contains(&param.path.split('.').next().unwrap_or_default());
    let by_path = |scenario: &'_ Scenario| -> IndexMap<String, Param> {
        scenario.params.iter().filter(of_world).map(|param| (param.path.clone(), param.clone())).collect()
    };
    let (from, to) = (by_path(a), by_path(b));
    let told = |param: &Param| -> Facts {
        let (low, high) = param.bounds;
        vec![
            ("value", format!("{} {}", param.dist, param.quantity)),
            ("bounds", format!("{low} to {high}")),
            ("rests on", rests_on(&param.provenance)),
        ]
    };
    let mut paths: Vec<&String> = from.keys().collect();
    paths.extend(to.keys().filter(|path| !from.contains_key(*path)));
    paths
        .into_iter()
        .filter(|path| !within_whole(path))
        .filter_map(|path| {
            let (change, facts) = facts(from.get(path).map(told), to.get(path).map(told))?;
            let what = to.get(path).or(from.get(path)).map(|param| param.meaning.to_owned()).unwrap_or_default();
            Some(Item { change, path: path.clone(), what, citation: None, facts })
        })
        .collect()
}

impl Item {
    /// A difference of which no more is known than the layers say.
    fn plain(change: &Change) -> Item {
        let item = |change, path: &str, what: &str, facts| Item {
            change,
            path: path.to_owned(),
            what: what.to_owned(),
            citation: None,
            facts,
        };
        match change {
            Change::Added { path, what } => item(Fate::Added, path, what, Vec::new()),
            Change::Removed { path } => item(Fate::Removed, path, "", Vec::new()),
            Change::Changed { path, from, to } => {
                let fact = Fact { about: "value".into(), from: Some(from.clone()), to: Some(to.clone()) };
                item(Fate::Changed, path, "", vec![fact])
            }
        }
    }
}
