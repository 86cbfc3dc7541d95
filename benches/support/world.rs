//! The world of the reference loop as a scenario: made from its parameters (`net60/params.rs`, the same numbers as
//! `params.json`). What the loop lacks is off through values. `benches/net60.toml` is its output, which
//! `tests/it/net60.rs` compares: `CHOKEPOINT_BLESS=1 cargo test --test it net60::` writes it anew.
//!
//! What a scenario can't say exactly, and what stands in its place:
//! - Capacity walks in the loop, x' = x + 0.2 (mean - x) + 0.15 mean z, with a long-run deviation of a quarter and a memory
//!   of five months. A scenario's capacity strays about its level anew each month, which a month's stock evens out:
//!   [`CAPACITY_NOISE`] is so wide that it costs the target the same builds on average.
//! - The loop's vendors buy one after another, the target first, so that it never meets its rivals. Suppliers here give each
//!   buyer the same part when they are short (E3). So a supplier of the target has an offer for it alone, with all of
//!   its capacity, and one for the rivals with what the target leaves on average ([`left_by_target`]). That makes more
//!   offers than the loop has suppliers, and more draws; among rivals rationing is still by equal parts, and what they
//!   don't get is cancelled after [`CANCEL_AFTER`] months, in which they order less there and more elsewhere.
//! - A blocked class starts a requalification in the loop when it is blocked. Which classes are, and which supplier is next, is known
//!   from the parameters, so that here it is a programme with a date; only where a first requalification ends after the
//!   second rule does the loop start the second one later.
//! - Months have their days: demand, capacity and plant are by the day, so that a month has 28 to 31 thirtieths of the loop's. Demand
//!   grows by the quarter instead of by the month.
//! - The loop orders up to this month's demand and that of the first month; here up to so many months of the forecast,
//!   the mean of the next twelve, as make the same on average over the 60 months.

#![allow(dead_code)] // each bench uses a part

use std::fmt::Write;

use super::reference::*;

/// Months after which an order that its supplier has no capacity for is cancelled.
const CANCEL_AFTER: f64 = 1.0;

/// Deviation of a month's capacity about its level: so wide that the target builds as much on average as where capacity walks.
/// Chosen so that mean builds agree, which is therefore no independent check: the loop's own deviation, 0.25, gave 7,119
/// against 6,988 in 2,000 trials. By 3,000 trials each: 7,093 with 0.30, 7,029 with 0.40, 6,967 with 0.45, and 6,994 in the loop.
const CAPACITY_NOISE: f64 = 0.43;

/// Which mechanisms are at work.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mechanisms {
    /// Those of the loop.
    Loop,
    /// Those of the shipped world, with its numbers of behaviour.
    Shipped,
}

/// The line of the target, whose builds are compared.
pub const TARGET: &str = "target:stations";

const FIRST_YEAR: i32 = 2019;

/// The text of the scenario. Each supplier's capacity is split over so many offers.
pub fn scenario(mechanisms: Mechanisms, offers_each: usize) -> String {
    let all = mechanisms == Mechanisms::Shipped;
    let mut t = head(all);
    classes(&mut t, all);
    suppliers(&mut t, all, offers_each);
    vendors(&mut t, all);
    markets(&mut t, all);
    t.push_str(&if all { shipped_behaviour() } else { behaviour() });
    rules(&mut t, all);
    t
}

/// A parameter record.
fn record(shape: &str, unit: &str, high: f64) -> String {
    format!("{{ {shape}, unit = \"{unit}\", bounds = [0, {high:?}] }}")
}

fn value(value: f64, unit: &str, high: f64) -> String {
    record(&format!("value = {:?}", rounded(value)), unit, high)
}

/// To a millionth: enough, and the same on every machine.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

/// A number where the shipped mechanisms are off, and a triangular distribution where they are on.
fn either(all: bool, off: f64, on: [f64; 3], unit: &str, high: f64) -> String {
    if all { record(&format!("triangular = {on:?}"), unit, high) } else { value(off, unit, high) }
}

/// The first day of a month, counted from the start (0).
fn month(n: usize) -> String {
    format!("{}-{:02}-01", FIRST_YEAR + (n / 12) as i32, n % 12 + 1)
}

