//! From an ensemble to the results of a comparison: bands over time, shortfalls with their intervals, lost sales, bite.

use super::results::*;
use super::statistics::{Summary, mean_estimate, quantile, ratios_of_sums, summarise};
use crate::experiment::{Ensemble, Kept, Plan};
use crate::model::outcome;
use crate::model::record::{self, Outcome};
use crate::scenario::world::Tick;
use crate::units::Date;

/// The results of an ensemble. `reference` is the scenario (of the plan) against which paired differences are told.
pub fn compare(plan: &Plan, ensemble: &Ensemble, name: &str, title: &str, reference: usize) -> Comparison {
    let calendar = &plan.world.calendar;
    let subject = subject(plan);
    let scenarios = (0..plan.scenarios.len()).map(|s| scenario_results(plan, ensemble, s)).collect();
    Comparison {
        name: name.to_owned(),
        title: title.to_owned(),
        trials: ensemble.trials,
        seed: plan.seed,
        dates: (0..calendar.ticks).map(|t| calendar.date(t)).collect(),
        end: calendar.date(calendar.ticks).yesterday().unwrap_or(Date::MAX),
        tick: if calendar.tick == Tick::Month { "month" } else { "week" },
        subject,
        reference: reference.min(plan.scenarios.len().saturating_sub(1)),
        scenarios,
    }
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

fn scenario_results(plan: &Plan, ensemble: &Ensemble, s: usize) -> ScenarioResults {
    let (planned, kept) = (&plan.scenarios[s], &ensemble.scenarios[s]);
    let paths = |outcome| subject_path(plan, ensemble, outcome);
    let path = shortfall_path(plan, ensemble, s);
    let column = |outcome| outcome::subject_column(&plan.world, &ensemble.totals, outcome);
    let shortfalls = values(ensemble, kept, column(outcome::SHORTFALL));
    let trials = shortfalls.len().max(1) as f64;
    let zero = Estimate { value: 0.0, interval: None };
    let mean = |outcome| mean_estimate(&summarise(values(ensemble, kept, column(outcome)).into_iter())).unwrap_or(zero);
    ScenarioResults {
        id: planned.id.clone(),
        title: planned.title.clone(),
        implied: planned.implied,
        rule_dates: rule_dates(plan, s),
        sustained: bands(ensemble, kept, paths(record::SUSTAINED)),
        deployed: bands(ensemble, kept, paths(record::DEPLOYED)),
        cumulative: bands(ensemble, kept, paths(record::CUMULATIVE)),
        binding: binding(plan, ensemble, kept),
        shortfall: headline(plan, ensemble, s).unwrap_or(zero),
        shortfall_units: mean(outcome::SHORTFALL),
        shortfall_path: path,
        share_worse: shortfalls.iter().filter(|v| **v > 0.0).count() as f64 / trials,
        share_tied: shortfalls.iter().filter(|v| **v == 0.0).count() as f64 / trials,
        lost_sales: by_entity(plan, ensemble, kept, outcome::LOST_SALES),
        net_lost_sales: by_entity(plan, ensemble, kept, outcome::NET_LOST_SALES),
        capacity_denied: mean(outcome::DENIED),
        bite: bite(plan, ensemble, s),
    }
}

/// Values of a column of the table of trials, in order of trials; empty where there is no such column.
pub fn values(ensemble: &Ensemble, kept: &Kept, column: Option<usize>) -> Vec<f64> {
    let width = ensemble.totals.columns.len();
    column.map_or_else(Vec::new, |column| kept.totals.iter().skip(column).step_by(width.max(1)).copied().collect())
}

/// Summary of a column of the table of trials.
pub fn summary_of(ensemble: &Ensemble, kept: &Kept, column: usize) -> Summary {
    summarise(values(ensemble, kept, Some(column)).into_iter())
}

/// Position among the kept columns of an outcome of the subject's line.
fn subject_path(plan: &Plan, ensemble: &Ensemble, outcome: Outcome) -> Option<usize> {
    let column = ensemble.series.find(outcome, &plan.world.pairs[plan.world.subject.ix()].id)?;
    ensemble.kept.iter().position(|kept| *kept == column)
}

/// Bands over time of a kept column.
pub fn bands(ensemble: &Ensemble, kept: &Kept, path: Option<usize>) -> Bands {
    let (ticks, columns) = (ensemble.months.len(), ensemble.kept.len());
    let Some(path) = path else { return Bands::default() };
    let mut bands = Bands::default();
    for tick in 0..ticks {
        let all = kept.paths.iter().skip(path * ticks + tick).step_by((columns * ticks).max(1));
        let mut sorted: Vec<f64> = all.map(|v| f64::from(*v)).collect();
        sorted.sort_by(f64::total_cmp);
        bands.q05.push(quantile(&sorted, 0.05));
        bands.q25.push(quantile(&sorted, 0.25));
        bands.median.push(quantile(&sorted, 0.50));
        bands.q75.push(quantile(&sorted, 0.75));
        bands.q95.push(quantile(&sorted, 0.95));
    }
    bands
}

/// E11's headline: the sum of shortfalls over trials as a share of the sum deployed without controls.
fn headline(plan: &Plan, ensemble: &Ensemble, s: usize) -> Option<Estimate> {
    let column = |outcome| outcome::subject_column(&plan.world, &ensemble.totals, outcome);
    let shortfall = values(ensemble, &ensemble.scenarios[s], column(outcome::SHORTFALL));
    let without = values(ensemble, &ensemble.scenarios[plan.without], column(outcome::DEPLOYMENT));
    let rows: Vec<f64> = shortfall.iter().zip(&without).flat_map(|(a, b)| [*a, *b]).collect();
    ratios_of_sums(&rows, 1, plan.seed).into_iter().next().flatten()
}

/// The same by tick, from cumulative deployment to the end of each.
fn shortfall_path(plan: &Plan, ensemble: &Ensemble, s: usize) -> Vec<Estimate> {
    let Some(path) = subject_path(plan, ensemble, record::CUMULATIVE) else { return Vec::new() };
    let (ticks, columns) = (ensemble.months.len(), ensemble.kept.len());
    let rows_of = |kept: &'_ Kept| -> Vec<f64> {
        let trials = kept.paths.chunks(columns * ticks);
        trials.flat_map(|trial| trial[path * ticks..(path + 1) * ticks].iter().map(|v| f64::from(*v))).collect()
    };
    let (here, without) = (rows_of(&ensemble.scenarios[s]), rows_of(&ensemble.scenarios[plan.without]));
    let mut rows = Vec::with_capacity(2 * here.len());
    for (here, without) in here.chunks(ticks).zip(without.chunks(ticks)) {
        rows.extend(here.iter().zip(without).map(|(a, b)| b - a));
        rows.extend_from_slice(without);
    }
    let zero = Estimate { value: 0.0, interval: None };
    ratios_of_sums(&rows, ticks, plan.seed).into_iter().map(|estimate| estimate.unwrap_or(zero)).collect()
}

