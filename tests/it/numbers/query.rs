//! Where a number comes from, in words:
//!
//! - `study FILE COLUMN KEY=VALUE ...`: a cell of `docs/studies/FILE.csv`, in the only row with these values (blanks written as `_`); with `count`
//!   for COLUMN how many rows have them (`KEY^START`: begin so; `KEY$END`: end so), with `lowest`, `highest` or `mean` before it the least, greatest
//!   or mean of several,
//!   with `mean-relative-crps` the mean of the CRPS as shares of what was observed;
//! - `scenario FILE PATH`: a number of `scenarios/FILE.toml`, such as `jurisdictions.CN.compliance.triangular.1`;
//! - `shipped-world WHAT`: `parameters` or `assumptions` of the base world, `observations`;
//! - `default COMMAND OPTION`: what an option of the program is if it is not given;
//! - anything else is of a run: see `runs.rs`. It is looked up in what is kept.
//!
//! Queries may be joined by ` - `, ` + `, ` / ` and ` * `, worked out from left to right; a plain number is a query too. A format follows ` : `, see
//! [`shown`].

use std::fs;
use std::path::Path;

use chokepoint::cli::Typed;
use chokepoint::scenario::{Library, Source, describe_source, load_observations};

use clap::CommandFactory;

use super::kept::Kept;

/// A query and its format.
pub fn split(hole: &str) -> (String, String) {
    let (query, format) =
        hole.rsplit_once(" : ").unwrap_or_else(|| panic!("`{hole}` has no format: write `QUERY : FORMAT`"));
    (query.trim().to_owned(), format.trim().to_owned())
}

/// Signs between queries, each with its place in the text.
fn signs(query: &str) -> Vec<(usize, &str)> {
    let mut signs: Vec<(usize, &str)> =
        [" - ", " + ", " / ", " * "].iter().flat_map(|sign| query.match_indices(*sign)).collect();
    signs.sort();
    signs
}

/// The queries that are joined in one.
pub fn parts(query: &str) -> Vec<&str> {
    let mut from = 0;
    let mut parts = Vec::new();
    for (at, sign) in signs(query) {
        parts.push(query[from..at].trim());
        from = at + sign.len();
    }
    parts.push(query[from..].trim());
    parts
}

/// Whether a query is of a run.
pub fn is_of_a_run(part: &str) -> bool {
    part.parse::<f64>().is_err()
        && !["study ", "scenario ", "shipped-world ", "default "].iter().any(|kind| part.starts_with(kind))
}

/// The answer, as text.
pub fn value(query: &str, kept: &Kept) -> Result<String, String> {
    let (signs, parts) = (signs(query), parts(query));
    if !signs.is_empty() {
        let numbers = parts.iter().map(|part| number(&value(part, kept)?)).collect::<Result<Vec<f64>, String>>()?;
        let joined = signs.iter().zip(&numbers[1..]).fold(numbers[0], |so_far, ((_, sign), next)| match sign.trim() {
            "-" => so_far - next,
            "+" => so_far + next,
            "/" => so_far / next,
            _ => so_far * next,
        });
        return Ok(joined.to_string());
    }
    if query.parse::<f64>().is_ok() {
        return Ok(query.to_owned());
    }
    let words: Vec<&str> = query.split_whitespace().collect();
    match &words[..] {
        ["study", file, rest @ ..] => cell(&super::root().join(format!("docs/studies/{file}.csv")), rest),
        ["scenario", file, path] => of_scenario(file, path),
        ["shipped-world", what] => of_the_world(what),
        ["default", command, option] => default(command, option),
        _ => kept.get(query),
    }
}

/// A cell of a CSV file: a column, and conditions on the row.
pub fn cell(file: &Path, words: &[&str]) -> Result<String, String> {
    let mut reader = csv::Reader::from_path(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let head = reader.headers().map_err(|error| error.to_string())?.clone();
    let column =
        |name: &str| head.iter().position(|h| h == name).ok_or(format!("{} has no column {name}", file.display()));
    let (of_all, words) = match words {
        ["lowest" | "highest" | "mean", rest @ ..] => (Some(words[0]), rest),
        _ => (None, words),
    };
    let (wanted, conditions) = words.split_first().ok_or("no column")?;
    let conditions: Vec<(usize, &str, &str)> = conditions
        .iter()
        .map(|condition| {
            let sign = condition.find(['=', '^', '$']).ok_or(format!("{condition} is no KEY=VALUE"))?;
            Ok((column(&condition[..sign])?, &condition[sign + 1..], &condition[sign..=sign]))
        })
        .collect::<Result<_, String>>()?;
    let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().map_err(|error| error.to_string())?;
    let meets = |row: &&csv::StringRecord| {
        let met = |(at, value, sign): &(usize, &str, &str)| match (row[*at].replace(' ', "_"), *sign) {
            (cell, "^") => cell.starts_with(value),
            (cell, "$") => cell.ends_with(value),
            (cell, _) => cell == *value,
        };
        conditions.iter().all(met)
    };
    let rows: Vec<&csv::StringRecord> = rows.iter().filter(meets).collect();
    if *wanted == "count" {
        return Ok(rows.len().to_string());
    }
    if *wanted == "mean-relative-crps" {
        let columns = [column("crps")?, column("observed_low")?, column("observed_high")?];
        let shares = rows.iter().map(|row| relative(row, columns));
        return Ok((shares.sum::<f64>() / rows.len() as f64).to_string());
    }
    let at = column(wanted)?;
    let ordered = |a: &f64, b: &f64| a.total_cmp(b);
    let numbers = || rows.iter().filter_map(|row| row[at].parse::<f64>().ok());
    match (of_all, &rows[..]) {
        (Some("mean"), rows) => Ok((numbers().sum::<f64>() / rows.len() as f64).to_string()),
        (Some("lowest"), _) => numbers().min_by(ordered).map(|n| n.to_string()).ok_or("no row".to_owned()),
        (Some(_), _) => numbers().max_by(ordered).map(|n| n.to_string()).ok_or("no row".to_owned()),
        (None, [row]) => Ok(row[at].to_owned()),
        (None, rows) => Err(format!("{} rows of {} are meant, not one", rows.len(), file.display())),
    }
}

/// A CRPS as a share of what was observed: the middle of a range, or a bound.
fn relative(row: &csv::StringRecord, [crps, low, high]: [usize; 3]) -> f64 {
    let number = |at: usize| row[at].parse::<f64>().ok();
    let ends: Vec<f64> = [number(low), number(high)].into_iter().flatten().collect();
    number(crps).unwrap_or(f64::NAN) / (ends.iter().sum::<f64>() / ends.len() as f64)
}

fn of_scenario(file: &str, path: &str) -> Result<String, String> {
    let text = fs::read_to_string(super::root().join(format!("scenarios/{file}.toml"))).map_err(|e| e.to_string())?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.to_string())?;
    let mut value = &toml::Value::Table(table);
    for key in path.split('.') {
        let inner = value.get(key).or_else(|| key.parse::<usize>().ok().and_then(|index| value.get(index)));
        value = inner.ok_or(format!("scenarios/{file}.toml has no {key} of {path}"))?;
    }
    let number = value.as_float().or(value.as_integer().map(|n| n as f64)).map(|n| n.to_string());
    number.or(value.as_str().map(str::to_owned)).ok_or(format!("{path} is no number or text"))
}

