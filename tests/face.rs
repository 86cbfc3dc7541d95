//! The commands of writing and reading scenarios from outside: `init`, `diff`, `sources`, `completions`, `man`.

mod common;

use std::fs;

use common::{Folder, run};
use serde_json::Value as Json;

#[test]
fn a_starter_is_sound_runs_and_shows_a_difference() {
    let folder = Folder::new();
    let said = run(&mut folder.chokepoint("init"));
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("chokepoint check my-scenario.toml"), "{}", said.out);
    let text = fs::read_to_string(folder.path("my-scenario.toml")).unwrap();
    assert!(text.starts_with("#:schema ./scenario.schema.json\n"));
    let schema: Json = serde_json::from_slice(&fs::read(folder.path("scenario.schema.json")).unwrap()).unwrap();
    assert_eq!(schema["title"], "chokepoint: a scenario");
    let said = run(&mut folder.chokepoint("check my-scenario.toml"));
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("changes provisions.huawei-de-minimis.threshold from 0.10 to 0.05"), "{}", said.out);
    let words = "run my-scenario.toml --trials 4 --horizon 2019-12 --no-figures --quiet --out result";
    assert_eq!(run(&mut folder.chokepoint(words)).code, 0);
    // What was written is not overwritten but on demand.
    let said = run(&mut folder.chokepoint("init"));
    assert!(said.code == 2 && said.err.contains("is there already"), "{}", said.err);
    assert_eq!(run(&mut folder.chokepoint("init --force --quiet --extends waivers")).code, 0);
    assert_ne!(fs::read_to_string(folder.path("my-scenario.toml")).unwrap(), text);
}

#[test]
fn a_starter_over_a_file_of_ones_own_with_a_comparison() {
    let folder = Folder::new();
    fs::create_dir(folder.path("mine")).unwrap();
    let said = run(&mut folder.chokepoint("init mine/harder.toml --extends tiny-listing.toml --comparison"));
    assert_eq!(said.code, 0, "{}", said.err);
    let said =
        run(&mut folder.chokepoint("compare mine/harder-comparison.toml --trials 4 --no-figures --quiet --out result"));
    assert_eq!(said.code, 0, "{}", said.err);
    // A commented line that is put in force is sound too.
    let path = folder.path("mine/harder.toml");
    let text = fs::read_to_string(&path).unwrap();
    let at = text.find("# [provisions.my-general-license]").unwrap();
    let end = text[at..].find("\n\n").unwrap() + at;
    let active: String = text[at..end].lines().map(|line| format!("{}\n", line.trim_start_matches("# "))).collect();
    fs::write(&path, format!("{}{active}{}", &text[..at], &text[end..])).unwrap();
    let said = run(&mut folder.chokepoint("check mine/harder.toml"));
    assert!(said.code == 0 && said.out.contains("adds provisions.my-general-license"), "{}{}", said.out, said.err);
    assert_eq!(run(&mut folder.chokepoint("init nowhere/x.toml")).code, 2);
    assert_eq!(run(&mut folder.chokepoint("init x.toml --extends amended")).code, 2);
}

#[test]
fn a_difference_is_told_in_words_and_as_json() {
    let folder = Folder::new();
    let said = run(&mut folder.chokepoint("diff tiny-listing.toml tiny-strict.toml"));
    assert_eq!(said.code, 0, "{}", said.err);
    for part in [
        "changed: provisions.de-minimis, De minimis, 25% [15 CFR 734.4]",
        "threshold: more than 25% of the value -> more than 10% of the value",
        "US content that counts: controlled -> all",
        "removed: provisions.general-license, Temporary general license [84 FR 23468]",
        "changed: offers.xilinx-large-fpga.price, price of one unit",
        "-> 500 USD/unit",
        "-> the assumption: dearer when scarce (confidence low)",
        "World\n  no difference",
    ] {
        assert!(said.out.contains(part), "{part}:\n{}", said.out);
    }
    let back = run(&mut folder.chokepoint("diff tiny-strict.toml tiny-listing.toml --format json"));
    let told: Json = serde_json::from_str(&back.out).unwrap();
    assert_eq!((told["same"].as_bool(), told["law"].as_array().unwrap().len()), (Some(false), 2));
    let license = told["law"].as_array().unwrap().iter().find(|item| item["path"] == "provisions.general-license");
    assert_eq!(license.unwrap()["change"], "added");
    let same = run(&mut folder.chokepoint("diff tiny.toml tiny.toml"));
    assert!(same.code == 0 && same.out.contains("No difference"), "{}", same.out);
    let said = run(&mut folder.chokepoint("diff tiny.toml tiny-sources.toml"));
    assert!(said.code == 2 && said.err.contains("is a bibliography"), "{}", said.err);
}

