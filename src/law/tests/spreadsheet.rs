//! Files of cases as spreadsheets save them, in several countries: read where they can mean one thing only, refused with the
//! sentence that helps where not. And values that can't be, whoever wrote them.

use crate::law::Buyer;
use crate::law::cases::{Case, CaseErrors, read_cases};
use crate::units::Country;

fn read(text: impl AsRef<[u8]>) -> Result<Vec<Case>, CaseErrors> {
    let huawei = Buyer { id: "huawei".to_owned(), home: Country::CN, country_of_concern: true };
    read_cases(text.as_ref(), "cases.csv", &[huawei])
}

#[track_caller]
fn faults(text: impl AsRef<[u8]>) -> Vec<String> {
    read(text).expect_err("the file has faults").errors.iter().map(ToString::to_string).collect()
}

const PLAIN: &str = "id,date,buyer,made_in,us_controlled,us_other,own_design,production_start\n\
                     a,2020-06-01,huawei,TW,0.125,0.5,true,2020-05-01\n\
                     b,2020-06-02,huawei,JP,,,false,\n";

#[track_caller]
fn same(text: impl AsRef<[u8]>) {
    match read(text) {
        Ok(cases) => assert_eq!(cases, read(PLAIN).unwrap()),
        Err(errors) => panic!("{:?}", miette::Report::new(errors)),
    }
}

#[test]
fn booleans_of_spreadsheets() {
    for (yes, no) in
        [("TRUE", "FALSE"), ("True", "False"), ("WAHR", "FALSCH"), ("VRAI", "FAUX"), ("VERDADERO", "FALSO")]
    {
        same(PLAIN.replace("true", yes).replace("false", no));
    }
}

#[test]
fn blank_rows_and_columns_that_a_spreadsheet_leaves() {
    same(PLAIN.to_owned() + ",,,,,,,\n,,,,,,,\n");
    same(PLAIN.replacen("a,2020", ",,,,,,,\n \u{a0},,,,,,,\na,2020", 1));
    same(PLAIN.replace('\n', ",,\n"));
    same(
        PLAIN
            .replacen("production_start\n", "production_start,,\n", 1)
            .replace("01\n", "01,,\n")
            .replace("false,\n", "false,,,\n"),
    );
    // A surplus cell with something in it is no habit but a comma too many.
    let surplus = faults(PLAIN.replace("01\n", "01,x\n"));
    assert!(surplus[0].starts_with("line 2: the row has 9 cells, but the header has 8: a text that holds a comma"));
}

#[test]
fn separators_and_decimal_commas() {
    let semicolons = PLAIN.replace(',', ";");
    same(&semicolons);
    same(semicolons.replace("0.125", "0,125").replace("0.5", "0,5"));
    same(semicolons.replace("0.125", "\"0,125\""));
    same(PLAIN.replace(',', "\t").replace("0.125", "0,125"));
    for declared in ["sep=;\r\n", "SEP=;\n", "\"sep=;\"\n"] {
        same(declared.to_owned() + &semicolons);
    }
    same("sep=\t\n".to_owned() + &PLAIN.replace(',', "\t"));
    same("sep=,\n".to_owned() + PLAIN);
    let later = faults("sep=;\n".to_owned() + &semicolons.replace("0.125", "0,125,0"));
    assert!(later[0].starts_with("line 3, column `us_controlled`: `0,125,0` is not a share"), "{later:?}");
    // Between commas a decimal comma is never guessed: unquoted it makes a row of more cells.
    let unquoted = faults(PLAIN.replace("0.125", "0,125"));
    assert!(unquoted[0].ends_with("and a share is written with a point: 0.25"), "{unquoted:?}");
}

