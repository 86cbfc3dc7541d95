//! One determination with its trace: the findings of [`Code::outcome`], told in the order in which the regulations ask.

use super::code::{Code, ProvisionIndex, destination};
use super::criteria::{Criteria, Standing, counted};
use super::facts::{Facts, Shipment};
use super::outcome::{Authorization, Findings, Occasion, Ruling, Subject};
use super::territories;
use super::trace::Step;
use crate::scenario::regime::{Destination, ProvisionKind, Review};
use crate::units::{Country, Date, Level, Use};

/// The law's answer for one shipment, and how it was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Determination {
    /// What makes the item subject to the regulations.
    pub subject: Subject,
    /// Whether a license is required.
    pub license_required: bool,
    /// What authorizes the shipment.
    pub authorization: Authorization,
    /// Whether it may go without a specific license.
    pub permitted: bool,
    /// Id of the provision that decided; `None` where no license is required.
    pub provision: Option<String>,
    /// How an application would be reviewed; `None` where the shipment is permitted.
    pub review: Option<Review>,
    /// The questions in the order in which they were asked.
    pub trace: Vec<Step>,
}

impl Determination {
    /// The outcome in a word: `permitted` or `prohibited`.
    pub fn outcome(&self) -> &'static str {
        if self.permitted { "permitted" } else { "prohibited" }
    }
}

impl Shipment {
    /// The occasion of the shipment, under the law as it is.
    pub fn occasion(&self) -> Occasion {
        Occasion { date: self.date, use_: self.use_, production_start: self.production_start, known_on: None }
    }
}

impl Code {
    /// Whether an item may be shipped, and why.
    pub fn determine(&self, facts: &Facts, shipment: &Shipment) -> Determination {
        let standing = self.standing(&shipment.buyer);
        let criteria = self.criteria(facts, &standing);
        let occasion = shipment.occasion();
        let findings = self.weigh(&criteria, &occasion);
        let outcome = findings.outcome;
        let account = Account { code: self, facts, shipment, standing, criteria, occasion, findings };
        Determination {
            subject: outcome.subject,
            license_required: outcome.license_required(),
            authorization: outcome.authorization(),
            permitted: outcome.is_permitted(),
            provision: outcome.provision().map(|index| self.id(index).to_owned()),
            review: outcome.review(),
            trace: account.steps(),
        }
    }
}

/// All that a trace tells.
struct Account<'a> {
    code: &'a Code,
    facts: &'a Facts,
    shipment: &'a Shipment,
    standing: Standing,
    criteria: Criteria,
    occasion: Occasion,
    findings: Findings,
}

