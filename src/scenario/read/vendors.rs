//! Reading vendors and markets: who builds which line from which bill of materials, and who buys how much from whom.

use indexmap::IndexMap;

use super::super::notes::What;
use super::super::param::{Dist, Param, Quantity};
use super::super::problem::Problem;
use super::super::reader::Reader;
use super::super::world::{DatedParam, Market, PlantCapacity, Vendor, VendorLine};
use super::entities::by_id;
use super::offers::exactly_one;

/// How far the shares of a market may miss 1.
const SHARES_TOLERANCE: f64 = 0.001;

/// The key of `initial_stock` that stands for every class not named.
const ALL_CLASSES: &str = "all";

pub(super) fn vendor(r: &Reader<'_>) -> Option<Vendor> {
    let (name, home, country_of_concern) = (
        r.text("name", "name of the vendor"),
        r.country("home", "home country"),
        r.flag("country_of_concern", "whether its home country is one of concern for the law; for Hong Kong the day decides (China from 2020-12-23)"),
    );
    let risk_at_rest = r.param_opt("risk_at_rest", Quantity::Share, "perceived risk at rest");
    let lines = r.child("lines", "a table of the lines that it builds").and_then(|r| vendor_lines(&r));
    let engineering = r.param_opt("engineering", Quantity::BoardsPerMonth, "boards that it can redesign a month");
    let meaning = "revenue from network business that is left out: linear between two days, constant before the first and after the last";
    let other_revenue = r.dated_params_opt("other_revenue", Quantity::UsdPerMonth, meaning);
    r.finish();
    Some(Vendor {
        name: name?,
        home: home?,
        country_of_concern: country_of_concern?,
        risk_at_rest: risk_at_rest?,
        lines: lines?,
        place: r.place.clone(),
        engineering: engineering?,
        other_revenue: other_revenue?,
    })
}

fn vendor_lines(r: &Reader<'_>) -> Option<IndexMap<String, VendorLine>> {
    let known: Vec<bool> = r.table.entries.iter().map(|(line, e)| r.refers(line, line, &e.key, "lines")).collect();
    let mut lines = by_id(r, vendor_line)?;
    lines.sort_by(|_, a, _, b| a.priority.cmp(&b.priority));
    for pair in lines.as_slice().iter().zip(lines.as_slice().iter().skip(1)) {
        let ((first, a), (second, b)) = pair;
        if a.priority == b.priority {
            let message = format!("`{}`: `{first}` and `{second}` both have priority {}", r.path, a.priority);
            r.problem(&r.place, message, "these lines", Some("give each line a priority of its own, 1 first".into()));
        }
    }
    known.iter().all(|k| *k).then_some(lines)
}

fn vendor_line(r: &Reader<'_>) -> Option<VendorLine> {
    let (bom, priority) = (
        r.id("bom", "boms", "bill of materials of the product"),
        r.whole("priority", 1, 9, "priority in production and for arrivals; 1 first"),
    );
    let plant = plant(r);
    let price = r.param("price", Quantity::UsdPerUnit, "price of the product");
    let base_stock = r.param("base_stock", Quantity::Months, "months of stock held at no risk");
    let risk_stock = r.param_opt("risk_stock", Quantity::Months, "further months of stock at full risk");
    let initial_stock = r.child("initial_stock", "a table of months of stock, with `all`");
    let initial_stock = initial_stock.and_then(|inner| initial_stocks(&inner, bom.as_deref()));
    let installed_base = r.param("installed_base", Quantity::Units, "products in service at the start");
    let meaning = "time constant with which plant follows what is won beyond plan";
    let expansion_time = r.param_opt("expansion_time", Quantity::Months, meaning);
    r.finish();
    Some(VendorLine {
        bom: bom?,
        priority: priority?,
        plant: plant?,
        price: price?,
        base_stock: base_stock?,
        risk_stock: risk_stock?,
        initial_stock: initial_stock?,
        installed_base: installed_base?,
        expansion_time: expansion_time?,
    })
}

fn plant(r: &Reader<'_>) -> Option<PlantCapacity> {
    let (path, ratio) = ("plant_capacity", "plant_ratio");
    let levels = "plant capacity: linear between two days, constant before the first and after the last";
    let multiple = "plant capacity as a multiple of planned awards";
    r.takes(path, What::Dated(Quantity::UnitsPerMonth), levels);
    r.takes(ratio, What::Param(Quantity::Ratio), multiple);
    if exactly_one(r, path, ratio)? == path {
        r.dated_params(path, Quantity::UnitsPerMonth, levels).map(PlantCapacity::Path)
    } else {
        r.param(ratio, Quantity::Ratio, multiple).map(PlantCapacity::OfPlannedAwards)
    }
}

