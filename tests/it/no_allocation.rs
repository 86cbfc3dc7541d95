//! A trial allocates nothing once a worker has met its world: tables are sized at the first trial, and how items stand
//! before the law is worked out at a trial's start, when it is new.

use crate::worlds::draw;
use chokepoint::experiment::Plan;
use chokepoint::model::record::Record;
use chokepoint::model::workspace::Workspace;
use chokepoint::scenario;

#[test]
fn a_trial_allocates_nothing_after_the_first() {
    let ids = [
        "no-controls",
        "current-rules",
        "waivers",
        "amended-rules",
        "amended-with-grace",
        "adopted-rules",
        "allied-restrictions",
        "escalation",
    ];
    let scenarios: Vec<_> = ids.iter().map(|id| scenario::load(id, &[]).unwrap()).collect();
    let plan = Plan::new(&scenarios, 3, 1).unwrap();
    let (mut workspace, mut record) = (Workspace::default(), Record::default());
    for planned in &plan.scenarios {
        let mut rules = planned.rules.clone();
        let mut run = |count_from_tick: bool| {
            draw(&mut workspace, &plan, 0);
            let info = allocation_counter::measure(|| {
                workspace.simulate(&plan.world, &mut rules, &mut record, |_, _| {});
            });
            if count_from_tick { info.count_total } else { 0 }
        };
        run(false);
        assert_eq!(run(true), 0, "{} allocates in its second run of a trial", planned.id);
    }
}