/// E12: products a month of sustained capacity denied, summed over time, per USD million of US sales lost to the target.
fn bite(plan: &Plan, ensemble: &Ensemble, s: usize) -> Option<Estimate> {
    let kept = &ensemble.scenarios[s];
    let denied = values(ensemble, kept, outcome::subject_column(&plan.world, &ensemble.totals, outcome::DENIED));
    let lost = values(ensemble, kept, ensemble.totals.find(outcome::LOST_SALES, "US"));
    let base = values(ensemble, kept, ensemble.totals.find(outcome::UNCONTROLLED_SALES, "US"));
    if lost.iter().sum::<f64>() < 0.01 * base.iter().sum::<f64>() || base.iter().sum::<f64>() <= 0.0 {
        return None;
    }
    let rows: Vec<f64> = denied.iter().zip(&lost).flat_map(|(a, b)| [*a, *b]).collect();
    ratios_of_sums(&rows, 1, plan.seed).into_iter().next().flatten()
}

/// Means of a total outcome by entity; USD.
fn by_entity(plan: &Plan, ensemble: &Ensemble, kept: &Kept, outcome: Outcome) -> Vec<(String, Estimate)> {
    let scale = |e: Estimate| Estimate {
        value: e.value * MILLION,
        interval: e.interval.map(|(low, high)| (low * MILLION, high * MILLION)),
    };
    ensemble
        .totals
        .columns_of(outcome)
        .filter(|(_, entity)| sells(ensemble, kept, entity))
        .filter_map(|(column, entity)| {
            let name = plan.world.jurisdictions.iter().find(|j| j.country.code() == entity).map(|j| j.name.as_str());
            let estimate = mean_estimate(&summary_of(ensemble, kept, column))?;
            Some((name.unwrap_or(entity).to_owned(), scale(estimate)))
        })
        .collect()
}

const MILLION: f64 = 1e6;

/// Whether anyone at home in a jurisdiction sells anything: some are the homes of vendors alone.
fn sells(ensemble: &Ensemble, kept: &Kept, entity: &str) -> bool {
    let column = ensemble.totals.find(outcome::UNCONTROLLED_SALES, entity);
    values(ensemble, kept, column).iter().any(|value| *value != 0.0)
}

fn binding(plan: &Plan, ensemble: &Ensemble, kept: &Kept) -> Vec<Binding> {
    let world = &plan.world;
    let cells = world.pairs[world.subject.ix()].cells.clone();
    let width = cells.len() + 2;
    let names = cells
        .map(|c| &world.classes[world.cells[c].class.ix()])
        .map(|class| (class.id.clone(), class.name.clone()))
        .chain([
            ("capacity".to_owned(), "Plant capacity".to_owned()),
            ("orders".to_owned(), "Nothing: all orders met".to_owned()),
        ]);
    names
        .enumerate()
        .map(|(i, (id, name))| Binding {
            id,
            name,
            share: (0..ensemble.months.len())
                .map(|tick| f64::from(kept.binding[tick * width + i]) / f64::from(ensemble.trials.max(1)))
                .collect(),
        })
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
