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

/// A text that stays in its cell, and of which nothing is taken for HTML or emphasis.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        match c {
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
    fn a_text_stays_in_its_cell() {
        let text = table(&nasty());
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!((lines.len(), lines[1]), (3, "|---|--:|"));
        assert_eq!(lines[2], r"| 50% & \\x\_1 \| $#{}~^ &lt;b> “漢” -- | 1 |");
    }
}
