//! The embedded typeface: DejaVu Sans Condensed, regular and bold. Text is measured and drawn with the same outlines,
//! so that a figure looks the same on a machine without fonts, and what fits in the layout fits on paper.

use ab_glyph::{Font, FontRef, GlyphId, OutlineCurve, Point};

use super::FigureError;

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

/// A glyph and where it starts on the baseline, in font units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Placed {
    /// The glyph.
    pub glyph: GlyphId,
    /// Distance from the start of the text.
    pub x: f32,
}

/// One step of a glyph's outline, in font units, y upwards.
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

/// Both weights, parsed.
pub struct Fonts {
    regular: FontRef<'static>,
    bold: FontRef<'static>,
}

impl Fonts {
    /// Parses the embedded typeface.
    ///
    /// # Errors
    /// If the embedded files are not fonts, which only a broken build can bring about.
    pub fn load() -> Result<Fonts, FigureError> {
        let parse = |weight| FontRef::try_from_slice(Fonts::file(weight)).map_err(|_| FigureError::Font);
        Ok(Fonts { regular: parse(Weight::Regular)?, bold: parse(Weight::Bold)? })
    }

    /// The font file of a weight.
    pub fn file(weight: Weight) -> &'static [u8] {
        match weight {
            Weight::Regular => dejavu::sans_condensed::regular(),
            Weight::Bold => dejavu::sans_condensed::bold(),
        }
    }

    fn face(&self, weight: Weight) -> &FontRef<'static> {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// Font units in an em.
    pub fn units_per_em(&self, weight: Weight) -> f64 {
        f64::from(self.face(weight).units_per_em().unwrap_or(2048.0))
    }

    /// Width of a glyph in font units.
    pub fn advance(&self, glyph: GlyphId, weight: Weight) -> f32 {
        self.face(weight).h_advance_unscaled(glyph)
    }

    /// How far the typeface rises above the baseline and falls below it (negative), in font units.
    pub fn extent(&self, weight: Weight) -> (f32, f32) {
        let face = self.face(weight);
        (face.ascent_unscaled(), face.descent_unscaled())
    }

    /// The glyphs of a text with kerning, and the width of the whole, in font units.
    pub fn shape(&self, text: &str, weight: Weight) -> (Vec<Placed>, f32) {
        let face = self.face(weight);
        let (mut x, mut last) = (0.0, None);
        let glyphs = text
            .chars()
            .map(|c| {
                let glyph = face.glyph_id(c);
                if let Some(last) = last.replace(glyph) {
                    x += face.kern_unscaled(last, glyph);
                }
                let placed = Placed { glyph, x };
                x += face.h_advance_unscaled(glyph);
                placed
            })
            .collect();
        (glyphs, x)
    }

    /// Width of a text in page units.
    pub fn width(&self, text: &str, style: Type) -> f64 {
        f64::from(self.shape(text, style.weight).1) * style.size / self.units_per_em(style.weight)
    }

    /// The outline of a glyph; empty for a space.
    pub fn outline(&self, glyph: GlyphId, weight: Weight) -> Vec<Step> {
        let curves = self.face(weight).outline(glyph).map(|o| o.curves).unwrap_or_default();
        let (mut steps, mut at) = (Vec::with_capacity(curves.len() + 4), None);
        for curve in curves {
            let (start, step, end) = match curve {
                OutlineCurve::Line(a, b) => (a, Step::Line(b), b),
                OutlineCurve::Quad(a, b, c) => (a, Step::Quad(b, c), c),
                OutlineCurve::Cubic(a, b, c, d) => (a, Step::Cubic(b, c, d), d),
            };
            if at != Some(start) {
                if at.is_some() {
                    steps.push(Step::Close);
                }
                steps.push(Step::Move(start));
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
