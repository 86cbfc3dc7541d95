//! Restrictions of markets (E9), compiled for a world: from a day on a part of a market's demand, its *zone*, buys nothing
//! more from some vendors, or no more than a cap, and may have to take out what they delivered by a deadline.

use rust_decimal::prelude::ToPrimitive;

use crate::law::LawError;
use crate::model::world::World;
use crate::model::world::calendar::Calendar;
use crate::model::world::ids::MarketId;
use crate::model::world::params::Keyed;
use crate::scenario::regime::{ProvisionKind, Regime};

/// A restriction, compiled for a world. Days count from the start of the simulation.
#[derive(Debug, Clone)]
pub struct Restriction {
    /// Id of the provision.
    pub(in crate::model) id: String,
    /// Market that it restricts.
    pub(in crate::model) market: MarketId,
    /// Day on which it becomes known.
    pub(in crate::model) announced: f64,
    /// First day.
    pub(in crate::model) from: f64,
    /// Day after the last one.
    pub(in crate::model) until: f64,
    /// First day, and day after the last one, of removal.
    removal: Option<(f64, f64)>,
    /// Most that the restricted vendors together may win of the zone's demand.
    cap: f64,
    /// The zone's share of demand.
    pub(in crate::model) share: Keyed,
    /// Whether each vendor of the market is restricted.
    pub(in crate::model) restricted: Vec<bool>,
    /// First row of the zone in the accounts of zones.
    pub(in crate::model) row: usize,
}

/// Compiles the restrictions of a regime.
///
/// # Errors
/// A market or vendor that the world does not have.
pub(super) fn compile(regime: &Regime, world: &World) -> Result<Vec<Restriction>, LawError> {
    let calendar = &world.calendar;
    let mut compiled = Vec::new();
    let mut row = 0;
    for (id, provision) in regime.in_order() {
        let ProvisionKind::MarketRestriction { vendors, market, share, cap, removal, .. } = &provision.kind else {
            continue;
        };
        let unknown = |what, named: &str| LawError::Unknown { provision: id.clone(), what, named: named.to_owned() };
        let m = world.markets.iter().position(|m| m.id == *market).ok_or_else(|| unknown("market", market))?;
        for vendor in vendors {
            if !world.vendors.iter().any(|v| v.id == *vendor) {
                return Err(unknown("vendor", vendor));
            }
        }
        let restricted = |vendor_line| vendors.contains(&world.vendor_of(vendor_line).id);
        let after = |day| f64::from(calendar.day(day)) + 1.0;
        compiled.push(Restriction {
            id: id.clone(),
            market: MarketId::at(m),
            announced: f64::from(calendar.day(provision.announced)),
            from: f64::from(calendar.day(provision.from)),
            until: provision.to.map_or(f64::INFINITY, after),
            removal: removal.map(|(from, by)| (f64::from(calendar.day(from)), after(by))),
            cap: cap.decimal().to_f64().unwrap_or(0.0),
            share: Keyed::of(share),
            restricted: world.markets[m].vendors.iter().map(|position| restricted(position.vendor_line)).collect(),
            row,
        });
        row += world.markets[m].vendors.len();
    }
    Ok(compiled)
}

impl Restriction {
    /// Share of a tick's days on which it is in force.
    pub(in crate::model) fn in_force(&self, calendar: &Calendar, tick: usize) -> f64 {
        calendar.share_within(tick, self.from, self.until)
    }

    /// Shares of the zone's demand that the vendors win while it is restricted, from those that they win elsewhere: the
    /// restricted together at most the cap, the others the rest in proportion. What nobody may supply is not bought.
    pub(in crate::model) fn share_out(&self, elsewhere: &[f64], zone: &mut [f64]) {
        let held: f64 = elsewhere.iter().zip(&self.restricted).filter(|(_, r)| **r).map(|(share, _)| share).sum();
        let rest = 1.0 - held;
        let (fewer, more) = if held <= self.cap {
            (1.0, 1.0)
        } else {
            (self.cap / held, if rest > 1e-9 { (1.0 - self.cap) / rest } else { 0.0 })
        };
        for ((zone, share), restricted) in zone.iter_mut().zip(elsewhere).zip(&self.restricted) {
            *zone = share * if *restricted { fewer } else { more };
        }
    }

    /// Part of what is in service at the start of a tick that is removed within `until` days from it: evenly over what is
    /// left of the time, and all that is left once the time is over.
    pub(in crate::model) fn removed_part(&self, first: f64, until: f64) -> f64 {
        let Some((from, by)) = self.removal.filter(|(from, _)| *from < until) else { return 0.0 };
        let start = first.max(from);
        if start >= by { 1.0 } else { (until.min(by) - start) / (by - start) }
    }

    /// Whether its time of removal is over before a day.
    pub(in crate::model) fn overdue(&self, day: f64) -> bool {
        self.removal.is_some_and(|(_, by)| by <= day)
    }
}
