//! The tables that a reader sees in words and rounded numbers: in the summary, and to paste into a paper. Put together once; as
//! Markdown and LaTeX set them they are in [`super::formats`].

use super::number::{percent, prose};
use crate::analysis::compare::{difference, summary_of};
use crate::analysis::results::{Comparison, Estimate, ScenarioResults};
use crate::analysis::statistics::{Summary, mean_estimate};
use crate::experiment::rows::RowsError;
use crate::experiment::{Ensemble, Plan};
use crate::model::record::Outcome;
use crate::model::record::outcome;

/// A table for a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// A word that names it.
    pub label: &'static str,
    /// Title.
    pub title: String,
    /// What a reader must know of its numbers; sentences.
    pub note: String,
    /// Names of its columns.
    pub header: Vec<String>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
    /// Columns from the left that hold words, not numbers.
    pub words: usize,
}

impl Shown {
    /// Whether a column holds numbers.
    pub fn is_number(&self, column: usize) -> bool {
        column >= self.words
    }

    /// The same table with some of its columns.
    pub fn only(self, columns: &[usize]) -> Shown {
        let keep = |cells: &[String]| columns.iter().filter_map(|column| cells.get(*column).cloned()).collect();
        let words = columns.iter().filter(|column| !self.is_number(**column)).count();
        Shown { header: keep(&self.header), rows: self.rows.iter().map(|row| keep(row)).collect(), words, ..self }
    }
}

/// The tables that one pastes into a paper.
///
/// # Errors
/// Trials that can't be read back.
pub fn for_papers(plan: &Plan, ensemble: &Ensemble, comparison: &Comparison) -> Result<Vec<Shown>, RowsError> {
    let mut tables = vec![deployment(plan, ensemble, comparison)?.only(&[0, 1, 2, 3, 5])];
    tables.extend(
        [sales(comparison), differences(plan, ensemble, comparison)].into_iter().filter(|t| !t.rows.is_empty()),
    );
    Ok(tables)
}

/// Scenarios that differ from the world without controls.
pub fn told(comparison: &Comparison) -> impl Iterator<Item = &ScenarioResults> {
    comparison.scenarios.iter().filter(|s| s.share_tied < 1.0)
}

/// What the target does where a scenario takes nothing from it in any trial.
pub const SAME_AS_WITHOUT: &str = "deploys the same in every trial as without controls";

/// What the target does where a scenario takes in no trial more or less from it than the reference; `None` where it does in
/// some trial, and of the reference itself. (Where that is the world without controls, [`SAME_AS_WITHOUT`] is said.)
pub fn same_as_reference(comparison: &Comparison, scenario: usize) -> Option<String> {
    let (results, reference) = (comparison.scenarios.get(scenario)?, comparison.scenarios.get(comparison.reference)?);
    let others = scenario != comparison.reference && comparison.reference != comparison.without;
    (others && results.same_as_reference)
        .then(|| format!("deploys the same in every trial as under {}, the reference", reference.id))
}

/// A share with its interval, both in percent.
pub fn span(estimate: &Estimate) -> String {
    range(estimate, percent)
}

/// Which way a shortfall goes.
pub fn direction(shortfall: &Estimate) -> &'static str {
    if shortfall.value >= 0.0 { "fewer" } else { "more" }
}

/// How large a shortfall is, as its share; `None` where it is nothing.
pub fn size(shortfall: &Estimate) -> Option<String> {
    match shortfall.value.abs() {
        0.0 => None,
        // "0.0%" of what is not nothing would be read as nothing.
        size if size < 0.0005 => Some("less than 0.1%".to_owned()),
        size => Some(percent(size)),
    }
}

/// How sure the size of a shortfall is, which [`direction`] takes its sign from.
pub fn sure(shortfall: &Estimate) -> String {
    match shortfall.interval {
        Ok((low, high)) if low < 0.0 && high > 0.0 => "the 95% interval of the mean includes no effect".to_owned(),
        Ok((low, high)) => {
            let (low, high) = (low.abs().min(high.abs()), low.abs().max(high.abs()));
            format!("95% interval of the mean {} to {}", percent(low), percent(high))
        }
        Err(why) => format!("no 95% interval: {why}"),
    }
}

/// The ends of an interval in words, or why there is none.
pub fn range(estimate: &Estimate, number: impl Fn(f64) -> String) -> String {
    match estimate.interval {
        Ok((low, high)) => format!("{} to {}", number(low), number(high)),
        Err(why) => format!("none: {why}"),
    }
}

fn words<const N: usize>(words: [&str; N]) -> Vec<String> {
    words.map(str::to_owned).to_vec()
}

