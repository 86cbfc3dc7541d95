//! `chokepoint explain`: one determination in plain words, and how far it hangs on facts that are not certain. Each such
//! fact is taken at its central value; then each is changed alone, and at last all together.

use std::collections::BTreeSet;
use std::io::Write;

use serde_json::json;

use super::determine::vendors;
use super::error::CliError;
use super::format::{self, Format};
use super::options::ExplainArgs;
use crate::law::answers;
use crate::law::explain::explain;
use crate::law::facts::check_days;
use crate::law::{Buyer, Code, Determination, Facts, Shipment};
use crate::scenario::param::{Param, Provenance};
use crate::scenario::regime::ProvisionKind;
use crate::scenario::world::{LegalFacts, Offer, Reach};
use crate::scenario::{Scenario, load};
use crate::study::StudyError;
use crate::text::shell_word;
use crate::units::{Level, Share};

pub(super) fn run(args: &ExplainArgs, out: &mut dyn Write) -> Result<(), CliError> {
    let scenario = load(&args.file, &[])?;
    let code = Code::new(&scenario.regime)?;
    let offers = &scenario.world.offers;
    let known = || offers.keys().map(String::as_str);
    let offer = offers.get(&args.offer).ok_or_else(|| unknown_offer(args, known()))?;
    check_days(args.date, args.production_start)
        .map_err(|why| CliError::usage(why, "correct --date or --production-start"))?;
    let shipment = Shipment {
        date: args.date,
        buyer: buyer(&scenario, args.buyer.as_deref())?,
        use_: args.use_,
        production_start: args.production_start,
    };
    let text = Account { scenario: &scenario, code: &code, offer, shipment: &shipment }.text();
    if args.format == Format::Json {
        let answer = code.determine(&central(&offer.legal), &shipment);
        let told = json!({
            "scenario": scenario.id,
            "offer": args.offer,
            "date": shipment.date.to_string(),
            "buyer": shipment.buyer.id,
            "use": shipment.use_.name(),
            "answer": answers::json(&args.offer, &answer)?,
            "explanation": text,
        });
        return format::json(&told, out);
    }
    out.write_all(text.as_bytes()).map_err(CliError::Output)
}

fn unknown_offer<'a>(args: &ExplainArgs, known: impl IntoIterator<Item = &'a str>) -> CliError {
    let list = format!("`chokepoint list {} --offers` lists them", shell_word(&args.file));
    match CliError::unknown("the offer", &args.offer, known) {
        CliError::Study(StudyError::Invalid { message, help }) => {
            CliError::usage(message, help.map_or(list.clone(), |help| format!("{help} {list}")))
        }
        other => other,
    }
}

/// The buyer that is named, else the first of the listing that starts first, else the scenario's first vendor.
fn buyer(scenario: &Scenario, named: Option<&str>) -> Result<Buyer, CliError> {
    let vendors = vendors(scenario);
    let listed = scenario.regime.all_provisions().find_map(|provision| match &provision.kind {
        ProvisionKind::Listing { buyers, .. } => buyers.first().map(String::as_str),
        _ => None,
    });
    let found = match named.or(listed) {
        Some(id) => vendors.iter().find(|vendor| vendor.id == id),
        None => vendors.first(),
    };
    let known = vendors.iter().map(|vendor| vendor.id.as_str());
    found.cloned().ok_or_else(|| CliError::unknown("the buyer", named.unwrap_or_default(), known))
}

/// A legal fact of an offer that is not certain.
struct Uncertain<'a> {
    /// What it is, as the subject of a sentence.
    what: &'static str,
    /// How it is taken, and how it is spread.
    taken: String,
    /// What else it may be: in words, and as a change of the facts.
    otherwise: Vec<(String, Change)>,
    provenance: &'a Provenance,
    /// What its level rests on, where that is said apart.
    support: Option<&'a Provenance>,
}

/// A change of one legal fact.
#[derive(Clone, Copy)]
enum Change {
    Controlled(Share),
    Other(Share),
    Technology(Level),
    Plant(Level),
}

impl Change {
    fn made(self, facts: Facts) -> Facts {
        match self {
            Change::Controlled(share) => Facts { us_controlled: share, ..facts },
            Change::Other(share) => Facts { us_other: share, ..facts },
            Change::Technology(level) => Facts { us_technology: level, ..facts },
            Change::Plant(level) => Facts { us_plant: level, ..facts },
        }
    }
}

