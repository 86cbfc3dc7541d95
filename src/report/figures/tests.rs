//! What must hold of every figure: texts stay on the page and apart, both formats are well formed, the same results
//! give the same bytes, and no input brings it down.

use std::sync::Arc;

use proptest::prelude::*;

use super::canvas::{Area, Page};
use super::fixture::{FixtureScenario, adopted, comparison, shipped};
use super::font::Fonts;
use super::svg::Label;
use super::{Drawn, FIGURES, FigureError, FontFile, describe_all, history, palette, pdf, raster, svg, trace};
use crate::analysis::results::{Comparison, Estimate, RuleDate};
use crate::analysis::score::{Backtest, Score, Scored};
use crate::analysis::trace::Trace;
use crate::report::provenance::tests::provenance;
use crate::scenario::{Source, load_observations, load_observations_source};
use crate::units::Date;

/// All figures of a comparison.
fn render_all(c: &Comparison) -> Result<Drawn, FigureError> {
    super::render_all(c, &provenance(), &Fonts::load(None)?)
}

fn overlap(a: &Area, b: &Area) -> bool {
    let slack = 0.05;
    a.left + slack < b.right && b.left + slack < a.right && a.top + slack < b.bottom && b.top + slack < a.bottom
}

fn assert_laid_out(name: &str, page: &Page<'_>) {
    let areas: Vec<(Area, &str)> = page.texts.iter().map(|t| (t.area(), t.content.as_str())).collect();
    for (i, (a, text)) in areas.iter().enumerate() {
        let inside = a.left >= 0.0 && a.top >= 0.0 && a.right <= page.width && a.bottom <= page.height;
        assert!(inside, "{name}: “{text}” leaves the page: {a:?} of {} × {}", page.width, page.height);
        for (b, other) in &areas[i + 1..] {
            assert!(!overlap(a, b), "{name}: “{text}” {a:?} lies over “{other}” {b:?}");
        }
    }
}

fn check_layout(c: &Comparison) {
    let fonts = Fonts::load(None).unwrap();
    for figure in &FIGURES {
        let (page, label) = (figure.compose)(c, &fonts);
        assert_laid_out(figure.name, &page);
        assert!(!label.title.is_empty() && label.caption.contains(&format!("seed {}", c.seed)), "{}", figure.name);
    }
}

/// So many scenarios: the shipped ones, the adopted rules, and made-up ones with long titles.
fn many(count: usize) -> Vec<FixtureScenario> {
    let mut shapes = shipped();
    shapes.push(adopted());
    for i in shapes.len()..10 {
        shapes.push(FixtureScenario {
            id: format!("variant-{i}"),
            title: format!(
                "Variant {i} of the amended rules with an exceptionally long and \
                 Donaudampfschifffahrtsgesellschaftlich title that goes on"
            ),
            rules: vec![(2019, 5, 16, "Entity List"), (2020, 2, 1, "Amendment"), (2020, 5, 31, "Grace period ends")],
            depth: 0.08 * i as f64,
            onset: 10.0 + i as f64,
        });
    }
    shapes.truncate(count);
    shapes
}

#[test]
fn texts_stay_on_the_page_and_apart() {
    for scenarios in 1..=10 {
        for (ticks, weekly) in
            [(1, false), (7, false), (12, false), (72, false), (120, false), (480, false), (313, true)]
        {
            for trials in [1, 1000] {
                check_layout(&comparison(&many(scenarios), ticks, weekly, trials));
            }
        }
    }
}

/// Sets every number of a comparison to one value.
fn flood(c: &mut Comparison, value: f64) {
    let estimate = |e: &mut Estimate| {
        e.value = value;
        e.interval = e.interval.map(|_| (value, value));
    };
    for s in &mut c.scenarios {
        for bands in [&mut s.sustained, &mut s.deployed, &mut s.cumulative] {
            for series in [&mut bands.q05, &mut bands.q25, &mut bands.median, &mut bands.q75, &mut bands.q95] {
                series.fill(value);
            }
        }
        s.binding.iter_mut().for_each(|b| b.share.fill(value));
        s.shortfall_path.iter_mut().for_each(estimate);
        s.lost_sales.iter_mut().for_each(|l| estimate(&mut l.1));
        [&mut s.shortfall, &mut s.shortfall_units, &mut s.capacity_denied].into_iter().for_each(estimate);
        s.bite.iter_mut().for_each(estimate);
    }
}

