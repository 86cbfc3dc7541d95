//! From what was typed to the scenarios that are to be simulated: each with the overlay laid over it and the overrides that
//! are meant for it.

use std::collections::BTreeSet;

use super::args::WriteArgs;
use super::error::CliError;
use super::settings::Horizon;
use super::stderr;
use crate::scenario::{Problem, Problems, Scenario, Source, load_layered};

/// Scenarios as they are to be simulated.
pub(super) struct Loaded {
    /// The scenarios, with all overrides applied.
    pub(super) scenarios: Vec<Scenario>,
    /// The overrides, as they are recorded.
    pub(super) overrides: Vec<(String, String)>,
}

/// Loads scenarios, each with the overlay laid over it, with overrides. One within `provisions` or `licensing` is meant
/// for the scenarios that have that provision or period, one within `escalation` for those that are adaptive; any other,
/// and one that none has, for all. The horizon becomes an override of `time.end`, counted from the start of the first.
/// Gives all overrides, as they are recorded.
pub(super) fn load(sources: &[Source], typed: &WriteArgs) -> Result<Loaded, CliError> {
    let mut overrides = typed.set.clone();
    let overlay = typed.overlay.as_deref().map(Source::named).transpose()?;
    let overlay = overlay.as_ref();
    let mut scenarios = load_each(sources, overlay, &overrides)?;
    if let (Some(horizon), Some(first)) = (typed.horizon, scenarios.first()) {
        let end = Horizon::end(horizon, first.world.time.start)?;
        overrides.push(("time.end".to_owned(), end.to_string()));
        scenarios = load_each(sources, overlay, &overrides)?;
    }
    warn_once(&scenarios);
    Ok(Loaded { scenarios, overrides })
}

/// Shows the warnings of scenarios; what several of them share is shown once.
fn warn_once(scenarios: &[Scenario]) {
    let mut seen = BTreeSet::new();
    let all = scenarios.iter().flat_map(|scenario| &scenario.warnings);
    let new: Vec<Problem> = all.filter(|warning| seen.insert(warning.json().to_string())).cloned().collect();
    stderr::warnings(&new);
}

fn load_each(
    sources: &[Source],
    overlay: Option<&Source>,
    overrides: &[(String, String)],
) -> Result<Vec<Scenario>, Problems> {
    let bare = sources.iter().map(|source| load_layered(source, overlay, &[])).collect::<Result<Vec<_>, _>>()?;
    if overrides.is_empty() {
        return Ok(bare);
    }
    let orphan = overrides.iter().find(|(path, _)| !bare.iter().any(|scenario| meant_for(scenario, path)));
    if let Some(orphan) = orphan {
        // The scenario with the most law has the names that are nearest to what was meant.
        let fullest = (0..bare.len()).max_by_key(|i| (bare[*i].regime.provisions.len(), usize::MAX - i));
        if let Some(i) = fullest {
            load_layered(&sources[i], overlay, std::slice::from_ref(orphan))?;
        }
    }
    let with_overrides = |(source, scenario): (&Source, &Scenario)| {
        let meant: Vec<_> = overrides.iter().filter(|(path, _)| meant_for(scenario, path)).cloned().collect();
        load_layered(source, overlay, &meant)
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
