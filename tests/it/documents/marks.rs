//! Tables that stand between two comments of a page and are written from the code.

const END: &str = "<!-- end -->";

/// The text with the table between a mark and the next end as it should be.
pub fn renewed(text: &str, mark: &str, table: &str) -> String {
    let start = text.find(&format!("<!-- from the code: {mark}")).unwrap_or_else(|| panic!("no mark for {mark}"));
    let start = start + text[start..].find('\n').unwrap() + 1;
    let end = start + text[start..].find(END).unwrap();
    format!("{}{table}{}", &text[..start], &text[end..])
}
