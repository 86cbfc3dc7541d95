//! `chokepoint trace` through the program itself: its columns, that its trials are those of a run, what a median is, what is
//! written and reproduced, and what it refuses.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::common::{Folder, files, run};
use chokepoint::study::{self, Silent, TraceSpec};

const HEADER: &str =
    "scenario,trial,date,class,line,binding,stock_months,inflow,feared_supply,source,permitted,belief,capacity";
const LINE: &str = "huawei:base-stations";

/// The rows of a table that was printed or written, each by column.
fn rows(csv: &str) -> Vec<BTreeMap<String, String>> {
    assert_eq!(csv.lines().next(), Some(HEADER));
    let mut table = csv::Reader::from_reader(csv.as_bytes());
    table.deserialize().map(|row| row.unwrap()).collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap_or(f64::NAN)
}

/// What a trace prints as CSV.
#[track_caller]
fn traced(folder: &Folder, words: &str) -> Vec<BTreeMap<String, String>> {
    let said = run(&mut folder.chokepoint(&format!("trace {words} --seed 7 --format csv --quiet")));
    assert_eq!(said.code, 0, "{}", said.err);
    rows(&said.out)
}

/// The values of an outcome of an entity over time, as `series.csv` has them.
fn series(result: &Path, outcome: &str, entity: &str, statistic: &str) -> Vec<f64> {
    let mut table = csv::Reader::from_path(result.join("series.csv")).unwrap();
    let rows = table.deserialize().map(|row| row.unwrap());
    let of_it = |row: &BTreeMap<String, String>| {
        row["scenario"] == "tiny-listing"
            && row["outcome"] == outcome
            && row["entity"] == entity
            && row["statistic"] == statistic
    };
    rows.filter(of_it).map(|row| number(&row, "value")).collect()
}

#[test]
fn a_row_is_a_month_a_class_and_a_source() {
    let folder = Folder::new();
    let rows = traced(&folder, "tiny-listing.toml --trial 3");
    // Two sources of the FPGA, of which one is on its way to be qualified; none of memory, which still has its row.
    assert_eq!(rows.len(), 24 * 3);
    let first: Vec<_> = rows[..3].iter().map(|row| (row["class"].as_str(), row["source"].as_str())).collect();
    assert_eq!(first, [("fpga", "xilinx-large-fpga"), ("fpga", "foundry-asic"), ("memory", "")]);
    for (at, row) in rows.iter().enumerate() {
        let same =
            [("scenario", "tiny-listing"), ("trial", "3"), ("line", LINE), ("feared_supply", ""), ("belief", "")];
        assert!(same.iter().all(|(column, value)| row[*column] == *value), "{row:?}");
        assert!(["fpga", "capacity", "orders"].contains(&row["binding"].as_str()), "{row:?}");
        assert_eq!(row["binding"], rows[at - at % 3]["binding"], "the same in all rows of a line and month");
        let of_source = ["inflow", "permitted", "capacity"];
        assert!(of_source.iter().all(|column| row[*column].is_empty() == row["source"].is_empty()), "{row:?}");
    }
    // The law: free to the eve of the listing on 16 May, then for 15 of 31 days, then forbidden.
    let law = |from: usize| rows[from..].iter().step_by(3).map(|row| number(row, "permitted")).collect::<Vec<_>>();
    let (large, asic) = (law(0), law(1));
    assert_eq!(large[..4], [1.0; 4]);
    assert!((large[4] - 15.0 / 31.0).abs() < 1e-9 && large[5..].contains(&0.0), "{large:?}");
    assert_eq!(asic[..16], [1.0; 16], "an own design of another country, to the direct-product test");
    assert!((asic[16] - 14.0 / 31.0).abs() < 1e-9, "{asic:?}");
    // A source that is not qualified can give nothing; and then it can.
    let capacity: Vec<f64> = rows[1..].iter().step_by(3).map(|row| number(row, "capacity")).collect();
    assert!(capacity[0] == 0.0, "{capacity:?}");
}

