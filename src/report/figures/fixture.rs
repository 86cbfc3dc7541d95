//! Comparisons to draw in tests: made-up numbers with the shapes that real ones have.

use crate::analysis::results::*;
use crate::experiment::interval::Absent;
use crate::math;
use crate::units::Date;

/// What distinguishes a made-up scenario.
pub struct FixtureScenario {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Rules, as (year, month, day, label).
    pub rules: Vec<(i16, i8, i8, &'static str)>,
    /// Share of capacity lost in the end.
    pub depth: f64,
    /// Month in which the loss starts.
    pub onset: f64,
}

/// The four scenarios that `compare` runs when nothing else is said.
pub fn shipped() -> Vec<FixtureScenario> {
    let listing = (2019, 5, 16, "Entity List");
    let shape = |id: &str, title: &str, depth, onset, rules| FixtureScenario {
        id: id.to_owned(),
        title: title.to_owned(),
        rules,
        depth,
        onset,
    };
    vec![
        shape("no-controls", "No controls", 0.0, 0.0, vec![]),
        shape("current-rules", "Rules in force in November 2019", 0.14, 14.0, vec![listing]),
        shape(
            "waivers",
            "Current rules with the general license and case-by-case licenses",
            0.11,
            15.0,
            vec![listing, (2019, 5, 20, "General license"), (2020, 8, 14, "expires")],
        ),
        shape(
            "amended-rules",
            "Amended: 10% de minimis on all US content, direct product rule from EAR99 up",
            0.72,
            17.0,
            vec![listing, (2020, 2, 1, "10% de minimis"), (2020, 2, 1, "Direct product")],
        ),
    ]
}

/// The rules as adopted, the most that a panel has to mark.
pub fn adopted() -> FixtureScenario {
    let rules = vec![
        (2019, 5, 16, "Entity List"),
        (2019, 5, 20, "General license, first issue"),
        (2019, 8, 19, "General license, second issue"),
        (2019, 11, 18, "General license, third issue"),
        (2020, 2, 14, "General license, fourth issue"),
        (2020, 5, 15, "Direct product: own designs"),
        (2020, 6, 18, "Standards release"),
        (2020, 8, 14, "General license ends"),
        (2020, 8, 17, "Direct product: any item"),
        (2023, 1, 30, "No more licenses"),
    ];
    FixtureScenario {
        id: "adopted-rules".into(),
        title: "As adopted, 2019 to 2024".into(),
        rules,
        depth: 0.55,
        onset: 22.0,
    }
}

/// A comparison of these scenarios over so many ticks.
pub fn comparison(shapes: &[FixtureScenario], ticks: usize, weekly: bool, trials: u32) -> Comparison {
    let start = Date::constant(2019, 1, 1);
    let step = |i: usize| {
        let span = if weekly { jiff::Span::new().weeks(i as i64) } else { jiff::Span::new().months(i as i64) };
        start.checked_add(span).unwrap()
    };
    let dates: Vec<Date> = (0..ticks).map(step).collect();
    let end = step(ticks.max(1)).yesterday().unwrap();
    Comparison {
        name: "shipped".into(),
        title: "The rules of November 2019, the waivers and the amended rules".into(),
        trials,
        sketched: false,
        seed: 20_191_129,
        tick: if weekly { "week" } else { "month" },
        subject: Subject {
            vendor: "huawei".into(),
            vendor_name: "Huawei".into(),
            line: "base-stations".into(),
            product: "base station".into(),
        },
        reference: 0,
        without: shapes.iter().position(|s| s.depth == 0.0).unwrap_or(0),
        scenarios: shapes.iter().map(|s| scenario(s, ticks, if weekly { 12.0 / 52.18 } else { 1.0 }, trials)).collect(),
        dates,
        end,
    }
}

fn scenario(shape: &FixtureScenario, ticks: usize, months: f64, trials: u32) -> ScenarioResults {
    let at = |i: usize| i as f64 * months;
    let loss = |i: usize| shape.depth / (1.0 + math::exp(-(at(i) - shape.onset - 8.0) / 3.0));
    let wave = |i: usize| 1.0 + 0.05 * math::sin(at(i) * 0.7);
    let free = |i: usize| 24_000.0 + 400.0 * at(i);
    let sustained: Vec<f64> = (0..ticks).map(|i| free(i) * wave(i) * (1.0 - loss(i))).collect();
    let deployed: Vec<f64> = (0..ticks).map(|i| free(i) * 0.8 * (1.0 - loss(i))).collect();
    let without: Vec<f64> = (0..ticks).map(|i| free(i) * 0.8).collect();
    let sum = |v: &[f64]| {
        v.iter()
            .scan(0.0, |s, x| {
                Some({
                    *s += x * months;
                    *s
                })
            })
            .collect::<Vec<f64>>()
    };
    let (cumulative, all) = (sum(&deployed), sum(&without));
    let width = |i: usize| 0.08 + 0.3 * loss(i);
    let band = |median: &[f64], scale: f64| Bands {
        q05: median.iter().enumerate().map(|(i, m)| m * (1.0 - scale * width(i))).collect(),
        q25: median.iter().enumerate().map(|(i, m)| m * (1.0 - 0.4 * scale * width(i))).collect(),
        median: median.to_vec(),
        q75: median.iter().enumerate().map(|(i, m)| m * (1.0 + 0.35 * scale * width(i))).collect(),
        q95: median.iter().enumerate().map(|(i, m)| m * (1.0 + 0.9 * scale * width(i))).collect(),
    };
    let estimate = |value: f64, half: f64| Estimate {
        value,
        interval: if trials < 20 { Err(Absent::Few) } else { Ok((value - half, value + half)) },
    };
    let path: Vec<Estimate> = cumulative
        .iter()
        .zip(&all)
        .map(|(here, free)| estimate(1.0 - here / free, 0.1 * (1.0 - here / free)))
        .collect();
    let last = path.last().copied().unwrap_or(Estimate::NOTHING);
    let denied = shape.depth * 1_450_000.0;
    let lost = [
        ("US", 9.1e9),
        ("TW", 5.2e9),
        ("KR", 1.1e9),
        ("JP", -0.8e9),
        ("EU", 0.35e9),
        ("CN", -2.4e9),
        ("IL", 2e7),
        ("SG", 0.0),
    ];
    ScenarioResults {
        id: shape.id.clone(),
        title: shape.title.clone(),
        implied: false,
        rule_dates: shape
            .rules
            .iter()
            .map(|(y, m, d, label)| RuleDate { date: Date::constant(*y, *m, *d), label: (*label).to_owned() })
            .collect(),
        sustained: band(&sustained, 1.6),
        deployed: band(&deployed, 1.0),
        cumulative: band(&cumulative, 0.7),
        binding: binding(shape, ticks, loss),
        shortfall: last,
        shortfall_units: Estimate {
            value: last.value * all.last().copied().unwrap_or(0.0),
            interval: Err(Absent::Few),
        },
        shortfall_path: path,
        share_worse: if shape.depth > 0.0 { 0.93 } else { 0.0 },
        share_tied: if shape.depth > 0.0 { 0.01 } else { 1.0 },
        same_as_reference: false,
        lost_sales: lost
            .iter()
            .map(|(j, usd)| {
                ((*j).to_owned(), estimate(shape.depth * usd, (shape.depth * usd * 0.12).abs() + 2e7 * shape.depth))
            })
            .collect(),
        net_lost_sales: lost.iter().map(|(j, usd)| ((*j).to_owned(), estimate(0.3 * shape.depth * usd, 1e7))).collect(),
        capacity_denied: estimate(denied, denied * 0.07),
        bite: (shape.depth > 0.12).then(|| estimate(denied / (shape.depth * 9100.0), 12.0)),
    }
}

fn binding(shape: &FixtureScenario, ticks: usize, loss: impl Fn(usize) -> f64) -> Vec<Binding> {
    let share = |part: f64| (0..ticks).map(|i| loss(i) * part).collect::<Vec<f64>>();
    let rest: Vec<f64> = (0..ticks).map(|i| 1.0 - loss(i)).collect();
    let of = |id: &str, name: &str, share: Vec<f64>| Binding { id: id.into(), name: name.into(), share };
    vec![
        of("baseband", "Baseband SoC", share(0.08)),
        of("fpga", "FPGA", share(0.44)),
        of("rf-pa", "RF power amplifier", share(0.3)),
        of("rf-transceiver", "RF transceiver and data converter", share(if shape.depth > 0.5 { 0.15 } else { 0.18 })),
        of("memory", "Memory", share(0.0)),
        of("processor", "Processor", share(0.03)),
        of("analog", "Analog and power management", share(0.0)),
        of("optical", "Optical transceiver", share(0.0)),
        of("capacity", "plant capacity", rest.iter().map(|r| r * 0.15).collect()),
        of("orders", "orders (nothing binds)", rest.iter().map(|r| r * 0.85).collect()),
    ]
}
