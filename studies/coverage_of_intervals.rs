//! How often the program's 95% intervals cover the truth, by the number of trials. The populations are the trials of all shipped
//! scenarios (as many as the first argument says, else 2,400), whose means and ratios are known because all of them are, and
//! distributions whose means are known in closed form. From each, samples of 2 to 1,000 trials are drawn with replacement; of
//! each sample the interval is asked for as a result prints it ([`chokepoint::experiment::interval`]), and other methods are
//! tried beside it. Prints a table as CSV; exits with 1 if, at some number of trials, the intervals of the headline that are
//! printed cover less than 92% in a scenario, by more than the study's own error, or those of all outcomes together.
#![expect(clippy::disallowed_methods, reason = "a study of coverage is good to three digits")]

use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use chokepoint::experiment::interval::{FEWEST, Moments, Pairs, difference, student95};
use chokepoint::experiment::stopping::precision::ranks;
use chokepoint::experiment::{Plan, run};
use chokepoint::model::record::outcome::{DENIED, DEPLOYMENT, LOST_SALES, NET_LOST_SALES, SHORTFALL};
use chokepoint::model::world::random::{EntityKey, RandomStreams, StreamId};
use chokepoint::scenario;
use rand_xoshiro::rand_core::Rng;
use rayon::prelude::*;
use statrs::distribution::{ContinuousCDF, Normal};

const TRIALS: u32 = 2400;
/// The first is without controls.
const SCENARIOS: [&str; 11] = [
    "no-controls",
    "current-rules",
    "waivers",
    "de-minimis-only",
    "direct-product-only",
    "amended-rules",
    "amended-with-grace",
    "amended-with-waivers",
    "adopted-rules",
    "allied-restrictions",
    "escalation",
];
const SIZES: [usize; 11] = [2, 3, 5, 8, 10, 20, 50, 100, 200, 500, 1000];
/// Samples of each size: of one headline, of one outcome, of one distribution.
const SAMPLES: [usize; 3] = [4000, 400, 4000];
/// Resamples of the bootstrap, and samples and trials up to which it is tried: it is slow.
const RESAMPLES: usize = 400;
const BOOTSTRAPS: usize = 1000;
const MOST_FOR_BOOTSTRAP: usize = 50;
/// What the program promises where it prints an interval.
const LEAST: f64 = 0.92;

/// What was found, summed over samples.
#[derive(Clone, Copy, Default)]
struct Tally {
    samples: u32,
    printed: u32,
    covered: u32,
    /// By the same method where nothing is held back.
    anyway: u32,
    /// By the delta method and the jackknife, of ratios.
    linearised: u32,
    jackknife: u32,
    /// By percentiles of the bootstrap, of so many samples.
    bootstrap: (u32, u32),
}

impl Tally {
    fn and(self, other: Tally) -> Tally {
        Tally {
            samples: self.samples + other.samples,
            printed: self.printed + other.printed,
            covered: self.covered + other.covered,
            anyway: self.anyway + other.anyway,
            linearised: self.linearised + other.linearised,
            jackknife: self.jackknife + other.jackknife,
            bootstrap: (self.bootstrap.0 + other.bootstrap.0, self.bootstrap.1 + other.bootstrap.1),
        }
    }

    fn coverage(&self) -> f64 {
        f64::from(self.covered) / f64::from(self.printed)
    }

    /// Whether what is printed covers less than it should, by more than three standard errors.
    fn falls_short(&self) -> bool {
        let error = (LEAST * (1.0 - LEAST) / f64::from(self.printed.max(1))).sqrt();
        self.printed > 0 && self.coverage() < LEAST - 3.0 * error
    }
}

/// Draws with replacement.
struct Picks(rand_xoshiro::SplitMix64);

impl Picks {
    fn new(name: &str, sample: usize) -> Picks {
        Picks(RandomStreams::new(1, sample as u64).stream(StreamId::Bootstrap, EntityKey::of(name), 0))
    }

    fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.0.next_u64()) * n as u128) >> 64) as usize
    }

    fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1u64 << 53) as f64 + 0.5 / (1u64 << 53) as f64
    }
}

fn hits(low: f64, high: f64, truth: f64) -> u32 {
    u32::from(low <= truth && truth <= high)
}

