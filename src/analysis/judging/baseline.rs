//! What anybody could have predicted without a model, of an observation: what was last seen of it. A share and a stock stay as they
//! were; of what operators order, the firm keeps its last share of the demand, which the baseline is given as the model is. Where
//! the firm had announced a plan, the plan. Around each lies a normal spread on the scale, as wide as the series has moved in a
//! year, and at least a tenth.

use super::scale::{self, Scale};
use crate::units::Date;

/// The least deviation.
const LEAST: f64 = 0.1;

/// Days of a year.
const YEAR: f64 = 365.25;

/// Quantiles that stand for a normal spread where it is scored.
const SAMPLE: usize = 1000;

/// An observation as a baseline sees it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Observations of one series are told apart by nothing but their time.
    pub series: String,
    /// Its scale.
    pub scale: Scale,
    /// Last day of its period.
    pub day: Date,
    /// What was seen; the middle of a range, the end of a bound.
    pub value: f64,
    /// Whether it is told by a number or range: a bound is no value to start from.
    pub is_value: bool,
    /// Demand of its period, in any unit that is the same in its series; for what is a share of it.
    pub demand: Option<f64>,
    /// What the firm had announced for its period before.
    pub announced: Option<f64>,
}

/// A way to predict without a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Baseline {
    /// What was last seen, or the last share of the demand.
    Persistence,
    /// What the firm had announced; where it had not, what was last seen.
    Plans,
}

impl Baseline {
    /// All of them.
    pub const ALL: [Baseline; 2] = [Baseline::Persistence, Baseline::Plans];

    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Baseline::Persistence => "persistence",
            Baseline::Plans => "plans",
        }
    }
}

/// What a baseline predicts: a normal distribution on the scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Guess {
    /// Its scale.
    pub scale: Scale,
    /// Its median.
    pub median: f64,
    /// Its deviation on the scale.
    pub deviation: f64,
}

impl Guess {
    /// Sorted quantiles that stand for it.
    pub fn sample(&self) -> Vec<f64> {
        scale::sample(self.scale, self.median, self.deviation, SAMPLE)
    }
}

/// What a baseline predicts of an observation, from what was seen before it (and by `origin`, where there is one). `None` without
/// a predecessor.
pub fn guess(all: &[Seen], at: usize, baseline: Baseline, origin: Option<Date>) -> Option<Guess> {
    let seen = &all[at];
    let mut before: Vec<&Seen> = all
        .iter()
        .filter(|other| other.series == seen.series && other.is_value && other.day < seen.day)
        .filter(|other| origin.is_none_or(|origin| other.day <= origin))
        .collect();
    before.sort_by_key(|other| other.day);
    let last = before.last()?;
    let deviation = yearly_change(&before).unwrap_or(LEAST).max(LEAST);
    let kept = match (last.demand, seen.demand) {
        (Some(then), Some(now)) if then > 0.0 => last.value * now / then,
        _ => last.value,
    };
    let median = match (baseline, seen.announced) {
        (Baseline::Plans, Some(announced)) => announced,
        _ => kept,
    };
    Some(Guess { scale: seen.scale, median, deviation })
}

/// The mean change of a series on its scale, made a year's; `None` of fewer than two. What follows demand is seen as a share of it.
fn yearly_change(series: &[&Seen]) -> Option<f64> {
    let place = |seen: &Seen| seen.scale.of(seen.demand.filter(|d| *d > 0.0).map_or(seen.value, |d| seen.value / d));
    let change = |pair: &[&Seen]| -> Option<f64> {
        let days = pair[0].day.until(pair[1].day).ok()?.get_days();
        let change = (place(pair[1]) - place(pair[0])).abs() * YEAR / f64::from(days);
        (days > 0 && change.is_finite()).then_some(change)
    };
    let changes: Vec<f64> = series.windows(2).filter_map(change).collect();
    (!changes.is_empty()).then(|| changes.iter().sum::<f64>() / changes.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(series: &str, day: &str, value: f64) -> Seen {
        let day = day.parse().unwrap();
        let (series, scale) = (series.to_owned(), Scale::Log);
        Seen { series, scale, day, value, is_value: true, demand: None, announced: None }
    }

    #[test]
    fn the_last_value_stays_and_spreads_as_it_moved() {
        let all = [
            seen("a", "2018-12-31", 100.0),
            seen("a", "2019-12-31", 150.0),
            seen("b", "2020-06-30", 7.0),
            seen("a", "2020-12-31", 160.0),
        ];
        let found = guess(&all, 3, Baseline::Persistence, None).unwrap();
        assert_eq!(found.median, 150.0);
        assert!((found.deviation / (crate::math::ln(1.5) * 365.25 / 365.0) - 1.0).abs() < 1e-12);
        assert_eq!(guess(&all, 1, Baseline::Persistence, None).unwrap().deviation, 0.1, "one value has not moved");
        assert_eq!(guess(&all, 0, Baseline::Persistence, None), None);
        let origin = Some("2019-06-30".parse().unwrap());
        assert_eq!(guess(&all, 3, Baseline::Persistence, origin).unwrap().median, 100.0, "later ones are not known");
    }

    #[test]
    fn of_what_operators_order_the_share_stays() {
        let with = |seen: Seen, demand: f64| Seen { demand: Some(demand), ..seen };
        let all = [with(seen("a", "2019-12-31", 30.0), 100.0), with(seen("a", "2020-12-31", 400.0), 1000.0)];
        assert_eq!(guess(&all, 1, Baseline::Persistence, None).unwrap().median, 300.0);
    }

    #[test]
    fn a_plan_is_what_was_announced() {
        let all = [seen("a", "2019-12-31", 30.0), Seen { announced: Some(90.0), ..seen("a", "2020-12-31", 400.0) }];
        assert_eq!(guess(&all, 1, Baseline::Plans, None).unwrap().median, 90.0);
        assert_eq!(guess(&all, 1, Baseline::Persistence, None).unwrap().median, 30.0);
        let bound = [Seen { is_value: false, ..seen("a", "2019-12-31", 30.0) }, seen("a", "2020-12-31", 400.0)];
        assert_eq!(guess(&bound, 1, Baseline::Plans, None), None, "a bound is no value to start from");
    }
}
