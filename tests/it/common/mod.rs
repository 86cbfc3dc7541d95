//! A folder of sound small files, and the program run in it.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;

/// A folder with the small world of `tests/fixtures`.
pub struct Folder(tempfile::TempDir);

impl Folder {
    /// A fresh one.
    pub fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        for name in ["tiny", "tiny-listing", "tiny-sources", "tiny-strict", "tiny-comparison"] {
            let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(format!("{name}.toml"));
            fs::copy(from, folder.path(&format!("{name}.toml"))).unwrap();
        }
        folder
    }

    /// A path in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The program, with the folder as its working directory.
    pub fn chokepoint(&self, words: &str) -> Command {
        let mut command = Command::cargo_bin("chokepoint").unwrap();
        command.current_dir(self.0.path()).env_remove("SOURCE_DATE_EPOCH").env_remove("NO_COLOR");
        command.args(words.split_whitespace());
        command
    }
}

/// The files below a folder by their path in it, sorted, with their content.
#[allow(dead_code)]
pub fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(inner).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push((path.strip_prefix(folder).unwrap().to_owned(), fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// What the program said.
pub struct Said {
    /// Its exit code.
    pub code: i32,
    /// Standard output.
    #[allow(dead_code)]
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// Runs it to its end.
#[track_caller]
pub fn run(command: &mut Command) -> Said {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let said = Said { code: output.status.code().unwrap(), out: text(&output.stdout), err: text(&output.stderr) };
    assert!(!said.err.contains("panicked"), "{}", said.err);
    said
}

/// Holds a committed file against what the program gives now: written anew with `CHOKEPOINT_BLESS=1`, compared without it.
#[track_caller]
pub fn hold(name: &str, now: &[u8]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    if std::env::var_os("CHOKEPOINT_BLESS").is_some() {
        fs::write(&path, now).unwrap();
        return;
    }
    let kept = fs::read(&path).unwrap_or_default();
    if kept != now {
        let (kept, now) = (String::from_utf8_lossy(&kept), String::from_utf8_lossy(now));
        let first = kept.lines().zip(now.lines()).find(|(kept, now)| kept != now);
        panic!(
            "{name} is not what the program gives now, first here: {first:?}; write it anew with CHOKEPOINT_BLESS=1"
        );
    }
}
