//! What a whole trial comes to under one regime, measured against the same trial with no controls (E11, E12): a row of
//! the table of trials. One function names every outcome, its entity and its value, as in [`super::record`].

use super::ids::PairId;
use super::record::{self, Layout, Outcome, Record, Sink};
use super::world::World;

macro_rules! outcomes {
    ($($name:ident = $id:literal, $unit:literal, $meaning:literal;)+) => {
        $(#[doc = $meaning]
        pub const $name: Outcome = Outcome { id: $id, unit: $unit, meaning: $meaning };)+

        /// Every outcome of a whole trial.
        pub const TOTALS: &[Outcome] = &[$($name),+];
    };
}

outcomes! {
    DEPLOYMENT = "cumulative-deployment", "products", "products put into service over the whole period; lower is worse for the vendor";
    SHORTFALL = "shortfall", "products", "cumulative deployment without controls minus here, same trial (E11); higher is worse for the vendor";
    DENIED = "capacity-denied", "products", "sustained capacity without controls minus here, summed over time (E12); higher is worse for the vendor";
    BELOW_90 = "months-until-below-90", "months", "from the start to the first tick with sustained capacity below 90% of the same trial without controls; blank if never; lower is worse for the vendor";
    BELOW_75 = "months-until-below-75", "months", "the same for 75%; blank if never; lower is worse for the vendor";
    BELOW_50 = "months-until-below-50", "months", "the same for 50%; blank if never; lower is worse for the vendor";
    RECOVERY = "months-to-recover", "months", "from the first tick below 90% to the end of the last one below; blank if never below, or still below at the end; higher is worse for the vendor";
    LOWEST = "lowest-capacity", "share", "lowest sustained capacity as a share of that without controls in the same tick; lower is worse for the vendor";
    LOST_ORDERS = "orders-lost-total", "products", "undelivered orders that left for rivals; higher is worse for the vendor";
    GAINED = "deployment-gained", "products", "deployment of the vendor's line here minus without controls (units shifted to rivals where positive)";
    LOST_SALES = "sales-lost", "USD million", "value sold to the watched vendors without controls minus here, by the seller's home jurisdiction (E12); higher is worse for the seller";
    NET_LOST_SALES = "sales-lost-net", "USD million", "the same over all vendors, so that sales won elsewhere count; higher is worse for the seller";
    LOST_MADE_IN = "sales-lost-made-in", "USD million", "value sold to the watched vendors without controls minus here, by where the part is made; higher is worse for the place";
    UNCONTROLLED_SALES = "sales-without-controls", "USD million", "value sold to the watched vendors without controls, same trial, by the seller's home jurisdiction";
    FREE_TOTAL = "purchases-free-total", "USD million", "purchases that shipped with no need of a license";
    WAIVED_TOTAL = "purchases-waived-total", "USD million", "purchases that shipped under a general license";
    SAVED_TOTAL = "purchases-saved-total", "USD million", "purchases that shipped under a savings clause";
    LICENSED_TOTAL = "purchases-licensed-total", "USD million", "purchases that shipped under a specific license";
    UNLAWFUL_TOTAL = "purchases-unlawful-total", "USD million", "purchases that shipped against the law";
    BLOCKED_TOTAL = "purchases-blocked-total", "USD million", "purchases that fell due and were forbidden; higher is worse for the vendor";
    WITHHELD_TOTAL = "purchases-withheld-total", "USD million", "lawful purchases that suppliers held back; higher is worse for the vendor";
    UNSERVED_TOTAL = "spares-unserved-total", "products", "product-months in service whose spares nobody served; higher is worse for the network in use";
}

