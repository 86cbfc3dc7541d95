//! The files of a result through the program itself: which there are, that the formats tell the same numbers, that each says
//! where it comes from, and that nothing but scenarios, seed and trials can change a byte.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::LazyLock;

use crate::common::{Folder, files, run};
use chokepoint::report::FILES;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::Value;

const PAIR: &str = "compare tiny.toml tiny-listing.toml --seed 7 --horizon 18 --quiet";

/// A design over a lever, which has every table; on one thread.
const DESIGN: &str = "--design factorial --lever behaviour.over_compliance=0,1 --trials 8 --threads 1 --out result";

static RESULT: LazyLock<Folder> = LazyLock::new(|| {
    let folder = Folder::new();
    let said = run(&mut folder.chokepoint(&format!("{PAIR} {DESIGN}")));
    assert_eq!((said.code, said.out.as_str()), (0, ""), "{}", said.err);
    folder
});

fn result() -> std::path::PathBuf {
    RESULT.path("result")
}

fn text(name: &str) -> String {
    fs::read_to_string(result().join(name)).unwrap()
}

fn json(name: &str) -> Value {
    serde_json::from_str(&text(name)).unwrap()
}

/// Header and rows.
fn csv(name: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(result().join(name)).unwrap();
    let words = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect::<Vec<_>>();
    let header = words(reader.headers().unwrap());
    (header, reader.records().map(|record| words(&record.unwrap())).collect())
}

