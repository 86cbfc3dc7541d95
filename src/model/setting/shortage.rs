//! A shortage from outside the model, such as that of chips in 2021: a path of multiples of lead times, the same for every
//! buyer and under every regime. Whoever asks for a lead time asks here, so that ordering, the law's day of production and
//! the look ahead agree.

use super::{Lead, Terms, TrialInputs};
use crate::model::world::World;
use crate::model::world::calendar::MONTH;
use crate::model::world::ids::OfferId;

impl Terms {
    fn lead_times(&self, longer: f64) -> Lead {
        if !self.scarce || longer == 1.0 {
            return Lead { months: self.lead, ticks: self.lead_ticks };
        }
        let ticks = (self.lead_ticks.0 as f64 + self.lead_ticks.1) * longer;
        Lead { months: self.lead * longer, ticks: (ticks as usize, ticks.fract()) }
    }
}

impl TrialInputs {
    /// Lead time of what is ordered from an offer in a tick (E2). A shortage multiplies it, as of the middle of the tick.
    #[inline]
    pub fn lead(&self, offer: OfferId, tick: usize) -> Lead {
        self.leads[tick * self.leads_width + offer.ix()]
    }

    /// Derives the lead times: a row of offers for each tick, or, where there is no shortage, one for all.
    pub(super) fn derive_leads(&mut self) {
        self.leads.clear();
        self.leads_width = self.terms.len();
        if self.longer.is_empty() {
            self.leads_width = 0;
            self.leads.extend(self.terms.iter().map(|terms| terms.lead_times(1.0)));
        }
        for longer in &self.longer {
            self.leads.extend(self.terms.iter().map(|terms| terms.lead_times(*longer)));
        }
    }

    /// Lead time of what falls due in a tick, months: that of the last tick whose orders are due by then; of what was
    /// ordered before the start, that of the first tick.
    pub fn lead_of_due(&self, world: &World, offer: OfferId, due: usize) -> f64 {
        if !self.terms[offer.ix()].scarce {
            return self.terms[offer.ix()].lead;
        }
        let arrival = world.calendar.middle(due);
        let is_due = |tick: &usize| world.calendar.middle(*tick) + self.lead(offer, *tick).months * MONTH <= arrival;
        let last = due.min(world.calendar.ticks - 1);
        self.lead(offer, (0..=last).rev().find(is_due).unwrap_or(0)).months
    }

    /// Derives the multiple of each tick: 1 before the first point, linear between the points, the last one's after it; of
    /// the lengthening the part that the buyers meet.
    pub(super) fn draw_shortage(&mut self, world: &World) {
        self.longer.clear();
        let Some(shortage) = &world.shortage else { return };
        let strength = shortage.strength.map_or(1.0, |id| self.value(id));
        let first = shortage.levels.first().map_or(f64::INFINITY, |(day, _)| f64::from(*day));
        for tick in 0..world.calendar.ticks {
            let day = world.calendar.middle(tick);
            let level = if day < first { 1.0 } else { self.level_at(&shortage.levels, day) };
            self.longer.push((1.0 + strength * (level - 1.0)).max(0.0));
        }
    }
}
