//! Reading restrictions of markets, and whether those of one market fit into it together.

use indexmap::IndexMap;

use super::super::param::Quantity;
use super::super::problem::Problem;
use super::super::reader::Reader;
use super::super::regime::{Provision, ProvisionKind};
use super::super::tree::Value;
use crate::units::{Date, Share};

/// What a provision of this kind says beside its days.
pub(super) fn restriction(r: &Reader<'_>) -> Option<ProvisionKind> {
    let (vendors, market) = (
        r.id_list("vendors", "vendors", "vendors from whom no more is bought"),
        r.id("market", "markets", "market that it restricts"),
    );
    let share = r.param("share", Quantity::Share, "share of the market's demand that it covers");
    let meaning = "most that the vendors together may win of what it covers; none: a ban";
    let cap = r.share_or("cap", Share::ZERO, meaning);
    let (removal_from, removal_by) = (
        r.date_opt("removal_from", "first day of the removal of what is in service; none: the first day in force"),
        r.date_opt("removal_by", "last day of that removal; none: what is in service stays"),
    );
    let label = r.text_opt("label", "a few words for figures");
    let (vendors, market, cap) = (vendors?, market?, cap?);
    let sells = sells_there(r, &vendors, &market);
    let removal = removal(r, removal_from?, removal_by?, cap);
    Some(ProvisionKind::MarketRestriction {
        share: Box::new(share?),
        removal: removal?,
        label: label?.unwrap_or_else(|| "Market restriction".to_owned()),
        vendors: sells.then_some(vendors)?,
        market,
        cap,
    })
}

/// Whether some of the vendors has a share of the market; else the restriction would do nothing.
fn sells_there(r: &Reader<'_>, vendors: &[String], market: &str) -> bool {
    let shares = r.cx.root.table("markets").and_then(|m| m.table(market)?.table("shares"));
    // A market without shares is reported where it is read.
    let Some(shares) = shares else { return true };
    if vendors.iter().any(|vendor| shares.get(vendor).is_some()) {
        return true;
    }
    let place = r.table.get("vendors").map_or(&r.place, |n| &n.place);
    let message = format!("`{}` restricts vendors that sell nothing in `{market}`, so it would do nothing", r.path);
    let sellers: Vec<&str> = shares.keys().collect();
    r.problem(place, message, "none has a share there", Some(format!("its vendors are {}", sellers.join(", "))));
    false
}

/// First and last day of removal. Outer `None`: wrong.
fn removal(r: &Reader<'_>, from: Option<Date>, by: Option<Date>, cap: Share) -> Option<Option<(Date, Date)>> {
    let place = |key| r.table.get(key).map_or(&r.place, |n| &n.place);
    let Some(by) = by else {
        if from.is_some() {
            let message = format!("`{}` starts a removal that has no end", r.path_of("removal_from"));
            r.problem(place("removal_from"), message, "until when?", Some("add `removal_by`, its last day".into()));
            return None;
        }
        return Some(None);
    };
    if cap != Share::ZERO {
        let message = format!("`{}` both allows new purchases (`cap`) and takes out what is in service", r.path);
        r.problem(place("removal_by"), message, "removes all", Some("delete `cap` or `removal_by`".into()));
        return None;
    }
    let day = |key| match r.table.get(key).map(|n| &n.value) {
        Some(Value::Date(day)) => Some(*day),
        // What is no day is reported where the provision's days are read.
        _ => None,
    };
    let (first, last) = (day("from")?, day("to"));
    let start = from.unwrap_or(first);
    let wrong = if start < first {
        Some(("removal_from", "from", format!("removal starts on {start}, before the first day {first}")))
    } else if by < start {
        let other = if from.is_some() { "removal_from" } else { "from" };
        Some(("removal_by", other, format!("removal ends on {by}, before it starts on {start}")))
    } else {
        // A last day before the first one is reported on its own.
        let over = last.filter(|last| *last >= first && by > *last);
        over.map(|last| ("removal_by", "to", format!("removal ends on {by}, after the last day {last}")))
    };
    let Some((key, other, why)) = wrong else { return Some(Some((start, by))) };
    let problem = Problem::new(format!("the days of `{}` are out of order: {why}", r.path))
        .at(r.cx.files, place(key), "this day")
        .because(r.cx.files, place(other), "and this one")
        .help("removal lies between the first day of the restriction and its last (all inclusive)");
    r.cx.push(problem);
    None
}

/// Reports restrictions of one market that on some day cover more than all of it, by the central values of their shares.
pub(super) fn cover_at_most_all(r: &Reader<'_>, provisions: &IndexMap<String, Provision>) {
    let covers = |provision: &Provision, of: &str, day: Date| match &provision.kind {
        ProvisionKind::MarketRestriction { market, share, .. } if market == of => {
            let in_force = provision.from <= day && provision.to.is_none_or(|to| day <= to);
            in_force.then(|| share.central())
        }
        _ => None,
    };
    for (id, provision) in provisions {
        let ProvisionKind::MarketRestriction { market, .. } = &provision.kind else { continue };
        let together = provisions.iter().filter_map(|(id, p)| Some((id, covers(p, market, provision.from)?)));
        let together: Vec<(&String, f64)> = together.collect();
        let sum: f64 = together.iter().map(|(_, share)| share).sum();
        if sum > 1.0 + 1e-9 {
            let names: Vec<String> = together.iter().map(|(id, share)| format!("{id} {share}")).collect();
            let message = format!(
                "on {} the restrictions of `{market}` cover {} of its demand: each stands for a part of its own",
                provision.from,
                (sum * 1e6).round() / 1e6
            );
            let help = format!(
                "their central values are {}; let one end before the next starts, or lower them",
                names.join(", ")
            );
            r.problem(&provision.place, message, &format!("`{id}` starts"), Some(help));
            return;
        }
    }
}
