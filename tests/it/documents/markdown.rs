//! Markdown that is written from the code.

/// Plain text as Markdown: what stands in angle brackets would be taken for HTML.
pub fn escaped(text: &str) -> String {
    let mut in_code = false;
    let mut escaped = String::new();
    for c in text.chars() {
        in_code ^= c == '`';
        match c {
            '<' if !in_code => escaped.push_str("&lt;"),
            '*' if !in_code => escaped.push_str("\\*"),
            _ => escaped.push(c),
        }
    }
    escaped
}
