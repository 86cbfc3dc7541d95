//! A run that is killed goes on where it was: the result is byte for byte that of a run that nobody disturbed. What can't be
//! gone on with is refused, and what is not ours is left alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::common::{Folder, files, run};

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

/// Runs, and kills it (kill -9) once `seen` says so, however long that takes; whether that ended it.
fn kill_when(folder: &Folder, words: &str, seen: impl Fn() -> bool) -> bool {
    let mut child = start(folder, words);
    loop {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        if seen() {
            // What ended meanwhile can't be killed, and has a code; what was killed has none.
            let _ = child.kill();
            return child.wait().unwrap().code().is_none();
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// What is there of the work in progress of the result `killed`: how many files of trials, and the checkpoint.
#[derive(PartialEq)]
struct Progress {
    chunks: usize,
    checkpoint: Option<Vec<u8>>,
}

impl Progress {
    fn of(folder: &Folder) -> Progress {
        let chunks = fs::read_dir(folder.path("killed.partial/chunks")).map_or(0, |files| files.count());
        Progress { chunks, checkpoint: fs::read(folder.path("killed.partial/checkpoint")).ok() }
    }
}

/// Moments at which a run is killed, by what is to be seen of it: it has begun, it has done more, it has noted what it did, it
/// has done a good deal more, it writes the result.
const MOMENTS: [fn(&Folder, &Progress) -> bool; 5] = [
    |folder, _| folder.path("killed.partial").exists(),
    |folder, before| Progress::of(folder).chunks > before.chunks,
    |folder, before| Progress::of(folder).checkpoint != before.checkpoint,
    |folder, before| Progress::of(folder).chunks > before.chunks + 4,
    |folder, _| folder.path("killed.partial/result").exists(),
];

/// Kills a run at one moment after another, until so many kills hit it, one of them with work to resume; then lets it end.
fn survive(options: &str, trials: u32, kills: u32) {
    let folder = Folder::new();
    let words = format!("{COMMAND} --trials {trials} {options}");
    let said = run(&mut folder.chokepoint(&format!("{words} --out whole")));
    assert_eq!(said.code, 0, "{}", said.err);
    let (mut hit, mut kept) = (0, 0);
    for (attempt, moment) in MOMENTS.iter().cycle().enumerate() {
        assert!(attempt < 40 * kills as usize, "the run ends before it can be killed");
        let before = Progress::of(&folder);
        if kill_when(&folder, &format!("{words} --out killed --resume"), || moment(&folder, &before)) {
            hit += 1;
            kept += u32::from(folder.path("killed.partial/checkpoint").exists());
        } else {
            // It was finished: begin again.
            assert_eq!(result(&folder.path("killed")), result(&folder.path("whole")));
            fs::remove_dir_all(folder.path("killed")).unwrap();
        }
        if hit >= kills && kept > 0 {
            break;
        }
    }
    if folder.path("killed").exists() {
        // The last kill came when the result stood, and only its work in progress was still to be cleared away.
        assert_eq!(result(&folder.path("killed")), result(&folder.path("whole")));
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

/// A folder with work in progress of [`COMMAND`] into `out`, of which some is done.
fn interrupted() -> Folder {
    let folder = Folder::new();
    let words = format!("{COMMAND} --trials 60000 --out out");
    let killed = kill_when(&folder, &words, || folder.path("out.partial/checkpoint").exists());
    assert!(killed, "it ends before it notes what it did");
    folder
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
        assert!(first.try_wait().unwrap().is_none(), "the first run ends before it has begun");
        std::thread::sleep(Duration::from_millis(1));
    }
    let said = run(&mut folder.chokepoint(&format!("{COMMAND} --trials 40 --out out")));
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(said.err.contains("another run"), "{}", said.err);
}
