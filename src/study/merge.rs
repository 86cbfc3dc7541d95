//! Joins the shards of an experiment into the result that one run would have given, byte for byte.

use std::path::{Path, PathBuf};

use super::error::StudyError;
use super::events::Observer;
use super::inputs::Loaded;
use super::output::{Destination, Output, pool};
use super::results::Written;
use super::simulate::{End, Study};
use super::work::Work;
use crate::experiment::Plan;
use crate::experiment::checkpoint::CheckpointError;
use crate::experiment::chunks::Chunks;
use crate::experiment::header::Header;
use crate::model::effect;
use crate::report::shard;
use crate::scenario::{Changes, Library, Scenario, Source, load_layered};

/// What is joined.
#[derive(Debug, Clone)]
pub struct MergeSpec {
    /// The folders of all shards of one experiment.
    pub shards: Vec<PathBuf>,
    /// Threads; the result does not depend on them.
    pub threads: usize,
}

/// Joins shards and writes the result.
///
/// # Errors
/// A shard that is missing, doubled, damaged or of another experiment; a result that can't be written; the observer stopped it.
pub fn merge(spec: &MergeSpec, output: &Output, observer: &dyn Observer) -> Result<Written, StudyError> {
    let shards = read_headers(&spec.shards)?;
    let header = whole(&shards)?;
    let destination = Destination::new(output, &header.name, &header.name, false);
    let study = study(&shards, &header, spec.threads)?;
    let mut plan = Plan::designed(&study.loaded.scenarios, header.seed, &study.request)?;
    plan.reference = study.reference_in(&plan)?;
    let target = destination.target()?;
    let _listens = observer.stop();
    let pool = pool(spec.threads)?;
    let work = Work::begin(&plan, header, Chunks::of(plan.trials), &destination.folder, false, observer)?;
    let written = joined(&work, &shards).and_then(|()| {
        let warnings = effect::sentences(&study.loaded.scenarios)?;
        let end = End { study: &study, plan: &plan, destination: &destination, observer, warnings, stopped: None };
        pool.install(|| end.write_result(&work, &target))
    });
    // Joining is quick and starts afresh: work in progress is of no use, whatever came of it.
    work.close(written.is_ok(), observer);
    written
}

/// The study that the shards are parts of.
fn study(shards: &[(PathBuf, Header)], header: &Header, threads: usize) -> Result<Study, StudyError> {
    let loaded = Loaded { scenarios: scenarios(shards, header)?, overrides: Vec::new() };
    let Some(request) = header.design.request() else {
        return Err(StudyError::invalid(
            "the shards use a design that this version does not know",
            "merge them with the version that ran them",
        ));
    };
    Ok(Study {
        loaded,
        name: header.name.clone(),
        title: header.title.clone(),
        reference: Some(header.reference.clone()),
        own: false,
        request,
        until: None,
        seed: header.seed,
        threads,
    })
}

/// Joins all shards, which must hold every trial.
fn joined(work: &Work<'_>, shards: &[(PathBuf, Header)]) -> Result<(), StudyError> {
    work.join(shards)?;
    if work.is_whole() {
        return Ok(());
    }
    let message = "the shards do not hold every trial of the experiment";
    Err(StudyError::invalid(message, "run the shards again: one of them was not finished"))
}

/// The header of the shard in each folder.
fn read_headers(folders: &[PathBuf]) -> Result<Vec<(PathBuf, Header)>, StudyError> {
    let read = |folder: &PathBuf| match shard::header(folder) {
        Ok(header) => Ok((folder.clone(), header)),
        Err(CheckpointError::Io { why, .. }) if why.kind() == std::io::ErrorKind::NotFound => {
            let help = "name the folders that `--shard` wrote, such as output/shipped-shard-1-of-8";
            Err(StudyError::invalid(format!("`{}` holds no shard of chokepoint", folder.display()), help))
        }
        Err(error) => Err(error.into()),
    };
    folders.iter().map(read).collect()
}

/// The header of the whole experiment, of which the shards are all the parts, each once.
fn whole(shards: &[(PathBuf, Header)]) -> Result<Header, StudyError> {
    let Some((first, header)) = shards.first() else {
        return Err(StudyError::invalid("no shard to merge", "name the folders that `--shard` wrote"));
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
            return Err(StudyError::invalid(message, "name each shard once"));
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
        return Err(StudyError::invalid(message, "name the folders of all shards; run the missing ones with --shard"));
    }
    Ok(whole)
}

fn foreign(folder: &Path, first: &Path, difference: &str) -> StudyError {
    let message =
        format!("`{}` belongs to another experiment than `{}`: {difference}", folder.display(), first.display());
    StudyError::invalid(message, "merge the shards of one experiment: the same command but for --shard")
}

/// The scenarios of the experiment, as the first shard carries them.
fn scenarios(shards: &[(PathBuf, Header)], header: &Header) -> Result<Vec<Scenario>, StudyError> {
    let Some((folder, _)) = shards.first() else { return Ok(Vec::new()) };
    let (library, mut scenarios) = (Library::default(), Vec::new());
    for (id, hash) in &header.scenarios {
        let Some(hash) = hash else { continue };
        let path = folder.join(shard::SCENARIOS).join(format!("{id}.toml"));
        let scenario = load_layered(&library, &Source::Disk(path.clone()), Changes::default())?;
        if scenario.hash != *hash {
            let message = format!("`{}` is not the scenario that the shard was run with", path.display());
            return Err(StudyError::invalid(message, "it was changed since: run the shard again"));
        }
        scenarios.push(scenario);
    }
    Ok(scenarios)
}
