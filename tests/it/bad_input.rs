//! What is wrong with a file is said in words, at its place, with the fix: each test breaks a sound file in one way.

use std::fs;
use std::path::{Path, PathBuf};

use chokepoint::scenario::{self, Problem, Problems};

const WORLD: &str = include_str!("../fixtures/tiny.toml");
const LISTING: &str = include_str!("../fixtures/tiny-listing.toml");
const SOURCES: &str = include_str!("../fixtures/tiny-sources.toml");

/// A folder with the sound fixtures, in which files can be broken.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        folder.write("tiny.toml", WORLD);
        folder.write("tiny-listing.toml", LISTING);
        folder.write("tiny-sources.toml", SOURCES);
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        fs::write(self.path(name), text).unwrap();
    }

    fn load(&self, name: &str) -> Result<scenario::Scenario, Problems> {
        scenario::load(&self.path(name).display().to_string(), &[])
    }

    /// The only problem of a file.
    fn problem(&self, name: &str) -> Problem {
        let problems = self.load(name).expect_err("the file is broken");
        assert_eq!(problems.count(), 1, "{}", problems.lines());
        problems.iter().next().unwrap().clone()
    }
}

/// The only problem of the world after one replacement, which must be possible.
fn broken(from: &str, to: &str) -> Problem {
    broken_file("tiny.toml", WORLD, from, to)
}

fn broken_law(from: &str, to: &str) -> Problem {
    broken_file("tiny-listing.toml", LISTING, from, to)
}

fn broken_file(name: &str, text: &str, from: &str, to: &str) -> Problem {
    assert!(text.contains(from), "{from}");
    let folder = Folder::new();
    folder.write(name, text.replacen(from, to, 1));
    folder.problem(name)
}

/// Checks the message, the help and the line that is shown: the first one of the broken file that holds `line`.
#[track_caller]
fn says(problem: &Problem, message: &[&str], help: &str) {
    for part in message {
        assert!(problem.message().contains(part), "`{part}` is not in: {}", problem.message());
    }
    let advice = problem.advice().unwrap_or_default();
    assert!(advice.contains(help), "`{help}` is not in the help: {advice}");
}

#[track_caller]
fn stands_at(problem: &Problem, file: &str, text: &str, line: &str) {
    let (name, number, _) = problem.location().expect("a place");
    assert_eq!(Path::new(name).file_name().unwrap(), file);
    let expected = 1 + text.lines().position(|l| l.contains(line)).unwrap();
    assert_eq!(number, expected);
}

#[test]
fn the_fixtures_are_sound() {
    let folder = Folder::new();
    for name in ["tiny.toml", "tiny-listing.toml"] {
        folder.load(name).unwrap_or_else(|p| panic!("{}", p.lines()));
    }
}

// --- Files

#[test]
fn a_missing_file_names_the_nearest() {
    let problem = Folder::new().problem("tiny-listin.toml");
    says(&problem, &["there is no file", "tiny-listin.toml"], "tiny-listing.toml");
}

#[test]
fn an_unknown_bare_id_is_no_path() {
    let problems = scenario::load("no-such-scenario", &[]).unwrap_err();
    assert!(problems.lines().contains("neither a file here nor the id of a shipped scenario"), "{problems}");
    let problems = scenario::load("shipped:no-such-scenario", &[]).unwrap_err();
    assert!(problems.lines().contains("no shipped file is called `no-such-scenario`"), "{problems}");
}

#[test]
fn what_is_no_text_file_is_refused() {
    let folder = Folder::new();
    folder.write("empty.toml", "");
    says(&folder.problem("empty.toml"), &["is empty"], "kind = \"scenario\"");
    folder.write("blank.toml", "  \n\t\n");
    says(&folder.problem("blank.toml"), &["is empty"], "kind");
    folder.write("rubbish.toml", b"kind = 1\n\xff\xfe\x00\x01");
    says(&folder.problem("rubbish.toml"), &["not text in UTF-8", "byte 9", "line 2"], "UTF-8");
    folder.write("zeros.toml", [0u8; 100]);
    says(&folder.problem("zeros.toml"), &["not valid TOML"], "");
    says(&folder.problem(""), &["is a folder, not a file"], "name a file in it");
}

