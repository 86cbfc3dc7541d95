//! Suppliers that design US content out of their foreign-made offers (section 6 of the model description): a rule that the
//! new design would escape starts a program, once the supplier has reviewed it (E14); from the first tick after the
//! program's end the law sees the content at its floor, for every buyer.

use super::calendar::MONTH;
use super::chance::{Chance, Purpose};
use super::ids::*;
use super::rules::Outlook;
use super::setting::Setting;
use super::state::{State, watched};
use super::supplier::Leave;
use super::trial::Trial;
use super::world::{Offer, World};
use crate::law::Facts;
use crate::units::Share;

/// What becomes of an offer whose supplier would design US content out of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NewDesign {
    /// Its facts for the law after that.
    pub facts: Facts,
    /// Length of the program, days.
    pub days: f64,
}

impl Setting {
    /// Draws which offers could get a new design, and how long each takes.
    pub(super) fn draw_designs(&mut self, world: &World, chance: Chance) {
        self.new_designs.clear();
        for (offer, facts) in world.offers.iter().zip(&self.facts) {
            self.new_designs.push(new_design(self, world, chance, offer, facts));
        }
    }
}

/// `None` where no program ever starts: the supplier is not ready to, the item is of US origin whatever its content, or
/// nothing is left to design out.
fn new_design(setting: &Setting, world: &World, chance: Chance, offer: &Offer, facts: &Facts) -> Option<NewDesign> {
    let supplier = &world.suppliers[offer.supplier.ix()];
    let readiness = setting.value(supplier.design_out_readiness?);
    let time = world.behaviour.design_out_time.as_ref()?;
    if facts.us_origin() || chance.uniform(Purpose::DesignOut, supplier.key, 0) >= readiness {
        return None;
    }
    let lowered = |floor: Option<ParamId>, now: Share| {
        floor.map_or(now, |floor| Share::from_sample(setting.value(floor)).min(now))
    };
    let [controlled, other] = offer.facts.floors;
    let us_controlled = lowered(controlled, facts.us_controlled);
    let us_other = lowered(other, facts.us_other);
    let new = Facts { us_controlled, us_other, ..*facts };
    if new == *facts {
        return None;
    }
    let days = time.at(chance.uniform(Purpose::DesignOutTime, offer.key, 0)) * MONTH;
    Some(NewDesign { facts: new, days })
}

/// Starts programs for what a rule in force forbids and the new design would escape. `reviewed` is the day on which the
/// supplier has read the rule.
pub fn start(
    trial: &Trial,
    state: &mut State,
    watch: WatchId,
    supplier: usize,
    forbids: impl Fn(&Outlook) -> bool,
    reviewed: f64,
) {
    let world = trial.world;
    for (o, design) in trial.setting.new_designs.iter().enumerate() {
        let Some(design) = design else { continue };
        let place = watched(watch, o, world.offers.len());
        let escapes = |state: &State| {
            let forbidden = |number: u32| forbids(trial.rules.outlook(number as usize));
            forbidden(state.outlook[place]) && !forbidden(state.new_outlook[place])
        };
        if world.offers[o].supplier.ix() == supplier && state.new_design_on[o] == f64::INFINITY && escapes(state) {
            state.new_design_on[o] = reviewed + design.days;
        }
    }
}

/// Lets the law see the new designs that are complete at the start of a tick. An application under way for what is now
/// free to ship is returned.
pub fn complete(trial: &Trial, state: &mut State, tick: usize) {
    let world = trial.world;
    let first = f64::from(world.calendar.first_day[tick]);
    if state.new_design_on.iter().all(|day| *day > first) {
        return;
    }
    for o in 0..trial.setting.new_designs.len() {
        if state.new_design_on[o] > first {
            continue;
        }
        state.new_design_on[o] = f64::INFINITY;
        for w in 0..world.watched.len() {
            let place = watched(WatchId::at(w), o, world.offers.len());
            state.outlook[place] = state.new_outlook[place];
            state.escalation.adopt_new_design(place);
            if trial.rules.outlook(state.outlook[place] as usize).always_open {
                state.license[place].decision = None;
                state.leave[place] = Leave::FREE;
            }
        }
    }
}
