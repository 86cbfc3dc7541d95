//! An experiment that is run in parts and joined gives the bytes of one run; parts that are missing, doubled, damaged or of
//! another experiment are refused.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{Folder, files, run};

fn result(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    files(folder).into_iter().filter(|(name, _)| name != Path::new("manifest.json")).collect()
}

/// Runs the shards of a comparison into `part-1`, `part-2` and so on.
fn shards(folder: &Folder, words: &str, of: u32) -> Vec<String> {
    let one = |number: u32| {
        let said = run(&mut folder.chokepoint(&format!("{words} --shard {number}/{of} --out part-{number}")));
        assert_eq!(said.code, 0, "{}", said.err);
        assert!(said.out.contains(&format!("Shard {number} of {of}")), "{}", said.out);
        format!("part-{number}")
    };
    (1..=of).map(one).collect()
}

fn merge(folder: &Folder, parts: &[String], options: &str) -> crate::common::Said {
    run(&mut folder.chokepoint(&format!("merge {} {options}", parts.join(" "))))
}

const COMMAND: &str = "compare tiny.toml tiny-listing.toml --seed 7 --trials 100";

#[test]
fn joined_parts_are_one_run() {
    let folder = Folder::new();
    let said = run(&mut folder.chokepoint(&format!("{COMMAND} --out whole")));
    assert_eq!(said.code, 0, "{}", said.err);
    let mut parts = shards(&folder, COMMAND, 3);
    // In another place, without the files that the scenarios were read from, and in another order.
    fs::remove_file(folder.path("tiny.toml")).unwrap();
    fs::rename(folder.path("part-2"), folder.path("moved")).unwrap();
    parts[1] = "moved".into();
    parts.reverse();
    let said = merge(&folder, &parts, "--out joined");
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(result(&folder.path("joined")), result(&folder.path("whole")));
    assert!(!folder.path("joined.partial").exists());
}

#[test]
fn so_are_parts_of_the_shipped_comparison_with_an_overlay_and_settings() {
    let folder = Folder::new();
    let words = "compare --trials 24 --no-figures --horizon 2020-06 --set behaviour.license_use=0.5 --set provisions.huawei-listing.from=2019-06-01";
    let said = run(&mut folder.chokepoint(&format!("{words} --out whole")));
    assert_eq!(said.code, 0, "{}", said.err);
    let parts = shards(&folder, words, 2);
    let said = merge(&folder, &parts, "--out joined --no-figures --quiet");
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (0, "", ""));
    assert_eq!(result(&folder.path("joined")), result(&folder.path("whole")));
}

#[test]
fn so_are_parts_of_one_scenario_and_more_parts_than_chunks() {
    let folder = Folder::new();
    let words = "run tiny-listing.toml --seed 3 --trials 9 --no-figures";
    run(&mut folder.chokepoint(&format!("{words} --out whole")));
    let parts = shards(&folder, words, 4);
    let said = merge(&folder, &parts, "--out joined --no-figures");
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(result(&folder.path("joined")), result(&folder.path("whole")));
}

#[test]
fn parts_that_do_not_make_a_whole_are_refused() {
    let folder = Folder::new();
    let parts = shards(&folder, &format!("{COMMAND} --no-figures"), 3);
    for (number, words) in [
        (4, format!("{COMMAND} --no-figures --seed 8 --shard 3/3")),
        (5, format!("{COMMAND} --no-figures --shard 1/2")),
        (6, "compare tiny.toml tiny-listing.toml --seed 7 --trials 101 --no-figures --shard 3/3".to_owned()),
        (7, format!("{COMMAND} --no-figures --horizon 2020-06 --shard 3/3")),
    ] {
        let said = run(&mut folder.chokepoint(&format!("{words} --out part-{number}")));
        assert_eq!(said.code, 0, "{}", said.err);
    }
    run(&mut folder.chokepoint("compare tiny.toml tiny-listing.toml --trials 5 --no-figures --out finished"));
    let part = |number: u32| format!("part-{number}");
    for (given, told) in [
        (vec![part(1), part(2)], "missing 3/3"),
        (vec![part(1), part(2), part(2), part(3)], "both shard 2/3"),
        (vec![part(1), part(2), part(4)], "seed is 8 there, and 7 here"),
        (vec![part(1), part(2), part(5)], "shards"),
        (vec![part(1), part(2), part(6)], "number of trials is 101 there, and 100 here"),
        (vec![part(1), part(2), part(7)], "says other things there"),
        (vec![part(1), part(2), "finished".into()], "holds no shard"),
        (vec![part(1), part(2), "nowhere".into()], "holds no shard"),
    ] {
        let said = merge(&folder, &given, "--out joined");
        assert_eq!(said.code, 2, "{given:?}: {}", said.err);
        assert!(said.err.contains(told), "{given:?}: {}", said.err);
        assert!(!folder.path("joined").exists() && !folder.path("joined.partial").exists());
    }
    // Damage to any file that a merger reads is found.
    for (name, _) in files(&folder.path("part-3")) {
        if name == Path::new("manifest.json") || name.to_string_lossy().contains("scenarios") {
            continue;
        }
        let path = folder.path("part-3").join(&name);
        let sound = fs::read(&path).unwrap();
        let middle = sound.len() / 2;
        fs::write(&path, sound.iter().enumerate().map(|(i, b)| b ^ u8::from(i == middle)).collect::<Vec<u8>>())
            .unwrap();
        let said = merge(&folder, &parts, "--out joined");
        assert_eq!(said.code, 2, "{}: {}", name.display(), said.err);
        fs::write(&path, sound).unwrap();
    }
    let scenario = folder.path("part-1/scenarios/tiny-listing.toml");
    let text = fs::read_to_string(&scenario).unwrap();
    fs::write(&scenario, text.replace("2019-05-16", "2019-05-17")).unwrap();
    let said = merge(&folder, &parts, "--out joined");
    assert_eq!(said.code, 2, "{}", said.err);
    fs::write(&scenario, text).unwrap();
    let said = merge(&folder, &parts, "--out joined --no-figures");
    assert_eq!(said.code, 0, "{}", said.err);
}

#[test]
fn a_shard_has_a_number() {
    let folder = Folder::new();
    for wrong in ["0/3", "4/3", "3", "a/b", "1/0", "-1/3"] {
        let said = run(&mut folder.chokepoint(&format!("{COMMAND} --shard={wrong}")));
        assert_eq!(said.code, 2, "{wrong}: {}", said.err);
    }
    let said = run(&mut folder.chokepoint("compare tiny.toml tiny-listing.toml --seed random --shard 1/2"));
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(said.err.contains("seed"), "{}", said.err);
}

#[test]
fn a_shard_that_is_stopped_goes_on() {
    let folder = Folder::new();
    let words = format!("{COMMAND} --no-figures --shard 1/2 --out part --resume");
    for _ in 0..2 {
        let said = run(&mut folder.chokepoint(&words));
        assert_eq!(said.code, 0, "{}", said.err);
    }
}
