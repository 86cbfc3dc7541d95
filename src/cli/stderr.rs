//! What goes to standard error besides what `clap` prints: progress, notes and warnings for a person, and with `--format json`
//! for a program one JSON object a line, `{"note": ...}`, `{"warning": ...}` or `{"error": ...}`, without progress.

use std::ffi::OsString;
use std::io::{self, Write};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use serde_json::{Value as Json, json};

use super::error::{CliError, drawn};
use super::terminal;
use crate::scenario::Problem;
use crate::study::StudyError;
use crate::text;

/// Whether `--format json` was typed. It is looked for among the words themselves, since what is wrong with them keeps them from
/// being parsed.
pub(crate) fn wants_json() -> bool {
    asks_for_json(std::env::args_os().skip(1))
}

fn asks_for_json(words: impl Iterator<Item = OsString>) -> bool {
    let mut asked = false;
    let mut words = words.take_while(|word| word != "--").peekable();
    while let Some(word) = words.next() {
        // As `clap` has it, the last one counts.
        match word.to_str() {
            Some("--format") => asked = words.peek().is_some_and(|value| value == "json"),
            Some(word) => asked = word.strip_prefix("--format=").map_or(asked, |value| value == "json"),
            None => {}
        }
    }
    asked
}

/// Prints a line. Where standard error is closed, nobody is there to read it.
fn line(text: &str) {
    let _ = writeln!(terminal::stderr(), "{text}");
}

/// Prints a text whose colors are commands of our own; all else in it was made printable.
fn colored(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Says how far things are; nothing for a program.
pub(crate) fn progress(what: &str) {
    if !wants_json() {
        line(what);
    }
}

/// Says something that a reader of the result should know.
pub(crate) fn note(what: &str) {
    match wants_json() {
        true => line(&json!({ "note": { "message": what } }).to_string()),
        false => line(&format!("note: {what}")),
    }
}

/// Warns in a sentence.
pub(crate) fn warning(what: &str) {
    match wants_json() {
        true => line(&json!({ "warning": { "message": what } }).to_string()),
        false => line(&format!("warning: {what}")),
    }
}

/// Warns of what is in a file, with the place.
pub(crate) fn warnings(found: &[Problem]) {
    for problem in found {
        match wants_json() {
            true => line(&json!({ "warning": problem.json() }).to_string()),
            // Without a place there is nothing to draw.
            false if problem.location().is_none() => {
                let help = problem.advice().map(|help| format!("\n  help: {help}")).unwrap_or_default();
                line(&format!("warning: {}{help}", problem.message()));
            }
            false => colored(&drawn(problem.clone())),
        }
    }
}

/// Says what went wrong.
pub(crate) fn error(error: CliError) {
    match wants_json() {
        true => line(&error_json(&error).to_string()),
        false => colored(&error.told()),
    }
}

/// An error as a program reads it. The keys are always the same; what is not known is null.
fn error_json(error: &CliError) -> Json {
    let problems: Vec<Json> = match error {
        CliError::Study(StudyError::Problems(problems)) => problems.iter().map(Problem::json).collect(),
        CliError::Cases(cases) => cases.errors.iter().map(|fault| fault.json(&cases.file)).collect(),
        _ => Vec::new(),
    };
    let message = error.to_string();
    let of_one = |key: &str| match problems.as_slice() {
        [one] => one.get(key).cloned().unwrap_or_default(),
        _ => Json::Null,
    };
    let help = error.help().map_or_else(|| of_one("help"), Json::from);
    object(error.code(), error.kind(), &message, help, (of_one("file"), of_one("line"), of_one("column")), problems)
}

fn object(
    code: u8,
    kind: &str,
    message: &str,
    help: Json,
    (file, line, column): (Json, Json, Json),
    problems: Vec<Json>,
) -> Json {
    json!({ "error": {
        "code": code, "kind": kind, "message": message, "help": help, "file": file, "line": line, "column": column,
        "problems": problems,
    } })
}

/// Prints what `clap` has to say (help and version too).
///
/// # Errors
/// It can't be written.
pub(crate) fn usage(mut error: clap::Error) -> io::Result<()> {
    let words: Vec<OsString> = std::env::args_os().collect();
    drop_useless_tip(&mut error, &words);
    if error.use_stderr() && wants_json() {
        line(&usage_json(&error).to_string());
        return Ok(());
    }
    // An argument that would command the terminal is shown in what follows: without the colors, which are commands too.
    match words.iter().any(|word| word.to_string_lossy().contains(text::is_command)) {
        true if error.use_stderr() => write!(terminal::stderr(), "{error}"),
        true => write!(terminal::stdout(), "{error}"),
        false => error.print(),
    }
}

/// `clap` advises `-- WORD` for a word that starts with a hyphen, which does not help where an option is to have it as its value, nor
/// where an option was meant.
fn drop_useless_tip(error: &mut clap::Error, words: &[OsString]) {
    let Some(ContextValue::String(found)) = error.get(ContextKind::InvalidArg) else { return };
    let at = words.iter().position(|word| word.to_str().is_some_and(|word| word.starts_with(found.as_str())));
    let before = at.and_then(|at| words.get(at.checked_sub(1)?)).and_then(|word| word.to_str()).unwrap_or_default();
    let is_option = found.starts_with("--") || (before.starts_with("--") && !before.contains('='));
    if error.kind() == ErrorKind::UnknownArgument && is_option {
        error.remove(ContextKind::Suggested);
    }
}

fn usage_json(error: &clap::Error) -> Json {
    let text = error.render().to_string();
    let mut parts = text.trim_end().split("\n\n");
    let message = parts.next().unwrap_or_default().trim();
    let message = message.strip_prefix("error: ").unwrap_or(message);
    let tips: Vec<&str> = text.lines().filter_map(|line| line.trim().strip_prefix("tip: ")).collect();
    let help = if tips.is_empty() { "`--help` shows what can be typed".to_owned() } else { tips.join("; ") };
    let code = u8::try_from(error.exit_code()).unwrap_or(2);
    object(code, "usage", message, help.into(), (Json::Null, Json::Null, Json::Null), Vec::new())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_asked_for_by_the_last_format_before_two_hyphens() {
        let asked = |words: &str| asks_for_json(words.split_whitespace().map(OsString::from));
        assert!(
            asked("check a --format json")
                && asked("check --format=json a")
                && asked("run --format text --format json")
        );
        assert!(!asked("check a") && !asked("run --format json --format text") && !asked("check -- --format json"));
        assert!(!asked("run --format") && !asked("run --format xml --note json") && !asked("json --format=xml"));
    }

    #[test]
    fn the_keys_of_an_error_are_always_the_same() {
        let keys = |json: &Json| json["error"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let usage = error_json(&CliError::usage("wrong", "do this"));
        assert_eq!((&usage["error"]["code"], &usage["error"]["help"]), (&Json::from(2), &Json::from("do this")));
        let input: CliError = Problem::new("wrong").help("do that").into();
        let input = error_json(&input);
        assert_eq!((&input["error"]["kind"], &input["error"]["help"]), (&Json::from("input"), &Json::from("do that")));
        assert_eq!(input["error"]["problems"].as_array().unwrap().len(), 1);
        assert_eq!(keys(&usage), keys(&input));
        assert_eq!(keys(&usage), keys(&usage_json(&clap::Error::new(ErrorKind::InvalidValue))));
    }
}
