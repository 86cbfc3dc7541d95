//! The reference of the command line (`docs/reference/cli.md`), written from the definitions that the program itself reads: what
//! `--help` says, command by command, with its examples as commands that the test of the guide runs.

use chokepoint::cli::Typed;
use clap::{Arg, Command, CommandFactory};

use super::markdown::escaped;

const HEAD: &str = "# Command line

Written by `tests/it/documents.rs` from what the program reads itself; do not edit it by hand. It says what `chokepoint COMMAND --help`
says. `FILE` is a path, or the id of a shipped file (`chokepoint list`). Where an option is given twice, the last one counts (a warning names it), unless
it says that it may be given several times.

The examples below run as they stand in a clone of the repository that has a file `my-rules.toml`:

<!-- file: my-rules.toml -->
```toml
kind = \"scenario\"
id = \"my-rules\"
title = \"Any US content counts (de minimis at 0%)\"
description = \"As the amended de minimis rule alone, with a threshold of zero.\"
extends = \"shipped:de-minimis-only\"

[provisions.huawei-de-minimis]
title = \"De minimis for Huawei, 0 percent of all US content\"
citation = \"Counterfactual; would amend 15 CFR 734.4\"
threshold = 0
assumption = \"A what-if: any US content counts.\"
confidence = \"low\"
```

`cases.csv` stands for a table of cases like `docs/example-cases.csv`, `seen.toml` and `later.toml` for files of observations like
`scenarios/observed.toml`, and `received/briefing-paper` for a result that somebody sent.

<!-- have: cases.csv = docs/example-cases.csv -->
<!-- have: seen.toml = scenarios/observed.toml -->
<!-- have: later.toml = scenarios/observed.toml -->
<!-- run: chokepoint compare --out received/briefing-paper -->
";

/// The whole page.
pub fn reference() -> String {
    let mut program = Typed::command();
    program.build();
    let mut page = HEAD.to_owned();
    let commands: Vec<&Command> = program.get_subcommands().filter(|command| command.get_name() != "help").collect();
    page.push_str("\n| command | what it does |\n|---|---|\n");
    for command in &commands {
        let name = command.get_name();
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        page.push_str(&format!("| [`{name}`](#chokepoint-{name}) | {} |\n", escaped(&about)));
    }
    page.push_str(&after(&program, |title| format!("## {title}")));
    for command in commands {
        page.push_str(&section(command));
    }
    page
}

fn section(command: &Command) -> String {
    let mut usage = command.clone().term_width(0).render_usage().to_string();
    if let Some(plain) = usage.strip_prefix("Usage: ") {
        usage = plain.to_owned();
    }
    let about = command.get_long_about().or(command.get_about()).map(ToString::to_string).unwrap_or_default();
    let name = command.get_name();
    let mut section = format!("\n## chokepoint {name}\n\n```text\n{usage}\n```\n\n{}\n", escaped(about.trim_end()));
    let mut headings: Vec<&str> = Vec::new();
    let shown = |arg: &&Arg| !arg.is_hide_set() && !["help", "version"].contains(&arg.get_id().as_str());
    for arg in command.get_arguments().filter(shown) {
        let heading = heading(arg);
        if !headings.contains(&heading) {
            headings.push(heading);
        }
    }
    // As in the help: arguments first, then options in general, then what has a heading of its own.
    headings.sort_by_key(|heading| (*heading != "Arguments", *heading != "Options"));
    for title in headings {
        section.push_str(&format!("\n**{title}**\n\n"));
        for arg in command.get_arguments().filter(shown).filter(|arg| heading(arg) == title) {
            section.push_str(&item(arg));
        }
    }
    section + &after(command, |title| format!("**{title}**"))
}

fn heading(arg: &Arg) -> &str {
    if arg.is_positional() { "Arguments" } else { arg.get_help_heading().unwrap_or("Options") }
}

/// An argument or option.
fn item(arg: &Arg) -> String {
    let long = arg.get_long().map(|long| format!("--{long}"));
    let short = arg.get_short().map(|short| format!("-{short}"));
    let mut names: Vec<String> = long.into_iter().chain(short).collect();
    let values = arg.get_value_names().filter(|_| arg.is_positional() || arg.get_action().takes_values());
    let values = values.map(|names| names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(" "));
    if let Some(value) = values {
        match names.first_mut() {
            Some(first) => *first = format!("{first} {value}"),
            None => names.push(value),
        }
    }
    let names = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let help = arg.get_long_help().or(arg.get_help()).map(ToString::to_string).unwrap_or_default();
    let mut paragraphs = help.trim_end().split("\n\n").map(|text| escaped(&text.replace('\n', " ")));
    let first = paragraphs.next().unwrap_or_default();
    let defaults: Vec<String> =
        arg.get_default_values().iter().map(|value| format!("`{}`", value.to_string_lossy())).collect();
    let default = match arg.get_action().takes_values() && !defaults.is_empty() {
        true => format!(" (default: {})", defaults.join(", ")),
        false => String::new(),
    };
    let rest: String = paragraphs.map(|text| format!("\n  {text}\n")).collect();
    format!("- {names}: {first}{default}\n{rest}")
}

/// What stands below the options in the help: examples, exit status, environment.
fn after(command: &Command, heading: impl Fn(&str) -> String) -> String {
    let Some(text) = command.get_after_long_help() else { return String::new() };
    let mut page = String::new();
    for part in text.to_string().split("\n\n") {
        match part.split_once(":\n") {
            Some(("EXAMPLES", _)) => page.push_str(&format!("\n{}\n", heading("Examples"))),
            Some((title, rest)) if title.chars().all(|c| c.is_uppercase() || c == ' ') => {
                let title = format!("{}{}", &title[..1], title[1..].to_lowercase());
                let lines = rest.lines().map(|line| line.strip_prefix("  ").unwrap_or(line));
                let lines = lines.collect::<Vec<_>>().join("\n");
                page.push_str(&format!("\n{}\n\n```text\n{}\n```\n", heading(&title), lines.trim_end()));
                continue;
            }
            _ => {}
        }
        // A starter is not written over what is there.
        if part.contains("chokepoint init my-rules.toml") {
            page.push_str("\n<!-- gone: my-rules.toml -->\n");
        }
        page.push_str(&example(part));
    }
    page
}

/// A remark and the commands below it, which are set in further.
fn example(part: &str) -> String {
    let (mut remark, mut commands) = (Vec::new(), Vec::new());
    for line in part.lines().filter(|line| *line != "EXAMPLES:") {
        match line.strip_prefix("      ") {
            Some(command) => commands.push(command.trim_end()),
            None => remark.push(line.trim()),
        }
    }
    format!("\n{}\n\n```sh\n{}\n```\n", escaped(&remark.join(" ")), commands.join("\n"))
}
