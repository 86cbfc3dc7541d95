//! Whether a model predicts better than what needs none. Scores are CRPS over what was observed, averaged within a quantity and then
//! over quantities, so that what was observed often does not drown what was observed once. The baseline is the better one, chosen
//! once for all observations; those of which no baseline can say anything are left out for the model too.

use super::baseline::Baseline;

/// An observation's scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scores {
    /// Of which quantity it is.
    pub quantity: usize,
    /// Of the model.
    pub model: f64,
    /// Of the baselines, in the order of [`Baseline::ALL`]; `None` where none has anything to say.
    pub baselines: Option<[f64; Baseline::ALL.len()]>,
}

/// How a model stands beside the best baseline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Skill {
    /// Score of the model.
    pub model: f64,
    /// The best baseline.
    pub baseline: Baseline,
    /// Its score.
    pub best: f64,
    /// Observations that were compared.
    pub rows: usize,
    /// Quantities that they are of.
    pub quantities: usize,
}

impl Skill {
    /// Of observations; `None` where no baseline says anything of any.
    pub fn of(rows: &[Scores]) -> Option<Skill> {
        let compared: Vec<(&Scores, [f64; Baseline::ALL.len()])> =
            rows.iter().filter_map(|row| Some((row, row.baselines?))).collect();
        let model = by_quantity(compared.iter().map(|(row, _)| (row.quantity, row.model)))?;
        let score = |b: usize| by_quantity(compared.iter().map(|(row, scores)| (row.quantity, scores[b])));
        let scores: Vec<f64> = (0..Baseline::ALL.len()).filter_map(score).collect();
        let (best, score) = scores.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1))?;
        let mut quantities: Vec<usize> = compared.iter().map(|(row, _)| row.quantity).collect();
        quantities.sort_unstable();
        quantities.dedup();
        Some(Skill {
            model,
            baseline: Baseline::ALL[best],
            best: *score,
            rows: compared.len(),
            quantities: quantities.len(),
        })
    }

    /// 1 is perfect, 0 as good as the baseline, negative worse.
    pub fn skill(&self) -> f64 {
        1.0 - self.model / self.best
    }
}

/// The mean within each quantity, then over quantities; what is not finite has no say. `None` of nothing.
pub fn by_quantity(values: impl Iterator<Item = (usize, f64)>) -> Option<f64> {
    let mut sums = std::collections::BTreeMap::<usize, (f64, f64)>::new();
    for (quantity, value) in values.filter(|(_, value)| value.is_finite()) {
        let (sum, count) = sums.entry(quantity).or_default();
        *sum += value;
        *count += 1.0;
    }
    let count = sums.len() as f64;
    (count > 0.0).then(|| sums.values().map(|(sum, count)| sum / count).sum::<f64>() / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(quantity: usize, model: f64, baselines: Option<[f64; 2]>) -> Scores {
        Scores { quantity, model, baselines }
    }

    #[test]
    fn many_observations_of_a_quantity_count_as_one() {
        let values = [(0, 1.0), (0, 3.0), (0, 2.0), (1, 4.0), (2, f64::NAN)];
        assert_eq!(by_quantity(values.into_iter()), Some(3.0));
        assert_eq!(by_quantity(std::iter::empty()), None);
    }

    #[test]
    fn the_baseline_is_chosen_once_for_all() {
        let rows = [row(0, 0.2, Some([0.4, 0.1])), row(1, 0.2, Some([0.4, 0.9])), row(2, 9.0, None)];
        let skill = Skill::of(&rows).unwrap();
        assert_eq!((skill.baseline, skill.best, skill.rows, skill.quantities), (Baseline::Persistence, 0.4, 2, 2));
        assert!((skill.skill() - 0.5).abs() < 1e-12);
        assert_eq!(Skill::of(&[row(0, 1.0, None)]), None);
    }

    #[test]
    fn a_perfect_model_and_a_persistence_that_can_not_be_beaten() {
        assert_eq!(Skill::of(&[row(0, 0.0, Some([0.3, 0.4]))]).unwrap().skill(), 1.0);
        assert!(Skill::of(&[row(0, 0.1, Some([0.05, 0.4]))]).unwrap().skill() < 0.0);
    }
}
