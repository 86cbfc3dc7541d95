//! `chokepoint compare`: the shipped comparison, one from a file, or several scenarios side by side.

use std::io::Write;

use super::args::CompareArgs;
use super::crew::Crew;
use super::error::CliError;
use super::simulate::{self, Job};
use crate::scenario::{ComparisonFile, Kind, Scenario, Source, kind_of, load_comparison};

/// What is compared where nothing is named.
const SHIPPED: &str = "shipped:shipped";

/// A longer name of a folder is cut.
const LONGEST_NAME: usize = 80;

pub(super) fn run(args: &CompareArgs, out: &mut dyn Write, crew: &mut Crew) -> Result<(), CliError> {
    let job = match args.files.as_slice() {
        [] => from_file(load_comparison(SHIPPED)?, args, true)?,
        [file] => match kind_of(file)? {
            Kind::Comparison => from_file(load_comparison(file)?, args, false)?,
            Kind::Scenario => {
                let help = format!("name a second one, or run it alone by `chokepoint run {file}`");
                return Err(CliError::usage(format!("`{file}` is one scenario, and a comparison needs two"), help));
            }
            kind @ (Kind::Bibliography | Kind::Observations) => return Err(not_comparable(file, kind)),
        },
        files => from_scenarios(files, args)?,
    };
    job.run(&args.write, out, crew)
}

fn not_comparable(file: &str, kind: Kind) -> CliError {
    let help = "name one comparison, or two or more scenarios";
    CliError::usage(format!("`{file}` is {}, and can't be compared with anything", kind.with_article()), help)
}

fn from_file(file: ComparisonFile, args: &CompareArgs, own: bool) -> Result<Job, CliError> {
    let loaded = simulate::load(&file.scenarios, &args.write)?;
    let reference = args.reference.clone().unwrap_or(file.reference);
    Ok(Job { loaded, name: file.id, title: file.title, reference: Some(reference), own })
}

fn from_scenarios(files: &[String], args: &CompareArgs) -> Result<Job, CliError> {
    let mut sources = Vec::with_capacity(files.len());
    for file in files {
        match kind_of(file)? {
            Kind::Scenario => sources.push(Source::named(file)?),
            kind => return Err(not_comparable(file, kind)),
        }
    }
    let loaded = simulate::load(&sources, &args.write)?;
    let reference = args.reference.clone().or_else(|| loaded.scenarios.first().map(|s| s.id.clone()));
    let (name, title) = (name(&loaded.scenarios), title(&loaded.scenarios, reference.as_deref().unwrap_or_default()));
    Ok(Job { loaded, name, title, reference, own: false })
}

/// The ids of the scenarios; of many, the first and how many more. Ids are lower-case letters, digits and hyphens.
fn name(scenarios: &[Scenario]) -> String {
    let ids: Vec<&str> = scenarios.iter().map(|s| s.id.as_str()).collect();
    let whole = ids.join("-vs-");
    match ids.as_slice() {
        [first, others @ ..] if whole.len() > LONGEST_NAME => {
            let first: String = first.chars().take(LONGEST_NAME).collect();
            format!("{first}-vs-{}-others", others.len())
        }
        _ => whole,
    }
}

fn title(scenarios: &[Scenario], reference: &str) -> String {
    let others: Vec<&str> = scenarios.iter().map(|s| s.id.as_str()).filter(|id| *id != reference).collect();
    format!("{} against {reference}", others.join(", "))
}