#[test]
fn a_file_over_5_mb_is_not_read() {
    let folder = Folder::new();
    // Sparse: it takes no room on the disk.
    fs::File::create(folder.path("large.toml")).unwrap().set_len(5_000_001).unwrap();
    says(&folder.problem("large.toml"), &["too large", "5000001 bytes", "not read"], "at most 5000000 bytes");
    folder.write("just.toml", format!("{}{WORLD}", "#\n".repeat((5_000_000 - WORLD.len()) / 2)));
    folder.load("just.toml").unwrap_or_else(|p| panic!("{}", p.lines()));
}

#[cfg(unix)]
#[test]
fn a_device_or_pipe_is_refused_without_waiting() {
    let problems = scenario::load("/dev/zero", &[]).unwrap_err();
    assert!(problems.lines().contains("not a regular file"), "{problems}");
    let folder = Folder::new();
    let made = std::process::Command::new("mkfifo").arg(folder.path("pipe.toml")).status();
    if !made.is_ok_and(|s| s.success()) {
        // Written past the capture of the test harness: a skip must be seen.
        let _ = std::io::Write::write_all(&mut std::io::stderr(), b"SKIPPED the pipe: this system has no mkfifo\n");
        return;
    }
    says(&folder.problem("pipe.toml"), &["pipe", "not a regular file"], "save the scenario to a file");
}

#[cfg(unix)]
#[test]
fn no_permission_is_said() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    fs::set_permissions(folder.path("tiny.toml"), fs::Permissions::from_mode(0o000)).unwrap();
    if fs::File::open(folder.path("tiny.toml")).is_ok() {
        let _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            b"SKIPPED no_permission_is_said: root may read every file\n",
        );
        return;
    }
    says(&folder.problem("tiny.toml"), &["no permission to read"], "ask its owner");
    let problem = folder.problem("tiny-listing.toml");
    says(&problem, &["no permission to read"], "");
    stands_at(&problem, "tiny-listing.toml", LISTING, "extends");
}

// --- Layers

#[test]
fn a_cycle_in_extends_names_the_circle() {
    let folder = Folder::new();
    folder.write("tiny.toml", WORLD.replacen("id =", "extends = \"./tiny-listing.toml\"\nid =", 1));
    let problem = folder.problem("tiny-listing.toml");
    says(&problem, &["in a circle", "tiny-listing.toml", "tiny.toml", "→"], "delete its `extends`");
    folder.write("self.toml", WORLD.replacen("id =", "extends = \"self.toml\"\nid =", 1));
    says(&folder.problem("self.toml"), &["in a circle"], "");
}

#[test]
fn an_extended_file_that_is_not_there_points_at_extends() {
    let problem = broken_law("extends = \"tiny.toml\"", "extends = \"tinny.toml\"");
    says(&problem, &["there is no file", "tinny.toml"], "tiny.toml");
    stands_at(&problem, "tiny-listing.toml", LISTING, "extends");
    let problem = broken_law("extends = \"tiny.toml\"", "extends = \"tiny-sources.toml\"");
    says(&problem, &["is a bibliography, but a scenario is needed here"], "");
}

#[test]
fn a_longer_chain_than_any_sane_one_ends() {
    let folder = Folder::new();
    for i in 0..40 {
        let text = LISTING.replace("tiny.toml", &format!("link{}.toml", i + 1));
        folder.write(&format!("link{i}.toml"), text);
    }
    says(&folder.problem("link0.toml"), &["more than 16 files"], "merge");
}

#[test]
fn removing_what_is_not_there_suggests_what_is() {
    let problem = broken_law("source = \"rule\"", "source = \"rule\"\nremove = [\"offers.xilinx-big-fpga\"]");
    says(&problem, &["`offers.xilinx-big-fpga` can't be removed"], "xilinx-large-fpga");
    let problem = broken("id =", "remove = [\"offers.x\"]\nid =");
    says(&problem, &["this file extends none"], "");
}

