//! Reading an adaptive policy: what the regulator goes by, and the ladder of provisions whose days a run decides.

use indexmap::IndexMap;

use super::super::problem::Problem;
use super::super::reader::Reader;
use super::super::regime::{Escalation, Provision, ProvisionKind, Rung};
use super::super::tree::{Table, Value};
use super::super::{Place, param::Quantity};
use super::entities::by_id;

/// Ids of the provisions that a ladder names, and where: told from the tree, since their tables are read first.
pub(super) fn conditional(root: &Table) -> IndexMap<&str, &Place> {
    let ladder = root.table("escalation").and_then(|e| e.table("ladder"));
    let rungs = ladder.into_iter().flat_map(|l| l.entries.values()).filter_map(|e| e.node.as_table());
    let lists = rungs.filter_map(|rung| match &rung.get("provisions")?.value {
        Value::List(items) => Some(items),
        _ => None,
    });
    let mut named = IndexMap::new();
    for item in lists.flatten() {
        if let Value::Text(id) = &item.value {
            named.entry(id.trim()).or_insert(&item.place);
        }
    }
    named
}

/// Reports days of a provision that a ladder names at `rung`.
pub(super) fn refuse_days(r: &Reader<'_>, rung: &Place) {
    for key in ["announced", "from", "to"] {
        if let Some(entry) = r.entry(key) {
            let message = format!("`{}` gives a day to a provision of the escalation ladder", r.path_of(key));
            let problem = Problem::new(message)
                .at(r.cx.files, &entry.key, "a run decides when it starts")
                .because(r.cx.files, rung, "the ladder names it here")
                .help("delete the day, or take the provision out of the ladder");
            r.cx.push(problem);
        }
    }
}

/// The adaptive policy; takes what its ladder names out of the provisions.
pub(super) fn escalation(
    r: &Reader<'_>,
    mut provisions: Option<&mut IndexMap<String, Provision>>,
) -> Option<Escalation> {
    let from = r.date("from", "first day on which the regulator looks");
    let meaning = "sustained capacity that is tolerated, relative to the awards planned without controls";
    let tolerance = r.param("tolerance", Quantity::Ratio, meaning);
    let patience = r.param("patience", Quantity::Months, "time above the tolerance before a rung is announced");
    let notice = r.param("notice", Quantity::Months, "time between the announcement of a rung and its first day");
    let ladder = r
        .child("ladder", "the rungs, by id, in the order in which they are taken: a table of rungs")
        .and_then(|ladder| {
            if ladder.table.entries.is_empty() {
                let help = format!(
                    "add a table for each rung, such as `[{}.first]` with its title and provisions",
                    ladder.path
                );
                ladder.problem(&ladder.place, format!("`{}` has no rung", ladder.path), "nothing here", Some(help));
                return None;
            }
            named_once(&ladder);
            by_id(&ladder, |rung| self::rung(rung, provisions.as_deref_mut()))
        });
    let provenance = r.provenance();
    r.finish();
    if let Some(provisions) = provisions {
        saves_none(r, provisions);
    }
    Some(Escalation {
        from: from?,
        tolerance: tolerance?,
        patience: patience?,
        notice: notice?,
        ladder: ladder?,
        provenance: provenance?,
    })
}

/// Reports a provision that two rungs name.
fn named_once(ladder: &Reader<'_>) {
    let first = conditional(ladder.cx.root);
    for (id, rung) in &ladder.table.entries {
        let items = match rung.node.as_table().and_then(|t| t.get("provisions")).map(|n| &n.value) {
            Some(Value::List(items)) => items.as_slice(),
            _ => &[],
        };
        for item in items {
            let Value::Text(name) = &item.value else { continue };
            let Some(place) = first.get(name.trim()).filter(|place| **place != &item.place) else { continue };
            // A list that names one twice is reported where it is read.
            if !items.iter().any(|other| other.place == **place) {
                let message =
                    format!("`{}.{id}` names `{name}`, which an earlier rung has put in force already", ladder.path);
                let problem = Problem::new(message).at(ladder.cx.files, &item.place, "again").help("delete one");
                ladder.cx.push(problem.because(ladder.cx.files, place, "first here"));
            }
        }
    }
}

fn rung(r: &Reader<'_>, provisions: Option<&mut IndexMap<String, Provision>>) -> Option<Rung> {
    let (title, ids) = (
        r.text("title", "short name of the rung"),
        r.id_list("provisions", "provisions", "provisions that it puts in force, which have no days of their own"),
    );
    r.finish();
    let (title, ids, provisions) = (title?, ids?, provisions?);
    let mut own = IndexMap::new();
    for id in ids {
        // One that is missing by now was named by an earlier rung, and that was reported.
        let provision = provisions.shift_remove(&id)?;
        let escalates = matches!(
            provision.kind,
            ProvisionKind::Listing { .. } | ProvisionKind::DeMinimis { .. } | ProvisionKind::DirectProduct { .. }
        );
        if !escalates {
            let message = format!("`provisions.{id}` prohibits nothing, so it can be no step of the escalation ladder");
            let help = "a rung names provisions of kind listing, de-minimis or direct-product; for a period of grace \
                        set `escalation.notice`, and give any other provision days of its own";
            r.problem(&provision.place, message, "this provision", Some(help.into()));
        }
        own.insert(id, provision);
    }
    Some(Rung { title, provisions: own })
}

/// A clause saves what was in production before a day of the calendar, and a step of the ladder has none.
fn saves_none(r: &Reader<'_>, dated: &IndexMap<String, Provision>) {
    let conditional = conditional(r.cx.root);
    for (id, provision) in dated {
        let ProvisionKind::SavingsClause { saves } = &provision.kind else { continue };
        if let Some((named, rung)) = saves.iter().find_map(|s| conditional.get_key_value(s.as_str())) {
            let message = format!("`provisions.{id}` saves `{named}`, a step of the escalation ladder");
            let problem = Problem::new(message)
                .at(r.cx.files, &provision.place, "a savings clause for a rule without a day")
                .because(r.cx.files, rung, "the ladder names it here")
                .help("take it out of `saves`; for a period of grace set `escalation.notice`");
            r.cx.push(problem);
        }
    }
}
