//! `chokepoint reproduce` from outside: every kind of result comes out again from its manifest alone, wherever it stands, and
//! what was edited, lost or damaged is told as that.

use std::fs;

use crate::common::{Folder, Said, run};

/// Moves a result to a place of its own, and takes everything else away from where it was made.
#[track_caller]
fn alone(made: &Folder, result: &str) -> Folder {
    let elsewhere = Folder::new();
    for name in ["tiny", "tiny-listing", "tiny-sources", "tiny-strict", "tiny-comparison"] {
        fs::remove_file(elsewhere.path(&format!("{name}.toml"))).unwrap();
    }
    fs::rename(made.path(result), elsewhere.path("moved")).unwrap();
    elsewhere
}

/// Runs a command that writes into `result`, and expects that it comes out again elsewhere.
#[track_caller]
fn comes_out_again(words: &str) -> (Folder, Said) {
    let folder = Folder::new();
    for words in words.split(" then ") {
        let said = run(&mut folder.chokepoint(words));
        assert_eq!(said.code, 0, "{words}: {}", said.err);
    }
    let elsewhere = alone(&folder, "result");
    let said = run(&mut elsewhere.chokepoint("reproduce moved --threads 2"));
    assert_eq!(said.code, 0, "{words}: {}{}", said.out, said.err);
    assert!(said.out.starts_with("moved: reproduced, "), "{}", said.out);
    assert!(!said.err.contains("the result was written"), "{}", said.err);
    let left: Vec<_> = fs::read_dir(elsewhere.path(".")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["moved"], "nothing is left beside it");
    (elsewhere, said)
}

#[test]
fn a_comparison_comes_out_again_with_its_figures() {
    let (elsewhere, _) = comes_out_again("compare tiny.toml tiny-listing.toml --trials 8 --out result");
    assert!(elsewhere.path("moved/figures").is_dir());
}

#[test]
fn so_does_a_run_with_an_overlay_and_what_was_set() {
    comes_out_again(
        "run tiny-listing.toml --overlay tiny-strict.toml --set behaviour.license_use=0.25 --horizon 2020-06 --trials 8 \
         --no-figures --seed 7 --out result",
    );
}

#[test]
fn so_do_shards_that_were_merged() {
    comes_out_again(
        "compare tiny.toml tiny-listing.toml --trials 300 --shard 1/2 --no-figures --out a then \
         compare tiny.toml tiny-listing.toml --trials 300 --shard 2/2 --no-figures --out b then merge b a --no-figures --out result",
    );
}

#[test]
fn so_does_a_design_with_levers_of_the_world_and_of_the_rules() {
    comes_out_again(
        "compare tiny.toml tiny-listing.toml --horizon 18 --design factorial --lever behaviour.license_use=0.25,0.75 \
         --lever provisions.listing.from=2019-05-16,2019-08-16 --replications 4 --no-figures --out result",
    );
    comes_out_again("run tiny-listing.toml --design sobol --points 8 --replications 2 --no-figures --out result");
}

#[test]
fn so_does_an_ensemble_that_grew_until_it_was_precise() {
    comes_out_again(
        "compare tiny.toml tiny-listing.toml --until cumulative-deployment:mean:+-5% --at-least 200 --at-most 3000 --no-figures \
         --out result",
    );
}

#[test]
fn so_do_a_back_test_and_a_calibration() {
    let observed = "[[observation]]\nid = \"a\"\nquantity = \"stations-supplied\"\nentity = \"huawei\"\nperiod = \"2019\"\n\
                    value = 108000\nunit = \"stations\"\nsource = \"a test\"\n";
    for words in [
        "backtest tiny-listing.toml --observations seen.toml --trials 20 --out result",
        "calibrate tiny-listing.toml --observations seen.toml --set behaviour.license_use=0.25 --trials 200 --keep 0.2 --out result",
    ] {
        let folder = Folder::new();
        fs::write(folder.path("seen.toml"), observed).unwrap();
        let said = run(&mut folder.chokepoint(words));
        assert_eq!(said.code, 0, "{words}: {}", said.err);
        let elsewhere = alone(&folder, "result");
        let said = run(&mut elsewhere.chokepoint("reproduce moved"));
        assert_eq!(said.code, 0, "{words}: {}{}", said.out, said.err);
    }
}

/// A small result, in a folder of its own.
fn result() -> Folder {
    let folder = Folder::new();
    let said = run(&mut folder.chokepoint("compare tiny.toml tiny-listing.toml --trials 8 --no-figures --out result"));
    assert_eq!(said.code, 0, "{}", said.err);
    folder
}

