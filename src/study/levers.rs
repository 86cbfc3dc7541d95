//! What a design and its levers mean for the scenarios that are to be run. A lever of the world becomes a choice in
//! every scenario, which the design places; a lever of the rules can't be placed in a world that all scenarios share, so that
//! a scenario that has it becomes one for each value.

use super::error::StudyError;
use super::events::{Observer, Silent};
use super::inputs::{self, Loaded, meant_for};
use super::spec::{DesignSpec, Layers};
use crate::experiment::design::{Kind, Lever, Request, Variation};
use crate::scenario::problem::suggest;
use crate::scenario::{Library, Scenario, Source};

/// Scenarios as the design wants them.
pub(super) struct Designed {
    /// The scenarios.
    pub(super) loaded: Loaded,
    /// What is asked of the design.
    pub(super) request: Request,
    /// Id and title of each scenario that was asked for, and the id of the first that stands for it.
    asked: Vec<(String, String, String)>,
}

impl Designed {
    /// Ids of the scenarios that were asked for.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.asked.iter().map(|(id, _, _)| id.as_str())
    }

    /// Id and title of the first that was asked for.
    pub(super) fn first(&self) -> (String, String) {
        self.asked.first().map(|(id, title, _)| (id.clone(), title.clone())).unwrap_or_default()
    }

    /// The scenario that stands for one that was asked for: at the first value of its levers.
    pub(super) fn standing_for(&self, id: &str) -> String {
        let asked = self.asked.iter().find(|(asked, _, _)| asked == id);
        asked.map_or_else(|| id.to_owned(), |(_, _, first)| first.clone())
    }
}

/// Loads scenarios as [`inputs::load`], with what the design makes of them.
///
/// # Errors
/// As there; a lever that no scenario has, that is given twice, or whose values are none of its own.
pub(super) fn load(
    library: &Library,
    sources: &[Source],
    layers: &Layers,
    design: &DesignSpec,
    observer: &dyn Observer,
) -> Result<Designed, StudyError> {
    let (rules, world): (Vec<_>, Vec<_>) = design.levers.iter().cloned().partition(|(path, _)| is_of_rules(path));
    if let Some((path, _)) = design.levers.iter().find(|(path, _)| layers.set.iter().any(|(set, _)| set == path)) {
        let help = "leave one of them out";
        return Err(StudyError::invalid(format!("`{path}` is given by --set and by --lever"), help));
    }
    let mut twice =
        design.levers.iter().enumerate().filter(|(i, (path, _))| design.levers[..*i].iter().any(|l| l.0 == *path));
    if let Some((_, (path, _))) = twice.next() {
        return Err(StudyError::invalid(
            format!("the lever `{path}` is given twice"),
            "give all its values in one --lever",
        ));
    }
    inputs::settle_twice(library, layers, observer)?;
    let mut layers = layers.clone();
    let mut loaded = inputs::load(library, sources, &layers, observer)?;
    let mut levers = Vec::new();
    if let (Some(first), false) = (loaded.scenarios.first(), world.is_empty()) {
        for (path, values) in &world {
            let (lever, record) = world_lever(first, path, values)?;
            layers.set.push((path.clone(), record));
            levers.push(lever);
        }
        loaded = inputs::load(library, sources, &layers, observer)?;
    }
    let mut asked: Vec<(String, String, String)> =
        loaded.scenarios.iter().map(|s| (s.id.clone(), s.title.clone(), s.id.clone())).collect();
    if !rules.is_empty() {
        let rules = RuleLevers { library, layers: &layers, rules: &rules, kind: design.kind };
        rules.refuse_orphans(sources, &loaded.scenarios)?;
        let bare = std::mem::take(&mut loaded.scenarios);
        for ((source, scenario), asked) in sources.iter().zip(&bare).zip(&mut asked) {
            let variants = rules.variants(source, scenario, observer)?;
            asked.2 = variants.first().map_or_else(String::new, |first| first.id.clone());
            loaded.scenarios.extend(variants);
        }
    }
    let request = Request {
        kind: design.kind,
        points: design.points,
        replications: design.replications,
        trials: design.trials,
        levers,
        variations: rules.into_iter().map(|(path, values)| Variation { path, values }).collect(),
    };
    Ok(Designed { loaded, request, asked })
}

