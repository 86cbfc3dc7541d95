//! An escalation ladder as it is written: what is wrong with one is said in words with the fix, and what is right is read,
//! resolved and left out of the dated law.

use crate::common::{Folder, run};
use chokepoint::law::Code;
use chokepoint::scenario::{self, Scenario};

const HEAD: &str = "kind = \"scenario\"\nid = \"ladder\"\ntitle = \"T\"\ndescription = \"D\"\n\
                    extends = \"shipped:current-rules\"\nassumption = \"for a test\"\nconfidence = \"low\"\n";

const POLICY: &str = "[escalation]\nfrom = 2019-05-16\n\
                      tolerance = { value = 0.75, unit = \"ratio\", bounds = [0, 2] }\n\
                      patience = { value = 6, unit = \"months\", bounds = [0, 60] }\n\
                      notice = { value = 2, unit = \"months\", bounds = [0, 60] }\n";

const LADDER: &str = "[escalation.ladder.first]\ntitle = \"First\"\nprovisions = [\"content\"]\n";

const CONTENT: &str = "[provisions.content]\nkind = \"de-minimis\"\ntitle = \"T\"\ncitation = \"C\"\n\
                       threshold = 0.10\ncounts = \"all\"\ndestination = \"listed-buyer\"\n";

const CLAUSE: &str = "[provisions.clause]\nkind = \"savings-clause\"\ntitle = \"T\"\ncitation = \"C\"\n\
                      saves = [\"content\"]\n";

fn load(parts: &[&str]) -> Result<Scenario, scenario::Problems> {
    scenario::load_text("ladder", &(HEAD.to_owned() + &parts.concat()), &[])
}

/// Checks that the only problem says so.
#[track_caller]
fn says(parts: &[&str], message: &str, help: &str) {
    let problems = load(parts).expect_err("the ladder is wrong");
    assert_eq!(problems.count(), 1, "{}", problems.lines());
    let problem = problems.iter().next().unwrap();
    assert!(problem.message().contains(message), "`{message}` is not in: {}", problem.message());
    let advice = problem.advice().unwrap_or_default();
    assert!(advice.contains(help), "`{help}` is not in the help: {advice}");
    assert!(problem.location().is_some_and(|(_, line, _)| line > 1), "it has a place");
}

#[test]
fn a_ladder_is_read_and_is_no_part_of_the_dated_law() {
    let scenario = load(&[POLICY, LADDER, CONTENT]).unwrap_or_else(|p| panic!("{}", p.lines()));
    let current = scenario::load("current-rules", &[]).unwrap();
    let regime = &scenario.regime;
    assert_eq!(regime.rungs().count(), 1);
    assert!(regime.provisions.keys().eq(current.regime.provisions.keys()), "the dated provisions");
    assert!(regime.stage(1).provisions.keys().eq(current.regime.provisions.keys().chain([&"content".to_owned()])));
    assert!(Code::new(regime).unwrap().find("content").is_none());
    assert!(Code::new(&regime.stage(1)).unwrap().find("content").is_some());
    // It is no part of the world, and is resolved like the rest.
    assert!(scenario.world_hash == current.world_hash && scenario.hash != current.hash);
    let resolved = scenario.resolved_json();
    assert_eq!(resolved["escalation"]["ladder"]["first"]["provisions"][0], "content");
    assert_eq!(resolved["escalation"]["tolerance"]["value"].to_string(), "0.75");
    let paths: Vec<&str> = scenario.params.iter().map(|p| p.path.as_str()).collect();
    for path in ["escalation.tolerance", "escalation.patience", "escalation.notice"] {
        assert!(paths.contains(&path), "{path}");
    }
}

#[test]
fn a_number_of_the_shipped_ladder_can_be_set() {
    let set = [("escalation.patience.triangular".to_owned(), "[1.0, 2.0, 3.0]".to_owned())];
    let scenario = scenario::load("escalation", &set).unwrap_or_else(|p| panic!("{}", p.lines()));
    let patience = scenario.regime.escalation.unwrap().patience;
    assert_eq!(patience.central(), 2.0);
}

