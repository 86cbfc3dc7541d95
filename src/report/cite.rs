//! How the program and a result of it are cited: BibTeX, and one line for below a figure. What the program is called, who
//! made it and when it was released stands in `CITATION.cff` and nowhere else.

use serde::Serialize;

use super::manifest::{Kind, Recorded};
use super::number::thousands;

/// The file by which the program is cited.
const CITATION: &str = include_str!("../../CITATION.cff");

/// Digits of a hash that tell results apart.
const SHORT_HASH: usize = 16;

/// The program, as it is cited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Software {
    /// Title.
    pub title: String,
    /// Who made it.
    pub authors: Vec<String>,
    /// Version.
    pub version: String,
    /// Day of the release, as YYYY-MM-DD.
    pub released: String,
    /// Licenses, any of which holds.
    pub licenses: Vec<String>,
    /// Where it is, if that is known.
    pub url: Option<String>,
    /// Digital object identifier, if there is one.
    pub doi: Option<String>,
}

/// A result, as it is cited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cited {
    /// Name of the comparison, back-test or calibration.
    pub name: String,
    /// One line.
    pub title: String,
    /// Version of the program that made it.
    pub version: String,
    /// Commit of it, where known.
    pub commit: Option<String>,
    /// The date that its manifest shows.
    pub date: String,
    /// Seed.
    pub seed: u64,
    /// Trials a scenario.
    pub trials: u32,
    /// Id of the scenario from which differences are told.
    pub reference: String,
    /// Ids and hashes of the scenarios.
    pub scenarios: Vec<(String, String)>,
    /// Hash of all its files with their names: two results are the same if and only if theirs is.
    pub blake3: String,
    kind: &'static str,
}

impl Software {
    /// This program.
    pub fn this() -> Software {
        let word = |key| value(key).unwrap_or_default();
        Software {
            title: word("title"),
            authors: authors(),
            version: word("version"),
            released: word("date-released"),
            licenses: items("license"),
            url: value("repository-code").or_else(|| value("url")),
            doi: value("doi"),
        }
    }

    fn year(&self) -> &str {
        self.released.get(..4).unwrap_or_default()
    }

    /// The entry for a bibliography.
    pub fn bibtex(&self) -> String {
        let authors: Vec<String> = self.authors.iter().map(|author| format!("{{{}}}", escaped(author))).collect();
        let mut fields = vec![
            ("author", authors.join(" and ")),
            ("title", format!("{{{}}}", escaped(&self.title))),
            ("version", escaped(&self.version)),
            ("date", self.released.clone()),
            ("year", self.year().to_owned()),
            ("note", format!("Version {}, licensed under {}", escaped(&self.version), self.licenses.join(" or "))),
        ];
        fields.extend(self.url.iter().map(|url| ("url", url.clone())));
        fields.extend(self.doi.iter().map(|doi| ("doi", doi.clone())));
        entry("software", &format!("chokepoint-{}", self.version), &fields)
    }

    /// One line for below a figure.
    pub fn credit(&self) -> String {
        format!("Made with chokepoint {} ({}, {}).", self.version, self.authors.join(", "), self.year())
    }
}

impl Cited {
    /// A result, as its manifest records it.
    pub fn of(recorded: &Recorded) -> Cited {
        let mut all = blake3::Hasher::new();
        for file in &recorded.files {
            all.update(format!("{} {}\n", file.path, file.blake3).as_bytes());
        }
        Cited {
            name: recorded.name.clone(),
            title: recorded.title.clone(),
            version: recorded.version.clone(),
            commit: recorded.commit.as_ref().map(|(commit, _)| commit.clone()),
            date: recorded.date.clone(),
            seed: recorded.seed,
            trials: recorded.trials,
            reference: recorded.reference.clone(),
            scenarios: recorded.scenarios.iter().map(|s| (s.id.clone(), s.hash.clone())).collect(),
            blake3: all.finalize().to_hex().to_string(),
            kind: match recorded.kind {
                Kind::Comparison => "comparison",
                Kind::Backtest => "back-test",
                Kind::Calibration => "calibration",
                Kind::Trace => "trace",
            },
        }
    }

    fn short_hash(&self) -> &str {
        self.blake3.get(..SHORT_HASH).unwrap_or(&self.blake3)
    }

    fn trials(&self) -> String {
        thousands(f64::from(self.trials))
    }

