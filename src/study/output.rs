//! Where a result goes, and how it is written: the folder, what it may replace there, figures and their font, the date that it
//! shows. All files take their place together, or none does.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::error::StudyError;
use super::events::{Event, Observer, heed, wants_to_stop};
use crate::report::figures::{FigureError, FontFile, Fonts};
use crate::report::folder::{FolderError, Replace, Target};
use crate::report::{Page, manifest};
use crate::units::Date;

/// Where results go by default, each into a folder of its name.
const RESULTS: &str = "output";

/// How a result is written.
#[derive(Debug, Clone)]
pub struct Output {
    /// The folder; `output/NAME` if not given.
    pub folder: Option<PathBuf>,
    /// Whether a result that stands there is replaced.
    pub force: bool,
    /// Whether figures are drawn.
    pub figures: bool,
    /// A font for characters that the font of the figures lacks.
    pub font: Option<Arc<FontFile>>,
    /// The date that the manifest shows, and no other time; today and the times of the run if not given.
    pub date: Option<Date>,
    /// The command that the manifest shows.
    pub command: Vec<String>,
}

impl Default for Output {
    fn default() -> Output {
        let (folder, font, date, command) = Default::default();
        Output { folder, force: false, figures: true, font, date, command }
    }
}

/// The place of a result that is on its way.
pub(super) struct Destination<'o> {
    pub(super) output: &'o Output,
    pub(super) folder: PathBuf,
    replace: Replace,
    started: Timestamp,
}

impl<'o> Destination<'o> {
    /// Of a result. `usual` is the name of its usual folder, `name` that of the comparison, and `own` whether its usual folder
    /// may be replaced where it holds an earlier result of it.
    pub(super) fn new(output: &'o Output, usual: &str, name: &str, own: bool) -> Destination<'o> {
        let replace = match (output.force, own && output.folder.is_none()) {
            (true, _) => Replace::Result,
            (false, true) => Replace::Earlier(name.to_owned()),
            (false, false) => Replace::Nothing,
        };
        let folder = output.folder.clone().unwrap_or_else(|| Path::new(RESULTS).join(usual));
        Destination { output, folder, replace, started: Timestamp::now() }
    }

    /// Finds out whether a result may be written there.
    ///
    /// # Errors
    /// Something else stands there, or the folder above it can't be written to.
    pub(super) fn target(&self) -> Result<Target, FolderError> {
        Target::new(&self.folder, self.replace.clone())
    }

    /// The fonts of the figures, where any are drawn.
    ///
    /// # Errors
    /// None in practice.
    pub(super) fn fonts(&self) -> Result<Option<Fonts>, FigureError> {
        self.output.figures.then(|| Fonts::load(self.output.font.clone())).transpose()
    }

    /// What a user must know of the fonts, after all texts were drawn in them; nothing was drawn where there are none.
    pub(super) fn font_warnings(&self, fonts: Option<&Fonts>) -> Vec<String> {
        match (fonts, &self.output.font) {
            (Some(fonts), given) => fonts.seen().warnings(given.as_ref().map(|font| font.name.as_str())),
            (None, Some(_)) => vec!["--font has no effect: no figures are drawn".to_owned()],
            (None, None) => Vec::new(),
        }
    }

    /// The same, and reports it.
    pub(super) fn warn_of_fonts(&self, fonts: Option<&Fonts>, observer: &dyn Observer) -> Vec<String> {
        let warnings = self.font_warnings(fonts);
        warnings.iter().for_each(|warning| observer.see(Event::Warning(warning)));
        warnings
    }

    /// What the manifest says of the run that now ends.
    pub(super) fn run(&self, overrides: Vec<(String, String)>, threads: usize, fonts: Option<&Fonts>) -> manifest::Run {
        let second = |time: Timestamp| time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let (date, now) = (self.output.date, Timestamp::now());
        manifest::Run {
            command: self.output.command.clone(),
            overrides,
            threads,
            date: date.unwrap_or_else(|| TimeZone::UTC.to_datetime(self.started).date()),
            font: manifest::Font::of(fonts),
            times: date.is_none().then(|| (second(self.started), second(now))),
        }
    }
}

/// The threads.
///
/// # Errors
/// They can't be had.
pub(super) fn pool(threads: usize) -> Result<rayon::ThreadPool, StudyError> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|why| StudyError::Threads { threads, why })
}

/// Has the files of a result take their place.
///
/// # Errors
/// They can't be written; the user stopped it.
pub(super) fn write(
    target: &Target,
    pages: &[Page],
    staging: Option<&Path>,
    observer: &dyn Observer,
) -> Result<(), StudyError> {
    observer.see(Event::Writing);
    let left = target.write(pages, staging, &|| wants_to_stop(observer)).map_err(|error| match error {
        FolderError::Stopped => {
            StudyError::Interrupted { when: "while the result was being written".into(), written: None }
        }
        other => other.into(),
    })?;
    if let Some(left) = left {
        observer.see(Event::Warning(&format!(
            "the earlier result is replaced, but not all of it could be deleted: delete {} yourself",
            left.display()
        )));
    }
    heed(observer, "at the end")
        .map_err(|_| StudyError::Interrupted { when: "at the end".to_owned(), written: Some(target.path().to_owned()) })
}
