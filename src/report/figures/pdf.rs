//! A page as PDF, for a paper: the shapes as lines and areas, the texts as texts, in subsets of their fonts, so that they
//! can be searched and copied, and no journal's checks find outlines or a font that is missing. No date and no random
//! identifier is in it: the same page gives the same bytes.

mod embedded;

use std::convert::Infallible;

use ab_glyph::Point;
use pdf_writer::types::LineJoinStyle;
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use plotters::drawing::IntoDrawingArea;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, DrawingBackend, DrawingErrorKind};

use super::FigureError;
use super::canvas::{Page, Text, UNITS};
use super::font::{Placed, Step};
use super::svg::Label;
use embedded::{Embedded, faces};

/// Points in a page unit: 72 to the inch against 96.
const POINTS: f64 = 0.75;
/// How hard streams are compressed: beyond it they take longer and hardly shrink.
const COMPRESSION: u8 = 6;

const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const PAGE: Ref = Ref::new(3);
const CONTENT: Ref = Ref::new(4);
const INFO: Ref = Ref::new(5);

/// The page as a PDF file. `provenance` goes into its keywords.
///
/// # Errors
/// If the typeface can't be subset, or a shape can't be drawn.
pub fn document(page: &Page<'_>, label: &Label, provenance: &str) -> Result<Vec<u8>, FigureError> {
    let faces = faces(page)?;
    let content = content(page, &faces)?;
    let mut pdf = Pdf::new();
    pdf.catalog(CATALOG).pages(PAGES).lang(TextStr("en")).viewer_preferences().display_doc_title(true);
    pdf.pages(PAGES).kids([PAGE]).count(1);
    let mut sheet = pdf.page(PAGE);
    sheet.media_box(Rect::new(0.0, 0.0, points(page.width), points(page.height))).parent(PAGES).contents(CONTENT);
    let mut resources = sheet.resources();
    let mut named = resources.fonts();
    for face in &faces {
        named.pair(Name(face.name()), face.object(Embedded::FONT));
    }
    named.finish();
    resources.finish();
    sheet.finish();
    pdf.stream(CONTENT, &content).filter(Filter::FlateDecode);
    let mut info = pdf.document_info(INFO);
    info.title(TextStr(&label.title)).subject(TextStr(&label.caption)).keywords(TextStr(provenance));
    info.creator(TextStr(concat!("chokepoint ", env!("CARGO_PKG_VERSION"))));
    info.finish();
    for face in &faces {
        face.write(&mut pdf, page.fonts);
    }
    Ok(pdf.finish())
}

fn points(units: f64) -> f32 {
    (units * POINTS) as f32
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(bytes, COMPRESSION)
}

/// What is drawn, compressed.
fn content(page: &Page<'_>, faces: &[Embedded]) -> Result<Vec<u8>, FigureError> {
    let size = page.backend_size();
    let mut content = Content::new();
    content.save_state();
    let scale = (POINTS / UNITS) as f32;
    content.transform([scale, 0.0, 0.0, -scale, 0.0, points(page.height)]);
    content.set_line_join(LineJoinStyle::RoundJoin);
    {
        let area = Vector { content: &mut content, size, fill: None, stroke: None }.into_drawing_area();
        page.paint(&area).map_err(|e| FigureError::Pdf(e.to_string()))?;
    }
    content.restore_state();
    content.begin_text();
    for text in &page.texts {
        set_text(&mut content, page, faces, text);
    }
    content.end_text();
    // What can't be put into the file as a font is drawn.
    for text in &page.texts {
        draw_text(&mut content, page, faces, text);
    }
    Ok(compressed(content.finish().as_slice()))
}

/// Glyphs of a text that stand side by side, in the same font and at the same height.
fn groups(glyphs: &[Placed]) -> impl Iterator<Item = &[Placed]> {
    glyphs.chunk_by(|a, b| a.face == b.face && a.y == b.y)
}

/// The places of a text on the page: its own directions, and where it starts, in points.
fn matrix(page: &Page<'_>, text: &Text) -> [f32; 6] {
    let (x, y) = (points(text.start.0), points(page.height - text.start.1));
    if text.upward { [0.0, 1.0, -1.0, 0.0, x, y] } else { [1.0, 0.0, 0.0, 1.0, x, y] }
}

/// The place so far along a text and so far above it.
fn moved([a, b, c, d, x, y]: [f32; 6], along: f32, up: f32) -> [f32; 6] {
    [a, b, c, d, x + a * along + c * up, y + b * along + d * up]
}

/// Sets one text, each glyph where the layout has it.
fn set_text(content: &mut Content, page: &Page<'_>, faces: &[Embedded], text: &Text) {
    let (fonts, weight) = (page.fonts, text.style.weight);
    let start = matrix(page, text);
    let (glyphs, _) = fonts.shape(&text.content, weight);
    let units = fonts.units_per_em(weight) as f32;
    let (thousandths, em) = (1000.0 / units, points(text.style.size) / units);
    content.set_fill_rgb(unit(text.color.0), unit(text.color.1), unit(text.color.2));
    for group in groups(&glyphs) {
        let Some((first, face)) = group.first().and_then(|g| Some((g, faces.iter().find(|f| f.face == g.face)?)))
        else {
            continue;
        };
        content.set_font(Name(face.name()), points(text.style.size));
        content.set_text_matrix(moved(start, first.x * em, first.y * em));
        let mut shown = content.show_positioned();
        let mut items = shown.items();
        let (mut pending, mut at) = (Vec::new(), first.x);
        for glyph in group {
            let kern = glyph.x - at;
            if kern.abs() > 0.5 {
                items.show(Str(&pending)).adjust(-kern * thousandths);
                pending.clear();
            }
            pending.extend(face.code(glyph.glyph).to_be_bytes());
            at = glyph.x + fonts.advance(glyph.face, glyph.glyph);
        }
        items.show(Str(&pending));
    }
}

