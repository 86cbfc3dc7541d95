//! `report.html` as its readers meet it: in a browser of 1280 and of 390 pixels, by pointer and by keys, without the network, and on
//! paper. Where no Chromium is installed these tests say so and look at the text alone.

use std::path::PathBuf;
use std::sync::LazyLock;

use crate::browser::Browser;
use crate::common::{Folder, run};
use serde_json::json;

/// A result of the shipped comparison and an adaptive policy, on enough trials for every section.
struct Result {
    _folder: Folder,
    report: PathBuf,
}

static RESULT: LazyLock<Result> = LazyLock::new(|| {
    let folder = Folder::new();
    let words = "compare no-controls current-rules waivers amended-rules escalation --trials 120 --horizon 2020-12 --out result";
    assert_eq!(run(&mut folder.chokepoint(words)).code, 0);
    let report = folder.path("result/report.html");
    Result { _folder: folder, report }
});

fn text() -> String {
    std::fs::read_to_string(&RESULT.report).unwrap()
}

#[test]
fn it_holds_all_that_a_reader_asks_for_and_needs_nothing_else() {
    let page = text();
    for id in ["headline", "figures", "tables", "changes", "timeline", "assumptions", "limits", "sources", "reproduce"]
    {
        assert!(page.contains(&format!("<section id=\"{id}\"")), "{id}");
    }
    for (what, words) in [
        ("headline", "In 9 of 10 trials this costs Huawei between"),
        ("citation", "84 FR 22961"),
        ("weights", "exceed what chance alone gives"),
        ("bibliography", "id=\"source-fr-84-22961\""),
        ("limits", "Not a forecast of Huawei"),
        ("reproduction", "chokepoint reproduce"),
        ("rungs", "Escalation:"),
    ] {
        assert!(page.contains(words), "{what}: {words}");
    }
    // Nothing is fetched: no element names another file, and links lead to sources alone.
    for fetched in
        ["<script src", "<link rel=\"stylesheet\"", "<img", "<iframe", "url(", "@import", "fetch(", "XMLHttpRequest"]
    {
        assert!(!page.contains(fetched), "{fetched}");
    }
}

/// Ranks from the middle one, equal values sharing theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let count = |of: &dyn Fn(&f64) -> bool| values.iter().filter(|value| of(value)).count() as f64;
    values.iter().map(|value| (count(&|other| other < value) - count(&|other| other > value)) / 2.0).collect()
}

#[test]
fn the_weightiest_parameter_is_that_of_the_tables() {
    let folder = Folder::new();
    let words = "compare tiny.toml tiny-listing.toml --design latin-hypercube --points 512 --out result --no-figures";
    assert_eq!(run(&mut folder.chokepoint(words)).code, 0);
    let page = std::fs::read_to_string(folder.path("result/report.html")).unwrap();
    let table = &page[page.find("<table class=\"weights\">").expect("a table of weights")..];
    let path = &table[table.find("<code>").unwrap() + 6..table.find("</code>").unwrap()];
    let cell = &table[table.find("<td class=\"weighs\">").unwrap() + 19..][..8];
    let told: f64 = cell[..cell.find('<').unwrap()].replace('−', "-").parse().unwrap();
    // The same from the tables: parameters of points.csv against 1 - deployed / deployed without controls.
    let column = |file: &str, name: &str, keep: &dyn Fn(&csv::StringRecord) -> bool| -> Vec<f64> {
        let mut table = csv::Reader::from_path(folder.path("result").join(file)).unwrap();
        let at = table.headers().unwrap().iter().position(|head| head == name).unwrap();
        table
            .records()
            .map(std::result::Result::unwrap)
            .filter(|row| keep(row))
            .map(|row| row[at].parse().unwrap())
            .collect()
    };
    let deployed = |scenario: &str| {
        column("trials.csv", "cumulative-deployment[huawei:base-stations]", &|row| &row[0] == scenario)
    };
    let deployed = deployed("tiny-listing").into_iter().zip(deployed("tiny"));
    let taken: Vec<f64> = deployed.map(|(here, without)| 1.0 - here / without).collect();
    let (a, b) = (ranks(&column("points.csv", path, &|_| true)), ranks(&taken));
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let rho = product(&a, &b) / (product(&a, &a) * product(&b, &b)).sqrt();
    assert!((rho - told).abs() <= 0.006, "{path}: {rho} from the tables, {told} on the page");
}

