//! A golden run: intermediate quantities of one trial of every shipped scenario (stock, orders, risk, awards, capacity,
//! what binds), once a year. A change of any is a change of results, to be explained in CHANGELOG.md under
//! "Results"; then write the table anew with `CHOKEPOINT_BLESS=1 cargo test --test golden`.

use std::fmt::Write;
use std::path::Path;

use crate::worlds::SHIPPED;
use chokepoint::experiment::Plan;
use chokepoint::experiment::design::monte_carlo;
use chokepoint::model::record::Record;
use chokepoint::model::setting::Setting;
use chokepoint::model::state::State;
use chokepoint::model::tick::simulate;
use chokepoint::scenario;

const SEED: u64 = 1;
const EVERY: usize = 12;

/// The table: `scenario,tick,quantity,entity,value`.
fn table() -> String {
    let scenarios: Vec<_> = SHIPPED.iter().map(|id| scenario::load(id, &[]).unwrap()).collect();
    let plan = Plan::new(&scenarios, SEED, 1).unwrap();
    let world = &plan.world;
    let (mut setting, mut state, mut record) = (Setting::default(), State::default(), Record::default());
    setting.draw(world, SEED, 0, monte_carlo(SEED, 0));
    let mut table = "scenario,tick,quantity,entity,value\n".to_owned();
    let subject = &world.pairs[world.subject.ix()];
    for planned in &plan.scenarios {
        let mut rules = planned.rules.clone();
        simulate(world, &setting, &mut rules, &mut state, &mut record, |tick, state| {
            if tick % EVERY != 0 {
                return;
            }
            let mut put = |quantity: &str, entity: &str, value: f64| {
                writeln!(table, "{},{tick},{quantity},{entity},{value:?}", planned.id).unwrap();
            };
            for c in subject.cells.clone() {
                let class = &world.classes[world.cells[c].class.ix()].id;
                put("stock", class, state.stock[c]);
                put("on-order", class, state.on_order[c]);
                put("risk", class, state.risk[world.cells[c].class.ix()].0);
            }
            for (p, pair) in world.pairs.iter().enumerate() {
                put("awarded", &pair.id, state.awarded[p]);
                put("deployed", &pair.id, state.deployed[p]);
            }
            let limits = &state.limits[world.subject.ix()];
            put("sustained", &subject.id, limits.sustained);
            put("binding", &subject.id, limits.binding as f64);
            put("blocked", "huawei", state.dealings[0].blocked);
            put("licensed", "huawei", state.dealings[0].licensed);
        });
    }
    table
}

/// Equal to the byte on the target where it was written, to 1e-9 relative on others.
fn agrees(golden: &str, now: &str) -> bool {
    if cfg!(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu")) {
        return golden == now;
    }
    let close = |(a, b): (&str, &str)| {
        a == b
            || matches!((a.parse::<f64>(), b.parse::<f64>()), (Ok(x), Ok(y)) if (x - y).abs() <= 1e-9 * x.abs().max(y.abs()))
    };
    golden.lines().count() == now.lines().count()
        && golden.lines().zip(now.lines()).all(|(a, b)| a.split(',').zip(b.split(',')).all(close))
}

#[test]
fn the_golden_run_is_as_it_was() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/run.csv");
    let now = table();
    if std::env::var_os("CHOKEPOINT_BLESS").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap();
    let first = golden.lines().zip(now.lines()).find(|(a, b)| a != b);
    assert!(
        agrees(&golden, &now),
        "results have changed, first here:\n  was {:?}\n  now {:?}\nExplain it in CHANGELOG.md under \"Results\", then \
         write the table anew: CHOKEPOINT_BLESS=1 cargo test --test golden",
        first.map(|f| f.0),
        first.map(|f| f.1),
    );
}
