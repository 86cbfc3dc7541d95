//! StopReason often the 95% intervals of an ensemble that stopped itself cover the truth. In each of 2,000 repetitions, trials of a
//! small world, whose answer is known in closed form, are added until the rule of `--until` stops them: for a paired
//! difference, a mean and a quantile, with and without look-ahead, and with two floors. Two synthetic outcomes, a rare
//! one and a heavy-tailed one, show where the rule ends. Prints a table as CSV; exits with 1 if, with the program's own floor
//! and look-ahead, the coverage of the world's outcomes is not within three standard errors of 95%. A first argument asks for
//! another number of repetitions, a second for another first seed; a third, `formula`, takes the world's outcomes from the closed
//! form instead of the model, with the same draws, which is quicker.
#![expect(clippy::disallowed_methods, reason = "a study of coverage is good to three digits")]

#[path = "../tests/it/worlds/mod.rs"]
mod worlds;

use std::process::ExitCode;

use chokepoint::experiment::Plan;
use chokepoint::experiment::stopping::{LOOK_AHEAD, Rows, Rule, StopReason, Stopping, StoppingResult, Verdict, Watch};
use chokepoint::model::record::outcome::{Columns, DEPLOYMENT, SHORTFALL, subject_column};
use chokepoint::model::record::{Layout, Outcome, Record, Sink};
use chokepoint::model::rules::Rules;
use chokepoint::model::workspace::Workspace;
use chokepoint::model::world::random::{EntityKey, RandomStreams, StreamId};
use chokepoint::scenario;
use rayon::prelude::*;
use statrs::distribution::{ContinuousCDF, Normal};
use worlds::World;
use worlds::rulebook::listing;

/// Repetitions, where no other number is asked for.
const REPETITIONS: u32 = 2000;
/// Looks ahead that are compared.
const LOOK_AHEADS: [u32; 4] = [0, 1, 2, 4];
/// Floors that are compared: the least there is, and the program's own.
const FLOORS: [u32; 2] = [256, 1000];
/// No repetition comes near it.
const CAP: u32 = 40_000;
/// A number of trials that does not depend on them, to tell the error of an interval from that of stopping.
const FIXED: u32 = 2560;
/// The scenario whose interval is held against the truth; the other is without controls.
const HERE: usize = 1;

/// Days of the first half of 2019 and of a mean month; stations a day.
const DAYS: f64 = 181.0;
const MONTH: f64 = 365.2425 / 12.0;
const RATE: f64 = 100.0;
/// Months of stock at the start.
const STOCK: (f64, f64) = (1.0, 5.0);
/// 90th percentile of the factor of demand, whose median is 1.
const DEMAND_P90: f64 = 2.0;

/// Where values come from.
#[derive(Clone, Copy, PartialEq)]
enum Source {
    /// The small world.
    World,
    /// A loss of 1 in three trials of a thousand, else nothing.
    Rare,
    /// A lognormal loss with a deviation of the log of 1.5.
    Heavy,
}

const RARE: f64 = 0.003;
const HEAVY: f64 = 1.5;

/// What is asked of what, and the name of the source in the table.
const CASES: [(Source, &str, &str); 5] = [
    (Source::World, "closed-form world", "shortfall:paired:±1.5%"),
    (Source::World, "closed-form world", "cumulative-deployment:mean:±3%"),
    (Source::World, "closed-form world", "shortfall:q90:±5%"),
    (Source::Rare, "a loss in 0.3% of trials", "shortfall:paired:±0.0017"),
    (Source::Heavy, "lognormal, sigma 1.5", "shortfall:mean:±10%"),
];

