//! The warnings in sentences without their full stop: what has no effect, why, and what to do.

use std::fmt;

use super::{Warning, Why};
use crate::scenario::regime::Review;
use crate::units::Use;

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::NoEffect { of, why } => {
                let (subject, has) = (listed(of), if of.len() == 1 { "has" } else { "have" });
                write!(f, "{subject} {has} no effect in a run: {why}")
            }
            Warning::NoRate { provision, review, licensed: true, covers } => write!(
                f,
                "the review `{review}` of `{provision}` has no effect in a run: while it is in force, no period of [licensing] has a \
                 rate of approval for it, so that the rate of the item counts, as under a presumption of denial{}; give a period \
                 the key `{}`",
                if *covers { "" } else { "; nor is anything that it covers prohibited then" },
                key(*review)
            ),
            Warning::NoRate { provision, review, licensed: false, .. } => write!(
                f,
                "the review `{review}` of `{provision}` has no effect in a run: the scenario has no practice of licensing while it is \
                 in force, so that no license is ever granted; add a [licensing.ID] with the key `{}`",
                key(*review)
            ),
            Warning::StartsOffData { start, data } => write!(
                f,
                "the simulated period starts on {start}, but stock, plants, shares and demand at the start are those of {data} \
                 (time.data_from): they are moved to {start} as they are; start on {data}, or give the data of {start} in a layer \
                 with its own time.data_from"
            ),
            Warning::EndsAfterData { end, last, markets } => write!(
                f,
                "the simulated period ends on {end}, but demand is known to {last} only (market {}): after that the last rate goes \
                 on, and plants and the practice of licensing stay as they are; end on {last}, or extend the series",
                listed(markets)
            ),
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Why::Over(start) => write!(f, "the last day lies before the simulated period, which starts on {start}; move the days"),
            Why::Later(end) => {
                write!(f, "the first day lies after the simulated period, which ends on {end}; move it, or raise the horizon")
            }
            Why::NobodyListed => f.write_str(
                "the destination is `listed-buyer`, and nobody is listed on any simulated day on which it is in force; add a \
                 listing, or remove the provision",
            ),
            Why::NothingRequired => f.write_str(
                "nobody is listed on any simulated day on which it is in force, and without a listing nothing needs a license; add \
                 a listing, or remove the provision",
            ),
            Why::NobodyOfConcern => f.write_str(
                "the destination is `country-of-concern`, and no listed buyer is in one; set `country_of_concern` of a vendor, or \
                 choose another destination",
            ),
            Why::BuysNothing => f.write_str("no offer has its buyers among `buyers` or `candidates`; list a vendor that buys parts"),
            Why::NothingSubject => f.write_str(
                "nothing that its buyers can buy is subject to the regulations while it is in force, or other listings catch all of \
                 it; add a test such as de-minimis, or remove the provision",
            ),
            Why::NothingMeets => f.write_str(
                "nothing that a listed buyer can buy meets it; look at the offers (`chokepoint explain`), or widen the provision",
            ),
            Why::UnusedUses(used) => write!(
                f,
                "parts ship for {} only, which a general license for other uses does not cover: it changes the answers of `determine` and `explain` alone, and can stay",
                listed_uses(used)
            ),
            Why::NothingToSave => f.write_str(
                "nothing that it saves would be prohibited otherwise while it is in force; compare its days with those of the \
                 provisions that it saves",
            ),
            Why::NothingReviewed => f.write_str(
                "it changes the review, or its rate of approval, of nothing that is prohibited while it is in force; look at \
                 `direct_product_only`, `below_5g_only` and its days",
            ),
            Why::NoSales(market) => write!(f, "none of its vendors has a share in the market `{market}`; name others"),
            Why::NoDemand => f.write_str("it covers no demand, or its cap allows all of it; raise `share`, or lower `cap`"),
            Why::NoTime => f.write_str(
                "the simulated period ends before the regulator could announce the first rung (`from` and `patience`); raise the \
                 horizon, or let it look earlier",
            ),
            Why::Redundant => f.write_str(
                "on every simulated day the other provisions give each offer the same answer without it; look at `chokepoint \
                 explain` for an offer that it should catch",
            ),
        }
    }
}

/// The key of a period that holds the rate of a review.
fn key(review: Review) -> &'static str {
    match review {
        Review::PresumptionOfDenial | Review::CaseByCase => "case_by_case",
        Review::PresumptionOfApproval => "presumption_of_approval",
    }
}

fn listed(ids: &[String]) -> String {
    join(ids.iter().map(|id| format!("`{id}`")).collect())
}

fn listed_uses(uses: &[Use]) -> String {
    match uses {
        [] => "no use".to_owned(),
        uses => join(uses.iter().map(ToString::to_string).collect()),
    }
}

/// `a`, `a and b`, `a, b and c`.
fn join(mut words: Vec<String>) -> String {
    let last = words.pop().unwrap_or_default();
    if words.is_empty() { last } else { format!("{} and {last}", words.join(", ")) }
}
