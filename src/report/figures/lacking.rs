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

    /// The characters that no font has, by the texts that they stand in.
    fn places(&self) -> String {
        // "And 1 more" is no shorter than the character.
        let named = if self.lacking.len() <= NAMED + 1 { NAMED + 1 } else { NAMED };
        let mut by_text: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (c, text) in self.lacking.iter().take(named) {
            by_text.entry(text).or_default().push(format!("{c} ({})", code_point(*c)));
        }
        let place = |(text, characters): (&str, Vec<String>)| format!("{} in “{}”", characters.join(", "), cut(text));
        let mut places: Vec<String> = by_text.into_iter().map(place).collect();
        if let more @ 1.. = self.lacking.len().saturating_sub(named) {
            places.push(format!("{more} more"));
        }
        match places.split_last() {
            Some((last, rest @ [_, ..])) => format!("{} and {last}", rest.join(", ")),
            _ => places.concat(),
        }
    }

    /// What a user must know; `given` is the name of the font that was given.
    pub fn warnings(&self, given: Option<&str>) -> Vec<String> {
        let mut warnings = Vec::new();
        if !self.lacking.is_empty() {
            let one = self.lacking.len() == 1;
            let them = if one { "it" } else { "them" };
            let fonts = match given {
                None => "the font of the figures lacks".to_owned(),
                Some(name) => format!("neither the font of the figures nor {name} has"),
            };
            let which = match (given, self.lacking.keys().any(|c| is_han(*c))) {
                (None, true) => format!("give a font file that has {them} by --font FILE, such as Noto Sans CJK"),
                (None, false) => format!("give a font file that has {them} by --font FILE"),
                (Some(_), _) => format!("give another font file, which has {them}, by --font"),
            };
            warnings.push(format!(
                "{fonts} {}, which {} drawn as an empty box: {which}",
                self.places(),
                if one { "is" } else { "are" },
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
                "the font of the figures lacks 出 (U+51FA), 制 (U+5236), 口 (U+53E3), 槛 (U+69DB), 管 (U+7BA1), 门 (U+95E8), 零 \
              (U+96F6) in “出口管制 零门槛”, which are drawn as an empty box: give a font file that has them by --font FILE, \
              such as Noto Sans CJK"
            ]
        );
        assert_eq!(
            warnings(&["x 𐎠 y", "控"], None),
            ["the font of the figures lacks 𐎠 (U+103A0) in “x 𐎠 y” and 控 (U+63A7) in “控”, which are drawn as \
              an empty box: give a font file that has them by --font FILE, such as Noto Sans CJK"]
        );
        let eight = &warnings(&["一二三四五六七八"], None)[0];
        assert!(eight.contains("in “一二三四五六七八” and 2 more, which are drawn"), "{eight}");
        let one = &warnings(&["x 𐎠 y"], Some("Noto Sans"))[0];
        assert!(one.contains("nor Noto Sans has 𐎠 (U+103A0) in “x 𐎠 y”, which is drawn"), "{one}");
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
