//! From an ensemble to the results of a comparison: bands over time, shortfalls with their intervals, lost sales, bite.

use super::results::*;
use super::statistics::{Linear, QUANTILES, Summary, mean_estimate, quantile, ratio_of_sums, ratios_of_sums};
use crate::experiment::rows::RowsError;
use crate::experiment::shape::Shape;
use crate::experiment::{Ensemble, Plan};
use crate::model::outcome;
use crate::model::record::{self, Outcome};
use crate::scenario::world::Tick;
use crate::units::Date;

/// The results of an ensemble.
///
/// # Errors
/// Trials that can't be read back.
pub fn compare(plan: &Plan, ensemble: &Ensemble, name: &str, title: &str) -> Result<Comparison, RowsError> {
    let calendar = &plan.world.calendar;
    let subject = subject(plan);
    let scenarios = (0..plan.scenarios.len()).map(|s| scenario_results(plan, ensemble, s)).collect::<Result<_, _>>()?;
    Ok(Comparison {
        name: name.to_owned(),
        title: title.to_owned(),
        trials: ensemble.trials(),
        resampled: !ensemble.shape.sketched,
        seed: plan.seed,
        dates: (0..calendar.ticks).map(|t| calendar.date(t)).collect(),
        end: calendar.date(calendar.ticks).yesterday().unwrap_or(Date::MAX),
        tick: if calendar.tick == Tick::Month { "month" } else { "week" },
        subject,
        reference: plan.reference,
        without: plan.without,
        scenarios,
    })
}

fn subject(plan: &Plan) -> Subject {
    let world = &plan.world;
    let (vendor, line) = (world.vendor_of(world.subject), world.line_of(world.subject));
    Subject {
        vendor: vendor.id.clone(),
        vendor_name: vendor.name.clone(),
        line: line.id.clone(),
        product: line.product.clone(),
    }
}

fn scenario_results(plan: &Plan, ensemble: &Ensemble, s: usize) -> Result<ScenarioResults, RowsError> {
    let (planned, shape) = (&plan.scenarios[s], &ensemble.shape);
    let subject = &plan.world.pairs[plan.world.subject.ix()].id;
    let bands = |outcome| bands(ensemble, s, shape.path(outcome, subject));
    let counts = &ensemble.scenarios[s].counts;
    let trials = f64::from(ensemble.trials().max(1));
    let zero = Estimate { value: 0.0, interval: None };
    let mean = |column: Option<usize>| column.and_then(|c| mean_estimate(&moments(ensemble, s, c))).unwrap_or(zero);
    Ok(ScenarioResults {
        id: planned.id.clone(),
        title: planned.title.clone(),
        implied: planned.implied,
        rule_dates: rule_dates(plan, s),
        sustained: bands(record::SUSTAINED)?,
        deployed: bands(record::DEPLOYED)?,
        cumulative: bands(record::CUMULATIVE)?,
        binding: binding(plan, ensemble, s),
        shortfall: headline(plan, ensemble, s)?.unwrap_or(zero),
        shortfall_units: mean(shape.shortfall),
        shortfall_path: shortfall_path(plan, ensemble, s),
        share_worse: counts[Shape::WORSE] as f64 / trials,
        share_tied: counts[Shape::TIED] as f64 / trials,
        same_as_reference: shape
            .deployment
            .is_some_and(|column| ensemble.scenarios[s].sums.is_zero(shape.difference_square(column))),
        lost_sales: by_entity(plan, ensemble, s, outcome::LOST_SALES),
        net_lost_sales: by_entity(plan, ensemble, s, outcome::NET_LOST_SALES),
        capacity_denied: mean(outcome::subject_column(&plan.world, &shape.totals, outcome::DENIED)),
        bite: bite(plan, ensemble, s)?,
    })
}

/// Mean and error of a column of the table of trials, without its quantiles.
pub fn moments(ensemble: &Ensemble, s: usize, column: usize) -> Summary {
    let (tally, shape) = (&ensemble.scenarios[s], &ensemble.shape);
    let count = tally.counts[shape.with_value(column)];
    Summary::of_sums(&tally.sums, count, shape.total(column), shape.total_square(column))
}