#[test]
fn encodings() {
    let utf_16 = |order: fn(u16) -> [u8; 2], mark: &[u8], text: &str| -> Vec<u8> {
        mark.iter().copied().chain(text.encode_utf16().flat_map(order)).collect()
    };
    let tabs = PLAIN.replace(',', "\t");
    same(utf_16(u16::to_le_bytes, b"\xff\xfe", &tabs));
    same(utf_16(u16::to_be_bytes, b"\xfe\xff", &tabs));
    same(utf_16(u16::to_le_bytes, b"", PLAIN));
    same(utf_16(u16::to_be_bytes, b"", PLAIN));
    let faulty = faults(utf_16(u16::to_le_bytes, b"\xff\xfe", &tabs.replace("TW", "UX")));
    assert!(faulty[0].starts_with("line 2, column `made_in`: `UX` is not a country"), "{faulty:?}");
    let mut odd = utf_16(u16::to_le_bytes, b"\xff\xfe", &tabs);
    odd.pop();
    assert!(faults(odd)[0].contains("broken UTF-16"));
    for workbook in [&b"PK\x03\x04rest"[..], b"\xd0\xcf\x11\xe0rest"] {
        assert!(faults(workbook)[0].starts_with("line 1: the file is a workbook, not CSV"));
    }
}

#[test]
fn spaces_of_every_kind_and_quotes() {
    same(PLAIN.replace(",huawei,", ",\u{a0}huawei \u{200b},").replace("id,", "id\u{a0},"));
    same(PLAIN.replace("0.125", "\" 0.125 \""));
}

#[test]
fn dates_of_spreadsheets_are_refused_with_the_day_that_they_may_be() {
    for (written, meant) in [
        ("12/2/2019", "(is it 2019-02-12 or 2019-12-02?)"),
        ("02.12.2019", "(is it 2019-12-02?)"),
        ("43801", "(is it 2019-12-02?)"),
        ("2019-12-02 00:00:00", "(is it 2019-12-02?)"),
    ] {
        let faults = faults(PLAIN.replace("2020-06-01", written));
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].starts_with("line 2, column `date`: ") && faults[0].ends_with(meant), "{faults:?}");
    }
    assert!(faults(PLAIN.replace("2020-06-01", "0219-12-02"))[0].contains("a year that can't be meant"));
}

#[test]
fn swapped_columns_are_told_once() {
    let swapped = "id,date,buyer,made_in,us_controlled,production_start\na,2020-06-01,huawei,TW,2020-05-01,0.125\n";
    assert_eq!(
        faults(swapped),
        [
            "line 2, column `production_start`: a number stands in `production_start` and a date in `us_controlled`: are the two columns swapped?"
        ]
    );
    let date = faults("id,date,buyer,made_in,us_other\na,2020-06-01,huawei,TW,12/2/2019\n");
    assert!(date[0].contains("looks like a date, not a share: are the columns swapped?"), "{date:?}");
    let number = faults("id,date,buyer,made_in\na,0.25,huawei,TW\n");
    assert!(number[0].contains("is a number, not a date: are the columns swapped?"), "{number:?}");
}

#[test]
fn nothing_is_shipped_before_its_production_starts() {
    let header = "id,date,buyer,made_in,production_start\n";
    assert!(read(format!("{header}a,2020-06-01,huawei,TW,2020-06-01\n")).is_ok());
    let late = faults(format!("{header}a,2020-06-01,huawei,TW,2020-06-02\n"));
    assert_eq!(late.len(), 1);
    assert!(
        late[0].starts_with("line 2, column `production_start`: production started on 2020-06-02, after the shipment")
    );
}

#[test]
fn a_code_that_no_country_has() {
    for column in ["made_in", "shipped_from"] {
        let header = if column == "made_in" { "id,date,buyer,made_in" } else { "id,date,buyer,shipped_from,made_in" };
        let rest = if column == "made_in" { "" } else { ",TW" };
        let unknown = faults(format!("{header}\na,2019-12-02,huawei,UX{rest}\n"));
        assert!(unknown[0].starts_with(&format!("line 2, column `{column}`: `UX` is not a country")), "{unknown:?}");
        assert!(unknown[0].contains("US (United States)"), "{unknown:?}");
    }
}
