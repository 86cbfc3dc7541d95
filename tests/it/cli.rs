//! The commands through the program itself: what they print and write, with which exit code, and what they leave behind.

use std::fs;
use std::path::Path;

use crate::common::{Folder, run};
use serde_json::Value;

const PAIR: &str = "compare tiny.toml tiny-listing.toml --trials 5 --no-figures --seed 7";
const USUAL: &str = "output/tiny-vs-tiny-listing";

fn manifest(folder: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("manifest.json")).unwrap()).unwrap()
}

/// Names in a folder, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// What stands beside figures and manifest.
const TABLES: [&str; 15] = [
    "datapackage.json",
    "iamc.csv",
    "pairing.csv",
    "report.html",
    "series.csv",
    "series.parquet",
    "summary.csv",
    "summary.json",
    "summary.md",
    "summary.parquet",
    "tables.md",
    "tables.tex",
    "tables.xlsx",
    "trials.csv",
    "trials.parquet",
];

#[test]
fn a_comparison_leaves_its_folder_and_says_where() {
    let folder = Folder::new();
    let said = run(&mut folder.chokepoint(PAIR));
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains(USUAL) && said.out.contains("Huawei"), "{}", said.out);
    assert!(said.err.contains("2 scenarios, 5 trials each, seed 7"), "{}", said.err);
    // What is run, that the trials are few, and that the review of the small world has no rate.
    assert!(said.err.lines().count() <= 3, "{}", said.err);
    let result = folder.path(USUAL);
    let mut wanted = [&TABLES[..], &["manifest.json"]].concat();
    wanted.sort_unstable();
    assert_eq!(names(&result), wanted);
    assert_eq!(names(&folder.path("output")), ["tiny-vs-tiny-listing"], "nothing is left beside it");
}

#[test]
fn figures_are_drawn_unless_not_wanted() {
    let folder = Folder::new();
    let said = run(&mut folder.chokepoint("run tiny-listing.toml --trials 3"));
    assert_eq!(said.code, 0, "{}", said.err);
    let figures = names(&folder.path("output/tiny-listing/figures"));
    assert!(figures.iter().any(|f| f.ends_with(".svg")) && figures.iter().any(|f| f.ends_with(".png")), "{figures:?}");
}

#[test]
fn a_manifest_tells_all_that_is_needed_to_run_it_again() {
    let folder = Folder::new();
    let options = "--threads 2 --date 2020-02-03 --horizon 2020-06 --set provisions.listing.from=2019-06-01 --reference tiny-listing";
    let said = run(&mut folder.chokepoint(&format!("{PAIR} {options}")));
    assert_eq!(said.code, 0, "{}", said.err);
    let result = folder.path(USUAL);
    let told = manifest(&result);
    for (key, value) in [
        ("tool", Value::from("chokepoint")),
        ("version", env!("CARGO_PKG_VERSION").into()),
        ("comparison", "tiny-vs-tiny-listing".into()),
        ("reference", "tiny-listing".into()),
        ("seed", 7.into()),
        ("trials", 5.into()),
        ("tick", "month".into()),
        ("threads", 2.into()),
        ("date", "2020-02-03".into()),
        ("started", Value::Null),
    ] {
        assert_eq!(told[key], value, "{key}");
    }
    assert_eq!(told["horizon"]["end"], "2020-06-30");
    assert_eq!(told["command"][1], "compare");
    assert!(told["target"].as_str().unwrap().contains('-'), "a target triple: {}", told["target"]);
    assert_eq!(told["overrides"][0]["path"], "provisions.listing.from");
    assert_eq!(told["overrides"][1]["path"], "time.end");
    // The override of a provision is set where that provision is.
    let scenarios = told["scenarios"].as_array().unwrap();
    assert_eq!(scenarios[1]["resolved"]["provisions"]["listing"]["from"], "2019-06-01");
    assert_eq!(scenarios[0]["resolved"]["time"]["end"], "2020-06-30");
    for scenario in scenarios {
        let resolved = serde_json::to_string(&scenario["resolved"]).unwrap();
        assert_eq!(scenario["hash"].as_str().unwrap(), blake3::hash(resolved.as_bytes()).to_hex().as_str());
    }
    let mut listed: Vec<&str> = Vec::new();
    for file in told["files"].as_array().unwrap() {
        let bytes = fs::read(result.join(file["path"].as_str().unwrap())).unwrap();
        assert_eq!(file["bytes"], bytes.len());
        assert_eq!(file["blake3"].as_str().unwrap(), blake3::hash(&bytes).to_hex().as_str());
        listed.push(file["path"].as_str().unwrap());
    }
    listed.sort_unstable();
    assert_eq!(listed, TABLES);
}