/// What each scenario does to deployment.
///
/// # Errors
/// Trials that can't be read back.
pub fn deployment(plan: &Plan, ensemble: &Ensemble, comparison: &Comparison) -> Result<Shown, RowsError> {
    let subject = &comparison.subject;
    let row = |(s, results): (usize, &ScenarioResults)| -> Result<Vec<String>, RowsError> {
        let column = |outcome| outcome::subject_column(&plan.world, &ensemble.schema.totals, outcome);
        let total = |outcome| column(outcome).map(|c| summary_of(ensemble, s, c)).transpose();
        let (deployed, below) = (total(outcome::DEPLOYMENT)?, total(outcome::BELOW_75)?);
        let share = |s: &Summary| s.count as f64 / f64::from(ensemble.trials().max(1));
        let quantiles = |of: &Option<Summary>| of.as_ref().and_then(|summary| summary.quantiles);
        Ok(vec![
            format!("{}{}", results.id, if results.implied { " (implied)" } else { "" }),
            percent(results.shortfall.value),
            // Of what shortfalls are measured against there is none to be sure of.
            if s == plan.without { "–".to_owned() } else { span(&results.shortfall) },
            deployed.as_ref().and_then(|d| d.mean).map_or_else(String::new, prose),
            quantiles(&deployed).map_or_else(String::new, |q| format!("{} to {}", prose(q[0]), prose(q[4]))),
            percent(results.share_worse),
            below.as_ref().map_or_else(String::new, |b| percent(share(b))),
            quantiles(&below).map_or_else(|| "–".to_owned(), |q| prose(q[2])),
        ])
    };
    Ok(Shown {
        label: "shortfall",
        title: format!("What each scenario does to {}'s {}s", subject.vendor_name, subject.product),
        note: format!(
            "Shortfall: deployment without controls less here, summed over the period; positive is worse for {}. The interval \
             is that of the mean over trials.",
            subject.vendor_name
        ),
        header: vec![
            "scenario".to_owned(),
            "shortfall".to_owned(),
            "95% interval".to_owned(),
            format!("{}s, mean", subject.product),
            "90% of trials between".to_owned(),
            "worse in".to_owned(),
            "below 75% of uncontrolled capacity in".to_owned(),
            "after months (median)".to_owned(),
        ],
        rows: comparison.scenarios.iter().enumerate().map(row).collect::<Result<_, _>>()?,
        words: 1,
    })
}

/// Sales lost by the seller's home.
pub fn sales(comparison: &Comparison) -> Shown {
    let vendor = &comparison.subject.vendor_name;
    let millions = |value: f64| prose(value / 1e6);
    let mut rows = Vec::new();
    for scenario in told(comparison) {
        for ((home, lost), (_, net)) in scenario.lost_sales.iter().zip(&scenario.net_lost_sales) {
            if lost.value == 0.0 && net.value == 0.0 {
                continue;
            }
            rows.push(vec![
                scenario.id.clone(),
                home.clone(),
                millions(lost.value),
                range(lost, millions),
                millions(net.value),
                range(net, millions),
            ]);
        }
    }
    Shown {
        label: "sales",
        title: "Whom it costs".to_owned(),
        note: format!(
            "Sales lost by sellers at home in each jurisdiction, USD million a trial over the period: to {vendor}, and net over \
             all vendors (sales won from {vendor}'s rivals count). Positive is worse for the sellers; intervals are 95% of the mean."
        ),
        header: vec![
            "scenario".to_owned(),
            "sellers' home".to_owned(),
            format!("lost to {vendor}"),
            "95% interval".to_owned(),
            "lost, net".to_owned(),
            "95% interval".to_owned(),
        ],
        rows,
        words: 2,
    }
}

/// Outcomes of which papers tell the paired differences: of the line that the headline is about.
const MAIN: [Outcome; 4] = [outcome::DEPLOYMENT, outcome::DENIED, outcome::LOWEST, outcome::LOST_ORDERS];

/// Paired differences of the main outcomes from the reference.
pub fn differences(plan: &Plan, ensemble: &Ensemble, comparison: &Comparison) -> Shown {
    let reference = &plan.scenarios[comparison.reference].id;
    let mut rows = Vec::new();
    for (s, results) in comparison.scenarios.iter().enumerate().filter(|(s, _)| *s != comparison.reference) {
        for outcome in MAIN {
            let Some(column) = outcome::subject_column(&plan.world, &ensemble.schema.totals, outcome) else { continue };
            let Some(estimate) = mean_estimate(&difference(ensemble, s, column)) else { continue };
            rows.push(vec![
                results.id.clone(),
                outcome.id.to_owned(),
                outcome.unit.to_owned(),
                prose(estimate.value),
                range(&estimate, prose),
            ]);
        }
    }
    Shown {
        label: "differences",
        title: format!("Paired differences from {reference}"),
        note: format!(
            "Mean over trials of the scenario's outcome less that of the same trial under {reference}, for {}'s {}s; intervals are \
             95% of the mean.",
            comparison.subject.vendor_name, comparison.subject.product
        ),
        header: words(["scenario", "outcome", "unit", "difference", "95% interval"]),
        rows,
        words: 3,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A table with what is hard to set.
    pub fn nasty() -> Shown {
        Shown {
            label: "nasty",
            title: "A title".to_owned(),
            note: "A note.".to_owned(),
            header: words(["what", "how much"]),
            rows: vec![words(["50% & \\x_1 | $#{}~^ <b>\n“漢” --", "1"])],
            words: 1,
        }
    }

    #[test]
    fn what_is_not_nothing_is_not_said_to_be() {
        let of = |value| size(&Estimate { value, ..Estimate::NOTHING });
        assert_eq!([of(0.0), of(-0.0004), of(0.0005)].map(Option::unwrap_or_default), ["", "less than 0.1%", "0.1%"]);
    }

    #[test]
    fn some_columns_of_a_table_keep_their_sort() {
        let some = nasty().only(&[1]);
        assert_eq!((some.header, some.rows, some.words), (words(["how much"]), vec![words(["1"])], 0));
    }
}
