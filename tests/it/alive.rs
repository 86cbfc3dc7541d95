//! Every parameter is alive: each number of the shipped world and of the shipped regimes is moved alone, all draws left as
//! they are, and some recorded number of some trial under some shipped regime must move with it. Those that move nothing are
//! listed below, each with the reason why that is right; a number that is neither is one that an analyst would vary for
//! nothing.

use std::collections::BTreeMap;

use crate::worlds::{Bench, same};
use chokepoint::law::Facts;
use chokepoint::model::record::Record;
use chokepoint::model::world::ids::TargetId;
use chokepoint::model::world::{Offer, SourceStatus, World};
use chokepoint::scenario::param::Param;
use chokepoint::scenario::{self, Kind, Scenario};
use chokepoint::units::{Country, Level};

/// Numbers that may be dead.
struct Exception {
    /// Whether it covers a number, by the names in its path.
    covers: fn(&World, &[&str]) -> bool,
    /// Why that is right, or whose it is to change.
    because: &'static str,
}

/// Each must cover some number that is dead and, to the looks that are made at it, none that is alive.
const EXCEPTIONS: &[Exception] = &[
    Exception {
        covers: |world, path| matches!(path, ["offers", id, "performance"] if !sells_to_watched(world, id)),
        because: "performance is recorded of what watched vendors build, and no award depends on it",
    },
    Exception {
        covers: |world, path| {
            matches!(path, ["jurisdictions", code, "compliance"]
                if !world.offers.iter().any(|o| !o.targets.is_empty()
                    && world.jurisdictions[o.home.ix()].country.code() == *code))
        },
        because: "no seller at home there sells to a vendor that a regime lists",
    },
    Exception {
        covers: |world, path| {
            matches!(path, ["suppliers", id, "license_readiness"]
                if !world.offers.iter().any(|o| !o.targets.is_empty() && world.suppliers[o.supplier.ix()].id == *id))
        },
        because: "nobody needs a license for what is sold to vendors that no regime lists",
    },
    Exception {
        covers: |world, path| {
            matches!(path, ["classes", id, "qualification_time"]
                if !world.sources.iter().any(|l| l.status != SourceStatus::Qualified
                    && world.classes[world.bom_items[l.bom_item.ix()].class.ix()].id == *id))
        },
        because: "no source of the class is still to be qualified by anybody",
    },
    Exception {
        covers: |world, path| matches!(path, ["offers", id, rest @ ..] if is_fact(rest) && is_american(world, id)),
        because: "what is made in or shipped from the United States is subject to the rules whatever its content and technology",
    },
    Exception {
        covers: |world, path| match path {
            ["offers", id, "us_technology", "probability"] => level_is_none(world, id, |o| o.facts.us_technology.0),
            ["offers", id, "us_plant", "probability"] => level_is_none(world, id, |o| o.facts.us_plant.0),
            _ => false,
        },
        because: "the chance that the item has US technology, or its plant, of a level that is none",
    },
    Exception {
        covers: |_, path| matches!(path, ["suppliers", id, "license_readiness"] if SELDOM_APPLY.contains(id)),
        because: "the seller would seldom have a license to apply for, and seldom get it",
    },
];

/// Sellers at home in China: what they sell is prohibited only where its plant is caught and Chinese sellers obey, by when it
/// is seldom qualified; an application then is approved in one case in twenty. No trial of the looks shows it.
const SELDOM_APPLY: [&str; 7] = ["empyrean", "huawei-inhouse", "openeuler", "pango", "sg-micro", "tatfook", "ymtc"];

/// Whether the names after an offer's id are those of a fact for the law.
fn is_fact(rest: &[&str]) -> bool {
    matches!(rest, ["us_controlled" | "us_other"] | ["us_technology" | "us_plant", "probability"])
}

const FACTS: [&str; 4] = ["us_controlled", "us_other", "us_technology.probability", "us_plant.probability"];

fn sells_to_watched(world: &World, offer: &str) -> bool {
    world.offers.iter().any(|o| o.id == offer && !o.targets.is_empty())
}

