//! Embeds every `scenarios/*.toml`, so that an installed binary knows the shipped scenarios wherever it runs. The list is
//! made from the folder at build time: a new file there needs no line of code.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=scenarios");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or_else(|| io::Error::other("no manifest folder"))?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("no output folder"))?);
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
