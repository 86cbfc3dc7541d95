//! The results of a comparison, as the report shows them: numbers with their uncertainty, nothing left to decide.

use crate::experiment::interval::Absent;
use crate::units::Date;

/// All that a comparison found.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// Name of the comparison, which is the name of its folder.
    pub name: String,
    /// One line.
    pub title: String,
    /// Trials a scenario.
    pub trials: u32,
    /// Whether quantiles are read from counts in bins, since there are too many trials to keep.
    pub sketched: bool,
    /// Master seed.
    pub seed: u64,
    /// First day of each tick.
    pub dates: Vec<Date>,
    /// Last day of the simulated period.
    pub end: Date,
    /// Length of a tick in a word: `month` or `week`.
    pub tick: &'static str,
    /// The targeted vendor and the line that the headline is about.
    pub subject: Subject,
    /// Index into `scenarios` of the reference of the paired differences.
    pub reference: usize,
    /// Index into `scenarios` of the world without controls.
    pub without: usize,
    /// The scenarios, in the order of the comparison (the world without controls is among them even where the analyst did
    /// not name it, marked `implied`).
    pub scenarios: Vec<ScenarioResults>,
}

/// What the headline is about.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Id of the targeted vendor, such as `huawei`.
    pub vendor: String,
    /// Its name.
    pub vendor_name: String,
    /// Id of the line, such as `base-stations`.
    pub line: String,
    /// One product in the singular, such as `base station`.
    pub product: String,
}

/// What one scenario did.
#[derive(Debug, Clone)]
pub struct ScenarioResults {
    /// Scenario id.
    pub id: String,
    /// One line that says what it is.
    pub title: String,
    /// Simulated only because shortfalls need it.
    pub implied: bool,
    /// Days on which a rule of this scenario starts to bite, for marks in figures.
    pub rule_dates: Vec<RuleDate>,
    /// Sustained capacity of the subject's line, products a month (E10), per tick.
    pub sustained: Bands,
    /// Deployed products of the subject's line, products a month, per tick.
    pub deployed: Bands,
    /// Cumulative deployment, products, per tick (at the tick's end).
    pub cumulative: Bands,
    /// What bound production of the subject's line, share of trials per tick; the shares of a tick add up to 1.
    pub binding: Vec<Binding>,
    /// Shortfall of cumulative deployment against the world without controls, as a share of it (E11): ratio of sums with its
    /// interval. Positive: worse for the target.
    pub shortfall: Estimate,
    /// The same, in products (mean per trial).
    pub shortfall_units: Estimate,
    /// Shortfall by tick: sum to the end of each tick over trials, as a share of the same sum without controls, with
    /// a 95% interval.
    pub shortfall_path: Vec<Estimate>,
    /// Share of trials in which the target does worse than without controls, and ties.
    pub share_worse: f64,
    /// Share of trials with no difference.
    pub share_tied: f64,
    /// Whether the target deploys in every trial what it deploys in the same trial of the reference.
    pub same_as_reference: bool,
    /// Value of sales to the targeted vendor lost by home jurisdiction of the seller, USD a trial (E12). Positive: lost.
    pub lost_sales: Vec<(String, Estimate)>,
    /// The same net over all vendors, so that sales won elsewhere count.
    pub net_lost_sales: Vec<(String, Estimate)>,
    /// Mean sustained capacity denied, product-months a trial: sum over ticks of (without controls - here) x months.
    pub capacity_denied: Estimate,
    /// Bite: products a month denied (summed over ticks) per USD million of US sales lost; `None` where US sales lost are under 1% of US sales
    /// without controls.
    pub bite: Option<Estimate>,
}

/// A rule that starts on a day.
#[derive(Debug, Clone)]
pub struct RuleDate {
    /// First day in force.
    pub date: Date,
    /// Short label.
    pub label: String,
}

/// Median and central bands of an outcome by tick, over trials.
#[derive(Debug, Clone, Default)]
pub struct Bands {
    /// 5% quantile.
    pub q05: Vec<f64>,
    /// 25% quantile.
    pub q25: Vec<f64>,
    /// Median.
    pub median: Vec<f64>,
    /// 75% quantile.
    pub q75: Vec<f64>,
    /// 95% quantile.
    pub q95: Vec<f64>,
}

/// What bound production, by tick.
#[derive(Debug, Clone)]
pub struct Binding {
    /// Class id, or `capacity` (the plant) or `orders` (nothing bound: all orders were met).
    pub id: String,
    /// Name for a reader.
    pub name: String,
    /// Share of trials per tick.
    pub share: Vec<f64>,
}

/// An estimate with its 95% interval, or why it has none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// Ends of the 95% interval.
    pub interval: Result<(f64, f64), Absent>,
}

impl Estimate {
    /// Nothing in every trial.
    pub const NOTHING: Estimate = Estimate { value: 0.0, interval: Err(Absent::Same) };

    /// The ends of its interval, if it has one.
    pub fn ends(&self) -> Option<(f64, f64)> {
        self.interval.ok()
    }

    /// The same in another unit, of which one has so many.
    pub fn times(&self, factor: f64) -> Estimate {
        let interval = self.interval.map(|(a, b)| (a * factor, b * factor));
        // A negative factor turns it over.
        let interval = interval.map(|(a, b)| (a.min(b), a.max(b)));
        Estimate { value: self.value * factor, interval }
    }
}