#[test]
fn an_error_points_at_the_layer_that_set_the_value() {
    let patch = "[offers.xilinx-large-fpga]\nsupplier = \"xilnx\"\n\n[provisions.listing]";
    let problem = broken_law("[provisions.listing]", patch);
    says(
        &problem,
        &["`offers.xilinx-large-fpga.supplier`", "`xilnx`", "not one of the suppliers"],
        "did you mean `xilinx`?",
    );
    stands_at(&problem, "tiny-listing.toml", &LISTING.replacen("[provisions.listing]", patch, 1), "xilnx");
}

#[test]
fn a_patch_under_a_misspelt_name_is_recognised() {
    let problem = broken_law("[licensing.later]", "[offers.xilinx-larg-fpga]\nown_design = true\n[licensing.later]");
    says(
        &problem,
        &["`offers.xilinx-larg-fpga` lacks", "`capacity` or `capacity_ratio`"],
        "to change `xilinx-large-fpga`?",
    );
}

#[test]
fn a_provision_patched_under_a_misspelt_name_is_recognised() {
    let folder = Folder::new();
    let head = "kind = \"scenario\"\nid = \"zero\"\ntitle = \"Zero\"\ndescription = \"A 0% threshold.\"\n";
    let patch = "extends = \"tiny-listing.toml\"\n[provisions.de-minimus]\nthreshold = 0\n";
    folder.write("zero.toml", format!("{head}{patch}"));
    says(&folder.problem("zero.toml"), &["`provisions.de-minimus` lacks"], "to change `de-minimis`?");
}

#[test]
fn several_problems_are_reported_at_once() {
    let folder = Folder::new();
    let text =
        WORLD.replace("supplier = \"xilinx\"", "supplier = \"xilnx\"").replace("made_in = \"TW\"", "made_in = \"tw\"");
    folder.write("tiny.toml", text.replace("fungible = true", "fungibel = true"));
    let problems = folder.load("tiny.toml").unwrap_err();
    assert_eq!(problems.count(), 4, "a supplier, two countries, a key: {}", problems.lines());
}

// --- Keys and values

#[test]
fn an_unknown_key_suggests_the_nearest() {
    let problem = broken("below_5g = false", "below_5g = false\nown_desing = true");
    says(&problem, &["`offers.xilinx-large-fpga.own_desing` is not a key"], "did you mean `own_design`?");
    stands_at(
        &problem,
        "tiny.toml",
        &WORLD.replacen("below_5g = false", "below_5g = false\nown_desing = true", 1),
        "own_desing",
    );
    says(&broken("id = \"tiny\"", "id = \"tiny\"\ndescripton = \"x\""), &["`descripton`"], "`description`");
    says(&broken("value = 0.99,", "value = 0.99, sdev = 1,"), &["`jurisdictions.US.compliance.sdev`"], "");
}

#[test]
fn a_missing_key_says_what_was_expected() {
    let problem = broken("name = \"Large FPGA\"\n", "");
    says(&problem, &["`offers.xilinx-large-fpga` lacks `name`"], "a text in quotes");
    stands_at(&problem, "tiny.toml", WORLD, "[offers.xilinx-large-fpga]");
    says(&broken("risk_memory", "# risk_memory"), &["`behaviour` lacks `risk_memory`"], "a parameter record in months");
    says(&broken("kind = \"scenario\"", ""), &["lacks `kind`"], "kind = \"scenario\"");
    says(&broken("kind = \"scenario\"", "kind = \"scenaro\""), &["\"scenaro\""], "did you mean \"scenario\"?");
}

#[test]
fn a_wrong_date_is_shown() {
    let problem = broken("start = 2019-01-01", "start = 2019-02-30");
    says(&problem, &["not valid TOML"], "2019-05-16");
    stands_at(&problem, "tiny.toml", WORLD, "start = ");
    says(
        &broken("start = 2019-01-01", "start = \"2019-01-01\""),
        &["`time.start` should be a date"],
        "without quotes: 2019-01-01",
    );
    says(&broken("start = 2019-01-01", "start = 2019-01-01T10:00:00"), &["is not a date"], "without a time");
    says(&broken("end = 2020-12-31", "end = 2018-12-31"), &["ends on 2018-12-31", "starts on 2019-01-01"], "");
    says(&broken("end = 2020-12-31", "end = 2080-12-31"), &["longer than 50 years"], "");
    says(&broken_law("to = 2020-09-14", "to = 2020-05-14"), &["out of order", "2020-05-14"], "both inclusive");
    says(&broken_law("announced = 2019-05-15", "announced = 2019-05-17"), &["announced on 2019-05-17"], "");
}

