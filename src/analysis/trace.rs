//! What holds the output of the targeted vendors down, month by month: of each line what bound it, of each class in it the
//! stock in months of use, of each source what it delivers, what the law permits and what it could give. Of one trial, or
//! medians over some. [`Watcher`] says what is looked at in a trial; what it gathers becomes a [`Trace`].

use std::ops::Range;

use rayon::prelude::*;

use super::compare::{limits, rule_dates};
use super::results::{RuleDate, Subject};
use super::statistics::quantile;
use crate::experiment::Plan;
use crate::model::probe::Probe;
use crate::model::world::World;
use crate::model::world::ids::{BomItemId, ClassId, SourceId, VendorLineId};
use crate::units::Date;

/// Which trials a trace is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Traced {
    /// The one of this number.
    Trial(u32),
    /// Medians over so many, from number 0.
    Median(u32),
}

impl Traced {
    /// Their numbers.
    pub fn numbers(self) -> Range<u32> {
        match self {
            Traced::Trial(number) => number..number + 1,
            Traced::Median(trials) => 0..trials,
        }
    }

    /// The number of the one trial; none of medians.
    pub fn trial(self) -> Option<u32> {
        match self {
            Traced::Trial(number) => Some(number),
            Traced::Median(_) => None,
        }
    }

    /// How many there are.
    pub fn count(self) -> u32 {
        self.numbers().len() as u32
    }
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Trace {
    /// Id of the scenario.
    pub scenario: String,
    /// One line that says what it is.
    pub title: String,
    /// BLAKE3 of the resolved scenario, in hexadecimal.
    pub hash: String,
    /// Of which trials.
    pub of: Traced,
    /// Master seed.
    pub seed: u64,
    /// First day of each tick.
    pub dates: Vec<Date>,
    /// Last day of the last tick.
    pub end: Date,
    /// Length of a tick in a word: `month` or `week`.
    pub tick: &'static str,
    /// The vendor and line of the headline.
    pub subject: Subject,
    /// Days on which the law changes.
    pub rule_dates: Vec<RuleDate>,
    /// The targeted vendors' lines.
    pub lines: Vec<Line>,
}

/// A line of a targeted vendor.
#[derive(Debug, Clone)]
pub struct Line {
    /// `vendor:line`.
    pub id: String,
    /// Its vendor's name.
    pub vendor: String,
    /// One product in the singular.
    pub product: String,
    /// By tick, what held its output down: position in `limits`.
    pub binding: Vec<usize>,
    /// Id and name of what can hold it down: the classes of its bill, the plant (`capacity`), nothing (`orders`).
    pub limits: Vec<(String, String)>,
    /// The classes of its bill that were asked for.
    pub items: Vec<Item>,
}

/// A class in a line's bill.
#[derive(Debug, Clone)]
pub struct Item {
    /// Id of the class.
    pub class: String,
    /// Its name.
    pub name: String,
    /// Whether no product can be built without it.
    pub essential: bool,
    /// By tick, stock in months of forecast use; NaN where the line needs none.
    pub stock_months: Vec<f64>,
    /// The offers by which it is bought, or may be before the end.
    pub sources: Vec<Supply>,
}

/// A source of a class for a line.
#[derive(Debug, Clone)]
pub struct Supply {
    /// Id of the offer.
    pub offer: String,
    /// By tick, what it delivered into stock, units a month.
    pub inflow: Vec<f64>,
    /// By tick, share of days on which it may ship parts for new products.
    pub permitted: Vec<f64>,
    /// By tick, what it could give the vendor, units a month.
    pub capacity: Vec<f64>,
}

impl Trace {
    /// The line of the headline, or the first where it is not traced.
    pub fn headline(&self) -> Option<&Line> {
        let id = format!("{}:{}", self.subject.vendor, self.subject.line);
        self.lines.iter().find(|line| line.id == id).or(self.lines.first())
    }

    /// What stands in the column `trial`.
    pub fn trial(&self) -> String {
        self.of.trial().map_or_else(|| "median".to_owned(), |number| number.to_string())
    }
}

impl Line {
    /// Id of what held it down in a tick.
    pub fn bound_by(&self, tick: usize) -> &str {
        &self.limits[self.binding[tick]].0
    }

    /// Whether a class held it down in a tick.
    pub fn is_bound_by(&self, tick: usize, class: &str) -> bool {
        self.bound_by(tick) == class
    }