/// The facts at their central values.
fn central(legal: &LegalFacts) -> Facts {
    Facts {
        made_in: legal.made_in,
        shipped_from: legal.shipped_from,
        item: legal.item,
        us_controlled: Share::from_sample(legal.us_controlled.central()),
        us_other: Share::from_sample(legal.us_other.central()),
        us_technology: assumed(&legal.us_technology),
        us_plant: assumed(&legal.us_plant),
        own_design: legal.own_design,
        below_5g: legal.below_5g,
    }
}

/// The facts with no more US content than the whole: ends of two ranges may add up to more.
fn within_whole(facts: Facts) -> Facts {
    if facts.us_controlled.checked_add(facts.us_other).is_some() {
        return facts;
    }
    let rest = Share::new(Share::ONE.decimal() - facts.us_controlled.decimal());
    Facts { us_other: rest.unwrap_or(Share::ZERO), ..facts }
}

/// A level that is more likely than not, else none.
fn assumed(reach: &Reach) -> Level {
    if reach.probability.central() >= 0.5 { reach.level } else { Level::None }
}

/// The facts of an offer that are not certain.
fn uncertain(legal: &LegalFacts) -> Vec<Uncertain<'_>> {
    let all = [
        share("the controlled US content", &legal.us_controlled, Change::Controlled),
        share("the other US content", &legal.us_other, Change::Other),
        level("the US technology that it is a direct product of", &legal.us_technology, Change::Technology),
        level("the US technology of the plant", &legal.us_plant, Change::Plant),
    ];
    all.into_iter().flatten().collect()
}

fn share<'a>(what: &'static str, param: &'a Param, change: fn(Share) -> Change) -> Option<Uncertain<'a>> {
    let (low, high) = param.ends();
    let central = Share::from_sample(param.central());
    let ends = [Share::from_sample(low), Share::from_sample(high)];
    let otherwise: Vec<_> = ends.into_iter().filter(|s| *s != central).map(|s| (s.to_string(), change(s))).collect();
    let taken = format!("taken as {central} of the value; it lies between {} and {}", ends[0], ends[1]);
    (!otherwise.is_empty()).then_some(Uncertain {
        what,
        taken,
        otherwise,
        provenance: &param.provenance,
        support: None,
    })
}

fn level<'a>(what: &'static str, reach: &'a Reach, change: fn(Level) -> Change) -> Option<Uncertain<'a>> {
    let (low, high) = reach.probability.ends();
    let sure = low == high && (low == 0.0 || low == 1.0);
    if sure || reach.level == Level::None {
        return None;
    }
    let assumed = assumed(reach);
    let other = if assumed == Level::None { reach.level } else { Level::None };
    let chance = reach.probability.central();
    let taken = format!("taken as `{assumed}`; it is `{}` with a chance of {chance}, else `none`", reach.level);
    let otherwise = vec![(format!("`{other}`"), change(other))];
    let support = reach.support.as_ref();
    Some(Uncertain { what, taken, otherwise, provenance: &reach.probability.provenance, support })
}

/// One explanation.
struct Account<'a> {
    scenario: &'a Scenario,
    code: &'a Code,
    offer: &'a Offer,
    shipment: &'a Shipment,
}

