//! `chokepoint init`: a scenario to start from, with the schema that editors read beside it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::error::CliError;
use super::options::InitArgs;
use super::stderr;
use crate::disk::{self, Small};
use crate::scenario::{Kind, Source, fragment, load_source, schema::schema, starter};
use crate::text::shell_word;

/// The schema's name beside the file.
fn schema_name(kind: Kind) -> String {
    format!("{kind}.schema.json")
}

pub(super) fn run(args: &InitArgs, out: &mut dyn Write) -> Result<(), CliError> {
    let file = with_ending(&args.file);
    let folder = match file.parent() {
        Some(above) if !above.as_os_str().is_empty() => above.to_owned(),
        _ => PathBuf::from("."),
    };
    if !folder.is_dir() {
        let message = format!("`{}` can't be written: there is no folder `{}`", file.display(), folder.display());
        return Err(CliError::usage(message, "make the folder first, or name a file elsewhere"));
    }
    let source = super::diff::scenario(&args.extends)?;
    let base = load_source(&source, &[])?;
    let extends = match &source {
        Source::Disk(path) => fragment::way(&folder, path),
        other => other.name(),
    };
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let mut id = starter::id_of(&stem);
    if id == base.id {
        // Two scenarios of one id can't be compared.
        id = starter::id_of(&format!("my-{id}"));
    }
    let compared = args.comparison.then(|| file.with_file_name(format!("{stem}-comparison.toml")));
    let next = Next::of(&args.extends, &file, compared.as_deref());
    let schema = format!("./{}", schema_name(Kind::Scenario));
    let mut files = vec![(file.clone(), starter::scenario(&id, &base, &extends, &schema, &next.commands()))];
    if let Some(path) = &compared {
        let own = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let name = format!("./{}", schema_name(Kind::Comparison));
        let id = starter::id_of(&format!("{id}-comparison"));
        files.push((path.clone(), starter::comparison(&id, &own, &base, &extends, &name, &next.compare)));
    }
    if let Some((path, _)) = files.iter().find(|(path, _)| !args.force && path.symlink_metadata().is_ok()) {
        let help = "name another file, or add --force to replace it";
        return Err(CliError::usage(format!("`{}` exists already", path.display()), help));
    }
    let mut kinds = vec![Kind::Scenario];
    kinds.extend(compared.is_some().then_some(Kind::Comparison));
    let own = |(path, text): (PathBuf, String)| Small { path, bytes: text.into_bytes(), replace: args.force };
    let mut files: Vec<Small> = files.into_iter().map(own).collect();
    for kind in kinds {
        let path = file.with_file_name(schema_name(kind));
        let schema = schema_to_place(&path, kind).map_err(|why| unwritable(&path, why))?;
        files.extend(schema.map(|bytes| Small { path, bytes, replace: true }));
    }
    disk::place(&files).map_err(|(path, why)| unwritable(&path, why))?;
    let written: Vec<String> = files.iter().map(|file| file.path.display().to_string()).collect();
    if args.quiet {
        return Ok(());
    }
    write!(
        out,
        "Written: {}. It extends {} and changes one thing; its comments say what else can be changed.\n\
         Next:\n  {}\n",
        written.join(", "),
        base.id,
        next.commands().join("\n  "),
    )
    .map_err(CliError::Output)
}

/// The commands that come next, as they are typed in the folder where `init` was.
struct Next {
    check: String,
    diff: String,
    compare: String,
}

impl Next {
    fn of(extends: &str, file: &Path, comparison: Option<&Path>) -> Next {
        let (extends, file) = (shell_word(extends), shell_word(&file.to_string_lossy()));
        let compare = match comparison {
            Some(path) => format!("chokepoint compare {}", shell_word(&path.to_string_lossy())),
            None => format!("chokepoint compare {extends} {file}"),
        };
        Next { check: format!("chokepoint check {file}"), diff: format!("chokepoint diff {extends} {file}"), compare }
    }

    fn commands(&self) -> [&str; 3] {
        [&self.check, &self.diff, &self.compare]
    }
}

fn unwritable(path: &Path, why: io::Error) -> CliError {
    CliError::Unwritable { path: path.display().to_string(), why }
}

/// A name without an ending is that of a TOML file.
fn with_ending(file: &Path) -> PathBuf {
    if file.extension().is_some() { file.to_owned() } else { file.with_extension("toml") }
}

/// The schema that goes beside the file, where nothing else has that name.
fn schema_to_place(path: &Path, kind: Kind) -> io::Result<Option<Vec<u8>>> {
    let schema = schema(kind);
    match fs::read(path) {
        Ok(found) => {
            let id = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).ok()?.get("$id").cloned();
            let ours = id(&found).and_then(|id| id.as_str().map(|id| id.starts_with(&format!("chokepoint-{kind}-"))));
            if ours != Some(true) {
                let shown = path.display();
                stderr::warning(&format!("`{shown}` is not a schema that chokepoint wrote; it was left unchanged"));
                return Ok(None);
            }
        }
        Err(why) if why.kind() == io::ErrorKind::NotFound => {}
        Err(why) => return Err(why),
    }
    let mut bytes = serde_json::to_vec_pretty(&schema).map_err(io::Error::other)?;
    bytes.push(b'\n');
    Ok(Some(bytes))
}
