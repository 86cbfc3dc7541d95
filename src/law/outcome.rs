//! The answer for one day: the one place where provisions in force are weighed against each other. It allocates nothing.
//! [`super::determine`] tells the same findings as a trace.

use super::code::{Code, ProvisionIndex};
use super::criteria::Criteria;
use super::set::Set;
use crate::scenario::regime::{ProvisionKind, Review};
use crate::units::{Date, Use, named};

named! {
    /// What makes an item subject to the regulations: the first that holds, in this order.
    Subject, "subject" {
        /// Of US origin, or shipped from the United States.
        UsOrigin = "us-origin",
        /// Foreign-made with US content above the threshold of a test in force.
        DeMinimis = "de-minimis",
        /// The foreign direct product of US technology, or of a plant that is, under a test in force.
        DirectProduct = "direct-product",
        /// Not subject.
        None = "none",
    }
}

named! {
    /// What authorizes a shipment for which a license is required.
    Authorization, "authorization" {
        /// Nothing, or nothing is needed.
        None = "none",
        /// A general license.
        GeneralLicense = "general-license",
        /// A savings clause.
        SavingsClause = "savings-clause",
    }
}

/// When, for what, and as seen from when the law is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occasion {
    /// Day of shipment.
    pub date: Date,
    /// What it is for.
    pub use_: Use,
    /// Day on which its production started, if known.
    pub production_start: Option<Date>,
    /// Ask the law as it was known on this day: without the provisions announced later, and without the end of a test
    /// that one of them replaces. `None`: the law as it is.
    pub known_on: Option<Date>,
}

/// The law's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// What makes the item subject.
    pub subject: Subject,
    /// What follows.
    pub ruling: Ruling,
}

/// What follows for the shipment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// Permitted: no license is required.
    NoLicenseRequired,
    /// Permitted by this general license.
    GeneralLicense(ProvisionIndex),
    /// Permitted by this savings clause.
    SavingsClause(ProvisionIndex),
    /// Prohibited unless a specific license is granted.
    Prohibited {
        /// The first test that still makes the item subject; for an item of US origin, the listing.
        provision: ProvisionIndex,
        /// How an application would be reviewed.
        review: Review,
    },
}

impl Outcome {
    /// Whether it may be shipped without a specific license.
    pub fn is_permitted(&self) -> bool {
        !matches!(self.ruling, Ruling::Prohibited { .. })
    }

    /// Whether a license is required (a general one counts).
    pub fn license_required(&self) -> bool {
        self.ruling != Ruling::NoLicenseRequired
    }

    /// Whether the prohibition rests on foreign production alone: the item is prohibited and not of US origin.
    pub fn rests_on_foreign_production(&self) -> bool {
        !self.is_permitted() && self.subject != Subject::UsOrigin
    }

    /// What authorizes it.
    pub fn authorization(&self) -> Authorization {
        match self.ruling {
            Ruling::GeneralLicense(_) => Authorization::GeneralLicense,
            Ruling::SavingsClause(_) => Authorization::SavingsClause,
            Ruling::NoLicenseRequired | Ruling::Prohibited { .. } => Authorization::None,
        }
    }

    /// The provision that decided, where a license is required.
    pub fn provision(&self) -> Option<ProvisionIndex> {
        match self.ruling {
            Ruling::NoLicenseRequired => None,
            Ruling::GeneralLicense(index) | Ruling::SavingsClause(index) => Some(index),
            Ruling::Prohibited { provision, .. } => Some(provision),
        }
    }

    /// The review policy, where it is prohibited.
    pub fn review(&self) -> Option<Review> {
        match self.ruling {
            Ruling::Prohibited { review, .. } => Some(review),
            _ => None,
        }
    }
}

