//! Every fact of every kind of record, changed in each way there is: nothing may go on citing what was said of another value.

use std::collections::BTreeSet;

use super::*;
use crate::scenario::layer::{self, Layer, Wanted};
use crate::scenario::load::Parts;
use crate::scenario::overrides;
use crate::scenario::problem::Problems;
use crate::scenario::resolved::compact;
use crate::scenario::source::{Library, Source};

/// A fact of a record: the path of its table, its key, its value.
type Fact = (String, String, Value);

/// The merged layers of a shipped scenario.
fn merged(id: &str) -> (Table, Files) {
    let mut parts =
        Parts::read(&Library::default(), &Source::Shipped(id.to_owned())).unwrap_or_else(|p| panic!("{}", p.lines()));
    let merged = layer::merge(&parts.chain, &parts.files, &mut parts.problems);
    assert!(parts.problems.is_empty(), "{}", parts.problems.lines());
    (merged, parts.files)
}

fn facts(table: &Table, path: &str, found: &mut Vec<Fact>) {
    for (key, entry) in &table.entries {
        match &entry.node.value {
            Value::Table(inner) if !inner.is_record() => {
                let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                facts(inner, &below, found);
            }
            value if is_fact(value) && !WORDS.contains(&key.as_str()) && !path.is_empty() && path != FRAME => {
                found.push((path.to_owned(), key.clone(), value.clone()));
            }
            _ => {}
        }
    }
}

/// Another value of the same kind, as TOML. Whether it makes sense does not matter: it is laid over and not read.
fn other(value: &Value) -> String {
    match value {
        Value::Number(digits) => format!("{}", digits.parse::<f64>().unwrap() + 1.0),
        Value::Flag(flag) => (!flag).to_string(),
        Value::Date(_) => "1999-12-31".to_owned(),
        Value::List(_) => "[\"another\"]".to_owned(),
        _ => "\"another\"".to_owned(),
    }
}

fn layer_of(text: &str, files: &mut Files) -> Layer {
    let head = "kind = \"scenario\"\nid = \"l\"\ntitle = \"l\"\ndescription = \"l\"\nextends = \"shipped:base\"\n";
    let source = Source::Text { name: "layer.toml".into(), text: format!("{head}{text}") };
    let mut problems = Problems::default();
    let read = layer::read_layer(Wanted::typed(&source), files, &mut problems);
    read.unwrap_or_else(|| panic!("{}\n{text}", problems.lines()))
}

/// Lays a text over the tree; gives the tree once settled, and the warnings.
fn laid(below: &Table, files: &mut Files, texts: &[&str]) -> (Table, Vec<Problem>) {
    let mut all = below.clone();
    for text in texts {
        let mut problems = Problems::default();
        let layer = layer_of(text, files);
        layer::lay_over(&mut all, &layer, files, &mut problems);
        assert!(problems.is_empty(), "{}", problems.lines());
    }
    let warnings = settle(&mut all, files);
    (all, warnings)
}

fn at<'t>(table: &'t Table, path: &str) -> &'t Table {
    path.split('.').try_fold(table, |table, key| table.table(key)).unwrap_or_else(|| panic!("no {path}"))
}

fn reason(table: &Table) -> Option<&str> {
    match table.backing.origin.as_deref() {
        Some(Origin::Assumption(reason)) => Some(reason),
        _ => None,
    }
}

/// What a text of the table says once a fact of it was changed.
fn word(table: &Table, word: &str) -> Option<String> {
    table.get(word).map(|node| compact(&node.value))
}

