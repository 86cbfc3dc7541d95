//! A resolved scenario as files that stand alone: the scenario with all its layers merged, and its bibliography beside it.
//! Loaded again, they give the same scenario, hash and all.

use serde_json::Value as Json;

use super::Scenario;
use super::fragment::valued;

/// Name and text of the files of a scenario, which belong into one folder: the scenario itself first.
pub fn files(scenario: &Scenario) -> [(String, String); 2] {
    let beside = format!("{}.bibliography.toml", scenario.id);
    let mut text = String::new();
    for (key, value) in scenario.resolved.as_object().into_iter().flatten() {
        let value = if key == "bibliography" { beside.clone().into() } else { value.clone() };
        text.push_str(&format!("{key} = {}\n", valued(key, &value)));
    }
    let mut bibliography = String::from("kind = \"bibliography\"\n\n[sources]\n");
    for (key, entry) in scenario.resolved.get("bibliography").and_then(Json::as_object).into_iter().flatten() {
        let known = entry.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
        let known: serde_json::Map<String, Json> = known.map(|(k, v)| (k.clone(), v.clone())).collect();
        bibliography.push_str(&format!("{key} = {}\n", valued(key, &Json::Object(known))));
    }
    [(format!("{}.toml", scenario.id), text), (beside, bibliography)]
}
