//! Half-widths against numbers worked out by hand or otherwise.

use super::*;

#[test]
fn a_mean_has_the_interval_of_student() {
    // From 1 to 20. t(0.975; 19) = 2.093024.
    let found = mean(Moments::of((1..=20).map(f64::from)));
    assert!((found.half_width - 2.093024 * (35.0f64 / 20.0).sqrt()).abs() < 1e-5, "{found:?}");
    for (count, expected) in [(2, 12.706205), (31, 2.042272), (1001, 1.962339), (1_000_001, 1.959966)] {
        assert!((student95(count) - expected).abs() < 2e-4, "{count}: {}", student95(count));
    }
}

#[test]
fn too_few_values_tell_nothing() {
    assert!(mean(Moments { count: 0, ..Moments::default() }).value.is_nan());
    assert_eq!(mean(Moments { count: 1, mean: 2.0, ..Moments::default() }).half_width, f64::INFINITY);
    // One loss in 1,000 trials tells nothing of its mean; none at all passes for nothing.
    let losses = |k| mean(Moments::of((0..1000).map(move |i| if i < k { 1.0 } else { 0.0 }))).half_width;
    assert_eq!((losses(1), losses(0)), (f64::INFINITY, 0.0));
    let few = |count| quantile(count, 90, |rank| (rank as f64, rank as f64));
    assert!(few(0).value.is_nan());
    // Not even the greatest of 35 values lies above the 90% quantile surely enough: 0.9^35 is 2.503%; of 36 it does.
    assert_eq!(few(35).half_width, f64::INFINITY);
    assert!(few(36).half_width.is_finite());
}

#[test]
fn the_ranks_are_as_far_in_as_may_be() {
    // Of B binomial (100, 1/2), P(B < 40) is 1.76%, and P(B < 41) 2.84%.
    assert_eq!(ranks(100, 0.5), (Some(40), Some(61)));
    assert_eq!(ranks(5, 0.5), (None, None));
    assert_eq!(ranks(6, 0.5), (Some(1), Some(6)));
    assert_eq!(ranks(1, 0.01), (None, Some(1)));
}

#[test]
fn of_many_values_the_ranks_are_those_of_the_normal_curve() {
    let (low, high) = ranks(1_000_000, 0.9);
    let (low, high) = (low.unwrap() as f64, high.unwrap() as f64);
    // 900,000 plus or minus 1.96 times 300.
    assert!((low - 899_412.0).abs() <= 2.0 && (high - 900_589.0).abs() <= 2.0, "{low} {high}");
}

#[test]
fn a_quantile_is_that_of_the_tables_with_its_longer_side() {
    let values: Vec<f64> = (1..=100).map(|i| f64::from(i * i)).collect();
    let found = quantile(100, 50, |rank| (values[rank as usize - 1], values[rank as usize - 1]));
    assert_eq!(found.value, 0.5 * (2500.0 + 2601.0));
    assert_eq!(found.half_width, 61.0 * 61.0 - found.value);
    // In bins, the interval is that of the bins' outer ends.
    let bins = quantile(100, 50, |rank| (values[rank as usize - 1] - 7.0, values[rank as usize - 1] + 7.0));
    assert_eq!(bins, Estimate { half_width: found.half_width + 7.0, ..found });
}

proptest! {
    /// Against the regularized beta function.
    #[test]
    fn the_ranks_leave_out_no_more_than_a_fortieth_on_either_side(count in 1u64..3000, percent in 1u8..=99) {
        let p = f64::from(percent) / 100.0;
        let below = Binomial::new(p, count).unwrap();
        let (low, high) = ranks(count, p);
        let (r, s) = (low.unwrap_or(0), high.unwrap_or(count + 1));
        // P(B < r) and P(B >= s), and of the next ranks inward.
        let left = |r: u64| r.checked_sub(1).map_or(0.0, |last| below.cdf(last));
        let right = |s: u64| s.checked_sub(1).map_or(1.0, |last| 1.0 - below.cdf(last));
        prop_assert!(left(r) <= 0.025 + 1e-9 && left(r + 1) >= 0.025 - 1e-9, "{} {}", left(r), left(r + 1));
        prop_assert!(right(s) <= 0.025 + 1e-9 && right(s - 1) >= 0.025 - 1e-9, "{} {}", right(s), right(s - 1));
    }
}
