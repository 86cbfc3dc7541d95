//! Two files of one run say the same number: what a trial comes to and where its path ends, a table and the trials that it sums
//! up, each format and the others. In text to the last digit that is written, in Parquet to the last bit.

use std::collections::BTreeMap;
use std::fs;
use std::sync::LazyLock;

use crate::common::{Folder, run};
use chokepoint::report::number::{percent, plain};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::Value;

const TRIALS: usize = 40;

/// A run and what it printed.
static RUN: LazyLock<(Folder, Value)> = LazyLock::new(|| {
    let folder = Folder::new();
    let words = format!("compare tiny.toml tiny-listing.toml --trials {TRIALS} --seed 7 --format json --out result");
    let said = run(&mut folder.chokepoint(&words));
    assert_eq!(said.code, 0, "{}", said.err);
    let printed = serde_json::from_str(&said.out).unwrap();
    (folder, printed)
});

fn text(name: &str) -> String {
    fs::read_to_string(RUN.0.path("result").join(name)).unwrap()
}

/// A row by column; blank cells are left out.
type Row = BTreeMap<String, String>;

fn csv(name: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(RUN.0.path("result").join(name)).unwrap();
    let header = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| {
        let cells = header.iter().zip(record.iter()).filter(|(_, cell)| !cell.is_empty());
        cells.map(|(column, cell)| (column.to_owned(), cell.to_owned())).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

/// The same of Parquet: texts, and numbers in all their digits.
fn parquet(name: &str) -> Vec<Row> {
    let file = fs::File::open(RUN.0.path("result").join(name)).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let cell = |field: &Field| match field {
        Field::Null => None,
        Field::Double(number) => Some(format!("{number:?}")),
        Field::Str(text) => Some(text.clone()),
        Field::Date(days) => {
            let day = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(*days)).unwrap();
            Some(day.to_string())
        }
        other => Some(other.to_string()),
    };
    let rows = reader.get_row_iter(None).unwrap().map(Result::unwrap);
    rows.map(|row| row.get_column_iter().filter_map(|(name, field)| Some((name.clone(), cell(field)?))).collect())
        .collect()
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("`{text}` is no number"))
}

/// The values of a table's rows by their key.
fn by_key<const N: usize>(rows: &[Row], key: [&str; N]) -> BTreeMap<[String; N], String> {
    let of = |row: &Row| key.map(|column| row.get(column).cloned().unwrap_or_default());
    rows.iter().filter_map(|row| Some((of(row), row.get("value")?.clone()))).collect()
}

const STATISTICS: [&str; 7] = ["mean", "standard-error", "q05", "q25", "median", "q75", "q95"];

#[test]
fn a_path_ends_where_the_total_is() {
    let formats = [(csv("summary.csv"), csv("series.csv")), (parquet("summary.parquet"), parquet("series.parquet"))];
    for (summary, series) in formats {
        let totals = by_key(&summary, ["scenario", "outcome", "entity", "statistic"]);
        let last = series.iter().map(|row| row["date"].clone()).max().unwrap();
        let paths = by_key(&series, ["scenario", "outcome", "entity", "statistic", "date"]);
        let mut compared = 0;
        for scenario in ["tiny", "tiny-listing"] {
            for statistic in STATISTICS {
                let key = |outcome: &str| [scenario, outcome, "huawei:base-stations", statistic].map(str::to_owned);
                let total = &totals[&key("cumulative-deployment")];
                let [a, b, c, d] = key("cumulative-deployed");
                assert_eq!(total, &paths[&[a, b, c, d, last.clone()]], "{scenario}, {statistic}");
                compared += usize::from(number(total) != number(total).round());
            }
        }
        assert!(compared >= STATISTICS.len(), "numbers with digits behind the point");
    }
}

