//! `manifest.json`: all that is needed to run a result again and to check that its files are as they were written. Times,
//! paths, thread counts and the machine stand here alone: every other file depends on scenarios, seed and trials only.

mod font;
mod read;

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

pub use font::Font;
pub use read::{ManifestError, Recorded, RecordedFile, RecordedScenario};
use serde::{Deserialize, Serialize};

use super::figures::FontFile;
use super::folder::files_below;
use super::page::{Page, hash_of};
use super::stopping::StoppingReport;
use super::{build, design};
use crate::analysis::results::Comparison;
use crate::experiment::header::{Header, Shard};
use crate::experiment::{Design, Plan};
use crate::scenario::Scenario;
use crate::units::Date;

/// The manifest's name in its folder.
pub const NAME: &str = "manifest.json";

/// By this, a folder is known as ours.
const TOOL: &str = "chokepoint";

/// A larger manifest was not written by us.
const MAX_BYTES: u64 = 500_000_000;

/// What a run knows of itself and its machine, beside what it computed.
#[derive(Debug, Clone)]
pub struct Run {
    /// The command line as typed.
    pub command: Vec<String>,
    /// `--set` and `--horizon`, as path and value.
    pub overrides: Vec<(String, String)>,
    /// Threads.
    pub threads: usize,
    /// The date of the result.
    pub date: Date,
    /// The font that the figures took characters from which their own lacks.
    pub font: Option<Font>,
    /// When it started and finished (UTC); `None` where the date was given, so that the manifest can be made again too.
    pub times: Option<(String, String)>,
}

#[derive(Serialize)]
struct Manifest<'a> {
    tool: &'static str,
    version: &'static str,
    commit: Option<&'static str>,
    dirty: Option<bool>,
    command: &'a [String],
    result: Kind,
    comparison: &'a str,
    title: &'a str,
    reference: &'a str,
    seed: u64,
    trials: u32,
    design: design::Entry,
    tick: &'static str,
    horizon: Horizon,
    overrides: Vec<Override<'a>>,
    scenarios: Vec<ScenarioEntry<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    observations: Option<&'a Input>,
    /// What was asked of a calibration.
    #[serde(skip_serializing_if = "Option::is_none")]
    calibration: Option<&'a Calibration>,
    /// What was asked of a trace.
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<&'a TraceRequest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    font: Option<&'a Font>,
    /// Hash of all that the result follows from, where it can be gone on with or joined from shards.
    #[serde(skip_serializing_if = "Option::is_none")]
    fingerprint: Option<&'a str>,
    /// Which part this is, if not the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    shard: Option<Shard>,
    /// How an ensemble that grew was stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<&'a super::stopping::Entry>,
    target: &'static str,
    threads: usize,
    date: String,
    started: Option<&'a str>,
    finished: Option<&'a str>,
    files: Vec<FileEntry>,
}

#[derive(Serialize)]
struct Horizon {
    start: String,
    end: String,
}

#[derive(Serialize)]
struct Override<'a> {
    path: &'a str,
    value: &'a str,
}

#[derive(Serialize)]
struct ScenarioEntry<'a> {
    id: &'a str,
    title: &'a str,
    /// Added because shortfalls need a world without controls: the world of the others, with no provisions.
    implied: bool,
    files: Vec<&'a str>,
    hash: Option<&'a str>,
    world_hash: Option<&'a str>,
    resolved: Option<&'a serde_json::Value>,
}

#[derive(Serialize, Deserialize)]
struct FileEntry {
    path: String,
    bytes: u64,
    blake3: String,
}

/// The manifest of a result, as a further page of it. `pages` are all others.
///
/// # Errors
/// Something that JSON can't hold.
pub fn page(
    run: &Run,
    scenarios: &[Scenario],
    plan: &Plan,
    comparison: &Comparison,
    fingerprint: &str,
    stopped: Option<StoppingReport<'_>>,
    pages: &[Page],
) -> serde_json::Result<Page> {
    let about = About {
        kind: Kind::Comparison,
        name: &comparison.name,
        title: &comparison.title,
        reference: comparison.scenarios.get(comparison.reference).map(|s| s.id.as_str()).unwrap_or_default(),
        seed: comparison.seed,
        trials: comparison.trials,
        design: &plan.design,
        tick: comparison.tick,
        start: comparison.dates.first().copied().unwrap_or(comparison.end),
        end: comparison.end,
        observations: None,
        calibration: None,
        trace: None,
        fingerprint: Some(fingerprint),
        shard: None,
        stopped: stopped.map(|stopped| stopped.entry()),
    };
    let planned: Vec<(&str, &str)> = plan.scenarios.iter().map(|p| (p.id.as_str(), p.title.as_str())).collect();
    page_about(run, scenarios, &planned, &about, pages)
}

