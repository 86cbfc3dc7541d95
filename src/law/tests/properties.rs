//! What must hold of the law for every regime: it agrees with a second, plain reading of the rules; a stricter regime
//! prohibits whatever a looser one does; nothing changes between two days of change; what is not yet announced is not yet
//! known; and the order of provisions in a file decides nothing.

use super::random::{self, facts, is_test, regime, shipment};
use crate::law::{Authorization, Code, Facts, Occasion, Ruling, Shipment, Subject};
use crate::scenario::regime::{Content, Destination, Provision, ProvisionKind, Regime, Review};
use crate::units::{Date, Level, Share};
use proptest::prelude::*;

/// An answer by ids, so that answers of different codes can be compared.
#[derive(Debug, PartialEq)]
struct Answer {
    subject: Subject,
    required: bool,
    authorization: Authorization,
    provision: Option<String>,
    review: Option<Review>,
}

/// The fast answer.
fn fast(code: &Code, facts: &Facts, shipment: &Shipment, known_on: Option<Date>) -> Answer {
    let criteria = code.criteria(facts, &code.standing(&shipment.buyer));
    let outcome = code.outcome(&criteria, &Occasion { known_on, ..shipment.occasion() });
    assert_eq!(outcome.is_permitted(), outcome.review().is_none());
    Answer {
        subject: outcome.subject,
        required: outcome.license_required(),
        authorization: outcome.authorization(),
        provision: outcome.provision().map(|index| code.id(index).to_owned()),
        review: outcome.review(),
    }
}

