//! How often a calibration's 90% intervals cover the truth. In each of 40 repetitions, on a small world, parameters are
//! drawn from their priors, the model makes data of them, the data get the error that the calibration assumes, and the
//! calibration, which sees other trials only, is asked for the parameters. Prints a table as CSV; exits with 1 if an interval
//! of some parameter covers the truth in fewer than 31 repetitions (36 expected, less three standard errors, rounded up). An
//! argument asks for another number of repetitions, held to the same three standard errors.

#[path = "../tests/it/worlds/mod.rs"]
mod worlds;

use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use chokepoint::analysis::calibration::data::Datum;
use chokepoint::analysis::calibration::marginal::units;
use chokepoint::analysis::calibration::{Task, calibrate};
use chokepoint::analysis::predict::Predictor;
use chokepoint::experiment::{Plan, single};
use chokepoint::model::record::selection::Selection;
use chokepoint::model::world::random::EntityKey;
use chokepoint::scenario::{self, Source, observed};
use worlds::World;
use worlds::rulebook::listing;

/// Repetitions, where none are asked for.
const REPETITIONS: u32 = 40;
const TRIALS: u32 = 8000;
const KEEP: usize = 400;
const TOLERANCE: f64 = 0.05;

/// Path, record, unit and bounds of the uncertain parameters: some that the data say much of, some little, the last nothing.
const UNCERTAIN: [(&str, &str, &str, &str); 8] = [
    ("markets.china.demand_factor", "lognormal = { median = 1, p90 = 1.3 }", "ratio", "[0.5, 2]"),
    ("offers.first.price", "triangular = [60, 100, 200]", "USD/unit", "[0, 1000]"),
    ("offers.first.lead_time", "uniform = [1, 5]", "months", "[0, 12]"),
    ("offers.first.capacity_ratio", "uniform = [1, 2]", "ratio", "[0, 5]"),
    ("boms.stations.fpga.units", "triangular = [1, 2, 4]", "units/product", "[0, 10]"),
    ("vendors.huawei.lines.stations.initial_stock.all", "uniform = [1, 6]", "months", "[0, 60]"),
    ("vendors.huawei.lines.stations.base_stock", "uniform = [2, 6]", "months", "[0, 60]"),
    ("behaviour.license_use", "uniform = [0.2, 0.8]", "share", "[0, 1]"),
];

/// What is observed: quantity, period and half the width of the interval in which it is known.
const OBSERVED: [(&str, &str, &str, f64); 8] = [
    ("stations-supplied", "2019-Q1", "stations", 0.0),
    ("stations-supplied", "2019-06-30", "stations", 500.0),
    ("stations-supplied", "2019", "stations", 0.0),
    ("purchases", "2019-Q1", "USD m", 0.0),
    ("purchases", "2019-Q2", "USD m", 0.2),
    ("purchases", "2019-Q4", "USD m", 0.0),
    ("inventory-cover", "2019-03-31", "months", 0.0),
    ("inventory-cover", "2019-12-31", "months", 0.25),
];

fn plan(seed: u64) -> Plan {
    let mut world = World::plain();
    world.end = "2019-12-31".into();
    world.set("forecast_noise", 0.1).set("capacity_noise", 0.1).set("stock_class_sd", 0.1);
    world.markets[0].noise = 0.1;
    let overrides: Vec<(String, String)> = UNCERTAIN
        .iter()
        .map(|(path, record, unit, bounds)| {
            let backing = "assumption = \"made up for a study\", confidence = \"low\"";
            ((*path).to_owned(), format!("{{ {record}, unit = \"{unit}\", bounds = {bounds}, {backing} }}"))
        })
        .collect();
    let text = world.scenario_text("small", &listing("2019-03-01", "2019-09-01"));
    let scenario = scenario::load_text("small", &text, &overrides).unwrap_or_else(|p| panic!("{}", p.lines()));
    Plan::new(&[scenario], seed, TRIALS + 1).expect("a sound world")
}

fn observations() -> Vec<observed::Observation> {
    let one = |(i, (quantity, period, unit, _)): (usize, &(&str, &str, &str, f64))| {
        format!(
            "[[observation]]\nid = \"o{i}\"\nquantity = \"{quantity}\"\nentity = \"huawei\"\nperiod = \"{period}\"\n\
             value = 0\nunit = \"{unit}\"\nsource = \"made up\"\n"
        )
    };
    let text = OBSERVED.iter().enumerate().map(one).collect();
    let source = Source::Text { name: "observed".into(), text };
    let file = observed::load_observations_source(&source).unwrap_or_else(|p| panic!("{}", p.lines()));
    file.observations
}

/// What a repetition found of a parameter.
#[derive(Clone, Copy, Default)]
struct Tally {
    covered: usize,
    moved: usize,
    width: f64,
}

/// The least number of covering intervals of so many: nine tenths less three standard errors, rounded up.
fn required(repetitions: u32) -> usize {
    let n = f64::from(repetitions);
    (0.9 * n - 3.0 * (0.09 * n).sqrt()).ceil().max(0.0) as usize
}

fn main() -> ExitCode {
    let asked = std::env::args().nth(1).map(|n| n.parse().expect("a number of repetitions"));
    let repetitions: u32 = asked.unwrap_or(REPETITIONS);
    let required = required(repetitions);
    let observations = observations();
    let mut tallies = [Tally::default(); UNCERTAIN.len()];
    for seed in 1..=u64::from(repetitions) {
        let plan = plan(seed);
        let predictor =
            Predictor::new(&plan.world, &plan.layout(), &observations).unwrap_or_else(|p| panic!("{}", p.lines()));
        let ask = |record: &_, numbers: &mut _| predictor.predict_into(record, numbers);
        let all = single::each(&plan, 0, &Selection::history(), &AtomicBool::new(false), |_| {}, ask)
            .expect("no interruption");
        // The last trial is the truth, and is kept from the calibration.
        let (predictions, truth) = all.split_at(TRIALS as usize * OBSERVED.len());
        let data: Vec<Datum> = observations
            .iter()
            .zip(OBSERVED)
            .zip(truth)
            .map(|((o, (.., half)), value)| {
                let seen = Datum { id: o.id.clone(), low: -half, high: half }.noted(
                    *value,
                    TOLERANCE,
                    seed,
                    u64::from(TRIALS),
                );
                Datum { id: o.id.clone(), low: seen - half, high: seen + half }
            })
            .collect();
        let keys = UNCERTAIN.map(|(path, ..)| EntityKey::of(path));
        let task = Task { data: &data, predictions, parameters: &keys, seed, tolerance: TOLERANCE, keep: KEEP };
        let found = calibrate(&task).unwrap_or_else(|e| panic!("{e}"));
        for ((tally, key), marginal) in tallies.iter_mut().zip(keys).zip(&found.marginals) {
            let truth = units(seed, key, &[u64::from(TRIALS)])[0];
            let (low, high) = (marginal.quantile(0.05), marginal.quantile(0.95));
            tally.covered += usize::from((low..=high).contains(&truth));
            tally.moved += usize::from(marginal.moved);
            tally.width += (high - low) / 0.9 / f64::from(repetitions);
        }
    }
    println!(
        "parameter,repetitions,covered,required,found_moved,mean_width_relative_to_prior,trials,kept,tolerance,seeds"
    );
    for ((path, ..), t) in UNCERTAIN.iter().zip(tallies) {
        println!(
            "{path},{repetitions},{},{required},{},{:.3},{TRIALS},{KEEP},{TOLERANCE},1 to {repetitions}",
            t.covered, t.moved, t.width
        );
    }
    if tallies.iter().all(|t| t.covered >= required) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
