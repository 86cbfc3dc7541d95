//! Everything in the shipped world matters: taking out any one supplier, component class or market changes some recorded
//! outcome, or leaves a line that can't be built (which the loader says).

use crate::worlds::Bench;
use chokepoint::model::record::Record;
use chokepoint::scenario::{self, Scenario};

/// How far and in how many trials to look.
#[derive(Clone, Copy)]
struct Look {
    end: &'static str,
    trials: u64,
}

/// Nearly everything shows at once; a source that is still to be qualified may take years.
const SHORT: Look = Look { end: "2021-12-31", trials: 3 };
const LONG: Look = Look { end: "2024-12-31", trials: 24 };

/// The amended rules in a world without some things.
fn without(remove: &[String], look: Look) -> Result<Scenario, String> {
    let remove = if remove.is_empty() { String::new() } else { format!("remove = {remove:?}\n") };
    let text = format!(
        "kind = \"scenario\"\nid = \"less\"\ntitle = \"less\"\ndescription = \"less\"\n\
         extends = \"shipped:amended-rules\"\n{remove}[time]\nend = {}\n",
        look.end
    );
    scenario::load_text("less", &text, &[]).map_err(|p| p.lines())
}

fn records(bench: &mut Bench, look: Look) -> Vec<Record> {
    let draw = |trial| {
        bench.draw(trial);
        [bench.run(0), bench.run(1)]
    };
    (0..look.trials).flat_map(draw).collect()
}

/// Whether a column that both have differs anywhere.
fn differs(a: &Bench, ra: &[Record], b: &Bench, rb: &[Record]) -> bool {
    a.layout.columns.iter().enumerate().any(|(i, (outcome, entity))| {
        let Some(j) = b.layout.find(*outcome, entity) else { return false };
        ra.iter().zip(rb).any(|(ra, rb)| (0..ra.binding.len()).any(|t| ra.at(t, i).to_bits() != rb.at(t, j).to_bits()))
    })
}

#[test]
#[ignore = "a study: the shipped world without each of its parts"]
fn any_one_supplier_class_or_market_matters() {
    let mut vital = Vec::new();
    let idle = find_idle(&cases(), SHORT, &mut vital);
    let idle = find_idle(&idle, LONG, &mut vital);
    println!("without these some line can't be built: {}", vital.join(", "));
    let idle: Vec<String> = idle.into_iter().map(|(what, _)| what).collect();
    assert!(idle.is_empty(), "these change nothing: {}", idle.join(", "));
}

/// What is taken out, and the tables of it.
type Case = (String, Vec<String>);

fn cases() -> Vec<Case> {
    let world = without(&[], SHORT).unwrap().world;
    let offers = |belongs: &dyn Fn(&scenario::world::Offer) -> bool| {
        let ids = world.offers.iter().filter(|(_, o)| belongs(o)).map(|(id, _)| format!("offers.{id}"));
        ids.collect::<Vec<_>>()
    };
    let mut cases: Vec<Case> = Vec::new();
    for supplier in world.suppliers.keys() {
        let mut remove = offers(&|o| o.supplier == *supplier);
        remove.push(format!("suppliers.{supplier}"));
        cases.push((format!("supplier {supplier}"), remove));
    }
    for class in world.classes.keys() {
        let mut remove = offers(&|o| o.class == *class);
        remove.push(format!("classes.{class}"));
        let boms = world.boms.iter().filter(|(_, b)| b.items.contains_key(class));
        remove.extend(boms.map(|(id, _)| format!("boms.{id}.{class}")));
        let lines = world.vendors.iter().flat_map(|(v, vendor)| vendor.lines.iter().map(move |(l, line)| (v, l, line)));
        let stocked = lines.filter(|(_, _, line)| line.initial_stock.contains_key(class));
        remove.extend(stocked.map(|(v, l, _)| format!("vendors.{v}.lines.{l}.initial_stock.{class}")));
        let redesigned = world.redesigns.iter().filter(|(_, r)| r.from == *class || r.to.as_ref() == Some(class));
        remove.extend(redesigned.map(|(id, _)| format!("redesigns.{id}")));
        cases.push((format!("class {class}"), remove));
    }
    cases.extend(world.markets.keys().map(|m| (format!("market {m}"), vec![format!("markets.{m}")])));
    assert!(cases.len() > 50);
    cases
}

/// The cases in which nothing differs.
fn find_idle(cases: &[Case], look: Look, vital: &mut Vec<String>) -> Vec<Case> {
    let mut bench = Bench::of(&[without(&[], look).unwrap()]);
    let all = records(&mut bench, look);
    let mut idle = Vec::new();
    for (what, remove) in cases {
        match without(remove, look) {
            Ok(less) => {
                let mut less = Bench::of(&[less]);
                let found = records(&mut less, look);
                if !differs(&bench, &all, &less, &found) {
                    idle.push((what.clone(), remove.clone()));
                }
            }
            Err(why) if why.contains("can never build anything") => vital.push(what.clone()),
            Err(why) => panic!("without {what}: {why}"),
        }
    }
    idle
}
