//! From what was asked for to the scenarios that are to be simulated: each with the overlays laid over it and the values set that
//! are meant for it. What was asked for twice, so that one would silently give way to the other, is refused or named.

use std::collections::BTreeSet;

use super::error::StudyError;
use super::events::{Event, Observer};
use super::spec::Layers;
use crate::scenario::{Changes, END, Library, Own, Problem, Problems, Scenario, Source, load_layered};
use crate::units::{Date, counted};

/// Scenarios as they are to be simulated.
pub(super) struct Loaded {
    /// The scenarios, with all that is set in them.
    pub(super) scenarios: Vec<Scenario>,
    /// What was set, as it is recorded.
    pub(super) overrides: Vec<(String, String)>,
}

/// Loads scenarios from a library, each with the overlays laid over it and with the values that are meant for it. The last day is
/// counted from the start of the first.
///
/// # Errors
/// All that is wrong with the files and the values; a horizon that is not after the start.
pub(super) fn load(
    library: &Library,
    sources: &[Source],
    layers: &Layers,
    observer: &dyn Observer,
) -> Result<Loaded, StudyError> {
    let overlays = named(&layers.overlays)?;
    let mut overrides = layers.set.clone();
    let each = Each { library, sources, overlays: &overlays, set: &layers.set };
    let bare = each.bare()?;
    let meant = each.meant(&bare)?;
    let mut scenarios = if layers.set.is_empty() { bare } else { each.changed(&meant, None)? };
    let mut end = None;
    // Counted from the start that was set, where one was.
    if let (Some(horizon), Some(first)) = (layers.horizon, scenarios.first()) {
        end = Some(horizon.end(first.world.time.start)?);
        scenarios = each.changed(&meant, end)?;
    }
    overrides.extend(end.map(|end| (END.to_owned(), end.to_string())));
    warn_once(&scenarios, observer);
    Ok(Loaded { scenarios, overrides })
}

fn named(overlays: &[String]) -> Result<Vec<Source>, Problems> {
    overlays.iter().map(|overlay| Ok(Source::named(overlay)?)).collect()
}

/// The warnings of scenarios in a sentence each, once; those of `--set` and of a file are the same to whoever reads a result.
pub(super) fn sentences(scenarios: &[Scenario]) -> Vec<String> {
    let mut sentences: Vec<String> = Vec::new();
    for scenario in scenarios {
        for warning in &scenario.warnings {
            let sentence = format!("{}: {}", scenario.id, warning.message());
            if !sentences.contains(&sentence) {
                sentences.push(sentence);
            }
        }
    }
    sentences
}

/// Shows the warnings of scenarios; what several of them share is shown once.
fn warn_once(scenarios: &[Scenario], observer: &dyn Observer) {
    let mut seen = BTreeSet::new();
    let all = scenarios.iter().flat_map(|scenario| &scenario.warnings);
    let new: Vec<Problem> = all.filter(|warning| seen.insert(warning.json().to_string())).cloned().collect();
    observer.see(Event::Problems(&new));
}

/// Refuses what was asked for twice and can't both be meant, and says what gives way.
///
/// # Errors
/// As [`twice`].
pub(super) fn settle_twice(library: &Library, layers: &Layers, observer: &dyn Observer) -> Result<(), StudyError> {
    twice(library, layers)?.iter().for_each(|note| observer.see(Event::Advice(note)));
    Ok(())
}