fn is_of_rules(path: &str) -> bool {
    matches!(path.split('.').next(), Some("provisions" | "licensing" | "escalation"))
}

/// A lever of the world, and the record that makes its parameter a choice.
fn world_lever(scenario: &Scenario, path: &str, values: &[String]) -> Result<(Lever, String), StudyError> {
    let Some(param) = scenario.params.iter().find(|param| param.path == path) else {
        let message = format!(
            "the lever `{path}` is not a parameter of the scenario; other keys are compared in separate runs, with --set \
             {path}=VALUE"
        );
        let help = suggest(path, scenario.params.iter().map(|param| param.path.as_str()));
        return Err(StudyError::Invalid { message, help });
    };
    let (low, high) = param.bounds;
    let mut numbers = Vec::new();
    for value in values {
        let number = value.parse::<f64>().ok().filter(|number| *number >= low && *number <= high);
        numbers.push(number.ok_or_else(|| {
            let message = format!("the lever `{path}` can't be `{value}`");
            StudyError::invalid(message, format!("write numbers from {low} to {high} ({}), its bounds", param.quantity))
        })?);
    }
    let lever = Lever::new(path, numbers)
        .ok_or_else(|| StudyError::invalid(format!("the lever `{path}` has no value"), "write --lever PATH=V1,V2"))?;
    let record = lever.record(param);
    Ok((lever, record))
}

/// Levers of the rules: a scenario that has one becomes several.
struct RuleLevers<'a> {
    library: &'a Library,
    /// What else is set.
    layers: &'a Layers,
    rules: &'a [(String, Vec<String>)],
    kind: Kind,
}

impl RuleLevers<'_> {
    /// Reports a lever that no scenario has as such a value that is set would be.
    fn refuse_orphans(&self, sources: &[Source], scenarios: &[Scenario]) -> Result<(), StudyError> {
        let orphan = self.rules.iter().find(|(path, _)| !scenarios.iter().any(|s| meant_for(s, path)));
        let Some((path, values)) = orphan else { return Ok(()) };
        let mut layers = self.layers.clone();
        layers.set.push((path.clone(), values.first().cloned().unwrap_or_default()));
        inputs::load(self.library, sources, &layers, &Silent::default())?;
        let help = "name one that has it, or leave the lever out";
        Err(StudyError::invalid(format!("no scenario has the lever `{path}`"), help))
    }

    /// The scenarios that stand for one: one for each combination of the values of its levers (one at a time, if the design is
    /// so), or itself if it has none.
    fn variants(
        &self,
        source: &Source,
        scenario: &Scenario,
        observer: &dyn Observer,
    ) -> Result<Vec<Scenario>, StudyError> {
        let own: Vec<&(String, Vec<String>)> =
            self.rules.iter().filter(|(path, _)| meant_for(scenario, path)).collect();
        if own.is_empty() {
            return Ok(vec![scenario.clone()]);
        }
        let mut variants = Vec::new();
        for combination in combinations(&own, self.kind) {
            let mut layers = self.layers.clone();
            layers.set.retain(|(path, _)| meant_for(scenario, path));
            let given = own.iter().zip(&combination).map(|((path, values), i)| (path.clone(), values[*i].clone()));
            let given: Vec<(String, String)> = given.collect();
            layers.set.extend(given.iter().cloned());
            let names: Vec<(&str, &str)> =
                given.iter().map(|(path, value)| (short(path, &own), value.as_str())).collect();
            for variant in inputs::load(self.library, std::slice::from_ref(source), &layers, observer)?.scenarios {
                let id = id_of(&variant.id, &names);
                let told: Vec<String> = names.iter().map(|(name, value)| format!("{name} {value}")).collect();
                let title = format!("{} ({})", variant.title, told.join(", "));
                variants.push(variant.renamed(id, title));
            }
        }
        Ok(variants)
    }
}

