//! `chokepoint sources`: the bibliography of a scenario as it is used, and what rests on assumption.

use std::io::Write;

use serde_json::json;

use super::diff::scenario;
use super::error::CliError;
use super::format::{self, Format};
use super::options::SourcesArgs;
use crate::scenario::load_source;
use crate::scenario::sources::{Assumed, AssumedTable, Basis, Cited};

pub(super) fn run(args: &SourcesArgs, out: &mut dyn Write) -> Result<(), CliError> {
    let basis = Basis::of(&load_source(&scenario(&args.file)?, &[])?);
    let text = match (args.format, args.assumptions) {
        (Format::Json, false) => return format::json(&basis, out),
        (Format::Json, true) => {
            let Basis { id, title, parameters, assumed, assumptions, other_assumptions, .. } = &basis;
            let told = json!({
                "id": id, "title": title, "parameters": parameters, "assumed": assumed, "assumptions": assumptions,
                "other_assumptions": other_assumptions,
            });
            return format::json(&told, out);
        }
        (Format::Text, true) => {
            let parameters: String = basis.assumptions.iter().map(reasons).collect();
            format!("{}{parameters}{}", head(&basis), others(&basis.other_assumptions))
        }
        (Format::Text, false) => whole(&basis),
    };
    out.write_all(text.as_bytes()).map_err(CliError::Output)
}

fn head(basis: &Basis) -> String {
    let sourced = basis.parameters - basis.assumed;
    format!(
        "{} ({}): {} parameters, of which {sourced} rest on a source and {} on an assumption\n",
        basis.id, basis.title, basis.parameters, basis.assumed
    )
}

fn whole(basis: &Basis) -> String {
    let mut text = head(basis);
    text.push_str("\nSources, by how much rests on them\n");
    basis.sources.iter().for_each(|cited| text.push_str(&source(cited)));
    text.push_str("\nAssumptions by kind (--assumptions lists each with its reason)\n");
    for kind in &basis.assumptions {
        text.push_str(&format!("  {}: {} of {} parameters\n", kind.kind, kind.assumed, kind.parameters));
    }
    if !basis.other_assumptions.is_empty() {
        text.push_str(&format!("  provisions and other tables: {}\n", basis.other_assumptions.len()));
    }
    if !basis.unused.is_empty() {
        text.push_str(&format!("\nIn the bibliography, and not used here: {}\n", basis.unused.join(", ")));
    }
    text
}

fn source(cited: &Cited) -> String {
    let count = |n: usize, one: &str, many: &str| match n {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {many}")),
    };
    let uses = [
        count(cited.parameters.len(), "parameter", "parameters"),
        count(cited.others.len(), "provision or other table", "provisions or other tables"),
        count(cited.named_in.len(), "text that names it", "texts that name it"),
    ];
    let uses: Vec<String> = uses.into_iter().flatten().collect();
    let url = cited.url.as_ref().map(|url| format!("    {url}\n")).unwrap_or_default();
    let known = cited.known_from.as_ref().map(|known| format!(" (known from {known})")).unwrap_or_default();
    format!("  {}: {}\n    {}{known}\n{url}", cited.key, uses.join(", "), cited.citation)
}

/// Provisions and other tables that rest on assumption.
fn others(tables: &[AssumedTable]) -> String {
    if tables.is_empty() {
        return String::new();
    }
    let mut text = format!("\nprovisions and other tables: {}\n", tables.len());
    for AssumedTable { path, reason } in tables {
        text.push_str(&format!("  {}\n    {path}\n", reason.replace('\n', " ")));
    }
    text
}

fn reasons(kind: &Assumed) -> String {
    let mut text = format!("\n{}: {} of {} parameters\n", kind.kind, kind.assumed, kind.parameters);
    for reason in &kind.reasons {
        text.push_str(&format!("  {}\n", reason.reason.replace('\n', " ")));
        reason.parameters.iter().for_each(|path| text.push_str(&format!("    {path}\n")));
    }
    text
}
