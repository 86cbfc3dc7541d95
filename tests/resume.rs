//! A run that is killed goes on where it was: the result is byte for byte that of a run that nobody disturbed. What can't be
//! gone on with is refused, and what is not ours is left alone.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use common::{Folder, files, run};

const COMMAND: &str = "compare tiny.toml tiny-listing.toml --no-figures --seed 7 --threads 2";

/// Files of a result but its manifest, with their content.
fn result(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    files(folder).into_iter().filter(|(name, _)| name != Path::new("manifest.json")).collect()
}

fn start(folder: &Folder, words: &str) -> Child {
    Command::new(assert_cmd::cargo::cargo_bin("chokepoint"))
        .args(words.split_whitespace())
        .current_dir(folder.path(""))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Runs and kills it after so many milliseconds (kill -9); whether it was still running.
fn kill_after(folder: &Folder, words: &str, milliseconds: u64) -> bool {
    let mut child = start(folder, words);
    std::thread::sleep(Duration::from_millis(milliseconds));
    let running = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    running
}

/// Kills a run at moments spread over it, again and again, until at least so many hit it while it ran; then lets it end.
fn survive(options: &str, trials: u32, kills: u32) {
    let folder = Folder::new();
    let words = format!("{COMMAND} --trials {trials} {options}");
    let whole = std::time::Instant::now();
    let said = run(&mut folder.chokepoint(&format!("{words} --out whole")));
    assert_eq!(said.code, 0, "{}", said.err);
    let whole = whole.elapsed().as_millis() as u64;
    let (mut hit, mut step) = (0, 7u64);
    for attempt in 0.. {
        assert!(attempt < 40 * kills, "the run ends before it can be killed");
        // Moments that look random and cover the run evenly (multiples of the golden section).
        step = step.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let running = kill_after(&folder, &format!("{words} --out killed --resume"), 1 + (step >> 33) % whole.max(2));
        hit += u32::from(running);
        if !running {
            // It was finished: begin again.
            assert_eq!(result(&folder.path("killed")), result(&folder.path("whole")));
            fs::remove_dir_all(folder.path("killed")).unwrap();
        }
        if hit >= kills {
            break;
        }
    }
    let said = run(&mut folder.chokepoint(&format!("{words} --out killed --resume")));
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(result(&folder.path("killed")), result(&folder.path("whole")));
    assert!(!folder.path("killed.partial").exists(), "work in progress is cleared away");
}

#[test]
fn a_run_that_is_killed_at_any_moment_goes_on_to_the_same_bytes() {
    survive("", 6000, 20);
}

#[test]
fn so_does_one_whose_trials_are_too_many_to_keep() {
    survive("--horizon 2019-06", 100_500, 3);
}

/// A folder with work in progress of [`COMMAND`] with 4,000 trials into `out`, of which some is done.
fn interrupted() -> Folder {
    let folder = Folder::new();
    for wait in [300, 600, 1200, 2400, 4800, 9600, 19_200] {
        kill_after(&folder, &format!("{COMMAND} --trials 60000 --out out"), wait);
        if folder.path("out.partial/checkpoint").exists() {
            return folder;
        }
    }
    panic!("no checkpoint was written");
}

#[test]
fn a_damaged_checkpoint_is_refused() {
    let folder = interrupted();
    let path = folder.path("out.partial/checkpoint");
    let sound = fs::read(&path).unwrap();
    let words = format!("{COMMAND} --trials 60000 --out out --resume");
    for damage in [
        Vec::new(),
        b"not a checkpoint".to_vec(),
        sound[..sound.len() / 2].to_vec(),
        sound[..sound.len() - 1].to_vec(),
        [&sound[..], b"x"].concat(),
        sound.iter().enumerate().map(|(i, byte)| byte ^ u8::from(i == sound.len() / 3)).collect(),
    ] {
        fs::write(&path, &damage).unwrap();
        let said = run(&mut folder.chokepoint(&words));
        assert_eq!(said.code, 2, "{}", said.err);
        assert!(said.err.contains("checkpoint") && said.err.contains("damaged"), "{}", said.err);
        assert_eq!(fs::read(&path).unwrap(), damage, "what can't be read is left as it is");
    }
    fs::write(&path, &sound).unwrap();
    let trials = fs::read_dir(folder.path("out.partial/chunks")).unwrap().next().unwrap().unwrap().path();
    fs::write(&trials, "damage").unwrap();
    let said = run(&mut folder.chokepoint(&words));
    // A file of a chunk that was under way when the run was killed is not told of by the checkpoint, and is made again.
    assert!(said.code == 2 && said.err.contains("damaged") || said.code == 0, "{}", said.err);
}

#[test]
fn work_of_another_run_is_refused_with_the_difference() {
    let folder = interrupted();
    for (words, told) in [
        (format!("{COMMAND} --trials 60000 --seed 8"), "seed is 7 there, and 8 here"),
        (format!("{COMMAND} --trials 60001"), "number of trials is 60000 there, and 60001 here"),
        (format!("{COMMAND} --trials 60000 --horizon 2020-06"), "says other things there"),
        (format!("{COMMAND} --trials 60000 --reference tiny-listing"), "reference"),
        ("compare tiny-listing.toml tiny.toml --no-figures --seed 7 --trials 60000".to_owned(), "comparison"),
        (format!("{COMMAND} --trials 60000 --shard 1/2"), "part"),
    ] {
        let said = run(&mut folder.chokepoint(&format!("{words} --out out --resume")));
        assert_eq!(said.code, 2, "{words}: {}", said.err);
        assert!(said.err.contains(told), "{words}: {}", said.err);
    }
    assert!(folder.path("out.partial/checkpoint").exists(), "what is another's stands");
}

#[test]
fn without_resume_stale_work_is_discarded_with_a_notice() {
    let folder = interrupted();
    let said = run(&mut folder.chokepoint(&format!("{COMMAND} --trials 40 --out out")));
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("discarding") && said.err.contains("out.partial"), "{}", said.err);
    assert!(!folder.path("out.partial").exists());
}

