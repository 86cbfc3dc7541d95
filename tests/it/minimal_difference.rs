//! Nobody foresees what nobody has said: two regimes that differ in one provision (left out, later, longer, announced
//! earlier) or in one period of licensing give the same records to the bit until the day on which the public could first
//! know of a difference. Every provision of every shipped regime is put to it, by months and by weeks; and each must make a
//! difference after that day, but for those listed with the reason why not.

use crate::worlds::{Bench, shipped};
use chokepoint::model::record::{Layout, PENDING, Record};
use chokepoint::model::rules::Rules;
use chokepoint::scenario::regime::{ProvisionKind, Regime};
use chokepoint::scenario::{self, Kind};
use chokepoint::units::Date;
use jiff::ToSpan;

/// Provisions that change nothing, and why.
const IDLE: &[(&str, &str)] = &[
    ("standards-release", "work in standards bodies is no shipment of parts: the model has no such dealing"),
    ("security-research", "research is no shipment of parts: the model has no such dealing"),
    ("review-below-5g", "the policy is the law's; how applications fare under it is data of the licensing periods"),
];

/// Trials by months and by weeks. A difference that shows in none of them before its day could show in another, but the same
/// code runs in all.
const TRIALS: [(&str, u64); 2] = [("month", 3), ("week", 1)];

/// A regime that differs in one thing from another, and the first day on which anybody could know.
struct Variant {
    what: String,
    /// Whether it must make a difference after that day (a shift by some days may fall where nothing ships).
    must_matter: bool,
    day: Date,
    regime: Regime,
}

/// Moves the end of what a provision replaces along with its start, or opens it (`None`). A test that ends on the eve of a
/// later one is taken to be replaced by it, so that nobody foresees the end; one that ends for no such reason is a rule
/// with a last day that is public from the start, which is another regime.
fn end_replaced(regime: &mut Regime, id: &str, start: Option<Date>) {
    let from = regime.provisions[id].from;
    let test =
        |kind: &ProvisionKind| matches!(kind, ProvisionKind::DeMinimis { .. } | ProvisionKind::DirectProduct { .. });
    if !test(&regime.provisions[id].kind) {
        return;
    }
    for other in regime.provisions.values_mut().filter(|p| test(&p.kind)) {
        if other.to.is_some_and(|to| to.tomorrow().is_ok_and(|next| next == from)) {
            other.to = start.and_then(|day| day.yesterday().ok());
        }
    }
}

/// Without one provision: what it replaced goes on, and a savings clause for it no longer is.
fn without(regime: &Regime, id: &str) -> Regime {
    let mut less = regime.clone();
    end_replaced(&mut less, id, None);
    less.provisions.shift_remove(id);
    less.provisions.retain(|_, provision| match &mut provision.kind {
        ProvisionKind::SavingsClause { saves } => {
            saves.retain(|saved| saved != id);
            !saves.is_empty()
        }
        _ => true,
    });
    less
}

fn variants(regime: &Regime) -> Vec<Variant> {
    let mut variants = Vec::new();
    for (id, provision) in &regime.provisions {
        let day = provision.announced;
        let mut add = |what: &str, must_matter, day, regime| {
            variants.push(Variant { what: format!("{what} {id}"), must_matter, day, regime })
        };
        add("without", !IDLE.iter().any(|(idle, _)| idle == id), day, without(regime, id));
        let mut changed = regime.clone();
        end_replaced(&mut changed, id, Some(provision.from + 45.days()));
        changed.provisions[id].from = provision.from + 45.days();
        changed.provisions[id].to = provision.to.map(|to| to.max(changed.provisions[id].from));
        add("later start of", false, day, changed);
        let mut changed = regime.clone();
        changed.provisions[id].announced = day - 40.days();
        add("earlier announcement of", false, day - 40.days(), changed);
        let mut changed = regime.clone();
        changed.provisions[id].to = Some(provision.to.map_or(provision.from + 200.days(), |to| to + 60.days()));
        add("other end of", false, day, changed);
    }
    for (i, period) in regime.licensing.iter().enumerate() {
        let mut changed = regime.clone();
        changed.licensing.remove(i);
        let what = format!("without licensing period {}", period.id);
        variants.push(Variant { what, must_matter: false, day: period.from, regime: changed });
        let mut changed = regime.clone();
        changed.licensing[i].from = period.from - 20.days();
        let what = format!("earlier licensing period {}", period.id);
        variants.push(Variant { what, must_matter: false, day: period.from - 20.days(), regime: changed });
    }
    variants
}

/// First tick in which two records differ, but for the queue of applications: sellers apply where a practice of licensing is
/// to come, and nothing follows from it before that starts.
fn first_difference(layout: &Layout, a: &Record, b: &Record) -> Option<usize> {
    (0..a.binding.len()).find(|&tick| {
        let row = tick * a.width..(tick + 1) * a.width;
        let values = a.values[row.clone()].iter().zip(&b.values[row]).zip(&layout.columns);
        values.into_iter().any(|((a, b), (outcome, _))| *outcome != PENDING && a.to_bits() != b.to_bits())
            || a.binding[tick] != b.binding[tick]
            || a.scarcest[tick] != b.scarcest[tick]
    })
}

#[test]
#[ignore = "a study: every provision of every shipped regime, by months and by weeks"]
fn regimes_that_differ_in_one_provision_agree_until_it_is_announced() {
    let ids = scenario::shipped().into_iter().filter(|s| s.kind == Kind::Scenario && s.runnable).map(|s| s.id);
    let (mut compared, mut idle) = (0, Vec::new());
    for id in ids.filter(|id| id != "no-controls") {
        let mut mattered: Vec<(String, bool)> = Vec::new();
        for (tick, trials) in TRIALS {
            let scenario = shipped(&[&id], &[("time.tick", tick)]).remove(0);
            let mut bench = Bench::of(std::slice::from_ref(&scenario));
            let variants = variants(&scenario.regime);
            let mut rules: Vec<Rules> = variants
                .iter()
                .map(|v| Rules::new(&v.regime, &bench.plan.world).unwrap_or_else(|e| panic!("{id} {}: {e}", v.what)))
                .collect();
            for trial in 0..trials {
                bench.draw(trial);
                let as_it_is = bench.run(0);
                for (variant, rules) in variants.iter().zip(&mut rules) {
                    let record = bench.run_apart(rules, Record::default());
                    let calendar = &bench.plan.world.calendar;
                    let differs = first_difference(&bench.layout, &as_it_is, &record);
                    let day = calendar.day(variant.day);
                    if day > 0 {
                        compared += 1;
                        let first = calendar.tick_of(day).unwrap_or(calendar.ticks);
                        assert!(
                            differs.is_none_or(|tick| tick >= first),
                            "{id} by the {tick}, trial {trial}: {} differs from {}, before {}",
                            variant.what,
                            calendar.date(differs.unwrap_or(0)),
                            variant.day
                        );
                    }
                    if variant.must_matter {
                        match mattered.iter_mut().find(|(what, _)| *what == variant.what) {
                            Some(entry) => entry.1 |= differs.is_some(),
                            None => mattered.push((variant.what.clone(), differs.is_some())),
                        }
                    }
                }
            }
        }
        idle.extend(mattered.into_iter().filter(|(_, matters)| !matters).map(|(what, _)| format!("{id} {what}")));
    }
    assert!(compared > 500, "{compared}");
    assert!(idle.is_empty(), "these make no difference:\n  {}", idle.join("\n  "));
}