#[test]
fn its_trials_are_those_of_a_run() {
    const TRIALS: usize = 4;
    let folder = Folder::new();
    for (trials, out) in [(4, "out"), (3, "three")] {
        let words = format!("run tiny-listing.toml --trials {trials} --seed 7 --no-figures --quiet --out {out}");
        let said = run(&mut folder.chokepoint(&words));
        assert_eq!(said.code, 0, "{}", said.err);
    }
    let each: Vec<_> =
        (0..TRIALS).map(|trial| traced(&folder, &format!("tiny-listing.toml --trial {trial} --trials 4"))).collect();
    let out = folder.path("out");
    for class in ["fpga", "memory"] {
        let of_class = |trial: usize| {
            // One row a month: the stock is the same in all of a class.
            let mut months: Vec<_> = each[trial].iter().filter(|row| row["class"] == class).collect();
            months.dedup_by_key(|row| row["date"].clone());
            months
        };
        let stock = series(&out, "stock-cover", &format!("{LINE}:{class}"), "mean");
        assert_eq!(stock.len(), 24);
        for (month, mean) in stock.iter().enumerate() {
            let own = (0..TRIALS).map(|trial| number(of_class(trial)[month], "stock_months")).sum::<f64>();
            assert!((own / TRIALS as f64 - mean).abs() <= 1e-8 * mean.max(1.0), "{class} in month {month}");
        }
        let bound = series(&out, "binding", &format!("{LINE}:{class}"), "share-of-trials");
        for (month, share) in bound.iter().enumerate() {
            let own = (0..TRIALS).filter(|trial| of_class(*trial)[month]["binding"] == class).count();
            assert_eq!(own as f64 / TRIALS as f64, *share, "{class} in month {month}");
        }
    }
    // And trial 3 is the one that a run of four has and a run of three has not.
    let three = series(&folder.path("three"), "stock-cover", &format!("{LINE}:fpga"), "mean");
    let four = series(&folder.path("out"), "stock-cover", &format!("{LINE}:fpga"), "mean");
    let own: Vec<f64> = each[3].iter().step_by(3).map(|row| number(row, "stock_months")).collect();
    for (month, ((three, four), own)) in three.iter().zip(&four).zip(&own).enumerate() {
        assert!((4.0 * four - 3.0 * three - own).abs() <= 1e-7 * own.max(1.0), "month {month}");
    }
}

#[test]
fn a_median_is_that_of_each_number_by_itself() {
    let folder = Folder::new();
    let [zero, one] = [0, 1].map(|trial| traced(&folder, &format!("tiny-listing.toml --trial {trial}")));
    // Without a word it is what --median says.
    let both = traced(&folder, "tiny-listing.toml --median --trials 2");
    assert_eq!(both, traced(&folder, "tiny-listing.toml --trials 2 --threads 1"));
    let place = |id: &str| ["fpga", "memory", "capacity", "orders"].iter().position(|known| *known == id);
    let mut differ = 0;
    assert_eq!((zero.len(), one.len()), (both.len(), both.len()));
    for ((zero, one), both) in zero.iter().zip(&one).zip(&both) {
        assert_eq!(both["trial"], "median");
        for column in ["stock_months", "inflow", "permitted", "capacity"] {
            let mean = (number(zero, column) + number(one, column)) / 2.0;
            let median = number(both, column);
            let same = (mean - median).abs() <= 1e-8 * mean.max(1.0) || mean.is_nan() && median.is_nan();
            assert!(same, "{column}: {zero:?} {one:?} {both:?}");
        }
        differ += usize::from(zero["binding"] != one["binding"]);
        // Of two that are as frequent the first in the bill.
        assert_eq!(place(&both["binding"]), place(&zero["binding"]).min(place(&one["binding"])));
    }
    assert!(differ > 0, "the two trials differ somewhere in what binds");
}

#[test]
fn rows_are_chosen_and_the_simulation_is_the_same() {
    let folder = Folder::new();
    let all = traced(&folder, "tiny-listing.toml --trial 1");
    let few = traced(&folder, "tiny-listing.toml --trial 1 --class fpga --from 2019-03-15 --to 2019-05-01");
    let months = ["2019-03-01", "2019-04-01", "2019-05-01"];
    let wanted: Vec<_> =
        all.iter().filter(|row| months.contains(&row["date"].as_str()) && row["class"] == "fpga").collect();
    assert_eq!(few.iter().collect::<Vec<_>>(), wanted);
    assert_eq!(few.len(), 6);
    // A day is enough, and so is one end. A horizon moves the end, and with it what is foreseen, but no day before it is lost.
    assert_eq!(traced(&folder, "tiny-listing.toml --trial 1 --from 2020-12-31").len(), 3);
    assert_eq!(traced(&folder, "tiny-listing.toml --trial 1 --horizon 2019-06").len(), 6 * 3);
    let weeks = traced(&folder, "tiny-listing.toml --trial 1 --set time.tick=\"week\" --to 2019-01-20");
    let dates: Vec<&str> = weeks.iter().step_by(3).map(|row| row["date"].as_str()).collect();
    assert_eq!(dates, ["2019-01-01", "2019-01-08", "2019-01-15"]);
    assert_ne!(all, traced(&folder, "tiny-listing.toml --trial 1 --set provisions.listing.from=2019-08-01"));
}