#[test]
fn a_number_in_text_is_that_of_parquet_in_ten_digits() {
    for (name, columns) in [("summary", Some("value")), ("series", Some("value")), ("trials", None)] {
        let (text, whole) = (csv(&format!("{name}.csv")), parquet(&format!("{name}.parquet")));
        assert_eq!(text.len(), whole.len());
        let key = |row: &Row| (row["scenario"].clone(), number(row.get("trial").map_or("0", String::as_str)) as u32);
        // Trials stand chunk by chunk in Parquet.
        let sorted = |mut rows: Vec<Row>| {
            rows.sort_by_key(key);
            rows
        };
        let mut compared = 0;
        for (text, whole) in sorted(text).iter().zip(&sorted(whole)) {
            assert!(text.keys().eq(whole.keys()), "{text:?} {whole:?}");
            for (column, cell) in text {
                let is_number = columns.is_none_or(|value| value == column) && column != "scenario";
                let wanted = if is_number { plain(number(&whole[column])) } else { whole[column].clone() };
                assert_eq!(cell, &wanted, "{name}, {column}");
                compared += usize::from(is_number);
            }
        }
        assert!(compared > 500, "{name}: {compared}");
    }
}

/// A quantile of type 7 of sorted values.
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let place = p * (sorted.len() - 1) as f64;
    let (below, above) = (place.floor() as usize, place.ceil() as usize);
    sorted[below] + (sorted[above] - sorted[below]) * (place - below as f64)
}

/// 97.5% quantile of Student's t with 39 degrees of freedom.
const T: f64 = 2.022_690_920_036_761;

#[test]
fn the_summary_is_that_of_the_trials() {
    let trials = parquet("trials.parquet");
    let of = |scenario: &str, column: &str| -> Vec<f64> {
        let mut rows: Vec<&Row> = trials.iter().filter(|row| row["scenario"] == scenario).collect();
        rows.sort_by_key(|row| number(&row["trial"]) as u32);
        rows.iter().map(|row| row.get(column).map_or(f64::NAN, |cell| number(cell))).collect()
    };
    let near = |found: f64, wanted: f64, scale: f64, what: &[String; 4]| {
        assert!((found - wanted).abs() <= 1e-9 * wanted.abs().max(1e-3 * scale), "{what:?}: {found}, not {wanted}");
    };
    let mut intervals = 0;
    for (key, value) in by_key(&parquet("summary.parquet"), ["scenario", "outcome", "entity", "statistic"]) {
        let [scenario, outcome, entity, statistic] = &key;
        let column = format!("{outcome}[{entity}]");
        if !trials[0].keys().chain(trials[TRIALS].keys()).any(|known| *known == column) {
            continue;
        }
        let (here, there) = (of(scenario, &column), of("tiny", &column));
        let differs = statistic.starts_with("difference");
        let values = here.iter().zip(&there).map(|(a, b)| if differs { a - b } else { *a }).filter(|v| v.is_finite());
        let mut values: Vec<f64> = values.collect();
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
        let error = (squares / (n - 1.0) / n).sqrt();
        let scale = here.iter().filter(|v| v.is_finite()).fold(0.0f64, |most, v| most.max(v.abs()));
        values.sort_by(f64::total_cmp);
        let wanted = match statistic.trim_start_matches("difference-") {
            "mean" => mean,
            "standard-error" => error,
            "low95" if values.len() == TRIALS => mean - T * error,
            "high95" if values.len() == TRIALS => mean + T * error,
            "q05" => quantile(&values, 0.05),
            "q25" => quantile(&values, 0.25),
            "median" => quantile(&values, 0.5),
            "q75" => quantile(&values, 0.75),
            "q95" => quantile(&values, 0.95),
            "share-of-trials-with-value" => n / TRIALS as f64,
            "share-of-trials-worse" => here.iter().filter(|v| **v > 0.0).count() as f64 / TRIALS as f64,
            "share-of-trials-tied" => here.iter().filter(|v| **v == 0.0).count() as f64 / TRIALS as f64,
            _ => continue,
        };
        intervals += usize::from(statistic.ends_with("95"));
        near(number(&value), wanted, scale, &key);
    }
    assert!(intervals > 10, "{intervals}");
}

#[test]
fn the_long_format_holds_the_values_of_the_series() {
    let listed = |rows: &[Row], day: &str, keep: &dyn Fn(&Row) -> bool| {
        let kept = rows.iter().filter(|row| keep(row) && row.contains_key("value"));
        let mut values: Vec<[String; 3]> = kept.map(|row| ["scenario", day, "value"].map(|c| row[c].clone())).collect();
        values.sort();
        values
    };
    let series = listed(&csv("series.csv"), "date", &|row| row["statistic"] != "standard-error");
    assert!(series.len() > 1000 && series == listed(&csv("iamc.csv"), "time", &|_| true));
}

