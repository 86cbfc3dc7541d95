//! The fonts of figures: the embedded DejaVu Sans Condensed, regular and bold, and for characters that it lacks one that the user
//! gave. Text is measured and drawn with the same outlines, so that a figure looks the same on a machine without fonts, and
//! what fits in the layout fits on paper.

use std::sync::{Arc, Mutex, PoisonError};

use ab_glyph::{Font, FontArc, FontRef, FontVec, GlyphId, OutlineCurve, Point};

use super::FigureError;
use super::font_file::FontFile;
use super::lacking::Seen;
use super::shape;

/// Highest ink above the baseline, as a share of the type size (ascenders and brackets).
const ASCENT: f64 = 0.78;
/// Lowest ink below the baseline, as a share of the type size.
const DESCENT: f64 = 0.24;

/// A weight of the typeface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// For all that is read.
    Regular,
    /// For titles.
    Bold,
}

/// Size and weight of a text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Type {
    /// Height of an em in page units.
    pub size: f64,
    /// The weight.
    pub weight: Weight,
}

impl Type {
    /// Regular type.
    pub const fn regular(size: f64) -> Type {
        Type { size, weight: Weight::Regular }
    }

    /// Bold type.
    pub const fn bold(size: f64) -> Type {
        Type { size, weight: Weight::Bold }
    }

    /// Distance between two baselines.
    pub fn leading(self) -> f64 {
        self.size * 1.3
    }

    /// What ink rises above the baseline.
    pub fn ascent(self) -> f64 {
        self.size * ASCENT
    }

    /// What ink falls below the baseline.
    pub fn descent(self) -> f64 {
        self.size * DESCENT
    }
}

/// A font that glyphs come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Face {
    /// The embedded one, regular.
    Regular,
    /// The embedded one, bold.
    Bold,
    /// The one that was given; it has one weight.
    Given,
}

impl Weight {
    /// The embedded font of the weight.
    pub fn face(self) -> Face {
        match self {
            Weight::Regular => Face::Regular,
            Weight::Bold => Face::Bold,
        }
    }
}

/// A glyph and where it stands against the start of the baseline, in font units of the embedded font, y upwards.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// The font.
    pub face: Face,
    /// The glyph.
    pub glyph: GlyphId,
    /// Distance from the start of the text.
    pub x: f32,
    /// Height above the baseline.
    pub y: f32,
    /// What of the text it stands for, in bytes; empty for a further glyph of the same.
    pub of: std::ops::Range<usize>,
}

/// One step of a glyph's outline, in font units of the embedded font, y upwards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Step {
    /// Start a contour.
    Move(Point),
    /// A straight line.
    Line(Point),
    /// A quadratic curve: control point, end.
    Quad(Point, Point),
    /// A cubic curve: two control points, end.
    Cubic(Point, Point, Point),
    /// Close the contour.
    Close,
}

/// The fonts, parsed, and what was wanted of them.
pub struct Fonts {
    regular: FontArc,
    bold: FontArc,
    given: Option<Given>,
    seen: Mutex<Seen>,
}

struct Given {
    file: Arc<FontFile>,
    font: FontArc,
}

impl Fonts {
    /// Parses the embedded fonts, and the one that was given.
    ///
    /// # Errors
    /// If they are not fonts, which only a broken build can bring about.
    pub fn load(given: Option<Arc<FontFile>>) -> Result<Fonts, FigureError> {
        let parse =
            |weight| FontRef::try_from_slice(Fonts::file(weight)).map(FontArc::new).map_err(|_| FigureError::Font);
        let given = given.map(|file| {
            let font = FontVec::try_from_vec_and_index(file.bytes.clone(), file.index);
            font.map(|font| Given { file, font: FontArc::new(font) }).map_err(|_| FigureError::Font)
        });
        let (regular, bold) = (parse(Weight::Regular)?, parse(Weight::Bold)?);
        Ok(Fonts { regular, bold, given: given.transpose()?, seen: Mutex::default() })
    }

