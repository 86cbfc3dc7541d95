//! `chokepoint reproduce`: runs a result again from its manifest alone, and compares every file but the manifest, byte for
//! byte. The run happens in a temporary folder, unless the new result is wanted.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;

use super::args::{OutputArgs, ReproduceArgs, SimulateArgs, UntilArgs, WriteArgs};
use super::backtest;
use super::calibrate;
use super::crew::Crew;
use super::error::CliError;
use super::format::{self, Format};
use super::load::Loaded;
use super::settings::{self, Keep, Seed, Settings};
use super::simulate::Job;
use super::stderr;
use crate::report::folder::FolderError;
use crate::report::manifest::{Font, Kind, ManifestError, NAME, Recorded, RecordedScenario, build};
use crate::report::same::{self, FileVerdict, Verdict};
use crate::scenario::{Scenario, Source, load_observations_source, load_source, whole};
use crate::units::counted;

pub(super) fn run(args: &ReproduceArgs, out: &mut dyn Write) -> Result<(), CliError> {
    let unsound = |error: ManifestError| {
        let message = format!("`{}` can't be reproduced: {error}", args.folder.display());
        CliError::usage(message, error.help())
    };
    let recorded = Recorded::read(&args.folder).map_err(unsound)?;
    let mut warnings = warnings(&recorded);
    let font = font(args, &recorded)?;
    if args.font.is_some() && font.is_none() {
        warnings.push("--font has no effect: the figures were drawn with their own font alone".to_owned());
    }
    for warning in &warnings {
        stderr::warning(warning);
    }
    // Held to the end: what is in it is compared.
    let temporary = tempfile::Builder::new().prefix("chokepoint-reproduce-").tempdir().map_err(CliError::Temporary)?;
    let made = args.out.clone().unwrap_or_else(|| temporary.path().join("result"));
    let again = Again { args, recorded: &recorded, font, files: temporary.path(), made: &made };
    again.run().map_err(|error| match error {
        // What is left of a run in a temporary folder can't be gone on with.
        CliError::Paused { done, trials, .. } if args.out.is_none() => {
            CliError::Interrupted { when: format!("after {done} of {trials} trials"), written: None }
        }
        CliError::Folder(FolderError::InTheWay { path, found, .. }) => {
            let help = "name a folder that is not there yet, or is empty, with --out".to_owned();
            FolderError::InTheWay { path, found, help }.into()
        }
        CliError::Interrupted { when, .. } if args.out.is_none() => CliError::Interrupted { when, written: None },
        other => other,
    })?;
    let compared = same::compare(&args.folder, &made, &recorded.files);
    let files = compared.map_err(|(path, why)| CliError::Unreadable { path, why })?;
    let verdict = Told {
        folder: args.folder.display().to_string(),
        comparison: &recorded.name,
        written_by: By { version: &recorded.version, target: &recorded.target, commit: commit_of(&recorded) },
        run_by: By { version: build::VERSION, target: build::TARGET, commit: own_commit() },
        identical: files.iter().all(|file| file.verdict.is_well()),
        kept_in: args.out.as_ref().map(|out| out.display().to_string()),
        warnings,
        not_of_the_result: same::strangers(&args.folder, &recorded.files),
        files,
    };
    match args.format {
        Format::Json => format::json(&verdict, out)?,
        Format::Text if args.quiet && verdict.identical => {}
        Format::Text => out.write_all(verdict.text().as_bytes()).map_err(CliError::Output)?,
    }
    match verdict.files.iter().filter(|file| !file.verdict.is_well()).count() {
        0 => Ok(()),
        differ => Err(CliError::NotReproduced { differ, files: verdict.files.len() }),
    }
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
fn font<'a>(args: &'a ReproduceArgs, recorded: &Recorded) -> Result<Option<&'a str>, CliError> {
    let Some(wanted) = &recorded.font else { return Ok(None) };
    let Font { file, face, name, blake3 } = wanted;
    let is = format!("{name} (face {face} of a file `{file}` with the BLAKE3 hash {blake3})");
    let Some(typed) = &args.font else {
        let message =
            format!("the figures of `{}` were drawn with {is}, which it does not hold", args.folder.display());
        return Err(CliError::usage(message, format!("give that font: --font {file}#{face}")));
    };
    let given = settings::font(typed)?;
    if !wanted.is(&given) {
        let message = format!(
            "`{typed}` is {} (face {} of a file with the hash {}); the figures of `{}` were drawn with {is}",
            given.name,
            given.index,
            given.hash,
            args.folder.display()
        );
        return Err(CliError::usage(
            message,
            "give the very file by --font: another version of a font draws otherwise",
        ));
    }
    Ok(Some(typed))
}