#[test]
fn what_was_edited_or_lost_is_told_as_that() {
    let folder = result();
    let path = folder.path("result/summary.csv");
    let text = fs::read_to_string(&path).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let original = lines[2].clone();
    lines[2] = "edited".to_owned();
    fs::write(&path, lines.join("\n") + "\n").unwrap();
    fs::remove_file(folder.path("result/pairing.csv")).unwrap();
    fs::write(folder.path("result/notes.txt"), "mine").unwrap();
    let said = run(&mut folder.chokepoint("reproduce result/manifest.json --quiet"));
    assert_eq!(said.code, 1, "{}", said.out);
    assert!(said.out.contains("summary.csv: was edited after it was written"), "{}", said.out);
    assert!(said.out.contains("line 3, in the folder: edited"), "{}", said.out);
    assert!(said.out.contains(&format!("line 3, from the run:  {original}")), "{}", said.out);
    assert!(said.out.contains("pairing.csv: is missing from the folder"), "{}", said.out);
    assert!(said.out.contains("no part of the result: notes.txt"), "{}", said.out);
    assert!(said.err.contains("2 of "), "{}", said.err);

    let said = run(&mut folder.chokepoint("reproduce result --quiet --format json"));
    let told: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((said.code, told["identical"].as_bool()), (1, Some(false)));
    let of =
        |path: &str| told["files"].as_array().unwrap().iter().find(|f| f["path"] == path).unwrap()["verdict"].clone();
    assert_eq!([of("summary.csv"), of("pairing.csv"), of("series.csv")], ["edited", "missing", "identical"]);
}

#[test]
fn a_file_that_comes_out_differently_is_told_as_that() {
    // As if another version had written it: file and hash agree with each other, and not with what the run gives.
    let folder = result();
    let path = folder.path("result/series.csv");
    let text = fs::read_to_string(&path).unwrap() + "one,line,more\n";
    fs::write(&path, &text).unwrap();
    let manifest = folder.path("result/manifest.json");
    let mut all: serde_json::Value = serde_json::from_str(&fs::read_to_string(&manifest).unwrap()).unwrap();
    all["version"] = "0.0.1".into();
    all["target"] = "another-machine".into();
    let files = all["files"].as_array_mut().unwrap();
    let file = files.iter_mut().find(|file| file["path"] == "series.csv").unwrap();
    file["blake3"] = blake3::hash(text.as_bytes()).to_hex().to_string().into();
    file["bytes"] = text.len().into();
    fs::write(&manifest, all.to_string()).unwrap();
    let said = run(&mut folder.chokepoint("reproduce result --quiet"));
    assert_eq!(said.code, 1);
    assert!(said.out.contains("series.csv: comes out differently"), "{}", said.out);
    assert!(said.out.contains("from the run:  (the file ends)"), "{}", said.out);
    assert!(said.err.contains("warning: the result was written by version 0.0.1"), "{}", said.err);
    assert!(said.err.contains("another-machine"), "{}", said.err);
}

#[test]
fn the_new_result_can_be_kept() {
    let folder = result();
    let said = run(&mut folder.chokepoint("reproduce result --out again"));
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(fs::read(folder.path("again/trials.csv")).unwrap(), fs::read(folder.path("result/trials.csv")).unwrap());
    let said = run(&mut folder.chokepoint("reproduce again --quiet"));
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (0, "", ""));
    let said = run(&mut folder.chokepoint("reproduce result --out again"));
    assert_eq!(said.code, 2, "a result is in the way");
}

#[test]
fn a_folder_without_a_sound_manifest_is_refused() {
    let folder = result();
    let refused = |why: &str| {
        let said = run(&mut folder.chokepoint("reproduce result"));
        assert_eq!(said.code, 2, "{}", said.out);
        assert!(said.err.contains(why), "{why}: {}", said.err);
        assert!(said.err.contains("help: "), "{}", said.err);
    };
    let manifest = folder.path("result/manifest.json");
    let sound = fs::read_to_string(&manifest).unwrap();
    let with = |from: &str, to: &str| {
        assert!(sound.contains(from), "{from}");
        fs::write(&manifest, sound.replacen(from, to, 1)).unwrap();
    };
    fs::write(&manifest, &sound[..sound.len() / 2]).unwrap();
    refused("manifest.json is damaged");
    with("\"tool\": \"chokepoint\"", "\"tool\": \"another\"");
    refused("was not written by chokepoint");
    with("\"seed\": ", "\"seat\": ");
    refused("missing field `seed`");
    with("\"compliance\"", "\"compliancy\"");
    refused("compliancy");
    with("\"Huawei\"", "\"Another\"");
    refused("its hash is another");
    with("\"path\": \"summary.md\"", "\"path\": \"../summary.md\"");
    refused("is not a file in its folder");
    fs::remove_file(&manifest).unwrap();
    refused("there is no manifest.json in it");
    let said =
        run(&mut folder
            .chokepoint("compare tiny.toml tiny-listing.toml --trials 300 --shard 1/2 --no-figures --out part"));
    assert_eq!(said.code, 0);
    let said = run(&mut folder.chokepoint("reproduce part"));
    assert!(said.code == 2 && said.err.contains("shard 1/2") && said.err.contains("chokepoint merge"), "{}", said.err);
    assert_eq!(run(&mut folder.chokepoint("reproduce nowhere")).code, 2);
}

