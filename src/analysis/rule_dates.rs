//! The days on which the law of a regime changes, with labels for a reader of figures. They stand with the results that
//! they are shown with: the model itself has no use for them.

use crate::model::rules::Rules;
use crate::scenario::regime::ProvisionKind;
use crate::units::{Date, Use};

/// Days on which the dated law changes for a reader of figures, with short labels: listings and tests as they start,
/// the first general license, and the day after the last one. (The rungs of a ladder start on other days in each
/// trial.)
pub fn marks(rules: &Rules) -> Vec<(Date, String)> {
    let mut marks: Vec<(Date, String)> = Vec::new();
    let (mut waived_from, mut waived_until) = (None::<Date>, None::<Date>);
    for index in rules.code().indices() {
        let provision = rules.code().provision(index);
        let label = match &provision.kind {
            ProvisionKind::Listing { .. } => "Listing".to_owned(),
            ProvisionKind::DeMinimis { threshold, .. } => {
                format!("De minimis {}%", (threshold.decimal() * rust_decimal::Decimal::ONE_HUNDRED).normalize())
            }
            ProvisionKind::DirectProduct { own_design_only: true, .. } => "Direct product, own".to_owned(),
            ProvisionKind::DirectProduct { .. } => "Direct product".to_owned(),
            ProvisionKind::GeneralLicense { uses, .. } if uses.contains(&Use::ExistingNetwork) => {
                waived_from = waived_from.map_or(Some(provision.from), |day| Some(day.min(provision.from)));
                waived_until = waived_until.max(provision.to.and_then(|day| day.tomorrow().ok()));
                continue;
            }
            ProvisionKind::MarketRestriction { label, .. } => label.clone(),
            _ => continue,
        };
        match marks.iter_mut().find(|(date, _)| *date == provision.from) {
            Some((_, labels)) => labels.push_str(&format!(" + {}", lower_first(&label))),
            None => marks.push((provision.from, label)),
        }
    }
    marks.extend(waived_from.map(|day| (day, "Waivers start".to_owned())));
    marks.extend(waived_until.map(|day| (day, "Waivers end".to_owned())));
    marks.sort();
    marks
}

/// A label that follows another one: its first letter small, unless it starts with an abbreviation.
fn lower_first(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => {
            first.to_lowercase().chain(label.chars().skip(1)).collect()
        }
        _ => label.to_owned(),
    }
}
