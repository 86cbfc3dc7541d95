//! What is kept of a trial and where: the columns of records and totals of a plan, those that are kept trial by trial, and
//! the cell of a [`super::accumulator::Accumulator`] in which each sum and count stands.

use super::plan::Plan;
use crate::model::record::outcome::{self, Columns};
use crate::model::record::{self, Layout, Outcome};

/// Outcomes of the watched lines whose path over time is kept for each trial.
const KEPT: &[Outcome] = &[record::SUSTAINED, record::NOW, record::DEPLOYED, record::CUMULATIVE];

/// Trials up to which each trial's outcomes are kept as they are, so that quantiles are exact; with more, quantiles come
/// from counts in fixed bins.
pub const EXACT: u32 = 100_000;

/// Sums of products of the headline ratios.
const RATIOS: usize = 6;

/// Sums that the headline by tick needs.
const BY_TICK: usize = 7;

/// Three cells side by side.
fn consecutive(first: usize) -> [usize; 3] {
    [first, first + 1, first + 2]
}

/// What is kept, and where.
#[derive(Debug, Clone)]
pub struct ResultSchema {
    /// Scenarios.
    pub scenarios: usize,
    /// Length of each tick in months.
    pub months: Vec<f64>,
    /// Columns of what is recorded each tick.
    pub series: Layout,
    /// Columns of what a trial comes to.
    pub totals: Layout,
    /// Columns of `series` that are kept for each trial.
    pub kept: Vec<usize>,
    /// Whether quantiles are kept as counts in bins, and no trials.
    pub sketched: bool,
    /// Whether trials are independent, which intervals take them to be.
    pub independent: bool,
    /// Ticks.
    pub ticks: usize,
    /// Position among the kept columns of cumulative deployment of the subject's line.
    pub cumulative: Option<usize>,
    /// Column of totals of the shortfall of the subject's line.
    pub shortfall: Option<usize>,
    /// Column of totals of its deployment.
    pub deployment: Option<usize>,
    /// Columns of totals of its denied capacity and of US sales lost.
    pub bite: Option<(usize, usize)>,
    columns: Columns,
    /// Things that can bind: the classes of the subject's bill, its plant, its orders.
    limits: usize,
}

impl ResultSchema {
    /// Products xy, xxy and xyy of shortfall here and deployment without controls.
    pub const SHORTFALL_RATIO: [usize; 3] = [0, 1, 2];
    /// The same of capacity denied and US sales lost.
    pub const BITE: [usize; 3] = [3, 4, 5];
    /// The number of trials.
    pub const TRIALS: usize = 0;
    /// Trials with less deployed than without controls.
    pub const WORSE: usize = 1;
    /// Trials with as much.
    pub const TIED: usize = 2;

    /// That of a plan.
    pub fn of(plan: &Plan) -> ResultSchema {
        let world = &plan.world;
        let months: Vec<f64> = (0..world.calendar.ticks).map(|t| world.calendar.months(t)).collect();
        let series = plan.layout();
        let columns = Columns::of(world, &series);
        let totals = columns.layout(months.len(), series.columns.len());
        let kept: Vec<usize> = KEPT
            .iter()
            .flat_map(|outcome| world.vendor_lines.iter().filter(|p| p.target.is_some()).map(move |p| (outcome, &p.id)))
            .filter_map(|(outcome, vendor_line)| series.find(*outcome, vendor_line))
            .collect();
        let subject = &world.vendor_lines[world.subject.ix()];
        let cumulative = series.find(record::CUMULATIVE, &subject.id);
        let column = |outcome| outcome::subject_column(world, &totals, outcome);
        ResultSchema {
            scenarios: plan.scenarios.len(),
            ticks: months.len(),
            cumulative: cumulative.and_then(|column| kept.iter().position(|kept| *kept == column)),
            shortfall: column(outcome::SHORTFALL),
            deployment: column(outcome::DEPLOYMENT),
            bite: column(outcome::DENIED).zip(totals.find(outcome::LOST_SALES, "US")),
            limits: subject.bom_items.len() + 2,
            sketched: plan.trials > EXACT,
            independent: plan.design.has_independent_trials(plan.trials),
            months,
            series,
            totals,
            kept,
            columns,
        }
    }

    /// Where a record holds what a trial is summed up from.
    pub fn columns(&self) -> &Columns {
        &self.columns
    }

    /// Things that can bind.
    pub fn limits(&self) -> usize {
        self.limits
    }

    /// Position among the kept columns of an outcome of a line.
    pub fn path(&self, outcome: Outcome, line: &str) -> Option<usize> {
        let column = self.series.find(outcome, line)?;
        self.kept.iter().position(|kept| *kept == column)
    }

    fn paths(&self) -> usize {
        self.kept.len() * self.ticks
    }

    /// Sum of a loss of cumulative deployment to the end of a tick, of its square and of its cube.
    pub fn lost(&self, tick: usize) -> [usize; 3] {
        consecutive(RATIOS + BY_TICK * tick)
    }

    /// Products xy, xxy and xyy of that loss and of the deployment without controls.
    pub fn lost_products(&self, tick: usize) -> [usize; 3] {
        consecutive(RATIOS + BY_TICK * tick + 3)
    }

    /// Sum of the cube of cumulative deployment to the end of a tick.
    pub fn cumulative_cube(&self, tick: usize) -> usize {
        RATIOS + BY_TICK * tick + 6
    }

    /// Sum of squares of a kept column.
    pub fn path_square(&self, path: usize, tick: usize) -> usize {
        RATIOS + BY_TICK * self.ticks + path * self.ticks + tick
    }

    /// Sum of a column of totals, of its square and of its cube.
    pub fn total(&self, column: usize) -> [usize; 3] {
        consecutive(RATIOS + BY_TICK * self.ticks + self.paths() + 6 * column)
    }

    /// The same of its paired differences from the reference.
    pub fn difference(&self, column: usize) -> [usize; 3] {
        self.total(column).map(|cell| cell + 3)
    }

    /// Sum of a recorded value.
    pub fn series(&self, tick: usize, column: usize) -> usize {
        self.total(self.totals.columns.len())[0] + tick * self.series.columns.len() + column
    }

    /// Number of sums.
    pub fn sums(&self) -> usize {
        self.series(self.ticks, 0)
    }

    /// Trials in which a total has a value.
    pub fn with_value(&self, column: usize) -> usize {
        3 + 2 * column
    }

    /// Trials in which it has one in the reference too.
    pub fn paired(&self, column: usize) -> usize {
        4 + 2 * column
    }

    /// Trials in which a limit bound the subject's line.
    pub fn binding(&self, tick: usize, limit: usize) -> usize {
        3 + 2 * self.totals.columns.len() + tick * self.limits + limit
    }

    /// Trials in which a class was the scarcest.
    pub fn scarcest(&self, tick: usize, limit: usize) -> usize {
        self.binding(self.ticks, 0) + tick * self.limits + limit
    }

    /// Number of counts.
    pub fn counts(&self) -> usize {
        self.scarcest(self.ticks, 0)
    }

    /// Quantiles of a kept column.
    pub fn path_sketch(&self, path: usize, tick: usize) -> usize {
        path * self.ticks + tick
    }

    /// Quantiles of a total.
    pub fn total_sketch(&self, column: usize) -> usize {
        self.paths() + column
    }

    /// Number of sketches.
    pub fn sketches(&self) -> usize {
        self.paths() + self.totals.columns.len()
    }
}