/// The manifest of a shard of an experiment.
///
/// # Errors
/// Something that JSON can't hold.
pub fn shard_page(
    run: &Run,
    scenarios: &[Scenario],
    plan: &Plan,
    header: &Header,
    pages: &[Page],
) -> serde_json::Result<Page> {
    let calendar = &plan.world.calendar;
    let fingerprint = header.fingerprint();
    let about = About {
        kind: Kind::Comparison,
        name: &header.name,
        title: &header.title,
        reference: &header.reference,
        seed: header.seed,
        trials: header.trials,
        design: &plan.design,
        tick: calendar.tick.name(),
        start: calendar.date(0),
        end: calendar.end(),
        observations: None,
        calibration: None,
        trace: None,
        fingerprint: Some(&fingerprint),
        shard: header.shard,
        stopped: None,
    };
    let planned: Vec<(&str, &str)> = plan.scenarios.iter().map(|p| (p.id.as_str(), p.title.as_str())).collect();
    page_about(run, scenarios, &planned, &about, pages)
}

/// What a result is about, for its manifest.
#[derive(Debug, Clone)]
pub struct About<'a> {
    /// What kind of result it is.
    pub kind: Kind,
    /// Name of the result.
    pub name: &'a str,
    /// One line.
    pub title: &'a str,
    /// Id of the scenario that others are compared with.
    pub reference: &'a str,
    /// Master seed.
    pub seed: u64,
    /// Trials a scenario.
    pub trials: u32,
    /// How they were laid over what is not known.
    pub design: &'a Design,
    /// Length of a tick in a word.
    pub tick: &'static str,
    /// First simulated day.
    pub start: Date,
    /// Last simulated day.
    pub end: Date,
    /// Observations that the run was held against.
    pub observations: Option<Input>,
    /// What was asked, if it is a calibration.
    pub calibration: Option<Calibration>,
    /// What was asked, if it is a trace.
    pub trace: Option<TraceRequest>,
    /// Hash of all that the result follows from.
    pub fingerprint: Option<&'a str>,
    /// Which part this is, if not the whole.
    pub shard: Option<Shard>,
    /// How an ensemble that grew was stopped.
    pub stopped: Option<super::stopping::Entry>,
}

/// What kind of result a manifest is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Of `run`, `compare` or `merge`.
    Comparison,
    /// Of `backtest`.
    Backtest,
    /// Of `calibrate`.
    Calibration,
    /// Of `trace`.
    Trace,
}

/// What was asked of a calibration, beside its scenario and observations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Last day of observations that are used, as YYYY-MM-DD.
    pub until: String,
    /// Trials that are kept for each parameter.
    pub keep: usize,
    /// Standard deviation of the relative error between the model and the world.
    pub tolerance: f64,
    /// How `posterior.toml` names the scenario that it extends.
    pub extends: String,
}

/// What was asked of a trace, beside its scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TraceRequest {
    /// Number of the trial; medians over all if not given.
    pub trial: Option<u32>,
    /// Id of the class that is told of, if not all.
    pub class: Option<String>,
    /// First day that is told of, as YYYY-MM-DD, if not that of the simulation.
    pub from: Option<String>,
    /// The same of the last day.
    pub to: Option<String>,
}

/// A file that a result rests on beside its scenarios, with its text, so that the run can be repeated without it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Input {
    file: String,
    blake3: String,
    text: String,
}

impl Input {
    /// A file by its name and text.
    pub fn of(name: &str, text: &str) -> Input {
        let blake3 = blake3::hash(text.as_bytes()).to_hex().to_string();
        Input { file: name.to_owned(), blake3, text: text.to_owned() }
    }

    /// Its name and text; `None` if the text is not the one that its hash is of.
    pub fn sound(&self) -> Option<(&str, &str)> {
        let hash = blake3::hash(self.text.as_bytes()).to_hex();
        (hash.as_str() == self.blake3).then_some((self.file.as_str(), self.text.as_str()))
    }
}

