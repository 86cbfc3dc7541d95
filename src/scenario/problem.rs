//! Diagnostics: what is wrong with a file, where, and what to write instead, in sentences that an analyst understands.
//! A [`Problem`] is a `miette` diagnostic with the text of the file that set the offending value; [`Problems`] is the
//! error type of everything that loads.

use std::borrow::Cow;
use std::fmt;

use miette::{Diagnostic, LabeledSpan, NamedSource, Severity, SourceCode};

use super::Place;
use super::source::{FileText, Files, SourceText};
use crate::text::printable;

/// Problems beyond this many are counted, not kept: nobody reads more, and a hostile file could make millions.
const KEPT: usize = 50;

/// One thing that is wrong, with its place and its fix.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    message: String,
    help: Option<String>,
    severity: Severity,
    spot: Option<Box<Spot>>,
    related: Vec<Problem>,
}

/// A labelled stretch of a file.
#[derive(Debug, Clone)]
struct Spot {
    source: NamedSource<SourceText>,
    label: LabeledSpan,
    line: usize,
    column: usize,
}

/// Words as a terminal may be given them: what a file or an argument holds may stand in them.
fn shown(words: impl Into<String>) -> String {
    let words = words.into();
    match printable(&words) {
        Cow::Borrowed(_) => words,
        Cow::Owned(shown) => shown,
    }
}

impl Problem {
    /// A problem without a place.
    pub fn new(message: impl Into<String>) -> Problem {
        Problem { message: shown(message), help: None, severity: Severity::Error, spot: None, related: Vec::new() }
    }

    /// Something that an analyst should know, and that keeps nothing from being done.
    pub(crate) fn warning(message: impl Into<String>) -> Problem {
        Problem { severity: Severity::Warning, ..Problem::new(message) }
    }

    /// Says how to mend it.
    pub fn help(mut self, help: impl Into<String>) -> Problem {
        self.help = Some(shown(help));
        self
    }

    /// Says how to mend it, where something can be said.
    pub(crate) fn help_if(self, help: Option<String>) -> Problem {
        match help {
            Some(help) => self.help(help),
            None => self,
        }
    }

    /// Points at a place, with a few words beside it.
    pub(crate) fn at(mut self, files: &Files, place: &Place, label: impl Into<String>) -> Problem {
        self.spot = files.get(place.file).map(|file| Box::new(Spot::new(file, place, shown(label))));
        self
    }

