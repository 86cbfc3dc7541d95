//! From the merged tree to the typed scenario: one function a table, each asking for all of its keys before it gives up,
//! so that one reading shows all that is wrong. What concerns several tables at once is checked in `read::check`.

mod behaviour;
mod check;
mod entities;
mod escalation;
mod offers;
pub(crate) mod param;
mod provenance;
mod redesigns;
mod regime;
mod restriction;
mod shortage;
mod vendors;

use indexmap::IndexMap;

use entities::{by_id, entities};

use super::layer::HEADER;
use super::notes::What;
use super::param::Quantity;
use super::reader::Reader;
use super::regime::Regime;
use super::world::{Bom, BomItem, BomRedesign, Class, DatedParam, Jurisdiction, Line, Role, Time, World};
use crate::units::{Country, NotACountry};

/// Longer than any policy question, and short enough for a trial to end.
const LONGEST_HORIZON_YEARS: i16 = 50;

/// Reads everything below the header. `None`: reported.
pub(crate) fn scenario(root: &Reader<'_>) -> Option<(World, Regime)> {
    let world = world(root);
    let regime = regime::regime(root);
    root.also_known(&HEADER);
    root.finish();
    let (world, regime) = (world?, regime?);
    check::world(root, &world);
    redesigns::check(root, &world);
    Some((world, regime))
}

fn world(root: &Reader<'_>) -> Option<World> {
    let time = root.child("time", "a table with start, end and tick").and_then(|r| time(&r));
    let jurisdictions = jurisdictions(root);
    let classes = entities(root, "classes", "component classes", class);
    let boms = entities(root, "boms", "bills of materials", bom);
    let lines = entities(root, "lines", "product lines", line);
    let suppliers = entities(root, "suppliers", "firms that sell parts", offers::supplier);
    let offers = entities(root, "offers", "what a supplier sells in a class", offers::offer);
    let vendors = entities(root, "vendors", "firms that buy parts and build products", vendors::vendor);
    let markets = entities(root, "markets", "operators or consumers of a region, who buy one line", vendors::market);
    let behaviour = root
        .child("behaviour", "a table of what holds for the behaviour of all agents")
        .and_then(|r| behaviour::behaviour(&r));
    let meaning = "a shortage that lengthens lead times for all buyers, in the classes that have `shortage`";
    let shortage = root.child_or("shortage", meaning, None, |r| shortage::shortage(&r));
    let redesigns = redesigns::redesigns(root);
    let meaning = "units of a currency that one US dollar buys, by currency code; each rate holds from its day on";
    let exchange_rates = root.child_or("exchange_rates", meaning, IndexMap::new(), |r| exchange_rates(&r));
    Some(World {
        time: time?,
        jurisdictions: jurisdictions?,
        classes: classes?,
        boms: boms?,
        lines: lines?,
        suppliers: suppliers?,
        offers: offers?,
        vendors: vendors?,
        markets: markets?,
        behaviour: behaviour?,
        shortage: shortage?,
        redesigns: redesigns?,
        exchange_rates: exchange_rates?,
    })
}

fn exchange_rates(r: &Reader<'_>) -> Option<IndexMap<String, Vec<DatedParam>>> {
    let meaning = "units of it that one US dollar buys";
    r.each_takes(What::Dated(Quantity::PerUsd), meaning);
    let read = r.table.entries.iter().map(|(code, entry)| {
        let sound = code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()) && code != "USD";
        if !sound {
            let message = format!("`{}` is not a currency that has a rate to the US dollar", r.path_of(code));
            let help = "name it by its three-letter code in capitals, such as CNY";
            r.problem(&entry.key, message, "not a currency code", Some(help.into()));
        }
        let path = r.dated_params_at(code, &entry.node, Quantity::PerUsd, meaning);
        Some((code.clone(), path.filter(|_| sound)?))
    });
    read.collect::<Vec<_>>().into_iter().collect()
}

fn time(r: &Reader<'_>) -> Option<Time> {
    let (start, end, tick, data_from) = (
        r.date("start", "first simulated day"),
        r.date("end", "last simulated day"),
        r.choice_of("tick", "length of a step"),
        r.date_opt("data_from", "day that stock, plants, shares and demand at the start describe; another start warns"),
    );
    r.finish();
    let (start, end, data_from) = (start?, end?, data_from?);
    let place = r.table.get("end").map_or(&r.place, |n| &n.place);
    if end <= start {
        let message = format!("the simulation ends on {end}, but starts on {start}");
        r.problem(place, message, "not after the start", Some("the end is the last day, after the start".into()));
        return None;
    }
    if end.year() - start.year() > LONGEST_HORIZON_YEARS {
        let message = format!("the horizon from {start} to {end} is longer than {LONGEST_HORIZON_YEARS} years");
        r.problem(place, message, "too far", None);
        return None;
    }
    Some(Time { start, end, tick: tick?, data_from })
}