fn level_is_none(world: &World, offer: &str, level: fn(&Offer) -> Level) -> bool {
    world.offers.iter().any(|o| o.id == offer && level(o) == Level::None)
}

fn is_american(world: &World, offer: &str) -> bool {
    let origin = |o: &Offer| [o.facts.made_in, o.facts.shipped_from].contains(&Country::US);
    world.offers.iter().any(|o| o.id == offer && origin(o))
}

/// An American source, the dearest of three that have room: nobody ever orders from it under the shipped rules. It stands in
/// the world because an analyst's rules may close the other two.
const NEVER_ORDERED: &[&str] = &["offers.adi-power.lead_time", "offers.adi-power.performance"];

/// How far to move a number.
#[derive(Clone, Copy, PartialEq)]
enum Reach {
    /// A twentieth of the way to the farther bound: enough for what works continuously.
    Little,
    /// To each bound: what is compared with a draw or a threshold moves something only if it passes it.
    Bounds,
}

/// How far and in how many trials and regimes to look. Nearly all show at once, so that the thorough look is at few.
struct Look {
    reach: Reach,
    trials: u64,
    /// Scenarios of a group that are looked at: all, or the first ones.
    most_scenarios: usize,
}

const LOOKS: [Look; 3] = [
    Look { reach: Reach::Little, trials: 1, most_scenarios: 2 },
    Look { reach: Reach::Bounds, trials: 3, most_scenarios: 4 },
    Look { reach: Reach::Bounds, trials: 40, most_scenarios: usize::MAX },
];

/// The regimes that reach most, first.
const FIRST: [&str; 4] = ["no-controls", "adopted-rules", "amended-with-waivers", "amended-with-grace"];

/// The runnable shipped scenarios, those that exercise most first, in groups that share their world.
fn groups() -> Vec<Vec<Scenario>> {
    let mut ids: Vec<String> =
        scenario::shipped().into_iter().filter(|s| s.kind == Kind::Scenario && s.runnable).map(|s| s.id).collect();
    ids.sort_by_key(|id| FIRST.iter().position(|first| first == id).unwrap_or(FIRST.len()));
    let mut groups: Vec<Vec<Scenario>> = Vec::new();
    for id in ids {
        let scenario = scenario::load(&format!("shipped:{id}"), &[]).unwrap_or_else(|p| panic!("{}", p.lines()));
        match groups.iter_mut().find(|group| group[0].world_hash == scenario.world_hash) {
            Some(group) => group.push(scenario),
            None => groups.push(vec![scenario]),
        }
    }
    groups
}

/// Values to try for a number that is at `now`.
fn nudges(param: &Param, now: f64, reach: Reach) -> Vec<f64> {
    let (low, high) = param.bounds;
    let farther = if high - now >= now - low { high } else { low };
    let values = match reach {
        Reach::Little => vec![now + 0.05 * (farther - now)],
        Reach::Bounds => vec![farther, low + high - farther],
    };
    values.into_iter().filter(|value| *value != now).collect()
}

/// What chance and parameters settle at a trial's start: who obeys, who applies, and the facts of the offers.
#[derive(Clone, PartialEq)]
struct Settled {
    obeys: Vec<bool>,
    ready: Vec<bool>,
    facts: Vec<Facts>,
}

/// A group's bench, with the records of its trials as they are.
struct Group {
    bench: Bench,
    settled: Vec<Settled>,
    base: Vec<Vec<Record>>,
}

impl Group {
    fn new(scenarios: &[Scenario], trials: u64) -> Group {
        let mut group = Group { bench: Bench::of(scenarios), settled: Vec::new(), base: Vec::new() };
        for trial in 0..trials {
            group.bench.draw(trial);
            group.settled.push(group.settled());
            group.base.push((0..scenarios.len()).map(|scenario| group.bench.run(scenario)).collect());
        }
        group
    }

