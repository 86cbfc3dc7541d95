//! `iamc`: outcomes over time in the long format of the scenario community (the Integrated Assessment Modeling Consortium),
//! which `pyam` and the databases built on it read. The same paths as `series`, under names in that manner.

use super::series::{BINDING, Paths};
use crate::experiment::Plan;
use crate::model::world::World;
use crate::report::ReportError;
use crate::report::table::{Cell, Column, Kind, Rows, Sort, Table, Take};
use crate::units::Country;

/// The table.
pub static SORT: Sort = Sort {
    name: "iamc",
    title: "Outcomes over time in the long format of the scenario community (IAMC): a row a scenario, region, variable and tick \
            with a value",
    first: &[
        Column::new("model", Kind::Text, "", "`chokepoint` and its version"),
        Column::new("scenario", Kind::Text, "", "Id of the scenario"),
        Column::new(
            "region",
            Kind::Text,
            "",
            "`World`; of outcomes by country the scenario's name of it, or its ISO code where it has none",
        ),
        Column::new(
            "variable",
            Kind::Text,
            "",
            "`LINE|OUTCOME|FIRM|STATISTIC` of a firm's line (`Base Stations|Sustained Capacity|Huawei|Median`), with the class \
             before the statistic where it is of one; `OUTCOME|WHOM|STATISTIC` of others; `OUTCOME|STATISTIC` by country. Names \
             are the ids of `series.csv` in capitals (`Limited By` is `binding`); the statistics are `Mean`, `Median`, `5th Percentile` (25th, 75th, 95th), \
             and `Share of Trials`",
        ),
        Column::new("unit", Kind::Text, "", "Unit of `value`"),
        Column::new("time", Kind::Date, "", "First day of the tick"),
        Column::new("value", Kind::Number, "that in `unit`", "The number"),
    ],
    varying: None,
    last: &[],
};

/// The model's name in the table.
const MODEL: &str = concat!("chokepoint ", env!("CARGO_PKG_VERSION"));

/// What is not of a country.
const WORLD: &str = "World";

/// The table of some paths.
pub fn table<'a>(plan: &Plan, paths: &'a Paths<'a>) -> Table<'a> {
    let names = paths.paths.iter().map(|path| {
        let statistic = statistic(path.statistic)?;
        let (region, variable) = place(&plan.world, path.outcome, &path.entity);
        Some(Named { region, variable: format!("{variable}|{statistic}") })
    });
    SORT.table(Vec::new(), IamcRows { names: names.collect(), paths })
}

/// What a path is called here.
struct Named {
    region: String,
    variable: String,
}

struct IamcRows<'a> {
    paths: &'a Paths<'a>,
    /// By path; of one that is left out nothing.
    names: Vec<Option<Named>>,
}

/// Paths in a part of the table.
const PART: usize = 64;

impl Rows for IamcRows<'_> {
    fn count(&self) -> u64 {
        let named = self.paths.paths.iter().zip(&self.names).filter(|(_, name)| name.is_some());
        let values = |values: &[f64]| values.iter().take(self.paths.dates.len()).filter(|v| v.is_finite()).count();
        named.map(|(path, _)| values(&path.values) as u64).sum()
    }

    fn parts(&self) -> usize {
        self.names.len().div_ceil(PART)
    }

    fn part(&self, part: usize, take: &mut Take<'_>) -> Result<(), ReportError> {
        for (path, name) in self.paths.paths.iter().zip(&self.names).skip(part * PART).take(PART) {
            let Some(name) = name else { continue };
            for (date, value) in self.paths.dates.iter().zip(&path.values).filter(|(_, value)| value.is_finite()) {
                take(&[
                    Cell::Text(MODEL),
                    Cell::Text(self.paths.scenarios[path.scenario]),
                    Cell::Text(&name.region),
                    Cell::Text(&name.variable),
                    Cell::Text(path.unit),
                    Cell::Date(*date),
                    Cell::Number(*value),
                ])?;
            }
        }
        Ok(())
    }
}

/// The name of a statistic; none of an error, which the community's readers would take for an outcome.
fn statistic(id: &str) -> Option<&'static str> {
    Some(match id {
        "mean" => "Mean",
        "median" => "Median",
        "q05" => "5th Percentile",
        "q25" => "25th Percentile",
        "q75" => "75th Percentile",
        "q95" => "95th Percentile",
        "share-of-trials" => "Share of Trials",
        _ => return None,
    })
}

/// Region and variable, without the statistic. Other ids give other names: an id is of small letters, digits and hyphens.
fn place(world: &World, outcome: &str, entity: &str) -> (String, String) {
    let outcome = if outcome == BINDING.id { "Limited By".to_owned() } else { capitals(outcome) };
    if entity.parse::<Country>().is_ok() {
        return (country(world, entity), outcome);
    }
    let parts: Vec<String> = entity.split(':').map(capitals).collect();
    let variable = match parts.as_slice() {
        [firm, line, class @ ..] => {
            [line, &outcome, firm].into_iter().chain(class).cloned().collect::<Vec<_>>().join("|")
        }
        _ => format!("{outcome}|{}", capitals(entity)),
    };
    (WORLD.to_owned(), variable)
}

/// The name that the scenario gives a country, if no other has it.
fn country(world: &World, code: &str) -> String {
    let named = world.jurisdictions.iter().find(|place| place.country.code() == code);
    let alone = |name: &str| world.jurisdictions.iter().filter(|place| place.name == name).count() == 1;
    named.map(|place| place.name.as_str()).filter(|name| alone(name)).unwrap_or(code).to_owned()
}

/// An id with its hyphens as spaces and its words in capitals.
fn capitals(id: &str) -> String {
    let word = |word: &str| match word {
        "us" => "US".to_owned(),
        _ => {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        }
    };
    id.split('-').map(word).collect::<Vec<String>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::capitals;

    #[test]
    fn other_ids_have_other_names() {
        assert_eq!(capitals("base-stations"), "Base Stations");
        assert_eq!(capitals("us-content"), "US Content");
        let names: std::collections::BTreeSet<String> =
            ["a-b", "ab", "a--b", "a-b-"].into_iter().map(capitals).collect();
        assert_eq!(names.len(), 4);
    }
}
