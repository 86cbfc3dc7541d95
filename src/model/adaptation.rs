//! Step 8, what firms change: a vendor starts to qualify a further source when what it can count on falls short of what it
//! needs (E15).

use super::calendar::OUTLOOK_MONTHS;
use super::ids::*;
use super::state::State;
use super::tick::Trial;

/// Step 8.
pub fn adapt(trial: &Trial, state: &mut State, tick: usize) {
    for (c, cell) in trial.world.cells.iter().enumerate() {
        if trial.world.pairs[cell.pair.ix()].watch.is_some() {
            start_qualifications(trial, state, CellId::at(c), tick);
        }
    }
}

/// All sources that wait for a shortage start when the flow of the next twelve months falls short of the forecast use.
fn start_qualifications(trial: &Trial, state: &mut State, cell: CellId, tick: usize) {
    let world = trial.world;
    let links = world.cells[cell.ix()].links.clone();
    if !state.qualified[links.clone()].contains(&f64::INFINITY) {
        return;
    }
    let pair = world.cells[cell.ix()].pair.ix();
    let flow: f64 = state.inflow[cell.ix()].iter().sum();
    let need = state.units[cell.ix()] * state.forecast[pair] * OUTLOOK_MONTHS as f64;
    if flow >= need {
        return;
    }
    let day = f64::from(world.calendar.first_day[tick + 1]);
    for l in links.filter(|l| trial.setting.qualified[*l] == f64::INFINITY) {
        if state.qualified[l] == f64::INFINITY {
            state.qualified[l] = trial.setting.qualification_end(world, trial.chance, &world.links[l], day);
        }
    }
}
