//! Small worlds for tests of the model, written as scenario text and loaded like any file, and a bench that runs single
//! trials of them with a look at each after every tick. A plain world has no noise and every mechanism off; a test
//! switches on what it is about.

#![allow(dead_code)] // each test file uses a part

pub mod random;
pub mod rulebook;

use std::fmt::Write;

use chokepoint::experiment::Plan;
use chokepoint::experiment::design::monte_carlo;
use chokepoint::model::inputs::Inputs;
use chokepoint::model::probe::Probe;
use chokepoint::model::record::{APPROVED, DENIED, LICENSES, Layout, Outcome, PENDING, REVOKED, Record};
use chokepoint::model::rules::Rules;
use chokepoint::model::workspace::Workspace;
use chokepoint::scenario::{self, Scenario};

/// The ids of the shipped regimes; the first is without controls.
pub const SHIPPED: [&str; 9] = [
    "no-controls",
    "current-rules",
    "waivers",
    "amended-rules",
    "amended-with-waivers",
    "amended-with-grace",
    "de-minimis-only",
    "direct-product-only",
    "adopted-rules",
];

/// In a plain world, the chips of the firm's stations, the source of them, the line that builds them, and its place in the market.
pub const CHIPS: &str = "huawei:stations:fpga";
pub const SOURCE: &str = "huawei:stations:fpga<-first";
pub const STATIONS: &str = "huawei:stations";
pub const PLACE: &str = "china:huawei:stations";

/// A number or a uniform distribution, as written in a parameter record.
#[derive(Clone, Debug)]
pub struct Num(String);

impl From<f64> for Num {
    fn from(value: f64) -> Num {
        Num(format!("value = {value:?}"))
    }
}

impl From<(f64, f64)> for Num {
    fn from((low, high): (f64, f64)) -> Num {
        if low < high { Num(format!("uniform = [{low:?}, {high:?}]")) } else { Num::from(low) }
    }
}

impl Num {
    fn record(&self, unit: &str, high: f64) -> String {
        format!("{{ {}, unit = \"{unit}\", bounds = [0, {high:?}] }}", self.0)
    }
}

