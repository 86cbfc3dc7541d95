//! Every command that README.md and the guide (`docs/`) show is run here with the real program, page by page and in the order of
//! the page, in a folder that has what a clone has. A page is read by it as follows.
//!
//! - Commands are the lines of blocks marked `sh`. Each that starts with `chokepoint` or `cargo run --release --` is run and must end
//!   with exit code 0. What can't be run here stands in [`NOT_RUN`] with its reason; any other line is a failure, and so is a command in
//!   a block that is not marked.
//! - A comment in front of a block says more of it: `exit: N` the exit code of its commands; `file: NAME` that it is the content of a file, which
//!   is written before what follows is run; `prints` that it is what the last command printed (a line `...` stands for any lines).
//! - Three comments set the scene: `have: NAME = FILE` puts a copy of a file of the repository into the folder, `gone: NAME` takes one away,
//!   `run: COMMAND` runs a command.
//! - Commands that simulate get few trials and an early end appended (a later option overrides an earlier one).
//!
//! What commands print is written into the pages anew by `CHOKEPOINT_BLESS=1 cargo test --test it guide::`.
#![cfg(unix)]

mod page;
mod shell;

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use chokepoint::cli::Typed;
use clap::{CommandFactory, Parser};
use page::{Block, Mark, Page, Part};
use rayon::prelude::*;
use shell::{Line, Shell};

/// Lines of the guide that can't be run by this test, by what they start with.
const NOT_RUN: [(&str, &str); 10] = [
    ("git clone ", "the test runs in a folder that has what a clone has"),
    (
        "cargo install ",
        "compiles the program anew, which takes minutes; the program under test is the one that it installs",
    ),
    ("cargo run --release --example ", "a study of several minutes; what it found is in docs/studies"),
    ("cargo test --release", "these tests"),
    ("mpirun ", "needs MPI; tests/it/cluster.rs runs the program under it where there is one"),
    ("parts=$(sbatch ", "needs the batch system Slurm"),
    ("sbatch ", "needs the batch system Slurm; tests/it/shards.rs joins the parts of runs"),
    ("pip install ", "needs the network; .ci/run installs the same packages"),
    ("python3 docs/examples/", "needs Python packages; .ci/run runs it on a result"),
    ("Rscript docs/examples/", "needs R; .ci/run runs it where there is one"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// README.md and every page below `docs/`, sorted.
fn pages() -> Vec<Page> {
    let mut paths = vec![root().join("README.md")];
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                // What mdbook builds.
                folders.extend((path != root().join("docs/book")).then_some(path));
            } else if path.extension().is_some_and(|e| e == "md") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    paths.iter().map(|path| Page::read(root(), path)).collect()
}

/// Copies a folder of the repository with all that is in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

/// What a clone has, as far as commands of the guide read it.
fn clone_of_the_repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&root().join("scenarios"), &folder.path().join("scenarios"));
    // The last two: where shells look for what completes commands.
    for inner in ["docs", ".local/share/bash-completion/completions", ".zfunc"] {
        fs::create_dir_all(folder.path().join(inner)).unwrap();
    }
    for file in ["README-example.toml", "docs/example-cases.csv"] {
        fs::copy(root().join(file), folder.path().join(file)).unwrap();
    }
    folder
}

/// A page that is tried out: what went wrong so far, in words, and what the last command printed.
struct Trial<'a> {
    page: &'a Page,
    shell: Shell<'a>,
    wrong: Vec<String>,
    printed: String,
}

impl Trial<'_> {
    /// Runs a line, if it is one that is run.
    fn line(&mut self, line: &str, code: i32, at: usize) {
        let Line::Program(command) = shell::line(line, &NOT_RUN) else { return };
        let said = self.shell.run(&command);
        if said.code != Some(code) || said.err.contains("panicked") {
            self.wrong.push(format!(
                "{}:{at}: {line}\n  run as: {command}\n  ended with {:?}, not {code}\n{}",
                self.page.name, said.code, said.err
            ));
        }
        self.printed = said.out;
    }

    fn block(&mut self, block: &Block, renewals: &mut Vec<(Range<usize>, String)>) {
        match &block.mark {
            Mark::File(name) => {
                let path = self.shell.folder.join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, &block.text).unwrap();
                // A script.
                if block.language == "sh" {
                    shell::lines(&block.text).iter().for_each(|line| self.line(line, 0, block.line));
                }
            }
            Mark::Prints if !page::alike(&block.text, &self.printed) => {
                let at = format!("{}:{}", self.page.name, block.line);
                self.wrong.push(format!("{at}: the command prints:\n{}", self.printed));
                renewals.push((block.range.clone(), self.printed.clone()));
            }
            Mark::Prints => {}
            Mark::Exit(_) if block.language != "sh" => {}
            Mark::Exit(code) => shell::lines(&block.text).iter().for_each(|line| self.line(line, *code, block.line)),
        }
    }
}

