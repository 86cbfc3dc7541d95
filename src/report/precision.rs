//! What the trials are too few for, in words that say what to do next: for standard error, and for `summary.md`.

use std::fmt::Display;

use super::number::thousands;
use super::stopping::two_digits;
use crate::analysis::precision::{PrecisionWarning, WIDEST};
use crate::experiment::interval::FEWEST;

/// No more trials than these are worth a claim.
const MOST: f64 = 1e6;

/// A precision warning in a sentence without its full stop.
pub fn words(warning: &PrecisionWarning) -> String {
    let trials = |needed: &f64| thousands(two_digits(*needed));
    match warning {
        PrecisionWarning::Alone { enough } => format!("one trial has no interval and no bands: give {enough} or more"),
        PrecisionWarning::Few { trials, enough } => format!(
            "{trials} trials have no 95% intervals (none is known to hold with fewer than {FEWEST}): give {enough} or more"
        ),
        PrecisionWarning::Rare { scenario } => format!(
            "the shortfall of {scenario} has no 95% interval, since a few trials decide it: raise --trials, or take it as not known"
        ),
        PrecisionWarning::RareOrder { more, less } => format!(
            "that {more} costs the target more than {less} rests on a few trials: raise --trials, or take the two as equal"
        ),
        PrecisionWarning::Wide { scenario, half_width, needed, others } => {
            let others = match others {
                0 => String::new(),
                1 => " (the interval of one other scenario is too wide, too)".to_owned(),
                others => format!(" (the intervals of {others} other scenarios are too wide, too)"),
            };
            let (half_width, widest) = (100.0 * half_width, 100.0 * WIDEST);
            format!(
                "the shortfall of {scenario} is known to ±{half_width:.1} percentage points only{others}: for ±{widest:.0} about {} \
                 trials would do; raise --trials",
                trials(needed)
            )
        }
        PrecisionWarning::Order { more, less, needed } if *needed > MOST => {
            format!("whether {more} costs the target more than {less} can't be told: take the two as equal")
        }
        PrecisionWarning::Order { more, less, needed } => format!(
            "that {more} costs the target more than {less} could be chance (the 95% interval of their difference includes 0): about \
             {} trials would tell, if the difference is as large as it seems; raise --trials",
            trials(needed)
        ),
        PrecisionWarning::Tails { trials, enough } => format!(
            "the outer quantiles (q05, q95) of {trials} trials rest on fewer than five trials each: give {enough} or more before \
             you quote a band"
        ),
    }
}

/// A section of `summary.md` on what was to be known before the run; nothing where there is none.
pub fn before_the_run(warnings: &[String]) -> String {
    if warnings.is_empty() {
        return String::new();
    }
    format!("\n## What has no effect, and where the data end\n\n{}", minds(warnings))
}

/// Warnings as lines of a page.
pub fn minds(warnings: impl IntoIterator<Item = impl Display>) -> String {
    warnings.into_iter().map(|warning| format!("- **Mind:** {warning}.\n")).collect()
}

/// A section of `summary.md`; nothing where there is none.
pub fn section(warnings: &[PrecisionWarning]) -> String {
    if warnings.is_empty() {
        return String::new();
    }
    format!("\n## What the trials are too few for\n\n{}", minds(warnings.iter().map(words)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::precision::Enough;

    #[test]
    fn a_doubt_says_what_to_do_next() {
        let wide = PrecisionWarning::Wide { scenario: "a".into(), half_width: 0.08, needed: 1601.0, others: 1 };
        assert!(words(&wide).contains("±8.0 percentage points") && words(&wide).contains("about 1,700 trials"));
        let order = |needed| words(&PrecisionWarning::Order { more: "a".into(), less: "b".into(), needed });
        assert!(order(5000.0).contains("about 5,000 trials would tell"));
        assert!(order(5e7).contains("take the two as equal"));
        assert_eq!(section(&[]), "");
        assert_eq!(section(&[PrecisionWarning::Alone { enough: Enough::PLAIN }, wide]).matches("**Mind:**").count(), 2);
    }
}