#[test]
fn degenerate_numbers_are_drawn() {
    for value in [0.0, -0.0, 1e-300, 1e-9, 1.0, -5.0, 1e12, 9.99e14, 1e15, f64::MAX, -f64::MAX, f64::INFINITY, f64::NAN]
    {
        for trials in [1, 50] {
            let mut c = comparison(&many(5), 24, false, trials);
            flood(&mut c, value);
            check_layout(&c);
            assert_eq!(render_all(&c).unwrap().len(), 15, "{value}");
        }
    }
}

#[test]
fn missing_pieces_are_drawn() {
    let mut empty = comparison(&[], 0, false, 10);
    empty.reference = 7;
    check_layout(&empty);
    assert_eq!(render_all(&empty).unwrap().len(), 15);

    let mut ragged = comparison(&many(4), 24, false, 10);
    ragged.scenarios[1].sustained.q05.truncate(3);
    ragged.scenarios[1].cumulative = Default::default();
    ragged.scenarios[2].shortfall_path.clear();
    ragged.scenarios[2].binding.clear();
    ragged.scenarios[3].lost_sales.clear();
    ragged.scenarios[3].binding[0].share.push(0.5);
    ragged.dates.truncate(20);
    ragged.end = Date::constant(2018, 1, 1);
    ragged.scenarios[3].title = "\u{0}\n<b>&\"'\u{ffff} 漢字".into();
    check_layout(&ragged);
    let files = render_all(&ragged).unwrap();
    for (name, bytes) in files.iter().filter(|f| f.0.ends_with(".svg")) {
        roxmltree::Document::parse(std::str::from_utf8(bytes).unwrap()).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
}

#[test]
fn svg_is_well_formed_and_needs_no_font() {
    let c = comparison(&many(5), 72, false, 1000);
    for (name, bytes) in render_all(&c).unwrap().iter().filter(|f| f.0.ends_with(".svg")) {
        let text = std::str::from_utf8(bytes).unwrap();
        let document = roxmltree::Document::parse(text).unwrap();
        let root = document.root_element();
        assert!(root.attribute("viewBox").is_some(), "{name}");
        let has = |tag: &str| root.descendants().any(|n| n.has_tag_name(("http://www.w3.org/2000/svg", tag)));
        assert!(!has("text") && !text.contains("font-family"), "{name}");
        assert!(has("title") && has("desc"), "{name}");
        let metadata = root.children().find(|n| n.tag_name().name() == "metadata").and_then(|n| n.text()).unwrap();
        assert_eq!(metadata, provenance().line(), "{name}");
        let defined: Vec<&str> = root.descendants().filter_map(|n| n.attribute("id")).collect();
        for used in root.descendants().filter(|n| n.tag_name().name() == "use") {
            let href = used.attribute(("http://www.w3.org/1999/xlink", "href")).unwrap();
            assert!(defined.contains(&href.trim_start_matches('#')), "{name}: {href}");
        }
    }
}

#[test]
fn png_has_its_density_and_source() {
    let c = comparison(&shipped(), 72, false, 1000);
    for (name, bytes) in render_all(&c).unwrap().iter().filter(|f| f.0.ends_with(".png")) {
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        assert_eq!(reader.info().width, 2720, "{name}");
        assert_eq!(reader.info().pixel_dims.unwrap().xppu, 15_118, "{name}");
        let texts = &reader.info().utf8_text;
        assert!(texts.iter().any(|t| t.keyword == "Source" && t.get_text().unwrap() == provenance().line()), "{name}");
        assert!(pixels.iter().any(|p| *p < 60) && pixels[..9] == [255; 9], "{name}: ink on white paper");
    }
}

#[test]
fn pdf_has_its_source_and_its_texts_as_texts() {
    let c = comparison(&shipped(), 72, false, 1000);
    for (name, bytes) in render_all(&c).unwrap().iter().filter(|f| f.0.ends_with(".pdf")) {
        let holds = |part: &str| bytes.windows(part.len()).any(|window| window == part.as_bytes());
        assert!(bytes.starts_with(b"%PDF-1.7") && bytes.trim_ascii_end().ends_with(b"%%EOF"), "{name}");
        assert!(holds(&format!("/Keywords ({})", provenance().line())) && holds("/Title "), "{name}");
        assert!(holds("+DejaVuSansCondensed") && holds("/ToUnicode") && holds("/FontFile2"), "{name}");
        assert!(!holds("Date") && !holds("/ID"), "{name}: the same bytes on every day");
        // 680 × 72 / 96 points wide: 180 mm.
        assert!(holds("/MediaBox [0 0 510 "), "{name}");
    }
}

#[test]
fn same_results_give_the_same_bytes_on_any_number_of_threads() {
    let c = comparison(&many(6), 72, false, 1000);
    let on = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| render_all(&c));
    let (one, two, again) = (on(1).unwrap(), on(2).unwrap(), render_all(&c).unwrap());
    assert!(one == two && two == again);
}

