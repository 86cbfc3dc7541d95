//! The commands of a page: which lines are one, what is appended to it so that it takes a moment only, and its run.

use std::path::Path;
use std::process::{Command, Stdio};

/// What a line of a block of commands is.
pub enum Line {
    /// A command, as it is run.
    Program(String),
    /// One that can't be run here.
    NotRun,
    /// Neither.
    Unknown,
}

/// The lines of a block, those that go on on the next one joined; without remarks.
pub fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.lines().map(str::trim) {
        let (line, goes_on) = line.strip_suffix('\\').map_or((line, false), |line| (line.trim_end(), true));
        match lines.last_mut() {
            Some(last) if open => *last = format!("{last} {line}"),
            _ if line.is_empty() || line.starts_with('#') => continue,
            _ => lines.push(line.to_owned()),
        }
        open = goes_on;
    }
    lines
}

/// What a line is.
pub fn line(line: &str, not_run: &[(&str, &str)]) -> Line {
    if not_run.iter().any(|(start, _)| line.starts_with(start)) {
        return Line::NotRun;
    }
    let line =
        line.strip_prefix("cargo run --release -- ").map_or(line.to_owned(), |rest| format!("chokepoint {rest}"));
    let pieces = pieces(&line);
    let first = |piece: &str| piece.trim_start_matches('|').split_whitespace().next().unwrap_or_default().to_owned();
    let program = |piece: &str| first(piece) == "chokepoint";
    // What feeds the program, takes what it prints, or edits a file as a person would.
    let helper = |piece: &str| ["cat", "echo", "head", "man", ">", ">>"].contains(&first(piece).as_str());
    if !pieces.iter().all(|piece| program(piece) || helper(piece)) {
        return Line::Unknown;
    }
    let small = |piece: &String| match first(piece).as_str() {
        "chokepoint" => smaller(piece),
        // A pager waits for its reader.
        "man" => "| cat".to_owned(),
        _ => piece.trim().to_owned(),
    };
    Line::Program(pieces.iter().map(small).collect::<Vec<_>>().join(" "))
}

/// A line in its parts: before each `|`, `>` and `>>` that stands outside of quotes.
fn pieces(line: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let (mut quote, mut last) = (None, ' ');
    for c in line.chars() {
        match (c, quote) {
            ('"' | '\'', None) => quote = Some(c),
            (_, Some(open)) if c == open => quote = None,
            ('|', None) => pieces.push(String::new()),
            ('>', None) if last != '>' => pieces.push(String::new()),
            _ => {}
        }
        pieces.last_mut().unwrap().push(c);
        last = c;
    }
    pieces
}

/// A call of the program with what makes it small.
fn smaller(call: &str) -> String {
    let call = call.trim();
    let has = |option: &str| call.contains(&format!(" --{option}"));
    let command = call.split_whitespace().skip_while(|word| *word != "chokepoint").nth(1).unwrap_or_default();
    // Every uncertain parameter is moved twice.
    let all_moved = has("design one-at-a-time") && !has("lever");
    let trials = if all_moved {
        "--replications 1"
    } else if has("until") && command != "calibrate" {
        "--at-least 256 --at-most 256"
    } else if has("design one-at-a-time") || has("design factorial") {
        "--replications 2"
    } else if has("design") {
        "--points 8"
    } else if has("shard") {
        "--trials 64"
    } else {
        "--trials 8"
    };
    let replications = if has("replications") && trials == "--points 8" { " --replications 2" } else { "" };
    // One after the other: pages run side by side.
    let common = "--threads 1 --no-figures";
    match command {
        "run" | "compare" if all_moved => format!("{call} {common} --horizon 2019-01 {trials}"),
        "run" | "compare" => format!("{call} {common} --horizon 2019-06 {trials}{replications}"),
        // Its period is that of the observations.
        "backtest" => format!("{call} {common} --trials 8"),
        // Figures are of a folder.
        "trace" if !has("out") => format!("{call} --threads 1 --trials 8"),
        "trace" => format!("{call} {common} --trials 8"),
        // With fewer it refuses.
        "calibrate" => format!("{call} {common} --trials 256 --keep 60"),
        _ => call.to_owned(),
    }
}

/// The words of the first call of the program in a command, as the program gets them.
pub fn words_of_the_program(command: &str) -> Vec<String> {
    let words = command.split_whitespace().skip_while(|word| *word != "chokepoint");
    words
        .take_while(|word| !word.starts_with(['|', '>']))
        .map(|word| word.trim_matches(['"', '\'']).to_owned())
        .collect()
}

/// Where commands are run.
pub struct Shell<'a> {
    /// The folder.
    pub folder: &'a Path,
}

/// What a command said.
pub struct Said {
    /// Its exit code.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Shell<'_> {
    pub fn run(&self, command: &str) -> Said {
        let program = super::program();
        let path = std::env::var("PATH").unwrap_or_default();
        let output = Command::new("bash")
            .args(["-o", "pipefail", "-c", command])
            .current_dir(self.folder)
            .env("PATH", format!("{}:{path}", program.parent().unwrap().display()))
            .env("HOME", self.folder)
            .env_remove("SOURCE_DATE_EPOCH")
            // What Slurm tells the script of a part.
            .envs([("SLURM_ARRAY_TASK_ID", "3"), ("SLURM_CPUS_PER_TASK", "1")])
            .stdin(Stdio::null())
            .output()
            .expect("the guide is tried out in bash");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Said { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }
}
