//! Reading a parameter record: exactly one distribution, its unit, its bounds on both sides and what backs it, checked
//! against one another and against what its quantity can be.

use crate::scenario::Place;
use crate::scenario::notes::What;
use crate::scenario::param::{Dist, Param, Quantity};
use crate::scenario::problem::Problem;
use crate::scenario::reader::Reader;
use crate::scenario::tree::{Node, Value};
use crate::scenario::world::DatedParam;

/// What the numbers of a distribution are written as.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// One number.
    One,
    /// A list of so many, described.
    List(usize, &'static str),
    /// A table of named numbers.
    Named([&'static str; 2]),
    /// A list of any number of them.
    Rising,
    /// A list of tables, each with a weight and a distribution.
    Alternatives,
}

/// A key that gives a distribution.
pub(crate) struct DistributionKind {
    pub(crate) key: &'static str,
    pub(crate) form: Form,
    pub(crate) meaning: &'static str,
    /// Makes it of its numbers.
    make: fn(&[f64]) -> Option<Dist>,
}

/// The keys that give a distribution.
pub(crate) const DISTRIBUTION_KINDS: [DistributionKind; 9] = [
    DistributionKind {
        key: "value",
        form: Form::One,
        meaning: "one value",
        make: |n| matches!(n, [_]).then(|| Dist::Fixed(n[0])),
    },
    DistributionKind {
        key: "triangular",
        form: Form::List(3, "[lowest, most likely, highest]"),
        meaning: "a triangular distribution: [lowest, most likely, highest]",
        make: |n| matches!(n, [_, _, _]).then(|| Dist::Triangular { low: n[0], mode: n[1], high: n[2] }),
    },
    DistributionKind {
        key: "uniform",
        form: Form::List(2, "[lowest, highest]"),
        meaning: "a uniform distribution: [lowest, highest]",
        make: |n| matches!(n, [_, _]).then(|| Dist::Uniform { low: n[0], high: n[1] }),
    },
    DistributionKind {
        key: "lognormal",
        form: Form::Named(["median", "p90"]),
        meaning: "a lognormal distribution by its median and 90th percentile, truncated to the bounds",
        make: |n| matches!(n, [_, _]).then(|| Dist::LogNormal { median: n[0], p90: n[1] }),
    },
    DistributionKind {
        key: "normal",
        form: Form::Named(["mean", "sd"]),
        meaning: "a normal distribution by its mean and standard deviation, truncated to the bounds",
        make: |n| matches!(n, [_, _]).then(|| Dist::Normal { mean: n[0], sd: n[1] }),
    },
    DistributionKind {
        key: "beta",
        form: Form::Named(["alpha", "beta"]),
        meaning: "a beta distribution on the bounds",
        make: |n| matches!(n, [_, _]).then(|| Dist::Beta { alpha: n[0], beta: n[1] }),
    },
    DistributionKind {
        key: "bernoulli",
        form: Form::One,
        meaning: "1 with this probability, else 0",
        make: |n| matches!(n, [_]).then(|| Dist::Bernoulli { p: n[0] }),
    },
    DistributionKind {
        key: "choice",
        form: Form::Alternatives,
        meaning: "one of several alternatives, by weight",
        make: |_| None,
    },
    DistributionKind {
        key: "quantiles",
        form: Form::Rising,
        meaning: "quantiles at equal steps of probability from 0 to 1, straight between them",
        make: |n| Some(Dist::Quantiles(n.to_vec())),
    },
];

/// The unit of a record.
pub(crate) const UNIT: &str = "unit";

/// The admissible values of a record.
pub(crate) const BOUNDS: &str = "bounds";

/// The day of a dated record.
pub(crate) const DATE: &str = "date";

/// The weight of an alternative.
pub(crate) const WEIGHT: &str = "weight";

impl<'a> Reader<'a> {
    /// The parameter under a key that must be there; `meaning` says what the number is.
    pub(crate) fn param(&self, key: &'static str, quantity: Quantity, meaning: &'static str) -> Option<Param> {
        self.takes(key, What::Param(quantity), meaning);
        let node = self.need(key, format!("{meaning}, a parameter record in {quantity}"))?;
        self.param_at(key, node, quantity, meaning)
    }

    /// The same under a key that need not be there. Outer `None`: there, but wrong.
    pub(crate) fn param_opt(
        &self,
        key: &'static str,
        quantity: Quantity,
        meaning: &'static str,
    ) -> Option<Option<Param>> {
        self.takes(key, What::Param(quantity), meaning);
        if self.has(key) { self.param(key, quantity, meaning).map(Some) } else { Some(None) }
    }

    /// The parameter in a node of this table.
    pub(crate) fn param_at(
        &self,
        key: &str,
        node: &'a Node,
        quantity: Quantity,
        meaning: &'static str,
    ) -> Option<Param> {
        let record = self.record(key, node, quantity)?;
        let param = record_param(&record, quantity, meaning);
        record.finish();
        self.keep(param)
    }

    /// Dated parameters under a key: a list, the days strictly rising. Each has the path `key.<date>`.
    pub(crate) fn dated_params(
        &self,
        key: &'static str,
        quantity: Quantity,
        meaning: &'static str,
    ) -> Option<Vec<DatedParam>> {
        self.takes(key, What::Dated(quantity), meaning);
        let node = self.need(key, format!("a list of dated parameter records in {quantity}, in brackets"))?;
        self.dated_params_at(key, node, quantity, meaning)
    }

    /// The same under a key that need not be there. Outer `None`: there, but wrong.
    pub(crate) fn dated_params_opt(
        &self,
        key: &'static str,
        quantity: Quantity,
        meaning: &'static str,
    ) -> Option<Option<Vec<DatedParam>>> {
        self.takes(key, What::Dated(quantity), meaning);
        if self.has(key) { self.dated_params(key, quantity, meaning).map(Some) } else { Some(None) }
    }

    /// The dated parameters in a node of this table.
    pub(crate) fn dated_params_at(
        &self,
        key: &str,
        node: &'a Node,
        quantity: Quantity,
        meaning: &'static str,
    ) -> Option<Vec<DatedParam>> {
        let items = self.list_at(key, node, &format!("dated parameter records in {quantity}"))?;
        let mut read: Vec<DatedParam> = Vec::with_capacity(items.len());
        for item in items {
            let mut record = self.record(key, item, quantity)?;
            // A day names the record better than its position does: it stays when another is added.
            let date = record.date(DATE, "day of the value; what holds on the days between is said of each list");
            if let Some(date) = date {
                record.path = format!("{}.{date}", record.path);
            }
            let param = record_param(&record, quantity, meaning);
            record.finish();
            let dated = DatedParam { date: date?, param: self.keep(param)? };
            if let Some(last) = read.last().filter(|last| last.date >= dated.date) {
                let message =
                    format!("the days of `{}` must rise: {} comes after {}", self.path_of(key), dated.date, last.date);
                let problem = Problem::new(message).at(self.cx.files, &item.place, "not after the day before it");
                self.cx.push(problem.because(self.cx.files, &last.param.place, "the one before"));
                return None;
            }
            read.push(dated);
        }
        Some(read)
    }

    fn keep(&self, param: Option<Param>) -> Option<Param> {
        self.cx.params.borrow_mut().extend(param.clone());
        param
    }

    fn record(&self, key: &str, node: &'a Node, quantity: Quantity) -> Option<Reader<'a>> {
        let Some(table) = node.as_table() else {
            let found = if let Value::Number(n) = &node.value { n } else { "…" };
            let help = format!(
                "write {{ value = {found}, unit = \"{quantity}\", bounds = [low, high] }} with a source or an \
                 assumption"
            );
            self.mismatch(key, node, &format!("a parameter record in {quantity}"), Some(help));
            return None;
        };
        Some(Reader::new(self.cx, table, self.path_of(key), node.place.clone()))
    }
}

fn record_param(r: &Reader<'_>, quantity: Quantity, meaning: &'static str) -> Option<Param> {
    let unit = unit(r, quantity, meaning);
    let bounds = bounds(r, quantity);
    let shape = shape(r);
    let provenance = r.provenance();
    let (bounds, (dist, place)) = (bounds?, shape?);
    unit?;
    let param = Param {
        path: r.path.clone(),
        quantity,
        dist,
        bounds,
        provenance: provenance?,
        meaning,
        place: r.place.clone(),
    };
    check(r, &param, place).then_some(param)
}

fn unit(r: &Reader<'_>, quantity: Quantity, meaning: &str) -> Option<()> {
    let node = r.need(UNIT, format!("\"{quantity}\""))?;
    match &node.value {
        Value::Text(text) if text == quantity.name() => Some(()),
        Value::Text(text) => {
            let message =
                format!("`{}` is given in `{text}`, but {meaning} is a {} in `{quantity}`", r.path, quantity.noun());
            let help = match Quantity::parse(text) {
                Some(_) => format!("convert the numbers, and write unit = \"{quantity}\""),
                None => format!("write unit = \"{quantity}\""),
            };
            r.problem(&node.place, message, &format!("expected \"{quantity}\""), Some(help));
            None
        }
        _ => {
            r.mismatch(UNIT, node, &format!("\"{quantity}\""), None);
            None
        }
    }
}

fn bounds(r: &Reader<'_>, quantity: Quantity) -> Option<(f64, f64)> {
    let node = r.need(BOUNDS, "[lowest, highest] admissible value")?;
    let [low, high] = numbers_of(r, BOUNDS, node, "[lowest, highest]")?;
    let (hard_low, hard_high) = quantity.hard_range();
    if low > high {
        let message = format!("the bounds of `{}` are the wrong way round: {low} is above {high}", r.path);
        r.problem(&node.place, message, "lowest first", Some(format!("write bounds = [{high}, {low}]")));
        return None;
    }
    if low < hard_low || high > hard_high {
        let message = format!(
            "the bounds of `{}` reach from {low} to {high} {quantity}, but a {} lies between {hard_low} and \
             {hard_high}",
            r.path,
            quantity.noun()
        );
        let help = format!("write bounds = [{}, {}] or narrower", low.max(hard_low), high.min(hard_high));
        r.problem(&node.place, message, &format!("no such {}", quantity.noun()), Some(help));
        return None;
    }
    Some((low, high))
}

fn numbers_of<const N: usize>(r: &Reader<'_>, key: &str, node: &Node, expected: &str) -> Option<[f64; N]> {
    numbers(r, key, node, N, expected)?.try_into().ok()
}

fn numbers(r: &Reader<'_>, key: &str, node: &Node, count: usize, expected: &str) -> Option<Vec<f64>> {
    match &node.value {
        Value::List(items) if items.len() == count => {
            let read: Vec<f64> = items.iter().filter_map(|item| r.number_at(key, item)).collect();
            (read.len() == count).then_some(read)
        }
        _ => {
            r.mismatch(key, node, &format!("a list of {count} numbers, {expected}"), None);
            None
        }
    }
}

/// Two named numbers in a table.
fn pair(r: &Reader<'_>, key: &'static str, node: &Node, names: [&'static str; 2]) -> Option<Vec<f64>> {
    let inner = r.cx_open(key, node)?;
    let read = names.map(|name| inner.need(name, "a number").and_then(|n| inner.number_at(name, n)));
    inner.finish();
    Some(vec![read[0]?, read[1]?])
}

impl<'a> Reader<'a> {
    /// A reader of a table inside a record, which lives only as long as the record's node is borrowed.
    fn cx_open<'n>(&self, key: &str, node: &'n Node) -> Option<Reader<'n>>
    where
        'a: 'n,
    {
        let Some(table) = node.as_table() else {
            self.mismatch(key, node, "a table", None);
            return None;
        };
        Some(Reader::new(self.cx, table, self.path_of(key), node.place.clone()))
    }
}

/// The one distribution of a record or alternative, and its place.
fn shape<'a>(r: &Reader<'a>) -> Option<(Dist, &'a Place)> {
    let given: Vec<(&DistributionKind, &'a Node)> =
        DISTRIBUTION_KINDS.iter().filter_map(|shape| r.entry(shape.key).map(|e| (shape, &e.node))).collect();
    let (shape, node) = match given.as_slice() {
        [one] => *one,
        [] => {
            let message = format!("`{}` has neither a value nor a distribution", r.path);
            let keys = DISTRIBUTION_KINDS.map(|shape| shape.key).join(", ");
            r.problem(&r.place, message, "this record", Some(format!("add one of {keys}")));
            return None;
        }
        [(DistributionKind { key: first, .. }, a), (DistributionKind { key: second, .. }, b), ..] => {
            let message = format!("`{}` has both `{first}` and `{second}`: exactly one must be given", r.path);
            let problem = Problem::new(message).at(r.cx.files, &b.place, "a second one").help("delete one");
            r.cx.push(problem.because(r.cx.files, &a.place, "the first one"));
            return None;
        }
    };
    let numbers = match shape.form {
        Form::Alternatives => return Some((Dist::Choice(alternatives(r, node)?), &node.place)),
        Form::One => vec![r.number_at(shape.key, node)?],
        Form::List(count, expected) => numbers(r, shape.key, node, count, expected)?,
        Form::Named(names) => pair(r, shape.key, node, names)?,
        Form::Rising => quantiles(r, node)?,
    };
    Some(((shape.make)(&numbers)?, &node.place))
}

fn quantiles(r: &Reader<'_>, node: &Node) -> Option<Vec<f64>> {
    let Value::List(items) = &node.value else {
        r.mismatch("quantiles", node, "a list of rising numbers, such as [1, 2, 4]", None);
        return None;
    };
    let read: Vec<f64> = items.iter().filter_map(|item| r.number_at("quantiles", item)).collect();
    (read.len() == items.len()).then_some(read)
}

fn alternatives(r: &Reader<'_>, node: &Node) -> Option<Vec<(f64, Dist)>> {
    let Value::List(items) = &node.value else {
        r.mismatch("choice", node, "a list of alternatives, such as { weight = 0.5, value = 3 }", None);
        return None;
    };
    if items.is_empty() {
        r.mismatch("choice", node, "a list of at least one alternative", None);
        return None;
    }
    let read: Vec<(f64, Dist)> = items
        .iter()
        .filter_map(|item| {
            let inner = r.cx_open("choice", item)?;
            let weight = inner.need(WEIGHT, "a number above 0").and_then(|n| inner.number_at(WEIGHT, n));
            let dist = shape(&inner);
            inner.finish();
            Some((weight?, dist?.0))
        })
        .collect();
    (read.len() == items.len()).then_some(read)
}

/// Checks a distribution against itself, its quantity and its bounds.
fn check(r: &Reader<'_>, param: &Param, place: &Place) -> bool {
    let (quantity, (low, high)) = (param.quantity, param.bounds);
    if let Err((wrong, help)) = param.dist.sound(param.bounds) {
        r.problem(place, format!("`{}`: {wrong}", param.path), "here", Some(help.to_owned()));
        return false;
    }
    let (hard_low, hard_high) = quantity.hard_range();
    for x in param.dist.marks() {
        if x < hard_low || x > hard_high {
            let message = format!(
                "`{}` ({}) would be {x} {quantity}, but a {} lies between {hard_low} and {hard_high}",
                param.path,
                param.meaning,
                quantity.noun()
            );
            let help = match quantity.noun() {
                "share" | "monthly chance" if x > 1.0 && x <= 100.0 => format!("for {x} percent write {}", x / 100.0),
                _ => format!("write a number from {low} to {high}"),
            };
            r.problem(place, message, &format!("no such {}", quantity.noun()), Some(help));
            return false;
        }
        if x < low || x > high {
            let message = format!(
                "`{}` ({}) would be {x} {quantity}, outside its bounds of {low} to {high}",
                param.path, param.meaning
            );
            let mut problem =
                Problem::new(message).at(r.cx.files, place, format!("this {} is out of bounds", quantity.noun()));
            if let Some(bounds) = r.table.get(BOUNDS).filter(|b| b.place.file != place.file) {
                problem = problem.because(r.cx.files, &bounds.place, "the bounds are set here");
            }
            r.cx.push(problem.help("correct the number, or widen the bounds and say why"));
            return false;
        }
    }
    true
}
