//! From an ensemble to the results of a comparison: bands over time, shortfalls with their intervals, lost sales, bite.

use super::results::*;
use super::rule_dates::marks;
use super::statistics::{Linear, Powers, QUANTILES, Summary, mean_estimate, quantile, ratio_of_sums};
use crate::experiment::interval::{Absent, Moments};
use crate::experiment::rows::RowsError;
use crate::experiment::schema::ResultSchema;
use crate::experiment::sketch::{self, Sketch};
use crate::experiment::{Ensemble, Plan};
use crate::model::record::outcome;
use crate::model::record::{self, Outcome};
use crate::model::world::World;
use crate::model::world::ids::VendorLineId;
use crate::scenario::world::Tick;

/// The results of an ensemble.
///
/// # Errors
/// Trials that can't be read back.
pub fn compare(plan: &Plan, ensemble: &Ensemble, name: &str, title: &str) -> Result<Comparison, RowsError> {
    let calendar = &plan.world.calendar;
    let subject = subject(&plan.world);
    let scenarios = (0..plan.scenarios.len()).map(|s| scenario_results(plan, ensemble, s)).collect::<Result<_, _>>()?;
    Ok(Comparison {
        name: name.to_owned(),
        title: title.to_owned(),
        trials: ensemble.trials(),
        sketched: ensemble.schema.sketched,
        seed: plan.seed,
        dates: (0..calendar.ticks).map(|t| calendar.date(t)).collect(),
        end: calendar.end(),
        tick: if calendar.tick == Tick::Month { "month" } else { "week" },
        subject,
        reference: plan.reference,
        without: plan.without,
        scenarios,
    })
}

/// What a headline is about.
pub(super) fn subject(world: &World) -> Subject {
    let (vendor, line) = (world.vendor_of(world.subject), world.line_of(world.subject));
    Subject {
        vendor: vendor.id.clone(),
        vendor_name: vendor.name.clone(),
        line: line.id.clone(),
        product: line.product.clone(),
    }
}

fn scenario_results(plan: &Plan, ensemble: &Ensemble, s: usize) -> Result<ScenarioResults, RowsError> {
    let (planned, schema) = (&plan.scenarios[s], &ensemble.schema);
    let subject = &plan.world.vendor_lines[plan.world.subject.ix()].id;
    let bands = |outcome| bands(ensemble, s, schema.path(outcome, subject));
    let counts = &ensemble.scenarios[s].counts;
    let trials = f64::from(ensemble.trials().max(1));
    let mean = |column: Option<usize>| {
        column.and_then(|c| mean_estimate(&moments(ensemble, s, c))).unwrap_or(Estimate::NOTHING)
    };
    Ok(ScenarioResults {
        id: planned.id.clone(),
        title: planned.title.clone(),
        implied: planned.implied,
        rule_dates: rule_dates(plan, s),
        sustained: bands(record::SUSTAINED)?,
        deployed: bands(record::DEPLOYED)?,
        cumulative: bands(record::CUMULATIVE)?,
        binding: binding(plan, ensemble, s),
        shortfall: headline(plan, ensemble, s).unwrap_or(Estimate::NOTHING),
        shortfall_units: mean(schema.shortfall),
        shortfall_path: shortfall_path(plan, ensemble, s),
        share_worse: counts[ResultSchema::WORSE] as f64 / trials,
        share_tied: counts[ResultSchema::TIED] as f64 / trials,
        same_as_reference: schema
            .deployment
            .is_some_and(|column| ensemble.scenarios[s].sums.is_zero(schema.difference(column)[1])),
        lost_sales: by_entity(plan, ensemble, s, outcome::LOST_SALES),
        net_lost_sales: by_entity(plan, ensemble, s, outcome::NET_LOST_SALES),
        capacity_denied: mean(outcome::subject_column(&plan.world, &schema.totals, outcome::DENIED)),
        bite: bite(ensemble, s),
    })
}

/// Mean and error; of trials that are not independent without an interval.
fn summary(schema: &ResultSchema, moments: &Moments) -> Summary {
    let summary = Summary::of_moments(moments);
    Summary { half_width: independent(schema, summary.half_width), ..summary }
}