#[test]
fn everything_but_the_manifest_is_the_same_wherever_and_on_however_many_threads() {
    let folder = Folder::new();
    // More trials than one block, so that threads share them.
    let command = "compare tiny.toml tiny-listing.toml --trials 80";
    for options in ["--threads 1 --out one --date 2001-01-01", "--threads 2 --out deep/two --quiet"] {
        let said = run(&mut folder.chokepoint(&format!("{command} {options}")));
        assert_eq!(said.code, 0, "{}", said.err);
    }
    let (one, two) = (folder.path("one"), folder.path("deep/two"));
    assert_eq!(manifest(&one)["files"], manifest(&two)["files"]);
    assert!(manifest(&one)["files"].as_array().unwrap().len() > 8, "figures are among them");
    // And with the date given, the manifest too.
    let again = format!("{command} --threads 1 --out one --date 2001-01-01");
    let before = fs::read(one.join("manifest.json")).unwrap();
    let said = run(&mut folder.chokepoint(&format!("{again} --force")));
    assert_eq!(said.code, 0, "{}", said.err);
    let after = fs::read_to_string(one.join("manifest.json")).unwrap();
    assert_eq!(String::from_utf8(before).unwrap(), after.replace(",\n    \"--force\"", ""));
}

#[test]
fn the_date_comes_from_the_environment_if_it_is_not_given() {
    let folder = Folder::new();
    let said = run(folder.chokepoint(PAIR).env("SOURCE_DATE_EPOCH", "1574985600"));
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(manifest(&folder.path(USUAL))["date"], "2019-11-29");
}

#[test]
fn one_scenario_is_told_against_no_controls() {
    let folder = Folder::new();
    let said = run(&mut folder.chokepoint("run tiny-listing.toml --trials 5 --no-figures"));
    assert_eq!(said.code, 0, "{}", said.err);
    let told = manifest(&folder.path("output/tiny-listing"));
    assert_eq!(told["reference"], "no-controls");
    assert_eq!(told["scenarios"][1]["implied"], true);
}

#[test]
fn quiet_says_nothing() {
    let folder = Folder::new();
    let said = run(&mut folder.chokepoint(&format!("{PAIR} --quiet")));
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (0, "", ""));
    assert!(folder.path(USUAL).join("summary.md").is_file());
}

#[test]
fn the_shipped_comparison_runs_anywhere_and_twice() {
    let empty = tempfile::tempdir().unwrap();
    let folder = Folder::new();
    for seed in [1, 2] {
        let mut command = folder.chokepoint(&format!("compare --trials 2 --no-figures --seed {seed}"));
        let said = run(command.current_dir(empty.path()));
        assert_eq!(said.code, 0, "{}", said.err);
    }
    let told = manifest(&empty.path().join("output/shipped"));
    assert_eq!(
        (&told["seed"], &told["comparison"], &told["reference"]),
        (&2.into(), &"shipped".into(), &"no-controls".into())
    );
    let ids: Vec<&str> = told["scenarios"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["no-controls", "current-rules", "waivers", "amended-rules"]);
    // What the user has put there is safe, and elsewhere an earlier result is never replaced unasked.
    fs::write(empty.path().join("output/shipped/notes.md"), "mine").unwrap();
    let said = run(folder.chokepoint("compare --trials 2 --no-figures").current_dir(empty.path()));
    assert_eq!(said.code, 2);
    assert!(said.err.contains("notes.md"), "{}", said.err);
}

