//! A scenario to start from, for `chokepoint init`: a layer that runs as it is and differs from what it extends in one thing,
//! with comments on what an analyst would next want to change.

use rust_decimal::Decimal;

use super::Scenario;
use super::reader::is_id;
use super::regime::{Provision, ProvisionKind};
use crate::units::{Date, Share};

/// An id made of a file's name: lower case, with hyphens for what no id may hold.
pub fn id_of(stem: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let plain: String = stem.chars().map(plain).collect();
    let parts: Vec<&str> = plain.split('-').filter(|part| !part.is_empty()).collect();
    let id: String = parts.join("-").chars().take(64).collect();
    let id = id.trim_end_matches('-');
    if is_id(id) { id.to_owned() } else { "my-scenario".to_owned() }
}

/// The file: a layer over a scenario that `extends` names, with an id that is not that scenario's. `schema` is how the file
/// names the schema; `next` are the commands that check it, tell what it changes and compare it.
pub fn scenario(id: &str, base: &Scenario, extends: &str, schema: &str, next: &[&str; 3]) -> String {
    let [check, diff, compare] = next.map(comment);
    let (change, told) = change(base);
    let title = format!("{}, but {told}", base.title);
    format!(
        "#:schema {schema}
# A scenario is a layer: it holds what it changes in the scenario that it extends, and nothing else.
# Lines that start with # are comments; delete a # to put its line in force. When you have changed something:
#
#     {check}
#         is it sound, and what does it change?
#     {diff}
#         the same in words, with citations
#     {compare}
#         what follows from it

kind = \"scenario\"
# Names the results. Lower-case letters, digits and hyphens.
id = {id:?}
title = {title}
description = \"\"\"
Say here what the scenario asks, what in it is fact and what is counterfactual, and why.\"\"\"
# A path from this file, or `shipped:` and an id that `chokepoint list` shows.
extends = {extends}

# --- Take provisions out of what it extends. Such lines stand here, above the first [table] of the file.
# remove = [\"provisions.ID\"]

# --- Sources of your own: a file with kind = \"bibliography\" and a table [sources.KEY] for each, with its citation.
# bibliography = \"my-sources.toml\"

{change}
# --- Dates. A provision is announced on or before its first day; the first and last day are inclusive.
# [provisions.ID]
# announced = 2019-11-29
# from = 2020-06-01
# to = 2021-12-31
# assumption = \"why these days\"
# confidence = \"low\"

# --- A provision more. `chokepoint schema` and hover texts describe the kinds: listing, de-minimis, direct-product,
# general-license, savings-clause, review-policy, market-restriction.
# [provisions.my-general-license]
# kind = \"general-license\"
# title = \"A waiver for existing networks\"
# citation = \"Proposed\"
# announced = 2020-01-15
# from = 2020-02-01
# to = 2020-12-31
# uses = [\"existing-network\", \"handset-support\"]
# items_up_to = \"ns\"
# assumption = \"why there should be such a waiver, and in this form\"
# confidence = \"low\"

# --- A parameter, with what it rests on: a key of a bibliography, or an assumption with its reason. It is one record, and
# replaces the whole record below it. A change of the world is not a change of the rules: scenarios can be compared if they
# share one world, so put it into a file of its own and lay that over all of them: compare ... --overlay world.toml
# [behaviour]
# over_compliance = {{ triangular = [0.1, 0.3, 0.6], unit = \"share\", bounds = [0, 1], assumption = \"why\", confidence = \"low\" }}
",
        title = quoted(&title),
        extends = quoted(extends),
    )
}

/// A comparison of a scenario with what it extends.
pub fn comparison(id: &str, scenario: &str, base: &Scenario, extends: &str, schema: &str, compare: &str) -> String {
    let compare = comment(compare);
    format!(
        "#:schema {schema}
# Scenarios that are run on the same draws, so that the differences between them are the rules' doing.
# Run it by: {compare}

kind = \"comparison\"
id = {id:?}
title = {title}
description = \"\"\"
Say here what is compared, and why.\"\"\"
# Paths from this file, or `shipped:` and an id that `chokepoint list` shows; at least two.
scenarios = [{extends}, {scenario}]
# The scenario from which differences are told.
reference = {base:?}
",
        title = quoted(&format!("A change, against {}", base.title)),
        extends = quoted(extends),
        scenario = quoted(scenario),
        base = base.id,
    )
}

/// A command as a comment may hold it: a name with a line break in it, or another control character, would end the comment.
fn comment(command: &str) -> String {
    command.chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    // The escapes of JSON are those of TOML.
    serde_json::Value::from(text).to_string()
}

