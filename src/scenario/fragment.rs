//! Writing a layer: some parameters of a scenario with other distributions, as a file that extends it. What the layer does
//! not mean to change is written as the resolved scenario has it.

use std::fmt::Write;
use std::path::{Component, Path, PathBuf};

use serde_json::{Map, Value as Json};

use super::Scenario;
use super::param::{Dist, Param};

/// A parameter with another distribution.
#[derive(Debug, Clone)]
pub struct Change<'a> {
    /// The parameter as it was.
    pub param: &'a Param,
    /// Its distribution in the layer.
    pub dist: Dist,
    /// What the distribution rests on.
    pub assumption: String,
}

impl Change<'_> {
    /// The record as `--set` takes it.
    pub fn inline(&self) -> String {
        inline(&Json::Object(self.record(&Map::new())))
    }

    /// The record; of the old one the day is kept, where it has one.
    fn record(&self, old: &Map<String, Json>) -> Map<String, Json> {
        let mut record = Map::new();
        if let Some(date) = old.get("date") {
            record.insert("date".into(), date.clone());
        }
        let (key, shape) = shape(&self.dist);
        record.insert(key.into(), shape);
        record.insert("unit".into(), self.param.quantity.name().into());
        record.insert("bounds".into(), vec![self.param.bounds.0, self.param.bounds.1].into());
        record.insert("assumption".into(), self.assumption.clone().into());
        record.insert("confidence".into(), "low".into());
        record
    }
}

/// The key and value of a distribution in a record.
fn shape(dist: &Dist) -> (&'static str, Json) {
    let table = |entries: &[(&str, f64)]| {
        Json::Object(entries.iter().map(|(key, value)| ((*key).to_owned(), (*value).into())).collect())
    };
    match dist {
        Dist::Fixed(value) => ("value", (*value).into()),
        Dist::Triangular { low, mode, high } => ("triangular", vec![*low, *mode, *high].into()),
        Dist::Uniform { low, high } => ("uniform", vec![*low, *high].into()),
        Dist::LogNormal { median, p90 } => ("lognormal", table(&[("median", *median), ("p90", *p90)])),
        Dist::Normal { mean, sd } => ("normal", table(&[("mean", *mean), ("sd", *sd)])),
        Dist::Beta { alpha, beta } => ("beta", table(&[("alpha", *alpha), ("beta", *beta)])),
        Dist::Bernoulli { p } => ("bernoulli", (*p).into()),
        Dist::Quantiles(values) => ("quantiles", values.clone().into()),
        Dist::Choice(alternatives) => {
            let alternative = |(weight, dist): &(f64, Dist)| {
                let (key, shape) = shape(dist);
                Json::Object([("weight".to_owned(), (*weight).into()), (key.to_owned(), shape)].into_iter().collect())
            };
            ("choice", alternatives.iter().map(alternative).collect())
        }
    }
}

/// The body of the layer: the changed parameters, and what `--set` changed in the scenario, whole.
pub fn body(scenario: &Scenario, changes: &[Change<'_>]) -> String {
    let mut resolved = scenario.resolved.clone();
    let mut paths: Vec<String> = Vec::new();
    let set = scenario.overrides.iter().map(|(path, _)| path.as_str());
    for path in set.chain(changes.iter().map(|change| change.param.path.as_str())) {
        let whole = whole(&resolved, path);
        if !paths.contains(&whole) {
            paths.push(whole);
        }
    }
    for change in changes {
        if let Some(Json::Object(record)) = find(&mut resolved, &change.param.path) {
            *record = change.record(record);
        }
    }
    // A path within another one is written with it.
    let outer: Vec<&String> =
        paths.iter().filter(|p| !paths.iter().any(|other| p.starts_with(&format!("{other}.")))).collect();
    let mut blocks: Vec<String> =
        outer.into_iter().filter_map(|path| Some(block(path, find(&mut resolved, path)?))).collect();
    // Single values have no heading of their own: they stand before the first one.
    blocks.sort_by_key(|block| block.starts_with('\n'));
    blocks.concat()
}

/// The part of a path that a layer can replace: up to a parameter record, a list or a single value.
fn whole(resolved: &Json, path: &str) -> String {
    let mut here = resolved;
    let mut done = Vec::new();
    for key in path.split('.') {
        let Json::Object(table) = here else { break };
        let (Some(next), false) = (table.get(key), table.contains_key("unit")) else { break };
        done.push(key);
        here = next;
    }
    done.join(".")
}

/// The value at a path; an element of a dated list is named by its day.
fn find<'a>(json: &'a mut Json, path: &str) -> Option<&'a mut Json> {
    path.split('.').try_fold(json, |here, key| match here {
        Json::Object(table) => table.get_mut(key),
        Json::Array(items) => items.iter_mut().find(|item| item.get("date").is_some_and(|date| date == key)),
        _ => None,
    })
}

/// A value at a path, as lines of TOML.
fn block(path: &str, value: &Json) -> String {
    let key = path.rsplit('.').next().unwrap_or(path);
    match value {
        Json::Object(table) => format!("\n[{path}]\n{}", lines(table)),
        Json::Array(items) if !items.is_empty() && items.iter().all(Json::is_object) => {
            let item = |item: &Json| format!("\n[[{path}]]\n{}", item.as_object().map(lines).unwrap_or_default());
            items.iter().map(item).collect()
        }
        other => format!("{path} = {}\n", valued(key, other)),
    }
}

