//! Trials in Parquet, so that a million of them can be kept and analyzed elsewhere. The trials of a chunk are encoded by
//! themselves as a small complete file of one row group, on whatever thread or machine ran them; such files are joined
//! by copying their bytes, in the order of chunks, in memory that grows by the footer only. The bytes depend on
//! nothing but the trials.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, LogicalType, Repetition, Type as Physical};
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{ColumnPath, Type};

mod read_back;
#[cfg(test)]
mod tests;

pub use read_back::{ReadBack, read_back};

/// The columns that say which trial a row is, before those of outcomes: `scenario` (text), then whole numbers.
pub const KEYS: [&str; 4] = ["scenario", "trial", "point", "replication"];

/// Which trial a row is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrialKey {
    /// Number of the trial.
    pub trial: u32,
    /// Point of the design.
    pub point: u32,
    /// Replication of the point.
    pub replication: u32,
}

/// Trials of one scenario in a chunk.
#[derive(Debug, Clone, Copy)]
pub struct ScenarioTrials<'a> {
    /// Id of the scenario.
    pub scenario: &'a str,
    /// The trials.
    pub keys: &'a [TrialKey],
    /// What each came to: `[trial][outcome]`; NaN where an outcome has no value, which the file says as null.
    pub values: &'a [f64],
}

/// Trials can't be written.
#[derive(Debug, thiserror::Error)]
pub enum TrialsError {
    /// The values of a scenario are not those of its trials.
    #[error("{values} values can't be {trials} trials of {outcomes} outcomes each")]
    ResultSchema {
        /// Values given.
        values: usize,
        /// Trials given.
        trials: usize,
        /// Outcomes of the file.
        outcomes: usize,
    },
    /// A file of a chunk has other columns.
    #[error(
        "the trials of chunk {chunk} (from 0) have other columns than the file they are joined into: they are of another experiment"
    )]
    OtherColumns {
        /// The chunk, counted as given.
        chunk: usize,
    },
    /// A file of a chunk can't be read as Parquet.
    #[error("the trials of chunk {chunk} (from 0) are damaged: {error}")]
    Corrupt {
        /// The chunk, counted as given.
        chunk: usize,
        /// What is wrong.
        error: ParquetError,
    },
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Encoding failed.
    #[error("trials can't be written as Parquet: {0}")]
    Parquet(#[from] ParquetError),
}

/// The columns of a file of trials.
#[derive(Debug, Clone)]
pub struct TrialColumns {
    schema: Arc<Type>,
    /// Names of the outcomes' columns.
    outcomes: Vec<String>,
    /// The unit of each outcome's column, as JSON.
    units: String,
}

impl TrialColumns {
    /// The columns of outcomes, each with its name (`outcome[entity]`, as in `trials.csv`) and unit.
    ///
    /// # Errors
    /// None in practice.
    pub fn new<'a>(outcomes: impl IntoIterator<Item = (String, &'a str)>) -> Result<TrialColumns, TrialsError> {
        let (outcomes, units): (Vec<String>, Vec<&str>) = outcomes.into_iter().unzip();
        let column = |name: &str, physical: Physical, repetition: Repetition, logical: Option<LogicalType>| {
            let column = Type::primitive_type_builder(name, physical).with_repetition(repetition);
            column.with_logical_type(logical).build().map(Arc::new)
        };
        let mut fields = Vec::new();
        for key in KEYS {
            let (physical, logical) = match key {
                "scenario" => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
                _ => (Physical::INT64, None),
            };
            fields.push(column(key, physical, Repetition::REQUIRED, logical)?);
        }
        for name in &outcomes {
            fields.push(column(name, Physical::DOUBLE, Repetition::OPTIONAL, None)?);
        }
        let schema = Type::group_type_builder("trials").with_fields(fields).build()?;
        let units: serde_json::Map<_, _> =
            outcomes.iter().zip(units).map(|(name, unit)| (name.clone(), unit.into())).collect();
        Ok(TrialColumns { schema: Arc::new(schema), outcomes, units: serde_json::Value::from(units).to_string() })
    }

    /// The trials of a chunk as a file of one row group: the scenarios' rows one after the other.
    ///
    /// # Errors
    /// If there are more or fewer values than trials and outcomes.
    pub fn encode(&self, chunk: &[ScenarioTrials]) -> Result<Vec<u8>, TrialsError> {
        let outcomes = self.outcomes.len();
        for part in chunk {
            if part.values.len() != part.keys.len() * outcomes {
                return Err(TrialsError::ResultSchema { values: part.values.len(), trials: part.keys.len(), outcomes });
            }
        }
        let columns: Vec<Optional> = (0..outcomes).map(|column| Optional::gather(chunk, column, outcomes)).collect();
        let properties = properties();
        let properties = self.outcomes.iter().zip(&columns).fold(properties, |properties, (name, column)| {
            properties.set_column_dictionary_enabled(path(name), column.has_few_values())
        });
        let mut writer = SerializedFileWriter::new(Vec::new(), self.schema.clone(), Arc::new(properties.build()))?;
        let mut group = writer.next_row_group()?;
        write_keys(&mut group, chunk)?;
        for column in &columns {
            write_column::<DoubleType>(&mut group, &column.values, Some(&column.present))?;
        }
        group.close()?;
        Ok(writer.into_inner()?)
    }

    /// Joins files of chunks, in the order given, into one that has their row groups. `notes` are put into its metadata,
    /// with the units of outcomes (`units`, a JSON object by column).
    ///
    /// # Errors
    /// If a file can't be read, is damaged or has other columns, or the output can't be written.
    pub fn join(
        &self,
        out: impl Write + Send,
        notes: &[(String, String)],
        chunks: impl IntoIterator<Item = io::Result<Vec<u8>>>,
    ) -> Result<(), TrialsError> {
        let units = [("units".to_owned(), self.units.clone())];
        let metadata = notes.iter().chain(&units).map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
        let properties = properties().set_key_value_metadata(Some(metadata.collect())).build();
        let mut writer = SerializedFileWriter::new(out, self.schema.clone(), Arc::new(properties))?;
        for (chunk, bytes) in chunks.into_iter().enumerate() {
            let bytes = Bytes::from(bytes?);
            let reader = SerializedFileReader::new(bytes.clone());
            let reader = reader.map_err(|error| TrialsError::Corrupt { chunk, error })?;
            let metadata = reader.metadata();
            if metadata.file_metadata().schema() != &*self.schema {
                return Err(TrialsError::OtherColumns { chunk });
            }
            for group in metadata.row_groups() {
                let mut joined = writer.next_row_group()?;
                for column in group.columns() {
                    let close = ColumnCloseResult {
                        bytes_written: column.compressed_size() as u64,
                        rows_written: group.num_rows() as u64,
                        metadata: column.clone(),
                        bloom_filter: None,
                        column_index: None,
                        offset_index: None,
                    };
                    joined.append_column(&bytes, close)?;
                }
                joined.close()?;
            }
        }
        writer.close()?;
        Ok(())
    }
}

