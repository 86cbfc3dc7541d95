//! The work of an experiment: begun afresh or gone on with from a checkpoint, run on the threads of this machine, and left so
//! that it can be gone on with if it is stopped.

use std::path::PathBuf;
use std::time::Duration;

use rayon::ThreadPool;

use super::crew::Crew;
use super::error::CliError;
use super::interrupt::Interrupt;
use super::progress::Progress;
use super::settings::Settings;
use super::stderr;
use crate::experiment::checkpoint::{Checkpoint, CheckpointError};
use crate::experiment::chunks::Chunks;
use crate::experiment::cluster::DistributedRun;
use crate::experiment::collector::Collector;
use crate::experiment::ensemble::WorkQueue;
use crate::experiment::evidence::SoFar;
use crate::experiment::header::Header;
use crate::experiment::partial::{EarlierWork, Partial};
use crate::experiment::stopping::{Rule, StoppingResult, Verdict, Watch};
use crate::experiment::{Ensemble, Plan, RunError};
use crate::report::number::{thousands, trials};
use crate::report::shard;
use crate::units::counted;

/// About what figures and tables take after the last trial, for the time left.
const DRAWING: Duration = Duration::from_secs(3);

/// About what tables alone take.
const WRITING: Duration = Duration::from_secs(1);

/// StopReason far an ensemble is to go: to a number of trials, or until a rule has enough. What the rule knows is noted at each look, so
/// that a run that goes on decides as one that nobody stopped.
struct Growth {
    trials: u32,
    watch: Option<Watch>,
}

/// What is to be done.
enum Aim {
    /// These chunks are to be run, as far as they are not done.
    Trials(Chunks),
    /// All is done; how an ensemble that grew was stopped.
    Reached(Option<StoppingResult>),
}

impl Growth {
    /// Of an experiment, which may have been gone on with.
    fn of(work: &Work<'_>, rule: Option<&Rule>) -> Result<Growth, CliError> {
        let trials = work.chunks.trials();
        let Some(rule) = rule else { return Ok(Growth { trials, watch: None }) };
        let noted = work.collector.stopping();
        if noted.is_empty() {
            return Ok(Growth { trials, watch: Some(Watch::new(rule.clone())) });
        }
        let damaged = |why: String| CheckpointError::Corrupt { path: work.partial.checkpoint(), why };
        let memory = serde_json::from_str(&noted).map_err(|why| damaged(why.to_string()))?;
        let watch = Watch::resume(rule.clone(), memory).map_err(|why| damaged(why.to_string()))?;
        Ok(Growth { trials, watch: Some(watch) })
    }

    /// Looks at what is done, and says what is to be done next.
    fn settle(&mut self, collector: &Collector<'_>) -> Result<Aim, CliError> {
        loop {
            let chunks = collector.aim(self.watch.as_ref().map_or(self.trials, Watch::due));
            if !collector.is_complete() {
                return Ok(Aim::Trials(chunks));
            }
            let Some(watch) = &mut self.watch else { return Ok(Aim::Reached(None)) };
            let rule = watch.rule().clone();
            let verdict = collector.look(|ensemble| SoFar::of(ensemble, &rule).map(|so_far| watch.see(&so_far)))?;
            match verdict {
                Verdict::Stop(ending) => return Ok(Aim::Reached(Some(ending))),
                Verdict::GoOn => collector.note(serde_json::to_string(&watch.memory())?)?,
            }
        }
    }
}

/// An experiment under way.
pub(super) struct Work<'a> {
    /// What it is.
    pub(super) header: Header,
    partial: Partial,
    chunks: Chunks,
    collector: Collector<'a>,
}

