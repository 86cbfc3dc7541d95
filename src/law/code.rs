//! A compiled regime: its provisions checked, with the references between them resolved, and the days on which its answers
//! may change. They stand by first day and id, so that no answer hangs on their order in the file.

use std::collections::BTreeSet;

use super::criteria::Standing;
use super::facts::Buyer;
use super::set::Set;
use super::territories;
use crate::scenario::regime::{Destination, Provision, ProvisionKind, Regime};
use crate::units::{Date, Level};

/// Which provision of a [`Code`]: by first day, and by id where two share it; those of a ladder last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProvisionIndex(u8);

impl ProvisionIndex {
    pub(super) fn new(index: u8) -> ProvisionIndex {
        ProvisionIndex(index)
    }

    /// The position in that order, from 0.
    pub fn get(self) -> usize {
        usize::from(self.0)
    }
}

/// Why a regime can't be read as law. Each names the provision at fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LawError {
    /// More provisions than a code holds.
    #[error("`{provision}` is one provision too many: a regime holds at most {most}", most = Set::CAPACITY)]
    TooMany {
        /// The first that does not fit.
        provision: String,
    },
    /// A savings clause names what is not there.
    #[error("savings clause `{provision}` saves `{named}`, which is not a provision of this regime{}", suggest(.nearest))]
    UnknownSaved {
        /// The clause.
        provision: String,
        /// What it names.
        named: String,
        /// The nearest id, if one is near.
        nearest: Option<String>,
    },
    /// A savings clause names a provision that makes nothing subject.
    #[error(
        "savings clause `{provision}` saves `{named}`, but only de-minimis and direct-product provisions can be saved"
    )]
    SavesNoTest {
        /// The clause.
        provision: String,
        /// What it names.
        named: String,
    },
    /// A list that must name something is empty.
    #[error("`{provision}` has an empty `{list}`, so it does nothing: name at least one, or remove the provision")]
    EmptyList {
        /// The provision.
        provision: String,
        /// The list's key.
        list: &'static str,
    },
    /// The last day comes before the first.
    #[error("`{provision}` ends on {to}, before it starts on {from}")]
    EndsBeforeStart {
        /// The provision.
        provision: String,
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
    },
    /// It is in force before anyone knows of it.
    #[error(
        "`{provision}` is in force from {from} but announced only on {announced}: a rule is announced on or before its first day"
    )]
    AnnouncedLate {
        /// The provision.
        provision: String,
        /// First day.
        from: Date,
        /// Day of announcement.
        announced: Date,
    },
    /// A direct-product test that counts neither technology nor plants.
    #[error("direct-product provision `{provision}` reaches nothing: give `technology_from`, `plant_from` or both")]
    ReachesNothing {
        /// The provision.
        provision: String,
    },
    /// A direct-product test that counts the absence of US technology.
    #[error(
        "direct-product provision `{provision}` has `{key} = \"none\"`, which would count what owes nothing to US technology; leave the key out or write ear99, at or ns"
    )]
    CountsNone {
        /// The provision.
        provision: String,
        /// The key.
        key: &'static str,
    },
    /// It names what the world does not have.
    #[error("`{provision}` names the {what} `{named}`, which the world does not have")]
    Unknown {
        /// The provision.
        provision: String,
        /// What kind of thing.
        what: &'static str,
        /// Its id.
        named: String,
    },
}

fn suggest(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|id| format!(" (did you mean `{id}`?)")).unwrap_or_default()
}

impl LawError {
    /// Id of the provision at fault.
    pub fn provision(&self) -> &str {
        match self {
            LawError::TooMany { provision }
            | LawError::UnknownSaved { provision, .. }
            | LawError::SavesNoTest { provision, .. }
            | LawError::EmptyList { provision, .. }
            | LawError::EndsBeforeStart { provision, .. }
            | LawError::AnnouncedLate { provision, .. }
            | LawError::ReachesNothing { provision }
            | LawError::CountsNone { provision, .. }
            | LawError::Unknown { provision, .. } => provision,
        }
    }
}

/// A regime ready to be asked.
#[derive(Debug, Clone)]
pub struct Code {
    pub(super) rules: Vec<Rule>,
    pub(super) listings: Set,
    pub(super) de_minimis: Set,
    pub(super) direct_product: Set,
    pub(super) general_licenses: Set,
    pub(super) savings_clauses: Set,
    pub(super) review_policies: Set,
    /// Tests that are run for listed buyers only.
    pub(super) for_listed_buyers: Set,
    /// Tests that are run for countries of concern only.
    pub(super) for_countries_of_concern: Set,
}

