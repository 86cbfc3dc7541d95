//! Nothing is created or lost. Per vendor, class and line, opening stock and arrivals make up use and closing stock, in
//! every tick; and so for orders, products and backlogs. On the shipped world under every regime, and on random ones.

use crate::worlds::random::{regimes, worlds};
use crate::worlds::{Bench, SHIPPED};
use chokepoint::model::probe::Probe;
use proptest::prelude::*;

/// Relative to what is moved, the rounding of a tick's few operations.
const ROUNDING: f64 = 1e-9;

/// What the last tick left, in the order of the probe's walks.
struct Before {
    stock: Vec<f64>,
    finished: Vec<f64>,
    backlog: Vec<f64>,
    cumulative: Vec<f64>,
    /// The most that each item has had on order: what its running sum is exact relative to.
    most_ordered: Vec<f64>,
}

struct Books {
    /// Of each offer, in each tick.
    capacity: Vec<Vec<f64>>,
    /// Of each tick.
    months: Vec<f64>,
    before: Before,
}

impl Books {
    fn audit(&mut self, tick: usize, probe: Probe) {
        sound(tick, probe);
        self.stocks(tick, probe);
        self.orders(tick, probe);
        self.shipments(tick, probe);
        dealings(tick, probe);
        self.products(tick, probe);
        self.backlogs(tick, probe);
        let ordered = probe.items().map(|item| probe.on_order(item));
        self.before = Before {
            most_ordered: self.before.most_ordered.iter().zip(ordered).map(|(a, b)| a.max(b)).collect(),
            stock: probe.items().map(|item| probe.stock(item)).collect(),
            finished: probe.vendor_lines().map(|line| probe.finished(line)).collect(),
            backlog: probe.places().map(|place| probe.backlog(place)).collect(),
            cumulative: probe.vendor_lines().map(|line| probe.cumulative(line)).collect(),
        };
    }

    /// Opening stock + arrivals + moved = use + closing stock, by item; what is moved stays with the vendor.
    fn stocks(&self, tick: usize, probe: Probe) {
        for (item, before) in probe.items().zip(&self.before.stock) {
            let got = before + probe.arrived(item) + probe.moved(item);
            let kept = probe.used(item) + probe.stock(item);
            balance(got, kept, got, || format!("tick {tick}: stock of {}", probe.id(item)));
        }
        let moved = probe.items().map(|item| probe.moved(item)).sum::<f64>();
        let size = probe.items().map(|item| probe.stock(item)).sum::<f64>();
        balance(moved, 0.0, size, || format!("tick {tick}: moved"));
        // A part of the cost lies with sellers in the US, no more than all of it.
        for item in probe.items() {
            let (us, cost) = (probe.us_cost_of_stock(item), probe.cost_of_stock(item));
            let id = || probe.id(item);
            assert!(us <= cost * (1.0 + ROUNDING) + ROUNDING, "tick {tick}: {}: {us} of {cost} is US cost", id());
        }
    }

    /// What an item has on order is what its sources have, by the tick in which it falls due.
    fn orders(&self, tick: usize, probe: Probe) {
        for (item, most_ordered) in probe.items().zip(&self.before.most_ordered) {
            let written: f64 = probe.sources_of(item).flat_map(|source| probe.orders_due(source)).sum();
            let size = most_ordered + probe.arrived(item) + written;
            balance(probe.on_order(item), written, size, || format!("tick {tick}: orders of {}", probe.id(item)));
        }
    }

    /// No offer ships more than it can make.
    fn shipments(&self, tick: usize, probe: Probe) {
        for (offer, capacity) in probe.offers().zip(&self.capacity) {
            let ordered: f64 = probe.sources_from(offer).map(|source| probe.shipped(source)).sum();
            let shipped = probe.spares_shipped(offer) + ordered;
            let most = (capacity[tick] + probe.capacity_added(offer)) * self.months[tick];
            let id = || probe.id(offer);
            assert!(shipped <= most * (1.0 + ROUNDING) + ROUNDING, "tick {tick}: {} ships {shipped} of {most}", id());
        }
    }

    /// Finished + built = deployed + finished; cumulative grows by what is deployed.
    fn products(&self, tick: usize, probe: Probe) {
        let before = self.before.finished.iter().zip(&self.before.cumulative);
        for (line, (finished, cumulative)) in probe.vendor_lines().zip(before) {
            let (got, sum) = (finished + probe.built(line), cumulative + probe.deployed(line));
            let kept = probe.deployed(line) + probe.finished(line);
            balance(got, kept, got, || format!("tick {tick}: products of {}", probe.id(line)));
            balance(probe.cumulative(line), sum, sum, || format!("tick {tick}: deployment of {}", probe.id(line)));
        }
    }

    /// In each market: backlog + awards = deliveries + backlog; orders that leave a vendor go to another.
    fn backlogs(&self, tick: usize, probe: Probe) {
        let before: f64 = self.before.backlog.iter().sum();
        let after: f64 = probe.places().map(|place| probe.backlog(place)).sum();
        let delivered: f64 = probe.places().map(|place| probe.delivered(place)).sum();
        let new: f64 = probe.vendor_lines().map(|line| probe.awarded(line)).sum();
        balance(before + new, after + delivered, before + new, || format!("tick {tick}: backlogs"));
    }
}

