//! Any regime, item and shipment, and any file of cases: the law answers without a panic, the same twice, with a trace,
//! as fast as slow, and a looser regime prohibits nothing that the stricter does not.
#![no_main]

use arbitrary::Arbitrary;
use chokepoint::law::answers::{Format, write_answers};
use chokepoint::law::cases::read_cases;
use chokepoint::law::explain::explain;
use chokepoint::law::{Authorization, Buyer, Code, Determination, Facts, Occasion, Shipment, Subject};
use chokepoint::scenario::param::{Confidence, Provenance};
use chokepoint::scenario::regime::{Content, Destination, Provision, ProvisionKind, Regime, Review};
use chokepoint::scenario::{FileId, Place};
use chokepoint::units::{Country, Date, Level, Share, Use};
use libfuzzer_sys::fuzz_target;
use rust_decimal::Decimal;

#[derive(Debug, Arbitrary)]
struct Input {
    provisions: Vec<AnyProvision>,
    shipments: Vec<AnyShipment>,
    /// Which provisions a looser regime drops.
    dropped: u64,
    cases: Vec<u8>,
}

#[derive(Debug, Arbitrary)]
struct AnyProvision {
    announced: Day,
    from: Day,
    to: Option<Day>,
    kind: AnyKind,
}

/// A day near the others, so that provisions touch and overlap, or an end of the calendar.
#[derive(Debug, Clone, Copy, Arbitrary)]
enum Day {
    Near(u8),
    Far(i16),
    First,
    Last,
}

#[derive(Debug, Arbitrary)]
enum AnyKind {
    Listing { buyers: Vec<u8>, review: u8 },
    DeMinimis { threshold: AnyShare, counts: u8, destination: u8 },
    DirectProduct { item_from: u8, technology_from: Option<u8>, plant_from: Option<u8>, own_design_only: bool, destination: u8 },
    GeneralLicense { uses: Vec<u8>, items_up_to: u8 },
    SavingsClause { saves: Vec<u8> },
    ReviewPolicy { review: u8, direct_product_only: bool, below_5g_only: bool },
}

#[derive(Debug, Clone, Copy, Arbitrary)]
struct AnyShare(u16, u8);

#[derive(Debug, Arbitrary)]
struct AnyShipment {
    date: Day,
    buyer: u8,
    country_of_concern: bool,
    use_: u8,
    production_start: Option<Day>,
    known_on: Option<Day>,
    made_in: u8,
    shipped_from: u8,
    item: u8,
    us_controlled: AnyShare,
    us_other: AnyShare,
    us_technology: u8,
    us_plant: u8,
    own_design: bool,
    below_5g: bool,
}

fuzz_target!(|input: Input| {
    let regime = regime(&input.provisions);
    let Ok(code) = Code::new(&regime) else { return };
    for shipment in &input.shipments {
        let (facts, known_on) = (shipment.facts(), shipment.known_on.map(Day::date));
        let shipment = shipment.shipment();
        let answer = determined(&code, &facts, &shipment);
        let criteria = code.criteria(&facts, &code.standing(&shipment.buyer));
        let _ = code.outcome(&criteria, &Occasion { known_on, ..shipment.occasion() });
        looser(&regime, input.dropped, &facts, &shipment, &answer);
    }
    case_file(&code, &input.cases);
});

/// The answer, after all that must hold of it by itself.
fn determined(code: &Code, facts: &Facts, shipment: &Shipment) -> Determination {
    let answer = code.determine(facts, shipment);
    assert!(!answer.trace.is_empty());
    assert_eq!(answer, code.determine(facts, shipment), "not the same twice");
    assert!(!explain(facts, shipment, &answer).is_empty());
    let criteria = code.criteria(facts, &code.standing(&shipment.buyer));
    let fast = code.outcome(&criteria, &shipment.occasion());
    assert_eq!(
        (fast.subject, fast.license_required(), fast.authorization(), fast.is_permitted(), fast.review()),
        (answer.subject, answer.license_required, answer.authorization, answer.permitted, answer.review),
        "the fast answer is not the traced one"
    );
    assert_eq!(fast.provision().map(|p| code.id(p)), answer.provision.as_deref());
    assert_eq!(answer.permitted, answer.review.is_none());
    assert_eq!(answer.license_required, answer.provision.is_some());
    if answer.subject == Subject::None || !answer.license_required {
        assert!(answer.permitted && answer.authorization == Authorization::None);
    }
    if code.change_days(&code.standing(&shipment.buyer)).iter().all(|&day| day > shipment.date) {
        assert!(answer.permitted, "prohibited before any provision starts");
    }
    answer
}

/// Without some listings and tests, nothing is prohibited that was not.
fn looser(regime: &Regime, dropped: u64, facts: &Facts, shipment: &Shipment, strict: &Determination) {
    let drops = |n: usize, p: &Provision| {
        let restricts = matches!(
            p.kind,
            ProvisionKind::Listing { .. } | ProvisionKind::DeMinimis { .. } | ProvisionKind::DirectProduct { .. }
        );
        restricts && dropped >> (n % 64) & 1 == 1
    };
    let mut loose = regime.clone();
    let mut n = 0;
    loose.provisions.retain(|_, p| {
        n += 1;
        !drops(n - 1, p)
    });
    let kept: Vec<String> = loose.provisions.keys().cloned().collect();
    for p in loose.provisions.values_mut() {
        if let ProvisionKind::SavingsClause { saves } = &mut p.kind {
            saves.retain(|id| kept.contains(id));
        }
    }
    loose.provisions.retain(|_, p| !matches!(&p.kind, ProvisionKind::SavingsClause { saves } if saves.is_empty()));
    let code = Code::new(&loose).expect("a sound regime with less in it is sound");
    assert!(code.determine(facts, shipment).permitted || !strict.permitted, "the looser regime prohibits more");
}

