//! Observations: what was seen of the world that a run is compared with. A file of them stands by itself: a list of
//! `[[observation]]`, with no head needed. What can be said without a world is checked here; whether the firm exists and
//! the period can be simulated is asked when predictions are made ([`crate::analysis::predict`]).

mod parts;
mod period;
mod quantity;
mod unit;
mod value;

use std::sync::Arc;

use indexmap::IndexMap;

pub use parts::Parts;
pub use period::Period;
pub use quantity::{Need, ObservedQuantity};
pub use unit::{Dimension, Unit};

use super::layer::{self, Wanted};
use super::notes::What;
use super::problem::{Problem, Problems, nearest};
use super::reader::{Context, Reader};
use super::source::{Files, Source};
use super::tree::{Node, Origin, Value};
use super::{Kind, Place};
use crate::units::named;

named! {
    /// Of which part of the world an observation speaks.
    Region, "region" {
        /// All of it.
        World = "world",
        /// China.
        Cn = "cn",
        /// All but China.
        ExCn = "ex-cn",
    }
}

named! {
    /// What an observed value says.
    Bound, "bound" {
        /// It was this, or between these.
        Exact = "exact",
        /// It was this or more.
        AtLeast = "at-least",
        /// It was this or less.
        AtMost = "at-most",
    }
}

/// Something that was observed.
#[derive(Debug, Clone)]
pub struct Observation {
    /// Id, unique in its file.
    pub id: String,
    /// What was observed.
    pub quantity: ObservedQuantity,
    /// Of which firm: the id of a vendor.
    pub entity: String,
    /// Of a share: firms whose parts of it are added to the firm's.
    pub together_with: Vec<String>,
    /// Where; the world if not said.
    pub region: Region,
    /// When.
    pub period: Period,
    /// The period that it is measured against, of which the value is then a multiple.
    pub relative_to: Option<Period>,
    /// The lowest value that agrees with it, in its unit; minus infinity for one that is bounded above only.
    pub low: f64,
    /// The highest value that agrees with it; infinity for one that is bounded below only.
    pub high: f64,
    /// Its unit.
    pub unit: Unit,
    /// What the value says; exact if not said.
    pub bound: Bound,
    /// Of which parts it speaks.
    pub parts: Parts,
    /// What was reported, where that was words and no number.
    pub said: Option<String>,
    /// What the model lacks to be held against it; none: it is scored.
    pub needs: Option<Need>,
    /// Id of the row of evidence that it was taken from.
    pub evidence: Option<String>,
    /// Where it was read.
    pub source: String,
    /// A remark.
    pub note: Option<String>,
    files: Arc<Files>,
    place: Place,
    places: IndexMap<String, Place>,
}

impl Observation {
    /// Whether it is predicted and scored.
    pub fn is_scored(&self) -> bool {
        self.needs.is_none()
    }

    /// One number for it: the middle of an interval, the end of a bound; in its unit.
    pub fn central(&self) -> f64 {
        match (self.low.is_finite(), self.high.is_finite()) {
            (true, true) => 0.5 * (self.low + self.high),
            (true, false) => self.low,
            _ => self.high,
        }
    }

    /// A problem with the value of one of its keys.
    pub(crate) fn problem(&self, key: &str, message: String, label: &str, help: Option<String>) -> Problem {
        let place = self.places.get(key).unwrap_or(&self.place);
        Problem::new(format!("observation `{}`: {message}", self.id)).at(&self.files, place, label).help_if(help)
    }
}

/// A file of observations.
#[derive(Debug, Clone)]
pub struct ObservationFile {
    /// Name, as the user would write it.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// The observations, in file order; at least one.
    pub observations: Vec<Observation>,
}

/// Loads observations from what a user typed: a path, or the id of a shipped file.
///
/// # Errors
/// All that is wrong with the file.
pub fn load_observations(path_or_id: &str) -> Result<ObservationFile, Problems> {
    load_observations_source(&Source::named(path_or_id)?)
}

