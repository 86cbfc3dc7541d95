//! Jobs of several ranks, as a launcher starts them: what they share, and how they end. In the first half the ranks are this
//! test program itself, with small parts, so that each way to fail can be had at will; in the second they are the real one.
#![cfg(all(feature = "mpi", target_os = "linux"))]

mod rank;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use crate::common::Folder;
use assert_cmd::Command;
use assert_cmd::cargo::cargo_bin;
use rank::Assignment;

/// A job that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the launcher and its ranks said.
struct Said {
    /// Exit code; none if it was ended by a signal.
    code: Option<i32>,
    out: String,
    err: String,
}

/// A job of `ranks` processes, on however few cores, by whatever user.
fn mpirun(ranks: usize) -> std::process::Command {
    let mut command = std::process::Command::new("mpirun");
    command.args(["--oversubscribe", "--allow-run-as-root", "-n", &ranks.to_string()]);
    // In a container one process may not read another's memory, about which Open MPI complains.
    command.env("OMPI_MCA_btl_vader_single_copy_mechanism", "none").env_remove("SOURCE_DATE_EPOCH");
    command
}

fn said(command: std::process::Command) -> Said {
    let output = Command::from_std(command).timeout(PATIENCE).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Said { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
}

/// A job in which this program is each rank, and has an assignment.
fn toy(ranks: usize, assignment: &Assignment) -> Said {
    let mut command = mpirun(ranks);
    command.arg(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "cluster::a_rank", "--nocapture", "--test-threads=1"]);
    command.env(rank::TASK, assignment.to_string());
    said(command)
}

#[test]
#[ignore = "a rank of the jobs that other tests start"]
fn a_rank() {
    rank::run();
}

fn kept(folder: &tempfile::TempDir) -> Assignment {
    Assignment { chunks: 40, bytes: 1000, checkpoint: folder.path().join("checkpoint"), ..Assignment::default() }
}

#[test]
fn every_part_arrives_once_and_whole() {
    for (ranks, threads, bytes) in [(2, 1, 5_000_000), (3, 2, 0), (4, 1, 100_000)] {
        let folder = tempfile::tempdir().unwrap();
        let assignment = Assignment { bytes, threads, ..kept(&folder) };
        let said = toy(ranks, &assignment);
        assert_eq!(said.code, Some(0), "{}", said.err);
        assert_eq!(said.out.matches("all parts are here").count(), 1, "{}", said.out);
        assert_eq!(rank::done(&assignment.checkpoint).len(), 40);
    }
}

#[test]
fn a_rank_that_panics_ends_the_job_and_is_named() {
    for culprit in [0, 2] {
        let folder = tempfile::tempdir().unwrap();
        let assignment = Assignment { panics: Some(culprit), ..kept(&folder) };
        let said = toy(3, &assignment);
        assert!(said.code != Some(0), "{}", said.out);
        assert!(said.err.contains(&format!("rank {culprit} of 3 (on ")), "{}", said.err);
        assert!(!rank::done(&assignment.checkpoint).is_empty(), "the checkpoint stands");
    }
}

#[test]
fn a_rank_that_is_killed_ends_the_job_and_the_checkpoint_stands() {
    for culprit in [0, 1] {
        let folder = tempfile::tempdir().unwrap();
        let assignment = Assignment { dies: Some(culprit), ..kept(&folder) };
        let said = toy(3, &assignment);
        assert!(said.code != Some(0), "{}", said.out);
        let done = rank::done(&assignment.checkpoint);
        assert!(!done.is_empty() && done.len() < 40, "{done:?}");
    }
}

#[test]
fn ranks_that_would_do_something_else_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let said = toy(3, &Assignment { differs: Some(2), ..kept(&folder) });
    assert_eq!(said.code, Some(2), "{}", said.err);
    assert!(said.err.contains("rank 2 (on ") && said.err.contains("another version, file or option"), "{}", said.err);
    let said = toy(3, &Assignment { fails: Some(1), ..kept(&folder) });
    assert_eq!(said.code, Some(2), "{}", said.err);
    assert!(said.err.contains("could not begin: no such file"), "{}", said.err);
    assert!(rank::done(&folder.path().join("checkpoint")).is_empty());
}

