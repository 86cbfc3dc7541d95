//! A golden run: intermediate quantities of one trial of every shipped scenario (stock, orders, risk, awards, capacity,
//! what binds), once a year. A change of any is a change of results, to be explained in CHANGELOG.md under
//! "Results"; then write the table anew with `CHOKEPOINT_BLESS=1 cargo test --test it golden::`.

use std::fmt::Write;
use std::path::Path;

use crate::worlds::{SHIPPED, draw};
use chokepoint::experiment::Plan;
use chokepoint::model::record::Record;
use chokepoint::model::workspace::Workspace;
use chokepoint::scenario;

const SEED: u64 = 1;
const EVERY: usize = 12;
/// The line that the headline is about.
const SUBJECT: &str = "huawei:base-stations";

/// The table: `scenario,tick,quantity,entity,value`.
fn table() -> String {
    let scenarios: Vec<_> = SHIPPED.iter().map(|id| scenario::load(id, &[]).unwrap()).collect();
    let plan = Plan::new(&scenarios, SEED, 1).unwrap();
    let (mut workspace, mut record) = (Workspace::default(), Record::default());
    draw(&mut workspace, &plan, 0);
    let mut table = "scenario,tick,quantity,entity,value\n".to_owned();
    for planned in &plan.scenarios {
        let mut rules = planned.rules.clone();
        workspace.simulate(&plan.world, &mut rules, &mut record, |tick, probe| {
            if tick % EVERY != 0 {
                return;
            }
            let mut put = |quantity: &str, entity: &str, value: f64| {
                writeln!(table, "{},{tick},{quantity},{entity},{value:?}", planned.id).unwrap();
            };
            for item in probe.items_of(SUBJECT) {
                let class = probe.class_of(item);
                let id = probe.id(class);
                put("stock", &id, probe.stock(item));
                put("on-order", &id, probe.on_order(item));
                put("risk", &id, probe.risk("huawei", class).0);
            }
            for line in probe.vendor_lines() {
                let id = probe.id(line);
                put("awarded", &id, probe.awarded(line));
                put("deployed", &id, probe.deployed(line));
            }
            let limits = probe.limits(SUBJECT);
            put("sustained", SUBJECT, limits.sustained);
            put("binding", SUBJECT, limits.binding as f64);
            let dealings = probe.dealings("huawei");
            put("blocked", "huawei", dealings.blocked);
            put("licensed", "huawei", dealings.licensed);
        });
    }
    table
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
        golden == now,
        "results have changed, first here:\n  was {:?}\n  now {:?}\nExplain it in CHANGELOG.md under \"Results\", then \
         write the table anew: CHOKEPOINT_BLESS=1 cargo test --test it golden::",
        first.map(|f| f.0),
        first.map(|f| f.1),
    );
}