/// Loads observations from a source.
///
/// # Errors
/// As [`load_observations`].
pub fn load_observations_source(source: &Source) -> Result<ObservationFile, Problems> {
    let (mut files, mut problems) = (Files::default(), Problems::default());
    let opened = layer::open_as(Wanted::typed(source), Kind::Observations, &mut files, &mut problems);
    let Some((file, table)) = opened else { return Err(problems.or_unexplained()) };
    let files = Arc::new(files);
    let none = IndexMap::new();
    let cx = Context::new(&files, &table, &none);
    let root = Reader::root_of(Kind::Observations, &cx, &table, file);
    root.also_known(&["kind", "id", "title", "description"]);
    let items = root.list("observation", "tables, each under `[[observation]]`").unwrap_or_default();
    let observations: Vec<Observation> = items.iter().filter_map(|node| observation(&root, node, &files)).collect();
    root.finish();
    no_id_twice(&root, &observations);
    problems.append(cx.problems.into_inner());
    problems.into_result()?;
    let list = files.list();
    let text = list.into_iter().next().map(|f| f.text).unwrap_or_default();
    Ok(ObservationFile { name: source.name(), text, observations })
}

fn no_id_twice(root: &Reader<'_>, observations: &[Observation]) {
    let mut seen: IndexMap<&str, &Observation> = IndexMap::with_capacity(observations.len());
    for observation in observations {
        if let Some(first) = seen.insert(&observation.id, observation) {
            let message = "another one has this id".to_owned();
            let problem = observation.problem("id", message, "again", Some("give one of them another `id`".into()));
            root.cx.push(problem.because(root.cx.files, &first.place_of("id"), "first here"));
        }
    }
}

impl Observation {
    fn place_of(&self, key: &str) -> Place {
        self.places.get(key).unwrap_or(&self.place).clone()
    }
}

/// Reads one; `None`: reported.
fn observation<'a>(root: &Reader<'a>, node: &'a Node, files: &Arc<Files>) -> Option<Observation> {
    let mut r = root.open("observation", node)?;
    let id = r.text("id", "id of the observation, unique in its file");
    if let Some(id) = &id {
        r.path = format!("observation {id}");
    }
    let quantity = quantity(&r);
    let entity = r.text("entity", "firm that was observed: the id of a vendor");
    let together_with = together_with(&r, quantity);
    let relative_to = period::read_opt(&r, "relative_to", RELATIVE_TO);
    let dimension = match &relative_to {
        Some(Some(_)) => Some(Dimension::Ratio),
        _ => quantity.map(ObservedQuantity::dimension),
    };
    let unit = unit::read(&r, quantity, dimension);
    let region = r.choice_or("region", Region::World, "of which part of the world it speaks; the world if not said");
    let period = period::read(&r);
    let bound = r.choice_or("bound", Bound::Exact, "what the value says; exact if not said");
    let needs = needs(&r, quantity);
    let said = r.text_opt("said", "what was reported, where that was words and no number; with `needs`, and no value");
    let range = value::range(&r, bound, said.as_ref().is_some_and(Option::is_some), needs);
    let parts = parts::read(&r, quantity);
    let evidence = r.text_opt("evidence", "id of the row of evidence that it was taken from");
    // For the reader of the file alone.
    r.also_known(&["url", "verified", "title"]);
    let source = source(&r);
    r.finish();
    let (quantity, unit, (low, high)) = (quantity?, unit?, range?);
    let places = r.table.entries.iter().map(|(key, entry)| (key.clone(), entry.node.place.clone())).collect();
    let observation = Observation {
        id: id?,
        quantity,
        entity: entity?,
        together_with: together_with?,
        region: region?,
        period: period?,
        relative_to: relative_to?,
        low,
        high,
        unit,
        bound: bound?,
        parts: parts?,
        said: said?,
        needs: needs?,
        evidence: evidence?,
        source: source?,
        note: r.table.backing.note.clone(),
        files: files.clone(),
        place: node.place.clone(),
        places,
    };
    value::possible(&r, &observation).then_some(observation)
}