/// No quantity is negative or not a number.
fn sound(tick: usize, probe: Probe) {
    for item in probe.items() {
        let found = [
            ("stock", probe.stock(item)),
            ("cost of stock", probe.cost_of_stock(item)),
            ("US cost of stock", probe.us_cost_of_stock(item)),
            ("performance of stock", probe.performance_of_stock(item)),
            ("on order", probe.on_order(item)),
            ("arrivals", probe.arrived(item)),
            ("use", probe.used(item)),
        ];
        sound_numbers(found, || format!("tick {tick}: {}", probe.id(item)));
    }
    for source in probe.sources() {
        let name = || format!("tick {tick}: {}", probe.id(source));
        sound_numbers(probe.orders_due(source).map(|units| ("orders by due tick", units)), name);
        sound_numbers([("carried", probe.carried(source))], name);
    }
    for place in probe.places() {
        let found = [("backlog", probe.backlog(place)), ("expected share", probe.expected_share(place))];
        sound_numbers(found, || format!("tick {tick}: {}", probe.id(place)));
    }
    for line in probe.vendor_lines() {
        let found = [
            ("finished", probe.finished(line)),
            ("built", probe.built(line)),
            ("deployed", probe.deployed(line)),
            ("in service", probe.in_service(line)),
            ("spares unserved", probe.spares_unserved(line)),
        ];
        sound_numbers(found, || format!("tick {tick}: {}", probe.id(line)));
        let limits = probe.limits(line);
        assert!(limits.now >= 0.0 && limits.sustained >= 0.0, "tick {tick}: {}: {limits:?}", probe.id(line));
    }
    for offer in probe.offers() {
        sound_numbers([("sold", probe.sold(offer))], || format!("tick {tick}: {}", probe.id(offer)));
    }
    for buyer in probe.targets() {
        for class in probe.classes() {
            let (now, weighed) = probe.risk(buyer, class);
            let sound = (0.0..=1.0).contains(&now) && (0.0..=1.0).contains(&weighed);
            assert!(sound, "tick {tick}: risk {now}, {weighed} of {}", probe.id(class));
        }
        let d = probe.dealings(buyer);
        for value in [d.free, d.waived, d.saved, d.licensed, d.unlawful, d.blocked, d.withheld] {
            assert!(value >= 0.0 && value.is_finite(), "tick {tick}: {d:?}");
        }
    }
}

fn sound_numbers(found: impl IntoIterator<Item = (&'static str, f64)>, whose: impl Fn() -> String) {
    for (what, x) in found {
        assert!(x >= 0.0 && x.is_finite(), "{}: {what} is {x}", whose());
    }
}

/// What watched buyers were sold is booked on some ground, all of it.
fn dealings(tick: usize, probe: Probe) {
    for buyer in probe.targets() {
        let d = probe.dealings(buyer);
        let sold: f64 = probe.offers().map(|offer| probe.sold_to(buyer, offer)).sum();
        let booked = d.free + d.waived + d.saved + d.licensed + d.unlawful;
        balance(booked, sold, sold, || format!("tick {tick}: dealings of {}", probe.id(buyer)));
    }
}

fn balance(a: f64, b: f64, size: f64, what: impl FnOnce() -> String) {
    assert!((a - b).abs() <= ROUNDING * size.abs().max(1.0), "{}: {a} against {b}", what());
}

fn audit(bench: &mut Bench, scenario: usize) {
    let inputs = bench.inputs();
    let (lines, places) = (inputs.vendor_lines().count(), inputs.places().count());
    let stock: Vec<f64> = inputs.items().map(|item| inputs.stock(item)).collect();
    let before = Before {
        most_ordered: vec![0.0; stock.len()],
        stock,
        finished: vec![0.0; lines],
        backlog: vec![0.0; places],
        cumulative: vec![0.0; lines],
    };
    let capacity = inputs.offers().map(|offer| inputs.capacity(offer).collect()).collect();
    let mut books = Books { capacity, months: bench.months(), before };
    bench.watch(scenario, |tick, probe| books.audit(tick, probe));
}

#[test]
fn in_the_shipped_world_under_every_regime() {
    let mut bench = Bench::shipped(&SHIPPED, &[]);
    for trial in 0..4 {
        bench.draw(trial);
        (0..SHIPPED.len()).for_each(|scenario| audit(&mut bench, scenario));
    }
}

proptest! {
    #![proptest_config(crate::worlds::random::cases(96))]

    #[test]
    fn in_random_worlds_under_random_regimes(world in worlds(), regime in regimes(), trial in 0..1000u64) {
        let mut bench = Bench::new(&world, &[&regime]);
        bench.draw(trial);
        audit(&mut bench, 0);
        audit(&mut bench, 1);
    }
}

/// Restrictions move awards and take products out of service; they lose none, and a zone holds no more than its market.
#[test]
fn under_restrictions_of_markets() {
    let mut bench = Bench::shipped(&["no-controls", "allied-restrictions"], &[]);
    for trial in 0..4 {
        bench.draw(trial);
        audit(&mut bench, 1);
        bench.watch(1, |tick, probe| {
            for zone in probe.zones() {
                for place in zone.places() {
                    let found = [("backlog", zone.backlog(place)), ("in service", zone.in_service(place))];
                    sound_numbers(found, || format!("tick {tick}: zone of {}: {}", zone.id(), probe.id(place)));
                }
            }
            for line in probe.vendor_lines() {
                sound_numbers([("removed", probe.removed(line))], || format!("tick {tick}: {}", probe.id(line)));
            }
            // Five restrictions of one market; the British cap gives way to the ban, so that all may be added up.
            let mut zones = probe.zones().filter(|zone| zone.id() != "uk-cap");
            for place in zones.next().expect("zones").places() {
                let zones = probe.zones().filter(|zone| zone.id() != "uk-cap");
                let inside: f64 = zones.map(|zone| zone.backlog(place)).sum();
                let all = probe.backlog(place);
                let id = || probe.id(place);
                assert!(
                    inside <= all * (1.0 + ROUNDING) + ROUNDING,
                    "tick {tick}: {inside} of {all} orders of {}",
                    id()
                );
            }
        });
    }
}
