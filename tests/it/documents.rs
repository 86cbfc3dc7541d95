//! The documents say what is there: `docs/parameters.md` is written from the shipped scenarios, `docs/reference/cli.md` from the
//! definitions of the command line, the tables of `docs/reference/scenario-format.md` from the schemas of the files, and all must be up to date (write them anew with `CHOKEPOINT_BLESS=1 cargo test --test it documents::`);
//! what the documents link to or name exists; and the table of contents of the guide holds every page once.

mod cli;
mod format;
mod markdown;
pub mod marks;
mod page;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use chokepoint::cli::Typed;
use clap::CommandFactory;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Holds a page that is written from something against what it should be now.
fn is_up_to_date(name: &str, now: &str, from: &str) {
    let path = root().join(name);
    if std::env::var_os("CHOKEPOINT_BLESS").is_some() {
        fs::write(&path, now).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let first = kept.lines().zip(now.lines()).find(|(a, b)| a != b);
    assert!(
        kept == now,
        "{name} is not what {from} say, first here: {first:?}\nWrite it anew: CHOKEPOINT_BLESS=1 cargo test --test it documents::"
    );
}

#[test]
fn the_parameter_tables_are_those_of_the_scenarios() {
    is_up_to_date("docs/parameters.md", &page::parameters(), "the scenarios");
}

#[test]
fn the_reference_of_the_command_line_is_that_of_the_program() {
    is_up_to_date("docs/reference/cli.md", &cli::reference(), "the definitions of the commands");
}

#[test]
fn the_keys_of_the_files_are_those_of_the_schemas() {
    let name = "docs/reference/scenario-format.md";
    let kept = fs::read_to_string(root().join(name)).unwrap();
    is_up_to_date(name, &format::page(&kept), "the schemas");
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

/// The rooms of the program in their order, as the head of `src/lib.rs` says: none uses a later one.
#[test]
fn no_room_imports_a_later_one() {
    const ROOMS: [&str; 8] = ["units", "scenario", "law", "model", "experiment", "analysis", "report", "cli"];
    let head = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let places: Vec<usize> = ROOMS.iter().map(|room| head.find(&format!("[`{room}`]")).unwrap()).collect();
    assert!(places.is_sorted(), "src/lib.rs tells another order");
    for (path, text) in sources() {
        let own = path.strip_prefix(root().join("src")).unwrap().to_str().unwrap();
        let Some(place) = ROOMS.iter().position(|room| own.split(['/', '.']).next() == Some(room)) else { continue };
        // Comments may name what is to come.
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            let later = ROOMS[place + 1..].iter().find(|room| line.contains(&format!("crate::{room}::")));
            assert!(later.is_none(), "{}: {line}", path.display());
        }
    }
}

#[test]
fn the_citation_names_this_version() {
    let citation = fs::read_to_string(root().join("CITATION.cff")).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    assert!(citation.lines().any(|line| line == format!("version: {version}")));
    // A released version has a heading; one that is not yet stands under "Unreleased".
    let changes = fs::read_to_string(root().join("CHANGELOG.md")).unwrap();
    assert!(changes.lines().any(|line| line.starts_with("## ") && line.contains(version)), "no heading of {version}");
}

/// Readers of CSV take `NA` for missing unless they are told not to, and it is the code of Namibia.
#[test]
fn what_reads_a_table_keeps_namibia() {
    let examples = ["read_results.py", "read_results.R"].map(|name| root().join("docs/examples").join(name));
    let examples = examples.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap()));
    let mut calls = 0;
    for (path, text) in documents().into_iter().chain(examples) {
        for (call, asks) in [
            ("pd.read_csv(", &["keep_default_na=False", "**BLANK"][..]),
            ("pd.read_excel(", &["keep_default_na=False", "**BLANK"]),
            ("IamDataFrame(folder", &[]),
            ("read.csv(", &["na.strings = \"\""]),
        ] {
            for arguments in text.split(call).skip(1).filter_map(|rest| rest.lines().next()) {
                calls += 1;
                assert!(asks.iter().any(|ask| arguments.contains(ask)), "{}: {call}{arguments}", path.display());
            }
        }
    }
    assert!(calls > 5, "the examples read tables in another way now");
}

/// Every file below `src/`, with its text.
fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => found.push((path.clone(), fs::read_to_string(&path).unwrap())),
            }
        }
    }
    found
}

