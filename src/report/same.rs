//! Whether a result that was run again is the one that stands in a folder: file by file, with what is told of a difference
//! kept apart from what caused it. A file that was edited after it was written is one thing, a file that comes out
//! otherwise is another.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use serde::Serialize;

use super::folder::files_below;
use super::manifest::RecordedFile;
use super::page::hash_of;

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It is as it was written, and comes out the same again.
    Identical,
    /// It comes out as it was written, but is no longer so in the folder.
    Edited,
    /// It comes out as it was written, but is no longer in the folder.
    Missing,
    /// It is as it was written, but comes out differently.
    Differs,
    /// It is no longer as it was written, and comes out differently from both.
    EditedAndDiffers,
    /// It is not in the folder, and comes out differently from what was written.
    MissingAndDiffers,
    /// The run did not make it.
    NotMade,
    /// The run made it, and the manifest knows nothing of it.
    New,
}

impl Verdict {
    /// Whether all is well.
    pub fn is_well(self) -> bool {
        self == Verdict::Identical
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Verdict::Identical => "identical",
            Verdict::Edited => "was edited after it was written: the run gives what was written",
            Verdict::Missing => "is missing from the folder: the run gives what was written",
            Verdict::Differs => "comes out differently",
            Verdict::EditedAndDiffers => "was edited after it was written, and comes out differently too",
            Verdict::MissingAndDiffers => "is missing from the folder, and comes out differently from what was written",
            Verdict::NotMade => "was not made by the run",
            Verdict::New => "is made by the run, but not in the manifest",
        }
    }
}

/// A file and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileVerdict {
    /// Path within the folder.
    pub path: String,
    /// What became of it.
    pub verdict: Verdict,
    /// Where a text first differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<Difference>,
}

/// The first line at which two texts differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Its number, from 1.
    pub line: u64,
    /// The line in the folder; `None` past its end.
    pub in_folder: Option<String>,
    /// The line that the run gives; `None` past its end.
    pub in_run: Option<String>,
}

/// A line that is longer than this is cut.
const LONGEST_LINE: usize = 160;

/// Compares a folder with what a run made from its manifest, which lists `files`; all but the manifests.
///
/// # Errors
/// Something that can't be read, with its path.
pub fn compare(folder: &Path, made: &Path, files: &[RecordedFile]) -> Result<Vec<FileVerdict>, (String, io::Error)> {
    let told = |path: &Path| {
        let path = path.display().to_string();
        move |why| (path, why)
    };
    let mut verdicts = Vec::new();
    for file in files {
        let (there, here) = (folder.join(&file.path), made.join(&file.path));
        let (old, new) = (state(&there, file).map_err(told(&there))?, state(&here, file).map_err(told(&here))?);
        let verdict = match (old, new) {
            (_, State::Absent) => Verdict::NotMade,
            (State::AsWritten, State::AsWritten) => Verdict::Identical,
            (State::Other, State::AsWritten) => Verdict::Edited,
            (State::Absent, State::AsWritten) => Verdict::Missing,
            (State::AsWritten, State::Other) => Verdict::Differs,
            (State::Other, State::Other) => Verdict::EditedAndDiffers,
            (State::Absent, State::Other) => Verdict::MissingAndDiffers,
        };
        let both = matches!(verdict, Verdict::Edited | Verdict::Differs | Verdict::EditedAndDiffers);
        let first =
            if both && is_text(&file.path) { first_difference(&there, &here).map_err(told(&there))? } else { None };
        verdicts.push(FileVerdict { path: file.path.clone(), verdict, first });
    }
    for path in files_below(made).map_err(told(made))? {
        let path = path.to_string_lossy().replace('\\', "/");
        if !files.iter().any(|file| file.path == path) {
            verdicts.push(FileVerdict { path, verdict: Verdict::New, first: None });
        }
    }
    Ok(verdicts)
}

/// Files of a result that are gone, or not as they were written.
pub fn touched(folder: &Path, files: &[RecordedFile]) -> Vec<String> {
    let as_written = |file: &&RecordedFile| matches!(state(&folder.join(&file.path), file), Ok(State::AsWritten));
    files.iter().filter(|file| !as_written(file)).map(|file| file.path.clone()).collect()
}

/// Files in a folder that are no part of the result.
pub fn strangers(folder: &Path, files: &[RecordedFile]) -> Vec<String> {
    let found = files_below(folder).unwrap_or_default();
    let paths = found.into_iter().map(|path| path.to_string_lossy().replace('\\', "/"));
    paths.filter(|path| !files.iter().any(|file| file.path == *path)).collect()
}

#[derive(Clone, Copy)]
enum State {
    AsWritten,
    Other,
    Absent,
}