/// One outcome of a chunk's rows: which have a value, and the values.
struct Optional {
    present: Vec<i16>,
    values: Vec<f64>,
}

impl Optional {
    fn gather(chunk: &[ScenarioTrials], column: usize, width: usize) -> Optional {
        let cells = chunk.iter().flat_map(|part| part.values.iter().skip(column).step_by(width));
        let mut gathered = Optional { present: Vec::new(), values: Vec::new() };
        for value in cells {
            gathered.present.push(i16::from(!value.is_nan()));
            gathered.values.extend((!value.is_nan()).then_some(*value));
        }
        gathered
    }

    /// Whether a dictionary of the values is small beside them. Many outcomes are zero or whole in most trials.
    fn has_few_values(&self) -> bool {
        let most = self.values.len() / 8;
        let mut distinct = BTreeSet::new();
        self.values.iter().all(|value| {
            distinct.insert(value.to_bits());
            distinct.len() <= most.max(1)
        })
    }
}

fn write_keys(group: &mut SerializedRowGroupWriter<Vec<u8>>, chunk: &[ScenarioTrials]) -> Result<(), ParquetError> {
    let rows = |part: &ScenarioTrials| part.keys.len();
    let scenarios = chunk.iter().flat_map(|part| std::iter::repeat_n(ByteArray::from(part.scenario), rows(part)));
    write_column::<ByteArrayType>(group, &scenarios.collect::<Vec<_>>(), None)?;
    let numbers: [fn(&TrialKey) -> u32; 3] = [|key| key.trial, |key| key.point, |key| key.replication];
    for key in numbers {
        let keys = chunk.iter().flat_map(|part| part.keys.iter().map(|k| i64::from(key(k))));
        write_column::<Int64Type>(group, &keys.collect::<Vec<_>>(), None)?;
    }
    Ok(())
}

fn write_column<T: parquet::data_type::DataType>(
    group: &mut SerializedRowGroupWriter<Vec<u8>>,
    values: &[T::T],
    present: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let mut column = group.next_column()?.ok_or_else(|| ParquetError::General("a column too many".to_owned()))?;
    column.typed::<T>().write_batch(values, present, None)?;
    column.close()
}

/// How files are written. Statistics are left out but for keys: with so many columns they would be a good part of the file.
fn properties() -> WriterPropertiesBuilder {
    let created_by = concat!("chokepoint version ", env!("CARGO_PKG_VERSION")).to_owned();
    let all = WriterProperties::builder()
        .set_created_by(created_by)
        .set_compression(Compression::SNAPPY)
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true);
    KEYS.iter().fold(all, |properties, key| {
        let properties = properties.set_column_statistics_enabled(path(key), EnabledStatistics::Chunk);
        if *key == "scenario" {
            return properties;
        }
        let properties = properties.set_column_dictionary_enabled(path(key), false);
        properties.set_column_encoding(path(key), Encoding::DELTA_BINARY_PACKED)
    })
}

/// The path of a column: its name, though that may have dots.
fn path(name: &str) -> ColumnPath {
    ColumnPath::new(vec![name.to_owned()])
}
