//! Provisions as scenario text, and a rulebook that can be loosened one step at a time.

use std::fmt::Write;

use chokepoint::units::Date;
use jiff::ToSpan;

/// A listing of the firm.
pub fn listing(announced: &str, from: &str) -> String {
    listing_of("huawei", announced, from)
}

/// A listing of a firm.
pub fn listing_of(buyer: &str, announced: &str, from: &str) -> String {
    format!(
        "[provisions.listing]\nkind = \"listing\"\ntitle = \"Listing\"\ncitation = \"C\"\nannounced = {announced}\n\
         from = {from}\nbuyers = [\"{buyer}\"]\nreview = \"presumption-of-denial\"\n"
    )
}

/// A de minimis test; content is `controlled` or `all`.
pub fn de_minimis(id: &str, announced: &str, from: &str, threshold: f64, counts: &str) -> String {
    format!(
        "[provisions.{id}]\nkind = \"de-minimis\"\ntitle = \"T\"\ncitation = \"C\"\nannounced = {announced}\n\
         from = {from}\nthreshold = {threshold:?}\ncounts = \"{counts}\"\ndestination = \"listed-buyer\"\n"
    )
}

/// A direct-product test on technology and plants from a level up.
pub fn direct_product(id: &str, announced: &str, from: &str, level: &str, own_design_only: bool) -> String {
    format!(
        "[provisions.{id}]\nkind = \"direct-product\"\ntitle = \"T\"\ncitation = \"C\"\nannounced = {announced}\n\
         from = {from}\nitem_from = \"ear99\"\ntechnology_from = \"{level}\"\nplant_from = \"{level}\"\n\
         own_design_only = {own_design_only}\ndestination = \"listed-buyer\"\n"
    )
}

/// A general license for uses, from a day to a day.
pub fn general_license(uses: &[&str], from: &str, to: &str) -> String {
    format!(
        "[provisions.general]\nkind = \"general-license\"\ntitle = \"T\"\ncitation = \"C\"\nannounced = {from}\n\
         from = {from}\nto = {to}\nuses = {uses:?}\nitems_up_to = \"ns\"\n"
    )
}

/// A savings clause, from a day to a day.
pub fn savings(saves: &[&str], announced: &str, from: &str, to: &str) -> String {
    format!(
        "[provisions.savings]\nkind = \"savings-clause\"\ntitle = \"T\"\ncitation = \"C\"\nannounced = {announced}\n\
         from = {from}\nto = {to}\nsaves = {saves:?}\n"
    )
}

/// A practice of licensing: every application is approved with this chance.
pub fn licensing(from: &str, rate: f64) -> String {
    let rate = format!("{{ value = {rate:?}, unit = \"share\", bounds = [0, 1] }}");
    format!("[licensing.practice]\nfrom = {from}\nnetwork = {rate}\nconsumer = {rate}\nbelow_5g = {rate}\n")
}

/// A day after 2019-01-01.
pub fn day(days: i64) -> String {
    let start: Date = jiff::civil::date(2019, 1, 1);
    (start + days.days()).to_string()
}

/// A test in a rulebook.
#[derive(Clone, Debug)]
pub struct Test {
    pub from: i64,
    /// For de minimis tests: threshold in percent. `None`: a direct-product test.
    pub threshold: Option<u32>,
    /// De minimis: all content counts. Direct product: 0 from ear99 up, 1 from at, 2 from ns.
    pub scope: u8,
    pub own_design_only: bool,
}

/// A listing with tests, all of which once in force stay so: a regime that only ever tightens.
#[derive(Clone, Debug)]
pub struct Rulebook {
    /// Day on which all of it is announced.
    pub announced: i64,
    pub listed: i64,
    pub tests: Vec<Test>,
    /// Last day of a general license for new equipment that starts with the announcement.
    pub licensed_until: Option<i64>,
    /// Last day of a savings clause for all tests.
    pub saved_until: Option<i64>,
}

/// A way to loosen a rulebook.
#[derive(Clone, Debug)]
pub enum Loosen {
    ListLater(i64),
    Later(usize, i64),
    Raise(usize, u32),
    Narrow(usize),
    OwnDesign(usize),
    Drop(usize),
    License(i64),
    Save(i64),
}

impl Rulebook {
    pub fn text(&self) -> String {
        let announced = day(self.announced);
        let mut text = listing(&announced, &day(self.listed.max(self.announced)));
        for (i, test) in self.tests.iter().enumerate() {
            let (id, from) = (format!("test-{i}"), day(test.from.max(self.announced)));
            text += &match test.threshold {
                Some(percent) => {
                    let counts = if test.scope == 0 { "all" } else { "controlled" };
                    de_minimis(&id, &announced, &from, f64::from(percent) / 100.0, counts)
                }
                None => {
                    let level = ["ear99", "at", "ns"][usize::from(test.scope.min(2))];
                    direct_product(&id, &announced, &from, level, test.own_design_only)
                }
            };
        }
        if let Some(until) = self.licensed_until {
            text += &general_license(&["new-equipment"], &announced, &day(until.max(self.announced)));
        }
        if let (Some(until), false) = (self.saved_until, self.tests.is_empty()) {
            let saved: Vec<String> = (0..self.tests.len()).map(|i| format!("test-{i}")).collect();
            let saved: Vec<&str> = saved.iter().map(String::as_str).collect();
            let first = self.tests.iter().map(|t| t.from).min().unwrap_or(0).max(self.announced);
            let _ = write!(text, "{}", savings(&saved, &announced, &day(first), &day(until.max(first))));
        }
        text
    }

    /// The rulebook after one loosening step; steps that do not apply change nothing.
    pub fn loosened(&self, step: &Loosen) -> Rulebook {
        let mut looser = self.clone();
        let tests = self.tests.len();
        let test = |i: &usize| if tests == 0 { None } else { Some(i % tests) };
        match step {
            Loosen::ListLater(days) => looser.listed = looser.listed.max(looser.announced) + days,
            Loosen::Later(i, days) => {
                if let Some(i) = test(i) {
                    looser.tests[i].from = looser.tests[i].from.max(looser.announced) + days;
                }
            }
            Loosen::Raise(i, percent) => {
                if let Some(threshold) = test(i).and_then(|i| looser.tests[i].threshold.as_mut()) {
                    *threshold = (*threshold + percent).min(100);
                }
            }
            Loosen::Narrow(i) => {
                if let Some(i) = test(i) {
                    looser.tests[i].scope += 1;
                }
            }
            Loosen::OwnDesign(i) => {
                if let Some(i) = test(i) {
                    looser.tests[i].own_design_only = true;
                }
            }
            Loosen::Drop(i) => {
                if let Some(i) = test(i) {
                    looser.tests.remove(i);
                }
            }
            Loosen::License(until) => looser.licensed_until = looser.licensed_until.max(Some(*until)),
            Loosen::Save(until) => looser.saved_until = looser.saved_until.max(Some(*until)),
        }
        looser
    }
}