/// What is known of trials that are independent. Of others it is not said that they are few or skewed: more of them would
/// have no interval either.
fn independent<T>(schema: &ResultSchema, interval: Result<T, Absent>) -> Result<T, Absent> {
    match interval {
        interval if schema.independent => interval,
        Err(Absent::Same) => Err(Absent::Same),
        _ => Err(Absent::Dependent),
    }
}

/// Mean and error of a column of the table of trials, without its quantiles.
pub fn moments(ensemble: &Ensemble, s: usize, column: usize) -> Summary {
    let (accumulator, schema) = (&ensemble.scenarios[s], &ensemble.schema);
    summary(schema, &accumulator.moments(accumulator.counts[schema.with_value(column)], schema.total(column)))
}

/// The same of its paired differences from the reference.
pub fn difference(ensemble: &Ensemble, s: usize, column: usize) -> Summary {
    let (accumulator, schema) = (&ensemble.scenarios[s], &ensemble.schema);
    summary(schema, &accumulator.moments(accumulator.counts[schema.paired(column)], schema.difference(column)))
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
    let (accumulator, schema) = (&ensemble.scenarios[s], &ensemble.schema);
    summary.quantiles = Some(match accumulator.sketches.get(schema.total_sketch(column)) {
        Some(sketch) => counted(sketch),
        None => {
            let mut sorted = ensemble.values(s, column)?;
            sorted.retain(|value| value.is_finite());
            sorted.sort_by(f64::total_cmp);
            QUANTILES.map(|(_, p)| quantile(&sorted, p))
        }
    });
    Ok(summary)
}

/// Quantiles of values that were counted in bins, in as many digits as are known.
fn counted(sketch: &Sketch) -> [f64; 5] {
    QUANTILES.map(|(_, p)| sketch::known_digits(sketch.quantile(p)))
}

