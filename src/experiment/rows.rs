//! The trials themselves: what each came to and its kept paths, chunk by chunk, in memory or in files, from where they are
//! read back a column at a time: memory then holds one column of all trials, never all columns.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::bytes::Corrupt;
use super::checkpoint::FileKind;
use super::chunks::Chunks;
use super::schema::ResultSchema;

/// The trials of one chunk of all scenarios.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    /// Trials in it.
    trials: usize,
    /// What each trial came to: `[scenario][column of totals][trial]`; NaN where an outcome has no value.
    totals: Vec<f64>,
    /// Kept paths: `[scenario][kept column][tick][trial]`; none where trials are too many to keep. In the precision of totals:
    /// the end of a path and the total that it comes to are one number in every file.
    paths: Vec<f64>,
}

impl Rows {
    /// Room for so many trials.
    pub fn new(schema: &ResultSchema, trials: usize) -> Rows {
        let (totals, paths) = extent(schema, trials);
        Rows { trials, totals: vec![f64::NAN; totals], paths: vec![0.0; paths] }
    }

    /// Puts one trial of one scenario in its place.
    pub fn put(
        &mut self,
        schema: &ResultSchema,
        scenario: usize,
        trial: usize,
        found: super::accumulator::TrialOutcomes<'_>,
    ) {
        let width = schema.totals.columns.len();
        for (column, value) in found.totals.iter().enumerate() {
            self.totals[(scenario * width + column) * self.trials + trial] = *value;
        }
        if self.paths.is_empty() {
            return;
        }
        for (path, column) in schema.kept.iter().enumerate() {
            for tick in 0..schema.ticks {
                let cell = (scenario * schema.kept.len() + path) * schema.ticks + tick;
                self.paths[cell * self.trials + trial] = found.record.at(tick, *column);
            }
        }
    }

    /// A column of totals of a scenario, in order of trials.
    pub fn totals(&self, schema: &ResultSchema, scenario: usize, column: usize) -> &[f64] {
        let first = (scenario * schema.totals.columns.len() + column) * self.trials;
        &self.totals[first..first + self.trials]
    }

    /// Writes them.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.reserve(8 * (self.totals.len() + self.paths.len()));
        self.totals.iter().chain(&self.paths).for_each(|value| out.extend_from_slice(&value.to_le_bytes()));
    }

    /// Reads what [`Rows::write`] wrote.
    ///
    /// # Errors
    /// Bytes that are not so many trials of this schema.
    pub fn read(schema: &ResultSchema, trials: usize, bytes: &[u8]) -> Result<Rows, Corrupt> {
        let (totals, paths) = extent(schema, trials);
        let (first, rest) = bytes.split_at_checked(8 * totals).ok_or_else(corrupt)?;
        if rest.len() != 8 * paths {
            return Err(corrupt());
        }
        Ok(Rows { trials, totals: doubles(first), paths: doubles(rest) })
    }
}

/// Numbers of totals and of points of paths of so many trials.
fn extent(schema: &ResultSchema, trials: usize) -> (usize, usize) {
    let cells = if schema.sketched { 0 } else { schema.kept.len() * schema.ticks };
    (schema.scenarios * schema.totals.columns.len() * trials, schema.scenarios * cells * trials)
}

fn corrupt() -> Corrupt {
    Corrupt::new("trials", "they are not as many as they should be")
}

fn doubles(bytes: &[u8]) -> Vec<f64> {
    bytes.as_chunks::<8>().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect()
}

/// A file of trials can't be read back.
#[derive(Debug, thiserror::Error)]
#[error("`{}` can't be read: {why}", .path.display())]
pub struct RowsError {
    /// The file.
    pub path: PathBuf,
    /// What the system says.
    pub why: io::Error,
}

impl RowsError {
    fn reading(path: &Path) -> impl FnOnce(io::Error) -> RowsError {
        let path = path.to_owned();
        move |why| RowsError { path, why }
    }
}

/// Where the trials of an ensemble are.
#[derive(Debug, Clone)]
pub enum Store {
    /// In memory, by chunk.
    Memory(Vec<Option<Rows>>),
    /// In files of a folder, one a chunk.
    Folder(PathBuf),
    /// Nowhere: they were too many to keep.
    Nowhere,
}

impl Store {
    /// Keeps the trials of a chunk, if it is in memory that they are kept; files are written by who collects them.
    pub fn keep(&mut self, chunk: u32, rows: Rows) {
        if let Store::Memory(chunks) = self {
            let place = chunk as usize;
            if chunks.len() <= place {
                chunks.resize(place + 1, None);
            }
            chunks[place] = Some(rows);
        }
    }

