//! The tables of a calibration: its parameters before and after, the observations, and the joint sample.

use super::backtest::{ENTITY, ID, OBSERVED_HIGH, OBSERVED_LOW, OF_ROW, PERIOD, QUANTITY, REGION, UNIT, identity};
use crate::analysis::calibration::result::{CalibrationResult, Met, Parameter, Seen};
use crate::report::table::{Cell, Column, Kind, Sort, Table, each};
use crate::scenario::param::Quantity;

const OF_PARAMETER: &str = "the parameter's";

/// `calibration`.
pub static PARAMETERS: Sort = Sort {
    name: "calibration",
    title: "Uncertain parameters before and after: a row a parameter",
    first: &[
        Column::new("parameter", Kind::Text, "", "Path of the parameter in the scenario"),
        Column::new("meaning", Kind::Text, "", "What it means"),
        Column::new("unit", Kind::Text, "", "Its unit"),
        Column::new("prior_q05", Kind::Number, OF_PARAMETER, "5% quantile before"),
        Column::new("prior_median", Kind::Number, OF_PARAMETER, "Median before"),
        Column::new("prior_q95", Kind::Number, OF_PARAMETER, "95% quantile before"),
        Column::new("posterior_q05", Kind::Number, OF_PARAMETER, "5% quantile after"),
        Column::new("posterior_median", Kind::Number, OF_PARAMETER, "Median after"),
        Column::new("posterior_q95", Kind::Number, OF_PARAMETER, "95% quantile after"),
        Column::new(
            "contraction",
            Kind::Number,
            "share",
            "Part of the prior's variance that is gone; negative: wider than before",
        ),
        Column::new(
            "ks_distance",
            Kind::Number,
            "share",
            "Distance between the two distribution functions (Kolmogorov and Smirnov)",
        ),
        Column::new(
            "p_value",
            Kind::Number,
            "share",
            "Probability of such a distance if the observations said nothing",
        ),
        Column::new("effective_draws", Kind::Number, "draws", "Effective number of draws of the posterior"),
        Column::new(
            "moved",
            Kind::Text,
            "",
            "`yes` if the observations moved it (false discoveries held at 5%), else `no`",
        ),
    ],
    varying: None,
    last: &[],
};

/// `observations`.
pub static OBSERVATIONS: Sort = Sort {
    name: "observations",
    title: "How observations are met before and after: a row an observation",
    first: &[
        ID,
        QUANTITY,
        ENTITY,
        REGION,
        PERIOD,
        UNIT,
        OBSERVED_LOW,
        OBSERVED_HIGH,
        Column::new(
            "use",
            Kind::Text,
            "",
            "`used`, `after the cut-off`, `met by all trials alike` or `out of reach`; the last three were not used",
        ),
        Column::new(
            "share_of_trials_below",
            Kind::Number,
            "share",
            "Trials, with the error of an observation, below it",
        ),
        Column::new("prior_q05", Kind::Number, OF_ROW, "5% quantile of what trials predict before"),
        Column::new("prior_median", Kind::Number, OF_ROW, "Median before"),
        Column::new("prior_q95", Kind::Number, OF_ROW, "95% quantile before"),
        Column::new("joint_q05", Kind::Number, OF_ROW, "5% quantile in the joint sample (posterior.csv)"),
        Column::new("joint_median", Kind::Number, OF_ROW, "Median in the joint sample"),
        Column::new("joint_q95", Kind::Number, OF_ROW, "95% quantile in the joint sample"),
        Column::new(
            "layer_q05",
            Kind::Number,
            OF_ROW,
            "5% quantile under posterior.toml, which draws each parameter by itself",
        ),
        Column::new("layer_median", Kind::Number, OF_ROW, "Median under posterior.toml"),
        Column::new("layer_q95", Kind::Number, OF_ROW, "95% quantile under posterior.toml"),
    ],
    varying: None,
    last: &[],
};

/// `posterior`.
pub static POSTERIOR: Sort = Sort {
    name: "posterior",
    title: "The joint sample: a row a trial that comes near all observations together",
    first: &[
        Column::new("trial", Kind::Whole, "", "Number of the trial, from 0"),
        Column::new("weight", Kind::Number, "share", "Weight in the sample; all add up to 1"),
        Column::new(
            "distance",
            Kind::Number,
            "",
            "Distance from what was observed, in standard deviations of the prior over all observations",
        ),
    ],
    varying: Some("a column a parameter that moved, named by its path: a number"),
    last: &[],
};

/// What was made of an observation.
pub fn verdict(fit: Option<&Met>) -> &'static str {
    match fit {
        None => "after the cut-off",
        Some(met) if !met.informative => "met by all trials alike",
        Some(met) if met.out_of_reach() => "out of reach",
        Some(_) => "used",
    }
}

/// The tables of a calibration.
pub fn tables<'a>(found: &'a CalibrationResult<'a>) -> [Table<'a>; 3] {
    [parameters(found), observations(found), joint(found)]
}

fn parameters<'a>(found: &'a CalibrationResult<'a>) -> Table<'a> {
    PARAMETERS.table(
        Vec::new(),
        each(&found.parameters, |p: &Parameter<'_>, take| {
            let words = [&p.param.path, p.param.meaning, Quantity::name(p.param.quantity)];
            let mut row: Vec<Cell<'_>> = words.map(Cell::Text).to_vec();
            row.extend(p.prior.iter().chain(&p.posterior).map(|v| Cell::Number(*v)));
            row.extend([p.contraction, p.ks, p.p_value, p.effective].map(Cell::Number));
            row.push(Cell::Text(if p.moved { "yes" } else { "no" }));
            take(&row)
        }),
    )
}

fn observations<'a>(found: &'a CalibrationResult<'a>) -> Table<'a> {
    OBSERVATIONS.table(
        Vec::new(),
        each(&found.observations, |seen: &Seen<'_>, take| {
            let words = identity(seen.observation);
            let mut row: Vec<Cell<'_>> = words.iter().map(|word| Cell::Text(word)).collect();
            row.extend([seen.observation.low, seen.observation.high].map(Cell::Number));
            row.push(Cell::Text(verdict(seen.fit.as_ref())));
            match &seen.fit {
                None => row.extend([Cell::Blank; 10]),
                Some(met) => {
                    row.push(Cell::Number(met.below));
                    row.extend(met.prior.iter().chain(&met.joint).chain(&met.layer).map(|v| Cell::Number(*v)));
                }
            }
            take(&row)
        }),
    )
}

fn joint<'a>(found: &'a CalibrationResult<'a>) -> Table<'a> {
    let moved = found.parameters.iter().filter(|p| p.moved).map(|p| Column {
        name: p.param.path.clone().into(),
        kind: Kind::Number,
        unit: Quantity::name(p.param.quantity).to_owned().into(),
        meaning: p.param.meaning.to_owned().into(),
    });
    POSTERIOR.table(
        moved.collect(),
        each(&found.joint, |(joint, values), take| {
            let mut row =
                vec![Cell::Whole(u64::from(joint.trial)), Cell::Number(joint.weight), Cell::Number(joint.distance)];
            row.extend(values.iter().map(|v| Cell::Number(*v)));
            take(&row)
        }),
    )
}
