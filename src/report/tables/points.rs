//! The tables of a design: `points`, where its points place what they place, and `by-point`, what each point of a design over
//! levers comes to over its replications, and how it differs from point 0 of the same scenario, replication by replication.

use super::columns::{ENTITY, OUTCOME, SCENARIO};
use crate::analysis::statistics::{mean_estimate, summarise};
use crate::experiment::design::Kind as DesignKind;
use crate::experiment::interval::difference;
use crate::experiment::{Ensemble, Plan};
use crate::model::world::params::Uncertain;
use crate::report::ReportError;
use crate::report::table::{Cell, Column, Kind, Rows, Sort, Table, Take};

/// `points`.
pub static POINTS: Sort = Sort {
    name: "points",
    title: "Where the points of a design place what they place: a row a point (designs other than plain Monte Carlo)",
    first: &[Column::new("point", Kind::Whole, "", "Point of the design, from 0")],
    varying: Some("a column a parameter that the design places, named by its path: a number"),
    last: &[],
};

/// `by-point`.
pub static BY_POINT: Sort = Sort {
    name: "by-point",
    title: "What the points of a design over levers come to: a row a scenario, outcome, entity and point (factorial and one at a \
            time, up to 100,000 trials)",
    first: &[
        SCENARIO,
        Column::new("point", Kind::Whole, "", "Point of the design, from 0, which differences are told against"),
    ],
    varying: Some(
        "a column a lever, named by its path; or, one at a time, `moved` and `value`: what the point moves, and where to",
    ),
    last: &[
        OUTCOME,
        ENTITY,
        Column::new("mean", Kind::Number, OF_OUTCOME, "Mean over the point's replications"),
        Column::new("standard-error", Kind::Number, OF_OUTCOME, "Standard error of that mean"),
        Column::new("low95", Kind::Number, OF_OUTCOME, "Lower end of its 95% interval, by Student's t"),
        Column::new("high95", Kind::Number, OF_OUTCOME, "Upper end"),
        Column::new(
            "difference-mean",
            Kind::Number,
            OF_OUTCOME,
            "Mean difference from point 0, replication by replication",
        ),
        Column::new("difference-standard-error", Kind::Number, OF_OUTCOME, "Standard error of that difference"),
        Column::new("difference-low95", Kind::Number, OF_OUTCOME, "Lower end of its 95% interval"),
        Column::new("difference-high95", Kind::Number, OF_OUTCOME, "Upper end"),
        Column::new("unit", Kind::Text, "", "Unit of these numbers"),
    ],
};

const OF_OUTCOME: &str = "that in `unit`";

/// Points in a part of the table: hundreds of numbers each.
const PART: usize = 64;

/// `points` of a design.
pub fn points(plan: &Plan, trials: u32) -> Table<'_> {
    let params = &plan.world.params;
    let placed = plan.design.placed(params);
    let columns = placed.iter().map(|uncertain| placed_column(plan, uncertain)).collect();
    POINTS.table(columns, PointRows { plan, points: plan.design.points(trials), placed })
}

fn placed_column(plan: &Plan, uncertain: &Uncertain) -> Column {
    let path = plan.world.params.path(uncertain.id);
    Column {
        name: path.to_owned().into(),
        kind: Kind::Number,
        unit: "".into(),
        meaning: format!("Value of `{path}`; its unit is in the scenario").into(),
    }
}

struct PointRows<'a> {
    plan: &'a Plan,
    points: u32,
    placed: Vec<&'a Uncertain>,
}

impl Rows for PointRows<'_> {
    fn count(&self) -> u64 {
        u64::from(self.points)
    }

    fn parts(&self) -> usize {
        (self.points as usize).div_ceil(PART)
    }

    fn part(&self, part: usize, take: &mut Take<'_>) -> Result<(), ReportError> {
        let first = part * PART;
        (first..(first + PART).min(self.points as usize)).try_for_each(|point| {
            let values = self.placed.iter().map(|uncertain| Cell::Number(value(self.plan, point as u32, uncertain)));
            take(&std::iter::once(Cell::Whole(point as u64)).chain(values).collect::<Vec<_>>())
        })
    }
}