/// Bands over time of a kept column.
///
/// # Errors
/// Trials that can't be read back.
pub fn bands(ensemble: &Ensemble, s: usize, path: Option<usize>) -> Result<Bands, RowsError> {
    let mut bands = Bands::default();
    let Some(path) = path else { return Ok(bands) };
    let (accumulator, schema) = (&ensemble.scenarios[s], &ensemble.schema);
    let kept = if schema.sketched { Vec::new() } else { ensemble.path(s, path)? };
    let mut sorted: Vec<f64> = Vec::new();
    for tick in 0..schema.ticks {
        let values = kept.get(tick).map_or(&[][..], Vec::as_slice);
        let [q05, q25, median, q75, q95] = match accumulator.sketches.get(schema.path_sketch(path, tick)) {
            Some(sketch) => counted(sketch),
            None => {
                sorted.clear();
                sorted.extend_from_slice(values);
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
fn headline(plan: &Plan, ensemble: &Ensemble, s: usize) -> Option<Estimate> {
    let schema = &ensemble.schema;
    let (shortfall, deployment) = schema.shortfall.zip(schema.deployment)?;
    ratio(ensemble, (s, shortfall), (plan.without, deployment), (s, ResultSchema::SHORTFALL_RATIO))
}

/// The ratio of two columns' sums over trials (each by scenario and column), whose products stand in cells of a scenario's
/// accumulator.
fn ratio(
    ensemble: &Ensemble,
    (x, x_column): (usize, usize),
    (y, y_column): (usize, usize),
    (s, products): (usize, [usize; 3]),
) -> Option<Estimate> {
    let sums = |s: usize| &ensemble.scenarios[s].sums;
    let powers = |s, column| Powers::of(sums(s), ensemble.schema.total(column));
    let (x, y) = (powers(x, x_column), powers(y, y_column));
    known(&ensemble.schema, &Linear { trials: u64::from(ensemble.trials()), x, y, products: (sums(s), products) })
}

/// A ratio of sums; of trials that are not independent without an interval.
fn known(schema: &ResultSchema, sums: &Linear<'_>) -> Option<Estimate> {
    let estimate = ratio_of_sums(sums)?;
    Some(Estimate { interval: independent(schema, estimate.interval), ..estimate })
}

/// The headline by tick, from cumulative deployment to the end of each.
fn shortfall_path(plan: &Plan, ensemble: &Ensemble, s: usize) -> Vec<Estimate> {
    let schema = &ensemble.schema;
    let Some(path) = schema.cumulative else { return Vec::new() };
    let (here, without) = (&ensemble.scenarios[s].sums, &ensemble.scenarios[plan.without].sums);
    let estimate = |tick| {
        let base =
            [schema.series(tick, schema.kept[path]), schema.path_square(path, tick), schema.cumulative_cube(tick)];
        let (x, y) = (Powers::of(here, schema.lost(tick)), Powers::of(without, base));
        let trials = u64::from(ensemble.trials());
        let products = (here, schema.lost_products(tick));
        known(schema, &Linear { trials, x, y, products }).unwrap_or(Estimate::NOTHING)
    };
    (0..schema.ticks).map(estimate).collect()
}

/// E12: products a month of sustained capacity denied, summed over time, per USD million of US sales lost to the target.
fn bite(ensemble: &Ensemble, s: usize) -> Option<Estimate> {
    let schema = &ensemble.schema;
    let (denied, lost) = schema.bite?;
    let sum = |column: Option<usize>| column.map_or(0.0, |c| ensemble.scenarios[s].sums.value(schema.total(c)[0]));
    let base = sum(schema.totals.find(outcome::UNCONTROLLED_SALES, "US"));
    if sum(Some(lost)) < 0.01 * base || base <= 0.0 {
        return None;
    }
    ratio(ensemble, (s, denied), (s, lost), (s, ResultSchema::BITE))
}

/// Means of a total outcome by entity; USD.
fn by_entity(plan: &Plan, ensemble: &Ensemble, s: usize, outcome: Outcome) -> Vec<(String, Estimate)> {
    let totals = &ensemble.schema.totals;
    totals
        .columns_of(outcome)
        .filter(|(_, entity)| sells(ensemble, s, entity))
        .filter_map(|(column, entity)| {
            let name = plan.world.jurisdictions.iter().find(|j| j.country.code() == entity).map(|j| j.name.as_str());
            let estimate = mean_estimate(&moments(ensemble, s, column))?;
            Some((name.unwrap_or(entity).to_owned(), estimate.times(MILLION)))
        })
        .collect()
}

const MILLION: f64 = 1e6;

/// Whether anyone at home in a jurisdiction sells anything: some are the homes of vendors alone.
fn sells(ensemble: &Ensemble, s: usize, entity: &str) -> bool {
    let schema = &ensemble.schema;
    let column = schema.totals.find(outcome::UNCONTROLLED_SALES, entity);
    column.is_some_and(|column| !ensemble.scenarios[s].sums.is_zero(schema.total(column)[1]))
}

/// Ids and names of what can hold a line down, in the order in which the model counts it: the classes of its bill, the plant,
/// nothing but its orders.
pub(super) fn limits(world: &World, line: VendorLineId) -> Vec<(String, String)> {
    let classes =
        world.vendor_lines[line.ix()].bom_items.clone().map(|c| &world.classes[world.bom_items[c].class.ix()]);
    let others = [("capacity", "Plant capacity"), ("orders", "Nothing: all orders met")];
    let others = others.map(|(id, name)| (id.to_owned(), name.to_owned()));
    classes.map(|class| (class.id.clone(), class.name.clone())).chain(others).collect()
}

fn binding(plan: &Plan, ensemble: &Ensemble, s: usize) -> Vec<Binding> {
    let world = &plan.world;
    let (accumulator, schema) = (&ensemble.scenarios[s], &ensemble.schema);
    let share = |tick, i| accumulator.counts[schema.binding(tick, i)] as f64 / f64::from(ensemble.trials().max(1));
    limits(world, world.subject)
        .into_iter()
        .enumerate()
        .map(|(i, (id, name))| Binding { id, name, share: (0..schema.ticks).map(|tick| share(tick, i)).collect() })
        .collect()
}

/// The days within the period on which the law of a scenario changes.
pub(super) fn rule_dates(plan: &Plan, s: usize) -> Vec<RuleDate> {
    let calendar = &plan.world.calendar;
    let found = marks(&plan.scenarios[s].rules).into_iter();
    found
        .filter(|(date, _)| calendar.tick_of(calendar.day(*date)).is_some())
        .map(|(date, label)| RuleDate { date, label })
        .collect()
}