/// A component class: in the bill of materials of the lines that it names.
#[derive(Clone, Debug)]
pub struct Class {
    pub id: String,
    pub essential: bool,
    pub fungible: bool,
    pub units: Num,
    pub qualification: f64,
    pub lines: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct Supplier {
    pub id: String,
    pub home: String,
    pub readiness: f64,
}

#[derive(Clone, Debug)]
pub struct Offer {
    pub id: String,
    pub supplier: String,
    pub class: String,
    pub made_in: String,
    pub item: String,
    pub us_controlled: Num,
    pub us_other: Num,
    pub technology: String,
    pub plant: (String, f64),
    pub own_design: bool,
    pub price: Num,
    /// Units a month if true, else a multiple of planned use.
    pub fixed_capacity: bool,
    pub capacity: Num,
    pub lead: Num,
    pub performance: f64,
    pub buyers: Vec<String>,
    /// Vendor and first day of its programme; without one it starts when short.
    pub candidates: Vec<(String, Option<String>)>,
}

#[derive(Clone, Debug)]
pub struct Line {
    pub id: String,
    pub category: String,
    pub spares_use: String,
    pub spares_rate: f64,
}

#[derive(Clone, Debug)]
pub struct VendorLine {
    pub line: String,
    pub plant_ratio: f64,
    pub base_stock: f64,
    pub risk_stock: f64,
    pub initial_stock: Num,
    pub installed_base: f64,
}

#[derive(Clone, Debug)]
pub struct Vendor {
    pub id: String,
    pub of_concern: bool,
    pub risk_at_rest: f64,
    /// In order of priority.
    pub lines: Vec<VendorLine>,
}

/// A market with a constant rate of demand.
#[derive(Clone, Debug)]
pub struct Market {
    pub id: String,
    pub line: String,
    /// Products a day.
    pub rate: f64,
    pub noise: f64,
    pub installation: f64,
    pub shares: Vec<(String, f64)>,
}

/// A world as an analyst would write it.
#[derive(Clone, Debug)]
pub struct World {
    pub end: String,
    pub tick: String,
    pub compliance: Vec<(String, f64)>,
    pub classes: Vec<Class>,
    pub lines: Vec<Line>,
    pub suppliers: Vec<Supplier>,
    pub offers: Vec<Offer>,
    pub vendors: Vec<Vendor>,
    pub markets: Vec<Market>,
    behaviour: Vec<(&'static str, Num, &'static str, f64)>,
    /// Optional keys by the header of their table (`classes.fpga`), and tables that are not there by default.
    pub extra: Vec<(String, String)>,
}

/// Every mechanism off, no noise: name, value, unit, upper bound.
const PLAIN: &[(&str, f64, &str, f64)] = &[
    ("capacity_noise", 0.0, "ratio", 1.0),
    ("production_point", 0.0, "share", 1.0),
    ("cancel_after", 3.0, "months", 60.0),
    ("announcement_weight", 0.0, "share", 1.0),
    ("force_weight", 0.0, "share", 1.0),
    ("denial_weight", 0.0, "share", 1.0),
    ("risk_memory", 24.0, "months", 240.0),
    ("forecast_noise", 0.0, "ratio", 1.0),
    ("stock_common_sd", 0.0, "ratio", 1.0),
    ("stock_class_sd", 0.0, "ratio", 1.0),
    ("order_cap", 2.5, "ratio", 100.0),
    ("risk_premium", 0.0, "ratio", 5.0),
    ("first_source_share", 0.7, "share", 1.0),
    ("inventory_limit", 60.0, "months", 60.0),
    ("price_weight", 0.0, "utility", 10.0),
    ("delivery_weight", 0.0, "utility", 10.0),
    ("loyalty_weight", 0.0, "utility", 10.0),
    ("fill_half_life", 6.0, "months", 60.0),
    ("award_concentration", 1000.0, "ratio", 10_000.0),
    ("departure_rate", 0.0, "per month", 1.0),
    ("review_lag", 0.0, "months", 60.0),
    ("over_compliance", 0.0, "share", 1.0),
    ("caution_half_life", 6.0, "months", 60.0),
    ("qualification_success", 1.0, "share", 1.0),
    ("qualification_ramp", 6.0, "months", 60.0),
    ("license_time", 2.0, "months", 60.0),
    ("license_time_shape", 2.0, "ratio", 50.0),
    ("license_use", 0.5, "share", 1.0),
    ("license_life", 48.0, "months", 120.0),
];

impl World {
    /// One listed firm (`huawei`) with all of one market of 100 stations a day; one class, two units a station, from one
    /// US-made offer with a lead time of three months and half as much again in capacity; four months of stock.
    pub fn plain() -> World {
        World {
            end: "2020-12-31".into(),
            tick: "month".into(),
            compliance: ["US", "TW", "JP", "CN"].map(|home| (home.to_owned(), 1.0)).to_vec(),
            classes: vec![Class::essential("fpga")],
            lines: vec![Line {
                id: "stations".into(),
                category: "network".into(),
                spares_use: "existing-network".into(),
                spares_rate: 0.0,
            }],
            suppliers: vec![Supplier::new("maker", "US")],
            offers: vec![Offer::new("first", "maker", "fpga", "US")],
            vendors: vec![Vendor::new("huawei", 4.0)],
            markets: vec![Market::new("china", "stations", 100.0, &[("huawei", 1.0)])],
            behaviour: PLAIN.iter().map(|(key, value, unit, high)| (*key, Num::from(*value), *unit, *high)).collect(),
            extra: Vec::new(),
        }
    }

    /// Adds lines to a table, which may be new.
    pub fn add(&mut self, table: &str, lines: &str) -> &mut World {
        self.extra.push((table.to_owned(), lines.to_owned()));
        self
    }