/// Ids that levers make, such as `amended-rules--threshold-0`, are told in sentences: those of a page must be in a result that it made.
fn wrong_ids(page: &Page, folder: &Path) -> Vec<String> {
    let plain = |span: &&String| span.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    let told = page.code_spans.iter().filter(|span| span.contains("--") && !span.starts_with('-')).filter(plain);
    let made: Vec<String> =
        files_named(folder, "manifest.json").iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let missing = told.filter(|id| !made.iter().any(|manifest| manifest.contains(&format!("\"{id}\""))));
    missing.map(|id| format!("{}: no command of the page makes a scenario `{id}`", page.name)).collect()
}

/// The files of a name below a folder.
fn files_named(folder: &Path, name: &str) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let below = |path: PathBuf| match path.is_dir() {
        true => files_named(&path, name),
        false => Vec::from_iter(Some(path).filter(|path| path.ends_with(name))),
    };
    paths.flat_map(below).collect()
}

/// Runs the commands of a page; what went wrong, in words, and the page with what its commands print now.
fn try_out(page: &Page) -> (Vec<String>, String) {
    let folder = clone_of_the_repository();
    let mut trial = Trial { page, shell: Shell { folder: folder.path() }, wrong: Vec::new(), printed: String::new() };
    let mut renewals = Vec::new();
    for part in &page.parts {
        match part {
            Part::Have { name, file } => {
                fs::copy(root().join(file), folder.path().join(name)).unwrap();
            }
            Part::Gone(name) => fs::remove_file(folder.path().join(name)).unwrap(),
            Part::Run(line) => trial.line(line, 0, 0),
            Part::Block(block) => trial.block(block, &mut renewals),
        }
    }
    trial.wrong.extend(wrong_ids(page, folder.path()));
    let mut text = page.text.clone();
    // From the end, so that what is written anew leaves the places of what is still to be written as they are.
    for (range, printed) in renewals.into_iter().rev() {
        text.replace_range(range, &printed);
    }
    (trial.wrong, text)
}