    fn settled(&self) -> Settled {
        let inputs = self.bench.inputs();
        Settled {
            obeys: inputs.suppliers().map(|supplier| inputs.obeys(supplier)).collect(),
            ready: inputs.suppliers().map(|supplier| inputs.ready(supplier)).collect(),
            facts: inputs.offers().map(|offer| *inputs.facts(offer)).collect(),
        }
    }

    /// Whether some record of the trials looked at differs from what it was. A number that acts through what is settled at
    /// the start alone needs no run where that is as it was.
    fn moves(&mut self, look: &Look, by_what_is_settled: bool) -> bool {
        (0..look.trials).any(|trial| {
            self.bench.draw(trial);
            if by_what_is_settled && self.settled() == self.settled[trial as usize] {
                return false;
            }
            let count = self.base[0].len().min(look.most_scenarios);
            // The last ones, which differ most from no controls, first.
            (0..count).rev().any(|scenario| !same(&self.bench.run(scenario), &self.base[trial as usize][scenario]))
        })
    }

    /// Whether moving a number of the compiled world moves something.
    fn is_alive(&mut self, param: &Param, look: &Look) -> bool {
        let before = self.bench.plan.world.params.clone();
        // From its value in the first trial.
        self.bench.draw(0);
        let Some(now) = self.bench.inputs().number(&param.path) else { return false };
        let by_what_is_settled = ["compliance", "license_readiness", "probability", "us_controlled", "us_other"]
            .contains(&param.path.rsplit('.').next().unwrap());
        nudges(param, now, look.reach).into_iter().any(|value| {
            self.bench.plan.world.params.fix(&param.path, value);
            let moves = self.moves(look, by_what_is_settled);
            self.bench.plan.world.params = before.clone();
            moves
        })
    }

    /// Whether the law's answers on an offer turn on a fact: with the offer's other facts as they are, or at their lowest so
    /// that none of them masks it (but for its other US content, which may also be just below a tenth), moving this one from
    /// bound to bound changes how the offer stands under some regime.
    fn law_turns_on(&mut self, param: &Param, all: &BTreeMap<String, Param>) -> bool {
        let before = self.bench.plan.world.params.clone();
        let id = param.path.split('.').nth(1).unwrap();
        let others = FACTS.map(|fact| format!("offers.{id}.{fact}")).into_iter().filter(|path| *path != param.path);
        let others: Vec<String> = others.collect();
        [None, Some(0.0f64), Some(0.09)].into_iter().any(|content| {
            if let Some(content) = content {
                for path in &others {
                    let (low, high) = all[path].bounds;
                    let value = if path.ends_with("probability") { low } else { content.clamp(low, high) };
                    assert_eq!(self.bench.plan.world.params.fix(path, value), 1);
                }
            }
            let at = [param.bounds.0, param.bounds.1].map(|value| {
                self.bench.plan.world.params.fix(&param.path, value);
                self.bench.draw(0);
                self.standings(id)
            });
            self.bench.plan.world.params = before.clone();
            at[0] != at[1]
        })
    }

    /// Numbers of an offer's standings before the law, under each regime and for each watched buyer.
    fn standings(&mut self, offer: &str) -> Vec<usize> {
        let facts = *self.bench.inputs().facts(offer);
        let plan = &mut self.bench.plan;
        let mut standings = Vec::new();
        for scenario in &mut plan.scenarios {
            for target in 0..plan.world.targets.len() {
                for stage in 0..scenario.rules.stages() {
                    standings.push(scenario.rules.schedule_of(&plan.world, &facts, stage, TargetId::at(target)));
                }
            }
        }
        standings
    }
}