/// Listed on the first day, the firm builds what its stock allows and nothing more: with a factor F of demand, and M months of
/// stock of what demand makes it use, RATE F M MONTH stations. Without controls it builds all that is asked for: RATE F DAYS.
fn plan() -> Plan {
    let mut world = World::plain();
    world.end = "2019-06-30".into();
    let backing = "assumption = \"made up for a study\", confidence = \"low\"";
    let demand = format!(
        "{{ lognormal = {{ median = 1, p90 = {DEMAND_P90:?} }}, unit = \"ratio\", bounds = [1e-4, 1e4], {backing} }}"
    );
    let stock =
        format!("{{ uniform = [{:?}, {:?}], unit = \"months\", bounds = [0, 60], {backing} }}", STOCK.0, STOCK.1);
    let overrides = [
        ("markets.china.demand_factor".to_owned(), demand),
        ("vendors.huawei.lines.stations.initial_stock.all".to_owned(), stock),
    ];
    let load = |id: &str, regime: &str| {
        let text = world.scenario_text(id, regime);
        scenario::load_text(id, &text, &overrides).unwrap_or_else(|p| panic!("{}", p.lines()))
    };
    let scenarios = [load("no-controls", ""), load("listed", &listing("2019-01-01", "2019-01-01"))];
    Plan::new(&scenarios, 0, 1).expect("a sound world")
}

/// Deviation of the log of the factor of demand.
fn sigma() -> f64 {
    DEMAND_P90.ln() / Normal::standard().inverse_cdf(0.9)
}

/// The truth of each case.
fn truth(case: usize) -> f64 {
    let mean_factor = (0.5 * sigma() * sigma()).exp();
    let mean_stock = 0.5 * (STOCK.0 + STOCK.1) * MONTH;
    match case {
        0 => RATE * mean_factor * (DAYS - mean_stock),
        1 => RATE * mean_factor * mean_stock,
        2 => shortfall_quantile(0.9),
        3 => RARE,
        _ => (0.5 * HEAVY * HEAVY).exp(),
    }
}

/// P(F (DAYS - M MONTH) RATE <= x) is the mean over M of the distribution function of F: an integral of one dimension, by
/// the midpoint rule; inverted by halving.
fn shortfall_quantile(p: f64) -> f64 {
    let (factor, steps) = (Normal::new(0.0, sigma()).expect("a deviation"), 10_000);
    let below = |x: f64| {
        let at = |i: i32| {
            let stock = STOCK.0 + (STOCK.1 - STOCK.0) * (f64::from(i) + 0.5) / f64::from(steps);
            factor.cdf((x / RATE / (DAYS - stock * MONTH)).ln())
        };
        (0..steps).map(at).sum::<f64>() / f64::from(steps)
    };
    let (mut low, mut high) = (0.0, 1e9);
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if below(middle) < p { low = middle } else { high = middle }
    }
    low
}

/// Deployment and shortfall of a trial without controls, and of the listed firm; `unit` tells where its parameters lie.
fn by_hand(unit: impl Fn(EntityKey) -> f64) -> [[f64; 2]; 2] {
    let unit = |path| unit(EntityKey::of(path));
    let factor = (sigma() * Normal::standard().inverse_cdf(unit("markets.china.demand_factor"))).exp();
    let stock = STOCK.0 + (STOCK.1 - STOCK.0) * unit("vendors.huawei.lines.stations.initial_stock.all");
    let (without, here) = (RATE * factor * DAYS, RATE * factor * stock * MONTH);
    [[without, 0.0], [here, without - here]]
}

struct Row<'a>(&'a mut Vec<f64>);

impl Sink for Row<'_> {
    fn put(&mut self, _outcome: Outcome, _entity: impl FnOnce() -> String, value: f64) {
        self.0.push(value);
    }
}

/// Makes tables of trials of both scenarios, as long as they are asked for.
struct Maker<'a> {
    plan: &'a Plan,
    totals: &'a Layout,
    columns: &'a Columns,
    months: Vec<f64>,
    workspace: Workspace,
    rules: Vec<Rules>,
    records: [Record; 2],
    seed: u64,
    formula: bool,
    source: Source,
    tables: [Vec<f64>; 2],
}

