//! The fonts of a PDF: of each the glyphs that a page uses, in the font's own outlines, with the texts that they stand for.

use std::collections::BTreeMap;

use ab_glyph::GlyphId;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, Str};
use rustybuzz::ttf_parser::{RawFace, Tag};
use subsetter::GlyphRemapper;

use super::super::FigureError;
use super::super::canvas::Page;
use super::super::font::{Face, Fonts, Weight};
use super::compressed;

/// Adobe's name for characters that are glyphs.
const IDENTITY: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
/// The first of the objects of fonts, [`Embedded::OBJECTS`] each.
const FONTS: i32 = 6;

/// The part of a font that a page uses, as it stands in the file.
pub(super) struct Embedded {
    /// The font.
    pub(super) face: Face,
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
pub(super) fn faces(page: &Page<'_>) -> Result<Vec<Embedded>, FigureError> {
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
    pub(super) const FONT: i32 = 0;
    const CID: i32 = 1;
    const DESCRIPTOR: i32 = 2;
    const FILE: i32 = 3;
    const CMAP: i32 = 4;

    pub(super) fn object(&self, which: i32) -> Ref {
        Ref::new(FONTS + self.place * Embedded::OBJECTS + which)
    }

    /// What the page calls it.
    pub(super) fn name(&self) -> &'static [u8] {
        match self.face {
            Face::Regular => b"Regular",
            Face::Bold => b"Bold",
            Face::Given => b"Given",
        }
    }

    pub(super) fn code(&self, glyph: GlyphId) -> u16 {
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

    pub(super) fn write(&self, pdf: &mut Pdf, fonts: &Fonts) {
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
