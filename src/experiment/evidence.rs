//! What an ensemble so far says to a stopping rule: exact moments from its accumulators, and order statistics from the trials that
//! are kept, or from the bins in which they are counted.

use super::ensemble::Ensemble;
use super::rows::RowsError;
use super::stopping::goal::Measure;
use super::stopping::precision::{Evidence, Moments};
use super::stopping::rule::Rule;

/// The evidence of an ensemble for a rule.
pub struct SoFar<'a> {
    ensemble: &'a Ensemble,
    /// Values of the columns of which quantiles are asked, sorted, by scenario and column; none where they are counted.
    sorted: Vec<((usize, usize), Vec<f64>)>,
}

impl<'a> SoFar<'a> {
    /// Of an ensemble in which just the trials that are told of are done.
    ///
    /// # Errors
    /// Trials that can't be read back.
    pub fn of(ensemble: &'a Ensemble, rule: &Rule) -> Result<SoFar<'a>, RowsError> {
        let mut sorted = Vec::new();
        let quantiles = rule.aims().iter().filter(|aim| matches!(aim.goal().measure(), Measure::Quantile(_)));
        for column in quantiles.map(|aim| aim.column()).filter(|_| !ensemble.schema.sketched) {
            for scenario in 0..ensemble.scenarios.len() {
                let mut values = ensemble.values(scenario, column)?;
                values.retain(|value| value.is_finite());
                values.sort_by(f64::total_cmp);
                sorted.push(((scenario, column), values));
            }
        }
        Ok(SoFar { ensemble, sorted })
    }

    fn moments_of(&self, scenario: usize, count: usize, powers: [usize; 3]) -> Moments {
        let accumulator = &self.ensemble.scenarios[scenario];
        accumulator.moments(accumulator.counts[count], powers)
    }
}

impl Evidence for SoFar<'_> {
    fn moments(&self, scenario: usize, column: usize) -> Moments {
        let schema = &self.ensemble.schema;
        self.moments_of(scenario, schema.with_value(column), schema.total(column))
    }

    fn differences(&self, scenario: usize, _from: usize, column: usize) -> Moments {
        // Rules are made for the plan's reference, from which accumulators tell the differences.
        let schema = &self.ensemble.schema;
        self.moments_of(scenario, schema.paired(column), schema.difference(column))
    }

    fn ranked(&self, scenario: usize, column: usize, rank: u64) -> (f64, f64) {
        let kept = self.sorted.iter().find(|(place, _)| *place == (scenario, column));
        match kept {
            Some((_, values)) => {
                let value = values.get(rank.saturating_sub(1) as usize).copied().unwrap_or(f64::NAN);
                (value, value)
            }
            None => {
                let schema = &self.ensemble.schema;
                let sketch = self.ensemble.scenarios[scenario].sketches.get(schema.total_sketch(column));
                let value = sketch.map_or(f64::NAN, |sketch| sketch.order(rank.saturating_sub(1)));
                let slack = value.abs() * super::sketch::RELATIVE_ERROR;
                (value - slack, value + slack)
            }
        }
    }
}