impl Account<'_> {
    fn text(&self) -> String {
        let facts = within_whole(central(&self.offer.legal));
        let answer = self.determine(facts);
        let uncertain = uncertain(&self.offer.legal);
        let mut lines =
            vec![self.offer_line(), format!("By the law of {}: {}.", self.scenario.id, self.scenario.title)];
        lines.extend(self.scenario.regime.left_to_the_ladder().map(|left_out| format!("Note: {left_out}.")));
        lines.push(String::new());
        lines.push(explain(&facts, self.shipment, &answer));
        lines.extend(self.assumed_provisions(&answer));
        if uncertain.is_empty() {
            lines.push("No legal fact of this offer is uncertain in the scenario.".to_owned());
        } else {
            lines.push("What is not certain:".to_owned());
            let alone: Vec<(String, bool)> = uncertain.iter().map(|fact| self.told(fact, facts, &answer)).collect();
            let some_alone = alone.iter().any(|(_, matters)| *matters);
            lines.extend(alone.into_iter().map(|(line, _)| line));
            if !some_alone {
                lines.push(self.together(&uncertain, facts, &answer));
            }
        }
        lines.push(format!("The offer's facts rest on: {}", self.basis(&self.offer.provenance)));
        lines.join("\n") + "\n"
    }

    /// What rests on assumption among the provisions that the steps cite; nothing where none does.
    fn assumed_provisions(&self, answer: &Determination) -> Vec<String> {
        let cited: BTreeSet<&str> = answer.trace.iter().filter_map(|step| step.provision.as_deref()).collect();
        let told = cited.into_iter().filter_map(|id| {
            let reason = self.scenario.regime.provisions.get(id)?.provenance.assumption.as_ref()?;
            Some(format!("  - `{id}`: {reason}"))
        });
        let told: Vec<String> = told.collect();
        if told.is_empty() {
            return told;
        }
        let head = std::iter::once("Provisions that rest on an assumption:".to_owned());
        head.chain(told).chain(std::iter::once(String::new())).collect()
    }

    fn determine(&self, facts: Facts) -> Determination {
        self.code.determine(&within_whole(facts), self.shipment)
    }

    fn offer_line(&self) -> String {
        let world = &self.scenario.world;
        let supplier = world.suppliers.get(&self.offer.supplier);
        let by =
            supplier.map_or_else(|| self.offer.supplier.clone(), |s| format!("{} (at home in {})", s.name, s.home));
        let class = world.classes.get(&self.offer.class).map_or(&self.offer.class, |c| &c.name);
        format!("{}, by {by}; class: {class}.", self.offer.name)
    }

    /// A line on one uncertain fact, and whether the outcome hangs on it alone.
    fn told(&self, fact: &Uncertain, facts: Facts, answer: &Determination) -> (String, bool) {
        let mut matters = false;
        let mut line = format!("  - {} is {}.", fact.what, fact.taken);
        for (value, change) in &fact.otherwise {
            let other = self.determine(change.made(facts));
            matters |= other.permitted != answer.permitted;
            line.push_str(&format!(" Were it {value}, {}.", self.difference(answer, &other)));
        }
        let mut rests = self.basis(fact.provenance);
        if let Some(support) = fact.support {
            rests.push_str(&format!("; the level: {}", self.basis(support)));
        }
        (format!("{line}\n    This rests on: {rests}"), matters)
    }

    fn difference(&self, answer: &Determination, other: &Determination) -> String {
        let short = |d: &Determination| (d.permitted, d.subject, d.authorization, d.provision.clone(), d.review);
        if short(answer) == short(other) {
            return "the answer would be the same".to_owned();
        }
        let how = if answer.permitted == other.permitted { "still" } else { "instead" };
        let why = match other.provision.as_deref() {
            None => "no license is required".to_owned(),
            Some(id) => {
                let citation = self.scenario.regime.provisions.get(id).map(|p| p.citation.as_str()).unwrap_or_default();
                format!("`{id}` decides [{citation}]")
            }
        };
        format!("the shipment would {how} be {} ({why})", other.outcome())
    }

    /// A line on changes of several facts at once, where none alone turns the answer.
    fn together(&self, uncertain: &[Uncertain], facts: Facts, answer: &Determination) -> String {
        let mut all = vec![(facts, Vec::new())];
        for fact in uncertain {
            for (facts, told) in all.clone() {
                for (value, change) in &fact.otherwise {
                    let mut told: Vec<String> = told.clone();
                    told.push(format!("{} {value}", fact.what));
                    all.push((change.made(facts), told));
                }
            }
        }
        match all.iter().find(|(facts, _)| self.determine(*facts).permitted != answer.permitted) {
            None => "  None of these, alone or with others, turns the answer.".to_owned(),
            Some((facts, told)) => {
                let other = self.difference(answer, &self.determine(*facts));
                format!("  No one of these alone turns the answer, but were {}, {other}.", told.join(" and "))
            }
        }
    }

    /// What a number or an entity rests on: the reason of an assumption, or the citations of its sources.
    fn basis(&self, provenance: &Provenance) -> String {
        if let Some(reason) = &provenance.assumption {
            return format!("an assumption ({reason})");
        }
        let citation = |key: &String| {
            self.scenario.bibliography.get(key).map_or_else(|| key.clone(), |reference| reference.citation.clone())
        };
        provenance.sources.iter().map(citation).collect::<Vec<_>>().join("; ")
    }
}