#[test]
fn what_is_printed_and_pasted_is_what_the_tables_say() {
    let totals = by_key(&csv("summary.csv"), ["scenario", "outcome", "statistic"]);
    let whole = by_key(&parquet("summary.parquet"), ["scenario", "outcome", "statistic"]);
    let of = |statistic: &str| ["tiny-listing", "shortfall-ratio", statistic].map(str::to_owned);
    let printed = &RUN.1["scenarios"][1]["shortfall"];
    for (name, statistic) in [("value", "estimate"), ("low95", "low95"), ("high95", "high95")] {
        let value = printed[name].as_f64().unwrap();
        assert_eq!(whole[&of(statistic)], format!("{value:?}"));
        assert_eq!(totals[&of(statistic)], plain(value));
    }
    let [value, low, high] = ["estimate", "low95", "high95"].map(|statistic| percent(number(&totals[&of(statistic)])));
    let span = format!("{low} to {high}");
    for name in ["summary.md", "tables.md", "report.html"] {
        assert!(text(name).contains(&value) && text(name).contains(&span), "{name}: {value}, {span}");
    }
    assert!(text("tables.tex").replace('\\', "").contains(&span), "{span}");
    let figure = format!("[{} to {}]", low.trim_end_matches('%'), high.trim_end_matches('%'));
    assert!(text("figures/shortfall.svg").contains(&value), "{figure}");
}

#[test]
fn what_pairing_gains_is_told_of_the_variance_in_the_summary() {
    let errors = by_key(&csv("summary.csv"), ["scenario", "outcome", "entity", "statistic"]);
    let mut compared = 0;
    for row in csv("pairing.csv") {
        let key = ["scenario", "outcome", "entity"].map(|column| row[column].clone());
        let [scenario, outcome, entity] = key.clone();
        let error = number(&errors[&[scenario, outcome, entity, "difference-standard-error".to_owned()]]);
        let (pairs, variance) = (number(&row["pairs"]), number(&row["variance-paired"]));
        assert!((error * error * pairs - variance).abs() <= 1e-8 * variance, "{key:?}");
        compared += usize::from(variance > 0.0);
    }
    assert!(compared > 3, "{compared}");
}

/// Of a run of so many trials: the shortfall's interval, that of the paired difference of deployment, and what the program warned of.
fn shortfall_of(trials: usize) -> ([Option<f64>; 2], [Option<f64>; 2], String) {
    let folder = Folder::new();
    let words = format!("compare tiny.toml tiny-listing.toml --trials {trials} --horizon 12 --no-figures --out result");
    let said = run(&mut folder.chokepoint(&words));
    assert_eq!(said.code, 0, "{}", said.err);
    let text = fs::read_to_string(folder.path("result/summary.csv")).unwrap();
    let of = |outcome: &str, statistic: &str| {
        let start = format!("tiny-listing,tiny,{outcome},huawei:base-stations,{statistic},");
        let row = text.lines().find(|line| line.starts_with(&start)).unwrap_or_else(|| panic!("{start}"));
        row[start.len()..].split(',').next().and_then(|cell| cell.parse::<f64>().ok())
    };
    let ends = |outcome: &str, prefix: &str| ["low95", "high95"].map(|end| of(outcome, &format!("{prefix}{end}")));
    (ends("shortfall-ratio", ""), ends("cumulative-deployment", "difference-"), said.err)
}

#[test]
fn too_few_trials_have_no_interval_and_no_two_contradict_each_other() {
    for trials in [2, 19] {
        let (ratio, difference, err) = shortfall_of(trials);
        assert_eq!((ratio, difference), ([None; 2], [None; 2]), "{trials} trials");
        assert!(err.contains(&format!("{trials} trials have no 95% intervals")), "{err}");
    }
    for trials in [20, 60] {
        let ([low, high], [less, more], err) = shortfall_of(trials);
        let (Some(low), Some(high), Some(less), Some(more)) = (low, high, less, more) else {
            panic!("{trials} trials: {low:?} {high:?} {less:?} {more:?}");
        };
        // A shortfall above zero is a difference below it.
        assert_eq!((low > 0.0, high < 0.0), (more < 0.0, less > 0.0), "{trials} trials: {low} {high} {less} {more}");
        assert!(!err.contains("have no 95% intervals"), "{err}");
        assert_eq!(err.contains("could be chance"), low < 0.0 && high > 0.0, "{err}");
    }
}