/// The rules once more, read straight down the page with no sets, indices or short cuts.
fn plain(regime: &Regime, facts: &Facts, shipment: &Shipment) -> Answer {
    let on_day = |p: &Provision| p.from <= shipment.date && p.to.is_none_or(|to| shipment.date <= to);
    // Where one of several is to be named: the one that starts first, then by id.
    let mut by_day: Vec<(&String, &Provision)> = regime.provisions.iter().collect();
    by_day.sort_by_key(|(id, p)| (p.from, *id));
    let rules = || by_day.iter().copied();
    let names =
        |p: &Provision| matches!(&p.kind, ProvisionKind::Listing { buyers, .. } if buyers.contains(&shipment.buyer.id));
    let listing = rules().find(|(_, p)| on_day(p) && names(p));
    let first_listed = rules().filter(|(_, p)| names(p)).map(|(_, p)| p.from).min();
    let ever_listed = first_listed.is_some();
    let still_apart = shipment.buyer.home.code() == "HK" && shipment.date.to_string().as_str() < "2020-12-23";
    let concern = shipment.buyer.country_of_concern;
    let (listed_today, ever) = ((listing.is_some(), concern && !still_apart), (ever_listed, concern));
    let destined = |d: Destination, (listed, of_concern): (bool, bool)| match d {
        Destination::Any => true,
        Destination::CountryOfConcern => of_concern,
        Destination::ListedBuyer => listed,
    };
    let reaches = |p: &Provision, buyer: (bool, bool)| match p.kind {
        ProvisionKind::DeMinimis { threshold, counts, destination } => {
            let other = if counts == Content::All { facts.us_other.decimal() } else { Share::ZERO.decimal() };
            destined(destination, buyer) && facts.us_controlled.decimal() + other > threshold.decimal()
        }
        ProvisionKind::DirectProduct { item_from, technology_from, plant_from, own_design_only, destination } => {
            let technology = technology_from.is_some_and(|from| facts.us_technology >= from);
            let plant = plant_from.is_some_and(|from| facts.us_plant >= from);
            let design = facts.own_design || !own_design_only;
            destined(destination, buyer) && facts.item >= item_from && (technology || plant) && design
        }
        _ => false,
    };
    let origin = [facts.made_in, facts.shipped_from].iter().any(|place| ["US", "PR"].contains(&place.code()));
    let mut reached: Vec<(&String, &Provision)> =
        rules().filter(|(_, p)| !origin && on_day(p) && reaches(p, listed_today)).collect();
    reached.sort_by_key(|(_, p)| matches!(p.kind, ProvisionKind::DirectProduct { .. }));
    let subject = match reached.first() {
        _ if origin => Subject::UsOrigin,
        Some((_, p)) if matches!(p.kind, ProvisionKind::DeMinimis { .. }) => Subject::DeMinimis,
        Some(_) => Subject::DirectProduct,
        None => Subject::None,
    };
    let mut answer =
        Answer { subject, required: false, authorization: Authorization::None, provision: None, review: None };
    let Some((listing_id, _)) = listing.filter(|_| subject != Subject::None) else { return answer };
    answer.required = true;
    let covers = |p: &Provision| matches!(&p.kind, ProvisionKind::GeneralLicense { uses, items_up_to } if uses.contains(&shipment.use_) && facts.item <= *items_up_to);
    if let Some((id, _)) = rules().find(|(_, p)| on_day(p) && covers(p)) {
        answer.authorization = Authorization::GeneralLicense;
        answer.provision = Some(id.clone());
        return answer;
    }
    let mut clause_used = None;
    for (id, clause) in rules().filter(|(_, p)| on_day(p)) {
        let ProvisionKind::SavingsClause { saves } = &clause.kind else { continue };
        let caught = rules().filter(|(id, p)| saves.contains(id) && reaches(p, ever));
        let first_caught = caught.map(|(_, p)| p.from).min();
        let early = shipment.production_start.zip(first_caught).is_some_and(|(start, first)| start < first);
        let before = reached.len();
        reached.retain(|(id, _)| !(early && saves.contains(id)));
        if reached.len() < before && clause_used.is_none() {
            clause_used = Some(id.clone());
        }
    }
    if !origin && reached.is_empty() {
        answer.authorization = Authorization::SavingsClause;
        answer.provision = clause_used;
        return answer;
    }
    answer.provision = Some(reached.first().map_or(listing_id, |(id, _)| id).clone());
    let mut reviews = Vec::new();
    for (_, listing) in rules().filter(|(_, p)| on_day(p) && names(p)) {
        let ProvisionKind::Listing { review: own, .. } = listing.kind else { unreachable!("only listings name") };
        let mut amended: Option<(Date, Review)> = None;
        for (_, p) in rules().filter(|(_, p)| on_day(p)) {
            if let ProvisionKind::ReviewPolicy { review, direct_product_only, below_5g_only } = p.kind
                && (!direct_product_only || subject == Subject::DirectProduct)
                && (!below_5g_only || facts.below_5g)
                && (p.from >= listing.from || first_listed == Some(listing.from))
            {
                amended = match amended {
                    Some((from, stricter)) if from == p.from => Some((from, stricter.min(review))),
                    Some(later) if later.0 > p.from => Some(later),
                    _ => Some((p.from, review)),
                };
            }
        }
        reviews.push(amended.map_or(own, |(_, review)| review));
    }
    let rank = |review: &Review| match review {
        Review::PresumptionOfDenial => 0,
        Review::CaseByCase => 1,
        Review::PresumptionOfApproval => 2,
    };
    answer.review = reviews.into_iter().min_by_key(rank);
    answer
}