#[test]
fn a_figure_shows_its_numbers() {
    let c = comparison(&shipped(), 72, false, 1000);
    let fonts = Fonts::load(None).unwrap();
    let texts = |name: &str| {
        let figure = FIGURES.iter().find(|f| f.name == name).unwrap();
        (figure.compose)(&c, &fonts).0.texts.iter().map(|t| t.content.clone()).collect::<Vec<_>>()
    };
    let last = c.scenarios[3].shortfall;
    let (low, high) = last.interval.unwrap();
    let end = format!("{:.1}% [{:.1} to {:.1}]", last.value * 100.0, low * 100.0, high * 100.0);
    assert!(texts("shortfall").contains(&end), "{end}: {:?}", texts("shortfall"));
    assert!(texts("shortfall").iter().any(|t| t.contains("higher = worse for Huawei")));
    assert!(texts("cost").contains(&"−1.73".to_owned()), "China's gain: {:?}", texts("cost"));
    assert!(texts("binding").contains(&"FPGA".to_owned()) && !texts("binding").contains(&"Memory".to_owned()));
    let described = describe_all(&c, &fonts);
    assert!(described[3].caption.contains("Never the limit in any scenario, hence not drawn: Memory, Analog"));
    assert!(described[2].caption.contains("Not drawn, being zero in every trial: “No controls”"));
}

#[test]
fn rule_labels_do_not_cross_rule_lines() {
    use super::axis::TimeScale;
    use super::rules::{Labelling, choose, place};
    let fonts = Fonts::load(None).unwrap();
    let time = TimeScale::new(Date::constant(2019, 1, 1), Date::constant(2024, 12, 31), 0.0, 260.0);
    let rule =
        |(y, m, d, label): (i16, i8, i8, &str)| RuleDate { date: Date::constant(y, m, d), label: label.to_owned() };
    let few: Vec<RuleDate> = shipped().pop().unwrap().rules.into_iter().map(rule).collect();
    let labelling = choose(&fonts, &[(&few, time)]);
    assert_eq!(labelling, Labelling::Words);
    let placed = place(&fonts, &few, &time, &labelling);
    assert_eq!((placed.labels.len(), placed.lines.len()), (3, 3));
    for label in &placed.labels {
        for line in placed.lines.iter().filter(|l| l.lane > label.lane) {
            assert!(line.x < label.left || line.x > label.right, "{line:?} crosses {label:?}");
        }
    }
    let many: Vec<RuleDate> = adopted().rules.into_iter().map(rule).collect();
    let labelling = choose(&fonts, &[(&many, time)]);
    assert!(matches!(&labelling, Labelling::Numbers(key) if key.len() == many.len()));
    let placed = place(&fonts, &many, &time, &labelling);
    assert_eq!(placed.lines.len(), many.len());
    assert!(placed.labels.windows(2).all(|p| p[0].right < p[1].left), "{placed:?}");
}

#[test]
fn shades_stay_apart_in_grey() {
    let channel = |v: u8| match f64::from(v) / 255.0 {
        c if c <= 0.04045 => c / 12.92,
        c => crate::math::powf((c + 0.055) / 1.055, 2.4),
    };
    let luminance =
        |c: plotters::style::RGBColor| 0.2126 * channel(c.0) + 0.7152 * channel(c.1) + 0.0722 * channel(c.2);
    let contrast = |a, b| (luminance(a) + 0.05) / (luminance(b) + 0.05);
    let shades: Vec<f64> = (0..=20).map(|i| luminance(palette::ramp(f64::from(i) / 20.0))).collect();
    assert!(shades.windows(2).all(|p| p[0] > p[1]), "{shades:?}");
    assert!(contrast(palette::PAPER, palette::OUTER) > 1.2);
    assert!(contrast(palette::OUTER, palette::INNER) > 1.5);
    assert!(contrast(palette::INNER, palette::CENTER) > 4.0);
    assert!(contrast(palette::PAPER, palette::MUTED) > 7.0);
}

