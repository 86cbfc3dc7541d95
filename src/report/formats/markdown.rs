//! Markdown: tables for a reader, to paste where Markdown is read.

use std::fmt::Write;

use crate::report::provenance::Provenance;
use crate::report::shown::Shown;

/// A table for a reader: header, rule, rows.
pub fn table(shown: &Shown) -> String {
    let mut text = row(&shown.header);
    let rules: Vec<&str> =
        (0..shown.header.len()).map(|place| if shown.is_number(place) { "--:" } else { "---" }).collect();
    let _ = writeln!(text, "|{}|", rules.join("|"));
    shown.rows.iter().for_each(|cells| text.push_str(&row(cells)));
    text
}

fn row(cells: &[String]) -> String {
    cells.iter().fold("|".to_owned(), |row, cell| row + " " + &escaped(cell) + " |") + "\n"
}

/// A figure with its title and caption.
pub(in crate::report) fn figure(name: &str, title: &str, caption: &str) -> String {
    let (title, caption) = (escaped(title), escaped(caption));
    format!("\n## {title}\n\n![{title}](figures/{name}.svg)\n\n{caption}\n")
}

/// A text that stays in its cell or line, and of which nothing is taken for HTML, emphasis or a link.
pub(in crate::report) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            ']' if rest.peek() == Some(&'(') => out.push_str("\\]"),
            '<' => out.push_str("&lt;"),
            '\\' | '|' | '_' | '*' | '`' => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}

/// `tables.md`: the tables that one pastes into a paper, with where they come from.
pub fn page(tables: &[Shown], provenance: &Provenance, remarks: &[String]) -> Vec<u8> {
    let line = provenance.line().replace("--", "- -");
    let mut page = format!("<!-- {line} -->\n\n# {}\n", escaped(&provenance.title));
    for shown in tables {
        let _ = write!(page, "\n## {}\n\n{}\n\n{}", escaped(&shown.title), shown.note, table(shown));
    }
    page.push_str("\n## Source\n\n");
    for scenario in &provenance.scenarios {
        let _ = writeln!(page, "- `{}`: {} (hash `{}`)", scenario.id, escaped(&scenario.title), scenario.short());
    }
    let _ = writeln!(page, "\n{}.", provenance.citation());
    for remark in remarks {
        let _ = writeln!(page, "\n{remark}");
    }
    page.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::shown::tests::nasty;

    #[test]
    fn a_title_is_no_link_and_no_tag() {
        assert_eq!(escaped("[x](http://y) <b>\n[0 to 1]"), r"[x\](http://y) &lt;b> [0 to 1]");
        assert_eq!(figure("f", "<i>", "a|b"), "\n## &lt;i>\n\n![&lt;i>](figures/f.svg)\n\na\\|b\n");
    }

    #[test]
    fn a_text_stays_in_its_cell() {
        let text = table(&nasty());
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!((lines.len(), lines[1]), (3, "|---|--:|"));
        assert_eq!(lines[2], r"| 50% & \\x\_1 \| $#{}~^ &lt;b> “漢” -- | 1 |");
    }
}
