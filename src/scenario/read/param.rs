//! Reading a parameter record: exactly one distribution, its unit, its bounds on both sides and what backs it, checked
//! against one another and against what its quantity can be.

use crate::scenario::Place;
use crate::scenario::param::{Dist, Param, Quantity};
use crate::scenario::problem::Problem;
use crate::scenario::reader::Reader;
use crate::scenario::tree::{Node, Value};
use crate::scenario::world::DatedParam;

/// The keys that give a distribution.
const SHAPES: [&str; 9] =
    ["value", "triangular", "uniform", "lognormal", "normal", "beta", "bernoulli", "choice", "quantiles"];

impl<'a> Reader<'a> {
    /// The parameter under a key that must be there; `meaning` says what the number is.
    pub(crate) fn param(&self, key: &'static str, quantity: Quantity, meaning: &'static str) -> Option<Param> {
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
        let node = self.need(key, format!("a list of dated parameter records in {quantity}, in brackets"))?;
        self.dated_params_at(key, node, quantity, meaning)
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
            let date = record.date("date");
            if let Some(date) = date {
                record.path = format!("{}.{date}", record.path);
            }
            let param = record_param(&record, quantity, meaning);
            record.finish();
            let dated = DatedParam { date: date?, param: self.keep(param)? };
            if let Some(last) = read.last().filter(|last| last.date >= dated.date) {
                let message =
                    format!("the days of `{}` must rise: {} stands after {}", self.path_of(key), dated.date, last.date);
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
    let node = r.need("unit", format!("\"{quantity}\""))?;
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
            r.mismatch("unit", node, &format!("\"{quantity}\""), None);
            None
        }
    }
}

fn bounds(r: &Reader<'_>, quantity: Quantity) -> Option<(f64, f64)> {
    let node = r.need("bounds", "[lowest, highest] admissible value")?;
    let [low, high] = numbers(r, "bounds", node, "[lowest, highest]")?;
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

fn numbers<const N: usize>(r: &Reader<'_>, key: &str, node: &Node, expected: &str) -> Option<[f64; N]> {
    match &node.value {
        Value::List(items) if items.len() == N => {
            let read: Vec<f64> = items.iter().filter_map(|item| r.number_at(key, item)).collect();
            read.try_into().ok()
        }
        _ => {
            r.mismatch(key, node, &format!("a list of {N} numbers, {expected}"), None);
            None
        }
    }
}

/// Two named numbers in a table.
fn pair(r: &Reader<'_>, key: &'static str, node: &Node, names: [&'static str; 2]) -> Option<[f64; 2]> {
    let inner = r.cx_open(key, node)?;
    let read = names.map(|name| inner.need(name, "a number").and_then(|n| inner.number_at(name, n)));
    inner.finish();
    Some([read[0]?, read[1]?])
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
    let given: Vec<(&'static str, &'a Node)> =
        SHAPES.iter().filter_map(|s| r.entry(s).map(|e| (*s, &e.node))).collect();
    let (key, node) = match given.as_slice() {
        [one] => *one,
        [] => {
            let message = format!("`{}` has neither a value nor a distribution", r.path);
            r.problem(&r.place, message, "this record", Some(format!("add one of {}", SHAPES.join(", "))));
            return None;
        }
        [(first, a), (second, b), ..] => {
            let message = format!("`{}` has both `{first}` and `{second}`: exactly one must be given", r.path);
            let problem = Problem::new(message).at(r.cx.files, &b.place, "a second one").help("delete one");
            r.cx.push(problem.because(r.cx.files, &a.place, "the first one"));
            return None;
        }
    };
    let dist = match key {
        "value" => Dist::Fixed(r.number_at(key, node)?),
        "triangular" => {
            let [low, mode, high] = numbers(r, key, node, "[lowest, most likely, highest]")?;
            Dist::Triangular { low, mode, high }
        }
        "uniform" => {
            let [low, high] = numbers(r, key, node, "[lowest, highest]")?;
            Dist::Uniform { low, high }
        }
        "lognormal" => {
            let [median, p90] = pair(r, "lognormal", node, ["median", "p90"])?;
            Dist::LogNormal { median, p90 }
        }
        "normal" => {
            let [mean, sd] = pair(r, "normal", node, ["mean", "sd"])?;
            Dist::Normal { mean, sd }
        }
        "beta" => {
            let [alpha, beta] = pair(r, "beta", node, ["alpha", "beta"])?;
            Dist::Beta { alpha, beta }
        }
        "bernoulli" => Dist::Bernoulli { p: r.number_at(key, node)? },
        "quantiles" => Dist::Quantiles(quantiles(r, node)?),
        _ => Dist::Choice(alternatives(r, node)?),
    };
    Some((dist, &node.place))
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
            let weight = inner.need("weight", "a number above 0").and_then(|n| inner.number_at("weight", n));
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
            if let Some(bounds) = r.table.get("bounds").filter(|b| b.place.file != place.file) {
                problem = problem.because(r.cx.files, &bounds.place, "the bounds are set here");
            }
            r.cx.push(problem.help("mend the number, or widen the bounds and say why"));
            return false;
        }
    }
    true
}
