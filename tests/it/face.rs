//! The commands of writing and reading scenarios from outside: `init`, `diff`, `sources`, `completions`, `man`.

use std::fs;

use crate::common::{Folder, run};
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
    assert!(said.code == 2 && said.err.contains("exists already"), "{}", said.err);
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
        "changed: provisions.de-minimis, De minimis, 10% of all [Counterfactual]",
        "rests on: rule (confidence high) -> the assumption: stricter, for a test (confidence low)",
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
        ("\"any\"", "\"anny\"", "which is not a destination", "did you mean \"any\"?"),
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
    // A warning says that something may be wrong.
    let said = run(&mut folder.chokepoint("check tiny.toml tiny-strict.toml --quiet"));
    assert_eq!((said.code, said.out.as_str(), said.err.lines().count()), (0, "", 1), "{}", said.err);
    assert!(said.err.starts_with("warning: the review `case-by-case`"), "{}", said.err);
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

/// A layer that changes a threshold and a day of a rule that is known from the press, and says nothing of what that rests on.
const ZERO: &str = "kind = \"scenario\"\nid = \"n2\"\ntitle = \"x\"\ndescription = \"x\"\nextends = \"shipped:amended-rules\"\n\
                    [provisions.huawei-de-minimis]\nthreshold = 0\nfrom = 2020-06-01\n";

#[test]
fn a_source_is_not_cited_for_a_value_that_it_does_not_support() {
    let folder = Folder::new();
    fs::write(folder.path("zero.toml"), ZERO).unwrap();
    let said = run(&mut folder.chokepoint("check zero.toml"));
    assert_eq!(said.code, 0, "{}", said.err);
    for part in ["warning", "`threshold`, `from`", "zero.toml:7:1", "`assumption = \"REASON\"`", "reuters-2019-11-29"] {
        assert!(said.err.contains(part), "{part}: {}", said.err);
    }
    let (_, told) = json(&folder, "check zero.toml --format json");
    assert_eq!((&told[0]["warnings"][0]["line"], &told[0]["warnings"][0]["file"]), (&7.into(), &"zero.toml".into()));
    // Wherever it is told: the reason is that none was stated, and title and citation say that they are of another rule.
    let marked = "De minimis for Huawei, 10 percent of all US content (changed: threshold, from)";
    let reason = "not stated: threshold and from were changed";
    let said = run(&mut folder.chokepoint("diff amended-rules zero.toml"));
    assert!(said.out.contains(&format!(
        "rests on: reuters-2019-11-29, reuters-2020-01-14 (confidence medium) -> the assumption: {reason}"
    )));
    let said = run(&mut folder.chokepoint("explain zero.toml --offer xilinx-28nm --date 2020-06-01"));
    assert!(
        said.out.contains(marked) && said.out.contains(&format!("- `huawei-de-minimis`: {reason}")),
        "{}",
        said.out
    );
    assert!(!said.out.contains("[huawei-de-minimis: Draft rule"), "{}", said.out);
    let cited = |folder: &Folder, file: &str| {
        let (_, told) = json(folder, &format!("sources {file} --format json"));
        let others: Vec<Json> =
            told["sources"].as_array().unwrap().iter().map(|cited| cited["others"].clone()).collect();
        let paths = others.iter().flat_map(|paths| paths.as_array().unwrap());
        let on_source = paths.filter(|path| *path == "provisions.huawei-de-minimis").count();
        let on_assumption = told["other_assumptions"].as_array().unwrap().iter();
        (on_source, on_assumption.filter(|table| table["path"] == "provisions.huawei-de-minimis").count())
    };
    assert_eq!((cited(&folder, "amended-rules"), cited(&folder, "zero.toml")), ((2, 0), (0, 1)));
    // The report, by a file and by hand; and again from its manifest.
    for (words, reason) in [
        ("run zero.toml", reason),
        ("run amended-rules --set provisions.huawei-de-minimis.threshold=0", "set on the command line: threshold"),
    ] {
        let said =
            run(&mut folder
                .chokepoint(&format!("{words} --trials 2 --horizon 2020-06 --no-figures --out result --force")));
        assert_eq!(said.code, 0, "{}", said.err);
        assert_eq!(
            said.err.contains("nothing says on what the change rests"),
            words == "run zero.toml",
            "{}",
            said.err
        );
        let page = fs::read_to_string(folder.path("result/report.html")).unwrap();
        assert!(page.contains(reason) && page.contains("(changed: threshold"), "{words}");
        let manifest: Json = serde_json::from_slice(&fs::read(folder.path("result/manifest.json")).unwrap()).unwrap();
        let all = manifest["scenarios"].as_array().unwrap().iter();
        let rules: Vec<&Json> =
            all.map(|s| &s["resolved"]["provisions"]["huawei-de-minimis"]).filter(|p| !p.is_null()).collect();
        assert!(!rules.is_empty() && rules.iter().all(|p| p["source"].is_null() && p["note"].is_null()), "{rules:?}");
        assert!(rules.iter().all(|p| p["assumption"].as_str().is_some_and(|a| a.contains(reason))), "{rules:?}");
        let said = run(&mut folder.chokepoint("reproduce result"));
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    }
    // What says on what it rests is sound without a word.
    let backed =
        format!("{ZERO}title = \"Zero\"\ncitation = \"Proposed\"\nassumption = \"what if\"\nconfidence = \"low\"\n");
    fs::write(folder.path("backed.toml"), backed).unwrap();
    let said = run(&mut folder.chokepoint("check backed.toml"));
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{}", said.out);
    let said = run(&mut folder.chokepoint("explain backed.toml --offer xilinx-28nm --date 2020-06-01"));
    assert!(
        said.out.contains("[huawei-de-minimis: Proposed]") && said.out.contains("- `huawei-de-minimis`: what if"),
        "{}",
        said.out
    );
}

