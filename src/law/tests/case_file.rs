//! The file of cases and the three forms of answers: what is accepted, and that every fault is told with its line and
//! column.

use crate::law::answers::{Format, write_answers};
use crate::law::cases::{Case, CaseErrors, read_cases};
use crate::law::{Buyer, Code};
use crate::scenario::regime::Regime;
use crate::units::{Country, Level, Share, Use};

fn vendors() -> Vec<Buyer> {
    let vendor =
        |(id, country_of_concern): (&str, bool)| Buyer { id: id.to_owned(), home: Country::CN, country_of_concern };
    [("huawei", true), ("zte", true), ("ericsson", false)].map(vendor).to_vec()
}

fn read(text: impl AsRef<[u8]>) -> Result<Vec<Case>, CaseErrors> {
    read_cases(text.as_ref(), "cases.csv", &vendors())
}

/// The faults, one a line as they are shown.
#[track_caller]
fn faults(text: impl AsRef<[u8]>) -> Vec<String> {
    let errors = read(text).expect_err("the file has faults");
    assert_eq!(errors.found, errors.errors.len());
    errors.errors.iter().map(ToString::to_string).collect()
}

/// The one fault of a row under the four columns that must be there and a fifth.
#[track_caller]
fn fault_of(column: &str, cell: &str) -> String {
    let faults = faults(format!("id,date,buyer,made_in,{column}\nc1,2019-12-02,huawei,JP,{cell}\n"));
    assert_eq!(faults.len(), 1, "{faults:?}");
    faults.into_iter().next().unwrap()
}

#[test]
fn defaults_fill_what_is_blank_or_absent() {
    let short = read("id,date,buyer,made_in\nc1,2019-12-02,huawei,JP\n").unwrap();
    let long = "id,date,buyer,use,shipped_from,made_in,item,us_controlled,us_other,us_technology,us_plant,own_design,production_start,below_5g\n\
                c1,2019-12-02,huawei,,,JP,,,,,,,,\n";
    assert_eq!(read(long).unwrap(), short);
    let Case { id, facts, shipment } = &short[0];
    assert_eq!((id.as_str(), facts.shipped_from.code(), facts.item), ("c1", "JP", Level::Ear99));
    assert_eq!((facts.us_controlled, facts.us_other), (Share::ZERO, Share::ZERO));
    assert_eq!((facts.us_technology, facts.us_plant), (Level::None, Level::None));
    assert_eq!((facts.own_design, facts.below_5g), (false, false));
    assert_eq!((shipment.use_, shipment.production_start), (Use::NewEquipment, None));
    assert!(shipment.buyer.country_of_concern);
}

#[test]
fn every_column_is_read() {
    let text = "below_5g,id,made_in,buyer,date,use,shipped_from,item,us_controlled,us_other,us_technology,us_plant,own_design,production_start\n\
                true,c1,TW,ericsson,2020-09-01,standards,MY,ns,0.25,7.5e-1,at,ear99,true,2020-05-01\n";
    let Case { facts, shipment, .. } = &read(text).unwrap()[0];
    assert_eq!((facts.made_in.code(), facts.shipped_from.code(), facts.item), ("TW", "MY", Level::Ns));
    assert_eq!((facts.us_controlled.to_string(), facts.us_other.to_string()), ("0.25".into(), "0.75".into()));
    assert_eq!((facts.us_technology, facts.us_plant), (Level::At, Level::Ear99));
    assert_eq!((facts.own_design, facts.below_5g), (true, true));
    assert_eq!((shipment.date.to_string(), shipment.use_), ("2020-09-01".into(), Use::Standards));
    assert_eq!(shipment.production_start.map(|day| day.to_string()), Some("2020-05-01".into()));
    assert!(!shipment.buyer.country_of_concern);
}

#[test]
fn a_spreadsheet_s_habits_are_taken() {
    let plain = read("id,date,buyer,made_in\nc1,2019-12-02,huawei,JP\n").unwrap();
    let bom_crlf_spaces_blank_lines_quotes =
        "\u{feff}id , date,buyer,made_in\r\n\r\n  c1 , 2019-12-02 ,\"huawei\", JP\r\n   \r\n\r\n";
    assert_eq!(read(bom_crlf_spaces_blank_lines_quotes).unwrap(), plain);
    assert_eq!(read("id,date,buyer,made_in\nc1,2019-12-02,huawei,JP").unwrap(), plain, "no line feed at the end");
    assert_eq!(read("id,date,buyer,made_in\n").unwrap(), [], "no case is no fault");
}