/// Names and values of everything that a trial comes to; `months` is the length of each tick.
pub fn sum_up(
    world: &World,
    layout: &Layout,
    months: &[f64],
    here: &Record,
    without: &Record,
    sink: &mut impl Sink,
) {
    let trial = Pairing { layout, months, here, without };
    for pair in &world.pairs {
        let column = |outcome| layout.find(outcome, &pair.id).unwrap_or(0);
        let deployed = column(record::DEPLOYED);
        if pair.watch.is_some() {
            trial.watched_line(&pair.id, sink);
        }
        sink.put(GAINED, || pair.id.clone(), -trial.lost(deployed));
    }
    for (column, entity) in layout.columns_of(record::PURCHASES) {
        let sales = layout.find(record::SALES, entity).unwrap_or(column);
        sink.put(LOST_SALES, || entity.to_owned(), trial.lost(column));
        sink.put(NET_LOST_SALES, || entity.to_owned(), trial.lost(sales));
        sink.put(UNCONTROLLED_SALES, || entity.to_owned(), trial.total(without, column));
    }
    for (column, entity) in layout.columns_of(record::PURCHASES_MADE_IN) {
        sink.put(LOST_MADE_IN, || entity.to_owned(), trial.lost(column));
    }
    for (total, series) in [
        (FREE_TOTAL, record::FREE),
        (WAIVED_TOTAL, record::WAIVED),
        (SAVED_TOTAL, record::SAVED),
        (LICENSED_TOTAL, record::LICENSED),
        (UNLAWFUL_TOTAL, record::UNLAWFUL),
        (BLOCKED_TOTAL, record::BLOCKED),
        (WITHHELD_TOTAL, record::WITHHELD),
        (UNSERVED_TOTAL, record::UNSERVED),
    ] {
        for (column, entity) in layout.columns_of(series) {
            sink.put(total, || entity.to_owned(), trial.total(here, column));
        }
    }
}

/// A trial here and without controls.
struct Pairing<'a> {
    layout: &'a Layout,
    months: &'a [f64],
    here: &'a Record,
    without: &'a Record,
}

impl Pairing<'_> {
    /// Sum over time of a rate a month.
    fn total(&self, record: &Record, column: usize) -> f64 {
        self.months.iter().enumerate().map(|(tick, months)| record.at(tick, column) * months).sum()
    }

    /// What is less here, summed over time. Tick by tick, so that equal records differ by exactly nothing.
    fn lost(&self, column: usize) -> f64 {
        let gap = |tick| self.without.at(tick, column) - self.here.at(tick, column);
        self.months.iter().enumerate().map(|(tick, months)| gap(tick) * months).sum()
    }

    fn watched_line(&self, pair: &str, sink: &mut impl Sink) {
        let column = |outcome| self.layout.find(outcome, pair).unwrap_or(0);
        let name = || pair.to_owned();
        let (deployed, sustained) = (column(record::DEPLOYED), column(record::SUSTAINED));
        sink.put(DEPLOYMENT, name, self.total(self.here, deployed));
        sink.put(SHORTFALL, name, self.lost(deployed));
        sink.put(DENIED, name, self.lost(sustained));
        sink.put(BELOW_90, name, self.first_below(sustained, 0.90));
        sink.put(BELOW_75, name, self.first_below(sustained, 0.75));
        sink.put(BELOW_50, name, self.first_below(sustained, 0.50));
        sink.put(RECOVERY, name, self.recovery(sustained));
        sink.put(LOWEST, name, self.ratios(sustained).fold(f64::INFINITY, f64::min).min(1e9));
        sink.put(LOST_ORDERS, name, self.total(self.here, column(record::DEPARTED)));
    }

    /// Sustained capacity as a share of that without controls; 1 where there is none without.
    fn ratios(&self, column: usize) -> impl DoubleEndedIterator<Item = f64> + ExactSizeIterator {
        (0..self.months.len()).map(move |tick| {
            let without = self.without.at(tick, column);
            if without > 0.0 { self.here.at(tick, column) / without } else { 1.0 }
        })
    }

    /// Months from the start to the first tick below a share; NaN if there is none.
    fn first_below(&self, column: usize, share: f64) -> f64 {
        let first = self.ratios(column).position(|ratio| ratio < share);
        first.map_or(f64::NAN, |tick| self.months[..tick].iter().sum())
    }

    /// Months from the first tick below 90% to the end of the last; NaN if there is none or it is the last of all.
    fn recovery(&self, column: usize) -> f64 {
        let first = self.ratios(column).position(|ratio| ratio < 0.9);
        let last = self.ratios(column).rposition(|ratio| ratio < 0.9);
        match (first, last) {
            (Some(first), Some(last)) if last + 1 < self.months.len() => self.months[first..=last].iter().sum(),
            _ => f64::NAN,
        }
    }
}

/// The columns of a table of trials.
pub fn totals_layout(world: &World, layout: &Layout, record: &Record) -> Layout {
    let mut totals = Layout::default();
    let months = vec![1.0; record.values.len() / record.width.max(1)];
    sum_up(world, layout, &months, record, record, &mut totals);
    totals
}

/// Column of an outcome of the subject's line.
pub fn subject_column(world: &World, totals: &Layout, outcome: Outcome) -> Option<usize> {
    let PairId(subject) = world.subject;
    totals.find(outcome, &world.pairs[subject as usize].id)
}