    /// Sets a number of behaviour.
    pub fn set(&mut self, key: &str, value: impl Into<Num>) -> &mut World {
        let entry = self.behaviour.iter_mut().find(|(k, ..)| *k == key).unwrap_or_else(|| panic!("no {key}"));
        entry.1 = value.into();
        self
    }

    /// The text of a scenario of this world under a regime (the text of its provisions and licensing).
    pub fn scenario_text(&self, id: &str, regime: &str) -> String {
        let mut t = format!(
            "kind = \"scenario\"\nid = \"{id}\"\ntitle = \"{id}\"\ndescription = \"for a test\"\n\
             assumption = \"made up for a test\"\nconfidence = \"low\"\n\n\
             [time]\nstart = 2019-01-01\nend = {}\ntick = \"{}\"\n",
            self.end, self.tick
        );
        for (home, compliance) in &self.compliance {
            let compliance = Num::from(*compliance).record("share", 1.0);
            let _ = writeln!(t, "[jurisdictions.{home}]\nname = \"{home}\"\ncompliance = {compliance}");
        }
        self.classes.iter().for_each(|c| c.write(&mut t));
        self.lines.iter().for_each(|l| l.write(&mut t, &self.classes));
        for s in &self.suppliers {
            let readiness = Num::from(s.readiness).record("share", 1.0);
            let (id, home) = (&s.id, &s.home);
            let _ =
                writeln!(t, "[suppliers.{id}]\nname = \"{id}\"\nhome = \"{home}\"\nlicense_readiness = {readiness}");
        }
        self.offers.iter().for_each(|o| o.write(&mut t, &self.classes));
        self.vendors.iter().for_each(|v| v.write(&mut t));
        self.markets.iter().for_each(|m| m.write(&mut t));
        t.push_str("[behaviour]\n");
        for (key, value, unit, high) in &self.behaviour {
            let _ = writeln!(t, "{key} = {}", value.record(unit, *high));
        }
        for (table, lines) in &self.extra {
            let header = format!("[{table}]\n");
            match t.find(&header) {
                Some(at) => t.insert_str(at + header.len(), &format!("{lines}\n")),
                None => t.push_str(&format!("{header}{lines}\n")),
            }
        }
        t + regime
    }

    /// A scenario of this world.
    #[track_caller]
    pub fn scenario(&self, id: &str, regime: &str) -> Scenario {
        let text = self.scenario_text(id, regime);
        scenario::load_text(id, &text, &[]).unwrap_or_else(|p| panic!("{}\n{text}", p.lines()))
    }
}

impl Class {
    pub fn essential(id: &str) -> Class {
        Class {
            id: id.into(),
            essential: true,
            fungible: false,
            units: 2.0.into(),
            qualification: 4.0,
            lines: vec!["stations".into()],
        }
    }

