//! A page as PDF, for a paper: the shapes as lines and areas, the texts as texts, in subsets of their fonts, so that they
//! can be searched and copied, and no journal's checks find outlines or a font that is missing. No date and no random
//! identifier is in it: the same page gives the same bytes.

use std::collections::BTreeMap;
use std::convert::Infallible;

use ab_glyph::{GlyphId, Point};
use pdf_writer::types::{CidFontType, FontFlags, LineJoinStyle, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use plotters::drawing::IntoDrawingArea;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, DrawingBackend, DrawingErrorKind};
use rustybuzz::ttf_parser::{RawFace, Tag};
use subsetter::GlyphRemapper;

use super::FigureError;
use super::canvas::{Page, Text, UNITS};
use super::font::{Face, Fonts, Placed, Step, Weight};
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
/// The first of the objects of fonts, [`Embedded::OBJECTS`] each.
const FONTS: i32 = 6;

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

/// The part of a font that a page uses, as it stands in the file.
struct Embedded {
    face: Face,
    /// Which of the page's fonts it is.
    place: i32,
    /// The glyphs, in the order of their codes.
    codes: GlyphRemapper,
    /// The text that each code stands for.
    texts: BTreeMap<u16, String>,
    /// The part of the font file that has these glyphs.
    subset: Vec<u8>,
}

/// The fonts that the texts of a page are set in, as far as they may be put into the file.
fn faces(page: &Page<'_>) -> Result<Vec<Embedded>, FigureError> {
    let mut faces: Vec<Embedded> = Vec::new();
    for face in [Face::Regular, Face::Bold, Face::Given] {
        let (mut codes, mut texts) = (GlyphRemapper::new(), BTreeMap::new());
        for text in &page.texts {
            let (glyphs, _) = page.fonts.shape(&text.content, text.style.weight);
            for placed in glyphs.iter().filter(|placed| placed.face == face) {
                let code = codes.remap(placed.glyph.0);
                let of = &text.content[placed.of.clone()];
                // The glyph of what no font has stands for many characters, hence for none.
                if placed.glyph.0 == 0 || of.is_empty() {
                    continue;
                }
                // A bracket that is turned is the glyph of the other one, which it stands for elsewhere.
                let mut characters = of.chars();
                let own = characters.next().and_then(|c| page.fonts.glyph(face, c)) == Some(placed.glyph);
                if own && characters.next().is_none() {
                    texts.insert(code, of.to_owned());
                } else {
                    texts.entry(code).or_insert_with(|| of.to_owned());
                }
            }
        }
        if codes.num_gids() <= 1 {
            continue;
        }
        let (bytes, index) = page.fonts.bytes(face);
        let allowed = face != Face::Given || page.fonts.given().is_some_and(|file| file.embeddable);
        let subset = allowed.then(|| subsetter::subset(bytes, index, &codes).ok()).flatten();
        match subset {
            Some(subset) => faces.push(Embedded { face, place: faces.len() as i32, codes, texts, subset }),
            None if face == Face::Given => {}
            None => return Err(FigureError::Font),
        }
    }
    Ok(faces)
}

impl Embedded {
    /// Objects of a font: itself, the same as Adobe's character collection, its description, its file, and its characters.
    const OBJECTS: i32 = 5;
    const FONT: i32 = 0;
    const CID: i32 = 1;
    const DESCRIPTOR: i32 = 2;
    const FILE: i32 = 3;
    const CMAP: i32 = 4;

    fn object(&self, which: i32) -> Ref {
        Ref::new(FONTS + self.place * Embedded::OBJECTS + which)
    }

    /// What the page calls it.
    fn name(&self) -> &'static [u8] {
        match self.face {
            Face::Regular => b"Regular",
            Face::Bold => b"Bold",
            Face::Given => b"Given",
        }
    }

    fn code(&self, glyph: GlyphId) -> u16 {
        self.codes.get(glyph.0).unwrap_or(0)
    }

    /// The name of the subset: six letters that depend on what is in it, and that of the font.
    fn base_font(&self, fonts: &Fonts) -> Vec<u8> {
        let glyphs: Vec<u8> = self.codes.remapped_gids().flat_map(u16::to_be_bytes).collect();
        let hash = blake3::hash(&glyphs);
        let mut name: Vec<u8> = hash.as_bytes()[..6].iter().map(|byte| b'A' + byte % 26).collect();
        name.push(b'+');
        let given = fonts.given().map(|file| file.postscript.as_str()).filter(|name| !name.is_empty());
        name.extend_from_slice(match self.face {
            Face::Regular => b"DejaVuSansCondensed",
            Face::Bold => b"DejaVuSansCondensed-Bold",
            Face::Given => given.unwrap_or("Given").as_bytes(),
        });
        name
    }

    fn write(&self, pdf: &mut Pdf, fonts: &Fonts) {
        // Outlines of the two kinds stand in a file each in its own way.
        let compact = RawFace::parse(&self.subset, 0).ok().and_then(|raw| raw.table(Tag::from_bytes(b"CFF ")));
        let thousandths = 1000.0 / fonts.units_per_em(Weight::Regular) as f32;
        let name = self.base_font(fonts);
        pdf.type0_font(self.object(Embedded::FONT))
            .base_font(Name(&name))
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(self.object(Embedded::CID))
            .to_unicode(self.object(Embedded::CMAP));
        let mut cid = pdf.cid_font(self.object(Embedded::CID));
        cid.subtype(if compact.is_some() { CidFontType::Type0 } else { CidFontType::Type2 })
            .base_font(Name(&name))
            .system_info(IDENTITY)
            .font_descriptor(self.object(Embedded::DESCRIPTOR));
        if compact.is_none() {
            cid.cid_to_gid_map_predefined(Name(b"Identity"));
        }
        let widths = self.codes.remapped_gids().map(|glyph| fonts.advance(self.face, GlyphId(glyph)) * thousandths);
        cid.widths().consecutive(0, widths);
        cid.finish();
        let (ascent, descent) = fonts.extent(self.face);
        let mut about = pdf.font_descriptor(self.object(Embedded::DESCRIPTOR));
        about
            .name(Name(&name))
            .flags(FontFlags::SYMBOLIC)
            .bbox(Rect::new(-1000.0, descent * thousandths, 2000.0, ascent * thousandths))
            .italic_angle(0.0)
            .ascent(ascent * thousandths)
            .descent(descent * thousandths)
            .cap_height(729.0)
            .stem_v(if self.face == Face::Bold { 140.0 } else { 80.0 });
        let _ = match compact {
            Some(_) => about.font_file3(self.object(Embedded::FILE)),
            None => about.font_file2(self.object(Embedded::FILE)),
        };
        about.finish();
        let outlines = compact.unwrap_or(&self.subset);
        let file = compressed(outlines);
        let mut stream = pdf.stream(self.object(Embedded::FILE), &file);
        stream.filter(Filter::FlateDecode);
        match compact {
            Some(_) => stream.pair(Name(b"Subtype"), Name(b"CIDFontType0C")),
            None => stream.pair(Name(b"Length1"), outlines.len() as i32),
        };
        stream.finish();
        let mut cmap = UnicodeCmap::new(Name(b"Custom"), IDENTITY);
        self.texts.iter().for_each(|(code, text)| cmap.pair_with_multiple(*code, text.chars()));
        pdf.cmap(self.object(Embedded::CMAP), cmap.finish().as_slice());
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
