//! Sums against exact rational arithmetic, in every order and grouping that chance finds.

use num_bigint::BigInt;
use proptest::prelude::*;

use super::*;

/// Any finite value: ordinary, huge, tiny, subnormal and zero.
fn finite() -> impl Strategy<Value = f64> {
    use prop::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    prop_oneof![
        2 => -1e6..1e6,
        1 => (-9_i64..9).prop_map(|whole| whole as f64),
        2 => POSITIVE | NEGATIVE | NORMAL,
        1 => POSITIVE | NEGATIVE | SUBNORMAL | ZERO,
        1 => prop::sample::select(vec![f64::MAX, f64::MIN, f64::MIN_POSITIVE, 5e-324, 1e300, -1e-300]),
    ]
}

/// Values of which some cancel others exactly or all but so.
fn values() -> impl Strategy<Value = Vec<f64>> {
    let cancelling = prop::collection::vec((finite(), 0..3_u8), 0..20).prop_map(|pairs| {
        pairs
            .into_iter()
            .flat_map(|(value, how)| match how {
                0 => vec![value],
                1 => vec![value, -value],
                _ => vec![value, -f64::from_bits(value.to_bits() ^ 1)],
            })
            .collect::<Vec<f64>>()
    });
    cancelling.prop_flat_map(|values| Just(values).prop_shuffle())
}

/// The value as a multiple of 2^−1074, or with two values their product as a multiple of 2^−2148.
fn integer(value: f64) -> BigInt {
    let bits = value.abs().to_bits();
    let (exponent, fraction) = (bits >> 52, bits & ((1 << 52) - 1));
    let magnitude = if exponent == 0 { fraction.into() } else { BigInt::from(fraction | 1 << 52) << (exponent - 1) };
    if value < 0.0 { -magnitude } else { magnitude }
}

/// The nearest `f64` to `numerator / denominator`, found by bisection over all values: slow, and nothing to get wrong.
fn nearest_by_search(numerator: &BigInt, denominator: &BigInt) -> f64 {
    if numerator.sign() == Sign::NoSign {
        return 0.0;
    }
    let magnitude = BigInt::from(numerator.magnitude().clone());
    let (mut low, mut high) = (0_u64, f64::INFINITY.to_bits());
    // The largest value at or below.
    while high - low > 1 {
        let middle = low.midpoint(high);
        let below = integer(f64::from_bits(middle)) * denominator <= magnitude;
        (low, high) = if below { (middle, high) } else { (low, middle) };
    }
    let spacing_is_last = high == f64::INFINITY.to_bits();
    let under = integer(f64::from_bits(low));
    let over = if spacing_is_last { BigInt::from(1) << 2098 } else { integer(f64::from_bits(high)) };
    let (below, above) = (&magnitude - &under * denominator, &over * denominator - &magnitude);
    let up = above < below || (above == below && low % 2 == 1);
    let result = f64::from_bits(if up { high } else { low });
    if numerator.sign() == Sign::Minus { -result } else { result }
}

fn sum_of(values: &[f64]) -> Sums {
    let mut sums = Sums::new(1);
    for value in values {
        sums.add(0, *value);
    }
    sums
}

/// Eleven cells (a block and more), each of which gets all values in rows, in another order.
fn rows_of(values: &[f64]) -> Sums {
    let mut sums = Sums::new(11);
    for i in 0..values.len() {
        let row: Vec<f64> = values.iter().cycle().skip(i).take(11).copied().collect();
        sums.add_row(0, &row);
    }
    sums
}

fn bytes(sums: &Sums) -> Vec<u8> {
    let mut bytes = Vec::new();
    sums.write(&mut bytes);
    bytes
}

fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan()) || (a == 0.0 && b == 0.0)
}

