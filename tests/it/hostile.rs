//! No bytes make the loader panic, overflow the stack or hang: random ones, broken copies of sound files, deep nests.

use chokepoint::scenario;
use proptest::prelude::*;

const WORLD: &str = include_str!("../fixtures/tiny.toml");
const LISTING: &str = include_str!("../fixtures/tiny-listing.toml");

/// Loads a text, and formats what is wrong with it (which must not panic either).
fn try_load(text: &str) {
    if let Err(problems) = scenario::load_text("hostile", text, &[]) {
        assert!(!problems.is_empty());
        assert!(!problems.lines().contains("please report this"), "unexplained:\n{text}");
        let mut shown = String::new();
        let theme = miette::GraphicalTheme::unicode_nocolor();
        miette::GraphicalReportHandler::new_themed(theme).render_report(&mut shown, &problems).unwrap();
        assert!(!problems.lines().is_empty() && !shown.is_empty());
    }
}

/// The two fixtures as one file, which needs no other: sound but for its bibliography.
fn whole() -> String {
    let law = LISTING.find("[provisions.listing]").map_or("", |at| &LISTING[at..]);
    let world = WORLD.replace("bibliography = \"tiny-sources.toml\"\n", "");
    format!("{world}\n{law}")
        .replace("source = \"rule\"", "assumption = \"x\"")
        .replace("source = [\"rule\", \"prices\"]", "assumption = \"y\"")
}

#[test]
fn the_whole_file_is_sound_before_it_is_broken() {
    scenario::load_text("whole", &whole(), &[]).unwrap_or_else(|problems| panic!("{}", problems.lines()));
}

/// Every line of the file is needed, or its absence is noticed; and every refusal says why.
#[test]
fn each_line_and_each_word_may_be_lost() {
    let whole = whole();
    let lines: Vec<&str> = whole.lines().collect();
    for i in 0..lines.len() {
        let less: Vec<&str> = lines.iter().enumerate().filter(|(j, _)| *j != i).map(|(_, line)| *line).collect();
        try_load(&less.join("\n"));
    }
    for key in ["unit = ", "bounds = ", "date = ", "value = ", "level = ", "probability = ", "weight = ", "alpha = "] {
        for (at, _) in whole.match_indices(key) {
            try_load(&format!("{}x{}", &whole[..at], &whole[at..]));
            let end = whole[at..].find([',', '}', '\n']).map_or(whole.len(), |e| at + e);
            try_load(&format!("{}{key}[3.5, {{ y = 2 }}]{}", &whole[..at], &whole[end..]));
        }
    }
}

#[test]
fn deep_nests_end_in_a_message() {
    let head = "kind = \"scenario\"\nid = \"x\"\ntitle = \"x\"\ndescription = \"x\"\n";
    let dots = vec!["a"; 79].join(".");
    let inline = format!("{}1{}", format!("{{ {dots} = ").repeat(79), " }".repeat(79));
    let nests = [
        format!("{head}a = {}{}", "[".repeat(2_000_000), "]".repeat(2_000_000)),
        format!("{head}a = {}", "[".repeat(2_000_000)),
        format!("{head}a = {}1{}", "{ b = ".repeat(60), " }".repeat(60)),
        format!("{head}a{} = 1", ".a".repeat(1_000_000)),
        format!("{head}[a{}]", ".a".repeat(1_000_000)),
        format!("{head}[{dots}]\n{dots} = {inline}"),
        format!("{head}[{dots}]\n{dots} = {inline}\n{dots} = {inline}"),
    ];
    for nest in nests {
        let problems = scenario::load_text("nest", &nest, &[]).expect_err("too deep").lines();
        assert!(["recur", "inside one another", "duplicate"].iter().any(|w| problems.contains(w)), "{problems}");
    }
}

#[test]
fn a_file_full_of_problems_keeps_few() {
    let many: String = (0..100_000).map(|i| format!("k{i} = {i}\n")).collect();
    let problems = scenario::load_text("many", &format!("{}\n{many}", whole()), &[]).unwrap_err();
    assert!(problems.iter().count() <= 50 && problems.count() > 50);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_text_never_panics(text in any::<String>()) {
        try_load(&text);
        try_load(&format!("kind = \"scenario\"\n{text}"));
    }

    #[test]
    fn random_bytes_on_disk_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.toml");
        std::fs::write(&path, bytes).unwrap();
        prop_assert!(scenario::load(&path.display().to_string(), &[]).is_err());
    }

    /// Replaces a stretch of a sound file by another piece of it, or by something nasty.
    #[test]
    fn broken_copies_never_panic(
        at in any::<prop::sample::Index>(),
        length in 0usize..60,
        piece in prop_oneof![
            Just("nan".to_owned()), Just("1e308".to_owned()), Just("-1".to_owned()), Just("[]".to_owned()),
            Just("{}".to_owned()), Just("\"\"".to_owned()), Just("unit = ".to_owned()), Just("99999999999999999999".to_owned()),
            Just("0x7f".to_owned()), Just("[[a]]\n".to_owned()), Just("é…".to_owned()), "[ -~\n]{0,12}",
        ],
    ) {
        let text = whole();
        let floor = |mut i: usize| { while !text.is_char_boundary(i) { i -= 1 } i };
        let start = floor(at.index(text.len()));
        let end = floor((start + length).min(text.len()));
        try_load(&format!("{}{piece}{}", &text[..start], &text[end.max(start)..]));
    }

    /// Any value under any path, known or not.
    #[test]
    fn overrides_never_panic(
        path in prop_oneof![
            Just("offers.xilinx-large-fpga.price".to_owned()), Just("time.tick".to_owned()), Just("offers".to_owned()),
            Just("markets.china.demand".to_owned()), Just("markets.china.demand.2019-12-31".to_owned()),
            Just("offers.xilinx-large-fpga.price.unit".to_owned()), any::<String>(), "[a-z.]{0,20}",
        ],
        value in prop_oneof![any::<String>(), Just("nan".to_owned()), Just("{ unit = 3 }".to_owned()), "[ -~]{0,20}"],
    ) {
        if let Err(problems) = scenario::load_text("whole", &whole(), &[(path, value)]) {
            prop_assert!(!problems.lines().is_empty());
        }
    }
}
