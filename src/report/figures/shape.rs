//! From a line of text to glyphs from left to right. Scripts whose letters stand one by one after another (Latin, Cyrillic, Chinese,
//! ...) are set so, with kerning. A line that holds others is set as Unicode says (annex 9) for the order of what is
//! written from right to left, and as its fonts say for letters that join, move or merge.

use std::ops::Range;

use ab_glyph::GlyphId;
use rustybuzz::{Direction, UnicodeBuffer};
use unicode_bidi::BidiInfo;

use super::font::{Face, Fonts, Placed, Weight};

/// Whether a character is no more than advice on how its neighbors are set: where a font lacks it, nothing is amiss.
pub fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200c}'..='\u{200f}' | '\u{2060}'..='\u{2064}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}'
    )
}

/// Whether a character may have to be turned, joined to others, moved or merged.
fn is_complex(c: char) -> bool {
    is_ignorable(c)
        || matches!(
            c,
            '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{590}'..='\u{109f}' | '\u{1100}'..='\u{11ff}'
                | '\u{1700}'..='\u{1cff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{302a}'..='\u{302f}'
                | '\u{3099}'..='\u{309a}' | '\u{a800}'..='\u{abff}' | '\u{d7b0}'..='\u{d7ff}' | '\u{fb1d}'..='\u{fdff}'
                | '\u{fe20}'..='\u{fe2f}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{11fff}'
                | '\u{1e000}'..='\u{1efff}' | '\u{1f1e6}'..='\u{1f1ff}' | '\u{1f3fb}'..='\u{1f3ff}'
        )
}

/// The glyphs of a line, and its width, in font units of the embedded font.
pub fn line(fonts: &Fonts, text: &str, weight: Weight) -> (Vec<Placed>, f32) {
    let mut setting = Setting { fonts, weight, placed: Vec::with_capacity(text.len()), x: 0.0 };
    if !text.contains(is_complex) {
        setting.one_by_one(text, 0);
        return (setting.placed, setting.x);
    }
    let order = BidiInfo::new(text, None);
    for paragraph in &order.paragraphs {
        let (levels, runs) = order.visual_runs(paragraph, paragraph.range.clone());
        for run in runs {
            let backward = levels[run.start].is_rtl();
            setting.run(&text[run.clone()], run.start, backward);
        }
    }
    (setting.placed, setting.x)
}

/// A line that is being set.
struct Setting<'f> {
    fonts: &'f Fonts,
    weight: Weight,
    placed: Vec<Placed>,
    /// How far it is set.
    x: f32,
}

