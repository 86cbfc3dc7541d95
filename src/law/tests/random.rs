//! Random regimes, items and shipments. Days, shares and ids come from small ranges, so that provisions overlap, touch at
//! their ends and meet thresholds exactly.

use crate::law::{Buyer, Facts, Shipment};
use crate::scenario::param::{Confidence, Provenance};
use crate::scenario::regime::{Content, Destination, Provision, ProvisionKind, Regime, Review};
use crate::scenario::{FileId, Place};
use crate::units::{Country, Date, Level, Share, Use};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// The buyers of every random world.
pub const BUYERS: [&str; 3] = ["huawei", "zte", "ericsson"];

/// A day among forty.
pub fn day() -> impl Strategy<Value = Date> {
    (0..40i64).prop_map(nth_day)
}

/// The days on which random provisions start and end lie among these; shipments a little around them. Among them is that
/// from which Hong Kong counts as China.
pub fn nth_day(n: i64) -> Date {
    "2020-12-10".parse::<Date>().unwrap().saturating_add(jiff::Span::new().days(n))
}

fn share() -> impl Strategy<Value = Share> {
    (0..=5i64).prop_map(|n| Share::new(rust_decimal::Decimal::new(n, 1)).unwrap())
}

fn level() -> impl Strategy<Value = Level> {
    select(Level::ALL)
}

fn item_level() -> impl Strategy<Value = Level> {
    select(&Level::ALL[1..])
}

fn ids() -> impl Strategy<Value = Vec<String>> {
    vec(select(&BUYERS), 1..3).prop_map(|ids| ids.into_iter().map(str::to_owned).collect())
}

/// What kind of provision; a savings clause names its tests only when the regime is put together.
fn kind() -> impl Strategy<Value = ProvisionKind> {
    let review = || select(Review::ALL);
    let destination = || select(Destination::ALL);
    prop_oneof![
        3 => (ids(), review()).prop_map(|(buyers, review)| ProvisionKind::Listing { buyers, review }),
        3 => (share(), select(Content::ALL), destination()).prop_map(|(threshold, counts, destination)| {
            ProvisionKind::DeMinimis { threshold, counts, destination }
        }),
        4 => (item_level(), option::of(item_level()), item_level(), any::<bool>(), destination()).prop_map(
            |(item_from, technology_from, plant_from, own_design_only, destination)| ProvisionKind::DirectProduct {
                item_from,
                technology_from,
                plant_from: Some(plant_from),
                own_design_only,
                destination,
            }
        ),
        2 => (vec(select(Use::ALL), 1..3), item_level())
            .prop_map(|(uses, items_up_to)| ProvisionKind::GeneralLicense { uses, items_up_to }),
        2 => Just(ProvisionKind::SavingsClause { saves: Vec::new() }),
        2 => (review(), any::<bool>(), any::<bool>()).prop_map(|(review, direct_product_only, below_5g_only)| {
            ProvisionKind::ReviewPolicy { review, direct_product_only, below_5g_only }
        }),
    ]
}

fn provision() -> impl Strategy<Value = Provision> {
    (kind(), 0..30i64, 0..10i64, option::of(0..20i64)).prop_map(|(kind, from, before, length)| Provision {
        title: "a rule".to_owned(),
        citation: "somewhere".to_owned(),
        provenance: Provenance { sources: Vec::new(), assumption: None, confidence: Confidence::High, note: None },
        announced: nth_day(from - before),
        from: nth_day(from),
        to: length.map(|length| nth_day(from + length)),
        kind,
        place: Place { file: FileId(0), span: 0..0 },
    })
}

/// A listing that starts after all provisions of [`regime`] and before some shipments.
pub fn listing() -> impl Strategy<Value = Provision> {
    (provision(), ids(), select(Review::ALL), 30..36i64).prop_map(|(provision, buyers, review, from)| Provision {
        announced: nth_day(from),
        from: nth_day(from),
        to: None,
        kind: ProvisionKind::Listing { buyers, review },
        ..provision
    })
}

pub fn is_test(provision: &Provision) -> bool {
    matches!(provision.kind, ProvisionKind::DeMinimis { .. } | ProvisionKind::DirectProduct { .. })
}

/// A regime of up to ten provisions. Each savings clause saves some of the tests; without any test it is left out.
pub fn regime() -> impl Strategy<Value = Regime> {
    (vec(provision(), 0..10), vec(any::<bool>(), 100)).prop_map(|(provisions, coins)| {
        let mut regime = Regime::default();
        for (n, provision) in provisions.into_iter().enumerate() {
            regime.provisions.insert(format!("rule-{n}"), provision);
        }
        let tests: Vec<String> =
            regime.provisions.iter().filter(|(_, p)| is_test(p)).map(|(id, _)| id.clone()).collect();
        for (n, provision) in regime.provisions.values_mut().enumerate() {
            if let ProvisionKind::SavingsClause { saves } = &mut provision.kind {
                let coins = coins.iter().cycle().skip(n * 10);
                *saves = tests.iter().zip(coins).filter(|(_, keep)| **keep).map(|(id, _)| id.clone()).collect();
            }
        }
        regime.provisions.retain(|_, p| !matches!(&p.kind, ProvisionKind::SavingsClause { saves } if saves.is_empty()));
        regime
    })
}

pub fn facts() -> impl Strategy<Value = Facts> {
    let country =
        || prop_oneof![1 => select(&["US", "PR"][..]), 6 => Just("TW")].prop_map(|c| c.parse::<Country>().unwrap());
    (country(), country(), item_level(), (share(), share()), level(), level(), any::<bool>(), any::<bool>()).prop_map(
        |(made_in, shipped_from, item, (us_controlled, us_other), us_technology, us_plant, own_design, below_5g)| {
            Facts {
                made_in,
                shipped_from,
                item,
                us_controlled,
                us_other,
                us_technology,
                us_plant,
                own_design,
                below_5g,
            }
        },
    )
}

pub fn shipment() -> impl Strategy<Value = Shipment> {
    let home = select(&[Country::CN, Country::HK][..]);
    let buyer = (select(&BUYERS), home, any::<bool>()).prop_map(|(id, home, country_of_concern)| Buyer {
        id: id.to_owned(),
        home,
        country_of_concern,
    });
    (day(), buyer, select(Use::ALL), option::weighted(0.7, day()))
        .prop_map(|(date, buyer, use_, production_start)| Shipment { date, buyer, use_, production_start })
}
