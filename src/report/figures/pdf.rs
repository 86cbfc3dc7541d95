//! A page as PDF, for a paper: the shapes as lines and areas, the texts as texts, in a subset of the embedded typeface, so that
//! they can be searched and copied, and no journal's checks find outlines or a font that is missing. No date and no random
//! identifier is in it: the same page gives the same bytes.

use std::collections::BTreeMap;
use std::convert::Infallible;

use ab_glyph::GlyphId;
use pdf_writer::types::{CidFontType, FontFlags, LineJoinStyle, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use plotters::drawing::IntoDrawingArea;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, DrawingBackend, DrawingErrorKind};
use subsetter::GlyphRemapper;

use super::FigureError;
use super::canvas::{Page, Text, UNITS};
use super::font::{Fonts, Weight};
use super::svg::Label;

/// Points in a page unit: 72 to the inch against 96.
const POINTS: f64 = 0.75;
/// How hard streams are compressed: beyond it they take longer and hardly shrink.
const COMPRESSION: u8 = 6;
/// Adobe's name for characters that are glyphs.
const IDENTITY: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const PAGE: Ref = Ref::new(3);
const CONTENT: Ref = Ref::new(4);
const INFO: Ref = Ref::new(5);
/// The first of the objects of fonts, [`Face::OBJECTS`] each.
const FONTS: i32 = 6;

