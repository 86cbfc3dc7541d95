//! Common random numbers: a draw depends on what it is about and on nothing else. Forcing an application for a license,
//! adding what nobody uses, or writing things down in another order leaves every other draw as it was.

use crate::worlds::random::{regimes, worlds};
use crate::worlds::rulebook::licensing;
use crate::worlds::{Bench, LICENSE_COUNTS, Offer, Supplier, same, shipped};
use chokepoint::model::inputs::Inputs;
use chokepoint::model::probe::Probe;
use chokepoint::model::record::Record;
use chokepoint::scenario;
use proptest::prelude::*;

/// Whether the inputs of two trials are the same to the bit but for one supplier's readiness.
fn same_draws(a: Inputs, b: Inputs) -> bool {
    let numbers = |inputs: Inputs| {
        let mut bits: Vec<u64> = Vec::new();
        let mut put = |numbers: &[f64]| bits.extend(numbers.iter().map(|x| x.to_bits()));
        inputs.markets().for_each(|market| put(inputs.demand(market)));
        inputs.places().for_each(|place| put(&[inputs.share(place)]));
        for line in inputs.vendor_lines() {
            let rows = [inputs.planned_awards(line), inputs.forecast_error(line), inputs.plant(line)];
            rows.into_iter().for_each(&mut put);
        }
        inputs.offers().for_each(|offer| put(&inputs.capacity(offer).collect::<Vec<_>>()));
        inputs.sources().for_each(|source| put(&[inputs.qualified_on(source)]));
        inputs.items().for_each(|item| put(&[inputs.stock(item)]));
        inputs.suppliers().for_each(|supplier| put(&[inputs.caution(supplier)]));
        bits
    };
    let obeys = |inputs: Inputs| inputs.suppliers().map(|supplier| inputs.obeys(supplier)).collect::<Vec<_>>();
    let offers =
        |inputs: Inputs| inputs.offers().map(|offer| (*inputs.facts(offer), inputs.terms(offer))).collect::<Vec<_>>();
    numbers(a) == numbers(b) && obeys(a) == obeys(b) && offers(a) == offers(b)
}

/// Values of the columns that two benches share, by name, but for counts of applications; an error if the second lacks one.
fn same_by_name(a: &Bench, ra: &Record, b: &Bench, rb: &Record) -> Result<(), String> {
    for (i, (outcome, entity)) in a.layout.columns.iter().enumerate() {
        if LICENSE_COUNTS.contains(outcome) {
            continue;
        }
        let j = b.layout.find(*outcome, entity).ok_or(format!("no {} of {entity}", outcome.id))?;
        for tick in 0..ra.values.len() / ra.width {
            let (x, y) = (ra.at(tick, i), rb.at(tick, j));
            if x.to_bits() != y.to_bits() {
                return Err(format!("{} of {entity} in tick {tick}: {x} and {y}", outcome.id));
            }
        }
    }
    if ra.binding == rb.binding { Ok(()) } else { Err("binding".into()) }
}