    /// The classes by how long they held it down, then those first that nothing can be built without, then by their lowest stock;
    /// the longest and the scarcest first.
    pub fn by_scarcity(&self) -> Vec<&Item> {
        let lowest = |item: &Item| item.lowest().map_or(f64::INFINITY, |(_, stock)| stock);
        let mut items: Vec<&Item> = self.items.iter().collect();
        let order = |a: &&Item, b: &&Item| {
            let held = self.held(b).cmp(&self.held(a));
            held.then(b.essential.cmp(&a.essential)).then(lowest(a).total_cmp(&lowest(b)))
        };
        items.sort_by(order);
        items
    }

    /// In how many ticks a class held it down.
    pub fn held(&self, item: &Item) -> usize {
        (0..self.binding.len()).filter(|tick| self.is_bound_by(*tick, &item.class)).count()
    }
}

impl Item {
    /// The tick with the least stock, the first of several, and how much that is, months.
    pub fn lowest(&self) -> Option<(usize, f64)> {
        let known = self.stock_months.iter().copied().enumerate().filter(|(_, stock)| stock.is_finite());
        known.min_by(|a, b| a.1.total_cmp(&b.1))
    }
}

/// Numbers of a source that are gathered in a tick.
const OF_SOURCE: usize = 3;

/// What is looked at in every trial.
pub struct Watcher<'w> {
    world: &'w World,
    ticks: Range<usize>,
    lines: Vec<VendorLineId>,
    items: Vec<Watched>,
    /// Numbers that are gathered in a tick.
    width: usize,
    sources: usize,
}

/// A class in a line's bill, and where its numbers stand in those of a tick.
struct Watched {
    line: VendorLineId,
    item: BomItemId,
    sources: Vec<SourceId>,
    /// Of its stock; those of its sources follow.
    column: usize,
    /// Of its first source among all.
    first: usize,
}

/// What was seen of a trial.
pub struct Seen {
    numbers: Vec<f64>,
    binding: Vec<u16>,
    /// By source, whether it was qualified, or under way to be, or delivered, at any time.
    taken_up: Vec<bool>,
}

