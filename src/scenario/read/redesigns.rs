//! Reading redesigns: which class a vendor's line comes to need less of, what takes its place, and what that takes.

use indexmap::IndexMap;

use super::super::param::Quantity;
use super::super::reader::Reader;
use super::super::world::{Redesign, World};
use super::entities::by_id;
use super::offers::{DAY, first_day};

/// The table of redesigns, which need not be there.
pub(super) fn redesigns(root: &Reader<'_>) -> Option<IndexMap<String, Redesign>> {
    let meaning = "redesigns of a vendor's boards, so that they need less of a class, by id";
    root.child_or("redesigns", meaning, IndexMap::new(), |table| by_id(&table, redesign))
}

fn redesign(r: &Reader<'_>) -> Option<Redesign> {
    let name = r.text("name", "name of the redesign");
    let (vendor, line) =
        (r.id("vendor", "vendors", "who redesigns"), r.id("line", "lines", "the line that is redesigned"));
    let from = r.id("from", "classes", "class of which less is needed");
    let to = r.id_opt("to", "classes", "class that takes its place; none where the function is dropped");
    let replaces = r.param("replaces", Quantity::Share, "share of the units that it removes when complete");
    let units = r.param_opt("units", Quantity::Ratio, "units of the class that takes its place for each unit removed");
    let cost = r.param("cost", Quantity::UsdPerUnit, "further cost of a product when it is complete");
    let performance = r.param("performance", Quantity::Ratio, "performance of a product when it is complete");
    let boards = r.param("boards", Quantity::Boards, "boards to redesign");
    let time = r.param("time", Quantity::Months, "time that it takes at full speed");
    r.takes("start", DAY, "first day of the work, or \"when-short\": when the flow of the class falls short");
    let start = r.need("start", "a date, or \"when-short\"").and_then(|node| first_day(r, "start", node));
    let provenance = r.provenance();
    r.finish();
    provenance?;
    let (to, units) = (to?, units?);
    if to.is_some() != units.is_some() {
        let (there, lacking) = if to.is_some() { ("to", "units") } else { ("units", "to") };
        let message = format!("`{}` has `{there}` but no `{lacking}`: the two go together", r.path);
        let help = "say both which class takes the place and how many units of it, or neither";
        r.problem(&r.place, message, "this redesign", Some(help.into()));
        return None;
    }
    Some(Redesign {
        name: name?,
        vendor: vendor?,
        line: line?,
        from: from?,
        to,
        replaces: replaces?,
        units,
        cost: cost?,
        performance: performance?,
        boards: boards?,
        time: time?,
        start: start?,
        place: r.place.clone(),
    })
}

/// Reports redesigns of what the vendor does not build, or of classes that its bill of materials does not hold.
pub(super) fn check(root: &Reader<'_>, world: &World) {
    for (id, redesign) in &world.redesigns {
        let Redesign { vendor, line, from, to, place, .. } = redesign;
        let Some(bom) = world.vendors.get(vendor).and_then(|v| v.lines.get(line)).map(|l| &l.bom) else {
            let message = format!("`redesigns.{id}` is of the line `{line}`, which `{vendor}` does not build");
            let help = format!("name one of its lines, or describe `[vendors.{vendor}.lines.{line}]`");
            root.problem(place, message, "this redesign", Some(help));
            continue;
        };
        let Some(items) = world.boms.get(bom).map(|b| &b.items) else { continue };
        let lacks = |class: &&String| !items.contains_key(class.as_str());
        if let Some(class) = [Some(from), to.as_ref()].into_iter().flatten().find(lacks) {
            let message =
                format!("`redesigns.{id}` names `{class}`, which the bill of materials `{bom}` does not hold");
            let classes: Vec<&str> = items.keys().map(String::as_str).collect();
            root.problem(place, message, "this redesign", Some(format!("it holds {}", classes.join(", "))));
        }
        if to.as_ref() == Some(from) {
            let message = format!("`redesigns.{id}` replaces `{from}` by itself");
            let help = "another maker of the same class is an offer, with the vendor among its `candidates`";
            root.problem(place, message, "this redesign", Some(help.into()));
        }
    }
}