    /// Points at a further place that explains the problem, such as the other end of a contradiction.
    pub(crate) fn because(mut self, files: &Files, place: &Place, label: &str) -> Problem {
        let note = Problem { severity: Severity::Advice, ..Problem::new(label) }.at(files, place, label);
        self.related.push(note);
        self
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// How to mend it.
    pub fn advice(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The same for a program: what is wrong, how to mend it, and where.
    pub fn json(&self) -> serde_json::Value {
        let place = self.location();
        serde_json::json!({
            "message": self.message(),
            "help": self.advice(),
            "file": place.map(|(file, _, _)| file),
            "line": place.map(|(_, line, _)| line),
            "column": place.map(|(_, _, column)| column),
        })
    }

    /// File name, line and column (from 1), where the problem has a place.
    pub fn location(&self) -> Option<(&str, usize, usize)> {
        self.spot.as_ref().map(|s| (s.source.name(), s.line, s.column))
    }
}

impl Spot {
    fn new(file: &FileText, place: &Place, label: String) -> Spot {
        let text = &file.shown;
        let start = place.span.start.min(text.len());
        let end = place.span.end.clamp(start, text.len());
        let before = &text.as_bytes()[..start];
        let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |p| p + 1);
        Spot {
            source: NamedSource::new(shown(&file.name), text.clone()),
            label: LabeledSpan::new_primary_with_span(Some(label), (start, end - start)),
            line: 1 + before.iter().filter(|b| **b == b'\n').count(),
            column: 1 + String::from_utf8_lossy(&before[line_start..]).chars().count(),
        }
    }
}

impl Diagnostic for Problem {
    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    /// The word at its head, for who searches a log.
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        (self.severity == Severity::Warning).then(|| Box::new("warning") as Box<dyn fmt::Display + 'a>)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|h| Box::new(h) as Box<dyn fmt::Display + 'a>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.spot.as_ref().map(|s| &s.source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.spot.as_ref().map(|s| Box::new(std::iter::once(s.label.clone())) as Box<dyn Iterator<Item = LabeledSpan>>)
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        if self.related.is_empty() {
            return None;
        }
        Some(Box::new(self.related.iter().map(|p| p as &dyn Diagnostic)))
    }
}

/// All that is wrong with a file and what it extends; never empty as an error.
#[derive(Debug, Clone, Default)]
pub struct Problems {
    list: Vec<Problem>,
    /// How many more were found than are kept.
    more: usize,
}

impl Problems {
    /// Adds one.
    pub(crate) fn push(&mut self, problem: Problem) {
        if self.list.len() < KEPT {
            self.list.push(problem);
        } else {
            self.more += 1;
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether no more are kept.
    pub(crate) fn is_full(&self) -> bool {
        self.list.len() >= KEPT
    }

    /// Counts further ones that are not kept.
    pub(crate) fn count_more(&mut self, more: usize) {
        self.more += more;
    }

    /// The problems, in reading order; at most 50.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.list.iter()
    }

    /// How many were found.
    pub fn count(&self) -> usize {
        self.list.len() + self.more
    }

    /// Adds all of another list.
    pub(crate) fn append(&mut self, other: Problems) {
        other.list.into_iter().for_each(|p| self.push(p));
        self.more += other.more;
    }

    /// For a reading that gave nothing: it must have said why, and if it did not, that is said.
    pub(crate) fn or_unexplained(self) -> Problems {
        match self.is_empty() {
            false => self,
            true => {
                Problem::new("the file could not be read, and the reader did not say why: please report this").into()
            }
        }
    }

    /// The first of a list that is not empty.
    pub(crate) fn into_first(self) -> Problem {
        self.list.into_iter().next().unwrap_or_else(|| Problem::new("the file could not be read"))
    }

    /// `Ok` if nothing is wrong.
    pub(crate) fn into_result(self) -> Result<(), Problems> {
        if self.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Problems {
        Problems { list: vec![problem], more: 0 }
    }
}

impl Problems {
    /// One line a problem, `file:line:column: message (help)`, for where no diagnostic can be drawn.
    pub fn lines(&self) -> String {
        let line = |p: &Problem| {
            let place =
                p.location().map(|(file, line, column)| format!("{file}:{line}:{column}: ")).unwrap_or_default();
            let help = p.help.as_ref().map(|h| format!(" ({h})")).unwrap_or_default();
            format!("{place}{p}{help}")
        };
        let mut lines: Vec<String> = self.list.iter().map(line).collect();
        lines.extend((self.more > 0).then(|| format!("and {} more", self.more)));
        lines.join("\n")
    }

    /// The only problem, if there is one alone: it is then shown as itself.
    fn only(&self) -> Option<&Problem> {
        match self.list.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.only(), self.more) {
            (Some(problem), _) => write!(f, "{problem}"),
            (None, 0) => write!(f, "{} problems were found", self.list.len()),
            (None, _) => write!(f, "{} problems were found; the first {} are shown", self.count(), self.list.len()),
        }
    }
}

impl std::error::Error for Problems {}

impl Diagnostic for Problems {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.only().and_then(Diagnostic::help)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.only().and_then(Diagnostic::source_code)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.only().and_then(Diagnostic::labels)
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        match self.only() {
            Some(problem) => problem.related(),
            None => Some(Box::new(self.list.iter().map(|p| p as &dyn Diagnostic))),
        }
    }
}

/// Help that names the nearest of the known names, or lists them where none is near and they are few.
pub(crate) fn suggest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let known: Vec<&str> = known.into_iter().collect();
    if let Some(near) = nearest(wanted, known.iter().copied()) {
        return Some(format!("did you mean `{near}`?"));
    }
    match known.len() {
        0 => None,
        1..=12 => Some(format!("known here: {}", known.join(", "))),
        n => Some(format!("known here are {n} names, such as {}", known[..6].join(", "))),
    }
}

/// The known name most like the wanted one, if any is near enough to be a slip of the pen.
pub(crate) fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Names longer than this are rubbish, and comparing them costs their length squared.
    if wanted.len() > 200 {
        return None;
    }
    let score =
        |name: &str| strsim::jaro_winkler(wanted, name).max(strsim::normalized_damerau_levenshtein(wanted, name));
    known
        .into_iter()
        .map(|name| (score(name), name))
        .filter(|(score, name)| {
            *score >= 0.85 || strsim::damerau_levenshtein(wanted, name) <= wanted.len().min(name.len()) / 3
        })
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_recognised_and_a_stranger_is_not() {
        let known = ["xilinx", "lattice", "intel-psg"];
        assert_eq!(nearest("xilnx", known), Some("xilinx"));
        assert_eq!(nearest("latice", known), Some("lattice"));
        assert_eq!(nearest("tsmc", known), None);
        assert_eq!(nearest("UK", ["US"]), None, "two letters are too few to guess from");
        assert_eq!(nearest(&"x".repeat(10_000), known), None);
    }

    #[test]
    fn few_names_are_listed_and_many_are_not() {
        assert_eq!(suggest("tsmc", ["a", "b"]).as_deref(), Some("known here: a, b"));
        let many: Vec<String> = (10..40).map(|i| format!("n{i}")).collect();
        let help = suggest("tsmc", many.iter().map(String::as_str));
        assert_eq!(help.as_deref(), Some("known here are 30 names, such as n10, n11, n12, n13, n14, n15"));
        assert_eq!(suggest("tsmc", []), None);
    }

    #[test]
    fn a_place_counts_lines_and_characters_from_one() {
        let mut files = Files::default();
        let file = files.add("f.toml".into(), "a = 1\nü = 2\n".into());
        let problem = Problem::new("x").at(&files, &Place { file, span: 11..12 }, "here");
        assert_eq!(problem.location(), Some(("f.toml", 2, 5)));
    }

    #[test]
    fn no_more_problems_are_kept_than_can_be_read() {
        let mut problems = Problems::default();
        (0..KEPT + 7).for_each(|i| problems.push(Problem::new(i.to_string())));
        assert_eq!((problems.iter().count(), problems.count()), (KEPT, KEPT + 7));
        assert!(problems.lines().ends_with("and 7 more"));
    }
}