#[test]
fn numbers_out_of_range_name_their_quantity() {
    let problem = broken("value = 0.99,", "value = 1.99,");
    says(
        &problem,
        &["`jurisdictions.US.compliance`", "1.99 share", "a share lies between 0 and 1"],
        "for 1.99 percent",
    );
    stands_at(&problem, "tiny.toml", WORLD, "compliance");
    says(
        &broken("capacity = { value = 5000", "capacity = { value = -5000"),
        &["-5000 units/month", "a flow lies between"],
        "",
    );
    says(
        &broken(
            "value = 5000, unit = \"units/month\", bounds = [0,",
            "value = 5000, unit = \"units/month\", bounds = [-9,",
        ),
        &["bounds", "-9"],
        "bounds = [0, 100000]",
    );
    says(&broken("capacity = { value = 5000", "capacity = { value = 1e308"), &["flow"], "");
    says(&broken("capacity = { value = 5000", "capacity = { value = 1e400"), &["finite number"], "");
    says(
        &broken("capacity = { value = 5000", "capacity = { value = nan"),
        &["`offers.xilinx-large-fpga.capacity.value` should be a finite number", "nan"],
        "digits",
    );
    says(&broken("capacity = { value = 5000", "capacity = { value = -inf"), &["finite number"], "");
    says(
        &broken("capacity = { value = 5000", "capacity = { value = 200000"),
        &["outside its bounds of 0 to 100000"],
        "widen",
    );
    says(
        &broken("capacity = { value = 5000", "capacity = { value = \"5000\""),
        &["the text \"5000\""],
        "without quotes",
    );
    says(
        &broken_law("threshold = 0.250", "threshold = 25"),
        &["`provisions.de-minimis.threshold` should be a share"],
        "for 25 percent write 0.25",
    );
    says(&broken_law("threshold = 0.250", "threshold = 1e308"), &["a share from 0 to 1"], "");
    says(&broken_law("threshold = 0.250", "threshold = nan"), &["a share from 0 to 1"], "");
    says(&broken_law("threshold = 0.250", "threshold = -0.1"), &["a share from 0 to 1"], "");
}

#[test]
fn units_that_differ_are_both_named() {
    let problem = broken("lead_time = { value = 3, unit = \"months\"", "lead_time = { value = 3, unit = \"days\"");
    says(&problem, &["given in `days`", "in `months`", "duration"], "convert the numbers");
    says(&broken("unit = \"months\"", "unit = \"mnths\""), &["given in `mnths`"], "write unit = \"months\"");
    says(
        &broken("performance = { value = 1, unit = \"ratio\", bounds = [0, 2] }", "performance = 1"),
        &["a parameter record in ratio", "the number 1"],
        "value = 1",
    );
}

