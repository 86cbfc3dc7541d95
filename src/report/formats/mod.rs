//! The formats in which tables are written: one small file each, which takes any table. Which tables there are is settled
//! here; what is in them, in [`super::tables`].

pub mod csv;
pub mod datapackage;
pub mod excel;
pub mod json;
pub mod latex;
pub mod markdown;
pub mod parquet;
mod xlsx;

use std::io::Write;
use std::path::Path;

use rayon::prelude::*;

use super::number::{self, thousands};
use super::provenance::Provenance;
use super::shown;
use super::table::Table;
use super::tables::series::{self, Paths};
use super::tables::summary::{self, SummaryRows};
use super::tables::{iamc, pairing, points, trials};
use super::{Page, ReportError};
use crate::analysis::precision::PrecisionWarning;
use crate::analysis::results::Comparison;
use crate::disk::{self, Failure};
use crate::experiment::schema::EXACT;
use crate::experiment::sketch::SHOWN_ERROR;
use crate::experiment::{Ensemble, Plan};
use crate::model::record::Outcome;

/// A result, as its tables need it.
pub struct ResultView<'r> {
    /// What was run.
    pub plan: &'r Plan,
    /// What the trials found.
    pub ensemble: &'r Ensemble,
    /// What that comes to.
    pub comparison: &'r Comparison,
    /// Where it comes from.
    pub provenance: &'r Provenance,
    /// What the trials are too few for.
    pub precision_warnings: &'r [PrecisionWarning],
    /// What was to be known before the run: what can have no effect, a period that leaves the data.
    pub warnings: &'r [String],
}

type Done = Result<(), ReportError>;

/// Writes one file.
type Job<'j> = Box<dyn Fn(&mut (dyn Write + Send)) -> Done + Sync + 'j>;

/// Every file of tables, made in a folder on the disk of the result.
///
/// # Errors
/// A table that could not be made or written.
pub fn files(result: &ResultView<'_>, making: &Path) -> Result<Vec<Page>, ReportError> {
    let ResultView { plan, ensemble, comparison, provenance, .. } = *result;
    let rows = SummaryRows::of(plan, ensemble, comparison)?;
    let paths = Paths::of(plan, ensemble, comparison)?;
    let shown = shown::for_papers(plan, ensemble, comparison)?;
    let (remarks, outcomes) = (remarks(ensemble), outcomes(ensemble));
    let mut tables = vec![rows.table(), paths.table(), pairing::table(plan, ensemble)];
    if !plan.design.is_plain() && ensemble.trials() <= EXACT {
        tables.push(points::points(plan, ensemble.trials()));
    }
    if !ensemble.schema.sketched {
        if plan.design.kind().shares_chance() {
            tables.push(points::by_point(plan, ensemble));
        }
        tables.push(trials::table(plan, ensemble));
    }
    let sheets: Vec<&Table<'_>> = tables.iter().collect();
    let iamc = iamc::table(plan, &paths);
    let all: Vec<&Table<'_>> = tables.iter().chain([&iamc]).collect();
    let notes = excel::Notes { provenance, remarks: &remarks, outcomes: &outcomes };

    // What takes longest stands first.
    let mut jobs: Vec<(String, Job<'_>)> = Vec::new();
    let (sheets, notes, of_all) = (&sheets, &notes, &all);
    jobs.push(("tables.xlsx".to_owned(), bytes(move || excel::workbook(sheets, notes))));
    for table in all.iter().rev().copied() {
        jobs.push((format!("{}.csv", table.sort.name), Box::new(move |out| csv::write(table, out))));
    }
    for table in &tables[..2] {
        let name = format!("{}.parquet", table.sort.name);
        jobs.push((name, Box::new(move |out| parquet::write(table, provenance, out))));
    }
    let (in_json, remarks, shown) = ([&tables[0], &tables[2]], &remarks, &shown);
    jobs.push(("summary.json".to_owned(), Box::new(move |out| json::write(&in_json, provenance, remarks, out))));
    jobs.push(("tables.md".to_owned(), bytes(move || Ok(markdown::page(shown, provenance, remarks)))));
    jobs.push(("tables.tex".to_owned(), bytes(move || Ok(latex::page(shown, provenance, remarks)))));
    jobs.push(("datapackage.json".to_owned(), bytes(move || Ok(datapackage::package(of_all, provenance, remarks)))));
    jobs.par_iter().map(|(name, job)| file(making, name, job)).collect()
}

/// Small tables as CSV alone, with what that can't say.
///
/// # Errors
/// None in practice: they are written to memory.
pub fn plain(tables: &[Table<'_>], provenance: &Provenance) -> Result<Vec<Page>, ReportError> {
    let page = |table: &Table<'_>| {
        let mut bytes = Vec::new();
        csv::write(table, &mut bytes)?;
        Ok(Page::new(format!("{}.csv", table.sort.name), bytes))
    };
    let mut pages: Vec<Page> = tables.iter().map(page).collect::<Result<_, ReportError>>()?;
    let all: Vec<&Table<'_>> = tables.iter().collect();
    pages.push(Page::new("datapackage.json", datapackage::package(&all, provenance, &[])));
    Ok(pages)
}

/// A job whose file fits into memory.
fn bytes<'j>(make: impl Fn() -> Result<Vec<u8>, ReportError> + Sync + 'j) -> Job<'j> {
    Box::new(move |out| {
        let bytes = make()?;
        out.write_all(&bytes).map_err(|error| ReportError::Table(error.into()))
    })
}

