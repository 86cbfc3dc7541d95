//! LaTeX: the tables that one pastes into a paper, as floats for `\input`, with the rules of `booktabs`. Whatever a title holds,
//! it is set as it is and compiles by pdflatex.

use std::fmt::Write;

use crate::report::provenance::Provenance;
use crate::report::shown::Shown;

/// Rows that fit on a page; a longer table is set as several.
const PAGE: usize = 40;
/// Characters in a row up to which it fits between the margins of an article in the size of footnotes.
const WIDE: usize = 70;

/// `tables.tex`.
pub fn page(tables: &[Shown], provenance: &Provenance, remarks: &[String]) -> Vec<u8> {
    let mut page = String::from("% Tables of a result of chokepoint. In the preamble: \\usepackage{booktabs}\n%\n");
    for (name, value) in provenance.pairs() {
        let _ = writeln!(page, "% {name}: {}", comment(&value));
    }
    let titles = provenance.scenarios.iter().map(|s| format!("{}: {}", s.id, s.title));
    for line in titles.chain(remarks.iter().cloned()) {
        let _ = writeln!(page, "% {}", comment(&line));
    }
    tables.iter().for_each(|shown| floats(&mut page, shown, provenance));
    page.into_bytes()
}

/// A text that ends where its line does.
fn comment(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A table, or its parts.
fn floats(page: &mut String, shown: &Shown, provenance: &Provenance) {
    let source = format!("{} ({})", provenance.citation(), provenance.hashes(|id, hash| format!("{id} {hash}")));
    let set = Set::of(shown);
    let parts: Vec<&[Vec<String>]> = if shown.rows.is_empty() { vec![&[]] } else { shown.rows.chunks(PAGE).collect() };
    for (number, rows) in parts.iter().enumerate() {
        let (continued, suffix) = match number {
            0 => ("", String::new()),
            _ => (" (continued)", format!("-{}", number + 1)),
        };
        let caption = format!("{}{continued}. {} Source: {source}.", shown.title, shown.note);
        let _ = write!(
            page,
            "\n\\begin{{table}}\n\\centering{}\\setlength{{\\tabcolsep}}{{4pt}}\n\\caption{{{}}}\n\
             \\label{{tab:chokepoint-{}{suffix}}}\n\\begin{{tabular}}{{{}}}\n\\toprule\n{}\\midrule\n",
            set.size(),
            escaped(&caption),
            shown.label,
            set.columns(),
            set.line(&shown.header)
        );
        set.rows(page, rows);
        page.push_str("\\bottomrule\n\\end{tabular}\n\\end{table}\n");
    }
}

/// How a table is set.
struct Set<'s> {
    shown: &'s Shown,
    /// The first column that is set as one: 1 where that before it is set as headings of groups of rows.
    first: usize,
}