    fn write(&self, t: &mut String) {
        let (id, fungible) = (&self.id, self.fungible);
        let role = if self.essential { "essential" } else { "degradable" };
        let _ = writeln!(t, "[classes.{id}]\nname = \"{id}\"\nrole = \"{role}\"\nfungible = {fungible}");
        let _ = writeln!(t, "qualification_time = {}", Num::from(self.qualification).record("months", 72.0));
        if !self.essential {
            let _ = writeln!(t, "performance_without = {}", Num::from(0.8).record("share", 1.0));
            let _ = writeln!(t, "cost_without = {}", Num::from(100.0).record("USD/unit", 1000.0));
        }
    }
}

impl Line {
    fn write(&self, t: &mut String, classes: &[Class]) {
        let Line { id, category, spares_use, spares_rate } = self;
        for class in classes.iter().filter(|c| c.lines.contains(id)) {
            let units = class.units.record("units/product", 100.0);
            let _ = writeln!(t, "[boms.{id}.{}]\nunits = {units}", class.id);
        }
        let rate = Num::from(*spares_rate).record("per month", 0.1);
        let _ = writeln!(
            t,
            "[lines.{id}]\nname = \"{id}\"\nproduct = \"product\"\ncategory = \"{category}\"\n\
             spares_use = \"{spares_use}\"\nspares_rate = {rate}"
        );
    }
}

impl Supplier {
    pub fn new(id: &str, home: &str) -> Supplier {
        Supplier { id: id.into(), home: home.into(), readiness: 0.0 }
    }
}

impl Offer {
    /// An offer of one country to the listed firm. One made in the US is controlled for national security; a foreign one
    /// holds no US content and no US technology.
    pub fn new(id: &str, supplier: &str, class: &str, made_in: &str) -> Offer {
        Offer {
            id: id.into(),
            supplier: supplier.into(),
            class: class.into(),
            made_in: made_in.into(),
            item: if made_in == "US" { "ns".into() } else { "ear99".into() },
            us_controlled: 0.0.into(),
            us_other: 0.0.into(),
            technology: "ear99".into(),
            plant: ("at".into(), 0.0),
            own_design: false,
            price: 100.0.into(),
            fixed_capacity: false,
            capacity: 1.5.into(),
            lead: 3.0.into(),
            performance: 1.0,
            buyers: vec!["huawei".into()],
            candidates: Vec::new(),
        }
    }

    /// The same, not qualified: a programme starts when the firm runs short.
    pub fn when_short(mut self) -> Offer {
        self.candidates = self.buyers.drain(..).map(|buyer| (buyer, None)).collect();
        self
    }

    fn write(&self, t: &mut String, classes: &[Class]) {
        let lines = &classes.iter().find(|c| c.id == self.class).expect("the offer's class").lines;
        let candidates: Vec<String> = self
            .candidates
            .iter()
            .map(|(vendor, day)| format!("{vendor} = {}", day.as_deref().unwrap_or("\"when-short\"")))
            .collect();
        let one = |p: f64| Num::from(p).record("share", 1.0);
        let level = if self.technology == "none" { "ear99" } else { &self.technology };
        let holds = f64::from(u8::from(self.technology != "none" && self.made_in != "US"));
        let capacity = if self.fixed_capacity {
            format!("capacity = {}", self.capacity.record("units/month", 1e9))
        } else {
            format!("capacity_ratio = {}", self.capacity.record("ratio", 20.0))
        };
        let _ = writeln!(
            t,
            "[offers.{}]\nname = \"{}\"\nsupplier = \"{}\"\nclass = \"{}\"\nlines = {lines:?}\n\
             made_in = \"{}\"\nshipped_from = \"{}\"\nitem = \"{}\"\nus_controlled = {}\nus_other = {}\n\
             us_technology = {{ level = \"{level}\", probability = {} }}\n\
             us_plant = {{ level = \"{}\", probability = {} }}\nown_design = {}\nbelow_5g = false\n\
             price = {}\n{capacity}\nlead_time = {}\nperformance = {}\nbuyers = {:?}\ncandidates = {{ {} }}",
            self.id,
            self.id,
            self.supplier,
            self.class,
            self.made_in,
            self.made_in,
            self.item,
            self.us_controlled.record("share", 0.5),
            self.us_other.record("share", 0.5),
            one(holds),
            self.plant.0,
            one(self.plant.1),
            self.own_design,
            self.price.record("USD/unit", 5000.0),
            self.lead.record("months", 12.0),
            Num::from(self.performance).record("ratio", 2.0),
            self.buyers,
            candidates.join(", "),
        );
    }
}

impl Vendor {
    /// A firm that builds stations, with as many months of stock at the start as it means to hold.
    pub fn new(id: &str, months: f64) -> Vendor {
        let line = VendorLine {
            line: "stations".into(),
            plant_ratio: 1.0,
            base_stock: months,
            risk_stock: 0.0,
            initial_stock: months.into(),
            installed_base: 0.0,
        };
        Vendor { id: id.into(), of_concern: id == "huawei", risk_at_rest: 0.0, lines: vec![line] }
    }