#[test]
fn every_command_of_the_guide_runs() {
    let blessed = std::env::var_os("CHOKEPOINT_BLESS").is_some();
    let wrong = Mutex::new(Vec::new());
    let mut pages = pages();
    // The longest first, so that none is left for the end.
    pages.sort_by_key(|page| Reverse(page.blocks().count()));
    pages.iter().par_bridge().for_each(|page| {
        let (found, text) = try_out(page);
        if blessed && text != page.text {
            fs::write(root().join(&page.name), text).unwrap();
        }
        wrong.lock().unwrap().extend(found);
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of the guide's commands are not as it says:\n\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_line_is_a_command_or_has_a_reason_not_to_be_run() {
    let mut wrong = Vec::new();
    for page in pages() {
        for block in page.blocks() {
            let at = format!("{}:{}", page.name, block.line);
            for line in shell::lines(&block.text) {
                let starts = line.starts_with("chokepoint ") || line.starts_with("cargo run ");
                if block.language == "sh" && matches!(shell::line(&line, &NOT_RUN), Line::Unknown) {
                    wrong.push(format!("{at}: `{line}` is neither run nor in the list of what is not"));
                }
                if ["", "bash", "console", "shell"].contains(&block.language.as_str()) && starts {
                    wrong.push(format!("{at}: `{line}` is a command in a block that is not marked `sh`"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Nothing stands in the list of what is not run for nothing.
#[test]
fn what_is_not_run_is_in_the_guide() {
    let pages = pages();
    let lines: Vec<String> = (pages.iter().flat_map(Page::blocks))
        .filter(|block| block.language == "sh")
        .flat_map(|block| shell::lines(&block.text))
        .collect();
    for (start, why) in NOT_RUN {
        assert!(
            lines.iter().any(|line| line.starts_with(start)),
            "no page has `{start}` ({why}): take it off the list"
        );
    }
}

#[test]
fn every_command_of_the_program_is_shown_and_run() {
    let shown: BTreeSet<String> = (pages().iter().flat_map(Page::blocks))
        .filter(|block| block.language == "sh" && block.mark == Mark::Exit(0))
        .flat_map(|block| shell::lines(&block.text))
        .filter_map(|line| match shell::line(&line, &NOT_RUN) {
            Line::Program(command) => shell::words_of_the_program(&command).into_iter().nth(1),
            _ => None,
        })
        .collect();
    for command in Typed::command().get_subcommands() {
        assert!(shown.contains(command.get_name()), "no page runs `chokepoint {}`", command.get_name());
    }
}

/// Commands within a sentence can't all be run, but what they name is there.
#[test]
fn commands_within_sentences_exist() {
    let program = Typed::command();
    let mut wrong = Vec::new();
    for page in pages() {
        for words in page.code_spans.iter().filter_map(|span| span.strip_prefix("chokepoint ")) {
            let mut words = words.split_whitespace();
            let name = words.next().unwrap_or_default();
            if name.starts_with('-') || name.chars().all(char::is_uppercase) {
                continue;
            }
            let Some(command) = program.find_subcommand(name) else {
                wrong.push(format!("{}: there is no `chokepoint {name}`", page.name));
                continue;
            };
            for option in words.filter_map(|word| word.strip_prefix("--")) {
                let option = option.split('=').next().unwrap_or_default();
                if !command.get_arguments().any(|arg| arg.get_long() == Some(option)) && option != "help" {
                    wrong.push(format!("{}: `chokepoint {name}` has no --{option}", page.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A piece of a scenario file that a page shows is TOML, even where it is no whole file.
#[test]
fn every_piece_of_toml_can_be_read() {
    for page in pages() {
        for block in page.blocks().filter(|block| block.language == "toml") {
            if let Err(error) = block.text.parse::<toml::Table>() {
                panic!("{}:{}: {error}", page.name, block.line);
            }
        }
    }
}

/// Comments are not seen by a reader: what a file is called must stand in the text above it.
#[test]
fn a_reader_sees_what_a_file_is_called() {
    for page in pages() {
        let mut end = 0;
        for block in page.blocks() {
            if let Mark::File(name) = &block.mark {
                let above = &page.text[end..block.range.start];
                assert!(
                    above.contains(&format!("`{name}`")),
                    "{}:{}: `{name}` is not named above",
                    page.name,
                    block.line
                );
            }
            end = block.range.end.max(end);
        }
    }
}

/// The program under test, not whatever is installed.
fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_chokepoint"))
}

/// The reader of pages and the appender of options are tested too: a test that can't fail shows nothing.
#[test]
fn a_page_is_read_as_it_says() {
    let text = "<!-- exit: 2 -->\n\n```sh\nchokepoint run \\\n  nothing # not there\n# a remark\n\n```\n\n<!-- file: a/b.toml -->\n```toml\nx = 1\n```\n\n\
                <!-- have: c = README.md -->\n\n<!-- prints -->\n```text\nyes\n...\nno\n```\nsay `chokepoint list`\n\n    chokepoint list\n";
    let page = Page::parse("page.md".into(), text.into());
    let blocks: Vec<_> = page.blocks().collect();
    assert_eq!(blocks.len(), 4);
    assert_eq!((&blocks[0].mark, blocks[0].line), (&Mark::Exit(2), 3));
    assert_eq!(shell::lines(&blocks[0].text), ["chokepoint run nothing # not there"]);
    assert_eq!(blocks[1].mark, Mark::File("a/b.toml".into()));
    assert_eq!((&blocks[2].mark, &text[blocks[2].range.clone()]), (&Mark::Prints, "yes\n...\nno\n"));
    assert_eq!((blocks[3].language.as_str(), &blocks[3].mark), ("", &Mark::Exit(0)));
    assert_eq!(page.code_spans, ["chokepoint list"]);
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("out")).unwrap();
    fs::write(folder.path().join("out/manifest.json"), "{ \"id\": \"a--b-1\" }").unwrap();
    let page_of_ids = Page::parse("page.md".into(), "`a--b-1` is there, `a--b-2` is not, `--out` is no id".into());
    let wrong = wrong_ids(&page_of_ids, folder.path());
    assert!(wrong.len() == 1 && wrong[0].contains("`a--b-2`"), "{wrong:?}");
    assert!(page::alike("yes\n...\nno\n", "yes\nperhaps\nno\n") && page::alike("...\nno\n", "no\n"));
    assert!(!page::alike("yes\nno\n", "yes\nperhaps\nno\n") && !page::alike("yes\n...\n", "no\n"));
    assert!(!page::alike("yes\n", "yes\nno\n"));
}

#[test]
fn commands_that_simulate_are_made_small() {
    let run = |line: &str| match shell::line(line, &NOT_RUN) {
        Line::Program(command) => command,
        _ => panic!("{line} is not run"),
    };
    let small = "--threads 1 --no-figures --horizon 2019-06 --trials 8";
    assert_eq!(run("cargo run --release -- compare"), format!("chokepoint compare {small}"));
    assert_eq!(run("chokepoint compare --out x | cat > y"), format!("chokepoint compare --out x {small} | cat > y"));
    assert_eq!(run("chokepoint list | head -3"), "chokepoint list | head -3");
    assert!(run("chokepoint compare --until \"shortfall:paired:±1%\" ").ends_with("--at-least 256 --at-most 256"));
    assert!(matches!(shell::line("rm -rf /", &NOT_RUN), Line::Unknown));
    assert!(matches!(shell::line("chokepoints", &NOT_RUN), Line::Unknown));
    assert!(matches!(shell::line("mpirun -n 2 chokepoint compare", &NOT_RUN), Line::NotRun));
    let words = shell::words_of_the_program(&run("chokepoint compare"));
    assert!(Typed::try_parse_from(words).is_ok());
}
