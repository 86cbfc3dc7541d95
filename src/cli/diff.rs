//! `chokepoint diff`: what differs between two scenarios in law, world and parameters, in words.

use std::io::Write;

use super::error::CliError;
use super::format::{self, Format};
use super::options::DiffArgs;
use crate::scenario::diff::{self, Difference, Fact, Item};
use crate::scenario::{Kind, Source, kind_of};

pub(super) fn run(args: &DiffArgs, out: &mut dyn Write) -> Result<(), CliError> {
    let found = diff::diff(&scenario(&args.from)?, &scenario(&args.to)?)?;
    match args.format {
        Format::Json => format::json(&found, out),
        Format::Text => out.write_all(text(&found).as_bytes()).map_err(CliError::Output),
    }
}

/// A source that must be a scenario.
pub(super) fn scenario(typed: &str) -> Result<Source, CliError> {
    let kind = kind_of(typed)?;
    if kind != Kind::Scenario {
        let help = "name a scenario; `chokepoint list` shows those that are shipped";
        return Err(CliError::usage(format!("`{typed}` is {}, not a scenario", kind.with_article()), help));
    }
    Ok(Source::named(typed)?)
}

fn text(found: &Difference) -> String {
    let (from, to) = (&found.from, &found.to);
    let mut text = format!("From {} ({})\nto   {} ({})\n", from.id, from.title, to.id, to.title);
    if found.same {
        text.push_str("\nNo difference in law, world or parameters: a run of either gives the same numbers.\n");
        return text;
    }
    for (heading, items) in [("Law", &found.law), ("World", &found.world), ("Parameters", &found.parameters)] {
        text.push_str(&format!("\n{heading}\n"));
        if items.is_empty() {
            text.push_str("  no difference\n");
        }
        items.iter().for_each(|item| text.push_str(&told(item)));
    }
    text
}

fn told(item: &Item) -> String {
    let what = if item.what.is_empty() { String::new() } else { format!(", {}", item.what) };
    let citation = item.citation.as_ref().map(|citation| format!(" [{citation}]")).unwrap_or_default();
    let mut text = format!("  {}: {}{what}{citation}\n", item.change.word(), item.path);
    // The heading says these already.
    let said = |fact: &&Fact| {
        fact.from.is_some() == fact.to.is_some() || !["title", "citation"].contains(&fact.about.as_str())
    };
    for Fact { about, from, to } in item.facts.iter().filter(said) {
        text.push_str(&match (from, to) {
            (Some(from), Some(to)) => format!("    {about}: {from} -> {to}\n"),
            (Some(only), None) if item.facts.iter().any(|fact| fact.to.is_some()) => {
                format!("    {about}: {only} -> none\n")
            }
            (None, Some(only)) if item.facts.iter().any(|fact| fact.from.is_some()) => {
                format!("    {about}: none -> {only}\n")
            }
            (Some(only), None) | (None, Some(only)) => format!("    {about}: {only}\n"),
            (None, None) => String::new(),
        });
    }
    text
}