    /// The entry for a bibliography. Who ran it the program does not know.
    pub fn bibtex(&self) -> String {
        let commit = self.commit.as_ref().map(|commit| format!(" (commit {commit})")).unwrap_or_default();
        let short = |hash: &str| hash.chars().take(SHORT_HASH).collect::<String>();
        let scenarios = self.scenarios.iter().map(|(id, hash)| format!("{id} {}", short(hash)));
        let scenarios: Vec<String> = scenarios.collect();
        let note = format!(
            "{} trials a scenario, seed {}, reference {}; BLAKE3 of the scenarios: {}; BLAKE3 of the result: {}",
            self.trials(),
            self.seed,
            self.reference,
            scenarios.join(", "),
            self.blake3,
        );
        let made = format!("Result of a {} by chokepoint, version {}{commit}", self.kind, self.version);
        let fields = [
            ("key", "chokepoint".to_owned()),
            ("title", format!("{{{}}}", escaped(&format!("{} [{} “{}”]", self.title, self.kind, self.name)))),
            ("howpublished", escaped(&made)),
            ("date", escaped(&self.date)),
            ("year", escaped(self.date.get(..4).unwrap_or(&self.date))),
            ("note", escaped(&note)),
        ];
        entry("misc", &format!("chokepoint-{}-{}", self.name, self.short_hash()), &fields)
    }

    /// One line for below a figure.
    pub fn credit(&self) -> String {
        format!(
            "Source: chokepoint {}, {} “{}”, {} trials a scenario, seed {} (result {}).",
            self.version,
            self.kind,
            self.name,
            self.trials(),
            self.seed,
            self.short_hash()
        )
    }
}

fn entry(kind: &str, key: &str, fields: &[(&str, String)]) -> String {
    let plain: String =
        key.chars().map(|c| if c.is_ascii_alphanumeric() || "-.".contains(c) { c } else { '-' }).collect();
    let width = fields.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let lines: Vec<String> = fields.iter().map(|(name, value)| format!("  {name:width$} = {{{value}}},\n")).collect();
    format!("@{kind}{{{plain},\n{}}}\n", lines.concat())
}

/// A text as LaTeX shows it.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' | '%' | '$' | '#' | '_' | '{' | '}' => escaped.extend(['\\', c]),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '\\' => escaped.push_str("\\textbackslash{}"),
            '\n' | '\r' | '\t' => escaped.push(' '),
            '“' => escaped.push_str("``"),
            '”' => escaped.push_str("''"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The value of a key of the file. Of YAML it uses no more than keys with one value and lists.
fn value(key: &str) -> Option<String> {
    CITATION.lines().find_map(|line| keyed(line, key)).filter(|value| !value.is_empty())
}

fn keyed(line: &str, key: &str) -> Option<String> {
    let value = line.strip_prefix(key)?.strip_prefix(':')?.trim();
    Some(unquoted(value))
}

fn unquoted(value: &str) -> String {
    let inner = ['"', '\''].iter().find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
    inner.unwrap_or(value).to_owned()
}

/// The lines of the list under a key, less their indent.
fn list(key: &str) -> impl Iterator<Item = &'static str> {
    let from = CITATION.lines().skip_while(move |line| keyed(line, key).is_none()).skip(1);
    from.take_while(|line| line.starts_with([' ', '-']))
}

fn items(key: &str) -> Vec<String> {
    list(key).filter_map(|line| line.trim_start().strip_prefix("- ")).map(|item| unquoted(item.trim())).collect()
}

/// The authors: persons by their names, families last; others by their one name.
fn authors() -> Vec<String> {
    let mut authors: Vec<[Option<String>; 3]> = Vec::new();
    for line in list("authors") {
        let line = line.trim_start();
        let line = match line.strip_prefix("- ") {
            Some(first) => {
                authors.push(Default::default());
                first
            }
            None => line,
        };
        let Some(author) = authors.last_mut() else { continue };
        for (part, key) in author.iter_mut().zip(["given-names", "family-names", "name"]) {
            *part = keyed(line, key).or(part.take());
        }
    }
    authors.into_iter().map(|parts| parts.into_iter().flatten().collect::<Vec<_>>().join(" ")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_cited_as_its_file_says() {
        let software = Software::this();
        assert_eq!(software.version, env!("CARGO_PKG_VERSION"));
        let Software { title, authors, released, licenses, .. } = &software;
        assert!(CITATION.contains(&format!("title: \"{title}\"")) && !title.is_empty());
        assert!(!authors.is_empty() && authors.iter().all(|author| !author.is_empty() && CITATION.contains(author)));
        assert!(released.parse::<crate::units::Date>().is_ok(), "{released}");
        assert_eq!(licenses.join(" OR "), env!("CARGO_PKG_LICENSE"));
        let bibtex = software.bibtex();
        assert!(bibtex.contains(&format!("year    = {{{}}}", &released[..4])), "{bibtex}");
    }

    #[test]
    fn what_latex_would_take_for_a_command_is_written_out() {
        assert_eq!(escaped("50% of a_b {c} \\ #1"), "50\\% of a\\_b \\{c\\} \\textbackslash{} \\#1");
        assert!(entry("misc", "a b/c", &[("note", "x".into())]).starts_with("@misc{a-b-c,\n  note = {x},\n}"));
    }
}
