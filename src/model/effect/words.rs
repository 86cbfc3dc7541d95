//! The warnings in sentences without their full stop: what has no effect, why, and what to do.

use std::fmt;

use super::{Reviewed, Warning, Why};
use crate::scenario::regime::Review;
use crate::units::Use;

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::NoEffect { of, why } => {
                let (subject, has) = (listed(of), if of.len() == 1 { "has" } else { "have" });
                write!(f, "{subject} {has} no effect in a run: {}", Reason { why, several: of.len() != 1 })
            }
            Warning::NoRate { provision, review, licensed, reviewed } => {
                write!(f, "the review `{review}` of `{provision}` has no effect in a run: ")?;
                let key = key(*review);
                match (reviewed, licensed) {
                    (Reviewed::Nothing, _) => write!(
                        f,
                        "nothing that it covers is prohibited while it is in force; widen what it covers, or move its days (a rate \
                         `{key}`, which no period of [licensing] has then, would change nothing by itself)"
                    ),
                    (Reviewed::Other, _) => write!(
                        f,
                        "the review of another provision, such as a stricter listing, counts for all that it covers; look at that one \
                         first (a rate `{key}`, which no period of [licensing] has then, would change nothing by itself)"
                    ),
                    (Reviewed::Counts, true) => write!(
                        f,
                        "while it is in force, no period of [licensing] has a rate of approval for it, so that the rate of the item \
                         counts, as under a presumption of denial; give a period the key `{key}`"
                    ),
                    (Reviewed::Counts, false) => write!(
                        f,
                        "the scenario has no practice of licensing while it is in force, so that no license is ever granted; add a \
                         [licensing.ID] with the key `{key}`"
                    ),
                }
            }
            Warning::StartsOffData { start, data } => write!(
                f,
                "the simulated period starts on {start}, but stock, plants, shares and demand at the start are those of {data} \
                 (time.data_from): they are moved to {start} as they are; start on {data}, or give the data of {start} in a layer \
                 with its own time.data_from"
            ),
            Warning::EndsAfterData { end, last, markets } => write!(
                f,
                "the simulated period ends on {end}, but demand is known to {last} only ({} {}): after that the last rate goes \
                 on, and plants and the practice of licensing stay as they are; end on {last}, or extend the series",
                if markets.len() == 1 { "market" } else { "markets" },
                listed(markets)
            ),
        }
    }
}

/// Why one part, or each of several, has no effect.
struct Reason<'a> {
    why: &'a Why,
    several: bool,
}

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |one: &'static str, many: &'static str| if self.several { many } else { one };
        let in_force = number("it is in force", "they are in force");
        let the_provision = number("the provision", "the provisions");
        match self.why {
            Why::Over(start) => write!(
                f,
                "{} before the simulated period, which starts on {start}; move the days",
                number("the last day lies", "their last days lie")
            ),
            Why::Later(end) => write!(
                f,
                "{} after the simulated period, which ends on {end}; move {}, or raise the horizon",
                number("the first day lies", "their first days lie"),
                number("it", "them")
            ),
            Why::NobodyListed => write!(
                f,
                "{} `listed-buyer`, and nobody is listed on any simulated day on which {in_force}; add a listing, or remove \
                 {the_provision}",
                number("the destination is", "their destination is")
            ),
            Why::NothingRequired => write!(
                f,
                "nobody is listed on any simulated day on which {in_force}, and without a listing nothing needs a license; add a \
                 listing, or remove {the_provision}"
            ),
            Why::NobodyOfConcern => write!(
                f,
                "{} `country-of-concern`, and no listed buyer is in one while {in_force}; set `country_of_concern` of a vendor, or \
                 choose another destination",
                number("the destination is", "their destination is")
            ),
            Why::BuysNothing => write!(
                f,
                "no offer has {} buyers among `buyers` or `candidates`; list a vendor that buys parts",
                number("its", "their")
            ),
            Why::NothingSubject => write!(
                f,
                "nothing that {} buyers can buy is subject to the regulations while {in_force}, or other listings catch all of it; \
                 add a test such as de-minimis, or remove {the_provision}",
                number("its", "their")
            ),
            Why::NothingMeets => write!(
                f,
                "nothing that a listed buyer can buy meets {}; look at the offers (`chokepoint explain`), or widen {the_provision}",
                number("it", "them")
            ),
            Why::UnusedUses(used) => write!(
                f,
                "parts ship for {} only, which a general license for other uses does not cover: {} the answers of `determine` and \
                 `explain` alone, and can stay",
                listed_uses(used),
                number("it changes", "they change")
            ),
            Why::NothingToSave => write!(
                f,
                "nothing that {} would be prohibited otherwise while {in_force}; compare {} days with those of the provisions that \
                 {}",
                number("it saves", "they save"),
                number("its", "their"),
                number("it saves", "they save")
            ),
            Why::NothingReviewed => write!(
                f,
                "{} the review, or its rate of approval, of nothing that is prohibited while {in_force}; look at \
                 `direct_product_only`, `below_5g_only` and {} days",
                number("it changes", "they change"),
                number("its", "their")
            ),
            Why::NoSuchReview(review) => write!(
                f,
                "no application comes under a review `{review}` while {}; give a listing or a review-policy that review, or remove \
                 the {}",
                number("its period lasts", "their periods last"),
                number("rate", "rates")
            ),
            Why::NothingToLicense => write!(
                f,
                "nothing needs a specific license while {}; add a listing, or remove the {}",
                number("it lasts", "they last"),
                number("period", "periods")
            ),
            Why::NoSales(market) => {
                write!(f, "none of {} vendors has a share in the market `{market}`; name others", number("its", "their"))
            }
            Why::NoDemand => write!(
                f,
                "{} no demand, or {} all of it; raise `share`, or lower `cap`",
                number("it covers", "they cover"),
                number("its cap allows", "their caps allow")
            ),
            Why::NoTime => f.write_str(
                "the simulated period ends before the regulator could announce the first rung (`from` and `patience`); raise the \
                 horizon, or let it look earlier",
            ),
            Why::Redundant => write!(
                f,
                "on every simulated day the other provisions give each offer the same answer without {}; look at `chokepoint \
                 explain` for an offer that {} should catch",
                number("it", "them"),
                number("it", "they")
            ),
        }
    }
}

/// The key of a period that holds the rate of a review.
pub(super) fn key(review: Review) -> &'static str {
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
