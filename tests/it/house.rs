//! The order of the rooms, which are the folders and files right below `src/`: none imports a later one. And within a room no
//! long circle of files import one another, since such files can only be read, tested and changed together. Code for tests
//! counts for neither. The sources are read as tokens ([`modules`]), so that a path counts wherever it stands, in the
//! arguments of a macro too, but not in a comment or a string.

mod imports;
mod modules;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use imports::{circles, imports};
use modules::Modules;

/// The rooms, in the order in which data flows: each may import those before it.
const ROOMS: [&str; 12] =
    ["math", "units", "text", "disk", "scenario", "law", "model", "experiment", "analysis", "report", "study", "cli"];

/// Most files of a circle.
const LONGEST_CIRCLE: usize = 3;

/// The place of a file's room in the order; the roots of the library and of the program are above all.
fn place(file: &str) -> Option<usize> {
    match file {
        "lib.rs" | "main.rs" => Some(ROOMS.len()),
        _ => ROOMS.iter().position(|room| *room == room_of(file)),
    }
}

fn room_of(file: &str) -> &str {
    file.split('/').next().unwrap_or(file).trim_end_matches(".rs")
}

/// Imports of a later room, each with the place where it is written.
fn back_up(modules: &Modules) -> Vec<String> {
    let mut found = Vec::new();
    for (module, path) in modules.paths() {
        let Some(room) = modules.room(module, path) else { continue };
        let file = &modules.file(module);
        let later = ROOMS.iter().position(|known| *known == room);
        if later.is_none_or(|later| place(file).is_none_or(|own| own < later)) {
            found.push(format!("src/{file}:{}: `{}`", path.line, path.segments.join("::")));
        }
    }
    found
}

/// Circles of too many files, each with what ties them.
fn long_circles(modules: &Modules) -> Vec<String> {
    let all = imports(modules);
    let long = circles(&all).into_iter().filter(|files| files.len() > LONGEST_CIRCLE);
    let shown = |files: Vec<String>| {
        let mut ties: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
        for import in all.iter().filter(|import| files.contains(&import.from) && files.contains(&import.to)) {
            ties.entry((&import.from, &import.to)).or_default().push(import.to_string());
        }
        let ties: Vec<String> =
            ties.into_iter().map(|((from, to), paths)| format!("\n  {from} -> {to}: {}", paths.join(", "))).collect();
        format!("{} files: {}{}", files.len(), files.join(", "), ties.concat())
    };
    long.map(shown).collect()
}

/// Every Rust file below a folder, by its path from there.
fn sources(folder: &Path) -> BTreeMap<String, String> {
    let mut sources = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inner) = folders.pop() {
        for entry in std::fs::read_dir(inner).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().replace('\\', "/");
                sources.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    sources
}

fn ours() -> Modules {
    Modules::read(&sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")))
}

#[test]
fn the_rooms_are_those_of_the_library() {
    let modules = ours();
    let rooms: BTreeSet<&str> = modules.rooms().collect();
    let known: BTreeSet<&str> = ROOMS.into_iter().collect();
    assert_eq!(rooms, known, "each module of src/lib.rs has a place in the order of tests/it/house.rs");
}

#[test]
fn no_room_imports_a_later_one() {
    let found = back_up(&ours());
    assert!(found.is_empty(), "the order of rooms is {}; against it:\n{}", ROOMS.join(", "), found.join("\n"));
}

#[test]
fn no_long_circle_of_files_imports_one_another() {
    let found = long_circles(&ours());
    assert!(found.is_empty(), "move what ties these files to where both ends can import it:\n{}", found.join("\n"));
}

/// Made-up sources.
fn made_up(files: &[(&str, &str)]) -> Modules {
    Modules::read(&files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect())
}

#[test]
fn a_run_back_up_is_found_wherever_it_is_written() {
    let modules = made_up(&[
        ("lib.rs", "pub mod cli; pub mod law; pub mod report;"),
        ("cli.rs", "use crate::{law::Code, report};"),
        ("law.rs", "pub struct Code;\npub mod deep;\nuse crate::{law::{deep, Code as C}, report::{self, Page}};"),
        (
            "law/deep.rs",
            "fn f() {\n  crate::cli::run();\n  let s = format!(\"{}\", super::super::report::page());\n}\nfn g(x: crate::attic::X) {}",
        ),
        ("report.rs", "pub struct Page; use crate::law::Code;"),
        ("main.rs", "use chokepoint::cli;"),
    ]);
    let expected = [
        "src/law.rs:3: `crate::report`",
        "src/law.rs:3: `crate::report::Page`",
        "src/law/deep.rs:2: `crate::cli::run`",
        "src/law/deep.rs:3: `super::super::report::page`",
        "src/law/deep.rs:5: `crate::attic::X`",
    ];
    assert_eq!(back_up(&modules), expected);
}

#[test]
fn what_is_no_code_of_the_program_is_no_import() {
    let modules = made_up(&[
        ("lib.rs", "pub mod law; pub mod report;"),
        (
            "law.rs",
            "//! See [`crate::report`].\n// use crate::report;\n/* crate::report::x() */\n/// As [`crate::report::Page`].\n\
             pub(in crate::law) const S: &str = \"crate::report::Page\";\n\
             #[cfg(test)]\nmod tests { use crate::report::Page; }\n#[cfg(test)]\n#[allow(unused)]\nuse crate::report::Page;\n\
             #[cfg(test)]\nmod more;",
        ),
        ("law/more.rs", "use crate::report::Page;"),
        ("report.rs", "pub struct Page;"),
    ]);
    assert_eq!(back_up(&modules), [] as [&str; 0]);
    assert!(imports(&modules).is_empty());
}

/// A room of four files, each of which imports the next, the last by way of a re-export.
fn ring(last: &str) -> Modules {
    made_up(&[
        ("lib.rs", "pub mod law;"),
        ("law/mod.rs", "mod a; mod b; mod c; mod d; pub(crate) use a::A; pub use c::*;"),
        ("law/a.rs", "use super::b::{self}; pub struct A(b::B);"),
        ("law/b.rs", "pub struct B(super::C);"),
        ("law/c.rs", "pub struct C; fn f() { vec![crate::law::d::g()]; }"),
        ("law/d.rs", last),
    ])
}

#[test]
fn a_circle_of_four_is_found_with_what_ties_it() {
    let expected = "4 files: law/a.rs, law/b.rs, law/c.rs, law/d.rs
  law/a.rs -> law/b.rs: `b::B` (line 1)
  law/b.rs -> law/c.rs: `super::C` (line 1)
  law/c.rs -> law/d.rs: `crate::law::d::g` (line 1)
  law/d.rs -> law/a.rs: `crate::law::A` (line 2)";
    assert_eq!(long_circles(&ring("pub fn g() {}\nuse crate::law::A;")), [expected]);
}

#[test]
fn three_files_or_a_chain_are_no_long_circle() {
    assert_eq!(long_circles(&ring("pub fn g() {} // use crate::law::A;")), [] as [&str; 0]);
    assert_eq!(long_circles(&ring("pub fn g() {}\nuse super::b::B;")), [] as [&str; 0]);
    assert_eq!(long_circles(&ring("pub fn g() {}\n#[cfg(test)] mod tests { use super::super::A; }")), [] as [&str; 0]);
}
