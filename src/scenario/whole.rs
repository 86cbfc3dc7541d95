//! A resolved scenario as files that stand alone: the scenario with all its layers merged, and its bibliography beside it.
//! Loaded again, they give the same scenario, hash and all.

use serde_json::Value as Json;

use super::Scenario;
use super::fragment::valued;

/// Name and text of the files of a scenario, which belong into one folder: the scenario itself first.
pub fn files(scenario: &Scenario) -> [(String, String); 2] {
    files_of(&scenario.id, &scenario.resolved)
}

/// The same of a scenario of which no more is at hand than its id and itself, resolved.
pub fn files_of(id: &str, resolved: &Json) -> [(String, String); 2] {
    let beside = format!("{id}.bibliography.toml");
    // Of a table that is no parameter the resolved scenario does not repeat what it rests on, where a table above it says so.
    let mut text = format!("assumption = {:?}\nconfidence = \"low\"\n", "as in the files that this was resolved from");
    for (key, value) in resolved.as_object().into_iter().flatten() {
        let value = if key == "bibliography" { beside.clone().into() } else { value.clone() };
        text.push_str(&format!("{key} = {}\n", valued(key, &value)));
    }
    let mut bibliography = String::from("kind = \"bibliography\"\n\n[sources]\n");
    for (key, entry) in resolved.get("bibliography").and_then(Json::as_object).into_iter().flatten() {
        let known = entry.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
        let known: serde_json::Map<String, Json> = known.map(|(k, v)| (k.clone(), v.clone())).collect();
        bibliography.push_str(&format!("{key} = {}\n", valued(key, &Json::Object(known))));
    }
    [(format!("{id}.toml"), text), (beside, bibliography)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::source::Source;
    use crate::scenario::{Kind, load, load_source, shipped};

    #[track_caller]
    fn comes_back(scenario: &Scenario) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files(scenario) {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let path = folder.path().join(format!("{}.toml", scenario.id));
        let again = load_source(&Source::Disk(path), &[]).unwrap_or_else(|problems| panic!("{}", problems.lines()));
        assert_eq!((&again.hash, &again.world_hash), (&scenario.hash, &scenario.world_hash), "{}", scenario.id);
        assert_eq!(again.params.len(), scenario.params.len());
    }

    #[test]
    fn every_shipped_scenario_comes_back_from_its_files() {
        for entry in shipped().iter().filter(|entry| entry.kind == Kind::Scenario) {
            comes_back(&load(&entry.id, &[]).unwrap());
        }
    }

    #[test]
    fn so_does_one_whose_tables_inherit_their_sources_and_one_with_overrides() {
        for name in ["tiny", "tiny-listing"] {
            let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/{name}.toml"));
            comes_back(&load_source(&Source::Disk(path.clone()), &[]).unwrap());
            let set = [("behaviour.license_use".to_owned(), "0.25".to_owned())];
            comes_back(&load_source(&Source::Disk(path), &set).unwrap());
        }
    }
}
