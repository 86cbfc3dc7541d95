//! Reading the law: provisions of every kind and the practice of licensing.

use indexmap::IndexMap;

use super::super::notes::What;
use super::super::problem::{Problem, nearest};
use super::super::reader::Reader;
use super::super::regime::{ALWAYS, LicensingPeriod, Provision, ProvisionKind, Regime};
use super::super::{Place, param::Quantity, tree::Value};
use super::entities::by_id;
use super::offers::{item_level, item_levels};
use super::{escalation, restriction};
use crate::units::Level;

/// The names of the kinds of provision.
const KINDS: [(&str, &str); 7] = [
    ("listing", "every item subject to the regulations needs a license for these buyers"),
    ("de-minimis", "a foreign-made item whose US content exceeds a threshold is subject"),
    ("direct-product", "a foreign-made item made with US technology, or in a plant that is, is subject"),
    ("general-license", "lifts the need for a license, for some uses"),
    ("savings-clause", "what was in production before a rule may still be shipped"),
    ("review-policy", "changes how applications are reviewed, for some items"),
    ("market-restriction", "a part of a market's demand buys no more from some vendors"),
];

fn kind_names() -> [&'static str; 7] {
    KINDS.map(|(name, _)| name)
}

/// Keys that only some kinds have: where the kind is not known, none of them is called unknown.
const KEYS_BY_KIND: [&str; 21] = [
    "buyers",
    "review",
    "threshold",
    "counts",
    "destination",
    "item_from",
    "technology_from",
    "plant_from",
    "own_design_only",
    "uses",
    "items_up_to",
    "saves",
    "direct_product_only",
    "below_5g_only",
    "vendors",
    "market",
    "share",
    "cap",
    "removal_from",
    "removal_by",
    "label",
];

/// What `destination` means.
const DESTINATION: &str = "for which destinations the test is run";

/// The provisions that a savings clause can belong to.
const SAVED: [&str; 2] = ["de-minimis", "direct-product"];

pub(super) fn regime(root: &Reader<'_>) -> Option<Regime> {
    let conditional = escalation::conditional(root.cx.root);
    let meaning = "the provisions of law, by id; none: no controls";
    let mut provisions = root.child_or("provisions", meaning, Default::default(), |r| {
        by_id(&r, |r| provision(r, &conditional)).inspect(|found| restriction::cover_at_most_all(&r, found))
    });
    let meaning = "how applications for licenses are decided, by periods with an id; none: no license is ever granted";
    let licensing = root.child_or("licensing", meaning, Vec::new(), |r| licensing(&r));
    let meaning = "an adaptive policy: provisions that start when those in force prove too weak";
    let escalation =
        root.child_or("escalation", meaning, None, |r| escalation::escalation(&r, provisions.as_mut()).map(Some));
    Some(Regime { provisions: provisions?, licensing: licensing?, escalation: escalation? })
}

/// A provision; one of the ladder (`conditional`) has no days of its own.
fn provision(r: &Reader<'_>, conditional: &IndexMap<&str, &Place>) -> Option<Provision> {
    let (title, citation) = (
        r.text("title", "short name of the provision"),
        r.text("citation", "paragraph of the regulation, or page of the gazette"),
    );
    let step = r.path.rsplit('.').next().and_then(|id| conditional.get(id));
    let (announced, from, to) = match step {
        Some(rung) => {
            escalation::refuse_days(r, rung);
            (Some(ALWAYS), Some(ALWAYS), Some(None))
        }
        None => (
            r.date("announced", "first day on which the public knew of it"),
            r.date("from", "first day in force"),
            r.date_opt("to", "last day in force (inclusive); none: open"),
        ),
    };
    let kind = kind(r);
    let provenance = r.provenance();
    r.finish();
    let (announced, from, to) = (announced?, from?, to?);
    if announced > from {
        out_of_order(r, "from", "announced", &format!("it is announced on {announced}, after its first day {from}"));
    }
    if let Some(to) = to.filter(|to| *to < from) {
        out_of_order(r, "to", "from", &format!("its last day {to} lies before its first day {from}"));
    }
    Some(Provision {
        title: title?,
        citation: citation?,
        provenance: provenance?,
        announced,
        from,
        to,
        kind: kind?,
        place: r.place.clone(),
    })
}

fn out_of_order(r: &Reader<'_>, key: &str, other: &str, why: &str) {
    let place = |key| r.table.get(key).map_or(&r.place, |n| &n.place);
    let problem = Problem::new(format!("the days of `{}` are out of order: {why}", r.path))
        .at(r.cx.files, place(key), "this day")
        .because(r.cx.files, place(other), "and this one")
        .help("a provision is announced on or before its first day, which is on or before its last (both inclusive)");
    r.cx.push(problem);
}

