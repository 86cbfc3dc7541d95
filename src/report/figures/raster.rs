//! A page as PNG. plotters' own bitmap backend draws stair-stepped thick lines, so its drawing calls are filled by
//! tiny-skia here, with exact coverage; texts are filled from the same outlines as in the SVG, so that the two look
//! alike.

use plotters::drawing::IntoDrawingArea;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, DrawingBackend, DrawingErrorKind};
use tiny_skia::{FillRule, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, Transform};

use super::FigureError;
use super::canvas::{Page, Text, UNITS};
use super::font::{Fonts, Step};
use super::svg::Label;

/// Pixels in a page unit: 4 × 96 = 384 to the inch.
const PIXELS: f64 = 4.0;
/// The same, in pixels to the meter.
const PIXELS_PER_METER: u32 = 15_118;

/// The page as a PNG file. `provenance` goes into its metadata.
///
/// # Errors
/// If the page is too large for an image, or encoding fails.
pub fn image(page: &Page<'_>, label: &Label, provenance: &str) -> Result<Vec<u8>, FigureError> {
    let (width, height) = ((page.width * PIXELS).ceil() as u32, (page.height * PIXELS).ceil() as u32);
    let mut pixmap = Pixmap::new(width, height).ok_or(FigureError::PageSize { width, height })?;
    {
        let area = Raster { pixmap: &mut pixmap, size: page.backend_size() }.into_drawing_area();
        page.paint(&area).map_err(|e| FigureError::Png(e.to_string()))?;
    }
    for text in &page.texts {
        set_text(&mut pixmap, page.fonts, text);
    }
    encode(&pixmap, label, provenance).map_err(|e| FigureError::Png(e.to_string()))
}

fn encode(pixmap: &Pixmap, label: &Label, provenance: &str) -> Result<Vec<u8>, png::EncodingError> {
    // The page is filled with white first, hence opaque, and premultiplied colors are the colors.
    let rgb: Vec<u8> = pixmap.pixels().iter().flat_map(|p| [p.red(), p.green(), p.blue()]).collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, pixmap.width(), pixmap.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let density = png::PixelDimensions { xppu: PIXELS_PER_METER, yppu: PIXELS_PER_METER, unit: png::Unit::Meter };
    encoder.set_pixel_dims(Some(density));
    encoder.add_itxt_chunk("Title".to_owned(), label.title.clone())?;
    encoder.add_itxt_chunk("Description".to_owned(), label.caption.clone())?;
    encoder.add_itxt_chunk("Source".to_owned(), provenance.to_owned())?;
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&rgb)?;
    writer.finish()?;
    Ok(bytes)
}

/// Fills the glyphs of one text.
fn set_text(pixmap: &mut Pixmap, fonts: &Fonts, text: &Text) {
    let weight = text.style.weight;
    let scale = (text.style.size * PIXELS / fonts.units_per_em(weight)) as f32;
    let mut builder = PathBuilder::new();
    for placed in fonts.shape(&text.content, weight).0 {
        let (x, y) = (placed.x, placed.y);
        for step in fonts.outline(placed.face, placed.glyph) {
            match step {
                Step::Move(a) => builder.move_to(x + a.x, y + a.y),
                Step::Line(a) => builder.line_to(x + a.x, y + a.y),
                Step::Quad(a, b) => builder.quad_to(x + a.x, y + a.y, x + b.x, y + b.y),
                Step::Cubic(a, b, c) => builder.cubic_to(x + a.x, y + a.y, x + b.x, y + b.y, x + c.x, y + c.y),
                Step::Close => builder.close(),
            }
        }
    }
    let Some(path) = builder.finish() else { return };
    let (x, y) = ((text.start.0 * PIXELS) as f32, (text.start.1 * PIXELS) as f32);
    let place = if text.upward {
        Transform::from_row(0.0, -scale, -scale, 0.0, x, y)
    } else {
        Transform::from_row(scale, 0.0, 0.0, -scale, x, y)
    };
    let color = BackendColor { alpha: 1.0, rgb: (text.color.0, text.color.1, text.color.2) };
    pixmap.fill_path(&path, &paint(color), FillRule::Winding, place, None);
}

fn paint(color: BackendColor) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    let (r, g, b) = color.rgb;
    paint.set_color_rgba8(r, g, b, (color.alpha.clamp(0.0, 1.0) * 255.0).round() as u8);
    paint
}

/// A drawing backend that fills the calls of plotters with tiny-skia.
struct Raster<'p> {
    pixmap: &'p mut Pixmap,
    size: (u32, u32),
}

/// Drawing into memory can't fail.
type Drawn = Result<(), DrawingErrorKind<std::convert::Infallible>>;

impl Raster<'_> {
    fn scale() -> Transform {
        let s = (PIXELS / UNITS) as f32;
        Transform::from_scale(s, s)
    }

    fn fill(&mut self, path: Option<Path>, color: BackendColor) {
        if let Some(path) = path {
            self.pixmap.fill_path(&path, &paint(color), FillRule::Winding, Self::scale(), None);
        }
    }

    fn stroke<S: BackendStyle>(&mut self, path: Option<Path>, style: &S) {
        if let Some(path) = path {
            let stroke = Stroke { width: style.stroke_width() as f32, line_join: LineJoin::Round, ..Stroke::default() };
            self.pixmap.stroke_path(&path, &paint(style.color()), &stroke, Self::scale(), None);
        }
    }
}

fn through(points: impl IntoIterator<Item = BackendCoord>, close: bool) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for (i, (x, y)) in points.into_iter().enumerate() {
        match i {
            0 => builder.move_to(x as f32, y as f32),
            _ => builder.line_to(x as f32, y as f32),
        }
    }
    if close && !builder.is_empty() {
        builder.close();
    }
    builder.finish()
}

impl DrawingBackend for Raster<'_> {
    type ErrorType = std::convert::Infallible;

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
        let pixel = Rect::from_xywh(x as f32, y as f32, 1.0, 1.0).map(PathBuilder::from_rect);
        self.fill(pixel, color);
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.stroke(through([from, to], false), style);
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(&mut self, a: BackendCoord, b: BackendCoord, style: &S, fill: bool) -> Drawn {
        let path = Rect::from_ltrb(a.0 as f32, a.1 as f32, b.0 as f32, b.1 as f32).map(PathBuilder::from_rect);
        if fill {
            self.fill(path, style.color())
        } else {
            self.stroke(path, style)
        }
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        self.stroke(through(path, false), style);
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S, fill: bool) -> Drawn {
        let path = PathBuilder::from_circle(center.0 as f32, center.1 as f32, radius as f32);
        if fill {
            self.fill(path, style.color())
        } else {
            self.stroke(path, style)
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, vert: I, style: &S) -> Drawn {
        self.fill(through(vert, true), style.color());
        Ok(())
    }
}
