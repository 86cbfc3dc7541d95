//! Parquet: columns with their types, numbers as computed (CSV rounds them), null where there is none. The metadata holds where
//! the table comes from, and what its columns mean.

use std::io::Write;
use std::mem;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;

use super::json::columns_json;
use crate::report::ReportError;
use crate::report::provenance::Provenance;
use crate::report::table::{Cell, Kind, Table};
use crate::units::Date;

/// Rows after which those at hand are written.
const GROUP: usize = 1 << 17;

/// The day that dates are counted from.
const EPOCH: Date = Date::constant(1970, 1, 1);

/// Writes a table.
///
/// # Errors
/// What can't be written, or a row that can't be made.
pub fn write(table: &Table<'_>, provenance: &Provenance, out: impl Write + Send) -> Result<(), ReportError> {
    let properties = properties(table, provenance);
    let mut writer = SerializedFileWriter::new(out, schema(table)?, Arc::new(properties))?;
    let mut columns: Vec<Gathered> = table.columns.iter().map(|column| Gathered::new(column.kind)).collect();
    let mut rows = 0;
    table.each(&mut |row| {
        columns.iter_mut().zip(row).for_each(|(column, cell)| column.push(*cell));
        rows += 1;
        if rows == GROUP {
            rows = 0;
            group(&mut writer, &mut columns)?;
        }
        Ok(())
    })?;
    if rows > 0 {
        group(&mut writer, &mut columns)?;
    }
    writer.close()?;
    Ok(())
}

fn properties(table: &Table<'_>, provenance: &Provenance) -> WriterProperties {
    let about =
        [("title".to_owned(), table.sort.title.to_owned()), ("columns".to_owned(), columns_json(table).to_string())];
    let pairs = provenance.pairs().into_iter().chain(about);
    WriterProperties::builder()
        .set_created_by(format!("chokepoint version {}", provenance.version()))
        .set_compression(Compression::SNAPPY)
        .set_key_value_metadata(Some(pairs.map(|(key, value)| KeyValue::new(key, value)).collect()))
        .build()
}

fn schema(table: &Table<'_>) -> Result<Arc<Type>, ParquetError> {
    let field = |column: &crate::report::table::Column| {
        let (physical, logical) = match column.kind {
            Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Kind::Whole => (Physical::INT64, None),
            Kind::Number => (Physical::DOUBLE, None),
            Kind::Date => (Physical::INT32, Some(LogicalType::Date)),
        };
        Type::primitive_type_builder(&column.name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical)
            .build()
            .map(Arc::new)
    };
    let fields = table.columns.iter().map(field).collect::<Result<_, _>>()?;
    Type::group_type_builder(table.sort.name).with_fields(fields).build().map(Arc::new)
}

/// Cells of a column, on their way: which have a value, and the values.
struct Gathered {
    present: Vec<i16>,
    values: Values,
}

enum Values {
    Text(Vec<ByteArray>),
    Whole(Vec<i64>),
    Number(Vec<f64>),
    Date(Vec<i32>),
}

impl Gathered {
    fn new(kind: Kind) -> Gathered {
        let values = match kind {
            Kind::Text => Values::Text(Vec::new()),
            Kind::Whole => Values::Whole(Vec::new()),
            Kind::Number => Values::Number(Vec::new()),
            Kind::Date => Values::Date(Vec::new()),
        };
        Gathered { present: Vec::new(), values }
    }

    fn push(&mut self, cell: Cell<'_>) {
        let there = match (&mut self.values, cell) {
            (Values::Text(values), Cell::Text(text)) => {
                // Most texts are those of the row before, whose bytes are shared.
                let same = values.last().filter(|last| last.data() == text.as_bytes()).cloned();
                values.push(same.unwrap_or_else(|| text.into()));
                true
            }
            (Values::Whole(values), Cell::Whole(number)) => {
                values.push(number as i64);
                true
            }
            (Values::Number(values), Cell::Number(number)) if number.is_finite() => {
                values.push(number);
                true
            }
            (Values::Date(values), Cell::Date(day)) => {
                values.push(days(day));
                true
            }
            _ => false,
        };
        self.present.push(i16::from(there));
    }
}

fn days(day: Date) -> i32 {
    EPOCH.until(day).map_or(0, |span| span.get_days())
}

/// Writes what was gathered, and empties it.
fn group<W: Write + Send>(writer: &mut SerializedFileWriter<W>, columns: &mut [Gathered]) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    for column in columns {
        let present = mem::take(&mut column.present);
        match &mut column.values {
            Values::Text(values) => write_column::<ByteArrayType, W>(&mut group, &mem::take(values), &present)?,
            Values::Whole(values) => write_column::<Int64Type, W>(&mut group, &mem::take(values), &present)?,
            Values::Number(values) => write_column::<DoubleType, W>(&mut group, &mem::take(values), &present)?,
            Values::Date(values) => write_column::<Int32Type, W>(&mut group, &mem::take(values), &present)?,
        }
    }
    group.close().map(drop)
}

fn write_column<T: DataType, W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    values: &[T::T],
    present: &[i16],
) -> Result<(), ParquetError> {
    let mut column = group.next_column()?.ok_or_else(|| ParquetError::General("a column too many".to_owned()))?;
    column.typed::<T>().write_batch(values, Some(present), None)?;
    column.close()
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    use super::*;
    use crate::report::provenance::tests::provenance;
    use crate::report::table::tests::hard;

    #[test]
    fn what_is_written_is_read_back_with_its_types() {
        let mut bytes = Vec::new();
        write(&hard(), &provenance(), &mut bytes).unwrap();
        let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
        let rows: Vec<Vec<Field>> = reader
            .get_row_iter(None)
            .unwrap()
            .map(|row| row.unwrap().get_column_iter().map(|(_, field)| field.clone()).collect())
            .collect();
        let day = Field::Date(days(Date::constant(2019, 11, 29)));
        assert_eq!(
            rows,
            [
                vec![
                    Field::Str("=1+1, \"x\"".into()),
                    day.clone(),
                    Field::Long(7),
                    Field::Str("a".into()),
                    Field::Double(1.0 / 3.0)
                ],
                vec![Field::Null, day, Field::Long(0), Field::Null, Field::Null],
                vec![
                    Field::Str("漢字 <&>".into()),
                    Field::Null,
                    Field::Long(i64::from(u32::MAX)),
                    Field::Str("b".into()),
                    Field::Double(-2.5e6)
                ],
            ]
        );
        assert_eq!(days(Date::constant(2019, 11, 29)), 18_229);
        let metadata = reader.metadata().file_metadata().key_value_metadata().unwrap();
        let of = |key: &str| metadata.iter().find(|pair| pair.key == key).and_then(|pair| pair.value.clone()).unwrap();
        assert_eq!((of("seed"), of("trials")), ("20191129".to_owned(), "4000".to_owned()));
        assert!(of("scenarios").contains("8fecbcb86728aa00112233445566") && of("columns").contains("A whole number"));
    }
}