#[test]
fn distributions_must_exist() {
    let cases = [
        ("triangular = [300, 400, 600]", "triangular = [400, 300, 600]", "do not rise"),
        ("triangular = [300, 400, 600]", "triangular = [300, 400]", "a list of 3 numbers"),
        ("triangular = [300, 400, 600]", "triangular = [300, 400, 6000]", "6000 USD/unit, outside its bounds"),
        ("triangular = [300, 400, 600]", "value = 4, triangular = [300, 400, 600]", "both `value` and `triangular`"),
        ("triangular = [300, 400, 600], ", "", "neither a value nor a distribution"),
        ("uniform = [0.1, 0.2]", "uniform = [0.2, 0.1]", "is above"),
        ("uniform = [0.1, 0.2]", "quantiles = [0.1, 0.3, 0.2]", "do not rise"),
        ("uniform = [0.1, 0.2]", "quantiles = [0.1]", "there are 1 quantiles"),
        ("uniform = [0.1, 0.2]", "quantiles = 0.1", "a list of rising numbers"),
        ("uniform = [0.1, 0.2]", "quantiles = [0.1, 1.2]", "1.2 share"),
        ("median = 12, p90 = 18", "median = 12, p90 = 12", "does not exist"),
        ("median = 12, p90 = 18", "median = 0, p90 = 12", "does not exist"),
        ("median = 12, p90 = 18", "median = 12", "lacks `p90`"),
        ("mean = 3, sd = 0.5", "mean = 3, sd = 0", "standard deviation is 0"),
        ("alpha = 2, beta = 2", "alpha = 0, beta = 2", "shapes 0 and 2"),
        (
            "beta = { alpha = 2, beta = 2 }, unit = \"share\", bounds = [0, 1]",
            "beta = { alpha = 2, beta = 2 }, unit = \"share\", bounds = [1, 1]",
            "these are equal",
        ),
        ("bernoulli = 0.7", "bernoulli = 1.7", "not a probability"),
        ("weight = 3,", "weight = 0,", "weight 0"),
        ("weight = 3, ", "", "lacks `weight`"),
        (
            "choice = [{ weight = 3, value = 1 }, { weight = 1, uniform = [1, 2] }]",
            "choice = []",
            "at least one alternative",
        ),
        ("bounds = [0, 5000], source", "bounds = [5000, 0], source", "the wrong way round"),
        ("bounds = [0, 5000], source", "source", "lacks `bounds`"),
    ];
    for (from, to, message) in cases {
        says(&broken(from, to), &[message], "");
    }
}

// --- Sources

#[test]
fn a_parameter_must_say_where_it_comes_from() {
    let folder = Folder::new();
    folder.write("tiny.toml", WORLD.replacen("assumption = \"made up for tests\"\n", "", 1));
    let problems = folder.load("tiny.toml").unwrap_err();
    assert!(problems.count() > 20, "every parameter but one");
    let first = problems.iter().next().unwrap();
    says(first, &["`jurisdictions.TW.compliance` has neither a source nor an assumption"], "assumption = ");
    let problem = broken("source = \"rule\", confidence = \"high\" }", "source = \"rule\", assumption = \"x\" }");
    says(&problem, &["both `source` and `assumption`"], "keep `source`");
    let problem = broken("source = \"rule\", confidence", "source = \"rul\", confidence");
    says(&problem, &["the source `rul` is not in the bibliography"], "did you mean `rule`?");
    stands_at(&problem, "tiny.toml", WORLD, "source = \"rule\", confidence");
    says(&broken("confidence = \"high\"", "confidence = \"hihg\""), &["high, medium or low"], "`high`");
    says(
        &broken("source = \"rule\", confidence", "source = 3, confidence"),
        &["must name entries of the bibliography"],
        "",
    );
    says(
        &broken("source = \"rule\", confidence", "assumption = \"\", confidence"),
        &["`assumption` must be a text"],
        "",
    );
}

#[test]
fn an_unknown_source_above_many_is_reported_once() {
    let problem = broken_law("source = \"rule\"", "source = \"rles\"");
    says(&problem, &["the source `rles`"], "`rule`");
}

// --- What refers to what

#[test]
fn references_must_exist() {
    says(&broken("supplier = \"xilinx\"", "supplier = \"xlinx\""), &["`xlinx`", "suppliers"], "`xilinx`");
    says(&broken("home = \"US\"", "home = \"FR\""), &["`FR`", "jurisdictions"], "known here: US, TW");
    says(&broken("lines = [\"base-stations\"]", "lines = [\"base-station\"]"), &["`base-station`"], "`base-stations`");
    says(&broken("lines = [\"base-stations\"]", "lines = []"), &["is empty"], "");
    says(
        &broken("buyers = [\"huawei\", \"ericsson\"]", "buyers = [\"huawei\", \"erikson\"]"),
        &["`erikson`", "vendors"],
        "`ericsson`",
    );
    says(&broken("buyers = [\"huawei\", \"ericsson\"]", "buyers = [\"huawei\", \"huawei\"]"), &["`huawei` twice"], "");
    says(&broken("bom = \"macro\"", "bom = \"makro\""), &["`makro`", "boms"], "`macro`");
    says(
        &broken("candidates = { huawei = 2018-12-01,", "candidates = { huawi = 2018-12-01,"),
        &["`huawi`"],
        "`huawei`",
    );
    says(&broken("\"when-short\"", "\"later\""), &["a date or \"when-short\""], "");
    says(&broken_law("buyers = [\"huawei\"]", "buyers = [\"huwei\"]"), &["`huwei`"], "`huawei`");
    says(&broken_law("saves = [\"direct-product\"]", "saves = [\"direct\"]"), &["`direct`"], "direct-product");
    says(
        &broken_law("saves = [\"direct-product\"]", "saves = [\"listing\"]"),
        &["a listing"],
        "direct-product or de-minimis",
    );
}

