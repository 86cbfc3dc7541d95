//! Files of trials, encoded by chunk, joined and read back.

use super::*;
use crate::disk::tests::fails_wherever_it_fills;

fn columns() -> TrialColumns {
    let names = ["cost[US]", "months-to-recover[firm:phones]", "total[]", "v1.5 \"odd\"[a.b]"];
    TrialColumns::new(names.map(str::to_owned).into_iter().zip(["USD million", "months", "1", "share"])).unwrap()
}

fn value(trial: u32, scenario: usize, column: usize) -> f64 {
    match column {
        0 => 0.0,
        1 if trial.is_multiple_of(3) => f64::NAN,
        1 => f64::from(trial % 12),
        2 => (f64::from(trial) + 0.1) * (scenario + 1) as f64 / 3.0,
        _ => f64::NAN,
    }
}

fn chunk(columns: &TrialColumns, trials: std::ops::Range<u32>) -> Vec<u8> {
    let keys: Vec<TrialKey> =
        trials.clone().map(|trial| TrialKey { trial, point: trial / 2, replication: trial % 2 }).collect();
    let values: [Vec<f64>; 2] =
        [0, 1].map(|s| trials.clone().flat_map(|t| (0..4).map(move |c| value(t, s, c))).collect());
    let parts: Vec<ScenarioTrials> = ["before", "after"]
        .iter()
        .zip(&values)
        .map(|(scenario, values)| ScenarioTrials { scenario, keys: &keys, values })
        .collect();
    columns.encode(&parts).unwrap()
}

fn joined(chunks: Vec<Vec<u8>>) -> Result<Vec<u8>, TrialsError> {
    let mut out = Vec::new();
    columns().join(&mut out, &[("seed".to_owned(), "7".to_owned())], chunks.into_iter().map(Ok))?;
    Ok(out)
}

#[test]
fn a_full_disk_is_an_error_wherever_it_fills() {
    let (columns, notes) = (columns(), [("seed".to_owned(), "7".to_owned())]);
    let chunks = [chunk(&columns, 0..50), chunk(&columns, 50..60)];
    let whole = fails_wherever_it_fills(|out| columns.join(out, &notes, chunks.iter().cloned().map(Ok)));
    assert_eq!(whole, joined(chunks.to_vec()).unwrap());
}

/// What a file of the chunks should hold.
fn check(back: &ReadBack, chunks: &[std::ops::Range<u32>]) {
    let rows: Vec<(u32, usize)> =
        chunks.iter().flat_map(|chunk| [0, 1].map(|s| chunk.clone().map(move |t| (t, s)))).flatten().collect();
    assert_eq!(back.groups, chunks.iter().map(|chunk| chunk.len() * 2).collect::<Vec<_>>());
    assert_eq!(back.scenarios, rows.iter().map(|(_, s)| ["before", "after"][*s]).collect::<Vec<_>>());
    let names: Vec<&str> = back.keys.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, KEYS[1..]);
    for (row, (trial, _)) in rows.iter().enumerate() {
        let keys: Vec<i64> = back.keys.iter().map(|(_, keys)| keys[row]).collect();
        assert_eq!(keys, [*trial, trial / 2, trial % 2].map(i64::from));
    }
    let names: Vec<&String> = back.outcomes.iter().map(|(name, _)| name).collect();
    assert_eq!(names, columns().outcomes.iter().collect::<Vec<_>>());
    for (column, (name, values)) in back.outcomes.iter().enumerate() {
        assert_eq!(values.len(), rows.len());
        for (found, (trial, s)) in values.iter().zip(&rows) {
            let expected = value(*trial, *s, column);
            assert!(found.to_bits() == expected.to_bits() || (found.is_nan() && expected.is_nan()), "{name}");
        }
    }
}

#[test]
fn a_chunk_comes_back_with_null_where_there_is_no_value() {
    let columns = columns();
    let bytes = chunk(&columns, 5..105);
    let back = read_back(bytes.clone()).unwrap();
    check(&back, std::slice::from_ref(&(5..105)));
    // The file says null, not NaN.
    let reader = SerializedFileReader::new(Bytes::from(bytes)).unwrap();
    let row = reader.get_row_iter(None).unwrap().nth(1).unwrap().unwrap();
    let nulls: Vec<bool> =
        row.get_column_iter().map(|(_, field)| matches!(field, parquet::record::Field::Null)).collect();
    assert_eq!(nulls, [false, false, false, false, false, true, false, true]);
}

#[test]
fn a_thousand_chunks_are_joined_in_their_order() {
    let columns = columns();
    let chunks: Vec<_> = (0..1000).map(|i| i * 3..i * 3 + 3).collect();
    let files: Vec<Vec<u8>> = chunks.iter().map(|trials| chunk(&columns, trials.clone())).collect();
    let bytes = joined(files.clone()).unwrap();
    let back = read_back(bytes.clone()).unwrap();
    check(&back, &chunks);
    assert_eq!(back.notes[0], ("seed".to_owned(), "7".to_owned()));
    assert_eq!(back.notes[1].0, "units");
    let units: serde_json::Value = serde_json::from_str(&back.notes[1].1).unwrap();
    assert_eq!(units["months-to-recover[firm:phones]"], "months");
    assert_eq!(units["total[]"], "1");
    assert!(joined(files).unwrap() == bytes);
}

#[test]
fn no_trials_make_a_file_without_rows() {
    let back = read_back(joined(Vec::new()).unwrap()).unwrap();
    assert_eq!((back.groups.len(), back.scenarios.len()), (0, 0));
}

#[test]
fn values_that_are_not_of_the_trials_are_refused() {
    let keys = [TrialKey { trial: 0, point: 0, replication: 0 }];
    let error = columns().encode(&[ScenarioTrials { scenario: "s", keys: &keys, values: &[1.0; 3] }]).unwrap_err();
    assert_eq!(error.to_string(), "3 values can't be 1 trials of 4 outcomes each");
}

#[test]
fn other_columns_damage_and_failed_reading_are_refused() {
    let columns = columns();
    let good = chunk(&columns, 0..40);
    let other = TrialColumns::new([("cost[US]".to_owned(), "USD million")]).unwrap();
    let foreign = other.encode(&[]).unwrap();
    let error = joined(vec![good.clone(), foreign]).unwrap_err();
    assert!(matches!(error, TrialsError::OtherColumns { chunk: 1 }), "{error}");
    let error = joined(vec![good.clone(), good[..good.len() / 2].to_vec()]).unwrap_err();
    assert!(matches!(error, TrialsError::Corrupt { chunk: 1, .. }), "{error}");
    // Whatever byte is wrong, joining ends with a result or an error.
    for place in 0..good.len() {
        let mut bytes = good.clone();
        bytes[place] ^= 0x55;
        let _ = joined(vec![bytes]);
    }
    let failing = std::iter::once(Err(io::Error::other("gone")));
    assert_eq!(columns.join(Vec::new(), &[], failing).unwrap_err().to_string(), "gone");
}