#[test]
fn without_a_checkpoint_resume_starts_afresh_and_a_finished_result_is_left_alone() {
    let folder = Folder::new();
    let words = format!("{COMMAND} --trials 40 --out out --resume");
    let said = run(&mut folder.chokepoint(&words));
    assert_eq!(said.code, 0, "{}", said.err);
    let before = files(&folder.path("out"));
    let said = run(&mut folder.chokepoint(&words));
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("finished"), "{}", said.out);
    assert_eq!(files(&folder.path("out")), before, "not even the manifest changes");
    // A result of something else is no finished result of this.
    let said = run(&mut folder.chokepoint(&format!("{COMMAND} --trials 41 --out out --resume")));
    assert_eq!(said.code, 2, "{}", said.err);
    assert_eq!(files(&folder.path("out")), before);
}

#[test]
fn what_is_not_ours_is_left_alone() {
    let folder = Folder::new();
    fs::create_dir_all(folder.path("out.partial")).unwrap();
    fs::write(folder.path("out.partial/thesis.txt"), "years of work").unwrap();
    for options in ["", "--resume"] {
        let said = run(&mut folder.chokepoint(&format!("{COMMAND} --trials 40 --out out {options}")));
        assert_eq!(said.code, 2, "{}", said.err);
        assert!(said.err.contains("out.partial") && said.err.contains("something other than"), "{}", said.err);
        assert_eq!(fs::read_to_string(folder.path("out.partial/thesis.txt")).unwrap(), "years of work");
    }
}

#[test]
fn two_runs_do_not_share_a_folder() {
    let folder = Folder::new();
    let mut first = start(&folder, &format!("{COMMAND} --trials 200000 --out out"));
    while !folder.path("out.partial/chunks").exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
    let said = run(&mut folder.chokepoint(&format!("{COMMAND} --trials 40 --out out")));
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(said.err.contains("another run"), "{}", said.err);
}