proptest! {
    #[test]
    fn a_sum_is_the_exact_one_rounded_once(values in values()) {
        let exact: BigInt = values.iter().map(|v| integer(*v)).sum();
        let sums = sum_of(&values);
        let expected = nearest_by_search(&exact, &1.into());
        prop_assert!(same(sums.value(0), expected), "{} is not {}", sums.value(0), expected);
        prop_assert!(same(sums.number(0).unwrap().to_f64(), expected));
        prop_assert_eq!(sums.is_zero(0), exact == BigInt::ZERO);
        let rows = rows_of(&values);
        prop_assert!((0..11).all(|cell| rows.number(cell) == sums.number(0)));
        let n = values.len() as u64;
        prop_assert!(n == 0 || same(sums.mean(n, 0), nearest_by_search(&exact, &n.into())));
    }

    #[test]
    fn order_and_grouping_change_no_bit(
        (values, shuffled) in values().prop_flat_map(|v| (Just(v.clone()), Just(v).prop_shuffle())),
        cuts in prop::collection::vec(1..5_usize, 40),
        through_bytes in any::<bool>(),
    ) {
        let whole = sum_of(&values);
        let mut grouped = Sums::new(1);
        let mut rest = shuffled.as_slice();
        for cut in cuts.iter().cycle() {
            let (group, later) = rest.split_at((*cut).min(rest.len()));
            let mut group = sum_of(group);
            if through_bytes {
                group = Sums::read(&mut bytes(&group).as_slice()).unwrap();
            }
            grouped.merge(&group).unwrap();
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert!(grouped == whole);
        prop_assert_eq!(bytes(&grouped), bytes(&whole));
        prop_assert!(same(grouped.value(0), whole.value(0)));
    }

    #[test]
    fn many_rows_round_nothing(
        pool in prop::collection::vec((1.0..2.0, -34..16, any::<bool>()), 11),
        largest in any::<bool>(),
        merged in any::<bool>(),
    ) {
        let value = |(fraction, exponent, negative): &(f64, i32, bool)| {
            let fraction = if largest { f64::from_bits(1.5_f64.to_bits() - 1) } else { *fraction };
            fraction * crate::math::powi(2.0, *exponent) * if *negative && !largest { -1.0 } else { 1.0 }
        };
        let row: Vec<f64> = pool.iter().map(value).collect();
        let (mut rows, mut singly, mut other) = (Sums::new(12), Sums::new(12), Sums::new(12));
        // The units are set by ones.
        rows.add_row(0, &[1.0; 12]);
        (0..12).for_each(|cell| singly.add(cell, 1.0));
        for i in 0..700 {
            let rows = if merged && i % 300 < 150 { &mut other } else { &mut rows };
            rows.add_row(i % 2, &row);
            row.iter().enumerate().for_each(|(cell, value)| singly.add(i % 2 + cell, *value));
        }
        rows.merge(&other).unwrap();
        prop_assert!(rows == singly);
        prop_assert_eq!(bytes(&rows), bytes(&singly));
        rows.clear();
        prop_assert!(rows == Sums::new(12));
    }

    #[test]
    fn bytes_come_back_as_the_same_table(rows in prop::collection::vec(values(), 0..5), broken in any::<prop::sample::Index>()) {
        let mut sums = Sums::new(rows.len() + 2);
        for (cell, row) in rows.iter().enumerate() {
            row.iter().for_each(|v| sums.add(cell, *v));
            row.iter().for_each(|v| sums.add_product(cell, *v, 1.0 / 3.0));
        }
        sums.add(rows.len(), f64::NAN);
        let bytes = bytes(&sums);
        let mut input = bytes.as_slice();
        let back = Sums::read(&mut input).unwrap();
        prop_assert!(input.is_empty());
        prop_assert!(back == sums);
        let mut again = Vec::new();
        back.write(&mut again);
        prop_assert_eq!(&again, &bytes);
        // Cut anywhere, the bytes are refused; with a byte changed they never panic and are another table or refused.
        let place = broken.index(bytes.len());
        prop_assert!(Sums::read(&mut &bytes[..place]).is_err());
        let mut damaged = bytes.clone();
        damaged[place] ^= 1 << (place % 8);
        prop_assert!(Sums::read(&mut damaged.as_slice()).is_err_or(|other| *other != sums));
    }

    #[test]
    fn variances_and_covariances_are_the_exact_ones_rounded_once(pairs in prop::collection::vec((finite(), finite()), 2..20)) {
        let mut sums = Sums::new(4);
        for (x, y) in &pairs {
            sums.add_row(0, &[*x, *y]);
            sums.add_squares(2, &[*x]);
            sums.add_product(3, *x, *y);
        }
        let n = pairs.len() as u64;
        let (sx, sy): (BigInt, BigInt) =
            (pairs.iter().map(|p| integer(p.0)).sum(), pairs.iter().map(|p| integer(p.1)).sum());
        let sxx: BigInt = pairs.iter().map(|p| integer(p.0).pow(2)).sum();
        let sxy: BigInt = pairs.iter().map(|p| integer(p.0) * integer(p.1)).sum();
        // From multiples of 2^−2148 to the multiples of 2^−1074 that the search counts in.
        let denominator = (BigInt::from(n) * (n - 1)) << 1074;
        let variance = nearest_by_search(&(n * sxx - &sx * &sx), &denominator);
        let covariance = nearest_by_search(&(n * sxy - &sx * &sy), &denominator);
        prop_assert!(same(sums.variance(n, 0, 2), variance), "{} is not {variance}", sums.variance(n, 0, 2));
        prop_assert!(same(sums.covariance(n, 0, 1, 3), covariance));
    }
}

trait IsErrOr<T> {
    fn is_err_or(&self, is: impl FnOnce(&T) -> bool) -> bool;
}

impl<T, E> IsErrOr<T> for Result<T, E> {
    fn is_err_or(&self, is: impl FnOnce(&T) -> bool) -> bool {
        self.as_ref().map_or(true, is)
    }
}

#[test]
fn a_value_that_rounding_would_lose_is_kept() {
    let sums = sum_of(&[1e300, 1.0, -1e300, 5e-324]);
    assert_eq!(sums.value(0), 1.0);
    assert_eq!(sum_of(&[1e300, 5e-324, -1e300]).value(0), 5e-324);
    assert_eq!(sum_of(&[0.1; 10]).value(0), 1.0);
    // The sum may pass what an f64 can hold, and come back.
    assert_eq!(sum_of(&[f64::MAX, f64::MAX, -f64::MAX]).value(0), f64::MAX);
    assert_eq!(sum_of(&[f64::MAX, f64::MAX]).value(0), f64::INFINITY);
}

#[test]
fn a_cell_that_meets_no_finite_number_is_undefined_whatever_else_it_meets() {
    let mut sums = sum_of(&[1.0, f64::INFINITY, f64::NEG_INFINITY]);
    let other = sum_of(&[2.0]);
    let mut merged = other.clone();
    merged.merge(&sums).unwrap();
    sums.merge(&other).unwrap();
    let mut rows = Sums::new(9);
    rows.add_row(0, &[1.0; 9]);
    rows.add_row(0, &[f64::NAN; 9]);
    rows.add_row(0, &[1.0; 9]);
    assert!((0..9).all(|cell| rows.value(cell).is_nan()));
    for sums in [&sums, &merged] {
        assert!(sums.value(0).is_nan() && sums.number(0).is_none() && !sums.is_zero(0));
        assert!(sums.mean(2, 0).is_nan() && sums.variance(2, 0, 0).is_nan());
        assert_eq!(bytes(sums), [1, 1]);
    }
    assert!(sums == merged);
    sums.clear();
    assert!(sums.is_zero(0) && sums == Sums::new(1));
}

#[test]
fn tables_of_other_lengths_are_not_added() {
    let error = Sums::new(2).merge(&Sums::new(3)).unwrap_err();
    assert_eq!(error, OtherLength { own: 2, other: 3 });
}

/// A full cell hands over to the table beside it: sums double until 2^100 values of the largest size are in.
#[test]
fn cells_do_not_overflow() {
    let mut sums = sum_of(&[f64::MAX, 1.0, -1e-300]);
    for _ in 0..100 {
        let same = sums.clone();
        sums.merge(&same).unwrap();
    }
    let times = BigInt::from(1) << 100;
    let exact: BigInt = (integer(f64::MAX) + integer(1.0) + integer(-1e-300)) * times;
    assert_eq!(sums.number(0), Some(Number::new(exact, -1074)));
}

#[test]
fn variance_of_nearly_equal_large_numbers_is_right() {
    // 10^15 + 0.125·i: in floating point, the squares' differences are lost.
    let values: Vec<f64> = (0..1000).map(|i| 1e15 + 0.125 * f64::from(i % 5)).collect();
    let mut sums = Sums::new(2);
    for value in &values {
        sums.add(0, *value);
        sums.add_product(1, *value, *value);
    }
    let expected = 0.125 * 0.125 * 2.0 * 1000.0 / 999.0;
    assert!((sums.variance(1000, 0, 1) / expected - 1.0).abs() < 1e-12);
    // Of equal values it is nothing, and of one there is none.
    let mut equal = Sums::new(2);
    for _ in 0..3 {
        equal.add(0, 0.1);
        equal.add_squares(1, &[0.1]);
    }
    assert_eq!(equal.variance(3, 0, 1), 0.0);
    assert!(equal.variance(1, 0, 1).is_nan() && equal.mean(0, 0).is_nan());
}

#[test]
fn third_moments_are_those_of_the_deviations_however_large_the_mean() {
    // Deviations of x -3, -2, -1, 6 and of y 1, -1, 3, -3, about means of which rounding would leave nothing.
    let (xs, ys) = ([-3.0, -2.0, -1.0, 6.0], [1.0, -1.0, 3.0, -3.0]);
    let number = |value: i64| Number::new(value.into(), 0);
    let sum = |of: &dyn Fn(i64, i64) -> i64| {
        let terms = xs.iter().zip(&ys).map(|(x, y)| of(1_000_000 + *x as i64, 100_000 + *y as i64));
        number(terms.sum())
    };
    let (x, y) = (sum(&|x, _| x), sum(&|_, y| y));
    let (xx, xy) = (sum(&|x, _| x * x), sum(&|x, y| x * y));
    let found = third(4, [&x, &x, &y], [&xy, &xy, &xx], &sum(&|x, y| x * x * y));
    let expected: f64 = xs.iter().zip(&ys).map(|(x, y)| x * x * y).sum::<f64>() / 4.0;
    assert_eq!(found, expected);
    assert_eq!(third(4, [&x, &x, &x], [&xx, &xx, &xx], &sum(&|x, _| x * x * x)), 45.0);
    assert!(third(0, [&x, &x, &x], [&xx, &xx, &xx], &x).is_nan());
}