#[test]
fn no_fact_of_any_record_goes_on_under_the_source_of_another_value() {
    let mut kinds = BTreeSet::new();
    for id in ["allied-restrictions", "escalation", "amended-with-waivers"] {
        let (below, mut files) = merged(id);
        let mut all = Vec::new();
        facts(&below, "", &mut all);
        assert!(all.len() > 300, "{id}: {}", all.len());
        // One of each key in each kind of table: more would test the same again, and take a minute.
        let mut seen = BTreeSet::new();
        all.retain(|(path, key, _)| {
            let kind = path.split('.').next().unwrap_or_default();
            kinds.insert(kind.to_owned());
            seen.insert((kind.to_owned(), path.matches('.').count(), key.clone()))
        });
        assert!(all.len() > 25, "{id}: {}", all.len());
        for (path, key, value) in &all {
            let change = format!("[{path}]\n{key} = {}\n", other(value));
            let old = at(&below, path);
            // Nothing is said: a warning at the key, and neither source nor remark of the old value.
            let (tree, warnings) = laid(&below, &mut files, &[&change]);
            let [warning] = &warnings[..] else { panic!("{path}.{key}: {} warnings", warnings.len()) };
            assert!(warning.message().contains(path.as_str()) && warning.message().contains(key), "{warning}");
            assert_eq!(warning.location(), Some(("layer.toml", 7, 1)), "{path}.{key}");
            let table = at(&tree, path);
            assert!(reason(table).is_some_and(|r| r.starts_with("not stated") && r.contains(key.as_str())), "{path}");
            assert_eq!((table.backing.confidence, &table.backing.note), (Some(Confidence::Low), &None), "{path}");
            for text in SPEAKS_OF_FACTS {
                assert_eq!(word(table, text).is_some(), word(old, text).is_some());
                assert!(word(table, text).is_none_or(|new| Some(new) != word(old, text)), "{path}.{text} goes on");
            }
            // The same by hand.
            let mut set = below.clone();
            let mut problems = Problems::default();
            let typed = [(format!("{path}.{key}"), other(value))];
            overrides::apply(&mut set, &typed, &mut files, &mut problems);
            assert!(problems.is_empty() && settle(&mut set, &files).is_empty(), "{path}.{key}");
            assert!(reason(at(&set, path)).is_some_and(|r| r.starts_with("set on the command line")), "{path}.{key}");
        }
        // One of each table is enough for what a layer may say.
        let mut tables = BTreeSet::new();
        for (path, key, value) in all.iter().filter(|(path, ..)| tables.insert(path.clone())) {
            let assigned = format!("{key} = {}\n", other(value));
            let backed = "assumption = \"because\"\nconfidence = \"high\"\n";
            let own = format!("[{path}]\n{assigned}{backed}");
            let head = format!("{backed}[{path}]\n{assigned}");
            let later = format!("[{path}]\n{backed}");
            let change = format!("[{path}]\n{assigned}");
            for texts in [&[own.as_str()][..], &[&head], &[&change, &later]] {
                let (tree, warnings) = laid(&below, &mut files, texts);
                assert!(warnings.is_empty(), "{path}.{key}: {}", warnings[0]);
                assert_eq!(reason(at(&tree, path)), Some("because"), "{texts:?}");
                assert_eq!(at(&tree, path).backing.confidence, Some(Confidence::High), "{texts:?}");
            }
            // The layer above one that is supported changes the fact again.
            let (_, warnings) = laid(&below, &mut files, &[&own, &format!("[{path}]\n{key} = {}\n", restated(value))]);
            assert_eq!(warnings.len(), 1, "{path}.{key}");
            // What is said again is not changed, and what is only removed is.
            let same = format!("[{path}]\n{key} = {}\n", restated(value));
            assert!(laid(&below, &mut files, &[&same]).1.is_empty(), "{same}");
            let gone = format!("remove = [\"{path}.{key}\"]\n");
            assert_eq!(laid(&below, &mut files, &[&gone]).1.len(), 1, "{gone}");
            let gone = format!("{gone}[{path}]\n{backed}");
            assert_eq!(reason(at(&laid(&below, &mut files, &[&gone]).0, path)), Some("because"), "{gone}");
        }
    }
    let known =
        ["provisions", "licensing", "escalation", "offers", "classes", "suppliers", "vendors", "markets", "lines"];
    known.iter().for_each(|kind| assert!(kinds.contains(*kind), "{kind} is not among {kinds:?}"));
}

/// The value as a file would say it again, digits written otherwise.
fn restated(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("{text:?}"),
        Value::Number(digits) if digits.contains('.') => format!("{digits}0"),
        Value::Number(digits) => format!("{digits}.0"),
        Value::List(items) => {
            format!("[{}]", items.iter().map(|item| restated(&item.value)).collect::<Vec<_>>().join(", "))
        }
        other => compact(other),
    }
}

#[test]
fn words_may_change_without_a_source_and_are_then_the_layers_own() {
    let (below, mut files) = merged("amended-rules");
    let path = "provisions.huawei-de-minimis";
    let texts = ["[provisions.huawei-de-minimis]\ntitle = \"Another title\"\n"];
    let (tree, warnings) = laid(&below, &mut files, &texts);
    assert!(warnings.is_empty() && reason(at(&tree, path)).is_none());
    let texts = [
        "[provisions.huawei-de-minimis]\nthreshold = 0.05\ntitle = \"At 5 percent\"\nassumption = \"x\"\n",
        "[provisions.huawei-de-minimis]\ncitation = \"Proposed\"\n",
    ];
    let (tree, warnings) = laid(&below, &mut files, &texts);
    let table = at(&tree, path);
    assert_eq!(
        (word(table, "title").as_deref(), word(table, "citation").as_deref()),
        (Some("At 5 percent"), Some("Proposed"))
    );
    // An assumption without a word on how sure it is does not take over how sure the old source was.
    assert_eq!(table.backing.confidence, Some(Confidence::Low));
    assert!(warnings.len() == 1 && warnings[0].message().contains("how sure"), "{warnings:?}");
}

#[test]
fn a_parameter_within_a_record_brings_its_own_source() {
    let (below, mut files) = merged("amended-rules");
    let path = "offers.xilinx-28nm";
    let text = "[offers.xilinx-28nm]\nprice = { value = 1, unit = \"USD/unit\", bounds = [0, 9], assumption = \"x\", confidence = \"low\" }\n";
    let (tree, warnings) = laid(&below, &mut files, &[text]);
    assert!(warnings.is_empty());
    assert_eq!(reason(at(&tree, path)), reason(at(&below, path)));
    // A key of the record by hand is no longer what the source says.
    let (mut set, mut problems) = (below.clone(), Problems::default());
    let typed = [("offers.xilinx-28nm.price.bounds".to_owned(), "[0, 99999]".to_owned())];
    overrides::apply(&mut set, &typed, &mut files, &mut problems);
    assert!(problems.is_empty(), "{}", problems.lines());
    assert_eq!(reason(at(&set, "offers.xilinx-28nm.price")), Some("set on the command line"));
}

#[test]
fn a_new_part_of_a_record_must_rest_on_something_too() {
    let (below, mut files) = merged("amended-rules");
    let bare = "[offers.xilinx-28nm.candidates]\nzte = 2020-01-01\n";
    assert!(at(&below, "offers.xilinx-28nm").get("candidates").is_none());
    assert_eq!(laid(&below, &mut files, &[bare]).1.len(), 1);
    let backed = format!("{bare}assumption = \"x\"\n");
    // `assumption` among the candidates would be read as backing, not as a vendor.
    assert!(laid(&below, &mut files, &[&backed]).1.is_empty());
}
