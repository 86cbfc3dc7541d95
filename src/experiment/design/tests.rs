//! What each design promises, held against points: coverage of each parameter alone, no correlation, growth, and a mean that is
//! better known than by Monte Carlo.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::math::powi;
use crate::scenario::param::{Confidence, Dist, Param, Provenance, Quantity};
use crate::scenario::{FileId, Place};

fn param(path: &str, dist: Dist) -> Param {
    Param {
        path: path.to_owned(),
        quantity: Quantity::Ratio,
        dist,
        bounds: (0.0, 1.0),
        provenance: Provenance {
            sources: Vec::new(),
            assumption: Some("made up".to_owned()),
            confidence: Confidence::Low,
            note: None,
        },
        meaning: "a number",
        place: Place { file: FileId(0), span: 0..0 },
    }
}

const UNIFORM: Dist = Dist::Uniform { low: 0.0, high: 1.0 };

fn uniform(paths: &[String]) -> Params {
    let mut params = Params::default();
    for path in paths {
        params.add(&param(path, UNIFORM));
    }
    params
}

/// Parameters of as many records.
fn apart(count: usize) -> Params {
    uniform(&(0..count).map(|i| format!("offers.o{i}.price")).collect::<Vec<_>>())
}

/// Parameters of one record.
fn together(count: usize) -> Params {
    let fields = ["production_point", "loyalty_weight", "delivery_weight", "price_weight", "departure_rate"];
    let more = ["fill_half_life", "award_concentration", "over_compliance", "caution_half_life", "risk_memory"];
    uniform(&fields.iter().chain(&more).take(count).map(|field| format!("behaviour.{field}")).collect::<Vec<_>>())
}

fn request(kind: Kind) -> Request {
    Request { kind, trials: None, ..Request::monte_carlo(1) }
}

fn design(kind: Kind, params: &Params, points: u32) -> Design {
    Request { points: Some(points), ..request(kind) }.settle(params).unwrap().0
}

/// The places of the parameters in the points, by parameter.
fn places(design: &Design, params: &Params, seed: u64, trials: std::ops::Range<u32>) -> Vec<Vec<f64>> {
    let of = |uncertain| trials.clone().map(|trial| design.place(seed, trial).unit(uncertain)).collect();
    params.uncertain().iter().map(of).collect()
}

#[test]
fn plain_monte_carlo_draws_as_it_always_did() {
    let params = apart(3);
    let (asked, trials) = Request::monte_carlo(5).settle(&params).unwrap();
    assert!(trials == 5 && asked == Design::monte_carlo(1) && asked.is_plain());
    for trial in 0..5 {
        let place = asked.place(7, trial);
        assert_eq!((place.point, place.replication, place.chance), (trial, 0, u64::from(trial)));
        for uncertain in params.uncertain() {
            let drawn = RandomStreams::new(7, u64::from(trial)).uniform(StreamId::Parameter, uncertain.key, 0);
            assert_eq!(place.unit(uncertain), drawn);
        }
    }
}

#[test]
fn replications_share_the_point_and_not_chance() {
    let params = apart(2);
    for kind in [Kind::MonteCarlo, Kind::LatinHypercube, Kind::Sobol] {
        let several = Request { points: Some(4), replications: Some(3), ..request(kind) };
        let (several, trials) = several.settle(&params).unwrap();
        let one = design(kind, &params, 4);
        assert_eq!(trials, 12);
        for trial in 0..trials {
            let (place, point) = (several.place(5, trial), one.place(5, trial / 3));
            assert_eq!((place.point, place.replication), (trial / 3, trial % 3));
            assert_eq!((place.chance, place.unplaced), (u64::from(trial), u64::from(trial / 3)));
            params.uncertain().iter().for_each(|u| assert_eq!(place.unit(u), point.unit(u)));
        }
    }
}