#[test]
fn a_bill_of_materials_must_name_classes() {
    let folder = Folder::new();
    folder.write("tiny.toml", WORLD.replace("[boms.macro.memory]", "[boms.macro.memry]"));
    let problems = folder.load("tiny.toml").unwrap_err();
    says(problems.iter().next().unwrap(), &["`boms.macro.memry` names `memry`", "classes"], "`memory`");
    let problem = broken("[boms.macro.fpga]", "[boms.none]\n\n[boms.macro.fpga]");
    says(&problem, &["the bill of materials `boms.none` names no class"], "add a table for each class");
    let start = WORLD.find("[boms.macro.memory]").unwrap();
    let end = WORLD.find("[lines.base-stations]").unwrap();
    says(&broken(&WORLD[start..end], ""), &["no bill of materials names the class `memory`"], "delete the class");
}

#[test]
fn a_line_that_could_never_build_anything_is_found() {
    let folder = Folder::new();
    let text = WORLD.replace("buyers = [\"huawei\", \"ericsson\"]", "buyers = [\"huawei\"]");
    folder.write("tiny.toml", text.replace(", ericsson = \"when-short\"", ""));
    let problem = folder.problem("tiny.toml");
    says(
        &problem,
        &["`vendors.ericsson.lines.base-stations` can never build", "`fpga`"],
        "add `ericsson` to the `buyers`",
    );
}

#[test]
fn tables_that_contradict_themselves_are_found() {
    says(&broken("role = \"essential\"", "role = \"essential\"\ncost_without = 3"), &["no sense"], "degradable");
    says(
        &broken("us_controlled = { value = 0.3", "us_controlled = { value = 0.9"),
        &["US content", "up to 0.9 controlled and up to 0.2 other"],
        "lower the upper ends",
    );
    says(
        &broken("capacity = {", "capacity_ratio = { value = 1, unit = \"ratio\", bounds = [0, 5] }\ncapacity = {"),
        &["both `capacity` and `capacity_ratio`"],
        "delete one",
    );
    says(&broken("plant_ratio", "plant_rato"), &["`vendors.ericsson.lines.base-stations.plant_rato` is not a key"], "");
}

#[test]
fn markets_must_add_up() {
    says(
        &broken("shares.ericsson = { value = 0.4", "shares.ericsson = { value = 0.5"),
        &["add up to 1.1 instead of 1"],
        "huawei 0.6, ericsson 0.5",
    );
    says(
        &broken("date = 2020-12-31, value = 700000", "date = 2020-12-31, value = 7000"),
        &["falls from 130000 on 2019-12-31 to 7000"],
        "total since the start",
    );
    says(
        &broken("{ date = 2020-12-31,", "{ date = 2019-12-31,"),
        &["must rise", "2019-12-31 comes after 2019-12-31"],
        "",
    );
}

#[test]
fn a_dated_record_is_a_record_with_a_day() {
    says(&broken("{ date = 2020-12-31,", "{"), &["`markets.china.demand` lacks `date`"], "a date");
    says(
        &broken("date = 2019-12-31, value = 130000, unit = \"units\",", "date = 2019-12-31, value = 130000,"),
        &["`markets.china.demand.2019-12-31` lacks `unit`"],
        "\"units\"",
    );
}

#[test]
fn the_law_must_be_able_to_reach_something() {
    says(
        &broken_law("technology_from = \"at\"\nplant_from = \"at\"\n", ""),
        &["neither technology nor plants"],
        "technology_from",
    );
    says(&broken_law("item_from = \"ear99\"", "item_from = \"none\""), &["no US technology"], "\"ear99\"");
    says(
        &broken_law("uses = [\"existing-network\", \"handset-support\"]", "uses = [\"existing-networks\"]"),
        &["not a use"],
        "\"existing-network\"",
    );
    says(&broken_law("from = 2020-11-01", "from = 2019-05-16"), &["both start on 2019-05-16"], "");
}