impl<'s> Set<'s> {
    /// A table that has words besides the scenario is set in groups, a scenario each.
    fn of(shown: &'s Shown) -> Set<'s> {
        Set { shown, first: usize::from(shown.words > 1) }
    }

    fn places(&self) -> std::ops::Range<usize> {
        self.first..self.shown.header.len()
    }

    fn columns(&self) -> String {
        self.places().map(|place| if self.shown.is_number(place) { 'r' } else { 'l' }).collect()
    }

    /// The size of footnotes, if the widest cells fit.
    fn size(&self) -> &'static str {
        let of = |column: usize| {
            let cells = self.shown.rows.iter().chain([&self.shown.header]).filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        if self.places().map(of).sum::<usize>() > WIDE { "\\scriptsize" } else { "\\footnotesize" }
    }

    fn rows(&self, page: &mut String, rows: &[Vec<String>]) {
        let mut group: Option<&String> = None;
        for cells in rows {
            let here = cells.first().filter(|_| self.first > 0);
            if let Some(name) = here.filter(|name| Some(*name) != group) {
                let space = if group.is_some() { "\\addlinespace\n" } else { "" };
                let columns = self.places().len();
                let _ = writeln!(page, "{space}\\multicolumn{{{columns}}}{{l}}{{\\textit{{{}}}}} \\\\", escaped(name));
            }
            group = here;
            page.push_str(&self.line(cells));
        }
    }

    fn line(&self, cells: &[String]) -> String {
        let set = |(place, cell): (usize, &String)| match self.shown.is_number(place) {
            // A hyphen before a number is a minus.
            true => escaped(&cell.replace('-', "\u{2212}")),
            false => escaped(cell),
        };
        let row = cells.iter().enumerate().skip(self.first).map(set).collect::<Vec<_>>().join(" & ");
        // What the end of the row before would take for an option of its own.
        let guard = if row.starts_with(['[', '*']) { "{}" } else { "" };
        format!("{guard}{row} \\\\\n")
    }
}

/// A text as LaTeX sets it. Letters that the usual fonts lack are told by their number in Unicode.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut last = ' ';
    for c in text.chars() {
        // No ligature that was not written.
        if matches!((last, c), ('-', '-') | (',', ',') | ('\'', '\'') | ('`' | '?' | '!', '`')) {
            out.push_str("{}");
        }
        last = c;
        match c {
            '\\' => out.push_str("\\textbackslash{}"),
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => out.extend(['\\', c]),
            '~' => out.push_str("\\textasciitilde{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            '<' => out.push_str("\\textless{}"),
            '>' => out.push_str("\\textgreater{}"),
            '|' => out.push_str("\\textbar{}"),
            '"' => out.push_str("''"),
            '“' => out.push_str("``"),
            '”' => out.push_str("''"),
            '‘' => out.push('`'),
            '’' => out.push('\''),
            '–' => out.push_str("--"),
            '—' => out.push_str("---"),
            '…' => out.push_str("\\dots{}"),
            '−' => out.push_str("$-$"),
            '×' => out.push_str("$\\times$"),
            '÷' => out.push_str("$\\div$"),
            '±' => out.push_str("$\\pm$"),
            '°' => out.push_str("$^\\circ$"),
            'Ð' | 'ð' | 'Þ' | 'þ' => told(&mut out, c),
            ' '..='~' | 'À'..='ÿ' => out.push(c),
            c if c.is_whitespace() || c.is_control() => out.push(' '),
            other => told(&mut out, other),
        }
    }
    out
}

fn told(out: &mut String, c: char) {
    let _ = write!(out, "(U+{:04X})", u32::from(c));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::provenance::tests::provenance;
    use crate::report::shown::tests::nasty;

    #[test]
    fn whatever_a_title_holds_is_set_as_it_is() {
        assert_eq!(
            escaped("50% & \\x_1 | $#{}~^ <b> “漢” --"),
            "50\\% \\& \\textbackslash{}x\\_1 \\textbar{} \\$\\#\\{\\}\\textasciitilde{}\\textasciicircum{} \
             \\textless{}b\\textgreater{} ``(U+6F22)'' -{}-"
        );
        let page = String::from_utf8(page(&[nasty()], &provenance(), &["a\n\\input{x}".to_owned()])).unwrap();
        assert!(page.lines().all(|line| !line.starts_with("\\input")), "{page}");
        for part in ["% seed: 20191129\n", "8fecbcb86728aa00112233445566", "4,000 trials", "8fecbcb86728)", "\\toprule"]
        {
            assert!(page.contains(part), "{part}: {page}");
        }
    }

    #[test]
    fn rows_of_a_scenario_stand_under_its_name() {
        let words = |words: [&str; 3]| words.map(str::to_owned).to_vec();
        let rows = vec![words(["a_b", "[x]", "-1"]), words(["a_b", "y", "2"]), words(["c", "z", "-3 to -2"])];
        let shown = Shown { header: words(["scenario", "what", "n"]), rows, words: 2, ..nasty() };
        let text = String::from_utf8(page(&[shown], &provenance(), &[])).unwrap();
        let table = text.split("\\toprule\n").nth(1).and_then(|rest| rest.split("\\bottomrule").next()).unwrap();
        assert_eq!(
            table,
            "what & n \\\\\n\\midrule\n\\multicolumn{2}{l}{\\textit{a\\_b}} \\\\\n{}[x] & $-$1 \\\\\ny & 2 \\\\\n\
             \\addlinespace\n\\multicolumn{2}{l}{\\textit{c}} \\\\\nz & $-$3 to $-$2 \\\\\n"
        );
    }

    #[test]
    fn a_long_table_is_set_in_parts() {
        let mut long = nasty();
        long.rows = vec![long.rows[0].clone(); 2 * PAGE + 1];
        let page = String::from_utf8(page(&[long], &provenance(), &[])).unwrap();
        assert_eq!(page.matches("\\end{table}").count(), 3);
        assert!(page.contains("\\label{tab:chokepoint-nasty-3}") && page.contains("(continued)"));
    }
}