/// A looser copy of a regime: each provision loosened in one way, or left as it is. General licenses, savings clauses and
/// review policies stay; a test or listing that is dropped leaves the clauses that named it.
fn loosened(regime: &Regime, ways: &[u8]) -> Regime {
    let mut looser = regime.clone();
    let mut dropped = Vec::new();
    for ((id, p), way) in looser.provisions.iter_mut().zip(ways) {
        let restricts = is_test(p) || matches!(p.kind, ProvisionKind::Listing { .. });
        match (way, &mut p.kind) {
            (0, _) if restricts => dropped.push(id.clone()),
            (1, _) if restricts => p.from = p.from.tomorrow().unwrap(),
            (2, _) if restricts => p.to = Some(p.to.map_or(p.from, |to| to.yesterday().unwrap())),
            (3, ProvisionKind::DeMinimis { threshold, .. }) => {
                *threshold = Share::from_sample(0.1).checked_add(*threshold).unwrap();
            }
            (4, ProvisionKind::DeMinimis { counts, .. }) => *counts = Content::Controlled,
            (3, ProvisionKind::DirectProduct { item_from, .. }) => *item_from = Level::Ns,
            (4, ProvisionKind::DirectProduct { technology_from, .. }) => *technology_from = None,
            (5, ProvisionKind::DirectProduct { plant_from, .. }) => *plant_from = Some(Level::Ns),
            (6, ProvisionKind::DirectProduct { own_design_only, .. }) => *own_design_only = true,
            (7, ProvisionKind::DeMinimis { destination, .. } | ProvisionKind::DirectProduct { destination, .. })
                if *destination == Destination::Any =>
            {
                *destination = Destination::CountryOfConcern;
            }
            _ => {}
        }
        if p.to.is_some_and(|to| to < p.from) {
            dropped.push(id.clone());
        }
    }
    for p in looser.provisions.values_mut() {
        if let ProvisionKind::SavingsClause { saves } = &mut p.kind {
            saves.retain(|id| !dropped.contains(id));
        }
    }
    looser.provisions.retain(|id, p| {
        !dropped.contains(id) && !matches!(&p.kind, ProvisionKind::SavingsClause { saves } if saves.is_empty())
    });
    looser
}