fn head(all: bool) -> String {
    let (id, what) = match all {
        true => ("net60-shipped-mechanisms", "with the mechanisms of the shipped world"),
        false => ("net60", "with all that the loop lacks off"),
    };
    let bibliography = if all { "bibliography = \"shipped:bibliography\"\n" } else { "" };
    let mut t = format!(
        "# Made by `benches/support/world.rs` from `benches/net60/params.rs`; see there for how it differs from the loop.\n\
         kind = \"scenario\"\nid = \"{id}\"\ntitle = \"The world of the reference loop, {what}\"\n\
         description = \"A target and four rivals, 40 suppliers in 12 classes, 6 operators, 60 months: made up, to measure speed.\"\n\
         {bibliography}assumption = \"made up, to measure speed\"\nconfidence = \"low\"\n\n\
         [time]\nstart = {FIRST_YEAR}-01-01\nend = {}-12-31\ntick = \"month\"\n",
        FIRST_YEAR + (T / 12) as i32 - 1
    );
    for home in HOMES {
        let compliance = either(all, 1.0, [0.9, 0.95, 1.0], "share", 1.0);
        let _ = write!(t, "\n[jurisdictions.{home}]\nname = \"{home}\"\ncompliance = {compliance}\n");
    }
    t
}

/// Where suppliers are at home, in turn; none where the loop would know of a difference.
const HOMES: [&str; 3] = ["TW", "JP", "KR"];

fn classes(t: &mut String, all: bool) {
    let (median, p90) = (rounded(LN_MU.exp()), rounded((LN_MU + LN_SD * 1.281_551_565_544_600_4).exp()));
    let time = record(&format!("lognormal = {{ median = {median:?}, p90 = {p90:?} }}"), "months", 600.0);
    for c in 0..C {
        let _ = write!(
            t,
            "\n[classes.class-{c}]\nname = \"Class {c}\"\nrole = \"essential\"\nfungible = false\nqualification_time = {time}\n"
        );
        if all {
            let boards = record("triangular = [50.0, 100.0, 150.0]", "boards", 2000.0);
            let _ = writeln!(t, "boards = {boards}\nshortage = {}", c % 2 == 0);
        }
    }
    for (v, bom) in BOM.iter().enumerate() {
        t.push('\n');
        for (c, units) in bom.iter().enumerate() {
            let _ = writeln!(t, "[boms.vendor-{v}.class-{c}]\nunits = {}", value(*units, "units/product", 100.0));
        }
    }
    let spares = either(all, 0.0, [0.001, 0.002, 0.004], "per month", 1.0);
    let _ = write!(
        t,
        "\n[lines.stations]\nname = \"Stations\"\nproduct = \"station\"\ncategory = \"network\"\n\
         spares_use = \"existing-network\"\nspares_rate = {spares}\n"
    );
}

/// The class of a supplier, and its rank by price in it.
fn place(s: usize) -> (usize, usize) {
    let c = (0..C).rfind(|&c| START[c] <= s).unwrap_or(0);
    (c, s - START[c])
}

fn qualified(v: usize, s: usize) -> bool {
    let (c, rank) = place(s);
    Q0[v][c] >> rank & 1 == 1
}

/// The first month of the target's requalification of a supplier: the one after a rule has left a class without a source, for
/// the first supplier that is not qualified and not blocked then.
fn requalified_from(s: usize) -> Option<usize> {
    let class = START[place(s).0]..START[place(s).0 + 1];
    [RULE1, RULE2].into_iter().find_map(|rule| {
        let lost = class.clone().all(|s| !qualified(0, s) || needs_licence(s, rule));
        let next = class.clone().find(|&s| !qualified(0, s) && !needs_licence(s, rule));
        // A source found after the first rule that the second leaves alone is still there.
        let kept = rule == RULE2 && class.clone().any(|s| requalified_before_rule2(s) && !needs_licence(s, RULE2));
        (lost && !kept && next == Some(s)).then_some(rule + 1)
    })
}

fn requalified_before_rule2(s: usize) -> bool {
    let class = START[place(s).0]..START[place(s).0 + 1];
    let lost = class.clone().all(|s| !qualified(0, s) || needs_licence(s, RULE1));
    lost && class.clone().find(|&s| !qualified(0, s) && !needs_licence(s, RULE1)) == Some(s)
}

