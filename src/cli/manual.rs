//! `chokepoint completions` and `chokepoint man`: what a shell and `man` know of the program, made of what can be typed.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use clap::CommandFactory;
use clap_mangen::Man;

use super::args::Typed;
use super::error::CliError;
use super::options::{CompletionsArgs, ManArgs};
use crate::disk::{self, Small};

const NAME: &str = "chokepoint";

pub(super) fn completions(args: &CompletionsArgs, out: &mut dyn Write) -> Result<(), CliError> {
    // Into memory first: the generator panics where it can't write.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Typed::command(), NAME, &mut script);
    out.write_all(&script).map_err(CliError::Output)
}

pub(super) fn man(args: &ManArgs, out: &mut dyn Write) -> Result<(), CliError> {
    let mut all = Typed::command();
    all.build();
    if let Some(folder) = &args.out {
        let unwritable = |path: PathBuf, why| CliError::Unwritable { path: path.display().to_string(), why };
        fs::create_dir_all(folder).map_err(|why| unwritable(folder.clone(), why))?;
        let commands = all.get_subcommands().filter(|command| command.get_name() != "help");
        let mut pages = Vec::new();
        for command in std::iter::once(&all).chain(commands) {
            let path = folder.join(format!("{}.1", page_name(command)));
            pages.push(Small { path, bytes: page(command)?, replace: true });
        }
        return disk::place(&pages).map_err(|(path, why)| unwritable(path, why));
    }
    let command = match &args.command {
        None => &all,
        Some(name) => all.find_subcommand(name).ok_or_else(|| {
            CliError::unknown("the command", name, all.get_subcommands().map(|command| command.get_name()))
        })?,
    };
    out.write_all(&page(command)?).map_err(CliError::Output)
}

/// The name of a command's page: `chokepoint-run`.
fn page_name(command: &clap::Command) -> String {
    match command.get_name() {
        NAME => NAME.to_owned(),
        name => format!("{NAME}-{name}"),
    }
}

fn page(command: &clap::Command) -> Result<Vec<u8>, CliError> {
    let title = page_name(command);
    let name: &'static str = title.clone().leak();
    let mut page = Vec::new();
    // The commit is no part of a page, which would differ from build to build.
    let command = command.clone().name(name).version(env!("CARGO_PKG_VERSION"));
    Man::new(command).title(title).render(&mut page).map_err(CliError::Output)?;
    Ok(page)
}