proptest! {
    /// Of any aligned block of a power of two points, one lies in each of as many equal parts of a parameter's range.
    #[test]
    fn each_parameter_is_stratified(seed: u64, power in 0u32..11, block in 0u32..32) {
        let size = 1u32 << power;
        let params = uniform(&["offers.a.price".into(), "behaviour.risk_memory".into(), "markets.x.demand.2020".into()]);
        for kind in [Kind::LatinHypercube, Kind::Sobol] {
            let design = design(kind, &params, 1 << 16);
            for places in places(&design, &params, seed, block * size..(block + 1) * size) {
                prop_assert!(places.iter().all(|place| *place > 0.0 && *place < 1.0));
                let strata: BTreeSet<u32> = places.iter().map(|place| (place * f64::from(size)) as u32).collect();
                prop_assert_eq!(strata.len(), size as usize, "{}", kind);
            }
        }
    }

    /// The first two dimensions of a record: one point in each of 2^k boxes, of any shape.
    #[test]
    fn two_parameters_of_a_record_are_stratified_together(seed: u64, power in 0u32..11, block in 0u32..16, cut in 0u32..11) {
        let (size, cut) = (1u32 << power, cut.min(power));
        let params = together(2);
        let points = block * size..(block + 1) * size;
        let places = places(&design(Kind::Sobol, &params, 1 << 16), &params, seed, points);
        let part = |place: f64, power: u32| (place * f64::from(1u32 << power)) as u32;
        let boxes: BTreeSet<(u32, u32)> =
            places[0].iter().zip(&places[1]).map(|(a, b)| (part(*a, cut), part(*b, power - cut))).collect();
        prop_assert_eq!(boxes.len(), size as usize);
    }

    /// Another parameter, wherever it stands, leaves the places of the others as they were.
    #[test]
    fn a_parameter_more_moves_no_other(seed: u64, at in 0usize..6) {
        let mut paths: Vec<String> = ["price", "lead_time"].iter().map(|field| format!("offers.a.{field}")).collect();
        paths.extend(["behaviour.risk_memory", "behaviour.order_cap", "markets.x.demand.2020"].map(String::from));
        let few = uniform(&paths);
        paths.insert(at.min(paths.len()), "behaviour.force_weight".to_owned());
        let more = uniform(&paths);
        let by_path = |kind, params: &Params| -> BTreeMap<String, Vec<f64>> {
            let names = params.uncertain().iter().map(|u| params.path(u.id).to_owned());
            names.zip(places(&design(kind, params, 16), params, seed, 0..16)).collect()
        };
        for kind in [Kind::MonteCarlo, Kind::LatinHypercube, Kind::Sobol] {
            let (few, more) = (by_path(kind, &few), by_path(kind, &more));
            few.iter().for_each(|(path, places)| assert_eq!(Some(places), more.get(path), "{kind} {path}"));
        }
    }

    /// More points keep the first.
    #[test]
    fn growth_keeps_the_first_points(seed: u64, points in 1u32..100) {
        let params = together(3);
        for kind in [Kind::MonteCarlo, Kind::LatinHypercube, Kind::Sobol] {
            let (few, many) = (design(kind, &params, points), design(kind, &params, 3 * points + 1));
            prop_assert_eq!(places(&few, &params, seed, 0..points), places(&many, &params, seed, 0..points));
        }
    }
}

/// Mean and its standard error.
fn mean(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    (mean, (squares / (n - 1.0) / n).sqrt())
}

/// Correlations of all pairs of parameters.
fn correlations(places: &[Vec<f64>]) -> Vec<f64> {
    let n = places[0].len() as f64;
    let mut all = Vec::new();
    for (i, a) in places.iter().enumerate() {
        for b in &places[..i] {
            all.push(a.iter().zip(b).map(|(a, b)| (a - 0.5) * (b - 0.5)).sum::<f64>() * 12.0 / n);
        }
    }
    all
}

