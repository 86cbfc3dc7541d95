//! From what was typed to the scenarios that are to be simulated: each with the overlays laid over it and the overrides that
//! are meant for it. What was typed twice, so that one would silently give way to the other, is refused or named.

use std::collections::BTreeSet;

use super::args::WriteArgs;
use super::error::CliError;
use super::settings::Horizon;
use super::stderr;
use crate::scenario::{Own, Problem, Problems, Scenario, Source, load_layered};
use crate::units::counted;

/// Scenarios as they are to be simulated.
pub(super) struct Loaded {
    /// The scenarios, with all overrides applied.
    pub(super) scenarios: Vec<Scenario>,
    /// The overrides, as they are recorded.
    pub(super) overrides: Vec<(String, String)>,
}

/// Loads scenarios, each with the overlays laid over it, with overrides. One within `provisions` or `licensing` is meant
/// for the scenarios that have that provision or period, one within `escalation` for those that are adaptive; any other,
/// and one that none has, for all. The horizon becomes an override of `time.end`, counted from the start of the first.
/// Gives all overrides, as they are recorded.
pub(super) fn load(sources: &[Source], typed: &WriteArgs) -> Result<Loaded, CliError> {
    let mut overrides = typed.set.clone();
    let overlays = typed.overlays.iter().map(|overlay| Source::named(overlay)).collect::<Result<Vec<_>, _>>()?;
    let overlays = overlays.as_slice();
    let mut scenarios = load_each(sources, overlays, &overrides)?;
    if let (Some(horizon), Some(first)) = (typed.horizon, scenarios.first()) {
        let end = Horizon::end(horizon, first.world.time.start)?;
        overrides.push(("time.end".to_owned(), end.to_string()));
        scenarios = load_each(sources, overlays, &overrides)?;
    }
    warn_once(&scenarios);
    Ok(Loaded { scenarios, overrides })
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
fn warn_once(scenarios: &[Scenario]) {
    let mut seen = BTreeSet::new();
    let all = scenarios.iter().flat_map(|scenario| &scenario.warnings);
    let new: Vec<Problem> = all.filter(|warning| seen.insert(warning.json().to_string())).cloned().collect();
    stderr::warnings(&new);
}

/// Refuses what was typed twice and can't both be meant, and says what gives way.
///
/// # Errors
/// As [`twice`].
pub(super) fn settle_twice(typed: &WriteArgs) -> Result<(), CliError> {
    for note in twice(typed)? {
        if !typed.output.quiet {
            stderr::warning(&note);
        }
    }
    Ok(())
}

/// Refuses what was typed twice and can't both be meant. Gives what a reader should know of what gives way: an earlier `--set`
/// of a path, and a value of an overlay that `--set` replaces.
///
/// # Errors
/// An overlay that is laid twice, an end that is given twice; an overlay that can't be read.
fn twice(typed: &WriteArgs) -> Result<Vec<String>, CliError> {
    let sources = typed.overlays.iter().map(|overlay| Source::named(overlay)).collect::<Result<Vec<_>, _>>()?;
    for (i, source) in sources.iter().enumerate() {
        if sources[..i].iter().any(|before| before.is_same_as(source)) {
            let message = format!("the overlay `{}` is given twice", typed.overlays[i]);
            return Err(CliError::usage(message, "give it once"));
        }
    }
    let paths: Vec<String> = typed.set.iter().map(|(path, _)| path.clone()).collect();
    if typed.horizon.is_some() && paths.iter().any(|path| path == "time.end") {
        return Err(CliError::usage("the end is given by --horizon and by `--set time.end`", "leave one of them out"));
    }
    let again = repeated(&paths).map(|path| format!("`{path}` is set more than once by --set: the last counts"));
    let mut notes: Vec<String> = again.into_iter().collect();
    let said = sources.iter().map(Own::of).collect::<Result<Vec<_>, _>>()?;
    for (i, (overlay, own)) in typed.overlays.iter().zip(&said).enumerate() {
        for path in &paths {
            if own.sets(path) {
                notes.push(format!("`{path}` is set by the overlay `{overlay}` and by --set: --set counts"));
            }
        }
        let own = own.paths();
        for (before, earlier) in typed.overlays[..i].iter().zip(&said) {
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

fn load_each(
    sources: &[Source],
    overlays: &[Source],
    overrides: &[(String, String)],
) -> Result<Vec<Scenario>, Problems> {
    let bare = sources.iter().map(|source| load_layered(source, overlays, &[])).collect::<Result<Vec<_>, _>>()?;
    if overrides.is_empty() {
        return Ok(bare);
    }
    let orphan = overrides.iter().find(|(path, _)| !bare.iter().any(|scenario| meant_for(scenario, path)));
    if let Some(orphan) = orphan {
        // The scenario with the most law has the names that are nearest to what was meant.
        let fullest = (0..bare.len()).max_by_key(|i| (bare[*i].regime.provisions.len(), usize::MAX - i));
        if let Some(i) = fullest {
            load_layered(&sources[i], overlays, std::slice::from_ref(orphan))?;
        }
    }
    let with_overrides = |(source, scenario): (&Source, &Scenario)| {
        let meant: Vec<_> = overrides.iter().filter(|(path, _)| meant_for(scenario, path)).cloned().collect();
        load_layered(source, overlays, &meant)
    };
    sources.iter().zip(&bare).map(with_overrides).collect()
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