/// The same of its paired differences from the reference.
pub fn difference(ensemble: &Ensemble, s: usize, column: usize) -> Summary {
    let (tally, shape) = (&ensemble.scenarios[s], &ensemble.shape);
    let count = tally.counts[shape.paired(column)];
    Summary::of_sums(&tally.sums, count, shape.difference(column), shape.difference_square(column))
}

/// Summary of a column of the table of trials.
///
/// # Errors
/// Trials that can't be read back.
pub fn summary_of(ensemble: &Ensemble, s: usize, column: usize) -> Result<Summary, RowsError> {
    let mut summary = moments(ensemble, s, column);
    if summary.count == 0 {
        return Ok(summary);
    }
    let (tally, shape) = (&ensemble.scenarios[s], &ensemble.shape);
    summary.quantiles = Some(match tally.sketches.get(shape.total_sketch(column)) {
        Some(sketch) => QUANTILES.map(|(_, p)| sketch.quantile(p)),
        None => {
            let mut sorted = ensemble.values(s, column)?;
            sorted.retain(|value| value.is_finite());
            sorted.sort_by(f64::total_cmp);
            QUANTILES.map(|(_, p)| quantile(&sorted, p))
        }
    });
    Ok(summary)
}

/// Bands over time of a kept column.
///
/// # Errors
/// Trials that can't be read back.
pub fn bands(ensemble: &Ensemble, s: usize, path: Option<usize>) -> Result<Bands, RowsError> {
    let mut bands = Bands::default();
    let Some(path) = path else { return Ok(bands) };
    let (tally, shape) = (&ensemble.scenarios[s], &ensemble.shape);
    let kept = if shape.sketched { Vec::new() } else { ensemble.path(s, path)? };
    let mut sorted: Vec<f64> = Vec::new();
    for tick in 0..shape.ticks {
        let values = kept.get(tick).map_or(&[][..], Vec::as_slice);
        let [q05, q25, median, q75, q95] = match tally.sketches.get(shape.path_sketch(path, tick)) {
            Some(sketch) => QUANTILES.map(|(_, p)| sketch.quantile(p)),
            None => {
                sorted.clear();
                sorted.extend(values.iter().map(|value| f64::from(*value)));
                sorted.sort_by(f64::total_cmp);
                QUANTILES.map(|(_, p)| quantile(&sorted, p))
            }
        };
        bands.q05.push(q05);
        bands.q25.push(q25);
        bands.median.push(median);
        bands.q75.push(q75);
        bands.q95.push(q95);
    }
    Ok(bands)
}

/// E11's headline: the sum of shortfalls over trials as a share of the sum deployed without controls.
fn headline(plan: &Plan, ensemble: &Ensemble, s: usize) -> Result<Option<Estimate>, RowsError> {
    let shape = &ensemble.shape;
    let Some((shortfall, deployment)) = shape.shortfall.zip(shape.deployment) else { return Ok(None) };
    let (numerator, denominator) = ((s, shortfall), (plan.without, deployment));
    ratio(plan, ensemble, numerator, denominator, (s, Shape::SHORTFALL_RATIO))
}

/// The ratio of two columns' sums over trials (each by scenario and column): its interval by the bootstrap where the
/// trials are kept, else linear, by the sum of products of the two, which stands in a cell of a scenario's tally.
fn ratio(
    plan: &Plan,
    ensemble: &Ensemble,
    (x, x_column): (usize, usize),
    (y, y_column): (usize, usize),
    (s, product): (usize, usize),
) -> Result<Option<Estimate>, RowsError> {
    let shape = &ensemble.shape;
    if shape.sketched {
        let cells = |s: usize, column| (&ensemble.scenarios[s].sums, shape.total(column), shape.total_square(column));
        let product = (&ensemble.scenarios[s].sums, product);
        let trials = u64::from(ensemble.trials());
        return Ok(ratio_of_sums(&Linear { trials, x: cells(x, x_column), y: cells(y, y_column), product }));
    }
    let (x, y) = (ensemble.values(x, x_column)?, ensemble.values(y, y_column)?);
    let rows: Vec<f64> = x.iter().zip(&y).flat_map(|(a, b)| [*a, *b]).collect();
    Ok(ratios_of_sums(&rows, 1, plan.seed).into_iter().next().flatten())
}