/// The variance of the correlation of two parameters whose orders are unrelated is the sum over pairs of points of the square
/// of what each parameter's two places have in common: nothing but for points of one block. The places of two points whose
/// smallest common block has 2^d points correlate by -3/4 * 8^(1-d), and each point has 2^(d-1) such partners.
fn variance_of_correlation(points: u32) -> f64 {
    let partners = (1..=points.ilog2()).map(|d| powi(2.0, d as i32 - 1) * powi(0.75 * powi(8.0, 1 - d as i32), 2));
    (1.0 + partners.sum::<f64>()) / f64::from(points)
}

#[test]
fn parameters_that_do_not_belong_together_are_uncorrelated() {
    // Within three standard errors of what follows from the construction, whose standard deviation is 1.26 times that of
    // independent points.
    let (count, points) = (120, 1024);
    for kind in [Kind::LatinHypercube, Kind::Sobol] {
        let params = apart(count);
        let all = correlations(&places(&design(kind, &params, points), &params, 11, 0..points));
        let (level, error) = mean(&all);
        assert!(level.abs() < 3.0 * error, "{kind}: {level} ± {error}");
        let (square, error) = mean(&all.iter().map(|r| r * r).collect::<Vec<_>>());
        let expected = variance_of_correlation(points);
        assert!((square - expected).abs() < 3.0 * error, "{kind}: {square} ± {error}, not {expected}");
    }
}

#[test]
fn parameters_of_a_record_are_less_correlated_than_others() {
    let (params, points) = (together(10), 1024);
    let square = |seed| {
        let all = correlations(&places(&design(Kind::Sobol, &params, points), &params, seed, 0..points));
        all.iter().map(|r| r * r).sum::<f64>() / all.len() as f64
    };
    let (square, error) = mean(&(0..50).map(square).collect::<Vec<_>>());
    assert!(square + 3.0 * error < variance_of_correlation(points), "{square} ± {error}");
}

/// A smooth function with main effects and interactions, whose mean is 1.
fn smooth(places: &[Vec<f64>], point: usize) -> f64 {
    places.iter().enumerate().map(|(i, of)| 1.0 + (of[point] - 0.5) / (1.0 + i as f64).sqrt()).product()
}

#[test]
fn a_mean_is_better_known_than_by_monte_carlo() {
    let (dimensions, points, seeds) = (10, 256, 200);
    // Of a product of independent factors with mean 1 and variance v: the product of 1 + v, less 1.
    let variance = (0..dimensions).map(|i| 1.0 + 1.0 / 12.0 / (1.0 + i as f64)).product::<f64>() - 1.0;
    let by_chance = variance / f64::from(points);
    let squared_error = |kind, params: &Params| {
        let error = |seed| {
            let places = places(&design(kind, params, points), params, seed, 0..points);
            let estimate = (0..points as usize).map(|point| smooth(&places, point)).sum::<f64>() / f64::from(points);
            (estimate - 1.0) * (estimate - 1.0)
        };
        mean(&(0..seeds).map(error).collect::<Vec<_>>())
    };
    let (found, error) = squared_error(Kind::MonteCarlo, &apart(dimensions));
    assert!((found - by_chance).abs() < 3.0 * error, "Monte Carlo: {found} ± {error}, not {by_chance}");
    for (kind, params) in [
        (Kind::LatinHypercube, apart(dimensions)),
        (Kind::Sobol, apart(dimensions)),
        (Kind::Sobol, together(dimensions)),
    ] {
        let (found, error) = squared_error(kind, &params);
        assert!(found + 3.0 * error < by_chance, "{kind}: {found} ± {error}, by chance {by_chance}");
    }
}

/// A world with two levers, of two and of three values, among other parameters.
fn with_levers() -> (Params, Vec<Lever>) {
    let levers = [("behaviour.order_cap", vec![0.3, 0.1]), ("offers.a.price", vec![0.5, 0.25, 1.0])];
    let levers: Vec<Lever> = levers.into_iter().map(|(path, values)| Lever::new(path, values).unwrap()).collect();
    let mut params = apart(2);
    for lever in &levers {
        let choice = Dist::Choice(lever.values().iter().map(|v| (1.0, Dist::Fixed(*v))).collect());
        params.add(&param(lever.path(), choice));
    }
    (params, levers)
}