/// Draws the outlines of those glyphs of a text whose font is not in the file.
fn draw_text(content: &mut Content, page: &Page<'_>, faces: &[Embedded], text: &Text) {
    let fonts = page.fonts;
    let em = points(text.style.size) / fonts.units_per_em(text.style.weight) as f32;
    let start = matrix(page, text);
    for glyph in fonts.shape(&text.content, text.style.weight).0 {
        if faces.iter().any(|face| face.face == glyph.face) {
            continue;
        }
        content.set_fill_rgb(unit(text.color.0), unit(text.color.1), unit(text.color.2));
        let mut at = (0.0, 0.0);
        let place = |point: Point| {
            let [.., x, y] = moved(start, (glyph.x + point.x) * em, (glyph.y + point.y) * em);
            (x, y)
        };
        let mut any = false;
        for step in fonts.outline(glyph.face, glyph.glyph) {
            any = true;
            match step {
                Step::Move(a) => {
                    at = place(a);
                    content.move_to(at.0, at.1);
                }
                Step::Line(a) => {
                    at = place(a);
                    content.line_to(at.0, at.1);
                }
                Step::Quad(a, b) => {
                    // The same curve as a cubic one.
                    let (control, end) = (place(a), place(b));
                    let toward = |from: (f32, f32)| {
                        (from.0 + (control.0 - from.0) * 2.0 / 3.0, from.1 + (control.1 - from.1) * 2.0 / 3.0)
                    };
                    let (first, second) = (toward(at), toward(end));
                    content.cubic_to(first.0, first.1, second.0, second.1, end.0, end.1);
                    at = end;
                }
                Step::Cubic(a, b, c) => {
                    let (first, second) = (place(a), place(b));
                    at = place(c);
                    content.cubic_to(first.0, first.1, second.0, second.1, at.0, at.1);
                }
                Step::Close => {
                    content.close_path();
                }
            }
        }
        if any {
            content.fill_nonzero();
        }
    }
}

/// A channel of a color.
fn unit(channel: u8) -> f32 {
    f32::from(channel) / 255.0
}

/// A drawing backend that writes the calls of plotters as PDF operators. Colors are opaque, as all of a page are.
struct Vector<'c> {
    content: &'c mut Content,
    size: (u32, u32),
    /// Colors and width as they were last set.
    fill: Option<(u8, u8, u8)>,
    stroke: Option<((u8, u8, u8), u32)>,
}

/// Writing into memory can't fail.
type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl Vector<'_> {
    fn filled(&mut self, color: BackendColor) {
        let (r, g, b) = color.rgb;
        if self.fill.replace(color.rgb) != Some(color.rgb) {
            self.content.set_fill_rgb(unit(r), unit(g), unit(b));
        }
    }

    fn stroked<S: BackendStyle>(&mut self, style: &S) {
        let wanted = (style.color().rgb, style.stroke_width());
        if self.stroke.replace(wanted) != Some(wanted) {
            let (r, g, b) = wanted.0;
            self.content.set_stroke_rgb(unit(r), unit(g), unit(b)).set_line_width(wanted.1 as f32);
        }
    }

    /// A path through points; whether there were any.
    fn through(&mut self, points: impl IntoIterator<Item = BackendCoord>) -> bool {
        let mut any = false;
        for (x, y) in points {
            let (x, y) = (x as f32, y as f32);
            let _ = if any { self.content.line_to(x, y) } else { self.content.move_to(x, y) };
            any = true;
        }
        any
    }

    fn rectangle(&mut self, a: BackendCoord, b: BackendCoord) {
        self.content.rect(a.0 as f32, a.1 as f32, (b.0 - a.0) as f32, (b.1 - a.1) as f32);
    }
}

impl DrawingBackend for Vector<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        self.filled(color);
        self.rectangle((x, y), (x + 1, y + 1));
        self.content.fill_nonzero();
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(&mut self, a: BackendCoord, b: BackendCoord, style: &S, fill: bool) -> Drawn {
        if fill {
            self.filled(style.color());
            self.rectangle(a, b);
            self.content.fill_nonzero();
        } else {
            self.stroked(style);
            self.rectangle(a, b);
            self.content.stroke();
        }
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        self.stroked(style);
        if self.through(path) {
            self.content.stroke();
        }
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S, fill: bool) -> Drawn {
        // A quarter of a circle as a cubic curve: the handles that are right in its middle.
        const HANDLE: f32 = 0.552_284_8;
        let (x, y, r) = (center.0 as f32, center.1 as f32, radius as f32);
        let h = r * HANDLE;
        if fill {
            self.filled(style.color());
        } else {
            self.stroked(style);
        }
        self.content
            .move_to(x + r, y)
            .cubic_to(x + r, y + h, x + h, y + r, x, y + r)
            .cubic_to(x - h, y + r, x - r, y + h, x - r, y)
            .cubic_to(x - r, y - h, x - h, y - r, x, y - r)
            .cubic_to(x + h, y - r, x + r, y - h, x + r, y)
            .close_path();
        let _ = if fill { self.content.fill_nonzero() } else { self.content.stroke() };
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, vert: I, style: &S) -> Drawn {
        self.filled(style.color());
        if self.through(vert) {
            self.content.close_path().fill_nonzero();
        }
        Ok(())
    }
}