#[test]
fn faults_of_the_header() {
    assert_eq!(
        faults("id,date,buyer\nc1,2019-12-02,huawei\n"),
        ["line 1, column `made_in`: the column is missing; it must be there"]
    );
    assert_eq!(
        faults("id,date,buyer,made_in,us_control\nc1,2019-12-02,huawei,JP,0.1\n"),
        ["line 1, column `us_control`: there is no such column (did you mean `us_controlled`?)"]
    );
    assert_eq!(
        faults("id,date,buyer,made_in,date\nc1,2019-12-02,huawei,JP,2019-12-02\n"),
        ["line 1, column `date`: the column appears twice in the header"]
    );
    let unlike = faults("id,date,buyer,made_in,why\nc1,2019-12-02,huawei,JP,x\n");
    assert!(
        unlike[0].starts_with("line 1, column `why`: there is no such column; the columns are id, date,"),
        "{unlike:?}"
    );
    let nameless = faults("id,date,buyer,made_in,\nc1,2019-12-02,huawei,JP,x\nc2,2019-12-02,huawei,JP,y\n");
    assert_eq!(
        nameless,
        ["line 2: column 5 has no name in the header, but `x` stands in it: name it or delete it"],
        "told once"
    );
    for empty in ["", "\u{feff}", "\n\n", "  \n"] {
        let faults = faults(empty);
        assert!(faults[0].starts_with("line 1: the file is empty"), "{faults:?}");
    }
}

#[test]
fn faults_of_values() {
    assert_eq!(
        fault_of("item", "none"),
        "line 2, column `item`: `none` is not a classification of an item: write ear99, at, ns"
    );
    assert_eq!(
        fault_of("us_technology", "ear9"),
        "line 2, column `us_technology`: `ear9` is not a control level: write none, ear99, at, ns (did you mean `ear99`?)"
    );
    assert_eq!(
        fault_of("use", "new-equipement"),
        "line 2, column `use`: `new-equipement` is not a use: write new-equipment, existing-network, handset-support, security-research, standards (did you mean `new-equipment`?)"
    );
    assert_eq!(fault_of("own_design", "maybe"), "line 2, column `own_design`: `maybe` is neither `true` nor `false`");
    let slipped = "line 2, column `below_5g`: `1` is neither `true` nor `false` (did you mean `true`?)";
    assert_eq!(fault_of("below_5g", "1"), slipped, "it may be a share of a column that slipped");
    for (percent, share) in [("25", "0.25"), ("1.5", "0.015"), ("25%", "0.25"), ("0.5 %", "0.005"), ("12,5%", "0.125")]
    {
        let fault = fault_of("us_controlled", &format!("\"{percent}\""));
        assert!(fault.ends_with(&format!(" percent write {share})")), "{fault}");
    }
    let comma = fault_of("us_controlled", "\"0,25\"");
    assert!(comma.ends_with("such as 0.25 (with a decimal point: 0.25)"), "{comma}");
    for bad in ["nan", "NaN", "inf", "1e308", "-0.1", "100.1", "-25%", "0,5x", "1/4"] {
        let fault = fault_of("us_controlled", &format!("\"{bad}\""));
        assert_eq!(
            fault,
            format!(
                "line 2, column `us_controlled`: `{bad}` is not a share: write a decimal between 0 and 1, such as 0.25"
            )
        );
    }
    for bad in ["2019-02-30", "2019-13-01", "2019-00-10"] {
        assert_eq!(
            fault_of("production_start", bad),
            format!("line 2, column `production_start`: `{bad}` is not a day of the calendar")
        );
    }
    for bad in ["02/12/2019", "20191202", "2019-12-2", "2019-12-02T10:00", "soon"] {
        let fault = fault_of("production_start", bad);
        assert!(
            fault.starts_with(&format!(
                "line 2, column `production_start`: `{bad}` is not a date: write it as YYYY-MM-DD"
            )),
            "{fault}"
        );
    }
    for bad in ["us", "USA", "T", "台湾"] {
        let fault = fault_of("shipped_from", bad);
        assert!(fault.starts_with(&format!("line 2, column `shipped_from`: `{bad}` is not a country")), "{fault}");
    }
    assert_eq!(
        faults("id,date,buyer,made_in\nc1,2019-12-02,huwaei,JP\n"),
        [
            "line 2, column `buyer`: the scenario has no vendor `huwaei` (did you mean `huawei`?); its vendors are huawei, zte, ericsson"
        ]
    );
}

#[test]
fn shares_add_up_to_one_at_most() {
    let header = "id,date,buyer,made_in,us_controlled,us_other\n";
    assert!(read(format!("{header}c1,2019-12-02,huawei,JP,0.9,0.1\n")).is_ok());
    let faults = faults(format!("{header}c1,2019-12-02,huawei,JP,0.9,0.1000000001\n"));
    assert_eq!(faults.len(), 1);
    assert!(
        faults[0].starts_with("line 2, column `us_other`: with us_controlled 0.9, 0.1000000001 adds up to more than 1")
    );
}