    /// A column of what trials came to in a scenario, in order of trials.
    ///
    /// # Errors
    /// A file that can't be read.
    pub fn totals(
        &self,
        schema: &ResultSchema,
        chunks: &Chunks,
        (scenario, column): (usize, usize),
    ) -> Result<Vec<f64>, RowsError> {
        let mut values = Vec::with_capacity(chunks.trials() as usize);
        for chunk in chunks.all() {
            let trials = chunks.range(chunk).len();
            let first = (scenario * schema.totals.columns.len() + column) * trials;
            values.extend(self.some_totals(chunk, first, trials)?);
        }
        Ok(values)
    }

    /// A kept path of all trials of a scenario: by tick, in order of trials.
    ///
    /// # Errors
    /// A file that can't be read.
    pub fn path(
        &self,
        schema: &ResultSchema,
        chunks: &Chunks,
        (scenario, path): (usize, usize),
    ) -> Result<Vec<Vec<f64>>, RowsError> {
        let ticks = schema.ticks;
        let mut values = vec![Vec::with_capacity(chunks.trials() as usize); ticks];
        for chunk in chunks.all() {
            let trials = chunks.range(chunk).len();
            let first = (scenario * schema.kept.len() + path) * ticks * trials;
            let block = match self {
                Store::Memory(kept) => match kept.get(chunk as usize).and_then(Option::as_ref) {
                    Some(rows) => rows.paths[first..first + ticks * trials].to_vec(),
                    None => continue,
                },
                Store::Folder(folder) => {
                    let before = 8 * schema.scenarios * schema.totals.columns.len() * trials;
                    doubles(&part(&FileKind::Rows.file(folder, chunk), before + 8 * first, 8 * ticks * trials)?)
                }
                Store::Nowhere => continue,
            };
            for (tick, values) in values.iter_mut().enumerate() {
                values.extend_from_slice(&block[tick * trials..(tick + 1) * trials]);
            }
        }
        Ok(values)
    }

    /// What the trials of a chunk came to in a scenario, column by column; empty where trials are not kept.
    ///
    /// # Errors
    /// A file that can't be read.
    pub fn block(
        &self,
        schema: &ResultSchema,
        chunks: &Chunks,
        (scenario, chunk): (usize, u32),
    ) -> Result<Vec<f64>, RowsError> {
        let length = schema.totals.columns.len() * chunks.range(chunk).len();
        self.some_totals(chunk, scenario * length, length)
    }

    /// What some trials came to in all scenarios, whichever chunks they were run in; without their paths.
    ///
    /// # Errors
    /// A file that can't be read.
    pub fn totals_of(&self, schema: &ResultSchema, chunks: &Chunks, range: Range<u32>) -> Result<Rows, RowsError> {
        let (trials, width) = (range.len(), schema.totals.columns.len());
        let mut totals = vec![f64::NAN; schema.scenarios * width * trials];
        let first = range.start / chunks.size();
        let within = (first..chunks.count()).take_while(|chunk| chunks.range(*chunk).start < range.end);
        for (chunk, scenario) in within.flat_map(|chunk| (0..schema.scenarios).map(move |scenario| (chunk, scenario))) {
            let has = chunks.range(chunk);
            let both = has.start.max(range.start)..has.end.min(range.end);
            let block = self.block(schema, chunks, (scenario, chunk))?;
            for (column, values) in block.chunks_exact(has.len()).enumerate() {
                let from = (both.start - has.start) as usize;
                let to = (scenario * width + column) * trials + (both.start - range.start) as usize;
                totals[to..to + both.len()].copy_from_slice(&values[from..from + both.len()]);
            }
        }
        Ok(Rows { trials, totals, paths: Vec::new() })
    }

    /// So many totals of a chunk, from the one of this number on.
    fn some_totals(&self, chunk: u32, first: usize, length: usize) -> Result<Vec<f64>, RowsError> {
        match self {
            Store::Memory(kept) => {
                let rows = kept.get(chunk as usize).and_then(Option::as_ref);
                Ok(rows.map_or_else(Vec::new, |rows| rows.totals[first..first + length].to_vec()))
            }
            Store::Folder(folder) => Ok(doubles(&part(&FileKind::Rows.file(folder, chunk), 8 * first, 8 * length)?)),
            Store::Nowhere => Ok(Vec::new()),
        }
    }
}

/// Some bytes of a file.
fn part(path: &Path, first: usize, length: usize) -> Result<Vec<u8>, RowsError> {
    let mut bytes = vec![0; length];
    let mut read = || -> io::Result<()> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(first as u64))?;
        file.read_exact(&mut bytes)
    };
    match read() {
        Ok(()) => Ok(bytes),
        Err(why) => Err(RowsError::reading(path)(why)),
    }
}