    fn write(&self, t: &mut String) {
        let Vendor { id, of_concern, .. } = self;
        let risk = Num::from(self.risk_at_rest).record("share", 1.0);
        let home = if *of_concern { "CN" } else { "JP" };
        let _ = writeln!(
            t,
            "[vendors.{id}]\nname = \"{id}\"\nhome = \"{home}\"\ncountry_of_concern = {of_concern}\nrisk_at_rest = {risk}"
        );
        for (i, line) in self.lines.iter().enumerate() {
            let months = |value: f64| Num::from(value).record("months", 60.0);
            let _ = writeln!(
                t,
                "[vendors.{id}.lines.{}]\nbom = \"{}\"\npriority = {}\nplant_ratio = {}\nprice = {}\nbase_stock = {}\n\
                 risk_stock = {}\ninitial_stock = {{ all = {} }}\ninstalled_base = {}",
                line.line,
                line.line,
                i + 1,
                Num::from(line.plant_ratio).record("ratio", 10.0),
                Num::from(20_000.0).record("USD/unit", 100_000.0),
                months(line.base_stock),
                months(line.risk_stock),
                line.initial_stock.record("months", 60.0),
                Num::from(line.installed_base).record("units", 1e9),
            );
        }
    }
}

impl Market {
    pub fn new(id: &str, line: &str, rate: f64, shares: &[(&str, f64)]) -> Market {
        let shares = shares.iter().map(|(vendor, share)| ((*vendor).to_owned(), *share)).collect();
        Market { id: id.into(), line: line.into(), rate, noise: 0.0, installation: 5.0, shares }
    }

    fn write(&self, t: &mut String) {
        let Market { id, line, .. } = self;
        // To the end of 2019-12-31 are 365 days; after it the same rate goes on.
        let demand = Num::from(self.rate * 365.0).record("units", 1e9).replacen("{ ", "{ date = 2019-12-31, ", 1);
        let ratio = |value: f64| Num::from(value).record("ratio", 10.0);
        let _ = writeln!(
            t,
            "[markets.{id}]\nname = \"{id}\"\nregion = \"cn\"\nline = \"{line}\"\ndemand = [{demand}]\n\
             demand_factor = {}\ndemand_noise = {}\ninstallation = {}",
            ratio(1.0),
            ratio(self.noise),
            ratio(self.installation),
        );
        for (vendor, share) in &self.shares {
            let _ = writeln!(t, "shares.{vendor} = {}", Num::from(*share).record("share", 1.0));
        }
    }
}

/// Runs single trials of the scenarios of a plan, with one workspace for all of them, as a worker does.
pub struct Bench {
    pub plan: Plan,
    pub layout: Layout,
    workspace: Workspace,
    /// Number of the trial that was drawn.
    trial: u64,
}

impl Bench {
    /// The world without controls (scenario 0), and under each regime.
    #[track_caller]
    pub fn new(world: &World, regimes: &[&str]) -> Bench {
        let mut scenarios = vec![world.scenario("no-controls", "")];
        scenarios.extend(regimes.iter().enumerate().map(|(i, regime)| world.scenario(&format!("regime-{i}"), regime)));
        Bench::of(&scenarios)
    }

    /// Shipped scenarios, with overrides.
    #[track_caller]
    pub fn shipped(ids: &[&str], set: &[(&str, &str)]) -> Bench {
        Bench::of(&shipped(ids, set))
    }

    /// Any scenarios.
    #[track_caller]
    pub fn of(scenarios: &[Scenario]) -> Bench {
        let plan = Plan::new(scenarios, 1, 1).unwrap_or_else(|e| panic!("{e}"));
        let mut bench = Bench { plan, layout: Layout::default(), workspace: Workspace::default(), trial: 0 };
        bench.draw(0);
        bench.run(0);
        bench.layout = bench.workspace.layout(&bench.plan.world);
        bench
    }