#[test]
fn a_stop_at_any_rank_ends_the_job_at_once() {
    for rank in [0, 1] {
        let folder = tempfile::tempdir().unwrap();
        let assignment = Assignment { stops: Some(rank), ..kept(&folder) };
        let said = toy(2, &assignment);
        assert_eq!(said.code, Some(130), "{}", said.err);
        let done = rank::done(&assignment.checkpoint);
        assert!(!done.is_empty() && done.len() < 40, "{done:?}");
    }
}

#[test]
fn a_depot_that_is_full_ends_the_job() {
    let folder = tempfile::tempdir().unwrap();
    let said = toy(3, &Assignment { full_after: Some(9), ..kept(&folder) });
    assert_eq!(said.code, Some(1), "{}", said.err);
    assert!(said.err.contains("no room"), "{}", said.err);
}

#[test]
fn a_rank_alone_is_no_job() {
    let folder = tempfile::tempdir().unwrap();
    assert!(toy(1, &kept(&folder)).out.contains("alone"));
}

const COMPARE: &str = "compare tiny.toml tiny-listing.toml --no-figures --seed 7 --date 2020-01-01 --quiet";

/// The real program as each rank.
fn job(folder: &Folder, ranks: usize, words: &str) -> std::process::Command {
    let mut command = mpirun(ranks);
    command.current_dir(folder.path(".")).arg(cargo_bin("chokepoint")).args(words.split_whitespace());
    command
}

/// Files of a result by name, but for the manifest, which tells how it was made.
fn result(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display()));
    let files = files.map(|entry| {
        let entry = entry.unwrap();
        (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())
    });
    files.filter(|(name, _)| name != "manifest.json").collect()
}

#[track_caller]
fn assert_same(one: &Path, other: &Path) {
    let (one, other) = (result(one), result(other));
    assert!(one.contains_key("summary.csv"), "{:?}", one.keys());
    assert!(one.keys().eq(other.keys()), "{:?} and {:?}", one.keys(), other.keys());
    for (name, bytes) in &one {
        assert!(*bytes == other[name], "{name} differs");
    }
}

#[test]
fn any_number_of_ranks_gives_the_bytes_of_one_process() {
    let folder = Folder::new();
    let alone = crate::common::run(&mut folder.chokepoint(&format!("{COMPARE} --trials 200 --out alone")));
    assert_eq!(alone.code, 0, "{}", alone.err);
    for (ranks, threads) in [(2, "1"), (3, "2"), (4, "1")] {
        let out = format!("on-{ranks}");
        let said = said(job(&folder, ranks, &format!("{COMPARE} --trials 200 --threads {threads} --out {out}")));
        assert_eq!(said.code, Some(0), "{}", said.err);
        assert_same(&folder.path("alone"), &folder.path(&out));
    }
}

#[test]
fn an_ensemble_that_grows_until_it_is_precise_grows_as_in_one_process() {
    let folder = Folder::new();
    let words = format!("{COMPARE} --until shortfall:paired:+-0.01% --at-least 256 --at-most 600");
    let alone = crate::common::run(&mut folder.chokepoint(&format!("{words} --out alone")));
    assert_eq!(alone.code, 0, "{}", alone.err);
    let said = said(job(&folder, 3, &format!("{words} --out there")));
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_same(&folder.path("alone"), &folder.path("there"));
}

