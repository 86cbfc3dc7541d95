//! `backtest`: a row an observation, with what was predicted and how the two agree.

use crate::analysis::score::{Backtest, Score, Scored};
use crate::report::table::{Cell, Column, Kind, Sort, Table, each};
use crate::scenario::observed::Observation;

/// The table.
pub static SORT: Sort = Sort {
    name: "backtest",
    title: "What was observed and what was predicted: a row an observation, in the file's order",
    first: &[
        ID,
        QUANTITY,
        ENTITY,
        REGION,
        PERIOD,
        UNIT,
        OBSERVED_LOW,
        OBSERVED_HIGH,
        Column::new("q05", Kind::Number, OF_ROW, "5% quantile of what trials predict"),
        Column::new("q25", Kind::Number, OF_ROW, "25% quantile"),
        Column::new("median", Kind::Number, OF_ROW, "Median"),
        Column::new("q75", Kind::Number, OF_ROW, "75% quantile"),
        Column::new("q95", Kind::Number, OF_ROW, "95% quantile"),
        Column::new(
            "in50",
            Kind::Text,
            "",
            "`true` if the observation and the band from q25 to q75 have a number in common, else `false`; blank if no trial gave one",
        ),
        Column::new("in90", Kind::Text, "", "The same of the band from q05 to q95"),
        Column::new("crps", Kind::Number, OF_ROW, "Continuous ranked probability score; 0 is perfect"),
        Column::new(
            "needs",
            Kind::Text,
            "",
            "What the model lacks to be held against the observation, which is then not scored; blank if it is scored",
        ),
    ],
    varying: None,
    last: &[],
};

/// Which observation a row is about, and what was observed.
pub(super) const ID: Column = Column::new("id", Kind::Text, "", "Id of the observation in its file");
pub(super) const QUANTITY: Column =
    Column::new("quantity", Kind::Text, "", "What was observed; see the list of quantities");
pub(super) const ENTITY: Column = Column::new("entity", Kind::Text, "", "Id of the firm");
pub(super) const REGION: Column = Column::new("region", Kind::Text, "", "`world`, `cn` or `ex-cn`");
pub(super) const PERIOD: Column = Column::new("period", Kind::Text, "", "Day, month, quarter or year, as observed");
pub(super) const UNIT: Column = Column::new("unit", Kind::Text, "", "Unit of the row's numbers");
pub(super) const OBSERVED_LOW: Column = Column::new(
    "observed_low",
    Kind::Number,
    OF_ROW,
    "Lower end of what was observed, which is the upper one of a single number; blank where it is open",
);
pub(super) const OBSERVED_HIGH: Column =
    Column::new("observed_high", Kind::Number, OF_ROW, "Upper end; blank where it is open");

/// The unit of such a row's numbers.
pub(super) const OF_ROW: &str = "that in `unit`";

/// The words that say which observation a row is about: the first six cells.
pub(super) fn identity(o: &Observation) -> [String; 6] {
    [
        o.id.clone(),
        o.quantity.to_string(),
        o.entity.clone(),
        o.region.to_string(),
        o.period.to_string(),
        o.unit.to_string(),
    ]
}

/// The table of a comparison with observations.
pub fn table(backtest: &Backtest) -> Table<'_> {
    let flag = |held: bool| Cell::Text(if held { "true" } else { "false" });
    SORT.table(
        Vec::new(),
        each(&backtest.rows, move |Scored { observation: o, score, .. }: &Scored, take| {
            let words = identity(o);
            let mut row: Vec<Cell<'_>> = words.iter().map(|word| Cell::Text(word)).collect();
            row.extend([o.low, o.high].map(Cell::Number));
            match score {
                Some(Score { quantiles, in50, in90, crps, .. }) => {
                    row.extend(quantiles.map(Cell::Number));
                    row.extend([flag(*in50), flag(*in90), Cell::Number(*crps)]);
                }
                None => row.extend([Cell::Blank; 8]),
            }
            row.push(o.needs.map_or(Cell::Blank, |need| Cell::Text(need.name())));
            take(&row)
        }),
    )
}
