//! What a trial says of each observation: one number an observation, in its unit, from what the trial left for a
//! comparison with history ([`crate::model::record::history`]). `docs/outputs.md` defines the quantities.

mod supply;

use std::fmt;

use crate::model::record::history::{self, position_name};
use crate::model::record::{Layout, Outcome, Record};
use crate::model::world::{Vendor, World};
use crate::scenario::observed::{Observation, ObservedQuantity, Period, Region};
use crate::scenario::problem::suggest;
use crate::scenario::world::LineCategory;
use crate::scenario::{Problem, Problems};

/// Less than this, in dollars or products, is what rounding leaves of nothing.
const NOTHING: f64 = 1e-6;

/// Predicts observations from records of one world.
#[derive(Debug, Clone)]
pub struct Predictor {
    /// None of an observation that is not scored.
    formulas: Vec<Option<Formula>>,
}

/// How one number is made.
#[derive(Debug, Clone)]
struct Formula {
    above: Sum,
    /// What it is divided by, if it is a ratio.
    below: Option<Sum>,
    /// One of the observation's unit.
    unit: f64,
}

/// A sum over ticks and columns.
#[derive(Debug, Clone, Default)]
struct Sum {
    /// Ticks, each with its part that counts.
    ticks: Vec<(usize, f64)>,
    terms: Vec<Term>,
    /// Column of the exchange rate, where the sum is of foreign money.
    rate: Option<usize>,
}

/// A column, times another if one is named.
#[derive(Debug, Clone, Copy)]
struct Term {
    amount: usize,
    price: Option<usize>,
}

impl Predictor {
    /// Finds what each observation is predicted from in records of a world with this layout. One that needs what the model
    /// lacks is not asked for: its prediction is no number.
    ///
    /// # Errors
    /// Every observation that the world can't predict: an unknown firm, one that does not make what was observed, a period
    /// outside the simulated one, a currency without a rate, a region or seller of which the model knows nothing.
    pub fn new(world: &World, layout: &Layout, observations: &[Observation]) -> Result<Predictor, Problems> {
        let mut problems = Problems::default();
        let mut formulas = Vec::with_capacity(observations.len());
        for observation in observations {
            if !observation.is_scored() {
                formulas.push(None);
                continue;
            }
            match (Bound { world, layout, observation }).formula() {
                Ok(formula) => formulas.push(Some(formula)),
                Err(problem) => problems.push(*problem),
            }
        }
        problems.into_result().map(|()| Predictor { formulas })
    }

    /// How many numbers it gives.
    pub fn len(&self) -> usize {
        self.formulas.len()
    }

    /// Whether it gives none.
    pub fn is_empty(&self) -> bool {
        self.formulas.is_empty()
    }

    /// One number an observation, in their order and units; NaN where the quantity has no value in the trial (a share of
    /// nothing).
    pub fn predict(&self, record: &Record) -> Vec<f64> {
        let mut numbers = Vec::with_capacity(self.len());
        self.predict_into(record, &mut numbers);
        numbers
    }

    /// As [`Predictor::predict`], added to `numbers`.
    pub fn predict_into(&self, record: &Record, numbers: &mut Vec<f64>) {
        let value = |formula: &Option<Formula>| formula.as_ref().map_or(f64::NAN, |formula| formula.value(record));
        numbers.extend(self.formulas.iter().map(value));
    }
}

impl Formula {
    fn value(&self, record: &Record) -> f64 {
        let above = self.above.value(record);
        let value = match &self.below {
            None => above,
            Some(below) => match below.value(record) {
                below if below > NOTHING => above / below,
                _ => f64::NAN,
            },
        };
        value / self.unit
    }
}

impl Sum {
    fn value(&self, record: &Record) -> f64 {
        let of_tick = |&(tick, part): &(usize, f64)| {
            let term = |t: &Term| record.past(tick, t.amount) * t.price.map_or(1.0, |price| record.past(tick, price));
            let sum: f64 = self.terms.iter().map(term).sum();
            sum * part * self.rate.map_or(1.0, |rate| record.past(tick, rate))
        };
        self.ticks.iter().map(of_tick).sum()
    }
}

