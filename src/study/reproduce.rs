//! Runs a result again from its manifest alone, and compares every file but the manifest, byte for byte. The run happens in a
//! temporary folder, unless the new result is wanted.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use super::backtest;
use super::calibrate::{self, Keep};
use super::error::StudyError;
use super::events::{Event, Observer};
use super::inputs::Loaded;
use super::launcher::Launcher;
use super::output::{Destination, Output};
use super::simulate::{Study, WriteMode};
use super::trace;
use crate::analysis::trace::Traced;
use crate::report::build;
use crate::report::figures::FontFile;
use crate::report::folder::FolderError;
use crate::report::manifest::{Font, Kind, ManifestError, Recorded, RecordedScenario};
use crate::report::same::{self, FileVerdict};
use crate::scenario::observed::ObservationFile;
use crate::scenario::{Changes, Library, Scenario, Source, load_layered, load_observations_source, whole};

/// What is run again.
#[derive(Debug, Clone)]
pub struct ReproduceSpec {
    /// The folder of the result, which holds its manifest.
    pub folder: PathBuf,
    /// Where the new result is kept, if it is wanted.
    pub out: Option<PathBuf>,
    /// The font that the figures were drawn with beside their own, as it was named, and read.
    pub font: Option<(String, Arc<FontFile>)>,
    /// Threads; the result does not depend on them.
    pub threads: usize,
    /// The command that the manifest of the new result shows.
    pub command: Vec<String>,
}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Reproduced {
    /// The folder that was looked at.
    pub folder: String,
    /// Name of the comparison.
    pub comparison: String,
    /// Whether every file is identical.
    pub identical: bool,
    /// The program that wrote the result.
    pub written_by: Build,
    /// This program.
    pub run_by: Build,
    /// Where the new result is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept_in: Option<String>,
    /// What must be known before the rest is read.
    pub warnings: Vec<String>,
    /// Files in the folder that the manifest does not list.
    pub not_of_the_result: Vec<String>,
    /// What is to be said of each file.
    pub files: Vec<FileVerdict>,
}

/// A build of the program.
#[derive(Debug, Serialize)]
pub struct Build {
    /// Version.
    pub version: String,
    /// Target triple.
    pub target: String,
    /// Commit, where it is known.
    pub commit: Option<String>,
}

/// Runs a result again and compares it.
///
/// # Errors
/// No sound manifest, a font that is needed and not given, a run that can't be written; the observer stopped it.
pub fn reproduce(spec: &ReproduceSpec, observer: &dyn Observer) -> Result<Reproduced, StudyError> {
    let recorded = Recorded::read(&spec.folder).map_err(|error| unsound(&spec.folder, &error))?;
    let mut warnings = warnings(&recorded);
    let font = font(spec, &recorded)?;
    if spec.font.is_some() && font.is_none() {
        warnings.push("--font has no effect: the figures were drawn with their own font alone".to_owned());
    }
    warnings.iter().for_each(|warning| observer.see(Event::Warning(warning)));
    // Held to the end: what is in it is compared.
    let temporary =
        tempfile::Builder::new().prefix("chokepoint-reproduce-").tempdir().map_err(StudyError::Temporary)?;
    let made = spec.out.clone().unwrap_or_else(|| temporary.path().join("result"));
    let output = Output {
        folder: Some(made.clone()),
        force: false,
        figures: recorded.figures(),
        font,
        date: None,
        command: spec.command.clone(),
    };
    let again = Again { spec, recorded: &recorded, files: temporary.path(), library: Library::default(), observer };
    again.run(&output).map_err(|error| match error {
        // What is left of a run in a temporary folder can't be gone on with.
        StudyError::Paused { done, trials, .. } if spec.out.is_none() => {
            StudyError::Interrupted { when: format!("after {done} of {trials} trials"), written: None }
        }
        StudyError::Folder(FolderError::InTheWay { path, found, .. }) => {
            let help = "name a folder that is not there yet, or is empty, with --out".to_owned();
            FolderError::InTheWay { path, found, help }.into()
        }
        StudyError::Interrupted { when, .. } if spec.out.is_none() => StudyError::Interrupted { when, written: None },
        other => other,
    })?;
    let compared = same::compare(&spec.folder, &made, &recorded.files);
    let files = compared.map_err(|(path, why)| StudyError::Unreadable { path, why })?;
    let commit = recorded.commit.as_ref().map(|(commit, dirty)| named_commit(commit, *dirty));
    let own = build::COMMIT.map(|commit| named_commit(commit, build::dirty() == Some(true)));
    Ok(Reproduced {
        folder: spec.folder.display().to_string(),
        comparison: recorded.name.clone(),
        written_by: Build { version: recorded.version.clone(), target: recorded.target.clone(), commit },
        run_by: Build { version: build::VERSION.to_owned(), target: build::TARGET.to_owned(), commit: own },
        identical: files.iter().all(|file| file.verdict.is_well()),
        kept_in: spec.out.as_ref().map(|out| out.display().to_string()),
        warnings,
        not_of_the_result: same::strangers(&spec.folder, &recorded.files),
        files,
    })
}