/// Commands that `init` prints or writes, as they stand.
fn commands(text: &str) -> Vec<String> {
    let line = |line: &str| line.trim_start_matches(['#', ' ']).trim_end().to_owned();
    let run_it = |line: &str| line.strip_prefix("Run it by: ").map_or(line.to_owned(), str::to_owned);
    text.lines().map(line).map(|line| run_it(&line)).filter(|line| line.starts_with("chokepoint ")).collect()
}

#[test]
fn every_command_that_a_starter_names_can_be_typed() {
    for (file, extends, comparison) in [
        ("b.toml", "amended-rules", ""),
        ("b.toml", "shipped:waivers", ""),
        ("b.toml", "tiny-listing.toml", ""),
        ("mine/b.toml", "tiny-listing.toml", "--comparison"),
        ("mine/b.toml", "./tiny-listing.toml", ""),
        ("mine/b", "mine/below.toml", "--comparison"),
        ("b", "mine/below.toml", ""),
    ] {
        let folder = Folder::new();
        fs::create_dir(folder.path("mine")).unwrap();
        let own = "kind = \"scenario\"\nid = \"below\"\ntitle = \"x\"\ndescription = \"x\"\nextends = \"../tiny-listing.toml\"\n";
        fs::write(folder.path("mine/below.toml"), own).unwrap();
        let said = run(&mut folder.chokepoint(&format!("init {file} --extends {extends} {comparison}")));
        assert_eq!(said.code, 0, "{}", said.err);
        let mut named = commands(&said.out);
        let written = fs::read_dir(folder.path("mine")).unwrap().chain(fs::read_dir(folder.path("")).unwrap());
        for path in written.map(|entry| entry.unwrap().path()) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name.starts_with("b.toml") || name.starts_with("b-comparison.toml") {
                named.extend(
                    commands(&fs::read_to_string(path).unwrap())
                        .into_iter()
                        .filter(|line| !line.ends_with("list` shows.")),
                );
            }
        }
        let count =
            |command: &str| named.iter().filter(|line| line.starts_with(&format!("chokepoint {command} "))).count();
        assert!(count("check") == 2 && count("diff") == 2 && count("compare") >= 2, "{named:?}");
        named.sort();
        named.dedup();
        for (i, words) in named.iter().enumerate() {
            let mut words = words.trim_start_matches("chokepoint ").to_owned();
            if words.starts_with("compare") {
                words.push_str(&format!(" --trials 2 --horizon 2019-03 --no-figures --quiet --out result-{i}"));
            }
            let said = run(&mut folder.chokepoint(&words));
            assert_eq!(said.code, 0, "init {file} --extends {extends}: {words}: {}", said.err);
        }
    }
}

