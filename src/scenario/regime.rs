//! The law as an analyst writes it: dated provisions with their citations, and the practice of licensing. What follows
//! from them is decided in the `law` room.

use indexmap::IndexMap;

use super::Place;
use super::param::{Param, Provenance};
use crate::units::{Date, Level, Share, Use, named};

/// All provisions of a scenario, by id and in file order, and its licensing practice.
#[derive(Debug, Clone, Default)]
pub struct Regime {
    /// The dated provisions. Empty: no controls.
    pub provisions: IndexMap<String, Provision>,
    /// How applications for specific licenses are decided, from each date on. Empty: none is ever granted or asked for.
    pub licensing: Vec<LicensingPeriod>,
    /// An adaptive policy: provisions that start when the dated ones prove too weak. `None`: the law is dated alone.
    pub escalation: Option<Escalation>,
}

/// An escalation ladder: when the target's sustained capacity (E10) stays above a tolerance, the next rung is announced.
#[derive(Debug, Clone)]
pub struct Escalation {
    /// First day on which the regulator looks.
    pub from: Date,
    /// Sustained capacity that the regulator tolerates, as a ratio to the awards planned for the target without controls.
    pub tolerance: Param,
    /// How long the capacity must stay above it before the next rung is announced (months).
    pub patience: Param,
    /// Time between the announcement of a rung and its first day (months).
    pub notice: Param,
    /// The rungs, by id, in the order in which they are taken.
    pub ladder: IndexMap<String, Rung>,
    /// What the policy rests on.
    pub provenance: Provenance,
}

/// One rung of the ladder.
#[derive(Debug, Clone)]
pub struct Rung {
    /// Short name.
    pub title: String,
    /// Its provisions, by id. A run decides when they start, so that their days here are none of the calendar:
    /// [`ALWAYS`], with no last one.
    pub provisions: IndexMap<String, Provision>,
}

impl Rung {
    /// Its provisions, by id.
    fn in_order(&self) -> impl Iterator<Item = &Provision> {
        let mut ordered: Vec<_> = self.provisions.iter().collect();
        ordered.sort_by_key(|(id, _)| *id);
        ordered.into_iter().map(|(_, provision)| provision)
    }
}

/// The first day of a provision of a ladder in the law of its stage, in which it has always been in force.
pub const ALWAYS: Date = Date::MIN;

impl Regime {
    /// The rungs of the ladder, if there is one.
    pub fn rungs(&self) -> impl Iterator<Item = &Rung> {
        self.escalation.iter().flat_map(|escalation| escalation.ladder.values())
    }

    /// The provisions in an order that no file decides: by first day, and by id where two share it. Those of a ladder, which
    /// have no day of their own, come last.
    pub fn in_order(&self) -> Vec<(&String, &Provision)> {
        let mut ordered: Vec<_> = self.provisions.iter().collect();
        ordered.sort_by_key(|(id, provision)| (provision.starts(), *id));
        ordered
    }

    /// Every provision: the dated ones in order, then those of each rung.
    pub fn all_provisions(&self) -> impl Iterator<Item = &Provision> {
        let dated = self.in_order().into_iter().map(|(_, provision)| provision);
        dated.chain(self.rungs().flat_map(Rung::in_order))
    }

    /// What an answer of the dated law leaves out, in words; `None` without a ladder.
    pub fn left_to_the_ladder(&self) -> Option<String> {
        let ids: Vec<String> =
            self.rungs().flat_map(|rung| rung.provisions.keys()).map(|id| format!("`{id}`")).collect();
        let (are, they) = if ids.len() == 1 { ("is", "it starts") } else { ("are", "they start") };
        (!ids.is_empty()).then(|| {
            format!(
                "{} of the escalation ladder {are} not in force in this answer: when {they}, if ever, a run decides, trial \
                 by trial",
                ids.join(", ")
            )
        })
    }

    /// The law with the first so many rungs in force throughout. The dated provisions stand first, so that each has the
    /// same place at every stage.
    pub fn stage(&self, rungs: usize) -> Regime {
        let mut provisions = self.provisions.clone();
        for rung in self.rungs().take(rungs) {
            provisions.extend(rung.provisions.iter().map(|(id, provision)| (id.clone(), provision.clone())));
        }
        Regime { provisions, licensing: self.licensing.clone(), escalation: None }
    }
}

/// One dated rule.
#[derive(Debug, Clone)]
pub struct Provision {
    /// Short name.
    pub title: String,
    /// Paragraph of the regulation or page of the gazette.
    pub citation: String,
    /// Where we read it.
    pub provenance: Provenance,
    /// First day on which the public knew of it (on or before `from`).
    pub announced: Date,
    /// First day in force.
    pub from: Date,
    /// Last day in force; `None`: open.
    pub to: Option<Date>,
    /// What it does.
    pub kind: ProvisionKind,
    /// Where it stands.
    pub place: Place,
}

