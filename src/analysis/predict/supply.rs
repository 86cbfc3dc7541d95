//! What is predicted of a firm's parts: what it bought and received, what it holds, and for how many months that lasts.

use super::{Bound, Rejected, Sum, Term};
use crate::model::record::Outcome;
use crate::model::record::history::{self, cell_name, offer_name, seller_name};
use crate::model::world::Vendor;
use crate::scenario::observed::{Period, Region};
use crate::scenario::problem::suggest;
use crate::units::{Country, Date};

/// Months of cost of goods that an inventory is held against.
const COVER_MONTHS: i32 = 12;

impl Bound<'_> {
    /// Purchases of a watched vendor from the sellers of the region, of one country or supplier, of one class, for one line.
    pub(super) fn bought(&self, vendor: &Vendor) -> Result<Vec<Term>, Rejected> {
        if self.observation.parts.by_offer() {
            return self.of_offers(vendor, history::BOUGHT_OFFER);
        }
        self.watched(vendor, "the purchases")?;
        let homes = self.homes()?;
        let bought = |home: &Country| self.term(history::BOUGHT, &seller_name(&vendor.id, home.code()));
        Ok(homes.iter().filter_map(bought).collect())
    }

    /// An outcome of a watched vendor's purchases, of the offers of which the observation speaks.
    pub(super) fn of_offers(&self, vendor: &Vendor, outcome: Outcome) -> Result<Vec<Term>, Rejected> {
        self.watched(vendor, "the purchases")?;
        let (world, parts) = (self.world, &self.observation.parts);
        let homes = self.homes()?;
        let class = self.id("class", parts.class.as_deref(), world.classes.iter().map(|c| c.id.as_str()))?;
        let supplier = self.id("supplier", parts.supplier.as_deref(), world.suppliers.iter().map(|s| s.id.as_str()))?;
        let line = self.id("line", parts.line.as_deref(), world.lines.iter().map(|l| l.id.as_str()))?;
        let at_home = world.jurisdictions.iter().filter(|place| homes.contains(&place.country));
        let mut terms = Vec::new();
        for o in at_home.flat_map(|place| &place.offers).map(|o| o.ix()) {
            let offer = &world.offers[o];
            let is = |asked: Option<usize>, is: usize| asked.is_none_or(|asked| asked == is);
            if is(class, offer.class.ix()) && is(supplier, offer.supplier.ix()) && self.is_for(vendor, o, line)? {
                terms.extend(self.term(outcome, &offer_name(&vendor.id, &offer.id)));
            }
        }
        Ok(terms)
    }

    /// Whether a vendor buys an offer for a line. One that it buys for several can't be told apart.
    fn is_for(&self, vendor: &Vendor, offer: usize, line: Option<usize>) -> Result<bool, Rejected> {
        let Some(line) = line else { return Ok(true) };
        let pairs = vendor.vendor_lines.clone().map(|p| &self.world.vendor_lines[p]);
        let buys = |links: std::ops::Range<usize>| self.world.source_offers[links].iter().any(|o| o.ix() == offer);
        let lines: Vec<usize> = pairs.filter(|pair| buys(pair.sources.clone())).map(|pair| pair.line.ix()).collect();
        if lines.contains(&line) && lines.len() > 1 {
            let message =
                format!("what `{}` buys of `{}` is for several lines", vendor.id, self.world.offers[offer].id);
            let help =
                "leave `line` out, or name a `class` or `supplier` whose offers are for one line alone".to_owned();
            return Err(self.refused("line", message, "not told apart", Some(help)));
        }
        Ok(lines.contains(&line))
    }

    /// Place of what a key names among the ids of its kind; nowhere where it is not said.
    fn id<'i>(
        &self,
        key: &str,
        named: Option<&str>,
        known: impl Iterator<Item = &'i str> + Clone,
    ) -> Result<Option<usize>, Rejected> {
        let Some(named) = named else { return Ok(None) };
        known.clone().position(|id| id == named).map(Some).ok_or_else(|| {
            let help = suggest(named, known);
            self.refused(key, format!("the world has no {key} `{named}`"), "unknown to the world", help)
        })
    }

    /// Homes of the sellers of the region, or the one country.
    fn homes(&self) -> Result<Vec<Country>, Rejected> {
        let homes: Vec<Country> = self.world.jurisdictions.iter().map(|j| j.country).collect();
        let wanted = self.observation.parts.seller;
        if let Some(seller) = wanted.filter(|seller| !homes.contains(seller)) {
            let known: Vec<String> = homes.iter().map(Country::to_string).collect();
            let message = format!("no seller is at home in {seller}");
            let help = format!("homes of sellers: {}", known.join(", "));
            return Err(self.refused("seller", message, "not a seller's home", Some(help)));
        }
        let china = |home: &Country| home.code().eq_ignore_ascii_case(Region::Cn.name());
        let here = |home: &Country| match self.observation.region {
            Region::World => true,
            Region::Cn => china(home),
            Region::ExCn => !china(home),
        };
        Ok(homes.into_iter().filter(|home| wanted.is_none_or(|seller| seller == *home) && here(home)).collect())
    }

    /// Rejected of a vendor of which these are not recorded.
    fn watched(&self, vendor: &Vendor, what: &str) -> Result<(), Rejected> {
        if vendor.target.is_some() {
            return Ok(());
        }
        let watched: Vec<&str> = self.world.targets.iter().map(|v| self.world.vendors[v.ix()].id.as_str()).collect();
        let message = format!("{what} of `{}` are not recorded", vendor.id);
        let help = format!("they are for firms that a rule lists: {}", watched.join(", "));
        Err(self.refused("entity", message, "not a listed firm", Some(help)))
    }

    fn term(&self, outcome: Outcome, entity: &str) -> Option<Term> {
        Some(Term { amount: self.column(outcome, entity)?, price: None })
    }

    /// Cost of the parts and finished products in stock at the end of the period.
    pub(super) fn inventory(&self, vendor: &Vendor, period: &Period) -> Result<Sum, Rejected> {
        self.only_world("a firm's inventory is not told apart by region")?;
        let terms = self.term(history::INVENTORY, &vendor.id).into_iter().collect();
        Ok(Sum { ticks: self.level(self.until(period)), terms, rate: None })
    }

    /// Cost of the parts in stock at the end of the period.
    pub(super) fn raw_materials(&self, vendor: &Vendor, period: &Period) -> Result<Sum, Rejected> {
        Ok(self.stock_cover(vendor, period)?.0)
    }

    /// Cost of the parts in stock at the end of the period, and of a month of their planned use: of all classes and lines, or
    /// of those of which the observation speaks.
    pub(super) fn stock_cover(&self, vendor: &Vendor, period: &Period) -> Result<(Sum, Option<Sum>), Rejected> {
        self.only_world("a firm's stock is not told apart by region")?;
        self.watched(vendor, "stocks")?;
        let (world, parts) = (self.world, &self.observation.parts);
        let class = self.id("class", parts.class.as_deref(), world.classes.iter().map(|c| c.id.as_str()))?;
        let line = self.id("line", parts.line.as_deref(), world.lines.iter().map(|l| l.id.as_str()))?;
        let pairs =
            vendor.vendor_lines.clone().filter(|p| line.is_none_or(|line| world.vendor_lines[*p].line.ix() == line));
        let cells = pairs.flat_map(|p| world.vendor_lines[p].bom_items.clone());
        let cells = cells.filter(|c| class.is_none_or(|class| world.bom_items[*c].class.ix() == class));
        let names: Vec<String> = cells
            .map(|c| {
                let item = &world.bom_items[c];
                cell_name(&world.vendor_lines[item.vendor_line.ix()].id, &world.classes[item.class.ix()].id)
            })
            .collect();
        if names.is_empty() {
            let key = if class.is_some() { "class" } else { "line" };
            let message = format!("`{}` holds no such parts", vendor.id);
            let help = "name a class that is in the bill of a line of the firm, and that line".to_owned();
            return Err(self.refused(key, message, "nothing to hold", Some(help)));
        }
        let ticks = self.level(self.until(period));
        let sum = |outcome| {
            let terms = names.iter().filter_map(|name| self.term(outcome, name)).collect();
            Sum { ticks: ticks.clone(), terms, rate: None }
        };
        Ok((sum(history::STOCK), Some(sum(history::PLANNED_USE))))
    }

    /// The end of a period, as a day of the simulation.
    fn until(&self, period: &Period) -> i32 {
        self.world.calendar.day(period.last) + 1
    }

    /// Inventory on the last day of the period, over the mean monthly cost of goods of the twelve months before it (or
    /// since the start, if that is less).
    pub(super) fn cover(&self, vendor: &Vendor, period: &Period) -> Result<(Sum, Option<Sum>), Rejected> {
        let inventory = self.inventory(vendor, period)?;
        let (calendar, until) = (&self.world.calendar, self.until(period));
        let since = period.last.tomorrow().ok();
        let since = since.and_then(|day| day.checked_sub(jiff::Span::new().months(COVER_MONTHS)).ok());
        let since = since.map_or(0, |day: Date| calendar.day(day).max(0));
        let mut goods = Sum { ticks: self.parts(since, until), terms: Vec::new(), rate: None };
        let months: f64 = goods.ticks.iter().map(|(tick, part)| part * calendar.months(*tick)).sum();
        goods.ticks.iter_mut().for_each(|(_, part)| *part /= months);
        goods.terms = self.lines(vendor, None, history::GOODS)?;
        Ok((inventory, Some(goods)))
    }
}
