//! Observations: what was seen of the world that a run is compared with. A file of them stands by itself: a list of
//! `[[observation]]`, with no head needed. What can be said without a world is checked here; whether the firm exists and
//! the period can be simulated is asked when predictions are made ([`crate::analysis::predict`]).

mod period;
mod unit;

use std::sync::Arc;

use indexmap::IndexMap;

pub use period::Period;
pub use unit::{Dimension, Unit};

use super::layer::{self, Wanted};
use super::notes::What;
use super::problem::{Problem, Problems, nearest};
use super::reader::{Context, Reader};
use super::source::{Files, Source};
use super::tree::{Node, Origin, Value};
use super::{Kind, Place};
use crate::units::{Country, named};

named! {
    /// What can be observed and predicted; `docs/outputs.md` defines each.
    ObservedQuantity, "quantity" {
        /// Base stations of a firm put into service in the region over the period.
        StationsSupplied = "stations-supplied",
        /// The firm's share of revenue from base stations in the region over the period.
        RanRevenueShare = "ran-revenue-share",
        /// Revenue of the firm's carrier business over the period.
        EquipmentRevenue = "equipment-revenue",
        /// Revenue of the firm's handsets in the region over the period.
        HandsetRevenue = "handset-revenue",
        /// Handsets of the firm that reached buyers in the region over the period.
        HandsetsShipped = "handsets-shipped",
        /// Value of the parts that were shipped to the firm over the period.
        Purchases = "purchases",
        /// The firm's inventory at the end of the period in months of its cost of goods.
        InventoryCover = "inventory-cover",
        /// Part of the cost of the base stations that the firm built over the period that went to sellers at home in the
        /// United States.
        UsContentShare = "us-content-share",
        /// The firm's share of the base stations that operators in the region awarded over the period.
        AwardShare = "award-share",
    }
}

impl ObservedQuantity {
    /// In which units it can be observed.
    pub fn dimension(self) -> Dimension {
        match self {
            ObservedQuantity::StationsSupplied => Dimension::Stations,
            ObservedQuantity::HandsetsShipped => Dimension::Handsets,
            ObservedQuantity::EquipmentRevenue | ObservedQuantity::HandsetRevenue | ObservedQuantity::Purchases => {
                Dimension::Money
            }
            ObservedQuantity::InventoryCover => Dimension::Months,
            ObservedQuantity::RanRevenueShare | ObservedQuantity::UsContentShare | ObservedQuantity::AwardShare => {
                Dimension::Share
            }
        }
    }
}

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
    /// Where; the world if not said.
    pub region: Region,
    /// When.
    pub period: Period,
    /// The lowest value that agrees with it, in its unit; minus infinity for one that is bounded above only.
    pub low: f64,
    /// The highest value that agrees with it; infinity for one that is bounded below only.
    pub high: f64,
    /// Its unit.
    pub unit: Unit,
    /// What the value says; exact if not said.
    pub bound: Bound,
    /// Of purchases: from sellers at home in this country alone.
    pub seller: Option<Country>,
    /// Where it was read.
    pub source: String,
    /// A remark.
    pub note: Option<String>,
    files: Arc<Files>,
    place: Place,
    places: IndexMap<String, Place>,
}

impl Observation {
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
    let (entity, unit) = (r.text("entity", "firm that was observed: the id of a vendor"), unit::read(&r, quantity));
    let region = r.choice_or("region", Region::World, "of which part of the world it speaks; the world if not said");
    let period = period::read(&r);
    let bound = r.choice_or("bound", Bound::Exact, "what the value says; exact if not said");
    let range = range(&r, bound);
    let seller = r.country_opt("seller", "of purchases: from sellers at home in this country alone");
    let seller = seller.filter(|seller| seller.is_none() || fits(&r, quantity));
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
        region: region?,
        period: period?,
        low,
        high,
        unit,
        bound: bound?,
        seller: seller?,
        source: source?,
        note: r.table.backing.note.clone(),
        files: files.clone(),
        place: node.place.clone(),
        places,
    };
    possible(&r, &observation).then_some(observation)
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

