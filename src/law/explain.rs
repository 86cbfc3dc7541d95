//! One determination in plain words: what is shipped, the answer in a sentence or two, and then each step with its facts
//! and its citation.

use std::fmt::Write;

use super::determine::Determination;
use super::facts::{Facts, Shipment};
use super::outcome::{Authorization, Subject};
use super::trace::Step;
use crate::scenario::regime::Review;
use crate::units::{Level, Share, Use};

/// The determination as text of several lines, ending in a line feed.
pub fn explain(facts: &Facts, shipment: &Shipment, answer: &Determination) -> String {
    let mut text = String::new();
    // Writing to a string can't fail.
    let _ = writeln!(text, "Shipment to {} on {}, {}.", shipment.buyer.id, shipment.date, purpose(shipment.use_));
    let _ = writeln!(text, "The item: {}.", item(facts));
    if let Some(start) = shipment.production_start {
        let _ = writeln!(text, "Its production started on {start}.");
    }
    let _ = writeln!(text, "{}", conclusion(shipment, answer));
    for (position, step) in answer.trace.iter().enumerate() {
        let _ = writeln!(text, "{:>3}. {}", position + 1, step_line(step));
    }
    text
}

fn step_line(step: &Step) -> String {
    let provision = step.provision.as_ref().map(|id| format!("{id}: ")).unwrap_or_default();
    let Step { question, answer, citation, .. } = step;
    format!("{question} {}. ({}) [{provision}{citation}]", capitalized(answer), step.facts_line())
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn purpose(use_: Use) -> &'static str {
    match use_ {
        Use::NewEquipment => "for new equipment",
        Use::ExistingNetwork => "to keep an existing network running",
        Use::HandsetSupport => "to support handsets already sold",
        Use::SecurityResearch => "for security research",
        Use::Standards => "as a release of technology in a standards body",
    }
}

fn item(facts: &Facts) -> String {
    let mut parts = vec![format!("made in {}", facts.made_in)];
    if facts.shipped_from != facts.made_in {
        parts.push(format!("shipped from {}", facts.shipped_from));
    }
    parts.push(match facts.item {
        Level::None | Level::Ear99 => "on no control list (EAR99)".to_owned(),
        Level::At => "controlled for anti-terrorism reasons only".to_owned(),
        Level::Ns => "controlled for national security".to_owned(),
    });
    if facts.us_controlled > Share::ZERO || facts.us_other > Share::ZERO {
        parts.push(format!("US content {} controlled and {} other", facts.us_controlled, facts.us_other));
    } else if !facts.us_origin() {
        parts.push("no US content".to_owned());
    }
    for (made, level) in [("with", facts.us_technology), ("in a plant of", facts.us_plant)] {
        if level > Level::None {
            parts.push(format!("made {made} US technology (control level {level})"));
        }
    }
    if facts.own_design {
        parts.push("of the listed firm's own design".to_owned());
    }
    if facts.below_5g {
        parts.push("for use below 5G".to_owned());
    }
    parts.join("; ")
}

/// The answer and its reason.
fn conclusion(shipment: &Shipment, answer: &Determination) -> String {
    let reason = match answer.subject {
        Subject::UsOrigin => "it is of US origin or ships from the United States",
        Subject::DeMinimis => "its US content exceeds a de minimis threshold",
        Subject::DirectProduct => "it is the foreign direct product of US technology",
        Subject::None => {
            return "Permitted: the item is not subject to the regulations, so no license is required.".to_owned();
        }
    };
    let buyer = &shipment.buyer.id;
    if !answer.license_required {
        return format!(
            "Permitted: the item is subject to the regulations ({reason}), but no listing in force names {buyer}, so no license is required."
        );
    }
    let required = format!(
        "a license is required, because the item is subject to the regulations ({reason}) and {buyer} is listed"
    );
    let provision = answer.provision.as_deref().unwrap_or_default();
    match (answer.authorization, answer.review) {
        (Authorization::GeneralLicense, _) => {
            format!("Permitted: {required}, and the general license `{provision}` covers this use.")
        }
        (Authorization::SavingsClause, _) => format!(
            "Permitted: {required}, and the savings clause `{provision}` covers what was in production before the rule that first caught it."
        ),
        (Authorization::None, review) => {
            let review = review.map(review_sentence).unwrap_or_default();
            format!("Prohibited: {required}, and nothing in force authorizes the shipment (`{provision}`). {review}")
        }
    }
}

fn review_sentence(review: Review) -> &'static str {
    match review {
        Review::PresumptionOfDenial => "An application for a specific license would meet a presumption of denial.",
        Review::CaseByCase => "An application for a specific license would be reviewed case by case.",
        Review::PresumptionOfApproval => "An application for a specific license would meet a presumption of approval.",
    }
}