/// The headline by tick, from cumulative deployment to the end of each, with linear intervals.
fn shortfall_path(plan: &Plan, ensemble: &Ensemble, s: usize) -> Vec<Estimate> {
    let shape = &ensemble.shape;
    let Some(path) = shape.cumulative else { return Vec::new() };
    let (here, without) = (&ensemble.scenarios[s].sums, &ensemble.scenarios[plan.without].sums);
    let zero = Estimate { value: 0.0, interval: None };
    let estimate = |tick| {
        let [lost, square, product] = shape.lost(tick);
        let base = (without, shape.series(tick, shape.kept[path]), shape.path_square(path, tick));
        let trials = u64::from(ensemble.trials());
        ratio_of_sums(&Linear { trials, x: (here, lost, square), y: base, product: (here, product) }).unwrap_or(zero)
    };
    (0..shape.ticks).map(estimate).collect()
}

/// E12: products a month of sustained capacity denied, summed over time, per USD million of US sales lost to the target.
fn bite(plan: &Plan, ensemble: &Ensemble, s: usize) -> Result<Option<Estimate>, RowsError> {
    let shape = &ensemble.shape;
    let Some((denied, lost)) = shape.bite else { return Ok(None) };
    let sum = |column: Option<usize>| column.map_or(0.0, |c| ensemble.scenarios[s].sums.value(shape.total(c)));
    let base = sum(shape.totals.find(outcome::UNCONTROLLED_SALES, "US"));
    if sum(Some(lost)) < 0.01 * base || base <= 0.0 {
        return Ok(None);
    }
    ratio(plan, ensemble, (s, denied), (s, lost), (s, Shape::BITE))
}

/// Means of a total outcome by entity; USD.
fn by_entity(plan: &Plan, ensemble: &Ensemble, s: usize, outcome: Outcome) -> Vec<(String, Estimate)> {
    let scale = |e: Estimate| Estimate {
        value: e.value * MILLION,
        interval: e.interval.map(|(low, high)| (low * MILLION, high * MILLION)),
    };
    let totals = &ensemble.shape.totals;
    totals
        .columns_of(outcome)
        .filter(|(_, entity)| sells(ensemble, s, entity))
        .filter_map(|(column, entity)| {
            let name = plan.world.jurisdictions.iter().find(|j| j.country.code() == entity).map(|j| j.name.as_str());
            let estimate = mean_estimate(&moments(ensemble, s, column))?;
            Some((name.unwrap_or(entity).to_owned(), scale(estimate)))
        })
        .collect()
}

const MILLION: f64 = 1e6;

/// Whether anyone at home in a jurisdiction sells anything: some are the homes of vendors alone.
fn sells(ensemble: &Ensemble, s: usize, entity: &str) -> bool {
    let shape = &ensemble.shape;
    let column = shape.totals.find(outcome::UNCONTROLLED_SALES, entity);
    column.is_some_and(|column| !ensemble.scenarios[s].sums.is_zero(shape.total_square(column)))
}

fn binding(plan: &Plan, ensemble: &Ensemble, s: usize) -> Vec<Binding> {
    let world = &plan.world;
    let (tally, shape) = (&ensemble.scenarios[s], &ensemble.shape);
    let names = world.pairs[world.subject.ix()]
        .cells
        .clone()
        .map(|c| &world.classes[world.cells[c].class.ix()])
        .map(|class| (class.id.clone(), class.name.clone()))
        .chain([
            ("capacity".to_owned(), "Plant capacity".to_owned()),
            ("orders".to_owned(), "Nothing: all orders met".to_owned()),
        ]);
    let share = |tick, i| tally.counts[shape.binding(tick, i)] as f64 / f64::from(ensemble.trials().max(1));
    names
        .enumerate()
        .map(|(i, (id, name))| Binding { id, name, share: (0..shape.ticks).map(|tick| share(tick, i)).collect() })
        .collect()
}

fn rule_dates(plan: &Plan, s: usize) -> Vec<RuleDate> {
    let calendar = &plan.world.calendar;
    let marks = plan.scenarios[s].rules.marks().into_iter();
    marks
        .filter(|(date, _)| calendar.tick_of(calendar.day(*date)).is_some())
        .map(|(date, label)| RuleDate { date, label })
        .collect()
}