/// A mean's intervals in one sample.
fn of_mean(sample: &[f64], truth: f64) -> Tally {
    let moments = Moments::of(sample.iter().copied());
    let within = |half: f64| hits(moments.mean - half, moments.mean + half, truth);
    let anyway = student95(moments.count) * (moments.variance / moments.count as f64).sqrt();
    let printed = moments.half_width();
    Tally {
        samples: 1,
        printed: u32::from(printed.is_ok()),
        covered: printed.map_or(0, within),
        anyway: within(anyway),
        ..Tally::default()
    }
}

fn pairs_of(xs: &[f64], ys: &[f64]) -> Pairs {
    let n = xs.len() as f64;
    let mean = |values: &[f64]| values.iter().sum::<f64>() / n;
    let (x, y) = (mean(xs), mean(ys));
    let mut sums = [0.0; 7];
    for (a, b) in xs.iter().map(|a| a - x).zip(ys.iter().map(|b| b - y)) {
        let terms = [a * a, b * b, a * b, a * a * a, a * a * b, a * b * b, b * b * b];
        sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
    }
    let [xx, yy, xy, thirds @ ..] = sums;
    let least = n - 1.0;
    Pairs {
        count: xs.len() as u64,
        x: (x, xx / least),
        y: (y, yy / least),
        covariance: xy / least,
        thirds: thirds.map(|third| third / n),
    }
}

/// A ratio's intervals in one sample.
fn of_ratio(xs: &[f64], ys: &[f64], truth: f64, picks: Option<&mut Picks>) -> Tally {
    let (n, pairs) = (xs.len() as f64, pairs_of(xs, ys));
    let ratio = pairs.x.0 / pairs.y.0;
    let printed = pairs.ratio(ratio);
    let scale = student95(pairs.count);
    let rest = |r: f64| (pairs.x.1 - 2.0 * r * pairs.covariance + r * r * pairs.y.1).max(0.0);
    // The truth is in Fieller's interval if it is not refuted.
    let anyway = u32::from((pairs.x.0 - truth * pairs.y.0).abs() <= scale * (rest(truth) / n).sqrt());
    let half = scale * (rest(ratio) / n).sqrt() / pairs.y.0.abs();
    let (x, y) = (xs.iter().sum::<f64>(), ys.iter().sum::<f64>());
    let pseudo: Vec<f64> = xs.iter().zip(ys).map(|(a, b)| n * ratio - (n - 1.0) * (x - a) / (y - b)).collect();
    let jackknife = Moments::of(pseudo.iter().copied());
    let half_jackknife = scale * (jackknife.variance / n).sqrt();
    let bootstrap = picks.map_or((0, 0), |picks| {
        let mut ratios: Vec<f64> = (0..RESAMPLES)
            .map(|_| {
                let (mut x, mut y) = (0.0, 0.0);
                for _ in 0..xs.len() {
                    let i = picks.below(xs.len());
                    x += xs[i];
                    y += ys[i];
                }
                x / y
            })
            .collect();
        ratios.sort_by(f64::total_cmp);
        let end = RESAMPLES / 40;
        (hits(ratios[end], ratios[RESAMPLES - 1 - end], truth), 1)
    });
    Tally {
        samples: 1,
        printed: u32::from(printed.is_ok()),
        covered: printed.map_or(0, |(low, high)| hits(low, high, truth)),
        anyway,
        linearised: hits(ratio - half, ratio + half, truth),
        jackknife: hits(jackknife.mean - half_jackknife, jackknife.mean + half_jackknife, truth),
        bootstrap,
    }
}

/// Tallies over samples, each with its own draws.
fn over(name: &str, size: usize, samples: usize, one: impl Fn(&mut Picks, usize) -> Tally + Sync) -> Tally {
    let one = |sample| one(&mut Picks::new(&format!("{name} {size}"), sample), sample);
    (0..samples).into_par_iter().map(one).reduce(Tally::default, Tally::and)
}

/// The trials of the shipped scenarios: `[scenario][column][trial]`.
struct Population {
    plan: Plan,
    columns: Vec<(&'static str, String)>,
    values: Vec<Vec<Vec<f64>>>,
}

impl Population {
    fn new(trials: u32) -> Population {
        let load = |id: &str| scenario::load(&format!("shipped:{id}"), &[]).unwrap_or_else(|p| panic!("{}", p.lines()));
        let plan = Plan::new(&SCENARIOS.map(load), 1, trials).expect("one world");
        let ensemble = run(&plan, &AtomicBool::new(false), |_| {}).expect("nothing stops it");
        let totals = &ensemble.schema.totals.columns;
        let of = |s| (0..totals.len()).map(|column| ensemble.values(s, column).expect("in memory")).collect();
        Population {
            values: (0..SCENARIOS.len()).map(of).collect(),
            columns: totals.iter().map(|(outcome, entity)| (outcome.id, entity.clone())).collect(),
            plan,
        }
    }

