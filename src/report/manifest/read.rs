//! A manifest read back: all that a result follows from, checked as far as it can be checked against itself, so that
//! `chokepoint reproduce` runs what was run and nothing else.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path};

use serde::Deserialize;
use serde_json::Value as Json;

use super::super::design;
use super::{Calibration, Font, Input, Kind, MAX_BYTES, NAME, TOOL, TraceRequest, build};
use crate::experiment::design::Request;
use crate::experiment::header::Shard;
use crate::experiment::stopping::{Goal, Stopping};

/// A result as its manifest records it.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Version of the program that wrote it.
    pub version: String,
    /// Target triple that this was built for.
    pub target: String,
    /// Commit that this was built from, and whether the source differed from it, where known.
    pub commit: Option<(String, bool)>,
    /// What kind of result it is.
    pub kind: Kind,
    /// Name of the comparison, back-test or calibration.
    pub name: String,
    /// One line.
    pub title: String,
    /// Id of the scenario that others are compared with.
    pub reference: String,
    /// Master seed.
    pub seed: u64,
    /// Trials a scenario.
    pub trials: u32,
    /// The date that it shows.
    pub date: String,
    /// What is asked of the design.
    pub request: Request,
    /// When there were enough trials, if their number was not given.
    pub stopping: Option<Stopping>,
    /// `--set` and `--horizon`, which the scenarios already hold.
    pub overrides: Vec<(String, String)>,
    /// The scenarios that were asked for.
    pub scenarios: Vec<RecordedScenario>,
    /// Name and text of the observations that it was held against.
    pub observations: Option<(String, String)>,
    /// What was asked of a calibration.
    pub calibration: Option<Calibration>,
    /// What was asked of a trace.
    pub trace: Option<TraceRequest>,
    /// The font that its figures need beside their own.
    pub font: Option<Font>,
    /// Every file but the manifest.
    pub files: Vec<RecordedFile>,
}

/// A scenario, resolved.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct RecordedScenario {
    /// Its id.
    pub id: String,
    /// Hash of it, resolved.
    pub hash: String,
    /// All of it.
    pub resolved: Json,
}

/// A file of a result.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RecordedFile {
    /// Path within the folder, with `/`; never out of it.
    pub path: String,
    /// Size.
    pub bytes: u64,
    /// Hash of the content.
    pub blake3: String,
}

/// Why a result can't be run again from its manifest.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// There is none.
    #[error("there is no {NAME} in it")]
    Missing,
    /// It can't be read.
    #[error("{NAME} can't be read: {0}")]
    Unreadable(#[from] io::Error),
    /// Something else wrote it.
    #[error("{NAME} was not written by {TOOL}")]
    Foreign,
    /// It is no longer as it was written.
    #[error("{NAME} is damaged: {0}")]
    Corrupt(String),
    /// Another version wrote it in another form.
    #[error("{NAME} was written by version {version}, and can't be read by version {}: {why}", build::VERSION)]
    Version {
        /// Which.
        version: String,
        /// What can't be read.
        why: String,
    },
    /// It is of a part of an experiment.
    #[error("it holds shard {0} of an experiment, not a result")]
    Shard(Shard),
}

impl ManifestError {
    /// What to do.
    pub fn help(&self) -> &'static str {
        match self {
            ManifestError::Missing | ManifestError::Foreign => {
                "name the folder of a result, such as output/shipped, with the manifest that was written into it"
            }
            ManifestError::Unreadable(_) => "see to it that the file may be read",
            ManifestError::Corrupt(_) => {
                "restore the file from where the result came from; nothing can be run from it as it is"
            }
            ManifestError::Version { .. } => "run it again by the version that wrote it",
            ManifestError::Shard(_) => "join all shards by `chokepoint merge`, and name the folder that this gives",
        }
    }
}

/// The parts of a manifest that a run follows from, as they are written.
#[derive(Deserialize)]
struct Raw {
    target: String,
    commit: Option<String>,
    dirty: Option<bool>,
    result: Kind,
    comparison: String,
    title: String,
    reference: String,
    seed: u64,
    trials: u32,
    date: String,
    design: design::Entry,
    overrides: Vec<RawOverride>,
    scenarios: Vec<RawScenario>,
    observations: Option<Input>,
    calibration: Option<Calibration>,
    trace: Option<TraceRequest>,
    font: Option<Font>,
    until: Option<RawUntil>,
    files: Vec<RecordedFile>,
}

#[derive(Deserialize)]
struct RawOverride {
    path: String,
    value: String,
}