fn unsound(folder: &Path, error: &ManifestError) -> StudyError {
    StudyError::invalid(format!("`{}` can't be reproduced: {error}", folder.display()), error.help())
}

/// What must be known before the outcome is read.
fn warnings(recorded: &Recorded) -> Vec<String> {
    let mut warnings = Vec::new();
    if recorded.version != build::VERSION {
        warnings.push(format!(
            "the result was written by version {} of chokepoint, and this is version {}: files may differ for that reason alone",
            recorded.version,
            build::VERSION
        ));
    }
    if recorded.target != build::TARGET {
        warnings.push(format!(
            "the result was written on {}, and this is {}: the last digits of numbers may differ for that reason alone",
            recorded.target,
            build::TARGET
        ));
    }
    warnings
}

/// The font that the figures need beside their own, which must be given.
fn font(spec: &ReproduceSpec, recorded: &Recorded) -> Result<Option<Arc<FontFile>>, StudyError> {
    let Some(wanted) = &recorded.font else { return Ok(None) };
    let Font { file, face, name, blake3 } = wanted;
    let is = format!("{name} (face {face} of a file `{file}` with the BLAKE3 hash {blake3})");
    let folder = spec.folder.display();
    let Some((named, given)) = &spec.font else {
        let message = format!("the figures of `{folder}` were drawn with {is}, which it does not hold");
        return Err(StudyError::invalid(message, format!("give that font: --font {file}#{face}")));
    };
    if !wanted.is(given) {
        let message = format!(
            "`{named}` is {} (face {} of a file with the hash {}); the figures of `{folder}` were drawn with {is}",
            given.name, given.index, given.hash,
        );
        let help = "give the very file by --font: another version of a font draws otherwise";
        return Err(StudyError::invalid(message, help));
    }
    Ok(Some(given.clone()))
}

fn named_commit(commit: &str, dirty: bool) -> String {
    if dirty { format!("{commit}, changed") } else { commit.to_owned() }
}

/// A run from a manifest.
struct Again<'a> {
    spec: &'a ReproduceSpec,
    recorded: &'a Recorded,
    /// Where the scenarios stand as files meanwhile.
    files: &'a Path,
    library: Library,
    observer: &'a dyn Observer,
}