#[test]
fn it_is_printed_or_written() {
    let folder = Folder::new();
    let said = run(&mut folder.chokepoint("trace tiny-listing.toml --trials 3"));
    assert_eq!(said.code, 0, "{}", said.err);
    let words = [
        "The tiny world with a listing (tiny-listing): medians over 3 trials",
        "2019-02  capacity    fpga ",
        "fpga (FPGA): ",
        "always; from 2019-05 on 48% of days; from 2019-06 never",
    ];
    words.iter().for_each(|words| assert!(said.out.contains(words), "{words}: {}", said.out));
    assert!(!folder.path("output").exists(), "nothing is written that nobody asked for");
    let said = run(&mut folder.chokepoint("trace tiny-listing.toml --trial 2 --format json --quiet"));
    let json: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((&json["about"]["trace"], &json["about"]["trial"]), (&"tiny-listing".into(), &"2".into()));
    assert_eq!(json["tables"]["trace"]["rows"].as_array().unwrap().len(), 24 * 3);

    let ask = "trace tiny-listing.toml --trial 2 --class fpga --from 2019-04-01 --set behaviour.over_compliance=0.1";
    let said = run(&mut folder.chokepoint(&format!("{ask} --out out")));
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("The result is in out") && said.out.contains(LINE), "{}", said.out);
    let names: Vec<String> = files(&folder.path("out")).iter().map(|(path, _)| path.display().to_string()).collect();
    let figures = ["figures/trace.pdf", "figures/trace.png", "figures/trace.svg"];
    assert_eq!(names, [&["datapackage.json"], &figures[..], &["manifest.json", "summary.md", "trace.csv"]].concat());
    let written = fs::read_to_string(folder.path("out/trace.csv")).unwrap();
    assert_eq!(written, run(&mut folder.chokepoint(&format!("{ask} --format csv"))).out);
    // Another folder stands in nobody's way, and its own not without --force.
    assert_eq!(run(&mut folder.chokepoint(&format!("{ask} --out out"))).code, 2);
    assert_eq!(run(&mut folder.chokepoint(&format!("{ask} --out out --force --quiet"))).code, 0);
}

