//! A page as data: marks and texts in page units (CSS pixels, 96 to the inch), laid out before anything is drawn. The
//! marks are painted through any plotters backend; the texts are the ledger of all measured boxes, set on top as
//! outlines.

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind};
use plotters::element::{Circle, DashedPathElement, PathElement, Polygon, Rectangle};
use plotters::style::{Color as _, RGBColor, ShapeStyle};
use plotters_backend::DrawingBackend;

use super::font::{Fonts, Type};
use crate::text::is_command;

/// Backend units in a page unit: backends take whole numbers, and a tenth of a pixel is fine enough for print.
pub const UNITS: f64 = 10.0;

/// A point on the page, right and down from the upper left corner.
pub type Point = (f64, f64);

/// A box on the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Lower edge.
    pub bottom: f64,
}

impl Area {
    /// Distance between the left and the right edge.
    pub fn width(&self) -> f64 {
        self.right - self.left
    }
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    /// Color.
    pub color: RGBColor,
    /// Width in page units.
    pub width: f64,
    /// Dash and gap in page units; `None`: solid.
    pub dash: Option<(f64, f64)>,
}

impl Stroke {
    /// A solid line.
    pub const fn solid(color: RGBColor, width: f64) -> Stroke {
        Stroke { color, width, dash: None }
    }
}

/// A shape on the page.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// A line through points.
    Line(Vec<Point>, Stroke),
    /// A filled polygon.
    Fill(Vec<Point>, RGBColor),
    /// A filled box.
    Box(Area, RGBColor),
    /// A filled disc with an outline.
    Dot(Point, f64, RGBColor, Stroke),
}

/// Where a text stands against its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// The text starts there.
    Start,
    /// The text is centered there.
    Middle,
    /// The text ends there.
    End,
}

/// A line of text, measured and placed.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// What it says, with nothing that XML or a font could not take.
    pub content: String,
    /// Size and weight.
    pub style: Type,
    /// Color.
    pub color: RGBColor,
    /// Start of the baseline.
    pub start: Point,
    /// Length along the baseline.
    pub length: f64,
    /// Whether it reads upwards.
    pub upward: bool,
}

impl Text {
    /// The box that its ink stays within.
    #[cfg(test)]
    pub fn area(&self) -> Area {
        let (x, y) = self.start;
        let (up, down) = (self.style.ascent(), self.style.descent());
        if self.upward {
            Area { left: x - up, top: y - self.length, right: x + down, bottom: y }
        } else {
            Area { left: x, top: y - up, right: x + self.length, bottom: y + down }
        }
    }
}

/// A page under composition.
pub struct Page<'f> {
    /// The typeface.
    pub fonts: &'f Fonts,
    /// Width in page units.
    pub width: f64,
    /// Height in page units.
    pub height: f64,
    /// Shapes, lowest first.
    pub marks: Vec<Mark>,
    /// Texts.
    pub texts: Vec<Text>,
}

impl<'f> Page<'f> {
    /// An empty page, as high as its content will make it.
    pub fn new(fonts: &'f Fonts, width: f64) -> Page<'f> {
        Page { fonts, width, height: 0.0, marks: Vec::new(), texts: Vec::new() }
    }

    /// Adds a line.
    pub fn line(&mut self, points: impl Into<Vec<Point>>, stroke: Stroke) {
        self.marks.push(Mark::Line(points.into(), stroke));
    }

    /// Sets a text with its baseline at `at`. Returns its length.
    pub fn text(&mut self, at: Point, align: Align, style: Type, color: RGBColor, content: &str) -> f64 {
        let content = legible(content);
        let length = self.fonts.width(&content, style);
        let x = match align {
            Align::Start => at.0,
            Align::Middle => at.0 - length / 2.0,
            Align::End => at.0 - length,
        };
        self.put(Text { content, style, color, start: (x, at.1), length, upward: false });
        length
    }

    /// Sets a text that reads upwards, centered on `at`.
    pub fn text_upward(&mut self, at: Point, style: Type, color: RGBColor, content: &str) {
        let content = legible(content);
        let length = self.fonts.width(&content, style);
        self.put(Text { content, style, color, start: (at.0, at.1 + length / 2.0), length, upward: true });
    }

    fn put(&mut self, text: Text) {
        if !text.content.trim().is_empty() {
            self.fonts.note(&text.content, text.style.weight);
            self.texts.push(text);
        }
    }

    /// Size in backend units.
    pub fn backend_size(&self) -> (u32, u32) {
        ((self.width * UNITS).ceil() as u32, (self.height * UNITS).ceil() as u32)
    }

    /// Paints the shapes through a plotters backend of [`Page::backend_size`].
    ///
    /// # Errors
    /// What the backend reports.
    pub fn paint<DB: DrawingBackend>(
        &self,
        area: &DrawingArea<DB, Shift>,
    ) -> Result<(), DrawingAreaErrorKind<DB::ErrorType>> {
        area.fill(&plotters::style::WHITE)?;
        for mark in &self.marks {
            match mark {
                Mark::Line(points, stroke) => match stroke.dash {
                    None => area.draw(&PathElement::new(backend_points(points), stroke_style(stroke)))?,
                    Some((dash, gap)) => area.draw(&DashedPathElement::new(
                        backend_points(points),
                        dash * UNITS,
                        gap * UNITS,
                        stroke_style(stroke),
                    ))?,
                },
                Mark::Fill(points, color) => area.draw(&Polygon::new(backend_points(points), color.filled()))?,
                Mark::Box(b, color) => {
                    let corners = [backend_point((b.left, b.top)), backend_point((b.right, b.bottom))];
                    area.draw(&Rectangle::new(corners, color.filled()))?;
                }
                Mark::Dot(center, radius, fill, outline) => {
                    let (center, radius) = (backend_point(*center), (radius * UNITS).round() as u32);
                    area.draw(&Circle::new(center, radius, fill.filled()))?;
                    area.draw(&Circle::new(center, radius, stroke_style(outline)))?;
                }
            }
        }
        area.present()
    }
}

fn stroke_style(stroke: &Stroke) -> ShapeStyle {
    stroke.color.stroke_width((stroke.width * UNITS).round().max(1.0) as u32)
}

fn backend_point((x, y): Point) -> (i32, i32) {
    ((x * UNITS).round() as i32, (y * UNITS).round() as i32)
}

fn backend_points(points: &[Point]) -> Vec<(i32, i32)> {
    points.iter().copied().map(backend_point).collect()
}

/// The text with what commands a terminal or the order of reading, and what XML 1.0 does not admit, turned into spaces.
pub fn legible(text: &str) -> String {
    let plain = |c: char| if c.is_control() || is_command(c) || matches!(c, '\u{fffe}' | '\u{ffff}') { ' ' } else { c };
    text.chars().map(plain).collect()
}
