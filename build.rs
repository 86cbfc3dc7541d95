//! Embeds every `scenarios/*.toml`, so that an installed binary knows the shipped scenarios wherever it runs (the list is
//! made from the folder: a new file there needs no line of code), and tells the binary what it was built from and for.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

/// What the binary is made of.
const INPUTS: [&str; 5] = ["build.rs", "Cargo.toml", "Cargo.lock", "src", "scenarios"];

fn main() -> io::Result<()> {
    for input in INPUTS {
        println!("cargo::rerun-if-changed={input}");
    }
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or_else(|| io::Error::other("no manifest folder"))?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("no output folder"))?);
    println!("cargo::rustc-env=CHOKEPOINT_TARGET={}", env::var("TARGET").unwrap_or_default());
    tell_commit(&root);
    let mut list = String::from("[\n");
    for path in toml_files(&root.join("scenarios"))? {
        let id = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
        // `include_str!` makes the compiler watch the file itself.
        let _ = writeln!(list, "    ({id:?}, include_str!({path:?})),");
    }
    list.push_str("]\n");
    fs::write(out.join("shipped.rs"), list)
}

/// The `.toml` files of a folder in the order of their names; none where there is no folder.
fn toml_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files: Vec<PathBuf> = fs::read_dir(folder)?.map(|e| e.map(|e| e.path())).collect::<io::Result<_>>()?;
    files.retain(|p| p.extension().is_some_and(|e| e == "toml"));
    files.sort();
    Ok(files)
}

/// Tells the commit, and whether the inputs differ from it, where this folder itself is a git repository.
fn tell_commit(root: &Path) {
    if !root.join(".git").exists() {
        return;
    }
    let Some(commit) = git(root, &["rev-parse", "HEAD"]) else { return };
    println!("cargo::rustc-env=CHOKEPOINT_COMMIT={}", commit.trim());
    let mut status = vec!["status", "--porcelain", "--"];
    status.extend(INPUTS);
    if let Some(changes) = git(root, &status) {
        println!("cargo::rustc-env=CHOKEPOINT_DIRTY={}", !changes.trim().is_empty());
    }
    // The log of HEAD grows with every commit and checkout; a path that is not there would make every build run again.
    for watched in ["HEAD", "logs/HEAD"] {
        let path = git(root, &["rev-parse", "--git-path", watched]).map(|p| root.join(p.trim()));
        if let Some(path) = path.filter(|p| p.exists()) {
            println!("cargo::rerun-if-changed={}", path.display());
        }
    }
}

/// What git says; `None` where it is not installed or refuses.
fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let output =
        Command::new("git").arg("-C").arg(root).env("GIT_OPTIONAL_LOCKS", "0").args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).ok()).flatten()
}