/// A part of the workbook.
fn part(name: &str) -> String {
    let mut workbook = zip::ZipArchive::new(fs::File::open(result().join("tables.xlsx")).unwrap()).unwrap();
    let mut text = String::new();
    workbook.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn every_file_that_is_written_is_told_of_and_no_other() {
    let figures: BTreeSet<String> = ["capacity", "deployment", "shortfall", "binding", "cost"]
        .iter()
        .flat_map(|name| ["svg", "png", "pdf"].map(|format| format!("figures/{name}.{format}")))
        .collect();
    let told: BTreeSet<String> =
        FILES.iter().map(|(name, _)| (*name).to_owned()).filter(|name| !name.starts_with("figures/")).collect();
    let written: BTreeSet<String> =
        files(&result()).into_iter().map(|(path, _)| path.to_str().unwrap().to_owned()).collect();
    assert_eq!(written, &told | &figures);
    // The manifest lists all others, with the hash of each.
    let listed = json("manifest.json")["files"].as_array().unwrap().len();
    assert_eq!(listed, written.len() - 1);
}

#[test]
fn no_thread_and_no_run_changes_a_byte() {
    let again = Folder::new();
    let words = format!("{PAIR} {DESIGN}").replace("--threads 1", "--threads 2");
    assert_eq!(run(again.chokepoint(&words).env("SOURCE_DATE_EPOCH", "86400").env("TZ", "Asia/Tokyo")).code, 0);
    let (one, two) = (files(&result()), files(&again.path("result")));
    assert_eq!(one.len(), two.len());
    for ((name, one), (other, two)) in one.iter().zip(&two) {
        assert!(name == other && (one == two || name.ends_with("manifest.json")), "{}", name.display());
    }
}

#[test]
fn every_file_says_where_it_comes_from() {
    let hashes: Vec<String> = json("manifest.json")["scenarios"]
        .as_array()
        .unwrap()
        .iter()
        .map(|scenario| scenario["hash"].as_str().unwrap()[..12].to_owned())
        .collect();
    let says = |name: &str, text: &str| {
        assert!(text.contains(env!("CARGO_PKG_VERSION")), "{name}: version");
        hashes.iter().for_each(|hash| assert!(text.contains(hash), "{name}: {hash}"));
        assert!(text.contains('7') && text.contains('8'), "{name}: seed and trials");
    };
    for name in ["summary.md", "summary.json", "tables.md", "tables.tex", "datapackage.json", "figures/cost.svg"] {
        says(name, &text(name));
    }
    says("tables.xlsx", &part("docProps/core.xml"));
    for name in ["summary.parquet", "series.parquet", "trials.parquet", "figures/cost.png", "figures/cost.pdf"] {
        says(name, &String::from_utf8_lossy(&fs::read(result().join(name)).unwrap()));
    }
    // Each table of the paper says it where it is read.
    assert_eq!(text("tables.tex").matches("\\caption{").count(), text("tables.tex").matches(&hashes[0]).count() - 1);
}

#[test]
fn json_and_parquet_tell_the_numbers_of_csv() {
    let (header, rows) = csv("summary.csv");
    let document = json("summary.json");
    for name in ["summary", "pairing"] {
        let (header, rows) = csv(&format!("{name}.csv"));
        let told = document["tables"][name]["rows"].as_array().unwrap();
        assert_eq!(told.len(), rows.len());
        for (told, row) in told.iter().zip(&rows) {
            for (column, cell) in header.iter().zip(row) {
                let same = match &told[column] {
                    Value::Null => cell.is_empty(),
                    Value::Number(number) => number.to_string() == *cell,
                    Value::String(text) => text == cell,
                    _ => false,
                };
                assert!(same, "{name}, {column}: {} against {cell}", told[column]);
            }
        }
    }
    assert_eq!(document["about"]["seed"].as_u64(), Some(7));
    assert!(document["about"]["remarks"].as_array().unwrap().is_empty());

    let read = parquet("summary.parquet");
    assert_eq!((read.0, read.1.len()), (header, rows.len()));
    let mut numbers = 0;
    for (read, row) in read.1.iter().zip(&rows) {
        for (field, cell) in read.iter().zip(row) {
            match field {
                Field::Null => assert_eq!(cell, ""),
                Field::Str(text) => assert_eq!(text, cell),
                Field::Double(number) => {
                    numbers += 1;
                    assert!((number - cell.parse::<f64>().unwrap()).abs() <= 1e-9 * number.abs(), "{number} {cell}");
                }
                other => panic!("{other}"),
            }
        }
    }
    assert!(numbers > 100);
    let (_, series) = csv("series.csv");
    let read = parquet("series.parquet").1;
    assert_eq!(read.len(), series.len());
    assert!(
        read.iter()
            .zip(&series)
            .all(|(read, row)| matches!(read[1], Field::Date(_)) && read[1].to_string().contains(&row[1][..4]))
    );
}

fn parquet(name: &str) -> (Vec<String>, Vec<Vec<Field>>) {
    let reader = SerializedFileReader::new(fs::File::open(result().join(name)).unwrap()).unwrap();
    let fields = reader.metadata().file_metadata().schema().get_fields();
    let header = fields.iter().map(|field| field.name().to_owned()).collect();
    let rows = reader.get_row_iter(None).unwrap();
    (header, rows.map(|row| row.unwrap().get_column_iter().map(|(_, field)| field.clone()).collect()).collect())
}

#[test]
fn the_workbook_has_a_sheet_a_table_with_numbers_as_numbers() {
    let workbook = part("xl/workbook.xml");
    let document = roxmltree::Document::parse(&workbook).unwrap();
    let sheets: Vec<&str> = document
        .descendants()
        .filter(|node| node.has_tag_name(("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "sheet")))
        .filter_map(|node| node.attribute("name"))
        .collect();
    assert_eq!(sheets, ["Notes", "Summary", "Series", "Pairing", "Points", "By point", "Trials"]);
    assert!(part("docProps/core.xml").contains("2019-11-29T00:00:00Z"), "a date that is no clock's");

    let strings = part("xl/sharedStrings.xml");
    let document = roxmltree::Document::parse(&strings).unwrap();
    let strings: Vec<&str> = document
        .descendants()
        .filter(|node| node.tag_name().name() == "t")
        .map(|node| node.text().unwrap_or(""))
        .collect();
    let sheet = part("xl/worksheets/sheet2.xml");
    let document = roxmltree::Document::parse(&sheet).unwrap();
    let named = |name: &'static str| document.descendants().filter(move |node| node.tag_name().name() == name);
    assert_eq!(named("pane").next().unwrap().attribute("state"), Some("frozen"));
    let (header, rows) = csv("summary.csv");
    assert!(named("autoFilter").next().unwrap().attribute("ref").unwrap().ends_with(&(rows.len() + 1).to_string()));
    let cells: BTreeMap<&str, String> = named("c")
        .map(|cell| {
            let value =
                cell.descendants().find(|node| node.tag_name().name() == "v").and_then(|node| node.text()).unwrap();
            let text = match cell.attribute("t") {
                Some("s") => strings[value.parse::<usize>().unwrap()].to_owned(),
                _ => format!("#{}", value.parse::<f64>().unwrap()),
            };
            (cell.attribute("r").unwrap(), text)
        })
        .collect();
    let at = |row: usize, column: usize| {
        cells.get(format!("{}{}", ["A", "B", "C", "D", "E", "F", "G"][column], row + 1).as_str())
    };
    for (column, name) in header.iter().enumerate() {
        assert_eq!(at(0, column), Some(name));
        for (row, cells) in rows.iter().enumerate() {
            let wanted = match (&cells[column], column) {
                (cell, _) if cell.is_empty() => None,
                (cell, 5) => Some(format!("#{}", cell.parse::<f64>().unwrap())),
                (cell, _) => Some(cell.clone()),
            };
            assert_eq!(at(row + 1, column), wanted.as_ref(), "row {row}, {name}");
        }
    }
}

#[test]
fn the_community_format_has_its_header_and_no_key_twice() {
    let (header, rows) = csv("iamc.csv");
    assert_eq!(header.join(","), "model,scenario,region,variable,unit,time,value");
    let keys: BTreeSet<&[String]> = rows.iter().map(|row| &row[..6]).collect();
    assert_eq!(keys.len(), rows.len());
    assert!(rows.iter().all(|row| row[6].parse::<f64>().is_ok() && row.iter().all(|cell| !cell.is_empty())));
    // The number of `series.csv` under another name.
    let (_, series) = csv("series.csv");
    let of = |rows: &[Vec<String>], is: &dyn Fn(&[String]) -> bool, value: usize| -> Vec<String> {
        rows.iter().filter(|row| is(row)).map(|row| row[value].clone()).collect()
    };
    let medians =
        of(&series, &|row| row[0] == "tiny-listing" && row[2] == "sustained-capacity" && row[4] == "median", 5);
    let named = of(
        &rows,
        &|row| row[1] == "tiny-listing" && row[3].contains("|Sustained Capacity|") && row[3].ends_with("|Median"),
        6,
    );
    assert!(!medians.is_empty() && medians == named);
    let regions: BTreeSet<&str> = rows.iter().map(|row| row[2].as_str()).collect();
    assert!(regions.contains("World") && regions.len() > 1, "{regions:?}");
}

#[test]
fn the_data_package_describes_each_table_as_it_is() {
    let package = json("datapackage.json");
    let resources = package["resources"].as_array().unwrap();
    let on_disk = files(&result()).into_iter().filter(|(path, _)| path.extension().is_some_and(|e| e == "csv")).count();
    assert_eq!(resources.len(), on_disk);
    for resource in resources {
        let (header, rows) = csv(resource["path"].as_str().unwrap());
        let fields = resource["schema"]["fields"].as_array().unwrap();
        let names: Vec<&str> = fields.iter().map(|field| field["name"].as_str().unwrap()).collect();
        assert_eq!(names, header);
        assert!(fields.iter().all(|field| !field["description"].as_str().unwrap().is_empty()), "{names:?}");
        for row in &rows {
            for (field, cell) in fields.iter().zip(row).filter(|(_, cell)| !cell.is_empty()) {
                let sound = match field["type"].as_str().unwrap() {
                    "number" => cell.parse::<f64>().is_ok(),
                    "integer" => cell.parse::<u64>().is_ok(),
                    "date" => cell.parse::<jiff::civil::Date>().is_ok(),
                    kind => kind == "string",
                };
                assert!(sound, "{field}: {cell}");
            }
        }
    }
    assert_eq!(package["chokepoint"]["scenarios"].as_array().unwrap().len(), 2);
}

/// A title that is hard on every format.
#[test]
fn a_title_with_signs_is_told_as_it_is() {
    let folder = Folder::new();
    let path = folder.path("tiny-listing.toml");
    let hard = "=SUM(1) 50% & <b> _x_ | \\\\ $# “漢”";
    let scenario = fs::read_to_string(&path).unwrap();
    let title = scenario.lines().find(|line| line.starts_with("title")).unwrap().to_owned();
    fs::write(&path, scenario.replacen(&title, &format!("title = \"{hard}\""), 1)).unwrap();
    let words = "compare tiny.toml tiny-listing.toml --horizon 6 --trials 2 --out hard --quiet";
    let said = run(&mut folder.chokepoint(words));
    assert_eq!(said.code, 0, "{}", said.err);
    let read = |name: &str| fs::read_to_string(folder.path("hard").join(name)).unwrap();
    let package: Value = serde_json::from_str(&read("datapackage.json")).unwrap();
    assert_eq!(package["chokepoint"]["scenarios"][1]["title"], hard.replace("\\\\", "\\"));
    assert!(read("tables.md").contains(r"50% & &lt;b> \_x\_ \| \\ $#"), "{}", read("tables.md"));
    assert!(roxmltree::Document::parse(&read("figures/shortfall.svg")).is_ok());
    let mut workbook = zip::ZipArchive::new(fs::File::open(folder.path("hard/tables.xlsx")).unwrap()).unwrap();
    let mut notes = String::new();
    workbook.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut notes).unwrap();
    assert!(!notes.contains("<f>"), "no text became a formula");
}

#[test]
fn pdf_figures_are_of_one_page_without_a_date() {
    for (path, bytes) in files(&result().join("figures")).iter().filter(|(path, _)| is_pdf(path)) {
        let text = String::from_utf8_lossy(bytes);
        assert!(text.starts_with("%PDF-") && text.contains("/Count 1") && !text.contains("/CreationDate"), "{path:?}");
        assert!(text.contains("seed 7") && text.contains("/Title"), "{path:?}");
    }
}

fn is_pdf(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "pdf")
}