// --- Overrides

fn set(path: &str, value: &str) -> Problem {
    let folder = Folder::new();
    let file = folder.path("tiny-listing.toml").display().to_string();
    let problems = scenario::load(&file, &[(path.to_owned(), value.to_owned())]).expect_err("a broken override");
    assert_eq!(problems.count(), 1, "{}", problems.lines());
    problems.iter().next().unwrap().clone()
}

#[test]
fn overrides_are_checked_like_files() {
    says(
        &set("offers.xilinx-large-fgpa.price", "3"),
        &["there is no `offers.xilinx-large-fgpa.price`"],
        "`xilinx-large-fpga`",
    );
    says(&set("offers.xilinx-large-fpga.pirce", "3"), &["has no `pirce`"], "`price`");
    says(&set("", "3"), &["there is no"], "");
    says(&set("offers.xilinx-large-fpga", "3"), &["is a table"], "offers.xilinx-large-fpga.name");
    says(&set("offers.xilinx-large-fpga.price", "cheap"), &["is a parameter", "the text \"cheap\""], "write a number");
    says(&set("time.tick", "fortnight"), &["\"fortnight\"", "not a tick"], "month, week");
    says(&set("time.end", "soon"), &["`time.end` should be a date"], "");
    let problem = set("offers.xilinx-large-fpga.price", "9000");
    says(&problem, &["9000 USD/unit, outside its bounds of 0 to 5000"], "");
    assert_eq!(problem.location(), Some(("--set", 1, 32)));
    says(&set("offers.xilinx-large-fpga.price", "nan"), &["finite number"], "");
    says(&set("provisions.de-minimis.threshold", "1.5"), &["share from 0 to 1"], "");
}

// --- Comparisons

#[test]
fn comparisons_are_checked() {
    let folder = Folder::new();
    let comparison = |scenarios: &str, reference: &str| {
        let head = "kind = \"comparison\"\nid = \"c\"\ntitle = \"C\"\ndescription = \"D\"\n";
        folder.write("c.toml", format!("{head}scenarios = {scenarios}\nreference = \"{reference}\"\n"));
        scenario::load_comparison(&folder.path("c.toml").display().to_string()).map_err(|p| p.lines())
    };
    assert!(comparison("[\"tiny.toml\", \"tiny-listing.toml\"]", "tiny").is_ok());
    let cases = [
        ("[\"tiny.toml\", \"tiny-listing.toml\"]", "tiny-listin", "`tiny-listing`"),
        ("[\"tiny.toml\", \"tiny-lsting.toml\"]", "tiny", "there is no file"),
        ("[\"tiny.toml\", \"tiny-sources.toml\"]", "tiny", "is a bibliography"),
        ("[\"tiny.toml\", \"./tiny.toml\"]", "tiny", "the same id `tiny`"),
        ("[\"tiny.toml\"]", "tiny", "at least two"),
        ("[]", "tiny", "is empty"),
    ];
    for (scenarios, reference, message) in cases {
        let problems = comparison(scenarios, reference).unwrap_err();
        assert!(problems.contains(message), "`{message}` is not in: {problems}");
    }
}

// --- How it looks

#[test]
fn a_problem_is_shown_with_its_line_and_fix() {
    let folder = Folder::new();
    folder.write("tiny.toml", WORLD.replacen("supplier = \"xilinx\"", "supplier = \"xilnx\"", 1));
    let problems = folder.load("tiny.toml").unwrap_err();
    let mut shown = String::new();
    let theme = miette::GraphicalTheme::unicode_nocolor();
    miette::GraphicalReportHandler::new_themed(theme).render_report(&mut shown, &problems).unwrap();
    let line = 1 + WORLD.lines().position(|l| l == "supplier = \"xilinx\"").unwrap();
    let place = format!("tiny.toml:{line}:12");
    for part in ["supplier = \"xilnx\"", "not one of the suppliers", "did you mean `xilinx`?", &place] {
        assert!(shown.contains(part), "`{part}` is not in:\n{shown}");
    }
}
