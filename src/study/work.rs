//! The work of an experiment: begun afresh or gone on with from a checkpoint, run on the threads of this machine, and left so
//! that it can be gone on with if it is stopped.

use std::path::{Path, PathBuf};

use rayon::ThreadPool;

use super::error::StudyError;
use super::events::{Event, Observer, Phase};
use super::launcher::Launcher;
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
use crate::report::number::thousands;
use crate::report::shard;

/// How far an ensemble is to go: to a number of trials, or until a rule has enough. What the rule knows is noted at each look, so
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
    fn of(work: &Work<'_>, rule: Option<&Rule>) -> Result<Growth, StudyError> {
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
    fn settle(&mut self, collector: &Collector<'_>) -> Result<Aim, StudyError> {
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
        folder: &Path,
        resume: bool,
        observer: &dyn Observer,
    ) -> Result<Work<'a>, StudyError> {
        let (partial, found) = Partial::open(folder)?;
        let collector = Collector::new(plan, header.clone(), chunks, &partial)?;
        let path = partial.checkpoint();
        if resume && path.exists() {
            let checkpoint = collector.look(|ensemble| Checkpoint::read(&path, &header, &ensemble.schema))?;
            checkpoint.check_files(&partial.chunks())?;
            collector.go_on(checkpoint);
            observer.see(Event::Resumed(collector.done()));
        } else {
            if resume {
                observer.see(Event::NoCheckpoint);
            } else if found == EarlierWork::Unfinished {
                observer.see(Event::Discarding(partial.path()));
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
        pool: &ThreadPool,
        launcher: &mut Launcher,
        observer: &dyn Observer,
        figures: bool,
    ) -> Result<Option<StoppingResult>, StudyError> {
        let collector = &self.collector;
        let phase = Phase::Experiment {
            scenarios: plan.scenarios.len(),
            growing: rule.is_some(),
            threads: pool.current_num_threads(),
            ranks: launcher.ranks(),
        };
        observer.see(Event::Began { phase, trials: plan.trials, done: collector.done(), seed: plan.seed, figures });
        let schema = collector.look(|ensemble| ensemble.schema.clone());
        let advance = |trials| observer.see(Event::Advanced(trials));
        let mut growth = Growth::of(self, rule)?;
        let ending = loop {
            match growth.settle(collector)? {
                Aim::Reached(ending) => break ending,
                Aim::Trials(chunks) => {
                    let run = DistributedRun { plan, schema: &schema, chunks };
                    self.heed(launcher.work(run, collector, observer.stop(), pool, &advance))?;
                }
            }
        };
        // A shard may have had nothing to do.
        collector.save()?;
        observer.see(Event::Simulated);
        Ok(ending)
    }

    /// Whatever ended the work, what is done can be gone on with; where nothing is, nothing is left.
    fn heed(&self, outcome: Result<(), RunError>) -> Result<(), StudyError> {
        let saved = self.collector.save();
        if outcome.is_err() && self.collector.done() == 0 {
            self.partial.discard();
            return outcome.map_err(StudyError::from);
        }
        match outcome {
            Err(RunError::Interrupted(stopped)) => {
                saved?;
                let (done, trials) = (thousands(f64::from(stopped.done)), thousands(f64::from(stopped.trials)));
                Err(StudyError::Paused { done, trials, folder: self.partial.path().to_owned() })
            }
            Err(error) => Err(error.into()),
            Ok(()) => Ok(saved?),
        }
    }

    /// Joins the shards of the experiment that stand in these folders.
    ///
    /// # Errors
    /// A shard that is damaged, or of another experiment.
    pub(super) fn join(&self, shards: &[(PathBuf, Header)]) -> Result<(), StudyError> {
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
    pub(super) fn close(self, written: bool, observer: &dyn Observer) {
        let path = self.partial.path().to_owned();
        if !self.partial.discard() {
            let result = if written { "the result is written, but " } else { "" };
            let left = path.display();
            observer.see(Event::Warning(&format!(
                "{result}not all work in progress could be deleted: delete {left} yourself"
            )));
        }
    }
}