impl Account<'_> {
    fn steps(&self) -> Vec<Step> {
        let outcome = self.findings.outcome;
        let mut steps = vec![self.origin()];
        // The listing comes before the tests, since a test may be run for listed buyers only.
        steps.extend(self.listings());
        if outcome.subject != Subject::UsOrigin {
            steps.extend(self.tests());
        }
        steps.push(self.requirement());
        if outcome.license_required() {
            steps.extend(self.general_licenses());
            if self.findings.general_license.is_none() {
                steps.extend(self.savings_clauses());
            }
        }
        steps.push(self.ruling());
        steps.extend(self.review());
        steps
    }

    fn date(&self) -> Date {
        self.shipment.date
    }

    fn origin(&self) -> Step {
        let places = [self.facts.made_in, self.facts.shipped_from];
        let scope = "15 CFR 734.3(a)(1) and (2)".to_owned();
        let citation = match places.iter().any(Country::is_us_territory) {
            true => format!("{scope}; the United States hold their territories: {}", territories::UNITED_STATES),
            false => scope,
        };
        Step::of_the_regulations("Is the item made in the United States, or shipped from there?", &citation)
            .fact("made_in", self.facts.made_in)
            .fact("shipped_from", self.facts.shipped_from)
            .yes_or_no(self.criteria.us_origin)
    }

    /// A step for a provision that is not in force on the day; `None` if it is.
    fn not_in_force(&self, index: ProvisionIndex) -> Option<Step> {
        let title = &self.code.provision(index).title;
        let question = format!("Is \"{title}\" in force on {}?", self.date());
        let step = Step::of_provision(question, self.code, index).days(self.date(), self.code, index);
        (!self.code.in_force(index, &self.occasion)).then(|| step.yes_or_no(false))
    }

    fn listings(&self) -> Vec<Step> {
        if self.code.listings.is_empty() {
            let question = "Does a listing name the buyer?";
            let step = Step::of_the_regulations(question, "the regime has no listing").fact("buyer", self.buyer());
            return vec![step.yes_or_no(false)];
        }
        let listings = self.code.listings.into_iter();
        listings
            .map(|index| {
                self.not_in_force(index).unwrap_or_else(|| {
                    let question = format!("Does \"{}\" name the buyer?", self.code.provision(index).title);
                    let step = Step::of_provision(question, self.code, index).fact("buyer", self.buyer());
                    step.days(self.date(), self.code, index).yes_or_no(self.standing.listings.holds(index))
                })
            })
            .collect()
    }

    fn buyer(&self) -> &str {
        &self.shipment.buyer.id
    }

    /// A step for a test that is not run for this destination; `None` if it is.
    fn not_bound_for(&self, index: ProvisionIndex, destination: Destination) -> Option<Step> {
        let title = &self.code.provision(index).title;
        let step = |question: String| Step::of_provision(question, self.code, index).fact("buyer", self.buyer());
        match destination {
            Destination::CountryOfConcern if !self.of_concern() => {
                let step = step(format!("Is the buyer in a country of concern, where alone \"{title}\" reaches?"));
                Some(self.home_on_the_day(step.fact("country_of_concern", false)).yes_or_no(false))
            }
            Destination::ListedBuyer if self.findings.listing.is_none() => {
                let step = step(format!("Is the buyer listed on that day? Otherwise \"{title}\" does not reach it."));
                Some(step.fact("date", self.date()).yes_or_no(false))
            }
            _ => None,
        }
    }

    /// Whether the buyer's home counts as a country of concern on the day.
    fn of_concern(&self) -> bool {
        self.standing.country_of_concern && self.standing.of_concern_from.is_none_or(|from| from <= self.date())
    }

    /// The step with what the regulations count the buyer's home as, where that hangs on the day.
    fn home_on_the_day(&self, mut step: Step) -> Step {
        let Some(from) = self.standing.of_concern_from else { return step };
        step.citation = format!("{}; {}", step.citation, territories::HONG_KONG);
        step.fact("home", self.shipment.buyer.home).fact("date", self.date()).fact("counts as China from", from)
    }

    /// A step for each test: de minimis first, then direct product.
    fn tests(&self) -> Vec<Step> {
        let tests = self.code.de_minimis.into_iter().chain(self.code.direct_product);
        tests.filter_map(|index| self.test(index)).collect()
    }

    fn test(&self, index: ProvisionIndex) -> Option<Step> {
        let destination = destination(self.code.provision(index))?;
        let not_run = self.not_in_force(index).or_else(|| self.not_bound_for(index, destination));
        let run = || {
            let step = self.test_run(index)?.yes_or_no(self.criteria.meets.holds(index));
            Some(if destination == Destination::CountryOfConcern { self.home_on_the_day(step) } else { step })
        };
        not_run.or_else(run)
    }

    /// What a test compares.
    fn test_run(&self, index: ProvisionIndex) -> Option<Step> {
        let provision = self.code.provision(index);
        let (title, facts) = (&provision.title, self.facts);
        match provision.kind {
            ProvisionKind::DeMinimis { threshold, counts, .. } => {
                let question = format!("Does the US content that counts exceed the threshold of \"{title}\"?");
                let step = Step::of_provision(question, self.code, index)
                    .fact("counts", counts)
                    .fact("us_controlled", facts.us_controlled)
                    .fact("us_other", facts.us_other)
                    .fact("content", counted(counts, facts).normalize())
                    .fact("threshold", threshold);
                Some(step)
            }
            ProvisionKind::DirectProduct { item_from, technology_from, plant_from, own_design_only, .. } => {
                let counted =
                    |from: Option<Level>| from.map_or("never counted".to_owned(), |l| format!("counted from {l}"));
                let question =
                    format!("Is it a direct product of US technology, or of a plant that is, as \"{title}\" counts?");
                let step = Step::of_provision(question, self.code, index)
                    .fact("item", format!("{} (reached from {item_from})", facts.item))
                    .fact("us_technology", format!("{} ({})", facts.us_technology, counted(technology_from)))
                    .fact("us_plant", format!("{} ({})", facts.us_plant, counted(plant_from)));
                Some(match own_design_only {
                    true => step.fact("own_design", format!("{} (others are not reached)", facts.own_design)),
                    false => step,
                })
            }
            _ => None,
        }
    }

    fn requirement(&self) -> Step {
        let question = "Is a license required?";
        let step = match self.findings.listing {
            Some(listing) => Step::of_provision(question.to_owned(), self.code, listing),
            None => Step::of_the_regulations(question, "no listing in force names the buyer"),
        };
        step.fact("subject", self.findings.outcome.subject)
            .fact("listed", self.findings.listing.is_some())
            .yes_or_no(self.findings.outcome.license_required())
    }

    /// A step for each general license in force, up to the first that covers the shipment.
    fn general_licenses(&self) -> Vec<Step> {
        let in_force = self.code.general_licenses.filter(|&index| self.code.in_force(index, &self.occasion));
        if in_force.is_empty() {
            return vec![self.none_in_force("Is a general license in force?", "the regime has none for this day")];
        }
        let relevant = in_force.into_iter().filter(|&index| self.findings.general_license.is_none_or(|g| index <= g));
        relevant
            .filter_map(|index| match &self.code.provision(index).kind {
                ProvisionKind::GeneralLicense { uses, items_up_to } => {
                    let question = format!("Does \"{}\" cover it?", self.code.provision(index).title);
                    let step = Step::of_provision(question, self.code, index)
                        .fact("use", self.occasion.use_)
                        .fact("covers", list(uses))
                        .fact("item", self.facts.item)
                        .fact("items_up_to", items_up_to)
                        .days(self.date(), self.code, index);
                    Some(step.yes_or_no(self.findings.general_license == Some(index)))
                }
                _ => None,
            })
            .collect()
    }

    fn none_in_force(&self, question: &str, reason: &str) -> Step {
        Step::of_the_regulations(question, reason).fact("date", self.date()).yes_or_no(false)
    }

    /// A step for each savings clause in force.
    fn savings_clauses(&self) -> Vec<Step> {
        let in_force = self.code.savings_clauses.filter(|&index| self.code.in_force(index, &self.occasion));
        if in_force.is_empty() {
            return vec![self.none_in_force("Is a savings clause in force?", "the regime has none for this day")];
        }
        in_force.into_iter().map(|clause| self.savings_clause(clause)).collect()
    }

    fn savings_clause(&self, clause: ProvisionIndex) -> Step {
        let title = &self.code.provision(clause).title;
        let question = format!("Was it in production early enough for \"{title}\"?");
        let meets = self.criteria.meets;
        let lifted = self.code.lifted_by(clause, meets, &self.occasion);
        let start = self.occasion.production_start.map_or("not known".to_owned(), |day| day.to_string());
        let cut_off = self.code.cut_off(clause, meets);
        let mut step = Step::of_provision(question, self.code, clause)
            .fact("production_start", start)
            .fact("before", cut_off.map_or("it saves nothing that reaches the item".to_owned(), |day| day.to_string()))
            .days(self.date(), self.code, clause);
        if !lifted.is_empty() {
            step = step.fact("lifts", self.ids(lifted.and(self.findings.reached_by)));
        }
        step.yes_or_no(!lifted.is_empty())
    }

    fn ids(&self, provisions: super::set::Set) -> String {
        let ids: Vec<&str> = provisions.into_iter().map(|index| self.code.id(index)).collect();
        if ids.is_empty() { "nothing in force".to_owned() } else { ids.join(" ") }
    }

    fn ruling(&self) -> Step {
        let outcome = self.findings.outcome;
        let question = "May it be shipped without a specific license?";
        let step = match outcome.provision() {
            Some(index) => Step::of_provision(question.to_owned(), self.code, index),
            None => Step::of_the_regulations(question, "no license is required"),
        };
        let step = step.fact("subject", outcome.subject).fact("authorization", outcome.authorization());
        let step = match outcome.ruling {
            Ruling::Prohibited { .. } if !self.findings.still_reached_by.is_empty() => {
                step.fact("still reached by", self.ids(self.findings.still_reached_by))
            }
            _ => step,
        };
        step.answer(if outcome.is_permitted() { "yes: permitted" } else { "no: prohibited" })
    }

    /// How an application would be reviewed; `None` where none is needed.
    fn review(&self) -> Option<Step> {
        let review = self.findings.outcome.review()?;
        let by = self.findings.reviewed_by?;
        let question = "How would an application for a specific license be reviewed?".to_owned();
        let step = Step::of_provision(question, self.code, by).fact("subject", self.findings.outcome.subject);
        let step = step.fact("below_5g", self.facts.below_5g);
        let requirements = self.findings.listings;
        let step = match requirements.into_iter().count() {
            0 | 1 => step,
            _ => step.fact("strictest of the requirements", self.ids(requirements)),
        };
        Some(step.answer(review))
    }
}

fn list(uses: &[Use]) -> String {
    uses.iter().map(|u| u.name()).collect::<Vec<_>>().join(" ")
}