fn suppliers(t: &mut String, all: bool, offers_each: usize) {
    for s in 0..S {
        let readiness = either(all, 0.0, [0.3, 0.6, 0.9], "share", 1.0);
        let _ = write!(
            t,
            "\n[suppliers.supplier-{s}]\nname = \"Supplier {s}\"\nhome = \"{}\"\nlicense_readiness = {readiness}\n",
            HOMES[s % HOMES.len()]
        );
        if all {
            let _ = writeln!(t, "design_out_readiness = {}", record("triangular = [0.0, 0.1, 0.4]", "share", 1.0));
        }
        for copy in 0..offers_each {
            offer(t, all, s, (For::Target, copy), offers_each);
            offer(t, all, s, (For::Rivals, copy), offers_each);
        }
    }
}

/// Who may buy an offer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    Target,
    Rivals,
}

/// What the target takes from each supplier on average over the months, with capacities at their means and
/// requalifications of median length; the rest is the rivals'.
fn left_by_target(s: usize) -> f64 {
    let (c, _) = place(s);
    let mut taken = 0.0;
    for t in 0..T {
        let mut need = ORDERS0[0] * GROWTH.powi(t as i32) * BOM[0][c];
        for (other, mean) in MU.iter().enumerate().take(START[c + 1]).skip(START[c]) {
            let requalified = requalified_from(other).is_some_and(|from| t as f64 >= from as f64 + LN_MU.exp());
            if !needs_licence(other, t) && (qualified(0, other) || requalified) {
                let take = need.min(*mean);
                need -= take;
                taken += if other == s { take } else { 0.0 };
            }
        }
    }
    MU[s] - taken / T as f64
}

fn offer(t: &mut String, all: bool, s: usize, (buyer, copy): (For, usize), offers_each: usize) {
    let (c, rank) = place(s);
    let target = buyer == For::Target;
    let mut buyers: Vec<&str> = (1..V).filter(|&v| qualified(v, s)).map(|v| VENDORS[v]).collect();
    let mut candidates = String::new();
    if target {
        buyers = if qualified(0, s) { vec![VENDORS[0]] } else { Vec::new() };
        candidates = match (qualified(0, s), requalified_from(s)) {
            (true, _) => String::new(),
            (false, _) if all => format!("{} = \"when-short\"", VENDORS[0]),
            (false, Some(from)) => format!("{} = {}", VENDORS[0], month(from)),
            (false, None) => return,
        };
    }
    let capacity = if target { MU[s] } else { left_by_target(s).max(LEAST * MU[s]) };
    if buyers.is_empty() && candidates.is_empty() {
        return;
    }
    let id = format!("offer-{s}{}", if target { "-target" } else { "" });
    let id = if offers_each == 1 { id } else { format!("{id}-{copy}") };
    let zero = value(0.0, "share", 1.0);
    let technology = f64::from(u8::from(TECH[s]));
    let _ = write!(
        t,
        "[offers.{id}]\nname = \"Part of supplier {s}\"\nsupplier = \"supplier-{s}\"\nclass = \"class-{c}\"\nlines = [\"stations\"]\n\
         made_in = \"{home}\"\nshipped_from = \"{home}\"\nitem = \"ear99\"\nus_controlled = {zero}\nus_other = {}\n\
         us_technology = {{ level = \"at\", probability = {} }}\nus_plant = {{ level = \"at\", probability = {zero} }}\n\
         own_design = false\nbelow_5g = false\nprice = {}\ncapacity = {}\nlead_time = {}\nperformance = {}\n\
         buyers = {buyers:?}\ncandidates = {{ {candidates} }}\n",
        value(US[s], "share", 1.0),
        value(technology, "share", 1.0),
        value(100.0 + rank as f64, "USD/unit", 1000.0),
        value(capacity / offers_each as f64, "units/month", 1e6),
        either(all, 0.0, [2.2, 3.0, 4.2], "months", 12.0),
        value(1.0, "ratio", 2.0),
        home = HOMES[s % HOMES.len()],
    );
    if all && target && !qualified(0, s) && rank == 0 {
        let _ = write!(
            t,
            "[offers.{id}.programme]\nstart = {FIRST_YEAR}-06-01\nhazard = {}\neffort = {}\nyield_start = {}\nyield_time = {}\n",
            record("triangular = [0.002, 0.004, 0.008]", "per month", 1.0),
            record("triangular = [2.0, 4.0, 6.0]", "ratio", 50.0),
            record("triangular = [0.1, 0.3, 0.5]", "share", 1.0),
            record("triangular = [6.0, 12.0, 24.0]", "months", 120.0),
        );
    }
}

/// Part of a supplier's capacity that the rivals have at the least: where it walks up, the loop leaves them some.
const LEAST: f64 = 0.05;