impl<'a> Work<'a> {
    /// Begins it, or goes on with it where that is wanted and an earlier run of the same was stopped.
    ///
    /// # Errors
    /// Something else stands in the folder of work in progress, or a checkpoint that can't be gone on with.
    pub(super) fn begin(
        plan: &'a Plan,
        header: Header,
        chunks: Chunks,
        settings: &Settings,
        resume: bool,
    ) -> Result<Work<'a>, CliError> {
        let (partial, found) = Partial::open(&settings.folder)?;
        let collector = Collector::new(plan, header.clone(), chunks, &partial)?;
        let say = |what: &str| {
            if !settings.quiet {
                stderr::progress(what);
            }
        };
        let path = partial.checkpoint();
        if resume && path.exists() {
            let checkpoint = collector.look(|ensemble| Checkpoint::read(&path, &header, &ensemble.schema))?;
            checkpoint.check_files(&partial.chunks())?;
            collector.go_on(checkpoint);
            say(&format!("going on after {}", trials(collector.done())));
        } else {
            if resume {
                say("there is no checkpoint: starting from the beginning");
            } else if found == EarlierWork::Unfinished {
                say(&format!(
                    "discarding the unfinished work in {} (--resume would have continued it)",
                    partial.path().display()
                ));
            }
            partial.clear()?;
        }
        Ok(Work { header, partial, chunks, collector })
    }

    /// Runs what is left to do, on the threads of the pool or those of all ranks.
    ///
    /// # Errors
    /// The user stopped it, or what it finds can't be kept. What is done stands in the folder of work in progress.
    pub(super) fn run(
        &self,
        plan: &Plan,
        rule: Option<&Rule>,
        settings: &Settings,
        interrupt: &Interrupt,
        pool: &ThreadPool,
        crew: &mut Crew,
    ) -> Result<Option<StoppingResult>, CliError> {
        let collector = &self.collector;
        let progress = self.announce(plan, rule, crew.ranks(), settings);
        let schema = collector.look(|ensemble| ensemble.schema.clone());
        let advance = |trials| progress.advance(trials);
        let mut growth = Growth::of(self, rule)?;
        let ending = loop {
            match growth.settle(collector)? {
                Aim::Reached(ending) => break ending,
                Aim::Trials(chunks) => {
                    let run = DistributedRun { plan, schema: &schema, chunks };
                    self.heed(crew.work(run, collector, interrupt.flag(), pool, &advance))?;
                }
            }
        };
        // A shard may have had nothing to do.
        collector.save()?;
        progress.end(if settings.figures { "drawing figures and tables" } else { "" });
        Ok(ending)
    }

    /// Says what is to be run, and begins to tell how far it is.
    fn announce(&self, plan: &Plan, rule: Option<&Rule>, ranks: usize, settings: &Settings) -> Progress {
        let count = |n: usize, what: &str| counted(n as u64, what);
        let what = format!(
            "simulating {}, {}{} each, seed {}, on {}{}",
            count(plan.scenarios.len(), "scenario"),
            if rule.is_some() { "at most " } else { "" },
            trials(plan.trials),
            plan.seed,
            count(settings.threads, "thread"),
            if ranks > 1 { format!(" of each of {ranks} ranks") } else { String::new() },
        );
        let after = if settings.figures { DRAWING } else { WRITING };
        let progress = Progress::begin(&what, plan.trials, settings.quiet).with_end(after);
        match self.collector.done() {
            0 => {}
            done => progress.skip(done),
        }
        progress
    }

    /// Whatever ended the work, what is done can be gone on with; where nothing is, nothing is left.
    fn heed(&self, outcome: Result<(), RunError>) -> Result<(), CliError> {
        let saved = self.collector.save();
        if outcome.is_err() && self.collector.done() == 0 {
            self.partial.discard();
            return outcome.map_err(CliError::from);
        }
        match outcome {
            Err(RunError::Interrupted(stopped)) => {
                saved?;
                let (done, trials) = (thousands(f64::from(stopped.done)), thousands(f64::from(stopped.trials)));
                Err(CliError::Paused { done, trials, folder: self.partial.path().to_owned() })
            }
            Err(error) => Err(error.into()),
            Ok(()) => Ok(saved?),
        }
    }

    /// Joins the shards of the experiment that stand in these folders.
    ///
    /// # Errors
    /// A shard that is damaged, or of another experiment.
    pub(super) fn join(&self, shards: &[(PathBuf, Header)]) -> Result<(), CliError> {
        for (folder, header) in shards {
            let path = folder.join(shard::CHECKPOINT);
            let checkpoint = self.collector.look(|ensemble| Checkpoint::read(&path, header, &ensemble.schema))?;
            checkpoint.check_files(&folder.join(shard::TRIALS))?;
            self.collector.add(&checkpoint, &folder.join(shard::TRIALS))?;
        }
        Ok(())
    }

    /// Whether every trial is done.
    pub(super) fn is_whole(&self) -> bool {
        self.collector.done() == self.chunks.trials()
    }

    /// Looks at what was found.
    pub(super) fn look<T>(&self, at: impl FnOnce(&Ensemble) -> T) -> T {
        self.collector.look(at)
    }

    /// What is done.
    pub(super) fn checkpoint(&self) -> Checkpoint {
        self.collector.checkpoint()
    }

    /// The folder of work in progress.
    pub(super) fn partial(&self) -> &Partial {
        &self.partial
    }

    /// Ends it; `written` says whether the result stands.
    pub(super) fn close(self, written: bool) {
        let path = self.partial.path().to_owned();
        if !self.partial.discard() {
            let result = if written { "the result is written, but " } else { "" };
            stderr::warning(&format!(
                "{result}not all work in progress could be deleted: delete {} yourself",
                path.display()
            ));
        }
    }
}
