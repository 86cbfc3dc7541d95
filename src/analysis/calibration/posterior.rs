//! A posterior as a distribution that a scenario can hold: the prior, carried over to where the posterior places it.

use super::marginal::weighted_quantile;
use crate::model::world::params::Quantile;
use crate::scenario::param::Dist;

/// Steps of probability between the quantiles that are written.
pub const STEPS: usize = 20;

/// The least part of a posterior that an alternative gets: half a draw. That no kept trial has it does not make it
/// impossible.
fn least(effective: f64) -> f64 {
    (0.5 / effective).min(0.5)
}

/// The distribution of a parameter whose position in (0, 1) has this posterior (rising positions, with weights that add up
/// to 1, worth `effective` draws).
///
/// A yes-or-no stays one, with another probability; alternatives stay, with other weights; all else becomes quantiles.
pub fn distribution(prior: &Dist, bounds: (f64, f64), sample: &[(f64, f64)], effective: f64) -> Dist {
    let least = least(effective);
    match prior {
        Dist::Fixed(_) => prior.clone(),
        Dist::Bernoulli { p } if *p <= 0.0 || *p >= 1.0 => prior.clone(),
        Dist::Bernoulli { p } => {
            let above: f64 = sample.iter().filter(|(unit, _)| *unit > 1.0 - p).map(|(_, weight)| weight).sum();
            Dist::Bernoulli { p: round(above.clamp(least, 1.0 - least)) }
        }
        Dist::Choice(alternatives) => Dist::Choice(reweighted(alternatives, bounds, sample, effective)),
        _ => {
            let quantile = Quantile::new(prior, bounds);
            let (low, high) = prior.ends(bounds);
            let at = |step: usize| {
                let unit = weighted_quantile(sample, step as f64 / STEPS as f64);
                // Rounding must not lead out of what the prior admits.
                round(quantile.at(unit)).clamp(low, high)
            };
            Dist::Quantiles((0..=STEPS).map(at).collect())
        }
    }
}

fn reweighted(
    alternatives: &[(f64, Dist)],
    bounds: (f64, f64),
    sample: &[(f64, f64)],
    effective: f64,
) -> Vec<(f64, Dist)> {
    let total: f64 = alternatives.iter().map(|(weight, _)| weight).sum();
    let mut from = 0.0;
    alternatives
        .iter()
        .map(|(weight, dist)| {
            let until = from + weight / total;
            let within = |unit: &f64| (from..until).contains(unit);
            let part: f64 = sample.iter().filter(|(unit, _)| within(unit)).map(|(_, weight)| weight).sum();
            let inner: Vec<(f64, f64)> = sample
                .iter()
                .filter(|(unit, _)| within(unit))
                .map(|(unit, weight)| ((unit - from) / (until - from), weight / part))
                .collect();
            // Too few draws say nothing of an alternative's own shape.
            let enough = part * effective >= 2.0 * STEPS as f64;
            let shape = if enough { distribution(dist, bounds, &inner, part * effective) } else { dist.clone() };
            from = until;
            (round(part.max(least(effective))), shape)
        })
        .collect()
}

/// Six significant digits.
fn round(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn even(low: f64, high: f64, n: usize) -> Vec<(f64, f64)> {
        (0..n).map(|i| (low + (high - low) * (i as f64 + 0.5) / n as f64, 1.0 / n as f64)).collect()
    }

    #[test]
    fn quantiles_of_a_uniform_are_where_the_posterior_puts_them() {
        let prior = Dist::Uniform { low: 10.0, high: 20.0 };
        let Dist::Quantiles(values) = distribution(&prior, (0.0, 99.0), &even(0.5, 1.0, 1000), 1000.0) else {
            panic!("not quantiles")
        };
        assert_eq!(values.len(), STEPS + 1);
        for (step, value) in values.iter().enumerate() {
            assert!((value - (15.0 + 5.0 * step as f64 / STEPS as f64)).abs() < 0.01, "{step}: {value}");
        }
        assert!(Dist::Quantiles(values).sound((0.0, 99.0)).is_ok());
    }

    #[test]
    fn a_yes_or_no_gets_another_probability_and_is_never_sure() {
        let prior = Dist::Bernoulli { p: 0.3 };
        // A fifth of an even sample on (0.6, 0.8) below 0.64; half of it above 0.7.
        assert_eq!(distribution(&prior, (0.0, 1.0), &even(0.6, 0.8, 100), 100.0), Dist::Bernoulli { p: 0.5 });
        assert_eq!(distribution(&prior, (0.0, 1.0), &even(0.8, 0.9, 100), 100.0), Dist::Bernoulli { p: 0.995 });
        let sure = Dist::Bernoulli { p: 1.0 };
        assert_eq!(distribution(&sure, (0.0, 1.0), &even(0.0, 1.0, 100), 100.0), sure);
    }

    #[test]
    fn alternatives_get_other_weights_and_their_own_posteriors() {
        let prior = Dist::Choice(vec![(1.0, Dist::Fixed(2.0)), (3.0, Dist::Uniform { low: 4.0, high: 8.0 })]);
        // Positions from 0.125 to 0.625: a quarter of them in the first alternative (below 0.25), three quarters in the lower
        // half of the second.
        let Dist::Choice(parts) = distribution(&prior, (0.0, 9.0), &even(0.125, 0.625, 1000), 1000.0) else {
            panic!("not alternatives")
        };
        assert_eq!((parts[0].0, &parts[0].1, parts[1].0), (0.25, &Dist::Fixed(2.0), 0.75));
        let (low, high) = parts[1].1.ends((0.0, 9.0));
        assert!((low - 4.0).abs() < 0.02 && (high - 6.0).abs() < 0.02, "{low} {high}");
    }
}