/// Whether a seller's home says anything of the quantity.
fn fits(r: &Reader<'_>, quantity: Option<ObservedQuantity>) -> bool {
    let fits = quantity.is_none_or(|q| q == ObservedQuantity::Purchases);
    if let (false, Some(entry)) = (fits, r.entry("seller")) {
        let message = format!("`{}` is for `purchases` alone", r.path_of("seller"));
        r.problem(&entry.key, message, "nobody sells this to the firm", Some("delete it".into()));
    }
    fits
}

/// The lowest and highest value that agrees with what was observed.
fn range(r: &Reader<'_>, bound: Option<Bound>) -> Option<(f64, f64)> {
    r.takes_either(&["value", "low"]);
    let meanings = [
        ("value", "the observed number, in its unit"),
        ("low", "lower end of a range that is known, in the unit"),
        ("high", "upper end of that range"),
    ];
    meanings.iter().for_each(|(key, meaning)| r.takes(key, What::Number, meaning));
    let number = |key| match r.entry(key) {
        Some(entry) => r.number_at(key, &entry.node).map(Some),
        None => Some(None),
    };
    let (value, low, high) = (number("value"), number("low"), number("high"));
    let (value, low, high) = (value?, low?, high?);
    let bound = bound?;
    let wrong = |key: &'static str, message: String, help: &str| {
        let place = r.entry(key).map_or(r.place.clone(), |entry| entry.node.place.clone());
        r.problem(&place, message, "here", Some(help.to_owned()));
        None
    };
    match (value, low, high, bound) {
        (Some(value), None, None, Bound::Exact) => Some((value, value)),
        (Some(value), None, None, Bound::AtLeast) => Some((value, f64::INFINITY)),
        (Some(value), None, None, Bound::AtMost) => Some((f64::NEG_INFINITY, value)),
        (None, Some(low), Some(high), Bound::Exact) if low <= high => Some((low, high)),
        (None, Some(low), Some(high), Bound::Exact) => wrong(
            "low",
            format!("`{}` has a low end of {low} above its high end of {high}", r.path),
            "write the lower one as `low`",
        ),
        (None, Some(_), Some(_), bound) => wrong(
            "low",
            format!("`{}` has two ends, and `bound = \"{bound}\"` is about one value", r.path),
            "write `value`, or leave `bound` out",
        ),
        (Some(_), ..) => wrong(
            "value",
            format!("`{}` has a `value` and `low` or `high`: only one of the two forms can be meant", r.path),
            "keep `value`, or both `low` and `high`",
        ),
        (None, None, None, _) => {
            r.lacks(vec!["value", "low"], "the observed number, or `low` and `high` where a range is known");
            None
        }
        (None, ..) => wrong(
            if low.is_some() { "low" } else { "high" },
            format!("`{}` has one end of a range only", r.path),
            "add the other end; for a bound write `value` with bound = \"at-least\" or \"at-most\"",
        ),
    }
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

/// Whether the numbers are possible for what they are numbers of.
fn possible(r: &Reader<'_>, observation: &Observation) -> bool {
    let (lowest, highest) = match observation.quantity.dimension() {
        Dimension::Share => (0.0, 1.0),
        _ => (0.0, f64::INFINITY),
    };
    let factor = observation.unit.factor();
    let beyond = [observation.low, observation.high]
        .into_iter()
        .filter(|end| end.is_finite())
        .find(|end| !(lowest..=highest * (1.0 + 1e-12)).contains(&(end * factor)));
    if let Some(end) = beyond {
        let key = if r.has("value") { "value" } else { "low" };
        let expected = if highest.is_finite() {
            format!("it lies from 0 to {}", highest / factor)
        } else {
            "it is not negative".to_owned()
        };
        let message = format!("{end} {} is not a possible {}", observation.unit, observation.quantity);
        let percent = highest.is_finite() && factor == 1.0 && end > 1.0 && end <= 100.0;
        let help = if percent { format!("for {end} percent write {}", end / 100.0) } else { expected };
        r.cx.push(observation.problem(key, message, "out of range", Some(help)));
    }
    beyond.is_none()
}

#[cfg(test)]
mod tests;
