//! `chokepoint reproduce`: runs a result again from its manifest alone, and tells which files are not the same.

use std::io::Write;

use super::console::Console;
use super::error::CliError;
use super::format::{self, Format};
use super::options::ReproduceArgs;
use super::specs;
use crate::report::manifest::NAME;
use crate::report::same::Verdict;
use crate::study::{Build, ReproduceSpec, Reproduced, reproduce};
use crate::units::counted;

pub(super) fn run(args: &ReproduceArgs, out: &mut dyn Write) -> Result<(), CliError> {
    let font = |named: &String| Ok::<_, CliError>((named.clone(), specs::font(named)?));
    let spec = ReproduceSpec {
        folder: args.folder.clone(),
        out: args.out.clone(),
        font: args.font.as_ref().map(font).transpose()?,
        threads: specs::threads(args.threads),
        command: specs::command(),
    };
    let found = reproduce(&spec, &Console::new(args.quiet))?;
    match args.format {
        Format::Json => format::json(&found, out)?,
        Format::Text if args.quiet && found.identical => {}
        Format::Text => out.write_all(text(&found).as_bytes()).map_err(CliError::Output)?,
    }
    match found.files.iter().filter(|file| !file.verdict.is_well()).count() {
        0 => Ok(()),
        differ => Err(CliError::NotReproduced { differ, files: found.files.len() }),
    }
}

/// What is told of it.
fn text(told: &Reproduced) -> String {
    let count = |n: usize| counted(n as u64, "file");
    let well = told.files.iter().filter(|file| file.verdict.is_well()).count();
    let mut lines = vec![match told.identical {
        true => format!("{}: reproduced, {} identical to the byte", told.folder, count(well)),
        false => format!("{}: not reproduced, {} of {} identical", told.folder, well, count(told.files.len())),
    }];
    for file in told.files.iter().filter(|file| !file.verdict.is_well()) {
        lines.push(format!("  {}: {}", file.path, file.verdict.words()));
        if let Some(first) = &file.first {
            let side = |line: &Option<String>| line.clone().unwrap_or_else(|| "(the file ends)".into());
            lines.push(format!("    line {}, in the folder: {}", first.line, side(&first.in_folder)));
            lines.push(format!("    line {}, from the run:  {}", first.line, side(&first.in_run)));
        }
    }
    let differs =
        |verdict| matches!(verdict, Verdict::Differs | Verdict::EditedAndDiffers | Verdict::MissingAndDiffers);
    if told.files.iter().any(|file| differs(file.verdict)) && told.written_by.commit != told.run_by.commit {
        let name = |by: &Build| by.commit.clone().unwrap_or_else(|| "an unknown commit".into());
        lines.push(format!(
            "  The program that wrote it was built from {}, and this one from {}.",
            name(&told.written_by),
            name(&told.run_by)
        ));
    }
    if !told.not_of_the_result.is_empty() {
        let names = told.not_of_the_result.join(", ");
        lines.push(format!("  In the folder, but no part of the result: {names}"));
    }
    if let Some(kept) = &told.kept_in {
        lines.push(format!("The new result is in {kept}; its {NAME} tells of this run."));
    }
    lines.join("\n") + "\n"
}
