//! Numbers and rules of a scenario in words, for reports and manuals.

use super::param::Dist;
use super::regime::{Content, Destination, Provision, ProvisionKind, Review};
use crate::units::{Level, Named, Share};
use rust_decimal::Decimal;

/// A value or distribution, without its unit.
pub fn dist(dist: &Dist) -> String {
    match dist {
        Dist::Fixed(value) => number(*value),
        Dist::Triangular { low, mode, high } => {
            format!("triangular {} / {} / {}", number(*low), number(*mode), number(*high))
        }
        Dist::Uniform { low, high } => format!("uniform {} to {}", number(*low), number(*high)),
        Dist::LogNormal { median, p90 } => {
            format!("lognormal, median {}, 90th percentile {}", number(*median), number(*p90))
        }
        Dist::Normal { mean, sd } => format!("normal, mean {}, standard deviation {}", number(*mean), number(*sd)),
        Dist::Beta { alpha, beta } => format!("beta {}, {} on the bounds", number(*alpha), number(*beta)),
        Dist::Bernoulli { p } => format!("1 with probability {}, else 0", number(*p)),
        Dist::Quantiles(values) => {
            let told: Vec<String> = values.iter().map(|value| number(*value)).collect();
            format!("quantiles at equal steps: {}", told.join(", "))
        }
        Dist::Choice(alternatives) => {
            let told = alternatives.iter().map(|(weight, d)| format!("{} (weight {})", self::dist(d), number(*weight)));
            format!("one of: {}", told.collect::<Vec<_>>().join("; "))
        }
    }
}

/// A number as written, with its thousands apart.
pub fn number(value: f64) -> String {
    let text = value.to_string();
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), String::new()), |(w, r)| (w, format!(".{r}")));
    if whole.len() < 5 {
        return text;
    }
    let mut grouped = String::new();
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + &rest
}

/// When a provision is in force.
pub fn in_force(provision: &Provision) -> String {
    match provision.to {
        Some(to) => format!("{} to {to}", provision.from),
        None => format!("from {}", provision.from),
    }
}

/// What a provision does, in a sentence without its end.
pub fn terms(provision: &Provision) -> String {
    match &provision.kind {
        ProvisionKind::Listing { buyers, review } => {
            format!(
                "Lists {}: what is subject to the regulations needs a license for it; {}",
                buyers.join(", "),
                reviewed(*review)
            )
        }
        ProvisionKind::DeMinimis { threshold, counts, destination } => {
            let counted = match counts {
                Content::Controlled => "controlled US content",
                Content::All => "US content of any kind",
            };
            format!(
                "Foreign-made items with more than {} of {counted} are subject, {}",
                percent(*threshold),
                bound_for(*destination)
            )
        }
        ProvisionKind::DirectProduct { item_from, technology_from, plant_from, own_design_only, destination } => {
            let made: Vec<String> =
                [("US technology or software", technology_from), ("a plant built with US technology", plant_from)]
                    .into_iter()
                    .filter_map(|(of, level)| level.map(|level| format!("{of} {}", controlled(level))))
                    .collect();
            let items = if *own_design_only { "items of the listed firm’s own design" } else { "items" };
            format!(
                "Foreign-made {items} {} are subject where they are the direct product of {}, {}",
                controlled(*item_from),
                if made.is_empty() { "nothing".to_owned() } else { made.join(" or of ") },
                bound_for(*destination)
            )
        }
        ProvisionKind::GeneralLicense { uses, items_up_to } => {
            let items = match items_up_to {
                Level::Ns => "items of any classification".to_owned(),
                level => format!("items classified up to {level}"),
            };
            format!("A general license for {}, {items}", names(uses))
        }
        ProvisionKind::SavingsClause { saves } => format!(
            "What was in production before the first day of the rule that first caught it may be shipped (saves from {})",
            saves.join(", ")
        ),
        ProvisionKind::ReviewPolicy { review, direct_product_only, below_5g_only } => {
            let mut of = Vec::new();
            if *direct_product_only {
                of.push("subject as a direct product alone");
            }
            if *below_5g_only {
                of.push("for use below 5G");
            }
            let of = if of.is_empty() { "all items".to_owned() } else { format!("items {}", of.join(" and ")) };
            format!("For {of}, {}", reviewed(*review))
        }
        ProvisionKind::MarketRestriction { vendors, market, share, cap, removal, .. } => {
            let removed = removal.map_or_else(String::new, |(first, last)| {
                format!("; what they have in service there is removed from {first} to {last}")
            });
            format!(
                "In {} of the demand of {market}, {} may win no more than {}{removed}",
                dist(&share.dist),
                vendors.join(", "),
                percent(*cap)
            )
        }
    }
}

/// A share in percent, with the decimals that it has.
pub fn percent(share: Share) -> String {
    format!("{}%", (share.decimal() * Decimal::ONE_HUNDRED).normalize())
}

fn reviewed(review: Review) -> &'static str {
    match review {
        Review::PresumptionOfDenial => "applications meet a presumption of denial",
        Review::CaseByCase => "applications are reviewed case by case",
        Review::PresumptionOfApproval => "applications meet a presumption of approval",
    }
}

fn bound_for(destination: Destination) -> &'static str {
    match destination {
        Destination::Any => "for any destination",
        Destination::CountryOfConcern => "for buyers in a country of concern",
        Destination::ListedBuyer => "for listed buyers",
    }
}

fn controlled(level: Level) -> String {
    match level {
        Level::None | Level::Ear99 => "of any control level".to_owned(),
        Level::At => "controlled at least for anti-terrorism reasons".to_owned(),
        Level::Ns => "controlled for national security".to_owned(),
    }
}

fn names<T: Named + std::fmt::Display>(values: &[T]) -> String {
    values.iter().map(|value| value.to_string().replace('-', " ")).collect::<Vec<_>>().join(", ")
}