    fn column(&self, outcome: &str, entity: &str) -> usize {
        self.columns.iter().position(|(o, e)| *o == outcome && e == entity).expect("a column")
    }

    /// Numerators and denominators of the headline ratios of a scenario.
    fn ratios(&self, s: usize) -> [(&'static str, &[f64], &[f64]); 2] {
        let line = &self.plan.world.vendor_lines[self.plan.world.subject.ix()].id;
        let of = |s: usize, outcome, entity| &self.values[s][self.column(outcome, entity)][..];
        [
            ("shortfall-ratio", of(s, SHORTFALL.id, line), of(self.plan.without, DEPLOYMENT.id, line)),
            ("bite", of(s, DENIED.id, line), of(s, LOST_SALES.id, "US")),
        ]
    }

    /// Values of which a result prints the interval of the mean, by name of the outcome: paired differences of all outcomes, and
    /// those that are differences themselves.
    fn means(&self) -> Vec<(&'static str, Vec<f64>)> {
        let mut all = Vec::new();
        for s in 1..SCENARIOS.len() {
            for (column, (outcome, _)) in self.columns.iter().enumerate() {
                let (here, there) = (&self.values[s][column], &self.values[0][column]);
                all.push((*outcome, here.iter().zip(there).map(|(here, there)| difference(*here, *there)).collect()));
                if [SHORTFALL.id, DENIED.id, LOST_SALES.id, NET_LOST_SALES.id].contains(outcome) {
                    all.push((*outcome, here.clone()));
                }
            }
        }
        all.iter_mut().for_each(|(_, values): &mut (_, Vec<f64>)| values.retain(|value| value.is_finite()));
        // What is the same in all trials, or has no value in nearly all, has nothing to cover.
        all.retain(|(_, values)| values.len() >= 100 && Moments::of(values.iter().copied()).variance > 0.0);
        all
    }
}

/// A distribution's name, its mean, and the inverse of its distribution function.
type Distribution = (&'static str, f64, fn(f64) -> f64);

/// Distributions with known means.
fn distributions() -> Vec<Distribution> {
    fn normal(unit: f64) -> f64 {
        Normal::standard().inverse_cdf(unit)
    }
    fn one(unit: f64, share: f64) -> f64 {
        f64::from(u8::from(unit < share))
    }
    vec![
        ("normal", 0.0, normal),
        ("uniform", 0.5, |unit| unit),
        ("exponential", 1.0, |unit| -unit.ln()),
        ("lognormal, sigma 0.5", 0.125f64.exp(), |unit| (0.5 * normal(unit)).exp()),
        ("lognormal, sigma 1.5", 1.125f64.exp(), |unit| (1.5 * normal(unit)).exp()),
        ("1 in 50% of trials", 0.5, |unit| one(unit, 0.5)),
        ("1 in 10% of trials", 0.1, |unit| one(unit, 0.1)),
        ("1 in 1% of trials", 0.01, |unit| one(unit, 0.01)),
        ("1 in 0.3% of trials", 0.003, |unit| one(unit, 0.003)),
    ]
}

fn row(kind: &str, name: &str, size: usize, tally: &Tally, worst: Option<f64>) {
    let share =
        |part: u32, of: u32| if of == 0 { String::new() } else { format!("{:.4}", f64::from(part) / f64::from(of)) };
    let other = |part: u32| if tally.linearised == 0 { String::new() } else { share(part, tally.samples) };
    println!(
        "{kind},\"{name}\",{size},{},{},{},{},{},{},{},{}",
        tally.samples,
        share(tally.printed, tally.samples),
        share(tally.covered, tally.printed),
        worst.map_or_else(String::new, |worst| format!("{worst:.4}")),
        share(tally.anyway, tally.samples),
        other(tally.linearised),
        other(tally.jackknife),
        share(tally.bootstrap.0, tally.bootstrap.1),
    );
}

/// The headline ratios; whether they hold.
fn ratios(population: &Population) -> bool {
    let mut sound = true;
    for (s, id) in SCENARIOS.iter().enumerate().skip(1) {
        for (name, x, y) in population.ratios(s) {
            let truth = x.iter().sum::<f64>() / y.iter().sum::<f64>();
            for size in SIZES {
                let tally = over(&format!("{id} {name}"), size, SAMPLES[0], |picks, sample| {
                    let (xs, ys): (Vec<f64>, Vec<f64>) =
                        (0..size).map(|_| picks.below(x.len())).map(|i| (x[i], y[i])).unzip();
                    let resampled = size <= MOST_FOR_BOOTSTRAP && sample < BOOTSTRAPS;
                    of_ratio(&xs, &ys, truth, resampled.then_some(picks))
                });
                sound &= !tally.falls_short();
                row("headline", &format!("{id}: {name}"), size, &tally, None);
            }
        }
    }
    sound
}

/// The means of all outcomes, by outcome and together; whether they hold together.
fn means(population: &Population) -> bool {
    let all = population.means();
    let mut outcomes: Vec<&str> = all.iter().map(|(outcome, _)| *outcome).collect();
    outcomes.dedup();
    outcomes.sort_unstable();
    outcomes.dedup();
    let mut sound = true;
    for size in SIZES {
        let tallies: Vec<(&str, Tally)> = all
            .iter()
            .enumerate()
            .map(|(place, (outcome, values))| {
                let truth = values.iter().sum::<f64>() / values.len() as f64;
                let tally = over(&format!("{outcome} {place}"), size, SAMPLES[1], |picks, _| {
                    let sample: Vec<f64> = (0..size).map(|_| values[picks.below(values.len())]).collect();
                    of_mean(&sample, truth)
                });
                (*outcome, tally)
            })
            .collect();
        let together = |of: Option<&str>| {
            let some =
                || tallies.iter().filter(|(outcome, _)| of.is_none_or(|of| of == *outcome)).map(|(_, tally)| *tally);
            // Of what is hardly ever printed, coverage is known too badly.
            let worst = some().filter(|tally| 5 * tally.printed >= tally.samples).map(|tally| tally.coverage());
            (some().fold(Tally::default(), Tally::and), worst.min_by(f64::total_cmp))
        };
        let (tally, worst) = together(None);
        sound &= !tally.falls_short();
        row("mean", "all outcomes and scenarios", size, &tally, worst);
        for outcome in &outcomes {
            let (tally, worst) = together(Some(outcome));
            row("mean", outcome, size, &tally, worst);
        }
    }
    sound
}

/// Distributions whose means are known.
fn closed_form() {
    for (name, truth, inverse) in distributions() {
        for size in SIZES {
            let tally = over(name, size, SAMPLES[2], |picks, _| {
                let sample: Vec<f64> = (0..size).map(|_| inverse(picks.unit())).collect();
                of_mean(&sample, truth)
            });
            row("closed form", name, size, &tally, None);
        }
    }
}

/// Quantiles, whose interval `--until` uses: in units of probability, so that they are the same for any continuous distribution.
fn quantiles() {
    for percent in [5u8, 50, 95] {
        let p = f64::from(percent) / 100.0;
        for size in SIZES {
            let ends = ranks(size as u64, p);
            let tally = over(&format!("q{percent}"), size, SAMPLES[2], |picks, _| {
                let mut sample: Vec<f64> = (0..size).map(|_| picks.unit()).collect();
                sample.sort_by(f64::total_cmp);
                let (printed, covered) = match ends {
                    (Some(low), Some(high)) => (1, hits(sample[low as usize - 1], sample[high as usize - 1], p)),
                    _ => (0, 0),
                };
                Tally { samples: 1, printed, covered, anyway: covered, ..Tally::default() }
            });
            row("quantile", &format!("q{percent:02} of any continuous distribution"), size, &tally, None);
        }
    }
}

fn main() -> ExitCode {
    let trials = std::env::args().nth(1).map_or(TRIALS, |n| n.parse().expect("a number of trials"));
    let population = Population::new(trials);
    println!(
        "kind,of,trials,samples,printed,coverage,coverage_of_worst,if_always_printed,linearised,jackknife,bootstrap"
    );
    let sound = [ratios(&population), means(&population)];
    closed_form();
    quantiles();
    if sound.contains(&false) {
        eprintln!(
            "an interval that is printed ({FEWEST} trials or more) covers the truth in less than {LEAST} of samples"
        );
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
