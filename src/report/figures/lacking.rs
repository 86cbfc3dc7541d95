//! What the texts of figures want of the fonts: which characters no font has, and whether the font that was given was of use. It
//! becomes warnings that name the characters and say what to do.

use std::collections::BTreeMap;

use super::font::{Face, Fonts, Weight};
use super::shape::is_ignorable;
use crate::text::code_point;

/// How many characters are named.
const NAMED: usize = 6;
/// A longer text is cut.
const LONGEST: usize = 60;

/// What texts wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// The characters that no font has, each with the first text that has it.
    lacking: BTreeMap<char, String>,
    /// Whether any was taken from the font that was given.
    borrowed: bool,
}

impl Seen {
    /// Notes a text whose characters are set in the fonts that `face_of` says.
    pub(super) fn note(&mut self, text: &str, face_of: impl Fn(char) -> Option<Face>) {
        for c in text.chars() {
            match face_of(c) {
                Some(Face::Given) => self.borrowed = true,
                Some(Face::Regular | Face::Bold) => {}
                None if is_ignorable(c) => {}
                None => {
                    let known = self.lacking.entry(c).or_insert_with(|| text.to_owned());
                    // Figures are drawn at once, in any order.
                    if text < known.as_str() {
                        *known = text.to_owned();
                    }
                }
            }
        }
    }

    /// What texts want that are drawn as they are.
    pub fn of<'t>(fonts: &Fonts, texts: impl IntoIterator<Item = &'t str>) -> Seen {
        let mut seen = Seen::default();
        texts.into_iter().for_each(|text| seen.note(text, |c| fonts.find(c, Weight::Regular).map(|(face, _)| face)));
        seen
    }

    /// Whether any character was taken from the font that was given.
    pub fn borrowed(&self) -> bool {
        self.borrowed
    }

    /// What a user must know; `given` is the name of the font that was given.
    pub fn warnings(&self, given: Option<&str>) -> Vec<String> {
        let mut warnings = Vec::new();
        if let Some((first, text)) = self.lacking.iter().next() {
            let named: Vec<String> =
                self.lacking.keys().take(NAMED).map(|c| format!("{c} ({})", code_point(*c))).collect();
            let more = match self.lacking.len().saturating_sub(NAMED) {
                0 => String::new(),
                1 => " and 1 more".to_owned(),
                n => format!(" and {n} more"),
            };
            let (them, stand) = if self.lacking.len() == 1 { ("it", "stands") } else { ("them", "stand") };
            let fonts = match given {
                None => "the font of the figures lacks".to_owned(),
                Some(name) => format!("neither the font of the figures nor {name} has"),
            };
            let which = match (given, is_han(*first)) {
                (None, true) => format!("give a font file that has {them} by --font FILE, such as Noto Sans CJK"),
                (None, false) => format!("give a font file that has {them} by --font FILE"),
                (Some(_), _) => format!("give another font file, which has {them}, by --font"),
            };
            warnings.push(format!(
                "{fonts} {}{more}, which {stand} in “{}” and {} drawn as an empty box: {which}",
                named.join(", "),
                cut(text),
                if self.lacking.len() == 1 { "is" } else { "are" },
            ));
        }
        if let (Some(name), false, true) = (given, self.borrowed, self.lacking.is_empty()) {
            warnings.push(format!(
                "--font has no effect: the font of the figures has every character of their texts, and {name} was not used"
            ));
        }
        warnings
    }
}

/// Whether a character is Chinese, or of a script that is set beside it.
fn is_han(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}'
        | '\u{20000}'..='\u{3ffff}')
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warnings(texts: &[&str], given: Option<&str>) -> Vec<String> {
        Seen::of(&Fonts::load(None).unwrap(), texts.iter().copied()).warnings(given)
    }

    #[test]
    fn each_character_that_no_font_has_is_named_with_a_text() {
        assert_eq!(
            warnings(&["No controls", "出口管制 零门槛"], None),
            [
                "the font of the figures lacks 出 (U+51FA), 制 (U+5236), 口 (U+53E3), 槛 (U+69DB), 管 (U+7BA1), 门 (U+95E8) and 1 \
              more, which stand in “出口管制 零门槛” and are drawn as an empty box: give a font file that has them by --font FILE, \
              such as Noto Sans CJK"
            ]
        );
        let one = &warnings(&["x 𐎠 y"], Some("Noto Sans"))[0];
        assert!(one.contains("nor Noto Sans has 𐎠 (U+103A0), which stands in “x 𐎠 y” and is drawn"), "{one}");
    }

    #[test]
    fn what_the_font_has_is_no_matter_for_a_warning() {
        assert!(
            warnings(&["Ёлка — 50% ± 3", "تحكم شلوم", "שלום", "re\u{301}sume\u{301} a\u{200d}b\u{fe0f}"], None)
                .is_empty()
        );
        assert!(warnings(&["Ёлка"], Some("Noto"))[0].contains("--font has no effect"));
    }
}