/// Everything that was found on the way to an outcome.
#[derive(Debug, Clone, Copy)]
pub(super) struct Findings {
    /// The first listing in force that names the buyer.
    pub(super) listing: Option<ProvisionIndex>,
    /// All of them: each is a requirement of its own.
    pub(super) listings: Set,
    /// Tests in force that the item meets.
    pub(super) reached_by: Set,
    /// The first general license in force that covers it.
    pub(super) general_license: Option<ProvisionIndex>,
    /// What of `reached_by` no savings clause lifts.
    pub(super) still_reached_by: Set,
    /// The listing or review policy whose review counts, where a license is required and none is general.
    pub(super) reviewed_by: Option<ProvisionIndex>,
    pub(super) outcome: Outcome,
}

impl Code {
    /// The answer for an item and buyer on an occasion.
    pub fn outcome(&self, criteria: &Criteria, occasion: &Occasion) -> Outcome {
        self.weigh(criteria, occasion).outcome
    }

    /// Whether a provision by itself helps to prohibit the shipment on that occasion: a test in force that the item
    /// meets while the buyer is listed, or a listing in force of the buyer while the item is subject; unless a general
    /// license covers it. The day of production is not looked at. Kinds that prohibit nothing never do.
    pub fn forbids(&self, provision: ProvisionIndex, criteria: &Criteria, occasion: &Occasion) -> bool {
        let findings = self.weigh(criteria, &Occasion { production_start: None, ..*occasion });
        let contributes = if self.listings.holds(provision) {
            criteria.meets.holds(provision) && self.in_force(provision, occasion)
        } else {
            findings.reached_by.holds(provision)
        };
        contributes && !findings.outcome.is_permitted()
    }

    pub(super) fn weigh(&self, criteria: &Criteria, occasion: &Occasion) -> Findings {
        let in_force = criteria.meets.filter(|&index| self.in_force(index, occasion));
        let listings = in_force.and(self.listings);
        let listing = listings.first();
        let mut reached_by = self.tests().and(in_force);
        if listing.is_none() {
            reached_by = reached_by.without(self.for_listed_buyers);
        }
        // What counts as a country is background to the regime and in no provision, so nobody is taken by surprise.
        if criteria.of_concern_from.is_some_and(|from| occasion.date < from) {
            reached_by = reached_by.without(self.for_countries_of_concern);
        }
        let subject = if criteria.us_origin {
            Subject::UsOrigin
        } else if !reached_by.and(self.de_minimis).is_empty() {
            Subject::DeMinimis
        } else if !reached_by.is_empty() {
            Subject::DirectProduct
        } else {
            Subject::None
        };
        let mut findings = Findings {
            listing,
            listings,
            reached_by,
            general_license: None,
            still_reached_by: reached_by,
            reviewed_by: None,
            outcome: Outcome { subject, ruling: Ruling::NoLicenseRequired },
        };
        if let Some(listing) = listing.filter(|_| subject != Subject::None) {
            findings.outcome.ruling = self.authorize(listing, in_force, criteria, occasion, &mut findings);
        }
        findings
    }

    /// What follows where a license is required.
    fn authorize(
        &self,
        listing: ProvisionIndex,
        in_force: Set,
        criteria: &Criteria,
        occasion: &Occasion,
        findings: &mut Findings,
    ) -> Ruling {
        let covers = |index: &ProvisionIndex| match &self.provision(*index).kind {
            ProvisionKind::GeneralLicense { uses, .. } => uses.contains(&occasion.use_),
            _ => false,
        };
        findings.general_license = in_force.and(self.general_licenses).filter(covers).first();
        let known = criteria.meets.filter(|&index| self.known(index, occasion));
        let mut first_clause = None;
        for clause in in_force.and(self.savings_clauses) {
            let lifted = self.lifted_by(clause, known, occasion).and(findings.still_reached_by);
            if !lifted.is_empty() {
                findings.still_reached_by = findings.still_reached_by.without(lifted);
                first_clause = first_clause.or(Some(clause));
            }
        }
        match (findings.general_license, first_clause) {
            (Some(license), _) => Ruling::GeneralLicense(license),
            (None, Some(clause)) if findings.still_reached_by.is_empty() => Ruling::SavingsClause(clause),
            _ => {
                let still = findings.still_reached_by;
                let test = still.and(self.de_minimis).first().or(still.first());
                let reviewed_by = self.reviewed_by(in_force, known, findings).unwrap_or(listing);
                findings.reviewed_by = Some(reviewed_by);
                Ruling::Prohibited { provision: test.unwrap_or(listing), review: self.review_under(reviewed_by) }
            }
        }
    }

