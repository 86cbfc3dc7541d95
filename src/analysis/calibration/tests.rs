//! The whole method on problems with a known answer.

use super::*;

const SEED: u64 = 11;

fn datum(id: &str, observed: f64) -> Datum {
    Datum { id: id.into(), low: observed, high: observed }
}

/// What each trial predicts, from the positions of parameters `a`, `b`, ...
fn predictions(trials: u64, keys: &[EntityKey], of: impl Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
    let numbers: Vec<u64> = (0..trials).collect();
    let units: Vec<Vec<f64>> = keys.iter().map(|key| marginal::units(SEED, *key, &numbers)).collect();
    (0..trials as usize).flat_map(|t| of(&units.iter().map(|u| u[t]).collect::<Vec<_>>())).collect()
}

fn keys() -> [EntityKey; 3] {
    ["a", "b", "c"].map(EntityKey::of)
}

/// A position that is uniform before, and of which a normal error of standard deviation 0.1 x the value is observed: the
/// posterior is close to a normal around the value.
#[test]
fn a_parameter_that_is_seen_with_a_known_error_is_found_with_that_error() {
    let keys = keys();
    let data = [datum("seen", 10.5)];
    let predictions = predictions(20_000, &keys, |u| vec![10.0 + u[0]]);
    // A tolerance of 1% of about 10.5 is an error of 0.105 in the position.
    let task =
        Task { data: &data, predictions: &predictions, parameters: &keys, seed: SEED, tolerance: 0.01, keep: 1000 };
    let found = calibrate(&task).unwrap();
    let [a, b, _] = &found.marginals[..] else { panic!("three parameters") };
    assert!((a.quantile(0.5) - 0.5).abs() < 0.02, "{}", a.quantile(0.5));
    let width = a.quantile(0.95) - a.quantile(0.05);
    assert!((width - 2.0 * 1.645 * 0.105).abs() < 0.04, "{width}");
    assert!(a.moved, "{}", a.p_value);
    // What the data say nothing of keeps its prior.
    assert!((b.quantile(0.05) - 0.05).abs() < 0.03 && (b.quantile(0.95) - 0.95).abs() < 0.03);
    assert!((found.data[0].below - 0.5).abs() < 0.02 && found.data[0].informative);
    assert!((found.joint.iter().map(|j| j.weight).sum::<f64>() - 1.0).abs() < 1e-9);
}

/// Two hundred parameters of which the data say nothing: the probabilities are spread evenly, as they must be.
#[test]
fn parameters_that_nothing_is_seen_of_are_rarely_found_to_move() {
    let seen = keys();
    let data = [datum("one", 0.9), datum("two", 0.4), datum("three", 0.6)];
    let predictions = predictions(8_000, &seen, |u| vec![u[0] + u[1], u[1] * u[2], u[2]]);
    let others: Vec<EntityKey> = (0..200).map(|i| EntityKey::of(&format!("other-{i}"))).collect();
    let task =
        Task { data: &data, predictions: &predictions, parameters: &others, seed: SEED, tolerance: 0.05, keep: 400 };
    let found = calibrate(&task).unwrap();
    let below = |p: f64| found.marginals.iter().filter(|m| m.p_value < p).count() as f64;
    for p in [0.05_f64, 0.2, 0.5] {
        let (expected, error) = (200.0 * p, (200.0 * p * (1.0 - p)).sqrt());
        assert!((below(p) - expected).abs() < 3.0 * error, "{} of 200 below {p}", below(p));
    }
}

/// A bound says nothing of how far it is passed.
#[test]
fn a_bound_moves_a_parameter_to_one_side_only() {
    let keys = keys();
    let data = [Datum { high: f64::INFINITY, ..datum("bound", 0.7) }];
    let predictions = predictions(8_000, &keys, |u| vec![u[0]]);
    let task =
        Task { data: &data, predictions: &predictions, parameters: &keys, seed: SEED, tolerance: 0.0, keep: 400 };
    let found = calibrate(&task).unwrap();
    let a = &found.marginals[0];
    // All trials with a position of 0.7 or more meet the bound alike.
    assert!((a.quantile(0.05) - 0.715).abs() < 0.02 && (a.quantile(0.5) - 0.85).abs() < 0.03, "{:?}", a.quantile(0.5));
    assert!(a.moved);
}

