//! Pieces of a page's text: where a template with holes stands in it (any white space is as good as any other), and where numbers with units are.

use std::ops::Range;

/// A piece of a template.
#[derive(Debug, Clone)]
pub enum Piece {
    /// Text.
    Words(String),
    /// Something in its place, by what stands between the braces.
    Hole(String),
}

/// A text with `{...}` in place of numbers.
pub fn template(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (number, part) in text.trim().split('{').enumerate() {
        match part.split_once('}') {
            Some((hole, words)) if number > 0 => {
                pieces.extend([Piece::Hole(hole.trim().to_owned()), Piece::Words(words.to_owned())]);
            }
            _ => pieces.push(Piece::Words(part.to_owned())),
        }
    }
    pieces
}

/// Every place of a text at which a template stands, with the places of its holes.
pub fn places(pieces: &[Piece], text: &str) -> Vec<(Range<usize>, Vec<Range<usize>>)> {
    let mut found = Vec::new();
    let mut from = 0;
    while from < text.len() {
        match text.is_char_boundary(from).then(|| at(pieces, text, from)).flatten() {
            Some((end, holes)) if end > from => {
                found.push((from..end, holes));
                from = end;
            }
            _ => from += 1,
        }
    }
    found
}

fn at(pieces: &[Piece], text: &str, from: usize) -> Option<(usize, Vec<Range<usize>>)> {
    let (mut place, mut holes) = (from, Vec::new());
    for piece in pieces {
        match piece {
            Piece::Words(words) => place = after(words, text, place)?,
            Piece::Hole(_) => {
                let length = number(&text[place..])?;
                holes.push(place..place + length);
                place += length;
            }
        }
    }
    Some((place, holes))
}

/// The end of some words that start at a place of a text.
fn after(words: &str, text: &str, from: usize) -> Option<usize> {
    let mut rest = &text[from..];
    let mut wanted = words;
    while let Some(c) = wanted.chars().next() {
        if c.is_whitespace() {
            let trimmed = rest.trim_start();
            if trimmed.len() == rest.len() {
                return None;
            }
            (wanted, rest) = (wanted.trim_start(), trimmed);
        } else {
            (wanted, rest) = (&wanted[c.len_utf8()..], rest.strip_prefix(c)?);
        }
    }
    Some(text.len() - rest.len())
}

/// The length of what a hole may stand for: a number with signs, or a month (`June 2020`).
fn number(text: &str) -> Option<usize> {
    let digits = |text: &str| text.find(|c: char| !(c.is_ascii_digit() || ".,%+-−".contains(c))).unwrap_or(text.len());
    if text.starts_with(|c: char| c.is_ascii_uppercase()) {
        let (month, year) = text.split_once(char::is_whitespace)?;
        let length = month.len() + 1 + 4;
        return (month.chars().all(char::is_alphabetic) && digits(year) >= 4).then_some(length);
    }
    let length = text[..digits(text)].trim_end_matches(['.', ',', '-']).len();
    (length > 0).then_some(length)
}

/// Units that ask a number for its origin.
const UNITS: [&str; 26] = [
    "%",
    "percent",
    "point",
    "points",
    "million",
    "billion",
    "thousand",
    "trials",
    "parameters",
    "observations",
    "stations",
    "boards",
    "month",
    "months",
    "years",
    "seconds",
    "minutes",
    "min",
    "hours",
    "days",
    "s",
    "ms",
    "MB",
    "GB",
    "TB",
    "kB",
];

/// Numbers with a unit in the prose of a page: not in code, comments, or what another test writes.
pub fn numbers(text: &str) -> Vec<Range<usize>> {
    let prose = prose(text);
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = prose[from..].find(|c: char| c.is_ascii_digit()).map(|start| from + start) {
        let length =
            prose[start..].find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ',')).unwrap_or(prose.len() - start);
        let end = start + prose[start..start + length].trim_end_matches(['.', ',']).len();
        from = start + length;
        let within_a_word = prose[..start].ends_with(|c: char| c.is_alphanumeric() || "-_/^".contains(c));
        let unit = prose[end..].trim_start_matches([' ', '\n', '-']);
        let letters = unit.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(unit.len());
        let word = if unit.starts_with('%') { "%" } else { &unit[..letters] };
        let money = prose[..start].ends_with("USD ");
        let year = end - start == 4 && prose[start..end].starts_with("20");
        if !within_a_word && !year && (money || UNITS.contains(&word)) {
            let words = if money { 0 } else { prose[end..].len() - unit.len() + word.len() };
            found.push(start..end + words);
        }
    }
    found
}

/// A page with all that is no prose blanked, byte by byte.
fn prose(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let mut blank = |range: Range<usize>| bytes[range].iter_mut().filter(|b| **b != b'\n').for_each(|b| *b = b' ');
    let mut place = 0;
    let (mut code, mut written, mut span) = (false, false, None::<usize>);
    for line in text.split_inclusive('\n') {
        let bare = line.trim();
        let fence = bare.starts_with("```");
        written = (written || bare.starts_with("<!-- from ")) && bare != "<!-- end -->";
        code ^= fence;
        if code || fence || written || bare.starts_with("<!--") || line.starts_with("    ") {
            blank(place..place + line.len());
        } else {
            if bare.is_empty() {
                span = None;
            }
            for (at, _) in line.match_indices('`') {
                match span.take() {
                    Some(start) => blank(start..place + at + 1),
                    None => span = Some(place + at),
                }
            }
        }
        place += line.len();
    }
    String::from_utf8(bytes).unwrap_or_default()
}