/// Any bytes as a file of cases: all of them answered in each form, or faults that can be shown.
fn case_file(code: &Code, bytes: &[u8]) {
    let vendors: Vec<Buyer> = (0..BUYERS.len() as u8).map(|n| buyer(n, n == 0)).collect();
    match read_cases(bytes, "cases.csv", &vendors) {
        Ok(cases) => {
            for &format in Format::ALL {
                write_answers(format, code, &cases, &mut Vec::new()).expect("memory can be written to");
            }
        }
        Err(errors) => {
            assert!(errors.found > 0 && !errors.errors.is_empty());
            assert!(!format!("{:?}", miette::Report::new(errors)).is_empty());
        }
    }
}

const BUYERS: [&str; 3] = ["huawei", "zte", "ericsson"];
const COUNTRIES: [&str; 5] = ["US", "TW", "JP", "CN", "PR"];

fn buyer(n: u8, country_of_concern: bool) -> Buyer {
    Buyer { id: pick(&BUYERS, n).to_owned(), home: if n % 2 == 0 { Country::CN } else { Country::HK }, country_of_concern }
}

fn pick<T: Copy>(all: &[T], n: u8) -> T {
    all[usize::from(n) % all.len()]
}

impl Day {
    fn date(self) -> Date {
        let days = |n: i64| jiff::civil::date(2020, 2, 10).saturating_add(jiff::Span::new().days(n));
        match self {
            Day::Near(n) => days(i64::from(n % 40)),
            Day::Far(n) => days(i64::from(n)),
            Day::First => Date::MIN,
            Day::Last => Date::MAX,
        }
    }
}

impl AnyShare {
    /// Tenths mostly, so that thresholds are met exactly; otherwise up to 28 digits.
    fn share(self) -> Share {
        let (digits, scale) = (i64::from(self.0), u32::from(self.1) % 29);
        let value = if self.1 > 100 { Decimal::new(digits % 11, 1) } else { Decimal::new(digits, scale) };
        Share::new(value).unwrap_or(Share::ONE)
    }
}

impl AnyKind {
    fn kind(&self) -> ProvisionKind {
        match self {
            AnyKind::Listing { buyers, review } => ProvisionKind::Listing {
                buyers: buyers.iter().map(|&n| pick(&BUYERS, n).to_owned()).collect(),
                review: pick(Review::ALL, *review),
            },
            AnyKind::DeMinimis { threshold, counts, destination } => ProvisionKind::DeMinimis {
                threshold: threshold.share(),
                counts: pick(Content::ALL, *counts),
                destination: pick(Destination::ALL, *destination),
            },
            AnyKind::DirectProduct { item_from, technology_from, plant_from, own_design_only, destination } => {
                ProvisionKind::DirectProduct {
                    item_from: pick(Level::ALL, *item_from),
                    technology_from: technology_from.map(|n| pick(Level::ALL, n)),
                    plant_from: plant_from.map(|n| pick(Level::ALL, n)),
                    own_design_only: *own_design_only,
                    destination: pick(Destination::ALL, *destination),
                }
            }
            AnyKind::GeneralLicense { uses, items_up_to } => ProvisionKind::GeneralLicense {
                uses: uses.iter().map(|&n| pick(Use::ALL, n)).collect(),
                items_up_to: pick(Level::ALL, *items_up_to),
            },
            AnyKind::SavingsClause { saves } => {
                ProvisionKind::SavingsClause { saves: saves.iter().map(|n| format!("rule-{n}")).collect() }
            }
            AnyKind::ReviewPolicy { review, direct_product_only, below_5g_only } => ProvisionKind::ReviewPolicy {
                review: pick(Review::ALL, *review),
                direct_product_only: *direct_product_only,
                below_5g_only: *below_5g_only,
            },
        }
    }
}

fn regime(provisions: &[AnyProvision]) -> Regime {
    let mut regime = Regime::default();
    for (n, any) in provisions.iter().enumerate() {
        // Days in order, so that most regimes are sound; the other orders are refused before anything is asked.
        let mut days = [any.announced.date(), any.from.date()];
        days.sort();
        let provision = Provision {
            title: "a rule".to_owned(),
            citation: "somewhere".to_owned(),
            provenance: Provenance { sources: Vec::new(), assumption: None, confidence: Confidence::High, note: None },
            announced: days[0],
            from: days[1],
            to: any.to.map(|to| to.date().max(days[1])),
            kind: any.kind.kind(),
            place: Place { file: FileId(0), span: 0..0 },
        };
        regime.provisions.insert(format!("rule-{n}"), provision);
    }
    regime
}

impl AnyShipment {
    fn facts(&self) -> Facts {
        let country = |n| pick(&COUNTRIES, n).parse::<Country>().expect("a country");
        let us_controlled = self.us_controlled.share();
        let us_other = self.us_other.share();
        Facts {
            made_in: country(self.made_in),
            shipped_from: country(self.shipped_from),
            item: pick(Level::ALL, self.item),
            us_controlled,
            us_other: if us_controlled.checked_add(us_other).is_some() { us_other } else { Share::ZERO },
            us_technology: pick(Level::ALL, self.us_technology),
            us_plant: pick(Level::ALL, self.us_plant),
            own_design: self.own_design,
            below_5g: self.below_5g,
        }
    }

    fn shipment(&self) -> Shipment {
        Shipment {
            date: self.date.date(),
            buyer: buyer(self.buyer, self.country_of_concern),
            use_: pick(Use::ALL, self.use_),
            production_start: self.production_start.map(Day::date),
        }
    }
}
