//! Checks that concern several tables at once, on a world that is sound table by table.

use super::super::problem::Problem;
use super::super::reader::Reader;
use super::super::world::{Offer, Role, World};

/// Reports what makes no sense in the world as a whole.
pub(super) fn world(root: &Reader<'_>, world: &World) {
    classes_are_used(root, world);
    for (vendor, line) in world.vendors.iter().flat_map(|(v, vendor)| vendor.lines.keys().map(move |l| (v, l))) {
        classes_are_offered(root, world, vendor, line);
    }
}

/// A class that no bill of materials names would be dead weight: more likely its name was misspelt in one.
fn classes_are_used(root: &Reader<'_>, world: &World) {
    for class in world.classes.keys() {
        if !world.boms.values().any(|bom| bom.items.contains_key(class))
            && let Some(entry) = root.cx.root.table("classes").and_then(|t| t.entries.get(class))
        {
            let message = format!("no bill of materials names the class `{class}`");
            let help = format!("add it to one, such as `[boms.<id>.{class}]`, or delete the class and its offers");
            root.problem(&entry.node.place, message, "never used", Some(help));
        }
    }
}

/// Without an offer of an essential class that it may use, now or after qualification, a line can never build anything.
fn classes_are_offered(root: &Reader<'_>, world: &World, vendor: &str, line: &str) {
    let Some(bom_id) = world.vendors.get(vendor).and_then(|v| v.lines.get(line)).map(|l| &l.bom) else { return };
    let Some(bom) = world.boms.get(bom_id) else { return };
    for (class, item) in &bom.items {
        let essential = world.classes.get(class).is_some_and(|c| c.role == Role::Essential);
        if essential && !world.offers.values().any(|o| serves(o, class, vendor, line)) {
            let place = root.cx.root.table("vendors").and_then(|v| v.table(vendor)?.table("lines")?.get(line));
            let message = format!(
                "`vendors.{vendor}.lines.{line}` can never build anything: its bill of materials `{bom_id}` needs \
                 `{class}`, and no offer of that class serves `{vendor}` for `{line}`"
            );
            let problem = Problem::new(message)
                .at(root.cx.files, place.map_or(&item.place, |n| &n.place), "this line")
                .because(root.cx.files, &item.place, "the class is needed here")
                .help(format!(
                    "add `{vendor}` to the `buyers` or `candidates` of an offer of `{class}` whose `lines` name \
                     `{line}`"
                ));
            root.cx.push(problem);
        }
    }
}

fn serves(offer: &Offer, class: &str, vendor: &str, line: &str) -> bool {
    offer.class == class
        && offer.lines.iter().any(|l| l == line)
        && (offer.buyers.iter().any(|b| b == vendor) || offer.candidates.contains_key(vendor))
}