/// An observation and the world that is to predict it.
struct Bound<'a> {
    world: &'a World,
    layout: &'a Layout,
    observation: &'a Observation,
}

type Rejected = Box<Problem>;

impl Bound<'_> {
    fn formula(&self) -> Result<Formula, Rejected> {
        let vendor = self.vendor(&self.observation.entity, "entity")?;
        let (above, mut below) = self.ratio(vendor, &self.observation.period)?;
        if let Some(before) = &self.observation.relative_to {
            if below.is_some() {
                let message = format!("{} is a ratio already", self.observation.quantity);
                let help = Some("delete `relative_to`, and give the value itself".to_owned());
                return Err(self.refused("relative_to", message, "of another period", help));
            }
            below = Some(self.ratio(vendor, before)?.0);
        }
        Ok(Formula { above, below, unit: self.observation.unit.factor() })
    }

    /// What the quantity is in a period, and what it is divided by if it is a ratio.
    fn ratio(&self, vendor: &Vendor, period: &Period) -> Result<(Sum, Option<Sum>), Rejected> {
        let ticks = self.ticks(period)?;
        let (network, consumer) = (LineCategory::Network, LineCategory::Consumer);
        let sum = |terms| Sum { ticks: ticks.clone(), terms, rate: None };
        Ok(match self.observation.quantity {
            ObservedQuantity::StationsSupplied => (sum(self.positions(vendor, network, history::SUPPLIED)?), None),
            ObservedQuantity::HandsetsShipped => (sum(self.positions(vendor, consumer, history::SUPPLIED)?), None),
            ObservedQuantity::HandsetRevenue => (self.money(sum(self.sales(vendor, consumer)?))?, None),
            ObservedQuantity::EquipmentRevenue => (self.money(sum(self.carrier(vendor)?))?, None),
            ObservedQuantity::Purchases => (self.money(sum(self.bought(vendor)?))?, None),
            ObservedQuantity::PartsReceived => (sum(self.of_offers(vendor, history::RECEIVED)?), None),
            ObservedQuantity::RanRevenueShare => {
                let own = self.own(vendor, |v| self.sales(v, network))?;
                (sum(own), Some(sum(self.everyone(|v| self.sales(v, network)))))
            }
            ObservedQuantity::AwardShare => {
                let own = self.own(vendor, |v| self.positions(v, network, history::WON))?;
                (sum(own), Some(sum(self.everyone(|v| self.positions(v, network, history::WON)))))
            }
            ObservedQuantity::UsContentShare => {
                self.only_world("what a firm builds is not told apart by where it is sold")?;
                let of = |outcome| self.lines(vendor, Some(network), outcome);
                (sum(of(history::GOODS_US)?), Some(sum(of(history::GOODS)?)))
            }
            ObservedQuantity::InventoryCover => self.cover(vendor, period)?,
            ObservedQuantity::StockCover => self.stock_cover(vendor, period)?,
            ObservedQuantity::Inventory => (self.money(self.inventory(vendor, period)?)?, None),
            ObservedQuantity::RawMaterials => (self.money(self.raw_materials(vendor, period)?)?, None),
            // The reader asks of each what it needs, so that none comes here.
            unrecorded => {
                let message = format!("{unrecorded} is an outcome that the model does not record");
                let help = Some("say what it needs: needs = \"scope\" or the like".to_owned());
                return Err(self.refused("quantity", message, "not recorded", help));
            }
        })
    }

    fn refused(&self, key: &str, message: impl fmt::Display, label: &str, help: Option<String>) -> Rejected {
        Box::new(self.observation.problem(key, message.to_string(), label, help))
    }

    fn vendor(&self, id: &str, key: &str) -> Result<&Vendor, Rejected> {
        let vendors = &self.world.vendors;
        vendors.iter().find(|v| v.id == id).ok_or_else(|| {
            let help = suggest(id, vendors.iter().map(|v| v.id.as_str()));
            self.refused(key, format!("the world has no firm `{id}`"), "not the id of a vendor", help)
        })
    }

    /// The terms of the firm, and of those that are observed together with it.
    fn own(&self, vendor: &Vendor, of: impl Fn(&Vendor) -> Result<Vec<Term>, Rejected>) -> Result<Vec<Term>, Rejected> {
        let mut terms = of(vendor)?;
        for other in &self.observation.together_with {
            terms.extend(of(self.vendor(other, "together_with")?)?);
        }
        Ok(terms)
    }

    /// The ticks that count, each with the part of it that does: those of the period; up to a day, all since the start.
    fn ticks(&self, period: &Period) -> Result<Vec<(usize, f64)>, Rejected> {
        let calendar = &self.world.calendar;
        let (start, end) = (calendar.start, calendar.end());
        let outside = |message: String, help: &str| {
            let key = if *period == self.observation.period { "period" } else { "relative_to" };
            Err(self.refused(key, message, "outside the simulated period", Some(help.to_owned())))
        };
        if period.first < start {
            let message = format!("its period {period} starts before the simulation, which starts on {start}");
            return outside(message, "nothing can be predicted of what came before: leave it out");
        }
        if period.last > end {
            let message = format!("its period {period} ends after the simulation, which ends on {end}");
            return outside(message, "simulate longer: set `time.end`, or give a later --horizon");
        }
        let first = if period.is_day { 0 } else { calendar.day(period.first) };
        Ok(self.parts(first, calendar.day(period.last) + 1))
    }

    /// The ticks of a stretch of days, each with its part that lies in it.
    fn parts(&self, first: i32, until: i32) -> Vec<(usize, f64)> {
        let calendar = &self.world.calendar;
        let part = |tick| (tick, calendar.share_within(tick, f64::from(first), f64::from(until)));
        (0..calendar.ticks).map(part).filter(|(_, part)| *part > 0.0).collect()
    }

    fn column(&self, outcome: Outcome, entity: &str) -> Option<usize> {
        self.layout.history.iter().position(|(o, e)| *o == outcome && e == entity)
    }

    fn makes(&self, vendor_line: usize, category: LineCategory) -> bool {
        self.world.lines[self.world.vendor_lines[vendor_line].line.ix()].category == category
    }

    fn here(&self, region: &str) -> bool {
        match self.observation.region {
            Region::World => true,
            Region::Cn => region == Region::Cn.name(),
            Region::ExCn => region != Region::Cn.name(),
        }
    }

    /// Columns of a vendor's lines of a category in the markets of the region.
    fn positions(&self, vendor: &Vendor, category: LineCategory, outcome: Outcome) -> Result<Vec<Term>, Rejected> {
        self.seats_at(vendor, category, outcome, false)
    }

    /// The same, each at the price of the product if it is wanted.
    fn seats_at(
        &self,
        vendor: &Vendor,
        category: LineCategory,
        outcome: Outcome,
        priced: bool,
    ) -> Result<Vec<Term>, Rejected> {
        let mut terms = Vec::new();
        for vendor_line in self.vendor_lines(vendor, category)? {
            let id = &self.world.vendor_lines[vendor_line].id;
            let price = if priced { self.column(history::PRICE, id) } else { None };
            for position in &self.world.vendor_lines[vendor_line].positions {
                let market = &self.world.markets[position.market.ix()];
                if let (true, Some(amount)) =
                    (self.here(&market.region), self.column(outcome, &position_name(id, &market.id)))
                {
                    terms.push(Term { amount, price });
                }
            }
        }
        Ok(terms)
    }

    /// Revenue: products put into service at the price of their time.
    fn sales(&self, vendor: &Vendor, category: LineCategory) -> Result<Vec<Term>, Rejected> {
        self.seats_at(vendor, category, history::SUPPLIED, true)
    }

    /// A vendor's lines of a category; refused if it has none.
    fn vendor_lines(&self, vendor: &Vendor, category: LineCategory) -> Result<Vec<usize>, Rejected> {
        let vendor_lines: Vec<usize> = vendor.vendor_lines.clone().filter(|&p| self.makes(p, category)).collect();
        if vendor_lines.is_empty() {
            let makers = self.world.vendors.iter().filter(|v| v.vendor_lines.clone().any(|p| self.makes(p, category)));
            let makers: Vec<&str> = makers.map(|v| v.id.as_str()).collect();
            let message = format!("`{}` makes nothing that {} counts", vendor.id, self.observation.quantity);
            let help = format!("firms that do: {}", makers.join(", "));
            return Err(self.refused("entity", message, "no line of that kind", Some(help)));
        }
        Ok(vendor_lines)
    }

    /// The terms of all vendors together.
    fn everyone(&self, of: impl Fn(&Vendor) -> Result<Vec<Term>, Rejected>) -> Vec<Term> {
        self.world.vendors.iter().filter_map(|vendor| of(vendor).ok()).flatten().collect()
    }

    /// Columns of a vendor's lines.
    fn lines(&self, vendor: &Vendor, category: Option<LineCategory>, outcome: Outcome) -> Result<Vec<Term>, Rejected> {
        let vendor_lines = match category {
            Some(category) => self.vendor_lines(vendor, category)?,
            None => vendor.vendor_lines.clone().collect(),
        };
        let term = |p: usize| Some(Term { amount: self.column(outcome, &self.world.vendor_lines[p].id)?, price: None });
        Ok(vendor_lines.into_iter().filter_map(term).collect())
    }

    /// Revenue of the carrier business: stations, and what the model leaves out.
    fn carrier(&self, vendor: &Vendor) -> Result<Vec<Term>, Rejected> {
        let mut terms = self.sales(vendor, LineCategory::Network)?;
        if let Some(amount) = self.column(history::OTHER_REVENUE, &vendor.id) {
            self.only_world("the business that the model leaves out is not known by region")?;
            terms.push(Term { amount, price: None });
        }
        Ok(terms)
    }

    /// Weights that give a level at the end of a day from levels at the ends of ticks: linear between them; in the first
    /// tick, that of its end.
    fn level(&self, until: i32) -> Vec<(usize, f64)> {
        let calendar = &self.world.calendar;
        let tick = calendar.tick_of(until - 1).unwrap_or(0);
        let done = f64::from(until - calendar.first_day[tick]) / f64::from(calendar.days(tick));
        match tick {
            0 => vec![(0, 1.0)],
            _ if done >= 1.0 => vec![(tick, 1.0)],
            _ => vec![(tick - 1, 1.0 - done), (tick, done)],
        }
    }

    /// A sum of dollars in the currency of the observation.
    fn money(&self, sum: Sum) -> Result<Sum, Rejected> {
        let Some(currency) = self.observation.unit.foreign() else { return Ok(sum) };
        let rate = self.column(history::EXCHANGE_RATE, currency).ok_or_else(|| {
            let known = self.world.exchange_rates.iter().map(|(code, _)| code.as_str());
            let known: Vec<&str> = std::iter::once("USD").chain(known).collect();
            let message = format!("the world has no exchange rate of {currency}");
            let help = format!(
                "currencies known here: {}; an `exchange_rates.{currency}` in the scenario adds one",
                known.join(", ")
            );
            self.refused("unit", message, "no rate to the US dollar", Some(help))
        })?;
        Ok(Sum { rate: Some(rate), ..sum })
    }

    fn only_world(&self, why: &str) -> Result<(), Rejected> {
        match self.observation.region {
            Region::World => Ok(()),
            region => {
                let message = format!("{} can't be predicted for `{region}`: {why}", self.observation.quantity);
                let help = Some("write region = \"world\", or leave it out".to_owned());
                Err(self.refused("region", message, "not by region", help))
            }
        }
    }
}