#[test]
fn a_result_is_cited_in_the_same_words_wherever_it_stands() {
    let folder = result();
    let alone = run(&mut folder.chokepoint("cite"));
    assert_eq!(alone.code, 0, "{}", alone.err);
    assert!(alone.out.starts_with("@software{chokepoint-0.1.0,\n"), "{}", alone.out);
    let cited = run(&mut folder.chokepoint("cite result --format bibtex"));
    assert_eq!((cited.code, cited.err.as_str()), (0, ""));
    assert_eq!(cited.out.matches('{').count(), cited.out.matches('}').count(), "{}", cited.out);
    for part in ["@misc{chokepoint-tiny-vs-tiny-listing-", "8 trials a scenario, seed 20191129, reference tiny;"] {
        assert!(cited.out.contains(part), "{part}: {}", cited.out);
    }
    fs::rename(folder.path("result"), folder.path("moved")).unwrap();
    assert_eq!(run(&mut folder.chokepoint("cite moved/manifest.json --format bibtex")).out, cited.out);
    let told: serde_json::Value =
        serde_json::from_str(&run(&mut folder.chokepoint("cite moved --format json")).out).unwrap();
    assert_eq!(told["bibtex"].as_str(), Some(cited.out.as_str()));
    assert!(
        told["credit"].as_str().unwrap().starts_with("Source: chokepoint 0.1.0, comparison “tiny-vs-tiny-listing”")
    );
    fs::write(folder.path("moved/summary.csv"), "edited").unwrap();
    let edited = run(&mut folder.chokepoint("cite moved --format bibtex"));
    assert!(edited.err.contains("`summary.csv` is not as it was written"), "{}", edited.err);
    assert_eq!(run(&mut folder.chokepoint("cite nowhere")).code, 2);
}

/// The manifest names the font, and does not hold it.
#[test]
fn figures_in_another_font_come_out_again_with_that_font_alone() {
    let folder = Folder::new();
    let fixture = |name: &str| format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(folder.path("tiny-listing.toml")).unwrap();
    let title = text.lines().find(|line| line.starts_with("title")).unwrap();
    fs::write(folder.path("zh.toml"), text.replacen(title, "title = \"出口管制\"", 1)).unwrap();
    let with = |words: &str, font: &str| run(folder.chokepoint(words).arg("--font").arg(fixture(font)));
    let said = run(&mut folder.chokepoint("check zh.toml --quiet"));
    assert!(said.code == 0 && said.err.contains("lacks 出 (U+51FA)") && said.err.contains("--font"), "{}", said.err);
    let said = run(&mut folder.chokepoint("run zh.toml --trials 8 --out boxes --format json"));
    let told: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    let warned = told["warnings"].as_array().unwrap().iter().any(|w| w.as_str().unwrap().contains("出 (U+51FA)"));
    assert!(warned && said.err.contains("the font of the figures lacks"), "{}", said.err);

    let said = with("run zh.toml --trials 8 --out r", "strokes.otf");
    assert!(said.code == 0 && !said.err.contains("U+51FA"), "{}", said.err);
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path("r/manifest.json")).unwrap()).unwrap();
    assert_eq!((&manifest["font"]["name"], &manifest["font"]["file"]), (&"Strokes".into(), &"strokes.otf".into()));
    assert_ne!(
        fs::read(folder.path("r/figures/capacity.png")).unwrap(),
        fs::read(folder.path("boxes/figures/capacity.png")).unwrap()
    );
    // Finished with that font, and not with another or none.
    assert!(with("run zh.toml --trials 8 --out r --resume", "strokes.otf").out.contains("is finished"));
    assert!(!run(&mut folder.chokepoint("run zh.toml --trials 8 --out r --resume")).out.contains("is finished"));

    let said = run(&mut folder.chokepoint("reproduce r"));
    assert!(
        said.code == 2 && said.err.contains("Strokes") && said.err.contains("--font strokes.otf#0"),
        "{}",
        said.err
    );
    let said = with("reproduce r", "strokes-kept.ttf");
    assert!(said.code == 2 && said.err.contains("Strokes Kept"), "{}", said.err);
    assert_eq!(with("reproduce r --quiet", "strokes.otf").code, 0);
    let said = with("reproduce boxes", "strokes.otf");
    assert!(said.code == 0 && said.err.contains("--font has no effect"), "{}", said.err);

    let said = with("run zh.toml --trials 8 --no-figures --out none", "strokes.otf");
    assert!(said.code == 0 && said.err.contains("no figures are drawn"), "{}", said.err);

    // A font that is not needed leaves no trace in the manifest, and is not asked for.
    let said = with("run tiny-listing.toml --trials 8 --out plain", "strokes.otf");
    assert!(said.err.contains("--font has no effect"), "{}", said.err);
    assert!(!fs::read_to_string(folder.path("plain/manifest.json")).unwrap().contains("strokes.otf\",\n"));
    assert_eq!(run(&mut folder.chokepoint("reproduce plain --quiet")).code, 0);
}