    /// The embedded font file of a weight.
    fn file(weight: Weight) -> &'static [u8] {
        match weight {
            Weight::Regular => dejavu::sans_condensed::regular(),
            Weight::Bold => dejavu::sans_condensed::bold(),
        }
    }

    /// The font that was given.
    pub fn given(&self) -> Option<&Arc<FontFile>> {
        self.given.as_ref().map(|given| &given.file)
    }

    /// The file of a font, and which of its faces it is.
    pub fn bytes(&self, face: Face) -> (&[u8], u32) {
        match (face, &self.given) {
            (Face::Given, Some(given)) => (&given.file.bytes, given.file.index),
            (Face::Bold, _) => (Fonts::file(Weight::Bold), 0),
            _ => (Fonts::file(Weight::Regular), 0),
        }
    }

    fn font(&self, face: Face) -> &FontArc {
        match (face, &self.given) {
            (Face::Given, Some(given)) => &given.font,
            (Face::Bold, _) => &self.bold,
            _ => &self.regular,
        }
    }

    /// Font units of the embedded font in an em.
    pub fn units_per_em(&self, weight: Weight) -> f64 {
        f64::from(self.font(weight.face()).units_per_em().unwrap_or(2048.0))
    }

    /// Font units of the embedded font in one of a font's own.
    pub fn scale(&self, face: Face) -> f32 {
        match face {
            // Both weights of the embedded font have the same.
            Face::Regular | Face::Bold => 1.0,
            Face::Given => {
                let own = self.font(face).units_per_em().filter(|units| *units > 0.0).unwrap_or(1000.0);
                self.units_per_em(Weight::Regular) as f32 / own
            }
        }
    }

    /// The glyph of a character in a font; `None` if it has none, or none that can be drawn.
    pub fn glyph(&self, face: Face, c: char) -> Option<GlyphId> {
        let font = self.font(face);
        let glyph = font.glyph_id(c);
        if glyph.0 == 0 {
            return None;
        }
        // Some fonts have pictures in place of outlines.
        let drawn = face != Face::Given || c.is_whitespace() || shape::is_ignorable(c) || font.outline(glyph).is_some();
        drawn.then_some(glyph)
    }

    /// The font that a character is set in, the embedded one, else the one that was given, and its glyph; `None` where neither
    /// has it.
    pub fn find(&self, c: char, weight: Weight) -> Option<(Face, GlyphId)> {
        let own = weight.face();
        match self.glyph(own, c) {
            Some(glyph) => Some((own, glyph)),
            None => self.given.as_ref().and_then(|_| self.glyph(Face::Given, c)).map(|glyph| (Face::Given, glyph)),
        }
    }

    /// Notes what a text that is drawn wants of the fonts.
    pub fn note(&self, text: &str, weight: Weight) {
        let of = |c| self.find(c, weight).map(|(face, _)| face);
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).note(text, of);
    }

    /// What the texts that were drawn so far wanted.
    pub fn seen(&self) -> Seen {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Width of a glyph in font units.
    pub fn advance(&self, face: Face, glyph: GlyphId) -> f32 {
        self.font(face).h_advance_unscaled(glyph) * self.scale(face)
    }

    /// How two glyphs of a font are moved together, in font units.
    pub fn kern(&self, face: Face, first: GlyphId, second: GlyphId) -> f32 {
        self.font(face).kern_unscaled(first, second) * self.scale(face)
    }

    /// How far a font rises above the baseline and falls below it (negative), in font units.
    pub fn extent(&self, face: Face) -> (f32, f32) {
        let font = self.font(face);
        (font.ascent_unscaled() * self.scale(face), font.descent_unscaled() * self.scale(face))
    }

    /// The glyphs of a text from left to right, and the width of the whole, in font units.
    pub fn shape(&self, text: &str, weight: Weight) -> (Vec<Placed>, f32) {
        shape::line(self, text, weight)
    }

    /// Width of a text in page units.
    pub fn width(&self, text: &str, style: Type) -> f64 {
        f64::from(self.shape(text, style.weight).1) * style.size / self.units_per_em(style.weight)
    }

    /// The outline of a glyph; empty for a space.
    pub fn outline(&self, face: Face, glyph: GlyphId) -> Vec<Step> {
        let scale = self.scale(face);
        // Digits that say something: the fractions of a unit that scaling leaves can't be seen.
        let scaled = |at: Point| match face {
            Face::Given => Point { x: (at.x * scale * 4.0).round() / 4.0, y: (at.y * scale * 4.0).round() / 4.0 },
            Face::Regular | Face::Bold => at,
        };
        let curves = self.font(face).outline(glyph).map(|o| o.curves).unwrap_or_default();
        let (mut steps, mut at) = (Vec::with_capacity(curves.len() + 4), None);
        for curve in curves {
            let (start, step, end) = match curve {
                OutlineCurve::Line(a, b) => (a, Step::Line(scaled(b)), b),
                OutlineCurve::Quad(a, b, c) => (a, Step::Quad(scaled(b), scaled(c)), c),
                OutlineCurve::Cubic(a, b, c, d) => (a, Step::Cubic(scaled(b), scaled(c), scaled(d)), d),
            };
            if at != Some(start) {
                if at.is_some() {
                    steps.push(Step::Close);
                }
                steps.push(Step::Move(scaled(start)));
            }
            steps.push(step);
            at = Some(end);
        }
        if at.is_some() {
            steps.push(Step::Close);
        }
        steps
    }

    /// Breaks a text into lines of at most `width`; a word longer than a line is broken within.
    pub fn wrap(&self, text: &str, style: Type, width: f64) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut line = String::new();
        for word in text.split_whitespace() {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.width(&longer, style) <= width {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            for c in word.chars() {
                line.push(c);
                if self.width(&line, style) > width && line.chars().count() > 1 {
                    line.pop();
                    lines.push(std::mem::replace(&mut line, c.to_string()));
                }
            }
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }

    /// At most `most` lines; the last one is elided if more would be needed.
    pub fn wrap_at_most(&self, text: &str, style: Type, width: f64, most: usize) -> Vec<String> {
        let mut lines = self.wrap(text, style, width);
        if lines.len() > most.max(1) {
            let rest = lines.split_off(most.max(1) - 1).join(" ");
            lines.push(self.elide(&rest, style, width));
        }
        lines
    }

    /// The text, or as much of it as fits with an ellipsis.
    pub fn elide(&self, text: &str, style: Type, width: f64) -> String {
        if self.width(text, style) <= width {
            return text.to_owned();
        }
        let mut kept: Vec<char> = text.chars().collect();
        while kept.pop().is_some() {
            let shorter = format!("{}…", kept.iter().collect::<String>().trim_end());
            if self.width(&shorter, style) <= width {
                return shorter;
            }
        }
        String::new()
    }
}