fn kind(r: &Reader<'_>) -> Option<ProvisionKind> {
    let kinds = KINDS.iter().map(|(kind, meaning)| ((*kind).to_owned(), (*meaning).to_owned())).collect();
    r.takes("kind", What::OneOf(kinds), "what the provision does");
    let Some(node) = r.need("kind", format!("one of {}", kind_names().join(", "))) else {
        r.also_known(&KEYS_BY_KIND);
        return None;
    };
    let name = match &node.value {
        Value::Text(text) => text.as_str(),
        _ => "",
    };
    r.is_of_kind(name);
    match name {
        "listing" => {
            let (buyers, review) = (
                r.id_list("buyers", "vendors", "vendors that are listed"),
                r.choice_of("review", "how applications are reviewed"),
            );
            Some(ProvisionKind::Listing { buyers: buyers?, review: review? })
        }
        "de-minimis" => {
            let (threshold, counts) = (
                r.share("threshold", "share of an item's value that the US content must exceed; 0: any content counts"),
                r.choice_of("counts", "which US content counts"),
            );
            let destination = r.choice_of("destination", DESTINATION);
            Some(ProvisionKind::DeMinimis { threshold: threshold?, counts: counts?, destination: destination? })
        }
        "direct-product" => direct_product(r),
        "general-license" => {
            let (uses, items_up_to) = (
                r.choices_of("uses", "uses that it covers"),
                item_level(r, "items_up_to", "highest classification of an item that it covers (`ns`: all)"),
            );
            Some(ProvisionKind::GeneralLicense { uses: uses?, items_up_to: items_up_to? })
        }
        "savings-clause" => saves(r).map(|saves| ProvisionKind::SavingsClause { saves }),
        "review-policy" => {
            let review = r.choice_of("review", "how applications are reviewed");
            let (direct_product_only, below_5g_only) = (
                r.flag("direct_product_only", "whether it is for items that are subject solely as a direct product"),
                r.flag("below_5g_only", "whether it is for items for use below 5G alone"),
            );
            Some(ProvisionKind::ReviewPolicy {
                review: review?,
                direct_product_only: direct_product_only?,
                below_5g_only: below_5g_only?,
            })
        }
        "market-restriction" => restriction::restriction(r),
        other => {
            let message =
                format!("`{}` is {}, which is not a kind of provision", r.path_of("kind"), node.value.found());
            let help = match nearest(other, kind_names()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("write one of: {}", kind_names().join(", ")),
            };
            r.problem(&node.place, message, "not a kind of provision", Some(help));
            r.also_known(&KEYS_BY_KIND);
            None
        }
    }
}

fn direct_product(r: &Reader<'_>) -> Option<ProvisionKind> {
    let item_from = item_level(r, "item_from", "lowest classification of the item itself that the test reaches");
    let (technology_from, plant_from) = (
        level_opt(
            r,
            "technology_from",
            "lowest level of US technology or software that counts; none: it does not count",
        ),
        level_opt(r, "plant_from", "lowest level of the plant's US technology that counts; none: plants do not count"),
    );
    r.takes_either(&["technology_from", "plant_from"]);
    let (own_design_only, destination) = (
        r.flag("own_design_only", "whether only items of the listed firm's own design are reached"),
        r.choice_of("destination", DESTINATION),
    );
    let (technology_from, plant_from) = (technology_from?, plant_from?);
    if technology_from.is_none() && plant_from.is_none() {
        let message = format!("`{}` counts neither technology nor plants: it would reach nothing", r.path);
        r.problem(&r.place, message, "this provision", Some("add `technology_from`, `plant_from` or both".into()));
        return None;
    }
    Some(ProvisionKind::DirectProduct {
        item_from: item_from?,
        technology_from,
        plant_from,
        own_design_only: own_design_only?,
        destination: destination?,
    })
}

/// Outer `None`: there, but wrong.
fn level_opt(r: &Reader<'_>, key: &'static str, meaning: &str) -> Option<Option<Level>> {
    r.takes(key, item_levels(), meaning);
    if r.has(key) { item_level(r, key, meaning).map(Some) } else { Some(None) }
}

fn saves(r: &Reader<'_>) -> Option<Vec<String>> {
    let saves = r.id_list("saves", "provisions", "provisions that it belongs to")?;
    let places = r.texts("saves", "ids of provisions")?;
    for (id, place) in places {
        let kind = r.cx.root.table("provisions").and_then(|p| p.table(id)?.get("kind"));
        if let Some(Value::Text(kind)) = kind.map(|n| &n.value)
            && !SAVED.contains(&kind.as_str())
        {
            let message = format!(
                "`{}` names `{id}`, a {kind}, but a savings clause belongs to a rule on foreign-made items",
                r.path_of("saves")
            );
            let help = "name provisions of kind direct-product or de-minimis";
            r.problem(place, message, "nothing to save here", Some(help.into()));
            return None;
        }
    }
    Some(saves)
}

/// The periods by their first day.
fn licensing(r: &Reader<'_>) -> Option<Vec<LicensingPeriod>> {
    let periods = by_id(r, |r| {
        let from = r.date("from", "first day of the period, which lasts until the next one starts");
        let network = r.param("network", Quantity::Share, "chance that an application for network parts is approved");
        let consumer =
            r.param("consumer", Quantity::Share, "chance that an application for consumer goods is approved");
        let below_5g = r.param("below_5g", Quantity::Share, "chance that an application for use below 5G is approved");
        let reviewed = "chance that an application is approved where the law reviews it case by case";
        let case_by_case = r.param_opt("case_by_case", Quantity::Share, reviewed);
        let presumed = "chance that an application is approved where the law presumes approval";
        let presumption_of_approval = r.param_opt("presumption_of_approval", Quantity::Share, presumed);
        let revocation =
            r.param_opt("revocation", Quantity::PerMonth, "hazard with which a license in force is revoked");
        r.finish();
        let id = r.path.rsplit('.').next().unwrap_or_default().to_owned();
        Some(LicensingPeriod {
            id,
            from: from?,
            network: network?,
            consumer: consumer?,
            below_5g: below_5g?,
            case_by_case: case_by_case?,
            presumption_of_approval: presumption_of_approval?,
            revocation: revocation?,
        })
    });
    let mut periods: Vec<LicensingPeriod> = periods?.into_values().collect();
    periods.sort_by_key(|p| p.from);
    if let Some(pair) = periods.windows(2).find(|pair| pair[0].from == pair[1].from) {
        let message =
            format!("the licensing periods `{}` and `{}` both start on {}", pair[0].id, pair[1].id, pair[0].from);
        r.problem(&r.place, message, "these periods", Some("a period lasts until the next one starts".into()));
        return None;
    }
    Some(periods)
}
