//! `chokepoint merge`: joins the shards of an experiment into the result that one run would have given, byte for byte.

use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::args::MergeArgs;
use super::error::CliError;
use super::interrupt::Interrupt;
use super::load::Loaded;
use super::settings::Settings;
use super::simulate::{End, Job};
use super::work::Work;
use crate::experiment::Plan;
use crate::experiment::checkpoint::CheckpointError;
use crate::experiment::chunks::Chunks;
use crate::experiment::header::Header;
use crate::model::effect;
use crate::report::folder::Target;
use crate::report::shard;
use crate::scenario::{Scenario, load};

pub(super) fn run(args: &MergeArgs, out: &mut dyn Write) -> Result<(), CliError> {
    let started = Timestamp::now();
    let shards = read_headers(&args.shards)?;
    let header = whole(&shards)?;
    let settings = Settings::of_merge(args, &header)?;
    let loaded = Loaded { scenarios: scenarios(&shards, &header)?, overrides: Vec::new() };
    let Some(request) = header.design.request() else {
        return Err(CliError::usage(
            "the shards use a design that this version does not know",
            "merge them with the version that ran them",
        ));
    };
    let mut plan = Plan::designed(&loaded.scenarios, header.seed, &request)?;
    let (name, title) = (header.name.clone(), header.title.clone());
    let job = Job { loaded, name, title, reference: Some(header.reference.clone()), own: false, request };
    plan.reference = job.reference_in(&plan)?;
    let target = Target::new(&settings.folder, settings.replace.clone())?;
    let interrupt = Interrupt::listen();
    let pool = settings.pool()?;
    let work = Work::begin(&plan, header, Chunks::of(plan.trials), &settings, false)?;
    let said = joined(&work, &shards).and_then(|()| {
        let warnings = effect::sentences(&job.loaded.scenarios)?;
        let end = End {
            job: &job,
            plan: &plan,
            settings: &settings,
            interrupt: &interrupt,
            started,
            warnings,
            stopped: None,
        };
        pool.install(|| end.write_result(&work, &target))
    });
    // Joining is quick and starts afresh: work in progress is of no use, whatever came of it.
    work.close(said.is_ok());
    said?.tell(&settings, out)
}

/// Joins all shards, which must hold every trial.
fn joined(work: &Work<'_>, shards: &[(PathBuf, Header)]) -> Result<(), CliError> {
    work.join(shards)?;
    if work.is_whole() {
        return Ok(());
    }
    let message = "the shards do not hold every trial of the experiment";
    Err(CliError::usage(message, "run the shards again: one of them was not finished"))
}

/// The header of the shard in each folder.
fn read_headers(folders: &[PathBuf]) -> Result<Vec<(PathBuf, Header)>, CliError> {
    let read = |folder: &PathBuf| match shard::header(folder) {
        Ok(header) => Ok((folder.clone(), header)),
        Err(CheckpointError::Io { why, .. }) if why.kind() == std::io::ErrorKind::NotFound => {
            let help = "name the folders that `--shard` wrote, such as output/shipped-shard-1-of-8";
            Err(CliError::usage(format!("`{}` holds no shard of chokepoint", folder.display()), help))
        }
        Err(error) => Err(error.into()),
    };
    folders.iter().map(read).collect()
}

/// The header of the whole experiment, of which the shards are all the parts, each once.
fn whole(shards: &[(PathBuf, Header)]) -> Result<Header, CliError> {
    let Some((first, header)) = shards.first() else {
        return Err(CliError::usage("no shard to merge", "name the folders that `--shard` wrote"));
    };
    let whole = Header { shard: None, ..header.clone() };
    for (folder, other) in shards {
        let other = Header { shard: None, ..other.clone() };
        if let Some(difference) = whole.difference(&other) {
            return Err(foreign(folder, first, &difference));
        }
    }
    let of = header.shard.map_or(1, |shard| shard.of);
    let mut held: Vec<Option<&Path>> = vec![None; of as usize];
    for (folder, other) in shards {
        let Some(shard) = other.shard.filter(|shard| shard.of == of) else {
            let count = other.shard.map_or(1, |shard| shard.of);
            return Err(foreign(folder, first, &format!("it is one of {count} shards there, and of {of} here")));
        };
        let place = &mut held[(shard.number - 1) as usize];
        if let Some(earlier) = place {
            let message = format!("`{}` and `{}` are both shard {shard}", earlier.display(), folder.display());
            return Err(CliError::usage(message, "name each shard once"));
        }
        *place = Some(folder);
    }
    let missing: Vec<String> = held
        .iter()
        .zip(1..)
        .filter(|(folder, _)| folder.is_none())
        .map(|(_, n): (_, u32)| format!("{n}/{of}"))
        .collect();
    if !missing.is_empty() {
        let message = format!("not all shards are there: missing {}", missing.join(", "));
        return Err(CliError::usage(message, "name the folders of all shards; run the missing ones with --shard"));
    }
    Ok(whole)
}

fn foreign(folder: &Path, first: &Path, difference: &str) -> CliError {
    let message =
        format!("`{}` belongs to another experiment than `{}`: {difference}", folder.display(), first.display());
    CliError::usage(message, "merge the shards of one experiment: the same command but for --shard")
}

/// The scenarios of the experiment, as the first shard carries them.
fn scenarios(shards: &[(PathBuf, Header)], header: &Header) -> Result<Vec<Scenario>, CliError> {
    let Some((folder, _)) = shards.first() else { return Ok(Vec::new()) };
    let mut scenarios = Vec::new();
    for (id, hash) in &header.scenarios {
        let Some(hash) = hash else { continue };
        let path = folder.join(shard::SCENARIOS).join(format!("{id}.toml"));
        let scenario = load(&path.to_string_lossy(), &[])?;
        if scenario.hash != *hash {
            let message = format!("`{}` is not the scenario that the shard was run with", path.display());
            return Err(CliError::usage(message, "it was changed since: run the shard again"));
        }
        scenarios.push(scenario);
    }
    Ok(scenarios)
}