fn file(making: &Path, name: &str, job: &Job<'_>) -> Result<Page, ReportError> {
    let path = making.join(name);
    let failed = |why| ReportError::File { path: path.clone(), why };
    disk::make(&path, job).map_err(|failure| match failure {
        Failure::Io(why) => failed(why),
        Failure::Content(error) => error,
    })?;
    Page::moved(name, path.clone()).map_err(failed)
}

/// What a reader must mind of quantities that are not what they usually are.
fn remarks(ensemble: &Ensemble) -> Vec<String> {
    if !ensemble.schema.sketched {
        return Vec::new();
    }
    vec![format!(
        "With more than {} trials, quantiles are read from counts in fixed bins, and are right to {}% of their value; there is no \
         trials.csv, and trials.parquet holds every trial.",
        thousands(f64::from(EXACT)),
        number::plain(100.0 * SHOWN_ERROR)
    )]
}

/// The outcomes that a result has, each once, with the table that tells of it.
fn outcomes(ensemble: &Ensemble) -> Vec<(&'static str, Outcome)> {
    let mut outcomes: Vec<(&'static str, Outcome)> = Vec::new();
    let mut put = |table, outcome: &Outcome| {
        if !outcomes.contains(&(table, *outcome)) {
            outcomes.push((table, *outcome));
        }
    };
    summary::RATIOS.iter().for_each(|outcome| put("summary", outcome));
    ensemble.schema.totals.columns.iter().for_each(|(outcome, _)| put("summary, trials", outcome));
    ensemble.schema.series.columns.iter().for_each(|(outcome, _)| put("series", outcome));
    put("series", &series::BINDING);
    outcomes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::tests::fails_wherever_it_fills;
    use crate::report::provenance::tests::provenance;
    use crate::report::shown::tests::nasty;
    use crate::report::table::tests::hard;

    #[test]
    fn no_format_hides_a_full_disk() {
        let (table, provenance, remarks, shown) = (hard(), provenance(), ["mind".to_owned()], [nasty()]);
        let tables = [&table];
        let notes = excel::Notes { provenance: &provenance, remarks: &remarks, outcomes: &[] };
        let jobs: Vec<(&str, Job<'_>)> = vec![
            ("csv", Box::new(|out| csv::write(&table, out))),
            ("parquet", Box::new(|out| parquet::write(&table, &provenance, out))),
            ("json", Box::new(|out| json::write(&tables, &provenance, &remarks, out))),
            ("xlsx", bytes(|| excel::workbook(&tables, &notes))),
            ("md", bytes(|| Ok(markdown::page(&shown, &provenance, &remarks)))),
            ("tex", bytes(|| Ok(latex::page(&shown, &provenance, &remarks)))),
            ("datapackage", bytes(|| Ok(datapackage::package(&tables, &provenance, &remarks)))),
        ];
        for (name, job) in &jobs {
            assert!(fails_wherever_it_fills(job).len() > 60, "{name}");
        }
    }
}