/// How a file stands to what the manifest says of it.
fn state(path: &Path, recorded: &RecordedFile) -> io::Result<State> {
    match path.metadata() {
        Err(why) if matches!(why.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(State::Absent),
        Err(why) => Err(why),
        Ok(about) if !about.is_file() || about.len() != recorded.bytes => Ok(State::Other),
        Ok(_) => Ok(if hash_of(path)?.1 == recorded.blake3 { State::AsWritten } else { State::Other }),
    }
}

fn is_text(path: &str) -> bool {
    let ending = path.rsplit('.').next().unwrap_or_default();
    matches!(ending, "csv" | "md" | "toml" | "json" | "txt")
}

fn first_difference(old: &Path, new: &Path) -> io::Result<Option<Difference>> {
    if !old.is_file() {
        return Ok(None);
    }
    let mut sides = [BufReader::new(File::open(old)?), BufReader::new(File::open(new)?)];
    for line in 1.. {
        let [mut in_folder, mut in_run] = [Vec::new(), Vec::new()];
        sides[0].read_until(b'\n', &mut in_folder)?;
        sides[1].read_until(b'\n', &mut in_run)?;
        if in_folder != in_run {
            let [in_folder, in_run] = [shown(&in_folder), shown(&in_run)];
            return Ok(Some(Difference { line, in_folder, in_run }));
        }
        if in_folder.is_empty() {
            break;
        }
    }
    Ok(None)
}

/// A line as it can be shown; `None` at the end of the file.
fn shown(line: &[u8]) -> Option<String> {
    if line.is_empty() {
        return None;
    }
    let text = String::from_utf8_lossy(line);
    let text: String = text.trim_end_matches('\n').escape_debug().collect::<String>().replace("\\\"", "\"");
    let cut: String = text.chars().take(LONGEST_LINE).collect();
    Some(if cut.len() < text.len() { format!("{cut}…") } else { cut })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(path: &str, content: &str) -> RecordedFile {
        let blake3 = blake3::hash(content.as_bytes()).to_hex().to_string();
        RecordedFile { path: path.into(), bytes: content.len() as u64, blake3 }
    }

    #[test]
    fn each_way_in_which_a_file_can_be_other_is_told_apart() {
        let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut files = Vec::new();
        // What was written, what is in the folder now, and what the run gives.
        let cases = [
            ("a.csv", "x\n1\n", Some("x\n1\n"), Some("x\n1\n"), Verdict::Identical),
            ("b.csv", "x\n1\n", Some("x\n2\n"), Some("x\n1\n"), Verdict::Edited),
            ("c.csv", "x\n1\n", None, Some("x\n1\n"), Verdict::Missing),
            ("d.csv", "x\n1\n", Some("x\n1\n"), Some("x\n3\n"), Verdict::Differs),
            ("e.csv", "x\n1\n", Some("x\n2\n"), Some("x\n3\n"), Verdict::EditedAndDiffers),
            ("f.csv", "x\n1\n", None, Some("x\n3\n"), Verdict::MissingAndDiffers),
            ("g.csv", "x\n1\n", Some("x\n1\n"), None, Verdict::NotMade),
        ];
        for (path, written, there, here, _) in cases {
            files.push(recorded(path, written));
            there.into_iter().for_each(|text| std::fs::write(old.path().join(path), text).unwrap());
            here.into_iter().for_each(|text| std::fs::write(new.path().join(path), text).unwrap());
        }
        std::fs::write(new.path().join("z.csv"), "new").unwrap();
        std::fs::write(old.path().join("notes.txt"), "mine").unwrap();
        let found = compare(old.path(), new.path(), &files).unwrap();
        for (verdict, case) in found.iter().zip(cases) {
            assert_eq!((verdict.path.as_str(), verdict.verdict), (case.0, case.4));
        }
        assert_eq!(found.last().unwrap().verdict, Verdict::New);
        let first = found[3].first.as_ref().unwrap();
        assert_eq!((first.line, first.in_folder.as_deref(), first.in_run.as_deref()), (2, Some("1"), Some("3")));
        assert_eq!(touched(old.path(), &files), ["b.csv", "c.csv", "e.csv", "f.csv"]);
        assert_eq!(strangers(old.path(), &files), ["notes.txt"]);
    }

    #[test]
    fn a_text_that_ends_early_differs_where_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        let [short, long] = ["short", "long"].map(|name| folder.path().join(name));
        std::fs::write(&short, "a\n").unwrap();
        std::fs::write(&long, format!("a\n{}\n", "b".repeat(500))).unwrap();
        let difference = first_difference(&short, &long).unwrap().unwrap();
        assert_eq!((difference.line, difference.in_folder), (2, None));
        assert_eq!(difference.in_run.unwrap().chars().count(), LONGEST_LINE + 1);
        assert_eq!(first_difference(&long, &long).unwrap(), None);
    }
}
