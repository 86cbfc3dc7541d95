//! The numbers that README.md and the guide quote, and where each comes from. For every page a file in `tests/it/numbers/` repeats the pieces of
//! text that hold numbers, with a query in braces in place of each number (`{shipped amended-rules shortfall-ratio estimate : 1%}`).
//!
//! - The default tests compare the pages with `docs/studies/quoted.csv`, which holds what the runs in `tests/it/numbers/runs.toml` gave, with the other
//!   tables of `docs/studies/` and with the scenario files; and they refuse a number with a unit that no file accounts for.
//! - An ignored test runs everything again, which takes a release build and some minutes, and compares `quoted.csv` with it.
//!
//! After a change of the numbers, one command writes `quoted.csv` and the numbers in all pages anew:
//! `CHOKEPOINT_BLESS=1 cargo test --release --test it numbers:: -- --ignored`. A page alone is brought in line with `quoted.csv` by
//! `CHOKEPOINT_BLESS=1 cargo test --test it numbers::`. Words for a number (a *claim*: "nine tenths") are never rewritten: the tests say which one no
//! longer holds.

mod kept;
mod page;
mod query;
mod runs;
mod text;

use std::fs;
use std::path::{Path, PathBuf};

use kept::Kept;
use page::Page;

/// Pages whose every number with a unit must be accounted for.
const PAGES: [&str; 23] = [
    "README.md",
    "docs/backtest.md",
    "docs/calibration.md",
    "docs/designs.md",
    "docs/how-to/change-a-parameter.md",
    "docs/how-to/check-against-observations.md",
    "docs/how-to/enough-trials.md",
    "docs/how-to/explore-uncertainty.md",
    "docs/how-to/long-jobs.md",
    "docs/how-to/reproduce-and-cite.md",
    "docs/how-to/use-results.md",
    "docs/how-to/what-if.md",
    "docs/how-to/write-a-rule.md",
    "docs/introduction.md",
    "docs/large-runs.md",
    "docs/limits.md",
    "docs/odd.md",
    "docs/performance.md",
    "docs/quality.md",
    "docs/results.md",
    "docs/scale.md",
    "docs/stopping.md",
    "docs/tutorial.md",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn blessing() -> bool {
    std::env::var_os("CHOKEPOINT_BLESS").is_some()
}

/// What the files in `tests/it/numbers/` say of each page.
fn pages() -> Vec<Page> {
    let entries = fs::read_dir(root().join("tests/it/numbers")).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|e| e == "toml") && file.file_stem().is_some_and(|s| s != "runs"));
    files.sort();
    files.iter().map(|file| Page::read(file)).collect()
}

/// Compares all pages with the numbers as they are now, or writes these into the pages.
fn compare(pages: &[Page], kept: &Kept) {
    let mut wrong = Vec::new();
    for page in pages {
        let (text, found) = page.compared(kept);
        if blessing() {
            fs::write(root().join(&page.name), &text).unwrap();
            wrong.extend(page.with_text(text).compared(kept).1);
        } else {
            wrong.extend(found);
        }
    }
    assert!(wrong.is_empty(), "{} numbers in pages are not right:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_numbers_in_pages_are_those_of_the_studies_and_scenarios() {
    compare(&pages(), &Kept::read());
}

#[test]
fn every_number_with_a_unit_is_accounted_for() {
    let pages = pages();
    let mut wrong = Vec::new();
    for name in PAGES {
        match pages.iter().find(|page| page.name == name) {
            Some(page) => wrong.extend(page.unaccounted()),
            None => wrong.extend(Page::empty(name).unaccounted()),
        }
    }
    assert!(
        wrong.is_empty(),
        "{} numbers have no place in tests/it/numbers/ (its head in tests/it/numbers.rs says what to write):\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// What no page quotes any more is no longer kept, and what a page quotes is kept or can be looked up.
#[test]
fn the_kept_numbers_are_those_that_pages_quote() {
    let wanted = runs::queries(&pages());
    let kept = Kept::read();
    let missing: Vec<_> = wanted.iter().filter(|query| !kept.has(query)).collect();
    assert!(missing.is_empty(), "docs/studies/quoted.csv lacks {missing:#?}");
    let left: Vec<_> = kept.queries().filter(|query| !wanted.contains(*query)).collect();
    assert!(left.is_empty(), "no page quotes these numbers of docs/studies/quoted.csv: {left:#?}");
}

/// `CHOKEPOINT_BLESS=1 cargo test --release --test it numbers:: -- --ignored`
#[test]
#[ignore = "runs the shipped comparison and all studies that the guide quotes: some minutes of two cores, in a release build"]
fn the_kept_numbers_are_those_of_the_program() {
    let pages = pages();
    let now = runs::run(&pages);
    if blessing() {
        now.write();
        compare(&pages, &now);
    } else {
        let wrong = Kept::read().differences(&now);
        assert!(wrong.is_empty(), "docs/studies/quoted.csv is not what the program gives:\n{}", wrong.join("\n"));
    }
}

/// A test that can't fail shows nothing.
#[test]
fn a_page_is_compared_and_written_as_its_file_says() {
    let kept = Kept::of(&[("a b c d", "0.1234"), ("a b c e", "291234")]);
    let mut page = Page::parse(
        "page = 'p.md'\n[[quote]]\ntext = 'it is {a b c d : 1%} of {a b c e : k} stations'\n[[claim]]\ntext = 'an eighth'\nnumber = 'a b c d'\nfrom = 0.12\nto = 0.13\n",
        "So it is 12.3% of\n291,000 stations, an eighth. 5% is new, and so are 7 million, `8%` is not.",
    );
    assert_eq!(page.compared(&kept).1, Vec::<String>::new());
    let unaccounted = page.unaccounted();
    assert!(unaccounted.len() == 2 && unaccounted[0].contains("5%") && unaccounted[1].contains("7 million"));
    page = page.with_text(page.text.replace("12.3%", "9.9%").replace("an eighth", "a tenth"));
    let (text, wrong) = page.compared(&kept);
    assert_eq!(wrong.len(), 2, "{wrong:?}");
    assert!(text.contains("it is 12.3% of\n291,000 stations, a tenth"), "{text}");
}