    /// The tests that a clause lifts for what was put into production when this was.
    pub(super) fn lifted_by(&self, clause: ProvisionIndex, known: Set, occasion: &Occasion) -> Set {
        let saves = self.rules[clause.get()].saves.and(known);
        match (occasion.production_start, self.cut_off(clause, known)) {
            (Some(start), Some(cut_off)) if start < cut_off => saves,
            _ => Set::EMPTY,
        }
    }

    /// The listing or review policy whose review counts: of the requirements of all listings in force, the strictest. An
    /// application is one, and is judged under the policies of all applicable requirements.
    fn reviewed_by(&self, in_force: Set, known: Set, findings: &Findings) -> Option<ProvisionIndex> {
        let subject = findings.outcome.subject;
        let policies = in_force.and(self.review_policies).filter(|&policy| self.policy_applies(policy, subject));
        let first_listed = known.and(self.listings).first().map(|listing| self.provision(listing).starts());
        let of_each = findings.listings.into_iter().map(|listing| self.review_of(listing, policies, first_listed));
        of_each.min_by_key(|&by| (self.review_under(by), by))
    }

    /// What sets the review of one listing: of the policies that amend it the one that started last, and of those that
    /// started on one day the strictest; the listing itself where none does. A policy amends the listings that had started
    /// by its own first day, for a later one comes with a review of its own; where none had, it was made for the first.
    fn review_of(&self, listing: ProvisionIndex, policies: Set, first_listed: Option<(bool, Date)>) -> ProvisionIndex {
        let starts = |index: ProvisionIndex| self.provision(index).starts();
        let amends = |&policy: &ProvisionIndex| starts(listing) <= starts(policy).max(first_listed.unwrap_or_default());
        let amending = policies.filter(amends).into_iter();
        let last = amending.max_by_key(|&policy| {
            (starts(policy), std::cmp::Reverse(self.review_under(policy)), std::cmp::Reverse(policy))
        });
        last.unwrap_or(listing)
    }

    /// Whether a review policy in force covers an item that is subject in this way.
    fn policy_applies(&self, policy: ProvisionIndex, subject: Subject) -> bool {
        match self.provision(policy).kind {
            ProvisionKind::ReviewPolicy { direct_product_only, .. } => {
                !direct_product_only || subject == Subject::DirectProduct
            }
            _ => false,
        }
    }

    /// The review that a listing or a review policy provides.
    fn review_under(&self, provision: ProvisionIndex) -> Review {
        match self.provision(provision).kind {
            ProvisionKind::Listing { review, .. } | ProvisionKind::ReviewPolicy { review, .. } => review,
            // Only listings and review policies are asked; the strictest answer is the safe one for anything else.
            _ => Review::PresumptionOfDenial,
        }
    }

    /// All tests of the code.
    pub(super) fn tests(&self) -> Set {
        self.de_minimis.or(self.direct_product)
    }

    /// Whether the provision is in force on the day of shipment, as far as it is known.
    pub(super) fn in_force(&self, index: ProvisionIndex, occasion: &Occasion) -> bool {
        let rule = &self.rules[index.get()];
        let end_is_known = match (rule.end_known, occasion.known_on) {
            (Some(learnt), Some(day)) => learnt <= day,
            _ => true,
        };
        let over = rule.provision.to.is_some_and(|last| last < occasion.date);
        self.known(index, occasion) && rule.provision.from <= occasion.date && !(over && end_is_known)
    }

    /// Whether the provision was announced by the day from which the law is seen.
    pub(super) fn known(&self, index: ProvisionIndex, occasion: &Occasion) -> bool {
        occasion.known_on.is_none_or(|day| self.provision(index).announced <= day)
    }
}