#[test]
fn the_world_is_told_apart_from_law_and_parameters() {
    let folder = Folder::new();
    let text = "kind = \"scenario\"\nid = \"other\"\ntitle = \"x\"\ndescription = \"x\"\nextends = \"tiny-listing.toml\"\n\
                [classes.fpga]\nfungible = true\n";
    fs::write(folder.path("other.toml"), text).unwrap();
    let said = run(&mut folder.chokepoint("diff tiny-listing.toml other.toml --format json"));
    let told: Json = serde_json::from_str(&said.out).unwrap();
    assert_eq!(told["world"][0]["path"], "classes.fpga.fungible");
    assert_eq!((told["law"].as_array().unwrap().len(), told["parameters"].as_array().unwrap().len()), (0, 0));
}

#[test]
fn sources_and_assumptions_add_up() {
    let folder = Folder::new();
    let said = run(&mut folder.chokepoint("sources tiny-strict.toml --format json"));
    assert_eq!(said.code, 0, "{}", said.err);
    let told: Json = serde_json::from_str(&said.out).unwrap();
    let count = |json: &Json| json.as_u64().unwrap();
    let kinds = told["assumptions"].as_array().unwrap();
    assert_eq!(kinds.iter().map(|kind| count(&kind["assumed"])).sum::<u64>(), count(&told["assumed"]));
    assert_eq!(kinds.iter().map(|kind| count(&kind["parameters"])).sum::<u64>(), count(&told["parameters"]));
    let assumed = run(&mut folder.chokepoint("sources tiny-strict.toml --assumptions"));
    assert!(assumed.out.contains("  dearer when scarce\n    offers.xilinx-large-fpga.price\n"), "{}", assumed.out);
    let said = run(&mut folder.chokepoint("sources adopted-rules"));
    assert!(said.out.contains("fr-85-51596: 5 provisions or other tables"), "{}", said.out);
    assert!(said.out.contains("and not used here: "), "{}", said.out);
}

#[test]
fn shells_and_man_are_served() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let said = run(&mut folder.chokepoint(&format!("completions {shell}")));
        assert!(said.code == 0 && said.out.contains("reproduce"), "{shell}: {}", said.err);
    }
    assert_eq!(run(&mut folder.chokepoint("completions tcsh")).code, 2);
    let said = run(&mut folder.chokepoint("man compare"));
    assert!(said.out.contains(".TH chokepoint-compare 1") && said.out.contains("EXAMPLES"), "{}", said.out);
    assert_eq!(run(&mut folder.chokepoint("man --out pages")).code, 0);
    let help = run(&mut folder.chokepoint("--help")).out;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names: Vec<&str> =
        commands.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").collect();
    assert!(names.len() > 10, "{names:?}");
    for name in names {
        assert!(folder.path(&format!("pages/chokepoint-{name}.1")).exists(), "{name}");
    }
    let said = run(&mut folder.chokepoint("man compar"));
    assert!(said.code == 2 && said.err.contains("did you mean `compare`?"), "{}", said.err);
}

/// What a command prints as JSON.
#[track_caller]
fn json(folder: &Folder, words: &str) -> (i32, Json) {
    let said = run(&mut folder.chokepoint(words));
    (
        said.code,
        serde_json::from_str(&said.out).unwrap_or_else(|why| panic!("{words}: {why}: {}{}", said.out, said.err)),
    )
}

