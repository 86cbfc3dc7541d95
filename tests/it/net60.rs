//! The world of the reference loop as a scenario (`benches/net60.toml`): it is what its generator makes, and the target builds as
//! much in it as in the loop, within the error of few trials.

#[path = "../../benches/support/reference.rs"]
mod reference;
#[path = "../../benches/support/world.rs"]
mod world;

use crate::worlds::Bench;
use chokepoint::scenario;
use world::{Mechanisms, TARGET};

fn file(mechanisms: Mechanisms) -> String {
    let name = if mechanisms == Mechanisms::Loop { "net60" } else { "net60-shipped-mechanisms" };
    format!("{}/benches/{name}.toml", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_files_are_what_the_generator_makes() {
    for mechanisms in [Mechanisms::Loop, Mechanisms::Shipped] {
        let (path, made) = (file(mechanisms), world::scenario(mechanisms, 1));
        if std::env::var_os("CHOKEPOINT_BLESS").is_some() {
            std::fs::write(&path, &made).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap();
        assert!(
            kept == made,
            "{path} is not what its generator makes: CHOKEPOINT_BLESS=1 cargo test --test it net60::"
        );
        scenario::load(&path, &[]).unwrap_or_else(|p| panic!("{}", p.lines()));
    }
}

/// Mean of a sample, and the square of its standard error.
fn mean(sample: &[f64]) -> (f64, f64) {
    let n = sample.len() as f64;
    let mean = sample.iter().sum::<f64>() / n;
    let squares: f64 = sample.iter().map(|x| (x - mean) * (x - mean)).sum();
    (mean, squares / (n - 1.0) / n)
}

#[test]
fn the_target_builds_as_much_as_in_the_loop() {
    let trials = 400;
    let builds = reference::scalar(trials);
    let theirs: Vec<f64> = builds.chunks(reference::T).map(|row| row.iter().map(|b| f64::from(*b)).sum()).collect();
    let mut bench = Bench::of(&[scenario::load(&file(Mechanisms::Loop), &[]).unwrap()]);
    assert_eq!(bench.plan.world.vendor_lines[bench.plan.world.subject.ix()].id, TARGET);
    let mut cumulative = |trial| {
        bench.draw(trial);
        let record = bench.run(0);
        bench.deployment(&record)[reference::T - 1]
    };
    let ours: Vec<f64> = (0..trials as u64).map(&mut cumulative).collect();
    let ((theirs, a), (ours, b)) = (mean(&theirs), mean(&ours));
    let most = 3.0 * (a + b).sqrt();
    assert!((theirs - ours).abs() <= most, "the loop builds {theirs}, ours {ours}: more than {most} apart");
}
