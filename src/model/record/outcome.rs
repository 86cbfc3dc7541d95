//! What a whole trial comes to under one regime, measured against the same trial with no controls (E11, E12): a row of
//! the table of trials. One function names every outcome, its entity and its value, as in [`super::observe()`].

use super::{Layout, Outcome, Record, Sink};
use crate::model::record;
use crate::model::world::World;

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
    REMOVED_TOTAL = "removed-total", "products", "products taken out of service because a market restriction says so; higher is worse for the vendor";
    UNSERVED_TOTAL = "spares-unserved-total", "products", "product-months in service whose spares nobody served; higher is worse for the network in use";
    APPROVED_TOTAL = "applications-approved-total", "applications", "applications for specific licenses approved; lower is worse for the vendor";
    DENIED_TOTAL = "applications-denied-total", "applications", "applications for specific licenses denied; higher is worse for the vendor";
    REVOKED_TOTAL = "licenses-revoked-total", "licenses", "specific licenses revoked; higher is worse for the vendor";
    UNTIL_RUNG = "months-until-rung", "months", "from the start to the first day of a rung of the escalation ladder; blank if never; lower is worse for the vendor";
}

/// Where a world's record holds what a trial is summed up from: looked up once, used in every trial.
#[derive(Debug, Clone)]
pub struct Columns {
    vendor_lines: Vec<VendorLineColumns>,
    /// Home jurisdiction, purchases of the target vendors, sales to all.
    homes: Vec<(String, usize, usize)>,
    /// Country of making, purchases of the target vendors.
    origins: Vec<(String, usize)>,
    /// Outcomes that are a recorded rate summed over time.
    sums: Vec<(Outcome, String, usize)>,
    /// Rungs of the longest ladder, and where the number in force is recorded.
    rungs: usize,
    rungs_in_force: Option<usize>,
}

#[derive(Debug, Clone)]
struct VendorLineColumns {
    id: String,
    deployed: usize,
    /// Sustained capacity and departed orders, of a target's vendor line.
    of_target: Option<(usize, usize)>,
}

const SUMS: &[(Outcome, Outcome)] = &[
    (FREE_TOTAL, record::FREE),
    (WAIVED_TOTAL, record::WAIVED),
    (SAVED_TOTAL, record::SAVED),
    (LICENSED_TOTAL, record::LICENSED),
    (UNLAWFUL_TOTAL, record::UNLAWFUL),
    (BLOCKED_TOTAL, record::BLOCKED),
    (WITHHELD_TOTAL, record::WITHHELD),
    (UNSERVED_TOTAL, record::UNSERVED),
    (APPROVED_TOTAL, record::APPROVED),
    (DENIED_TOTAL, record::DENIED),
    (REVOKED_TOTAL, record::REVOKED),
    (REMOVED_TOTAL, record::REMOVED),
];

impl Columns {
    /// Finds the columns of a world's record.
    pub fn of(world: &World, layout: &Layout) -> Columns {
        let vendor_lines = world.vendor_lines.iter().filter_map(|vendor_line| {
            let column = |outcome| layout.find(outcome, &vendor_line.id);
            let of_target = vendor_line.target.and_then(|_| column(record::SUSTAINED).zip(column(record::DEPARTED)));
            Some(VendorLineColumns { id: vendor_line.id.clone(), deployed: column(record::DEPLOYED)?, of_target })
        });
        let homes = layout
            .columns_of(record::PURCHASES)
            .filter_map(|(column, home)| Some((home.to_owned(), column, layout.find(record::SALES, home)?)));
        let sums = SUMS.iter().flat_map(|(total, series)| {
            layout.columns_of(*series).map(|(column, entity)| (*total, entity.to_owned(), column))
        });
        Columns {
            vendor_lines: vendor_lines.collect(),
            homes: homes.collect(),
            origins: layout.columns_of(record::PURCHASES_MADE_IN).map(|(c, e)| (e.to_owned(), c)).collect(),
            sums: sums.collect(),
            rungs: world.rungs,
            rungs_in_force: layout.columns_of(record::RUNGS).next().map(|(column, _)| column),
        }
    }

    /// Names and values of everything that a trial comes to; `months` is the length of each tick.
    pub fn sum_up(&self, months: &[f64], here: &Record, without: &Record, sink: &mut impl Sink) {
        let trial = Pairing { months, here, without };
        for vendor_line in &self.vendor_lines {
            if let Some((sustained, departed)) = vendor_line.of_target {
                trial.target_line(vendor_line, sustained, departed, sink);
            }
            sink.put(GAINED, || vendor_line.id.clone(), 0.0 - trial.lost(vendor_line.deployed));
        }
        for (home, purchases, sales) in &self.homes {
            sink.put(LOST_SALES, || home.clone(), trial.lost(*purchases));
            sink.put(NET_LOST_SALES, || home.clone(), trial.lost(*sales));
            sink.put(UNCONTROLLED_SALES, || home.clone(), trial.total(without, *purchases));
        }
        for (origin, purchases) in &self.origins {
            sink.put(LOST_MADE_IN, || origin.clone(), trial.lost(*purchases));
        }
        for (outcome, entity, column) in &self.sums {
            sink.put(*outcome, || entity.clone(), trial.total(here, *column));
        }
        if let Some(column) = self.rungs_in_force {
            for rung in 1..=self.rungs {
                sink.put(UNTIL_RUNG, || rung_name(rung), trial.until(column, rung as f64));
            }
        }
    }

    /// The columns of a table of trials.
    pub fn layout(&self, ticks: usize, width: usize) -> Layout {
        let record = Record { values: vec![0.0; ticks * width], width, ..Record::default() };
        let mut totals = Layout::default();
        self.sum_up(&vec![1.0; ticks], &record, &record, &mut totals);
        totals
    }
}

/// What a rung is called as the entity of an outcome: regimes that are compared may have other ladders.
pub fn rung_name(rung: usize) -> String {
    format!("rung-{rung}")
}

/// A trial here and without controls.
struct Pairing<'a> {
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

    /// Months from the start to the first tick in which a recorded number here is at least so much; NaN if there is none.
    fn until(&self, column: usize, least: f64) -> f64 {
        let first = (0..self.months.len()).find(|tick| self.here.at(*tick, column) >= least);
        first.map_or(f64::NAN, |tick| self.months[..tick].iter().sum())
    }

    fn target_line(&self, vendor_line: &VendorLineColumns, sustained: usize, departed: usize, sink: &mut impl Sink) {
        let name = || vendor_line.id.clone();
        sink.put(DEPLOYMENT, name, self.total(self.here, vendor_line.deployed));
        sink.put(SHORTFALL, name, self.lost(vendor_line.deployed));
        sink.put(DENIED, name, self.lost(sustained));
        sink.put(BELOW_90, name, self.first_below(sustained, 0.90));
        sink.put(BELOW_75, name, self.first_below(sustained, 0.75));
        sink.put(BELOW_50, name, self.first_below(sustained, 0.50));
        sink.put(RECOVERY, name, self.recovery(sustained));
        sink.put(LOWEST, name, self.ratios(sustained).fold(f64::INFINITY, f64::min));
        sink.put(LOST_ORDERS, name, self.total(self.here, departed));
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

/// Column of an outcome of the subject's line.
pub fn subject_column(world: &World, totals: &Layout, outcome: Outcome) -> Option<usize> {
    totals.find(outcome, &world.vendor_lines[world.subject.ix()].id)
}