#[test]
fn a_rung_names_provisions_that_are_there() {
    let wrong = LADDER.replace("\"content\"", "\"contnet\"");
    // The provision, which nothing names then, lacks its days as well.
    let problems = load(&[POLICY, &wrong, CONTENT]).expect_err("a slip of the pen").lines();
    assert!(problems.contains("names `contnet`, which is not one of the provisions"), "{problems}");
    assert!(problems.contains("lacks `announced`, `from`"), "{problems}");
    let empty = LADDER.replace("\"content\"", "");
    let problems = load(&[POLICY, &empty]).expect_err("an empty rung").lines();
    assert!(problems.contains("`escalation.ladder.first.provisions` is empty"), "{problems}");
    says(&[POLICY, "[escalation.ladder]\n"], "`escalation.ladder` has no rung", "[escalation.ladder.first]");
    says(&[POLICY], "`escalation` lacks `ladder`", "a table of rungs");
}

#[test]
fn a_provision_of_the_ladder_has_no_days() {
    let dated = CONTENT.to_owned() + "from = 2020-02-01\n";
    says(&[POLICY, LADDER, &dated], "`provisions.content.from` gives a day", "take the provision out of the ladder");
    let ended = CONTENT.to_owned() + "to = 2020-02-01\n";
    says(&[POLICY, LADDER, &ended], "`provisions.content.to` gives a day", "delete the day");
}

#[test]
fn a_provision_stands_on_one_rung() {
    let second = "[escalation.ladder.second]\ntitle = \"Second\"\nprovisions = [\"content\"]\n";
    says(&[POLICY, LADDER, second, CONTENT], "`escalation.ladder.second` names `content`", "delete one");
    let twice = LADDER.replace("\"content\"", "\"content\", \"content\"");
    says(&[POLICY, &twice, CONTENT], "names `content` twice", "delete one");
}

#[test]
fn a_rung_prohibits() {
    let rung = LADDER.replace("\"content\"", "\"content\", \"clause\"");
    says(&[POLICY, &rung, CONTENT, CLAUSE], "`provisions.clause` prohibits nothing", "set `escalation.notice`");
    let clause = CLAUSE.to_owned() + "announced = 2019-11-29\nfrom = 2020-02-01\nto = 2020-05-31\n";
    says(&[POLICY, LADDER, CONTENT, &clause], "`provisions.clause` saves `content`", "take it out of `saves`");
}

#[test]
fn numbers_have_their_units_and_unknown_keys_are_told() {
    let percent = POLICY.replace("\"ratio\"", "\"share\"");
    says(&[&percent, LADDER, CONTENT], "`escalation.tolerance` is given in `share`", "write unit = \"ratio\"");
    let days = POLICY.replace("patience = { value = 6, unit = \"months\"", "patience = { value = 180, unit = \"days\"");
    says(&[&days, LADDER, CONTENT], "`escalation.patience` is given in `days`", "convert");
    let key = POLICY.replace("notice", "notise");
    says(&[&key, LADDER, CONTENT], "`escalation.notise` is not a key", "did you mean `notice`?");
}

/// `determine`, `explain` and `check` answer by the dated law, and say what that leaves out.
#[test]
fn the_program_says_that_the_ladder_is_not_in_force() {
    let folder = Folder::new();
    let cases = "id,date,buyer,use,shipped_from,made_in,item,us_controlled,us_other,us_technology,us_plant,own_design\n\
                 a,2022-01-03,huawei,new-equipment,TW,TW,ear99,0.05,0.30,ns,ns,true\n";
    std::fs::write(folder.path("cases.csv"), cases).unwrap();
    let adaptive = run(&mut folder.chokepoint("determine --scenario escalation --cases cases.csv"));
    let dated = run(&mut folder.chokepoint("determine --scenario current-rules --cases cases.csv"));
    assert_eq!((adaptive.code, &adaptive.out), (0, &dated.out));
    assert_eq!(dated.err, "");
    assert!(
        adaptive.err.contains("`huawei-de-minimis`") && adaptive.err.contains("are not in force"),
        "{}",
        adaptive.err
    );

    let explained = run(&mut folder.chokepoint("explain escalation --offer kirin-tsmc --date 2021-01-04"));
    assert_eq!(explained.code, 0);
    assert!(explained.out.contains("Permitted") && explained.out.contains("are not in force"), "{}", explained.out);

    let checked = run(&mut folder.chokepoint("check escalation"));
    assert_eq!(checked.code, 0);
    for words in
        ["the regulator looks from 2019-05-16", "3. Direct product rule for any item", "escalation: 3 parameters"]
    {
        assert!(checked.out.contains(words), "{words}: {}", checked.out);
    }
}
