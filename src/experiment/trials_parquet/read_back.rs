//! Reads a file of trials back whole, row by row: for tests and small files.

use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

/// What a file of trials holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReadBack {
    /// Keys and values of the metadata.
    pub notes: Vec<(String, String)>,
    /// Rows of each row group.
    pub groups: Vec<usize>,
    /// The scenario of each row.
    pub scenarios: Vec<String>,
    /// By column of whole numbers, its name and the number of each row.
    pub keys: Vec<(String, Vec<i64>)>,
    /// By outcome, its column's name and the value of each row; NaN where it has none.
    pub outcomes: Vec<(String, Vec<f64>)>,
}

/// Reads a file of trials.
///
/// # Errors
/// If it can't be read as Parquet.
pub fn read_back(file: Vec<u8>) -> Result<ReadBack, ParquetError> {
    let reader = SerializedFileReader::new(Bytes::from(file))?;
    let metadata = reader.metadata();
    let mut back = ReadBack::default();
    for note in metadata.file_metadata().key_value_metadata().into_iter().flatten() {
        back.notes.push((note.key.clone(), note.value.clone().unwrap_or_default()));
    }
    back.groups = metadata.row_groups().iter().map(|group| group.num_rows() as usize).collect();
    for row in reader.get_row_iter(None)? {
        let (mut keys, mut outcomes) = (0, 0);
        for (name, field) in row?.get_column_iter() {
            match field {
                Field::Str(scenario) => back.scenarios.push(scenario.clone()),
                Field::Long(key) => put(&mut back.keys, &mut keys, name, *key),
                Field::Double(value) => put(&mut back.outcomes, &mut outcomes, name, *value),
                _ => put(&mut back.outcomes, &mut outcomes, name, f64::NAN),
            }
        }
    }
    Ok(back)
}

/// Puts a value at the end of the column at `place`, which the first row makes.
fn put<T>(columns: &mut Vec<(String, Vec<T>)>, place: &mut usize, name: &str, value: T) {
    if *place == columns.len() {
        columns.push((name.to_owned(), Vec::new()));
    }
    columns[*place].1.push(value);
    *place += 1;
}