impl Maker<'_> {
    fn restart(&mut self, source: Source, seed: u64) {
        (self.source, self.seed) = (source, seed);
        self.tables.iter_mut().for_each(Vec::clear);
    }

    /// At least so many trials.
    fn grow(&mut self, trials: u32) {
        let width = self.totals.columns.len();
        for trial in (self.tables[0].len() / width) as u64..u64::from(trials) {
            match self.source {
                Source::World => self.simulate(trial),
                Source::Rare | Source::Heavy => self.draw(trial),
            }
        }
    }

    fn simulate(&mut self, trial: u64) {
        let world = &self.plan.world;
        let streams = RandomStreams::new(self.seed, trial);
        let unit = |key| streams.uniform(StreamId::Parameter, key, 0);
        let by_hand = by_hand(unit);
        let columns = [DEPLOYMENT, SHORTFALL].map(|o| subject_column(world, self.totals, o).expect("a column"));
        let width = self.totals.columns.len();
        if self.formula {
            for (table, values) in self.tables.iter_mut().zip(by_hand) {
                table.resize(table.len() + width, 0.0);
                let row = table.len() - width;
                columns.iter().zip(values).for_each(|(column, value)| table[row + column] = value);
            }
            return;
        }
        self.workspace.draw(world, self.seed, trial, |uncertain| unit(uncertain.key));
        for (rules, record) in self.rules.iter_mut().zip(&mut self.records) {
            self.workspace.simulate(world, rules, record, |_, _| {});
        }
        for ((record, table), values) in self.records.iter().zip(&mut self.tables).zip(by_hand) {
            self.columns.sum_up(&self.months, record, &self.records[self.plan.without], &mut Row(table));
            let row = &table[table.len() - width..];
            for (column, expected) in columns.iter().zip(values) {
                let (found, name) = (row[*column], &self.totals.columns[*column].1);
                assert!(
                    (found - expected).abs() <= 1e-6 * expected,
                    "{name}: {found} is not {expected}, worked out by hand"
                );
            }
        }
    }

    fn draw(&mut self, trial: u64) {
        let unit = RandomStreams::new(self.seed, trial).uniform(StreamId::Parameter, EntityKey::of("synthetic"), 0);
        let value = match self.source {
            Source::Rare => f64::from(u8::from(unit < RARE)),
            _ => (HEAVY * Normal::standard().inverse_cdf(unit)).exp(),
        };
        let width = self.totals.columns.len();
        for (scenario, table) in self.tables.iter_mut().enumerate() {
            table.extend(std::iter::repeat_n(if scenario == HERE { value } else { 0.0 }, width));
        }
    }

    /// The result under a rule. The synthetic outcome without controls is nothing, and no goal is held against it.
    fn stop(&mut self, rule: &Rule) -> StoppingResult {
        let width = self.totals.columns.len();
        let mut watch = Watch::new(rule.clone());
        loop {
            self.grow(watch.due());
            if let Verdict::Stop(ending) = watch.see(&Rows::new(&self.tables, width, watch.due())) {
                return ending;
            }
        }
    }
}

/// What was found under one rule, summed over repetitions.
#[derive(Clone, Copy, Default)]
struct Tally {
    covered: u32,
    capped: u32,
    least: u32,
    trials: f64,
}

impl Tally {
    fn of(ending: &StoppingResult, truth: f64) -> Tally {
        let found = ending.standings.iter().find(|s| s.scenario == HERE).expect("a standing").estimate;
        Tally {
            covered: u32::from((found.value - truth).abs() <= found.half_width),
            capped: u32::from(!matches!(ending.how, StopReason::Held { .. })),
            least: ending.trials,
            trials: f64::from(ending.trials),
        }
    }

    fn and(self, other: Tally) -> Tally {
        Tally {
            covered: self.covered + other.covered,
            capped: self.capped + other.capped,
            least: if self.least == 0 { other.least } else { self.least.min(other.least) },
            trials: self.trials + other.trials,
        }
    }
}

/// A rule of the study: floor and look-ahead, or a fixed number of trials.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Fixed,
    Until(u32, u32),
}

fn ways() -> Vec<Way> {
    let until = FLOORS.iter().flat_map(|floor| LOOK_AHEADS.map(|look_ahead| Way::Until(*floor, look_ahead)));
    std::iter::once(Way::Fixed).chain(until).collect()
}

