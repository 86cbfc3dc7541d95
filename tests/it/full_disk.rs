//! A disk that fills up: whatever is being written, the command ends with exit code 1 and a message that names the file, nothing
//! panics, nothing half-written takes a place, what stood there stands, and after making room the work goes on to the same bytes.
#![cfg(unix)]

use std::fs;
use std::process::Command;

use crate::common::{Folder, Said, files, run};

/// What a shell is given so that no file can be larger than so many blocks of 512 bytes: a write beyond fails as on a full disk. (The
/// system's signal, which else ends a program without a word, is the program's to outlive.)
fn limited(folder: &Folder, words: &str, blocks: u32) -> Said {
    let program = assert_cmd::cargo::cargo_bin("chokepoint");
    let script = format!("ulimit -f {blocks}; exec '{}' {words}", program.display());
    let mut command = Command::new("sh");
    command.args(["-c", &script]).current_dir(folder.path("")).env_remove("NO_COLOR");
    run(&mut assert_cmd::Command::from_std(command))
}

fn names(folder: &Folder) -> Vec<String> {
    let mut names: Vec<String> = files(&folder.path("")).iter().map(|(path, _)| path.display().to_string()).collect();
    names.sort();
    names
}

/// Runs a command at limits from none to more than it needs; how often it failed. `keeps` are the files that must be as before.
fn sweep(words: &str, limits: &[u32], before: &str) -> u32 {
    let (mut failed, mut done) = (0, 0);
    for blocks in limits {
        let folder = Folder::new();
        if !before.is_empty() {
            assert_eq!(run(&mut folder.chokepoint(before)).code, 0);
        }
        let old = files(&folder.path(""));
        let said = limited(&folder, words, *blocks);
        if said.code == 0 {
            done += 1;
            continue;
        }
        failed += 1;
        assert_eq!(said.code, 1, "{words} in {blocks} blocks: {}", said.err);
        assert!(said.err.contains("can't be written: ") || said.err.contains("can't be made: "), "{}", said.err);
        assert!(said.err.contains("File too large") && said.err.contains("make room"), "{}", said.err);
        let new = files(&folder.path(""));
        let kept: Vec<_> = new.into_iter().filter(|(path, _)| !path.starts_with("r.partial")).collect();
        assert_eq!(kept, old, "{words} in {blocks} blocks");
    }
    assert!(done > 0, "{words} is never done");
    failed
}

const COMPARE: &str = "compare tiny.toml tiny-listing.toml --trials 5 --seed 7 --threads 1 --quiet --out r";

#[test]
fn a_comparison_that_does_not_fit_leaves_the_earlier_one() {
    let limits = [0, 1, 2, 5, 9, 14, 20, 30, 50, 80, 130, 200, 300, 2000];
    assert!(sweep(COMPARE, &limits, "") >= 10);
    let forced = format!("{COMPARE} --force");
    assert!(sweep(&forced, &[0, 3, 17, 60, 2000], &format!("{COMPARE} --no-figures")) >= 4);
}

#[test]
fn other_commands_that_write_leave_what_was_there() {
    assert!(sweep("init my.toml --comparison --quiet", &[0, 1, 20, 4000], "") >= 2);
    assert!(sweep("init my.toml --comparison --force --quiet", &[0, 1, 20, 4000], "init my.toml --comparison") >= 2);
    assert!(sweep("man --out pages", &[0, 1, 4, 4000], "man --out pages") >= 2);
    let shard = format!("{COMPARE} --shard 1/2");
    assert!(sweep(&shard, &[0, 1, 3, 8, 400], "") >= 2);
    let shards = "compare tiny.toml tiny-listing.toml --trials 5 --seed 7 --quiet --shard 1/1 --out s";
    assert!(sweep("merge s --out r --quiet", &[0, 2, 10, 60, 2000], shards) >= 3);
}

#[test]
fn after_making_room_the_work_goes_on_to_the_same_bytes() {
    let folder = Folder::new();
    let compare = "compare tiny.toml tiny-listing.toml --trials 5 --seed 7 --threads 1 --no-figures";
    for blocks in [14, 30, 60] {
        let said = limited(&folder, &format!("{compare} --out r --resume"), blocks);
        assert_eq!((said.code, folder.path("r").exists()), (1, false), "{}", said.err);
    }
    assert!(folder.path("r.partial/checkpoint").exists(), "{:?}", names(&folder));
    let said = run(&mut folder.chokepoint(&format!("{compare} --out r --resume")));
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(!folder.path("r.partial").exists());
    assert_eq!(run(&mut folder.chokepoint(&format!("{compare} --out whole"))).code, 0);
    let result =
        |name| files(&folder.path(name)).into_iter().filter(|(path, _)| path.to_str() != Some("manifest.json"));
    assert!(result("r").eq(result("whole")));
}

/// Every command that prints, on an output that takes nothing.
#[test]
#[cfg(target_os = "linux")]
fn a_full_standard_output_is_an_error() {
    let folder = Folder::new();
    fs::write(folder.path("cases.csv"), "id,date,buyer,made_in\na,2019-06-01,acme,US\n").unwrap();
    let vendor = fs::read_to_string(folder.path("tiny.toml")).unwrap();
    let vendor = vendor.lines().find_map(|line| line.strip_prefix("[vendors.")?.strip_suffix(']')).unwrap().to_owned();
    fs::write(folder.path("cases.csv"), format!("id,date,buyer,made_in\na,2019-06-01,{vendor},US\n")).unwrap();
    assert_eq!(run(&mut folder.chokepoint(&format!("{COMPARE} --no-figures"))).code, 0);
    let commands = [
        "--help",
        "--version",
        "compare --help",
        "list",
        "list --format json",
        "check tiny.toml tiny-listing.toml",
        "check tiny.toml --format json",
        "diff tiny.toml tiny-listing.toml",
        "diff tiny.toml tiny-listing.toml --format json",
        "sources tiny-listing.toml",
        "schema scenario",
        "completions bash",
        "man",
        "cite",
        "cite r",
        "cite r --format json",
        "determine --scenario tiny-listing.toml --cases cases.csv",
        "reproduce r",
        "init my.toml",
        "compare tiny.toml tiny-listing.toml --trials 2 --no-figures --out other",
        "run tiny-listing.toml --trials 2 --no-figures --out another --format json",
    ];
    for words in commands {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let output = Command::new(assert_cmd::cargo::cargo_bin("chokepoint"))
            .args(words.split_whitespace())
            .current_dir(folder.path(""))
            .stdout(full)
            .output()
            .unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{words}: {err}");
        assert!(err.contains("standard output could not be written") && !err.contains("panicked"), "{words}: {err}");
    }
}
