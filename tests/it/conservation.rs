//! Nothing is created or lost. Per vendor, class and line, opening stock and arrivals make up use and closing stock, in
//! every tick; and so for orders, products and backlogs. On the shipped world under every regime, and on random ones.

use crate::worlds::random::{regimes, worlds};
use crate::worlds::{Bench, SHIPPED};
use chokepoint::model::state::State;
use chokepoint::model::world::World;
use proptest::prelude::*;

/// Relative to what is moved, the rounding of a tick's few operations.
const ROUNDING: f64 = 1e-9;

/// What the last tick left.
#[derive(Default)]
struct Before {
    stock: Vec<f64>,
    finished: Vec<f64>,
    backlog: Vec<f64>,
    cumulative: Vec<f64>,
    /// The most that each cell has had on order: what its running sum is exact relative to.
    most_ordered: Vec<f64>,
}

struct Books<'a> {
    world: &'a World,
    capacity: Vec<Vec<f64>>,
    before: Before,
}

impl Books<'_> {
    fn audit(&mut self, tick: usize, state: &State) {
        self.sound(tick, state);
        self.stocks(tick, state);
        self.orders(tick, state);
        self.shipments(tick, state);
        self.dealings(tick, state);
        self.products(tick, state);
        self.backlogs(tick, state);
        let most_ordered = self.before.most_ordered.iter().zip(&state.on_order).map(|(a, b)| a.max(*b)).collect();
        self.before = Before {
            most_ordered,
            stock: state.stock.clone(),
            finished: state.finished.clone(),
            backlog: state.backlog.clone(),
            cumulative: state.cumulative.clone(),
        };
    }

    /// No quantity is negative or not a number.
    fn sound(&self, tick: usize, state: &State) {
        let tables: [(&str, &[f64]); 17] = [
            ("stock", &state.stock),
            ("cost of stock", &state.stock_cost),
            ("US cost of stock", &state.stock_us),
            ("performance of stock", &state.stock_performance),
            ("on order", &state.on_order),
            ("arrivals", &state.arrived),
            ("use", &state.used),
            ("orders by due tick", &state.ring),
            ("carried", &state.carried),
            ("backlog", &state.backlog),
            ("finished", &state.finished),
            ("built", &state.built),
            ("deployed", &state.deployed),
            ("installed", &state.installed),
            ("spares unserved", &state.unserved),
            ("sold", &state.sold),
            ("expected share", &state.expected_share),
        ];
        for (what, table) in tables {
            if let Some(i) = table.iter().position(|&x| x.is_nan() || x < 0.0 || x.is_infinite()) {
                panic!("tick {tick}: {what} number {i} is {}", table[i]);
            }
        }
        for (now, weighed) in &state.risk {
            assert!((0.0..=1.0).contains(now) && (0.0..=1.0).contains(weighed), "tick {tick}: risk {now}, {weighed}");
        }
        for d in &state.dealings {
            for value in [d.free, d.waived, d.saved, d.licensed, d.unlawful, d.blocked, d.withheld] {
                assert!(value >= 0.0 && value.is_finite(), "tick {tick}: {d:?}");
            }
        }
        for limits in &state.limits {
            assert!(limits.now >= 0.0 && limits.sustained >= 0.0, "tick {tick}: {limits:?}");
        }
    }

    /// Opening stock + arrivals + moved = use + closing stock, by cell; what is moved stays with the vendor.
    fn stocks(&self, tick: usize, state: &State) {
        for c in 0..self.world.cells.len() {
            let got = self.before.stock[c] + state.arrived[c] + state.moved[c];
            balance(got, state.used[c] + state.stock[c], got, || format!("tick {tick}: stock of cell {c}"));
        }
        let (moved, size) = (state.moved.iter().sum::<f64>(), state.stock.iter().sum::<f64>());
        balance(moved, 0.0, size, || format!("tick {tick}: moved"));
        // A part of the cost lies with sellers in the US, no more than all of it.
        for c in 0..self.world.cells.len() {
            let (us, cost) = (state.stock_us[c], state.stock_cost[c]);
            assert!(us <= cost * (1.0 + ROUNDING) + ROUNDING, "tick {tick}: cell {c}: {us} of {cost} is US cost");
        }
    }

    /// What a cell has on order is what stands in the rings of its links.
    fn orders(&self, tick: usize, state: &State) {
        for (c, cell) in self.world.cells.iter().enumerate() {
            let slots = cell.links.clone().flat_map(|l| (0..self.world.ring).map(move |t| (l, t)));
            let written: f64 = slots.map(|(l, t)| state.ring[self.world.slot(l, t)]).sum();
            let size = self.before.most_ordered[c] + state.arrived[c] + written;
            balance(state.on_order[c], written, size, || format!("tick {tick}: orders of cell {c}"));
        }
    }

    /// No offer ships more than it can make.
    fn shipments(&self, tick: usize, state: &State) {
        let calendar = &self.world.calendar;
        let mut shipped = state.spares.clone();
        for (l, offer) in self.world.link_offers.iter().enumerate() {
            shipped[offer.ix()] += state.given[l];
        }
        for (o, shipped) in shipped.iter().enumerate() {
            let most = (self.capacity[tick][o] + state.expansion.supply[o]) * calendar.months(tick);
            assert!(*shipped <= most * (1.0 + ROUNDING) + ROUNDING, "tick {tick}: offer {o} ships {shipped} of {most}");
        }
    }

    /// What watched buyers were sold is booked on some ground, all of it.
    fn dealings(&self, tick: usize, state: &State) {
        let offers = self.world.offers.len();
        for (w, d) in state.dealings.iter().enumerate() {
            let sold: f64 = state.sold_watched[w * offers..(w + 1) * offers].iter().sum();
            let booked = d.free + d.waived + d.saved + d.licensed + d.unlawful;
            balance(booked, sold, sold, || format!("tick {tick}: dealings of watched buyer {w}"));
        }
    }

    /// Finished + built = deployed + finished; cumulative grows by what is deployed.
    fn products(&self, tick: usize, state: &State) {
        for p in 0..self.world.pairs.len() {
            let got = self.before.finished[p] + state.built[p];
            balance(got, state.deployed[p] + state.finished[p], got, || format!("tick {tick}: products of pair {p}"));
            let sum = self.before.cumulative[p] + state.deployed[p];
            balance(state.cumulative[p], sum, sum, || format!("tick {tick}: deployment of pair {p}"));
        }
    }

    /// In each market: backlog + awards = deliveries + backlog; orders that leave a vendor go to another.
    fn backlogs(&self, tick: usize, state: &State) {
        let mut awarded = 0.0;
        let (mut before, mut after) = (0.0, 0.0);
        for market in &self.world.markets {
            before += self.before.backlog[market.seats.clone()].iter().sum::<f64>();
            after += state.backlog[market.seats.clone()].iter().sum::<f64>();
            awarded += state.delivered[market.seats.clone()].iter().sum::<f64>();
        }
        let new: f64 = state.awarded.iter().sum();
        balance(before + new, after + awarded, before + new, || format!("tick {tick}: backlogs"));
    }
}

