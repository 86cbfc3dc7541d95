//! Comparison files: which scenarios to set side by side, and which of them is the reference.

use indexmap::IndexMap;

use super::Kind;
use super::layer;
use super::problem::{Problem, Problems, suggest};
use super::reader::{Context, Reader};
use super::source::{Files, Source};

/// A comparison, its paths resolved against its own place.
#[derive(Debug, Clone)]
pub struct ComparisonFile {
    /// The id, which names the folder of results.
    pub id: String,
    /// One line that says what is compared.
    pub title: String,
    /// Why, in a paragraph.
    pub description: String,
    /// Where the scenarios are, in the order in which they are shown; at least two.
    pub scenarios: Vec<Source>,
    /// The id of the scenario that the others are compared with; one of them.
    pub reference: String,
}

/// Loads a comparison from what a user typed. The scenarios are opened to learn their ids, not read whole.
///
/// # Errors
/// All that is wrong with the file, a scenario that can't be opened, two of one id, a reference that is none of them.
pub fn load_comparison(path_or_id: &str) -> Result<ComparisonFile, Problems> {
    load_comparison_source(&Source::named(path_or_id)?)
}

/// Loads a comparison from a source.
///
/// # Errors
/// As [`load_comparison`].
pub fn load_comparison_source(source: &Source) -> Result<ComparisonFile, Problems> {
    let (mut files, mut problems) = (Files::default(), Problems::default());
    let Some((file, table)) = layer::open_as(layer::Wanted::typed(source), Kind::Comparison, &mut files, &mut problems)
    else {
        return Err(problems.or_unexplained());
    };
    let none = IndexMap::new();
    let cx = Context::new(&files, &table, &none);
    let r = Reader::root_of(Kind::Comparison, &cx, &table, file);
    let (id, title, description) = (
        r.text("id", "id of the comparison, which names the folder of results"),
        r.text("title", "one line that says what is compared"),
        r.text("description", "why, in a paragraph"),
    );
    if let (Some(id), Some(node)) = (&id, r.table.get("id")) {
        r.check_id(id, &node.place);
    }
    let (named, reference) = (
        r.texts("scenarios", "scenarios: paths from this file, or ids of shipped ones"),
        r.text("reference", "id of the scenario from which differences are told; one of them"),
    );
    r.also_known(&["kind"]);
    r.finish();
    let scenarios = named.map(|named| members(&r, source, &named));
    if let (Some(scenarios), Some(reference)) = (&scenarios, &reference) {
        check_reference(&r, scenarios, reference);
    }
    problems.append(cx.problems.into_inner());
    match (id, title, description, scenarios, reference) {
        (Some(id), Some(title), Some(description), Some(scenarios), Some(reference)) => {
            problems.into_result()?;
            let scenarios = scenarios.into_iter().map(|(source, _)| source).collect();
            Ok(ComparisonFile { id, title, description, scenarios, reference })
        }
        _ => Err(problems.or_unexplained()),
    }
}

/// Reports a reference that is none of the scenarios, unless one of these could not be opened: it may be that one.
fn check_reference(r: &Reader<'_>, scenarios: &[(Source, String)], reference: &str) {
    let ids = scenarios.iter().map(|(_, id)| id.as_str());
    let all_opened = r.cx.problems.borrow().is_empty();
    if let (true, false, Some(node)) = (all_opened, ids.clone().any(|id| id == reference), r.table.get("reference")) {
        let message = format!("the reference `{reference}` is none of the scenarios that are compared");
        r.problem(&node.place, message, "not the id of one of them", suggest(reference, ids));
    }
}

/// The scenarios and their ids.
fn members(r: &Reader<'_>, source: &Source, named: &[(&str, &super::Place)]) -> Vec<(Source, String)> {
    let mut members: Vec<(Source, String)> = Vec::with_capacity(named.len());
    for (path, place) in named {
        let member = match source.resolve(path) {
            Ok(member) => member,
            Err(problem) => {
                r.cx.push(problem.at(r.cx.files, place, "named here"));
                continue;
            }
        };
        let id = match id_of(&member) {
            Ok(id) => id,
            Err(problem) => {
                r.cx.push(match problem.location() {
                    Some(_) => problem.because(r.cx.files, place, "named here"),
                    None => problem.at(r.cx.files, place, "named here"),
                });
                continue;
            }
        };
        if let Some((other, _)) = members.iter().find(|(_, known)| *known == id) {
            let message = format!("`{}` and `{}` have the same id `{id}`", other.name(), member.name());
            r.cx.push(Problem::new(message).at(r.cx.files, place, "same id").help("give one of them another `id`"));
        }
        members.push((member, id));
    }
    if members.len() == named.len() && members.len() < 2 {
        let place = r.table.get("scenarios").map_or(&r.place, |n| &n.place);
        r.problem(place, "a comparison needs at least two scenarios".into(), "only one", None);
    }
    members
}

/// The id of the scenario at a source.
fn id_of(source: &Source) -> Result<String, Problem> {
    let (mut files, mut problems) = (Files::default(), Problems::default());
    let header = layer::header_of(layer::Wanted::typed(source), &mut files, &mut problems);
    header.map(|h| h.id).ok_or_else(|| problems.or_unexplained().into_first())
}