fn default(command: &str, option: &str) -> Result<String, String> {
    let program = Typed::command();
    let command = program.find_subcommand(command).ok_or(format!("there is no command {command}"))?;
    let arg = command.get_arguments().find(|arg| arg.get_long() == Some(option));
    let value = arg.and_then(|arg| arg.get_default_values().first());
    value.map(|value| value.to_string_lossy().into_owned()).ok_or(format!("--{option} has no default"))
}

fn of_the_world(what: &str) -> Result<String, String> {
    let base = || {
        let source = Source::named("shipped:base").map_err(|error| format!("{error:?}"))?;
        describe_source(&Library::default(), &source).map_err(|error| format!("{error:?}"))
    };
    let observations =
        || load_observations("shipped:observed").map(|file| file.observations).map_err(|error| format!("{error:?}"));
    let count = match what {
        "parameters" => base()?.parameters,
        "assumptions" => base()?.assumptions,
        "observations" => observations()?.len(),
        "scored-observations" => observations()?.iter().filter(|seen| seen.is_scored()).count(),
        _ => return Err(format!("nothing is known as {what}")),
    };
    Ok(count.to_string())
}

/// A text as a number.
pub fn number(value: &str) -> Result<f64, String> {
    value.parse().map_err(|_| format!("`{value}` is no number"))
}

/// A value as a page shows it. The format is `month` (of a day, or of months since the start of 2019), `text`, or a number of decimals, then any of: `%` (the
/// number is a share), `/N` (divided by N first), `k` (to the thousand), `+` (with its sign).
pub fn shown(value: &str, format: &str) -> Result<String, String> {
    if format == "text" {
        return Ok(value.to_owned());
    }
    if format == "month" {
        return month(value);
    }
    let mut number = number(value)?;
    let (format, divisor) = format.split_once('/').unwrap_or((format, "1"));
    number /= divisor.parse::<f64>().map_err(|_| format!("/{divisor} is no divisor"))?;
    let sign = if format.contains('+') && number > 0.0 { "+" } else { "" };
    let percent = if format.contains('%') { "%" } else { "" };
    if !percent.is_empty() {
        number *= 100.0;
    }
    if format.contains('k') {
        number = (number / 1000.0).round() * 1000.0;
    }
    let decimals = format.chars().filter(char::is_ascii_digit).collect::<String>().parse::<usize>().unwrap_or(0);
    // Halves away from zero, as a reader rounds, also where binary is a hair below.
    let scale = 10f64.powi(decimals as i32);
    number = (number * scale * (1.0 + f64::EPSILON * 4.0)).round() / scale;
    Ok(format!("{sign}{}{percent}", with_commas(&format!("{number:.decimals$}"))))
}

fn month(value: &str) -> Result<String, String> {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let (year, month) = match (value.get(..4).and_then(|y| y.parse::<usize>().ok()), value.get(5..7)) {
        (Some(year), Some(month)) if value.len() == 10 => {
            (year, month.parse::<usize>().map_err(|e| e.to_string())? - 1)
        }
        _ => {
            let days = (number(value)? * 30.436_875).round() as i64;
            let day =
                jiff::civil::date(2019, 1, 1).checked_add(jiff::Span::new().days(days)).map_err(|e| e.to_string())?;
            (day.year() as usize, day.month() as usize - 1)
        }
    };
    Ok(format!("{} {year}", NAMES.get(month).ok_or("no month")?))
}

/// Digits in groups of three.
fn with_commas(digits: &str) -> String {
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let (sign, whole) = whole.strip_prefix('-').map_or(("", whole), |whole| ("-", whole));
    let mut out = String::new();
    for (place, c) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            out.push(',');
        }
        out.push(c);
    }
    format!("{sign}{out}{rest}")
}
