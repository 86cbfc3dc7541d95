//! Collects an experiment in files: hands out its chunks, writes the trials of each as it comes, merges its accumulators, and notes
//! in a checkpoint what is done. Threads, shards and the ranks of a cluster all bring their parts here.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::checkpoint::{Checkpoint, CheckpointError, ChunkFiles, FileKind};
use super::chunks::Chunks;
use super::ensemble::{Ensemble, RunError, WorkQueue, locked};
use super::header::Header;
use super::part::Part;
use super::partial::Partial;
use super::plan::Plan;
use super::rows::Store;
use super::schema::ResultSchema;
use super::trial_table;
use super::trials_parquet::{TrialColumns, TrialsError};

/// A checkpoint is written at most this often, and at the end of the work.
const LEAST_PAUSE: Duration = Duration::from_millis(100);

/// Between two checkpoints passes at least so many times what the last one took to write, so that they cost little.
const PAUSE: u32 = 20;

/// An experiment on its way, in files.
pub struct Collector<'a> {
    plan: &'a Plan,
    chunks_folder: PathBuf,
    checkpoint: PathBuf,
    columns: TrialColumns,
    /// What is kept, and where; as in `state`.
    schema: ResultSchema,
    state: Mutex<State>,
}

struct State {
    ensemble: Ensemble,
    progress: Progress,
    next: u32,
    /// When the next checkpoint is due.
    due: Instant,
    /// Whether the checkpoint tells all.
    saved: bool,
}

impl State {
    /// Whether a chunk is in the shard, and not done.
    fn wants(&self, chunk: u32) -> bool {
        let Progress { header, done, .. } = &self.progress;
        header.shard.is_none_or(|shard| shard.holds(chunk)) && !done.contains_key(&chunk)
    }
}

struct Progress {
    header: Header,
    done: BTreeMap<u32, ChunkFiles>,
    stopping: String,
}