fn initial_stocks(r: &Reader<'_>, bom: Option<&str>) -> Option<IndexMap<String, Param>> {
    let used = bom.and_then(|bom| r.cx.root.table("boms")?.table(bom));
    let mut all = true;
    for (class, entry) in r.table.entries.iter().filter(|(class, _)| *class != ALL_CLASSES) {
        let known = r.refers(class, class, &entry.key, "classes");
        all &= known;
        if let (true, Some(used), Some(bom)) = (known, used.filter(|u| u.get(class).is_none()), bom) {
            let message =
                format!("`{}` stocks a class that its bill of materials `{bom}` does not use", r.path_of(class));
            let classes: Vec<&str> = used.keys().collect();
            let help = format!("it uses {}", classes.join(", "));
            r.problem(&entry.key, message, "not in the bill of materials", Some(help));
            all = false;
        }
    }
    let lacking: Vec<&str> = used.map(|u| u.keys().filter(|c| r.table.get(c).is_none()).collect()).unwrap_or_default();
    if r.table.get(ALL_CLASSES).is_none() && !lacking.is_empty() {
        let message = format!("`{}` says nothing of {}", r.path, lacking.join(", "));
        r.problem(&r.place, message, "this table", Some("name them, or add `all` for the classes not named".into()));
        all = false;
    }
    let read = params_by_key(r, Quantity::Months, "stock at the start in months of planned use")?;
    all.then_some(read)
}

/// All keys of a table as parameters.
fn params_by_key(r: &Reader<'_>, quantity: Quantity, meaning: &'static str) -> Option<IndexMap<String, Param>> {
    r.each_takes(What::Param(quantity), meaning);
    let read = r.table.entries.iter();
    let read = read.map(|(key, entry)| Some((key.clone(), r.param_at(key, &entry.node, quantity, meaning)?)));
    read.collect::<Vec<_>>().into_iter().collect()
}

pub(super) fn market(r: &Reader<'_>) -> Option<Market> {
    let (name, region, line) = (
        r.text("name", "name of the market"),
        r.text("region", "region: `cn`, or another short name"),
        r.id("line", "lines", "line that is bought"),
    );
    let demand = "cumulative demand since the start, to the end of that day: spread evenly between two days, and at the last rate \
                  after the last";
    let demand = r.dated_params("demand", Quantity::Units, demand).filter(|d| demand_rises(r, d));
    let demand_factor = r.param("demand_factor", Quantity::Ratio, "factor on the whole demand path");
    let demand_noise = r.param("demand_noise", Quantity::Ratio, "standard deviation of the log of monthly demand");
    let installation =
        r.param("installation", Quantity::Ratio, "installation capacity as a multiple of planned demand");
    let shares = r.child("shares", "a table of shares by vendor");
    let shares = shares.and_then(|inner| shares_of(&inner, line.as_deref()));
    let policy = r.child_or("policy", "penalty in the award utility, a table by vendor", IndexMap::new(), |inner| {
        let known = inner.table.entries.iter().map(|(v, e)| inner.refers(v, v, &e.key, "vendors"));
        let known = known.collect::<Vec<_>>().into_iter().all(|k| k);
        params_by_key(&inner, Quantity::Utility, "penalty in the award utility").filter(|_| known)
    });
    let patience = r.param_opt("patience", Quantity::Months, "mean wait before undelivered orders leave");
    r.finish();
    Some(Market {
        name: name?,
        region: region?,
        line: line?,
        demand: demand?,
        demand_factor: demand_factor?,
        demand_noise: demand_noise?,
        installation: installation?,
        shares: shares?,
        policy: policy?,
        patience: patience?,
        place: r.place.clone(),
    })
}

/// Whether cumulative demand never falls.
fn demand_rises(r: &Reader<'_>, demand: &[DatedParam]) -> bool {
    let falls = demand.iter().zip(demand.iter().skip(1)).find(|(a, b)| b.param.central() < a.param.central());
    if let Some((a, b)) = falls {
        let message = format!(
            "the cumulative demand of `{}` falls from {} on {} to {} on {}",
            r.path,
            a.param.central(),
            a.date,
            b.param.central(),
            b.date
        );
        let problem = Problem::new(message).at(r.cx.files, &b.param.place, "less than before");
        let problem = problem.because(r.cx.files, &a.param.place, "more, on an earlier day");
        r.cx.push(problem.help("demand is the total since the start, not that of the period"));
    }
    falls.is_none()
}

fn shares_of(r: &Reader<'_>, line: Option<&str>) -> Option<IndexMap<String, Param>> {
    let mut all = true;
    for (vendor, entry) in &r.table.entries {
        let known = r.refers(vendor, vendor, &entry.key, "vendors");
        all &= known;
        let lines = r.cx.root.table("vendors").and_then(|v| v.table(vendor)?.table("lines"));
        if let (true, Some(line), Some(lines)) = (known, line, lines)
            && lines.get(line).is_none()
        {
            let message =
                format!("`{}` gives a share of `{line}` to a vendor that does not build that line", r.path_of(vendor));
            let help = format!("delete the share, or describe `[vendors.{vendor}.lines.{line}]`");
            r.problem(&entry.key, message, "does not build it", Some(help));
            all = false;
        }
    }
    let read = params_by_key(r, Quantity::Share, "share of awards at the start")?;
    let sum: f64 = read.values().map(Param::central).sum();
    // A posterior moves the share of one vendor and not those of the others; the model scales the shares of each trial.
    let calibrated = read.values().any(|share| matches!(share.dist, Dist::Quantiles(_)));
    if (sum - 1.0).abs() > SHARES_TOLERANCE && !calibrated {
        let parts: Vec<String> = read.iter().map(|(vendor, share)| format!("{vendor} {}", share.central())).collect();
        let message = format!("the shares of `{}` add up to {} instead of 1", r.path, (sum * 1e6).round() / 1e6);
        r.problem(&r.place, message, "these shares", Some(format!("their central values are {}", parts.join(", "))));
        return None;
    }
    all.then_some(read)
}