#[test]
fn what_is_printed_can_be_had_as_json() {
    let folder = Folder::new();
    let (_, listed) = json(&folder, "list --format json");
    assert!(listed.as_array().unwrap().iter().any(|file| file["id"] == "shipped" && file["kind"] == "comparison"));
    let (code, told) = json(&folder, "explain amended-rules --offer xilinx-28nm --date 2020-03-02 --format json");
    assert_eq!((code, told["answer"]["license_required"].as_bool()), (0, Some(true)), "{told}");
    assert!(!told["answer"]["trace"].as_array().unwrap().is_empty());
    let (code, told) = json(&folder, "check tiny-strict.toml tiny-sources.toml --format json");
    assert_eq!((code, told[0]["id"].as_str(), told[1]["sound"].as_bool()), (0, Some("tiny-strict"), Some(true)));
    assert!(told[0]["layers"][0]["changes"].as_array().unwrap().len() >= 3, "{told}");
    let words = "compare tiny.toml tiny-listing.toml --trials 8 --no-figures --quiet --format json --out result";
    let (code, told) = json(&folder, words);
    assert_eq!((code, told["folder"].as_str(), told["trials"].as_u64()), (0, Some("result"), Some(8)));
    assert_eq!(told["scenarios"].as_array().unwrap().len(), 2);
    assert!(!told["warnings"].as_array().unwrap().is_empty(), "{told}");
    let (_, told) =
        json(&folder, "run tiny-listing.toml --trials 300 --no-figures --quiet --shard 1/2 --format json --out a");
    assert_eq!((told["shard"].as_u64(), told["of"].as_u64()), (Some(1), Some(2)));
}

#[test]
fn what_is_wrong_is_told_with_its_place_as_json_too() {
    let folder = Folder::new();
    let text = fs::read_to_string(folder.path("tiny-listing.toml")).unwrap();
    for (from, to, message, help) in [
        (
            "threshold",
            "treshold",
            "`provisions.de-minimis.treshold` is not a key that is known here",
            "did you mean `threshold`?",
        ),
        ("\"any\"", "\"anny\"", "which is no destination", "did you mean \"any\"?"),
        ("buyers = [\"huawei\"]", "buyers = [\"huwei\"]", "not one of the vendors", "did you mean `huawei`?"),
        (
            "source = \"rule\"",
            "source = \"rules\"",
            "the source `rules` is not in the bibliography",
            "did you mean `rule`?",
        ),
        ("to = 2020-09-14", "to = 2020-04-14", "are out of order", "both inclusive"),
    ] {
        assert!(text.contains(from), "{from}");
        fs::write(folder.path("wrong.toml"), text.replacen(from, to, 1)).unwrap();
        let (code, told) = json(&folder, "check tiny.toml wrong.toml --format json");
        assert_eq!((code, told[0]["sound"].as_bool(), told[1]["sound"].as_bool()), (2, Some(true), Some(false)));
        let problem = &told[1]["problems"][0];
        assert!(problem["message"].as_str().unwrap().contains(message), "{message}: {problem}");
        assert!(problem["help"].as_str().unwrap().contains(help), "{help}: {problem}");
        assert!(problem["line"].as_u64().unwrap() > 1 && problem["column"].as_u64().unwrap() >= 1);
        let said = run(&mut folder.chokepoint("check wrong.toml"));
        assert!(said.code == 2 && said.err.contains("wrong.toml:"), "{}", said.err);
        assert!(!said.err.contains('\u{1b}'), "no control characters where nobody sees colors: {}", said.err);
    }
    let said = run(&mut folder.chokepoint("check tiny.toml tiny-strict.toml --quiet"));
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (0, "", ""));
}

#[test]
fn few_trials_are_warned_of_and_many_are_not() {
    let folder = Folder::new();
    let run_with = |trials: u32| {
        let words = format!(
            "compare tiny.toml tiny-listing.toml tiny-mild.toml --trials {trials} --no-figures --force --out result"
        );
        let said = run(&mut folder.chokepoint(&words));
        assert_eq!(said.code, 0, "{}", said.err);
        assert!(!said.err.contains('\u{1b}'), "{}", said.err);
        (said.err, fs::read_to_string(folder.path("result/summary.md")).unwrap())
    };
    // The same law in another file: which of the two costs more can't be told by any number of trials.
    let mild = "kind = \"scenario\"\nid = \"tiny-mild\"\ntitle = \"x\"\ndescription = \"x\"\nextends = \"tiny-listing.toml\"\n";
    fs::write(folder.path("tiny-mild.toml"), mild).unwrap();
    let (err, page) = run_with(8);
    assert!(
        err.contains("warning: too few trials: ") && err.contains("the outer quantiles (q05, q95) of 8 trials"),
        "{err}"
    );
    assert!(page.contains("## What the trials are too few for") && page.contains("give --trials 100"), "{page}");
    assert!(!err.contains("could be chance"), "two that are the same are in no order: {err}");
    let (err, _) = run_with(1);
    assert!(err.contains("warning: too few trials: one trial has no interval"), "{err}");
    let (err, page) = run_with(2000);
    assert!(!err.contains("too few") && !page.contains("too few"), "{err}");
}
