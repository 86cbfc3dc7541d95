//! The documents say what is there: `docs/parameters.md` is written from the shipped scenarios and must be up to date (write
//! it anew with `CHOKEPOINT_BLESS=1 cargo test --test documents`), and what the documents link to or name exists.

#[path = "documents/page.rs"]
mod page;

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_parameter_tables_are_those_of_the_scenarios() {
    let path = root().join("docs/parameters.md");
    let now = page::parameters();
    if std::env::var_os("CHOKEPOINT_BLESS").is_some() {
        fs::write(&path, &now).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let first = kept.lines().zip(now.lines()).find(|(a, b)| a != b);
    assert!(
        kept == now,
        "docs/parameters.md is not what the scenarios say, first here: {first:?}\nWrite it anew: CHOKEPOINT_BLESS=1 cargo \
         test --test documents"
    );
}

#[test]
fn the_parameter_tables_hold_every_parameter() {
    let page = page::parameters();
    for shipped in chokepoint::scenario::shipped() {
        if shipped.kind != chokepoint::scenario::Kind::Scenario {
            continue;
        }
        let scenario = chokepoint::scenario::load(&format!("shipped:{}", shipped.id), &[]).unwrap();
        for param in &scenario.params {
            let name = page::row_name(&param.path);
            assert!(page.contains(&format!("| `{name}` |")), "{}", param.path);
        }
        for id in scenario.regime.provisions.keys() {
            assert!(page.contains(&format!("| `{id}` |")), "{id}");
        }
    }
}

/// The documents that a person wrote.
fn documents() -> Vec<(PathBuf, String)> {
    let mut paths: Vec<PathBuf> = ["README.md", "CONTRIBUTING.md"].iter().map(|name| root().join(name)).collect();
    paths.extend(fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path()));
    paths.retain(|path| path.extension().is_some_and(|e| e == "md"));
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

/// What a link of Markdown leads to, if that is a file of the repository.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    targets.filter(|target| !target.is_empty() && !target.contains("://"))
}

#[test]
fn what_the_documents_link_to_is_there() {
    for (path, text) in documents() {
        for target in links(&text) {
            let file = path.parent().unwrap().join(target);
            assert!(file.exists(), "{} links to {target}, which is not there", path.display());
        }
    }
}

/// Words in backticks that name a file of the repository, and what they name in it (`file::function`).
fn named(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    const FOLDERS: [&str; 7] = ["src/", "tests/", "docs/", "scenarios/", "fuzz/", "benches/", ".ci/"];
    let words = text.split('`').skip(1).step_by(2);
    let plain = |word: &&str| !word.contains(['*', ' ', '{', '<', '…', '\n']);
    words.filter(|word| FOLDERS.iter().any(|folder| word.starts_with(folder))).filter(plain).map(|word| {
        match word.split_once("::") {
            Some((file, item)) => (file, Some(item)),
            None => (word, None),
        }
    })
}

#[test]
fn what_the_documents_name_is_there() {
    for (path, text) in documents() {
        let shown = path.display();
        for (file, item) in named(&text) {
            let at = root().join(file);
            assert!(at.exists(), "{shown} names {file}, which is not there");
            if let Some(item) = item {
                let source = fs::read_to_string(&at).unwrap();
                let found =
                    ["fn", "struct", "enum", "const"].iter().any(|kind| source.contains(&format!("{kind} {item}")));
                assert!(found, "{shown} names {file}::{item}, which is not there");
            }
        }
    }
}
