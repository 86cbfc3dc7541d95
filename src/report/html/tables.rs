//! The tables of the page: those of [`crate::report::shown`], which the summary and the files for papers have too, with the titles of
//! scenarios in place of their ids.

use maud::{Markup, html};

use super::Material;
use crate::experiment::rows::RowsError;
use crate::report::shown::{self, Shown};

/// The section.
pub(super) fn section(of: Material<'_>) -> Result<Markup, RowsError> {
    let (plan, ensemble, comparison) = (of.plan, of.ensemble, of.comparison);
    let tables = [
        shown::deployment(plan, ensemble, comparison)?,
        shown::differences(plan, ensemble, comparison),
        shown::sales(comparison),
    ];
    Ok(html! {
        @for shown in tables.iter().filter(|shown| !shown.rows.is_empty()) { (table(of, shown)) }
        p class="note" {
            "The same for Word, Excel and LaTeX: " code { "tables.md" } ", " code { "tables.xlsx" } ", " code { "tables.tex" }
            ". All outcomes of all scenarios, with their quantiles, stand in " code { "summary.csv" } " and, over time, in "
            code { "series.csv" } "."
        }
    })
}

/// A table, which can be scrolled where it is too wide. Neighbors that say the same in the first column share a cell.
fn table(of: Material<'_>, shown: &Shown) -> Markup {
    html! {
        div class="scroll" tabindex="0" role="region" aria-label=(shown.title) {
            table {
                caption { (shown.title) span class="note" { " " (shown.note) } }
                thead { tr { @for head in &shown.header { th scope="col" { (head) } } } }
                tbody {
                    @for group in shown.rows.chunk_by(|a, b| a.first() == b.first()) {
                        @for (i, row) in group.iter().enumerate() {
                            tr {
                                @if i == 0 { th scope="rowgroup" rowspan=(group.len()) { (title(of, &row[0])) } }
                                @for (column, cell) in row.iter().enumerate().skip(1) {
                                    td { @if shown.is_number(column) { (signed(cell)) } @else { (cell) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The title of the scenario that a cell names.
fn title(of: Material<'_>, cell: &str) -> String {
    let (id, remark) = cell.split_once(' ').unwrap_or((cell, ""));
    let named = of.comparison.scenarios.iter().find(|results| results.id == id);
    named.map_or_else(|| cell.to_owned(), |results| format!("{} {remark}", results.title).trim_end().to_owned())
}

/// Numbers with true minus signs.
fn signed(cell: &str) -> String {
    cell.replace('-', "−")
}
