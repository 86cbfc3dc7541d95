//! `trace`: what holds output down, a row a tick, line of a targeted vendor, class of its bill and source.

use super::columns::SCENARIO;
use crate::analysis::trace::{Item, Line, Supply, Trace};
use crate::report::ReportError;
use crate::report::table::{Cell, Column, Kind, Rows, Sort, Table, Take};

/// Unit of flows of a class.
const FLOW: &str = "units/month";

/// The table.
pub static SORT: Sort = Sort {
    name: "trace",
    title: "What holds output down: a row a tick, line of a targeted vendor, class in its bill and source",
    first: &[
        SCENARIO,
        Column::new(
            "trial",
            Kind::Text,
            "",
            "Number of the trial, from 0 as in `trials`; or `median`: each number is the median over trials by itself, so that \
             numbers of a row need not add up",
        ),
        Column::new("date", Kind::Date, "", "First day of the tick (a month; a week where the scenario says so)"),
        Column::new("class", Kind::Text, "", "Id of the component class"),
        Column::new("line", Kind::Text, "", "The vendor's line, as `vendor:line`"),
        Column::new(
            "binding",
            Kind::Text,
            "",
            "What held the line's output down in the tick: id of a class, `capacity` (the plant) or `orders` (nothing: all orders \
             were met); the same in all rows of the line and tick. Of several trials what did so most often, of several as frequent \
             the first in the line's bill, then `capacity`, then `orders`",
        ),
        Column::new(
            "stock_months",
            Kind::Number,
            "months",
            "Stock of the class in months of forecast use, at the tick's end (the outcome `stock-cover`); blank where the line \
             needs none",
        ),
        Column::new(
            "inflow",
            Kind::Number,
            FLOW,
            "Units that the source delivered into stock in the tick, a month; spares aside, which go to the products in service, \
             and stock of the vendor's other lines",
        ),
        Column::new(
            "feared_supply",
            Kind::Number,
            FLOW,
            "Supply that the vendor expects to lose. Always blank: the model does not have it yet",
        ),
        Column::new(
            "source",
            Kind::Text,
            "",
            "Id of the offer. Those are listed that were qualified at any time of the simulation in any trial of the trace, or on \
             the way to be; blank, with the columns of the source, for a class that has none",
        ),
        Column::new(
            "permitted",
            Kind::Number,
            "share",
            "Share of the tick's days on which the law lets the source ship parts for new products to the vendor: not forbidden, \
             waived, or under a specific license that is held. Not counted: what a savings clause lets out of older orders, and \
             what is shipped against the law",
        ),
        Column::new(
            "belief",
            Kind::Number,
            "share",
            "What the vendor believes of the source's future. Always blank: the model does not have it yet",
        ),
        Column::new(
            "capacity",
            Kind::Number,
            FLOW,
            "What the source could give the vendor, whatever the law says: the part of its capacity that others do not take, less \
             while it ramps up after its qualification; 0 before, blank without a source",
        ),
    ],
    varying: None,
    last: &[],
};

/// The table of a trace.
pub fn table(trace: &Trace) -> Table<'_> {
    SORT.table(Vec::new(), trace)
}

/// A part a tick.
impl Rows for &Trace {
    fn count(&self) -> u64 {
        let of_item = |item: &Item| item.sources.len().max(1) as u64;
        let a_tick: u64 = self.lines.iter().flat_map(|line| &line.items).map(of_item).sum();
        a_tick * self.dates.len() as u64
    }

    fn parts(&self) -> usize {
        self.dates.len()
    }

    fn part(&self, tick: usize, take: &mut Take<'_>) -> Result<(), ReportError> {
        let trial = self.trial();
        for line in &self.lines {
            for item in &line.items {
                let mut row = |source: Option<&Supply>| take(&row(self, &trial, (line, item, source), tick));
                item.sources.iter().try_for_each(|source| row(Some(source)))?;
                if item.sources.is_empty() {
                    row(None)?;
                }
            }
        }
        Ok(())
    }
}

/// A row, in the order of the columns.
fn row<'r>(
    trace: &'r Trace,
    trial: &'r str,
    (line, item, source): (&'r Line, &'r Item, Option<&'r Supply>),
    tick: usize,
) -> [Cell<'r>; 13] {
    let of_source = |number: fn(&Supply) -> &[f64]| source.map_or(Cell::Blank, |s| Cell::Number(number(s)[tick]));
    [
        Cell::Text(&trace.scenario),
        Cell::Text(trial),
        Cell::Date(trace.dates[tick]),
        Cell::Text(&item.class),
        Cell::Text(&line.id),
        Cell::Text(line.bound_by(tick)),
        Cell::Number(item.stock_months[tick]),
        of_source(|s| &s.inflow),
        // What the vendor fears and believes is not in the model.
        Cell::Blank,
        source.map_or(Cell::Blank, |s| Cell::Text(&s.offer)),
        of_source(|s| &s.permitted),
        Cell::Blank,
        of_source(|s| &s.capacity),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::formats::csv;
    use crate::report::trace::fixture::trace;

    #[test]
    fn a_row_is_a_tick_a_class_and_a_source() {
        let trace = trace();
        let table = table(&trace);
        let mut bytes = Vec::new();
        csv::write(&table, &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let rows: Vec<&str> = text.lines().collect();
        assert_eq!(
            rows[0],
            "scenario,trial,date,class,line,binding,stock_months,inflow,feared_supply,source,permitted,belief,capacity"
        );
        assert_eq!(rows.len() as u64, 1 + table.rows.count());
        // January: the FPGA by two sources, the EDA by none.
        assert_eq!(
            rows[1..4],
            [
                "listing,median,2020-01-01,fpga,huawei:base-stations,orders,6,900,,large,1,,1000",
                "listing,median,2020-01-01,fpga,huawei:base-stations,orders,6,0,,second,1,,0",
                "listing,median,2020-01-01,eda,huawei:base-stations,orders,,,,,,,",
            ]
        );
        // The last month: the FPGA has run out, and the second source has taken over a part.
        assert_eq!(
            rows[rows.len() - 3],
            "listing,median,2020-06-01,fpga,huawei:base-stations,fpga,0.1,0,,large,0,,1000"
        );
        assert_eq!(
            rows[rows.len() - 2],
            "listing,median,2020-06-01,fpga,huawei:base-stations,fpga,0.1,250,,second,1,,500"
        );
    }
}