impl Setting<'_> {
    /// A stretch of one direction, which starts so many bytes into the line.
    fn run(&mut self, text: &str, start: usize, backward: bool) {
        let mut words = words(text);
        if backward {
            words.reverse();
        }
        for word in words {
            let (text, start) = (&text[word.clone()], start + word.start);
            if !backward && !text.contains(is_complex) {
                self.one_by_one(text, start);
                continue;
            }
            let mut parts = self.of_one_font(text);
            if backward {
                parts.reverse();
            }
            for (face, part) in parts {
                self.shaped(&text[part.clone()], start + part.start, face, backward);
            }
        }
    }

    /// Each character with its own glyph, after the last.
    fn one_by_one(&mut self, text: &str, start: usize) {
        let mut last: Option<(Face, GlyphId)> = None;
        for (at, c) in text.char_indices() {
            // Where no font has it, the embedded one has a box for it.
            let (face, glyph) = self.fonts.find(c, self.weight).unwrap_or((self.weight.face(), GlyphId(0)));
            if let Some((before, last)) = last.replace((face, glyph))
                && before == face
            {
                self.x += self.fonts.kern(face, last, glyph);
            }
            let of = start + at..start + at + c.len_utf8();
            self.placed.push(Placed { face, glyph, x: self.x, y: 0.0, of });
            self.x += self.fonts.advance(face, glyph);
        }
    }

    /// The parts of a word that are set in one font each. What changes a letter stays with it if its font has it.
    fn of_one_font(&self, word: &str) -> Vec<(Face, Range<usize>)> {
        let mut parts: Vec<(Face, Range<usize>)> = Vec::new();
        for (at, c) in word.char_indices() {
            let end = at + c.len_utf8();
            let own = self.fonts.find(c, self.weight).map_or(self.weight.face(), |(face, _)| face);
            match parts.last_mut() {
                Some((face, part)) if *face == own || is_ignorable(c) || self.fonts.glyph(*face, c).is_some() => {
                    part.end = end;
                }
                _ => parts.push((own, at..end)),
            }
        }
        parts
    }

    /// A part of one font and direction, as the font says.
    fn shaped(&mut self, text: &str, start: usize, face: Face, backward: bool) {
        let (bytes, index) = self.fonts.bytes(face);
        let Some(font) = rustybuzz::Face::from_slice(bytes, index) else { return self.one_by_one(text, start) };
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(if backward { Direction::RightToLeft } else { Direction::LeftToRight });
        let glyphs = rustybuzz::shape(&font, &[], buffer);
        let mut starts: Vec<usize> = glyphs.glyph_infos().iter().map(|info| info.cluster as usize).collect();
        starts.sort_unstable();
        starts.dedup();
        let (scale, mut last) = (self.fonts.scale(face), None);
        for (info, position) in glyphs.glyph_infos().iter().zip(glyphs.glyph_positions()) {
            let at = info.cluster as usize;
            let end = starts.iter().copied().find(|next| *next > at).unwrap_or(text.len());
            let of = if last.replace(at) == Some(at) { end..end } else { at..end };
            self.placed.push(Placed {
                face,
                glyph: GlyphId(info.glyph_id as u16),
                x: self.x + position.x_offset as f32 * scale,
                y: position.y_offset as f32 * scale,
                of: start + of.start..start + of.end,
            });
            self.x += position.x_advance as f32 * scale;
        }
    }
}

/// The words of a text and what is between them, in its order.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut blank = None;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        match words.last_mut() {
            Some(word) if blank == Some(c.is_whitespace()) => word.end = end,
            _ => words.push(at..end),
        }
        blank = Some(c.is_whitespace());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fonts() -> Fonts {
        Fonts::load(None).unwrap()
    }

    /// What is read from left to right, by the characters that the glyphs stand for.
    fn read(text: &str) -> String {
        let (placed, width) = line(&fonts(), text, Weight::Regular);
        assert!(placed.windows(2).all(|pair| pair[0].x <= pair[1].x + 1500.0) && width > 0.0);
        placed.iter().map(|glyph| &text[glyph.of.clone()]).collect()
    }

    #[test]
    fn what_is_written_from_right_to_left_is_read_so() {
        assert_eq!(read("shalom שלום world"), "shalom םולש world");
        // A bracket that is turned stands for the one that was written: the glyph on the left opens.
        assert_eq!(read("שלום (2019) עולם"), "םלוע )2019( םולש");
        let fonts = fonts();
        let (placed, _) = line(&fonts, "(שלום)", Weight::Regular);
        assert_eq!(Some(placed[0].glyph), fonts.glyph(Face::Regular, '('));
    }

    #[test]
    fn letters_join_and_marks_stand_on_their_letters() {
        let fonts = fonts();
        let glyphs = |text| line(&fonts, text, Weight::Regular).0;
        // In a word the letter has another form than alone, and the letters of a ligature are one glyph.
        let alone = fonts.glyph(Face::Regular, 'ح').unwrap();
        assert!(glyphs("تحكم").iter().all(|placed| placed.glyph != alone));
        assert_eq!(glyphs("لا").len(), 1);
        let (plain, marked) = (line(&fonts, "x", Weight::Regular).1, line(&fonts, "x\u{302}", Weight::Regular).1);
        assert_eq!(plain, marked, "a mark takes no room of its own");
    }

    #[test]
    fn what_needs_no_shaping_is_set_letter_by_letter() {
        let fonts = fonts();
        for text in ["Entity List — AVATAR, Ёлка", "出口管制", "50% ± 3"] {
            let mut plain = Setting { fonts: &fonts, weight: Weight::Bold, placed: Vec::new(), x: 0.0 };
            plain.one_by_one(text, 0);
            assert_eq!(line(&fonts, text, Weight::Bold), (plain.placed, plain.x));
        }
    }
}