/// Which value each lever takes, by scenario.
fn combinations(levers: &[&(String, Vec<String>)], kind: Kind) -> Vec<Vec<usize>> {
    let base = vec![0; levers.len()];
    if kind == Kind::OneAtATime {
        let moved = |(l, lever): (usize, &&(String, Vec<String>))| {
            let base = base.clone();
            (1..lever.1.len()).map(move |value| {
                let mut combination = base.clone();
                combination[l] = value;
                combination
            })
        };
        let moved: Vec<Vec<usize>> = levers.iter().enumerate().flat_map(moved).collect();
        return std::iter::once(base).chain(moved).collect();
    }
    levers.iter().fold(vec![Vec::new()], |combinations, lever| {
        let longer = |combination: &Vec<usize>| {
            let combination = combination.clone();
            (0..lever.1.len()).map(move |value| {
                let mut longer = combination.clone();
                longer.push(value);
                longer
            })
        };
        combinations.iter().flat_map(longer).collect()
    })
}

/// The last part of a path, or the last two where another lever ends in the same.
fn short<'p>(path: &'p str, levers: &[&(String, Vec<String>)]) -> &'p str {
    let last = |path: &'p str, parts: usize| {
        let start = path.rmatch_indices('.').nth(parts - 1).map_or(0, |(dot, _)| dot + 1);
        &path[start..]
    };
    let name = last(path, 1);
    let namesakes = levers.iter().filter(|(other, _)| other.rsplit('.').next() == Some(name)).count();
    if namesakes > 1 { last(path, 2) } else { name }
}

/// Most characters of an id.
const LONGEST_ID: usize = 64;

/// An id that tells the values, such as `amended-rules--threshold-0-10`. Of a long one the start of the scenario's id is kept.
fn id_of(id: &str, names: &[(&str, &str)]) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let parts: Vec<String> =
        names.iter().map(|(name, value)| format!("{name}-{value}").chars().map(plain).collect()).collect();
    let end = parts.join("--");
    let kept: String = id.chars().take(LONGEST_ID.saturating_sub(end.len() + 2).max(1)).collect();
    format!("{kept}--{end}").chars().take(LONGEST_ID).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levers_combine_fully_or_one_at_a_time() {
        let lever = |path: &str, values: &[&str]| (path.to_owned(), values.iter().map(|v| (*v).to_owned()).collect());
        let (a, b) = (lever("a", &["1", "2"]), lever("b", &["3", "4", "5"]));
        let all = combinations(&[&a, &b], Kind::Factorial);
        assert_eq!(all, [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]]);
        assert_eq!(combinations(&[&a, &b], Kind::OneAtATime), [[0, 0], [1, 0], [0, 1], [0, 2]]);
    }

    #[test]
    fn an_id_tells_the_values_and_is_one() {
        assert_eq!(id_of("amended-rules", &[("threshold", "0.10")]), "amended-rules--threshold-0-10");
        let long = id_of(&"a".repeat(64), &[("threshold", "0.10"), ("from", "2020-01-01")]);
        assert_eq!(long, format!("{}--threshold-0-10--from-2020-01-01", "a".repeat(64 - 33)));
        assert!(id_of("a", &[("threshold", &"1".repeat(90))]).len() <= 64);
        let (a, b) = (("provisions.a.threshold".to_owned(), vec![]), ("provisions.b.threshold".to_owned(), vec![]));
        assert_eq!((short(&a.0, &[&a]), short(&b.0, &[&a, &b])), ("threshold", "b.threshold"));
    }
}