/// The one thing that differs, as TOML and in a few words: a threshold, a first day, or a listing where there is no law.
fn change(base: &Scenario) -> (String, String) {
    let all = || {
        let rungs = base.regime.rungs().flat_map(|rung| &rung.provisions);
        base.regime.provisions.iter().map(|(id, p)| (id, p, true)).chain(rungs.map(|(id, p)| (id, p, false)))
    };
    let threshold = |p: &Provision| match p.kind {
        ProvisionKind::DeMinimis { threshold, .. } => Some(threshold),
        _ => None,
    };
    let thresholds = all().filter_map(|(id, p, _)| Some((id, threshold(p)?)));
    // The narrowest is that which the scenario is about.
    if let Some((id, old)) = thresholds.min_by_key(|(_, threshold)| *threshold) {
        let new = lower(old);
        let told = format!("the threshold of {id} is {} percent", percent(new));
        let table = format!(
            "# --- What it changes: one number. Of the provision all else stays as it is; what describes it is said anew.
[provisions.{id}]
title = \"De minimis at {new_percent} percent\"
citation = \"Counterfactual\"
# {} percent in what it extends; a share of the item's value. 0: any US content counts.
threshold = {new}
# What the new number rests on: a reason (assumption) or a key of the bibliography (source), and how sure it is.
assumption = \"What if? Say here why this threshold.\"
confidence = \"low\"
",
            percent(old),
            new_percent = percent(new),
        );
        return (table, told);
    }
    let dated = all().filter(|(_, p, dated)| *dated && p.to.is_none());
    if let Some((id, provision, day)) = dated.filter_map(|(id, p, _)| Some((id, p, half_a_year_after(p.from)?))).last()
    {
        let table = format!(
            "# --- What it changes: one day. Of the provision all else stays as it is; what describes it is said anew.
[provisions.{id}]
title = {title}
citation = \"Counterfactual\"
# {} in what it extends.
from = {day}
# What the new day rests on: a reason (assumption) or a key of the bibliography (source), and how sure it is.
assumption = \"What if? Say here why this day.\"
confidence = \"low\"
",
            provision.from,
            title = quoted(&format!("{}, from {day}", provision.title)),
        );
        return (table, format!("{id} starts on {day}"));
    }
    let vendors = &base.world.vendors;
    let buyer = vendors.iter().find(|(_, v)| v.country_of_concern).or(vendors.first()).map(|(id, _)| id.as_str());
    let (buyer, from) = (buyer.unwrap_or_default(), base.world.time.start);
    let table = format!(
        "# --- What it changes: one provision more.
[provisions.my-listing]
kind = \"listing\"
title = \"A listing of {buyer}\"
citation = \"Proposed\"
announced = {from}
from = {from}
buyers = [{buyer:?}]
review = \"presumption-of-denial\"
# What it rests on: a reason (assumption) or a key of the bibliography (source), and how sure it is.
assumption = \"What if? Say here why.\"
confidence = \"low\"
"
    );
    (table, format!("{buyer} is listed from {from}"))
}

/// A lower threshold among round ones, or the first of these where there is none lower.
fn lower(threshold: Share) -> Share {
    let round = [10, 5, 0].map(|percent| Share::new(Decimal::new(percent, 2)).unwrap_or(Share::ZERO));
    round.into_iter().find(|round| *round < threshold).unwrap_or(round[0])
}

fn percent(share: Share) -> Decimal {
    (share.decimal() * Decimal::ONE_HUNDRED).normalize()
}

fn half_a_year_after(day: Date) -> Option<Date> {
    day.checked_add(jiff::Span::new().months(6)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::diff::diff;
    use crate::scenario::{Kind, Source, load, shipped};

    #[test]
    fn what_extends_any_shipped_scenario_is_sound_and_differs_in_one_thing() {
        for entry in shipped().into_iter().filter(|entry| entry.kind == Kind::Scenario) {
            let extends = format!("shipped:{}", entry.id);
            let next = ["check", "diff", "compare"];
            let text = scenario("mine", &load(&entry.id, &[]).unwrap(), &extends, "./scenario.schema.json", &next);
            let own = Source::Text { name: "mine.toml".into(), text: text.clone() };
            let found = diff(&Source::Shipped(entry.id.clone()), &own)
                .unwrap_or_else(|problems| panic!("{}:\n{}\n{text}", entry.id, problems.lines()));
            assert_eq!(
                (found.law.len(), found.world.len(), found.parameters.len()),
                (1, 0, 0),
                "{}: {found:?}",
                entry.id
            );
        }
    }

    #[test]
    fn a_name_becomes_an_id() {
        assert_eq!(id_of("my-scenario"), "my-scenario");
        assert_eq!(id_of("My Rules (v2)"), "my-rules-v2");
        assert_eq!(id_of("§§"), "my-scenario");
        assert_eq!(id_of(&"x".repeat(90)).len(), 64);
    }
}