#[derive(Deserialize)]
struct RawScenario {
    id: String,
    implied: bool,
    hash: Option<String>,
    resolved: Option<Json>,
}

#[derive(Deserialize)]
struct RawUntil {
    goals: Vec<RawGoal>,
    at_least: u32,
    at_most: u32,
}

#[derive(Deserialize)]
struct RawGoal {
    goal: String,
}

impl Recorded {
    /// The result in a folder.
    ///
    /// # Errors
    /// See [`ManifestError`].
    pub fn read(folder: &Path) -> Result<Recorded, ManifestError> {
        let file = match File::open(folder.join(NAME)) {
            Ok(file) => file,
            Err(why) if matches!(why.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Err(ManifestError::Missing);
            }
            Err(why) => return Err(why.into()),
        };
        let mut text = Vec::new();
        file.take(MAX_BYTES).read_to_end(&mut text)?;
        Recorded::parse(&text)
    }

    fn parse(text: &[u8]) -> Result<Recorded, ManifestError> {
        let all: Json = serde_json::from_slice(text).map_err(|why| ManifestError::Corrupt(why.to_string()))?;
        let word = |key| all.get(key).and_then(Json::as_str);
        if word("tool") != Some(TOOL) {
            return Err(ManifestError::Foreign);
        }
        let version =
            word("version").ok_or_else(|| ManifestError::Corrupt("it does not say which version wrote it".into()))?;
        let version = version.to_owned();
        if let Some(shard) = all.get("shard").filter(|shard| !shard.is_null()) {
            let shard = Shard::deserialize(shard).map_err(|why| ManifestError::Corrupt(why.to_string()))?;
            return Err(ManifestError::Shard(shard));
        }
        match Raw::deserialize(all) {
            Ok(raw) => raw.check(version).map_err(ManifestError::Corrupt),
            Err(why) if version == build::VERSION => Err(ManifestError::Corrupt(why.to_string())),
            Err(why) => Err(ManifestError::Version { version, why: why.to_string() }),
        }
    }

    /// Whether it has figures.
    pub fn figures(&self) -> bool {
        self.files.iter().any(|file| file.path.starts_with("figures/"))
    }
}

impl Raw {
    /// What it says, if that could have been written; else why not.
    fn check(self, version: String) -> Result<Recorded, String> {
        let stopping = self.until.map(RawUntil::stopping).transpose()?;
        let request = self.design.request(stopping.is_some()).ok_or("the design is none that is known")?;
        let mut scenarios = Vec::new();
        for scenario in self.scenarios.into_iter().filter(|scenario| !scenario.implied) {
            let (Some(hash), Some(resolved)) = (scenario.hash, scenario.resolved) else {
                return Err(format!("it does not hold the scenario `{}`", scenario.id));
            };
            scenarios.push(RecordedScenario { id: scenario.id, hash, resolved });
        }
        if scenarios.is_empty() {
            return Err("it holds no scenario".into());
        }
        let observations = match &self.observations {
            None if matches!(self.result, Kind::Backtest | Kind::Calibration) => {
                return Err("it does not hold the observations".into());
            }
            None => None,
            Some(input) => {
                let (name, text) = input.sound().ok_or("the observations were changed: their hash is another")?;
                Some((name.to_owned(), text.to_owned()))
            }
        };
        if self.calibration.is_none() && self.result == Kind::Calibration {
            return Err("it does not say what was asked of the calibration".into());
        }
        if self.trace.is_none() && self.result == Kind::Trace {
            return Err("it does not say what was asked of the trace".into());
        }
        let plain = |path: &str| Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        if let Some(file) = self.files.iter().find(|file| file.path.is_empty() || !plain(&file.path)) {
            return Err(format!("`{}` is not a file in its folder", file.path));
        }
        Ok(Recorded {
            version,
            target: self.target,
            commit: self.commit.map(|commit| (commit, self.dirty == Some(true))),
            kind: self.result,
            name: self.comparison,
            title: self.title,
            reference: self.reference,
            seed: self.seed,
            trials: self.trials,
            date: self.date,
            request,
            stopping,
            overrides: self.overrides.into_iter().map(|set| (set.path, set.value)).collect(),
            scenarios,
            observations,
            calibration: self.calibration,
            trace: self.trace,
            font: self.font,
            files: self.files,
        })
    }
}

impl RawUntil {
    fn stopping(self) -> Result<Stopping, String> {
        let goals = self.goals.iter().map(|raw| raw.goal.parse::<Goal>().map_err(|why| why.to_string()));
        Stopping::new(goals.collect::<Result<_, _>>()?, self.at_least, self.at_most).map_err(|why| why.to_string())
    }
}