const VENDORS: [&str; V] = ["target", "rival-1", "rival-2", "rival-3", "rival-4"];

/// Mean of the next twelve months' demand over this month's.
fn outlook() -> f64 {
    (0..12).map(|n| GROWTH.powi(n)).sum::<f64>() / 12.0
}

fn vendors(t: &mut String, all: bool) {
    // What the loop holds in months of forecast use, beyond this month's, on average over the months.
    let cover = |n: usize| (1.0 + COVER * GROWTH.powi(-(n as i32))) / outlook() - 1.0;
    let base = (0..T).map(cover).sum::<f64>() / T as f64;
    for (v, vendor) in VENDORS.iter().enumerate() {
        let target = v == 0;
        let _ = write!(
            t,
            "\n[vendors.{vendor}]\nname = \"{vendor}\"\nhome = \"{}\"\ncountry_of_concern = {target}\n",
            if target { "CN" } else { "SE" }
        );
        if all && target {
            let _ = writeln!(t, "risk_at_rest = {}", record("triangular = [0.1, 0.3, 0.6]", "share", 1.0));
            let _ =
                writeln!(t, "engineering = {}", record("triangular = [70.0, 111.0, 170.0]", "boards/month", 2000.0));
        }
        let _ = writeln!(
            t,
            "[vendors.{vendor}.lines.stations]\nbom = \"vendor-{v}\"\npriority = 1\nplant_ratio = {}\nprice = {}\nbase_stock = {}\n\
             initial_stock = {{ all = {} }}\ninstalled_base = {}",
            either(all, 1.0 / outlook(), [1.2, 1.4, 1.6], "ratio", 10.0),
            value(20_000.0, "USD/unit", 100_000.0),
            either(all, base, [1.5, 2.5, 4.0], "months", 60.0),
            value(STOCK0 / outlook(), "months", 60.0),
            value(if all { 50.0 * ORDERS0[v] } else { 0.0 }, "units", 1e9),
        );
        if all && target {
            let _ = writeln!(t, "risk_stock = {}", record("triangular = [9.0, 18.0, 24.0]", "months", 60.0));
        } else if all {
            let _ = writeln!(t, "expansion_time = {}", record("triangular = [6.0, 12.0, 24.0]", "months", 60.0));
        }
    }
}

fn markets(t: &mut String, all: bool) {
    for (o, first) in DEMAND.iter().enumerate() {
        // Cumulative, growing by the day, so that month n comes to `first` x GROWTH^n.
        let up_to = |n: usize| first * (GROWTH.powi(n as i32) - 1.0) / (GROWTH - 1.0);
        let _ = write!(
            t,
            "\n[markets.operator-{o}]\nname = \"Operator {o}\"\nregion = \"all\"\nline = \"stations\"\ndemand = [\n"
        );
        for n in (3..=T + 12).step_by(3) {
            let level = value(up_to(n), "units", 1e9).replacen("{ ", &format!("{{ date = {}, ", last_day(n)), 1);
            let _ = writeln!(t, "  {level},");
        }
        let factor = if all {
            record("lognormal = { median = 1.05, p90 = 1.25 }", "ratio", 10.0)
        } else {
            value(1.0, "ratio", 10.0)
        };
        let _ = writeln!(
            t,
            "]\ndemand_factor = {factor}\ndemand_noise = {}\ninstallation = {}",
            either(all, 0.0, [0.05, 0.1, 0.2], "ratio", 1.0),
            if all { record("triangular = [1.2, 1.5, 2.0]", "ratio", 1e6) } else { value(1e6, "ratio", 1e6) },
        );
        for (v, vendor) in VENDORS.iter().enumerate() {
            let _ = writeln!(t, "shares.{vendor} = {}", value(SHARE[o][v], "share", 1.0));
        }
    }
}