#[test]
fn a_result_is_run_again_from_its_manifest() {
    let folder = Folder::new();
    for (ask, out) in [
        ("--trial 2 --class fpga --from 2019-04-01 --to 2020-02-29", "one"),
        ("--trials 5 --horizon 2019-09", "median"),
    ] {
        let said = run(&mut folder.chokepoint(&format!("trace tiny-listing.toml {ask} --out {out} --quiet")));
        assert_eq!(said.code, 0, "{}", said.err);
        let said = run(&mut folder.chokepoint(&format!("reproduce {out} --threads 1")));
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
        assert!(said.out.contains("reproduced, 6 files identical to the byte"), "{}", said.out);
        let said = run(&mut folder.chokepoint(&format!("cite {out}")));
        assert!(said.code == 0 && said.out.contains("trace “trace-tiny-listing”"), "{}", said.out);
    }
    let manifest = fs::read_to_string(folder.path("one/manifest.json")).unwrap();
    for (from, to, why) in [
        ("\"trace\": {", "\"trase\": {", "what was asked of the trace"),
        ("\"from\": \"2019-04-01\"", "\"from\": \"2019-04-31\"", "a day of its trace is none"),
    ] {
        fs::write(folder.path("one/manifest.json"), manifest.replacen(from, to, 1)).unwrap();
        let said = run(&mut folder.chokepoint("reproduce one"));
        assert!(said.code == 2 && said.err.contains(why), "{}", said.err);
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    let folder = Folder::new();
    for (words, told) in [
        ("", "SCENARIO"),
        ("tiny-listin.toml", "did you mean"),
        ("amended-rule", "did you mean `amended-rules`?"),
        ("tiny-comparison.toml", "not a scenario"),
        ("tiny-sources.toml", "not a scenario"),
        ("tiny.toml --class fpgaa", "the class `fpgaa` is not known"),
        ("tiny.toml --class fpgaa", "did you mean `fpga`?"),
        ("tiny.toml --class nothing", "fpga, memory; `chokepoint list tiny.toml --classes` lists them"),
        ("amended-rules --class none --horizon 2019-02", "the class `none` is not known"),
        ("tiny.toml --trial 3 --median", "--median"),
        ("tiny.toml --trial 3 --trials 3", "there is no trial 3 among 3"),
        ("tiny.toml --trial 1000000000", "from 0 to 999999999"),
        ("tiny.toml --trial -1", "from 0 to 999999999"),
        ("tiny.toml --trials 2001", "from 1 to 2000"),
        ("tiny.toml --trials 0", "from 1 to"),
        ("tiny.toml --from 2020-02-01 --to 2020-01-31", "swap --from and --to"),
        ("tiny.toml --from 2018-12-31", "2018-12-31 (--from) is not a day of the simulation, 2019-01-01 to 2020-12-31"),
        ("tiny.toml --to 2021-01-01", "2021-01-01 (--to) is not a day of the simulation"),
        ("tiny.toml --to 2019-12-31 --horizon 2019-11", "2019-01-01 to 2019-11-30"),
        ("tiny.toml --from 2020-1-1", "YYYY-MM-DD"),
        ("tiny.toml --format cvs", "did you mean `csv`?"),
        ("tiny.toml --force", "--out <DIR>"),
        ("tiny.toml --no-figures", "--out <DIR>"),
        ("tiny.toml --format csv --out out", "leave --format out"),
        ("tiny.toml --set behaviour.over_complianc=0.1", "did you mean `over_compliance`?"),
    ] {
        let said = run(&mut folder.chokepoint(&format!("trace {words}")));
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{words}: {}", said.err);
        assert!(said.err.contains(told), "{words}: {}", said.err);
        assert!(!folder.path("output").exists() && !folder.path("out").exists());
    }
}

/// A class that no line of the targeted vendor needs is one of the world all the same.
#[test]
fn a_class_that_no_line_needs_is_told_apart_from_one_that_is_not_there() {
    let folder = Folder::new();
    let text = fs::read_to_string(folder.path("tiny.toml")).unwrap();
    let memory = text.split("[classes.memory]").nth(1).unwrap().split("\n\n").next().unwrap();
    let bill = text.split("[boms.macro.memory]").nth(1).unwrap().split("\n\n").next().unwrap();
    let more = format!(
        "[classes.screen]{memory}\n\n[boms.rival.memory]{bill}\n\n[boms.rival.screen]{bill}\n\n[boms.macro.fpga]\n"
    );
    let (before, rival) = text.split_once("[vendors.ericsson]").unwrap();
    let text = format!("{before}[vendors.ericsson]{}", rival.replacen("bom = \"macro\"", "bom = \"rival\"", 1));
    fs::write(folder.path("tiny.toml"), text.replacen("[boms.macro.fpga]\n", &more, 1)).unwrap();
    let said = run(&mut folder.chokepoint("trace tiny-listing.toml --class screen"));
    assert_eq!(said.code, 2, "{}", said.err);
    let told = ["no line of `huawei` needs the class `screen`", "name one that they need: fpga, memory"];
    told.iter().for_each(|told| assert!(said.err.contains(told), "{}", said.err));
}

#[test]
fn a_program_gets_what_the_file_holds() {
    let folder = Folder::new();
    let mut spec = TraceSpec::of(folder.path("tiny-listing.toml").to_str().unwrap());
    (spec.trial, spec.seed) = (Some(3), 7);
    let trace = study::trace(&spec, &Silent::default()).unwrap();
    let columns = study::Columns::of_trace(&trace).unwrap();
    assert_eq!(columns.iter().map(|(name, _)| name).collect::<Vec<_>>().join(","), HEADER);
    let printed = traced(&folder, "tiny-listing.toml --trial 3");
    let stock: Vec<f64> = printed.iter().map(|row| number(row, "stock_months")).collect();
    let own = columns.numbers("stock_months").unwrap();
    assert!(own.len() == stock.len() && own.iter().zip(&stock).all(|(a, b)| (a - b).abs() <= 1e-8 * a.max(1.0)));
}
