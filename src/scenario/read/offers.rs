//! Reading suppliers and offers: who sells what, what the law asks about it, how much there is and for whom.

use indexmap::IndexMap;

use super::super::notes::What;
use super::super::param::{Param, Quantity};
use super::super::problem::Problem;
use super::super::reader::Reader;
use super::super::tree::{Node, Value};
use super::super::world::{Capacity, LegalFacts, Offer, Programme, Reach, Supplier};
use crate::units::{Country, Date, Level};

/// What a candidate's programme start says where it has no day.
const WHEN_SHORT: &str = "when-short";

/// What [`first_day`] takes.
pub(super) const DAY: What = What::DayOr(WHEN_SHORT);

pub(super) fn supplier(r: &Reader<'_>) -> Option<Supplier> {
    let name = r.text("name", "name of the supplier");
    let home = r.country("home", "home country: who earns");
    let meaning = "chance that it applies for a license when an offer of its is prohibited";
    let license_readiness = r.param("license_readiness", Quantity::Share, meaning);
    let meaning = "chance that it designs US content out of an offer that a rule catches for it";
    let design_out_readiness = r.param_opt("design_out_readiness", Quantity::Share, meaning);
    let meaning = "chance that it obeys a rule that rests on foreign production alone, in place of its jurisdiction's";
    let compliance = r.param_opt("compliance", Quantity::Share, meaning);
    r.finish();
    let home = home?;
    let described = known_jurisdiction(r, home);
    Some(Supplier {
        name: name?,
        home: described.then_some(home)?,
        license_readiness: license_readiness?,
        place: r.place.clone(),
        design_out_readiness: design_out_readiness?,
        compliance: compliance?,
    })
}

fn known_jurisdiction(r: &Reader<'_>, home: Country) -> bool {
    let place = r.table.get("home").map_or(&r.place, |n| &n.place);
    r.refers("home", home.code(), place, "jurisdictions")
}

pub(super) fn offer(r: &Reader<'_>) -> Option<Offer> {
    let name = r.text("name", "name of the product");
    let (supplier, class, lines) = (
        r.id("supplier", "suppliers", "who sells it"),
        r.id("class", "classes", "component class that it is of"),
        r.id_list("lines", "lines", "lines whose products can use it"),
    );
    let legal = legal(r);
    let price = r.param("price", Quantity::UsdPerUnit, "price of one unit");
    let capacity = capacity(r);
    let lead_time = r.param("lead_time", Quantity::Months, "time from order to shipment");
    let performance = r.param("performance", Quantity::Ratio, "performance of a product built with it");
    let buyers = buyers(r);
    let candidates = candidates(r);
    let meaning = "the programme that must mature before there is anything to buy";
    let programme = r.child_or("programme", meaning, None, |r| programme(&r).map(Some));
    let provenance = r.provenance();
    r.finish();
    let (buyers, candidates) = (buyers?, candidates?);
    if let (Some(Some(_)), Some(buyer)) = (&programme, buyers.first()) {
        let message =
            format!("`{}` has a programme and the buyer `{buyer}`, but nobody buys what is not there yet", r.path);
        let help = "name the vendor in `candidates` instead: it can qualify the offer once it is mature";
        r.problem(&r.place, message, "this offer", Some(help.into()));
    }
    if buyers.is_empty() && candidates.is_empty() {
        let message = format!("`{}` has no buyers and no candidates: nobody could ever use it", r.path);
        let help = "name at least one vendor in `buyers` or `candidates`";
        r.problem(&r.place, message, "this offer", Some(help.into()));
    }
    if let Some(both) = candidates.keys().find(|c| buyers.contains(c)) {
        let message = format!("`{}` names `{both}` both as a buyer and as a candidate", r.path);
        let help = "a buyer is qualified at the start, a candidate is not: delete one";
        r.problem(&r.place, message, "this offer", Some(help.into()));
    }
    Some(Offer {
        name: name?,
        supplier: supplier?,
        class: class?,
        lines: lines?,
        legal: legal?,
        price: price?,
        capacity: capacity?,
        lead_time: lead_time?,
        performance: performance?,
        buyers,
        candidates,
        provenance: provenance?,
        place: r.place.clone(),
        programme: programme?,
    })
}

