//! How scenarios are named, on the command line and in files: a bare id is the shipped scenario, whatever lies in the folder;
//! and the lists by which the ids within a scenario are found.

use std::fs;

use crate::common::{Folder, run};
use serde_json::Value as Json;

const OVER_SHIPPED: &str =
    "kind = \"scenario\"\nid = \"mine\"\ntitle = \"Mine\"\ndescription = \"Mine.\"\nextends = \"current-rules\"\n";

const COMPARISON: &str = "kind = \"comparison\"\nid = \"both\"\ntitle = \"Both\"\ndescription = \"Both.\"\n\
                          scenarios = [\"current-rules\", \"mine.toml\"]\nreference = \"mine\"\n";

/// Every command that takes a scenario, with a bare id.
const COMMANDS: [&str; 9] = [
    "check current-rules",
    "check mine.toml",
    "check both.toml",
    "explain current-rules --offer xilinx-28nm --date 2019-12-02",
    "diff current-rules mine.toml",
    "sources current-rules",
    "list current-rules",
    "run mine.toml --overlay current-rules --trials 1 --horizon 2019-03 --no-figures --quiet --force",
    "init started.toml --extends current-rules --force",
];

#[test]
fn a_folder_that_is_named_like_a_shipped_scenario_is_told_from_it() {
    let folder = Folder::new();
    fs::create_dir(folder.path("current-rules")).unwrap();
    let said = run(&mut folder.chokepoint("check current-rules/"));
    assert!(said.code == 2 && said.err.contains("shipped:current-rules"), "{}", said.err);
    // A name with a blank is quoted in what is advised.
    fs::copy(folder.path("tiny.toml"), folder.path("my rules.toml")).unwrap();
    let said = run(folder.chokepoint("explain").arg("my rules.toml").args(["--offer", "x", "--date", "2020-01-01"]));
    assert!(said.err.contains("`chokepoint list 'my rules.toml' --offers`"), "{}", said.err);
    // A list of nothing still has its columns.
    let said = run(&mut folder.chokepoint("list no-controls --provisions --format csv"));
    assert!(said.code == 0 && said.out.starts_with("id,"), "{}", said.out);
}

#[test]
fn a_bare_id_is_the_shipped_scenario_whatever_lies_in_the_folder() {
    let folder = Folder::new();
    fs::write(folder.path("mine.toml"), OVER_SHIPPED).unwrap();
    fs::write(folder.path("both.toml"), COMPARISON).unwrap();
    let try_all = |code: i32, words: &str| {
        for command in COMMANDS {
            let said = run(&mut folder.chokepoint(command));
            assert_eq!(said.code, code, "{command}: {}", said.err);
            assert!(said.err.contains(words), "{command}: {}", said.err);
        }
    };
    try_all(0, "");
    // Whoever ran with `--out current-rules` has a folder of that name.
    fs::create_dir(folder.path("current-rules")).unwrap();
    try_all(0, "");
    // A file of that very name could be meant too.
    fs::remove_dir(folder.path("current-rules")).unwrap();
    fs::write(folder.path("current-rules"), OVER_SHIPPED).unwrap();
    try_all(2, "shipped:current-rules");
    for (named, id) in [("shipped:current-rules", "current-rules"), ("./current-rules", "mine")] {
        let said = run(&mut folder.chokepoint(&format!("check {named} --format json")));
        if id == "mine" {
            // Its own `extends` is as unclear.
            assert_eq!(said.code, 2);
            continue;
        }
        let told: Json = serde_json::from_str(&said.out).unwrap();
        assert_eq!((said.code, &told[0]["id"]), (0, &Json::from(id)), "{}", said.err);
    }
}

#[test]
fn an_id_that_is_nearly_right() {
    let folder = Folder::new();
    fs::write(folder.path("mine.toml"), OVER_SHIPPED.replace("current-rules", "curent-rules")).unwrap();
    for command in ["check curent-rules", "check mine.toml"] {
        let said = run(&mut folder.chokepoint(command));
        assert_eq!(said.code, 2);
        assert!(said.err.contains("current-rules"), "{command}: {}", said.err);
    }
}

#[test]
fn what_a_scenario_holds() {
    let folder = Folder::new();
    let list = |words: &str| {
        let said = run(&mut folder.chokepoint(&format!("list {words}")));
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{words}");
        said.out
    };
    let json = |words: &str| serde_json::from_str::<Json>(&list(&format!("{words} --format json"))).unwrap();
    let kinds = [
        ("offers", "xilinx-28nm"),
        ("firms", "huawei"),
        ("markets", "europe"),
        ("classes", "fpga"),
        ("lines", "handsets"),
        ("jurisdictions", "TW"),
        ("provisions", "huawei-listing"),
    ];
    let counts = json("adopted-rules");
    for (kind, id) in kinds {
        let told = json(&format!("--{kind}"));
        let records = told[kind].as_array().unwrap();
        assert_eq!(counts["counts"][kind], records.len(), "{kind}");
        assert!(records.iter().any(|record| record["id"] == id), "{kind}");
        let table = list(&format!("--{kind} --format csv"));
        let mut csv = csv::Reader::from_reader(table.as_bytes());
        let ids: Vec<String> = csv.records().map(|row| row.unwrap()[0].to_owned()).collect();
        assert_eq!(ids, records.iter().map(|r| r["id"].as_str().unwrap()).collect::<Vec<_>>(), "{kind}");
        let text = list(&format!("--{kind}"));
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{kind} fits a terminal: {text}");
        assert!(ids.iter().all(|id| text.lines().any(|line| line.split(' ').next() == Some(id))), "{kind}: {text}");
    }
    let chip =
        json("--offers")["offers"].as_array().unwrap().iter().find(|o| o["id"] == "xilinx-28nm").unwrap().clone();
    for (key, value) in
        [("class", "fpga"), ("supplier", "xilinx"), ("made_in", "TW"), ("item", "at"), ("us_plant", "at")]
    {
        assert_eq!(chip[key], value, "{key}");
    }
    assert_eq!((&chip["us_other"], &chip["price"], &chip["lead_time"]), (&0.08.into(), &62.into(), &3.3.into()));
    // An id from the list is one that `explain` takes, in a scenario of one's own too.
    assert!(list("tiny-listing.toml --offers").contains("\nxilinx-large-fpga "));
    assert_eq!(json("tiny.toml --provisions")["provisions"], serde_json::json!([]));
    assert!(list("tiny.toml --provisions").contains("has no provisions"));
    let two = run(&mut folder.chokepoint("list --offers --firms"));
    assert_eq!((two.code, two.out.as_str()), (2, ""));
}
