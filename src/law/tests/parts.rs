//! The small parts on their own: sets of provisions, lines of a text, and where a fault is shown.

use miette::Diagnostic;

use crate::law::Buyer;
use crate::law::cases::read_cases;
use crate::law::code::ProvisionIndex;
use crate::law::set::Set;
use crate::law::table::Lines;
use crate::units::Country;

fn set(members: &[u8]) -> Set {
    members.iter().map(|&n| ProvisionIndex::new(n)).collect()
}

fn members(set: Set) -> Vec<usize> {
    set.into_iter().map(ProvisionIndex::get).collect()
}

#[test]
fn a_set_holds_what_was_put_in() {
    let a = set(&[0, 3, 127]);
    assert_eq!(members(a), [0, 3, 127]);
    assert_eq!(members(a.with(ProvisionIndex::new(3))), [0, 3, 127], "twice is once");
    assert!(a.holds(ProvisionIndex::new(3)) && !a.holds(ProvisionIndex::new(4)));
    assert_eq!((a.first().map(ProvisionIndex::get), Set::EMPTY.first()), (Some(0), None));
    assert!(Set::EMPTY.is_empty() && !a.is_empty());
}

#[test]
fn sets_are_joined_met_and_parted() {
    let (a, b) = (set(&[1, 2, 5]), set(&[2, 5, 9]));
    assert_eq!(members(a.or(b)), [1, 2, 5, 9]);
    assert_eq!(members(a.and(b)), [2, 5]);
    assert_eq!(members(a.without(b)), [1]);
    assert_eq!(members(a.filter(|index| index.get() > 1)), [2, 5]);
}

#[test]
fn lines_end_in_each_of_the_three_ways() {
    let lines = Lines::of(b"a\nbb\r\nccc\rd\n");
    let starts: Vec<usize> = (1..=5).map(|line| lines.start(line)).collect();
    assert_eq!((starts.as_slice(), lines.count()), ([0, 2, 6, 10, 12].as_slice(), 5));
    assert_eq!([0, 1, 2, 5, 6, 9, 10, 12].map(|byte| lines.at(byte)), [1, 1, 2, 2, 3, 3, 4, 5]);
    assert_eq!((lines.start(0), lines.start(99)), (0, 12), "outside, the nearest");
}

/// The text under the label of each fault.
fn labelled(text: &str) -> Vec<(String, String)> {
    let vendors = [Buyer { id: "huawei".to_owned(), home: Country::CN, country_of_concern: true }];
    let errors = read_cases(text.as_bytes(), "cases.csv", &vendors).unwrap_err();
    let source = errors.source_code().unwrap();
    let related = errors.related().unwrap();
    related
        .flat_map(|error| error.labels().unwrap().collect::<Vec<_>>())
        .map(|label| {
            let shown = source.read_span(label.inner(), 0, 0).unwrap();
            (label.label().unwrap().to_owned(), String::from_utf8(shown.data().to_vec()).unwrap())
        })
        .collect()
}

#[test]
fn a_fault_is_shown_under_its_line() {
    let faults = labelled("id,date,buyer,made_in\r\nc1,2019-02-30,huawei,JP\r\nc2,2019-12-02,huawei\r\n");
    let of = |label: &str, line: &str| (label.to_owned(), line.to_owned());
    assert_eq!(
        faults,
        [of("`date` in this line", "c1,2019-02-30,huawei,JP"), of("`made_in` in this line", "c2,2019-12-02,huawei"),]
    );
    let too_long = labelled("id,date,buyer,made_in\nc1,2019-12-02,huawei,JP,more\n");
    assert_eq!(too_long, [of("here", "c1,2019-12-02,huawei,JP,more")]);
}