fn programme(r: &Reader<'_>) -> Option<Programme> {
    let (start, earliest) =
        (r.date("start", "first day of the work"), r.date_opt("earliest", "day before which it can't be mature"));
    let hazard = r.param("hazard", Quantity::PerMonth, "rate a month at which it matures, at no perceived risk");
    let effort = r.param("effort", Quantity::Ratio, "by how many times more that rate grows at full perceived risk");
    let yield_start = r.param("yield_start", Quantity::Share, "share of its capacity that it gives when mature");
    let yield_time = r.param("yield_time", Quantity::Months, "time in which the rest falls to 1/e");
    r.finish();
    let (start, earliest) = (start?, earliest?);
    if let Some(early) = earliest.filter(|day| *day < start) {
        let place = r.table.get("earliest").map_or(&r.place, |n| &n.place);
        let message = format!("`{}` can be mature on {early}, before it starts on {start}", r.path);
        r.problem(place, message, "before the start", Some("delete it, or write a later day".into()));
        return None;
    }
    let (hazard, effort) = (hazard?, effort?);
    Some(Programme { start, hazard, effort, earliest, yield_start: yield_start?, yield_time: yield_time? })
}

fn legal(r: &Reader<'_>) -> Option<LegalFacts> {
    let (made_in, shipped_from) =
        (r.country("made_in", "country in which it is made"), r.country("shipped_from", "country from which it ships"));
    let item = item_level(r, "item", "classification of the item");
    let us_controlled =
        r.param("us_controlled", Quantity::Share, "value share of US content that by itself needs a license");
    let us_other = r.param("us_other", Quantity::Share, "value share of all other US content");
    let us_technology = reach(r, "us_technology", "chance that it is a direct product of US technology of that level");
    let us_plant = reach(r, "us_plant", "chance that its plant is a direct product of US technology of that level");
    let (own_design, below_5g) = (
        r.flag("own_design", "whether it is made with the buyer's own technology or design"),
        r.flag("below_5g", "whether it is for use below 5G"),
    );
    let us_controlled_floor =
        r.param_opt("us_controlled_floor", Quantity::Share, "controlled US content of a new design");
    let us_other_floor = r.param_opt("us_other_floor", Quantity::Share, "other US content of a new design");
    let (us_controlled, us_other) = (us_controlled?, us_other?);
    let (us_controlled_floor, us_other_floor) = (us_controlled_floor?, us_other_floor?);
    for (floor, content) in [(&us_controlled_floor, &us_controlled), (&us_other_floor, &us_other)] {
        if let Some(floor) = floor {
            check_floor(r, floor, content, [made_in, shipped_from]);
        }
    }
    let possible = us_controlled.ends().1 + us_other.ends().1;
    // Two shares written as decimals may add up to a hair more than 1 in binary.
    if possible > 1.0 + 1e-9 {
        let message = format!(
            "the US content of `{}` can reach {possible}: up to {} controlled and up to {} other, but shares of one \
             value add up to at most 1",
            r.path,
            us_controlled.ends().1,
            us_other.ends().1
        );
        let problem = Problem::new(message).at(r.cx.files, &us_other.place, "the other US content");
        let problem = problem.because(r.cx.files, &us_controlled.place, "the controlled US content");
        r.cx.push(problem.help("lower the upper ends of the two until they add up to 1 or less"));
        return None;
    }
    Some(LegalFacts {
        made_in: made_in?,
        shipped_from: shipped_from?,
        item: item?,
        us_controlled,
        us_other,
        us_technology: us_technology?,
        us_plant: us_plant?,
        own_design: own_design?,
        below_5g: below_5g?,
        us_controlled_floor,
        us_other_floor,
    })
}

/// A floor must leave something to design out, of an item that is not of US origin whatever its content.
fn check_floor(r: &Reader<'_>, floor: &Param, content: &Param, places: [Option<Country>; 2]) {
    if places.iter().flatten().any(Country::is_united_states) {
        let message = format!(
            "`{}` makes no sense: what is made in or ships from the US is subject whatever it holds",
            floor.path
        );
        r.problem(&floor.place, message, "not for a US-made item", Some("delete it".into()));
    } else if floor.ends().0 >= content.ends().1 && content.ends().1 > 0.0 {
        let message = format!(
            "`{}` is at least {}, but the content itself is at most {}: nothing could be designed out",
            floor.path,
            floor.ends().0,
            content.ends().1
        );
        let problem = Problem::new(message).at(r.cx.files, &floor.place, "the floor");
        let problem = problem.because(r.cx.files, &content.place, "the content");
        r.cx.push(problem.help("lower the floor, or delete it: without one the content stays"));
    }
}

/// What [`item_level`] takes.
pub(super) fn item_levels() -> What {
    let What::OneOf(mut levels) = What::one_of::<Level>() else { return What::Text };
    levels.retain(|(name, _)| name != Level::None.name());
    What::OneOf(levels)
}