#[test]
fn an_interval_is_an_error_that_is_uniform_within_it() {
    let d = Datum { low: 3.0, high: 7.0, ..datum("interval", 5.0) };
    let noted: Vec<f64> = (0..2000).map(|t| d.noted(5.0, 0.0, SEED, t)).collect();
    assert!(noted.iter().all(|v| (3.0..=7.0).contains(v)));
    let mean = noted.iter().sum::<f64>() / 2000.0;
    assert!((mean - 5.0).abs() < 3.0 * 2.0 / 3f64.sqrt() / 2000f64.sqrt(), "{mean}");
    assert_eq!(datum("value", 5.0).noted(4.0, 0.0, SEED, 1), 4.0);
    let at_most = Datum { low: f64::NEG_INFINITY, ..datum("at most", 5.0) };
    assert_eq!((at_most.noted(4.0, 0.0, SEED, 1), at_most.noted(7.0, 0.0, SEED, 1)), (5.0, 7.0));
}

#[test]
fn trials_without_a_value_are_left_out_and_told_where_too_few_remain() {
    let keys = keys();
    let data = [datum("always", 0.5), datum("rarely", 0.5)];
    let with_gaps =
        |every: f64| predictions(4_000, &keys, move |u| vec![u[0], if u[2] < every { f64::NAN } else { u[1] }]);
    let predictions = with_gaps(0.25);
    let task =
        Task { data: &data, predictions: &predictions, parameters: &keys, seed: SEED, tolerance: 0.1, keep: 300 };
    let found = calibrate(&task).unwrap();
    assert_eq!(found.trials.len(), predictions.chunks(2).filter(|row| row[1].is_finite()).count());
    let predictions = with_gaps(0.8);
    let error = calibrate(&Task { predictions: &predictions, ..task }).unwrap_err();
    assert!(matches!(&error, CalibrationError::NoValue { datum, .. } if datum.as_deref() == Some("rarely")), "{error}");
}

/// One that no trial comes near changes nothing of what the others say.
#[test]
fn an_observation_out_of_reach_is_not_calibrated_on() {
    let keys = keys();
    let (near, far) = (datum("near", 0.6), datum("far", 9.0));
    let one = predictions(4_000, &keys, |u| vec![u[0]]);
    let two = predictions(4_000, &keys, |u| vec![u[0], u[1]]);
    let (alone, both) = ([near.clone()], [near, far]);
    let task = Task { data: &alone, predictions: &one, parameters: &keys, seed: SEED, tolerance: 0.05, keep: 200 };
    let without = calibrate(&task).unwrap();
    let with = calibrate(&Task { data: &both, predictions: &two, ..task.clone() }).unwrap();
    assert_eq!(with.marginals, without.marginals);
    assert_eq!(with.data.iter().map(Fit::in_reach).collect::<Vec<_>>(), [true, false]);
    let far = [both[1].clone()];
    assert_eq!(calibrate(&Task { data: &far, ..task }).unwrap_err(), CalibrationError::Uninformative);
}

#[test]
fn observations_that_tell_nothing_apart_are_refused() {
    let keys = keys();
    let data = [Datum { high: f64::INFINITY, ..datum("met by all", 0.5) }];
    let predictions = predictions(2_000, &keys, |_| vec![1.0]);
    let task =
        Task { data: &data, predictions: &predictions, parameters: &keys, seed: SEED, tolerance: 0.05, keep: 100 };
    assert_eq!(calibrate(&task).unwrap_err(), CalibrationError::Uninformative);
}