/// As [`page`], of any result; `planned` are ids and titles of what was run.
///
/// # Errors
/// Something that JSON can't hold.
pub fn page_about(
    run: &Run,
    scenarios: &[Scenario],
    planned: &[(&str, &str)],
    about: &About<'_>,
    pages: &[Page],
) -> serde_json::Result<Page> {
    let manifest = Manifest {
        tool: TOOL,
        version: build::VERSION,
        commit: build::COMMIT,
        dirty: build::dirty(),
        command: &run.command,
        result: about.kind,
        comparison: about.name,
        title: about.title,
        reference: about.reference,
        seed: about.seed,
        trials: about.trials,
        design: design::Entry::of(about.design, about.trials),
        tick: about.tick,
        horizon: Horizon { start: about.start.to_string(), end: about.end.to_string() },
        overrides: run.overrides.iter().map(|(path, value)| Override { path, value }).collect(),
        scenarios: planned.iter().map(|(id, title)| entry(id, title, scenarios)).collect(),
        observations: about.observations.as_ref(),
        calibration: about.calibration.as_ref(),
        trace: about.trace.as_ref(),
        font: run.font.as_ref(),
        fingerprint: about.fingerprint,
        shard: about.shard,
        until: about.stopped.as_ref(),
        target: build::TARGET,
        threads: run.threads,
        date: run.date.to_string(),
        started: run.times.as_ref().map(|(started, _)| started.as_str()),
        finished: run.times.as_ref().map(|(_, finished)| finished.as_str()),
        files: pages.iter().map(FileEntry::of).collect(),
    };
    let mut bytes = serde_json::to_vec_pretty(&manifest)?;
    bytes.push(b'\n');
    Ok(Page::new(NAME, bytes))
}

fn entry<'a>(id: &'a str, title: &'a str, scenarios: &'a [Scenario]) -> ScenarioEntry<'a> {
    let loaded = scenarios.iter().find(|s| s.id == id);
    ScenarioEntry {
        id,
        title,
        implied: loaded.is_none(),
        files: loaded.into_iter().flat_map(|s| &s.files).map(|f| f.name.as_str()).collect(),
        hash: loaded.map(|s| s.hash.as_str()),
        world_hash: loaded.map(|s| s.world_hash.as_str()),
        resolved: loaded.map(|s| &s.resolved),
    }
}

impl FileEntry {
    fn of(page: &Page) -> FileEntry {
        FileEntry { path: page.path.clone(), bytes: page.size, blake3: page.hash.clone() }
    }
}

/// Whether a finished result stands in a folder, just as it was written, that follows from the same things; `figures` says
/// whether it should have figures, `font` what font was given for them.
pub fn is_finished(folder: &Path, fingerprint: &str, figures: bool, font: Option<&FontFile>) -> bool {
    Earlier::read(folder).is_some_and(|earlier| {
        let same_font = match (&earlier.font, font) {
            (Some(earlier), Some(given)) => earlier.is(given),
            (earlier, given) => earlier.is_none() && given.is_none(),
        };
        let drawn = earlier.files.iter().any(|file| file.path.starts_with("figures/"));
        let there = || earlier.files.iter().all(|file| folder.join(&file.path).exists());
        let shard = earlier.shard.is_some();
        earlier.fingerprint.as_deref() == Some(fingerprint)
            && (drawn == figures && same_font || shard)
            && there()
            && earlier.touched(folder).is_none()
    })
}

/// An earlier result, as its manifest tells it.
pub(super) struct Earlier {
    /// The name of its comparison.
    pub(super) comparison: String,
    fingerprint: Option<String>,
    shard: Option<Shard>,
    font: Option<Font>,
    files: Vec<FileEntry>,
}

#[derive(Deserialize)]
struct Head {
    tool: String,
    comparison: String,
    fingerprint: Option<String>,
    shard: Option<Shard>,
    font: Option<Font>,
    files: Vec<FileEntry>,
}

impl Earlier {
    /// The result in a folder; `None` if it does not hold a manifest of ours.
    pub(super) fn read(folder: &Path) -> Option<Earlier> {
        let file = File::open(folder.join(NAME)).ok()?;
        if !file.metadata().ok()?.is_file() {
            return None;
        }
        let head: Head = serde_json::from_reader(BufReader::new(file.take(MAX_BYTES))).ok()?;
        let Head { tool, comparison, fingerprint, shard, font, files } = head;
        (tool == TOOL).then_some(Earlier { comparison, fingerprint, shard, font, files })
    }

    /// The first file in the folder that is not as it was written; `None` if all are. A file that is gone is no loss.
    pub(super) fn touched(&self, folder: &Path) -> Option<PathBuf> {
        // A folder that can't be listed is not as we wrote it.
        let Ok(found) = files_below(folder) else { return Some(PathBuf::from(".")) };
        found.into_iter().find(|path| !self.wrote(folder, path))
    }

    fn wrote(&self, folder: &Path, path: &Path) -> bool {
        let Some(entry) = self.files.iter().find(|entry| Path::new(&entry.path) == path) else { return false };
        // The size first: a large stranger is not read.
        let full = folder.join(path);
        let same_size = full.symlink_metadata().is_ok_and(|about| about.is_file() && about.len() == entry.bytes);
        same_size && hash_of(&full).is_ok_and(|(_, hash)| hash == entry.blake3)
    }
}