fn commit_of(recorded: &Recorded) -> Option<String> {
    recorded.commit.as_ref().map(|(commit, dirty)| named_commit(commit, *dirty))
}

fn own_commit() -> Option<String> {
    build::COMMIT.map(|commit| named_commit(commit, build::dirty() == Some(true)))
}

fn named_commit(commit: &str, dirty: bool) -> String {
    if dirty { format!("{commit}, changed") } else { commit.to_owned() }
}

/// A run from a manifest.
struct Again<'a> {
    args: &'a ReproduceArgs,
    recorded: &'a Recorded,
    /// The font of the figures beside their own, as `--font` takes it.
    font: Option<&'a str>,
    /// Where the scenarios stand as files meanwhile.
    files: &'a Path,
    /// Where the result goes.
    made: &'a Path,
}

impl Again<'_> {
    fn run(&self) -> Result<(), CliError> {
        let started = Timestamp::now();
        let nobody = &mut io::sink();
        let recorded = self.recorded;
        match (recorded.kind, &recorded.observations, &recorded.calibration) {
            (Kind::Backtest, Some((name, text)), _) => {
                let file = load_observations_source(&Source::Text { name: name.clone(), text: text.clone() })?;
                let (loaded, settings) = (self.loaded()?, self.settings()?);
                let task = backtest::Task { loaded, file, name: recorded.name.clone(), settings };
                backtest::simulate(&task, started, nobody)
            }
            (Kind::Calibration, Some((name, text)), Some(asked)) => {
                let observed = load_observations_source(&Source::Text { name: name.clone(), text: text.clone() })?;
                let until = asked.until.parse().map_err(|_| self.damaged("the last day of its calibration is none"))?;
                let mut loaded = self.loaded()?;
                // They are in the scenario already, and told of in the layer that is written.
                loaded.scenarios.iter_mut().for_each(|scenario| scenario.overrides = recorded.overrides.clone());
                let asked = calibrate::Asked {
                    source: self.source(&recorded.scenarios[0]),
                    set: Vec::new(),
                    until,
                    keep: Keep::Trials(asked.keep),
                    tolerance: asked.tolerance,
                    extends: asked.extends.clone(),
                };
                calibrate::simulate(&asked, &loaded, &observed, &self.settings()?, started, nobody)
            }
            _ => {
                let job = Job {
                    loaded: self.loaded()?,
                    name: recorded.name.clone(),
                    title: recorded.title.clone(),
                    reference: Some(recorded.reference.clone()),
                    own: false,
                    request: recorded.request.clone(),
                };
                // The ranks of an MPI job have nothing to share here.
                job.run(&self.write_args(), &self.simulate_args(), nobody, &mut Crew::alone())
            }
        }
    }

    /// The scenarios, from files that hold what the manifest holds.
    fn loaded(&self) -> Result<Loaded, CliError> {
        let scenarios = self.recorded.scenarios.iter().map(|scenario| self.load(scenario));
        Ok(Loaded { scenarios: scenarios.collect::<Result<_, _>>()?, overrides: self.recorded.overrides.clone() })
    }

    fn load(&self, recorded: &RecordedScenario) -> Result<Scenario, CliError> {
        let named = recorded.resolved.get("id").and_then(|id| id.as_str());
        // An id is a file's name here: one from a damaged manifest could lead elsewhere.
        if named != Some(&recorded.id) || !crate::scenario::is_id(&recorded.id) {
            return Err(self.damaged(&format!("`{}` is not the id of the scenario under it", recorded.id)));
        }
        let folder = self.files.join("scenarios");
        fs::create_dir_all(&folder).map_err(CliError::Temporary)?;
        for (name, text) in whole::files_of(&recorded.id, &recorded.resolved) {
            fs::write(folder.join(name), text).map_err(CliError::Temporary)?;
        }
        let scenario = load_source(&self.source(recorded), &[])?;
        if scenario.hash != recorded.hash {
            return Err(self.damaged(&format!("the scenario `{}` was changed: its hash is another", recorded.id)));
        }
        Ok(scenario)
    }

    fn source(&self, recorded: &RecordedScenario) -> Source {
        Source::Disk(self.files.join("scenarios").join(format!("{}.toml", recorded.id)))
    }

    fn damaged(&self, why: &str) -> CliError {
        let error = ManifestError::Corrupt(why.to_owned());
        let message = format!("`{}` can't be reproduced: {error}", self.args.folder.display());
        CliError::usage(message, error.help())
    }

    fn settings(&self) -> Result<Settings, CliError> {
        Settings::of(&self.write_args(), "", "", false)
    }

    fn write_args(&self) -> WriteArgs {
        WriteArgs {
            out: Some(self.made.to_owned()),
            output: OutputArgs {
                force: false,
                no_figures: !self.recorded.figures(),
                font: self.font.map(str::to_owned),
                quiet: self.args.quiet,
                format: Format::Text,
                date: None,
            },
            seed: Seed::Given(self.recorded.seed),
            trials: Some(self.recorded.trials),
            threads: self.args.threads,
            horizon: None,
            set: Vec::new(),
            overlays: Vec::new(),
        }
    }

    fn simulate_args(&self) -> SimulateArgs {
        let stopping = self.recorded.stopping.as_ref();
        let until = UntilArgs {
            until: stopping.map(|stopping| stopping.goals().to_vec()).unwrap_or_default(),
            at_least: stopping.map_or(1, |stopping| stopping.floor()),
            at_most: stopping.map_or(1, |stopping| stopping.cap()),
        };
        SimulateArgs { resume: false, shard: None, until }
    }
}