#[test]
fn one_rank_speaks_for_all() {
    let folder = Folder::new();
    let loud = COMPARE.replace("--quiet", "");
    let done = said(job(&folder, 3, &format!("{loud} --trials 5 --out there")));
    assert_eq!(done.code, Some(0), "{}", done.err);
    assert_eq!(done.out.matches("The result is in there").count(), 1, "{}", done.out);
    assert_eq!(done.err.matches("simulating 2 scenarios").count(), 1, "{}", done.err);
    for (words, message) in [
        (format!("{COMPARE} --out there"), "there"),
        (format!("{COMPARE} --trials 0"), "whole number"),
        (COMPARE.replace("tiny.toml", "nowhere.toml"), "nowhere.toml"),
        (COMPARE.replace("--seed 7", "--seed random"), "give a number with --seed"),
    ] {
        let refused = said(job(&folder, 3, &words));
        assert_eq!(refused.code, Some(2), "{words}: {}", refused.err);
        assert_eq!(refused.err.matches("rror:").count() + refused.err.matches("×").count(), 1, "{}", refused.err);
        assert!(refused.err.contains(message), "{}", refused.err);
    }
    let list = said(job(&folder, 3, "list"));
    assert_eq!((list.code, list.out.matches("adopted-rules").count() > 0), (Some(0), true), "{}", list.err);
    assert_eq!(list.out, crate::common::run(&mut folder.chokepoint("list")).out);
}

/// Starts a job, waits until it has written a checkpoint, sends a signal to the process of one rank, and gives how the job
/// ended. The process is found by its environment: a launcher gives the ranks its own.
fn harmed(folder: &Folder, ranks: usize, words: &str, rank: usize, signal: &str) -> Said {
    let mark = folder.path(".").display().to_string();
    let checkpoint = folder.path("there.partial/checkpoint");
    let before = fs::read(&checkpoint).ok();
    let mut command = job(folder, ranks, words);
    command.env("CHOKEPOINT_TEST_JOB", &mark).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut launcher = command.spawn().unwrap();
    let began = Instant::now();
    while fs::read(&checkpoint).ok() == before {
        assert!(launcher.try_wait().unwrap().is_none() && began.elapsed() < PATIENCE, "no checkpoint was seen");
        thread::sleep(Duration::from_millis(2));
    }
    let pid = process(&mark, rank).expect("the rank runs");
    assert!(std::process::Command::new("kill").args([signal, &pid.to_string()]).status().unwrap().success());
    let output = launcher.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Said { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
}

fn process(mark: &str, rank: usize) -> Option<u32> {
    let marks = [format!("CHOKEPOINT_TEST_JOB={mark}"), format!("OMPI_COMM_WORLD_RANK={rank}")];
    fs::read_dir("/proc").ok()?.filter_map(Result::ok).find_map(|entry| {
        let pid = entry.file_name().to_str()?.parse().ok()?;
        let environment = fs::read(entry.path().join("environ")).ok()?;
        let has = |mark: &String| environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes());
        marks.iter().all(has).then_some(pid)
    })
}

#[test]
fn a_job_that_lost_a_rank_is_resumed_on_any_number_of_ranks() {
    // Long enough that a job is still under way when its first checkpoint is seen, optimized too.
    const LONG: &str = "--trials 60000";
    let folder = Folder::new();
    let alone = crate::common::run(&mut folder.chokepoint(&format!("{COMPARE} {LONG} --out alone")));
    assert_eq!(alone.code, 0, "{}", alone.err);
    let words = format!("{COMPARE} {LONG} --out there");
    // Killed, twice; then asked to stop; each time the same command goes on, with other ranks.
    for (ranks, rank, signal) in [(3, 2, "-KILL"), (2, 0, "-KILL"), (4, 1, "-TERM")] {
        let said = harmed(&folder, ranks, &format!("{words} --resume"), rank, signal);
        assert!(said.code != Some(0), "{}", said.err);
        assert!(signal != "-TERM" || said.code == Some(130), "{:?}: {}", said.code, said.err);
        assert!(folder.path("there.partial").exists() && !folder.path("there").exists(), "{}", said.err);
    }
    let resumed = crate::common::run(&mut folder.chokepoint(&format!("{words} --resume")));
    assert_eq!(resumed.code, 0, "{}", resumed.err);
    assert_same(&folder.path("alone"), &folder.path("there"));
    assert!(!folder.path("there.partial").exists());
}