/// What `relative_to` means.
const RELATIVE_TO: &str =
    "an earlier period that it is measured against: the value is then a multiple of what it was there";

/// Firms whose parts of a share are added; outer `None`: reported.
fn together_with(r: &Reader<'_>, quantity: Option<ObservedQuantity>) -> Option<Vec<String>> {
    if !r.has("together_with") {
        return Some(Vec::new());
    }
    let firms = r.texts("together_with", "of a share: firms, by their ids as vendors, whose parts are added to it")?;
    let added = [ObservedQuantity::AwardShare, ObservedQuantity::RanRevenueShare];
    if let (Some(quantity), Some(entry)) =
        (quantity.filter(|q| !added.contains(q)), r.table.entries.get("together_with"))
    {
        let message = format!("`{}` is for shares of awards and of radio revenue alone", r.path_of("together_with"));
        r.problem(&entry.key, message, &format!("{quantity} is of one firm"), Some("delete it".into()));
        return None;
    }
    Some(firms.into_iter().map(|(firm, _)| firm.to_owned()).collect())
}

/// What it needs; outer `None`: reported. What the model does not record needs something.
fn needs(r: &Reader<'_>, quantity: Option<ObservedQuantity>) -> Option<Option<Need>> {
    let meaning = "what the model lacks to be held against it: it is then kept, counted and listed, and not scored";
    r.takes("needs", What::one_of::<Need>(), meaning);
    if r.has("needs") {
        return r.choice_of("needs", meaning).map(Some);
    }
    let unrecorded = quantity.filter(|quantity| !quantity.is_recorded());
    if let (Some(quantity), Some(entry)) = (unrecorded, r.table.entries.get("quantity")) {
        let recorded = ObservedQuantity::ALL.iter().filter(|quantity| quantity.is_recorded());
        let recorded: Vec<&str> = recorded.map(|quantity| quantity.name()).collect();
        let message =
            format!("`{}` is \"{quantity}\", an outcome that the model does not record", r.path_of("quantity"));
        let help = format!(
            "say what it needs (needs = \"M11\", \"scope\" or the like), and it is kept without a score; recorded are: {}",
            recorded.join(", ")
        );
        r.problem(&entry.node.place, message, "not recorded", Some(help));
        return None;
    }
    Some(None)
}

/// The quantity; an unknown one is told all that are known.
fn quantity(r: &Reader<'_>) -> Option<ObservedQuantity> {
    let names: Vec<&str> = ObservedQuantity::names().collect();
    r.takes("quantity", What::one_of::<ObservedQuantity>(), "what was observed");
    let node = r.need("quantity", format!("one of {}", names.join(", ")))?;
    let Value::Text(text) = &node.value else {
        r.mismatch("quantity", node, "a quantity in quotes", Some(format!("write one of: {}", names.join(", "))));
        return None;
    };
    let read = ObservedQuantity::parse(text.trim());
    if read.is_none() {
        let message = format!("`{}` is \"{text}\", which is not a known quantity", r.path_of("quantity"));
        let near = nearest(text, names.iter().copied()).map(|near| format!("did you mean `{near}`? "));
        let help = format!("{}known quantities: {}", near.unwrap_or_default(), names.join(", "));
        r.problem(&node.place, message, "not a known quantity", Some(help));
    }
    read
}

/// Where it was read, in words.
fn source(r: &Reader<'_>) -> Option<String> {
    match r.table.backing.origin.as_deref() {
        Some(Origin::Sources(named)) => {
            Some(named.iter().map(|(text, _)| text.as_str()).collect::<Vec<_>>().join("; "))
        }
        Some(Origin::Assumption(_)) => {
            let message = format!("`{}` rests on an assumption, and what is assumed was not observed", r.path);
            r.problem(&r.place, message, "this one", Some("name where it was read: source = \"...\"".into()));
            None
        }
        Some(Origin::Invalid) => None,
        None => {
            r.lacks(vec!["source"], "where it was read, a text in quotes");
            None
        }
    }
}

#[cfg(test)]
mod tests;