    /// Draws a trial.
    pub fn draw(&mut self, trial: u64) {
        self.trial = trial;
        draw(&mut self.workspace, &self.plan, trial);
    }

    /// What was drawn.
    pub fn inputs(&self) -> Inputs<'_> {
        self.workspace.inputs(&self.plan.world)
    }

    /// The record of the trial under a scenario.
    pub fn run(&mut self, scenario: usize) -> Record {
        self.watch(scenario, |_, _| {})
    }

    /// The same, with a look at the trial after each tick.
    pub fn watch(&mut self, scenario: usize, look: impl FnMut(usize, Probe)) -> Record {
        let mut record = Record::default();
        let rules = &mut self.plan.scenarios[scenario].rules;
        self.workspace.simulate(&self.plan.world, rules, &mut record, look);
        record
    }

    /// The trial under some rules, in a workspace of its own, as far as a record keeps it.
    pub fn run_apart(&self, rules: &mut Rules, mut record: Record) -> Record {
        let mut workspace = Workspace::default();
        draw(&mut workspace, &self.plan, self.trial);
        workspace.simulate(&self.plan.world, rules, &mut record, |_, _| {});
        record
    }

    /// The series of an outcome of an entity.
    #[track_caller]
    pub fn series(&self, record: &Record, outcome: Outcome, entity: &str) -> Vec<f64> {
        let column = self.layout.find(outcome, entity).unwrap_or_else(|| panic!("no {} of {entity}", outcome.id));
        (0..record.values.len() / record.width).map(|tick| record.at(tick, column)).collect()
    }

    /// Months of each tick.
    pub fn months(&self) -> Vec<f64> {
        (0..self.plan.world.calendar.ticks).map(|t| self.plan.world.calendar.months(t)).collect()
    }

    /// The subject's cumulative deployment at the end of each tick.
    pub fn deployment(&self, record: &Record) -> Vec<f64> {
        let subject = self.plan.world.vendor_lines[self.plan.world.subject.ix()].id.clone();
        self.series(record, chokepoint::model::record::CUMULATIVE, &subject)
    }
}

/// Draws a trial of a plan.
pub fn draw(workspace: &mut Workspace, plan: &Plan, trial: u64) {
    workspace.draw(&plan.world, plan.seed, trial, monte_carlo(plan.seed, trial));
}

/// Shipped scenarios, with overrides.
#[track_caller]
pub fn shipped(ids: &[&str], set: &[(&str, &str)]) -> Vec<Scenario> {
    let set: Vec<(String, String)> = set.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    ids.iter()
        .map(|id| scenario::load(&format!("shipped:{id}"), &set).unwrap_or_else(|p| panic!("{id}: {}", p.lines())))
        .collect()
}

/// Whether two records are the same to the bit, what is scarcest included.
pub fn same(a: &Record, b: &Record) -> bool {
    a.same_bits(b) && a.scarcest == b.scarcest
}

/// What an application for a license changes even where nothing comes of it.
pub const LICENSE_COUNTS: [Outcome; 5] = [PENDING, LICENSES, APPROVED, DENIED, REVOKED];

/// Whether two records are the same to the bit but for counts of applications and licenses.
pub fn same_but_for_licenses(layout: &Layout, a: &Record, b: &Record) -> bool {
    let counts: Vec<bool> = layout.columns.iter().map(|(outcome, _)| LICENSE_COUNTS.contains(outcome)).collect();
    let same = |(i, (x, y)): (usize, (&f64, &f64))| counts[i % counts.len()] || x.to_bits() == y.to_bits();
    a.values.len() == b.values.len()
        && a.values.iter().zip(&b.values).enumerate().all(same)
        && a.binding == b.binding
        && a.scarcest == b.scarcest
}

/// Fails unless two numbers agree to rounding.
#[track_caller]
pub fn close(found: f64, expected: f64, what: &str) {
    let scale = expected.abs().max(1.0);
    assert!((found - expected).abs() <= 1e-9 * scale, "{what}: found {found}, expected {expected}");
}