proptest! {
    #![proptest_config(crate::worlds::random::cases(40))]

    /// Where no license is ever granted and a denial worries nobody, whether a supplier applies changes nothing at all.
    #[test]
    fn an_application_in_vain_leaves_everything_as_it_was(
        mut world in worlds(), regime in regimes(), supplier in 0..4usize, trial in 0..100u64,
    ) {
        let head = regime.find("[licensing").unwrap_or(regime.len());
        let regime = regime[..head].to_owned() + &licensing("2019-02-01", 0.0);
        world.set("denial_weight", 0.0);
        let mut records = Vec::new();
        let mut benches = Vec::new();
        for readiness in [0.0, 1.0] {
            world.suppliers[supplier].readiness = readiness;
            let mut bench = Bench::new(&world, &[&regime]);
            bench.draw(trial);
            records.push([bench.run(0), bench.run(1)]);
            prop_assert_eq!(bench.inputs().ready(world.suppliers[supplier].id.as_str()), readiness == 1.0);
            benches.push(bench);
        }
        let [a, b] = &benches[..] else { unreachable!() };
        prop_assert!(same_draws(a.inputs(), b.inputs()));
        prop_assert!(same(&records[0][0], &records[1][0]), "without controls");
        let compared = same_by_name(a, &records[0][1], b, &records[1][1]);
        prop_assert!(compared.is_ok(), "{compared:?}");
        prop_assert_eq!(&records[0][1].scarcest, &records[1][1].scarcest);
    }

    /// What nobody uses, put first so that all that follows moves.
    #[test]
    fn what_nobody_uses_leaves_everything_as_it_was(world in worlds(), regime in regimes(), trial in 0..100u64) {
        let mut more = world.clone();
        more.suppliers.insert(0, Supplier { readiness: 1.0, ..Supplier::new("nobody", "US") });
        let class = more.classes[0].id.clone();
        more.offers.insert(0, Offer { buyers: vec!["idle".into()], ..Offer::new("unsold", "nobody", &class, "US") });
        let mut idle = more.vendors[1].clone();
        idle.id = "idle".into();
        idle.lines.iter_mut().for_each(|line| line.installed_base = 0.0);
        more.vendors.insert(0, idle);
        more.offers.iter_mut().skip(1).for_each(|offer| offer.buyers.insert(0, "idle".into()));
        let (mut a, mut b) = (Bench::new(&world, &[&regime]), Bench::new(&more, &[&regime]));
        a.draw(trial);
        b.draw(trial);
        for scenario in 0..2 {
            let (ra, rb) = (a.run(scenario), b.run(scenario));
            let compared = same_by_name(&a, &ra, &b, &rb);
            prop_assert!(compared.is_ok(), "scenario {scenario}: {compared:?}");
        }
    }

    /// Draws go by name, not by place. (Sums over what is written in another order differ by rounding; draws do not.)
    #[test]
    fn the_order_of_writing_moves_no_draw(world in worlds(), trial in 0..100u64) {
        let mut turned = world.clone();
        turned.suppliers.reverse();
        turned.offers.reverse();
        turned.classes.reverse();
        turned.compliance.reverse();
        turned.vendors.reverse();
        turned.markets.reverse();
        let (mut a, mut b) = (Bench::new(&world, &[]), Bench::new(&turned, &[]));
        a.draw(trial);
        b.draw(trial);
        prop_assert_eq!(a.plan.world.params.uncertain().len(), b.plan.world.params.uncertain().len());
        let (a, b) = (a.inputs(), b.inputs());
        for id in world.offers.iter().map(|offer| offer.id.as_str()) {
            prop_assert_eq!(a.facts(id), b.facts(id));
            prop_assert_eq!(a.terms(id), b.terms(id));
        }
        for id in world.suppliers.iter().map(|supplier| supplier.id.as_str()) {
            prop_assert_eq!(a.caution(id).to_bits(), b.caution(id).to_bits());
            prop_assert_eq!(a.ready(id), b.ready(id));
            prop_assert_eq!(a.obeys(id), b.obeys(id));
        }
        for id in world.markets.iter().map(|market| market.id.as_str()) {
            prop_assert_eq!(a.demand(id), b.demand(id));
        }
        for item in a.items() {
            let (x, y) = (a.stock(item), b.stock(a.id(item).as_str()));
            prop_assert!((x - y).abs() <= 1e-12 * x.abs(), "stock {x} and {y}");
        }
        for source in a.sources() {
            let (x, y) = (a.qualified_on(source), b.qualified_on(a.id(source).as_str()));
            prop_assert_eq!(x.to_bits(), y.to_bits());
        }
    }
}

