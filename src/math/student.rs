//! Quantiles of Student's t, by those of the beta distribution: the share t² / (n + t²) of n degrees of freedom is one of beta
//! with shapes 1/2 and n/2. Of many degrees, by the expansion about the normal (Abramowitz and Stegun 1964, 26.7.5).

use super::beta::Beta;
use super::normal::normal_quantile;

/// From so many degrees of freedom on, the expansion is good to the last digits.
const MANY: f64 = 1000.0;

/// The number that one of Student's t is below with a probability in (0, 1).
pub fn student_quantile(probability: f64, freedom: f64) -> f64 {
    if freedom >= MANY {
        return about_normal(normal_quantile(probability), freedom);
    }
    let within = (2.0 * probability - 1.0).abs();
    let share = Beta::new(0.5, 0.5 * freedom).map_or(f64::NAN, |beta| beta.quantile(within));
    let size = if within == 0.0 { 0.0 } else { (freedom * share / (1.0 - share)).sqrt() };
    if probability < 0.5 { -size } else { size }
}

fn about_normal(x: f64, freedom: f64) -> f64 {
    let s = x * x;
    let terms = [
        x,
        x * (s + 1.0) / 4.0,
        x * ((5.0 * s + 16.0) * s + 3.0) / 96.0,
        x * (((3.0 * s + 19.0) * s + 17.0) * s - 15.0) / 384.0,
        x * ((((79.0 * s + 776.0) * s + 1482.0) * s - 1920.0) * s - 945.0) / 92160.0,
    ];
    terms.iter().rev().fold(0.0, |sum, term| sum / freedom + term)
}

#[cfg(test)]
mod tests {
    use super::*;
    use statrs::distribution::{ContinuousCDF, StudentsT};

    #[test]
    fn quantiles_are_those_of_tables() {
        for (freedom, known) in [
            (1.0, 12.706204736174694),
            (2.0, 4.302652729749462),
            (19.0, 2.093024054408263),
            (100.0, 1.983971518523551),
            (999.0, 1.96234146113345),
            (1e9, 1.9599639869123255),
        ] {
            let found = student_quantile(0.975, freedom);
            assert!((found - known).abs() < 1e-11 * known, "{freedom}: {found} and {known}");
            assert!((student_quantile(0.025, freedom) + found).abs() < 1e-12 * known, "{freedom}");
        }
        assert_eq!(student_quantile(0.5, 5.0), 0.0);
    }

    #[test]
    fn both_ways_agree_and_are_the_inverse_of_another_hand() {
        for probability in [0.01, 0.3, 0.6, 0.9, 0.975, 0.999] {
            let by_beta = |freedom: f64| {
                let share = Beta::new(0.5, 0.5 * freedom).unwrap().quantile((2.0f64 * probability - 1.0).abs());
                (freedom * share / (1.0 - share)).sqrt()
            };
            let many = student_quantile(probability, MANY).abs();
            assert!((by_beta(MANY) - many).abs() < 1e-11 * many, "{probability}: {} and {many}", by_beta(MANY));
            for freedom in [1.0, 3.5, 20.0, 400.0, 5000.0] {
                let below = StudentsT::new(0.0, 1.0, freedom).unwrap().cdf(student_quantile(probability, freedom));
                assert!((below - probability).abs() < 1e-9, "{freedom}: {below} and {probability}");
            }
        }
    }
}