fn lines(table: &Map<String, Json>) -> String {
    table.iter().map(|(key, value)| line(key, value)).collect()
}

fn line(key: &str, value: &Json) -> String {
    format!("{key} = {}\n", valued(key, value))
}

pub(super) fn valued(key: &str, value: &Json) -> String {
    match value {
        // A day stands without quotes.
        Json::String(day) if day.parse::<crate::units::Date>().is_ok() && key != "note" => day.clone(),
        other => inline(other),
    }
}

/// A value on one line. The escapes of JSON are those of TOML.
fn inline(value: &Json) -> String {
    match value {
        Json::Object(table) => {
            let entries: Vec<String> = table.iter().map(|(k, v)| format!("{k} = {}", valued(k, v))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Json::Array(items) => format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

/// The head of a layer: its id, title and description, and the file that it extends.
pub fn head(id: &str, title: &str, description: &str, extends: &str) -> String {
    let mut text = String::from("kind = \"scenario\"\n");
    for (key, value) in [("id", id), ("title", title), ("description", description), ("extends", extends)] {
        let _ = writeln!(text, "{key} = {}", inline(&value.into()));
    }
    text
}

/// How a file in `folder` names another file: by the way from one to the other, else whole.
pub fn way(folder: &Path, file: &Path) -> String {
    let file = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let Some(folder) = settled(folder) else { return slashes(&file) };
    let (from, to): (Vec<Component<'_>>, Vec<Component<'_>>) =
        (folder.components().collect(), file.components().collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    if shared == 0 {
        return slashes(&file);
    }
    let up = std::iter::repeat_n(Component::ParentDir, from.len() - shared);
    slashes(&up.chain(to[shared..].iter().copied()).collect::<PathBuf>())
}

/// A folder that may not be there yet, by its whole path.
fn settled(folder: &Path) -> Option<PathBuf> {
    if let Ok(whole) = folder.canonicalize() {
        return Some(whole);
    }
    let above = folder.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    (above != folder).then(|| settled(above)).flatten().map(|above| above.join(folder.file_name().unwrap_or_default()))
}

fn slashes(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::load_source;
    use crate::scenario::source::Source;

    fn tiny(overrides: &[(String, String)]) -> Scenario {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tiny.toml");
        load_source(&Source::Disk(path), overrides).unwrap()
    }

    /// The scenario with a layer over it, as the layer's file would give it.
    fn layered(scenario: &Scenario, changes: &[Change<'_>]) -> Scenario {
        let folder = tempfile::tempdir().unwrap();
        let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tiny.toml");
        let text = head("layer", "A \"layer\"", "for a test", &way(folder.path(), &base)) + &body(scenario, changes);
        let file = folder.path().join("layer.toml");
        std::fs::write(&file, &text).unwrap();
        load_source(&Source::Disk(file), &[]).unwrap_or_else(|p| panic!("{}\n{text}", p.lines()))
    }

    #[test]
    fn a_layer_changes_what_it_says_and_nothing_else() {
        let scenario =
            tiny(&[("behaviour.license_use".into(), "0.25".into()), ("time.end".into(), "2020-06-30".into())]);
        let named = [
            "offers.xilinx-large-fpga.us_plant.probability",
            "vendors.huawei.lines.base-stations.plant_capacity.2020-01-01",
        ];
        let dists = [Dist::Bernoulli { p: 0.25 }, Dist::Quantiles(vec![1000.0, 2500.0, 9000.0])];
        let changes: Vec<Change<'_>> = named
            .iter()
            .zip(&dists)
            .map(|(path, dist)| Change {
                param: scenario.params.iter().find(|p| p.path == *path).unwrap(),
                dist: dist.clone(),
                assumption: "a test's \"posterior\"".into(),
            })
            .collect();
        let layered = layered(&scenario, &changes);
        assert_eq!(layered.params.len(), scenario.params.len());
        assert_eq!(layered.world.time.end, scenario.world.time.end);
        for (old, new) in scenario.params.iter().zip(&layered.params) {
            assert_eq!((&old.path, old.bounds), (&new.path, new.bounds));
            match named.iter().position(|path| *path == old.path) {
                Some(i) => assert_eq!(new.dist, dists[i], "{}", old.path),
                None => assert_eq!(new.dist, old.dist, "{}", old.path),
            }
        }
    }

    #[test]
    fn every_distribution_reads_back_as_it_was() {
        let scenario = tiny(&[]);
        let changes: Vec<Change<'_>> = scenario
            .params
            .iter()
            .map(|param| Change { param, dist: param.dist.clone(), assumption: "as it was".into() })
            .collect();
        let layered = layered(&scenario, &changes);
        for (old, new) in scenario.params.iter().zip(&layered.params) {
            assert_eq!((&old.path, &old.dist), (&new.path, &new.dist));
        }
        for change in &changes {
            if change.param.path.ends_with("-01") {
                continue;
            }
            let set = [(change.param.path.clone(), change.inline())];
            let set = load_source(
                &Source::Disk(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tiny.toml")),
                &set,
            );
            assert!(set.is_ok(), "{}: {}", change.param.path, set.unwrap_err().lines());
        }
    }

    #[test]
    fn one_file_names_another_by_the_way_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mine.toml");
        std::fs::write(&file, "x").unwrap();
        assert_eq!(way(&folder.path().join("output/not-yet"), &file), "../../mine.toml");
        assert_eq!(way(folder.path(), &file), "mine.toml");
    }
}