#[test]
fn what_a_scenario_says_is_text_on_the_page() {
    let folder = Folder::new();
    let nasty = "</script><script>alert(1)</script><b onclick='x'>&amp; \\\"quoted\\\"";
    let scenario = format!(
        "kind = \"scenario\"\nid = \"nasty\"\ntitle = \"{nasty}\"\ndescription = \"{nasty} [link](javascript:alert(1))\"\nextends = \"shipped:amended-rules\"\n"
    );
    std::fs::write(folder.path("nasty.toml"), scenario).unwrap();
    let said = run(&mut folder.chokepoint("run nasty.toml --trials 2 --horizon 2019-12 --out result"));
    assert_eq!(said.code, 0, "{}", said.err);
    let page = std::fs::read_to_string(folder.path("result/report.html")).unwrap();
    assert!(!page.contains("<script>alert") && !page.contains("<b onclick") && !page.contains("javascript:"));
    assert!(page.contains("&lt;script&gt;alert(1)"));
    let Some(mut browser) = Browser::start() else { return };
    browser.open(&folder.path("result/report.html"), 1280, 900);
    assert_eq!(browser.tell("document.title").as_str().unwrap().matches("</script>").count(), 2);
    assert_eq!(browser.complaints, Vec::<String>::new());
}

#[test]
fn it_is_drawn_without_a_complaint_and_reads_values_by_pointer() {
    let Some(mut browser) = Browser::start() else { return };
    browser.open(&RESULT.report, 1280, 900);
    let undrawn = browser.tell(
        "[...document.querySelectorAll('.plot')].filter((plot) => {
            const svg = [...plot.querySelectorAll('svg')].find((svg) => svg.getBoundingClientRect().width > 0);
            const marks = svg ? svg.querySelectorAll('path[d^=\"M\"], rect[fill], circle, rect.force') : [];
            return !svg || svg.getBoundingClientRect().height < 40 || marks.length === 0;
        }).map((plot) => plot.dataset.chart ?? plot.closest('figure').id)",
    );
    assert_eq!(undrawn, json!([]));
    assert!(browser.tell("document.querySelectorAll('figure.chart').length").as_u64().unwrap() >= 7);
    let place = browser.tell(
        "(() => { const plot = document.querySelector('[data-chart=capacity]'); plot.scrollIntoView({block: 'center', behavior: 'instant'});
            const box = plot.getBoundingClientRect(); return [box.left + box.width / 2, box.top + box.height / 2]; })()",
    );
    browser.point(place[0].as_f64().unwrap(), place[1].as_f64().unwrap());
    let tip = browser.tell("document.querySelector('[data-chart=capacity] .tip:not([hidden])').innerText");
    let tip = tip.as_str().unwrap();
    // Half of the way through two years.
    assert!(tip.contains("2019") || tip.contains("2020"), "{tip}");
    assert!(
        tip.contains("median") && tip.contains("90% of trials") && tip.contains("The rules of November 2019"),
        "{tip}"
    );
    let overflow = browser.tell("document.documentElement.scrollWidth - window.innerWidth");
    assert!(overflow.as_f64().unwrap() <= 0.0, "{overflow} pixels stand out at the side");
    assert_eq!(browser.complaints, Vec::<String>::new());
}

#[test]
fn the_tip_says_what_series_csv_says() {
    let Some(mut browser) = Browser::start() else { return };
    browser.open(&RESULT.report, 1280, 900);
    browser.tell("document.querySelector('[data-chart=capacity]').focus()");
    browser.press("End");
    let data = browser.tell("JSON.parse(document.getElementById('data').textContent)");
    let last = data["periods"].as_array().unwrap().len() - 1;
    let mut series = csv::Reader::from_path(RESULT.report.with_file_name("series.csv")).unwrap();
    let rows: Vec<csv::StringRecord> = series.records().map(std::result::Result::unwrap).collect();
    let found = |statistic: &str| -> f64 {
        let row = rows.iter().find(|row| {
            &row[0] == "amended-rules"
                && &row[1] == "2020-12-01"
                && &row[2] == "sustained-capacity"
                && row[3].starts_with("huawei")
                && &row[4] == statistic
        });
        row.unwrap()[5].parse().unwrap()
    };
    let line = &data["charts"]["capacity"]["lines"][3];
    assert_eq!(data["scenarios"][3]["title"], json!("The amended rules as first reported"));
    for (value, statistic) in [
        (&line["parts"][0][1][last], "median"),
        (&line["parts"][2][1][last], "q05"),
        (&line["parts"][2][2][last], "q95"),
    ] {
        let (told, found) = (value.as_f64().unwrap(), found(statistic));
        assert!(
            (told - found).abs() <= 1e-3 * found.abs().max(1.0),
            "{statistic}: {told} on the page, {found} in the table"
        );
    }
}