impl<'a> Collector<'a> {
    /// Of an experiment that has done nothing.
    ///
    /// # Errors
    /// None in practice.
    pub fn new(
        plan: &'a Plan,
        header: Header,
        chunks: Chunks,
        partial: &Partial,
    ) -> Result<Collector<'a>, TrialsError> {
        let mut ensemble = Ensemble::empty(plan, Store::Nowhere);
        ensemble.chunks = chunks;
        if !ensemble.schema.sketched {
            ensemble.store = Store::Folder(partial.chunks());
        }
        let progress = Progress { header, done: BTreeMap::new(), stopping: String::new() };
        Ok(Collector {
            plan,
            chunks_folder: partial.chunks(),
            checkpoint: partial.checkpoint(),
            columns: trial_table::columns(&ensemble.schema)?,
            schema: ensemble.schema.clone(),
            state: Mutex::new(State { ensemble, progress, next: 0, due: Instant::now() + LEAST_PAUSE, saved: false }),
        })
    }

    /// Goes on from a checkpoint, whose files were found sound.
    pub fn go_on(&self, checkpoint: Checkpoint) {
        let mut state = locked(&self.state);
        state.ensemble.scenarios = checkpoint.accumulators;
        state.progress = Progress { header: checkpoint.header, done: checkpoint.done, stopping: checkpoint.stopping };
    }

    /// The chunks that are run by and by reach to so many trials.
    pub fn aim(&self, trials: u32) -> Chunks {
        let mut state = locked(&self.state);
        state.ensemble.chunks = state.ensemble.chunks.up_to(trials);
        state.next = 0;
        state.ensemble.chunks
    }

    /// Whether every chunk that is aimed at, and in the shard, is done.
    pub fn is_complete(&self) -> bool {
        let state = locked(&self.state);
        !state.ensemble.chunks.all().any(|chunk| state.wants(chunk))
    }

    /// What a stopping rule noted last.
    pub fn stopping(&self) -> String {
        locked(&self.state).progress.stopping.clone()
    }

    /// Notes what a stopping rule knows, in the checkpoint: from here on it can be gone on with.
    ///
    /// # Errors
    /// A checkpoint that can't be written.
    pub fn note(&self, stopping: String) -> Result<(), CheckpointError> {
        let mut state = locked(&self.state);
        state.progress.stopping = stopping;
        self.write(&mut state)
    }

    /// Looks at what is there so far.
    pub fn look<T>(&self, at: impl FnOnce(&Ensemble) -> T) -> T {
        at(&locked(&self.state).ensemble)
    }

    /// Writes a checkpoint of what is done, unless the one that stands tells it.
    ///
    /// # Errors
    /// A checkpoint that can't be written.
    pub fn save(&self) -> Result<(), CheckpointError> {
        let mut state = locked(&self.state);
        if state.saved { Ok(()) } else { self.write(&mut state) }
    }

    /// What is done.
    pub fn checkpoint(&self) -> Checkpoint {
        checkpoint_of(&locked(&self.state))
    }

    /// Adds what a shard of the same experiment did, whose files stand in a folder and were found sound.
    ///
    /// # Errors
    /// A file that can't be copied, or an accumulator of another schema.
    pub fn add(&self, shard: &Checkpoint, folder: &Path) -> Result<(), RunError> {
        let mut state = locked(&self.state);
        for (chunk, kept) in &shard.done {
            for (kind, _) in &kept.files {
                let (from, to) = (kind.file(folder, *chunk), kind.file(&self.chunks_folder, *chunk));
                let linked = fs::hard_link(&from, &to).or_else(|_| fs::copy(&from, &to).map(|_| ()));
                linked.map_err(CheckpointError::writing(&to))?;
            }
        }
        state.ensemble.merge(&shard.accumulators)?;
        state.progress.done.extend(shard.done.iter().map(|(chunk, kept)| (*chunk, kept.clone())));
        Ok(())
    }

    fn write(&self, state: &mut State) -> Result<(), CheckpointError> {
        let began = Instant::now();
        let checkpoint = checkpoint_of(state);
        checkpoint.write(&self.checkpoint)?;
        state.due = Instant::now() + LEAST_PAUSE.max(began.elapsed() * PAUSE);
        state.saved = true;
        Ok(())
    }

    /// Writes the trials of a part.
    fn keep(&self, part: &Part, chunks: Chunks) -> Result<ChunkFiles, RunError> {
        let mut kept = ChunkFiles::default();
        let mut keep = |kind: FileKind, bytes: &[u8]| {
            let path = kind.file(&self.chunks_folder, part.chunk);
            kept.files.push((kind, *blake3::hash(bytes).as_bytes()));
            fs::write(&path, bytes).map_err(CheckpointError::writing(&path))
        };
        if !self.schema.sketched {
            let mut bytes = Vec::new();
            part.rows.write(&mut bytes);
            keep(FileKind::Rows, &bytes)?;
        }
        let range = chunks.range(part.chunk);
        keep(FileKind::Parquet, &trial_table::part(&self.columns, self.plan, &self.schema, &part.rows, range)?)?;
        Ok(kept)
    }
}

fn checkpoint_of(state: &State) -> Checkpoint {
    let Progress { header, done, stopping } = &state.progress;
    Checkpoint {
        header: header.clone(),
        done: done.clone(),
        accumulators: state.ensemble.scenarios.clone(),
        stopping: stopping.clone(),
    }
}

impl WorkQueue for Collector<'_> {
    fn next(&self) -> Option<u32> {
        let mut state = locked(&self.state);
        loop {
            let chunk = state.next;
            if chunk >= state.ensemble.chunks.count() {
                return None;
            }
            state.next += 1;
            if state.wants(chunk) {
                return Some(chunk);
            }
        }
    }

    fn take(&self, part: Part) -> Result<(), RunError> {
        let chunks = locked(&self.state).ensemble.chunks;
        // The larger part of the work is done while others may come.
        let kept = self.keep(&part, chunks)?;
        let mut state = locked(&self.state);
        let chunk = part.chunk;
        state.ensemble.merge(&part.accumulators)?;
        state.progress.done.insert(chunk, kept);
        state.saved = false;
        if Instant::now() >= state.due {
            self.write(&mut state)?;
        }
        Ok(())
    }

    fn done(&self) -> u32 {
        let state = locked(&self.state);
        state.progress.done.keys().map(|chunk| state.ensemble.chunks.range(*chunk).len() as u32).sum()
    }
}