/// The value of a parameter in a point.
fn value(plan: &Plan, point: u32, uncertain: &Uncertain) -> f64 {
    let first = point.saturating_mul(plan.design.replications());
    uncertain.at(plan.design.place(plan.seed, first).unit(uncertain))
}

/// `by-point` of an ensemble whose trials are kept.
pub fn by_point<'a>(plan: &'a Plan, ensemble: &'a Ensemble) -> Table<'a> {
    let points = plan.design.points(ensemble.trials());
    let given = (0..points).map(|point| given(plan, point)).collect();
    BY_POINT.table(given_columns(plan), ByPointRows { plan, ensemble, given })
}

/// A part a scenario and outcome.
struct ByPointRows<'a> {
    plan: &'a Plan,
    ensemble: &'a Ensemble,
    /// What says what each point is.
    given: Vec<Vec<Cell<'a>>>,
}

impl Rows for ByPointRows<'_> {
    fn count(&self) -> u64 {
        self.parts() as u64 * self.given.len() as u64
    }

    fn parts(&self) -> usize {
        self.plan.scenarios.len() * self.ensemble.schema.totals.columns.len()
    }

    fn part(&self, part: usize, take: &mut Take<'_>) -> Result<(), ReportError> {
        let columns = &self.ensemble.schema.totals.columns;
        let (s, column) = (part / columns.len(), part % columns.len());
        let (outcome, entity) = &columns[column];
        let replications = self.plan.design.replications() as usize;
        let all = self.ensemble.values(s, column)?;
        let Some(base) = all.chunks(replications).next() else { return Ok(()) };
        for (point, (here, given)) in all.chunks(replications).zip(&self.given).enumerate() {
            let mut row = vec![Cell::Text(&self.plan.scenarios[s].id), Cell::Whole(point as u64)];
            row.extend_from_slice(given);
            row.extend([Cell::Text(outcome.id), Cell::Text(entity)]);
            row.extend(told(here.iter().copied()));
            row.extend(told(here.iter().zip(base).map(|(here, base)| difference(*here, *base))));
            row.push(Cell::Text(outcome.unit));
            take(&row)?;
        }
        Ok(())
    }
}

/// Mean, standard error and ends of the 95% interval.
fn told(values: impl Iterator<Item = f64>) -> [Cell<'static>; 4] {
    let summary = summarise(values);
    let interval = mean_estimate(&summary).and_then(|estimate| estimate.ends());
    let (low, high) = interval.unwrap_or((f64::NAN, f64::NAN));
    let blank = f64::NAN;
    [summary.mean.unwrap_or(blank), summary.standard_error.unwrap_or(blank), low, high].map(Cell::Number)
}

/// Columns that say what a point is: the levers, or what it moves and where to.
fn given_columns(plan: &Plan) -> Vec<Column> {
    match plan.design.kind() {
        DesignKind::OneAtATime => vec![
            Column::new("moved", Kind::Text, "", "Path of what the point moves; blank at the base"),
            Column::new("value", Kind::Number, "that of what is moved", "Where to"),
        ],
        _ => plan.design.levers().iter().map(|lever| lever_column(lever.path())).collect(),
    }
}

fn lever_column(path: &str) -> Column {
    let meaning = format!("Value of the lever `{path}`").into();
    Column { name: path.to_owned().into(), kind: Kind::Number, unit: "".into(), meaning }
}

/// What stands in these columns; of the base of a design one at a time nothing.
fn given(plan: &Plan, point: u32) -> Vec<Cell<'_>> {
    let (design, params) = (&plan.design, &plan.world.params);
    let of_key = |key| params.uncertain().iter().find(|uncertain| uncertain.key == key);
    if design.kind() == DesignKind::OneAtATime {
        let moved = design.moved(point).and_then(|(key, unit)| of_key(key).map(|u| (u, unit)));
        return match moved {
            Some((uncertain, unit)) => {
                vec![Cell::Text(params.path(uncertain.id)), Cell::Number(uncertain.at(unit))]
            }
            None => vec![Cell::Blank; 2],
        };
    }
    let of_path = |path: &str| params.uncertain().iter().find(|uncertain| params.path(uncertain.id) == path);
    let cell = |path: &str| of_path(path).map_or(Cell::Blank, |uncertain| Cell::Number(value(plan, point, uncertain)));
    design.levers().iter().map(|lever| cell(lever.path())).collect()
}