/// In the shipped world, under the adopted rules with their licenses: a further offer, of which there is none to buy, applies
/// for licenses or does not, is granted or denied; nothing else moves. (The first source's most is set to all of an order:
/// else a second one that can be ordered from, with none to give, would take its part of the order all the same.)
#[test]
fn an_extra_application_in_the_shipped_world() {
    const SET: [(&str, &str); 2] =
        [("time.end", "2022-12-31"), ("behaviour.first_source_share.triangular", "[1.0, 1.0, 1.0]")];
    let text = |readiness: f64| {
        format!(
            "kind = \"scenario\"\nid = \"extra\"\ntitle = \"extra\"\ndescription = \"extra\"\n\
             extends = \"shipped:adopted-rules\"\nassumption = \"for a test\"\nconfidence = \"low\"\n\
             [suppliers.extra]\nname = \"Extra\"\nhome = \"US\"\n\
             license_readiness = {{ value = {readiness:?}, unit = \"share\", bounds = [0, 1] }}\n\
             [offers.extra]\nname = \"Extra\"\nsupplier = \"extra\"\nclass = \"filter-antenna\"\nlines = [\"base-stations\"]\n\
             made_in = \"US\"\nshipped_from = \"US\"\nitem = \"ns\"\nown_design = false\nbelow_5g = true\n\
             us_controlled = {{ value = 0, unit = \"share\", bounds = [0, 1] }}\n\
             us_other = {{ value = 0, unit = \"share\", bounds = [0, 1] }}\n\
             us_technology = {{ level = \"ns\", probability = {{ value = 1, unit = \"share\", bounds = [0, 1] }} }}\n\
             us_plant = {{ level = \"ns\", probability = {{ value = 1, unit = \"share\", bounds = [0, 1] }} }}\n\
             price = {{ value = 4000, unit = \"USD/unit\", bounds = [0, 5000] }}\n\
             capacity = {{ value = 0, unit = \"units/month\", bounds = [0, 10] }}\n\
             lead_time = {{ value = 3, unit = \"months\", bounds = [0, 12] }}\n\
             performance = {{ value = 1, unit = \"ratio\", bounds = [0, 2] }}\nbuyers = [\"huawei\"]\n"
        )
    };
    let mut benches: Vec<Bench> = [0.0, 1.0]
        .iter()
        .map(|readiness| {
            let set = SET.map(|(path, value)| (path.to_owned(), value.to_owned()));
            let extra = scenario::load_text("extra", &text(*readiness), &set);
            Bench::of(&[extra.unwrap_or_else(|p| panic!("{}", p.lines()))])
        })
        .collect();
    let mut applied = 0;
    for trial in 0..8 {
        let [a, b] = &mut benches[..] else { unreachable!() };
        a.draw(trial);
        b.draw(trial);
        assert!(same_draws(a.inputs(), b.inputs()));
        // Of all offers but the further one.
        let licenses = |probe: Probe| -> Vec<_> {
            let others = probe.offers().filter(|offer| probe.id(*offer) != "extra");
            others.map(|offer| probe.license("huawei", offer)).collect()
        };
        let mut others = Vec::new();
        let ra = a.watch(0, |_, probe| others.push(licenses(probe)));
        let rb = b.watch(0, |tick, probe| {
            assert_eq!(licenses(probe), others[tick]);
            applied = applied.max(probe.license("huawei", "extra").attempts);
        });
        let compared = same_by_name(a, &ra, b, &rb);
        assert!(compared.is_ok(), "trial {trial}: {compared:?}");
    }
    assert!(applied > 0, "the further offer did apply");
    // And the draws are those of the world without it.
    let mut plain = Bench::of(&shipped(&["adopted-rules"], &SET));
    plain.draw(3);
    benches[0].draw(3);
    let (plain, more) = (plain.inputs(), benches[0].inputs());
    assert_eq!(plain.offers().count() + 1, more.offers().count());
    for offer in plain.offers() {
        assert_eq!(plain.facts(offer), more.facts(plain.id(offer).as_str()));
    }
    for market in plain.markets() {
        assert_eq!(plain.demand(market), more.demand(plain.id(market).as_str()));
    }
}