/// The exit codes that the source can give: those of errors, and constants that are handed to the system.
fn exit_codes() -> BTreeSet<i32> {
    // Rust's own, of a panic.
    let mut codes = BTreeSet::from([0, 101]);
    for (path, text) in sources() {
        let shown = path.display();
        let of_command =
            text.split_once("pub fn code(&self) -> u8 {").and_then(|(_, rest)| rest.split_once("\n    }\n"));
        let of_study =
            text.split_once("fn code(error: &StudyError) -> u8 {").and_then(|(_, rest)| rest.split_once("\n}\n"));
        for (body, _) in of_command.into_iter().chain(of_study) {
            let number = |arm: &str| arm.trim_start().split([',', '\n']).next()?.trim().parse::<i32>().ok();
            let arms = body.split("=>").skip(1).filter(|arm| !arm.starts_with(" study_error::code"));
            codes.extend(arms.map(|arm| number(arm).unwrap_or_else(|| panic!("{shown}: {arm}"))));
        }
        for (call, known) in [
            ("process::exit(", &["EXIT"][..]),
            (".abort(", &["ABORTED", ""]),
            ("ExitCode::from(", &["code"]),
            ("process::abort(", &[]),
        ] {
            for argument in text.split(call).skip(1).filter_map(|rest| rest.split(')').next()) {
                assert!(known.contains(&argument), "{shown} ends with {call}{argument}): add it here and to the page");
                let constant = text.split_once(&format!("const {argument}: i32 = ")).map(|(_, rest)| rest);
                codes.extend(constant.and_then(|rest| rest.split(';').next()?.parse::<i32>().ok()));
            }
        }
    }
    codes
}

#[test]
fn the_page_of_exit_codes_has_all_and_no_other() {
    let page = fs::read_to_string(root().join("docs/reference/exit-codes.md")).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse().ok());
    assert_eq!(rows.collect::<BTreeSet<i32>>(), exit_codes());
    // What the help of a command says of its own is of the same codes.
    let mut program = Typed::command();
    program.build();
    for command in std::iter::once(&program).chain(program.get_subcommands()) {
        let help = command.get_after_long_help().map(ToString::to_string).unwrap_or_default();
        let Some((_, status)) = help.split_once("EXIT STATUS:") else { continue };
        let status = status.split("\n\n").next().unwrap_or_default();
        for piece in
            status.split(['\n', ';']).map(str::trim).filter(|piece| piece.starts_with(|c: char| c.is_ascii_digit()))
        {
            let code: i32 = piece.split(' ').next().unwrap().parse().unwrap();
            assert!(exit_codes().contains(&code), "{}: {piece}", command.get_name());
        }
    }
}

/// The documents that a person wrote.
fn documents() -> Vec<(PathBuf, String)> {
    let mut paths: Vec<PathBuf> = ["README.md", "CONTRIBUTING.md"].iter().map(|name| root().join(name)).collect();
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                // What mdbook builds.
                true => folders.extend((path != root().join("docs/book")).then_some(path)),
                false => paths.push(path),
            }
        }
    }
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

/// Pages that the guide holds without a line of their own in its table of contents.
const APART: [&str; 1] = ["SUMMARY.md"];

#[test]
fn the_table_of_contents_holds_every_page_once() {
    let docs = root().join("docs");
    let summary = fs::read_to_string(docs.join("SUMMARY.md")).unwrap();
    let mut listed: Vec<PathBuf> = links(&summary).map(|target| docs.join(target)).collect();
    listed.sort();
    let pages = documents().into_iter().map(|(path, _)| path).filter(|path| path.starts_with(&docs));
    let there: Vec<PathBuf> = pages.filter(|path| APART.iter().all(|apart| *path != docs.join(apart))).collect();
    assert_eq!(listed, there, "docs/SUMMARY.md on the left, the files on the right");
}

/// The name that a heading has in links, as GitHub and mdbook make it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn what_the_documents_link_to_within_a_page_is_there() {
    for (path, text) in documents() {
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let Some((file, wanted)) = target.split_once('#').filter(|_| !target.contains("://")) else { continue };
            let file = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            let page = fs::read_to_string(&file).unwrap();
            let mut headings =
                page.lines().filter_map(|line| line.strip_prefix('#')).map(|h| h.trim_start_matches('#'));
            assert!(headings.any(|heading| anchor(heading) == wanted), "{}: nothing is at {target}", path.display());
        }
    }
}

/// A page of the book that links out of it leads nowhere once the book is built.
#[test]
fn the_guide_links_to_nothing_outside_of_itself() {
    let docs = fs::canonicalize(root().join("docs")).unwrap();
    for (path, text) in documents().into_iter().filter(|(path, _)| path.starts_with(root().join("docs"))) {
        for target in links(&text) {
            let Ok(file) = fs::canonicalize(path.parent().unwrap().join(target)) else { continue };
            assert!(file.starts_with(&docs), "{} links to {target}, which is not in the book", path.display());
        }
    }
}
