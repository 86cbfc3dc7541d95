//! A record that keeps less: what it keeps is the same to the bit, under every regime, whatever else is left out.

use std::sync::atomic::AtomicBool;

use crate::worlds::Bench;
use chokepoint::experiment::single;
use chokepoint::model::record::selection::Selection;
use chokepoint::model::record::{CUMULATIVE, DEPLOYED, Outcome, RUNGS, Record, SALES, SUSTAINED};

#[test]
fn what_is_kept_is_as_in_the_whole_record() {
    let ids = ["no-controls", "amended-rules", "adopted-rules", "escalation"];
    let mut bench = Bench::shipped(&ids, &[("time.end", "2021-12-31")]);
    bench.draw(3);
    let choices: [&[Outcome]; 4] = [&[CUMULATIVE], &[DEPLOYED, SALES], &[SUSTAINED, RUNGS], &[]];
    for (scenario, chosen) in (0..ids.len()).flat_map(|s| choices.map(|chosen| (s, chosen))) {
        let whole = bench.run(scenario);
        let keep = Selection::columns(&bench.layout, |outcome, _| chosen.contains(&outcome));
        let part = kept(&bench, scenario, keep);
        let columns: Vec<usize> = chosen_columns(&bench, chosen);
        assert_eq!(part.width, columns.len());
        assert!(part.history.is_empty() && part.binding.is_empty());
        for tick in 0..bench.plan.world.calendar.ticks {
            for (kept, column) in columns.iter().enumerate() {
                assert_eq!(part.at(tick, kept).to_bits(), whole.at(tick, *column).to_bits(), "{}", ids[scenario]);
            }
        }
        let history = kept(&bench, scenario, Selection::history());
        assert!(history.values.is_empty() && history.history_width == whole.history_width);
        assert!(history.history.iter().zip(&whole.history).all(|(a, b)| a.to_bits() == b.to_bits()));
    }
}

fn kept(bench: &Bench, scenario: usize, keep: Selection) -> Record {
    bench.run_apart(&mut bench.plan.scenarios[scenario].rules.clone(), Record::keeping(keep))
}

fn chosen_columns(bench: &Bench, chosen: &[Outcome]) -> Vec<usize> {
    let columns = bench.layout.columns.iter().enumerate();
    columns.filter(|(_, (outcome, _))| chosen.contains(outcome)).map(|(column, _)| column).collect()
}

/// The trials of one scenario, run for one column, are those of the plan.
#[test]
fn single_runs_keep_the_same_columns() {
    let mut bench = Bench::shipped(&["no-controls", "amended-rules"], &[("time.end", "2020-06-30")]);
    bench.plan.trials = 3;
    let subject = bench.plan.world.vendor_lines[bench.plan.world.subject.ix()].id.clone();
    let layout = bench.plan.layout();
    assert_eq!(layout.columns, bench.layout.columns);
    let keep = Selection::columns(&layout, |outcome, entity| outcome == DEPLOYED && entity == subject);
    let ask = |record: &Record, all: &mut Vec<f64>| all.extend_from_slice(&record.values);
    let found = single::each(&bench.plan, 1, &keep, &AtomicBool::new(false), |_| {}, ask).unwrap();
    for trial in 0..3 {
        bench.draw(trial);
        let whole = bench.run(1);
        let expected = bench.series(&whole, DEPLOYED, &subject);
        assert_eq!(found[trial as usize * expected.len()..][..expected.len()], expected);
    }
}
