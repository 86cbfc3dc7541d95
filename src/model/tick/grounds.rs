//! On what grounds a supplier may ship to a target buyer in a tick, and what part of the orders that lets leave (E1, E2).

use crate::model::state::shipping_permission::ShippingPermission;
use crate::model::state::{State, target_index};
use crate::model::trial::TickContext;
use crate::model::world::calendar::MONTH;
use crate::model::world::ids::*;

impl ShippingPermission {
    /// Share of the days for what falls due in this tick or fell due in an earlier one.
    pub(super) fn share(&self, context: &TickContext, offer: OfferId, due: usize) -> f64 {
        let saved = if self.saved > 0.0 { self.saved * saved_part(context, offer, due, self.cut_off) } else { 0.0 };
        (self.open + saved + self.licensed + self.unlawful).min(1.0)
    }

    /// The same, but what was carried waits for the first day on which it may leave. Of orders that straddle the cut-off
    /// the saved ones have left: the rest is none.
    pub(super) fn eligible(&self, context: &TickContext, offer: OfferId, due: usize, tick: usize) -> f64 {
        if due == tick {
            return self.share(context, offer, due);
        }
        let may_leave = self.open + self.licensed + self.unlawful > 0.0
            || (self.saved > 0.0 && saved_part(context, offer, due, self.cut_off) >= 1.0);
        f64::from(u8::from(may_leave))
    }
}

/// Share of the orders due in a tick whose production started before the cut-off: shipping day minus the rest of the lead
/// time (E2).
pub(super) fn saved_part(context: &TickContext, offer: OfferId, due: usize, cut_off: f64) -> f64 {
    let lead = context.inputs.lead_of_due(context.world, offer, due) * MONTH;
    let point = context.inputs.value(context.world.behaviour.production_point);
    context.world.calendar.share_within(due, f64::NEG_INFINITY, cut_off + (1.0 - point) * lead)
}

/// On what grounds an offer may leave for a target buyer.
pub(super) fn permission(
    context: &TickContext,
    state: &State,
    target: TargetId,
    offer: OfferId,
    tick: usize,
) -> ShippingPermission {
    let schedule = context.schedule(state, target, offer);
    let out = absence(context, state, target, offer, tick);
    if schedule.always_open && out == 0.0 {
        return ShippingPermission::FREE;
    }
    let world = context.world;
    let present = 1.0 - out;
    let open = schedule.open[tick].min(present);
    let prohibited = 1.0 - schedule.open[tick];
    let disobeys = !context.inputs.obeys[world.offers[offer.ix()].supplier.ix()];
    // Who breaks a rule still stays out while it reviews it.
    let unlawful = if disobeys { schedule.foreign_only[tick].min((present - open).max(0.0)) } else { 0.0 };
    let (from, until) = state.license[target_index(target, offer.ix(), world.offers.len())].held;
    let held = if until > from { world.calendar.share_within(tick, from, until) } else { 0.0 };
    let licensed = held.min(prohibited - unlawful).min(present).max(0.0);
    ShippingPermission {
        open,
        waived: schedule.waived[tick].min(open),
        saved: schedule.saved[tick].min(present).min(prohibited),
        licensed,
        unlawful,
        blocked: (prohibited - unlawful - licensed).max(0.0),
        cut_off: schedule.cut_off.unwrap_or(f64::NEG_INFINITY),
    }
}

/// Share of a tick's days on which a supplier stays out of trade with a target buyer.
#[inline]
pub(super) fn absence(context: &TickContext, state: &State, target: TargetId, offer: OfferId, tick: usize) -> f64 {
    let supplier = context.world.offers[offer.ix()].supplier.ix();
    let (from, until) = state.out[target_index(target, supplier, context.world.suppliers.len())];
    if until <= from { 0.0 } else { context.world.calendar.share_within(tick, from, until) }
}