/// The regime as known on a day, written out: what was announced, with the ends of tests that a rule not yet announced
/// brings taken away.
fn as_known(regime: &Regime, day: Date) -> Regime {
    let mut known = regime.clone();
    for p in known.provisions.values_mut().filter(|p| is_test(p)) {
        let next = p.to.and_then(|to| to.tomorrow().ok());
        let replacing: Vec<&Provision> =
            regime.provisions.values().filter(|q| is_test(q) && Some(q.from) == next).collect();
        if !replacing.is_empty() && replacing.iter().all(|q| q.announced > day) {
            p.to = None;
        }
    }
    known.provisions.retain(|_, p| p.announced <= day);
    let ids: Vec<String> = known.provisions.keys().cloned().collect();
    for p in known.provisions.values_mut() {
        if let ProvisionKind::SavingsClause { saves } = &mut p.kind {
            saves.retain(|id| ids.contains(id));
        }
    }
    known.provisions.retain(|_, p| !matches!(&p.kind, ProvisionKind::SavingsClause { saves } if saves.is_empty()));
    known
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_fast_answer_the_traced_one_and_a_plain_reading_agree(regime in regime(), facts in facts(), shipment in shipment()) {
        let code = Code::new(&regime).unwrap();
        let fast = fast(&code, &facts, &shipment, None);
        prop_assert_eq!(&fast, &plain(&regime, &facts, &shipment));
        let traced = code.determine(&facts, &shipment);
        prop_assert_eq!(traced.permitted, fast.review.is_none());
        let traced = Answer {
            subject: traced.subject,
            required: traced.license_required,
            authorization: traced.authorization,
            provision: traced.provision,
            review: traced.review,
        };
        prop_assert_eq!(traced, fast);
    }

    #[test]
    fn the_order_of_provisions_in_a_file_decides_nothing(
        regime in regime(), keys in prop::collection::vec(any::<u32>(), 10), facts in facts(), shipment in shipment(),
        known_on in prop::option::of(random::day()),
    ) {
        let mut shuffled = regime.clone();
        let mut keys = keys.into_iter();
        shuffled.provisions.sort_by_cached_key(|_, _| keys.next());
        let (code, other) = (Code::new(&regime).unwrap(), Code::new(&shuffled).unwrap());
        prop_assert_eq!(fast(&code, &facts, &shipment, known_on), fast(&other, &facts, &shipment, known_on));
        prop_assert_eq!(code.determine(&facts, &shipment), other.determine(&facts, &shipment));
        let standings = [&code, &other].map(|code| code.standing(&shipment.buyer));
        prop_assert_eq!(code.change_days(&standings[0]), other.change_days(&standings[1]));
        let criteria = [(&code, standings[0]), (&other, standings[1])].map(|(code, s)| code.criteria(&facts, &s));
        prop_assert_eq!(code.saved_before(&criteria[0]), other.saved_before(&criteria[1]));
        for id in regime.provisions.keys() {
            let forbids = |code: &Code, criteria| {
                code.find(id).map(|index| code.forbids(index, criteria, &shipment.occasion()))
            };
            prop_assert_eq!(forbids(&code, &criteria[0]), forbids(&other, &criteria[1]), "{}", id);
        }
    }

    #[test]
    fn one_more_listing_never_makes_the_review_milder(
        regime in regime(), listing in random::listing(), facts in facts(), shipment in shipment(),
    ) {
        // It starts after the listings that are there, or policies made for these would have been made for it.
        let mut more = regime.clone();
        more.provisions.insert("one-more".to_owned(), listing);
        let [before, after] = [&regime, &more].map(|regime| fast(&Code::new(regime).unwrap(), &facts, &shipment, None));
        if let (Some(before), Some(after)) = (before.review, after.review) {
            prop_assert!(after <= before, "{:?} to {:?}", before, after);
        }
    }

    #[test]
    fn what_a_looser_regime_prohibits_the_stricter_does_too(
        strict in regime(), ways in prop::collection::vec(0..10u8, 10), facts in facts(), shipment in shipment(),
    ) {
        let loose = Code::new(&loosened(&strict, &ways)).unwrap();
        let strict = Code::new(&strict).unwrap();
        let loose_permits = loose.determine(&facts, &shipment).permitted;
        prop_assert!(loose_permits || !strict.determine(&facts, &shipment).permitted);
    }

    #[test]
    fn nothing_changes_between_two_days_of_change(regime in regime(), facts in facts(), shipment in shipment()) {
        let code = Code::new(&regime).unwrap();
        let days = code.change_days(&code.standing(&shipment.buyer));
        prop_assert!(days.is_sorted());
        let mut day = random::nth_day(-20);
        while day < random::nth_day(80) {
            let next = day.tomorrow().unwrap();
            if !days.contains(&next) {
                let on = |date| fast(&code, &facts, &Shipment { date, ..shipment.clone() }, None);
                prop_assert_eq!(on(day), on(next), "{} to {}", day, next);
            }
            day = next;
        }
    }

    #[test]
    fn the_law_as_known_on_a_day_is_that_of_what_was_announced(
        regime in regime(), facts in facts(), shipment in shipment(), day in random::day(),
    ) {
        let whole = fast(&Code::new(&regime).unwrap(), &facts, &shipment, Some(day));
        let announced = fast(&Code::new(&as_known(&regime, day)).unwrap(), &facts, &shipment, None);
        prop_assert_eq!(whole, announced);
    }

    #[test]
    fn production_on_or_after_the_cut_off_is_never_saved(regime in regime(), facts in facts(), shipment in shipment()) {
        let code = Code::new(&regime).unwrap();
        let criteria = code.criteria(&facts, &code.standing(&shipment.buyer));
        let outcome = code.outcome(&criteria, &shipment.occasion());
        if let Ruling::SavingsClause(_) = outcome.ruling {
            let cut_off = code.saved_before(&criteria);
            prop_assert!(shipment.production_start.zip(cut_off).is_some_and(|(start, cut_off)| start < cut_off));
        }
    }

    #[test]
    fn a_shipment_is_prohibited_only_if_some_provision_forbids_it(regime in regime(), facts in facts(), shipment in shipment()) {
        let code = Code::new(&regime).unwrap();
        let criteria = code.criteria(&facts, &code.standing(&shipment.buyer));
        let occasion = Occasion { production_start: None, ..shipment.occasion() };
        let outcome = code.outcome(&criteria, &occasion);
        let forbidding: Vec<_> = code.indices().filter(|&p| code.forbids(p, &criteria, &occasion)).collect();
        prop_assert_eq!(outcome.is_permitted(), forbidding.is_empty());
        if let Ruling::Prohibited { provision, .. } = outcome.ruling {
            prop_assert!(forbidding.contains(&provision));
        }
    }
}