/// The values of all parameters in a trial: two others, then the levers.
fn values(design: &Design, params: &Params, trial: u32) -> Vec<f64> {
    let place = design.place(9, trial);
    params.uncertain().iter().map(|uncertain| uncertain.at(place.unit(uncertain))).collect()
}

#[test]
fn a_factorial_runs_every_combination_on_the_same_draws() {
    let (params, levers) = with_levers();
    let asked = Request { levers, replications: Some(4), ..request(Kind::Factorial) };
    let (design, trials) = asked.settle(&params).unwrap();
    assert_eq!((trials, design.points(trials)), (24, 6));
    let mut combinations = Vec::new();
    for trial in 0..trials {
        let (place, values) = (design.place(9, trial), values(&design, &params, trial));
        assert_eq!((place.chance, place.unplaced), (u64::from(trial % 4), u64::from(trial % 4)));
        let drawn: Vec<f64> = params.uncertain()[..2].iter().map(monte_carlo(9, place.chance)).collect();
        assert_eq!(values[..2], drawn);
        combinations.push(values[2..].to_vec());
    }
    combinations.dedup();
    let wanted = [[0.3, 0.5], [0.3, 0.25], [0.3, 1.0], [0.1, 0.5], [0.1, 0.25], [0.1, 1.0]];
    assert_eq!(combinations, wanted);
}

#[test]
fn one_at_a_time_moves_one_lever_from_the_base() {
    let (params, levers) = with_levers();
    let asked = Request { levers, replications: Some(2), ..request(Kind::OneAtATime) };
    let (design, trials) = asked.settle(&params).unwrap();
    let firsts = (0..trials).step_by(2).map(|trial| values(&design, &params, trial)[2..].to_vec());
    assert_eq!(firsts.collect::<Vec<_>>(), [[0.3, 0.5], [0.1, 0.5], [0.3, 0.25], [0.3, 1.0]]);
    assert!(design.moved(0).is_none() && design.moved(3).is_some() && design.moved(4).is_none());
    // The others are drawn as in a trial of the replication's number.
    let drawn: Vec<f64> = params.uncertain()[..2].iter().map(monte_carlo(9, 1)).collect();
    assert_eq!(values(&design, &params, 7)[..2], drawn);
}

#[test]
fn one_at_a_time_moves_every_parameter_to_its_quantiles() {
    let params = uniform(&["a.x".into(), "a.y".into(), "a.x".into()]);
    let (design, trials) = request(Kind::OneAtATime).settle(&params).unwrap();
    assert_eq!(design.points(trials), 5);
    assert!(trials >= USUAL_TRIALS && design.replications() >= 20);
    let of = |point: u32| values(&design, &params, point * design.replications());
    assert_eq!(of(0), [0.5, 0.5, 0.5]);
    assert_eq!(of(1), [0.05, 0.5, 0.05]);
    assert_eq!(of(4), [0.5, 0.95, 0.5]);
}

#[test]
fn levers_under_chance_take_each_value_equally_often() {
    let (params, levers) = with_levers();
    let asked = Request { levers, points: Some(64), ..request(Kind::LatinHypercube) };
    let (design, trials) = asked.settle(&params).unwrap();
    let count = |value| (0..trials).filter(|trial| values(&design, &params, *trial)[2] == value).count();
    assert_eq!((count(0.3), count(0.1)), (32, 32));
}