fn main() -> ExitCode {
    let asked = |position| std::env::args().nth(position).map(|n| n.parse::<u32>().expect("a number"));
    let (repetitions, first) = (asked(1).unwrap_or(REPETITIONS), asked(2).unwrap_or(1));
    let last = first + repetitions - 1;
    let formula = std::env::args().nth(3).is_some_and(|word| word == "formula");
    let plan = plan();
    let series = plan.layout();
    let columns = Columns::of(&plan.world, &series);
    let ticks = plan.world.calendar.ticks;
    let totals = columns.layout(ticks, series.columns.len());
    let rule = |goal: &str, way: Way| {
        let goals = vec![goal.parse().expect("a goal")];
        let stopping = match way {
            Way::Fixed => Stopping::new(goals, FIXED, FIXED),
            Way::Until(floor, look_ahead) => {
                Stopping::new(goals, floor, CAP).map(|stopping| stopping.with_look_ahead(look_ahead))
            }
        };
        Rule::new(stopping.expect("room"), &plan, &totals, plan.without).expect("a sound goal")
    };
    let ways = ways();
    let rules: Vec<Vec<Rule>> =
        CASES.iter().map(|(.., goal)| ways.iter().map(|way| rule(goal, *way)).collect()).collect();
    let truths: Vec<f64> = (0..CASES.len()).map(truth).collect();
    let maker = || Maker {
        plan: &plan,
        totals: &totals,
        columns: &columns,
        months: (0..ticks).map(|tick| plan.world.calendar.months(tick)).collect(),
        workspace: Workspace::default(),
        rules: plan.scenarios.iter().map(|planned| planned.rules.clone()).collect(),
        records: Default::default(),
        seed: 0,
        formula,
        source: Source::World,
        tables: Default::default(),
    };
    let repeat = |maker: &mut Maker, seed: u32| -> Vec<Tally> {
        let mut found = Vec::new();
        for (case, (source, ..)) in CASES.iter().enumerate() {
            if case == 0 || *source != maker.source {
                maker.restart(*source, u64::from(seed));
            }
            found.extend(rules[case].iter().map(|rule| Tally::of(&maker.stop(rule), truths[case])));
        }
        found
    };
    let empty = || vec![Tally::default(); CASES.len() * ways.len()];
    let add = |a: Vec<Tally>, b: Vec<Tally>| a.into_iter().zip(b).map(|(a, b)| a.and(b)).collect();
    let tallies = (first..=last).into_par_iter().map_init(maker, repeat).reduce(empty, add);
    let mut sound = true;
    println!(
        "source,goal,truth,trials_at_least,look_ahead,repetitions,covered,coverage,standard_error,mean_trials,fewest_trials,\
         not_reached,within_three_standard_errors,seeds"
    );
    for (i, tally) in tallies.iter().enumerate() {
        let ((source, name, goal), way) = (CASES[i / ways.len()], ways[i % ways.len()]);
        let coverage = f64::from(tally.covered) / f64::from(repetitions);
        let error = (0.95 * 0.05 / f64::from(repetitions)).sqrt();
        let within = (coverage - 0.95).abs() <= 3.0 * error;
        let (floor, look_ahead) = match way {
            Way::Fixed => (format!("{FIXED} (fixed)"), String::new()),
            Way::Until(floor, look_ahead) => (floor.to_string(), look_ahead.to_string()),
        };
        let capped = if way == Way::Fixed { String::new() } else { tally.capped.to_string() };
        println!(
            "\"{name}\",{goal},{:.6},{floor},{look_ahead},{repetitions},{},{coverage:.4},{error:.4},{:.0},{},{capped},{within},\
             {first} to {last}",
            truths[i / ways.len()],
            tally.covered,
            tally.trials / f64::from(repetitions),
            tally.least,
        );
        sound &= within || source != Source::World || way != Way::Until(FLOORS[1], LOOK_AHEAD);
    }
    if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