fn jurisdictions(root: &Reader<'_>) -> Option<IndexMap<Country, Jurisdiction>> {
    let table = root.child("jurisdictions", "home countries of sellers and vendors, a table by country code")?;
    let read = table.children().into_iter().map(|(code, r)| {
        let refused = |unknown: NotACountry| {
            let message = format!("`jurisdictions.{code}` is not a country");
            let usual = || "name it by its two-letter code of ISO 3166 in capitals, such as US or TW".to_owned();
            let help = unknown.hint().unwrap_or_else(usual);
            r.problem(&table.table.entries[code].key, message, "not a country code", Some(help));
        };
        let country: Option<Country> = code.parse().map_err(refused).ok();
        let name = r.text("name", "name of the country");
        let meaning = "chance that its sellers obey a rule that rests on foreign production alone";
        let compliance = r.param("compliance", Quantity::Share, meaning);
        r.finish();
        Some((country?, Jurisdiction { name: name?, compliance: compliance? }))
    });
    read.collect::<Vec<_>>().into_iter().collect()
}

fn class(r: &Reader<'_>) -> Option<Class> {
    let (name, role, fungible) = (
        r.text("name", "name of the class"),
        r.choice_of("role", "what its absence does to a product"),
        r.flag("fungible", "whether a vendor's lines may share its stock"),
    );
    let qualification_time = r.param("qualification_time", Quantity::Months, "time to qualify a new source");
    let mut degraded = (None, None);
    match role {
        Some(Role::Degradable) => {
            degraded.0 = r.param("performance_without", Quantity::Share, "performance of a product built without it");
            degraded.1 = r.param("cost_without", Quantity::UsdPerUnit, "extra cost of a product built without it");
        }
        Some(Role::Essential) => {
            for key in ["performance_without", "cost_without"] {
                if let Some(entry) = r.entry(key) {
                    let message =
                        format!("`{}` makes no sense: nothing is built without an essential class", r.path_of(key));
                    let help = "delete it, or write role = \"degradable\"";
                    r.problem(&entry.key, message, "not for an essential class", Some(help.into()));
                }
            }
        }
        None => r.also_known(&["performance_without", "cost_without"]),
    }
    let boards = r.param_opt("boards", Quantity::Boards, "boards to redesign for one change of source on one line");
    let provenance = r.provenance();
    let shortage = r.flag_or("shortage", false, "whether the shortage lengthens its lead times");
    r.finish();
    let role = role?;
    if role == Role::Degradable && (degraded.0.is_none() || degraded.1.is_none()) {
        return None;
    }
    Some(Class {
        name: name?,
        role,
        fungible: fungible?,
        performance_without: degraded.0,
        cost_without: degraded.1,
        qualification_time: qualification_time?,
        provenance: provenance?,
        shortage: shortage?,
        boards: boards?,
    })
}

fn bom(r: &Reader<'_>) -> Option<Bom> {
    if r.table.entries.is_empty() {
        let message = format!("the bill of materials `{}` names no class", r.path);
        let help = "add a table for each class, such as `[boms.macro-5g.fpga]` with its units";
        r.problem(&r.place, message, "no class here", Some(help.into()));
        return None;
    }
    let known: Vec<bool> =
        (r.table.entries.iter()).map(|(class, e)| r.refers(class, class, &e.key, "classes")).collect();
    let items = by_id(r, bom_item)?;
    known.iter().all(|k| *k).then_some(Bom { items })
}

fn bom_item(r: &Reader<'_>) -> Option<BomItem> {
    let units = r.param("units", Quantity::UnitsPerProduct, "units of the class in one product");
    let meaning = "a redesign under way since before the listing, the same in all scenarios";
    let redesign = r.child_or("redesign", meaning, None, |r| redesign(&r).map(Some));
    r.finish();
    let class = r.path.rsplit('.').next().unwrap_or_default().to_owned();
    Some(BomItem { class, units: units?, redesign: redesign?, place: r.place.clone() })
}

fn redesign(r: &Reader<'_>) -> Option<BomRedesign> {
    let by = r.date("by", "day on which the redesign is complete");
    let factor = r.param("factor", Quantity::Share, "share of the units that remains after the redesign");
    let vendors = r.id_list("vendors", "vendors", "vendors whose products are redesigned");
    r.finish();
    Some(BomRedesign { by: by?, factor: factor?, vendors: vendors? })
}

fn line(r: &Reader<'_>) -> Option<Line> {
    let (name, product) =
        (r.text("name", "name of the line"), r.text("product", "what one product is called, singular"));
    let (category, spares_use) = (
        r.choice_of("category", "which license rate applies to its parts"),
        r.choice_of("spares_use", "the use under which spare parts ship"),
    );
    let spares_rate = r.param("spares_rate", Quantity::PerMonth, "spares a month as a share of the installed base");
    r.finish();
    Some(Line {
        name: name?,
        product: product?,
        category: category?,
        spares_use: spares_use?,
        spares_rate: spares_rate?,
    })
}