#[test]
fn numbers_that_are_not_given_follow_from_the_rest() {
    let params = apart(2);
    let size = |kind, points, replications, trials| {
        let (design, trials) =
            Request { points, replications, trials, ..request(kind) }.settle(&params).map_err(|e| e.to_string())?;
        Ok::<_, String>((design.points(trials), design.replications(), trials))
    };
    let plain = Kind::MonteCarlo;
    assert_eq!(size(plain, None, None, None), Ok((4000, 1, 4000)));
    assert_eq!(size(plain, None, None, Some(33)), Ok((33, 1, 33)));
    assert_eq!(size(plain, Some(8), None, None), Ok((8, 1, 8)));
    assert_eq!(size(plain, Some(8), Some(3), None), Ok((8, 3, 24)));
    assert_eq!(size(plain, Some(8), Some(3), Some(24)), Ok((8, 3, 24)));
    assert_eq!(size(plain, Some(8), None, Some(24)), Ok((8, 3, 24)));
    assert_eq!(size(plain, None, Some(3), Some(24)), Ok((8, 3, 24)));
    assert_eq!(size(plain, None, Some(3), None), Ok((1334, 3, 4002)));
    assert_eq!(size(Kind::Sobol, None, None, None), Ok((4096, 1, 4096)));
    assert_eq!(size(Kind::LatinHypercube, None, Some(4), None), Ok((1024, 4, 4096)));
    for (wrong, said) in [
        (size(plain, Some(8), Some(3), Some(25)), "make 24 trials, not 25"),
        (size(plain, Some(8), None, Some(25)), "such as 32"),
        (size(plain, None, Some(3), Some(2)), "such as 3"),
        (size(plain, Some(0), None, None), "at least 1"),
        (size(plain, Some(1 << 20), Some(1 << 20), None), "at most 1000000"),
        (size(Kind::Sobol, Some(65_537), None, None), "latin-hypercube"),
        (size(Kind::OneAtATime, Some(4), None, None), "has 5 points, not 4"),
        (size(Kind::Factorial, None, None, None), "--lever"),
    ] {
        let why = wrong.unwrap_err();
        assert!(why.contains(said), "{why}");
    }
}

#[test]
fn a_design_that_the_world_cannot_have_is_refused() {
    let params = apart(1);
    let levers = vec![Lever::new("offers.o0.price", vec![0.25, 0.5]).unwrap()];
    // Uniform, not a choice; then not there at all.
    let asked = Request { levers, ..request(Kind::Factorial) };
    assert!(matches!(asked.settle(&params), Err(DesignError::NotPlaced { .. })));
    let fixed = {
        let mut params = Params::default();
        params.add(&param("a.b", Dist::Fixed(0.5)));
        params
    };
    assert!(matches!(asked.settle(&fixed), Err(DesignError::NotPlaced { .. })));
    assert_eq!(request(Kind::OneAtATime).settle(&fixed), Err(DesignError::NothingUncertain));
    // Twenty levers of ten values.
    let mut params = Params::default();
    let values: Vec<f64> = (0..10).map(|i| f64::from(i) / 16.0).collect();
    let levers: Vec<Lever> = (0..20).map(|i| Lever::new(&format!("a.l{i}"), values.clone()).unwrap()).collect();
    let choice = Dist::Choice(values.iter().map(|v| (1.0, Dist::Fixed(*v))).collect());
    for lever in &levers {
        params.add(&param(lever.path(), choice.clone()));
    }
    let why = Request { levers, ..request(Kind::Factorial) }.settle(&params).unwrap_err().to_string();
    assert!(why.contains("at most 1000000"), "{why}");
}

#[test]
fn warnings_say_what_to_do() {
    let params = apart(1);
    let warned = |kind, points| design(kind, &params, points).warnings(points);
    assert_eq!(warned(Kind::LatinHypercube, 64), []);
    assert_eq!(warned(Kind::MonteCarlo, 100), []);
    let said = warned(Kind::Sobol, 100)[0].to_string();
    assert!(said.contains("--points 64 or 128"), "{said}");
    assert!(matches!(Design::monte_carlo(2).warnings(4)[..], [Warning::SharedParameters { replications: 2 }]));
}