/// Refuses what was typed twice and can't both be meant. Gives what a reader should know of what gives way: an earlier `--set`
/// of a path, and a value of an overlay that `--set` replaces.
///
/// # Errors
/// An overlay that is laid twice, an end that is given twice; an overlay that can't be read.
fn twice(library: &Library, layers: &Layers) -> Result<Vec<String>, StudyError> {
    let sources = named(&layers.overlays)?;
    for (i, source) in sources.iter().enumerate() {
        if sources[..i].iter().any(|before| before.is_same_as(source)) {
            let message = format!("the overlay `{}` is given twice", layers.overlays[i]);
            return Err(StudyError::invalid(message, "give it once"));
        }
    }
    let paths: Vec<String> = layers.set.iter().map(|(path, _)| path.clone()).collect();
    if layers.horizon.is_some() && paths.iter().any(|path| path == END) {
        return Err(StudyError::invalid(
            "the end is given by --horizon and by `--set time.end`",
            "leave one of them out",
        ));
    }
    let again = repeated(&paths).map(|path| format!("`{path}` is set more than once by --set: the last counts"));
    let mut notes: Vec<String> = again.into_iter().collect();
    let said = sources.iter().map(|source| Own::of(library, source)).collect::<Result<Vec<_>, _>>()?;
    for (i, (overlay, own)) in layers.overlays.iter().zip(&said).enumerate() {
        for path in &paths {
            if own.sets(path) {
                notes.push(format!("`{path}` is set by the overlay `{overlay}` and by --set: --set counts"));
            }
        }
        let own = own.paths();
        for (before, earlier) in layers.overlays[..i].iter().zip(&said) {
            let both: Vec<&str> = own.iter().map(String::as_str).filter(|path| earlier.sets(path)).collect();
            notes.extend(given_way(&both, before, overlay));
        }
    }
    Ok(notes)
}

/// Says which values of an overlay give way to those of a later one.
fn given_way(paths: &[&str], before: &str, overlay: &str) -> Option<String> {
    const NAMED: usize = 3;
    let (first, others) = paths.split_first()?;
    let named: Vec<String> = others.iter().take(NAMED - 1).map(|path| format!(", `{path}`")).collect();
    let rest = match others.len() - named.len() {
        0 => String::new(),
        more => format!(" and {}", counted(more as u64, "other value")),
    };
    let verb = if others.is_empty() { "is" } else { "are" };
    let named = named.concat();
    Some(format!("`{first}`{named}{rest} {verb} set by the overlays `{before}` and `{overlay}`: the latter counts"))
}

/// The first that stands among others a second time.
fn repeated(all: &[String]) -> Option<&String> {
    all.iter().enumerate().find(|(i, one)| all[..*i].contains(one)).map(|(_, one)| one)
}

/// Scenarios that are loaded with the same changes.
struct Each<'a> {
    library: &'a Library,
    sources: &'a [Source],
    overlays: &'a [Source],
    set: &'a [(String, String)],
}

impl Each<'_> {
    fn load(&self, source: &Source, set: &[(String, String)], end: Option<Date>) -> Result<Scenario, Problems> {
        load_layered(self.library, source, Changes { overlays: self.overlays, set, end })
    }

    /// Without what is set: this tells which values are meant for which of them.
    fn bare(&self) -> Result<Vec<Scenario>, Problems> {
        self.sources.iter().map(|source| self.load(source, &[], None)).collect()
    }

    /// Of what is set, what is meant for each of them.
    fn meant(&self, bare: &[Scenario]) -> Result<Vec<Vec<(String, String)>>, Problems> {
        let orphan = self.set.iter().find(|(path, _)| !bare.iter().any(|scenario| meant_for(scenario, path)));
        if let Some(orphan) = orphan {
            // The scenario with the most law has the names that are nearest to what was meant.
            let fullest = (0..bare.len()).max_by_key(|i| (bare[*i].regime.provisions.len(), usize::MAX - i));
            if let Some(i) = fullest {
                self.load(&self.sources[i], std::slice::from_ref(orphan), None)?;
            }
        }
        let meant = |scenario| self.set.iter().filter(|(path, _)| meant_for(scenario, path)).cloned().collect();
        Ok(bare.iter().map(meant).collect())
    }

    /// With what is meant for each of them.
    fn changed(&self, meant: &[Vec<(String, String)>], end: Option<Date>) -> Result<Vec<Scenario>, Problems> {
        self.sources.iter().zip(meant).map(|(source, set)| self.load(source, set, end)).collect()
    }
}

/// Whether an override at a path is meant for a scenario.
pub(super) fn meant_for(scenario: &Scenario, path: &str) -> bool {
    match path.split('.').collect::<Vec<_>>().as_slice() {
        [table @ ("provisions" | "licensing"), id, ..] => {
            scenario.resolved.get(table).is_some_and(|table| table.get(id).is_some())
        }
        ["escalation", ..] => scenario.regime.escalation.is_some(),
        _ => true,
    }
}