/// A provision with what was worked out about it.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) id: String,
    pub(super) provision: Provision,
    /// The tests that a savings clause lifts.
    pub(super) saves: Set,
    /// Day from which its last day is known; `None`: since its own announcement.
    pub(super) end_known: Option<Date>,
}

impl Code {
    /// Compiles a regime.
    ///
    /// # Errors
    /// The first provision that makes no sense, in file order.
    pub fn new(regime: &Regime) -> Result<Code, LawError> {
        let mut code = Code {
            rules: Vec::with_capacity(regime.provisions.len()),
            listings: Set::EMPTY,
            de_minimis: Set::EMPTY,
            direct_product: Set::EMPTY,
            general_licenses: Set::EMPTY,
            savings_clauses: Set::EMPTY,
            review_policies: Set::EMPTY,
            for_listed_buyers: Set::EMPTY,
            for_countries_of_concern: Set::EMPTY,
        };
        for (position, (id, provision)) in regime.provisions.iter().enumerate() {
            check(id, provision)?;
            if position == Set::CAPACITY {
                return Err(LawError::TooMany { provision: id.clone() });
            }
            check_saved(id, provision, regime)?;
        }
        let ordered = regime.in_order();
        for (id, provision) in &ordered {
            code.file(ProvisionIndex(code.rules.len() as u8), provision);
            code.rules.push(Rule {
                id: (*id).clone(),
                provision: (*provision).clone(),
                saves: saves(provision, &ordered),
                end_known: end_known(provision, regime),
            });
        }
        Ok(code)
    }

    /// Puts a provision into the sets of its kind.
    fn file(&mut self, index: ProvisionIndex, provision: &Provision) {
        let kind = match &provision.kind {
            ProvisionKind::Listing { .. } => &mut self.listings,
            ProvisionKind::DeMinimis { .. } => &mut self.de_minimis,
            ProvisionKind::DirectProduct { .. } => &mut self.direct_product,
            ProvisionKind::GeneralLicense { .. } => &mut self.general_licenses,
            ProvisionKind::SavingsClause { .. } => &mut self.savings_clauses,
            ProvisionKind::ReviewPolicy { .. } => &mut self.review_policies,
            // It has its number and days, but no shipment hangs on it.
            ProvisionKind::MarketRestriction { .. } => return,
        };
        *kind = kind.with(index);
        match destination(provision) {
            Some(Destination::ListedBuyer) => self.for_listed_buyers = self.for_listed_buyers.with(index),
            Some(Destination::CountryOfConcern) => {
                self.for_countries_of_concern = self.for_countries_of_concern.with(index);
            }
            Some(Destination::Any) | None => {}
        }
    }

    /// Every provision, in order.
    pub fn indices(&self) -> impl Iterator<Item = ProvisionIndex> + use<> {
        (0..self.rules.len() as u8).map(ProvisionIndex)
    }

    /// A provision's id. The index must be of this code.
    pub fn id(&self, index: ProvisionIndex) -> &str {
        &self.rules[index.get()].id
    }

    /// A provision. The index must be of this code.
    pub fn provision(&self, index: ProvisionIndex) -> &Provision {
        &self.rules[index.get()].provision
    }

    /// The provision with this id.
    pub fn find(&self, id: &str) -> Option<ProvisionIndex> {
        self.indices().find(|&index| self.id(index) == id)
    }

    /// What the code knows of a buyer: asked once, and good for every day.
    pub fn standing(&self, buyer: &Buyer) -> Standing {
        let names = |index: &ProvisionIndex| match &self.provision(*index).kind {
            ProvisionKind::Listing { buyers, .. } => buyers.contains(&buyer.id),
            _ => false,
        };
        Standing {
            listings: self.listings.filter(names),
            country_of_concern: buyer.country_of_concern,
            of_concern_from: territories::of_concern_from(buyer.home).filter(|_| buyer.country_of_concern),
        }
    }

    /// The days on which an answer for this buyer may change, rising: the first day of each provision that concerns it,
    /// the day after each last day, and the day from which its home counts as a country of concern. Between two of them the law stands still (but a savings clause also turns on the
    /// day of production: [`Code::saved_before`]).
    pub fn change_days(&self, standing: &Standing) -> Vec<Date> {
        let mut days = BTreeSet::new();
        for index in self.indices().filter(|&index| self.concerns(index, standing)) {
            let provision = self.provision(index);
            days.insert(provision.from);
            days.extend(provision.to.and_then(|last| last.tomorrow().ok()));
        }
        days.extend(standing.of_concern_from.filter(|_| !self.for_countries_of_concern.is_empty()));
        days.into_iter().collect()
    }