fn balance(a: f64, b: f64, size: f64, what: impl FnOnce() -> String) {
    assert!((a - b).abs() <= ROUNDING * size.abs().max(1.0), "{}: {a} against {b}", what());
}

fn audit(bench: &mut Bench, scenario: usize) {
    let world = bench.plan.world.clone();
    let capacity = (0..world.calendar.ticks).map(|tick| bench.setting.capacity(tick).to_vec()).collect();
    let before = Before {
        stock: bench.setting.stock.clone(),
        finished: vec![0.0; world.pairs.len()],
        backlog: vec![0.0; world.seat_count()],
        cumulative: vec![0.0; world.pairs.len()],
        most_ordered: vec![0.0; world.cells.len()],
    };
    let mut books = Books { world: &world, capacity, before };
    bench.watch(scenario, |tick, state| books.audit(tick, state));
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
        let europe = bench.plan.world.markets.iter().find(|m| m.id == "europe").unwrap().clone();
        bench.watch(1, |tick, state| {
            let zones = &state.zones;
            let tables = [&zones.backlog, &zones.in_service, &zones.removed];
            assert!(tables.into_iter().flatten().all(|x| *x >= 0.0 && x.is_finite()), "tick {tick}: {zones:?}");
            // Five restrictions of one market; the British cap gives way to the ban, so that all may be added up.
            let width = europe.vendors.len();
            for s in 0..width {
                let inside: f64 = zones.backlog[width..].iter().skip(s).step_by(width).sum();
                let all = state.backlog[europe.seats.start + s];
                assert!(
                    inside <= all * (1.0 + ROUNDING) + ROUNDING,
                    "tick {tick}: {inside} of {all} orders of seat {s}"
                );
            }
        });
    }
}
