//! Which offers could get a new design with less US content, and what the law would see then, as drawn for a trial.

use super::{NewDesign, TrialInputs};
use crate::law::Facts;
use crate::model::world::calendar::MONTH;
use crate::model::world::ids::*;
use crate::model::world::random::{RandomStreams, StreamId};
use crate::model::world::{Offer, World};
use crate::units::Share;

impl TrialInputs {
    /// Draws which offers could get a new design, and how long each takes.
    pub(super) fn draw_designs(&mut self, world: &World, streams: RandomStreams) {
        self.new_designs.clear();
        for (offer, facts) in world.offers.iter().zip(&self.facts) {
            self.new_designs.push(new_design(self, world, streams, offer, facts));
        }
    }
}

/// `None` where no program ever starts: the supplier is not ready to, the item is of US origin whatever its content, or
/// nothing is left to design out.
fn new_design(
    inputs: &TrialInputs,
    world: &World,
    streams: RandomStreams,
    offer: &Offer,
    facts: &Facts,
) -> Option<NewDesign> {
    let supplier = &world.suppliers[offer.supplier.ix()];
    let readiness = inputs.value(supplier.design_out_readiness?);
    let time = world.behaviour.design_out_time.as_ref()?;
    if facts.us_origin() || streams.uniform(StreamId::DesignOut, supplier.key, 0) >= readiness {
        return None;
    }
    let lowered = |floor: Option<ParamId>, now: Share| {
        floor.map_or(now, |floor| Share::from_sample(inputs.value(floor)).min(now))
    };
    let [controlled, other] = offer.facts.floors;
    let us_controlled = lowered(controlled, facts.us_controlled);
    let us_other = lowered(other, facts.us_other);
    let new = Facts { us_controlled, us_other, ..*facts };
    if new == *facts {
        return None;
    }
    let days = time.at(streams.uniform(StreamId::DesignOutTime, offer.key, 0)) * MONTH;
    Some(NewDesign { facts: new, days })
}