/// The page as a PDF file. `provenance` goes into its keywords.
///
/// # Errors
/// If the typeface can't be subset, or a shape can't be drawn.
pub fn document(page: &Page<'_>, label: &Label, provenance: &str) -> Result<Vec<u8>, FigureError> {
    let faces = faces(page);
    let content = content(page, &faces)?;
    let mut pdf = Pdf::new();
    pdf.catalog(CATALOG).pages(PAGES).lang(TextStr("en")).viewer_preferences().display_doc_title(true);
    pdf.pages(PAGES).kids([PAGE]).count(1);
    let mut sheet = pdf.page(PAGE);
    sheet.media_box(Rect::new(0.0, 0.0, points(page.width), points(page.height))).parent(PAGES).contents(CONTENT);
    let mut resources = sheet.resources();
    let mut named = resources.fonts();
    for face in &faces {
        named.pair(Name(face.name()), face.object(Face::FONT));
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
        face.write(&mut pdf, page.fonts)?;
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
fn content(page: &Page<'_>, faces: &[Face]) -> Result<Vec<u8>, FigureError> {
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
        if let Some(face) = faces.iter().find(|face| face.weight == text.style.weight) {
            set_text(&mut content, page, face, text);
        }
    }
    content.end_text();
    Ok(compressed(content.finish().as_slice()))
}

/// Sets one text, each glyph where the layout has it.
fn set_text(content: &mut Content, page: &Page<'_>, face: &Face, text: &Text) {
    let (fonts, weight) = (page.fonts, face.weight);
    let (x, y) = (points(text.start.0), points(page.height - text.start.1));
    content.set_fill_rgb(unit(text.color.0), unit(text.color.1), unit(text.color.2));
    content.set_font(Name(face.name()), points(text.style.size));
    content.set_text_matrix(if text.upward { [0.0, 1.0, -1.0, 0.0, x, y] } else { [1.0, 0.0, 0.0, 1.0, x, y] });
    let (glyphs, _) = fonts.shape(&text.content, weight);
    let thousandths = 1000.0 / fonts.units_per_em(weight) as f32;
    let mut shown = content.show_positioned();
    let mut items = shown.items();
    let (mut pending, mut at) = (Vec::new(), 0.0);
    for glyph in glyphs {
        let kern = glyph.x - at;
        if kern.abs() > 0.5 {
            items.show(Str(&pending)).adjust(-kern * thousandths);
            pending.clear();
        }
        pending.extend(face.code(glyph.glyph).to_be_bytes());
        at = glyph.x + fonts.advance(glyph.glyph, weight);
    }
    items.show(Str(&pending));
}

/// A channel of a color.
fn unit(channel: u8) -> f32 {
    f32::from(channel) / 255.0
}

/// The part of a weight of the typeface that a page uses.
struct Face {
    weight: Weight,
    /// Which of the page's faces it is.
    place: i32,
    /// The glyphs, in the order of their codes.
    codes: GlyphRemapper,
    /// The character that each code stands for.
    characters: BTreeMap<u16, char>,
}

/// The faces that the texts of a page are set in.
fn faces(page: &Page<'_>) -> Vec<Face> {
    let mut faces: Vec<Face> = Vec::new();
    for weight in [Weight::Regular, Weight::Bold] {
        let (mut codes, mut characters) = (GlyphRemapper::new(), BTreeMap::new());
        for text in page.texts.iter().filter(|text| text.style.weight == weight) {
            let (glyphs, _) = page.fonts.shape(&text.content, weight);
            for (character, placed) in text.content.chars().zip(glyphs) {
                let code = codes.remap(placed.glyph.0);
                // The glyph of what the typeface lacks stands for many characters, hence for none.
                if placed.glyph.0 != 0 {
                    characters.entry(code).or_insert(character);
                }
            }
        }
        if codes.num_gids() > 1 {
            faces.push(Face { weight, place: faces.len() as i32, codes, characters });
        }
    }
    faces
}

impl Face {
    /// Objects of a font: itself, the same as Adobe's character collection, its description, its file, and its characters.
    const OBJECTS: i32 = 5;
    const FONT: i32 = 0;
    const CID: i32 = 1;
    const DESCRIPTOR: i32 = 2;
    const FILE: i32 = 3;
    const CMAP: i32 = 4;

    fn object(&self, which: i32) -> Ref {
        Ref::new(FONTS + self.place * Face::OBJECTS + which)
    }

    /// What the page calls it.
    fn name(&self) -> &'static [u8] {
        match self.weight {
            Weight::Regular => b"Regular",
            Weight::Bold => b"Bold",
        }
    }

    fn code(&self, glyph: GlyphId) -> u16 {
        self.codes.get(glyph.0).unwrap_or(0)
    }

    /// The name of the subset: six letters that depend on what is in it, and that of the typeface.
    fn base_font(&self) -> Vec<u8> {
        let glyphs: Vec<u8> = self.codes.remapped_gids().flat_map(u16::to_be_bytes).collect();
        let hash = blake3::hash(&glyphs);
        let mut name: Vec<u8> = hash.as_bytes()[..6].iter().map(|byte| b'A' + byte % 26).collect();
        name.extend_from_slice(match self.weight {
            Weight::Regular => b"+DejaVuSansCondensed",
            Weight::Bold => b"+DejaVuSansCondensed-Bold",
        });
        name
    }

    fn write(&self, pdf: &mut Pdf, fonts: &Fonts) -> Result<(), FigureError> {
        let weight = self.weight;
        let subset = subsetter::subset(Fonts::file(weight), 0, &self.codes).map_err(|_| FigureError::Font)?;
        let thousandths = 1000.0 / fonts.units_per_em(weight) as f32;
        let name = self.base_font();
        pdf.type0_font(self.object(Face::FONT))
            .base_font(Name(&name))
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(self.object(Face::CID))
            .to_unicode(self.object(Face::CMAP));
        let mut cid = pdf.cid_font(self.object(Face::CID));
        cid.subtype(CidFontType::Type2)
            .base_font(Name(&name))
            .system_info(IDENTITY)
            .font_descriptor(self.object(Face::DESCRIPTOR))
            .cid_to_gid_map_predefined(Name(b"Identity"));
        let widths = self.codes.remapped_gids().map(|glyph| fonts.advance(GlyphId(glyph), weight) * thousandths);
        cid.widths().consecutive(0, widths);
        cid.finish();
        let (ascent, descent) = fonts.extent(weight);
        pdf.font_descriptor(self.object(Face::DESCRIPTOR))
            .name(Name(&name))
            .flags(FontFlags::SYMBOLIC)
            .bbox(Rect::new(-1000.0, descent * thousandths, 2000.0, ascent * thousandths))
            .italic_angle(0.0)
            .ascent(ascent * thousandths)
            .descent(descent * thousandths)
            .cap_height(729.0)
            .stem_v(if weight == Weight::Bold { 140.0 } else { 80.0 })
            .font_file2(self.object(Face::FILE));
        let file = compressed(&subset);
        let mut stream = pdf.stream(self.object(Face::FILE), &file);
        stream.filter(Filter::FlateDecode).pair(Name(b"Length1"), subset.len() as i32);
        stream.finish();
        let mut cmap = UnicodeCmap::new(Name(b"Custom"), IDENTITY);
        self.characters.iter().for_each(|(code, character)| cmap.pair(*code, *character));
        pdf.cmap(self.object(Face::CMAP), cmap.finish().as_slice());
        Ok(())
    }
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