impl Again<'_> {
    fn run(&self, output: &Output) -> Result<(), StudyError> {
        let Again { recorded, observer, .. } = *self;
        let destination = Destination::new(output, "", "", false);
        let (trials, seed, threads) = (recorded.trials, recorded.seed, self.spec.threads);
        match (recorded.kind, &recorded.observations, &recorded.calibration) {
            (Kind::Backtest, Some(input), _) => {
                let (loaded, file, name) = (self.loaded()?, observations(input)?, recorded.name.clone());
                backtest::Task { loaded, file, name, trials, seed, threads }.run(&destination, observer)?;
            }
            (Kind::Calibration, Some(input), Some(asked)) => {
                let until = asked.until.parse().map_err(|_| self.damaged("the last day of its calibration is none"))?;
                let mut loaded = self.loaded()?;
                // They are in the scenario already, and told of in the layer that is written.
                loaded.scenarios.iter_mut().for_each(|scenario| scenario.overrides = recorded.overrides.clone());
                let task = calibrate::Task {
                    library: self.library.clone(),
                    source: self.source(&recorded.scenarios[0]),
                    set: Vec::new(),
                    loaded,
                    observed: observations(input)?,
                    until,
                    keep: Keep::Trials(asked.keep),
                    tolerance: asked.tolerance,
                    extends: asked.extends.clone(),
                    trials,
                    seed,
                    threads,
                };
                task.run(&destination, observer)?;
            }
            (Kind::Trace, ..) => self.trace()?.write(&destination, observer).map(|_| ())?,
            _ => {
                let study = Study {
                    loaded: self.loaded()?,
                    name: recorded.name.clone(),
                    title: recorded.title.clone(),
                    reference: Some(recorded.reference.clone()),
                    own: false,
                    request: recorded.request.clone(),
                    until: recorded.stopping.clone(),
                    seed,
                    threads,
                };
                // The ranks of an MPI job have nothing to share here.
                study.write(output, WriteMode::default(), observer, &mut Launcher::alone())?;
            }
        }
        Ok(())
    }

    /// The trace that is recorded.
    fn trace(&self) -> Result<trace::Task, StudyError> {
        let recorded = self.recorded;
        let asked =
            recorded.trace.as_ref().ok_or_else(|| self.damaged("it does not say what was asked of the trace"))?;
        let day = |day: &Option<String>| {
            let day = day.as_ref().map(|day| day.parse()).transpose();
            day.map_err(|_| self.damaged("a day of its trace is none"))
        };
        Ok(trace::Task {
            loaded: self.loaded()?,
            of: asked.trial.map_or(Traced::Median(recorded.trials), Traced::Trial),
            class: asked.class.clone(),
            days: (day(&asked.from)?, day(&asked.to)?),
            seed: recorded.seed,
            threads: self.spec.threads,
        })
    }

    /// The scenarios, from files that hold what the manifest holds.
    fn loaded(&self) -> Result<Loaded, StudyError> {
        let scenarios = self.recorded.scenarios.iter().map(|scenario| self.load(scenario));
        Ok(Loaded { scenarios: scenarios.collect::<Result<_, _>>()?, overrides: self.recorded.overrides.clone() })
    }

    fn load(&self, recorded: &RecordedScenario) -> Result<Scenario, StudyError> {
        let named = recorded.resolved.get("id").and_then(|id| id.as_str());
        // An id is a file's name here: one from a damaged manifest could lead elsewhere.
        if named != Some(&recorded.id) || !crate::scenario::is_id(&recorded.id) {
            return Err(self.damaged(&format!("`{}` is not the id of the scenario under it", recorded.id)));
        }
        let folder = self.files.join("scenarios");
        fs::create_dir_all(&folder).map_err(StudyError::Temporary)?;
        for (name, text) in whole::files_of(&recorded.id, &recorded.resolved) {
            fs::write(folder.join(name), text).map_err(StudyError::Temporary)?;
        }
        let scenario = load_layered(&self.library, &self.source(recorded), Changes::default())?;
        if scenario.hash != recorded.hash {
            return Err(self.damaged(&format!("the scenario `{}` was changed: its hash is another", recorded.id)));
        }
        Ok(scenario)
    }

    fn source(&self, recorded: &RecordedScenario) -> Source {
        Source::Disk(self.files.join("scenarios").join(format!("{}.toml", recorded.id)))
    }

    fn damaged(&self, why: &str) -> StudyError {
        unsound(&self.spec.folder, &ManifestError::Corrupt(why.to_owned()))
    }
}

fn observations((name, text): &(String, String)) -> Result<ObservationFile, StudyError> {
    Ok(load_observations_source(&Source::Text { name: name.clone(), text: text.clone() })?)
}