/// What is told at the end.
#[derive(Serialize)]
struct Told<'a> {
    folder: String,
    comparison: &'a str,
    identical: bool,
    written_by: By<'a>,
    run_by: By<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kept_in: Option<String>,
    warnings: Vec<String>,
    /// Files in the folder that the manifest does not list.
    not_of_the_result: Vec<String>,
    files: Vec<FileVerdict>,
}

/// A build of the program.
#[derive(Serialize)]
struct By<'a> {
    version: &'a str,
    target: &'a str,
    commit: Option<String>,
}

impl Told<'_> {
    fn text(&self) -> String {
        let count = |n: usize| counted(n as u64, "file");
        let well = self.files.iter().filter(|file| file.verdict.is_well()).count();
        let mut lines = vec![match self.identical {
            true => format!("{}: reproduced, {} identical to the byte", self.folder, count(well)),
            false => format!("{}: not reproduced, {} of {} identical", self.folder, well, count(self.files.len())),
        }];
        for file in self.files.iter().filter(|file| !file.verdict.is_well()) {
            lines.push(format!("  {}: {}", file.path, file.verdict.words()));
            if let Some(first) = &file.first {
                let side = |line: &Option<String>| line.clone().unwrap_or_else(|| "(the file ends)".into());
                lines.push(format!("    line {}, in the folder: {}", first.line, side(&first.in_folder)));
                lines.push(format!("    line {}, from the run:  {}", first.line, side(&first.in_run)));
            }
        }
        let differs =
            |verdict| matches!(verdict, Verdict::Differs | Verdict::EditedAndDiffers | Verdict::MissingAndDiffers);
        if self.files.iter().any(|file| differs(file.verdict)) && self.written_by.commit != self.run_by.commit {
            let name = |by: &By<'_>| by.commit.clone().unwrap_or_else(|| "an unknown commit".into());
            lines.push(format!(
                "  The program that wrote it was built from {}, and this one from {}.",
                name(&self.written_by),
                name(&self.run_by)
            ));
        }
        if !self.not_of_the_result.is_empty() {
            let names = self.not_of_the_result.join(", ");
            lines.push(format!("  In the folder, but no part of the result: {names}"));
        }
        if let Some(kept) = &self.kept_in {
            lines.push(format!("The new result is in {kept}; its {NAME} tells of this run."));
        }
        lines.join("\n") + "\n"
    }
}

/// The folder that is asked for.
pub(super) fn folder(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    // Who names the manifest means the folder that it is of.
    match path.file_name() {
        Some(name) if name == NAME => Ok(match path.parent() {
            Some(above) if !above.as_os_str().is_empty() => above.to_owned(),
            _ => PathBuf::from("."),
        }),
        _ => Ok(path),
    }
}
