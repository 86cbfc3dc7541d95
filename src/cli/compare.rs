//! `chokepoint compare`: the shipped comparison, one from a file, or several scenarios side by side.

use std::io::Write;

use super::args::CompareArgs;
use super::crew::Crew;
use super::error::CliError;
use super::levers;
use super::shell::word;
use super::simulate::Job;
use crate::scenario::{ComparisonFile, Kind, Source, kind_of, load_comparison};

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
                let help = format!("name a second one, or run it alone with `chokepoint run {}`", word(file));
                return Err(CliError::usage(
                    format!("`{file}` is one scenario, but a comparison needs at least two"),
                    help,
                ));
            }
            kind @ (Kind::Bibliography | Kind::Observations) => return Err(not_comparable(file, kind)),
        },
        files => from_scenarios(files, args)?,
    };
    job.run(&args.write, &args.simulate, out, crew)
}

fn not_comparable(file: &str, kind: Kind) -> CliError {
    let help = "name one comparison, or two or more scenarios";
    CliError::usage(format!("`{file}` is {}, and can't be compared with anything", kind.with_article()), help)
}

fn from_file(file: ComparisonFile, args: &CompareArgs, own: bool) -> Result<Job, CliError> {
    let designed = levers::load(&file.scenarios, &args.write, &args.design)?;
    let reference = designed.standing_for(args.reference.as_ref().unwrap_or(&file.reference));
    let (loaded, request) = (designed.loaded, designed.request);
    Ok(Job { loaded, name: file.id, title: file.title, reference: Some(reference), own, request })
}

fn from_scenarios(files: &[String], args: &CompareArgs) -> Result<Job, CliError> {
    let mut sources = Vec::with_capacity(files.len());
    for file in files {
        match kind_of(file)? {
            Kind::Scenario => sources.push(Source::named(file)?),
            kind => return Err(not_comparable(file, kind)),
        }
    }
    let designed = levers::load(&sources, &args.write, &args.design)?;
    let asked: Vec<&str> = designed.ids().collect();
    let reference = args.reference.as_deref().or(asked.first().copied()).unwrap_or_default();
    let (name, title) = (name(&asked), title(&asked, reference));
    let reference = Some(designed.standing_for(reference));
    let (loaded, request) = (designed.loaded, designed.request);
    Ok(Job { loaded, name, title, reference, own: false, request })
}

/// The ids of the scenarios; of many, the first and how many more. Ids are lower-case letters, digits and hyphens.
fn name(ids: &[&str]) -> String {
    let whole = ids.join("-vs-");
    match ids {
        [first, others @ ..] if whole.len() > LONGEST_NAME => {
            let first: String = first.chars().take(LONGEST_NAME).collect();
            format!("{first}-vs-{}-others", others.len())
        }
        _ => whole,
    }
}

fn title(ids: &[&str], reference: &str) -> String {
    let others: Vec<&str> = ids.iter().copied().filter(|id| *id != reference).collect();
    format!("{} against {reference}", others.join(", "))
}
