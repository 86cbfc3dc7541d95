//! The frame of every figure: a title on top, a legend, the body, and the caption below, wrapped to the width of the
//! page. The height of the page is what these need.

use plotters::style::RGBColor;

use super::canvas::{Align, Area, Mark, Page, Stroke};
use super::font::{Fonts, Type};
use super::palette::{INK, MUTED};
use super::svg::Label;
use crate::analysis::results::{Comparison, ScenarioResults};

/// Width of the page: 180 mm, the full width of a printed page between its margins.
pub const WIDTH: f64 = 680.0;
/// Blank edge.
pub const MARGIN: f64 = 12.0;
/// Title type.
const TITLE: Type = Type::bold(15.0);
/// Caption type.
const CAPTION: Type = Type::regular(10.0);
/// Legend type.
const LEGEND: Type = Type::regular(10.5);

/// What a legend shows before its words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Key {
    /// A line.
    Line(Stroke),
    /// A filled box.
    Box(RGBColor),
    /// A dot of this fill with this outline.
    Dot(RGBColor, RGBColor),
}

/// A figure under composition.
pub struct Sheet<'f> {
    /// The page.
    pub page: Page<'f>,
    /// How far down the page is taken.
    pub y: f64,
    title: String,
}

impl<'f> Sheet<'f> {
    /// A page with its title.
    pub fn new(fonts: &'f Fonts, title: String) -> Sheet<'f> {
        let mut sheet = Sheet { page: Page::new(fonts, WIDTH), y: MARGIN, title };
        sheet.paragraph(&sheet.title.clone(), TITLE, INK);
        sheet
    }

    /// Sets a text over the whole width, line by line.
    pub fn paragraph(&mut self, text: &str, style: Type, color: RGBColor) {
        let lines = self.page.fonts.wrap(&super::canvas::legible(text), style, WIDTH - 2.0 * MARGIN);
        for line in lines {
            self.page.text((MARGIN, self.y + style.ascent()), Align::Start, style, color, &line);
            self.y += style.leading();
        }
    }

    /// Sets the legend, item after item, in as many lines as it needs.
    pub fn legend(&mut self, items: &[(Key, String)]) {
        self.y += 3.0;
        let mut x = MARGIN;
        for (key, words) in items {
            let words = self.page.fonts.elide(words, LEGEND, WIDTH - 2.0 * MARGIN - 30.0);
            let width = 28.0 + self.page.fonts.width(&words, LEGEND);
            if x > MARGIN && x + width > WIDTH - MARGIN {
                x = MARGIN;
                self.y += LEGEND.leading();
            }
            let (middle, baseline) = (self.y + 6.0, self.y + 10.0);
            match key {
                Key::Line(stroke) => self.page.line([(x, middle), (x + 22.0, middle)], *stroke),
                Key::Box(color) => {
                    let area = Area { left: x, top: middle - 4.5, right: x + 22.0, bottom: middle + 4.5 };
                    self.page.marks.push(Mark::Box(area, *color));
                }
                Key::Dot(fill, outline) => {
                    let outline = Stroke::solid(*outline, 1.2);
                    self.page.marks.push(Mark::Dot((x + 11.0, middle), 3.2, *fill, outline));
                }
            }
            self.page.text((x + 27.0, baseline), Align::Start, LEGEND, INK, &words);
            x += width + 16.0;
        }
        self.y += LEGEND.leading() + 5.0;
    }

    /// Sets the caption, closes the page, and says what it shows.
    pub fn finish(self, caption: &str, comparison: &Comparison) -> (Page<'f>, Label) {
        let caption = format!("{caption} {}", run_line(comparison));
        self.close(&caption)
    }

    /// As [`Sheet::finish`], for a figure of something else than a comparison of scenarios.
    pub fn close(mut self, caption: &str) -> (Page<'f>, Label) {
        self.y += 9.0;
        self.paragraph(caption, CAPTION, MUTED);
        // A whole number: else the last row of pixels is half paper.
        self.page.height = (self.y + MARGIN - 4.0).ceil();
        (self.page, Label { title: self.title, caption: caption.to_owned() })
    }
}

/// The sentence that ends every caption.
fn run_line(c: &Comparison) -> String {
    let trials = super::axis::plain(f64::from(c.trials), 0);
    let trials = if c.trials == 1 { "1 trial".to_owned() } else { format!("{trials} trials") };
    let shared = if c.scenarios.len() > 1 { ", the same draws in all of them" } else { "" };
    format!(
        "{trials} of each scenario{shared}; seed {}; comparison “{}”; chokepoint {}.",
        c.seed,
        c.name,
        env!("CARGO_PKG_VERSION")
    )
}

/// The plural of a product's name.
pub fn plural(noun: &str) -> String {
    let vowel_before_y = ["ay", "ey", "oy", "uy"].iter().any(|e| noun.ends_with(e));
    if ["s", "x", "ch", "sh"].iter().any(|e| noun.ends_with(e)) {
        format!("{noun}es")
    } else if let (Some(stem), false) = (noun.strip_suffix('y'), vowel_before_y) {
        format!("{stem}ies")
    } else {
        format!("{noun}s")
    }
}

/// The text with its first letter in upper case.
pub fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// The products of the headline, in the plural: `base stations`.
pub fn products(c: &Comparison) -> String {
    plural(&c.subject.product)
}

/// The title of a scenario, or its id where it has none.
pub fn title_of(scenario: &ScenarioResults) -> &str {
    if scenario.title.trim().is_empty() { &scenario.id } else { &scenario.title }
}
