//! What a text may hold: characters that no reader sees, that turn the text beside them round or that command a terminal are
//! neither read from a file nor written to a terminal, whoever wrote them.

use std::borrow::Cow;
use std::io::{self, Write};

/// Whether a character commands a terminal or turns round the order of what stands beside it: none is ever printed.
pub fn is_command(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t')) || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a character can't be seen, or is a command: a text that a person wrote has no use for it. Joiners and the marks of
/// direction, which some scripts need, are no such characters, nor are ends of lines.
pub fn is_hidden(c: char) -> bool {
    is_command(c)
        || matches!(
            c,
            '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
        || (c as u32) & 0xfffe == 0xfffe
}

/// The first character that a text may not hold; a line break and a tab are none in a text of several lines.
pub fn forbidden(text: &str, lines: bool) -> Option<char> {
    // The end of a line of Windows is one too.
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let ends_line = c == '\n' || (c == '\r' && rest.peek() == Some(&'\n'));
        let allowed = lines && (ends_line || c == '\t');
        if !allowed && (is_hidden(c) || matches!(c, '\n' | '\t')) {
            return Some(c);
        }
    }
    None
}

/// A character as a message names it: by its code point, and in words where it has a usual name.
pub fn named(c: char) -> String {
    let name = match c {
        '\t' => "a tab",
        '\n' | '\r' => "a line break",
        '\u{7}' => "bell",
        '\u{8}' => "backspace",
        '\u{1b}' => "escape",
        '\u{ad}' => "soft hyphen",
        '\u{200b}' => "zero-width space",
        '\u{2028}' | '\u{2029}' => "a line or paragraph separator",
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => "a change of the direction of reading",
        '\u{feff}' => "byte order mark",
        c if c.is_control() => "a control character",
        _ => "an invisible character",
    };
    format!("{} ({name})", code_point(c))
}

/// `U+51FA`.
pub fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// A text that may be printed: each command is shown by its number, as JSON writes it, so that JSON stays JSON.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(is_command) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            c if is_command(c) => shown.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// The same in as many bytes, for a text that is pointed into: what is no text is a question mark, or its like.
pub fn masked(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mask = |c: char| match c.len_utf8() {
        _ if !is_hidden(c) || c == '\r' => c,
        1 => '?',
        2 => '¿',
        3 => '\u{fffd}',
        _ => '\u{10fffd}',
    };
    Cow::Owned(text.chars().map(mask).collect())
}

/// A stream to a terminal, or to whatever stands for one: what would command it is shown instead. Bytes that are no text pass.
pub struct Printed<W: Write> {
    out: W,
    /// The start of a character whose other bytes are to come.
    begun: Vec<u8>,
}

impl<W: Write> Printed<W> {
    /// What is written to `out`.
    pub fn to(out: W) -> Printed<W> {
        Printed { out, begun: Vec::new() }
    }
}

impl<W: Write> Write for Printed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let joined;
        let mut rest = if self.begun.is_empty() {
            bytes
        } else {
            joined = [&self.begun, bytes].concat();
            self.begun.clear();
            &joined
        };
        loop {
            let error = match std::str::from_utf8(rest) {
                Ok(text) => break self.out.write_all(printable(text).as_bytes())?,
                Err(error) => error,
            };
            let (text, other) = rest.split_at(error.valid_up_to());
            self.out.write_all(printable(&String::from_utf8_lossy(text)).as_bytes())?;
            match error.error_len() {
                None => break self.begun.extend_from_slice(other),
                Some(length) => {
                    let (odd, after) = other.split_at(length);
                    // Some terminals take these bytes for commands too.
                    odd.iter().try_for_each(|byte| write!(self.out, "\\x{byte:02x}"))?;
                    rest = after;
                }
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A word as a shell takes it, and not as an option: for commands that messages tell a reader to type.
pub(crate) fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:+,@%".contains(c);
    let text = if text.starts_with('-') { format!("./{text}") } else { text.to_owned() };
    match !text.is_empty() && text.chars().all(plain) {
        true => text,
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(parts: &[&[u8]]) -> String {
        let mut stream = Printed::to(Vec::new());
        parts.iter().for_each(|part| stream.write_all(part).unwrap());
        String::from_utf8(stream.out).unwrap()
    }

    #[test]
    fn a_line_has_no_hidden_character_and_a_paragraph_has_ends_of_lines() {
        for plain in ["出口管制 零门槛", "تحكم", "שלום", "re\u{301}sume\u{301}", "می\u{200c}خواهم", "👩\u{200d}🔬", ""]
        {
            assert_eq!((forbidden(plain, false), forbidden(plain, true)), (None, None), "{plain}");
        }
        let hidden = "\u{0}\u{7}\u{8}\u{b}\u{1b}\u{7f}\u{85}\u{9b}\u{ad}\u{200b}\u{202a}\u{202e}\u{2066}\u{2069}\u{2028}\u{2029}\u{2060}\u{feff}\u{fffe}\u{fff9}\u{e0041}\u{1ffff}\r";
        for c in hidden.chars() {
            let text = format!("a{c}b");
            assert_eq!((forbidden(&text, false), forbidden(&text, true)), (Some(c), Some(c)), "{}", code_point(c));
        }
        for text in ["a\nb", "a\tb", "a\r\nb"] {
            assert!(forbidden(text, false).is_some() && forbidden(text, true).is_none(), "{text:?}");
        }
        assert_eq!((named('\u{1b}'), code_point('出')), ("U+001B (escape)".to_owned(), "U+51FA".to_owned()));
    }

    #[test]
    fn nothing_printed_commands_a_terminal() {
        assert_eq!(
            printed(&["a\u{1b}[31m\u{7}\u{9b}2J\r\u{202e}\t出\n".as_bytes()]),
            "a\\u001b[31m\\u0007\\u009b2J\\u000d\\u202e\t出\n"
        );
        let bytes = "\u{9b}出\u{202e}".as_bytes();
        let one_by_one: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(printed(&one_by_one), "\\u009b出\\u202e");
        assert_eq!(printed(&[b"a\x9bb\xff", b"c"]), "a\\x9bb\\xffc");
        let json = serde_json::to_string("\u{9b}").unwrap();
        assert_eq!(serde_json::from_str::<String>(&printable(&json)).unwrap(), "\u{9b}");
    }

    #[test]
    fn what_is_masked_keeps_its_length() {
        let text = "a\u{1b}b\u{9b}c\u{202e}d\u{e0041}\r\n";
        let masked = masked(text);
        assert_eq!(masked.len(), text.len());
        assert!(masked.starts_with("a?b¿c\u{fffd}d") && !masked.trim_end().contains(is_hidden));
    }

    #[test]
    fn a_file_of_any_name_can_be_typed() {
        let typed = |name: &str| shell_word(name);
        assert_eq!((typed("a.toml"), typed("my rules.toml")), ("a.toml".to_owned(), "'my rules.toml'".to_owned()));
        assert_eq!((typed("-g.toml"), typed("it's")), ("./-g.toml".to_owned(), "'it'\\''s'".to_owned()));
        assert_eq!(typed(""), "''");
    }
}
