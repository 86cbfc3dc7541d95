//! Where the facts of a table come from: exactly one of source and assumption, and how sure it is.

use super::super::Place;
use super::super::param::Provenance;
use super::super::problem::suggest;
use super::super::reader::Reader;
use super::super::tree::Origin;

impl Reader<'_> {
    /// Where the facts of this table come from.
    pub(crate) fn provenance(&self) -> Option<Provenance> {
        let backing = &self.table.backing;
        let (sources, assumption) = match backing.origin.as_deref() {
            Some(Origin::Sources(keys)) => {
                keys.iter().for_each(|(key, place)| self.check_citation(key, place));
                (keys.iter().map(|(key, _)| key.clone()).collect(), None)
            }
            Some(Origin::Assumption(reason)) => (Vec::new(), Some(reason.clone())),
            Some(Origin::Invalid) => return None,
            // What is the patch of another table under a wrong name needs no source: its name is the problem.
            None if self.misspelt().is_some() => return None,
            None => {
                let message = format!("`{}` has neither a source nor an assumption", self.path);
                let help = "add `source = \"key of the bibliography\"`, or `assumption = \"reason for centre and width\"`, \
                            here or in a table above it in the same file";
                self.problem(&self.place, message, "where does this come from?", Some(help.into()));
                return None;
            }
        };
        let Some(confidence) = backing.confidence else {
            let message = format!("`{}` does not say how sure it is", self.path);
            let help =
                "add `confidence = \"high\"`, \"medium\" or \"low\", here or in a table above it in the same file";
            self.problem(&self.place, message, "no `confidence` is in effect here", Some(help.into()));
            return None;
        };
        Some(Provenance { sources, assumption, confidence, note: backing.note.clone() })
    }

    fn check_citation(&self, key: &str, place: &Place) {
        let unknown = !self.cx.bibliography.contains_key(key);
        if unknown && self.cx.reported.borrow_mut().insert((place.file, place.span.start)) {
            let help = match self.cx.bibliography.is_empty() {
                true => Some("name one with `bibliography = \"bibliography.toml\"` at the top of the file".into()),
                false => suggest(key, self.cx.bibliography.keys().map(String::as_str)),
            };
            self.problem(place, format!("the source `{key}` is not in the bibliography"), "unknown source", help);
        }
    }
}