#[test]
fn numbers_read_as_a_reader_writes_them() {
    use super::axis::{ValueScale, alike, plain};
    assert_eq!(plain(1_234_567.0, 0), "1,234,567");
    assert_eq!(plain(-0.004, 2), "0.00");
    assert_eq!(plain(-12.5, 1), "−12.5");
    assert_eq!(alike(&[1234.0, 0.0, 56.7]), ["1,234", "0", "57"]);
    assert_eq!(alike(&[1.04e6, 828_000.0, 1.236e6]), ["1.04M", "0.83M", "1.24M"]);
    assert_eq!(alike(&[-3.4e9, 412_345.0]), ["−3.40bn", "0.00bn"]);
    let scale = ValueScale::covering([0.0, 52_000.0], 4, 0.0, 1.0);
    assert_eq!(scale.labels(), ["0", "20k", "40k", "60k"]);
    assert_eq!(ValueScale::covering([-0.1, 0.9], 4, 0.0, 1.0).labels(), ["−0.25", "0", "0.25", "0.50", "0.75", "1.00"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_small_comparison_is_drawn(
        shapes in prop::collection::vec((".{0,60}", -1.0..1.5_f64, 0.0..60.0_f64, 0..10_usize), 0..6),
        ticks in 0..90_usize,
        late in 0..14_usize,
        weekly: bool,
        trials in 1..5_u32,
        magnitude in -6..200_i32,
        labels in prop::collection::vec(("[ -~]{0,40}", 0..3000_i64), 0..9),
    ) {
        let shapes: Vec<FixtureScenario> = shapes
            .into_iter()
            .enumerate()
            .map(|(i, (title, depth, onset, rules))| {
                let rules = adopted().rules.into_iter().take(rules).collect();
                FixtureScenario { id: format!("s{i}"), title, rules, depth, onset }
            })
            .collect();
        let mut c = comparison(&shapes, ticks, weekly, trials);
        // The period may start in any month.
        c.dates.drain(..late.min(c.dates.len()));
        let factor = crate::math::powi(10.0, magnitude);
        for s in &mut c.scenarios {
            s.sustained.q95.iter_mut().for_each(|v| *v *= factor);
            s.lost_sales.iter_mut().for_each(|l| l.1.value *= factor);
            for (label, day) in &labels {
                let date = Date::constant(2018, 6, 1).checked_add(jiff::Span::new().days(*day)).unwrap();
                s.rule_dates.push(RuleDate { date, label: label.clone() });
            }
        }
        let fonts = Fonts::load(None).unwrap();
        for figure in &FIGURES {
            let (page, label): (Page<'_>, Label) = (figure.compose)(&c, &fonts);
            assert_laid_out(figure.name, &page);
            let document = svg::document(&page, &label, "where from").unwrap();
            prop_assert!(roxmltree::Document::parse(&document).is_ok());
        }
        let (page, label) = (FIGURES[0].compose)(&c, &fonts);
        prop_assert!(raster::image(&page, &label, "where from").is_ok());
        prop_assert!(pdf::document(&page, &label, "where from").is_ok());
    }
}

/// A comparison with observations of a file, each predicted at `factor` times what was observed, give or take a tenth.
fn backtest(file: &crate::scenario::observed::ObservationFile, factor: f64) -> Backtest {
    let row = |observation: &crate::scenario::Observation| {
        let sample: Vec<f64> = (0..=20).map(|i| observation.central() * factor * (0.9 + 0.01 * f64::from(i))).collect();
        let score = Score::new(&sample, observation.low, observation.high).filter(|_| factor > 0.0);
        Scored { observation: observation.clone(), firm: observation.entity.clone(), score, count: 21 }
    };
    Backtest {
        name: "backtest".into(),
        scenario: "adopted-rules".into(),
        title: "The rules as adopted".into(),
        file: file.name.clone(),
        trials: 4000,
        seed: 7,
        start: Date::constant(2019, 1, 1),
        end: Date::constant(2020, 12, 31),
        rows: file.observations.iter().map(row).collect(),
    }
}

#[test]
fn predictions_and_observations_are_laid_out_whatever_they_are() {
    let fonts = Fonts::load(None).unwrap();
    let shipped = load_observations("shipped:observed").unwrap();
    let one = |value: &str, bound: &str| {
        let text = format!(
            "[[observation]]\nid = \"x\"\nquantity = \"purchases\"\nentity = \"a-firm-with-quite-a-long-name-of-its-own\"\n\
             period = \"2020-12-31\"\nvalue = {value}\nunit = \"USD bn\"\nbound = \"{bound}\"\nseller = \"US\"\n\
             source = \"nobody\"\n"
        );
        load_observations_source(&Source::Text { name: "seen.toml".into(), text }).unwrap()
    };
    let cases = [
        (&shipped, 1.0),
        (&shipped, 3.0),
        (&shipped, 0.0),
        (&one("0", "exact"), 1.0),
        (&one("1e12", "at-least"), 1e6),
        (&one("1e-9", "at-most"), 0.5),
    ];
    for (file, factor) in cases {
        let (page, label) = history::compose(&backtest(file, factor), &fonts);
        assert_laid_out("backtest", &page);
        assert!(label.caption.contains("seed 7"), "{}", label.caption);
        assert!(roxmltree::Document::parse(&svg::document(&page, &label, "where from").unwrap()).is_ok());
    }
    // Filled where the band holds what was observed, hollow where it does not.
    let dots = |factor: f64| {
        let (page, _) = history::compose(&backtest(&one("5", "exact"), factor), &fonts);
        let fills = page.marks.iter().filter_map(|mark| match mark {
            super::canvas::Mark::Dot(_, _, fill, _) => Some(*fill),
            _ => None,
        });
        fills.collect::<Vec<_>>()
    };
    // One in the legend, one in the row.
    assert_eq!((dots(1.0), dots(3.0)), (vec![palette::INK; 2], vec![palette::PAPER; 2]));
}

/// A trace over so many ticks.
fn long_trace(ticks: usize, weekly: bool) -> Trace {
    let mut trace = crate::report::trace::fixture::trace();
    let day = |i: usize| {
        let span = if weekly { jiff::Span::new().weeks(i as i64) } else { jiff::Span::new().months(i as i64) };
        Date::constant(2019, 1, 1).checked_add(span).unwrap()
    };
    (trace.dates, trace.end) = ((0..ticks).map(day).collect(), day(ticks).yesterday().unwrap());
    let cycle = |values: &[f64]| values.iter().copied().cycle().take(ticks).collect::<Vec<f64>>();
    for line in &mut trace.lines {
        line.binding = line.binding.iter().copied().cycle().take(ticks).collect();
        for item in &mut line.items {
            item.stock_months = cycle(&item.stock_months);
            for source in &mut item.sources {
                for numbers in [&mut source.inflow, &mut source.permitted, &mut source.capacity] {
                    *numbers = cycle(numbers);
                }
            }
        }
    }
    trace
}

#[test]
fn a_trace_is_laid_out_whatever_it_holds() {
    let fonts = Fonts::load(None).unwrap();
    let draw = |what: &str, trace: &Trace| {
        let (page, label) = trace::compose(trace, &fonts);
        assert_laid_out(what, &page);
        assert!(roxmltree::Document::parse(&svg::document(&page, &label, "where from").unwrap()).is_ok());
        (page, label.caption)
    };
    for (ticks, weekly) in [(1, false), (6, false), (72, false), (480, false), (313, true)] {
        draw("long", &long_trace(ticks, weekly));
    }
    let mut trace = long_trace(6, false);
    let shapes = |trace: &Trace, color| {
        let (page, _) = draw("shapes", trace);
        let of = |mark: &&super::canvas::Mark| matches!(mark, super::canvas::Mark::Fill(_, fill) if *fill == color);
        page.marks.iter().filter(of).count()
    };
    // The plant in February, the class from April on; orders in January and March; stock in two stretches, since May has none; the
    // law from February on.
    assert_eq!([palette::CENTER, palette::AXIS, palette::INNER].map(|color| shapes(&trace, color)), [2, 2, 2]);
    assert_eq!(shapes(&trace, palette::INK), 1);
    assert!(!draw("caption", &trace).1.contains("cut off"));
    // Stock without end; a class whose limit was not asked for; names that are long; nothing at all.
    trace.lines[0].items[0].stock_months = vec![f64::MAX, f64::INFINITY, f64::NAN, -1.0, 1e300, 0.0];
    assert!(draw("extremes", &trace).1.contains("cut off at 12"));
    let fpga = trace.lines[0].items.remove(0);
    assert!(draw("another", &trace).0.texts.iter().any(|text| text.content == "Another class"));
    for i in 0..40 {
        let name = format!("Class {i} with a Donaudampfschifffahrtsgesellschaftlich long name that goes on and on");
        trace.lines[0].items.push(crate::analysis::trace::Item { name, class: format!("class-{i}"), ..fpga.clone() });
    }
    draw("many", &trace);
    trace.lines.clear();
    draw("none", &trace);
}

/// Figures of scenarios with Chinese, Hebrew and marked titles, with a font of the tests.
fn in_other_scripts(font: Option<&str>) -> (Drawn, Vec<String>, bool) {
    let path = |name: &str| format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    let fonts = Fonts::load(font.map(|name| Arc::new(FontFile::read(&path(name)).unwrap()))).unwrap();
    let mut shapes = shipped();
    for (shape, title) in
        shapes.iter_mut().zip(["出口管制 零门槛", "כללים (2020) Huawei", "re\u{301}sume\u{301}", "出口"])
    {
        shape.title = title.to_owned();
    }
    let c = comparison(&shapes, 72, false, 1000);
    for figure in &FIGURES {
        assert_laid_out(figure.name, &(figure.compose)(&c, &fonts).0);
    }
    let drawn = super::render_all(&c, &provenance(), &fonts).unwrap();
    let seen = fonts.seen();
    (drawn, seen.warnings(fonts.given().map(|file| file.name.as_str())), seen.borrowed())
}

fn holds(bytes: &[u8], part: &str) -> bool {
    bytes.windows(part.len()).any(|window| window == part.as_bytes())
}

#[test]
fn characters_that_the_font_lacks_come_from_one_that_is_given() {
    let (drawn, warnings, borrowed) = in_other_scripts(Some("strokes.otf"));
    assert_eq!((warnings, borrowed), (vec![], true));
    let file = |name: &str| &drawn.iter().find(|(file, _)| file == name).unwrap().1;
    let pdf = file("capacity.pdf");
    assert!(
        holds(pdf, "+Strokes") && holds(pdf, "/FontFile3") && holds(pdf, "/CIDFontType0C") && holds(pdf, "/FontFile2")
    );
    let svg = std::str::from_utf8(file("capacity.svg")).unwrap();
    assert!(
        svg.contains("aria-label=\"出口管制 零门槛\"")
            && svg.contains("<path id=\"g2\"")
            && svg.contains("href=\"#g2\"")
    );
    // Of a font that may not be put into a document, and has curves of the other kind, the outlines are drawn.
    let (kept, warnings, borrowed) = in_other_scripts(Some("strokes-kept.ttf"));
    assert_eq!((warnings, borrowed), (vec![], true));
    let of = |files: &[(String, Vec<u8>)], name: &str| files.iter().find(|(file, _)| file == name).unwrap().1.clone();
    assert!(!holds(&of(&kept, "capacity.pdf"), "Kept") && !holds(&of(&kept, "capacity.pdf"), "/FontFile3"));
    let (boxes, warnings, borrowed) = in_other_scripts(None);
    assert!(!borrowed && warnings.len() == 1 && warnings[0].contains("出 (U+51FA)"), "{warnings:?}");
    for name in ["capacity.png", "capacity.svg", "capacity.pdf"] {
        assert_ne!(&of(&boxes, name), file(name), "{name}");
        assert_ne!(of(&boxes, name), of(&kept, name), "{name}");
    }
}

/// Writes made-up figures for a look: `cargo test write_figures -- --ignored`, then see `target/figures`.
#[test]
#[ignore = "for a look, not a check"]
fn write_figures() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target/figures");
    let sets = [
        ("shipped", comparison(&shipped(), 72, false, 1000)),
        ("nine", comparison(&many(9), 72, false, 3000)),
        ("weekly", comparison(&many(5), 313, true, 1000)),
        ("one-trial", comparison(&shipped(), 24, false, 1)),
    ];
    for (set, c) in sets {
        let folder = root.join(set);
        std::fs::create_dir_all(&folder).unwrap();
        for (name, bytes) in render_all(&c).unwrap() {
            std::fs::write(folder.join(name), bytes).unwrap();
        }
    }
}