/// Whether moving a number that the model draws by its own keys (times and rates that hold for single events) moves
/// something: set as a user would, in the scenarios that have it.
fn is_alive_when_set(param: &Param, base: &[Group], look: &Look) -> bool {
    nudges(param, param.central(), Reach::Bounds).into_iter().any(|value| {
        let set = [(param.path.clone(), format!("{value:?}"))];
        base.iter().any(|group| {
            // A number of a regime is in some scenarios of the group only.
            let ids = group.bench.plan.scenarios.iter().map(|s| &s.id).enumerate();
            let moved =
                ids.filter_map(|(place, id)| Some((place, scenario::load(&format!("shipped:{id}"), &set).ok()?)));
            let (places, scenarios): (Vec<usize>, Vec<Scenario>) = moved.unzip();
            if scenarios.is_empty() {
                return false;
            }
            let mut moved = Bench::of(&scenarios);
            (0..look.trials).any(|trial| {
                moved.draw(trial);
                places.iter().enumerate().any(|(s, place)| !same(&moved.run(s), &group.base[trial as usize][*place]))
            })
        })
    })
}

/// Those of some numbers that move nothing, and how many each exception covers.
fn find_dead<'a>(
    scenarios: &[Vec<Scenario>],
    params: &'a BTreeMap<String, Param>,
    some: impl Iterator<Item = &'a Param>,
) -> (Vec<&'a str>, Vec<usize>) {
    let trials = LOOKS.iter().map(|look| look.trials).max().unwrap();
    let mut groups: Vec<Group> = scenarios.iter().map(|group| Group::new(group, trials)).collect();
    let mut dead: Vec<&Param> = some.collect();
    let mut used = vec![0; EXCEPTIONS.len()];
    for (i, look) in LOOKS.iter().enumerate() {
        dead.retain(|param| {
            let compiled = groups.iter().any(|g| g.bench.plan.world.params.paths().contains(&param.path));
            let alive = if compiled {
                groups.iter_mut().any(|group| group.is_alive(param, look))
            } else {
                is_alive_when_set(param, &groups, look)
            };
            !alive
        });
        let fact = |p: &Param| is_fact(&p.path.split('.').skip(2).collect::<Vec<_>>());
        if i == 0 {
            // Few of the law's facts show in one trial; what each does to the law's answers is told without running any.
            dead.retain(|p| !(fact(p) && groups.iter_mut().any(|group| group.law_turns_on(p, params))));
        }
        // That says all of a fact; other exceptions are looked at once more, and the thorough look is at what none covers.
        dead.retain(|param| {
            let names: Vec<&str> = param.path.split('.').collect();
            let covers = |e: &Exception| groups.iter().any(|g| (e.covers)(&g.bench.plan.world, &names));
            let exception = EXCEPTIONS.iter().position(|e| (i > 0 || fact(param)) && covers(e));
            exception.into_iter().for_each(|e| used[e] += 1);
            exception.is_none()
        });
    }
    (dead.iter().map(|param| param.path.as_str()).collect(), used)
}

#[test]
#[ignore = "a study: each of some 1,100 numbers is moved by itself"]
fn every_parameter_of_the_shipped_scenarios_moves_some_recorded_outcome() {
    let scenarios = groups();
    let params: BTreeMap<String, Param> =
        scenarios.iter().flatten().flat_map(|s| &s.params).map(|p| (p.path.clone(), p.clone())).collect();
    assert!(params.len() > 800, "{}", params.len());
    let part = |from| find_dead(&scenarios, &params, params.values().skip(from).step_by(2));
    let (one, other) = rayon::join(|| part(0), || part(1));
    let dead = [one.0, other.0].concat();
    for ((exception, a), b) in EXCEPTIONS.iter().zip(one.1).zip(other.1) {
        println!("{} of {} are dead because {}", a + b, params.len(), exception.because);
        assert!(a + b > 0, "this exception covers nothing, take it out: {}", exception.because);
    }
    let unexplained: Vec<&&str> = dead.iter().filter(|path| !NEVER_ORDERED.contains(path)).collect();
    assert!(unexplained.is_empty(), "these numbers move nothing:\n{unexplained:#?}");
    let revived: Vec<&&str> = NEVER_ORDERED.iter().filter(|path| !dead.contains(path)).collect();
    assert!(revived.is_empty(), "alive or gone, take them out of the list: {revived:#?}");
}
