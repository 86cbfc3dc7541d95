//! `chokepoint determine`: a file of cases, answered by the law of a scenario. Nothing is printed unless all is well.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use super::error::CliError;
use super::options::DetermineArgs;
use super::stderr;
use crate::law::answers::write_answers;
use crate::law::cases::read_cases;
use crate::law::{Buyer, Code};
use crate::scenario::{Scenario, load};

/// A larger file of cases is not read.
const MAX_BYTES: u64 = 200_000_000;

pub(super) fn run(args: &DetermineArgs, out: &mut dyn Write) -> Result<(), CliError> {
    let scenario = load(&args.scenario, &[])?;
    let code = Code::new(&scenario.regime)?;
    let (name, bytes) = read(&args.cases)?;
    let cases = read_cases(&bytes, &name, &vendors(&scenario))?;
    let mut answers = Vec::new();
    write_answers(args.format, &code, &cases, &mut answers).map_err(CliError::Output)?;
    out.write_all(&answers).map_err(CliError::Output)?;
    if let Some(left_out) = scenario.regime.left_to_the_ladder() {
        // Kept in step with standard output, where both go to one place; where nobody listens there is nobody to warn.
        out.flush().map_err(CliError::Output)?;
        stderr::note(&left_out);
    }
    Ok(())
}

/// The buyers that a scenario knows.
pub(super) fn vendors(scenario: &Scenario) -> Vec<Buyer> {
    let buyer = |(id, vendor): (&String, &crate::scenario::world::Vendor)| Buyer {
        id: id.clone(),
        home: vendor.home,
        country_of_concern: scenario.world.of_concern(vendor),
    };
    scenario.world.vendors.iter().map(buyer).collect()
}

/// The file's name for messages, and what it holds.
fn read(path: &Path) -> Result<(String, Vec<u8>), CliError> {
    let from_pipe = path == Path::new("-");
    let name = if from_pipe { "standard input".to_owned() } else { path.display().to_string() };
    let unreadable = |why: io::Error| unreadable(&name, &why);
    let mut bytes = Vec::new();
    if from_pipe {
        io::stdin().take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    } else {
        let file = File::open(path).map_err(unreadable)?;
        let about = file.metadata().map_err(unreadable)?;
        if about.is_dir() {
            return Err(CliError::usage(format!("`{name}` is a folder, not a file of cases"), "name a CSV file in it"));
        }
        if about.len() > MAX_BYTES {
            return Err(too_large(&name));
        }
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    }
    match bytes.len() as u64 > MAX_BYTES {
        true => Err(too_large(&name)),
        false => Ok((name, bytes)),
    }
}

fn too_large(name: &str) -> CliError {
    let message = format!("`{name}` is larger than {} MB; it was not read", MAX_BYTES / 1_000_000);
    CliError::usage(message, "split it into several files of cases")
}

fn unreadable(name: &str, why: &io::Error) -> CliError {
    let help = match why.kind() {
        io::ErrorKind::NotFound => "check the path; `-` reads standard input",
        io::ErrorKind::PermissionDenied => "ask its owner for permission to read it",
        _ => "name a readable CSV file",
    };
    CliError::usage(format!("`{name}` can't be read: {why}"), help)
}