#[test]
fn a_starter_with_blanks_in_its_name_tells_commands_that_a_shell_takes() {
    let folder = Folder::new();
    let mut command = folder.chokepoint("init");
    let said = run(command.args(["my rules.toml", "--extends", "tiny-listing.toml"]));
    assert_eq!(said.code, 0, "{}", said.err);
    let text = fs::read_to_string(folder.path("my rules.toml")).unwrap();
    for text in [&said.out, &text] {
        assert!(text.contains("chokepoint diff tiny-listing.toml 'my rules.toml'\n"), "{text}");
    }
}

#[test]
fn an_error_is_one_json_object_on_standard_error_where_json_is_wanted() {
    let folder = Folder::new();
    fs::write(folder.path("wrong.toml"), ZERO.replace("threshold", "treshold")).unwrap();
    let two = ZERO.replace("threshold", "treshold").replace("from =", "form =");
    fs::write(folder.path("two.toml"), two).unwrap();
    fs::write(folder.path("cases.csv"), "id,date,buyer,made_in\nc1,2019-02-30,huawei,JP\nc2,2019-02-20,nobody,JP\n")
        .unwrap();
    fs::create_dir(folder.path("taken")).unwrap();
    fs::write(folder.path("taken/thesis.txt"), "x").unwrap();
    let cases = [
        ("explain wrong.toml --offer xilinx-28nm --date 2020-06-01", 2, "input", "treshold", Some(7), 1),
        ("explain two.toml --offer xilinx-28nm --date 2020-06-01", 2, "input", "2 problems", None, 2),
        ("explain amended-rules --offer xilinx --date 2020-06-01", 2, "usage", "xilinx", None, 0),
        ("explain amended-rules --offer xilinx-28nm --date soon", 2, "usage", "soon", None, 0),
        ("explain amended-rules", 2, "usage", "required", None, 0),
        ("run nowhere.toml", 2, "input", "nowhere.toml", None, 1),
        ("run tiny-listing.toml --trials -1", 2, "usage", "--trials", None, 0),
        ("run tiny-listing.toml --trials 2 --out taken", 2, "folder", "taken", None, 0),
        ("determine --scenario tiny-listing.toml --cases cases.csv", 2, "input", "cases.csv", None, 2),
        ("check wrong.toml", 2, "input", "treshold", Some(7), 1),
        ("check wrong.toml two.toml", 2, "input", "2 of 2 files are not sound", None, 0),
        ("calibrate --keep 300 --trials 200", 2, "usage", "keep 300 of 200", None, 0),
    ];
    let mut keys = None;
    for (words, code, kind, part, line, problems) in cases {
        let said = run(&mut folder.chokepoint(&format!("{words} --format json")));
        assert_eq!(said.code, code, "{words}: {}", said.err);
        let read = |line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{words}: {why}: {}", said.err));
        let lines: Vec<Json> = said.err.lines().map(read).collect();
        let (told, before) = lines.split_last().unwrap();
        assert!(before.iter().all(|line| line["warning"]["message"].is_string()), "{words}: {}", said.err);
        let error = &told["error"];
        assert_eq!(
            (error["code"].as_i64(), error["kind"].as_str()),
            (Some(code.into()), Some(kind)),
            "{words}: {error}"
        );
        assert!(error["message"].as_str().unwrap().contains(part), "{words}: {error}");
        assert_eq!(error["line"].as_u64(), line, "{words}: {error}");
        assert_eq!(error["problems"].as_array().unwrap().len(), problems, "{words}: {error}");
        let own: Vec<String> = error.as_object().unwrap().keys().cloned().collect();
        assert_eq!(*keys.get_or_insert(own.clone()), own, "{words}");
        // The same for a person.
        let said = run(&mut folder.chokepoint(words));
        assert!(said.code == code && serde_json::from_str::<Json>(&said.err).is_err(), "{words}: {}", said.err);
    }
    // A warning is a line of its own, and progress is none.
    fs::write(folder.path("zero.toml"), ZERO).unwrap();
    let said =
        run(&mut folder
            .chokepoint("run zero.toml --trials 2 --horizon 2019-03 --no-figures --format json --out result"));
    assert_eq!(said.code, 0, "{}", said.err);
    let lines: Vec<Json> = said.err.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(!lines.is_empty() && lines.iter().all(|line| line["warning"]["message"].is_string()), "{}", said.err);
    assert_eq!(lines[0]["warning"]["line"], 7);
}