impl<'w> Watcher<'w> {
    /// Looks at the targeted vendors' lines in some ticks; at one class, or all.
    pub fn new(world: &'w World, ticks: Range<usize>, class: Option<ClassId>) -> Watcher<'w> {
        let (mut lines, mut items) = (Vec::new(), Vec::new());
        let (mut column, mut first) = (0, 0);
        for (p, vendor_line) in world.vendor_lines.iter().enumerate().filter(|(_, line)| line.target.is_some()) {
            let line = VendorLineId::at(p);
            let wanted = |c: &usize| class.is_none_or(|class| world.bom_items[*c].class == class);
            let of_line: Vec<usize> = vendor_line.bom_items.clone().filter(wanted).collect();
            if of_line.is_empty() {
                continue;
            }
            lines.push(line);
            for c in of_line {
                let sources: Vec<SourceId> = world.bom_items[c].sources.clone().map(SourceId::at).collect();
                let (next, after) = (column + 1 + OF_SOURCE * sources.len(), first + sources.len());
                items.push(Watched { line, item: BomItemId::at(c), sources, column, first });
                (column, first) = (next, after);
            }
        }
        Watcher { world, ticks, lines, items, width: column, sources: first }
    }

    /// Whether any line is looked at.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// What a trial's looks are gathered in.
    pub fn start(&self) -> Seen {
        let (ticks, sources) = (self.ticks.len(), self.sources);
        let numbers = Vec::with_capacity(ticks * self.width);
        Seen { numbers, binding: Vec::with_capacity(ticks * self.lines.len()), taken_up: vec![false; sources] }
    }

    /// Looks at a trial after a tick.
    pub fn look(&self, seen: &mut Seen, tick: usize, probe: Probe<'_>) {
        for watched in &self.items {
            for (known, source) in seen.taken_up[watched.first..].iter_mut().zip(&watched.sources) {
                *known |= probe.qualified_on(*source) < f64::INFINITY || probe.shipped(*source) > 0.0;
            }
        }
        if !self.ticks.contains(&tick) {
            return;
        }
        seen.binding.extend(self.lines.iter().map(|line| probe.limits(*line).binding as u16));
        for watched in &self.items {
            seen.numbers.push(probe.cover(watched.item).unwrap_or(f64::NAN));
            for source in &watched.sources {
                seen.numbers.extend([probe.inflow(*source), probe.permitted(*source), probe.capacity(*source)]);
            }
        }
    }

    /// What the trials come to: the median of each number by itself (over the trials in which there is one), and what bound a
    /// line most often, of several the first in its bill.
    pub fn lines(&self, seen: &[Seen]) -> Vec<Line> {
        let taken_up = |source: usize| seen.iter().any(|trial| trial.taken_up[source]);
        self.lines
            .iter()
            .enumerate()
            .map(|(place, line)| {
                let vendor_line = &self.world.vendor_lines[line.ix()];
                let limits = limits(self.world, *line);
                let bound = |tick| {
                    most_frequent(
                        seen.iter().map(|trial| usize::from(trial.binding[tick * self.lines.len() + place])),
                        limits.len(),
                    )
                };
                Line {
                    id: vendor_line.id.clone(),
                    vendor: self.world.vendor_of(*line).name.clone(),
                    product: self.world.line_of(*line).product.clone(),
                    binding: (0..self.ticks.len()).map(bound).collect(),
                    items: self
                        .items
                        .iter()
                        .filter(|watched| watched.line == *line)
                        .map(|watched| self.item(watched, seen, taken_up))
                        .collect(),
                    limits,
                }
            })
            .collect()
    }

    fn item(&self, watched: &Watched, seen: &[Seen], taken_up: impl Fn(usize) -> bool) -> Item {
        let bom_item = &self.world.bom_items[watched.item.ix()];
        let class = &self.world.classes[bom_item.class.ix()];
        let sources = watched.sources.iter().enumerate().filter(|(s, _)| taken_up(watched.first + s));
        Item {
            class: class.id.clone(),
            name: class.name.clone(),
            essential: bom_item.essential,
            stock_months: self.medians(seen, watched.column),
            sources: sources
                .map(|(s, source)| {
                    let column = |number: usize| self.medians(seen, watched.column + 1 + OF_SOURCE * s + number);
                    let offer = self.world.offers[self.world.sources[source.ix()].offer.ix()].id.clone();
                    Supply { offer, inflow: column(0), permitted: column(1), capacity: column(2) }
                })
                .collect(),
        }
    }

    /// The median of a number over trials, by tick.
    fn medians(&self, seen: &[Seen], column: usize) -> Vec<f64> {
        let median = |tick: usize| {
            let values = seen.iter().map(|trial| trial.numbers[tick * self.width + column]);
            let mut values: Vec<f64> = values.filter(|value| !value.is_nan()).collect();
            values.sort_by(f64::total_cmp);
            if values.is_empty() { f64::NAN } else { quantile(&values, 0.5) }
        };
        (0..self.ticks.len()).into_par_iter().map(median).collect()
    }
}

/// The number below `count` that comes most often, of several the least.
fn most_frequent(numbers: impl Iterator<Item = usize>, count: usize) -> usize {
    let mut times = vec![0u32; count];
    numbers.for_each(|number| times[number] += 1);
    let most = times.iter().copied().max().unwrap_or(0);
    times.iter().position(|n| *n == most).unwrap_or(0)
}

/// A trace of a scenario of a plan: what was seen of its trials in some ticks. `hash` is that of the resolved scenario.
pub fn trace(plan: &Plan, scenario: usize, hash: String, of: Traced, watcher: &Watcher<'_>, seen: &[Seen]) -> Trace {
    let (world, calendar, planned) = (&plan.world, &plan.world.calendar, &plan.scenarios[scenario]);
    let dates: Vec<Date> = watcher.ticks.clone().map(|tick| calendar.date(tick)).collect();
    let end = calendar.date(watcher.ticks.end).yesterday().unwrap_or(Date::MAX);
    let first = dates.first().copied().unwrap_or(end);
    Trace {
        scenario: planned.id.clone(),
        title: planned.title.clone(),
        hash,
        of,
        seed: plan.seed,
        end,
        tick: calendar.tick.name(),
        subject: super::compare::subject(world),
        rule_dates: rule_dates(plan, scenario).into_iter().filter(|rule| (first..=end).contains(&rule.date)).collect(),
        lines: watcher.lines(seen),
        dates,
    }
}