impl Provision {
    /// When it starts, for comparing with others: a provision of a ladder starts after every dated one.
    pub fn starts(&self) -> (bool, Date) {
        (self.from == ALWAYS, self.from)
    }
}

/// What a provision does.
#[derive(Debug, Clone)]
pub enum ProvisionKind {
    /// A listing of buyers: every item subject to the regulations needs a license for them.
    Listing {
        /// Vendor ids.
        buyers: Vec<String>,
        /// Policy of review of applications.
        review: Review,
    },
    /// A de minimis test: a foreign-made item whose US content exceeds the threshold is subject.
    DeMinimis {
        /// The share of value that the content must exceed.
        threshold: Share,
        /// Which content counts.
        counts: Content,
        /// For which destinations.
        destination: Destination,
    },
    /// A direct-product test: a foreign-made item that is the direct product of US technology, or of a plant that is.
    DirectProduct {
        /// Lowest classification of the item itself that the test reaches.
        item_from: Level,
        /// Lowest level of US technology or software that counts; `None`: technology does not count.
        technology_from: Option<Level>,
        /// Lowest level of the plant's US technology that counts; `None`: plants do not count.
        plant_from: Option<Level>,
        /// Whether only items of the listed firm's own design are reached.
        own_design_only: bool,
        /// For which destinations.
        destination: Destination,
    },
    /// A general license: lifts the need that the listing makes, for these uses.
    GeneralLicense {
        /// Uses that it covers.
        uses: Vec<Use>,
        /// Highest classification of an item that it covers (`ns`: all).
        items_up_to: Level,
    },
    /// A savings clause for direct-product or de minimis provisions: what was in production before the first day of the
    /// one that first caught it may be shipped while the clause is in force (its `to` is the last shipping day).
    SavingsClause {
        /// Ids of the provisions that it belongs to.
        saves: Vec<String>,
    },
    /// A change of the review policy for some items.
    ReviewPolicy {
        /// The policy.
        review: Review,
        /// Only for items that are subject solely as a direct product.
        direct_product_only: bool,
        /// Only for items for use below 5G.
        below_5g_only: bool,
    },
    /// A restriction of a market: a part of its demand buys no more from some vendors, or no more than a cap. It says
    /// nothing on whether a part may be shipped.
    MarketRestriction {
        /// Vendor ids.
        vendors: Vec<String>,
        /// Market id.
        market: String,
        /// Share of the market's demand that it covers, such as a country's in its region (share); one draw a trial.
        share: Box<Param>,
        /// Most that the vendors together may win of it; nothing: a ban.
        cap: Share,
        /// First and last day of the removal of what they have in service there; `None`: it stays.
        removal: Option<(Date, Date)>,
        /// A few words for figures.
        label: String,
    },
}

impl ProvisionKind {
    /// Whether it restricts a market, and so bears on no shipment.
    pub fn restricts_market(&self) -> bool {
        matches!(self, ProvisionKind::MarketRestriction { .. })
    }
}

named! {
    /// Which US content counts toward a de minimis threshold.
    Content, "content rule" {
        /// Content that by itself needs a license for the destination.
        Controlled = "controlled",
        /// All US content.
        All = "all",
    }
}

named! {
    /// For which destinations a test is run.
    Destination, "destination" {
        /// Every destination.
        Any = "any",
        /// Buyers in a country of concern.
        CountryOfConcern = "country-of-concern",
        /// Listed buyers only.
        ListedBuyer = "listed-buyer",
    }
}

named! {
    /// How an application for a specific license is reviewed, the strictest first.
    Review, "review policy" {
        /// Denied unless shown otherwise.
        PresumptionOfDenial = "presumption-of-denial",
        /// On its merits.
        CaseByCase = "case-by-case",
        /// Approved unless shown otherwise.
        PresumptionOfApproval = "presumption-of-approval",
    }
}

/// Approval practice from a date on (E16), until the next period starts.
#[derive(Debug, Clone)]
pub struct LicensingPeriod {
    /// Id of the period (its table's name).
    pub id: String,
    /// First day.
    pub from: Date,
    /// Chance that an application for network equipment parts is approved (share).
    pub network: Param,
    /// Chance for consumer goods (share).
    pub consumer: Param,
    /// Chance for items for use below 5G (share), whatever the line.
    pub below_5g: Param,
    /// Chance where the law reviews the item case by case (share), whatever the item; `None`: the item's own.
    pub case_by_case: Option<Param>,
    /// Chance where the law presumes approval (share), whatever the item; `None`: the item's own.
    pub presumption_of_approval: Option<Param>,
    /// Hazard with which a license in force is revoked (per month); `None`: none is.
    pub revocation: Option<Param>,
}