/// The last day of the n-th month, counted from 1.
fn last_day(n: usize) -> String {
    let (year, month) = (FIRST_YEAR + ((n - 1) / 12) as i32, (n - 1) % 12 + 1);
    let days = match month {
        2 if year % 4 == 0 => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    format!("{year}-{month:02}-{days}")
}

/// Numbers of behaviour with which all that the loop lacks is off: name, value, unit, upper bound.
const OFF: [(&str, f64, &str, f64); 29] = [
    ("capacity_noise", CAPACITY_NOISE, "ratio", 1.0),
    ("production_point", 0.0, "share", 1.0),
    ("cancel_after", CANCEL_AFTER, "months", CANCEL_AFTER),
    ("announcement_weight", 0.0, "share", 1.0),
    ("force_weight", 0.0, "share", 1.0),
    ("denial_weight", 0.0, "share", 1.0),
    ("risk_memory", 24.0, "months", 240.0),
    ("forecast_noise", 0.0, "ratio", 1.0),
    ("stock_common_sd", 0.0, "ratio", 1.0),
    ("stock_class_sd", 0.0, "ratio", 1.0),
    ("order_cap", 100.0, "ratio", 100.0),
    ("risk_premium", 0.0, "ratio", 5.0),
    ("first_source_share", 1.0, "share", 1.0),
    ("inventory_limit", 60.0, "months", 60.0),
    ("price_weight", 0.0, "utility", 10.0),
    ("delivery_weight", 0.0, "utility", 10.0),
    ("loyalty_weight", 0.0, "utility", 10.0),
    ("fill_half_life", 6.0, "months", 60.0),
    // None: awards are as expected.
    ("award_concentration", 0.0, "ratio", 1.0),
    ("departure_rate", 0.0, "per month", 1.0),
    ("review_lag", 0.0, "months", 60.0),
    ("over_compliance", 0.0, "share", 1.0),
    ("caution_half_life", 6.0, "months", 60.0),
    ("qualification_success", 1.0, "share", 1.0),
    ("qualification_ramp", 0.0, "months", 60.0),
    ("license_time", 2.0, "months", 60.0),
    ("license_time_shape", 2.0, "ratio", 50.0),
    ("license_use", 0.5, "share", 1.0),
    ("license_life", 48.0, "months", 120.0),
];

fn behaviour() -> String {
    let lines = OFF.iter().map(|(key, number, unit, high)| format!("{key} = {}\n", value(*number, unit, *high)));
    "\n[behaviour]\n".to_owned() + &lines.collect::<String>()
}

/// `[behaviour]` and `[shortage]` as the shipped world has them.
fn shipped_behaviour() -> String {
    let base = include_str!("../../scenarios/base.toml");
    let from = base.find("[behaviour]").expect("the shipped world's behaviour");
    format!("\n{}\n", base[from..].trim_end())
}

fn rules(t: &mut String, all: bool) {
    let (first, second) = (month(RULE1), month(RULE2));
    let provision = |id: &str, kind: &str, from: &str, rest: &str| {
        format!(
            "\n[provisions.{id}]\nkind = \"{kind}\"\ntitle = \"Rule\"\ncitation = \"none: made up\"\nannounced = {from}\nfrom = {from}\n{rest}\n"
        )
    };
    let review = "buyers = [\"target\"]\nreview = \"presumption-of-denial\"";
    t.push_str(&provision("listing", "listing", &first, review));
    let content = format!("threshold = {THR:?}\ncounts = \"all\"\ndestination = \"listed-buyer\"");
    t.push_str(&provision("content", "de-minimis", &first, &content));
    let technology =
        "item_from = \"ear99\"\ntechnology_from = \"at\"\nown_design_only = false\ndestination = \"listed-buyer\"";
    t.push_str(&provision("technology", "direct-product", &second, technology));
    if all {
        let _ = write!(
            t,
            "\n[redesigns.class-0]\nname = \"Less of class 0\"\nvendor = \"target\"\nline = \"stations\"\nfrom = \"class-0\"\n\
             replaces = {}\ncost = {}\nperformance = {}\nboards = {}\ntime = {}\nstart = \"when-short\"\n",
            record("triangular = [0.3, 0.7, 1.0]", "share", 1.0),
            record("triangular = [200.0, 400.0, 700.0]", "USD/unit", 5000.0),
            record("triangular = [0.9, 0.97, 1.0]", "ratio", 1.5),
            record("triangular = [75.0, 150.0, 300.0]", "boards", 2000.0),
            record("triangular = [12.0, 24.0, 36.0]", "months", 120.0),
        );
        let uses = "uses = [\"existing-network\", \"handset-support\"]\nitems_up_to = \"ns\"";
        t.push_str(&provision("waiver", "general-license", &first, uses));
        let rate = |high: f64| either(true, 0.0, [0.0, 0.5 * high, high], "share", 1.0);
        let _ = write!(
            t,
            "\n[licensing.practice]\nfrom = {first}\nnetwork = {}\nconsumer = {}\nbelow_5g = {}\n",
            rate(0.15),
            rate(0.7),
            rate(0.7)
        );
    }
}