#[test]
fn an_earlier_result_is_replaced_by_force_alone() {
    let folder = Folder::new();
    let again = |options: &str| run(&mut folder.chokepoint(&format!("{PAIR} {options}")));
    assert_eq!(again("").code, 0);
    let refused = again("");
    assert_eq!((refused.code, refused.out.as_str()), (2, ""));
    assert!(refused.err.contains(USUAL) && refused.err.contains("--force"), "{}", refused.err);
    assert!(!refused.err.contains("simulating"), "it is said before anything is simulated");
    assert_eq!(again("--force --trials 6").code, 0);
    assert_eq!(manifest(&folder.path(USUAL))["trials"], 6);
    assert_eq!(names(&folder.path("output")), ["tiny-vs-tiny-listing"]);
}

#[test]
fn what_is_not_ours_is_not_replaced_even_by_force() {
    let folder = Folder::new();
    fs::create_dir(folder.path("mine")).unwrap();
    fs::write(folder.path("mine/thesis.txt"), "years of work").unwrap();
    fs::create_dir(folder.path("empty")).unwrap();
    for (out, told) in [
        ("mine", "holds something other"),
        ("tiny.toml", "it is a file"),
        ("tiny.toml/below", "above it is a file"),
        (".", "the folder you are in"),
        ("/", "the folder you are in"),
    ] {
        let said = run(&mut folder.chokepoint(&format!("{PAIR} --force --out {out}")));
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{out}: {}", said.err);
        assert!(said.err.contains(told) && said.err.contains("--out"), "{out}: {}", said.err);
    }
    assert_eq!(fs::read_to_string(folder.path("mine/thesis.txt")).unwrap(), "years of work");
    assert_eq!(run(&mut folder.chokepoint(&format!("{PAIR} --out empty"))).code, 0, "an empty folder may be used");
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_is_a_failure_told_before_the_run() {
    use std::io::Write as _;
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let closed = folder.path("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(closed.join("probe"), "x").is_ok() {
        // Written past the capture of the test harness: a skip must be seen.
        let _ = writeln!(std::io::stderr(), "SKIPPED a_folder_that_may_not_be_written: root may write everywhere");
        return;
    }
    let said = run(&mut folder.chokepoint(&format!("{PAIR} --out closed/result")));
    assert_eq!((said.code, said.out.as_str()), (1, ""), "{}", said.err);
    assert!(said.err.contains("no permission to write in") && !said.err.contains("simulating"), "{}", said.err);
}

#[cfg(target_os = "linux")]
#[test]
fn a_place_where_nobody_can_write_is_a_failure() {
    let folder = Folder::new();
    let said = run(&mut folder.chokepoint(&format!("{PAIR} --out /proc/chokepoint/result")));
    assert_eq!((said.code, said.out.as_str()), (1, ""), "{}", said.err);
    assert!(said.err.contains("/proc/chokepoint/result") && !said.err.contains("simulating"), "{}", said.err);
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_a_failure_that_names_the_file_and_leaves_nothing() {
    let folder = Folder::new();
    assert_eq!(run(&mut folder.chokepoint(PAIR)).code, 0);
    let before = fs::read(folder.path(USUAL).join("manifest.json")).unwrap();
    // No file may grow beyond a few kB: the system refuses as a full disk does.
    let program = assert_cmd::cargo::cargo_bin("chokepoint");
    let script = format!("trap '' 25; ulimit -f 4; exec {} {PAIR} --force --trials 9", program.display());
    let output = std::process::Command::new("sh").args(["-c", &script]).current_dir(folder.path("")).output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(err.contains(USUAL) && err.contains("can't be written") && !err.contains("panicked"), "{err}");
    assert_eq!(names(&folder.path("output")), ["tiny-vs-tiny-listing"]);
    assert_eq!(fs::read(folder.path(USUAL).join("manifest.json")).unwrap(), before, "the earlier result stands");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_run_cleanly() {
    use std::io::{BufRead, BufReader, Read};
    use std::process::{Command, Stdio};
    let folder = Folder::new();
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("chokepoint"))
        .args("compare --trials 1000000 --out result".split(' '))
        .current_dir(folder.path(""))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let mut first = String::new();
    err.read_line(&mut first).unwrap();
    assert!(first.contains("simulating"), "{first}");
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let status = child.wait().unwrap();
    let (mut rest, mut out) = (String::new(), String::new());
    err.read_to_string(&mut rest).unwrap();
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    assert_eq!((status.code(), out.as_str()), (Some(130), ""), "{rest}");
    assert!(rest.contains("interrupted") && rest.contains("nothing was written"), "{rest}");
    // What was done, if anything, can be gone on with; there is no result.
    assert!(names(&folder.path("")).iter().all(|n| n.starts_with("tiny") || n == "result.partial"), "{rest}");
    assert_eq!(folder.path("result.partial").exists(), rest.contains("--resume"), "{rest}");
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_enough_is_no_error() {
    let program = assert_cmd::cargo::cargo_bin("chokepoint");
    for command in
        ["list", "--help", "check adopted-rules", "explain amended-rules --offer kirin-tsmc --date 2020-03-02"]
    {
        // The pipe is closed before anything is written to it.
        let script = format!("{{ sleep 0.2; {} {command}; echo \"code $?\" >&2; }} | true", program.display());
        let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "code 0\n", "{command}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_is_full_is_a_failure() {
    let program = assert_cmd::cargo::cargo_bin("chokepoint");
    let script = format!("{} list > /dev/full", program.display());
    let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("standard output could not be written"));
}

#[test]
fn the_worked_cases_are_answered() {
    let folder = Folder::new();
    let mut reader =
        csv::Reader::from_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/law/tests/worked.csv")).unwrap();
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let subject = header.iter().position(|h| h == "subject").unwrap();
    let mut answered = 0;
    for row in reader.records().map(Result::unwrap) {
        // Between the scenario and the answer stand the columns of a case.
        let (columns, cells) =
            (header[1..subject].join(","), row.iter().take(subject).skip(1).collect::<Vec<_>>().join(","));
        let answer = row.iter().skip(subject).take(6).collect::<Vec<_>>().join(",");
        for scenario in row[0].split_whitespace() {
            let mut command = folder.chokepoint(&format!("determine --scenario {scenario} --cases -"));
            let said = run(command.write_stdin(format!("{columns}\n{cells}\n")));
            assert_eq!((said.code, said.err.as_str()), (0, ""));
            assert_eq!(said.out.lines().nth(1).unwrap(), format!("{},{answer}", &row[1]), "{scenario}");
            answered += 1;
        }
    }
    assert!(answered >= 17, "{answered}");
}

#[test]
fn answers_come_in_three_forms() {
    let folder = Folder::new();
    fs::write(folder.path("cases.csv"), "id,date,buyer,made_in\na,2019-12-02,huawei,US\n").unwrap();
    let form = |f: &str| {
        run(&mut folder.chokepoint(&format!("determine --scenario current-rules --cases cases.csv --format {f}"))).out
    };
    assert!(
        form("csv").starts_with("id,subject,license_required,authorization,outcome,provision,review\na,us-origin,true")
    );
    let json: Value = serde_json::from_str(&form("json")).unwrap();
    assert_eq!((&json[0]["outcome"], json[0]["trace"].as_array().unwrap().len() > 2), (&"prohibited".into(), true));
    assert!(form("text").contains("15 CFR"));
}

#[test]
fn an_explanation_says_what_hangs_on_what_is_not_certain() {
    let folder = Folder::new();
    let explain = |words: &str| {
        let said = run(&mut folder.chokepoint(&format!("explain {words}")));
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{words}");
        said.out
    };
    // A plant and a technology that may or may not count, either of which would do.
    let both = explain("amended-rules --offer tiangang-smic --date 2020-03-02");
    for words in [
        "huawei on 2020-03-02",
        "Prohibited",
        "15 CFR 736.2(b)(3)",
        "What is not certain",
        "chance of 0.9",
        "an assumption (",
        "No one of these alone turns the answer, but were",
        "would instead be permitted",
    ] {
        assert!(both.contains(words), "{words}: {both}");
    }
    // Nothing is uncertain that matters before the rules.
    let before = explain("tiny-listing.toml --offer xilinx-large-fpga --date 2019-05-15");
    assert!(before.contains("Permitted") && before.contains("None of these, alone or with others"), "{before}");
    // A license by use, and a clause by the day of production.
    let spares = explain("waivers --offer xilinx-ultrascale --date 2019-12-02 --use existing-network");
    assert!(!spares.contains("Prohibited"), "{spares}");
    let clause = "adopted-rules --offer kirin-tsmc --date 2020-06-01";
    assert!(explain(clause).contains("Prohibited"));
    assert!(explain(&format!("{clause} --production-start 2020-05-01")).contains("savings clause"));
    // Rules that list nobody have no buyer of their own.
    assert!(explain("no-controls --offer kirin-tsmc --date 2020-06-01").contains("Permitted"));
    assert!(explain("adopted-rules --offer kirin-tsmc --date 2020-06-01 --buyer ericsson").contains("to ericsson"));
}

#[test]
fn a_fact_that_turns_the_answer_alone_is_said_with_its_citation() {
    let folder = Folder::new();
    let text = fs::read_to_string(folder.path("tiny.toml")).unwrap();
    let share = "us_controlled = { value = 0.3, unit";
    assert!(text.contains(share));
    fs::write(folder.path("tiny.toml"), text.replacen(share, "us_controlled = { uniform = [0.2, 0.28], unit", 1))
        .unwrap();
    let said = run(&mut folder.chokepoint("explain tiny-listing.toml --offer xilinx-large-fpga --date 2019-06-01"));
    assert_eq!(said.code, 0, "{}", said.err);
    for words in [
        "taken as 0.24 of the value; it lies between 0.2 and 0.28",
        "Were it 0.2, the answer would be the same",
        "Were it 0.28, the shipment would instead be prohibited (`de-minimis` decides [15 CFR 734.4])",
    ] {
        assert!(said.out.contains(words), "{words}: {}", said.out);
    }
}

#[test]
fn a_check_says_what_changes_and_what_it_rests_on() {
    let folder = Folder::new();
    let said = run(&mut folder.chokepoint("check tiny-strict.toml tiny-sources.toml shipped base"));
    assert_eq!(said.code, 0);
    assert!(
        said.err.starts_with("warning: the review `case-by-case`") && said.err.lines().count() == 1,
        "{}",
        said.err
    );
    for words in [
        "tiny-strict.toml extends",
        "removes provisions.general-license",
        "changes provisions.de-minimis.threshold from 0.250 to 0.1",
        "are assumptions",
        "tiny-sources.toml: sound, a bibliography of",
        "the comparison `shipped` of 4 scenarios",
        "can't be run alone",
    ] {
        assert!(said.out.contains(words), "{words}: {}", said.out);
    }
}

#[test]
fn a_check_of_several_files_tells_of_all() {
    let folder = Folder::new();
    fs::write(folder.path("bad.toml"), "kind = 1\n").unwrap();
    let said = run(&mut folder.chokepoint("check bad.toml tiny.toml missing.toml"));
    assert_eq!(said.code, 2);
    assert!(said.out.contains("tiny.toml: sound"), "{}", said.out);
    for words in ["bad.toml:1:", "missing.toml", "2 of 3 files"] {
        assert!(said.err.contains(words), "{words}: {}", said.err);
    }
}

#[test]
fn every_shipped_file_is_listed_and_sound() {
    let folder = Folder::new();
    let said = run(&mut folder.chokepoint("list"));
    assert_eq!(said.code, 0);
    let ids: Vec<&str> = said.out.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let shipped = names(&Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios"));
    assert_eq!(ids.len(), shipped.iter().filter(|n| n.ends_with(".toml")).count());
    let said = run(&mut folder.chokepoint(&format!("check {}", ids.join(" "))));
    assert_eq!(said.code, 0);
    // What the rules as adopted permit beside shipments of parts has no effect in a run.
    assert!(said.err.lines().all(|line| line.starts_with("warning: `standards-release` and")), "{}", said.err);
}

#[test]
fn every_command_has_a_manual_with_examples() {
    let folder = Folder::new();
    for command in ["", "run", "compare", "determine", "explain", "check", "list"] {
        let said = run(&mut folder.chokepoint(&format!("{command} --help")));
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{command}");
        assert!(said.out.contains("EXAMPLES:\n") && said.out.contains("EXIT STATUS:\n"), "{command}: {}", said.out);
    }
    let options = run(&mut folder.chokepoint("run --help")).out;
    for option in [
        "--out",
        "--force",
        "--seed",
        "--trials",
        "--threads",
        "--quiet",
        "--no-figures",
        "--horizon",
        "--set",
        "--date",
    ] {
        assert!(options.contains(option), "{option}");
    }
    let version = run(&mut folder.chokepoint("--version")).out;
    assert!(version.starts_with(&format!("chokepoint {}", env!("CARGO_PKG_VERSION"))), "{version}");
}

#[test]
fn examples_in_the_manual_that_need_no_file_of_yours_work() {
    let folder = Folder::new();
    let mut tried = 0;
    for command in ["", "explain", "list"] {
        let manual = run(&mut folder.chokepoint(&format!("{command} --help"))).out;
        for example in manual.lines().filter_map(|line| line.strip_prefix("      chokepoint ")) {
            if example.starts_with("explain") || example.starts_with("list") {
                let said = run(&mut folder.chokepoint(example));
                assert_eq!((said.code, said.err.as_str()), (0, ""), "{example}");
                tried += 1;
            }
        }
    }
    assert!(tried >= 4, "{tried}");
}

#[test]
fn colors_are_left_out_where_they_are_not_wanted() {
    let folder = Folder::new();
    fs::write(folder.path("bad.toml"), "kind = 1\n").unwrap();
    // `CLICOLOR_FORCE` stands for a terminal; `NO_COLOR` wins.
    for command in ["check bad.toml", "check --wrong"] {
        let said = run(folder.chokepoint(command).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1"));
        assert_eq!(said.code, 2);
        assert!(!said.err.contains('\u{1b}'), "{}", said.err);
    }
}

#[test]
fn a_negative_number_is_refused_by_the_option_that_it_is_typed_for() {
    let folder = Folder::new();
    let mut seen = 0;
    for command in chokepoint::cli::Typed::grammar().get_subcommands() {
        for arg in command.get_arguments() {
            let (Some(long), true) = (arg.get_long(), arg.get_action().takes_values()) else { continue };
            let words = ["chokepoint", command.get_name(), &format!("--{long}"), "-1"];
            // A text may be anything, and then something else may be missing.
            if let Err(error) = chokepoint::cli::Typed::grammar().try_get_matches_from(words) {
                assert!(error.kind() != clap::error::ErrorKind::UnknownArgument, "{words:?}: {error}");
            }
            seen += 1;
        }
    }
    assert!(seen > 60, "{seen}");
    for (words, part) in [
        ("run tiny.toml --trials -5", "from 1 to"),
        ("run tiny.toml --seed -1", "a whole number from 0"),
        ("calibrate --tolerance -1", "write a share from 0 to 1"),
        ("calibrate --tolerance -0.5", "write a share from 0 to 1"),
        ("calibrate --keep -1", "write a share of the trials"),
    ] {
        let said = run(&mut folder.chokepoint(words));
        assert!(said.code == 2 && said.err.contains(part), "{words}: {}", said.err);
    }
    // A tip that does not help is not given.
    let said = run(&mut folder.chokepoint("calibrate --tolerance -x"));
    assert!(said.code == 2 && !said.err.contains("-- -x"), "{}", said.err);
}