/// A control level other than `none`, which no item has.
pub(super) fn item_level(r: &Reader<'_>, key: &'static str, meaning: &str) -> Option<Level> {
    r.takes(key, item_levels(), meaning);
    let level: Level = r.choice_of(key, meaning)?;
    if level == Level::None {
        let place = r.table.get(key).map_or(&r.place, |n| &n.place);
        let message = format!(
            "`{}` is \"none\", which says that there is no US technology: no level to count from",
            r.path_of(key)
        );
        r.problem(place, message, "not a level here", Some("write \"ear99\", \"at\" or \"ns\"".into()));
        return None;
    }
    Some(level)
}

fn reach(r: &Reader<'_>, key: &'static str, meaning: &'static str) -> Option<Reach> {
    let inner = r.child(key, &format!("{meaning}: a table {{ level, probability }}"))?;
    let level = inner.choice_of("level", "control level of the US technology");
    let probability = inner.param("probability", Quantity::Share, meaning);
    let support = if inner.table.backing.own_origin { inner.provenance().map(Some) } else { Some(None) };
    inner.finish();
    Some(Reach { level: level?, probability: probability?, support: support? })
}

fn capacity(r: &Reader<'_>) -> Option<Capacity> {
    let (fixed, ratio) = ("capacity", "capacity_ratio");
    let (units, multiple) = ("capacity", "capacity as a multiple of planned use");
    r.takes(fixed, What::Param(Quantity::UnitsPerMonth), units);
    r.takes(ratio, What::Param(Quantity::Ratio), multiple);
    if exactly_one(r, fixed, ratio)? == fixed {
        r.param(fixed, Quantity::UnitsPerMonth, units).map(Capacity::Fixed)
    } else {
        r.param(ratio, Quantity::Ratio, multiple).map(Capacity::OfPlannedUse)
    }
}

/// Which one of two keys is there.
pub(super) fn exactly_one(r: &Reader<'_>, a: &'static str, b: &'static str) -> Option<&'static str> {
    r.takes_either(&[a, b]);
    match (r.entry(a), r.entry(b)) {
        (Some(_), None) => Some(a),
        (None, Some(_)) => Some(b),
        (Some(first), Some(second)) => {
            let message = format!("`{}` has both `{a}` and `{b}`: exactly one must be given", r.path);
            let help = if first.node.place.file == second.node.place.file {
                "delete one".to_owned()
            } else {
                format!(
                    "a layer that changes from one to the other takes the old one out with `remove = [\"{}.{a}\"]` or \
                         `remove = [\"{}.{b}\"]`",
                    r.path, r.path
                )
            };
            let problem = Problem::new(message).at(r.cx.files, &second.key, "one of the two").help(help);
            r.cx.push(problem.because(r.cx.files, &first.key, "the other one"));
            None
        }
        (None, None) => {
            r.lacks(vec![a, b], "exactly one of them");
            None
        }
    }
}

/// Vendors that are qualified at the start; there may be none.
fn buyers(r: &Reader<'_>) -> Option<Vec<String>> {
    let meaning = "vendors that are qualified to use it at the start; may be empty";
    r.takes("buyers", What::Ids("vendors"), meaning);
    match r.entry("buyers").map(|e| &e.node.value) {
        Some(Value::List(items)) if items.is_empty() => Some(Vec::new()),
        _ => r.id_list("buyers", "vendors", meaning),
    }
}

fn candidates(r: &Reader<'_>) -> Option<IndexMap<String, Option<Date>>> {
    let meaning = "vendors that could qualify it, each with the day on which its work starts, or \"when-short\"";
    r.child_or("candidates", meaning, IndexMap::new(), |inner| candidates_of(&inner))
}

fn candidates_of(inner: &Reader<'_>) -> Option<IndexMap<String, Option<Date>>> {
    inner.each_takes(DAY, "day on which the vendor's work starts, or \"when-short\": when the class falls short");
    let mut all = true;
    let mut read = IndexMap::new();
    for (vendor, entry) in &inner.table.entries {
        all &= inner.refers(vendor, vendor, &entry.key, "vendors");
        match first_day(inner, vendor, &entry.node) {
            Some(start) => {
                read.insert(vendor.clone(), start);
            }
            None => all = false,
        }
    }
    all.then_some(read)
}

/// The first day of some work, or none where it starts when a class falls short.
pub(super) fn first_day(r: &Reader<'_>, key: &str, node: &Node) -> Option<Option<Date>> {
    match &node.value {
        Value::Date(date) => Some(Some(*date)),
        Value::Text(text) if text == WHEN_SHORT => Some(None),
        _ => {
            let help = format!("write the day on which the programme starts, such as 2018-12-01, or \"{WHEN_SHORT}\"");
            r.mismatch(key, node, &format!("a date or \"{WHEN_SHORT}\""), Some(help));
            None
        }
    }
}