#[test]
fn scenarios_are_shown_and_hidden_and_values_read_by_keys() {
    let Some(mut browser) = Browser::start() else { return };
    browser.open(&RESULT.report, 1280, 900);
    // By Tab alone a reader comes to the first key of a scenario, then to the figure.
    let focused = |browser: &mut Browser| {
        browser.tell("document.activeElement.outerHTML.slice(0, 200)").as_str().unwrap().to_owned()
    };
    let mut steps = 0;
    while !focused(&mut browser).contains("data-scenario=\"1\"") {
        browser.press("Tab");
        steps += 1;
        assert!(steps < 40, "no key of a scenario within 40 steps");
    }
    let visible = "[...document.querySelectorAll('[data-chart=capacity] svg.wide .line.s1')].filter((e) => getComputedStyle(e).display !== 'none').length";
    assert_eq!(browser.tell(visible), json!(1));
    browser.press(" ");
    assert_eq!(browser.tell(visible), json!(0));
    assert_eq!(browser.tell("document.activeElement.getAttribute('aria-pressed')"), json!("false"));
    browser.press("Enter");
    assert_eq!(browser.tell(visible), json!(1));
    while !focused(&mut browser).contains("data-chart=\"capacity\"") {
        browser.press("Tab");
        steps += 1;
        assert!(steps < 60, "the figure can't be reached by Tab");
    }
    let tip = |browser: &mut Browser| {
        browser.tell("document.activeElement.querySelector('.tip').innerText").as_str().unwrap().to_owned()
    };
    browser.press("ArrowRight");
    assert!(tip(&mut browser).starts_with("January 2019"), "{}", tip(&mut browser));
    browser.press("ArrowRight");
    assert!(tip(&mut browser).starts_with("February 2019"));
    browser.press("End");
    assert!(tip(&mut browser).starts_with("December 2020"));
    browser.press("Escape");
    assert_eq!(browser.tell("document.activeElement.querySelector('.tip').hidden"), json!(true));
    assert_eq!(browser.complaints, Vec::<String>::new());
}

#[test]
fn every_parameter_can_be_found() {
    let Some(mut browser) = Browser::start() else { return };
    browser.open(&RESULT.report, 1280, 900);
    browser.tell("document.querySelector('details.parameters').open = true");
    browser.tell("(() => { const f = document.getElementById('filter'); f.value = 'compliance TW'; f.dispatchEvent(new Event('input')); })()");
    let shown = browser.tell("[...document.querySelectorAll('#parameters tbody tr')].filter((r) => !r.hidden).map((r) => r.querySelector('code').textContent)");
    assert!(shown.as_array().unwrap().contains(&json!("jurisdictions.TW.compliance")), "{shown}");
    assert!(shown.as_array().unwrap().len() < 20, "{shown}");
    let broken = browser.tell(
        "[...document.querySelectorAll('a[href^=\"#\"]')].map((a) => a.getAttribute('href')).filter((h) => !document.getElementById(h.slice(1)))",
    );
    assert_eq!(broken, json!([]), "links within the page that lead nowhere");
}

#[test]
fn texts_stand_out_on_a_screen_and_on_a_telephone() {
    let Some(mut browser) = Browser::start() else { return };
    for width in [1280, 390] {
        browser.open(&RESULT.report, width, 900);
        browser.tell("document.querySelector('details.parameters').open = true");
        browser.tell("document.querySelector('button[data-scenario=\"1\"]').click()");
        let contrast = browser.tell(include_str!("browser/contrast.js"));
        assert!(contrast["count"].as_u64().unwrap() > 1000, "{contrast}");
        assert_eq!(contrast["poor"], json!([]), "at {width} pixels");
        let overflow = browser.tell("document.documentElement.scrollWidth - window.innerWidth");
        assert!(overflow.as_f64().unwrap() <= 0.0, "{overflow} pixels stand out at the side of {width}");
        let small = browser.tell(
            "[...document.querySelectorAll('.plot svg')].filter((svg) => svg.getBoundingClientRect().width > 0)
                .map((svg) => 13 * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width).filter((size) => size < 11)",
        );
        assert_eq!(small, json!([]), "texts in figures are too small at {width} pixels");
    }
}

#[test]
fn it_is_whole_on_paper() {
    let Some(mut browser) = Browser::start() else { return };
    browser.open(&RESULT.report, 1280, 900);
    let pdf = browser.ask("Page.printToPDF", json!({"preferCSSPageSize": true, "printBackground": false}));
    let pdf = pdf["data"].as_str().unwrap();
    assert!(pdf.starts_with("JVBERi") && pdf.len() > 50_000, "{} characters of PDF", pdf.len());
    browser.ask("Emulation.setEmulatedMedia", json!({"media": "print"}));
    // A4 less its margins, in CSS pixels.
    browser.resize(673, 1000);
    let hidden = "(selector) => [...document.querySelectorAll(selector)].every((e) => e.getClientRects().length === 0)";
    for selector in ["nav", ".controls", "svg.narrow", "details.parameters"] {
        assert_eq!(browser.tell(&format!("({hidden})('{selector}')")), json!(true), "{selector} is on paper");
    }
    let drawn = browser.tell(
        "[...document.querySelectorAll('.plot svg.wide')].every((svg) => svg.getBoundingClientRect().width > 400)",
    );
    assert_eq!(drawn, json!(true));
    let overflow = browser.tell("document.documentElement.scrollWidth - window.innerWidth");
    assert!(overflow.as_f64().unwrap() <= 0.0, "{overflow} pixels stand out at the side of the paper");
}
