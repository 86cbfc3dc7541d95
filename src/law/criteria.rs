//! What of an item and its buyer meets the criteria of each provision, whatever the day: worked out once, so that a day
//! costs only a comparison of dates.

use rust_decimal::Decimal;

use super::code::{Code, ProvisionIndex};
use super::facts::Facts;
use super::set::Set;
use crate::scenario::regime::{Content, Destination, ProvisionKind};
use crate::units::{Date, Level};

/// What a code knows of a buyer, whatever the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The listings that name it, in force or not.
    pub listings: Set,
    /// Whether its home country is one of concern.
    pub country_of_concern: bool,
    /// The first day on which it counts as one; `None`: it always did.
    pub of_concern_from: Option<Date>,
}

/// The provisions whose criteria an item and its buyer meet, apart from days, use and day of production.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Criteria {
    /// Whether the item is of US origin or ships from the United States.
    pub us_origin: bool,
    /// Listings that name the buyer; tests that the item meets (none if it is of US origin: the tests are for
    /// foreign-made items); general licenses that cover its level; savings clauses that save a test which it meets;
    /// review policies that it may fall under.
    pub meets: Set,
    /// The first day on which the buyer's home counts as a country of concern; `None`: it always did, or never does.
    pub of_concern_from: Option<Date>,
}

impl Code {
    /// Which provisions the item meets, when bound for this buyer.
    pub fn criteria(&self, facts: &Facts, standing: &Standing) -> Criteria {
        let us_origin = facts.us_origin();
        let met = self.indices().filter(|&index| match &self.provision(index).kind {
            ProvisionKind::Listing { .. } => standing.listings.holds(index),
            ProvisionKind::DeMinimis { destination, .. } | ProvisionKind::DirectProduct { destination, .. } => {
                !us_origin && bound_for(*destination, standing) && self.test_met(index, facts)
            }
            ProvisionKind::GeneralLicense { items_up_to, .. } => facts.item <= *items_up_to,
            ProvisionKind::SavingsClause { .. } | ProvisionKind::MarketRestriction { .. } => false,
            ProvisionKind::ReviewPolicy { below_5g_only, .. } => !below_5g_only || facts.below_5g,
        });
        let meets: Set = met.collect();
        let clauses = self.savings_clauses.filter(|&clause| !self.rules[clause.get()].saves.and(meets).is_empty());
        Criteria { us_origin, meets: meets.or(clauses), of_concern_from: standing.of_concern_from }
    }

    /// Whether the item itself meets a test; the destination is asked apart.
    pub(super) fn test_met(&self, index: ProvisionIndex, facts: &Facts) -> bool {
        match self.provision(index).kind {
            ProvisionKind::DeMinimis { threshold, counts, .. } => counted(counts, facts) > threshold.decimal(),
            ProvisionKind::DirectProduct { item_from, technology_from, plant_from, own_design_only, .. } => {
                let counts = |from: Option<Level>, level: Level| from.is_some_and(|from| level >= from);
                facts.item >= item_from
                    && (counts(technology_from, facts.us_technology) || counts(plant_from, facts.us_plant))
                    && (!own_design_only || facts.own_design)
            }
            _ => false,
        }
    }

    /// The day before which production must have started for a savings clause to cover the item, by the most generous
    /// of the clauses that could apply; `None` if none could.
    pub fn saved_before(&self, criteria: &Criteria) -> Option<Date> {
        let clauses = self.savings_clauses.and(criteria.meets);
        clauses.into_iter().filter_map(|clause| self.cut_off(clause, criteria.meets)).max()
    }

    /// First day of the earliest-starting provision among those that the clause saves and the item meets.
    pub(super) fn cut_off(&self, clause: ProvisionIndex, meets: Set) -> Option<Date> {
        let caught = self.rules[clause.get()].saves.and(meets);
        caught.into_iter().map(|test| self.provision(test).from).min()
    }
}

/// The share of value that a de minimis test counts.
pub(super) fn counted(counts: Content, facts: &Facts) -> Decimal {
    match counts {
        Content::Controlled => facts.us_controlled.decimal(),
        Content::All => facts.us_controlled.decimal() + facts.us_other.decimal(),
    }
}

/// Whether a test is ever run for the buyer. Whether a listing that names it is in force is a question of the day.
fn bound_for(destination: Destination, standing: &Standing) -> bool {
    match destination {
        Destination::Any => true,
        Destination::CountryOfConcern => standing.country_of_concern,
        Destination::ListedBuyer => !standing.listings.is_empty(),
    }
}