#[test]
fn what_must_be_filled_may_not_be_blank() {
    assert_eq!(
        faults("id,date,buyer,made_in\n, 2019-12-02,,JP\nc2,2019-12-02,huawei, \n"),
        [
            "line 2, column `id`: the cells id, buyer are blank; they must be filled",
            "line 3, column `made_in`: the cell is blank; it must be filled"
        ]
    );
}

#[test]
fn an_id_stands_once() {
    assert_eq!(
        faults("id,date,buyer,made_in\nc1,2019-12-02,huawei,JP\n\nc2,2019-12-02,huawei,JP\nc1,2019-12-03,huawei,JP\n"),
        ["line 5, column `id`: the id `c1` is already used on line 2: each case needs its own"]
    );
}

#[test]
fn all_faults_are_told_in_the_order_of_the_lines() {
    let text = "id,date,buyer,made_in,item\n\
                c1,2019-02-30,nobody,JP,none\n\
                c2,2019-12-02,huawei\n\
                c3,2019-12-02,huawei,JP,ns,extra\n\
                c4,2019-12-02,huawei,JP,nss\n";
    let places: Vec<String> = faults(text).iter().map(|f| f.split(": ").next().unwrap().to_owned()).collect();
    assert_eq!(
        places,
        [
            "line 2, column `date`",
            "line 2, column `buyer`",
            "line 2, column `item`",
            "line 3, column `made_in`",
            "line 4",
            "line 5, column `item`"
        ]
    );
    let many = "id,date,buyer,made_in\n".to_owned() + &"x,soon,huawei,JP\n".repeat(500);
    let errors = read(many).unwrap_err();
    assert_eq!((errors.found, errors.errors.len()), (999, 100));
    assert_eq!(errors.to_string(), "cases.csv: 999 errors in the cases, of which the first 100 follow");
}

#[test]
fn what_is_not_utf_8_is_told_with_its_line() {
    let header = b"id,date,buyer,made_in\n".to_vec();
    let row = [header.clone(), b"c1,2019-12-02,huawei,JP\nc\xe9,2019-12-02,huawei,JP\n".to_vec()].concat();
    let faults = faults(row);
    assert_eq!(faults.len(), 1);
    assert!(faults[0].starts_with("line 3, column `id`: the text is not UTF-8: save the file as CSV in UTF-8"));
    let rubbish: Vec<u8> = (0..=255).cycle().take(5000).collect();
    assert!(read(rubbish).is_err());
}

#[test]
fn a_diagnostic_shows_the_line() {
    let errors = read("id,date,buyer,made_in\r\nc1,2019-02-30,huawei,JP\r\n").unwrap_err();
    let shown = format!("{:?}", miette::Report::new(errors));
    for part in ["cases.csv: 1 error in the cases", "line 2, column `date`", "c1,2019-02-30,huawei,JP"] {
        assert!(shown.contains(part), "{part} in:\n{shown}");
    }
}

fn written(format: Format) -> String {
    let code = Code::new(&Regime::default()).unwrap();
    let cases = read("id,date,buyer,made_in\n\"a,b\",2019-12-02,huawei,US\nc2,2019-12-02,zte,JP\n").unwrap();
    let mut out = Vec::new();
    write_answers(format, &code, &cases, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn answers_as_csv() {
    assert_eq!(
        written(Format::Csv),
        "id,subject,license_required,authorization,outcome,provision,review\n\
         \"a,b\",us-origin,false,none,permitted,,\n\
         c2,none,false,none,permitted,,\n"
    );
}

#[test]
fn answers_as_json() {
    let json: serde_json::Value = serde_json::from_str(&written(Format::Json)).unwrap();
    let first = &json[0];
    assert_eq!(
        first.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["id", "subject", "license_required", "authorization", "outcome", "provision", "review", "trace"]
    );
    assert_eq!((&first["id"], &first["license_required"]), (&"a,b".into(), &false.into()));
    assert!(first["provision"].is_null() && first["review"].is_null());
    let step = &first["trace"][0];
    assert_eq!(
        step.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["question", "answer", "provision", "citation", "facts"]
    );
    assert_eq!((&step["answer"], &step["facts"]["made_in"]), (&"yes".into(), &"US".into()));
}

#[test]
fn a_full_disk_is_an_error() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let code = Code::new(&Regime::default()).unwrap();
    let cases = read("id,date,buyer,made_in\nc1,2019-12-02,huawei,US\n").unwrap();
    for &format in Format::ALL {
        let error = write_answers(format, &code, &cases, &mut Full).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::StorageFull, "{format}");
    }
}