    /// Whether a provision can bear on any shipment to the buyer.
    fn concerns(&self, index: ProvisionIndex, standing: &Standing) -> bool {
        let listed = !standing.listings.is_empty();
        match &self.provision(index).kind {
            ProvisionKind::Listing { .. } => standing.listings.holds(index),
            ProvisionKind::DeMinimis { destination, .. } | ProvisionKind::DirectProduct { destination, .. } => {
                match destination {
                    Destination::Any => true,
                    Destination::CountryOfConcern => standing.country_of_concern,
                    Destination::ListedBuyer => listed,
                }
            }
            ProvisionKind::MarketRestriction { .. } => false,
            _ => listed,
        }
    }
}

/// For which destinations a test is run; `None` for what is no test.
pub(super) fn destination(provision: &Provision) -> Option<Destination> {
    match provision.kind {
        ProvisionKind::DeMinimis { destination, .. } | ProvisionKind::DirectProduct { destination, .. } => {
            Some(destination)
        }
        _ => None,
    }
}

/// What can be said against a provision by itself.
fn check(id: &str, provision: &Provision) -> Result<(), LawError> {
    let Provision { announced, from, to, ref kind, .. } = *provision;
    let id = || id.to_owned();
    if let Some(to) = to.filter(|&to| to < from) {
        return Err(LawError::EndsBeforeStart { provision: id(), from, to });
    }
    if announced > from {
        return Err(LawError::AnnouncedLate { provision: id(), from, announced });
    }
    let empty = |list| Err(LawError::EmptyList { provision: id(), list });
    match kind {
        ProvisionKind::Listing { buyers, .. } if buyers.is_empty() => empty("buyers"),
        ProvisionKind::GeneralLicense { uses, .. } if uses.is_empty() => empty("uses"),
        ProvisionKind::SavingsClause { saves } if saves.is_empty() => empty("saves"),
        ProvisionKind::MarketRestriction { vendors, .. } if vendors.is_empty() => empty("vendors"),
        ProvisionKind::DirectProduct { technology_from: None, plant_from: None, .. } => {
            Err(LawError::ReachesNothing { provision: id() })
        }
        ProvisionKind::DirectProduct { technology_from: Some(Level::None), .. } => {
            Err(LawError::CountsNone { provision: id(), key: "technology_from" })
        }
        ProvisionKind::DirectProduct { plant_from: Some(Level::None), .. } => {
            Err(LawError::CountsNone { provision: id(), key: "plant_from" })
        }
        _ => Ok(()),
    }
}

/// What can be said against the tests that a savings clause names.
fn check_saved(id: &str, provision: &Provision, regime: &Regime) -> Result<(), LawError> {
    let ProvisionKind::SavingsClause { saves } = &provision.kind else { return Ok(()) };
    for named in saves {
        let Some(saved) = regime.provisions.get(named) else {
            let nearest = super::cells::nearest(named, regime.provisions.keys().map(String::as_str));
            return Err(LawError::UnknownSaved { provision: id.to_owned(), named: named.clone(), nearest });
        };
        if destination(saved).is_none() {
            return Err(LawError::SavesNoTest { provision: id.to_owned(), named: named.clone() });
        }
    }
    Ok(())
}

/// The tests that a savings clause names; empty for anything else.
fn saves(provision: &Provision, ordered: &[(&String, &Provision)]) -> Set {
    let ProvisionKind::SavingsClause { saves } = &provision.kind else { return Set::EMPTY };
    let named = ordered.iter().zip(0u8..).filter(|((id, _), _)| saves.contains(id));
    named.map(|(_, index)| ProvisionIndex(index)).collect()
}

/// When the public learns of a test's last day. A test that ends on the eve of another's first day is replaced by it, and
/// who plans before that one is announced does not foresee the end. (A general license says itself when it lapses.)
fn end_known(provision: &Provision, regime: &Regime) -> Option<Date> {
    destination(provision)?;
    let next_day = provision.to?.tomorrow().ok()?;
    let replacements = regime.provisions.values().filter(|p| destination(p).is_some() && p.from == next_day);
    replacements.map(|p| p.announced).min().filter(|&day| day > provision.announced)
}
